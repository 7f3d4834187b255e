"""Every assignment: its solutions, its hidden checks, its variants, and what a student sees."""

import ast
from collections import Counter

import numpy as np
import pytest

from grader import assignment as assignments
from grader import grade, notebook
from grader.page import to_html
from tests.coursework.conftest import make_course

ASSIGNMENTS = assignments.names()
STUDENTS = ["ada", "bob", "eve"]
KEY = "5eed" * 16


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("sources") / "course", STUDENTS)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solution_earns_all_and_release_nothing(course, assignment):
    work = course.assignment(assignment)
    solved = notebook.build(work, "ada", course.key, solved=True)
    found = grade.grade(work, "ada", course.key, notebook.write(solved).encode())
    assert (found["state"], found["points"]) == (grade.GRADED, found["out_of"]), found
    released = notebook.build(work, "ada", course.key)
    found = grade.grade(work, "ada", course.key, notebook.write(released).encode())
    assert found["state"] == grade.ZERO
    assert not any(q["attempted"] for q in found["questions"].values())
    assert not any(h["attempted"] for h in found["by_hand"].values())
    for question in found["questions"].values():
        assert all(check["points"] == 0 for check in question["checks"].values())


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_visible_tests_pass_with_the_solution_and_fail_without(course, assignment):
    """They run in the sandbox too: each answer is whether its tests raise nothing."""
    work = course.assignment(assignment)
    for solved, wanted in ((True, set()), (False, {q.id for q in work.questions})):
        made = notebook.build(work, "bob", course.key, solved=solved)
        cells = [(c["id"], c["source"]) for c in made["cells"] if c["cell_type"] == "code"]
        request = {"cells": cells, "cell_seconds": 60, "calls": [], "after": {}}
        outcome = grade.sandbox.run(request, 200)
        failed = {e["cell"].removesuffix("-tests") for e in outcome.events if "cell" in e}
        assert outcome.ending == "done"
        assert failed == wanted


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_hidden_check_fails_for_three_wrong_answers(assignment):
    work = assignments.load(assignment)
    v = work.variant_of("ada", KEY)
    for question in work.questions:
        passes = {}
        for slip in question.slips:
            passes[slip.name] = [
                all(_right(question, slip.make, case, v) for case in cases)
                for cases in _cases(work, question, "ada")
            ]
            assert not all(passes[slip.name]), f"{question.id}: {slip.name} is right"
        for number, check in enumerate(question.checks):
            failing = sum(not passed[number] for passed in passes.values())
            assert failing >= 3, f"{question.id}, {check.name}: only {failing} wrong answers fail"


def _cases(work, question, student):
    return [work.cases_of(question, check, student, KEY) for check in question.checks]


def _right(question, answer, case, v):
    return grade.verdict(question, [case], [grade.own(question, answer, case, v)], v).right


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_wrong_answers_are_named(assignment):
    """The first known wrong answer with the same results is the one that the student reads of."""
    work = assignments.load(assignment)
    v = work.variant_of("bob", KEY)
    for question in work.questions:
        if question.judged_by is not None:
            continue
        cases = [case for cases in _cases(work, question, "bob") for case in cases]
        for slip in question.slips:
            got = [grade.own(question, slip.make, case, v) for case in cases]
            verdict = grade.verdict(question, cases, got, v)
            assert (verdict.slip, verdict.message) == (slip.name, slip.message)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_variants_differ_and_are_equally_hard(assignment):
    """Over 200 ids: the same questions, points and sizes of inputs; every planted bug is one."""
    work = assignments.load(assignment)
    students = [f"student{i:03}" for i in range(200)]
    variants = [vars(work.variant_of(student, KEY)) for student in students]
    texts = {repr(sorted((k, str(v)) for k, v in variant.items())) for variant in variants}
    assert len(texts) >= 40, f"only {len(texts)} variants for 200 students"
    sizes, bugs = set(), Counter()
    for student, variant in zip(students, variants, strict=True):
        made = notebook.build(work, student, KEY)
        sizes.add(tuple((c["id"], c["cell_type"]) for c in made["cells"]))
        bugs[variant.get("broken")] += 1
    assert len(sizes) == 1
    lengths = {len(text.splitlines()) for text in bugs if text}
    assert len(lengths) <= 1, "one planted bug makes the program longer than another"
    assert min(bugs.values()) >= 200 / len(bugs) / 2.5, f"bugs are not equally frequent: {bugs}"
    for student in students[:40]:
        v = work.variant_of(student, KEY)
        for question in work.questions:
            shapes = [
                [
                    [np.shape(part) for part in case if not isinstance(part, (str, list))]
                    for case in cases
                ]
                for cases in _cases(work, question, student)
            ]
            first = _SHAPES.setdefault((assignment, question.id), repr(shapes))
            assert repr(shapes) == first
            if question.judged_by is None:
                for case in (c for cases in _cases(work, question, student) for c in cases):
                    assert _right(question, question.reference, case, v)
            ast.parse(question.solution(v))
            ast.parse(assignments.fill(question.stub, v))


