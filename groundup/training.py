"""Training and evaluating PyTorch models: the loop of chapter 4, with what goes round it."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from numbers import Real

import numpy as np
import pandas as pd
import torch
from torch import nn
from tqdm.auto import tqdm

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
    optimizer: str = "adam",
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    penalty: Callable[[nn.Module], torch.Tensor] | None = None,
    schedule: str | None = None,
    validation: tuple[torch.Tensor, torch.Tensor] | None = None,
    patience: int | None = None,
    seed: int = 0,
    on_epoch: Callable[[int, nn.Module, History], None] | None = None,
    progress: bool = False,
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
        Inputs (n, …) of the model's dtype (whole numbers for an embedding) and targets: int64
        classes (n,) for "cross_entropy"; else floats of the model's output shape, usually (n, 1).
    loss
        One of :data:`LOSSES`, or a function of (output, target) that gives a mean over the rows;
        with a function there are no accuracies.
    lr
        Learning rate; for the schedule "one_cycle" its maximum.
    batch_size
        Rows a step; None takes all rows at once (full batch).
    optimizer
        "sgd" (with ``momentum``), "adam" or "adamw".
    penalty
        Added to the loss, a function of the model, such as ``lambda m: 1e-4 * l2_penalty(m)``.
    schedule
        "step" (× 0.1 every 30 epochs), "cosine" (to zero at the last epoch) or "one_cycle" (stepped
        each batch).
    validation, patience
        Evaluated after each epoch. With ``patience`` training stops after so many epochs without a
        lower validation loss, and the best epoch's weights are put back (Prechelt 1998).
    seed
        Seed of the order of the batches; the model's own draws (dropout) follow ``set_seed``.
    on_epoch
        Called after each epoch with its number from 1, the model and the history so far.
    progress
        Show a bar with loss, accuracy and the time that is left.
    autocast
        Mixed precision: compute products and convolutions of a float32 model in torch.bfloat16,
        which some processors do much faster. Parameters and loss stay float32.

    Raises
    ------
    ValueError, TypeError
        For arguments out of range or without effect, rows that do not match, labels outside the
        classes, NaN in X, layers that would not be trained.
    FloatingPointError
        When the loss becomes NaN or infinite; the message names the epoch.
    """
    _check_model(model)
    _check_data(model, X, y, loss, "X", "y")
    watch = _Watch(model, loss, validation, patience)
    plan = _plan(
        model, X, loss=loss, epochs=epochs, lr=lr, batch_size=batch_size, optimizer=optimizer,
        momentum=momentum, weight_decay=weight_decay, penalty=penalty, schedule=schedule, seed=seed,
        autocast=autocast,
    )  # fmt: skip
    _check_function("on_epoch", on_epoch)
    if any(isinstance(module, nn.Conv2d) for module in model.modules()):
        model.to(memory_format=torch.channels_last)  # convolutions on a CPU are faster so
    history, epochs = watch.history, range(1, plan.epochs + 1)
    try:
        with (
            _threads(model, X, plan.batch_size),
            tqdm(epochs, unit="epoch", disable=not progress) as bar,
        ):
            for epoch in bar:
                _train_epoch(model, X, y, plan, history)
                _check_loss(history, plan.lr)
                watch.validate()
                _show(bar, history)
                if on_epoch is not None:
                    on_epoch(epoch, model, history)
                if watch.out_of_patience():
                    break
    except KeyboardInterrupt:
        history.interrupted = True
        print(f"Interrupted after {len(history)} epochs. The model keeps what it has learned.")
    watch.put_best_back()
    return history


def _train_epoch(model, X, y, plan: _Plan, history: History) -> None:
    """One pass through the data; loss and accuracy are those of each batch before its step."""
    model.train()
    lr = plan.optimizer.param_groups[0]["lr"]
    total, right = torch.zeros((), dtype=torch.float64, device=X.device), 0
    for rows in minibatches(len(X), plan.batch_size, plan.order):
        with torch.autocast(X.device.type, plan.autocast, enabled=plan.autocast is not None):
            output = model(X[rows])
        output = output.to(plan.dtype)
        loss = plan.loss_fn(output, y[rows])
        objective = loss if plan.penalty is None else loss + plan.penalty(model)
        plan.optimizer.zero_grad()
        objective.backward()
        plan.optimizer.step()
        if plan.each_batch:
            plan.scheduler.step()
        total += loss.detach() * len(rows)
        right += _count_right(output.detach(), y[rows], plan.loss)
    if plan.scheduler is not None and not plan.each_batch:
        plan.scheduler.step()
    history.lr.append(lr)
    history.train_loss.append(total.item() / len(X))
    if _classifies(plan.loss):
        history.train_accuracy.append(int(right) / len(X))


