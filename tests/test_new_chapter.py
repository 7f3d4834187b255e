"""A chapter made from the template passes the tests as it is, in a copy of the whole course."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import new_chapter
from tools.paths import ROOT, chapters

NOTEBOOK = "notebooks/09_attention.ipynb"
#: What people leave beside the chapters: copies, attempts, a twin that an editor keeps in step.
CELL = {"cell_type": "code", "source": "import os,sys; 1 +", "metadata": {}, "outputs": []}
SCRATCH = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
BESIDE = {
    "notebooks/Untitled.ipynb": SCRATCH,
    "notebooks/05_mine.ipynb": SCRATCH,
    "notebooks/.ipynb_checkpoints/01_sigmoid_network-checkpoint.ipynb": SCRATCH,
    "notebooks/01_sigmoid_network.md": "# Another title\n\n```{no-such-directive}\n```\n",
    "notebooks/scratch.py": "import os,sys\n",
    "notebooks/test_mine.py": "def test_it(): assert False\n",
    "Untitled.ipynb": SCRATCH,
    "notes.md": "{no-such-role}`x`\n",
    "coursework/a1_sigmoid_network-Copy1.py": "raise SystemExit('read')\n",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course with a ninth chapter, in an odd folder, and with much beside it."""
    copy = tmp_path_factory.mktemp("new") / "Buch [1] *ü"
    left = shutil.ignore_patterns(".*", "_build", "node_modules", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, copy, ignore=left)
    # The web files fetched before are known by a hidden file, and their packages are many.
    web = ROOT / "book" / "web"
    for stamp in (web / "site").glob(".lock"):
        shutil.copy(stamp, copy / "book" / "web" / "site")
        (copy / "book" / "web" / "node_modules").symlink_to(web / "node_modules")
    for name, text in BESIDE.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    first = chapters()[0]
    shutil.copy(first, copy / "notebooks" / f"{first.stem}-Copy1.ipynb")
    done = run(copy, "-m", "tools.new_chapter", "9", "attention", "Attention & more")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


def run(course: Path, *command) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(course)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [sys.executable, *command], cwd=course, env=environment, capture_output=True, text=True
    )


def passes(done: subprocess.CompletedProcess) -> None:
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_style_and_rules(course):
    passes(run(course, "-m", "ruff", "check", "."))
    passes(run(course, "-m", "ruff", "format", "--check", "."))
    passes(run(course, "-m", "tools.notebooks", "lint", NOTEBOOK))


def test_the_chapters_are_those_that_are_named(course):
    names = [f"{path.name}" for path in chapters()] + [Path(NOTEBOOK).name]
    done = run(course, "-m", "tools.notebooks", "clean", "out")
    passes(done)
    assert [Path(line).name for line in done.stdout.splitlines()] == names
    shutil.rmtree(course / "out")
    done = run(course, "-m", "pytest", "--collect-only", "-q", "--nbval", "notebooks")
    passes(done)
    found = dict.fromkeys(re.findall(r"^notebooks/(.+?)::", done.stdout, re.MULTILINE))
    assert list(found) == names
    done = run(course, "-m", "grader", "list")
    assert "Copy1" not in done.stdout + done.stderr


def test_what_is_named_is_run_wherever_it_lies(course):
    done = run(course, "-m", "pytest", "--collect-only", "-q", "--nbval", "notebooks/05_mine.ipynb")
    assert "05_mine.ipynb::" in done.stdout, done.stdout


def test_the_tests_that_every_chapter_must_pass(course):
    """Those of the notebooks, the exercises and the quizzes that have to do with chapter 9."""
    files = ["notebooks", "exercises", "exercises_notebooks", "quizzes"]
    done = run(
        course,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/test_{it}.py" for it in files)),
        *("-k", "09_attention or [9 or once_in_the_course or stand_in_one_place"),
    )
    passes(done)
    assert int(done.stdout.split(" passed")[0].split()[-1]) >= 60, done.stdout


def test_its_outputs_are_the_same_again(course):
    sanitize = ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
    passes(run(course, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", *sanitize, NOTEBOOK))


def test_the_book_takes_it_and_passes_its_tests(course):
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_book.py"]
    passes(run(course, *command, "-k", "not address and not unknown"))


def test_no_template_number_is_left(course):
    cells = nbformat.read(course / NOTEBOOK, as_version=4).cells
    exercises = course / "groundup" / "exercises"
    texts = [cell.source + str(cell.metadata) for cell in cells]
    texts += [(exercises / it).read_text() for it in ("chapter9.py", "quizzes/chapter9.yml")]
    assert not any(template in text for text in texts for template in ("99", "98", "template"))
    title = cells[0].source
    assert title == "# Attention & more"


@pytest.mark.parametrize(
    ("number", "name", "title", "says"),
    [
        (8, "attention", "Attention", "number must be 9"),
        (11, "attention", "Attention", "number must be 9"),
        (9, "Attention", "Attention", "name must be"),
        (9, "../x", "Attention", "name must be"),
        (9, "attention", " ", "title must be"),
        (9, "attention", "# A | B", "title must be"),
    ],
)
def test_bad_input_is_refused_and_writes_nothing(number, name, title, says, monkeypatch):
    monkeypatch.setattr(Path, "write_text", lambda *arguments, **options: pytest.fail("written"))
    with pytest.raises(ValueError, match=says):
        new_chapter.new_chapter(number, name, title)