_SHAPES: dict = {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_number_of_a_variant_begins_a_list(assignment):
    """A line of a task that begins with "1." would be set as one; tasks have no numbered lists."""
    work = assignments.load(assignment)
    for number in range(24):
        for cell in notebook.build(work, f"s{number}", KEY)["cells"]:
            if cell["cell_type"] == "markdown":
                assert "<ol" not in to_html(cell["source"]), cell["source"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_planted_bug_fails_every_check(assignment):
    work = assignments.load(assignment)
    question = next((q for q in work.questions if q.stub == "<<broken>>"), None)
    if question is None:
        pytest.skip("no program to repair in this one")
    seen = set()
    for number in range(200):
        student = f"student{number:03}"
        v = work.variant_of(student, KEY)
        if v.broken in seen:
            continue
        seen.add(v.broken)
        space: dict = {}
        exec(work.imports, space)
        for part in work.parts:
            if isinstance(part, assignments.Given) and part.kind == "code":
                exec(assignments.fill(part.source, v), space)
        exec(v.broken, space)

        def broken(*case, v, space=space):
            return space[question.name](*case)

        for check, cases in zip(question.checks, _cases(work, question, student), strict=True):
            right = [_right(question, broken, case, v) for case in cases]
            assert not all(right), f"{check.name} does not see this bug:\n{v.broken}"
    assert len(seen) >= 3


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_an_assignment_is_complete(assignment):
    work = assignments.load(assignment)
    assert 60 <= work.minutes <= 120
    assert len(work.goals) >= 3
    assert len(work.manual) == 1
    assert work.manual[0].rubric.count("point") >= 3
    assert all(question.checks and question.points for question in work.questions)
    assert all(
        question.form == "function" or question.name in question.stub for question in work.questions
    )
    ids = [part.id for part in work.parts]
    assert len(set(ids)) == len(ids)


def test_there_are_six_one_for_each_chapter():
    assert [assignments.load(name).chapter for name in ASSIGNMENTS] == [1, 2, 3, 4, 5, 6]


def test_nbgrader_takes_the_notebooks(course, tmp_path):
    """The released notebook is in nbgrader's own format, by nbgrader's own word."""
    import nbformat
    from nbgrader.nbgraderformat import SCHEMA_VERSION, read
    from nbgrader.utils import is_grade, is_locked, is_solution

    for assignment in ASSIGNMENTS:
        work = course.assignment(assignment)
        path = tmp_path / f"{assignment}.ipynb"
        path.write_text(notebook.write(notebook.build(work, "ada", course.key)))
        made = read(path, as_version=nbformat.NO_CONVERT)
        nbformat.validate(made)
        points = sum(c.metadata.nbgrader.points for c in made.cells if is_grade(c))
        assert points == work.points
        assert sum(is_solution(cell) for cell in made.cells) == len(work.questions) + 1
        assert not any(is_locked(c) and is_solution(c) and not is_grade(c) for c in made.cells)
        assert {c.metadata.nbgrader.schema_version for c in made.cells} == {SCHEMA_VERSION}


def test_a_hole_without_a_value_is_an_error():
    with pytest.raises(ValueError, match="<<nothing>>"):
        assignments.fill("give <<nothing>>", assignments.SimpleNamespace(k=1))


def test_unknown_assignment_says_which_there_are():
    with pytest.raises(ValueError, match="a1_sigmoid_network"):
        assignments.load("a9")
