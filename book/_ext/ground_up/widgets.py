"""The widgets of the pages, and the web files that the pages load."""

import json
from html import escape

from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx

from tools import vendor

TRAINING = [f"widgets/training-{part}.js" for part in ("data", "run", "code", "draw", "page")]
#: What a widget's page loads, and what stands in its place where no script runs.
WIDGETS = {
    "sigmoid": (["models/points.js", "widgets/sigmoid.js"], {}),
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
    "digits": (["widgets/digits-net.js", "widgets/digits-page.js"], {}),
}


def widget(tag: str) -> dict:
    name = tag.removeprefix("widget-")
    scripts, defaults = WIDGETS[name]
    inside = "<p>This part of the page needs JavaScript.</p>"
    lines = [
        '<link rel="stylesheet" href="../widgets/widgets.css">',
        f'<div class="gu-widget" data-widget="{name.partition("-")[0]}" '
        f'data-defaults="{escape(json.dumps(defaults))}">{inside}</div>',
        *(f'<script defer src="../{it}"></script>' for it in ["widgets/common.js", *scripts]),
    ]
    return new_markdown_cell("\n".join(["```{raw} html", *lines, "```"]), id=tag)


def fetch_web_files(app: Sphinx, config) -> None:
    vendor.vendor()


def setup(app: Sphinx) -> None:
    app.connect("config-inited", fetch_web_files, priority=100)
