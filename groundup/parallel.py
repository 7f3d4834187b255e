"""Data-parallel training: several processes, one model, the gradient of the joint batch.

    torchrun --standalone --nproc-per-node 2 -m groundup.parallel --folder runs/first
    python -m groundup.parallel --processes 2 --folder runs/first

Both lines do the same; the second starts the first and puts what went wrong into one sentence.
Every process holds the whole model and takes its own shard of each batch. After the backward pass
``DistributedDataParallel`` replaces every gradient by its mean over the processes (all-reduce), so
that all take the same step. Process 0 writes ``curve.csv`` and ``checkpoint.pt`` into the folder,
which all processes must see. The same command goes on from the last checkpoint, also with another
number of processes.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

from groundup import datasets, files
from groundup.models import mlp
from groundup.paths import as_written
from groundup.training import minibatches, set_seed

PROGRAM = "groundup.parallel"
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
DATA = ("moons", "digits")
DTYPES = {"float32": torch.float32, "float64": torch.float64}


_UNREADABLE = (OSError, RuntimeError, KeyError, TypeError, ValueError, EOFError)
_UNREADABLE += (pickle.UnpicklingError, zipfile.BadZipFile)


class RunError(RuntimeError):
    """The run cannot start or cannot go on; the message is one sentence for the user."""


@dataclass(frozen=True)
class Settings:
    """What decides the result of a run. ``batch_size`` is that of the joint batch."""

    data: str = "digits"
    hidden: tuple[int, ...] = (64,)
    optimizer: str = "sgd"
    lr: float = 0.1
    batch_size: int = 64
    seed: int = 0
    dtype: str = "float32"


# --- the training ---


def train(settings: Settings, epochs: int, folder: Path, device: str = "auto") -> list[dict]:
    """Train in this process and its peers; the curve, one dict (epoch, loss, accuracy) an epoch.

    Raises
    ------
    RunError
        When the checkpoint in the folder cannot be used, a device is missing or a peer has ended.
    """
    rank, world = _rank_and_world()
    place = _device(device)
    X, y = (part.to(place) for part in load_data(settings))
    set_seed(settings.seed)  # the same start in every process
    model = mlp((X.shape[1], *settings.hidden, int(y.max()) + 1), dtype=DTYPES[settings.dtype])
    model.to(place)
    optimizer = OPTIMIZERS[settings.optimizer](model.parameters(), lr=settings.lr)
    curve = load_checkpoint(folder / "checkpoint.pt", settings, model, optimizer)
    replica = DistributedDataParallel(model) if world > 1 else model
    for epoch in range(len(curve) + 1, epochs + 1):
        curve.append({"epoch": epoch, **train_epoch(replica, optimizer, X, y, settings, epoch)})
        if rank == 0:
            save_checkpoint(folder / "checkpoint.pt", settings, model, optimizer, curve)
            save_curve(folder / "curve.csv", curve)
    return curve


def train_epoch(model, optimizer, X, y, settings: Settings, epoch: int) -> dict:
    """One pass through the data; loss and accuracy over all rows."""
    rank, world = _rank_and_world()
    seed = 100_003 * settings.seed + epoch  # the same in every process
    order = torch.Generator().manual_seed(seed)
    totals = torch.zeros(2, dtype=torch.float64)
    for batch in minibatches(len(X), settings.batch_size, order):
        mine = batch[rank::world]  # our shard of the joint batch
        output = model(X[mine])
        loss = cross_entropy(output, y[mine], reduction="sum")
        optimizer.zero_grad()
        # backward() takes the mean over all processes, hence `world`.
        (loss * world / len(batch)).backward()
        optimizer.step()
        right = (output.argmax(dim=1) == y[mine]).sum()
        totals += torch.tensor([loss.item(), right.item()])
    if world > 1:
        totals = totals.to(X.device)
        dist.all_reduce(totals)
    loss, accuracy = (totals / len(X)).tolist()
    return {"loss": loss, "accuracy": accuracy}


def load_data(settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    """X (n, d) of the settings' dtype and y (n,) int64: moons, or scikit-learn's small digits."""
    if settings.data == "moons":
        X, y = datasets.moons(1000, seed=0)
    else:
        part = datasets.digits("small").train
        X, y = part.images.reshape(len(part), -1), part.labels
    return torch.tensor(X, dtype=DTYPES[settings.dtype]), torch.tensor(y)


# --- files ---


def save_checkpoint(path: Path, settings: Settings, model, optimizer, curve: list[dict]) -> None:
    """Write all that the run needs to go on. The order of the rows follows from seed and epoch."""
    state = {
        "settings": asdict(settings),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "curve": curve,
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    files.write(path, buffer.getvalue())


def load_checkpoint(path: Path, settings: Settings, model, optimizer) -> list[dict]:
    """Fill model and optimiser from the checkpoint; its curve, or [] where there is none."""
    if not path.exists():
        return []
    try:
        # The file is a zip archive. torch.load does not look at its checksums, testzip does.
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
        state = torch.load(path, map_location="cpu", weights_only=True)
        theirs = state["settings"]
    except _UNREADABLE as error:
        raise RunError(
            f"the checkpoint {path} is damaged or not one of this program"
            f" ({type(error).__name__}); move it away to start anew. It was not changed."
        ) from error
    mine = asdict(settings)
    for name in sorted({*mine, *theirs}):
        if theirs.get(name) != mine.get(name):
            raise RunError(
                f"the checkpoint {path} is of another run: {name} is {theirs.get(name)!r} there and"
                f" {mine.get(name)!r} here; use the same settings or another file."
                " It was not changed."
            )
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["curve"]


def save_curve(path: Path, curve: list[dict]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["epoch", "loss", "accuracy"])
    writer.writeheader()
    writer.writerows(curve)
    files.write(path, text.getvalue().encode())


# --- processes ---


def _rank_and_world() -> tuple[int, int]:
    """This process's number from 0, and how many there are."""
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _device(asked: str) -> torch.device:
    """This process's device; "auto" takes a GPU where there is one for each process."""
    local = int(os.environ.get("LOCAL_RANK", 0))
    here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    gpus = torch.cuda.device_count()
    if asked == "cuda" and gpus < here:
        raise RunError(f"--device cuda: {here} processes need {here} GPUs; PyTorch finds {gpus}.")
    return torch.device("cuda", local) if asked != "cpu" and gpus >= here else torch.device("cpu")


