"""Examining an answer in the reader's own session: it is run here, within limits, then judged."""

from __future__ import annotations

import copy
import functools
import inspect
import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from groundup.questions import compare
from groundup.questions.guard import Guard, Run, learner_lines
from groundup.questions.judge import judge, judged, unfinished
from groundup.questions.near import near_misses
from groundup.questions.outcome import (
    NOT_ATTEMPTED,
    WRONG,
    Outcome,
    Verdict,
    error_text,
    has_dots,
    printed,
    raised,
)
from groundup.questions.question import Exercise, get


def examine(id: str, answer, *, tick: Callable[[float], None] | None = None) -> Verdict:
    """The verdict on an answer to exercise ``id``; displays nothing and records nothing.

    Raises
    ------
    ValueError, TypeError
        Only when there is no such exercise. Whatever the answer does is part of the verdict.
    """
    it = get(id)
    if has_dots(answer) or _is_stub(it, answer):
        return Verdict(NOT_ATTEMPTED)
    problem = _wrong_form(it, answer) or _wrong_signature(it, answer)
    if problem:
        return Verdict(WRONG, problem)
    guard = Guard(
        it.time_limit,
        output_limit=200_000 if it.trains else 10_000,
        warnings_raise=it.forbid_warnings,
        tick=tick,
    )
    if it.judged_by:
        return _ask_judge(it, answer, guard)
    cases = cases_of(it)
    got = outcomes(it, answer, cases, guard)
    return judge(it, cases, got, lambda make: _ours(it, make, cases), near_misses(it))


def _ours(it: Exercise, make: Callable, cases: Sequence[tuple]) -> Iterator[Outcome]:
    """What one of our own answers does, case by case, as far as it is asked for."""
    answer = it.answer(make)
    for case in cases:
        yield from outcomes(it, answer, [case])


def cases_of(it: Exercise) -> list[tuple]:
    """The cases of a compared exercise, always the same; one empty case for a value."""
    if it.cases is None:
        if it.form == "value" and it.run is None:
            return [()]
        raise ValueError(f"exercise {it.id} needs cases or a judge")
    cases = list(it.cases(_rng(it)))
    if not cases or not all(isinstance(case, tuple) for case in cases):
        raise ValueError(f"cases of exercise {it.id} must be tuples of arguments, at least one")
    return cases


def _rng(it: Exercise) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(it.id.encode()))


# --- before it runs ---


def _is_stub(it: Exercise, answer) -> bool:
    """Whether the answer is the stub's, whatever the stub does."""
    if it.form == "value":
        value = it.stub_value
        return type(answer) is type(value) and value is not None and bool(answer == value)
    codes = [c for c in compile(it.stub, "stub", "exec").co_consts if inspect.iscode(c)]
    mine = next(c for c in reversed(codes) if c.co_name == it.name)
    if it.form == "function":
        return _same_code(getattr(answer, "__code__", None), mine)
    if not isinstance(answer, type):
        return False
    methods = {c.co_name: c for c in mine.co_consts if inspect.iscode(c)}
    theirs = {n: f.__code__ for n, f in vars(answer).items() if inspect.isfunction(f)}
    return methods.keys() == theirs.keys() and all(
        _same_code(theirs[n], methods[n]) for n in methods
    )


def _same_code(a, b) -> bool:
    if not inspect.iscode(a) or not inspect.iscode(b):
        return type(a) is type(b) and a == b
    return (
        a.co_code == b.co_code
        and a.co_names == b.co_names
        and a.co_varnames == b.co_varnames
        and len(a.co_consts) == len(b.co_consts)
        and all(_same_code(x, y) for x, y in zip(a.co_consts, b.co_consts, strict=True))
    )


def _wrong_form(it: Exercise, answer) -> str | None:
    if it.form == "function" and (not callable(answer) or isinstance(answer, type)):
        return (
            f"The function `{it.name}` itself is wanted, without brackets: "
            f'`check("{it.id}", {it.name})`. You hand in {compare.a_type(answer)}.'
        )
    if it.form == "class" and not isinstance(answer, type):
        return f"The class `{it.name}` itself is wanted. You hand in {compare.a_type(answer)}."
    if it.form == "value" and inspect.isroutine(answer):
        return (
            f"A value is wanted, not a function. You hand in {compare.a_type(answer)}; "
            f"did you forget to call it?"
        )
    return None


