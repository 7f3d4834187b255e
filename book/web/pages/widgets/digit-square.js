/* The first page: draw a digit, and chapter 5's convolutional network reads it as it is drawn. */
"use strict";

(() => {
  const { el, button, start, digits } = GroundUp;
  const { SCALE, SIDE, Pad, Answer, asked, centre, softmax } = digits;
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const SECONDS = 1.2; // for the page's own digit to be written

  async function build(root) {
    const path = root.querySelector("path"), length = path.getTotalLength();
    const pad = new Pad(later), answer = new Answer("It reads");
    const status = el("p", { role: "status", class: "visually-hidden" });
    // The square takes strokes before the network is there to read them.
    let ask = null, waiting = false, own = true; // the digit is the page's own until the reader draws

    function later() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; read(); });
    }

    function read() {
      pad.draw();
      if (!ask) return;
      const p = pad.empty ? null : softmax(ask("cnn", centre(pad.ink)));
      const said = answer.show(p);
      if (!own) status.textContent = said ? `${said}.` : "Draw a digit.";
    }

    function clear() {
      own = false;
      pad.clear();
      read();
    }

    /** Write the page's digit along its line, from `from` on (0 to 1). */
    function write(began, from) {
      if (!own) return;
      const at = (part) => { const { x, y } = path.getPointAtLength(part * length); return [x, y]; };
      const to = STILL.matches ? 1 : Math.min(1, (performance.now() - began) / 1000 / SECONDS);
      for (let part = from; part < to; part += 0.01) pad.stroke(at(part), at(Math.min(to, part + 0.01)));
      if (to < 1) requestAnimationFrame(() => write(began, to));
    }

    const take = (event) => {
      if (!own || (event.type === "keydown" && !/^(Arrow| )/.test(event.key))) return;
      clear();
    };
    pad.node.addEventListener("pointerdown", take, true);
    pad.node.addEventListener("keydown", take, true);
    root.querySelector(".gu-square svg").replaceWith(pad.node, pad.says);
    root.querySelector(".gu-reads").replaceChildren(answer.node, el("div", { class: "gu-buttons" }, button("Clear", clear)), status);
    write(performance.now(), 0);
    ask = await asked("digit-cnn.js");
    read();
  }

  start("digit", build);
})();
