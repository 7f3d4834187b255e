import math

import numpy as np


# %% 2.1 right
def collapse(W1, b1, W2, b2):
    return np.matmul(W1, W2), np.dot(b1, W2) + b2


# %% 2.1 columns_for_rows
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1 + b2


# %% 2.1 biases_added
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


# %% 2.1 first_bias_through_the_first_layer
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 + b2


# %% 2.1 second_bias_lost
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


# %% 2.1 entry_by_entry
def collapse(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


# %% 2.1 both_added
def collapse(W1, b1, W2, b2):
    return W1 + W2, b1 + b2


# %% 2.1 first_bias_lost
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2


# %% 2.1 both_biases_through
def collapse(W1, b1, W2, b2):
    return W1 @ W2, (b1 + b2) @ W2


# %% 2.1 product_transposed
def collapse(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


# %% 2.1 weights_alone
def collapse(W1, b1, W2, b2):
    return W1 @ W2


# %% 2.1 product_transposed
def collapse(W1, b1, W2, b2):
    return W2.T @ W1.T, W2.T @ b1 + b2


# %% 2.1 general
def collapse(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


# %% 2.1 wrong_order
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


# %% 2.1 second_bias_through_the_first_layer
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2 @ W1 + b1


# %% 2.2 right
def tanh_prime(z):
    return 1 / np.cosh(z) ** 2


# %% 2.2 slope_of_another_inverse
def tanh_prime(z):
    return 1 / (1 + z**2)


# %% 2.2 sigmoid_rule
def tanh_prime(z):
    t = np.tanh(z)
    return t * (1 - t)


# %% 2.2 no_square
def tanh_prime(z):
    return 1 - np.tanh(z)


# %% 2.2 takes_activation
def tanh_prime(z):
    return 1 - z**2


# %% 2.2 not_a_derivative
def tanh_prime(z):
    return np.tanh(z)


# %% 2.2 square_inside
def tanh_prime(z):
    return 1 - np.tanh(z**2)


# %% 2.2 plus_for_minus
def tanh_prime(z):
    return 1 + np.tanh(z) ** 2


# %% 2.2 square_of_the_cosine_missing
def tanh_prime(z):
    return 1 / np.cosh(z)


# %% 2.2 general
def tanh_prime(z):
    h = 1e-3
    return (np.tanh(z + h) - np.tanh(z)) / h


# %% 2.2 of_the_tangent
def tanh_prime(z):
    return 1 - np.tan(z) ** 2


# %% 2.2 upside_down
def tanh_prime(z):
    return np.cosh(z) ** 2


# %% 2.2 one_missing
def tanh_prime(z):
    return -(np.tanh(z) ** 2)


# %% 2.2 all_squared
def tanh_prime(z):
    return (1 - np.tanh(z)) ** 2


# %% 2.2 slope_of_the_sigmoid
def tanh_prime(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


# %% 2.2 function_applied_twice
def tanh_prime(z):
    return 1 - np.tanh(np.tanh(z)) ** 2


# %% 2.2 for_single_numbers
def tanh_prime(z):
    return 1 - math.tanh(z) ** 2


# %% 2.3 right
def relu_prime(z):
    return np.heaviside(z, 0)


# %% 2.3 one_at_zero
def relu_prime(z):
    return np.where(z >= 0, 1.0, 0.0)


# %% 2.3 relu_itself
def relu_prime(z):
    return np.maximum(z, 0)


# %% 2.3 one_if_for_all
def relu_prime(z):
    if z > 0:
        return 1
    return 0


# %% 2.3 sign_instead
def relu_prime(z):
    return np.sign(z)


# %% 2.3 divides_by_zero
def relu_prime(z):
    return np.maximum(z, 0) / z


# %% 2.3 half_at_zero
def relu_prime(z):
    return np.heaviside(z, 0.5)


# %% 2.3 other_side
def relu_prime(z):
    return (z < 0).astype(float)


# %% 2.3 leaky
def relu_prime(z):
    return np.where(z > 0, 1.0, 0.01)


# %% 2.3 half_at_zero
def relu_prime(z):
    h = 1e-6
    return (np.maximum(z + h, 0) - np.maximum(z - h, 0)) / (2 * h)


# %% 2.3 relu_itself
def relu_prime(z):
    return np.where(z > 0, z, 0)


# %% 2.3 one_everywhere
def relu_prime(z):
    return np.ones_like(z)


# %% 2.3 bends_at_one
def relu_prime(z):
    return (z > 1) * 1.0


# %% 2.3 general
def relu_prime(z):
    z[z > 0] = 1
    z[z <= 0] = 0
    return z


# %% 2.3 right
def relu_prime(z):
    return z > 0


# %% 2.3 one_if_a_row
def relu_prime(z):
    return [1 if v > 0 else 0 for v in z]


# %% 2.4 right
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(np.dot(w, x) + b)))
    d = 2 * (p - y) * (p - p**2)
    return d * x, d


# %% 2.4 times_w
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * w, d


# %% 2.4 times_both
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x * w, d


# %% 2.4 no_factor_two
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = (p - y) * p * (1 - p)
    return d * x, d


# %% 2.4 no_sigmoid_slope
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y)
    return d * x, d


# %% 2.4 cross_entropy_instead
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    return (p - y) * x, p - y


# %% 2.4 sign_reversed
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (y - p) * p * (1 - p)
    return d * x, d


# %% 2.4 slope_with_z
def gradients(x, y, w, b):
    z = x @ w + b
    p = 1 / (1 + np.exp(-z))
    d = 2 * (p - y) * z * (1 - z)
    return d * x, d


# %% 2.4 slope_at_y_hat
def gradients(x, y, w, b):
    s = lambda t: 1 / (1 + np.exp(-t))
    p = s(x @ w + b)
    d = 2 * (p - y) * s(p) * (1 - s(p))
    return d * x, d


# %% 2.4 times_b
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, d * b


# %% 2.4 bias_is_one
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, 1


# %% 2.4 predicted_without_bias
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, d


# %% 2.4 added_up
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return np.sum(d * x), d


# %% 2.4 bias_adds_up_the_weights
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, np.sum(d * x)


# %% 2.4 loss_as_a_factor
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = (p - y) ** 2 * p * (1 - p)
    return d * x, d


# %% 2.4 in_one_array
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return np.append(d * x, d)


# %% 2.4 predicted_mirrored
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(x @ w + b))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, d


