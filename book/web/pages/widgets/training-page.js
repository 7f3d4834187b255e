/* Chapters 3 and 4: train a small network in the page with TensorFlow.js, and see inside it. */
"use strict";

(() => {
  const {
    el, slider, select, checkbox, button, canvas, colours, onTheme, plotCurves, tensorflow, training,
    start, copyText,
  } = GroundUp;
  const { SETTINGS, validWidths, makeData, boxOf, grid, paint, drawPoints } = training;
  const MOST_EPOCHS = 5000;

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

  /** The page: its controls, one run at a time, and its pictures. */
  class Page {
    constructor(root, tf, state) {
      Object.assign(this, { root, tf, state, run: null, playing: false, box: null });
      this.region = canvas(360, 360, "", { class: "gu-region" });
      this.lossPlot = canvas(360, 200, "");
      this.network = canvas(760, 260, "");
      this.status = el("p", { class: "gu-status", role: "status" });
      this.boundaryOnly = checkbox({ label: "only the boundary", value: false, onchange: () => this.draw() });
      this.play = button("Train", () => (this.playing ? this.pause() : this.resume()), { class: "gu-button gu-train" });
      this.controls = Object.fromEntries(
        Object.entries(SETTINGS).map(([name, setting]) => [name, this.control(name, setting)]));
      this.own = this.ownPoints();
      this.details = this.codeBox();
      this.lay();
      onTheme(() => this.draw());
      this.reset();
    }

    lay() {
      const figure = (node, caption) => el("figure", {}, node, el("figcaption", {}, caption));
      this.root.replaceChildren(
        el("h3", {}, "A network to train"),
        el("div", { class: "gu-controls" },
          ...Object.values(this.controls).map((c) => c.node), this.boundaryOnly.node),
        this.own,
        el("div", { class: "gu-buttons" },
          this.play,
          button("1 epoch", () => this.steps(1)),
          button("100 epochs", () => this.steps(100)),
          button("Reset", () => this.reset())),
        this.status,
        el("div", { class: "gu-columns" },
          figure(this.region.node, "Shaded by P(class 1). Large marks: training data; small: test data."),
          figure(this.lossPlot.node, "Loss: training data solid, test data dashed.")),
        figure(this.network.node,
          "The network. Each square shows what its neuron answers over the same piece of the plane. A line's width is the weight's size; dashed blue is negative, solid orange positive."),
        this.details,
      );
    }

    say(text) { this.status.textContent = text; }

    // --- controls ---

    control(name, setting) {
      const changed = (value) => { this.state[name] = value; this.reset(); };
      const value = this.state[name];
      if (setting.kind === "choice") {
        return select({ label: setting.label, options: setting.options, value, onchange: changed });
      }
      if (setting.kind === "number") return slider({ ...setting, value, oninput: changed });
      return widths(setting.label, value, changed);
    }

    codeBox() {
      this.code = el("pre", { tabindex: "0", "aria-label": "PyTorch code of this run" });
      const copy = async () => this.say(await copyText(this.code, "code"));
      return el("details", { ontoggle: () => this.showCode() }, el("summary", {}, "Show the code"),
        el("p", {}, "This PyTorch cell makes the same run: the same data, the same start weights, the same loss curve."),
        el("div", { class: "gu-buttons" }, button("Copy", copy)), this.code);
    }

    showCode() {
      if (this.details.open && this.run) {
        this.code.textContent = training.python(this.state, Math.max(1, this.run.train.length - 1));
      }
    }

    /** Points of your own, by pointer or by numbers. */
    ownPoints() {
      const label = select({ label: "Class", options: [["0", "0 (circle)"], ["1", "1 (triangle)"]], value: "0", onchange() {} });
      const coordinate = (name) =>
        el("input", { type: "number", min: -2, max: 2, step: 0.1, value: 0, "aria-label": name });
      const [x1, x2] = [coordinate("x₁ of the new point"), coordinate("x₂ of the new point")];
      this.region.node.addEventListener("click", (event) => {
        if (this.state.data !== "own") return;
        const at = this.region.node.getBoundingClientRect(), { x, y } = this.box;
        const part = [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height];
        this.add(x[0] + part[0] * (x[1] - x[0]), y[1] - part[1] * (y[1] - y[0]), label.value);
      });
      return el("div", { class: "gu-buttons" }, label.node, x1, x2,
        button("Add point", () => this.add(+x1.value, +x2.value, label.value)),
        button("Remove all", () => { this.state.own = ""; this.reset(); }));
    }

    add(a, b, label) {
      const { state } = this;
      if (!(Math.abs(a) <= 2 && Math.abs(b) <= 2)) return this.say("A point needs two numbers from −2 to 2.");
      if (state.own.split(";").length >= 200) return this.say("There is room for 200 points.");
      const point = `${+a.toFixed(2)},${+b.toFixed(2)},${label}`;
      state.own = state.own ? `${state.own};${point}` : point;
      this.reset();
    }

    // --- running ---

    resume() {
      if (!this.run || this.run.diverged) return;
      this.playing = true;
      this.play.textContent = "Pause";
      requestAnimationFrame(() => this.frame());
    }

    pause() {
      this.playing = false;
      this.play.textContent = "Train";
      this.tell();
    }

    frame() {
      if (!this.playing) return;
      const { run } = this, end = performance.now() + 14;
      const over = () => run.diverged || run.train.length > MOST_EPOCHS;
      do run.epoch(); while (performance.now() < end && !over());
      this.draw();
      if (over()) this.pause();
      else requestAnimationFrame(() => this.frame());
    }

    steps(n) {
      if (!this.run) return;
      for (let k = 0; k < n && !this.run.diverged; k++) this.run.epoch();
      this.draw();
      this.tell();
    }

    reset() {
      const { state } = this;
      this.playing = false;
      this.play.textContent = "Train";
      this.own.hidden = state.data !== "own";
      this.controls.noise.node.hidden = ["ten", "eight", "own"].includes(state.data);
      if (this.run) this.run.dispose();
      this.run = null;
      training.toAddress(this.root, state);
      const data = makeData(state);
      this.box = boxOf(data, state.data === "own");
      if (data.X.length < 2) {
        this.drawEmpty(data);
        return this.say("Click into the square to place points of each class, or type their coordinates. Two are the least.");
      }
      this.run = this.root.run = new training.Run(this.tf, { ...state });
      this.draw();
      this.tell();
    }

    tell() {
      const { run } = this, epoch = run.train.length - 1;
      if (run.diverged) return this.say(`Stopped: the loss is no longer a number after ${epoch} epochs. Try a smaller learning rate, then Reset.`);
      const share = run.accuracy();
      const test = share.test === null ? "" : ` Test: loss ${run.test.at(-1).toFixed(4)}, ${(100 * share.test).toFixed(0)} % right.`;
      this.say(`Epoch ${epoch}. Training: loss ${run.train.at(-1).toFixed(4)}, ${(100 * share.train).toFixed(0)} % right.${test}`);
      this.showCode();
    }

    // --- drawing ---

    drawEmpty(data) {
      const { region } = this;
      region.context.clearRect(0, 0, region.width, region.height);
      paint(region.context, 1, () => 0, 0, 0, region.width);
      drawPoints(region, this.box, data);
      for (const c of [this.lossPlot, this.network]) c.context.clearRect(0, 0, c.width, c.height);
    }

    draw() {
      const { run, region, box } = this;
      if (!run) return this.drawEmpty(makeData(this.state));
      const n = 50, out = run.pictures(grid(box, n)).at(-1).values;
      const value = this.boundaryOnly.value ? (k) => 0.5 * Math.sign(out[k] - 0.5) : (k) => 2 * out[k] - 1;
      paint(region.context, n, value, 0, 0, region.width);
      drawPoints(region, box, run.data);
      const { classes } = colours();
      plotCurves(this.lossPlot, [
        { values: run.train, colour: classes[0] },
        ...(run.test.length ? [{ values: run.test, colour: classes[1], dash: [6, 4] }] : []),
      ], { xlabel: "epoch", ylabel: "loss" });
      training.drawNetwork(this.network, run, box);
      const epoch = run.train.length - 1, last = run.train.at(-1);
      region.describe(`The data and the network's decision region after ${epoch} epochs.`);
      this.lossPlot.describe(`Loss by epoch: ${run.train[0].toFixed(3)} at the start, ${last.toFixed(3)} after ${epoch} epochs.`);
      this.network.describe(`The network with ${run.sizes.join(", ")} neurons a layer; wide lines are large weights.`);
      if (!this.playing || epoch % 20 === 0) this.tell();
    }
  }

  start("training", async (root) => {
    await tensorflow();
    await window.tf.setBackend("cpu");
    await window.tf.ready();
    const { state, bad } = training.fromAddress(JSON.parse(root.dataset.defaults || "{}"));
    const page = new Page(root, window.tf, state);
    if (bad.length) page.say(`Not a setting of this page, so its default is used: ${bad.join(", ")}.`);
  });
})();
