"""Exercises of chapter 1: the sigmoid, neurons, layers, networks, and a first training run."""

import math

import numpy as np

from groundup.datasets import ten_points
from groundup.later import Later
from groundup.questions.question import exercise

torch, nn = Later("torch"), Later("torch.nn")

# --- 1.1 ---


@exercise(
    "1.1",
    title="The sigmoid",
    prompt="""
    Write `my_sigmoid(z)` for a NumPy array `z` of any shape: equation {eq}`eq-1-sigmoid`, entry by
    entry.
    """,
    stub="""
    def my_sigmoid(z):
        return ...  # your code
    """,
    hints=(
        "NumPy's `np.exp` works on whole arrays.",
        "What is the sign of the exponent?",
        "For z = 0 the result must be one half, for large z near 1.",
    ),
    cases=lambda rng: [
        (np.array([[0.7, -1.6, 2.3], [-0.4, 3.1, -2.2]]),),
        (np.array([0.3, 1.9, -2.4]),),
        (rng.normal(size=(3, 2)),),
        (rng.normal(size=7) * 5,),
    ],
)
def my_sigmoid(z):
    return 1 / (1 + np.exp(-z))


@my_sigmoid.also_right
def by_tanh(z):
    return (1 + np.tanh(np.asarray(z) / 2)) / 2


@my_sigmoid.slip(
    "The curve falls where it should rise: it is mirrored. Look at the sign of the exponent."
)
def sign_lost(z):
    return 1 / (1 + np.exp(z))


@my_sigmoid.slip(
    "All results are larger than 1. Which part of the formula belongs under the fraction bar?"
)
def brackets_lost(z):
    return 1 / 1 + np.exp(-z)


@my_sigmoid.slip(
    "For 0 the result should be one half, and it is 1: something is missing in the denominator."
)
def one_lost(z):
    return 1 / np.exp(-z)


@my_sigmoid.slip(
    "The values lie between -1 and 1: that is another S-shaped function, the hyperbolic tangent."
)
def tanh_instead(z):
    return np.tanh(z)


@my_sigmoid.slip(
    "Some values lie outside of 0 to 1: look at the sign between the two terms of the denominator."
)
def minus_in_the_denominator(z):
    return 1 / (1 - np.exp(-z))


@my_sigmoid.slip(
    "In `a / b + c` only `b` stands under the fraction bar. The whole denominator needs brackets."
)
def brackets_lost_below_an_exponential(z):
    return np.exp(z) / 1 + np.exp(z)


@my_sigmoid.slip(
    "These are 0 and 1, a hard switch. The sigmoid passes smoothly from one to the other."
)
def step_instead(z):
    return (z > 0).astype(float)


@my_sigmoid.slip(
    "Negative numbers become 0 and the others stay as they are: that is ReLU, another function."
)
def relu_instead(z):
    return np.maximum(z, 0)


@my_sigmoid.slip(
    "All results together sum to 1: that is the softmax. Each entry is computed by itself here."
)
def softmax_instead(z):
    return np.exp(z) / np.exp(z).sum()


@my_sigmoid.slip("That is the slope of the sigmoid; the function itself is wanted.")
def slope_instead(z):
    return 1 / (2 + np.exp(z) + np.exp(-z))


@my_sigmoid.slip("That is the inverse of the sigmoid, which leads back from the result to `z`.")
def inverse_instead(z):
    with np.errstate(all="ignore"):
        return np.log(z / (1 - z))


@my_sigmoid.slip("The fraction is missing: the exponential stands under a bar, with the 1.")
def no_fraction(z):
    return 1 - np.exp(-z)


@my_sigmoid.slip("The base of the power is 2; it should be $e$.")
def base_two_in_the_sigmoid(z):
    return 1 / (1 + 2.0**-z)


@my_sigmoid.slip("The input is squared, so a number and its negative give the same.")
def squared_in_the_exponent(z):
    return 1 / (1 + np.exp(-(z**2)))


@my_sigmoid.slip("The results are right, and rounded. Give all digits.")
def rounded(z):
    return np.round(1 / (1 + np.exp(-z)), 2)


@my_sigmoid.slip(
    "`z` is a whole array, and something in the function takes single numbers only, as `math.exp` does."
    " NumPy's own functions take arrays."
)
def for_single_numbers(z):
    return 1 / (1 + math.exp(-z))


@my_sigmoid.slip("That grows without end: it is the softplus, a smooth ReLU.")
def softplus_instead(z):
    return np.log(1 + np.exp(z))


