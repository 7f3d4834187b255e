"""Assignment 1, to chapter 1: switches, lines, a band, and a network with a connection more."""

import numpy as np

from grader.assignment import Assignment

work = Assignment(
    "a1_sigmoid_network",
    title="Assignment 1: switches and lines",
    chapter=1,
    minutes=90,
    goals=(
        "compute a sigmoid with any steepness and position, for inputs of any size;",
        "turn a wanted line into the weights and the bias of a neuron;",
        "put three neurons together so that they recognise a region;",
        "read a program for a network, compare it with its equations, and repair it.",
    ),
)

BUGS = {
    "bias": ("A1 @ W2 + b2", "A1 @ W2"),
    "input": ("np.hstack([A1, X])", "np.hstack([X, A1])"),
    "last": ("return sigmoid(both @ W3 + b3)", "return both @ W3 + b3"),
    "first": ("A1 = sigmoid(X @ W1 + b1)", "A1 = sigmoid(X) @ W1 + b1"),
}
NETWORK = """def forward(X, W1, b1, W2, b2, W3, b3):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    both = np.hstack([A1, X])
    both = np.hstack([A2, both])
    return sigmoid(both @ W3 + b3)"""


@work.variant
def variant(rng):
    angle = rng.uniform(0.3, 1.2)
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    return {
        "steepness": float(rng.choice([2.5, 3.0, 3.5, 4.0, 4.5])),
        "place": float(rng.choice([-1.5, -0.5, 0.5, 1.5, 2.5])),
        "weight": float(rng.choice([2.0, 3.0, 4.0, 5.0])),
        "normal": (round(float(np.cos(angle)), 2), round(float(np.sin(angle)), 2)),
        "low": float(rng.choice([-1.5, -1.0, -0.5])),
        "high": float(rng.choice([0.5, 1.0, 1.5])),
        "broken": NETWORK.replace(right, wrong),
    }


work.text(r"""
## 1 A switch

The sigmoid $\sigma(z) = 1 / (1 + e^{-z})$ is a soft switch. A weight makes it steeper and a bias
moves it.
""")


@work.given
def sigmoid(z):
    """The logistic sigmoid of an array, entry by entry. Good for inputs of ordinary size."""
    return 1 / (1 + np.exp(-z))


@work.question(
    "switch",
    prompt=r"""
    Write `switch(x)`: a sigmoid with its value one half at $x =$ <<place>> and steepness
    <<steepness>>, that is $\sigma(w x + b)$ with $w =$ <<steepness>> and the bias that this needs.
    It takes an array of any shape. For $x = \pm 10\,000$ it must give 0 and 1, and not `nan`.
    """,
    stub="""
    def switch(x):
        return ...
    """,
    tests="""
    assert np.isclose(switch(np.array(<<place>>)), 0.5), "at <<place>> it must be one half"
    assert switch(np.array(<<place>> + 1)) > 0.9, "above that it must be near 1"
    """,
)
def switch(x, *, v):
    z = v.steepness * (np.asarray(x, dtype=float) - v.place)
    small = np.exp(-np.abs(z))
    return np.where(z > 0, 1, small) / (1 + small)


@switch.check("ordinary inputs", points=3)
def _(rng, v):
    return [(rng.normal(size=shape) * 2,) for shape in [(1,), (6,), (3, 4)]]


@switch.check("huge inputs", points=2)
def _(rng, v):
    return [(np.array([v.place - 3.0, -1e4, 1e4]),), (rng.uniform(-1e4, 1e4, size=5),)]


@switch.slip("The switch stands on the other side of 0: look at the sign of the bias.")
def switch_bias_sign(x, *, v):
    return 1 / (1 + np.exp(-v.steepness * (x + v.place)))


@switch.slip("The bias is the place itself; but it is added after the weight has been multiplied.")
def switch_bias_unscaled(x, *, v):
    return 1 / (1 + np.exp(-(v.steepness * x - v.place)))


@switch.slip("The curve falls where it should rise.")
def switch_falls(x, *, v):
    return 1 / (1 + np.exp(v.steepness * (x - v.place)))


@switch.slip("For large inputs infinity is divided by infinity, which is nan.")
def switch_nan(x, *, v):
    z = v.steepness * (x - v.place)
    return np.exp(z) / (1 + np.exp(z))


@switch.slip("The steepness is missing.")
def switch_flat(x, *, v):
    return 1 / (1 + np.exp(-(x - v.place)))


work.text(r"""
## 2 A neuron from three points

A neuron $\hat y = \sigma(w_1 x_1 + w_2 x_2 + b)$ is one half along a line. Two points fix the line;
a third point and the output there fix how fast the output changes.
""")


