/* The chapter's own cells: each can be changed and run, and what follows sees the change. */
"use strict";

window.GroundUpCells = (() => {
  const { el, button } = GroundUp;
  const { shown, say, loading, notebook, occupied } = GroundUpShow;
  const LIMIT = 120; // seconds; the longest cell of the book takes far less
  const all = [];

  /** The cell's code as printed, and once the reader changes it, an editor in its place. */
  function source(cell, at, run) {
    const place = cell.querySelector(".cell_input"), printed = place?.querySelector("pre");
    if (!printed) return null;
    const first = printed.textContent.trimEnd(), block = printed.closest(".highlight, pre");
    let editor = null;
    function change() {
      editor ??= GroundUpCode.editor({ text: first, label: `Code of cell ${at + 1}`, run });
      block.replaceWith(editor.node);
      editor.node.upgrade().then(() => editor.focus());
    }
    function reset() {
      if (editor) editor.text = first;
      editor?.node.replaceWith(block);
    }
    return { change, reset, get text() { return editor?.text ?? first; } };
  }

  function tools(cell, at) {
    const describe = { "aria-describedby": `gu-cell-${at}` };
    const code = source(cell, at, run);
    if (!code) return;
    const bar = loading(), said = el("div", { role: "status", class: "gu-note" });
    const runButton = button("Run", run, describe), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true, ...describe });
    const change = button("Change", () => { code.change(); change.hidden = true; again.hidden = false; }, describe);
    const again = button("As it was", asItWas, { hidden: true, ...describe });
    const above = button("Run all above", runAbove, describe), busy = occupied(runButton, stop, bar);
    const before = [...cell.querySelectorAll(":scope > .cell_output")];
    const caption = cell.querySelector(":scope > .cell_output figcaption")?.cloneNode(true);
    let output = el("div", { class: "cell_output gu-output" });

    /** What is shown under the code; it keeps its height, so that the page does not jump. */
    function put(nodes) {
      const now = [...cell.querySelectorAll(":scope > .cell_output")];
      now.forEach((node) => node.remove());
      node.before(...nodes);
    }

    /** As printed, this cell and what was run below it, which may have seen its change. */
    function asItWas() {
      for (const it of all) if (it.at >= at) it.reset(it.at === at);
      GroundUpPython.forget(at);
      change.focus();
    }

    function reset(whole) {
      if (whole) code.reset();
      put(before);
      say(said, "");
      again.hidden = whole || !change.hidden; // another cell keeps the code that was changed in it
      if (whole) change.hidden = false;
    }

    async function run() {
      if (runButton.getAttribute("aria-disabled")) return false;
      busy(true);
      say(said, "");
      const began = () => { bar.wait(false); say(said, "Running …"); };
      let fine = false;
      try {
        const found = await GroundUpPython.call("run", [at, code.text], { limit: LIMIT, began });
        fine = !found.stopped && !found.error;
        await result(found);
      } catch (error) {
        say(said, `Python could not do this: ${error.message}. The next run starts it anew.`);
      }
      busy(false);
      again.hidden = false;
      return fine;
    }

    async function result(found) {
      if (found.stopped) {
        say(said, found.stopped === "time" ? `Not done after ${LIMIT} seconds, and stopped.` : "Stopped.");
        return;
      }
      const height = [...cell.querySelectorAll(":scope > .cell_output")].reduce((sum, it) => sum + it.offsetHeight, 0);
      output = el("div", { class: "cell_output gu-output", style: `min-height: ${height}px` });
      put([output]);
      await shown(output, found.shown);
      const drawn = output.querySelector("img");
      if (drawn && caption) output.append(caption); // what stays true of a changed figure is the reader's to see
      say(said, found.error || "Done.");
    }

    async function runAbove() {
      for (const it of all) if (it.at < at && !(await it.run())) return;
      say(said, "All above has run.");
    }

    const node = el("div", { class: "gu-tools" }, el("span", { id: `gu-cell-${at}`, class: "visually-hidden" }, `Cell ${at + 1}`),
      el("div", { class: "gu-buttons" }, runButton, stop, change, again, above), bar.node, said);
    (cell.querySelector(":scope > details") ?? cell).append(node);
    all.push({ at, run, reset });
  }

  function build(cells) {
    for (const [at, needs] of Object.entries(cells)) {
      const cell = document.querySelector(`div.cell.tag_at-${at}`);
      if (!cell) continue;
      if (needs) cell.append(el("p", { class: "gu-note gu-needs" }, `This cell needs ${needs}, which the page does not have; it runs in `, notebook(), "."));
      else tools(cell, +at);
    }
  }

  return { build };
})();
