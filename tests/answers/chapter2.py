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


# %% 2.1 near_miss
def collapse(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


# %% 2.1 wrong_order
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


# %% 2.1 second_bias_through_the_first_layer
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2 @ W1 + b1


# %% 2.1 general
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ np.ones_like(W2) + b2


# %% 2.1 second_bias_lost
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


# %% 2.1 near_miss
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 - b2


# %% 2.1 first_bias_lost
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2


# %% 2.1 columns_for_rows
def collapse(W1, b1, W2, b2):
    return W2 @ W1, W2 @ b1 + b2


# %% 2.1 product_transposed
def collapse(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


# %% 2.1 entry_by_entry
def collapse(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


# %% 2.1 second_bias_through_the_first_layer
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2 @ W1 + b1


# %% 2.1 both_biases_through
def collapse(W1, b1, W2, b2):
    return W1 @ W2, (b1 + b2) @ W2


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


# %% 2.2 square_inside
def tanh_prime(z):
    return 1 - np.tanh(z**2)


# %% 2.2 square_of_the_cosine_missing
def tanh_prime(z):
    return 1 / np.cosh(z)


# %% 2.2 sinh_for_cosh
def tanh_prime(z):
    return 1 / np.sinh(z) ** 2


# %% 2.2 general
def tanh_prime(z):
    return (np.tanh(z + 0.1) - np.tanh(z)) / 0.1


# %% 2.2 upside_down
def tanh_prime(z):
    return np.cosh(z) ** 2


# %% 2.2 plus_for_minus
def tanh_prime(z):
    return 1 + np.tanh(z) ** 2


# %% 2.2 no_square
def tanh_prime(z):
    return 1 - np.tanh(z)


# %% 2.2 sigmoid_rule
def tanh_prime(z):
    return np.tanh(z) * (1 - np.tanh(z))


# %% 2.2 takes_activation
def tanh_prime(z):
    return 1 - z**2


# %% 2.2 all_squared
def tanh_prime(z):
    return (1 - np.tanh(z)) ** 2


# %% 2.2 general
def tanh_prime(z):
    return 1 + np.tan(z) ** 2


# %% 2.3 corners_rise
def lidded_prime(z):
    return ((z >= 0) & (z <= 6)) * 1.0


# %% 2.3 the_lidded_itself
def lidded_prime(z):
    return np.minimum(np.maximum(z, 0), 6)


# %% 2.3 either_side
def lidded_prime(z):
    return ((z > 0) | (z < 6)) * 1.0


# %% 2.3 flat_between_and_corners
def lidded_prime(z):
    return ((z < 0) | (z > 6)) * 1.0


# %% 2.3 falls_beyond
def lidded_prime(z):
    return np.where(z > 6, -1.0, np.where(z > 0, 1.0, 0.0))


# %% 2.3 value_between
def lidded_prime(z):
    return np.where((z > 0) & (z < 6), z, 0.0)


# %% 2.3 six_beyond
def lidded_prime(z):
    return np.where(z > 6, 6.0, np.where(z > 0, 1.0, 0.0))


# %% 2.3 upper_corner_rises
def lidded_prime(z):
    return ((z > 0) & (z <= 6)) * 1.0


# %% 2.3 no_lid
def lidded_prime(z):
    return (z > 0) * 1.0


# %% 2.3 decided_once
def lidded_prime(z):
    return 1.0 if 0 < z < 6 else 0.0


# %% 2.4 slope_of_sigmoid
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * p * (1 - p)
    return d * x, d


# %% 2.4 of_the_sigmoid_neuron
def gradients(x, y, w, b):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return d * x, d


# %% 2.4 no_factor_two
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = (p - y) * (1 - p**2)
    return d * x, d


# %% 2.4 no_tanh_slope
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y)
    return d * x, d


# %% 2.4 slope_not_squared
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * (1 - p)
    return d * x, d


# %% 2.4 sign_reversed
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (y - p) * (1 - p**2)
    return d * x, d


# %% 2.4 slope_at_y_hat
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * (1 - np.tanh(p) ** 2)
    return d * x, d


# %% 2.4 bias_first
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * (1 - p**2)
    return d, d * x


# %% 2.4 times_w
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * (1 - p**2)
    return d * w, d


# %% 2.4 times_b
def gradients(x, y, w, b):
    p = np.tanh(x @ w + b)
    d = 2 * (p - y) * (1 - p**2)
    return d * x, d * b


# %% 2.4 predicted_without_bias
def gradients(x, y, w, b):
    p = np.tanh(x @ w)
    d = 2 * (p - y) * (1 - p**2)
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


# %% 2.5 one_sided
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        t = theta.copy()
        t[i] += h
        g[i] = (f(t) - f(theta)) / h
    return g


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


# %% 2.5 general
def numerical_gradient(f, theta, h):
    g = []
    for i in range(len(theta)):
        plus, minus = theta, theta
        plus[i] += h
        minus[i] -= h
        g.append((f(plus) - f(minus)) / (2 * h))
    return np.array(g)


# %% 2.5 divided_by_h
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        g[i] = (f(theta + e) - f(theta - e)) / h
    return g


# %% 2.5 one_number_for_all
def numerical_gradient(f, theta, h):
    return (f(theta + h) - f(theta - h)) / (2 * h)


# %% 2.5 brackets_forgotten
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        g[i] = (f(theta + e) - f(theta - e)) / 2 * h
    return g


# %% 2.5 reversed_difference
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        g[i] = (f(theta - e) - f(theta + e)) / (2 * h)
    return g


# %% 2.5 moves_pile_up
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    e = np.zeros(len(theta))
    for i in range(len(theta)):
        e[i] = h
        g[i] = (f(theta + e) - f(theta - e)) / (2 * h)
    return g


# %% 2.5 near_miss
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        g[i] = f(theta + e) - f(theta - e)
    return g


# %% 2.5 half_the_step
def numerical_gradient(f, theta, h):
    g = np.zeros(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h / 2
        g[i] = (f(theta + e) - f(theta - e)) / h
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


# %% 2.6 climbs
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w = w + lr * d * x
        b = b + lr * d
    return w, b


# %% 2.6 bias_after_the_weights
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        w = w - lr * 2 * (p - t) * p * (1 - p) * x
        p = 1 / (1 + np.exp(-(x @ w + b)))
        b = b - lr * 2 * (p - t) * p * (1 - p)
    return w, b


# %% 2.6 full_batch
def epoch(X, y, w, b, lr):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    d = 2 * (p - y) * p * (1 - p)
    return w - lr * X.T @ d, b - lr * d.sum()


# %% 2.6 half_steps
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = (p - t) * p * (1 - p)
        w = w - lr * d * x
        b = b - lr * d
    return w, b


# %% 2.6 general
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w -= lr * d * x
        b -= lr * d
    return w, b


# %% 2.6 bias_forgotten
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w = w - lr * d * x
    return w, b


# %% 2.6 first_row_only
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w = w - lr * d * x
        b = b - lr * d
        return w, b


# %% 2.6 full_batch
def epoch(X, y, w, b, lr):
    w0, b0 = w, b
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w0 + b0)))
        d = 2 * (p - t) * p * (1 - p)
        w = w - lr * d * x
        b = b - lr * d
    return w, b


