"""Exercises of chapter 3: error signals, layers backward, gradient checks, whole networks."""

import numpy as np

from groundup.questions.question import exercise
from groundup.scratch import sigmoid, softmax

# --- 3.1 ---


@exercise(
    "3.1",
    title="Backward with a pencil",
    prompt="""
    The input $x$ of a small graph goes two ways, and the ways meet again in $c$: $a = 3x$,
    $b = x^2$, $c = a + b^2$. The input is $x = 2$. What is $\\partial c / \\partial x$? Write the values
    above the nodes and the slopes beside the arrows, then go back from $c$.
    """,
    stub="slope = ...",
    hints=(
        "Forward first: what are $a$, $b$ and $c$ at $x = 2$?",
        "Beside the arrow from $b$ to $c$ stands $2b$, beside that from $x$ to $b$ stands $2x$.",
        "Two arrows leave $x$. Multiply along each way back, then add the two ways up.",
    ),
    coding=False,
)
def slope():
    a_way = 1 * 3
    b_way = (2 * 4) * (2 * 2)
    return a_way + b_way


slope.slip(
    "The way through $b$ is right. Another arrow leaves $x$: the slopes of all ways add up."
)(lambda: 32)
slope.slip(
    "The way through $a$ is right. Another arrow leaves $x$: the slopes of all ways add up."
)(lambda: 3)
slope.slip("Along a way slopes are multiplied, but where ways meet they are added.")(lambda: 96)
slope.slip("That is the value of $c$. Its slope along $x$ is wanted.")(lambda: 22)
slope.slip("The slope of $b^2$ is $2b$, and $b$ is 4 here, not 2.")(lambda: 3 + 4 * 4)
slope.slip("On the way through $b$ the slope of $x^2$ along $x$ is missing.")(lambda: 3 + 8)
slope.slip("On the way through $b$ the slope of $b^2$ along $b$ is missing.")(lambda: 3 + 4)
slope.slip("The slopes along the ways are added up; they are multiplied.")(lambda: 1 + 3 + 8 + 4)


# --- 3.2 ---


@exercise(
    "3.2",
    title="The error signal at a softmax output",
    prompt="""
    Write `output_delta(logits, labels)` for the cost $C$, the *mean* cross-entropy over the rows:
    $\\partial C / \\partial Z^{(L)}$, shape `(n, k)`. `logits` has shape `(n, k)`, `labels` shape
    `(n,)` with integers. Logits may be as large as 1 000.
    """,
    stub="""
    def output_delta(logits, labels):
        return ...  # your code
    """,
    hints=(
        "For one row it is the probabilities minus the one-hot row, {eq}`eq-3-ce`.",
        "The mean over the rows brings a factor.",
        "Subtract the row's maximum before you take exponentials.",
    ),
    cases=lambda rng: [
        (np.array([[2.1, 0.7, -0.4], [0.3, -1.2, 1.6]]), np.array([1, 2])),
        (rng.normal(size=(3, 3)), np.array([2, 0, 1])),
        (rng.normal(size=(4, 3)), rng.integers(0, 3, 4)),
        (np.array([[1000.0, 0.0], [-1000.0, 0.0]]), np.array([1, 1])),
        (np.array([[1000.0, 999.0], [-1000.0, -998.0]]), np.array([1, 0])),
    ],
    forbid_warnings=True,
)
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    one_hot = np.eye(logits.shape[1])[labels]
    return (p - one_hot) / len(logits)


@output_delta.also_right
def output_delta_by_rows(logits, labels):
    rows = []
    for z, c in zip(np.array(logits, dtype=float), labels, strict=True):
        p = np.exp(z - max(z))
        p /= p.sum()
        p[c] -= 1
        rows.append(p / len(labels))
    return rows


@output_delta.slip("The result is $n$ times too large: the cost is the mean over the rows.")
def no_mean(logits, labels):
    return softmax(logits) - np.eye(logits.shape[1])[labels]


@output_delta.slip("The sign is reversed: prediction minus target.")
def delta_reversed(logits, labels):
    return (np.eye(logits.shape[1])[labels] - softmax(logits)) / len(logits)


@output_delta.slip(
    "For large logits the exponentials overflow, or all of a row vanish. Subtracting the same number"
    " from a whole row does not change its softmax; each row needs a number of its own."
)
def overflows(logits, labels):
    e = np.exp(logits)
    return (e / e.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[labels]) / len(logits)


@output_delta.slip("The softmax runs over the columns: it must sum to 1 in each *row*.")
def wrong_axis(logits, labels):
    e = np.exp(logits - logits.max(axis=0))
    return (e / e.sum(axis=0) - np.eye(logits.shape[1])[labels]) / len(logits)


@output_delta.slip("The logits themselves are compared with the labels; the softmax is missing.")
def no_softmax(logits, labels):
    return (logits - np.eye(logits.shape[1])[labels]) / len(logits)


@output_delta.slip("The labels are numbers of classes. What is subtracted is their one-hot rows.")
def labels_subtracted(logits, labels):
    return (softmax(logits) - labels[:, None]) / len(logits)


@output_delta.slip(
    "The slope of the last activation is multiplied once more. It has already cancelled against the"
    " loss."
)
def slope_once_more(logits, labels):
    p = softmax(logits)
    return (p - np.eye(logits.shape[1])[labels]) * p * (1 - p) / len(logits)


@output_delta.slip("You divide by the number of classes; the mean runs over the rows.")
def mean_over_classes(logits, labels):
    return (softmax(logits) - np.eye(logits.shape[1])[labels]) / logits.shape[1]


