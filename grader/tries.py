"""Limited tries: on a hub, what is handed in is graded at once, so many times for each student.

A try tells the student each question's points, which hidden checks are right, and known mistakes by
their sentence; no input and no expected value. Marks are another matter: no table changes.

``tries/a1/ID.json`` in the course folder has each try before its page goes out. So a try counts
once its page can be read and never before, whatever breaks off: what is written down and has not
gone out goes out next time, and what is not written down is graded again.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from html import escape
from pathlib import Path

from dask.system import CPU_COUNT

from grader import exchange, released
from grader.assignment import Assignment
from grader.feedback import kind, mistake
from grader.folder import Course, CourseError, read_json, write_json
from grader.grade import NOT_STARTED, grade, prove
from grader.page import page_of
from grader.sandbox import SandboxError

#: what is written down of a notebook: a try, that none was left, that grading it failed
TRY, OVER, FAILED = "try", "no tries left", "failed"
#: seconds between two looks into the exchange
_PAUSE = 10


def watch(course: Course, assignment: str, most: int) -> Iterator[str]:
    """One round after the other, without end; their lines.

    Raises
    ------
    CourseError, SandboxError, ExchangeError
        As :func:`one_round`. An exchange that goes away later is waited for, with one line.
    """
    yield from one_round(course, assignment, most)
    waits = ""
    while True:
        time.sleep(_PAUSE)
        try:
            # A new course folder each time: somebody may have joined the class.
            yield from one_round(Course(course.path, course.sources), assignment, most)
            waits = ""
        except exchange.ExchangeError as error:
            if str(error) != waits:
                yield str(error)
            waits = str(error)


def one_round(course: Course, assignment: str, most: int) -> Iterator[str]:
    """Grade what was handed in and has not been tried, of students who have tries left.

    Everybody has ``most`` tries; the same bytes again use none. Yields a line for each page that
    goes out.

    Raises
    ------
    CourseError
        When today's key or source gives other numbers than were released, or a record is broken.
    SandboxError
        When the sandbox is missing or does not hold: then nothing is tried.
    ExchangeError
        When the exchange cannot be reached; what is graded is kept, and goes out next time.
    """
    work = course.assignment(assignment)
    released.check(course, work)
    waiting = []
    for student, (received, pages) in _there(course, assignment).items():
        known = _record(course, assignment, student)
        ours = {entry["page"] for entry in known}
        for digest, entry in {entry["sha256"]: entry for entry in known}.items():
            page = pages.get(digest)
            if page is None or (page in ours and page != entry["page"]):
                yield _send(course, work, entry)  # it broke off before this page went out
        # A page that is none of ours is the feedback on the graded work: no try comes after it.
        if received and pages.get(received) in {None, *ours} and _wants(known, received, most):
            waiting.append(student)
    if not waiting:
        return
    prove(course)
    pool = ThreadPoolExecutor(CPU_COUNT)
    try:
        futures = [pool.submit(_graded, course, work, student, most) for student in waiting]
        for future in as_completed(futures):
            if entry := future.result():
                _keep(course, assignment, entry)
                yield _send(course, work, entry)
    finally:
        pool.shutdown(cancel_futures=True)


def _there(course: Course, assignment: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Student → what they handed in, and the page of feedback on each that they had: digests."""
    found = {student: ["", {}] for student in course.roster}
    ids = {student.account: id for id, student in course.roster.items()}
    for line in exchange.index(assignment):
        student = ids.get(line["student"])
        if student is None:
            continue
        if (line["kind"], line["name"]) == ("received", f"{assignment}.ipynb"):
            found[student][0] = line["sha256"]
        elif line["kind"] == "feedback":
            found[student][1][Path(line["name"]).stem] = line["sha256"]
    return {student: (received, pages) for student, (received, pages) in found.items()}


# --- one try ---


def _graded(course: Course, work: Assignment, student: str, most: int) -> dict | None:
    """Grade what lies in the exchange now as `grade` does; None where it needs no try any more."""
    data = exchange.received(work.id, course.roster[student].account)
    known = _record(course, work.id, student)
    digest = hashlib.sha256(data).hexdigest()
    if not _wants(known, digest, most):
        return None
    used = _used(known)
    entry = {"student": student, "sha256": digest, "state": OVER, "number": used, "of": most}
    if used < most:
        try:
            given = released.given(course, work, student)
            result = grade(work, student, course.key, data, given=given)
            if result.get("alone"):  # its neighbours may have been to blame
                result = grade(work, student, course.key, data, given=given)
            if NOT_STARTED in result["remarks"]:
                raise ChildProcessError(NOT_STARTED)
            kept = ("points", "out_of", "questions", "remarks")
            entry |= {"state": TRY, "number": used + 1} | {name: result[name] for name in kept}
        except SandboxError:
            raise
        except Exception as error:  # a fault of ours: it uses no try, and stops nobody else
            entry |= {"state": FAILED, "error": type(error).__name__}
    entry["time"] = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    return entry | {"page": hashlib.sha256(_page(work, entry)).hexdigest()}


