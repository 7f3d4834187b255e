"""Plain copies of the notebooks: what only the book understands becomes ordinary Markdown.

Outputs are cleared. Equations and figures keep the numbers that they have in the book, references
to them become words, and citations are written out from ``book/references.bib``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pybtex.database import Entry, parse_file

from tools import myst
from tools.normal import NOTEBOOK_METADATA, dumps, normal
from tools.paths import ROOT, chapters

OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")
# Inline code, or a role: whichever begins first.
INLINE = re.compile(r"(?P<code>(`+)[^`]+\2)|\{(?P<role>[\w:]+)\}`(?P<text>[^`]+)`")
PAGE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)\s]*\.md(?:#[^)\s]*)?\)")
ADMONITIONS = ("admonition", "note", "tip", "important", "warning", "caution", "seealso", "hint")


# In the first cell of a copy that is to run where the course is not installed.
SETUP = """
# Only where the course's package is missing, as in Colab: install it, and what it lacks.
# NumPy and PyTorch stay as they are.
import importlib.metadata
import importlib.util

if importlib.util.find_spec("groundup") is None:
    present = [name for name in ("numpy", "torch") if importlib.util.find_spec(name)]
    keep = " ".join(f"{name}=={importlib.metadata.version(name)}" for name in present)
    %pip install --quiet WHEEL {keep}
"""


# … and of one that only says so.
NEEDED = """
import importlib.util

if importlib.util.find_spec("groundup") is None:
    raise ModuleNotFoundError(
        "This notebook needs the course's package: open it in a copy of the course, with "
        "`make lab`, or first install the wheel (groundup-….whl) of a release of the course."
    )
