/* Chapter 6: optimisers on surfaces, as torch.optim steps them, and activations through ten layers. */
"use strict";

(() => {
  // Each surface: its cost, its gradient, where all start, and what is shown of it.
  const SURFACES = {
    ravine: {
      title: "a ravine", start: [4, 1], box: [-5, 5, -3, 3], rates: [0.0392, 0.0136, 0.1], beta: 0.75,
      cost: ([x, y]) => x ** 2 / 2 + 25 * y ** 2,
      gradient: ([x, y]) => [x, 50 * y],
      text: "Fifty times as steep across as along. What the steep direction bears is too little for the flat one.",
    },
    saddle: {
      title: "a saddle", start: [2.5, 0.001], box: [-3, 3, -1.8, 1.8], rates: [0.05, 0.02, 0.05], beta: 0.9,
      cost: ([x, y]) => x ** 2 / 2 - y ** 2 / 2 + y ** 4 / 4,
      gradient: ([x, y]) => [x, y ** 3 - y],
      text: "In the middle the gradient is zero, and it is no minimum: down in one direction, up in the other. The minima lie above and below.",
    },
    bump: {
      title: "a bump on the way", start: [4, 0.5], box: [-2.5, 5, -2.25, 2.25], rates: [0.1, 0.05, 0.1], beta: 0.9,
      cost: ([x, y]) => x ** 2 / 10 + y ** 2 / 2 + 0.5 * Math.exp(-2 * (x - 1.5) ** 2),
      gradient: ([x, y]) => [x / 5 - 2 * (x - 1.5) * Math.exp(-2 * (x - 1.5) ** 2), y],
      text: "Before the ridge lies a small hollow, a local minimum. Who comes with speed rolls over.",
    },
  };

  // One step each: state {theta, …} and gradient g.
  const STEPS = {
    sgd: (it, g, { lr }) => ({ theta: it.theta.map((v, i) => v - lr * g[i]) }),
    momentum(it, g, { lr, beta }) {
      const v = g.map((d, i) => beta * (it.v?.[i] ?? 0) + d);
      return { v, theta: it.theta.map((x, i) => x - lr * v[i]) };
    },
    adam(it, g, { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }) {
      const t = (it.t ?? 0) + 1, mean = (old, now, beta) => now.map((d, i) => beta * (old?.[i] ?? 0) + (1 - beta) * d);
      const m = mean(it.m, g, beta1), s = mean(it.s, g.map((d) => d * d), beta2);
      const theta = it.theta.map((x, i) => x - (lr * m[i]) / (1 - beta1 ** t) / (Math.sqrt(s[i] / (1 - beta2 ** t)) + eps));
      return { t, m, s, theta };
    },
  };

  /** The places of an optimiser on a surface, from the start to `steps` steps later. */
  function path(surface, name, options, steps) {
    const { start, gradient } = SURFACES[surface], places = [start];
    let it = { theta: start };
    for (let k = 0; k < steps; k++) {
      it = STEPS[name](it, gradient(it.theta), options);
      places.push(it.theta);
    }
    return places;
  }

  // --- activations through layers ---

  const ACTIVATIONS = { relu: (z) => Math.max(0, z), tanh: Math.tanh };

  /** What each layer gives: lists of rows. Its weights are `scale` / √n times the standard normal W. */
  function through(X, Ws, scale, activation) {
    const act = ACTIVATIONS[activation], factor = scale / Math.sqrt(X[0].length), found = [];
    let a = X;
    for (const W of Ws) {
      a = a.map((row) => W[0].map((_, j) => act(factor * row.reduce((sum, v, i) => sum + v * W[i][j], 0))));
      found.push(a);
    }
    return found;
  }

  const rms = (rows) => Math.sqrt(rows.flat().reduce((sum, v) => sum + v * v, 0) / rows.length / rows[0].length);

  GroundUp.race = { SURFACES, STEPS, path, through, rms };
})();
