// The page for grading words: rubric items that are pressed, one card for all the same answers.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const stored = (() => {
  try {
    return JSON.parse(localStorage.getItem(data.name)) || {};
  } catch {
    return {}; // a browser that keeps nothing for pages on the disk
  }
})();
const items = Object.fromEntries(
  data.questions.map((q) => [q.id, q.items.map((item, i) => ({ ...item, ...stored.items?.[q.id]?.[i] }))]),
);
const cards = data.cards.map((card) => {
  const kept = stored.cards?.[card.key];
  const mine = { ...card, on: kept?.on ?? [], own: kept?.own ?? null };
  if (card.points !== null && points(mine) !== card.points) {
    mine.on = []; // the table was changed elsewhere: it is right
    mine.own = card.points;
  }
  if (kept && card.points === null) mine.comment = kept.comment;
  return mine;
});
let here = Math.max(0, cards.findIndex((card) => points(card) === null));

function points(card) {
  if (card.own !== null) return card.own;
  if (!card.on.length) return null;
  const sum = card.on.reduce((total, i) => total + items[card.question][i].points, 0);
  return Math.min(card.most, Math.max(0, sum));
}

function keep() {
  const of = ({ on, own, comment }) => ({ on, own, comment });
  const kept = { items, cards: Object.fromEntries(cards.map((card) => [card.key, of(card)])) };
  try {
    localStorage.setItem(data.name, JSON.stringify(kept));
  } catch {
    at("said").textContent = "This browser keeps nothing: save the table before you leave.";
  }
}

function make(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more });
}

function itemRow(card, item, i) {
  const row = make("div", "", { className: "item" });
  const button = make("button", `${i + 1}  ${item.text}`, { onclick: () => press(i) });
  button.setAttribute("aria-pressed", card.on.includes(i));
  const worth = make("input", "", { type: "number", step: "0.5", value: item.points });
  worth.setAttribute("aria-label", `points of item ${i + 1}, for all answers`);
  worth.onchange = () => {
    if (Number.isFinite(worth.valueAsNumber)) item.points = worth.valueAsNumber;
    changed();
  };
  row.append(button, worth);
  return row;
}

function show() {
  const card = cards[here];
  if (!card) return;
  const done = cards.filter((one) => points(one) !== null).length;
  const who = at("names").checked ? card.students.join(", ") : "";
  const same = card.students.length > 1 ? ` · ${card.students.length} the same` : "";
  at("where").textContent = `${card.question} · ${here + 1} of ${cards.length}${same} · ${done} graded`;
  at("who").textContent = who;
  at("text").textContent = card.text;
  at("items").replaceChildren(...(items[card.question] ?? []).map((item, i) => itemRow(card, item, i)));
  const now = points(card);
  at("points").value = now ?? "";
  at("points").max = card.most;
  at("most").textContent = `of ${card.most}`;
  at("comment").value = card.comment;
  const used = new Set(cards.filter((one) => one.question === card.question).map((one) => one.comment));
  used.delete("");
  at("used").replaceChildren(...[...used].map((text) => make("button", text, { onclick: () => say(text) })));
  for (const part of document.querySelectorAll("[data-question]"))
    part.hidden = part.dataset.question !== card.question;
}

function changed() {
  keep();
  show();
}

function press(i) {
  const card = cards[here];
  if (!items[card.question]?.[i]) return;
  card.on = card.on.includes(i) ? card.on.filter((one) => one !== i) : [...card.on, i].sort();
  card.own = null;
  changed();
}

function give(value) {
  const card = cards[here];
  card.on = [];
  card.own = Number.isFinite(value) ? Math.min(card.most, Math.max(0, value)) : null;
  changed();
}

function say(text) {
  cards[here].comment = text;
  changed();
}

function go(step) {
  here = Math.min(cards.length - 1, Math.max(0, here + step));
  show();
}

function table() {
  const plain = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const marks = new Map();
  for (const card of cards)
    for (const student of card.students) marks.set(`${student}\n${card.question}`, card);
  const lines = data.rows.map(([student, question, given, most, comment, answer]) => {
    const card = marks.get(`${student}\n${question}`);
    const now = card ? `${points(card) ?? ""}` : given;
    return [plain(student), plain(question), now, most, plain(card ? card.comment : comment), answer];
  });
  const text = [data.head, ...lines].map((line) => line.map(cell).join(",") + "\r\n").join("");
  return /^[\x00-\x7f]*$/.test(text) ? text : `\ufeff${text}`;
}

at("save").onclick = () => {
  const blob = new Blob([table()], { type: "text/csv;charset=utf-8" });
  const link = make("a", "", { href: URL.createObjectURL(blob), download: data.file });
  link.click();
  URL.revokeObjectURL(link.href);
};
at("points").onchange = (event) => give(event.target.valueAsNumber);
at("comment").onchange = (event) => say(event.target.value.trim());
at("names").onchange = show;
at("before").onclick = () => go(-1);
at("next").onclick = () => go(1);
document.addEventListener("keydown", (event) => {
  const writes = event.target.matches("textarea, input[type='number']");
  if (event.key === "Escape") event.target.blur();
  if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { ArrowRight: () => go(1), ArrowLeft: () => go(-1), 0: () => give(0) };
  keys.c = () => at("comment").focus();
  if (/^[1-9]$/.test(event.key)) press(Number(event.key) - 1);
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});
show();
