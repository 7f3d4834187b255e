/* What the reader has done: on a chapter's page of this chapter, on the first page of all. */
"use strict";

window.GroundUpDone = (() => {
  const { el, button } = GroundUp;
  const KEPT = "Kept in this browser alone, under this book's address: which exercises are done, your drafts, guesses and quiz answers, and how practice went. Nothing is sent anywhere.";

  /** How many of a chapter's things are done, and the first exercise that is not. */
  function counts(chapter) {
    const done = GroundUpStore.all("done"), guesses = GroundUpStore.all("guess"), quiz = GroundUpStore.all("quiz");
    const guessed = chapter.predictions.filter((id) => guesses.has(id) && guesses.get(id) !== "-");
    const parts = [
      ["exercises", chapter.exercises.filter((id) => done.has(id)).length, chapter.exercises.length],
      ["predictions", guessed.length, chapter.predictions.length],
      ["quiz", chapter.quiz.filter((id) => quiz.has(id)).length, chapter.quiz.length],
    ];
    return { parts, next: chapter.exercises.find((id) => !done.has(id)) };
  }

  const anchor = (id) => `#ex-${id.replace(".", "-")}`;
  const words = ({ parts }) => parts.map(([name, n, all]) => `${name} ${n} of ${all}`).join(", ");

  function ofChapter(chapter) {
    const found = counts(chapter), game = GroundUpStore.get("quiz", `${chapter.number}.curves`); // chapter 7's
    const next = found.next ? el("a", { href: anchor(found.next) }, `Go on with exercise ${found.next}`) : "All exercises are done";
    return [el("p", {}, el("strong", {}, "Done here: "), `${words(found)}${game ? `, curves read ${game}` : ""}. `, next, ".")];
  }

  function ofAll(chapters) {
    for (const chapter of chapters) { // on the chapters' cards
      const place = document.querySelector(`[data-done-of="${chapter.number}"]`), [, done, all] = counts(chapter).parts[0];
      if (place) place.textContent = done ? `${done} of ${all} exercises done` : "";
    }
    const last = GroundUpStore.get("last", "place");
    const known = last && chapters.some((it) => it.page.endsWith(`/${last.split("#")[0]}`)) && /^[\w.]+#ex-\d+-\d+$/.test(last);
    const rows = chapters.map((chapter) => el("tr", {},
      el("th", { scope: "row" }, el("a", { href: chapter.page }, `${chapter.number} ${chapter.title}`)),
      ...counts(chapter).parts.map(([, n, all]) => el("td", {}, `${n} of ${all}`))));
    const head = el("tr", {}, ...["Chapter", "Exercises", "Predictions", "Quiz"].map((it) => el("th", { scope: "col" }, it)));
    const any = ["done", "guess", "quiz"].some((kind) => GroundUpStore.all(kind).size);
    const table = el("details", { open: any }, el("summary", {}, "What I have done"),
      el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, ...rows)));
    const go = known ? [el("p", {}, el("a", { href: `notebooks/${last}` }, "Go on where I was"))] : [];
    return [...go, table];
  }

  /** Take it along as a file, read a file, forget it all. */
  function keeping(refresh) {
    const said = el("p", { role: "status", class: "gu-note" });
    const input = el("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "A file with what was done", onchange: read });
    async function read() {
      try {
        const count = GroundUpStore.fromFile(await input.files[0].text());
        said.textContent = `Read: ${count} exercises done. Open this page anew to see drafts and guesses.`;
        refresh();
      } catch (error) { said.textContent = error.message; }
      input.value = "";
    }
    function take() {
      const link = el("a", { download: "progress.json", href: URL.createObjectURL(new Blob([GroundUpStore.toFile()], { type: "application/json" })) });
      link.click();
      said.textContent = "The notebooks' progress() reads this file where GROUNDUP_PROGRESS names it.";
    }
    const forget = button("Forget it all", () => {
      if (forget.textContent === "Forget it all") { forget.textContent = "Yes, forget it all"; return; }
      GroundUpStore.forget();
      forget.textContent = "Forget it all";
      said.textContent = "Forgotten. Open this page anew to begin afresh.";
      refresh();
    });
    return el("details", {}, el("summary", {}, "What is kept, and where"), el("p", {}, KEPT),
      el("div", { class: "gu-buttons" }, button("Take it along as a file", take), button("Read a file", () => input.click()), forget, input), said);
  }

  function build(number) {
    for (const place of document.querySelectorAll("[data-done]")) {
      const problem = el("p", { role: "alert" }), list = el("div");
      const chapter = window.COURSE.find((it) => it.number === number);
      const refresh = () => {
        const open = list.querySelector("details")?.open;
        list.replaceChildren(...(chapter ? ofChapter(chapter) : ofAll(window.COURSE)));
        if (open !== undefined) list.querySelector("details").open = open;
        problem.textContent = GroundUpStore.problem;
      };
      refresh();
      GroundUpStore.onChange(refresh);
      place.replaceChildren(list, problem, keeping(refresh));
    }
  }

  return { build };
})();
