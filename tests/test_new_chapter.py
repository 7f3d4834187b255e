"""A chapter made from the template passes the tests as it is, in a copy of the whole course."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import new_chapter
from tools.paths import ROOT

NOTEBOOK = "notebooks/09_attention.ipynb"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course with a ninth chapter."""
    copy = tmp_path_factory.mktemp("new") / "course"
    left = shutil.ignore_patterns(".*", "_build", "node_modules", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, copy, ignore=left)
    # The web files fetched before are known by a hidden file.
    for stamp in (ROOT / "book" / "web" / "site").glob(".lock"):
        shutil.copy(stamp, copy / "book" / "web" / "site")
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
