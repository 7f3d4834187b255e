"""Chapter 6: start, loss, penalties, schedules and leaks, each over seeds, on small data."""

import numpy as np
import torch
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from groundup import datasets
from groundup.models import initialise, l2_penalty, mlp
from groundup.training import evaluate, fit, predict, set_seed

SMALL = datasets.digits("small")


def tensors(part: datasets.Part) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(part.images).flatten(1), torch.from_numpy(part.labels)


TRAIN, VAL, TEST = (tensors(part) for part in (SMALL.train, SMALL.val, SMALL.test))

STARTS = {
    "zeros": "zeros",
    "too small (0.01)": ("normal", 0.01),
    "PyTorch's own": None,
    "Xavier": "xavier",
    "He": "he",
    "too large (1.0)": ("normal", 1.0),
}


def start(seed: int) -> list[dict]:
    """Training loss by epoch of 784-64-64-64-64-10 with ReLU, SGD, six ways to start."""
    rows = []
    for name, scheme in STARTS.items():
        set_seed(seed)
        model = mlp((784, 64, 64, 64, 64, 10))
        if scheme is not None:
            initialise(model, scheme, seed=seed)
        try:
            history = fit(
                model, *TRAIN, loss="cross_entropy", epochs=20, lr=0.05, optimizer="sgd", seed=seed
            )
            losses = history.train_loss
        except FloatingPointError:
            losses = [float("nan")] * 20
        accuracy = evaluate(model, *TEST, "cross_entropy").accuracy
        rows += [
            {"start": name, "epoch": epoch + 1, "loss": loss, "accuracy": accuracy}
            for epoch, loss in enumerate(losses)
            if epoch % 2 == 1 or epoch == 0
        ]
    return rows


# Each loss with several learning rates, so that each can be shown at its best: their gradients
# differ in size by up to a factor of fifty.
RATES = {
    "cross-entropy": (0.03, 0.1, 0.3, 1.0),
    "squared error on probabilities": (0.1, 1.0, 3.0, 5.0, 10.0),
    "squared error on logits": (0.03, 0.1, 0.3, 1.0),
}


def loss_choice(seed: int) -> list[dict]:
    """Accuracy by epoch of 784-32-10, SGD, with each loss at each learning rate."""
    rows = []
    one_hot = torch.nn.functional.one_hot(TRAIN[1], 10).float()
    for name, rates in RATES.items():
        squared = name != "cross-entropy"
        output = "softmax" if name.endswith("probabilities") else None
        for lr in rates:
            set_seed(seed)
            model, right = mlp((784, 32, 10), output=output), []

            def look(epoch, model, history, right=right):
                right.append(
                    [(predict(model, X) == y).float().mean().item() for X, y in (VAL, TEST)]
                )

            fit(
                model, TRAIN[0], one_hot if squared else TRAIN[1], lr=lr, optimizer="sgd",
                epochs=30, loss="mse" if squared else "cross_entropy", on_epoch=look, seed=seed,
            )  # fmt: skip
            rows += [
                {
                    "loss": name,
                    "lr": lr,
                    "epoch": epoch,
                    "val_accuracy": right[epoch - 1][0],
                    "accuracy": right[epoch - 1][1],
                }
                for epoch in (1, 2, 3, 5, 8, 12, 16, 20, 25, 30)
            ]
    return rows


REMEDIES = {
    "nothing": {},
    "dropout 0.5": {"dropout": 0.5},
    "L2 penalty": {"penalty": lambda m: 1e-3 * l2_penalty(m)},
    "early stopping": {"patience": 10},
    "all three": {"dropout": 0.5, "penalty": lambda m: 1e-3 * l2_penalty(m), "patience": 10},
}


def overfitting(seed: int) -> list[dict]:
    """A network 784-256-256-10 on 150 digits: what each remedy brings on the test set."""
    order = torch.randperm(len(TRAIN[0]), generator=torch.Generator().manual_seed(seed))[:150]
    rows = []
    for name, options in REMEDIES.items():
        options = dict(options)
        set_seed(seed)
        model = mlp((784, 256, 256, 10), dropout=options.pop("dropout", 0.0))
        history = fit(
            model, TRAIN[0][order], TRAIN[1][order], loss="cross_entropy", epochs=100, lr=1e-3,
            batch_size=32, validation=VAL, seed=seed, **options,
        )  # fmt: skip
        held = evaluate(model, *TEST, "cross_entropy")
        rows.append(
            {
                "remedy": name,
                "accuracy": held.accuracy,
                "loss": held.loss,
                "epochs": len(history),
            }
        )
    return rows


SCHEDULES = {
    "constant": (0.01, None),
    "constant, a fifth": (0.002, None),
    # A tenth of the rate after two thirds of the epochs.
    "step": (0.01, lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=20, gamma=0.1)),
    "cosine": (0.01, "cosine"),
    "one-cycle": (0.01, "one_cycle"),
}


def schedules(seed: int) -> list[dict]:
    """Test accuracy and loss of 784-64-10 after 30 epochs with Adam, by schedule."""
    rows = []
    for name, (lr, schedule) in SCHEDULES.items():
        set_seed(seed)
        model = mlp((784, 64, 10))
        fit(
            model, *TRAIN, loss="cross_entropy", epochs=30, lr=lr, batch_size=32,
            schedule=schedule, seed=seed,
        )  # fmt: skip
        held = evaluate(model, *TEST, "cross_entropy")
        rows.append({"schedule": name, "accuracy": held.accuracy, "loss": held.loss})
    return rows


def leaks(seed: int) -> list[dict]:
    """Accuracy that is reported when features were chosen with, and without, the test rows.

    50 rows with 500 features that are pure noise, and labels by coin toss: the real accuracy is
    one half, whatever is reported. Mean over 20 draws.
    """
    rng = np.random.default_rng(seed)
    leaky, clean = [], []
    for _ in range(20):
        X, y = rng.normal(size=(50, 500)), rng.permutation(np.repeat([0, 1], 25))
        train, test = np.arange(50) < 35, np.arange(50) >= 35
        chosen = SelectKBest(f_classif, k=10).fit_transform(X, y)
        model = LogisticRegression().fit(chosen[train], y[train])
        leaky.append(model.score(chosen[test], y[test]))
        model = make_pipeline(SelectKBest(f_classif, k=10), LogisticRegression())
        clean.append(model.fit(X[train], y[train]).score(X[test], y[test]))
    return [{"leaky": np.mean(leaky), "clean": np.mean(clean)}]


COMPARISONS = {
    "blocks_start": start,
    "blocks_loss": loss_choice,
    "blocks_overfitting": overfitting,
    "blocks_schedules": schedules,
    "blocks_leaks": leaks,
}
