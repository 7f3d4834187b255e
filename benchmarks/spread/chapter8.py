"""Chapter 8: what a larger batch does to the result, with three rules for the learning rate."""

import numpy as np
import torch

from groundup import datasets
from groundup.models import initialise, mlp
from groundup.training import evaluate, fit

SMALL = datasets.digits("small")


def tensors(part: datasets.Part) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(part.images).flatten(1), torch.from_numpy(part.labels)


TRAIN, TEST = tensors(SMALL.train), tensors(SMALL.test)
BATCHES = (16, 32, 64, 128, 256, 512, 1200)
BASE_BATCH, BASE_RATE, EPOCHS, WARM_UP = 16, 0.05, 20, 5


def warm_up(optimizer):
    """The rate rises in equal steps over the first epochs, then stays."""
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: min(1.0, (e + 1) / WARM_UP))


RULES = {
    "same rate": (False, None),
    "scaled": (True, None),
    "scaled, with warm-up": (True, warm_up),
}


def batches(seed: int) -> list[dict]:
    """Test accuracy of 784-64-10 after 20 epochs of SGD on the small digits."""
    rows = []
    for rule, (scaled, schedule) in RULES.items():
        for batch in BATCHES:
            lr = BASE_RATE * (batch / BASE_BATCH if scaled else 1)
            model = initialise(mlp((784, 64, 10)), "he", seed=seed)
            try:
                fit(
                    model, *TRAIN, loss="cross_entropy", epochs=EPOCHS, lr=lr, batch_size=batch,
                    optimizer="sgd", schedule=schedule, seed=seed,
                )  # fmt: skip
                accuracy = evaluate(model, *TEST, "cross_entropy").accuracy
            except FloatingPointError:
                accuracy = np.nan
            rows.append({"rule": rule, "batch": batch, "lr": lr, "accuracy": accuracy})
    return rows


COMPARISONS = {"scaling_batches": batches}
