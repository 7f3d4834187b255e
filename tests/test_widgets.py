"""The widgets of chapters 1 to 3 against the chapters' Python, each on a page of its own."""

import contextlib
import functools

import nbformat
import numpy as np
import pytest
from browsing import opened, settle, sideways, violations, widget_alone

from tools.paths import NOTEBOOKS

NAMES = ("graph",)


@pytest.fixture(scope="module")
def alone(browser, tmp_path_factory):
    """A function: the address of a page with the widget of this name alone."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(
            lambda name: stack.enter_context(widget_alone(tmp_path_factory.mktemp(name), name))
        )


def said(page) -> str:
    return page.locator("[data-widget] [role=status]").inner_text()


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


@pytest.mark.parametrize(
    ("query", "named"),
    [("graph=four", "graph=four"), ("step=-1", "step=-1"), ("numbers=1_9", "numbers=1_9")],
)
def test_a_broken_link_to_the_graph_is_named(browser, alone, query, named):
    with opened(browser, f"{alone('graph')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {named}. Only the numbers on the left" in said(page)
        assert wrong == []
