"""Grading: the submission runs in the sandbox, and what its answers are worth is decided here.

No line of a submission ever runs in this process, and no solution, hidden check or verdict is ever
in that one: it gets inputs, and its answers are compared with the worked solution's.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

import numpy as np
from dask.system import CPU_COUNT  # as many as this process may use, also in a container
from tqdm import tqdm

from grader import notebook, released, runner, sandbox
from grader.assignment import SOURCES, Assignment, Given, GradedQuestion
from grader.folder import Course, write_json
from groundup.questions.judge import judge, judged
from groundup.questions.outcome import Outcome, Verdict, error_text

#: the states of a submission; a number alone would not tell them apart
GRADED, ZERO, LATE, LOOK, MISSING = "graded", "zero", "late", "look at by hand", "missing"

_DTYPES = {*runner.DTYPES.values(), "<f4", "|b1"}


# --- reading an answer ---


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
        for item in [*tree["items"], *tree.get("keys", [])]:
            _check(item)
    elif not isinstance(tree, (type(None), bool, str)):
        raise ValueError("neither number nor text")


# --- what came of an answer, and what it is worth ---

#: in place of an exception's name: something came out that is neither number, text nor array
UNFIT = "unfit"


def own(question: GradedQuestion, make: Callable, case: tuple, v) -> Outcome:
    """What one of our own answers, the solution's or a slip's, does on one case, run here."""
    sent = runner.encode(case, as_given=question.as_given)
    given, copies = runner.decode(sent), runner.decode(sent)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if question.warnings_raise:
            warnings.simplefilter("error", RuntimeWarning)
        try:
            answer = question.call(make, copies, v)
        except Exception as error:
            return Outcome(error=type(error).__name__, said=error_text(error))
    try:
        value = runner.decode(runner.encode(answer))
    except TypeError as error:
        if make is question.reference:
            raise
        return Outcome(error=UNFIT, said=str(error))
    return Outcome(value=value, changed=_changed(question, runner.changed(given, copies)))


def theirs(question: GradedQuestion, event: dict | None) -> Outcome:
    """What the submission's answer did on one case, as the runner says: none of it is trusted."""
    if event is None:
        return Outcome(error=UNFIT, said="no answer came")
    if "answer" not in event:
        said = str(event.get("error"))[:300]
        if event.get("type") == "Stopped":
            return Outcome(stopped="time", said=said)
        return Outcome(error=str(event.get("type"))[:100], said=said)
    try:
        value = decode(event["answer"])
    except ValueError as error:
        return Outcome(error=UNFIT, said=str(error))
    return Outcome(value=value, changed=_changed(question, event.get("changed")))


def _changed(question: GradedQuestion, number) -> str | None:
    names = question.parameters
    known = isinstance(number, int) and 0 <= number < len(names)
    return names[number] if known else None


def verdict(question: GradedQuestion, cases: list[tuple], got: list[Outcome], v) -> Verdict:
    """The verdict on an answer from what it did on all cases; nothing of a submission runs here."""
    if question.judged_by is None:
        return judge(
            question, cases, got, lambda make: (own(question, make, case, v) for case in cases)
        )
    said = [_ask_judge(question, case, one, v) for case, one in zip(cases, got, strict=True)]
    wrong = frozenset(i for i, one in enumerate(said) if one is not None)
    first = next((one for one in said if one is not None), None)
    return replace(judged(question, first), wrong=wrong)


def _ask_judge(question: GradedQuestion, case: tuple, got: Outcome, v) -> str | None:
    if got.stopped or got.error is not None:
        return f"There is no answer: {got.said}"
    try:
        with np.errstate(all="ignore"):
            return question.judged_by(got.value, case, v)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return "Your answer is not of the form that is asked for."  # the judge takes it for granted


# --- one submission ---


