"""Judging: from outcomes to a verdict. Nothing of an answer runs here, in a notebook or in grading.

An answer is run elsewhere, in the reader's session (:mod:`groundup.questions.examine`) or in the
grader's sandbox. What it did on each case is compared with what the worked solution does; the first
slip that did the same on all cases names the mistake, and otherwise the difference is described.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from groundup.questions import compare
from groundup.questions.outcome import (
    NOT_ATTEMPTED,
    RIGHT,
    STOPPED,
    WRONG,
    Outcome,
    Verdict,
    dots_left,
    has_dots,
    printed,
    raised,
)
from groundup.questions.question import Question, Slip


def judge(
    question: Question,
    cases: Sequence[tuple],
    got: Sequence[Outcome],
    ours: Callable[[Callable], Iterable[Outcome]],
    near: Sequence[Slip] = (),
) -> Verdict:
    """The verdict on an answer by comparison with the solution.

    Parameters
    ----------
    question, cases
        What was asked, and the tuples of arguments on which the answer was run.
    got
        What the answer did on each case; may end at the first on which it had to be stopped.
    ours
        What one of our own answers does on all cases: the solution's, or a slip's, ``make``.
    near
        Answers that are wrong in one thing, for a mistake that no slip of the question names.
    """
    want = list(ours(question.reference))
    wrong = [
        i
        for i in range(len(cases))
        if i >= len(got) or got[i].stopped or not same_outcome(question, got[i], want[i])
    ]
    if not wrong:
        return Verdict(RIGHT, _warned(got))
    found = None
    for i, outcome in enumerate(got):
        if found is None and (i == 0 or outcome.stopped):
            found = unfinished(question, cases[i], outcome)
    return replace(
        found or _of_wrong(question, cases, got, want, wrong, ours, near), wrong=frozenset(wrong)
    )


def unfinished(question: Question, case: tuple, outcome: Outcome) -> Verdict | None:
    """The verdict where dots are left in the answer, or it had to be stopped; else None."""
    if has_dots(outcome.value) or dots_left(outcome):
        left = f"There are dots left in `{question.name}`, where your code belongs."
        return Verdict(NOT_ATTEMPTED, left if outcome.error else "")
    if outcome.stopped == "output":
        message = "Your code printed without end and was stopped. Look for a `print` in a loop."
    elif outcome.stopped:
        message = (
            f"Your code had not finished after {question.time_limit:g} seconds and was stopped. "
            f"Look for a loop that never ends: does what its condition asks for ever change?"
        )
    else:
        return None
    details = (f"It was running on: {_given(question, case)}",) if case else ()
    return Verdict(STOPPED, message, details)


def judged(question: Question, said: str | None, details: tuple[str, ...] = ()) -> Verdict:
    """The verdict from what a question's own judge said: None, a slip's name or a sentence.

    Raises
    ------
    TypeError, ValueError
        When it said anything else.
    """
    if said is None:
        return Verdict(RIGHT)
    if not isinstance(said, str):
        raise TypeError(
            f"the judge of question {question.id} must return None or a text; got {said!r}"
        )
    for slip in question.slips:
        if said in (slip.name, slip.message):
            return Verdict(WRONG, slip.message, details, slip.name)
    if " " not in said:
        raise ValueError(f"the judge of question {question.id} names no known slip: {said!r}")
    return Verdict(WRONG, said, details)


def same_outcome(question: Question, a: Outcome, b: Outcome) -> bool:
    """Whether two answers did the same: same value, or same type of error, and same change."""
    if a.changed != b.changed or a.stopped != b.stopped:
        return False
    if a.error is not None or b.error is not None:
        return a.error == b.error
    return compare.equal(a.value, b.value, rtol=question.rtol, atol=question.atol)


def _of_wrong(question, cases, got, want, wrong, ours, near) -> Verdict:
    slip = next((s for s in question.slips if _did_the_same(question, got, ours(s.make))), None)
    slip = slip or _nearest(question, got, wrong, ours, near)
    if slip:
        shown, message = wrong[0], slip.message
    else:
        shown, message = _described(question, cases, got, want, wrong)
    details = _details(question, cases[shown], got[shown], want[shown])
    if slip and got[shown].error is not None:
        details = (*details, f"Your code raised {got[shown].said}")
    return Verdict(WRONG, message, details, slip and slip.name)


def _did_the_same(question: Question, got: Sequence[Outcome], slip: Iterable[Outcome]) -> bool:
    return all(same_outcome(question, g, s) for g, s in zip(got, slip, strict=True))


def _nearest(question, got, wrong, ours, near: Sequence[Slip]) -> Slip | None:
    """The one wrong thing that explains all results; None where there are several, or none."""
    if any(outcome.stopped or outcome.changed for outcome in got):
        return None
    numbers = [[] if one.error else compare.numbers_in(one.value) for one in got]
    if None in numbers or len({number for i in wrong for number in numbers[i]}) < 2:
        return None
    found = {
        miss.message: miss
        for miss in near
        # Turned round: a changed program may give anything at all, the answer gives numbers.
        if all(same_outcome(question, m, g) for m, g in zip(ours(miss.make), got, strict=True))
    }
    return next(iter(found.values())) if len(found) == 1 else None


# --- where no slip explains it: what differs, in general words ---


def _described(question, cases, got, want, wrong) -> tuple[int, str]:
    """(the case to show, a sentence) for a mistake that is no known one."""
    first = wrong[0]
    if got[first].changed and not want[first].changed:
        return first, (
            f"Your function changes its input `{got[first].changed}`, which belongs to the caller: "
            f"make a new array, or work on a copy."
        )
    told = {
        i: _relations(question, cases[i], got[i], want[i])
        for i in wrong
        if got[i].error is None and want[i].error is None and got[i].changed == want[i].changed
    }
    if first in told and got[first].value is None and got[first].printed:
        return first, (
            "Your function prints something and returns None: hand the result back with `return`."
        )
    if first in told and told[first][-1].kind == "fact":  # None, a text, NaN: no need of a reason
        return first, told[first][-1].text
    for i in wrong:
        if got[i].error is not None:
            return i, raised(got[i])
    for i in wrong:
        if want[i].error is not None:
            return (
                i,
                f"On this input your function must raise {want[i].error}; it returns a result.",
            )
    return first, _said_of_all(question, list(told.values()))


def _said_of_all(question: Question, told: list[list[compare.Relation]]) -> str:
    """The first relation that holds on all cases that differ; else what is so on the first."""
    for relation in told[0][:-1]:
        numbers = [r.numbers for others in told for r in others if r.kind == relation.kind]
        everywhere = all(relation.kind in {r.kind for r in others} for others in told)
        # One number is always something of another; and of a value the number is the solution.
        away = question.form == "value" and relation.kind not in compare.ORDER
        if everywhere and sum(numbers) > 1 and not away:
            return relation.text
    fact = told[0][-1]
    kinds = {others[-1].kind for others in told}
    if fact.kind not in compare.SIDES or kinds == {fact.kind}:
        return fact.text
    places = {others[-1].text.partition(". ")[0] for others in told}
    if len(places) == 1 and fact.text.startswith(("Of the ", "What differs ")):
        return f"{places.pop()}."  # which of several results it is holds for all of them
    if kinds == compare.SIDES:
        return "Your result is too large for some inputs, and too small for others."
    return "Your result is not the wanted one."


def _relations(question, case, got: Outcome, want: Outcome) -> list[compare.Relation]:
    sizes = {}
    for name, argument in zip(question.parameters, case, strict=False):
        array = compare.as_array(argument)
        if array is None or array.ndim == 0:
            continue
        if array.ndim > 1:
            sizes[f"`{name}` has rows"] = len(array)
            sizes[f"`{name}` has columns"] = array.shape[1]
        sizes[f"`{name}` has entries"] = array.size
    return compare.relations(got.value, want.value, sizes, question.rtol, question.atol)


def _warned(got: Sequence[Outcome]) -> str:
    texts = sorted({text for outcome in got for text in outcome.warned})
    return f"On one of the inputs NumPy warned: {texts[0]}." if texts else ""


# --- the lines below it ---


def _given(question: Question, case: tuple) -> str:
    named = zip(question.parameters, case, strict=False)
    return ", ".join(f"{name} = {compare.short(value)}" for name, value in named)


def _details(question: Question, case: tuple, got: Outcome, want: Outcome) -> tuple[str, ...]:
    lines = [f"Smallest input that shows it: {_given(question, case)}"] if case else []
    got, want, what = _looked_at(question, got, want)
    digits = 4
    if case and _with_shape(got.value) == _with_shape(want.value):
        digits = 12  # what differs must be seen to differ
    if got.error is None:
        lines.append(f"{what or 'Your result'}: {_with_shape(got.value, digits)}")
    if case:  # the wanted value of a question for one value would be its solution
        raises, wanted = f"it raises {want.error}", _with_shape(want.value, digits)
        lines.append(f"Wanted: {raises if want.error else wanted}")
    return (*lines, *printed(got))


def _looked_at(question: Question, got: Outcome, want: Outcome) -> tuple[Outcome, Outcome, str]:
    """Of several things that ``run`` looked at the first that differs, with its name."""
    if not isinstance(want.value, compare.Seen):
        return got, want, ""
    name = next(iter(want.value))
    if isinstance(got.value, compare.Seen):
        if not same_outcome(question, got, want):
            name = compare.first_that_differs(got.value, want.value, question.rtol, question.atol)
        got = replace(got, value=got.value.get(name))
    first = name == next(iter(want.value))
    what = "" if first else f"Yours, {name}"
    return got, replace(want, value=want.value[name]), what


def _with_shape(value, digits: int = 4) -> str:
    array, text = compare.as_array(value), compare.short(value, digits=digits)
    told = array is None or array.ndim == 0 or "shape" in text or isinstance(value, tuple)
    return text if told else f"{text}, of shape {array.shape}"
