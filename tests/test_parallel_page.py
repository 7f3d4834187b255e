"""The tests before and after a course, taken on the practice page: from a link to the gain."""

import browsing
import pytest
from browsing import START, opened, sideways, violations
from playwright.sync_api import expect

from grader import gain
from groundup.practice import parallel

pytestmark = browsing.PYTHON
PAGE = "book/practice.html"


def typed(value) -> str:
    return ", ".join(map(repr, value)) if isinstance(value, tuple) else str(value)


def alive(page):
    browsing.alive(page)
    return page.locator("[data-practice]")


def begin(box, student: str) -> None:
    box.get_by_label("Your name or number").fill(student)
    box.get_by_role("button", name="Begin").click()
    expect(box.locator(".gu-ask")).to_contain_text("Question 1 of 12.", timeout=START)


def save(page, box, folder):
    with page.expect_download() as download:
        box.get_by_role("button", name="Save the file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_from_disk_and_by_keys_both_tests_are_taken_and_the_gain_is_told(browser, book, tmp_path):
    """The same student, with a name as names are; three right before, nine after."""
    for test, right in (("before", 3), ("after", 9)):
        problems = parallel.problems(test, upto=4, seed=3)
        address = f"{(book / PAGE).as_uri()}?test={test}&seed=3&upto=4"
        with opened(browser, address) as (page, wrong):
            page.context.set_offline(True)
            box = alive(page)
            expect(box).to_contain_text(f"The test {test} the course.")
            box.get_by_label("Your name or number").focus()
            page.keyboard.type("Zoë, O'Neil")
            page.keyboard.press("Enter")
            for place, it in enumerate(problems, start=1):
                heading = box.locator(".gu-ask")
                expect(heading).to_contain_text(
                    f"Question {place} of {len(problems)}.", timeout=START
                )
                expect(heading).to_be_focused()
                page.keyboard.press("Tab")
                if place <= right:
                    page.keyboard.type(typed(it.answer))
                    page.keyboard.press("Enter")
                else:
                    page.keyboard.press("Tab")
                    page.keyboard.press("Tab")
                    expect(box.get_by_role("button", name="I do not know")).to_be_focused()
                    page.keyboard.press("Enter")
            expect(box.locator(".gu-ask")).to_contain_text(f"You answered {right} of 12.")
            assert "Right" not in box.inner_text()
            path = save(page, box, tmp_path)
            assert path.name == f"{test}-Zoë-O-Neil.csv"
            expect(box).to_contain_text(f"Saved as {path.name}")
            assert page.evaluate("() => GroundUpStore.all('last').size") == 0
            assert wrong == []
        (tmp_path / test).mkdir()
        path.rename(tmp_path / test / path.name)
    told = gain.between(*(gain.results(tmp_path / test) for test in parallel.TESTS))
    assert told.splitlines()[1].split() == ["All", "25", "%", "75", "%", "0.67"]
    assert "1 students took both tests; 0 took one" in told


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_told_answers_stay_and_it_fits_a_telephone(browser, site, theme):
    with opened(browser, f"{site}/{PAGE}?test=after", theme, width=360) as (page, wrong):
        box = alive(page)
        box.get_by_role("button", name="Begin").click()
        expect(box).to_contain_text("Write your name or number first.")
        begin(box, "s1")
        field, said = box.get_by_label("Your answer"), box.locator(".gu-verdict").last
        first, second = parallel.problems("after")[:2]
        box.get_by_role("button", name="Next").click()
        expect(said).to_contain_text("Write your answer first")
        field.fill("no number")
        box.get_by_role("button", name="Next").click()
        expect(said).to_contain_text("no")
        assert sideways(page) == 0
        assert violations(page) == []
        words = [typed(first.slips[0].make()), typed(second.answer)]
        for place, answer in enumerate(words, start=2):
            field.fill(answer)
            box.get_by_role("button", name="Next").click()
            expect(box.locator(".gu-ask")).to_contain_text(f"Question {place} of")
            assert "".join(box.locator(".gu-verdict").all_inner_texts()).strip() == ""
        page.reload()
        box = alive(page)
        begin(box, "s1")
        for answer in words:
            expect(field).to_have_value(answer)
            box.get_by_role("button", name="Next").click()
            expect(field).not_to_have_value(answer)
        box.get_by_role("button", name="Back").click()
        expect(field).to_have_value(words[1])
        assert sideways(page) == 0
        assert wrong == []


LINKS = {
    "test=middle": "the test “middle”; it must ask for test=before or test=after",
    "test=": "the test “”; it must ask for",
    "test=before&seed=<b>": "the seed “<b>”; it must be a number",
    "test=after&upto=9": "the chapter “9”; it must be one such as upto=4",
}


def test_a_link_that_is_none_is_told_in_one_sentence(browser, site):
    with opened(browser, "about:blank") as (page, wrong):
        for link, words in LINKS.items():
            page.goto(f"{site}/{PAGE}?{link}")
            box = alive(page)
            expect(box).to_contain_text(words)
            assert box.locator("button, b").count() == 0
        assert wrong == []
