/* Chapter 8: the time of a training step with many workers, by the chapter's model. */
"use strict";

(() => {
  const { el, slider, select, button, canvas, colours, start, linked, finish, within, whole, among } = GroundUp;
  const { fitted, total } = GroundUp.ring;
  const WAYS = { ring: ["ring", []], rounds: ["few rounds", [8, 4]], plain: ["plain way", [2, 3]] };
  const POINTS = 120, MOST = 1000;
  const ROWS = [16, 32, 64, 128, 256, 512, 1024, 16384, 65536];
  const exact = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));

  /** A number with its unit, in three digits: 2.1e9 bytes a second is 2.10 GB/s. */
  function inUnits(value, units) {
    const [size, unit] = units.find(([it]) => value >= it) ?? units.at(-1);
    return `${exact(value / size)} ${unit}`;
  }
  const time = (s) => inUnits(s, [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]);
  const speed = (b) => inUnits(b, [[1e12, "TB/s"], [1e9, "GB/s"], [1e6, "MB/s"]]);
  const count = (n) => inUnits(n, [[1e9, "bn"], [1e6, "m"], [1e3, "k"]]);

  /** A slider over powers of ten: its value is the logarithm. */
  const decades = (label, low, high, value, show, oninput) =>
    slider({ label, min: low, max: high, step: "any", value, show: (v) => show(10 ** v), oninput });

  /** Log-log axes: powers of ten as lines, and the places of a point. */
  function axes(target, [x0, x1], [y0, y1], xlabel, ylabel) {
    const { context: c, width, height } = target, { text, muted, border } = colours();
    const left = 58, right = 20, top = 8, bottom = 36, part = (v, low, high) => Math.log(v / low) / Math.log(high / low);
    const px = (x) => left + (width - left - right) * part(x, x0, x1), py = (y) => height - bottom - (height - top - bottom) * part(y, y0, y1);
    c.clearRect(0, 0, width, height);
    c.font = "11px sans-serif"; c.lineWidth = 1; c.strokeStyle = border; c.fillStyle = muted; c.setLineDash([]);
    c.textAlign = "center"; c.textBaseline = "top";
    for (let x = x0; x <= x1 * 1.01; x *= 10) {
      c.beginPath(); c.moveTo(px(x), py(y0)); c.lineTo(px(x), py(y1)); c.stroke();
      c.fillText(String(Math.round(x)), px(x), py(y0) + 5);
    }
    c.textAlign = "right"; c.textBaseline = "middle";
    for (let y = y0; y <= y1 * 1.01; y *= 10) {
      c.beginPath(); c.moveTo(px(x0), py(y)); c.lineTo(px(x1), py(y)); c.stroke();
      c.fillText(time(y * 1.0000001).replace(/\.0+ /, " "), px(x0) - 5, py(y));
    }
    c.fillStyle = text; c.textAlign = "center"; c.textBaseline = "alphabetic";
    c.fillText(xlabel, (left + width) / 2, height - 6);
    c.save(); c.translate(11, (height - bottom) / 2); c.rotate(-Math.PI / 2); c.fillText(ylabel, 0, 0); c.restore();
    return { px, py };
  }

  class Page {
    constructor(root, measured) {
      this.measured = measured;
      this.model = fitted(measured);
      const start = this.start = {
        p: 64, rows: 1024, way: "ring",
        m: Math.log10(measured.parameters), beta: Math.log10(this.model.beta), alpha: Math.log10(this.model.alpha),
      };
      this.link = linked(root, {
        p: [start.p, whole(1, MOST)], rows: [start.rows, among(...ROWS)], way: [start.way, among(...Object.keys(WAYS))],
        m: [start.m, within(4, 11)], beta: [start.beta, within(7, 12)], alpha: [start.alpha, within(-7, -2)],
      });
      const state = this.state = this.link.state, set = (name) => (v) => { state[name] = v; this.draw(); };
      this.controls = {
        p: decades("Workers", 0, 3, Math.log10(state.p), (v) => String(Math.round(v)), (v) => set("p")(Math.round(10 ** v))),
        m: decades("Parameters", 4, 11, state.m, count, set("m")),
        beta: decades("Bandwidth", 7, 12, state.beta, speed, set("beta")),
        alpha: decades("Latency", -7, -2, state.alpha, time, set("alpha")),
        rows: select({ label: "Rows, joint batch", options: ROWS.map((n) => [n, `${n}`]), value: state.rows, onchange: (n) => set("rows")(+n) }),
        way: select({ label: "Exchange", options: Object.entries(WAYS).map(([key, [name]]) => [key, name]), value: state.way, onchange: set("way") }),
      };
      this.picture = canvas(560, 320, "");
      this.status = el("p", { class: "gu-status", role: "status" });
      root.replaceChildren(
        el("h3", {}, "What would more workers bring?"),
        el("div", { class: "gu-controls gu-wide" }, ...Object.values(this.controls).map((it) => it.node)),
        el("div", { class: "gu-buttons" }, button("As measured", () => this.reset())),
        this.status,
        el("figure", {}, this.picture.node, el("figcaption", {}, "Time of a step. Solid: ring; dashed: few rounds; dotted: plain way; thin: without any exchange. The ring around a line is your choice; dots are measured.")));
      this.draw();
    }

    reset() {
      const { rows, way } = this.state;
      Object.assign(this.state, this.start, { rows, way });
      for (const name of ["m", "beta", "alpha"]) this.controls[name].value = this.state[name];
      this.controls.p.value = Math.log10(this.state.p);
      this.draw();
    }

    /** Seconds of a step with p workers. A row's work grows with the parameters, as in an MLP. */
    seconds(p, way = this.state.way) {
      const { state, model, measured } = this, parameters = 10 ** state.m;
      const here = { ...model, alpha: 10 ** state.alpha, beta: 10 ** state.beta, c: (model.c * parameters) / measured.parameters };
      return total(state.rows, p, 4 * parameters, way ? here : { ...here, o: 0, alpha: 0, beta: Infinity }, way || "ring");
    }

    draw() {
      const { state, link, status, start } = this, { p, way } = state;
      link.keep();
      const one = this.seconds(1), all = this.seconds(p), compute = this.seconds(p, "");
      let best = 1;
      for (let k = 2; k <= MOST; k++) if (this.seconds(k) < this.seconds(best)) best = k;
      const exchange = p > 1 ? `, ${time(all - compute)} of them for the exchange` : "";
      status.textContent = `${p} ${p === 1 ? "worker" : "workers"}, ${WAYS[way][0]}: ${time(all)} a step${exchange}. `
        + `That is ${exact(one / all)} times as fast as one worker. ${best === 1 ? "No number of workers is faster than one" : `Best are ${best} workers, ${exact(one / this.seconds(best))} times`}.`;
      const same = ["m", "beta", "alpha"].every((name) => state[name] === start[name]);
      this.drawLines(same ? [["compute", 1], ["step", 2]].flatMap(([what, x]) => this.measured[what].filter(([n]) => n === state.rows).map(([, s]) => [x, s])) : []);
      this.picture.describe(`Time of a step by workers. ${status.textContent}`);
    }

    drawLines(points) {
      const { state, picture } = this, { context: c } = picture, { classes, text, muted } = colours();
      const workers = Array.from({ length: POINTS }, (_, k) => MOST ** (k / (POINTS - 1)));
      const at = Object.fromEntries(["", ...Object.keys(WAYS)].map((way) => [way, workers.map((x) => this.seconds(x, way))]));
      const every = Object.values(at).flat(), low = 10 ** Math.floor(Math.log10(Math.min(...every))), high = 10 ** Math.ceil(Math.log10(Math.max(...every)));
      const { px, py } = axes(picture, [1, MOST], [low, high], "workers", "a step");
      for (const [way, values] of Object.entries(at)) {
        c.beginPath();
        values.forEach((s, k) => (k ? c.lineTo(px(workers[k]), py(s)) : c.moveTo(px(workers[k]), py(s))));
        c.strokeStyle = way ? classes[0] : muted; c.lineWidth = way === state.way ? 3.5 : way ? 2 : 1; c.setLineDash(way ? WAYS[way][1] : []); c.stroke();
      }
      c.setLineDash([]);
      for (const [x, s] of points) { c.fillStyle = classes[1]; c.beginPath(); c.arc(px(x), py(s), 5, 0, 2 * Math.PI); c.fill(); }
      c.strokeStyle = text; c.lineWidth = 2; c.beginPath(); c.arc(px(state.p), py(this.seconds(state.p)), 7, 0, 2 * Math.PI); c.stroke();
    }
  }

  function build(root) {
    const page = new Page(root, window.SCALING);
    root.seconds = (p, way) => page.seconds(p, way);
    root.model = page.model;
    finish(page.link, page.status, () => page.draw());
  }

  start("scaling", build);
})();
