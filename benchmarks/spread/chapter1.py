"""Chapter 1: the ten points in the source's setting and in two that learn."""

import torch

from groundup.datasets import ten_points
from groundup.models import mlp
from groundup.training import evaluate, fit, set_seed

SETTINGS = {
    "source: SGD 0.001": {"optimizer": "sgd", "lr": 0.001, "epochs": 10_000},
    "SGD 1.0": {"optimizer": "sgd", "lr": 1.0, "epochs": 10_000},
    "Adam 0.05": {"optimizer": "adam", "lr": 0.05, "epochs": 3_000},
}


def compare(seed: int) -> list[dict]:
    """Final loss, points on the right side, and output at (0.7, 0.2) of the network 2-2-4-1."""
    X, y = (torch.tensor(v, dtype=torch.float32) for v in ten_points())
    y = y[:, None]
    rows = []
    for name, options in SETTINGS.items():
        set_seed(seed)
        model = mlp((2, 2, 4, 1), "sigmoid", output="sigmoid")
        fit(model, X, y, loss="bce", batch_size=None, **options)
        result = evaluate(model, X, y, "bce")
        output = model(torch.tensor([[0.7, 0.2]])).item()
        rows.append(
            {
                "setting": name,
                "loss": result.loss,
                "right": round(10 * result.accuracy),
                "output": output,
            }
        )
    return rows


COMPARISONS = {"ten_points": compare}