def _over_the_whole_array(shift):
    def output_delta(logits, labels):
        e = np.exp(logits - shift(logits))
        return (e / e.sum() - np.eye(logits.shape[1])[labels]) / len(logits)

    return output_delta


output_delta.slip(
    "The probabilities of all rows together sum to 1: the softmax must do so in each *row*.",
    name="whole_array",
)(_over_the_whole_array(np.max))
output_delta.slip(
    "The probabilities of all rows together sum to 1, and for large logits the exponentials overflow."
    " Each *row* has a softmax of its own.",
    name="whole_array_overflows",
)(_over_the_whole_array(lambda z: 0.0))


@output_delta.slip(
    "A sum with `axis=1` has shape `(n,)`, which does not fit beside `(n, k)`. Keep it a column."
)
def dimension_dropped(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1) - np.eye(logits.shape[1])[labels]) / len(logits)


@output_delta.slip(
    "With `axis=1` the maximum and the sum have shape `(n,)`, which does not fit beside `(n, k)`. Keep"
    " both a column."
)
def dimension_dropped_twice(logits, labels):
    e = np.exp(logits - logits.max(axis=1))
    return (e / e.sum(axis=1) - np.eye(logits.shape[1])[labels]) / len(logits)


@output_delta.slip("The one-hot rows are not subtracted: these are the probabilities alone.")
def probabilities_alone(logits, labels):
    return softmax(logits) / len(logits)


def _delta_with(probabilities, target=lambda p, labels: np.eye(p.shape[1])[labels], scale=1.0):
    def output_delta(logits, labels):
        p = probabilities(logits)
        return (p - target(p, labels)) / len(logits) * scale

    return output_delta


def _softmax_of(change):
    def probabilities(z):
        e = np.exp(change(z))
        return e / e.sum(axis=1, keepdims=True)

    return probabilities


output_delta.slip(
    "Nothing overflows, but clipping changes the logits: (1000, 999) and (1000, 1000) have different"
    " probabilities.",
    name="logits_clipped",
)(_delta_with(_softmax_of(lambda z: np.clip(z, -700, 700))))
output_delta.slip(
    "Large logits are cut off, which makes them equal, and the exponentials of a very negative row"
    " vanish. Subtracting the same number from a row changes nothing; cutting does.",
    name="logits_cut_off",
)(_delta_with(_softmax_of(lambda z: np.minimum(z, 500))))
output_delta.slip(
    "Each class has a sigmoid of its own; the row should have the softmax.", name="sigmoid_for_each"
)(_delta_with(sigmoid))
output_delta.slip(
    "The labels are numbers of classes, laid along the columns. What is subtracted is their one-hot"
    " rows.",
    name="labels_along_the_columns",
)(_delta_with(softmax, lambda p, labels: labels))
output_delta.slip(
    "You divide by the number of entries; the mean runs over the rows.", name="mean_over_entries"
)(lambda logits, labels: output_delta.reference(logits, labels) / logits.shape[1])
output_delta.slip(
    "The probabilities alone: the one-hot rows are not subtracted, and the mean is missing.",
    name="probabilities_as_they_are",
)(lambda logits, labels: softmax(logits))


@output_delta.slip(
    "`p[:, labels]` takes these columns of *all* rows. One entry a row is meant: give the rows, too."
)
def columns_of_all_rows(logits, labels):
    p = softmax(logits)
    p[:, labels] -= 1
    return p / len(labels)


@output_delta.slip(
    "That is the slope of the loss along the probabilities. The softmax's own slope still has to be"
    " multiplied; together they are simpler."
)
def slope_along_the_probabilities(logits, labels):
    p = softmax(logits)
    return -np.eye(logits.shape[1])[labels] / p / len(labels)


# --- 3.3 ---


@exercise(
    "3.3",
    title="A layer that is used twice",
    prompt="""
    One layer, with the same `W` and `b`, is used twice in a network: it computed `Z1 = A1 @ W + b`
    for one batch and `Z2 = A2 @ W + b` for another. Given what went in, `A1` `(n, n_in)` and `A2`
    `(m, n_in)`, and the error signals `Delta1` `(n, n_out)` and `Delta2` `(m, n_out)`, in which all
    means are already contained, write `layer_gradients(A1, Delta1, A2, Delta2)`: return `(dW, db)`.
    """,
    stub="""
    def layer_gradients(A1, Delta1, A2, Delta2):
        return ...  # your code: return dW, db
    """,
    hints=(
        "For one use alone: each weight meets an input on one side and an error signal on the other.",
        "`W` reaches the cost on two ways. What happens to the slopes of two ways?",
        "They are added up, for the biases as well.",
    ),
    cases=lambda rng: [
        tuple(rng.normal(size=shape) for shape in ((3, 2), (3, 4), (3, 2), (3, 4))),
        tuple(rng.normal(size=shape) for shape in ((3, 3), (3, 3), (3, 3), (3, 3))),
        tuple(rng.normal(size=shape) for shape in ((5, 2), (5, 3), (4, 2), (4, 3))),
        tuple(rng.normal(size=shape) for shape in ((1, 3), (1, 1), (6, 3), (6, 1))),
    ],
)
def layer_gradients(A1, Delta1, A2, Delta2):
    dW = A1.T @ Delta1 + A2.T @ Delta2
    db = Delta1.sum(axis=0) + Delta2.sum(axis=0)
    return dW, db


@layer_gradients.also_right
def layer_gradients_stacked(A1, Delta1, A2, Delta2):
    A, Delta = np.vstack([A1, A2]), np.vstack([Delta1, Delta2])
    return np.einsum("ni,nj->ij", A, Delta), np.ones(len(Delta)) @ Delta


