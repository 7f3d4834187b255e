"""Ids and names that differ only in form, in rosters, tables, accounts and on the hub."""

import datetime
import importlib.util
import os
import shutil
import sys
import types
from pathlib import Path

import pytest

from grader import exchange, people
from grader.folder import Course, CourseError, roster
from grader.release import release
from tests.coursework.conftest import FIRST, make_course

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def module(name):
    spec = importlib.util.spec_from_file_location(f"deploy_{name}", DEPLOY / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize(
    ("said", "ids", "meant"),
    [
        ("ADA", ["ada", "bob"], "ada"),
        ("7", ["007", "8"], "007"),
        ("1234567.0", ["1234567", "8"], "1234567"),
        ("1234567,00", ["1234567", "8"], "1234567"),
        ("2.02E+11", ["202000000123", "303000000123"], "202000000123"),
        ("2,02e+11", ["202000000123", "303000000123"], "202000000123"),
        ("2.02E+11", ["202000000123", "202000000124"], None),
        ("1.0E+03", ["900", "1000"], "1000"),
        ("1.0E+03", ["999", "1000"], None),
        ("7", ["007", "07"], None),
        ("'ada", ["ada"], "ada"),
        ("ａｄａ", ["ada"], "ada"),
        ("adam", ["ada"], None),
        ("", ["ada"], None),
    ],
)
def test_an_id_in_another_form_is_the_same_or_a_question(said, ids, meant):
    assert people.known(said, ids) == meant


@pytest.mark.parametrize(
    ("names", "asked", "found"),
    [
        ({"a": "Müller, Jörg", "b": "Jörg Maier"}, "Jörg Müller", ["a"]),
        ({"a": "Jörg Müller", "b": "JORG MULLER"}, "Jörg Müller", ["a", "b"]),
        ({"a": "Ada Lovelace"}, "Ada", []),
        ({"a": "Ada Lovelace", "b": "Ada Lovelace Stone"}, "Ada Lovelace", ["a"]),
        ({"a": "Ana García Pérez", "b": "Ana García López"}, "Ana Garcia", ["a", "b"]),
        ({"a": "Łukasz Żak", "b": "Eve"}, "Zak, Lukasz", ["a"]),
    ],
)
def test_names(names, asked, found):
    assert people.named(asked, names) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\n2.02E+11,Ada\n", "line 2: a spreadsheet has made a number of the id"),
        ("id;name\n2,02E+11;Ada\n", "line 2: a spreadsheet has made a number of the id"),
        ("id,name\n1234567.0,Ada\n", "line 2: a spreadsheet has made a number of the id"),
        ("id,name\n007,Ada\n7,Bob\n", "ids 007 and 7 differ in leading zeros"),
        ("id,canvas_id\nada,4711\nbob,4711\n", "canvas_id 4711 is there twice, of ada and bob"),
        ("id,email\nada,A@x.org\nbob,a@X.org\n", "email a@x.org is there twice"),
        ("id,login\nada,\nbob,ADA\n", "account ada is there twice, of ada and bob"),
        ("id,name\nAda,A\nada,B\n", "id ada is there twice"),
    ],
)
def test_a_roster_in_which_two_are_one_is_refused(tmp_path, text, said):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(CourseError, match=said):
        roster(tmp_path / "roster.csv")


def test_canvas_own_table_is_a_roster(tmp_path):
    (tmp_path / "roster.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework (12)\n"
        '    Points Possible,,,,,34\n"Lovelace, Ada",4711,s01,alovelace,A,\n'
        '"Student, Test",99,,,A,\n"Stone, Bob",4712,,bstone,A,\n'
    )
    found = roster(tmp_path / "roster.csv")
    assert [(s.id, s.name, s.canvas_id, s.login) for s in found.values()] == [
        ("bstone", "Stone, Bob", "4712", "bstone"),
        ("s01", "Lovelace, Ada", "4711", "alovelace"),
    ]


# --- accounts on a hub ---


