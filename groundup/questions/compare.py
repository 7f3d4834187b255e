"""Comparing a learner's result with the wanted one, and saying how the two are related."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Seen(dict):
    """What ``run`` of a question looked at, by the name that a learner is told it by.

    The first is what the answer returned; of the others the learner returned nothing.
    """


def as_array(x) -> np.ndarray | None:
    """Numbers as an array: from scalars, (nested) lists, arrays and tensors; else None."""
    if isinstance(x, (str, bytes, Mapping)) or callable(x):
        return None
    if hasattr(x, "detach"):
        x = x.detach().cpu()
    elif isinstance(x, (list, tuple)):
        x = [np.asarray(v.detach().cpu()) if hasattr(v, "detach") else v for v in x]
    elif not isinstance(x, (np.ndarray, np.generic, numbers.Number)):
        return None
    try:
        array = np.asarray(x)
    except (ValueError, TypeError, RuntimeError):  # ragged lists, tensors that NumPy cannot hold
        return None
    return array if array.dtype.kind in "biufc" else None


def equal(got, want, *, rtol: float, atol: float) -> bool:
    """Whether a result is the wanted one; the course has no other comparison of answers.

    Numbers may come as scalars, lists, arrays or tensors of any precision, in the wanted shape; a
    count must be exact, NaN is right only where NaN is wanted. Tuples, dictionaries and lists of
    arrays are compared entry by entry, texts without regard to case and outer spaces.
    """
    options = {"rtol": rtol, "atol": atol}
    if want is None or want is Ellipsis:
        return got is want
    if isinstance(want, str):
        return isinstance(got, str) and got.strip().casefold() == want.strip().casefold()
    if isinstance(want, Mapping):
        return (
            isinstance(got, Mapping)
            and got.keys() == want.keys()
            and all(equal(got[k], want[k], **options) for k in want)
        )
    wanted = as_array(want)
    if isinstance(want, tuple) or (wanted is None and isinstance(want, list)):
        parts = as_parts(got)
        return (
            parts is not None
            and len(parts) == len(want)
            and all(equal(g, w, **options) for g, w in zip(parts, want, strict=True))
        )
    if wanted is None:
        raise TypeError(
            f"a {type(want).__name__} cannot be compared: give the exercise run= or a judge"
        )
    array = as_array(got)
    if array is None or array.shape != wanted.shape:
        return False
    return bool(np.all(close(array, wanted, rtol, atol)))


def as_parts(x) -> list | None:
    """The entries of a tuple, a list or an array along its first axis; else None."""
    if isinstance(x, (tuple, list)):
        return list(x)
    array = as_array(x)
    return list(array) if array is not None and array.ndim else None


def numbers_in(x) -> list | None:
    """All numbers of a result, also in tuples, lists and dictionaries.

    None where it holds anything else, or more numbers than a learner's answer would.
    """
    array = as_array(x)
    if array is not None:
        return array.ravel().tolist() if array.size <= 10**6 else None
    if not isinstance(x, (Mapping, tuple, list)):
        return None
    parts = [numbers_in(part) for part in (x.values() if isinstance(x, Mapping) else x)]
    return None if None in parts else [number for part in parts for number in part]


def close(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Entry by entry: whether ``got`` is ``want`` to within the tolerances."""
    kinds = got.dtype.kind + want.dtype.kind
    if all(kind in "biu" for kind in kinds):
        return got == want
    rtol, atol = _tolerances(got, want, rtol, atol)
    with np.errstate(all="ignore"):
        return np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)


def _tolerances(got, want, rtol: float, atol: float) -> tuple[float, float]:
    if want.dtype.kind in "biu":
        rtol = 0.0  # a count is right or not, whatever its size
    if any(a.dtype in (np.float16, np.float32, np.complex64) for a in (got, want)):
        finite = np.abs(want[np.isfinite(want)])
        rtol = max(rtol, 1e-4)
        atol = max(atol, 1e-5 * float(finite.max(initial=0.0)))
    return rtol, atol


# --- how a wrong result is related to the wanted one ---


class Relation(NamedTuple):
    """A sentence about a difference.

    ``kind`` is the same for the same relation of other results, whatever their shapes; ``numbers``
    counts the wanted numbers that speak for it, 0 for a plain fact, which needs none.
    """

    kind: str
    text: str
    numbers: int = 0


