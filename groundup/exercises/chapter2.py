"""Exercises of chapter 2: linear layers, activations, the neuron's gradient and its training."""

import itertools
import math

import numpy as np

from groundup.questions.question import exercise

# --- 2.1 ---


@exercise(
    "2.1",
    title="Two linear layers are one",
    prompt="""
    Write `collapse(W1, b1, W2, b2)`: weights and bias `(W, b)` of the single layer that does what
    the two layers without activation do one after the other, equation {eq}`eq-2-collapse`.
    """,
    stub="""
    def collapse(W1, b1, W2, b2):
        return ...  # your code: return W, b
    """,
    hints=(
        "Multiply out $(\\mathbf{x} W^{(1)} + \\mathbf{b}^{(1)}) W^{(2)} + \\mathbf{b}^{(2)}$.",
        "What stands to the right of $\\mathbf{x}$ is the new weight matrix.",
        "The first bias, too, goes through the second layer.",
    ),
    cases=lambda rng: [
        (
            np.array([[0.7, -1.2, 2.1], [1.6, 0.3, -0.4]]),
            np.array([0.9, -0.6, 1.4]),
            np.array([[1.3, -0.8], [0.2, 2.4], [-1.7, 0.6]]),
            np.array([0.3, -1.1]),
        ),
        (rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=(2, 2)), rng.normal(size=2)),
        (rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(4, 2)), rng.normal(size=2)),
    ],
)
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


@collapse.also_right
def by_probing(W1, b1, W2, b2):
    W1, b1, W2, b2 = map(np.array, (W1, b1, W2, b2))

    def both(x):
        return (x @ W1 + b1) @ W2 + b2

    b = both(np.zeros(len(W1)))
    return np.array([both(row) - b for row in np.eye(len(W1))]), b


@collapse.slip("The weights are right. The bias is not: `b1` goes through the second layer, too.")
def biases_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@collapse.slip("The weights are right, but the first bias is lost.")
def first_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b2


