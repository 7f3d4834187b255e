/* Showing what Python says, and how much of it is still to come. */
"use strict";

window.GroundUpShow = (() => {
  const { el, load, folder } = GroundUp;
  const MB = 1e6;

  /** HTML that the course's own code wrote, with its formulas set. */
  function markup(text) {
    const node = el("div");
    node.innerHTML = text;
    // The place where it is shown is announced already.
    for (const inner of node.querySelectorAll('[role="status"]')) inner.removeAttribute("role");
    return node;
  }

  /** Put into `place` what a call gave: texts, HTML, pictures. */
  async function shown(place, parts) {
    place.replaceChildren(...parts.map((part) => {
      if (part.text !== undefined) return el("pre", { tabindex: "0", "aria-label": "Printed" }, part.text);
      if (part.html !== undefined) return markup(part.html);
      const source = part.drawing === undefined
        ? `data:image/png;base64,${part.image}` : `data:image/svg+xml,${encodeURIComponent(part.drawing)}`;
      return el("img", { src: source, width: part.width, alt: "The figure that this code draws" });
    }));
    await formulas(place);
  }

  /** Set what stands in the place between \( and \), as the page's own formulas are. */
  async function formulas(place) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.includes("\\(") && !node.parentElement.closest("pre, code")) found.push(node);
    }
    if (!found.length) return;
    await load(`${folder}../vendor/temml/temml.min.js`);
    for (const node of found) {
      const parts = node.data.split(/\\\((.+?)\\\)/s); // text and formulas by turns
      node.replaceWith(...parts.map((part, i) => {
        if (i % 2 === 0) return part;
        const box = el("span");
        temml.render(part, box);
        return box.firstChild;
      }));
    }
  }

  /** The chapter's notebook, where what the page lacks is there. */
  function notebook() {
    const href = document.querySelector('a[href$=".ipynb"]')?.getAttribute("href");
    return href ? el("a", { href, download: true }, "the chapter's notebook") : "the chapter's notebook";
  }

  const say = (place, text) => place.replaceChildren(el("p", {}, text));

  /** A bar that says what is being loaded and how much, while it is; for whoever waits for it. */
  function loading() {
    const bar = el("progress", { "aria-label": "Loading" }), words = el("span");
    const node = el("p", { class: "gu-loading", hidden: true }, bar, words);
    let mine = false;
    GroundUpPython.watch((state) => {
      node.hidden = !mine || !state;
      if (!state) return;
      if (state.starting) {
        bar.removeAttribute("value");
        words.textContent = `Starting ${state.what} …`;
      } else {
        bar.max = state.all;
        bar.value = state.bytes;
        words.textContent = `Loading ${state.what}: ${(state.bytes / MB).toFixed(1)} of ${(state.all / MB).toFixed(1)} MB, once`;
      }
    });
    return { node, wait(yes) { mine = yes; if (!yes) node.hidden = true; } };
  }

  /** Turns what belongs to a run on and off: its button, the one that stops it, and the bar. */
  const occupied = (button, stop, bar) => (on) => {
    if (on) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    stop.hidden = !on;
    bar.wait(on);
  };

  return { markup, shown, formulas, notebook, say, loading, occupied };
})();
