"""groundup.models: architectures, parameter counts, initialisation, the penalty."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from groundup.models import cnn, count_parameters, export_weights, initialise, l2_penalty, mlp


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (mlp((2, 2, 4, 1), "sigmoid"), 23),
        (mlp((2, 2, 3, 2), "sigmoid"), 23),
        (mlp((2, 20, 40, 20, 1)), 1741),
        (mlp((784, 64, 64, 64, 10), "tanh"), 59_210),
        (mlp((784, 10)), 7850),
        (cnn(), 26_698),
    ],
)
def test_parameter_counts_of_the_course(model, parameters):
    assert count_parameters(model) == parameters


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(1, 4))
def test_mlp_shapes(sizes, rows):
    model = mlp(sizes, "tanh", output="softmax", dtype=torch.float64)
    out = model(torch.randn(rows, sizes[0], dtype=torch.float64))
    assert out.shape == (rows, sizes[-1])
    torch.testing.assert_close(out.sum(dim=1), torch.ones(rows, dtype=torch.float64))


def test_frozen_parameters_are_not_counted():
    model = mlp((2, 3, 1))
    model[1].requires_grad_(False)
    assert count_parameters(model) == 4


def test_cnn_takes_images_and_gives_logits():
    out = cnn((4, 8, 8), hidden=5, classes=3)(torch.zeros(2, 1, 28, 28))
    assert out.shape == (2, 3)


def test_dropout_is_between_hidden_layers_only():
    kinds = [type(layer).__name__ for layer in mlp((2, 3, 1), dropout=0.5)]
    assert kinds == ["Flatten", "Linear", "ReLU", "Dropout", "Linear"]


@pytest.mark.parametrize(
    ("scheme", "std"),
    [("xavier", (2 / 800) ** 0.5), ("he", (2 / 400) ** 0.5), (("normal", 0.3), 0.3), ("zeros", 0)],
)
def test_initialisation_has_the_stated_spread_and_zero_biases(scheme, std):
    model = initialise(mlp((400, 400, 1)), scheme, seed=0)
    assert model[1].weight.std().item() == pytest.approx(std, rel=0.02)
    assert (model[1].bias == 0).all()
    again = initialise(mlp((400, 400, 1)), scheme, seed=0)
    torch.testing.assert_close(model[1].weight, again[1].weight)


def test_convolutions_are_initialised_too():
    model = initialise(cnn(), "zeros")
    assert all((p == 0).all() for p in model.parameters())


def test_exported_weights_are_the_models_own_in_float16(tmp_path, monkeypatch):
    monkeypatch.delenv("GROUNDUP_EXPORT", raising=False)
    model = mlp((3, 2))
    assert export_weights({"mlp": model}, "small") == "2 arrays, 8 parameters"
    monkeypatch.setenv("GROUNDUP_EXPORT", str(tmp_path / "new"))
    export_weights({"mlp": model}, "small")
    found = load_file(tmp_path / "new" / "small.safetensors")
    assert set(found) == {"mlp.1.weight", "mlp.1.bias"}
    assert torch.equal(found["mlp.1.weight"], model[1].weight.detach().half())


def test_the_penalty_leaves_biases_free_and_squares_the_norm():
    model = mlp((2, 1))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[3.0, -4.0]]))
        model[1].bias.fill_(100.0)
    assert l2_penalty(model).item() == 25


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: mlp((2,)), r"sizes .* got \(2,\)"),
        (lambda: mlp((2, 0)), "sizes"),
        (lambda: mlp((2, 1.5)), "sizes"),
        (lambda: mlp((2, 1), "swish"), "activation .* 'swish'"),
        (lambda: mlp((2, 1), output="max"), "output .* 'max'"),
        (lambda: mlp((2, 2, 1), dropout=1.0), r"dropout .* 1\.0"),
        (lambda: cnn((1, 1, 1, 1, 1)), "channels"),
        (lambda: mlp(3), "sizes .* got 3"),
        (lambda: mlp((2, 2, 1), dropout="no"), "dropout .* 'no'"),
        (lambda: cnn((0,)), "channels"),
        (lambda: cnn(8), "channels .* got 8"),
        (lambda: cnn(hidden=0), "hidden .* got 0"),
        (lambda: cnn(classes=-1), "classes .* got -1"),
        (lambda: initialise(mlp((2, 1)), None), "scheme .* None"),
        (lambda: initialise(mlp((2, 1)), "glorot"), "scheme .* 'glorot'"),
        (lambda: initialise(mlp((2, 1)), ("normal", 0)), "std > 0"),
    ],
)
def test_bad_input_is_named(make, says):
    with pytest.raises(ValueError, match=says):
        make()