@collapse.slip("The weights are right, but the second bias is lost.")
def second_bias_lost(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@collapse.slip(
    "The order of the product is wrong: the first layer's weights act first, on the left."
)
def wrong_order(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@collapse.slip(
    "The weights are right. In the bias `W2` stands on the left; a bias is a row, as the data are."
)
def bias_as_a_column(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


@collapse.slip(
    "The weights are right. The second bias is added after `W2`, and not multiplied by it."
)
def both_biases_through(W1, b1, W2, b2):
    return W1 @ W2, (b1 + b2) @ W2


@collapse.slip("`*` multiplies entry by entry. Two layers are joined by the product of matrices.")
def entry_by_entry(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


@collapse.slip("The bias is right. In the weights `*` multiplies entry by entry.")
def weights_entry_by_entry(W1, b1, W2, b2):
    return W1 * W2, b1 @ W2 + b2


@collapse.slip("The weights are right. In the bias `*` multiplies entry by entry.")
def bias_entry_by_entry(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


for _name, _make, _message in [
    (
        "columns_for_rows",
        lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1 + b2),
        "So it is where points are columns. Here they are rows: the first layer's weights stand on the"
        " left.",
    ),
    (
        "first_bias_through_the_first_layer",
        lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W1 + b2),
        "The weights are right. `b1` is added after the first layer, so it goes through the second"
        " only.",
    ),
    (
        "second_bias_through_the_first_layer",
        lambda W1, b1, W2, b2: (W1 @ W2, b2 @ W1 + b1),
        "The weights are right. In the bias the two layers have changed places.",
    ),
    (
        "both_added",
        lambda W1, b1, W2, b2: (W1 + W2, b1 + b2),
        "The layers are added. One does its work on the other's result: a product.",
    ),
    (
        "product_transposed",
        lambda W1, b1, W2, b2: ((W1 @ W2).T, b1 @ W2 + b2),
        "The bias is right. The weights are transposed.",
    ),
    (
        "weights_alone",
        lambda W1, b1, W2, b2: W1 @ W2,
        "These are the weights alone. The bias is wanted, too.",
    ),
]:
    collapse.slip(_message, name=_name)(_make)


# --- 2.2 ---


@exercise(
    "2.2",
    title="The slope of tanh",
    prompt="""
    Write `tanh_prime(z)`, the derivative of the hyperbolic tangent, entry by entry.
    """,
    stub="""
    def tanh_prime(z):
        return ...  # your code
    """,
    hints=(
        "The derivative can be written with the function's own value, as for the sigmoid.",
        "At 0 the slope is 1; far away it is 0.",
        "$1 - \\tanh^2$ of what?",
    ),
    cases=lambda rng: [
        (np.array([[0.7, -1.2], [0.3, 2.1]]),),
        (np.array([0.0, 1.0, -1.0]),),
        (rng.normal(size=(2, 3)),),
        (np.array([-30.0, 30.0]),),
    ],
)
def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


@tanh_prime.also_right
def by_cosh(z):
    return 1 / np.cosh(np.asarray(z)) ** 2


@tanh_prime.slip(
    "This is the derivative as a function of the *activation*; `z` is the pre-activation."
)
def takes_activation(z):
    return 1 - z**2


@tanh_prime.slip("At 0 the slope should be 1, and it is 0: that is the sigmoid's rule.")
def sigmoid_rule(z):
    return np.tanh(z) * (1 - np.tanh(z))


@tanh_prime.slip("The square is missing, so the result is larger than 1 for negative inputs.")
def no_square(z):
    return 1 - np.tanh(z)


@tanh_prime.slip("That is the function itself, not its slope.")
def not_a_derivative(z):
    return np.tanh(z)


@tanh_prime.slip("The input is squared here. What belongs squared is the value of the function.")
def square_inside(z):
    return 1 - np.tanh(z**2)


@tanh_prime.slip("That is the slope of the sigmoid. At 0 it is one quarter; that of tanh is 1.")
def slope_of_the_sigmoid(z):
    return np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2


@tanh_prime.slip(
    "The slope grows here with the distance from 0; tanh is flat far away. Look at the sign."
)
def plus_for_minus(z):
    return 1 + np.tanh(z) ** 2


for _name, _make, _message in [
    (
        "slope_of_another_inverse",
        lambda z: 1 / (1 + z**2),
        "That is the slope of arctan, the inverse of the *tangent*: another function.",
    ),
    (
        "square_of_the_cosine_missing",
        lambda z: 1 / np.cosh(z),
        "Nearly: for tanh it is the *square* of that.",
    ),
    (
        "upside_down",
        lambda z: np.cosh(z) ** 2,
        "The fraction is upside down: far away the slope goes to 0, not to infinity.",
    ),
    (
        "of_the_tangent",
        lambda z: 1 - np.tan(z) ** 2,
        "`np.tan` is the tangent, a function with poles; the hyperbolic tangent has an h.",
    ),
    (
        "one_missing",
        lambda z: -(np.tanh(z) ** 2),
        "At 0 the slope is 1, and yours is 0: something is missing in front of the square.",
    ),
    (
        "all_squared",
        lambda z: (1 - np.tanh(z)) ** 2,
        "The whole difference is squared; only the function's value should be.",
    ),
    (
        "function_applied_twice",
        lambda z: 1 - np.tanh(np.tanh(z)) ** 2,
        "tanh is applied twice before it is squared.",
    ),
    (
        "for_single_numbers",
        lambda z: 1 - math.tanh(z) ** 2,
        "Something in the function takes single numbers only, as `math.tanh` does. NumPy's own"
        " functions take arrays.",
    ),
]:
    tanh_prime.slip(_message, name=_name)(_make)


@tanh_prime.slip(
    "tanh is sinh over cosh; under the fraction bar of its slope stands the other one."
)
def sinh_for_cosh(z):
    with np.errstate(divide="ignore"):
        return 1 / np.sinh(z) ** 2


# --- 2.3 ---


@exercise(
    "2.3",
    title="A ReLU with a lid",
    prompt="""
    Networks for small devices use a ReLU that stops at 6: $f(z) = \\min(\\max(z, 0), 6)$. Write
    `lidded_prime(z)` for an array `z`: the derivative of $f$, entry by entry. At the two corners, where
    there is none, return 0 as PyTorch does.
    """,
    stub="""
    def lidded_prime(z):
        return ...  # your code
    """,
    hints=(
        "Draw the function. How steep is each of its three parts?",
        "Two comparisons say where it rises.",
        "Both must hold: with arrays that is `&`, with brackets around each comparison.",
    ),
    cases=lambda rng: [
        (np.array([-1.5, 0.0, 2.5, 6.0, 7.5, 0.4]),),
        (np.array([[3.0, 6.5], [-0.1, 5.9]]),),
        (rng.normal(size=9) * 6,),
    ],
)
def lidded_prime(z):
    return ((z > 0) & (z < 6)).astype(float)


@lidded_prime.also_right
def lidded_prime_by_where(z):
    return np.where(np.asarray(z) > 0, np.where(np.asarray(z) < 6, 1.0, 0.0), 0.0)


@lidded_prime.slip("Above the lid the function is flat: what is the slope of a flat line?")
def no_lid(z):
    return (z > 0).astype(float)


@lidded_prime.slip("The slope is right but for the corners, where 0 was asked for.")
def corners_rise(z):
    return ((z >= 0) & (z <= 6)).astype(float)


@lidded_prime.slip("The corner at 0 should give 0, as below it.")
def lower_corner_rises(z):
    return ((z >= 0) & (z < 6)).astype(float)


@lidded_prime.slip("The corner at 6 should give 0, as above it.")
def upper_corner_rises(z):
    return ((z > 0) & (z <= 6)).astype(float)


@lidded_prime.slip("That is the function itself; its slope is wanted.")
def the_lidded_itself(z):
    return np.minimum(np.maximum(z, 0), 6)


@lidded_prime.slip(
    "One of the two conditions is enough for yours, and one always holds. Both must."
)
def either_side(z):
    return ((z > 0) | (z < 6)).astype(float)


@lidded_prime.slip("The slope is 1 in the flat parts and 0 between them: it is turned round.")
def flat_between(z):
    return ((z <= 0) | (z >= 6)).astype(float)


@lidded_prime.slip("Where the function rises, its slope is the same everywhere; `z` is its value.")
def value_between(z):
    return np.where((z > 0) & (z < 6), z, 0.0)


@lidded_prime.slip("Above 6 the function does not fall, nor rise: it stays at 6.")
def falls_above(z):
    return np.where(z >= 6, -1.0, (z > 0).astype(float))


@lidded_prime.slip("6 is the function's value above the lid; its slope there is wanted.")
def six_above(z):
    return np.where(z > 6, 6.0, ((z > 0) & (z < 6)).astype(float))


@lidded_prime.slip("`if` decides once for the whole array. Each entry needs its own decision.")
def decided_once(z):
    return 1.0 if 0 < z < 6 else 0.0


@lidded_prime.slip("The slope is turned round: 1 in the flat parts, 0 where the function rises.")
def flat_between_and_corners(z):
    return ((z < 0) | (z > 6)).astype(float)


@lidded_prime.slip("Above the lid the function stays at 6; the slope of a flat line is not -1.")
def falls_beyond(z):
    return np.where(z > 6, -1.0, (z > 0).astype(float))


@lidded_prime.slip("6 is the value above the lid; and the corner at 6 should give 0.")
def six_beyond(z):
    return np.where(z > 6, 6.0, (z > 0).astype(float))


# --- 2.4 ---


@exercise(
    "2.4",
    title="The gradient of a tanh neuron",
    prompt="""
    Let the neuron have another activation, $\\hat y = \\tanh(\\mathbf{x} \\cdot \\mathbf{w} + b)$. What
    becomes of {eq}`eq-2-dw` and {eq}`eq-2-db`? Write `gradients(x, y, w, b)` for
    $\\mathcal{L} = (\\hat y - y)^2$: return `(dw, db)`. `x` and `w` have shape `(d,)`.
    """,
    stub="""
    def gradients(x, y, w, b):
        return ...  # your code: return dw, db
    """,
    hints=(
        "Compute the prediction first.",
        "Three slopes are multiplied: of the square, of tanh, of the weighted sum. One is new.",
        "The slope of tanh can be written with its value, $1 - \\hat y^2$.",
    ),
    cases=lambda rng: [
        (np.array([2.3, -0.7, 1.6]), 1.0, np.array([0.4, -0.9, 0.3]), -0.3),
        (np.array([1.0, -2.0]), 0.0, np.array([0.3, 0.4]), 0.1),
        (rng.normal(size=3), 1.0, rng.normal(size=3), 0.7),
        (rng.normal(size=2), 0.0, rng.normal(size=2), -1.5),
    ],
)
def gradients(x, y, w, b):
    y_hat = np.tanh(x @ w + b)
    delta = 2 * (y_hat - y) * (1 - y_hat**2)
    return delta * x, delta


@gradients.also_right
def with_the_derivative_of_exp(x, y, w, b):
    e = np.exp(-2 * sum(p * q for p, q in zip(x, w, strict=True)) - 2 * b)
    slope = 2 * (2 / (1 + e) - 1 - y) * 4 * e / (1 + e) ** 2
    return [slope * p for p in x], slope


def _gradients_with(delta, factor=lambda x, w: x):
    def gradients(x, y, w, b):
        z = x @ w + b
        y_hat = np.tanh(z)
        d = delta(y_hat, y, z)
        return d * factor(x, w), d

    return gradients


gradients.slip(
    "The last factor is the weight; the slope of $x_j w_j$ along $w_j$ is something else. Try a"
    " finite difference.",
    name="times_w",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * (1 - p**2), lambda x, w: w))
gradients.slip(
    "The sign is reversed: with this gradient a step would increase the loss.", name="sign_reversed"
)(_gradients_with(lambda p, y, z: 2 * (y - p) * (1 - p**2)))
gradients.slip(
    "Exactly half of the gradient: the square brings a factor down.", name="no_factor_two"
)(_gradients_with(lambda p, y, z: (p - y) * (1 - p**2)))
gradients.slip(
    "The slope of tanh is missing.",
    name="no_tanh_slope",
)(_gradients_with(lambda p, y, z: 2 * (p - y)))
gradients.slip(
    "The slope is taken at $\\hat y$ instead of at $z$: tanh is applied once more.",
    name="slope_at_y_hat",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * (1 - np.tanh(p) ** 2)))
gradients.slip(
    "$\\hat y (1 - \\hat y)$ is the slope of the sigmoid. What is that of tanh?",
    name="slope_of_sigmoid",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * p * (1 - p)))
