"""Assignment 2, to chapter 2: slopes, a loss that forgives outliers, and a program to repair."""

import numpy as np

from grader.assignment import Assignment

work = Assignment(
    "a2_neuron",
    title="Assignment 2: a neuron that learns",
    chapter=2,
    minutes=100,
    goals=(
        "differentiate an activation and a loss that you have not met before;",
        "train a neuron by gradient descent with a learning rate that falls;",
        "find the wrong entry of a gradient by comparing it with differences;",
        "find a mistake in a training loop.",
    ),
)

BUGS = {
    "sign": ("w = w - lr * dw", "w = w + lr * dw"),
    "order": (
        "dw, db = error * y * (1 - y) * x, error * y * (1 - y)",
        "dw, db = error * y * (1 - y) * w, error * y * (1 - y)",
    ),
    "slope": ("error * y * (1 - y) * x", "error * y * x"),
    "bias": ("b = b - lr * db", "b = b - db"),
}
TRAINING = """def train(X, targets, w, b, lr, epochs):
    for _ in range(epochs):
        for x, target in zip(X, targets):
            y = 1 / (1 + np.exp(-(x @ w + b)))
            error = 2 * (y - target)
            dw, db = error * y * (1 - y) * x, error * y * (1 - y)
            w = w - lr * dw
            b = b - lr * db
    return np.array([*w, b])"""


@work.variant
def variant(rng):
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    return {
        "k": float(rng.choice([0.5, 1.5, 2.0, 2.5, 3.0])),
        "delta": float(rng.choice([0.3, 0.4, 0.5, 0.6])),
        "decay": float(rng.choice([0.05, 0.1, 0.2, 0.25])),
        "broken": TRAINING.replace(right, wrong),
    }


work.text(r"""
## 1 The slope of an activation

A cheap relative of the hyperbolic tangent is $f(z) = z / (1 + k |z|)$. For you, $k =$ <<k>>.
""")


@work.question(
    "slope",
    prompt=r"""
    Write `slope(z)`: the derivative $f'(z)$ for $k =$ <<k>>, entry by entry, for an array of any
    shape. Work it out for $z > 0$ and for $z < 0$; at 0 both agree.
    """,
    stub="""
    def slope(z):
        return ...
    """,
    tests="""
    f = lambda z: z / (1 + <<k>> * np.abs(z))
    z = np.array([-2.0, 0.5, 3.0])
    assert np.allclose(slope(z), (f(z + 1e-6) - f(z - 1e-6)) / 2e-6, rtol=1e-4)
    """,
)
def slope(z, *, v):
    return 1 / (1 + v.k * np.abs(z)) ** 2


@slope.check("ordinary inputs", points=3)
def _(rng, v):
    return [(rng.normal(size=shape),) for shape in [(1,), (5,), (2, 3)]]


@slope.check("zero and large inputs", points=2)
def _(rng, v):
    return [(np.array([0.0, 100.0, -100.0]),)]


@slope.slip("The denominator is not squared.")
def slope_not_squared(z, *, v):
    return 1 / (1 + v.k * np.abs(z))


@slope.slip("The quotient rule's second term is missing: the denominator depends on z too.")
def slope_no_quotient(z, *, v):
    return (1 + 0 * z) / (1 + v.k * z) ** 2


@slope.slip("That is the derivative for k = 1.")
def slope_k_lost(z, *, v):
    return 1 / (1 + np.abs(z)) ** 2


@slope.slip("A factor k too many: for small z the function is z, whatever k is.")
def slope_factor(z, *, v):
    return v.k / (1 + v.k * np.abs(z)) ** 2


work.text(r"""
## 2 A loss that forgives outliers

The squared error lets one outlier pull hard. The *Huber loss* of an error $e = \hat y - y$ is
$\frac12 e^2$ for $|e| \le \delta$ and $\delta\,(|e| - \frac12 \delta)$ beyond: it goes on as a
straight line. For you, $\delta =$ <<delta>>.
""")


@work.question(
    "huber",
    prompt=r"""
    The neuron is $\hat y = \tanh(\mathbf x \cdot \mathbf w + b)$. Write `gradients(x, y, w, b)`: a
    tuple `(dw, db)` with the derivatives of the Huber loss of one row, $\delta =$ <<delta>>. `x` and
    `w` have shape `(d,)`, `dw` too.
    """,
    stub="""
    def gradients(x, y, w, b):
        return ...
    """,
    tests="""
    def huber(x, y, w, b):
        e = np.tanh(x @ w + b) - y
        return e**2 / 2 if abs(e) <= <<delta>> else <<delta>> * (abs(e) - <<delta>> / 2)

    x, w = np.array([0.5, -1.0]), np.array([0.2, 0.1])
    for y in (0.1, 1.0):
        dw, db = gradients(x, y, w, 0.3)
        assert np.shape(dw) == (2,), "dw has one entry for each weight"
        slope_b = (huber(x, y, w, 0.3 + 1e-6) - huber(x, y, w, 0.3 - 1e-6)) / 2e-6
        assert np.isclose(db, slope_b, rtol=1e-4), f"db is wrong for y = {y}"
    """,
)
def gradients(x, y, w, b, *, v):
    y_hat = np.tanh(x @ w + b)
    error = np.clip(y_hat - y, -v.delta, v.delta)
    db = error * (1 - y_hat**2)
    return db * x, db


