"""The proof at release: planted leaks, each of which must be found, and a clean release."""

import json
import textwrap

import pytest

from grader import notebook
from grader.assignment import SOURCES, fill
from grader.folder import Course, CourseError
from grader.release import prove, release
from tests.coursework.conftest import FIRST

SOLUTION = "points = np.array([[*P, 1.0], [*Q, 1.0], [*R, 1.0]])"
REPHRASED = """
def weighted_cost(prediction, truth):
    factors = 1 + (<<weight>> - 1) * truth[:, 1]
    return float(sum(factors * ((truth - prediction) ** 2).sum(1)) / (2 * len(truth)))
"""


def test_a_clean_release(course):
    paths = release(course, FIRST)
    assert [path.name for path in paths] == ["ada.ipynb", "bob.ipynb", "eve.ipynb"]
    assert prove(course, course.assignment(FIRST), paths[0].parent) == []
    again = [path.read_bytes() for path in release(course, FIRST)]
    assert again == [path.read_bytes() for path in paths]
    assert len(set(again)) == 3


def plant_cell(**more):
    def plant(made):
        made["cells"][3] |= more

    return plant


def plant_metadata(**more):
    def plant(made):
        made["metadata"] |= more

    return plant


def plant_text(text):
    def plant(made):
        made["cells"][2]["source"] += "\n" + text

    return plant


OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["29 of 29"]}

#: what is done to one notebook of a finished release
IN_NOTEBOOK = {
    "a solution's line in Markdown": plant_text(SOLUTION),
    "set otherwise": plant_text("# points=np.array( [[*P,1.0],[*Q,1.0],\n   [*R,1.0]] )"),
    "in a cell's metadata": plant_cell(metadata={"nbgrader": {}, "solution": SOLUTION}),
    "in the notebook's metadata": plant_metadata(celltoolbar=SOLUTION),
    "an output": plant_cell(outputs=[OUTPUT]),
    "an attachment": plant_cell(attachments={"a.png": {"image/png": "aGVsbG8="}}),
    "an execution count": plant_cell(execution_count=7),
    "a hidden check's inputs": plant_text(
        "return [(*rng.normal(size=(3, 2)), float(p)) for p in rng.uniform(0.05, 0.45, size=4)]"
    ),
    "a wrong answer": plant_text("return w / np.hypot(w[0], w[1])"),
    "what a slip is told": plant_text("The steepness is missing."),
    "the rubric": plant_text("1 point: says clearly that the friend is wrong."),
    "the answer to the question in words": plant_text(
        "and the sigmoid only rises, so its output only rises or only falls. Across a band it"
    ),
    "the key": plant_text("5eed" * 16),
}


@pytest.mark.parametrize("leak", IN_NOTEBOOK)
def test_leaks_in_a_notebook_are_found(course, leak):
    paths = release(course, FIRST)
    made = json.loads(paths[1].read_text())
    IN_NOTEBOOK[leak](made)
    paths[1].write_text(notebook.write(made))
    findings = prove(course, course.assignment(FIRST), paths[0].parent)
    assert findings
    assert all(finding.startswith("bob.ipynb") for finding in findings)


def stray_file(folder):
    (folder / f"{FIRST}.py").write_text("")


def stray_checkpoint(folder):
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "ada-checkpoint.ipynb").write_text("{}")


def link(folder):
    (folder / "eve.ipynb").unlink()
    (folder / "eve.ipynb").symlink_to(SOURCES / f"{FIRST}.py")


def missing(folder):
    (folder / "eve.ipynb").unlink()


@pytest.mark.parametrize("plant", [stray_file, stray_checkpoint, link, missing])
def test_stray_files_are_found(course, plant):
    folder = release(course, FIRST)[0].parent
    plant(folder)
    assert prove(course, course.assignment(FIRST), folder)


#: what an author may do wrong in the source: (what is there, what is there instead)
IN_SOURCE = {
    "a stub that is the solution": (
        "    def weighted_cost(Y_hat, Y):\n        return ...\n",
        "    def weighted_cost(Y_hat, Y):\n"
        "        c = np.where(Y[:, 1] == 1, <<weight>>, 1.0)\n"
        "        return np.mean(c * np.sum((Y - Y_hat) ** 2, axis=1)) / 2\n",
    ),
    "a stub that is a rephrased solution": (
        "    def weighted_cost(Y_hat, Y):\n        return ...\n",
        textwrap.indent(REPHRASED.strip(), "    ") + "\n",
    ),
    "a stub that is half a solution": (
        "    def switch(x):\n        return ...\n",
        "    def switch(x):\n        half = (x - <<place>>) * <<steepness>> / 2\n"
        "        return 0.5 * (1 + np.tanh(half))\n",
    ),
    "a value in the stub": (
        'stub="band = ..."',
        'stub="n = np.array(<<normal>>)\\nband = (99 * np.c_[n, n], np.array([-99 * <<low>>, '
        '-99 * <<high>>]), np.array([[30.0], [-30]]), np.array([-15.0]))"',
    ),
    "a solution in the tests": (
        'assert np.isclose(weighted_cost(Y, Y), 0), "a perfect prediction costs nothing"',
        "c = np.where(Y[:, 1] == 1, <<weight>>, 1.0)",
    ),
    "a program to repair that has no bug": ('"broken": NETWORK.replace(right, wrong)',
                                            '"broken": NETWORK'),
}  # fmt: skip


@pytest.mark.parametrize("leak", IN_SOURCE)
def test_leaks_in_the_source_stop_the_release(course, tmp_path, leak):
    there, instead = IN_SOURCE[leak]
    text = (SOURCES / f"{FIRST}.py").read_text()
    assert text.count(there) == 1
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / f"{FIRST}.py").write_text(text.replace(there, instead))
    with pytest.raises(CourseError, match="is not released"):
        release(Course(course.path, sources), FIRST)
    assert not course.place("release", FIRST).exists()


def test_a_helper_that_is_the_solution_is_found(course):
    """A rephrased solution under the question's name, in a cell that students are given."""
    folder = release(course, FIRST)[0].parent
    for path in folder.iterdir():
        made = json.loads(path.read_text())
        v = course.assignment(FIRST).variant_of(path.stem, course.key)
        for cell in made["cells"]:
            if cell["id"] == "cost":
                cell["source"] = fill(REPHRASED, v)
        path.write_text(notebook.write(made))
    findings = prove(course, course.assignment(FIRST), folder)
    assert any("passes the check 'mixed classes' of question 'cost'" in f for f in findings)


def test_there_are_enough_planted_leaks():
    assert len(IN_NOTEBOOK) + len(IN_SOURCE) + 5 >= 12
