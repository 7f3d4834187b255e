"""groundup.plots: each figure shows what it was given, with labels, and refuses what it cannot."""

import re
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from groundup import plots
from groundup.datasets import ten_points


def rule(P):
    return (P[:, 0] > 0.5).astype(float)


def test_points_show_every_row_by_class():
    X, y = ten_points()
    ax = plots.points(X, y)
    drawn = [collection.get_offsets() for collection in ax.collections]
    np.testing.assert_allclose(np.vstack(drawn), np.vstack([X[y == 0], X[y == 1]]))
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["class 0", "class 1"]
    assert ax.get_xlabel() == "$x_1$"


def test_decision_region_and_surface():
    X, y = ten_points()
    ax = plots.decision_region(rule, X, y)
    assert ax.get_xlim()[0] < X[:, 0].min()
    assert ax.get_xlim()[1] > X[:, 0].max()
    assert plots.surface(rule, X, y).get_zlabel() == "probability of class 1"


def test_the_boundary_is_where_both_classes_are_as_likely():
    ax = plots.decision_region(lambda P: P[:, 0].clip(0, 1), *ten_points())
    line = ax.collections[1].get_paths()[0].vertices
    np.testing.assert_allclose(line[:, 0], 0.5, atol=1e-9)


def test_curves_count_from_one():
    ax = plots.curves({"training": [3, 2, 1], "validation": [3, 3]}, logy=True)
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_band_draws_mean_and_spread():
    rows = [{"seed": s, "epoch": e, "loss": s + e} for s in (0, 2) for e in (1, 2)]
    ax = plots.band(pd.DataFrame(rows), "epoch", "loss")
    assert ax.lines[0].get_ydata().tolist() == [2, 3]
    low = ax.collections[0].get_paths()[0].vertices[:, 1].min()
    assert low == pytest.approx(2 - np.sqrt(2))


def test_network_diagram_draws_every_neuron_and_weight():
    ax = plots.network_diagram([2, 2, 3, 2])
    assert sum(len(c.get_offsets()) for c in ax.collections) == 9
    assert len(ax.lines) == 4 + 6 + 6
    assert any("⋮" in t.get_text() for t in plots.network_diagram([2, 20, 1]).texts)


def test_digit_grid_and_confusion():
    axes = plots.digit_grid(np.zeros((7, 28, 28)), [str(k) for k in range(7)])
    assert axes.shape == (2, 5)
    assert axes[1, 1].get_title() == "6"
    ax = plots.confusion(np.array([[5, 1], [0, 7]]))
    assert [t.get_text() for t in ax.texts] == ["5", "1", "0", "7"]
    assert ax.get_ylabel() == "true class"
    # only mistakes are shaded: right answers would swamp them
    np.testing.assert_array_equal(ax.collections[0].get_array().reshape(2, 2), [[0, 1], [0, 0]])


def test_in_time_shows_the_last_frame_describes_each_and_keeps_no_figure_open(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda it: shown.append(it.data))
    X, y = ten_points()
    before = plt.get_fignums()
    plots.in_time(lambda _: plots.points(X, y, ax=plt.figure().subplots()), [1, 2, 3],
                  lambda epoch: f"Epoch {epoch} of <three>.", "epoch")  # fmt: skip
    assert plt.get_fignums() == before
    page = BeautifulSoup(shown[0], "html.parser")
    assert [img["alt"] for img in page("img")] == [f"Epoch {k} of <three>." for k in (1, 2, 3)]
    assert [img.has_attr("hidden") for img in page("img")] == [True, True, False]
    assert page.output.text == "Epoch 3 of <three>."
    assert (page.input["max"], page.input["value"]) == ("2", "2")


def test_lines_and_marks_are_drawn_and_the_same_each_time():
    drawings = [plots.picture(plots.points(*ten_points()).figure) for _ in range(2)]
    assert drawings[0] == drawings[1]
    (text,) = drawings[0].values()
    drawing = BeautifulSoup(text, "xml")
    assert len(drawing.select("clipPath")) == 1
    assert [it.text for it in drawing("text")][-2:] == ["class 0", "class 1"]
    assert len([it for it in drawing("use") if "#0173b2" in it["style"]]) == 5 + 1  # and the legend
    assert not re.search(r"\d\.\d{3}|date|<!", text)


def test_signs_are_those_that_a_pages_font_has():
    plt.subplots()[1].set(xlabel=r"$\sigma'(z)$", ylabel=r"$\partial \mathcal{L} / \partial z$")
    drawing = plots.picture(plt.gcf())["image/svg+xml"]
    assert ">′</tspan>" in drawing
    assert ">ℒ</tspan>" in drawing
    assert not re.search("[\ue000-\uf8ff]", drawing)
    plt.subplots()[1].set(xlabel=r"$\mathcal{A}$")  # a sign that is not named
    assert list(plots.picture(plt.gcf())) == ["image/png"]


def test_images_and_many_points_are_pixels():
    assert set(plots.picture(plots.digit_grid(np.zeros((2, 28, 28)))[0, 0].figure)) == {"image/png"}
    few, many = (np.random.default_rng(0).random((n, 2)) for n in (100, plots.MOST_POINTS))
    for X, kind in ((few, "image/svg+xml"), (many, "image/png")):
        assert set(plots.picture(plots.points(X, np.zeros(len(X))).figure)) == {kind}
    assert plots.picture(plt.figure()) == {}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: plots.points(np.ones((3, 3)), np.ones(3)), r"X must have shape \(n, 2\)"),
        (lambda: plots.points(np.ones((3, 2)), np.ones(2)), r"y \(n,\)"),
        (lambda: plots.network_diagram([2, 0]), "sizes must be"),
        (lambda: plots.confusion(np.ones((2, 2))), "whole numbers of shape"),
        (lambda: plots.confusion(np.ones((2, 3), int)), r"got int64 of \(2, 3\)"),
        (lambda: plots.confusion(np.ones((2, 2), int), ["a"]), "labels must be 2"),
        (lambda: plots.digit_grid(np.ones((2, 28, 28)), ["a"]), "titles must be 2"),
        (lambda: plots.digit_grid(np.ones((28, 28))), "images must have shape"),
        (lambda: plots.digit_grid(np.ones((0, 28, 28))), "images must have shape"),
        (
            lambda: plots.decision_region(lambda P: P, *ten_points()),
            "probability must give one number a row",
        ),
        (
            lambda: plots.decision_region(lambda P: 9 * P[:, 0], *ten_points()),
            "probability must give numbers between 0 and 1",
        ),
        (lambda: plots.surface(rule, np.ones((3, 3)), np.ones(3)), r"X must have shape \(n, 2\)"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_figure_does_not_tell_how_busy_its_machine_was(monkeypatch):
    ticks = iter(range(0, 10_000, 100))
    monkeypatch.setattr("matplotlib.legend.time.perf_counter", lambda: next(ticks))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plots.picture(plots.points(*ten_points()).figure)
    assert next(ticks) > 0
