"""groundup.scratch against SciPy, PyTorch and its own gradients, extremes included."""

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from groundup import scratch
from groundup.datasets import eight_rows
from groundup.scratch import Network, Neuron

functional = torch.nn.functional
EXTREMES = np.array([-1000.0, -40.0, -1.0, -1e-12, 0.0, 1e-12, 1.0, 40.0, 1000.0])
batches = hnp.arrays(
    float,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.floats(-1000, 1000),
)


def test_sigmoid_at_extremes_equals_scipy_without_a_warning():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_allclose(scratch.sigmoid(EXTREMES), scipy.special.expit(EXTREMES), 1e-15)
    assert scratch.sigmoid(np.array([])).shape == (0,)


def test_the_slope_of_a_saturated_sigmoid_is_exact_to_the_right_as_to_the_left():
    z = np.array([10.0, 40.0, 700.0])
    np.testing.assert_allclose(scratch.sigmoid_prime(z), scratch.sigmoid_prime(-z), rtol=1e-14)
    assert (scratch.sigmoid_prime(z) > 0).all()


def test_relu_at_infinity():
    with np.errstate(invalid="raise"):
        z = [-np.inf, -1, 0, np.inf, np.nan]
        np.testing.assert_array_equal(scratch.relu(z), [0, 0, 0, np.inf, np.nan])


@given(batches)
def test_softmax_rows(z):
    p = scratch.softmax(z)
    np.testing.assert_allclose(p, scipy.special.softmax(z, axis=1), atol=1e-15)
    np.testing.assert_allclose(p.sum(axis=1), 1)


@pytest.mark.parametrize("name", scratch.ACTIVATIONS)
def test_activation_derivatives_equal_autograd(name):
    f, f_prime = scratch.ACTIVATIONS[name]
    z = torch.tensor(EXTREMES, requires_grad=True)
    torch_f = {"identity": torch.nn.Identity()}.get(name) or getattr(torch, name)
    out = torch_f(z)
    out.sum().backward()
    np.testing.assert_allclose(f(EXTREMES), out.detach().numpy(), atol=1e-15)
    np.testing.assert_allclose(f_prime(EXTREMES), z.grad.numpy(), atol=1e-15)


@given(batches, st.randoms(use_true_random=False))
def test_losses_equal_torch(z, random):
    y = np.array([[random.randint(0, 1) for _ in row] for row in z], dtype=float)
    tz, ty = torch.tensor(z), torch.tensor(y)
    expected = functional.binary_cross_entropy_with_logits(tz, ty).item()
    np.testing.assert_allclose(scratch.bce_with_logits(z, y), expected, rtol=1e-12)
    p = scipy.special.expit(z)
    expected = functional.binary_cross_entropy(torch.tensor(p), ty).item()
    np.testing.assert_allclose(scratch.binary_cross_entropy(p, y), expected, rtol=1e-12)
    expected = functional.mse_loss(tz, ty).item()
    np.testing.assert_allclose(scratch.mse(z, y), expected, rtol=1e-12)
    half_sums = 0.5 * ((y - z) ** 2).sum(axis=1)
    np.testing.assert_allclose(scratch.quadratic_cost(z, y), half_sums.mean(), rtol=1e-12)
    labels = np.array([random.randrange(z.shape[1]) for _ in z])
    expected = functional.cross_entropy(tz, torch.tensor(labels)).item()
    np.testing.assert_allclose(scratch.cross_entropy(z, labels), expected, rtol=1e-12, atol=1e-12)


def test_one_class_only_costs_nothing():
    assert scratch.cross_entropy([[5.0], [-1000.0]], np.array([0, 0])) == 0


def test_the_neuron_of_chapter_2():
    rng = np.random.RandomState(42)
    X, y = eight_rows()
    neuron = Neuron(rng.randn(2), rng.randn())
    assert neuron.predict(X[0]) == pytest.approx(0.8732975096761088, abs=1e-15)
    assert neuron.predict([1.66, 1.56]) == pytest.approx(0.7784302101100966, abs=1e-15)
    errors = neuron.train(X, y, steps=10_000, lr=0.1, rng=rng)
    assert len(errors) == 100
    assert (round(errors[0], 4), round(errors[-1], 4)) == (3.0675, 1.9039)
    assert ((neuron.predict(X) > 0.5) == y).sum() == 4


def test_neuron_gradient_equals_finite_difference():
    neuron = Neuron([0.3, -0.7], 0.2)
    x, y = np.array([1.5, -2.0]), 1.0
    dw, db = neuron.gradients(x, y)
    f = lambda theta: (Neuron(theta[:2], theta[2]).predict(x) - y) ** 2  # noqa: E731
    np.testing.assert_allclose([*dw, db], scratch.finite_difference(f, [0.3, -0.7, 0.2]), 1e-8)


def test_complex_step_has_no_rounding_error():
    f = lambda v: np.sum(np.exp(v) / np.sqrt(np.sin(v) ** 3 + np.cos(v) ** 3))  # noqa: E731
    exact = 4.05342789389862  # the derivative at 1.5 (Squire and Trapp 1998)
    assert scratch.complex_step(f, [1.5])[0] == pytest.approx(exact, rel=1e-14)
    assert abs(scratch.finite_difference(f, [1.5], h=1e-12)[0] - exact) > 1e-8