def _layer_gradients_with(dW, db):
    def layer_gradients(A1, Delta1, A2, Delta2):
        return dW(A1, Delta1, A2, Delta2), db(Delta1, Delta2)

    return layer_gradients


def _weights(A1, D1, A2, D2):
    return A1.T @ D1 + A2.T @ D2


def _biases(D1, D2):
    return D1.sum(axis=0) + D2.sum(axis=0)


for _name, _make, _message in [
    (
        "first_use_only",
        _layer_gradients_with(lambda A, D, B, E: A.T @ D, lambda D, E: D.sum(axis=0)),
        "Only the first use counts in yours. The second leads to the cost as well.",
    ),
    (
        "second_use_only",
        _layer_gradients_with(lambda A, D, B, E: B.T @ E, lambda D, E: E.sum(axis=0)),
        "Only the second use counts in yours. The first leads to the cost as well.",
    ),
    (
        "mean_of_both_uses",
        _layer_gradients_with(
            lambda A, D, B, E: _weights(A, D, B, E) / 2, lambda D, E: _biases(D, E) / 2
        ),
        "You take the mean of the two uses. The slopes of several ways are added.",
    ),
    (
        "uses_crossed",
        _layer_gradients_with(lambda A, D, B, E: A.T @ E + B.T @ D, _biases),
        "The inputs of one use meet the error signals of the other. Each use has its own pair.",
    ),
    (
        "biases_averaged",
        _layer_gradients_with(_weights, lambda D, E: D.mean(axis=0) + E.mean(axis=0)),
        "The weights are right; the biases take a mean over the rows, and it is already contained.",
    ),
    (
        "averaged_once_more",
        _layer_gradients_with(
            lambda A, D, B, E: A.T @ D / len(A) + B.T @ E / len(B),
            lambda D, E: D.mean(axis=0) + E.mean(axis=0),
        ),
        "Both are divided by the number of rows; the means are already contained.",
    ),
    (
        "weights_transposed",
        _layer_gradients_with(lambda A, D, B, E: _weights(A, D, B, E).T, _biases),
        "`dW` is transposed: it has the shape of `W`, `(n_in, n_out)`.",
    ),
    (
        "biases_along_the_rows",
        _layer_gradients_with(_weights, lambda D, E: D.sum(axis=1)),
        "`db` is summed along the rows. A bias adds to all examples: the sum runs over them.",
    ),
    (
        "biases_of_the_first",
        _layer_gradients_with(_weights, lambda D, E: D.sum(axis=0)),
        "The weights are right; the biases were used twice, too.",
    ),
    (
        "uses_added_first",
        lambda A1, Delta1, A2, Delta2: ((A1 + A2).T @ (Delta1 + Delta2), _biases(Delta1, Delta2)),
        "Inputs and error signals are added before they meet: that also mixes one use with the other,"
        " and needs batches of one size.",
    ),
    (
        "uses_multiplied",
        lambda A1, Delta1, A2, Delta2: (
            (A1.T @ Delta1) * (A2.T @ Delta2),
            Delta1.sum(axis=0) * Delta2.sum(axis=0),
        ),
        "The two uses are multiplied. Slopes along *one* way are multiplied; those of several ways are"
        " added.",
    ),
]:
    layer_gradients.slip(_message, name=_name)(_make)


# --- 3.4 ---


@exercise(
    "3.4",
    title="One layer back, past a shortcut",
    prompt="""
    In deep networks a layer often adds what went into it: $Z = A W + \\mathbf{b} + A$, with `W` of
    shape `(k, k)`. Write `previous_delta(Delta, W, A)`: from the error signal `Delta`
    $= \\partial C / \\partial Z$, `(n, k)`, to that of the layer before, `(n, k)`. The layer before has the
    sigmoid as activation, and its activations are `A`.
    """,
    stub="""
    def previous_delta(Delta, W, A):
        return ...  # your code
    """,
    hints=(
        "`A` goes two ways to $Z$. What comes back on each of them?",
        "Through the weights comes what came without a shortcut; on the other way the slope is 1.",
        "Add up what comes back, then go through the sigmoid: its slope is $A (1 - A)$.",
    ),
    cases=lambda rng: [
        (rng.normal(size=(3, 2)), rng.normal(size=(2, 2)), rng.uniform(0.1, 0.9, (3, 2))),
        (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.uniform(0.1, 0.9, (3, 3))),
        (rng.normal(size=(1, 4)), rng.normal(size=(4, 4)), rng.uniform(0.1, 0.9, (1, 4))),
    ],
)
def previous_delta(Delta, W, A):
    back = Delta @ W.T + Delta
    return back * A * (1 - A)


@previous_delta.also_right
def previous_delta_in_one_matrix(Delta, W, A):
    A = np.asarray(A)
    return Delta @ (np.asarray(W) + np.eye(len(W))).T * (A - A**2)


@previous_delta.slip(
    "A 1 is added to every weight. The shortcut joins each neuron with its own successor only: that is"
    " the identity, with ones on the diagonal."
)
def ones_added_to_the_weights(Delta, W, A):
    return Delta @ (W + 1).T * A * (1 - A)


