"""What the tests of the pages share: a page, what goes wrong in it, and how accessible it is."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pydata_sphinx_theme
import pytest
import torch
from playwright.sync_api import Page
from safetensors.torch import load_file

from groundup.models import cnn, mlp
from tools.browser import served
from tools.paths import NOTEBOOKS, ROOT
from tools.vendor import PACKAGES, PAGES, WEIGHTS, node, vendor

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.widgets import markup

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/styles"

AXE = PACKAGES / "axe-core" / "axe.min.js"

#: The pages of the chapters.
CHAPTERS = {int(it.name[:2]): f"notebooks/{it.stem}.html" for it in NOTEBOOKS.glob("*.ipynb")}
START = 120_000  # milliseconds that Python may take to start in a page, on a busy machine
#: Of tests that start it, with those of JupyterLab: they want a machine with nothing else to do.
PYTHON = [pytest.mark.lab, pytest.mark.usefixtures("pages_python")]

# The theme's own, by rule and element.
ALLOWED = {
    "label-content-name-mismatch": ".search-button-field",
    "region": ".sidebar-primary-items__start > .sidebar-primary-item",
}


@contextmanager
def opened(
    browser, address: str, theme: str = "light", width: int = 1280, script: bool = True, **options
):
    """A page with a list of what went wrong in it: errors, failed and outside requests.

    ``options`` are the browser's own, such as ``has_touch``.
    """
    size = {"width": width, "height": 900}
    context = browser.new_context(
        viewport=size, color_scheme=theme, java_script_enabled=script, **options
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


def lay_out(page: Page) -> None:
    """Lay out all of a phone's page, also what its reader is not near."""
    page.evaluate("() => document.documentElement.removeAttribute('data-near')")
    page.evaluate("() => dispatchEvent(new Event('resize'))")


def alive(page: Page) -> None:
    """Move as a reader does: only then does the page load what makes it alive."""
    page.mouse.move(9, 9)
    page.mouse.move(12, 12)
    page.locator("html[data-live]").wait_for(state="attached")


def settle(page: Page) -> None:
    """Wait for the fonts, for the widgets, which are built when the reader comes near, and for
    what a chapter's page loads at its reader's first move."""
    lay_out(page)
    page.mouse.move(9, 9)
    if page.locator("#gu-course").count():
        page.locator("html[data-live]").wait_for(state="attached")
    for widget in page.locator("[data-widget]").all():
        widget.scroll_into_view_if_needed()
        widget.and_(page.locator("[data-ready]")).wait_for()
    page.evaluate("() => document.fonts.ready.then(() => true)")
    lay_out(page)  # what was built is measured anew


def violations(page: Page) -> list[str]:
    """What axe-core finds beyond the theme's own: rule, element, message."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    lay_out(page)
    page.wait_for_timeout(400)  # the page looks 100 ms after a change what can be scrolled
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


def numbers(text: str) -> list[float]:
    """The decimal numbers in what a page shows."""
    return [float(it.replace("−", "-")) for it in re.findall(r"−?\d+\.\d+", text)]


def link_of(page) -> str:
    """The page's address now; Playwright hears of a change only later."""
    return page.evaluate("() => location.href")


def said(page) -> str:
    return page.locator("[data-widget] [role=status]").inner_text()


@contextmanager
def widget_alone(folder: Path, name: str):
    """The address of a page with one widget and the book's styles; no book is built for it."""
    site = vendor()
    links = {"vendor": site / "vendor", "models": site / "models", "widgets": PAGES / "widgets"}
    links |= {"live": PAGES / "live", "book": ROOT / "book" / "_static", "theme": THEME}
    for link, target in links.items():
        (folder / link).symlink_to(target)
    sheets = ["theme/pydata-sphinx-theme.css", "widgets/widgets.css", "book/book.css"]
    styles = "".join(f'<link rel="stylesheet" href="{it}">' for it in sheets)
    theme = 'matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"'
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A widget</title>'
        f"{styles}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<script>document.documentElement.dataset.theme = {theme};</script>"
        '<script src="book/book.js"></script></head><body><main class="bd-article"><h1>A page</h1>'
        f"<h2>A section</h2>{markup(name, root='')}</main></body></html>",
        encoding="utf-8",
    )
    with served(folder) as address:
        yield f"{address}/index.html"


def in_node(scripts: list[str], expression: str, *arguments):
    """What an expression of the widgets' own code gives for ``arguments``, by Node.js."""
    files = [str(PAGES / "widgets" / f"{name}.js") for name in scripts]
    program = (
        "globalThis.GroundUp = {}; const fs = require('fs'), vm = require('vm');"
        f"for (const it of {json.dumps(files)}) vm.runInThisContext(fs.readFileSync(it, 'utf8'));"
        f"const give = (...it) => ({expression})(...it);"
        "const numbers = JSON.parse(fs.readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(give(...numbers)));"
    )
    done = subprocess.run(
        [*node(), "-e", program],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def networks() -> dict[str, torch.nn.Module]:
    """The chapter's networks with the exported weights."""
    weights = load_file(WEIGHTS)
    sizes = (784, 64, 64, 64, 10)
    models = {"logistic": mlp((784, 10)), "mlp": mlp(sizes, "tanh"), "cnn": cnn()}
    for name, model in models.items():
        mine = {key.partition(".")[2]: it.float() for key, it in weights.items() if name in key}
        model.load_state_dict(mine)
    return models
