"""Neural networks in NumPy alone: activations, losses, one neuron, a network, gradient checks.

Conventions of the whole course: rows are data, so a batch ``X`` has shape ``(n, d)``; layer
``l = 1 … L`` computes ``z = a W + b`` and ``a = phi(z)`` with ``W`` of shape ``(n_{l-1}, n_l)``.
Costs are means over the rows. Everything works in float64 unless the inputs are complex, which
:func:`complex_step` needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from numbers import Real

import numpy as np

# --- activations ---


def sigmoid(z):
    """Logistic sigmoid 1 / (1 + exp(-z)), entry by entry, for any shape.

    exp is only ever taken of numbers ≤ 0, so that no input overflows.
    """
    z = as_floats("z", z)
    small = np.exp(np.where(z.real > 0, -z, z))
    return np.where(z.real > 0, 1, small) / (1 + small)


def sigmoid_prime(z):
    """Derivative σ'(z) = σ(z) (1 - σ(z)), taken at the pre-activation z."""
    # σ(-z) is 1 - σ(z) without the cancellation that makes 1 - σ(z) zero for large z.
    z = as_floats("z", z)
    return sigmoid(z) * sigmoid(-z)


def tanh(z):
    """Hyperbolic tangent, entry by entry."""
    return np.tanh(as_floats("z", z))


def tanh_prime(z):
    """Derivative 1 - tanh(z)², taken at the pre-activation z."""
    return 1 - tanh(z) ** 2


def relu(z):
    """Rectified linear unit max(z, 0), entry by entry."""
    z = as_floats("z", z)
    return np.where(z.real > 0, z, 0) if np.iscomplexobj(z) else np.maximum(z, 0)


def relu_prime(z):
    """Derivative of ReLU; at z = 0, where there is none, 0 is taken, as PyTorch does."""
    return (as_floats("z", z).real > 0).astype(float)


def identity(z):
    """The identity: the output activation for regression, and for logits."""
    return as_floats("z", z)


def identity_prime(z):
    """Derivative of the identity: ones with z's shape."""
    return np.ones_like(as_floats("z", z).real)


#: name → (activation, its derivative at the pre-activation)
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
    "identity": (identity, identity_prime),
}


def softmax(z):
    """Softmax over the last axis: each row becomes probabilities that sum to 1.

    The row's own maximum is subtracted first, which changes nothing but the size of the numbers
    (Goodfellow et al. 2016, section 4.1).
    """
    z = as_floats("z", z)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z must have at least one class on its last axis; got shape {z.shape}")
    shifted = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


# --- losses: each a mean over the rows ---


def mse(y_hat, y):
    """Mean of (ŷ - y)² over all entries, as torch.nn.MSELoss; shapes must be the same."""
    y_hat, y = _same_shape(y_hat, y)
    return np.mean((y_hat - y) ** 2)


def quadratic_cost(y_hat, y):
    """Mean over rows of ½‖y - ŷ‖² (Higham and Higham 2019, equation 2.10 without its network)."""
    y_hat, y = _same_shape(y_hat, y)
    return np.sum((y - y_hat) ** 2) / (2 * len(np.atleast_1d(y)))


def binary_cross_entropy(p, y):
    """Mean of -(y log p + (1 - y) log(1 - p)); p and y in [0, 1], same shape.

    As in torch.nn.BCELoss each logarithm is cut off at -100, so that a confident mistake costs 100
    and not infinity.
    """
    p, y = _same_shape(p, y)
    _between_0_and_1("p", p, " (for logits there is bce_with_logits)")
    _between_0_and_1("y", y)
    with np.errstate(divide="ignore"):
        log_p, log_q = (np.log(v) for v in (p, 1 - p))
    log_p, log_q = (np.where(v.real < -100, -100, v) for v in (log_p, log_q))
    return -np.mean(y * log_p + (1 - y) * log_q)


def bce_with_logits(z, y):
    """Binary cross-entropy of σ(z), from the logits z: mean of log(1 + exp(z)) - y z."""
    z, y = _same_shape(z, y)
    _between_0_and_1("y", y)
    # log(1 + exp(z)); exp is only taken of numbers ≤ 0, as in sigmoid.
    return np.mean(relu(z) + np.log1p(np.exp(np.where(z.real > 0, -z, z))) - y * z)


def cross_entropy(logits, labels):
    """Mean of -log softmax(logits)[label]; logits (n, k), labels (n,) integers in 0 … k-1."""
    logits = as_floats("logits", logits)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(
            f"logits must have shape (n, k), with rows and classes; got {logits.shape}"
        )
    labels = check_labels(labels, len(logits), logits.shape[1])
    log_p = logits - logits.real.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


