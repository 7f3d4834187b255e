"""Assignment 4, to chapter 4: scaling, weights, thresholds and training in PyTorch."""

import numpy as np
import torch

from grader.assignment import Assignment

work = Assignment(
    "a4_moons",
    title="Assignment 4: training in PyTorch",
    chapter=4,
    minutes=110,
    goals=(
        "scale inputs with what the training data say, and nothing else;",
        "write a weighted loss that takes logits of any size;",
        "choose a threshold by what mistakes cost;",
        "repair a training loop, and train a network on two turned moons.",
    ),
    imports="import numpy as np\nimport torch\nfrom torch import nn",
    cell_seconds=60.0,
)

BUGS = {
    "gradient": ("        optimizer.zero_grad()\n", "        optimizer.zero_grad\n"),
    "target": ("loss = nn.BCEWithLogitsLoss()(z, y)", "loss = nn.MSELoss()(z, y)"),
    "twice": ("z = X @ w + b\n", "z = torch.sigmoid(X @ w + b)\n"),
    "step": (
        "        loss.backward()\n        optimizer.step()\n",
        "        optimizer.step()\n        loss.backward()\n",
    ),
}
LOOP = """def train(X, y, w, b, lr, epochs):
    X, y = torch.tensor(X), torch.tensor(y)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        z = X @ w + b
        loss = nn.BCEWithLogitsLoss()(z, y)
        loss.backward()
        optimizer.step()
    return np.array([*w.detach().numpy(), b.item()])"""


@work.variant
def variant(rng):
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    return {
        "weight": float(rng.choice([2.0, 3.0, 5.0, 8.0])),
        "miss": int(rng.choice([3, 4, 5, 7])),
        "alarm": int(rng.choice([1, 2])),
        "turn": int(rng.integers(4, 33)) * 10,
        "broken": LOOP.replace(right, wrong),
    }


@work.question(
    "scale",
    prompt=r"""
    ## 1 Scale the inputs

    Write `standardise(train, other)` for arrays of shape `(n, d)` and `(m, d)`. Return `other`, each
    column shifted and scaled by the mean and the standard deviation that this column has in `train`
    (the standard deviation that divides by $n$). A column that is constant in `train` is only
    shifted. Return shape `(m, d)`; change neither argument.
    """,
    stub="""
    def standardise(train, other):
        return ...
    """,
    tests="""
    train = np.array([[0.0, 7.0], [4.0, 7.0]])
    assert np.allclose(standardise(train, train), [[-1, 0], [1, 0]])
    assert np.allclose(standardise(train, np.array([[2.0, 9.0]])), [[0, 2]])
    """,
)
def standardise(train, other, *, v):
    spread = train.std(axis=0)
    return (other - train.mean(axis=0)) / np.where(spread == 0, 1, spread)


@standardise.check("ordinary columns", points=3)
def _(rng, v):
    return [(5 + 3 * rng.normal(size=(n, 2)), rng.normal(size=(m, 2))) for n, m in [(9, 4), (5, 1)]]


@standardise.check("a constant column", points=2)
def _(rng, v):
    train = rng.normal(size=(6, 3)) + 2
    train[:, 1] = 0.25
    return [(train, rng.normal(size=(4, 3)))]


@standardise.slip("`other` is scaled by its own mean and deviation: the training data must decide.")
def scale_own(train, other, *, v):
    return standardise(other, other, v=v)


@standardise.slip("One mean and one deviation for all columns; each column has its own.")
def scale_all(train, other, *, v):
    return (other - train.mean()) / train.std()


@standardise.slip("The standard deviation divides by n - 1.")
def scale_sample(train, other, *, v):
    spread = train.std(axis=0, ddof=1)
    return (other - train.mean(axis=0)) / np.where(spread == 0, 1, spread)


@standardise.slip("You divide by the variance.")
def scale_variance(train, other, *, v):
    spread = train.var(axis=0)
    return (other - train.mean(axis=0)) / np.where(spread == 0, 1, spread)


@standardise.slip("A constant column is divided by 0.")
def scale_zero(train, other, *, v):
    return (other - train.mean(axis=0)) / train.std(axis=0)


