"""The tests before and after a course, and the gain between them."""

import csv

import numpy as np
import pytest

from grader import gain
from grader.folder import CourseError
from groundup.practice import parallel
from groundup.practice.problem import KINDS


def typed(value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(repr, value))
    return value if isinstance(value, str) else repr(value)


@pytest.fixture
def folder(tmp_path):
    gain.write_tests(tmp_path / "ä tests", seed=3)
    return tmp_path / "ä tests"


def fill(path, right: np.ndarray, names=None) -> None:
    """Answer as (students, problems) says: right, or with a slip."""
    (head,) = csv.reader(path.read_text(encoding="utf-8").splitlines())
    problems = [KINDS[id.split("/")[0]].problem(int(id.split("/")[1])) for id in head[1:]]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(head)
        for i, row in enumerate(right):
            answers = [
                p.answer if ok else p.slips[0].make() for p, ok in zip(problems, row, strict=True)
            ]
            writer.writerow([names[i] if names else f"s{i}", *map(typed, answers)])


def told(folder, end: str = ".csv") -> str:
    found = [gain.results(folder / f"{test}{end}") for test in ("before", "after")]
    return gain.between(*found)


def test_the_two_tests_ask_for_the_same_kinds_with_other_numbers(folder):
    heads = [
        (folder / f"{it}.csv").read_text().strip().split(",")[1:] for it in ("before", "after")
    ]
    kinds = [[id.split("/")[0] for id in head] for head in heads]
    assert kinds[0] == kinds[1]
    assert len(set(kinds[0])) == parallel.COUNT
    assert {KINDS[it].chapter for it in kinds[0]} == set(range(1, 9))
    texts = [(folder / f"{it}.md").read_text(encoding="utf-8") for it in ("before", "after")]
    for i, (one, other) in enumerate(zip(*heads, strict=True), start=1):
        asked = [
            KINDS[id.split("/")[0]].problem(int(id.split("/")[1])).prompt for id in (one, other)
        ]
        assert asked[0] != asked[1]
        assert f"{i}. {asked[0]}" in texts[0]
        assert f"{i}. {asked[1]}" in texts[1]
    with pytest.raises(CourseError, match="is there already"):
        gain.write_tests(folder)


def test_the_gain_is_hakes(folder):
    before = np.zeros((4, parallel.COUNT), dtype=bool)
    after = np.zeros((4, parallel.COUNT), dtype=bool)
    before[:, :3] = True  # 25 %
    after[:, :9] = True  # 75 %
    fill(folder / "before.csv", before)
    fill(folder / "after.csv", after)
    lines = told(folder).splitlines()
    assert lines[1].split() == ["All", "25", "%", "75", "%", "0.67"]
    assert lines[2].split()[-5:] == ["100", "%", "100", "%", "–"]
    assert lines[6].split()[-5:] == ["0", "%", "100", "%", "1.00"]
    assert lines[13].split()[-5:] == ["0", "%", "0", "%", "0.00"]
    assert "it is 0.67 to 0.67." in told(folder)
    assert gain.normalised(40, 10) == -0.5


def test_the_interval_holds_the_gain_and_narrows_with_students():
    rng = np.random.default_rng(0)
    widths = []
    for n in (10, 1000):
        before, after = rng.uniform(10, 50, n), rng.uniform(40, 90, n)
        low, high = gain._interval(before, after)
        assert low < gain.normalised(before.mean(), after.mean()) < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 4


def test_only_those_who_took_both_count_and_what_is_unreadable_is_said(folder):
    right = np.ones((2, parallel.COUNT), dtype=bool)
    fill(folder / "before.csv", ~right, ["ada", "bob"])
    fill(folder / "after.csv", right, ["cleo", "ada"])
    text = told(folder)
    assert text.splitlines()[1].split() == ["All", "0", "%", "100", "%", "1.00"]
    assert "1 students took both tests; 2 took one, and are left out." in text
    assert "could not be read" not in text
    path = folder / "after.csv"
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([head, "ada;no idea" + ";" * (parallel.COUNT - 1)]), encoding="utf-8")
    assert rows
    assert "1 answers could not be read as numbers or letters" in told(folder)