#: relations by which the wanted numbers could not be worked out: the reader has them already
ORDER = frozenset({"transposed", "reversed", "elsewhere", "opposite", "shape", "reduced"})
#: facts of one result that mislead where they are not so of all
SIDES = frozenset({"too large", "too small"})


def relations(got, want, sizes: Mapping[str, int], rtol: float, atol: float) -> list[Relation]:
    """What can be said of the difference, the most telling first; the last is a fact.

    Parameters
    ----------
    got, want
        A result and what was wanted; they differ.
    sizes
        Numbers that a result may be too large or too small by, by name: ``{"`X` has rows": 4}``.

    All of it holds for this one input, some of it by chance: a relation is said only if it holds
    on all inputs that differ.
    """
    wanted, array = as_array(want), as_array(got)
    if isinstance(want, Seen):
        return _of_seen(got, want, sizes, rtol, atol)
    if got is None:
        return [_fact("Your result is None: does every way through the function end in `return`?")]
    if type(got).__name__ == "generator":
        return [_fact("Your function has a `yield` where a `return` is needed.")]
    if isinstance(want, str):
        return [_fact("That is not it." if isinstance(got, str) else
                      f"A text is wanted; you have {a_type(got)}.")]  # fmt: skip
    if isinstance(want, Mapping):
        return [_fact(_keys(got, want))]
    if isinstance(want, tuple) or (wanted is None and isinstance(want, list)):
        return _of_parts(got, want, sizes, rtol, atol)
    if array is None:
        kind = "A number" if wanted.ndim == 0 else "An array of numbers"
        return [_fact(f"{kind} is wanted; your result is {a_type(got)}.")]
    if array.shape != wanted.shape:
        return _of_shapes(array, wanted, rtol, atol)
    return _of_numbers(array, wanted, sizes, rtol, atol)


def _fact(text: str, kind: str = "fact") -> Relation:
    return Relation(kind, text)


def _keys(got, want: Mapping) -> str:
    if not isinstance(got, Mapping):
        return f"A dictionary is wanted; your result is {a_type(got)}."
    if got.keys() != want.keys():
        return f"The keys {', '.join(map(repr, want))} are wanted; yours are {list(got)!r}."
    return "The keys are right; the values are not all."


def _of_seen(got, want: Seen, sizes, rtol, atol) -> list[Relation]:
    same = {"rtol": rtol, "atol": atol}
    first, *others = want
    if not isinstance(got, Seen):  # it could be looked at no further
        if equal(got, want[first], **same):
            return [
                _fact(f"The numbers are right, but {others[0]} cannot be had from your result.")
            ]
        return relations(got, want[first], sizes, rtol, atol)
    name = next(it for it in want if not equal(got.get(it), want[it], **same))
    if isinstance(got[name], str):
        return [_fact(f"What differs is {name}: yours is {got[name]}.")]
    found = relations(got[name], want[name], sizes, rtol, atol)
    if name == first:
        return found
    where = f"What differs is {name}. "
    return [r._replace(text=where + r.text.replace("Your result", "It", 1)) for r in found]


def first_that_differs(got: Mapping, want: Mapping, rtol: float, atol: float):
    """The first name whose two results are not the same."""
    return next(it for it in want if not equal(got.get(it), want[it], rtol=rtol, atol=atol))


def _of_parts(got, want, sizes, rtol, atol) -> list[Relation]:
    parts = as_parts(got)
    if parts is None or len(parts) != len(want):
        have = a_type(got) if parts is None else f"{len(parts)}"
        return [_fact(f"{len(want)} results are wanted; you return {have}.")]
    same = {"rtol": rtol, "atol": atol}
    right = [equal(g, w, **same) for g, w in zip(parts, want, strict=True)]
    first = right.index(False)
    where = f"Of the {len(want)} results number {first + 1} is the first that differs. "
    found = [
        r._replace(text=where + r.text)
        for r in relations(parts[first], want[first], sizes, rtol, atol)
    ]
    if all(equal(g, w, **same) for g, w in zip(parts, reversed(want), strict=True)):
        text = "The results are right, and in the opposite order."
        found.insert(0, Relation("opposite", text, len(want)))
    return found


