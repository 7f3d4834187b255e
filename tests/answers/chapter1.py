import math

import numpy as np
import torch
from torch import nn

from groundup.datasets import ten_points


# %% 1.1 right
def my_sigmoid(z):
    return np.exp(z) / (np.exp(z) + 1)


# %% 1.1 brackets_lost_below_an_exponential
def my_sigmoid(z):
    return np.exp(z) / 1 + np.exp(z)


# %% 1.1 for_single_numbers
def my_sigmoid(z):
    return 1 / (1 + math.exp(-z))


# %% 1.1 step_instead
def my_sigmoid(z):
    return (z > 0) * 1.0


# %% 1.1 relu_instead
def my_sigmoid(z):
    return np.maximum(0, z)


# %% 1.1 step_instead
def my_sigmoid(z):
    return np.where(z >= 0, 1, 0)


# %% 1.1 softmax_instead
def my_sigmoid(z):
    return np.exp(z) / np.sum(np.exp(z))


# %% 1.1 base_two_in_the_sigmoid
def my_sigmoid(z):
    return 1 / (1 + 2.0 ** (-z))


# %% 1.1 slope_instead
def my_sigmoid(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


# %% 1.1 squared_in_the_exponent
def my_sigmoid(z):
    return 1 / (1 + np.exp(-(z**2)))


# %% 1.1 no_fraction
def my_sigmoid(z):
    return 1 - np.exp(-z)


# %% 1.1 general
def my_sigmoid(z):
    return 1 / (1 + 2.7 ** (-z))


# %% 1.1 rounded
def my_sigmoid(z):
    return np.round(1 / (1 + np.exp(-z)), 2)


# %% 1.1 general
def my_sigmoid(z):
    return float(1 / (1 + np.exp(-z.flat[0])))


# %% 1.1 sign_lost
def my_sigmoid(z):
    return np.exp(-z) / (1 + np.exp(-z))


# %% 1.1 inverse_instead
def my_sigmoid(z):
    return np.log(z / (1 - z))


# %% 1.1 half_in_the_exponent
def my_sigmoid(z):
    return 1 / (1 + np.exp(-z / 2))


# %% 1.1 sign_lost
def my_sigmoid(z):
    return 1 - 1 / (1 + np.exp(-z))


# %% 1.1 near_miss
def my_sigmoid(z):
    return 1 / (2 + np.exp(-z))


# %% 1.1 general
def my_sigmoid(z):
    return [1 / (1 + np.exp(-v)) for v in z.ravel()]


# %% 1.1 softplus_instead
def my_sigmoid(z):
    return np.log(1 + np.exp(z))


# %% 1.1 straight_lines
def my_sigmoid(z):
    return np.clip(0.5 + z / 4, 0, 1)


# %% 1.1 base_two_in_the_sigmoid
def my_sigmoid(z):
    return 1 / (1 + np.exp2(-z))


# %% 1.1 general
def my_sigmoid(z):
    return np.exp(z) / (1 - np.exp(z))


# %% 1.1 general
def my_sigmoid(z):
    return np.exp(z) / (1 + np.exp(-z))


# %% 1.1 general
def my_sigmoid(z):
    return 1 / (1 + 10.0 ** (-z))


# %% 1.2 general
x = -0.5


# %% 1.2 general
x = 0.8


# %% 1.2 right
x = 3 / 2


# %% 1.2 general
x = -4


# %% 1.2 slip_5
x = 1.625


# %% 1.2 slip_10
x = 24


# %% 1.2 slip_2
x = 2 / 3


# %% 1.2 slip_4
x = 6


# %% 1.2 general
x = "1.5"


# %% 1.2 general
x = [1.5]


# %% 1.2 slip_8
x = 7 / 4


# %% 1.2 slip_10
x = 24.0


# %% 1.2 slip_1
x = -6 / 4


# %% 1.2 slip_3
x = 2.0


# %% 1.2 general
x = 0.62


# %% 1.2 slip_4
x = 6


# %% 1.3 boundary_bias_turned
def boundary(x1, w, b):
    return (b - w[0] * x1) / w[1]


# %% 1.3 boundary_minus_lost
def boundary(x1, w, b):
    return (w[0] * x1 + b) / w[1]


# %% 1.3 boundary_not_divided
def boundary(x1, w, b):
    return -(w[0] * x1 + b)


# %% 1.3 boundary_without_bias
def boundary(x1, w, b):
    return -w[0] * x1 / w[1]


# %% 1.3 boundary_weights_exchanged
def boundary(x1, w, b):
    return -(w[1] * x1 + b) / w[0]


# %% 1.3 boundary_at_one_half
def boundary(x1, w, b):
    return (0.5 - w[0] * x1 - b) / w[1]


# %% 1.3 activations_instead
def boundary(x1, w, b):
    return 1 / (1 + np.exp(-(w[0] * x1 + b)))


# %% 1.3 boundary_bias_not_divided
def boundary(x1, w, b):
    return -w[0] * x1 / w[1] - b


# %% 1.3 general
def boundary(x1, w, b):
    return w[1] / w[0] * x1 - b / w[1]


# %% 1.4 layer_without_bias
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X)))


