/* Chapter 2: the reader walks on the cost of the eight rows, with a rate and from a start of choice. */
"use strict";

(() => {
  const { el, fixed, slider, button, canvas, colours, shade, mark, start, linked, finish, within, whole, ground } = GroundUp;
  const { BOX, output, cost, gradient, right, path, lowest } = GroundUp.surface;
  const rows = window.POINTS.eight;
  const STEPS = 200, SIDE = 400, LEFT = 30, TOP = 6, BOTTOM = 32, FLAT = 0.1;
  const PLACES = {
    "The valley": { w1: -1, w2: 1.9, bias: -1, lr: 0.05, step: 60 },
    "The zigzag": { w1: 0, w2: 0, bias: -1, lr: 0.16, step: 12 },
    "The flats": { w1: 2.4, w2: 2.4, bias: -1, lr: 0.05, step: 60 },
  };
  const KEYS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
  const px = (u) => LEFT + (SIDE * (u - BOX[0])) / (BOX[1] - BOX[0]), py = (v) => TOP + (SIDE * (BOX[3] - v)) / (BOX[3] - BOX[2]);
  const pair = (w) => `(${w.map((v) => fixed(v, 2)).join(", ")})`;

  class Page {
    constructor(root) {
      const { w1, w2, bias, lr, step } = PLACES["The valley"];
      this.link = linked(root, {
        w1: [w1, within(BOX[0], BOX[1])], w2: [w2, within(BOX[2], BOX[3])],
        bias: [bias, within(-5, 5)], lr: [lr, within(0.01, 0.5)], step: [step, whole(0, STEPS)],
      });
      this.state = this.link.state;
      const moved = (name) => (v) => { this.state[name] = v; this.run(); };
      this.sliders = {
        lr: slider({ label: "Learning rate", min: 0.01, max: 0.5, step: 0.01, value: lr, show: (v) => v.toFixed(2), oninput: moved("lr") }),
        bias: slider({ label: "Bias b", min: -5, max: 5, step: 0.1, value: bias, show: (v) => fixed(v, 1), oninput: (v) => { this.state.bias = v; this.lay(); } }),
        step: slider({ label: "Step", min: 0, max: STEPS, step: 1, value: step, oninput: (v) => this.go(v) }),
      };
      this.status = el("p", { class: "gu-status", role: "status" });
      this.high = el("span");
      this.above = canvas(SIDE + LEFT + 10, SIDE + TOP + BOTTOM, "", {
        tabindex: "0", role: "application", onkeydown: (event) => this.key(event),
        onpointerdown: (event) => this.point(event), onpointermove: (event) => event.buttons & 1 && this.point(event),
      });
      this.plane = canvas(330, 250, "");
      root.replaceChildren(
        el("h3", {}, "On the neuron's own cost"),
        el("div", { class: "gu-controls" }, ...Object.values(this.sliders).map((it) => it.node)),
        el("div", { class: "gu-buttons" },
          button("1 step", () => this.go(this.state.step + 1)), button("Back to the start", () => this.go(0)),
          ...Object.entries(PLACES).map(([name, place]) => button(name, () => { Object.assign(this.state, place); this.lay(); }))),
        this.status,
        el("div", { class: "gu-columns" },
          el("figure", {}, this.above.node, el("figcaption", {}, "The cost over the two weights, seen from above. ", this.high, " The square is the start: click, or press the arrow keys, to move it. The circle is the present step, the cross the lowest place.")),
          el("figure", {}, this.plane.node, el("figcaption", {}, "The eight rows, and the neuron's line at the present step. Circles are class 0, triangles class 1."))));
      this.lay();
    }

    /** Another bias is another surface; another light, other greys. */
    lay() {
      const { bias } = this.state;
      this.ground = ground({ cost: (w) => cost(rows, w, bias), box: BOX }, SIDE, SIDE, 0.6);
      this.lowest = lowest(rows, bias);
      this.high.textContent = colours().dark ? "Light is high." : "Dark is high.";
      this.run();
    }

    run() {
      const { w1, w2, bias, lr, step } = this.state;
      this.path = path(rows, [w1, w2], bias, lr, STEPS);
      for (const [name, it] of Object.entries(this.sliders)) it.value = this.state[name];
      this.go(step);
    }

    go(step) {
      this.sliders.step.value = this.state.step = Math.max(0, Math.min(STEPS, step));
      this.tell();
      this.drawAbove();
      this.drawPlane();
      this.link.keep();
    }

    /** The start, to a tenth, inside the picture. */
    put(w) {
      const [w1, w2] = w.map((v, j) => Math.min(BOX[2 * j + 1], Math.max(BOX[2 * j], +v.toFixed(1))));
      Object.assign(this.state, { w1, w2 });
      this.run();
    }

    key(event) {
      const move = KEYS[event.key];
      if (!move) return;
      event.preventDefault();
      this.put([this.state.w1 + move[0], this.state.w2 + move[1]]);
    }

    point(event) {
      const { left, top, width } = this.above.node.getBoundingClientRect(), part = this.above.width / width;
      const x = (event.clientX - left) * part - LEFT, y = (event.clientY - top) * part - TOP;
      this.put([BOX[0] + (x * (BOX[1] - BOX[0])) / SIDE, BOX[3] - (y * (BOX[3] - BOX[2])) / SIDE]);
    }

    tell() {
      const { step, bias } = this.state, w = this.path[step], now = cost(rows, w, bias), least = cost(rows, this.lowest, bias);
      const slope = Math.hypot(...gradient(rows, w, bias));
      const said = [`Step ${step}: w = ${pair(w)}, cost ${fixed(now, 3)}, ${right(rows, w, bias)} of 8 rows right; the gradient's length is ${fixed(slope, 3)}.`];
      if (step && now > cost(rows, this.path[step - 1], bias)) said.push("This step climbed.");
      if (step > 1 && this.turned(step)) said.push("It turned back on the step before, as in a zigzag.");
      if (slope < FLAT && now > least + 0.1) said.push("Here it is nearly flat, far above the lowest place.");
      said.push(`Lowest place for this bias: w = ${pair(this.lowest)}, cost ${fixed(least, 3)}, ${right(rows, this.lowest, bias)} of 8 rows right.`);
      this.status.textContent = said.join(" ");
      this.above.describe(`Arrow keys move the start, now at ${pair(this.path[0])}. The cost seen from above, and the way down. ${this.status.textContent}`);
      this.plane.describe(`The eight rows and the neuron's line: ${said[0]}`);
    }

    /** Whether a step and the one before it point apart. */
    turned(step) {
      const [a, b, c] = this.path.slice(step - 2, step + 1);
      return (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0;
    }

    drawAbove() {
      const { context: c, width, height } = this.above, { text, muted, classes } = colours();
      c.clearRect(0, 0, width, height);
      c.drawImage(this.ground, LEFT, TOP, SIDE, SIDE);
      c.fillStyle = muted; c.font = "12px sans-serif";
      for (const v of [-2, -1, 0, 1, 2]) {
        c.textAlign = "center"; c.textBaseline = "top"; c.fillText(fixed(v, 0), px(v), TOP + SIDE + 4);
        c.textAlign = "right"; c.textBaseline = "middle"; c.fillText(fixed(v, 0), LEFT - 5, py(v));
      }
      c.fillStyle = text; c.fillText("w₂", LEFT - 5, py(1.5));
      c.textAlign = "center"; c.textBaseline = "top"; c.fillText("w₁", px(1.5), TOP + SIDE + 4);
      c.save(); c.beginPath(); c.rect(LEFT, TOP, SIDE, SIDE); c.clip();
      const seen = this.path.slice(0, this.state.step + 1);
      c.strokeStyle = c.fillStyle = text; c.lineWidth = 1.5;
      c.beginPath();
      seen.forEach(([u, v], k) => (k ? c.lineTo(px(u), py(v)) : c.moveTo(px(u), py(v))));
      c.stroke();
      for (const [u, v] of seen) { c.beginPath(); c.arc(px(u), py(v), 2, 0, 2 * Math.PI); c.fill(); }
      const [x, y] = [px(this.lowest[0]), py(this.lowest[1])];
      c.beginPath(); c.moveTo(x - 6, y - 6); c.lineTo(x + 6, y + 6); c.moveTo(x - 6, y + 6); c.lineTo(x + 6, y - 6); c.stroke();
      c.fillStyle = classes[1];
      c.beginPath(); c.rect(px(seen[0][0]) - 5, py(seen[0][1]) - 5, 10, 10); c.fill(); c.stroke();
      c.beginPath(); c.arc(px(seen.at(-1)[0]), py(seen.at(-1)[1]), 6, 0, 2 * Math.PI); c.fill(); c.stroke();
      c.restore();
    }

    /** The neuron's output over the rows' plane, its line, and the rows. */
    drawPlane() {
      const { context: c, width, height } = this.plane, { bias, step } = this.state, w = this.path[step];
      const { text, muted, middle } = colours(), side = 290, unit = side / 6.5, top = TOP, low = top + 4.5 * unit;
      const qx = (u) => LEFT + u * unit, qy = (v) => low - v * unit;
      c.clearRect(0, 0, width, height);
      for (let u = 0; u < 6.5; u += 0.125) {
        for (let v = 0; v < 4.5; v += 0.125) {
          c.fillStyle = `rgb(${shade(2 * output([u + 0.0625, v + 0.0625], w, bias) - 1, middle).join(",")})`;
          c.fillRect(qx(u), qy(v + 0.125), unit / 8 + 0.6, unit / 8 + 0.6);
        }
      }
      const size = Math.hypot(...w);
      if (size > 1e-9) {
        const foot = w.map((v) => (-bias * v) / size ** 2), ends = [-20, 20].map((t) => [foot[0] - (t * w[1]) / size, foot[1] + (t * w[0]) / size]);
        c.save(); c.beginPath(); c.rect(LEFT, top, side, low - top); c.clip();
        c.strokeStyle = text; c.lineWidth = 1.5;
        c.beginPath(); ends.forEach(([u, v], k) => (k ? c.lineTo(qx(u), qy(v)) : c.moveTo(qx(u), qy(v)))); c.stroke();
        c.restore();
      }
      rows.X.forEach(([u, v], i) => mark(c, qx(u), qy(v), rows.y[i], 6, text));
      c.fillStyle = muted; c.font = "12px sans-serif";
      c.textAlign = "center"; c.textBaseline = "top";
      for (const v of [0, 2, 4, 6]) c.fillText(String(v), qx(v), low + 5);
      c.textAlign = "right"; c.textBaseline = "middle";
      for (const v of [0, 2, 4]) c.fillText(String(v), LEFT - 5, qy(v));
      c.fillStyle = text; c.fillText("x₂", LEFT - 5, qy(3));
      c.textAlign = "center"; c.textBaseline = "top"; c.fillText("x₁", qx(5), low + 5);
    }
  }

  function build(root) {
    const page = new Page(root);
    finish(page.link, page.status, () => page.lay());
  }

  start("surface", build);
})();
