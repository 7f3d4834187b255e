/* Quizzes and warm-ups: choose, answer, then the reason; what was chosen is remembered. */
"use strict";

window.GroundUpQuizzes = (() => {
  const { el, button } = GroundUp;

  /** One option: its control and label, and its verdict with the reason, hidden so far. */
  function option(details, type, name) {
    const [summary, reason] = details.children;
    const input = el("input", { type, name, id: `${name}-${details.dataset.letter}` });
    const label = el("label", { for: input.id });
    label.append(...summary.childNodes);
    reason.hidden = true;
    const node = el("div", { class: "gu-option" }, input, label, reason);
    return { node, input, reason, text: label.textContent.replace(/^\s*[a-z]\)\s*/, "").trim() };
  }

  function build(group, number) {
    const id = group.dataset.question, all = [...group.querySelectorAll("details")];
    const type = group.querySelector("em")?.textContent.startsWith("More than one") ? "checkbox" : "radio";
    all.forEach((details, i) => { details.dataset.letter = "abcdefgh"[i]; });
    const options = all.map((details) => option(details, type, `gu-quiz-${number}`));
    const said = el("p", { role: "status", class: "gu-note" });
    const answer = button("Answer", () => {
      const chosen = options.filter((it) => it.input.checked);
      if (!chosen.length) { said.textContent = "Choose an option first."; return; }
      GroundUpStore.set("quiz", id, JSON.stringify(chosen.map((it) => it.node.dataset.letter)));
      reveal();
    }, { "aria-label": `Answer question ${number + 1}` });
    options.forEach((it, i) => {
      it.node.dataset.letter = "abcdefgh"[i];
      it.input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); answer.click(); } });
    });
    answer.removeAttribute("aria-label");
    answer.setAttribute("aria-describedby", group.id ||= `gu-question-${number}`);
    const place = el("fieldset", { class: "gu-options" },
      el("legend", { class: "visually-hidden" }, group.getAttribute("aria-label")), ...options.map((it) => it.node));
    all[0].parentNode.append(place, el("div", { class: "gu-buttons" }, answer), said);
    all.forEach((details) => details.remove());

    function reveal() {
      const right = options.filter((it) => it.reason.textContent.trim().startsWith("Right"));
      const chosen = options.filter((it) => it.input.checked);
      for (const it of options) it.reason.hidden = !(it.input.checked || (type === "checkbox" && chosen.length));
      const good = right.length === chosen.length && chosen.every((it) => right.includes(it));
      const missed = right.filter((it) => !it.input.checked).length;
      said.textContent = good ? "Right." : chosen.every((it) => right.includes(it)) && missed
        ? "What you chose is right, but that is not all." : "Not right. Read the reason, and choose again.";
    }

    let before = [];
    try { before = JSON.parse(GroundUpStore.get("quiz", id) ?? "[]"); } catch { /* not ours */ }
    if (Array.isArray(before) && before.length) {
      for (const it of options) it.input.checked = before.includes(it.node.dataset.letter);
      if (options.some((it) => it.input.checked)) reveal();
    }
  }

  return { build: () => document.querySelectorAll("[data-question]").forEach(build) };
})();
