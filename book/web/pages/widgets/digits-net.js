/* The digits' widget: weights, the three networks, and a drawing as the image that they see. */
"use strict";

(() => {
  const SIDE = 28, SCALE = 10; // image, drawing pixels to one image pixel

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

  /** The three networks as functions of images (n, 784) to logits (n, 10), and the CNN's layers; torch's layouts. */
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
    /** What each layer of the CNN gives, channel first as in torch; the last are the logits. */
    const layers = (x) => {
      const first = convolve(tf.reshape(x, [-1, SIDE, SIDE, 1]), "cnn.0");
      const halved = tf.maxPool(first, 2, 2, "valid");
      const second = convolve(halved, "cnn.3");
      const maps = [first, halved, second, tf.maxPool(second, 2, 2, "valid")].map((a) => tf.transpose(a, [0, 3, 1, 2]));
      const dense = tf.relu(linear(tf.reshape(maps[3], [x.shape[0], -1]), "cnn.7"));
      return [...maps, dense, linear(dense, "cnn.9")];
    };
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
      cnn: (x) => layers(x).at(-1),
      layers,
    };
  }

  const contextOf = (source) => source.getContext("2d", { willReadFrequently: true });
  const dataOf = (source) => contextOf(source).getImageData(0, 0, source.width, source.width).data;

  /** Ink (0 … 1) of a drawing, as its mean over each image pixel. */
  function shrink(source) {
    const side = source.width, data = dataOf(source);
    const step = side / SIDE, image = new Float32Array(SIDE * SIDE);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        image[Math.floor(y / step) * SIDE + Math.floor(x / step)] += data[4 * (y * side + x) + 3] / 255 / step ** 2;
      }
    }
    return image;
  }

  /** The corner, width and height of the box around the ink, in drawing pixels. */
  function inkBox(source) {
    const side = source.width, data = dataOf(source);
    let [left, right, top, bottom] = [side, -1, side, -1];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        if (data[4 * (y * side + x) + 3] > 20) {
          left = Math.min(left, x); right = Math.max(right, x);
          top = Math.min(top, y); bottom = Math.max(bottom, y);
        }
      }
    }
    return [left, top, right - left + 1, bottom - top + 1];
  }

  /** How many times larger the ink is made, for its longer side to be 20 image pixels. */
  function enlarged(source) {
    const [, , w, h] = inkBox(source);
    return (20 * SCALE) / Math.max(w, h);
  }

  /** As MNIST was made: the ink fitted into 20 × 20, its centre of mass in the middle of 28 × 28. */
  function centre(source) {
    const [left, top, w, h] = inkBox(source), scale = enlarged(source);
    const place = (dx, dy) => {
      const target = document.createElement("canvas");
      target.width = target.height = SIDE * SCALE;
      const c = contextOf(target);
      c.drawImage(source, left, top, w, h,
        SIDE * SCALE / 2 - (w * scale) / 2 + dx, SIDE * SCALE / 2 - (h * scale) / 2 + dy, w * scale, h * scale);
      return shrink(target);
    };
    const image = place(0, 0);
    let mass = 0, mx = 0, my = 0;
    image.forEach((v, k) => { mass += v; mx += v * ((k % SIDE) + 0.5); my += v * (Math.floor(k / SIDE) + 0.5); });
    return place(Math.round(SIDE / 2 - mx / mass) * SCALE, Math.round(SIDE / 2 - my / mass) * SCALE);
  }

  /** n × n copies of the image, each with a patch of 4 × 4 wiped out. */
  function covered(image, n) {
    const copies = new Float32Array(n * n * SIDE ** 2);
    for (let place = 0; place < n * n; place++) {
      const x = 2 * (place % n) - 1, y = 2 * Math.floor(place / n) - 1;
      copies.set(image, place * SIDE ** 2);
      for (let dy = 0; dy < 4; dy++) {
        for (let dx = 0; dx < 4; dx++) {
          if (x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE) {
            copies[place * SIDE ** 2 + (y + dy) * SIDE + x + dx] = 0;
          }
        }
      }
    }
    return copies;
  }

  /** Probabilities from logits. */
  function softmax(z) {
    const most = Math.max(...z), e = Array.from(z, (v) => Math.exp(v - most));
    const sum = e.reduce((p, q) => p + q);
    return e.map((v) => v / sum);
  }

  GroundUp.digits = { SIDE, SCALE, bytes, readSafetensors, networks, contextOf, shrink, centre, enlarged, covered, softmax };
})();