def check_labels(labels, n: int, k: int) -> np.ndarray:
    """Labels as an int64 array of shape (n,), or an error that says what is wrong with them."""
    labels = _whole_array("labels", labels)
    if labels.shape != (n,):
        raise ValueError(f"labels must have shape ({n},), one class a row; got {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels must be integers (class numbers); got dtype {labels.dtype}")
    if n and (labels.min() < 0 or labels.max() >= k):
        raise ValueError(
            f"labels must lie in 0 … {k - 1}; got values from {labels.min()} to {labels.max()}"
        )
    return labels.astype(np.int64)


def _between_0_and_1(name: str, values: np.ndarray, note: str = "") -> None:
    values = values.real
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError(
            f"{name} must lie between 0 and 1{note}; "
            f"got values from {values.min():g} to {values.max():g}"
        )


def _same_shape(y_hat, y):
    y_hat, y = as_floats("the prediction", y_hat), as_floats("y", y)
    if y_hat.shape != y.shape:
        # NumPy would stretch (n, 1) against (n,) to (n, n) in silence.
        raise ValueError(f"y must have the prediction's shape {y_hat.shape}; got {y.shape}")
    if y.size == 0:
        raise ValueError("y must hold at least one value; got an empty batch")
    return y_hat, y


# --- one neuron ---


class Neuron:
    """One sigmoid neuron on d inputs, trained on the squared error (ŷ - y)² of one row at a time.

    ``w`` has shape (d,), ``b`` is a number; both float64.
    """

    def __init__(self, w, b):
        self.w = _finite("w", w, ndim=1)
        self.b = float(_finite("b", b, ndim=0))

    def predict(self, X):
        """ŷ = σ(x·w + b): shape (n,) for X of shape (n, d), a number for one row of shape (d,)."""
        X = as_floats("X", X)
        if X.shape[-1:] != self.w.shape:
            raise ValueError(f"X must have {len(self.w)} features a row; got shape {X.shape}")
        return sigmoid(X @ self.w + self.b)

    def gradients(self, x, y) -> tuple[np.ndarray, float]:
        """(dL/dw, dL/db) of L = (ŷ - y)² at one row x of shape (d,): 2(ŷ - y) ŷ(1 - ŷ) (x, 1)."""
        if np.ndim(x) != 1 or np.ndim(y) != 0:
            raise ValueError(
                f"x must be one row and y its target; got shapes {np.shape(x)} and {np.shape(y)}"
            )
        y_hat = self.predict(x)
        delta = 2 * (y_hat - as_floats("y", y)) * y_hat * (1 - y_hat)
        return delta * as_floats("x", x), float(delta)

    def update(self, dw, db, lr: float) -> None:
        """One step of gradient descent with learning rate lr."""
        _positive("lr", lr)
        dw, db = _step("dw", dw, self.w), _step("db", db, self.b)
        self.w = self.w - lr * dw
        self.b = self.b - float(lr * db)

    def train(self, X, y, steps: int, lr: float, rng, record_every: int = 100) -> np.ndarray:
        """Stochastic gradient descent: each step picks one row at random.

        ``rng`` is a ``numpy.random.Generator`` or a ``RandomState``. Returns the summed squared
        error over all rows, recorded after the first step and then every ``record_every`` steps.
        """
        X, y = _finite("X", X, ndim=2), _finite("y", y, ndim=1)
        if len(X) == 0 or len(y) != len(X):
            raise ValueError(f"y must have one target for each row of X; got {y.shape}, {X.shape}")
        _whole("steps", steps)
        _whole("record_every", record_every)
        _random(rng)
        draw = rng.integers if hasattr(rng, "integers") else rng.randint
        errors = []
        for step in range(steps):
            i = draw(len(X))
            self.update(*self.gradients(X[i], y[i]), lr)
            if step % record_every == 0:
                errors.append(np.sum((self.predict(X) - y) ** 2))
        return np.array(errors)


# --- a network of any depth ---

_COSTS = {"mse": mse, "quadratic": quadratic_cost, "bce_with_logits": bce_with_logits}


