"""The widgets that show what is inside: each against the chapter's Python, on a page of its own."""

import base64
import functools
import json
import re
from urllib.parse import parse_qsl, urlsplit

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
import torch
from browsing import (
    in_node,
    link_of,
    networks,
    numbers,
    opened,
    said,
    settle,
    sideways,
    violations,
)
from scipy.optimize import minimize
from torch import nn

from groundup.datasets import digits, eight_rows, table
from groundup.models import cnn
from groundup.plots import COLOURS, LINES
from groundup.questions import quiz
from tools.paths import NOTEBOOKS
from tools.vendor import clinic_runs, samples, scaling


@pytest.mark.parametrize("name", ["surface", "cnn", "curves", "race", "layers", "ring", "scaling"])
def test_it_is_sound_in_every_light_and_width(browser, alone, name):
    address = alone(name)
    for theme in ("light", "dark"):
        with opened(browser, address, theme, width=360) as (page, wrong):
            settle(page)
            assert wrong + violations(page) == []
            assert sideways(page) == 0


def right_options(id: str) -> list[str]:
    """The texts of the right options of a quiz's question."""
    (question,) = (it for it in quiz.load(int(id[0])).questions if it.id == id)
    return [it.text for it in question.options if it.right]


# --- chapter 5: inside the CNN ---


def images(count: int = 100) -> np.ndarray:
    """Test images of digits (n, 28, 28): MNIST's, or the small ones, made as large."""
    return digits().test.images[:count].astype(np.float32)


def layers_of(model: nn.Sequential, x: np.ndarray) -> list[np.ndarray]:
    """What the page shows of the CNN: after each ReLU, each pooling, and the logits."""
    a, found = torch.from_numpy(x)[:, None], []
    with torch.no_grad():
        for layer in model:
            a = layer(a)
            if not isinstance(layer, (nn.Conv2d, nn.Flatten)):
                found.append(a.numpy())
    del found[4]  # the dense layer before its ReLU
    return found


#: numbers go and come as bytes: as a list a million of them would take long
LAYERS = """(text) => {
  const x = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const { layers } = document.querySelector("[data-widget=cnn]");
  return layers(new Float32Array(x.buffer)).map((it) => {
    const bytes = new Uint8Array(it.buffer, it.byteOffset, it.byteLength), parts = [];
    for (let k = 0; k < bytes.length; k += 8192) {
      parts.push(String.fromCharCode(...bytes.subarray(k, k + 8192)));
    }
    return btoa(parts.join(""));
  });
}"""


def test_every_layer_of_the_cnn_is_pytorchs(browser, alone):
    x = images()
    wanted = layers_of(networks()["cnn"], x)
    with opened(browser, alone("cnn")) as (page, _):
        settle(page)
        found = page.evaluate(LAYERS, base64.b64encode(x.tobytes()).decode())
    assert [it.shape[1:] for it in wanted] == [
        (8, 28, 28), (8, 14, 14), (16, 14, 14), (16, 7, 7), (32,), (10,),
    ]  # fmt: skip
    for layer, theirs in zip(wanted, found, strict=True):
        values = np.frombuffer(base64.b64decode(theirs), np.float32)
        np.testing.assert_allclose(values.reshape(layer.shape), layer, atol=1e-4)


def test_the_terms_that_are_shown_add_up_to_pytorchs_numbers(browser, alone):
    x = images(1)
    names = ("conv1", "pool1", "conv2", "pool2", "dense", "logits")
    named = dict(zip(names, layers_of(networks()["cnn"], x), strict=True))
    rng = np.random.default_rng(0)
    with opened(browser, alone("cnn")) as (page, _):
        settle(page)
        for name, layer in named.items():
            columns = {"dense": 8, "logits": 5}.get(name, layer.shape[-1])
            maps = layer.reshape(1 if layer.ndim == 2 else layer.shape[1], -1, columns)
            corners = [(0, 0, 0), tuple(n - 1 for n in maps.shape)]
            places = [tuple(int(rng.integers(n)) for n in maps.shape) for _ in range(20)]
            for place in corners + places:
                found = page.evaluate(
                    "(it) => document.querySelector('[data-widget=cnn]').explain(...it)",
                    [x.ravel().tolist(), name, *place],
                )
                assert found == pytest.approx(maps[place], abs=1e-4), (name, place)


