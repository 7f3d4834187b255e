"""A right answer is right: whatever a student's names, order, Python or machine."""

import ast
import json

import pytest

from grader import assignment as assignments
from grader import grade, notebook, sandbox
from grader.assignment import fill
from tests.coursework.conftest import FIRST, make_course, solved

KEY = "5eed" * 16
ASSIGNMENTS = assignments.names()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("right") / "course", ["ada"])


def graded(course, made, assignment=FIRST, given=None):
    work = course.assignment(assignment)
    return grade.grade(work, "ada", KEY, json.dumps(made).encode(), given=given)


def lost(result):
    return {q: one["out_of"] - one["points"] for q, one in result["questions"].items()
            if one["points"] < one["out_of"]}  # fmt: skip


def bound(code):
    """The names that code binds at top level or below it, arguments aside."""
    return {
        node.id if isinstance(node, ast.Name) else node.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }


def read_by(code):
    tree = ast.parse(code)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def cell(made, id):
    return next(cell for cell in made["cells"] if cell["id"] == id)


# --- tests bind nothing ---


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_visible_tests_bind_no_name_and_need_no_course(course, assignment):
    """A cell by itself leaves nothing, passes or not: a student's names are as before."""
    work = course.assignment(assignment)
    for made in (notebook.build(work, "ada", KEY, solved=True), notebook.build(work, "ada", KEY)):
        names = "{n for n in globals() if n != '_before'}"
        cells = []
        for each in made["cells"]:
            if each["id"].endswith("-tests"):
                assert "import" not in each["source"]
                assert "\n    assert" in each["source"] or "\n        assert" in each["source"]
                cells += [("", f"_before = {names}"), (each["id"], each["source"])]
                cells += [("left", f"found |= {names} - _before - {{'_tests'}}")]
            elif each["cell_type"] == "code":
                cells.append((each["id"], each["source"]))
        cells.insert(0, ("", "found = set()"))
        call = {"question": "", "check": "", "name": "said", "function": False, "seconds": 20}
        call |= {"warnings_raise": False, "cases": [None]}
        cells.append(("", "said = ' '.join(found)"))
        request = {"cells": cells, "cell_seconds": 60, "calls": [call]}
        outcome = sandbox.run(request | {"after": {"": len(cells) - 1}}, 300)
        (answer,) = [event["answer"] for event in outcome.events if "answer" in event]
        assert answer == ""
        assert not [e for e in outcome.events if e.get("cell") == "left"]


def test_a_failing_test_shows_its_line_and_its_words(course):
    made = notebook.build(course.assignment(FIRST), "ada", KEY)
    test = cell(made, "switch-tests")["source"]
    with pytest.raises(AssertionError, match="it must be one half") as caught:
        exec(compile(test, "cell", "exec"), {"np": __import__("numpy"), "switch": lambda x: x + 9})
    line = caught.traceback[-1].lineno
    assert test.splitlines()[line].lstrip().startswith("assert np.isclose(switch(")


# --- a question is judged where its student was ---


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_helpers_may_have_any_name_that_tests_and_other_questions_use(course, assignment):
    """Each solution is reached over helpers of all those names, which the next one binds anew.

    Where a solution calls another, as the student may, the two share the names between them.
    """
    work = course.assignment(assignment)
    v = work.variant_of("ada", KEY)
    names = {"helper"} | {question.name for question in work.questions}
    for question in work.questions:
        names |= bound(fill(question.tests, v))
    answers, texts = {}, {question.name: question.solution(v) for question in work.questions}
    callers = {name for name, text in texts.items() if set(texts) & read_by(text) - {name}}
    called = {name for caller in callers for name in read_by(texts[caller])}
    for question in work.questions:
        text = texts[question.name]
        others = sorted(names - read_by(text) - {question.name} - bound(text))
        if question.name in callers | called:
            own = sorted(names - callers)[question.name in callers :: 2]
            others = [name for name in others if name in own]
        assert len(others) >= 5
        if question.form == "value":
            answers[question.id] = f"{' = '.join(others)} = 0\n{text}"
            continue
        lines = [text.replace(f"def {question.name}(", f"def {others[0]}(", 1)]
        for one, other in zip(others, [*others[1:], question.name], strict=True):
            lines.append(f"def {other}(*given):\n    return {one}(*given)")
        answers[question.id] = "\n\n".join(lines)
    result = graded(course, solved(course, "ada", assignment, answers=answers.items()), assignment)
    assert (lost(result), result["state"], result["remarks"]) == ({}, grade.GRADED, [])


