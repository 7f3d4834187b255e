"""Answers that are alike: a disguised copy is named, answers written independently are not."""

import re

import numpy as np
from bs4 import BeautifulSoup

from grader.collect import collect
from grader.report import ALIKE, report
from grader.similarity import likeness, runs

from .conftest import FIRST, hand_in, make_course, solved

# Right and wrong answers to two questions, as four students write them by themselves.
WRITTEN = {
    "ada": {
        "switch": """
def switch(x):
    # shift first, then the stable form
    shifted = 3.0 * (np.asarray(x, dtype=float) - 0.5)
    small = np.exp(-np.abs(shifted))
    return np.where(shifted > 0, 1, small) / (1 + small)
""",
        "cost": """
def weighted_cost(Y_hat, Y):
    total = 0.0
    for target, guess in zip(Y, Y_hat):
        factor = 4.0 if target[1] == 1 else 1.0
        total += factor * ((target - guess) ** 2).sum() / 2
    return total / len(Y)
""",
    },
    "bob": {
        "switch": """
def switch(x):
    return 1 / (1 + np.exp(np.clip(-(2.5 * x + 1.25), -700, 700)))
""",
        "cost": """
def weighted_cost(Y_hat, Y):
    c = 1 + 3 * Y[:, 1]
    return np.mean(c * np.linalg.norm(Y - Y_hat, axis=1) ** 2) / 2
""",
    },
    "cem": {
        "switch": """
def switch(x):
    w = 4.5
    b = -w * 1.5
    z = w * np.array(x) + b
    out = np.zeros(z.shape)
    out[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    out[z < 0] = np.exp(z[z < 0]) / (1 + np.exp(z[z < 0]))
    return out
""",
        "cost": """
def weighted_cost(Y_hat, Y):
    squares = np.square(Y_hat - Y).sum(1) * 0.5
    squares[Y[:, 1] > 0] *= 2.0
    return squares.mean()
""",
    },
    "dora": {
        "switch": """
def switch(x):
    from scipy.special import expit
    return expit(3.5 * (x + 0.5))
""",
        "cost": """
def weighted_cost(Y_hat, Y):
    is_one = np.argmax(Y, axis=1)
    costs = [5.0 if k else 1.0 for k in is_one]
    return (np.array(costs)[:, None] * (Y - Y_hat) ** 2).sum() / (2 * Y.shape[0])
""",
    },
}


def disguised(code):
    """Other names, other numbers, other spacing, comments and a text: the same program."""
    for old, new in {"shifted": "inner", "small": "tiny", "total": "cost_so_far"}.items():
        code = re.sub(rf"\b{old}\b", new, code)
    for old, new in {"target": "wanted", "guess": "got", "factor": "times", "3.0": "2.5"}.items():
        code = code.replace(old, new)
    code = re.sub(r"(?m)^(    +)(?=\S)", r"\1# my own idea\n\1", code)
    return code.replace(" - ", "-").replace("):\n", '):\n    """Mine."""\n', 1)


REPAIRED = """
def forward(X, W1, b1, W2, b2, W3, b3):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    both = np.hstack([A1, X])
    both = np.hstack([A2, both])
    return sigmoid(both @ W3 + b3)
"""


def test_a_disguised_copy_is_named_and_nobody_else(tmp_path):
    course = make_course(tmp_path / "course", [*WRITTEN, "eve", "fay", "gil"])
    copied = {question: disguised(code) for question, code in WRITTEN["ada"].items()}
    handed_in = WRITTEN | {"eve": copied, "fay": {}}
    for student, answers in handed_in.items():
        left = [q.id for q in course.assignment(FIRST).questions if q.id not in answers]
        made = solved(course, student, answers=answers.items(), left=left)
        hand_in(tmp_path / "handed", student, made)
    hand_in(tmp_path / "handed", "gil", b"no notebook")
    collect(course, FIRST, tmp_path / "handed")

    students, alike = likeness(course, FIRST)
    assert students == [*WRITTEN, "eve"]  # fay has no answers, gil no notebook
    assert np.array_equal(alike, alike.T)
    copy = alike[students.index("ada"), students.index("eve")]
    others = alike[: len(WRITTEN), : len(WRITTEN)] - np.eye(len(WRITTEN))
    assert copy > 0.95
    assert others.max() < ALIKE / 2

    page = BeautifulSoup(report(course, FIRST).read_text(), "html.parser")
    heading = page.find("h2", string="Answers that are alike")
    rows = [row.get_text("|") for row in heading.find_next("table").find_all("tr")]
    assert rows[1:] == [f"ada|eve|{100 * copy:.0f} %"]


def test_a_repaired_program_says_nothing(tmp_path):
    """It is the same for all, whatever was broken in the student's own."""
    course = make_course(tmp_path / "course", [f"s{number}" for number in range(8)])
    work = course.assignment(FIRST)
    assert len({work.variant_of(s, course.key).broken for s in course.roster}) == 4
    left = [question.id for question in work.questions if question.id != "repair"]
    for student in course.roster:
        made = solved(course, student, answers=[("repair", REPAIRED)], left=left)
        hand_in(tmp_path / "handed", student, made)
    collect(course, FIRST, tmp_path / "handed")
    assert likeness(course, FIRST)[0] == []


def test_runs_take_names_numbers_and_texts_by_their_kind():
    assert runs("a = f(b, 1) + 'x'  # why") == runs("long_name=g( c,2.5 )+'another text'")
    assert runs("a = f(b, 1)") != runs("a = f(b) * 1")
    assert runs("b = w * -0.5") == runs("b = w * 1.5") != runs("b = w - 1.5")
    assert runs("") == runs("# only a comment\n") == set()
    assert runs("for in ((((")  # no sound program, and still compared