# %% 2.6 near_miss
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        d = 2 * (p - t) * p * (1 - p)
        w = w - lr * d * x
        b = b - d
    return w, b


# %% 2.6 epoch_predicted_without_bias
def epoch(X, y, w, b, lr):
    for x, t in zip(X, y):
        p = 1 / (1 + np.exp(-(x @ w)))
        d = 2 * (p - t) * p * (1 - p)
        w = w - lr * d * x
        b = b - lr * d
    return w, b


# %% 2.7 of_the_sigmoid
def slope(z, y):
    return 1 / (1 + np.exp(-z)) - y


# %% 2.7 slope_halved
def slope(z, y):
    return (1 + np.tanh(z)) / 2 - y


# %% 2.7 slope_reversed
def slope(z, y):
    return 2 * (y - (1 + np.tanh(z)) / 2)


# %% 2.7 slope_of_squared_error
def slope(z, y):
    p = (1 + np.tanh(z)) / 2
    return 2 * (p - y) * (1 - np.tanh(z) ** 2) / 2


# %% 2.7 twice_tanh_against_label
def slope(z, y):
    return 2 * (np.tanh(z) - y)


# %% 2.7 the_loss_itself
def slope(z, y):
    p = (1 + np.tanh(z)) / 2
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 2.7 tanh_against_label
def slope(z, y):
    return np.tanh(z) - y


