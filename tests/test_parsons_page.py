"""Lines to arrange in the book's pages: by keyboard alone, by pressing, narrow, dark, from disk."""

from contextlib import contextmanager

import browsing
import pytest
from browsing import sideways, violations
from playwright.sync_api import expect

from groundup.practice.parsons import arrangement
from tools import vendor
from tools.paths import NOTEBOOKS

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(
        not vendor.has_python() and vendor.vendor() and not vendor.has_python(),
        reason="Pyodide's packages are not to be had on this machine",
    ),
]
PAGES = {int(path.name[:2]): f"notebooks/{path.stem}.html" for path in NOTEBOOKS.glob("*.ipynb")}
START = 120_000  # milliseconds that Python may take to start, on a busy machine
ID = "4.7"  # it has two blocks within each other


@contextmanager
def opened(browser, address: str, *arguments, **options):
    """Chapter 4, moved as a reader does, who then presses the exercise's button."""
    with browsing.opened(browser, address, *arguments, **options) as (page, wrong):
        page.mouse.move(9, 9)
        page.mouse.move(12, 12)
        page.locator("html[data-live]").wait_for(state="attached")
        box = page.locator(f'[data-exercise="{ID}"]')
        box.scroll_into_view_if_needed()
        box.get_by_role("button", name="Arrange the lines").focus()
        page.keyboard.press("Enter")
        box.locator(".gu-line:focus").wait_for(timeout=START)
        yield page, box, wrong


def texts(box, group: str) -> list[str]:
    return box.locator(f'[data-group="{group}"] [role="option"]').all_inner_texts()


def said(box) -> str:
    return box.locator(".gu-arrange [aria-live]").inner_text()


def verdict(box):
    return box.locator(".gu-arrange [role=status]")


def by_keys(page, box, wanted: list[tuple[str, int]]) -> None:
    """Bring the lines into this order and depth, by keys only, from where the focus is."""
    for place, (text, depth) in enumerate(wanted):
        page.keyboard.press("Home")
        lines = texts(box, "program") + texts(box, "out")
        for _ in range(lines.index(text)):
            page.keyboard.press("ArrowDown")
        expect(box.locator(".gu-line:focus")).to_have_text(text)
        page.keyboard.press("Space")
        assert said(box).startswith("Taken up: ")
        while texts(box, "program")[place : place + 1] != [text]:
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Space")
        assert said(box).startswith("Let go: ")
        line = box.locator(".gu-line:focus")
        now = int(line.evaluate("node => node.style.getPropertyValue('--depth')"))
        for _ in range(abs(depth - now)):
            page.keyboard.press("ArrowRight" if depth > now else "ArrowLeft")
        assert said(box).endswith(f"indented {depth} {'time' if depth == 1 else 'times'}.")


