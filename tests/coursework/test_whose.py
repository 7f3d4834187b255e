"""Whose each file is: platforms' own names, claims of students, copies, and what is no notebook."""

import datetime
import io
import json
import os
import zipfile

import pytest

from grader import notebook
from grader.collect import collect, moment
from grader.deadlines import terms
from grader.folder import Course
from grader.groups import sharing
from tests.coursework.conftest import FIRST, added, make_course, solved

ROSTER = """id,name,email,canvas_id,login
ada,Ada Lovelace,ada@example.org,9001,alovelace
bob,Bob Stone,bob@example.org,9002,bstone
eve,Eve Quill,eve@example.org,9003,equill
mal,Mal Reynolds,mal@example.org,9004,mreynolds
"""
WHEN = (2026, 11, 20, 10, 0, 0)


@pytest.fixture
def course(tmp_path):
    made = make_course(tmp_path / "course", ["ada"])
    (made.path / "roster.csv").write_text(ROSTER)
    return Course(made.path)


def of(course, student, **how):
    """The bytes of a student's own solved notebook."""
    return json.dumps(solved(course, student, **how)).encode()


def blank(course, student):
    return json.dumps(notebook.build(course.assignment(FIRST), student, course.key)).encode()


def posing(course, mal, victim):
    """Mal's work that says that it is the victim's."""
    made = solved(course, mal, left=("band",))
    made["metadata"]["groundup"]["student"] = victim
    return json.dumps(made).encode()


def zipped(path, members, when=WHEN):
    """A zip of name → bytes, or (bytes, time)."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            data, time = data if isinstance(data, tuple) else (data, when)
            archive.writestr(zipfile.ZipInfo(name, time), data)
    return path


def took(course, student):
    """Where a student's submission came from, and why a person looks at it."""
    record = course.submission(FIRST, student)
    return record and (record["from"], record["problem"])


def looks(course, student, *words):
    problem = took(course, student)[1]
    return problem is not None and all(word in problem for word in words)


def graded_bytes(course, student):
    return course.place("submitted", FIRST, student, ".ipynb").read_bytes()


# --- another's work is never replaced ---

LAYOUTS = {
    "Brightspace": "1234{n}-67890{n} - {name} - Nov 20, 2026 1000 AM/{file}",
    "Blackboard": "Homework 1_{login}_attempt_2026-11-20-10-00-00_{file}",
    "Moodle": "{name}_31{n}_assignsubmission_file_/{file}",
    "Moodle, flat": "{name}_31{n}_assignsubmission_file_{file}",
    "Canvas": "{squashed}_900{n}_8800{n}_{file}",
    "Teams": "Student Work/Submitted files/{name}/Assignment 1/Version 1/{file}",
    "ids": "{id}/{file}",
    "sections": "section {n}/{id}/{file}",
    "logins": "{login}/{file}",
    "addresses": "{id}@example.org/{file}",
    "mails": "{name} <{id}@example.org>/{file}",
    "ILIAS": "{last}_{first}_{login}_4711{n}/{file}",
    "Moodle, in a folder": "downloads/{name}_31{n}_assignsubmission_file_/{file}",
}
PEOPLE = {
    id: {"id": id, "n": n, "name": name, "login": login, "first": name.split()[0],
         "last": name.split()[1], "squashed": "".join(reversed(name.lower().split()))}
    for n, (id, name, login) in enumerate(
        [("ada", "Ada Lovelace", "alovelace"), ("bob", "Bob Stone", "bstone"),
         ("eve", "Eve Quill", "equill"), ("mal", "Mal Reynolds", "mreynolds")], start=1)
}  # fmt: skip


def laid_out(layout, student, file=f"{FIRST}.ipynb"):
    return LAYOUTS[layout].format(**PEOPLE[student], file=file)