@gradients.check("small errors", points=3)
def _(rng, v):
    cases = []
    for d in (1, 2, 5):
        x, w, b = rng.normal(size=d), rng.normal(size=d) / 2, float(rng.normal())
        shift = float(rng.uniform(0.3, 0.9) * v.delta * rng.choice([-1, 1]))
        cases.append((x, float(np.tanh(x @ w + b)) - shift, w, b))
    return cases


@gradients.check("large errors of both signs", points=4)
def _(rng, v):
    return [
        (rng.normal(size=3), y, rng.normal(size=3) / 4, float(rng.normal() / 4))
        for y in (3.0, -3.0, 2.0)
    ]


@gradients.slip("The slope of tanh is missing: the error has to pass through the activation.")
def huber_no_slope(x, y, w, b, *, v):
    error = np.clip(np.tanh(x @ w + b) - y, -v.delta, v.delta)
    return error * x, error


@gradients.slip("The slope of tanh is taken at its output instead of at the pre-activation.")
def huber_slope_twice(x, y, w, b, *, v):
    y_hat = np.tanh(x @ w + b)
    db = np.clip(y_hat - y, -v.delta, v.delta) * (1 - np.tanh(y_hat) ** 2)
    return db * x, db


@gradients.slip("The error is turned round: the update would climb.")
def huber_sign(x, y, w, b, *, v):
    dw, db = gradients(x, y, w, b, v=v)
    return -dw, -db


@gradients.slip("Large errors count in full: that is the squared error.")
def huber_square(x, y, w, b, *, v):
    y_hat = np.tanh(x @ w + b)
    db = (y_hat - y) * (1 - y_hat**2)
    return db * x, db


@gradients.slip("Beyond delta the sign of the error is lost.")
def huber_unsigned(x, y, w, b, *, v):
    y_hat = np.tanh(x @ w + b)
    error = y_hat - y
    db = (error if abs(error) <= v.delta else v.delta) * (1 - y_hat**2)
    return db * x, db


work.text(r"""
## 3 A learning rate that falls

Large steps first, small ones later: in epoch $t = 0, 1, 2, \dots$ the learning rate is
$\eta_t = \eta_0 / (1 + c\, t)$. For you, $c =$ <<decay>>.
""")


@work.question(
    "descent",
    prompt=r"""
    A linear neuron $\hat y = \mathbf x \cdot \mathbf w + b$ is trained on the cost
    $C = \frac1n \sum_i (\hat y_i - y_i)^2$ over all rows at once. Write
    `descend(X, y, w, b, lr, epochs)`: `epochs` steps of gradient descent with the learning rate
    above, $\eta_0 =$ `lr`. Return an array of length `epochs` with the cost *before* each step.
    Leave the arguments as they are.
    """,
    stub="""
    def descend(X, y, w, b, lr, epochs):
        return ...
    """,
    tests="""
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 6.0])
    costs = descend(X, y, np.zeros(1), 0.0, 0.05, 20)
    assert np.shape(costs) == (20,), "one cost for each epoch"
    assert np.isclose(costs[0], np.mean(y**2)), "the first cost is that of the start"
    assert costs[-1] < 0.1, "the cost should fall"
    """,
)
def descend(X, y, w, b, lr, epochs, *, v):
    costs = []
    for t in range(epochs):
        error = X @ w + b - y
        costs.append(np.mean(error**2))
        rate = lr / (1 + v.decay * t)
        w = w - rate * 2 * X.T @ error / len(y)
        b = b - rate * 2 * np.mean(error)
    return np.array(costs)


@descend.check("two epochs", points=3)
def _(rng, v):
    return [(rng.normal(size=(6, 2)), rng.normal(size=6), rng.normal(size=2), 0.5, 0.1, 2)]


@descend.check("many epochs", points=4)
def _(rng, v):
    return [
        (rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), -0.5, 0.05, 15)
        for n, d in [(4, 1), (7, 3)]
    ]


@descend.slip("The factor 2 of the square's derivative is missing.")
def descend_no_two(X, y, w, b, lr, epochs, *, v):
    return descend(X, y, w, b, lr / 2, epochs, v=v)


@descend.slip("The gradient is summed, not averaged, over the rows.")
def descend_sum(X, y, w, b, lr, epochs, *, v):
    return descend(X, y, w, b, lr * len(y), epochs, v=v)


