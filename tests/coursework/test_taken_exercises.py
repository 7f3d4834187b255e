"""The course's exercises as graded questions: two of them in an assignment, and all that can be."""

import ast
import re

import pytest

from grader import notebook, release
from grader.assignment import Assignment
from grader.collect import collect
from grader.feedback import feedback
from grader.folder import Course
from grader.grade import GRADED, grade_all, own, verdict
from groundup.questions.question import all_exercises, get
from tests.coursework.conftest import hand_in, make_course
from tools.paths import ROOT

GUIDE = (ROOT / "book" / "instructors-guide.md").read_text(encoding="utf-8")
(FROM_THE_GUIDE,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
OF_ITS_OWN = """

@work.question(
    "double",
    prompt="Write `double(x)`, twice the number `x`.",
    stub="def double(x):\\n    return ...",
    tests="assert double(2.0) == 4",
)
def double(x, *, v):
    return 2 * x


@double.check("numbers", points=2)
def _(rng, v):
    return [(float(x),) for x in rng.normal(size=3)]


@double.slip("That is the square.")
def squared(x, *, v):
    return x**2
"""
KEY = "5eed" * 16


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """An assignment of two exercises and a question, released, handed in by three, and graded."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "sources").mkdir()
    (folder / "sources" / "b1_mixed.py").write_text(FROM_THE_GUIDE + OF_ITS_OWN)
    path = make_course(folder / "course", ["ada", "bob", "eve"]).path
    course = Course(path, folder / "sources")
    release.release(course, "b1_mixed")
    work = course.assignment("b1_mixed")
    for student in course.roster:
        made = notebook.build(work, student, course.key, solved=student != "eve")
        if student == "bob":  # a known mistake of the exercise's, and one that nobody knows
            slip = get("1.6").slips[0]
            for cell in made["cells"]:
                if cell["id"] == "exercise-1-6":
                    cell["source"] = renamed(get("1.6"), slip)
                if cell["id"] == "double":
                    cell["source"] = "def double(x):\n    return -2 * x"
        hand_in(folder / "handed", student, made, "b1_mixed.ipynb")
    collect(course, "b1_mixed", folder / "handed")
    grade_all(course, "b1_mixed")
    feedback(course, "b1_mixed")
    return course


def renamed(it, slip) -> str:
    """A slip as a student writes it: under the name that the stub has."""
    from groundup.questions.text import source_of

    return source_of(slip.make).replace(f"def {slip.make.__name__}(", f"def {it.name}(")


def test_exercises_and_a_question_are_graded_together(mixed):
    points = {s: mixed.result("b1_mixed", s)["points"] for s in mixed.roster}
    assert points == {"ada": 8, "bob": 2, "eve": 0}
    assert mixed.result("b1_mixed", "ada")["state"] == GRADED
    eve = mixed.result("b1_mixed", "eve")["questions"]
    assert not any(question["attempted"] for question in eve.values())


def test_feedback_says_what_the_exercise_says(mixed):
    slip = get("1.6").slips[0]
    found = mixed.result("b1_mixed", "bob")["questions"]
    assert (found["exercise-1-6"]["slip"], found["exercise-1-6"]["message"]) == (
        slip.name,
        slip.message,
    )
    page = mixed.place("feedback", "b1_mixed", "bob", ".html").read_text()
    assert "Your result is the negative of what is wanted." in page


def taken(it):
    work = Assignment("a", title="t", chapter=1, minutes=60, goals=("g",))
    return work, work.exercise(it.id, points=1, prompt="Write it.")


def graded(it) -> bool:
    """Whether it can be: what must be refused is told apart by the exercise, not by the refusal."""
    functions = it.id in ("2.5", "3.7", "4.8", "6.10")  # these get functions as arguments
    return not (it.judged_by or it.run or it.form == "class" or functions)


@pytest.mark.parametrize("it", [it for it in all_exercises() if graded(it)], ids=lambda it: it.id)
def test_an_exercise_is_the_same_question_when_graded(it):
    """Every slip is named on inputs of a student's own, and every right answer earns the point."""
    work, question = taken(it)
    (check,) = question.checks
    cases = work.cases_of(question, check, "ada", KEY)
    assert not any("..." in line for line in question.solution(None).splitlines())
    for make in [it.reference, *it.others]:
        got = [own(question, make, case, None) for case in cases]
        assert verdict(question, cases, got, None).right, make.__name__
    for slip in it.slips:
        got = [own(question, slip.make, case, None) for case in cases]
        assert verdict(question, cases, got, None).slip == slip.name
    ast.parse(question.tests)


@pytest.mark.parametrize(
    "it", [it for it in all_exercises() if not graded(it)], ids=lambda it: it.id
)
def test_what_cannot_be_graded_is_refused_in_a_sentence(it):
    with pytest.raises(ValueError, match=rf"exercise {it.id} cannot be graded: \w.*"):
        taken(it)


def test_a_prompt_that_points_into_its_chapter_must_be_given_anew():
    with pytest.raises(ValueError, match="points to an equation of the chapter"):
        Assignment("a", title="t", chapter=1, minutes=60, goals=()).exercise("1.1", points=2)