@work.question(
    "weighted",
    prompt=r"""
    ## 2 A loss that weighs the classes

    Class 1 is rare, so its rows count <<weight>> times. Write `weighted_loss(z, y)` for tensors or
    arrays `z` (logits) and `y` (labels 0 and 1), both of shape `(n,)`: the mean over all rows of

    $$-\bigl(c\, y \log \sigma(z) + (1 - y) \log(1 - \sigma(z))\bigr), \qquad c = \text{<<weight>>}.$$

    It must be right for logits of $\pm 1000$. Divide by $n$, not by the sum of the weights. You may
    use PyTorch's functions. Return one number (a tensor with one entry will do).
    """,
    stub="""
    def weighted_loss(z, y):
        return ...
    """,
    tests="""
    z, y = torch.tensor([0.0, 0.0]), torch.tensor([1.0, 0.0])
    assert np.isclose(float(weighted_loss(z, y)), (<<weight>> + 1) / 2 * np.log(2), rtol=1e-5)
    loss = weighted_loss(np.array([1000.0]), np.array([0.0]))
    assert np.isclose(float(loss), 1000), "an array, and a large logit"
    """,
)
def weighted_loss(z, y, *, v):
    z, y = torch.as_tensor(z), torch.as_tensor(y)
    right, wrong = nn.functional.softplus(-z), nn.functional.softplus(z)
    return torch.mean(v.weight * y * right + (1 - y) * wrong)


nn = torch.nn


@weighted_loss.check("small logits", points=3)
def _(rng, v):
    return [(rng.normal(size=n), (np.arange(n) % 3 == 0).astype(float)) for n in (1, 4, 7)]


@weighted_loss.check("huge logits", points=3)
def _(rng, v):
    z = np.array([1000.0, -1000.0, 1000.0, -1000.0, 0.3])
    return [(z, np.array([1.0, 0.0, 0.0, 1.0, 1.0]))]


@weighted_loss.slip("The classes count the same.")
def weighted_not(z, y, *, v):
    return weighted_loss(z, y, v=type(v)(weight=1.0))


@weighted_loss.slip("The mean divides by the sum of the weights; it should divide by n.")
def weighted_normed(z, y, *, v):
    return weighted_loss(z, y, v=v) * len(y) / np.sum(np.where(y == 1, v.weight, 1.0))


@weighted_loss.slip("The sum over the rows is not divided by their number.")
def weighted_sum(z, y, *, v):
    return weighted_loss(z, y, v=v) * len(y)


@weighted_loss.slip("Class 0 gets the weight.")
def weighted_other(z, y, *, v):
    return weighted_loss(-z, 1 - y, v=v)


@weighted_loss.slip("The logarithm of a rounded 0 is minus infinity: use the logits themselves.")
def weighted_naive(z, y, *, v):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(v.weight * y * np.log(p) + (1 - y) * np.log(1 - p))


@work.question(
    "threshold",
    prompt=r"""
    ## 3 A threshold by cost

    A missed case (class 1 called 0) costs <<miss>>, a false alarm (class 0 called 1) costs <<alarm>>.
    Write `best_threshold(p, y)`: for probabilities `p` and labels `y` of shape `(n,)`, return a
    tuple `(t, cost)`. A row is called 1 where `p >= t`. Candidates for `t` are the values in `p` and
    1.1 (nobody is called 1); `cost` is the total cost with the best one. Of equally good candidates
    take the smallest.
    """,
    stub="""
    def best_threshold(p, y):
        return ...
    """,
    tests="""
    t, cost = best_threshold(np.array([0.1, 0.6, 0.9]), np.array([0, 1, 1]))
    assert (t, cost) == (0.6, 0), "here one threshold makes no mistake"
    t, cost = best_threshold(np.array([0.2, 0.8]), np.array([0, 0]))
    assert (t, cost) == (1.1, 0), "with no case at all nobody should be called 1"
    """,
)
def best_threshold(p, y, *, v):
    candidates = np.append(np.unique(p), 1.1)
    called = p >= candidates[:, None]
    costs = v.miss * np.sum(~called & (y == 1), axis=1) + v.alarm * np.sum(
        called & (y == 0), axis=1
    )
    best = np.argmin(costs)
    return candidates[best], costs[best]


def _scores(rng, n):
    y = np.arange(n) % 2
    p = np.round(rng.permutation(np.linspace(0.05, 0.95, n)) * 0.5 + 0.4 * y, 3)
    p[y == 1] = np.where(rng.permutation(y.sum()) < 2, 0.11, p[y == 1])
    return p, y


