"""Lines to arrange in the book's pages: by keys, pressing, dragging; narrow, dark, offline."""

from contextlib import contextmanager

import browsing
import pytest
from browsing import CHAPTERS, START, alive, sideways, violations
from playwright.sync_api import expect

from groundup import page
from groundup.practice.parsons import arrangement

pytestmark = browsing.PYTHON
ID = "4.7"  # it has two blocks within each other
OPEN = "Arrange the lines"
TARGET = 24  # pixels of what is touched


@contextmanager
def opened(browser, address: str, *arguments, **options):
    """Chapter 4's page and the exercise in it."""
    with browsing.opened(browser, address, *arguments, **options) as (tab, wrong):
        alive(tab)
        box = tab.locator(f'[data-exercise="{ID}"]')
        box.scroll_into_view_if_needed()
        yield tab, box, wrong


@contextmanager
def given(browser, site, *arguments, **options):
    """The same with the lines there: the page has them as from Python, which is not started."""
    lines = [page.Page([]).arrange(ID, faded) for faded in (False, True)]
    with opened(browser, f"{site}/{CHAPTERS[4]}", *arguments, **options) as (tab, box, wrong):
        tab.evaluate(
            "(lines) => { GroundUpPython.call = async (_, [id, faded]) => lines[Number(faded)]; }",
            lines,
        )
        box.get_by_role("button", name=OPEN).click()
        box.locator(".gu-line:focus").wait_for()
        tab.evaluate("() => document.fonts.ready.then(() => true)")
        yield tab, box, wrong
        assert wrong == []


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
        for _ in lines:
            if texts(box, "program")[place : place + 1] == [text]:
                break
            tab.keyboard.press("ArrowUp")
        assert texts(box, "program")[place] == text
        tab.keyboard.press("Space")
        assert said(box).startswith("Let go: ")
        now = depth_of(box.locator(".gu-line:focus"))
        for _ in range(abs(depth - now)):
            tab.keyboard.press("ArrowRight" if depth > now else "ArrowLeft")
        assert said(box).endswith(f"indented {depth} {'time' if depth == 1 else 'times'}.")


def depth_of(line) -> int:
    return int(line.evaluate("node => node.style.getPropertyValue('--depth')"))


def order(box) -> list[tuple[str, int]]:
    """The program as it stands."""
    found = box.locator('[data-group="program"] [role="option"]').all()
    return [(line.inner_text(), depth_of(line)) for line in found]


def press(box, name: str, touch: bool = False) -> None:
    found = box.locator(".gu-arrange").get_by_role("button", name=name)
    found.tap() if touch else found.click()


def by_pressing(box, wanted: list[tuple[str, int]], touch: bool = False) -> None:
    """Bring the lines that are left out into the program, each to its depth."""
    for text, depth in wanted:
        line = box.get_by_role("option").get_by_text(text, exact=True)
        line.tap() if touch else line.click()
        now = depth_of(box.locator("[data-at]"))
        for _ in range(abs(depth - now)):
            press(box, "Indent more" if depth > now else "Indent less", touch)
        assert order(box)[-1] == (text, depth)
        assert said(box).startswith(f"{text}: line ")


def tab_to(tab, name: str) -> None:
    walk_to(tab, "Tab", "textContent", name)


def back_to_the_lines(tab) -> None:
    walk_to(tab, "Shift+Tab", "role", "option")


def walk_to(tab, key: str, what: str, wanted: str) -> None:
    for _ in range(20):
        tab.keyboard.press(key)
        if tab.evaluate(f"() => document.activeElement.{what}") == wanted:
            return
    raise AssertionError(f"no {key} leads to {wanted!r}")


def solution(faded: bool = False) -> list[tuple[str, int]]:
    problem = arrangement(ID, faded)
    return [(it.text, it.depth) for it in problem.solved]


