"""The backward pass of groundup.scratch: against autograd, and three implementations of one run."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from benchmarks.speed import scalar_step
from groundup.datasets import ten_points
from groundup.scratch import ACTIVATIONS, Network, complex_step

LOSSES = ("mse", "quadratic", "bce_with_logits", "cross_entropy")
MODULES = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "identity": nn.Identity,
}


def torch_copy(network: Network) -> nn.Sequential:
    """The network as a PyTorch model in float64 with the same parameters."""
    layers = []
    for W, b, name in zip(network.weights, network.biases, network.activations, strict=True):
        linear = nn.Linear(*W.shape, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(W.T))
            linear.bias.copy_(torch.tensor(b))
        layers += [linear, MODULES[name]()]
    return nn.Sequential(*layers)


def torch_cost(network: Network, model: nn.Sequential, X, Y) -> torch.Tensor:
    output, Y = model(torch.tensor(X)), torch.tensor(Y)
    return {
        "mse": nn.functional.mse_loss,
        "quadratic": lambda output, Y: ((output - Y) ** 2).sum(dim=1).mean() / 2,
        "bce_with_logits": nn.functional.binary_cross_entropy_with_logits,
        "cross_entropy": nn.functional.cross_entropy,
    }[network.loss](output, Y)


def largest_gap(network: Network, X, Y) -> float:
    """Largest difference between our gradient and autograd's, relative to values above 1."""
    model = torch_copy(network)
    torch_cost(network, model, X, Y).backward()
    dWs, dbs = network.backward(X, Y)
    gaps = []
    for linear, dW, db in zip(model[::2], dWs, dbs, strict=True):
        for ours, theirs in ((dW, linear.weight.grad.numpy().T), (db, linear.bias.grad.numpy())):
            assert ours.shape == theirs.shape
            gaps.append(np.max(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))))
    return max(gaps)


def problem(loss, activation, sizes, rows, scale, seed):
    rng = np.random.default_rng(seed)
    last = "identity" if loss in ("bce_with_logits", "cross_entropy") else activation
    names = [activation] * (len(sizes) - 2) + [last]
    network = Network.random(sizes, names, loss, rng)
    X = scale * rng.standard_normal((rows, sizes[0]))
    if loss == "cross_entropy":
        return network, X, rng.integers(sizes[-1], size=rows)
    return network, X, rng.integers(2, size=(rows, sizes[-1])).astype(float)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    rows=st.integers(1, 6),
    scale=st.sampled_from([0.0, 1e-3, 1.0, 1000.0]),
    seed=st.integers(0, 10**6),
)
def test_gradients_equal_autograd(loss, activation, sizes, rows, scale, seed):
    assert largest_gap(*problem(loss, activation, sizes, rows, scale, seed)) <= 1e-8


@pytest.mark.parametrize("loss", ["mse", "quadratic"])
def test_gradients_equal_the_complex_step(loss):
    network, X, Y = problem(loss, "tanh", [3, 4, 2], 5, 1.0, 0)

    def cost(W):
        return Network([W, *network.weights[1:]], network.biases, "tanh", loss).cost(X, Y)

    by_step = complex_step(cost, network.weights[0])
    np.testing.assert_allclose(network.backward(X, Y)[0][0], by_step, rtol=1e-13, atol=1e-16)


def test_backward_may_be_called_twice():
    network, X, Y = problem("mse", "tanh", [2, 3, 1], 4, 1.0, 0)
    first, second = network.backward(X, Y), network.backward(X, Y)
    for a, b in zip((*first[0], *first[1]), (*second[0], *second[1]), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_check_sees_a_slope_of_another_activation(monkeypatch, activation):
    network, X, Y = problem("mse", activation, [2, 3, 3, 2], 4, 1.0, 1)
    wrong = next(name for name in ACTIVATIONS if name != activation)
    monkeypatch.setitem(
        ACTIVATIONS, activation, (ACTIVATIONS[activation][0], ACTIVATIONS[wrong][1])
    )
    assert largest_gap(network, X, Y) > 1e-8


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("sizes", [[2, 2, 3, 2], [2, 2, 4, 1]])
def test_three_implementations_give_one_curve(sizes, seed):
    X, labels = ten_points()
    Y = np.column_stack([labels, 1 - labels])[:, : sizes[-1]].astype(float)
    start = Network.random(sizes, "sigmoid", "quadratic", np.random.default_rng(seed))
    lr, steps = 2.0, 600

    Ws, bs = [W.tolist() for W in start.weights], [b.tolist() for b in start.biases]
    loops = [scalar_step(X.tolist(), Y.tolist(), Ws, bs, lr) for _ in range(steps)]

    network, matrices = Network(start.weights, start.biases, "sigmoid", "quadratic"), []
    for _ in range(steps):
        matrices.append(network.cost(X, Y))
        network.update(*network.backward(X, Y), lr=lr)

    model, autograd = torch_copy(start), []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        cost = torch_cost(start, model, X, Y)
        cost.backward()
        optimizer.step()
        autograd.append(cost.item())

    assert loops[-1] < loops[0]
    np.testing.assert_allclose(matrices, loops, rtol=0, atol=1e-10)
    np.testing.assert_allclose(autograd, loops, rtol=0, atol=1e-10)