for _name, _make, _message in [
    (
        "no_shortcut",
        lambda Delta, W, A: Delta @ W.T * A * (1 - A),
        "That is the way through the weights only; the shortcut is missing.",
    ),
    (
        "shortcut_only",
        lambda Delta, W, A: Delta * A * (1 - A),
        "That is the shortcut only; the way through the weights is missing.",
    ),
    (
        "shortcut_past_the_sigmoid",
        lambda Delta, W, A: Delta @ W.T * A * (1 - A) + Delta,
        "The shortcut begins behind the sigmoid: what comes back on it goes through the sigmoid, too.",
    ),
    (
        "not_transposed",
        lambda Delta, W, A: (Delta @ W + Delta) * A * (1 - A),
        "`W` has to be transposed on the way back. With a square `W` nothing else tells you.",
    ),
    (
        "activations_added",
        lambda Delta, W, A: (Delta @ W.T + A) * A * (1 - A),
        "On the way back the error signal is added, not the activations of the way forward.",
    ),
    (
        "one_added",
        lambda Delta, W, A: (Delta @ W.T + 1) * A * (1 - A),
        "1 is the slope of the shortcut; what comes back on it is the error signal times 1.",
    ),
    (
        "no_slope",
        lambda Delta, W, A: Delta @ W.T + Delta,
        "The slope of the sigmoid is missing.",
    ),
    (
        "slope_of_tanh",
        lambda Delta, W, A: (Delta @ W.T + Delta) * (1 - A**2),
        "That is the slope of tanh; the layer before has the sigmoid.",
    ),
    (
        "sigmoid_once_more",
        lambda Delta, W, A: (Delta @ W.T + Delta) * (np.exp(-A) / (1 + np.exp(-A)) ** 2),
        "`A` are activations already; the sigmoid is applied once more.",
    ),
    (
        "ways_multiplied",
        lambda Delta, W, A: (Delta @ W.T) * Delta * A * (1 - A),
        "What comes back on two ways is added, not multiplied.",
    ),
    (
        "half_of_the_slope",
        lambda Delta, W, A: (Delta @ W.T + Delta) * (1 - A),
        "The slope of the sigmoid has two factors.",
    ),
    (
        "forward_again",
        lambda Delta, W, A: (A @ W + A) * Delta,
        "That goes forward through the layer. On the way back the error signal meets the weights.",
    ),
]:
    previous_delta.slip(_message, name=_name)(_make)


# --- 3.5 ---


@exercise(
    "3.5",
    title="Backward through two layers",
    prompt="""
    The network: $A = \\tanh(X W^{(1)} + \\mathbf{b}^{(1)})$, $\\hat Y = A W^{(2)} + \\mathbf{b}^{(2)}$,
    with `W1` for $W^{(1)}$ and so on; the cost $C = \\frac{1}{2n} \\sum \\|\\hat y - y\\|^2$ over the
    $n$ rows. Write `backward_twice(X, Y, W1, b1, W2, b2)` and return `(dW1, db1, dW2, db2)`.
    """,
    stub="""
    def backward_twice(X, Y, W1, b1, W2, b2):
        return ...  # your code: return dW1, db1, dW2, db2
    """,
    hints=(
        "Forward first, and keep `A`.",
        "The output has no activation function, so its error signal is `(Y_hat - Y) / n`.",
        "Back through `W2`, then times the slope of tanh, which is $1 - A^2$.",
    ),
    cases=lambda rng: [
        _two_layers(rng, *s) for s in [(4, 2, 3, 2), (3, 2, 4, 1), (5, 3, 3, 3), (1, 1, 1, 1)]
    ],
)
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    return X.T @ delta1, delta1.sum(axis=0), A.T @ delta2, delta2.sum(axis=0)


def _two_layers(rng, n, d, h, k):
    return (
        rng.normal(size=(n, d)), rng.normal(size=(n, k)), rng.normal(size=(d, h)),
        rng.normal(size=h), rng.normal(size=(h, k)), rng.normal(size=k),
    )  # fmt: skip


@backward_twice.also_right
def backward_row_by_row(X, Y, W1, b1, W2, b2):
    X, Y, W1, b1, W2, b2 = (np.array(v, dtype=float) for v in (X, Y, W1, b1, W2, b2))
    sums = [np.zeros(v.shape) for v in (W1, b1, W2, b2)]
    for x, y in zip(X, Y, strict=True):
        z = x @ W1 + b1
        a = np.tanh(z)
        d2 = a @ W2 + b2 - y
        d1 = (W2 @ d2) / np.cosh(z) ** 2
        for total, part in zip(sums, (np.outer(x, d1), d1, np.outer(a, d2), d2), strict=True):
            total += part / len(X)
    return tuple(sums)


def _backward_with(n_of=len, factor=1.0, slope=lambda A: 1 - A**2, first=None):
    def backward(X, Y, W1, b1, W2, b2):
        A = np.tanh(X @ W1 + b1)
        delta2 = factor * (A @ W2 + b2 - Y) / n_of(X)
        delta1 = (delta2 @ W2.T) * slope(A)
        dW1 = X.T @ delta1 if first is None else first(X, A, delta1)
        return dW1, delta1.sum(axis=0), A.T @ delta2, delta2.sum(axis=0)

    return backward


backward_twice.slip(
    "All four are $n$ times too large: the mean over the rows is missing.", name="summed"
)(_backward_with(n_of=lambda X: 1))
backward_twice.slip(
    "All four are twice too large: the cost has a factor $\\frac12$ in front of the square.",
    name="factor_two",
)(_backward_with(factor=2.0))
backward_twice.slip(
    "The second layer is right, the first is not: the slope of tanh is missing on the way back.",
    name="tanh_forgotten",
)(_backward_with(slope=lambda A: 1.0))
backward_twice.slip(
    "The second layer is right, the first is not: tanh is applied once more before its slope is"
    " taken. `A` is already the activation.",
    name="tanh_twice",
)(_backward_with(slope=lambda A: 1 - np.tanh(A) ** 2))
backward_twice.slip("The signs are all reversed: prediction minus target.", name="all_reversed")(
    _backward_with(factor=-1.0)
)


