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


# --- 1.3 ---


@exercise(
    "1.3",
    title="A neuron on the plane",
    prompt="""
    Write `neuron(X, w, b)`: `X` has shape `(n, 2)`, `w` shape `(2,)`, `b` is a number. Return the
    activations of all `n` rows, shape `(n,)`.
    """,
    stub="""
    def neuron(X, w, b):
        return ...  # your code
    """,
    hints=(
        "First the pre-activations, one for each row.",
        "`X @ w` gives the weighted sum of each row.",
        "Add the bias before the sigmoid, not after it.",
    ),
    cases=lambda rng: [
        (np.array([[1.2, 2.3], [-0.7, 0.4], [0.3, -1.9]]), np.array([0.8, -1.3]), 0.6),
        (rng.normal(size=(2, 2)), rng.normal(size=2), 0.3),
        (rng.normal(size=(5, 2)), rng.normal(size=2), -1.0),
    ],
)
def neuron(X, w, b):
    z = X @ w + b
    return 1 / (1 + np.exp(-z))


@neuron.also_right
def neuron_by_rows(X, w, b):
    return [1 / (1 + np.exp(-(row[0] * w[0] + row[1] * w[1] + b))) for row in X]


@neuron.slip("The bias is added after the sigmoid. It belongs inside, to the weighted sum.")
def bias_outside(X, w, b):
    return 1 / (1 + np.exp(-(X @ w))) + b


@neuron.slip("The bias is missing: put in a large one and see that nothing changes.")
def no_bias(X, w, b):
    return 1 / (1 + np.exp(-(X @ w)))


@neuron.slip(
    "The bias has the wrong sign. In the exponent, does the minus stand before all of the"
    " pre-activation?"
)
def bias_subtracted(X, w, b):
    return 1 / (1 + np.exp(-(X @ w - b)))


@neuron.slip("That is the pre-activation. The activation function is missing.")
def no_activation(X, w, b):
    return X @ w + b


@neuron.slip(
    "The result has one number for each *entry* of `X`; the two products of a row have to be added"
    " up."
)
def not_summed(X, w, b):
    return 1 / (1 + np.exp(-(X * w + b)))


@neuron.slip("The curve is mirrored: look at the sign of the exponent.")
def exponent_positive(X, w, b):
    return 1 / (1 + np.exp(X @ w + b))


@neuron.slip("All products of the whole table are added up; each row has a sum of its own.")
def one_sum_for_all(X, w, b):
    return 1 / (1 + np.exp(-(np.sum(X * w) + b)))


@neuron.slip(
    "You add up down the columns. A row is a point: the sum runs along the row, over the inputs."
)
def summed_down(X, w, b):
    return 1 / (1 + np.exp(-(np.sum(X * w, axis=0) + b)))


@neuron.slip(
    "`w` stands on the left, and so meets the columns of `X`. A point is a row; with other numbers of"
    " rows it fails."
)
def weights_on_the_left(X, w, b):
    return 1 / (1 + np.exp(-(w @ X + b)))


@neuron.slip(
    "These are truth values or classes, 0 and 1. The activation lies between them: a smooth switch."
)
def hard_switch(X, w, b):
    return (X @ w + b > 0).astype(int)


@neuron.slip("`X[0]` is the first row, one point; you need the first number of every row.")
def rows_for_columns(X, w, b):
    return 1 / (1 + np.exp(-(X[0] * w[0] + X[1] * w[1] + b)))


def _neuron_with(activation, z=lambda X, w, b: X @ w + b):
    def neuron(X, w, b):
        return activation(z(X, w, b))

    return neuron


def _sigma(z):
    return 1 / (1 + np.exp(-z))


for _name, _make, _message in [
    (
        "neuron_brackets_lost",
        _neuron_with(lambda z: 1 / 1 + np.exp(-z)),
        "All results are larger than 1: which part belongs under the fraction bar?",
    ),
    (
        "neuron_with_tanh",
        _neuron_with(np.tanh),
        "The values lie between -1 and 1: that is the hyperbolic tangent, not the sigmoid.",
    ),
    (
        "neuron_with_relu",
        _neuron_with(lambda z: np.maximum(z, 0)),
        "No result is negative and some are larger than 1: that is ReLU, not the sigmoid.",
    ),
    (
        "slope_of_the_neuron",
        _neuron_with(lambda z: _sigma(z) * (1 - _sigma(z))),
        "That is the slope of the sigmoid; its value is wanted.",
    ),
    (
        "sigmoid_of_each_product",
        _neuron_with(lambda z: _sigma(z).sum(axis=1), lambda X, w, b: X * w + b),
        "The sigmoid is taken of each product before they are added up. Add first.",
    ),
    (
        "bias_for_each_product",
        _neuron_with(_sigma, lambda X, w, b: (X * w + b).sum(axis=1)),
        "The bias is added to each product, so it counts twice. It belongs to their sum.",
    ),
    (
        "bias_into_the_inputs",
        _neuron_with(_sigma, lambda X, w, b: (X + b) @ w),
        "The bias is added to the inputs, and so multiplied by the weights. It is added last.",
    ),
    (
        "first_input_only",
        _neuron_with(_sigma, lambda X, w, b: X[:, 0] * w[0] + b),
        "The second input plays no part.",
    ),
    (
        "weights_exchanged",
        _neuron_with(_sigma, lambda X, w, b: X @ w[::-1] + b),
        "The weights are exchanged: the first belongs to the first input.",
    ),
    (
        "first_point_only",
        _neuron_with(_sigma, lambda X, w, b: X[0] @ w + b),
        "You return one number, for the first point. Does the `return` stand inside the loop?",
    ),
    (
        "neuron_for_single_numbers",
        _neuron_with(lambda z: 1 / (1 + math.exp(-z))),
        "Something in the function takes single numbers only, as `math.exp` does. NumPy's own"
        " functions take arrays.",
    ),
]:
    neuron.slip(_message, name=_name)(_make)


