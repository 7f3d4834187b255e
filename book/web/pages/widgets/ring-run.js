/* Chapter 8: all-reduce as the chapter's NumPy does it, message by message; and a model of a step's time. */
"use strict";

(() => {
  const copy = (chunks) => chunks.map((row) => [...row]);
  const numbers = (n) => [...Array(n).keys()];

  /** The states of a ring, from its start: V[worker][chunk], the messages that led there, the phase. */
  function ring(V) {
    const p = V.length, states = [{ chunks: copy(V), messages: [], phase: "start" }];
    ["reduce-scatter", "all-gather"].forEach((phase, first) => {
      for (let k = 0; k < p - 1; k++) {
        const before = states.at(-1).chunks, chunks = copy(before);
        const messages = numbers(p).map((from) => ({ from, to: (from + 1) % p, chunk: (from + first - k + 2 * p) % p }));
        for (const { from, to, chunk } of messages) { // all send at once: what they had before
          chunks[to][chunk] = before[from][chunk] + (first ? 0 : before[to][chunk]);
        }
        states.push({ chunks, messages, phase });
      }
    });
    return states;
  }

  /** The plain way, a chunk at a time: all send their vector to worker 0, which sends back the sum. */
  function plain(V) {
    const p = V.length, states = [{ chunks: copy(V), messages: [], phase: "start" }];
    for (const phase of ["gather", "spread"]) {
      for (let r = 1; r < p; r++) {
        for (let chunk = 0; chunk < p; chunk++) {
          const chunks = copy(states.at(-1).chunks);
          if (phase === "gather") chunks[0][chunk] += chunks[r][chunk];
          else chunks[r][chunk] = chunks[0][chunk];
          const [from, to] = phase === "gather" ? [r, 0] : [0, r];
          states.push({ chunks, messages: [{ from, to, chunk }], phase });
        }
      }
    }
    return states;
  }

  // --- the time of a step ---

  /** Intercept and slope of the line through points [x, y]; relative errors count, as in the chapter. */
  function line(points) {
    const sums = [0, 0, 0, 0, 0]; // of w², w²x, w²y, w²xx, w²xy with w = 1/y
    for (const [x, y] of points) [1, x, y, x * x, x * y].forEach((v, i) => { sums[i] += v / y ** 2; });
    const [w, x, y, xx, xy] = sums, slope = (w * xy - x * y) / (w * xx - x * x);
    return [(y - slope * x) / w, slope];
  }

  /** Seconds of an exchange of m bytes among p workers: latency alpha, beta bytes a second. */
  const EXCHANGES = {
    ring: (p, m, { alpha, beta }) => 2 * (p - 1) * (alpha + m / (p * beta)),
    rounds: (p, m, { alpha, beta }) => 2 * Math.log2(p) * alpha + (2 * (p - 1) * m) / (p * beta),
    plain: (p, m, { alpha, beta }) => 2 * (p - 1) * (alpha + m / beta),
  };

  /** The model's constants, fitted to what was measured: {compute, all_reduce, step} as lists of points. */
  function fitted({ parameters, compute, all_reduce, step }) {
    const [t0, c] = line(compute), [intercept, slope] = line(all_reduce);
    const found = { t0, c, alpha: intercept / 2, beta: 1 / slope, o: 0 };
    const [rows, seconds] = step[0]; // the smallest batch
    found.o = seconds - total(rows, 2, 4 * parameters, found);
    return found;
  }

  /** Seconds of a step: n rows in the joint batch, p workers, a gradient of m bytes. */
  function total(n, p, m, model, way = "ring") {
    return model.t0 + (model.c * n) / p + (p > 1 ? model.o + EXCHANGES[way](p, m, model) : 0);
  }

  GroundUp.ring = { ring, plain, line, fitted, total, EXCHANGES };
})();
