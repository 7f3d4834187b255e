/* Chapter 3: small graphs of numbers, their values from the left and their slopes from the right. */
"use strict";

GroundUp.graph = (() => {
  const sum = (numbers) => numbers.reduce((a, b) => a + b);
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));

  // An operation: its value, the slope along each number that it takes, and how it is written.
  const OPERATIONS = {
    times: { value: ([a, b]) => a * b, slopes: ([a, b]) => [b, a], text: ([a, b]) => `${a} · ${b}` },
    plus: { value: sum, slopes: (of) => of.map(() => 1), text: (of) => of.join(" + ") },
    twice: { value: ([a]) => a + a, slopes: () => [2], text: ([a]) => `${a} + ${a}` },
    square: { value: ([a]) => a * a, slopes: ([a]) => [2 * a], text: ([a]) => `(${a})²` },
    sigmoid: {
      value: ([z]) => sigmoid(z),
      slopes: ([z]) => [sigmoid(z) * (1 - sigmoid(z))],
      text: ([z]) => `σ(${z})`,
    },
    loss: {
      value: ([a, y]) => (a - y) ** 2 / 2,
      slopes: ([a, y]) => [a - y, y - a],
      text: ([a, y]) => `½(${a} − (${y}))²`,
    },
  };

  const given = (name, at, value) => ({ name, at, value, of: [] });
  const made = (name, at, operation, ...of) => ({ name, at, operation, of });
  // Each node stands after those that it is made from; `at` is its column and its row.
  const GRAPHS = {
    two: {
      title: "two neurons in a row",
      nodes: [
        given("x", [0, 0.4], 1), given("w₁", [0, 1.6], 0.5), made("z₁", [1, 1], "times", "x", "w₁"),
        made("a₁", [2, 1], "sigmoid", "z₁"), given("w₂", [2, 2], -1),
        made("z₂", [3, 1], "times", "a₁", "w₂"), made("ŷ", [4, 1], "sigmoid", "z₂"),
        given("y", [4, 2], 1), made("L", [5, 1], "loss", "ŷ", "y"),
      ],
    },
    one: {
      title: "one neuron with a bias",
      nodes: [
        given("x", [0, 0.4], 2), given("w", [0, 1.6], -0.5), made("p", [1, 1], "times", "x", "w"),
        given("b", [1, 2], 0.3), made("z", [2, 1], "plus", "p", "b"),
        made("a", [3, 1], "sigmoid", "z"), given("y", [3, 2], 1), made("L", [4, 1], "loss", "a", "y"),
      ],
    },
    fan: {
      title: "a number that goes two ways",
      nodes: [
        given("x", [0, 1.2], 2), given("w", [0, 0], 3), made("a", [1, 0.4], "times", "w", "x"),
        made("b", [1, 1.6], "twice", "x"), made("s", [2, 1.6], "square", "b"),
        made("c", [3, 1], "plus", "a", "s"),
      ],
    },
  };

  const takes = (node, values) => node.of.map((name) => values[name]);

  /** The values of all nodes, by name, from those that are given. */
  function forward(nodes, numbers) {
    const values = { ...numbers };
    for (const node of nodes) {
      if (node.operation) values[node.name] = OPERATIONS[node.operation].value(takes(node, values));
    }
    return values;
  }

  const slopesInto = (node, values) => OPERATIONS[node.operation].slopes(takes(node, values));

  /**
   * The walk back, a list with what each step does: the first gives the last node the slope 1, each
   * other hands a node's slope on. A gift: to whom, what it had, the arrow's slope, what it has then.
   */
  function backward(nodes, values) {
    const end = nodes.at(-1).name, slopes = { [end]: 1 };
    const steps = [{ from: end, gifts: [], slopes: { ...slopes } }];
    for (const node of nodes.filter((it) => it.operation).reverse()) {
      const along = slopesInto(node, values);
      const gifts = node.of.map((to, k) => {
        const had = slopes[to];
        slopes[to] = (had ?? 0) + slopes[node.name] * along[k];
        return { to, had, along: along[k], has: slopes[to] };
      });
      steps.push({ from: node.name, gifts, slopes: { ...slopes } });
    }
    return steps;
  }

  const written = (node, names) => OPERATIONS[node.operation].text(names);

  return { GRAPHS, forward, backward, slopesInto, written };
})();
