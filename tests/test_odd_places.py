"""The page where readers meet it: in an LMS's frame, on plain http, from disk, with any pointer."""

import mimetypes
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browsing import opened, settle

TRAINING = "notebooks/04_moons_classifier.html"
DIGITS = "notebooks/05_mnist.html"

# --- a frame that may keep nothing, and a browser without cookies ---

FRAME = """<!doctype html><title>A course</title>
<iframe sandbox="allow-scripts" width="1200" height="800" src="{page}"></iframe>"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    configurable: true, get() { throw new DOMException("denied", "SecurityError"); } });
}"""


@pytest.fixture(scope="module")
def framed(book, tmp_path_factory):
    """A folder with the book, and pages that show a page of it in a frame of its own origin."""
    folder = tmp_path_factory.mktemp("lms") / "book"
    shutil.copytree(book, folder)
    for name, page in {"frame": TRAINING, "search": "search.html?q=sigmoid"}.items():
        (folder / f"{name}.html").write_text(FRAME.format(page=page))
    return folder


def change_theme(page) -> tuple[str, str]:
    """The page's modes before and after a press on the button for light and dark."""
    root, button = page.locator("html"), page.locator("button.theme-switch-button").first
    before = root.get_attribute("data-mode")
    button.click()
    return before, root.get_attribute("data-mode")


def test_in_a_sandboxed_frame_the_page_works(browser, framed):
    from tools.browser import served

    with served(framed) as address, opened(browser, f"{address}/frame.html") as (page, wrong):
        frame = page.frames[1]
        widget = frame.locator("[data-widget=training]")
        widget.scroll_into_view_if_needed()
        widget.and_(frame.locator("[data-ready]")).wait_for()
        frame.get_by_role("button", name="100 epochs").click()
        frame.locator("[data-widget=training] [role=status]").get_by_text("Epoch 100.").wait_for()
        before, after = change_theme(frame)
        assert before != after
        # The icons' font is part of the style: a frame without an origin may load none.
        icons = """() => document.fonts.load('900 16px "Font Awesome 6 Free"', "\\uf0c9")"""
        assert frame.evaluate(f"{icons}.then((found) => found.length)") > 0
        # Text is set in another font. The console names no address; the list has it besides.
        rest = [it for it in wrong if not it.startswith("Failed to load resource")]
        assert [it for it in rest if "/vendor/fonts/" not in it] == []


def test_without_storage_the_page_works(browser, site):
    with opened(browser, "about:blank") as (page, wrong):
        page.context.add_init_script(NO_STORAGE)
        page.goto(f"{site}/{TRAINING}")
        settle(page)
        before, after = change_theme(page)
        assert before != after
        page.goto(f"{site}/search.html?q=sigmoid")
        page.locator("#search-results li").first.wait_for()
        assert wrong == []


def test_where_storage_is_to_be_had_it_is_the_browsers(browser, site):
    with opened(browser, f"{site}/index.html") as (page, _):
        change_theme(page)
        chosen = page.locator("html").get_attribute("data-mode")
        page.reload()
        assert page.locator("html").get_attribute("data-mode") == chosen


# --- opened from disk ---


@pytest.mark.parametrize("words", ["backpropagation", "learning rate"])
def test_the_search_shows_text_from_disk_as_from_a_server(browser, book, site, words):
    shown = []
    for address in (site, book.as_uri()):
        with opened(browser, f"{address}/search.html?q={words.replace(' ', '+')}") as (page, wrong):
            page.get_by_text("Search finished").wait_for()
            page.locator("#search-results li p.context").first.wait_for()
            page.wait_for_load_state("networkidle")
            links = page.locator("#search-results li > a").all_inner_texts()
            texts = page.locator("#search-results li p.context").all_inner_texts()
            shown.append((links, len(texts)))
            assert all(any(word in text.lower() for word in words.split()) for text in texts)
            assert wrong == []
    assert shown[0] == shown[1]
    assert shown[0][1] >= 3


# --- plain http ---


@contextmanager
def on_plain_http(browser, book: Path, path: str):
    """A page as a class's server shows it: under a name, without https, so without a clipboard."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    page, wrong = context.new_page(), []
    page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def answer(route):
        file = book / unquote(urlsplit(route.request.url).path).lstrip("/")
        if not file.is_file():
            return route.fulfill(status=404)
        kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
        return route.fulfill(body=file.read_bytes(), content_type=kind)

    context.route("http://class.example/**", answer)
    page.goto(f"http://class.example/{path}")
    try:
        yield page, wrong
    finally:
        context.close()


def shown_code(page: Page) -> str:
    page.get_by_role("button", name="1 epoch").click()
    page.locator("[data-widget=training] summary", has_text="Show the code").click()
    shown = page.get_by_label("PyTorch code of this run")
    shown.filter(has_text="epochs").wait_for()
    return shown.inner_text()


def copy_code(page: Page) -> str:
    """Presses the widget's own Copy; what it says."""
    page.locator("[data-widget=training] details").get_by_role("button", name="Copy").click()
    status = page.locator("[data-widget=training] [role=status]")
    status.get_by_text("code is").wait_for()
    return status.inner_text()


