"""What a class has learned: a test before the course, one after it, and the gain between both.

``python -m grader.gain tests FOLDER`` writes the two tests, each with a table for the answers and a
key. They ask for the same kinds of problems, with other numbers. ``python -m grader.gain between
before.csv after.csv`` reads the two tables when they are filled in, judges the answers as the
practice page does, and says how much of what could be gained was gained.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import groundup.practice.kinds  # noqa: F401  they register themselves
from grader.folder import CourseError, read_table, table
from groundup.files import write
from groundup.paths import as_written
from groundup.practice.problem import KINDS, Kind, Problem
from groundup.questions.outcome import NOT_ATTEMPTED

COUNT = 12  # problems of a test
_RESAMPLED = 4000  # classes drawn for the interval
_PROBLEM = re.compile(r"(?P<kind>[a-z-]+)/(?P<seed>\d+)")


def chosen(upto: int, count: int = COUNT) -> list[Kind]:
    """Kinds for a test on chapters 1 to ``upto``: one of each chapter, then a second of each."""
    turns: dict[int, int] = {}
    ranked = []
    for kind in KINDS.values():
        if 0 < kind.chapter <= upto:
            turns[kind.chapter] = turns.get(kind.chapter, 0) + 1
            ranked.append((turns[kind.chapter], kind.chapter, kind))
    first = sorted(ranked, key=lambda it: it[:2])[:count]
    return [kind for _, _, kind in sorted(first, key=lambda it: (it[1], it[0]))]


def write_tests(folder: Path, upto: int = 8, seed: int = 1) -> list[Path]:
    """Write ``before`` and ``after``, each as a text, a key and an empty table; returns the paths.

    Raises
    ------
    CourseError
        When there is no such chapter, or a file is there already.
    """
    kinds = chosen(upto)
    if not kinds:
        raise CourseError(f"chapters are counted from 1; got {upto}")
    texts = {}
    for at, name in enumerate(("before", "after")):
        problems = [kind.problem(2 * seed + at) for kind in kinds]
        asked = [f"{i}. {it.prompt}" for i, it in enumerate(problems, start=1)]
        ways = [f"{i}. {' '.join(it.steps)}" for i, it in enumerate(problems, start=1)]
        texts[folder / f"{name}.md"] = f"# The test {name} the course\n\n" + "\n\n".join(asked)
        texts[folder / f"{name}-key.md"] = "# Its answers\n\n" + "\n\n".join(ways)
        texts[folder / f"{name}.csv"] = table(["student", *(it.id for it in problems)], [])
    for path in texts:
        if path.exists():
            raise CourseError(f"{path} is there already; name another folder.")
    for path, text in texts.items():
        write(path, text.rstrip() + "\n")
    return list(texts)


@dataclass(frozen=True)
class Results:
    """The answers of one test: ``right`` is bool, (students, kinds)."""

    students: list[str]
    kinds: list[str]
    right: np.ndarray
    unread: int = 0  # answers that are none of the form that is asked for


def results(path: Path) -> Results:
    """Judge the answers in a table with the column student, and one for each problem.

    Raises
    ------
    CourseError
        When it is no such table; the sentence says where it is none.
    """
    try:
        rows = read_table(path, "student")
    except FileNotFoundError:
        raise CourseError(f"there is no file {path}") from None
    if not rows:
        raise CourseError(f"{path} has no answers yet.")
    problems = _problems(path, (name for name in rows[0][1] if name not in (None, "student", "")))
    found, unread = {}, 0
    for line, row in rows:
        student = row["student"]
        if not student or student in found:
            why = "is there twice" if student else "has no name"
            raise CourseError(f"{path}, line {line}: the student {student!r} {why}.")
        verdicts = [problem.check(row[id]) for id, problem in problems.items() if row[id]]
        unread += sum(it.status == NOT_ATTEMPTED for it in verdicts)
        found[student] = [bool(row[id]) and p.check(row[id]).right for id, p in problems.items()]
    kinds = [id.partition("/")[0] for id in problems]
    return Results(list(found), kinds, np.array(list(found.values())), unread)


def _problems(path: Path, ids: Iterable[str]) -> dict[str, Problem]:
    problems = {}
    for id in ids:
        parts = _PROBLEM.fullmatch(id)
        if not parts or parts["kind"] not in KINDS:
            raise CourseError(f"{path}: {id!r} is no problem such as 'softmax/3'.")
        problems[id] = KINDS[parts["kind"]].problem(int(parts["seed"]))
    if not problems:
        raise CourseError(f"{path} has no column of a problem, such as 'softmax/3'.")
    return problems


def normalised(before: float, after: float) -> float:
    """Hake's normalised gain of two means in percent; NaN where nothing could be gained."""
    return (after - before) / (100 - before) if before < 100 else float("nan")


def between(before: Results, after: Results) -> str:
    """The gain of those who took both tests, in all and for each kind, as a plain table.

    Raises
    ------
    CourseError
        When the tests have other kinds, or nobody took both.
    """
    if before.kinds != after.kinds:
        raise CourseError("the two tests must ask for the same kinds, in the same order.")
    both = [name for name in before.students if name in after.students]
    if not both:
        raise CourseError("no student took both tests: look at the column 'student'.")
    a, b = (100.0 * it.right[[it.students.index(name) for name in both]] for it in (before, after))
    low, high = _interval(a.mean(axis=1), b.mean(axis=1))
    lines = [f"{'':44}before   after   gain", _line("All", a.mean(), b.mean())]
    lines += [
        _line(KINDS[kind].title, a[:, i].mean(), b[:, i].mean())
        for i, kind in enumerate(before.kinds)
    ]
    lines.append("")
    lines.append("The gain is (after - before) / (100 - before) (Hake 1998).")
    if np.isfinite(low):
        lines.append(f"In 95 % of classes drawn from these students it is {low:.2f} to {high:.2f}.")
    alone = len(before.students) + len(after.students) - 2 * len(both)
    lines.append(f"{len(both)} students took both tests; {alone} took one, and are left out.")
    if unread := before.unread + after.unread:
        lines.append(
            f"{unread} answers could not be read as numbers or letters: they count as wrong."
        )
    return "\n".join(lines)


def _line(name: str, before: float, after: float) -> str:
    gain = normalised(before, after)
    told = f"{gain:7.2f}" if np.isfinite(gain) else "      –"
    return f"{name:44.44}{before:4.0f} % {after:5.0f} %{told}"


def _interval(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Where the class's gain lies when its students, with percents (n,), are drawn again."""
    if len(before) < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(before), size=(_RESAMPLED, len(before)))
    means = before[drawn].mean(axis=1), after[drawn].mean(axis=1)
    gains = [normalised(x, y) for x, y in zip(*means, strict=True)]
    return (
        tuple(np.nanpercentile(gains, [2.5, 97.5])) if np.isfinite(gains).any() else (np.nan,) * 2
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns 0, or 1 after one clear sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m grader.gain", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("tests", help="write the two tests")
    made.add_argument("folder", type=as_written)
    made.add_argument("--upto", type=int, default=8, help="the last chapter that is taught")
    made.add_argument("--seed", type=int, default=1, help="another number, other numbers in them")
    made = commands.add_parser("between", help="say the gain, from the two filled-in tables")
    made.add_argument("before", type=as_written)
    made.add_argument("after", type=as_written)
    options = parser.parse_args(arguments)
    try:
        if options.command == "tests":
            print(*write_tests(options.folder, options.upto, options.seed), sep="\n")
        else:
            print(between(results(options.before), results(options.after)))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