@work.question(
    "line",
    prompt=r"""
    Write `neuron_through(P, Q, R, p)`. `P`, `Q` and `R` are arrays of shape `(2,)`, and `p` is a
    number strictly between 0 and 1. Return an array `[w1, w2, b]` of shape `(3,)`: the neuron whose
    output is one half at `P` and at `Q`, and `p` at `R`. (`R` never lies on the line through `P`
    and `Q`, and `p` is never one half.)
    """,
    stub="""
    def neuron_through(P, Q, R, p):
        return ...
    """,
    tests="""
    w1, w2, b = neuron_through(np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([1.0, 1.0]), 0.8)
    assert np.isclose(w1, w2) and np.isclose(w1 + b, 0), "on the line the sum must be 0"
    assert np.isclose(sigmoid(w1 + w2 + b), 0.8), "at R the output must be p"
    """,
)
def neuron_through(P, Q, R, p, *, v):
    points = np.array([[*P, 1.0], [*Q, 1.0], [*R, 1.0]])
    return np.linalg.solve(points, np.array([0.0, 0.0, np.log(p / (1 - p))]))


@neuron_through.check("slanting lines", points=4)
def _(rng, v):
    return [(*rng.normal(size=(3, 2)), float(p)) for p in rng.uniform(0.05, 0.45, size=4)]


@neuron_through.check("upright and level lines", points=2)
def _(rng, v):
    a, c = rng.normal(size=2)
    upright = (np.array([a, 0.0]), np.array([a, 1.0]), np.array([a + 1.0, c]), 0.9)
    level = (np.array([0.0, c]), np.array([2.0, c]), np.array([a, c - 1.0]), 0.3)
    return [upright, level]


@neuron_through.slip("At R the pre-activation is p; it is the output that must be p there.")
def line_no_logit(P, Q, R, p, *, v):
    points = np.array([[*P, 1.0], [*Q, 1.0], [*R, 1.0]])
    return np.linalg.solve(points, np.array([0.0, 0.0, p]))


@neuron_through.slip("P and Q get the pre-activation one half; there the output is 0.62.")
def line_half(P, Q, R, p, *, v):
    points = np.array([[*P, 1.0], [*Q, 1.0], [*R, 1.0]])
    return np.linalg.solve(points, np.array([0.5, 0.5, np.log(p / (1 - p))]))


@neuron_through.slip("At R the output is 1 - p: the logit is turned over.")
def line_turned(P, Q, R, p, *, v):
    points = np.array([[*P, 1.0], [*Q, 1.0], [*R, 1.0]])
    return np.linalg.solve(points, np.array([0.0, 0.0, np.log((1 - p) / p)]))


@neuron_through.slip("The line is right; the weights have length 1 and so p is not reached at R.")
def line_unit(P, Q, R, p, *, v):
    w = neuron_through(P, Q, R, p, v=v)
    return w / np.hypot(w[0], w[1])


work.text(r"""
## 3 A band

One neuron cuts the plane once. Two neurons and an output neuron can recognise a band between two
parallel lines.
""")


@work.question(
    "band",
    prompt=r"""
    Let $s = n_1 x_1 + n_2 x_2$ with $(n_1, n_2)$ = `<<normal>>`. Find weights for a sigmoid network
    2-2-1 that recognises the band <<low>> $< s <$ <<high>>. Give them as a tuple
    `band = (W1, b1, W2, b2)` with the shapes `(2, 2)`, `(2,)`, `(2, 1)` and `(1,)`, so that
    `sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)` is above 0.9 at points inside and below 0.1 at points
    outside, for all points that are at least 0.2 in $s$ away from both lines. Think, do not train.
    """,
    stub="band = ...",
    tests="""
    assert [np.shape(part) for part in band] == [(2, 2), (2,), (2, 1), (1,)], "other shapes"
    W1, b1, W2, b2 = band
    x = (<<low>> + <<high>>) / 2 * np.array(<<normal>>) / np.sum(np.square(<<normal>>))
    inside = sigmoid(sigmoid(x @ W1 + b1) @ W2 + b2)
    assert inside > 0.9, "the middle of the band must be inside"
    """,
)
def band(*, v):
    k = 40.0
    W1 = k * np.array([v.normal, v.normal]).T
    b1 = -k * np.array([v.low, v.high])
    W2 = np.array([[20.0], [-20.0]])
    b2 = np.array([-10.0])
    return W1, b1, W2, b2


band.value("inside and outside", points=6)


