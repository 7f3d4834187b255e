"""The book builds without a warning, is whole, and asks nothing of other sites."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tools.clean import write_copies
from tools.notebooks import NOTEBOOKS, ROOT

CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
GENERATED = ("genindex", "search")
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("book")
    tool = Path(sys.executable).parent / "jupyter-book"
    command = [tool, "build", ROOT, "--all", "-W", "--keep-going", "-n", "--path-output", out]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return out / "_build" / "html"


@cache
def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def pages(book: Path) -> list[Path]:
    return sorted(path for path in book.rglob("*.html") if "_static" not in path.parts)


def outside(page: BeautifulSoup) -> list[str]:
    """What the page loads from other sites: scripts, styles, images, frames."""
    addresses = [tag.get(LOADED[tag.name], "") for tag in page.find_all(list(LOADED))]
    addresses += re.findall(r"url\(['\"]?([^'\")]+)", " ".join(map(str, page.find_all("style"))))
    return [it for it in addresses if re.match(r"(https?:)?//", it)]


def bad_images(page: BeautifulSoup) -> list[str]:
    images = [img for img in page.find_all("img") if img.get("role") != "presentation"]
    return [
        str(img)[:200]
        for img in images
        if not img.get("alt", "").strip() or re.search(r"\.(png|svg|jpe?g)$", img["alt"])
    ]


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


def test_mathematics_comes_with_the_book(book):
    mathjax = book / "vendor" / "mathjax"
    assert (mathjax / "tex-mml-chtml.js").stat().st_size > 1_000_000
    assert any((mathjax / "output" / "chtml" / "fonts" / "woff-v2").glob("*.woff"))


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


# --- each check finds a planted fault ---


def test_the_checks_can_fail(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<html><body><script src="https://example.org/a.js"></script><img src="a.png" alt="a.png">'
        '<style>p {background: url(//example.org/b.png)}</style><a href="gone.html">x</a>'
        '<a href="#gone">x</a><a href="page.html#here" id="here">x</a></body></html>'
    )
    assert len(outside(soup(page))) == 2
    assert len(bad_images(soup(page))) == 1
    assert broken_links(page) == ["gone.html", "#gone"]


def test_an_unknown_claim_breaks_the_build(tmp_path):
    """The role {claim} warns of a name that no notebook claims; -W makes that an error."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'book' / '_ext')!r})\n"
        "extensions = ['myst_nb', 'ground_up']\n"
    )
    (tmp_path / "index.md").write_text("# A page\n\nIt is {claim}`no.such.claim` right.\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", tmp_path, tmp_path / "out"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "no.such.claim" in done.stderr