@my_sigmoid.slip("These are three straight lines. The sigmoid is curved, and never quite 0 or 1.")
def straight_lines(z):
    return np.clip(0.5 + z / 4, 0, 1)


@my_sigmoid.slip("The curve is too flat: `z` itself stands in the exponent, not half of it.")
def half_in_the_exponent(z):
    return 1 / (1 + np.exp(-z / 2))


# --- 1.2 ---


@exercise(
    "1.2",
    title="Where the switch stands",
    prompt="""
    A neuron with one input computes $\\sigma(4x - 6)$. At which `x` is its output one half?
    """,
    stub="x = ...",
    hints=(
        "For which argument is the sigmoid one half?",
        "Set the pre-activation to that number.",
        "Solve $4x - 6 = 0$.",
    ),
    coding=False,
)
def x():
    return 6 / 4


x.slip("The sign is wrong: the switch stands where weight times input and bias cancel.")(
    lambda: -1.5
)
x.slip("That is bias over weight the wrong way up.")(lambda: 4 / 6)
x.slip("At that input the pre-activation is 2, not 0. Put it into the formula.")(lambda: 2.0)
x.slip("The weight is left out: at that input the pre-activation is 18.")(lambda: 6.0)
x.slip("At that input the pre-activation is one half; it is the *output* that should be.")(
    lambda: 6.5 / 4
)
x.slip("One half is the wanted output. Which input gives it?")(lambda: 0.5)
x.slip("The sigmoid is one half where its argument is 0. The argument is $4x - 6$, not $x$.")(
    lambda: 0.0
)


x.slip("At that input the pre-activation is 1. For which one is the sigmoid one half?")(
    lambda: 7 / 4
)
x.slip("Your quotient is rounded down to a whole number; the switch may stand between two.")(
    lambda: 1.0
)
x.slip("Weight and bias are multiplied. Put your number into the formula: it gives 90.")(
    lambda: 24.0
)


# --- 1.3 ---


@exercise(
    "1.3",
    title="Where a neuron switches",
    prompt="""
    A neuron on the plane with the weights `w`, shape `(2,)`, and the bias `b` has the activation one
    half on a line. Write `boundary(x1, w, b)`: for each entry of the array `x1` the $x_2$ of the point
    on that line. `w[1]` is not 0.
    """,
    stub="""
    def boundary(x1, w, b):
        return ...  # your code: x2
    """,
    hints=(
        "For which pre-activation is the sigmoid one half?",
        "The pre-activation is $x_1 w_1 + x_2 w_2 + b$. Set it to that number.",
        "Solve the equation for $x_2$: first bring the other two terms to the other side.",
    ),
    cases=lambda rng: [
        (np.array([1.2, -0.7, 0.3]), np.array([0.8, -1.3]), 0.6),
        (rng.normal(size=2), rng.normal(size=2), -1.7),
        (rng.normal(size=(5,)), rng.normal(size=2), 2.4),
    ],
    explain="On one side of the line the activation is above one half, on the other side below.",
)
def boundary(x1, w, b):
    return -(w[0] * x1 + b) / w[1]


@boundary.also_right
def boundary_by_slope_and_height(x1, w, b):
    slope, height = -w[0] / w[1], -b / w[1]
    return [slope * value + height for value in x1]


@boundary.slip("The minus is lost when the terms change sides: put your point into the neuron.")
def boundary_minus_lost(x1, w, b):
    return (w[0] * x1 + b) / w[1]


@boundary.slip("The bias has the wrong sign: put your point into the neuron.")
def boundary_bias_turned(x1, w, b):
    return (b - w[0] * x1) / w[1]


@boundary.slip("The bias is missing: your line goes through the origin.")
def boundary_without_bias(x1, w, b):
    return -w[0] * x1 / w[1]


@boundary.slip("The weights have changed places: the first belongs to $x_1$, the second to $x_2$.")
def boundary_weights_exchanged(x1, w, b):
    return -(w[1] * x1 + b) / w[0]


@boundary.slip(
    "One half is the activation on the line. Which pre-activation has the sigmoid there?"
)
def boundary_at_one_half(x1, w, b):
    return (0.5 - w[0] * x1 - b) / w[1]


@boundary.slip("The second weight is missing: $x_2$ does not stand alone in the pre-activation.")
def boundary_not_divided(x1, w, b):
    return -(w[0] * x1 + b)


