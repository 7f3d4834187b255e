"""Lateness: the deadline's edge, times that say nothing, the same bytes again, extensions."""

import json
import os
import time
import zipfile

import pytest

from grader import deadlines
from grader.__main__ import main
from grader.collect import collect
from grader.deadlines import Terms, deadline, moment, said, terms
from grader.folder import CourseError
from tests.coursework.conftest import FIRST, hand_in, solved

DUE = "2026-11-20T23:59"


@pytest.fixture
def handed(tmp_path):
    return tmp_path / "handed"


def at(course, handed, student, time, name="a1.ipynb", **how):
    """A student's notebook of a time; a time of the collecting machine's zone."""
    path = hand_in(handed, student, solved(course, student, **how), name)
    seconds = moment(time).timestamp()
    os.utime(path, (seconds, seconds))
    return path


def late(course, student):
    return course.submission(FIRST, student)["late_days"]


@pytest.mark.parametrize(
    ("due", "time", "days"),
    [
        (DUE, "2026-11-20T23:58:59", 0),
        (DUE, "2026-11-20T23:59:00", 0),
        (DUE, "2026-11-20T23:59:30", 0),
        (DUE, "2026-11-20T23:59:59", 0),
        (DUE, "2026-11-21T00:00:00", 60 / 86400),
        (DUE, "2026-11-21T00:00:20", 80 / 86400),
        ("2026-11-20T23:59:10", "2026-11-20T23:59:10", 0),
        ("2026-11-20T23:59:10", "2026-11-20T23:59:11", 1 / 86400),
        ("2026-11-20", "2026-11-20T00:00:01", 0),
        ("2026-11-20", "2026-11-20T23:59:59", 0),
        ("2026-11-20", "2026-11-21T00:00:00", 60 / 86400),
    ],
)
def test_the_edge_of_a_deadline(due, time, days):
    kept = Terms(due=deadline(due).isoformat())
    assert kept.days_late("ada", moment(time)) == pytest.approx(days, abs=1e-6)
    assert (kept.days_late("ada", moment(time)) > 0) == (days > 0)


@pytest.mark.parametrize("text", ["2026-11-20T24:00", "soon", "", "20.11.2026", "2026-11-31"])
def test_what_is_no_deadline(text):
    with pytest.raises(ValueError, match=r".*"):
        deadline(text)


@pytest.mark.parametrize("text", ["2026-11-20", "20261120", "2026-W47-5"])
def test_a_date_alone_is_no_time_of_a_submission(course, handed, text):
    at(course, handed, "ada", "2026-11-20T10:00")
    (course.path / "times.csv").write_text(f"id,time\nada,{text}\n")
    with pytest.raises(CourseError, match="with a time such as"):
        collect(course, FIRST, handed, due=deadline(DUE))


def test_the_deadline_is_kept(course, handed):
    at(course, handed, "ada", "2026-11-22T23:59")
    at(course, handed, "bob", "2026-11-20T10:00")
    collect(course, FIRST, handed, due=deadline(DUE))
    assert late(course, "ada") == 2
    at(course, handed, "eve", "2026-11-21T23:59")
    collect(course, FIRST, handed)
    assert [late(course, s) for s in ("ada", "bob", "eve")] == [2, 0, 1]
    collect(course, FIRST, handed / "eve", due=deadline("2026-11-21"))
    assert [late(course, s) for s in ("ada", "bob", "eve")] == [1, 0, 0]


def test_the_command_says_which_moment_and_how_many(course, handed, capsys):
    at(course, handed, "ada", "2026-11-21T00:10")
    at(course, handed, "bob", "2026-11-20T12:00")
    command = ["--course", str(course.path), "collect", FIRST, str(handed)]
    assert main([*command, "--due", "2026-11-20"]) == 0
    printed = capsys.readouterr().out
    assert "Due 2026-11-20 23:59:00" in printed
    assert ": 1 late." in printed
    assert main([*command, "--grace", "30"]) == 0
    assert "30 minutes of grace: 0 late." in capsys.readouterr().out
    for wrong in (["--due", "2026-11-20T24:00"], ["--penalty", "-5"], ["--most", "101"]):
        assert main([*command, *wrong]) == 1
        assert capsys.readouterr().err.count("\n") == 1
    assert terms(course, FIRST).grace == 30


