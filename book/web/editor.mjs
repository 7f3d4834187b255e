/* The editor of the book's exercises: CodeMirror 6 with what short Python programs need. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours come from the page, light or dark: see live.css.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "gu-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "gu-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "gu-number" },
  { tag: [tags.comment, tags.docString], class: "gu-comment" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "gu-name" },
]);

/** Escape lets the next Tab leave the editor, so that nobody is trapped in it. */
function tabs() {
  let free = false;
  const or = (command) => (view) => (free ? ((free = false), false) : command(view));
  return [
    { key: "Escape", run: () => { free = true; return false; } },
    { key: "Tab", run: or((view) => (view.state.selection.main.empty ? (view.dispatch(view.state.replaceSelection("    ")), true) : indentMore(view))) },
    { key: "Shift-Tab", run: or(indentLess) },
  ];
}

/** An editor in `parent`; `run` is called on Ctrl+Enter, `changed` with each new text. */
window.groundUpEditor = ({ parent, text, label, help, run, changed }) => {
  const state = (doc) => EditorState.create({
    doc,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run: () => { run(); return true; } }, ...tabs(), ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
      history(), drawSelection(), lineNumbers(), indentOnInput(), bracketMatching(), closeBrackets(),
      python(), indentUnit.of("    "), syntaxHighlighting(colours), EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": help, autocapitalize: "off" }),
      EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.state.doc.toString()); }),
    ],
  });
  const view = new EditorView({ parent, state: state(text) });
  return {
    get text() { return view.state.doc.toString(); },
    set text(text) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }); },
    focus() { view.focus(); },
  };
};
