"""groundup.training: fit against a plain PyTorch loop, evaluation, early stopping, bad input."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import nn

from groundup.datasets import moons
from groundup.models import cnn, l2_penalty, mlp
from groundup.training import (
    evaluate,
    fit,
    minibatches,
    predict,
    search,
    set_seed,
)


@pytest.fixture
def data():
    X, y = moons(200, seed=1)
    return torch.tensor(X), torch.tensor(y, dtype=torch.float64)[:, None]


def net(sizes=(2, 8, 1), **options):
    set_seed(0)
    return mlp(sizes, "tanh", dtype=torch.float64, **options)


@pytest.mark.parametrize(
    ("optimizer", "options", "torch_optimizer"),
    [
        ("sgd", {"momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        ("adam", {}, lambda p: torch.optim.Adam(p, lr=0.1)),
        ("adamw", {"weight_decay": 0.1}, lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.1)),
    ],
)
def test_fit_equals_a_plain_loop(data, optimizer, options, torch_optimizer):
    X, y = data
    ours, plain = net(), net()
    fit(ours, X, y, loss="bce_with_logits", epochs=3, lr=0.1, batch_size=32,
        optimizer=optimizer, seed=5, **options)  # fmt: skip
    generator = torch.Generator().manual_seed(5)
    step = torch_optimizer(plain.parameters())
    for _ in range(3):
        for rows in torch.randperm(len(X), generator=generator).split(32):
            step.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(plain(X[rows]), y[rows]).backward()
            step.step()
    for a, b in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


def test_batches_go_once_through_everything():
    batches = list(minibatches(10, 4, torch.Generator().manual_seed(0)))
    assert [len(b) for b in batches] == [4, 4, 2]
    assert sorted(torch.cat(batches).tolist()) == list(range(10))
    assert next(minibatches(3, None)).tolist() == [0, 1, 2]


def test_history_of_a_full_batch_is_the_loss_before_each_step(data):
    X, y = data
    model = net()
    before = evaluate(model, X, y, "bce_with_logits")
    history = fit(model, X, y, loss="bce_with_logits", epochs=2, lr=0.1, batch_size=None)
    assert history.train_loss[0] == pytest.approx(before.loss)
    assert history.train_accuracy[0] == pytest.approx(before.accuracy)
    assert len(history) == 2


def test_one_seed_for_all_three():
    draws = []
    for _ in range(2):
        set_seed(3)
        draws.append((random.random(), np.random.rand(), torch.rand(1).item()))  # noqa: NPY002
    assert draws[0] == draws[1]


def test_same_seed_same_result(data):
    X, y = data
    runs = [
        fit(net(), X, y, loss="bce_with_logits", epochs=2, lr=0.1, seed=s).train_loss
        for s in (0, 0, 1)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_early_stopping_puts_the_best_weights_back(data):
    X, y = data
    model, seen = net((2, 50, 1)), []
    history = fit(
        model, X[:20], y[:20], loss="bce_with_logits", epochs=500, lr=0.1, batch_size=None,
        validation=(X[20:], y[20:]), patience=20,
        on_epoch=lambda epoch, m, h: seen.append(copy.deepcopy(m.state_dict())),
    )  # fmt: skip
    assert history.stopped_early
    assert len(history) == history.best_epoch + 20 < 500
    assert len(seen) == len(history)  # the caller's function comes before the patience ends
    assert min(history.val_loss) == history.val_loss[history.best_epoch - 1]
    held = evaluate(model, X[20:], y[20:], "bce_with_logits")
    assert held.loss == pytest.approx(min(history.val_loss))
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, seen[history.best_epoch - 1][name])


def test_schedules(data):
    X, y = data
    options = {"loss": "bce_with_logits", "batch_size": None, "lr": 0.1}
    assert fit(net(), X, y, epochs=31, schedule="step", **options).lr[-1] == pytest.approx(0.01)
    cosine = fit(net(), X, y, epochs=4, schedule="cosine", **options).lr
    assert cosine == pytest.approx([0.1, 0.08535533905932738, 0.05, 0.014644660940672622])
    one_cycle = fit(net(), X, y, epochs=10, schedule="one_cycle", **options).lr
    assert max(one_cycle) == pytest.approx(0.1)
    assert one_cycle[0] < 0.01 > one_cycle[-1]


def test_squared_penalty_is_weight_decay_for_sgd(data):
    X, y = data
    set_seed(0)
    first = nn.Sequential(nn.Linear(2, 1, bias=False, dtype=torch.float64))
    second = copy.deepcopy(first)
    options = {"loss": "bce_with_logits", "epochs": 5, "lr": 0.1, "optimizer": "sgd"}
    fit(first, X, y, penalty=lambda m: 0.05 * l2_penalty(m), **options)
    fit(second, X, y, weight_decay=0.1, **options)
    torch.testing.assert_close(first[0].weight, second[0].weight)


def test_evaluation_switches_dropout_off_and_the_mode_back(data):
    X, y = data
    model = net((2, 50, 1), dropout=0.9).train()
    losses = {evaluate(model, X, y, "bce_with_logits").loss for _ in range(3)}
    assert len(losses) == 1
    assert model.training


STILL = {"optimizer": "sgd", "lr": 1e-30}  # too small a step to change a float64


def test_the_training_loss_is_the_mean_over_rows_with_a_short_last_batch(data):
    X, y = data
    model = net()
    before = evaluate(model, X, y, "bce_with_logits")
    history = fit(model, X, y, loss="bce_with_logits", epochs=1, batch_size=64, **STILL)
    assert history.train_loss == pytest.approx([before.loss], rel=1e-12)


def test_of_equal_epochs_the_first_is_the_best(data):
    history = fit(net(), *data, loss="mse", epochs=9, validation=data, patience=3, **STILL)
    assert (history.best_epoch, len(history)) == (1, 4)


def test_accuracy_of_probabilities_and_of_logits(data):
    X, y = data
    model = net()
    fit(model, X, y, loss="bce_with_logits", epochs=5, lr=0.05)
    right = evaluate(model, X, y, "bce_with_logits").accuracy
    assert 0.6 < right < 1
    assert evaluate(nn.Sequential(*model, nn.Sigmoid()), X, y, "bce").accuracy == right


def test_training_switches_dropout_on(data):
    model, modes = net((2, 50, 1), dropout=0.5).eval(), []
    model[2].register_forward_hook(lambda module, *_: modes.append(module.training))
    fit(model, *data, loss="bce_with_logits", epochs=2, lr=0.1, batch_size=100)
    assert modes.count(True) == 4


def test_evaluation_in_batches_is_the_mean_over_rows(data):
    X, y = data
    whole = evaluate(net(), X, y, "mse")
    assert evaluate(net(), X, y, "mse", batch_size=64).loss == pytest.approx(whole.loss)
    assert whole.accuracy is None


def test_predict_takes_logits_probabilities_and_classes(data):
    X, y = data
    model = net()
    logits = model(X).detach().reshape(-1)
    assert torch.equal(predict(model, X), (logits > 0).long())
    assert torch.equal(predict(nn.Sequential(*model, nn.Sigmoid()), X), (logits > 0).long())

    class InForward(nn.Module):
        def forward(self, X):
            return torch.sigmoid(model(X))

    assert torch.equal(predict(InForward(), X, threshold=0.5), (logits > 0).long())
    many = net((2, 5, 3))
    assert torch.equal(predict(many, X, batch_size=7), many(X).argmax(dim=1))


def test_search_sorts_by_validation():
    found = search(lambda lr, width: {"val_loss": (lr - 0.1) ** 2 + width}, {
        "lr": [0.01, 0.1, 1.0], "width": [2, 1],
    })  # fmt: skip
    assert len(found) == 6
    assert tuple(found.loc[0, ["lr", "width"]]) == (0.1, 1)


def test_numpy_numbers_are_as_good_as_pythons(data):
    runs = []
    for make in (int, np.int64):
        options = {"epochs": make(3), "patience": make(5), "seed": make(0), "batch_size": make(30)}
        lr = 0.05 if make is int else np.float64(0.05)
        runs.append(fit(net(), *data, loss="mse", lr=lr, validation=data, **options))
    assert runs[0] == runs[1]
    assert fit(net(), *data, loss="mse", epochs=1, lr=np.float32(0.1)).lr


def test_ctrl_c_keeps_what_was_learned(data, capsys):
    X, y = data
    model = net()
    before = [p.detach().clone() for p in model.parameters()]

    def interrupt(epoch, model, history):
        if epoch == 3:
            raise KeyboardInterrupt

    history = fit(model, X, y, loss="bce_with_logits", epochs=50, lr=0.1, on_epoch=interrupt)
    assert history.interrupted
    assert len(history) == 3
    assert any(not torch.equal(p, q) for p, q in zip(model.parameters(), before, strict=True))
    assert "Interrupted after 3 epochs" in capsys.readouterr().out


@pytest.mark.parametrize(("rows", "threads"), [(8, 1), (None, 2)])
def test_small_steps_use_fewer_threads(rows, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        X, y = torch.randn(3000, 784), torch.randint(0, 10, (3000,))
        seen = []
        fit(
            mlp((784, 64, 10)), X, y, loss="cross_entropy", epochs=1, lr=0.01, batch_size=rows,
            on_epoch=lambda *_: seen.append(torch.get_num_threads()),
        )  # fmt: skip
        assert seen == [threads]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_mixed_precision_learns_the_same_with_float32_parameters(data):
    X, y = (it.float() for it in data)
    losses = []
    for autocast in (None, torch.bfloat16):
        model, seen = net().float(), []
        model[1].register_forward_hook(lambda *it, seen=seen: seen.append(it[-1].dtype))
        history = fit(
            model, X, y, loss="bce_with_logits", epochs=20, lr=0.1, autocast=autocast
        )  # fmt: skip
        losses.append(history.train_loss[-1])
        assert (torch.bfloat16 in seen) == (autocast is not None)
        assert {it.dtype for it in model.parameters()} == {torch.float32}
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], abs=0.02)
    with pytest.raises(
        ValueError, match=r"autocast must be None or torch\.bfloat16; got torch\.int8"
    ):
        fit(net(), X.double(), y.double(), loss="mse", epochs=1, lr=0.1, autocast=torch.int8)


def test_the_bar_shows_loss_accuracy_and_time_left(data, capsys):
    X, y = data
    fit(net(), X, y, loss="bce_with_logits", epochs=2, lr=0.1, progress=True)
    bar = capsys.readouterr().err
    assert "loss=" in bar
    assert "accuracy=" in bar
    assert "<00:00" in bar
    fit(net(), X, y, loss="bce_with_logits", epochs=2, lr=0.1)
    assert capsys.readouterr() == ("", "")


def test_a_compiled_model_is_trained_as_a_plain_one(data):
    X, y = data
    plain, compiled = net(), net()
    history = fit(plain, X, y, loss="bce_with_logits", epochs=3, lr=0.1)
    same = fit(
        torch.compile(compiled, backend="eager"), X, y, loss="bce_with_logits", epochs=3, lr=0.1
    )
    assert same.train_loss == pytest.approx(history.train_loss, abs=1e-12)
    for a, b in zip(plain.parameters(), compiled.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_a_diverging_run_says_so(data):
    X, y = data
    with pytest.raises(FloatingPointError, match="learning rate below lr=1e"):
        fit(net((2, 8, 8, 1)), X, 1e6 * y, loss="mse", epochs=500, lr=1e12, optimizer="sgd")


ONES = torch.ones(4, 2, dtype=torch.float64)
TARGET = torch.ones(4, 1, dtype=torch.float64)
CLASSES = torch.tensor([0, 1, 2, 0])


class InList(nn.Module):
    """Layers where PyTorch does not find them."""

    def __init__(self, *others):
        super().__init__()
        self.layers = [nn.Linear(2, 2).double(), nn.Linear(2, 1).double()]
        self.others = nn.ModuleList(others)

    def forward(self, X):
        return self.layers[1](self.layers[0](X))


def normed() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)).double()


def words() -> nn.Module:
    """A model that takes numbers of words, float64 of shape (n, 1) from int64 (n,)."""
    return nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 1)).double()


def test_an_embedding_is_trained(data):
    model, X = words(), torch.arange(20) % 5
    y = (X % 2 == 0).double()[:, None]
    history = fit(model, X, y, loss="bce_with_logits", epochs=200, lr=0.1, validation=(X, y))
    assert history.val_accuracy[-1] == 1
    assert torch.equal(predict(model, X.int()), y[:, 0].long())


def test_the_rows_that_batchnorm_needs_are_there():
    fit(normed(), ONES, TARGET, loss="mse", epochs=1, lr=0.1, batch_size=2)
    set_seed(0)
    model = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(), nn.Flatten(), nn.Linear(4, 1))
    X, order = torch.ones(5, 1, 2, 2), torch.get_rng_state()
    fit(model, X, X[:, 0, :1, 0], loss="mse", epochs=1, lr=0.1, batch_size=4)
    drawn = torch.rand(1)
    torch.set_rng_state(order)
    for rows in (4, 1):
        nn.functional.dropout(X[:rows])
    assert drawn == torch.rand(1)  # the trial with one row has drawn no numbers of the run's own


def test_layers_in_a_list_of_a_registered_model_are_fine():
    model = net()
    model.also_known_as = [model[0], model[2]]
    fit(model, ONES, TARGET, loss="mse", epochs=1, lr=0.1)


def test_a_loss_function_makes_lazy_layers_too():
    model = nn.Sequential(nn.LazyLinear(1)).double()
    assert len(fit(model, ONES, TARGET, loss=nn.MSELoss(), epochs=2, lr=0.1)) == 2


def run(X=ONES, y=TARGET, model=None, **options):
    options = {"loss": "bce_with_logits", "epochs": 1, "lr": 0.1, **options}
    return fit(model or net(), X, y, **options)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: run(lr=0), ValueError, "lr must be a number above 0; got 0"),
        (lambda: run(lr=-1e-3), ValueError, "lr must be"),
        (lambda: run(lr="0.1"), ValueError, "lr must be"),
        (lambda: run(epochs=0), ValueError, "epochs must be"),
        (lambda: run(batch_size=0), ValueError, "batch_size must be"),
        (lambda: run(loss="hinge"), ValueError, "loss must be one of .* got 'hinge'"),
        (lambda: run(optimizer="lion"), ValueError, "optimizer must be one of"),
        (lambda: run(momentum=0.9), ValueError, "momentum goes with"),
        (lambda: run(schedule="warm"), ValueError, "schedule must be"),
        (lambda: run(patience=3), ValueError, "patience needs validation"),
        (lambda: run(X=ONES[:0], y=TARGET[:0]), ValueError, "empty batch"),
        (lambda: run(y=TARGET[:3]), ValueError, "y must have 4 rows"),
        (lambda: run(y=TARGET[:, 0]), ValueError, r"shape \(4, 1\); got \(4,\)"),
        (lambda: run(y=TARGET * 2), ValueError, r"lie in \[0, 1\]"),
        (lambda: run(X=ONES.float()), TypeError, "dtype torch.float64; got torch.float32"),
        (lambda: run(y=TARGET.float()), TypeError, "y must have dtype torch.float64"),
        (lambda: run(X=ONES * float("nan")), ValueError, "X must be finite"),
        (lambda: run(y=TARGET * float("nan"), loss="mse"), ValueError, "y must be finite"),
        (lambda: run(X=ONES.numpy()), TypeError, "X must be a torch tensor; got ndarray"),
        (lambda: run(y=CLASSES, loss="cross_entropy", model=net((2, 2))), ValueError, "0 … 1"),
        (lambda: run(loss="cross_entropy", model=net((2, 2))), TypeError, "int64 classes"),
        (lambda: run(validation=(ONES, TARGET[:, 0])), ValueError, r"validation\[1\] must have"),
        (lambda: predict(net(), ONES[:0]), ValueError, "empty batch"),
        (lambda: set_seed(-1), ValueError, "seed must be"),
        (lambda: set_seed(True), ValueError, "seed must be"),
        (lambda: run(lr=True), ValueError, "lr must be"),
        (lambda: run(momentum=1.5, optimizer="sgd"), ValueError, r"momentum must be .* got 1\.5"),
        (lambda: run(weight_decay=-1), ValueError, "weight_decay must be a number ≥ 0; got -1"),
        (lambda: run(seed=1.5), ValueError, "seed must be"),
        (lambda: run(validation=ONES), TypeError, "validation must be a pair"),
        (lambda: run(loss="bce", X=9 * ONES), ValueError, "take 'bce_with_logits'"),
        (
            lambda: run(lr=0.5, optimizer=torch.optim.SGD),
            ValueError,
            r"optimizer .*got <.*SGD",
        ),
        (lambda: run(schedule=torch.optim.lr_scheduler.StepLR), ValueError, "schedule must be"),
        (
            lambda: run(loss=nn.MSELoss),
            TypeError,
            r"class MSELoss: make one with MSELoss\(\)",
        ),
        (lambda: run(model=nn.Linear), TypeError, "nn.Module; got the class Linear"),
        (
            lambda: run(model=InList()),
            ValueError,
            r"layers is a plain list.*ModuleList",
        ),
        (
            lambda: run(model=InList(nn.Linear(2, 1).double())),
            ValueError,
            r"InList\.layers is a",
        ),
        (lambda: run(model=nn.Flatten()), ValueError, "parameters to train; got none"),
        (lambda: run(model=net().requires_grad_(False)), ValueError, "parameters to train"),
        (
            lambda: run(model=normed(), batch_size=3),
            ValueError,
            "two rows .* 4 rows in batches of 3",
        ),
        (
            lambda: run(model=normed(), X=ONES[:1], y=TARGET[:1]),
            ValueError,
            "1 rows in batches",
        ),
        (lambda: run(model=words(), X=CLASSES + 5), ValueError, r"0 … 4 for the .*; got 5 … 7"),
        (lambda: run(model=words(), X=CLASSES.int() - 1), ValueError, "got -1 … 1"),
        (lambda: run(model=words(), X=CLASSES.char()), TypeError, "got torch.int8"),
        (lambda: run(autocast=torch.bfloat16), ValueError, "float32 model; got torch.float64"),
        (lambda: run(penalty=1), TypeError, "penalty must be a function"),
        (lambda: run(X=ONES[:, :1]), ValueError, r"X must have rows .* got shape \(4, 1\)"),
        (lambda: run(X=ONES[0, 0]), ValueError, "X must have rows"),
        (lambda: predict(net(), ONES.numpy()), TypeError, "X must be a torch tensor"),
        (lambda: predict(net(), ONES * float("nan")), ValueError, "X must be finite"),
        (lambda: predict(net(), ONES, batch_size=0), ValueError, "batch_size must be"),
        (lambda: evaluate(net(), ONES, TARGET, "mse", 0), ValueError, "batch_size must be"),
        (lambda: search(lambda: {}, {}), ValueError, "grid must name"),
        (lambda: search(lambda a: {"val_loss": 1}, {"a": "12"}), ValueError, "grid must name"),
        (lambda: search(lambda a: {"loss": 1}, {"a": [1]}), ValueError, "a dict with 'val_loss'"),
        (lambda: search(lambda a: 1, {"a": [1]}), ValueError, "a dict with 'val_loss'; got 1"),
    ],
)
def test_bad_input_is_named(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_convolutions_are_trained_channels_last():
    model = cnn((4, 8), 8)
    X, y = torch.rand(16, 1, 28, 28), torch.arange(16) % 10
    fit(model, X, y, loss="cross_entropy", epochs=1, lr=1e-3)
    second = [layer for layer in model if isinstance(layer, nn.Conv2d)][1]
    assert second.weight.is_contiguous(memory_format=torch.channels_last)
    assert not second.weight.is_contiguous()
