"""What only the first page has: the square to draw in, the way through the chapters, a promise."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from groundup.claims import CLAIM_MIME, ClaimError, bundle, claim
from tools.paths import ROOT, chapters

from .widgets import markup

PICTURES = ROOT / "_build" / "way"
WIDTH = 560  # pixels of a card's picture: sharp on a phone, some kilobytes
#: A three, as a hand writes it, in a square of 280; the page's script draws the same line as ink.
THREE = (
    "M84 84C92 60 116 50 140 52C168 54 186 70 184 94C182 116 160 130 128 132"
    "C166 132 192 150 192 180C192 212 164 230 134 230C108 230 88 220 80 198"
)
SQUARE = f"""<div class="gu-square"><svg viewBox="0 0 280 280" role="img"
aria-label="A hand-written three"><path pathLength="1" d="{THREE}"/></svg>
<p>Draw your own here, 0 to 9.</p></div>
<div class="gu-reads"><p><strong>It reads</strong> <span class="gu-answer">3</span></p></div>
<noscript>To draw in it, the square needs JavaScript.</noscript>"""


def _notebook(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _text(cell: dict) -> str:
    return "".join(cell["source"])


class Part(SphinxDirective):
    """A directive whose content is Markdown that it writes itself."""

    has_content = True

    def parsed(self, text: str, *classes: str) -> nodes.container:
        box = nodes.container(classes=list(classes))
        self.state.nested_parse(StringList(text.splitlines(), "first page"), 0, box)
        return box

    def raw(self, text: str) -> nodes.raw:
        return nodes.raw("", text, format="html")


class Hero(Part):
    """``{hero} page.html``: its words, a button to that page, and the square to draw in."""

    required_arguments = 1

    def run(self):
        words = self.parsed("\n".join(self.content), "gu-words")
        if self.env.app.builder.name != "html":
            return [words]
        words += self.raw(f'<a class="gu-start" href="{self.arguments[0]}">Start</a>')
        square = markup("digit", "", SQUARE).replace("<div ", "<div data-waits ", 1)
        return [nodes.container("", words, self.raw(square), classes=["gu-hero"])]


class Way(Part):
    """``{way}``: a card a chapter, from lines such as ``fig-1-region: tell a …``.

    The figure's name, with which the picture comes, then what the reader can do afterwards.
    """

    def run(self):
        lines = [line.partition(":") for line in self.content if line.strip()]
        if len(lines) != len(chapters()):
            raise self.error(f"{len(chapters())} chapters, but {len(lines)} lines for them")
        cards = nodes.container(classes=["gu-way"])
        for path, (figure, _, able) in zip(chapters(), lines, strict=True):
            self.env.note_dependency(str(path))
            cards += self.card(path, figure.strip(), able.strip())
        return [cards]

    def card(self, path: Path, figure: str, able: str) -> nodes.container:
        cells, number = _notebook(path)["cells"], int(path.name[:2])
        title = _text(cells[0]).partition("\n")[0].lstrip("# ")
        time = re.search(r"\*\*Time:\*\* ([^.,;]+?)(?: to read| for all)?[.,;]", _head(cells))
        picture, alt = _picture(cells, figure, PICTURES / str(number))
        link = f"[{number} {title}](/notebooks/{path.name})"
        picture = f"/{picture.relative_to(ROOT).as_posix()}"
        text = f"![{alt}]({picture})\n\n**{link}**\n\nThen you can {able}.\n\n{time[1]}"
        card = self.parsed(text, "gu-card")
        if self.env.app.builder.name == "html":
            card += self.raw(f'<p data-done-of="{number}"></p>')
        return card


def _head(cells: list[dict]) -> str:
    return next(_text(cell) for cell in cells[1:] if cell["cell_type"] == "markdown")


def _picture(cells: list[dict], figure: str, stem: Path) -> tuple[Path, str]:
    """Write the figure as it is drawn, or made small where it is pixels; and what it shows."""
    for cell in cells:
        about = cell["metadata"].get("mystnb", {})
        if about.get("figure", {}).get("name") == figure:
            forms = {kind: text for it in cell["outputs"] for kind, text in it["data"].items()}
            if "image/svg+xml" in forms:
                target = stem.with_suffix(".svg")
                content = "".join(forms["image/svg+xml"]).encode()
            else:
                target = stem.with_suffix(".png")
                content = _small(base64.b64decode(forms["image/png"]))
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.is_file() or target.read_bytes() != content:
                target.write_bytes(content)
            return target, about["image"]["alt"]
    raise ValueError(f"no chapter has a figure {figure!r}: name one such as fig-1-region")


def _small(picture: bytes) -> bytes:
    """A PNG as one of a card's width, with 64 colours."""
    with Image.open(io.BytesIO(picture)) as image:
        height = round(image.height * WIDTH / image.width)
        small = image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.quantize(64, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


class Promise(Part):
    """``{promise} a.name``: that claim as printed, as written, and what a broken one does."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        for path in chapters():
            for cell in _notebook(path)["cells"]:
                records = [it.get("data", {}).get(CLAIM_MIME) for it in cell.get("outputs", [])]
                record = next((it for it in records if it and it["name"] == name), None)
                if record:
                    self.env.note_dependency(str(path))
                    return [self.parsed(self.shown(record, _text(cell)), "gu-promise")]
        raise self.error(f"no notebook claims {name!r}")

    def shown(self, record: dict, source: str) -> str:
        call = next(
            node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "claim"
            and getattr(node.args[0], "value", None) == record["name"]
        )
        told = {it.arg: ast.literal_eval(it.value) for it in call.keywords}
        try:
            claim(record["name"], told["at_least"] - 0.1, **told)
        except ClaimError as error:
            broken = f"ClaimError: {error}"
        code = ast.get_source_segment(source, call)
        return f"""*In the chapter you read*

:::{{container}} gu-claim
{bundle(record)["text/markdown"]}
:::

*which this code has measured and printed*

```python
{code}
```

*and were it less, neither the chapter nor the tests would pass:*

```text
{broken}
```
"""


def setup(app: Sphinx) -> None:
    app.add_directive("hero", Hero)
    app.add_directive("way", Way)
    app.add_directive("promise", Promise)