def tab_to(page, name: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent") == name:
            return
    raise AssertionError(f"no Tab leads to {name!r}")


def solution(faded: bool = False) -> list[tuple[str, int]]:
    problem = arrangement(ID, faded)
    return [(it.text, it.depth) for it in problem.solved]


def test_a_tour_by_keyboard_alone(browser, site):
    with opened(browser, f"{site}/{PAGES[4]}") as (page, box, wrong):
        problem = arrangement(ID)
        assert sorted(texts(box, "out")) == sorted(line.text for line in problem.lines)
        other = next(line for line in problem.lines if line.slip)
        wanted = solution()
        by_keys(page, box, wanted[:2])
        tab_to(page, "Check the lines")
        page.keyboard.press("Enter")
        expect(verdict(box)).to_contain_text("opens a block", timeout=START)
        page.keyboard.press("Shift+Tab")
        while page.evaluate("() => document.activeElement.role") != "option":
            page.keyboard.press("Shift+Tab")
        by_keys(
            page, box, [*wanted[: other.place], (other.text, other.depth), *wanted[other.place :]]
        )
        tab_to(page, "Check the lines")
        page.keyboard.press("Enter")
        sentence = "is not among the lines that are wanted."
        expect(verdict(box)).to_contain_text(f"{other.text} {sentence}", timeout=START)
        expect(verdict(box)).to_contain_text(other.slip.message.split("`")[0].strip())
        while page.evaluate("() => document.activeElement.role") != "option":
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Home")
        for _ in range(other.place):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Delete")
        assert other.text in texts(box, "out")
        assert said(box).endswith("left out.")
        tab_to(page, "Check the lines")
        page.keyboard.press("Enter")
        expect(verdict(box)).to_contain_text(f"Exercise {ID}: right.", timeout=START)
        tab_to(page, "Take them into the editor")
        page.keyboard.press("Enter")
        expect(box.locator(".cm-content")).to_be_focused()
        code = box.locator(".cm-content").inner_text()
        assert [it.rstrip() for it in code.splitlines() if it.strip()] == (
            problem.code(problem.solved).split("\n")[:-1]
        )
        page.keyboard.press("Control+Enter")
        own = box.locator(":scope > .gu-verdict")
        expect(own).to_contain_text(f"Exercise {ID}: right.", timeout=START)
        assert wrong == []


def test_by_pressing_lines_and_buttons_from_disk(browser, book):
    with opened(browser, (book / PAGES[4]).as_uri()) as (page, box, wrong):
        lines = box.get_by_role("option")
        for text, depth in solution():
            lines.get_by_text(text, exact=True).click()
            line = box.locator("[data-at]")
            while (
                now := int(line.evaluate("it => it.style.getPropertyValue('--depth')"))
            ) != depth:
                name = "Indent more" if depth > now else "Indent less"
                box.get_by_role("button", name=name).click()
        box.get_by_role("button", name="Up", exact=True).click()
        box.get_by_role("button", name="Check the lines").click()
        expect(verdict(box)).to_contain_text("not right yet", timeout=START)
        expect(verdict(box)).to_contain_text("comes too early")
        lines.get_by_text(solution()[-1][0], exact=True).click()
        box.get_by_role("button", name="Down", exact=True).click()
        box.get_by_role("button", name="Check the lines").click()
        expect(verdict(box)).to_contain_text("right.", timeout=START)
        box.get_by_role("button", name="Leave out").click()
        assert len(texts(box, "program")) == len(solution()) - 1
        assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_two_lines_to_write_on_a_telephone(browser, site, theme):
    with opened(browser, f"{site}/{PAGES[4]}", theme, width=360) as (page, box, wrong):
        assert sideways(page) == 0
        assert violations(page) == []
        box.get_by_role("button", name="Two lines to write").click()
        box.get_by_label("Line A", exact=True).wait_for(timeout=START)
        problem = arrangement(ID, True)
        letters = dict(zip(sorted(problem.to_write), "AB", strict=True))
        lines = box.get_by_role("option")
        for it in problem.solved:
            text = problem.lines[it.number].text
            if it.number in letters:
                text = f"Line {letters[it.number]}, to be written"
            lines.get_by_text(text, exact=True).click()
            line = box.locator("[data-at]")
            while int(line.evaluate("it => it.style.getPropertyValue('--depth')")) > it.depth:
                page.keyboard.press("ArrowLeft")
        check = box.get_by_role("button", name="Check the lines")
        check.click()
        expect(verdict(box)).to_contain_text("still to be written", timeout=START)
        for it in problem.solved:
            if it.number in letters:
                box.get_by_label(f"Line {letters[it.number]}", exact=True).fill(it.text)
        check.click()
        expect(verdict(box)).to_contain_text("right.", timeout=START)
        assert sideways(page) == 0
        assert violations(page) == []
        assert wrong == []


def test_which_exercises_have_the_button(browser, site):
    with browsing.opened(browser, f"{site}/{PAGES[4]}") as (page, wrong):
        page.mouse.move(9, 9)
        page.mouse.move(12, 12)
        page.locator("html[data-live]").wait_for(state="attached")
        boxes = page.locator("[data-exercise]")
        buttons = boxes.filter(has=page.get_by_role("button", name="Arrange the lines"))
        ids = buttons.evaluate_all("nodes => nodes.map((it) => it.dataset.exercise)")
        assert ids == ["4.7", "4.8"]  # 4.2 needs PyTorch, the others have one line or two
        assert wrong == []
