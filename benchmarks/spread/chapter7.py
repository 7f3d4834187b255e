"""The bug clinic: what each planted bug costs, broken program beside repaired one, over seeds.

The programs are the stubs and the worked solutions of chapter 7's exercises themselves.
"""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from groundup import datasets
from groundup.exercises import chapter7
from groundup.models import mlp
from groundup.questions import question
from groundup.training import evaluate, fit, set_seed


def versions(number: str) -> dict:
    """The broken and the repaired program of one exercise."""
    it = question.get(number)
    names = {"torch": torch, "nn": nn, "F": F, "np": np}
    exec(it.stub, names)  # the stub is a program of our own
    return {"broken": names[it.name], "repaired": it.reference}


def curve(number: str, version: str, values, most: int = 20) -> list[dict]:
    """At most ``most`` points of a curve, evenly spread, first and last included."""
    steps = np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))
    return [
        {"case": int(number[2:]), "version": version, "step": int(s) + 1, "value": float(values[s])}
        for s in steps
    ]


def moons_tensors(n: int, seed: int):
    return chapter7.moons_tensors(n, seed)


def small_digits():
    data = datasets.digits("small")

    def flat(part):
        return torch.tensor(part.images, dtype=torch.float64).flatten(1), torch.tensor(part.labels)

    return flat(data.train), flat(data.val), flat(data.test)


DIGITS = small_digits()
DIVERGED = 1e6  # a cost above this is a run that will not come back
RATES = {"broken": 200.0, "repaired": chapter7.learning_rate()}


def clinic_curves(seed: int) -> list[dict]:
    """The loss (or what the symptom shows) step by step."""
    rows = []
    for name, program in versions("7.1").items():
        model = chapter7.net(2, 8, 1, seed=seed)
        rows += curve("7.1", name, program(model, *moons_tensors(200, seed), 60, 1.0, 20))
    for name, program in versions("7.2").items():
        model = chapter7.net(784, 32, 10, seed=seed)
        (X, labels), _, _ = DIGITS
        rows += curve("7.2", name, program(model, X, labels, 100, 3e-3))
    for name, program in versions("7.3").items():
        x, y = chapter7._line(100, seed)
        rows += curve("7.3", name, program(chapter7.net(1, 10, 1, seed=seed), x, y, 300, 0.02))
    for name, program in versions("7.6").items():
        set_seed(seed)
        model = program(2, 20).double()
        losses = chapter7.train.reference(model, *moons_tensors(200, seed), 1000, 0.5, 200)
        rows += curve("7.6", name, losses)
    for name, rate in RATES.items():
        losses = chapter7.train.reference(
            chapter7.net(2, 8, 1, seed=seed), *moons_tensors(60, seed), 300, rate, 60
        )
        rows += curve("7.7", name, losses, most=60)
    for name, program in versions("7.8").items():
        rows += curve("7.8", name, _train_on_batches(program, seed)[0])
    for name, loss in versions("7.9").items():
        set_seed(seed)
        model = mlp((2, 8, 1), "tanh", dtype=torch.float64)
        history = fit(model, *moons_tensors(200, seed), loss=loss, epochs=100, lr=0.02)
        rows += curve("7.9", name, history.train_loss)
    for name, program in versions("7.12").items():
        rows += curve("7.12", name, _backprop_losses(program, seed))
    return rows


def _train_on_batches(make_batches, seed: int) -> tuple[list[float], float]:
    X, y = moons_tensors(400, seed)
    X_new, y_new = moons_tensors(1000, seed + 1000)
    model = chapter7.net(2, 16, 1, seed=seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(40):
        total = 0.0
        for a, b in make_batches(X.numpy(), y.numpy(), 20, rng):
            loss = F.binary_cross_entropy_with_logits(model(torch.tensor(a)), torch.tensor(b))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(a)
        losses.append(total / len(X))
    return losses, evaluate(model, X_new, y_new, "bce_with_logits").accuracy


def _backprop_losses(step, seed: int, lr: float = 0.4, steps: int = 400) -> list[float]:
    rng = np.random.default_rng(seed)
    X, y = datasets.moons(100, seed=seed)
    Y = y[:, None].astype(float)
    W1, b1, W2, b2 = rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 1)), np.zeros(1)
    losses = []
    for _ in range(steps):
        losses.append(float(((np.tanh(X @ W1 + b1) @ W2 + b2 - Y) ** 2).mean() / 2))
        if losses[-1] > DIVERGED:
            return losses + [DIVERGED] * (steps - len(losses))
        W1, b1, W2, b2 = step(W1, b1, W2, b2, X, Y, lr)
    return losses


