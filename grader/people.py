"""Who is meant: ids and names that differ only in form are one person, or nobody.

Case, accents, the order of the words of a name, an academic title, what a file system does not take
and what a spreadsheet makes of a number are form. What may mean two people means nobody here, and
`collect` asks the teacher.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_TITLES = {"dr", "prof", "mr", "mrs", "ms", "phd", "msc", "bsc", "jr", "sr"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:e\+?\d+)?", re.IGNORECASE)


def fold(text: str) -> str:
    """A text without case and accents: ``Jörg`` and ``JO\u0308RG`` are both ``jorg``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(name: str) -> tuple[str, ...]:
    """The words of a person's name, in one order: ``Müller, Dr. Jörg`` is (jorg, muller)."""
    plain = re.sub(r"['’`´|\"<>&:\\/]", "", fold(name))
    found = [word for word in re.split(r"[^\w]+|_+", plain) if word]
    return tuple(sorted(word for word in found if word not in _TITLES) or sorted(found))


def named(name: str, roster: dict[str, str]) -> list[str]:
    """The ids whose name (``roster``: id → name) has the same words; all who may be meant.

    Where nobody's has, those whose name has all these words and more, or fewer: a second surname
    is often left out. One word alone is no name.
    """
    asked = words(name)
    known = {id: words(theirs) for id, theirs in roster.items() if words(theirs)}
    if same := [id for id, theirs in known.items() if theirs == asked]:
        return same
    if joined := [id for id, theirs in known.items() if "".join(theirs) == "".join(asked)]:
        return joined
    shorter = [
        id
        for id, theirs in known.items()
        if min(len(theirs), len(asked)) > 1
        and (set(theirs) < set(asked) or set(asked) < set(theirs))
    ]
    return shorter


def squashed(name: str) -> set[str]:
    """A name as Canvas writes it, ``lovelaceada``, whichever of its words comes first."""
    plain = fold(name)
    last, comma, first = plain.partition(",")
    if comma:
        plain = f"{first} {last}"
    parts = [re.sub(r"\W|_", "", part) for part in plain.split()]
    return {"".join(parts[i:] + parts[:i]) for i in range(len(parts))}


def known(text: str, ids: Iterable[str]) -> str | None:
    """The id that a cell of a table or a file's name means, or None where two may be meant.

    A spreadsheet takes ``00123`` for the number 123, and ``202000000123`` for ``2.02E+11``.
    """
    ids = list(ids)
    text = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    if text in ids:
        return text
    for form in (str.casefold, lambda id: id.casefold().lstrip("0")):
        if same := [id for id in ids if form(id) == form(text)]:
            return same[0] if len(same) == 1 else None
    if not _NUMBER.fullmatch(text):
        return None
    same = [id for id in ids if id.isdecimal() and _shown(text, int(id))]
    return same[0] if len(same) == 1 else None


def _shown(text: str, number: int) -> bool:
    """Whether a spreadsheet may show the number so."""
    mantissa, _, exponent = text.replace(",", ".").lower().partition("e")
    if not exponent:
        return float(mantissa) == number
    digits = len(mantissa.partition(".")[2])
    return f"{number:.{digits}e}".replace("e+0", "e+") == f"{mantissa}e+{int(exponent)}"


def spoilt(id: str) -> str | None:
    """What a spreadsheet has made of an id, as words for a sentence; None where it has not."""
    if re.fullmatch(r"\d(?:[.,]\d+)?e\+\d+", id, re.IGNORECASE):
        return "digits are lost"
    if re.fullmatch(r"\d+[.,]0+", id):
        return "it has become a decimal number"
    return None
