/* Lines to arrange by keyboard, by pressing, or by dragging. */
"use strict";

window.GroundUpLines = (() => {
  const { el, button } = GroundUp;
  const KEYS = "Up and down go from line to line. Space takes a line up: up and down then move it, Space or Escape lets go. "
    + "Left and right change its indentation. Delete leaves it out. Each line can also be pressed, and moved with the buttons or dragged.";
  const MOST = 6; // indentations
  const NEAR = 6, STEP = 24; // pixels: a press that moves less is none; to the side for one indentation
  let made = 0;

  const within = (depth) => Math.min(MOST, Math.max(0, depth));

  /** The lines as a list with two groups: the program, and what is left out of it. */
  class Lines {
    constructor({ head, lines, to_write }, id) {
      this.head = head;
      this.lines = lines.map((text, number) => ({ number, text, depth: 0, written: to_write.includes(number) }));
      for (const line of this.lines) line.node = this.option(line);
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
      draggable(this);
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
      input.addEventListener("input", () => { line.text = input.value; this.mark(); });
      return el("div", { class: "gu-field" }, el("span", {}, `Line ${letter}`), input);
    }

    words(line) { return line.written ? `Line ${line.letter}${line.text.trim() ? `: ${line.text.trim()}` : ", to be written"}` : line.text; }

    /** The node of a line, which it keeps: a press ends where it began. */
    option(line) {
      const node = el("div", { role: "option", class: "gu-line", "data-line": line.number }, el("span", { class: "gu-grip" }), el("code"));
      node.addEventListener("click", () => this.press(line));
      node.addEventListener("focus", () => { if (this.at !== line) { this.at = line; this.held = false; this.mark(); } });
      return node;
    }

    draw() {
      const [program, out] = this.groups;
      const head = el("div", { class: "gu-line gu-head", role: "presentation" }, el("code", {}, this.head));
      program.replaceChildren(program.firstChild, head, ...this.program.map((it) => it.node));
      out.replaceChildren(out.firstChild, ...this.out.map((it) => it.node));
      this.mark();
    }

    /** What changes of the lines where they stand. */
    mark() {
      for (const line of this.lines) {
        const { node } = line, place = this.program.indexOf(line), words = this.words(line);
        node.lastChild.textContent = words;
        node.tabIndex = line === this.at ? 0 : -1;
        node.setAttribute("aria-selected", String(line === this.at && this.held));
        node.toggleAttribute("data-at", line === this.at);
        node.style.setProperty("--depth", place < 0 ? 0 : line.depth);
        if (place < 0) node.removeAttribute("aria-label");
        else node.setAttribute("aria-label", `${words}, ${this.place(line)}`);
      }
    }

    focus() { this.at.node.focus(); }

    told(text) {
      this.draw();
      this.focus();
      this.said.textContent = text;
    }

    /** Where a line of the program stands, in words. */
    place(line) {
      return `line ${this.program.indexOf(line) + 1} of ${this.program.length}, indented ${line.depth} ${line.depth === 1 ? "time" : "times"}`;
    }

    where() { return `${this.words(this.at)}: ${this.program.includes(this.at) ? this.place(this.at) : "left out"}.`; }

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

    /** To another place in the program. */
    shift(from, to) { this.program.splice(to, 0, ...this.program.splice(from, 1)); }

    drop(place) {
      this.program.splice(place, 1);
      this.out.unshift(this.at);
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
        this.shift(place, place + step);
      }
      this.told(this.where());
    }

    indent(step) {
      if (this.program.includes(this.at)) this.at.depth = within(this.at.depth + step);
      this.told(this.where());
    }

    leave() {
      const place = this.program.indexOf(this.at);
      if (place >= 0) this.drop(place);
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

  /** With the mouse, or a finger on its grip, a line goes where the pointer goes; to the side is in and out. */
  function draggable(lines) {
    const { list } = lines;
    let start = null; // where the pointer went down, and the line's depth there; whether it comes into the program

    function begin(event) {
      const node = event.target.closest("[data-line]");
      // A finger elsewhere scrolls the page.
      if (!node || !event.isPrimary || event.button || (event.pointerType !== "mouse" && !event.target.closest(".gu-grip"))) return;
      const line = lines.lines[node.dataset.line];
      start = { line, x: event.clientX, y: event.clientY, depth: line.depth, moves: false };
    }

    function move(event) {
      if (!start || (!start.moves && Math.hypot(event.clientX - start.x, event.clientY - start.y) < NEAR)) return;
      if (!start.moves) list.setPointerCapture(event.pointerId); // and no press comes of it
      start.moves = true;
      lines.at = start.line;
      lines.held = true;
      const place = lines.program.indexOf(lines.at), [program, out] = lines.groups;
      const above = lines.program.filter(({ node }) => node !== lines.at.node && middle(node) < event.clientY).length;
      if (event.clientY > out.getBoundingClientRect().top) {
        if (place >= 0) lines.drop(place);
      } else if (place < 0) {
        if (event.clientY > program.getBoundingClientRect().bottom) return; // between both
        lines.enter(above);
        Object.assign(start, { x: event.clientX, comes: true });
      } else {
        lines.shift(place, above);
        const depth = start.comes ? lines.fitting(above) : start.depth;
        lines.at.depth = within(depth + Math.round((event.clientX - start.x) / STEP));
      }
      lines.draw();
    }

    function end() {
      if (start?.moves) {
        lines.held = false;
        lines.told(lines.where());
      }
      start = null;
    }

    for (const [name, listener] of [["pointerdown", begin], ["pointermove", move], ["pointerup", end], ["pointercancel", end]]) list.addEventListener(name, listener);
  }

  function middle(node) {
    const box = node.getBoundingClientRect();
    return box.top + box.height / 2;
  }

  return { Lines };
})();
