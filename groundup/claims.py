"""Numbers that the text promises: checked when the notebook runs, and shown where they are made.

A *claim* is a measured number together with the promise that the text makes of it. When the number
breaks its promise the notebook stops. When it keeps it, the number is displayed, so that no one has
to type it into the prose, and stored in the output for other pages of the book to quote.

Processors round sums of floating-point numbers in different ways. So the stored number has six
digits, and when a notebook is executed again its claims are compared by their promises, never by
their numbers (``tools/comparison.py``).
"""

from __future__ import annotations

import math
import re
from numbers import Real
from string import Formatter

import numpy as np

CLAIM_MIME = "application/vnd.groundup.claim+json"
_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


class ClaimError(AssertionError):
    """A measured number does not keep what the text promises."""


def claim(
    name: str,
    value: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    equals: float | None = None,
    within: float = 0.0,
    text: str = "{:.4g}",
) -> float:
    """Check a measured number against its promise, and display it.

    Parameters
    ----------
    name
        Dotted lower-case name, unique in the course, such as ``"digits.cnn.accuracy"``.
    value
        The measured number: a Python, NumPy or one-element PyTorch number; NaN breaks any promise.
    at_least, at_most
        Inclusive bounds; one or both.
    equals, within
        The number must lie within ``within`` (absolute) of ``equals``.
    text
        Sentence with one place for the value, in ``str.format`` notation, such as
        ``"The network is right in {:.1%} of cases."``

    Returns
    -------
    float
        The value. As the last expression of a cell it is not displayed once more.

    Raises
    ------
    ClaimError
        When the value breaks the promise.
    ValueError, TypeError
        When the claim itself is badly made: no bound, a bad name, a value that is no number.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"name must be lower-case words joined by dots, such as 'moons.accuracy'; got {name!r}"
        )
    number = _as_float(value)
    for argument, bound in (("at_least", at_least), ("at_most", at_most), ("equals", equals)):
        if bound is not None and (not isinstance(bound, Real) or isinstance(bound, bool)):
            raise TypeError(f"{argument} must be a number; got {bound!r}")
    if not isinstance(within, Real) or not within >= 0 or (within and equals is None):
        raise ValueError(f"within must be a number ≥ 0 and goes with equals; got {within!r}")
    promise = _promise(at_least, at_most, equals, within, text)
    try:
        sentence = text.format(number)
    except (LookupError, ValueError) as error:
        raise ValueError(
            f"text must have one place for the value, such as '{{:.2f}}'; got {text!r} ({error})"
        ) from error
    kept = (
        not math.isnan(number)
        and (at_least is None or number >= at_least)
        and (at_most is None or number <= at_most)
        and (equals is None or abs(number - equals) <= within)
    )
    if not kept:
        raise ClaimError(f"{name}: promised {promise}, measured {number!r}")
    record = {"name": name, "value": float(f"{number:.6g}"), "text": sentence}
    _display(_Shown({**record, "sentence": text, "promise": promise}))
    return _Value(number)


def say(text: str) -> None:
    """Display a Markdown sentence whose numbers the code has just computed."""
    from IPython.display import Markdown

    _display(Markdown(text))


def _display(shown) -> None:
    from IPython.display import display

    display(shown)


def _as_float(value) -> float:
    if isinstance(value, (str, bytes, bool, np.bool_)) or not hasattr(value, "__float__"):
        raise TypeError(f"value must be a number; got {value!r}")
    # A tensor that requires grad warns when it is turned into a number.
    return float(value.detach() if hasattr(value, "detach") else value)


def _promise(at_least, at_most, equals, within, text) -> str:
    places = [spec for _, field, spec, _ in Formatter().parse(str(text)) if field is not None]
    if not isinstance(text, str) or len(places) != 1:
        raise ValueError(
            f"text must have one place for the value, such as '{{:.2f}}'; got {text!r}"
        )
    spec = places[0]
    # Bounds are shown in the value's own unit, with all the digits that the author gave.
    percent = spec.endswith("%")

    def show(bound: float) -> str:
        return (
            f"{100 * bound:.6g}%" if percent else repr(float(bound)) if spec == "" else f"{bound:g}"
        )

    parts = []
    if at_least is not None:
        parts.append(f"at least {show(at_least)}")
    if at_most is not None:
        parts.append(f"at most {show(at_most)}")
    if equals is not None:
        margin = f"{100 * within:.6g}%" if percent else f"{within:g}"
        parts.append(show(equals) + (f" ± {margin}" if within else " exactly"))
    if not parts:
        raise ValueError("a claim needs a bound: at_least, at_most or equals; got none of them")
    return " and ".join(parts)


class _Value(float):
    """A float that a notebook does not display by itself."""

    def _ipython_display_(self) -> None:
        pass


class _Shown:
    """What a claim displays: a sentence for the reader and a record for the rest of the book."""

    def __init__(self, record: dict):
        self.record = record

    def __repr__(self) -> str:
        return bundle(self.record)["text/plain"]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return bundle(self.record)


def bundle(record: dict) -> dict:
    """What a claim with this record displays, by MIME type."""
    note = f"(Promised and checked: {record['promise']}.)"
    return {
        "text/plain": f"{record['text']}\n{note}",
        "text/markdown": f"{record['text']} *{note}*",
        CLAIM_MIME: record,
    }
