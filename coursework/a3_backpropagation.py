"""Assignment 3, to chapter 3: error signals through new layers, shared weights, and a repair."""

import numpy as np

from grader.assignment import Assignment

work = Assignment(
    "a3_backpropagation",
    title="Assignment 3: backwards through a network",
    chapter=3,
    minutes=120,
    goals=(
        "carry an error signal back through a layer that you have not met before;",
        "differentiate a network that uses the same weights twice;",
        "differentiate an output with respect to the input instead of the weights;",
        "count what a forward and a backward pass cost.",
    ),
)

BUGS = {
    "transpose": ("D1 = (D2 @ W2.T) * (1 - A1**2)", "D1 = (D2 @ W2) * (1 - A1**2)"),
    "slope": ("D1 = (D2 @ W2.T) * (1 - A1**2)", "D1 = (D2 @ W2.T) * (1 - Z1**2)"),
    "mean": ("D3 = (Y_hat - Y) / len(X)", "D3 = (Y_hat - Y) / X.shape[1]"),
    "bias": ("D2.sum(axis=0), D1.sum(axis=0)", "D2.sum(axis=0), D1.mean(axis=0)"),
    "input": ("A1.T @ D2, X.T @ D1", "A1.T @ D2, X.T @ (D2 @ W2.T)"),
}
BACKWARD = """def backward(X, Y, W1, b1, W2, b2, W3, b3):
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    A2 = np.tanh(A1 @ W2 + b2)
    Y_hat = A2 @ W3 + b3
    D3 = (Y_hat - Y) / len(X)
    D2 = (D3 @ W3.T) * (1 - A2**2)
    D1 = (D2 @ W2.T) * (1 - A1**2)
    weights = [A2.T @ D3, A1.T @ D2, X.T @ D1]
    biases = [D3.sum(axis=0), D2.sum(axis=0), D1.sum(axis=0)]
    return weights[::-1] + biases[::-1]"""


@work.variant
def variant(rng):
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    sizes = [int(n) for n in rng.permutation([3, 5, 7, 11])]
    return {
        "slope": float(rng.choice([0.02, 0.05, 0.1, 0.15, 0.2])),
        "cap": float(rng.choice([1.5, 2.0, 2.5, 3.0])),
        "smooth": float(rng.choice([0.05, 0.1, 0.15, 0.2])),
        "sizes": tuple(sizes),
        "rows": int(rng.choice([10, 20, 50])),
        "broken": BACKWARD.replace(right, wrong),
    }


work.text(r"""
Rows are data, as in the chapter: a layer computes $Z = A W + b$. The error signal of a layer is
$\Delta = \partial C / \partial Z$, with the shape of $Z$.
""")


@work.question(
    "kinks",
    prompt=r"""
    ## 1 A function with two kinks

    The activation is $f(z) =$ <<slope>> $z$ for $z < 0$, $f(z) = z$ from 0 to <<cap>>, and
    $f(z) =$ <<cap>> above. Write `back(D, Z)`: from the error signal `D` $= \partial C / \partial A$
    of the activations $A = f(Z)$ to $\partial C / \partial Z$, for arrays of the same shape. (No `Z`
    in the checks lies on a kink.)
    """,
    stub="""
    def back(D, Z):
        return ...
    """,
    tests="""
    assert np.isclose(back(np.array([2.0]), np.array([1.0])), 2.0), "in the middle it passes through"
    assert np.isclose(back(np.array([2.0]), np.array([9.0])), 0.0), "above the cap nothing comes back"
    """,
)
def back(D, Z, *, v):
    slopes = np.where(Z < 0, v.slope, np.where(Z < v.cap, 1.0, 0.0))
    return D * slopes


def _wide(rng, *shape):
    """Numbers on all three parts, none on a kink."""
    return rng.permuted(np.resize([-4.3, -0.7, 0.6, 1.2, 4.1, 7.7], shape), axis=None)


@back.check("one row", points=2)
def _(rng, v):
    return [(rng.normal(size=(1, 6)), _wide(rng, 1, 6))]


@back.check("batches", points=3)
def _(rng, v):
    return [(rng.normal(size=s), _wide(rng, *s)) for s in [(4, 3), (6, 2)]]


