"""The command: ``python -m grader release|collect|grade|feedback|export|report``."""

from __future__ import annotations

import argparse
import errno
import sys
from pathlib import Path

from grader.assignment import SOURCES, names
from grader.folder import Course, CourseError
from groundup.paths import as_written


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0, or 1 after one clear sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.run(Course(options.course, options.sources), options)
        return 0
    except (CourseError, ConnectionError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        print(f"{error.filename}: {error.strerror}. What is done is kept.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted; what is done is kept: say the same again.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    parser.add_argument(
        "--course", type=as_written, default=Path("course"), help="your course folder"
    )
    parser.add_argument(
        "--sources", type=as_written, default=SOURCES, help="the assignments' folder"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help)
        made.set_defaults(run=run)
        if name != "list":
            made.add_argument("assignment")
        return made

    command("list", _list, "the assignments, and whether the sandbox holds")
    made = command("release", _release, "write one notebook for each student on the roster")
    made.add_argument("--anew", action="store_true", help="nobody has what was released before")
    command("solutions", _solutions, "write the worked solutions, for you alone").add_argument(
        "student"
    )
    made = command("collect", _collect, "take what was handed in, from a folder or an LMS's zip")
    made.add_argument("origin", type=as_written)
    made.add_argument("--due", help="when it was due, such as 2026-11-30T23:59; kept")
    made.add_argument("--grace", type=float, help="minutes after it that are not late; kept")
    made.add_argument("--penalty", type=float, help="percent lost for each begun day late; kept")
    made.add_argument("--most", type=float, help="percent that can be lost so; kept")
    made = command("grade", _grade, "grade what is not graded yet, in the sandbox")
    made.add_argument("--jobs", type=int, help="how many at once; one a core unless said")
    made.add_argument("--student", action="append", help="grade this student again, nobody else")
    made.add_argument("--question", help="grade all again, and change this question alone")
    made.add_argument(
        "--scheduler", help="the address of a Dask scheduler, to grade on its workers"
    )
    command("feedback", _feedback, "write a page for each student")
    made = command("export", _export, "write the grades as CSV")
    made.add_argument(
        "--format", default="generic", help="generic, canvas, moodle, brightspace or blackboard"
    )
    command("report", _report, "write a page on how the class did")
    command("hand-out", _hand_out, "on a hub: give each student their notebook")
    command("take-in", _take_in, "on a hub: bring what was handed in, for collect")
    made = command("tries", _tries, "on a hub: tell students at once what is right, a few times")
    made.add_argument("--most", type=int, default=3, help="tries that each student has")
    made.add_argument("--once", action="store_true", help="look once, and not until Ctrl-C")
    command("hand-back", _hand_back, "on a hub: give each student their page of feedback")
    return parser


def _list(course: Course, options) -> None:
    for name in names(options.sources):
        work = course.assignment(name)
        print(f"{name:28} {work.points:3} points {work.minutes:4} minutes  {work.title}")
    _try_sandbox(course, options)


def _try_sandbox(course: Course, options) -> None:
    """Look whether it hides what it must, then grade a solution in it as any submission is."""
    from grader import grade, sandbox

    try:
        grade.prove(course)
        for name in names(options.sources)[:1]:
            grade.trial(course.assignment(name))
    except sandbox.SandboxError as error:
        raise CourseError(str(error)) from None
    print("The sandbox holds: grading is possible here.")


def _release(course: Course, options) -> None:
    from grader.release import release
    from grader.sandbox import SandboxError

    try:
        paths = release(course, options.assignment, anew=options.anew)
    except SandboxError as error:
        raise CourseError(str(error)) from None
    print(f"{len(paths)} notebooks in {paths[0].parent}; they give nothing away.")


def _solutions(course: Course, options) -> None:
    from grader import notebook

    if options.student not in course.roster:
        raise CourseError(f"{options.student!r} is not on the roster.")
    made = notebook.build(
        course.assignment(options.assignment), options.student, course.key, solved=True
    )
    sys.stdout.write(notebook.write(made))


def _collect(course: Course, options) -> None:
    from grader import deadlines
    from grader.collect import collect

    try:
        due = deadlines.deadline(options.due) if options.due else None
    except ValueError:
        raise CourseError(
            f"--due must be a time such as 2026-11-30T23:59; got {options.due!r}."
        ) from None
    for name in ("grace", "penalty", "most"):
        number = getattr(options, name)
        most, unit = (525600, "minutes") if name == "grace" else (100, "percent")
        if number is not None and not 0 <= number <= most:
            raise CourseError(f"--{name} must lie from 0 to {most} {unit}; got {number:g}.")
    deadlines.keep(
        course, options.assignment,
        grace=options.grace, penalty=options.penalty, most=options.most,
    )  # fmt: skip
    for line in collect(course, options.assignment, options.origin, due=due):
        print(line)
    got = sum(course.submission(options.assignment, s) is not None for s in course.roster)
    layout = deadlines.terms(course, options.assignment).layout
    print(f"The collection was read as {layout}.")
    print(deadlines.said(course, options.assignment))
    print(f"{got} of {len(course.roster)} students have handed in.")


def _grade(course: Course, options) -> None:
    from grader import history, released
    from grader.grade import grade_all
    from grader.marks import to_do
    from grader.sandbox import SandboxError

    if options.jobs is not None and options.jobs < 1:
        raise CourseError(f"--jobs must be 1 or more; got {options.jobs}.")
    work = course.assignment(options.assignment)
    if options.question not in (None, *(question.id for question in work.questions)):
        known = ", ".join(question.id for question in work.questions)
        raise CourseError(f"There is no question {options.question!r}; there are {known}.")
    history.note(course, options.assignment)
    try:
        count = grade_all(
            course,
            options.assignment,
            jobs=options.jobs,
            scheduler=options.scheduler,
            students=_again(course, options),
            question=options.question,
        )
    except SandboxError as error:
        raise CourseError(str(error)) from None
    print(", ".join(f"{number} {state}" for state, number in count.items()))
    if released.changed(course, work):
        print("The source is not the released one any more; everybody's numbers are the same.")
    left = to_do(course, options.assignment)
    for line in history.note(course, options.assignment):
        print(line)
    place = course.place("by-hand", options.assignment, end=".csv")
    print(f"{left} answers wait for a person: fill in {place}.")


def _again(course: Course, options) -> list[str] | None:
    """Whom to grade again, waiting or not; None for those who wait."""
    if options.student is None and options.question is None:
        return None
    asked = options.student or [
        s for s in course.roster if course.submission(options.assignment, s)
    ]
    found = []
    for text in asked:
        student = course.known(text)
        if student is None:
            raise CourseError(f"{text!r:.70} is not on the roster.")
        if course.submission(options.assignment, student) is None:
            raise CourseError(f"{student} has handed in nothing.")
        found.append(student)
    return found


def _feedback(course: Course, options) -> None:
    from grader.feedback import feedback

    pages = feedback(course, options.assignment)
    print(f"{len(pages)} pages of feedback in {course.place('feedback', options.assignment)}.")


def _export(course: Course, options) -> None:
    from grader import history
    from grader.grade import MISSING
    from grader.marks import export, rows

    print(export(course, options.assignment, options.format))
    for line in history.note(course, options.assignment):
        print(line)
    if options.format == "canvas":
        strangers = [s.id for s in course.roster.values() if not s.canvas_id and not s.login]
        if strangers:
            print(
                f"Canvas knows students by canvas_id or login, and the roster has neither of "
                f"{len(strangers)} of {len(course.roster)}: {', '.join(strangers[:5])}."
            )
    waiting = [row for row in rows(course, options.assignment) if row.total is None]
    missing = sum(row.state == MISSING for row in waiting)
    if waiting:
        print(
            f"Without a total: {len(waiting) - missing} that wait for a person or for grading, "
            f"{missing} missing."
        )


def _report(course: Course, options) -> None:
    from grader.report import report

    print(report(course, options.assignment))


def _hand_out(course: Course, options) -> None:
    from grader import exchange

    print(f"{exchange.hand_out(course, options.assignment)} notebooks handed out.")


def _take_in(course: Course, options) -> None:
    from grader import exchange

    print(exchange.take_in(course, options.assignment))


def _tries(course: Course, options) -> None:
    from grader import tries
    from grader.sandbox import SandboxError

    if options.most < 1:
        raise CourseError(f"--most must be 1 or more; got {options.most}.")
    look = tries.one_round if options.once else tries.watch
    try:
        for line in look(course, options.assignment, options.most):
            print(line, flush=True)
    except SandboxError as error:
        raise CourseError(str(error)) from None


def _hand_back(course: Course, options) -> None:
    from grader import exchange

    print(f"{exchange.hand_back(course, options.assignment)} pages handed back.")


if __name__ == "__main__":
    sys.exit(main())