def review(course):
    """What lost points in trials, each with a right answer: (assignment, answers)."""
    v = course.assignment(FIRST).variant_of("ada", KEY)
    other = course.assignment("a2_neuron").variant_of("ada", KEY)
    line = course.assignment(FIRST).question_of("line").solution(v)
    cost = course.assignment(FIRST).question_of("cost").solution(v)
    net = """
def forward(X, W1, b1, w2, b2):
    A = np.tanh(X @ W1 + b1)
    return A, 1 / (1 + np.exp(-(A @ w2 + b2)))

def saliency(X, W1, b1, w2, b2):
    A, y = forward(X, W1, b1, w2, b2)
    return ((y * (1 - y))[:, None] * w2 * (1 - A**2)) @ W1.T
"""
    return {
        "numbers above the function": (FIRST, {"switch": f"""
w = {v.steepness}
b = -w * {v.place}
def switch(x):
    z = np.clip(w * np.asarray(x, dtype=float) + b, -500, 500)
    return 1 / (1 + np.exp(-z))
"""}),
        "two helpers of one name": (FIRST, {
            "switch": f"""
def helper(x):
    return np.clip({v.steepness} * (np.asarray(x, dtype=float) - {v.place}), -500, 500)
def switch(x):
    return 1 / (1 + np.exp(-helper(x)))
""",
            "line": "def helper(a, b, c):\n    return a + b + c\n\n" + line,
            "cost": "helper = 7\n" + cost,
        }),
        "a helper called forward": ("a3_backpropagation", {"saliency": net}),
        "a helper called net": ("a3_backpropagation", {"saliency": net.replace("forward", "net")}),
        "a helper called huber": ("a2_neuron", {"huber": f"""
def huber(e):
    return np.clip(e, -{other.delta}, {other.delta})
def gradients(x, y, w, b):
    y_hat = np.tanh(x @ w + b)
    db = huber(y_hat - y) * (1 - y_hat**2)
    return db * x, db
"""}),
        "the training rows are called train": ("a4_moons", {"scale": """
train = None
def scaled(other):
    spread = train.std(axis=0)
    return (other - train.mean(axis=0)) / np.where(spread == 0, 1, spread)
def standardise(rows, other):
    global train
    train = rows
    return scaled(other)
"""}),
    }  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        "numbers above the function",
        "two helpers of one name",
        "a helper called forward",
        "a helper called net",
        "a helper called huber",
        "the training rows are called train",
    ],
)
def test_right_answers_that_lost_points(course, case):
    assignment, answers = review(course)[case]
    result = graded(course, solved(course, "ada", assignment, answers=answers.items()), assignment)
    assert (lost(result), result["state"]) == ({}, grade.GRADED)


def as_before(course, made):
    """With the tests bare, as they were released before, and what the student was given then."""
    work = course.assignment(FIRST)
    v = work.variant_of("ada", KEY)
    for each in made["cells"]:
        if each["id"].endswith("-tests"):
            each["source"] = fill(work.question_of(each["id"][:-6]).tests, v)
    return made


def test_notebooks_of_before_are_graded_with_their_own_tests(course):
    given = as_before(course, notebook.build(course.assignment(FIRST), "ada", KEY))
    answers = review(course)["numbers above the function"][1]
    for each in ({}, answers):
        made = as_before(course, solved(course, "ada", answers=each.items()))
        result = graded(course, made, given=given)
        assert (lost(result), result["remarks"]) == ({}, [])
    needs = cost(course).replace("):\n", "):\n    w1, P = w2, b\n", 1)  # of the tests above it
    made = as_before(course, solved(course, "ada", answers=[("cost", needs)]))
    assert lost(graded(course, made, given=given)) == {}


