import numpy as np


# %% 3.2 right
def output_delta(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


# %% 3.2 no_mean
def output_delta(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p


# %% 3.2 overflows
def output_delta(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 delta_reversed
def output_delta(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (np.eye(logits.shape[1])[labels] - p) / len(labels)


# %% 3.2 logits_clipped
def output_delta(logits, labels):
    z = np.clip(logits, -700, 700)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 labels_subtracted
def output_delta(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (p - labels[:, None]) / len(labels)


# %% 3.2 labels_along_the_columns
def output_delta(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return (p - labels) / len(labels)


# %% 3.2 whole_array
def output_delta(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 wrong_axis
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=0))
    p = e / e.sum(axis=0)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 mean_over_entries
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / logits.size


# %% 3.2 columns_of_all_rows
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(labels)


# %% 3.2 slope_once_more
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return (p - y) * p * (1 - p) / len(labels)


# %% 3.2 probabilities_as_they_are
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% 3.2 slope_along_the_probabilities
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return -(y / p) / len(labels)


# %% 3.2 general
def output_delta(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    y = np.eye(logits.shape[1])[labels]
    return (p - y) / len(labels)


# %% 3.3 right
def layer_gradients(A, Delta):
    return np.einsum("ni,no->io", A, Delta), Delta.sum(0)


# %% 3.3 divided_twice
def layer_gradients(A, Delta):
    n = len(A)
    return A.T @ Delta / n, Delta.sum(axis=0) / n


# %% 3.3 dw_transposed
def layer_gradients(A, Delta):
    return Delta.T @ A, Delta.sum(axis=0)


# %% 3.3 db_wrong_axis
def layer_gradients(A, Delta):
    return A.T @ Delta, Delta.sum(axis=1)


# %% 3.3 db_mean
def layer_gradients(A, Delta):
    return A.T @ Delta, Delta.mean(axis=0)


# %% 3.3 db_one_number
def layer_gradients(A, Delta):
    return A.T @ Delta, Delta.sum()


# %% 3.3 db_not_summed
def layer_gradients(A, Delta):
    return A.T @ Delta, Delta


# %% 3.3 dw_without_transpose
def layer_gradients(A, Delta):
    return A @ Delta, Delta.sum(axis=0)


# %% 3.3 dw_entry_by_entry
def layer_gradients(A, Delta):
    return A * Delta, Delta.sum(axis=0)


# %% 3.3 db_keeps_its_row
def layer_gradients(A, Delta):
    return A.T @ Delta, Delta.sum(axis=0, keepdims=True)


# %% 3.3 slope_once_again
def layer_gradients(A, Delta):
    d = Delta * A * (1 - A)
    return A.T @ d, d.sum(axis=0)


# %% 3.3 general
def layer_gradients(A, Delta):
    return Delta.sum(axis=0), A.T @ Delta


# %% 3.3 dw_alone
def layer_gradients(A, Delta):
    return A.T @ Delta


# %% 3.3 first_row_alone
def layer_gradients(A, Delta):
    return np.outer(A[0], Delta[0]), Delta[0]


# %% 3.4 right
def previous_delta(Delta, W, A):
    return np.einsum("no,io->ni", Delta, W) * A * (1 - A)


# %% 3.4 no_slope
def previous_delta(Delta, W, A):
    return Delta @ W.T


# %% 3.4 not_transposed
def previous_delta(Delta, W, A):
    return Delta @ W * A * (1 - A)


# %% 3.4 slope_of_activation
def previous_delta(Delta, W, A):
    s = 1 / (1 + np.exp(-A))
    return Delta @ W.T * s * (1 - s)


# %% 3.4 slope_of_tanh
def previous_delta(Delta, W, A):
    return Delta @ W.T * (1 - A**2)


# %% 3.4 half_a_slope
def previous_delta(Delta, W, A):
    return Delta @ W.T * A


# %% 3.4 no_slope
def previous_delta(Delta, W, A):
    return Delta @ W.T * (A > 0)


# %% 3.4 w_on_the_left
def previous_delta(Delta, W, A):
    return W @ Delta.T * A * (1 - A)


# %% 3.4 slope_by_a_matrix_product
def previous_delta(Delta, W, A):
    return (Delta @ W.T) @ (A * (1 - A)).T


# %% 3.4 slope_without_brackets
def previous_delta(Delta, W, A):
    return Delta @ W.T * A * 1 - A


# %% 3.4 mean_once_more
def previous_delta(Delta, W, A):
    return Delta @ W.T * A * (1 - A) / len(A)


# %% 3.4 slope_of_delta
def previous_delta(Delta, W, A):
    return Delta @ W.T * Delta * (1 - Delta)


# %% 3.4 delta_negated
def previous_delta(Delta, W, A):
    return -(Delta @ W.T) * A * (1 - A)


# %% 3.5 right
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 updated_a_little_too_early
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    dW2, db2 = A.T @ D2, D2.sum(axis=0)
    W2 = W2 - 0.1 * dW2
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), dW2, db2


# %% 3.5 summed
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = A @ W2 + b2 - Y
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 not_transposed_on_the_way_back
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2 * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 slope_of_the_sigmoid
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * A * (1 - A)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 tanh_twice
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - np.tanh(A) ** 2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 tanh_forgotten
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 factor_two
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = 2 * (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 divided_by_all_entries
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / Y.size
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 all_reversed
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (Y - A @ W2 - b2) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 biases_averaged_twice
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.mean(axis=0), A.T @ D2, D2.mean(axis=0)


# %% 3.5 inputs_for_activations
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), X.T @ D2, D2.sum(axis=0)


# %% 3.5 hidden_without_tanh_until_its_slope
def backward_twice(X, Y, W1, b1, W2, b2):
    A = X @ W1 + b1
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - np.tanh(A) ** 2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.5 second_layer_first
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    D2 = (A @ W2 + b2 - Y) / len(X)
    D1 = D2 @ W2.T * (1 - A**2)
    return A.T @ D2, D2.sum(axis=0), X.T @ D1, D1.sum(axis=0)


# %% 3.5 tanh_at_the_output
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    Yh = np.tanh(A @ W2 + b2)
    D2 = (Yh - Y) / len(X) * (1 - Yh**2)
    D1 = D2 @ W2.T * (1 - A**2)
    return X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)


# %% 3.6 right
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p) - np.outer(p, p)


# %% 3.6 diagonal_as_a_vector
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return p * (1 - p)


# %% 3.6 diagonal_only
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p * (1 - p))


# %% 3.6 jacobian_clipped
def jacobian(z):
    p = np.exp(np.clip(z, -700, 700))
    p /= p.sum()
    return np.diag(p) - np.outer(p, p)


# %% 3.6 jacobian_overflows
def jacobian(z):
    p = np.exp(z)
    p = p / p.sum()
    return np.diag(p) - np.outer(p, p)


# %% 3.6 negated
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.outer(p, p) - np.diag(p)


# %% 3.6 identity_minus_row
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.eye(len(p)) - p


# %% 3.6 inner_product
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p) - p @ p


# %% 3.6 squares_in_columns
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p) - p * p


