import numpy as np
import torch
from torch import nn


# %% 4.1 truth_values
def as_target(y):
    return torch.tensor(y > 0).unsqueeze(1)


# %% 4.1 zero_and_two
def as_target(y):
    return torch.tensor(y + 1, dtype=torch.float32).unsqueeze(1)


# %% 4.1 target_classes_exchanged
def as_target(y):
    return torch.tensor((1 - y) / 2, dtype=torch.float32).unsqueeze(1)


# %% 4.1 a_row
def as_target(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32).unsqueeze(0)


# %% 4.1 half_on_both_sides
def as_target(y):
    return torch.tensor(y / 2, dtype=torch.float32).unsqueeze(1)


# %% 4.1 integers
def as_target(y):
    return torch.tensor((y + 1) // 2).unsqueeze(1)


# %% 4.1 labels_as_they_are
def as_target(y):
    return torch.tensor(y, dtype=torch.float32).unsqueeze(1)


# %% 4.1 stays_flat
def as_target(y):
    return torch.tensor((y + 1) / 2, dtype=torch.float32)


# %% 4.1 double_precision
def as_target(y):
    return torch.tensor((y + 1) / 2).unsqueeze(1)


# %% 4.1 numpy_array
def as_target(y):
    return np.clip(y, 0, 1).astype(np.float32)[:, None]


# %% 4.2 right
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))


# %% 4.2 sigmoid_at_the_end
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return torch.sigmoid(self.c(torch.relu(self.b(torch.relu(self.a(x))))))


# %% 4.2 sigmoid_between
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.c(torch.sigmoid(self.b(torch.sigmoid(self.a(x)))))


# %% 4.2 relu_at_the_end
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return torch.relu(self.c(torch.relu(self.b(torch.relu(self.a(x))))))


# %% 4.2 another_function
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(2, 16))
        self.b1 = nn.Parameter(torch.zeros(16))
        self.W2 = nn.Parameter(torch.randn(16, 16) / 4)
        self.b2 = nn.Parameter(torch.zeros(16))
        self.W3 = nn.Parameter(torch.randn(16, 1) / 4)
        self.b3 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        x = torch.tanh(x @ self.W1 + self.b1)
        x = torch.tanh(x @ self.W2 + self.b2)
        return x @ self.W3 + self.b3


# %% 4.2 one_layer_short
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


# %% 4.2 no_relu
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


# %% 4.2 layers_in_a_list
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)]

    def forward(self, x):
        for l in self.layers[:-1]:
            x = torch.relu(l(x))
        return self.layers[-1](x)


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.net(x).squeeze()


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 tanh_between
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 another_function
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.c(torch.relu(self.a(x)))


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
        )

    def forward(self, x):
        self.net(x)


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2)
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 another_function
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16, bias=False),
            nn.ReLU(),
            nn.Linear(16, 16, bias=False),
            nn.ReLU(),
            nn.Linear(16, 1, bias=False),
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 sigmoid_at_the_end
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16),
            nn.ReLU(),
            nn.Linear(16, 16),
            nn.ReLU(),
            nn.Linear(16, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 relu_at_the_end
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return torch.relu(self.c(torch.relu(self.b(torch.relu(self.a(x))))))


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))


# %% 4.2 layers_in_a_list
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)]

    def forward(self, x):
        for l in self.layers[:-1]:
            x = torch.relu(l(x))
        return self.layers[-1](x)


# %% 4.2 tanh_between
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16),
            nn.ReLU(),
            nn.Linear(16, 16),
            nn.ReLU(),
            nn.Linear(16, 16),
            nn.ReLU(),
            nn.Linear(16, 1),
        )

    def forward(self, x):
        return self.net(x)


# %% 4.2 one_layer_short
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


# %% 4.2 another_function
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.c(self.b(torch.relu(self.a(x))))


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x):
        x = self.c(torch.relu(self.b(torch.relu(self.a(x)))))


# %% 4.2 general
class SmallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.net(x).squeeze(1)


# %% 4.3 right
def bce_with_logits(z, y):
    return (np.maximum(z, 0) - y * z + np.log1p(np.exp(-abs(z)))).mean()


# %% 4.3 overflowing
def bce_with_logits(z, y):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% 4.3 overflowing
def bce_with_logits(z, y):
    p = 1 / (1 + np.exp(-z))
    return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))


# %% 4.3 overflowing
def bce_with_logits(z, y):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))


# %% 4.3 bce_all_clipped
def bce_with_logits(z, y):
    z = np.clip(z, -50, 50)
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% 4.3 bce_not_averaged
def bce_with_logits(z, y):
    return np.logaddexp(0, z) - y * z


