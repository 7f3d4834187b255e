"""What a reader types as the answer to a problem, as numbers: ``½``, ``1/2``, ``0.5``, ``50 %``.

Simple sums are worked out, too: ``3·4 + 4``. A comma separates numbers; where one number is wanted
it is refused with a sentence, since ``1,024`` is one thing in English and another in German.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import unicodedata

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_SIGNS = str.maketrans({"·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-", "⁄": "/", "÷": "/"})
_LONGEST = 200  # characters


class TypedError(ValueError):
    """What was typed is no answer to be judged; the message says what is wanted."""


def numbers(text: str, count: int | None = None, *, percent: bool = False):
    """The number in a text, or the tuple of ``count`` numbers.

    With ``percent`` a number followed by ``%`` is its hundredth.

    Raises
    ------
    TypedError
        When there is something else; the sentence names it and says what is wanted.
    """
    if len(text) > _LONGEST:
        raise TypedError(f"An answer has at most {_LONGEST} characters; this has {len(text)}.")
    plain = text.strip().translate(_SIGNS)
    if not plain:
        raise TypedError("Write your answer first.")
    if "%" in plain and not percent:
        raise TypedError("A plain number is wanted here, not one in per cent.")
    if count is None:
        if re.search(r"\d,\d", plain):
            raise TypedError(
                f"One number is wanted, and “{text.strip()}” can be read in two ways: write a "
                "decimal point, as in 0.5, and thousands without a sign, as in 1024."
            )
        return _number(plain)
    parts = [part for part in re.split(r"[,;]", _without_brackets(plain)) if part.strip()]
    if len(parts) != count:
        raise TypedError(
            f"{count} numbers are wanted, with commas between them and decimal points, such as "
            f"{', '.join(['0.5', '-2', '3', '1', '4'][:count])}; this has {len(parts)}."
        )
    return tuple(map(_number, parts))


def _without_brackets(text: str) -> str:
    pairs = {"(": ")", "[": "]"}
    whole = text[0] in pairs and text[-1] == pairs[text[0]] and text.count(text[0]) == 1
    return text[1:-1] if whole else text


def _number(text: str) -> int | float:
    """One number or a sum of numbers."""
    percent = text.rstrip().endswith("%")
    plain = "".join(map(_fraction, text.rstrip().removesuffix("%")))
    plain = re.sub(r"(?<=\d)[\s_'’](?=\d{3}\b)", "", plain).strip()  # thousands
    try:
        value = _value(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        raise TypedError(f"“{text.strip()}” is no number such as 3, 0.5, 1/2 or ½.") from None
    return value / 100 if percent else value


def _fraction(character: str) -> str:
    """``½`` as ``+1/2``, so that ``1½`` is one and a half."""
    if unicodedata.category(character) != "No" or "⁄" not in unicodedata.normalize(
        "NFKC", character
    ):
        return character
    return "+" + unicodedata.normalize("NFKC", character).replace("⁄", "/")


def _value(node: ast.expr) -> int | float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = node.value
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        value = _OPERATORS[type(node.op)](_value(node.operand))
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        value = _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    else:
        raise ValueError
    if not math.isfinite(value):
        raise ValueError
    return value