def _wrong_signature(it: Exercise, answer) -> str | None:
    if it.form == "value":
        return None
    try:
        theirs, ours = inspect.signature(answer), inspect.signature(it.reference)
    except (TypeError, ValueError):  # built in C, without a signature: the call will tell
        return None
    needed = [p for p in ours.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    required = [p for p in needed if p.default is p.empty]
    try:
        theirs.bind(*required)
        theirs.bind(*needed)
    except TypeError:
        names = ", ".join(p.name for p in needed)
        yours = ", ".join(p.name for p in theirs.parameters.values())
        return (
            f"`{it.name}` must take {len(needed)} argument{'s' * (len(needed) != 1)}, "
            f"`({names})`, in this order. Yours takes `({yours})`."
        )
    return None


# --- running it ---


def outcomes(
    it: Exercise, answer, cases: Sequence[tuple], guard: Guard | None = None
) -> list[Outcome]:
    """What an answer does on each case, up to the first at which it has to be stopped."""
    guard = guard or Guard(math.inf, warnings_raise=it.forbid_warnings)
    found = []
    for case in cases:
        copies = copy.deepcopy(case)
        if it.run is not None:
            call = functools.partial(it.run, answer, *copies)
        elif it.form == "value":
            call = functools.partial(_given, answer)
        else:
            call = functools.partial(answer, *copies)
        found.append(_outcome(answer, guard.run(call), changed(it.parameters, case, copies)))
        if found[-1].stopped:
            break
    return found


def _given(answer):
    return answer


def _outcome(answer, run: Run, changed: str | None = None) -> Outcome:
    error, lines = run.error, ()
    if error is not None:
        code = getattr(answer, "__code__", None)
        lines = tuple(learner_lines(error, code.co_filename if code else None))
    return Outcome(
        value=run.value,
        error=type(error).__name__ if error is not None else None,
        said=error_text(error) if error is not None else "",
        lines=lines,
        stopped=run.stopped,
        changed=changed,
        printed=run.printed,
        warned=tuple(run.warned),
    )


def changed(names: Sequence[str], before: tuple, after: tuple) -> str | None:
    """The name of the first argument that a call has changed, if any."""
    pairs = zip(names, before, after, strict=False)
    return next((name for name, a, b in pairs if _differ(a, b)), None)


def _differ(before, after) -> bool:
    """Whether an argument has been changed; only numbers and containers of them are looked at."""
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return len(before) != len(after) or any(map(_differ, before, after))
    if isinstance(before, dict):
        return before.keys() != after.keys() or any(_differ(before[k], after[k]) for k in before)
    a, b = compare.as_array(before), compare.as_array(after)
    if a is None or b is None:
        return (a is None) != (b is None)
    return a.shape != b.shape or not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


# --- by a judge, which runs the answer itself ---


def _ask_judge(it: Exercise, answer, guard: Guard) -> Verdict:
    if it.form == "value":
        handed, returned = _copy(answer), []
    elif it.form == "class":
        handed, returned = answer, []
    else:
        handed, returned = _remembering(answer)
    run = guard.run(lambda: it.judged_by(handed, _rng(it)))
    outcome = _outcome(answer, run)
    handed_back = replace(outcome, value=returned[-1] if returned else None)
    if verdict := unfinished(it, (), handed_back):
        return verdict
    if run.error is None:
        return judged(it, run.value, printed(outcome))
    message = raised(outcome)
    if returned and returned[-1] is None:
        message = "Your function returns None: does every way through it end in `return`?"
    return Verdict(WRONG, message, printed(outcome))


def _copy(answer):
    try:
        return copy.deepcopy(answer)
    except Exception:  # not everything can be copied; then the judge gets the thing itself
        return answer


def _remembering(answer: Callable) -> tuple[Callable, list]:
    """The function, and a list that will hold what it returned last."""
    returned: list = []

    @functools.wraps(answer)
    def wrapper(*args, **kwargs):
        returned[:] = [answer(*args, **kwargs)]
        return returned[0]

    return wrapper, returned
