"""The instructor's course folder: where the key, the roster, submissions and results lie.

It is kept outside the repository; nothing in it is ever sent anywhere::

    key                            secret, made by the first release: variants and hidden inputs
    roster.csv                     id, name; and if wanted email, canvas_id, login, section
    release/a1/ID.ipynb, a1.json   what each student gets, and what is remembered of it
    submitted/a1/ID.ipynb, .json   what was handed in last, when, and who says whose it is
    claims/a1/ID/…                 what else was said to be theirs
    terms/a1.json                  when it was due, and what being late costs
    times.csv, extensions.csv, groups.csv, names.csv   what you say yourself, if you want
    results/a1/ID.json             what grading found
    tries/a1/ID.json               on a hub: each try, which student, when, of what, what it found
    by-hand/a1.csv, a1.html        what a person grades, and the answers to read
    by-hand/a1-grade.html          the same to press in a browser, which saves the table
    changes/a1.csv                 each change of a mark: when, who, what and why
    feedback/a1/ID.html, export/…, report/a1.html
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
import os
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader import people
from grader.assignment import SOURCES, Assignment, load
from groundup import files

_STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


class CourseError(ValueError):
    """Something in the course folder that the instructor must mend; one clear sentence."""


@dataclass(frozen=True)
class Student:
    """One row of the roster."""

    id: str
    name: str = ""
    email: str = ""
    canvas_id: str = ""
    login: str = ""
    section: str = ""

    @property
    def account(self) -> str:
        """Their account's name on a hub: accounts have small letters alone."""
        return (self.login or self.id).lower()


@dataclass(frozen=True)
class Course:
    """A course folder and the folder with the assignments' sources."""

    path: Path
    sources: Path = SOURCES

    def assignment(self, id: str) -> Assignment:
        """The assignment of this id; raises CourseError where there is none."""
        try:
            return load(id, self.sources)
        except ValueError as error:
            raise CourseError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None

    @cached_property
    def key(self) -> str:
        """The secret of this course, which the first release makes.

        Lose it and variants cannot be recomputed; publish it and hidden inputs can.
        """
        path = self.path / "key"
        if not path.exists():
            raise CourseError(
                f"There is no key in {self.path}: the first release makes one; if there was one "
                "before, put it back from your backup, for with another all numbers are others."
            )
        key = path.read_text(encoding="ascii").strip()
        if len(key) < 32:
            raise CourseError(f"{path} must hold the course's key of 64 hex digits; it is shorter.")
        return key

    def make_key(self) -> None:
        """Make the key, where there is none; for `release` alone."""
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / "key"
        with contextlib.suppress(FileExistsError):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
            self.path.chmod(0o700)  # others of this machine read no name and no mark

    @cached_property
    def roster(self) -> dict[str, Student]:
        """The students by id, in order; raises CourseError that names the bad line."""
        return roster(self.path / "roster.csv")

    def known(self, text: str) -> str | None:
        """The id that a cell of a table means, or None.

        What differs in form alone is the same; see :func:`grader.people.known`.
        """
        return people.known(text, self.roster)

    def place(self, kind: str, assignment: str, student: str | None = None, end: str = "") -> Path:
        """The path of one file, such as ``place("results", "a1", "ada", ".json")``."""
        folder = self.path / kind
        return (
            folder / f"{assignment}{end}"
            if student is None
            else (folder / assignment / f"{student}{end}")
        )

    def submission(self, assignment: str, student: str) -> dict | None:
        """What `collect` wrote down of a student's submission, or None."""
        path = self.place("submitted", assignment, student, ".json")
        try:
            return read_json(path)
        except ValueError:
            raise CourseError(f"{path} is broken: delete it, and collect again.") from None

    def result(self, assignment: str, student: str) -> dict | None:
        """What `grade` found, or None; of a broken file nothing, so that it is graded again."""
        try:
            return read_json(self.place("results", assignment, student, ".json"))
        except ValueError:
            return None