@boundary.slip("Only the first term is divided by the second weight; the bias has to be, too.")
def boundary_bias_not_divided(x1, w, b):
    return -w[0] * x1 / w[1] - b


@boundary.slip("These are activations. A place was asked for: where the activation is one half.")
def activations_instead(x1, w, b):
    return 1 / (1 + np.exp(-(w[0] * x1 + b)))


@boundary.slip("The line rises where it should fall; its height at $x_1 = 0$ is right.")
def boundary_slope_turned(x1, w, b):
    return (w[0] * x1 - b) / w[1]


# --- 1.4 ---


@exercise(
    "1.4",
    title="A layer, examples in columns",
    prompt="""
    Some books hold one example in each *column*. Write `layer(X, W, b)` for a sigmoid layer in that
    way: `X` of shape `(n_in, n)`; `W` of shape `(n_in, n_out)` and `b` of shape `(n_out,)` as in this
    chapter. Return the activations with one example in each column, shape `(n_out, n)`.
    """,
    stub="""
    def layer(X, W, b):
        return ...  # your code
    """,
    hints=(
        "Write down the shapes. Which product has the shape `(n_out, n)`?",
        "The weights stand on the left, with their axes exchanged.",
        "The bias must be the same in all columns: make it a column, `b[:, None]`.",
    ),
    cases=lambda rng: [
        (np.array([[0.7, -1.2, 0.4], [2.1, 0.3, -0.8]]), np.array([[0.5, -1.1], [1.3, 0.2]]),
         np.array([0.4, -0.9])),
        (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)),
        (rng.normal(size=(2, 5)), rng.normal(size=(2, 4)), rng.normal(size=4)),
        (rng.normal(size=(4, 1)), rng.normal(size=(4, 3)), rng.normal(size=3)),
    ],
)  # fmt: skip
def layer(X, W, b):
    Z = W.T @ X + b[:, None]
    return 1 / (1 + np.exp(-Z))


@layer.also_right
def layer_in_rows_and_back(X, W, b):
    return (1 / (1 + np.exp(-(np.asarray(X).T @ W + b)))).T


@layer.also_right
def layer_by_columns(X, W, b):
    columns = [1 / (1 + np.exp(-(np.asarray(W).T @ x + b))) for x in np.asarray(X).T]
    return np.column_stack(columns)


@layer.slip(
    "The numbers are right, and the axes are not exchanged: `reshape` reads them row by row into the"
    " other shape. Transpose instead."
)
def reshaped(X, W, b):
    return layer.reference(X, W, b).T.reshape(W.shape[1], X.shape[1])


def _layer_with(activation, z=lambda X, W, b: W.T @ X + b[:, None]):
    def layer(X, W, b):
        return activation(z(X, W, b))

    return layer


def _sigma(z):
    return 1 / (1 + np.exp(-z))


for _name, _make, _message in [
    (
        "examples_in_rows",
        _layer_with(_sigma, lambda X, W, b: X @ W + b),
        "That is the chapter's layer, for examples in rows. Here a column is an example.",
    ),
    (
        "bias_along_the_row",
        _layer_with(_sigma, lambda X, W, b: W.T @ X + b),
        "`b` of shape `(n_out,)` is added along the rows, where the examples stand. It belongs to the"
        " neurons: it has to be a column.",
    ),
    (
        "weights_as_they_are",
        _layer_with(_sigma, lambda X, W, b: W @ X + b[:, None]),
        "The weights need their axes exchanged: each *row* on the left meets a column of `X`.",
    ),
    (
        "rows_come_out",
        _layer_with(_sigma, lambda X, W, b: X.T @ W + b),
        "The numbers are right, with one example in each row; columns were asked for.",
    ),
    (
        "layer_pre_activations",
        _layer_with(lambda z: z),
        "These are the pre-activations. The activation function is missing.",
    ),
    (
        "layer_without_bias",
        _layer_with(_sigma, lambda X, W, b: W.T @ X),
        "The bias is missing: put in a large one and see that nothing changes.",
    ),
    (
        "layer_mirrored",
        _layer_with(lambda z: _sigma(-z)),
        "The curve is mirrored: look at the sign of the exponent.",
    ),
    (
        "layer_bias_outside",
        lambda X, W, b: _sigma(W.T @ X) + b[:, None],
        "The bias is added after the sigmoid. It belongs inside, to the weighted sums.",
    ),
    (
        "layer_with_tanh",
        _layer_with(np.tanh),
        "The values lie between -1 and 1: that is the hyperbolic tangent, not the sigmoid.",
    ),
    (
        "layer_with_relu",
        _layer_with(lambda z: np.maximum(z, 0)),
        "No result is negative and some are larger than 1: that is ReLU, not the sigmoid.",
    ),
    (
        "layer_bias_subtracted",
        _layer_with(_sigma, lambda X, W, b: W.T @ X - b[:, None]),
        "The bias has the wrong sign.",
    ),
]:
    layer.slip(_message, name=_name)(_make)