def test_sizes_and_parameters():
    network = Network.random([2, 2, 3, 2], "sigmoid", rng=np.random.default_rng(0))
    assert network.sizes == [2, 2, 3, 2]
    assert network.n_parameters == 23


RNG = np.random.default_rng(0)
NETWORK = Network.random([2, 3, 1], "sigmoid", rng=RNG)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: NETWORK.forward(np.ones((4, 3))), ValueError, r"X must have shape \(n, 2\)"),
        (lambda: NETWORK.forward(np.ones((0, 2))), ValueError, "at least one row"),
        (lambda: NETWORK.forward([[np.nan, 1.0]]), ValueError, "X must be finite"),
        (lambda: NETWORK.forward([["a", "b"]]), TypeError, "X must hold numbers"),
        (lambda: NETWORK.cost(np.ones((4, 2)), np.ones(4)), ValueError, r"\(4, 1\); got \(4,\)"),
        (lambda: NETWORK.update([], [], lr=0), ValueError, "lr must be a number above 0; got 0"),
        (lambda: Network.random([2, 1], "swish", rng=RNG), ValueError, "'swish'"),
        (lambda: Network.random([2, 1], "tanh", "hinge", RNG), ValueError, "'hinge'"),
        (lambda: Network.random([2, 1], "tanh", "cross_entropy", RNG), ValueError, "logits"),
        (lambda: Network.random([2, 0], "tanh", rng=RNG), ValueError, r"got \[2, 0\]"),
        (lambda: Network.random([2, 1], "tanh"), ValueError, "rng must be given"),
        (lambda: Network([np.ones((2, 3))], [np.ones(2)], "tanh"), ValueError, r"biases\[0\]"),
        (lambda: Network([], [], "tanh"), ValueError, "at least one"),
        (
            lambda: Network([np.ones((2, 3)), np.ones((2, 1))], [np.ones(3), np.ones(1)], "tanh"),
            ValueError,
            r"weights\[1\] must have 3 rows",
        ),
        (lambda: Neuron([np.nan, 1], 0), ValueError, "w must be finite"),
        (lambda: Neuron([1, 2], 0).predict([1.0]), ValueError, "2 features"),
        (lambda: Neuron([1], 0).train([[1.0]], [np.nan], 1, 0.1, RNG), ValueError, "y must be fin"),
        (lambda: Neuron([1], 0).train([[1.0]], [1.0], 1, -1, RNG), ValueError, "lr must be"),
        (lambda: scratch.cross_entropy([[1.0, 2.0]], np.array([2])), ValueError, "0 … 1"),
        (lambda: scratch.cross_entropy([[1.0, 2.0]], np.array([0.5])), TypeError, "integers"),
        (lambda: scratch.mse(np.ones((3, 1)), np.ones(3)), ValueError, r"\(3, 1\); got \(3,\)"),
        (lambda: scratch.mse([], []), ValueError, "empty batch"),
        (
            lambda: scratch.cross_entropy([1.0, 2.0], [0]),
            ValueError,
            r"shape \(n, k\).* got \(2,\)",
        ),
        (lambda: scratch.cross_entropy(np.ones((0, 2)), []), ValueError, r"got \(0, 2\)"),
        (lambda: scratch.bce_with_logits([0.0], [2.0]), ValueError, "y must lie between 0 and 1"),
        (lambda: scratch.binary_cross_entropy([0.5], [-1.0]), ValueError, "y must lie .* -1 to -1"),
        (
            lambda: Neuron([1, 2], 0).gradients(np.ones((3, 2)), 1.0),
            ValueError,
            "x must be one row",
        ),
        (lambda: Neuron([1, 2], 0).update(np.ones(1), 1.0, 0.1), ValueError, r"dw must have shape"),
        (lambda: Neuron([1], 0).update(np.ones(1), 1.0, np.inf), ValueError, "lr must be"),
        (lambda: Neuron([1], 0).train([[1.0]], [1.0], 0, 0.1, RNG), ValueError, "steps must be"),
        (
            lambda: Neuron([1], 0).train([[1.0]], [1.0], 1, 0.1, 3),
            ValueError,
            "rng must be .* got 3",
        ),
        (lambda: NETWORK.update([], [], lr=0.1), ValueError, "dWs must be 2 arrays"),
        (
            lambda: NETWORK.update([np.ones((2, 1)), np.ones((3, 1))], NETWORK.biases, lr=0.1),
            ValueError,
            r"dWs\[0\] must have shape \(2, 3\); got \(2, 1\)",
        ),
        (lambda: scratch.finite_difference(lambda v: v, [1.0, 2.0]), ValueError, "one number"),
        (lambda: scratch.complex_step(np.sum, [1.0], h=0), ValueError, "h must be"),
        (lambda: scratch.binary_cross_entropy([1.5], [1.0]), ValueError, "between 0 and 1"),
        (lambda: scratch.softmax(np.ones((2, 0))), ValueError, "at least one class"),
    ],
)
def test_bad_input_is_named(make, error, says):
    with pytest.raises(error, match=says):
        make()
