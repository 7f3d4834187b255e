"""What was released is remembered; nothing is graded, exported or shown against anything else."""

import errno
import json
import os
import shutil

import pytest

from grader import notebook, released
from grader.__main__ import main
from grader.assignment import SOURCES
from grader.collect import collect
from grader.feedback import feedback
from grader.folder import Course, CourseError
from grader.grade import LOOK, current, grade_all, pending
from grader.marks import rows, to_do
from grader.release import release
from grader.report import report
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

ALL = 29


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """Three who have what was released; two have handed in, and are graded."""
    root = tmp_path_factory.mktemp("released")
    course = make_course(root / "course", ["ada", "bob", "eve"])
    release(course, FIRST)
    handed_in(course, "ada", "bob")
    grade_all(course, FIRST)
    return course


@pytest.fixture
def graded(handed_out, tmp_path):
    """A copy of all that, with sources that a test may change."""
    shutil.copytree(SOURCES, tmp_path / "sources")
    shutil.copytree(handed_out.path, tmp_path / "course")
    return Course(tmp_path / "course", tmp_path / "sources")


@pytest.fixture
def course(graded):
    """The same before anything was handed in."""
    for kind in ("submitted", "results"):
        shutil.rmtree(graded.path / kind)
    return graded


def with_source(course, there, instead):
    """The course with another source from now on, as after a pull."""
    path = course.sources / f"{FIRST}.py"
    text = path.read_text()
    assert text.count(there) == 1
    new = course.path.parent / f"sources-{len(list(course.path.parent.iterdir()))}"
    shutil.copytree(course.sources, new)
    (new / f"{FIRST}.py").write_text(text.replace(there, instead))
    return Course(course.path, new)


def handed_in(course, *students):
    for student in students:
        hand_in(course.path.parent / "handed", student, solved(course, student))
    collect(course, FIRST, course.path.parent / "handed")
    return course


MORE_VALUES = (
    "rng.choice([2.5, 3.0, 3.5, 4.0, 4.5])",
    "rng.choice([2.5, 3.0, 3.5, 4.0, 4.5, 5.0])",
)
A_CHECK = ('"a perfect prediction costs nothing"', '"a right prediction costs nothing"')


def test_only_release_makes_a_key(tmp_path):
    course = make_course(tmp_path / "course", ["ada"])
    hand_in(tmp_path / "handed", "ada", solved(course, "ada"))
    (course.path / "key").unlink()
    course = Course(course.path)
    with pytest.raises(CourseError, match="There is no key"):
        collect(course, FIRST, tmp_path / "handed")
    for ask in (grade_all, rows, feedback, report):
        with pytest.raises(CourseError, match="There is no key"):
            ask(course, FIRST)
    assert not (course.path / "key").exists()
    assert main(["--course", str(course.path), "solutions", FIRST, "ada"]) == 1
    release(course, FIRST)
    assert len((course.path / "key").read_text().strip()) == 64
    assert ((course.path / "key").stat().st_mode & 0o777) == 0o600
    assert (course.path.stat().st_mode & 0o777) == 0o700


def test_without_the_key_nothing_is_released_either(course):
    """A backup without the key: a new one would give everybody other numbers."""
    (course.path / "key").unlink()
    for assignment in (FIRST, "a2_neuron"):
        with pytest.raises(CourseError, match="There is no key"):
            release(Course(course.path), assignment)
    assert not (course.path / "key").exists()


def test_another_key_stops_the_grading(course):
    handed_in(course, "ada")
    (course.path / "key").write_text("feed" * 16 + "\n")
    course = Course(course.path, course.sources)
    with pytest.raises(CourseError, match=r"is not the key with which a1.* was released"):
        grade_all(course, FIRST)
    with pytest.raises(CourseError, match=r"is not the key"):
        release(course, FIRST)
    assert course.result(FIRST, "ada") is None


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        MORE_VALUES,
        ('"place": float(rng.choice(', '"place": rng.random() * 0 + float(rng.choice('),
        ("rng.choice([2.0, 3.0, 4.0, 5.0])", "rng.choice([2.5, 3.5, 4.5, 5.5])"),
    ],
)
def test_a_source_that_draws_anew_stops_the_grading(graded, there, instead):
    course = graded
    before = {s: course.result(FIRST, s) for s in ("ada", "bob")}
    assert {result["points"] for result in before.values()} == {ALL}
    other = with_source(course, there, instead)
    with pytest.raises(CourseError, match="other numbers than were released"):
        grade_all(other, FIRST)
    with pytest.raises(CourseError, match="other numbers than were released"):
        release(other, FIRST)
    assert {s: course.result(FIRST, s) for s in ("ada", "bob")} == before


def test_who_says_that_nobody_has_it_may_release_other_numbers(course, monkeypatch):
    other = with_source(course, *MORE_VALUES)
    monkeypatch.setattr("grader.release.prove", lambda *_: [])
    release(other, FIRST, anew=True)
    released.check(other, other.assignment(FIRST))
    with pytest.raises(CourseError, match="other numbers than were released"):
        released.check(course, course.assignment(FIRST))