# %% 2.7 slope_along_y_hat
def slope(z, y):
    p = (1 + np.tanh(z)) / 2
    return (p - y) / (p * (1 - p))


# %% 2.7 without_the_half
def slope(z, y):
    p = (1 + np.tanh(z)) / 2
    return (p - y) / (p * (1 - p)) * (1 - np.tanh(z) ** 2)


# %% 2.7 slope_averaged
def slope(z, y):
    return np.mean(2 * ((1 + np.tanh(z)) / 2 - y))


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


# %% 2.8 one_direction
def best_threshold(x, y):
    return max(int(np.sum((x > t) == y)) for t in [x.min() - 1, *x])


# %% 2.8 threshold_itself
def best_threshold(x, y):
    ts = [x.min() - 1, *x]
    return ts[int(np.argmax([max(np.sum((x > t) == y), np.sum((x <= t) == y)) for t in ts]))]


# %% 2.8 between_zero_and_one
def best_threshold(x, y):
    return max(
        max(int(np.sum((x > t) == y)), int(np.sum((x <= t) == y))) for t in np.linspace(0, 1, 11)
    )


# %% 2.8 both_directions_added
def best_threshold(x, y):
    return max(int(np.sum((x > t) == y)) + int(np.sum((x <= t) == y)) for t in x)


# %% 2.8 class_one_only
def best_threshold(x, y):
    return max(int(np.sum(y[x > t])) for t in x)


# %% 2.8 as_share
def best_threshold(x, y):
    best = max(max(np.sum((x > t) == y), np.sum((x <= t) == y)) for t in [x.min() - 1, *x])
    return best / len(x)


# %% 2.8 mistakes
def best_threshold(x, y):
    return min(
        min(int(np.sum((x > t) != y)), int(np.sum((x <= t) != y))) for t in [x.min() - 1, *x]
    )


# %% 2.8 not_sorted
def best_threshold(x, y):
    x = np.sort(x)
    best = 0
    for t in [x[0] - 1, *x]:
        r = int(np.sum((x > t) == y))
        best = max(best, r, len(x) - r)
    return best


# %% 2.8 zero_only
def best_threshold(x, y):
    r = int(np.sum((x > 0) == y))
    return max(r, len(x) - r)


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
# %% 2.9 or_instead
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([1, 1])
b2 = -0.5
parameters = (W1, b1, W2, b2)


# %% 2.9 right
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([0, -1])
W2 = np.array([1, -1])
b2 = 0
parameters = (W1, b1, W2, b2)


# %% 2.9 right
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([[1, -1]])
b2 = np.array([-0.5])
parameters = (W1, b1, W2, b2)
# %% 2.9 hidden_copies
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([-0.5, -0.5])
W2 = np.array([1, 1])
b2 = -0.5
parameters = (W1, b1, W2, b2)


# %% 2.9 inverted
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([-1, 1])
b2 = 0.5
parameters = (W1, b1, W2, b2)


# %% 2.9 general
W1 = np.array([[1, 1], [1, 1]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([1, -1])
parameters = (W1, b1, W2)