gradients.slip("The slope of tanh has a square in it, which is missing.", name="slope_not_squared")(
    _gradients_with(lambda p, y, z: 2 * (p - y) * (1 - p))
)


gradients.slip(
    "In the slope of tanh stands its value $\\hat y$; you take $z$.", name="slope_with_z"
)(_gradients_with(lambda p, y, z: 2 * (p - y) * (1 - z**2)))
gradients.slip(
    "The slope of the square is cut short, and that of tanh is missing.", name="difference_only"
)(_gradients_with(lambda p, y, z: p - y))
gradients.slip(
    "The loss itself is a factor here. The chain rule takes its slope along $\\hat y$.",
    name="loss_as_a_factor",
)(_gradients_with(lambda p, y, z: (p - y) ** 2 * (1 - p**2)))


def _gradients_and_bias(of_bias, z_of=lambda x, w, b: x @ w + b):
    def gradients(x, y, w, b):
        p = np.tanh(z_of(x, w, b))
        delta = 2 * (p - y) * (1 - p**2)
        return delta * x, of_bias(delta, p, y, b)

    return gradients


gradients.slip("`dw` is right. The slope of $z$ along $b$ is not $b$.", name="times_b")(
    _gradients_and_bias(lambda delta, p, y, b: delta * b)
)
gradients.slip(
    "`dw` is right. On the way from $b$ to the loss the slope of tanh is a factor, too.",
    name="bias_without_slope",
)(_gradients_and_bias(lambda delta, p, y, b: 2 * (p - y)))
gradients.slip("The prediction is made without the bias.", name="predicted_without_bias")(
    _gradients_and_bias(lambda delta, p, y, b: delta, lambda x, w, b: x @ w)
)


gradients.slip(
    "`w` stands in the last factor, beside `x`. What is the slope of $x_j w_j$ along $w_j$?",
    name="times_both",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * (1 - p**2), lambda x, w: x * w))
gradients.slip(
    "`dw` is added up to one number. Each weight has a slope of its own.", name="added_up"
)(lambda x, y, w, b: (gradients.reference(x, y, w, b)[0].sum(), gradients.reference(x, y, w, b)[1]))
gradients.slip(
    "`dw` is right. `db` is not the sum of `dw`: the slope of $z$ along $b$ is the same for all inputs.",
    name="bias_adds_up_the_weights",
)(lambda x, y, w, b: (gradients.reference(x, y, w, b)[0], gradients.reference(x, y, w, b)[0].sum()))
gradients.slip(
    "`dw` is right. 1 is the slope of $z$ along $b$; the slope of the loss along $z$ belongs to it.",
    name="bias_is_one",
)(_gradients_and_bias(lambda delta, p, y, b: 1.0))
gradients.slip(
    "All is right, and in one array. Return the two, `dw` and `db`.", name="in_one_array"
)(lambda x, y, w, b: np.append(*gradients.reference(x, y, w, b)))


