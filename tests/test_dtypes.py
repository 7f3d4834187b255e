"""Whatever numbers a learner hands in, the result is that of float64, or a sentence says no."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from groundup import scratch
from groundup.models import mlp
from groundup.scratch import Network, Neuron
from groundup.training import evaluate, fit, predict

DTYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", ">u2", ">i4", ">i8"]
DTYPES += ["f2", "f4", "f8", ">f4", ">f8", "longdouble", "bool"]
#: How the same entries may be held.
FORMS = {
    "plain": lambda a: a,
    "read-only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
    "strided": lambda a: np.repeat(np.repeat(a, 2, axis=0), 3, axis=1)[::2, ::3],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "Fortran": np.asfortranarray,
    "masked": lambda a: np.ma.array(a, mask=np.zeros(a.shape, bool)),
    "objects": lambda a: a.astype(object),
    "lists": lambda a: a.tolist(),
}
#: These take no truth values and no objects, and say so.
STRICT = ("Network", "Neuron.train")


def network(a, loss: str) -> Network:
    """With weights of float64 that fit the rows of ``a``, and as many outputs as inputs."""
    d = a.shape[1]
    last = "identity" if loss in ("bce_with_logits", "cross_entropy") else "sigmoid"
    return Network([np.eye(d) / 8], [np.full(d, 0.1)], last, loss)


def of_network(loss: str):
    def result(hold, a):
        Y = hold(a % 2) if loss != "cross_entropy" else np.zeros(len(a), int)
        it = network(a, loss)
        dWs, dbs = it.backward(hold(a), Y)
        return [it.cost(hold(a), Y), it.forward(hold(a)), *dWs, *dbs]

    return result


def of_update(hold, a):
    it = Network([np.ones(a.shape)], [np.ones(a.shape[1])], "identity")
    it.update([hold(a)], [hold(a)[0]], 0.1)
    neuron = Neuron(np.ones(a.shape[1]), 1.0)
    neuron.update(hold(a)[0], hold(a)[0][0], 0.1)
    return [*it.weights, *it.biases, neuron.w, neuron.b]


def of_neuron(hold, a):
    neuron = Neuron(np.full(a.shape[1], 0.01), 0.5)
    return [neuron.predict(hold(a)), *neuron.gradients(hold(a)[0], hold(a % 2)[0][0])]


def of_training(hold, a):
    neuron = Neuron(np.full(a.shape[1], 0.01), 0.5)
    rng, targets = np.random.default_rng(0), [row[0] for row in hold(a % 2)]
    return neuron.train(hold(a), targets, steps=3, lr=0.1, rng=rng, record_every=1)


def applied(f):
    return lambda hold, a: f(hold(a))


#: name → the results of a function whose arguments ``hold`` makes from arrays of whole numbers.
RESULTS = {
    **{f.__name__: applied(f) for pair in scratch.ACTIVATIONS.values() for f in pair},
    "softmax": lambda hold, a: scratch.softmax(hold(a)),
    "mse": lambda hold, a: scratch.mse(hold(a), hold(a[::-1])),
    "quadratic_cost": lambda hold, a: scratch.quadratic_cost(hold(a), hold(a[::-1])),
    "bce_with_logits": lambda hold, a: scratch.bce_with_logits(hold(a), hold(a % 2)),
    "binary_cross_entropy": lambda hold, a: scratch.binary_cross_entropy(
        hold(a % 2), hold(a[::-1] % 2)
    ),
    "cross_entropy": lambda hold, a: scratch.cross_entropy(hold(a), np.zeros(len(a), int)),
    "finite_difference": lambda hold, a: scratch.finite_difference(
        lambda v: np.sum(v**2) / 1e4, hold(a)
    ),
    "finite_difference of a count": lambda hold, a: scratch.finite_difference(
        lambda v: hold(np.full((1, 1), v < 0))[0][0], 0.0, h=0.5
    ),
    "complex_step": lambda hold, a: scratch.complex_step(lambda v: np.sum(v**2), hold(a)),
    "Neuron": of_neuron,
    "Neuron.train": of_training,
    "update": of_update,
    **{f"Network, {loss}": of_network(loss) for loss in (*scratch._COSTS, "cross_entropy")},
}
whole_numbers = hnp.arrays(
    "i8",
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4),
    elements=st.integers(0, 100),
)


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("form", FORMS)
@given(a=whole_numbers, dtype=st.sampled_from(DTYPES))
def test_every_dtype_gives_what_float64_gives(name, form, a, dtype):
    a = a % 2 if dtype == "bool" else a
    hold = lambda v: FORMS[form](v.astype(dtype))  # noqa: E731
    if name.startswith(STRICT) and (dtype == "bool" or form == "objects"):
        with pytest.raises(TypeError, match="must hold numbers; got dtype"):
            RESULTS[name](hold, a)
        return
    found = RESULTS[name](hold, a)
    wanted = RESULTS[name](lambda v: v.astype(float), a)
    if not isinstance(found, list):
        found, wanted = [found], [wanted]
    for mine, theirs in zip(found, wanted, strict=True):
        assert np.asarray(mine).dtype == float
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)


NO_NUMBERS = {
    "texts": (lambda v: v.astype(str), TypeError, "must hold numbers"),
    "texts as objects": (lambda v: v.astype(str).astype(object), TypeError, "must hold numbers"),
    "times": (lambda v: v.astype("m8[s]"), TypeError, "must hold numbers"),
    "nothing": (lambda v: np.full(v.shape, None), TypeError, "must hold numbers"),
    "masked": (lambda v: np.ma.array(v, mask=True), ValueError, "no masked entries"),
    "ragged": (lambda v: [*v.tolist(), [1, 2, 3, 4]], ValueError, "an array of numbers"),
}


@pytest.mark.parametrize("what", NO_NUMBERS)
@pytest.mark.parametrize("name", [it for it in RESULTS if "count" not in it])
def test_what_holds_no_numbers_is_named(name, what):
    hold, error, says = NO_NUMBERS[what]
    with pytest.raises(error, match=says):
        RESULTS[name](hold, np.ones((2, 3), int))


def test_small_integers_do_not_wrap_round():
    assert scratch.mse(np.uint8([0]), np.uint8([16])) == 256
    assert scratch.quadratic_cost(np.uint8([[0]]), np.uint8([[16]])) == 128
    assert scratch.softmax(np.uint8([1, 2])).tolist() == scratch.softmax([1.0, 2.0]).tolist()


def test_exact_numbers_are_numbers():
    assert scratch.mse([Decimal("0.5"), Fraction(1, 2)], [0, 0]) == 0.25


def test_labels_may_be_any_whole_numbers():
    logits = np.array([[0.0, 1.0, 2.0]] * 2)
    wanted = scratch.cross_entropy(logits, np.array([0, 2]))
    for dtype in (it for it in DTYPES if np.dtype(it).kind in "ui"):
        assert scratch.cross_entropy(logits, np.array([0, 2], dtype)) == wanted
    with pytest.raises(ValueError, match="no masked entries"):
        scratch.cross_entropy(logits, np.ma.array([0, 2], mask=[True, False]))


# --- tensors ---

TENSORS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool]
TENSORS += [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]


@pytest.mark.parametrize("dtype", TENSORS, ids=str)
@pytest.mark.parametrize("loss", ["mse", "bce_with_logits", "cross_entropy"])
def test_tensors_have_the_models_dtype_or_are_refused(dtype, loss):
    X, y = torch.eye(4), torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    model = mlp((4, 1) if loss != "cross_entropy" else (4, 2))
    if dtype != torch.float32:
        for use in (
            lambda: predict(model, X.to(dtype)),
            lambda: evaluate(model, X.to(dtype), y, loss),
            lambda: fit(model, X.to(dtype), y, loss=loss, epochs=1, lr=0.1),
        ):
            with pytest.raises(TypeError, match=r"X must have the model's dtype torch\.float32"):
                use()
    wanted = torch.int64 if loss == "cross_entropy" else torch.float32
    target = y[:, 0].to(dtype) if loss == "cross_entropy" else y.to(dtype)
    if dtype == wanted:
        evaluate(model, X, target, loss)
    else:
        with pytest.raises(TypeError, match=r"y must (have dtype|be int64 classes)"):
            evaluate(model, X, target, loss)


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
@pytest.mark.parametrize("form", ["read-only", "strided", "backwards", "Fortran"])
def test_tensors_that_lie_otherwise_in_memory(form):
    array = np.random.default_rng(0).random((6, 4))
    held = FORMS[form](array)
    other = torch.from_numpy(held.copy() if form == "backwards" else held)
    X, y = torch.from_numpy(array), torch.ones(6, 1, dtype=torch.float64)
    models = [mlp((4, 1), dtype=torch.float64) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    losses = [
        fit(model, data, y, loss="mse", epochs=2, lr=0.1, batch_size=4).train_loss
        for model, data in zip(models, (X, other), strict=True)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-12)
    assert torch.equal(predict(models[0], X), predict(models[0], other))