# %% 1.4 layer_bias_outside
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X))) + b[:, None]


# %% 1.4 examples_in_rows
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b)))


# %% 1.4 bias_along_the_row
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X + b)))


# %% 1.4 weights_as_they_are
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W @ X + b[:, None])))


# %% 1.4 rows_come_out
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X.T @ W + b)))


# %% 1.4 layer_pre_activations
def layer(X, W, b):
    return W.T @ X + b[:, None]


# %% 1.4 layer_mirrored
def layer(X, W, b):
    return 1 / (1 + np.exp(W.T @ X + b[:, None]))


# %% 1.4 layer_with_tanh
def layer(X, W, b):
    return np.tanh(W.T @ X + b[:, None])


# %% 1.5 no_hidden_biases
def width(n_in, n_out, budget):
    return (budget - n_out) // (n_in + n_out)


# %% 1.5 width_rounded_up
def width(n_in, n_out, budget):
    return -(-(budget - n_out) // (n_in + n_out + 1))


# %% 1.5 width_not_rounded
def width(n_in, n_out, budget):
    return (budget - n_out) / (n_in + n_out + 1)


# %% 1.5 sizes_multiplied
def width(n_in, n_out, budget):
    return budget // (n_in * n_out)


# %% 1.5 below_the_budget
def width(n_in, n_out, budget):
    h = 0
    for k in range(1, budget):
        if k * n_in + k + k * n_out + n_out < budget:
            h = k
    return h


# %% 1.5 first_layer_only
def width(n_in, n_out, budget):
    return budget // (n_in + 1)


# %% 1.5 no_output_biases
def width(n_in, n_out, budget):
    return budget // (n_in + n_out + 1)


# %% 1.5 no_biases_at_all
def width(n_in, n_out, budget):
    return budget // (n_in + n_out)


# %% 1.5 first_too_wide
def width(n_in, n_out, budget):
    for h in range(1, budget):
        if h * n_in + h + h * n_out + n_out > budget:
            return h


# %% 1.5 one_output_bias
def width(n_in, n_out, budget):
    return (budget - 1) // (n_in + n_out + 1)


# %% 1.6 right
def forward(X, weights, biases):
    for i in range(len(weights)):
        X = 1 / (1 + np.exp(-(X @ weights[i] + biases[i])))
    return X


# %% 1.6 forward_mirrored
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(X @ W + b))
    return X


# %% 1.6 forward_transposed
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W.T + b)))
    return X


# %% 1.6 forward_with_tanh
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = np.tanh(X @ W + b)
    return X


# %% 1.6 forward_weights_on_the_left
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(W @ X + b)))
    return X


# %% 1.6 forward_all_layers
def forward(X, weights, biases):
    outs = []
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W + b)))
        outs.append(X)
    return outs


# %% 1.6 forward_with_relu
def forward(X, weights, biases):
    for W, b in zip(weights[:-1], biases[:-1]):
        X = np.maximum(0, X @ W + b)
    return 1 / (1 + np.exp(-(X @ weights[-1] + biases[-1])))