backward_twice.slip(
    "The second layer is right, the first is not: $a (1 - a)$ is the slope of the sigmoid. The hidden"
    " layer has tanh.",
    name="slope_of_the_sigmoid",
)(_backward_with(slope=lambda A: A * (1 - A)))


def _backward_output(squash):
    def backward(X, Y, W1, b1, W2, b2):
        A = np.tanh(X @ W1 + b1)
        Y_hat = np.tanh(A @ W2 + b2) if squash else A @ W2 + b2
        delta2 = (Y_hat - Y) * (1 - Y_hat**2) / len(X)
        delta1 = (delta2 @ W2.T) * (1 - A**2)
        return X.T @ delta1, delta1.sum(axis=0), A.T @ delta2, delta2.sum(axis=0)

    return backward


backward_twice.slip(
    "The output layer has no activation function here, so there is no slope to multiply by.",
    name="slope_at_the_output",
)(_backward_output(squash=False))
backward_twice.slip(
    "The output layer has no activation function here: neither tanh nor its slope.",
    name="tanh_at_the_output",
)(_backward_output(squash=True))


@backward_twice.slip(
    "The second layer is right, the first is not: the slope of tanh is $1 - a^2$, and you take $z$ for"
    " $a$."
)
def slope_with_z(X, Y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    delta2 = (np.tanh(Z) @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - Z**2)
    return X.T @ delta1, delta1.sum(axis=0), np.tanh(Z).T @ delta2, delta2.sum(axis=0)


def _backward_ordered(*order):
    def backward_in_order(*arrays):
        gradients = backward_twice.reference(*arrays)
        return tuple(gradients[k] for k in order)

    return backward_in_order


backward_twice.slip(
    "The four are right, and those of the second layer come first. Look at the order asked for.",
    name="second_layer_first",
)(_backward_ordered(2, 3, 0, 1))
backward_twice.slip(
    "The four are right, and both weights come before both biases. Look at the order asked for.",
    name="weights_first",
)(_backward_ordered(0, 2, 1, 3))


@backward_twice.slip(
    "The weights are right, and the biases are $n$ times too large: the mean is missing."
)
def biases_summed(X, Y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = backward_twice.reference(X, Y, W1, b1, W2, b2)
    return dW1, len(X) * db1, dW2, len(X) * db2


@backward_twice.slip(
    "The weights are right, and the biases are $n$ times too small: the $\\frac1n$ is taken twice."
)
def biases_averaged_twice(X, Y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = backward_twice.reference(X, Y, W1, b1, W2, b2)
    return dW1, db1 / len(X), dW2, db2 / len(X)


def _backward_anew(
    hidden=np.tanh, back=lambda W2, dW2: W2.T, slope=lambda A: 1 - A**2, into_2=None
):
    def backward(X, Y, W1, b1, W2, b2):
        A = hidden(X @ W1 + b1)
        delta2 = (A @ W2 + b2 - Y) / len(X)
        dW2 = (A if into_2 is None else into_2(X)).T @ delta2
        delta1 = (delta2 @ back(W2, dW2)) * slope(A)
        return X.T @ delta1, delta1.sum(axis=0), dW2, delta2.sum(axis=0)

    return backward


for _name, _make, _message in [
    (
        "updated_too_early",
        _backward_anew(back=lambda W2, dW2: (W2 - dW2).T),
        "The second layer is right, the first is not: the error goes back through weights that have"
        " been updated already. It goes through those of the forward pass.",
    ),
    (
        "updated_a_little_too_early",
        _backward_anew(back=lambda W2, dW2: (W2 - 0.1 * dW2).T),
        "The second layer is right, the first is nearly: a tenth of the gradient is subtracted from"
        " `W2` before the error goes back through it. No update belongs here.",
    ),
    (
        "not_transposed_on_the_way_back",
        _backward_anew(back=lambda W2, dW2: W2),
        "The error is sent back through `W2` instead of its transpose. Only where `W2` is square does"
        " nothing fail.",
    ),
    (
        "inputs_for_activations",
        _backward_anew(into_2=lambda X: X),
        "`dW2` is made with `X`. What the second layer reads are the activations of the first.",
    ),
    (
        "hidden_without_tanh",
        _backward_anew(hidden=lambda Z: Z),
        "The forward pass has no tanh in the hidden layer.",
    ),
    (
        "hidden_without_tanh_until_its_slope",
        _backward_anew(hidden=lambda Z: Z, slope=lambda Z: 1 - np.tanh(Z) ** 2),
        "The hidden layer's tanh is missing on the way forward, and its slope is there on the way back.",
    ),
    (
        "hidden_with_sigmoid",
        _backward_anew(hidden=sigmoid, slope=lambda A: A * (1 - A)),
        "The hidden layer has the sigmoid here, forward and back. The exercise's has tanh.",
    ),
]:
    backward_twice.slip(_message, name=_name)(_make)


@backward_twice.slip("All four are divided by the number of all outputs. $n$ counts the rows.")
def divided_by_all_entries(X, Y, W1, b1, W2, b2):
    return tuple(g / Y.shape[1] for g in backward_twice.reference(X, Y, W1, b1, W2, b2))


def _backward_twice_with(A_of, output=lambda z: z, weights_from=lambda A, Z: A):
    def backward_twice(X, Y, W1, b1, W2, b2):
        Z = X @ W1 + b1
        A = A_of(Z)
        delta = (output(A @ W2 + b2) - Y) / len(X)
        before = delta @ W2.T * (1 - A**2)
        return X.T @ before, before.sum(axis=0), weights_from(A, Z).T @ delta, delta.sum(axis=0)

    return backward_twice


backward_twice.slip(
    "The output has a tanh in yours; this network's output is linear.", name="output_with_tanh"
)(_backward_twice_with(np.tanh, np.tanh))
backward_twice.slip(
    "`dW2` uses the hidden pre-activations. What went into the second layer are the activations.",
    name="pre_activations_in_dW2",
)(_backward_twice_with(np.tanh, weights_from=lambda A, Z: Z))
backward_twice.slip(
    "All four are divided by the number of rows twice: in the error signal, and once more.",
    name="divided_twice",
)(lambda *given: tuple(g / len(given[0]) for g in backward_twice.reference(*given)))
backward_twice.slip(
    "The hidden activations have the sigmoid in yours; this network's have tanh.",
    name="hidden_sigmoid",
)(_backward_twice_with(lambda z: 1 / (1 + np.exp(-z))))


# --- 3.6 ---


@exercise(
    "3.6",
    title="The softmax's Jacobian",
    prompt="""
    Write `jacobian(z)` for a single row `z` of shape `(k,)`: the matrix with the entries
    $\\partial p_i / \\partial z_j$ of $\\mathbf{p} = \\operatorname{softmax}(\\mathbf{z})$, shape `(k, k)`.
    """,
    stub="""
    def jacobian(z):
        return ...  # your code
    """,
    hints=(
        "Unlike the other activations it is a full matrix: every logit changes every probability.",
        "On the diagonal $p_i (1 - p_i)$; what stands beside it?",
        "$\\operatorname{diag}(\\mathbf{p})$ minus an outer product.",
    ),
    cases=lambda rng: [
        (np.array([0.4, 1.3, -0.8]),),
        (np.array([1.0, 2.0, 3.0, 0.5]),),
        (rng.normal(size=5),),
        (np.array([1000.0, 0.0]),),
        (np.array([1000.0, 999.0]),),
    ],
)
def jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    return np.diag(p) - np.outer(p, p)


@jacobian.also_right
def jacobian_by_entries(z):
    z = np.array(z, dtype=float)
    p = np.exp(z - max(z)) / np.exp(z - max(z)).sum()
    k = len(p)
    return [[p[i] * ((i == j) - p[j]) for j in range(k)] for i in range(k)]


def _jacobian_with(build):
    def jacobian(z):
        p = softmax(z)
        return build(p)

    return jacobian


jacobian.slip(
    "Only the diagonal is there. The softmax mixes its inputs: raising one logit lowers the other"
    " probabilities.",
    name="diagonal_only",
)(_jacobian_with(lambda p: np.diag(p * (1 - p))))
jacobian.slip("The sign of the entries beside the diagonal is wrong.", name="off_diagonal_sign")(
    _jacobian_with(lambda p: np.diag(p - 2 * p**2) + np.outer(p, p))
)
jacobian.slip("The diagonal lacks the factor $1 - p_i$.", name="diagonal_is_p")(
    _jacobian_with(lambda p: np.diag(p + p**2) - np.outer(p, p))
)
jacobian.slip("The whole matrix has the wrong sign.", name="negated")(
    _jacobian_with(lambda p: np.outer(p, p) - np.diag(p))
)


jacobian.slip(
    "The diagonal is right; beside it $p_i$ must meet $p_j$. `*` of two flat arrays gives no pairs.",
    name="squares_in_columns",
)(_jacobian_with(lambda p: np.diag(p) - p * p))
jacobian.slip(
    "`@` of two flat arrays is one number. What is needed is a matrix of all products $p_i p_j$.",
    name="inner_product",
)(_jacobian_with(lambda p: np.diag(p) - p @ p))
jacobian.slip("The diagonal is right. Beside it the slope has no 1 in it.", name="one_everywhere")(
    _jacobian_with(lambda p: np.outer(p, 1 - p))
)
jacobian.slip("On the diagonal there is a 1 where a probability belongs.", name="identity")(
    _jacobian_with(lambda p: np.eye(len(p)) - np.outer(p, p))
)


@jacobian.slip(
    "For large logits the exponentials overflow to infinity, and infinity over infinity is NaN."
    " Subtracting a number from all logits does not change the softmax."
)
def jacobian_overflows(z):
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


for _name, _build, _message in [
    (
        "diagonal_as_a_vector",
        lambda p: p * (1 - p),
        "These are the slopes of each probability along its own logit, the diagonal. The others make a"
        " matrix.",
    ),
    (
        "probabilities_on_the_diagonal",
        np.diag,
        "Only the first part is there. What is subtracted from it, everywhere?",
    ),
    (
        "identity_minus_row",
        lambda p: np.eye(len(p)) - p,
        "That is the second factor. Each row still has to be multiplied by its own probability.",
    ),
    (
        "identity_minus_own",
        lambda p: p[:, None] * (np.eye(len(p)) - p[:, None]),
        "The diagonal is right; beside it $p_i$ meets itself, and it must meet $p_j$.",
    ),
    (
        "outer_product_added",
        lambda p: np.diag(p) + np.outer(p, p),
        "The sign of the outer product is wrong: raising one logit lowers the other probabilities.",
    ),
]:
    jacobian.slip(_message, name=_name)(_jacobian_with(_build))


@jacobian.slip(
    "Nothing overflows, but clipping changes the logits: (1000, 999) and (1000, 1000) have different"
    " probabilities."
)
def jacobian_clipped(z):
    p = softmax(np.clip(z, -700, 700))
    return np.diag(p) - np.outer(p, p)


@jacobian.slip("The logits stand where the probabilities belong: the softmax is missing.")
def logits_for_probabilities(z):
    return np.diag(z) - np.outer(z, z)


# --- 3.7 ---


@exercise(
    "3.7",
    title="The complex step",
    prompt="""
    Write `complex_derivative(f, x)`: the derivative of `f` at the number `x` by the complex step
    {eq}`eq-3-complex` with $h = 10^{-30}$. `f` is analytic and accepts complex numbers.
    """,
    stub="""
    def complex_derivative(f, x):
        return ...  # your code
    """,
    hints=(
        "In Python `1j` is the imaginary unit.",
        "Evaluate `f` at one complex number.",
        "Of the result only the imaginary part matters; divide it by the step.",
    ),
    cases=lambda rng: [
        (lambda t: t**3 / (1 + t), 1.7),
        (np.sin, 0.6),
        (np.exp, 1.3),
    ],
    rtol=1e-13,
    atol=0.0,
    float32=False,
)
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x + 1j * h)) / h


@complex_derivative.also_right
def with_complex(f, x):
    return f(complex(x, 1e-30)).imag * 1e30


@complex_derivative.slip(
    "That is the function's value, divided by the step. The derivative is in the imaginary part alone."
)
def real_part(f, x):
    return np.real(f(x + 1e-30j)) / 1e-30


@complex_derivative.slip("The result is almost zero: it still has to be divided by the step.")
def not_divided(f, x):
    return np.imag(f(x + 1e-30j))


@complex_derivative.slip(
    "The step goes along the real axis, where $10^{-30}$ is lost beside `x`: the difference is exactly"
    " zero."
)
def real_step(f, x):
    return np.real(f(x + 1e-30) - f(x)) / 1e-30


@complex_derivative.slip(
    "Correct to about ten digits only: that is a central difference, and it loses digits by"
    " subtracting."
)
def central_difference(f, x):
    return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6


@complex_derivative.slip(
    "The result is still a complex number. With the complex step nothing is subtracted; which part of"
    " the value holds the derivative?"
)
def value_subtracted(f, x):
    return (f(x + 1e-30j) - f(x)) / 1e-30


@complex_derivative.slip("The step starts at 0: `x` is missing in the argument of `f`.")
def x_missing(f, x):
    return np.imag(f(1e-30j)) / 1e-30


@complex_derivative.slip(
    "Half of the derivative: only one point is used, so the division is by `h`, not by `2 * h`."
)
def divided_by_two_steps(f, x):
    return np.imag(f(x + 1e-30j)) / 2e-30


@complex_derivative.slip(
    "`10 ^ -30` is no power in Python but an exclusive or of bits. Powers are written with `**`."
)
def power_by_exclusive_or(f, x):
    h = 10 ^ -30
    return np.imag(f(x + 1j * h)) / h


@complex_derivative.slip("The imaginary unit multiplies `x`; it belongs to the step.")
def x_turned(f, x):
    return np.imag(f(1j * x + 1e-30)) / 1e-30


@complex_derivative.slip("The step goes down the imaginary axis, so the sign comes out reversed.")
def step_downwards(f, x):
    return np.imag(f(x - 1e-30j)) / 1e-30


@complex_derivative.slip("`x` is multiplied by the step. The step is *added* to it.")
def step_multiplied(f, x):
    return np.imag(f(x * 1e-30j)) / 1e-30


# --- 3.8 ---


@exercise(
    "3.8",
    title="What does it cost?",
    prompt="""
    One forward pass of one example through the weights of a network costs 1 000 multiplications, and
    the network has 1 050 parameters. How many forward passes' worth of work does the whole
    gradient by *central* finite differences need? Give the number of forward passes.
    """,
    stub="passes = ...",
    hints=(
        "Each parameter is moved by itself.",
        "How many evaluations does a central difference need?",
        "The number of multiplications in a pass does not matter for this question.",
    ),
    coding=False,
)
def passes():
    return 2 * 1050


passes.slip("That would do for one-sided differences (with one more).")(lambda: 1050)
passes.slip("That is the price of one-sided differences; central ones move to both sides.")(
    lambda: 1051
)
passes.slip("One too many: a central difference does not use the value in the middle.")(
    lambda: 2101
)
passes.slip("That is the price of backpropagation, about three passes, whatever the parameters.")(
    lambda: 3
)
passes.slip("1 000 is the number of weights alone; the biases are parameters, too.")(lambda: 2000)
passes.slip("The pass's multiplications count for nothing here: the answer is a number of passes.")(
    lambda: 1050 * 1000
)
passes.slip("That is for a single parameter. Each of them is moved by itself.")(lambda: 2)
passes.slip("These are multiplications. The number of passes was asked for.")(
    lambda: 2 * 1050 * 1000
)


passes.slip("That is four for each parameter. To how many sides does a central difference step?")(
    lambda: 4200
)


# --- 3.9 ---


@exercise(
    "3.9",
    title="A network that learns the exclusive or",
    prompt="""
    Write `train(rng)` in NumPy: it makes a network 2–h–1 with a hidden layer of your choice, trains
    it with your own backward pass on the four points (0,0), (0,1), (1,0), (1,1) with the labels 0,
    1, 1, 0, and returns a function `probability(X)` that gives the probability of class 1 for rows
    `X` of shape `(n, 2)`. All four must be right, with probabilities below 0.1 and above 0.9. Draw
    the start with `rng`, a NumPy `Generator`.
    """,
    stub="""
    def train(rng):
        return ...  # your code: return a function
    """,
    hints=(
        "Take exercise 3.5 and replace the squared error: with sigmoid and cross-entropy the output's"
        " error signal is $(\\hat y - y) / n$.",
        "Two hidden neurons can get stuck. Take eight.",
        "2 000 steps with a learning rate of 1 are enough.",
    ),
    trains=True,
    float32=False,
)
def train(rng):
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(2000):
        A = np.tanh(X @ W1 + b1)
        y_hat = 1 / (1 + np.exp(-(A @ W2 + b2)))
        delta2 = (y_hat - y) / len(X)
        delta1 = (delta2 @ W2.T) * (1 - A**2)
        W2, b2 = W2 - A.T @ delta2, b2 - delta2.sum(axis=0)
        W1, b1 = W1 - X.T @ delta1, b1 - delta1.sum(axis=0)

    def probability(X):
        return 1 / (1 + np.exp(-(np.tanh(X @ W1 + b1) @ W2 + b2)))[:, 0]

    return probability


@train.judge
def _judge_train(answer, rng):
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for seed in range(2):
        probability = answer(np.random.default_rng(seed))
        if not callable(probability):
            return f"`train` must return a function; it returned {type(probability).__name__}."
        p = np.asarray(probability(X), dtype=float).reshape(-1)
        if p.shape != (4,):
            return f"For four rows the function must give four numbers; it gave {p.size}."
        if np.isnan(p).any():
            return (
                "The function gives NaN: the weights have overflowed. Take a smaller learning rate."
            )
        if ((p < 0) | (p > 1)).any():
            return "no_probability"
        right = (p > 0.5) == np.array([0, 1, 1, 0])
        if np.ptp(p) < 0.05:
            return "one_half"
        if abs(p[0] - 0.5) < 1e-9:
            return "half_at_the_origin"
        if (~right).all():
            return "upside_down"
        if not right.all():
            return (
                f"{int(right.sum())} of the four points are on the right side. Has the training got"
                " stuck? Try more hidden neurons or more steps."
            )
        if np.isin(p, (0.0, 1.0)).all():
            return "classes_only"
        if (np.minimum(p, 1 - p) > 0.1).any():
            return "learned_other_inputs" if _right_on(probability, 2 * X - 1) else "not_sure"
    return None


def _right_on(probability, X):
    """Whether the four points are right, and sure, when the inputs are these."""
    p = np.asarray(probability(X), dtype=float).reshape(-1)
    return p.shape == (4,) and bool((np.abs(p - [0, 1, 1, 0]) < 0.1).all())


def _xor(
    hidden=8, steps=2000, lr=1.0, start=1.0, activation=True, squash=True, flip=False, bias=1.0,
    shift=0.0,
):  # fmt: skip
    def train(rng):
        X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]) * (1 + shift) - shift
        y = np.array([[0.0], [1.0], [1.0], [0.0]])
        y = 1 - y if flip else y
        phi = np.tanh if activation else (lambda z: z)
        W1, b1 = start * rng.normal(size=(2, hidden)), np.zeros(hidden)
        W2, b2 = start * rng.normal(size=(hidden, 1)), np.zeros(1)
        for _ in range(steps):
            A = phi(X @ W1 + b1)
            y_hat = 1 / (1 + np.exp(-(A @ W2 + b2)))
            delta2 = (y_hat - y) / len(X)
            delta1 = (delta2 @ W2.T) * ((1 - A**2) if activation else 1.0)
            W2, b2 = W2 - lr * A.T @ delta2, b2 - bias * lr * delta2.sum(axis=0)
            W1, b1 = W1 - lr * X.T @ delta1, b1 - bias * lr * delta1.sum(axis=0)

        def probability(X):
            z = (phi(X @ W1 + b1) @ W2 + b2)[:, 0]
            return 1 / (1 + np.exp(-z)) if squash else z

        return probability

    return train


