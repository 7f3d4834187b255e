/* Chapter 1: one sigmoid neuron with one input, one with two inputs, and two in a layer. */
"use strict";

(() => {
  const { el, slider, select, button, canvas, colours, shade, onTheme, mark, start } = GroundUp;
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const { X, y } = window.POINTS.ten;
  const signed = (v) => v.toFixed(1).replace("-", "−");

  const MODES = [
    ["curve", "one input"],
    ["plane", "two inputs"],
    ["two", "two neurons"],
  ];
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

  /** P(class 1) at the point x. */
  function output(mode, p, [x1, x2]) {
    if (mode === "plane") return sigmoid(p.w1 * x1 + p.w2 * x2 + p.b);
    const a1 = sigmoid(p.w11 * x1 + p.w21 * x2 + p.b1);
    const a2 = sigmoid(p.w12 * x1 + p.w22 * x2 + p.b2);
    return sigmoid(p.v1 * a1 + p.v2 * a2 + p.c);
  }

  /** σ(w x + b); returns its formula and what is to be said of it. */
  function drawCurve(picture, { w, b }) {
    const { context: c, width, height } = picture;
    const { text, muted, border, classes } = colours();
    const px = (x) => 30 + ((width - 40) * (x + 6)) / 12;
    const py = (v) => height - 40 - (height - 60) * v;
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
    return {
      formula: `σ(${signed(w)} · x ${b < 0 ? "−" : "+"} ${Math.abs(b).toFixed(1)})`,
      said: w === 0
        ? `With w = 0 the neuron answers ${sigmoid(b).toFixed(2)} whatever x is.`
        : `It passes ½ at x = −b/w = ${(-b / w || 0).toFixed(2).replace("-", "−")}; its slope there is w/4 = ${(w / 4).toFixed(2).replace("-", "−")}.`,
      shows: "Sigmoid curve.",
    };
  }

  /** The line where a neuron's weighted sum is 0. */
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

  function drawPlane(picture, p, mode) {
    const { context: c, width, height } = picture;
    const { text, muted, middle } = colours();
    const side = Math.min(width - 40, height - 40);
    const px = (x) => 30 + side * x, py = (v) => 10 + side * (1 - v);
    const n = 60, cell = side / n;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const value = output(mode, p, [(i + 0.5) / n, (j + 0.5) / n]);
        c.fillStyle = `rgb(${shade(2 * value - 1, middle).join(",")})`;
        c.fillRect(px(i / n), py((j + 1) / n), cell + 0.6, cell + 0.6);
      }
    }
    const lines = mode === "plane"
      ? [[p.w1, p.w2, p.b]] : [[p.w11, p.w21, p.b1], [p.w12, p.w22, p.b2]];
    c.save(); c.beginPath(); c.rect(px(0), py(1), side, side); c.clip();
    lines.forEach((line, k) => drawLine(c, px, py, line, k ? [6, 4] : []));
    c.restore(); c.setLineDash([]); c.lineWidth = 1;
    X.forEach(([x1, x2], i) => mark(c, px(x1), py(x2), y[i], 6, text));
    c.fillStyle = muted; c.font = "12px sans-serif"; c.textAlign = "center"; c.textBaseline = "top";
    for (const v of [0, 0.5, 1]) c.fillText(String(v), px(v), py(0) + 5);
    c.fillStyle = text; c.fillText("x₁", px(0.75), py(0) + 8);
    c.textAlign = "right"; c.textBaseline = "middle"; c.fillStyle = muted;
    for (const v of [0, 0.5, 1]) c.fillText(String(v), px(0) - 5, py(v));
    c.fillStyle = text; c.fillText("x₂", px(0) - 5, py(0.75));

    const outputs = X.map((x) => output(mode, p, x));
    const right = outputs.filter((v, i) => v > 0.5 === (y[i] === 1)).length;
    const cost = outputs.reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0) / y.length;
    return {
      formula: mode === "plane"
        ? "ŷ = σ(w₁x₁ + w₂x₂ + b). The line is where the weighted sum is 0, so ŷ = ½."
        : "ŷ = σ(v₁a₁ + v₂a₂ + c). The lines are where each neuron's weighted sum is 0: neuron 1 solid, neuron 2 dashed.",
      said: `${right} of 10 points on the right side. Mean squared error ${cost.toFixed(3)}.`,
      shows: "The ten points in the plane, shaded by the output.",
    };
  }

  function build(root) {
    const picture = canvas(420, 380, "");
    const formula = el("p", { class: "gu-status" });
    const status = el("p", { class: "gu-status", role: "status" });
    const controls = el("div", { class: "gu-controls" });
    let sliders = {};
    const mode = select({ label: "Show", options: MODES, value: "curve", onchange: choose });
    const values = () => Object.fromEntries(Object.entries(sliders).map(([k, s]) => [k, s.value]));

    function choose() {
      const parameters = PARAMETERS[mode.value];
      const limit = mode.value === "curve" ? 10 : 20;
      sliders = Object.fromEntries(Object.entries(parameters).map(([name, [label, value]]) => [
        name,
        slider({ label, min: -limit, max: limit, step: 0.1, value, show: signed, oninput: draw }),
      ]));
      controls.replaceChildren(...Object.values(sliders).map((s) => s.node));
      draw();
    }

    function draw() {
      picture.context.clearRect(0, 0, picture.width, picture.height);
      const told = mode.value === "curve" ? drawCurve(picture, values()) : drawPlane(picture, values(), mode.value);
      formula.textContent = told.formula;
      status.textContent = told.said;
      picture.describe(`${told.shows} ${told.said}`);
    }

    root.replaceChildren(
      el("h3", {}, "Move the weights"),
      el("div", { class: "gu-columns" },
        el("div", {}, mode.node, controls, el("div", { class: "gu-buttons" }, button("Reset", choose)), formula, status),
        el("figure", {}, picture.node)),
    );
    onTheme(draw);
    choose();
  }

  start("sigmoid", build);
})();
