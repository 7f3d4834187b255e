/* Chapter 5: draw a digit, and the chapter's three networks answer side by side. */
"use strict";

(() => {
  const { el, select, checkbox, button, canvas, load, folder, start } = GroundUp;
  const SIDE = 28, SCALE = 10, BRUSH = 11; // image, drawing pixels to one image pixel, brush radius
  const NAMES = { logistic: "Logistic regression", mlp: "MLP", cnn: "CNN" };

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  /** A number from the 16 bits of an IEEE 754 half: sign, five bits of exponent, ten of fraction. */
  function fromHalf(bits) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  }

  /** Tensors of a safetensors file: name -> {shape, values}. */
  function readSafetensors(data) {
    const view = new DataView(data.buffer);
    const length = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(data.subarray(8, 8 + length)));
    const tensors = {};
    for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
      if (name === "__metadata__") continue;
      if (dtype !== "F16") throw new Error(`weights of type ${dtype} cannot be read here`);
      const halves = new Uint16Array(data.slice(8 + length + from, 8 + length + to).buffer);
      tensors[name] = { shape, values: Float32Array.from(halves, fromHalf) };
    }
    return tensors;
  }

  /** The three networks as functions of images (n, 784) to logits (n, 10); torch's layouts. */
  function networks(tf, tensors) {
    const linear = (x, name) => {
      const W = tensors[`${name}.weight`], b = tensors[`${name}.bias`];
      return tf.add(tf.matMul(x, tf.tensor2d(W.values, W.shape), false, true), tf.tensor1d(b.values));
    };
    const convolve = (x, name) => {
      const W = tensors[`${name}.weight`], b = tensors[`${name}.bias`];
      const filter = tf.transpose(tf.tensor4d(W.values, W.shape), [2, 3, 1, 0]); // OIHW -> HWIO
      return tf.relu(tf.add(tf.conv2d(x, filter, 1, "same"), tf.tensor1d(b.values)));
    };
    const image = (x) => tf.reshape(x, [-1, SIDE, SIDE, 1]);
    return {
      logistic: (x) => linear(x, "logistic.1"),
      mlp: (x) => {
        let a = x;
        const layers = Object.keys(tensors).filter((n) => /^mlp\..*weight$/.test(n))
          .map((n) => n.replace(".weight", "")).sort((p, q) => p.split(".")[1] - q.split(".")[1]);
        layers.forEach((name, l) => {
          a = linear(a, name);
          if (l < layers.length - 1) a = tf.tanh(a);
        });
        return a;
      },
      filters: (x) => convolve(image(x), "cnn.0"),
      cnn: (x) => {
        let a = tf.maxPool(convolve(image(x), "cnn.0"), 2, 2, "valid");
        a = tf.maxPool(convolve(a, "cnn.3"), 2, 2, "valid");
        a = tf.reshape(tf.transpose(a, [0, 3, 1, 2]), [x.shape[0], -1]); // torch flattens channel first
        return linear(tf.relu(linear(a, "cnn.7")), "cnn.9");
      },
    };
  }

  /** Ink (0 … 1) of a drawing, as its mean over each image pixel. */
  function shrink(source) {
    const side = source.width;
    const data = source.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, side, side).data;
    const step = side / SIDE, image = new Float32Array(SIDE * SIDE);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        image[Math.floor(y / step) * SIDE + Math.floor(x / step)] += data[4 * (y * side + x) + 3] / 255 / step ** 2;
      }
    }
    return image;
  }

  /** As MNIST was made: the ink fitted into 20 × 20, its centre of mass in the middle of 28 × 28. */
  function centre(source) {
    const side = source.width;
    const data = source.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, side, side).data;
    let [left, right, top, bottom] = [side, -1, side, -1];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        if (data[4 * (y * side + x) + 3] > 20) {
          left = Math.min(left, x); right = Math.max(right, x);
          top = Math.min(top, y); bottom = Math.max(bottom, y);
        }
      }
    }
    const w = right - left + 1, h = bottom - top + 1;
    const scale = (20 * SCALE) / Math.max(w, h);
    const place = (dx, dy) => {
      const target = document.createElement("canvas");
      target.width = target.height = SIDE * SCALE;
      const c = target.getContext("2d", { willReadFrequently: true });
      c.drawImage(source, left, top, w, h,
        SIDE * SCALE / 2 - (w * scale) / 2 + dx, SIDE * SCALE / 2 - (h * scale) / 2 + dy, w * scale, h * scale);
      return shrink(target);
    };
    const image = place(0, 0);
    let mass = 0, mx = 0, my = 0;
    image.forEach((v, k) => { mass += v; mx += v * ((k % SIDE) + 0.5); my += v * (Math.floor(k / SIDE) + 0.5); });
    return place(Math.round(SIDE / 2 - mx / mass) * SCALE, Math.round(SIDE / 2 - my / mass) * SCALE);
  }

  async function build(root) {
    await load(`${folder}../vendor/tfjs/tf-core.min.js`, `${folder}../vendor/tfjs/tf-backend-cpu.min.js`,
      `${folder}../models/digits.js`, `${folder}../models/samples.js`);
    const tf = window.tf;
    await tf.setBackend("cpu");
    await tf.ready();
    const net = networks(tf, readSafetensors(bytes(window.DIGIT_WEIGHTS)));
    const samples = window.DIGIT_SAMPLES, pixels = bytes(samples.pixels);

    const ink = document.createElement("canvas");
    ink.width = ink.height = SIDE * SCALE;
    const pen = ink.getContext("2d", { willReadFrequently: true });
    let empty = true, shown = null, cursor = null, waiting = false;

    const pad = canvas(280, 280, "Drawing square. Arrow keys move the pen, space lowers and lifts it.", {
      tabindex: "0", role: "application", onkeydown: key, onblur: () => { cursor = null; draw(); },
    });
    const seen = canvas(140, 140, "", { class: "gu-pixels" });
    const status = el("p", { class: "gu-status", role: "status" });
    const penSays = el("span", { "aria-live": "polite" });
    const answers = Object.fromEntries(Object.entries(NAMES).map(([name, title]) => {
      const answer = el("span", { class: "gu-answer" }, "–");
      const bars = [...Array(10).keys()].map((digit) => {
        const bar = el("div", { class: "gu-bar", style: "width: 0" });
        const text = el("span", {}, "");
        return { bar, text, row: [el("span", {}, String(digit)), el("div", {}, bar), text] };
      });
      const node = el("div", { role: "group", "aria-label": title },
        el("p", {}, el("strong", {}, title), " ", answer),
        el("div", { class: "gu-bars" }, ...bars.flatMap((b) => b.row)));
      return [name, { answer, bars, node }];
    }));

    const centring = checkbox({ label: "centre the ink, as MNIST does", value: true, onchange: changed });
    const views = checkbox({ label: "look inside the CNN", value: false, onchange: changed });
    const sample = select({
      label: "Test image",
      options: [["", "choose"], ...samples.labels.map((label, i) => [String(i), `${label} (no. ${1 + (i % 3)})`])],
      value: "", onchange: (i) => i !== "" && showSample(+i),
    });
    const inside = el("div", { hidden: true });

    // --- drawing: strokes by pointer, or a pen moved by the arrow keys ---

    function stroke(from, to) {
      pen.lineCap = "round"; pen.lineWidth = 2 * BRUSH; pen.strokeStyle = "#000";
      pen.beginPath(); pen.moveTo(...from); pen.lineTo(to[0] + 0.01, to[1]); pen.stroke();
      if (empty || sample.value !== "") sample.value = "";
      empty = false;
      later();
    }
    const at = (event) => {
      const box = pad.node.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * ink.width, ((event.clientY - box.top) / box.height) * ink.height];
    };
    let last = null;
    pad.node.addEventListener("pointerdown", (event) => {
      pad.node.setPointerCapture(event.pointerId);
      cursor = null;
      last = at(event);
      stroke(last, last);
    });
    pad.node.addEventListener("pointermove", (event) => {
      if (!last) return;
      for (const e of event.getCoalescedEvents?.() ?? [event]) {
        const next = at(e);
        stroke(last, next);
        last = next;
      }
    });
    for (const name of ["pointerup", "pointercancel"]) pad.node.addEventListener(name, () => { last = null; });

    function key(event) {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!move && event.key !== " ") return;
      event.preventDefault();
      cursor ??= { x: ink.width / 2, y: ink.height / 2, down: false };
      if (event.key === " ") {
        cursor.down = !cursor.down;
        if (cursor.down) stroke([cursor.x, cursor.y], [cursor.x, cursor.y]);
        penSays.textContent = cursor.down ? "The pen is down." : "The pen is up.";
      } else {
        const from = [cursor.x, cursor.y];
        cursor.x = Math.min(ink.width - 5, Math.max(5, cursor.x + move[0] * SCALE));
        cursor.y = Math.min(ink.height - 5, Math.max(5, cursor.y + move[1] * SCALE));
        if (cursor.down) stroke(from, [cursor.x, cursor.y]);
      }
      draw();
    }

    function clear() {
      pen.clearRect(0, 0, ink.width, ink.height);
      empty = true;
      sample.value = "";
      changed();
    }

    function showSample(i) {
      const image = new ImageData(SIDE, SIDE);
      for (let k = 0; k < SIDE ** 2; k++) image.data[4 * k + 3] = pixels[i * SIDE ** 2 + k];
      const small = document.createElement("canvas");
      small.width = small.height = SIDE;
      small.getContext("2d").putImageData(image, 0, 0);
      pen.clearRect(0, 0, ink.width, ink.height);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small, 0, 0, ink.width, ink.height);
      empty = false;
      changed();
    }

    // --- answering ---

    /** What the networks see: 784 numbers, or null for an empty square. */
    function image() {
      if (empty) return null;
      // A test image is centred already.
      return centring.value && sample.value === "" ? centre(ink) : shrink(ink);
    }

    const logits = (name, x) => tf.tidy(() => {
      const rows = x.length / SIDE ** 2;
      return net[name](tf.tensor2d(x, [rows, SIDE ** 2])).dataSync();
    });
    const softmax = (z) => {
      const most = Math.max(...z), e = Array.from(z, (v) => Math.exp(v - most));
      const sum = e.reduce((p, q) => p + q);
      return e.map((v) => v / sum);
    };

    function later() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; changed(); });
    }

    function changed() {
      shown = image();
      const said = [];
      for (const [name, { answer, bars }] of Object.entries(answers)) {
        const p = shown ? softmax(logits(name, shown)) : null;
        const best = p ? p.indexOf(Math.max(...p)) : null;
        answer.textContent = p ? String(best) : "–";
        bars.forEach(({ bar, text }, digit) => {
          bar.style.width = p ? `${100 * p[digit]}%` : "0";
          text.textContent = p ? `${(100 * p[digit]).toFixed(0)} %` : "";
        });
        if (p) said.push(`${NAMES[name]}: ${best} (${(100 * p[best]).toFixed(0)} %)`);
      }
      status.textContent = shown ? `${said.join(". ")}.` : "Draw a digit. An empty square gets no answer.";
      lookInside();
      draw();
    }

    function draw() {
      const c = pad.context;
      c.fillStyle = "#fff"; c.fillRect(0, 0, pad.width, pad.height);
      c.drawImage(ink, 0, 0, pad.width, pad.height);
      if (cursor) {
        c.strokeStyle = "#d55e00"; c.lineWidth = 2;
        c.beginPath(); c.arc(cursor.x, cursor.y, BRUSH, 0, 2 * Math.PI); c.stroke();
      }
      grey(seen, shown, SIDE);
      seen.describe(shown ? "The 28 by 28 grey values that the networks see." : "Nothing to see yet.");
    }

    function grey(target, values, side, low = 0, high = 1) {
      const image = new ImageData(side, side);
      for (let k = 0; k < side * side; k++) {
        const v = values ? 255 * (1 - Math.min(1, Math.max(0, (values[k] - low) / (high - low)))) : 255;
        image.data.set([v, v, v, 255], 4 * k);
      }
      const small = document.createElement("canvas");
      small.width = small.height = side;
      small.getContext("2d").putImageData(image, 0, 0);
      target.context.imageSmoothingEnabled = false;
      target.context.drawImage(small, 0, 0, target.width, target.height);
    }

    // --- inside the CNN: the eight filters' answers, and which ink the answer rests on ---

    const maps = Array.from({ length: 8 }, (_, k) => canvas(84, 84, `Answer of filter ${k + 1} over the image`));
    const cover = canvas(168, 168, "");
    inside.append(
      el("p", {}, "What each of the eight filters of the first layer answers:"),
      el("div", { class: "gu-neurons" }, ...maps.map((m) => el("div", { style: "width: 84px" }, m.node))),
      el("p", {}, "Where the answer rests: a patch of 4 × 4 is wiped out at each place, and dark means that the CNN's probability for its answer then falls."),
      el("div", { style: "width: 168px" }, cover.node));

    function lookInside() {
      inside.hidden = !views.value || !shown;
      if (inside.hidden) return;
      const answersOfFilters = tf.tidy(() => net.filters(tf.tensor2d(shown, [1, SIDE ** 2])).dataSync());
      const most = Math.max(1e-6, ...answersOfFilters);
      maps.forEach((m, k) => grey(m, Array.from({ length: SIDE ** 2 }, (_, i) => answersOfFilters[8 * i + k] / most), SIDE));
      const n = SIDE / 2, covered = new Float32Array(n * n * SIDE ** 2);
      for (let place = 0; place < n * n; place++) {
        const x = 2 * (place % n) - 1, y = 2 * Math.floor(place / n) - 1;
        covered.set(shown, place * SIDE ** 2);
        for (let dy = 0; dy < 4; dy++) {
          for (let dx = 0; dx < 4; dx++) {
            if (x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE) {
              covered[place * SIDE ** 2 + (y + dy) * SIDE + x + dx] = 0;
            }
          }
        }
      }
      const p = softmax(logits("cnn", shown)), best = p.indexOf(Math.max(...p));
      const z = logits("cnn", covered);
      const falls = Array.from({ length: n * n }, (_, k) => p[best] - softmax(z.slice(10 * k, 10 * k + 10))[best]);
      const worst = Math.max(...falls);
      grey(cover, falls, n, 0, Math.max(0.01, worst));
      cover.describe(`Probability lost when a patch is wiped out; at most ${(100 * worst).toFixed(0)} points.`);
    }

    root.logits = (name, x) => Array.from(logits(name, Float32Array.from(x)));
    root.image = () => shown && Array.from(shown);
    root.replaceChildren(
      el("h3", {}, "Draw a digit"),
      el("div", { class: "gu-columns" },
        el("figure", { class: "gu-draw" }, pad.node, el("figcaption", {}, "Draw here, with mouse, finger or keys (arrows, and space for pen up or down). ", penSays)),
        el("div", {},
          el("figure", {}, seen.node, el("figcaption", {}, "What the networks see.")),
          centring.node, views.node, sample.node,
          el("div", { class: "gu-buttons" }, button("Clear", clear)))),
      status,
      el("div", { class: "gu-models" }, ...Object.values(answers).map((a) => a.node)),
      inside,
    );
    changed();
  }

  start("digits", build);
})();