def grade(
    work: Assignment,
    student: str,
    key: str,
    data: bytes,
    late_days: float = 0.0,
    given: dict | None = None,
) -> dict:
    """Grade one notebook; the result holds nothing that differs from run to run.

    ``given`` is what the student was given, where it may be another notebook than today's.

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
    given = given or notebook.build(work, student, key)
    reading = notebook.read(handed_in, given)
    result["remarks"] += reading.remarks
    blank = notebook.unattempted(work, reading, given)
    cases = _cases(work, student, key)
    v = work.variant_of(student, key)

    found: dict[str, dict] = {}

    def missed(events: list[dict]) -> list[str]:
        """The questions to ask again at the end of the notebook: those not right by then."""
        by_case = _sort(events)[0]
        for question in work.questions:
            found[question.id] = _worth(question, cases[question.id], by_case, v)
        return [name for name, one in found.items() if one["points"] < one["out_of"]]

    after = {q.id: notebook.asked_after(q.id, reading) for q in work.questions}
    request = {"cells": reading.cells, "cell_seconds": work.cell_seconds}
    request |= {"calls": _calls(work, cases), "after": after}
    outcome = sandbox.run(request, work.seconds, missed)
    events, failed = _sort(outcome.events)
    if not found:  # it ended before all cells had run
        missed(outcome.events)
    for name in [n for n, one in found.items() if one["points"] < one["out_of"]]:
        later = _worth(work.question_of(name), cases[name], events, v, again=True)
        found[name] = _better(found[name], later)
        if name in failed and found[name]["points"] < found[name]["out_of"]:
            found[name]["error"] = failed[name]["error"]
    for name, one in found.items():
        result["questions"][name] = one | {"attempted": name not in blank or one["points"] > 0}
        result["points"] += one["points"]
    for part in work.manual:
        result["by_hand"][part.id] = {"out_of": part.points, "attempted": part.id not in blank}

    reasons = [
        *_looks(work, student, outcome, handed_in),
        *_waited(work, outcome, result),
        *_elsewhere(work, reading, outcome, result),
        *_merged(work, reading, handed_in, result),
    ]
    result["remarks"] += reasons
    result["alone"] = _may_be_the_machines(work, outcome)
    late = LATE if late_days > 0 else None
    result["state"] = LOOK if reasons else late or (GRADED if result["points"] else ZERO)
    return result


def _may_be_the_machines(work: Assignment, outcome: sandbox.Outcome) -> bool:
    """Whether it ended, or something in it was stopped, as a busy machine may do it."""
    waited = outcome.idle or any(event.get("idle") is True for event in outcome.events)
    return waited or outcome.ending in ("killed", "not started") or bool(_held_up(work, outcome))


def _held_up(work: Assignment, outcome: sandbox.Outcome) -> list[str]:
    """The given cells that were stopped: it was not the student who wrote what takes long."""
    given = {"imports", *(part.id for part in work.parts if isinstance(part, Given))}
    stopped = {str(e.get("cell")) for e in outcome.events if e.get("type") == "Stopped"}
    return sorted(stopped & given)


def _looks(work: Assignment, student: str, outcome: sandbox.Outcome, handed_in: dict) -> list[str]:
    """Why a person must look at it, from how it ended and from what it says that it is."""
    reasons = []
    assignment, owner = notebook.owner(handed_in)
    if outcome.ending == "not started":
        reasons.append(NOT_STARTED)
    elif outcome.ending != "done":
        ending = "idle" if outcome.idle else outcome.ending
        reasons.append(f"the notebook's run {_ENDINGS[ending]}")
    reasons += [f"cell {id}, which is given, took too long" for id in _held_up(work, outcome)]
    if assignment not in (None, work.id):
        reasons.append(f"this is the notebook of assignment {assignment!r:.40}")
    if owner not in (None, student):
        reasons.append(f"this is the notebook released to {owner!r:.70}")
    return reasons


def _lost(result: dict) -> set[str]:
    """The questions that were attempted and have not all their points."""
    return {
        name
        for name, one in result["questions"].items()
        if one["attempted"] and one["points"] < one["out_of"]
    }


def _waited(work: Assignment, outcome: sandbox.Outcome, result: dict) -> list[str]:
    """What was stopped while it waited, and may have cost points."""
    lost = _lost(result)
    others = {question.id for question in work.questions} - lost
    stopped = (e.get("cell", e.get("question")) for e in outcome.events if e.get("idle") is True)
    found = {str(where).removesuffix("-tests") for where in stopped} - {*_held_up(work, outcome)}
    return [f"{where} took too long, and {_WAITED}" for where in sorted(found - others) if lost]


def _elsewhere(work: Assignment, reading, outcome: sandbox.Outcome, result: dict) -> list[str]:
    """What failed for its environment, and may have cost points: another Python's or NumPy's code.

    A cell that is no answer may be what any question needs.
    """
    lost = _lost(result)
    others = {question.id for question in work.questions} - lost
    found, tried = {}, 0
    for event in outcome.events if lost else ():
        where = event.get("cell", event.get("question"))
        if event.get("foreign") is not True or not isinstance(where, str):
            continue
        if where.removesuffix("-tests") in others:
            continue
        if event.get("type") == "SyntaxError":
            tried += 1
            if tried > _TRIES or not _newer(reading, event.get("place")):
                continue
        tests, where = where.endswith("-tests"), where.removesuffix("-tests")
        kind = "cell" if "cell" in event and not tests else "question"
        found.setdefault(where, f"{kind} {where} ends with {plainly(event.get('error'))}")
    return [f"{said}: it may need another Python, package or machine" for said in found.values()]


def _merged(work: Assignment, reading, handed_in: dict, result: dict) -> list[str]:
    """The answers that stand in a cell of ours, into which JupyterLab has merged them."""
    gone = [q for q in work.questions if q.id not in reading.answers]
    ours = {"imports", *(p.id for p in work.parts if isinstance(p, Given))}
    ours |= {f"{question.id}-tests" for question in work.questions}
    cells = [c for c in handed_in["cells"] if notebook.cell_id(c) in tuple(ours)]
    text = "\n".join(map(notebook.cell_text, cells))
    return [
        f"the answer to {question.id} stands in a cell that was restored without it"
        for question in gone
        if result["questions"][question.id]["points"] < question.points
        and re.search(rf"^(def\s+)?{question.name}\s*[(=]", text, re.MULTILINE)
    ]


def plainly(error) -> str:
    """The type of an error, without its text: that may say what a hidden check gave it."""
    kind = str(error).partition(":")[0]
    ours = kind in ("unfit", "LinAlgError", "StdinNotImplementedError", "URLError")
    ours = ours or isinstance(getattr(builtins, kind, None), type)
    return kind if ours else "an error of its own"


def _newer(reading: notebook.Reading, place) -> bool:
    """Whether a newer Python than this one would take the code of a cell."""
    if not isinstance(place, int) or not 0 <= place < len(reading.cells):
        return False
    code = re.sub(r"^\s*[%!].*", "", reading.cells[place][1], flags=re.MULTILINE)
    check = ["check", "--isolated", "--no-cache", "--quiet", "--select=E9"]
    done = subprocess.run(
        [sys.executable, "-I", "-m", "ruff", *check, f"--target-version={_NEWEST}", "-"],
        input=code.encode(errors="replace"),
        capture_output=True,
        timeout=60,
    )
    return done.returncode == 0


#: the newest Python whose grammar ruff knows, and how many cells of a notebook are tried on it
_NEWEST, _TRIES = "py314", 20


def _better(first: dict, later: dict) -> dict:
    """What counts of a question that was asked twice: nobody loses by a name that was taken since.

    Where both are worth the same, the one that says what is wrong with the answer itself.
    """
    if later["points"] != first["points"]:
        return max(first, later, key=lambda found: found["points"])
    return later if "error" in first and "error" not in later else first


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


#: said of a run that is no fault of the submission's
NOT_STARTED = "the notebook's run could not be started, so none of it has run: grade it again"
#: said where time passed without work: nobody can tell sleep from a machine that is busy elsewhere
_WAITED = "it waited more than it worked, as on a busy machine"
_ENDINGS = {
    "ended early": "ended before all answers were there (it stopped its own process)",
    "killed": "was killed before all answers were there, by itself or for want of memory",
    "too slow": "was stopped: it took too long",
    "idle": f"was stopped: it took too long, and {_WAITED}",
    "too much": "was stopped: its answers were larger than any that are asked for",
    "too large": "was stopped: its processes took more than 4 GiB of memory together",
}


def _version(work: Assignment, key: str) -> str:
    return hashlib.sha256(f"{work.version} {key}".encode()).hexdigest()[:16]


def _cases(work: Assignment, student: str, key: str) -> dict[str, dict[str, list[tuple]]]:
    """The inputs of all hidden checks, by question and check."""
    return {
        question.id: {
            check.name: work.cases_of(question, check, student, key) for check in question.checks
        }
        for question in work.questions
    }


def _calls(work: Assignment, cases: dict) -> list[dict]:
    """What the runner is to ask, each check by itself."""
    return [
        {
            "question": question.id,
            "check": check.name,
            "name": question.name,
            "function": question.form == "function",
            "seconds": question.time_limit / len(question.checks),
            "warnings_raise": question.warnings_raise,
            "cases": [
                runner.encode(case, as_given=question.as_given)
                for case in cases[question.id][check.name]
            ],
        }
        for question in work.questions
        for check in question.checks
    ]


def _sort(events: list[dict]) -> tuple[dict, dict]:
    """The answers by (question, check, case, whether asked again), and the cells that failed.

    Of each the first.
    """
    by_case, failed = {}, {}
    for event in events:
        where = tuple(event.get(name) for name in ("question", "check", "case", "again"))
        if all(isinstance(name, (str, int)) for name in where):
            by_case.setdefault(where, event)
        elif isinstance(event.get("cell"), str):
            failed.setdefault(event["cell"], event | {"error": str(event.get("error"))[:300]})
    return by_case, failed


def _worth(question: GradedQuestion, cases: dict, events: dict, v, *, again: bool = False) -> dict:
    """Points, checks, the slip if it is one, the first error, and what to say of one question."""
    places = [(check, n) for check in question.checks for n in range(len(cases[check.name]))]
    inputs = [cases[check.name][n] for check, n in places]
    got = [theirs(question, events.get((question.id, check.name, n, again))) for check, n in places]
    judgement = verdict(question, inputs, got, v)
    wrong = [places[i][0] for i in judgement.wrong]
    checks = {}
    for check in question.checks:
        total = len(cases[check.name])
        right = total - wrong.count(check)
        checks[check.name] = {
            "right": right,
            "of": total,
            "points": check.points * (right == total),
        }
    found = {
        "points": sum(check["points"] for check in checks.values()),
        "out_of": question.points,
        "checks": checks,
        "slip": judgement.slip,
        "message": judgement.message if judgement.wrong else "",
    }
    errors = [one.said for one in got if one.said]
    return found | ({"error": errors[0]} if errors else {})


def prove(course: Course) -> None:
    """Prove that no submission can see the course folder, the sources, or this course's own.

    Raises
    ------
    SandboxError
        When the sandbox is missing or does not hold.
    """
    kept = course.path.iterdir() if course.path.is_dir() else ()
    files = [path for path in kept if not Path(sys.prefix).is_relative_to(path.absolute())]
    for folder in {course.sources, SOURCES}:
        files += folder.glob("*.py")
    tests = (SOURCES.parent / "tests" / name for name in ("coursework", "answers"))
    sandbox.prove(*files, *tests)


def trial(work: Assignment) -> None:
    """Grade the assignment's own solution as if a student had handed it in.

    Raises
    ------
    SandboxError
        When it does not get all points.
    """
    key = "0" * 64
    made = notebook.build(work, "nobody", key, solved=True)
    result = grade(work, "nobody", key, json.dumps(made).encode())
    if (result["state"], result["points"]) != (GRADED, result["out_of"]):
        errors = [found["error"] for found in result["questions"].values() if "error" in found]
        raise sandbox.SandboxError(
            f"The sandbox holds, but the solution of {work.id} gets {result['points']} of "
            f"{result['out_of']} points in it: {'; '.join([*result['remarks'], *errors[:1]])}."
        )


# --- a class ---


def pending(course: Course, assignment: Assignment) -> list[str]:
    """Students whose last submission is not graded yet, or was with another source."""
    done = current(course, assignment)
    return [s for s in course.roster if s not in done and course.submission(assignment.id, s)]


def current(course: Course, assignment: Assignment) -> dict[str, dict]:
    """Results by student: those of what was handed in last, graded with today's source and key."""
    version = _version(assignment, course.key)
    found = {}
    for student in course.roster:
        record, result = (f(assignment.id, student) for f in (course.submission, course.result))
        if record is None or result is None or result["version"] != version:
            continue
        names = ("sha256", "late_days", "problem")
        if all(result.get(name) == record[name] for name in names):
            found[student] = result
    return found


