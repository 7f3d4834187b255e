"""Collecting from folders and zips: whose file it is, which one counts, and what is refused."""

import json
import os
import stat
import subprocess
import sys
import zipfile

import pytest

from grader import notebook
from grader.collect import LARGEST, collect, moment
from grader.folder import CourseError
from tests.coursework.conftest import FIRST, hand_in, make_course, solved


@pytest.fixture
def handed(tmp_path):
    folder = tmp_path / "handed"
    folder.mkdir()
    return folder


def data_of(course, student):
    return json.dumps(solved(course, student)).encode()


def stored(course, student):
    record = course.submission(FIRST, student)
    return record and {name: record[name] for name in ("from", "problem", "late_days")}


def zipped(path, members):
    """A zip of (name, bytes) or (ZipInfo, bytes)."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "ada.ipynb",
        "ada/whatever.ipynb",
        "ADA/x.ipynb",
        "ada_a1_final.ipynb",
        "ada (2).ipynb",
        "group 3/ada/sub/x.ipynb",
        "adalove_4711_998877_a1.ipynb",
        "adalove_LATE_4711_998877_a1-2.ipynb",
        "Na'me  of Ådà_31415_assignsubmission_file_/homework.ipynb",
        "Name of A\u030ada\u0300_31415_assignsubmission_file_homework.ipynb",
    ],
)
def test_whose_file_it_is(tmp_path, handed, name):
    course = make_course(tmp_path / "course", ["ada", "adam", "bob"])
    (course.path / "roster.csv").write_text(
        "id,name,canvas_id\nada,Name of 'Ådà',4711\nadam,Name of adam,4712\nbob,Bob,1\n"
    )
    path = handed / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data_of(course, "ada"))
    assert not any("as the notebook says" in line for line in collect(course, FIRST, handed))
    assert stored(course, "ada")["problem"] is None
    assert stored(course, "adam") is None
    assert (stored(course, "ada")["late_days"] > 0) == ("LATE" in name)


def test_a_nameless_file_is_taken_by_what_it_says(course, handed):
    (handed / "Untitled.ipynb").write_bytes(data_of(course, "bob"))
    lines = collect(course, FIRST, handed)
    assert "Untitled.ipynb: taken as bob's, as the notebook says" in lines
    assert stored(course, "bob")["from"] == "Untitled.ipynb"


def test_nobody_replaces_anothers_file_by_what_a_notebook_says(course, handed):
    hand_in(handed, "bob", data_of(course, "bob"))
    os.utime(handed / "bob" / f"{FIRST}.ipynb", (1, 1))
    (handed / "zzz.ipynb").write_bytes(json.dumps(notebook.build(
        course.assignment(FIRST), "bob", course.key)).encode())  # fmt: skip
    collect(course, FIRST, handed)
    assert stored(course, "bob")["from"] == f"bob/{FIRST}.ipynb"


def test_the_last_of_several_counts(course, handed):
    for name, time in {"old": 100, "new": 300, "middle": 200}.items():
        path = hand_in(handed, "ada", data_of(course, "ada"), f"{name}.ipynb")
        os.utime(path, (time, time))
    lines = collect(course, FIRST, handed)
    assert stored(course, "ada")["from"] == "ada/new.ipynb"
    assert "ada: 3 files, the last is ada/new.ipynb" in lines


def test_late_by_the_clock_and_by_the_table_of_times(course, handed):
    due = moment("2026-11-30T12:00+00:00")
    for student, time in {"ada": "2026-11-30T12:00", "bob": "2026-12-02T00:00"}.items():
        path = hand_in(handed, student, data_of(course, student))
        seconds = moment(f"{time}+00:00").timestamp()
        os.utime(path, (seconds, seconds))
    collect(course, FIRST, handed, due=due)
    assert stored(course, "ada")["late_days"] == 0
    assert stored(course, "bob")["late_days"] == 1.5
    (course.path / "times.csv").write_text("id,time\nbob,2026-11-30T11:00+00:00\n")
    collect(course, FIRST, handed, due=due)
    assert stored(course, "bob")["late_days"] == 0
    assert not any("nothing from" in line and "ada" in line for line in collect(
        course, FIRST, handed / "bob", due=due))  # fmt: skip
    (course.path / "times.csv").write_text("id,time\nbob,soon\n")
    with pytest.raises(CourseError, match="columns id and time"):
        collect(course, FIRST, handed, due=due)


def test_of_a_file_from_canvas_its_mark_counts_and_not_the_time_of_the_download(tmp_path, handed):
    course = make_course(tmp_path / "course", ["007", "bob"])
    (course.path / "roster.csv").write_text("id,name,canvas_id\n007,Ada,4711\nbob,Bob,4712\n")
    for student, name in {"007": "ada_4711_99_a.ipynb", "bob": "bob_LATE_4712_98_a.ipynb"}.items():
        (handed / name).write_bytes(data_of(course, student))
    due = moment("2020-01-01T12:00+00:00")
    assert collect(course, FIRST, handed, due=due) == []
    assert stored(course, "007")["late_days"] == 0
    assert stored(course, "bob")["late_days"] > 0
    (course.path / "times.csv").write_text(  # as a spreadsheet leaves the id 007
        "id;time\n7;2020-01-03 00:00+00:00\nbob;2020-01-01 11:00+00:00\n"
    )
    collect(course, FIRST, handed, due=due)
    assert stored(course, "007")["late_days"] == 1.5
    assert stored(course, "bob")["late_days"] == 0


def test_what_is_no_file_or_no_notebook_is_named_and_left(course, handed):
    hand_in(handed, "ada", data_of(course, "ada"))
    (handed / "bob").mkdir()
    os.mkfifo(handed / "bob" / f"{FIRST}.ipynb")
    (handed / "eve").symlink_to(course.path)
    (handed / "notes.txt").write_text("hello")
    (handed / "new\nline.ipynb").write_bytes(b"{}")
    (handed / "huge.ipynb").write_bytes(b" " * (LARGEST + 1))
    lines = collect(course, FIRST, handed)
    assert "notes.txt: not a notebook, left" in lines
    assert f"bob/{FIRST}.ipynb: not a file but a pipe, socket or device" in lines
    assert "eve: a link, not followed" in lines
    assert any(line.startswith("'new\\nline.ipynb': is not a notebook") for line in lines)
    assert "huge.ipynb: larger than 10 MiB (10 MiB), not read" in lines
    assert all("\n" not in line for line in lines)
    assert stored(course, "ada")["problem"] is None
    assert stored(course, "bob")["problem"] is not None
    assert stored(course, "eve") is None


def special(name, kind):
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o644) << 16
    return info


def test_a_hostile_zip_stops_nothing(course, tmp_path):
    bomb = zipfile.ZipInfo("eve/bomb.ipynb", (2026, 11, 1, 0, 0, 0))
    bomb.compress_type = zipfile.ZIP_DEFLATED
    path = zipped(
        tmp_path / "all.zip",
        [
            ("ada/a1.ipynb", data_of(course, "ada")),
            ("../../bob/a1.ipynb", data_of(course, "bob")),
            ("/etc/cron.d/bob.ipynb", b"x"),
            ("C:\\Windows\\bob.ipynb", b"x"),
            ("..\\bob.ipynb", b"x"),
            (special("bob/link.ipynb", stat.S_IFLNK), b"/etc/passwd"),
            (bomb, b"\0" * (LARGEST * 3)),
            ("nested.zip", b"PK"),
        ],
    )
    before = sorted(tmp_path.rglob("*"))
    lines = collect(course, FIRST, path)
    said = dict(line.rsplit(": ", 1) for line in lines if ": " in line)
    assert said["../../bob/a1.ipynb"] == "its path leads out of the zip"
    assert said["/etc/cron.d/bob.ipynb"] == "its path leads out of the zip"
    assert said["C:/Windows/bob.ipynb"] == "its path leads out of the zip"
    assert said["../bob.ipynb"] == "its path leads out of the zip"
    assert said["bob/link.ipynb"] == "a link or device, not followed"
    assert said["eve/bomb.ipynb"] == "larger than 10 MiB (30 MiB), not read"
    assert said["nested.zip"] == "not a notebook, left"
    assert stored(course, "ada")["problem"] is None
    assert stored(course, "bob")["from"] == "bob/link.ipynb"
    outside = [p for p in tmp_path.rglob("*") if not p.is_relative_to(course.path)]
    assert outside == [p for p in before if not p.is_relative_to(course.path)]


def test_a_broken_member_is_named_and_the_rest_taken(course, tmp_path):
    path = zipped(
        tmp_path / "all.zip",
        [("ada/a1.ipynb", data_of(course, "ada")), ("bob/a1.ipynb", data_of(course, "bob"))],
    )
    whole = bytearray(path.read_bytes())
    place = whole.index(b"bob/a1.ipynb") + 200
    whole[place] ^= 1
    path.write_bytes(whole)
    lines = collect(course, FIRST, path)
    assert any(line.startswith("bob/a1.ipynb: broken in the zip") for line in lines)
    assert stored(course, "ada")["problem"] is None
    assert "broken" in stored(course, "bob")["problem"]


def test_a_size_that_lies_is_seen(course, tmp_path):
    path = zipped(tmp_path / "all.zip", [("ada/a1.ipynb", b"x" * 100)])
    whole = bytearray(path.read_bytes())
    place = whole.rindex(b"PK\x01\x02") + 24  # the uncompressed size in the directory
    whole[place : place + 4] = (1 << 31).to_bytes(4, "little")
    path.write_bytes(whole)
    lines = collect(course, FIRST, path)
    assert any("larger than 10 MiB" in line for line in lines)


@pytest.mark.parametrize("origin", ["nowhere", "text.zip"])
def test_what_is_neither_folder_nor_zip(course, tmp_path, origin):
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(CourseError, match="neither a folder nor a zip file"):
        collect(course, FIRST, tmp_path / origin)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\n../x,A\n", "line 2: an id is made of"),
        ("id,name\nada,A\nADA,B\n", "line 3: id ADA is there twice"),
        ("id,name\n", "has no students"),
        ("name\nada\n", "must have the column 'id'"),
        ("id;name\n\n;;\nada;A\n../x;B\n", "line 5: an id is made of"),
        ("id\tname\nada\tA\nADA\tB\n", "line 3: id ADA is there twice"),
    ],
)
def test_a_bad_roster_says_where(tmp_path, handed, text, said):
    course = make_course(tmp_path / "course", ["ada"])
    (course.path / "roster.csv").write_text(text)
    with pytest.raises(CourseError, match=said):
        collect(course, FIRST, handed)


def test_no_roster_says_how_to_write_one(tmp_path, handed):
    course = make_course(tmp_path / "course", ["ada"])
    (course.path / "roster.csv").unlink()
    with pytest.raises(CourseError, match="columns id and name"):
        collect(course, FIRST, handed)


def said_before_handing_in(made, folder, tmp_path):
    """What the notebook's last cell prints, line by line, in a session in that folder."""
    session = "\n".join(
        f"get_ipython().run_cell({cell['source']!r}, store_history=True)"
        for cell in made["cells"]
        if cell["cell_type"] == "code" and not cell["id"].endswith("-tests")
    )
    script = tmp_path / "session.py"
    script.write_text(
        "from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        f"get_ipython = Shell.instance\n{session}\n"
    )
    run = subprocess.run(
        [sys.executable, script], cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


def as_jupyter(made):
    return made


def as_colab(made):
    """Colab leaves out the cells' ids, and has its own among what it knows of a cell."""
    cells = [{name: part for name, part in cell.items() if name != "id"} for cell in made["cells"]]
    for number, cell in enumerate(cells):
        cell["metadata"] = cell["metadata"] | {"id": f"a{number}"}
    return made | {"cells": cells, "nbformat_minor": 0}


@pytest.mark.parametrize("saved", [as_jupyter, as_colab])
def test_the_students_receipt_is_the_collected_one(course, handed, tmp_path, saved):
    """The released notebook's last cell prints the hash that collecting finds.

    Whatever other notebooks lie beside it, and by whichever program it was saved.
    """
    made = solved(course, "ada", left=("band", "switch", "why"))
    path = hand_in(handed, "ada", saved(made))
    beside = {"Untitled": "", "list": "[]", "old": '{"metadata": {}}', "two": '{"metadata": 2}'}
    for name, text in beside.items():
        (path.parent / f"{name}.ipynb").write_text(text)
    lines = said_before_handing_in(made, path.parent, tmp_path)
    for name in beside:
        (path.parent / f"{name}.ipynb").unlink()
    assert [line.split(maxsplit=1)[0] for line in lines if "NOT ATTEMPTED" in line] == [
        "switch",
        "band",
        "why",
    ]
    collect(course, FIRST, handed)
    receipt = course.submission(FIRST, "ada")["receipt"]
    assert any(line.startswith("receipt:") and line.endswith(receipt) for line in lines)
    assert not any(line.startswith("No receipt") for line in lines)


def test_without_a_file_the_last_cell_says_that_there_is_no_receipt(course, tmp_path):
    lines = said_before_handing_in(solved(course, "ada"), tmp_path, tmp_path)
    assert not [line for line in lines if line.startswith("receipt")]
    assert any(line.startswith("No receipt") for line in lines)


def test_who_has_lost_all_names_has_no_receipt(course, handed):
    """Else it is that of nothing, and the same for all."""
    made = as_colab(solved(course, "ada"))
    for cell in made["cells"]:
        del cell["metadata"]["nbgrader"]
    hand_in(handed, "ada", made)
    hand_in(handed, "bob", as_colab(solved(course, "bob")))
    collect(course, FIRST, handed)
    receipts = [course.submission(FIRST, student)["receipt"] for student in ("ada", "bob")]
    assert receipts[0] is None
    assert len(receipts[1]) == 16
