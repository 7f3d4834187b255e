"""PyTorch models of the course: multilayer perceptrons, the CNN, initialisation, the penalty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from numbers import Real

import torch
from safetensors.torch import save_file
from torch import nn

from groundup.paths import named
from groundup.scratch import check_sizes, is_whole

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "identity": nn.Identity,
}


def mlp(
    sizes: Sequence[int],
    activation: str = "relu",
    output: str | None = None,
    dropout: float = 0.0,
    dtype: torch.dtype | None = None,
) -> nn.Sequential:
    """A fully connected network with ``sizes`` neurons from input to output.

    The input of shape (n, …) is flattened to (n, sizes[0]); the result has shape (n, sizes[-1]):
    logits, unless ``output`` names an activation ("sigmoid", "softmax", …). ``dropout`` is the
    probability of dropping each hidden activation. ``mlp((784, 10))`` is logistic regression.
    """
    sizes = check_sizes(sizes)
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {list(ACTIVATIONS)}; got {activation!r}")
    if output not in (None, "softmax", *ACTIVATIONS):
        raise ValueError(
            f"output must be None, 'softmax' or one of {list(ACTIVATIONS)}; got {output!r}"
        )
    if not isinstance(dropout, Real) or not 0 <= dropout < 1:
        raise ValueError(f"dropout must be a probability in [0, 1); got {dropout!r}")
    layers: list[nn.Module] = [nn.Flatten()]
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(n_in, n_out, dtype=dtype))
        if i < len(sizes) - 2:
            layers.append(ACTIVATIONS[activation]())
            if dropout:
                layers.append(nn.Dropout(dropout))
    if output is not None:
        layers.append(nn.Softmax(dim=1) if output == "softmax" else ACTIVATIONS[output]())
    return nn.Sequential(*layers)


def cnn(channels: Sequence[int] = (8, 16), hidden: int = 32, classes: int = 10) -> nn.Sequential:
    """The course's CNN for images (n, 1, 28, 28); gives logits (n, classes).

    For each entry of ``channels``: a 3 × 3 convolution with padding 1, ReLU, 2 × 2 max-pooling;
    then a hidden layer with ReLU and the output layer. 26 698 parameters as it comes.
    """
    found = tuple(channels) if isinstance(channels, Iterable) else ()
    if not 1 <= len(found) <= 4 or not all(map(is_whole, found)):
        raise ValueError(f"channels must be one to four whole numbers ≥ 1; got {channels!r}")
    for name, value in (("hidden", hidden), ("classes", classes)):
        if not is_whole(value):
            raise ValueError(f"{name} must be a whole number ≥ 1; got {value!r}")
    channels = found
    layers: list[nn.Module] = []
    side = 28
    for c_in, c_out in zip((1, *channels[:-1]), channels, strict=True):
        layers += [nn.Conv2d(c_in, c_out, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        side //= 2
    layers += [nn.Flatten(), nn.Linear(channels[-1] * side * side, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


def initialise(
    model: nn.Module, scheme: str | tuple[str, float], seed: int | None = None
) -> nn.Module:
    """Set every weight of the linear and convolutional layers anew, and every bias to zero.

    ``scheme`` is "xavier" (Glorot and Bengio 2010, uniform), "he" (He et al. 2015, normal),
    "zeros", or ("normal", standard deviation). Changes ``model`` and returns it.
    """
    fill = {
        "xavier": nn.init.xavier_uniform_,
        "he": lambda W, generator=None: nn.init.kaiming_normal_(
            W, nonlinearity="relu", generator=generator
        ),
        "zeros": lambda W, generator=None: nn.init.zeros_(W),
    }
    name = scheme if isinstance(scheme, str) else "normal"
    if not isinstance(scheme, str):
        normal = isinstance(scheme, Sequence) and len(scheme) == 2 and scheme[0] == "normal"
        if not normal or not isinstance(scheme[1], Real) or not scheme[1] > 0:
            raise ValueError(f"scheme must be a name or ('normal', std > 0); got {scheme!r}")
        fill["normal"] = lambda W, generator=None: nn.init.normal_(
            W, std=scheme[1], generator=generator
        )
    if name not in fill:
        raise ValueError(f"scheme must be one of {list(fill)} or ('normal', std); got {scheme!r}")
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            fill[name](module.weight, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return model


def count_parameters(model: nn.Module) -> int:
    """Number of weights and biases that training changes."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def l2_penalty(model: nn.Module) -> torch.Tensor:
    """Σ w² over all weights (the squared norm, as in ridge regression); biases are left free."""
    return sum((W**2).sum() for W in model.parameters() if W.ndim > 1)


def export_weights(models: Mapping[str, nn.Module], name: str) -> str:
    """Keep the models' parameters for the book's page: safetensors, float16 to halve the download.

    Writes ``<name>.safetensors`` into the folder that the environment variable ``GROUNDUP_EXPORT``
    names (``make run`` sets it); where it is not set, nothing is written. The parameters of
    ``models["mlp"]`` get names such as ``mlp.1.weight``. Returns how many there are, in words.
    """
    tensors = {
        f"{model_name}.{key}": value.half().contiguous()
        for model_name, model in models.items()
        for key, value in model.state_dict().items()
    }
    folder = named("GROUNDUP_EXPORT")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, folder / f"{name}.safetensors")
    numbers = sum(value.numel() for value in tensors.values())
    return f"{len(tensors)} arrays, {numbers} parameters"
