"""Chapter 5: the digits over several seeds, with the sources' settings and with the course's.

Needs the real MNIST. A seed draws the start, the order of the batches and, for the pooled data,
the split; half an hour to an hour on one core.
"""

from functools import cache

import numpy as np
import torch

from groundup.datasets import digits, split
from groundup.models import cnn, mlp
from groundup.training import evaluate, fit, predict, set_seed

MODELS = {
    "logistic": (lambda output: mlp((784, 10), output=output), 10),
    "MLP": (lambda output: mlp((784, 64, 64, 64, 10), "tanh", output=output), 10),
    "CNN": (lambda output: cnn() if output is None else cnn().append(torch.nn.Softmax(dim=1)), 5),
}
SETTINGS = {
    "logits": {},
    "softmax twice": {"output": "softmax"},
    "cosine": {"schedule": "cosine"},
    "pooled": {"pooled": True},
}
#: With a falling learning rate the CNN can start higher (chapter 5 picks this on validation data).
LEARNING_RATE = {("CNN", "cosine"): 3e-3}
#: What the chapter tests in the end; only these are also tested on shifted images.
CHOSEN = [("logistic", "logits"), ("MLP", "cosine"), ("CNN", "cosine")]
RUNS = [
    *((model, "logits") for model in MODELS),
    *((model, "softmax twice") for model in ("MLP", "CNN")),
    *((model, "cosine") for model in ("MLP", "CNN")),
    *((model, "pooled") for model in ("logistic", "MLP")),
]


@cache
def _official() -> list[tuple[np.ndarray, np.ndarray]]:
    data = digits()
    if not data.is_mnist:
        raise RuntimeError(f"this table is made from MNIST; found {data.name}")
    return [(part.images, part.labels) for part in (data.train, data.val, data.test)]


def _pooled(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """All 70 000 images, cut at random into parts of the official sizes."""
    images, labels = (np.concatenate(arrays) for arrays in zip(*_official(), strict=True))
    images, labels, X_test, y_test = split(images, labels, 10_000, seed)
    X_train, y_train, X_val, y_val = split(images, labels, 5_000, seed)
    return [(X_train, y_train), (X_val, y_val), (X_test, y_test)]


def one_run(seed: int, model_name: str, setting: str) -> dict:
    """Train one model with Adam and batches of 64; what it reaches on the test images."""
    options = SETTINGS[setting]
    parts = _pooled(seed) if options.get("pooled") else _official()
    train, val, test = ((torch.from_numpy(X).unsqueeze(1), torch.from_numpy(y)) for X, y in parts)
    make, epochs = MODELS[model_name]
    set_seed(seed)
    model = make(options.get("output"))
    val_accuracy, test_accuracy = [], []

    def record(epoch, model, history):
        val_accuracy.append(evaluate(model, *val, "cross_entropy").accuracy)
        test_accuracy.append(evaluate(model, *test, "cross_entropy").accuracy)

    history = fit(
        model, *train, loss="cross_entropy", epochs=epochs, batch_size=64, seed=seed,
        lr=LEARNING_RATE.get((model_name, setting), 1e-3), schedule=options.get("schedule"),
        on_epoch=record,
    )  # fmt: skip
    shifts = range(1, 7) if (model_name, setting) in CHOSEN else ()
    right = (predict(model, test[0]) == test[1]).numpy()
    labels = test[1].numpy()
    return {
        "model": model_name,
        "setting": setting,
        "train_loss": history.train_loss[-1],
        "test_accuracy": test_accuracy[-1],
        "picked_by_test": max(test_accuracy),
        "picked_by_val": test_accuracy[int(np.argmax(val_accuracy))],
        **{f"digit_{k}": right[labels == k].mean() for k in range(10)},
        **{f"shift_{k}": shifted_accuracy(model, *test, k) for k in shifts},
    }


def shifted_accuracy(model, X: torch.Tensor, y: torch.Tensor, pixels: int) -> float:
    """Accuracy with every image moved by so many pixels, mean over the four directions."""
    padded = torch.nn.functional.pad(X, [pixels] * 4)
    places = [(0, pixels), (2 * pixels, pixels), (pixels, 0), (pixels, 2 * pixels)]
    windows = [padded[..., top : top + 28, left : left + 28] for top, left in places]
    return float(np.mean([evaluate(model, W, y, "cross_entropy").accuracy for W in windows]))


def digits_runs(seed: int) -> list[dict]:
    return [one_run(seed, model, setting) for model, setting in RUNS]


COMPARISONS = {"digits_runs": digits_runs}
