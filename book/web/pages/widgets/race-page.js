/* Chapter 6: gradient descent, momentum and Adam race on one surface. */
"use strict";

(() => {
  const { el, slider, select, button, canvas, colours, start, linked, finish, within, whole, among, ground } = GroundUp;
  const { SURFACES, path } = GroundUp.race;
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const STEPS = 200, WIDTH = 560, HEIGHT = 336;
  const RUNNERS = { sgd: "SGD", momentum: "Momentum", adam: "Adam" };
  const DASHES = { sgd: [], momentum: [7, 4], adam: [2, 3] };
  const fixed = (v) => v.toPrecision(3).replace("-", "−");
  const rate = (exponent) => 10 ** exponent;

  class Page {
    constructor(root) {
      this.link = linked(root, {
        surface: ["ravine", among(...Object.keys(SURFACES))], step: [0, whole(0, STEPS)], beta: [null, within(0, 0.99)],
        ...Object.fromEntries(Object.keys(RUNNERS).map((name) => [name, [null, within(-4, 1)]])), // rates: powers of ten
      });
      const state = this.state = this.link.state;
      this.surface = select({ label: "Surface", options: Object.entries(SURFACES).map(([key, it]) => [key, it.title]), value: state.surface, onchange: (key) => { this.stop(); state.surface = key; this.rates(true); this.lay(); } });
      this.sliders = Object.fromEntries(Object.entries(RUNNERS).map(([name, title]) => [name,
        slider({ label: `${title}: rate`, min: -4, max: 1, step: 0.01, value: -2, show: (v) => fixed(rate(v)), oninput: (v) => { state[name] = v; this.run(); } })]));
      this.beta = slider({ label: "Momentum: β", min: 0, max: 0.99, step: 0.01, value: 0, show: (v) => v.toFixed(2), oninput: (v) => { state.beta = v; this.run(); } });
      this.step = slider({ label: "Step", min: 0, max: STEPS, step: 1, value: state.step, oninput: (k) => { this.stop(); this.go(k); } });
      this.play = button("Race", () => (this.racing ? this.stop() : this.race()));
      this.text = el("p"); this.status = el("p", { class: "gu-status", role: "status" });
      this.picture = canvas(WIDTH, HEIGHT, "");
      this.high = el("span");
      root.replaceChildren(
        el("h3", {}, "A race down the slope"),
        el("div", { class: "gu-controls gu-wide" }, this.surface.node, ...Object.values(this.sliders).map((it) => it.node), this.beta.node, this.step.node),
        el("div", { class: "gu-buttons" }, this.play, button("1 step", () => { this.stop(); this.go(state.step + 1); }), button("Back to the start", () => { this.stop(); this.go(0); }), button("Rates that suit", () => { this.rates(true); this.run(); })),
        this.text, this.status,
        el("figure", {}, this.picture.node, el("figcaption", {}, this.high, " SGD: solid line, circle. Momentum: dashed, triangle. Adam: dotted, square.")));
      this.rates(false);
      this.lay();
    }

    /** Another surface, or another light. */
    lay() {
      this.ground = ground(SURFACES[this.state.surface], WIDTH, HEIGHT, 0.33);
      this.high.textContent = colours().dark ? "Light is high." : "Dark is high.";
      this.run();
    }

    /** The rates of the link, or those that suit the surface. */
    rates(anew) {
      Object.keys(RUNNERS).forEach((name, k) => {
        if (anew || this.state[name] === null) this.state[name] = +Math.log10(SURFACES[this.state.surface].rates[k]).toFixed(2);
        this.sliders[name].value = this.state[name];
      });
      if (anew || this.state.beta === null) this.state.beta = SURFACES[this.state.surface].beta;
      this.beta.value = this.state.beta;
    }

    run() {
      const { state } = this;
      this.paths = Object.fromEntries(Object.keys(RUNNERS).map((name) => [name, path(state.surface, name, { lr: rate(state[name]), beta: state.beta }, STEPS)]));
      this.text.textContent = SURFACES[state.surface].text;
      this.go(state.step);
    }

    race() {
      if (this.state.step === STEPS) this.go(0);
      if (STILL.matches) return this.go(STEPS);
      this.racing = true;
      this.play.textContent = "Stop";
      const frame = () => {
        if (!this.racing) return;
        this.go(this.state.step + 1);
        if (this.state.step === STEPS) this.stop();
        else setTimeout(() => requestAnimationFrame(frame), 30);
      };
      frame();
    }

    stop() {
      this.racing = false;
      this.play.textContent = "Race";
      this.tell();
    }

    go(step) {
      this.step.value = this.state.step = Math.max(0, Math.min(STEPS, step));
      this.draw();
      if (!this.racing) this.tell();
    }

    tell() {
      const { state } = this, { cost } = SURFACES[state.surface];
      const words = Object.entries(RUNNERS).map(([name, title]) => {
        const place = this.paths[name][state.step], value = cost(place);
        return Number.isFinite(value) && Math.abs(value) < 1e9 ? `${title}: cost ${fixed(value)}` : `${title} has flown off`;
      });
      this.status.textContent = `Step ${state.step}. ${words.join(". ")}.`;
      this.picture.describe(`Seen from above: ${SURFACES[state.surface].title} and the three ways down. ${this.status.textContent}`);
      this.link.keep();
    }

    draw() {
      const { context: c } = this.picture, { state } = this, [x0, x1, y0, y1] = SURFACES[state.surface].box;
      const { text, background, classes } = colours(), shades = { sgd: classes[0], momentum: classes[1], adam: "#029e73" };
      const px = ([x]) => (WIDTH * (x - x0)) / (x1 - x0), py = ([, y]) => (HEIGHT * (y1 - y)) / (y1 - y0);
      c.drawImage(this.ground, 0, 0, WIDTH, HEIGHT);
      const seen = Object.entries(this.paths).map(([name, places]) => [name, places.slice(0, state.step + 1).filter((it) => it.every((v) => Math.abs(v) < 1e4))]);
      const trace = (places) => { c.beginPath(); places.forEach((it, k) => (k ? c.lineTo(px(it), py(it)) : c.moveTo(px(it), py(it)))); c.stroke(); };
      c.lineJoin = "round"; // no spikes where a path turns back
      c.strokeStyle = background; c.lineWidth = 5; // an edge, so that each path stands out from any grey
      seen.forEach(([, places]) => trace(places));
      for (const [name, places] of seen) {
        const x = px(places.at(-1)), y = py(places.at(-1));
        c.strokeStyle = shades[name]; c.lineWidth = 2; c.setLineDash(DASHES[name]);
        trace(places);
        c.setLineDash([]); c.fillStyle = shades[name]; c.strokeStyle = text; c.lineWidth = 1.5;
        c.beginPath();
        if (name === "sgd") c.arc(x, y, 7, 0, 2 * Math.PI);
        else if (name === "momentum") { c.moveTo(x, y - 8); c.lineTo(x + 8, y + 6); c.lineTo(x - 8, y + 6); c.closePath(); }
        else c.rect(x - 6, y - 6, 12, 12);
        c.fill(); c.stroke();
      }
    }
  }

  function build(root) {
    const page = new Page(root);
    finish(page.link, page.status, () => page.lay());
  }

  start("race", build);
})();