def test_a_source_with_the_same_numbers_grades_again_what_was_given_then(course):
    """A changed test is no change that the student made."""
    handed_in(course, "ada")
    other = with_source(course, *A_CHECK)
    assert released.changed(other, other.assignment(FIRST))
    assert not released.changed(course, course.assignment(FIRST))
    grade_all(other, FIRST)
    result = other.result(FIRST, "ada")
    assert (result["points"], result["remarks"]) == (ALL, [])


def test_a_cell_that_the_student_changed_is_still_said(course):
    made = solved(course, "ada")
    for cell in made["cells"]:
        if cell["id"] == "cost-task":
            cell["source"] += "\nI do not like this."
    hand_in(course.path.parent / "handed", "ada", made)
    collect(course, FIRST, course.path.parent / "handed")
    grade_all(course, FIRST)
    assert course.result(FIRST, "ada")["remarks"] == ["cell cost-task was changed, and restored"]


def test_who_joins_the_class_does_not_change_the_others(course, monkeypatch):
    monkeypatch.setattr("grader.release.prove", lambda *_: [])  # elsewhere it is tried
    before = {p.name: p.read_bytes() for p in course.place("release", FIRST).iterdir()}
    with open(course.path / "roster.csv", "a") as file:
        file.write("new,Newcomer,new@example.org\n")
    course = Course(course.path, course.sources)
    release(course, FIRST)
    after = {p.name: p.read_bytes() for p in course.place("release", FIRST).iterdir()}
    assert before.items() <= after.items()
    assert set(after) - set(before) == {"new.ipynb"}
    handed_in(course, "new")
    grade_all(course, FIRST)
    assert course.result(FIRST, "new")["points"] == ALL


def test_the_last_bits_of_a_number_are_not_other_numbers():
    one, other = ({"w": [0.1 + 0.2, 1e300], "n": -0.0}, {"w": [0.3, 1e300], "n": 0.0})
    assert released._text(one) == released._text(other)
    assert released._text({"w": 0.3}) != released._text({"w": 0.300001})


# --- results that are not of today ---


@pytest.mark.parametrize("content", ["", "{", "\0\0\0"])
def test_a_broken_result_is_graded_again_and_a_broken_record_is_named(graded, content):
    graded.place("results", FIRST, "ada", ".json").write_text(content)
    assert pending(graded, graded.assignment(FIRST)) == ["ada"]
    graded.place("submitted", FIRST, "ada", ".json").write_text(content)
    with pytest.raises(CourseError, match=r"ada\.json is broken: delete it, and collect again"):
        rows(graded, FIRST)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_is_one_sentence(graded, monkeypatch, capsys, number):
    def full(*_):
        raise OSError(number, os.strerror(number), "export/a1.csv")

    monkeypatch.setattr("grader.marks.write", full)
    assert main(["--course", str(graded.path), "export", FIRST]) == 1
    assert capsys.readouterr().err.startswith(f"export/a1.csv: {os.strerror(number)}.")


@pytest.fixture
def stale(graded):
    """Two graded; then a check of the source has another name."""
    to_do(graded, FIRST)
    return with_source(graded, '"mixed classes"', '"other classes"')


def test_stale_results_are_nowhere_exported_as_fresh(stale, capsys):
    assert set(pending(stale, stale.assignment(FIRST))) == {"ada", "bob"}
    found = {row.student: row for row in rows(stale, FIRST)}
    assert (found["ada"].state, found["ada"].total, found["ada"].points) == (LOOK, None, None)
    assert "another source" in found["ada"].remarks
    assert feedback(stale, FIRST) == []
    assert "another source" in report(stale, FIRST).read_text()
    command = ["--course", str(stale.path), "--sources", str(stale.sources), "export", FIRST]
    assert main(command) == 0
    assert "Without a total: 2 that wait" in capsys.readouterr().out


def test_what_was_handed_in_again_and_not_graded_yet_has_no_mark(graded):
    course = graded
    again = solved(course, "ada", left=("line",))
    hand_in(course.path.parent / "handed", "ada", again)
    collect(course, FIRST, course.path.parent / "handed")
    found = {row.student: row for row in rows(course, FIRST)}
    assert (found["ada"].total, found["ada"].state) == (None, LOOK)
    assert "not graded yet" in found["ada"].remarks
    grade_all(course, FIRST)
    assert current(course, course.assignment(FIRST))["ada"]["points"] == ALL - 6


def test_a_dispute_that_comes_after_grading_is_graded_again(graded, tmp_path):
    course = graded
    other = json.loads(notebook.write(solved(course, "bob", left=("line",))))
    other["metadata"]["groundup"]["student"] = "ada"
    hand_in(tmp_path / "mails", "", other, "ada.ipynb")
    collect(course, FIRST, tmp_path / "mails")
    grade_all(course, FIRST)
    result = course.result(FIRST, "ada")
    assert (result["state"], result["points"]) == (LOOK, ALL)
    assert "ada.ipynb" in result["remarks"][0]