train.also_right(_xor(hidden=16, steps=3000, lr=0.5))
train.slip(
    "The network says nearly the same for all four points. Look at the start (all zeros?), the hidden"
    " layer (an activation function, more than one neuron?), the shapes of output and labels, and the"
    " direction and length of the steps.",
    name="one_half",
)(_xor(start=0.0))
train.slip("The labels are exchanged: what should be near 1 is near 0.", name="upside_down")(
    _xor(flip=True)
)
train.slip(
    "The function gives logits: some of its numbers lie outside of 0 to 1.", name="no_probability"
)(_xor(squash=False))
train.slip(
    "The right side is found, but some outputs lie between 0.1 and 0.9: train longer.",
    name="not_sure",
)(_xor(steps=20))


@train.slip(
    "All numbers are exactly 0 or 1: the function gives classes. The probabilities themselves are"
    " wanted.",
    name="classes_only",
)
def gives_classes(rng):
    probability = train.reference(rng)
    return lambda X: (probability(X) > 0.5).astype(int)


train.slip(
    "For (0, 0) the output is exactly one half, and no training changes that: without biases nothing"
    " but zeros comes out of zeros.",
    name="half_at_the_origin",
)(_xor(bias=0.0))
train.slip(
    "The network is sure where the inputs are -1 and 1, and not where they are 0 and 1. Which of them"
    " was it trained on?",
    name="learned_other_inputs",
)(_xor(shift=1.0))
