"""Answers to chapter 7's exercises; ``../test_answers.py`` says how they are written."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


# %% 7.1 once_an_epoch
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        optimizer.zero_grad()
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 emptied_between
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 right
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 rate_divided_by_10
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr / 10)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 general
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(torch.sigmoid(model(X[rows])), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 general
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            (loss / len(rows)).backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 shuffled_instead
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 once_before_the_loop
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 once_before_the_loop
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            torch.optim.SGD(model.parameters(), lr=lr).step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 clipped_gradients
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 general
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        batches = torch.arange(len(X)).split(batch_size)
        for rows in batches:
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total / len(batches))
    return losses


# %% 7.1 rate_divided_by_10
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr / 10)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 once_before_the_loop
def train(model, X, y, epochs, lr, batch_size):
    losses = []
    for epoch in range(epochs):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.1 once_before_the_loop
def train(model, X, y, epochs, lr, batch_size):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.arange(len(X)).split(batch_size):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss * len(rows)
        losses.append(total / len(X))
    return losses


# %% 7.2 right
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = model(X)
        loss = F.cross_entropy(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 nll_of_probabilities
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(model(X), dim=1)
        loss = F.nll_loss(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 sigmoid_instead
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.sigmoid(model(X))
        loss = F.cross_entropy(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 right
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.log_softmax(model(X), dim=1)
        loss = F.cross_entropy(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 general
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(model(X), dim=1)
        loss = F.cross_entropy(p.argmax(1).float(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 general
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(model(X), dim=1)
        loss = F.binary_cross_entropy(p, F.one_hot(labels).float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 sharpened_10
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(model(X) * 10, dim=1)
        loss = F.cross_entropy(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 summed_over_the_rows
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        loss = F.cross_entropy(model(X), labels, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 nll_of_probabilities
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.softmax(model(X), dim=1)
        loss = F.nll_loss(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 sigmoid_instead
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        p = torch.sigmoid(model(X))
        loss = F.cross_entropy(p, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 summed_over_the_rows
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        loss = F.cross_entropy(model(X), labels, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.2 general
def train_classifier(model, X, labels, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        loss = F.cross_entropy(model(X), labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 right
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x).squeeze(1)
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 squeezed_input
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x.squeeze())
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 right
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = ((y_hat.T - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 wrong_axis
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = F.mse_loss(y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 summed
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = ((y_hat.squeeze() - y) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 halved_loss
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = ((y_hat.squeeze() - y) ** 2).mean() / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 wrong_axis
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = ((y_hat - y.unsqueeze(0)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 right
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = ((y_hat - y) ** 2).diagonal().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 wrong_axis
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = F.mse_loss(y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 wrong_axis
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x)
        loss = nn.MSELoss()(y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 halved_loss
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x).squeeze(1)
        loss = ((y_hat - y) ** 2).mean() / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 mean_prediction
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        y_hat = model(x).mean()
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.3 general
def fit_line(model, x, y, epochs, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(10 * epochs):
        y_hat = model(x)
        loss = ((y_hat - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 7.4 each_by_its_own
def prepare(X_train, X_test):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0), (
        X_test - X_test.mean(axis=0)
    ) / X_test.std(axis=0)


# %% 7.4 one_for_all_columns
def prepare(X_train, X_test):
    mean, std = X_train.mean(), X_train.std()
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 test_not_scaled
def prepare(X_train, X_test):
    return (X_train - X_train.mean(axis=0)) / X_train.std(axis=0), X_test


# %% 7.4 divided_by_variance
def prepare(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.var(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 mean_of_all
def prepare(X_train, X_test):
    everything = np.vstack([X_train, X_test])
    mean = everything.mean(axis=0)
    std = X_train.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 fitted_twice
def prepare(X_train, X_test):
    from sklearn.preprocessing import StandardScaler

    s = StandardScaler()
    return s.fit_transform(X_train), s.fit_transform(X_test)


# %% 7.4 to_unit_interval
def prepare(X_train, X_test):
    lo, hi = X_train.min(axis=0), X_train.max(axis=0)
    return (X_train - lo) / (hi - lo), (X_test - lo) / (hi - lo)


# %% 7.4 sets_exchanged
def prepare(X_train, X_test):
    m, s = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_test - m) / s, (X_train - m) / s


# %% 7.4 training_only
def prepare(X_train, X_test):
    m, s = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - m) / s


# %% 7.4 each_by_its_own
def prepare(X_train, X_test):
    return (
        (X_train - X_train.mean(axis=0)) / X_train.std(axis=0),
        (X_test - X_test.mean(axis=0)) / X_test.std(axis=0),
    )


# %% 7.4 one_for_all_columns
def prepare(X_train, X_test):
    mean, std = X_train.mean(), X_train.std()
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 test_not_scaled
def prepare(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / std, X_test


# %% 7.4 scaled_by_the_test
def prepare(X_train, X_test):
    mean, std = X_test.mean(axis=0), X_test.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 std_of_all
def prepare(X_train, X_test):
    everything = np.vstack([X_train, X_test])
    mean = X_train.mean(axis=0)
    std = everything.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 with_ddof
def prepare(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0, ddof=1)
    return (X_train - mean) / std, (X_test - mean) / std


# %% 7.4 divided_by_variance
def prepare(X_train, X_test):
    mean, var = X_train.mean(axis=0), X_train.var(axis=0)
    return (X_train - mean) / var, (X_test - mean) / var


# %% 7.4 brackets_missing
def prepare(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return X_train - mean / std, X_test - mean / std


# %% 7.5 always_back_to_train
def accuracy(model, X, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train()
    return (predicted == labels).double().mean().item()


# %% 7.5 still_dropping
def accuracy(model, X, labels):
    model.eval
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


# %% 7.5 still_dropping
def accuracy(model, X, labels):
    with torch.inference_mode():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


# %% 7.5 seed_fixed
def accuracy(model, X, labels):
    torch.manual_seed(0)
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


# %% 7.5 left_in_eval
def accuracy(model, X, labels):
    model.eval()
    was = model.training
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(was)
    return (predicted == labels).double().mean().item()


# %% 7.5 mode_turned_round
def accuracy(model, X, labels):
    was = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(not was)
    return (predicted == labels).double().mean().item()


# %% 7.5 over_the_rows
def accuracy(model, X, labels):
    with torch.no_grad():
        predicted = model(X).argmax(dim=0)
    return (predicted == labels).double().mean().item()


# %% 7.5 left_in_eval
def accuracy(model, X, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == labels).double().mean().item()


# %% 7.5 still_dropping
def accuracy(model, X, labels):
    was = model.training
    model.eval
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    model.train(was)
    return (predicted == labels).double().mean().item()


# %% 7.6 constant
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.constant_(layer.weight, 0.5)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 right
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        pass
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 too_large
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 only_biases
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.zeros_(layer.weight)
        nn.init.normal_(layer.bias)
    return model


# %% 7.6 too_small
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight, std=1e-3)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 constant
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0],):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 too_large
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight, std=10.0)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 constant
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.ones_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 too_large
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 constant
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.constant_(layer.weight, layer.in_features**-0.5)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.6 one_layer_zero
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    nn.init.normal_(model[0].weight, std=n_in**-0.5)
    nn.init.zeros_(model[0].bias)
    nn.init.zeros_(model[2].weight)
    nn.init.zeros_(model[2].bias)
    return model


# %% 7.6 only_biases
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.zeros_(layer.weight)
        nn.init.normal_(layer.bias)
    return model


# %% 7.6 too_large
def build(n_in, n_hidden):
    model = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1))
    for layer in (model[0], model[2]):
        nn.init.uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


# %% 7.7 too_small
learning_rate = 0.001

# %% 7.7 uphill
learning_rate = -1.0

# %% 7.7 general
learning_rate = "0.5"

# %% 7.7 right
learning_rate = 2

# %% 7.7 still_too_large
learning_rate = 100.0

# %% 7.7 right
learning_rate = np.int64(1)


# %% 7.7 too_small
learning_rate = 1e-4


# %% 7.7 uphill
learning_rate = -0.1


# %% 7.8 right
def batches(X, y, batch_size, rng):
    o = rng.permutation(len(X))
    X, y = X[o], y[o]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 still_apart
def batches(X, y, batch_size, rng):
    rng.shuffle(X)
    rng.shuffle(y)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 with_replacement
def batches(X, y, batch_size, rng):
    o = rng.integers(0, len(X), len(X))
    X, y = X[o], y[o]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 not_shuffled
def batches(X, y, batch_size, rng):
    o = np.argsort(y, axis=0, kind="stable").ravel()
    X, y = X[o], y[o]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 shuffled_within
def batches(X, y, batch_size, rng):
    o = rng.permutation(batch_size)
    o = np.concatenate([o, np.arange(batch_size, len(X))])
    X, y = X[o], y[o]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 still_apart
def batches(X, y, batch_size, rng):
    o = rng.permutation(len(X))
    X, y = X[o], y[np.argsort(o)]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 other_size
def batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[i : i + 1], y[i : i + 1]) for i in order]


# %% 7.8 same_order_each_time
def batches(X, y, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    X, y = X[order], y[order]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 turned_round
def batches(X, y, batch_size, rng):
    X, y = X[::-1], y[::-1]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 turned_round
def batches(X, y, batch_size, rng):
    X, y = np.roll(X, 3, axis=0), np.roll(y, 3, axis=0)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 batches_shuffled
def batches(X, y, batch_size, rng):
    pieces = [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]
    return [pieces[k] for k in rng.permutation(len(pieces))]


# %% 7.8 inputs_only
def batches(X, y, batch_size, rng):
    X = X[rng.permutation(len(X))]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 not_shuffled
def batches(X, y, batch_size, rng):
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 still_apart
def batches(X, y, batch_size, rng):
    X, y = X.copy(), y.copy()
    rng.shuffle(X)
    rng.shuffle(y)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


# %% 7.8 last_dropped
def batches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    return [
        (X[i : i + batch_size], y[i : i + batch_size])
        for i in range(0, len(X) - batch_size + 1, batch_size)
    ]


# %% 7.9 right
def bce(output, y):
    p = torch.sigmoid(output).clamp(1e-7, 1 - 1e-7)  # keeps the logarithms finite
    return F.binary_cross_entropy(p, y)


# %% 7.9 still_clamped
def bce(output, y):
    p = output.clamp(1e-7, 1 - 1e-7)  # keeps the logarithms finite
    return F.binary_cross_entropy_with_logits(p, y)


# %% 7.9 clamp_removed
def bce(output, y):
    p = output
    return F.binary_cross_entropy(p, y)


# %% 7.9 bce_summed
def bce(output, y):
    return F.binary_cross_entropy_with_logits(output, y, reduction="sum")


# %% 7.9 softmax_of_one
def bce(output, y):
    p = torch.softmax(output, dim=1).clamp(1e-7, 1 - 1e-7)  # keeps the logarithms finite
    return F.binary_cross_entropy(p, y)


# %% 7.9 sigmoid_clamped_at_0.01
def bce(output, y):
    p = torch.sigmoid(output).clamp(0.01, 0.99)  # keeps the logarithms finite
    return F.binary_cross_entropy(p, y)


# %% 7.9 bce_of_tanh
def bce(output, y):
    p = ((torch.tanh(output) + 1) / 2).clamp(1e-7, 1 - 1e-7)  # keeps the logarithms finite
    return F.binary_cross_entropy(p, y)


# %% 7.9 bce_item
def bce(output, y):
    return F.binary_cross_entropy_with_logits(output, y).item()


# %% 7.9 right
def bce(output, y):
    p = torch.sigmoid(output).clamp(1e-7, 1 - 1e-7)
    return F.binary_cross_entropy(p, y)


# %% 7.9 still_clamped
def bce(output, y):
    p = torch.sigmoid(output.clamp(1e-7, 1 - 1e-7))
    return F.binary_cross_entropy(p, y)


# %% 7.9 general
def bce(output, y):
    p = output.clamp(1e-12, 1 - 1e-12)
    return F.binary_cross_entropy(p, y)


# %% 7.9 right
def bce(output, y):
    return F.binary_cross_entropy_with_logits(output.clamp(-10, 10), y)


# %% 7.9 general
def bce(output, y):
    p = torch.tanh(output).abs()
    return F.binary_cross_entropy(p, y)


# %% 7.10 right
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% 7.10 stepped_once
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    scheduler.step()
    return rates


# %% 7.10 new_schedule_each_epoch
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
        scheduler.step()
    return rates


# %% 7.10 scheduler_for_optimizer
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            scheduler.step()
    return rates


# %% 7.10 right
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        if epoch > 0:
            scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


# %% 7.10 trained_at_the_start
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(lr * (1 + np.cos(np.pi * epoch / epochs)) / 2)
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


# %% 7.10 ends_one_early
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs - 1)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% 7.10 stepped_each_batch
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    return rates


# %% 7.10 stepped_at_the_beginning
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


# %% 7.10 noted_too_late
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


# %% 7.10 stepped_once
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for rows in torch.arange(len(X)).split(10):
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    scheduler.step()
    return rates


# %% 7.10 general
def train_with_schedule(model, X, y, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    rates = []
    for epoch in range(epochs):
        for rows in torch.arange(len(X)).split(10):
            rates.append(optimizer.param_groups[0]["lr"])
            loss = F.binary_cross_entropy_with_logits(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


# %% 7.11 norm_of_weights
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + torch.linalg.vector_norm(parameter)
    return strength * total


# %% 7.11 averaged
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + (parameter**2).mean()
    return strength * total


# %% 7.11 halved
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + (parameter**2).sum() / 2
    return strength * total


# %% 7.11 sum_of_norms_squared
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + torch.linalg.vector_norm(parameter)
    return strength * total**2


# %% 7.11 right
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.dim() == 2:
            total = total + torch.linalg.vector_norm(parameter) ** 2
    return strength * total


# %% 7.11 first_matrix
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            return strength * (parameter**2).sum()
    return strength * total


# %% 7.11 last_matrix
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = (parameter**2).sum()
    return strength * total


# %% 7.11 doubled
def penalty(model, strength):
    return 2 * strength * sum((W**2).sum() for W in model.parameters() if W.ndim > 1)


# %% 7.11 norm_of_weights
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + torch.linalg.vector_norm(parameter)
    return strength * total


# %% 7.11 absolute_values
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = total + parameter.abs().sum()
    return strength * total


# %% 7.11 biases_instead
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim == 1:
            total = total + (parameter**2).sum()
    return strength * total


# %% 7.11 last_matrix
def penalty(model, strength):
    total = torch.tensor(0.0, dtype=torch.float64)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            total = (parameter**2).sum()
    return strength * total


# %% 7.12 first_layer_first
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    A = np.tanh(X @ W1 + b1)
    b1 = b1 - lr * delta1.sum(axis=0)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 sigmoid_still_new
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * A * (1 - A)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 twice_and_still_new
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = 2 * (A @ W2 + b2 - Y) / len(X)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 bias_means
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    return (
        W1 - lr * X.T @ delta1,
        b1 - lr * delta1.mean(axis=0),
        W2 - lr * A.T @ delta2,
        b2 - lr * delta2.mean(axis=0),
    )


# %% 7.12 general
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    W2 -= lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 general
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ W2) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 right
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    old = W2
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ old.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 twice_too_long
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = 2 * (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    return (
        W1 - lr * X.T @ delta1,
        b1 - lr * delta1.sum(axis=0),
        W2 - lr * A.T @ delta2,
        b2 - lr * delta2.sum(axis=0),
    )


# %% 7.12 square_of_the_difference
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A) ** 2
    return (
        W1 - lr * X.T @ delta1,
        b1 - lr * delta1.sum(axis=0),
        W2 - lr * A.T @ delta2,
        b2 - lr * delta2.sum(axis=0),
    )


# %% 7.12 sigmoid_still_new
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    delta1 = (delta2 @ W2.T) * A * (1 - A)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 summed_over_rows
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = A @ W2 + b2 - Y
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 twice_too_long
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = 2 * (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 bias_means
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.mean(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.mean(axis=0)
    return W1, b1, W2, b2


# %% 7.12 hidden_first_and_again
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    A = np.tanh(X @ W1 + b1)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 both_climb
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (Y - A @ W2 - b2) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A**2)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 general
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2) * (1 - A**2)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.12 square_missing
def step(W1, b1, W2, b2, X, Y, lr):
    A = np.tanh(X @ W1 + b1)
    delta2 = (A @ W2 + b2 - Y) / len(X)
    delta1 = (delta2 @ W2.T) * (1 - A)
    W2 = W2 - lr * A.T @ delta2
    b2 = b2 - lr * delta2.sum(axis=0)
    W1 = W1 - lr * X.T @ delta1
    b1 = b1 - lr * delta1.sum(axis=0)
    return W1, b1, W2, b2


# %% 7.13 not_scaled
def dropout(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept


# %% 7.13 too_many_dropped
def dropout(A, p, rng):
    kept = rng.random(A.shape) < p
    return A * kept / p


# %% 7.13 share_of_this_draw
def dropout(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept / kept.mean()


# %% 7.13 same_for_all_columns
def dropout(A, p, rng):
    kept = rng.random((len(A), 1)) >= p
    return A * kept / (1 - p)


# %% 7.13 same_for_all_rows
def dropout(A, p, rng):
    kept = rng.random(A.shape[1]) >= p
    return A * kept / (1 - p)


# %% 7.13 by_one_plus_p
def dropout(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept / (1 + p)


# %% 7.13 same_mask
def dropout(A, p, rng):
    kept = np.random.default_rng(0).random(A.shape) >= p
    return A * kept / (1 - p)


# %% 7.13 same_mask
def dropout(A, p, rng):
    kept = np.random.default_rng(3).random(A.shape) >= p
    return A * kept / (1 - p)


# %% 7.13 too_many_dropped
def dropout(A, p, rng):
    kept = rng.random(A.shape) < p
    return A * kept / (1 - p)


# %% 7.13 same_for_all_columns
def dropout(A, p, rng):
    kept = rng.random((len(A), 1)) >= p
    return A * kept / (1 - p)


# %% 7.13 share_of_this_draw
def dropout(A, p, rng):
    kept = rng.random(A.shape) >= p
    return A * kept / kept.mean()


# %% 7.14 validation_reported
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, val_accuracy[best]


# %% 7.14 last_of_equals
def choose(val_accuracy, test_accuracy):
    best = len(val_accuracy) - 1 - int(np.argmax(val_accuracy[::-1]))
    return best, test_accuracy[best]


# %% 7.14 counted_from_one
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy)) + 1
    return best, test_accuracy[best - 1]


# %% 7.14 mean_reported
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, np.mean(test_accuracy)


# %% 7.14 epoch_only
def choose(val_accuracy, test_accuracy):
    return int(np.argmax(val_accuracy))


# %% 7.14 right
def choose(val_accuracy, test_accuracy):
    best = val_accuracy.index(max(val_accuracy))
    return best, test_accuracy[best]


# %% 7.14 test_still_chooses
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(test_accuracy))
    return best, val_accuracy[best]


# %% 7.14 best_test_reported
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, max(test_accuracy)


# %% 7.14 validation_reported
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, val_accuracy[best]


# %% 7.14 last_of_equals
def choose(val_accuracy, test_accuracy):
    best = len(val_accuracy) - 1 - int(np.argmax(val_accuracy[::-1]))
    return best, test_accuracy[best]


# %% 7.14 last_epoch
def choose(val_accuracy, test_accuracy):
    return len(test_accuracy) - 1, test_accuracy[-1]


# %% 7.14 worst_epoch
def choose(val_accuracy, test_accuracy):
    best = int(np.argmin(val_accuracy))
    return best, test_accuracy[best]


# %% 7.14 sum_of_both
def choose(val_accuracy, test_accuracy):
    both = (np.array(val_accuracy) + np.array(test_accuracy)) / 2
    best = int(np.argmax(both))
    return best, test_accuracy[best]


# %% 7.14 counted_from_one
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy)) + 1
    return best, test_accuracy[best - 1]


# %% 7.14 general
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return test_accuracy[best]


# %% 7.14 report_averaged
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return best, (test_accuracy[best] + val_accuracy[best]) / 2


# %% 7.14 order_exchanged
def choose(val_accuracy, test_accuracy):
    best = int(np.argmax(val_accuracy))
    return test_accuracy[best], best
