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

/* A long equation scrolls sideways by itself: let the keyboard reach it. */
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const mark = () => {
    for (const box of document.querySelectorAll('mjx-container[display="true"]')) {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    }
  };
  mark();
  window.addEventListener("resize", mark);
});