def test_the_same_bytes_again_keep_their_first_time(course, handed):
    path = at(course, handed, "ada", "2026-11-20T10:00")
    collect(course, FIRST, handed, due=deadline(DUE))
    at(course, handed, "ada", "2026-11-22T10:00")
    collect(course, FIRST, handed)
    assert late(course, "ada") == 0
    # Another one, late, and then the first again: it was there in time.
    at(course, handed, "ada", "2026-11-23T23:59", left=("line",))
    collect(course, FIRST, handed)
    assert late(course, "ada") == 3
    at(course, handed, "ada", "2026-11-24T10:00")
    collect(course, FIRST, handed)
    assert late(course, "ada") == 0
    # Both beside each other in one collection.
    path.with_name("again.ipynb").write_bytes(path.read_bytes())
    early = moment("2026-11-20T09:00").timestamp()
    os.utime(path.with_name("again.ipynb"), (early, early))
    collect(course, FIRST, handed)
    assert late(course, "ada") == 0


def test_canvas_marks_the_same_bytes_late(course, tmp_path):
    (course.path / "roster.csv").write_text("id,name,canvas_id\nada,Ada,9001\nbob,Bob,9002\n")
    data = json.dumps(solved(course, "ada")).encode()

    def zipped(*names):
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name in names:
                archive.writestr(name, data)
        return tmp_path / "all.zip"

    course = type(course)(course.path)
    collect(course, FIRST, zipped("ada_9001_1_a.ipynb", "bob_9002_2_a.ipynb"))
    collect(course, FIRST, zipped("ada_LATE_9001_3_a-1.ipynb", "bob_9002_2_a.ipynb"))
    assert late(course, "ada") == 0
    both = zipped("ada_9001_1_a.ipynb", "ada_LATE_9001_4_a-2.ipynb", "bob_9002_2_a.ipynb")
    collect(course, FIRST, both)
    assert late(course, "ada") == 0


@pytest.mark.parametrize("when", [(1980, 1, 1, 0, 0, 0), (1980, 0, 0, 0, 0, 0)])
def test_times_that_say_nothing_make_nobody_punctual(course, tmp_path, when):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for student in ("ada", "bob"):
            info = zipfile.ZipInfo(f"{student}/a1.ipynb")
            info.date_time = when
            archive.writestr(info, json.dumps(solved(course, student)))
    lines = collect(course, FIRST, tmp_path / "all.zip", due=deadline(DUE))
    assert any("say nothing" in line and "ada, bob" in line for line in lines)
    assert not course.submission(FIRST, "ada")["late_known"]
    (course.path / "times.csv").write_text("id,time\nada,2026-11-21T23:59\nbob,2026-11-20T10:00\n")
    assert not any("say nothing" in line for line in collect(
        course, FIRST, tmp_path / "all.zip"))  # fmt: skip
    assert [late(course, s) for s in ("ada", "bob")] == [1, 0]


def test_files_without_a_time_in_a_folder(course, handed):
    at(course, handed, "ada", "1970-01-01T12:00")
    at(course, handed, "bob", "2026-11-20T10:00")
    lines = collect(course, FIRST, handed, due=deadline(DUE))
    assert any("say nothing" in line and "ada" in line and "bob" not in line for line in lines)
    assert course.submission(FIRST, "bob")["late_known"]


