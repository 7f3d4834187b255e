/* Chapter 5: the layers of the CNN, and how one number of a layer comes about. */
"use strict";

(() => {
  const { SIDE } = GroundUp.digits;
  // Layers without maps are laid out in rows, neuron by neuron.
  const LAYERS = [
    { name: "image", title: "1 The image", maps: 1, rows: SIDE, columns: SIDE },
    { name: "conv1", title: "2 Convolution, ReLU", maps: 8, rows: 28, columns: 28, weights: "cnn.0" },
    { name: "pool1", title: "3 Pooling", maps: 8, rows: 14, columns: 14 },
    { name: "conv2", title: "4 Convolution, ReLU", maps: 16, rows: 14, columns: 14, weights: "cnn.3" },
    { name: "pool2", title: "5 Pooling", maps: 16, rows: 7, columns: 7 },
    { name: "dense", title: "6 Dense layer, ReLU", maps: 1, rows: 4, columns: 8, weights: "cnn.7" },
    { name: "logits", title: "7 Ten logits", maps: 1, rows: 2, columns: 5, weights: "cnn.9" },
  ];
  const indexOf = (name) => LAYERS.findIndex((it) => it.name === name);
  const total = (values) => values.reduce((p, q) => p + q, 0);

  /** The rows and columns of the layer before that one number looks at: [top, left, height, width]. */
  function windowOf(layer, row, column) {
    if (layer.name.startsWith("conv")) return [row - 1, column - 1, 3, 3];
    if (layer.name.startsWith("pool")) return [2 * row, 2 * column, 2, 2];
    const { rows, columns } = LAYERS[indexOf(layer.name) - 1];
    return [0, 0, rows, columns];
  }

  /** The values of one map in a window, row by row; outside the map stands 0. */
  function cut(values, { rows, columns }, map, [top, left, height, width]) {
    return Array.from({ length: height * width }, (_, k) => {
      const r = top + Math.floor(k / width), c = left + (k % width);
      return r >= 0 && r < rows && c >= 0 && c < columns ? values[(map * rows + r) * columns + c] : 0;
    });
  }

  /** How a number comes about: of each map before, its window, the weights for it and their sum of
   *  products; the bias, the sum z of all, and what the layer makes of it. */
  function explain(layers, tensors, name, map, row, column) {
    const l = indexOf(name), layer = LAYERS[l], before = LAYERS[l - 1], place = windowOf(layer, row, column);
    const windows = Array.from({ length: before.maps }, (_, m) => cut(layers[l - 1], before, m, place));
    if (!layer.weights) return { windows: [windows[map]], answer: Math.max(...windows[map]) };
    const W = tensors[`${layer.weights}.weight`].values, size = windows[0].length;
    const unit = layer.maps > 1 ? map : row * layer.columns + column;
    const weights = windows.map((_, m) => Array.from(W.subarray((unit * before.maps + m) * size, (unit * before.maps + m + 1) * size)));
    const products = windows.map((window, m) => window.map((v, k) => v * weights[m][k]));
    const sums = products.map(total), bias = tensors[`${layer.weights}.bias`].values[unit];
    const z = total(sums) + bias;
    return { windows, weights, products, sums, bias, z, answer: name === "logits" ? z : Math.max(0, z) };
  }

  // --- a drawing in a link: sixteen greys, two pixels a byte ---

  const GREYS = 15;
  const rounded = (image) => Float32Array.from(image, (v) => Math.round(GREYS * Math.min(1, Math.max(0, v))) / GREYS);

  function toText(image) {
    const greys = Array.from(image, (v) => Math.round(GREYS * v));
    const packed = Array.from({ length: SIDE ** 2 / 2 }, (_, k) => String.fromCharCode(16 * greys[2 * k] + greys[2 * k + 1]));
    return btoa(packed.join("")).replaceAll("+", "-").replaceAll("/", "_");
  }

  /** The image that a text stands for; undefined where it stands for none. */
  function fromText(text) {
    let packed;
    try { packed = atob(text.replaceAll("-", "+").replaceAll("_", "/")); } catch { return undefined; }
    if (packed.length !== SIDE ** 2 / 2) return undefined;
    return Float32Array.from({ length: SIDE ** 2 }, (_, k) => {
      const byte = packed.charCodeAt(k >> 1);
      return (k % 2 ? byte & 15 : byte >> 4) / GREYS;
    });
  }

  /** The image without its ink in a square around a place. */
  function without(image, row, column, size) {
    const copy = Float32Array.from(image), first = (at) => Math.round(at - (size - 1) / 2);
    for (let r = Math.max(0, first(row)); r < Math.min(SIDE, first(row) + size); r++) {
      for (let c = Math.max(0, first(column)); c < Math.min(SIDE, first(column) + size); c++) copy[r * SIDE + c] = 0;
    }
    return copy;
  }

  GroundUp.inside = { LAYERS, indexOf, windowOf, explain, rounded, toText, fromText, without };
})();
