"""The slides hold what the chapters say and nothing else, and everything on them can be read."""

import json
import re

import pytest
from browsing import opened
from bs4 import BeautifulSoup

from tools import slides as tool
from tools.paths import chapters

NAMES = [path.stem for path in chapters()]
#: Pictures higher than broad, of many digits or cells: a slide has no room for larger labels.
SMALL = {"fig-5-digits", "fig-5-confusion", "fig-5-nearest"}


@pytest.fixture(scope="module")
def deck(book, tmp_path_factory):
    out = tmp_path_factory.mktemp("slides")
    assert [it.name for it in tool.write_slides(out, book)] == [f"{it}.html" for it in NAMES]
    return out


@pytest.fixture(scope="module")
def pages(deck, book):
    """Of each chapter the slides, the article of the book's page, and the notebook's cells."""
    return {
        path.stem: (
            soup(deck / f"{path.stem}.html"),
            soup(book / "notebooks" / f"{path.stem}.html").select_one("article.bd-article"),
            json.loads(path.read_text(encoding="utf-8"))["cells"],
        )
        for path in chapters()
    }


def soup(path):
    """A page without what is in its drawings, which are most of it."""
    text = tool.DRAWING.sub(r"\1</svg>", path.read_text(encoding="utf-8"))
    return BeautifulSoup(text, "lxml")


def drawings(path):
    return {it[0] for it in tool.DRAWING.finditer(path.read_text(encoding="utf-8"))}


def squeezed(text: str) -> str:
    """The letters and digits alone: what is typeset otherwise is the same sentence."""
    return re.sub(r"[\W_]", "", text)


def slides_of(page):
    return page.select(".slides > section > section")


@pytest.mark.parametrize("name", NAMES)
def test_every_section_has_a_slide_and_nothing_is_lost(pages, name):
    page, article, cells = pages[name]
    source = [cell for cell in cells if cell["cell_type"] == "markdown"]
    headings = re.findall(
        r"^#{1,3} (.+)$", "\n".join("".join(cell["source"]) for cell in source), re.MULTILINE
    )
    for number in page.select(".section-number"):
        number.decompose()
    found = [it.get_text() for it in page.select(".slide > :is(.above, h1, h2)")]
    found = list(dict.fromkeys(map(squeezed, found)))
    assert found == [squeezed(it) for it in headings if it != "Quiz"]
    last = slides_of(page)[-1].find_parent("section")
    assert "Quiz: in the book." in last.select_one("aside.notes").get_text()
    assert not last.select(".is-text")

    formulas = [it for it in article.select("div.math") if not it.find_parent(class_="admonition")]
    assert [it["id"] for it in page.select("div.math")] == [it["id"] for it in formulas]
    figures = {it["id"] for it in article.select("figure[id]")}
    assert {it["id"] for it in page.select("figure[id]")} == figures


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_shown_is_the_chapters_own(pages, deck, book, name):
    page, article, cells = pages[name]
    for it in article.select("a.headerlink"):
        it.decompose()
    said = squeezed(article.get_text())
    for it in page.select(".slide :is(p, li, pre, dd, td, th, figcaption, h1, h2)"):
        if not it.select("p, li"):
            assert squeezed(it.get_text()) in said, it
    assert {str(it) for it in page("math")} <= {str(it) for it in article("math")}
    assert drawings(deck / f"{name}.html") == drawings(book / "notebooks" / f"{name}.html")
    pictures = (it["src"] for it in page("img") if not it["src"].startswith("data:"))
    for picture in pictures:
        original = book / "_images" / picture.rpartition("/")[2]
        assert (deck / picture).read_bytes() == original.read_bytes()

    # And what is not typeset in some way stands letter for letter in the notebook.
    source = " ".join("".join(cell["source"]) for cell in cells)
    written = squeezed(source.replace("In the book's online page", "")).casefold()
    sentences = [it for it in page.select(".is-text p") if not it.select("math, code, em, .std")]
    plain = [it for it in sentences if not re.search(r"[\[(]", it.get_text())]
    assert len(plain) > 10
    assert [it for it in plain if squeezed(it.get_text()).casefold() not in written] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_on_a_slide_stands_alone(pages, name):
    page, _, _ = pages[name]
    for slide in slides_of(page):
        text = slide.select(".slide .is-text p")
        if len(text) == 1 == len(slide.select(".block")) == len(slide.parent.find_all("section")):
            continue  # a section that is all about what can be moved in the online page
        for it in text:
            assert not re.search(
                r"(^| )(here|this page|online page|last lines?)\b|Look again|the \w+ above\b",
                re.sub(", here", "", it.get_text()),
                re.IGNORECASE,
            ), it
            assert not re.search(r"\(\d\.\d+\)|Fig\. \d", it.get_text()), it
        first = slide.select_one(".slide:not(.outcome) > .block")  # what is beside a figure has it
        if first and "is-text" in first["class"]:
            begins = re.match(
                r"(So|It|They|This|That|Both|These|Even|Nor|By then)\b", tool.plain(first)
            )
            assert not begins or tool.plain(first).startswith("This course"), first