def test_a_tour_by_keyboard_alone(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[4]}") as (tab, box, wrong):
        box.get_by_role("button", name=OPEN).focus()
        tab.keyboard.press("Enter")
        box.locator(".gu-line:focus").wait_for(timeout=START)
        problem = arrangement(ID)
        assert sorted(texts(box, "out")) == sorted(line.text for line in problem.lines)
        other = next(line for line in problem.lines if line.slip)
        wanted = solution()
        by_keys(tab, box, wanted[:2])
        tab_to(tab, "Check the lines")
        tab.keyboard.press("Enter")
        expect(verdict(box)).to_contain_text("opens a block", timeout=START)
        back_to_the_lines(tab)
        by_keys(
            tab, box, [*wanted[: other.place], (other.text, other.depth), *wanted[other.place :]]
        )
        tab_to(tab, "Check the lines")
        tab.keyboard.press("Enter")
        sentence = "is not among the lines that are wanted."
        expect(verdict(box)).to_contain_text(f"{other.text} {sentence}", timeout=START)
        expect(verdict(box)).to_contain_text(other.slip.message.split("`")[0].strip())
        back_to_the_lines(tab)
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


def test_by_pressing_alone_from_disk_without_any_network(browser, book):
    with opened(browser, (book / CHAPTERS[4]).as_uri()) as (tab, box, wrong):
        tab.context.set_offline(True)
        box.get_by_role("button", name=OPEN).click()
        box.locator(".gu-line:focus").wait_for(timeout=START)
        wanted = solution()
        by_pressing(box, [wanted[-1], *wanted[:-1]])
        press(box, "Check the lines")
        early = f"{wanted[-1][0]} comes too early: it uses best"
        expect(verdict(box)).to_contain_text(early, timeout=START)
        box.get_by_role("option").get_by_text(wanted[-1][0], exact=True).click()
        for _ in wanted[1:]:
            press(box, "Down")
        assert order(box) == wanted
        press(box, "Check the lines")
        expect(verdict(box)).to_contain_text(f"Exercise {ID}: right.", timeout=START)
        press(box, "Take them into the editor")
        expect(box.locator(".cm-content")).to_contain_text(wanted[-1][0])
        assert wrong == []


def test_no_other_exercise_of_the_chapter_has_lines(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[4]}") as (tab, _, wrong):
        boxes = tab.locator("[data-exercise]").filter(has=tab.get_by_role("button", name=OPEN))
        ids = boxes.evaluate_all("nodes => nodes.map((it) => it.dataset.exercise)")
        assert ids == ["4.7", "4.8"]  # 4.2 needs PyTorch, the others have one line or two
        assert wrong == []


def test_with_a_finger_on_a_telephone(browser, site):
    with given(browser, site, width=360, has_touch=True) as (tab, box, _):
        by_pressing(box, solution(), touch=True)
        assert order(box) == solution()
        press(box, "Up", touch=True)
        assert order(box)[-2] == solution()[-1]
        press(box, "Down", touch=True)
        press(box, "Leave out", touch=True)
        assert order(box) == solution()[:-1]
        assert texts(box, "out")[0] == solution()[-1][0]
        assert sideways(tab) == 0
        press(box, "Two lines to write", touch=True)
        box.get_by_label("Line A", exact=True).fill("return 1")
        assert "Line B, to be written" in texts(box, "out")
        shown = [it for it in solution(faded=True) if it[0] in texts(box, "out")]
        by_pressing(box, [*shown, ("Line A: return 1", 3)], touch=True)
        assert sideways(tab) == 0
        for theme in ("light", "dark"):
            tab.emulate_media(color_scheme=theme)
            expect(tab.locator("html")).to_have_attribute("data-theme", theme)
            assert violations(tab) == []
        touched = box.locator(".gu-arrange").locator("button, input, [role=option]")
        sizes = [it.bounding_box() for it in touched.all() if it.is_visible()]
        assert len(sizes) > 12
        assert all(it["width"] >= TARGET and it["height"] >= TARGET for it in sizes)


