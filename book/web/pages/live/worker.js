/* Python in a worker of the page. All that this file knows of Pyodide is here alone. */
"use strict";

/* The page makes a blob of these two functions' texts: a page opened from disk can load no worker. */

/* Only what the page has handed over is there, nothing is asked of any site, and memory has an end. */
function alone(files) {
  const MEMORY = 1 << 30; // bytes that Python may take; what asks for more gets a MemoryError
  self.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    if (!files.has(name)) throw new TypeError(`${name} is not in the page`);
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(files.get(name), { headers: { "Content-Type": type } });
  };
  self.WebSocket = self.XMLHttpRequest = self.EventSource = undefined;

  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > MEMORY) throw new RangeError("out of memory");
    return grow.call(this, pages);
  };
}

function pythonWorker() {
  const files = new Map();
  let pyodide, page;
  alone(files);

  // Compiled here and not beside: a busy machine may leave other threads waiting. The page keeps
  // the large module for the next worker.
  let compiled;
  const { Module, Instance } = WebAssembly;
  const instance = (module, imports) => ({ module, instance: new Instance(module, imports) });
  WebAssembly.instantiateStreaming = async (reply, imports) => {
    compiled ??= new Module(await (await reply).arrayBuffer());
    return instance(compiled, imports);
  };
  WebAssembly.compile = async (bytes) => new Module(bytes);
  WebAssembly.instantiate = async (source, imports) => (
    source instanceof Module ? new Instance(source, imports) : instance(new Module(source), imports));

  const script = (name) => importScripts(URL.createObjectURL(new Blob([files.get(name)], { type: "text/javascript" })));
  const packages = (names) => names.filter((name) => name.endsWith(".whl")).map((name) => name.split("-")[0].replace("_", "-"));

  async function start(names, chapter, module) {
    compiled = module;
    script("pyodide.js");
    script("pyodide.asm.js");
    pyodide = await loadPyodide({ indexURL: "http://python.invalid/", stdout() {}, stderr() {} });
    await pyodide.loadPackage(packages(names), { messageCallback() {} });
    pyodide.unpackArchive(files.get("core.zip"), "zip", { extractDir: "/course" });
    page = pyodide.runPython(`
import json, os, sys
sys.path.insert(0, "/course")
from groundup import page
page.install()
page.Page(json.load(open("/course/cells.json")).get(${JSON.stringify(chapter)}, []))`);
    return compiled;
  }

  async function more(names) {
    await pyodide.loadPackage(packages(names), { messageCallback() {} });
    pyodide.unpackArchive(files.get("figures.zip"), "zip", { extractDir: "/course" });
    pyodide.runPython("page.use_figures()");
  }

  function call(name, args) {
    const reply = page[name](...args);
    const plain = reply.toJs({ dict_converter: Object.fromEntries });
    reply.destroy();
    return plain;
  }

  const answers = { start, more, call };
  self.onmessage = async ({ data: { kind, bytes, args } }) => {
    for (const [name, content] of bytes ?? []) files.set(name, content);
    try {
      postMessage({ value: await answers[kind](...args) });
    } catch (error) {
      postMessage({ error: String(error.message ?? error) });
    }
  };
}
