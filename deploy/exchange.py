"""The exchange: a service of JupyterHub that hands out, takes in and hands back.

It knows who asks, because the hub says so, and it keeps the files itself, in folders that no
student can enter: ``KIND/ASSIGNMENT/STUDENT/NAME`` in the folder ``EXCHANGE_FOLDER``. A student
reads what lies under their own name and hands in what was handed out to them. Those named in
``EXCHANGE_INSTRUCTORS`` read and write everything. ``grader.exchange`` speaks to it.

It listens on ``EXCHANGE_ADDRESS``, where the students' servers reach it; the world need not.

What was handed in is on the disk before the answer goes out, and it replaces what was handed in
before in one step. Its time is this service's, not the student's: when these bytes came first.

It needs Tornado and JupyterHub alone, so that it also runs beside a hub on Kubernetes.
"""

import asyncio
import datetime
import errno
import glob
import hashlib
import json
import os
import tempfile
from http import HTTPStatus
from pathlib import Path

from jupyterhub.services.auth import HubAuthenticated
from tornado import web
from tornado.httpserver import HTTPServer

FOLDER = Path(os.environ["EXCHANGE_FOLDER"])
INSTRUCTORS = set(os.environ.get("EXCHANGE_INSTRUCTORS", "").split())
LARGEST = 10 << 20  # what the course's own `collect` takes
_NAME = r"([A-Za-z0-9][A-Za-z0-9._@+-]{0,99})"
_FILE = rf"(released|received|feedback)/{_NAME}/{_NAME}/{_NAME}"


class Known(HubAuthenticated, web.RequestHandler):
    """Answers those whom the hub knows."""

    def prepare(self):
        super().prepare()
        if self.current_user is None:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        self.who = self.current_user["name"]
        self.teaches = self.who in INSTRUCTORS

    def write_error(self, status_code, **kwargs):
        error = kwargs["exc_info"][1]
        self.finish(getattr(error, "log_message", None) or HTTPStatus(status_code).phrase)


class Index(Known):
    """What is there: a student's own, an instructor's all."""

    def get(self):
        student = "*" if self.teaches else glob.escape(self.who)
        pattern = f"*/*/{student}/[!.]*"  # a name with a dot is still being written
        self.finish(json.dumps([_line(path) for path in sorted(FOLDER.glob(pattern))]))


class File(Known):
    """One file."""

    def prepare(self):
        super().prepare()
        kind, assignment, student, name = self.path_args
        self.file = FOLDER / kind / assignment / student / name
        if not self.teaches and student != self.who:
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "this is not yours")

    def get(self, *where):
        if not self.file.is_file():
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        self.finish(self.file.read_bytes())

    def put(self, kind, assignment, student, name):
        given_out = FOLDER / "released" / assignment / student / name
        if not self.teaches and not (kind == "received" and given_out.is_file()):
            raise web.HTTPError(HTTPStatus.FORBIDDEN, "this was not handed out to you")
        try:
            _keep(self.file, self.request.body)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            what = "its disk is full" if full else os.strerror(error.errno)
            raise web.HTTPError(
                HTTPStatus.INSUFFICIENT_STORAGE,
                f"the exchange could not keep it: {what}; what was there before is still there",
            ) from error
        self.finish(_line(self.file))


def _keep(path: Path, content: bytes) -> None:
    """Keep what was sent. The same bytes once more were handed in when they came first."""
    digest = hashlib.sha256(content).hexdigest()
    where = "/".join(path.parts[-4:])
    times = FOLDER / "times" / hashlib.sha256(where.encode()).hexdigest()
    known = json.loads(times.read_text()) if times.exists() else {}
    if path.exists():
        known.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
    if digest not in known:
        known[digest] = datetime.datetime.now(datetime.UTC).timestamp()
        _write(times, json.dumps(known).encode(), known[digest])
    _write(path, content, known[digest])


def _write(path: Path, content: bytes, time: float) -> None:
    """Write a file so that it is whole on the disk, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.utime(file.fileno(), (time, time))
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _line(path: Path) -> dict:
    time = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    return {
        **dict(zip(("kind", "assignment", "student", "name"), path.parts[-4:], strict=True)),
        "time": time.isoformat(timespec="seconds"),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


async def main() -> None:
    host, _, port = os.environ["EXCHANGE_ADDRESS"].rpartition(":")
    application = web.Application([("/", Index), (f"/{_FILE}", File)])
    HTTPServer(application, max_buffer_size=LARGEST + (1 << 16)).listen(int(port), host)
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.umask(0o077)
    asyncio.run(main())
