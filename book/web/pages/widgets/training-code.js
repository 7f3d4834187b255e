/* The training widget: the same run as a PyTorch cell. */
"use strict";

(() => {
  const { validWidths, makeData } = GroundUp.training;

  const RANDOM = `import math

import torch


def uniform(state):
    """The page's random numbers in [0, 1): mulberry32."""
    mask = 2**32 - 1
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ state >> 15) * (state | 1)) & mask
        t = ((t + ((t ^ t >> 7) * (t | 61) & mask)) & mask) ^ t
        yield ((t ^ t >> 14) & mask) / 2**32


def normal(draw):
    return math.sqrt(-2 * math.log(1 - next(draw))) * math.cos(2 * math.pi * next(draw))


`;
  const PLACES = {
    moons: `    t = math.pi * u
    x = (1 - math.cos(t), 0.5 - math.sin(t)) if label else (math.cos(t), math.sin(t))`,
    circles: `    t, r = 2 * math.pi * u, 0.5 if label else 1
    x = (r * math.cos(t), r * math.sin(t))`,
    xor: `    s = -1 if v < 0.5 else 1
    x = (s * (0.1 + 0.9 * u), s * (1 if label else -1) * (0.1 + 0.9 * next(draw)))`,
  };
  const ACTIVATIONS = {
    tanh: "torch.tanh(a @ W + b)", relu: "torch.relu(a @ W + b)",
    sigmoid: "torch.sigmoid(a @ W + b)", identity: "a @ W + b",
  };
  const LOSSES = {
    mse: "mse_loss(torch.sigmoid(logits(X)), y)",
    bce: "binary_cross_entropy_with_logits(logits(X), y)",
  };

  function dataCode(state, { X, y }) {
    if (!(state.data in PLACES)) {
      const rows = X.map((x) => `    ${JSON.stringify(x)},\n`).join("");
      return `X = torch.tensor([\n${rows}], dtype=torch.float32)
y = torch.tensor(${JSON.stringify(y)}, dtype=torch.float32)[:, None]
`;
    }
    return `draw = uniform(${1000 + state.seed})  # the data
X, y = [], []
for i in range(200):
    label, u, v = i % 2, next(draw), next(draw)
${PLACES[state.data]}
    X.append([x[0] + ${state.noise} * normal(draw), x[1] + ${state.noise} * normal(draw)])
    y.append([float(label)])
X, y = torch.tensor(X), torch.tensor(y)
X, X_test, y, y_test = X[:100], X[100:], y[:100], y[100:]
`;
  }

  const networkCode = (state) => `
draw = uniform(${state.seed})  # the start weights, then the order of the batches
sizes = [${[2, ...validWidths(state.hidden), 1].join(", ")}]
Ws, bs = [], []
for n_in, n_out in zip(sizes, sizes[1:]):
    W = [[normal(draw) / math.sqrt(n_in) for _ in range(n_out)] for _ in range(n_in)]
    Ws.append(torch.tensor(W, requires_grad=True))
    bs.append(torch.zeros(n_out, requires_grad=True))


def logits(X):
    a = X
    for W, b in zip(Ws[:-1], bs[:-1]):
        a = ${ACTIVATIONS[state.activation]}
    return a @ Ws[-1] + bs[-1]


def loss(X, y):
    return torch.nn.functional.${LOSSES[state.loss]}


`;

  function loopCode(state, epochs, n) {
    const batch = state.batch === "all" ? n : Math.min(n, +state.batch);
    const optimizer = state.optimizer === "sgd"
      ? `torch.optim.SGD(Ws + bs, lr=${state.lr})`
      : `torch.optim.Adam(Ws + bs, lr=${state.lr}, eps=1e-7)  # the page's eps`;
    const shuffle = batch === n ? "" : `    for i in range(len(X) - 1, 0, -1):  # shuffle
        j = int(next(draw) * (i + 1))
        order[i], order[j] = order[j], order[i]
`;
    const penalty = +state.l2 ? ` + ${state.l2} * sum((W**2).sum() for W in Ws)` : "";
    return `optimizer = ${optimizer}
curve = [loss(X, y).item()]
for epoch in range(${epochs}):
    order = list(range(len(X)))
${shuffle}    for first in range(0, len(X), ${batch}):
        rows = order[first : first + ${batch}]
        objective = loss(X[rows], y[rows])${penalty}
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
    curve.append(loss(X, y).item())
print(f"loss {curve[0]:.6f} at the start, {curve[-1]:.6f} after {len(curve) - 1} epochs")
`;
  }

  GroundUp.training.python = (state, epochs) => {
    const data = makeData(state);
    const test = state.data in PLACES
      ? 'print(f"loss on the test data {loss(X_test, y_test).item():.6f}")\n' : "";
    return [
      RANDOM, dataCode(state, data), networkCode(state), loopCode(state, epochs, data.X.length), test,
    ].join("");
  };
})();