@descend.slip("The cost is recorded after the step.")
def descend_after(X, y, w, b, lr, epochs, *, v):
    return descend(X, y, w, b, lr, epochs + 1, v=v)[1:]


@descend.slip("The bias is never updated.")
def descend_bias(X, y, w, b, lr, epochs, *, v):
    costs = []
    for t in range(epochs):
        error = X @ w + b - y
        costs.append(np.mean(error**2))
        w = w - lr / (1 + v.decay * t) * 2 * X.T @ error / len(y)
    return np.array(costs)


@descend.slip("The learning rate stays the same.")
def descend_constant(X, y, w, b, lr, epochs, *, v):
    costs = []
    for _ in range(epochs):
        error = X @ w + b - y
        costs.append(np.mean(error**2))
        w = w - lr * 2 * X.T @ error / len(y)
        b = b - lr * 2 * np.mean(error)
    return np.array(costs)


@descend.slip("The learning rate is divided again in each epoch, and so falls too fast.")
def descend_compound(X, y, w, b, lr, epochs, *, v):
    costs = []
    for t in range(epochs):
        error = X @ w + b - y
        costs.append(np.mean(error**2))
        lr = lr / (1 + v.decay * (t + 1))
        w = w - lr * 2 * X.T @ error / len(y)
        b = b - lr * 2 * np.mean(error)
    return np.array(costs)


work.text("""
## 4 Which entry is wrong?

Someone has written a gradient by hand, and one of its entries is wrong.
""")


@work.question(
    "culprit",
    prompt=r"""
    Write `culprit(f, gradient, theta)`: `f(theta)` is a number, and `gradient` is an array of shape
    `(d,)` that claims to be the gradient of `f` at `theta`. Return the index of the entry whose
    distance from the central difference is largest *in proportion to* $|g_i| + |h_i| + 10^{-12}$,
    where $g_i$ is the claim and $h_i$ the difference. In all tests `f` is a text, one of `"squares"`
    and `"product"`; the function `named`, which is given, makes the function of it.
    """,
    stub="""
    def named(f):
        if f == "squares":
            return lambda t: np.sum(np.arange(1, len(t) + 1) * t**2)
        if f == "product":
            return lambda t: np.prod(t)
        return f

    def culprit(f, gradient, theta):
        f = named(f)
        return ...
    """,
    tests="""
    assert culprit("squares", np.array([2.0, 9.0]), np.array([1.0, 2.0])) == 1
    assert culprit("product", np.array([-3.0, 2.0]), np.array([2.0, 3.0])) == 0
    """,
)
def culprit(f, gradient, theta, *, v):
    def named(f):
        if f == "squares":
            return lambda t: np.sum(np.arange(1, len(t) + 1) * t**2)
        return lambda t: np.prod(t)

    f, h = named(f), 1e-5
    steps = h * np.eye(len(theta))
    differences = [(f(theta + step) - f(theta - step)) / (2 * h) for step in steps]
    apart = np.abs(gradient - differences)
    return int(np.argmax(apart / (np.abs(gradient) + np.abs(differences) + 1e-12)))


def _named(f):
    if f == "squares":
        return lambda t: np.sum(np.arange(1, len(t) + 1) * t**2)
    return lambda t: np.prod(t)


def _differences(f, theta):
    steps = 1e-5 * np.eye(len(theta))
    return np.array([(_named(f)(theta + s) - _named(f)(theta - s)) / 2e-5 for s in steps])


def _claims(rng, f):
    """Two cases: neither the wrong entry's place nor its size or sign says which it is.

    Another entry is a little wrong, so that its distance or its quotient is largest.
    """
    start = rng.integers(4)
    return [_claim(rng, f, d, (start + 2 * k) % 4, k) for k, d in enumerate((4, 6))]


def _claim(rng, f, d, wrong, k):
    others = rng.permutation(np.delete(np.arange(d), wrong))
    signs = [1, -1] if k else [-1, 1]
    theta = np.empty(d)
    if f == "squares":
        # The largest entry is a little wrong, a small one much in proportion; one is smaller still.
        theta[others[:3]] = 60.0 * signs[0], 2.0 * signs[1], 0.002 * signs[0]
        theta[others[3:]] = rng.uniform(0.5, 1.5, size=d - 4)
        theta[wrong] = 0.02 * signs[k]
        gradient = 2 * np.arange(1, d + 1) * theta
        gradient[others[0]] *= 1.01
    else:
        theta[others[:3]] = 0.5 * signs[0], 0.55 * signs[1], 1.4
        theta[others[3:]] = rng.uniform(0.9, 1.3, size=d - 4)
        theta[wrong] = 0.8
        gradient = np.prod(theta) / theta
        gradient[others[0]] *= 1.02
    gradient[wrong] *= -1
    return f, gradient, theta


