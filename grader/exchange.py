"""On a hub: what students and instructors say to the exchange, the service ``deploy/exchange.py``.

Students use nbgrader's *Assignment List* in JupyterLab, or its commands. nbgrader's own exchange is
a folder that everybody can write to, with one notebook for all; here everybody's notebook is their
own. So nbgrader works on a mirror in the student's home, and the classes below, which
``deploy/jupyter/nbgrader_config.py`` names, carry what is in it to the exchange and back.
"""

from __future__ import annotations

import datetime
import hashlib
import os
from pathlib import Path

import requests
from nbgrader.exchange import default
from nbgrader.utils import notebook_hash

from grader.collect import LARGEST
from grader.folder import Course, CourseError
from groundup.files import write

_SECONDS = 60


class ExchangeError(ConnectionError):
    """The exchange cannot be reached, or does not want it; one clear sentence."""


def _ask(method: str, *where: str, data: bytes | None = None) -> requests.Response:
    address, token = (os.environ.get(n) for n in ("GROUNDUP_EXCHANGE", "JUPYTERHUB_API_TOKEN"))
    if not address or not token:
        raise ExchangeError("There is no exchange here: this works on a JupyterHub of the course.")
    headers = {"Authorization": f"token {token}"}
    try:
        answer = requests.request(
            method, address + "/".join(where), data=data, headers=headers, timeout=_SECONDS
        )
    except requests.RequestException as error:
        raise ExchangeError(
            f"The exchange does not answer ({type(error).__name__}): try again in a minute; "
            "nothing that it has taken is lost."
        ) from None
    if not answer.ok:
        said = answer.text if len(answer.text) < 200 else answer.reason
        raise ExchangeError(f"The exchange answers {answer.status_code}: {said}.")
    return answer


# --- students, through nbgrader ---


def _pull(exchange: default.Exchange) -> None:
    """Bring the mirror up to date: what was handed out, and feedback on what was handed in.

    nbgrader finds feedback by a secret that it makes for each submission; the exchange names it
    after the notebook that was handed in.
    """
    course = exchange.coursedir.course_id
    mirror = Path(exchange.root, course)
    for name in ("outbound", "inbound", "feedback"):
        (mirror / name).mkdir(parents=True, exist_ok=True)
    sent = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in sorted(Path(exchange.cache, course).glob("*/*.ipynb"))
    }
    for line in _ask("GET").json():
        where = [line[part] for part in ("kind", "assignment", "student", "name")]
        if line["kind"] == "released":
            target = mirror / "outbound" / line["assignment"] / line["name"]
        elif line["kind"] == "feedback" and (path := sent.get(Path(line["name"]).stem)):
            secret = path.with_name("submission_secret.txt").read_text()
            name = notebook_hash(secret=secret, notebook_id=path.stem)
            target = mirror / "feedback" / f"{name}.html"
        else:
            continue
        if not target.exists() or _digest(target) != line["sha256"]:
            write(target, _ask("GET", *where).content)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Pulled:
    def start(self):
        _pull(self)
        return super().start()


class List(_Pulled, default.ExchangeList):
    """Lists what was handed out and handed in."""


class FetchAssignment(_Pulled, default.ExchangeFetchAssignment):
    """Copies an assignment to where the student works."""


class FetchFeedback(_Pulled, default.ExchangeFetchFeedback):
    """Copies feedback beside the assignment."""


class Submit(_Pulled, default.ExchangeSubmit):
    """Hands in the notebook as it lies on the disk, and notes down that it was handed in."""

    def copy_files(self):
        assignment = self.coursedir.assignment_id
        path = Path(self.src_path, f"{assignment}.ipynb")
        if not path.is_file():
            raise ExchangeError(f"There is no {path.name} in the folder {self.src_path}.")
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise ExchangeError(
                f"{path.name} has {len(content) >> 20} MiB; clear large outputs, the exchange "
                f"takes {LARGEST >> 20} MiB."
            )
        student = os.environ["JUPYTERHUB_USER"]
        line = _ask("PUT", "received", assignment, student, path.name, data=content).json()
        self.log.info("Handed in at %s, SHA-256 %s", line["time"], line["sha256"])
        try:
            super().copy_files()
        except OSError as error:
            raise ExchangeError(
                f"{path.name} was handed in at {line['time']}, but this could not be noted down "
                f"here ({error.strerror})."
            ) from error


# --- instructors ---


def hand_out(course: Course, assignment: str) -> int:
    """Give each student the notebook that ``release`` wrote for them; returns how many.

    Raises
    ------
    CourseError
        When nothing is released, or not for everybody on the roster.
    """
    folder = course.place("release", assignment)
    if not any(folder.glob("*.ipynb")):
        raise CourseError(f"There is nothing to hand out: release {assignment} first.")
    paths = {s: folder / f"{id}.ipynb" for id, s in course.roster.items()}
    if new := [s.id for s, path in paths.items() if not path.exists()]:
        raise CourseError(f"Release {assignment} again: there is none for {', '.join(new)}.")
    for student, path in paths.items():
        data = path.read_bytes()
        _ask("PUT", "released", assignment, student.account, f"{assignment}.ipynb", data=data)
    return len(paths)


def index(assignment: str) -> list[dict]:
    """What lies in the exchange of an assignment, a line for each file.

    A line has ``kind``, ``assignment``, ``student`` (the account), ``name``, ``time`` and
    ``sha256``.
    """
    return [line for line in _ask("GET").json() if line["assignment"] == assignment]


def received(assignment: str, account: str) -> bytes:
    """What a student handed in last."""
    return _ask("GET", "received", assignment, account, f"{assignment}.ipynb").content


def give_page(assignment: str, account: str, digest: str, page: bytes) -> None:
    """Put a page where the student's *Fetch Feedback* finds it, on what has this SHA-256."""
    _ask("PUT", "feedback", assignment, account, f"{digest}.html", data=page)


def take_in(course: Course, assignment: str) -> Path:
    """Write what was handed in last to a folder for ``collect``, each with the time it came."""
    folder = course.place("handed-in", assignment)
    folder.mkdir(parents=True, exist_ok=True)
    ids = {student.account: id for id, student in course.roster.items()}
    for line in index(assignment):
        if line["kind"] == "received":
            path = folder / ids.get(line["student"], line["student"]) / line["name"]
            write(path, received(assignment, line["student"]))
            time = datetime.datetime.fromisoformat(line["time"]).timestamp()
            os.utime(path, (time, time))
    return folder


def hand_back(course: Course, assignment: str) -> int:
    """Give each student their page of feedback, on what they had handed in; returns how many."""
    pages = sorted(course.place("feedback", assignment).glob("*.html"))
    found = [path for path in pages if path.stem in course.roster]
    for path in found:
        digest = course.submission(assignment, path.stem)["sha256"]
        give_page(assignment, course.roster[path.stem].account, digest, path.read_bytes())
    return len(found)
