"""Release, and the proof that nothing of the solutions or hidden checks goes out with it.

The proof reads the folder as it lies on disk, not what was meant to be written to it. It has three
parts: only the expected files are there; nothing is in them but what a fresh notebook has, and no
line of a solution, slip, hidden check, rubric or key; and each kind of notebook, handed in as it
is, is graded 0 in every check, which also finds a solution that was rephrased.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from grader import grade, notebook, released
from grader.assignment import Assignment, Given, GradedQuestion, fill
from grader.folder import Course, CourseError
from groundup.files import write
from groundup.questions.text import body_of, source_of

_CELL_KEYS = {"cell_type", "id", "metadata", "source", "execution_count", "outputs"}
_NOTEBOOK_METADATA = {"groundup", "kernelspec", "language_info"}
_NBGRADER = {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}


def release(course: Course, assignment: str, *, anew: bool = False) -> list[Path]:
    """Write one notebook for each student, and prove that it gives nothing away.

    The first release makes the course's key. What is released is remembered, and again it is the
    same for whoever has it, unless it is said that nobody has: ``anew``.

    Raises
    ------
    CourseError
        When the proof finds something: the notebooks are removed again, and each finding is said.
        When the key is gone, or those who were released to would get other numbers.
    """
    work = course.assignment(assignment)
    grade.prove(course)
    if not released.key_is_needed(course):
        course.make_key()
    if not anew:
        released.check(course, work)
    folder = course.place("release", assignment)
    new = folder.with_name(f".{assignment}.part")
    shutil.rmtree(new, ignore_errors=True)
    for student in course.roster:
        text = notebook.write(notebook.build(work, student, course.key))
        write(new / f"{student}.ipynb", text)
    findings = prove(course, work, new)
    if findings:
        shutil.rmtree(new)
        raise CourseError(
            f"Assignment {assignment} is not released, because it gives away:\n"
            + "\n".join(f"- {finding}" for finding in findings)
        )
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    if anew:
        released.forget(course, work)
    released.remember(course, work)
    return sorted(folder.iterdir())


def prove(course: Course, work: Assignment, folder: Path, *, graded: int = 3) -> list[str]:
    """What a release folder gives away, one sentence each; an empty list is the proof.

    ``graded`` notebooks are handed in as they are, spread over the class.
    """
    findings = _files(course, folder)
    known = sorted(folder.glob("*.ipynb"))
    inside: dict[str, list[str]] = {}
    for path in known:
        student = path.stem
        if student in course.roster and path.is_file() and not path.is_symlink():
            for what in _inside(course, work, path):
                inside.setdefault(what, []).append(path.name)
    for what, files in inside.items():
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        findings.append(f"{files[0]}{more}: {what}")
    step = max(1, len(known) // graded)
    for path in known[::step][:graded]:
        if path.stem in course.roster and not findings:
            findings += [f"{path.name}: {what}" for what in _worth(course, work, path)]
    return findings


def _files(course: Course, folder: Path) -> list[str]:
    expected = {f"{student}.ipynb" for student in course.roster}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    stray = [f"{name!r} does not belong in the release" for name in sorted(set(found) - expected)]
    links = [f"{n!r} is a link" for n, p in sorted(found.items()) if p.is_symlink()]
    return stray + links + [f"{n} is not there" for n in sorted(expected - set(found))]


def _inside(course: Course, work: Assignment, path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    try:
        found = notebook.parse(text.encode())
    except ValueError as error:
        return [f"the file {error}"]
    findings = _extras(found)
    open_text = _squeeze("\n".join(_texts(found)))
    for secret, what in secrets(course, work, path.stem).items():
        if secret in open_text:
            findings.append(f"holds {what}: {secret[:50]!r}")
    return findings


def _extras(found: dict) -> list[str]:
    """Everything that a fresh notebook of ours does not have."""
    findings = []
    for key in sorted(set(found["metadata"]) - _NOTEBOOK_METADATA):
        findings.append(f"its metadata have {key!r}")
    if set(found["metadata"].get("groundup", {})) != {"assignment", "student"}:
        findings.append("its metadata say more than assignment and student")
    for cell in found["cells"]:
        name = cell.get("id")
        for key in sorted(set(cell) - _CELL_KEYS):
            findings.append(f"cell {name} has {key!r}")
        if set(cell["metadata"]) != {"nbgrader"} or set(cell["metadata"]["nbgrader"]) - _NBGRADER:
            findings.append(f"cell {name} has metadata of its own")
        if cell.get("outputs") or cell.get("execution_count") is not None:
            findings.append(f"cell {name} has been run: it has outputs or a count")
    return findings


def secrets(course: Course, work: Assignment, student: str) -> dict[str, str]:
    """Texts that must not go out, squeezed, and what each of them is.

    A line that the student is given anyway (in a stub, the imports, a test) is none.
    """
    v = work.variant_of(student, course.key)
    given = [work.imports, *(fill(p.source, v) for p in work.parts if _given(p))]
    for question in work.questions:
        given += [fill(question.stub, v), "\n".join(_signatures(question))]
    prompts = _squeeze(" ".join([*(p.prompt for p in [*work.questions, *work.manual]), *given]))
    public = {_squeeze(line) for text in given for line in text.splitlines()}
    found = {_squeeze(course.key): "the course's key"}

    def add(text: str, what: str, at_least: int) -> None:
        for line in text.splitlines():
            short = _squeeze(line.split("  # ")[0])
            if len(short) >= at_least and short not in public:
                found.setdefault(short, what)

    def add_prose(text: str, what: str) -> None:
        words = text.split()
        for start in range(max(1, len(words) - 6)):
            short = _squeeze(" ".join(words[start : start + 7]))
            if len(short) >= 16 and short not in prompts:
                found.setdefault(short, what)

    for question in work.questions:
        where = f"of question {question.id!r}"
        add(question.solution(v), f"a line of the solution {where}", 12)
        add(source_of(question.reference), f"a line of the solution {where}", 12)
        for check in question.checks:
            add(body_of(check.cases), f"a line of the hidden check {check.name!r} {where}", 16)
        for slip in question.slips:
            add(body_of(slip.make), f"a line of the slip {slip.name!r} {where}", 16)
            add_prose(slip.message, f"what is said of the slip {slip.name!r} {where}")
    for part in work.manual:
        add_prose(part.answer, f"seven words of the answer to {part.id!r}")
        add_prose(part.rubric, f"seven words of the rubric of {part.id!r}")
    return found


def _given(part) -> bool:
    return isinstance(part, Given)


def _signatures(question: GradedQuestion) -> list[str]:
    return [line for line in question.stub.splitlines() if line.lstrip().startswith("def ")]


def _squeeze(text: str) -> str:
    """Without white space, quotes and comment signs: a line set otherwise is still found."""
    return re.sub(r"[\s'\"#>*`]+", "", text)


def _texts(tree) -> list[str]:
    """All text in a JSON tree, keys too."""
    if isinstance(tree, dict):
        return [text for pair in tree.items() for part in pair for text in _texts(part)]
    if isinstance(tree, list):
        if tree and all(isinstance(part, str) for part in tree):
            tree = ["".join(tree)]
        return [text for part in tree for text in _texts(part)] if tree != [""] else []
    if not isinstance(tree, str):
        return []
    return [tree]


def _worth(course: Course, work: Assignment, path: Path) -> list[str]:
    """Grades the notebook as it is: each check that gives a point is a leak."""
    result = grade.grade(work, path.stem, course.key, path.read_bytes())
    if result["state"] != grade.ZERO:
        why = "; ".join(result["remarks"]) or json.dumps(result["questions"])[:300]
        earned = [q for q, found in result["questions"].items() if found["points"]]
        if not earned:
            return [f"handed in as it is, it is not graded 0 but {result['state']!r}: {why}"]
    return [
        f"handed in as it is, it passes the check {check!r} of question {question!r}"
        for question, found in result["questions"].items()
        for check, verdict in found["checks"].items()
        if verdict["points"] or verdict["right"] == verdict["of"]
    ]