# %% 1.6 forward_first_weights_always
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ weights[0] + biases[0])))
    return X


# %% 1.6 last_layer_missing
def forward(X, weights, biases):
    for i in range(len(weights) - 1):
        X = 1 / (1 + np.exp(-(X @ weights[i] + biases[i])))
    return X


# %% 1.6 forward_skips_the_first
def forward(X, weights, biases):
    for i in range(1, len(weights)):
        X = 1 / (1 + np.exp(-(X @ weights[i] + biases[i])))
    return X


# %% 1.6 forward_sigmoid_twice
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W + b)))
        X = 1 / (1 + np.exp(-X))
    return X


# %% 1.6 first_layer_output
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W + b)))
        return X


# %% 1.6 forward_to_classes
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W + b)))
    return X > 0.5


# %% 1.6 forward_brackets_lost
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / 1 + np.exp(-(X @ W + b))
    return X


# %% 1.6 forward_with_softmax
def forward(X, weights, biases):
    for W, b in zip(weights[:-1], biases[:-1]):
        X = 1 / (1 + np.exp(-(X @ W + b)))
    e = np.exp(X @ weights[-1] + biases[-1])
    return e / e.sum(axis=1, keepdims=True)


# %% 1.6 last_is_linear
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights[:-1], biases[:-1]):
        a = 1 / (1 + np.exp(-(a @ W + b)))
    return a @ weights[-1] + biases[-1]


# %% 1.6 forward_bias_outside
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ W))) + b
    return a


# %% 1.6 general
def forward(X, weights, biases):
    acts = [X]
    for W, b in zip(weights, biases):
        acts.append(1 / (1 + np.exp(-(acts[-1] @ W + b))))
    return acts


# %% 1.6 sigmoid_at_the_end
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = a @ W + b
    return 1 / (1 + np.exp(-a))


# %% 1.6 forward_with_tanh
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = np.tanh(a @ W + b)
    return a


# %% 1.6 forward_skips_the_first
def forward(X, weights, biases):
    a = X
    for l in range(1, len(weights)):
        a = 1 / (1 + np.exp(-(a @ weights[l] + biases[l])))
    return a


# %% 1.6 always_from_x
def forward(X, weights, biases):
    for W, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(X @ W + b)))
    return a


# %% 1.6 first_layer_output
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ W + b)))
        return a


# %% 1.6 backwards
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights[::-1], biases[::-1]):
        a = 1 / (1 + np.exp(-(a @ W + b)))
    return a


# %% 1.6 forward_bias_subtracted
def forward(X, weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ W - b)))
    return a


# %% 1.7 right
def cost(p, y):
    return -np.where(y == 1, np.log(p), np.log(1 - p)).mean()


# %% 1.7 one_if_for_all
def cost(p, y):
    return -np.log(p) if y == 1 else -np.log(1 - p)


# %% 1.7 no_minus
def cost(p, y):
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 summed
def cost(p, y):
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 minus_for_one_term
def cost(p, y):
    return np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 base_ten
def cost(p, y):
    return -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))


# %% 1.7 one_term
def cost(p, y):
    return -np.mean(y * np.log(p))


# %% 1.7 log_of_p_for_both
def cost(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))


# %% 1.7 general
def cost(p, y):
    return -np.mean(p * np.log(y + 1e-9) + (1 - p) * np.log(1 - y + 1e-9))


# %% 1.7 squared_instead
def cost(p, y):
    return np.mean((p - y) ** 2)


# %% 1.7 not_averaged
def cost(p, y):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 base_two
def cost(p, y):
    return -np.mean(y * np.log2(p) + (1 - y) * np.log2(1 - p))


# %% 1.7 logarithm_of_the_mean
def cost(p, y):
    return -np.log(np.mean(np.where(y == 1, p, 1 - p)))


# %% 1.7 halved
def cost(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) / 2


# %% 1.7 exchanged
def cost(p, y):
    return -np.mean(y * np.log(1 - p) + (1 - y) * np.log(p))