@culprit.check("large and small entries", points=3)
def _(rng, v):
    return _claims(rng, "squares")


@culprit.check("another function", points=2)
def _(rng, v):
    return _claims(rng, "product")


@culprit.slip("The distance is not set in proportion: a large entry hides a small one.")
def culprit_absolute(f, gradient, theta, *, v):
    return int(np.argmax(np.abs(gradient - _differences(f, theta))))


@culprit.slip("The size of the quotient hides a wrong sign: take the distance, in proportion.")
def culprit_quotient(f, gradient, theta, *, v):
    return int(np.argmax(np.abs(gradient / _differences(f, theta))))


@culprit.slip("You return the distance and not the index.")
def culprit_distance(f, gradient, theta, *, v):
    h = _differences(f, theta)
    return np.max(np.abs(gradient - h) / (np.abs(gradient) + np.abs(h)))


@culprit.slip("Indices begin with 0.")
def culprit_from_one(f, gradient, theta, *, v):
    return 1 + culprit(f, gradient, theta, v=v)


work.text(r"""
## 5 Repair a training loop

The program trains a sigmoid neuron on the squared error $(\hat y - y)^2$ of one row after another,
in the order of the rows.
""")


@work.question(
    "repair",
    prompt="The program below has one mistake. Find it, and repair it.",
    stub="<<broken>>",
    tests="""
    X, targets = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.0, 1.0])
    w1, w2, b = train(X, targets, np.zeros(2), 0.0, 0.5, 200)
    assert np.allclose([w1, w2, b], [2.840809, -2.839363, 0.001446], atol=1e-4), "that is not where 200 epochs lead"
    """,
)
def train(X, targets, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        for x, target in zip(X, targets, strict=True):
            y = 1 / (1 + np.exp(-(x @ w + b)))
            error = 2 * (y - target)
            dw, db = error * y * (1 - y) * x, error * y * (1 - y)
            w = w - lr * dw
            b = b - lr * db
    return np.array([*w, b])


def _rows(rng, n, d, epochs):
    X, targets = rng.normal(size=(n, d)), rng.integers(0, 2, size=n).astype(float)
    return X, targets, rng.normal(size=d), 0.3, 0.4, epochs


@train.check("one step", points=2)
def _(rng, v):
    return [_rows(rng, 1, 2, 1), _rows(rng, 1, 3, 1)]


@train.check("several epochs", points=3)
def _(rng, v):
    return [_rows(rng, 5, 2, 3), _rows(rng, 4, 4, 10)]


@train.slip("The weights move uphill.")
def train_sign(X, targets, w, b, lr, epochs, *, v):
    return train(X, targets, w, b, -lr, epochs, v=v)


@train.slip("The slope of the sigmoid, y (1 - y), is missing in a gradient.")
def train_slope(X, targets, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        for x, target in zip(X, targets, strict=True):
            y = 1 / (1 + np.exp(-(x @ w + b)))
            w = w - lr * 2 * (y - target) * x
            b = b - lr * 2 * (y - target) * y * (1 - y)
    return np.array([*w, b])


@train.slip("The bias does not use the learning rate.")
def train_bias(X, targets, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        for x, target in zip(X, targets, strict=True):
            y = 1 / (1 + np.exp(-(x @ w + b)))
            db = 2 * (y - target) * y * (1 - y)
            w, b = w - lr * db * x, b - db
    return np.array([*w, b])


@train.slip("The factor 2 of the square's derivative is missing.")
def train_half(X, targets, w, b, lr, epochs, *, v):
    return train(X, targets, w, b, lr / 2, epochs, v=v)


work.by_hand(
    "outliers",
    points=5,
    prompt=r"""
    ## 6 In your own words

    In 1000 measurements, three were typed in with the decimal point in the wrong place. You train
    one neuron with the squared error and one with the Huber loss. In five to eight sentences: how do
    the gradients of the three rows differ in the two trainings, and what does that do to the
    weights? When would you *not* want the Huber loss?
    """,
    rubric="""
    2 points: the gradient of the squared error grows with the error; that of the Huber loss is
    bounded by delta (times slope and input).
    1 point: three rows can therefore outweigh many good ones with the squared error.
    1 point: with the Huber loss the weights follow the bulk of the rows.
    1 point: not wanted where large errors matter most, or where they are no mistakes (any sensible
    case).
    """,
    answer="""
    The derivative of the squared error is twice the error, so a row whose error is a hundred times
    larger pulls a hundred times harder. Three such rows can outweigh all the others, and the weights
    move to please them. The derivative of the Huber loss stops growing at delta: a wrong row pulls
    no harder than a row that is wrong by delta. The weights then follow the other 997 rows. I would
    not want it where rare large errors are the ones that matter, as with floods, because it counts
    them as little as small ones.
    """,
)
