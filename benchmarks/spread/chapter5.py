"""Chapter 5: the digits over several seeds, with the sources' settings and with the course's.

Needs the real MNIST. A seed draws the start, the order of the batches and, for the pooled data,
the split; half an hour to an hour on one core.
"""

from functools import cache, partial

import numpy as np
import torch

from groundup.datasets import digits, split
from groundup.models import cnn, initialise, mlp
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


# --- what has become of the digit that softmax twice has lost ---

#: the seed of :func:`digits_runs` with which the CNN reads no six
LOST = 8


def digits_lost(seed: int) -> list[dict]:
    """What that CNN gives to the images of each digit; nothing of the other seeds."""
    if seed != LOST:
        return []
    parts = [(torch.from_numpy(X).unsqueeze(1), torch.from_numpy(y)) for X, y in _official()]
    train, _, (X, y) = parts
    make, epochs = MODELS["CNN"]
    set_seed(seed)
    model = make("softmax")
    fit(model, *train, loss="cross_entropy", epochs=epochs, batch_size=64, lr=1e-3, seed=seed)
    with torch.no_grad():
        p = torch.cat([model[:-1](rows) for rows in X.split(2000)]).double().softmax(dim=1)
    rows = []
    for digit in range(10):
        mine = p[y == digit]
        answers = mine.argmax(dim=1)
        rows.append(
            {
                "digit": digit,
                "accuracy": (answers == digit).double().mean().item(),
                "p of the true digit": mine[:, digit].median().item(),
                "largest p": mine.amax(dim=1).median().item(),
                "read as": int((answers.bincount(minlength=10) > 0.05 * len(mine)).sum()),
            }
        )
    return rows


# --- the same networks and epochs, trained better ---

ONE_CYCLE = {"mlp": {"lr": 3e-3}, "cnn": {"lr": 5e-3}}
START = {"mlp": "xavier", "cnn": "he"}
BETTER = {
    "as in the notes": {},
    "one-cycle schedule": {"schedule": True},
    "standardised inputs": {"standardise": True},
    "other start": {"start": True},
    "label smoothing": {"smoothing": 0.1},
    "batches of 128": {"batch_size": 128},
    "schedule, start, smoothing": {"schedule": True, "start": True, "smoothing": 0.1},
}


def better(kind: str, seed: int) -> list[dict]:
    """Each change alone and three together, on all 60 000 training images."""
    train, val, test = _official()
    X = torch.from_numpy(np.concatenate([train[0], val[0]])).unsqueeze(1)
    y = torch.from_numpy(np.concatenate([train[1], val[1]]))
    X_test, y_test = torch.from_numpy(test[0]).unsqueeze(1), torch.from_numpy(test[1])
    mean, std = X.mean(), X.std()
    name = {"mlp": "MLP", "cnn": "CNN"}[kind]
    rows = []
    for change, options in BETTER.items():
        make, epochs = MODELS[name]
        set_seed(seed)
        model = make(None)
        if options.get("start"):
            initialise(model, START[kind], seed=seed)
        shift, scale = (mean, std) if options.get("standardise") else (0, 1)
        loss = partial(
            torch.nn.functional.cross_entropy, label_smoothing=options.get("smoothing", 0)
        )
        schedule = {"schedule": "one_cycle", **ONE_CYCLE[kind]} if options.get("schedule") else {}
        fit(
            model, (X - shift) / scale, y, loss=loss, epochs=epochs, seed=seed,
            **{"lr": 1e-3, "batch_size": options.get("batch_size", 64), **schedule},
        )  # fmt: skip
        right = (predict(model, (X_test - shift) / scale) == y_test).float().mean().item()
        rows.append({"model": name, "change": change, "test_accuracy": right})
    return rows


# --- what the first 10 000 training images show as well as all of them ---


def _small() -> list[tuple[torch.Tensor, torch.Tensor]]:
    parts = [(torch.from_numpy(X).unsqueeze(1), torch.from_numpy(y)) for X, y in _official()]
    (X, y), *others = parts
    return [(X[:10_000], y[:10_000]), *others]


# --- who chooses the epoch ---