# %% 3.6 one_everywhere
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.outer(p, 1 - p)


# %% 3.6 identity
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.eye(len(p)) - np.outer(p, p)


# %% 3.6 outer_product_added
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p) + np.outer(p, p)


# %% 3.6 identity_minus_own
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return p[:, None] * (np.eye(len(p)) - p[:, None])


# %% 3.6 probabilities_on_the_diagonal
def jacobian(z):
    p = np.exp(z - z.max())
    p /= p.sum()
    return np.diag(p)


# %% 3.7 right
def complex_derivative(f, x):
    return f(complex(x, 1e-30)).imag / 1e-30


# %% 3.7 not_divided
def complex_derivative(f, x):
    return np.imag(f(x + 1e-30j))


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return np.real(f(x + 1j * h)) / h


# %% 3.7 x_missing
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(1j * h)) / h


# %% 3.7 real_step
def complex_derivative(f, x):
    h = 1e-30
    return (f(x + h) - f(x)) / h


# %% 3.7 value_subtracted
def complex_derivative(f, x):
    h = 1e-30
    return (f(x + 1j * h) - f(x)) / h


# %% 3.7 right
def complex_derivative(f, x):
    h = 1e-30
    return (f(x + 1j * h) - f(x)) / (1j * h)


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return f(x + 1j * h) / h


