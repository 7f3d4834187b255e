/* Chapter 5: the steps through the CNN, their words, and how numbers are shown. */
"use strict";

(() => {
  const { el, digits, inside, whole, among } = GroundUp;
  const { SIDE } = digits, { LAYERS, fromText } = inside;
  const FRAME = "#d55e00";
  const HIDE = { name: "hide", title: "8 Hide a part", maps: 1, rows: SIDE, columns: SIDE };
  const LIKE = { name: "like", title: "9 Most like it", maps: 1, rows: SIDE, columns: SIDE };
  const STEPS = [...LAYERS, HIDE, LIKE];
  const WAYS = { dense: "the 32 numbers of the dense layer", pixels: "the 784 pixels" };
  const SETTINGS = {
    layer: ["image", among(...STEPS.map((it) => it.name))], map: [2, whole(0, 15)], from: [2, whole(0, 15)],
    row: [13, whole(0, SIDE - 1)], column: [13, whole(0, SIDE - 1)], size: [7, whole(2, 14)],
    digit: ["9", among("", ...Array.from({ length: 30 }, (_, i) => String(i)))],
    by: ["dense", among(...Object.keys(WAYS))],
    ink: ["", (text) => (text === "" || fromText(text) ? text : undefined)],
  };
  const TEXTS = {
    image: "The image is 28 × 28 numbers from 0, paper, to 1, ink. Move the frame over it. A filter of the first layer sees no more at once than these nine numbers.",
    conv1: "A filter is nine weights. Each number of the window is multiplied by its weight; the nine products and the bias add up to one number of the map. Below zero, ReLU writes 0. Eight filters make eight maps of the one image: look for the one that answers to level strokes.",
    pool1: "Of each window of 2 × 2 only the largest number is kept. The maps are half as wide, and what they say hangs less on the exact place.",
    conv2: "Now a filter has nine weights for each of the eight maps, and all 72 products and the bias make one number. So it can answer to two strokes that meet.",
    pool2: "Once more the largest of each 2 × 2. One number here hangs on a good part of the image.",
    dense: "Here the places end. Each of 32 neurons has a weight for every number of all 16 maps, 784 in all.",
    logits: "One sum for each digit, of the 32 neurons before. Softmax makes probabilities of the ten.",
    hide: "Which ink does the answer rest on? Move the square over the digit: its ink is wiped out, and the network reads what is left. The other picture has tried all places, with a square of 4 × 4: dark is where the answer loses most.",
    like: "Which images that it was trained on does the network find most like your digit? The first 20 of each digit have gone through it here, not all of them. Two images are as far apart as their difference is long: the root of the sum of the squares, in the numbers of the dense layer or in the pixels.",
  };

  const fixed = (v) => (Math.abs(v) < 5e-4 ? "0.000" : v.toFixed(3).replace("-", "−"));

  /** Numbers in rows as a table, tinted by their sign and size. */
  function table(caption, values, columns) {
    const most = Math.max(1e-9, ...values.map(Math.abs));
    const cell = (v) => el("td", { style: `background: rgb(${v < 0 ? "1 115 178" : "222 143 5"} / ${(0.4 * Math.abs(v)) / most})` }, fixed(v));
    const rows = Array.from({ length: values.length / columns }, (_, r) => el("tr", {}, ...values.slice(r * columns, (r + 1) * columns).map(cell)));
    return el("table", { class: "gu-numbers" }, el("caption", {}, caption), el("tbody", {}, ...rows));
  }

  /** Frame rows and columns of a map that fills the canvas. */
  function frame(target, { rows, columns }, [top, left, height, width]) {
    const { context: c } = target, x = target.width / columns, y = target.height / rows;
    c.strokeStyle = FRAME; c.lineWidth = 2.5;
    c.strokeRect(left * x, top * y, width * x, height * y);
  }

  Object.assign(inside, { HIDE, LIKE, STEPS, WAYS, SETTINGS, TEXTS, fixed, table, frame });
})();
