"""Comparing a learner's result with the wanted one, and saying how the two are related."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping

import numpy as np


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


def equal(got, want, *, rtol: float, atol: float, same_shape: bool = True) -> bool:
    """Whether a result is the wanted one.

    Numbers may come as scalars, lists, arrays or tensors of any precision; NaN is right only where
    NaN is wanted. Tuples and lists of arrays are compared entry by entry, texts without regard to
    case and outer spaces.
    """
    options = {"rtol": rtol, "atol": atol, "same_shape": same_shape}
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
    if array is None or array.size != wanted.size or (same_shape and array.shape != wanted.shape):
        return False
    return bool(np.all(close(array.ravel(), wanted.ravel(), rtol, atol)))


def as_parts(x) -> list | None:
    """The entries of a tuple, a list or an array along its first axis; else None."""
    if isinstance(x, (tuple, list)):
        return list(x)
    array = as_array(x)
    return list(array) if array is not None and array.ndim else None


def close(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Entry by entry: whether ``got`` is ``want`` to within the tolerances."""
    kinds = got.dtype.kind + want.dtype.kind
    if all(kind in "biu" for kind in kinds):
        return got == want
    if want.dtype.kind in "biu":
        rtol = 0.0  # a count is right or not, whatever its size
    if any(a.dtype in (np.float16, np.float32, np.complex64) for a in (got, want)):
        finite = np.abs(want[np.isfinite(want)])
        rtol = max(rtol, 1e-4)
        atol = max(atol, 1e-5 * float(finite.max(initial=0.0)))
    with np.errstate(all="ignore"):
        return np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)


# --- how a wrong result is related to the wanted one ---


def relations(got, want, sizes: Mapping[str, int], rtol: float, atol: float) -> list[str]:
    """Sentences about the difference, the most telling first; never empty.

    Parameters
    ----------
    got, want
        A result and what was wanted; they differ.
    sizes
        Numbers that a result may be too large or too small by, by name: ``{"`X` has rows": 4}``.

    The sentences hold for this one input. A caller with several picks one that holds for all.
    """
    wanted, array = as_array(want), as_array(got)
    if got is None:
        return ["Your result is None: does every way through the function end in `return`?"]
    if type(got).__name__ == "generator":
        return ["Your function has a `yield` where a `return` is needed."]
    if isinstance(want, str):
        return ["" if isinstance(got, str) else f"A text is wanted; you have {a_type(got)}."]
    if isinstance(want, Mapping):
        return [_keys(got, want)]
    if isinstance(want, tuple) or (wanted is None and isinstance(want, list)):
        return _of_parts(got, want, sizes, rtol, atol)
    if array is None:
        kind = "A number" if wanted.ndim == 0 else "An array of numbers"
        return [f"{kind} is wanted; your result is {a_type(got)}."]
    if array.shape != wanted.shape:
        return _of_shapes(array, wanted, rtol, atol)
    return _of_numbers(array, wanted, sizes, rtol, atol)


def _keys(got, want: Mapping) -> str:
    if not isinstance(got, Mapping):
        return f"A dictionary is wanted; your result is {a_type(got)}."
    if got.keys() != want.keys():
        return f"The keys {', '.join(map(repr, want))} are wanted; yours are {list(got)!r}."
    return "The keys are right; the values are not all."


def _of_parts(got, want, sizes, rtol, atol) -> list[str]:
    parts = as_parts(got)
    if parts is None or len(parts) != len(want):
        have = a_type(got) if parts is None else f"{len(parts)}"
        return [f"{len(want)} results are wanted; you return {have}."]
    same = {"rtol": rtol, "atol": atol}
    if all(equal(g, w, **same) for g, w in zip(parts, reversed(want), strict=True)):
        return ["The results are right, and in the opposite order."]
    right = [equal(g, w, **same) for g, w in zip(parts, want, strict=True)]
    first = right.index(False)
    where = f"Of the {len(want)} results number {first + 1} is the first that differs. "
    return [where + r for r in relations(parts[first], want[first], sizes, rtol, atol)]


def _of_shapes(got: np.ndarray, want: np.ndarray, rtol, atol) -> list[str]:
    shapes = f"the shape is {got.shape} where {want.shape or 'a single number'} is wanted"
    same = {"rtol": rtol, "atol": atol}
    found = []
    if got.size == want.size and equal(got.ravel(), want.ravel(), **same):
        found.append(f"The numbers are right, but {shapes}.")
    elif got.T.shape == want.shape and equal(got.T, want, **same):
        found.append(f"Your result is the transpose of what is wanted: {shapes}.")
    elif want.ndim == 0 and got.size and got.dtype.kind != "b":
        for name, reduced in (("mean", got.mean()), ("sum", got.sum())):
            if equal(reduced, want, **same):
                found.append(f"You return {got.size} numbers; one is wanted, their {name}.")
    elif got.ndim == 0 and want.size > 1:
        found.append(f"You return one number; an array of shape {want.shape} is wanted.")
    elif got.ndim == 2 and got.shape == (want.size, want.size):
        found.append(
            f"Your result has shape {got.shape} where {want.shape} is wanted: somewhere a column "
            f"and a flat array were stretched against each other."
        )
    return [*found, f"{shapes[0].upper()}{shapes[1:]}."]