# --- 1.5 ---


@exercise(
    "1.5",
    title="As wide as a budget allows",
    prompt="""
    Write `width(n_in, n_out, budget)`: the largest number $h$ of hidden neurons with which the
    fully connected network `n_in`–$h$–`n_out` has at most `budget` weights and biases. `width(2, 1, 41)`
    is 10. There is always room for one.
    """,
    stub="""
    def width(n_in, n_out, budget):
        return ...  # your code
    """,
    hints=(
        "How many parameters does the network have with $h$ hidden neurons?",
        "What does one hidden neuron more add: weights in, weights out, and what else?",
        "What is there whatever $h$ is? Take it from the budget first.",
    ),
    cases=lambda rng: [
        (2, 3, 56),
        (2, 1, 41),
        (784, 10, 50_890),
        (784, 10, 50_889),
        (5, 7, 100),
        (4, 3, 16),
        (30, 4, 5_000),
        (3, 3, 10),
    ],
)
def width(n_in, n_out, budget):
    each = n_in + 1 + n_out
    return (budget - n_out) // each


@width.also_right
def width_by_trying(n_in, n_out, budget):
    return max(h for h in range(1, budget) if (n_in + 1) * h + (h + 1) * n_out <= budget)


@width.slip("The output's biases are missing: they cost something whatever the width is.")
def no_output_biases(n_in, n_out, budget):
    return budget // (n_in + n_out + 1)


@width.slip("Each hidden neuron has a bias of its own, which yours does not pay for.")
def no_hidden_biases(n_in, n_out, budget):
    return (budget - n_out) // (n_in + n_out)


@width.slip("Only weights are counted; hidden neurons and outputs have biases, too.")
def no_biases_at_all(n_in, n_out, budget):
    return budget // (n_in + n_out)