def _wants(known: list[dict], digest: str, most: int) -> bool:
    """Whether something is to be done about these bytes; that no try is left is said once."""
    used = _used(known)
    seen = [entry["state"] for entry in known if entry["sha256"] == digest]
    if used < most:
        return not seen or seen[-1] == OVER
    return not seen and not any(e["state"] == OVER and e["number"] == used for e in known)


def _used(known: list[dict]) -> int:
    return sum(entry["state"] == TRY for entry in known)


def _place(course: Course, assignment: str, student: str) -> Path:
    return course.place("tries", assignment, student, ".json")


def _record(course: Course, assignment: str, student: str) -> list[dict]:
    path = _place(course, assignment, student)
    try:
        found = read_json(path)
        known = [] if found is None else found["tries"]
        return [entry for entry in known if entry["state"] and entry["sha256"] and entry["page"]]
    except (ValueError, LookupError, TypeError):
        raise CourseError(
            f"{path} is broken: put it back from your backup, or delete it, and {student} has all "
            "tries again."
        ) from None


def _keep(course: Course, assignment: str, entry: dict) -> None:
    """Write the try down, on the disk before anything else happens."""
    path = _place(course, assignment, entry["student"])
    write_json(path, {"tries": [*_record(course, assignment, entry["student"]), entry]})
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _send(course: Course, work: Assignment, entry: dict) -> str:
    """Put its page where *Fetch Feedback* finds it; a line about it."""
    student = entry["student"]
    account = course.roster[student].account
    exchange.give_page(work.id, account, entry["sha256"], _page(work, entry))
    if entry["state"] != TRY:
        why = entry.get("error", f"all {entry['of']} are used")
        return f"{student}: {entry['state']} ({why})"
    number = f"try {entry['number']} of {entry['of']}"
    return f"{student}: {number}, {entry['points']} of {entry['out_of']} points"


# --- its page ---


def _page(work: Assignment, entry: dict) -> bytes:
    """What the student reads; it can be made again from what is written down."""
    if entry["state"] == OVER:
        body = (
            f"<p>You have no tries left: all {entry['of']} are used. This notebook was not tried. "
            "It is handed in all the same, and counts if it is your last.</p>"
        )
    elif entry["state"] == FAILED:
        body = (
            "<p>Grading this notebook failed, and it is not your fault. It has used no try; "
            "please tell your instructor.</p>"
        )
    else:
        body = _found(work, entry)
    return page_of(work.title, body).encode(errors="replace")


def _found(work: Assignment, entry: dict) -> str:
    left = entry["of"] - entry["number"]
    body = [
        f"<p>Try {entry['number']} of {entry['of']}: "
        f"<strong>{entry['points']} of {entry['out_of']} points</strong>, without the questions in "
        f"words. {left or 'No'} {'try is' if left == 1 else 'tries are'} left.</p>",
        "<p>This is no mark. What you hand in last is graded later.</p>",
    ]
    body += [f"<p>{escape(said[:1].upper() + said[1:])}.</p>" for said in entry["remarks"]]
    for question in work.questions:
        if found := entry["questions"].get(question.id):
            body.append(f"<h3>{escape(question.id)}</h3>{_question(question, found)}")
    for part in work.manual:
        body.append(f"<h3>{escape(part.id)}</h3><p>A person reads your words, later.</p>")
    return "".join(body)


def _question(question, found: dict) -> str:
    """Its points and its checks; of a mistake what is known of it by name, and never a value."""
    lines = [f"<strong>{found['points']} of {found['out_of']} points.</strong>"]
    if not found["attempted"]:
        lines.append("Nothing written.")
    else:
        for check in question.checks:  # in the author's order
            if got := found["checks"].get(check.name):
                right = "right" if got["right"] == got["of"] else "not right"
                lines.append(f"{escape(check.name)}: {right}.")
        if found["points"] < found["out_of"] and (found["slip"] or "error" in found):
            lines.append(mistake(question, found))
    return f'<div class="verdict {kind(found)}"><p>{"<br>".join(lines)}</p></div>'