def _of_shapes(got: np.ndarray, want: np.ndarray, rtol, atol) -> list[Relation]:
    shapes = f"the shape is {got.shape} where {want.shape or 'a single number'} is wanted"
    same = {"rtol": rtol, "atol": atol}
    found, n = [], int(np.count_nonzero(want))
    if got.size == want.size and equal(got.ravel(), want.ravel(), **same):
        found.append(Relation("shape", f"The numbers are right, but {shapes}.", n))
    elif got.T.shape == want.shape and equal(got.T, want, **same):
        text = f"Your result is the transpose of what is wanted: {shapes}."
        found.append(Relation("transposed", text, n))
    elif want.ndim == 0 and got.size and got.dtype.kind != "b":
        for name, reduced in (("mean", got.mean()), ("sum", got.sum())):
            if equal(reduced, want, **same):
                text = f"You return {got.size} numbers; one is wanted, their {name}."
                found.append(Relation("reduced", text, got.size))
    elif got.ndim == 0 and want.size > 1:
        text = f"You return one number; an array of shape {want.shape} is wanted."
        return [_fact(text, "one number")]
    elif got.ndim == 2 and got.shape == (want.size, want.size):
        text = (
            f"Your result has shape {got.shape} where {want.shape} is wanted: somewhere a column "
            f"and a flat array were stretched against each other."
        )
        found.append(Relation("stretched", text, want.size))
    return [*found, _fact(f"{shapes[0].upper()}{shapes[1:]}.", "shape")]


def _of_numbers(got: np.ndarray, want: np.ndarray, sizes, rtol, atol) -> list[Relation]:
    bad = [
        f"Your result holds {name} in {count} of {got.size} places where a number is wanted."
        if got.size > 1
        else f"Your result is {name} where a number is wanted."
        for name, count in (
            ("NaN", int((np.isnan(got) & ~np.isnan(want)).sum())),
            ("infinity", int((np.isinf(got) & np.isfinite(want)).sum())),
        )
        if count
    ]
    if bad:
        return [_fact(bad[0])]

    right = close(got, want, rtol, atol)
    g, w = (a.astype(complex if a.dtype.kind == "c" else float) for a in (got, want))
    found = []
    if g.size and np.all(np.isfinite(w)):
        with np.errstate(all="ignore"):
            rtol, atol = _tolerances(got, want, rtol, atol)
            n = int(np.count_nonzero(w))
            found = [
                Relation(kind or text, text, n)
                for text, kind, a, b in [*_scales(g, w, sizes), *_functions(g, w)]
                if np.allclose(a, b, rtol=rtol, atol=atol)
            ]
            if _rounded(g, w):
                found.append(Relation("rounded", _ROUNDED, n))
            if np.allclose(g, w, rtol=1e-3, atol=0):
                found.append(Relation("near", _NEAR, n))
    return [*found, _how_many(got, want, right)]


_ROUNDED = "Your result is rounded more than is asked for."
_NEAR = "Your result is near what is wanted, but not it: it is off by less than a thousandth of it."


def _functions(g, w) -> list[tuple]:
    """(sentence, kind or "", a, b): the sentence holds where a equals b."""
    found = [
        ("Your result is the negative of what is wanted.", "", -g, w),
        ("Your result is one minus what is wanted.", "", 1 - g, w),
    ]
    if g.ndim > 0:
        found.append(("The entries are right, and in reverse order.", "reversed", g[::-1], w))
    if g.ndim > 1 and g.shape == g.T.shape:
        found.append(("Your result is the transpose of what is wanted.", "transposed", g.T, w))
    if len(np.unique(w)) > 2:  # zeros and ones alone are soon the same ones
        ordered = (np.sort(x, axis=None) for x in (g, w))
        found.append(("The right numbers are there, and in other places.", "elsewhere", *ordered))
    if g.size > 1:
        text = "Your result differs from what is wanted by the same number everywhere."
        found.append((text, "", g - (g - w).flat[0], w))
    return [
        *found,
        ("The sizes are right; the signs are not all.", "", np.abs(g), np.abs(w)),
        ("Your result is the square of what is wanted.", "", g, w**2),
        ("Your result is the square root of what is wanted.", "", g, np.sqrt(w)),
        ("Your result is the logarithm of what is wanted.", "", g, np.log(w)),
        ("Your result is the exponential of what is wanted.", "", g, np.exp(w)),
        ("Your result is one over what is wanted.", "", g, 1 / w),
    ]