@pytest.mark.parametrize("name", NAMES)
def test_few_slides_are_nearly_empty(pages, name):
    slides = slides_of(pages[name][0])
    few = []
    for i, slide in enumerate(slides, 1):
        words = " ".join(it.get_text(" ") for it in slide.select(".block")).split()
        if len(words) < 15 and not slide.select(".slide :is(figure, div.math, table, pre)"):
            few.append(f"{i}: {' '.join(words)}")
    assert len(few) < len(slides) / 10, few
    assert all(it.select(".block, figure") for it in slides)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_keeps_its_caption(pages, name):
    page, article, _ = pages[name]
    with_caption = [it["id"] for it in article.select("figure[id]") if it.figcaption]
    for figure in with_caption:
        slide = page.find("figure", id=figure).find_parent(class_="slide")
        assert slide.figcaption, figure


@pytest.mark.parametrize("name", NAMES)
def test_a_prediction_is_followed_by_its_outcome(pages, name):
    page, _, cells = pages[name]
    asked = sum(
        "".join(cell["source"]).count("= predict_first(")
        for cell in cells
        if cell["cell_type"] == "code"
    )
    slides = slides_of(page)
    found = [i for i, it in enumerate(slides) if it.select(".prediction")]
    assert len(found) == asked > 0
    for i in found:
        question = slides[i].select_one(".question").get_text()
        told = slides[i + 1].select_one(".slide.outcome")
        assert told.select_one(".is-asked").get_text() == question
        assert told.select_one(".is-outcome").get_text().startswith("Outcome:")
        assert "Outcome:" not in slides[i].get_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_notes_say_how_long_and_how_hard(pages, name):
    page, article, _ = pages[name]
    slides = slides_of(page)
    for slide in slides:
        time, hard = (it.get_text() for it in slide.select("aside.notes > p")[:2])
        assert re.match(r"Minutes: about \d+.* of \d+( to \d+)?\.$", time)
        assert re.match(r"Difficulty: \d+ new terms?.*, \d+ formulas?\.", hard)
    minutes = max(tool.minutes_of(article.section))
    seconds = sum(int(it["data-timing"]) for it in slides)
    assert seconds == pytest.approx(60 * minutes, rel=0.02)
    # The whole paragraph stands where a slide has a part of it.
    notes = squeezed(" ".join(it.get_text() for it in page.select("aside.notes")))
    shown = squeezed(" ".join(it.get_text() for it in page.select(".slide")))
    for it in article.select("section > p"):
        whole = squeezed(it.get_text())
        assert whole[:20] not in shown or whole in shown or whole in notes


