"""Limited tries on a hub, with an exchange that is a dictionary: what each says, and how many."""

import hashlib
import json

import pytest
from bs4 import BeautifulSoup

from grader import exchange, tries
from grader.__main__ import main
from grader.collect import collect
from grader.exchange import ExchangeError
from grader.folder import Course, CourseError
from grader.grade import NOT_STARTED, grade_all
from grader.marks import to_do
from tests.coursework.conftest import FIRST, TELLS, hand_in, solved, tells

NAME = f"{FIRST}.ipynb"


class Exchange:
    """What ``deploy/exchange.py`` keeps and answers, without a hub."""

    def __init__(self):
        self.files = {}

    def hands_in(self, account, data):
        self.files["received", FIRST, account, NAME] = as_bytes(data)

    def page(self, account, data):
        found = self.files.get(("feedback", FIRST, account, f"{sha(data)}.html"))
        return None if found is None else found.decode()

    def pages(self, account):
        return [where for where in self.files if where[0] == "feedback" and where[2] == account]

    def ask(self, method, *where, data=None):
        if method == "PUT":
            self.files[where] = data
        return Answer(self.files if not where else self.files[where])


class Answer:
    def __init__(self, content):
        self.content = content

    def json(self):
        names = ("kind", "assignment", "student", "name")
        more = {"time": "2026-11-20T10:00:00+00:00"}
        return [
            dict(zip(names, where, strict=True)) | more | {"sha256": sha(data)}
            for where, data in self.content.items()
        ]


def as_bytes(data):
    return data if isinstance(data, bytes) else json.dumps(data).encode()


def sha(data):
    return hashlib.sha256(as_bytes(data)).hexdigest()


@pytest.fixture
def hub(monkeypatch):
    made = Exchange()
    monkeypatch.setattr(exchange, "_ask", made.ask)
    return made


@pytest.fixture
def quick(monkeypatch):
    """Grading that asks no sandbox: 7 points to everybody, and a list of whom it graded."""
    graded = []

    def grade(work, student, key, data, given):
        graded.append((student, data))
        return {"points": 7, "out_of": 29, "questions": {}, "remarks": [], "alone": False}

    monkeypatch.setattr(tries, "grade", grade)
    monkeypatch.setattr(tries, "prove", lambda course: None)
    return graded


def look(course, most=3):
    return sorted(tries.one_round(course, FIRST, most))


def record(course, student):
    return json.loads(course.place("tries", FIRST, student, ".json").read_text())["tries"]


# --- what a try says ---


def test_a_try_is_graded_as_marks_are_and_says_which_checks_are_right(course, hub, tmp_path):
    v = course.assignment(FIRST).variant_of("ada", course.key)
    overflows = (
        f"def switch(x):\n    z = np.exp({v.steepness} * (x - {v.place}))\n    return z / (1 + z)"
    )
    handed = {
        "ada": solved(course, "ada", answers=[("switch", overflows)], left=("line",)),
        "bob": solved(course, "bob", extra=[("switch", "import os\nos._exit(0)")]),
        "eve": b"no notebook",
    }
    for student, made in handed.items():
        hub.hands_in(student, made)
        hand_in(tmp_path / "handed", student, made)
    before = {path for path in course.path.rglob("*") if path.is_file()}
    assert look(course) == [
        "ada: try 1 of 3, 21 of 29 points",
        "bob: try 1 of 3, 0 of 29 points",
        "eve: try 1 of 3, 0 of 29 points",
    ]
    new = {path for path in course.path.rglob("*") if path.is_file()} - before
    assert new == {course.place("tries", FIRST, student, ".json") for student in handed}

    page = BeautifulSoup(hub.page("ada", handed["ada"]), "html.parser")
    assert "Try 1 of 3: 21 of 29 points, without the questions in words. 2 tries are left." in (
        page.text
    )
    boxes = dict(zip([h.text for h in page("h3")], [h.find_next("p").text for h in page("h3")],
                     strict=True))  # fmt: skip
    assert boxes["switch"].startswith(
        "3 of 5 points.ordinary inputs: right.huge inputs: not right."
    )
    assert "infinity is divided by infinity" in boxes["switch"]
    assert boxes["line"] == "0 of 6 points.Nothing written."
    assert boxes["cost"].startswith("6 of 6 points.")
    assert boxes["why"] == "A person reads your words, later."
    assert "it stopped its own process" in hub.page("bob", handed["bob"])
    assert "The file " in hub.page("eve", handed["eve"])

    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    for student in handed:
        (entry,) = record(course, student)
        assert entry["student"] == student
        assert entry["sha256"] == sha(handed[student])
        result = course.result(FIRST, student)
        for name in ("points", "out_of", "questions", "remarks"):
            assert entry[name] == result[name]
    to_do(course, FIRST)
    marks = {
        p: p.read_bytes() for k in ("results", "by-hand") for p in course.path.glob(f"{k}/**/*.*")
    }
    hub.hands_in("ada", solved(course, "ada"))
    assert look(course) == ["ada: try 2 of 3, 29 of 29 points"]
    assert marks == {path: path.read_bytes() for path in marks}


