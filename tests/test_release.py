"""What readers can take along: the archive, the notebooks, the EPUB, the PDF, the checksums."""

import hashlib
import re
import zipfile

import nbformat
import pytest
from lxml import etree

from tools.paths import chapters
from tools.release import NAME, release
from tools.wheel import wheel_name

MATHML = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module")
def released(book, chromium, tmp_path_factory):
    out = tmp_path_factory.mktemp("release")
    files = release(out, book)
    return out, files


def test_the_checksums_are_right_and_leave_out_nothing(released):
    out, files = released
    lines = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: value for value, name in (line.split("  ") for line in lines)}
    found = {it.relative_to(out).as_posix() for it in out.rglob("*") if it.is_file()}
    assert found == {*sums, "SHA256SUMS"}
    for name, value in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == value
    assert len(files) == len(sums)


def test_the_archive_is_the_site(released, book):
    out, _ = released
    with zipfile.ZipFile(out / f"{NAME}-html.zip") as zipped:
        assert zipped.testzip() is None
        names = {name.removeprefix(f"{NAME}/") for name in zipped.namelist()}
    assert names == {it.relative_to(book).as_posix() for it in book.rglob("*") if it.is_file()}


def test_the_notebooks_are_notebooks(released):
    out, _ = released
    with zipfile.ZipFile(out / f"{NAME}-notebooks.zip") as zipped:
        *names, wheel = sorted(zipped.namelist(), key=lambda name: name.endswith(".whl"))
        assert wheel == f"{NAME}/{wheel_name()}"
        assert zipped.read(wheel) == (out / wheel_name()).read_bytes()
        for name in names:
            text = zipped.read(name).decode()
            nbformat.validate(nbformat.reads(text, as_version=4))
            assert f"%pip install --quiet ../{wheel_name()} " in text
        assert len(names) == len(chapters())


def test_the_epub_is_well_formed_and_its_formulas_are_mathml(released):
    out, _ = released
    formulas = 0
    with zipfile.ZipFile(out / f"{NAME}.epub") as zipped:
        assert zipped.read("mimetype") == b"application/epub+zip"
        pages = [name for name in zipped.namelist() if name.endswith(".xhtml")]
        assert any(name.endswith("05_mnist.xhtml") for name in pages)
        for name in pages:
            tree = etree.fromstring(zipped.read(name))
            formulas += sum(1 for _ in tree.iter(f"{MATHML}math"))
            for leaf in tree.iter(f"{MATHML}mi", f"{MATHML}mo"):
                assert leaf.text is None or (leaf.text != "&" and "\\" not in leaf.text), name
        assert not any(name.endswith(".js") and "vendor" in name for name in zipped.namelist())
    assert formulas > 400


def test_the_epub_leads_to_every_page_and_says_what_it_is(released):
    out, _ = released
    with zipfile.ZipFile(out / f"{NAME}.epub") as zipped:
        contents = etree.fromstring(zipped.read("nav.xhtml"))
        pages = {it for it in zipped.namelist() if re.match(r"(book|notebooks)/.*\.xhtml", it)}
        about = etree.fromstring(zipped.read("content.opf"))[0]
    linked = {it.get("href").partition("#")[0] for it in contents.iter("{*}a")}
    assert pages
    assert pages <= linked
    assert not [it.tag for it in about if it.text in (None, "", "unknown")]


def test_the_pdf_has_its_pages_and_an_outline(released):
    out, _ = released
    content = (out / f"{NAME}.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) > 100
    assert b"/Outlines" in content


def test_a_full_folder_and_a_missing_book_are_refused(book, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(RuntimeError, match="must be a new or an empty folder"):
        release(tmp_path, book)
    assert (tmp_path / "mine.txt").read_text() == "keep me"
    with pytest.raises(RuntimeError, match="run `make book` first"):
        release(tmp_path / "new", tmp_path)
