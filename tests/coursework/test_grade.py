"""Grading a class: the same table however it is run, resumed, refused, and by hand."""

import csv
import json
import os
import subprocess
import sys
import time

import pytest
from bs4 import BeautifulSoup

from grader import grade as grading
from grader import sandbox
from grader.__main__ import main
from grader.collect import collect
from grader.feedback import feedback
from grader.folder import CourseError
from grader.grade import GRADED, grade_all, pending
from grader.marks import by_hand, export, rows, to_do
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

STUDENTS = [f"s{i:02}" for i in range(12)]


def some_class(path):
    """Twelve students: different answers left out, so that the scores differ."""
    course = make_course(path / "course", STUDENTS)
    questions = ["switch", "line", "band", "cost", "repair"]
    for number, student in enumerate(STUDENTS):
        left = questions[: number % 6]
        hand_in(path / "handed", student, solved(course, student, left=left))
    collect(course, FIRST, path / "handed")
    return course


def tables(course):
    to_do(course, FIRST)
    return [export(course, FIRST, form).read_bytes() for form in ("generic", "canvas", "moodle")]


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    course = some_class(tmp_path_factory.mktemp("serial"))
    grade_all(course, FIRST, jobs=1)
    return tables(course)


def test_parallel_gives_the_same_tables(tmp_path, serial):
    course = some_class(tmp_path)
    grade_all(course, FIRST, jobs=4)
    assert tables(course) == serial


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, serial, monkeypatch):
    course = some_class(tmp_path)
    done = []

    def interrupted(*arguments, grade_one=grading.grade_one):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(arguments)
        return grade_one(*arguments)

    monkeypatch.setattr(grading, "grade_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grade_all(course, FIRST, jobs=1)
    monkeypatch.undo()
    left = pending(course, course.assignment(FIRST))
    assert len(left) == len(STUDENTS) - 5
    grade_all(course, FIRST, jobs=2)
    assert tables(course) == serial
    assert pending(course, course.assignment(FIRST)) == []


def test_a_fault_of_ours_stops_one_and_not_the_batch(tmp_path, monkeypatch):
    course = some_class(tmp_path)

    def fails_once(work, student, *rest, grade=grading.grade):
        if student == "s05":
            raise ZeroDivisionError
        return grade(work, student, *rest)

    monkeypatch.setattr(grading, "grade", fails_once)
    count = grade_all(course, FIRST, jobs=2)
    assert (count[grading.LOOK], sum(count.values())) == (1, len(STUDENTS))
    assert "ZeroDivisionError" in course.result(FIRST, "s05")["remarks"][0]
    to_do(course, FIRST)


def test_only_what_is_new_is_graded_again(tmp_path):
    course = some_class(tmp_path)
    grade_all(course, FIRST, jobs=2)
    hand_in(tmp_path / "handed", "s03", solved(course, "s03"))
    collect(course, FIRST, tmp_path / "handed")
    assert pending(course, course.assignment(FIRST)) == ["s03"]
    grade_all(course, FIRST)
    assert course.result(FIRST, "s03")["points"] == 29


def start(*command):
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )


