"""Exercises of chapter 4: tensors, batches, losses, the training loop, stopping, evaluation."""

import numpy as np

from groundup.datasets import moons
from groundup.later import Later
from groundup.questions.compare import Seen, a_type
from groundup.questions.question import exercise

torch, nn = Later("torch"), Later("torch.nn")

# --- 4.1 ---


@exercise(
    "4.1",
    title="A target that fits",
    prompt="""
    A network gives logits of shape `(n, 1)`, and the binary cross-entropy is its loss. But the labels
    of a data set are -1 and 1. Write `as_target(y)`: turn such an integer array, shape `(n,)`, into the
    tensor that fits the loss, with dtype `float32` and shape `(n, 1)`.
    """,
    stub="""
    def as_target(y):
        return ...  # your code
    """,
    hints=(
        "Which two numbers does the binary cross-entropy want as targets?",
        "A step that moves -1 to 0, and 1 to itself, is an addition and a division.",
        "`torch.tensor` takes a `dtype`; `unsqueeze(1)` or `[:, None]` adds the second dimension.",
    ),
    cases=lambda rng: [(np.array([-1, 1, 1]),), (np.array([1]),), (2 * rng.integers(0, 2, 7) - 1,)],
    run=lambda answer, y: _described(answer(y)),
    float32=False,
)
def as_target(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32).unsqueeze(1)


def _described(result):
    """A tensor's type, shape, values and dtype in a form that can be compared."""
    if result is None or result is ...:
        return result
    if not isinstance(result, torch.Tensor):
        return Seen({"the type of what you return": a_type(result)})
    return Seen(
        {
            "the type of what you return": "a tensor",
            "the dtype": str(result.dtype),
            "the shape": np.array(result.shape),
            "the list of the numbers in it": result.detach().double().reshape(-1).numpy(),
        }
    )


@as_target.also_right
def as_target_by_reshape(y):
    return (torch.from_numpy(np.asarray(y)) > 0).float().reshape(-1, 1)


@as_target.slip("The values are right, but the shape is `(n,)`: a dimension is missing.")
def stays_flat(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32)


@as_target.slip("The shape is `(1, n)`: the dimension was added in front instead of behind.")
def a_row(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32).unsqueeze(0)


@as_target.slip("The dtype is an integer type; the loss compares floats with floats.")
def integers(y):
    return torch.tensor(y > 0).long().unsqueeze(1)


@as_target.slip("The result is a NumPy array; a tensor was asked for.")
def numpy_array(y):
    return (y[:, None] > 0).astype(np.float32)


@as_target.slip("The dtype is `float64`; the model computes in `float32`.")
def double_precision(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float64).unsqueeze(1)


@as_target.slip(
    "Neither fits yet: the dtype is an integer type, and the shape is `(n,)`, without the second"
    " dimension."
)
def as_it_comes(y):
    return torch.tensor((y + 1) // 2)


@as_target.slip("The result is a list; a tensor was asked for.")
def a_list(y):
    return [[float(label > 0)] for label in y]


@as_target.slip(
    "Neither fits yet: the dtype is `float64`, and the shape is `(n,)`, without the second dimension."
)
def flat_doubles(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float64)


@as_target.slip("The dtype is `float16`, half precision; the model computes in `float32`.")
def half_precision(y):
    return torch.tensor(y > 0).half().unsqueeze(1)


@as_target.slip("There is a dimension too many: `(n, 1, 1)`.")
def one_dimension_too_many(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32)[:, None, None]


@as_target.slip("Shape and dtype fit. A label is still -1: the loss wants 0 for that class.")
def labels_as_they_are(y):
    return torch.tensor(y, dtype=torch.float32).unsqueeze(1)


@as_target.slip("The targets are 0 and 2 now; the larger one has to be 1.")
def zero_and_two(y):
    return torch.tensor(y + 1, dtype=torch.float32).unsqueeze(1)


@as_target.slip("The classes have changed places: -1 becomes 0, and 1 stays 1.")
def target_classes_exchanged(y):
    return torch.tensor((1 - y) / 2, dtype=torch.float32).unsqueeze(1)


@as_target.slip("These are truth values; the loss compares floats with floats.")
def truth_values(y):
    return torch.tensor(y > 0).unsqueeze(1)


@as_target.slip("All targets are positive or all the same: the sign of a label is its class.")
def sign_thrown_away(y):
    return torch.tensor(np.abs(y), dtype=torch.float32).unsqueeze(1)


@as_target.slip("The targets are one half apart on both sides of 0; 0 and 1 are wanted.")
def half_on_both_sides(y):
    return torch.tensor(y / 2, dtype=torch.float32).unsqueeze(1)


# --- 4.2 ---


@exercise(
    "4.2",
    title="The model as a class",
    prompt="""
    Write the class `SmallNet`: a network 2–16–16–1 with ReLU between the layers. Its output is the
    *logit*, shape `(n, 1)`.
    """,
    stub="""
    class SmallNet(nn.Module):
        def __init__(self):
            super().__init__()
            ...  # your layers

        def forward(self, x):
            return ...  # your code
    """,
    hints=(
        "Make three `nn.Linear` layers in `__init__` and keep them as attributes of `self`.",
        "In `forward`, apply a layer, then ReLU, and so on.",
        "After the last layer comes nothing: logits.",
    ),
    float32=False,
    time_limit=20,
)
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(2, 16)
        self.layer2 = nn.Linear(16, 16)
        self.layer3 = nn.Linear(16, 1)

    def forward(self, x):
        a = torch.relu(self.layer1(x))
        a = torch.relu(self.layer2(a))
        return self.layer3(a)


@SmallNet.judge
def _judge_net(answer, rng):
    torch.manual_seed(0)
    model = answer()
    x = torch.tensor(rng.normal(size=(50, 2)) * 30, dtype=torch.float32)
    weights = list(model.parameters())
    if not weights:
        return "layers_in_a_list"
    out = model(x)
    if not isinstance(out, torch.Tensor):
        return (
            f"`forward` must return a tensor; it returns {type(out).__name__}. Is there a `return`?"
        )
    if tuple(out.shape) != (50, 1):
        return f"For 50 rows the output must have the shape (50, 1); it has {tuple(out.shape)}."
    size = sum(p.numel() for p in weights)
    if size == 2 * 16 + 16 + 16 * 1 + 1:
        return "one_layer_short"
    if size != 337:
        return f"The network 2-16-16-1 has 337 parameters; yours has {size}."
    with torch.no_grad():
        # Three linear maps are told apart by their shapes; then the whole network can be computed.
        maps = {tuple(m.weight.shape): m for m in model.modules() if isinstance(m, nn.Linear)}
        if maps.keys() == {(16, 2), (16, 16), (1, 16)}:
            return _which_net(out, x, maps[16, 2], maps[16, 16], maps[1, 16])
        if ((out >= 0) & (out <= 1)).all():
            return "sigmoid_at_the_end"
        if (out >= 0).all() and (out == 0).any():
            return "relu_at_the_end"
        if torch.allclose(
            model(x) + model(x[0]), model(x + x[0]) + model(0 * x), rtol=1e-3, atol=1e-4
        ):
            return "no_relu"
        if torch.allclose(model(1e3 * x), model(2e3 * x), rtol=1e-3, atol=1e-3):
            return "another_function"  # its neurons saturate, which ReLU never does
    return None


def _which_net(out, x, first, second, third):
    """The slip that makes ``out`` of ``x`` with these three layers, or None where it is right."""

    def same(hidden, last=lambda z: z):
        return torch.allclose(
            out, last(third(hidden(second(hidden(first(x)))))), rtol=1e-4, atol=1e-4
        )

    if same(torch.relu):
        return None
    if same(torch.relu, torch.sigmoid):
        return "sigmoid_at_the_end"
    if same(torch.relu, torch.relu):
        return "relu_at_the_end"
    if same(torch.sigmoid):
        return "sigmoid_between"
    if same(torch.tanh):
        return "tanh_between"
    if same(lambda z: z):
        return "no_relu"
    return "another_function"


@SmallNet.also_right
class NetAsSequential(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
        )


@SmallNet.slip(
    "PyTorch finds no parameters: layers in a plain Python list or in local variables are hidden from"
    " it. Use attributes of `self`, `nn.Sequential` or `nn.ModuleList`."
)
class layers_in_a_list(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)]

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def _net(*layers):
    class AnyNet(nn.Sequential):
        def __init__(self):
            super().__init__(*(make() for make in layers))

    return AnyNet


