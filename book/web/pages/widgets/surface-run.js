/* Chapter 2: the neuron's total squared error over its two weights, and the descent on it. */
"use strict";

(() => {
  const BOX = [-2.5, 2.5, -2.5, 2.5]; // of w₁ and of w₂

  const output = (x, w, b) => 1 / (1 + Math.exp(-(x[0] * w[0] + x[1] * w[1] + b)));

  /** The squared error, added up over the rows {X, y}. */
  const cost = ({ X, y }, w, b) => X.reduce((sum, x, i) => sum + (output(x, w, b) - y[i]) ** 2, 0);

  /** Its slope along each weight; the bias stays. */
  function gradient({ X, y }, w, b) {
    const delta = X.map((x, i) => { const p = output(x, w, b); return 2 * (p - y[i]) * p * (1 - p); });
    return w.map((_, j) => X.reduce((sum, x, i) => sum + delta[i] * x[j], 0));
  }

  /** How many rows are on the right side. */
  const right = ({ X, y }, w, b) => X.filter((x, i) => x[0] * w[0] + x[1] * w[1] + b > 0 === (y[i] === 1)).length;

  /** The weights of the descent, from the start to `steps` steps later; each step takes all rows. */
  function path(rows, start, b, lr, steps) {
    const places = [start];
    for (let k = 0; k < steps; k++) {
      const w = places[k], g = gradient(rows, w, b);
      places.push(w.map((v, j) => v - lr * g[j]));
    }
    return places;
  }

  /** The weights of the lowest cost in the box: the best of a grid, and down from there. */
  function lowest(rows, b) {
    const n = 50, at = (k) => BOX[0] + ((BOX[1] - BOX[0]) * k) / n;
    let best = [at(0), at(0)], least = Infinity;
    for (let k = 0; k < (n + 1) ** 2; k++) {
      const w = [at(k % (n + 1)), at(Math.floor(k / (n + 1)))], value = cost(rows, w, b);
      if (value < least) { best = w; least = value; }
    }
    return path(rows, best, b, 0.05, 500).at(-1);
  }

  GroundUp.surface = { BOX, output, cost, gradient, right, path, lowest };
})();