# %% 1.7 absolute_instead
def cost(p, y):
    return np.mean(abs(p - y))


# %% 1.7 labels_play_no_part
def cost(p, y):
    return -np.mean(np.log(p))


# %% 1.7 both_terms_for_all
def cost(p, y):
    return -np.mean(np.log(p) + np.log(1 - p))


# %% 1.7 mean_of_each_class
def cost(p, y):
    return -np.mean(np.log(p[y == 1])) - np.mean(np.log(1 - p[y == 0]))


# %% 1.7 cost_for_single_numbers
def cost(p, y):
    return -(y * math.log(p) + (1 - y) * math.log(1 - p))


# %% 1.7 no_minus
def cost(p, y):
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 mean_of_each_class
def cost(p, y):
    return -np.log(p[y == 1]).mean() - np.log(1 - p[y == 0]).mean()


# %% 1.7 halved
def cost(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) / 2


# %% 1.7 summed
def cost(p, y):
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 minus_for_one_term
def cost(p, y):
    return np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 labels_in_the_logarithm_kept_finite
def cost(p, y):
    return -np.mean(p * np.log(y + 1e-12) + (1 - p) * np.log(1 - y + 1e-12))


# %% 1.7 one_term
def cost(p, y):
    return -np.mean(y * np.log(p))


# %% 1.7 log_of_p_for_both
def cost(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))


# %% 1.7 not_averaged
def cost(p, y):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 1.7 labels_play_no_part
def cost(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(p))


# %% 1.7 squared_instead
def cost(p, y):
    return np.mean((p - y) ** 2)


# %% 1.8 general
distance = 0.8


# %% 1.8 general
distance = -0.2


# %% 1.8 right
distance = 0.001 * 10000 * 0.02


# %% 1.8 slip_2
distance = 200


# %% 1.8 slip_5
distance = 10


# %% 1.8 slip_1
distance = 2e-5


# %% 1.8 slip_3
distance = 0.02


# %% 1.8 general
distance = 2.0


# %% 1.8 slip_4
distance = 0.001 * 10000 / 0.02


# %% 1.8 general
distance = 0.02 * 100 * 0.001


# %% 1.8 slip_7
distance = 0.02 / 0.001


# %% 1.8 general
distance = 2


# %% 1.8 slip_2
distance = 200


# %% 1.8 slip_5
distance = 10


# %% 1.8 slip_1
distance = 2e-5


# %% 1.8 general
distance = 0.002


# %% 1.9 right
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(3000):
        o.zero_grad()
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 still_ignorant
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.SGD(m.parameters(), lr=0.001)
    for _ in range(1000):
        o.zero_grad()
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 logits
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(3000):
        o.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 too_many_parameters
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(2000):
        o.zero_grad()
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 general
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(3000):
        o.zero_grad()
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 general
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(100):
        o.zero_grad()
        nn.BCELoss()(m(X), y).backward()
        o.step()
    return m


# %% 1.9 general
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    L = []
    for _ in range(1000):
        o.zero_grad()
        l = nn.BCELoss()(m(X), y.reshape(-1, 1))
        l.backward()
        o.step()
        L.append(l.item())
    return L


# %% 1.9 right
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.SGD(m.parameters(), lr=0.5)
    for _ in range(2000):
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 still_ignorant
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(1000):
        o.zero_grad()
        nn.BCELoss()(m(X), y.reshape(-1, 1)).backward()
    return m


# %% 1.9 classes_exchanged
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid())
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(3000):
        o.zero_grad()
        nn.BCELoss()(m(X), 1 - y.reshape(-1, 1)).backward()
        o.step()
    return m


# %% 1.9 general
def train():
    torch.manual_seed(1)
    X, y = (torch.tensor(a, dtype=torch.float32) for a in ten_points())
    m = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1), nn.Sigmoid(), nn.Flatten(0))
    o = torch.optim.Adam(m.parameters(), lr=0.05)
    for _ in range(3000):
        o.zero_grad()
        nn.BCELoss()(m(X), y).backward()
        o.step()
    return m
