"""Slides for each chapter, cut out of the built book: there is no second text that could drift.

Usage: ``python -m tools.slides OUTDIR [--pdf]``. Build the book first. Each chapter becomes
``OUTDIR/NN_name.html``, which works from disk, and with ``--pdf`` also a PDF of one page a slide,
printed by a Chromium or Chrome of this machine. What they share lies in ``OUTDIR/shared``.

A slide holds what carries its section: the first sentence of a paragraph, those that bring a new
term or lead to what comes next, each where it stands alone, and the section's formulas, figures,
tables, checked numbers and short programs. The whole paragraphs are the speaker's notes. A
prediction is one slide, and its outcome the next, wherever in the section it is told. The quiz is
left to the book.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from string import Template

from bs4 import BeautifulSoup, NavigableString, Tag
from playwright.sync_api import Browser

from groundup.questions import question
from tools import from_book
from tools.browser import launched
from tools.paths import ROOT, chapters
from tools.vendor import PACKAGES

OWN = ROOT / "book" / "slides"
WIDTH, HEIGHT = 1280, 720  # CSS pixels of a slide
EDGE = 48  # left and right
ROOM = 612  # of these below the heading
GAP = 15  # between what stands on a slide
ABOVE = 35  # less, where the heading of the section around it is told
WORDS = 95  # on a slide, unless one sentence or list has more
NARROW = 60  # words beside a figure
SQUEEZED = 0.75  # of their height is what words take in smaller type, where a short slide joins
SHORT = 26  # words of a paragraph that is shown as it is
FEW = 30  # words that need no slide of their own
MOST = 40  # words of what is shown of a longer one
CODE_LINES, CODE_WIDTH, PRINTED_LINES, ROWS = 17, 88, 7, 10
LEAST = 18  # pixels of a figure's text
EXERCISES = 14  # on a slide
FONT = 11  # points of it, its exponents and indices aside (groundup.plots)
PIXELS = 110 / 72  # of a point in a figure of its own size
COLUMN = 400  # pixels beside a figure that hold words
#: What stands on a slide as words.
TOLD = ("claim", "said")
SENTENCES = (*TOLD, "text", "list", "asked", "outcome", "title")

#: Where a sentence ends: a mark, perhaps a bracket; then a new one begins, or an element.
_END = re.compile(r"(?:(?<=[.?!])(?<!al\.)(?<!e\.g\.)(?<!i\.e\.)|(?<=[.?!][)”’]))\s+(?=[^a-z\s]|$)")
#: What points away from the slide; "unbounded above" and "below a line" do not.
_AWAY = re.compile(
    r"(?<!, )\b(here|this page|online page|last lines?)\b|\b(the|row|as) \w+ (above|below)\b"
    r"|(?<!unbounded) (?<!zero )(above|below)(?=[.,;:?)]|$| and see)|\(\d+\.\d+\)|\bFig\. ",
    re.IGNORECASE,
)
#: How a sentence begins that needs the one before it.
_GOES_ON = re.compile(r"(So|It|They|This|That|Both|These|Even|Nor|By then)\b(?! course)")
DRAWING = re.compile(r'(<svg class="gu-drawing"[^>]*>).*?</svg>', re.DOTALL)
CAPTION = re.compile("<figcaption.*?</figcaption>", re.DOTALL)
ASIDE = re.compile(r'<svg [^>]*data-aside="(\d+)"[^>]*></svg>')
_MINUTES = {"hour": 60, "hours": 60, "minutes": 1}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}


@dataclass
class Block:
    """What stands on a slide: its markup, what the notes say of it, and the room that it takes.

    ``leads``: it belongs to the block after it; ``follows``: to the one before.
    """

    kind: str
    markup: str
    notes: str = ""
    words: int = 0
    height: int = 0  # pixels, estimated
    whole: str = ""  # the paragraph from which it is taken
    leads: bool = False
    follows: bool = False
    beside: bool = False  # a figure that leaves a column for words


@dataclass
class Slide:
    heading: str
    above: str = ""  # the heading of the section around it
    kind: str = ""
    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: int = 0  # that it takes, for the speaker's clock

    @property
    def room(self) -> int:
        return ROOM - ABOVE * bool(self.above)

    @property
    def figure(self) -> Block | None:
        return next((it for it in self.blocks if it.kind == "figure"), None)

    @property
    def words(self) -> int:
        return sum(it.words for it in self.blocks)

    def takes(self, *more: Block, squeeze: float = 1) -> bool:
        """Whether there is room for more: beside a figure as high as broad, else below."""
        blocks = [*self.blocks, *more]
        figures = [it for it in blocks if it.kind == "figure"]
        narrow = bool(figures) and figures[0].beside
        most = NARROW / squeeze**0.5 if narrow else WORDS / squeeze
        if sum(it.words for it in blocks) > most or len(figures) > 1:
            return len(blocks) == 1
        if narrow:
            return all(it.kind in SENTENCES or it.kind == "figure" for it in blocks)
        squeeze = 1 if figures else squeeze  # it would become smaller, not the words
        heights = (it.height * (squeeze if it.kind in SENTENCES else 1) for it in blocks)
        return sum(heights) + GAP * (len(blocks) - 1) <= self.room or len(blocks) == 1


# --- sentences ---


def plain(element: Tag | str) -> str:
    """An element's text in one line."""
    text = element if isinstance(element, str) else element.get_text()
    return " ".join(text.split())


