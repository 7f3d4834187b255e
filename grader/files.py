"""The files of a collection: what lies in a folder or a zip, and in the zips that students hand in.

Nothing is unpacked to the disk, no link is followed, and a file is read when it is asked for, so
that a class of any size is never in memory.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import lzma
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.folder import CourseError

#: larger files are refused: an honest notebook of these assignments has less than 1 MB
LARGEST = 10 << 20
#: of the files in one zip that a student handed in so many are looked at, and a line says so
MEMBERS = 50
#: where no time is known
NEVER = datetime.datetime.fromtimestamp(0).astimezone()


@dataclass(frozen=True)
class File:
    """One file that was handed in.

    ``path`` is where it lay, with forward slashes; ``time`` when it was last written, by the folder
    or the zip; ``read`` gives its bytes or raises :class:`Refused`. Of the path, the last
    ``packed`` parts were inside a zip that the student made.
    """

    path: PurePosixPath
    time: datetime.datetime
    read: Callable[[], bytes]
    packed: int = 0
    astray: bool = False  # its path is no path: it says nothing of whose it is

    @property
    def says_when(self) -> bool:
        """Whether the time can be one: zips that know none say 1980, and file systems 1970."""
        return self.time.year > 1980


class Refused(ValueError):
    """Why a file is not read, in a few words."""


@contextlib.contextmanager
def opened(origin: Path) -> Iterator[list[File]]:
    """The files in a folder or zip, in the order of their paths; they can be read inside ``with``.

    Raises
    ------
    CourseError
        When it is neither.
    """
    if origin.is_dir():
        yield list(_in_folder(origin))
        return
    try:
        archive = zipfile.ZipFile(origin)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        why = f": {error}" if origin.is_file() else ""
        raise CourseError(f"{origin} is neither a folder nor a zip file{why}.") from None
    with archive:
        yield [_member(archive, member) for member in _members(archive)]


def packed(file: File) -> Iterator[File]:
    """The files in a zip that was handed in; nothing where it is none, or cannot be read."""
    try:
        content = io.BytesIO(file.read())
        members = _members(zipfile.ZipFile(content))
    except (Refused, zipfile.BadZipFile, OSError, ValueError):
        return
    for member in members[:MEMBERS]:
        inside = _path(member)

        def read(member=member):
            with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
                return _read_member(archive, member)

        parts = [part for part in inside.parts if part not in ("..", "/")]
        yield File(file.path / PurePosixPath(*parts), _time(member), read, packed=len(parts) + 1)
    if len(members) > MEMBERS:
        path = file.path / f"({len(members)} files)"

        def refuse():
            raise Refused(f"only the first {MEMBERS} files of this zip are looked at")

        yield File(path, NEVER, refuse, packed=2)


def show(path: PurePosixPath) -> str:
    """A path in one line, whatever is in its name."""
    text = path.as_posix()
    return text if text.isprintable() and len(text) <= 200 else ascii(text[:200])


# --- folders ---


def _in_folder(origin: Path) -> Iterator[File]:
    closed: list[OSError] = []
    for folder, folders, names in os.walk(origin, followlinks=False, onerror=closed.append):
        folders.sort()
        for name in sorted([*names, *(f for f in folders if os.path.islink(f"{folder}/{f}"))]):
            path = Path(folder, name)
            yield _file(path, PurePosixPath(path.relative_to(origin).as_posix()))
    for error in closed:

        def refuse():
            raise Refused("a folder that cannot be read")

        yield File(
            PurePosixPath(Path(error.filename).relative_to(origin).as_posix()), NEVER, refuse
        )


def _file(path: Path, inside: PurePosixPath) -> File:
    try:
        time = datetime.datetime.fromtimestamp(path.lstat().st_mtime).astimezone()
    except (OSError, OverflowError, ValueError):
        time = NEVER
    return File(inside, time, lambda: _read(path))


def _read(path: Path) -> bytes:
    try:
        # O_NOFOLLOW and the look at the open file leave no time to swap it for something else.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Refused("a link, not followed" if path.is_symlink() else "cannot be read") from None
    with open(number, "rb") as file:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("not a file but a pipe, socket or device")
        if status.st_size > LARGEST:
            raise Refused(_too_large(status.st_size))
        return file.read(LARGEST)


def _too_large(size: int) -> str:
    return f"larger than {LARGEST >> 20} MiB ({size >> 20} MiB), not read"


# --- zips ---


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [member for member in archive.infolist() if not member.is_dir()]
    return sorted(found, key=lambda member: member.filename)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> File:
    path = _path(member)
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", member.filename):

        def refuse():
            raise Refused("its path leads out of the zip")

        return File(path, _time(member), refuse, astray=True)
    return File(path, _time(member), lambda: _read_member(archive, member))


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """The member's path; macOS and Info-ZIP write UTF-8 and do not say so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/"))


def _time(member: zipfile.ZipInfo) -> datetime.datetime:
    try:
        return datetime.datetime(*member.date_time).astimezone()
    except (ValueError, OverflowError):
        return NEVER


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused("a link or device, not followed")
    if member.flag_bits & 1:
        raise Refused("encrypted, cannot be read")
    if member.file_size > LARGEST:
        raise Refused(_too_large(member.file_size))
    try:
        with archive.open(member) as file:
            data = file.read(LARGEST + 1)  # what the zip says of its size need not be true
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
            RuntimeError) as error:  # fmt: skip
        raise Refused(f"broken in the zip: {str(error)[:80]}") from None
    if len(data) > LARGEST:
        raise Refused(_too_large(len(data)))
    return data
