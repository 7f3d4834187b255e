"""What a class has learned: a test before the course, one after it, and the gain between both.

The practice page asks them, and each student saves a file to hand in. ``python -m grader.gain
between before after`` reads all files of these two folders, judges the answers as the practice page
does, and says how much of what could be gained was gained. ``python -m grader.gain tests FOLDER``
writes the two tests for paper, each with a key, and with an empty table that is read in the place
of a folder.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader import people
from grader.folder import CourseError, read_table, table
from groundup.files import write
from groundup.paths import as_written
from groundup.practice import parallel
from groundup.practice.problem import KINDS, Problem
from groundup.questions.outcome import NOT_ATTEMPTED

_RESAMPLED = 4000  # classes drawn for the interval


def write_tests(folder: Path, upto: int = 8, seed: int = 1) -> list[Path]:
    """Write ``before`` and ``after``, each as a text, a key and an empty table; returns the paths.

    Raises
    ------
    CourseError
        When there is no such chapter, or a file is there already.
    """
    if not parallel.chosen(upto):
        raise CourseError(f"chapters are counted from 1; got {upto}")
    texts = {}
    for name in parallel.TESTS:
        problems = parallel.problems(name, upto, seed)
        asked = [f"{i}. {it.prompt}" for i, it in enumerate(problems, start=1)]
        ways = [f"{i}. {' '.join(it.steps)}" for i, it in enumerate(problems, start=1)]
        texts[folder / f"{name}.md"] = f"# The test {name} the course\n\n" + "\n\n".join(asked)
        texts[folder / f"{name}-key.md"] = "# Its answers\n\n" + "\n\n".join(ways)
        texts[folder / f"{name}.csv"] = table([parallel.STUDENT, *(it.id for it in problems)], [])
    for path in texts:
        if path.exists():
            raise CourseError(f"{path} is there already; name another folder.")
    for path, text in texts.items():
        write(path, text.rstrip() + "\n")
    return list(texts)


@dataclass(frozen=True)
class Results:
    """The answers of one test: ``right`` is bool, (students, problems).

    ``students`` are the words of their names in one order, as they wrote them themselves.
    """

    students: list[str]
    problems: list[str]  # their ids
    right: np.ndarray
    unread: int = 0  # answers that are none of the form that is asked for
    left_out: tuple[str, ...] = ()  # a sentence on each file that does not count

    @property
    def kinds(self) -> list[str]:
        return [id.partition("/")[0] for id in self.problems]


def results(path: Path) -> Results:
    """Judge the answers in a table, or in all tables below a folder.

    A table has the column student, and one for each problem. A file of a folder that is no such
    table, asks other problems than most, or has a student again, is left out with a sentence.

    Raises
    ------
    CourseError
        When it is no such table, or none is in the folder; the sentence says what is wrong.
    """
    if not path.is_dir():
        return _table(path)
    found, said = {}, []
    for file in sorted(path.rglob("[!.]*.csv")):
        try:
            found[file] = _table(file)
        except CourseError as error:
            said.append(str(error))
    if not found:
        raise CourseError(" ".join([f"{path} has no file with answers that can be read.", *said]))
    counts = Counter(tuple(it.problems) for it in found.values())
    problems = list(counts.most_common(1)[0][0])
    rows: dict[str, np.ndarray] = {}
    unread = 0
    for file, it in found.items():
        if it.problems != problems:
            said.append(f"{file} asks other problems than most files: was another link used?")
            continue
        unread += it.unread
        for student, right in zip(it.students, it.right, strict=True):
            if student in rows:
                said.append(f"{file} has {student!r} again: the first file of theirs counts.")
            rows.setdefault(student, right)
    return Results(list(rows), problems, np.array(list(rows.values())), unread, tuple(said))


def _table(path: Path) -> Results:
    try:
        rows = read_table(path, parallel.STUDENT)
    except FileNotFoundError:
        raise CourseError(f"there is no file {path}") from None
    except csv.Error as error:
        raise CourseError(f"{path} is no table: {error}.") from None
    if not rows:
        raise CourseError(f"{path} has no answers yet.")
    names = [name for name in rows[0][1] if name not in (None, parallel.STUDENT, "")]
    problems = _problems(path, names)
    found, unread = {}, 0
    for line, row in rows:
        student = row[parallel.STUDENT]
        same = " ".join(people.words(student)) or student
        if not student or same in found:
            why = "is there twice" if student else "has no name"
            raise CourseError(f"{path}, line {line}: the student {student!r} {why}.")
        verdicts = [it.check(row[id]) for id, it in problems.items() if row[id]]
        unread += sum(it.status == NOT_ATTEMPTED for it in verdicts)
        found[same] = [bool(row[id]) and it.check(row[id]).right for id, it in problems.items()]
    return Results(list(found), names, np.array(list(found.values())), unread)


def _problems(path: Path, ids: list[str]) -> dict[str, Problem]:
    if not ids:
        raise CourseError(f"{path} has no column of a problem, such as 'softmax/3'.")
    try:
        return {id: parallel.problem(id) for id in ids}
    except ValueError as error:
        raise CourseError(f"{path}: {error}") from None


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
    if before.problems == after.problems:
        raise CourseError("both are answers to one and the same test, not to before and after.")
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
    lines += [f"Left out: {it}" for it in (*before.left_out, *after.left_out)]
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
    made = commands.add_parser(
        "between", help="say the gain, from two folders of files or two tables"
    )
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