def _of_numbers(got: np.ndarray, want: np.ndarray, sizes, rtol, atol) -> list[str]:
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
        return bad

    def same(a, b=want) -> bool:
        return bool(np.all(close(np.asarray(a), np.asarray(b), rtol, atol)))

    right = close(got, want, rtol, atol)
    g, w = (a.astype(complex if a.dtype.kind == "c" else float) for a in (got, want))
    with np.errstate(all="ignore"):
        tests: list[tuple[str, Callable[[], bool]]] = [
            ("Your result is the negative of what is wanted.", lambda: same(-g)),
            *_scales(g, w, sizes, same),
            ("Your result is one minus what is wanted.", lambda: same(1 - g)),
            (
                "Your result is the transpose of what is wanted.",
                lambda: g.shape == g.T.shape and same(g.T),
            ),
            (
                "The entries are right, and in reverse order.",
                lambda: g.ndim > 0 and same(g[::-1]),
            ),
            ("The sizes are right; the signs are not all.", lambda: same(np.abs(g), np.abs(w))),
            ("Your result is the square of what is wanted.", lambda: same(g, w**2)),
            ("Your result is the square root of what is wanted.", lambda: same(g, np.sqrt(w))),
            ("Your result is the logarithm of what is wanted.", lambda: same(g, np.log(w))),
            ("Your result is the exponential of what is wanted.", lambda: same(g, np.exp(w))),
            ("Your result is one over what is wanted.", lambda: same(g, 1 / w)),
            (
                "The right numbers are there, and in other places.",
                lambda: same(np.sort(g, axis=None), np.sort(w, axis=None)),
            ),
            ("Your result is rounded more than is asked for.", lambda: _rounded(g, w)),
            (
                "Your result differs from what is wanted by the same number everywhere.",
                lambda: g.size > 1 and same(g - (g - w).flat[0]),
            ),
        ]
        # A relation means nothing where every wanted number is 0 or the arrays are empty.
        telling = g.size > 0 and np.any(w != 0) and np.all(np.isfinite(w))
        found = [text for text, holds in tests if telling and holds()]
        return [*found, _how_many(g, w, right)]


def _scales(g, w, sizes, same) -> list[tuple[str, Callable[[], bool]]]:
    found = []
    for name, size in sizes.items():
        if size > 1:
            found += [
                (f"Your result is as many times too large as {name}.", _holds(same, g / size)),
                (f"Your result is as many times too small as {name}.", _holds(same, g * size)),
            ]
    big = np.abs(w).argmax() if w.size else 0
    factor = float(np.real(g.flat[big] / w.flat[big])) if w.size and w.flat[big] else math.nan
    if not math.isfinite(factor) or factor == 0:
        return found
    words = {2.0: "twice", 0.5: "half of", -2.0: "minus twice", -0.5: "minus half of"}
    word = next((text for c, text in words.items() if math.isclose(c, factor, rel_tol=1e-4)), None)
    text = f"Your result is {word or f'{factor:.4g} times'} what is wanted."
    # One number is always some multiple of another: that says something only for plain factors.
    if w.size > 1 or word:
        found.append((text, _holds(same, g / factor)))
    return found


def _holds(same, scaled) -> Callable[[], bool]:
    return lambda: same(scaled)


def _rounded(g, w) -> bool:
    """Whether ``g`` is ``w`` with fewer decimals; one number alone must keep two digits of it."""
    if g.size == 1 and not np.isclose(g, w, rtol=0.05, atol=0).all():
        return False
    rounded = (np.round(w, digits) for digits in range(6))
    return any(np.any(it != 0) and np.allclose(g, it, rtol=1e-9, atol=0) for it in rounded)


def _how_many(g, w, right) -> str:
    if np.iscomplexobj(g) or np.iscomplexobj(w):
        return "Your numbers are not the wanted ones."
    if right.any():
        where = np.argwhere(~right)[0]
        place = ", ".join(map(str, where))
        count = int(right.sum())
        return f"{count} of {g.size} entries are right; the first wrong one is at [{place}]."
    those = "Your number is" if g.size == 1 else "All your numbers are"
    if np.all(g > w):
        return f"{those} too large."
    if np.all(g < w):
        return f"{those} too small."
    return "None of your numbers is the wanted one."


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