@back.slip("You return the activation, multiplied: what is needed is its slope.")
def kinks_value(D, Z, *, v):
    return D * np.where(Z < 0, v.slope * Z, np.minimum(Z, v.cap))


@back.slip("Below 0 nothing comes back: that is the plain ReLU.")
def kinks_relu(D, Z, *, v):
    return D * ((Z > 0) & (Z < v.cap))


@back.slip("Above the cap the function is constant; its slope there is 0.")
def kinks_no_cap(D, Z, *, v):
    return D * np.where(Z < 0, v.slope, 1.0)


@back.slip("You look at the sign of the error signal, not of Z.")
def kinks_of_signal(D, Z, *, v):
    return D * np.where(D < 0, v.slope, np.where(D < v.cap, 1.0, 0.0))


@work.question(
    "smooth",
    prompt=r"""
    ## 2 Targets that are less sure

    With *label smoothing* the target of a row with label $c$ is not 1 for class $c$ and 0 for the
    others: each of the $k$ classes gets $\epsilon / k$, and class $c$ gets $1 - \epsilon$ in addition.
    For you, $\epsilon =$ <<smooth>>. The cost is the mean over the rows of
    $-\sum_j t_j \log p_j$ with $\mathbf p = \operatorname{softmax}(\mathbf z)$.

    Write `output_signal(logits, labels)`: $\partial C / \partial Z$, shape `(n, k)`, for `logits` of
    shape `(n, k)` and integer `labels` of shape `(n,)`. Logits may be as large as 1000.
    """,
    stub="""
    def output_signal(logits, labels):
        return ...
    """,
    tests="""
    D = output_signal(np.array([[0.0, 0.0], [3.0, 1.0]]), np.array([0, 1]))
    assert D.shape == (2, 2)
    assert np.allclose(D.sum(axis=1), 0), "each row must sum to 0"
    assert np.isclose(D[0, 1], (0.5 - <<smooth>> / 2) / 2), "two equal logits"
    """,
)
def output_signal(logits, labels, *, v):
    n, k = logits.shape
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    targets = (1 - v.smooth) * np.eye(k)[labels] + v.smooth / k
    return (p - targets) / n


@output_signal.check("small logits", points=4)
def _(rng, v):
    return [(rng.normal(size=(n, k)), np.arange(n) % k) for n, k in [(1, 3), (5, 4), (6, 2)]]


@output_signal.check("huge logits", points=2)
def _(rng, v):
    logits = np.array([[1000.0, -1000.0, 0.0], [990.0, 991.0, 992.0]])
    return [(rng.permuted(logits, axis=1), rng.permutation(2))]


@output_signal.slip("The targets are not smoothed.")
def smooth_hard(logits, labels, *, v):
    return output_signal(logits, labels, v=type(v)(smooth=0.0))


@output_signal.slip("The mean over the rows is missing.")
def smooth_sum(logits, labels, *, v):
    return output_signal(logits, labels, v=v) * len(logits)


@output_signal.slip("The sign is turned: it is the prediction minus the target.")
def smooth_sign(logits, labels, *, v):
    return -output_signal(logits, labels, v=v)


@output_signal.slip("The right class gets 1 - epsilon only; its share of epsilon / k is missing.")
def smooth_share(logits, labels, *, v):
    signal = output_signal(logits, labels, v=v)
    rows = np.arange(len(labels))
    signal[rows, labels] += v.smooth / logits.shape[1] / len(labels)
    return signal


@output_signal.slip(
    "For large logits the exponentials overflow, and infinity over infinity is nan."
)
def smooth_overflow(logits, labels, *, v):
    n, k = logits.shape
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p - (1 - v.smooth) * np.eye(k)[labels] - v.smooth / k) / n


