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

  /** What is shown under a cell's code: as printed, or what a run gave. */
  function outputs(cell) {
    const now = () => [...cell.querySelectorAll(":scope > .cell_output")];
    const printed = now(), caption = cell.querySelector(":scope > .cell_output figcaption")?.cloneNode(true);
    const place = document.createComment("output");
    if (printed.length) printed[0].before(place);
    else cell.append(place);
    function put(nodes) {
      now().forEach((it) => it.remove());
      place.after(...nodes);
    }
    /** It keeps its height, so that the page does not jump. */
    async function show(parts) {
      const height = now().reduce((sum, it) => sum + it.offsetHeight, 0);
      const output = el("div", { class: "cell_output gu-output", style: `min-height: ${height}px` });
      put([output]);
      await shown(output, parts);
      if (caption && output.querySelector("img")) output.append(caption);
    }
    return { show, reset: () => put(printed) };
  }

  /** As printed, this cell and what was run below it, which may have seen its change. */
  function asPrinted(at) {
    for (const it of all) if (it.at >= at) it.reset(it.at === at);
    GroundUpPython.forget(at);
  }

  async function runAbove(at, said) {
    for (const it of all) if (it.at < at && !(await it.run())) return;
    say(said, "All above has run.");
  }

  function tools(cell, at) {
    const describe = { "aria-describedby": `gu-cell-${at}` };
    const code = source(cell, at, run);
    if (!code) return;
    const bar = loading(), said = el("div", { role: "status", class: "gu-note" });
    const runButton = button("Run", run, describe), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true, ...describe });
    const change = button("Change", () => { code.change(); change.hidden = true; again.hidden = false; }, describe);
    const again = button("As it was", () => { asPrinted(at); change.focus(); }, { hidden: true, ...describe });
    const above = button("Run all above", () => runAbove(at, said), describe), busy = occupied(runButton, stop, bar);
    const output = outputs(cell);

    function reset(whole) {
      if (whole) code.reset();
      output.reset();
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
      await output.show(found.shown);
      say(said, found.error || "Done.");
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