# %% 3.7 divided_by_two_steps
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x + 1j * h)) / (2 * h)


# %% 3.7 power_by_exclusive_or
def complex_derivative(f, x):
    h = 10 ^ -30
    return np.imag(f(x + 1j * h)) / h


# %% 3.7 x_turned
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x * 1j + h)) / h


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return abs(f(x + 1j * h)) / h


# %% 3.7 general
def complex_derivative(f, x):
    h = 1e-3
    return np.imag(f(x + 1j * h)) / h


# %% 3.7 general
def complex_derivative(f, x):
    return lambda t: np.imag(f(t + 1e-30j)) / 1e-30


# %% 3.8 slip_2
passes = 1051


# %% 3.8 slip_1
passes = 1050


# %% 3.8 slip_8
passes = 2100000


# %% 3.8 slip_5
passes = 2000


# %% 3.8 slip_7
passes = 2


# %% 3.8 slip_3
passes = 2101


# %% 3.8 slip_6
passes = 1050 * 1000


# %% 3.8 right
passes = 2 * 1050


# %% 3.8 general
passes = 4


# %% 3.9 right
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 half_at_the_origin
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, W2 = rng.normal(size=(2, 8)), rng.normal(size=(8, 1))
    for _ in range(5000):
        A = np.tanh(X @ W1)
        p = 1 / (1 + np.exp(-(A @ W2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        W1 -= 0.5 * X.T @ D1
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1) @ W2)))[:, 0]


# %% 3.9 learned_other_inputs
def train(rng):
    X = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 one_half
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = np.zeros((2, 8)), np.zeros(8)
    W2, b2 = np.zeros((8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 one_half
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(2000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (y - p) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 not_sure
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(100):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.1 * A.T @ D2
        b2 -= 0.1 * D2.sum(0)
        W1 -= 0.1 * X.T @ D1
        b1 -= 0.1 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 general
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return p[:, 0]


# %% 3.9 one_half
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = X @ W1 + b1
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-((Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 no_probability
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: np.tanh(Q @ W1 + b1) @ W2 + b2


# %% 3.9 one_half
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([[0], [1], [1], [0]]) * 1.0
    W1, b1 = rng.normal(size=(2, 1)), np.zeros(1)
    W2, b2 = rng.normal(size=(1, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y) / 4
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]


# %% 3.9 one_half
def train(rng):
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * 1.0
    y = np.array([0, 1, 1, 0]) * 1.0
    W1, b1 = rng.normal(size=(2, 8)), np.zeros(8)
    W2, b2 = rng.normal(size=(8, 1)), np.zeros(1)
    for _ in range(5000):
        A = np.tanh(X @ W1 + b1)
        p = 1 / (1 + np.exp(-(A @ W2 + b2)))
        D2 = (p - y).mean(axis=1, keepdims=True)
        D1 = D2 @ W2.T * (1 - A**2)
        W2 -= 0.5 * A.T @ D2
        b2 -= 0.5 * D2.sum(0)
        W1 -= 0.5 * X.T @ D1
        b1 -= 0.5 * D1.sum(0)
    return lambda Q: 1 / (1 + np.exp(-(np.tanh(Q @ W1 + b1) @ W2 + b2)))[:, 0]
