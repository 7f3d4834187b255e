import numpy as np

# %% 3.1 slip_5
slope = 3 + 4 * 4


# %% 3.1 slip_7
slope = 3 + 4


# %% 3.1 slip_1
slope = 32


# %% 3.1 slip_3
slope = 3 * 32


# %% 3.1 slip_6
slope = 11


# %% 3.1 slip_4
slope = 6 + 16


# %% 3.1 slip_7
slope = 3 + 2 * 2


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


# %% 3.2 no_mean
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p


# %% 3.2 overflows
def output_delta(logits, labels):
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 dimension_dropped_twice
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1))
    p = e / e.sum(axis=1)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 wrong_axis
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=0, keepdims=True))
    p = e / e.sum(axis=0, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% 3.2 slope_once_more
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return (p - y) * p * (1 - p) / len(labels)


# %% 3.2 no_softmax
def output_delta(logits, labels):
    y = np.eye(logits.shape[1])[labels]
    return (logits - y) / len(labels)


# %% 3.2 columns_of_all_rows
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(labels)


# %% 3.2 delta_reversed
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return (y - p) / len(labels)


# %% 3.2 mean_over_entries
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / logits.size


# %% 3.2 mean_over_classes
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return (p - y) / logits.shape[1]


# %% 3.2 general
def output_delta(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return 2 * (p - y) / len(labels)


# %% 3.3 mean_of_both_uses
def layer_gradients(A1, Delta1, A2, Delta2):
    return (A1.T @ Delta1 + A2.T @ Delta2) / 2, (Delta1.sum(axis=0) + Delta2.sum(axis=0)) / 2


# %% 3.3 uses_crossed
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta2 + A2.T @ Delta1, Delta1.sum(axis=0) + Delta2.sum(axis=0)


# %% 3.3 biases_averaged
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta1 + A2.T @ Delta2, Delta1.mean(axis=0) + Delta2.mean(axis=0)


# %% 3.3 weights_transposed
def layer_gradients(A1, Delta1, A2, Delta2):
    return Delta1.T @ A1 + Delta2.T @ A2, Delta1.sum(axis=0) + Delta2.sum(axis=0)


# %% 3.3 averaged_once_more
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta1 / len(A1) + A2.T @ Delta2 / len(A2), Delta1.mean(axis=0) + Delta2.mean(
        axis=0
    )


# %% 3.3 general
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta1 + A2.T @ Delta2, Delta1.sum(axis=1) + Delta2.sum(axis=1)


# %% 3.3 first_use_only
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta1, Delta1.sum(axis=0)


# %% 3.3 uses_multiplied
def layer_gradients(A1, Delta1, A2, Delta2):
    return (A1.T @ Delta1) * (A2.T @ Delta2), Delta1.sum(axis=0) * Delta2.sum(axis=0)


# %% 3.3 biases_of_the_first
def layer_gradients(A1, Delta1, A2, Delta2):
    return A1.T @ Delta1 + A2.T @ Delta2, Delta1.sum(axis=0)


# %% 3.3 general
def layer_gradients(A1, Delta1, A2, Delta2):
    return (A1 + A2).T @ (Delta1 + Delta2), (Delta1 + Delta2).sum(axis=0)


# %% 3.4 shortcut_past_the_sigmoid
def previous_delta(Delta, W, A):
    return Delta @ W.T * A * (1 - A) + Delta


# %% 3.4 not_transposed
def previous_delta(Delta, W, A):
    return (Delta @ W + Delta) * A * (1 - A)


# %% 3.4 one_added
def previous_delta(Delta, W, A):
    return (Delta @ W.T + 1) * A * (1 - A)


# %% 3.4 shortcut_only
def previous_delta(Delta, W, A):
    return Delta * A * (1 - A)


# %% 3.4 forward_again
def previous_delta(Delta, W, A):
    return (A @ W + A) * Delta


# %% 3.4 no_shortcut
def previous_delta(Delta, W, A):
    return Delta @ W.T * A * (1 - A)


# %% 3.4 activations_added
def previous_delta(Delta, W, A):
    return (Delta @ W.T + A) * A * (1 - A)


# %% 3.4 no_slope
def previous_delta(Delta, W, A):
    return Delta @ W.T + Delta


# %% 3.4 slope_of_tanh
def previous_delta(Delta, W, A):
    return (Delta @ W.T + Delta) * (1 - A**2)


# %% 3.4 sigmoid_once_more
def previous_delta(Delta, W, A):
    s = 1 / (1 + np.exp(-A))
    return (Delta @ W.T + Delta) * s * (1 - s)


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


# %% 3.5 biases_averaged_twice
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.mean(axis=0), A.T @ d2, d2.mean(axis=0)


# %% 3.5 weights_first
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, A.T @ d2, d1.sum(axis=0), d2.sum(axis=0)


# %% 3.5 all_reversed
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (Y - (A @ W2 + b2)) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 output_with_tanh
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    P = np.tanh(A @ W2 + b2)
    d2 = (P - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 pre_activations_in_dW2
def backward_twice(X, Y, W1, b1, W2, b2):
    Z = X @ W1 + b1
    A = np.tanh(Z)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), Z.T @ d2, d2.sum(axis=0)


# %% 3.5 general
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1, A.T @ d2, d2


# %% 3.5 divided_twice
def backward_twice(X, Y, W1, b1, W2, b2):
    n = len(X)
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / n
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1 / n, d1.sum(axis=0) / n, A.T @ d2 / n, d2.sum(axis=0) / n


# %% 3.5 divided_by_all_entries
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / Y.size
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 summed
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = A @ W2 + b2 - Y
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 factor_two
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = 2 * (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 tanh_forgotten
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 slope_of_the_sigmoid
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * A * (1 - A)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


# %% 3.5 second_layer_first
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A**2)
    return A.T @ d2, d2.sum(axis=0), X.T @ d1, d1.sum(axis=0)


# %% 3.5 tanh_twice
def backward_twice(X, Y, W1, b1, W2, b2):
    A = np.tanh(X @ W1 + b1)
    d2 = (A @ W2 + b2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - np.tanh(A) ** 2)
    return X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)


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


# %% 3.6 diagonal_only
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.diag(p * (1 - p))


# %% 3.6 near_miss
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return -np.outer(p, p)


# %% 3.6 identity
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.eye(len(z)) - np.outer(p, p)


# %% 3.6 one_everywhere
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.outer(p, 1 - p)


# %% 3.6 jacobian_overflows
def jacobian(z):
    p = np.exp(z) / np.exp(z).sum()
    return np.diag(p) - np.outer(p, p)


# %% 3.6 logits_for_probabilities
def jacobian(z):
    return np.diag(z) - np.outer(z, z)


# %% 3.6 outer_product_added
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.diag(p) + np.outer(p, p)


# %% 3.6 inner_product
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.diag(p) - p @ p


# %% 3.6 general
def jacobian(z):
    p = np.exp(z - z.max())
    return np.diag(p) - np.outer(p, p)


# %% 3.6 off_diagonal_sign
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    J = np.outer(p, p)
    np.fill_diagonal(J, p * (1 - p))
    return J


# %% 3.6 identity_minus_row
def jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.eye(len(z)) - p


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


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return np.real(f(x + 1j * h)) / h


# %% 3.7 not_divided
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x + 1j * h))


# %% 3.7 real_step
def complex_derivative(f, x):
    h = 1e-30
    return (f(x + h) - f(x)) / h


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return f(x + 1j * h) / h


# %% 3.7 step_multiplied
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x * 1j * h)) / h


# %% 3.7 x_missing
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(1j * h)) / h


# %% 3.7 divided_by_two_steps
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x + 1j * h)) / (2 * h)


# %% 3.7 step_downwards
def complex_derivative(f, x):
    h = 1e-30
    return np.imag(f(x - 1j * h)) / h


# %% 3.7 real_part
def complex_derivative(f, x):
    h = 1e-30
    return abs(f(x + 1j * h)) / h


# %% 3.7 right
def complex_derivative(f, x):
    h = 1e-30
    return (f(x + 1j * h) - f(x)) / (1j * h)


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


# %% 3.8 slip_2
passes = 1051


# %% 3.8 slip_8
passes = 2 * 1050 * 1000


# %% 3.8 slip_4
passes = 3


# %% 3.8 slip_9
passes = 4200


# %% 3.8 slip_1
passes = 1050


# %% 3.8 slip_5
passes = 2000


# %% 3.8 slip_3
passes = 2101


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
