"""Judging an answer: is it right, and if not, which mistake is it?"""

from __future__ import annotations

import copy
import functools
import inspect
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from groundup.questions import compare
from groundup.questions.guard import Guard, Run, learner_lines
from groundup.questions.question import Exercise, get

RIGHT, NOT_ATTEMPTED, WRONG, STOPPED = "right", "not attempted yet", "not right yet", "stopped"


@dataclass(frozen=True)
class Verdict:
    """What :func:`examine` finds.

    ``status`` is one of :data:`RIGHT`, :data:`NOT_ATTEMPTED`, :data:`WRONG`, :data:`STOPPED`;
    ``message`` is Markdown for the reader, ``details`` are further lines of plain text, ``slip`` is
    the name of the known mistake, where it is one.
    """

    exercise: Exercise
    status: str
    message: str = ""
    details: tuple[str, ...] = ()
    slip: str | None = None

    @property
    def right(self) -> bool:
        return self.status == RIGHT


@dataclass(frozen=True)
class _Outcome:
    """What came of one case: a run, and the name of the argument that was changed, if any."""

    run: Run
    changed: str | None = None


def examine(id: str, answer, *, tick: Callable[[float], None] | None = None) -> Verdict:
    """Judge an answer to exercise ``id``; displays nothing and records nothing.

    Raises
    ------
    ValueError, TypeError
        Only when there is no such exercise. Whatever the answer does is part of the verdict.
    """
    it = get(id)
    if _has_dots(answer) or _is_stub(it, answer):
        return Verdict(it, NOT_ATTEMPTED)
    problem = _wrong_form(it, answer) or _wrong_signature(it, answer)
    if problem:
        return Verdict(it, WRONG, problem)
    guard = Guard(
        it.time_limit,
        output_limit=200_000 if it.trains else 10_000,
        warnings_raise=it.forbid_warnings,
        tick=tick,
    )
    return _ask_judge(it, answer, guard) if it.judged_by else _compare(it, answer, guard)


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


def _has_dots(x) -> bool:
    if isinstance(x, (tuple, list)):
        return any(_has_dots(v) for v in x)
    if isinstance(x, dict):
        return any(_has_dots(v) for v in x.values())
    return x is Ellipsis


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


# --- by comparison ---


def _compare(it: Exercise, answer, guard: Guard) -> Verdict:
    cases = cases_of(it)
    got = outcomes(it, answer, cases, guard)
    last = got[-1].run
    if _has_dots(got[0].run.value) or _dots_error(got):
        return Verdict(it, NOT_ATTEMPTED, _dots_left(it) if got[0].run.error else "")
    if last.stopped:
        return _stopped(it, last, cases[len(got) - 1])
    want = outcomes(it, it.answer(it.reference), cases)
    wrong = [
        i for i, (g, w) in enumerate(zip(got, want, strict=True)) if not same_outcome(it, g, w)
    ]
    if not wrong:
        return Verdict(it, RIGHT, _warned(got))
    details = _details(it, cases[wrong[0]], got[wrong[0]], want[wrong[0]])
    for slip in it.slips:
        theirs = outcomes(it, it.answer(slip.make), cases)
        if all(same_outcome(it, g, s) for g, s in zip(got, theirs, strict=True)):
            if got[wrong[0]].run.error is not None:
                details = (*details, f"Your code raised {_error(got[wrong[0]].run.error)}")
            return Verdict(it, WRONG, slip.message, details, slip.name)
    first = got[wrong[0]]
    if first.changed and not want[wrong[0]].changed:
        message = (
            f"Your function changes its input `{first.changed}`, which belongs to the caller: "
            f"make a new array, or work on a copy."
        )
    elif first.run.error is not None:
        message = _raised(answer, first.run.error)
    elif want[wrong[0]].run.error is not None:
        wanted = type(want[wrong[0]].run.error).__name__
        message = f"On this input your function must raise {wanted}; it returns a result."
    else:
        message = _relation(it, cases, got, want, wrong)
    return Verdict(it, WRONG, message, details)


