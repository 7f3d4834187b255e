"""The widgets of chapters 1 to 3 against the chapters' Python, each on a page of its own."""

import itertools
import re

import nbformat
import numpy as np
import pytest
from browsing import opened, said, settle, sideways, violations
from scipy.optimize import brentq

from groundup import scratch
from groundup.datasets import ten_points
from groundup.questions import quiz
from tools.paths import NOTEBOOKS

NAMES = ("sigmoid-curve", "sigmoid-plane", "sigmoid-two", "graph")


def number(shown: str) -> float:
    """The number at the end of what is shown, with its true minus sign."""
    return float(shown.split()[-1].replace("−", "-"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_the_widget_is_sound(browser, alone, name, theme, width):
    with opened(browser, alone(name), theme, width) as (page, wrong):
        settle(page)
        assert wrong + violations(page) == []
        assert sideways(page) == 0


# --- chapter 1: one switch, one line, two lines ---

X, y = ten_points()
BY_HAND = (-20, -10, 11, 0, 20, -15, 20, 20, -10)
# w1, w2 and bias of neuron 1 and of neuron 2, then the output's weights and bias.
PARTING = (-2.6, 9.6, -5.7, -12.1, -8.4, 7.2, 12.1, 15.0, -6.7)


def link(numbers) -> str:
    return "_".join(map(str, numbers))


@pytest.mark.parametrize(
    ("mode", "numbers"),
    [
        ("plane", (4, 4, -4)),
        ("plane", (-8, -4, 4.4)),
        ("plane", (0, 20, -19.9)),
        ("two", BY_HAND),
        ("two", PARTING),
        ("two", (20, 20, 20, -20, -20, -20, 20, -20, 0.1)),
    ],
)
def test_the_neurons_say_what_the_chapters_formulas_give(browser, alone, mode, numbers):
    weights = np.array(numbers, dtype=float)
    A = X
    if mode == "two":
        A = scratch.sigmoid(X @ weights[:6].reshape(2, 3)[:, :2].T + weights[2:6:3])
    p = scratch.sigmoid(A @ weights[-3:-1] + weights[-1])
    cost = -np.log(np.where(y == 1, p, 1 - p)).mean()
    right = int(((p > 0.5) == y).sum())
    with opened(browser, f"{alone(f'sigmoid-{mode}')}?{mode}={link(numbers)}") as (page, _):
        settle(page)
        found = re.match(r"(\d+) of 10 points on the right side. Cost (\d+\.\d{3});", said(page))
        assert int(found[1]) == right
        assert float(found[2]) == pytest.approx(cost, abs=0.5e-3 + 1e-9)
        reached = (right == 10 and cost < 0.1) if mode == "two" else (right >= 9 and cost < 0.5)
        assert ("Target reached" in said(page)) == reached


def test_the_target_of_one_neuron_is_the_best_that_a_line_can_do():
    """Through any two points goes a line; turned a little, it parts the points in four ways."""
    best = 0
    for a, b in itertools.permutations(range(10), 2):
        across = np.array([X[a, 1] - X[b, 1], X[b, 0] - X[a, 0]])
        for of_a, of_b in itertools.product((True, False), repeat=2):
            side = (X - X[a]) @ across > 1e-12
            side[a], side[b] = of_a, of_b
            best = max(best, int((side == y).sum()))
    assert best == 9


@pytest.mark.parametrize(("weight", "way"), [(-4, 1), (4, -1)])
def test_the_switch_goes_where_the_quiz_says(weight, way):
    biases = np.linspace(-6, 6, 13)
    places = [
        brentq(lambda x, b=bias: scratch.sigmoid(np.array(weight * x + b)) - 0.5, -5, 5)
        for bias in biases
    ]
    assert np.all(way * np.diff(places) > 0)
    assert places == pytest.approx(way * biases / 4)
    (question,) = (it for it in quiz.load(1).questions if it.id == "1.q8")
    assert "$w = -4$" in question.text
    assert [it.text for it in question.options if it.right] == ["To the right."]


def test_the_switch_is_moved_by_keyboard_and_its_target_reached(browser, alone):
    with opened(browser, alone("sigmoid-curve")) as (page, wrong):
        settle(page)
        page.get_by_label("weight w", exact=True).focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        for _ in range(20):
            page.keyboard.press("ArrowLeft")
        assert said(page).startswith(
            "It passes ½ at x = −b/w = 1.00; its slope there is w/4 = 0.50. Target: "
        )
        page.get_by_label("bias b", exact=True).fill("8")
        page.get_by_label("weight w", exact=True).fill("-4")
        assert "x = −b/w = 2.00; its slope there is w/4 = −1.00. Target reached" in said(page)
        again = page.url
        assert wrong == []
    with opened(browser, again) as (page, _):
        settle(page)
        assert "Target reached" in said(page)


def test_the_weights_of_the_figure_reach_the_target(browser, alone):
    with opened(browser, alone("sigmoid-two")) as (page, _):
        settle(page)
        assert "Target: all ten" in said(page)
        page.get_by_role("button", name="The weights of the figure").click()
        assert said(page).startswith("10 of 10")
        assert f"two={link(BY_HAND)}" in page.url


# --- chapter 3: the graph that is stepped through ---


def chapter_3() -> dict:
    """Chapter 3's Value, from its cells."""
    scope = {"np": np}
    for cell in nbformat.read(NOTEBOOKS / "03_backpropagation.ipynb", as_version=4).cells:
        if "value-class" in cell.metadata.get("tags", []):
            exec(cell.source, scope)
    return scope


Value = chapter_3()["Value"]


def product(a, b):
    return a * b


def sigmoid(z):
    return z.sigmoid()


def loss(a, y):
    return (a - y) ** 2 / 2


# What the numbers of a graph are called, and each number that is made: its name, of what, and how.
GRAPHS = {
    "two": (
        "x w₁ w₂ y",
        [
            ("z₁", "x w₁", product),
            ("a₁", "z₁", sigmoid),
            ("z₂", "a₁ w₂", product),
            ("ŷ", "z₂", sigmoid),
            ("L", "ŷ y", loss),
        ],
    ),
    "one": (
        "x w b y",
        [
            ("p", "x w", product),
            ("z", "p b", lambda p, b: p + b),
            ("a", "z", sigmoid),
            ("L", "a y", loss),
        ],
    ),
    "fan": (
        "x w",
        [
            ("a", "w x", product),
            ("b", "x", lambda x: x + x),
            ("s", "b", lambda b: b * b),
            ("c", "a s", lambda a, s: a + s),
        ],
    ),
}


def by_value(graph: str, numbers) -> tuple[dict, dict, dict]:
    """By name what Value gives: the values, the slopes of the last, and those beside the arrows."""
    names, made = GRAPHS[graph]
    values = dict(zip(names.split(), map(Value, numbers), strict=True))
    arrows = {}
    for name, of, make in made:
        parents = of.split()
        values[name] = make(*(values[it] for it in parents))
        alone = [Value(values[it].data) for it in parents]
        make(*alone).backward()
        arrows |= {f"{it}→{name}": a.grad for it, a in zip(parents, alone, strict=True)}
    values[made[-1][0]].backward()
    data = {name: it.data for name, it in values.items()}
    return data, {name: it.grad for name, it in values.items()}, arrows


SHOWN = """(kind) => Object.fromEntries([...document.querySelectorAll(`[data-${kind}]`)].map(
  (it) => [it.dataset[kind], it.textContent]))"""


@pytest.mark.parametrize(
    ("graph", "numbers"),
    [
        ("two", (1, 0.5, -1, 1)),
        ("two", (-3.2, 2.5, 4.1, 0.3)),
        ("one", (2, -0.5, 0.3, 1)),
        ("one", (5, 5, 5, 0)),
        ("fan", (2, 3)),
        ("fan", (-0.7, 0)),
    ],
)
def test_the_graphs_numbers_are_those_of_value(browser, alone, graph, numbers):
    link = f"?graph={graph}&step=20&numbers={'_'.join(map(str, numbers))}"
    with opened(browser, alone("graph") + link) as (page, _):
        settle(page)
        shown = [page.evaluate(SHOWN, kind) for kind in ("value", "slope", "arrow")]
    for here, wanted in zip(shown, by_value(graph, numbers), strict=True):
        assert here.keys() == wanted.keys()
        for name, text in here.items():
            assert number(text) == pytest.approx(wanted[name], abs=0.5e-4 + 1e-9), name


def test_the_slopes_that_the_quiz_asks_for_are_so():
    assert [by_value("fan", (2, w))[1]["x"] for w in (3, 0)] == [19, 16]


def test_the_graph_is_stepped_by_keyboard(browser, alone):
    with opened(browser, alone("graph")) as (page, wrong):
        settle(page)
        page.get_by_label("Graph", exact=True).select_option("fan")
        page.get_by_role("button", name="Step", exact=True).focus()
        steps = []
        for _ in range(9):
            page.keyboard.press("Enter")
            steps.append(said(page))
        assert steps[0] == "Forward: a = w · x = 3.0000 · 2.0000 = 6.0000."
        assert steps[4] == "Backward: the walk begins at the end. The slope of c along itself is 1."
        assert "x has 16.0000 from its other way; 1.0000 · 3.0000 is added: 19.0000." in steps[8]
        page.get_by_label("x", exact=True).focus()
        page.keyboard.press("ArrowRight")
        page.get_by_role("button", name="Undo", exact=True).focus()
        page.keyboard.press("Enter")
        assert "numbers=2.1_3" in page.url
        before, link = said(page), page.url
        assert "x gets 8.4000 · 2.0000 = 16.8000." in before
        picture = page.locator("svg").get_attribute("aria-label")
        assert "x is 2.1000, slope 16.8000" in picture
        assert "w is 3.0000;" in picture
        assert wrong == []
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == before


@pytest.mark.parametrize("width", [360, 700, 1000, 1400])
@pytest.mark.parametrize("graph", GRAPHS)
def test_the_graphs_text_is_never_small(browser, alone, graph, width):
    with opened(browser, f"{alone('graph')}?graph={graph}", width=width) as (page, _):
        settle(page)
        scale = page.evaluate("""() => {
          const picture = document.querySelector("[data-widget=graph] svg");
          return picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
        }""")
    assert 13 * scale >= 11.5  # pixels, of the 13 that the sheet of styles gives it


@pytest.mark.parametrize(
    ("query", "named"),
    [("graph=four", "graph=four"), ("step=-1", "step=-1"), ("numbers=1_9", "numbers=1_9")],
)
def test_a_broken_link_to_the_graph_is_named(browser, alone, query, named):
    with opened(browser, f"{alone('graph')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {named}. Only the numbers on the left" in said(page)
        assert wrong == []