def test_with_colours_of_the_readers_own(browser, site):
    """Each line has an edge and is read on its ground, and the marked and the held one differ."""
    with given(browser, site, forced_colors="active") as (tab, box, _):
        assert tab.evaluate("() => matchMedia('(forced-colors: active)').matches")
        by_pressing(box, solution()[:3])
        marked, other = box.locator("[data-at]"), box.locator(".gu-line:not([data-at])").last
        looks = [it.evaluate(LOOK) for it in (marked, other)]
        for look in looks:
            assert look["contrast"] >= 7
            assert look["edge"] >= 3
            assert look["width"] >= 1
        assert looks[0]["border"] != looks[1]["border"]
        assert looks[0]["style"] == "solid"
        tab.keyboard.press("Space")
        assert marked.evaluate(LOOK)["style"] == "dashed"
        assert (
            box.locator(".gu-grip").last.evaluate(
                "it => getComputedStyle(it, '::before').borderLeftWidth"
            )
            == "3px"
        )


LOOK = """(node) => {
  const style = getComputedStyle(node), code = getComputedStyle(node.querySelector("code"));
  const light = (colour) => {
    const [r, g, b] = colour.match(/\\d+(\\.\\d+)?/g).map((it) => it / 255)
      .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (...colours) => {
    const [low, high] = colours.map(light).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  return { contrast: contrast(code.color, style.backgroundColor), border: style.borderTopColor,
    edge: contrast(style.borderTopColor, style.backgroundColor),
    width: parseFloat(style.borderTopWidth), style: style.borderTopStyle };
}"""


# --- dragging ---


def centre(line) -> tuple[float, float]:
    box = line.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def mouse(tab):
    """Functions that press, move to a place, and let go."""
    return (
        lambda x, y: (tab.mouse.move(x, y), tab.mouse.down()),
        lambda x, y: tab.mouse.move(x, y, steps=4),
        tab.mouse.up,
    )


def finger(tab):
    session = tab.context.new_cdp_session(tab)

    def send(kind: str, *points: dict) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    return (
        lambda x, y: send("touchStart", {"x": x, "y": y}),
        lambda x, y: send("touchMove", {"x": x, "y": y}),
        lambda: send("touchEnd"),
    )


@pytest.mark.parametrize("pointer", [mouse, finger])
def test_dragging(browser, site, pointer):
    with given(browser, site, has_touch=pointer is finger) as (tab, box, _):
        down, go, up = pointer(tab)
        wanted = [*solution()[:2], solution()[-1]]
        first, last = wanted[0], wanted[-1]
        by_pressing(box, wanted[:-1])

        def line(text: str):
            return box.get_by_role("option").filter(has=tab.get_by_text(text, exact=True))

        def drag(text: str, onto, aside: float = 0, below: bool = False) -> None:
            grip = line(text).locator(".gu-grip")
            grip.scroll_into_view_if_needed()
            x, y = centre(grip)
            down(x, y)
            there = onto.bounding_box()
            y = there["y"] + there["height"] * (1 if below else 0.5)
            go(x, y)
            go(x + aside, y)
            up()

        drag(last[0], box.locator(".gu-head"))
        assert order(box) == [(last[0], 1), *wanted[:-1]]
        assert said(box) == f"{last[0]}: line 1 of {len(wanted)}, indented 1 time."
        drag(last[0], line(wanted[-2][0]), below=True)
        assert order(box) == wanted
        drag(first[0], line(first[0]), aside=50)
        assert order(box)[0] == (first[0], first[1] + 2)
        drag(first[0], line(first[0]), aside=-90)
        assert order(box)[0] == (first[0], 0)
        drag(first[0], box.locator('[data-group="out"] > .gu-note'))
        assert order(box) == wanted[1:]
        assert texts(box, "out")[0] == first[0]
        assert box.locator('[aria-selected="true"]').count() == 0
