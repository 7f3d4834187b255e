/* Chapter 5: the training images that the CNN finds most like the reader's digit. */
"use strict";

(() => {
  const { el, canvas, load, folder, select, digits, inside } = GroundUp;
  const { SIDE, bytes, grey } = digits, { WAYS, fixed } = inside;
  const SHOWN = 3;

  /** The rows of a table (their numbers in one list) nearest to a row: [place, distance], nearest first. */
  function nearest(row, table) {
    const n = row.length, distances = Array.from({ length: table.length / n }, (_, k) =>
      Math.hypot(...Array.from(row, (v, j) => v - table[k * n + j])));
    return distances.map((distance, k) => [k, distance]).sort((p, q) => p[1] - q[1]).slice(0, SHOWN);
  }

  /** The page's training images: labels, pixels, and what the dense layer makes of them. */
  async function training(ask) {
    await load(`${folder}../models/training.js`);
    const { labels, pixels } = window.DIGIT_TRAINING, images = Float32Array.from(bytes(pixels), (v) => v / 255);
    return { labels, pixels: images, dense: ask.layers(images).at(-2) };
  }

  class Like {
    constructor(ask, status, by, onchange) {
      Object.assign(this, { ask, status, seen: null, layers: null });
      this.way = select({ label: "Compare by", options: Object.entries(WAYS), value: by, onchange });
      this.pictures = Array.from({ length: SHOWN }, () => ({ ...canvas(112, 112, "", { class: "gu-pixels" }), says: el("figcaption") }));
      this.node = el("div", {}, this.way.node, el("div", { class: "gu-sums" }, ...this.pictures.map((it) => el("figure", {}, it.node, it.says))));
    }

    /** The training images nearest to the image of these layers. */
    async find(layers, by) {
      this.seen ??= await training(this.ask);
      return nearest(by === "dense" ? layers.at(-2) : layers[0], this.seen[by]);
    }

    /** Draw and say them; the first time the training images have to be loaded. */
    async show(layers, by) {
      this.layers = layers;
      this.status.textContent = "The network looks at the training images.";
      const said = await this.draw(layers, by).catch((error) => `${error.message}.`);
      if (this.layers === layers && !this.node.hidden) this.status.textContent = said;
    }

    async draw(layers, by) {
      const found = await this.find(layers, by), { labels, pixels } = this.seen;
      const words = found.map(([k, distance]) => `${labels[k]} at distance ${fixed(distance)}`);
      this.pictures.forEach((it, n) => {
        const [k] = found[n];
        grey(it, pixels.subarray(k * SIDE ** 2, (k + 1) * SIDE ** 2), SIDE);
        it.says.textContent = words[n];
        it.describe(`A training image: ${words[n]}.`);
      });
      return `Nearest of ${labels.length} training images, by ${WAYS[by]}: ${words.join(", ")}.`;
    }
  }

  Object.assign(inside, { nearest, Like });
})();