def clinic_costs(seed: int) -> list[dict]:
    """One number a version, in the unit that the case is about."""
    return [
        {
            "case": int(number[2:]),
            "version": version,
            "measure": measure,
            "value": float(cost(program, seed)),
        }
        for number, (measure, cost) in COSTS.items()
        for version, program in INSTEAD.get(number, versions(number)).items()
    ]


def _on_new_moons(model, seed: int) -> float:
    return evaluate(model, *moons_tensors(1000, seed + 1000), "bce_with_logits").accuracy


def _full_batch_accuracy(program, seed: int) -> float:
    model = chapter7.net(2, 8, 1, seed=seed)
    program(model, *moons_tensors(200, seed), 60, 1.0, 20)
    return _on_new_moons(model, seed)


def _digits_accuracy(program, seed: int) -> float:
    model = chapter7.net(784, 32, 10, seed=seed)
    (X, labels), _, test = DIGITS
    program(model, X, labels, 100, 3e-3)
    return evaluate(model, *test, "cross_entropy").accuracy


def _line_error(program, seed: int) -> float:
    model = chapter7.net(1, 10, 1, seed=seed)
    program(model, *chapter7._line(100, seed), 300, 0.02)
    x, y = chapter7._line(1000, seed + 1000)
    return evaluate(model, x, y[:, None], "mse").loss


def _deep_accuracy(make, seed: int) -> float:
    set_seed(seed)
    model = make(2, 20).double()
    chapter7.train.reference(model, *moons_tensors(200, seed), 1000, 0.5, 200)
    return _on_new_moons(model, seed)


def _last_loss(rate, seed: int) -> float:
    model = chapter7.net(2, 8, 1, seed=seed)
    return chapter7.train.reference(model, *moons_tensors(60, seed), 300, rate, 60)[-1]


def _loss_accuracy(loss, seed: int) -> float:
    set_seed(seed)
    model = mlp((2, 8, 1), "tanh", dtype=torch.float64)
    fit(model, *moons_tensors(200, seed), loss=loss, epochs=100, lr=0.02)
    X, y = moons_tensors(1000, seed + 1000)
    # The broken loss trains the output towards 0 and 1, so its threshold is one half.
    threshold = 0.0 if loss is versions("7.9")["repaired"] else 0.5
    with torch.no_grad():
        return ((model(X) > threshold) == (y > 0.5)).double().mean()


def _scaler_gap(prepare, seed: int) -> float:
    """Accuracy on 6 test rows scaled with the training set, minus that on 2 000 new rows.

    Few rows with one feature of heavy tails: the case in which the leak is largest.
    """
    rng = np.random.default_rng(seed)
    gaps = []
    for _ in range(200):

        def draw(n):
            y = rng.integers(0, 2, n)
            X = np.column_stack([y + 0.8 * rng.normal(size=n), rng.standard_t(1.2, size=n)])
            return X, y

        (X, y), (X_test, y_test), (X_new, y_new) = draw(8), draw(6), draw(500)
        if len(set(y)) < 2:
            continue
        A, A_test = prepare(X, X_test)
        _, A_new = prepare(X, X_new) if prepare is versions("7.4")["repaired"] else (
            None, _like(X, X_test, X_new))  # fmt: skip
        centres = np.array([A[y == k].mean(axis=0) for k in (0, 1)])

        def right(Z, labels, centres=centres):
            distance = ((Z[:, None, :] - centres) ** 2).sum(axis=2)
            return (distance.argmin(axis=1) == labels).mean()

        gaps.append(right(A_test, y_test) - right(A_new, y_new))
    return float(np.mean(gaps))


def _like(X, X_test, X_new):
    everything = np.vstack([X, X_test])
    return (X_new - everything.mean(axis=0)) / everything.std(axis=0)


def _dropout_accuracy(accuracy, seed: int) -> float:
    (X, labels), _, test = DIGITS
    set_seed(seed)
    model = mlp((784, 64, 10), "relu", dropout=0.5, dtype=torch.float64)
    fit(model, X, labels, loss="cross_entropy", epochs=10, lr=1e-3, seed=seed)
    return accuracy(model.train(), *test)


def _schedule_noise(version: str, seed: int) -> float:
    """Standard deviation of the training loss over the last 10 epochs of 40, batches of 10."""
    set_seed(seed)
    model = mlp((2, 8, 1), "tanh", dtype=torch.float64)
    history = fit(
        model, *moons_tensors(200, seed), loss="bce_with_logits", epochs=40, lr=0.5,
        batch_size=10, optimizer="sgd", schedule="cosine" if version == "repaired" else None,
        seed=seed,
    )  # fmt: skip
    return float(np.std(history.train_loss[-10:]))