# %% 2.5 right
def numerical_gradient(f, theta, h):
    g = []
    for i in range(len(theta)):
        a, b = np.array(theta, float), np.array(theta, float)
        a[i] += h
        b[i] -= h
        g.append((f(a) - f(b)) / (2 * h))
    return np.array(g)


# %% 2.5 one_sided
def numerical_gradient(f, theta, h):
    return np.array([(f(theta + h * e) - f(theta)) / h for e in np.eye(len(theta))])


# %% 2.5 one_number_for_all
def numerical_gradient(f, theta, h):
    return (f(theta + h) - f(theta - h)) / (2 * h)


# %% 2.5 divided_by_h
def numerical_gradient(f, theta, h):
    return np.array([(f(theta + h * e) - f(theta - h * e)) / h for e in np.eye(len(theta))])


# %% 2.5 general
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        theta[i] += h
        up = f(theta)
        theta[i] -= 2 * h
        down = f(theta)
        g[i] = (up - down) / (2 * h)
    return g


# %% 2.5 reversed_difference
def numerical_gradient(f, theta, h):
    return np.array([(f(theta - h * e) - f(theta + h * e)) / (2 * h) for e in np.eye(len(theta))])


# %% 2.5 half_the_step
def numerical_gradient(f, theta, h):
    return np.array([(f(theta + h / 2 * e) - f(theta - h / 2 * e)) / h for e in np.eye(len(theta))])


# %% 2.5 moves_the_value
def numerical_gradient(f, theta, h):
    return np.array([(f(theta) + h - f(theta) + h) / (2 * h) for e in np.eye(len(theta))])


# %% 2.5 first_entry_only
def numerical_gradient(f, theta, h):
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        return (f(theta + e) - f(theta - e)) / (2 * h)


# %% 2.5 slopes_added_up
def numerical_gradient(f, theta, h):
    return sum((f(theta + h * e) - f(theta - h * e)) / (2 * h) for e in np.eye(len(theta)))


# %% 2.5 entry_by_itself
def numerical_gradient(f, theta, h):
    return np.array([(f(t + h) - f(t - h)) / (2 * h) for t in theta])


