/* What the widgets share: elements, controls, random numbers, colours, canvases. */
"use strict";

window.GroundUp = (() => {
  /** An element: attributes, "on…" listeners, then children (nodes or strings). */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /** The same for an element of a drawing. */
  function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /** A number with so many decimals, a true minus sign, and none before zero. */
  const fixed = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]+$)/, "").replace("-", "−");

  let ids = 0;
  const newId = (name) => `gu-${name}-${++ids}`;

  /** A labelled slider; `show` writes its value. Arrow keys, Page Up/Down, Home and End move it. */
  function slider({ label, min, max, step, value, show = String, oninput }) {
    const id = newId("slider");
    const input = el("input", { type: "range", id, min, max, step, value });
    const output = el("output", { for: id }, show(value));
    const update = () => {
      output.textContent = show(+input.value);
      input.setAttribute("aria-valuetext", show(+input.value));
    };
    input.addEventListener("input", () => { update(); oninput(+input.value); });
    update();
    return {
      node: el("div", { class: "gu-control" }, el("label", { for: id }, label), input, output),
      get value() { return +input.value; },
      set value(x) { input.value = x; update(); },
    };
  }

  /** A labelled list to choose from; `options` are pairs of a value and its text. */
  function select({ label, options, value, onchange }) {
    const id = newId("select");
    const input = el("select", { id, onchange: () => onchange(input.value) });
    for (const [key, text] of options) input.append(el("option", { value: key }, text));
    input.value = value;
    return {
      node: el("div", { class: "gu-control" }, el("label", { for: id }, label), input),
      get value() { return input.value; },
      set value(x) { input.value = x; },
    };
  }

  function checkbox({ label, value, onchange }) {
    const id = newId("checkbox");
    const input = el("input", { type: "checkbox", id, onchange: () => onchange(input.checked) });
    input.checked = value;
    return {
      node: el("div", { class: "gu-check" }, input, el("label", { for: id }, label)),
      get value() { return input.checked; },
      set value(x) { input.checked = x; },
    };
  }

  const button = (text, onclick, attributes = {}) =>
    el("button", { type: "button", class: "gu-button", onclick, ...attributes }, text);

  /** A canvas of width × height CSS pixels at most, sharp on every screen. */
  function canvas(width, height, label, attributes = {}) {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    const node = el("canvas", {
      width: width * ratio, height: height * ratio, role: "img", "aria-label": label,
      style: `max-width: ${width}px; aspect-ratio: ${width} / ${height}`, ...attributes,
    });
    const context = node.getContext("2d");
    context.scale(ratio, ratio);
    return { node, context, width, height, describe: (text) => node.setAttribute("aria-label", text) };
  }

  // --- random numbers: mulberry32, so short that the Python that a page shows has it too ---

  function random(seed) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const normal = () => {
      const u = 1 - uniform();
      return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform());
    };
    return { uniform, normal };
  }

  // --- colours: those of the book's figures, on the page's own background ---

  const CLASSES = ["#0173b2", "#ca7f00"];

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
    const dark = document.documentElement.dataset.theme === "dark";
    return {
      dark,
      text: of("--pst-color-text-base", "#222"),
      muted: of("--pst-color-text-muted", "#555"),
      border: of("--pst-color-border", "#ccc"),
      background: of("--pst-color-background", "#fff"),
      classes: CLASSES,
      middle: dark ? [40, 42, 48] : [255, 255, 255],
    };
  }

  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const ENDS = CLASSES.map(rgb);

  /** The colour of a value in -1 … 1: class 0's, the background's middle, class 1's; as [r, g, b]. */
  function shade(value, middle, strength = 0.75) {
    const end = ENDS[value > 0 ? 1 : 0];
    const part = strength * Math.min(1, Math.abs(value));
    return middle.map((m, i) => Math.round(m + part * (end[i] - m)));
  }

  /** Call when the reader switches between light and dark. */
  function onTheme(redraw) {
    new MutationObserver(redraw).observe(document.documentElement, {
      attributes: true, attributeFilter: ["data-theme"],
    });
  }

  /** Marks as in the book's figures: circles for class 0, triangles for class 1. */
  function mark(context, x, y, label, size, edge) {
    context.beginPath();
    if (label) {
      context.moveTo(x, y - size * 1.15);
      context.lineTo(x + size, y + size * 0.75);
      context.lineTo(x - size, y + size * 0.75);
      context.closePath();
    } else context.arc(x, y, size * 0.85, 0, 2 * Math.PI);
    context.fillStyle = CLASSES[label];
    context.fill();
    context.strokeStyle = edge;
    context.lineWidth = 1;
    context.stroke();
  }

  /** Lines in a box with axes; series: [{values, dash, colour, thick}]. */
  function plotCurves(target, series, { xlabel, ylabel }) {
    const { context: c, width, height } = target;
    const { text, muted, border } = colours();
    const left = 56, right = 14, top = 8, bottom = 34;
    c.clearRect(0, 0, width, height);
    const all = series.flatMap((s) => s.values).filter(Number.isFinite);
    if (!all.length) return;
    const n = Math.max(2, ...series.map((s) => s.values.length));
    let low = Math.min(...all), high = Math.max(...all);
    if (high - low <= 1e-3 * Math.abs(high)) { low -= 0.5; high += 0.5; } // rounding is no curve
    if (low > 0 && low < 0.5 * high) low = 0;
    const px = (i) => left + ((width - left - right) * i) / (n - 1);
    const py = (v) => height - bottom - ((height - top - bottom) * (v - low)) / (high - low);
    c.font = "11px sans-serif";
    c.fillStyle = muted;
    c.strokeStyle = border;
    c.lineWidth = 1;
    for (let k = 0; k <= 4; k++) {
      const v = low + ((high - low) * k) / 4;
      c.beginPath(); c.moveTo(left, py(v)); c.lineTo(width - right, py(v)); c.stroke();
      c.textAlign = "right"; c.textBaseline = "middle";
      c.fillText(v.toPrecision(3), left - 5, py(v));
    }
    c.textAlign = "center"; c.textBaseline = "top";
    for (let k = 0; k <= 4; k++) {
      const i = ((n - 1) * k) / 4;
      if (Number.isInteger(i) || n > 8) c.fillText(String(Math.round(i)), px(i), height - bottom + 5);
    }
    c.fillStyle = text;
    c.fillText(xlabel, (left + width) / 2, height - 13);
    c.save(); c.translate(10, (height - bottom) / 2); c.rotate(-Math.PI / 2);
    c.fillText(ylabel, 0, -4); c.restore();
    for (const { values, dash = [], colour, thick = 2 } of series) {
      c.beginPath();
      values.forEach((v, i) => (i ? c.lineTo(px(i), py(v)) : c.moveTo(px(i), py(v))));
      c.strokeStyle = colour; c.lineWidth = thick; c.setLineDash(dash); c.stroke(); c.setLineDash([]);
    }
  }

  /** Copy an element's text, or select it where the browser lets no page copy; says which it was. */
  async function copyText(node, name) {
    try {
      await navigator.clipboard.writeText(node.textContent);
      return `The ${name} is copied.`;
    } catch { // plain http has no clipboard, and a frame or the reader may deny it
      window.getSelection().selectAllChildren(node);
      return `This page may not copy here. The ${name} is selected: press Ctrl+C, or ⌘C on a Mac.`;
    }
  }

  const loading = new Map();

  /** Load classic scripts one after another; pages opened from disk can load no others. */
  async function load(...paths) {
    for (const path of paths) {
      if (!loading.has(path)) {
        loading.set(path, document.querySelector(`script[src="${path}"]`) ? null : fetched(path));
      }
      await loading.get(path); // another widget may have begun it, and it may not be there yet
    }
  }

  const fetched = (src) => new Promise((resolve, reject) => {
    const script = el("script", { src, onload: resolve, onerror: () => {
      script.remove();
      loading.delete(src); // the next press tries again
      reject(new Error(`${src} could not be loaded`));
    } });
    document.head.append(script);
  });

  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  const tensorflow = () => load(...["core", "layers", "backend-cpu"].map((part) => `${folder}../vendor/tfjs/tf-${part}.min.js`));

  /** Build each widget of a kind in the page; a failure is said in the widget's place. */
  async function start(kind, build) {
    for (const root of document.querySelectorAll(`[data-widget="${kind}"]`)) {
      try {
        await build(root);
        root.dataset.ready = "";
        if (location.hash === `#${root.id}`) root.scrollIntoView(); // what is built has moved it
      } catch (error) {
        root.replaceChildren(el("p", { role: "alert" }, `This part of the page does not work here: ${error.message}.`));
        console.error(error);
      }
    }
  }

  return {
    el, svg, fixed, slider, select, checkbox, button, canvas, random, colours, shade, onTheme, mark,
    plotCurves, load, folder, tensorflow, copyText, start,
  };
})();