@band.judge
def in_band(answer, case, v):
    W1, b1, W2, b2 = (np.asarray(part, dtype=float) for part in answer)
    if (W1.shape, b1.shape, W2.shape, b2.shape) != ((2, 2), (2,), (2, 1), (1,)):
        return "The four parts must have the shapes (2, 2), (2,), (2, 1) and (1,)."
    rng = np.random.default_rng(1)
    X = rng.uniform(-4, 4, size=(2000, 2))
    s = X @ v.normal
    clear = np.minimum(np.abs(s - v.low), np.abs(s - v.high)) >= 0.2
    inside = (s > v.low) & (s < v.high)

    def squash(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    out = squash(squash(X @ W1 + b1) @ W2 + b2)[:, 0]
    if not np.all(out[clear & inside] > 0.9):
        return "The output is not above 0.9 everywhere inside the band."
    if not np.all(out[clear & ~inside] < 0.1):
        return "The output is not below 0.1 everywhere outside the band."
    return None


@band.slip("Both hidden neurons are added: above the band the output is high too.")
def band_sum(*, v):
    W1, b1, W2, b2 = band(v=v)
    return W1, b1, np.abs(W2), b2


@band.slip("The weights are too small: near the lines the output changes too slowly.")
def band_soft(*, v):
    W1, b1, W2, b2 = band(v=v)
    return W1 / 40, b1 / 40, W2, b2


@band.slip("The rows of W1 hold what its columns should: each column belongs to one neuron.")
def band_transposed(*, v):
    W1, b1, W2, b2 = band(v=v)
    return W1.T, b1, W2, b2


@band.slip("The biases of the hidden layer have the wrong sign.")
def band_bias_sign(*, v):
    W1, b1, W2, b2 = band(v=v)
    return W1, -b1, W2, b2


work.text(r"""
## 4 A cost that takes sides

Where one mistake is worse than the other, the cost can say so.
""")


@work.question(
    "cost",
    prompt=r"""
    Write `weighted_cost(Y_hat, Y)` for arrays of shape `(n, 2)`. Row $i$ of `Y` is `[1, 0]` for class
    0 and `[0, 1]` for class 1. The cost is the mean over the rows of
    $\frac{1}{2} c_i \lVert y_i - \hat y_i \rVert^2$, where $c_i$ is <<weight>> for rows of class 1
    and 1 for rows of class 0. Divide by the number of rows. Return one number.
    """,
    stub="""
    def weighted_cost(Y_hat, Y):
        return ...
    """,
    tests="""
    Y = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert np.isclose(weighted_cost(Y, Y), 0), "a perfect prediction costs nothing"
    assert np.isclose(weighted_cost(np.zeros((1, 2)), Y[:1]), 0.5), "a row of class 0"
    assert np.isclose(weighted_cost(np.zeros((1, 2)), Y[1:]), <<weight>> / 2), "a row of class 1"
    """,
)
def weighted_cost(Y_hat, Y, *, v):
    c = np.where(Y[:, 1] == 1, v.weight, 1.0)
    return np.mean(c * np.sum((Y - Y_hat) ** 2, axis=1)) / 2


@weighted_cost.check("mixed classes", points=4)
def _(rng, v):
    return [(rng.uniform(size=(n, 2)), np.eye(2)[np.arange(n) % 2]) for n in (2, 5, 9)]


@weighted_cost.check("one class only", points=2)
def _(rng, v):
    return [(rng.uniform(size=(4, 2)), np.eye(2)[np.full(4, k)]) for k in (0, 1)]


@weighted_cost.slip("The factor one half is missing.")
def cost_no_half(Y_hat, Y, *, v):
    return 2 * weighted_cost(Y_hat, Y, v=v)


@weighted_cost.slip("You divide by the number of entries; the mean is over the rows.")
def cost_entries(Y_hat, Y, *, v):
    return weighted_cost(Y_hat, Y, v=v) / 2


@weighted_cost.slip("The sum over the rows is not divided by their number.")
def cost_sum(Y_hat, Y, *, v):
    return weighted_cost(Y_hat, Y, v=v) * len(Y)


@weighted_cost.slip("The weight is given to the rows of class 0.")
def cost_other_class(Y_hat, Y, *, v):
    c = np.where(Y[:, 0] == 1, v.weight, 1.0)
    return np.mean(c * np.sum((Y - Y_hat) ** 2, axis=1)) / 2


@weighted_cost.slip("All rows count the same: the weight of class 1 is lost.")
def cost_no_weight(Y_hat, Y, *, v):
    return np.mean(np.sum((Y - Y_hat) ** 2, axis=1)) / 2


@weighted_cost.slip("The norm is not squared.")
def cost_not_squared(Y_hat, Y, *, v):
    c = np.where(Y[:, 1] == 1, v.weight, 1.0)
    return np.mean(c * np.sqrt(np.sum((Y - Y_hat) ** 2, axis=1))) / 2


work.text(r"""
## 5 Repair a program

In this network the output layer sees not only the second hidden layer but also the first one and
the input, side by side in this order:

$$A^{(1)} = \sigma(X W^{(1)} + \mathbf{b}^{(1)}), \quad
A^{(2)} = \sigma(A^{(1)} W^{(2)} + \mathbf{b}^{(2)}), \quad
\hat Y = \sigma([A^{(2)}, A^{(1)}, X]\, W^{(3)} + \mathbf{b}^{(3)}).$$

For $n$ rows, $d$ inputs and layers of $h$ and $k$ neurons, $[A^{(2)}, A^{(1)}, X]$ has the shape
$(n, k + h + d)$. In the program `W1` stands for $W^{(1)}$, and so on.
""")


@work.question(
    "repair",
    prompt="""
    The program below has one mistake. Find it by comparing the program with the equations, and
    repair it.
    """,
    stub="<<broken>>",
    tests="""
    rng = np.random.default_rng(0)
    X, W1, b1, W2, b2 = (rng.normal(size=s) for s in [(4, 2), (2, 3), 3, (3, 2), 2])
    W3, b3 = np.arange(-3, 4)[:, None] / 2, np.array([0.5])
    out = forward(X, W1, b1, W2, b2, W3, b3)
    assert out.shape == (4, 1), "one output for each row"
    assert np.allclose(out[:, 0], [0.21319, 0.40883, 0.22524, 0.83270], atol=1e-4), "these are not the equations' numbers"
    """,
)
def forward(X, W1, b1, W2, b2, W3, b3, *, v):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    return sigmoid(np.hstack([A2, A1, X]) @ W3 + b3)


def _network(rng, n, d, h, k, m):
    return tuple(rng.normal(size=s) for s in [(n, d), (d, h), h, (h, k), k, (k + h + d, m), m])


@forward.check("small networks", points=3)
def _(rng, v):
    return [_network(rng, 1, 2, 2, 2, 1), _network(rng, 3, 2, 2, 2, 1)]


@forward.check("other sizes", points=3)
def _(rng, v):
    return [_network(rng, 5, 3, 4, 2, 3), _network(rng, 2, 1, 5, 3, 2)]


@forward.slip("The second layer's bias is not used.")
def repair_bias(X, W1, b1, W2, b2, W3, b3, *, v):
    return forward(X, W1, b1, W2, 0 * b2, W3, b3, v=v)


@forward.slip("The parts stand side by side in another order than in the equation.")
def repair_order(X, W1, b1, W2, b2, W3, b3, *, v):
    A1 = sigmoid(X @ W1 + b1)
    A2 = sigmoid(A1 @ W2 + b2)
    return sigmoid(np.hstack([A2, X, A1]) @ W3 + b3)


@forward.slip("The last layer has no sigmoid.")
def repair_last(X, W1, b1, W2, b2, W3, b3, *, v):
    p = forward(X, W1, b1, W2, b2, W3, b3, v=v)
    return np.log(p / (1 - p))


@forward.slip("The first layer takes the sigmoid of the input, not of its weighted sum.")
def repair_first(X, W1, b1, W2, b2, W3, b3, *, v):
    A1 = sigmoid(X) @ W1 + b1
    A2 = sigmoid(A1 @ W2 + b2)
    return sigmoid(np.hstack([A2, A1, X]) @ W3 + b3)


work.by_hand(
    "why",
    points=5,
    prompt=r"""
    ## 6 In your own words

    A friend says: "With enough neurons in *one* layer, and no hidden layer, a network can recognise
    the band of question 3." In five to eight sentences: is that so? Say what the output of a network
    without a hidden layer looks like along a straight walk across the plane, and what the hidden
    layer adds.
    """,
    rubric="""
    1 point: says clearly that the friend is wrong.
    2 points: the output of one sigmoid neuron only rises or only falls along any straight line (or:
    its boundary is one straight line), so it cannot go up and down again.
    1 point: neurons of one layer do not see each other; more of them give more outputs, not another
    shape of one output.
    1 point: the hidden layer makes two steps, and the output neuron takes their difference.
    """,
    answer="""
    The friend is wrong. Along a straight walk the weighted sum of one neuron changes at a constant
    rate, and the sigmoid only rises, so its output only rises or only falls. Across a band it
    would have to rise and fall again. More neurons in the same layer give more outputs of this kind,
    and none of them sees the others. A hidden layer gives two steps, one at each line, and the
    output neuron can subtract the second from the first: high between them, low on both sides.
    """,
)