def later(data, hours=5):
    return data, (2026, 11, 20, 10 + hours, 0, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nobody_replaces_anothers_work_on_a_platform(course, tmp_path, layout):
    """Mal's file is named after Ada, says that it is Ada's, and came later."""
    origin = zipped(tmp_path / "all.zip", {
        laid_out(layout, "ada"): of(course, "ada"),
        laid_out(layout, "bob", "x_1_2_a.ipynb"): of(course, "bob"),
        laid_out(layout, "mal", "ada.ipynb"): later(posing(course, "mal", "ada")),
    })  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert graded_bytes(course, "bob") == of(course, "bob")
    assert [took(course, s)[1] for s in ("ada", "bob", "mal")] == [None] * 3
    assert graded_bytes(course, "mal") == posing(course, "mal", "ada")
    assert any("released to 'ada'" in line for line in lines), lines


@pytest.mark.parametrize("layout", LAYOUTS)
def test_who_hands_in_anothers_notebook_is_looked_at_and_the_other_is_not(course, tmp_path, layout):
    origin = zipped(tmp_path / "all.zip", {
        laid_out(layout, "ada"): of(course, "ada"),
        laid_out(layout, "bob"): of(course, "bob"),
        laid_out(layout, "eve"): later(of(course, "bob")),
    })  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert took(course, "bob") == (laid_out(layout, "bob"), None)
    assert took(course, "eve")[0] == laid_out(layout, "eve")
    assert any("released to 'bob'" in line for line in lines)
    assert not any("nothing from" in line and "eve" in line for line in lines)


def test_canvas_with_a_roster_without_its_ids(tmp_path):
    course = make_course(tmp_path / "course", ["ada", "bob", "mal"])
    (course.path / "roster.csv").write_text(
        "id,name\nada,Ada Lovelace\nbob,Bob Stone\nmal,Mal Reynolds\n"
    )
    origin = zipped(tmp_path / "all.zip", {
        "lovelaceada_9001_1_a1.ipynb": of(course, "ada"),
        "stonebob_LATE_9002_2_a1.ipynb": of(course, "bob"),
        "reynoldsmal_9004_3_ada.ipynb": later(posing(course, "mal", "ada")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert graded_bytes(course, "mal") == posing(course, "mal", "ada")
    assert course.submission(FIRST, "bob")["late_days"] > 0


def gradescope(*submitters):
    """submission_metadata.yml; one group of (name, sid) each."""
    lines = []
    for number, group in enumerate(submitters, start=1):
        lines += [f"submission_{number}:", "  :submitters:"]
        for name, sid in group:
            lines += [f"  - :name: {name}", f"    :sid: '{sid}'", "    :email: ''"]
        lines += ["  :created_at: 2026-11-20 09:00:00.5 Z", "  :score: 0"]
    return "\n".join(lines).encode()


def test_gradescope(course, tmp_path):
    said = gradescope([("Ada Lovelace", "ada")], [("Mal Reynolds", "mal")], [("Stone, Bob", "")])
    inside = gradescope([("Ada Lovelace", "ada")])
    origin = zipped(tmp_path / "all.zip", {
        "assignment_7_export/submission_metadata.yml": said,
        "assignment_7_export/submission_1/a1.ipynb": of(course, "ada"),
        "assignment_7_export/submission_2/ada.ipynb": later(posing(course, "mal", "ada")),
        "assignment_7_export/submission_2/submission_metadata.yml": inside,
        "assignment_7_export/submission_3/a1.ipynb": of(course, "bob"),
    })  # fmt: skip
    collect(course, FIRST, origin, due=moment("2026-11-20T09:30+00:00"))
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert graded_bytes(course, "mal") == posing(course, "mal", "ada")
    assert graded_bytes(course, "bob") == of(course, "bob")
    assert course.submission(FIRST, "ada")["late_days"] == 0


def test_a_group_on_gradescope(course, tmp_path):
    """Bob hands in Ada's notebook, in which both have worked; so the numbers are Ada's."""
    said = gradescope([("Bob Stone", "bob"), ("Ada Lovelace", "ada")], [("Eve Quill", "eve")])
    origin = zipped(tmp_path / "all.zip", {
        "submission_metadata.yml": said,
        "submission_1/a1.ipynb": of(course, "ada"),
        "submission_2/a1.ipynb": of(course, "eve"),
    })  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert took(course, "ada") == ("submission_1/a1.ipynb", None)
    assert took(course, "bob") is None
    assert sharing(course, FIRST) == {"bob": "ada"}
    assert not any("bob" in line for line in lines)


@pytest.mark.parametrize("said", [b"", b"- 1", b"submission_1: 7", b": [", b"\xff"])
def test_a_broken_list_of_gradescope_stops_nothing(course, tmp_path, said):
    origin = zipped(tmp_path / "all.zip", {
        "submission_metadata.yml": said, "submission_1/a1.ipynb": of(course, "ada")})  # fmt: skip
    collect(course, FIRST, origin)
    assert took(course, "ada")[1] is None


def test_on_no_platform_two_that_claim_one_student_are_both_kept_and_looked_at(course, tmp_path):
    """Repositories of GitHub: nothing says whose they are but what the students wrote."""
    origin = zipped(tmp_path / "all.zip", {
        "a1-countess/a1.ipynb": of(course, "ada"),
        "a1-stoney/a1.ipynb": of(course, "bob"),
        "a1-serenity/ada.ipynb": later(posing(course, "mal", "ada")),
    })  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert took(course, "bob")[1] is None
    assert looks(course, "ada", "a1-countess/a1.ipynb", "a1-serenity/ada.ipynb")
    assert any("look at by hand" in line and "a1-serenity/ada.ipynb" in line for line in lines)
    kept = {graded_bytes(course, "ada")}
    kept |= {
        (course.path / o["file"]).read_bytes() for o in course.submission(FIRST, "ada")["others"]
    }
    assert kept == {of(course, "ada"), posing(course, "mal", "ada")}


@pytest.mark.parametrize("name", ["ada.ipynb", "ada_final.ipynb", "mail 7/ada.ipynb", "z.ipynb"])
def test_in_a_folder_of_mails_a_name_does_not_replace_what_another_file_says(
    course, tmp_path, name
):
    origin = zipped(tmp_path / "all.zip", {
        "a1.ipynb": of(course, "ada"),
        "a1 (1).ipynb": of(course, "bob"),
        name: later(posing(course, "mal", "ada")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert looks(course, "ada", "a1.ipynb", name)
    assert took(course, "bob")[1] is None


@pytest.mark.parametrize("name", [
    "ada.ipynb", "zzz.ipynb", "Nobody Known_99_assignsubmission_file_/ada.ipynb"])  # fmt: skip
def test_beside_what_the_platform_says_a_claim_is_kept_and_looked_at(course, tmp_path, name):
    origin = zipped(tmp_path / "all.zip", {
        laid_out("Moodle", "ada"): of(course, "ada"),
        laid_out("Moodle", "bob"): of(course, "bob"),
        name: later(posing(course, "mal", "ada")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert looks(course, "ada", laid_out("Moodle", "ada"), name)
    assert took(course, "bob")[1] is None


def test_nobody_replaces_by_a_later_collection_what_the_platform_gave(course, tmp_path):
    first = zipped(tmp_path / "1.zip", {laid_out("Moodle", "ada"): of(course, "ada")})
    collect(course, FIRST, first)
    mails = zipped(tmp_path / "2.zip", {"ada.ipynb": later(posing(course, "mal", "ada"))})
    for _ in range(2):
        lines = collect(course, FIRST, mails)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert looks(course, "ada", "ada.ipynb", "assignsubmission")
    assert any("look at by hand" in line for line in lines)
    assert len(course.submission(FIRST, "ada")["others"]) == 1
    # The platform again, a day later, with something new of Ada's own: that counts.
    new = of(course, "ada", left=("line",))
    third = zipped(tmp_path / "3.zip", {laid_out("Moodle", "ada"): later(new)})
    collect(course, FIRST, third)
    assert graded_bytes(course, "ada") == new
    assert took(course, "ada")[1] is None


def test_two_who_have_one_name(tmp_path):
    """Moodle's folders do not tell them apart; a third cannot step in between."""
    course = make_course(tmp_path / "course", ["x"])
    (course.path / "roster.csv").write_text(
        "id,name\nada1,Ada Lovelace\nada2,Ada Lovelace\nmal,Mal Reynolds\n"
    )
    origin = zipped(tmp_path / "all.zip", {
        "Ada Lovelace_1_assignsubmission_file_/a1.ipynb": of(course, "ada1"),
        "Ada Lovelace_2_assignsubmission_file_/a1.ipynb": of(course, "ada2"),
        "Mal Reynolds_3_assignsubmission_file_/a1.ipynb": posing(course, "mal", "ada2"),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert [graded_bytes(course, s) for s in ("ada1", "ada2")] == [of(course, "ada1"),
                                                                   of(course, "ada2")]  # fmt: skip
    assert took(course, "ada1")[1] is took(course, "ada2")[1] is None


def test_one_of_two_namesakes_poses_as_the_other(tmp_path):
    course = make_course(tmp_path / "course", ["x"])
    (course.path / "roster.csv").write_text("id,name\nada1,Ada Lovelace\nada2,Lovelace Ada\n")
    origin = zipped(tmp_path / "all.zip", {
        "Ada Lovelace_1_assignsubmission_file_/a1.ipynb": of(course, "ada1"),
        "Lovelace Ada_2_assignsubmission_file_/a1.ipynb": later(posing(course, "ada2", "ada1")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert looks(course, "ada1", "_1_", "_2_")
    assert len(course.submission(FIRST, "ada1")["others"]) == 1


def test_a_student_cannot_change_how_the_collection_is_read(course, tmp_path):
    """A zip full of folders and names of another platform is still one student's."""
    noise = {f"{laid_out('Brightspace', s)}": posing(course, "mal", s) for s in PEOPLE}
    noise |= {f"lovelaceada_9001_{n}_a.ipynb": posing(course, "mal", "ada") for n in range(30)}
    inner = zipped(tmp_path / "inner.zip", noise).read_bytes()
    members = {laid_out("ids", s): of(course, s) for s in ("ada", "bob", "eve")}
    members |= {"mal/all.zip": inner}
    members |= {f"mal/{name}": data for name, data in noise.items()}
    collect(course, FIRST, zipped(tmp_path / "all.zip", members))
    for student in ("ada", "bob", "eve"):
        assert graded_bytes(course, student) == of(course, student)
        assert took(course, student)[1] is None


# --- names that differ only in form ---


@pytest.mark.parametrize(
    ("roster", "folder"),
    [
        ("Müller, Jörg", "Jörg Müller"),
        ("Jörg Müller", "Jo\u0308rg Mu\u0308ller"),
        ("Jörg Müller", "MÜLLER Jorg"),
        ("Dr. Eve Adams", "Eve Adams"),
        ("Ada Lovelace", "LOVELACE Ada"),
        ("Søren Ærø", "Soren AEro"),
        ("O'Neil, Ann-Kathrin", "Ann Kathrin ONeil"),
    ],
)
def test_a_name_in_another_form_is_the_same_person(tmp_path, roster, folder):
    course = make_course(tmp_path / "course", ["x"])
    (course.path / "roster.csv").write_text(f'id,name\ns1,"{roster}"\ns2,Bob Stone\n')
    name = f"{folder}_31_assignsubmission_file_/a1.ipynb"
    data = bare(of(course, "s1"))
    assert not any(
        "s1" in line
        for line in collect(course, FIRST, zipped(tmp_path / "all.zip", {name: data}))
        if "nothing" not in line
    )
    assert graded_bytes(course, "s1") == data


def bare(data):
    """As Colab leaves it: nothing says whose it is."""
    made = json.loads(data)
    made["metadata"] = {}
    return json.dumps(made).encode()


def test_a_second_surname_left_out_is_taken_and_said(tmp_path):
    course = make_course(tmp_path / "course", ["x"])
    (course.path / "roster.csv").write_text("id,name\ns1,Ana García Pérez\ns2,Bob Stone\n")
    origin = zipped(tmp_path / "all.zip", {
        "Ana García_31_assignsubmission_file_/a1.ipynb": bare(of(course, "s1"))})  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert any("taken as s1's, though the names differ" in line for line in lines)


@pytest.mark.parametrize("flagged", [True, False])
def test_a_zip_that_macos_made_has_its_letters(tmp_path, flagged):
    course = make_course(tmp_path / "course", ["x"])
    (course.path / "roster.csv").write_text("id,name\ns1,Jörg Müller\ns2,Bob Stone\n")
    name = "Jo\u0308rg Mu\u0308ller_31_assignsubmission_file_/a1.ipynb"
    path = zipped(tmp_path / "all.zip", {name: bare(of(course, "s1"))})
    if not flagged:
        data = path.read_bytes()
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(mark) + place
            data = data[:at] + bytes([data[at], data[at + 1] & ~8]) + data[at + 2 :]
        path.write_bytes(data)
    collect(course, FIRST, path)
    assert took(course, "s1") is not None


def test_a_name_that_nobody_has_is_asked_for_once_and_then_known(course, tmp_path):
    origin = zipped(tmp_path / "all.zip", {
        "Participant 4711_31_assignsubmission_file_/a1.ipynb": bare(of(course, "ada")),
        "Bob Stone_32_assignsubmission_file_/a1.ipynb": of(course, "bob"),
    })  # fmt: skip
    for _ in range(2):
        lines = collect(course, FIRST, origin)
    assert any("'Participant 4711'; say in names.csv who it is" in line for line in lines)
    table = course.path / "names.csv"
    assert table.read_text().split() == ["name,id", "Participant", "4711,"]
    table.write_text(table.read_text().replace("4711,", "4711,ADA"))
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == bare(of(course, "ada"))


# --- several files of one student ---


@pytest.mark.parametrize("copy", [
    "{a}-Copy1.ipynb", "{a} (1).ipynb", "Copy of {a}.ipynb", "backup/{a}.ipynb", "Untitled.ipynb",
])  # fmt: skip
@pytest.mark.parametrize("minutes", [0, 1])
def test_an_untouched_original_never_beats_the_finished_copy(course, tmp_path, copy, minutes):
    when = (2026, 11, 20, 10, minutes, 0)
    origin = zipped(tmp_path / "all.zip", {
        f"ada/{FIRST}.ipynb": (blank(course, "ada"), when),
        f"ada/{copy.format(a=FIRST)}": of(course, "ada"),
        "bob/a1.ipynb": of(course, "bob"),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert took(course, "ada")[1] is None


def test_an_untouched_one_handed_in_later_does_not_replace_the_finished_one(course, tmp_path):
    collect(course, FIRST, zipped(tmp_path / "1.zip", {"ada/a1.ipynb": of(course, "ada")}))
    run = json.loads(blank(course, "ada"))
    run["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    second = zipped(tmp_path / "2.zip", {"ada/a1.ipynb": later(json.dumps(run).encode())})
    assert any("is untouched" in line for line in collect(course, FIRST, second))
    assert graded_bytes(course, "ada") == of(course, "ada")


def test_an_original_that_was_run_and_has_no_answer_does_not_beat_the_finished_copy(
    course, tmp_path
):
    """A scratch cell, or another release's texts, and nothing in any answer's cell."""
    scratch = json.loads(blank(course, "ada"))
    scratch["cells"].insert(3, added("print(1)"))
    older = json.loads(blank(course, "bob"))
    for cell in older["cells"]:
        if cell["id"].endswith(("-tests", "-task")):
            cell["source"] += "\n" * 2 + "# as it was in another year"
    origin = zipped(tmp_path / "all.zip", {
        f"ada/{FIRST}-Copy1.ipynb": of(course, "ada"),
        f"ada/{FIRST}.ipynb": later(json.dumps(scratch).encode()),
        f"bob/Copy of {FIRST}.ipynb": of(course, "bob"),
        f"bob/{FIRST}.ipynb": later(json.dumps(older).encode()),
        "eve/first.ipynb": of(course, "eve", left=("line",)),
        "eve/second.ipynb": later(of(course, "eve")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    for student in ("ada", "bob"):
        assert graded_bytes(course, student) == of(course, student)
        assert looks(course, student, f"{FIRST}.ipynb", "the later has no answer")
    assert took(course, "eve") == ("eve/second.ipynb", None)


def test_words_in_a_new_cell_are_not_untouched(course, tmp_path):
    made = json.loads(blank(course, "ada"))
    made["cells"].append(added("I think that it rises.") | {"cell_type": "markdown"})
    origin = zipped(tmp_path / "all.zip", {
        "ada/a.ipynb": json.dumps(made).encode(),
        "ada/b.ipynb": later(blank(course, "ada")),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert took(course, "ada")[0] == "ada/a.ipynb"


def test_two_different_ones_of_the_same_time_are_looked_at(course, tmp_path):
    half = of(course, "ada", left=("line",))
    origin = zipped(tmp_path / "all.zip", {
        "ada/a.ipynb": of(course, "ada"), "ada/b.ipynb": half, "bob/a.ipynb": of(course, "bob"),
        "bob/b.ipynb": of(course, "bob")})  # fmt: skip
    collect(course, FIRST, origin)
    assert looks(course, "ada", "ada/a.ipynb", "ada/b.ipynb", "same time")
    assert took(course, "bob")[1] is None


def test_of_two_on_canvas_the_later_attachment_counts(course, tmp_path):
    new = of(course, "ada", left=("line",))
    origin = zipped(tmp_path / "all.zip", {
        "lovelaceada_9001_100_a1-1.ipynb": new, "lovelaceada_9001_99_a1.ipynb": of(course, "ada"),
        "stonebob_9002_98_a1.ipynb": of(course, "bob")})  # fmt: skip
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == new
    assert took(course, "ada")[1] is None


@pytest.mark.parametrize("name", [
    f".ipynb_checkpoints/{FIRST}-checkpoint.ipynb", f"._{FIRST}.ipynb",
    f"__MACOSX/._{FIRST}.ipynb", "a4_moons.ipynb", "sub/.ipynb_checkpoints/x.ipynb"])  # fmt: skip
def test_a_checkpoint_a_resource_fork_and_another_assignment_never_win(course, tmp_path, name):
    other = json.loads(of(course, "ada", left=("line",)))
    if "moons" in name:
        other["metadata"]["groundup"]["assignment"] = "a4_moons"
    data = b"\0\5\26\7" if "._" in name else json.dumps(other).encode()
    origin = zipped(tmp_path / "all.zip", {
        f"ada/{FIRST}.ipynb": of(course, "ada"), f"ada/{name}": later(data)})  # fmt: skip
    collect(course, FIRST, origin)
    assert took(course, "ada") == (f"ada/{FIRST}.ipynb", None)


# --- what is no notebook, or is packed ---


@pytest.mark.parametrize("name", ["a1.ipynb.txt", "a1.ipynb.json", "a1.json", "a1.txt"])
def test_a_notebook_under_another_name_is_taken(course, tmp_path, name):
    origin = zipped(tmp_path / "all.zip", {
        f"ada/{name}": of(course, "ada"), "bob/a1.ipynb": of(course, "bob")})  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert f"ada/{name}: taken as ada's notebook" in lines


@pytest.mark.parametrize("layout", ["ids", "Moodle", "Canvas", "Blackboard", "Brightspace"])
def test_a_zip_that_a_student_made_is_opened(course, tmp_path, layout):
    inner = zipped(tmp_path / "inner.zip", {
        "bob/bob.ipynb": of(course, "ada"), "__MACOSX/bob/._bob.ipynb": b"\0", "bob/a.png": b"x",
    }).read_bytes()  # fmt: skip
    origin = zipped(tmp_path / "all.zip", {
        laid_out(layout, "ada", "work.zip"): inner,
        laid_out(layout, "bob"): of(course, "bob"),
    })  # fmt: skip
    collect(course, FIRST, origin)
    assert graded_bytes(course, "ada") == of(course, "ada")
    assert graded_bytes(course, "bob") == of(course, "bob")


@pytest.mark.parametrize("name", ["report.pdf", "a1.html", "a1.py", "broken.zip", "notes.txt",
                                  ".ipynb_checkpoints/a1-checkpoint.ipynb", "a.json"])  # fmt: skip
def test_who_handed_in_no_notebook_is_not_missing(course, tmp_path, name):
    data = of(course, "ada") if "checkpoint" in name else b"[1]"
    origin = zipped(tmp_path / "all.zip", {
        f"ada/{name}": data, "bob/a1.ipynb": of(course, "bob"), "bob/plot.png": b"x"})  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert looks(course, "ada", "no notebook", name)
    assert any("no notebook" in line and name in line for line in lines)
    assert not any("nothing from" in line and "ada" in line for line in lines)
    assert took(course, "bob")[1] is None


def test_blackboards_own_texts_are_nobodys_attempt(course, tmp_path):
    name = laid_out("Blackboard", "ada", "a1.ipynb")
    origin = zipped(tmp_path / "all.zip", {
        name: of(course, "ada"), "Homework 1_alovelace_attempt_2026-11-20-10-00-00.txt": b"Name:",
        "Homework 1_bstone_attempt_2026-11-20-10-00-00.txt": b"Name: Bob"})  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert took(course, "ada") == (name, None)
    assert took(course, "bob") is None
    assert not any(line.endswith("left") for line in lines)


def test_a_login_that_ends_like_another(course, tmp_path):
    """`x_ada` is not `ada`, and `stud_01` is one login."""
    (course.path / "roster.csv").write_text("id,name\nada,Ada\nstud_01,Eve\nbob,Bob\n")
    course = Course(course.path)
    form = "HW_1_{}_attempt_2026-11-20-10-00-00_a.ipynb"
    data = {s: bare(of(course, s)) for s in ("ada", "bob", "stud_01")}
    origin = zipped(tmp_path / "all.zip", {
        form.format("x_ada"): data["ada"], form.format("bob"): data["bob"],
        form.format("stud_01"): data["stud_01"]})  # fmt: skip
    collect(course, FIRST, origin)
    assert took(course, "ada") is None
    assert took(course, "bob")
    assert took(course, "stud_01")


def test_a_refused_file_leaves_the_good_one_from_before_in_reach(course, tmp_path):
    collect(course, FIRST, zipped(tmp_path / "1.zip", {"ada/a1.ipynb": of(course, "ada")}))
    collect(course, FIRST, zipped(tmp_path / "2.zip", {"ada/a1.ipynb": b" " * (11 << 20)}))
    record = course.submission(FIRST, "ada")
    assert "larger than 10 MiB" in record["problem"]
    assert (course.path / record["others"][0]["file"]).read_bytes() == of(course, "ada")


def test_a_folder_that_cannot_be_read_is_said(course, tmp_path, monkeypatch):
    (tmp_path / "handed" / "ada").mkdir(parents=True)
    (tmp_path / "handed" / "bob").mkdir()
    (tmp_path / "handed" / "bob" / "a1.ipynb").write_bytes(of(course, "bob"))

    def closed(path, *, scandir=os.scandir):
        if str(path).endswith("ada"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    lines = collect(course, FIRST, tmp_path / "handed")
    assert "ada: a folder that cannot be read" in lines
    assert took(course, "bob")[1] is None


def test_a_zip_of_very_many_files_is_looked_at_in_part(course, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(150):
            archive.writestr(f"{number:03}.ipynb", b" " * (1 << 20))
    origin = zipped(tmp_path / "all.zip", {
        "mal/many.zip": inner.getvalue(), "ada/a1.ipynb": of(course, "ada")})  # fmt: skip
    lines = collect(course, FIRST, origin)
    assert any("only the first 50 files of this zip" in line for line in lines)
    assert took(course, "ada")[1] is None
    assert took(course, "mal")[1] is not None


def test_the_layout_is_said(course, tmp_path):
    origin = zipped(tmp_path / "all.zip", {laid_out("Moodle", "ada"): of(course, "ada")})
    collect(course, FIRST, origin)
    assert terms(course, FIRST).layout == "Moodle's"
    assert datetime.datetime.fromisoformat(course.submission(FIRST, "ada")["time"])