class Network:
    """A fully connected network with its backward pass.

    Parameters
    ----------
    weights, biases
        Lists of L arrays, counted from 0 as lists are: ``weights[l]`` of shape (n_l, n_{l+1}),
        ``biases[l]`` of shape (n_{l+1},).
    activations
        One name for all layers or a list of L names out of :data:`ACTIVATIONS`.
    loss
        "mse", "quadratic" (½‖y - ŷ‖², mean over rows), "bce_with_logits" or "cross_entropy"; the
        last two take the last layer's output as logits, so its activation must be "identity".
        For "cross_entropy" the targets are class numbers of shape (n,), else they have ŷ's shape.
    """

    def __init__(self, weights, biases, activations, loss: str = "mse"):
        self.weights = [_finite(f"weights[{i}]", W, ndim=2) for i, W in enumerate(weights)]
        self.biases = [_finite(f"biases[{i}]", b, ndim=1) for i, b in enumerate(biases)]
        depth = len(self.weights)
        if depth == 0 or len(self.biases) != depth:
            raise ValueError(
                f"biases must be as many as weights, at least one; got {len(self.biases)}, {depth}"
            )
        for i, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            if b.shape != W.shape[1:]:
                raise ValueError(f"biases[{i}] must have shape {W.shape[1:]}; got {b.shape}")
            if i and W.shape[0] != self.weights[i - 1].shape[1]:
                raise ValueError(
                    f"weights[{i}] must have {self.weights[i - 1].shape[1]} rows, as many as the "
                    f"layer before has outputs; got shape {W.shape}"
                )
        names = [activations] * depth if isinstance(activations, str) else list(activations)
        if len(names) != depth:
            raise ValueError(f"activations must be {depth} names, one a layer; got {len(names)}")
        for name in names:
            if name not in ACTIVATIONS:
                raise ValueError(f"activations must be among {sorted(ACTIVATIONS)}; got {name!r}")
        if loss not in (*_COSTS, "cross_entropy"):
            raise ValueError(f"loss must be among {[*_COSTS, 'cross_entropy']}; got {loss!r}")
        if loss in ("bce_with_logits", "cross_entropy") and names[-1] != "identity":
            raise ValueError(
                f"activations[-1] must be 'identity' with loss {loss!r}, which takes logits; "
                f"got {names[-1]!r}"
            )
        self.activations, self.loss = names, loss

    @classmethod
    def random(cls, sizes: Sequence[int], activations, loss: str = "mse", rng=None) -> Network:
        """A network with standard normal weights and biases, drawn layer by layer, W before b."""
        _random(rng)
        weights, biases = [], []
        for n_in, n_out in pairwise(check_sizes(sizes)):
            weights.append(rng.standard_normal((n_in, n_out)))
            biases.append(rng.standard_normal(n_out))
        return cls(weights, biases, activations, loss)

    @property
    def sizes(self) -> list[int]:
        """Numbers of neurons from the input to the output."""
        return [self.weights[0].shape[0], *(W.shape[1] for W in self.weights)]

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases: Σ n_l (n_{l-1} + 1)."""
        return sum(W.size + b.size for W, b in zip(self.weights, self.biases, strict=True))

    def forward(self, X) -> np.ndarray:
        """Outputs ŷ (logits where the last activation is the identity), shape (n, n_L)."""
        return self._layers(X)[1][-1]

    def cost(self, X, Y):
        """Mean loss over the rows."""
        return self._cost(self.forward(X), Y)

    def backward(self, X, Y) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Gradients of the cost: two lists with the shapes of ``weights`` and ``biases``.

        δ at the output from the loss; then layer by layer ∂C/∂W = aᵀδ, ∂C/∂b = Σ_rows δ and
        δ ← (δ Wᵀ) ⊙ φ'(z) (Nielsen 2015, BP1–BP4, written for rows).
        """
        zs, activations = self._layers(X)
        delta = self._output_delta(zs[-1], activations[-1], Y)
        dWs, dbs = [], []
        for layer in reversed(range(len(self.weights))):
            dWs.insert(0, activations[layer].T @ delta)
            dbs.insert(0, delta.sum(axis=0))
            if layer:
                phi_prime = ACTIVATIONS[self.activations[layer - 1]][1]
                delta = (delta @ self.weights[layer].T) * phi_prime(zs[layer - 1])
        return dWs, dbs

    def update(self, dWs, dbs, lr: float) -> None:
        """One step of gradient descent with learning rate lr."""
        _positive("lr", lr)
        dWs, dbs = _steps("dWs", dWs, self.weights), _steps("dbs", dbs, self.biases)
        self.weights = [W - lr * dW for W, dW in zip(self.weights, dWs, strict=True)]
        self.biases = [b - lr * db for b, db in zip(self.biases, dbs, strict=True)]

    def _layers(self, X):
        a = _whole_array("X", X)
        if a.ndim != 2 or a.shape[1] != self.weights[0].shape[0]:
            raise ValueError(f"X must have shape (n, {self.weights[0].shape[0]}); got {a.shape}")
        a = _finite("X", a, ndim=2)
        if len(a) == 0:
            raise ValueError("X must have at least one row; got an empty batch")
        zs, activations = [], [a]
        for W, b, name in zip(self.weights, self.biases, self.activations, strict=True):
            zs.append(activations[-1] @ W + b)
            activations.append(ACTIVATIONS[name][0](zs[-1]))
        return zs, activations

    def _cost(self, output, Y):
        return (
            cross_entropy(output, Y)
            if self.loss == "cross_entropy"
            else _COSTS[self.loss](output, Y)
        )

    def _output_delta(self, z, output, Y):
        n = len(output)
        if self.loss == "cross_entropy":
            one_hot = np.eye(output.shape[1])[check_labels(Y, n, output.shape[1])]
            return (softmax(output) - one_hot) / n
        output, Y = _same_shape(output, Y)
        if self.loss == "bce_with_logits":
            return (sigmoid(output) - Y) / output.size
        slope = 2 / output.size if self.loss == "mse" else 1 / n
        return slope * (output - Y) * ACTIVATIONS[self.activations[-1]][1](z)


