"""What was released: the key's digest, each student's numbers, and the source they came from.

``release/a1.json`` remembers it. Who has a notebook works with its numbers, so nothing is graded
against others: not with another key, and not with a source that draws anew.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from grader import notebook
from grader.assignment import Assignment
from grader.folder import Course, CourseError, read_json, write_json

_BACK = "put back what was there when it was released"


def remember(course: Course, work: Assignment) -> None:
    """Write down what is released now; of students of before what they have stays."""
    old = read_json(_place(course, work)) or {"students": {}}
    new = {student: numbers(work, student, course.key) for student in course.roster}
    content = {
        "key": _digest(course.key),
        "source": work.version,
        "students": old["students"] | new,
    }
    write_json(_place(course, work), content)


def forget(course: Course, work: Assignment) -> None:
    """Release anew: whatever was released before, nobody has it yet."""
    _place(course, work).unlink(missing_ok=True)


def key_is_needed(course: Course) -> bool:
    """Whether something was released already, so that no other key will do."""
    return any((course.path / "release").glob("*.json"))


def check(course: Course, work: Assignment) -> None:
    """Raise CourseError where today's key or source gives other numbers than were released."""
    known = read_json(_place(course, work))
    if known is None:
        return
    if known["key"] != _digest(course.key):
        raise CourseError(
            f"{course.path / 'key'} is not the key with which {work.id} was released: {_BACK}, "
            "from your backup."
        )
    if known["source"] == work.version:
        return
    students = [s for s in course.roster if s in known["students"]]
    other = [s for s in students if numbers(work, s, course.key) != known["students"][s]]
    if other:
        raise CourseError(
            f"The source of {work.id} now gives {len(other)} of {len(students)} students other "
            f"numbers than were released ({', '.join(other[:5])}{', …' * (len(other) > 5)}): "
            f"{_BACK} into {work.path}."
        )


def changed(course: Course, work: Assignment) -> bool:
    """Whether the source is another than the released one, be it with the same numbers."""
    known = read_json(_place(course, work))
    return known is not None and known["source"] != work.version


def given(course: Course, work: Assignment, student: str) -> dict:
    """The student's notebook as it was released; where that is not kept, as it is built today."""
    built = notebook.build(work, student, course.key)
    try:
        kept = notebook.parse(course.place("release", work.id, student, ".ipynb").read_bytes())
    except (OSError, ValueError):
        return built
    texts = {notebook.cell_id(cell): notebook.cell_text(cell) for cell in kept["cells"]}
    for cell in built["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return built


def numbers(work: Assignment, student: str, key: str) -> str:
    """A digest of the student's variant; the last bits of its numbers make no difference."""
    return _digest(_text(vars(work.variant_of(student, key))))


def _text(value) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_text(v)}' for k, v in sorted(value.items()))}}}"
    if isinstance(value, np.ndarray):
        return f"{value.shape} {_text(value.ravel().tolist())}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_text(item) for item in value)}]"
    if isinstance(value, (float, np.floating)):
        return f"{value + 0.0:.9g}"
    return str(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _place(course: Course, work: Assignment) -> Path:
    return course.place("release", work.id, end=".json")