@work.question(
    "tied",
    prompt=r"""
    ## 3 The same weights twice

    An autoencoder with *tied weights* squeezes each row and unfolds it again with the same matrix:

    $$A = \tanh(X W), \qquad \hat X = A\, W^{\mathsf T}, \qquad
    C = \frac{1}{2n} \sum_i \lVert \hat x_i - x_i \rVert^2 .$$

    Write `tied_gradient(X, W)`: $\partial C / \partial W$ with the shape `(d, h)` of `W`, for `X` of
    shape `(n, d)`. `W` reaches the cost in two ways, and both count.
    """,
    stub="""
    def tied_gradient(X, W):
        return ...
    """,
    tests="""
    cost = lambda X, W: np.sum((np.tanh(X @ W) @ W.T - X) ** 2) / (2 * len(X))
    X, W = np.array([[0.5, -1.0], [1.0, 0.3]]), np.array([[0.4], [-0.7]])
    E = np.array([[1e-6], [0.0]])
    difference = (cost(X, W + E) - cost(X, W - E)) / 2e-6
    assert np.isclose(tied_gradient(X, W)[0, 0], difference, rtol=1e-4), "compare with a difference"
    """,
)
def tied_gradient(X, W, *, v):
    A = np.tanh(X @ W)
    D_out = (A @ W.T - X) / len(X)
    D_hidden = (D_out @ W) * (1 - A**2)
    return X.T @ D_hidden + D_out.T @ A


@tied_gradient.check("a single row", points=3)
def _(rng, v):
    return [(rng.normal(size=(1, d)), rng.normal(size=(d, h))) for d, h in [(2, 1), (4, 2)]]


@tied_gradient.check("batches", points=5)
def _(rng, v):
    return [
        (rng.normal(size=(n, d)), rng.normal(size=(d, h)) / 2)
        for n, d, h in [(3, 2, 2), (6, 5, 2), (4, 3, 3)]
    ]


@tied_gradient.slip("Only the way through the hidden layer is counted; W is used a second time.")
def tied_first(X, W, *, v):
    A = np.tanh(X @ W)
    D_out = (A @ W.T - X) / len(X)
    return X.T @ ((D_out @ W) * (1 - A**2))


@tied_gradient.slip("Only the use in the output is counted; the hidden layer depends on W too.")
def tied_second(X, W, *, v):
    A = np.tanh(X @ W)
    return ((A @ W.T - X) / len(X)).T @ A


@tied_gradient.slip("The slope of tanh is missing on the way back.")
def tied_no_slope(X, W, *, v):
    A = np.tanh(X @ W)
    D_out = (A @ W.T - X) / len(X)
    return X.T @ (D_out @ W) + D_out.T @ A


@tied_gradient.slip("The two ways are averaged; they add up.")
def tied_mean(X, W, *, v):
    return tied_gradient(X, W, v=v) / 2


@work.question(
    "saliency",
    prompt=r"""
    ## 4 What does the network look at?

    For a trained network one asks how the output changes when the *input* changes. The network is
    $\hat y = \sigma(\tanh(\mathbf x W^{(1)} + \mathbf b^{(1)})\, \mathbf w^{(2)} + b^{(2)})$ with
    `W1` of shape `(d, h)`, `b1` and `w2` of shape `(h,)` and a number `b2`. Write `saliency(X, W1, b1, w2, b2)`:
    for each row of `X` the derivatives $\partial \hat y / \partial x_j$, shape `(n, d)`.
    """,
    stub="""
    def saliency(X, W1, b1, w2, b2):
        return ...
    """,
    tests="""
    net = lambda X, W1, b1, w2, b2: 1 / (1 + np.exp(-(np.tanh(X @ W1 + b1) @ w2 + b2)))
    X, rest = np.array([[0.5, -1.0]]), (np.eye(2), np.zeros(2), np.array([1.0, -2.0]), 0.1)
    E = np.array([[0.0, 1e-6]])
    difference = (net(X + E, *rest) - net(X - E, *rest)) / 2e-6
    assert np.shape(saliency(X, *rest)) == (1, 2), "one number for each input"
    assert np.isclose(saliency(X, *rest)[0, 1], difference[0], rtol=1e-4)
    """,
)
def saliency(X, W1, b1, w2, b2, *, v):
    A = np.tanh(X @ W1 + b1)
    y_hat = 1 / (1 + np.exp(-(A @ w2 + b2)))
    D = (y_hat * (1 - y_hat))[:, None] * w2 * (1 - A**2)
    return D @ W1.T


def _network(rng, n, d, h):
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, h)),
        rng.normal(size=h),
        rng.normal(size=h),
        float(rng.normal()),
    )


@saliency.check("one row", points=2)
def _(rng, v):
    return [_network(rng, 1, 2, 3), _network(rng, 1, 4, 2)]