@best_threshold.check("a few rows", points=3)
def _(rng, v):
    return [_scores(rng, n) for n in (8, 10, 12)]


@best_threshold.check("many rows", points=3)
def _(rng, v):
    return [_scores(rng, n) for n in (60, 90)]


@best_threshold.slip("Misses and false alarms are exchanged.")
def threshold_exchanged(p, y, *, v):
    return best_threshold(p, y, v=type(v)(miss=v.alarm, alarm=v.miss))


@best_threshold.slip("The threshold one half is not the best where mistakes cost differently.")
def threshold_half(p, y, *, v):
    called = p >= 0.5
    return 0.5, v.miss * np.sum(~called & (y == 1)) + v.alarm * np.sum(called & (y == 0))


@best_threshold.slip("All mistakes count the same.")
def threshold_plain(p, y, *, v):
    return best_threshold(p, y, v=type(v)(miss=1, alarm=1))


@best_threshold.slip("The cost is the mean; the total is asked for.")
def threshold_mean(p, y, *, v):
    t, cost = best_threshold(p, y, v=v)
    return t, cost / len(y)


@work.question(
    "repair",
    prompt="""
    ## 4 Repair a training loop

    The program trains a single sigmoid neuron on the binary cross-entropy with plain gradient
    descent over all rows, and returns the weights and the bias. It has one mistake; find and repair
    it.
    """,
    stub="<<broken>>",
    tests="""
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0])
    found = train(X, y, np.zeros(2), 0.0, 0.5, 50)
    assert np.allclose(found, [3.03968, -1.22643, -0.02641], atol=1e-4), "that is not where 50 epochs lead"
    """,
)
def train(X, y, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        w, b = w - lr * X.T @ error / len(y), b - lr * error.mean()
    return np.array([*w, b])


def _rows(rng, n, d, epochs):
    y = (np.arange(n) % 2).astype(float)
    return rng.normal(size=(n, d)), y, rng.normal(size=d), 0.5, 0.3, epochs


@train.check("two epochs", points=2)
def _(rng, v):
    return [_rows(rng, 3, 2, 2), _rows(rng, 4, 1, 2)]


@train.check("many epochs", points=4)
def _(rng, v):
    return [_rows(rng, 8, 3, 30)]


@train.slip("Old gradients are added to the new ones: they must be set to zero in each step.")
def repair_gradient(X, y, w, b, lr, epochs, *, v):
    dw, db = 0 * w, 0.0
    for _ in range(epochs):
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        dw, db = dw + X.T @ error / len(y), db + error.mean()
        w, b = w - lr * dw, b - lr * db
    return np.array([*w, b])


@train.slip("The step is taken before the gradient is there.")
def repair_step(X, y, w, b, lr, epochs, *, v):
    return train(X, y, w, b, lr, epochs - 1, v=v)


@train.slip("The sigmoid is applied twice: the loss takes logits.")
def repair_twice(X, y, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        error = (1 / (1 + np.exp(-p)) - y) * p * (1 - p)
        w, b = w - lr * X.T @ error / len(y), b - lr * error.mean()
    return np.array([*w, b])


@train.slip("The loss is the squared error of the logits.")
def repair_loss(X, y, w, b, lr, epochs, *, v):
    for _ in range(epochs):
        error = 2 * (X @ w + b - y)
        w, b = w - lr * X.T @ error / len(y), b - lr * error.mean()
    return np.array([*w, b])


work.text(r"""
## 5 Turned moons

The function makes two moons, one for each class, and turns them by an angle that is yours alone.
""")


@work.given
def make_moons(n, seed, turn, noise=0.15):
    """n points of two moons, turned by `turn` degrees: X of shape (n, 2), y of shape (n,)."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    t = rng.uniform(0, np.pi, size=n)
    X = np.c_[np.cos(t) + y, np.where(y == 0, np.sin(t), 0.5 - np.sin(t))] - [0.5, 0.25]
    a = np.deg2rad(turn)
    return (X + noise * rng.normal(size=X.shape)) @ [
        [np.cos(a), np.sin(a)],
        [-np.sin(a), np.cos(a)],
    ], y


@work.question(
    "train",
    prompt=r"""
    Write `classify(X, y, X_new)`: it builds a network in PyTorch, trains it on the 400 moons `X`,
    `y` (arrays, turned by <<turn>> degrees), and returns the predicted labels 0 and 1 for the rows
    of `X_new` as an array of shape `(m,)`. At least 95 % of 600 new points must be right. It has 20
    seconds; a few hundred steps with Adam take one. Set the seed, so that it gives the same each
    time.
    """,
    stub="""
    def classify(X, y, X_new):
        return ...
    """,
    tests="""
    X, y = make_moons(400, seed=1, turn=<<turn>>)
    X_new, y_new = make_moons(600, seed=2, turn=<<turn>>)
    labels = np.asarray(classify(X, y, X_new))
    assert np.shape(labels) == (600,), "one label for each new row"
    assert np.mean(labels == y_new) >= 0.95, f"only {np.mean(labels == y_new):.1%} are right"
    """,
    seconds=40.0,
)
def classify(X, y, X_new, *, v):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    inputs = torch.tensor(X, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    for _ in range(150):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss()(model(inputs), targets).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(torch.tensor(X_new, dtype=torch.float32))[:, 0] > 0).long().numpy()


@classify.check("new moons", points=6)
def _(rng, v):
    seed = int(rng.integers(1000, 10**6))
    X_new, _ = make_moons(600, seed + 1, v.turn)
    return [(*make_moons(400, seed, v.turn), rng.permutation(X_new))]


@classify.judge
def moons_right(answer, case, v):
    X, y, X_new = case
    answer = np.asarray(answer)
    # The nearest moon's label; the order in which make_moons makes them is gone.
    curves = [make_moons(400, 0, v.turn, noise=0.0)[0][k::2] for k in (0, 1)]
    apart = [np.linalg.norm(X_new[:, None] - curve, axis=2).min(axis=1) for curve in curves]
    truth = np.argmin(apart, axis=0)
    if answer.shape != (len(X_new),):
        return f"The shape {(len(X_new),)} is wanted, one label for each new row."
    return None if np.mean(answer == truth) >= 0.95 else "Fewer than 95 % of the labels are right."


@classify.slip("A straight line does not separate moons: there is no hidden layer.")
def moons_linear(X, y, X_new, *, v):
    A = np.c_[X, np.ones(len(X))]
    w = np.linalg.lstsq(A, 2 * y - 1, rcond=None)[0]
    return (np.c_[X_new, np.ones(len(X_new))] @ w > 0).astype(int)


@classify.slip("The classes are exchanged.")
def moons_exchanged(X, y, X_new, *, v):
    return 1 - classify(X, y, X_new, v=v)


@classify.slip("The labels are those of the training rows.")
def moons_training(X, y, X_new, *, v):
    return np.resize(y[::-1], len(X_new))


@classify.slip("Probabilities are returned, not labels.")
def moons_probabilities(X, y, X_new, *, v):
    return 0.1 + 0.8 * classify(X, y, X_new, v=v)


work.by_hand(
    "curves",
    points=5,
    prompt=r"""
    ## 6 In your own words

    Two trainings of the same network, 500 epochs each. In the first, training and validation loss
    both stay near 0.69. In the second, the training loss falls to 0.01, and the validation loss falls
    to 0.20 until epoch 80 and then rises to 0.60. In five to eight sentences: what happened in each
    of them, which number gives it away, and what would you try first in each?
    """,
    rubric="""
    2 points: the first does not learn at all; 0.69 is log 2, the loss of probability one half for
    everyone. One point for the finding, one for the number.
    2 points: the second overfits from about epoch 80; the gap between 0.01 and 0.60 shows it.
    1 point: a sensible first step for each (first: learning rate, gradients, loss and last layer;
    second: early stopping at 80, more data, a penalty, fewer neurons).
    """,
    answer="""
    The first training has learned nothing: 0.69 is the logarithm of 2, which is what a network pays
    that says one half to everyone. I would look at the learning rate and at whether the gradients
    reach the weights. The second learns, and from about epoch 80 on it learns the training rows by
    heart: its loss on them goes on falling while the loss on other rows rises. The two final numbers,
    0.01 and 0.60, are far apart. I would stop at the lowest validation loss first, and then try
    fewer neurons or more data.
    """,
)
