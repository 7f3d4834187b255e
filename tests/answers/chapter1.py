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


# %% 1.2 general
x = 24


# %% 1.2 slip_2
x = 2 / 3


# %% 1.2 slip_4
x = 6


# %% 1.2 general
x = "1.5"


# %% 1.2 general
x = [1.5]


# %% 1.3 right
def neuron(X, w, b):
    return 1 / (1 + np.exp(-(np.dot(X, w) + b)))


# %% 1.3 bias_subtracted
def neuron(X, w, b):
    return 1 / (1 + np.exp(-X @ w + b))


# %% 1.3 right
def neuron(X, w, b):
    return torch.sigmoid(torch.as_tensor(X) @ torch.as_tensor(w) + b)


# %% 1.3 general
def neuron(X, w, b):
    return 1 / (1 + np.exp(-((X * w).sum(axis=1, keepdims=True) + b)))


# %% 1.3 first_point_only
def neuron(X, w, b):
    for x in X:
        return 1 / (1 + np.exp(-(x @ w + b)))


# %% 1.3 first_input_only
def neuron(X, w, b):
    return 1 / (1 + np.exp(-(X[:, 0] * w[0] + b)))


# %% 1.3 weights_exchanged
def neuron(X, w, b):
    return 1 / (1 + np.exp(-(X[:, 0] * w[1] + X[:, 1] * w[0] + b)))


# %% 1.3 neuron_with_tanh
def neuron(X, w, b):
    return np.tanh(X @ w + b)


# %% 1.3 neuron_with_relu
def neuron(X, w, b):
    return np.maximum(0, X @ w + b)


# %% 1.3 bias_for_each_product
def neuron(X, w, b):
    return 1 / (1 + np.exp(-np.sum(X * w + b, axis=1)))


# %% 1.3 neuron_brackets_lost
def neuron(X, w, b):
    return 1 / 1 + np.exp(-(X @ w + b))


# %% 1.3 sigmoid_of_each_product
def neuron(X, w, b):
    return (1 / (1 + np.exp(-(X * w + b)))).sum(axis=1)


# %% 1.3 hard_switch
def neuron(X, w, b):
    return np.round(1 / (1 + np.exp(-(X @ w + b))))


# %% 1.3 neuron_for_single_numbers
def neuron(X, w, b):
    return 1 / (1 + math.exp(-(X @ w + b)))


# %% 1.3 slope_of_the_neuron
def neuron(X, w, b):
    s = 1 / (1 + np.exp(-(X @ w + b)))
    return s * (1 - s)


# %% 1.3 bias_into_the_inputs
def neuron(X, w, b):
    return 1 / (1 + np.exp(-((X + b) @ w)))


# %% 1.4 right
def layer(X, W, b):
    return 1 / (1 + np.exp(-(np.einsum("ni,io->no", X, W) + b)))


# %% 1.4 layer_of_softmax
def layer(X, W, b):
    e = np.exp(X @ W + b)
    return e / e.sum(axis=1, keepdims=True)


# %% 1.4 layer_of_relu
def layer(X, W, b):
    return np.maximum(0, X @ W + b)


# %% 1.4 layer_sigmoid_twice
def layer(X, W, b):
    s = lambda z: 1 / (1 + np.exp(-z))
    return s(s(X @ W + b))


# %% 1.4 layer_weights_transposed_on_the_left
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X + b)))


# %% 1.4 general
def layer(X, W, b):
    return 1 / (1 + np.exp(-(W.T @ X.T + b)))


# %% 1.4 layer_of_tanh
def layer(X, W, b):
    return np.tanh(X @ W + b)


# %% 1.4 layer_bias_as_a_column
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b[:, None])))


# %% 1.4 layer_of_switches
def layer(X, W, b):
    return (X @ W + b > 0).astype(float)


# %% 1.4 layer_brackets_lost
def layer(X, W, b):
    return 1 / 1 + np.exp(-(X @ W + b))


# %% 1.4 layer_one_bias
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X @ W + b.sum())))


# %% 1.4 layer_first_row
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X[0] @ W + b)))


# %% 1.4 layer_of_columns
def layer(X, W, b):
    return (1 / (1 + np.exp(-(X @ W + b)))).T


# %% 1.4 layer_bias_subtracted
def layer(X, W, b):
    return 1 / (1 + np.exp(-(X @ W - b)))


# %% 1.4 layer_of_columns
def layer(X, W, b):
    return np.array([1 / (1 + np.exp(-(X @ W[:, j] + b[j]))) for j in range(W.shape[1])])


# %% 1.4 layer_transposed
def layer(X, W, b):
    return np.array([[1 / (1 + np.exp(-(x @ W[j] + b[j]))) for j in range(len(b))] for x in X])


# %% 1.5 right
def count(sizes):
    n = 0
    for i in range(1, len(sizes)):
        n += sizes[i] * (sizes[i - 1] + 1)
    return n


# %% 1.5 weights_only
def count(sizes):
    return sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))


# %% 1.5 one_for_each_size
def count(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) + len(sizes)


# %% 1.5 sum
def count(sizes):
    return sum(sizes)


# %% 1.5 one_product_for_all
def count(sizes):
    return int(np.prod(sizes)) + sum(sizes[1:])


# %% 1.5 no_biases_at_the_output
def count(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) + sum(sizes[1:-1])


# %% 1.5 biases_of_the_inputs
def count(sizes):
    return sum(sizes[i] * (sizes[i + 1] + 1) for i in range(len(sizes) - 1))


# %% 1.5 ends_too_late
def count(sizes):
    n = 0
    for i in range(len(sizes)):
        n += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return n


# %% 1.5 slip_9
def count(sizes):
    return sum(sizes[1:])


# %% 1.5 weights_and_biases_apart
def count(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])), sum(sizes[1:])


# %% 1.5 not_added_up
def count(sizes):
    return [a * b + b for a, b in zip(sizes, sizes[1:])]


# %% 1.5 begins_too_early
def count(sizes):
    return sum(sizes[i - 1] * sizes[i] + sizes[i] for i in range(len(sizes)))


# %% 1.5 general
def count(sizes):
    return 23


# %% 1.5 one_more_on_both_sides
def count(sizes):
    return sum((a + 1) * (b + 1) for a, b in zip(sizes, sizes[1:]))


# %% 1.5 general
def count(sizes):
    return sum(s * s + s for s in sizes[1:])


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