WRONG = {
    "softmax/1": ("student,softmax/1\n", "has no answers yet"),
    "column": ("name,softmax/1\nada,1\n", "must have the column 'student'"),
    "kind": ("student,softmx/1\nada,1\n", "'softmx/1' is no problem such as"),
    "none": ("student\nada\n", "has no column of a problem"),
    "twice": ("student,softmax/1\nada,1\nada,1\n", "line 3: the student 'ada' is there twice"),
    "nameless": ("student,softmax/1\n,1\n", "line 2: the student '' has no name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_table_that_is_none_is_told_in_one_sentence(tmp_path, capsys, case):
    text, wanted = WRONG[case]
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert gain.main(["between", str(path), str(path)]) == 1
    said = capsys.readouterr().err
    assert wanted in said
    assert said.count("\n") == 1


def test_other_kinds_nobody_in_both_and_no_file(tmp_path, capsys):
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("student,softmax/1\nada,1\n")
    other.write_text("student,shapes/1\nada,1\n")
    assert gain.main(["between", str(one), str(other)]) == 1
    other.write_text("student,softmax/2\nbob,1\n")
    assert gain.main(["between", str(one), str(other)]) == 1
    assert gain.main(["between", str(one), str(tmp_path / "c.csv")]) == 1
    said = capsys.readouterr().err
    assert "must ask for the same kinds" in said
    assert "no student took both tests" in said
    assert "there is no file" in said


def test_the_commands(tmp_path, capsys):
    assert gain.main(["tests", str(tmp_path / "t"), "--upto", "3"]) == 0
    paths = capsys.readouterr().out.split()
    assert len(paths) == 6
    kinds = (tmp_path / "t" / "before.csv").read_text().strip().split(",")[1:]
    assert {KINDS[it.split("/")[0]].chapter for it in kinds} == {1, 2, 3}
    fill(tmp_path / "t" / "before.csv", np.zeros((3, len(kinds)), dtype=bool))
    fill(tmp_path / "t" / "after.csv", np.ones((3, len(kinds)), dtype=bool))
    assert gain.main(["between", paths[2], paths[5]]) == 0
    assert "1.00" in capsys.readouterr().out
    assert gain.main(["tests", str(tmp_path / "u"), "--upto", "0"]) == 1


# --- a folder with a file of each student, as the practice page saves them ---


def hand_in(path, student: str, test: str, right: int, **options) -> None:
    """A file with so many right answers, the others not known."""
    problems = parallel.problems(test, **options)
    answers = [typed(it.answer) if i < right else "" for i, it in enumerate(problems)]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = parallel.row(student, [it.id for it in problems], answers)
    path.write_text(text, encoding="utf-8", newline="")


def test_the_gain_of_two_folders_is_that_of_two_tables(tmp_path):
    for test, right in (("before", (3, 0)), ("after", (9, 12))):
        hand_in(tmp_path / test / "a.csv", 'Zoë "Z", Ünal', test, right[0])
        hand_in(tmp_path / test / "bob" / "b.csv", "=bob", test, right[1])
    text = told(tmp_path, "")
    assert text.splitlines()[1].split() == ["All", "12", "%", "88", "%", "0.86"]
    assert "2 students took both tests; 0 took one" in text
    assert "Left out" not in text


def test_names_written_in_another_way_are_the_same_student(tmp_path):
    hand_in(tmp_path / "before" / "a.csv", "Ada  Lovelace", "before", 0)
    hand_in(tmp_path / "after" / "a.csv", "LOVELACE, Ada", "after", 12)
    assert "1 students took both tests; 0 took one" in told(tmp_path, "")


def test_a_file_that_cannot_be_read_is_named_and_the_others_count(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, right in ((before, 0), (after, 12)):
        hand_in(folder / "a.csv", "ada", folder.name, right)
        hand_in(folder / "b.csv", "bob", folder.name, right)
    hand_in(after / "c.csv", "ada", "after", 0)
    hand_in(after / "other.csv", "cleo", "before", 12)
    hand_in(after / "seed.csv", "dan", "after", 12, seed=2)
    (after / "picture.csv").write_bytes(b"\x89PNG\xff\x00")
    (after / "empty.csv").write_text("")
    (after / "null.csv").write_bytes(b"student,softmax/3\n\0,1\n")
    (after / "hostile.csv").write_text("student,../3\nada,1\n")
    (after / "long.csv").write_text(f"student,softmax/3\nada,{'1' * 200_000}\n")
    (after / "notes.txt").write_text("nothing")
    (after / "._a.csv").write_bytes(b"\xff")
    text = told(tmp_path, "")
    assert text.splitlines()[1].split() == ["All", "0", "%", "100", "%", "1.00"]
    assert "2 students took both tests; 0 took one" in text
    left = sorted(it for it in text.splitlines() if it.startswith("Left out: "))
    names = "c empty hostile long null other picture seed".split()
    assert [it.split(".csv")[0].split("/")[-1] for it in left] == names
    wanted = [
        "has 'ada' again: the first",
        "must have the column 'student'",
        "'../3' is no problem",
    ]
    wanted += ["", "", "asks other problems than most", "is not in UTF-8", "asks other problems"]
    assert all(words in line for words, line in zip(wanted, left, strict=True))


def test_folders_without_answers_and_one_test_twice(tmp_path, capsys):
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "x.csv").write_text("")
    hand_in(tmp_path / "after" / "a.csv", "ada", "after", 3)
    for one in ("before", "after"):
        assert gain.main(["between", str(tmp_path / one), str(tmp_path / "after")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "has no file with answers that can be read." in lines[0]
    assert "both are answers to one and the same test" in lines[1]
