/* Predictions: the outcome stays folded until the reader has guessed, or asks for it. */
"use strict";

window.GroundUpPredictions = (() => {
  const { el, button } = GroundUp;
  const SPACES = /[\s\u00a0\u202f]/g;

  // --- the notebook's words: groundup/questions/predict.py; a test compares the two ---

  /** Four significant digits; whole numbers in full, thousands apart. */
  function digits(x) {
    if (Math.abs(x) < 1e15 && (Number.isInteger(x) || Math.abs(x) >= 1000)) {
      const whole = even(x);
      return (whole < 0 ? "-" : "") + String(Math.abs(whole)).replace(/\B(?=(\d{3})+$)/g, " ");
    }
    const [mantissa, power] = x.toExponential(3).split("e");
    if (+power < -4 || +power >= 4) {
      const sign = power[0], number = power.slice(1).padStart(2, "0");
      return `${trim(mantissa)}e${sign}${number}`;
    }
    return trim(x.toFixed(3 - power));
  }

  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

  /** Python rounds a half to the even neighbour. */
  function even(x) {
    const below = Math.floor(x);
    return x - below === 0.5 ? below + (below % 2 !== 0) : Math.round(x);
  }

  const withUnit = (x, unit) => `${digits(x)}${unit && unit !== "%" && unit !== "°" ? " " : ""}${unit}`;

  /** A printed outcome such as "12 345 steps": its number and unit; without a number null. */
  function parsed(outcome) {
    const found = /^(-?\d[\d \u00a0\u202f]*(?:\.\d+)?(?:e[+-]\d+)?)(.*)$/.exec(outcome);
    return found && { value: Number(found[1].replace(SPACES, "")), unit: found[2].trim() };
  }

  /** The lines under the question: guess, outcome, and how far apart they are. */
  function lines(guess, outcome) {
    const number = parsed(outcome);
    const given = number ? withUnit(Number(guess), number.unit) : guess.trim();
    return [`Your guess: ${given}`, `Outcome:    ${outcome}`, distance(guess, outcome, number)];
  }

  function distance(guess, outcome, number) {
    if (!number) {
      return guess.trim().toLowerCase() === outcome.toLowerCase() ? "You were right." : "That is not what happened.";
    }
    const mine = Number(guess), { value, unit } = number;
    if (digits(mine) === digits(value)) return "You were right.";
    const times = mine ? value / mine : 0, ratio = times > 0 ? Math.max(times, 1 / times) : 0;
    const factor = ratio >= 2 ? `, by a factor of ${digits(ratio)}` : "";
    return `Your guess was too ${mine > value ? "high" : "low"} by ${withUnit(Math.abs(mine - value), unit === "%" ? "percentage points" : unit)}${factor}.`;
  }

  // --- the page ---

  const cellAt = (at) => document.querySelector(`div.cell.tag_at-${at}`);

  /** Put what gives the outcome away behind a fold: up to its cell, and the words that follow it. */
  function fold(box, cell) {
    const inside = [];
    if (box.parentNode === cell.parentNode) {
      for (let it = box.nextSibling; it !== cell; it = it.nextSibling) inside.push(it);
    }
    inside.push(cell);
    for (let it = cell.nextSibling; it && !it.matches?.("section, div.cell, .gu-live, [data-widget]"); it = it.nextSibling) inside.push(it);
    const folded = el("div", { class: "gu-fold", hidden: "until-found" });
    inside[0].before(folded);
    folded.append(...inside);
    return folded;
  }

  /** A field for a number or a text, or a choice between yes and no. */
  function asked(outcome, question) {
    if (/^(True|False)$/.test(outcome)) {
      const list = el("select", { "aria-label": question }, el("option", { value: "" }, "choose …"),
        el("option", { value: "True" }, "yes"), el("option", { value: "False" }, "no"));
      return { node: list, read: () => list.value, wrong: (text) => (text ? "" : "Choose yes or no.") };
    }
    const number = parsed(outcome);
    const input = el("input", { type: "text", "aria-label": question, autocomplete: "off", inputmode: number ? "decimal" : "text" });
    const read = () => (number ? input.value.replace(SPACES, "").replace(/%$/, "") : input.value.trim());
    const wrong = (text) => {
      if (!text) return number ? "Write a number first." : "Write your guess first.";
      return number && !Number.isFinite(Number(text)) ? `A number is wanted, such as 12.5; this is “${input.value}”.` : "";
    };
    return { node: el("span", {}, input, number?.unit ? ` ${number.unit}` : ""), input, read, wrong };
  }

  function build(chapter, { id, at, alone, question, revealed, outcome }) {
    const [guessCell, cell] = [cellAt(at), cellAt(revealed)];
    if (!guessCell || !cell) return;
    const key = `${chapter}.${id}`, field = asked(outcome, question);
    const said = el("p", { role: "status", class: "gu-note" });
    const form = el("div", { class: "gu-buttons" }, field.node,
      button("Guess", guess), button("Show me", () => { keep("-"); open.focus?.(); }));
    const box = el("div", { class: "gu-live", "data-prediction": key, role: "group", "aria-label": "Prediction" },
      el("p", {}, el("strong", {}, "Predict first. "), question), form, said);
    guessCell.after(box);
    guessCell.hidden = alone;
    const open = fold(box, cell);
    field.input?.addEventListener("keydown", (event) => { if (event.key === "Enter") guess(); });
    open.addEventListener("beforematch", () => keep("-"));

    function guess() {
      const text = field.read(), problem = field.wrong(text);
      if (problem) said.textContent = problem;
      else keep(text);
    }

    function keep(text) {
      GroundUpStore.set("guess", key, text);
      reveal(text);
    }

    function reveal(text) {
      open.hidden = false;
      form.hidden = true;
      const notice = [...cell.querySelectorAll(".groundup")].find((it) => it.textContent.replace(SPACES, "").startsWith(question.replace(SPACES, "")));
      const found = lines(text, outcome);
      if (text === "-") said.textContent = "Shown without a guess.";
      else {
        said.textContent = found[2];
        notice?.querySelector("pre")?.replaceChildren(found.join("\n"));
      }
    }

    const before = GroundUpStore.get("guess", key);
    if (before !== null) reveal(before);
    const aimed = () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && open.contains(target)) { open.hidden = false; target.scrollIntoView(); }
    };
    aimed();
    window.addEventListener("hashchange", aimed);
  }

  return { build: (chapter, predictions) => predictions.forEach((it) => build(chapter, it)), lines };
})();
