/* Chapter 1: one sigmoid neuron with one input, one with two inputs, and two in a layer. */
"use strict";

(() => {
  const { el, slider, button, canvas, colours, shade, onTheme, mark, start, linked, within } = GroundUp;
  const { X, y } = window.POINTS.ten;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const signed = (v) => v.toFixed(1).replace("-", "−");
  const LIMITS = { curve: 10, plane: 20, two: 20 };

  const TITLES = { curve: "One switch", plane: "One neuron, one line", two: "Two lines make a bend" };
  // Every parameter: its label, and where its slider begins.
  const PARAMETERS = {
    curve: { w: ["weight w", 1], b: ["bias b", 0] },
    plane: { w1: ["weight w₁", 4], w2: ["weight w₂", 4], b: ["bias b", -4] },
    two: {
      w11: ["neuron 1: w₁", 10], w21: ["neuron 1: w₂", 0], b1: ["neuron 1: bias", -5],
      w12: ["neuron 2: w₁", 0], w22: ["neuron 2: w₂", 10], b2: ["neuron 2: bias", -5],
      v1: ["output: v₁", 6], v2: ["output: v₂", 6], c: ["output: bias", -9],
    },
  };
  const BY_HAND = [-20, -10, 11, 0, 20, -15, 20, 20, -10]; // the chapter's own weights
  const TARGETS = {
    curve: ["a switch that falls, stands at ½ at x = 2, and has the slope −1 there", ({ w, b }) => w === -4 && b === 8],
    plane: ["nine points on the right side, with a cost below 0.5", (_, { right, cost }) => right >= 9 && cost < 0.5],
    two: ["all ten points on the right side, with a cost below 0.1", (_, { right, cost }) => right === 10 && cost < 0.1],
  };

  const hidden = (p, [x1, x2]) => [
    sigmoid(p.w11 * x1 + p.w21 * x2 + p.b1), sigmoid(p.w12 * x1 + p.w22 * x2 + p.b2),
  ];
  const joined = (p, [a1, a2]) => p.v1 * a1 + p.v2 * a2 + p.c;
  /** The output's pre-activation at the point x. */
  const before = (mode, p, x) =>
    (mode === "plane" ? p.w1 * x[0] + p.w2 * x[1] + p.b : joined(p, hidden(p, x)));

  /** How many points are on the right side, and the mean of the cross-entropy. */
  function judge(mode, p) {
    const z = X.map((x) => before(mode, p, x));
    // -log σ(m), as a sum that no m makes infinite; m is how far a point is on its own side.
    const loss = (m) => Math.max(0, -m) + Math.log1p(Math.exp(-Math.abs(m)));
    return {
      right: z.filter((v, i) => v > 0 === (y[i] === 1)).length,
      cost: z.reduce((sum, v, i) => sum + loss(y[i] ? v : -v), 0) / y.length,
    };
  }

  /** σ(w x + b); returns its formula and what is to be said of it. */
  function drawCurve(picture, { w, b }) {
    const { context: c, width, height } = picture;
    const { text, muted, border, classes } = colours();
    const px = (x) => 30 + ((width - 40) * (x + 6)) / 12;
    const py = (v) => height - 40 - (height - 60) * v;
    c.clearRect(0, 0, width, height);
    c.font = "12px sans-serif"; c.textAlign = "center"; c.textBaseline = "top";
    for (let x = -6; x <= 6; x += 2) {
      c.strokeStyle = border; c.beginPath(); c.moveTo(px(x), py(0)); c.lineTo(px(x), py(1)); c.stroke();
      c.fillStyle = muted; c.fillText(signed(x).replace(".0", ""), px(x), py(0) + 6);
    }
    c.textAlign = "right"; c.textBaseline = "middle";
    for (const v of [0, 0.5, 1]) {
      c.beginPath(); c.moveTo(px(-6), py(v)); c.lineTo(px(6), py(v)); c.stroke();
      c.fillText(String(v), px(-6) - 5, py(v));
    }
    c.fillStyle = text; c.textAlign = "center"; c.fillText("x", px(0), height - 10);
    c.strokeStyle = classes[0]; c.lineWidth = 2.5; c.beginPath();
    for (let k = 0; k <= 400; k++) {
      const x = -6 + (12 * k) / 400;
      const at = [px(x), py(sigmoid(w * x + b))];
      k ? c.lineTo(...at) : c.moveTo(...at);
    }
    c.stroke(); c.lineWidth = 1;
    return w === 0
      ? `With w = 0 the neuron answers ${sigmoid(b).toFixed(2)} whatever x is.`
      : `It passes ½ at x = −b/w = ${(-b / w || 0).toFixed(2).replace("-", "−")}; its slope there is w/4 = ${(w / 4).toFixed(2).replace("-", "−")}.`;
  }

  /** The line where a weighted sum is 0. */
  function drawLine(c, px, py, [w1, w2, b], dash) {
    const size = Math.hypot(w1, w2);
    if (size < 1e-9) return;
    const foot = [(-b * w1) / size ** 2, (-b * w2) / size ** 2];
    c.strokeStyle = colours().text; c.lineWidth = 1.5; c.setLineDash(dash);
    c.beginPath();
    c.moveTo(px(foot[0] - (3 * w2) / size), py(foot[1] + (3 * w1) / size));
    c.lineTo(px(foot[0] + (3 * w2) / size), py(foot[1] - (3 * w1) / size));
    c.stroke();
  }

  /** The unit square with a margin: shaded by a value, with lines and the ten points at `places`. */
  function drawSquare(picture, value, lines, places, names) {
    const { context: c, width, height } = picture;
    const { text, muted, middle } = colours();
    const low = -0.08, high = 1.08, n = 60, side = Math.min(width, height) - 40, cell = side / n;
    const px = (x) => 32 + (side * (x - low)) / (high - low), py = (v) => 6 + (side * (high - v)) / (high - low);
    const at = (k) => low + ((high - low) * (k + 0.5)) / n;
    c.clearRect(0, 0, width, height);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        c.fillStyle = `rgb(${shade(2 * value([at(i), at(j)]) - 1, middle).join(",")})`;
        c.fillRect(32 + i * cell, 6 + side - (j + 1) * cell, cell + 0.6, cell + 0.6);
      }
    }
    c.save(); c.beginPath(); c.rect(32, 6, side, side); c.clip();
    lines.forEach(([line, dash]) => drawLine(c, px, py, line, dash));
    c.restore(); c.setLineDash([]); c.lineWidth = 1;
    places.forEach(([u, v], i) => mark(c, px(u), py(v), y[i], side > 200 ? 6 : 4, text));
    c.fillStyle = muted; c.font = "12px sans-serif"; c.textAlign = "center"; c.textBaseline = "top";
    for (const v of [0, 1]) c.fillText(String(v), px(v), 10 + side);
    c.fillStyle = text; c.fillText(names[0], px(0.5), 12 + side);
    c.textAlign = "right"; c.textBaseline = "middle"; c.fillStyle = muted;
    for (const v of [0, 1]) c.fillText(String(v), 27, py(v));
    c.fillStyle = text; c.fillText(names[1], 27, py(0.5));
  }

  const FIGURES = {
    curve: [["curve", 420, "The switch σ(wx + b)."]],
    plane: [["plane", 400, "The plane, shaded by the neuron's output; the line is where it is ½."]],
    two: [
      ["first", 200, "Neuron 1 and its line."], ["second", 200, "Neuron 2 and its line."],
      ["plane", 340, "The output over the plane, and both lines: neuron 1 solid, neuron 2 dashed."],
      ["hidden", 340, "The hidden plane (a₁, a₂): what the output neuron sees, and its line."],
    ],
  };

  function drawAll(pictures, mode, p) {
    if (mode === "curve") return drawCurve(pictures.curve, p);
    const inputs = ["x₁", "x₂"], value = (x) => sigmoid(before(mode, p, x));
    if (mode === "plane") drawSquare(pictures.plane, value, [[[p.w1, p.w2, p.b], []]], X, inputs);
    else {
      const lines = [[[p.w11, p.w21, p.b1], []], [[p.w12, p.w22, p.b2], [6, 4]]];
      drawSquare(pictures.first, (x) => hidden(p, x)[0], [lines[0]], X, inputs);
      drawSquare(pictures.second, (x) => hidden(p, x)[1], [lines[1]], X, inputs);
      drawSquare(pictures.plane, value, lines, X, inputs);
      const seen = X.map((x) => hidden(p, x));
      drawSquare(pictures.hidden, (a) => sigmoid(joined(p, a)), [[[p.v1, p.v2, p.c], []]], seen, ["a₁", "a₂"]);
    }
    const { right, cost } = judge(mode, p);
    return `${right} of 10 points on the right side. Cost ${cost.toFixed(3)}; one that knows nothing has 0.693.`;
  }

  function build(root) {
    const { mode } = JSON.parse(root.dataset.defaults), parameters = PARAMETERS[mode], limit = LIMITS[mode];
    const read = (text) => {
      const numbers = text.split("_").map(within(-limit, limit));
      return numbers.length === Object.keys(parameters).length && !numbers.includes(undefined) ? text : undefined;
    };
    const link = linked(root, { [mode]: ["", read] });
    const given = link.state[mode] ? link.state[mode].split("_").map(Number) : Object.values(parameters).map(([, value]) => value);
    const status = el("p", { class: "gu-status", role: "status" });
    const sliders = Object.entries(parameters).map(([, [label]], k) =>
      slider({ label, min: -limit, max: limit, step: 0.1, value: given[k], show: signed, oninput: changed }));
    const pictures = Object.fromEntries(FIGURES[mode].map(([name, size, words]) =>
      [name, { ...canvas(size, name === "curve" ? 320 : size, words), words }]));
    const put = (numbers) => { numbers.forEach((value, k) => { sliders[k].value = value; }); changed(); };

    function changed() {
      link.state[mode] = sliders.map((it) => it.value).join("_");
      link.keep();
      draw();
    }

    function draw(first = "") {
      const p = Object.fromEntries(Object.keys(parameters).map((name, k) => [name, sliders[k].value]));
      const told = drawAll(pictures, mode, p), [target, reached] = TARGETS[mode];
      const done = reached(p, mode === "curve" ? null : judge(mode, p));
      const said = `${told} ${done ? "Target reached" : "Target"}: ${target}.`;
      status.textContent = first + said;
      for (const it of Object.values(pictures)) it.describe(`${it.words} ${said}`);
    }

    const reset = button("Reset", () => put(Object.values(parameters).map(([, value]) => value)));
    const shown = mode === "two" ? [button("The weights of the figure", () => put(BY_HAND))] : [];
    root.replaceChildren(
      el("h3", {}, TITLES[mode]), el("div", { class: "gu-controls" }, ...sliders.map((it) => it.node)),
      el("div", { class: "gu-buttons" }, reset, ...shown), status,
      el("div", { class: "gu-columns" }, ...Object.values(pictures).map((it) =>
        el("figure", {}, it.node, el("figcaption", {}, it.words)))));
    onTheme(() => draw());
    draw(link.said);
  }

  start("sigmoid", build);
})();
