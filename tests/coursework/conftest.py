"""A course folder for the tests, and notebooks as students hand them in."""

import json
import os
import shutil
from pathlib import Path

import pytest

from grader import notebook
from grader.folder import Course

FIRST = "a1_sigmoid_network"


def pytest_collection_modifyitems(items):
    """Without bubblewrap these tests are skipped, except where CI is set: there they fail."""
    if shutil.which("bwrap") or os.environ.get("CI"):
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason="grading needs bubblewrap"))


def make_course(path, students):
    """A course folder with a roster and a fixed key, so that every run has the same variants."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "key").write_text("5eed" * 16 + "\n")
    rows = [f"{student},Name of {student},{student}@example.org" for student in students]
    (path / "roster.csv").write_text("id,name,email\n" + "\n".join(rows) + "\n")
    return Course(path)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course", ["ada", "bob", "eve"])


def solved(course, student, assignment=FIRST, *, answers=(), left=(), extra=()):
    """A solved notebook; ``answers`` replaces some, ``left`` are as released, ``extra`` are added.

    ``extra`` holds (where, code): cells that a student adds before the cell named ``where``.
    """
    work = course.assignment(assignment)
    made = notebook.build(work, student, course.key, solved=True)
    stubs = {c["id"]: c["source"] for c in notebook.build(work, student, course.key)["cells"]}
    for cell in made["cells"]:
        if cell["id"] in left:
            cell["source"] = stubs[cell["id"]]
        if cell["id"] in dict(answers):
            cell["source"] = dict(answers)[cell["id"]]
    for where, code in extra:
        place = [cell["id"] for cell in made["cells"]].index(where)
        made["cells"].insert(place, added(code))
    return made


def added(code, **more):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": code, **more}


def hand_in(folder, student, made, name=None):
    path = folder / student / (name or f"{FIRST}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    return path


#: how an answer may try to say what a hidden check gives it
TELLS = {
    "by an error": "raise ValueError(repr(given))",
    "by an error's type": "raise type(repr(given)[:90], (Exception,), {})",
    "by a missing package": "raise ImportError(repr(given))",
    "by what is returned": "return type(repr(given)[:90], (), {})()",
    "by a text": "return repr(given)",
    "by a dictionary": "return {repr(given): 1}",
    "in a later cell": "kept.append(given)\n    return 0",
    "in a later cell's missing file": "kept.append(given)\n    return 0",
}


def tells(how):
    head = "kept = []\n" if "later" in how else ""
    return f"{head}def weighted_cost(*given):\n    {TELLS[how]}"