@dataclass(frozen=True)
class _Plan:
    """What an epoch needs beside the model and the data."""

    loss: str | Callable
    loss_fn: Callable
    epochs: int
    lr: float
    batch_size: int | None
    penalty: Callable | None
    autocast: torch.dtype | None
    dtype: torch.dtype  # of what the loss is computed from
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LRScheduler | None
    each_batch: bool  # the scheduler is stepped each batch, not each epoch
    order: torch.Generator


def _plan(
    model, X, *, loss, epochs, lr, batch_size, optimizer, momentum, weight_decay, penalty, schedule,
    seed, autocast,
) -> _Plan:  # fmt: skip
    """The arguments of :func:`fit`, checked, and what is made from them."""
    epochs, seed = _check_count("epochs", epochs), _check_seed(seed)
    if batch_size is not None:
        batch_size = _check_count("batch_size", batch_size)
    lr = _check_real("lr", lr, "a number above 0", lambda it: it > 0)
    momentum = _check_real("momentum", momentum, "a number in [0, 1)", lambda it: 0 <= it < 1)
    weight_decay = _check_real("weight_decay", weight_decay, "a number ≥ 0", lambda it: it >= 0)
    _check_function("penalty", penalty)
    if autocast not in (None, torch.bfloat16):
        raise ValueError(f"autocast must be None or torch.bfloat16; got {autocast!r}")
    dtype = X.dtype if X.is_floating_point() else next(model.parameters()).dtype
    if autocast is not None and dtype != torch.float32:
        raise ValueError(f"autocast goes with a float32 model; got {dtype}")
    _check_last_batch(model, X, batch_size)
    steps = 1 if batch_size is None else -(-len(X) // batch_size)
    made = _optimizer(optimizer, model, lr, momentum, weight_decay)
    scheduler = _schedule(schedule, made, lr, epochs, steps)
    return _Plan(
        loss, _loss(loss), epochs, lr, batch_size, penalty, autocast, dtype, made, scheduler,
        schedule == "one_cycle", torch.Generator().manual_seed(seed),
    )  # fmt: skip


@dataclass
class _Watch:
    """What happens after an epoch: validation, the best weights, patience."""

    model: nn.Module
    loss: str | Callable
    validation: tuple[torch.Tensor, torch.Tensor] | None
    patience: int | None
    history: History = field(default_factory=History)
    best: dict | None = None

    def __post_init__(self):
        held = self.validation
        if held is not None:
            if not isinstance(held, Sequence) or len(held) != 2:
                got = type(held).__name__
                raise TypeError(f"validation must be a pair (X_val, y_val); got {got}")
            _check_data(self.model, *held, self.loss, "validation[0]", "validation[1]")
        if self.patience is not None:
            self.patience = _check_count("patience", self.patience)
            if held is None:
                raise ValueError("patience needs validation=(X_val, y_val); got validation=None")

    def validate(self) -> None:
        if self.validation is None:
            return
        history, held = self.history, evaluate(self.model, *self.validation, self.loss)
        history.val_loss.append(held.loss)
        if held.accuracy is not None:
            history.val_accuracy.append(held.accuracy)
        if history.best_epoch is None or held.loss < history.val_loss[history.best_epoch - 1]:
            history.best_epoch = len(history.val_loss)
            if self.patience is not None:
                self.best = copy.deepcopy(self.model.state_dict())

    def out_of_patience(self) -> bool:
        history = self.history
        history.stopped_early = (
            self.patience is not None and len(history) - history.best_epoch >= self.patience
        )
        return history.stopped_early

    def put_best_back(self) -> None:
        if self.best is not None:
            self.model.load_state_dict(self.best)


def _show(bar: tqdm, history: History) -> None:
    if not bar.disable:
        shown = {"loss": f"{history.train_loss[-1]:.4f}"}
        if history.train_accuracy:
            shown["accuracy"] = f"{(history.val_accuracy or history.train_accuracy)[-1]:.2%}"
        bar.set_postfix(shown)


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


def _loss(loss: str | Callable) -> Callable:
    if isinstance(loss, type):
        name = loss.__name__
        raise TypeError(f"loss must be a function; got the class {name}: make one with {name}()")
    if callable(loss):
        return loss
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss must be one of {list(LOSSES)} or a function; got {loss!r}")
    return LOSSES[loss]


def _optimizer(optimizer, model, lr, momentum, weight_decay) -> torch.optim.Optimizer:
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {OPTIMIZERS}; got {optimizer!r}")
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
    schedulers = torch.optim.lr_scheduler
    if schedule is None:
        return None
    if schedule == "step":
        return schedulers.StepLR(opt, step_size=30, gamma=0.1)
    if schedule == "cosine":
        return schedulers.CosineAnnealingLR(opt, T_max=epochs)
    if schedule == "one_cycle":
        return schedulers.OneCycleLR(opt, max_lr=lr, total_steps=epochs * steps)
    raise ValueError(f"schedule must be None or one of {SCHEDULES}; got {schedule!r}")


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


def _check_loss(history: History, lr: float) -> None:
    if not np.isfinite(history.train_loss[-1]):
        raise FloatingPointError(
            f"the loss became {history.train_loss[-1]} in epoch {len(history)}; try a learning rate"
            f" below lr={lr:g}"
        )


def _check_function(name: str, value) -> None:
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function or None; got {value!r}")


def _check_model(model) -> None:
    """Refuse a model of which a part would not be trained, without a word from PyTorch."""
    if not isinstance(model, nn.Module):
        got = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
        raise TypeError(f"model must be an nn.Module; got {got}")
    trained = {id(it) for it in model.parameters()}
    for module in model.modules():
        for name, value in vars(module).items():
            held = value.values() if isinstance(value, dict) else value
            for it in held if isinstance(held, Iterable) and not torch.is_tensor(held) else ():
                forgotten = it.parameters() if isinstance(it, nn.Module) else [it]
                if any(isinstance(p, nn.Parameter) and id(p) not in trained for p in forgotten):
                    raise ValueError(
                        f"{type(module).__name__}.{name} is a plain {type(value).__name__}, so what"
                        " it holds would not be trained; make it an nn.ModuleList"
                    )
    if not any(it.requires_grad for it in model.parameters()):
        raise ValueError("the model must have parameters to train; got none")


def _check_last_batch(model, X, batch_size: int | None) -> None:
    """Refuse a single row in the last batch where BatchNorm needs two."""
    norms = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    alone = len(X) == 1 or batch_size == 1 or (batch_size is not None and len(X) % batch_size == 1)
    if not alone or not any(isinstance(it, norms) for it in model.modules()):
        return
    try:
        with torch.random.fork_rng([X.device] if X.is_cuda else []), torch.no_grad():
            copy.deepcopy(model).train()(X[:1])
    except ValueError as error:
        raise ValueError(
            f"batch_size must leave at least two rows in the last batch, which BatchNorm needs; got"
            f" {len(X)} rows in batches of {batch_size or len(X)}"
        ) from error


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
    embeddings = [it.num_embeddings for it in model.modules() if isinstance(it, nn.Embedding)]
    if embeddings and X.dtype in (torch.int64, torch.int32):
        if X.min() < 0 or X.max() >= max(embeddings):
            raise ValueError(
                f"{X_name} must hold numbers 0 … {max(embeddings) - 1} for the model's embedding; "
                f"got {int(X.min())} … {int(X.max())}"
            )
    elif parameter is not None and X.dtype != parameter.dtype:
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
    _loss(loss)
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
    if not isinstance(loss, str):
        return
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
    wanted = X.dtype if X.is_floating_point() else output.dtype
    if y.dtype != wanted:
        raise TypeError(f"{y_name} must have dtype {wanted} for loss {loss!r}; got {y.dtype}")
    if tuple(y.shape[1:]) != shape[1:]:
        # (n,) against (n, 1) would broadcast to (n, n) without a word.
        raise ValueError(
            f"{y_name} must have the output's shape {(len(y), *shape[1:])}; got {tuple(y.shape)}"
        )
    if loss.startswith("bce") and ((y < 0) | (y > 1)).any():
        raise ValueError(f"{y_name} must lie in [0, 1] for loss {loss!r}; got values outside")
    if not _finite(y):
        raise ValueError(f"{y_name} must be finite; got NaN or infinity")