"""


def write_copies(outdir: Path, wheel: str = "") -> list[Path]:
    """Write a plain copy of each chapter into a folder.

    ``wheel`` is where the copies find the package: an address, or a file beside them. With it, each
    copy's first code cell installs the package where it is missing; without it, it says so.
    """
    outdir = Path(outdir)
    outdir.mkdir(parents=True, exist_ok=True)
    copies = []
    for path in chapters():
        notebook = nbformat.read(path, as_version=4)
        notebook = plain(notebook, chapter=_chapter(path))
        setup = SETUP.replace("WHEEL", wheel) if wheel else NEEDED
        first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
        notebook.cells.insert(first, nbformat.v4.new_code_cell(setup.strip()))
        notebook = _without_counts(normal(notebook))
        copy = outdir / path.name
        copy.write_text(dumps(notebook), encoding="utf-8")
        copies.append(copy)
    return copies


def _chapter(path: Path) -> str:
    number = re.match(r"\d+", path.name)
    return str(int(number[0])) if number else ""


def plain(notebook: NotebookNode, chapter: str = "") -> NotebookNode:
    """A copy without outputs and without what only the book understands."""
    numbers = _numbers(notebook, chapter)
    result = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            result.cells.append(nbformat.v4.new_code_cell(cell.source))
            figure = cell.metadata.get("mystnb", {}).get("figure")
            if figure:
                number = f"**Figure {numbers[figure['name']]}.** " if "name" in figure else ""
                caption = number + plain_text(figure["caption"], numbers)
                result.cells.append(nbformat.v4.new_markdown_cell(caption))
        else:
            text = plain_text(cell.source, numbers)
            if text:
                result.cells.append(nbformat.v4.new_markdown_cell(text))
    return _without_counts(normal(result))


def _without_counts(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
    return notebook


def _numbers(notebook: NotebookNode, chapter: str) -> dict[str, str]:
    """Label -> number, for figures and equations, counted as the book counts them."""
    equations, figures = [], []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks = myst.blocks(cell.source)
            equations += [it.info for it in blocks if it.type == "math_block_label"]
        else:
            figures += filter(None, [cell.metadata.get("mystnb", {}).get("figure", {}).get("name")])
    prefix = f"{chapter}." if chapter else ""
    return {
        label: f"{prefix}{number}"
        for labels in (equations, figures)
        for number, label in enumerate(labels, start=1)
    }


def plain_text(text: str, numbers: dict[str, str]) -> str:
    """Markdown without directives, roles and labels; code blocks stay as they are."""
    lines = text.splitlines()
    for block in reversed(myst.blocks(text)):  # from the end, so that the lines before stay
        if block.map is None:
            continue
        place = slice(*block.map)
        if block.type == "myst_target":
            lines[place] = []
        elif found := myst.directive(block):
            lines[place] = ["", *_directive(found, block.content.splitlines(), numbers), ""]
        elif block.type == "math_block_label":
            lines[place] = _tagged(block.content, numbers.get(block.info)).splitlines()
        elif block.type == "inline":
            shown = INLINE.sub(lambda found: _role(found, numbers), "\n".join(lines[place]))
            lines[place] = PAGE_LINK.sub(r"\1", shown).splitlines()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _tagged(formula: str, number: str | None) -> str:
    tag = rf" \tag{{{number}}}" if number else ""
    end = "\n" if "\n" in formula else " "
    return f"$${formula.rstrip()}{tag}{end}$$"


# --- directives -----------------------------------------------------------------------------


def _directive(found: re.Match, body: list[str], numbers: dict[str, str]) -> list[str]:
    name, title = found["name"], found["title"]
    options = {}
    while body and (option := OPTION.match(body[0])):
        options[option[1]] = option[2]
        body.pop(0)
    if name == "math":
        formula = "\n".join(["", *filter(None, [title]), *body])
        return _tagged(formula, numbers.get(options.get("label"))).splitlines()
    body = plain_text("\n".join(body), numbers).splitlines()
    title = plain_text(title, numbers)
    if name in ("figure", "image"):
        return [f"![{options.get('alt', '')}]({title})", "", *body]
    if name == "exercise" or (name in ADMONITIONS and name != "admonition"):
        title = f"{name.capitalize()}: {title}" if title else name.capitalize()
    lines = [f"**{title}**", "", *body] if title else body
    return [f"> {line}".rstrip() for line in lines] if name in ADMONITIONS else lines


# --- roles ----------------------------------------------------------------------------------


def _role(found: re.Match, numbers: dict[str, str]) -> str:
    if found["code"]:
        return found["code"]
    name, text = found["role"], found["text"]
    shown, target = _shown_and_target(text)
    if name.startswith("cite"):
        keys = [key.strip() for key in text.split(",")]
        if name == "cite:t":
            return " and ".join(f"{authors} ({year})" for authors, year in map(_cited, keys))
        return "(" + "; ".join(f"{authors}, {year}" for authors, year in map(_cited, keys)) + ")"
    if name == "eq":
        return f"equation ({numbers[target]})" if target in numbers else "the equation"
    if name == "numref":
        return f"figure {numbers[target]}" if target in numbers else "the figure"
    if name == "math":
        return f"${text}$"
    if name in ("ref", "doc", "term", "prf:ref"):
        return shown or target.replace("-", " ")
    return f"`{text}`" if name in ("code", "py:func", "func", "claim") else text


def _shown_and_target(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*?)\s*<([^>]+)>", text)
    return (found[1], found[2]) if found else (text if " " in text else "", text)


@cache
def _bibliography() -> dict[str, Entry]:
    return parse_file(str(ROOT / "book" / "references.bib")).entries


def _cited(key: str) -> tuple[str, str]:
    """Names and year, such as ``("Higham and Higham", "2019")``."""
    entry = _bibliography()[key]
    people = entry.persons.get("author") or entry.persons["editor"]
    names = [" ".join(person.prelast_names + person.last_names).strip("{}") for person in people]
    names = [re.sub(r"[{}]", "", name) for name in names]
    if len(names) > 2:
        authors = f"{names[0]} et al."
    else:
        authors = " and ".join(names)
    return authors, entry.fields["year"]
