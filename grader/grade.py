"""Grading: the submission runs in the sandbox, and what its answers are worth is decided here.

No line of a submission ever runs in this process, and no solution, hidden check or verdict is ever
in that one: it gets inputs, and its answers are compared with the worked solution's.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from tqdm import tqdm

from grader import notebook, runner, sandbox
from grader.assignment import Assignment, Question
from grader.folder import Course, write_json

#: the states of a submission; a number alone would not tell them apart
GRADED, ZERO, LATE, LOOK, MISSING = "graded", "zero", "late", "look at by hand", "missing"

_DTYPES = {*runner.DTYPES.values(), "<f4", "|b1"}


# --- comparing ---


def decode(tree):
    """An answer from the sandbox as numbers, texts, arrays, lists and tuples.

    Raises
    ------
    ValueError
        When it is nothing that the runner writes.
    """
    try:
        _check(tree)
        return runner.decode(tree)
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"the answer cannot be read: {type(error).__name__}") from None


def _check(tree) -> None:
    if isinstance(tree, dict) and "array" in tree:
        if tree["dtype"] not in _DTYPES:
            raise ValueError("an array is of another type")
    elif isinstance(tree, dict):
        for item in tree["items"]:
            _check(item)
    elif not isinstance(tree, (type(None), bool, str)):
        raise ValueError("neither number nor text")


def same(got, want, rtol: float = 1e-6) -> bool:
    """Whether two decoded answers are equal: shapes exactly, numbers up to ``rtol``.

    Lists of rows are as good as an array, and an array with one entry as a number. Single precision
    is held to 1e-4 and 1e-5 of the largest number.
    """
    if isinstance(want, (list, tuple)):
        if isinstance(got, np.ndarray) and got.ndim > 0:
            got = list(got)
        return (
            isinstance(got, (list, tuple))
            and len(got) == len(want)
            and all(same(g, w, rtol) for g, w in zip(got, want, strict=True))
        )
    if want is None or isinstance(want, str) or isinstance(got, str):
        return type(got) is type(want) and got == want
    if got is None:
        return False
    try:
        got, want = np.asarray(got), np.asarray(want)
    except ValueError:
        return False  # rows of different lengths
    if got.dtype.kind not in "biufc":
        return False
    if want.shape == () and got.size == 1:
        got = got.reshape(())
    if got.shape != want.shape:
        return False
    atol = 1e-9
    if got.dtype == np.float32:
        finite = np.abs(want[np.isfinite(want)])
        rtol, atol = max(rtol, 1e-4), 1e-5 * float(finite.max(initial=0.0)) + 1e-9
    with np.errstate(all="ignore"):
        return bool(np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True))


def _own(answer: Callable, case: tuple, v):
    """The answer of a solution or of a known wrong answer, in the form of a decoded one."""
    copies = runner.decode(runner.encode(case))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return runner.decode(runner.encode(answer(*copies, v=v)))


# --- one submission ---


def grade(work: Assignment, student: str, key: str, data: bytes, late_days: float = 0.0) -> dict:
    """Grade one notebook; the result holds nothing that differs from run to run.

    Raises
    ------
    SandboxError
        When the sandbox is missing. Whatever the notebook does is part of the result.
    """
    result = _empty(work, student, key, data, late_days)
    try:
        handed_in = notebook.parse(data)
    except ValueError as error:
        return result | {"remarks": [f"the file {error}"]}
    released = notebook.build(work, student, key)
    reading = notebook.read(handed_in, released)
    result["remarks"] += reading.remarks
    blank = notebook.unattempted(work, reading, released)
    calls, cases = _calls(work, student, key)
    request = {"cells": reading.cells, "cell_seconds": work.cell_seconds, "calls": calls}
    outcome = sandbox.run(request, work.seconds)

    answers, errors, said = _sort(outcome.events)
    v = work.variant_of(student, key)
    for question in work.questions:
        found = _judge(question, cases[question.id], answers, errors, v)
        found["attempted"] = question.id not in blank
        if question.id in said and found["points"] < found["out_of"]:
            found["error"] = said[question.id]
        result["questions"][question.id] = found
        result["points"] += found["points"]
    for part in work.manual:
        result["by_hand"][part.id] = {"out_of": part.points, "attempted": part.id not in blank}

    said_for = notebook.owner(handed_in)
    look = outcome.ending != "done"
    if look:
        result["remarks"].append(f"the notebook's run {_ENDINGS[outcome.ending]}")
    if said_for[0] not in (None, work.id):
        look = True
        result["remarks"].append(f"this is the notebook of assignment {said_for[0]!r:.40}")
    if said_for[1] not in (None, student):
        look = True
        result["remarks"].append(f"this is the notebook released to {said_for[1]!r:.70}")
    if look:
        result["state"] = LOOK
    elif late_days > 0:
        result["state"] = LATE
    else:
        result["state"] = GRADED if result["points"] else ZERO
    return result


def _empty(work: Assignment, student: str, key: str, data: bytes, late_days: float) -> dict:
    """The result of a submission of which nothing is known yet."""
    return {
        "assignment": work.id,
        "student": student,
        "sha256": hashlib.sha256(data).hexdigest(),
        "version": _version(work, key),
        "state": LOOK,
        "late_days": late_days,
        "points": 0,
        "out_of": sum(question.points for question in work.questions),
        "questions": {},
        "by_hand": {},
        "remarks": [],
    }


_ENDINGS = {
    "ended early": "ended before all answers were there (it stopped its own process)",
    "too slow": "was stopped: it took too long",
    "too much": "was stopped: its answers were larger than 32 MiB",
    "too large": "was stopped: its processes took more than 4 GiB of memory together",
}


def _version(work: Assignment, key: str) -> str:
    return hashlib.sha256(f"{work.version} {key}".encode()).hexdigest()[:16]


def _calls(work, student, key) -> tuple[list[dict], dict]:
    calls, cases = [], {}
    for question in work.questions:
        cases[question.id] = {}
        for check in question.checks:
            inputs = work.cases_of(question, check, student, key)
            cases[question.id][check.name] = inputs
            calls.append(
                {
                    "question": question.id,
                    "check": check.name,
                    "name": question.name,
                    "function": question.is_function,
                    "seconds": question.seconds / len(question.checks),
                    "cases": [runner.encode(case) for case in inputs],
                }
            )
    return calls, cases


def _sort(events: list[dict]) -> tuple[dict, dict, dict]:
    """Answers and errors by (question, check, case), and errors of cells; the first of each."""
    answers, errors, said = {}, {}, {}
    for event in events:
        where = tuple(event.get(name) for name in ("question", "check", "case"))
        if not all(isinstance(name, (str, int)) for name in where):
            if isinstance(event.get("cell"), str):
                said.setdefault(event["cell"], str(event.get("error"))[:300])
        elif "answer" in event and where not in errors:
            answers.setdefault(where, event["answer"])
        elif where not in answers:
            errors.setdefault(where, str(event.get("error"))[:300])
    return answers, errors, said


def _judge(question: Question, cases: dict, answers: dict, errors: dict, v) -> dict:
    """Points, checks, the known wrong answer if it is one, and the first error of one question."""
    found: dict = {"points": 0, "out_of": question.points, "checks": {}, "slip": None}
    got: list = []
    for check in question.checks:
        right = 0
        for number, case in enumerate(cases[check.name]):
            where = (question.id, check.name, number)
            try:
                answer = decode(answers[where])
            except KeyError:
                found.setdefault("error", errors.get(where, "no answer came"))
                got.append((case, None))
                continue
            except ValueError as error:
                found.setdefault("error", str(error))
                got.append((case, None))
                continue
            got.append((case, (answer,)))
            right += _will_do(question, answer, case, v)
        total = len(cases[check.name])
        points = check.points if right == total else 0
        found["checks"][check.name] = {"right": right, "of": total, "points": points}
        found["points"] += points
    if found["points"] < question.points and any(answer for _, answer in got):
        found["slip"] = _slip(question, got, v)
    return found


def _will_do(question: Question, answer, case: tuple, v) -> bool:
    if question.judged_by is None:
        return same(answer, _own(question.reference, case, v), question.rtol)
    try:
        with np.errstate(all="ignore"):
            return bool(question.judged_by(answer, case, v))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False  # a judge may take the right form for granted


def _slip(question: Question, got: list, v) -> str | None:
    """The first known wrong answer that gives the same on all inputs."""
    if question.judged_by is not None:
        return None
    for wrong in question.wrongs:
        for case, answer in got:
            try:
                expected = _own(wrong.answer, case, v)
            except Exception:  # a wrong answer may fail in any way, and then so must the student's
                if answer is not None:
                    break
            else:
                if answer is None or not same(answer[0], expected, question.rtol):
                    break
        else:
            return wrong.name
    return None


# --- a class ---


def pending(course: Course, assignment: Assignment) -> list[str]:
    """Students whose last submission is not graded yet, or was with another source."""
    version = _version(assignment, course.key)
    waiting = []
    for student in course.roster:
        record = course.submission(assignment.id, student)
        if record is None:
            continue
        result = course.result(assignment.id, student) or {}
        known = tuple(result.get(name) for name in ("sha256", "version", "late_days"))
        if known != (record["sha256"], version, record["late_days"]):
            waiting.append(student)
    return waiting


def grade_one(path: str, sources: str, assignment: str, student: str, key: str) -> dict:
    """Grade what one student handed in last; for any process that can see the course folder."""
    course = Course(Path(path), Path(sources))
    work = course.assignment(assignment)
    record = course.submission(assignment, student)
    data = course.place("submitted", assignment, student, ".ipynb").read_bytes()
    try:
        result = grade(work, student, key, data, record["late_days"])
    except sandbox.SandboxError:
        raise
    except Exception as error:  # a fault of ours: that student waits for a person, nobody else
        result = _empty(work, student, key, data, record["late_days"])
        result["remarks"].append(f"grading failed, please report it: {type(error).__name__}")
    if record["problem"] is not None:
        result |= {"state": LOOK, "remarks": [record["problem"]]}
    return result


def grade_all(
    course: Course, assignment: str, *, jobs: int | None = None, scheduler: str | None = None
) -> dict[str, int]:
    """Grade all that waits; each result is written at once, so an interruption loses none.

    ``jobs`` submissions run side by side, one a core unless said; or, with ``scheduler``, on the
    workers of that Dask cluster. Returns how many submissions there are now in each state.

    Raises
    ------
    SandboxError
        When the sandbox is missing or does not hold: then nothing is graded.
    """
    work = course.assignment(assignment)
    waiting = pending(course, work)
    if waiting:
        sandbox.prove(course.path / "key")
    where = (str(course.path.absolute()), str(course.sources), assignment)
    jobs = jobs or os.cpu_count() or 1
    run = (
        _on_cluster(scheduler, where, waiting, course.key)
        if scheduler
        else _here(jobs, where, waiting, course.key)
    )
    for result in tqdm(run, total=len(waiting), desc=f"grading {assignment}", unit="notebook"):
        write_json(course.place("results", assignment, result["student"], ".json"), result)
    return states(course, assignment)


def _here(jobs: int, where: tuple, students: list[str], key: str) -> Iterator[dict]:
    pool = ThreadPoolExecutor(jobs)
    try:
        futures = [pool.submit(grade_one, *where, student, key) for student in students]
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _on_cluster(scheduler: str, where: tuple, students: list[str], key: str) -> Iterator[dict]:
    from distributed import Client
    from distributed import as_completed as cluster_completed

    with Client(scheduler, set_as_default=False) as client:
        futures = client.map(
            lambda student: grade_one(*where, student, key), students, pure=False, retries=3
        )
        for future in cluster_completed(futures, loop=client.loop):
            yield future.result()


def states(course: Course, assignment: str) -> dict[str, int]:
    """How many students are in each state."""
    count = dict.fromkeys((GRADED, ZERO, LATE, LOOK, MISSING), 0)
    for student in course.roster:
        result = course.result(assignment, student)
        count[result["state"] if result else MISSING] += 1
    return count
