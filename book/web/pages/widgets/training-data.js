/* The training widget: its settings, their place in the page's address, and its data. */
"use strict";

(() => {
  const { random, keepIn } = GroundUp;

  // --- the settings: every control, and what its values in an address may be ---

  const number = (min, max, step, label, show) => ({ kind: "number", min, max, step, label, show });
  const choice = (label, options) => ({ kind: "choice", label, options });
  const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
  const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];
  const listed = (label, values) => choice(label, values.map((v) => [String(v), String(v)]));
  const SETTINGS = {
    data: choice("Data", [
      ["ten", "the ten points"], ["eight", "the eight rows"], ["moons", "two moons"],
      ["circles", "two circles"], ["xor", "exclusive or"], ["own", "your own points"],
    ]),
    noise: number(0, 0.5, 0.05, "Noise", (v) => v.toFixed(2)),
    hidden: { kind: "widths", label: "Hidden layers" },
    activation: choice("Activation", [
      ["tanh", "tanh"], ["relu", "ReLU"], ["sigmoid", "sigmoid"], ["identity", "identity (none)"],
    ]),
    loss: choice("Loss", [["bce", "cross-entropy"], ["mse", "squared error"]]),
    optimizer: choice("Optimiser", [["sgd", "gradient descent"], ["adam", "Adam"]]),
    lr: listed("Learning rate", RATES),
    l2: listed("L2 penalty", PENALTIES),
    batch: choice("Batch size", [["all", "all rows"], ["32", "32"], ["10", "10"], ["1", "1"]]),
    seed: number(0, 20, 1, "Seed", String),
  };
  const DEFAULTS = {
    data: "moons", noise: 0.15, hidden: "8-8", activation: "tanh", loss: "bce", optimizer: "adam",
    lr: "0.01", l2: "0", batch: "all", seed: 0, own: "",
  };

  function validWidths(text) {
    if (text === "none") return [];
    const widths = text.split("-").map(Number);
    const fine = widths.length <= 4 && widths.every((w) => Number.isInteger(w) && w >= 1 && w <= 16);
    return fine ? widths : null;
  }

  function validPoints(text) {
    if (text === "") return [];
    const points = text.split(";").map((row) => row.split(",").map(Number));
    const fine = points.length <= 200 && points.every((p) =>
      p.length === 3 && Math.abs(p[0]) <= 10 && Math.abs(p[1]) <= 10 && (p[2] === 0 || p[2] === 1));
    return fine ? points : null;
  }

  /** Settings from an address; what is unknown or out of range gets its default, and is named. */
  function fromAddress(defaults) {
    const query = new URLSearchParams(location.search);
    const state = { ...DEFAULTS, ...defaults }, bad = [];
    for (const name of [...Object.keys(SETTINGS), "own"]) {
      if (!query.has(name)) continue;
      const text = query.get(name), setting = SETTINGS[name];
      let value = null;
      if (name === "own") value = validPoints(text) && text;
      else if (setting.kind === "choice") value = setting.options.some(([key]) => key === text) ? text : null;
      else if (setting.kind === "widths") value = validWidths(text) && text;
      else if (text.trim() !== "" && +text >= setting.min && +text <= setting.max) value = +text;
      if (value === null) bad.push(`${name}=${text.slice(0, 20)}`);
      else state[name] = value;
    }
    return { state, bad };
  }

  function toAddress(root, state) {
    const query = new URLSearchParams(location.search); // beside what other widgets keep there
    query.delete("own");
    for (const name of Object.keys(SETTINGS)) query.set(name, state[name]);
    if (state.data === "own") query.set("own", state.own);
    keepIn(root, query);
  }

  // --- the data: the same formulas stand in the Python that the page shows ---

  const PLACES = {
    moons(label, u) {
      const t = Math.PI * u;
      return label ? [1 - Math.cos(t), 0.5 - Math.sin(t)] : [Math.cos(t), Math.sin(t)];
    },
    circles(label, u) {
      const t = 2 * Math.PI * u, r = label ? 0.5 : 1;
      return [r * Math.cos(t), r * Math.sin(t)];
    },
    xor(label, u, v, rng) {
      const s = v < 0.5 ? -1 : 1;
      return [s * (0.1 + 0.9 * u), s * (label ? 1 : -1) * (0.1 + 0.9 * rng.uniform())];
    },
  };

  function makeData(state) {
    if (state.data === "ten" || state.data === "eight") {
      const { X, y } = window.POINTS[state.data];
      return { X, y, X_test: [], y_test: [] };
    }
    if (state.data === "own") {
      const points = validPoints(state.own);
      return { X: points.map((p) => [p[0], p[1]]), y: points.map((p) => p[2]), X_test: [], y_test: [] };
    }
    const rng = random(1000 + state.seed);
    const X = [], y = [];
    for (let i = 0; i < 200; i++) {
      const label = i % 2, u = rng.uniform(), v = rng.uniform();
      const x = PLACES[state.data](label, u, v, rng);
      X.push([x[0] + state.noise * rng.normal(), x[1] + state.noise * rng.normal()]);
      y.push(label);
    }
    return { X: X.slice(0, 100), y: y.slice(0, 100), X_test: X.slice(100), y_test: y.slice(100) };
  }

  GroundUp.training = { SETTINGS, validWidths, fromAddress, toAddress, makeData };
})();
