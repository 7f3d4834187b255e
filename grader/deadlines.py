"""When it was due, for whom, and what being late costs."""

from __future__ import annotations

import datetime
import math
from dataclasses import asdict, dataclass, field

from grader.folder import Course, CourseError, read_json, read_table, write_json

#: days late where all that is known is the platform's mark
MARK = 0.0001


@dataclass(frozen=True)
class Terms:
    """What was said of one assignment, and is kept until something else is said.

    ``due`` is ISO 8601 or None; ``grace`` minutes after it are not late; ``penalty`` is what each
    begun day costs, in percent of the points, and ``most`` the most that can be lost so.
    ``layout`` is how the last collection was read.
    """

    due: str | None = None
    grace: float = 0.0
    penalty: float = 0.0
    most: float = 100.0
    layout: str = ""
    extended: dict[str, str] = field(default_factory=dict)

    def days_late(self, student: str, time: datetime.datetime) -> float:
        """Days after the student's own deadline, 0 in time; the deadline's minute is in time."""
        text = self.extended.get(student, self.due)
        if text is None:
            return 0.0
        due = datetime.datetime.fromisoformat(text)
        whole = datetime.timedelta(seconds=0 if due.second or due.microsecond else 60)
        grace = datetime.timedelta(minutes=self.grace)
        last = due + grace
        if time < last + whole or time <= last:
            return 0.0
        return max(round((time - due).total_seconds() / 86400, 6), 1e-6)

    def lost(self, points: float, days: float | None) -> float:
        """The points that being late costs, of those earned."""
        if not days:
            return 0.0
        return points * min(self.penalty * math.ceil(days), self.most, 100.0) / 100


def terms(course: Course, assignment: str) -> Terms:
    """What was said when it was collected, with the extensions of ``extensions.csv``.

    Raises
    ------
    CourseError
        When a line of that table cannot be read.
    """
    said = read_json(_place(course, assignment)) or {}
    extended = {}
    path = course.path / "extensions.csv"
    for line, row in read_table(path, "id", "due") if path.exists() else []:
        if row.get("assignment") not in (None, "", assignment):
            continue
        student = course.known(row["id"])
        if student is None:
            raise CourseError(f"{path}, line {line}: nobody on the roster is {row['id']!r:.70}.")
        try:
            extended[student] = deadline(row["due"]).isoformat()
        except ValueError:
            raise CourseError(
                f"{path}, line {line}: due must be a time such as 2026-12-07T23:59; "
                f"got {row['due']!r:.40}."
            ) from None
    return Terms(**said, extended=extended)


def keep(course: Course, assignment: str, **said) -> Terms:
    """Keep what is said now (``due``, ``grace``, ``penalty``, ``most``); None changes nothing."""
    known = asdict(terms(course, assignment)) | {k: v for k, v in said.items() if v is not None}
    del known["extended"]
    write_json(_place(course, assignment), known)
    return terms(course, assignment)


def said(course: Course, assignment: str) -> str:
    """In one line: when it was due, how many were late, and of how many that is not known."""
    kept = terms(course, assignment)
    if kept.due is None:
        return "No deadline was said, so nobody is late."
    records = [course.submission(assignment, student) for student in course.roster]
    late = sum(bool(record and record["late_days"]) for record in records)
    unsure = sum(bool(record and not record.get("late_known", True)) for record in records)
    due = datetime.datetime.fromisoformat(kept.due)
    more = f", and {kept.grace:g} minutes of grace" if kept.grace else ""
    unknown = f", and {unsure} of whom it is not known" if unsure else ""
    line = f"Due {due:%Y-%m-%d %H:%M:%S %z}, that minute included{more}: {late} late{unknown}."
    here = due.astimezone()
    if here.utcoffset() == due.utcoffset():
        return line
    return (
        f"{line} This machine's zone is another, {here:%z}, and times that name none are read in "
        "it: put your school's before the command, as TZ=Europe/Berlin."
    )


def _place(course: Course, assignment: str):
    return course.place("terms", assignment, end=".json")


def moment(text: str) -> datetime.datetime:
    """A time such as ``2026-11-30T23:59`` or ``2026-11-30 23:59+01:00``; else this machine's zone.

    Raises
    ------
    ValueError
        When it is no such time; a date alone is none.
    """
    if _date(text):
        raise ValueError(f"{text!r} is a date without a time")
    return datetime.datetime.fromisoformat(text.strip()).astimezone()


def deadline(text: str) -> datetime.datetime:
    """A time as of :func:`moment`, or a date, which means the end of that day."""
    date = _date(text)
    if date is None:
        return moment(text)
    return datetime.datetime.combine(date, datetime.time(23, 59)).astimezone()


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None