@width.slip("Your network is one neuron too wide where the budget is not used up: round down.")
def width_rounded_up(n_in, n_out, budget):
    return -(-(budget - n_out) // (n_in + n_out + 1))


@width.slip("Where a width uses up the budget exactly yours is one less: that width still fits.")
def strictly_below(n_in, n_out, budget):
    return max(1, (budget - 1 - n_out) // (n_in + n_out + 1))


@width.slip("Neurons come in whole numbers: round down.")
def width_not_rounded(n_in, n_out, budget):
    return (budget - n_out) / (n_in + n_out + 1)


@width.slip("That is the smallest width that no longer fits: the one before it was asked for.")
def first_too_wide(n_in, n_out, budget):
    return (budget - n_out) // (n_in + n_out + 1) + 1


@width.slip("A network that uses the whole budget is allowed: *at most*.")
def below_the_budget(n_in, n_out, budget):
    return (budget - n_out - 1) // (n_in + n_out + 1)


@width.slip("Only the weights into the hidden layer and its biases are paid for.")
def first_layer_only(n_in, n_out, budget):
    return budget // (n_in + 1)


@width.slip("A bias belongs to each output, not one to all of them.")
def one_output_bias(n_in, n_out, budget):
    return (budget - 1) // (n_in + n_out + 1)


@width.slip(
    "In and out are multiplied. A hidden neuron has weights in *and* weights out: add them."
)
def sizes_multiplied(n_in, n_out, budget):
    return budget // (n_in * n_out)


# --- 1.6 ---


@exercise(
    "1.6",
    title="A whole network",
    prompt="""
    Write `forward(X, weights, biases)`: a sigmoid network with any number of layers. `weights` and
    `biases` are lists, from the first layer to the last. Return the outputs, one row for each row
    of `X`.
    """,
    stub="""
    def forward(X, weights, biases):
        return ...  # your code
    """,
    hints=(
        "The output of each layer is the input of the next.",
        "Keep one variable, say `A`, that starts as `X`.",
        "In each turn of the loop: pre-activation, then sigmoid.",
    ),
    cases=lambda rng: [
        _network_case(rng, 3, [2, 4, 2]),
        _network_case(rng, 3, [2, 2, 3, 2]),
        _network_case(rng, 1, [2, 2]),
        _network_case(rng, 4, [3, 3, 3, 3]),
        _network_case(rng, 2, [1, 4, 1]),
    ],
)
def forward(X, weights, biases):
    A = X
    for W, b in zip(weights, biases, strict=True):
        A = 1 / (1 + np.exp(-(A @ W + b)))
    return A


def _network_case(rng, n, sizes):
    shapes = list(zip(sizes[:-1], sizes[1:], strict=True))
    return (
        rng.normal(size=(n, sizes[0])),
        [rng.normal(size=shape) for shape in shapes],
        [rng.normal(size=k) for _, k in shapes],
    )


@forward.also_right
def forward_recursive(X, weights, biases):
    if not len(weights):
        return X
    A = 1 / (1 + np.exp(-(np.array(X) @ weights[0] + biases[0])))
    return forward_recursive(A, weights[1:], biases[1:])


@forward.slip("The last layer has no sigmoid here; in this network every layer has one.")
def last_is_linear(X, weights, biases):
    A = X
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        A = A @ W + b
        if k < len(weights) - 1:
            A = 1 / (1 + np.exp(-A))
    return A


@forward.slip(
    "There is one sigmoid at the end only. Without one after each layer the layers collapse to a"
    " single one."
)
def sigmoid_at_the_end(X, weights, biases):
    A = X
    for W, b in zip(weights, biases, strict=True):
        A = A @ W + b
    return 1 / (1 + np.exp(-A))


@forward.slip("Each layer starts from `X` again. The output of a layer is the input of the next.")
def always_from_x(X, weights, biases):
    for W, b in zip(weights, biases, strict=True):
        A = 1 / (1 + np.exp(-(X @ W + b)))
    return A


@forward.slip("The layers are applied from the last to the first.")
def backwards(X, weights, biases):
    A = X
    for W, b in zip(weights[::-1], biases[::-1], strict=True):
        A = 1 / (1 + np.exp(-(A @ W + b)))
    return A


@forward.slip("That is the output of the first layer. Does the `return` stand inside the loop?")
def first_layer_output(X, weights, biases):
    return 1 / (1 + np.exp(-(X @ weights[0] + biases[0])))


@forward.slip("The last layer is left out: does your loop end one turn too early?")
def last_layer_missing(X, weights, biases):
    return forward.reference(X, weights[:-1], biases[:-1])


def _forward_with(step):
    def forward(X, weights, biases):
        A = X
        for W, b in zip(weights, biases, strict=True):
            A = step(A, W, b)
        return A

    return forward


forward.slip("There is no sigmoid at all: these are linear layers.", name="never_a_sigmoid")(
    _forward_with(lambda A, W, b: A @ W + b)
)
forward.slip("The biases are missing.", name="forward_no_bias")(
    _forward_with(lambda A, W, b: 1 / (1 + np.exp(-(A @ W))))
)
forward.slip(
    "The biases are added after the sigmoid; they belong to the pre-activations.",
    name="forward_bias_outside",
)(_forward_with(lambda A, W, b: 1 / (1 + np.exp(-(A @ W))) + b))
forward.slip(
    "The biases have the wrong sign. In the exponent, does the minus stand before all of the"
    " pre-activation?",
    name="forward_bias_subtracted",
)(_forward_with(lambda A, W, b: 1 / (1 + np.exp(-A @ W + b))))


for _name, _step, _message in [
    (
        "forward_mirrored",
        lambda A, W, b: _sigma(-(A @ W + b)),
        "The curve is mirrored in every layer: look at the sign of the exponent.",
    ),
    (
        "forward_transposed",
        lambda A, W, b: _sigma(A @ W.T + b),
        "`W` is transposed. Only where all layers have the same size does nothing fail.",
    ),
    (
        "forward_weights_on_the_left",
        lambda A, W, b: _sigma(W @ A + b),
        "`W` stands on the left. Rows are data here, so compare the inner sizes of the two shapes.",
    ),
    (
        "forward_with_tanh",
        lambda A, W, b: np.tanh(A @ W + b),
        "Some values are negative: that is the hyperbolic tangent, not the sigmoid.",
    ),
    (
        "forward_sigmoid_twice",
        lambda A, W, b: _sigma(_sigma(A @ W + b)),
        "The sigmoid is applied twice in every layer.",
    ),
    (
        "forward_brackets_lost",
        lambda A, W, b: 1 / 1 + np.exp(-(A @ W + b)),
        "All results are larger than 1: which part belongs under the fraction bar?",
    ),
]:
    forward.slip(_message, name=_name)(_forward_with(_step))


def _other_last_step(hidden, last):
    def forward(X, weights, biases):
        A = X
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            A = hidden(A @ W + b)
        return last(A @ weights[-1] + biases[-1])

    return forward


forward.slip(
    "The last layer is right, the layers before it have ReLU: in this network every layer has the"
    " sigmoid.",
    name="forward_with_relu",
)(_other_last_step(lambda z: np.maximum(z, 0), _sigma))


def _softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


forward.slip(
    "Each row sums to 1: the last layer has the softmax. In this network every layer has the sigmoid.",
    name="forward_with_softmax",
)(_other_last_step(_sigma, _softmax))


@forward.slip("These are classes. The outputs themselves are wanted, between 0 and 1.")
def forward_to_classes(X, weights, biases):
    return (forward.reference(X, weights, biases) > 0.5).astype(float)


@forward.slip("Every layer's output is returned, in a list. The last one is wanted.")
def forward_all_layers(X, weights, biases):
    return [forward.reference(X, weights[:k], biases[:k]) for k in range(1, len(weights) + 1)]


@forward.slip("Every layer computes with the first weights. Does the loop use its own `W` and `b`?")
def forward_first_weights_always(X, weights, biases):
    return forward.reference(X, weights[:1] * len(weights), biases[:1] * len(biases))


@forward.slip("The first layer is left out: does your loop begin one turn too late?")
def forward_skips_the_first(X, weights, biases):
    return forward.reference(X, weights[1:], biases[1:])


# --- 1.7 ---


@exercise(
    "1.7",
    title="The binary cross-entropy",
    prompt="""
    Write `cost(p, y)`: the mean of the binary cross-entropy {eq}`eq-1-bce` over all points. `p` and
    `y` have shape `(n,)`; all `p` lie strictly between 0 and 1. Use the natural logarithm.
    """,
    stub="""
    def cost(p, y):
        return ...  # your code
    """,
    hints=(
        "One of the two terms vanishes for each point, so both can be written down for all.",
        "A loss is never negative. Is there a minus sign?",
        "The cost is the mean, so that it does not depend on the number of points.",
    ),
    cases=lambda rng: [
        (np.array([0.8, 0.3, 0.6, 0.9]), np.array([1.0, 0.0, 0.0, 1.0])),
        (np.array([0.9, 0.2]), np.array([0.0, 1.0])),
        (rng.uniform(0.01, 0.99, size=6), rng.integers(0, 2, 6).astype(float)),
        (np.array([0.8]), np.array([1.0])),
        (np.full(4, 0.5), np.array([0.0, 1.0, 1.0, 0.0])),
    ],
)
def cost(p, y):
    return np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p)))