@gradients.slip("That is the gradient of the sigmoid neuron. This one has tanh.")
def of_the_sigmoid_neuron(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    delta = 2 * (p - y) * p * (1 - p)
    return delta * x, delta


@gradients.slip("Both are right, in the other order: `dw` comes first.")
def bias_first(x, y, w, b):
    return gradients.reference(x, y, w, b)[::-1]


# --- 2.5 ---


@exercise(
    "2.5",
    title="Check a gradient",
    prompt="""
    Write `numerical_gradient(f, theta, h)`: central differences {eq}`eq-2-difference` of the
    function `f` for each entry of the array `theta` of shape `(d,)`. Return shape `(d,)`. Leave
    `theta` as it was.
    """,
    stub="""
    def numerical_gradient(f, theta, h):
        return ...  # your code
    """,
    hints=(
        "One entry at a time: make two copies of `theta`.",
        "Add `h` to one entry of the first copy, subtract it in the second.",
        "The two points are `2 * h` apart.",
    ),
    cases=lambda rng: [
        (_x_squared_y_plus_exp_y, np.array([1.3, -2.1]), 1e-2),
        (_waves, rng.normal(size=4), 0.1),
        (_cube, np.array([3.0]), 1e-3),
    ],
    float32=False,
)
def numerical_gradient(f, theta, h):
    gradient = np.empty(len(theta))
    for j in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[j] += h
        down[j] -= h
        gradient[j] = (f(up) - f(down)) / (2 * h)
    return gradient


def _cube(theta):
    return float(theta[0] ** 3)


def _x_squared_y_plus_exp_y(theta):
    return float(theta[0] ** 2 * theta[1] + np.exp(theta[1]))


def _waves(theta):
    return float(np.sin(theta).prod() + (theta**3).sum())


@numerical_gradient.also_right
def with_unit_vectors(f, theta, h):
    return [(f(theta + h * e) - f(theta - h * e)) / (2 * h) for e in np.eye(len(theta))]


@numerical_gradient.slip(
    "The result is close, but its error shrinks only with $h$: the difference is one-sided. Step to"
    " both sides."
)
def one_sided(f, theta, h):
    return np.array([(f(theta + h * e) - f(theta)) / h for e in np.eye(len(theta))])


@numerical_gradient.slip("Twice too large: how far apart are the two points?")
def divided_by_h(f, theta, h):
    return np.array([(f(theta + h * e) - f(theta - h * e)) / h for e in np.eye(len(theta))])


@numerical_gradient.slip("The sign is reversed: value to the right minus value to the left.")
def reversed_difference(f, theta, h):
    return np.array([(f(theta - h * e) - f(theta + h * e)) / (2 * h) for e in np.eye(len(theta))])


@numerical_gradient.slip(
    "All entries are moved at once, so every entry of the result is the sum of the slopes. Move one"
    " at a time."
)
def all_at_once(f, theta, h):
    return np.full(len(theta), (f(theta + h) - f(theta - h)) / (2 * h))


@numerical_gradient.slip(
    "`/ 2 * h` divides by 2 and then multiplies by `h`: the denominator needs brackets."
)
def brackets_forgotten(f, theta, h):
    return np.array([(f(theta + h * e) - f(theta - h * e)) / 2 * h for e in np.eye(len(theta))])


@numerical_gradient.slip(
    "Both differences are zero: the two points are one and the same array. `=` gives a second name,"
    " not a copy."
)
def one_array_with_two_names(f, theta, h):
    theta = theta.copy()
    gradient = np.empty(len(theta))
    for j in range(len(theta)):
        up = down = theta
        up[j] += h
        down[j] -= h
        gradient[j] = (f(up) - f(down)) / (2 * h)
    return gradient


@numerical_gradient.slip(
    "An entry that has been moved stays moved while the next one is looked at. Start from `theta` for"
    " each entry."
)
def moves_pile_up(f, theta, h):
    up, down = theta.copy(), theta.copy()
    gradient = np.empty(len(theta))
    for j in range(len(theta)):
        up[j] += h
        down[j] -= h
        gradient[j] = (f(up) - f(down)) / (2 * h)
    return gradient


@numerical_gradient.slip(
    "The result is close, and made with another step: use the `h` that your function is given."
)
def step_of_ones_own(f, theta, h):
    return numerical_gradient.reference(f, theta, 1e-5)


@numerical_gradient.slip(
    "The result is close, but its error shrinks only with $h$: the difference goes to the left only."
)
def one_sided_to_the_left(f, theta, h):
    return np.array([(f(theta) - f(theta - h * e)) / h for e in np.eye(len(theta))])


@numerical_gradient.slip(
    "All entries are moved at once, and one number comes back. Move one at a time, and keep each slope."
)
def one_number_for_all(f, theta, h):
    return (f(theta + h) - f(theta - h)) / (2 * h)


@numerical_gradient.slip(
    "Only the slope of the first entry comes back. Does the `return` stand inside?"
)
def first_entry_only(f, theta, h):
    return numerical_gradient.reference(f, theta, h)[0]


@numerical_gradient.slip("The slopes are right, and added up. Return all of them.")
def slopes_added_up(f, theta, h):
    return numerical_gradient.reference(f, theta, h).sum()


@numerical_gradient.slip(
    "The points are $h/2$ away. That works, too, and is not what was asked for: move by `h` each way."
)
def half_the_step(f, theta, h):
    return numerical_gradient.reference(f, theta, h / 2)


@numerical_gradient.slip(
    "The step grows with the entry: it is multiplied where `h` should be added and subtracted."
)
def relative_step(f, theta, h):
    moved = [h * theta[j] * e for j, e in enumerate(np.eye(len(theta)))]
    return np.array([(f(theta + d) - f(theta - d)) / (2 * h) for d in moved])


@numerical_gradient.slip(
    "`f` gets a single entry. It needs the whole `theta` each time, with one entry moved."
)
def entry_by_itself(f, theta, h):
    return np.array([(f(t + h) - f(t - h)) / (2 * h) for t in theta])


@numerical_gradient.slip("`h` is added to the value of `f`. It moves the input of `f`.")
def moves_the_value(f, theta, h):
    return np.ones(len(theta))


@numerical_gradient.slip(
    "The numbers are right, but `theta` is changed by your function: work on a copy."
)
def theta_is_left_moved(f, theta, h):
    gradient = np.empty(len(theta))
    for j in range(len(theta)):
        theta[j] += h
        up = f(theta)
        theta[j] -= 2 * h
        gradient[j] = (up - f(theta)) / (2 * h)
        theta[j] += h
    return gradient


# --- 2.6 ---


@exercise(
    "2.6",
    title="One epoch, row by row",
    prompt="""
    Write `epoch(X, y, w, b, lr)`: go through the rows of `X` in order, and after each row take one
    step of gradient descent on its squared error. Return the new `(w, b)`. `X` has shape `(n, d)`,
    `y` shape `(n,)`.
    """,
    stub="""
    def epoch(X, y, w, b, lr):
        return ...  # your code: return w, b
    """,
    hints=(
        "A loop over the rows; inside it the gradient of exercise 2.4.",
        "Weights and bias change after every row, so the next row sees the new ones.",
        "`w = w - lr * dw` makes a new array and leaves the old one alone.",
    ),
    cases=lambda rng: [
        (
            np.array([[1.2, -0.7], [0.4, 2.3], [-1.6, 0.3]]),
            np.array([1.0, 0.0, 1.0]),
            np.array([0.4, -0.9]),
            0.3,
            0.7,
        ),
        (rng.normal(size=(4, 2)), np.array([0.0, 1.0, 1.0, 0.0]), rng.normal(size=2), 0.0, 1.0),
        (rng.normal(size=(8, 3)), rng.integers(0, 2, 8) * 1.0, rng.normal(size=3), -0.5, 0.1),
    ],
)
def epoch(X, y, w, b, lr):
    for row, target in zip(X, y, strict=True):
        y_hat = 1 / (1 + np.exp(-(row @ w + b)))
        delta = 2 * (y_hat - target) * y_hat * (1 - y_hat)
        w = w - lr * delta * row
        b = b - lr * delta
    return w, b


@epoch.also_right
def epoch_by_index(X, y, w, b, lr):
    theta = np.append(np.array(w, dtype=float), b)
    rows = np.column_stack([np.array(X), np.ones(len(X))])
    for i in range(len(rows)):
        p = 1 / (1 + np.exp(-rows[i] @ theta))
        theta = theta - lr * 2 * (p - y[i]) * p * (1 - p) * rows[i]
    return theta[:-1], theta[-1]


def _epoch_with(sign=-1.0, fresh=True, bias=True, mean=False):
    def epoch(X, y, w, b, lr):
        start_w, start_b = w, b
        n = len(X) if mean else 1
        for row, target in zip(X, y, strict=True):
            at_w, at_b = (w, b) if fresh else (start_w, start_b)
            y_hat = 1 / (1 + np.exp(-(row @ at_w + at_b)))
            delta = 2 * (y_hat - target) * y_hat * (1 - y_hat) / n
            w = w + sign * lr * delta * row
            b = b + sign * lr * delta if bias else b
        return w, b

    return epoch


epoch.slip("The steps climb: the gradient is added instead of subtracted.", name="climbs")(
    _epoch_with(sign=1.0)
)
epoch.slip(
    "All gradients are taken at the start; after each row the next one should see the new weights.",
    name="full_batch",
)(_epoch_with(fresh=False))
epoch.slip("The bias never changes.", name="bias_forgotten")(_epoch_with(bias=False))
epoch.slip(
    "The steps are $n$ times too short: each row counts in full, no mean is taken.", name="averaged"
)(_epoch_with(mean=True))


@epoch.slip("Only the first row is used. Does the `return` stand inside the loop?")
def first_row_only(X, y, w, b, lr):
    return epoch.reference(X[:1], y[:1], w, b, lr)


@epoch.slip("Only the last row makes a step. Does the update stand inside the loop?")
def last_row_only(X, y, w, b, lr):
    return epoch.reference(X[-1:], y[-1:], w, b, lr)


@epoch.slip("The learning rate plays no part.")
def rate_forgotten(X, y, w, b, lr):
    return epoch.reference(X, y, w, b, 1.0)


@epoch.slip("The steps are half as long as they should be: the square brings a factor down.")
def half_steps(X, y, w, b, lr):
    return epoch.reference(X, y, w, b, lr / 2)


@epoch.slip("That is one step with the mean over all rows. Here each row makes a step of its own.")
def one_mean_step(X, y, w, b, lr):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    delta = 2 * (p - y) * p * (1 - p) / len(X)
    return w - lr * delta @ X, b - lr * delta.sum()


@epoch.slip(
    "The bias is moved with a prediction that already uses the new weights. Both gradients belong to"
    " the old parameters."
)
def bias_after_the_weights(X, y, w, b, lr):
    for row, target in zip(X, y, strict=True):
        w = epoch.reference(row[None], [target], w, b, lr)[0]
        p = 1 / (1 + np.exp(-(row @ w + b)))
        b = b - lr * 2 * (p - target) * p * (1 - p)
    return w, b


def _epoch_of(delta, z=lambda x, w, b: x @ w + b, of_w=lambda x, w: x, of_b=lambda b: 1.0):
    def epoch(X, y, w, b, lr):
        for row, target in zip(X, y, strict=True):
            d = delta(1 / (1 + np.exp(-z(row, w, b))), target, z(row, w, b))
            w, b = w - lr * d * of_w(row, w), b - lr * d * of_b(b)
        return w, b

    return epoch


def _squared(p, t, z):
    return 2 * (p - t) * p * (1 - p)


for _name, _make, _message in [
    (
        "epoch_of_cross_entropy",
        _epoch_of(lambda p, t, z: p - t),
        "Each step uses $\\hat y - y$ alone: that is the gradient for the cross-entropy. Here the loss"
        " is the squared error.",
    ),
    (
        "epoch_without_slope",
        _epoch_of(lambda p, t, z: 2 * (p - t)),
        "The slope of the sigmoid is missing in the gradient.",
    ),
    (
        "epoch_without_sigmoid",
        _epoch_of(lambda p, t, z: 2 * (z - t)),
        "The neuron has no sigmoid here: the pre-activation is taken for the prediction.",
    ),
    (
        "epoch_times_w",
        _epoch_of(_squared, of_w=lambda x, w: w),
        "The gradient of the weights holds `w` where the inputs of the row belong.",
    ),
    (
        "epoch_times_b",
        _epoch_of(_squared, of_b=lambda b: b),
        "The weights' steps are right. The slope of $z$ along $b$ is not $b$.",
    ),
    (
        "epoch_predicted_without_bias",
        _epoch_of(_squared, z=lambda x, w, b: x @ w),
        "The prediction is made without the bias.",
    ),
]:
    epoch.slip(_message, name=_name)(_make)


@epoch.slip("The rows are taken from the last to the first. In order means from the first on.")
def rows_backwards(X, y, w, b, lr):
    return epoch.reference(X[::-1], y[::-1], w, b, lr)


@epoch.slip("Every row is compared with the first label. Each has its own.")
def first_label_always(X, y, w, b, lr):
    return epoch.reference(X, [y[0]] * len(X), w, b, lr)


@epoch.slip("The weights are right. The bias is wanted, too.")
def weights_only(X, y, w, b, lr):
    return epoch.reference(X, y, w, b, lr)[0]


# --- 2.7 ---


@exercise(
    "2.7",
    title="The cross-entropy behind tanh",
    prompt="""
    A neuron with tanh gives numbers from -1 to 1. So let $\\hat y = \\frac12 (1 + \\tanh z)$ be its
    probability, and the loss the binary cross-entropy, with labels 0 and 1. Which factor cancels now?
    Write `slope(z, y)`: $\\partial \\mathcal{L} / \\partial z$ for arrays of the same shape.
    """,
    stub="""
    def slope(z, y):
        return ...  # your code
    """,
    hints=(
        "Take the derivative of the loss along $\\hat y$, and multiply by that of $\\hat y$ along $z$.",
        "$1 - \\tanh^2 z = (1 + \\tanh z)(1 - \\tanh z)$: write both factors with $\\hat y$.",
        "A simple difference is left, and a number in front of it.",
    ),
    cases=lambda rng: [
        (np.array([[0.8, -1.3], [1.1, 0.4]]), np.array([[1.0, 0.0], [0.0, 1.0]])),
        (np.array([1.2, -1.0]), np.array([0.0, 1.0])),
        (rng.normal(size=(3, 2)), rng.integers(0, 2, (3, 2)) * 1.0),
    ],
    explain="""
    $\\frac12 (1 + \\tanh z)$ is $\\sigma(2z)$: the factor 2 is the inner derivative.
    """,
)
def slope(z, y):
    y_hat = (1 + np.tanh(z)) / 2
    return 2 * (y_hat - y)


@slope.also_right
def slope_by_chain_rule(z, y):
    t, y = np.tanh(z), np.asarray(y)
    p = (1 + t) / 2
    return (-y / p + (1 - y) / (1 - p)) * (1 - t**2) / 2


@slope.also_right
def slope_through_the_sigmoid(z, y):
    return 2 / (1 + np.exp(-2 * np.asarray(z))) - 2 * np.asarray(y)


def _slope_with(formula):
    def slope(z, y):
        t = np.tanh(z)
        return formula((1 + t) / 2, y, t)

    return slope


for _name, _make, _message in [
    (
        "of_the_sigmoid",
        lambda z, y: 1 / (1 + np.exp(-z)) - y,
        "That is the slope for the sigmoid. Here the probability is made with tanh.",
    ),
    (
        "slope_halved",
        _slope_with(lambda p, y, t: p - y),
        "Half of it: the slope of tanh brings more.",
    ),
    (
        "slope_reversed",
        _slope_with(lambda p, y, t: 2 * (y - p)),
        "The sign is reversed: a probability that is too high must pull down.",
    ),
    (
        "tanh_against_label",
        _slope_with(lambda p, y, t: t - y),
        "tanh itself is compared with the label; the probability is made of it first.",
    ),
    (
        "twice_tanh_against_label",
        _slope_with(lambda p, y, t: 2 * (t - y)),
        "tanh itself is compared with the label; the probability is made of it first.  The 2 is right.",
    ),
    (
        "slope_along_y_hat",
        _slope_with(lambda p, y, t: (p - y) / (p * (1 - p))),
        "That is the slope along $\\hat y$; the slope of $\\hat y$ along $z$ has to be multiplied.",
    ),
    (
        "without_the_half",
        _slope_with(lambda p, y, t: (p - y) / (p * (1 - p)) * (1 - t**2)),
        "Twice as large: the slope of $\\hat y$ along $z$ has the factor $\\frac12$ in it, too.",
    ),
    (
        "slope_of_squared_error",
        _slope_with(lambda p, y, t: (p - y) * (1 - t**2)),
        "That is the slope for the squared error. With the cross-entropy a factor cancels.",
    ),
    (
        "the_loss_itself",
        _slope_with(lambda p, y, t: -(y * np.log(p) + (1 - y) * np.log(1 - p))),
        "That is the loss; its slope is wanted.",
    ),
    (
        "slope_averaged",
        _slope_with(lambda p, y, t: np.mean(2 * (p - y))),
        "That is one mean over all entries; each entry has a slope of its own.",
    ),
    (
        "slope_not_cancelled",
        _slope_with(lambda p, y, t: 2 * (p - y) * (1 - t**2)),
        "The slope of tanh is still there. It has cancelled against the loss.",
    ),
]:
    slope.slip(_message, name=_name)(_make)


# --- 2.8 ---


@exercise(
    "2.8",
    title="The best threshold",
    prompt="""
    A neuron with a single input is a threshold on a number. Write `best_threshold(x, y)`: the
    largest number of points that any threshold gets right, where the neuron may call the larger
    numbers class 1 or class 0. `x` has shape `(n,)` with different values, `y` shape `(n,)` with
    labels 0 and 1.
    """,
    stub="""
    def best_threshold(x, y):
        return ...  # your code
    """,
    hints=(
        "Only the places between neighbouring numbers matter, and both ends.",
        "For each place count the right answers if larger means class 1.",
        "If larger means class 0, the right and the wrong answers change places.",
    ),
    cases=lambda rng: [
        (np.array([2.7, 0.4, 4.6, 1.2, 3.1, 1.9]), np.array([1, 1, 0, 1, 0, 0])),
        (np.array([0.4, 0.1, 20.0, 0.2, 0.9]), np.array([1, 0, 1, 0, 1])),
        (np.array([3.0, 1.0, 2.0]), np.array([0, 1, 1])),
        (np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 0, 1])),
        (np.array([1.0, 2.0, 3.0]), np.array([1, 1, 1])),
        (np.array([1.0, 3.0, 2.0]), np.array([0, 0, 0])),  # the best threshold lies beyond all
        (rng.permutation(9) * 1.0, rng.integers(0, 2, 9)),
        (rng.normal(size=12), rng.integers(0, 2, 12)),
    ],
    float32=False,
)
def best_threshold(x, y):
    best = 0
    for threshold in [-np.inf, *x]:
        right = int(((x > threshold) == (y == 1)).sum())
        best = max(best, right, len(y) - right)
    return best


