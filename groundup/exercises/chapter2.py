"""Exercises of chapter 2: linear layers, activations, the neuron's gradient and its training."""

import itertools

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
        (np.array([[2.0]]), np.array([1.0]), np.array([[3.0]]), np.array([0.5])),
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
        (np.array([0.5]),),
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


# --- 2.3 ---


@exercise(
    "2.3",
    title="The slope of ReLU",
    prompt="""
    Write `relu_prime(z)` for an array `z`: the derivative of $\\max(z, 0)$. At 0, where there is
    none, return 0 as PyTorch does.
    """,
    stub="""
    def relu_prime(z):
        return ...  # your code
    """,
    hints=(
        "The function has two straight pieces. What is the slope of each?",
        "A comparison such as `z > 0` gives an array of True and False.",
        "Turn the truth values into numbers, for example with `astype(float)`.",
    ),
    cases=lambda rng: [
        (np.array([2.0]),),
        (np.array([-1.0, 0.0, 3.0]),),
        (rng.normal(size=(3, 3)) * 2,),
    ],
)
def relu_prime(z):
    return (z > 0).astype(float)


@relu_prime.also_right
def relu_prime_with_where(z):
    return np.where(np.asarray(z) > 0, 1, 0)


@relu_prime.slip("That is ReLU itself. Its slope on the right is the same everywhere.")
def relu_itself(z):
    return np.maximum(z, 0)


@relu_prime.slip("At exactly 0 the result should be 0.")
def one_at_zero(z):
    return (z >= 0).astype(float)


@relu_prime.slip("To the left of 0 the function is flat: its slope there is 0, not -1.")
def sign_instead(z):
    return np.sign(z)


@relu_prime.slip("The two pieces are exchanged.")
def other_side(z):
    return (z < 0).astype(float)


@relu_prime.slip(
    "`z` is an array, and one `if` decides once for all of it. Each entry needs its own answer."
)
def one_if_for_all(z):
    if z > 0:
        return 1
    return 0


@relu_prime.slip("The slope on the right is there; on the left of 0 the function is flat, too.")
def one_everywhere(z):
    return np.ones(np.shape(z))


# --- 2.4 ---


@exercise(
    "2.4",
    title="The gradient of a neuron",
    prompt="""
    Write `gradients(x, y, w, b)` for $\\mathcal{L} = (\\hat y - y)^2$ with
    $\\hat y = \\sigma(\\mathbf{x} \\cdot \\mathbf{w} + b)$: return `(dw, db)` as in {eq}`eq-2-dw` and
    {eq}`eq-2-db`. `x` and `w` have shape `(d,)`.
    """,
    stub="""
    def gradients(x, y, w, b):
        return ...  # your code: return dw, db
    """,
    hints=(
        "Compute the prediction first.",
        "Three slopes are multiplied: of the square, of the sigmoid, of the weighted sum.",
        "`delta = 2 * (y_hat - y) * y_hat * (1 - y_hat)`; what is it multiplied by for `w`?",
    ),
    cases=lambda rng: [
        (np.array([2.0]), 1.0, np.array([0.5]), -0.3),
        (np.array([1.0, -2.0]), 0.0, np.array([0.3, 0.4]), 0.1),
        (rng.normal(size=3), 1.0, rng.normal(size=3), 0.7),
        (rng.normal(size=2), 0.0, rng.normal(size=2), -1.5),
    ],
)
def gradients(x, y, w, b):
    y_hat = 1 / (1 + np.exp(-(x @ w + b)))
    delta = 2 * (y_hat - y) * y_hat * (1 - y_hat)
    return delta * x, delta


@gradients.also_right
def with_the_derivative_of_exp(x, y, w, b):
    e = np.exp(-sum(p * q for p, q in zip(x, w, strict=True)) - b)
    slope = 2 * (1 / (1 + e) - y) * e / (1 + e) ** 2
    return [slope * p for p in x], slope


def _gradients_with(delta, factor=lambda x, w: x):
    def gradients(x, y, w, b):
        z = x @ w + b
        y_hat = 1 / (1 + np.exp(-z))
        d = delta(y_hat, y, z)
        return d * factor(x, w), d

    return gradients


gradients.slip(
    "The last factor is the weight; the slope of $x_j w_j$ along $w_j$ is something else. It is the"
    " printed mistake of the notes: try a finite difference.",
    name="times_w",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * p * (1 - p), lambda x, w: w))
gradients.slip(
    "The sign is reversed: with this gradient a step would increase the loss.", name="sign_reversed"
)(_gradients_with(lambda p, y, z: 2 * (y - p) * p * (1 - p)))
gradients.slip(
    "Exactly half of the gradient: the square brings a factor down.", name="no_factor_two"
)(_gradients_with(lambda p, y, z: (p - y) * p * (1 - p)))
gradients.slip(
    "The slope of the sigmoid is missing. That would be the gradient for the cross-entropy, up to a"
    " factor.",
    name="no_sigmoid_slope",
)(_gradients_with(lambda p, y, z: 2 * (p - y)))
gradients.slip(
    "The sigmoid's slope is taken at $\\hat y$ instead of at $z$: the sigmoid is applied once more.",
    name="slope_at_y_hat",
)(
    _gradients_with(
        lambda p, y, z: 2 * (p - y) * (1 / (1 + np.exp(-p))) * (1 - 1 / (1 + np.exp(-p)))
    )
)


