"""The instructor's guide: its ten steps, run as they stand, and its table."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment import load, names
from grader.folder import Course
from tests.coursework.conftest import FIRST, hand_in, solved

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "book" / "instructors-guide.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^### (\d+) .*?^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


#: each takes what is typed there, and ends where something fails; zsh knows no comments then
SHELLS = {"bash": ["bash", "--norc", "-ieu"], "zsh": ["zsh", "-fieus"]}


def run(shell, script, folder):
    """A person pastes a block and is then where they were; this environment is the course's."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "ADDRESS": str(ROOT),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    done = subprocess.run(
        SHELLS[shell],
        input=f"{script}\ntest . -ef {shlex.quote(str(folder))}\n",
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=SHELLS)
def steps(request, tmp_path_factory):
    """What each step printed, and the folder in which all ten were run."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp("guide") / "Kurs von Müller"
    folder.mkdir()
    printed = {}
    for number, script in STEPS:
        if number == "2":  # what `make` would set up from nothing, in minutes
            programs = folder / "ground-up" / ".venv" / "bin"
            programs.mkdir(parents=True)
            (programs / "python").write_text(
                f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
            )
            (programs / "python").chmod(0o755)
            (programs.parent / ".ready").touch()
        if number == "7":  # the students' part
            course = Course(folder / "my-course")
            hand_in(folder / "downloads", "ada", solved(course, "ada"))
            hand_in(folder / "downloads", "bob", solved(course, "bob", left=("why", "cost")))
        if number == "10":
            path = folder / "my-course" / "by-hand" / f"{FIRST}.csv"
            path.write_text(path.read_text().replace("ada,why,,", "ada,why,4,"))
        printed[number] = run(request.param, script, folder)
    return folder, printed


def test_there_are_ten_steps():
    assert [number for number, _ in STEPS] == [str(n) for n in range(1, 11)]


def test_set_up_lists_the_assignments_and_tries_the_sandbox(steps):
    assert all(name in steps[1]["2"] for name in names())
    assert "The sandbox holds" in steps[1]["2"]


def test_release_and_hand_out(steps):
    folder, printed = steps
    assert "3 notebooks" in printed["4"]
    assert "give nothing away" in printed["4"]
    assert (folder / "my-course" / "to-hand-out.zip").exists()
    assert "np.linalg.solve" in (folder / "my-course" / "solution.ipynb").read_text()


def test_collect_and_grade(steps):
    printed = steps[1]
    assert "2 of 3 students have handed in" in printed["7"]
    assert "2 graded, 0 zero, 0 late, 0 look at by hand, 1 missing" in printed["8"]
    assert "ada,why,,5," in printed["9"]


def test_grades(steps):
    course = steps[0] / "my-course"
    with open(course / "export" / f"{FIRST}-generic.csv", newline="") as file:
        totals = {row["student"]: row["total"] for row in csv.DictReader(file)}
    assert totals == {"ada": "33", "bob": "23", "eve": ""}
    assert {path.name for path in (course / "export").iterdir()} == {
        f"{FIRST}-{form}.csv" for form in ("generic", "canvas", "moodle")
    }
    assert len(list((course / "feedback" / FIRST).iterdir())) == 2
    assert (course / "report" / f"{FIRST}.html").exists()


def test_the_table_says_what_the_sources_say():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|", GUIDE, re.MULTILINE)
    works = [load(name) for name in names()]
    assert rows == [(w.id, str(w.chapter), str(w.points), str(w.minutes)) for w in works]