def test_a_dask_cluster_gives_the_same_tables_and_survives_a_killed_worker(tmp_path, serial):
    """Two worker processes on loopback; one is killed when the first results are there."""
    from distributed import Client

    course = some_class(tmp_path)
    place = tmp_path / "scheduler.json"
    fixed = ("--host", "127.0.0.1", "--scheduler-file", str(place))
    processes = [start("distributed.cli.dask_scheduler", *fixed, "--port", "0", "--no-dashboard")]
    worker = ("distributed.cli.dask_worker", "--scheduler-file", str(place), "--nthreads", "1",
              "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not place.exists():
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)
        processes += [start(*worker), start(*worker)]
        with Client(scheduler_file=str(place), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        address = json.loads(place.read_text())["address"]
        processes.append(
            start("grader", "--course", str(course.path), "grade", FIRST,
                  "--scheduler", address)
        )  # fmt: skip
        results = course.path / "results"
        while len(list(results.rglob("*.json"))) < 2:
            assert processes[-1].poll() is None
            time.sleep(0.02)
        processes[1].kill()
        assert len(list(results.rglob("*.json"))) < len(STUDENTS), "killed too late"
        assert processes[-1].wait(120) == 0
        assert processes[2].poll() is None
        assert tables(course) == serial
    finally:
        for process in processes[::-1]:
            process.kill()
            process.wait()


def test_nothing_is_graded_without_the_sandbox(tmp_path, monkeypatch, capsys):
    course = some_class(tmp_path)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    assert main(["--course", str(course.path), "grade", FIRST]) == 1
    assert "install bubblewrap" in capsys.readouterr().err
    assert not (course.path / "results").exists()


@pytest.mark.parametrize(
    "hole",
    [
        lambda command: [*command[:1], "--bind", "/", "/", *command[-3:]],
        lambda command: [c for c in command if c not in ("--unshare-net", "--unshare-all")],
        lambda command: ["/bin/false"],
    ],
    ids=["everything is seen", "the network is there", "it does not start"],
)
def test_nothing_is_graded_in_a_sandbox_that_does_not_hold(tmp_path, monkeypatch, hole):
    course = some_class(tmp_path)
    command = sandbox._command
    runner = str(sandbox._RUNNER)

    def leaky():
        return [runner if part == "/runner.py" and hole.__code__.co_consts and "--bind" in
                hole.__code__.co_consts else part for part in hole(command())]  # fmt: skip

    monkeypatch.setattr(sandbox, "_command", leaky)
    with pytest.raises(sandbox.SandboxError, match="nothing is graded"):
        grade_all(course, FIRST)
    assert not (course.path / "results").exists()


def fill_in(course, **points):
    path = course.place("by-hand", FIRST, end=".csv")
    with open(path, newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    for row in table:
        row["points"] = points.get(row["student"], row["points"])
        row["comment"] = "well, =SUM(1)"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, table[0])
        writer.writeheader()
        writer.writerows(table)
    return table


def test_points_by_hand_complete_the_total_and_are_kept(tmp_path):
    course = make_course(tmp_path / "course", ["ada", "bob", "eve"])
    hand_in(tmp_path / "handed", "ada", solved(course, "ada"))
    hand_in(tmp_path / "handed", "bob", solved(course, "bob", left=("why",)))
    hand_in(tmp_path / "handed", "eve", b"{}")
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    assert to_do(course, FIRST) == 2
    ada, bob, eve = rows(course, FIRST)
    assert (ada.state, ada.points, ada.by_hand, ada.total) == (GRADED, 29, None, None)
    assert (bob.by_hand, bob.total) == (0, 29)
    assert (eve.state, eve.total) == ("look at by hand", None)
    fill_in(course, ada="3,5", eve="12")
    ada, bob, eve = rows(course, FIRST)
    assert (ada.by_hand, ada.total) == (3.5, 32.5)
    assert eve.total == 12
    assert to_do(course, FIRST) == 0
    assert by_hand(course, FIRST)["ada", "why"] == (3.5, "well, =SUM(1)")
    for points in ("6", "-1", "many"):
        fill_in(course, ada=points)
        with pytest.raises(CourseError, match="line 2: points"):
            rows(course, FIRST)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A class whose question in words waits for a person; ids as a spreadsheet spoils them."""
    folder = tmp_path_factory.mktemp("waiting")
    course = make_course(folder / "course", ["007", "bob"])
    for student in course.roster:
        hand_in(folder / "handed", student, solved(course, student))
    collect(course, FIRST, folder / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    return course


def table_of(*lines, divider=","):
    lines = ["student,question,points,out_of,comment", *lines]
    return "\r\n".join(line.replace(",", divider) for line in lines) + "\r\n"


SAVED = {
    "semicolons": table_of('007,why,"3.5",5,ö', "bob,why,4,5,", divider=";").encode(),
    "UTF-16 with tabs": table_of("007,why,3.5,5,ö", "bob,why,4,5,", divider="\t").encode("utf-16"),
    "a byte-order mark": table_of("007,why,3.5,5,ö", "bob,why,4,5,").encode("utf-8-sig"),
    "empty rows": table_of(",,,,", "007,why,3.5,5,ö", "", "bob,why,4,5,", ",,,,").encode(),
    "zeros lost": table_of('7,why,"3,5",5,ö', "bob,why,4,5,").encode(),
    "formulas quoted": table_of("'007,why,3.5,5,ö", "bob,why,4,5,'-1 of 5").encode(),
}


@pytest.mark.parametrize("manner", SAVED)
def test_the_table_may_come_back_as_a_spreadsheet_saves_it(waiting, manner):
    waiting.place("by-hand", FIRST, end=".csv").write_bytes(SAVED[manner])
    assert [row.by_hand for row in rows(waiting, FIRST)] == [3.5, 4]
    assert by_hand(waiting, FIRST)["007", "why"][1] == "ö"
    assert by_hand(waiting, FIRST)["bob", "why"][1] in ("", "-1 of 5")
    assert to_do(waiting, FIRST) == 0
    assert [row.by_hand for row in rows(waiting, FIRST)] == [3.5, 4]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (table_of("1.2E+17,why,4,5,"), "line 2: there is no student '1.2E.17'"),
        (table_of("", "bob,wy,4,5,"), "line 3: there is no question 'wy'"),
        (table_of("bob,why,4,5,", "bob,why,3,5,"), "line 3: bob, why is there twice"),
        (table_of("bob,why,7,10,"), "line 2: points must lie from 0 to 5; got 7"),
        (table_of("bob,why,nan,5,"), "line 2: points must lie from 0 to 5; got nan"),
        (table_of("bob,why,4,5,ö").encode("cp1252"), "not in UTF-8"),
        ("Our class\r\n" + table_of("bob,why,4,5,"), "must have the column 'student'"),
    ],
)
def test_points_that_would_be_lost_are_said(waiting, table, said):
    data = table if isinstance(table, bytes) else table.encode()
    waiting.place("by-hand", FIRST, end=".csv").write_bytes(data)
    with pytest.raises(CourseError, match=said):
        rows(waiting, FIRST)


def test_points_for_an_answer_that_has_changed_since_are_asked_for_again(tmp_path):
    course = make_course(tmp_path / "course", ["ada", "bob"])
    for student in course.roster:
        hand_in(tmp_path / "handed", student, solved(course, student))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    fill_in(course, ada="3", bob="4")
    hand_in(tmp_path / "handed", "ada", solved(course, "ada", left=("switch",)))
    hand_in(tmp_path / "handed", "bob", solved(course, "bob", answers=[("why", "Another one.")]))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    assert to_do(course, FIRST) == 1
    assert [row.by_hand for row in rows(course, FIRST)] == [3, None]


def test_a_person_may_give_points_for_the_whole_to_anybody(tmp_path):
    course = make_course(tmp_path / "course", ["ada", "bob"])
    hand_in(tmp_path / "handed", "ada", solved(course, "ada", left=("why", "switch")))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    assert to_do(course, FIRST) == 0
    assert [row.total for row in rows(course, FIRST)] == [24, None]
    path = course.place("by-hand", FIRST, end=".csv")
    path.write_text(path.read_text() + "ada,*,27,,heard\nbob,*,20,,on paper\n")
    for _ in range(2):
        assert [row.total for row in rows(course, FIRST)] == [27, 20]
        assert to_do(course, FIRST) == 0
    assert by_hand(course, FIRST) == {("ada", "*"): (27, "heard"), ("bob", "*"): (20, "on paper")}


def test_tables_quote_and_no_cell_is_a_formula(tmp_path):
    course = make_course(tmp_path / "course", ["ada"])
    (course.path / "roster.csv").write_text(
        'id,name,email\nada,"=cmd(""x""), ""Ä"" \n second line",a@example.org\nbob,Bob,\n',
        encoding="utf-8",
    )
    hand_in(tmp_path / "handed", "ada", solved(course, "ada", left=("why", "switch")))
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    for form, column in {"generic": "name", "canvas": "Student", "moodle": "Full name"}.items():
        with open(export(course, FIRST, form), newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        ada = table[-2]
        assert ada[column] == '\'=cmd("x"), "Ä" \n second line'
        title = course.assignment(FIRST).title
        total = {"generic": "total"}.get(form, title)
        assert (ada[total], table[-1][total]) == ("24", "")
    with pytest.raises(CourseError, match="generic, canvas, moodle, brightspace, blackboard"):
        export(course, FIRST, "excel")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "a9"], "There is no assignment 'a9'"),
        (["grade", FIRST, "--jobs", "0"], "--jobs must be 1 or more"),
        (["solutions", FIRST, "adda"], "'adda' is not on the roster"),
        (["collect", FIRST, "nowhere"], "neither a folder nor a zip"),
        (["collect", FIRST, ".", "--due", "soon"], "--due must be a time"),
    ],
)
def test_the_command_says_in_one_sentence_what_is_wrong(course, capsys, arguments, said):
    assert main(["--course", str(course.path), *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_short_key_is_refused(course):
    (course.path / "key").write_text("abc\n")
    with pytest.raises(CourseError, match="64 hex digits"):
        _ = course.key


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path):
    course = make_course(tmp_path / "course", ["ada"])
    (course.path / "key").unlink()
    course.make_key()
    key = course.key
    course.make_key()
    assert len(key) == 64
    assert (course.path / "key").stat().st_mode & 0o077 == 0
    assert type(course)(course.path).key == key


TENSOR = """
import torch
def neuron_through(P, Q, R, p):
    A = torch.tensor([[*P, 1.0], [*Q, 1.0], [*R, 1.0]], dtype=torch.float64)
    b = torch.tensor([0, 0, np.log(p / (1 - p))], dtype=torch.float64)
    return torch.linalg.solve(A, b).requires_grad_()
"""


def test_a_tensor_is_as_good_as_an_array(course):
    made = solved(course, "ada", answers=[("line", TENSOR)])
    work = course.assignment(FIRST)
    found = grading.grade(work, "ada", course.key, json.dumps(made).encode())
    assert found["questions"]["line"]["points"] == 6


def test_feedback_describes_the_difference_and_gives_no_hidden_input_away(course, tmp_path):
    work = course.assignment(FIRST)
    weight = work.variant_of("ada", course.key).weight
    answer = f"""
def weighted_cost(Y_hat, Y):
    return -np.mean(np.where(Y[:, 1] == 1, {weight}, 1.0) * np.sum((Y - Y_hat) ** 2, axis=1)) / 2
"""
    hand_in(tmp_path, "ada", solved(course, "ada", answers=[("cost", answer)]))
    collect(course, FIRST, tmp_path)
    grade_all(course, FIRST)
    found = course.result(FIRST, "ada")["questions"]["cost"]
    assert (found["points"], found["slip"]) == (0, None)
    feedback(course, FIRST)
    page = BeautifulSoup(course.place("feedback", FIRST, "ada", ".html").read_text(), "html.parser")
    (told,) = [box.text for box in page(class_="verdict") if "0 of 6 points" in box.text]
    assert "Your result is the negative of what is wanted." in told
    (question,) = [question for question in work.questions if question.id == "cost"]
    for check in question.checks:
        for case in work.cases_of(question, check, "ada", course.key):
            assert not any(f"{number:.2g}" in told for number in case[0].ravel())


@pytest.mark.parametrize(
    "tree",
    [
        {"array": "AAAA", "dtype": "|O", "shape": [1]},
        {"array": "AAAA", "dtype": "<f8", "shape": [10**12]},
        {"array": "AAAA", "dtype": "<f8"},
        {"array": 7, "dtype": "<f8", "shape": [1]},
        {"array": "", "dtype": ["<f8"], "shape": [0]},
        {"items": 7, "kind": "list"},
        {"items": [{}], "kind": "list"},
        {},
        [1],
        1.5,
    ],
)
def test_what_the_runner_never_writes_is_no_answer(tree):
    with pytest.raises(ValueError, match="cannot be read"):
        grading.decode(tree)