# %% 2.5 general
def numerical_gradient(f, theta, h):
    return np.array(
        [
            (
                -f(theta + 2 * h * e)
                + 8 * f(theta + h * e)
                - 8 * f(theta - h * e)
                + f(theta - 2 * h * e)
            )
            / (12 * h)
            for e in np.eye(len(theta))
        ]
    )


# %% 2.5 relative_step
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        a, b = theta.copy(), theta.copy()
        a[i] *= 1 + h
        b[i] *= 1 - h
        g[i] = (f(a) - f(b)) / (2 * h)
    return g


# %% 2.6 right
def epoch(X, y, w, b, lr):
    w = w.copy()
    for i in range(len(X)):
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = 2 * (p - y[i]) * p * (1 - p)
        w -= lr * d * X[i]
        b -= lr * d
    return w, b


# %% 2.6 epoch_of_cross_entropy
def epoch(X, y, w, b, lr):
    for i in range(len(X)):
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = p - y[i]
        w, b = w - lr * d * X[i], b - lr * d
    return w, b


# %% 2.6 epoch_without_slope
def epoch(X, y, w, b, lr):
    for i in range(len(X)):
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = 2 * (p - y[i])
        w, b = w - lr * d * X[i], b - lr * d
    return w, b


# %% 2.6 epoch_times_w
def epoch(X, y, w, b, lr):
    for i in range(len(X)):
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = 2 * (p - y[i]) * p * (1 - p)
        w, b = w - lr * d * w, b - lr * d
    return w, b


# %% 2.6 general
def epoch(X, y, w, b, lr):
    rng = np.random.default_rng(0)
    for _ in range(len(X)):
        i = rng.integers(len(X))
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = 2 * (p - y[i]) * p * (1 - p)
        w, b = w - lr * d * X[i], b - lr * d
    return w, b


# %% 2.6 general
def epoch(X, y, w, b, lr):
    for i in range(len(X)):
        p = 1 / (1 + np.exp(-(X[i] @ w + b)))
        d = 2 * (p - y[i]) * p * (1 - p)
        w -= lr * d * X[i]
        b -= lr * d
    return w, b


# %% 2.6 full_batch
def epoch(X, y, w, b, lr):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return w - lr * X.T @ d, b - lr * d.sum()


# %% 2.6 epoch_without_sigmoid
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        e = x @ w + b - t
        w, b = w - lr * 2 * e * x, b - lr * 2 * e
    return w, b


# %% 2.6 first_row_only
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
        return w, b


# %% 2.6 rows_backwards
def epoch(X, y, w, b, lr):
    for x, t in zip(X[::-1], y[::-1]):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
    return w, b


# %% 2.6 first_label_always
def epoch(X, y, w, b, lr):
    for x in X:
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - y[0]) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
    return w, b


# %% 2.6 epoch_predicted_without_bias
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w)))
        d = 2 * (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
    return w, b


# %% 2.6 half_steps
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
    return w, b


# %% 2.6 weights_only
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d
    return w


# %% 2.6 epoch_times_b
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w, b = w - lr * d * x, b - lr * d * b
    return w, b


# %% 2.7 right
def slope(z, y):
    return np.where(y == 1, -1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))


# %% 2.7 slope_of_the_sigmoid_alone
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return p * (1 - p)


# %% 2.7 slope_of_one_logarithm
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return -1 / p


# %% 2.7 slope_with_a_two
def slope(z, y):
    return 2 * (1 / (1 + np.exp(-z)) - y)


# %% 2.7 slope_mirrored
def slope(z, y):
    return 1 / (1 + np.exp(z)) - y


# %% 2.7 slope_for_class_one
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y / p * p * (1 - p)


# %% 2.7 slope_of_one_term
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y / p


# %% 2.7 slope_with_a_sign
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return (-y / p - (1 - y) / (1 - p)) * p * (1 - p)


# %% 2.7 slope_averaged
def slope(z, y):
    return np.mean(1 / (1 + np.exp(-z)) - y)


# %% 2.7 slope_shared_out
def slope(z, y):
    return (1 / (1 + np.exp(-z)) - y) / len(z)


