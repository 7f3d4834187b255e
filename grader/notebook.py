"""Notebooks in nbgrader's format: built from an assignment, and read back when handed in."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
import textwrap
from dataclasses import dataclass

from grader.assignment import Assignment, ByHand, Given, GradedQuestion, fill

_INTRODUCTION = """
# {title}

**For {student}.** Numbers, data and the program to repair were drawn for you; others have others.
{points} points, about {minutes} minutes.

Afterwards you can:

{goals}

Write where it says `...`. Each answer has a cell of tests below it, which you can run as often as
you like; more tests, with other inputs, are run when your work is graded. Where a number is asked
for, give a number, not an array that holds one; a function leaves its arguments as they are. You
may add cells. Keep the names of functions and variables, and leave the cells that you did not add
and that are not answers as they are: they are restored before grading.
"""

# The student's own check. It reads no more than the session and the notebook's file.
_BEFORE = """
# Save the notebook, then run this cell before you hand it in.
import datetime, hashlib, inspect, json, pathlib

STUBS = {stubs}

{digest}
def attempted(name, stub):
    answer = globals().get(name, ...)
    if not callable(answer):
        return answer is not ...
    try:
        return digest(inspect.getsource(answer)) != stub
    except (OSError, TypeError):
        return True

for question, (name, stub) in STUBS.items():
    print(f"{{question:24}}", "attempted" if attempted(name, stub) else "NOT ATTEMPTED YET")

def answers_in(path):
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if notebook["metadata"]["groundup"]["assignment"] != "{assignment}":
            return {{}}
        return {{c["metadata"].get("nbgrader", {{}}).get("grade_id", c.get("id")):
                "".join(c["source"]) for c in notebook["cells"]}}
    except (OSError, ValueError, LookupError, TypeError):
        return {{}}

files = {{path: answers_in(path) for path in sorted(pathlib.Path().glob("*.ipynb"))}}
if not any(files.values()):
    print("No receipt, and what you wrote in words is not looked at: the notebook's file is not")
    print("in this session, as on Colab. Download the notebook, and hand in that file.")
for path, texts in files.items():
    if not texts:
        continue
    for question, stub in {words}.items():
        written = digest(texts.get(question, "")) != stub
        print(f"{{question:24}}", "attempted" if written else "NOT ATTEMPTED YET")
    answers = "\\n".join(texts.get(question, "") for question in {answers})
    time = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    print("receipt:", path.name, time, digest(answers))
"""


# In a function, so that no name of the tests is one of the student's.
_TESTS = """
def _tests():
{asserts}

_tests()
del _tests
"""


@dataclass(frozen=True)
class Reading:
    """A notebook that was handed in, as it will be graded.

    ``cells`` are (id, code) of the code cells in their order, those that are not answers restored;
    ``answers`` the text of each answer by question, ``remarks`` what was mended.
    """

    cells: list[tuple[str, str]]
    answers: dict[str, str]
    remarks: list[str]


def digest(text: str) -> str:
    """Sixteen hex digits of a text's hash, white space aside; also in the student's receipt."""
    return hashlib.sha256(" ".join(text.split()).encode(errors="replace")).hexdigest()[:16]


def build(work: Assignment, student: str, key: str, *, solved: bool = False) -> dict:
    """One student's notebook, as nbformat 4.5; with ``solved`` the instructor's, never released."""
    v = work.variant_of(student, key)
    goals = "\n".join(f"- {goal}" for goal in work.goals)
    introduction = _INTRODUCTION.format(
        title=work.title,
        student=student,
        points=work.points,
        minutes=work.minutes,
        goals=goals,
    )
    cells = [
        _cell("introduction", "markdown", introduction),
        _cell("imports", "code", work.imports),
    ]
    for part in work.parts:
        if isinstance(part, Given):
            cells.append(_cell(part.id, part.kind, fill(part.source, v)))
        elif isinstance(part, ByHand):
            prompt = f"{fill(part.prompt, v)}\n\n*{part.points} points, graded by a person.*"
            cells.append(_cell(f"{part.id}-task", "markdown", prompt))
            text = part.answer if solved else _BLANK
            cells.append(
                _cell(part.id, "markdown", text, solution=True, grade=True, points=part.points)
            )
        else:
            prompt = f"{fill(part.prompt, v)}\n\n*{part.points} points.*"
            cells.append(_cell(f"{part.id}-task", "markdown", prompt))
            text = part.solution(v) if solved else fill(part.stub, v)
            cells.append(_cell(part.id, "code", text, solution=True))
            tests = _TESTS.format(asserts=textwrap.indent(fill(part.tests, v), "    "))
            cells.append(_cell(f"{part.id}-tests", "code", tests, grade=True, points=part.points))
    cells.append(_cell("before-handing-in", "code", _before(work, v)))
    return {
        "cells": cells,
        "metadata": {
            "groundup": {"assignment": work.id, "student": student},
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


_BLANK = "*Write your answer here.*"


def _before(work: Assignment, v) -> str:
    stubs = {q.id: (q.name, _stub_digest(q, v)) for q in work.questions}
    words = {part.id: digest(_BLANK) for part in work.manual}
    answers = [part.id for part in work.parts if not isinstance(part, Given)]
    texts = {"digest": inspect.getsource(digest), "assignment": work.id}
    return _BEFORE.format(stubs=stubs, words=words, answers=answers, **texts)


def _stub_digest(question: GradedQuestion, v) -> str:
    """What the student's session computes of the stub: the source of its last definition."""
    stub = fill(question.stub, v)
    return (
        digest(stub[stub.index(f"def {question.name}(") :]) if question.form == "function" else ""
    )


