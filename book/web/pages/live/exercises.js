/* The exercises: an editor or a field, Check, Hint, Solution, and the verdict. */
"use strict";

window.GroundUpExercises = (() => {
  const { el, button } = GroundUp;
  const { shown, say, markup, loading, occupied } = GroundUpShow;
  const FIRST = "The first check loads Python with NumPy: 10 MB, once.";

  /** The worked solution, folded behind its button. */
  function solution(id, describe) {
    const folded = document.getElementById(`solution-${id.replace(".", "-")}`)
      ?? [...document.querySelectorAll("div.solution")].find((it) => it.querySelector(`a[href="#ex-${id.replace(".", "-")}"]`));
    if (!folded) return [];
    folded.hidden = true;
    const ask = el("p", { class: "gu-ask", hidden: true, tabindex: "-1" }, "You learn most from your own attempt. ",
      button("Show the solution", () => {
        folded.hidden = false;
        ask.hidden = true;
        const toggle = folded.querySelector("button.toggle-button");
        if (folded.classList.contains("toggle-hidden")) toggle?.click();
        toggle?.focus();
      }), " ", button("Not yet", () => { ask.hidden = true; open.focus(); }));
    const open = button("Solution", () => {
      if (!folded.hidden) { folded.scrollIntoView({ block: "nearest" }); return; }
      ask.hidden = !ask.hidden;
      if (!ask.hidden) ask.focus();
    }, describe);
    return [open, ask];
  }

  /** The hints, one more at each press. */
  function hints(texts, describe) {
    const list = el("ol", { class: "gu-hints", "aria-label": "Hints", hidden: true });
    const more = button("Hint", () => {
      if (list.children.length === texts.length) return;
      const item = el("li", {}, markup(texts[list.children.length]));
      list.append(item);
      list.hidden = false;
      GroundUpShow.formulas(item);
      if (list.children.length === texts.length) more.setAttribute("aria-disabled", "true");
      place.textContent = `Hint ${list.children.length} of ${texts.length}`;
    }, describe);
    const place = el("span", { class: "gu-note", "aria-live": "polite" });
    return [more, place, list];
  }

  /** What the reader writes in: code, or where a number or a choice is asked for, a field. */
  function answer(id, it, run) {
    const label = `Your answer to exercise ${id}`;
    const changed = (text) => GroundUpStore.set("draft", id, text === first ? null : text);
    const first = it.field ? "" : it.stub.trimEnd();
    const text = GroundUpStore.get("draft", id) ?? first;
    if (!it.field) return { first, ...delegate(GroundUpCode.editor({ text, label, run, changed })) };
    const input = el("input", { type: "text", "aria-label": label, autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
    input.value = text;
    input.addEventListener("input", () => changed(input.value));
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") run(); });
    const node = el("div", { class: "gu-field" }, el("code", {}, `${it.name} =`), input);
    return { first, node, read: () => input.value, write: (value) => { input.value = value; }, focus: () => input.focus() };
  }

  const delegate = (editor) => ({
    node: editor.node, read: () => editor.text, write: (text) => { editor.text = text; }, focus: () => editor.focus(),
  });

  function box(id, it, cell) {
    const describe = { "aria-describedby": `gu-about-${id}` };
    const about = el("span", { id: `gu-about-${id}`, class: "visually-hidden" }, `Exercise ${id}`);
    const node = el("div", { class: "gu-live", "data-exercise": id, role: "group", "aria-label": `Exercise ${id}` }, about);
    const [hint, count, list] = hints(it.hints, describe), [open, ask] = solution(id, describe);
    if (it.needs) {
      node.append(el("p", { class: "gu-note" }, "This exercise needs PyTorch, which the page does not have: answer it in ", GroundUpShow.notebook(), "."), el("div", { class: "gu-buttons" }, hint, open ?? "", count), list, ask ?? "");
      cell.after(node);
      return;
    }
    const mine = answer(id, it, run), bar = loading();
    const verdict = el("div", { role: "status", class: "gu-verdict" }), note = el("p", { class: "gu-note" }, FIRST);
    const check = button("Check", run, describe);
    const stop = button("Stop", () => GroundUpPython.stop(), { hidden: true, ...describe }), busy = occupied(check, stop, bar);
    const again = button("Start again", () => {
      mine.write(mine.first);
      GroundUpStore.set("draft", id, null);
      verdict.replaceChildren();
      if (ask) ask.hidden = true;
      mine.focus();
    }, describe);

    const write = (code) => { mine.write(code); GroundUpStore.set("draft", id, code); mine.focus(); };
    const [arrange, lines] = it.arrange ? GroundUpArrange.build(id, it, { describe, write }) : [];

    async function run() {
      if (check.getAttribute("aria-disabled")) return;
      if (!mine.read().trim()) { say(verdict, "Write your answer first."); return; }
      busy(true);
      note.hidden = true;
      const began = () => { bar.wait(false); say(verdict, "Checking …"); };
      say(verdict, "");
      try {
        const found = await GroundUpPython.call("check", [id, it.at, mine.read()], { limit: it.limit, began });
        if (found.stopped === "reader") say(verdict, "Stopped.");
        else await shown(verdict, found.stopped ? [{ html: it.stopped }] : found.shown);
        if (found.status === "right") GroundUpStore.set("done", id, "1");
      } catch (error) {
        say(verdict, `Python could not do this: ${error.message}. The next check starts it anew.`);
      }
      busy(false);
      GroundUpStore.set("last", "place", `${location.pathname.split("/").pop()}#ex-${id.replace(".", "-")}`);
    }

    node.append(mine.node, el("div", { class: "gu-buttons" }, check, stop, hint, arrange ?? "", open ?? "", again, count), note, bar.node, verdict, list, ask ?? "", lines ?? "");
    cell.replaceWith(node);
  }

  /** What the chapter says of its notebook's cells, said of the boxes that stand in their place. */
  function introduce() {
    const words = [...document.querySelectorAll("#exercises > p")].find((it) => it.textContent.includes("check answers at once"));
    if (!words) return;
    const first = words.textContent.split(/Replace the dots|check answers/)[0];
    words.replaceChildren(`${first}Write your answer in the box and press Check: it answers at once, and names the mistake where it knows it. `,
      "Hint gives a hint, and another one at each press; Solution shows a worked one.");
  }

  function build(exercises) {
    introduce();
    for (const [id, it] of Object.entries(exercises)) {
      const cell = document.querySelector(`div.cell.tag_at-${it.at}`);
      if (cell) box(id, it, cell);
    }
  }

  return { build };
})();
