/* Chapter 4: noise, number of points and width; the boundary, both losses and the reliability follow. */
"use strict";

(() => {
  const { el, slider, button, canvas, colours, plotCurves, start, linked, finish, within, whole } = GroundUp;
  const { TEST, drawn, loss, train, right, reliability, apart, region, square, percent } = GroundUp.moons;
  const EPOCHS = 300, SIDE = 300, LEFT = 44, TOP = 16;
  const fixed = (v) => v.toFixed(3);

  class Page {
    constructor(root) {
      this.link = linked(root, { spread: [0.3, within(0, 0.5)], points: [30, whole(10, 200)], width: [16, whole(1, 32)], sample: [0, whole(0, 20)], epoch: [EPOCHS, whole(0, EPOCHS)] });
      const state = this.state = this.link.state;
      const moved = (name, label, min, max, step, show) => slider({ label, min, max, step, value: state[name], show, oninput: (v) => { state[name] = v; this.run(); } });
      this.epoch = slider({ label: "Epoch", min: 0, max: EPOCHS, step: 1, value: state.epoch, oninput: (v) => this.go(v) });
      this.region = square(); this.curves = canvas(SIDE, SIDE, ""); this.diagram = canvas(SIDE, SIDE, "");
      this.status = el("p", { class: "gu-status", role: "status" });
      root.drawn = () => drawn(state);
      root.replaceChildren(
        el("h3", {}, "Noise, points and width"),
        el("p", {}, `A network with one hidden layer of tanh neurons is trained here for ${EPOCHS} epochs: Adam, rate 0.03, all points in each step. ${TEST.toLocaleString("en").replace(",", " ")} new points, drawn alike, test it. The seed draws the points and the first weights.`),
        el("div", { class: "gu-controls" },
          moved("spread", "Noise", 0, 0.5, 0.05, (v) => v.toFixed(2)).node, moved("points", "Training points", 10, 200, 10).node,
          moved("width", "Hidden neurons", 1, 32, 1).node, moved("sample", "Seed", 0, 20, 1).node, this.epoch.node),
        el("div", { class: "gu-buttons" }, button("To the lowest test loss", () => this.go(this.best)), button("To the end", () => this.go(EPOCHS))),
        this.status,
        el("div", { class: "gu-columns" },
          el("figure", {}, this.region.node, el("figcaption", {}, "The training points. Circles are class 0, triangles class 1; the colour is stronger where the network is surer. The line is its boundary.")),
          el("figure", {}, this.diagram.node, el("figcaption", {}, "Reliability on the test points: of those that get this probability of class 1, how many are of class 1? On the dashed line it can be taken at its word. A larger circle stands for more points.")),
          el("figure", {}, this.curves.node, el("figcaption", {}, "Loss on the training points (solid) and on the test points (dashed), strong up to the epoch that is shown."))));
      this.run();
    }

    run() {
      Object.assign(this, drawn(this.state));
      this.networks = train(this.theta, this.data, {}, EPOCHS);
      this.losses = [this.data, this.test].map((it) => this.networks.map((theta) => loss(theta, it)));
      this.best = this.losses[1].indexOf(Math.min(...this.losses[1]));
      this.go(this.state.epoch);
    }

    go(epoch) {
      this.epoch.value = this.state.epoch = epoch;
      this.bins = reliability(this.networks[epoch], this.test);
      this.tell();
      this.draw();
      this.link.keep();
    }

    tell() {
      const { epoch, points } = this.state, now = this.networks[epoch], [training, test] = this.losses;
      const sides = `${right(now, this.data)} of ${points} training points and ${percent(right(now, this.test) / TEST)} of the test points are right`;
      const lowest = `The lowest test loss is ${fixed(test[this.best])}, after epoch ${this.best}.`;
      this.status.textContent = `Epoch ${epoch}: training loss ${fixed(training[epoch])}, test loss ${fixed(test[epoch])}; ${sides}. Its probabilities are off by ${fixed(apart(this.bins))} on average. ${lowest}`;
      this.region.describe(`The plane with ${points} training points and the network's boundary: ${sides}.`);
      this.curves.describe(`Training loss and test loss over ${EPOCHS} epochs. At epoch ${epoch}: ${fixed(training[epoch])} and ${fixed(test[epoch])}. ${lowest}`);
      this.diagram.describe(`Reliability diagram: ${this.bins.map((it) => `where it says ${percent(it.says)}, ${percent(it.is)} of ${it.count} points are of class 1`).join("; ")}.`);
    }

    draw() {
      const { muted, classes } = colours(), { epoch } = this.state;
      region(this.region, this.networks[epoch], this.data);
      const faint = this.losses.map((values, k) => ({ values, colour: muted, dash: k ? [3, 4] : [], thick: 1 }));
      const strong = this.losses.map((values, k) => ({ values: values.slice(0, epoch + 1), colour: classes[k], dash: k ? [7, 4] : [], thick: 3 }));
      plotCurves(this.curves, [...faint, ...strong], { xlabel: "epoch", ylabel: "loss" });
      this.drawDiagram();
    }

    drawDiagram() {
      const { context: c } = this.diagram, { text, muted, border, classes } = colours(), side = SIDE - LEFT - TOP;
      const px = (p) => LEFT + side * p, py = (p) => TOP + side * (1 - p);
      c.clearRect(0, 0, SIDE, SIDE);
      c.font = "12px sans-serif"; c.lineWidth = 1; c.strokeStyle = border; c.fillStyle = muted;
      for (const p of [0, 0.5, 1]) {
        c.beginPath(); c.moveTo(px(0), py(p)); c.lineTo(px(1), py(p)); c.moveTo(px(p), py(0)); c.lineTo(px(p), py(1)); c.stroke();
        c.textAlign = "right"; c.textBaseline = "middle"; c.fillText(String(p), LEFT - 6, py(p));
        c.textAlign = p === 1 ? "right" : "center"; c.textBaseline = "top"; c.fillText(String(p), px(p), py(0) + 5);
      }
      c.fillStyle = text; c.textAlign = "center"; c.fillText("probability of class 1", px(0.5), py(0) + 19);
      c.save(); c.translate(14, py(0.5)); c.rotate(-Math.PI / 2); c.textBaseline = "middle"; c.fillText("share of class 1", 0, 0); c.restore();
      c.strokeStyle = muted; c.setLineDash([5, 4]);
      c.beginPath(); c.moveTo(px(0), py(0)); c.lineTo(px(1), py(1)); c.stroke();
      c.setLineDash([]); c.fillStyle = classes[1]; c.strokeStyle = text; c.lineWidth = 1.5;
      for (const { count, says, is } of this.bins) {
        c.beginPath(); c.arc(px(says), py(is), 3 + 12 * Math.sqrt(count / TEST), 0, 2 * Math.PI); c.fill(); c.stroke();
      }
    }
  }

  function build(root) {
    const page = new Page(root);
    finish(page.link, page.status, () => page.draw());
  }

  start("noise", build);
})();
