"""Words that a student wrote are read by a person, wherever in the notebook they are."""

import json

import pytest

from grader import notebook
from grader.collect import collect
from grader.grade import grade_all
from grader.marks import rows, to_do
from tests.coursework.conftest import FIRST, added, hand_in, make_course, solved

WORDS = "One neuron only rises or only falls, so the friend is wrong."


def cell(made, id):
    return next(cell for cell in made["cells"] if cell.get("id") == id)


def below(made, where, /, **more):
    """With a new cell below one of ours."""
    made["cells"].insert(made["cells"].index(cell(made, where)) + 1, more)
    return made


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def changed(made, id, **more):
    cell(made, id).update(more)
    return made


def nameless(made):
    """As an editor writes it that knows no ids and keeps no metadata."""
    for each in made["cells"]:
        each.pop("id", None)
        each["metadata"] = {}
    return made


def without(made, *ids):
    made["cells"] = [each for each in made["cells"] if each.get("id") not in ids]
    return made


KINDS = {
    "in a new cell below": lambda made: below(made, "why", **markdown(WORDS)),
    "in a new cell above": lambda made: below(made, "why-task", **markdown(WORDS)),
    "in two new cells": lambda made: below(
        below(made, "why", **markdown(WORDS[:30])), "why-task", **markdown(WORDS[30:])),
    "in the task": lambda made: changed(
        made, "why-task", source=cell(made, "why-task")["source"] + "\n\n" + WORDS),
    "instead of the task": lambda made: changed(made, "why-task", source=WORDS),
    "in the last cell but one": lambda made: below(made, "introduction", **markdown(WORDS)),
    "at the very end": lambda made: below(made, "before-handing-in", **markdown(WORDS)),
    "in another question's task": lambda made: changed(
        made, "line-task", source=cell(made, "line-task")["source"] + "\n" + WORDS),
    "in the introduction": lambda made: changed(
        made, "introduction", source=cell(made, "introduction")["source"] + WORDS),
    "as comments in code": lambda made: below(made, "why", **added(f"# {WORDS}")),
    "as a text in code": lambda made: below(made, "why", **added(f'"""{WORDS}"""')),
    "as prose in a code cell": lambda made: below(made, "why", **added(WORDS)),
    "in its cell, which is code now": lambda made: changed(
        made, "why", cell_type="code", source=WORDS, outputs=[]),
    "in a raw cell": lambda made: below(made, "why", **markdown(WORDS) | {"cell_type": "raw"}),
    "in its own cell, names lost": lambda made: nameless(changed(made, "why", source=WORDS)),
    "below it, names lost": lambda made: nameless(below(made, "why", **markdown(WORDS))),
    "in the task, names lost": lambda made: nameless(changed(
        made, "why-task", source=cell(made, "why-task")["source"] + "\n\n" + WORDS)),
    "its cell deleted": lambda made: without(below(made, "why", **markdown(WORDS)), "why"),
    "task and cell deleted": lambda made: without(
        below(made, "why", **markdown(WORDS)), "why", "why-task"),
    "its cell emptied": lambda made: changed(
        below(made, "why", **markdown(WORDS)), "why", source=" \n"),
    "as lines": lambda made: below(made, "why", **markdown([WORDS[:20], WORDS[20:]])),
    "half in the cell, half below": lambda made: below(
        changed(made, "why", source=WORDS[:30]), "why", **markdown(WORDS[30:])),
}  # fmt: skip
NONE = {
    "nothing": lambda made: made,
    "an empty cell below": lambda made: below(made, "why", **markdown(" \n")),
    "code that runs": lambda made: below(made, "why", **added("half = 1 / 2\nprint(half)")),
    "code elsewhere": lambda made: below(made, "imports", **added("%matplotlib inline")),
    "the cell copied": lambda made: below(made, "why", **cell(made, "why")),
    "spaces in the task": lambda made: changed(
        made, "why-task", source=cell(made, "why-task")["source"].replace(" ", "  ")),
    "names lost": nameless,
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class in which each has written the words in another way, none in the cell alone."""
    root = tmp_path_factory.mktemp("words")
    names = {kind: f"s{number:02}" for number, kind in enumerate([*KINDS, *NONE])}
    course = make_course(root / "course", names.values())
    for kind, student in names.items():
        made = solved(course, student, left=("why",))
        hand_in(root / "handed", student, {**KINDS, **NONE}[kind](made))
    collect(course, FIRST, root / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    return course, names


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_reads_the_words(graded, kind):
    course, names = graded
    student = names[kind]
    assert f"\n{student},why,,5," in course.place("by-hand", FIRST, end=".csv").read_text()
    page = course.place("by-hand", FIRST, end=".html").read_text()
    (shown,) = [part for part in page.split("<h2>") if part.startswith(f"{student}: why")]
    assert squeezed(WORDS[:30]) in squeezed(shown)
    assert squeezed(WORDS[30:]) in squeezed(shown)
    (row,) = [row for row in rows(course, FIRST) if row.student == student]
    assert (row.by_hand, row.total) == (None, None)
    assert row.points == 29


@pytest.mark.parametrize("kind", NONE)
def test_where_nothing_is_written_nobody_has_to_read(graded, kind):
    course, names = graded
    assert f"\n{names[kind]},why" not in course.place("by-hand", FIRST, end=".csv").read_text()
    (row,) = [row for row in rows(course, FIRST) if row.student == names[kind]]
    assert (row.by_hand, row.total) == (0, 29)


def test_an_answer_in_a_new_cell_is_attempted(course, tmp_path):
    """Its points and the word of whether it was tried say the same."""
    work = course.assignment(FIRST)
    made = solved(course, "ada", left=("cost",))
    answer = work.question_of("cost").solution(work.variant_of("ada", course.key))
    hand_in(tmp_path, "ada", below(made, "cost", **added(answer)))
    collect(course, FIRST, tmp_path)
    grade_all(course, FIRST)
    found = course.result(FIRST, "ada")["questions"]["cost"]
    assert (found["points"], found["attempted"]) == (6, True)


def test_a_flood_of_code_is_read_in_no_time(course):
    released = notebook.build(course.assignment(FIRST), "ada", course.key)
    made = json.loads(json.dumps(released))
    for text in ("(" * 100_000, "x = 1\n" * 500_000, "a" * 3_000_000, "\0" * 9, "'" * 20_001):
        below(made, "why-task", **added(text))
    assert notebook.read(made, released).answers["why"]