# --- gradient checks ---


def finite_difference(f: Callable, theta, h: float = 1e-6) -> np.ndarray:
    """Central differences (f(θ + h e) - f(θ - h e)) / 2h for each entry; the shape of theta.

    Error O(h²) from the formula and O(1e-16 / h) from rounding.
    """
    _positive("h", h)
    theta = as_floats("theta", theta).real
    gradient = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (_number(f(up)) - _number(f(down))) / (2 * h)
    return gradient


def complex_step(f: Callable, theta, h: float = 1e-30) -> np.ndarray:
    """Im f(θ + i h e) / h for each entry: no subtraction, so no digits are lost by cancellation.

    ``f`` must be built from analytic functions that accept complex arrays (Martins 2003).
    """
    _positive("h", h)
    theta = as_floats("theta", theta).astype(complex)
    gradient = np.empty(theta.shape)
    for i in np.ndindex(theta.shape):
        moved = theta.copy()
        moved[i] += 1j * h
        gradient[i] = np.imag(_number(f(moved))) / h
    return gradient


# --- what is refused ---


def check_sizes(sizes) -> list[int]:
    """Numbers of neurons from input to output as a list, or an error that says what is wrong."""
    found = list(sizes) if np.iterable(sizes) else []
    if len(found) < 2 or not all(is_whole(n) for n in found):
        raise ValueError(f"sizes must be at least two whole numbers ≥ 1; got {sizes!r}")
    return [int(n) for n in found]


def is_whole(value) -> bool:
    """Whether the value is a whole number ≥ 1; True and False are none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= 1


def as_floats(name: str, value) -> np.ndarray:
    """The value as an array of float64, or complex128 where it is complex.

    Small integers would wrap round and half precision would lose digits, both without a word. What
    holds no numbers, and a masked array with masked entries, are refused.
    """
    array = _whole_array(name, value)
    kind = array.dtype.kind
    if kind not in "biufcO" or (kind == "O" and not all(map(_is_number, array.flat))):
        raise TypeError(f"{name} must hold numbers; got dtype {array.dtype}")
    return array.astype(complex if kind == "c" else float, copy=False)


def _is_number(value) -> bool:
    return isinstance(value, (Real, Decimal))


def _whole_array(name: str, value) -> np.ndarray:
    if np.ma.is_masked(value):
        raise ValueError(f"{name} must have no masked entries; got a masked array")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers ({error})") from error


def _finite(name: str, value, ndim: int) -> np.ndarray:
    array = _whole_array(name, value)
    if array.dtype.kind not in "iufc":
        raise TypeError(f"{name} must hold numbers; got dtype {array.dtype}")
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s); got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got NaN or infinity")
    return array.astype(complex if np.iscomplexobj(array) else float)


def _positive(name: str, value) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number above 0; got {value!r}")


def _whole(name: str, value) -> None:
    if not is_whole(value):
        raise ValueError(f"{name} must be a whole number ≥ 1; got {value!r}")


def _random(rng) -> None:
    if not isinstance(rng, (np.random.Generator, np.random.RandomState)):
        raise ValueError(f"rng must be given, such as numpy.random.default_rng(0); got {rng!r}")


def _step(name: str, value, parameter) -> np.ndarray:
    value = as_floats(name, value)
    if value.shape != np.shape(parameter):
        # NumPy would stretch a smaller array in silence.
        raise ValueError(f"{name} must have shape {np.shape(parameter)}; got {value.shape}")
    return value


def _steps(name: str, values, parameters) -> list[np.ndarray]:
    if len(values) != len(parameters):
        raise ValueError(f"{name} must be {len(parameters)} arrays, one a layer; got {len(values)}")
    return [
        _step(f"{name}[{i}]", value, parameter)
        for i, (value, parameter) in enumerate(zip(values, parameters, strict=True))
    ]


def _number(value):
    if np.ndim(value) != 0:
        raise ValueError(f"f must return one number; got an array of shape {np.shape(value)}")
    return as_floats("f(theta)", value)
