/* What the widgets that read digits share: a square to draw in, an answer, the networks, test images. */
"use strict";

(() => {
  const { el, canvas, load, folder, digits } = GroundUp;
  const { SIDE, SCALE, bytes, contextOf } = digits;
  const BRUSH = 11; // radius in drawing pixels

  /** rows × columns values as pixels on the target; low is white, high is black. */
  function grey(target, values, rows, low = 0, high = 1, columns = rows) {
    const image = new ImageData(columns, rows);
    for (let k = 0; k < rows * columns; k++) {
      const v = values ? 255 * (1 - Math.min(1, Math.max(0, (values[k] - low) / (high - low)))) : 255;
      image.data.set([v, v, v, 255], 4 * k);
    }
    enlarge(target.context, image, target);
  }

  function enlarge(context, image, { width, height }) {
    const small = document.createElement("canvas");
    small.width = image.width;
    small.height = image.height;
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

  /** A function that asks a network, by its name, about images x: all its answers as one list.
   *  Its `layers` gives a list for each layer of the CNN, its `tensors` the weights. */
  async function networks(...weights) {
    await load(`${folder}../vendor/tfjs/tf-core.min.js`, `${folder}../vendor/tfjs/tf-backend-cpu.min.js`,
      ...weights.map((file) => `${folder}../models/${file}`));
    const tf = window.tf;
    await tf.setBackend("cpu").then(() => tf.ready());
    const tensors = digits.readSafetensors(bytes(window.DIGIT_WEIGHTS)), net = digits.networks(tf, tensors);
    const images = (x) => tf.tensor2d(x, [x.length / SIDE ** 2, SIDE ** 2]);
    const ask = (name, x) => tf.tidy(() => net[name](images(x)).dataSync());
    ask.layers = (x) => tf.tidy(() => net.layers(images(x)).map((a) => a.dataSync()));
    ask.tensors = tensors;
    return ask;
  }

  /** The test images to choose from: the options of a list, and the 784 pixels of one. */
  function testImages() {
    const { labels, pixels } = window.DIGIT_SAMPLES, all = bytes(pixels);
    return {
      options: [["", "choose"], ...labels.map((label, i) => [String(i), `${label} (no. ${1 + (i % 3)})`])],
      pixels: (i) => all.subarray(i * SIDE ** 2, (+i + 1) * SIDE ** 2),
    };
  }

  Object.assign(digits, { Pad, Answer, asked: networks, testImages, grey });
})();
