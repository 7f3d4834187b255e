"""Chapter 6: start, loss, penalties, schedules and leaks, each over seeds, on small data."""

import contextlib
import io

import numpy as np
import torch
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from groundup import datasets
from groundup.models import initialise, l2_penalty, mlp
from groundup.training import evaluate, fit, predict, set_seed

with contextlib.redirect_stdout(io.StringIO()):  # it says where the small digits come from
    SMALL = datasets.digits("small")


def tensors(part: datasets.Part) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(part.images).flatten(1), torch.from_numpy(part.labels)


TRAIN, VAL, TEST = (tensors(part) for part in (SMALL.train, SMALL.val, SMALL.test))

STARTS = {
    "zeros": "zeros",
    "too small (0.01)": ("normal", 0.01),
    "Xavier": "xavier",
    "He": "he",
    "too large (1.0)": ("normal", 1.0),
}


def start(seed: int) -> list[dict]:
    """Training loss by epoch of 784-64-64-64-64-10 with ReLU, SGD, five ways to start."""
    rows = []
    for name, scheme in STARTS.items():
        set_seed(seed)
        model = initialise(mlp((784, 64, 64, 64, 64, 10)), scheme, seed=seed)
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


def loss_choice(seed: int) -> list[dict]:
    """Test accuracy by epoch with cross-entropy and with the squared error on one-hot targets."""
    rows = []
    one_hot = torch.nn.functional.one_hot(TRAIN[1], 10).float()
    for name in ("cross-entropy", "squared error on probabilities", "squared error on logits"):
        set_seed(seed)
        squared = name != "cross-entropy"
        model = mlp((784, 32, 10), output="softmax" if name.endswith("probabilities") else None)
        right = []

        def look(epoch, model, history, right=right):
            right.append((predict(model, TEST[0]) == TEST[1]).float().mean().item())

        fit(
            model, TRAIN[0], one_hot if squared else TRAIN[1], lr=0.1, optimizer="sgd", epochs=30,
            loss="mse" if squared else "cross_entropy", on_epoch=look, seed=seed,
        )  # fmt: skip
        rows += [
            {"loss": name, "epoch": epoch, "accuracy": right[epoch - 1]}
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


def schedules(seed: int) -> list[dict]:
    """Test accuracy and loss of 784-64-10 after 30 epochs with four schedules."""
    rows = []
    for name in ("constant", "step", "cosine", "one_cycle"):
        set_seed(seed)
        model = mlp((784, 64, 10))
        schedule = {
            "constant": None,
            # A tenth of the rate after two thirds of the epochs.
            "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=20, gamma=0.1),
        }.get(name, name)
        fit(
            model, *TRAIN, loss="cross_entropy", epochs=30, lr=0.01, batch_size=32,
            schedule=schedule, seed=seed,
        )  # fmt: skip
        held = evaluate(model, *TEST, "cross_entropy")
        rows.append({"schedule": name, "accuracy": held.accuracy, "loss": held.loss})
    return rows


def leaks(seed: int) -> list[dict]:
    """Reported minus real accuracy when a step before the model has seen the test rows.

    50 rows with 500 features that are pure noise, and labels by coin toss: the real accuracy is
    one half, whatever is reported. Mean over 20 draws a seed.
    """
    rng = np.random.default_rng(seed)
    gaps = {name: [] for name in ("scaler", "selection")}
    for _ in range(20):
        X, y = rng.normal(size=(50, 500)), rng.permutation(np.repeat([0, 1], 25))
        train, test = np.arange(50) < 35, np.arange(50) >= 35
        for name, step in {
            "scaler": StandardScaler(),
            "selection": SelectKBest(f_classif, k=10),
        }.items():
            leaky = LogisticRegression().fit(step.fit_transform(X, y)[train], y[train])
            reported = leaky.score(step.transform(X)[test], y[test])
            clean = make_pipeline(step, LogisticRegression()).fit(X[train], y[train])
            gaps[name].append((reported, clean.score(X[test], y[test])))
    return [
        {"step": name, "leaky": np.mean(pairs, axis=0)[0], "clean": np.mean(pairs, axis=0)[1]}
        for name, pairs in gaps.items()
    ]


COMPARISONS = {
    "blocks_start": start,
    "blocks_loss": loss_choice,
    "blocks_overfitting": overfitting,
    "blocks_schedules": schedules,
    "blocks_leaks": leaks,
}