@cost.also_right
def cost_by_cases(p, y):
    losses = [-np.log(q) if label == 1 else -np.log(1 - q) for q, label in zip(p, y, strict=True)]
    return sum(losses) / len(losses)


@cost.slip("The result is negative: the minus sign in front is missing.")
def no_minus(p, y):
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@cost.slip("That is the sum of the losses; the cost is their mean.")
def summed(p, y):
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


@cost.slip("Points of class 0 cost nothing here: the second term is missing.")
def one_term(p, y):
    return -np.mean(y * np.log(p))


@cost.slip("The classes are exchanged: a confident right answer is expensive.")
def exchanged(p, y):
    return -np.mean((1 - y) * np.log(p) + y * np.log(1 - p))


@cost.slip("The logarithm has base 2. In this course log is the natural logarithm.")
def base_two(p, y):
    return -np.mean(y * np.log2(p) + (1 - y) * np.log2(1 - p))


@cost.slip("Each point's loss is right. The cost is one number, their mean.")
def not_averaged(p, y):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


@cost.slip(
    "The minus sign reaches the first term only: points of class 0 get a negative loss. Where do the"
    " brackets stand?"
)
def minus_for_one_term(p, y):
    return np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))


@cost.slip("The logarithm is taken of the labels: `p` and `y` have changed places.")
def labels_in_the_logarithm(p, y):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.mean(p * np.log(y) + (1 - p) * np.log(1 - y))


@cost.slip("Points of class 1 cost nothing here: the first term is missing.")
def other_term(p, y):
    return -np.mean((1 - y) * np.log(1 - p))