def count_words(markup: str) -> int:
    """Words, a formula being one."""
    page = BeautifulSoup(markup, "html.parser")
    for formula in page("math"):
        formula.replace_with(" x ")
    return len(page.get_text().split())


def sentences(paragraph: Tag) -> list[str]:
    """A paragraph's sentences as markup; a label such as **Memory.** belongs to the next one."""
    found = [""]
    for child in paragraph.children:
        if not isinstance(child, NavigableString):
            found[-1] += str(child)
            continue
        first, *others = _END.split(str(child))
        found[-1] += escape(first, quote=False)
        found += [escape(it, quote=False) for it in others]
    return [it.strip() for it in found if it.strip()]


def is_term(strong: Tag) -> bool:
    """Whether bold text is a new term, and no label."""
    return not plain(strong).endswith((".", "?", ":"))


def text_of(markup: str) -> str:
    return plain(BeautifulSoup(markup, "html.parser"))


def goes_on(markup: str) -> bool:
    return bool(_GOES_ON.match(text_of(markup)))


def carrying(paragraph: Tag, leads: bool, shown: bool) -> list[str]:
    """The sentences of a paragraph that stand on the slide, each with what it needs.

    ``leads``: the last one leads to what comes next; ``shown``: and that stands on the slide.
    """
    every = sentences(paragraph)
    told = [text_of(it) for it in every]
    if paragraph.parent.get("id") == "summary":  # what to read next
        return []
    can = {i for i, it in enumerate(told) if not _AWAY.search(it)}
    last = len(every) - 1
    if leads and not shown:
        can.discard(last)
    whole = count_words(" ".join(every)) <= SHORT
    kept = {i for i in can if whole or i == 0 or "<strong>" in every[i] or (leads and i == last)}
    while len(kept) > 1 and count_words(" ".join(every[i] for i in kept)) > MOST:
        kept.remove(sorted(kept)[-2 if leads and shown and len(kept) > 2 else -1])
    for i in sorted(kept):  # a new term is worth the sentence before it
        if "<strong>" in every[i] and _GOES_ON.match(told[i]) and i - 1 in can:
            kept.add(i - 1)
    for i in sorted(kept):
        if i and i - 1 not in kept and _GOES_ON.match(told[i]):
            kept.remove(i)
    asks = {i for i in kept if told[i].endswith("?") and i + 1 not in kept and i < last}
    return [every[i] for i in sorted(kept - asks)]


# --- from the page's elements to blocks ---


def clean(article: Tag) -> None:
    """Take out what a slide cannot use: links, what can be pressed, what was promised."""
    for it in article.select("a.headerlink, script, noscript, .gu-claim em:last-child"):
        it.decompose()
    for it in article("a"):
        it.unwrap()


