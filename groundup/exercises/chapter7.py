"""Exercises of chapter 7, the bug clinic: each stub is a whole program with one bug.

The programs work on small float64 problems, so that a repaired one can be compared with the
reference to the last digits where the order of the operations allows it.
"""

import copy
import warnings

import numpy as np

from groundup.datasets import moons
from groundup.later import Later
from groundup.questions.compare import Seen
from groundup.questions.question import exercise

torch, nn, F = Later("torch"), Later("torch.nn"), Later("torch.nn.functional")
mlp, set_seed = Later("groundup.models", "mlp"), Later("groundup.training", "set_seed")

# --- small problems ---


def moons_tensors(n: int = 60, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """X (n, 2) and a column of targets (n, 1), float64."""
    X, y = moons(n, seed=seed)
    return torch.tensor(X), torch.tensor(y, dtype=torch.float64)[:, None]


def net(*sizes: int, seed: int = 0) -> nn.Sequential:
    """A tanh network in float64 with seeded weights."""
    set_seed(seed)
    return mlp(sizes, "tanh", dtype=torch.float64)


def three_classes(n: int = 60, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Three clouds in the plane: X (n, 2) float64, labels (n,) int64."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    centres = np.array([[0.0, 1.5], [1.5, -1.0], [-1.5, -1.0]])
    return torch.tensor(centres[labels] + rng.normal(size=(n, 2))), torch.tensor(labels)


# --- 7.1 ---


@exercise(
    "7.1",
    title="The loss that turns round",
    prompt="""
    `train` goes through the data in mini-batches and returns the mean loss of every epoch. The loss
    falls for an epoch or two; then it climbs, higher than it has ever been. The learning rate has
    served well on the same data before. The rows are already in random order and stay so; that is
    not the bug. Find the bug and repair `train`.
    """,
    stub="""
    def train(model, X, y, epochs, lr, batch_size):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        losses = []
        for epoch in range(epochs):
            total = 0.0
            for rows in torch.arange(len(X)).split(batch_size):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses
    """,
    hints=(
        "Each step should use the gradient of the present batch. Which gradient is used?",
        "Print the norm of the first weight's `.grad` after each step, and compare it with a"
        " gradient computed afresh.",
        "`backward` adds to what already stands in `.grad`. Who empties it?",
    ),
    cases=lambda rng: [(0, 2, 0.1, 20), (1, 5, 0.5, 7), (2, 10, 1.0, 40)],
    run=lambda answer, seed, epochs, lr, batch_size: answer(
        net(2, 4, 1, seed=seed), *moons_tensors(40, seed), epochs, lr, batch_size
    ),
    float32=False,
    time_limit=20,
    explain="""
    Without `zero_grad` each step uses the sum of all gradients so far: the steps keep their old
    directions, like a ball that rolls without friction, and the noise of all batches adds up.
    A public report: [PyTorch issue 47175](https://github.com/pytorch/pytorch/issues/47175) asks for a
    warning.
    """,
)
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


@train.also_right
def zeroed_after_the_step(model, X, y, epochs, lr, batch_size):
    losses = []
    for _epoch in range(epochs):
        batch_losses = []
        for start in range(0, len(X), batch_size):
            a, b = X[start : start + batch_size], y[start : start + batch_size]
            loss = F.binary_cross_entropy_with_logits(model(a), b)
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= lr * parameter.grad
            model.zero_grad()
            batch_losses += [loss.item()] * len(a)
        losses.append(sum(batch_losses) / len(X))
    return losses


def _train_with(one_step, each_epoch=None):
    def train(model, X, y, epochs, lr, batch_size):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        losses, step = [], 0
        for _epoch in range(epochs):
            if each_epoch:
                each_epoch(optimizer)
            total = 0.0
            for rows in torch.arange(len(X)).split(batch_size):
                step += 1
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                one_step(model, optimizer, loss, step, lr)
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses

    return train


def _emptied_between(model, optimizer, loss, step, lr):
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()


def _never_emptied(model, optimizer, loss, step, lr):
    loss.backward()
    optimizer.step()


def _divided_by_the_step(model, optimizer, loss, step, lr):
    optimizer.param_groups[0]["lr"] = lr / step
    loss.backward()
    optimizer.step()


def _weights_emptied(model, optimizer, loss, step, lr):
    for parameter in model.parameters():
        parameter.data.zero_()
    loss.backward()
    optimizer.step()


train.slip(
    "The loss never changes: the gradients are emptied between `backward` and `step`, so that the"
    " step has nothing to use. Look at the order of the three calls.",
    name="emptied_between",
)(_train_with(_emptied_between))
train.slip(
    "Within an epoch the steps still use the sum of the gradients of all batches so far: emptying"
    " them once an epoch is not enough.",
    name="once_an_epoch",
)(_train_with(_never_emptied, each_epoch=lambda optimizer: optimizer.zero_grad()))
train.slip(
    "From the second batch on the steps still use a sum of old gradients. They must be emptied for"
    " every batch, by a call with its parentheses; once before the loop is not enough, and a new"
    " optimiser does not empty them.",
    name="once_before_the_loop",
)(_train_with(_never_emptied))
train.slip(
    "Dividing the learning rate by the number of the step hides the symptom: the step still points"
    " along the mean of all old gradients. Use the present gradient alone.",
    name="divided_by_the_step",
)(_train_with(_divided_by_the_step))
train.slip(
    "The weights themselves are set to zero at each step, so the network forgets everything. It is"
    " the gradients that must be emptied.",
    name="weights_emptied",
)(_train_with(_weights_emptied))


def _never_emptied_with(optimizer_of):
    def train(model, X, y, epochs, lr, batch_size):
        optimizer = optimizer_of(model, lr)
        losses = []
        for _epoch in range(epochs):
            total = 0.0
            for rows in torch.arange(len(X)).split(batch_size):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses

    return train


for _divisor in (2, 5, 10, 100):
    train.slip(
        f"A rate {_divisor} times smaller hides the symptom: each step still uses the sum of all"
        " gradients so far. Use the present gradient alone.",
        name=f"rate_divided_by_{_divisor}",
    )(_never_emptied_with(lambda m, lr, d=_divisor: torch.optim.SGD(m.parameters(), lr=lr / d)))
train.slip(
    "Adam scales its steps, so the loss explodes less; each step still uses the sum of all gradients"
    " so far. Use the present gradient alone.",
    name="adam_instead",
)(_never_emptied_with(lambda m, lr: torch.optim.Adam(m.parameters(), lr=lr)))
train.slip(
    "Momentum adds old gradients on purpose, and here the old ones are in the sum already. Use the"
    " present gradient alone.",
    name="momentum_instead",
)(_never_emptied_with(lambda m, lr: torch.optim.SGD(m.parameters(), lr=lr, momentum=0.9)))


def _clipped(most):
    def one_step(model, optimizer, loss, step, lr):
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), most)
        optimizer.step()

    return one_step


train.slip(
    "Clipping makes the steps shorter and hides the symptom: they still point along the sum of all"
    " gradients so far. Use the present gradient alone.",
    name="clipped_gradients",
)(_train_with(_clipped(1.0)))


