"""Lines to arrange in the book's pages: by keyboard alone."""

from contextlib import contextmanager

import browsing
import pytest
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
    with browsing.opened(browser, address, *arguments, **options) as (tab, wrong):
        tab.mouse.move(9, 9)
        tab.mouse.move(12, 12)
        tab.locator("html[data-live]").wait_for(state="attached")
        box = tab.locator(f'[data-exercise="{ID}"]')
        box.scroll_into_view_if_needed()
        box.get_by_role("button", name="Arrange the lines").focus()
        tab.keyboard.press("Enter")
        box.locator(".gu-line:focus").wait_for(timeout=START)
        yield tab, box, wrong


def texts(box, group: str) -> list[str]:
    return box.locator(f'[data-group="{group}"] [role="option"]').all_inner_texts()


def said(box) -> str:
    return box.locator(".gu-arrange [aria-live]").inner_text()


def verdict(box):
    return box.locator(".gu-arrange [role=status]")


def by_keys(tab, box, wanted: list[tuple[str, int]]) -> None:
    """Bring the lines into this order and depth, by keys only, from where the focus is."""
    for place, (text, depth) in enumerate(wanted):
        tab.keyboard.press("Home")
        lines = texts(box, "program") + texts(box, "out")
        for _ in range(lines.index(text)):
            tab.keyboard.press("ArrowDown")
        expect(box.locator(".gu-line:focus")).to_have_text(text)
        tab.keyboard.press("Space")
        assert said(box).startswith("Taken up: ")
        while texts(box, "program")[place : place + 1] != [text]:
            tab.keyboard.press("ArrowUp")
        tab.keyboard.press("Space")
        assert said(box).startswith("Let go: ")
        now = depth_of(box.locator(".gu-line:focus"))
        for _ in range(abs(depth - now)):
            tab.keyboard.press("ArrowRight" if depth > now else "ArrowLeft")
        assert said(box).endswith(f"indented {depth} {'time' if depth == 1 else 'times'}.")


def tab_to(tab, name: str) -> None:
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("() => document.activeElement.textContent") == name:
            return
    raise AssertionError(f"no Tab leads to {name!r}")


def solution(faded: bool = False) -> list[tuple[str, int]]:
    problem = arrangement(ID, faded)
    return [(it.text, it.depth) for it in problem.solved]


def test_a_tour_by_keyboard_alone(browser, site):
    with opened(browser, f"{site}/{PAGES[4]}") as (tab, box, wrong):
        problem = arrangement(ID)
        assert sorted(texts(box, "out")) == sorted(line.text for line in problem.lines)
        other = next(line for line in problem.lines if line.slip)
        wanted = solution()
        by_keys(tab, box, wanted[:2])
        tab_to(tab, "Check the lines")
        tab.keyboard.press("Enter")
        expect(verdict(box)).to_contain_text("opens a block", timeout=START)
        tab.keyboard.press("Shift+Tab")
        while tab.evaluate("() => document.activeElement.role") != "option":
            tab.keyboard.press("Shift+Tab")
        by_keys(
            tab, box, [*wanted[: other.place], (other.text, other.depth), *wanted[other.place :]]
        )
        tab_to(tab, "Check the lines")
        tab.keyboard.press("Enter")
        sentence = "is not among the lines that are wanted."
        expect(verdict(box)).to_contain_text(f"{other.text} {sentence}", timeout=START)
        expect(verdict(box)).to_contain_text(other.slip.message.split("`")[0].strip())
        while tab.evaluate("() => document.activeElement.role") != "option":
            tab.keyboard.press("Shift+Tab")
        tab.keyboard.press("Home")
        for _ in range(other.place):
            tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Delete")
        assert other.text in texts(box, "out")
        assert said(box).endswith("left out.")
        tab_to(tab, "Check the lines")
        tab.keyboard.press("Enter")
        expect(verdict(box)).to_contain_text(f"Exercise {ID}: right.", timeout=START)
        tab_to(tab, "Take them into the editor")
        tab.keyboard.press("Enter")
        expect(box.locator(".cm-content")).to_be_focused()
        code = box.locator(".cm-content").inner_text()
        assert [it.rstrip() for it in code.splitlines() if it.strip()] == (
            problem.code(problem.solved).split("\n")[:-1]
        )
        tab.keyboard.press("Control+Enter")
        own = box.locator(":scope > .gu-verdict")
        expect(own).to_contain_text(f"Exercise {ID}: right.", timeout=START)
        assert wrong == []


def depth_of(line) -> int:
    return int(line.evaluate("node => node.style.getPropertyValue('--depth')"))