@best_threshold.also_right
def by_sorting(x, y):
    labels = np.asarray(y)[np.argsort(x)]
    n, ones = len(labels), int(labels.sum())
    counts = []
    for k in range(n + 1):
        right = int((labels[:k] == 0).sum()) + ones - int((labels[:k] == 1).sum())
        counts += [right, n - right]
    return max(counts)


@best_threshold.slip('Only "larger is class 1" is tried. The weight may also be negative.')
def one_direction(x, y):
    return max(int(((x > t) == (y == 1)).sum()) for t in [-np.inf, *x])


@best_threshold.slip("That is a share. The number of right points was asked for.")
def as_share(x, y):
    return best_threshold.reference(x, y) / len(y)


@best_threshold.slip(
    "Only the mean is tried as a threshold. The best place may be anywhere between two points."
)
def mean_only(x, y):
    right = int(((x > x.mean()) == (y == 1)).sum())
    return max(right, len(y) - right)


@best_threshold.slip("That is the size of the larger class: what a constant answer gets right.")
def majority(x, y):
    return max(int((y == 1).sum()), int((y == 0).sum()))


@best_threshold.slip(
    "A threshold may also lie outside of all points, so that one class is given to all of them. You do"
    " not try that for both classes."
)
def between_only(x, y):
    ends = np.sort(x)
    rights = [int(((x > t) == (y == 1)).sum()) for t in (ends[1:] + ends[:-1]) / 2]
    return max(max(right, len(y) - right) for right in rights)


