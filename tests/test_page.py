"""What Python does in the book's pages, on this Python: verdicts, mistakes of all kinds, names."""

import builtins
import sys

import pytest

from groundup import page
from groundup.exercises import chapter2
from groundup.questions import question, show
from groundup.questions.examine import examine
from tools.pyodide import cells

CHAPTER = cells()["02_neuron_from_scratch"]


@pytest.fixture
def chapter(monkeypatch):
    """Chapter 2's page; what it has in place of IPython is taken away again."""
    for name in ("IPython", "IPython.display"):
        monkeypatch.setitem(sys.modules, name, None)
    page.install()
    return page.Page(CHAPTER)


def verdict(done: dict) -> str:
    return "".join(part.get("html", "") for part in done["shown"])


def test_the_verdict_is_the_notebooks_word_for_word(chapter):
    it = question.get("2.2")
    slips = [slip for slip in it.slips if hasattr(chapter2, slip.name)]  # as a learner writes them
    assert len(slips) >= 4
    for slip in slips:
        source = (
            f"import numpy as np\nfrom groundup.exercises.chapter2 import {slip.name} as {it.name}"
        )
        wanted = examine("2.2", slip.make)
        done = chapter.check("2.2", 0, source)
        assert done["status"] == wanted.status
        assert show.to_html(wanted.message) in verdict(done)
        for line in wanted.details:
            assert line in verdict(done)


@pytest.mark.parametrize("it", question.all_exercises(2), ids=lambda it: it.id)
def test_solutions_are_right_and_stubs_not_attempted(chapter, it):
    assert chapter.check(it.id, 40, question.solution_code(it.id))["status"] == "right"
    assert chapter.check(it.id, 40, it.stub)["status"] == "not attempted yet"


WORDS = {
    "def collapse(W1:": "This is no Python yet:",
    "def other(): pass": "must define <code>collapse</code>",
    "import scipy": "This needs SciPy, which is not here in the page.",
    "import no_such_thing": "This needs no_such_thing, which is not here",
    "x = input()": "input() cannot be answered in the page",
    "open('file', 'w')": "the page has no folder to write files in",
    "while True: print('more')": "It printed without end and was stopped.",
    "1 / 0": "ZeroDivisionError: division by zero",
    "raise SystemExit": "SystemExit",
    "def f(): f()\nf()": "RecursionError",
    "\0": "This is no Python yet:",
}


@pytest.mark.parametrize("code", WORDS)
def test_each_mistake_gets_a_sentence_and_the_next_check_works(chapter, code, monkeypatch):
    if code == "import scipy":
        monkeypatch.setitem(sys.modules, "scipy", None)
    done = chapter.check("2.1", 40, code)
    assert done["status"] == "not right yet"
    assert WORDS[code] in verdict(done)
    assert "Traceback" not in verdict(done)
    assert chapter.check("2.1", 40, question.solution_code("2.1"))["status"] == "right"


def test_what_has_filled_the_memory_is_let_go(chapter):
    done = chapter.run(1, "heap = [0] * 1000\nraise MemoryError")
    assert "MemoryError" in done["error"]
    assert "heap" not in chapter.names


def test_what_is_deleted_from_python_is_put_back(chapter):
    before = dict(vars(builtins))
    chapter.check(
        "2.1", 40, "import builtins\nfor k in [*vars(builtins)]: del builtins.__dict__[k]"
    )
    chapter.check("2.1", 40, "import builtins\nbuiltins.len = None\nbuiltins.mine = 1")
    assert vars(builtins) == before


def test_an_answer_finds_what_the_chapter_has_defined_above(chapter):
    done = chapter.run(40, "X.shape")
    assert done == {"shown": [{"text": "(8, 2)\n"}], "error": ""}
    assert "NameError" in page.Page(CHAPTER).run(0, "X.shape")["error"]  # not yet, there


def test_names_are_shared_and_a_changed_cell_changes_what_follows(chapter):
    chapter.run(40, "X = 5")
    assert chapter.run(40, "print('X', X); X")["shown"] == [{"text": "X 5\n5\n"}]


def test_what_was_changed_is_forgotten_and_printed_cells_count_again(chapter):
    here = page.Page(["x = 1", "%matplotlib inline", "y = x + 1", "z = 3"])
    here.run(0, "x = 10\nz = 0")
    assert here.run(3, "print(y, z)")["shown"] == [{"text": "11 0\n"}]
    here.forget(0)
    assert here.run(4, "print(x, y, z)")["shown"] == [{"text": "1 2 3\n"}]


def test_a_value_may_be_typed_as_it_is_meant(chapter):
    assert page._assigned("x", " 0.5 ") == "x =  0.5 \n"
    assert page._assigned("x", "b") == "x = 'b'\n"
    assert page._assigned("x", "'b'") == "x = 'b'\n"
    assert page._assigned("x", "y = 2") == "y = 2"


def test_what_the_page_can_fetch_is_asked_for(chapter, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert chapter.run(0, "import pandas") == {"needed": "figures"}


def test_claims_and_sentences_are_shown_as_in_a_notebook(chapter):
    done = chapter.run(40, r"say(r'Half is $\frac12$.')")
    assert done["error"] == ""
    (shown,) = done["shown"]
    assert r"\(\frac12\)" in shown["html"]
    done = chapter.run(40, "claim('a.b', 2.5, at_least=2, text='It is {:.1f}.')")
    assert "It is 2.5. <em>(Promised and checked: at least 2.)</em>" in done["shown"][0]["html"]
