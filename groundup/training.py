"""Training and evaluating PyTorch models. Draws nothing."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm.auto import tqdm

from groundup import checkpoints
from groundup.scratch import is_whole

LOSSES: dict[str, Callable] = {
    "bce_with_logits": nn.functional.binary_cross_entropy_with_logits,
    "bce": nn.functional.binary_cross_entropy,
    "cross_entropy": nn.functional.cross_entropy,
    "mse": nn.functional.mse_loss,
}
OPTIMIZERS = ("sgd", "adam", "adamw")
SCHEDULES = ("step", "cosine", "one_cycle")


@dataclass
class History:
    """What happened, one entry an epoch. Accuracies are empty for regression."""

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    stopped_early: bool = False
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.train_loss)


@dataclass(frozen=True)
class Evaluation:
    """Mean loss over the rows, and the share of right classes (None for regression)."""

    loss: float
    accuracy: float | None


def set_seed(seed: int) -> None:
    """Set the seed of Python's, NumPy's and PyTorch's global random numbers."""
    seed = _check_seed(seed)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 — scikit-learn and older code draw from it
    torch.manual_seed(seed)


def minibatches(
    n: int, batch_size: int | None, generator: torch.Generator | None = None
) -> Iterator[torch.Tensor]:
    """Index tensors (int64) that go once through 0 … n-1 in random order; the last may be short.

    ``batch_size=None`` gives one batch with everything, in order.
    """
    if batch_size is None:
        yield torch.arange(n)
        return
    yield from torch.randperm(n, generator=generator).split(batch_size)


