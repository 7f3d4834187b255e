"""Every exercise's checker: it accepts what is right and names each known mistake."""

import inspect
import re

import numpy as np
import pytest

from groundup.exercises import engine
from groundup.exercises.compare import as_array
from groundup.exercises.engine import Exercise
from groundup.exercises.examine import NOT_ATTEMPTED, RIGHT, WRONG, cases_of, examine

ALL = engine.all_exercises()
COMPARED = [it for it in ALL if it.judged_by is None and it.form == "function"]


def each(exercises):
    return pytest.mark.parametrize("it", exercises, ids=lambda it: it.id)


def each_of(pairs):
    """Pairs of an exercise and one of its answers."""
    ids = [f"{it.id}-{getattr(x, 'name', getattr(x, '__name__', '?'))}-{i}" for i, (it, x) in pairs]
    return pytest.mark.parametrize(("it", "answer"), [pair for _, pair in pairs], ids=ids)


SLIPS = list(enumerate((it, slip) for it in ALL for slip in it.slips))
OTHERS = list(enumerate((it, other) for it in ALL for other in it.others))


def said(verdict) -> str:
    return "\n".join([verdict.status, verdict.message, *verdict.details])


# --- enough of them ---


@pytest.mark.parametrize("chapter", [1, 2, 3, 4, 5, 6, 8])
def test_a_chapter_has_at_least_eight(chapter):
    assert len(engine.all_exercises(chapter)) >= 8


def test_the_bug_clinic_has_at_least_twelve():
    assert len(engine.all_exercises(7)) >= 12


def test_there_are_at_least_fifty_with_150_slips():
    assert len(ALL) >= 50
    assert len(SLIPS) >= 150


@pytest.mark.parametrize("chapter", engine.chapters())
def test_ids_have_no_gaps_and_stand_in_order(chapter):
    numbers = [int(it.id.split(".")[1]) for it in engine.all_exercises(chapter)]
    assert numbers == list(range(1, len(numbers) + 1))
    in_file = [it.id for it in engine._REGISTRY.values() if it.chapter == chapter]
    assert in_file == [f"{chapter}.{n}" for n in numbers]


# --- each is well made ---


@each(ALL)
def test_it_is_complete(it):
    assert len(set(it.hints)) == 3
    assert it.prompt
    if it.coding:
        assert len(it.slips) >= 4
        assert it.others, "a coding exercise needs another right answer"
    else:
        assert it.slips
    messages = [slip.message for slip in it.slips]
    assert len(set(messages)) == len(messages)


@each(ALL)
def test_reference_passes(it):
    verdict = examine(it.id, it.answer(it.reference))
    assert verdict.status == RIGHT, said(verdict)


@each_of(OTHERS)
def test_another_right_answer_passes(it, answer):
    verdict = examine(it.id, it.answer(answer))
    assert verdict.status == RIGHT, said(verdict)


@each(ALL)
def test_stub_is_not_attempted(it):
    verdict = examine(it.id, typed(it, it.stub))
    assert verdict.status == NOT_ATTEMPTED, said(verdict)


@each(ALL)
def test_worked_solution_typed_in_passes(it):
    verdict = examine(it.id, typed(it, engine.solution_code(it.id)))
    assert verdict.status == RIGHT, said(verdict)
    assert engine.solution_markdown(it.id).startswith("```python\n")


def typed(it: Exercise, code: str):
    """What a cell with this code leaves behind, where the chapter's names are known."""
    names = dict(vars(inspect.getmodule(it.reference)))
    exec(compile(code, f"<cell of {it.id}>", "exec"), names)
    return names[it.name]


@each_of(SLIPS)
def test_slip_is_refused_with_its_own_message(it, answer):
    verdict = examine(it.id, it.answer(answer.make))
    assert verdict.status == WRONG, said(verdict)
    assert verdict.slip == answer.name, said(verdict)
    assert verdict.message == answer.message
    shown = said(verdict)
    for line in telling_lines(it):
        assert line not in shown, f"the message gives the solution away: {line}"


def telling_lines(it: Exercise) -> list[str]:
    """The lines of the solution that the stub does not have, without their names for results."""
    stub = {line.strip() for line in it.stub.splitlines()}
    lines = {line.strip() for line in engine.solution_code(it.id).splitlines()} - stub
    shorter = {re.sub(r"^(return|\w+ =) ", "", line) for line in lines}
    return [line for line in shorter if len(line) >= 8 and not line.startswith(("def ", "#"))]


# --- written differently ---


@each([it for it in COMPARED if it.float32])
@pytest.mark.parametrize("inputs", [False, True], ids=["results", "inputs"])
def test_single_precision_is_right(it, inputs):
    def answer(*arguments, **options):
        if inputs:
            arguments = [change(a, single) for a in arguments]
        return change(it.reference(*arguments, **options), single)

    verdict = examine(it.id, with_signature(it, answer))
    assert verdict.status == RIGHT, said(verdict)


@each(COMPARED)
def test_lists_are_right(it):
    def answer(*arguments, **options):
        return change(it.reference(*arguments, **options), lambda a: a.tolist())

    verdict = examine(it.id, with_signature(it, answer))
    assert verdict.status == RIGHT, said(verdict)


def with_signature(it, answer):
    answer.__signature__ = inspect.signature(it.reference)
    return answer


def change(x, how):
    """Every array of floats or ints in x changed; tuples, lists and dictionaries kept."""
    if isinstance(x, (tuple, list)):
        return type(x)(change(v, how) for v in x)
    if isinstance(x, dict):
        return {key: change(value, how) for key, value in x.items()}
    return how(x) if isinstance(x, np.ndarray) and as_array(x) is not None else x


def single(array):
    return array.astype(np.float32) if array.dtype == np.float64 else array


@each(COMPARED)
def test_cases_are_the_same_each_time_and_more_than_one(it):
    first, second = cases_of(it), cases_of(it)
    assert len(first) == len(second) > 1
    for a, b in zip(first, second, strict=True):
        for x, y in zip(a, b, strict=True):
            if as_array(x) is not None:
                np.testing.assert_array_equal(as_array(x), as_array(y))


# --- what notebooks and book show ---


@each(ALL)
def test_cells(it):
    assert engine.prompt_cell(it.id).startswith(f":::{{exercise}} {it.title}\n:label: ex-")
    last = engine.stub_cell(it.id).splitlines()[-1]
    assert last == engine.solved_cell(it.id).splitlines()[-1] == f'check("{it.id}", {it.name})'
    assert len(engine.solved_cell(it.id).splitlines()) <= 40, "a cell fits on one screen"