# %% 4.3 bce_summed
def bce_with_logits(z, y):
    return np.sum(np.logaddexp(0, z) - y * z)


# %% 4.3 bce_plus
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z) + y * z)


# %% 4.3 bce_base_ten
def bce_with_logits(z, y):
    return np.mean((np.maximum(z, 0) + np.log10(1 + np.exp(-abs(z)))) - y * z)


# %% 4.3 bce_base_two_throughout
def bce_with_logits(z, y):
    return np.mean(np.logaddexp2(0, z) - y * z)


# %% 4.3 overflowing
def bce_with_logits(z, y):
    soft = np.where(z > 30, z, np.log(1 + np.exp(z)))
    return np.mean(soft - y * z)


# %% 4.3 bce_mean_of_one_term
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z)) - y * z


# %% 4.3 labels_lost
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z))


# %% 4.3 bce_part_missing
def bce_with_logits(z, y):
    return np.mean(np.log1p(np.exp(-abs(z))) - y * z)


# %% 4.3 bce_mean_along_one_axis
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z) - y * z, axis=0)


# %% 4.3 bce_summed
def bce_with_logits(z, y):
    return np.sum(np.logaddexp(0, z) - y * z)


# %% 4.3 near_miss
def bce_with_logits(z, y):
    return np.mean(np.maximum(z, 0) - y * z)


# %% 4.3 bce_plus
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z) + y * z)


# %% 4.3 probabilities_kept_away
def bce_with_logits(z, y):
    p = np.clip(1 / (1 + np.exp(-np.clip(z, -500, 500))), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% 4.3 near_miss
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, z) - z)


# %% 4.3 exponent_turned
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(0, -z) - y * z)


# %% 4.3 bce_base_two_throughout
def bce_with_logits(z, y):
    return np.mean(np.logaddexp2(0, z) - y * z)


# %% 4.3 overflowing
def bce_with_logits(z, y):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% 4.3 bce_not_averaged
def bce_with_logits(z, y):
    return np.logaddexp(0, z) - y * z


# %% 4.3 near_miss
def bce_with_logits(z, y):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z)))


# %% 4.3 general
def bce_with_logits(z, y):
    z = np.clip(z, -500, 500)
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% 4.3 near_miss
def bce_with_logits(z, y):
    return np.mean(np.logaddexp(1, z) - y * z)


# %% 4.4 right
def batches(n, size, order):
    return [order[i : i + size] for i in range(0, n, size)]


