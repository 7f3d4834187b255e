"""Collecting: from whatever lies in a folder or an LMS's zip to one submission a student.

Nothing in it stops the rest: each file that is not taken gets one line that says why.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader import notebook
from grader.folder import Course, CourseError, read_table, write_json
from groundup.files import write

#: larger files are refused: an honest notebook of these assignments has less than 1 MB
LARGEST = 10 << 20

#: days late where all that is known is Canvas's LATE mark
MARK = 0.001

_CANVAS = re.compile(r"^[^_]+_(LATE_)?(\d+)_\d+_")
_MOODLE = re.compile(r"^(.+?)_(\d+)_assignsubmission")


@dataclass(frozen=True)
class _File:
    """One file that was handed in: where it lay, when it came, and a way to its bytes."""

    path: PurePosixPath
    time: datetime.datetime
    data: bytes | None
    refused: str = ""
    astray: bool = False  # its path says nothing of whose it is


@dataclass(frozen=True)
class _Taken:
    file: _File
    by_path: bool
    problem: str | None
    receipt: str | None
    notebook: dict | None = None


def collect(
    course: Course, assignment: str, origin: Path, *, due: datetime.datetime | None = None
) -> list[str]:
    """Take each student's last notebook from ``origin``; one line for each file that needs one.

    ``origin`` is a folder or a zip. A file is late by its own time; of a file with Canvas's name
    only the LATE mark counts, for its time is that of the download. Where ``times.csv`` (id, time,
    and if wanted assignment) lies in the course folder, the time there counts instead.

    Raises
    ------
    CourseError
        When there is no such folder or zip, or the roster is missing or wrong.
    """
    work = course.assignment(assignment)
    times = _times(course, assignment)
    lines: list[str] = []
    found: dict[str, list[_Taken]] = {}
    for file in _files(origin):
        name = _show(file.path)
        if file.refused:
            lines.append(f"{name}: {file.refused}")
            student = None if file.astray else _student(course, file.path)
            if student and file.path.suffix.lower() == ".ipynb":
                found.setdefault(student, []).append(_Taken(file, True, file.refused, None))
            continue
        if file.path.suffix.lower() != ".ipynb":
            lines.append(f"{name}: not a notebook, left")
            continue
        student, taken, line = _take(course, work, file)
        if line:
            lines.append(f"{name}: {line}")
        if student:
            found.setdefault(student, []).append(taken)
    for student, files in sorted(found.items()):
        files = [t for t in files if t.by_path] or files
        files.sort(key=lambda t: (t.file.time, t.file.path.as_posix()))
        last = files[-1]
        if len(files) > 1:
            lines.append(f"{student}: {len(files)} files, the last is {_show(last.file.path)}")
        _keep(course, assignment, student, last, times.get(student), due)
    missing = [s for s in course.roster if course.submission(assignment, s) is None]
    if missing:
        lines.append(f"nothing from {len(missing)} of {len(course.roster)}: {', '.join(missing)}")
    return lines


def _take(course: Course, work, file: _File) -> tuple[str | None, _Taken | None, str]:
    """(student, what is taken, the line about it)"""
    student = _student(course, file.path)
    by_path = student is not None
    problem = receipt = found = None
    said: tuple = (None, None)
    try:
        found = notebook.parse(file.data)
        said, receipt = notebook.owner(found), notebook.receipt(found, work)
    except ValueError as error:
        problem = str(error)
    if not by_path:
        student = said[1] if said[1] in course.roster else None
    if student is None:
        return None, None, problem or "nobody on the roster; neither its path nor it says whose"
    line = problem or ""
    if not by_path:
        line = f"taken as {student}'s, as the notebook says"
    elif not _usual(file.path, student, work.id):
        line = line or f"taken as {student}'s"
    if said[0] not in (None, work.id):
        line = f"{line}; it is the notebook of assignment {said[0]!r:.40}".removeprefix("; ")
    if said[1] not in (None, student):
        line = f"{line}; it was released to {said[1]!r:.70}".removeprefix("; ")
    taken = _Taken(file, by_path, f"the file {problem}" if problem else None, receipt, found)
    return student, taken, line


def _usual(path: PurePosixPath, student: str, assignment: str) -> bool:
    """Whether it is named as we or a platform name files, so that nothing need be said."""
    if path.name in (f"{student}.ipynb", f"{assignment}.ipynb") or _CANVAS.match(path.name):
        return True
    return any(_MOODLE.match(part) for part in path.parts)


def _student(course: Course, path: PurePosixPath) -> str | None:
    """Whose file this is by its path: the id, or an LMS's own way of naming."""
    ids = {student.id.lower(): student.id for student in course.roster.values()}
    canvas = {s.canvas_id: s.id for s in course.roster.values() if s.canvas_id}
    names: dict[str, list[str]] = {}
    for student in course.roster.values():
        names.setdefault(_named(student.name), []).append(student.id)
    for part in path.parts:
        stem = part.removesuffix(path.suffix) if part == path.name else part
        if stem.lower() in ids:
            return ids[stem.lower()]
        if (match := _CANVAS.match(part)) and match[2] in canvas:
            return canvas[match[2]]
        if match := _MOODLE.match(part):
            same = names.get(_named(match[1]), [])
            if len(same) == 1:
                return same[0]
    stem = path.stem.lower()
    starts = [id for low, id in ids.items() if re.match(re.escape(low) + r"[ _(-]", stem)]
    return max(starts, key=len) if starts else None


