/* Chapter 6: the same network on the same points without and with penalties and dropout. */
"use strict";

(() => {
  const { el, slider, button, canvas, colours, start, random, linked, finish, within, whole, among } = GroundUp;
  const { TEST, weighs, drawn, loss, train, dropped, right, region, square, percent } = GroundUp.moons;
  const DATA = { points: 30, spread: 0.3, width: 16 }, EPOCHS = 300, SIDE = 300, SMALL = 0.05;
  const STRENGTHS = [0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];
  const fixed = (v) => v.toFixed(3);

  /** The sizes of a network's weights, the largest first. */
  const sizes = (theta) => theta.filter((_, k) => weighs(theta, k)).map(Math.abs).sort((p, q) => q - p);

  class Page {
    constructor(root) {
      this.link = linked(root, { l2: [0.003, among(...STRENGTHS)], l1: [0, among(...STRENGTHS)], dropout: [0, within(0, 0.9)], sample: [3, whole(0, 20)] });
      const state = this.state = this.link.state;
      const strength = (name, label) => slider({ label, min: 0, max: STRENGTHS.length - 1, step: 1, value: STRENGTHS.indexOf(state[name]), show: (k) => String(STRENGTHS[k]), oninput: (k) => { state[name] = STRENGTHS[k]; this.run(); } });
      this.l2 = strength("l2", "L2: strength λ"); this.l1 = strength("l1", "L1: strength λ");
      this.dropout = slider({ label: "Dropout: p", min: 0, max: 0.9, step: 0.1, value: state.dropout, show: (v) => v.toFixed(1), oninput: (v) => { state.dropout = v; this.run(); } });
      const seed = slider({ label: "Seed", min: 0, max: 20, step: 1, value: state.sample, oninput: (v) => { state.sample = v; this.lay(); } });
      this.before = square(); this.after = square(); this.sizes = canvas(SIDE, SIDE, "");
      this.status = el("p", { class: "gu-status", role: "status" });
      Object.assign(root, { drawn: () => this.drawn(), uniforms: () => random(3000 + state.sample) });
      root.replaceChildren(
        el("h3", {}, "What penalties and dropout do"),
        el("p", {}, `A network of ${DATA.width} hidden tanh neurons and ${DATA.points} points of the two moons, noise ${DATA.spread}: ${EPOCHS} epochs of Adam, rate 0.03, all points in each step. The losses are without the penalty, and with dropout off.`),
        el("div", { class: "gu-controls gu-wide" }, this.l2.node, this.l1.node, this.dropout.node, seed.node),
        el("div", { class: "gu-buttons" }, button("No remedy", () => this.none())),
        this.status,
        el("div", { class: "gu-columns" },
          el("figure", {}, this.before.node, el("figcaption", {}, "Without a remedy.")),
          el("figure", {}, this.after.node, el("figcaption", {}, "With what is set. Circles are class 0, triangles class 1; the colour is stronger where the network is surer.")),
          el("figure", {}, this.sizes.node, el("figcaption", {}, "Sizes of the weights, the largest first: without a remedy as a line, with it as bars."))));
      this.lay();
    }

    none() {
      Object.assign(this.state, { l2: 0, l1: 0, dropout: 0 });
      for (const name of ["l2", "l1", "dropout"]) this[name].value = 0;
      this.run();
    }

    drawn() {
      return drawn({ ...DATA, sample: this.state.sample });
    }

    /** Another seed: other points, and another network without a remedy. */
    lay() {
      Object.assign(this, this.drawn());
      this.plain = train(this.theta, this.data, {}, EPOCHS).at(-1);
      this.run();
    }

    run() {
      const { l1, l2, dropout, sample } = this.state, rng = random(3000 + sample);
      this.eased = train(this.theta, this.data, { l1, l2 }, EPOCHS, () => (dropout ? dropped(DATA.points, DATA.width, dropout, rng) : null)).at(-1);
      this.tell();
      this.draw();
      this.link.keep();
    }

    tell() {
      const said = [this.plain, this.eased].map((theta) => `training loss ${fixed(loss(theta, this.data))}, test loss ${fixed(loss(theta, this.test))}, ${percent(right(theta, this.test) / TEST)} of the test points right`);
      const [before, after] = [this.plain, this.eased].map(sizes), sum = (it) => it.reduce((p, q) => p + q, 0).toFixed(1), few = (it) => it.filter((v) => v < SMALL).length;
      const weights = `Sizes of all ${after.length} weights together: ${sum(before)} before, ${sum(after)} now; smaller than ${SMALL}: ${few(before)} before, ${few(after)} now.`;
      this.status.textContent = `Without a remedy: ${said[0]}. Now: ${said[1]}. ${weights}`;
      this.before.describe(`The boundary without a remedy: ${said[0]}.`);
      this.after.describe(`The boundary now: ${said[1]}.`);
      this.sizes.describe(`The weights' sizes, the largest first. ${weights}`);
    }

    draw() {
      const { context: c } = this.sizes, { text, muted, border, classes } = colours(), LEFT = 40, BOTTOM = 264, TOP = 10;
      const [before, after] = [this.plain, this.eased].map(sizes), most = Math.max(before[0], after[0]), bar = (SIDE - LEFT - TOP) / after.length;
      const py = (v) => BOTTOM - ((BOTTOM - TOP) * v) / most;
      region(this.before, this.plain, this.data);
      region(this.after, this.eased, this.data);
      c.clearRect(0, 0, SIDE, SIDE);
      c.font = "12px sans-serif"; c.textAlign = "right"; c.textBaseline = "middle"; c.lineWidth = 1; c.strokeStyle = border; c.fillStyle = muted;
      for (const v of [0, most / 2, most]) {
        c.beginPath(); c.moveTo(LEFT, py(v)); c.lineTo(SIDE - TOP, py(v)); c.stroke();
        c.fillText(v.toFixed(1), LEFT - 5, py(v));
      }
      c.fillStyle = text; c.textAlign = "center"; c.fillText(`the ${after.length} weights`, (LEFT + SIDE - TOP) / 2, BOTTOM + 16);
      c.fillStyle = classes[0];
      after.forEach((v, k) => c.fillRect(LEFT + k * bar, py(v), bar - 1, BOTTOM - py(v)));
      c.strokeStyle = text; c.lineWidth = 1.5;
      c.beginPath(); before.forEach((v, k) => { c.lineTo(LEFT + k * bar, py(v)); c.lineTo(LEFT + (k + 1) * bar, py(v)); }); c.stroke();
    }
  }

  function build(root) {
    const page = new Page(root);
    finish(page.link, page.status, () => page.draw());
  }

  start("remedies", build);
})();
