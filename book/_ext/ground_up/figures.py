"""Drawn figures become part of their page, and take its colours: light and dark are one drawing."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

#: What a figure's paper and ink are on the page.
PAGE = {
    "#ffffff": "var(--pst-color-background)",
    "#262626": "var(--pst-color-text-base)",
    "#000000": "var(--pst-color-text-base)",
}
PICTURE = re.compile(r'<img [^>]*?src="(?!\w+:)([^"]+\.svg)"[^>]*>')
COLOUR = re.compile(r"#([0-9a-f]{6})\b")
NAME = re.compile(r'( id="|href="#|url\(#)(\w+)')
TEXT = re.compile(r"font-size: ([\d.]+)px")
DROPPED = [
    (re.compile(r"<svg [^>]*>"), ""),
    # Rules for all elements would be for all of the page's: book.css has them.
    (re.compile(r"<style.*?</style>", re.DOTALL), ""),
    (re.compile(r'<path d="[^"]*" style="fill: #ffffff"/>'), ""),  # paper
    (re.compile(r' transform="rotate\(-0 [^)]*\)"'), ""),
    (re.compile(r"\n"), ""),
    (re.compile(r"<(defs|g)></\1>"), ""),
]
PIXELS = 110 / 72  # CSS pixels of a figure's point: a drawing is as broad as a picture would be
#: The filter ``invert(1) hue-rotate(180deg)``: light turns to dark and keeps its hue.
TURNED = ((-0.574, 1.43, 0.144), (0.426, 0.43, 0.144), (0.426, 1.43, -0.856))


def in_the_dark(colour: str) -> str:
    """What six hexadecimal digits of a colour become in the dark, such as 41b3f2 of 0173b2."""
    inverse = [1 - int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    turned = (sum(a * b for a, b in zip(row, inverse, strict=True)) for row in TURNED)
    return "".join(f"{round(255 * min(max(it, 0), 1)):02x}" for it in turned)


def draw_figures(out: Path) -> None:
    """Write each page's drawings into it in the place of their files."""
    drawn = set()
    for path in out.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        colours, numbers = set(), count()

        def drawing(found: re.Match, page=path, colours=colours, numbers=numbers) -> str:
            file = (page.parent / found[1]).resolve()
            if file.parent != (out / "_images").resolve():
                return found[0]
            drawn.add(file)
            svg = file.read_text(encoding="utf-8")
            colours |= set(COLOUR.findall(svg)) - {it[1:] for it in PAGE}
            alt = re.search(r' alt="([^"]*)"', found[0])[1]
            return drawn_in_page(svg, alt, next(numbers))

        text = PICTURE.sub(drawing, text)
        if colours:
            text = text.replace("</head>", f"{_colours(colours)}\n</head>", 1)
            path.write_text(text, encoding="utf-8")
    for file in drawn:
        file.unlink()


def drawn_in_page(svg: str, alt: str, number: int) -> str:
    """A figure's file as an element of a page, its names unlike those of the page's others."""
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    least = min(map(float, TEXT.findall(svg)), default=0)
    for pattern, replacement in DROPPED:
        svg = pattern.sub(replacement, svg)
    svg = NAME.sub(rf"\g<1>f{number}\2", svg)
    svg = COLOUR.sub(lambda it: PAGE.get(it[0], f"var(--c{it[1]})"), svg)
    size = f'width="{width * PIXELS:.0f}" height="{height * PIXELS:.0f}"'
    return (
        f'<svg class="gu-drawing" role="img" aria-label="{alt}" data-least="{least:g}" {size} '
        f'viewBox="0 0 {width:g} {height:g}">{svg}'
    )


def _colours(colours: set[str]) -> str:
    light = ";".join(f"--c{it}:#{it}" for it in sorted(colours))
    dark = ";".join(f"--c{it}:#{in_the_dark(it)}" for it in sorted(colours))
    return f"<style>html{{{light}}}\nhtml[data-theme=dark]{{{dark}}}</style>"
