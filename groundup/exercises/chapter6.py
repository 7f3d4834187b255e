"""Exercises of chapter 6: stable functions, dropout, penalties, starts, schedules, Adam, search."""

import itertools

import numpy as np

from groundup.later import Later
from groundup.questions.question import exercise

torch, nn = Later("torch"), Later("torch.nn")

# --- 6.1 ---


@exercise(
    "6.1",
    title="The logarithm of softmax",
    prompt="""
    Write `log_softmax(Z)` for an array of shape `(n, k)`: the *logarithms* of each row's softmax, as
    cross-entropy needs them. Logits may be as large as $\\pm 1000$, and rows may be of very different
    size. Where a probability is too small for a number of its own, its logarithm is still an ordinary
    one.
    """,
    stub="""
    def log_softmax(Z):
        return ...  # your code
    """,
    hints=(
        "Take the logarithm of {eq}`eq-6-softmax` on paper: a fraction becomes a difference.",
        "The logarithm of a power of e is its exponent, so one of the two exponentials need not be "
        "computed.",
        "Subtract each row's own maximum first, and then the logarithm of the sum.",
    ),
    cases=lambda rng: [
        (np.array([[2.3, -0.7, 0.4, 1.6], [-1.2, 0.9, 3.1, 0.2], [0.8, 2.7, -2.4, 1.3]]),),
        (np.array([[0.0, 1.0]]),),
        (np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]),),
        (rng.normal(size=(3, 3)) * 2,),
        (np.array([[1000.0, 999.0, 0.0]]),),
        (np.array([[1000.0, -1000.0, -1000.0]]),),
        (np.array([[0.0, 1.0], [-2000.0, -2001.0]]),),
    ],
    forbid_warnings=True,
)
def log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.also_right
def log_softmax_row_by_row(Z):
    rows = []
    for z in np.array(Z, dtype=float):
        rows.append(z - max(z) - np.log(np.sum(np.exp(z - max(z)))))
    return np.array(rows)