@train.slip("Shuffling is not the bug, and the gradients still add up from batch to batch.")
def shuffled_instead(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# --- 7.2 ---


@exercise(
    "7.2",
    title="The loss that stops too high",
    prompt="""
    `train_classifier` trains a classifier with any number of classes (the check uses three) and
    returns the loss of every epoch. It learns slowly, and however long it runs the loss stays far above zero, even on data that it
    classifies without a mistake. Find the bug and repair the function.
    """,
    stub="""
    def train_classifier(model, X, labels, epochs, lr):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for epoch in range(epochs):
            p = torch.softmax(model(X), dim=1)
            loss = F.cross_entropy(p, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses
    """,
    hints=(
        "What is the smallest value that this loss can take? Feed it a perfect prediction.",
        "Read in PyTorch's documentation what `cross_entropy` expects as its first argument.",
        "`cross_entropy` applies a log-softmax of its own to what it is given.",
    ),
    cases=lambda rng: [(0, 3, 0.01), (1, 10, 0.05), (2, 20, 0.1)],
    run=lambda answer, seed, epochs, lr: answer(
        net(2, 5, 3, seed=seed), *three_classes(30, seed), epochs, lr
    ),
    float32=False,
    time_limit=20,
    explain="""
    Softmax was applied twice. Probabilities lie in $[0, 1]$, so the second softmax sees logits that
    differ by one at most: with $k$ classes the loss cannot fall below $\\log(e + k - 1) - 1$, and
    the gradient is small throughout.
    A public report: [lightning-bolts issue
    654](https://github.com/Lightning-Universe/lightning-bolts/issues/654).
    """,
)
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _epoch in range(epochs):
        loss = F.cross_entropy(model(X), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _classifier_with(loss_of_logits, lr_factor=1.0):
    def train_classifier(model, X, labels, epochs, lr):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr * lr_factor)
        losses = []
        for _epoch in range(epochs):
            loss = loss_of_logits(model(X), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return train_classifier


train_classifier.also_right(
    _classifier_with(lambda z, labels: F.nll_loss(F.log_softmax(z, dim=1), labels))
)
train_classifier.slip(
    "The learning rate was raised, but the loss still has the same floor: it still squashes the"
    " outputs twice.",
    name="larger_learning_rate",
)(_classifier_with(lambda z, labels: F.cross_entropy(torch.softmax(z, dim=1), labels), 10.0))
train_classifier.slip(
    "Softmax now runs over the examples (`dim=0`) instead of over the classes, and the loss still"
    " applies its own afterwards.",
    name="softmax_over_the_rows",
)(_classifier_with(lambda z, labels: F.cross_entropy(torch.softmax(z, dim=0), labels)))
train_classifier.slip(
    "A sigmoid in place of the softmax squashes the logits all the same. Which values does"
    " `cross_entropy` want?",
    name="sigmoid_instead",
)(_classifier_with(lambda z, labels: F.cross_entropy(torch.sigmoid(z), labels)))
train_classifier.slip(
    "The loss is negative: `nll_loss` expects log-probabilities, and it got probabilities.",
    name="nll_of_probabilities",
)(_classifier_with(lambda z, labels: F.nll_loss(torch.softmax(z, dim=1), labels)))


train_classifier.slip(
    "The loss can fall below every bound: `nll_loss` expects log-probabilities, and it got logits.",
    name="nll_of_logits",
)(_classifier_with(lambda z, labels: F.nll_loss(z, labels)))
train_classifier.slip(
    "The probabilities are compared with a squared error now. The program is meant to use the"
    " cross-entropy: what does it want to be given?",
    name="squared_error_of_probabilities",
)(
    _classifier_with(
        lambda z, labels: F.mse_loss(
            torch.softmax(z, dim=1), F.one_hot(labels, z.shape[1]).to(z.dtype)
        )
    )
)


train_classifier.slip(
    "The loss is right but for a factor: it is summed over the rows. The program takes their mean.",
    name="summed_over_the_rows",
)(_classifier_with(lambda z, labels: F.cross_entropy(z, labels, reduction="sum")))
for _factor in (5, 10, 100):
    train_classifier.slip(
        f"Logits {_factor} times as large bring the floor down and leave the mistake: the outputs are"
        " still squashed twice.",
        name=f"sharpened_{_factor}",
    )(
        _classifier_with(
            lambda z, labels, f=_factor: F.cross_entropy(torch.softmax(z * f, dim=1), labels)
        )
    )
train_classifier.slip(
    "The outputs are squashed once now, and compared as yes-or-no questions. The program is meant to"
    " use the cross-entropy: what does it want to be given?",
    name="binary_of_probabilities",
)(
    _classifier_with(
        lambda z, labels: F.binary_cross_entropy(
            torch.softmax(z, dim=1), F.one_hot(labels, z.shape[1]).to(z.dtype)
        )
    )
)


@train_classifier.slip(
    "The outputs are cut off from the network (`detach`, `data`), so nothing is learned."
)
def cut_off(model, X, labels, epochs, lr):
    return [F.cross_entropy(torch.softmax(model(X), dim=1), labels).item()] * epochs


# --- 7.3 ---


@exercise(
    "7.3",
    title="The regression that predicts the mean",
    prompt="""
    `fit_line` fits a network with one output to numbers `y` of shape `(n,)`; `x` has shape
    `(n, 1)`. Nothing fails, the loss falls, yet the fitted curve is a flat line at the mean of `y`.
    Find the bug and repair the function. It returns the loss of every epoch.
    """,
    stub="""
    def fit_line(model, x, y, epochs, lr):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for epoch in range(epochs):
            y_hat = model(x)
            loss = ((y_hat - y) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses
    """,
    hints=(
        "The loss is smallest for a flat line. What is it that is averaged?",
        "Print the shapes of `y_hat`, of `y` and of `y_hat - y`.",
        "A column of shape `(n, 1)` minus a row of shape `(n,)` is a square of shape `(n, n)`.",
    ),
    cases=lambda rng: [(0, 2, 3, 0.01), (1, 10, 10, 0.05), (2, 25, 20, 0.05)],
    run=lambda answer, seed, n, epochs, lr: answer(
        net(1, 5, 1, seed=seed), *_line(n, seed), epochs, lr
    ),
    float32=False,
    time_limit=20,
    explain="""
    Broadcasting compared every prediction with every target. The best answer to all targets at once
    is their mean.
    A public report: [PyTorch issue 16045](https://github.com/pytorch/pytorch/issues/16045).
    """,
)
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _epoch in range(epochs):
        y_hat = model(x).squeeze(1)  # (n, 1) -> (n,), the shape of y
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _line(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, size=(n, 1))
    y = 2 * x[:, 0] + 0.1 * rng.normal(size=n)
    return torch.tensor(x), torch.tensor(y)


def _regression_with(loss_of):
    def fit_line(model, x, y, epochs, lr):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for _epoch in range(epochs):
            loss = loss_of(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return fit_line


fit_line.also_right(_regression_with(lambda y_hat, y: F.mse_loss(y_hat, y[:, None])))
fit_line.slip(
    "All pairs of a prediction and a target are still compared: the difference has the shape"
    " `(n, n)`. The prediction is a column: which axis does `y` lack?",
    name="wrong_axis",
)(_regression_with(lambda y_hat, y: ((y_hat - y.unsqueeze(0)) ** 2).mean()))
fit_line.slip(
    "The shapes agree now, but the loss is $n$ times too large: it is the sum over the examples"
    " instead of their mean.",
    name="summed",
)(_regression_with(lambda y_hat, y: ((y_hat.squeeze(1) - y) ** 2).sum()))
fit_line.slip(
    "Only the mean prediction is compared with `y`, so nothing but a flat line can be learned.",
    name="mean_prediction",
)(_regression_with(lambda y_hat, y: ((y_hat.mean() - y) ** 2).mean()))
fit_line.slip(
    "The shapes agree now, but this is the absolute error; the program is meant to use the squared"
    " error.",
    name="absolute_error",
)(_regression_with(lambda y_hat, y: (y_hat.squeeze(1) - y).abs().mean()))


fit_line.slip(
    "All pairs of a prediction and a target are still compared, and now added up instead of averaged."
    " Look at the shapes.",
    name="all_pairs_summed",
)(_regression_with(lambda y_hat, y: ((y_hat - y) ** 2).sum()))
fit_line.slip(
    "The shapes agree now; the loss is half of the mean squared error, and the whole is wanted.",
    name="halved_loss",
)(_regression_with(lambda y_hat, y: ((y_hat.squeeze(1) - y) ** 2).mean() / 2))
for _factor in (2, 10, 100):
    fit_line.slip(
        f"A rate {_factor} times as large learns the same flat line faster: all pairs of a prediction"
        " and a target are still compared. Look at the shapes.",
        name=f"faster_{_factor}",
    )(
        lambda model, x, y, epochs, lr, f=_factor: _regression_with(
            lambda y_hat, target: ((y_hat - target) ** 2).mean()
        )(model, x, y, epochs, lr * f)
    )


@fit_line.slip(
    "The network wants a column of inputs, shape `(n, 1)`. It is the prediction that has a dimension"
    " too many, or the target one too few."
)
def squeezed_input(model, x, y, epochs, lr):
    return _regression_with(lambda y_hat, y: ((y_hat - y) ** 2).mean())(
        model, x.squeeze(), y, epochs, lr
    )


# --- 7.4 ---


@exercise(
    "7.4",
    title="The test set that knew too much",
    prompt="""
    `prepare` scales the features to mean 0 and standard deviation 1 before training. When a single
    value of the test set is changed, the scaled *training* set changes with it. Find the bug and
    repair `prepare`. It takes two arrays of shapes `(n, d)` and `(m, d)` and returns both, scaled.
    """,
    stub="""
    def prepare(X_train, X_test):
        everything = np.vstack([X_train, X_test])
        mean = everything.mean(axis=0)
        std = everything.std(axis=0)
        return (X_train - mean) / std, (X_test - mean) / std
    """,
    hints=(
        "Which rows may influence the model before the final test?",
        "Follow a value of `X_test` through the three lines. Where does it meet the training rows?",
        "When the model is used, new rows come one at a time: what can they be scaled with then?",
    ),
    cases=lambda rng: [
        (
            np.array([[0.3, 12.0], [2.1, -5.0], [4.7, 3.0]]),
            np.array([[5.2, 9.0], [-1.4, 2.0]]),
        ),
        (np.array([[0.0], [2.0]]), np.array([[5.0]])),
        (rng.normal(3, 2, size=(6, 3)), rng.normal(4, 1, size=(2, 3))),
        (rng.normal(-1, 5, size=(40, 2)), rng.normal(0, 50, size=(10, 2))),
    ],
    explain="""
    Mean and standard deviation are parameters like any other, and parameters come from the training
    rows alone. `sklearn.preprocessing.StandardScaler` does it with `fit` on the training set and
    `transform` on both.
    A public report: [scikit-learn issue
    24695](https://github.com/scikit-learn/scikit-learn/issues/24695), in an example of the
    documentation.
    """,
)
def prepare(X_train, X_test):
    mean = X_train.mean(axis=0)
    std = X_train.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


@prepare.also_right
def by_column(X_train, X_test):
    X_train, X_test = np.array(X_train), np.array(X_test)
    done_train, done_test = np.empty(X_train.shape), np.empty(X_test.shape)
    for j in range(X_train.shape[1]):
        m, s = X_train[:, j].mean(), X_train[:, j].std()
        done_train[:, j] = (X_train[:, j] - m) / s
        done_test[:, j] = (X_test[:, j] - m) / s
    return done_train, done_test


@prepare.slip(
    "The test rows are now scaled with their own mean and standard deviation, so the same input"
    " gives different features in training and in test."
)
def each_by_its_own(X_train, X_test):
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            (X_train - X_train.mean(axis=0)) / X_train.std(axis=0),
            (X_test - X_test.mean(axis=0)) / X_test.std(axis=0),
        )


@prepare.slip(
    "The training rows are right, but the test rows are returned as they came. The model would meet"
    " numbers of another size than those it was trained on."
)
def test_not_scaled(X_train, X_test):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0), X_test


@prepare.slip(
    "The mean comes from the training rows now, the standard deviation still from all of them."
)
def std_of_all(X_train, X_test):
    mean = X_train.mean(axis=0)
    std = np.vstack([X_train, X_test]).std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


@prepare.slip(
    "One mean and one standard deviation for the whole array: each feature (column) needs its own."
    " Look at `axis`."
)
def one_for_all_columns(X_train, X_test):
    mean, std = X_train.mean(), X_train.std()
    return (X_train - mean) / std, (X_test - mean) / std


@prepare.slip(
    "Each set is fitted on its own: `fit_transform` on the test rows learns a mean and a standard"
    " deviation from them, so the same input gives different features in training and in test."
)
def fitted_twice(X_train, X_test):
    done = []
    for X in (np.asarray(X_train), np.asarray(X_test)):
        std = X.std(axis=0)
        done.append((X - X.mean(axis=0)) / np.where(std == 0, 1, std))
    return tuple(done)


@prepare.slip(
    "Both numbers come from the *test* rows now. Which rows are there before the final test?"
)
def scaled_by_the_test(X_train, X_test):
    mean, std = X_test.mean(axis=0), X_test.std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (X_train - mean) / std, (X_test - mean) / std


@prepare.slip(
    "The rows are the right ones. You divide by the variance; the standard deviation was asked for."
)
def divided_by_variance(X_train, X_test):
    mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
    return (X_train - mean) / variance, (X_test - mean) / variance


@prepare.slip("The standard deviation comes from the training rows now, the mean still from all.")
def mean_of_all(X_train, X_test):
    mean = np.vstack([X_train, X_test]).mean(axis=0)
    std = np.asarray(X_train).std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


@prepare.slip(
    "The rows are the right ones. The standard deviation divides by n - 1 (`ddof=1`); with it the"
    " training columns do not get the standard deviation 1."
)
def with_ddof(X_train, X_test):
    mean, std = np.mean(X_train, axis=0), np.std(X_train, axis=0, ddof=1)
    return (X_train - mean) / std, (X_test - mean) / std


@prepare.slip("The mean is subtracted; the division by the standard deviation is missing.")
def only_centred(X_train, X_test):
    mean = np.mean(X_train, axis=0)
    return X_train - mean, X_test - mean


@prepare.slip("The division is right; the mean has not been subtracted.")
def only_divided(X_train, X_test):
    std = np.std(X_train, axis=0)
    return X_train / std, X_test / std


@prepare.slip(
    "That brings the features between 0 and 1; mean 0 and standard deviation 1 are wanted."
)
def to_unit_interval(X_train, X_test):
    low, high = np.min(X_train, axis=0), np.max(X_train, axis=0)
    return (X_train - low) / (high - low), (X_test - low) / (high - low)


@prepare.slip("The two sets come back in the opposite order: training first.")
def sets_exchanged(X_train, X_test):
    return prepare.reference(X_train, X_test)[::-1]


@prepare.slip("Only the training rows come back; the scaled test rows belong to the result.")
def training_only(X_train, X_test):
    return prepare.reference(X_train, X_test)[0]


@prepare.slip("Each row is scaled with its own numbers. A feature is a column: look at `axis`.")
def each_row(X_train, X_test):
    with np.errstate(all="ignore"):
        return tuple(
            (X - np.mean(X, axis=1, keepdims=True)) / np.std(X, axis=1, keepdims=True)
            for X in (np.asarray(X_train), np.asarray(X_test))
        )


@prepare.slip("Only the mean is divided by the deviation: the difference needs brackets.")
def brackets_missing(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / std, X_test - mean / std


# --- 7.5 ---


@exercise(
    "7.5",
    title="The accuracy that changes its mind",
    prompt="""
    `accuracy` returns the share of rows that `model`, which holds dropout layers, classifies
    correctly. Called twice on the same data it gives two different answers, both lower than they
    should be. Repair it. Whoever called it may be in the middle of training: leave the model in the
    mode in which it came.
    """,
    stub="""
    def accuracy(model, X, labels):
        with torch.no_grad():
            predicted = model(X).argmax(dim=1)
        return (predicted == labels).double().mean().item()
    """,
    hints=(
        "What in this model is random?",
        "`no_grad` switches off the gradients, nothing else.",
        "`model.training` tells the mode. Keep it, switch to evaluation, and put it back.",
    ),
    cases=lambda rng: [(0, True, 12), (1, False, 60), (2, True, 300)],
    run=lambda answer, seed, training, n: _accuracy_and_mode(answer, seed, training, n),
    float32=False,
    time_limit=20,
    explain="""
    Dropout belongs to training. In evaluation mode (`model.eval()`) every unit takes part, and batch
    normalisation, too, uses its stored statistics.
    The same symptom with another cause: in [nanoGPT pull request
    240](https://github.com/karpathy/nanoGPT/pull/240) `eval()` was called, but one dropout was a
    plain function, which does not know the model's mode. This repair would not have helped; such a
    function must be told whether the model trains.
    """,
)
def accuracy(model, X, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(was_training)
    return (predicted == labels).double().mean().item()


def _accuracy_and_mode(answer, seed, training, n):
    set_seed(seed)
    model = mlp((2, 16, 3), "tanh", dropout=0.7, dtype=torch.float64).train(training)
    share = answer(model, *three_classes(n, seed))
    trains = np.mean([part.training for part in model.modules()])
    return Seen({"the share": share, "how many of the model's parts are in training mode": trains})


@accuracy.also_right
def on_a_copy(model, X, labels):
    still = copy.deepcopy(model).eval()
    return float((still(X).detach().numpy().argmax(axis=1) == labels.numpy()).mean())


@accuracy.slip(
    "The number is right, but the model stays in evaluation mode, so the rest of the training would"
    " run without dropout. Put the mode back."
)
def left_in_eval(model, X, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


@accuracy.slip(
    "The model always leaves in training mode, also when it came in evaluation mode. Remember how it"
    " came."
)
def always_back_to_train(model, X, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train()
    return (predicted == labels).double().mean().item()


@accuracy.slip("`model.train()` switches dropout *on*. Evaluation wants the other mode.")
def switched_on(model, X, labels):
    was_training = model.training
    model.train()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(was_training)
    return (predicted == labels).double().mean().item()


@accuracy.slip("The answer is the number of right rows; the share was asked for.")
def counted(model, X, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(was_training)
    return float((predicted == labels).sum())


@accuracy.slip(
    "Nothing has switched dropout off: where the model comes in training mode it still drops. If you"
    " wrote `model.eval`, it needs its parentheses."
)
def still_dropping(model, X, labels):
    model.eval  # noqa: B018
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


@accuracy.slip(
    "A fixed seed makes the two answers equal, but dropout is still on, so both are still too low."
)
def seed_fixed(model, X, labels):
    torch.manual_seed(0)
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


@accuracy.slip(
    "The number is right. Only the outer module gets its mode back: the dropout layers inside stay"
    " in evaluation. Setting `training` by hand does not reach them; a method of the model does."
)
def outer_mode_only(model, X, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.training = was_training
    return (predicted == labels).double().mean().item()


@accuracy.slip(
    "The model goes into evaluation mode after the answer has been computed, and stays there. It"
    " belongs before the prediction."
)
def eval_too_late(model, X, labels):
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.eval()
    return (predicted == labels).double().mean().item()


@accuracy.slip(
    "The answer is right. The model leaves in the opposite mode of the one in which it came."
)
def mode_turned_round(model, X, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(not was_training)
    return (predicted == labels).double().mean().item()


@accuracy.slip("The class is the place of the largest logit in a *row*: look at `dim`.")
def over_the_rows(model, X, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=0)
    model.train(was_training)
    return (predicted == labels).double().mean().item()


# --- 7.6 ---


@exercise(
    "7.6",
    title="More neurons, no gain",
    prompt="""
    `build` makes the network `n_in`–`n_hidden`–1 with tanh. However many hidden neurons it has, it
    learns no better than with one of them, or not at all. Repair the start. Good values: weights
    with standard deviation near $\\sqrt{1 / n}$, where $n$ is the number of inputs of the layer.
    """,
    stub="""
    def build(n_in, n_hidden):
        model = nn.Sequential(
            nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1)
        )
        for layer in (model[0], model[2]):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        return model
    """,
    hints=(
        "Print the weights of two hidden neurons before and after a few steps.",
        "Neurons that start equal get equal gradients, and stay equal for ever.",
        "Biases may start at zero. Weights must differ: draw them at random, at a sensible size.",
    ),
    float32=False,
    time_limit=20,
    explain="""
    With all weights zero the hidden activations are zero, and so are the gradients of both weight
    matrices: only the output's bias learns. With any other constant the hidden neurons receive the
    same gradient and remain copies of each other.
    """,
)
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
        nn.init.zeros_(layer.bias)
    return model


@build.judge
def _judge_build(answer, rng):
    torch.manual_seed(0)
    model = answer(50, 400)
    if not isinstance(model, nn.Module):
        return f"`build` must return the model; it returned {type(model).__name__}."
    linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
    shapes = [tuple(m.weight.shape) for m in linear]
    if shapes != [(400, 50), (1, 400)]:
        return (
            f"`build(50, 400)` must keep its two linear layers; its weights have shapes {shapes}."
        )
    hidden, output = (m.weight.detach() for m in linear)
    if any(isinstance(m, (nn.ReLU, nn.Sigmoid)) for m in model.modules()):
        return "other_activation"
    if all((m.weight == 0).all() for m in linear):
        return "only_biases"
    if torch.allclose(hidden, hidden[:1].expand_as(hidden)):
        return "constant" if torch.allclose(hidden, hidden[0, 0]) else "same_row"
    if (output == 0).all() or (hidden == 0).all():
        return "one_layer_zero"
    sizes = [float(W.std() * W.shape[1] ** 0.5) for W in (hidden, output)]  # 1 is asked for
    if 1 / 3 <= sizes[0] <= 2 and abs(output.std() / 50**-0.5 - 1) < 0.2:
        return "inputs_of_the_first"
    if all(abs(W.std() * W.shape[1] - 1) < 0.2 for W in (hidden, output)):
        return "variance_for_deviation"
    if max(sizes) > 2:
        return "too_large"
    if min(sizes) < 1 / 3:
        return "too_small"
    if abs(hidden.mean()) > hidden.std() / 2:
        return "one_sided"
    X = torch.tensor(rng.normal(size=(5, 50)), dtype=hidden.dtype)
    with torch.no_grad():
        if not torch.allclose(model(X), linear[1](linear[0](X).tanh()), atol=1e-5):
            return "tanh_lost"
    return None


@build.also_right
def build_with_the_default(n_in, n_hidden):
    # PyTorch's own start: uniform with standard deviation sqrt(1 / (3 n)).
    return nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))


def _build_with(weight, bias=nn.init.zeros_):
    def build(n_in, n_hidden):
        model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
        with torch.no_grad():
            for layer in (model[0], model[2]):
                weight(layer.weight)
                bias(layer.bias)
        return model

    return build


build.slip(
    "The biases are random now, but all weights are still zero: the gradient of the first weights is"
    " zero, since it passes through the second.",
    name="only_biases",
)(_build_with(nn.init.zeros_, nn.init.normal_))
build.slip(
    "All weights have the same value. The hidden neurons are copies of each other, get the same"
    " gradient and stay copies.",
    name="constant",
)(_build_with(lambda W: nn.init.constant_(W, 0.1)))
build.slip(
    "Every hidden neuron has the same row of weights. They get the same gradient and stay copies;"
    " each needs numbers of its own.",
    name="same_row",
)(_build_with(lambda W: W.copy_(torch.randn(1, W.shape[1]).expand_as(W) * 0.1)))
build.slip(
    "One of the two layers still starts with all weights zero. Both should be drawn.",
    name="one_layer_zero",
)(_build_with(lambda W: nn.init.normal_(W, std=0.1) if W.shape[0] > 1 else nn.init.zeros_(W)))
build.slip(
    "The weights are too large: most tanh neurons start in their flat parts, where the gradient"
    " vanishes. Compare their standard deviation with the one asked for.",
    name="too_large",
)(_build_with(lambda W: nn.init.normal_(W, std=5.0)))
build.slip(
    "The weights differ, but they are so small that the signal is almost lost. Compare their"
    " standard deviation with the one asked for.",
    name="too_small",
)(_build_with(lambda W: nn.init.normal_(W, std=1e-5)))


build.slip(
    "Both layers start with the spread that fits the first. The second has another number of inputs.",
    name="inputs_of_the_first",
)(lambda n_in, n_hidden: _build_with(lambda W: nn.init.normal_(W, std=n_in**-0.5))(n_in, n_hidden))
build.slip(
    "The weights differ, but they lie on one side of zero: all neurons of a layer start much alike."
    " Draw them around zero.",
    name="one_sided",
)(_build_with(lambda W: nn.init.uniform_(W, 0, 2 * W.shape[1] ** -0.5)))
build.slip(
    "The start is fine, but the network is no longer the one asked for: tanh stands between its two"
    " layers, and nothing else.",
    name="tanh_lost",
)(lambda n_in, n_hidden: nn.Sequential(nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, 1)))


build.slip(
    "The standard deviation is $1/n$; $\\sqrt{1/n}$ was asked for, or something near it.",
    name="variance_for_deviation",
)(
    lambda n_in, n_hidden: _build_with(lambda W: nn.init.normal_(W, std=1 / W.shape[1]))(
        n_in, n_hidden
    )
)
build.slip(
    "The activation is another one now. The network keeps its tanh; it is the start that is to change.",
    name="other_activation",
)(lambda n_in, n_hidden: _relu_at_zero(n_in, n_hidden))


def _relu_at_zero(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 1))
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    return model


# --- 7.7 ---


@exercise(
    "7.7",
    title="The jumping loss",
    prompt="""
    Full-batch gradient descent on 60 points of the moons, network 2–8–1 with tanh, 300 steps: with
    the learning rate below the loss jumps about and ends worse than a guess. Choose a learning rate
    with which the loss after the 300 steps is below 0.35.
    """,
    stub="learning_rate = 200.0",
    hints=(
        "Is the rate too large or too small? Look at how the loss moves from step to step.",
        "Try powers of ten: 200, 20, 2, 0.2 …",
        "The largest rate at which the loss falls smoothly is usually a good one.",
    ),
    time_limit=30,
    float32=False,
    coding=False,
    explain="""
    A step of gradient descent trusts the slope. Where the rate is too large the step leaves the
    region in which the slope is true; where it is too small 300 steps lead nowhere.
    """,
)
def learning_rate():
    return 1.0


@learning_rate.judge
def _judge_learning_rate(answer, rng):
    if hasattr(answer, "item") and np.ndim(answer) == 0:
        answer = answer.item()  # of NumPy or PyTorch
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return f"The learning rate must be a number; it is {type(answer).__name__}."
    if answer == 0:
        return "zero"
    if answer < 0:
        return "uphill"
    losses = train.reference(net(2, 8, 1), *moons_tensors(60), 300, float(answer), 60)
    if losses[-1] < 0.35:
        return None
    return "too_small" if answer < 0.5 else "still_too_large"


learning_rate.slip("With a learning rate of 0 no step moves anything.", name="zero")(lambda: 0.0)
learning_rate.slip(
    "A negative learning rate climbs: the step must go against the gradient.", name="uphill"
)(lambda: -1.0)
learning_rate.slip(
    "The loss falls, but after 300 steps it is still above 0.35: the rate is too small for so few"
    " steps.",
    name="too_small",
)(lambda: 0.001)
learning_rate.slip(
    "The loss is still above 0.35 after 300 steps, and it got there by leaps: the rate is too large.",
    name="still_too_large",
)(lambda: 100.0)


# --- 7.8 ---


@exercise(
    "7.8",
    title="Accuracy by chance",
    prompt="""
    `batches` shuffles the data and cuts them into mini-batches, a list of pairs `(X_batch,
    y_batch)`; the last may be short. A network trained on them never gets better than guessing.
    Find the bug and repair `batches`. `rng` is a NumPy `Generator`.
    """,
    stub="""
    def batches(X, y, batch_size, rng):
        X = X[rng.permutation(len(X))]
        y = y[rng.permutation(len(y))]
        return [
            (X[i : i + batch_size], y[i : i + batch_size])
            for i in range(0, len(X), batch_size)
        ]
    """,
    hints=(
        "Take `X = np.arange(5)` and `y = np.arange(5)`. What comes back?",
        "Which label belongs to which row after the shuffle?",
        "Draw one order, and use it twice.",
    ),
    float32=False,
    explain="""
    Two permutations tear inputs and labels apart. The loss then settles at the entropy of the
    labels (for two equal classes $\\log 2$): the network has learned how frequent they are.
    """,
)
def batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@batches.judge
def _judge_batches(answer, rng):
    for n, size in ((5, 2), (23, 5), (40, 10)):
        X = np.arange(n, dtype=float)[:, None] * np.ones(2)
        y = np.arange(n)
        given, labels_given = X.copy(), y.copy()
        got = answer(given, labels_given, size, np.random.default_rng(0))
        changed = not (np.array_equal(given, X) and np.array_equal(labels_given, y))
        again = answer(X.copy(), y.copy(), size, np.random.default_rng(1))
        try:
            rows = np.concatenate([np.asarray(a, dtype=float)[:, 0] for a, _ in got])
            labels = np.concatenate([np.asarray(b) for _, b in got])
            sizes = [len(a) for a, _ in got]
            repeated = np.concatenate([np.asarray(b) for _, b in again])
        except (TypeError, ValueError, IndexError):
            return "`batches` must return a list of pairs (X_batch, y_batch) of arrays."
        if len(set(rows.tolist())) < len(rows):
            return "with_replacement"
        if len(rows) < n:
            return "last_dropped"
        if not np.array_equal(rows, labels):
            return "inputs_only" if np.array_equal(labels, y) else "still_apart"
        if n > 5 and np.array_equal(rows, np.arange(n)):
            return "not_shuffled"
        if sizes != [min(size, n - i) for i in range(0, n, size)]:
            cut = sorted(sorted(b.tolist()) for _, b in got)
            if cut == [list(range(i, min(i + size, n))) for i in range(0, n, size)]:
                return "batches_shuffled"
            return "other_size"
        if n <= 5:
            continue
        if np.array_equal(labels, repeated):
            neighbours = set(((labels[1:] - labels[:-1]) % n).tolist())
            return "turned_round" if neighbours in ({1}, {n - 1}) else "same_order_each_time"
        cut = [set(labels[i : i + size]) for i in range(0, n, size)]
        uncut = [set(range(i, min(i + size, n))) for i in range(0, n, size)]
        if cut == uncut:
            return "shuffled_within"
        if all(batch in uncut for batch in cut):
            return "batches_shuffled"
        if changed:
            return "changes_its_input"
    return None


@batches.slip("The caller's own arrays are shuffled. They belong to the caller: make new ones.")
def changes_its_input(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return _cut(X, y, batch_size)


@batches.also_right
def batches_by_indices(X, y, batch_size, rng):
    indices = list(range(len(X)))
    rng.shuffle(indices)
    pieces = [indices[i : i + batch_size] for i in range(0, len(X), batch_size)]
    return [(X[piece], y[piece]) for piece in pieces]


def _cut(X, y, size):
    return [(X[i : i + size], y[i : i + size]) for i in range(0, len(X), size)]


@batches.slip("Only the inputs are shuffled: labels and rows still do not belong together.")
def inputs_only(X, y, batch_size, rng):
    return _cut(X[rng.permutation(len(X))], y, batch_size)


@batches.slip(
    "Rows and labels are still in different orders: each call of the generator gives a new order."
)
def still_apart(X, y, batch_size, rng):
    X, y = X.copy(), y.copy()
    rng.shuffle(X)
    rng.shuffle(y)
    return _cut(X, y, batch_size)


@batches.slip(
    "Rows and labels belong together, but nothing is shuffled any more: each epoch would show the"
    " same batches."
)
def not_shuffled(X, y, batch_size, rng):
    return _cut(X, y, batch_size)


@batches.slip(
    "Rows and labels belong together, but some rows come twice and others never: that is drawing"
    " with replacement. One epoch shows each row once."
)
def with_replacement(X, y, batch_size, rng):
    order = rng.integers(len(X), size=len(X))
    return _cut(X[order], y[order], batch_size)


@batches.slip("The last, short batch is missing: some rows are never shown.")
def last_dropped(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    whole = len(X) // batch_size * batch_size
    return _cut(X[:whole], y[:whole], batch_size)


@batches.slip(
    "Rows and labels belong together. Each batch is shuffled in itself, so it always holds the same"
    " rows; shuffle all of them before you cut."
)
def shuffled_within(X, y, batch_size, rng):
    orders = [rng.permutation(len(a)) for a, _ in _cut(X, y, batch_size)]
    pairs = zip(_cut(X, y, batch_size), orders, strict=True)
    return [(a[order], b[order]) for (a, b), order in pairs]


batches.slip(
    "Rows and labels belong together, and the batches are the same in every epoch: the order must be"
    " drawn from `rng`, which has another one each time.",
    name="same_order_each_time",
)(
    lambda X, y, batch_size, rng: _cut(
        *(v[np.random.default_rng(0).permutation(len(X))] for v in (X, y)), batch_size
    )
)
batches.slip(
    "Rows and labels belong together, but nothing is drawn: turning or moving the rows gives the same"
    " batches in every epoch.",
    name="turned_round",
)(lambda X, y, batch_size, rng: _cut(X[::-1], y[::-1], batch_size))
batches.slip(
    "The batches are shuffled, the rows are not: each batch always holds the same rows.",
    name="batches_shuffled",
)(lambda X, y, batch_size, rng: _shuffled_batches(X, y, batch_size, rng))
batches.slip(
    "The rows are well shuffled, but the batches have another size than `batch_size`.",
    name="other_size",
)(
    lambda X, y, batch_size, rng: (lambda order: [(X[i : i + 1], y[i : i + 1]) for i in order])(
        rng.permutation(len(X))
    )
)


def _shuffled_batches(X, y, batch_size, rng):
    pieces = _cut(X, y, batch_size)
    return [pieces[i] for i in rng.permutation(len(pieces))]


# --- 7.9 ---


@exercise(
    "7.9",
    title="The frozen loss",
    prompt="""
    The network ends in a linear layer. At the start many examples get no gradient at all, and some
    never do. `bce` is the loss that is used: `output` and `y` have shape `(n, 1)`. Find the bug and
    repair it.
    """,
    stub="""
    def bce(output, y):
        p = output.clamp(1e-7, 1 - 1e-7)  # keeps the logarithms finite
        return F.binary_cross_entropy(p, y)
    """,
    hints=(
        "What does the network return: probabilities or logits?",
        "For an output of $-2$, what is `p`, and what is the derivative of `clamp` there?",
        "PyTorch has a binary cross-entropy that takes logits.",
    ),
    cases=lambda rng: [
        (torch.tensor([[2.0]], dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)),
        *(
            (torch.tensor(rng.normal(0, 3, (n, 1))), torch.tensor(rng.integers(0, 2, (n, 1)) * 1.0))
            for n in (1, 4, 9)
        ),
    ],
    run=lambda answer, output, y: _value_and_gradient(answer, output, y),
    float32=False,
    explain="""
    `BCELoss` expects probabilities. PyTorch refuses numbers outside $[0, 1]$ with an error; the clamp
    silenced that error and the gradient with it: outside of $(0, 1)$ the derivative of `clamp` is 0.
    """,
)
def bce(output, y):
    return F.binary_cross_entropy_with_logits(output, y)


def _value_and_gradient(answer, output, y):
    output = output.clone().requires_grad_(True)
    value = answer(output, y)
    if not isinstance(value, torch.Tensor):
        return value
    (gradient,) = torch.autograd.grad(value, output)
    return Seen(
        {
            "the loss": value.detach().numpy(),
            "its gradient with respect to `output`": gradient.numpy(),
        }
    )


@bce.also_right
def sigmoid_first(output, y):
    return F.binary_cross_entropy(torch.sigmoid(output), y)


@bce.slip(
    "The sigmoid is applied twice: `binary_cross_entropy_with_logits` has one of its own. The loss"
    " can no longer come near zero."
)
def sigmoid_twice(output, y):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(output), y)


@bce.slip(
    "Softmax over a single column is always 1, whatever the network says. With one output the"
    " probability comes from another function."
)
def softmax_of_one(output, y):
    return F.binary_cross_entropy(torch.softmax(output, dim=1).clamp(1e-7, 1 - 1e-7), y)


@bce.slip(
    "There is a gradient for every example now, but with the wrong sign where it matters: the"
    " absolute value takes a confident 0 for a confident 1."
)
def absolute_value(output, y):
    return F.binary_cross_entropy_with_logits(output.abs(), y)


@bce.slip(
    "The squared error of the sigmoid has a gradient everywhere, but it is not the binary"
    " cross-entropy: it almost vanishes for confident mistakes."
)
def squared_error(output, y):
    return F.mse_loss(torch.sigmoid(output), y)


@bce.slip(
    "The right loss is used, but the outputs are still clamped, and beyond the clamp there is still"
    " no gradient."
)
def still_clamped(output, y):
    return F.binary_cross_entropy_with_logits(output.clamp(1e-7, 1 - 1e-7), y)


@bce.slip(
    "Without the clamp PyTorch says what is wrong: these outputs are no probabilities. What turns"
    " them into some?"
)
def clamp_removed(output, y):
    return F.binary_cross_entropy(output, y)


bce.slip(
    "The loss is right but for a factor: it is summed over the rows. The mean is wanted.",
    name="bce_summed",
)(lambda output, y: F.binary_cross_entropy_with_logits(output, y, reduction="sum"))
bce.slip(
    "Output and target are exchanged: the network's output comes first.", name="bce_exchanged"
)(lambda output, y: F.binary_cross_entropy_with_logits(y, output))
bce.slip(
    "The value is a plain number now, from which nothing can learn: `item`, `detach` and `data` cut"
    " it off from the network.",
    name="bce_item",
)(lambda output, y: F.binary_cross_entropy_with_logits(output, y).item())
for _eps in ("1e-12", "1e-10", "1e-9", "1e-8", "1e-6", "1e-5", "1e-4", "1e-3", "0.01"):
    bce.slip(
        f"The clamp has other limits ({_eps}), and outside of them there is still no gradient. These"
        " outputs are no probabilities.",
        name=f"clamped_at_{_eps}",
    )(lambda output, y, eps=float(_eps): F.binary_cross_entropy(output.clamp(eps, 1 - 1e-7), y))
for _eps in ("0.01", "0.05"):  # less is not seen on logits of ordinary size
    bce.slip(
        f"The sigmoid is right. The clamp after it ({_eps}) takes the gradient from the surest"
        " mistakes, which need it most.",
        name=f"sigmoid_clamped_at_{_eps}",
    )(
        lambda output, y, eps=float(_eps): F.binary_cross_entropy(
            torch.sigmoid(output).clamp(eps, 1 - eps), y
        )
    )
bce.slip(
    "A tanh brought between 0 and 1 is a sigmoid of twice the logit: the loss that belongs to a logit"
    " has the sigmoid itself.",
    name="bce_of_tanh",
)(lambda output, y: F.binary_cross_entropy(((torch.tanh(output) + 1) / 2).clamp(1e-7, 1 - 1e-7), y))
bce.slip(
    "The absolute value makes a confident 0 a confident 1, and beyond 1 the clamp still takes the"
    " gradient.",
    name="absolute_and_clamped",
)(lambda output, y: F.binary_cross_entropy(output.abs().clamp(1e-7, 1 - 1e-7), y))


# --- 7.10 ---


@exercise(
    "7.10",
    title="Noise at the end",
    prompt="""
    `train_with_schedule` should let the learning rate fall along a cosine from `lr` towards 0, one
    step of the schedule after each epoch. The losses at the end are as noisy as at the start. (The
    rows are already in random order and stay so; that is not the bug.) Find the bug and repair the function. It returns the learning rate used in each epoch.
    """,
    stub="""
    def train_with_schedule(model, X, y, epochs, lr):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
        rates = []
        for epoch in range(epochs):
            rates.append(optimizer.param_groups[0]["lr"])
            for rows in torch.arange(len(X)).split(10):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return rates
    """,
    hints=(
        "Print the learning rates that the function returns.",
        "A scheduler that is made does nothing by itself.",
        "It has a `step` of its own. Once an epoch, after the optimiser's steps.",
    ),
    cases=lambda rng: [(20, 2, 0.1), (30, 5, 0.5), (45, 10, 0.05)],
    run=lambda answer, n, epochs, lr: _rates_and_parameters(answer, n, epochs, lr),
    float32=False,
    time_limit=20,
    explain="The scheduler was made and never stepped, so the rate stayed at its start.",
)
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for _epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


def _rates_and_parameters(answer, n, epochs, lr):
    """What it returns and what it has made of the model: the rates alone can be had untrained."""
    model = net(2, 3, 1)
    rates = answer(model, *moons_tensors(n), epochs, lr)
    if rates is None or rates is ...:
        return rates
    trained = {
        f"`{name}` after the training": p.detach().numpy() for name, p in model.named_parameters()
    }
    return Seen({"the list of rates": rates} | trained)


def _scheduled(*, each_batch=False, late=False, only_last=False, t_max=1):
    def train_with_schedule(model, X, y, epochs, lr):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=t_max * epochs)
        rates = []
        for epoch in range(epochs):
            if not late:
                rates.append(optimizer.param_groups[0]["lr"])
            for rows in torch.arange(len(X)).split(10):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if each_batch:
                    scheduler.step()
            if not each_batch and (not only_last or epoch == epochs - 1):
                scheduler.step()
            if late:
                rates.append(optimizer.param_groups[0]["lr"])
        return rates

    return train_with_schedule


@train_with_schedule.also_right
def cosine_by_hand(model, X, y, epochs, lr):
    rates = [lr * (1 + np.cos(np.pi * epoch / epochs)) / 2 for epoch in range(epochs)]
    for rate in rates:
        for start in range(0, len(X), 10):
            a, b = X[start : start + 10], y[start : start + 10]
            model.zero_grad()
            F.binary_cross_entropy_with_logits(model(a), b).backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= rate * parameter.grad
    return rates


@train_with_schedule.slip(
    "The rates are right, but the model is as it came: nothing is trained with them."
)
def never_trained(model, X, y, epochs, lr):
    return [lr * (1 + np.cos(np.pi * epoch / epochs)) / 2 for epoch in range(epochs)]


train_with_schedule.slip(
    "The schedule is stepped after each batch, so it runs through its cosine many times too fast."
    " One step an epoch was asked for.",
    name="stepped_each_batch",
)(_scheduled(each_batch=True))
train_with_schedule.slip(
    "The rates are those of the *next* epoch: note the rate before the schedule moves it on.",
    name="noted_too_late",
)(_scheduled(late=True))
train_with_schedule.slip(
    "The rate is still the same in every epoch: the schedule is stepped outside of the loop over"
    " the epochs, or made anew in each.",
    name="stepped_once",
)(_scheduled(only_last=True))
train_with_schedule.slip(
    "The rate falls only half-way: the cosine is twice as long as the training.",
    name="half_the_cosine",
)(_scheduled(t_max=2))


def _stepped_early(note_first):
    def train_with_schedule(model, X, y, epochs, lr):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
        rates = []
        for _epoch in range(epochs):
            if note_first:
                rates.append(optimizer.param_groups[0]["lr"])
            with warnings.catch_warnings():  # PyTorch warns of this order
                warnings.simplefilter("ignore")
                scheduler.step()
            if not note_first:
                rates.append(optimizer.param_groups[0]["lr"])
            for rows in torch.arange(len(X)).split(10):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return rates

    return train_with_schedule


train_with_schedule.slip(
    "The rates that come back are right, the training uses others: the schedule is stepped before"
    " the batches of an epoch instead of after them.",
    name="stepped_before_the_batches",
)(_stepped_early(note_first=True))
train_with_schedule.slip(
    "The schedule is stepped at the beginning of each epoch, so the first epoch already has the"
    " second rate, and the last one has none.",
    name="stepped_at_the_beginning",
)(_stepped_early(note_first=False))


train_with_schedule.slip(
    "The cosine ends one epoch early: the last epoch trains with the rate 0, and learns nothing.",
    name="ends_one_early",
)(lambda model, X, y, epochs, lr: _cosine_of(lambda e: max(epochs - 1, 1), model, X, y, epochs, lr))
train_with_schedule.slip(
    "The schedule is stepped twice an epoch: it ends half-way through the training, and rises again.",
    name="stepped_twice",
)(lambda model, X, y, epochs, lr: _cosine_of(lambda e: epochs / 2, model, X, y, epochs, lr))


def _cosine_of(length, model, X, y, epochs, lr):
    """Train with a cosine that reaches 0 after ``length(epochs)`` epochs."""
    rates = [lr * (1 + np.cos(np.pi * e / length(epochs))) / 2 for e in range(epochs)]
    _train_at(rates, model, X, y)
    return rates


def _train_at(rates, model, X, y):
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@train_with_schedule.slip(
    "The rates that come back are right, the training uses another: the optimiser keeps `lr` in every"
    " epoch."
)
def trained_at_the_start(model, X, y, epochs, lr):
    _train_at([lr] * epochs, model, X, y)
    return [lr * (1 + np.cos(np.pi * epoch / epochs)) / 2 for epoch in range(epochs)]


def _with_scheduler(make):
    def train_with_schedule(model, X, y, epochs, lr):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        scheduler = make(optimizer, epochs)
        rates = []
        for _epoch in range(epochs):
            rates.append(optimizer.param_groups[0]["lr"])
            for rows in torch.arange(len(X)).split(10):
                loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            scheduler.step()
        return rates

    return train_with_schedule


train_with_schedule.slip(
    "The rate falls along another curve: the schedule was to stay a cosine.", name="exponential"
)(_with_scheduler(lambda opt, epochs: torch.optim.lr_scheduler.StepLR(opt, 1, 0.9)))
train_with_schedule.slip(
    "The cosine is as long as all batches together and is stepped once an epoch: the rate hardly"
    " falls. One step an epoch needs `T_max=epochs`.",
    name="as_long_as_the_batches",
)(
    _with_scheduler(
        lambda opt, epochs: torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10 * epochs)
    )
)


@train_with_schedule.slip(
    "The schedule takes the place of the optimiser's step: the model is not trained, and the rate"
    " moves with every batch."
)
def scheduler_for_optimizer(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    with warnings.catch_warnings():  # PyTorch warns that the optimiser has not stepped
        warnings.simplefilter("ignore")
        for _epoch in range(epochs):
            rates.append(optimizer.param_groups[0]["lr"])
            for _rows in torch.arange(len(X)).split(10):
                scheduler.step()
    return rates


@train_with_schedule.slip(
    "A new schedule is made in every epoch, each beginning where the last rate stands: the rates do"
    " not lie on one cosine. Make one, before the loop."
)
def new_schedule_each_epoch(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    rates = []
    for _epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs).step()
    return rates


@train_with_schedule.slip(
    "The schedule's `step` was given the loss, which it takes for the number of the epoch. Call it"
    " without arguments."
)
def stepped_with_the_loss(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for _epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with warnings.catch_warnings():  # PyTorch warns of the argument
            warnings.simplefilter("ignore")
            scheduler.step(loss)
    return rates


# --- 7.11 ---


@exercise(
    "7.11",
    title="The penalty whose pull never weakens",
    prompt="""
    `penalty` should be the L2 penalty of ridge regression, $\\lambda \\sum w^2$ over all weights. A
    matrix of tiny weights is pulled to zero with the same total force as one of large weights, and
    the biases shrink too. Repair
    `penalty`; biases (one-dimensional parameters) stay free.
    """,
    stub="""
    def penalty(model, strength):
        total = torch.tensor(0.0, dtype=torch.float64)
        for parameter in model.parameters():
            total = total + torch.linalg.vector_norm(parameter)
        return strength * total
    """,
    hints=(
        "Take a model with a single weight $w = 3$. What should the penalty be, and what is it?",
        "The derivative of $w^2$ is $2w$. What is the derivative of the norm of a single number?",
        "Weights have two dimensions or more, biases have one: `parameter.ndim`.",
    ),
    cases=lambda rng: [((1, 1), 0, 1.0), ((2, 3, 1), 1, 0.1), ((4, 5, 2), 2, 1e-3)],
    run=lambda answer, sizes, seed, strength: _penalty_and_gradients(answer, sizes, seed, strength),
    float32=False,
    explain="""
    The norm is not its square: its gradient has length one however small the weights of a matrix are.
    And a bias only moves the boundary; shrinking it does not make the function smoother.
    """,
)
def penalty(model, strength):
    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    return strength * sum((W**2).sum() for W in weights)


def _penalty_and_gradients(answer, sizes, seed, strength):
    model = net(*sizes, seed=seed)
    value = answer(model, strength)
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return value
    names, parameters = zip(*model.named_parameters(), strict=True)
    gradients = torch.autograd.grad(value, parameters, allow_unused=True)
    of = {
        f"its gradient with respect to `{name}`": np.zeros(tuple(p.shape))
        if g is None
        else g.numpy()
        for name, p, g in zip(names, parameters, gradients, strict=True)
    }
    return Seen({"the penalty": value.item()} | of)


@penalty.also_right
def by_named_parameters(model, strength):
    total = 0.0
    for name, parameter in model.named_parameters():
        if not name.endswith("bias"):
            total = total + strength * torch.linalg.vector_norm(parameter) ** 2
    return total


def _penalty_with(measure, biases=False, factor=1.0):
    def penalty(model, strength):
        chosen = [p for p in model.parameters() if biases or p.ndim > 1]
        return factor * strength * sum(measure(p) for p in chosen)

    return penalty


penalty.slip(
    "The squares are right, but the biases are still in the sum. Leave out what has one dimension.",
    name="biases_too",
)(_penalty_with(lambda p: (p**2).sum(), biases=True))
penalty.slip(
    "The biases are free now, but each matrix still counts with its norm, not with its square.",
    name="norm_of_weights",
)(_penalty_with(torch.linalg.vector_norm))
penalty.slip(
    "That is the L1 penalty: absolute values, not squares.",
    name="absolute_values",
)(_penalty_with(lambda p: p.abs().sum()))
penalty.slip(
    "The squares are averaged over each matrix; the penalty is their sum, so large layers count too"
    " little.",
    name="averaged",
)(_penalty_with(lambda p: (p**2).mean()))
penalty.slip(
    "Half of what was asked for: some books write $\\frac{\\lambda}{2} \\sum w^2$, this exercise does"
    " not.",
    name="halved",
)(_penalty_with(lambda p: (p**2).sum(), factor=0.5))


@penalty.slip(
    "The number is right, but it has no gradient, so it pulls nothing. `item`, `detach` and `data`"
    " cut a number off from the network."
)
def without_gradient(model, strength):
    return penalty.reference(model, strength).item()


penalty.slip("The strength is not used.", name="strength_forgotten")(
    lambda model, strength: penalty.reference(model, 1.0)
)


@penalty.slip(
    "The norms of all matrices are added first and squared afterwards. Square each, then add."
)
def sum_of_norms_squared(model, strength):
    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    return strength * sum(torch.linalg.vector_norm(W) for W in weights) ** 2


penalty.slip(
    "Only the first matrix counts. Does `return` stand inside the loop?", name="first_matrix"
)(lambda model, strength: strength * (_matrices(model)[0] ** 2).sum())
penalty.slip(
    "Only the last matrix counts: is the total set anew instead of added to?", name="last_matrix"
)(lambda model, strength: strength * (_matrices(model)[-1] ** 2).sum())
penalty.slip(
    "The weights of a matrix are added first and squared afterwards, so that they can cancel. Square"
    " each, then add.",
    name="squared_sum",
)(lambda model, strength: strength * sum(W.sum() ** 2 for W in _matrices(model)))
penalty.slip(
    "Weights and biases are exchanged: the biases are pulled, and the weights are free.",
    name="biases_instead",
)(lambda model, strength: strength * sum((p**2).sum() for p in model.parameters() if p.ndim == 1))
penalty.slip(
    "Twice of what was asked for: the factor 2 comes with the derivative, not with the penalty.",
    name="doubled",
)(_penalty_with(lambda p: (p**2).sum(), factor=2.0))
penalty.slip(
    "The strength is squared too: it multiplies the sum of the squares once.",
    name="strength_squared",
)(lambda model, strength: penalty.reference(model, strength**2))


def _matrices(model):
    return [parameter for parameter in model.parameters() if parameter.ndim > 1]


# --- 7.12 ---


@exercise(
    "7.12",
    title="The backward pass that is nearly right",
    prompt="""
    `step` is one step of gradient descent for the network with hidden activations
    $\\tanh(X W_1 + b_1)$, linear output and cost $\\frac1{2n} \\sum \\|\\hat y - y\\|^2$. It usually
    learns, sometimes runs away, and its steps do not follow the gradient. Find the bug and repair `step`;
    it returns the new `W1, b1, W2, b2`.
    """,
    stub="""
    def step(W1, b1, W2, b2, X, Y, lr):
        A = np.tanh(X @ W1 + b1)
        delta2 = (A @ W2 + b2 - Y) / len(X)
        W2 = W2 - lr * A.T @ delta2
        b2 = b2 - lr * delta2.sum(axis=0)
        delta1 = (delta2 @ W2.T) * (1 - A**2)
        W1 = W1 - lr * X.T @ delta1
        b1 = b1 - lr * delta1.sum(axis=0)
        return W1, b1, W2, b2
    """,
    hints=(
        "Compare the change of `W1`, divided by `-lr`, with a finite difference. And that of `W2`.",
        "All derivatives are to be taken at the same point. At which weights is `delta1` computed?",
        "First all gradients, then all updates.",
    ),
    cases=lambda rng: [
        _step_case(rng, n, *sizes, lr)
        for n, sizes, lr in [(1, (1, 1, 1), 0.5), (4, (2, 3, 1), 0.1), (6, (3, 5, 2), 1.0)]
    ],
    explain="""
    `W2` was replaced before the error was sent back through it. The step for `W1` then mixes the
    gradients at two different points. At small learning rates it is hardly seen, which is why
    gradients are checked.
    """,
)
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)  # with the weights of the forward pass
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


def _step_case(rng, n, d, h, k, lr):
    return (
        rng.normal(size=(d, h)), rng.normal(size=h), rng.normal(size=(h, k)), rng.normal(size=k),
        rng.normal(size=(n, d)), rng.normal(size=(n, k)), lr,
    )  # fmt: skip


@step.also_right
def step_with_loops(W1, b1, W2, b2, X, Y, lr):
    W1, b1, W2, b2 = (np.array(v, dtype=float) for v in (W1, b1, W2, b2))
    gW1, gb1, gW2, gb2 = (np.zeros(v.shape) for v in (W1, b1, W2, b2))
    for x, y in zip(np.array(X), np.array(Y), strict=True):
        a = np.tanh(x @ W1 + b1)
        d2 = (a @ W2 + b2 - y) / len(X)
        d1 = (W2 @ d2) * (1 - a**2)
        gW2, gb2 = gW2 + np.outer(a, d2), gb2 + d2
        gW1, gb1 = gW1 + np.outer(x, d1), gb1 + d1
    return W1 - lr * gW1, b1 - lr * gb1, W2 - lr * gW2, b2 - lr * gb2


def _step_with(slope, n_of=len, back=lambda W2, new_W2: W2.T, sign=-1.0):
    def step(W1, b1, W2, b2, X, Y, lr):
        A = np.tanh(X @ W1 + b1)
        delta2 = (A @ W2 + b2 - Y) / n_of(X)
        new_W2 = W2 - lr * A.T @ delta2
        delta1 = (delta2 @ back(W2, new_W2)) * slope(A)
        return (
            W1 + sign * lr * X.T @ delta1,
            b1 + sign * lr * delta1.sum(axis=0),
            new_W2,
            b2 - lr * delta2.sum(axis=0),
        )

    return step


step.slip(
    "`W2` is still replaced before the error is sent back through it.", name="still_the_new_weights"
)(_step_with(lambda A: 1 - A**2, back=lambda W2, new_W2: new_W2.T))
step.slip(
    "The old weights are used now, but the derivative of tanh has gone: without it the first layer"
    " gets the error of a linear network.",
    name="no_derivative",
)(_step_with(lambda A: 1.0))
step.slip(
    "The derivative of tanh is taken at the activation instead of at the pre-activation:"
    " $1 - \\tanh^2$ needs $A$ squared, not the tanh of $A$.",
    name="derivative_at_the_activation",
)(_step_with(lambda A: 1 - np.tanh(A) ** 2))
step.slip(
    "The steps are $n$ times too long: the mean over the rows is missing.", name="summed_over_rows"
)(_step_with(lambda A: 1 - A**2, n_of=lambda X: 1))
step.slip("The first layer climbs: its update has the wrong sign.", name="wrong_sign")(
    _step_with(lambda A: 1 - A**2, sign=1.0)
)


@step.slip(
    "`W2` is still replaced before the error is sent back through it; and the $\\frac1n$ of the cost is"
    " lost."
)
def still_new_and_no_mean(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = A @ W2 + b2 - Y
    W2 = W2 - lr * A.T @ delta2
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    b2 = b2 - lr * delta2.sum(axis=0)
    return W1 - lr * X.T @ delta1, b1 - lr * delta1.sum(axis=0), W2, b2


@step.slip(
    "The first layer is right. For the second one the forward pass is computed anew, with the first"
    " layer's new weights: all gradients belong to the old ones."
)
def forward_again_for_the_second(W1, b1, W2, b2, X, Y, lr):
    W1, b1 = step.reference(W1, b1, W2, b2, X, Y, lr)[:2]
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    return W1, b1, W2 - lr * A.T @ delta2, b2 - lr * delta2.sum(axis=0)


@step.slip(
    "The biases take a mean over the rows where the mean is already in `delta2`: their steps are $n$"
    " times too short."
)
def bias_means(W1, b1, W2, b2, X, Y, lr):
    new = step.reference(W1, b1, W2, b2, X, Y, lr)
    return new[0], b1 + (new[1] - b1) / len(X), new[2], b2 + (new[3] - b2) / len(X)


step.slip(
    "The old weights are used now. The slope is that of another function: with tanh it is"
    " $1 - A^2$.",
    name="slope_of_the_sigmoid",
)(_step_with(lambda A: A * (1 - A)))


step.slip(
    "The old weights are used now. The steps are twice too long: the cost has $\\frac1{2n}$.",
    name="twice_too_long",
)(_step_with(lambda A: 1 - A**2, n_of=lambda X: len(X) / 2))
step.slip(
    "The steps are twice too long, and `W2` is still replaced before the error is sent back.",
    name="twice_and_still_new",
)(_step_with(lambda A: 1 - A**2, n_of=lambda X: len(X) / 2, back=lambda W2, new_W2: new_W2.T))
step.slip(
    "The old weights are used now. The derivative of tanh is $1 - A^2$; the square is missing.",
    name="square_missing",
)(_step_with(lambda A: 1 - A))
step.slip(
    "The old weights are used now. The derivative of tanh is $1 - A^2$; you square the difference.",
    name="square_of_the_difference",
)(_step_with(lambda A: (1 - A) ** 2))
step.slip(
    "`W2` is still replaced before the error is sent back, and the slope is no longer that of tanh:"
    " $1 - A^2$ was right.",
    name="other_slope_still_new",
)(_step_with(lambda A: 1 - A, back=lambda W2, new_W2: new_W2.T))
step.slip(
    "`W2` is still replaced before the error is sent back, and the slope is that of the sigmoid now:"
    " $1 - A^2$ was right.",
    name="sigmoid_still_new",
)(_step_with(lambda A: A * (1 - A), back=lambda W2, new_W2: new_W2.T))


@step.slip("The mean over the rows is taken twice for the first layer: `delta2` has it already.")
def mean_twice(W1, b1, W2, b2, X, Y, lr):
    new = step.reference(W1, b1, W2, b2, X, Y, lr)
    return W1 + (new[0] - W1) / len(X), b1 + (new[1] - b1) / len(X), new[2], new[3]


@step.slip("Both layers climb: the difference is target minus output, so the updates need a plus.")
def both_climb(W1, b1, W2, b2, X, Y, lr):
    new = step.reference(W1, b1, W2, b2, X, Y, lr)
    return tuple(2 * old - moved for old, moved in zip((W1, b1, W2, b2), new, strict=True))


@step.slip(
    "The first layer is moved before the second gets its gradient: the forward pass of the second"
    " then uses new weights. First all gradients, then all updates."
)
def first_layer_first(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    A = np.tanh(X @ W1 + b1)
    return W1, b1 - lr * delta1.sum(axis=0), W2 - lr * A.T @ delta2, b2 - lr * delta2.sum(axis=0)


@step.slip(
    "The hidden layer moves first, and the activations are computed anew with it: both gradients belong"
    " to the old parameters."
)
def hidden_first_and_again(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1, b1 = W1 - lr * X.T @ delta1, b1 - lr * delta1.sum(axis=0)
    A = np.tanh(X @ W1 + b1)
    return W1, b1, W2 - lr * A.T @ delta2, b2 - lr * delta2.sum(axis=0)


# --- 7.13 ---


@exercise(
    "7.13",
    title="The network that shouts in training",
    prompt="""
    `dropout` sets each entry of `A` to zero with probability `p` and scales the others so that the
    mean stays what it was; then evaluation needs no scaling at all. With `p = 0.2` the
    network gives much larger outputs in training than in evaluation. Find the bug and repair
    `dropout`. `rng` is a NumPy `Generator`.
    """,
    stub="""
    def dropout(A, p, rng):
        kept = rng.random(A.shape) >= p
        return A * kept / p
    """,
    hints=(
        "Feed it ones, and take the mean of what comes out.",
        "What share of the entries is kept?",
        "The kept entries have to make up for the share that is missing.",
    ),
    float32=False,
    explain="""
    A share $1 - p$ is kept, so what is kept is divided by $1 - p$. At $p = \\frac12$ the two are the
    same, which hides the bug from anyone who only tries the default.
    """,
)
def dropout(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept / (1 - p)


@dropout.judge
def _judge_dropout(answer, rng):
    for p in (0.2, 0.5, 0.7):
        A = rng.uniform(1, 2, size=(200, 100))
        out = answer(A.copy(), p, np.random.default_rng(1))
        out = np.asarray(out, dtype=float)
        if out.shape != A.shape:
            return f"`dropout` must keep the shape {A.shape}; it gave {out.shape}."
        kept = out != 0
        if kept.all() or not kept.any():
            if np.allclose(out / A, (out / A).flat[0]):
                return "one_draw"
            return (
                "No entry of your result is 0: what is dropped must not come back in another form."
            )
        if (kept == (np.asarray(answer(A.copy(), p, np.random.default_rng(2))) != 0)).all():
            return "same_mask"
        share = kept.mean()
        same_in_each_row = (kept == kept[:1]).all()
        factors = (out / A)[kept]
        if factors.size == 0 or abs(share - (1 - p)) > 0.05:
            return (
                "too_many_dropped"
                if abs(share - p) < 0.05
                else (
                    f"With p = {p} a share of {share:.2f} is kept; it should be near {1 - p:.2f}."
                )
            )
        if same_in_each_row:
            return "same_for_all_rows"
        if (kept == kept[:, :1]).all():
            return "same_for_all_columns"
        if np.allclose(factors, 1 / share, rtol=1e-9) and not np.isclose(share, 1 - p, rtol=1e-6):
            return "share_of_this_draw"
        known = {"not_scaled": 1.0, "shrunk": 1 - p, "times_p": p, "by_one_plus_p": 1 / (1 + p)}
        for name, factor in known.items():
            if np.allclose(factors, factor):
                return name
        if not np.allclose(factors, 1 / (1 - p)):
            mean = float(out.mean() / A.mean())
            return f"With p = {p} the mean of the outputs is {mean:.2f} times that of the inputs."
    return None


@dropout.also_right
def dropout_with_where(A, p, rng):
    return np.where(rng.binomial(1, 1 - p, size=A.shape) == 1, np.array(A) / (1 - p), 0.0)


@dropout.slip(
    "The kept entries are not scaled at all, so the mean falls by the share that is dropped."
)
def not_scaled(A, p, rng):
    return A * (rng.random(A.shape) >= p)


@dropout.slip(
    "The kept entries are made smaller. They have to make up for the dropped ones, so they must grow."
)
def shrunk(A, p, rng):
    return A * (rng.random(A.shape) >= p) * (1 - p)


@dropout.slip(
    "The scaling fits, but a share `p` is *kept*: `p` is the probability of being dropped."
)
def too_many_dropped(A, p, rng):
    return A * (rng.random(A.shape) < p) / p


@dropout.slip("The same columns are dropped in every row; each entry needs a draw of its own.")
def same_for_all_rows(A, p, rng):
    return A * (rng.random(A.shape[1]) >= p) / (1 - p)


@dropout.slip("Whole rows are dropped; each entry needs a draw of its own.")
def same_for_all_columns(A, p, rng):
    return A * (rng.random((len(A), 1)) >= p) / (1 - p)


@dropout.slip(
    "You divide by the share that happened to be kept. That changes from draw to draw, and with few"
    " entries it can be 0; the expected share is wanted."
)
def share_of_this_draw(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept / kept.mean()


@dropout.slip(
    "The kept entries are multiplied by `p`, so the mean falls. They have to make up for the dropped"
    " ones."
)
def times_p(A, p, rng):
    return A * (rng.random(A.shape) >= p) * p


@dropout.slip("The kept entries are divided by `1 + p`, so the mean falls. What share is kept?")
def by_one_plus_p(A, p, rng):
    return A * (rng.random(A.shape) >= p) / (1 + p)


@dropout.slip("Nothing is dropped, or everything: one number is drawn for the whole array.")
def one_draw(A, p, rng):
    return A * (rng.random() >= p) / (1 - p)


@dropout.slip(
    "The same entries are dropped in every call: the mask must be drawn from `rng`, which gives"
    " another one each time."
)
def same_mask(A, p, rng):
    return A * (np.random.default_rng(0).random(A.shape) >= p) / (1 - p)


# --- 7.14 ---


@exercise(
    "7.14",
    title="The best epoch",
    prompt="""
    `choose` gets the validation and the test accuracy after each epoch (two lists of equal length)
    and returns the epoch whose weights are kept, counted from 0, and the accuracy that is reported
    for them. New data keep falling a little short of the report. Repair `choose`; where
    several epochs are equally good take the first.
    """,
    stub="""
    def choose(val_accuracy, test_accuracy):
        best = int(np.argmax(test_accuracy))
        return best, test_accuracy[best]
    """,
    hints=(
        "Which data may decide, and which may only be looked at in the end?",
        "The largest of many noisy numbers is too large on average.",
        "Choose on one list, report from the other.",
    ),
    cases=lambda rng: [
        ([0.71, 0.83, 0.96, 0.88], [0.94, 0.72, 0.77, 0.65]),
        ([0.8, 0.8, 0.5, 0.8], [0.2, 0.6, 0.9, 0.4]),
        ([0.5], [0.4]),
        ([0.9, 0.6, 0.9], [0.1, 0.3, 0.2]),
        *((list(rng.uniform(size=n)), list(rng.uniform(size=n))) for n in (5, 12)),
    ],
    float32=False,
    explain="""
    The test set chose the epoch, so its accuracy is the best of many and no longer an honest
    estimate. Choosing belongs to the validation set.
    A public report: [MusicTransformer-Pytorch issue
    10](https://github.com/gwinndr/MusicTransformer-Pytorch/issues/10).
    """,
)
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, test_accuracy[best]


@choose.also_right
def choose_with_a_loop(val_accuracy, test_accuracy):
    best = 0
    for epoch, value in enumerate(val_accuracy):
        if value > val_accuracy[best]:
            best = epoch
    return best, test_accuracy[best]


@choose.slip(
    "The epoch is chosen on the validation set, but the validation accuracy is reported: it, too, is"
    " the best of many. Report the test accuracy."
)
def validation_reported(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, val_accuracy[best]


@choose.slip(
    "The epoch is chosen on the validation set, but the accuracy reported is still the best that the"
    " test set ever showed."
)
def best_test_reported(val_accuracy, test_accuracy):
    return int(np.argmax(val_accuracy)), max(test_accuracy)


@choose.slip("That is the last epoch, not the best.")
def last_epoch(val_accuracy, test_accuracy):
    return len(val_accuracy) - 1, test_accuracy[-1]


@choose.slip("That is the epoch with the *lowest* validation accuracy.")
def worst_epoch(val_accuracy, test_accuracy):
    best = int(np.argmin(val_accuracy))
    return best, test_accuracy[best]


@choose.slip("Where two epochs are equally good the first was asked for; this takes the last.")
def last_of_equals(val_accuracy, test_accuracy):
    best = len(val_accuracy) - 1 - int(np.argmax(val_accuracy[::-1]))
    return best, test_accuracy[best]


@choose.slip("The accuracy comes back where the epoch was asked for: its place in the list.")
def value_for_epoch(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return val_accuracy[best], test_accuracy[best]


@choose.slip("The test set still chooses the epoch, whichever accuracy is reported for it.")
def test_still_chooses(val_accuracy, test_accuracy):
    best = int(np.argmax(test_accuracy))
    return best, val_accuracy[best]


choose.slip("The epoch is one too large: epochs are counted from 0.", name="counted_from_one")(
    lambda val, test: (int(np.argmax(val)) + 1, test[int(np.argmax(val))])
)
choose.slip(
    "The epoch is right. Report the test accuracy of that epoch, not the mean of all.",
    name="mean_reported",
)(lambda val, test: (int(np.argmax(val)), float(np.mean(test))))
choose.slip(
    "The test set still has a say in the choice, in a sum or mean with the validation set.",
    name="sum_of_both",
)(lambda val, test: (lambda best: (best, test[best]))(int(np.argmax(np.add(val, test)))))
choose.slip("Among equally good epochs the test set chooses. Take the first.", name="tie_by_test")(
    lambda val, test: (lambda best: (best, test[best]))(
        max((i for i in range(len(val)) if val[i] == max(val)), key=lambda i: test[i])
    )
)
choose.slip("The accuracy that is reported for the epoch is missing.", name="epoch_only")(
    lambda val, test: int(np.argmax(val))
)
choose.slip("Epoch and accuracy are exchanged: the epoch comes first.", name="order_exchanged")(
    lambda val, test: (test[int(np.argmax(val))], int(np.argmax(val)))
)


@choose.slip(
    "The epoch is right. The report is a mean with the validation accuracy, which has chosen."
)
def report_averaged(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, (test_accuracy[best] + val_accuracy[best]) / 2