MEASURE = """() => Reveal.getSlides().map((section, i) => {
  const { h, v } = Reveal.getIndices(section);
  Reveal.slide(h, v);
  const slide = section.querySelector(".slide");
  const edge = slide.getBoundingClientRect(), scale = edge.width / 1280, wrong = [], small = [];
  const told = (it) => it.outerHTML.slice(0, 80);
  if (!slide.dataset.size || edge.width < 1279) wrong.push("not shown");
  if (slide.scrollHeight > slide.clientHeight) wrong.push("too high");
  for (const it of slide.querySelectorAll("*")) {
    if (it.parentElement.closest("math, svg")) continue;
    const at = it.getBoundingClientRect();
    if (at.right > edge.right + 1 || at.bottom > edge.bottom + 1) wrong.push(`out: ${told(it)}`);
    if (it.clientWidth && it.scrollWidth > it.clientWidth + 1) wrong.push(`cut: ${told(it)}`);
    if (it.matches("span.math") && getComputedStyle(it).overflowY !== "visible")
      wrong.push(`cut: ${told(it)}`);
  }
  const words = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const it = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || it.closest("svg, math")) continue;
    const size = parseFloat(getComputedStyle(it).fontSize) * scale;
    if (size < 17.95) wrong.push(`${size} px: ${words.currentNode.data}`);
  }
  for (const it of slide.querySelectorAll("figure :is(svg, img)")) {
    const { width, height } = it.getBoundingClientRect();
    const by = Math.min(width / it.getAttribute("width"), height / it.getAttribute("height"));
    // Text has 11 points, at 110 pixels an inch; exponents and indices 0.7 of theirs.
    if (by * 11 * 110 / 72 < 17.95)
      small.push(`${it.closest("figure").id} ${(by * 11 * 110 / 72).toFixed(1)}`);
  }
  return { name: `${i + 1} ${slide.querySelector("h1, h2").innerText}`, wrong, small };
})"""


@pytest.mark.parametrize(("name", "theme"), [*((it, "light") for it in NAMES), (NAMES[0], "dark")])
def test_all_slides_can_be_read(deck, browser, name, theme):
    with opened(browser, (deck / f"{name}.html").as_uri(), theme) as (page, wrong):
        page.set_viewport_size({"width": 1280, "height": 720})
        page.locator("html[data-fitted]").wait_for(state="attached")
        found = page.evaluate(MEASURE)
        paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert wrong == []
    assert len(found) > 25
    assert [(it["name"], it["wrong"]) for it in found if it["wrong"]] == []
    small = [figure for it in found for figure in it["small"]]
    assert {it.split()[0] for it in small} <= SMALL, small
    bright = sum(map(int, re.findall(r"\d+", paper)[:3]))
    assert bright > 600 if theme == "light" else bright < 200


def test_paper_has_a_page_for_each_slide(deck, pages, browser):
    file = tool.print_pdf(deck / f"{NAMES[0]}.html", browser)
    printed = re.findall(rb"/Type\s*/Page\b", file.read_bytes())
    assert len(printed) == len(slides_of(pages[NAMES[0]][0]))


def test_keys_and_the_speakers_view(deck, browser):
    address = (deck / f"{NAMES[0]}.html").as_uri()
    with opened(browser, address) as (page, wrong):
        page.locator("html[data-fitted]").wait_for(state="attached")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => location.hash === '#/0/1'")
        page.keyboard.press("t")
        page.locator("html[data-theme=dark]").wait_for(state="attached")
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        notes = popup.value.locator(".speaker-controls-notes .value")
        notes.get_by_text("Minutes: about").wait_for()
        assert wrong == []


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(RuntimeError, match="no built book"):
        tool.write_slides(tmp_path / "out", tmp_path)
    page = BeautifulSoup('<dl class="gu-opening"><dd>Long</dd></dl>', "lxml")
    with pytest.raises(ValueError, match=r"no minutes or hours .* 'long'"):
        tool.minutes_of(page)