def moved(made, id, to):
    """The cell, put before another."""
    each = cell(made, id)
    made["cells"].remove(each)
    made["cells"].insert(made["cells"].index(cell(made, to)), each)
    return made


LATER = {
    "a helper below": lambda c, m: (
        [("line", "def softly(z):\n    return 0.5 * (1 + np.tanh(z / 2))")],
        {"switch": f"def switch(x):\n    return softly({m.steepness} * (x - {m.place}))"}),
    "the answer mended at the end": lambda c, m: (
        [("before-handing-in", c.question_of("cost").solution(m))],
        {"cost": "def weighted_cost(Y_hat, Y):\n    return 0"}),
    "an endless answer mended at the end": lambda c, m: (
        [("before-handing-in", c.question_of("cost").solution(m))],
        {"cost": "def weighted_cost(Y_hat, Y):\n    while True:\n        pass"}),
    "its name taken later": lambda c, m: ([("why-task", "switch = band = forward = 3")], {}),
    "deleted later": lambda c, m: ([("why-task", "del switch, forward, np")], {}),
    "all variables cleared at the end": lambda c, m: ([("before-handing-in", "%reset -f")], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER)
def test_what_comes_later_mends_and_does_not_spoil(course, case, monkeypatch):
    work = course.assignment(FIRST)
    for question in work.questions:
        monkeypatch.setattr(question, "time_limit", 4.0)
    extra, answers = LATER[case](work, work.variant_of("ada", KEY))
    result = graded(course, solved(course, "ada", answers=answers.items(), extra=extra))
    assert (lost(result), result["state"]) == ({}, grade.GRADED)


def test_cells_in_another_order(course):
    made = moved(solved(course, "ada"), "repair", "switch")
    made = moved(made, "cost", "before-handing-in")
    assert lost(graded(course, made)) == {}


def test_each_question_has_two_tries_and_no_mixture_of_them(course):
    """One check right at its place and the other at the end are not both right."""
    v = course.assignment(FIRST).variant_of("ada", KEY)
    one = f"def weighted_cost(Y_hat, Y):\n    c = np.where(Y[:, 1] == 1, {v.weight}, 1.0)\n"
    one += "    r = np.mean(c * np.sum((Y - Y_hat) ** 2, axis=1)) / 2\n"
    mixed = "    return r if len(set(Y[:, 1])) {} 1 else 0\n"
    made = solved(course, "ada", answers=[("cost", one + mixed.format(">"))],
                  extra=[("before-handing-in", one + mixed.format("=="))])  # fmt: skip
    assert lost(graded(course, made)) == {"cost": 2}


def test_asking_moves_no_generator_on(course):
    """The cell below draws what it would draw if the student alone had called the function."""
    work = course.assignment(FIRST)
    answer = work.question_of("switch").solution(work.variant_of("ada", KEY))
    answer = "import random, torch\nnp.random.seed(3), random.seed(3), torch.manual_seed(3)\n" + (
        answer.replace("):\n", "):\n    np.random.rand(), random.random(), torch.rand(1)\n", 1)
    )
    after = """
drawn = [np.random.rand(), random.random(), float(torch.rand(1))]
np.random.seed(3), random.seed(3), torch.manual_seed(3)
alone = [[np.random.rand(), random.random(), float(torch.rand(1))] for _ in range(3)][{}]
"""
    last = cost(course).replace("):\n", "):\n    assert drawn == alone\n", 1)
    for number, missed in ((2, {}), (1, {"cost": 6})):  # the visible tests call it twice
        extra = [("cost", after.format(number))]
        made = solved(course, "ada", answers=[("switch", answer), ("cost", last)], extra=extra)
        assert lost(graded(course, made)) == missed


# --- a difference of machines is no wrong answer ---

BEGIN = {
    "nested quotes": 'd = {"k": 1}\nprint(f"{d["k"]}")\n',
    "a type statement": "type Number = float\n",
    "generic function": "def same[T](x: T) -> T:\n    return x\n",
    "no such package": "import polars\n",
    "no such part": "from scipy.integrate import trapz\n",
    "asks": 'name = input("Your name? ")\n',
    "asks for a secret": "import getpass\ngetpass.getpass()\n",
    "a file": "table = np.loadtxt('points.csv')\n",
    "the network": "import urllib.request\nurllib.request.urlopen('http://example.org')\n",
    "a device": "import torch\ntorch.zeros(1, device='cuda')\n",
    "a name of NumPy's past": "np.in1d([1], [1])\n",
}
INSIDE = {
    "a name of NumPy's past": "np.trapz([1, 2])",
    "an array's past": "np.zeros(3).ptp()",
    "a package": "import polars",
    "a file": "open('weights.txt')",
    "a device": "__import__('torch').zeros(1).to('cuda')",
}


def cost(course):
    work = course.assignment(FIRST)
    return work.question_of("cost").solution(work.variant_of("ada", KEY))


def looked_at(result, *, points):
    assert (result["state"], result["points"]) == (grade.LOOK, points)
    (remark,) = result["remarks"]
    assert remark.startswith(("cell cost ", "cell added ", "question cost "))
    assert "another Python, package or machine" in remark


@pytest.mark.parametrize("how", BEGIN)
def test_a_cell_that_fails_for_its_environment_is_looked_at(course, how):
    answer = BEGIN[how] + cost(course)
    looked_at(graded(course, solved(course, "ada", answers=[("cost", answer)])), points=23)
    extra = [("cost", BEGIN[how] + "half = 0.5")]
    answer = cost(course).replace("/ 2", "* half")
    made = solved(course, "ada", answers=[("cost", answer)], extra=extra)
    looked_at(graded(course, made), points=23)


@pytest.mark.parametrize("how", INSIDE)
def test_a_function_that_fails_for_its_environment_is_looked_at(course, how):
    answer = cost(course).replace("):\n", f"):\n    {INSIDE[how]}\n", 1)
    looked_at(graded(course, solved(course, "ada", answers=[("cost", answer)])), points=23)


@pytest.mark.parametrize("into", ["cost-tests", "given-2", "imports"])
def test_an_answer_that_was_merged_into_a_cell_of_ours_is_looked_at(course, into):
    """As JupyterLab merges cells: the id of the first stays, and here that is not the answer's."""
    made = solved(course, "ada")
    cells = {cell["id"]: cell for cell in made["cells"]}
    cells[into]["source"] += "\n\n" + cells["cost"]["source"]
    made["cells"].remove(cells["cost"])
    result = graded(course, made)
    assert (result["state"], result["points"]) == (grade.LOOK, 23)
    assert "the answer to cost stands in a cell that was restored without it" in result["remarks"]
    made["cells"].remove(cells[into])  # gone with it: nothing to look at
    result = graded(course, made)
    assert (result["state"], result["points"]) == (grade.GRADED, 23)


OWN = {
    "no closing bracket": "x = (\n",
    "Python of 2008": 'print "hello"\n',
    "a word missing": "for in range(3):\n    pass\n",
    "a name that is not there": "helpful(3)\n",
    "an assertion": "assert 1 == 2\n",
    "an attribute of its own": "class A: pass\nA().weights\n",
}


@pytest.mark.parametrize("how", OWN)
def test_a_mistake_of_ones_own_is_graded(course, how):
    result = graded(course, solved(course, "ada", answers=[("cost", OWN[how] + cost(course))]))
    assert (result["state"], result["points"], result["remarks"]) == (grade.GRADED, 23, [])


@pytest.mark.parametrize("how", ["no such package", "asks", "a file", "nested quotes"])
def test_what_costs_nothing_is_not_looked_at(course, how):
    extra = [("cost", BEGIN[how])]
    result = graded(course, solved(course, "ada", left=("line",), extra=extra))
    assert (result["state"], result["points"], result["remarks"]) == (grade.GRADED, 23, [])
