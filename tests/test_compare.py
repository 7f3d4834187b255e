"""One comparison: an answer gets one verdict, in the notebook and from the grader's sandbox."""

import json

import numpy as np
import pytest

from grader import runner
from grader.grade import decode
from groundup.questions.compare import equal

RIGHT = [
    ([1, 2], np.array([1.0, 2.0])),
    ((1, 2), np.array([1.0, 2.0])),
    ([1, 2], (1.0, 2.0)),
    ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
    (np.float32(0.1), 0.1),
    (np.float32(1 / 3), 1 / 3),
    (np.float32(1.00005), 1.0),
    (np.array([np.nan, np.inf]), [np.nan, np.inf]),
    (np.inf, np.inf),
    ([np.ones(2), 3.0], (np.ones(2), 3.0)),
    ((np.ones(2), 1), (np.ones(2), 1.0)),
    (np.array([1.0, 3.0]), (1.0, 3.0)),
    (np.ones(2), (1.0, 1.0)),
    ([np.ones(2), np.ones(3)], [np.ones(2), np.ones(3)]),
    ({"a": [1.0]}, {"a": np.ones(1)}),
    (None, None),
    (1, True),
    (True, 1.0),
    (59210.0, 59210),
    ("a", "a"),
    (" B", "b"),  # a choice is a choice, however it is typed
]
WRONG = [
    ([12], 12),  # the shape belongs to the answer, and the sentence about it says so
    (np.float32([0.5]), 0.5),
    (np.ones(2), 1.0),
    (np.ones((2, 1)), np.ones(2)),
    (np.nan, 1.0),
    (1.0, np.nan),
    (-np.inf, np.inf),
    (0.1 + 1e-5, 0.1),
    (1 / 3 + 1e-5, 1 / 3),
    (np.float64(1.00005), 1.0),
    (np.float32(1.0005), 1.0),
    (59211, 59210),
    (59210.01, 59210),  # a count is right or not, whatever its size
    (1_000_000.5, 1_000_000),
    (np.array([1.0, 59210.01]), np.array([1, 59210])),
    ("1", 1),
    ("1", 1.0),
    (1, "1"),
    (None, 1.0),
    (1.0, None),
    ((1.0,), (1.0, 1.0)),
    ((np.ones(2),), (np.ones(2), 1.0)),
    ({"b": 1}, {"a": 1}),
    ({"a": 2.0}, {"a": 1.0}),
    (1.0, {"a": 1.0}),
    ([[1, 2], [3]], np.array([[1.0, 2.0], [3.0, 4.0]])),
    ([[1, 2], [3, "4"]], np.array([[1.0, 2.0], [3.0, 4.0]])),
    (np.array([1, None]), np.ones(2)),
    ([np.ones(2), np.ones(2)], [np.ones(2), np.ones(3)]),
]


def sent(value):
    """The value as it comes out of the sandbox."""
    return decode(json.loads(json.dumps(runner.encode(value))))


@pytest.mark.parametrize(
    ("got", "want", "right"),
    [(*pair, True) for pair in RIGHT] + [(*pair, False) for pair in WRONG],
)
def test_a_pair_gets_one_verdict_here_and_from_the_sandbox(got, want, right):
    tolerances = {"rtol": 1e-6, "atol": 1e-9}
    assert equal(got, want, **tolerances) is right
    try:
        got = sent(got)
    except TypeError:  # what cannot be sent is no answer
        assert not right
    else:
        assert equal(got, sent(want), **tolerances) is right