SmallNet.slip(
    "There is one hidden layer; 2–16–16–1 has two of them, and three linear maps.",
    name="one_layer_short",
)(_net(lambda: nn.Linear(2, 16), nn.ReLU, lambda: nn.Linear(16, 1)))
SmallNet.slip(
    "All outputs lie between 0 and 1: there is a sigmoid at the end. The logit is the number before"
    " it.",
    name="sigmoid_at_the_end",
)(
    _net(
        lambda: nn.Linear(2, 16),
        nn.ReLU,
        lambda: nn.Linear(16, 16),
        nn.ReLU,
        lambda: nn.Linear(16, 1),
        nn.Sigmoid,
    )
)
SmallNet.slip(
    "No output is negative: there is a ReLU after the last layer, and logits of class 0 are lost.",
    name="relu_at_the_end",
)(
    _net(
        lambda: nn.Linear(2, 16),
        nn.ReLU,
        lambda: nn.Linear(16, 16),
        nn.ReLU,
        lambda: nn.Linear(16, 1),
        nn.ReLU,
    )
)
SmallNet.slip(
    "The function is a straight plane: the activations between the layers are missing.",
    name="no_relu",
)(_net(lambda: nn.Linear(2, 16), lambda: nn.Linear(16, 16), lambda: nn.Linear(16, 1)))
SmallNet.slip(
    "The hidden layers have the sigmoid; ReLU was asked for.",
    name="sigmoid_between",
)(
    _net(
        lambda: nn.Linear(2, 16),
        nn.Sigmoid,
        lambda: nn.Linear(16, 16),
        nn.Sigmoid,
        lambda: nn.Linear(16, 1),
    )
)
SmallNet.slip(
    "The hidden layers have tanh; ReLU was asked for.",
    name="tanh_between",
)(
    _net(
        lambda: nn.Linear(2, 16),
        nn.Tanh,
        lambda: nn.Linear(16, 16),
        nn.Tanh,
        lambda: nn.Linear(16, 1),
    )
)
SmallNet.slip(
    "The sizes are right, the outputs are not: is each layer used, once, and is there a ReLU after"
    " both hidden layers?",
    name="another_function",
)(
    _net(
        lambda: nn.Linear(2, 16),
        nn.ReLU,
        lambda: nn.Linear(16, 16),
        lambda: nn.Linear(16, 1),
    )
)


# --- 4.3 ---


@exercise(
    "4.3",
    title="Binary cross-entropy from logits",
    prompt="""
    Write `bce_with_logits(z, y)` in NumPy for arrays of the same shape: the mean of
    $\\log(1 + e^z) - y z$, without overflow for `z` up to $\\pm 1000$.
    """,
    stub="""
    def bce_with_logits(z, y):
        return ...  # your code
    """,
    hints=(
        "The formula as it stands overflows in `np.exp` for large `z`.",
        "$\\log(1 + e^z) = \\max(z, 0) + \\log(1 + e^{-|z|})$",
        "NumPy also has `np.logaddexp`.",
    ),
    cases=lambda rng: [
        (np.array([[0.7], [-1.6], [2.3]]), np.array([[1.0], [0.0], [0.0]])),
        (np.array([2.0, -1.0]), np.array([0.0, 1.0])),
        (rng.normal(size=(4, 1)) * 3, rng.integers(0, 2, (4, 1)) * 1.0),
        (np.array([1000.0, -1000.0]), np.array([0.0, 1.0])),
        (np.array([1000.0, -1000.0]), np.array([1.0, 0.0])),
    ],
    forbid_warnings=True,
)
def bce_with_logits(z, y):
    return np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z)


