"""Points by hand survive a spreadsheet; penalties, groups, regrading, and a record of changes."""

import csv
import getpass
import json
import os

import pytest

from grader import history
from grader.__main__ import main
from grader.collect import collect
from grader.deadlines import Terms, deadline, keep, moment
from grader.feedback import feedback
from grader.folder import Course, CourseError
from grader.grade import LATE, grade_all
from grader.groups import groups
from grader.marks import export, rows, to_do
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

ALL = 29


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Ada in time, Bob late by 1.5 days with one question less; Eve has handed in nothing."""
    root = tmp_path_factory.mktemp("marks")
    course = make_course(root / "course", ["ada", "bob", "eve"])
    for student, time, left in (
        ("ada", "2026-11-20T10:00", ()),
        ("bob", "2026-11-22T11:59", "line"),
    ):
        path = hand_in(root / "handed", student, solved(course, student, left=(left,)))
        os.utime(path, (moment(time).timestamp(),) * 2)
    collect(course, FIRST, root / "handed", due=deadline("2026-11-20"))
    grade_all(course, FIRST)
    to_do(course, FIRST)
    return course


@pytest.fixture
def course(graded, tmp_path):
    """A copy of it, which a test may change."""
    import shutil

    shutil.copytree(graded.path, tmp_path / "course")
    return Course(tmp_path / "course")


def table(course):
    return course.place("by-hand", FIRST, end=".csv")


def totals(course):
    return {row.student: row.total for row in rows(course, FIRST)}


def fill_in(course, **points):
    text = table(course).read_text()
    for student, number in points.items():
        assert f"{student},why,," in text
        text = text.replace(f"{student},why,,", f"{student},why,{number},")
    table(course).write_text(text)


# --- what a spreadsheet does ---


def _semicolons_after_commas(lines):
    """A double click where semicolons divide: each line is in column A; points in column C."""
    return [f"{line};;" if i == 0 else f"{line};;4" for i, line in enumerate(lines)]


def _quoted_whole(lines):
    return [f'"{line}",,{"" if i == 0 else 4}' for i, line in enumerate(lines)]


SPOILT = {
    "each line in column A, points in column C": _semicolons_after_commas,
    "the same, quoted": _quoted_whole,
    "typed inside column A": lambda lines: [
        lines[0], *('"' + line.replace(",,5", ',""3,5"",5') + '"' for line in lines[1:])],
    "typed inside column A, unquoted": lambda lines: [
        lines[0], *(line.replace(",,5,", ",3,5,5,") for line in lines[1:])],
    "one column too far right": lambda lines: [f"{line},4" if i else f"{line}," for i, line in
                                               enumerate(lines)],
    "a cell moved in": lambda lines: [lines[0], *(line.replace("why,,", "why,,4,")
                                                  for line in lines[1:])],
    "the answer's mark overwritten": lambda lines: [lines[0], *(line.rpartition(",")[0] + ",4"
                                                                for line in lines[1:])],
    "tabs behind": lambda lines: [lines[0] + "\t", *(f"{line}\t4" for line in lines[1:])],
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_a_table_that_a_spreadsheet_spoilt_is_refused_and_kept(course, how):
    lines = table(course).read_text().splitlines()
    spoilt = "\r\n".join(SPOILT[how](lines)) + "\r\n"
    table(course).write_text(spoilt, newline="")
    for ask in (to_do, rows, export):
        with pytest.raises(CourseError, match=r"columns|column 'student'|cells"):
            ask(course, FIRST)
    assert table(course).read_bytes() == spoilt.encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: "\ufeff" + text,
        lambda text: "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in
                               text.splitlines()),
        lambda text: text.replace("answer", "answer,initials").replace("\r\n", ",MN\r\n"),
        lambda text: text.replace("\r\n", ",,,\r\n"),
    ],
)  # fmt: skip
def test_a_table_that_is_only_divided_otherwise_is_read(course, change):
    fill_in(course, ada=4)
    text = table(course).read_text()
    table(course).write_text(change(text), newline="")
    assert totals(course)["ada"] == ALL + 4
    to_do(course, FIRST)
    assert totals(course)["ada"] == ALL + 4


def test_the_old_table_stays_beside_the_new(course):
    """Points for words that have changed are asked for again, and are not lost."""
    fill_in(course, ada=4, bob=2.5)
    old = table(course).read_bytes()
    made = solved(course, "ada", answers=[("why", "Something else.")])
    hand_in(course.path.parent / "again", "ada", made)
    collect(course, FIRST, course.path.parent / "again")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    assert "ada,why,," in table(course).read_text()
    assert "bob,why,2.5," in table(course).read_text()
    beside = table(course).with_name(f"{FIRST}-before-1.csv")
    assert beside.read_bytes() == old
    to_do(course, FIRST)
    fill_in(course, ada=3)
    to_do(course, FIRST)
    assert [p.name for p in table(course).parent.glob("*before*")] == [beside.name]


def test_points_for_what_is_not_asked_now_stay_in_the_table(course):
    """While two files are said to be Ada's, only the whole is asked for."""
    fill_in(course, ada=4)
    place = course.place("submitted", FIRST, "ada", ".json")
    record = json.loads(place.read_text())
    place.write_text(json.dumps(record | {"problem": "two files"}))
    grade_all(course, FIRST)
    to_do(course, FIRST)
    assert "ada,*,," in table(course).read_text()
    assert "ada,why,4,5," in table(course).read_text()
    place.write_text(json.dumps(record))
    grade_all(course, FIRST)
    to_do(course, FIRST)
    assert totals(course)["ada"] == ALL + 4


