/* Chapter 6: what becomes of the activations in ten layers, as the start's weights grow. */
"use strict";

(() => {
  const { el, slider, select, canvas, colours, start, random, linked, finish, within, whole, among } = GroundUp;
  const { through, rms } = GroundUp.race;
  const LAYERS = 10, NEURONS = 50, ROWS = 60, BINS = 24, WIDTH = 560, HEIGHT = 240;
  const RANGE = { relu: [0, 3], tanh: [-1, 1] };
  const NAMES = [[Math.sqrt(2), "He"], [1, "Xavier"], [1 / Math.sqrt(3), "the size of PyTorch's own"]];
  const digits = (v) => (v !== 0 && (v < 0.001 || v >= 1000) ? v.toExponential(1).replace("-", "−") : v.toPrecision(3));

  /** Standard normal numbers: the rows X and each layer's W. */
  function drawn(seed) {
    const { normal } = random(seed), table = (rows) => Array.from({ length: rows }, () => Array.from({ length: NEURONS }, normal));
    return { X: table(ROWS), Ws: Array.from({ length: LAYERS }, () => table(NEURONS)) };
  }

  /** Shares of the values in equal bins of the range; what is beyond counts at its end. */
  function histogram(values, [low, high]) {
    const counts = Array(BINS).fill(0);
    for (const v of values) counts[Math.max(0, Math.min(BINS - 1, Math.floor((BINS * (v - low)) / (high - low))))] += 1 / values.length;
    return counts;
  }

  function draw(picture, layers, range) {
    const { context: c } = picture, { text, muted, border, classes } = colours(), [low, high] = range;
    const left = 34, bottom = 34, top = 8, wide = (WIDTH - left) / LAYERS, tall = (HEIGHT - top - bottom) / BINS;
    const py = (v) => HEIGHT - bottom - ((HEIGHT - top - bottom) * (v - low)) / (high - low);
    c.clearRect(0, 0, WIDTH, HEIGHT);
    c.font = "11px sans-serif"; c.lineWidth = 1;
    for (const v of [low, (low + high) / 2, high]) {
      c.strokeStyle = border; c.beginPath(); c.moveTo(left, py(v)); c.lineTo(WIDTH, py(v)); c.stroke();
      c.fillStyle = muted; c.textAlign = "right"; c.textBaseline = "middle"; c.fillText(String(v).replace("-", "−"), left - 5, py(v));
    }
    layers.forEach((rows, l) => {
      const shares = histogram(rows.flat().filter((v) => v !== 0), range), most = Math.max(...shares), x = left + l * wide;
      c.fillStyle = classes[0];
      shares.forEach((share, k) => c.fillRect(x + 3, py(low) - (k + 1) * tall, ((wide - 8) * share) / most, tall - 0.5));
      c.fillStyle = muted; c.textAlign = "center"; c.textBaseline = "top"; c.fillText(String(l + 1), x + wide / 2, HEIGHT - bottom + 5);
    });
    c.fillStyle = text; c.fillText("layer", (WIDTH + left) / 2, HEIGHT - 14);
  }

  function build(root) {
    const link = linked(root, { scale: [1, within(0.1, 3)], activation: ["relu", among("relu", "tanh")], draw: [0, whole(0, 20)] }), { state } = link;
    const picture = canvas(WIDTH, HEIGHT, ""), status = el("p", { class: "gu-status", role: "status" });
    let numbers = drawn(state.draw);
    const scale = slider({ label: "Size of the weights", min: 0.1, max: 3, step: 0.01, value: state.scale, show: (v) => `${v.toFixed(2)}/√n`, oninput: (v) => { state.scale = v; show(); } });
    const activation = select({ label: "Activation", options: [["relu", "ReLU"], ["tanh", "tanh"]], value: state.activation, onchange: (v) => { state.activation = v; show(); } });
    const seed = slider({ label: "Draw", min: 0, max: 20, step: 1, value: state.draw, oninput: (v) => { state.draw = v; numbers = drawn(v); show(); } });
    const named = NAMES.map(([v, name]) => el("button", { type: "button", class: "gu-button", onclick: () => { scale.value = state.scale = +v.toFixed(2); show(); } }, `${name}: ${v.toFixed(2)}`));

    function show() {
      const layers = through(numbers.X, numbers.Ws, state.scale, state.activation), sizes = layers.map(rms);
      const [first, last] = [sizes[0], sizes.at(-1)], ends = layers.at(-1).flat().filter((v) => Math.abs(v) > 0.95).length / ROWS / NEURONS;
      draw(picture, layers, RANGE[state.activation]);
      link.keep();
      const flat = state.activation === "tanh" ? ` Of the last layer's values ${(100 * ends).toFixed(0)} % are beyond ±0.95, where tanh is flat and the gradient small.` : "";
      status.textContent = `Root mean square of layer 1: ${digits(first)}, of layer 10: ${digits(last)}. From layer to layer it is multiplied by ${digits((last / first) ** (1 / (LAYERS - 1)))}.${flat}`;
      picture.describe(`Histograms of the activations of ten layers. ${status.textContent}`);
    }

    root.drawn = () => numbers;
    root.replaceChildren(
      el("h3", {}, "Ten layers and the size of the first weights"),
      el("p", {}, "Each layer has n = 50 neurons. Its weights are drawn with the standard deviation that you set; the input is standard normal. Too small, and nothing arrives at the end. Too large, and everything does, enlarged or flattened."),
      el("div", { class: "gu-controls gu-wide" }, scale.node, activation.node, seed.node),
      el("div", { class: "gu-buttons" }, ...named),
      status,
      el("figure", {}, picture.node, el("figcaption", {}, "How the activations are spread in each layer: a bar is longer where more of them are. What lies beyond the axis is counted at its end; the zeros of ReLU are left out.")));
    show();
    finish(link, status, show);
  }

  start("layers", build);
})();