@pytest.mark.parametrize("how", TELLS)
def test_a_try_tells_nothing_of_what_is_hidden(course, hub, how):
    later = "raise ImportError(repr(kept))" if "later" in how else "pass"
    later = later.replace("ImportError", "FileNotFoundError") if "file" in how else later
    made = solved(course, "ada", answers=[("cost", tells(how)), ("repair", later)])
    hub.hands_in("ada", made)
    look(course)
    page = hub.page("ada", made)
    work = course.assignment(FIRST)
    question, v = work.question_of("cost"), work.variant_of("ada", course.key)
    assert "cost</h3>" in page
    assert "array" not in page
    assert course.key not in page
    for check in question.checks:
        for case in work.cases_of(question, check, "ada", course.key):
            for number in [*case[0].ravel(), question.call(question.reference, case, v)]:
                assert f"{number:.6f}"[2:7] not in page


def test_what_is_wrong_in_a_way_without_a_name_is_not_described(course, hub):
    """In the feedback on a mark it is; with several tries it would lead to the answer."""
    made = solved(
        course, "ada", answers=[("cost", "def weighted_cost(Y_hat, Y):\n    return -1.5")]
    )
    hub.hands_in("ada", made)
    look(course)
    (entry,) = record(course, "ada")
    found = entry["questions"]["cost"]
    assert found["slip"] is None
    assert found["message"]
    box = BeautifulSoup(hub.page("ada", made), "html.parser").find("h3", string="cost")
    assert box.find_next("p").text.count("not right.") == len(found["checks"])
    assert box.find_next("p").text.endswith("not right.")


# --- how many ---


def test_new_bytes_use_a_try_the_same_bytes_none_and_the_end_is_said_once(course, hub, quick):
    said = []
    for data in (b"one", b"one", b"two", b"one", b"three", b"four", b"two"):
        hub.hands_in("ada", data)
        said.append(look(course, most=2))
    assert said == [
        ["ada: try 1 of 2, 7 of 29 points"],
        [],
        ["ada: try 2 of 2, 7 of 29 points"],
        [],
        ["ada: no tries left (all 2 are used)"],
        [],
        [],
    ]
    assert "No tries are left." in hub.page("ada", b"two")
    assert "all 2 are used. This notebook was not tried." in hub.page("ada", b"three")
    assert hub.page("ada", b"four") is None
    assert [data for _, data in quick] == [b"one", b"two"]
    hub.hands_in("ada", b"three")
    assert look(course, most=3) == ["ada: try 3 of 3, 7 of 29 points"]
    assert "Try 3 of 3" in hub.page("ada", b"three")


