"""The page on which words are graded: in a browser, from the disk, by keys and by clicks."""

import csv

import pytest

from grader import words
from grader.assignment import load, names
from grader.collect import collect
from grader.grade import grade_all
from grader.marks import rows, to_do
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

SAME = "The friend is wrong: one neuron only rises, 1 < 2 & so on.\n\n<script>alert(1)</script>"


@pytest.fixture
def waiting(tmp_path):
    """Five students: two with the same answer, one with a formula for a spreadsheet."""
    course = make_course(tmp_path / "course", ["ada", "bob", "cyd", "dan", "eve"])
    texts = {
        "ada": SAME,
        "bob": "=1+1, “so”",
        "cyd": SAME,
        "dan": "Quite\nanother one",
        "eve": "No.",
    }
    for student, text in texts.items():
        made = solved(course, student, answers=[("why", text)])
        hand_in(tmp_path / "handed", student, made)
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    return course


@pytest.fixture
def opened(waiting, browser):
    """The page, opened from the disk, and what went wrong on it."""
    context = browser.new_context(accept_downloads=True, viewport={"width": 400, "height": 900})
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else 0
    )
    page.on("request", lambda it: None if it.url.startswith(("file:", "blob:")) else
            faults.append(it.url))  # fmt: skip
    page.goto(waiting.place("by-hand", FIRST, end="-grade.html").as_uri())
    yield page
    context.close()
    assert faults == []


def saved(page, course):
    """Save the table as a person does, and put it where it belongs."""
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == f"{FIRST}.csv"
    place = course.place("by-hand", FIRST, end=".csv")
    place.write_bytes(download.value.path().read_bytes())
    with open(place, newline="", encoding="utf-8-sig") as file:
        return {row["student"]: (row["points"], row["comment"]) for row in csv.DictReader(file)}


def card_of(page, text):
    for _ in range(9):
        if text in page.text_content("#text"):
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"no card with {text!r}")


def test_keys_items_and_the_table(waiting, opened):
    page = opened
    assert "1 of 4 · 2 the same" in page.text_content("#where")
    assert page.text_content("#text") == SAME
    assert "ada" not in page.text_content("body").split("{")[0]
    page.keyboard.press("1")
    page.keyboard.press("3")
    assert page.input_value("#points") == "2"
    page.keyboard.press("3")
    assert page.input_value("#points") == "1"
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type('Well, "so"; 1 3')
    page.keyboard.press("Escape")
    card_of(page, "=1+1")
    page.keyboard.press("0")
    page.keyboard.press("c")
    page.keyboard.type("=SUM(A1)")
    page.keyboard.press("Escape")
    card_of(page, "Quite")
    page.fill("#points", "2.5")
    page.press("#points", "Escape")
    page.click("#used button >> nth=0")
    table = saved(page, waiting)
    assert table == {
        "ada": ("3", 'Well, "so"; 1 3'),
        "bob": ("0", "'=SUM(A1)"),
        "cyd": ("3", 'Well, "so"; 1 3'),
        "dan": ("2.5", 'Well, "so"; 1 3'),
        "eve": ("", ""),
    }
    found = {row.student: row.total for row in rows(waiting, FIRST)}
    assert found == {"ada": 32, "bob": 29, "cyd": 32, "dan": 31.5, "eve": None}
    assert to_do(waiting, FIRST) == 1


def test_an_items_points_are_changed_for_all_and_kept(waiting, opened):
    page = opened
    page.keyboard.press("2")
    card_of(page, "Quite")
    page.keyboard.press("2")
    worth = page.locator(".item input").nth(1)
    worth.fill("1.5")
    worth.press("Tab")
    assert saved(page, waiting)["ada"][0] == "1.5"
    to_do(waiting, FIRST)
    page.reload()
    assert page.input_value("#points") != "1.5"  # it opens at the first that waits
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert page.locator('.item button[aria-pressed="true"]').count() == 1
    page.locator(".item input").nth(1).fill("1")
    page.locator(".item input").nth(1).press("Tab")
    table = saved(page, waiting)
    assert [table[s][0] for s in ("ada", "cyd", "dan", "bob")] == ["1", "1", "1", ""]


def test_what_the_table_says_is_right_and_names_are_shown_if_asked_for(waiting, opened):
    page = opened
    page.keyboard.press("1")
    place = waiting.place("by-hand", FIRST, end=".csv")
    text = place.read_text(encoding="utf-8-sig")
    place.write_text(text.replace("cyd,why,", "cyd,why,4"), encoding="utf-8")
    to_do(waiting, FIRST)
    page.reload()
    assert "of 5" in page.text_content("#where")  # no longer one card
    page.check("#names")
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    shown = {}
    for _ in range(5):
        shown[page.text_content("#who")] = page.input_value("#points")
        page.locator("#next").click()
    assert shown["cyd"] == "4"
    assert shown["ada"] == "1"


def test_a_rubric_is_pressed_item_by_item():
    for name in names():
        for part in load(name).manual:
            found = words.items(part)
            assert len(found) >= 3
            assert sum(item["points"] for item in found) >= part.points - 1  # some is given by hand
            assert all(item["text"] for item in found)