# --- 1.4 ---


@exercise(
    "1.4",
    title="A layer",
    prompt="""
    Write `layer(X, W, b)` for a sigmoid layer, equation {eq}`eq-1-layer`: `X` of shape `(n, n_in)`,
    `W` of shape `(n_in, n_out)`, `b` of shape `(n_out,)`. Return the shape `(n, n_out)`.
    """,
    stub="""
    def layer(X, W, b):
        return ...  # your code
    """,
    hints=(
        "Rows are data, so `X` stands on the left.",
        "`(n, n_in)` times `(n_in, n_out)` is `(n, n_out)`: no transpose is needed.",
        "NumPy adds a vector of length `n_out` to every row.",
    ),
    cases=lambda rng: [
        (
            np.array([[0.7, -1.2], [0.3, 1.6], [-0.4, 0.9]]),
            np.array([[1.3, 0.6, -2.1, 0.4], [2.7, -0.8, 0.2, -1.4]]),
            np.array([0.3, -0.6, 0.9, 0.2]),
        ),
        (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)),
        (rng.normal(size=(4, 2)), rng.normal(size=(2, 5)), rng.normal(size=5)),
    ],
)
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b)))


@layer.also_right
def layer_by_entries(X, W, b):
    rows = []
    for row in X:
        sums = [sum(row[i] * W[i][j] for i in range(len(row))) + b[j] for j in range(len(b))]
        rows.append([1 / (1 + np.exp(-z)) for z in sums])
    return rows


@layer.slip(
    "Each row of `X` is multiplied by the rows of `W`, not by its columns: `W` is transposed. With"
    " other sizes it fails."
)
def layer_transposed(X, W, b):
    return 1 / (1 + np.exp(-(X @ W.T + b)))


@layer.slip("The biases are missing.")
def layer_no_bias(X, W, b):
    return 1 / (1 + np.exp(-(X @ W)))


@layer.slip("The biases are added after the sigmoid; they belong to the pre-activations.")
def layer_bias_outside(X, W, b):
    return 1 / (1 + np.exp(-(X @ W))) + b


@layer.slip("These are the pre-activations: the sigmoid is missing.")
def layer_linear(X, W, b):
    return X @ W + b


@layer.slip(
    "The biases have the wrong sign. In the exponent, does the minus stand before all of the"
    " pre-activation?"
)
def layer_bias_subtracted(X, W, b):
    return 1 / (1 + np.exp(-X @ W + b))


@layer.slip("The curve is mirrored: look at the sign of the exponent.")
def layer_exponent_positive(X, W, b):
    return 1 / (1 + np.exp(X @ W + b))


@layer.slip("`*` multiplies entry by entry. A layer needs the product of matrices.")
def layer_entry_by_entry(X, W, b):
    return 1 / (1 + np.exp(-(X * W + b)))


@layer.slip(
    "`W` stands on the left. Rows are data here, so compare the inner sizes of the two shapes."
)
def layer_weights_on_the_left(X, W, b):
    return 1 / (1 + np.exp(-(W @ X + b)))


@layer.slip("The points are columns in your result; in this course they are rows, in and out.")
def layer_of_columns(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X.T + b[:, None])))


def _layer_with(activation, z=lambda X, W, b: X @ W + b):
    def layer(X, W, b):
        return activation(z(X, W, b))

    return layer


def _softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


