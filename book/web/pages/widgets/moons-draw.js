/* Chapters 4 and 6: what a network on the two moons says of the plane, with its boundary. */
"use strict";

(() => {
  const { el, canvas, colours, shade, mark } = GroundUp;
  const { sigmoid, logit } = GroundUp.moons;
  const SIDE = 300, CELLS = 60, BOX = [-1.9, 2.9, -2.15, 2.65];
  const px = (u) => (SIDE * (u - BOX[0])) / (BOX[1] - BOX[0]), py = (v) => (SIDE * (BOX[3] - v)) / (BOX[3] - BOX[2]);

  /** Where the logits, known at the cells' corners, pass zero inside a cell: two ends of a line, or four. */
  function crossings(z, i, j) {
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([p, q]) => [i + p, j + q, z[j + q][i + p]]), found = [];
    corners.forEach(([x, y, a], k) => {
      const [x2, y2, b] = corners[(k + 1) % 4], part = a / (a - b);
      if (a > 0 !== b > 0) found.push([x + part * (x2 - x), y + part * (y2 - y)]);
    });
    return found;
  }

  /** A square of the plane: darker where the network is surer, a line where it says one half. */
  function region(picture, theta, data) {
    const { context: c } = picture, { text, middle } = colours(), unit = SIDE / CELLS, n = CELLS + 1;
    const at = (i, j) => [BOX[0] + (i * (BOX[1] - BOX[0])) / CELLS, BOX[3] - (j * (BOX[3] - BOX[2])) / CELLS];
    const z = Array.from({ length: n }, (_, j) => Array.from({ length: n }, (_, i) => logit(theta, at(i, j))));
    const image = new ImageData(n, n), small = el("canvas", { width: n, height: n });
    z.flat().forEach((v, k) => image.data.set([...shade(2 * sigmoid(v) - 1, middle), 255], 4 * k));
    small.getContext("2d").putImageData(image, 0, 0);
    c.drawImage(small, 0.5, 0.5, CELLS, CELLS, 0, 0, SIDE, SIDE);
    c.strokeStyle = text; c.lineWidth = 1.5;
    c.beginPath();
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) {
        crossings(z, i, j).forEach(([x, y], k) => (k % 2 ? c.lineTo(x * unit, y * unit) : c.moveTo(x * unit, y * unit)));
      }
    }
    c.stroke();
    data.X.forEach(([u, v], i) => mark(c, px(u), py(v), data.y[i], 5, text));
  }

  const square = () => canvas(SIDE, SIDE, "", { class: "gu-region" });
  const percent = (part) => `${(100 * part).toFixed(1)} %`;

  Object.assign(GroundUp.moons, { region, square, percent });
})();