@best_threshold.slip(
    "That is the threshold. The number of points that it gets right was asked for."
)
def the_threshold_itself(x, y):
    best, place = 0, 0.0
    for t in [-np.inf, *x]:
        right = int(((x > t) == (y == 1)).sum())
        if max(right, len(y) - right) > best:
            best, place = max(right, len(y) - right), t
    return place


@best_threshold.slip("The labels are cut in the order of the list. Sort the points by `x` first.")
def not_sorted(x, y):
    rights = [int((y[:k] == 0).sum() + (y[k:] == 1).sum()) for k in range(len(y) + 1)]
    return max(max(right, len(y) - right) for right in rights)


def _at(*thresholds):
    def best_threshold(x, y):
        return max(_rights(x, y, t(x, y)) for t in thresholds)

    return best_threshold


def _rights(x, y, threshold):
    right = int(((x > threshold) == (y == 1)).sum())
    return max(right, len(y) - right)


best_threshold.slip(
    "Only the median is tried as a threshold. The best place may be anywhere between two points.",
    name="median_only",
)(_at(lambda x, y: np.median(x)))
best_threshold.slip("Only the threshold 0 is tried. It may stand anywhere.", name="zero_only")(
    _at(lambda x, y: 0.0)
)
best_threshold.slip(
    "Only the threshold one half is tried. It may stand anywhere.", name="half_only"
)(_at(lambda x, y: 0.5))
best_threshold.slip(
    "Only thresholds between 0 and 1 are tried. The numbers may lie anywhere.",
    name="between_zero_and_one",
)(_at(*(lambda x, y, t=t: t for t in np.linspace(0, 1, 101))))


