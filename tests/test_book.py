"""The book builds without a warning, is whole, and asks nothing of other sites."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from benchmarks.speed import RESULTS
from tools.clean import write_copies
from tools.paths import ROOT, chapters

CHAPTERS = chapters()
GENERATED = ("genindex", "search")
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


@cache
def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def pages(book: Path) -> list[Path]:
    # 404.html may be asked for in any folder: its links begin at the site's root.
    found = (path for path in book.rglob("*.html") if "_static" not in path.parts)
    return sorted(path for path in found if path.name != "404.html")


def outside(page: BeautifulSoup) -> list[str]:
    """What the page loads from other sites: scripts, styles, images, frames."""
    addresses = [tag.get(LOADED[tag.name], "") for tag in page.find_all(list(LOADED))]
    addresses += re.findall(r"url\(['\"]?([^'\")]+)", " ".join(map(str, page.find_all("style"))))
    return [it for it in addresses if re.match(r"(https?:)?//", it)]


def bad_images(page: BeautifulSoup) -> list[str]:
    images = [it for it in page.select("img, svg.gu-drawing") if it.get("role") != "presentation"]
    return [
        str(it)[:200]
        for it in images
        if not shows(it).strip() or re.search(r"\.(png|svg|jpe?g)$", shows(it))
    ]


def shows(image) -> str:
    """What a picture or a drawing says that it shows."""
    return image.get("alt") or image.get("aria-label") or ""


def test_each_font_within_a_style_has_something_to_show(book):
    """Firefox refuses an empty one, on the console of each page."""
    for style in (book / "_static").glob("all-*.css"):
        fonts = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", style.read_text("utf-8"))
        assert fonts
        for content in fonts:
            assert TTFont(io.BytesIO(base64.b64decode(content))).getBestCmap()


def test_a_chapters_head_says_what_running_it_costs(book):
    cases = json.loads(RESULTS.read_text(encoding="utf-8"))["cases"]
    measured = [path for path in CHAPTERS if f"notebook.{path.name}" in cases]
    assert len(measured) >= 8
    for path in measured:
        words = soup(book / "notebooks" / f"{path.stem}.html").find("article").get_text()
        seconds = cases[f"notebook.{path.name}"]["seconds"]
        assert f"To run: {seconds:.0f} seconds" in words.split("Warm-up")[0]


def broken_links(path: Path) -> list[str]:
    found = []
    for link in soup(path).find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme or parts.netloc or link["href"] == "#":
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.is_file():
            found.append(link["href"])
        elif parts.fragment and target.suffix == ".html":
            anchor = unquote(parts.fragment)
            if not soup(target).find(id=anchor):
                found.append(link["href"])
    return found


def test_the_index_links_every_chapter(book):
    links = {link["href"] for link in soup(book / "index.html").find("article").find_all("a")}
    assert CHAPTERS
    for chapter in CHAPTERS:
        assert f"notebooks/{chapter.stem}.html" in links


def test_every_page_has_a_title_a_language_and_one_heading(book):
    for path in pages(book):
        page = soup(path)
        assert page.title.text.strip(), path
        assert page.html["lang"] == "en", path
        if path.stem not in GENERATED:
            assert len(page.find("article").find_all("h1")) == 1, path


def test_every_page_of_text_has_a_description(book):
    for path in pages(book):
        if path.stem not in GENERATED:
            assert soup(path).find("meta", attrs={"name": "description"})["content"].strip(), path


def test_every_image_says_what_it_shows(book):
    assert {path: bad for path in pages(book) if (bad := bad_images(soup(path)))} == {}


def test_no_page_loads_anything_from_another_site(book):
    assert {path: bad for path in pages(book) if (bad := outside(soup(path)))} == {}
    for style in book.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?(https?:)?//|@import ['\"]https?:", text), style


def test_every_link_inside_the_book_is_whole(book):
    assert {path: bad for path in pages(book) if (bad := broken_links(path))} == {}


def raw_formulas(page: BeautifulSoup) -> list[str]:
    """What a reader would see as TeX."""
    article = BeautifulSoup(str(page.find("article") or page), "html.parser")
    for it in article.find_all(["script", "pre", "code", "annotation"]):
        it.decompose()
    return re.findall(r"\\[(\[a-zA-Z]\S*|\$[^$\s][^$]{0,40}\$", article.get_text())


def test_formulas_are_part_of_the_pages(book):
    assert {path: bad for path in pages(book) if (bad := raw_formulas(soup(path)))} == {}
    for path in CHAPTERS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(it["source"]) for it in cells if it["cell_type"] == "markdown")
        displayed = len(re.findall(r"^\$\$$", text, re.MULTILINE)) // 2
        page = soup(book / "notebooks" / f"{path.stem}.html")
        assert len(page.select('math[display="block"]')) >= displayed, path


def test_every_picture_has_its_place_before_it_comes(book):
    for path in pages(book):
        images = soup(path).find_all("img")
        drawings = soup(path).select("svg.gu-drawing")
        assert all(it.get("width") and it.get("height") for it in drawings), path
        assert [it["src"] for it in images if not (it.get("width") and it.get("height"))] == [], (
            path
        )
        assert all(it.get("loading") == "lazy" for it in images[1:]), path


def test_the_first_page_shows_each_chapters_picture(book):
    cards = soup(book / "index.html").select(".gu-card")
    assert len(cards) == len(CHAPTERS)
    for card, chapter in zip(cards, CHAPTERS, strict=True):
        assert card.find("a")["href"] == f"notebooks/{chapter.stem}.html"
        picture = card.select_one("img, svg.gu-drawing")
        assert shows(picture) in chapter.read_text(encoding="utf-8")


def test_the_first_page_shows_a_promise_kept_and_broken(book):
    shown = soup(book / "index.html").select_one(".gu-promise").get_text()
    assert "(Promised and checked: at least 0.5.)" in shown
    assert 'claim(\n    "digits.seeds.gap"' in shown
    assert "ClaimError: digits.seeds.gap: promised at least 0.5, measured 0.4" in shown


def test_the_book_holds_the_licences_of_what_it_holds(book):
    assert "Ground Up authors" in (book / "LICENSE").read_text(encoding="utf-8")
    for name, words in (
        ("tfjs/LICENSE", "Apache License"),
        ("temml/LICENSE", "MIT License"),
        ("codemirror/LICENSE", "MIT License"),
        ("fonts/source-serif-4.txt", "SIL OPEN FONT LICENSE"),
        ("fonts/source-code-pro.txt", "SIL OPEN FONT LICENSE"),
        ("fonts/stix-two-math.txt", "SIL OPEN FONT LICENSE"),
    ):
        assert words in (book / "vendor" / name).read_text(encoding="utf-8"), name
    python = book / "vendor" / "pyodide"
    wheels = [path.name.partition("-")[0] for path in python.glob("*.whl.bin")]
    assert not wheels or {"numpy", "matplotlib", "pandas"} <= set(wheels)
    for name in [*wheels, *(["pyodide", "python", "PyYAML", "seaborn"] if wheels else [])]:
        assert len((python / "licences" / f"{name}.txt").read_text(encoding="utf-8")) > 500, name


def test_no_page_speaks_of_what_its_reader_has_not_done(book):
    for path in pages(book):
        text = path.read_text(encoding="utf-8")
        assert "not attempted yet" not in text, path
        assert "Your guess: none" not in text, path
        assert not any(re.search(r"\bcheck\(", it.text) for it in soup(path).select("pre")), path


def test_worked_solutions_are_in_the_book_and_not_in_the_notebooks(book):
    for chapter in CHAPTERS:
        stubs = set(re.findall(r'"stub-(\d+\.\d+)"', chapter.read_text(encoding="utf-8")))
        page = soup(book / "notebooks" / f"{chapter.stem}.html")
        assert len(page.select("div.solution.dropdown")) == len(stubs)
        assert "{solution}" not in chapter.read_text(encoding="utf-8")


def test_the_notebooks_for_download_are_the_plain_copies(book, tmp_path):
    for copy in write_copies(tmp_path):
        offered = book / "_sources" / "notebooks" / copy.name
        assert offered.read_bytes() == copy.read_bytes()


def small_book(folder: Path, text: str, **environment) -> subprocess.CompletedProcess:
    """Build a book of one page with this book's extension into ``folder/out``."""
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'book' / '_ext')!r})\n"
        "html_title = 'A book'\nhtml_math_renderer = 'mathml'\n"
        "extensions = ['myst_nb', 'ground_up', 'notfound.extension']\n"
    )
    (folder / "index.md").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", folder, folder / "out"],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_with_an_address_there_are_a_sitemap_and_cards(tmp_path):
    address = "https://example.org/book/"
    done = small_book(tmp_path, "# A page\n\nWith a few words.\n", GROUNDUP_ADDRESS=address)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "out"
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert re.findall("<loc>(.*)</loc>", sitemap) == [f"{address}index.html"]
    page = soup(site / "index.html")
    properties = {it["property"]: it["content"] for it in page.select("meta[property]")}
    assert properties["og:url"] == f"{address}index.html"
    assert properties["og:description"] == "With a few words."
    assert (site / properties["og:image"].removeprefix(address)).is_file()
    assert page.find("link", rel="canonical")["href"] == f"{address}index.html"
    assert 'href="/book/_static/' in (site / "404.html").read_text(encoding="utf-8")


