"""Stubs and solutions in every notebook: the checks say "right", and no cell above breaks."""

import copy
import os
import re
from pathlib import Path

import nbformat
import pytest

from groundup.questions import question
from tools import notebooks
from tools.normal import exercise_tags
from tools.paths import chapters


def of_chapter(chapter: int) -> Path:
    return chapters()[chapter - 1]


def stubs(notebook) -> dict[str, nbformat.NotebookNode]:
    """The notebook's stub cells by exercise."""
    return {
        id: cell
        for cell in notebook.cells
        for kind, id in exercise_tags(cell.metadata.get("tags", []))
        if kind == "stub"
    }


def solved(notebook):
    """The notebook as it is when a reader has typed the worked solution into every stub."""
    result = copy.deepcopy(notebook)
    for id, cell in stubs(result).items():
        cell.source = question.solved_cell(id)
    return result


def verdicts(notebook) -> dict[str, str]:
    """What the checks of a notebook's stub cells have said: "right", "not attempted yet", …"""
    found = {}
    for id, cell in stubs(notebook).items():
        text = "".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs)
        said = re.findall(rf"^Exercise {re.escape(id)}: (.+)\.$", text, flags=re.MULTILINE)
        found[id] = said[-1] if said else f"nothing: {text!r}"
    return found


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(tmp_path / "progress.json"))


@pytest.mark.parametrize("chapter", question.chapters())
def test_notebook_has_all_its_exercises(chapter):
    notebook = nbformat.read(of_chapter(chapter), as_version=4)
    ids = [it.id for it in question.all_exercises(chapter)]
    assert list(stubs(notebook)) == ids
    assert verdicts(notebook) == dict.fromkeys(ids, "not attempted yet")


def above_the_exercises(notebook) -> list[nbformat.NotebookNode]:
    """Copies of the code cells that stand above the first stub."""
    stub = next(iter(stubs(notebook).values()))
    above = notebook.cells[: notebook.cells.index(stub)]
    return [copy.deepcopy(cell) for cell in above if cell.cell_type == "code"]


@pytest.mark.parametrize("chapter", question.chapters())
def test_solved_notebook_runs_and_a_reader_may_go_back(chapter, tmp_path, monkeypatch):
    """Run all, the cells above again, all solutions typed in, and the cells above once more.

    On the small digits, as for a reader without network: with MNIST this takes ten minutes.
    """
    monkeypatch.delenv("GROUNDUP_DATA", raising=False)
    monkeypatch.setenv("GROUNDUP_MIRRORS", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    given = nbformat.read(of_chapter(chapter), as_version=4)
    answers = stubs(solved(given))
    notebook = copy.deepcopy(given)
    notebook.cells += above_the_exercises(given) + list(answers.values())
    notebook.cells += above_the_exercises(given)
    result = notebooks.execute(notebook)
    solutions = nbformat.v4.new_notebook(cells=result.cells[len(given.cells) :])
    assert verdicts(solutions) == dict.fromkeys(answers, "right")


def cells(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])


BEGIN = """
import numpy as np
from groundup.exercises import check, hint
from groundup.questions import question

@question.exercise(
    "99.1", title="t", prompt="p", stub="def double(x):\\n    return ...",
    hints=("a", "b", "c"), cases=lambda rng: [(1.0,), (rng.normal(size=3),)], time_limit=1,
)
def double(x):
    return 2 * x
"""
HOSTILE = [
    "def double(x):\n    while True: pass",
    "def double(x):\n    while True:\n        try: 1 / 0\n        except: pass",
    "def double(x):\n    while True: print(x)",
    "def double(x):\n    return double(x)",
    "def double(x):\n    raise SystemExit",
    "def double(x):\n    return input()",
    "def double(x):\n    x *= 2\n    return x",
    "import matplotlib.pyplot as plt\ndef double(x):\n    plt.plot([x]); plt.show()\n    return x",
    "def double(x):\n    return x.shape[7]",
]


def test_a_notebook_lives_on_whatever_an_answer_does():
    check = '\ncheck("99.1", double)'
    notebook = cells(
        BEGIN, *(text + check for text in HOSTILE), f"def double(x):\n    return x + x{check}"
    )
    first, second = notebooks.execute(notebook), notebooks.execute(notebook)
    for one, other in zip(first.cells[1:], second.cells[1:], strict=True):
        (shown,) = one.outputs  # the verdict, and no figure, no text of the answer's
        assert shown == other.outputs[0]
        assert "text/html" in shown.data
        assert "groundup/exercises" not in shown.data["text/plain"]
    said = [cell.outputs[0].data["text/plain"] for cell in first.cells[1:]]
    for text, words in zip(
        said,
        ["loop that", "loop that", "printed", "calls itself", "SystemExit", "EOFError"],
        strict=False,
    ):
        assert words in text
    assert "changes its input `x`" in said[6]
    assert "not right yet" in said[7]
    assert "line 2 in double, `return x.shape[7]`" in said[8]
    assert said[9] == "Exercise 99.1: right."


def test_training_shows_how_far_it_is(monkeypatch):
    slow = BEGIN.replace("time_limit=1", "trains=True")
    answer = (
        'import time\ndef double(x):\n    time.sleep(2)\n    return 2 * x\ncheck("99.1", double)'
    )
    (_, cell) = notebooks.execute(cells(slow, answer)).cells
    progress = "".join(out.text for out in cell.outputs if out.output_type == "stream")
    assert "Checking exercise 99.1, which trains" in progress
    monkeypatch.setitem(os.environ, "TQDM_DISABLE", "1")
    (_, cell) = notebooks.execute(cells(slow, answer)).cells
    assert [out.output_type for out in cell.outputs] == ["display_data"]