@cost.slip(
    "Probabilities and labels have changed places: the logarithm is taken of the labels, which are 0"
    " and 1."
)
def labels_in_the_logarithm_kept_finite(p, y):
    return -np.mean(p * np.log(y + 1e-12) + (1 - p) * np.log(1 - y + 1e-12))


@cost.slip("That is the mean squared error; the cross-entropy takes logarithms.")
def squared_instead(p, y):
    return np.mean((p - y) ** 2)


def _cost_of(losses, mean=np.mean):
    def cost(p, y):
        return mean(losses(p, y))

    return cost


for _name, _losses, _message in [
    (
        "base_ten",
        lambda p, y: -(y * np.log10(p) + (1 - y) * np.log10(1 - p)),
        "The logarithm has base 10. In this course log is the natural logarithm.",
    ),
    (
        "halved",
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)) / 2,
        "The cost is halved: is one half from another loss, or from the number of terms?",
    ),
    (
        "log_of_p_for_both",
        lambda p, y: -(y * np.log(p) + (1 - y) * (1 - np.log(p))),
        "In the second term the 1 stands outside of the logarithm: it takes the logarithm of $1 - p$.",
    ),
    (
        "labels_play_no_part",
        lambda p, y: -np.log(p),
        "The labels play no part: a confident wrong answer for class 0 is cheap.",
    ),
    (
        "both_terms_for_all",
        lambda p, y: -(np.log(p) + np.log(1 - p)),
        "Both terms count for every point. The label chooses one of them.",
    ),
    (
        "absolute_instead",
        lambda p, y: np.abs(p - y),
        "That is the mean distance from the label; the cross-entropy takes logarithms.",
    ),
]:
    cost.slip(_message, name=_name)(_cost_of(_losses))


@cost.slip(
    "The mean is taken of the probabilities, and then one logarithm. First the logarithm of each"
    " point, then the mean."
)
def logarithm_of_the_mean(p, y):
    return -np.log(np.mean(np.where(y == 1, p, 1 - p)))


@cost.slip(
    "An `if` decides once for the whole array. Each point needs its own answer; the two terms of the"
    " formula give it without an `if`."
)
def one_if_for_all(p, y):
    return -np.log(p) if y == 1 else -np.log(1 - p)


@cost.slip(
    "Each class has a mean of its own, and the two are added. The mean runs over all points together."
)
def mean_of_each_class(p, y):
    with np.errstate(invalid="ignore"):
        ones, zeros = np.log(p[y == 1]), np.log(1 - p[y == 0])
        return -ones.sum() / len(ones) - zeros.sum() / np.float64(len(zeros))


@cost.slip(
    "Something in the function takes single numbers only, as `math.log` does. NumPy's own functions"
    " take arrays."
)
def cost_for_single_numbers(p, y):
    return -(y * math.log(p) + (1 - y) * math.log(1 - p))


# --- 1.8 ---


@exercise(
    "1.8",
    title="Can it get there?",
    prompt="""
    Gradient descent with learning rate 0.001 runs for 10 000 steps on a plateau where the gradient's
    norm never exceeds 0.02. How far can the parameters move at most? Give a number.
    """,
    stub="distance = ...",
    hints=(
        "How long is one step at most?",
        "Learning rate times gradient norm.",
        "All steps in the same direction: the worst case, equation {eq}`eq-1-distance`.",
    ),
    coding=False,
)
def distance():
    return 0.001 * 10_000 * 0.02


distance.slip("That is the length of a single step. There are 10 000 of them.")(
    lambda: 0.001 * 0.02
)
distance.slip("The learning rate is missing: a step is not as long as the gradient.")(
    lambda: 10_000 * 0.02
)
distance.slip("That is the gradient's norm. How long is a step, and how many are there?")(
    lambda: 0.02
)
distance.slip(
    "The steps are divided by the gradient's norm; a larger gradient makes a longer step."
)(lambda: 0.001 * 10_000 / 0.02)
distance.slip("The gradient is missing: the learning rate alone is not the length of a step.")(
    lambda: 10.0
)


distance.slip(
    "You divide by the learning rate: a smaller rate makes shorter steps, not longer ones."
)(lambda: 0.02 * 10_000 / 0.001)
distance.slip(
    "The rate divides; a step is the rate *times* the gradient. And there are many steps."
)(lambda: 20.0)


# --- 1.9 ---


