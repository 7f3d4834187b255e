/* Chapter 5: a digit goes through the CNN, layer by layer, down to the products of one number. */
"use strict";

(() => {
  const { el, slider, select, button, canvas, start, digits, inside, linked, finish } = GroundUp;
  const { SIDE, Pad, Answer, asked, testImages, grey, centre, covered, softmax } = digits;
  const { LAYERS, HIDE, LIKE, Like, STEPS, SETTINGS, TEXTS, windowOf, explain, rounded, toText, fromText, without, fixed, table, frame } = inside;
  const percent = (p) => `${(100 * p).toFixed(1)} %`;
  const bestOf = (p) => p.indexOf(Math.max(...p));
  const figure = (node, caption) => el("figure", {}, node, el("figcaption", {}, caption));

  class Page {
    constructor(root, ask, link) {
      Object.assign(this, { root, ask, link, state: link.state, samples: testImages(), image: null, layers: null, waiting: false });
      this.pad = new Pad(() => this.later());
      this.sample = select({ label: "Test image", options: this.samples.options, value: this.state.digit, onchange: (i) => i !== "" && this.take(i) });
      this.step = select({ label: "Step", options: STEPS.map((it) => [it.name, it.title]), value: this.state.layer, onchange: (name) => this.go(name) });
      this.back = button("Back", () => this.walk(-1));
      this.next = button("Next", () => this.walk(1));
      this.from = select({ label: "Products with map", options: [], value: "0", onchange: (m) => { this.state.from = +m; this.draw(); } });
      this.size = slider({ label: "Square", min: 2, max: 14, step: 1, value: this.state.size, show: (v) => `${v} × ${v}`, oninput: (v) => { this.state.size = v; this.draw(); } });
      this.status = el("p", { class: "gu-status", role: "status" });
      this.like = new Like(ask, this.status, this.state.by, (by) => { this.state.by = by; this.draw(); });
      this.source = canvas(224, 224, "", { class: "gu-pixels" });
      this.target = canvas(224, 224, "", {
        class: "gu-pixels", tabindex: "0", role: "application", onkeydown: (event) => this.key(event),
        onpointerdown: (event) => this.point(event), onpointermove: (event) => event.buttons & 1 && this.point(event),
      });
      this.answers = [new Answer("The CNN"), new Answer("Without the square")];
      this.text = el("p"); this.numbers = el("div", { class: "gu-sums" });
      this.thumbs = el("div", { class: "gu-neurons" });
      this.sourceSays = el("span"); this.targetSays = el("span");
      this.lay();
    }

    lay() {
      this.columns = el("div", { class: "gu-columns" },
        figure(this.source.node, this.sourceSays), figure(this.target.node, this.targetSays), this.answers[1].node);
      this.shown = el("div", {}, this.thumbs, this.columns, this.like.node, this.size.node, this.status, this.from.node, this.numbers);
      this.root.replaceChildren(
        el("h3", {}, "Inside the CNN"),
        el("div", { class: "gu-columns" },
          el("figure", { class: "gu-draw" }, this.pad.node, el("figcaption", {}, "Draw a digit, or choose one. ", this.pad.says)),
          el("div", {}, this.sample.node, el("div", { class: "gu-buttons" }, button("Clear", () => this.clear())), this.answers[0].node)),
        el("div", { class: "gu-buttons" }, this.step.node, this.back, this.next),
        this.text, this.shown);
    }

    // --- the image ---

    later() {
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => { this.waiting = false; if (!this.pad.empty) this.drawn(); });
    }

    /** What was drawn goes into the link, so the network sees the sixteen greys that fit there. */
    drawn() {
      const image = rounded(centre(this.pad.ink));
      Object.assign(this.state, { digit: "", ink: toText(image) });
      this.sample.value = "";
      this.see(image);
    }

    take(i) {
      Object.assign(this.state, { digit: i, ink: "" });
      const pixels = this.samples.pixels(i);
      this.pad.show(pixels);
      this.see(Float32Array.from(pixels, (v) => v / 255));
    }

    clear() {
      Object.assign(this.state, { digit: "", ink: "" });
      this.sample.value = "";
      this.pad.clear();
      this.see(null);
    }

    see(image) {
      this.image = image;
      this.layers = image && [image, ...this.ask.layers(image)];
      this.falls = null; // of the probability, at every place of a square: reckoned when asked for
      this.pad.draw();
      this.draw();
    }

    // --- where the reader looks ---

    get layer() { return STEPS.find((it) => it.name === this.state.layer); }

    go(name) {
      const { state } = this, before = this.layer, now = STEPS.find((it) => it.name === name);
      const scaled = (at, old, fresh) => Math.min(fresh - 1, Math.floor((at * fresh) / old));
      state.row = scaled(state.row, before.rows, now.rows);
      state.column = scaled(state.column, before.columns, now.columns);
      state.layer = this.step.value = name;
      this.draw();
    }

    walk(by) {
      const next = STEPS[STEPS.indexOf(this.layer) + by];
      if (next) this.go(next.name);
    }

    move(row, column) {
      const { rows, columns } = this.layer, inside = (v, n) => Math.max(0, Math.min(n - 1, v));
      Object.assign(this.state, { row: inside(row, rows), column: inside(column, columns) });
      this.draw();
    }

    key(event) {
      const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.move(this.state.row + by[0], this.state.column + by[1]);
    }

    point(event) {
      const box = this.target.node.getBoundingClientRect(), { rows, columns } = this.layer;
      this.move(Math.floor(((event.clientY - box.top) / box.height) * rows), Math.floor(((event.clientX - box.left) / box.width) * columns));
    }

    // --- drawing ---

    draw() {
      const { state, layer, layers } = this, at = STEPS.indexOf(layer);
      for (const [name, most] of [["map", layer.maps], ["row", layer.rows], ["column", layer.columns]]) state[name] = Math.min(state[name], most - 1);
      state.from = Math.min(state.from, (LAYERS[at - 1]?.maps ?? 1) - 1);
      this.link.keep();
      this.back.disabled = at === 0;
      this.next.disabled = at === STEPS.length - 1;
      this.shown.hidden = !layers;
      this.text.textContent = layers ? TEXTS[layer.name] : "Draw a digit. An empty square gets no answer.";
      this.answers[0].show(layers && softmax(layers.at(-1)));
      if (!layers) return;
      const hiding = layer === HIDE, alike = layer === LIKE;
      this.size.node.hidden = this.answers[1].node.hidden = !hiding;
      this.columns.hidden = alike;
      this.like.node.hidden = !alike;
      if (hiding || alike) this.thumbs.hidden = true;
      this.numbers.replaceChildren();
      this.from.node.hidden = !["conv2", "dense"].includes(layer.name);
      this.source.node.parentNode.hidden = layer.name === "image";
      if (hiding) this.drawHidden();
      else if (alike) this.like.show(layers, state.by);
      else this.drawLayer(layer, at);
      this.target.describe(`${this.status.textContent} Arrow keys move the frame.`);
    }

    /** One map of a layer, black where it is largest; several are drawn in one measure. */
    paint(target, l, map) {
      const { rows, columns } = LAYERS[l], values = this.layers[l], size = rows * columns;
      grey(target, values.subarray(map * size, (map + 1) * size), rows, Math.min(0, ...values), Math.max(1e-6, ...values), columns);
    }

    drawLayer(layer, l) {
      const { state, layers } = this, { map, row, column } = state;
      this.drawThumbs(layer, l);
      this.paint(this.target, l, map);
      const value = layers[l][(map * layer.rows + row) * layer.columns + column];
      const unit = row * layer.columns + column;
      if (l === 0) {
        frame(this.target, layer, [row - 1, column - 1, 3, 3]);
        this.targetSays.textContent = "The image, and the nine pixels around yours.";
        this.status.textContent = `Row ${row}, column ${column}: ${fixed(value)}.`;
        const around = [-1, 0, 1].flatMap((r) => [-1, 0, 1].map((c) => (layers[0][(row + r) * SIDE + column + c] ?? 0) * (column + c >= 0 && column + c < SIDE)));
        return this.numbers.replaceChildren(table("around it", around, 3));
      }
      frame(this.target, layer, [row, column, 1, 1]);
      const before = LAYERS[l - 1], seen = before.maps === layer.maps && !layer.weights ? map : state.from;
      this.paint(this.source, l - 1, seen);
      frame(this.source, before, windowOf(layer, row, column));
      const name = { dense: `Neuron ${unit}`, logits: `Digit ${unit}` }[layer.name] ?? `Map ${map}, row ${row}, column ${column}`;
      this.targetSays.textContent = layer.maps > 1 ? `Map ${map}. The frame is yours to move.` : "Each square is one neuron. The frame is yours to move.";
      this.sourceSays.textContent = before.maps > 1 ? `Map ${seen} of the layer before, and the window it looks at.` : l === 1 ? "The image, and the window it looks at." : "The layer before: it looks at all of it.";
      this.source.describe(this.sourceSays.textContent);
      this.drawSum(layer, before, name, explain(layers, this.ask.tensors, layer.name, map, row, column));
    }

    drawThumbs(layer, l) {
      this.thumbs.hidden = layer.maps === 1;
      if (this.thumbs.dataset.of !== layer.name) {
        this.pictures = Array.from({ length: layer.maps }, () => canvas(52, 52, "", { class: "gu-pixels", role: "presentation" }));
        this.thumbs.replaceChildren(...this.pictures.map((it, m) => button("", () => { this.state.map = m; this.draw(); }, { class: "gu-button gu-map", "aria-label": `Map ${m}` })));
        this.pictures.forEach((it, m) => this.thumbs.children[m].append(it.node, String(m)));
        this.thumbs.dataset.of = layer.name;
        const before = Array.from({ length: LAYERS[l - 1]?.maps ?? 1 }, (_, m) => el("option", { value: m }, `map ${m}`));
        this.from.node.querySelector("select").replaceChildren(...before);
      }
      this.pictures.forEach((it, m) => {
        this.paint(it, l, m);
        this.thumbs.children[m].setAttribute("aria-pressed", String(m === this.state.map));
      });
      this.from.value = String(this.state.from);
    }

    /** The sum behind one number: in words, and its terms as tables. */
    drawSum(layer, before, name, { windows, weights, products, sums, bias, z, answer }) {
      if (!weights) {
        this.status.textContent = `${name}: the largest of four is ${fixed(answer)}.`;
        return this.numbers.replaceChildren(table("its window", windows[0], 2));
      }
      const m = this.state.from, count = windows.length * windows[0].length, last = layer.name === "logits";
      const relu = last ? "" : z > 0 ? " ReLU leaves it." : " ReLU makes it 0.";
      this.status.textContent = `${name}: ${count} products add up to ${fixed(z - bias)}; with the bias ${fixed(bias)} that is ${fixed(z)}.${relu}`;
      const columns = layer.name.startsWith("conv") ? 3 : before.columns;
      const tables = [table("window", windows[m], columns), table("× filter", weights[m], columns), table(`= products, sum ${fixed(sums[m])}`, products[m], columns)];
      if (columns > 3) tables.splice(0, 2);
      if (sums.length > 1) tables.push(table("sums, map by map", sums, 4));
      this.numbers.replaceChildren(...tables);
    }

    drawHidden() {
      const { state, image, ask } = this, { row, column, size } = state, n = SIDE / 2;
      const left = without(image, row, column, size), p = softmax(this.layers.at(-1)), q = softmax(ask("cnn", left)), best = bestOf(p);
      grey(this.target, left, SIDE);
      frame(this.target, HIDE, [Math.round(row - (size - 1) / 2), Math.round(column - (size - 1) / 2), size, size]);
      if (!this.falls) {
        const z = ask("cnn", covered(image, n));
        this.falls = Array.from({ length: n * n }, (_, k) => p[best] - softmax(z.slice(10 * k, 10 * k + 10))[best]);
      }
      const most = Math.max(...this.falls), at = this.falls.indexOf(most);
      grey(this.source, this.falls, n, 0, Math.max(0.01, most));
      this.answers[1].show(q);
      this.status.textContent = `Without the square around row ${row}, column ${column}: ${best} falls from ${percent(p[best])} to ${percent(q[best])}. The answer ${bestOf(q) === best ? "stays" : "becomes"} ${bestOf(q)}.`;
      this.targetSays.textContent = "The square is yours to move.";
      this.sourceSays.textContent = `A square of 4 × 4 costs most around row ${2 * Math.floor(at / n) + 1}, column ${2 * (at % n) + 1}: ${(100 * most).toFixed(1)} points.`;
      this.source.describe(this.sourceSays.textContent);
    }
  }

  async function build(root) {
    const ask = await asked("digits.js", "samples.js"), link = linked(root, SETTINGS), { state } = link;
    const page = new Page(root, ask, link);
    root.layers = ask.layers;
    root.nearest = (x, by) => page.like.find([x, ...ask.layers(Float32Array.from(x))], by);
    root.explain = (x, ...where) => explain([Float32Array.from(x), ...ask.layers(Float32Array.from(x))], ask.tensors, ...where).answer;
    if (state.ink) {
      const image = fromText(state.ink);
      page.pad.show(Array.from(image, (v) => 255 * v));
      page.sample.value = state.digit = "";
      page.see(image);
    } else if (state.digit !== "") page.take(state.digit);
    else page.see(null);
    finish(link, page.status, () => page.draw());
  }

  start("cnn", build);
})();