@pytest.mark.parametrize(
    "data",
    [
        b"id,name\nada,Ada\nbob,Bob\n",
        b"ID;Name\r\nAda;Ada\r\nBOB;Bob\r\n;;\r\n;\r\n",
        "\ufeffid\tname\nada\tÄda\nbob\tBob\n".encode("utf-16-le"),
        b"id,login\n1234567,ada\ns@x.org,Bob\n",
    ],
)
def test_accounts_takes_the_rosters_that_the_grader_takes(tmp_path, data):
    (tmp_path / "roster.csv").write_bytes(data)
    assert sorted(module("accounts").read(tmp_path / "roster.csv")) == ["ada", "bob"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id\n1234567\n", "an account's name.*got '1234567'"),
        ("id\nada@x.org\n", "got 'ada@x.org'"),
        ("id\n2.02E+11\n", "made a number of the id"),
        ("name\nada\n", "must have the column 'id'"),
        ("id\nroot\n", "'root' is an account of the system"),
        ("id,login\nada,Daemon\n", "'daemon' is an account of the system"),
    ],
)
def test_accounts_refuses_in_one_sentence(tmp_path, text, said):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(SystemExit, match=said):
        module("accounts").read(tmp_path / "roster.csv")
    with pytest.raises(SystemExit, match=r"nowhere\.csv"):
        module("accounts").read(tmp_path / "nowhere.csv")


def test_the_hub_knows_a_student_by_the_account(tmp_path, monkeypatch):
    """Roster ``Ada``, account ``ada``; and who has a login is known by it, there and back."""
    course = make_course(tmp_path / "course", ["Ada"])
    (course.path / "roster.csv").write_text("id,name,login\nAda,Ada,\n4711,Bob,Bstone\n")
    course = Course(course.path)
    asked = []

    class Answer:
        content = b"{}"

        def json(self):
            line = {"kind": "received", "assignment": FIRST, "name": f"{FIRST}.ipynb"}
            time = "2026-11-20T10:00:00+00:00"
            return [line | {"student": name, "time": time} for name in ("ada", "bstone", "prof")]

    def ask(method, *where, data=None):
        asked.append((method, *where))
        return Answer()

    monkeypatch.setattr(exchange, "_ask", ask)
    with pytest.raises(CourseError, match="release"):
        exchange.hand_out(course, FIRST)
    release(course, FIRST)
    assert exchange.hand_out(course, FIRST) == 2
    name = f"{FIRST}.ipynb"
    assert asked == [("PUT", "released", FIRST, account, name) for account in ("bstone", "ada")]
    folder = exchange.take_in(course, FIRST)
    assert {p.name for p in folder.iterdir()} == {"Ada", "4711", "prof"}
    assert (folder / "4711" / name).stat().st_mtime == datetime.datetime(
        2026, 11, 20, 10, tzinfo=datetime.UTC).timestamp()  # fmt: skip
    (course.path / "roster.csv").write_text("id,name,login\nAda,Ada,\n4711,Bob,Bstone\nnew,N,\n")
    with pytest.raises(CourseError, match="there is none for new"):
        exchange.hand_out(Course(course.path), FIRST)


def test_the_exchange_keeps_the_first_time_of_the_same_bytes(tmp_path, monkeypatch):
    auth = types.SimpleNamespace(HubAuthenticated=type("HubAuthenticated", (), {}))
    for name in ("jupyterhub", "jupyterhub.services", "jupyterhub.services.auth"):
        monkeypatch.setitem(sys.modules, name, auth)
    monkeypatch.setenv("EXCHANGE_FOLDER", str(tmp_path))
    service = module("exchange")
    path = tmp_path / "received" / FIRST / "ada" / f"{FIRST}.ipynb"
    service._keep(path, b"on time")
    os.utime(path, (1000, 1000))
    shutil.rmtree(tmp_path / "times")  # as an exchange of before left it
    service._keep(path, b"on time")
    assert path.stat().st_mtime == 1000
    service._keep(path, b"another")
    late = path.stat().st_mtime
    assert late > 1000
    service._keep(path, b"on time")
    assert (path.stat().st_mtime, path.read_bytes()) == (1000, b"on time")
    service._keep(path, b"another")
    assert path.stat().st_mtime == pytest.approx(late, abs=1e-3)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert sorted(tmp_path.glob("*/*/*/*")) == [path]
