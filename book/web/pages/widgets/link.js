/* A widget's state in the page's address: the link gives it again, beside that of other widgets. */
"use strict";

(() => {
  /** What a setting's text in an address may be; each gives a value, or undefined. */
  const within = (min, max) => (text) => (text.trim() !== "" && +text >= min && +text <= max ? +text : undefined);
  const whole = (min, max) => (text) => (Number.isInteger(+text) ? within(min, max)(text) : undefined);
  const among = (...values) => (text) => values.find((it) => String(it) === text);

  /** Settings, each a pair of its start and what its text may be, as the page's address has them.
   *  `keep` writes them there; `said` names, in words, what was no setting. */
  function linked(settings) {
    const query = new URLSearchParams(location.search), state = {}, bad = [];
    for (const [name, [start, read]] of Object.entries(settings)) {
      const value = query.has(name) ? read(query.get(name)) : start;
      if (value === undefined) bad.push(`${name}=${query.get(name).slice(0, 20)}`);
      state[name] = value ?? start;
    }
    function keep() {
      const now = new URLSearchParams(location.search);
      for (const name of Object.keys(settings)) now.set(name, state[name]);
      try {
        history.replaceState(null, "", `?${now}${location.hash}`);
      } catch { /* a page opened from disk may not be allowed to change its address */ }
    }
    return {
      state, keep, found: Object.keys(settings).some((name) => query.has(name)),
      said: bad.length ? `Not a setting of this page, so its default is used: ${bad.join(", ")}. ` : "",
    };
  }

  Object.assign(GroundUp, { within, whole, among, linked });
})();
