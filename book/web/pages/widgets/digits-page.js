/* Chapter 5: draw a digit, and the chapter's three networks answer side by side. */
"use strict";

(() => {
  const { el, select, checkbox, button, canvas, load, folder, start, digits } = GroundUp;
  const { SIDE, SCALE, bytes, contextOf, shrink, centre, enlarged, covered, softmax } = digits;
  const BRUSH = 11; // radius in drawing pixels
  const NAMES = { logistic: "Logistic regression", mlp: "MLP", cnn: "CNN" };

  /** side × side values as pixels on the target; low is white, high is black. */
  function grey(target, values, side, low = 0, high = 1) {
    const image = new ImageData(side, side);
    for (let k = 0; k < side * side; k++) {
      const v = values ? 255 * (1 - Math.min(1, Math.max(0, (values[k] - low) / (high - low)))) : 255;
      image.data.set([v, v, v, 255], 4 * k);
    }
    enlarge(target.context, image, target);
  }

  function enlarge(context, image, { width, height }) {
    const small = document.createElement("canvas");
    small.width = small.height = image.width;
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, height);
  }

  /** The square to draw in: strokes by pointer, or a pen moved by the arrow keys. */
  class Pad {
    constructor(onstroke) {
      this.onstroke = onstroke;
      this.ink = document.createElement("canvas");
      this.ink.width = this.ink.height = SIDE * SCALE;
      this.pen = contextOf(this.ink);
      Object.assign(this, { empty: true, cursor: null, last: null });
      this.says = el("span", { "aria-live": "polite" });
      this.picture = canvas(280, 280, "Drawing square. Arrow keys move the pen, space lowers and lifts it.", {
        tabindex: "0", role: "application", onkeydown: (event) => this.key(event), onblur: () => { this.cursor = null; this.draw(); },
        onpointerdown: (event) => this.down(event), onpointermove: (event) => this.move(event),
        onpointerup: (event) => this.up(event), onpointercancel: (event) => this.up(event),
        onlostpointercapture: (event) => this.up(event),
      });
      this.node = this.picture.node;
    }

    at(event) {
      const { ink } = this, box = this.node.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * ink.width, ((event.clientY - box.top) / box.height) * ink.height];
    }

    /** Only the first finger, the pen's tip and the left button draw. */
    down(event) {
      if (event.button !== 0 || !event.isPrimary) return;
      this.node.setPointerCapture(event.pointerId);
      this.cursor = null;
      this.last = this.at(event);
      this.stroke(this.last, this.last);
    }

    up(event) {
      if (event.isPrimary) this.last = null;
    }

    move(event) {
      if (!event.isPrimary) return;
      if (!(event.buttons & 1)) this.last = null; // let go where the page was not told
      if (!this.last) return;
      const between = event.getCoalescedEvents?.() ?? []; // some browsers give none
      for (const e of between.length ? between : [event]) {
        const next = this.at(e);
        this.stroke(this.last, next);
        this.last = next;
      }
    }

    stroke(from, to) {
      const { pen } = this;
      pen.lineCap = "round"; pen.lineWidth = 2 * BRUSH; pen.strokeStyle = "#000";
      pen.beginPath(); pen.moveTo(...from); pen.lineTo(to[0] + 0.01, to[1]); pen.stroke();
      this.empty = false;
      this.onstroke();
    }

    key(event) {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!move && event.key !== " ") return;
      event.preventDefault();
      const { width, height } = this.ink;
      const cursor = (this.cursor ??= { x: width / 2, y: height / 2, down: false });
      if (event.key === " ") {
        cursor.down = !cursor.down;
        if (cursor.down) this.stroke([cursor.x, cursor.y], [cursor.x, cursor.y]);
        this.says.textContent = cursor.down ? "The pen is down." : "The pen is up.";
      } else {
        const from = [cursor.x, cursor.y];
        cursor.x = Math.min(width - 5, Math.max(5, cursor.x + move[0] * SCALE));
        cursor.y = Math.min(height - 5, Math.max(5, cursor.y + move[1] * SCALE));
        if (cursor.down) this.stroke(from, [cursor.x, cursor.y]);
      }
      this.draw();
    }

    clear() {
      this.pen.clearRect(0, 0, this.ink.width, this.ink.height);
      this.empty = true;
    }

    /** Ink from the pixels 0 … 255 of an image. */
    show(pixels) {
      const image = new ImageData(SIDE, SIDE);
      pixels.forEach((v, k) => { image.data[4 * k + 3] = v; });
      this.clear();
      enlarge(this.pen, image, this.ink);
      this.empty = false;
    }

    draw() {
      const { context: c, width, height } = this.picture;
      c.fillStyle = "#fff"; c.fillRect(0, 0, width, height);
      c.drawImage(this.ink, 0, 0, width, height);
      if (this.cursor) {
        c.strokeStyle = "#d55e00"; c.lineWidth = 2;
        c.beginPath(); c.arc(this.cursor.x, this.cursor.y, BRUSH, 0, 2 * Math.PI); c.stroke();
      }
    }
  }

  /** A network's answer: its digit, and a bar for each. */
  class Answer {
    constructor(title) {
      this.title = title;
      this.digit = el("span", { class: "gu-answer" }, "–");
      this.bars = [...Array(10).keys()].map((digit) => {
        const bar = el("div", { class: "gu-bar", style: "width: 0" }), text = el("span", {}, "");
        return { bar, text, row: [el("span", {}, String(digit)), el("div", {}, bar), text] };
      });
      this.node = el("div", { role: "group", "aria-label": title },
        el("p", {}, el("strong", {}, title), " ", this.digit),
        el("div", { class: "gu-bars" }, ...this.bars.flatMap((b) => b.row)));
    }

    /** Show the probabilities, or null for none; returns what is to be said of them. */
    show(p) {
      const best = p ? p.indexOf(Math.max(...p)) : null;
      this.digit.textContent = p ? String(best) : "–";
      this.bars.forEach(({ bar, text }, digit) => {
        bar.style.width = p ? `${100 * p[digit]}%` : "0";
        text.textContent = p ? `${(100 * p[digit]).toFixed(0)} %` : "";
      });
      return p && `${this.title}: ${best} (${(100 * p[best]).toFixed(0)} %)`;
    }
  }

  /** Inside the CNN: the eight filters' answers, and which ink the answer rests on. */
  class Inside {
    constructor() {
      this.maps = Array.from({ length: 8 }, (_, k) => canvas(84, 84, `Answer of filter ${k + 1} over the image`));
      this.cover = canvas(168, 168, "");
      this.node = el("div", { hidden: true },
        el("p", {}, "What each of the eight filters of the first layer answers:"),
        el("div", { class: "gu-neurons" }, ...this.maps.map((m) => el("div", { style: "width: 84px" }, m.node))),
        el("p", {}, "Where the answer rests: a patch of 4 × 4 is wiped out at each place, and dark means that the CNN's probability for its answer then falls."),
        el("div", { style: "width: 168px" }, this.cover.node));
    }

    look(image, ask) {
      const filters = ask("filters", image), most = Math.max(1e-6, ...filters);
      this.maps.forEach((m, k) => grey(m, Array.from({ length: SIDE ** 2 }, (_, i) => filters[8 * i + k] / most), SIDE));
      const n = SIDE / 2, p = softmax(ask("cnn", image)), best = p.indexOf(Math.max(...p));
      const z = ask("cnn", covered(image, n));
      const falls = Array.from({ length: n * n }, (_, k) => p[best] - softmax(z.slice(10 * k, 10 * k + 10))[best]);
      const worst = Math.max(...falls);
      grey(this.cover, falls, n, 0, Math.max(0.01, worst));
      this.cover.describe(`Probability lost when a patch is wiped out; at most ${(100 * worst).toFixed(0)} points.`);
    }
  }

  /** A function that asks a network, by its name, about images x: all its answers as one list. */
  async function networks(...weights) {
    await load(`${folder}../vendor/tfjs/tf-core.min.js`, `${folder}../vendor/tfjs/tf-backend-cpu.min.js`,
      ...weights.map((file) => `${folder}../models/${file}`));
    const tf = window.tf;
    await tf.setBackend("cpu").then(() => tf.ready());
    const net = digits.networks(tf, digits.readSafetensors(bytes(window.DIGIT_WEIGHTS)));
    return (name, x) => tf.tidy(() => net[name](tf.tensor2d(x, [x.length / SIDE ** 2, SIDE ** 2])).dataSync());
  }

  async function build(root) {
    const ask = await networks("digits.js", "samples.js");
    const samples = window.DIGIT_SAMPLES, pixels = bytes(samples.pixels);
    let seen = null, waiting = false; // the image, or null for an empty square

    const pad = new Pad(() => { sample.value = ""; later(); });
    const view = canvas(140, 140, "", { class: "gu-pixels" });
    const status = el("p", { class: "gu-status", role: "status" });
    const answers = Object.fromEntries(Object.entries(NAMES).map(([name, title]) => [name, new Answer(title)]));
    const inside = new Inside();
    const centring = checkbox({ label: "centre the ink, as MNIST does", value: true, onchange: changed });
    const views = checkbox({ label: "look inside the CNN", value: false, onchange: changed });
    const sample = select({
      label: "Test image",
      options: [["", "choose"], ...samples.labels.map((label, i) => [String(i), `${label} (no. ${1 + (i % 3)})`])],
      value: "", onchange: (i) => {
        if (i === "") return;
        pad.show(pixels.subarray(i * SIDE ** 2, (+i + 1) * SIDE ** 2));
        changed();
      },
    });

    function later() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; changed(); });
    }

    function changed() {
      const image = centring.value && sample.value === "" ? centre : shrink; // a test image is centred
      seen = pad.empty ? null : image(pad.ink);
      const said = Object.entries(answers).map(([name, answer]) => answer.show(seen && softmax(ask(name, seen))));
      // The brush grows with the digit, into strokes as thick as no digit of MNIST has.
      const small = seen && sample.value === "" && enlarged(pad.ink) > 2;
      status.textContent = !seen ? "Draw a digit. An empty square gets no answer."
        : `${said.join(". ")}.${small ? " Draw larger: so small a digit is guessed at." : ""}`;
      inside.node.hidden = !views.value || !seen;
      if (!inside.node.hidden) inside.look(seen, ask);
      pad.draw();
      grey(view, seen, SIDE);
      view.describe(seen ? "The 28 by 28 grey values that the networks see." : "Nothing to see yet.");
    }

    root.logits = (name, x) => Array.from(ask(name, Float32Array.from(x)));
    root.image = () => seen && Array.from(seen);
    root.replaceChildren(
      el("h3", {}, "Draw a digit"),
      el("div", { class: "gu-columns" },
        el("figure", { class: "gu-draw" }, pad.node, el("figcaption", {}, "Draw here, with mouse, finger or keys (arrows, and space for pen up or down). ", pad.says)),
        el("div", {},
          el("figure", {}, view.node, el("figcaption", {}, "What the networks see.")),
          centring.node, views.node, sample.node,
          el("div", { class: "gu-buttons" }, button("Clear", () => { pad.clear(); sample.value = ""; changed(); })))),
      status,
      el("div", { class: "gu-models" }, ...Object.values(answers).map((a) => a.node)),
      inside.node,
    );
    changed();
  }

  Object.assign(digits, { Pad, Answer, asked: networks });
  start("digits", build);
})();