def test_a_table_in_which_nothing_was_typed_is_not_kept(course):
    table(course).write_text(table(course).read_text().replace("\r\n", "\n"))
    to_do(course, FIRST)
    assert not list(table(course).parent.glob("*before*"))


# --- late ---


@pytest.mark.parametrize(
    ("terms", "days", "lost"),
    [
        ({}, 3, 0),
        ({"penalty": 10}, 0, 0),
        ({"penalty": 10}, 0.001, 2),
        ({"penalty": 10}, 1.0, 2),
        ({"penalty": 10}, 1.01, 4),
        ({"penalty": 10, "most": 25}, 9, 5),
        ({"penalty": 60}, 9, 20),
    ],
)
def test_what_being_late_costs(terms, days, lost):
    assert Terms(**terms).lost(20, days) == pytest.approx(lost)


def test_a_penalty_an_extension_and_a_decision(course):
    fill_in(course, ada=5, bob=5)
    points = ALL - 6 + 5
    assert totals(course)["bob"] == points
    keep(course, FIRST, penalty=10)
    found = {row.student: row for row in rows(course, FIRST)}
    assert (found["bob"].state, found["bob"].lost) == (LATE, round(0.2 * points, 2))
    assert found["bob"].total == pytest.approx(0.8 * points)
    assert totals(course)["ada"] == ALL + 5
    feedback(course, FIRST)
    page = course.place("feedback", FIRST, "bob", ".html").read_text()
    assert f"That costs {0.2 * points:g} points." in page
    with open(export(course, FIRST), newline="") as file:
        assert {r["student"]: r["lost"] for r in csv.DictReader(file)}["bob"] == "5.6"
    (course.path / "extensions.csv").write_text("id,due\nbob,2026-11-22\n")
    collect(course, FIRST, nothing(course))
    grade_all(course, FIRST)
    assert totals(course)["bob"] == points
    with open(table(course), "a") as file:
        file.write("bob,*,30,34,a good reason,\n")
    assert totals(course)["bob"] == 30


def nothing(course):
    (course.path.parent / "nothing").mkdir(exist_ok=True)
    return course.path.parent / "nothing"


def test_where_the_days_are_not_known_a_person_says_what_they_cost(course):
    fill_in(course, ada=5, bob=5)
    keep(course, FIRST, penalty=10)
    place = course.place("submitted", FIRST, "ada", ".json")
    for change in ({"mark": True}, {"timed": False}):
        record = json.loads(place.read_text())
        place.write_text(json.dumps(record | {"mark": None} | change))
        collect(course, FIRST, nothing(course))
        grade_all(course, FIRST)
        (row,) = [row for row in rows(course, FIRST) if row.student == "ada"]
        assert (row.total, row.lost) == (None, None)
        assert "times.csv" in row.remarks
    (course.path / "times.csv").write_text("id,time\nada,2026-11-20T12:00\n")
    collect(course, FIRST, nothing(course))
    grade_all(course, FIRST)
    assert totals(course)["ada"] == ALL + 5


def test_where_it_is_not_known_whether_it_is_late_there_is_no_nought(course):
    place = course.place("submitted", FIRST, "ada", ".json")
    place.write_text(json.dumps(json.loads(place.read_text()) | {"timed": False}))
    collect(course, FIRST, nothing(course))
    with open(export(course, FIRST), newline="") as file:
        late = {r["student"]: r["late_days"] for r in csv.DictReader(file)}
    assert late["ada"] == ""
    assert late["bob"] == "1.5"


