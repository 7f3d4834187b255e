/* Chapter 2: Python in the page, run by MicroPython in a worker of its own. */
"use strict";

(() => {
  const { el, button, load, folder, start } = GroundUp;
  const LIMIT = 20000; // characters of output

  // The worker makes blobs of MicroPython's two files itself: it cannot read the page's where the
  // page comes from disk.
  const WORKER = `
    const blob = (content, type) => URL.createObjectURL(new Blob([content], { type }));
    let python;
    onmessage = async ({ data }) => {
      try {
        if (data.module) {
          const { loadMicroPython } = await import(blob(data.module, "text/javascript"));
          const print = (text) => postMessage({ text: text + "\\n" });
          const wasm = Uint8Array.from(atob(data.wasm), (c) => c.charCodeAt(0));
          python = await loadMicroPython({
            url: blob(wasm, "application/wasm"), stdout: print, stderr: print, linebuffer: true,
            heapsize: 8 * 1024 * 1024,
          });
          postMessage({ ready: true });
        } else {
          python.runPython(data.code);
          postMessage({ done: true });
        }
      } catch (error) {
        postMessage({ error: String(error.message || error) });
      }
    };`;

  async function build(root) {
    await load(`${folder}../vendor/micropython/micropython.js`);
    const program = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
    const original = root.querySelector("pre").textContent.trim() + "\n";

    const id = "gu-python-code";
    const editor = el("textarea", { id, rows: Math.min(40, original.split("\n").length + 1), spellcheck: "false", autocapitalize: "off", "aria-describedby": "gu-python-help" });
    editor.value = original;
    // Escape lets Tab leave the editor, so that nobody is trapped in it.
    let tabs = true;
    editor.addEventListener("keydown", (event) => {
      if (event.key === "Escape") tabs = false;
      else if (event.key === "Tab" && tabs && !event.shiftKey) {
        event.preventDefault();
        editor.setRangeText("    ", editor.selectionStart, editor.selectionEnd, "end");
      } else if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); run(); }
    });
    editor.addEventListener("blur", () => { tabs = true; });
    const output = el("pre", { tabindex: "0", role: "log", "aria-label": "Output" });
    const status = el("p", { class: "gu-status", role: "status" }, "Ready.");
    const runButton = button("Run", run), stopButton = button("Stop", () => end("Stopped."), { disabled: true });
    let worker = null, length = 0;

    function end(text) {
      worker?.terminate();
      worker = null;
      runButton.disabled = false;
      stopButton.disabled = true;
      status.textContent = text;
    }

    function run() {
      if (worker) return;
      output.textContent = "";
      length = 0;
      runButton.disabled = true;
      stopButton.disabled = false;
      status.textContent = "Running …";
      worker = new Worker(program);
      worker.onerror = (event) => end(`Python could not be started: ${event.message}`);
      worker.onmessage = ({ data }) => {
        if (!worker) return;
        if (data.ready) worker.postMessage({ code: editor.value });
        else if (data.text !== undefined) {
          length += data.text.length;
          if (length > LIMIT) end(`Stopped: it printed more than ${LIMIT} characters.`);
          else output.append(data.text);
        } else if (data.error) { output.append(data.error); end("Ended with an error."); }
        else end("Done.");
      };
      worker.postMessage(window.MICROPYTHON);
    }

    root.replaceChildren(
      el("h3", {}, "The neuron in plain Python"),
      el("p", { id: "gu-python-help" }, "Change the code and run it (Ctrl+Enter). In the editor Tab indents; press Escape first to leave it with Tab. This is MicroPython, a small Python without NumPy, not the CPython of the notebooks: its floats and messages can differ a little."),
      el("label", { for: id, class: "visually-hidden" }, "Python code"),
      editor,
      el("div", { class: "gu-buttons" }, runButton, stopButton, button("Reset", () => { editor.value = original; })),
      status, output,
    );
  }

  start("python", build);
})();