def _scales(g, w, sizes) -> list[tuple]:
    found = []
    for name, size in sizes.items():
        if size > 1:
            found += [
                (f"Your result is as many times too large as {name}.", "", g / size, w),
                (f"Your result is as many times too small as {name}.", "", g * size, w),
            ]
    big = np.abs(w).argmax()
    factor = float(np.real(g.flat[big] / w.flat[big]))
    if not math.isfinite(factor) or factor in (0, -1) or f"{factor:.4g}" == "1":
        return found  # "1 times" what is wanted would be the wanted one
    words = {2.0: "twice", 0.5: "half of", -2.0: "minus twice", -0.5: "minus half of"}
    word = next((text for c, text in words.items() if math.isclose(c, factor, rel_tol=1e-4)), None)
    text = f"Your result is {word or f'{factor:.4g} times'} what is wanted."
    return [*found, (text, "", g / factor, w)]


def _rounded(g, w) -> bool:
    """Whether ``g`` is ``w`` with fewer decimals; one number alone must keep two digits of it."""
    if g.size == 1 and not np.isclose(g, w, rtol=0.05, atol=0).all():
        return False
    if not np.any((g != 0) & (g != w)):  # a 0 may be there for any reason
        return False
    return any(np.allclose(g, np.round(w, n), rtol=1e-9, atol=0) for n in range(6))


def _how_many(got, want, right) -> Relation:
    if np.iscomplexobj(got) or np.iscomplexobj(want):
        return _fact("Your numbers are not the wanted ones.")
    if want.dtype.kind == "b" and want.size == 1:
        return _fact("That is not it.")  # with two values to choose from, all else is the answer
    if right.any():
        where = np.argwhere(~right)[0]
        place = ", ".join(map(str, where))
        count = int(right.sum())
        text = f"{count} of {got.size} entries are right; the first wrong one is at [{place}]."
        return _fact(text, "some")
    those = "Your number is" if got.size == 1 else "All your numbers are"
    for side, holds in (("too large", np.all(got > want)), ("too small", np.all(got < want))):
        if holds:
            return _fact(f"{those} {side}.", side)
    return _fact("None of your numbers is the wanted one.", "none")


# --- showing values in one line ---


def short(x, limit: int = 12, digits: int = 4) -> str:
    """A value in one short line, the same in every session; numbers have so many digits."""
    array = as_array(x)
    if isinstance(x, (bool, type(None), type(...))):
        return repr(x)
    if array is not None and array.ndim == 0:
        return _number(array[()], digits)
    if isinstance(x, (tuple, list)) and (array is None or isinstance(x, tuple)) and len(x) <= 6:
        return (
            "(" + ", ".join(short(v, limit, digits) for v in x) + ("," if len(x) == 1 else "") + ")"
        )
    if array is not None:
        if array.size > limit:
            return f"an array of shape {array.shape}"
        if array.size == 0:
            return f"an empty array of shape {array.shape}"
        form = {"all": lambda number: _number(number, digits)}
        text = np.array2string(array, separator=", ", formatter=form, max_line_width=10**6)
        return " ".join(text.split())
    if isinstance(x, str):
        return repr(x if len(x) <= 60 else x[:60] + "…")
    if isinstance(x, Mapping) and len(x) <= 6:
        return "{" + ", ".join(f"{k!r}: {short(v, limit, digits)}" for k, v in x.items()) + "}"
    return a_type(x)


def _number(x, digits: int) -> str:
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    if isinstance(x, (int, np.integer)):
        return str(x) if abs(int(x)) < 10**15 else f"{float(x):.{digits}g}"
    return f"{x:.{digits}g}"


def a_type(x) -> str:
    """What kind of thing a value is, in words for a reader."""
    array = as_array(x)
    if x is None:
        return "None"
    if isinstance(x, bool):
        return "True or False"
    if isinstance(x, str):
        return "a text"
    if isinstance(x, type):
        return f"the class `{x.__name__}`"
    if isinstance(x, (list, tuple)):
        return f"a {type(x).__name__} of {len(x)}"
    if array is not None:
        return "a number" if array.ndim == 0 else f"an array of shape {array.shape}"
    if callable(x) and hasattr(x, "__name__"):
        return "a function" if x.__name__ == "<lambda>" else f"the function `{x.__name__}`"
    return f"an object of type {type(x).__name__}"
