"""How a collection is laid out: which platform wrote it, and who handed in which of its files.

Platforms name folders or files after the people who handed in. What the platform wrote is believed;
what is below it, or after it in a file's name, the student wrote. So the layout is decided once for
a collection, by most of its entries, and no file of one student can change it.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from grader.files import File, Refused
from grader.folder import Course, Student, read_table
from grader.people import fold, named, squashed, words

#: what Gradescope writes beside the folders of a class
METADATA = "submission_metadata.yml"
#: folders around the students' that a collection may have
_DEEP = 5


@dataclass(frozen=True)
class Sender:
    """Who handed in, as the platform says it.

    ``students`` are the ids that may be meant, ``sure`` whether the first is where there is one;
    in a ``group`` all of them handed in together. ``late`` is the platform's own mark.
    """

    key: str
    called: str = ""
    students: tuple[str, ...] = ()
    sure: bool = True
    group: bool = False
    time: datetime.datetime | None = None
    late: bool | None = None
    number: int = 0  # of two files the larger came later


@dataclass(frozen=True)
class Layout:
    """What was decided for a collection; ``sender`` says who handed in a file."""

    name: str = "no platform's, by names and by what the notebooks say"
    senders: dict[PurePosixPath, Sender] = field(default_factory=dict)
    depth: int = 0

    def sender(self, path: PurePosixPath) -> Sender | None:
        """Who handed in the file at this path, or None where the layout does not say it."""
        return self.senders.get(PurePosixPath(*path.parts[: self.depth + 1]))


@dataclass(frozen=True)
class People:
    """The roster, to find whom a platform means."""

    course: Course

    @cached_property
    def _by(self) -> dict[str, str]:
        """Ids, logins and addresses → id, but those that two people have."""
        found: dict[str, set[str]] = defaultdict(set)
        for student in self.course.roster.values():
            for text in (student.id, student.login, student.email):
                if text:
                    found[fold(text)].add(student.id)
        return {text: min(ids) for text, ids in found.items() if len(ids) == 1}

    @cached_property
    def _filled_in(self) -> dict[str, str]:
        """What the teacher has filled in: a name in a collection → id."""
        path = self.course.path / "names.csv"
        if not path.exists():
            return {}
        rows = [row for _, row in read_table(path, "name", "id")]
        known = {fold(row["name"]): self.course.known(row["id"]) for row in rows}
        return {name: id for name, id in known.items() if id}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {student.id: student.name for student in self.course.roster.values()}

    def by_id(self, text: str) -> tuple[str, ...]:
        """Whose id, login or address this is."""
        text = fold(text)
        return tuple(filter(None, [self._filled_in.get(text) or self._by.get(text)]))

    def by_name(self, name: str) -> tuple[tuple[str, ...], bool]:
        """Whose name it is, and whether all its words are the same."""
        if (id := self._filled_in.get(fold(name))) is not None:
            return (id,), True
        found = tuple(named(name, self._names))
        same = all(words(self._names[id]) == words(name) for id in found)
        joined = all("".join(words(self._names[id])) == "".join(words(name)) for id in found)
        return found, same or joined

    def by_squashed(self, name: str) -> tuple[str, ...]:
        """Whose name Canvas writes so."""
        if (id := self._filled_in.get(fold(name))) is not None:
            return (id,)
        return tuple(id for id, theirs in self._names.items() if name in squashed(theirs))

    def by_canvas_id(self, text: str) -> Student | None:
        found = [s for s in self.course.roster.values() if s.canvas_id == text]
        return found[0] if len(found) == 1 else None


def layout(files: list[File], course: Course) -> Layout:
    """Decide how a collection is laid out; see the module.

    The outermost folders that fit decide, for what is below them a student may have made.
    """
    people = People(course)
    if found := _gradescope(files, people):
        return found
    paths = [file.path for file in files if not file.astray and not file.packed]
    around = _around(paths)
    for depth in range(_DEEP):
        for name, make, of_files in _CONVENTIONS:
            entries = _entries(paths, depth, of_files)
            read = make([path.name for path in entries], people)
            senders = {path: read(path.name) for path in entries}
            senders = {path: sender for path, sender in senders.items() if sender}
            if senders and _most(paths, depth, around, senders, of_files):
                return Layout(name, senders, depth)
    return Layout(depth=around)


def _around(paths: list[PurePosixPath]) -> int:
    """How many folders are around everything."""
    folders = [path.parts[:-1] for path in paths if len(path.parts) > 1]
    alike = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return len(list(alike))


def _entries(paths, depth: int, of_files: bool) -> list[PurePosixPath]:
    """The distinct files, or folders, at this depth."""
    right = [
        p for p in paths if (len(p.parts) == depth + 1 if of_files else len(p.parts) > depth + 1)
    ]
    return sorted({PurePosixPath(*path.parts[: depth + 1]) for path in right})


def _most(paths, depth: int, around: int, senders, of_files: bool) -> bool:
    """Whether the convention holds in more than half of the collection's outermost parts.

    So each student has one voice, however many files they made. What lies beside the students'
    folders has none, as a list of grades.
    """
    voices: dict[str, bool] = {}
    for path in paths:
        fits = PurePosixPath(*path.parts[: depth + 1]) in senders
        notebook = of_files and path.suffix.lower() == ".ipynb"
        if fits or notebook or len(path.parts) > around + 1:
            top = path.parts[min(depth, around, len(path.parts) - 1)]
            voices[top] = voices.get(top, False) or fits
    return sum(voices.values()) * 2 > len(voices)


# --- the conventions: each makes, of all entries at a depth, a reader of one of them ---

_CANVAS = re.compile(r"^([^_]+)_(?:(LATE)_)?(\d+)_(\d+)_")
_MOODLE = re.compile(r"^(.+?)_(\d+)_assignsubmission")
_BRIGHTSPACE = re.compile(r"^(\d+)-(\d+) ?- (.+?) ?- (.+)$")
_BLACKBOARD = re.compile(r"^(.+?)_attempt_(\d{4}(?:-\d\d){5})(?=[_.]|$)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def _moodle(entries, people: People) -> Callable[[str], Sender | None]:
    def read(entry: str) -> Sender | None:
        if not (match := _MOODLE.match(entry)):
            return None
        students, sure = people.by_name(match[1])
        return Sender(f"Moodle's {match[2]}", match[1], students, sure)

    return read


def _brightspace(entries, people: People) -> Callable[[str], Sender | None]:
    times = [_brightspace_time(m[4]) for m in map(_BRIGHTSPACE.match, entries) if m]
    timed = None not in times  # in another language than English all go by the files' times

    def read(entry: str) -> Sender | None:
        if not (match := _BRIGHTSPACE.match(entry)):
            return None
        students, sure = people.by_name(match[3])
        time = _brightspace_time(match[4]) if timed else None
        return Sender(
            f"Brightspace's {match[1]} {fold(match[3])}", match[3], students, sure, time=time
        )

    return read


def _brightspace_time(text: str) -> datetime.datetime | None:
    match = re.fullmatch(r"(\w{3})\w* (\d+), (\d{4}) (\d{1,2}):?(\d\d) ([AP])M", text.strip())
    if not match or match[1].lower() not in _MONTHS:
        return None
    month, hour = _MONTHS.index(match[1].lower()) + 1, int(match[4]) % 12 + 12 * (match[6] == "P")
    try:
        time = datetime.datetime(int(match[3]), month, int(match[2]), hour, int(match[5]))
    except ValueError:
        return None
    return time.astimezone()


def _blackboard(entries, people: People) -> Callable[[str], Sender | None]:
    heads = [match[1] for match in map(_BLACKBOARD.match, entries) if match]
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*heads, strict=False))
    # The assignment's name comes first, and a login may have an underscore in it, too.
    last = "".join(letters[0] for letters in alike).rfind("_") + 1

    def read(entry: str) -> Sender | None:
        if not (match := _BLACKBOARD.match(entry)):
            return None
        starts = [0, *(i + 1 for i, c in enumerate(match[1]) if c == "_" and i < last)]
        found = [people.by_id(match[1][start:]) for start in starts]
        students = next(filter(None, found), ())
        login = match[1][max(starts) :]
        try:
            time = datetime.datetime.strptime(match[2], "%Y-%m-%d-%H-%M-%S").astimezone()
        except ValueError:
            time = None
        return Sender(f"Blackboard's {login}", login, students, time=time)

    return read


def _canvas(entries, people: People) -> Callable[[str], Sender | None]:
    def read(entry: str) -> Sender | None:
        if not (match := _CANVAS.match(entry)):
            return None
        student = people.by_canvas_id(match[3])
        students = (student.id,) if student else people.by_squashed(match[1])
        # Who has another id in Canvas than this one is somebody else of the same name.
        known = {s.id for s in people.course.roster.values() if s.canvas_id}
        students = students if student else tuple(id for id in students if id not in known)
        late, number = bool(match[2]), int(match[4][:18])
        return Sender(f"Canvas's {match[3]}", match[1], students, late=late, number=number)

    fitting = [read(entry) for entry in entries]
    meant = sum(bool(sender and sender.students) for sender in fitting)
    if meant * 2 < len(entries) and len(entries) < 3:
        return lambda entry: None  # anybody can name a file so
    return read


def _person(entries, people: People) -> Callable[[str], Sender | None]:
    """Folders named after people: ids, logins, addresses, full names; so Teams, ILIAS, e-mail."""

    def read(entry: str) -> Sender | None:
        address = re.search(r"<([^<>]+)>|\(([^()]+@[^()]+)\)", entry)
        if students := people.by_id(address[1] or address[2] if address else entry):
            return Sender(f"the folder of {students[0]}", entry, students)
        students, same = people.by_name(entry)
        if students and same:
            who = students[0] if len(students) == 1 else entry
            return Sender(f"the folder of {who}", entry, students)
        pieces = entry.split("_")
        for i, piece in enumerate(pieces):
            rest = " ".join(p for p in pieces[:i] + pieces[i + 1 :] if not p.isdecimal())
            for id in people.by_id(piece) if rest else ():
                if id in people.by_name(rest)[0]:
                    return Sender(f"the folder of {id}", entry, (id,))
        return None

    return read


_CONVENTIONS = (
    ("Blackboard's", _blackboard, True),
    ("Blackboard's", _blackboard, False),
    ("Moodle's", _moodle, False),
    ("Moodle's", _moodle, True),
    ("Brightspace's", _brightspace, False),
    ("a folder for each student", _person, False),
    ("Canvas's", _canvas, True),
)


def _gradescope(files: list[File], people: People) -> Layout | None:
    """:data:`METADATA` beside folders ``submission_12345``."""
    import yaml

    found = [file for file in files if file.path.name == METADATA]
    if not found:
        return None
    file = min(found, key=lambda file: len(file.path.parts))
    depth = len(file.path.parts) - 1
    if file.packed or depth > _around([file.path for file in files]):
        return None  # a student's own
    try:
        known = yaml.safe_load(file.read().decode("utf-8"))
        items = list(known.items())
    except (Refused, UnicodeDecodeError, yaml.YAMLError, AttributeError):
        return None
    senders = {}
    for folder, said in items:
        said = said if isinstance(said, dict) else {}
        who = [one for one in said.get(":submitters") or [] if isinstance(one, dict)]
        students = [id for one in who for id in _submitter(one, people)]
        called = ", ".join(str(one.get(":name", "")) for one in who)
        time = said.get(":created_at")
        time = time.replace(tzinfo=time.tzinfo or datetime.UTC).astimezone() if isinstance(
            time, datetime.datetime) else None  # fmt: skip
        senders[file.path.parent / str(folder)] = Sender(
            f"Gradescope's {folder}",
            called,
            tuple(dict.fromkeys(students)),
            group=len(students) > 1,
            time=time,
        )
    return Layout("Gradescope's", senders, depth)


def _submitter(said: dict, people: People) -> tuple[str, ...]:
    for name in (":sid", ":email"):
        if found := people.by_id(str(said.get(name) or "")):
            return found
    found, sure = people.by_name(str(said.get(":name") or ""))
    return found if sure and len(found) == 1 else ()
