/* The test before the course, or after it, where the practice page's address asks for one:
   ?test=before or ?test=after, and with seed= and upto= the same as grader.gain's options. */
"use strict";

window.GroundUpParallel = (() => {
  const { el, button } = GroundUp;
  const { say, shown, loading, occupied } = GroundUpShow;
  const LIMIT = 60; // seconds
  const ABOUT = "Problems to be done on paper, as far as you can; how answers are written is said further down. Nothing is told right or wrong, and nothing is sent: at the end you save a file, which your teacher wants from you.";

  const python = (name, ...args) => GroundUpPython.call(name, args, { limit: LIMIT }).then((value) => {
    if (value.stopped) throw new Error("it did not answer in time");
    return value;
  });

  /** Which test the address asks for, or null; an Error says what is wrong with it. */
  function wanted() {
    const asked = new URLSearchParams(location.search), test = asked.get("test"), last = window.COURSE.at(-1).number;
    if (test === null) return null;
    const seed = asked.get("seed") ?? "1", upto = asked.get("upto") ?? String(last);
    if (!["before", "after"].includes(test)) throw new Error(`This link asks for the test “${test}”; it must ask for test=before or test=after. Ask your teacher for it again.`);
    if (!/^\d{1,6}$/.test(seed)) throw new Error(`This link has the seed “${seed}”; it must be a number such as seed=2. Ask your teacher for it again.`);
    if (!/^\d$/.test(upto) || upto < 1 || upto > last) throw new Error(`This link has the chapter “${upto}”; it must be one such as upto=4, from 1 to ${last}. Ask your teacher for it again.`);
    return { test, seed: Number(seed), upto: Number(upto), key: `test ${test} ${seed} ${upto}` };
  }

  /** One problem after the other, back and forth; answers are kept until the file is saved. */
  class Sitting {
    constructor(place, asked, kept, keep) { Object.assign(this, { place, asked, kept, keep }); }

    /** The problem number `at`, or the end. */
    async show(at) {
      if (at === this.asked.length) { this.end(); return; }
      const { title, text } = this.asked[at], words = el("div"), verdict = el("div", { role: "status", class: "gu-verdict" });
      const head = el("p", { tabindex: "-1", class: "gu-ask" }, el("strong", {}, `Question ${at + 1} of ${this.asked.length}.`), ` ${title}`);
      const input = el("input", { type: "text", "aria-label": "Your answer", autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
      input.value = this.kept.answers[at] ?? "";
      input.addEventListener("keydown", (event) => { if (event.key === "Enter") this.answer(at, input.value.trim(), verdict); });
      const buttons = [button("Next", () => this.answer(at, input.value.trim(), verdict)), button("I do not know", () => this.go(at, ""))];
      if (at) buttons.push(button("Back", () => this.show(at - 1)));
      this.place.replaceChildren(head, words, el("div", { class: "gu-field" }, input), el("div", { class: "gu-buttons" }, ...buttons), verdict);
      await shown(words, [{ html: text }]);
      head.focus();
    }

    async answer(at, text, verdict) {
      if (!text) { say(verdict, "Write your answer first, or say that you do not know."); return; }
      try {
        const { problem } = await python("test_read", this.asked[at].id, text);
        if (problem) say(verdict, problem);
        else this.go(at, text);
      } catch (error) { say(verdict, `Python could not do this: ${error.message}. The next press starts it anew.`); }
    }

    go(at, text) {
      this.kept.answers[at] = text;
      this.keep(true);
      this.show(at + 1);
    }

    end() {
      const given = this.kept.answers.filter(Boolean).length, all = this.asked.length;
      const head = el("p", { tabindex: "-1", class: "gu-ask" }, el("strong", {}, "All are asked."), ` You answered ${given} of ${all}. Save the file, and hand it in as it is, where your teacher says.`);
      const said = el("div", { role: "status", class: "gu-verdict" });
      const save = button("Save the file", async () => {
        const ids = JSON.stringify(this.asked.map((it) => it.id)), { file } = await python("test_file", this.kept.student, ids, JSON.stringify(this.kept.answers));
        const name = `${this.kept.test}-${this.kept.student.replace(/[^\p{L}\p{N}.@_-]+/gu, "-")}.csv`;
        el("a", { download: name, href: URL.createObjectURL(new Blob([file], { type: "text/csv" })) }).click();
        this.keep(false); // another student may sit here next
        say(said, `Saved as ${name}, where your browser keeps what it downloads.`);
      });
      this.place.replaceChildren(head, el("div", { class: "gu-buttons" }, save, button("Back", () => this.show(all - 1))), said);
      head.focus();
    }
  }

  function build(place, { test, seed, upto, key }) {
    const kept = { answers: [], student: "", ...JSON.parse(GroundUpStore.get("last", key) ?? "{}"), test };
    const keep = (yes) => GroundUpStore.set("last", key, yes ? JSON.stringify(kept) : null);
    const id = "gu-test-student", name = el("input", { type: "text", id, autocomplete: "off", spellcheck: "false" });
    name.value = kept.student;
    const bar = loading(), inside = el("div"), said = el("div", { role: "status", class: "gu-verdict" });
    const begin = button("Begin", run), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true }), busy = occupied(begin, stop, bar);
    const form = el("div", {}, el("p", {}, ABOUT), el("div", { class: "gu-field" }, el("label", { for: id }, "Your name or number, as your teacher knows it"), name), el("div", { class: "gu-buttons" }, begin, stop), bar.node, said);
    name.addEventListener("keydown", (event) => { if (event.key === "Enter") run(); });

    async function run() {
      if (begin.getAttribute("aria-disabled")) return;
      kept.student = name.value.trim();
      if (!kept.student) { say(said, "Write your name or number first."); return; }
      keep(true);
      busy(true);
      say(said, "");
      try {
        const { asked } = await python("test_problems", test, upto, seed);
        form.hidden = true;
        await new Sitting(inside, asked, kept, keep).show(0);
      } catch (error) { say(said, `Python could not do this: ${error.message}. Begin anew: what you answered is kept.`); }
      busy(false);
    }

    place.replaceChildren(el("p", {}, el("strong", {}, `The test ${test} the course.`)), form, inside, el("p", { role: "alert" }, GroundUpStore.problem));
  }

  return { wanted, build };
})();