def digits_halves(seed: int) -> list[dict]:
    """One half of the test set chooses the epoch; both halves report it."""
    train, _, test = _small()
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(test[0])))
    halves = [(test[0][rows], test[1][rows]) for rows in order.chunk(2)]
    rows = []
    for name in ("logistic", "MLP"):
        make, epochs = MODELS[name]
        set_seed(seed)
        seen: list[list[float]] = []

        def record(epoch, model, history, seen=seen):
            seen.append([evaluate(model, *half, "cross_entropy").accuracy for half in halves])

        fit(
            make(None), *train, loss="cross_entropy", epochs=epochs, batch_size=64, lr=1e-3,
            seed=seed, on_epoch=record,
        )  # fmt: skip
        for chooser in (0, 1):
            best = max(range(epochs), key=lambda epoch: seen[epoch][chooser])
            rows.append(
                {
                    "model": name,
                    "reported": seen[best][chooser],
                    "on the other half": seen[best][1 - chooser],
                    "difference of the halves": float(
                        np.mean([s[chooser] - s[1 - chooser] for s in seen])
                    ),
                }
            )
    return rows


# --- what a CNN knows of images ---


def _global() -> torch.nn.Sequential:
    """Convolutions, and the largest value of each map in the place of dense layers."""
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 56, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1),
        nn.Flatten(), nn.Linear(56, 10),
    )  # fmt: skip


def digits_places(seed: int) -> list[dict]:
    """Networks on plain and on shuffled pixels, and with no dense layer over places."""
    train, _, test = _small()
    order = torch.from_numpy(np.random.default_rng(0).permutation(784))
    rows = []
    for name, make, epochs, shuffled in (
        ("MLP", MODELS["MLP"][0], 10, False),
        ("MLP, pixels shuffled", MODELS["MLP"][0], 10, True),
        ("CNN", MODELS["CNN"][0], 5, False),
        ("CNN, pixels shuffled", MODELS["CNN"][0], 5, True),
        ("CNN, largest value of each map", lambda _: _global(), 5, False),
    ):
        X, X_test = (
            x.flatten(1)[:, order].reshape(x.shape) if shuffled else x for x in (train[0], test[0])
        )
        set_seed(seed)
        model = make(None)
        fit(
            model,
            X,
            train[1],
            loss="cross_entropy",
            epochs=epochs,
            batch_size=64,
            lr=1e-3,
            seed=seed,
        )
        moved = np.nan if shuffled else shifted_accuracy(model, *test, 3)
        rows.append(
            {
                "model": name,
                "parameters": sum(p.numel() for p in model.parameters()),
                "test_accuracy": evaluate(model, X_test, test[1], "cross_entropy").accuracy,
                "moved by 3": moved,
            }
        )
    return rows


# --- how honest the probabilities are ---


def digits_sure(seed: int) -> list[dict]:
    """An MLP trained long: what it says of itself, as it is and with a temperature."""
    train, val, test = _small()
    set_seed(seed)
    model = MODELS["MLP"][0](None)
    fit(model, *train, loss="cross_entropy", epochs=30, batch_size=64, lr=1e-3, seed=seed)
    with torch.no_grad():
        z_val, z = model(val[0]), model(test[0])
    temperatures = torch.arange(1, 5, 0.05)
    entropy = torch.nn.functional.cross_entropy
    best = min(temperatures, key=lambda T: entropy(z_val / T, val[1]).item()).item()
    rows = []
    for T in (1.0, best):
        p, predicted = torch.softmax(z / T, dim=1).max(dim=1)
        rows.append(
            {
                "temperature": T,
                "loss": entropy(z / T, test[1]).item(),
                "says": p.mean().item(),
                "is": (predicted == test[1]).double().mean().item(),
            }
        )
    return rows


COMPARISONS = {
    "digits_runs": digits_runs,
    "digits_lost": digits_lost,
    "digits_halves": digits_halves,
    "digits_places": digits_places,
    "digits_sure": digits_sure,
    "digits_better_mlp": partial(better, "mlp"),
    "digits_better_cnn": partial(better, "cnn"),
}
