/* The files of Python: fetched, or from a page opened from disk read out of scripts; once. */
"use strict";

window.GroundUpFiles = (() => {
  const { load, folder } = GroundUp;
  const home = `${folder}../vendor/pyodide/`;
  const kept = new Map();

  const unpack = (body) => new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

  /** Pass on a stream, and tell how many bytes have come. */
  const counted = (came) => new TransformStream({
    transform(chunk, controller) { came(chunk.byteLength); controller.enqueue(chunk); },
  });

  async function fetched(name, came) {
    const reply = await fetch(`${home}${name}.bin`);
    if (!reply.ok) throw new Error(`${name} could not be loaded`);
    return unpack(reply.body.pipeThrough(counted(came)));
  }

  async function read(name, came) {
    await load(`${home}${name}.bin.js`);
    const text = atob(window.PYTHON_BYTES[name]), bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    delete window.PYTHON_BYTES[name];
    came(bytes.byteLength);
    return unpack(new Blob([bytes]).stream());
  }

  /** The files of a part, "core" or "figures", by name; `progress(bytes, all)` is called as they come. */
  async function part(name, progress) {
    await load(`${home}files.js`);
    const sizes = Object.entries(window.PYTHON_FILES[name]);
    const all = sizes.reduce((sum, [, size]) => sum + size, 0);
    const get = location.protocol === "file:" ? read : fetched;
    let bytes = 0;
    const came = (n) => progress((bytes += n), all);
    progress(0, all);
    await Promise.all(sizes.map(async ([file]) => {
      if (!kept.has(file)) kept.set(file, await get(file, came));
    }));
    return new Map(sizes.map(([file]) => [file, kept.get(file)]));
  }

  return { part };
})();
