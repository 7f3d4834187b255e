"""A record of each change of a mark: ``changes/a1.csv`` says when, who, whose, what and why."""

from __future__ import annotations

import datetime
import getpass

from grader.folder import Course, read_table, table
from grader.grade import current
from grader.marks import Row, by_hand, rows
from groundup.files import write

_HEAD = ["time", "who", "student", "before", "total", "why", "marks"]


def note(course: Course, assignment: str) -> list[str]:
    """Write down whose total has changed since the last time, and why; one line for each.

    A first total is written down and makes no line.
    """
    path = course.place("changes", assignment, end=".csv")
    known = [row for _, row in read_table(path, *_HEAD)] if path.exists() else []
    last = {row["student"].removeprefix("'"): row for row in known}
    given = by_hand(course, assignment)
    results = current(course, course.assignment(assignment))
    time = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    new, lines = [], []
    for row in rows(course, assignment):
        if row.total is None and row.student not in results:
            continue  # it waits for grading, and what was known last is not yet another mark
        total = "" if row.total is None else f"{row.total:g}"
        before = last.get(row.student)
        if total == (before["total"] if before else ""):
            continue
        marks = _marks(row, results.get(row.student), given)
        why = _why(before["marks"], marks) if before else "the first mark"
        was = before["total"] if before else ""
        new.append([time, _who(), row.student, was, total, why, marks])
        if before:
            lines.append(f"{row.student}: {was or 'none'} → {total or 'none'} ({why})")
    if new:
        rest = [[row[name].removeprefix("'") for name in _HEAD] for row in known]
        write(path, table(_HEAD, rest + new))
    return lines


def _marks(row: Row, result: dict | None, given: dict) -> str:
    """What a total is made of, such as ``line=6 why=4``."""
    found = {} if result is None else {q: f["points"] for q, f in result["questions"].items()}
    for (student, question), (points, _) in given.items():
        if student == row.student and points is not None:
            found["whole" if question == "*" else question] = points
    if row.lost:
        found["late"] = -row.lost
    if row.total is None:
        found["waits"] = 1
    return " ".join(f"{name}={points:g}" for name, points in found.items())


def _why(before: str, after: str) -> str:
    """Which parts differ, such as ``line 6 → 0``."""
    old, new = (dict(pair.split("=") for pair in text.split()) for text in (before, after))
    return ", ".join(
        f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}"
        for name in dict.fromkeys([*new, *old])
        if old.get(name) != new.get(name)
    )


def _who() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # an account without a name, as in a container
        return "?"
