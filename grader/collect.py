"""Collecting: from whatever lies in a folder or an LMS's zip to one submission a student.

What the platform, or the folder in which a file lies, says of whose it is stands above what a
file's name says, and that above what the notebook says. None of them ever replaces another: where
two files claim one student, both are kept, and a person looks.

Nothing in it stops the rest: each file that is not taken gets one line that says why.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from grader import deadlines, groups, notebook, platforms, released
from grader.deadlines import MARK, moment
from grader.files import LARGEST, File, Refused, opened, packed, show
from grader.folder import Course, CourseError, read_table, table, write_json
from grader.people import fold
from grader.platforms import METADATA, Layout, Sender
from groundup.files import write

__all__ = ["LARGEST", "MARK", "collect", "moment"]

#: who says whose a file is, the strongest first
PLATFORM, NAME, TEXT = "platform", "name", "text"

_NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json", ".txt")
_LEFT = "not a notebook, left"
_SYSTEM = {".ds_store", "thumbs.db", "desktop.ini", "__macosx"}


@dataclass(frozen=True)
class _Claim:
    """One file, whose it is said to be and by whom, and what is known of it without its bytes."""

    file: File
    student: str
    by: str
    unit: str  # who handed it in, as far as can be told
    sender: Sender | None = None
    together: tuple[str, ...] = ()
    problem: str | None = None
    attempt: bool = False  # no notebook, but it shows that somebody tried
    other: bool = False  # another assignment's
    sha256: str = ""
    content: str = ""  # the same for two notebooks whose cells say the same
    touched: bool = True
    answered: bool = True  # the code of not every answer is as it was released, or empty
    receipt: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    late: bool | None = None  # the platform's mark
    came: datetime.datetime | None = None  # when these bytes came first

    @property
    def time(self) -> datetime.datetime:
        return (self.sender and self.sender.time) or self.file.time

    @property
    def timed(self) -> bool:
        return bool(self.sender and self.sender.time) or self.file.says_when

    @property
    def order(self) -> tuple:
        return (self.sender.number if self.sender else 0, self.time)

    def named(self) -> str:
        return show(self.file.path)


def collect(
    course: Course, assignment: str, origin: Path, *, due: datetime.datetime | None = None
) -> list[str]:
    """Take each student's last notebook from ``origin``; one line for each file that needs one.

    ``origin`` is a folder or a zip. A file is late by the time that the platform wrote into its
    name, else by its own; of Canvas's files only the LATE mark counts, for their time is that of
    the download. Where ``times.csv`` (id, time, and if wanted assignment) lies in the course
    folder, the time there counts instead. ``due`` is kept for the next time.

    Raises
    ------
    CourseError
        When there is no such folder or zip, or the roster or another table is wrong.
    """
    work = course.assignment(assignment)
    if due is not None:
        deadlines.keep(course, assignment, due=due.isoformat())
    lines: list[str] = []
    claims: dict[str, list[_Claim]] = {}
    unknown: set[str] = set()
    with opened(origin) as found:
        found = [file for file in found if not _of_the_system(file.path)]
        layout = platforms.layout(found, course)
        deadlines.keep(course, assignment, layout=layout.name)
        looked = _Look(course, work, layout, origin)
        for file in found:
            for one, line in looked.at(file):
                if line:
                    lines.append(f"{show(one.file.path if one else file.path)}: {line}")
                if one:
                    claims.setdefault(one.student, []).append(one)
        for student, theirs in sorted(claims.items()):
            lines += _decide(course, assignment, student, theirs)
        unknown = looked.unknown
    _ask_whose(course, unknown)
    lines += lateness(course, assignment)
    lines += groups.lines(course, assignment)
    covered = groups.sharing(course, assignment)
    missing = [
        s for s in course.roster if course.submission(assignment, s) is None and s not in covered
    ]
    if missing:
        lines.append(f"nothing from {len(missing)} of {len(course.roster)}: {', '.join(missing)}")
    return lines


def _of_the_system(path: PurePosixPath) -> bool:
    """Whether an operating system made the file and not a person."""
    return any(part.lower() in _SYSTEM or part.startswith("._") for part in path.parts)


# --- looking at one file ---


class _Look:
    """Looks at one file after the other: whose each is, and what can be said of it."""

    def __init__(self, course: Course, work, layout: Layout, origin: Path):
        self.course, self.work, self.layout, self.origin = course, work, layout, origin
        self.ids = {fold(id): id for id in course.roster}
        self.unknown: set[str] = set()
        self._groups = groups.groups(course, work.id)
        self._last: tuple[str, dict] = ("", {})

    def at(self, file: File) -> Iterator[tuple[_Claim | None, str]]:
        """(the claim or None, the line about it) of a file, or of those in a zip."""
        sender = self.layout.sender(file.path)
        if file.path.suffix.lower() == ".zip":
            inside = [f for f in packed(file) if not _of_the_system(f.path)]
            if inside and sender is None and not self._by_name(file.path):
                yield None, "a zip in it: collect it by itself"
                return
            if inside:
                found = [self._one(one, sender) for one in inside]
                taken = [(c, line) for c, line in found if c and not c.attempt]
                yield from taken or found[:1]
                for claim, line in found if taken else found[1:]:
                    if line and line != _LEFT and (claim is None or claim.attempt):
                        yield None, line
                return
        yield self._one(file, sender)

    def _one(self, file: File, sender: Sender | None) -> tuple[_Claim | None, str]:
        name = file.path.name.lower()
        kind = next((end for end in _NOTEBOOKS if name.endswith(end)), None)
        data = problem = found = None
        try:
            data = file.read()
            found = notebook.parse(data) if kind else None
        except ValueError as error:
            problem = str(error)
        refused = data is None
        said = notebook.owner(found) if found else (None, None)
        student, by, together = self._whose(file, sender, said[1])
        if kind != ".ipynb" and found is None:
            if self._of_the_platform(file):
                return None, ""
            line = problem if refused else _LEFT
            tried = student if by == PLATFORM or (by == NAME and not refused) else None
            return tried and self._attempt(file, sender, tried, by), line
        if ".ipynb_checkpoints" in file.path.parts:
            return student and self._attempt(file, sender, student, by), ""
        if student is None:
            return None, problem or self._nobody(sender)
        claim = self._claim(file, sender, student, by, together)
        line = self._line(claim, said, problem, kind)
        if found is None:
            said_so = problem if refused else f"the file {problem}"
            return replace(claim, problem=said_so, sha256=_sha(data or b"")), line
        cells = [notebook.cell_text(cell) for cell in found["cells"]]
        given = self._given(student)
        reading = notebook.read(found, given)
        blank = notebook.unattempted(self.work, reading, given)
        there = [q.id for q in self.work.questions if q.id in reading.answers]
        return replace(
            claim,
            sha256=_sha(data),
            content=notebook.digest("\0".join(cells)),
            receipt=notebook.receipt(found, self.work),
            answers=reading.answers,
            touched=not self._as_released(student, cells),
            answered=not there or any(id not in blank for id in there),
            other=said[0] not in (None, self.work.id),
        ), line

    def _whose(self, file: File, sender: Sender | None, said: str | None):
        """(student or None, who says so, those of the group)"""
        said = said if said in self.course.roster else None
        if file.astray:
            return None, TEXT, ()
        if sender and sender.group:
            student = said if said in sender.students else sender.students[0]
            return student, PLATFORM, tuple(s for s in sender.students if s != student)
        if sender and len(sender.students) == 1:
            student, by = sender.students[0], PLATFORM if sender.sure else NAME
            if said and any({said, student} <= members for members in self._groups):
                return said, by, tuple({student} - {said})  # they worked in one notebook
            return student, by, ()
        if sender and sender.students:
            return said if said in sender.students else None, PLATFORM, ()
        by_name = self._by_name(file.path if not file.packed else _outside(file))
        if by_name:
            return by_name, NAME, ()
        return said, TEXT, ()

    def _by_name(self, path: PurePosixPath) -> str | None:
        """Whose id the path's parts are, or the file's name begins with."""
        for part in path.parts:
            stem = (
                part.partition(".ipynb")[0].removesuffix(path.suffix) if part == path.name else part
            )
            if fold(stem) in self.ids:
                return self.ids[fold(stem)]
        stem = fold(path.stem)
        starts = [id for low, id in self.ids.items() if re.match(re.escape(low) + r"[ _(-]", stem)]
        return max(starts, key=len) if starts else None

    def _attempt(self, file, sender, student: str, by: str) -> _Claim:
        return replace(self._claim(file, sender, student, by, ()), attempt=True)

    def _claim(self, file, sender, student: str, by: str, together) -> _Claim:
        if sender is not None:
            unit = sender.key
        else:
            path = file.path if not file.packed else _outside(file)
            here = path.parent if len(path.parts) > self.layout.depth + 1 else path
            unit = f"{self.origin.resolve()}: {here}"
        late = sender.late if sender else None
        return _Claim(file, student, by, unit, sender, together, late=late)

    def _nobody(self, sender: Sender | None) -> str:
        if sender is None:
            return "nobody on the roster; neither its path nor it says whose"
        self.unknown.add(sender.called)
        if sender.students:
            return f"{', '.join(sender.students)} have this name; say in names.csv whose it is"
        return f"nobody on the roster is {sender.called!r:.70}; say in names.csv who it is"

    def _line(self, claim: _Claim, said, problem: str | None, kind: str) -> str:
        student = claim.student
        parts = [problem] if problem else []
        if claim.by == TEXT:
            parts.append(f"taken as {student}'s, as the notebook says")
            if claim.sender:
                self.unknown.add(claim.sender.called)
        elif claim.sender and claim.by == NAME:
            parts.append(f"taken as {student}'s, though the names differ")
        elif kind != ".ipynb":
            parts.append(f"taken as {student}'s notebook")
        elif not problem and not self._usual(claim):
            parts.append(f"taken as {student}'s")
        if said[0] not in (None, self.work.id):
            parts.append(f"it is the notebook of assignment {said[0]!r:.40}")
        if said[1] not in (None, student):
            parts.append(f"it was released to {said[1]!r:.70}")
        return "; ".join(parts)

    def _usual(self, claim: _Claim) -> bool:
        """Whether it is named as we or a platform name files, so that nothing need be said."""
        if claim.sender and not claim.sender.key.startswith("the folder of"):
            return True
        return claim.file.path.name in (f"{claim.student}.ipynb", f"{self.work.id}.ipynb")

    def _of_the_platform(self, file: File) -> bool:
        """Whether the platform wrote it beside what was handed in."""
        if self.layout.name == "Gradescope's":
            return file.path.name == METADATA and self.layout.sender(file.path) is None
        written = re.search(r"_attempt_[\d-]{19}\.txt$", file.path.name)
        return bool(written) and self.layout.name == "Blackboard's"

    def _as_released(self, student: str, cells: list[str]) -> bool:
        """Whether there is nothing in the cells but what the student was given."""
        given = [notebook.cell_text(cell) for cell in self._given(student)["cells"]]
        return {notebook.digest(text) for text in cells} <= {
            notebook.digest(text) for text in [*given, ""]
        }

    def _given(self, student: str) -> dict:
        if self._last[0] != student:  # of a class all notebooks together are large
            self._last = (student, released.given(self.course, self.work, student))
        return self._last[1]


def _outside(file: File) -> PurePosixPath:
    """The path of the zip in which a student packed the file."""
    return PurePosixPath(*file.path.parts[: len(file.path.parts) - file.packed + 1])


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- deciding between the files of one student ---


def _decide(course: Course, assignment: str, student: str, claims: list[_Claim]) -> list[str]:
    """Write down which file counts, and keep those that might; lines about it."""
    lines: list[str] = []
    units: dict[str, list[_Claim]] = {}
    for claim in claims:
        units.setdefault(claim.unit, []).append(claim)
    picked = [_last_of(theirs) for theirs in units.values()]
    # An untouched notebook lies anywhere, and claims nothing beside one with answers.
    picked = [p for p in picked if p[0].touched and not p[0].attempt] or [
        p for p in picked if not p[0].attempt] or picked  # fmt: skip
    order = {PLATFORM: 2, NAME: 1, TEXT: 0}
    picked.sort(key=lambda p: (order[p[0].by], p[0].order, p[0].named()))
    chosen, doubt = picked[-1]
    rivals = [p[0] for p in picked[:-1] if p[0].content != chosen.content]
    notebooks = [claim for claim in claims if not claim.attempt]
    if len(notebooks) > 1:
        lines.append(f"{student}: {len(notebooks)} files, the last is {chosen.named()}")
    problem = chosen.problem
    if chosen.attempt:
        tried = ", ".join(claim.named() for claim in claims)
        problem = f"no notebook among what was handed in: {tried}"
        lines.append(f"{student}: {problem}")
    elif rivals:
        problem = f"{_several(chosen, rivals)} are said to be {student}'s; this is the first"
    elif doubt:
        later = doubt[0].order > chosen.order
        why = "differ, and the later has no answer" if later else "came at the same time"
        problem = f"{_several(chosen, doubt)} {why}; this is the first"
    others = rivals + doubt
    old = course.submission(assignment, student)
    if old is not None:
        replaced, line = _against(course, assignment, old, chosen)
        if line:
            lines.append(f"{student}: {line}")
        if not replaced:
            return lines
        if isinstance(replaced, str):
            _dispute(course, assignment, old, chosen, replaced)
            return lines
    if problem and (rivals or doubt):
        lines.append(f"{student}: look at by hand, {problem}")
    _keep(course, assignment, chosen, problem, others, old)
    return lines


def _several(first: _Claim, others: list[_Claim]) -> str:
    return " and ".join([first.named(), *(claim.named() for claim in others)])


def _last_of(claims: list[_Claim]) -> tuple[_Claim, list[_Claim]]:
    """Of the files that one person handed in the one that counts, and those as good as it."""
    usable = [c for c in claims if not c.attempt and not c.other]
    usable = usable or [c for c in claims if not c.attempt] or claims
    usable = [c for c in usable if c.touched] or usable
    *before, chosen = sorted(usable, key=lambda c: (c.order, c.named()))
    equal = [c for c in before if c.order == chosen.order and c.content != chosen.content]
    if not chosen.answered and (finished := [c for c in before if c.answered]):
        chosen, equal = finished[-1], [chosen]  # which is meant, a person sees
    again = [c for c in usable if c.sha256 == chosen.sha256 and c.timed == chosen.timed]
    came = min([c.time for c in again], default=chosen.time)
    late = all(c.late for c in again)
    chosen = replace(chosen, came=came, late=chosen.late and late)
    return chosen, equal if not chosen.attempt else []


def _against(course, assignment: str, old: dict, new: _Claim) -> tuple[bool | str, str]:
    """Whether the new file replaces what an earlier collection took, or disputes it, and a line."""
    if old["sha256"] == new.sha256:
        return True, ""
    had = old["problem"] is None
    if new.attempt and had:
        return False, f"{new.named()} is no notebook; {old['from']} from before is kept"
    if not new.touched and had and old.get("touched", True):
        return False, f"{new.named()} is untouched; {old['from']} from before is kept"
    stronger = old.get("by", PLATFORM) == PLATFORM and new.by != PLATFORM
    elsewhere = new.by != PLATFORM and old.get("unit") != new.unit
    different = old.get("content") and old["content"] != new.content
    if (stronger or elsewhere) and new.touched and different:
        why = (
            f"{old['from']}, taken before, and {new.named()} are said to be {new.student}'s; "
            "this is the first"
        )
        return why, f"look at by hand, {why}"
    return True, ""


def _dispute(course: Course, assignment: str, old: dict, new: _Claim, why: str) -> None:
    other = _other(course, assignment, new)
    others = [one for one in old.get("others", []) if one["file"] != other["file"]]
    record = old | {"problem": why, "others": [*others, other]}
    write_json(course.place("submitted", assignment, new.student, ".json"), record)


def _other(course: Course, assignment: str, claim: _Claim) -> dict:
    """Keep the bytes of a file that is not graded; what the record says of it."""
    try:
        data = claim.file.read()
    except Refused:
        data = b""
    return _aside(course, assignment, claim.student, data) | {"from": claim.named()}


def _aside(course: Course, assignment: str, student: str, data: bytes) -> dict:
    path = course.place("claims", assignment, student) / f"{_sha(data)[:12]}.ipynb"
    write(path, data)
    return {"file": path.relative_to(course.path).as_posix()}


def _keep(course, assignment: str, taken: _Claim, problem, others: list[_Claim], old) -> None:
    """Write the submission and its record, and keep what it might have been beside it."""
    try:
        data = b"" if taken.attempt else taken.file.read()
    except Refused:
        data = b""
    place = course.place("submitted", assignment, taken.student, ".ipynb")
    kept = [_other(course, assignment, claim) for claim in others]
    if problem and old and old["problem"] is None and old["sha256"] != _sha(data):
        before = _aside(course, assignment, taken.student, place.read_bytes())
        kept.append(before | {"from": f"{old['from']}, taken before"})
    sha = _sha(data)
    first = dict(old.get("first", {})) if old else {}
    time = (taken.came or taken.time).isoformat(timespec="seconds")
    if taken.timed:
        known = first.get(sha, old["time"] if old and old["sha256"] == sha else time)
        first[sha] = time = min(time, known, key=datetime.datetime.fromisoformat)
    late = taken.late
    if late and old and old["sha256"] == sha and old.get("mark") is False:
        late = False
    record = {
        "student": taken.student,
        "from": taken.named(),
        "by": taken.by,
        "unit": taken.unit,
        "together": list(taken.together),
        "others": kept,
        "time": time,
        "timed": taken.timed or sha in first,
        "first": first,
        "mark": late,
        "late_days": 0.0,
        "touched": taken.touched,
        "sha256": sha,
        "content": taken.content,
        "receipt": taken.receipt,
        "problem": problem,
        "answers": taken.answers,
    }
    write(place, data)
    write_json(course.place("submitted", assignment, taken.student, ".json"), record)


# --- lateness ---


def lateness(course: Course, assignment: str) -> list[str]:
    """Work out anew how late everybody is, of what is due and when they came; lines about it."""
    terms = deadlines.terms(course, assignment)
    times, lines = _times(course, assignment)
    unknown = []
    for student in course.roster:
        if (record := course.submission(assignment, student)) is None:
            continue
        due = terms.due is not None or student in terms.extended
        late, known = 0.0, True
        if student in times:
            late = terms.days_late(student, times[student])
        elif record.get("mark") is not None:
            late = MARK if record["mark"] else 0.0
        elif due and not record.get("timed", True):
            known = False
            unknown.append(student)
        elif due:
            late = terms.days_late(student, datetime.datetime.fromisoformat(record["time"]))
        changed = record | {"late_days": late, "late_known": known}
        if changed != record:
            write_json(course.place("submitted", assignment, student, ".json"), changed)
    if unknown:
        lines.append(
            f"the times of {len(unknown)} files say nothing, so whether they are late is not "
            f"known: {', '.join(unknown)}; write times.csv"
        )
    return lines


def _times(course: Course, assignment: str) -> tuple[dict[str, datetime.datetime], list[str]]:
    path = course.path / "times.csv"
    times: dict[str, datetime.datetime] = {}
    lines: list[str] = []
    for line, row in read_table(path, "id", "time") if path.exists() else []:
        if row.get("assignment", assignment) != assignment:
            continue
        student = course.known(row["id"])
        if student is None:
            lines.append(f"times.csv, line {line}: nobody on the roster is {row['id']!r:.70}")
            continue
        try:
            times[student] = moment(row["time"])
        except ValueError:
            raise CourseError(
                f"{path}, line {line}: it must have the columns id and time, with a time such as "
                f"2026-11-30T23:59; got {row['time']!r}."
            ) from None
    return times, lines


def _ask_whose(course: Course, unknown: set[str]) -> None:
    """Add the names that nobody on the roster has to ``names.csv``, for the teacher to fill in."""
    path = course.path / "names.csv"
    known = [row for _, row in read_table(path, "name", "id")] if path.exists() else []
    new = sorted(unknown - {row["name"] for row in known} - {""})
    if new:
        rows = [[row["name"], row["id"]] for row in known] + [[name, ""] for name in new]
        write(path, table(["name", "id"], rows))