# %% 4.4 drops_the_rest
def batches(n, size, order):
    return [order[i * size : (i + 1) * size] for i in range(n // size)]


# %% 4.4 ignores_the_order
def batches(n, size, order):
    return [np.arange(i, min(i + size, n)) for i in range(0, n, size)]


# %% 4.4 one_row_short
def batches(n, size, order):
    return [order[i : i + size - 1] for i in range(0, n, size)]


# %% 4.4 overlapping
def batches(n, size, order):
    return [order[i : i + size] for i in range(n)]


# %% 4.4 that_many_batches
def batches(n, size, order):
    return np.array_split(order, size)


# %% 4.4 shared_out_among_whole_batches
def batches(n, size, order):
    return np.array_split(order, n // size)


# %% 4.4 shared_out_among_all_batches
def batches(n, size, order):
    return np.array_split(order, -(-n // size))


# %% 4.4 as_a_table
def batches(n, size, order):
    return list(order.reshape(-1, size))


# %% 4.4 general
def batches(n, size, order):
    order = np.random.default_rng(0).permutation(order)
    return [order[i : i + size] for i in range(0, n, size)]


# %% 4.4 ignores_the_order
def batches(n, size, order):
    order = np.sort(order)
    return [order[i : i + size] for i in range(0, n, size)]


# %% 4.4 an_empty_batch
def batches(n, size, order):
    return [order[i * size : (i + 1) * size] for i in range(n // size + 1)]


# %% 4.4 first_batch_only
def batches(n, size, order):
    for i in range(0, n, size):
        return [order[i : i + size]]


# %% 4.4 same_end
def batches(n, size, order):
    return [order[i:size] for i in range(0, n, size)]


# %% 4.4 last_batch_filled_up
def batches(n, size, order):
    return [order[max(0, min(i, n - size)) :][:size] for i in range(0, n, size)]


# %% 4.4 ignores_the_order
def batches(n, size, order):
    return [np.arange(i, min(i + size, n)) for i in range(0, n, size)]


# %% 4.4 overlapping
def batches(n, size, order):
    return [order[i : i + size] for i in range(n)]


# %% 4.4 as_a_table
def batches(n, size, order):
    return order.reshape(-1, size)


# %% 4.4 shared_out_among_all_batches
def batches(n, size, order):
    return np.array_split(order, -(-n // size))


# %% 4.4 same_end
def batches(n, size, order):
    return [order[i:size] for i in range(0, n, size)]


# %% 4.4 an_empty_batch
def batches(n, size, order):
    return [order[i : i + size] for i in range(0, n + 1, size)]


# %% 4.4 drops_the_rest
def batches(n, size, order):
    return [order[k * size : (k + 1) * size] for k in range(n // size)]


# %% 4.4 near_miss
def batches(n, size, order):
    return [order[i : i + size] for i in range(1, n, size)]


# %% 4.4 drops_the_rest
def batches(n, size, order):
    return [order[i : i + size] for i in range(0, n - size + 1, size)]


# %% 4.4 that_many_batches
def batches(n, size, order):
    return np.array_split(order, size)


# %% 4.4 one_row_short
def batches(n, size, order):
    return [order[i : i + size - 1] for i in range(0, n, size)]


# %% 4.4 general
def batches(n, size, order):
    for i in range(0, n, size):
        yield order[i : i + size]


# %% 4.4 ignores_the_order
def batches(n, size, order):
    order = np.sort(order)
    return [order[i : i + size] for i in range(0, n, size)]


# %% 4.5 not_limited
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    loss.backward()
    optimizer.step()
    return loss.item()


# %% 4.5 limited_by_value
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


# %% 4.5 loss_limited
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y).clamp(max=1.0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% 4.5 returns_the_norm
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    n = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return n.item()


# %% 4.5 not_limited
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %% 4.5 not_limited
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    return loss.item()


# %% 4.5 never_emptied
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


# %% 4.5 always_length_one
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    n = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
    for p in model.parameters():
        p.grad /= n
    optimizer.step()
    return loss.item()


# %% 4.5 each_by_itself
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    for p in model.parameters():
        nn.utils.clip_grad_norm_(p, 1.0)
    optimizer.step()
    return loss.item()


# %% 4.5 returns_a_tensor
def train_step(model, optimizer, X, y):
    loss = nn.BCEWithLogitsLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss


# %% 4.6 right
def accuracy(logits, y):
    return ((logits[:, 0] > 0) == (y == 1)).float().mean().item()


# %% 4.6 accuracy_half
def accuracy(logits, y):
    return ((logits[:, 0] > 0.5) == y).float().mean().item()


# %% 4.6 accuracy_broadcast
def accuracy(logits, y):
    return ((logits > 0) == y).float().mean().item()


# %% 4.6 accuracy_as_a_tensor
def accuracy(logits, y):
    return ((logits[:, 0] > 0) == y).float().mean()


# %% 4.6 accuracy_count
def accuracy(logits, y):
    return ((logits[:, 0] > 0) == y).sum().item()


# %% 4.6 accuracy_in_percent
def accuracy(logits, y):
    return 100 * ((logits[:, 0] > 0) == y).float().mean().item()


# %% 4.6 accuracy_rounded
def accuracy(logits, y):
    return (logits.squeeze().round() == y).float().mean().item()


# %% 4.6 accuracy_argmax
def accuracy(logits, y):
    return (logits.argmax(dim=1) == y).float().mean().item()


# %% 4.6 accuracy_exchanged
def accuracy(logits, y):
    return ((logits[:, 0] > 0) != y).float().mean().item()


# %% 4.6 accuracy_of_pairs
def accuracy(logits, y):
    return ((logits > 0) == y).sum().item() / len(y)


# %% 4.6 accuracy_all_ones
def accuracy(logits, y):
    return ((torch.sigmoid(logits[:, 0]) > 0) == y).float().mean().item()


# %% 4.6 right
def accuracy(logits, y):
    return (torch.sigmoid(logits.squeeze(1)).round() == y).float().mean().item()


# %% 4.6 general
def accuracy(logits, y):
    return ((logits[:, 0] > 0) == y).mean().item()


# %% 4.6 accuracy_without_labels
def accuracy(logits, y):
    return (logits[:, 0] > 0).float().mean().item()


# %% 4.6 accuracy_of_class_one
def accuracy(logits, y):
    return ((logits[:, 0] > 0) * y).float().mean().item()


# %% 4.6 accuracy_exchanged
def accuracy(logits, y):
    return ((logits[:, 0] < 0) == y).float().mean().item()


# %% 4.6 accuracy_half
def accuracy(logits, y):
    return ((logits > 0.5).squeeze(1) == y).float().mean().item()


# %% 4.6 accuracy_count
def accuracy(logits, y):
    return ((logits > 0).squeeze(1) == y).sum().item()


# %% 4.6 accuracy_in_percent
def accuracy(logits, y):
    return 100 * ((logits > 0).squeeze(1) == y).float().mean().item()


# %% 4.6 accuracy_exchanged
def accuracy(logits, y):
    return ((logits < 0).squeeze(1) == y).float().mean().item()


# %% 4.6 accuracy_all_ones
def accuracy(logits, y):
    return ((torch.sigmoid(logits) > 0).squeeze(1) == y).float().mean().item()


# %% 4.6 accuracy_of_class_one
def accuracy(logits, y):
    return ((logits > 0).squeeze(1) & (y == 1)).float().mean().item()


# %% 4.6 accuracy_without_labels
def accuracy(logits, y):
    return (logits > 0).float().mean().item()


# %% 4.6 accuracy_broadcast
def accuracy(logits, y):
    return ((logits > 0) == y).float().mean().item()


# %% 4.6 accuracy_as_a_tensor
def accuracy(logits, y):
    return ((logits > 0).squeeze(1) == y).float().mean()


# %% 4.6 accuracy_argmax
def accuracy(logits, y):
    return (logits.argmax(dim=1) == y).float().mean().item()


# %% 4.6 accuracy_exchanged
def accuracy(logits, y):
    return ((logits > 0).squeeze(1) != y).float().mean().item()


# %% 4.6 accuracy_rounded
def accuracy(logits, y):
    return (logits.round().squeeze(1) == y).float().mean().item()


# %% 4.7 right
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


# %% 4.7 one_too_late
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best > patience:
            return epoch, best
    return len(losses), best


# %% 4.7 equal_is_better
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss <= losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


# %% 4.7 counted_from_zero
def stopping(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


# %% 4.7 against_the_last
def stopping(losses, patience):
    wait, best = 0, 1
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        if losses[epoch - 1] < losses[epoch - 2]:
            wait = 0
        else:
            wait += 1
        if wait >= patience:
            return epoch, best
    return len(losses), best


# %% 4.7 never_resets
def stopping(losses, patience):
    wait, best = 0, 1
    for epoch, loss in enumerate(losses[1:], 2):
        if loss < losses[best - 1]:
            best = epoch
        else:
            wait += 1
        if wait >= patience:
            return epoch, best
    return len(losses), best


# %% 4.7 looks_ahead
def stopping(losses, patience):
    best = 1
    allbest = int(np.argmin(losses)) + 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, allbest
    return len(losses), allbest


# %% 4.7 loss_for_epoch
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, losses[best - 1]
    return len(losses), losses[best - 1]


# %% 4.7 best_first
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses)


# %% 4.7 general
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best


# %% 4.7 stops_at_the_first_rise
def stopping(losses, patience):
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch + 1, epoch
    return len(losses), len(losses)


# %% 4.7 one_too_early
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience - 1 and epoch > best:
            return epoch, best
    return len(losses), best


# %% 4.7 stopped_one_too_small
def stopping(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, 1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch - 1, best
    return len(losses), best


# %% 4.7 looks_ahead
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e, int(np.argmin(losses)) + 1
    return len(losses), best


# %% 4.7 one_too_late
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait > patience:
                return e, best
    return len(losses), best


# %% 4.7 never_resets
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best = e
        else:
            wait += 1
            if wait == patience:
                return e, best
    return len(losses), best


# %% 4.7 against_the_last
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[e - 2]:
            wait = 0
        else:
            wait += 1
        if losses[e - 1] < losses[best - 1]:
            best = e
        if wait == patience:
            return e, best
    return len(losses), best


# %% 4.7 equal_is_better
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] <= losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e, best
    return len(losses), best


# %% 4.7 always_patience_later
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                break
    return best + patience, best


# %% 4.7 counted_from_zero
def stopping(losses, patience):
    best, wait = 0, 0
    for e in range(1, len(losses)):
        if losses[e] < losses[best]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e, best
    return len(losses) - 1, best


# %% 4.7 best_first
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return best, e
    return best, len(losses)


# %% 4.7 loss_for_epoch
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e, losses[best - 1]
    return len(losses), losses[best - 1]


# %% 4.7 general
def stopping(losses, patience):
    for e in range(1, len(losses)):
        if losses[e] > losses[e - 1]:
            return e + 1, e
    return len(losses), len(losses)


# %% 4.7 general
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e, best


# %% 4.7 stopped_one_too_small
def stopping(losses, patience):
    best, wait = 1, 0
    for e in range(2, len(losses) + 1):
        if losses[e - 1] < losses[best - 1]:
            best, wait = e, 0
        else:
            wait += 1
            if wait == patience:
                return e - 1, best
    return len(losses), best


# %% 4.8 right
def momentum(theta, gradient, steps, lr, beta):
    v = 0
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 right
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v - lr * gradient(theta)
        theta = theta + v
    return theta


# %% 4.8 running_mean
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + (1 - beta) * gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 general
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta -= lr * v
    return theta


# %% 4.8 no_memory
def momentum(theta, gradient, steps, lr, beta):
    for _ in range(steps):
        theta = theta - lr * gradient(theta)
    return theta


# %% 4.8 uphill
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta + lr * v
    return theta


# %% 4.8 step_before_velocity
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        theta = theta - lr * v
        v = beta * v + gradient(theta)
    return theta


# %% 4.8 nesterov
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        g = gradient(theta)
        v = beta * v + g
        theta = theta - lr * (g + beta * v)
    return theta


# %% 4.8 no_decay
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 gradient_of_the_start
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    g = gradient(theta)
    for _ in range(steps):
        v = beta * v + g
        theta = theta - lr * v
    return theta


# %% 4.8 beta_misplaced
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = v + beta * gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 no_memory
def momentum(theta, gradient, steps, lr, beta):
    for _ in range(steps):
        v = np.zeros_like(theta)
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 velocity_itself
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return v


# %% 4.8 step_before_velocity
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(1, steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 one_step_only
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
        return theta


# %% 4.8 running_mean
def momentum(theta, gradient, steps, lr, beta):
    v = 0
    for _ in range(steps):
        v = beta * v + (1 - beta) * gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 general
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta -= lr * v
    return theta


# %% 4.8 old_velocity
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        g = gradient(theta)
        theta = theta - lr * v
        v = beta * v + g
    return theta


# %% 4.8 no_memory
def momentum(theta, gradient, steps, lr, beta):
    for _ in range(steps):
        v = 0
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 uphill
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta + lr * v
    return theta


# %% 4.8 general
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta - lr * beta * v)
        theta = theta - lr * v
    return theta


# %% 4.8 general
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps + 1):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 beta_typed_in
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = 0.9 * v + gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.8 general
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - lr * v
    return theta, v


# %% 4.8 no_memory
def momentum(theta, gradient, steps, lr, beta):
    for _ in range(steps):
        theta = theta - lr * gradient(theta)
    return theta


# %% 4.8 rate_left_out
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + gradient(theta)
        theta = theta - v
    return theta


# %% 4.8 gradient_of_the_start
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    g = gradient(theta)
    for _ in range(steps):
        v = beta * v + g
        theta = theta - lr * v
    return theta


# %% 4.8 rate_twice
def momentum(theta, gradient, steps, lr, beta):
    v = np.zeros_like(theta)
    for _ in range(steps):
        v = beta * v + lr * gradient(theta)
        theta = theta - lr * v
    return theta


# %% 4.9 right
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(500):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 too_large
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 1))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 probabilities
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(
        nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1), nn.Sigmoid()
    )
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(500):
        opt.zero_grad()
        nn.BCELoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 untrained
def train(X, y):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1)
    )


# %% 4.9 straight_line
def train(X, y):
    torch.manual_seed(0)
    m = nn.Linear(2, 1)
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(1000):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 untrained
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.SGD(m.parameters(), lr=1e-3)
    for _ in range(100):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 general
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 general
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        loss = nn.BCEWithLogitsLoss()(m(X), y)
        loss.backward()
        opt.step()
    return loss


# %% 4.9 general
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 2))
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        nn.CrossEntropyLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 general
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(
        nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1)
    ).double()
    X, y = torch.tensor(X), torch.tensor(y)[:, None].double()
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m


# %% 4.9 general
def train(X, y):
    torch.manual_seed(0)
    m = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, 1))
    X, y = torch.tensor(X, dtype=torch.float32), 1 - torch.tensor(y, dtype=torch.float32)[:, None]
    opt = torch.optim.Adam(m.parameters(), lr=0.02)
    for _ in range(300):
        opt.zero_grad()
        nn.BCEWithLogitsLoss()(m(X), y).backward()
        opt.step()
    return m
