/* Chapters 4 and 6: a network with one hidden layer on the two moons, in double precision. */
"use strict";

(() => {
  const { STEPS } = GroundUp.race;
  const LR = 0.03, BINS = 10, TEST = 1000;

  // A network is one list: of each hidden neuron its two weights, its bias and its weight to the
  // output; at the end the output's bias.
  const weighs = (theta, k) => k % 4 !== 2 && k < theta.length - 1;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  /** n points of the two moons, of each class in turn; more noise moves the same points further. */
  function moons(n, noise, { uniform, normal }) {
    const X = [], y = [];
    for (let i = 0; i < n; i++) {
      const t = Math.PI * uniform(), at = i % 2 ? [1 - Math.cos(t), 0.5 - Math.sin(t)] : [Math.cos(t), Math.sin(t)];
      X.push(at.map((v) => v + noise * normal()));
      y.push(i % 2);
    }
    return { X, y };
  }

  /** A start: weights of the standard deviation 1/√inputs, biases zero. */
  function untrained(width, { normal }) {
    const theta = [];
    for (let j = 0; j < width; j++) theta.push(normal() / Math.sqrt(2), normal() / Math.sqrt(2), 0, normal() / Math.sqrt(width));
    return [...theta, 0];
  }

  /** What a seed gives: the training points, the same test points for every number of them, and an
   *  untrained network. */
  function drawn({ points, spread, width, sample }) {
    const { random } = GroundUp;
    return {
      data: moons(points, spread, random(1000 + sample)), test: moons(TEST, spread, random(2000 + sample)),
      theta: untrained(width, random(sample)),
    };
  }

  function logit(theta, [u, v]) {
    let z = theta.at(-1);
    for (let k = 0; k < theta.length - 1; k += 4) z += theta[k + 3] * Math.tanh(theta[k] * u + theta[k + 1] * v + theta[k + 2]);
    return z;
  }

  /** The mean cross-entropy, without penalty and dropout. */
  const loss = (theta, { X, y }) => X.reduce((sum, x, i) => {
    const z = logit(theta, x);
    return sum + Math.max(z, 0) - y[i] * z + Math.log1p(Math.exp(-Math.abs(z)));
  }, 0) / X.length;

  /** The gradient of the loss with its penalties; `kept[i][j]` multiplies row i's neuron j. */
  function gradient(theta, { X, y }, { l1 = 0, l2 = 0 }, kept) {
    const g = theta.map((w, k) => (weighs(theta, k) ? 2 * l2 * w + l1 * Math.sign(w) : 0)), last = theta.length - 1, a = [];
    X.forEach(([u, v], i) => {
      let z = theta[last];
      for (let k = 0; k < last; k += 4) {
        a[k] = Math.tanh(theta[k] * u + theta[k + 1] * v + theta[k + 2]);
        z += theta[k + 3] * a[k] * (kept ? kept[i][k / 4] : 1);
      }
      const delta = (sigmoid(z) - y[i]) / X.length;
      g[last] += delta;
      for (let k = 0; k < last; k += 4) {
        const through = delta * (kept ? kept[i][k / 4] : 1), d = through * theta[k + 3] * (1 - a[k] * a[k]);
        g[k] += d * u; g[k + 1] += d * v; g[k + 2] += d; g[k + 3] += through * a[k];
      }
    });
    return g;
  }

  /** The networks of an Adam run, from the start to `epochs` steps later; each step takes all rows. */
  function train(theta, data, penalties, epochs, masks = () => null) {
    const found = [theta];
    let it = { theta };
    for (let t = 0; t < epochs; t++) {
      it = STEPS.adam(it, gradient(it.theta, data, penalties, masks(t)), { lr: LR });
      found.push(it.theta);
    }
    return found;
  }

  /** Inverted dropout's factors for n rows: 0 with probability p, else 1/(1 − p). */
  const dropped = (n, width, p, { uniform }) =>
    Array.from({ length: n }, () => Array.from({ length: width }, () => (uniform() >= p ? 1 / (1 - p) : 0)));

  const right = (theta, { X, y }) => X.filter((x, i) => logit(theta, x) > 0 === (y[i] === 1)).length;

  /** By tenths of the probability of class 1: how many points, what it says and what is so, on average. */
  function reliability(theta, { X, y }) {
    const bins = Array.from({ length: BINS }, () => ({ count: 0, says: 0, is: 0 }));
    X.forEach((x, i) => {
      const p = sigmoid(logit(theta, x)), bin = bins[Math.min(BINS - 1, Math.floor(BINS * p))];
      bin.count += 1; bin.says += p; bin.is += y[i];
    });
    return bins.filter((it) => it.count).map(({ count, says, is }) => ({ count, says: says / count, is: is / count }));
  }

  /** How far what it says is from what is so, as a mean over the points. */
  const apart = (bins) => bins.reduce((sum, it) => sum + it.count * Math.abs(it.says - it.is), 0) / bins.reduce((sum, it) => sum + it.count, 0);

  GroundUp.moons = { TEST, weighs, sigmoid, drawn, logit, loss, gradient, train, dropped, right, reliability, apart };
})();