gradients.slip(
    "The sigmoid's slope is $\\hat y (1 - \\hat y)$; you take $z$ in it instead of $\\hat y$.",
    name="slope_with_z",
)(_gradients_with(lambda p, y, z: 2 * (p - y) * z * (1 - z)))
gradients.slip(
    "The slope of the square and that of the sigmoid are both missing or cut short: what remains is"
    " the gradient for the cross-entropy.",
    name="cross_entropy_instead",
)(_gradients_with(lambda p, y, z: p - y))
gradients.slip(
    "The loss itself is a factor here. The chain rule takes its slope along $\\hat y$.",
    name="loss_as_a_factor",
)(_gradients_with(lambda p, y, z: (p - y) ** 2 * p * (1 - p)))


def _gradients_and_bias(of_bias, z_of=lambda x, w, b: x @ w + b):
    def gradients(x, y, w, b):
        p = 1 / (1 + np.exp(-z_of(x, w, b)))
        delta = 2 * (p - y) * p * (1 - p)
        return delta * x, of_bias(delta, p, y, b)

    return gradients


gradients.slip("`dw` is right. The slope of $z$ along $b$ is not $b$.", name="times_b")(
    _gradients_and_bias(lambda delta, p, y, b: delta * b)
)
gradients.slip(
    "`dw` is right. On the way from $b$ to the loss the sigmoid's slope is a factor, too.",
    name="bias_without_slope",
)(_gradients_and_bias(lambda delta, p, y, b: 2 * (p - y)))
gradients.slip("The prediction is made without the bias.", name="predicted_without_bias")(
    _gradients_and_bias(lambda delta, p, y, b: delta, lambda x, w, b: x @ w)
)


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
        (_cube, np.array([3.0]), 1e-3),
        (_x_squared_y_plus_exp_y, np.array([1.0, -2.0]), 1e-2),
        (_waves, rng.normal(size=4), 0.1),
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
        (np.array([[1.0], [2.0]]), np.array([1.0, 0.0]), np.array([0.5]), 0.1, 0.5),
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


# --- 2.7 ---


@exercise(
    "2.7",
    title="The cross-entropy's gradient",
    prompt="""
    With the binary cross-entropy instead of the squared error, what is
    $\\partial \\mathcal{L} / \\partial z$ of a sigmoid neuron? Write `slope(z, y)` for arrays of the
    same shape.
    """,
    stub="""
    def slope(z, y):
        return ...  # your code
    """,
    hints=(
        "Take the derivative of the loss along $\\hat y$, and multiply by $\\hat y (1 - \\hat y)$.",
        "For $y = 1$: $-1/\\hat y$ times $\\hat y (1 - \\hat y)$.",
        "Both cases together are a simple difference.",
    ),
    cases=lambda rng: [
        (np.array([0.0]), np.array([1.0])),
        (np.array([2.0, -1.0]), np.array([0.0, 1.0])),
        (rng.normal(size=(3, 2)) * 3, rng.integers(0, 2, (3, 2)) * 1.0),
    ],
)
def slope(z, y):
    return 1 / (1 + np.exp(-z)) - y


@slope.also_right
def slope_by_chain_rule(z, y):
    p = 1 / (1 + np.exp(-np.asarray(z)))
    return (-np.asarray(y) / p + (1 - np.asarray(y)) / (1 - p)) * p * (1 - p)


@slope.slip("The sign is reversed.")
def slope_reversed(z, y):
    return y - 1 / (1 + np.exp(-z))


@slope.slip(
    "That is the slope along $\\hat y$; the sigmoid's own slope still has to be multiplied."
)
def slope_along_y_hat(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y / p + (1 - y) / (1 - p)


@slope.slip("That is the slope for the squared error. With the cross-entropy a factor cancels.")
def slope_of_squared_error(z, y):
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - y) * p * (1 - p)


@slope.slip("The sigmoid is missing: the label is compared with the pre-activation.")
def slope_without_sigmoid(z, y):
    return z - y


@slope.slip(
    "That is (half of) the slope for the squared error. With the cross-entropy a factor cancels."
)
def slope_of_half_squared_error(z, y):
    p = 1 / (1 + np.exp(-z))
    return (p - y) * p * (1 - p)


@slope.slip("That is the loss itself, not its slope.")
def slope_is_the_loss(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


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
        (np.array([1.0, 2.0]), np.array([0, 1])),
        (np.array([3.0, 1.0, 2.0]), np.array([0, 1, 1])),
        (np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 0, 1])),
        (np.array([1.0, 2.0, 3.0]), np.array([1, 1, 1])),
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
    if out.tolist() == [0, 1, 1, 1]:
        return "or_instead"
    for at_zero in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):  # what the two steps give for 0
        on = np.heaviside(inputs @ W1 + b1, at_zero[0]) @ W2.reshape(-1) + b2.reshape(())
        if np.heaviside(on, at_zero[1]).tolist() == [0, 1, 1, 0]:
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