def test_of_two_handed_in_while_others_are_graded_the_last_counts(course, hub, quick, monkeypatch):
    hub.hands_in("ada", b"one")
    real = hub.ask

    def ask(method, *where, data=None):
        answer = real(method, *where, data=data)
        if not where:  # between the look and the grading
            hub.hands_in("ada", b"two")
        return answer

    monkeypatch.setattr(exchange, "_ask", ask)
    assert look(course) == ["ada: try 1 of 3, 7 of 29 points"]
    assert look(course) == []
    assert quick == [("ada", b"two")]
    assert [where[3] for where in hub.pages("ada")] == [f"{sha(b'two')}.html"]


def test_whoever_is_not_on_the_roster_has_no_tries_and_an_account_is_its_student(
    course, hub, quick
):
    (course.path / "roster.csv").write_text("id,name,login\nAda,Ada,\n4711,Bob,Bstone\n")
    for account in ("ada", "bstone", "prof"):
        hub.hands_in(account, account.encode())
    assert [line[:9] for line in look(Course(course.path))] == ["4711: try", "Ada: try "]
    assert hub.page("bstone", b"bstone")
    assert not hub.pages("prof")


def test_no_try_comes_after_the_feedback_on_a_mark(course, hub, quick):
    hub.hands_in("ada", b"one")
    exchange.give_page(FIRST, "ada", sha(b"one"), b"the mark")
    assert look(course) == []
    hub.hands_in("ada", b"two")
    assert look(course, most=1) == ["ada: try 1 of 1, 7 of 29 points"]
    hub.hands_in("ada", b"three")
    look(course, most=1)
    for data in (b"two", b"three"):
        exchange.give_page(FIRST, "ada", sha(data), b"the mark")
    assert look(course, most=5) == []
    assert {hub.page("ada", data) for data in (b"one", b"two", b"three")} == {"the mark"}


# --- what breaks ---


def test_what_breaks_off_before_it_is_written_down_uses_no_try(course, hub, quick, monkeypatch):
    hub.hands_in("ada", b"one")
    with monkeypatch.context() as broken:
        broken.setattr(tries, "write_json", power_cut)
        with pytest.raises(KeyboardInterrupt):
            look(course)
    assert not hub.pages("ada")
    assert look(course) == ["ada: try 1 of 3, 7 of 29 points"]


