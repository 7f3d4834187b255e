"""The widgets of the pages, and the web files that the pages load."""

import json
from html import escape

from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx

from tools import vendor

TRAINING = [
    "widgets/link.js",
    *(f"widgets/training-{part}.js" for part in ("data", "run", "code", "draw", "page")),
]
DIGITS = ["widgets/digits-net.js", "widgets/digits-pad.js"]
MOONS = [f"widgets/{it}.js" for it in ("link", "race-run", "moons-run", "moons-draw")]
#: What a widget's page loads, and what stands in its place where no script runs.
WIDGETS = {
    **{
        f"sigmoid-{mode}": (
            ["models/points.js", "widgets/link.js", "widgets/sigmoid.js"],
            {"mode": mode},
        )
        for mode in ("curve", "plane", "two")
    },
    "graph": ([f"widgets/{it}.js" for it in ("link", "graph-net", "graph-page")], {}),
    "training-points": (
        ["models/points.js", *TRAINING],
        {
            "data": "ten",
            "hidden": "2-3",
            "activation": "sigmoid",
            "loss": "mse",
            "optimizer": "sgd",
            "lr": "1",
        },
    ),
    "training-moons": (["models/points.js", *TRAINING], {}),
    "cnn": (
        [
            "widgets/link.js",
            *DIGITS,
            *(f"widgets/cnn-{it}.js" for it in ("layers", "steps", "like", "page")),
        ],
        {},
    ),
    "curves": (
        ["models/curves.js", "live/store.js", "widgets/link.js", "widgets/curves-game.js"],
        {},
    ),
    "surface": (
        [
            "models/points.js",
            *(f"widgets/{it}.js" for it in ("link", "ground", "surface-run", "surface-page")),
        ],
        {},
    ),
    "remedies": ([*MOONS, "widgets/remedies-page.js"], {}),
    "noise": ([*MOONS, "widgets/noise-page.js"], {}),
    "race": ([f"widgets/{it}.js" for it in ("link", "ground", "race-run", "race-page")], {}),
    "layers": ([f"widgets/{it}.js" for it in ("link", "race-run", "layers-page")], {}),
    "ring": ([f"widgets/{it}.js" for it in ("link", "ring-run", "ring-page")], {}),
    "scaling": (
        ["models/scaling.js", *(f"widgets/{it}.js" for it in ("link", "ring-run", "scaling-page"))],
        {},
    ),
    "digits": ([*DIGITS, "widgets/digits-page.js"], {}),
    "digit": ([*DIGITS, "widgets/digit-square.js"], {}),
}
#: What stands in a widget's place until the reader is near, and where no script runs.
ABSENT = "<noscript>This part of the page needs JavaScript.</noscript>"


def widget(tag: str) -> dict:
    lines = ["```{raw} html", markup(tag.removeprefix("widget-")), "```"]
    return new_markdown_cell("\n".join(lines), id=tag)


def markup(name: str, root: str = "../", inside: str = ABSENT) -> str:
    """The widget's place; ``book.js`` loads the scripts when the reader comes near."""
    scripts, defaults = WIDGETS[name]
    files = [f"{root}{it}" for it in ["widgets/common.js", *scripts]]
    return (
        f'<div class="gu-widget" id="widget-{name}" data-widget="{name.partition("-")[0]}" '
        f'data-defaults="{escape(json.dumps(defaults))}" '
        f'data-scripts="{" ".join(files)}">{inside}</div>'
    )


def fetch_web_files(app: Sphinx, config) -> None:
    vendor.vendor()


def setup(app: Sphinx) -> None:
    app.connect("config-inited", fetch_web_files, priority=100)
