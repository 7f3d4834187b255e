/* One Python for the page: started at the first press, ended when it does not answer. */
"use strict";

window.GroundUpPython = (() => {
  const { load, folder } = GroundUp;
  const watchers = new Set();
  let worker = null, starting = null, busy = Promise.resolve(), parts = [], forgot = false, compiled;

  /** `listener({text, bytes, all})` hears what is being loaded; null when all is there. */
  const watch = (listener) => watchers.add(listener);
  const tell = (state) => watchers.forEach((listener) => listener(state));

  /** Ask the worker; after `limit` seconds it is ended, and {stopped: "time"} is the answer. */
  function ask(message, limit = Infinity) {
    const asked = worker;
    return new Promise((resolve, reject) => {
      const timer = limit < Infinity && setTimeout(() => { end(); resolve({ stopped: "time" }); }, limit * 1000);
      const settle = (action) => (value) => { clearTimeout(timer); action(value); };
      asked.stop = settle(() => resolve({ stopped: "reader" }));
      asked.onerror = settle((event) => { end(); reject(new Error(event.message || "Python ended")); });
      asked.onmessage = settle(({ data }) => {
        if (data.error === undefined) resolve(data.value);
        else { end(); reject(new Error(data.error)); }
      });
      asked.postMessage(message);
    });
  }

  /** Give up this worker, and what was run in it; the next call starts another. */
  function end() {
    worker?.terminate();
    worker = starting = null;
    forgot = true;
  }

  async function fetchPart(name) {
    const what = name === "core" ? "Python with NumPy" : "matplotlib and pandas";
    const files = await GroundUpFiles.part(name, (bytes, all) => tell({ what, bytes, all }));
    tell({ what, starting: true });
    return files;
  }

  async function boot() {
    await load(`${folder}../live/files.js`, `${folder}../live/worker.js`);
    const files = await fetchPart("core");
    const program = URL.createObjectURL(new Blob([`${alone}\n(${pythonWorker})();`], { type: "text/javascript" }));
    worker = new Worker(program);
    compiled = await ask({ kind: "start", bytes: files, args: [[...files.keys()], chapter(), compiled] });
    const again = parts;
    parts = [];
    for (const name of again) await add(name);
    tell(null);
  }

  async function add(name) {
    const files = await fetchPart(name);
    await ask({ kind: "more", bytes: files, args: [[...files.keys()]] });
    parts.push(name);
    tell(null);
  }

  const chapter = () => location.pathname.split("/").pop().replace(/\.html$/, "");

  /** Start Python, if it is not there. */
  function start() {
    starting ??= boot().catch((error) => { end(); tell(null); throw error; });
    return starting;
  }

  /** Call a method of the page's Python; one call after the other. */
  function call(name, args, { limit, began = () => {} } = {}) {
    const run = async () => {
      await start();
      began();
      const value = await ask({ kind: "call", args: [name, args] }, limit);
      if (value?.needed) {
        await add(value.needed);
        began();
        return ask({ kind: "call", args: [name, args] }, limit);
      }
      return value;
    };
    const done = busy.then(run);
    busy = done.catch(() => {}).then(() => {
      if (forgot && !starting) { forgot = false; start().catch(() => {}); } // ready for the next
    });
    return done;
  }

  /** Forget what was run from the cell `at` on, where anything was. */
  const forget = (at) => starting && call("forget", [at]);

  /** Stop what runs. */
  function stop() {
    const asked = worker;
    end();
    asked?.stop?.();
  }

  return { call, forget, stop, watch };
})();
