"""The glossary's terms are defined where it says, and the chapters use none before."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from tools.normal import exercise_tags
from tools.paths import chapters

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = range(1, 9)
# A term is defined where it is set off: in bold or italics, in a heading or as a row of a table.
SET_OFF = r"\*+[^*\n]*{}[^*\n]*\*+|^#+ [^\n]*{}|^\| *{} *[|{{]"
NOT_PROSE = r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\]\([^)]*\)|^## Warm-up$"


@cache
def glossary() -> dict[str, int]:
    """Each term with the first of the chapters that its entry names last."""
    text = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8").split(":sorted:")[1]
    entries = re.findall(r"^(\S[^\n]*)\n  ([^\n]+)$", text, flags=re.M)
    return {
        term: int(re.search(r"\d", re.findall(r"\*Chapters? ([^*]+)\*", entry)[-1])[0])
        for term, entry in entries
    }


@cache
def prose(chapter: int) -> str:
    """The text of a chapter's sections: not its opening, which says what is coming, nor its end."""
    (path,) = (it for it in chapters() if it.name.startswith(f"{chapter:02}_"))
    cells = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and not any(exercise_tags(cell.metadata.get("tags", [])))
    ]
    text = re.sub(NOT_PROSE, " ", "\n\n".join(cells), flags=re.M | re.S)
    return text[text.index("\n## ") : text.index("\n## Summary")]


def uses(term: str, text: str, form: str = "{}") -> list[int]:
    """Where a term stands in a text, on its own and not as a part of a longer term."""
    for longer in glossary():
        if term != longer and term in longer:
            text = re.sub(re.escape(longer), lambda found: "_" * len(found[0]), text, flags=re.I)
    word = rf"(?<![\w-]){re.sub('um$', 'u?[ma]', term)}(?:e?s)?(?![\w-])"
    return [it.start() for it in re.finditer(form.replace("{}", word), text, flags=re.I | re.M)]


@pytest.mark.parametrize("term", glossary())
def test_a_term_is_defined_before_it_is_used(term):
    chapter = glossary()[term]
    early = [n for n in range(1, chapter) if uses(term, prose(n))]
    assert early == [], f"{term!r} is introduced in chapter {chapter}"
    text = prose(chapter)
    defined = uses(term, text, SET_OFF.replace("{{", "{"))
    assert defined, f"chapter {chapter} does not define {term!r}"
    first = uses(term, text)[0]
    line = text[: text.find("\n", first)].rpartition("\n")[2]
    assert first >= defined[0], f"chapter {chapter} uses {term!r} before: {line}"