@saliency.check("many rows", points=4)
def _(rng, v):
    return [_network(rng, n, d, h) for n, d, h in [(3, 2, 2), (5, 4, 6), (4, 1, 3)]]


@saliency.slip("The sigmoid's slope at the output is missing.")
def saliency_logit(X, W1, b1, w2, b2, *, v):
    A = np.tanh(X @ W1 + b1)
    return (w2 * (1 - A**2)) @ W1.T


@saliency.slip("The slope of tanh is missing.")
def saliency_no_tanh(X, W1, b1, w2, b2, *, v):
    y_hat = 1 / (1 + np.exp(-(np.tanh(X @ W1 + b1) @ w2 + b2)))
    return ((y_hat * (1 - y_hat))[:, None] * w2) @ W1.T


@saliency.slip("The gradient is averaged over the rows; each row has its own.")
def saliency_mean(X, W1, b1, w2, b2, *, v):
    return 0 * X + np.mean(saliency(X, W1, b1, w2, b2, v=v), axis=0)


@saliency.slip("The absolute values are taken: the sign says in which direction the output goes.")
def saliency_absolute(X, W1, b1, w2, b2, *, v):
    return np.abs(saliency(X, W1, b1, w2, b2, v=v))


@saliency.slip("Multiplied by the input: that is another measure.")
def saliency_times_input(X, W1, b1, w2, b2, *, v):
    return X * saliency(X, W1, b1, w2, b2, v=v)