def _cell(
    id: str, kind: str, source: str, *, solution: bool = False, grade: bool = False, points=None
) -> dict:
    nbgrader = {
        "grade": grade,
        "grade_id": id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        nbgrader["points"] = points
    cell = {
        "cell_type": kind,
        "id": id,
        "metadata": {"nbgrader": nbgrader},
        "source": source.strip(),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def write(notebook: dict) -> str:
    """The notebook's text: always the same for the same notebook."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def parse(data: bytes) -> dict:
    """A notebook from a student's bytes.

    Raises
    ------
    ValueError
        When this is no notebook of nbformat 4; the sentence says what is wrong.
    """
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deeply to be a notebook") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {str(error)[:80]}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("is not a notebook: it has no list of cells")
    if notebook.get("nbformat") != 4:
        raise ValueError(f"is of notebook format {notebook.get('nbformat')!r:.20}; 4 is wanted")
    for number, cell in enumerate(notebook["cells"], start=1):
        if not isinstance(cell, dict) or not isinstance(cell_text(cell), str):
            raise ValueError(f"has a cell without text, number {number}")
    return notebook


def cell_text(cell: dict):
    """A cell's source as one text; what is neither text nor lines comes back as it is."""
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source


def cell_id(cell: dict):
    """The cell's name in its assignment; Colab and others may drop one of its two places."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return id if isinstance(id, str) else cell.get("id")


def owner(notebook: dict) -> tuple[str | None, str | None]:
    """(assignment, student) for whom the notebook was released, as far as it says so."""
    metadata = notebook.get("metadata")
    said = metadata.get("groundup") if isinstance(metadata, dict) else None
    said = said if isinstance(said, dict) else {}
    return tuple(
        said[name] if isinstance(said.get(name), str) else None
        for name in ("assignment", "student")
    )


def read(handed_in: dict, released: dict) -> Reading:
    """What is to be graded of a notebook: its answers and added cells, the rest as released.

    A cell that was deleted comes back in its place; of a cell that was copied, all copies are run
    in their order, as in the student's own session, unless it is no answer: then the copy is left.
    """
    ours = {cell["id"]: cell for cell in released["cells"]}
    order = list(ours)
    place = 0  # how many of our cells are settled
    cells: list[tuple[str, str]] = []
    answers: dict[str, list[str]] = {}
    remarks: list[str] = []
    seen: set[str] = set()

    def restore(until: int) -> None:
        nonlocal place
        for id in order[place:until]:
            if id not in seen and ours[id]["cell_type"] == "code" and id not in theirs:
                cells.append((id, "" if _is_answer(ours[id]) else ours[id]["source"]))
                remarks.append(f"cell {id} was missing")
        place = max(place, until)

    theirs = {cell_id(cell) for cell in handed_in["cells"] if isinstance(cell_id(cell), str)}
    for cell in handed_in["cells"]:
        id, text = cell_id(cell), cell_text(cell)
        our = ours.get(id) if isinstance(id, str) else None
        if our is None:
            if cell.get("cell_type") == "code":
                cells.append(("added", text))
            continue
        restore(order.index(id))
        if _is_answer(our):
            answers.setdefault(id, []).append(text)
            if our["cell_type"] == "code" and cell.get("cell_type") == "code":
                cells.append((id, text))
        elif id not in seen:
            if our["cell_type"] == "code":
                cells.append((id, our["source"]))
            if text.strip() != our["source"].strip():
                remarks.append(f"cell {id} was changed, and restored")
        if id in seen:
            remarks.append(f"cell {id} is there more than once")
        seen.add(id)
    restore(len(order))
    joined = {id: "\n\n".join(texts) for id, texts in answers.items()}
    return Reading(cells, joined | _words(handed_in, ours), sorted(set(remarks)))


def _words(handed_in: dict, ours: dict[str, dict]) -> dict[str, str]:
    """What was written for each question in words, wherever that is: a person reads it.

    In its cell, in its task, in cells below; where nothing is there, in any cell that is not as it
    was released. A cell that has lost its name is known by its text.
    """
    texts = {digest(our["source"]): id for id, our in ours.items()}
    asked = [id for id, our in ours.items() if _is_answer(our) and our["cell_type"] == "markdown"]
    near: dict[str, list[str]] = {id: [] for id in asked}
    far: list[str] = []
    here = None
    for cell in handed_in["cells"]:
        id, text = cell_id(cell), cell_text(cell)
        id = id if isinstance(id, str) and id in ours else texts.get(digest(text))
        if id is not None:
            here = next((a for a in asked if id in (a, f"{a}-task")), None)
            if ours[id]["cell_type"] == "code" or digest(text) == digest(ours[id]["source"]):
                continue
        elif cell.get("cell_type") == "code" and not _is_prose(text, anything=here is not None):
            continue
        if text.strip():
            (far if here is None else near[here]).append(text)
    return {id: "\n\n".join(near[id] or far) or ours[id]["source"] for id in asked}


def _is_prose(code: str, *, anything: bool) -> bool:
    """Whether there are words in a code cell and nothing that runs.

    With ``anything`` also what is no Python at all.
    """
    if not re.search(r"[^\W\d_]{2}", code):
        return False
    try:
        body = ast.parse(code[:_PROSE]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return anything
    return all(isinstance(part, ast.Expr) and _is_text(part.value) for part in body)


#: characters of a code cell in which words are looked for
_PROSE = 20_000


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def asked_after(id: str, reading: Reading) -> int:
    """The place in ``reading.cells`` after which the question is asked: there its student was.

    The tests of a notebook that was released before may bind names; so they come later.
    """
    tests = f"{id}-tests"
    places = [
        place
        for place, (at, code) in enumerate(reading.cells)
        if at == id or (at == tests and code.startswith("def _tests():"))
    ]
    return max(places, default=len(reading.cells) - 1)


def _is_answer(cell: dict) -> bool:
    return cell["metadata"]["nbgrader"]["solution"]


def unattempted(work: Assignment, reading: Reading, released: dict) -> set[str]:
    """Ids of the questions whose answer is missing or as it was released."""
    stubs = {cell["id"]: digest(cell["source"]) for cell in released["cells"]}
    answers = {id: digest(text) for id, text in reading.answers.items()}
    parts = [*work.questions, *work.manual]
    return {p.id for p in parts if answers.get(p.id, stubs[p.id]) in (stubs[p.id], digest(""))}


def receipt(notebook: dict, work: Assignment) -> str | None:
    """The hash that the student's receipt shows for these answers; None where all are nameless."""
    named = [(cell_id(cell), cell_text(cell)) for cell in notebook["cells"]]
    texts = {id: text for id, text in named if isinstance(id, str)}
    answers = [part.id for part in work.parts if not isinstance(part, Given)]
    if not set(answers) & set(texts):
        return None
    return digest("\n".join(texts.get(id, "") for id in answers))
