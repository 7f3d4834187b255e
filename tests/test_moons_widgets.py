"""The small networks on the two moons, which pages train: each number against PyTorch's."""

import numpy as np
import pytest
import torch
from browsing import (
    in_node,
    link_of,
    numbers,
    opened,
    said,
    settle,
    sideways,
    violations,
)
from sklearn.datasets import make_moons
from torch import nn

from groundup.exercises.chapter6 import dropout
from groundup.models import l2_penalty, mlp

SCRIPTS = ["race-run", "moons-run"]


@pytest.mark.parametrize("name", ["noise", "remedies"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_the_widget_is_sound(browser, alone, name, theme, width):
    with opened(browser, alone(name), theme, width) as (page, wrong):
        settle(page)
        assert wrong + violations(page) == []
        assert sideways(page) == 0


# --- the run, in Node.js ---


def network(theta) -> nn.Sequential:
    """The page's list of weights and biases as a network in double precision."""
    rows = torch.tensor(theta[:-1], dtype=torch.float64).reshape(-1, 4)
    model = mlp((2, len(rows), 1), "tanh").double()
    with torch.no_grad():
        model[1].weight.copy_(rows[:, :2])
        model[1].bias.copy_(rows[:, 2])
        model[3].weight.copy_(rows[None, :, 3])
        model[3].bias.fill_(theta[-1])
    return model


def listed(hidden, bias, out, last) -> np.ndarray:
    """The same list from a network's weights, biases, or their gradients."""
    rows = np.column_stack([hidden.detach(), bias.detach(), out.detach()[0]])
    return np.append(rows, last.detach())


def drawn(seed: int, n: int = 40, width: int = 6) -> tuple[dict, list[float]]:
    """Points of the two moons as the page holds them, and an untrained network."""
    X, y = make_moons(n, noise=0.3, random_state=seed)
    theta = np.random.default_rng(seed).normal(size=4 * width + 1)
    return {"X": X.tolist(), "y": y.tolist()}, theta.tolist()


def cost(model: nn.Sequential, data: dict, mask=None, l1=0.0, l2=0.0, p=0.0) -> torch.Tensor:
    """Cross-entropy of logits with the chapter's penalty and the chapter's dropout."""
    X, y = (torch.tensor(data[it], dtype=torch.float64) for it in ("X", "y"))
    a = model[2](model[1](X))
    if mask is not None:
        a = a * torch.from_numpy(dropout(np.ones(a.shape), p, mask, True))
    loss = nn.BCEWithLogitsLoss()(model[3](a)[:, 0], y)
    weights = [it for it in model.parameters() if it.ndim > 1]
    return loss + l2 * l2_penalty(model) + l1 * sum(it.abs().sum() for it in weights)


@pytest.mark.parametrize(
    "how", [{}, {"l2": 0.02}, {"l1": 0.01}, {"l1": 0.003, "l2": 0.001, "p": 0.4}]
)
def test_gradients_are_those_of_the_chapters_cost(how):
    data, theta = drawn(1)
    p = how.get("p", 0)
    mask = np.random.default_rng(2).uniform(size=(40, 6)) if p else None
    model = network(theta)
    cost(model, data, mask, **how).backward()
    kept = dropout(np.ones((40, 6)), p, mask, True).tolist() if p else None
    found = in_node(SCRIPTS, "GroundUp.moons.gradient", theta, data, how, kept)
    np.testing.assert_allclose(
        found, listed(*(it.grad for it in model.parameters())), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("how", [{}, {"l2": 0.003}, {"l1": 0.003}, {"p": 0.5}])
def test_a_run_is_torchs_step_by_step(how):
    steps, (data, theta), p = 60, drawn(3), how.get("p", 0)
    uniform = np.random.default_rng(4).uniform(size=(steps, 40, 6))
    expression = """(theta, data, how, steps, uniform) => GroundUp.moons.train(theta, data, how,
      steps, how.p ? (t) => {
        const values = uniform[t].flat();
        return GroundUp.moons.dropped(40, 6, how.p, { uniform: () => values.shift() });
      } : undefined)"""
    found = in_node(SCRIPTS, expression, theta, data, how, steps, uniform.tolist())
    model, wanted = network(theta), [theta]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for mask in uniform:
        optimiser.zero_grad()
        cost(model, data, mask if p else None, **how).backward()
        optimiser.step()
        wanted.append(listed(*model.parameters()))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def by_numpy(p: np.ndarray, y: np.ndarray) -> list[tuple]:
    """By tenths of p: how many points, the mean of p, the share of class 1; without empty ones."""
    tenth = np.minimum((10 * p).astype(int), 9)
    groups = [tenth == k for k in range(10)]
    return [(int(g.sum()), p[g].mean(), y[g].mean()) for g in groups if g.any()]


def test_the_reliability_is_numpys_and_the_loss_stays_finite():
    data, theta = drawn(5, n=300)
    theta = [30 * it for it in theta]  # sure of itself, and wrong
    found = in_node(
        SCRIPTS,
        "(...it) => [GroundUp.moons.reliability(...it), GroundUp.moons.loss(...it)]",
        *(theta, data),
    )
    with torch.no_grad():
        p = network(theta)(torch.tensor(data["X"], dtype=torch.float64)).sigmoid()[:, 0].numpy()
        loss = cost(network(theta), data).item()
    assert loss > 3
    assert found[1] == pytest.approx(loss, rel=1e-9)
    bins = [(it["count"], it["says"], it["is"]) for it in found[0]]
    np.testing.assert_allclose(bins, by_numpy(p, np.array(data["y"])), rtol=1e-9)


# --- chapter 4: noise, number of points, width ---


def arcs(y: np.ndarray) -> np.ndarray:
    """Of each label the middle of its half circle and the sign of the half that it keeps (n, 3)."""
    return np.where(y[:, None] == 0, [[0, 0, 1]], [[1, 0.5, -1]])


def test_the_points_are_two_moons_and_noise(browser, alone):
    found = {}
    for spread in (0, 0.4):
        with opened(browser, f"{alone('noise')}?spread={spread}&points=200") as (page, _):
            settle(page)
            it = page.evaluate("() => document.querySelector('[data-widget=noise]').drawn()")
            found[spread] = {name: np.array(it[name]["X"]) for name in ("data", "test")}
            labels = {name: np.array(it[name]["y"]) for name in ("data", "test")}
    for name, y in labels.items():
        still, middles = found[0][name], arcs(y)
        np.testing.assert_allclose(np.hypot(*(still - middles[:, :2]).T), 1, atol=1e-12)
        assert np.all((still[:, 1] - middles[:, 1]) * middles[:, 2] >= 0)
        assert y.mean() == 0.5
        noise = (found[0.4][name] - still).ravel()
        assert noise.std() == pytest.approx(0.4, abs=0.04)
        assert abs(noise.mean()) < 0.05
    X, y = make_moons(200, noise=None)  # scikit-learn's lie on the same half circles
    np.testing.assert_allclose(np.hypot(*(X - arcs(y)[:, :2]).T), 1, atol=1e-12)


def test_what_is_said_is_what_pytorch_finds_on_the_same_points(browser, alone):
    query = "?spread=0.25&points=40&width=9&sample=2&epoch=150"
    with opened(browser, alone("noise") + query) as (page, wrong):
        settle(page)
        words = said(page)
        it = page.evaluate("() => document.querySelector('[data-widget=noise]').drawn()")
        assert wrong == []
    model, X = network(it["theta"]), torch.tensor(it["test"]["X"], dtype=torch.float64)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    losses = []
    for epoch in range(301):
        optimiser.zero_grad()
        loss = cost(model, it["data"])
        losses.append(cost(model, it["test"]).item())
        if epoch == 150:
            p, now = model(X).sigmoid()[:, 0].detach().numpy(), [loss.item(), losses[-1]]
            z = model(torch.tensor(it["data"]["X"], dtype=torch.float64))[:, 0]
        loss.backward()
        optimiser.step()
    y = np.array(it["test"]["y"])
    off = sum(count * abs(says - true) for count, says, true in by_numpy(p, y)) / len(y)
    right = 100 * np.mean((p > 0.5) == y)
    sides = int(((z > 0).numpy() == np.array(it["data"]["y"])).sum())
    assert numbers(words) == pytest.approx([*now, right, off, min(losses)], abs=0.00051)
    assert f"; {sides} of 40 training points" in words
    assert words.endswith(f"after epoch {int(np.argmin(losses))}.")


def test_noise_is_set_by_keyboard_and_a_link_leads_back(browser, alone):
    with opened(browser, alone("noise")) as (page, wrong):
        settle(page)
        page.get_by_label("Training points", exact=True).focus()
        page.keyboard.press("End")
        page.get_by_label("Noise", exact=True).focus()
        page.keyboard.press("ArrowLeft")
        page.get_by_role("button", name="To the lowest test loss").focus()
        page.keyboard.press("Enter")
        words, link = said(page), link_of(page)
        assert "spread=0.25&points=200&" in link
        picture = page.get_by_role("img", name="Reliability diagram").get_attribute("aria-label")
        assert wrong == []
    _, test, right, _, lowest = numbers(words)
    assert test == lowest
    assert right > 90
    counts = [int(it.split(" of ")[1].split()[0]) for it in picture.split("; ")]
    assert sum(counts) == 1000
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words


@pytest.mark.parametrize("query", ["spread=0.6", "points=9", "width=2.5", "sample=-1", "epoch=x"])
def test_what_is_no_setting_of_the_noise_is_named(browser, alone, query):
    with opened(browser, f"{alone('noise')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {query}. Epoch " in said(page)
        assert wrong == []


# --- chapter 6: penalties and dropout ---


def sizes(model: nn.Sequential) -> np.ndarray:
    """The sizes of all weights, without the biases."""
    weights = [it.detach().abs().flatten() for it in model.parameters() if it.ndim > 1]
    return torch.cat(weights).numpy()


@pytest.mark.parametrize(
    "how", [{"l2": 0.003, "l1": 0, "dropout": 0}, {"l2": 0.001, "l1": 0.003, "dropout": 0.2}]
)
def test_a_remedy_is_the_chapters_on_the_same_points(browser, alone, how):
    query = "&".join(f"{name}={value}" for name, value in how.items())
    with opened(browser, f"{alone('remedies')}?{query}&sample=5") as (page, wrong):
        settle(page)
        words = said(page)
        it, uniform = page.evaluate("""() => {
          const root = document.querySelector("[data-widget=remedies]");
          const { uniform } = root.uniforms();
          return [root.drawn(), Array.from({ length: 300 * 30 * 16 }, uniform)];
        }""")
        assert wrong == []
    p, told = how["dropout"], []
    masks = np.array(uniform).reshape(300, 30, 16)
    for penalties in ({}, {"l1": how["l1"], "l2": how["l2"], "p": p}):
        model = network(it["theta"])
        optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
        for mask in masks:
            optimiser.zero_grad()
            cost(model, it["data"], mask if p and penalties else None, **penalties).backward()
            optimiser.step()
        z = model(torch.tensor(it["test"]["X"], dtype=torch.float64))[:, 0]
        right = np.mean((z > 0).numpy() == np.array(it["test"]["y"]))
        told += [cost(model, it["data"]).item(), cost(model, it["test"]).item(), 100 * right]
        told.append(sizes(model))
    before, after = told.pop(3), told.pop(6)
    found = numbers(words)
    assert found[:6] == pytest.approx(told, abs=0.00051)
    assert found[6:8] == pytest.approx([before.sum(), after.sum()], abs=0.051)
    few = [int((it < 0.05).sum()) for it in (before, after)]
    assert words.endswith(f"smaller than 0.05: {few[0]} before, {few[1]} now.")


def test_remedies_are_set_by_keyboard_and_a_link_leads_back(browser, alone):
    with opened(browser, alone("remedies")) as (page, wrong):
        settle(page)
        page.get_by_role("button", name="No remedy").focus()
        page.keyboard.press("Enter")
        without, now = said(page).split(". Now: ")
        assert now.startswith(without.removeprefix("Without a remedy: "))
        page.get_by_role("slider", name="L1: strength λ").focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        words, link = said(page), link_of(page)
        assert "l2=0&l1=0.01&dropout=0&" in link
        assert wrong == []
    assert int(words.split(", ")[-1].split()[0]) > 20  # of 48 weights nearly gone
    with opened(browser, link) as (page, _):
        settle(page)
        assert said(page) == words


@pytest.mark.parametrize("query", ["l1=0.5", "l2=-1", "dropout=1", "sample=21"])
def test_what_is_no_remedy_is_named(browser, alone, query):
    with opened(browser, f"{alone('remedies')}?{query}") as (page, wrong):
        settle(page)
        assert f"its default is used: {query}. Without a remedy: " in said(page)
        assert wrong == []


# --- what the quizzes of these chapters ask ---


def test_more_points_and_the_two_penalties_do_what_the_quizzes_say(browser, alone):
    def shown(address: str) -> str:
        with opened(browser, address) as (page, _):
            settle(page)
            return said(page)

    same = f"{alone('noise')}?spread=0.3&width=16&sample=0&points="
    few, many = (numbers(shown(f"{same}{n}"))[:2] for n in (30, 200))
    assert many[0] > few[0]  # the training loss
    assert many[1] < few[1]  # the test loss
    penalties = ("l1=0.01&l2=0", "l1=0&l2=0.01")
    words = [shown(f"{alone('remedies')}?{it}&dropout=0&sample=3") for it in penalties]
    l1, l2 = (int(it.split(", ")[-1].split()[0]) for it in words)
    assert l1 > l2 > 0
    assert all("smaller than 0.05: 0 before" in it for it in words)