for _name, _make, _message in [
    (
        "layer_of_softmax",
        _layer_with(_softmax),
        "Each row sums to 1: that is the softmax. In this layer every neuron is computed by itself.",
    ),
    (
        "layer_of_relu",
        _layer_with(lambda z: np.maximum(z, 0)),
        "No result is negative and some are larger than 1: that is ReLU, not the sigmoid.",
    ),
    (
        "layer_of_tanh",
        _layer_with(np.tanh),
        "The values lie between -1 and 1: that is the hyperbolic tangent, not the sigmoid.",
    ),
    (
        "layer_of_switches",
        _layer_with(lambda z: (z > 0).astype(float)),
        "These are 0 and 1. The sigmoid's values lie between them.",
    ),
    (
        "layer_sigmoid_twice",
        _layer_with(lambda z: _sigma(_sigma(z))),
        "All values lie between one half and 0.74: the sigmoid is applied twice.",
    ),
    (
        "layer_brackets_lost",
        _layer_with(lambda z: 1 / 1 + np.exp(-z)),
        "All results are larger than 1: which part belongs under the fraction bar?",
    ),
    (
        "layer_one_bias",
        _layer_with(_sigma, lambda X, W, b: X @ W + b.sum()),
        "All biases are added up, and every neuron gets their sum. Each has its own.",
    ),
    (
        "layer_first_row",
        _layer_with(_sigma, lambda X, W, b: X[0] @ W + b),
        "Only the first point is computed. Does the `return` stand inside the loop?",
    ),
    (
        "layer_weights_transposed_on_the_left",
        _layer_with(_sigma, lambda X, W, b: W.T @ X + b),
        "`W.T` stands on the left, as where points are columns. Here they are rows.",
    ),
    (
        "layer_bias_as_a_column",
        _layer_with(_sigma, lambda X, W, b: X @ W + b[:, None]),
        "The biases are added as a column. There is one for each neuron, that is each column of the"
        " result: a flat array fits as it is.",
    ),
]:
    layer.slip(_message, name=_name)(_make)


# --- 1.5 ---


@exercise(
    "1.5",
    title="Counting parameters",
    prompt="""
    Write `count(sizes)`: the number of weights and biases of a fully connected network with these
    layer sizes, from input to output. `count([2, 2, 3, 2])` is 23.
    """,
    stub="""
    def count(sizes):
        return ...  # your code
    """,
    hints=(
        "Count one layer first: how many weights, how many biases?",
        "A layer from `n_in` to `n_out` has `n_in * n_out` weights and `n_out` biases.",
        "Go through neighbouring pairs of `sizes` and add up.",
    ),
    cases=lambda rng: [
        ([3, 5, 2],),
        ([2, 2, 3, 2],),
        ([2, 2, 4, 1],),
        ([784, 64, 64, 64, 10],),
        ([2, 1],),
    ],
    float32=False,
)
def count(sizes):
    total = 0
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        total += n_in * n_out + n_out
    return total


@count.also_right
def count_in_one_line(sizes):
    return sum((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))


@count.slip("The biases are missing: each neuron of a layer has one.")
def weights_only(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@count.slip("One bias for each layer is counted; there is one for each neuron.")
def one_bias_a_layer(sizes):
    return sum(a * b + 1 for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@count.slip("Biases are counted for the inputs; they belong to the outputs of each layer.")
def biases_of_the_inputs(sizes):
    return sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@count.slip("The input layer gets biases as well. It computes nothing and has none.")
def input_has_biases(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)) + sum(sizes)


@count.slip("Only the first layer is counted. Does the `return` stand inside the loop?")
def first_layer_only(sizes):
    return sizes[0] * sizes[1] + sizes[1]


@count.slip("Only the last layer is counted: each turn of the loop forgets the ones before.")
def last_layer_only(sizes):
    return sizes[-2] * sizes[-1] + sizes[-1]


@count.slip("The last layer is left out. How many layers do `len(sizes)` sizes make?")
def one_layer_missing(sizes):
    return sum(a * b + b for a, b in zip(sizes[:-2], sizes[1:-1], strict=True))


count.slip("That is the number of neurons, inputs included. Each connection has a parameter, too.")(
    sum
)
count.slip("These are the biases alone. The weights are missing.")(lambda sizes: sum(sizes[1:]))


@count.slip("All sizes are multiplied. Weights join neighbouring layers only: go pair by pair.")
def one_product_for_all(sizes):
    return math.prod(sizes) + sum(sizes[1:])


@count.slip("The output neurons have biases, too.")
def no_biases_at_the_output(sizes):
    return weights_only(sizes) + sum(sizes[1:-1])


@count.slip("One is added for each layer, the input among them. Each neuron has a bias.")
def one_for_each_size(sizes):
    return weights_only(sizes) + len(sizes)


@count.slip("Each layer's count is right. One number is wanted, their sum.")
def not_added_up(sizes):
    return [a * b + b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]


@count.slip("Weights and biases are right, and wanted as one number, their sum.")
def weights_and_biases_apart(sizes):
    return weights_only(sizes), sum(sizes[1:])


@count.slip("`sizes[-1]` is the *last* entry in Python: your loop begins one turn too early.")
def begins_too_early(sizes):
    return sum(sizes[k - 1] * sizes[k] + sizes[k] for k in range(len(sizes)))


@count.slip(
    "Your loop looks at the size after the last one: how many pairs of neighbours are there?"
)
def ends_too_late(sizes):
    return sum(sizes[k] * sizes[k + 1] + sizes[k + 1] for k in range(len(sizes)))


@count.slip("One is added to both sizes. The bias is one more input; there is no further output.")
def one_more_on_both_sides(sizes):
    return sum((a + 1) * (b + 1) for a, b in zip(sizes[:-1], sizes[1:], strict=True))


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
