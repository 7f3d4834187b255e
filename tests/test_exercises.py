"""Every exercise's checker: it accepts what is right and names each known mistake."""

import ast
import inspect
import re
import textwrap

import numpy as np
import pytest
import torch

from groundup.questions import question
from groundup.questions.compare import as_array
from groundup.questions.examine import cases_of, examine
from groundup.questions.outcome import NOT_ATTEMPTED, RIGHT, WRONG
from groundup.questions.question import Exercise

ALL = question.all_exercises()
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
    assert len(question.all_exercises(chapter)) >= 8


def test_the_bug_clinic_has_at_least_twelve():
    assert len(question.all_exercises(7)) >= 12


def test_there_are_at_least_fifty_with_150_slips():
    assert len(ALL) >= 50
    assert len(SLIPS) >= 150


@pytest.mark.parametrize("chapter", question.chapters())
def test_ids_have_no_gaps_and_stand_in_order(chapter):
    numbers = [int(it.id.split(".")[1]) for it in question.all_exercises(chapter)]
    assert numbers == list(range(1, len(numbers) + 1))
    in_file = [it.id for it in question._REGISTRY.values() if it.chapter == chapter]
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
    verdict = examine(it.id, typed(it, question.solution_code(it.id)))
    assert verdict.status == RIGHT, said(verdict)
    assert question.solution_markdown(it.id).startswith("```python\n")


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
    lines = {line.strip() for line in question.solution_code(it.id).splitlines()} - stub
    shorter = {re.sub(r"^(return|\w+ =) ", "", line) for line in lines}
    return [line for line in shorter if len(line) >= 8 and not line.startswith(("def ", "#"))]


@each([it for it in ALL if it.judged_by])
def test_a_judge_names_only_known_slips(it):
    """Also where none of the slips above leads: a learner's answer may lead there."""
    keys = {text for text in returned_texts(it.judged_by) if " " not in text}
    assert keys - {slip.name for slip in it.slips} == set()


def returned_texts(function) -> set[str]:
    """The plain texts that a function's source returns, itself or through another function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    todo = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    texts = set()
    while todo:
        match todo.pop():
            case ast.Constant(value=str() as text):
                texts.add(text)
            case ast.IfExp() as choice:
                todo += [choice.body, choice.orelse]
            case ast.BoolOp() as choice:
                todo += choice.values
            case ast.Call(func=ast.Name(id=name)) if inspect.isfunction(
                helper := vars(inspect.getmodule(function)).get(name)
            ):
                texts |= returned_texts(helper)
    return texts


# --- what a judge says where no slip leads ---


def judged_on_xor(probabilities) -> str:
    return said(examine("3.9", lambda rng: lambda X: np.array(probabilities)))


def test_a_network_that_overflows_is_told_so():
    assert "The function gives NaN" in judged_on_xor([np.nan] * 4)


def test_a_network_that_gets_stuck_is_told_how_many_are_right():
    assert "3 of the four points" in judged_on_xor([0.1, 0.9, 0.9, 0.9])


def test_exchanged_classes_are_told_from_no_training():
    reference = question.get("4.9").reference
    exchanged = examine("4.9", lambda X, y: reference(X, 1 - y))
    assert "the classes are exchanged" in said(exchanged)


def test_another_activation_is_not_relu():
    class Net(torch.nn.Sequential):
        def __init__(self):
            linear, tanh = torch.nn.Linear, torch.nn.Tanh
            super().__init__(linear(2, 16), tanh(), linear(16, 16), tanh(), linear(16, 1))

    assert examine("4.2", Net).slip == "tanh_between"


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
    assert question.prompt_cell(it.id).startswith(f":::{{exercise}} {it.title}\n:label: ex-")
    last = question.stub_cell(it.id).splitlines()[-1]
    assert last == question.solved_cell(it.id).splitlines()[-1] == f'check("{it.id}", {it.name})'
    assert len(question.solved_cell(it.id).splitlines()) <= 40, "a cell fits on one screen"