# --- tables for platforms ---


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        (
            "brightspace",
            [
                ["OrgDefinedId", "Username", "{} Points Grade", "End-of-Line Indicator"],
                ["#ada", "#ada.l", "33", "#"],
                ["#bob", "#bob", "25.5", "#"],
                ["#eve", "#eve", "", "#"],
            ],
        ),
        (
            "blackboard",
            [
                ["Username", "Student ID", "{} [Total Pts: 34 Score]"],
                ["ada.l", "ada", "33"],
                ["bob", "bob", "25.5"],
                ["eve", "eve", ""],
            ],
        ),
    ],
)
def test_a_platforms_table_has_its_columns(course, form, lines):
    (course.path / "roster.csv").write_text("id,name,login\nada,Ada,Ada.L\nbob,Bob,\neve,Eve,\n")
    course = Course(course.path)
    fill_in(course, ada=4, bob=2.5)
    path = export(course, FIRST, form)
    with open(path, newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    title = course.assignment(FIRST).title
    assert found == [[cell.format(title) for cell in line] for line in lines]


# --- groups ---


def test_one_of_a_group_hands_in_and_all_get_it(course):
    (course.path / "groups.csv").write_text("group;id\n1;ADA\n1;eve\n2;bob\n")
    lines = collect(course, FIRST, nothing(course))
    assert not any("nothing from" in line for line in lines)
    fill_in(course, ada=4, bob=4)
    assert totals(course) == {"ada": ALL + 4, "bob": ALL - 6 + 4, "eve": ALL + 4}
    assert len(feedback(course, FIRST)) == 3
    assert course.place("feedback", FIRST, "eve", ".html").exists()
    with open(table(course), "a") as file:
        file.write("eve,*,20,34,did less,\n")
    assert totals(course) == {"ada": ALL + 4, "bob": ALL - 6 + 4, "eve": 20}


def test_two_of_a_group_who_hand_in_each_have_their_own(course):
    (course.path / "groups.csv").write_text("group,id\n1,ada\n1,bob\n1,eve\n")
    lines = collect(course, FIRST, nothing(course))
    assert any("ada and bob handed in" in line and "eve" in line for line in lines)
    assert totals(course)["eve"] is None


def test_who_hands_in_the_notebook_of_a_mate_is_no_cheat(tmp_path):
    course = make_course(tmp_path / "course", ["ada", "bob", "eve"])
    (course.path / "groups.csv").write_text("group,id\n1,ada\n1,bob\n")
    hand_in(tmp_path / "handed", "ada", solved(course, "bob"))
    hand_in(tmp_path / "handed", "eve", solved(course, "eve"))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    found = {row.student: row for row in rows(course, FIRST)}
    assert found["bob"].points == found["ada"].points == ALL
    assert found["bob"].state == found["ada"].state == "graded"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,adda", "nobody on the roster is 'adda'"),
        ("1,ada\n2,ada", "ada is in the groups 1 and 2"),
    ],
)
def test_a_table_of_groups_that_cannot_be(course, text, said):
    (course.path / "groups.csv").write_text(f"group,id\n{text}\n")
    with pytest.raises(CourseError, match=said):
        groups(course, FIRST)


# --- again, and what changed ---


def changes(course):
    with open(course.place("changes", FIRST, end=".csv"), newline="") as file:
        return list(csv.DictReader(file))


def command(course, *words):
    return main(["--course", str(course.path), *words])


def test_each_change_of_a_mark_is_written_down(course, capsys):
    fill_in(course, ada=5, bob=4)
    assert command(course, "export", FIRST) == 0
    assert [(c["student"], c["before"], c["total"]) for c in changes(course)] == [
        ("ada", "", "34"), ("bob", "", "27")]  # fmt: skip
    assert history.note(course, FIRST) == []
    text = table(course).read_text()
    table(course).write_text(text.replace("ada,why,5", "ada,why,3"))
    capsys.readouterr()
    assert command(course, "export", FIRST) == 0
    assert "ada: 34 → 32 (why 5 → 3)" in capsys.readouterr().out
    last = changes(course)[-1]
    assert (last["who"], last["student"], last["why"]) == (getpass.getuser(), "ada", "why 5 → 3")
    assert moment(last["time"])


def test_one_student_again_and_the_list_of_whose_mark_changed(course, capsys):
    """A result that was wrong, as by a fault of ours that is mended since."""
    fill_in(course, ada=5, bob=4)
    for student in ("ada", "bob"):
        place = course.place("results", FIRST, student, ".json")
        result = json.loads(place.read_text())
        result["questions"]["cost"]["points"] = 0
        place.write_text(json.dumps(result | {"points": result["points"] - 6}))
    history.note(course, FIRST)
    assert command(course, "grade", FIRST, "--student", "ADA") == 0
    said = capsys.readouterr().out
    assert "ada: 28 → 34 (cost 0 → 6)" in said
    assert "bob:" not in said
    assert totals(course) == {"ada": 34, "bob": 21, "eve": None}
    for wrong in (["--student", "zoe"], ["--student", "eve"], ["--question", "nought"]):
        assert command(course, "grade", FIRST, *wrong) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_one_question_again_changes_no_other(course, capsys):
    fill_in(course, ada=5, bob=4)
    for student in ("ada", "bob"):
        place = course.place("results", FIRST, student, ".json")
        result = json.loads(place.read_text())
        for question in ("cost", "band"):
            result["questions"][question]["points"] = 0
        place.write_text(json.dumps(result | {"points": result["points"] - 12}))
    history.note(course, FIRST)
    assert command(course, "grade", FIRST, "--question", "cost") == 0
    said = capsys.readouterr().out
    assert "ada: 22 → 28 (cost 0 → 6)" in said
    assert "bob: 15 → 21 (cost 0 → 6)" in said
    assert course.result(FIRST, "ada")["questions"]["band"]["points"] == 0
