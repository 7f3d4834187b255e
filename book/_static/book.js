/* Opened from disk a page may not read another: the search shows the text that a script brings. */
"use strict";

if (location.protocol === "file:" && location.pathname.endsWith("/search.html")) {
  const texts = new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "_static/texts.js";
    script.onload = () => resolve(window.PAGE_TEXTS);
    script.onerror = () => resolve({});
    document.head.append(script);
  });
  window.fetch = async (address) => {
    const main = document.createElement("div");
    main.setAttribute("role", "main");
    main.textContent = (await texts)[address.replace("./", "")] ?? "";
    return { text: async () => main.outerHTML };
  };
}

addEventListener("DOMContentLoaded", () => {
  const add = (src) => document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
  const missing = (src) => !document.querySelector(`script[src="${src}"]`);

  /* A widget is built when the reader comes near; one that waits is built at the first sign of life. */
  const build = (root) => root.dataset.scripts.split(" ").filter(missing).forEach(add);
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        build(target);
      }
    }
  }, { rootMargin: "800px" });
  for (const root of document.querySelectorAll("[data-scripts]")) {
    if (!root.matches("[data-waits]")) {
      near.observe(root);
      continue;
    }
    const signs = ["scroll", "pointermove", "pointerdown", "touchstart", "keydown", "focusin"];
    const start = () => {
      signs.forEach((sign) => removeEventListener(sign, start, true));
      build(root);
    };
    signs.forEach((sign) => addEventListener(sign, start, true));
  }

  /* A figure that had to be made small opens large, where its least text can be read. */
  const LEAST = 11; // pixels of a text's size
  const dialog = document.createElement("dialog");
  dialog.className = "gu-figure";
  dialog.setAttribute("aria-label", "Figure, large");
  dialog.innerHTML = '<form method="dialog"><button class="gu-button">Close</button></form>';
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  /** The size of a drawing's least text in its own points; without text nothing is too small. */
  const least = (figure) => Number(figure.dataset.least) || Infinity;
  /** The width at which a drawing's least text has that size, and no picture is made small. */
  const broad = (figure) => figure.matches("svg")
    ? Math.max(figure.getAttribute("width"), LEAST / least(figure) * figure.viewBox.baseVal.width)
    : figure.naturalWidth;
  const enlarge = (figure) => {
    dialog.querySelector(":scope > :is(img, svg)")?.remove();
    const large = figure.cloneNode(true);
    large.style.width = `${Math.max(broad(figure), innerWidth)}px`;
    dialog.append(large);
    document.body.append(dialog);
    dialog.showModal();
  };
  const small = (figure) => {
    const { width } = figure.getBoundingClientRect();
    if (!width) return false; // folded away
    if (!figure.matches("svg")) return width < 0.8 * figure.getAttribute("width");
    return least(figure) * width / figure.viewBox.baseVal.width < LEAST;
  };
  const wrap = (figure) => {
    const button = document.createElement("button");
    Object.assign(button, { className: "gu-large", type: "button", title: "Show this figure large" });
    figure.replaceWith(button);
    button.append(figure);
    button.addEventListener("click", () => enlarge(figure));
  };

  /* Code or an equation that scrolls by itself can be reached by keyboard. Nothing is measured that
     the browser has not laid out: on a phone that is all that the reader is not near. */
  const SCROLLS = "pre, .cell_output > .output, .pst-scrollable-table-container, div.math .formula";
  const FIGURES = ".bd-article figure > :is(img[width], svg)";
  const laidOut = (it) => it.checkVisibility?.({ contentVisibilityAuto: true }) ?? true;
  const scrolls = (it) => it.scrollWidth > it.clientWidth || it.scrollHeight > it.clientHeight;
  const find = (what) => [...document.querySelectorAll(what)].filter(laidOut);
  const measure = () => {
    const boxes = find(SCROLLS).map((it) => [it, scrolls(it)]);
    const figures = find(FIGURES).filter((it) => !it.closest(".gu-live, .gu-large, .gu-widget") && small(it));
    for (const [it, long] of boxes) {
      if (long) it.setAttribute("tabindex", "0");
      else it.removeAttribute("tabindex");
    }
    figures.forEach(wrap);
  };
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(measure, 100);
  };
  soon();
  document.fonts.ready.then(soon); // the page's own face makes code wider
  new MutationObserver(soon).observe(document.body, { subtree: true, childList: true });
  document.addEventListener("contentvisibilityautostatechange", soon, true);
  addEventListener("hashchange", () => {
    document.documentElement.removeAttribute("data-near"); // the place is where it will stay
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
    soon();
  });
  addEventListener("resize", measure);
  addEventListener("toggle", measure, true);
});
