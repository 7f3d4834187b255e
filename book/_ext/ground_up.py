"""What this book adds to Jupyter Book.

- folds each exercise's worked solution in after its stub, so that no notebook holds it;
- puts a widget after each cell tagged ``widget-…``, where a notebook has only words;
- the role ``{claim}`` quotes a number that a notebook measured and promised;
- offers plain copies of the notebooks for download;
- gives each page a description, and takes away scripts that would ask something of other sites.
"""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from groundup.claims import CLAIM_MIME  # noqa: E402
from tools import clean, vendor  # noqa: E402
from tools.notebooks import exercise_tags  # noqa: E402

logger = logging.getLogger(__name__)


def fetch_web_files(app: Sphinx, config) -> None:
    vendor.vendor()


def drop_thebe(app: Sphinx, config) -> None:
    """Jupyter Book loads Thebe always; its scripts clash on each page and name another site."""
    for listeners in app.events.listeners.values():
        listeners[:] = [it for it in listeners if it.handler.__module__ != "sphinx_thebe"]
    styles = app.registry.css_files
    styles[:] = [it for it in styles if "thebe" not in it[0]]


# --- notebooks ------------------------------------------------------------------------------


def prepare_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """After each cell tagged ``stub-2.3`` comes the solution of exercise 2.3, folded away.

    After a cell tagged ``widget-sigmoid`` comes that widget. The claims' records are taken out:
    they are for the tests and the role ``{claim}``.
    """
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(CLAIM_MIME, None)
        tags = cell["metadata"].get("tags", [])
        cells.extend(_solution(number) for kind, number in exercise_tags(tags) if kind == "stub")
        if app.builder.format == "html" and app.builder.name != "epub":
            cells.extend(_widget(tag) for tag in tags if tag.startswith("widget-"))
    notebook["cells"] = cells
    source[0] = json.dumps(notebook)


def _solution(number: str) -> dict:
    from groundup.exercises import engine

    text = (
        f"::::{{solution}} ex-{number.replace('.', '-')}\n:class: dropdown\n\n"
        f"{engine.solution_markdown(number)}\n::::"
    )
    identity = f"solution-{number.replace('.', '-')}"
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": text}


#: What a widget's page loads, and what stands in its place where no script runs.
WIDGETS = {
    "sigmoid": (["models/points.js", "widgets/sigmoid.js"], {}),
    "training-points": (
        ["models/points.js", "widgets/training.js"],
        {"data": "ten", "hidden": "2-3", "activation": "sigmoid", "loss": "mse", "lr": "0.03"},
    ),
    "training-moons": (["models/points.js", "widgets/training.js"], {}),
    "python": (["widgets/python.js"], {}),
    "digits": (["widgets/digits.js"], {}),
}


def _widget(tag: str) -> dict:
    name = tag.removeprefix("widget-")
    scripts, defaults = WIDGETS[name]
    inside = "<p>This part of the page needs JavaScript.</p>"
    if name == "python":
        code = (vendor.PAGES / "widgets" / "neuron.py").read_text(encoding="utf-8")
        inside = f"<pre>{escape(code)}</pre>"
    lines = [
        '<link rel="stylesheet" href="../widgets/widgets.css">',
        f'<div class="gu-widget" data-widget="{name.partition("-")[0]}" '
        f'data-defaults="{escape(json.dumps(defaults))}">{inside}</div>',
        *(f'<script defer src="../{it}"></script>' for it in ["widgets/common.js", *scripts]),
    ]
    text = "```{raw} html\n" + "\n".join(lines) + "\n```"
    return {"cell_type": "markdown", "id": tag, "metadata": {}, "source": text}


# --- numbers quoted from notebooks ----------------------------------------------------------


class ClaimRole(SphinxRole):
    """Quotes a claim: ``{claim}`a.name``` its sentence, ``{claim}`a.name|.1%``` its value."""

    def run(self):
        name, _, spec = self.text.partition("|")
        record = _claims().get(name.strip())
        if record is None:
            logger.warning("no notebook claims %r", name, location=self.get_location())
            return [nodes.inline(self.rawtext, self.text)], []
        for path in _notebooks():
            self.env.note_dependency(str(path))
        text = format(record["value"], spec.strip()) if spec else record["text"]
        return [nodes.inline(self.rawtext, text, classes=["claim"])], []


def _notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def _claims() -> dict[str, dict]:
    """Every claim in the committed notebooks' outputs, by name."""
    found = {}
    for path in _notebooks():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                record = output.get("data", {}).get(CLAIM_MIME)
                if record:
                    found[record["name"]] = record
    return found


# --- pages ----------------------------------------------------------------------------------


def finish_page(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """A description for search engines and link previews: the page's first words."""
    if doctree is not None:
        words = next((p.astext() for p in doctree.findall(nodes.paragraph)), context["title"])
        text = " ".join(words.split())
        if len(text) > 200:
            text = text[:200].rsplit(" ", 1)[0] + " …"
        context["metatags"] += f'\n<meta name="description" content="{escape(text)}" />'


def offer_plain_copies(app: Sphinx, error: Exception | None) -> None:
    """The page's download button gives a notebook without what only the book understands."""
    if error is None and app.builder.format == "html":
        clean.write_copies(Path(app.outdir) / "_sources" / "notebooks")


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", fetch_web_files, priority=100)
    app.connect("config-inited", drop_thebe, priority=100)
    app.connect("source-read", prepare_notebook)
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("build-finished", offer_plain_copies)
    app.add_role("claim", ClaimRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
