"""What CONTRIBUTING.md shows is run: its examples, the settings for git, the versions."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

import groundup
from grader import assignment
from grader.folder import Course
from groundup.claims import ClaimError, claim, say
from groundup.practice import problem
from groundup.questions import question, quiz
from tests import test_exercises
from tests.coursework import test_sources
from tests.coursework.conftest import make_course
from tools.paths import ROOT, chapters

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(heading: str, language: str) -> str:
    """The one code block of a section."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return found


# --- the examples ---


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    """The exercise with its further slip, as a module of exercises would define it."""
    path = tmp_path / "example.py"
    path.write_text(block("An exercise", "python") + "\n\n" + block("A slip", "python"))
    spec = importlib.util.spec_from_file_location("example", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "example", module)
    monkeypatch.setattr(question, "_REGISTRY", {})
    spec.loader.exec_module(module)
    return question.get("9.1")


def test_the_exercise_passes_what_every_exercise_must(exercise):
    for name, check in vars(test_exercises).items():
        marks = [mark.args for mark in getattr(check, "pytestmark", ())]
        for_it = name.startswith("test_") and [args[0] for args in marks] == ["it"]
        if for_it and (exercise.judged_by or "judge" not in name):
            check(exercise)
    for inputs in (False, True):
        test_exercises.test_single_precision_is_right(exercise, inputs)
    for other in exercise.others:
        test_exercises.test_another_right_answer_passes(exercise, other)


def test_each_slip_is_named(exercise):
    assert len(exercise.slips) == 4
    for slip in exercise.slips:
        test_exercises.test_slip_is_refused_with_its_own_message(exercise, slip)


def test_the_number_is_said_and_promised(capsys):
    code = block("A number", "python")
    exec(code, {"say": say, "claim": claim})
    assert "It is right in 97.0% of cases." in capsys.readouterr().out
    with pytest.raises(ClaimError, match=r"attention\.accuracy"):
        exec(code.replace("0.97", "0.9"), {"say": say, "claim": claim})


def test_the_kind_of_problem_is_one(monkeypatch):
    monkeypatch.setattr(problem, "KINDS", {})
    exec(block("A kind of problem", "python"), {})
    for seed in range(100):
        made = problem.KINDS["first-share"].problem(seed)
        assert made.check(made.steps[-1].split("=")[-1].strip(" $.")).right
        assert made.check(repr(made.answer)).right
        for slip in made.slips:
            assert made.check(repr(slip.make())).message == slip.message


def test_the_quiz_is_one():
    found = quiz.parse(block("A quiz question", "yaml"), "chapter9.yml", 9)
    assert [one.id for one in found.questions] == ["9.q1"]
    for id in found.warmup:
        assert id in {it.id for it in quiz.load(int(id[0])).questions}


@pytest.fixture
def shares(tmp_path, monkeypatch):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a7_shares.py").write_text(block("An assignment", "python"))
    real = assignment.load
    monkeypatch.setattr(assignment, "load", lambda id, folder=folder: real(id, folder))
    return "a7_shares"


@pytest.mark.parametrize(
    "check",
    [
        test_sources.test_each_hidden_check_fails_for_three_wrong_answers,
        test_sources.test_wrong_answers_are_named,
        test_sources.test_variants_differ_and_are_equally_hard,
        test_sources.test_an_assignment_is_complete,
    ],
    ids=lambda check: check.__name__,
)
def test_the_assignment_passes_what_every_assignment_must(check, shares):
    check(shares)


@pytest.mark.parametrize(
    "check",
    [
        test_sources.test_solution_earns_all_and_release_nothing,
        test_sources.test_visible_tests_pass_with_the_solution_and_fail_without,
    ],
    ids=lambda check: check.__name__,
)
def test_the_assignment_is_graded(check, shares, tmp_path):
    if not (shutil.which("bwrap") or os.environ.get("CI")):
        pytest.skip("grading needs bubblewrap")
    make_course(tmp_path / "course", ["ada", "bob"])
    check(Course(tmp_path / "course", tmp_path / "sources"), shares)


# --- before a commit ---


def hooks() -> dict[str, dict]:
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repo["repo"] == "local"  # nothing is fetched
    return {hook["id"]: hook for hook in repo["hooks"]}


def run_hook(name: str, *paths) -> int:
    program, *rest = shlex.split(hooks()[name]["entry"])
    assert program == ".venv/bin/python"
    return subprocess.run([sys.executable, *rest, *paths], cwd=ROOT, capture_output=True).returncode


def test_the_hooks_let_the_course_pass():
    paths = sorted((ROOT / "tools").glob("*.py"))
    assert run_hook("ruff-check", *paths) == 0
    assert run_hook("ruff-format", "--check", *paths) == 0
    assert run_hook("notebooks", chapters()[0]) == 0
    assert re.match(hooks()["notebooks"]["files"], "notebooks/05_mnist.ipynb")
    assert len(hooks()) == 3


def test_the_hooks_stop_what_is_wrong(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("import os\nx = [ 1]\n")
    assert run_hook("ruff-check", bad) == 1
    assert run_hook("ruff-format", bad) == 0  # mended; pre-commit sees the change and stops
    assert bad.read_text() == "import os\n\nx = [1]\n"
    notebook = tmp_path / "09_bad.ipynb"
    text = chapters()[0].read_text(encoding="utf-8")
    notebook.write_text(text.replace('"execution_count": 1,', '"execution_count": 7,', 1))
    assert run_hook("notebooks", notebook) == 1


# --- versions ---


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+),", changes, re.MULTILINE)[1]
    assert project["version"] == groundup.__version__ == citation["version"] == newest
    assert re.fullmatch(r"\d+\.\d+\.\d+", newest)


def test_each_release_says_what_it_changes_for_graders():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", changes, flags=re.MULTILINE)[1:]
    assert releases
    for release in releases:
        assert re.search(r"^### For graders\n\n\S", release, re.MULTILINE), release.splitlines()[0]