@contextlib.contextmanager
def process_group(device: str = "auto") -> Iterator[None]:
    """Meet the peers that torchrun has started (nccl on GPUs, else gloo); nothing without it."""
    if "RANK" not in os.environ:
        yield
        return
    place = _device(device)
    if place.type == "cuda":
        torch.cuda.set_device(place)
    else:
        torch.set_num_threads(1)  # one core for each process
    try:
        backend = "nccl" if place.type == "cuda" else "gloo"
        dist.init_process_group(backend, timeout=timedelta(minutes=5))
    except dist.DistNetworkError as error:
        if "EADDRINUSE" in str(error):
            raise RunError(_port_taken(os.environ.get("MASTER_PORT"))) from error
        raise RunError(f"the processes did not find each other: {error}") from error
    # torchrun ends the other processes of a run with SIGTERM when one has failed.
    before = signal.signal(signal.SIGTERM, _peer_ended)
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, dist.DistError) or "gloo" in str(error):
            _peer_ended()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        dist.destroy_process_group()


def _peer_ended(*_) -> None:
    raise RunError(
        "another process of this run has ended, so the run stops;"
        " the same command goes on from the last checkpoint."
    )


def _port_taken(port: int | str | None) -> str:
    return f"port {port} is in use or not free to take; name another, or none to get a free one."


def launch(processes: int, arguments: Sequence[str], port: int | None = None) -> None:
    """Run this program in several processes of this machine; its output is printed as it comes.

    Raises
    ------
    ValueError
        For a number of processes below 1.
    RunError
        With the sentence in which the first process to fail said why.
    """
    if isinstance(processes, bool) or not isinstance(processes, int) or processes < 1:
        raise ValueError(f"processes must be a whole number ≥ 1; got {processes!r}")
    where = ["--standalone"]
    if port is not None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except (OSError, OverflowError) as error:
                raise RunError(_port_taken(port)) from error
        where = ["--nnodes=1", "--master-addr=127.0.0.1", f"--master-port={port}"]
    command = [sys.executable, "-m", "torch.distributed.run", *where]
    command += [f"--nproc-per-node={processes}", "-m", PROGRAM, *arguments]
    with tempfile.TemporaryFile("w+") as errors:
        run = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={"OMP_NUM_THREADS": "1", **os.environ},
        )
        with run:
            for line in run.stdout:
                print(line, end="", flush=True)
        if run.returncode:
            errors.seek(0)
            said = errors.read()
            mark = f"{PROGRAM}: "
            ours = [line[len(mark) :] for line in said.splitlines() if line.startswith(mark)]
            raise RunError(ours[0] if ours else f"torchrun failed:\n{said}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=PROGRAM, description="data-parallel training")
    parser.add_argument("--folder", type=as_written, required=True, help="for curve and checkpoint")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--data", choices=DATA, default=Settings.data)
    parser.add_argument("--hidden", type=int, nargs="*", default=Settings.hidden, metavar="N")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default=Settings.optimizer)
    parser.add_argument("--lr", type=float, default=Settings.lr)
    parser.add_argument("--batch-size", type=int, default=Settings.batch_size, help="joint batch")
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--dtype", choices=DTYPES, default=Settings.dtype)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--processes", type=int, default=1, help="start torchrun with so many")
    parser.add_argument("--port", type=int, help="where they meet (default: a free one)")
    options = vars(parser.parse_args(arguments))
    for name in ("epochs", "batch_size", "processes"):
        if options[name] < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1; got {options[name]}")
    if not options["lr"] > 0 or any(n < 1 for n in options["hidden"]):
        parser.error(f"--lr and --hidden must be above 0; got {options['lr']}, {options['hidden']}")
    processes, port = options.pop("processes"), options.pop("port")
    epochs, folder, device = (options.pop(name) for name in ("epochs", "folder", "device"))
    settings = Settings(**{**options, "hidden": tuple(options["hidden"])})
    try:
        if processes > 1 and "RANK" not in os.environ:
            launch(processes, sys.argv[1:] if arguments is None else arguments, port)
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        with process_group(device):
            rank, world = _rank_and_world()
            here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
            if rank == 0 and here > cores() and _device(device).type == "cpu":
                print(f"{here} processes share {cores()} core: the same result, but no faster.")
            curve = train(settings, epochs, folder, device)
            if rank == 0:
                print(f"processes: {world}, epochs: {len(curve)}: finished")
    except (RunError, OSError) as error:
        # One call, so that the sentences of two processes do not run into each other.
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        sys.stderr.flush()
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(
            f"{PROGRAM}: stopped; the same command goes on from the last checkpoint.\n"
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
