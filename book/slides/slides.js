/* The slides of a chapter: reveal.js, and text that becomes smaller where a slide is too full. */
"use strict";

(() => {
  const LARGEST = 30;
  const LEAST = 18; // pixels on a slide of 1280: the last row reads it
  const root = document.documentElement;

  const full = (slide) =>
    slide.scrollHeight > slide.clientHeight ||
    [slide, ...slide.querySelectorAll(".formula, pre, table, p, li")].some(
      (it) => it.clientWidth && it.scrollWidth > it.clientWidth + 1,
    );

  /* Made once for each slide, when it can be measured. */
  const fit = (slide) => {
    if (!slide || slide.dataset.size || !slide.clientHeight) return;
    let size = LARGEST;
    for (; size > LEAST; size -= 1) {
      slide.style.setProperty("--size", size + "px");
      if (!full(slide)) break;
    }
    slide.style.setProperty("--size", size + "px");
    slide.dataset.size = size;
  };

  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    hash: true,
    slideNumber: "c/t",
    controls: false,
    navigationMode: "linear",
    transition: "none",
    backgroundTransition: "none",
    pdfMaxPagesPerSlide: 1,
    plugins: [RevealNotes],
    keyboard: {
      // T: light or dark
      84: () => {
        root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      },
    },
  });
  const fitNow = () => fit(Reveal.getCurrentSlide().querySelector(".slide"));
  const fitAll = () => document.querySelectorAll(".slide").forEach(fit);
  const begin = (fitting) => async () => {
    await document.fonts.ready;
    fitting();
    root.dataset.fitted = "";
  };
  Reveal.on("ready", begin(fitNow));
  Reveal.on("slidechanged", fitNow);
  Reveal.on("pdf-ready", begin(fitAll));
})();
