"""The course's rules for a chapter. Each rule takes a chapter and returns the faults it finds."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from groundup.claims import CLAIM_MIME
from tools import myst
from tools.comparison import MEASURED, comparable
from tools.normal import MACHINE_PATH, exercise_tags, faults

MAX_LINES = 40
MAX_BYTES = 1_500_000
MIN_ALT = 20
# Their output is the same each time, so a cell that only calls these is compared.
COMPARED = {"quiz", "warmup", "check", "hint", "solution", "progress"}
MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)
LAST_SECTIONS = ["What goes wrong", "Exercises", "Quiz", "Summary"]


@dataclass(frozen=True)
class Chapter:
    """A notebook and the number in its file name; 0 for a page that is no chapter."""

    notebook: NotebookNode
    number: int

    def cells(self, kind: str | None = None) -> Iterator[tuple[int, NotebookNode]]:
        """Cells with their number, counted from 1; code cells only where they hold something."""
        for number, cell in enumerate(self.notebook.cells, start=1):
            if kind in (None, cell.cell_type) and (cell.source.strip() or kind != "code"):
                yield number, cell


Rule = Callable[[Chapter], list[str]]


def read(path: Path) -> Chapter:
    """The chapter in a file such as ``05_mnist.ipynb``."""
    number = re.match(r"\d+", Path(path).name)
    return Chapter(nbformat.read(path, as_version=4), int(number[0]) if number else 0)


def lint(path: Path) -> list[str]:
    """Every fault of a notebook file."""
    chapter = read(path)
    found = faults(path) + size(path)
    for rule in RULES if chapter.number else PAGE_RULES:
        found += [f"{fault} [{rule.__name__}]" for fault in rule(chapter)]
    return found


def size(path: Path) -> list[str]:
    """Readers download the file and git keeps each version of it."""
    measured = path.stat().st_size
    return [f"{measured} bytes, more than {MAX_BYTES} [size]"] if measured > MAX_BYTES else []


# --- outputs --------------------------------------------------------------------------------


def clean_outputs(chapter: Chapter) -> list[str]:
    """No errors, and nothing on stderr: that is where warnings and progress bars go."""
    return [
        f"cell {number}: {'an error' if output.output_type == 'error' else 'text on stderr'}"
        for number, cell in chapter.cells("code")
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def executed(chapter: Chapter) -> list[str]:
    """Every cell was executed, from top to bottom."""
    counts = [cell.execution_count for _, cell in chapter.cells("code")]
    if counts != list(range(1, len(counts) + 1)):
        return [f"not executed from top to bottom: {counts}"]
    return []


def no_machine_paths(chapter: Chapter) -> list[str]:
    """No path of the machine that ran the notebook."""
    return [
        f"cell {number}: a path of a machine: {path[:60]}"
        for number, cell in chapter.cells()
        for path in MACHINE_PATH.findall(cell.source + str(cell.get("outputs", "")))
    ]


# --- figures --------------------------------------------------------------------------------


def figures(chapter: Chapter) -> list[str]:
    """One figure a cell, with a name, a caption and alt text that says what it shows."""
    found = []
    for number, cell in chapter.cells("code"):
        images = sum(_has_image(output) for output in cell.outputs)
        mystnb = cell.metadata.get("mystnb", {})
        figure, alt = mystnb.get("figure", {}), mystnb.get("image", {}).get("alt", "")
        if images > 1:
            found.append(f"cell {number}: {images} figures in one cell")
        if not images:
            if figure:
                found.append(f"cell {number}: a caption, but no figure")
            continue
        if not figure.get("caption", "").strip():
            found.append(f"cell {number}: a figure without a caption")
        start = f"fig-{chapter.number}-" if chapter.number else "fig-"
        if not re.fullmatch(rf"{start}[\w-]+", figure.get("name", "")):
            found.append(f"cell {number}: a figure's name must be {start}…")
        found += [f"cell {number}: {fault}" for fault in _alt_faults(alt)]
        if alt.strip() and alt.strip() == figure.get("caption", "").strip():
            found.append(f"cell {number}: the alt text only repeats the caption")
    for number, cell in chapter.cells("markdown"):
        for alt in _pictures(cell.source):
            found += [f"cell {number}: {fault}" for fault in _alt_faults(alt)]
    return found


def _pictures(text: str) -> list[str]:
    """The alt texts of the pictures in Markdown."""
    return [
        part.content
        for _, inlines in myst.prose(text)
        for part in myst.parts(inlines)
        if part.type == "image"
    ]


def _has_image(output: NotebookNode) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))


def _alt_faults(alt: str) -> list[str]:
    if len(alt.strip()) < MIN_ALT:
        return [f"alt text of fewer than {MIN_ALT} characters: {alt!r}"]
    if " " not in alt.strip() or re.search(r"\.(png|svg|jpe?g)$", alt.strip()):
        return [f"alt text that is a file's name: {alt!r}"]
    return []


def labelled_axes(chapter: Chapter) -> list[str]:
    """A cell that draws on axes by itself also labels them, or takes them away."""
    draws = re.compile(r"\.(plot|scatter|bar|barh|hist|contourf?|semilog[xy]|loglog|errorbar)\(")
    labels = re.compile(r"label|axis\(\"off\"\)|set_axis_off|curves\(|band\(|points\(|surface\(")
    return [
        f"cell {number}: draws on axes and never labels them"
        for number, cell in chapter.cells("code")
        if any(map(_has_image, cell.outputs))
        and draws.search(cell.source)
        and not labels.search(re.sub(r"\blabel=", "", cell.source))
    ]


# --- numbers --------------------------------------------------------------------------------


def covered(chapter: Chapter) -> list[str]:
    """Numbers that are not compared are covered by a claim in the same section; no other tag leaves
    anything out of the comparison, and a cell has one only where its output has such numbers."""
    section, sections, claims = 0, {}, {}
    for number, cell in chapter.cells():
        section += _begins_section(cell)
        sections[number] = section
        if cell.cell_type == "code" and any(CLAIM_MIME in o.get("data", {}) for o in cell.outputs):
            claims[section] = number  # the last one of the section
    found = []
    for number, cell in chapter.cells("code"):
        tags = set(cell.metadata.get("tags", []))
        found += [
            f"cell {number}: {tag} is not used here" for tag in tags if "nbval" in tag.lower()
        ]
        if not (here := " and ".join(MEASURED & tags)):
            continue
        if claims.get(sections[number], 0) < number:
            found.append(f"cell {number}: {here} without a claim in the rest of its section")
        if _only_calls(cell.source, COMPARED):
            found.append(f"cell {number}: {here} where the output is the same each time")
        if all(comparable(output, True) == comparable(output) for output in cell.outputs):
            found.append(f"cell {number}: {here}, and no number to pass over in its output")
    return found


def _begins_section(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and any(tag == "h2" for tag, _ in myst.prose(cell.source))


def _only_calls(source: str, names: set[str]) -> bool:
    statements = _tree(source).body
    return all(
        isinstance(it, ast.Expr)
        and isinstance(it.value, ast.Call)
        and getattr(it.value.func, "id", None) in names
        for it in statements
    )


def _tree(source: str) -> ast.Module:
    return ast.parse(MAGIC.sub("", source))


# A decimal number or a percentage, but not a reference (section 2.3) or a version (Python 3.11).
NUMBER = re.compile(
    r"(?<![\w.])(?<!\d[\u202f\u00a0 ])"
    r"(?P<number>\d+\.\d+(?:e-?\d+)?|\d+(?:\.\d+)?(?=[\u202f\u00a0 ]?%)|\d+e-?\d+)"
    r"(?P<percent>[\u202f\u00a0 ]?%)?(?![\w]|\.\d)"
)
REFERENCE = re.compile(
    r"(?:chapters?|sections?|exercises?|figures?|equations?|version|Python|PyTorch|NumPy|CC BY)"
    r"[\s\u00a0]+[\d.]+(?:[\s,]+(?:and|or|to)?\s*\d+\.\d+)*",
    re.IGNORECASE,
)


def typed_numbers(chapter: Chapter) -> list[str]:
    """No measured number is typed into prose.

    A decimal number or a percentage, outside mathematics and backticks, must be a literal of one
    of the notebook's code cells or stand in a paragraph with a citation. Captions, alt texts and
    the texts that ``say`` and ``claim`` display are prose too. Prompts of exercises are not: they
    come from the package and state what is wanted.
    """
    literals = _literals(chapter)
    found = []
    for number, cell in chapter.cells():
        if any(exercise_tags(cell.metadata.get("tags", []))):
            continue
        for text in _texts(cell):
            for match in NUMBER.finditer(text):
                value = float(match["number"])
                wanted = {value, value / 100} if match["percent"] else {value}
                if not any(_close(value, literal) for value in wanted for literal in literals):
                    found.append(f"cell {number}: a number typed into prose: {match[0]!r}")
    return found


def _texts(cell: NotebookNode) -> Iterator[str]:
    """The paragraphs of prose in a cell; those that cite are left out."""
    if cell.cell_type == "markdown":
        texts = [cell.source]
    else:
        mystnb = cell.metadata.get("mystnb", {})
        texts = [mystnb.get("figure", {}).get("caption"), mystnb.get("image", {}).get("alt")]
        for node in ast.walk(_tree(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ("say", "claim"):
                texts += _shown_strings(node)
    for text in filter(None, texts):
        for _, inlines in myst.prose(text.strip()):
            if not any(it.meta.get("name", "").startswith("cite") for it in myst.parts(inlines)):
                yield REFERENCE.sub("", myst.words(inlines))


def _shown_strings(call: ast.Call) -> Iterator[str]:
    """The fixed parts of the strings that ``say(…)`` and ``claim(…, text=…)`` display."""
    if call.func.id == "say":
        shown = call.args
    else:
        shown = [keyword.value for keyword in call.keywords if keyword.arg == "text"]
    for argument in shown:
        # The format of a computed value, such as ".3f", is no prose.
        formats = {
            id(part)
            for value in ast.walk(argument)
            if isinstance(value, ast.FormattedValue)
            for part in ast.walk(value)
        }
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) not in formats:
                    yield re.sub(r"\{[^{}]*\}", "", node.value)


def _literals(chapter: Chapter) -> set[float]:
    found = set()
    for _, cell in chapter.cells("code"):
        for token in tokenize.generate_tokens(io.StringIO(MAGIC.sub("", cell.source)).readline):
            if token.type == tokenize.NUMBER and not token.string.endswith(("j", "J")):
                text = token.string.replace("_", "")
                found.add(float(int(text, 0)) if text.lower().startswith("0x") else float(text))
    return found


def _close(value: float, literal: float) -> bool:
    return abs(value - literal) <= 1e-12 * max(1.0, abs(literal))


# --- the order of a chapter -----------------------------------------------------------------


def headings(chapter: Chapter) -> list[tuple[int, str]]:
    """Level and text of each heading."""
    return [
        (int(tag[1:]), inlines[0].content)
        for _, cell in chapter.cells("markdown")
        for tag, inlines in myst.prose(cell.source)
        if re.fullmatch(r"h\d", tag)
    ]


def order(chapter: Chapter) -> list[str]:
    """Title, warm-up, sections, what goes wrong, exercises, quiz, summary."""
    every = headings(chapter)
    found = []
    if not every or every[0][0] != 1 or sum(level == 1 for level, _ in every) != 1:
        found.append("a chapter begins with its title, the only heading of the first level")
    found += [f"a heading too deep: {text}" for level, text in every if level > 3]
    found += [f"a heading with a number: {text}" for _, text in every if re.match(r"\d", text)]
    sections = [text for level, text in every if level == 2]
    if chapter.number > 1 and sections[:1] != ["Warm-up"]:
        found.append("the first section must be Warm-up")
    if sections[-len(LAST_SECTIONS) :] != LAST_SECTIONS:
        found.append(f"the last sections must be {', '.join(LAST_SECTIONS)}")
    code = "\n".join(cell.source for _, cell in chapter.cells("code"))
    wanted = [f"quiz({chapter.number})"]
    if chapter.number > 1:
        wanted.append(f"warmup({chapter.number})")
    found += [f"no call of {call}" for call in wanted if call not in code]
    return found


def first_picture(chapter: Chapter) -> list[str]:
    """A picture of where the chapter is going stands before its first section."""
    for _, cell in chapter.cells():
        if cell.cell_type == "markdown":
            if _begins_section(cell):
                break
            if _pictures(cell.source):
                return []
        elif any(map(_has_image, cell.outputs)):
            return []
    return ["no picture before the first section"]


def predictions(chapter: Chapter) -> list[str]:
    """At least three predictions, and each is revealed."""
    code = "\n".join(cell.source for _, cell in chapter.cells("code"))
    asked, revealed = (
        len(re.findall(r"= predict_first\(", code)),
        len(re.findall(r"\.reveal\(", code)),
    )
    if asked < 3:
        return [f"{asked} predictions; at least 3 are wanted"]
    return [] if asked == revealed else [f"{asked} predictions asked for, {revealed} revealed"]


def exercises(chapter: Chapter) -> list[str]:
    """At least six exercises, each a prompt and then its stub."""
    tags = [
        tag for _, cell in chapter.cells() for tag in exercise_tags(cell.metadata.get("tags", []))
    ]
    numbers = [number for kind, number in tags if kind == "exercise"]
    found = [] if len(numbers) >= 6 else [f"{len(numbers)} exercises; at least 6 are wanted"]
    if tags != [(kind, number) for number in numbers for kind in ("exercise", "stub")]:
        found.append("each prompt must be followed by its own stub")
    return found


def code_cells(chapter: Chapter) -> list[str]:
    """Code fits on one screen, and holds no magics and no installing."""
    found = []
    for number, cell in chapter.cells("code"):
        lines = cell.source.count("\n") + 1
        if lines > MAX_LINES:
            found.append(f"cell {number}: {lines} lines; at most {MAX_LINES} fit on a screen")
        if MAGIC.search(cell.source):
            found.append(f"cell {number}: a magic or a shell command")
    return found


#: For every notebook of the book.
PAGE_RULES: list[Rule] = [
    clean_outputs,
    executed,
    no_machine_paths,
    figures,
    labelled_axes,
    covered,
    typed_numbers,
    code_cells,
]
#: For a chapter.
RULES: list[Rule] = [*PAGE_RULES, order, first_picture, predictions, exercises]
