/* Chapter 8: all-reduce chunk by chunk, in a ring and in the plain way, side by side. */
"use strict";

(() => {
  const { el, slider, button, canvas, colours, start, linked, finish, whole } = GroundUp;
  const { ring, plain } = GroundUp.ring;
  const MOST = 8;
  const SETTINGS = { workers: [4, whole(2, MOST)], tick: [0, whole(0, 2 * (MOST - 1) * MOST)] };
  const PHASES = {
    start: "nothing is sent yet",
    "reduce-scatter": "reduce-scatter: each adds the chunk that comes to its own",
    "all-gather": "all-gather: each keeps the finished chunk that comes, and passes it on",
    gather: "all send to worker 0, which adds",
    spread: "worker 0 sends the sum back",
  };
  const ones = (p) => Array.from({ length: p }, () => Array(p).fill(1));

  /** One way: a picture of who sends to whom, and a table of what each worker has. */
  class Way {
    constructor(title) {
      this.title = title;
      this.picture = canvas(260, 230, "");
      this.table = el("table", { class: "gu-numbers gu-chunks" });
      this.says = el("figcaption");
      this.node = el("figure", {}, el("p", {}, el("strong", {}, title)), this.picture.node, this.says, this.table);
    }

    show(states, tick) {
      const at = Math.min(tick, states.length - 1), { chunks, messages, phase } = states[at], p = chunks.length;
      const done = chunks.flat().filter((n) => n === p).length, over = tick >= states.length - 1;
      this.draw(p, over && tick > at ? [] : messages);
      const arrives = (r, c) => tick === at && messages.some(({ to, chunk }) => to === r && chunk === c);
      const head = el("tr", {}, el("td", {}), ...chunks.map((_, c) => el("th", { scope: "col" }, `${c}`)));
      const rows = chunks.map((row, r) => el("tr", {}, el("th", { scope: "row" }, `worker ${r}`),
        ...row.map((n, c) => el("td", { class: `${n === p ? "gu-whole" : ""} ${arrives(r, c) ? "gu-new" : ""}` }, String(n)))));
      this.table.replaceChildren(el("caption", {}, "Parts in each chunk"), el("thead", {}, head), el("tbody", {}, ...rows));
      const first = messages[0];
      const what = !first ? PHASES.start : over && tick > at ? "finished" : `${PHASES[phase]}. Worker ${first.from} sends chunk ${first.chunk} to worker ${first.to}${messages.length > 1 ? ", and so all round" : "; the others wait"}`;
      this.says.textContent = `${what[0].toUpperCase()}${what.slice(1)}.`;
      this.picture.describe(`${this.title}: ${this.says.textContent}`);
      return `${this.title}: ${done} of ${p * p} chunks whole${over ? `, finished at time ${states.length - 1}` : ""}.`;
    }

    draw(p, messages) {
      const { context: c, width, height } = this.picture, { text, classes } = colours();
      const at = (r) => [width / 2 + 90 * Math.sin((2 * Math.PI * r) / p), height / 2 - 90 * Math.cos((2 * Math.PI * r) / p)];
      c.clearRect(0, 0, width, height);
      c.font = "13px sans-serif"; c.textAlign = "center"; c.textBaseline = "middle";
      for (const { from, to, chunk } of messages) {
        const [x0, y0] = at(from), [x1, y1] = at(to), long = Math.hypot(x1 - x0, y1 - y0);
        const dx = (x1 - x0) / long, dy = (y1 - y0) / long, side = p === 2 && messages.length > 1 ? -8 : 0; // two at once
        const on = (part) => [x0 + dx * part - dy * side, y0 + dy * part + dx * side];
        c.strokeStyle = c.fillStyle = text; c.lineWidth = 2;
        c.beginPath(); c.moveTo(...on(16)); c.lineTo(...on(long - 22)); c.stroke();
        const [tx, ty] = on(long - 16), [bx, by] = on(long - 25);
        c.beginPath(); c.moveTo(tx, ty); c.lineTo(bx - 5 * dy, by + 5 * dx); c.lineTo(bx + 5 * dy, by - 5 * dx); c.fill();
        const [mx, my] = on(long / 2);
        c.fillText(String(chunk), mx + 12 * dy, my - 12 * dx);
      }
      for (let r = 0; r < p; r++) {
        c.fillStyle = classes[0]; c.beginPath(); c.arc(...at(r), 14, 0, 2 * Math.PI); c.fill();
        c.fillStyle = "#fff"; c.fillText(String(r), ...at(r));
      }
    }
  }

  function build(root) {
    const link = linked(root, SETTINGS), { state } = link;
    const ways = [new Way("Ring"), new Way("Plain")], status = el("p", { class: "gu-status", role: "status" });
    let states = [];
    const last = () => Math.max(...states.map((it) => it.length)) - 1;
    const workers = slider({ label: "Workers", min: 2, max: MOST, step: 1, value: state.workers, oninput: (p) => { state.workers = p; state.tick = 0; begin(); } });
    const tick = slider({ label: "Time", min: 0, max: 1, step: 1, value: 0, oninput: go });
    const back = button("Back", () => go(state.tick - 1)), next = button("Next", () => go(state.tick + 1));

    function begin() {
      const V = ones(state.workers);
      states = [ring(V), plain(V)];
      tick.node.querySelector("input").max = last();
      go(state.tick);
    }

    function go(to) {
      tick.value = state.tick = Math.max(0, Math.min(last(), to));
      back.disabled = state.tick === 0;
      next.disabled = state.tick === last();
      link.keep();
      status.textContent = `Time ${state.tick}. ${ways.map((way, k) => way.show(states[k], state.tick)).join(" ")}`;
    }

    root.states = (V) => ({ ring: ring(V), plain: plain(V) });
    root.replaceChildren(
      el("h3", {}, "All-reduce, chunk by chunk"),
      el("p", {}, "Each worker has a vector, cut into as many chunks as there are workers, and wants the sum over all workers. A link carries one chunk in a unit of time. The number beside an arrow says which chunk goes there. The tables count how many workers' parts are added up in each chunk so far."),
      el("div", { class: "gu-controls" }, workers.node, tick.node),
      el("div", { class: "gu-buttons" }, back, next, button("To the ring's end", () => go(states[0].length - 1)), button("To the end", () => go(last()))),
      status,
      el("div", { class: "gu-columns" }, ...ways.map((it) => it.node)));
    begin();
    finish(link, status, () => go(state.tick));
  }

  start("ring", build);
})();
