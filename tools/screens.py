"""Screenshots of the built book, for people to look at.

Usage: ``python -m tools.screens OUTDIR [PAGE ...]``. Takes each page of the book, or those named
(such as ``notebooks/05_mnist.html``), from top to bottom: light and dark on a desktop, light on a
phone. ``OUTDIR/index.html`` shows them side by side. Build the book first.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from tools import from_book
from tools.browser import launched

#: Name, colour scheme, and the window's width in CSS pixels.
VIEWS = (("light", "light", 1280), ("dark", "dark", 1280), ("narrow", "light", 390))
TALLEST = 16_000  # pixels; Chromium paints no taller picture, so a longer page comes in parts


def shoot(browser: Browser, page_file: Path, stem: Path, scheme: str, width: int) -> list[Path]:
    """PNG files of one page, from its top to its bottom; the widgets are started first."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    # A phone lays out only what its reader is near.
    page.evaluate("() => document.documentElement.removeAttribute('data-near')")
    page.evaluate("() => { for (const it of document.images) it.loading = 'eager'; }")
    for widget in page.locator("[data-widget]").all():
        widget.scroll_into_view_if_needed()
        widget.and_(page.locator("[data-ready]")).wait_for()
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.evaluate("() => Promise.all([...document.images].map((it) => it.decode()))")
    page.evaluate("() => scrollTo(0, 0)")
    height = page.evaluate("() => document.documentElement.scrollHeight")
    files = []
    for part, top in enumerate(range(0, height, TALLEST), start=1):
        file = stem.with_name(f"{stem.name}-{part}.png")
        clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST, height - top)}
        page.screenshot(path=file, full_page=True, clip=clip)
        files.append(file)
    context.close()
    return files


def screens(outdir: Path, site: Path, names: list[str]) -> Path:
    """Write the pictures and the page that shows them; that page.

    Raises
    ------
    RuntimeError
        Where the book is not built, a page is not there, or no browser is found.
    """
    if not (site / "index.html").is_file():
        raise RuntimeError(f"{site} holds no built book; run `make book` first")
    pages = [site / it for it in names] or sorted(
        [site / "index.html", *site.glob("notebooks/*.html"), *site.glob("book/*.html")]
    )
    for page in pages:
        if not page.is_file():
            raise RuntimeError(f"the book has no page {page}; name one such as index.html")
    outdir.mkdir(parents=True, exist_ok=True)
    rows = []
    with launched() as browser:
        for page in pages:
            print(page.relative_to(site).as_posix(), flush=True)
            cells = []
            for name, scheme, width in VIEWS:
                files = shoot(browser, page, outdir / f"{page.stem}-{name}", scheme, width)
                pictures = (
                    f'<img src="{escape(it.name)}" alt="{escape(it.stem)}">' for it in files
                )
                cells.append(f"<td>{''.join(pictures)}</td>")
            rows.append(f"<tr><th colspan=3>{escape(page.stem)}</th></tr><tr>{''.join(cells)}</tr>")
    sheet = outdir / "index.html"
    sheet.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title>'
        "<style>td { vertical-align: top; width: 33%; } img { width: 100%; display: block; }"
        f"</style><table>{''.join(rows)}</table></html>\n",
        encoding="utf-8",
    )
    return sheet


def main() -> int:
    parser = from_book.parser("screens")
    parser.add_argument("pages", nargs="*", metavar="page", help="such as index.html; without, all")
    options = parser.parse_args()
    return from_book.printed(lambda: [screens(options.outdir, options.site, options.pages)])


if __name__ == "__main__":
    sys.exit(main())
