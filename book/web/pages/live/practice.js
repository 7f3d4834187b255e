/* The practice page: what is due today, one question after the other, and an end. */
"use strict";

window.GroundUpPractice = (() => {
  const { el, button } = GroundUp;
  const { say, markup, formulas, loading, occupied } = GroundUpShow;
  const FIRST = "The first question loads Python with NumPy: 10 MB, once.";
  const NONE = "This copy of the book was built without Python; practice() asks the same in a notebook.";
  const LIMIT = 60; // seconds

  const two = (n) => String(n).padStart(2, "0");
  function today() {
    const now = new Date();
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  const histories = () => JSON.stringify(Object.fromEntries(GroundUpStore.all("practice")));
  const python = (name, ...args) => GroundUpPython.call(name, args, { limit: LIMIT }).then((value) => {
    if (value.stopped) throw new Error("it did not answer in time");
    return value;
  });

  /** HTML of the course's own, its formulas set. */
  async function put(place, html) {
    const node = markup(html);
    place.replaceChildren(node);
    await formulas(node);
  }

  /** The last chapter that the reader has met: as said here before, or as done, guessed, answered. */
  function met() {
    const ids = ["done", "guess", "quiz"].flatMap((kind) => [...GroundUpStore.all(kind).keys()]);
    const chapters = [...ids.map((id) => parseInt(id, 10)), Number(GroundUpStore.get("last", "practice"))];
    return Math.min(Math.max(1, ...chapters.filter((it) => it > 0)), window.COURSE.at(-1).number);
  }

  /** A field for numbers and words, or the options: its node, and the answer as text. */
  function field(asked, answer) {
    if (!asked.options.length) {
      const input = el("input", { type: "text", "aria-label": "Your answer", autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
      input.addEventListener("keydown", (event) => { if (event.key === "Enter") answer(); });
      return { node: el("div", { class: "gu-field" }, input), read: () => input.value };
    }
    const type = asked.several ? "checkbox" : "radio";
    const options = asked.options.map((html, i) => {
      const input = el("input", { type, name: "gu-practice", id: `gu-practice-${i}` });
      input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); answer(); } });
      const label = el("label", { for: input.id }, `${"abcdefgh"[i]}) `);
      label.append(...markup(html).childNodes);
      return { input, node: el("div", { class: "gu-option" }, input, label) };
    });
    const legend = asked.several ? "Your answer: more than one may be right" : "Your answer";
    const node = el("fieldset", { class: "gu-options" }, el("legend", { class: asked.several ? "gu-note" : "visually-hidden" }, legend), ...options.map((it) => it.node));
    formulas(node);
    return { node, read: () => options.map((it, i) => (it.input.checked ? "abcdefgh"[i] : "")).join("") };
  }

  /** One question; resolves with whether the first try was right. */
  async function question(place, id, heading, day) {
    const asked = await python("practice_question", id, day);
    const before = GroundUpStore.get("practice", id) ?? "";
    let first = null;
    return new Promise((resolve, reject) => {
      const text = el("div"), way = el("div", { class: "gu-way", hidden: true });
      const verdict = el("div", { role: "status", class: "gu-verdict" });
      const title = el("p", { tabindex: "-1", class: "gu-ask" }, el("strong", {}, heading.place), ` ${asked.title}`);
      const mine = field(asked, () => answer(mine.read().trim()));
      const check = button("Answer", () => answer(mine.read().trim()));
      const give = button("I do not know", () => answer("", true));
      const show = button("Show the worked way", () => { way.hidden = false; show.hidden = true; }, { hidden: true });
      const next = button("Next", () => resolve(first), { hidden: true });
      let busy = false;

      async function answer(words, gaveUp = false) {
        if (busy || check.hidden) return;
        if (!words && !gaveUp) { say(verdict, "Write your answer first."); return; }
        busy = true;
        try { await told(words, await python("practice_answer", id, day, words, before)); } catch (error) { reject(error); }
        busy = false;
      }

      async function told(words, found) {
        const word = { right: "Right.", "not right yet": "Not right yet." }[found.status] ?? "";
        await put(verdict, `${word && words ? `<p><strong>${word}</strong></p>` : ""}${found.message}`);
        if (found.status === "not attempted yet") return;
        if (first === null) {
          first = found.status === "right";
          GroundUpStore.set("practice", id, found.history);
        }
        await put(way, found.way);
        const over = found.status === "right" || !words;
        way.hidden = !over;
        check.hidden = over;
        give.hidden = true;
        show.hidden = over;
        next.hidden = false;
        if (over) next.focus();
      }

      place.replaceChildren(title, el("p", { class: "gu-note" }, heading.why), text, mine.node, el("div", { class: "gu-buttons" }, check, give, show, next), verdict, way);
      put(text, asked.text).then(() => title.focus(), reject);
    });
  }

  async function session(place, upto, began) {
    const day = today(), plan = await python("practise", histories(), upto, day);
    began();
    const opening = el("div", { role: "status", tabindex: "-1" }), box = el("div"), results = {};
    place.replaceChildren(opening, box);
    await put(opening, plan.opening);
    for (const [i, { id, why }] of plan.asked.entries()) {
      const heading = { place: `Question ${i + 1} of ${plan.asked.length}.`, why };
      results[id] = await question(box, id, heading, day);
    }
    if (!plan.asked.length) return;
    const end = await python("practice_end", JSON.stringify(results), histories(), upto);
    box.replaceChildren();
    await put(opening, end.closing);
    opening.focus();
  }

  function build(place, live) {
    if (!live) { place.replaceChildren(el("p", {}, NONE)); return; }
    const list = GroundUp.select({
      label: "I have read up to chapter",
      options: [[0, "none yet: am I ready?"], ...window.COURSE.map(({ number, title }) => [number, `${number} ${title}`])],
      value: met(),
      onchange: (value) => GroundUpStore.set("last", "practice", value),
    });
    const bar = loading(), note = el("p", { class: "gu-note" }, FIRST), inside = el("div"), problem = el("p", { role: "alert" });
    const begin = button("Begin", run), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true });
    const busy = occupied(begin, stop, bar);
    async function run() {
      if (begin.getAttribute("aria-disabled")) return;
      busy(true);
      note.hidden = true;
      const began = () => { busy(false); begin.textContent = "Begin anew"; };
      try { await session(inside, Number(list.value), began); } catch (error) {
        say(inside, `Python could not do this: ${error.message}. Begin anew: what you answered is kept.`);
        began();
      }
      problem.textContent = GroundUpStore.problem;
    }
    place.replaceChildren(list.node, el("div", { class: "gu-buttons" }, begin, stop), note, bar.node, inside, problem);
  }

  /** What the page's address asks for: practice, or a test. */
  function start(place, live) {
    try {
      const test = GroundUpParallel.wanted();
      if (test && live) GroundUpParallel.build(place, test);
      else build(place, live);
    } catch (error) { place.replaceChildren(el("p", { role: "alert" }, error.message)); }
  }

  const course = JSON.parse(document.getElementById("gu-course").textContent);
  for (const place of document.querySelectorAll("[data-practice]")) start(place, course.live);
  document.documentElement.dataset.live = "";
  return { today };
})();
