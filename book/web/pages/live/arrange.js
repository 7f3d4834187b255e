/* Lines to arrange: an exercise's own, and a few that do not belong. By keyboard, touch or mouse. */
"use strict";

window.GroundUpArrange = (() => {
  const { el, button } = GroundUp;
  const { shown, say, loading, occupied } = GroundUpShow;
  const KEYS = "Up and down go from line to line. Space takes a line up: up and down then move it, Space or Escape lets go. "
    + "Left and right change its indentation. Delete leaves it out. Each line can also be pressed, and moved with the buttons.";
  const LIMIT = 60; // seconds that taking a solution apart may take
  const MOST = 6; // indentations
  let made = 0;

  /** The lines as a list with two groups: the program, and what is left out of it. */
  class Lines {
    constructor({ head, lines, to_write }, id) {
      this.head = head;
      this.lines = lines.map((text, number) => ({ number, text, depth: 0, written: to_write.includes(number) }));
      this.program = [];
      this.out = [...this.lines];
      this.at = this.out[0]; // the line that keys and buttons move
      this.held = false;
      this.said = el("p", { class: "gu-note", "aria-live": "polite" });
      const keys = `gu-lines-keys-${++made}`;
      this.groups = [["Your program", "program"], ["Left out", "out"]].map(([label, name]) => {
        const title = el("div", { id: `gu-lines-${name}-${made}`, class: "gu-note" }, label);
        return el("div", { role: "group", "aria-labelledby": title.id, class: "gu-group", "data-group": name }, title);
      });
      this.list = el("div", { role: "listbox", "aria-label": `Lines of exercise ${id}`, "aria-describedby": keys, class: "gu-lines" }, ...this.groups);
      this.list.addEventListener("keydown", (event) => this.key(event));
      this.fields = this.lines.filter((it) => it.written).map((line, i) => this.field(line, "AB"[i]));
      this.tools = [["Up", () => this.move(-1)], ["Down", () => this.move(1)], ["Out", () => this.indent(-1), "Indent less"],
        ["In", () => this.indent(1), "Indent more"], ["Leave out", () => this.leave()]]
        .map(([text, act, label]) => button(text, act, label ? { "aria-label": `${label}: ${text}` } : {}));
      this.node = el("div", {}, el("p", { class: "gu-note", id: keys }, KEYS), ...this.fields, this.list, el("div", { class: "gu-buttons" }, ...this.tools), this.said);
      this.draw();
    }

    field(line, letter) {
      line.letter = letter;
      const input = el("input", { type: "text", "aria-label": `Line ${letter}`, autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
      input.addEventListener("input", () => { line.text = input.value; this.draw(); });
      return el("div", { class: "gu-field" }, el("span", {}, `Line ${letter}`), input);
    }

    words(line) { return line.written ? `Line ${line.letter}${line.text.trim() ? `: ${line.text.trim()}` : ", to be written"}` : line.text; }

    option(line, place) {
      const inside = place >= 0, of = this.program.length;
      const node = el("div", {
        role: "option", tabindex: line === this.at ? "0" : "-1", "aria-selected": String(line === this.at && this.held), class: "gu-line",
        "data-line": line.number, style: `--depth: ${inside ? line.depth : 0}`, "data-at": line === this.at,
      }, el("code", {}, this.words(line)));
      if (inside) node.setAttribute("aria-label", `${this.words(line)}, line ${place + 1} of ${of}, indented ${line.depth} times`);
      node.addEventListener("click", () => this.press(line));
      node.addEventListener("focus", () => { if (this.at !== line) { this.at = line; this.held = false; this.draw(); this.focus(); } });
      return node;
    }

    draw() {
      const [program, out] = this.groups;
      program.replaceChildren(program.firstChild, el("div", { class: "gu-line gu-head", role: "presentation" }, el("code", {}, this.head)), ...this.program.map((it, i) => this.option(it, i)));
      out.replaceChildren(out.firstChild, ...this.out.map((it) => this.option(it, -1)));
    }

    focus() { this.list.querySelector(`[data-line="${this.at.number}"]`)?.focus(); }

    told(text, focus = true) {
      this.draw();
      if (focus) this.focus();
      this.said.textContent = text;
    }

    where() {
      const place = this.program.indexOf(this.at);
      if (place < 0) return `${this.words(this.at)}: left out.`;
      return `${this.words(this.at)}: line ${place + 1} of ${this.program.length}, indented ${this.at.depth} ${this.at.depth === 1 ? "time" : "times"}.`;
    }

    /** The depth that the line above asks for. */
    fitting(place) {
      const above = this.program[place - 1];
      if (!above) return this.head.endsWith(":") ? 1 : 0;
      return above.depth + (above.text.trim().endsWith(":") ? 1 : 0);
    }

    enter(place) {
      this.out.splice(this.out.indexOf(this.at), 1);
      this.program.splice(place, 0, this.at);
      this.at.depth = this.fitting(place);
    }

    /** One place up or down; across the border between program and what is left out. */
    move(step) {
      const place = this.program.indexOf(this.at);
      if (place < 0) {
        if (step < 0) this.enter(this.program.length);
      } else if (place + step >= this.program.length) {
        this.leave();
        return;
      } else if (place + step >= 0) {
        this.program.splice(place, 1);
        this.program.splice(place + step, 0, this.at);
      }
      this.told(this.where());
    }

    indent(step) {
      if (this.program.includes(this.at)) this.at.depth = Math.min(MOST, Math.max(0, this.at.depth + step));
      this.told(this.where());
    }

    leave() {
      const place = this.program.indexOf(this.at);
      if (place >= 0) {
        this.program.splice(place, 1);
        this.out.unshift(this.at);
      }
      this.told(this.where());
    }

    /** A press on a line that is left out brings it to the program's end; on one of the program marks it. */
    press(line) {
      this.at = line;
      this.held = false;
      if (!this.program.includes(line)) this.enter(this.program.length);
      this.told(this.where());
    }

    walk(step) {
      const all = [...this.program, ...this.out], place = all.indexOf(this.at) + step;
      this.at = all[Math.min(all.length - 1, Math.max(0, place))];
      this.told(this.where());
    }

    hold(yes) {
      this.held = yes;
      this.told(yes ? `Taken up: ${this.where()}` : `Let go: ${this.where()}`);
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const up = (step) => (this.held ? this.move(step) : this.walk(step));
      const actions = {
        ArrowUp: () => up(-1), ArrowDown: () => up(1), ArrowLeft: () => this.indent(-1), ArrowRight: () => this.indent(1),
        " ": () => this.hold(!this.held), Enter: () => this.hold(!this.held), Delete: () => this.leave(),
        Home: () => this.walk(-99), End: () => this.walk(99), Escape: () => this.held && this.hold(false),
      };
      if (!actions[event.key]) return;
      event.preventDefault();
      event.stopPropagation(); // the page has a meaning of its own for some keys
      actions[event.key]();
    }

    get placed() { return JSON.stringify(this.program.map(({ number, depth, written, text }) => ({ number, depth, text: written ? text : "" }))); }
  }

  /** A button, and what it opens: the lines, Check, and the way into the exercise's editor. */
  function build(id, it, { describe, write }) {
    const bar = loading(), place = el("div"), verdict = el("div", { role: "status", class: "gu-verdict" });
    const node = el("div", { class: "gu-arrange", role: "group", "aria-label": `Lines of exercise ${id}, to arrange`, hidden: true });
    const open = button("Arrange the lines", toggle, { "aria-expanded": "false", ...describe });
    const check = button("Check the lines", () => judge()), stop = button("Stop", () => GroundUpPython.stop(), { hidden: true });
    const hand = button("Take them into the editor", () => take()), fade = button("Two lines to write", () => begin(true)), whole = button("All lines given", () => begin(false), { hidden: true });
    const busy = occupied(check, stop, bar), tools = el("div", { class: "gu-buttons", hidden: true }, check, hand, fade, whole);
    let lines = null, faded = false;
    const python = (name, args, options) => GroundUpPython.call(name, args, { limit: LIMIT, ...options });

    async function guarded(work, last = "The next press starts it anew.") {
      if (check.getAttribute("aria-disabled")) return;
      busy(true);
      try { await work(); } catch (error) { say(verdict, `Python could not do this: ${error.message}. ${last}`); }
      busy(false);
    }

    const begin = (fades) => guarded(async () => {
      say(verdict, "");
      const began = () => { bar.wait(false); say(verdict, "Taking the solution apart …"); };
      const found = await python("arrange", [id, fades], { began });
      if (found.stopped) { say(verdict, "Stopped."); return; }
      faded = fades;
      lines = new Lines(found, id);
      place.replaceChildren(lines.node);
      fade.hidden = fades;
      whole.hidden = !fades;
      tools.hidden = false;
      say(verdict, "");
      lines.focus();
    });

    const judge = () => guarded(async () => {
      const began = () => { bar.wait(false); say(verdict, "Checking …"); };
      say(verdict, "");
      const found = await python("arranged", [id, it.at, faded, lines.placed], { limit: it.limit, began });
      if (found.stopped === "reader") say(verdict, "Stopped.");
      else await shown(verdict, found.stopped ? [{ html: it.stopped }] : found.shown);
    });

    const take = () => guarded(async () => {
      const { code } = await python("assembled", [id, faded, lines.placed]);
      write(code.trimEnd());
    });

    function toggle() {
      node.hidden = !node.hidden;
      open.setAttribute("aria-expanded", String(!node.hidden));
      if (!node.hidden && !lines) begin(false);
      else if (!node.hidden) lines.focus();
    }

    node.append(bar.node, place, tools, el("div", { class: "gu-buttons" }, stop), verdict);
    return [open, node];
  }

  return { build };
})();
