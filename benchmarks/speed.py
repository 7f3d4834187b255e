"""Measure the course's speed beside the plain way of doing the same work, on MNIST.

    python -m benchmarks.speed [--repeats 3] [--only PART ...]

Writes benchmarks/results.json: the machine, the versions, and for each case the median of the
interleaved repetitions with all of them beside it. Each case runs in a process of its own, which
has the memory and the threads to itself. ``plain`` is the loop of the lecture notes: a DataLoader
with batches of 64, Adam with its default settings, softmax before CrossEntropyLoss.
"""

import argparse
import importlib.metadata
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.flop_counter import FlopCounterMode
from tqdm import tqdm

from groundup.datasets import digits, ten_points
from groundup.models import cnn, mlp
from groundup.scratch import Network
from groundup.training import fit, predict, set_seed
from tools import doctor
from tools.paths import ROOT, chapters

RESULTS = ROOT / "benchmarks" / "results.json"
SIZES = (784, 64, 64, 64, 10)
EPOCHS = {"mlp": 10, "cnn": 5}
#: The settings of ours whose batch size is free: fewer, larger batches, and a rate to match.
FREE = {
    "mlp": {"batch_size": 512, "lr": 8e-3, "schedule": "one_cycle"},
    "cnn": {"batch_size": 512, "lr": 1e-2, "schedule": "one_cycle", "autocast": torch.bfloat16},
}
#: Epochs of ours that reach the accuracy which the lecture notes print after all of theirs.
SHORT = {
    "mlp": {"epochs": 2, "batch_size": 128, "lr": 8e-3, "schedule": "one_cycle"},
    "cnn": {
        "epochs": 1,
        "batch_size": 128,
        "lr": 8e-3,
        "schedule": "one_cycle",
        "autocast": torch.bfloat16,
    },
}


#: Epochs on shifted images that fit into a minute of two cores.
MINUTE = 10

#: What a training step spends its time on, by the names of PyTorch's operations.
KINDS = {
    "products": ("aten::mm", "aten::addmm", "aten::mkldnn_convolution", "convolution_backward"),
    "activations and pooling": ("tanh", "relu", "threshold", "clamp", "max_pool2d"),
    "optimiser": ("aten::_fused_adam_",),
    "taking the batch": ("aten::index",),
}


@cache
def parts():
    """All 60 000 training images, as the lecture notes use them, and the 10 000 test images."""
    data = digits()
    if not data.is_mnist:
        raise SystemExit("The benchmarks need MNIST; set GROUNDUP_DATA to a folder that holds it.")
    images = np.concatenate([data.train.images, data.val.images])
    labels = np.concatenate([data.train.labels, data.val.labels])
    return [
        (torch.from_numpy(X)[:, None], torch.from_numpy(y))
        for X, y in ((images, labels), (data.test.images, data.test.labels))
    ]


def make(name: str) -> nn.Module:
    set_seed(0)
    return mlp(SIZES, "tanh") if name == "mlp" else cnn()


# --- the cases: each returns what it measured ---


def plain(name: str) -> dict:
    """The program of the lecture notes: softmax in the model, and once more in the loss."""
    (X, y), (X_test, y_test) = parts()
    warm_up(name)
    model = make(name).append(nn.Softmax(dim=1))
    loss_fn, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=0.001)
    loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
    start = time.perf_counter()
    for _ in range(EPOCHS[name]):
        model.train()
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": right(model, X_test, y_test)}


def ours(name: str, **options) -> dict:
    (X, y), (X_test, y_test) = parts()
    options = {"epochs": EPOCHS[name], "lr": 1e-3, "batch_size": 64, **options}
    warm_up(name)
    model = make(name)
    start = time.perf_counter()
    fit(model, X, y, loss="cross_entropy", **options)
    seconds = time.perf_counter() - start
    rate = work(name) * len(X) * options["epochs"] / seconds / 1e9
    return {"seconds": seconds, "accuracy": right(model, X_test, y_test), "gflops": rate}


def warm_up(name: str) -> None:
    """A few steps untimed: what PyTorch loads at a process's first step is not training."""
    X, y = parts()[0]
    fit(make(name), X[:128], y[:128], loss="cross_entropy", epochs=2, lr=1e-3)


def right(model, X, y) -> float:
    return (predict(model, X) == y).float().mean().item()


@cache
def work(name: str) -> int:
    """Floating-point operations of one training step for one row: products and convolutions."""
    model, X = make(name), parts()[0][0][:8]
    with FlopCounterMode(display=False) as counter:
        nn.functional.cross_entropy(model(X), torch.zeros(8, dtype=torch.int64)).backward()
    return counter.get_total_flops() // 8


