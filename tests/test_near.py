"""Mistakes one step away from a solution: told what they are, and only where nothing else fits."""

import inspect

import numpy as np
import pytest

from groundup.questions import question
from groundup.questions.examine import examine
from groundup.questions.near import near_misses
from groundup.questions.outcome import WRONG


def turned(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 - b2


def one_more(z):
    return 1 / (2 + np.exp(-z))


def label_lost(z, y):
    return np.mean(np.logaddexp(0, z) - z)


def starts_late(n, size, order):
    return [order[i : i + size] for i in range(1, n, size)]


TOLD = {
    "a sign": ("2.1", turned, "if the sign of a term with `b2` is wrong"),
    "a number": ("1.1", one_more, "if a whole number in it is one too large"),
    "a factor": ("4.3", label_lost, "if a factor with `y` that multiplies is left out"),
    "a start": ("4.4", starts_late, "if a whole number in it is one too large"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_is_told(name):
    id, answer, what = TOLD[name]
    verdict = examine(id, answer)
    assert verdict.slip == "near_miss"
    assert verdict.message == f"This is what comes out {what}."


def test_a_result_that_several_changes_explain_is_not_explained(monkeypatch):
    """The number of all points comes out of many changes, so none of them is the reason."""
    monkeypatch.setattr(question.get("2.8"), "slips", [])
    verdict = examine("2.8", lambda x, y: len(x))
    assert verdict.status == WRONG
    assert verdict.slip is None
    assert "comes out" not in verdict.message


@pytest.mark.parametrize("it", question.all_exercises(), ids=lambda it: it.id)
def test_a_near_miss_gives_no_code_away(it):
    code = {line.strip() for line in it.solution.splitlines()}
    for miss in near_misses(it):
        assert not any(len(line) >= 8 and line in miss.message for line in code)
        quoted = miss.message.split("`")[1::2]
        inputs = inspect.signature(it.reference).parameters
        assert set(quoted) <= {*inputs, "return"}


def test_near_misses_are_none_of_a_program_that_trains_or_of_a_value():
    assert near_misses(question.get("7.1")) == near_misses(question.get("1.2")) == ()


def test_a_slip_that_is_written_down_is_told_first():
    it = question.get("1.1")
    (slip,) = (slip for slip in it.slips if slip.name == "sign_lost")
    assert examine("1.1", slip.make).slip == "sign_lost"


def test_a_result_of_any_kind_is_compared():
    def batches(n, size, order):
        yield order[:size]

    assert "`yield`" in examine("4.4", batches).message