@exercise(
    "1.9",
    title="Train it to ten out of ten",
    prompt="""
    Write `train()`: it makes a PyTorch model for the ten points, trains it, and returns it. The
    model takes a float32 tensor of shape `(n, 2)` and gives probabilities of class 1, shape `(n, 1)`.
    All ten points must be on the right side, with a mean binary cross-entropy below 0.05. At most
    60 parameters. `ten_points()` gives `X` and `y` as NumPy arrays; set a seed.
    """,
    stub="""
    def train():
        return ...  # your code
    """,
    hints=(
        "Take the model and the loop of the chapter.",
        "Which optimiser and learning rate left the plateau?",
        "Adam with 0.05 and 3 000 epochs is enough for 2-2-4-1 with sigmoids.",
    ),
    trains=True,
    float32=False,
)
def train():
    X, y = ten_points()
    X = torch.tensor(X, dtype=torch.float32)
    y = torch.tensor(y, dtype=torch.float32).reshape(-1, 1)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(2, 4), nn.Tanh(),
        nn.Linear(4, 4), nn.Tanh(),
        nn.Linear(4, 1), nn.Sigmoid(),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(800):
        loss = nn.functional.binary_cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@train.judge
def _judge_train(answer, rng):
    model = answer()
    if not isinstance(model, nn.Module):
        return f"`train` must return the trained model; it returned {type(model).__name__}."
    X, y = ten_points()
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    with torch.no_grad():
        p = model(X)
    if tuple(p.shape) == (10, 2):
        return "two_outputs"
    if tuple(p.shape) != (10, 1):
        return f"For ten points the model must give the shape (10, 1); it gave {tuple(p.shape)}."
    if not ((p >= 0) & (p <= 1)).all():
        return "logits"
    size = sum(q.numel() for q in model.parameters())
    if size > 60:
        return "too_many_parameters"
    right = int(((p[:, 0] > 0.5) == (y > 0.5)).sum())
    loss = nn.functional.binary_cross_entropy(p[:, 0], y).item()
    if loss > 2 and (p.max() - p.min()).item() < 0.01:
        return "ran_away"
    if 0.6 < loss < 0.75:
        return "still_ignorant"
    if right == 0:
        return "classes_exchanged"
    if right < 10:
        return (
            f"{right} of the 10 points are on the right side, with a loss of {loss:.3f}. Is there a"
            " hidden layer with an activation function? If so, train longer or change the rate."
        )
    if loss >= 0.05:
        return f"All ten points are right, but the loss is {loss:.3f}; train a little longer."
    return None


def _trained(*sizes, lr=0.05, epochs=800, optimizer=torch.optim.Adam, last=nn.Sigmoid):
    def make():
        torch.manual_seed(0)
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(a, b), nn.Tanh()]
        model = nn.Sequential(*layers[:-1], last())
        X, y = ten_points()
        X = torch.tensor(X, dtype=torch.float32)
        y = torch.tensor(y, dtype=torch.float32).reshape(-1, 1)
        optim = optimizer(model.parameters(), lr=lr)
        for _ in range(epochs):
            p = model(X)[:, :1]
            if last is nn.Identity:
                p = torch.sigmoid(p)
            loss = nn.functional.binary_cross_entropy(p, y)
            optim.zero_grad()
            loss.backward()
            optim.step()
        return model

    return make


train.also_right(_trained(2, 8, 1))
train.slip(
    "The loss is near log 2: the network has not learned anything yet. Look at the optimiser, the"
    " learning rate, the number of epochs, and the shapes of output and target.",
    name="still_ignorant",
)(_trained(2, 4, 4, 1, lr=0.001, epochs=300, optimizer=torch.optim.SGD))
train.slip(
    "Some outputs lie outside of 0 to 1: the model gives logits. A probability was asked for.",
    name="logits",
)(_trained(2, 4, 4, 1, last=nn.Identity))
train.slip(
    "The model has two outputs; one probability, that of class 1, was asked for.",
    name="two_outputs",
)(_trained(2, 4, 4, 2))
train.slip(
    "The model has more than 60 parameters. Ten points need fewer.", name="too_many_parameters"
)(_trained(2, 20, 20, 1))
train.slip(
    "The model says the same everywhere, and is sure of it: the training has run away. Are old"
    " gradients emptied before each new one? Is the learning rate too large?",
    name="ran_away",
)(_trained(2, 4, 4, 1, lr=100.0))


@train.slip("All ten points are on the wrong side: the classes are exchanged.")
def classes_exchanged():
    class Exchanged(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = train.reference()

        def forward(self, x):
            return 1 - self.model(x)

    return Exchanged()