def test_without_an_address_nothing_names_one(book):
    assert not (book / "sitemap.xml").exists()
    assert "og:url" not in (book / "index.html").read_text(encoding="utf-8")


def test_an_address_without_a_slash_is_refused(tmp_path):
    done = small_book(tmp_path, "# A page\n", GROUNDUP_ADDRESS="https://example.org/book")
    assert done.returncode != 0
    assert "with a slash at its end" in done.stderr


# --- each check finds a planted fault ---


def test_the_checks_can_fail(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<html><body><script src="https://example.org/a.js"></script><img src="a.png" alt="a.png">'
        '<style>p {background: url(//example.org/b.png)}</style><a href="gone.html">x</a>'
        '<a href="#gone">x</a><a href="page.html#here" id="here">x</a>'
        '<svg class="gu-drawing" aria-label=" "></svg></body></html>'
    )
    assert len(outside(soup(page))) == 2
    assert len(bad_images(soup(page))) == 2
    assert broken_links(page) == ["gone.html", "#gone"]
    page.write_text("<article><p>\\(x\\) and \\frac12, $y$ <code>\\z</code></p></article>")
    assert len(raw_formulas(BeautifulSoup(page.read_text(), "html.parser"))) == 3


def test_a_formula_that_cannot_be_read_breaks_the_build(tmp_path):
    done = small_book(tmp_path, "# A page\n\n```{math}\n\\frac{1\n```\n")
    assert done.returncode != 0
    assert "cannot be set" in done.stderr


def test_an_unknown_claim_breaks_the_build(tmp_path):
    """The role {claim} warns of a name that no notebook claims; -W makes that an error."""
    done = small_book(tmp_path, "# A page\n\nIt is {claim}`no.such.claim` right.\n")
    assert done.returncode != 0
    assert "no.such.claim" in done.stderr
