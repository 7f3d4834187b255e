/* A surface seen from above, as bands of grey. */
"use strict";

/** A canvas of half of width × height: darker is higher on a light page, lighter on a dark one.
 *  The height goes into the grey to the power of `bend`: a small one shows what is low in more bands. */
GroundUp.ground = ({ cost, box: [x0, x1, y0, y1] }, across, down, bend) => {
  const { dark } = GroundUp.colours(), node = GroundUp.el("canvas", { width: across / 2, height: down / 2 }), { width, height } = node;
  const at = (k) => cost([x0 + (((k % width) + 0.5) * (x1 - x0)) / width, y1 - ((Math.floor(k / width) + 0.5) * (y1 - y0)) / height]);
  const values = Array.from({ length: width * height }, (_, k) => at(k)), image = new ImageData(width, height);
  const low = values.reduce((p, q) => Math.min(p, q)), high = values.reduce((p, q) => Math.max(p, q));
  values.forEach((v, k) => {
    const band = Math.floor(14 * ((v - low) / (high - low)) ** bend) / 14, grey = dark ? 30 + 80 * band : 255 - 110 * band;
    image.data.set([grey, grey, grey, 255], 4 * k);
  });
  node.getContext("2d").putImageData(image, 0, 0);
  return node;
};
