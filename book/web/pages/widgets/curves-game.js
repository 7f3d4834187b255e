/* Chapter 7: a loss curve of a real run, and three programs: which of them made it? */
"use strict";

(() => {
  const { el, button, canvas, colours, plotCurves, random, start, linked, finish, whole } = GroundUp;
  const KEY = ["quiz", "7.curves"], MOST = 99_999;
  // The programs are one loop with at most one thing changed; `case` is the clinic's, 0 the sound loop.
  const PROGRAMS = [
    { case: 0, code: "the loop as it stands", shows: "A sound loop brings the loss down, well below ln 2 = 0.693, and keeps it there." },
    { case: 1, code: "without optimizer.zero_grad()", shows: "Without zero_grad each step goes along the sum of all gradients so far. The first epoch still works; then the loss climbs, swinging and little by little, far above where it began." },
    { case: 6, code: "nn.init.zeros_(W) for every weight", shows: "From zeros the loss is ln 2 = 0.693 and stays there to the third digit: every answer is ½, and no hidden weight has a gradient." },
    { case: 7, code: "lr = 200", shows: "With so large a step the loss leaps at once, and then jumps about from one wall of the valley to the other." },
    { case: 8, code: "X and y shuffled, each in its own order", shows: "Labels that belong to other rows teach nothing: the loss ends near ln 2 = 0.693, the cost of answering ½. It gets there from elsewhere and never quite rests, since each batch has its own chance likeness." },
  ];
  const LOOP = `for rows in batches:
    z = model(X[rows])
    loss = F.binary_cross_entropy_with_logits(z, y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()`;
  const digits = (v) => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));

  /** A round's run, and the three programs to choose from; the number of the round decides both. */
  function drawn(round, runs) {
    const { uniform } = random(7919 * round), pick = (list) => list[Math.floor(list.length * uniform())];
    const truth = pick(PROGRAMS), others = PROGRAMS.filter((it) => it !== truth);
    others.splice(Math.floor(others.length * uniform()), 1);
    others.splice(Math.floor(others.length * uniform()), 1);
    const options = [...others];
    options.splice(Math.floor(3 * uniform()), 0, truth);
    return { truth, options, values: pick(runs[truth.case]) };
  }

  /** What was kept of the rounds so far: [right, played]. */
  function score() {
    const found = /^(\d+) of (\d+)$/.exec(GroundUpStore.get(...KEY) ?? "");
    return found ? [+found[1], +found[2]] : [0, 0];
  }

  function build(root) {
    const link = linked(root, { round: [1 + Math.floor(MOST * Math.random()), whole(1, MOST)] }), { state } = link;
    const picture = canvas(480, 260, ""), seen = el("p"), status = el("p", { class: "gu-status", role: "status" });
    const choices = el("div", { class: "gu-buttons", role: "group", "aria-label": "Which program made the curve?" });
    const next = button("Another curve", () => { state.round = 1 + (state.round % MOST); begin(); });
    let round = null;

    function draw() {
      plotCurves(picture, [{ values: round.values, colour: colours().classes[0] }], { xlabel: "places along the run", ylabel: "loss" });
      picture.describe(`A loss curve. ${seen.textContent}`);
    }

    function begin() {
      round = drawn(state.round, window.CURVES);
      const { values } = round, least = Math.min(...values), most = Math.max(...values);
      link.keep();
      seen.textContent = `The loss begins at ${digits(values[0])}, is ${digits(values[1])} and ${digits(values[2])} at the next places, and ends at ${digits(values.at(-1))}; its least is ${digits(least)}, its greatest ${digits(most)}.`;
      choices.replaceChildren(...round.options.map((it) => button(it.code, () => answer(it), { "aria-pressed": "false" })));
      status.textContent = told();
      draw();
    }

    function told() {
      const [right, played] = score();
      return played ? `So far ${right} of ${played} right.` : "";
    }

    function answer(chosen) {
      const { truth, options } = round, right = chosen === truth;
      if (!round.over) { // only the first answer counts
        const [before, played] = score();
        GroundUpStore.set(...KEY, `${before + right} of ${played + 1}`);
        round.over = true;
      }
      [...choices.children].forEach((it, k) => it.setAttribute("aria-pressed", String(options[k] === chosen)));
      const verdict = right ? `Yes. ${truth.shows}` : `No: that was “${truth.code}”. ${truth.shows} What you chose would look otherwise. ${chosen.shows}`;
      status.textContent = `${verdict} ${told()}`;
    }

    root.round = () => ({ case: round.truth.case, codes: round.options.map((it) => it.code), right: round.truth.code, values: round.values });
    root.replaceChildren(
      el("h3", {}, "Whose curve is it?"),
      el("p", {}, "Each curve is a real run of this loop on the two moons, as it stands or with one thing changed. Its scale, its length and its chance are new each time."),
      el("pre", { tabindex: "0", "aria-label": "The loop" }, LOOP),
      el("div", { class: "gu-columns" }, el("figure", {}, picture.node), el("div", {}, seen, el("p", {}, "Which program made it?"), choices, status, next)));
    begin();
    finish(link, status, draw);
  }

  start("curves", build);
})();