def outcomes(
    it: Exercise, answer, cases: Sequence[tuple], guard: Guard | None = None
) -> list[_Outcome]:
    """What an answer does on each case, up to the first at which it has to be stopped."""
    guard = guard or Guard(600.0, warnings_raise=it.forbid_warnings)
    names = _parameters(it)
    found = []
    for case in cases:
        copies = copy.deepcopy(case)
        if it.run is not None:
            call = functools.partial(it.run, answer, *copies)
        elif it.form == "value":
            call = functools.partial(_given, answer)
        else:
            call = functools.partial(answer, *copies)
        run = guard.run(call)
        changed = [i for i, (a, b) in enumerate(zip(case, copies, strict=True)) if _differ(a, b)]
        name = names[changed[0]] if changed and not it.mutates else None
        found.append(_Outcome(run, name))
        if run.stopped:
            break
    return found


def same_outcome(it: Exercise, a: _Outcome, b: _Outcome) -> bool:
    """Whether two answers did the same: same value, or same type of error, or same change."""
    if a.changed != b.changed or a.run.stopped != b.run.stopped:
        return False
    if a.run.error is not None or b.run.error is not None:
        return type(a.run.error) is type(b.run.error)
    return compare.equal(
        a.run.value, b.run.value, rtol=it.rtol, atol=it.atol, same_shape=it.same_shape
    )


def _given(answer):
    return answer


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


def _parameters(it: Exercise) -> list[str]:
    """Names for the arguments of a case: those of ``run`` after the answer, or the reference's."""
    if it.run is not None:
        names = list(inspect.signature(it.run).parameters)[1:]
    elif it.form == "value":
        names = []
    else:
        names = list(inspect.signature(it.reference).parameters)
    return [*names, *(f"argument {i + 1}" for i in range(len(names), 20))]


def _relation(it, cases, got, want, wrong) -> str:
    """The first sentence that holds on every wrong case; else the first on the smallest."""
    names = _parameters(it)
    plain = [i for i in wrong if got[i].run.error is None and want[i].run.error is None]
    found = []
    for i in plain:
        sizes = {}
        for name, argument in zip(names, cases[i], strict=False):
            array = compare.as_array(argument)
            if array is None or array.ndim == 0:
                continue
            if array.ndim > 1:
                sizes[f"`{name}` has rows"] = len(array)
                sizes[f"`{name}` has columns"] = array.shape[1]
            sizes[f"`{name}` has entries"] = array.size
        pair = got[i].run.value, want[i].run.value
        found.append(compare.relations(*pair, sizes, it.rtol, it.atol))
    common = [text for text in found[0] if all(text in others for others in found)]
    text = (common or found[0])[0]
    if it.form == "value" and it.run is None and re.search("(twice|half of|times) what", text):
        text = found[0][-1]  # the factor would give the answer away
    return text or "That is not it."


def _details(it: Exercise, case: tuple, got: _Outcome, want: _Outcome) -> tuple[str, ...]:
    lines = []
    if case:
        given = ", ".join(
            f"{name} = {compare.short(value)}"
            for name, value in zip(_parameters(it), case, strict=False)
        )
        lines.append(f"Smallest input that shows it: {given}")
    wanted, digits = want.run, 4
    if case and _with_shape(got.run.value) == _with_shape(wanted.value):
        digits = 12  # what differs must be seen to differ
    if got.run.error is None:
        lines.append(f"Your result: {_with_shape(got.run.value, digits)}")
    if case:  # the wanted value of a question for one value would be its solution
        lines.append(
            f"Wanted: {_with_shape(wanted.value, digits)}"
            if wanted.error is None
            else f"Wanted: it raises {type(wanted.error).__name__}"
        )
    return (*lines, *_printed(got.run))