@log_softmax.slip(
    "For ordinary rows it is right. Where a probability is rounded to 0 its logarithm cannot be taken"
    " any more: simplify the formula before you compute it."
)
def logarithm_of_the_softmax(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.log(e / e.sum(axis=1, keepdims=True))


@log_softmax.slip("These are the probabilities; their logarithms are wanted.")
def probabilities(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@log_softmax.slip(
    "For ordinary rows it is right. Where a probability is rounded to 0, a small number stands in its"
    " place: its logarithm is that of your number."
)
def with_a_small_number(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.log(e / e.sum(axis=1, keepdims=True) + 1e-300)


@log_softmax.slip("The probabilities of each *column* sum to 1; those of each row should.")
def over_columns(Z):
    shifted = Z - Z.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


@log_softmax.slip("The probabilities of the whole array sum to 1; those of each row should.")
def over_everything(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum())


@log_softmax.slip(
    "For ordinary rows it is right, but large logits overflow: no maximum is subtracted."
)
def overflowing(Z):
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


@log_softmax.slip(
    "The maximum of the whole array is subtracted: in a row that is much smaller than another the sum"
    " becomes 0. Each row needs its own maximum."
)
def one_maximum(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.slip(
    "Something of shape `(n,)` meets the array of shape `(n, k)`. It stands beside a row, not beside"
    " the rows: the dimension must be kept."
)
def dimension_lost(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


@log_softmax.slip(
    "Maximum and sum of the rows, of shape `(n,)`, meet the array of shape `(n, k)`. They stand"
    " beside a row, not beside the rows: the dimension must be kept."
)
def dimension_lost_twice(Z):
    shifted = Z - Z.max(axis=1)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


@log_softmax.slip(
    "For ordinary rows it is right. You subtract the mean of each row, and an entry far above its"
    " mean still overflows."
)
def mean_subtracted(Z):
    shifted = Z - Z.mean(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.slip(
    "For ordinary rows it is right. Large logits are cut off, so that different ones become equal."
)
def cut_off(Z):
    cut = np.clip(Z, -500, 500)
    return cut - np.log(np.exp(cut).sum(axis=1, keepdims=True))


@log_softmax.slip("Each row loses its maximum, and nothing else: the sum of the row is missing.")
def only_the_maximum(Z):
    return Z - Z.max(axis=1, keepdims=True)


@log_softmax.slip(
    "The maximum is subtracted within the logarithm's sum, but not from the logits before it."
)
def maximum_in_the_sum_only(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.slip(
    "You divide by the logarithm of the sum; the logarithm of a fraction is a difference."
)
def divided_by_the_logarithm(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted / np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.slip("The sum itself is subtracted; its logarithm is wanted.")
def sum_subtracted(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=1, keepdims=True)


@log_softmax.slip("The exponential is missing: the logits themselves are added up.")
def without_exp(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return shifted - np.log(shifted.sum(axis=1, keepdims=True))


@log_softmax.slip(
    "The sign is wrong: logarithms of probabilities are never above 0. You give the losses."
)
def losses(Z):
    return -log_softmax.reference(Z)


@log_softmax.slip(
    "Each logit gets the logarithm of a sigmoid of its own. The entries of a row must share 1 between"
    " them."
)
def sigmoid_of_each(Z):
    return -np.logaddexp(0, -Z)


@log_softmax.slip("That is the logarithm to the base 2; the natural one is wanted.")
def base_two(Z):
    return log_softmax.reference(Z) / np.log(2)


# --- 6.2 ---


@exercise(
    "6.2",
    title="A slope that survives",
    prompt="""
    Write `slope(z)`, the derivative $\\sigma'(z)$ of the sigmoid for an array of any shape, so that no
    input from −1000 to 1000 causes a warning, and tiny results are not rounded to 0 as far as double
    precision can hold them: $\\sigma'(-700)$ and $\\sigma'(700)$ are about $10^{-304}$.
    """,
    stub="""
    def slope(z):
        return ...  # your code
    """,
    hints=(
        "$\\sigma(z)\\,(1 - \\sigma(z))$ is right on paper. What is $1 - \\sigma(40)$ in a computer?",
        "The slope is the same at $z$ and at $-z$. Which of $e^{z}$ and $e^{-z}$ is harmless?",
        "Write both factors with $e = e^{-|z|}$: one is $1 / (1 + e)$. Nothing is subtracted then.",
    ),
    cases=lambda rng: [
        (np.array([1.3, -2.4, 0.6, -0.2]),),
        (np.array([0.0, -2.0, 2.0]),),
        (rng.normal(size=(2, 3)) * 10,),
        (np.array([-30.0, -40.0]),),
        (np.array([30.0, 40.0]),),
        (np.array([700.0, 1000.0]),),
        (np.array([-700.0, -1000.0]),),
    ],
    forbid_warnings=True,
    atol=0.0,
    float32=False,
)
def slope(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


@slope.also_right
def slope_by_logaddexp(z):
    z = np.asarray(z)
    return np.exp(-np.logaddexp(0.0, -z) - np.logaddexp(0.0, z))


@slope.also_right
def slope_as_a_product(z):
    e = np.exp(-np.abs(z))
    return 1 / (1 + e) * (e / (1 + e))


@slope.slip(
    "Right for moderate numbers. For large positive inputs $1 - \\sigma(z)$ is the difference of two"
    " nearly equal numbers, and what is left of it is rounded away."
)
def difference_from_one(z):
    e = np.exp(-np.abs(z))
    s = np.where(z >= 0, 1, e) / (1 + e)
    return s * (1 - s)


@slope.slip("Right for moderate numbers, but `np.exp` overflows for large negative inputs.")
def plain_formula(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


@slope.slip(
    "Right for moderate numbers. `np.exp` overflows for large negative inputs, and with it its square."
)
def fraction_of_exp_minus(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@slope.slip(
    "Right for moderate numbers. `np.exp` overflows for large positive inputs, and with it its square."
)
def fraction_of_exp(z):
    return np.exp(z) / (1 + np.exp(z)) ** 2


@slope.slip(
    "Right for moderate numbers. Where tanh is rounded to 1, the difference of its square from 1 is 0."
)
def by_tanh(z):
    return (1 - np.tanh(np.asarray(z) / 2) ** 2) / 4


@slope.slip("The input is cut off, so that very small results come out too large.")
def clipped(z):
    e = np.exp(-np.clip(np.abs(z), 0, 30))
    return e / (1 + e) ** 2


@slope.slip("That is the sigmoid itself; its slope is wanted.")
def the_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


@slope.slip(
    "The denominator is $1 + e^{-|z|}$, but not its square: one of the two factors is missing."
)
def square_missing(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e)


@slope.slip("The whole fraction is squared: only the denominator is.")
def all_squared(z):
    e = np.exp(-np.abs(z))
    return (e / (1 + e)) ** 2


@slope.slip(
    "`if` decides once, for the whole array. Some entries are negative and some are not: the choice"
    " must be made for each."
)
def one_decision(z):
    if z >= 0:
        return np.exp(-z) / (1 + np.exp(-z)) ** 2
    return np.exp(z) / (1 + np.exp(z)) ** 2


@slope.slip("The slope has no sign: the sigmoid rises everywhere, for negative inputs too.")
def with_the_sign(z):
    e = np.exp(-np.abs(z))
    return np.sign(z) * e / (1 + e) ** 2


@slope.slip(
    "The sigmoid's slope is $\\sigma\\,(1 - \\sigma)$; yours is $1 - \\sigma^2$, as for tanh."
)
def slope_of_tanh(z):
    e = np.exp(-np.abs(z))
    s = np.where(z >= 0, 1, e) / (1 + e)
    return 1 - s**2


@slope.slip(
    "Right for moderate numbers, but something overflows for large inputs of either sign."
    " `np.where`, for one, computes *both* formulas for all entries and chooses afterwards; and"
    " `np.cosh` is large on both sides."
)
def both_branches(z):
    right = np.exp(-z) / (1 + np.exp(-z)) ** 2
    return np.where(z >= 0, right, np.exp(z) / (1 + np.exp(z)) ** 2)


# --- 6.3 ---


@exercise(
    "6.3",
    title="A network for any sizes",
    prompt="""
    Write `make_mlp(sizes)`: a PyTorch network of fully connected layers with ReLU between them and
    none at the end. `sizes` goes from input to output.
    """,
    stub="""
    def make_mlp(sizes):
        return ...  # your code
    """,
    hints=(
        "Collect the layers in a list, then `nn.Sequential(*layers)`.",
        "Each pair of neighbouring sizes makes one `nn.Linear`.",
        "Leave out the last ReLU.",
    ),
    float32=False,
    time_limit=20,
)
def make_mlp(sizes):
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@make_mlp.judge
def _judge_mlp(answer, rng):
    for sizes in ([3, 8, 8, 2], [4, 1], [2, 30, 30, 30, 1]):
        torch.manual_seed(0)
        try:
            model = answer(list(sizes))
        except TypeError as error:
            if "is not a Module subclass" in str(error):
                return "star_missing"
            raise
        if not isinstance(model, nn.Module):
            return f"`make_mlp` must return a network; it returned {type(model).__name__}."
        size = sum(p.numel() for p in model.parameters())
        wanted = sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:], strict=True))
        if size == 0:
            return "hidden_from_torch"
        if size == wanted - sum(sizes[1:]) and all(p.ndim == 2 for p in model.parameters()):
            return "no_bias"
        if size == sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:], strict=True)):
            return "ends_exchanged"
        if size == sum(a * b + b for a, b in zip(sizes[:-2], sizes[1:-1], strict=True)):
            return "last_layer_missing"
        if size != wanted:
            return f"For sizes {sizes} {wanted} parameters are wanted; yours has {size}."
        x = torch.tensor(rng.normal(size=(200, sizes[0])), dtype=torch.float32)
        with torch.no_grad():
            trains, out = model(x), model.eval()(x)
        if not torch.allclose(trains, out, rtol=1e-3, atol=1e-5):
            return "dropout_between"
        if tuple(out.shape) != (200, sizes[-1]):
            return f"For 200 rows and sizes {sizes} the output has the shape {tuple(out.shape)}."
        linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
        if len(linear) != len(sizes) - 1:
            continue  # layers of one's own: nothing to compare with
        ends = {None: lambda z: z, "relu_at_the_end": torch.relu}
        if sizes[-1] > 1:
            ends["softmax_at_the_end"] = lambda z: z.softmax(dim=1)
        between = {None: torch.relu, "linear": lambda z: z}
        between |= {"tanh_between": torch.tanh, "sigmoid_between": torch.sigmoid}
        tries = [(None, f) for f in ends] + [(g, None) for g in between if g]
        for inside, last in tries:
            a = x
            with torch.no_grad():
                for layer in linear[:-1]:
                    a = between[inside](layer(a))
                a = ends[last](linear[-1](a))
            if torch.allclose(out, a, rtol=1e-3, atol=1e-5):
                if inside or last:
                    return inside or last
                break
        else:
            with torch.no_grad():
                a = x
                for k, layer in enumerate(linear):
                    a = torch.relu(layer(a)) if k < len(linear) - 2 else layer(a)
            if torch.allclose(out, a, rtol=1e-3, atol=1e-5):
                return "last_relu_missing"
            return (
                f"For sizes {sizes} the output is not that of linear layers with a ReLU after each "
                "but the last: print the model and count its activations."
            )
    return None


@make_mlp.also_right
def make_mlp_by_index(sizes):
    net = nn.Sequential()
    for k in range(len(sizes) - 1):
        if k:
            net.append(nn.ReLU())
        net.append(nn.Linear(sizes[k], sizes[k + 1]))
    return net


class _Hidden(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


@make_mlp.slip(
    "PyTorch finds no parameters: the layers are in a plain list. Use `nn.Sequential` or"
    " `nn.ModuleList`."
)
def hidden_from_torch(sizes):
    return _Hidden(sizes)


@make_mlp.slip("No output is ever negative: a ReLU follows the last layer.")
def relu_at_the_end(sizes):
    return nn.Sequential(*make_mlp.reference(sizes), nn.ReLU())


@make_mlp.slip("The network is linear: the activations between the layers are missing.")
def linear(sizes):
    return nn.Sequential(*(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)))


@make_mlp.slip("The biases are missing.")
def no_bias(sizes):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(a, b, bias=False), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _mlp_with(activation, end=None):
    def make_mlp(sizes):
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(a, b), activation()]
        return nn.Sequential(*layers[:-1], *([end()] if end else []))

    return make_mlp


make_mlp.slip("Between the layers stands tanh; the exercise asks for ReLU.", name="tanh_between")(
    _mlp_with(nn.Tanh)
)
make_mlp.slip(
    "Between the layers stands the sigmoid; the exercise asks for ReLU.", name="sigmoid_between"
)(_mlp_with(nn.Sigmoid))
make_mlp.slip(
    "A softmax follows the last layer; the network should end in plain numbers.",
    name="softmax_at_the_end",
)(_mlp_with(nn.ReLU, lambda: nn.Softmax(dim=1)))


@make_mlp.slip("Each layer goes the wrong way: inputs first, then outputs.")
def ends_exchanged(sizes):
    return nn.Sequential(
        *(nn.Linear(b, a) for a, b in zip(sizes[:-1], sizes[1:], strict=True)),
    )


@make_mlp.slip("The last layer is missing: how many pairs of neighbouring sizes are there?")
def last_layer_missing(sizes):
    layers = [nn.Identity()]
    for a, b in zip(sizes[:-2], sizes[1:-1], strict=True):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers)


make_mlp.slip(
    "A dropout stands between the layers; the exercise asks for linear layers and ReLU only.",
    name="dropout_between",
)(_mlp_with(lambda: nn.Sequential(nn.ReLU(), nn.Dropout(0.5))))


@make_mlp.slip("A ReLU is missing before the last layer; one belongs between each two layers.")
def last_relu_missing(sizes):
    layers = []
    for k, (a, b) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        layers += [nn.Linear(a, b)] + [nn.ReLU()] * (k < len(sizes) - 3)
    return nn.Sequential(*layers)


@make_mlp.slip(
    "`nn.Sequential` takes the layers one by one, not as a list: put a star before the list."
)
def star_missing(sizes):
    return nn.Sequential([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True)])


# --- 6.4 ---


@exercise(
    "6.4",
    title="The penalty's gradient",
    prompt="""
    The cost is $C(W) + \\lambda \\sum W_{ij}^2$. Given `W`, the gradient `dC` of $C$ alone and the
    strength `lam`, write `with_penalty(W, dC, lam)`: the gradient of the whole.
    """,
    stub="""
    def with_penalty(W, dC, lam):
        return ...  # your code
    """,
    hints=(
        "The gradient of a sum is the sum of the gradients.",
        "What is the derivative of $W_{ij}^2$?",
        "The pull is proportional to the weight itself.",
    ),
    cases=lambda rng: [
        (
            np.array([[3.0, -0.7, 2.2], [-4.1, 0.3, 1.6]]),
            np.array([[0.9, 2.7, -1.8], [0.6, -3.3, 2.4]]),
            0.3,
        ),
        (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), 0.1),
        (rng.normal(size=(4, 4)), np.zeros((4, 4)), 2.0),
    ],
)
def with_penalty(W, dC, lam):
    return dC + 2 * lam * W


@with_penalty.also_right
def with_penalty_by_entries(W, dC, lam):
    return [
        [g + lam * w + lam * w for w, g in zip(row, grads, strict=True)]
        for row, grads in zip(W, dC, strict=True)
    ]


@with_penalty.slip(
    "The penalty's gradient is half of what it should be: the square brings a factor."
)
def factor_lost(W, dC, lam):
    return dC + lam * W


@with_penalty.slip(
    "That is the pull of the L1 penalty: the same for every weight, whatever its size."
)
def l1_instead(W, dC, lam):
    return dC + lam * np.sign(W)


@with_penalty.slip("That is the gradient of the norm, not of its square.")
def norm_instead(W, dC, lam):
    return dC + lam * W / np.sqrt((W**2).sum())


@with_penalty.slip("The penalty itself was added; its derivative is wanted.")
def penalty_itself(W, dC, lam):
    return dC + lam * W**2


@with_penalty.slip("The sign is wrong: the weights would be driven away from zero.")
def pushes_away(W, dC, lam):
    return dC - 2 * lam * W


@with_penalty.slip("That is the penalty's gradient alone; the gradient of $C$ belongs to it.")
def penalty_alone(W, dC, lam):
    return 2 * lam * np.asarray(W)


@with_penalty.slip(
    "One number is added to all entries. The sum is in the penalty; the derivative by one weight"
    " keeps that weight alone."
)
def sum_kept(W, dC, lam):
    return np.asarray(dC) + 2 * lam * np.sum(W)


@with_penalty.slip(
    "The penalty itself, one number, was added to all entries; its derivative is wanted."
)
def penalty_to_all(W, dC, lam):
    return np.asarray(dC) + lam * np.sum(np.square(W))


@with_penalty.slip("The strength of the penalty is not used.")
def strength_forgotten(W, dC, lam):
    return np.asarray(dC) + 2 * np.asarray(W)


with_penalty.slip(
    "The penalty is a sum over all weights, not a mean: nothing is divided by their number.",
    name="penalty_averaged",
)(lambda W, dC, lam: np.asarray(dC) + 2 * lam * np.asarray(W) / np.size(W))
with_penalty.slip(
    "The penalty is a sum over all weights; you divide by the number of rows.",
    name="penalty_by_rows",
)(lambda W, dC, lam: np.asarray(dC) + 2 * lam * np.asarray(W) / len(W))
with_penalty.slip(
    "The two gradients are multiplied; the gradient of a sum is the sum of the gradients.",
    name="gradients_multiplied",
)(lambda W, dC, lam: np.asarray(dC) * (1 + 2 * lam * np.asarray(W)))
with_penalty.slip(
    "The strength multiplies the gradient of $C$; it belongs to the penalty.",
    name="strength_at_the_cost",
)(lambda W, dC, lam: lam * np.asarray(dC) + 2 * np.asarray(W))
with_penalty.slip(
    "The pull must know the sign of the weight: a negative one is pulled up.",
    name="absolute_weights",
)(lambda W, dC, lam: np.asarray(dC) + 2 * lam * np.abs(W))
with_penalty.slip(
    "`W` is missing: the derivative of $W_{ij}^2$ depends on the weight.", name="weight_forgotten"
)(lambda W, dC, lam: np.asarray(dC) + 2 * lam)


# --- 6.5 ---


@exercise(
    "6.5",
    title="Inverted dropout",
    prompt="""
    Write `dropout(A, p, mask, training)`. `mask` has the shape of `A` and holds random numbers between
    0 and 1; an entry is *kept* where its number is at least `p`. In training, dropped entries are 0
    and the kept ones are scaled so that the expected value stays the same; otherwise `A` comes back
    unchanged.
    """,
    stub="""
    def dropout(A, p, mask, training):
        return ...  # your code
    """,
    hints=(
        "`mask >= p` says which entries are kept.",
        "A share $1 - p$ is kept. By what must they be divided?",
        "Without training, nothing happens at all.",
    ),
    cases=lambda rng: [
        (
            np.array([[3.1, -0.7, 2.2], [0.4, 1.7, -2.6]]),
            0.3,
            np.array([[0.12, 0.94, 0.71], [0.45, 0.28, 0.83]]),
            True,
        ),
        (np.array([[1.0, 2.0]]), 0.2, np.array([[0.1, 0.9]]), True),
        (np.array([[1.0, 2.0]]), 0.2, np.array([[0.1, 0.9]]), False),
        *(
            (rng.normal(size=(n, 4)), p, rng.uniform(size=(n, 4)), t)
            for n, p, t in [(3, 0.7, True), (5, 0.4, True), (2, 0.9, False)]
        ),
        (np.array([[1.0, 2.0, 3.0]]), 0.5, np.array([[0.5, 0.25, 0.75]]), True),
    ],
)
def dropout(A, p, mask, training):
    if not training:
        return A
    return A * (mask >= p) / (1 - p)


@dropout.also_right
def dropout_with_where(A, p, mask, training):
    A, mask = np.asarray(A), np.asarray(mask)
    return np.where(mask < p, 0.0, A / (1 - p)) if training else A.copy()


@dropout.slip("The kept entries are not scaled: the expected value falls.")
def not_scaled(A, p, mask, training):
    return A * (mask >= p) if training else A


@dropout.slip("The kept entries are divided by `p`. How large is the share that is kept?")
def divided_by_p(A, p, mask, training):
    return A * (mask >= p) / p if training else A


@dropout.slip("Entries are dropped in evaluation as well; there everything takes part.")
def always_on(A, p, mask, training):
    return A * (mask >= p) / (1 - p)


@dropout.slip("Kept and dropped are exchanged: `p` is the probability of being dropped.")
def exchanged(A, p, mask, training):
    return A * (mask < p) / (1 - p) if training else A


@dropout.slip(
    "In evaluation the entries are scaled down. That belongs to the older kind of dropout, without"
    " scaling in training."
)
def scaled_in_evaluation(A, p, mask, training):
    return A * (mask >= p) / (1 - p) if training else A * (1 - p)


@dropout.slip(
    "The kept entries are multiplied by the share that is kept, so the expected value falls twice."
    " They have to make up for the dropped ones."
)
def shrunk(A, p, mask, training):
    return A * (mask >= p) * (1 - p) if training else A


@dropout.slip(
    "That is the older kind of dropout: it scales in evaluation. Here the kept entries are scaled in"
    " training, and evaluation changes nothing."
)
def older_kind(A, p, mask, training):
    return A * (mask >= p) if training else A * (1 - p)


@dropout.slip("An entry whose number is exactly `p` is kept: *at least* `p`.")
def strictly_above(A, p, mask, training):
    return A * (mask > p) / (1 - p) if training else A


@dropout.slip("Training and evaluation are exchanged.")
def modes_exchanged(A, p, mask, training):
    return A if training else A * (mask >= p) / (1 - p)


@dropout.slip(
    "You divide by the share that happened to be kept. That changes from draw to draw; the expected"
    " share is wanted."
)
def share_of_this_draw(A, p, mask, training):
    kept = np.asarray(mask) >= p
    return A * kept / kept.mean() if training else A


dropout.slip(
    "The entries of `A` decide what is kept; the random numbers in `mask` should.",
    name="judged_by_the_entries",
)(lambda A, p, mask, training: np.asarray(A) * (np.asarray(A) >= p) / (1 - p) if training else A)
dropout.slip(
    "`p` is subtracted from the kept entries. They are scaled, by the share that is kept.",
    name="p_subtracted",
)(lambda A, p, mask, training: np.asarray(A) * (np.asarray(mask) >= p) - p if training else A)
dropout.slip(
    "The kept entries are multiplied by `1 + p`; to make up for the dropped ones they are divided by"
    " the share that is kept.",
    name="times_one_plus_p",
)(lambda A, p, mask, training: np.asarray(A) * (np.asarray(mask) >= p) * (1 + p) if training else A)
dropout.slip(
    "`A` is multiplied by the random numbers themselves. They only decide: an entry is kept or not.",
    name="mask_multiplied",
)(lambda A, p, mask, training: np.asarray(A) * mask / (1 - p) if training else A)
dropout.slip(
    "A share `p` is *kept* here. An entry is dropped with probability `p`: compare with `p` itself,"
    " not with `1 - p`.",
    name="kept_below",
)(
    lambda A, p, mask, training: (
        np.asarray(A) * (np.asarray(mask) < 1 - p) / (1 - p) if training else A
    )
)
dropout.slip(
    "The dropped entries are left away. They stay where they are, as zeros: the shape of `A` is"
    " wanted.",
    name="left_away",
)(lambda A, p, mask, training: np.asarray(A)[np.asarray(mask) >= p] / (1 - p) if training else A)


@dropout.slip("The mask is drawn inside the function. Use the `mask` that is given.")
def own_mask(A, p, mask, training):
    kept = np.random.default_rng(0).random(np.shape(A)) >= p
    return A * kept / (1 - p) if training else A


@dropout.slip("Without training your function gives None; `A` comes back unchanged then.")
def none_in_evaluation(A, p, mask, training):
    if training:
        return A * (mask >= p) / (1 - p)
    return None


# --- 6.6 ---


@exercise(
    "6.6",
    title="How large to start?",
    prompt="""
    Write `start_std(n_in, n_out, scheme)`: the standard deviation of the weights for
    `scheme="xavier"` and for `scheme="he"`.
    """,
    stub="""
    def start_std(n_in, n_out, scheme):
        return ...  # your code
    """,
    hints=(
        "The section gives the variances.",
        "A standard deviation is the square root of a variance.",
        "He looks at the inputs only.",
    ),
    cases=lambda rng: [
        (100, 50, "he"),
        (100, 50, "xavier"),
        (3, 7, "he"),
        (3, 7, "xavier"),
        (64, 64, "xavier"),
    ],
    float32=False,
)
def start_std(n_in, n_out, scheme):
    if scheme == "he":
        return (2 / n_in) ** 0.5
    return (2 / (n_in + n_out)) ** 0.5


@start_std.also_right
def start_std_from_a_table(n_in, n_out, scheme):
    return np.sqrt({"he": 2 / n_in, "xavier": 1 / np.mean([n_in, n_out])}[scheme])


@start_std.slip("These are the variances; the standard deviation is their square root.")
def variance(n_in, n_out, scheme):
    return 2 / n_in if scheme == "he" else 2 / (n_in + n_out)


@start_std.slip("The two schemes are exchanged.")
def schemes_exchanged(n_in, n_out, scheme):
    return start_std.reference(n_in, n_out, "xavier" if scheme == "he" else "he")


@start_std.slip("For He the number of *inputs* counts: they are what is summed up.")
def he_by_outputs(n_in, n_out, scheme):
    return (2 / n_out) ** 0.5 if scheme == "he" else (2 / (n_in + n_out)) ** 0.5


@start_std.slip("The 2 is missing in He's rule: it makes up for the half that ReLU cuts off.")
def he_without_two(n_in, n_out, scheme):
    return (1 / n_in) ** 0.5 if scheme == "he" else (2 / (n_in + n_out)) ** 0.5


@start_std.slip(
    "For Xavier inputs *and* outputs count: it is a compromise between the two directions."
)
def xavier_by_inputs(n_in, n_out, scheme):
    return (2 / n_in) ** 0.5 if scheme == "he" else (1 / n_in) ** 0.5


@start_std.slip("The 2 is missing in Xavier's rule; look at its variance again.")
def xavier_without_two(n_in, n_out, scheme):
    return (2 / n_in) ** 0.5 if scheme == "he" else (1 / (n_in + n_out)) ** 0.5


@start_std.slip(
    "For Xavier that is the bound of a uniform distribution, not its standard deviation."
)
def xavier_bound(n_in, n_out, scheme):
    return (2 / n_in) ** 0.5 if scheme == "he" else (6 / (n_in + n_out)) ** 0.5


@start_std.slip("The root is taken of the 2 alone; it belongs over the whole fraction.")
def root_of_two(n_in, n_out, scheme):
    return 2**0.5 / n_in if scheme == "he" else 2**0.5 / (n_in + n_out)


start_std.slip(
    "Both numbers are one over what is wanted: variances stand under the root, sizes below the"
    " fraction.",
    name="upside_down",
)(lambda n_in, n_out, scheme: 1 / start_std(n_in, n_out, scheme))
start_std.slip("He's rule is used for both; Xavier has one of its own.", name="always_he")(
    lambda n_in, n_out, scheme: start_std(n_in, n_out, "he")
)
start_std.slip("Xavier's rule is used for both; He has one of its own.", name="always_xavier")(
    lambda n_in, n_out, scheme: start_std(n_in, n_out, "xavier")
)
start_std.slip(
    "Xavier is right. For He the variance is given; take its root as well.", name="he_variance"
)(lambda n_in, n_out, scheme: start_std(n_in, n_out, scheme) ** (2 if scheme == "he" else 1))
start_std.slip(
    "He is right. For Xavier the variance is given; take its root as well.", name="xavier_variance"
)(lambda n_in, n_out, scheme: start_std(n_in, n_out, scheme) ** (1 if scheme == "he" else 2))
start_std.slip(
    "Xavier is right. For He only the inputs count: their sum with the outputs stands in Xavier's"
    " rule.",
    name="he_by_both",
)(lambda n_in, n_out, scheme: ((4 if scheme == "he" else 2) / (n_in + n_out)) ** 0.5)
start_std.slip(
    "These are the bounds of uniform distributions, not their standard deviations.", name="bounds"
)(lambda n_in, n_out, scheme: 3**0.5 * start_std(n_in, n_out, scheme))
start_std.slip("For Xavier the sizes are multiplied; they are added.", name="xavier_product")(
    lambda n_in, n_out, scheme: (2 / (n_in if scheme == "he" else n_in * n_out)) ** 0.5
)
start_std.slip(
    'Nothing comes back for one of the names: they are written `"xavier"` and `"he"`, in small'
    " letters.",
    name="other_names",
)(lambda n_in, n_out, scheme: None)


# --- 6.7 ---


@exercise(
    "6.7",
    title="Two schedules",
    prompt="""
    Write `rate(t, T, lr, kind)`: the learning rate in epoch `t`, counted from 0, of `T` epochs.
    `kind="step"` multiplies by 0.1 every 30 epochs; `kind="cosine"` falls along half a cosine from
    `lr` to 0 at `t = T`.
    """,
    stub="""
    def rate(t, T, lr, kind):
        return ...  # your code
    """,
    hints=(
        "How many times has the rate been lowered by epoch t? Python's `//` helps.",
        "Half a cosine: the angle goes from 0 to $\\pi$.",
        "The cosine goes from 1 to −1; bring it to 1 … 0.",
    ),
    cases=lambda rng: [
        (40, 95, 0.2, "step"),
        (40, 95, 0.2, "cosine"),
        (0, 90, 0.1, "step"),
        (95, 120, 0.1, "step"),
        (45, 200, 0.1, "step"),
        (30, 90, 0.1, "step"),
        (59, 90, 0.1, "step"),
        (75, 90, 0.1, "step"),
        (0, 50, 0.2, "cosine"),
        (25, 50, 0.2, "cosine"),
        (50, 50, 0.2, "cosine"),
        (10, 40, 1.0, "cosine"),
    ],
    float32=False,
)
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr / 2 * (1 + np.cos(np.pi * t / T))


@rate.also_right
def rate_differently(t, T, lr, kind):
    if kind == "cosine":
        return lr * np.cos(np.pi * t / (2 * T)) ** 2
    while t >= 30:
        t, lr = t - 30, lr / 10
    return lr


@rate.slip("The step schedule falls smoothly; it should stay level for 30 epochs and then drop.")
def smooth_step(t, T, lr, kind):
    return lr * 0.1 ** (t / 30) if kind == "step" else rate.reference(t, T, lr, kind)


@rate.slip("The cosine falls below zero: half a cosine has to be lifted and halved.")
def below_zero(t, T, lr, kind):
    return lr * np.cos(np.pi * t / T) if kind == "cosine" else rate.reference(t, T, lr, kind)


@rate.slip("The cosine comes back up at the end: the angle should go to $\\pi$, not to $2\\pi$.")
def full_wave(t, T, lr, kind):
    if kind == "cosine":
        return lr / 2 * (1 + np.cos(2 * np.pi * t / T))
    return rate.reference(t, T, lr, kind)


@rate.slip("The first drop of the step schedule comes one epoch late: epoch 30 has the new rate.")
def one_late(t, T, lr, kind):
    return (
        lr * 0.1 ** ((t - 1) // 30 if t else 0)
        if kind == "step"
        else rate.reference(t, T, lr, kind)
    )


@rate.slip(
    "The step schedule drops thirty times in the whole run. It should drop every 30 epochs, however"
    " long the run is."
)
def drops_thirty_times(t, T, lr, kind):
    return lr * 0.1 ** (30 * t // T) if kind == "step" else rate.reference(t, T, lr, kind)


@rate.slip("The step schedule drops once and then no more; it should drop every 30 epochs.")
def drops_once(t, T, lr, kind):
    return lr * (0.1 if t >= 30 else 1) if kind == "step" else rate.reference(t, T, lr, kind)


@rate.slip(
    "Only the epochs 0, 30, 60 … get a lower rate: a rate that has dropped must stay down, and drop"
    " again. Your function is called anew for each epoch and remembers nothing."
)
def drops_and_returns(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 if t % 30 == 0 else lr
    return rate.reference(t, T, lr, kind)


@rate.slip("The step schedule multiplies by 0.1 once for each drop; you multiply by their number.")
def times_the_drops(t, T, lr, kind):
    return lr * 0.1 * (t // 30) if kind == "step" else rate.reference(t, T, lr, kind)


@rate.slip("The cosine starts at twice the rate: it is lifted, but not halved.")
def not_halved(t, T, lr, kind):
    return lr * (1 + np.cos(np.pi * t / T)) if kind == "cosine" else rate.reference(t, T, lr, kind)


@rate.slip(
    "That is a quarter of a cosine, from its top to its zero. Half of one goes from its top to its"
    " bottom."
)
def quarter_wave(t, T, lr, kind):
    if kind == "cosine":
        return lr * np.cos(np.pi * t / (2 * T))
    return rate.reference(t, T, lr, kind)


@rate.slip("The cosine schedule rises from 0; it should fall to 0.")
def rises(t, T, lr, kind):
    if kind == "cosine":
        return lr / 2 * (1 - np.cos(np.pi * t / T))
    return rate.reference(t, T, lr, kind)


def _steps(of_t):
    return lambda t, T, lr, kind: of_t(t, T, lr) if kind == "step" else rate(t, T, lr, kind)


def _waves(of_t):
    return lambda t, T, lr, kind: of_t(t, T, lr) if kind == "cosine" else rate(t, T, lr, kind)


rate.slip(
    "The drops are a third of the training apart. They come every 30 epochs, however long it takes.",
    name="thirds",
)(_steps(lambda t, T, lr: lr * 0.1 ** (t // (T // 3))))
rate.slip(
    "There are two drops and then no more; a longer training has a drop every 30 epochs.",
    name="two_drops",
)(_steps(lambda t, T, lr: lr * 0.1 ** min(t // 30, 2)))
rate.slip(
    "The step schedule counts the epochs since the last drop (`%`); how many drops there have been"
    " is `//`.",
    name="remainder",
)(_steps(lambda t, T, lr: lr * 0.1 ** (t % 30)))
rate.slip(
    "The drops come one epoch late, and the rate is ten times too large in epoch 0: epochs are"
    " counted from 0.",
    name="one_late_from_the_start",
)(_steps(lambda t, T, lr: lr * 0.1 ** ((t - 1) // 30)))
rate.slip("The drops come one epoch early: epochs are counted from 0.", name="one_early")(
    _steps(lambda t, T, lr: lr * 0.1 ** ((t + 1) // 30))
)
rate.slip("The rate is lowered by subtracting; it is multiplied by 0.1.", name="subtracted")(
    _steps(lambda t, T, lr: lr - 0.1 * (t // 30))
)
rate.slip("The rate is multiplied by 0.9; it is multiplied by 0.1.", name="by_nine_tenths")(
    _steps(lambda t, T, lr: lr * 0.9 ** (t // 30))
)
rate.slip(
    "The second schedule falls along a straight line; a cosine was asked for.", name="straight"
)(_waves(lambda t, T, lr: lr * (1 - t / T)))
rate.slip("$\\pi$ is missing: the angle goes from 0 to 1 only.", name="without_pi")(
    _waves(lambda t, T, lr: lr / 2 * (1 + np.cos(t / T)))
)
rate.slip("`np.cos` takes the angle in radians: half a turn is $\\pi$, not 180.", name="degrees")(
    _waves(lambda t, T, lr: lr / 2 * (1 + np.cos(180 * t / T)))
)
rate.slip("The cosine reaches 0 one epoch early: it ends at `t = T`.", name="ends_early")(
    _waves(lambda t, T, lr: lr / 2 * (1 + np.cos(np.pi * t / (T - 1))))
)
rate.slip("The cosine is one epoch ahead: epochs are counted from 0.", name="one_ahead")(
    _waves(lambda t, T, lr: lr / 2 * (1 + np.cos(np.pi * (t + 1) / T)))
)
rate.slip(
    "The brackets are missing: `lr` multiplies the 1 alone, or the half divides the cosine alone.",
    name="wave_without_brackets",
)(_waves(lambda t, T, lr: lr * 1 + np.cos(np.pi * t / T) / 2))
rate.slip("The two schedules are exchanged.", name="kinds_exchanged")(
    lambda t, T, lr, kind: rate(t, T, lr, "step" if kind == "cosine" else "cosine")
)


# --- 6.8 ---


@exercise(
    "6.8",
    title="Adam by hand",
    prompt="""
    Write `adam_step(theta, g, m, s, t, lr)`: step number `t` (from 1) of Adam with
    $\\beta_1 = 0.9$, $\\beta_2 = 0.999$, $\\epsilon = 10^{-8}$, equation {eq}`eq-6-adam`. `g` is the
    gradient, `m` and `s` the running means before the step. Return the new `(theta, m, s)`.
    """,
    stub="""
    def adam_step(theta, g, m, s, t, lr):
        return ...  # your code: return theta, m, s
    """,
    hints=(
        "First the two running means; they are returned without correction.",
        "The corrections divide by $1 - \\beta^t$.",
        "$\\epsilon$ is added to the square root, not under it.",
    ),
    cases=lambda rng: [
        (
            np.array([0.7, -1.4, 2.3]),
            np.array([0.6, 3.2, -0.9]),
            np.array([0.4, -0.3, 0.2]),
            np.array([0.7, 1.6, 0.3]),
            3,
            0.2,
        ),
        (np.array([1.0]), np.array([0.5]), np.zeros(1), np.zeros(1), 1, 0.1),
        (np.array([1.0, 2.0]), np.array([1e-6, -3.0]), np.zeros(2), np.zeros(2), 1, 0.01),
        (rng.normal(size=3), rng.normal(size=3), rng.normal(size=3), rng.uniform(size=3), 5, 0.1),
        (np.ones(2), np.array([1e-9, 0.0]), np.zeros(2), np.zeros(2), 2, 0.1),
    ],
    float32=False,
)
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    return theta - lr * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


@adam_step.also_right
def adam_step_by_entries(theta, g, m, s, t, lr):
    results = []
    for th, gr, mi, si in zip(theta, g, m, s, strict=True):
        mi = mi + (1 - 0.9) * (gr - mi)
        si = si + (1 - 0.999) * (gr * gr - si)
        step = (mi / (1 - 0.9**t)) / ((si / (1 - 0.999**t)) ** 0.5 + 1e-8)
        results.append((th - lr * step, mi, si))
    return tuple(np.array(column) for column in zip(*results, strict=True))


def _adam_with(correct=True, eps_under=False, square=True, sign=-1.0):
    def adam_step(theta, g, m, s, t, lr):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * (g**2 if square else np.abs(g))
        m_hat, s_hat = (m / (1 - 0.9**t), s / (1 - 0.999**t)) if correct else (m, s)
        below = np.sqrt(s_hat + 1e-8) if eps_under else np.sqrt(s_hat) + 1e-8
        return theta + sign * lr * m_hat / below, m, s

    return adam_step


adam_step.slip(
    "The running means are right, the step is not: the corrections for the start at zero are missing.",
    name="not_corrected",
)(_adam_with(correct=False))
adam_step.slip(
    "Right for ordinary gradients, wrong for tiny ones: $\\epsilon$ stands under the root.",
    name="eps_under_the_root",
)(_adam_with(eps_under=True))
adam_step.slip("`s` is the running mean of the *squares*.", name="no_square")(
    _adam_with(square=False)
)
adam_step.slip("The step climbs.", name="adam_climbs")(_adam_with(sign=1.0))


@adam_step.slip(
    "The corrected means are returned. The next step needs the uncorrected ones, or they are corrected"
    " twice."
)
def returns_corrected(theta, g, m, s, t, lr):
    theta, m, s = adam_step.reference(theta, g, m, s, t, lr)
    return theta, m / (1 - 0.9**t), s / (1 - 0.999**t)


def _adam_step_with(step, betas=(0.9, 0.999), square=lambda g: g**2):
    """A step whose last formula is ``step(theta, means before, means after, t, lr)``."""

    def adam_step(theta, g, m, s, t, lr):
        new_m = betas[0] * m + (1 - betas[0]) * g
        new_s = betas[1] * s + (1 - betas[1]) * square(g)
        with np.errstate(divide="ignore", invalid="ignore"):
            return step(theta, (m, s), (new_m, new_s), t, lr), new_m, new_s

    return adam_step


def _adam_formula(theta, means, t, lr, eps=1e-8, root=np.sqrt, power=True):
    m, s = means
    n = t if power else 1
    return theta - lr * m / (1 - 0.9**n) / (root(s / (1 - 0.999**n)) + eps)


adam_step.slip(
    "The running means are right, but the step uses those from before: first the means, then the"
    " step.",
    name="old_means",
)(_adam_step_with(lambda th, old, new, t, lr: _adam_formula(th, old, t, lr)))
adam_step.slip(
    "The step is divided by the mean of the squares; its root is missing.", name="no_root"
)(_adam_step_with(lambda th, old, new, t, lr: _adam_formula(th, new, t, lr, root=lambda v: v)))
adam_step.slip(
    "Right in the first step. The corrections become weaker from step to step: where does `t` come in?",
    name="no_power",
)(_adam_step_with(lambda th, old, new, t, lr: _adam_formula(th, new, t, lr, power=False)))
adam_step.slip(
    "Right for ordinary gradients, wrong for tiny ones: $\\epsilon$ is missing.", name="no_eps"
)(_adam_step_with(lambda th, old, new, t, lr: _adam_formula(th, new, t, lr, eps=0.0)))
adam_step.slip(
    "Old and new are exchanged in the running means: most of the old mean is kept, and a little of"
    " the new gradient is added.",
    name="betas_exchanged",
)(
    _adam_step_with(
        lambda th, old, new, t, lr: _adam_formula(th, new, t, lr), betas=(1 - 0.9, 1 - 0.999)
    )
)
adam_step.slip(
    "One number stands for the squares of all entries. Adam keeps a running mean for each parameter.",
    name="dotted",
)(
    _adam_step_with(
        lambda th, old, new, t, lr: _adam_formula(th, new, t, lr), square=lambda g: g @ g
    )
)


def _adam_hats(m_hat, s_hat, step=lambda th, lr, m, s: th - lr * m / (np.sqrt(s) + 1e-8)):
    """A step with other corrections, ``m_hat(m, t)`` and ``s_hat(s, t)``."""

    def adam_step(theta, g, m, s, t, lr):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        with np.errstate(all="ignore"):
            return step(theta, lr, m_hat(m, t), s_hat(s, t)), m, s

    return adam_step


def _hat(beta):
    return lambda mean, t: mean / (1 - beta**t)


adam_step.slip(
    "Only the mean of the gradients is corrected; that of the squares starts at zero as well.",
    name="only_m_corrected",
)(_adam_hats(_hat(0.9), lambda s, t: s))
adam_step.slip(
    "Only the mean of the squares is corrected; that of the gradients starts at zero as well.",
    name="only_s_corrected",
)(_adam_hats(lambda m, t: m, _hat(0.999)))
adam_step.slip(
    "Both means are corrected with $\\beta_1$; that of the squares has $\\beta_2$.",
    name="same_correction",
)(_adam_hats(_hat(0.9), _hat(0.9)))
adam_step.slip("The two corrections are exchanged.", name="corrections_exchanged")(
    _adam_hats(_hat(0.999), _hat(0.9))
)
adam_step.slip(
    "The corrections divide by $1 - \\beta^t$; you multiply $\\beta$ by `t`.", name="beta_times_t"
)(_adam_hats(lambda m, t: m / (1 - 0.9 * t), lambda s, t: np.abs(s / (1 - 0.999 * t))))
adam_step.slip("The corrections are one step ahead: `t` counts from 1 already.", name="t_plus_one")(
    _adam_hats(lambda m, t: m / (1 - 0.9 ** (t + 1)), lambda s, t: s / (1 - 0.999 ** (t + 1)))
)
adam_step.slip("The learning rate is missing.", name="no_rate")(
    _adam_hats(_hat(0.9), _hat(0.999), lambda th, lr, m, s: th - m / (np.sqrt(s) + 1e-8))
)
adam_step.slip(
    "$\\epsilon$ is added to the root before it is corrected; it belongs to the corrected one.",
    name="eps_before_the_correction",
)(
    lambda theta, g, m, s, t, lr: (
        theta
        - lr
        * np.sqrt(1 - 0.999**t)
        / (1 - 0.9**t)
        * (0.9 * m + 0.1 * g)
        / (np.sqrt(0.999 * s + 0.001 * g**2) + 1e-8),
        0.9 * m + 0.1 * g,
        0.999 * s + 0.001 * g**2,
    )
)


@adam_step.slip("$\\beta_1$ and $\\beta_2$ are exchanged: the squares have the longer memory.")
def beta_one_for_two(theta, g, m, s, t, lr):
    m, s = 0.999 * m + 0.001 * g, 0.9 * s + 0.1 * g**2
    return theta - lr * m / (1 - 0.999**t) / (np.sqrt(s / (1 - 0.9**t)) + 1e-8), m, s


@adam_step.slip("The step takes the gradient itself; it takes the corrected mean of the gradients.")
def gradient_for_mean(theta, g, m, s, t, lr):
    new, m, s = adam_step.reference(theta, g, m, s, t, lr)
    return theta - lr * g / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


@adam_step.slip("`s` is fed with the mean `m` instead of with the gradient `g`.")
def squares_of_the_mean(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * m**2
    return theta - lr * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


@adam_step.slip("`s` is the running mean of the gradients here; their squares are wanted.")
def square_forgotten(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g
    return theta - lr * m / (1 - 0.9**t) / (np.sqrt(np.abs(s / (1 - 0.999**t))) + 1e-8), m, s


@adam_step.slip("The two running means come back in the other order: `theta`, `m`, `s` is wanted.")
def means_exchanged(theta, g, m, s, t, lr):
    theta, m, s = adam_step.reference(theta, g, m, s, t, lr)
    return theta, s, m


@adam_step.slip("Only `theta` comes back. The next step needs `m` and `s` as well.")
def theta_only(theta, g, m, s, t, lr):
    return adam_step.reference(theta, g, m, s, t, lr)[0]


# --- 6.9 ---


@exercise(
    "6.9",
    title="Which loss?",
    prompt="""
    A network predicts which of 20 bird species a photograph shows; each photograph shows exactly one.
    Its last layer has 20 outputs without an activation. Which loss belongs to it?

    - a: `nn.MSELoss`
    - b: `nn.BCEWithLogitsLoss`
    - c: `nn.CrossEntropyLoss`
    - d: `nn.CrossEntropyLoss` after a softmax layer
    """,
    stub='loss = ...  # "a", "b", "c" or "d"',
    hints=(
        "Is it regression, two classes, or one class out of many?",
        "The outputs are logits.",
        "Which of the losses applies the softmax itself?",
    ),
    coding=False,
)
def loss():
    return "c"


loss.slip(
    "The squared error pulls the outputs to 0 and 1 as if they were measurements; it also punishes a"
    " right answer that is too sure. And the targets here are class numbers."
)(lambda: "a")
loss.slip(
    "That treats the 20 outputs as 20 separate yes-or-no questions; here exactly one is right."
)(lambda: "b")
loss.slip("Then the softmax would be applied twice: the loss has one of its own.")(lambda: "d")


loss.slip(
    'The letter is wanted: `"a"`, `"b"`, `"c"` or `"d"`.',
    name="its_name",
)(lambda: "nn.CrossEntropyLoss")


# --- 6.10 ---


@exercise(
    "6.10",
    title="Grid search",
    prompt="""
    Write `best_setting(grid, score)`. `grid` maps names to lists of values, such as
    `{"lr": [0.1, 0.01], "width": [8, 16]}`; `score(lr=0.1, width=8)` returns a validation loss. Try
    every combination and return the best one as a dictionary (of equals the first, in the order of
    `itertools.product`).
    """,
    stub="""
    def best_setting(grid, score):
        return ...  # your code
    """,
    hints=(
        "`itertools.product(*grid.values())` goes through all combinations.",
        "`dict(zip(grid, values))` puts names and values together.",
        "`score(**setting)` calls it with names.",
    ),
    cases=lambda rng: [
        ({"lr": [0.1, 0.01, 0.001], "width": [8, 16]}, _score_lr),
        ({"lr": [1.0, 0.1, 0.01], "width": [4, 8, 12]}, _score_together),
        ({"width": [4, 8], "lr": [0.1, 0.2]}, _score_tie),
        ({"a": [1, 2, 3]}, _score_a),
        ({"lr": [1.0, 0.1], "width": [1, 2, 3], "decay": [0.0, 0.5]}, _score_three),
        ({"a": [3, 1, 2], "b": [0, 1]}, _score_equals),
    ],
    float32=False,
)
def best_setting(grid, score):
    best, lowest = None, float("inf")
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        loss = score(**setting)
        if loss < lowest:
            best, lowest = setting, loss
    return best


def _score_a(a):
    return (a - 2) ** 2


def _score_equals(a, b):
    return (a - 2) ** 2 + 1 if a != 1 else 1


def _score_lr(lr, width):
    return abs(np.log10(lr) + 2) + abs(width - 16) / 8


def _score_together(lr, width):
    """The best pair is not found by changing one name and then the other."""
    return 5.0 if (lr, width) == (0.01, 12) else 20 * abs(lr - 0.1) + width + 3


def _score_tie(lr, width):
    """Two pairs are equally good."""
    return 2.0 if (width, lr) in ((4, 0.2), (8, 0.1)) else 3.0


def _score_three(lr, width, decay):
    return abs(lr - 0.1) * 3 - width * (1 if lr < 0.5 else -1) + (decay - 0.5) ** 2


@best_setting.also_right
def best_setting_with_min(grid, score):
    settings = [dict(zip(grid, v, strict=True)) for v in itertools.product(*grid.values())]
    return min(settings, key=lambda setting: score(**setting))


@best_setting.slip("That is the setting with the *highest* loss.")
def worst_setting(grid, score):
    settings = [dict(zip(grid, v, strict=True)) for v in itertools.product(*grid.values())]
    return max(settings, key=lambda setting: score(**setting))


@best_setting.slip("The loss is returned; the setting was asked for.")
def best_loss(grid, score):
    return score(**best_setting.reference(grid, score))


@best_setting.slip(
    "The names are tuned one after the other, the others staying at their first value. The best"
    " combination may need two changes at once."
)
def one_at_a_time(grid, score):
    setting = {name: values[0] for name, values in grid.items()}
    found = {}
    for name, values in grid.items():
        found[name] = min(values, key=lambda v, name=name: score(**{**setting, name: v}))
    return found


@best_setting.slip("The first combination comes back: the loop ends too early.")
def first_setting(grid, score):
    return {name: values[0] for name, values in grid.items()}


@best_setting.slip("Of equally good settings this returns the last; the first was asked for.")
def last_of_equals(grid, score):
    settings = [dict(zip(grid, v, strict=True)) for v in itertools.product(*grid.values())]
    return min(reversed(settings), key=lambda setting: score(**setting))


@best_setting.slip(
    "The last combination that beats the *starting* value comes back: the lowest loss so far must be"
    " kept along with its setting."
)
def last_setting(grid, score):
    return {name: values[-1] for name, values in grid.items()}


@best_setting.slip(
    "A loss must beat the value that you start with, and 0 is too low a start: no loss of this grid"
    " is below it."
)
def starts_at_zero(grid, score):
    best, lowest = None, 0
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        loss = score(**setting)
        if loss < lowest:
            best, lowest = setting, loss
    return best


@best_setting.slip("The values come back without their names; a dictionary was asked for.")
def values_only(grid, score):
    return tuple(best_setting.reference(grid, score).values())


@best_setting.slip(
    "The setting comes back together with its loss; the setting alone was asked for."
)
def with_the_loss(grid, score):
    setting = best_setting.reference(grid, score)
    return setting, score(**setting)


@best_setting.slip(
    "The lists are walked through side by side (`zip`): first with first, second with second. Every"
    " value of one list must meet every value of the others."
)
def side_by_side(grid, score):
    settings = [dict(zip(grid, v, strict=True)) for v in zip(*grid.values(), strict=False)]
    return min(settings, key=lambda setting: score(**setting))


@best_setting.slip(
    "The setting with the loss nearest to zero comes back; losses can be negative, and the lowest is"
    " the best."
)
def nearest_to_zero(grid, score):
    settings = [dict(zip(grid, v, strict=True)) for v in itertools.product(*grid.values())]
    return min(settings, key=lambda setting: abs(score(**setting)))


@best_setting.slip(
    "The names are tuned one after the other, each once. The best combination may need two changes"
    " at once: try all of them."
)
def one_after_the_other(grid, score):
    setting = {name: values[0] for name, values in grid.items()}
    for name, values in grid.items():
        setting[name] = min(values, key=lambda v, name=name: score(**{**setting, name: v}))
    return setting


@best_setting.slip(
    "Of equally good settings the first in the order of `itertools.product` was asked for; you go"
    " through the lists in another order."
)
def other_order(grid, score):
    names = list(grid)[::-1]
    values = [grid[name] for name in names]
    settings = [dict(zip(names, v, strict=True)) for v in itertools.product(*values)]
    return min(settings, key=lambda setting: score(**setting))


@best_setting.slip(
    "Your function knows the names `lr` and `width`. The grid may hold any names: take them from it."
)
def fixed_names(grid, score):
    pairs = itertools.product(grid["lr"], grid["width"])
    return min(({"lr": a, "width": b} for a, b in pairs), key=lambda s: score(**s))


@best_setting.slip(
    "A loss must beat the value that you start with. Start with infinity: a loss may be larger than"
    " any number you choose."
)
def starts_at_one(grid, score):
    best, lowest = None, 1.0
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        if score(**setting) < lowest:
            best, lowest = setting, score(**setting)
    return best


# --- 6.11 ---


@exercise(
    "6.11",
    title="An activation spread that lasts",
    prompt="""
    Write `deep(seed)`: a PyTorch network with ten hidden layers of 100 ReLU neurons, 100 inputs and
    one output (11 linear layers), initialised so that the activations keep their size: for standard
    normal inputs the root mean square of the last hidden activations must lie within a factor of
    three of the first's. Biases zero.
    """,
    stub="""
    def deep(seed):
        return ...  # your code
    """,
    hints=(
        "Which initialisation is made for ReLU?",
        '`nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")`',
        "Go through `model` and set the weights and biases of each `nn.Linear`.",
    ),
    float32=False,
    time_limit=20,
)
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for n_out in [100] * 10 + [1]:
        linear = nn.Linear(100, n_out)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@deep.judge
def _judge_deep(answer, rng):
    for seed in (0, 1):
        model = answer(seed)
        if not isinstance(model, nn.Module):
            return f"`deep` must return a network; it returned {type(model).__name__}."
        linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
        if len(linear) != 11:
            return f"The network must have 11 linear layers; it has {len(linear)}."
        shapes = [(m.in_features, m.out_features) for m in linear]
        if shapes != [(100, 100)] * 10 + [(100, 1)]:
            return (
                f"Inputs and outputs of the linear layers must be as asked for; yours are {shapes}."
            )
        a = torch.tensor(rng.normal(size=(500, 100)), dtype=torch.float32)
        sizes = []
        with torch.no_grad():
            out = model(a)
            plain = saturated = by_weights = a
            for module in linear[:-1]:
                a, plain = torch.relu(module(a)), module(plain)
                saturated = torch.tanh(module(saturated))
                by_weights = torch.relu(by_weights @ module.weight.T)
                sizes.append(by_weights.pow(2).mean().sqrt().item())
            wanted, without, with_tanh = (linear[-1](v) for v in (a, plain, saturated))
        if sizes[0] == 0:
            return "all_zero"
        weights = torch.stack([m.weight for m in linear[:-1]]).detach()
        if (weights == weights[0, 0, 0]).all():
            return "deep_constant"
        if torch.allclose(out, wanted.relu(), rtol=1e-3, atol=1e-6) and not torch.allclose(
            out, wanted
        ):
            return "deep_relu_at_the_end"
        for name, other in (("deep_without_relu", without), ("deep_with_tanh", with_tanh)):
            if torch.allclose(out, other, rtol=1e-3, atol=1e-6) and not torch.allclose(out, wanted):
                return name
        if not torch.allclose(out, wanted, rtol=1e-3, atol=1e-6):
            return (
                "The output is not that of linear layers with a ReLU after each but the last: print "
                "the model and look at what stands between its layers."
            )
        growth = sizes[-1] / sizes[0]
        if growth > 3:
            one_sided = abs(weights.mean()) > weights.std() / 2
            return "deep_one_sided" if one_sided else "explodes"
        spread = weights.std().item()
        for name, std in (("deep_variance", 0.02), ("default_start", 300**-0.5)):
            if growth < 1 / 3 and abs(spread / std - 1) < 0.05:
                return name
        if 0.005 < growth < 1 / 3:
            return "xavier_for_relu"
        if growth <= 0.005:
            return "vanishes"
        if any(m.bias is not None and (m.bias != 0).any() for m in linear):
            return "biases_not_zero"
    return None


def _deep_with(fill, bias=nn.init.zeros_, activation=nn.ReLU):
    def deep(seed):
        torch.manual_seed(seed)
        layers = []
        for n_out in [100] * 10 + [1]:
            linear = nn.Linear(100, n_out)
            with torch.no_grad():
                fill(linear.weight)
                bias(linear.bias)
            layers += [linear, activation()]
        return nn.Sequential(*layers[:-1])

    return deep


deep.also_right(_deep_with(lambda W: nn.init.normal_(W, std=(2 / 100) ** 0.5)))
deep.slip("All activations are zero: the weights start at zero.", name="all_zero")(
    _deep_with(nn.init.zeros_)
)
deep.slip("The activations grow from layer to layer: the weights are too large.", name="explodes")(
    _deep_with(lambda W: nn.init.normal_(W, std=1.0))
)
deep.slip(
    "The activations shrink to almost nothing within ten layers: the weights are far too small.",
    name="vanishes",
)(_deep_with(lambda W: nn.init.normal_(W, std=0.01)))
deep.slip(
    "The activations shrink slowly, by about $\\sqrt{1/2}$ a layer: that start keeps the size where"
    " there is no activation, but ReLU cuts off half.",
    name="xavier_for_relu",
)(_deep_with(nn.init.xavier_normal_))
deep.slip("The weights are fine; the biases should be zero.", name="biases_not_zero")(
    _deep_with(lambda W: nn.init.kaiming_normal_(W, nonlinearity="relu"), nn.init.normal_)
)


deep.slip("There is no ReLU between the layers: the network is linear.", name="deep_without_relu")(
    _deep_with(lambda W: nn.init.normal_(W, std=0.1), activation=nn.Identity)
)
deep.slip("The hidden layers use tanh; the exercise asks for ReLU.", name="deep_with_tanh")(
    _deep_with(lambda W: nn.init.normal_(W, std=0.1), activation=nn.Tanh)
)


deep.slip(
    "The activations shrink by about $\\sqrt{1/6}$ a layer: that is how `nn.Linear` starts, with"
    " Var W = 1/(3n). ReLU needs six times that.",
    name="default_start",
)(_deep_with(lambda W: nn.init.uniform_(W, -0.1, 0.1)))
deep.slip(
    "All weights are equal, so all neurons of a layer give the same number. Draw them at random.",
    name="deep_constant",
)(_deep_with(nn.init.ones_))
deep.slip(
    "The activations grow: your weights lie on one side of zero, so that nothing cancels. Draw them"
    " around zero.",
    name="deep_one_sided",
)(_deep_with(nn.init.uniform_))
deep.slip(
    "The standard deviation is $2/n$; that is the variance that is wanted. Take its root.",
    name="deep_variance",
)(_deep_with(lambda W: nn.init.normal_(W, std=2 / 100)))


@deep.slip("A ReLU follows the output; the network should end in a linear layer.")
def deep_relu_at_the_end(seed):
    return nn.Sequential(*deep.reference(seed), nn.ReLU())
