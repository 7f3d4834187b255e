"""Answers that nobody has thought about earn nothing, in any check of any assignment."""

import numpy as np
import pytest

from grader import assignment as assignments
from grader import grade

KEY = "5eed" * 16
ASSIGNMENTS = assignments.names()
STUDENTS = ["ada", "bob"]


def first(*given):
    return given[0]


def arrays(given):
    return [one for one in given if isinstance(one, np.ndarray)]


def on_first(f):
    """The function of the first array among the arguments."""
    return lambda *given: f(arrays(given)[0])


def on_last(f):
    return lambda *given: f(arrays(given)[-1])


def on_two(f):
    return lambda *given: f(*arrays(given)[:2])


def squash(z):
    return 1 / (1 + np.exp(-z))


#: what one types without reading the task
FUNCTIONS = {f"return {constant!r}": (lambda *given, constant=constant: constant) for constant in (
    0, 1, 2, 3, -1, 0.5, 1.1, 1e-3, True, "", "squares", [], (0, 0), (0, 1), (1, 0), (0.5, 0),
    (1.1, 0), (0, 0, 0), (0, 1, 0.5), (0, 1, 1.0), float("nan"), None)} | {
    "the first argument": first,
    "the second": lambda *given: given[1],
    "the last": lambda *given: given[-1],
    "all arguments": lambda *given: given,
    "the arguments but the first": lambda *given: given[1:],
    "how many": on_first(len),
    "how many, less one": lambda *given: len(arrays(given)[0]) - 1,
    "half as many": lambda *given: len(arrays(given)[0]) // 2,
    "as many zeros": lambda *given: np.zeros(len(arrays(given)[0])),
    "rows": lambda *given: arrays(given)[0][0],
    "a column": lambda *given: arrays(given)[0][:, 0],
    "of both one": lambda *given: (arrays(given)[0][0], arrays(given)[1][0]),
    "nothing of each": lambda *given: tuple(0 * one for one in given if not isinstance(one, str)),
    "no gradients": lambda *given: [0 * one for one in arrays(given)[2:]],
    "the parameters": lambda *given: list(arrays(given)[2:]),
    "sum of the products": on_two(lambda a, b: a.T @ b),
    "the product of both": on_two(lambda a, b: a @ b),
    "times the transpose": on_two(lambda a, b: a @ b.T),
    "one by one": on_two(lambda a, b: a * b),
    "both added": on_two(lambda a, b: a + b),
    "the difference": on_two(lambda a, b: a - b),
    "the other difference": on_two(lambda a, b: b - a),
    "squared error": on_two(lambda a, b: np.mean((a - b) ** 2)),
    "half of it": on_two(lambda a, b: np.mean((a - b) ** 2) / 2),
    "share of equals": on_two(lambda a, b: np.mean(a == b)),
    "cross-entropy of numbers": on_two(lambda a, b: -np.mean(b * np.log(np.abs(a) + 1e-9))),
    "best two and a share": on_two(lambda a, b: (int(a[0]), int(b[0]), np.mean(a != b))),
}  # fmt: skip
ON_AN_ARRAY = {
    "zeros": np.zeros_like, "ones": np.ones_like, "halves": lambda a: np.full(np.shape(a), 0.5),
    "argmin": lambda a: int(np.argmin(a)), "argmax": lambda a: int(np.argmax(a)),
    "argmin of sizes": lambda a: int(np.argmin(np.abs(a))),
    "argmax of sizes": lambda a: int(np.argmax(np.abs(a))),
    "argsort": np.argsort, "sorted": np.sort, "reversed": lambda a: a[::-1],
    "mean": np.mean, "means": lambda a: a.mean(axis=0), "sum": np.sum, "max": np.max,
    "min": np.min, "std": np.std, "median": np.median, "sizes": np.abs, "negative": np.negative,
    "square": np.square, "sign": np.sign, "exp": np.exp, "sigmoid": squash, "tanh": np.tanh,
    "its slope": lambda a: 1 - np.tanh(a) ** 2, "relu": lambda a: np.maximum(a, 0),
    "softmax": lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True),
    "rounded": np.round, "standardised": lambda a: (a - a.mean(axis=0)) / a.std(axis=0),
    "above one half": lambda a: (a > 0.5).astype(int), "above 0": lambda a: (a > 0).astype(int),
    "first column above 0": lambda a: (a[:, 0] > 0).astype(int),
    "row by row": lambda a: a.reshape(len(a), -1), "transposed": np.transpose,
    "norm": np.linalg.norm, "steps": np.diff, "running sum": np.cumsum,
    "classes in turn": lambda a: np.arange(len(a)) % 2,
    "ten classes in turn": lambda a: np.arange(len(a)) % 10,
}  # fmt: skip
for name, of_one in ON_AN_ARRAY.items():
    FUNCTIONS[f"{name} of the first"] = on_first(of_one)
    FUNCTIONS[f"{name} of the last"] = on_last(of_one)
NETWORK = [(2, 2), (2,), (2, 1), (1,)]
VALUES = {repr(value)[:30]: value for value in (
    0, 1, 2, 10, 100, -1, 0.5, "", True, None, [], (0, 0), (1, 1), (1, 2), (2, 4), (100, 200),
    (10, 8), (16, 4), (32, 4), tuple(map(np.zeros, NETWORK)), tuple(map(np.ones, NETWORK)),
    tuple(map(np.eye, (2, 1))), np.zeros(3), np.eye(2), [0, 0, 0], list(range(10)))} | {
    f"random {seed}": tuple(np.random.default_rng(seed).normal(size=s) * 10 for s in NETWORK)
    for seed in range(20)
}  # fmt: skip


def free(work, question, answer, student):
    """The checks that an answer passes."""
    v = work.variant_of(student, KEY)
    passed = []
    for check in question.checks:
        cases = work.cases_of(question, check, student, KEY)
        got = [grade.own(question, answer, case, v) for case in cases]
        if grade.verdict(question, cases, got, v).right:
            passed.append(check.name)
    return passed


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_thoughtless_answer_earns_a_point(assignment):
    work = assignments.load(assignment)
    found = {}
    for question in work.questions:
        answers = FUNCTIONS if question.form == "function" else VALUES
        assert len(answers) >= 20
        for name, what in answers.items():
            if question.form == "function":
                answer = lambda *given, v, what=what: what(*given)  # noqa: E731
            else:
                answer = lambda *, v, what=what: what  # noqa: E731
            for student in STUDENTS:
                if checks := free(work, question, answer, student):
                    found[question.id, name, student] = checks
    assert found == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_constant_is_right_for_more_than_a_few(assignment):
    """At most one in five may copy the number from a neighbour's notebook."""
    work = assignments.load(assignment)
    for question in work.questions:
        if question.form != "value" or question.judged_by is not None:
            continue
        right = [repr(question.reference(v=work.variant_of(s, KEY))) for s in
                 [f"student{number}" for number in range(100)]]  # fmt: skip
        assert max(map(right.count, right)) <= 20, question.id