def test_one_number_of_the_second_convolution_has_as_many_products_as_the_quiz_says():
    layer, below = cnn()[3], torch.rand(1, 8, 14, 14, requires_grad=True)
    layer(below)[0, 0, 5, 5].backward()
    products = int((below.grad != 0).sum())
    assert products == layer.weight[0].numel()
    assert right_options("5.q9") == [str(products)]


def test_the_steps_are_walked_by_keyboard_and_a_link_leads_back(browser, alone):
    address = alone("cnn")
    with opened(browser, address) as (page, wrong):
        settle(page)
        for _ in range(3):
            page.get_by_role("button", name="Next").focus()
            page.keyboard.press("Enter")
        page.get_by_role("button", name="Map 6", exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_role("application", name="Arrow keys move the frame").focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        words, link = said(page), link_of(page)
        shown = page.locator(".gu-numbers").last.inner_text()
        assert wrong == []
    assert words.startswith("Map 6, row 5, column 5: 72 products add up to")
    sums = [float(it.replace("−", "-")) for it in re.findall(r"[−\d]+\.\d+", shown)]
    assert sum(sums) == pytest.approx(
        float(words.split("up to ")[1].split(";")[0].replace("−", "-")), abs=0.005
    )
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words


def test_what_is_drawn_is_in_the_link_to_the_last_grey(browser, alone):
    with opened(browser, alone("cnn")) as (page, wrong):
        settle(page)
        page.get_by_role("button", name="Clear").click()
        assert page.get_by_text("An empty square gets no answer").is_visible()
        page.get_by_role("application", name="Drawing square").focus()
        for key, times in (("ArrowUp", 8), ("Space", 1), ("ArrowDown", 16), ("Space", 1)):
            for _ in range(times):
                page.keyboard.press(key)
        page.locator(".gu-answer").first.filter(has_text="1").wait_for()
        page.get_by_label("Step").select_option("logits")
        words, link = said(page), link_of(page)
        assert wrong == []
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words
        assert page.locator(".gu-answer").first.inner_text() == "1"


def test_hiding_a_part_gives_pytorchs_probability_of_what_is_left(browser, alone):
    place = {"row": 10, "column": 16, "size": 9}
    query = "&".join(f"{name}={value}" for name, value in place.items())
    with opened(browser, f"{alone('cnn')}?layer=hide&{query}&digit=9") as (page, _):
        settle(page)
        words = said(page)
    sample = samples("test")
    image = np.frombuffer(base64.b64decode(sample["pixels"]), np.uint8).reshape(-1, 28, 28)[9] / 255
    left = image.copy()
    left[6:15, 12:21] = 0
    with torch.no_grad():
        both = torch.from_numpy(np.stack([image, left]).astype(np.float32))[:, None]
        before, after = networks()["cnn"](both).softmax(dim=1).numpy()
    best = before.argmax()
    assert words == (
        f"Without the square around row 10, column 16: {best} falls from {before[best]:.1%} to "
        f"{after[best]:.1%}. The answer {'stays' if after.argmax() == best else 'becomes'} "
        f"{after.argmax()}."
    ).replace("%", " %")


def test_the_training_images_most_like_it_are_pytorchs(browser, alone):
    asked, trained = (
        np.frombuffer(base64.b64decode(samples(name)["pixels"]), np.uint8).reshape(-1, 28, 28) / 255
        for name in ("test", "train")
    )
    rows = np.concatenate([asked[9:10], trained]).astype(np.float32)
    tables = {"dense": layers_of(networks()["cnn"], rows)[-2], "pixels": rows.reshape(-1, 784)}
    find = "(it) => document.querySelector('[data-widget=cnn]').nearest(...it)"
    with opened(browser, f"{alone('cnn')}?layer=like&digit=9") as (page, wrong):
        settle(page)
        for by, table in tables.items():
            distances = np.linalg.norm(table[1:] - table[0], axis=1)
            wanted = np.sort(distances)[:3]
            places, found = zip(*page.evaluate(find, [rows[0].ravel().tolist(), by]), strict=True)
            assert found == pytest.approx(wanted, abs=1e-4)
            assert distances[list(places)] == pytest.approx(wanted, abs=1e-4)
            page.get_by_label("Compare by").select_option(by)
            page.get_by_text("Nearest of").wait_for()
            labels = [samples("train")["labels"][k] for k in places]
            words = [f"{a} at distance {d:.3f}" for a, d in zip(labels, found, strict=True)]
            assert said(page).endswith(f": {', '.join(words)}.")
            assert page.locator("figcaption").all_inner_texts()[-3:] == words
        link, words = link_of(page), said(page)
        assert wrong == []
    with opened(browser, link) as (page, _):
        settle(page)
        page.get_by_text(words).wait_for()


@pytest.mark.parametrize(
    "query", ["layer=conv9", "row=28", "map=1.5", "ink=abc", "digit=30", "by=eye"]
)
def test_what_is_no_state_of_the_cnn_is_named(browser, alone, query):
    with opened(browser, f"{alone('cnn')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {query}" in said(page)
        assert wrong == []


# --- chapter 2: the neuron's own cost ---

ROWS = dict(zip("Xy", (it.tolist() for it in eight_rows()), strict=True))


@functools.cache
def cost_of_chapter_2() -> tuple:
    """Chapter 2's total squared error with its gradient, and its count of right rows."""
    X, y = eight_rows()
    scope = cells_with("02", "def total", X=X, y=y)
    return scope["total"], scope["rows_right"]


def descent(start, bias: float, lr: float, steps: int) -> np.ndarray:
    """The weights (steps + 1, 2) of the descent with the bias held, by the chapter's gradient."""
    total, places = cost_of_chapter_2()[0], [np.array(start, dtype=float)]
    for _ in range(steps):
        places.append(places[-1] - lr * total(np.append(places[-1], bias))[1][:2])
    return np.array(places)


def test_the_neurons_cost_is_the_chapters():
    total, rows_right = cost_of_chapter_2()
    thetas = np.random.default_rng(0).normal(scale=3, size=(50, 3))
    thetas[0] = 0, 0, 0
    found = in_node(
        ["surface-run"],
        "(rows, thetas) => thetas.map(([u, v, b]) => [GroundUp.surface.cost(rows, [u, v], b), "
        "...GroundUp.surface.gradient(rows, [u, v], b), GroundUp.surface.right(rows, [u, v], b)])",
        *(ROWS, thetas.tolist()),
    )
    wanted = [[total(it)[0], *total(it)[1][:2], rows_right(it)] for it in thetas]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("lr", [0.05, 0.16, 0.5])
@pytest.mark.parametrize(("start", "bias"), [((-1, 1.9), -1), ((0, 0), -1), ((0, 0), 3)])
def test_the_descent_is_the_chapters_step_by_step(start, bias, lr):
    found = in_node(["surface-run"], "GroundUp.surface.path", ROWS, start, bias, lr, 200)
    wanted = descent(start, bias, lr, 200)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def test_a_zigzag_comes_down_all_the_same_as_the_quiz_says():
    path = descent((0, 0), -1, 0.16, 200)
    steps = np.diff(path, axis=0)
    assert np.all((steps[1:] * steps[:-1]).sum(axis=1) < 0)
    lowest = in_node(["surface-run"], "GroundUp.surface.lowest", ROWS, -1)
    np.testing.assert_allclose(path[-1], lowest, atol=1e-3)
    high = cost_of_chapter_2()[0](np.append(descent((0, 0), -1, 0.3, 200)[-1], -1))[0]
    assert high > 2.1  # at a larger rate they come down no more


@pytest.mark.parametrize("bias", [-5, -1, 0.5, 1.5, 3, 5])
def test_the_lowest_place_is_the_one_that_scipy_finds(bias):
    def cost(w):
        value, slopes = cost_of_chapter_2()[0](np.append(w, bias))
        return value, slopes[:2]

    starts = np.random.default_rng(0).normal(scale=2, size=(40, 2))
    best = min((minimize(cost, it, jac=True) for it in starts), key=lambda end: end.fun)
    found = in_node(["surface-run"], "GroundUp.surface.lowest", ROWS, bias)
    assert cost(found)[0] == pytest.approx(best.fun, abs=1e-4)
    np.testing.assert_allclose(found, best.x, atol=5e-3)


@pytest.mark.parametrize(
    ("place", "words", "silent"),
    [
        ("The valley", "", ("zigzag", "flat", "climbed")),
        ("The zigzag", "as in a zigzag", ("flat", "climbed")),
        ("The flats", "Here it is nearly flat, far above the lowest place.", ("zigzag", "climbed")),
    ],
)
def test_valley_zigzag_and_flats_are_said_with_the_chapters_numbers(
    browser, alone, place, words, silent
):
    total, rows_right = cost_of_chapter_2()
    with opened(browser, alone("surface")) as (page, wrong):
        settle(page)
        page.get_by_role("button", name=place, exact=True).focus()
        page.keyboard.press("Enter")
        told, link = said(page), link_of(page)
        assert wrong == []
    query = dict(parse_qsl(urlsplit(link).query))
    step, start = int(query["step"]), (float(query["w1"]), float(query["w2"]))
    path = descent(start, -1, float(query["lr"]), step)
    theta = np.append(path[-1], -1)
    assert numbers(told)[:4] == pytest.approx(
        [*path[-1], total(theta)[0], np.hypot(*total(theta)[1][:2])], abs=0.00501
    )
    assert told.startswith(f"Step {step}: w = (")
    assert f"{rows_right(theta)} of 8 rows right; " in told
    assert told.endswith("cost 1.884, 4 of 8 rows right.")
    assert words in told
    assert not any(it in told for it in silent)
    last, before = path[-1] - path[-2], path[-2] - path[-3]
    assert ("zigzag" in told) == (last @ before < 0)


def test_the_descent_is_walked_by_keyboard_and_a_link_leads_back(browser, alone):
    total = cost_of_chapter_2()[0]
    with opened(browser, alone("surface")) as (page, wrong):
        settle(page)
        page.get_by_role("button", name="Back to the start").focus()
        page.keyboard.press("Enter")
        page.get_by_role("application", name="Arrow keys move the start").focus()
        for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
        page.get_by_role("slider", name="Learning rate").focus()
        page.keyboard.press("End")
        page.get_by_role("button", name="1 step", exact=True).focus()
        page.keyboard.press("Enter")
        words, link = said(page), link_of(page)
        assert wrong == []
    first = np.array([-1.2, 2.0])
    w = first - 0.5 * total(np.append(first, -1))[1][:2]
    assert words.startswith("Step 1: w = (")
    assert numbers(words)[:3] == pytest.approx([*w, total(np.append(w, -1))[0]], abs=0.00501)
    with opened(browser, link) as (page, wrong):
        settle(page)
        assert said(page) == words
        page.get_by_role("slider", name="Bias").fill("3")
        assert said(page).endswith("6 of 8 rows right.")
        box = page.get_by_role("application").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
        assert "w1=-0.1&w2=1.2&" in link_of(page)
        assert wrong == []


@pytest.mark.parametrize("query", ["w1=5", "lr=0", "bias=no", "step=201"])
def test_what_is_no_place_on_the_cost_is_named(browser, alone, query):
    with opened(browser, f"{alone('surface')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {query}. Step" in said(page)
        assert wrong == []


# --- chapter 6: a race, and ten layers ---

COSTS = {
    "ravine": lambda x, y: x**2 / 2 + 25 * y**2,
    "saddle": lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4,
    "bump": lambda x, y: x**2 / 10 + y**2 / 2 + 0.5 * torch.exp(-2 * (x - 1.5) ** 2),
}
OPTIMISERS = {
    "sgd": lambda p, lr, beta: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr, beta: torch.optim.SGD(p, lr=lr, momentum=beta),
    "adam": lambda p, lr, beta: torch.optim.Adam(p, lr=lr),
}
RACES = [(s, name, lr) for s in COSTS for name in OPTIMISERS for lr in (0.003, 0.03)]


@pytest.mark.parametrize(("surface", "name", "lr"), RACES)
def test_a_race_is_torchs_step_by_step(surface, name, lr):
    steps, options = 100, {"lr": lr, "beta": 0.8}
    found = in_node(["race-run"], "GroundUp.race.path", surface, name, options, steps)
    theta = torch.tensor(found[0], dtype=torch.float64, requires_grad=True)
    optimiser, wanted = OPTIMISERS[name]([theta], **options), [found[0]]
    for _ in range(steps):
        optimiser.zero_grad()
        COSTS[surface](*theta).backward()
        optimiser.step()
        wanted.append(theta.detach().tolist())
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("surface", COSTS)
def test_a_surface_costs_what_its_formula_says(surface):
    places = np.random.default_rng(0).normal(scale=2, size=(20, 2))
    expression = f"(it) => it.map(GroundUp.race.SURFACES.{surface}.cost)"
    found = in_node(["race-run"], expression, places.tolist())
    wanted = [float(COSTS[surface](*torch.from_numpy(it))) for it in places]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_race_is_run_by_keyboard_and_in_words(browser, alone):
    with opened(browser, f"{alone('race')}?surface=bump") as (page, wrong):
        settle(page)
        page.get_by_label("Step", exact=True).focus()
        page.keyboard.press("End")
        words, link = said(page), link_of(page)
        assert wrong == []
    sgd, momentum, adam = numbers(words)
    assert words.startswith("Step 200. SGD: cost ")
    assert sgd == pytest.approx(adam, abs=0.005)  # both are caught in the hollow
    assert momentum < sgd / 10
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words
        page.get_by_label("SGD: rate").fill("1")
        assert "SGD has flown off" in said(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_paths_of_a_race_stand_out_from_the_ground(browser, alone, theme):
    with opened(browser, f"{alone('race')}?step=200", theme) as (page, wrong):
        settle(page)
        counts, edge = page.evaluate("""() => {
          const canvas = document.querySelector("[data-widget=race] canvas"), counts = {};
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          for (let k = 0; k < data.length; k += 4) {
            const colour = data.subarray(k, k + 3).join(" ");
            counts[colour] = (counts[colour] ?? 0) + 1;
          }
          const probe = document.body.appendChild(document.createElement("p"));
          probe.style.color = GroundUp.colours().background;
          return [counts, getComputedStyle(probe).color.match(/\\d+/g).join(" ")];
        }""")
        assert wrong == []
    paths = ["1 115 178", "202 127 0", "2 158 115"]
    assert all(contrast(it, edge) >= 3 for it in paths)
    assert counts[edge] > 0.2 * sum(counts[it] for it in paths)


def contrast(*colours: str) -> float:
    """WCAG's ratio of two colours, each as three numbers of 0 … 255."""
    parts = np.array([it.split() for it in colours], dtype=float) / 255
    parts = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    low, high = sorted(parts @ [0.2126, 0.7152, 0.0722] + 0.05)
    return high / low


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_ten_layers_are_numpys(browser, alone, activation):
    rule = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[activation]
    with opened(browser, f"{alone('layers')}?activation={activation}&scale=1.3") as (page, wrong):
        settle(page)
        words = said(page)
        drawn = page.evaluate("() => document.querySelector('[data-widget=layers]').drawn()")
        assert wrong == []
    a, sizes = np.array(drawn["X"]), []
    for W in np.array(drawn["Ws"]):
        a = rule(a @ W * 1.3 / np.sqrt(len(W)))
        sizes.append(np.sqrt(np.mean(a**2)))
    first, last, factor = numbers(words)[:3]
    assert abs(np.mean(drawn["Ws"])) < 0.02
    assert np.std(drawn["Ws"]) == pytest.approx(1, abs=0.02)
    assert first == pytest.approx(sizes[0], rel=0.005)
    assert last == pytest.approx(sizes[-1], rel=0.005)
    assert factor == pytest.approx((sizes[-1] / sizes[0]) ** (1 / 9), rel=0.005)


# --- chapter 7: whose curve is it? ---


def test_every_run_shows_what_its_reason_says():
    half = np.log(2)
    runs = {case: [np.array(it) for it in found] for case, found in clinic_runs().items()}
    assert {case: len(found) for case, found in runs.items()} == {0: 40, 1: 10, 6: 10, 7: 10, 8: 10}
    assert all(it[-1] < 0.5 * half for it in runs[0])
    assert all(it[0] < half and it[1] < 3 * it[0] and it.max() > 5 * it[0] for it in runs[1])
    assert all(np.abs(it - half).max() < 5e-4 for it in runs[6])
    assert all(it[1] > 9 * it[0] and it[1:].min() > it[0] for it in runs[7])
    assert all(abs(it[-1] - half) < 0.01 and np.ptp(it) > 5e-3 for it in runs[8])


def test_a_round_is_played_by_keyboard_and_counted_once(browser, alone):
    with opened(browser, f"{alone('curves')}?round=12") as (page, wrong):
        settle(page)
        round_ = page.evaluate("() => document.querySelector('[data-widget=curves]').round()")
        assert round_["values"] in clinic_runs()[round_["case"]]
        assert len(set(round_["codes"])) == 3
        lost = next(it for it in round_["codes"] if it != round_["right"])
        for code, verdict in ((lost, "No: that was"), (round_["right"], "Yes.")):
            page.get_by_role("button", name=code, exact=True).focus()
            page.keyboard.press("Enter")
            assert said(page).startswith(verdict)
            assert said(page).endswith("So far 0 of 1 right.")
        page.get_by_role("button", name="Another curve").focus()
        page.keyboard.press("Enter")
        assert "round=13" in link_of(page)
        after = page.evaluate("() => document.querySelector('[data-widget=curves]').round()")
        page.get_by_role("button", name=after["right"], exact=True).click()
        assert said(page).endswith("So far 1 of 2 right.")
        assert wrong == []


# --- chapter 8: all-reduce, and the time of a step ---


def cells_with(chapter: str, *marks: str, **given) -> dict:
    """What is defined, beside what is given, after a chapter's code cells with one of the marks."""
    path = next(NOTEBOOKS.glob(f"{chapter}_*.ipynb"))
    scope = {"np": np, "pd": pd, "plt": plt, "COLOURS": COLOURS, "LINES": LINES, "table": table}
    scope |= given
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and any(mark in cell.source for mark in marks):
            exec(compile(cell.source, path.name, "exec"), scope)
    return scope


@pytest.mark.parametrize("workers", range(2, 9))
def test_the_ring_is_the_chapters_round_by_round(workers):
    scope = cells_with("08", "def ring_all_reduce", "def naive_all_reduce")
    V = np.random.default_rng(workers).normal(size=(workers, workers))
    rounds = [V]
    total, sent = scope["ring_all_reduce"](V, lambda it: rounds.append(it[..., 0].copy()))
    found = in_node(["ring-run"], "GroundUp.ring.ring", V.tolist())
    np.testing.assert_allclose([it["chunks"] for it in found], rounds, atol=1e-12)
    assert sent == len(found) - 1  # a chunk, here one entry, from each worker in each round
    assert all(len({m["from"] for m in it["messages"]}) == workers for it in found[1:])
    assert all(m["to"] == (m["from"] + 1) % workers for it in found[1:] for m in it["messages"])

    plain, busiest = scope["naive_all_reduce"](V)
    found = in_node(["ring-run"], "GroundUp.ring.plain", V.tolist())
    np.testing.assert_allclose(found[-1]["chunks"], plain, atol=1e-12)
    np.testing.assert_allclose(total, plain, atol=1e-12)
    assert busiest == sum(m["from"] == 0 for it in found for m in it["messages"])
    assert len(found) - 1 == 2 * busiest  # it receives as many, and the others wait


def test_a_chunk_is_whole_in_every_worker_after_as_many_rounds_as_the_quiz_says():
    scope = cells_with("08", "def ring_all_reduce", "def naive_all_reduce")
    V = np.random.default_rng(0).normal(size=(8, 8))
    rounds = [V]
    total, _ = scope["ring_all_reduce"](V, lambda it: rounds.append(it[..., 0].copy()))
    whole = [np.isclose(chunks, total).any(axis=1).all() for chunks in rounds]
    assert right_options("8.q9") == [str(whole.index(True))]


WAYS = ("ring", "rounds", "plain")


def test_the_time_of_a_step_is_the_chapters():
    scope = cells_with("08", "def model_time", "def tree_time")
    model = in_node(["ring-run"], "GroundUp.ring.fitted", scaling())
    names = {"t0": "t_0", "c": "c", "alpha": "alpha", "beta": "beta", "o": "o"}
    for ours, theirs in names.items():
        assert model[ours] == pytest.approx(scope[theirs], rel=1e-9), ours
    exchanges = {
        "ring": scope["ring_time"],
        "rounds": scope["tree_time"],
        "plain": lambda p: 2 * (p - 1) * (scope["alpha"] + scope["m"] / scope["beta"]),
    }
    for n in (16, 1024, 65536):
        for p in (1, 2, 7, 64, 1000):
            found = in_node(
                ["ring-run"],
                f"(model, n, p, m) => {json.dumps(WAYS)}.map("
                "(way) => GroundUp.ring.total(n, p, m, model, way))",
                *(model, n, p, int(scope["m"])),
            )
            wanted = [scope["model_time"](n, p, exchanges[way]) for way in WAYS]
            np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_the_ring_is_stepped_by_keyboard_and_in_words(browser, alone):
    with opened(browser, alone("ring")) as (page, wrong):
        settle(page)
        page.get_by_label("Workers", exact=True).focus()
        page.keyboard.press("ArrowLeft")
        for _ in range(4):
            page.get_by_role("button", name="Next").focus()
            page.keyboard.press("Enter")
        words, link = said(page), link_of(page)
        assert wrong == []
    assert (
        words
        == "Time 4. Ring: 9 of 9 chunks whole, finished at time 4. Plain: 1 of 9 chunks whole."
    )
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words


def test_what_is_said_of_the_workers_is_what_the_chapter_reckons(browser, alone):
    scope = cells_with("08", "def model_time", "def tree_time")
    one, many = (float(scope["model_time"](1024, p)) for p in (1, 64))
    times = [scope["model_time"](1024, p) for p in range(1, 1001)]
    with opened(browser, alone("scaling")) as (page, wrong):
        settle(page)
        words = said(page)
        page.get_by_label("Workers", exact=True).focus()
        page.keyboard.press("Home")
        alone_says = said(page)
        assert wrong == []
    assert words.startswith(f"64 workers, ring: {three(1e3 * many)} ms a step, ")
    assert f"{three(one / many)} times as fast as one worker" in words
    assert (
        f"Best are {1 + int(np.argmin(times))} workers, {three(one / min(times))} times." in words
    )
    assert alone_says.startswith(f"1 worker, ring: {three(1e3 * one)} ms a step. ")


def three(x: float) -> str:
    """A number in three digits, as the pages write it."""
    return f"{x:.0f}" if x >= 100 else f"{x:#.3g}"
