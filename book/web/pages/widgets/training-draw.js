/* The training widget: the region, the points, and the network as a picture. */
"use strict";

(() => {
  const { colours, shade, mark, training } = GroundUp;

  /** The piece of the plane that is shown: the points with a margin, or a fixed square. */
  function boxOf(data, own) {
    if (own) return { x: [-2, 2], y: [-2, 2] };
    const range = (k) => {
      const values = [...data.X, ...data.X_test].map((x) => x[k]);
      const low = Math.min(...values), high = Math.max(...values), rest = 0.12 * (high - low);
      return [low - rest, high + rest];
    };
    return { x: range(0), y: range(1) };
  }

  /** The middles of n × n cells of the box, row by row from the top. */
  function grid(box, n) {
    const rows = [];
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        rows.push([
          box.x[0] + ((i + 0.5) / n) * (box.x[1] - box.x[0]),
          box.y[1] - ((j + 0.5) / n) * (box.y[1] - box.y[0]),
        ]);
      }
    }
    return rows;
  }

  /** n × n cells as a smooth picture; `value` gives cell k's, from -1 to 1. */
  function paint(context, n, value, x, y, size) {
    const { middle } = colours();
    const image = new ImageData(n, n);
    for (let k = 0; k < n * n; k++) {
      const v = value(k);
      const [r, g, b] = Number.isFinite(v) ? shade(v, middle) : middle;
      image.data.set([r, g, b, 255], 4 * k);
    }
    const small = document.createElement("canvas");
    small.width = small.height = n;
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, x, y, size, size);
  }

  function drawPoints(region, box, data) {
    const { text, background } = colours();
    const place = ([a, b]) => [
      (region.width * (a - box.x[0])) / (box.x[1] - box.x[0]),
      (region.height * (box.y[1] - b)) / (box.y[1] - box.y[0]),
    ];
    data.X_test.forEach((x, i) => mark(region.context, ...place(x), data.y_test[i], 3.2, background));
    data.X.forEach((x, i) => mark(region.context, ...place(x), data.y[i], 5, text));
  }

  /** What neuron k of layer l answers over the cells, scaled to -1 … 1. */
  function answers(run, layers, inputs, box, l, k) {
    if (l === 0) {
      const [low, high] = k ? box.y : box.x;
      return (i) => (2 * (inputs[i][k] - low)) / (high - low) - 1;
    }
    const { values, columns } = layers[l - 1];
    const of = (i) => values[i * columns + k];
    if (l === run.sizes.length - 1 || run.state.activation === "sigmoid") return (i) => 2 * of(i) - 1;
    if (run.state.activation === "tanh") return of;
    let most = 1e-9;
    for (let i = 0; i < inputs.length; i++) most = Math.max(most, Math.abs(of(i)));
    return (i) => of(i) / most;
  }

  function drawNetwork({ context: c, width, height }, run, box) {
    c.clearRect(0, 0, width, height);
    const n = 16, inputs = grid(box, n), layers = run.pictures(inputs);
    const size = Math.min(38, (height - 20) / Math.max(...run.sizes) - 4);
    const x = (l) => 30 + ((width - 60 - size) * l) / (run.sizes.length - 1);
    const y = (l, k) => (height / (run.sizes[l] + 1)) * (k + 1) - size / 2;
    run.weights().forEach(({ W }, l) => {
      W.forEach((row, i) => row.forEach((w, j) => {
        c.beginPath();
        c.moveTo(x(l) + size, y(l, i) + size / 2);
        c.lineTo(x(l + 1), y(l + 1, j) + size / 2);
        c.lineWidth = Math.min(8, 0.4 + 1.6 * Math.abs(w));
        c.strokeStyle = w < 0 ? "#0173b2" : "#ca7f00";
        c.setLineDash(w < 0 ? [4, 3] : []);
        c.stroke();
      }));
    });
    c.setLineDash([]);
    c.lineWidth = 1;
    c.strokeStyle = colours().text;
    run.sizes.forEach((neurons, l) => {
      for (let k = 0; k < neurons; k++) {
        paint(c, n, answers(run, layers, inputs, box, l, k), x(l), y(l, k), size);
        c.strokeRect(x(l), y(l, k), size, size);
      }
    });
  }

  Object.assign(training, { boxOf, grid, paint, drawPoints, drawNetwork });
})();