@best_threshold.slip(
    "Only the middle between the two classes' means is tried. The best place may be elsewhere."
)
def between_the_means(x, y):
    with np.errstate(all="ignore"):
        means = [x[y == c].sum() / np.float64((y == c).sum()) for c in (0, 1)]
    return _rights(x, y, sum(means) / 2)


@best_threshold.slip(
    'Only "larger is class 1" is tried, and no threshold beyond the last point. The weight may also be'
    " negative."
)
def one_direction_from_each_point(x, y):
    return max(int(((x >= t) == (y == 1)).sum()) for t in x)


@best_threshold.slip('Only "larger is class 0" is tried. The weight may also be positive.')
def other_direction(x, y):
    return max(int(((x < t) == (y == 1)).sum()) for t in [*x, np.inf])


@best_threshold.slip(
    "That is the smallest number of mistakes. The points that are right are wanted."
)
def mistakes(x, y):
    return len(y) - best_threshold.reference(x, y)


@best_threshold.slip(
    "Only the last threshold counts: each turn of the loop forgets the best one before."
)
def last_threshold(x, y):
    return _rights(x, y, x[-1])


@best_threshold.slip("Points of class 0 that are right are not counted.")
def class_one_alone(x, y):
    return int((y == 1).sum())


@best_threshold.slip("The number is right; the threshold is not asked for.")
def with_its_threshold(x, y):
    return max((_rights(x, y, t), t) for t in [-np.inf, *x])


@best_threshold.slip(
    "That is the number of all points: what one direction gets right and the other does is added up."
)
def both_directions_added(x, y):
    return len(x)