def test_lateness_of_a_platform_is_decided_by_its_folders_and_not_by_a_files_name(course, handed):
    at(course, handed, "ada_9_assignsubmission_file_".replace("ada", "Name of ada"),
       "2026-11-19T10:00", "a1.ipynb")  # fmt: skip
    at(course, handed, "Name of bob_8_assignsubmission_file_", "2026-11-22T23:59", "x_1_2_a.ipynb")
    collect(course, FIRST, handed, due=deadline(DUE))
    assert [late(course, s) for s in ("ada", "bob")] == [0, 2]


def test_brightspace_says_when_in_the_folders_name(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number, (student, day) in enumerate({"ada": "Nov 20", "bob": "Nov 21"}.items()):
            name = f"1{number}-7{number} - Name of {student} - {day}, 2026 1159 PM/x_1_2_a.ipynb"
            archive.writestr(name, json.dumps(solved(course, student)))
    collect(course, FIRST, tmp_path / "all.zip", due=deadline(DUE))
    assert [late(course, s) for s in ("ada", "bob")] == [0, 1]


@pytest.fixture
def machine(monkeypatch):
    """Sets the machine's zone; as POSIX writes it, which needs no table of zones."""

    def set_to(zone):
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield set_to
    monkeypatch.undo()
    time.tzset()


ZONES = {"UTC0": "+0000", "CET-1": "+0100", "EST5": "-0500"}


@pytest.mark.parametrize("zone", ZONES)
def test_a_machine_in_another_zone_than_the_teacher(course, handed, machine, zone):
    """A deadline with its zone is the same everywhere; one without is the machine's, as is said."""
    machine(zone)
    at(course, handed, "ada", "2026-11-20T23:59:30+01:00")
    at(course, handed, "bob", "2026-11-21T00:00+01:00")
    collect(course, FIRST, handed, due=deadline("2026-11-20T23:59+01:00"))
    assert [late(course, s) > 0 for s in ("ada", "bob")] == [False, True]
    assert said(course, FIRST).startswith("Due 2026-11-20 ")
    collect(course, FIRST, handed, due=deadline(DUE))
    assert f" 23:59:00 {ZONES[zone]}, that minute included" in said(course, FIRST)
    assert "zone" not in said(course, FIRST)


def test_times_that_name_no_zone_are_said_to_be_the_machines(course, tmp_path, machine):
    machine("CET-1")
    deadlines.keep(course, FIRST, due=deadline(DUE).isoformat())
    assert "zone" not in said(course, FIRST)
    machine("EST5")  # the course folder moves to another machine
    assert "This machine's zone is another, -0500" in said(course, FIRST)
    machine("CET-1CEST,M3.5.0,M10.5.0/3")  # the school's, which has summer time
    assert "zone" not in said(course, FIRST)


def test_extensions(course, handed):
    for student in ("ada", "bob", "eve"):
        at(course, handed, student, "2026-11-22T23:59")
    (course.path / "extensions.csv").write_text(
        f"id,assignment,due\nADA,{FIRST},2026-11-22\nbob,,2026-11-21T23:59\neve,a2_neuron,2027-01-01\n"
    )
    collect(course, FIRST, handed, due=deadline(DUE))
    assert [late(course, s) for s in ("ada", "bob", "eve")] == [0, 1, 2]
    for text, why in {"nobody,2026-11-22": "nobody on the roster is 'nobody'",
                       "ada,soon": "due must be a time"}.items():  # fmt: skip
        (course.path / "extensions.csv").write_text(f"id,due\n{text}\n")
        with pytest.raises(CourseError, match=f"line 2: .*{why}"):
            collect(course, FIRST, handed)


def test_a_name_in_the_table_of_times_that_nobody_has_is_said(course, handed):
    at(course, handed, "ada", "2026-11-20T10:00")
    (course.path / "times.csv").write_text("id,time\nadda,2026-11-20T10:00\n")
    assert "times.csv, line 2: nobody on the roster is 'adda'" in collect(course, FIRST, handed)