# %% 2.7 slope_with_z_for_y_hat
def slope(z, y):
    p = 1 / (1 + np.exp(-z))
    return (-y / p + (1 - y) / (1 - p)) * z * (1 - z)


# %% 2.7 slope_is_the_square
def slope(z, y):
    return (1 / (1 + np.exp(-z)) - y) ** 2


# %% 2.7 slope_times_z
def slope(z, y):
    return (1 / (1 + np.exp(-z)) - y) * z


# %% 2.7 slope_with_tanh
def slope(z, y):
    return np.tanh(z) - y


# %% 2.7 slope_is_the_prediction
def slope(z, y):
    return 1 / (1 + np.exp(-z))


# %% 2.7 slope_without_signs
def slope(z, y):
    return abs(1 / (1 + np.exp(-z)) - y)


# %% 2.8 right
def best_threshold(x, y):
    best = max((y == 0).sum(), (y == 1).sum())
    for t in x:
        r = ((x > t) == y).sum()
        best = max(best, r, len(y) - r)
    return best


# %% 2.8 median_only
def best_threshold(x, y):
    r = ((x > np.median(x)) == y).sum()
    return max(r, len(y) - r)


# %% 2.8 one_direction_from_each_point
def best_threshold(x, y):
    return max(((x >= t) == y).sum() for t in x)


# %% 2.8 half_only
def best_threshold(x, y):
    r = ((x > 0.5) == y).sum()
    return max(r, len(y) - r)


# %% 2.8 as_share
def best_threshold(x, y):
    return max(max(np.mean((x > t) == y), np.mean((x <= t) == y)) for t in [-np.inf, *x])


# %% 2.8 zero_only
def best_threshold(x, y):
    r = ((x > 0) == y).sum()
    return max(r, len(y) - r)


# %% 2.8 between_zero_and_one
def best_threshold(x, y):
    return max(max(((x > t) == y).sum(), ((x <= t) == y).sum()) for t in np.linspace(0, 1, 101))


# %% 2.8 general
def best_threshold(x, y):
    return max(
        max(((x > t) == y).sum(), ((x <= t) == y).sum()) for t in np.linspace(x.min(), x.max(), 5)
    )


# %% 2.8 other_direction
def best_threshold(x, y):
    return max(((x < t) == y).sum() for t in [*x, np.inf])


# %% 2.8 mistakes
def best_threshold(x, y):
    return min(min(((x > t) != y).sum(), ((x <= t) != y).sum()) for t in [-np.inf, *x])


# %% 2.8 between_the_means
def best_threshold(x, y):
    t = (x[y == 0].mean() + x[y == 1].mean()) / 2
    r = ((x > t) == y).sum()
    return max(r, len(y) - r)


# %% 2.8 with_its_threshold
def best_threshold(x, y):
    best = max((max(((x > t) == y).sum(), ((x <= t) == y).sum()), t) for t in [-np.inf, *x])
    return best


# %% 2.8 class_one_alone
def best_threshold(x, y):
    return max(((x > t) & (y == 1)).sum() for t in [-np.inf, *x])


# %% 2.8 last_threshold
def best_threshold(x, y):
    for t in x:
        r = ((x > t) == y).sum()
        best = max(r, len(y) - r)
    return best


# %% 2.9 right
parameters = ([[1, -1], [-1, 1]], [-0.5, -0.5], [1, 1], -0.5)


# %% 2.9 and_instead
parameters = ([[1, 1], [1, 1]], [-0.5, -1.5], [0, 1], -0.5)


# %% 2.9 right
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-1.0]]), -0.5)


# %% 2.9 never_on
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, -1.0]), -1.5)


# %% 2.9 always_on
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, -1.0]), 0.5)


# %% 2.9 general
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.ones((2, 2)), 0.5)


# %% 2.9 not_both
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([0.0, -1.0]), 0.5)


# %% 2.9 hidden_constant
parameters = (np.ones((2, 2)), np.array([0.5, 1.5]), np.array([1.0, -1.0]), -0.5)


# %% 2.9 right
parameters = (np.ones((2, 2)), np.array([0.0, -1.0]), np.array([1.0, -1.0]), 0.0)


# %% 2.9 general
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([1.0, -1.0]))


# %% 2.9 never_on
parameters = (np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([-1.0, 1.0]), -0.5)