def lines_of(text: str, characters: int) -> int:
    return -(-len(text) // characters)


def text_block(paragraph: Tag, kept: list[str], leads: bool) -> Block:
    markup = "".join(f"<p>{it}</p>" for it in kept)
    return Block(
        "text",
        markup,
        "" if len(kept) == len(sentences(paragraph)) else str(paragraph),
        words=count_words(markup),
        height=sum(40 * lines_of(text_of(it), 84) + 14 for it in kept),
        leads=leads,
        follows=bool(kept) and (text_of(kept[0])[:1].islower() or goes_on(kept[0])),
        whole=str(paragraph),
    )


def without_first(block: Block) -> Block:
    """A paragraph's block from its next sentence on that stands alone; perhaps without any."""
    paragraph = BeautifulSoup(block.whole, "html.parser").p
    kept = [it.decode_contents() for it in BeautifulSoup(block.markup, "html.parser")("p")]
    while kept and goes_on(kept[0]):
        kept = kept[1:]
    return text_block(paragraph, kept, block.leads)


def list_blocks(element: Tag) -> Iterator[Block]:
    """A list as one block, or where it is long as several of as many items."""
    items, cut = [], False
    for item in element.find_all("li", recursive=False):
        every = sentences(item.p) if item.p else [item.decode_contents()]
        kept = every if count_words(" ".join(every)) <= SHORT else every[:1]
        cut |= len(kept) < len(every)
        items.append(" ".join(kept))
    notes = str(element) if cut else ""
    many = -(-sum(map(count_words, items)) // (WORDS + SHORT)) or 1
    size = -(-len(items) // many)
    parts = [items[i : i + size] for i in range(0, len(items), size)]
    start = 1
    for part in parts:
        inner = "".join(f"<li>{it}</li>" for it in part)
        begin = f' start="{start}"' if element.name == "ol" else ""
        heights = (40 * lines_of(plain(BeautifulSoup(it, "html.parser")), 80) + 8 for it in part)
        yield Block(
            "list",
            f"<{element.name}{begin}>{inner}</{element.name}>",
            notes,
            count_words(inner),
            sum(heights),
        )
        start, notes = start + len(part), ""


def formula_block(element: Tag) -> Block:
    rows = max(1, len(element.select("mtable > mtr")))
    return Block("formula", str(element), height=rows * 70 + 25)


def table_block(element: Tag) -> Block | None:
    rows = element("tr")
    if len(rows) > ROWS + 1:
        return None
    widest = [max(len(plain(it)) for it in row(["td", "th"])) for row in rows]
    height = sum(36 * max(1, min(3, widest[i] // 34 + 1)) for i in range(len(rows)))
    return Block("table", str(element), height=height + 20)


def code_of(cell: Tag) -> Tag | None:
    """The program of a cell, where the reader sees it."""
    found = cell.select_one(".cell_input pre")
    return found if found and not found.find_parent("details") else None


def program_block(cell: Tag, printed: str) -> Block | None:
    """A cell's program where it is short, and defines something or prints a little.

    What only draws is not shown.
    """
    code = code_of(cell)
    if code is None or cell.figure or re.search("guess_|plt[.]", code.get_text()):
        return None
    lines = code.get_text().strip("\n").split("\n")
    defines = any(it.startswith(("def ", "class ")) for it in lines)
    fits = len(lines) <= CODE_LINES and max(map(len, lines)) <= CODE_WIDTH
    if not fits or not (defines or (printed and len(lines) <= 8)):
        return None
    markup = f'<div class="highlight">{code}</div>'
    return Block("code", markup, height=27 * len(lines) + 34, leads=bool(printed))


def figure_block(figure: Tag) -> Block:
    """A figure as large as its text must be; beside it there may be room for words.

    Of a figure with a slider the picture that is seen first stands for all.
    """
    if figure.input:
        for it in figure(["p", "img"]):
            if it.name == "p" or it.has_attr("hidden"):
                it.decompose()
    picture = figure.find(["svg", "img"])
    width, height = (float(picture[it]) for it in ("width", "height"))
    caption = 28 * lines_of(plain(figure.figcaption), 110) if figure.figcaption else 0
    scale = LEAST / (FONT * PIXELS)
    beside = WIDTH - 2 * EDGE - scale * width >= COLUMN
    broad = min(WIDTH - 2 * EDGE - COLUMN, (ROOM - ABOVE) / height * width)
    figure["style"] = f"--broad: {broad:.0f}px"
    return Block("figure", str(figure), height=round(scale * height) + caption, beside=beside)


def output_blocks(output: Tag) -> Iterator[Block]:
    """The blocks of one output of a cell; a prediction's outcome is told elsewhere."""
    names = output.get("class", [])
    if output.name == "figure" or output.figure:
        figure = output if output.name == "figure" else output.figure
        yield figure_block(figure)
    elif "gu-claim" in names or output.name == "p":
        kind = "claim" if "gu-claim" in names else "said"
        markup = output.p.decode_contents() if output.p else output.decode_contents()
        height = 38 * lines_of(plain(output), 84) + 10
        yield Block(kind, f'<p class="{kind}">{markup}</p>', "", count_words(markup), height)
    elif "stream" in names:
        lines = output.get_text().strip("\n").split("\n")
        if len(lines) <= PRINTED_LINES and max(map(len, lines)) <= CODE_WIDTH:
            markup = f'<pre class="printed">{escape(output.get_text().strip(chr(10)))}</pre>'
            yield Block("printed", markup, height=27 * len(lines) + 24)
    elif output.select_one("table.dataframe"):
        block = table_block(output.select_one("table.dataframe"))
        if block:
            yield block


def outputs_of(cell: Tag) -> list[Tag]:
    return cell.select(".cell_output > *")


def cell_blocks(cell: Tag) -> Iterator[Block]:
    blocks = [it for output in outputs_of(cell) for it in output_blocks(output)]
    printed = next((it.markup for it in blocks if it.kind == "printed"), "")
    program = program_block(cell, printed)
    if program:
        yield program
    elif code_of(cell) is not None:  # numbers without the words that say of what
        blocks = [it for it in blocks if it.kind != "printed"]
    for before, it in pairwise(blocks):  # what was measured in a figure stands with it
        it.follows = before.kind == "figure" or (before.follows and it.kind in TOLD)
    yield from blocks


# --- predictions, questions, exercises ---


def outcome_of(output: Tag) -> Tag | None:
    """The box that tells a prediction's outcome."""
    told = output.select_one(".groundup > pre")
    return told.parent if told and plain(told).startswith("Outcome:") else None


def predictions(article: Tag) -> dict[str, Tag]:
    """Each prediction's cell with its outcome, by its question's words."""
    found = {}
    for cell in article.select("div.cell"):
        for output in outputs_of(cell):
            box = outcome_of(output)
            if box:
                found[plain(box.strong)] = cell
    return found


def asked(cell: Tag) -> str | None:
    """The question of a cell that asks for a prediction, as it stands in its program."""
    code = cell.select_one(".cell_input pre")
    if code is None or "predict_first(" not in code.get_text():
        return None
    for node in ast.walk(ast.parse(code.get_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict_first":
            return plain(ast.literal_eval(node.args[0]))
    return None


def prediction_slides(slide: Slide, cell: Tag, before: list[Block]) -> Iterator[Slide]:
    """The question, after what stands before it, and its outcome with the numbers told with it."""
    box = next(filter(None, map(outcome_of, outputs_of(cell))))
    question_ = f'<p class="question">{box.strong.decode_contents()}</p>'
    before.append(Block("question", question_))
    yield Slide(slide.heading, slide.above, "prediction", before)
    lines = [it for it in box.pre.get_text().split("\n") if it.strip()]
    told = [Block("asked", f"<p>{box.strong.decode_contents()}</p>", words=10, height=70)]
    told += [Block("outcome", f"<p>{escape(plain(it))}</p>", words=2, height=80) for it in lines]
    told += [it for output in outputs_of(cell) for it in output_blocks(output) if it.kind in TOLD]
    yield Slide(slide.heading, slide.above, "outcome", told)


def question_markup(asked: Tag) -> str:
    """A quiz's question without its number and its options."""
    paragraphs = asked.find("div", recursive=False)("p")
    return "".join(f"<p>{it.decode_contents()}</p>" for it in paragraphs)


def options_of(asked: Tag) -> Iterator[tuple[str, str, bool]]:
    """A question's options: each as markup, what is said of it, and whether it is right."""
    for it in asked("details"):
        right = it.div.strong is not None and plain(it.div.strong) == "Right."
        yield it.summary.decode_contents().strip(), it.div.decode_contents(), right


def warm_up_slides(slide: Slide, asked: Tag) -> Iterator[Slide]:
    """A question with its options, and a second slide that marks what is right and says why.

    What is said of the other options is in the notes.
    """
    options = list(options_of(asked))
    notes = "".join(f"<p><em>{text}</em></p>{reason}" for text, reason, _ in options)
    for told in (False, True):
        rows = "".join(
            f"<li{' class=right' * (right and told)}>{text}{reason if right and told else ''}</li>"
            for text, reason, right in options
        )
        markup = f'<div class="quiz">{question_markup(asked)}<ul>{rows}</ul></div>'
        kind = "answer" if told else "question"
        yield Slide(slide.heading, slide.above, kind, [Block("quiz", markup)], [notes])


def mistakes(number: str) -> str:
    """How many mistakes of learners are known of an exercise, and the first's message."""
    slips = question.get(number).slips
    many = f"{len(slips)} known mistake{'s' * (len(slips) != 1)}"
    return f"{many}, such as: “{slips[0].message}”" if slips else many


def number_of(exercise: Tag) -> str:
    return exercise["id"].removeprefix("ex-").replace("-", ".")


def exercise_blocks(exercise: Tag) -> Iterator[Block]:
    """An exercise in the middle of a section: its title, and what is to be done."""
    title = f'<p class="title">{exercise.select_one(".admonition-title").decode_contents()}</p>'
    yield Block("title", title, f"<p>{mistakes(number_of(exercise))}</p>", 0, 54, leads=True)
    for paragraph in exercise.select_one("section").find_all("p", recursive=False):
        yield text_block(paragraph, carrying(paragraph, False, True), False)


def exercise_slides(slide: Slide, exercises: list[Tag]) -> Iterator[Slide]:
    """The titles of a chapter's exercises, about as many on each slide."""
    size = -(-len(exercises) // -(-len(exercises) // EXERCISES))
    for start in range(0, len(exercises), size):
        some = exercises[start : start + size]
        rows = "".join(
            f"<li>{it.select_one('.admonition-title').decode_contents()}</li>" for it in some
        )
        notes = [f"<p>{number_of(it)}: {mistakes(number_of(it))}</p>" for it in some]
        yield Slide(
            slide.heading, slide.above, "exercises",
            [Block("list", f'<ul class="exercises">{rows}</ul>')], notes,
        )  # fmt: skip


# --- a section's slides ---


def section_blocks(elements: Iterable[Tag], told: dict[str, Tag]) -> Iterator[Block | Tag]:
    """A section's blocks in its order, and the cells of the predictions where they are asked."""
    elements = list(elements)
    found: list[list[Block | Tag]] = [[] for _ in elements]
    for i, element in enumerate(elements):
        names = element.get("class", [])
        if element.name in ("ul", "ol"):
            found[i] = list(list_blocks(element))
        elif "math" in names:
            found[i] = [formula_block(element)]
        elif element.name == "table" or "pst-scrollable-table-container" in names:
            found[i] = [it for it in [table_block(element)] if it]
        elif "exercise" in names:
            found[i] = list(exercise_blocks(element))
        elif "cell" in names:
            question_ = asked(element)
            revealed = element in told.values()
            found[i] = [it for it in cell_blocks(element) if not (revealed and it.kind in TOLD)]
            if question_:
                found[i].insert(0, told[question_])
        elif names[:1] == ["highlight-bash"] or "gu-opening" in names:
            kind = "opening" if "gu-opening" in names else "code"
            found[i] = [Block(kind, str(element), height=400 if kind == "opening" else 120)]
    for i in reversed(range(len(elements))):
        element = elements[i]
        if element.name == "p" and sentences(element):
            every = sentences(element)
            label = len(every) == 1 and element.strong and plain(element.strong) == plain(element)
            leads = bool(label) or not text_of(every[-1]).endswith(tuple(".!)”"))
            after = found[i + 1][:1] if i + 1 < len(elements) else []
            after = [it for it in after if isinstance(it, Tag) or it.markup]
            kept = carrying(element, leads, bool(after))
            led = leads and bool(after) and kept[-1:] == every[-1:]
            found[i] = [text_block(element, kept, led)]
    for i, element in enumerate(elements[1:], 1):
        if element.name == "p" and found[i] and goes_on(found[i][0].markup):
            before = next(
                (it for it in found[i - 1][-1:] if isinstance(it, Tag) or it.markup), None
            )
            end = sentences(elements[i - 1])[-1:] if elements[i - 1].name == "p" else None
            if before is None or (end and not before.markup.endswith(f"{end[0]}</p>")):
                found[i] = [without_first(found[i][0])]
    return (it for some in found for it in some)


def units(blocks: Iterable[Block | Tag]) -> list[list[Block | Tag]]:
    """What stays together: a block with what it leads to and with what follows from it.

    What a paragraph without a sentence on the slides says is in the notes of the block before.
    """
    found: list[list[Block | Tag]] = []
    notes = ""
    for block in blocks:
        before = found[-1][-1] if found else None
        if isinstance(block, Tag):
            found.append([block])
        elif not block.markup and isinstance(before, Block):
            before.notes += block.notes
        elif not block.markup:
            notes += block.notes
        else:
            block.notes, notes = notes + block.notes, ""
            if isinstance(before, Block) and (before.leads or block.follows):
                found[-1].append(block)
            else:
                found.append([block])
    return found


def deal(slide: Slide, blocks: Iterable[Block | Tag]) -> list[Slide]:
    """Slides with the blocks in their order; what belongs together stays so where it has room."""
    slides = [slide]

    def another() -> Slide:
        slides.append(Slide(slide.heading, slide.above))
        return slides[-1]

    for unit in units(blocks):
        now = slides[-1]
        if isinstance(unit[0], Tag):
            few = not now.kind and now.words <= FEW and all(it.kind == "text" for it in now.blocks)
            slides += prediction_slides(slide, unit[0], slides.pop().blocks if few else [])
            continue
        if now.blocks and not now.takes(*unit):
            now = another()
        for block in unit:
            if not now.takes(block):
                moved = []
                while len(now.blocks) > 1 and (
                    now.blocks[-1].leads or (block.follows and not moved)
                ):
                    moved.insert(0, now.blocks.pop())
                now = another()
                now.blocks += moved
                if moved and not now.takes(block, squeeze=SQUEEZED):
                    now = another()
            now.blocks.append(block)
    for it in slides:
        if it.kind in ("", "prediction"):
            stand_alone(it)
    join(slides)
    for it in slides:
        it.notes += [block.notes for block in it.blocks if block.notes]
    return [it for it in slides if it.blocks]


def join(slides: list[Slide]) -> None:
    """Put a slide of few words to the one before, or to the one after it."""
    for i, it in enumerate(slides):
        if it.kind or it.words > FEW or it.figure:
            continue
        before = slides[i - 1] if i else None
        after = slides[i + 1] if i + 1 < len(slides) else None
        leads = it.blocks and it.blocks[-1].leads
        if before and before.blocks and before.kind != "prediction" and not leads:
            if before.takes(*it.blocks, squeeze=SQUEEZED):
                before.blocks += it.blocks
                it.blocks = []
        if it.blocks and after and not after.kind and after.takes(*it.blocks, squeeze=SQUEEZED):
            after.blocks[:0] = it.blocks
            it.blocks = []


def stand_alone(slide: Slide) -> None:
    """Take from its beginning what needs the sentence before."""
    while slide.blocks and slide.blocks[0].whole and goes_on(slide.blocks[0].markup):
        first = without_first(slide.blocks[0])
        if first.markup:
            slide.blocks[0] = first
        else:
            slide.notes.append(slide.blocks.pop(0).whole)


def heading_of(section: Tag) -> str:
    return section.find(["h1", "h2", "h3"], recursive=False).decode_contents().strip()


def section_slides(section: Tag, told: dict[str, Tag], above: str = "") -> list[Slide]:
    """The slides of a section without those of the sections in it; none where it has no more."""
    slide = Slide(heading_of(section), above)
    own = section.find_all(True, recursive=False)
    own = [it for it in own if it.name not in ("section", "h1", "h2", "h3")]
    questions = [it for element in own for it in element.select("[data-question]")]
    exercises = [it for it in own if "exercise" in it.get("class", [])]
    if questions:
        return [it for question_ in questions for it in warm_up_slides(slide, question_)]
    if len(exercises) > 1:
        return list(exercise_slides(slide, exercises))
    slides = deal(slide, section_blocks(own, told))
    first = section.find("p", recursive=False)
    if not slides and first:  # all of it points to what can be moved in the online page
        every = sentences(first)
        ends = [it for it in every if text_of(it).endswith(".")]
        alone = [it for it in ends if not _AWAY.search(text_of(it)) and not goes_on(it)]
        slides = deal(slide, [text_block(first, (alone or every)[:1], False)])
    return slides


def chapter_slides(article: Tag) -> list[tuple[Tag, list[Slide]]]:
    """Each section of a chapter that has slides, the whole chapter first, with them.

    The quiz has none: it is for the reader alone, and the last section's notes say where it is.
    """
    chapter = article.section
    told = predictions(chapter)
    own = chapter.find_all(True, recursive=False)
    lead = chapter.find("p", recursive=False)
    title = Slide(heading_of(chapter), "", "title", [Block("lead", str(lead))])
    after = [it for it in own if it.name not in ("section", "h1") and it is not lead]
    first = [title, *deal(Slide(heading_of(chapter)), section_blocks(after, told))]
    found = [(chapter, first)]
    for section in chapter.find_all("section", recursive=False):
        if section["id"] == "quiz":
            quiz = f"<p>{heading_of(section)}: in the book.</p>"
            continue
        found.append((section, section_slides(section, told)))
        for part in section.find_all("section", recursive=False):
            found.append((part, section_slides(part, told, heading_of(section))))
    found[-1][1][0].notes.append(quiz)
    return [it for it in found if it[1]]


# --- minutes and difficulty ---


def minutes_of(chapter: Tag) -> list[float]:
    """How long it takes to read a chapter, as its first words tell: a number, or from and to."""
    time = plain(chapter.select(".gu-opening dd")[-1]).lower()
    found = re.match(r"(?:about )?(\w+)(?: to (\w+))? (hours?|minutes)", time)
    if not found:
        raise ValueError(f"no minutes or hours are told in a chapter's first words: {time!r}")
    unit = _MINUTES[found[3]]
    return [unit * (_NUMBERS.get(it) or int(it)) for it in found.groups()[:2] if it]


def words_of(section: Tag) -> int:
    """The words of a section's own text, programs and what they print included."""
    return sum(
        len(it.get_text(" ").split())
        for it in section.find_all(True, recursive=False)
        if it.name != "section"
    )


def uses_of(chapter: Tag) -> dict[str, set[str]]:
    """The places in the chapter to which each of its exercises leads, by its number."""
    return {
        number_of(it): {link["href"].removeprefix("#") for link in it("a", href=True)}
        for it in chapter.select("div.exercise")
    }


def difficulty(section: Tag, uses: dict[str, set[str]]) -> str:
    """What is new in a section, and what is known to go wrong in the exercises that use it."""
    own = [it for it in section.find_all(True, recursive=False) if it.name != "section"]
    terms = [plain(it) for at in own for it in at.select("p strong, li strong") if is_term(it)]
    terms = [] if section.select_one("[data-question]") else list(dict.fromkeys(terms))
    formulas = [it for it in own if "math" in it.get("class", [])]
    told = f"{len(terms)} new term{'s' * (len(terms) != 1)}"
    told += f" ({', '.join(terms)})" if terms else ""
    told += f", {len(formulas)} formula{'s' * (len(formulas) != 1)}."
    places = {it.get("id") for it in formulas}
    for number in (it for it, used in uses.items() if used & places):
        told += f" Exercise {number} uses it: {mistakes(number)}"
    return told


def notes_of(sections: list[tuple[Tag, list[Slide]]], minutes: list[float], uses: dict) -> None:
    """Each slide's notes begin with its section's minutes, when it begins, and its difficulty."""
    every = sum(words_of(section) for section, _ in sections)
    before = 0
    for section, slides in sections:
        share, start = words_of(section) / every, before / every
        before += words_of(section)
        time = f"Minutes: about {told(share, minutes)} for this section, by its share of the words"
        time += f"; it begins at minute {told(start, minutes, 0)} of {told(1, minutes)}."
        hard = escape(f"Difficulty: {difficulty(section, uses)}")
        for slide in slides:
            slide.seconds = round(60 * share * max(minutes) / len(slides))
            slide.notes.insert(0, f"<p>{time}</p><p>{hard}</p>")


def told(share: float, minutes: list[float], least: int = 1) -> str:
    return " to ".join(dict.fromkeys(str(max(least, round(share * it))) for it in minutes))


# --- writing ---


def markup_of(slide: Slide) -> str:
    above = f'<p class="above">{slide.above}</p>' if slide.above else ""
    level = "h1" if slide.kind == "title" else "h2"
    figure = slide.figure
    beside = figure is not None and figure.beside and len(slide.blocks) > 1
    kind = f"{slide.kind} lone" if figure and len(slide.blocks) == 1 else slide.kind
    words = [it for it in slide.blocks if not (beside and it is figure)]
    blocks = "".join(f'<div class="block is-{it.kind}">{it.markup}</div>' for it in words)
    if beside:
        caption = CAPTION.search(figure.markup)
        blocks += caption[0] if caption else ""
        picture = CAPTION.sub("", figure.markup)
        blocks = f'<div class="beside"><div>{blocks}</div><div>{picture}</div></div>'
    return (
        f'<section data-timing="{slide.seconds}"><div class="slide {kind}">{above}'
        f"<{level}>{slide.heading}</{level}>{blocks}</div>"
        f'<aside class="notes">{"".join(slide.notes)}</aside></section>\n'
    )


def write_chapter(page: Path, outdir: Path) -> Path:
    """One chapter's slides, from its page in the built book; its pictures go to ``shared``."""
    drawings = []

    def put_aside(found: re.Match) -> str:
        drawings.append(found[0])
        return f'{found[1][:-1]} data-aside="{len(drawings) - 1}"></svg>'

    # Drawings are most of a page, and go through as they are.
    text = DRAWING.sub(put_aside, page.read_text(encoding="utf-8"))
    book = BeautifulSoup(text, "lxml")
    article = book.select_one("article.bd-article")
    uses = uses_of(article)
    clean(article)
    for image in article("img", src=re.compile("^(?!data:)")):
        image.attrs.pop("loading", None)
        name = Path(image["src"]).name
        _copy(page.parent / image["src"], outdir / "shared" / "images" / name)
        image["src"] = f"shared/images/{name}"
    sections = chapter_slides(article)
    notes_of(sections, minutes_of(sections[0][0]), uses)
    stacks = [f"<section>{''.join(map(markup_of, slides))}</section>" for _, slides in sections]
    text = Template((OWN / "slides.html").read_text(encoding="utf-8")).substitute(
        title=escape(book.title.get_text()),
        colours="".join(str(it) for it in book.head("style") if "--c" in it.get_text()),
        slides=ASIDE.sub(lambda it: drawings[int(it[1])], "\n".join(stacks)),
    )
    target = outdir / page.name
    target.write_text(text, encoding="utf-8")
    return target


def write_shared(site: Path, outdir: Path) -> None:
    """What all slides load: the book's style and fonts, reveal.js, and our own few lines."""
    shared = outdir / "shared"
    page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "lxml")
    style = site / page.find("link", rel="stylesheet")["href"]
    _copy(style, shared / "_static" / "book.css")
    for name in re.findall(r'url\("\.\./(vendor/[^"]+)"\)', style.read_text(encoding="utf-8")):
        if (site / name).is_file():
            _copy(site / name, shared / name)
    for licence in (site / "vendor" / "fonts").glob("*.txt"):
        _copy(licence, shared / "vendor" / "fonts" / licence.name)
    reveal = PACKAGES / "reveal.js"
    for name in ("LICENSE", "dist/reveal.js", "dist/reveal.css", "dist/plugin/notes.js"):
        _copy(reveal / name, shared / "reveal" / Path(name).name)
    for name in ("slides.css", "slides.js"):
        _copy(OWN / name, shared / name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def print_pdf(slides: Path, browser: Browser) -> Path:
    """A PDF beside the slides, one page for each."""
    page = browser.new_page(color_scheme="light")
    page.goto(f"{slides.as_uri()}?view=print")
    page.locator("html[data-fitted]").wait_for(state="attached")
    target = slides.with_suffix(".pdf")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True)
    page.close()
    return target


def write_slides(outdir: Path, site: Path, pdf: bool = False) -> list[Path]:
    """The slides of all chapters; the files for people.

    Raises
    ------
    RuntimeError
        Where the book is not built, or no browser is found to print with.
    """
    if not (site / "index.html").is_file():
        raise RuntimeError(f"{site} holds no built book; run `make book` first")
    outdir.mkdir(parents=True, exist_ok=True)
    write_shared(site, outdir)
    pages = [site / "notebooks" / f"{it.stem}.html" for it in chapters()]
    files = [write_chapter(page, outdir) for page in pages]
    if pdf:
        with launched() as browser:
            files += [print_pdf(it, browser) for it in files]
    return files


def main() -> int:
    parser = from_book.parser("slides")
    parser.add_argument("--pdf", action="store_true", help="print them, too")
    options = parser.parse_args()
    return from_book.printed(lambda: write_slides(options.outdir, options.site, options.pdf))


if __name__ == "__main__":
    sys.exit(main())
