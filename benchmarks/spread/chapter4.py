"""Chapter 4: optimisers, early stopping and the missing column, over seeds."""

import torch

from groundup.datasets import moons, split
from groundup.models import mlp
from groundup.training import evaluate, fit, set_seed

SIZES = (2, 20, 40, 20, 1)
# Each optimiser with each of five learning rates, so that each can be shown at its best.
RATES = {
    "SGD": (0.01, 0.03, 0.1, 0.3, 1.0),
    "momentum": (0.001, 0.003, 0.01, 0.03, 0.1),
    "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03),
}


def tensors(n: int, seed: int):
    X, y = moons(n, noise=0.2, seed=seed)
    return torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]


def three_parts(seed: int):
    """800 points for training, 200 for validation, 5 000 new ones."""
    X, y = moons(1000, noise=0.2, seed=seed)
    parts = split(X, y, 200, seed=seed)
    X_train, y_train, X_val, y_val = (torch.tensor(v, dtype=torch.float32) for v in parts)
    return (X_train, y_train[:, None]), (X_val, y_val[:, None]), tensors(5000, seed + 10_000)


def moons_optimisers(seed: int) -> list[dict]:
    """Training and validation loss by epoch, for each optimiser and learning rate."""
    train, val, new = three_parts(seed)
    rows = []
    for name, rates in RATES.items():
        for lr in rates:
            set_seed(seed)
            model = mlp(SIZES)
            options = {"momentum": 0.9} if name == "momentum" else {}
            history = fit(
                model, *train, loss="bce_with_logits", epochs=30, lr=lr, batch_size=10,
                optimizer="adam" if name == "Adam" else "sgd", validation=val, seed=seed, **options,
            )  # fmt: skip
            accuracy = evaluate(model, *new, "bce_with_logits").accuracy
            rows += [
                {
                    "optimiser": name,
                    "lr": lr,
                    "epoch": epoch,
                    "train_loss": history.train_loss[epoch - 1],
                    "val_loss": history.val_loss[epoch - 1],
                    "accuracy": accuracy if epoch == 30 else None,
                }
                for epoch in (1, 2, 3, 5, 8, 12, 16, 20, 25, 30)
            ]
    return rows


def moons_stopping(seed: int) -> list[dict]:
    """100 epochs, their last and their best, against early stopping; accuracy on new points."""
    train, val, new = three_parts(seed)
    rows = []
    for rule, options in {
        "100 epochs": {},
        "100 epochs, best": {"patience": 100},  # too patient to stop, it puts back the best
        "patience 10": {"patience": 10},
    }.items():
        set_seed(seed)
        model = mlp(SIZES)
        history = fit(
            model, *train, loss="bce_with_logits", epochs=100, lr=0.01, batch_size=10,
            validation=val, seed=seed, **options,
        )  # fmt: skip
        held = evaluate(model, *new, "bce_with_logits")
        rows.append(
            {"rule": rule, "epochs": len(history), "loss": held.loss, "accuracy": held.accuracy}
        )
    return rows


def moons_curves(seed: int) -> list[dict]:
    """Training and validation loss of each of 100 epochs."""
    train, val, _ = three_parts(seed)
    set_seed(seed)
    history = fit(
        mlp(SIZES), *train, loss="bce_with_logits", epochs=100, lr=0.01, batch_size=10,
        validation=val, seed=seed,
    )  # fmt: skip
    return [
        {"epoch": epoch, "loss": loss, "of": of}
        for of, losses in {"training": history.train_loss, "validation": history.val_loss}.items()
        for epoch, loss in enumerate(losses, start=1)
    ]


def moons_column(seed: int) -> list[dict]:
    """Squared error on sigmoid outputs with the target as a column, and as a flat vector."""
    train, _, new = three_parts(seed)
    X, y = train
    rows = []
    for shape in ("column", "flat"):
        set_seed(seed)
        model = mlp(SIZES, output="sigmoid")
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        generator = torch.Generator().manual_seed(seed)
        for _ in range(20):
            for batch in torch.randperm(len(X), generator=generator).split(10):
                target = y[batch] if shape == "column" else y[batch, 0]
                loss = ((model(X[batch]) - target) ** 2).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        accuracy = evaluate(model, *new, "bce").accuracy
        rows.append({"target": shape, "loss": loss.item(), "accuracy": accuracy})
    return rows


COMPARISONS = {
    "moons_optimisers": moons_optimisers,
    "moons_stopping": moons_stopping,
    "moons_curves": moons_curves,
    "moons_column": moons_column,
}
