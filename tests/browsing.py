"""What the tests of the pages share: a page, what goes wrong in it, and how accessible it is."""

from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tools.vendor import PACKAGES

AXE = PACKAGES / "axe-core" / "axe.min.js"

# The theme's own, by rule and element.
ALLOWED = {
    "label-content-name-mismatch": ".search-button-field",
    "region": ".sidebar-primary-items__start > .sidebar-primary-item",
}


@contextmanager
def opened(browser, address: str, theme: str = "light", width: int = 1280, script: bool = True):
    """A page with a list of what went wrong in it: errors, failed and outside requests."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=script
    )
    context.set_default_timeout(60_000)
    page, wrong = context.new_page(), []

    def judge(route):
        parts = urlsplit(route.request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            wrong.append(f"asks {route.request.url}")
            return route.abort()
        return route.continue_()

    context.route("**/*", judge)
    page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on(
        "response",
        lambda it: wrong.append(f"{it.status}: {it.url}") if it.status >= 400 else None,
    )
    page.goto(address)
    try:
        yield page, wrong
    finally:
        context.close()


def settle(page: Page) -> None:
    """Wait for the fonts, for the widgets, which are built when the reader comes near, and for
    what a chapter's page loads at its reader's first move."""
    page.mouse.move(9, 9)
    if page.locator("#gu-course").count():
        page.locator("html[data-live]").wait_for(state="attached")
    for widget in page.locator("[data-widget]").all():
        widget.scroll_into_view_if_needed()
        widget.and_(page.locator("[data-ready]")).wait_for()
    page.evaluate("() => document.fonts.ready.then(() => true)")


def violations(page: Page) -> list[str]:
    """What axe-core finds beyond the theme's own: rule, element, message."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.wait_for_timeout(400)  # the theme looks 300 ms after a change what can be scrolled
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run().then((result) => result.violations)")
    return [
        f"{it['id']}: {node['target']} {node['failureSummary']}"
        for it in found
        for node in it["nodes"]
        if not str(node["target"][0]).startswith(ALLOWED.get(it["id"], "no element"))
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