@bce_with_logits.also_right
def with_logaddexp(z, y):
    return np.mean(np.logaddexp(0, z) - np.asarray(y) * z)


@bce_with_logits.slip(
    "For large logits `np.exp` overflows, or the logarithm of 0 is taken. Take exponentials of negative"
    " numbers only (`np.where` computes both of its branches for every entry)."
)
def overflowing(z, y):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


@bce_with_logits.slip(
    "The exponential of $|z|$ overflows. Look at the sign: $e^{-|z|}$ is never larger than 1."
)
def exponential_of_the_size(z, y):
    return np.mean(np.maximum(z, 0) + np.log1p(np.exp(np.abs(z))) - y * z)


def _through_a_clipped_logit(limit):
    def bce_with_logits(z, y):
        p = 1 / (1 + np.exp(-np.clip(z, -limit, limit)))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    return bce_with_logits


for _limit in (30, 20):
    bce_with_logits.slip(
        f"The logits are cut off at {_limit}: whoever is wrong by 1000 should pay 1000, not {_limit}."
        " Rearrange the formula instead of cutting.",
        name=f"cut_off_at_{_limit}",
    )(_through_a_clipped_logit(_limit))


@bce_with_logits.slip("The labels play no part: the second term is missing.")
def labels_lost(z, y):
    return np.mean(np.logaddexp(0, z) - 0 * y)


@bce_with_logits.slip("That is the sum over the examples; the mean is wanted.")
def bce_summed(z, y):
    return np.sum(np.logaddexp(0, z) - y * z)


@bce_with_logits.slip("The classes are exchanged: a large logit should be cheap for label 1.")
def bce_exchanged(z, y):
    return np.mean(np.logaddexp(0, z) - (1 - y) * z)


@bce_with_logits.slip("Each example's loss is right. One number is wanted, their mean.")
def bce_not_averaged(z, y):
    return np.logaddexp(0, z) - y * z


@bce_with_logits.slip("The sign of the second term is wrong.")
def bce_plus(z, y):
    return np.mean(np.logaddexp(0, z) + y * z)


@bce_with_logits.slip(
    "$\\log(1 + e^{-|z|})$ alone is not $\\log(1 + e^z)$: for large $z$ it should grow like $z$."
)
def bce_part_missing(z, y):
    return np.mean(np.log1p(np.exp(-np.abs(z))) - y * z)


@bce_with_logits.slip(
    "Nothing overflows, but clipping changes the value: for a logit of 1 000 and the label 0 the loss"
    " is 1 000."
)
def bce_clipped(z, y):
    return np.mean(np.log(1 + np.exp(np.clip(z, -500, 500))) - y * z)


for _name, _make, _message in [
    (
        "bce_base_two",
        lambda z, y: np.mean(np.logaddexp2(0, z / np.log(2)) - y * z),
        "The first term is a logarithm with base 2; the natural one is meant.",
    ),
    (
        "bce_base_two_throughout",
        lambda z, y: np.mean(np.logaddexp2(0, z) - y * z),
        "`np.logaddexp2` adds powers of 2; here powers of $e$ are added.",
    ),
    (
        "bce_base_ten",
        lambda z, y: np.mean(np.maximum(z, 0) + np.log10(1 + np.exp(-np.abs(z))) - y * z),
        "The logarithm has base 10; the natural one is meant.",
    ),
    (
        "bce_mean_of_one_term",
        lambda z, y: np.mean(np.logaddexp(0, z)) - y * z,
        "The mean is taken of the first term only: the bracket closes too early.",
    ),
    (
        "bce_mean_along_one_axis",
        lambda z, y: np.mean(np.logaddexp(0, z) - y * z, axis=0),
        "The mean runs along one axis. One number is wanted, the mean of all entries.",
    ),
    (
        "bce_all_clipped",
        lambda z, y: np.mean(np.log(1 + np.exp(np.clip(z, -50, 50))) - y * np.clip(z, -50, 50)),
        "Nothing overflows, but clipping the logits at 50 changes the loss of those beyond.",
    ),
]:
    bce_with_logits.slip(_message, name=_name)(_make)