def power_cut(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("of", [b"a try", b"the end"])
def test_what_is_written_down_goes_out_later_and_is_not_graded_again(
    course, hub, quick, monkeypatch, of
):
    if of == b"the end":
        hub.hands_in("ada", b"first")
        look(course, most=1)
    hub.hands_in("ada", of)
    with monkeypatch.context() as broken:
        broken.setattr(exchange, "give_page", power_cut)
        with pytest.raises(KeyboardInterrupt):
            look(course, most=1)
    assert hub.page("ada", of) is None
    assert len(quick) == 1
    (line,) = look(course, most=1)
    assert ("no tries left" in line) == (of == b"the end")
    assert hub.page("ada", of)
    assert look(course, most=1) == []
    assert len(quick) == 1


def test_a_page_that_takes_anothers_place_goes_out_too(course, hub, quick, monkeypatch):
    for data in (b"one", b"two"):
        hub.hands_in("ada", data)
        look(course, most=1)
    assert "no tries left" in hub.page("ada", b"two")
    with monkeypatch.context() as broken:
        broken.setattr(exchange, "give_page", power_cut)
        with pytest.raises(KeyboardInterrupt):
            look(course, most=2)
    assert look(course, most=2) == ["ada: try 2 of 2, 7 of 29 points"]
    assert "Try 2 of 2" in hub.page("ada", b"two")
    assert look(course, most=2) == []


def test_a_fault_of_ours_uses_no_try_and_stops_nobody_else(course, hub, quick, monkeypatch):
    real = tries.grade

    def grade(work, student, *more, **named):
        if student == "ada":
            raise ZeroDivisionError
        return real(work, student, *more, **named)

    for student in ("ada", "bob"):
        hub.hands_in(student, student.encode())
    with monkeypatch.context() as broken:
        broken.setattr(tries, "grade", grade)
        assert look(course) == [
            "ada: failed (ZeroDivisionError)",
            "bob: try 1 of 3, 7 of 29 points",
        ]
        assert look(course) == []
    assert "used no try" in hub.page("ada", b"ada")
    hub.hands_in("ada", b"again")
    assert look(course) == ["ada: try 1 of 3, 7 of 29 points"]


def test_what_could_not_be_started_uses_no_try(course, hub, quick, monkeypatch):
    real = tries.grade
    never = {"alone": True, "remarks": [NOT_STARTED]}
    with monkeypatch.context() as patch:
        patch.setattr(tries, "grade", lambda *given, **named: real(*given, **named) | never)
        hub.hands_in("ada", b"one")
        assert look(course) == ["ada: failed (ChildProcessError)"]
    assert "used no try" in hub.page("ada", b"one")
    hub.hands_in("ada", b"two")
    assert look(course) == ["ada: try 1 of 3, 7 of 29 points"]


def test_what_a_neighbour_may_have_caused_is_graded_again(course, hub, quick, monkeypatch):
    real, alone = tries.grade, [True, False]

    def grade(*given, **named):
        return real(*given, **named) | {"alone": alone.pop(0)}

    monkeypatch.setattr(tries, "grade", grade)
    hub.hands_in("ada", b"one")
    assert look(course) == ["ada: try 1 of 3, 7 of 29 points"]
    assert alone == []


def test_it_waits_for_an_exchange_that_goes_away_and_sees_who_joins(
    course, hub, quick, monkeypatch
):
    rounds = iter(["", "away", "away", "new"])

    def pause(seconds):
        what = next(rounds, None)
        if what is None:
            raise KeyboardInterrupt
        if what == "new":
            (course.path / "roster.csv").write_text("id,name\nada,Ada\nzoe,Zoe\n")
            hub.hands_in("zoe", b"new")
        monkeypatch.setattr(exchange, "_ask", away if what == "away" else hub.ask)

    def away(*_, **__):
        raise ExchangeError("The exchange does not answer.")

    monkeypatch.setattr(tries.time, "sleep", pause)
    hub.hands_in("ada", b"one")
    said = []
    with pytest.raises(KeyboardInterrupt):
        said.extend(line for line in tries.watch(course, FIRST, 3) if said.append(line))
    assert said == [
        "ada: try 1 of 3, 7 of 29 points",
        "The exchange does not answer.",
        "zoe: try 1 of 3, 7 of 29 points",
    ]
    monkeypatch.setattr(exchange, "_ask", away)
    with pytest.raises(ExchangeError):
        next(tries.watch(course, FIRST, 3))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a9"], "There is no assignment 'a9'"),
        ([FIRST, "--most", "0"], "--most must be 1 or more; got 0."),
        ([FIRST, "--once"], "There is no exchange here"),
    ],
)
def test_the_command_says_in_one_sentence_what_is_wrong(course, capsys, arguments, said):
    assert main(["--course", str(course.path), "tries", *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tries": [{}]}', '{"tries": [1]}', "\x00"])
def test_a_broken_record_is_said_and_gives_no_try(course, hub, quick, text):
    path = course.place("tries", FIRST, "ada", ".json")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    hub.hands_in("ada", b"one")
    with pytest.raises(CourseError, match=r"ada\.json is broken"):
        look(course)
    assert quick == []


def test_without_a_sandbox_nothing_is_tried(course, hub, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    hub.hands_in("ada", b"one")
    assert main(["--course", str(course.path), "tries", FIRST, "--once"]) == 1
    assert "install bubblewrap" in capsys.readouterr().err
    assert not (course.path / "tries").exists()
