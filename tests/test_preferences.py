"""The pages for readers with a small screen, large text, forced colours or no wish for motion."""

import pytest
from browsing import lay_out, opened, settle, sideways, widget_alone

from tools.paths import chapters

PAGES = ["index.html", *(f"notebooks/{path.stem}.html" for path in chapters())]
LEAST = 11  # pixels of a text's size in a figure
TARGET = 24  # pixels of what is touched

TEXTS = """(drawing) => Math.min(...[...drawing.querySelectorAll("text, tspan")].map((it) =>
  parseFloat(getComputedStyle(it).fontSize) * drawing.getBoundingClientRect().width
  / drawing.viewBox.baseVal.width))"""
# Links within sentences are as high as their line, and so may be.
TARGETS = """(least) => [...document.querySelectorAll(
    "button, input, select, summary, textarea, [role=button], [role=tab], nav a")]
  .filter((it) => it.checkVisibility({ visibilityProperty: true }))
  .map((it) => [it, (it.closest("label") ?? it).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < least - 0.5 || box.height < least - 0.5))
  .map(([it, box]) => `${it.outerHTML.slice(0, 90)}: ${box.width} x ${box.height}`)"""
MOVING = """() => document.getAnimations().filter((it) =>
  it.timeline instanceof DocumentTimeline && it.playState === "running")
  .map((it) => it.animationName ?? it.transitionProperty)"""


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_drawings_text_can_be_read_on_a_phone(browser, site, path):
    """There, or opened large."""
    with opened(browser, f"{site}/{path}", width=360) as (page, _):
        lay_out(page)
        drawings = page.locator(".bd-article figure svg.gu-drawing").all()
        for drawing in drawings:
            if not drawing.is_visible() or drawing.evaluate(TEXTS) >= LEAST:
                continue
            drawing.click()
            large = page.get_by_role("dialog", name="Figure, large").get_by_role("img")
            assert large.get_attribute("aria-label") == drawing.get_attribute("aria-label")
            assert large.evaluate(TEXTS) >= LEAST - 0.01, drawing.get_attribute("aria-label")
            page.keyboard.press("Escape")


@pytest.mark.parametrize("path", PAGES)
def test_what_is_touched_is_large_enough(browser, site, path):
    with opened(browser, f"{site}/{path}", width=360) as (page, _):
        settle(page)
        assert page.evaluate(TARGETS, TARGET) == []


@pytest.mark.parametrize("path", PAGES)
def test_text_of_twice_the_size_stays_on_the_page(browser, site, path):
    with opened(browser, f"{site}/{path}") as (page, _):
        page.add_style_tag(content="html { font-size: 200% }")
        settle(page)
        assert sideways(page) <= 0
        for widget in page.locator("[data-widget]").all():
            assert widget.evaluate("(it) => it.scrollWidth - it.clientWidth") <= 1


@pytest.mark.parametrize("number", [2, 5])  # between them all five programs
def test_a_long_choice_of_twice_the_size_stays_in_its_widget(browser, tmp_path, number):
    with widget_alone(tmp_path, "curves") as address:
        with opened(browser, f"{address}?round={number}") as (page, _):
            page.add_style_tag(content="html { font-size: 200% }")
            settle(page)
            root = page.locator("[data-widget]")
            root.evaluate("(it) => it.style.width = '11rem'")
            assert len(root.evaluate("(it) => it.round().codes")) == 3
            assert root.evaluate("(it) => it.scrollWidth - it.clientWidth") <= 1


def test_with_forced_colours_a_drawing_has_the_pages_ink(browser, site):
    with opened(browser, f"{site}/{PAGES[1]}") as (page, _):
        page.emulate_media(forced_colors="active")
        text = page.locator("#fig-1-loss svg.gu-drawing text").first
        ink = "(it) => getComputedStyle(it).fill"
        assert text.evaluate(ink) == page.evaluate("() => getComputedStyle(document.body).color")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_unasked_where_motion_is_unwanted(browser, site, path):
    with opened(browser, "about:blank") as (page, _):
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{site}/{path}")
        settle(page)
        page.wait_for_timeout(200)
        assert page.evaluate(MOVING) == []