@best_threshold.slip(
    "Only points of class 1 are counted. Those of class 0 on the other side are right, too."
)
def class_one_only(x, y):
    return max(int(np.sum(y[x > t])) for t in x)


@best_threshold.slip("That is the threshold itself; the number of points it gets right is wanted.")
def threshold_itself(x, y):
    x, y = np.asarray(x), np.asarray(y)
    at = [x.min() - 1, *x]
    return at[int(np.argmax([max(np.sum((x > t) == y), np.sum((x <= t) == y)) for t in at]))]


# --- 2.9 ---


@exercise(
    "2.9",
    title="A hidden layer for the exclusive or",
    prompt="""
    No line separates the exclusive or: (0,0) and (1,1) are class 0, (0,1) and (1,0) class 1. Find
    weights for a network 2–2–1 with the step function $[z > 0]$ in both layers that gets all four
    right. Give `W1` (2, 2), `b1` (2,), `W2` (2,) and `b2` (a number) as a tuple. Think, do not
    train.
    """,
    stub="""
    W1, b1, W2, b2 = ..., ..., ..., ...
    parameters = (W1, b1, W2, b2)
    """,
    hints=(
        'Let one hidden neuron say "at least one of the two", the other "both".',
        "The sum $x_1 + x_2$ is 0, 1 or 2. Which thresholds do the two neurons need?",
        "The output should be on when the first is on and the second is off.",
    ),
    coding=False,
)
def parameters():
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])  # both hidden neurons add the inputs up
    b1 = np.array([-0.5, -1.5])  # on from 1, and on from 2
    W2, b2 = np.array([1.0, -1.0]), -0.5  # the first but not the second
    return W1, b1, W2, b2


@parameters.judge
def _judge_parameters(answer, rng):
    try:
        W1, b1, W2, b2 = (np.asarray(v, dtype=float) for v in answer)
    except (TypeError, ValueError):
        return "The answer must be a tuple of four: W1 (2, 2), b1 (2,), W2 (2,), b2."
    if (W1.shape, b1.shape, W2.reshape(-1).shape, b2.size) != ((2, 2), (2,), (2,), 1):
        return "The shapes must be W1 (2, 2), b1 (2,), W2 (2,) and one number b2."
    inputs = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
    hidden = (inputs @ W1 + b1 > 0).astype(float)
    out = (hidden @ W2.reshape(-1) + b2.reshape(()) > 0).astype(int)
    if out.tolist() == [0, 1, 1, 0]:
        return None
    if (hidden == hidden[0]).all():
        return "hidden_constant"
    if (hidden[:, 0] == hidden[:, 1]).all():
        return "hidden_copies"
    if out.tolist() == [1, 0, 0, 1]:
        return "inverted"
    known = {
        (0, 1, 1, 1): "or_instead",
        (0, 0, 0, 1): "and_instead",
        (1, 1, 1, 0): "not_both",
        (0, 0, 0, 0): "never_on",
        (1, 1, 1, 1): "always_on",
    }
    if tuple(out.tolist()) in known and not _right_at_the_edge(inputs, W1, b1, W2, b2):
        return known[tuple(out.tolist())]
    if _right_at_the_edge(inputs, W1, b1, W2, b2):
        return "on_the_edge"
    other = (inputs @ W1.T + b1 > 0).astype(float) @ W2.reshape(-1) + b2.reshape(()) > 0
    if other.tolist() == [False, True, True, False]:
        return "rows_are_neurons"
    wrong = [
        tuple(int(v) for v in row)
        for row, o, t in zip(inputs, out, (0, 1, 1, 0), strict=True)
        if o != t
    ]
    return f"Wrong for the inputs {', '.join(map(str, wrong))}."


def _right_at_the_edge(inputs, W1, b1, W2, b2):
    """Whether all four would be right with a step that is on at 0, in one layer or in both."""
    for at_zero in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        on = np.heaviside(inputs @ W1 + b1, at_zero[0]) @ W2.reshape(-1) + b2.reshape(())
        if np.heaviside(on, at_zero[1]).tolist() == [0, 1, 1, 0]:
            return True
    return False


parameters.slip(
    "The hidden neurons give the same for all four inputs: no information gets through.",
    name="hidden_constant",
)(lambda: (np.zeros((2, 2)), np.zeros(2), np.ones(2), 0.5))
parameters.slip(
    "Both hidden neurons do the same, so the network is as good as one neuron.",
    name="hidden_copies",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -0.5]), np.ones(2), -0.5))
parameters.slip("All four answers are exchanged.", name="inverted")(
    lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([-1.0, 1.0]), 0.5)
)
parameters.slip(
    "That is the inclusive or: (1, 1) must be off. What does the second neuron have to do?",
    name="or_instead",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, 0.0]), -0.5))
parameters.slip(
    "Some pre-activation is exactly 0, and there the step $[z > 0]$ is off. Move the biases a little.",
    name="on_the_edge",
)(lambda: (np.ones((2, 2)), np.array([-1.0, -2.0]), np.array([1.0, -1.0]), -1.0))
parameters.slip(
    "With `W1` transposed it would be right: the weights of a neuron are a *column* of `W1` here.",
    name="rows_are_neurons",
)(lambda: (np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([-0.5, 1.5]), np.ones(2), -1.5))


parameters.slip(
    'That is "both": on for (1, 1) alone. The output should be on when the first neuron is and the'
    " second is not.",
    name="and_instead",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([0.0, 1.0]), -0.5))
parameters.slip(
    'That is "not both": (0, 0) must be off. The neuron for "at least one" has to take part.',
    name="not_both",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([0.0, -1.0]), 0.5))
parameters.slip(
    "The output is never on. Write down what the hidden neurons give for (0, 1): is the output's sum"
    " above 0 there?",
    name="never_on",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, -1.0]), -1.5))
parameters.slip(
    "The output is always on. Write down what the hidden neurons give for (0, 0): is the output's sum"
    " below 0 there?",
    name="always_on",
)(lambda: (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, -1.0]), 0.5))