def roster(path: Path) -> dict[str, Student]:
    """The students in a table by id, in order; raises CourseError that names the bad line."""
    try:
        rows = read_table(path, "id")
    except FileNotFoundError:
        raise CourseError(
            f"There is no roster: write {path}, a table with the columns id and name."
        ) from None
    students: dict[str, Student] = {}
    for number, row in rows:
        student = _student(row)
        if student is None:
            continue
        here = f"{path}, line {number}"
        if made := people.spoilt(student.id):
            raise CourseError(
                f"{here}: a spreadsheet has made a number of the id, {student.id!r}, and "
                f"{made}; format the column as text and fill it in again."
            )
        if not _STUDENT.fullmatch(student.id) or ".." in student.id:
            raise CourseError(
                f"{here}: an id is made of letters, digits and . _ @ + -, at "
                f"most 64 of them; got {student.id!r:.80}."
            )
        _alone(here, student, students)
        students[student.id] = student
    if not students:
        raise CourseError(f"{path} has no students in it.")
    return dict(sorted(students.items()))


def _student(row: dict[str, str]) -> Student | None:
    """A row of a roster, also of one that is Canvas's own table of grades; None for its heading."""
    if "sis user id" in row:
        if not row["sis user id"] and not row.get("sis login id"):
            return None  # the row of points possible, and the test student
        login = row.get("sis login id", "")
        row = row | {"canvas_id": row["id"], "id": row["sis user id"] or login, "login": login}
        row |= {"name": row.get("student", "")}
    return Student(**{k: row.get(k, "") for k in Student.__dataclass_fields__})


def _alone(here: str, student: Student, others: dict[str, Student]) -> None:
    """Refuse who is there before: an id, or what a platform knows them by, in another form."""
    for other in others.values():
        if student.id.lower() == other.id.lower():
            raise CourseError(f"{here}: id {student.id} is there twice.")
        if student.id.lower().lstrip("0") == other.id.lower().lstrip("0"):
            raise CourseError(
                f"{here}: ids {other.id} and {student.id} differ in leading zeros alone, which a "
                "spreadsheet drops; give one of them another id."
            )
        for name in ("account", "email", "canvas_id", "login"):
            theirs = getattr(student, name).casefold()
            if theirs and theirs == getattr(other, name).casefold():
                raise CourseError(
                    f"{here}: {name} {theirs} is there twice, of {other.id} and {student.id}."
                )


def read_table(path: Path, *columns: str) -> list[tuple[int, dict[str | None, str]]]:
    """A CSV file that may come from a spreadsheet: (line, cells by column) of each row.

    It may be divided by commas, semicolons or tabs, in UTF-8 or UTF-16. Rows without a word in them
    are left out, and white space around a cell. What lies beyond the last column is under None.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    CourseError
        When it is another encoding, or has not these columns; one sentence.
    """
    data = path.read_bytes()
    wide = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(
            f"{path} is not in UTF-8: save it again as 'CSV UTF-8', so that no letter is lost."
        ) from None
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    names = [name.strip().lower() for name in next(reader, [])]
    if lost := [column for column in columns if column not in names]:
        raise CourseError(f"{path} must have the column {lost[0]!r} in its first line.")
    rows, line = [], reader.line_num + 1
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if any(cells):
            row = dict(zip(names, cells + [""] * len(names), strict=False))
            unnamed = [cell for cell, name in zip(cells, names, strict=False) if not name]
            if beyond := " ".join(filter(None, [*unnamed, *cells[len(names) :]])):
                row[None] = beyond
            rows.append((line, row))
        line = reader.line_num + 1
    return rows


def table(head: list[str], lines: list[list]) -> str:
    """CSV as RFC 4180 has it; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_plain(cell) for cell in head])
    writer.writerows([_plain(cell) for cell in line] for line in lines)
    return text.getvalue()


def _plain(cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return f"{cell:g}"
    cell = cell.replace("\0", "")
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def read_json(path: Path) -> dict | None:
    """The JSON in a file of ours, or None where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def write_json(path: Path, content: dict) -> None:
    """Write JSON, always the same for the same content."""
    files.write(path, json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
