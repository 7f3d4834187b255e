/* What the reader has done, kept in this browser: one entry a thing, so that two tabs agree. */
"use strict";

window.GroundUpStore = (() => {
  const PREFIX = "groundup:";
  const KINDS = { done: "exercises", guess: "predictions", quiz: "quiz answers", draft: "drafts", practice: "practice" };
  const memory = new Map(), listeners = new Set();
  let problem = "";

  // Asking for the storage may be forbidden; what each page has in its place then forgets.
  function storage() {
    try { return window.localStorage.forgets ? null : window.localStorage; } catch { return null; }
  }

  function failed(error) {
    problem = error?.name === "QuotaExceededError"
      ? "This browser's storage is full: what you do from now on is lost when you close the page."
      : "This browser keeps nothing for this page: what you do is lost when you close it.";
  }

  function get(kind, id) {
    const key = `${PREFIX}${kind}:${id}`;
    if (memory.has(key)) return memory.get(key);
    try { return storage().getItem(key); } catch (error) { failed(error); return null; }
  }

  function set(kind, id, value) {
    const key = `${PREFIX}${kind}:${id}`;
    try {
      if (value === null) storage().removeItem(key);
      else storage().setItem(key, value);
      memory.delete(key);
    } catch (error) {
      failed(error);
      memory.set(key, value);
    }
    listeners.forEach((listener) => listener());
  }

  /** The entries of a kind: id → text. */
  function all(kind) {
    const start = `${PREFIX}${kind}:`, found = new Map();
    try {
      for (const key of Object.keys(storage())) {
        if (key.startsWith(start)) found.set(key.slice(start.length), storage().getItem(key));
      }
    } catch (error) { failed(error); }
    for (const [key, value] of memory) if (key.startsWith(start)) found.set(key.slice(start.length), value);
    for (const [id, value] of found) if (value === null) found.delete(id);
    return found;
  }

  /** All of it as the text of a file that the notebooks' progress() reads, too. */
  function toFile() {
    const content = { version: 1, done: [...all("done").keys()].sort() };
    for (const kind of ["guess", "quiz", "draft", "practice"]) content[kind] = Object.fromEntries([...all(kind)].sort());
    return JSON.stringify(content, null, 1) + "\n";
  }

  /** Take over what a file holds beside what is here; throws an Error that says what is wrong. */
  function fromFile(text) {
    const wanted = 'it must be a file that this button or a notebook made, with a list "done" of exercises';
    let content;
    try { content = JSON.parse(text); } catch { throw new Error(`This file is not one of ours: ${wanted}.`); }
    const ids = content?.done;
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string" && /^[1-9]\d*\.[1-9]\d*$/.test(id))) {
      throw new Error(`This file is not one of ours: ${wanted}.`);
    }
    for (const id of ids) set("done", id, "1");
    for (const kind of ["guess", "quiz", "draft"]) {
      for (const [id, value] of Object.entries(content[kind] ?? {})) {
        if (typeof value === "string" && get(kind, id) === null) set(kind, id, value);
      }
    }
    for (const [id, value] of Object.entries(content.practice ?? {})) {
      if (typeof value === "string") set("practice", id, together(value, get("practice", id) ?? ""));
    }
    return ids.length;
  }

  /** Two histories such as "2026-11-27+ 2026-12-01-" as one. */
  const together = (a, b) => [...new Set(`${a} ${b}`.split(" ").filter((it) => /^\d{4}-\d\d-\d\d[+-]$/.test(it)))].sort().join(" ");

  function forget() {
    for (const kind of [...Object.keys(KINDS), "last"]) for (const id of all(kind).keys()) set(kind, id, null);
  }

  window.addEventListener("storage", () => listeners.forEach((listener) => listener()));
  return {
    get, set, all, toFile, fromFile, forget,
    onChange: (listener) => listeners.add(listener),
    get problem() { return problem; },
  };
})();