@bce_with_logits.slip(
    "The probabilities are kept away from 0 and 1, so a sure mistake costs about 16 at most. Write the"
    " loss with `z` alone."
)
def probabilities_kept_away(z, y):
    p = np.clip(1 / (1 + np.exp(-np.clip(z, -500, 500))), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@bce_with_logits.slip("The exponent has the wrong sign: it is $e^z$ in the logarithm.")
def exponent_turned(z, y):
    return np.mean(np.logaddexp(0, -z) - y * z)


# --- 4.4 ---


@exercise(
    "4.4",
    title="Mini-batches by indexing",
    prompt="""
    Write `batches(n, size, order)`: cut the array `order`, a permutation of the row numbers
    0 … n−1, into a list of arrays with `size` numbers each, in the order given. The last one may be
    shorter.
    """,
    stub="""
    def batches(n, size, order):
        return ...  # your code
    """,
    hints=(
        "The batches begin at 0, `size`, `2 * size` …",
        "`range(0, n, size)` gives these beginnings.",
        "A slice that reaches over the end is simply shorter.",
    ),
    cases=lambda rng: [
        (7, 3, np.array([5, 2, 6, 0, 3, 1, 4])),
        (5, 2, rng.permutation(5)),
        (3, 10, rng.permutation(3)),
        (23, 5, rng.permutation(23)),
        (4, 2, np.array([2, 0, 3, 1])),
    ],
    float32=False,
)
def batches(n, size, order):
    return [order[start : start + size] for start in range(0, n, size)]


@batches.also_right
def batches_by_split(n, size, order):
    return np.array_split(np.array(order), np.arange(size, n, size))


@batches.slip("The last, short batch is missing, so some rows are never used.")
def drops_the_rest(n, size, order):
    return [order[k * size : (k + 1) * size] for k in range(max(n // size, 1 if size > n else 0))][
        : n // size
    ]


@batches.slip("The order is ignored: the batches hold 0, 1, 2 … instead of the shuffled numbers.")
def ignores_the_order(n, size, order):
    rows = np.arange(n)
    return [rows[start : start + size] for start in range(0, n, size)]


@batches.slip("The batches overlap: each begins one row after the last. Step by `size`.")
def overlapping(n, size, order):
    return [order[start : start + size] for start in range(n)]


@batches.slip("These are `size` batches; what is wanted are batches *of* `size` rows.")
def that_many_batches(n, size, order):
    return np.array_split(order, size)


@batches.slip("Where `size` divides `n` there is an empty batch at the end.")
def an_empty_batch(n, size, order):
    return [order[k * size : (k + 1) * size] for k in range(n // size + 1)]


@batches.slip("Each slice ends at `size`; from the second batch on it has to end further along.")
def same_end(n, size, order):
    return [order[start:size] for start in range(0, n, size)]


@batches.slip(
    "The rows are shared out evenly. Every batch has `size` rows, only the last one may have fewer."
)
def shared_out(n, size, order):
    return np.array_split(order, max(n // size, 1))


@batches.slip("A batch is one row too short: a slice already stops before its end.")
def one_row_short(n, size, order):
    return [order[start : start + size - 1] for start in range(0, n, size)]


@batches.slip(
    "The rows are shared out evenly, and where `size` is larger than `n` nothing is left to share. Every"
    " batch has `size` rows, only the last one may have fewer."
)
def shared_out_among_whole_batches(n, size, order):
    return np.array_split(order, n // size)


@batches.slip(
    "The number of batches is right, but the rows are shared out evenly. Every batch has `size` rows,"
    " only the last one may have fewer."
)
def shared_out_among_all_batches(n, size, order):
    return np.array_split(order, -(-n // size))


@batches.slip("A table has rows of one length: where a short batch is left over, `reshape` fails.")
def as_a_table(n, size, order):
    return list(order.reshape(-1, size))


@batches.slip("There is only the first batch. Does the `return` stand inside the loop?")
def first_batch_only(n, size, order):
    return [order[:size]]


@batches.slip(
    "The last batch is filled up with rows that have been used already. It may be shorter."
)
def last_batch_filled_up(n, size, order):
    return [order[max(0, min(k, n - size)) :][:size] for k in range(0, n, size)]


# --- 4.5 ---


@exercise(
    "4.5",
    title="One training step, with a limit",
    prompt="""
    Now and then a batch has a gradient so large that one step spoils a network. Write
    `train_step(model, optimizer, X, y)`: one step with `nn.BCEWithLogitsLoss`, in which the norm of the
    whole gradient is limited to 1 (`nn.utils.clip_grad_norm_`; look up what it takes, and think of when
    it must be called). Return the loss *before* the step as a Python number. Old gradients must not
    matter.
    """,
    stub="""
    def train_step(model, optimizer, X, y):
        return ...  # your code
    """,
    hints=(
        "Six things: predict, loss, empty the gradients, backward, limit, step.",
        "The limit changes the gradients that are there. When are they there, and when are they used?",
        "`.item()` turns a tensor with one number into that number.",
    ),
    cases=lambda rng: [(0, 1), (1, 3), (2, 5)],
    run=lambda answer, seed, steps: _run_steps(answer, seed, steps),
    rtol=1e-5,  # PyTorch adds 1e-6 to the norm
    float32=False,
    time_limit=20,
)
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def _run_steps(answer, seed, steps):
    """Losses and weights after some steps, from gradients that are not empty at the start."""
    torch.manual_seed(seed)
    model = nn.Linear(2, 1, dtype=torch.float64)
    X = torch.randn(8, 2, dtype=torch.float64) * (
        6 if seed else 1
    )  # a large gradient, or a small one
    y = (X[:, :1] + X[:, 1:] < 0).double()
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = [answer(model, optimizer, X, y) for _ in range(steps)]
    if any(isinstance(v, torch.Tensor) for v in losses):
        return Seen({"the type of what you return": "a tensor, not a number"})
    return Seen(
        {
            "the type of what you return": "a number",
            "the list of the losses": losses,
            "the list of the weights after these steps": model.weight.detach().numpy().copy(),
        }
    )


@train_step.also_right
def train_step_by_hand(model, optimizer, X, y):
    loss = nn.functional.binary_cross_entropy_with_logits(model(X), y)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    norm = torch.sqrt(sum((g**2).sum() for g in gradients))
    for p, g in zip(model.parameters(), gradients, strict=True):
        p.grad = g / max(1.0, norm.item())
    optimizer.step()
    return float(loss)


def _limited(model):
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)


def _step_with(order, limit=_limited):
    def train_step(model, optimizer, X, y):
        loss = nn.functional.binary_cross_entropy_with_logits(model(X), y)
        calls = {"zero": optimizer.zero_grad, "back": loss.backward, "step": optimizer.step}
        calls["limit"] = lambda: limit(model)
        for what in order:
            calls[what]()
        return loss.item()

    return train_step


train_step.slip(
    "Old gradients are still in the sum: nothing empties them before `backward`.",
    name="never_emptied",
)(_step_with(["back", "limit", "step"]))
train_step.slip(
    "The weights do not change: the step is missing, or it comes when the gradients are empty. Look at"
    " the order of the calls.",
    name="nothing_moves",
)(_step_with(["back", "limit", "zero", "step"]))
train_step.slip(
    "The gradients are emptied after the step only: what was there before the first call still counts.",
    name="emptied_after",
)(_step_with(["back", "limit", "step", "zero"]))


@train_step.slip("The weights are right, but the loss is that *after* the step.")
def loss_after_the_step(model, optimizer, X, y):
    train_step.reference(model, optimizer, X, y)
    return nn.BCEWithLogitsLoss()(model(X), y).item()


@train_step.slip(
    "The result is a tensor; a Python number was asked for, so that the record can go."
)
def returns_a_tensor(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    _limited(model)
    optimizer.step()
    return loss


def _step_with_loss(loss_of):
    def train_step(model, optimizer, X, y):
        loss = loss_of(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        _limited(model)
        optimizer.step()
        return loss.item()

    return train_step


train_step.slip(
    "A sigmoid is applied twice: `nn.BCEWithLogitsLoss` takes logits and has its own.",
    name="sigmoid_twice",
)(_step_with_loss(lambda z, y: nn.BCEWithLogitsLoss()(torch.sigmoid(z), y)))
train_step.slip(
    "Output and target have changed places in the loss: the prediction comes first.",
    name="loss_turned_round",
)(_step_with_loss(lambda z, y: nn.BCEWithLogitsLoss()(y, z)))
train_step.slip(
    "That is the squared error; the exercise names another loss.", name="squared_error"
)(_step_with_loss(lambda z, y: nn.MSELoss()(z, y)))


@train_step.slip("The step is right, but the function returns nothing.")
def step_without_return(model, optimizer, X, y):
    train_step.reference(model, optimizer, X, y)


train_step.slip(
    "That is the sum over the examples, and its gradient: the steps are as many times too long."
    " `nn.BCEWithLogitsLoss` takes the mean unless it is told otherwise.",
    name="loss_summed",
)(_step_with_loss(lambda z, y: nn.BCEWithLogitsLoss(reduction="sum")(z, y)))
train_step.slip(
    "PyTorch refuses. Is the loss made first and called then, with a second pair of brackets, and does"
    " it take logits as they are?",
    name="loss_refused",
)(_step_with_loss(lambda z, y: nn.BCEWithLogitsLoss(z, y)))


@train_step.slip("The loss is right, but two steps are taken where one was asked for.")
def two_steps(model, optimizer, X, y):
    loss = train_step.reference(model, optimizer, X, y)
    optimizer.step()
    return loss


train_step.slip(
    "The gradient is not limited when the step is taken: the limit is missing, or it is called too early,"
    " before `backward`, or too late.",
    name="not_limited",
)(_step_with(["zero", "back", "step"]))


def _each_by_itself(model):
    for parameter in model.parameters():
        nn.utils.clip_grad_norm_(parameter, 1.0)


def _to_length_one(model):
    norm = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
    for parameter in model.parameters():
        parameter.grad /= norm


for _name, _limit, _message in [
    (
        "limited_by_value",
        lambda model: nn.utils.clip_grad_value_(model.parameters(), 1.0),
        "Each entry is limited to 1, which turns the gradient into another direction. Its norm, over all"
        " entries, was to be limited.",
    ),
    (
        "each_by_itself",
        _each_by_itself,
        "Weights and bias are limited each by itself, so that the direction changes. The norm is that of"
        " all parameters together.",
    ),
    (
        "always_length_one",
        _to_length_one,
        "Small gradients are stretched to the norm 1, too. A limit leaves them as they are.",
    ),
]:
    train_step.slip(_message, name=_name)(_step_with(["zero", "back", "limit", "step"], _limit))


@train_step.slip("The step is right. You return the norm of the gradient; the loss was asked for.")
def returns_the_norm(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return norm.item()


@train_step.slip(
    "The loss is limited, not the gradient: a sure mistake would teach nothing at all."
)
def loss_limited(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y).clamp(max=1.0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --- 4.6 ---


@exercise(
    "4.6",
    title="Accuracy from logits",
    prompt="""
    Write `accuracy(logits, y)` for tensors: `logits` has shape `(n, 1)`, `y` holds the labels 0 and 1
    with shape `(n,)`. Return the share of right predictions as a Python number.
    """,
    stub="""
    def accuracy(logits, y):
        return ...  # your code
    """,
    hints=(
        "At which logit is the probability one half?",
        "Bring both to the same shape before you compare.",
        "The mean of right and wrong, as numbers, is the share.",
    ),
    cases=lambda rng: [
        (torch.tensor([[0.3], [-2.0], [0.7], [1.4], [-0.2]]), torch.tensor([1, 0, 0, 1, 0])),
        (torch.tensor([[0.3], [-2.0], [0.7]]), torch.tensor([1, 0, 0])),
        *(
            (
                torch.tensor(rng.normal(size=(n, 1)), dtype=torch.float32),
                torch.tensor(rng.integers(0, 2, n)),
            )
            for n in (5, 20)
        ),
    ],
    run=lambda answer, logits, y: _no_tensor(answer(logits, y)),
    float32=False,
)
def accuracy(logits, y):
    predicted = (logits.squeeze(1) > 0).long()
    return (predicted == y).double().mean().item()


def _no_tensor(result):
    """A result, or a word for it where it is a tensor instead of a number."""
    return "a tensor" if isinstance(result, torch.Tensor) else result


@accuracy.also_right
def accuracy_in_python(logits, y):
    pairs = zip(logits.reshape(-1).tolist(), y.tolist(), strict=True)
    return sum((z > 0) == (label == 1) for z, label in pairs) / len(y)


@accuracy.slip(
    "A column is compared with a flat tensor, which gives all pairs. Bring both to one shape first."
)
def accuracy_broadcast(logits, y):
    return ((logits > 0).long() == y).double().mean().item()


@accuracy.slip(
    "The threshold one half belongs to probabilities. For which logit is the probability one half?"
)
def accuracy_half(logits, y):
    return ((logits.squeeze(1) > 0.5).long() == y).double().mean().item()


@accuracy.slip("That is the number of right predictions; the share was asked for.")
def accuracy_count(logits, y):
    return ((logits.squeeze(1) > 0).long() == y).sum().item()


@accuracy.slip(
    "That is the share of wrong predictions. Do you count what differs, or are the classes exchanged?"
    " A positive logit speaks for class 1."
)
def accuracy_exchanged(logits, y):
    return ((logits.squeeze(1) < 0).long() == y).double().mean().item()


@accuracy.slip(
    "With a single output `argmax` is always 0. The class follows from the sign of the logit."
)
def accuracy_argmax(logits, y):
    return (logits.argmax(dim=1) == y).double().mean().item()


@accuracy.slip(
    "The result can be larger than 1: a column is compared with a flat tensor, which gives all pairs."
)
def accuracy_of_pairs(logits, y):
    return ((logits > 0).long() == y).sum().item() / len(y)


@accuracy.slip("That is the share in percent; a number between 0 and 1 was asked for.")
def accuracy_in_percent(logits, y):
    return 100 * ((logits.squeeze(1) > 0).long() == y).double().mean().item()


@accuracy.slip("That is the share of class 1 among the predictions; the labels play no part.")
def accuracy_without_labels(logits, y):
    return (logits > 0).double().mean().item()


@accuracy.slip("The share is a tensor; a Python number was asked for.")
def accuracy_as_a_tensor(logits, y):
    return ((logits.squeeze(1) > 0).long() == y).double().mean()


@accuracy.slip(
    "The logits are rounded. They are no probabilities: the class follows from their sign."
)
def accuracy_rounded(logits, y):
    return (logits.squeeze(1).round() == y).double().mean().item()


@accuracy.slip(
    "A probability is always larger than 0, so every point is class 1. For which one are both classes"
    " equally likely?"
)
def accuracy_all_ones(logits, y):
    return (y == 1).double().mean().item()


@accuracy.slip("Only points of class 1 that are right are counted. Those of class 0 count, too.")
def accuracy_of_class_one(logits, y):
    return ((logits.squeeze(1) > 0) & (y == 1)).double().mean().item()


# --- 4.7 ---


@exercise(
    "4.7",
    title="When to stop",
    prompt="""
    Write `stopping(losses, patience)`: given the validation losses of the epochs 1, 2, 3 …, return
    `(stopped, best)`. `stopped` is the epoch after which training ends: the first one at which the
    last `patience` epochs have brought no loss lower than the best before them (or the last epoch).
    `best` is the epoch with the lowest loss up to then; of equals the first.
    """,
    stub="""
    def stopping(losses, patience):
        return ...  # your code: return stopped, best
    """,
    hints=(
        "Go through the epochs and remember the best one so far.",
        "A loss that is equal to the best is no improvement.",
        "Stop when the present epoch minus the best epoch has reached the patience.",
    ),
    cases=lambda rng: [
        ([3.0, 2.0, 2.5, 1.8, 2.6, 1.9, 2.7, 1.0], 2),
        ([3.0, 2.0, 2.5, 2.6], 1),
        ([3.0, 2.0, 1.0], 2),
        ([1.0, 1.0, 1.0, 1.0, 1.0], 3),
        ([5.0], 1),
        ([2.0, 1.5, 1.7, 1.4, 1.6, 1.5, 1.45, 1.0], 3),
        (list(rng.uniform(size=30)), 4),
    ],
    float32=False,
)
def stopping(losses, patience):
    best = 1
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


@stopping.also_right
def stopping_with_a_counter(losses, patience):
    lowest, best, waited = float("inf"), 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return epoch, best
    return len(losses), best


@stopping.slip(
    "You compare with the loss of the epoch before instead of with the best so far: a small recovery"
    " resets the patience."
)
def against_the_last(losses, patience):
    best, waited = 1, 0
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        waited = 0 if epoch == 1 or losses[epoch - 1] < losses[epoch - 2] else waited + 1
        if waited >= patience:
            return epoch, best
    return len(losses), best


@stopping.slip(
    "It stops one epoch too late: after `patience` epochs without improvement it is enough."
)
def one_too_late(losses, patience):
    return stopping.reference(losses, patience + 1)


@stopping.slip("Epochs are counted from 0 here; the first epoch is number 1.")
def counted_from_zero(losses, patience):
    stopped, best = stopping.reference(losses, patience)
    return stopped - 1, best - 1


@stopping.slip(
    "The best epoch of the *whole* list is returned; training never saw what came after the stop."
)
def looks_ahead(losses, patience):
    return stopping.reference(losses, patience)[0], int(np.argmin(losses)) + 1


@stopping.slip(
    "The waiting epochs are counted over the whole run; an improvement has to reset the count."
)
def never_resets(losses, patience):
    best, waited = 1, 0
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1] or epoch == 1:
            best = epoch
        else:
            waited += 1
        if waited >= patience:
            return epoch, best
    return len(losses), best


def _stopping_with(better=lambda loss, lowest: loss < lowest, of_best=lambda best, lowest: best):
    def stopping(losses, patience):
        lowest, best, waited = float("inf"), 1, 0
        for epoch, loss in enumerate(losses, start=1):
            if better(loss, lowest):
                lowest, best, waited = loss, epoch, 0
            else:
                waited += 1
            if waited == patience:
                break
        return epoch, of_best(best, lowest)

    return stopping


stopping.slip(
    "An equal loss counts as an improvement here. It is none: the patience runs on, and of equals the"
    " first epoch is the best.",
    name="equal_is_better",
)(_stopping_with(better=lambda loss, lowest: loss <= lowest))
stopping.slip(
    "`stopped` is right. For `best` you return the lowest loss; its epoch was asked for.",
    name="loss_for_epoch",
)(_stopping_with(of_best=lambda best, lowest: lowest))


@stopping.slip("It never stops early: `stopped` is always the last epoch.")
def never_stops(losses, patience):
    return len(losses), int(np.argmin(losses)) + 1


@stopping.slip(
    "The best epoch of the *whole* list is looked for first. Training cannot see that far: it may have"
    " stopped before."
)
def best_of_all_first(losses, patience):
    best = int(np.argmin(losses)) + 1
    return min(best + patience, len(losses)), best


@stopping.slip(
    "The first epoch is counted as one without improvement. Before it there is nothing to beat."
)
def first_counts(losses, patience):
    lowest, best, waited = losses[0], 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return epoch, best


@stopping.slip(
    "It stops at the first loss that is not lower than the one before. The patience is lost."
)
def stops_at_the_first_rise(losses, patience):
    return stopping.reference(losses, 1)


@stopping.slip("It stops one epoch too early: `patience` epochs must pass without improvement.")
def one_too_early(losses, patience):
    return stopping.reference(losses, max(patience - 1, 1))


@stopping.slip(
    "`best` is right. `stopped` is one too small where training stops early: the epoch after which it"
    " ends has been trained."
)
def stopped_one_too_small(losses, patience):
    best, epoch = 1, 1
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch - 1, best
    return epoch, best


@stopping.slip("Both are right, and in the opposite order.")
def best_first(losses, patience):
    return stopping.reference(losses, patience)[::-1]


@stopping.slip(
    "The end is always `patience` epochs after the best; where the list ends first, training does."
)
def always_patience_later(losses, patience):
    best = stopping.reference(losses, patience)[1]
    return best + patience, best


# --- 4.8 ---


@exercise(
    "4.8",
    title="Momentum by hand",
    prompt="""
    Write `momentum(theta, gradient, steps, lr, beta)`: `steps` steps of {eq}`eq-4-momentum` (there
    with 0.9 for `beta`) from the array `theta`, with the velocity 0 at the start. `gradient(theta)`
    gives the gradient. Return the new array and leave `theta` as it was.
    """,
    stub="""
    def momentum(theta, gradient, steps, lr, beta):
        return ...  # your code
    """,
    hints=(
        "Two arrays change: the velocity and the parameters.",
        "First the new velocity from the old one and the gradient, then the step.",
        "The learning rate multiplies the velocity, not the gradient inside it.",
    ),
    cases=lambda rng: [
        (np.array([1.2, -0.7]), _slope_of_valley, 3, 0.07, 0.8),
        (np.array([4.0, 1.0]), _slope_of_valley, 5, 0.05, 0.9),
        (rng.normal(size=3), _slope_of_parabola, 10, 0.1, 0.5),
    ],
)
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros(theta.shape)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


def _slope_of_parabola(theta):
    return 2 * np.asarray(theta)


def _slope_of_valley(theta):
    return np.array([1.0, 10.0]) * np.asarray(theta)


@momentum.also_right
def momentum_by_torch(theta, gradient, steps, lr, beta):
    p = torch.tensor(np.array(theta, dtype=float), requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=lr, momentum=beta)
    for _ in range(steps):
        p.grad = torch.tensor(gradient(p.detach().numpy()))
        optimizer.step()
    return p.detach().numpy()


def _momentum_with(velocity, sign=-1.0):
    def momentum(theta, gradient, steps, lr, beta):
        v = np.zeros(theta.shape)
        for _ in range(steps):
            v = velocity(v, gradient(theta), beta)
            theta = theta + sign * lr * v
        return theta

    return momentum


momentum.slip(
    "The velocity is forgotten in each step: that is plain gradient descent.", name="no_memory"
)(_momentum_with(lambda v, g, beta: g))
momentum.slip(
    "The gradient is multiplied by $1 - \\beta$: a running mean, as Adam keeps one, and steps that are"
    " too short here.",
    name="running_mean",
)(_momentum_with(lambda v, g, beta: beta * v + (1 - beta) * g))
momentum.slip(
    "The velocity never decays: $\\beta$ multiplies the gradient instead of the old velocity.",
    name="beta_misplaced",
)(_momentum_with(lambda v, g, beta: v + beta * g))
momentum.slip("The steps climb: the sign of the update is wrong.", name="uphill")(
    _momentum_with(lambda v, g, beta: beta * v + g, sign=1.0)
)


momentum.slip("The velocity never decays: $\\beta$ plays no part.", name="no_decay")(
    _momentum_with(lambda v, g, beta: v + g)
)
momentum.slip(
    "$\\beta$ multiplies the new gradient, too; it belongs to the old velocity alone.",
    name="beta_for_both",
)(_momentum_with(lambda v, g, beta: beta * (v + g)))
momentum.slip("0.9 is typed in; take `beta`, which may be another number.", name="beta_typed_in")(
    _momentum_with(lambda v, g, beta: 0.9 * v + g)
)


@momentum.slip("The learning rate is taken twice: in the velocity and in the step.")
def rate_twice(theta, gradient, steps, lr, beta):
    return momentum.reference(theta, gradient, steps, lr * lr, beta)


@momentum.slip("The learning rate plays no part.")
def rate_left_out(theta, gradient, steps, lr, beta):
    return momentum.reference(theta, gradient, steps, 1.0, beta)


@momentum.slip(
    "The last gradient plays no part: there is one step too few, or each step is taken with the old"
    " velocity. First the new velocity, then the step, `steps` times."
)
def step_before_velocity(theta, gradient, steps, lr, beta):
    v = np.zeros(theta.shape)
    for _ in range(steps):
        theta, v = theta - lr * v, beta * v + gradient(theta - lr * v)
    return theta


@momentum.slip("There is one step only. Does the `return` stand inside the loop?")
def one_step_only(theta, gradient, steps, lr, beta):
    return momentum.reference(theta, gradient, 1, lr, beta)


@momentum.slip(
    "The gradient is computed once, at the start; each step needs that of its own place."
)
def gradient_of_the_start(theta, gradient, steps, lr, beta):
    start = gradient(theta)
    return momentum.reference(theta, lambda _: start, steps, lr, beta)


@momentum.slip(
    "The gradient is added once more to the step: that is Nesterov's momentum, another method."
)
def nesterov(theta, gradient, steps, lr, beta):
    v = np.zeros(theta.shape)
    for _ in range(steps):
        g = gradient(theta)
        v = beta * v + g
        theta = theta - lr * (g + beta * v)
    return theta


@momentum.slip("That is the velocity. Where it has led to is wanted.")
def velocity_itself(theta, gradient, steps, lr, beta):
    v = np.zeros(theta.shape)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return v


@momentum.slip("The step is taken with the velocity of the turn before: renew it first, then move.")
def old_velocity(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        g = gradient(theta)
        theta = theta - lr * v
        v = beta * v + g
    return theta


# --- 4.9 ---


@exercise(
    "4.9",
    title="Ninety-six percent with few parameters",
    prompt="""
    Write `train(X, y)`: it gets 1 000 moons as NumPy arrays (`X` of shape `(1000, 2)`, `y` of shape
    `(1000,)`, noise 0.2), trains a PyTorch model of at most 200 parameters and returns it. The model
    takes float32 rows and gives logits of shape `(n, 1)`. On 5 000 new points at least 96 % must be
    right.
    """,
    stub="""
    def train(X, y):
        return ...  # your code
    """,
    hints=(
        "The network 2-10-10-1 has 151 parameters.",
        'Take the chapter\'s loop, or `fit` with `loss="bce_with_logits"`.',
        "Adam with a learning rate of 0.01, batches of 20, 40 epochs; set a seed. For the last epochs"
        ' set a smaller rate: `optimizer.param_groups[0]["lr"] = 0.001`.',
    ),
    trains=True,
    float32=False,
)
def train(X, y):
    X = torch.tensor(X, dtype=torch.float32)
    y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(40):
        for rows in torch.randperm(len(X)).split(20):
            loss = nn.functional.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()  # smaller and smaller steps make for a quiet end
    return model


@train.judge
def _judge_train(answer, rng):
    model = answer(*moons(1000, noise=0.2, seed=11))
    if not isinstance(model, nn.Module):
        return f"`train` must return the trained model; it returned {type(model).__name__}."
    X, y = moons(5000, noise=0.2, seed=12)
    with torch.no_grad():
        z = model.eval()(torch.tensor(X, dtype=torch.float32))
    if tuple(z.shape) != (5000, 1):
        return f"For 5 000 rows the model must give the shape (5000, 1); it gave {tuple(z.shape)}."
    size = sum(p.numel() for p in model.parameters())
    if size > 200:
        return "too_large"
    if ((z >= 0) & (z <= 1)).all():
        return "probabilities"
    share = ((z[:, 0] > 0).numpy() == (y == 1)).mean()
    if share >= 0.96:
        return None
    if share < 0.4:
        return (
            f"Only {share:.1%} of the new points are right: the classes are exchanged. A positive"
            " logit means class 1."
        )
    if share < 0.6:
        return "untrained"
    x = torch.tensor(rng.normal(size=(100, 2)), dtype=torch.float32)
    with torch.no_grad():
        if torch.allclose(model(x) + model(-x), 2 * model(0 * x), rtol=1e-3, atol=1e-3):
            return "straight_line"
    return (
        f"On 5 000 new points {share:.1%} are right; 96 % are wanted. Does the model take the points as"
        " they come, with whatever scaling it needs inside it? Have output and target the same shape?"
        " If so, train longer or change the rate."
    )


def _moons_with(*layers, epochs=30, sigmoid=False, cosine=False):
    def train(X, y):
        X = torch.tensor(X, dtype=torch.float32)
        y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)
        torch.manual_seed(0)
        model = nn.Sequential(*(make() for make in layers))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        loss_fn = nn.BCELoss() if sigmoid else nn.BCEWithLogitsLoss()
        for epoch in range(epochs):
            if cosine:
                optimizer.param_groups[0]["lr"] = 0.005 * (1 + np.cos(np.pi * epoch / epochs))
            for rows in torch.randperm(len(X)).split(20):
                loss = loss_fn(model(X[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        return model

    return train


train.also_right(
    _moons_with(
        lambda: nn.Linear(2, 10),
        nn.ReLU,
        lambda: nn.Linear(10, 10),
        nn.ReLU,
        lambda: nn.Linear(10, 1),
        epochs=40,
        cosine=True,
    )
)
train.slip("The model has more than 200 parameters.", name="too_large")(
    _moons_with(
        lambda: nn.Linear(2, 20),
        nn.ReLU,
        lambda: nn.Linear(20, 20),
        nn.ReLU,
        lambda: nn.Linear(20, 1),
        epochs=1,
    )
)
train.slip(
    "All outputs lie between 0 and 1: the model gives probabilities; logits were asked for.",
    name="probabilities",
)(
    _moons_with(
        lambda: nn.Linear(2, 10),
        nn.ReLU,
        lambda: nn.Linear(10, 1),
        nn.Sigmoid,
        epochs=2,
        sigmoid=True,
    )
)
train.slip(
    "About half of the new points are wrong: the model has hardly learned anything. Is it trained at"
    " all, long enough and with steps that are large enough? Have output and target the same shape?",
    name="untrained",
)(_moons_with(lambda: nn.Linear(2, 10), nn.ReLU, lambda: nn.Linear(10, 1), epochs=0))
train.slip(
    "The boundary is a straight line, which does not reach 96 %. Is there a hidden layer, with an"
    " activation function?",
    name="straight_line",
)(_moons_with(lambda: nn.Linear(2, 10), lambda: nn.Linear(10, 1)))