@work.question(
    "count",
    prompt=r"""
    ## 5 What does it cost?

    A fully connected network has the layer sizes <<sizes>>, from input to output. Count the
    multiplications *in matrix products only*, for a batch of <<rows>> rows. A product of an
    $n \times d$ with a $d \times h$ matrix has $n d h$. Give `count = (forward, backward)`: the
    products of one forward pass, and those of one backward pass that computes the gradients of all
    weights. The backward pass does not compute the gradient of the input.
    """,
    stub="count = ...",
    tests="""
    forward, backward = count
    assert forward < backward < 2 * forward, "backward: two products a layer, but one at the first"
    """,
)
def count(*, v):
    sizes, rows = v.sizes, v.rows
    layers = [rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return sum(layers), 2 * sum(layers) - layers[0]


count.value("both numbers", points=4)


@count.slip("The gradient of the input is counted too; nobody needs it.")
def count_input(*, v):
    return count(v=v)[0], 2 * count(v=v)[0]


@count.slip("That is one row; the batch has more.")
def count_one_row(*, v):
    return tuple(number // v.rows for number in count(v=v))


@count.slip("The backward pass has two products a layer: the signal's and the weights' gradient.")
def count_half(*, v):
    return count(v=v)[0], count(v=v)[0]


@count.slip("The product left out is the first layer's, not the last one's.")
def count_last(*, v):
    forward = count(v=v)[0]
    return forward, 2 * forward - v.rows * v.sizes[-1] * v.sizes[-2]


@work.question(
    "repair",
    prompt=r"""
    ## 6 Repair a backward pass

    $A^{(1)} = \tanh(X W^{(1)} + \mathbf b^{(1)})$,
    $A^{(2)} = \tanh(A^{(1)} W^{(2)} + \mathbf b^{(2)})$,
    $\hat Y = A^{(2)} W^{(3)} + \mathbf b^{(3)}$, and
    $C = \frac{1}{2n} \sum_i \lVert \hat{\mathbf y}_i - \mathbf y_i \rVert^2$. The program should
    return the gradients of `W1`, `W2`, `W3`, `b1`, `b2` and `b3` as a list in this order. It has one mistake; find and repair it.
    """,
    stub="<<broken>>",
    tests="""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    theta = [rng.normal(size=s) for s in [(2, 4), 4, (4, 4), 4, (4, 1), 1]]

    def cost(W1, b1, W2, b2, W3, b3):
        return np.sum((np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3 - Y) ** 2) / 10

    found = backward(X, Y, *theta)
    for place, k in enumerate([0, 2, 4, 1, 3, 5]):
        shifted = [[t.copy() for t in theta] for _ in range(2)]
        shifted[0][k].flat[0] += 1e-6
        shifted[1][k].flat[0] -= 1e-6
        difference = (cost(*shifted[0]) - cost(*shifted[1])) / 2e-6
        name = ["W1", "W2", "W3", "b1", "b2", "b3"][place]
        assert np.isclose(found[place].flat[0], difference, rtol=1e-4), f"{name} is wrong"
    """,
)
def backward(X, Y, W1, b1, W2, b2, W3, b3, *, v):
    A1 = np.tanh(X @ W1 + b1)
    A2 = np.tanh(A1 @ W2 + b2)
    D3 = (A2 @ W3 + b3 - Y) / len(X)
    D2 = (D3 @ W3.T) * (1 - A2**2)
    D1 = (D2 @ W2.T) * (1 - A1**2)
    weights = [X.T @ D1, A1.T @ D2, A2.T @ D3]
    return [*weights, D1.sum(axis=0), D2.sum(axis=0), D3.sum(axis=0)]


def _six(rng, n, d, h, k):
    shapes = [(n, d), (n, k), (d, h), h, (h, h), h, (h, k), k]
    return tuple(rng.normal(size=s) for s in shapes)


@backward.check("small batches", points=3)
def _(rng, v):
    return [_six(rng, 2, 3, 2, 1), _six(rng, 3, 1, 3, 1)]


@backward.check("other sizes", points=4)
def _(rng, v):
    return [_six(rng, 6, 4, 5, 2), _six(rng, 4, 2, 3, 3)]


@backward.slip("The mean over the rows is missing, or taken over something else.")
def repair_mean(X, Y, W1, b1, W2, b2, W3, b3, *, v):
    return [len(X) * g for g in backward(X, Y, W1, b1, W2, b2, W3, b3, v=v)]


@backward.slip("The gradients come in the order of the backward pass, not in the one asked for.")
def repair_order(X, Y, W1, b1, W2, b2, W3, b3, *, v):
    g = backward(X, Y, W1, b1, W2, b2, W3, b3, v=v)
    return [g[2], g[1], g[0], g[5], g[4], g[3]]


@backward.slip("The first layer's signal does not pass through its activation.")
def repair_first(X, Y, W1, b1, W2, b2, W3, b3, *, v):
    A1 = np.tanh(X @ W1 + b1)
    A2 = np.tanh(A1 @ W2 + b2)
    D3 = (A2 @ W3 + b3 - Y) / len(X)
    D2 = (D3 @ W3.T) * (1 - A2**2)
    D1 = D2 @ W2.T
    weights = [X.T @ D1, A1.T @ D2, A2.T @ D3]
    return [*weights, D1.sum(axis=0), D2.sum(axis=0), D3.sum(axis=0)]


@backward.slip("A bias's gradient is the sum of the signal's rows, not their mean.")
def repair_bias(X, Y, W1, b1, W2, b2, W3, b3, *, v):
    g = backward(X, Y, W1, b1, W2, b2, W3, b3, v=v)
    return [*g[:3], *(part / len(X) for part in g[3:])]


work.by_hand(
    "vanish",
    points=5,
    prompt=r"""
    ## 7 In your own words

    A network has ten hidden layers with the sigmoid as activation. A measurement shows that the
    gradient of the first layer's weights is about a million times smaller than that of the last
    layer's. In five to eight sentences: where do the factors come from, what is the largest that the
    sigmoid alone lets through per layer, and name two changes that help, each with the reason.
    """,
    rubric="""
    1 point: the signal is multiplied once per layer, by the weights and by the activation's slope.
    2 points: the sigmoid's slope is at most 1/4, at z = 0, and less elsewhere; ten layers give at
    most about one millionth from the slopes alone.
    2 points: one point for each change with a reason (ReLU: slope 1; weights that are larger or
    scaled by an initialisation; skip connections; normalisation of the activations).
    """,
    answer="""
    On its way back the error signal meets every layer once: it is multiplied by the transposed
    weights and by the slope of the activation. The slope of the sigmoid is y (1 - y), at most one
    quarter, and that only where the pre-activation is 0. Ten such factors are at most about one
    millionth, unless large weights make up for it. With ReLU the slope is 1 wherever a neuron is
    active, so this factor is gone. An initialisation that scales the weights by the layer's size
    keeps the other factor near one.
    """,
)
