"""Chapter 3's Value, taken from the notebook's cells: against PyTorch, at extremes, and deep."""

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.paths import NOTEBOOKS

NOTEBOOK = nbformat.read(NOTEBOOKS / "03_backpropagation.ipynb", as_version=4)
CELLS = [it.source for it in NOTEBOOK.cells if "value-class" in it.metadata.get("tags", [])]


def value_class(change=lambda source: source) -> type:
    """The class that the cells define, each of them changed before."""
    scope = {"np": np}
    for cell in CELLS:
        exec(compile(change(cell), "chapter 3", "exec"), scope)
    return scope["Value"]


Value = value_class()

ONE = {
    **{it: lambda x, it=it: getattr(x, it)() for it in ("exp", "log", "tanh", "sigmoid", "relu")},
    "negative": lambda x: -x,
    "square": lambda x: x**2,
    "inverse": lambda x: x**-1,
    "root": lambda x: x**0.5,
    "power 0": lambda x: x**0,
    "numbers added": lambda x: 1.5 + x + 2,
    "numbers subtracted": lambda x: 3 - (x - 0.25),
    "numbers multiplied": lambda x: 0.75 * x * 2,
    "numbers divided": lambda x: 2 / (x / 3),
}
TWO = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


def tensor(number: float) -> torch.Tensor:
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def built(make, numbers, steps) -> list:
    """The values of a graph, the sum of all others last; a step is (operation, place, place)."""
    values = [make(number) for number in numbers]
    for name, i, j in steps:
        values.append(TWO[name](values[i], values[j]) if name in TWO else ONE[name](values[i]))
    total = values[0]
    for value in values[1:]:
        total = total + value
    return [*values, total]


@st.composite
def graphs(draw):
    """Numbers, and the steps of a graph in which no result of a step is lost in rounding errors."""
    numbers = draw(st.lists(st.integers(-300, 300), min_size=1, max_size=4))
    numbers = [number / 100 or 0.5 for number in numbers]
    values, steps = [Value(number).data for number in numbers], []
    for name in draw(st.lists(st.sampled_from([*ONE, *TWO]), min_size=1, max_size=25)):
        i, j = (draw(st.integers(0, len(values) - 1)) for _ in range(2))
        x, y = Value(values[i]), Value(values[j])
        with np.errstate(all="ignore"):
            result = (TWO[name](x, y) if name in TWO else ONE[name](x)).data
        if not 0.05 <= abs(result) <= 50 and not (name == "relu" and result == 0):
            continue
        if name in "+-" and abs(result) < 0.1 * abs(x.data):
            continue
        if name in ("tanh", "sigmoid") and abs(x.data) > 4:
            continue
        values.append(result)
        steps.append((name, i, j))
    return numbers, steps


def largest_gap(Value, numbers, steps) -> float:
    """Largest difference of a slope from PyTorch's, relative to it."""
    ours, theirs = built(Value, numbers, steps), built(tensor, numbers, steps)
    for it in theirs:
        it.retain_grad()
    ours[-1].backward()
    theirs[-1].backward()
    assert [it.data for it in ours] == pytest.approx([it.item() for it in theirs], rel=1e-12)
    pairs = [(a.grad, b.grad.item()) for a, b in zip(ours, theirs, strict=True)]
    return max(abs(a - b) / (abs(b) or 1) for a, b in pairs)


@settings(max_examples=1000)
@given(graphs())
def test_the_slopes_are_pytorchs(graph):
    assert largest_gap(Value, *graph) <= 1e-12


EVERYTHING = (
    [0.7, -1.3],
    [(name, 0, 1) for name in (*ONE, *TWO)] + [("relu", 1, 0), ("*", 4, 4), ("-", 6, 6)],
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("parent.grad += ", "parent.grad = "),
        ("in reversed(order)", "in order"),
        ("elif value not in seen", "else"),
        ("self.grad = 1.0", "self.grad = 2.0"),
        ("(1.0, 1.0)", "(1.0, -1.0)"),
        ("(other.data, self.data)", "(self.data, other.data)"),
        ("-ratio / other.data", "ratio / other.data"),
        ("n * self.data ** (n - 1)", "n * self.data ** n"),
        ("1 - t * t", "1 - t"),
        ("s * (1 - s)", "s"),
        ("(self,), (e,)", "(self,), (1.0,)"),
        ("(1 / self.data,)", "(self.data,)"),
        ("float(self.data > 0)", "1.0"),
    ],
)
def test_the_check_sees_what_is_wrong(right, wrong):
    assert largest_gap(Value, *EVERYTHING) <= 1e-12
    assert any(right in cell for cell in CELLS)
    broken = value_class(lambda cell: cell.replace(right, wrong))
    assert largest_gap(broken, *EVERYTHING) > 1e-3


EXTREMES = (-np.inf, -1000.0, -40.0, -1.0, -1e-300, 0.0, 1e-300, 1.0, 40.0, 1000.0, np.inf)


@pytest.mark.parametrize("number", EXTREMES)
@pytest.mark.parametrize("name", ONE)
def test_extremes_of_one_value(name, number):
    if (name, number) == ("root", -np.inf):
        pytest.skip("NumPy, as C, says that this is infinite, and PyTorch that it is no number")
    ours, theirs = Value(number), tensor(number)
    with np.errstate(
        all="raise" if name in ("tanh", "sigmoid", "relu") else "ignore", under="ignore"
    ):
        result = ONE[name](ours)
        result.backward()
    expected = ONE[name](theirs)
    expected.backward()
    np.testing.assert_allclose(result.data, expected.item(), rtol=1e-12)
    np.testing.assert_allclose(ours.grad, theirs.grad.item(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "numbers", [(1.0, 0.0), (-1.0, 0.0), (0.0, 2.0), (1e200, 1e-200), (3.0, 1e200)]
)
@pytest.mark.parametrize("name", TWO)
def test_extremes_of_two_values(name, numbers):
    ours, theirs = [Value(it) for it in numbers], [tensor(it) for it in numbers]
    with np.errstate(all="ignore"):
        TWO[name](*ours).backward()
    TWO[name](*theirs).backward()
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad.item(), rtol=1e-12)


def test_backward_twice_gives_the_same():
    x = Value(2.0)
    y = (x * x + x).tanh() * x
    y.backward()
    first = x.grad
    y.backward()
    assert x.grad == first != 0


def test_a_value_of_two_results_belongs_to_the_last_that_was_asked():
    x = Value(3.0)
    square, double = x * x, x + x
    square.backward()
    double.backward()
    assert x.grad == 2.0


def test_a_chain_of_ten_thousand():
    ours, theirs = Value(0.5), tensor(0.5)
    end, wanted = ours, theirs
    for _ in range(10_000):
        end, wanted = end * 1.0001 + 1e-4, wanted * 1.0001 + 1e-4
    end.backward()
    wanted.backward()
    assert ours.grad == pytest.approx(theirs.grad.item(), rel=1e-12)


def test_a_chain_with_two_ways_at_each_step():
    """2 to the power of 10 000 ways lead from the end to x; each value is visited once."""
    x = Value(0.5)
    end = x
    for _ in range(10_000):
        end = 0.25 * end + 0.75 * end
    end.backward()
    assert x.grad == 1.0


def test_a_power_needs_a_number():
    with pytest.raises(TypeError, match="unsupported operand"):
        Value(2.0) ** Value(3.0)
