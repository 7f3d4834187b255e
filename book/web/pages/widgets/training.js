/* Chapters 3 and 4: train a small network in the page with TensorFlow.js, and see inside it. */
"use strict";

(() => {
  const {
    el, slider, select, checkbox, button, canvas, random, colours, shade, onTheme, mark, plotCurves,
    tensorflow, start,
  } = GroundUp;

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
    return { state, bad, found: Object.keys(SETTINGS).some((name) => query.has(name)) };
  }

  function toAddress(state) {
    const query = new URLSearchParams();
    for (const name of Object.keys(SETTINGS)) query.set(name, state[name]);
    if (state.data === "own") query.set("own", state.own);
    try {
      history.replaceState(null, "", `?${query}`);
    } catch { /* a page opened from disk may not be allowed to change its address */ }
    return query.toString();
  }

  // --- the data: the same formulas stand in the Python that the page shows ---

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
      let x;
      if (state.data === "moons") {
        const t = Math.PI * u;
        x = label ? [1 - Math.cos(t), 0.5 - Math.sin(t)] : [Math.cos(t), Math.sin(t)];
      } else if (state.data === "circles") {
        const t = 2 * Math.PI * u, r = label ? 0.5 : 1;
        x = [r * Math.cos(t), r * Math.sin(t)];
      } else {
        const s = v < 0.5 ? -1 : 1;
        x = [s * (0.1 + 0.9 * u), s * (label ? 1 : -1) * (0.1 + 0.9 * rng.uniform())];
      }
      X.push([x[0] + state.noise * rng.normal(), x[1] + state.noise * rng.normal()]);
      y.push(label);
    }
    return { X: X.slice(0, 100), y: y.slice(0, 100), X_test: X.slice(100), y_test: y.slice(100) };
  }

  // --- the network ---

  class Run {
    /** A network with its data, its optimiser and its history; one epoch at a time. */
    constructor(tf, state) {
      this.tf = tf;
      this.state = state;
      this.data = makeData(state);
      this.rng = random(state.seed);
      const sizes = [2, ...validWidths(state.hidden), 1];
      this.layers = sizes.slice(1).map((n_out, l) => {
        const W = Array.from({ length: sizes[l] }, () =>
          Array.from({ length: n_out }, () => this.rng.normal() / Math.sqrt(sizes[l])));
        return { W: tf.variable(tf.tensor2d(W)), b: tf.variable(tf.zeros([n_out])) };
      });
      this.sizes = sizes;
      const lr = +state.lr;
      this.optimizer = state.optimizer === "sgd" ? tf.train.sgd(lr) : tf.train.adam(lr);
      this.X = this.tensor(this.data.X);
      this.y = this.tensor(this.data.y.map((v) => [v]), 1);
      this.X_test = this.tensor(this.data.X_test);
      this.y_test = this.tensor(this.data.y_test.map((v) => [v]), 1);
      this.train = [];
      this.test = [];
      this.diverged = false;
      this.record();
    }

    tensor(rows, columns = 2) {
      return rows.length ? this.tf.tensor2d(rows, [rows.length, columns]) : null;
    }

    /** All activations of the rows X, the last being the logits. */
    forward(X) {
      const { tf } = this;
      const phi = { tanh: tf.tanh, relu: tf.relu, sigmoid: tf.sigmoid, identity: (z) => z }[this.state.activation];
      const activations = [];
      this.layers.forEach(({ W, b }, l) => {
        const z = tf.add(tf.matMul(l ? activations[l - 1] : X, W), b);
        activations.push(l < this.layers.length - 1 ? phi(z) : z);
      });
      return activations;
    }

    loss(X, y) {
      const { tf } = this;
      const z = this.forward(X).at(-1);
      if (this.state.loss === "mse") return tf.mean(tf.squaredDifference(tf.sigmoid(z), y));
      // log(1 + exp(z)) - y z, from the logits
      return tf.mean(tf.sub(tf.softplus(z), tf.mul(y, z)));
    }

    epoch() {
      const { tf } = this;
      const n = this.data.X.length;
      const size = this.state.batch === "all" ? n : Math.min(n, +this.state.batch);
      const order = [...Array(n).keys()];
      if (size < n) {
        for (let i = n - 1; i > 0; i--) {
          const j = Math.floor(this.rng.uniform() * (i + 1));
          [order[i], order[j]] = [order[j], order[i]];
        }
      }
      for (let first = 0; first < n; first += size) {
        tf.tidy(() => {
          const rows = tf.tensor1d(order.slice(first, first + size), "int32");
          const X = size < n ? tf.gather(this.X, rows) : this.X;
          const y = size < n ? tf.gather(this.y, rows) : this.y;
          this.optimizer.minimize(() => {
            let objective = this.loss(X, y);
            if (+this.state.l2) {
              for (const { W } of this.layers) {
                objective = tf.add(objective, tf.mul(+this.state.l2, tf.sum(tf.square(W))));
              }
            }
            return objective;
          });
        });
      }
      this.record();
    }

    record() {
      const value = (X, y) => this.tf.tidy(() => this.loss(X, y).dataSync()[0]);
      this.train.push(value(this.X, this.y));
      if (this.X_test) this.test.push(value(this.X_test, this.y_test));
      this.diverged = !Number.isFinite(this.train.at(-1));
    }

    /** For each layer the activations at the rows X; for the output, P(class 1). */
    pictures(X) {
      return this.tf.tidy(() => {
        const activations = this.forward(this.tf.tensor2d(X, [X.length, 2]));
        activations.push(this.tf.sigmoid(activations.pop()));
        return activations.map((a) => ({ values: a.dataSync(), columns: a.shape[1] }));
      });
    }

    weights() {
      return this.layers.map(({ W, b }) => ({ W: W.arraySync(), b: b.arraySync() }));
    }

    accuracy() {
      const right = (X, y) => this.tf.tidy(() => {
        const z = this.forward(X).at(-1).dataSync();
        return y.filter((label, i) => (z[i] > 0) === (label === 1)).length / y.length;
      });
      return {
        train: right(this.X, this.data.y),
        test: this.X_test ? right(this.X_test, this.data.y_test) : null,
      };
    }

    dispose() {
      this.layers.forEach(({ W, b }) => { W.dispose(); b.dispose(); });
      [this.X, this.y, this.X_test, this.y_test].forEach((t) => t && t.dispose());
      this.optimizer.dispose();
    }
  }

  // --- the same run as a PyTorch cell ---

  function python(state, epochs) {
    const widths = validWidths(state.hidden);
    const rows = (values) => `[\n${values.map((v) => `    ${JSON.stringify(v)},`).join("\n")}\n]`;
    const made = !["ten", "eight", "own"].includes(state.data);
    const { X, y } = makeData(state);
    const points = {
      moons: [
        "t = math.pi * u",
        "x = (1 - math.cos(t), 0.5 - math.sin(t)) if label else (math.cos(t), math.sin(t))",
      ],
      circles: ["t, r = 2 * math.pi * u, 0.5 if label else 1", "x = (r * math.cos(t), r * math.sin(t))"],
      xor: [
        "s = -1 if v < 0.5 else 1",
        "x = (s * (0.1 + 0.9 * u), s * (1 if label else -1) * (0.1 + 0.9 * next(draw)))",
      ],
    }[state.data];
    const phi = { tanh: "torch.tanh", relu: "torch.relu", sigmoid: "torch.sigmoid", identity: "lambda z: z" }[state.activation];
    const n_train = made ? 100 : X.length;
    const batch = state.batch === "all" ? n_train : Math.min(n_train, +state.batch);
    const lines = [
      "import math", "", "import torch", "", "",
      "def uniform(state):",
      '    """The page\'s random numbers in [0, 1): mulberry32."""',
      "    mask = 2**32 - 1",
      "    while True:",
      "        state = (state + 0x6D2B79F5) & mask",
      "        t = ((state ^ state >> 15) * (state | 1)) & mask",
      "        t = ((t + ((t ^ t >> 7) * (t | 61) & mask)) & mask) ^ t",
      "        yield ((t ^ t >> 14) & mask) / 2**32", "", "",
      "def normal(draw):",
      "    return math.sqrt(-2 * math.log(1 - next(draw))) * math.cos(2 * math.pi * next(draw))", "", "",
      ...(made ? [
        `draw = uniform(${1000 + state.seed})  # the data`,
        "X, y = [], []",
        "for i in range(200):",
        "    label, u, v = i % 2, next(draw), next(draw)",
        ...points.map((line) => `    ${line}`),
        `    X.append([x[0] + ${state.noise} * normal(draw), x[1] + ${state.noise} * normal(draw)])`,
        "    y.append([float(label)])",
        "X, y = torch.tensor(X), torch.tensor(y)",
        "X, X_test, y, y_test = X[:100], X[100:], y[:100], y[100:]",
      ] : [`X = torch.tensor(${rows(X)}, dtype=torch.float32)`, `y = torch.tensor(${JSON.stringify(y)}, dtype=torch.float32)[:, None]`]),
      "",
      `draw = uniform(${state.seed})  # the start weights, then the order of the batches`,
      `sizes = [${[2, ...widths, 1].join(", ")}]`,
      "Ws, bs = [], []",
      "for n_in, n_out in zip(sizes, sizes[1:]):",
      "    W = [[normal(draw) / math.sqrt(n_in) for _ in range(n_out)] for _ in range(n_in)]",
      "    Ws.append(torch.tensor(W, requires_grad=True))",
      "    bs.append(torch.zeros(n_out, requires_grad=True))",
      "", "",
      "def logits(X):",
      "    a = X",
      "    for W, b in zip(Ws[:-1], bs[:-1]):",
      `        a = ${phi.startsWith("lambda") ? "a @ W + b" : `${phi}(a @ W + b)`}`,
      "    return a @ Ws[-1] + bs[-1]", "", "",
      "def loss(X, y):",
      state.loss === "mse"
        ? "    return torch.nn.functional.mse_loss(torch.sigmoid(logits(X)), y)"
        : "    return torch.nn.functional.binary_cross_entropy_with_logits(logits(X), y)",
      "", "",
      state.optimizer === "sgd"
        ? `optimizer = torch.optim.SGD(Ws + bs, lr=${state.lr})`
        : `optimizer = torch.optim.Adam(Ws + bs, lr=${state.lr}, eps=1e-7)  # the page's eps`,
      "curve = [loss(X, y).item()]",
      `for epoch in range(${epochs}):`,
      "    order = list(range(len(X)))",
      ...(batch < n_train ? [
        "    for i in range(len(X) - 1, 0, -1):  # shuffle",
        "        j = int(next(draw) * (i + 1))",
        "        order[i], order[j] = order[j], order[i]",
      ] : []),
      `    for first in range(0, len(X), ${batch}):`,
      `        rows = order[first : first + ${batch}]`,
      +state.l2
        ? `        objective = loss(X[rows], y[rows]) + ${state.l2} * sum((W**2).sum() for W in Ws)`
        : "        objective = loss(X[rows], y[rows])",
      "        optimizer.zero_grad()",
      "        objective.backward()",
      "        optimizer.step()",
      "    curve.append(loss(X, y).item())",
      'print(f"loss {curve[0]:.6f} at the start, {curve[-1]:.6f} after {len(curve) - 1} epochs")',
      ...(made ? ['print(f"loss on the test data {loss(X_test, y_test).item():.6f}")'] : []),
      "",
    ];
    return lines.join("\n");
  }

  // --- the page ---

  async function build(root) {
    await tensorflow();
    const tf = window.tf;
    await tf.setBackend("cpu");
    await tf.ready();
    const { state, bad, found } = fromAddress(JSON.parse(root.dataset.defaults || "{}"));
    let run = null, playing = false, box = null;

    const region = canvas(360, 360, "", { class: "gu-region" });
    const lossPlot = canvas(360, 200, "");
    const network = canvas(760, 260, "");
    const status = el("p", { class: "gu-status", role: "status" });
    const code = el("pre", { tabindex: "0", "aria-label": "PyTorch code of this run" });
    const details = el("details", { ontoggle: () => showCode() }, el("summary", {}, "Show the code"),
      el("p", {}, "This PyTorch cell makes the same run: the same data, the same start weights, the same loss curve."),
      el("div", { class: "gu-buttons" }, button("Copy", copy)), code);

    function showCode() {
      if (details.open) code.textContent = python(state, Math.max(1, run.train.length - 1));
    }
    async function copy() {
      await navigator.clipboard.writeText(code.textContent);
      say("The code is copied.");
    }
    const say = (text) => { status.textContent = text; };

    // controls
    const controls = {};
    for (const [name, setting] of Object.entries(SETTINGS)) {
      const changed = (value) => { state[name] = value; reset(); };
      if (setting.kind === "choice") {
        controls[name] = select({ label: setting.label, options: setting.options, value: state[name], onchange: changed });
      } else if (setting.kind === "number") {
        controls[name] = slider({ ...setting, value: state[name], oninput: changed });
      } else {
        controls[name] = widths(setting.label, state.hidden, changed);
      }
    }
    const boundaryOnly = checkbox({ label: "only the boundary", value: false, onchange: () => draw() });

    // your own points, by pointer or by numbers
    const label = select({ label: "Class", options: [["0", "0 (circle)"], ["1", "1 (triangle)"]], value: "0", onchange() {} });
    const coordinate = (name) => {
      const input = el("input", { type: "number", min: -2, max: 2, step: 0.1, value: 0, "aria-label": name });
      return input;
    };
    const [x1, x2] = [coordinate("x₁ of the new point"), coordinate("x₂ of the new point")];
    const own = el("div", { class: "gu-buttons" }, label.node, x1, x2,
      button("Add point", () => add(+x1.value, +x2.value)),
      button("Remove all", () => { state.own = ""; reset(); }));
    function add(a, b) {
      if (!(Math.abs(a) <= 2 && Math.abs(b) <= 2)) return say("A point needs two numbers from −2 to 2.");
      const point = `${+a.toFixed(2)},${+b.toFixed(2)},${label.value}`;
      if (state.own.split(";").length >= 200) return say("There is room for 200 points.");
      state.own = state.own ? `${state.own};${point}` : point;
      reset();
    }
    region.node.addEventListener("click", (event) => {
      if (state.data !== "own") return;
      const at = region.node.getBoundingClientRect();
      const part = [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height];
      add(box.x[0] + part[0] * (box.x[1] - box.x[0]), box.y[1] - part[1] * (box.y[1] - box.y[0]));
    });

    // running
    const play = button("Train", () => (playing ? pause() : resume()), { class: "gu-button gu-train" });
    function pause() { playing = false; play.textContent = "Train"; tell(); }
    function resume() {
      if (!run || run.diverged) return;
      playing = true;
      play.textContent = "Pause";
      requestAnimationFrame(frame);
    }
    function frame() {
      if (!playing) return;
      const end = performance.now() + 14;
      do run.epoch(); while (performance.now() < end && !run.diverged && run.train.length < 5001);
      draw();
      if (run.diverged) { pause(); return; }
      if (run.train.length >= 5001) { pause(); return; }
      requestAnimationFrame(frame);
    }
    function steps(n) {
      if (!run) return;
      for (let k = 0; k < n && !run.diverged; k++) run.epoch();
      draw();
      tell();
    }

    function reset() {
      playing = false;
      play.textContent = "Train";
      own.hidden = state.data !== "own";
      controls.noise.node.hidden = ["ten", "eight", "own"].includes(state.data);
      if (run) run.dispose();
      run = null;
      toAddress(state);
      const data = makeData(state);
      frameOf(data);
      if (data.X.length < 2) {
        drawEmpty(data);
        return say("Click into the square to place points of each class, or type their coordinates. Two are the least.");
      }
      run = new Run(tf, { ...state });
      root.run = run;
      draw();
      tell();
    }

    function frameOf(data) {
      const all = [...data.X, ...data.X_test];
      if (state.data === "own") box = { x: [-2, 2], y: [-2, 2] };
      else {
        const range = (k) => {
          const values = all.map((x) => x[k]);
          const low = Math.min(...values), high = Math.max(...values), rest = 0.12 * (high - low);
          return [low - rest, high + rest];
        };
        box = { x: range(0), y: range(1) };
      }
    }

    function tell() {
      const epoch = run.train.length - 1;
      if (run.diverged) return say(`Stopped: the loss is no longer a number after ${epoch} epochs. Try a smaller learning rate, then Reset.`);
      const share = run.accuracy();
      const test = share.test === null ? "" : ` Test: loss ${run.test.at(-1).toFixed(4)}, ${(100 * share.test).toFixed(0)} % right.`;
      say(`Epoch ${epoch}. Training: loss ${run.train.at(-1).toFixed(4)}, ${(100 * share.train).toFixed(0)} % right.${test}`);
      showCode();
    }

    // drawing
    function grid(n) {
      const rows = [];
      for (let j = 0; j < n; j++) {
        for (let i = 0; i < n; i++) {
          rows.push([
            box.x[0] + ((i + 0.5) / n) * (box.x[1] - box.x[0]),
            box.y[1] - ((j + 0.5) / n) * (box.y[1] - box.y[0]),
          ]);
        }
      }
      return rows;
    }
    function paint(context, n, value, x, y, size) {
      const { middle } = colours();
      const image = new ImageData(n, n);
      for (let k = 0; k < n * n; k++) {
        const v = value(k);
        const [r, g, b] = Number.isFinite(v) ? shade(v, middle) : middle;
        image.data.set([r, g, b, 255], 4 * k);
      }
      const small = document.createElement("canvas");
      small.width = small.height = n;
      small.getContext("2d").putImageData(image, 0, 0);
      context.imageSmoothingEnabled = true;
      context.drawImage(small, x, y, size, size);
    }
    const toRegion = ([a, b]) => [
      (region.width * (a - box.x[0])) / (box.x[1] - box.x[0]),
      (region.height * (box.y[1] - b)) / (box.y[1] - box.y[0]),
    ];
    function drawPoints(data) {
      const { text, background } = colours();
      data.X_test.forEach((x, i) => mark(region.context, ...toRegion(x), data.y_test[i], 3.2, background));
      data.X.forEach((x, i) => mark(region.context, ...toRegion(x), data.y[i], 5, text));
    }
    function drawEmpty(data) {
      region.context.clearRect(0, 0, region.width, region.height);
      paint(region.context, 1, () => 0, 0, 0, region.width);
      drawPoints(data);
      for (const c of [lossPlot, network]) c.context.clearRect(0, 0, c.width, c.height);
    }

    function draw() {
      if (!run) return drawEmpty(makeData(state));
      const n = 50;
      const out = run.pictures(grid(n)).at(-1).values;
      const sharp = boundaryOnly.value;
      paint(region.context, n, (k) => (sharp ? 0.5 * Math.sign(out[k] - 0.5) : 2 * out[k] - 1), 0, 0, region.width);
      drawPoints(run.data);
      const { classes, text } = colours();
      plotCurves(lossPlot, [
        { values: run.train, colour: classes[0] },
        ...(run.test.length ? [{ values: run.test, colour: classes[1], dash: [6, 4] }] : []),
      ], { xlabel: "epoch", ylabel: "loss" });
      drawNetwork(text);
      const epoch = run.train.length - 1, last = run.train.at(-1);
      region.describe(`The data and the network's decision region after ${epoch} epochs.`);
      lossPlot.describe(`Loss by epoch: ${run.train[0].toFixed(3)} at the start, ${last.toFixed(3)} after ${epoch} epochs.`);
      network.describe(`The network with ${run.sizes.join(", ")} neurons a layer; wide lines are large weights.`);
      if (!playing || epoch % 20 === 0) tell();
    }

    function drawNetwork(text) {
      const { context: c, width, height } = network;
      c.clearRect(0, 0, width, height);
      const n = 16;
      const layers = run.pictures(grid(n));
      const inputs = grid(n);
      const size = Math.min(38, (height - 20) / Math.max(...run.sizes) - 4);
      const columns = run.sizes.length;
      const x = (l) => 30 + ((width - 60 - size) * l) / (columns - 1);
      const y = (l, k) => (height / (run.sizes[l] + 1)) * (k + 1) - size / 2;
      run.weights().forEach(({ W }, l) => {
        W.forEach((row, i) => row.forEach((w, j) => {
          c.beginPath();
          c.moveTo(x(l) + size, y(l, i) + size / 2);
          c.lineTo(x(l + 1), y(l + 1, j) + size / 2);
          c.lineWidth = Math.min(8, 0.4 + 1.6 * Math.abs(w));
          c.strokeStyle = w < 0 ? "#0173b2" : "#de8f05";
          c.setLineDash(w < 0 ? [4, 3] : []);
          c.stroke();
        }));
      });
      c.setLineDash([]);
      for (let l = 0; l < columns; l++) {
        for (let k = 0; k < run.sizes[l]; k++) {
          let value;
          if (l === 0) {
            const [low, high] = k ? box.y : box.x;
            value = (i) => (2 * (inputs[i][k] - low)) / (high - low) - 1;
          } else {
            const { values, columns: m } = layers[l - 1];
            const last = l === columns - 1;
            const of = (i) => values[i * m + k];
            if (last || state.activation === "sigmoid") value = (i) => 2 * of(i) - 1;
            else if (state.activation === "tanh") value = of;
            else {
              let most = 1e-9;
              for (let i = 0; i < n * n; i++) most = Math.max(most, Math.abs(of(i)));
              value = (i) => of(i) / most;
            }
          }
          paint(c, n, value, x(l), y(l, k), size);
          c.lineWidth = 1; c.strokeStyle = text;
          c.strokeRect(x(l), y(l, k), size, size);
        }
      }
    }

    root.replaceChildren(
      el("h3", {}, "A network to train"),
      el("div", { class: "gu-controls" }, ...Object.values(controls).map((c) => c.node), boundaryOnly.node),
      own,
      el("div", { class: "gu-buttons" },
        play,
        button("1 epoch", () => steps(1)),
        button("100 epochs", () => steps(100)),
        button("Reset", reset)),
      status,
      el("div", { class: "gu-columns" },
        el("figure", {}, region.node, el("figcaption", {}, "Shaded by P(class 1). Large marks: training data; small: test data.")),
        el("figure", {}, lossPlot.node, el("figcaption", {}, "Loss: training data solid, test data dashed."))),
      el("figure", {}, network.node, el("figcaption", {},
        "The network. Each square shows what its neuron answers over the same piece of the plane. A line's width is the weight's size; dashed blue is negative, solid orange positive.")),
      details,
    );
    onTheme(draw);
    reset();
    if (bad.length) say(`Not a setting of this page, so its default is used: ${bad.join(", ")}.`);
    if (found) root.scrollIntoView();
  }

  /** The hidden layers' widths, as a text such as 8-8. */
  function widths(label, value, onchange) {
    const id = `gu-widths-${Math.random().toString(36).slice(2)}`;
    const input = el("input", { type: "text", id, value, "aria-describedby": `${id}-help` });
    const help = el("span", { id: `${id}-help`, class: "visually-hidden" },
      "Neurons in each hidden layer, joined by hyphens, such as 8-8; up to four layers of 1 to 16; none for no hidden layer.");
    input.addEventListener("change", () => {
      const text = input.value.trim().replace(/[\s,]+/g, "-") || "none";
      if (validWidths(text) === null) {
        input.setCustomValidity("Up to four layers of 1 to 16 neurons, such as 8-8, or none.");
        input.reportValidity();
        return;
      }
      input.setCustomValidity("");
      input.value = text;
      onchange(text);
    });
    return { node: el("div", { class: "gu-control" }, el("label", { for: id }, label), input, help) };
  }

  start("training", build);
})();
