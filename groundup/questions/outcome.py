"""What came of running an answer, as plain data, and what is found of it: outcomes and verdicts."""

from __future__ import annotations

import re
from dataclasses import dataclass

RIGHT, NOT_ATTEMPTED, WRONG, STOPPED = "right", "not attempted yet", "not right yet", "stopped"


@dataclass(frozen=True)
class Outcome:
    """What an answer did on one case, wherever it ran.

    ``value`` is what came out; or ``error`` is the name of an exception's type, ``said`` the type
    with its text and ``lines`` the learner's lines that led to it; or ``stopped`` says why it had
    to be ("time", "output"). ``changed`` names the argument that was changed, if any.
    """

    value: object = None
    error: str | None = None
    said: str = ""
    lines: tuple[str, ...] = ()
    stopped: str | None = None
    changed: str | None = None
    printed: str = ""
    warned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a judge finds.

    ``status`` is one of :data:`RIGHT`, :data:`NOT_ATTEMPTED`, :data:`WRONG`, :data:`STOPPED`;
    ``message`` is Markdown for the reader, ``details`` are further lines of plain text, ``slip`` is
    the name of the known mistake, where it is one, ``wrong`` are the cases that are not right.
    """

    status: str
    message: str = ""
    details: tuple[str, ...] = ()
    slip: str | None = None
    wrong: frozenset[int] = frozenset()

    @property
    def right(self) -> bool:
        return self.status == RIGHT


#: What NumPy says only to those who know its inside, and the same in plain words.
_RIDDLES = (
    (
        r"^matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
        r"\S+ \(size (\d+) is different from (\d+)\)",
        r"in the product @ the left side has \2 columns and the right side \1 rows "
        r"(of a vector: entries); the two must be equal",
    ),
    (
        r"^matmul: Input operand (\d) does not have enough dimensions \(has 0, .*",
        r"one side of the product @ is a single number; numbers are multiplied by *",
    ),
)


def error_text(error: BaseException) -> str:
    """The type of an exception and its text, in one line of some 200 characters at most."""
    text = " ".join(str(error).split())
    if isinstance(error, NameError) and error.name == "math":
        text += "; np has its functions for arrays too, as np.exp and np.log"
    for pattern, plain in _RIDDLES:
        text = re.sub(pattern, plain, text)
    text = text if len(text) <= 200 else text[:200] + "…"
    return f"{type(error).__name__}: {text}".rstrip(".: ")


def has_dots(x) -> bool:
    """Whether a value is or holds ``...``, which means: not attempted."""
    if isinstance(x, (tuple, list)):
        return any(has_dots(v) for v in x)
    if isinstance(x, dict):
        return any(has_dots(v) for v in x.values())
    return x is Ellipsis


def dots_left(outcome: Outcome) -> bool:
    """Whether it failed over ``...``."""
    # Python's and PyTorch's own words; NumPy speaks of ellipses in other errors, too.
    words = ("'ellipsis'", "not ellipsis", "ellipsis object")
    return outcome.error is not None and any(word in outcome.said for word in words)


def raised(outcome: Outcome) -> str:
    """A sentence about the exception, and where in the learner's code it was."""
    lines, text = outcome.lines[-2:], f"Your code raised `{outcome.said}`."
    if outcome.error == "RecursionError":
        lines = lines[-1:]
        text = "Your function calls itself without end: where does it stop?"
    elif "`" in outcome.said:
        text = f"Your code raised {outcome.said}."
    return " ".join([text, *(f"See {line}." for line in lines)])


def printed(outcome: Outcome) -> tuple[str, ...]:
    """What it printed, in three lines at most."""
    lines = outcome.printed.strip().splitlines()
    shown = tuple(f"Your code printed: {line[:100]}" for line in lines[:3])
    return (*shown, f"(and {len(lines) - 3} lines more)") if len(lines) > 3 else shown
