"""The practice page as readers use it: by keyboard, from disk, narrow, dark, and to its end."""

import json
import re

import browsing
import pytest
from browsing import START, opened, sideways, violations
from playwright.sync_api import expect

from groundup.practice import choose, session

pytestmark = browsing.PYTHON
PAGE = "book/practice.html"


def alive(page):
    browsing.alive(page)
    return page.locator("[data-practice]")


def today(page):
    from datetime import date

    return date.fromisoformat(page.evaluate("() => GroundUpPractice.today()"))


def histories(page) -> dict:
    return dict(page.evaluate("() => [...GroundUpStore.all('practice')]"))


def begin(page, box, upto: int) -> list[str]:
    """Choose a chapter and begin; the ids that are to be asked."""
    box.get_by_label("I have read up to chapter").select_option(str(upto))
    planned = session.plan(histories(page), upto, today(page))
    box.get_by_role("button", name="Begin").click()
    if planned:
        expect(box.locator(".gu-ask")).to_contain_text("Question 1", timeout=START)
    return [choice.item.id for choice in planned]


def right_answer(id: str, day) -> str:
    asked = session.ask(id, day)
    if asked.problem:
        answer = asked.problem.answer
        return ", ".join(map(repr, answer)) if isinstance(answer, tuple) else str(answer)
    return "".join(a for a, it in zip("abcdefgh", asked.options, strict=False) if it.right)


def write(page, box, words: str) -> None:
    field = box.locator("input[type=text]")
    if field.count():
        field.fill(words)
        return
    for letter in words:
        box.locator(f"#gu-practice-{'abcdefgh'.index(letter)}").check()


@pytest.fixture(params=["http", "disk"])
def address(request, site, book) -> str:
    return f"{site}/{PAGE}" if request.param == "http" else (book / PAGE).as_uri()


def test_a_session_from_its_beginning_to_its_end(browser, address):
    with opened(browser, address) as (page, wrong):
        box = alive(page)
        ids = begin(page, box, 8)
        day = today(page)
        expect(box).to_contain_text(f"{len(ids)} questions from chapters 1 to 8")
        for place, id in enumerate(ids, start=1):
            expect(box.locator(".gu-ask")).to_contain_text(f"Question {place} of {len(ids)}.")
            write(page, box, right_answer(id, day))
            box.get_by_role("button", name="Answer").click()
            expect(box.locator(".gu-verdict")).to_contain_text("Right.")
            expect(box.locator(".gu-way")).to_be_visible()
            assert histories(page)[id] == f"{day}+"
            assert "$" not in box.inner_text()
            assert "\\" not in box.inner_text()
            box.get_by_role("button", name="Next").click()
        expect(box).to_contain_text(f"Done for today: {len(ids)} of {len(ids)} right")
        assert box.locator(".gu-ask").count() == 0
        assert wrong == []


def test_a_slip_is_named_and_the_first_try_counts(browser, site):
    with opened(browser, f"{site}/{PAGE}") as (page, wrong):
        box = alive(page)
        ids = begin(page, box, 1)
        day = today(page)
        problem = None
        for id in ids:
            asked = session.ask(id, day)
            if asked.problem and not isinstance(asked.problem.answer, tuple):
                problem = asked.problem
                break
            box.get_by_role("button", name="I do not know").click()
            box.get_by_role("button", name="Next").click()
        slip = problem.slips[0]
        verdict = box.locator(".gu-verdict")
        box.get_by_role("button", name="Answer").click()
        expect(verdict).to_have_text("Write your answer first.")
        write(page, box, "no number")
        box.get_by_role("button", name="Answer").click()
        expect(verdict).to_contain_text("is no number such as")
        assert id not in histories(page)
        write(page, box, repr(slip.make()))
        box.get_by_role("button", name="Answer").click()
        expect(verdict).to_contain_text("Not right yet.")
        expect(verdict).to_contain_text(re.split(r"[$`]", slip.message)[0].strip())
        expect(box.locator(".gu-way")).to_be_hidden()
        write(page, box, right_answer(id, day))
        box.get_by_role("button", name="Answer").click()
        expect(verdict).to_contain_text("Right.")
        assert histories(page)[id] == f"{day}-"
        assert wrong == []


