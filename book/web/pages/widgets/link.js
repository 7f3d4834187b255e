/* A widget's state in the page's address: the link leads to the widget and gives its state again,
   beside that of other widgets. */
"use strict";

(() => {
  /** What a setting's text in an address may be; each gives a value, or undefined. */
  const within = (min, max) => (text) => (text.trim() !== "" && +text >= min && +text <= max ? +text : undefined);
  const whole = (min, max) => (text) => (Number.isInteger(+text) ? within(min, max)(text) : undefined);
  const among = (...values) => (text) => values.find((it) => String(it) === text);

  /** Write a widget's settings into the address, and its place once the reader has changed one. */
  function keepIn(root, query) {
    if (String(query) === String(new URLSearchParams(location.search))) return;
    const place = "ready" in root.dataset ? `#${root.id}` : location.hash;
    try {
      history.replaceState(null, "", `?${query}${place}`);
    } catch { /* a page opened from disk may not be allowed to change its address */ }
  }

  /** Settings, each a pair of its start and what its text may be, as the page's address has them.
   *  `keep` writes them there; `said` names, in words, what was no setting. */
  function linked(root, settings) {
    const query = new URLSearchParams(location.search), state = {}, bad = [];
    for (const [name, [start, read]] of Object.entries(settings)) {
      const value = query.has(name) ? read(query.get(name)) : start;
      if (value === undefined) bad.push(`${name}=${query.get(name).slice(0, 20)}`);
      state[name] = value ?? start;
    }
    function keep() {
      const now = new URLSearchParams(location.search);
      for (const name of Object.keys(settings)) now.set(name, state[name]);
      keepIn(root, now);
    }
    return {
      state, keep,
      said: bad.length ? `Not a setting of this page, so its default is used: ${bad.join(", ")}. ` : "",
    };
  }

  /** The end of building: what was no setting is said, and another light is drawn anew. */
  function finish({ said }, status, redraw) {
    if (said) status.prepend(said);
    GroundUp.onTheme(redraw);
  }

  Object.assign(GroundUp, { within, whole, among, keepIn, linked, finish });
})();