def fit(
    model: nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    loss: str | Callable,
    epochs: int,
    lr: float,
    batch_size: int | None = 64,
    optimizer: str | Callable = "adam",
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    penalty: Callable[[nn.Module], torch.Tensor] | None = None,
    schedule: str | Callable | None = None,
    validation: tuple[torch.Tensor, torch.Tensor] | None = None,
    patience: int | None = None,
    seed: int = 0,
    on_epoch: Callable[[int, nn.Module, History], None] | None = None,
    progress: bool = False,
    checkpoint: str | Path | None = None,
    autocast: torch.dtype | None = None,
) -> History:
    """Train ``model`` in place by mini-batch gradient descent.

    Model and data may be on a GPU, both on the same; the model may come from ``torch.compile``.
    Small steps are computed with fewer threads than large ones, which is faster; more are never
    used than ``torch.get_num_threads()``. Ctrl-C ends the training: the model keeps what it has
    learned, and the history says ``interrupted``.

    Parameters
    ----------
    X, y
        Inputs (n, …) and targets: int64 classes (n,) for "cross_entropy"; else floats of the
        model's output shape, usually (n, 1).
    loss
        One of :data:`LOSSES` or a function of (output, target) that gives a mean over the rows.
    lr
        Learning rate; for the schedule "one_cycle" its maximum.
    batch_size
        Rows a step; None takes all rows at once (full batch).
    optimizer
        "sgd" (with ``momentum``), "adam", "adamw", or a function of the parameters.
    penalty
        Added to the loss, a function of the model, such as ``lambda m: 1e-4 * l2_penalty(m)``.
    schedule
        "step" (× 0.1 every 30 epochs), "cosine" (to zero at the last epoch), "one_cycle" (stepped
        each batch), or a function of the optimizer that gives a scheduler, stepped each epoch.
    validation, patience
        Evaluated after each epoch. With ``patience`` training stops after so many epochs without a
        lower validation loss, and the best epoch's weights are put back (Prechelt 1998).
    seed
        Seed of the order of the batches; the model's own draws (dropout) follow ``set_seed``.
    on_epoch
        Called after each epoch with its number from 1, the model and the history so far.
    progress
        Show a bar with loss, accuracy and the time that is left.
    checkpoint
        A file, written after each epoch. Where it is there already, the run goes on from it and
        ends with the same result as a run without a break.
    autocast
        Mixed precision: compute products and convolutions of a float32 model in torch.bfloat16,
        which some processors do much faster. Parameters and loss stay float32.

    Raises
    ------
    ValueError, TypeError
        For arguments out of range, rows that do not match, labels outside the classes, NaN in X.
    FloatingPointError
        When the loss becomes NaN or infinite; the message names the epoch.
    groundup.checkpoints.CheckpointError
        When the checkpoint is damaged or of another run.
    """
    loss_fn = _loss(loss)
    _check_data(model, X, y, loss, "X", "y")
    if validation is not None:
        if not isinstance(validation, Sequence) or len(validation) != 2:
            got = type(validation).__name__
            raise TypeError(f"validation must be a pair (X_val, y_val); got {got}")
        _check_data(model, *validation, loss, "validation[0]", "validation[1]")
    # Plain numbers: a checkpoint holds no NumPy ones.
    epochs, seed = _check_count("epochs", epochs), _check_seed(seed)
    if batch_size is not None:
        batch_size = _check_count("batch_size", batch_size)
    momentum = _check_real("momentum", momentum, "a number in [0, 1)", lambda it: 0 <= it < 1)
    weight_decay = _check_real("weight_decay", weight_decay, "a number ≥ 0", lambda it: it >= 0)
    if not callable(optimizer) or schedule == "one_cycle":
        lr = _check_real("lr", lr, "a number above 0", lambda it: it > 0)
    for name, value in (("penalty", penalty), ("on_epoch", on_epoch)):
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be a function or None; got {value!r}")
    if patience is not None:
        patience = _check_count("patience", patience)
        if validation is None:
            raise ValueError("patience needs validation=(X_val, y_val); got validation=None")
    if autocast not in (None, torch.bfloat16):
        raise ValueError(f"autocast must be None or torch.bfloat16; got {autocast!r}")
    steps = 1 if batch_size is None else -(-len(X) // batch_size)
    opt = _optimizer(optimizer, model, lr, momentum, weight_decay)
    scheduler, each_batch = _schedule(schedule, opt, lr, epochs, steps)
    generator = torch.Generator().manual_seed(seed)
    run = _Run(model, opt, scheduler, generator)
    settings = {
        "model": [list(p.shape) for p in model.parameters()], "rows": len(X), "loss": _name(loss),
        "epochs": epochs, "lr": lr, "batch_size": batch_size, "optimizer": _name(optimizer),
        "momentum": momentum, "weight_decay": weight_decay, "penalty": _name(penalty),
        "schedule": _name(schedule), "seed": seed, "patience": patience, "autocast": str(autocast),
    }  # fmt: skip
    if checkpoint is not None:
        if not Path(checkpoint).parent.is_dir() or Path(checkpoint).is_dir():
            raise ValueError(
                f"checkpoint must be a file in a folder that is there; got {checkpoint}"
            )
        run.resume(Path(checkpoint), settings)
    history = run.history
    if any(isinstance(module, nn.Conv2d) for module in model.modules()):
        model.to(memory_format=torch.channels_last)  # convolutions on a CPU are faster so

    done = range(len(history) + 1, epochs + 1)
    bar = tqdm(done, initial=len(history), total=epochs, unit="epoch", disable=not progress)
    try:
        with _threads(model, X, batch_size):
            for epoch in () if history.stopped_early else bar:
                model.train()
                total, right = torch.zeros((), dtype=torch.float64, device=X.device), 0
                lr_now = opt.param_groups[0]["lr"]
                for rows in minibatches(len(X), batch_size, generator):
                    with torch.autocast(X.device.type, autocast, enabled=autocast is not None):
                        output = model(X[rows])
                    output = output.to(X.dtype)
                    batch_loss = loss_fn(output, y[rows])
                    objective = batch_loss if penalty is None else batch_loss + penalty(model)
                    opt.zero_grad(set_to_none=True)
                    objective.backward()
                    opt.step()
                    if each_batch:
                        scheduler.step()
                    total += batch_loss.detach() * len(rows)
                    right += _count_right(output.detach(), y[rows], loss)
                if scheduler is not None and not each_batch:
                    scheduler.step()
                history.lr.append(lr_now)
                history.train_loss.append(total.item() / len(X))
                if _classifies(loss):
                    history.train_accuracy.append(int(right) / len(X))
                if not np.isfinite(history.train_loss[-1]):
                    raise FloatingPointError(
                        f"the loss became {history.train_loss[-1]} in epoch {epoch}; try a learning"
                        f" rate below lr={lr:g}"
                    )
                if validation is not None:
                    run.validate(evaluate(model, *validation, loss), keep=patience is not None)
                if progress:
                    shown = {"loss": f"{history.train_loss[-1]:.4f}"}
                    if _classifies(loss):
                        shown["accuracy"] = (
                            f"{(history.val_accuracy or history.train_accuracy)[-1]:.2%}"
                        )
                    bar.set_postfix(shown)
                if on_epoch is not None:
                    on_epoch(epoch, model, history)
                if patience is not None and epoch - history.best_epoch >= patience:
                    history.stopped_early = True
                if checkpoint is not None:
                    run.save(Path(checkpoint), settings)
                if history.stopped_early:
                    break
    except KeyboardInterrupt:
        history.interrupted = True
        print(f"Interrupted after {len(history)} epochs. The model keeps what it has learned.")
    finally:
        bar.close()
    if run.best is not None:
        model.load_state_dict(run.best)
    return history


@dataclass
class _Run:
    """What changes while a model is trained, and what a checkpoint holds of it."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LRScheduler | None
    generator: torch.Generator
    history: History = field(default_factory=History)
    best: dict | None = None

    def validate(self, held: Evaluation, keep: bool) -> None:
        history = self.history
        history.val_loss.append(held.loss)
        if held.accuracy is not None:
            history.val_accuracy.append(held.accuracy)
        if history.best_epoch is None or held.loss < history.val_loss[history.best_epoch - 1]:
            history.best_epoch = len(history.val_loss)
            if keep:
                self.best = copy.deepcopy(self.model.state_dict())

    def save(self, path: Path, settings: dict) -> None:
        state = {
            "settings": settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler and self.scheduler.state_dict(),
            "order": self.generator.get_state(),
            "draws": torch.get_rng_state(),  # dropout
            "history": asdict(self.history),
            "best": self.best,
        }
        checkpoints.save(path, state)

    def resume(self, path: Path, settings: dict) -> None:
        """Go on from the checkpoint, if there is one."""
        state = checkpoints.load(path, settings)
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.generator.set_state(state["order"])
        torch.set_rng_state(state["draws"])
        self.history, self.best = History(**state["history"]), state["best"]


#: Multiplications of a training step that make up for waking one more thread (measured).
WORTH_A_THREAD = 4e6


@contextmanager
def _threads(model: nn.Module, X: torch.Tensor, batch_size: int | None):
    """As many threads as a step has work for, and at most PyTorch's own number."""
    before = torch.get_num_threads()
    rows = len(X) if batch_size is None else batch_size
    if before > 1:
        work = 3 * rows * _multiplications(model, X[:1])
        torch.set_num_threads(min(before, max(1, int(work / WORTH_A_THREAD))))
    try:
        yield
    finally:
        torch.set_num_threads(before)


@torch.no_grad()
def _multiplications(model: nn.Module, row: torch.Tensor) -> int:
    """Multiplications of the forward pass for one row, in its linear layers and convolutions."""
    counts = []

    def count(layer, inputs, output):
        counts.append(output.numel() * layer.weight[0].numel())

    model = getattr(model, "_orig_mod", model)  # what torch.compile was given
    layers = [it for it in model.modules() if isinstance(it, (nn.Linear, nn.Conv2d))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    model.eval()(row)
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return sum(counts)


@torch.inference_mode()
def evaluate(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, loss: str | Callable, batch_size: int = 4096
) -> Evaluation:
    """Mean loss and accuracy on (X, y), in evaluation mode (no dropout), without gradients."""
    loss_fn = _loss(loss)
    _check_data(model, X, y, loss, "X", "y")
    _check_count("batch_size", batch_size)
    was_training = model.training
    model.eval()
    total, right = 0.0, 0
    for start in range(0, len(X), batch_size):
        output, target = model(X[start : start + batch_size]), y[start : start + batch_size]
        total += loss_fn(output, target).item() * len(target)
        right += _count_right(output, target, loss)
    model.train(was_training)
    return Evaluation(total / len(X), int(right) / len(X) if _classifies(loss) else None)


@torch.no_grad()
def predict(
    model: nn.Module, X: torch.Tensor, batch_size: int = 4096, threshold: float | None = None
) -> torch.Tensor:
    """Classes, int64 of shape (n,): the largest logit, or output > threshold where there is one.

    Without ``threshold`` it is ½ where the model's last module is a Sigmoid, else 0. Name it for a
    model whose ``forward`` applies the sigmoid by itself.
    """
    _check_inputs(model, X, "X")
    _check_count("batch_size", batch_size)
    was_training = model.training
    model.eval()
    if threshold is None:
        threshold = 0.5 if isinstance(list(model.modules())[-1], nn.Sigmoid) else 0.0
    labels = [_classes(model(rows), threshold) for rows in X.split(batch_size)]
    model.train(was_training)
    return torch.cat(labels)


def search(
    train_one: Callable[..., dict], grid: dict[str, list], key: str = "val_loss"
) -> pd.DataFrame:
    """Try every combination of a grid; best first, by the lowest ``key`` on validation data.

    ``train_one(**settings)`` trains one model and returns a dict that holds ``key``. The result has
    one row a combination: its settings and what ``train_one`` returned.
    """
    if not grid or not all(map(_is_list, grid.values())):
        raise ValueError(f"grid must name at least one setting with a list of values; got {grid!r}")
    rows = []
    for values in itertools.product(*grid.values()):
        settings = dict(zip(grid, values, strict=True))
        result = train_one(**settings)
        if not isinstance(result, Mapping) or key not in result:
            raise ValueError(f"train_one must return a dict with {key!r}; got {result!r}")
        rows.append({**settings, **result})
    return pd.DataFrame(rows).sort_values(key, ignore_index=True, kind="stable")


# --- what fit is made of ---


def _name(choice: str | Callable | None) -> str | None:
    """How a checkpoint remembers a choice: a function by its name, the same in each process."""
    if choice is None or isinstance(choice, str):
        return choice
    return getattr(choice, "__qualname__", type(choice).__name__)


def _loss(loss: str | Callable) -> Callable:
    if callable(loss):
        return loss
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss must be one of {list(LOSSES)} or a function; got {loss!r}")
    return LOSSES[loss]


def _optimizer(optimizer, model, lr, momentum, weight_decay) -> torch.optim.Optimizer:
    if callable(optimizer):
        return optimizer(model.parameters())
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {OPTIMIZERS} or a function; got {optimizer!r}")
    if momentum and optimizer != "sgd":
        raise ValueError(f"momentum goes with optimizer='sgd'; got optimizer={optimizer!r}")
    make = {
        "sgd": partial(torch.optim.SGD, momentum=momentum),
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }[optimizer]
    # fused: one operation for all parameters instead of several for each
    return make(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)


def _schedule(schedule, opt, lr, epochs, steps):
    """The scheduler (or None) and whether it is stepped each batch."""
    schedulers = torch.optim.lr_scheduler
    if schedule is None:
        return None, False
    if callable(schedule):
        return schedule(opt), False
    if schedule == "step":
        return schedulers.StepLR(opt, step_size=30, gamma=0.1), False
    if schedule == "cosine":
        return schedulers.CosineAnnealingLR(opt, T_max=epochs), False
    if schedule == "one_cycle":
        return schedulers.OneCycleLR(opt, max_lr=lr, total_steps=epochs * steps), True
    raise ValueError(f"schedule must be None, one of {SCHEDULES} or a function; got {schedule!r}")


def _classifies(loss) -> bool:
    return loss in ("bce", "bce_with_logits", "cross_entropy")


def _classes(output: torch.Tensor, threshold: float) -> torch.Tensor:
    if output.ndim == 2 and output.shape[1] > 1:
        return output.argmax(dim=1)
    return (output.reshape(-1) > threshold).long()


def _count_right(output, target, loss) -> torch.Tensor | int:
    if loss == "cross_entropy":
        return (output.argmax(dim=1) == target).sum()
    if loss in ("bce", "bce_with_logits"):
        threshold = 0.5 if loss == "bce" else 0.0
        return ((output > threshold) == (target > 0.5)).all(dim=-1).sum()
    return 0


def _is_list(values) -> bool:
    return not isinstance(values, str) and np.iterable(values) and len(values) > 0


def _check_count(name: str, value) -> int:
    if not is_whole(value):
        raise ValueError(f"{name} must be a whole number ≥ 1; got {value!r}")
    return int(value)


def _check_seed(seed) -> int:
    if not is_whole(seed) and (isinstance(seed, bool) or seed != 0):
        raise ValueError(f"seed must be a whole number ≥ 0; got {seed!r}")
    return int(seed)


def _check_real(name: str, value, wanted: str, fits: Callable[[float], bool]) -> float:
    number = isinstance(value, Real) and not isinstance(value, bool) and np.isfinite(value)
    if not number or not fits(value):
        raise ValueError(f"{name} must be {wanted}; got {value!r}")
    return float(value)


def _finite(values: torch.Tensor) -> bool:
    # A sum is quick and not finite where any value is not; it may overflow where all are.
    return bool(torch.isfinite(values.sum()) or torch.isfinite(values).all())


def _check_tensor(name: str, value) -> None:
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch tensor; got {type(value).__name__}")
    if value.ndim == 0:
        raise ValueError(f"{name} must have rows; got a single number")


def _check_inputs(model, X, X_name: str) -> None:
    _check_tensor(X_name, X)
    if len(X) == 0:
        raise ValueError(f"{X_name} must have at least one row; got an empty batch")
    parameter = next(model.parameters(), None)
    if parameter is not None and X.dtype != parameter.dtype:
        raise TypeError(f"{X_name} must have the model's dtype {parameter.dtype}; got {X.dtype}")
    if not _finite(X):
        raise ValueError(f"{X_name} must be finite; got NaN or infinity")


@torch.no_grad()
def _check_data(model, X, y, loss, X_name: str, y_name: str) -> None:
    """Refuse data that PyTorch would take in silence or reject with a riddle."""
    _check_inputs(model, X, X_name)
    _check_tensor(y_name, y)
    if len(X) != len(y):
        raise ValueError(f"{y_name} must have {len(X)} rows, as many as {X_name}; got {len(y)}")
    if not isinstance(loss, str):
        return
    was_training = model.training
    try:
        output = model.eval()(X[:1])
        shape = tuple(output.shape)
    except (RuntimeError, IndexError) as error:
        raise ValueError(
            f"{X_name} must have rows that the model takes; got shape {tuple(X.shape)} ({error})"
        ) from error
    finally:
        model.train(was_training)
    if loss == "cross_entropy":
        if y.dtype != torch.int64 or y.ndim != 1:
            raise TypeError(
                f"{y_name} must be int64 classes of shape ({len(y)},); "
                f"got {y.dtype} of shape {tuple(y.shape)}"
            )
        if y.min() < 0 or y.max() >= shape[1]:
            raise ValueError(
                f"{y_name} must hold classes 0 … {shape[1] - 1}; "
                f"got {int(y.min())} … {int(y.max())}"
            )
        return
    if loss == "bce" and not ((output >= 0) & (output <= 1)).all():
        raise ValueError(
            "the model must give probabilities for loss 'bce'; for logits take 'bce_with_logits'"
        )
    if y.dtype != X.dtype:
        raise TypeError(f"{y_name} must have dtype {X.dtype} for loss {loss!r}; got {y.dtype}")
    if tuple(y.shape[1:]) != shape[1:]:
        # (n,) against (n, 1) would broadcast to (n, n) without a word.
        raise ValueError(
            f"{y_name} must have the output's shape {(len(y), *shape[1:])}; got {tuple(y.shape)}"
        )
    if loss.startswith("bce") and ((y < 0) | (y > 1)).any():
        raise ValueError(f"{y_name} must lie in [0, 1] for loss {loss!r}; got values outside")
    if not _finite(y):
        raise ValueError(f"{y_name} must be finite; got NaN or infinity")
