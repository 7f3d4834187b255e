"""Anything at all may be in a submission: whatever it is, no step of the path fails."""

import copy
import json

import numpy as np
import pytest

from grader import grade as grading
from grader import notebook, sandbox
from grader.collect import collect
from grader.feedback import feedback
from grader.grade import grade_all
from grader.marks import export, rows, to_do
from grader.report import report
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

ODD = [None, True, -1, 1e308, "", "\ud800", "\0", "../x", "<script>", [], [None], {}, {"a": 1}]
ODD += [["x", 3], {"nbgrader": {"grade_id": ["switch"]}}, {"nbgrader": 7}, "switch", 10**40]


def places(tree, path=()):
    """All paths into a JSON tree."""
    yield path
    pairs = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, part in pairs:
        yield from places(part, (*path, key))


def damaged(made, rng):
    """The notebook with one to four of its parts replaced, dropped or doubled."""
    made = copy.deepcopy(made)
    for _ in range(int(rng.integers(1, 5))):
        known = [path for path in places(made) if path]
        path = known[int(rng.integers(len(known)))]
        at = made
        for key in path[:-1]:
            at = at[key]
        how = rng.integers(3)
        if how == 0:
            at[path[-1]] = copy.deepcopy(ODD[int(rng.integers(len(ODD)))])
        elif how == 1:
            del at[path[-1]]
        elif isinstance(at, list):
            at.insert(path[-1], copy.deepcopy(at[path[-1]]))
    return made


@pytest.mark.parametrize("seed", range(2))
def test_damaged_notebooks_pass_through_the_whole_path(tmp_path, monkeypatch, seed):
    students = [f"s{i:02}" for i in range(50)]
    course = make_course(tmp_path / "course", students)
    rng = np.random.default_rng(seed)
    ran = []

    def run(request, seconds, again):
        ran.append(json.dumps(request))  # it must be possible to hand it over
        said = [{"cell": "switch", "error": "\ud800"}, {"question": [], "check": 1}, {"cell": 1}]
        answer = ODD[rng.integers(len(ODD))]
        said.append({"question": "line", "check": "slanting lines", "case": 0, "answer": answer})
        again(said)
        return sandbox.Outcome(said, "done")

    monkeypatch.setattr(sandbox, "run", run)
    monkeypatch.setattr(sandbox, "prove", lambda *hidden: None)
    for student in students:
        hand_in(tmp_path / "handed", student, damaged(solved(course, student), rng))
    collect(course, FIRST, tmp_path / "handed")
    count = grade_all(course, FIRST, jobs=1)
    assert sum(count.values()) == len(students)
    assert count[grading.MISSING] == 0
    assert not any("grading failed" in row.remarks for row in rows(course, FIRST))
    assert len(ran) > 20
    to_do(course, FIRST)
    assert len(feedback(course, FIRST)) == len(students)
    for form in ("generic", "canvas", "moodle"):
        export(course, FIRST, form)
    report(course, FIRST)


def test_restored_cells_keep_their_order(course):
    """Cells that were moved, dropped or doubled: what is ours is run once, in a sound order."""
    released = notebook.build(course.assignment(FIRST), "ada", course.key)
    made = solved(course, "ada")
    made["cells"] = made["cells"][::-1]
    reading = notebook.read(made, released)
    ours = [id for id, _ in reading.cells if id != "added"]
    assert sorted(ours) == sorted(c["id"] for c in released["cells"] if c["cell_type"] == "code")
    empty = notebook.read({"cells": []}, released)
    assert [id for id, _ in empty.cells] == [
        cell["id"] for cell in released["cells"] if cell["cell_type"] == "code"
    ]
    assert empty.answers == {"why": "*Write your answer here.*"}
