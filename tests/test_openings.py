"""How a chapter begins, and what of its code is seen: the idea, and little of what checks it."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from groundup.datasets import table
from tools.paths import chapters

ROOT = Path(__file__).resolve().parent.parent
PATHS = chapters()
FOR_THE_READER = {"hint", "solution", "progress"}  # imported for calls that the reader adds

each_chapter = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def cells_of(path: Path) -> list[nbformat.NotebookNode]:
    return nbformat.read(path, as_version=4).cells


def only_imports(cell: nbformat.NotebookNode) -> bool:
    kinds = (ast.Import, ast.ImportFrom)
    return all(isinstance(statement, kinds) for statement in ast.parse(cell.source).body)


@each_chapter
def test_a_chapter_begins_with_title_sentence_and_picture(path):
    title, picture, *_ = cells_of(path)
    assert title.cell_type == "markdown"
    heading, _, sentence = title.source.partition("\n")
    assert heading.startswith("# ")
    assert re.search(r"\w.*[.?!]$", sentence.strip(), flags=re.S), "a sentence below the title"
    assert picture.cell_type == "code"
    assert "hide-input" in picture.metadata.get("tags", []), "a figure's code folds with it"
    shown = {kind for output in picture.outputs for kind in output.get("data", {})}
    assert shown & {"image/png", "image/svg+xml"}


@each_chapter
def test_no_code_box_stands_before_the_first_section(path):
    cells = cells_of(path)
    first = next(i for i, c in enumerate(cells) if re.search(r"^## ", c.source, flags=re.M))
    assert [cell.cell_type for cell in cells[:first]].count("code") == 1


@each_chapter
def test_imports_are_short_and_shown(path):
    for cell in cells_of(path):
        if cell.cell_type == "code" and cell.source.strip():
            assert "noqa" not in cell.source
            if only_imports(cell):
                lines = [line for line in cell.source.splitlines() if line.strip()]
                assert len(lines) <= 10, cell.source
                assert "hide-input" not in cell.metadata.get("tags", []), cell.source


@each_chapter
def test_nothing_is_imported_that_nothing_uses(path):
    command = ["ruff", "check", "--isolated", "--select", "F401", "--output-format", "json"]
    found = subprocess.run(
        [sys.executable, "-m", *command, str(path)], capture_output=True, text=True, check=False
    )
    unused = {re.search(r"`([\w.]+)`", it["message"])[1] for it in json.loads(found.stdout)}
    assert {name.rpartition(".")[2] for name in unused} <= FOR_THE_READER


#: what a chapter says of its numbers
TOLD = {"claim", "say", "predict_first", "reveal"}


def lines_that_tell(source: str) -> int:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    told = [it for it in calls if getattr(it.func, "id", getattr(it.func, "attr", "")) in TOLD]
    return sum(it.end_lineno - it.lineno + 1 for it in told)


@each_chapter
def test_the_code_that_is_seen_is_the_code_that_teaches(path):
    """A promise or a sentence at the end of a cell stands in a cell of its own, which is folded."""
    seen = [
        cell.source
        for cell in cells_of(path)
        if cell.cell_type == "code"
        and not {"hide-input"} & set(cell.metadata.get("tags", []))
        and not any(tag.startswith("stub-") for tag in cell.metadata.get("tags", []))
    ]
    lines = sum(len([line for line in source.splitlines() if line.strip()]) for source in seen)
    assert sum(map(lines_that_tell, seen)) <= 0.25 * lines


def test_lines_that_tell_are_counted():
    assert lines_that_tell("x = 1\nsay(\n    f'{x}'\n)\nguess.reveal(x)") == 4


NUMBERS = {"Three": 3, "Five": 5, "Ten": 10, "Twenty": 20}


def seeds_said(path: Path) -> list[tuple[str, int, int]]:
    """(table, seeds that the sentence above it names, seeds in the table) of a chapter."""
    cells = cells_of(path)
    found = []
    for words, code in zip(cells, cells[1:], strict=False):
        said = re.search(rf"\b({'|'.join(NUMBERS)}) seeds\b", words.source)
        used = re.search(r'\btable\("(\w+)"\)', code.source)
        if said and used and (words.cell_type, code.cell_type) == ("markdown", "code"):
            rows = table(used[1])
            found.append((used[1], NUMBERS[said[1]], rows["seed"].nunique()))
    return found


def test_a_table_has_the_seeds_that_the_sentence_above_it_names():
    found = [it for path in PATHS for it in seeds_said(path)]
    assert len(found) >= 3
    assert [it for it in found if it[1] != it[2]] == []


@each_chapter
def test_no_cell_shows_a_value_by_the_way(path):
    """What a cell's last line leaves is shown: a table or a few words, not a list of losses."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [it for cell in notebook["cells"] for it in cell.get("outputs", [])]
    shown = [it["data"] for it in outputs if it["output_type"] == "execute_result"]
    long = ["".join(it["text/plain"])[:80] for it in shown if "text/html" not in it]
    assert [text for text in long if len(text) >= 80] == []
