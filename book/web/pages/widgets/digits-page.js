/* Chapter 5: draw a digit, and the chapter's three networks answer side by side. */
"use strict";

(() => {
  const { el, select, checkbox, button, canvas, start, digits } = GroundUp;
  const { SIDE, Pad, Answer, asked, testImages, grey, shrink, centre, enlarged, softmax } = digits;
  const NAMES = { logistic: "Logistic regression", mlp: "MLP", cnn: "CNN" };

  async function build(root) {
    const ask = await asked("digits.js", "samples.js");
    const samples = testImages();
    let seen = null, waiting = false; // the image, or null for an empty square

    const pad = new Pad(() => { sample.value = ""; later(); });
    const view = canvas(140, 140, "", { class: "gu-pixels" });
    const status = el("p", { class: "gu-status", role: "status" });
    const answers = Object.fromEntries(Object.entries(NAMES).map(([name, title]) => [name, new Answer(title)]));
    const centring = checkbox({ label: "centre the ink, as MNIST does", value: true, onchange: changed });
    const sample = select({
      label: "Test image", options: samples.options, value: "", onchange: (i) => {
        if (i === "") return;
        pad.show(samples.pixels(i));
        changed();
      },
    });

    function later() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; changed(); });
    }

    function changed() {
      const image = centring.value && sample.value === "" ? centre : shrink; // a test image is centred
      seen = pad.empty ? null : image(pad.ink);
      const said = Object.entries(answers).map(([name, answer]) => answer.show(seen && softmax(ask(name, seen))));
      // The brush grows with the digit, into strokes as thick as no digit of MNIST has.
      const small = seen && sample.value === "" && enlarged(pad.ink) > 2;
      status.textContent = !seen ? "Draw a digit. An empty square gets no answer."
        : `${said.join(". ")}.${small ? " Draw larger: so small a digit is guessed at." : ""}`;
      pad.draw();
      grey(view, seen, SIDE);
      view.describe(seen ? "The 28 by 28 grey values that the networks see." : "Nothing to see yet.");
    }

    root.logits = (name, x) => Array.from(ask(name, Float32Array.from(x)));
    root.image = () => seen && Array.from(seen);
    root.replaceChildren(
      el("h3", {}, "Draw a digit"),
      el("div", { class: "gu-columns" },
        el("figure", { class: "gu-draw" }, pad.node, el("figcaption", {}, "Draw here, with mouse, finger or keys (arrows, and space for pen up or down). ", pad.says)),
        el("div", {},
          el("figure", {}, view.node, el("figcaption", {}, "What the networks see.")),
          centring.node, sample.node,
          el("div", { class: "gu-buttons" }, button("Clear", () => { pad.clear(); sample.value = ""; changed(); })))),
      status,
      el("div", { class: "gu-models" }, ...Object.values(answers).map((a) => a.node)),
    );
    changed();
  }

  start("digits", build);
})();
