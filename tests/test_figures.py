"""The committed drawings can be seen in the light and in the dark, and their text can be read."""

import json
import re
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup

from tools.paths import ROOT, SPEED, chapters

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.figures import PAGE, drawn_in_page, in_the_dark

GRID = "#cccccc"  # and frames: what is shown is read without them
PAPER = {"light": "#ffffff", "dark": "#121212"}  # the theme's --pst-color-background
INK = {"light": "#222832", "dark": "#ced6dd"}  # and --pst-color-text-base


def drawings(path) -> dict[str, BeautifulSoup]:
    """The notebook's drawn figures by name."""
    return {
        cell.metadata.mystnb.figure.name: BeautifulSoup(output.data["image/svg+xml"], "xml")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    }


def light(colour: str) -> float:
    """Relative luminance, by WCAG's formula."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def shown(colour: str, opacity: float, theme: str) -> str:
    """The colour that a part of a drawing has on the page."""
    if "background" in PAGE.get(colour, ""):
        colour = PAPER[theme]
    elif colour in PAGE:
        colour = INK[theme]
    elif theme == "dark":
        colour = f"#{in_the_dark(colour[1:])}"
    pairs = ((int(it[i : i + 2], 16) for it in (colour, PAPER[theme])) for i in (1, 3, 5))
    return "#" + "".join(f"{round(opacity * a + (1 - opacity) * b):02x}" for a, b in pairs)


def style(element) -> dict[str, str]:
    return dict(re.findall(r"([\w-]+): ([^;]+)", element.get("style", "")))


def told_by(drawing: BeautifulSoup) -> set[tuple[str, float, float]]:
    """Colour and opacity of all that a drawing tells something by, and the contrast it needs."""
    found = set()
    for it in drawing.find_all(["text", "tspan"]):
        if colour := style(it).get("fill"):
            found.add((colour, float(style(it).get("opacity", 1)), 4.5))
    for it in drawing.find_all("path", style=re.compile("fill: none")):
        given = style(it)
        opacity = float(given.get("stroke-opacity", given.get("opacity", 1)))
        found.add((given.get("stroke", "none"), opacity, 3))
    return {it for it in found if it[0] not in ("none", "#ffffff", GRID)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [*chapters(), SPEED], ids=lambda path: path.stem)
def test_what_is_drawn_stands_out_from_the_page(path, theme):
    faint = {
        (name, colour, opacity): round(seen, 2)
        for name, drawing in drawings(path).items()
        for colour, opacity, wanted in told_by(drawing)
        if (seen := contrast(shown(colour, opacity, theme), PAPER[theme])) < wanted
    }
    assert faint == {}


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem[:2])
def test_every_sign_is_one_that_a_pages_font_has(path):
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
    assert not re.search("[\ue000-\uf8ff]", text)  # codes that each font fills as it likes


def test_the_dark_keeps_the_hue():
    assert in_the_dark("ffffff") == "000000"
    assert in_the_dark("000000") == "ffffff"
    assert in_the_dark("0173b2") == "41b3f2"


def test_a_drawing_on_the_page_has_its_colours_and_names_of_its_own():
    svg = (
        '<svg font-family="x" viewBox="0 0 72 36"><defs><style>*{a: b}</style></defs>'
        '<path d="M 0 0" style="fill: #ffffff"/><g clip-path="url(#p1)"><path id="m1" '
        'd="M 1 1" style="stroke: #0173b2; fill: #ffffff"/><use xlink:href="#m1"/></g>'
        '<text style="font-size: 8.4px; fill: #262626" transform="rotate(-0 1 1)">x</text></svg>'
    )
    page = BeautifulSoup(drawn_in_page(svg, "a &lt; b", 3), "html.parser").svg
    assert page["aria-label"] == "a < b"
    assert (page["width"], page["height"], page["data-least"]) == ("110", "55", "8.4")
    assert page.style is None
    assert page.g["clip-path"] == "url(#f3p1)"
    assert page.use["xlink:href"] == "#f3m1"
    (path,) = page("path")
    assert path["id"] == "f3m1"
    assert path["style"] == "stroke: var(--c0173b2); fill: var(--pst-color-background)"
    assert page.find("text")["style"].endswith("fill: var(--pst-color-text-base)")


def test_the_check_of_contrast_can_fail():
    pale = '<text style="fill: #777777">x</text><path style="fill: none; stroke: #de8f05"/>'
    found = told_by(BeautifulSoup(f"<svg>{pale}</svg>", "xml"))
    assert len(found) == 2
    for colour, opacity, wanted in found:
        assert contrast(shown(colour, opacity, "light"), PAPER["light"]) < wanted
