"""Predict, then run: a guess that is written down before the outcome is known."""

from __future__ import annotations

import math

from groundup.questions.compare import a_type, as_array
from groundup.questions.show import notice


def predict_first(question: str, guess=...) -> Prediction:
    """Write down a guess: a number, True or False, or a text. Dots mean no guess.

    :meth:`Prediction.reveal` later sets it beside the outcome. A guess of another kind is said to
    be none; nothing is raised.
    """
    return Prediction(question, guess)


class Prediction:
    """A question and a guess; made by :func:`predict_first`."""

    def __init__(self, question: str, guess):
        self.question = " ".join(str(question).split())
        self.guess = guess
        if guess is ... or isinstance(guess, str) or _number(guess) is not None:
            return
        self.guess = ...
        notice(
            "This guess cannot be used",
            f"A number, a text or True or False is wanted; this is {a_type(guess)}.",
        )

    def __repr__(self) -> str:
        return f"{self.question} Your guess: {_text(self.guess, '')}"

    def reveal(self, outcome, unit: str = "") -> None:
        """Show the guess and the outcome side by side, with four significant digits.

        ``outcome`` is a number (any array or tensor of one entry), True or False, or a text;
        ``unit`` is written after numbers, ``"%"`` without a space.
        """
        given, came = f"{_text(self.guess, unit)}", _text(outcome, unit)
        notice(
            self.question,
            "",
            (f"Your guess: {given}", f"Outcome:    {came}", *self._distance(outcome, unit)),
        )

    def _distance(self, outcome, unit: str) -> tuple[str, ...]:
        if self.guess is ...:
            return ()
        guess, value = _number(self.guess), _number(outcome)
        if isinstance(guess, bool) or isinstance(value, bool) or None in (guess, value):
            same = _text(self.guess, "").casefold() == _text(outcome, "").casefold()
            return ("You were right.",) if same else ("That is not what happened.",)
        if guess == value or _text(guess, "") == _text(value, ""):
            return ("You were right.",)
        if not (math.isfinite(guess) and math.isfinite(value)):
            return ("That is not what happened.",)
        side = "high" if guess > value else "low"
        times = value / guess if guess else 0
        ratio = max(times, 1 / times) if times > 0 else 0
        factor = f", by a factor of {_digits(ratio)}" if ratio >= 2 else ""
        apart = _text(abs(guess - value), "percentage points" if unit == "%" else unit)
        return (f"Your guess was too {side} by {apart}{factor}.",)


def _number(x) -> bool | int | float | None:
    array = as_array(x)
    if array is None or array.size != 1 or array.dtype.kind == "c":
        return None
    return array.reshape(()).item()


def _text(x, unit: str) -> str:
    if x is ...:
        return "none. Replace the dots in `guess=...` to make one."
    if isinstance(x, str):
        return x.strip()
    number = _number(x)
    if number is None:
        return a_type(x)
    if isinstance(number, bool):
        return str(number)
    space = "" if unit in ("", "%", "°") else " "
    return f"{_digits(number)}{space}{unit}"


def _digits(x: float) -> str:
    """Four significant digits; whole numbers in full, thousands apart."""
    if isinstance(x, int) or (math.isfinite(x) and x == int(x) and abs(x) < 1e15):
        return f"{int(x):,}".replace(",", " ")
    if math.isfinite(x) and abs(x) >= 1000 and abs(x) < 1e15:
        return f"{round(x):,}".replace(",", " ")
    return f"{x:.4g}"