def test_on_plain_http_the_code_is_selected(browser, book):
    with on_plain_http(browser, book, TRAINING) as (page, wrong):
        settle(page)
        assert page.evaluate("() => navigator.clipboard") is None
        code = shown_code(page)
        assert "may not copy here. The code is selected: press Ctrl+C" in copy_code(page)
        assert page.evaluate("() => getSelection().toString()").strip() == code.strip()
        assert wrong == []


def test_a_clipboard_that_is_denied_is_as_none(browser, site):
    with opened(browser, f"{site}/{TRAINING}") as (page, wrong):
        settle(page)
        shown_code(page)
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('denied'); }")
        assert "The code is selected" in copy_code(page)
        assert wrong == []


def test_where_there_is_a_clipboard_the_code_is_in_it(browser, site):
    with opened(browser, "about:blank") as (page, wrong):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{site}/{TRAINING}")
        settle(page)
        code = shown_code(page)
        assert "The code is copied." in copy_code(page)
        assert page.evaluate("() => navigator.clipboard.readText()").strip() == code.strip()
        assert wrong == []


# --- the drawing square ---

MOVES = """([node, events]) => {
  const box = node.getBoundingClientRect();
  for (const [kind, x, y, more] of events) {
    node.dispatchEvent(new PointerEvent(kind.includes("pointer") ? kind : `pointer${kind}`, {
      bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, button: 0, buttons: 1,
      clientX: box.left + x, clientY: box.top + y, ...more }));
  }
}"""


@pytest.fixture
def square(browser, site):
    with opened(browser, f"{site}/{DIGITS}") as (page, wrong):
        settle(page)
        # What a finger does is played; a pointer that is played cannot be captured.
        page.evaluate(
            "() => { Element.prototype.setPointerCapture = () => {};"
            " Element.prototype.releasePointerCapture = () => {}; }"
        )
        yield page
        assert wrong == []


def draw(page: Page, *events) -> None:
    pad = page.locator("[data-widget=digits] .gu-draw canvas")
    page.evaluate(MOVES, [pad.element_handle(), [[*it, {}][:4] for it in events]])
    drawn(page)


def drawn(page: Page) -> None:
    """Wait until what has changed is shown: in the next frame, which the one after ends."""
    frame = "new Promise((resolve) => requestAnimationFrame(resolve))"
    page.evaluate(f"() => {frame}.then(() => {frame})")


def ink(page: Page) -> float:
    """How much of the square is inked."""
    return page.evaluate(
        """() => {
          const node = document.querySelector("[data-widget=digits] .gu-draw canvas");
          const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
          let dark = 0;
          for (let k = 0; k < data.length; k += 4) dark += data[k] < 128;
          return dark / (data.length / 4);
        }"""
    )


def status(page: Page) -> str:
    return page.locator("[data-widget=digits] [role=status]").inner_text()


LINE = [("down", 140, 60), ("move", 140, 140), ("move", 140, 220)]


def test_the_first_button_draws(square):
    draw(square, *LINE, ("up", 140, 220, {"buttons": 0}))
    assert ink(square) > 0.03
    assert "%" in status(square)


@pytest.mark.parametrize(
    "pointer",
    [
        {"button": 2, "buttons": 2},
        {"button": 1, "buttons": 4},
        {"button": 5, "buttons": 32, "pointerType": "pen"},  # the eraser
        {"pointerId": 2, "isPrimary": False, "pointerType": "touch"},
    ],
    ids=["right button", "middle button", "eraser", "second finger"],
)
def test_another_button_or_finger_draws_nothing(square, pointer):
    draw(square, *((*it, pointer) for it in LINE))
    assert ink(square) == 0
    assert "Draw a digit" in status(square)


def test_a_second_finger_does_not_bend_the_line(square):
    draw(square, *LINE)
    alone = ink(square)
    second = {"pointerId": 2, "isPrimary": False, "pointerType": "touch"}
    draw(square, ("down", 20, 20, second), ("move", 20, 260, second), ("up", 20, 260, second))
    assert ink(square) == alone
    draw(square, ("move", 140, 240))
    assert ink(square) > alone


@pytest.mark.parametrize("end", ["up", "cancel", "lostpointercapture", "swallowed"])
def test_a_pen_that_is_up_draws_no_more(square, end):
    draw(square, *LINE)
    if end != "swallowed":
        draw(square, (end, 140, 220, {"buttons": 0}))
    before = ink(square)
    draw(square, ("move", 20, 20, {"buttons": 0}), ("move", 260, 20, {"buttons": 0}))
    assert ink(square) == before
    draw(square, ("move", 260, 260, {"buttons": 1}))  # pressed elsewhere, and come in
    assert ink(square) == before


@pytest.mark.parametrize(("size", "small"), [(200, False), (130, False), (60, True), (0, True)])
def test_a_digit_drawn_very_small_is_told_to_be_larger(square, size, small):
    top = 140 - size / 2
    draw(square, ("down", 140, top), ("move", 140, top + size), ("up", 140, top + size))
    assert ("larger" in status(square)) is small


def test_a_test_image_is_not_told_to_be_larger(square):
    widget = square.locator("[data-widget=digits]")
    widget.get_by_label("Test image", exact=True).select_option("0")
    drawn(square)
    assert "larger" not in status(square)