def _penalised_accuracy(penalty, seed: int) -> float:
    """A large network on 100 digits, each penalty at its best strength on the validation set."""
    (X, labels), val, test = DIGITS
    rows = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))[:100]
    best = (-1.0, None)
    for strength in (1e-4, 1e-3, 1e-2, 1e-1):
        set_seed(seed)
        model = mlp((784, 64, 10), "relu", dtype=torch.float64)
        fit(model, X[rows], labels[rows], loss="cross_entropy", epochs=100, lr=3e-3,
            batch_size=None, penalty=lambda m, s=strength: penalty(m, s))  # fmt: skip
        held = evaluate(model, *val, "cross_entropy").accuracy
        if held > best[0]:
            best = (held, evaluate(model, *test, "cross_entropy").accuracy)
    return best[1]


class _Dropout(nn.Module):
    def __init__(self, program, seed):
        super().__init__()
        self.program, self.rng = program, np.random.default_rng(seed)

    def forward(self, a):
        if not self.training:
            return a
        mask = self.program(np.ones(tuple(a.shape)), 0.2, self.rng)
        return a * torch.tensor(mask)


def _dropped_accuracy(program, seed: int) -> float:
    (X, labels), _, test = DIGITS
    set_seed(seed)
    plain = mlp((784, 64, 64, 10), "relu", dtype=torch.float64)
    layers = []
    for layer in plain:
        layers.append(layer)
        if isinstance(layer, nn.ReLU):
            layers.append(_Dropout(program, seed))
    model = nn.Sequential(*layers)
    fit(model, X, labels, loss="cross_entropy", epochs=10, lr=1e-3, seed=seed)
    return evaluate(model, *test, "cross_entropy").accuracy


def _choice_gap(choose, seed: int) -> float:
    """Mean over 20 pairs of validation and test sets of 50 moons; the truth: 5 000 new points."""
    set_seed(seed)
    model, kept = mlp((2, 30, 30, 1), "relu", dtype=torch.float64), []
    fit(
        model, *moons_tensors(60, seed), loss="bce_with_logits", epochs=100, lr=0.02, seed=seed,
        on_epoch=lambda epoch, m, history: kept.append(copy.deepcopy(m.state_dict())),
    )  # fmt: skip
    points, labels = moons_tensors(2 * 50 * 20 + 5000, seed + 1000)
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))
    right = np.empty((len(kept), len(points)))
    for epoch, state in enumerate(kept):
        model.load_state_dict(state)
        with torch.no_grad():
            hits = (model(points[order]) > 0) == (labels[order] > 0.5)
        right[epoch] = hits.numpy().reshape(-1)
    truth = right[:, 2000:].mean(axis=1)
    gaps = []
    for k in range(20):
        val, test = (right[:, 100 * k + s : 100 * k + s + 50].mean(axis=1) for s in (0, 50))
        epoch, reported = choose(list(val), list(test))
        gaps.append(reported - truth[epoch])
    return float(np.mean(gaps))


#: What is compared in place of two programs: two rates, and the names of two schedules.
INSTEAD = {"7.7": RATES, "7.10": {"broken": "broken", "repaired": "repaired"}}
#: case → what is measured, and how
COSTS = {
    "7.1": ("accuracy on new data", _full_batch_accuracy),
    "7.2": ("test accuracy", _digits_accuracy),
    "7.3": ("mean squared error on new data", _line_error),
    "7.4": ("promised minus real accuracy", _scaler_gap),
    "7.5": ("measured accuracy", _dropout_accuracy),
    "7.6": ("accuracy on new data", _deep_accuracy),
    "7.7": ("loss after 300 steps", _last_loss),
    "7.8": ("accuracy on new data", lambda program, seed: _train_on_batches(program, seed)[1]),
    "7.9": ("accuracy on new data", _loss_accuracy),
    "7.10": ("spread of the last 10 losses", _schedule_noise),
    "7.11": ("test accuracy", _penalised_accuracy),
    "7.12": ("run diverged", lambda program, seed: _backprop_losses(program, seed)[-1] >= DIVERGED),
    "7.13": ("test accuracy", _dropped_accuracy),
    "7.14": ("reported minus real accuracy", _choice_gap),
}
COMPARISONS = {"clinic_curves": clinic_curves, "clinic_costs": clinic_costs}
