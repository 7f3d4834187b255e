"""Two parallel tests, before a course and after it: the same kinds of problems, other numbers.

Which problems they have follows from the last chapter that is taught and a seed, so that a link
says it all. Answers are kept as one row of a table, with a column for each problem.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import groundup.practice.kinds  # noqa: F401  they register themselves
from groundup.practice.problem import KINDS, Kind, Problem

TESTS = ("before", "after")
COUNT = 12  # problems of a test
STUDENT = "student"  # the first column
_ID = re.compile(r"(?P<kind>[a-z-]+)/(?P<seed>\d{1,9})")


def chosen(upto: int, count: int = COUNT) -> list[Kind]:
    """Kinds for a test on chapters 1 to ``upto``: one of each chapter, then a second of each."""
    turns: dict[int, int] = {}
    ranked = []
    for kind in KINDS.values():
        if 0 < kind.chapter <= upto:
            turns[kind.chapter] = turns.get(kind.chapter, 0) + 1
            ranked.append((turns[kind.chapter], kind.chapter, kind))
    first = sorted(ranked, key=lambda it: it[:2])[:count]
    return [kind for _, _, kind in sorted(first, key=lambda it: (it[1], it[0]))]


def problems(test: str, upto: int = 8, seed: int = 1) -> list[Problem]:
    """The problems of one of the two :data:`TESTS`, in order."""
    return [kind.problem(2 * seed + TESTS.index(test)) for kind in chosen(upto)]


def problem(id: str) -> Problem:
    """The problem of an id such as ``softmax/3``.

    Raises
    ------
    ValueError
        When it is none.
    """
    found = _ID.fullmatch(id)
    if not found or found["kind"] not in KINDS:
        raise ValueError(f"{id!r} is no problem such as 'softmax/3'.")
    return KINDS[found["kind"]].problem(int(found["seed"]))


def row(student: str, ids: Sequence[str], answers: Sequence[str]) -> str:
    """A table with one student's answers, as CSV; an empty answer is none."""
    text = io.StringIO()
    csv.writer(text).writerows([[STUDENT, *ids], [student, *answers]])
    return text.getvalue()