def shifted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each image moved by up to two pixels in each direction."""
    padded = nn.functional.pad(images, (2, 2, 2, 2))
    n = len(images)
    down, across = (torch.randint(0, 5, (n, 1, 1), generator=generator) for _ in range(2))
    rows = torch.arange(28).view(1, 28, 1) + down
    columns = torch.arange(28).view(1, 1, 28) + across
    return padded[torch.arange(n).view(n, 1, 1), 0, rows, columns][:, None]


def best(epochs: int, shifts: bool) -> dict:
    """A CNN of the chapter's family with twice the channels and neurons, if wanted on shifts."""
    (X, y), (X_test, y_test) = parts()
    warm_up("cnn")
    set_seed(0)
    model = cnn((16, 32), 64).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 8e-3, total_steps=epochs * -(-len(X) // 128)
    )
    generator = torch.Generator().manual_seed(0)
    start = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(X), generator=generator).split(128):
            images = shifted(X[rows], generator) if shifts else X[rows]
            loss = nn.functional.cross_entropy(model(images), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": right(model, X_test, y_test), "epochs": epochs}


def logistic_sklearn() -> dict:
    from sklearn.linear_model import LogisticRegression

    (X, y), (X_test, y_test) = parts()
    X, X_test = (it.flatten(1).numpy() for it in (X, X_test))
    start = time.perf_counter()
    model = LogisticRegression(max_iter=1000, solver="lbfgs").fit(X, y.numpy())
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": model.score(X_test, y_test.numpy())}


def logistic_ours() -> dict:
    (X, y), (X_test, y_test) = parts()
    set_seed(0)
    model = mlp((784, 10))
    warm_up("mlp")
    start = time.perf_counter()
    fit(model, X, y, loss="cross_entropy", epochs=8, lr=5e-3, batch_size=256, schedule="one_cycle")
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": right(model, X_test, y_test)}


def scalar_step(X, Y, Ws, bs, lr):
    """One full-batch step on the quadratic cost, sigmoid everywhere, in Python floats alone."""
    n, cost = len(X), 0.0
    dWs = [[[0.0] * len(row) for row in W] for W in Ws]
    dbs = [[0.0] * len(b) for b in bs]
    for x, y in zip(X, Y, strict=True):
        layers = [x]
        for W, b in zip(Ws, bs, strict=True):
            inputs = layers[-1]
            layers.append(
                [
                    1 / (1 + math.exp(-b[j] - sum(a * W[i][j] for i, a in enumerate(inputs))))
                    for j in range(len(b))
                ]
            )
        cost += sum((p - t) ** 2 for p, t in zip(layers[-1], y, strict=True)) / (2 * n)
        delta = [(p - t) * p * (1 - p) / n for p, t in zip(layers[-1], y, strict=True)]
        for layer in reversed(range(len(Ws))):
            for j, d in enumerate(delta):
                dbs[layer][j] += d
                for i, a in enumerate(layers[layer]):
                    dWs[layer][i][j] += a * d
            delta = [
                sum(d * w for d, w in zip(delta, Ws[layer][i], strict=True)) * a * (1 - a)
                for i, a in enumerate(layers[layer])
            ]
    for W, dW, b, db in zip(Ws, dWs, bs, dbs, strict=True):
        for j in range(len(b)):
            b[j] -= lr * db[j]
            for i in range(len(W)):
                W[i][j] -= lr * dW[i][j]
    return cost


def scratch(kind: str) -> dict:
    """200 full-batch steps of 2-2-3-2 on the ten points; the same arithmetic, three ways."""
    X, labels = ten_points()
    Y = np.column_stack([labels, 1 - labels]).astype(float)
    start = Network.random([2, 2, 3, 2], "sigmoid", "quadratic", np.random.default_rng(0))
    if kind == "loops":
        Ws, bs = [W.tolist() for W in start.weights], [b.tolist() for b in start.biases]
        rows = (X.tolist(), Y.tolist())
        step = lambda: scalar_step(*rows, Ws, bs, 1.0)  # noqa: E731
    elif kind == "numpy":
        step = lambda: start.update(*start.backward(X, Y), lr=1.0)  # noqa: E731
    else:
        model = mlp((2, 2, 3, 2), "sigmoid", output="sigmoid", dtype=torch.float64)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        X, Y = torch.tensor(X), torch.tensor(Y)

        def step():
            optimizer.zero_grad()
            (((model(X) - Y) ** 2).sum(dim=1).mean() / 2).backward()
            optimizer.step()

    step()
    begin = time.perf_counter()
    for _ in range(200):
        step()
    return {"seconds": time.perf_counter() - begin}


def matrix_rate() -> dict:
    """Operations a second in products of float32 matrices, in GFLOP/s, with one thread and two.

    1024 × 1024 by 1024 × 1024, and the shape of the MLP's first layer at batches of 512.
    """
    rates = {}
    for name, (n, d, m) in {"": (1024, 1024, 1024), "layer_": (512, 784, 64)}.items():
        A, B = torch.rand(n, d), torch.rand(d, m)
        repeats = round(4e10 / (n * d * m))
        for threads in (1, 2):
            torch.set_num_threads(threads)
            A @ B
            start = time.perf_counter()
            for _ in range(repeats):
                A @ B
            seconds = time.perf_counter() - start
            rates[f"{name}gflops_{threads}"] = repeats * 2 * n * d * m / seconds / 1e9
    return rates


def profile(name: str) -> dict:
    """Shares of the time that three epochs of the free setting spend on each of KINDS."""
    (X, y), _ = parts()
    model = make(name)
    options = {**FREE[name], "epochs": 3}
    fit(model, X[:2000], y[:2000], loss="cross_entropy", **options)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        fit(model, X, y, loss="cross_entropy", **options)
    times = {it.key: it.self_cpu_time_total for it in found.key_averages()}
    total = sum(times.values())
    shares = {
        kind: sum(time for key, time in times.items() if any(name in key for name in names)) / total
        for kind, names in KINDS.items()
    }
    return {**shares, "all else": 1 - sum(shares.values())}


def grown(what: str, value: int) -> dict:
    """Seconds of two epochs of an MLP (samples, width) or of one epoch (batch size)."""
    (X, y), _ = parts()
    n, width, batch = 20_000, 64, 64
    if what == "samples":
        n = value
    elif what == "width":
        width = value
    else:
        batch = value
    set_seed(0)
    model = mlp((784, width, width, 10), "tanh")
    warm_up("mlp")
    start = time.perf_counter()
    fit(model, X[:n], y[:n], loss="cross_entropy", epochs=2, lr=1e-3, batch_size=batch)
    return {"seconds": time.perf_counter() - start}


def notebook(name: str) -> dict:
    """Execute a chapter; its time, and the largest memory of its kernel."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        copy.write_bytes((ROOT / "notebooks" / name).read_bytes())
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tools.notebooks", "run", copy], cwd=ROOT, check=True)
        return {"seconds": time.perf_counter() - start}


CHAPTERS = [path.name for path in chapters()]
GROWTH = {
    "samples": (1000, 3000, 10_000, 30_000, 60_000),
    "width": (16, 64, 256, 1024),
    "batch": (16, 64, 256, 1024),
}
CASES = {
    **{
        f"{name}.{kind}": case
        for name in ("mlp", "cnn")
        for kind, case in {
            "plain": lambda name=name: plain(name),
            "same_batch": lambda name=name: ours(name),
            "fit": lambda name=name: ours(name, **FREE[name]),
            "short": lambda name=name: ours(name, **SHORT[name]),
        }.items()
    },
    "best.target": lambda: best(2, shifts=False),
    "best.minute": lambda: best(MINUTE, shifts=True),
    "logistic.sklearn": logistic_sklearn,
    "logistic.fit": logistic_ours,
    **{f"scratch.{kind}": lambda kind=kind: scratch(kind) for kind in ("loops", "numpy", "torch")},
    "machine.products": matrix_rate,
    "machine.probe": lambda: {"seconds": doctor.probe()},  # the doctor scales the chapters by it
    **{f"{name}.profile": lambda name=name: profile(name) for name in ("mlp", "cnn")},
    **{
        f"growth.{what}.{value}": lambda what=what, value=value: grown(what, value)
        for what, values in GROWTH.items()
        for value in values
    },
    **{f"notebook.{name}": lambda name=name: notebook(name) for name in CHAPTERS},
}


# --- running them ---


def measure(case: str) -> dict:
    """One run of a case in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed", "--case", case]
    environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{case} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def summary(runs: list[dict]) -> dict:
    """Medians, and the single repetitions of the seconds."""
    found = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    if "seconds" in found:
        found["repetitions"] = [run["seconds"] for run in runs]
    return found


def exponents(results: dict) -> dict:
    """The slope of log seconds against log size, fitted through all sizes."""
    slopes = {}
    for what, values in GROWTH.items():
        seconds = [results[f"growth.{what}.{value}"]["seconds"] for value in values]
        slopes[what] = float(np.polyfit(np.log(values), np.log(seconds), 1)[0])
    return slopes


def machine() -> dict:
    names = ("torch", "numpy", "scikit-learn")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in names},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description="see the module"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[""], help="cases that begin so")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        result = CASES[options.case]()
        # The largest of this process and of those that it started, in KiB on Linux.
        used = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        peak = max(resource.getrusage(who).ru_maxrss for who in used)
        print(json.dumps({**result, "memory_mb": peak / 1024}))
        return
    chosen = [case for case in CASES if case.startswith(tuple(options.only))]
    runs = {case: [] for case in chosen}
    for _ in range(options.repeats):
        for case in tqdm(chosen, unit="case"):  # in turn, so that what disturbs, disturbs all alike
            runs[case].append(measure(case))
    stored = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"cases": {}}
    stored["cases"].update({case: summary(found) for case, found in runs.items()})
    stored["machine"] = machine()
    if all(
        f"growth.{what}.{value}" in stored["cases"] for what in GROWTH for value in GROWTH[what]
    ):
        stored["exponents"] = exponents(stored["cases"])
    RESULTS.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
