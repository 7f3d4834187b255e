"""The one rule by which the outputs of a fresh run are compared with the committed ones.

A plugin for pytest that changes what nbval compares; ``conftest.py`` loads it.

- **A claim is compared by its promise**: name, sentence and promise to the letter, the number not.
  A fresh number that breaks its promise has already stopped the cell.
- **In a cell tagged** ``trained-here`` **or** ``timed-here`` the words are compared and the numbers
  are not: after a long training another processor has other numbers, and a time is never the same
  twice. The tag says which; the section then holds a claim (``tools/lint.py``).
- **Everything else is compared to the letter**, but for pictures: that there is one is.
"""

from __future__ import annotations

import re
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from string import Formatter

from nbval.plugin import IPyNbCell

from groundup.claims import CLAIM_MIME, bundle

_PICTURE = re.compile(r"base64,[A-Za-z0-9+/=\s]+")  # in the HTML of a slider
MEASURED = frozenset({"trained-here", "timed-here"})
_NUMBER = re.compile(
    r"[-+−]?(?<![\w.])\d(?:[\d_,.\u202f\u00a0]*\d)?(?:e[-+]?\d+)?(?![\w])", re.IGNORECASE
)


def pytest_collection_modifyitems(items):
    for item in items:
        if isinstance(item, IPyNbCell):
            item.compare_outputs = _by_the_rule(item)


def _by_the_rule(cell: IPyNbCell):
    by_the_letter = cell.compare_outputs
    measured = bool(MEASURED & set(cell.cell.metadata.get("tags", ())))

    def compare(fresh, committed, skip_compare=None) -> bool:
        try:
            sides = [
                [comparable(output, measured) for output in side] for side in (fresh, committed)
            ]
        except ValueError as error:
            cell.comparison_traceback = [str(error)]
            return False
        return by_the_letter(*sides, skip_compare)

    return compare


def comparable(output, measured: bool = False):
    """A copy of a notebook's output that holds only what two runs must have in common.

    Raises
    ------
    ValueError
        When the output is not what :func:`groundup.claims.claim` displays: someone has changed it.
    """
    output = deepcopy(output)
    if CLAIM_MIME in output.get("data", {}):
        record = output.data[CLAIM_MIME]
        _check(record, output.data)
        output.data = {CLAIM_MIME: {key: record[key] for key in ("name", "sentence", "promise")}}
        return output
    if output.get("data"):
        # Whether a figure is drawn or pixels hangs on its number of points, and with it, at the
        # edge, on the processor.
        figure = any(output.data.pop(kind, "") for kind in ("image/svg+xml", "image/png"))
        output.data |= {"figure": "PICTURE"} if figure else {}
    for kind, text in output.get("data", {}).items():
        if isinstance(text, str):
            output.data[kind] = _PICTURE.sub("base64,PICTURE", text)
    if measured:
        if "text" in output:
            output.text = _words(output.text)
        for kind, text in output.get("data", {}).items():
            output.data[kind] = _words(text)
    return output


def _words(text: str) -> str:
    """The text with each number replaced by a sign, and the blanks that align columns by one."""
    return re.sub(r"[ -]{2,}", " ", _NUMBER.sub("#", text))


def _check(record: dict, data: dict) -> None:
    said = {kind: text for kind, text in data.items() if kind != CLAIM_MIME}
    wanted = {kind: text for kind, text in bundle(record).items() if kind != CLAIM_MIME}
    if said != wanted:
        raise ValueError(f"{record['name']}: the output says other words than its record")
    if not _shows(record):
        raise ValueError(
            f"{record['name']}: {record['value']!r} is recorded, the output says {record['text']!r}"
        )


def _shows(record: dict) -> bool:
    """Whether the text is the record's sentence with the record's value in its place."""
    before, after = map(re.escape, _around_the_place(record["sentence"]))
    shown = re.fullmatch(f"{before}(.*){after}", record["text"], re.DOTALL)
    if shown is None:
        return False
    digits = shown[1].strip().replace(",", "").replace("_", "")
    try:
        number = Decimal(digits.removesuffix("%"))
    except InvalidOperation:
        return False
    value = Decimal(record["value"]) * (100 if digits.endswith("%") else 1)
    rounding = Decimal(1).scaleb(number.as_tuple().exponent) / 2
    return abs(number - value) <= rounding + abs(value) / 100_000


def _around_the_place(sentence: str) -> list[str]:
    """What stands before and after a sentence's one place for the value."""
    parts, behind = ["", ""], 0
    for literal, field, _, _ in Formatter().parse(sentence):
        parts[behind] += literal
        behind = max(behind, int(field is not None))
    return parts