def test_by_keyboard_alone(browser, site):
    with opened(browser, f"{site}/{PAGE}") as (page, wrong):
        box = alive(page)
        page.locator("[data-practice] select").focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        expect(box.get_by_role("button", name="Begin")).to_be_focused()
        page.keyboard.press("Enter")
        expect(box.locator(".gu-ask")).to_be_focused(timeout=START)
        ids = [it.item.id for it in session.plan({}, 2, today(page))]
        for place, id in enumerate(ids, start=1):
            expect(box.locator(".gu-ask")).to_contain_text(f"Question {place} of")
            expect(box.locator(".gu-ask")).to_be_focused()
            page.keyboard.press("Tab")
            answer = right_answer(id, today(page))
            if session.ask(id, today(page)).options:
                for letter in answer:
                    page.keyboard.press("Space")
                    for _ in range("abcdefgh".index(letter)):
                        page.keyboard.press("ArrowDown")
            else:
                page.keyboard.type(answer)
            page.keyboard.press("Enter")
            expect(box.get_by_role("button", name="Next")).to_be_focused()
            page.keyboard.press("Enter")
        expect(box).to_contain_text("Done for today")
        expect(box.locator(":focus")).to_contain_text("Done for today")
        assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_telephone(browser, site, theme):
    with opened(browser, f"{site}/{PAGE}", theme, width=360) as (page, wrong):
        box = alive(page)
        assert violations(page) == []
        ids = begin(page, box, 8)
        forms = set()
        for id in ids:
            asked = session.ask(id, today(page))
            if (form := (bool(asked.options), asked.several)) not in forms:
                forms.add(form)
                assert sideways(page) == 0
                assert violations(page) == []
            box.get_by_role("button", name="I do not know").click()
            box.get_by_role("button", name="Next").wait_for()
            assert sideways(page) == 0, id
            box.get_by_role("button", name="Next").click()
        expect(box).to_contain_text("Done for today")
        assert violations(page) == []
        assert len(forms) >= 2
        assert wrong == []


def test_what_is_not_due_is_said_and_the_chapter_met_is_remembered(browser, site):
    with opened(browser, f"{site}/{PAGE}") as (page, wrong):
        alive(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("() => localStorage.setItem('groundup:quiz:3.q1', '[\"a\"]')")
        page.reload()
        box = alive(page)
        expect(box.get_by_label("I have read up to chapter")).to_have_value("3")
        for item in session.items(2):
            page.evaluate(
                "([id, text]) => GroundUpStore.set('practice', id, text)",
                [item.id, choose.added("", today(page), True)],
            )
        begin(page, box, 2)
        expect(box).to_contain_text("Nothing of chapters 1 to 2 is due today", timeout=START)
        page.reload()
        box = alive(page)
        expect(box.get_by_label("I have read up to chapter")).to_have_value("3")
        assert wrong == []


def test_practice_goes_along_with_the_progress(browser, site, tmp_path, monkeypatch):
    from groundup.questions import progress

    file = tmp_path / "progress.json"
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(file))
    progress.add("1.1")
    progress.add_practice("softmax", "2026-11-20+ 2026-11-25-")
    progress.add_practice("<b>", "<script>alert(1)</script> 2026-11-26+")
    with opened(browser, f"{site}/index.html") as (page, wrong):
        alive(page)
        page.evaluate("() => GroundUpStore.set('practice', 'softmax', '2026-11-22+')")
        page.get_by_text("What is kept, and where").click()
        page.get_by_label("A file with what was done").set_input_files(file)
        page.get_by_text("1 exercises done").wait_for()
        assert histories(page) == {
            "softmax": "2026-11-20+ 2026-11-22+ 2026-11-25-",
            "<b>": "2026-11-26+",
        }
        with page.expect_download() as download:
            page.get_by_role("button", name="Take it along").click()
        download.value.save_as(file)
        assert progress.kept()[0]["softmax"] == "2026-11-20+ 2026-11-22+ 2026-11-25-"
        assert json.loads(file.read_text())["done"] == ["1.1"]
        page.get_by_role("button", name="Forget it all").click()
        page.get_by_role("button", name="Yes, forget it all").click()
        assert histories(page) == {}
        assert wrong == []
