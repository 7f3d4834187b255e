/* Lines to arrange: an exercise's own, and a few that do not belong. */
"use strict";

window.GroundUpArrange = (() => {
  const { el, button } = GroundUp;
  const { shown, say, loading, occupied } = GroundUpShow;
  const LIMIT = 60; // seconds that taking a solution apart may take

  /** A button, and what it opens: the lines, Check, and the way into the exercise's editor. */
  function build(id, it, { describe, write }) {
    const bar = loading(), place = el("div"), verdict = el("div", { role: "status", class: "gu-verdict" });
    const node = el("div", { class: "gu-arrange", role: "group", "aria-label": `Lines of exercise ${id}, to arrange`, hidden: true });
    const open = button("Arrange the lines", toggle, { "aria-expanded": "false", ...describe });
    const check = button("Check the lines", () => judge()), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true });
    const hand = button("Take them into the editor", () => take()), fade = button("Two lines to write", () => begin(true)), whole = button("All lines given", () => begin(false), { hidden: true });
    const busy = occupied(check, stop, bar), tools = el("div", { class: "gu-buttons", hidden: true }, check, hand, fade, whole);
    let lines = null, faded = false;
    const python = (name, args, options) => GroundUpPython.call(name, args, { limit: LIMIT, ...options });

    async function guarded(work, last = "The next press starts it anew.") {
      if (check.getAttribute("aria-disabled")) return;
      busy(true);
      try { await work(); } catch (error) { say(verdict, `Python could not do this: ${error.message}. ${last}`); }
      busy(false);
    }

    const begin = (fades) => guarded(async () => {
      say(verdict, "");
      const began = () => { bar.wait(false); say(verdict, "Taking the solution apart …"); };
      const found = await python("arrange", [id, fades], { began });
      if (found.stopped) { say(verdict, "Stopped."); return; }
      faded = fades;
      lines = new GroundUpLines.Lines(found, id);
      place.replaceChildren(lines.node);
      fade.hidden = fades;
      whole.hidden = !fades;
      tools.hidden = false;
      say(verdict, "");
      lines.focus();
    });

    const judge = () => guarded(async () => {
      const began = () => { bar.wait(false); say(verdict, "Checking …"); };
      say(verdict, "");
      const found = await python("arranged", [id, it.at, faded, lines.placed], { limit: it.limit, began });
      if (found.stopped === "reader") say(verdict, "Stopped.");
      else await shown(verdict, found.stopped ? [{ html: it.stopped }] : found.shown);
    });

    const take = () => guarded(async () => {
      const { code } = await python("assembled", [id, faded, lines.placed]);
      write(code.trimEnd());
    });

    function toggle() {
      node.hidden = !node.hidden;
      open.setAttribute("aria-expanded", String(!node.hidden));
      if (!node.hidden && !lines) begin(false);
      else if (!node.hidden) lines.focus();
    }

    node.append(bar.node, place, tools, el("div", { class: "gu-buttons" }, stop), verdict);
    return [open, node];
  }

  return { build };
})();