def grade_one(path: str, sources: str, assignment: str, student: str, key: str) -> dict:
    """Grade what one student handed in last; for any process that can see the course folder."""
    course = Course(Path(path), Path(sources))
    work = course.assignment(assignment)
    record = course.submission(assignment, student)
    data = course.place("submitted", assignment, student, ".ipynb").read_bytes()
    try:
        given = released.given(course, work, student)
        result = grade(work, student, key, data, record["late_days"], given)
    except sandbox.SandboxError:
        raise
    except Exception as error:  # a fault of ours: that student waits for a person, nobody else
        result = _empty(work, student, key, data, record["late_days"])
        result["remarks"].append(f"grading failed, please report it: {type(error).__name__}")
    if record["problem"] is not None:
        result |= {"state": LOOK, "remarks": [record["problem"]]}
    return result | {"problem": record["problem"]}


def grade_all(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    students: list[str] | None = None,
    question: str | None = None,
) -> dict[str, int]:
    """Grade all that waits; each result is written at once, so an interruption loses none.

    ``jobs`` submissions run side by side, one a core unless said; or, with ``scheduler``, on the
    workers of that Dask cluster. ``students`` are graded again, waiting or not, and nobody else;
    of what was graded before, ``question`` alone is changed. Returns how many submissions there
    are now in each state.

    Raises
    ------
    CourseError
        When today's key or source gives other numbers than were released.
    SandboxError
        When the sandbox is missing or does not hold: then nothing is graded.
    """
    work = course.assignment(assignment)
    released.check(course, work)
    waiting = pending(course, work) if students is None else students
    if waiting:
        prove(course)
    where = (str(course.path.absolute()), str(course.sources), assignment)
    jobs = jobs or CPU_COUNT
    run = (
        _on_cluster(scheduler, where, waiting, course.key)
        if scheduler
        else _here(jobs, where, waiting, course.key)
    )
    alone = []
    for result in tqdm(run, total=len(waiting), desc=f"grading {assignment}", unit="notebook"):
        if result.pop("alone", False):
            alone.append(result["student"])  # its neighbours may have been to blame
        else:
            _keep(course, question, result)
    for student in alone:
        result = grade_one(*where, student, course.key)
        result.pop("alone", None)
        _keep(course, question, result)
    return states(course, assignment)


def _keep(course: Course, question: str | None, result: dict) -> None:
    assignment, student = result["assignment"], result["student"]
    if question is not None:
        result = _only(question, course.result(assignment, student), result)
    write_json(course.place("results", assignment, student, ".json"), result)


def _only(question: str, old: dict | None, new: dict) -> dict:
    """The new result, with what the old one says of all other questions."""
    if old is None or old["sha256"] != new["sha256"] or question not in new["questions"]:
        return new
    questions = new["questions"] | {
        name: found for name, found in old["questions"].items() if name != question
    }
    questions = {name: questions[name] for name in new["questions"]}
    points = sum(found["points"] for found in questions.values())
    state = new["state"]
    if state in (GRADED, ZERO):
        state = GRADED if points else ZERO
    return new | {"questions": questions, "points": points, "state": state}


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
    """How many students are in each state; what waits for grading is to be looked at."""
    count = dict.fromkeys((GRADED, ZERO, LATE, LOOK, MISSING), 0)
    done = current(course, course.assignment(assignment))
    for student in course.roster:
        waits = LOOK if course.submission(assignment, student) else MISSING
        count[done[student]["state"] if student in done else waits] += 1
    return count
