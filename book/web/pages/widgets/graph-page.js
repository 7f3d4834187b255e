/* Chapter 3: the walk forward and the walk back through a small graph, step by step. */
"use strict";

(() => {
  const { el, svg, fixed, slider, select, button, start, linked, among, whole, within } = GroundUp;
  const { GRAPHS, forward, backward, slopesInto, written } = GroundUp.graph;
  const DIGITS = 4, LIMIT = 5;
  const BOX = { width: 112, height: 44 };
  const SETTINGS = {
    graph: ["two", among(...Object.keys(GRAPHS))],
    step: [0, whole(0, 20)],
    numbers: ["", (text) => (text.split("_").map(within(-LIMIT, LIMIT)).includes(undefined) ? undefined : text)],
  };
  const number = (value) => fixed(value, DIGITS);

  class Page {
    constructor(root) {
      this.root = root;
      this.picture = svg("svg", { role: "img", class: "gu-graph" });
      this.status = el("p", { class: "gu-status", role: "status" });
      this.sliders = el("div", { class: "gu-controls" });
      this.choice = select({
        label: "Graph", value: "two", options: Object.entries(GRAPHS).map(([key, it]) => [key, it.title]),
        onchange: (name) => { this.said = ""; this.begin(name); this.keep(); },
      });
      this.undo = button("Undo", () => this.go(this.step - 1));
      this.next = button("Step", () => this.go(this.step + 1));
      this.lay();
      this.link = linked(root, SETTINGS);
      const { graph, step, numbers } = this.link.state;
      this.said = this.link.said;
      this.begin(graph, step, numbers ? numbers.split("_").map(Number) : []);
      new ResizeObserver(() => this.draw()).observe(root);
    }

    lay() {
      this.root.replaceChildren(
        el("h3", {}, "Forward and back, step by step"),
        el("div", { class: "gu-controls" }, this.choice.node),
        el("div", { class: "gu-buttons" }, this.next, this.undo,
          button("Whole forward pass", () => this.go(this.made.length)),
          button("Whole backward pass", () => this.go(this.last)),
          button("Start again", () => this.go(0))),
        this.status, this.picture, this.sliders);
    }

    // --- the state: the graph, its given numbers, and how many steps have been made ---

    begin(name, step = 0, numbers = []) {
      this.name = this.choice.value = name;
      this.nodes = GRAPHS[name].nodes;
      this.made = this.nodes.filter((it) => it.operation);
      this.last = 2 * this.made.length + 1;
      this.step = Math.min(step, this.last);
      const given = this.nodes.filter((it) => !it.operation), fit = numbers.length === given.length;
      this.numbers = Object.fromEntries(given.map((it, k) => [it.name, fit ? Math.round(10 * numbers[k]) / 10 : it.value]));
      this.sliders.replaceChildren(...given.map((it) => slider({
        label: it.name, min: -LIMIT, max: LIMIT, step: 0.1, value: this.numbers[it.name],
        show: (value) => fixed(value, 1),
        oninput: (value) => { this.numbers[it.name] = value; this.keep(); this.draw(); },
      }).node));
      this.draw();
    }

    go(step) {
      this.step = Math.max(0, Math.min(this.last, step));
      this.keep();
      this.draw();
    }

    keep() {
      const { link } = this;
      this.said = "";
      Object.assign(link.state, { graph: this.name, step: this.step, numbers: Object.values(this.numbers).join("_") });
      link.keep();
    }

    // --- what is known after so many steps, and what is said of the last one ---

    known() {
      const values = forward(this.nodes, this.numbers);
      const ready = new Set(Object.keys(this.numbers));
      for (const it of this.made.slice(0, this.step)) ready.add(it.name);
      const back = backward(this.nodes, values).slice(0, Math.max(0, this.step - this.made.length));
      return { values, ready, back, slopes: back.at(-1)?.slopes ?? {} };
    }

    tell({ values, back }) {
      const end = this.nodes.at(-1).name;
      if (this.step === 0) return "Only the numbers on the left are known. Step computes the next one from them.";
      if (!back.length) {
        const it = this.made[this.step - 1], numbers = it.of.map((name) => number(values[name]));
        const more = it.name === end ? " The forward pass is done; the next step turns round." : "";
        return `Forward: ${it.name} = ${written(it, it.of)} = ${written(it, numbers)} = ${number(values[it.name])}.${more}`;
      }
      const { from, gifts, slopes } = back.at(-1);
      if (!gifts.length) return `Backward: the walk begins at the end. The slope of ${end} along itself is 1.`;
      const said = gifts.map(({ to, had, along, has }) => {
        const product = `${number(slopes[from])} · ${number(along)}`;
        if (had === undefined) return `${to} gets ${product} = ${number(has)}.`;
        return `${to} has ${number(had)} from its other way; ${product} is added: ${number(has)}.`;
      });
      const done = this.step === this.last ? ` Done: the slope of ${end} along every number is known.` : "";
      return `Backward from ${from}: its slope times that of each arrow into it. ${said.join(" ")}${done}`;
    }

    /** The whole picture in words. */
    describe({ values, ready, slopes }) {
      const words = this.nodes.map(({ name }) => {
        const value = ready.has(name) ? `${name} is ${number(values[name])}` : `${name} is not known yet`;
        return name in slopes ? `${value}, slope ${number(slopes[name])}` : value;
      });
      return `A graph: ${words.join("; ")}.`;
    }

    // --- drawing: columns from left to right, or from top to bottom where there is little room ---

    draw() {
      const columns = Math.max(...this.nodes.map(({ at }) => at[0])), across = columns * (BOX.width + 52) + BOX.width + 4;
      const known = this.known(), down = this.sliders.clientWidth < 0.9 * across; // smaller is no text to read
      const gap = down ? [BOX.width + 6, BOX.height + 36] : [BOX.width + 52, BOX.height + 20];
      this.place = ({ at: [column, row] }) => {
        const [x, y] = down ? [row, column] : [column, row];
        return [x * gap[0] + BOX.width / 2 + 2, y * gap[1] + BOX.height / 2 + 2];
      };
      this.down = down;
      const reach = this.nodes.map(this.place);
      const width = Math.max(...reach.map(([x]) => x)) + BOX.width / 2 + 2;
      const height = Math.max(...reach.map(([, y]) => y)) + BOX.height / 2 + 2;
      this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.picture.style.maxWidth = `${width}px`;
      this.picture.replaceChildren(...this.arrows(known), ...this.nodes.map((it) => this.box(it, known)));
      const said = this.tell(known);
      this.status.textContent = this.said + said;
      this.picture.setAttribute("aria-label", this.describe(known));
      this.undo.disabled = this.step === 0;
      this.next.disabled = this.step === this.last;
    }

    arrows({ values, ready, back }) {
      const here = back.at(-1)?.from, byName = Object.fromEntries(this.nodes.map((it) => [it.name, it]));
      const forwards = back.length ? null : this.made[this.step - 1]?.name;
      return this.made.flatMap((node) => node.of.map((name, k) => {
        const [x1, y1] = this.place(byName[name]), [x2, y2] = this.place(node);
        const [a, b] = this.down
          ? [[x1, y1 + BOX.height / 2], [x2, y2 - BOX.height / 2]]
          : [[x1 + BOX.width / 2, y1], [x2 - BOX.width / 2, y2]];
        const state = node.name === here ? "gu-back" : node.name === forwards ? "gu-now" : "";
        const label = ready.has(node.name) ? number(slopesInto(node, values)[k]) : "";
        return svg("g", { class: `gu-arrow ${state}` },
          svg("path", { d: `M${a}L${b}` }), head(a, b, state === "gu-back"),
          svg("text", { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2 - (this.down ? -4 : 6), "data-arrow": `${name}→${node.name}` }, label));
      }));
    }

    box(node, { values, ready, back, slopes }) {
      const [x, y] = this.place(node), { name } = node, step = back.at(-1);
      const current = step ? name === step.from || step.gifts.some(({ to }) => to === name)
        : name === this.made[this.step - 1]?.name;
      const value = ready.has(name) ? `${name} = ${number(values[name])}` : `${name} = ?`;
      const slope = name in slopes ? `slope ${number(slopes[name])}` : "";
      return svg("g", { class: `gu-node ${node.operation ? "" : "gu-given"} ${current ? (step ? "gu-back" : "gu-now") : ""}` },
        svg("rect", { x: x - BOX.width / 2, y: y - BOX.height / 2, width: BOX.width, height: BOX.height, rx: 6 }),
        svg("text", { x, y: y - 4, "data-value": name }, value),
        svg("text", { x, y: y + 14, class: "gu-slope", "data-slope": name }, slope));
    }
  }

  /** The head of an arrow from a to b, at the end to which it points. */
  function head(a, b, backwards) {
    const [from, to] = backwards ? [b, a] : [a, b];
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const wing = (turn) => [to[0] - 9 * Math.cos(angle + turn), to[1] - 9 * Math.sin(angle + turn)];
    return svg("path", { class: "gu-head", d: `M${to}L${wing(0.4)}L${wing(-0.4)}Z` });
  }

  start("graph", (root) => { new Page(root); });
})();