def _named(name: str) -> str:
    """A name as Moodle makes a file's name of it: without what some file system does not take."""
    name = unicodedata.normalize("NFC", name).lower().replace("_", " ")
    return " ".join(re.sub(r"[&<>\"`|':\\/]", "", name).split())


def _keep(course: Course, assignment: str, student: str, taken: _Taken, known, due) -> None:
    time = known or taken.file.time
    canvas = _CANVAS.match(taken.file.path.name)
    late = 0.0
    if canvas and not known:
        late = MARK if canvas[1] else 0.0
    elif due is not None:
        late = max(0.0, round((time - due).total_seconds() / 86400, 3))
    data = taken.file.data or b""
    answers = {}
    if taken.notebook is not None:
        released = notebook.build(course.assignment(assignment), student, course.key)
        answers = notebook.read(taken.notebook, released).answers
    record = {
        "student": student,
        "from": _show(taken.file.path),
        "time": time.isoformat(timespec="seconds"),
        "late_days": late,
        "sha256": hashlib.sha256(data).hexdigest(),
        "receipt": taken.receipt,
        "problem": taken.problem,
        "answers": answers,
    }
    write(course.place("submitted", assignment, student, ".ipynb"), data)
    write_json(course.place("submitted", assignment, student, ".json"), record)


def _times(course: Course, assignment: str) -> dict[str | None, datetime.datetime]:
    path = course.path / "times.csv"
    if not path.exists():
        return {}
    times = {}
    for line, row in read_table(path, "id", "time"):
        if row.get("assignment", assignment) != assignment:
            continue
        try:
            times[course.known(row["id"])] = moment(row["time"])
        except ValueError:
            raise CourseError(
                f"{path}, line {line}: it must have the columns id and time, with a time such as "
                f"2026-11-30T23:59; got {row['time']!r}."
            ) from None
    return times


def moment(text: str) -> datetime.datetime:
    """A time such as ``2026-11-30T23:59`` or ``2026-11-30 23:59+01:00``; else this machine's zone.

    Raises
    ------
    ValueError
        When it is no such time.
    """
    return datetime.datetime.fromisoformat(text.strip()).astimezone()


def _show(path: PurePosixPath) -> str:
    """A path in one line, whatever is in its name."""
    text = path.as_posix()
    return text if text.isprintable() and len(text) <= 200 else ascii(text[:200])


# --- where files come from ---


def _files(origin: Path) -> Iterator[_File]:
    if origin.is_dir():
        yield from _in_folder(origin)
    elif origin.is_file():
        yield from _in_zip(origin)
    else:
        raise CourseError(f"{origin} is neither a folder nor a zip file.")


def _in_folder(origin: Path) -> Iterator[_File]:
    for folder, folders, names in os.walk(origin, followlinks=False):
        folders.sort()
        for name in sorted([*names, *(f for f in folders if os.path.islink(f"{folder}/{f}"))]):
            path = Path(folder, name)
            inside = PurePosixPath(path.relative_to(origin).as_posix())
            yield _read(path, inside)


def _read(path: Path, inside: PurePosixPath) -> _File:
    never = datetime.datetime.fromtimestamp(0).astimezone()
    try:
        # O_NOFOLLOW and the look at the open file leave no time to swap it for something else.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        what = "a link, not followed" if path.is_symlink() else "cannot be read"
        return _File(inside, never, None, what)
    with open(number, "rb") as file:
        status = os.fstat(number)
        time = datetime.datetime.fromtimestamp(status.st_mtime).astimezone()
        if not stat.S_ISREG(status.st_mode):
            return _File(inside, time, None, "not a file but a pipe, socket or device")
        if status.st_size > LARGEST:
            return _File(inside, time, None, _too_large(status.st_size))
        return _File(inside, time, file.read(LARGEST))


def _too_large(size: int) -> str:
    return f"larger than {LARGEST >> 20} MiB ({size >> 20} MiB), not read"


def _in_zip(origin: Path) -> Iterator[_File]:
    try:
        archive = zipfile.ZipFile(origin)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CourseError(f"{origin} is neither a folder nor a zip file: {error}.") from None
    with archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            if not member.is_dir():
                yield _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> _File:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    try:
        time = datetime.datetime(*member.date_time).astimezone()
    except (ValueError, OverflowError):
        time = datetime.datetime.fromtimestamp(0).astimezone()
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", member.filename):
        return _File(path, time, None, "its path leads out of the zip", astray=True)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return _File(path, time, None, "a link or device, not followed")
    if member.flag_bits & 1:
        return _File(path, time, None, "encrypted, cannot be read")
    if member.file_size > LARGEST:
        return _File(path, time, None, _too_large(member.file_size))
    try:
        with archive.open(member) as file:
            data = file.read(LARGEST + 1)  # what the zip says of its size need not be true
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        return _File(path, time, None, f"broken in the zip: {str(error)[:80]}")
    if len(data) > LARGEST:
        return _File(path, time, None, _too_large(len(data)))
    return _File(path, time, data)