def _with_shape(value, digits: int = 4) -> str:
    array, text = compare.as_array(value), compare.short(value, digits=digits)
    told = array is None or array.ndim == 0 or "shape" in text or isinstance(value, tuple)
    return text if told else f"{text}, of shape {array.shape}"


def _printed(run: Run) -> tuple[str, ...]:
    lines = run.printed.strip().splitlines()
    shown = tuple(f"Your code printed: {line[:100]}" for line in lines[:3])
    return (*shown, f"(and {len(lines) - 3} lines more)") if len(lines) > 3 else shown


def _warned(got: list[_Outcome]) -> str:
    texts = sorted({text for outcome in got for text in outcome.run.warned})
    return f"On one of the inputs NumPy warned: {texts[0]}." if texts else ""


# --- by a judge ---


def _ask_judge(it: Exercise, answer, guard: Guard) -> Verdict:
    if it.form == "value":
        handed, returned = _copy(answer), []
    elif it.form == "class":
        handed, returned = answer, []
    else:
        handed, returned = _remembering(answer)
    run = guard.run(lambda: it.judged_by(handed, _rng(it)))
    if run.stopped:
        return _stopped(it, run, ())
    if any(map(_has_dots, returned)) or _dots_error([_Outcome(run)]):
        return Verdict(it, NOT_ATTEMPTED, _dots_left(it) if run.error else "")
    if run.error is not None:
        if returned and returned[-1] is None:
            message = "Your function returns None: does every way through it end in `return`?"
        else:
            message = _raised(answer, run.error)
        return Verdict(it, WRONG, message, _printed(run))
    if run.value is None:
        return Verdict(it, RIGHT)
    if not isinstance(run.value, str):
        raise TypeError(
            f"the judge of exercise {it.id} must return None or a text; got {run.value!r}"
        )
    for slip in it.slips:
        if run.value in (slip.name, slip.message):
            return Verdict(it, WRONG, slip.message, _printed(run), slip.name)
    if " " not in run.value:
        raise ValueError(f"the judge of exercise {it.id} names no known slip: {run.value!r}")
    return Verdict(it, WRONG, run.value, _printed(run))


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


# --- words ---


def _stopped(it: Exercise, run: Run, case: tuple) -> Verdict:
    if run.stopped == "output":
        message = "Your code printed without end and was stopped. Look for a `print` in a loop."
    else:
        message = (
            f"Your code had not finished after {it.time_limit:g} seconds and was stopped. "
            f"Look for a loop that never ends: does what its condition asks for ever change?"
        )
    given = ", ".join(
        f"{name} = {compare.short(value)}"
        for name, value in zip(_parameters(it), case, strict=False)
    )
    details = (f"It was running on: {given}",) if given else ()
    return Verdict(it, STOPPED, message, details)


def _raised(answer, error: BaseException) -> str:
    code = getattr(answer, "__code__", None)
    lines = learner_lines(error, code.co_filename if code else None)
    if isinstance(error, RecursionError):
        lines = lines[-1:]
        text = "Your function calls itself without end: where does it stop?"
    else:
        told = _error(error)
        text = f"Your code raised {told}." if "`" in told else f"Your code raised `{told}`."
    return " ".join([text, *(f"See {line}." for line in lines[-2:])])


def _error(error: BaseException) -> str:
    text = " ".join(str(error).split())
    text = text if len(text) <= 200 else text[:200] + "…"
    return f"{type(error).__name__}: {text}".rstrip(".: ")


def _dots_error(got: list[_Outcome]) -> bool:
    # Python's and PyTorch's own words; NumPy speaks of ellipses in other errors, too.
    words = ("'ellipsis'", "not ellipsis", "ellipsis object")
    error = got[0].run.error
    return error is not None and any(word in str(error) for word in words)


def _dots_left(it: Exercise) -> str:
    return f"There are dots left in `{it.name}`, where your code belongs."
