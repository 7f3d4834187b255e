/* A place for code: a plain text field, which becomes an editor when the reader comes near. */
"use strict";

window.GroundUpCode = (() => {
  const { el, load, folder } = GroundUp;
  const HELP = "gu-editor-help";
  let made = 0, library = null;

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { near.unobserve(target); target.upgrade(); }
  }, { rootMargin: "300px" });

  function help() {
    if (!document.getElementById(HELP)) {
      document.querySelector("main").append(el("p", { id: HELP, class: "visually-hidden" },
        "Ctrl+Enter runs it. Tab indents; press Escape first to leave the editor with Tab."));
    }
    return HELP;
  }

  /** An editor of `text`; `run` is called on Ctrl+Enter, `changed` with each new text. */
  function editor({ text, label, run, changed = () => {} }) {
    const id = `gu-code-${++made}`;
    const area = el("textarea", {
      id, "aria-label": label, "aria-describedby": help(), spellcheck: "false", autocapitalize: "off",
      rows: text.split("\n").length, class: "gu-plain",
    });
    const node = el("div", { class: "gu-code" }, area);
    // What is typed here is code: the page has a meaning of its own for some keys, such as the slash.
    node.addEventListener("keydown", (event) => event.stopPropagation());
    let inner = { get text() { return area.value; }, set text(value) { area.value = value; }, focus: () => area.focus() };
    area.value = text;
    area.addEventListener("input", () => changed(area.value));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
    });

    node.upgrade = async () => {
      library ??= load(`${folder}../vendor/codemirror/editor.js`);
      try { await library; } catch { return; } // the plain field stays
      const had = document.activeElement === area;
      node.replaceChildren();
      inner = window.groundUpEditor({ parent: node, text: inner.text, label, help: HELP, run, changed });
      if (had) inner.focus();
    };
    near.observe(node);
    return {
      node,
      get text() { return inner.text; },
      set text(value) { inner.text = value; },
      focus() { inner.focus(); },
    };
  }

  return { editor };
})();
