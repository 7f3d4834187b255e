"""What stands on a chapter's page and not in its notebook; the plain copies to download."""

import json
import re
import textwrap
from pathlib import Path

from docutils import nodes
from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from groundup.claims import CLAIM_MIME
from groundup.questions import question
from tools.clean import write_copies
from tools.normal import exercise_tags
from tools.paths import ROOT
from tools.wheel import build_wheel, wheel_name

from .address import REPOSITORY, SITE
from .widgets import widget

#: How a chapter's first words are written.
OPENING = re.compile(
    r"\*\*For whom\.\*\* (.*?)\*\*Afterwards\*\* (.*?)\*\*Time:\*\* (.*?)(\n\n.*|)", re.DOTALL
)
RESULTS = ROOT / "benchmarks" / "results.json"


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
            data = output.get("data", {})
            if data.pop(CLAIM_MIME, None):
                text = "".join(data["text/markdown"])
                data["text/markdown"] = f":::{{container}} gu-claim\n{text}\n:::"
        tags = cell["metadata"].get("tags", [])
        cells.extend(_solution(number) for kind, number in exercise_tags(tags) if kind == "stub")
        if app.builder.name == "html":
            cells.extend(widget(tag) for tag in tags if tag.startswith("widget-"))
    _add_cost(app, docname, cells)
    notebook["cells"] = cells
    source[0] = json.dumps(notebook)


def _add_cost(app: Sphinx, docname: str, cells: list[dict]) -> None:
    """In the chapter's first words, before the first section: seconds and memory of running it."""
    app.env.note_dependency(str(RESULTS))
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    measured = results["cases"].get(f"notebook.{Path(docname).name}.ipynb")
    if measured is None:
        return
    words = (
        f"To run: {measured['seconds']:.0f} seconds and {measured['memory_mb']:.0f} MB of "
        f"memory, measured on {results['machine']['cores']} processor cores."
    )
    head = [cell for cell in cells if cell["cell_type"] == "markdown"][1]
    text = "".join(head["source"])
    start = text.find("## ") if "## " in text else len(text)
    first, rest = text[:start].rstrip(), text[start:]
    found = OPENING.fullmatch(first)
    first = _opening(found, words) if found else f"{first}\n\n{words}"
    head["source"] = f"{first}\n\n{rest}"


def _opening(found: re.Match, cost: str) -> str:
    """A chapter's first words as a list: for whom it is, what comes of it, and what it takes."""
    whom, afterwards, time, rest = (part.strip() for part in found.groups())
    told = {"For whom": whom, "Afterwards": afterwards, "Time": f"{time} {cost}"}
    lines = [
        f"{term}\n: {textwrap.indent(text[0].upper() + text[1:], '  ').strip()}\n"
        for term, text in told.items()
    ]
    return "\n".join([":::{container} gu-opening", *lines, ":::", "", rest])


def _solution(number: str) -> dict:
    label = number.replace(".", "-")
    text = question.solution_markdown(number)
    return new_markdown_cell(
        f"::::{{solution}} ex-{label}\n:class: dropdown\n\n{text}\n::::", id=f"solution-{label}"
    )


def offer_plain_copies(app: Sphinx, error: Exception | None) -> None:
    """The page's download button gives a notebook without what only the book understands.

    Where the repository's address is known, the package lies beside the pages, and the copies
    install it where it is missing.
    """
    if error is None and app.builder.format == "html":
        wheel = f"{REPOSITORY}/raw/{SITE}/{wheel_name()}" if REPOSITORY else ""
        write_copies(Path(app.outdir) / "_sources" / "notebooks", wheel)
        if wheel:
            build_wheel(Path(app.outdir))


class CodeBelowItsFigure(SphinxPostTransform):
    """A figure's folded code comes after the figure: to the eye, to a screen reader, and to a
    browser that shows a page while it still arrives, where nothing then has to move."""

    default_priority = 200  # after MyST-NB has folded it, at 199
    formats = ("html",)

    def run(self) -> None:
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") == "input":
                cell.append(cell.pop(0))


def setup(app: Sphinx) -> None:
    app.add_post_transform(CodeBelowItsFigure)
    app.connect("source-read", prepare_notebook)
    app.connect("build-finished", offer_plain_copies)
