/* node every_exercise.mjs FOLDER: judges all that the pages judge, with the pages' own files. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { argv } from "node:process";

const folder = argv[2];
const { loadPyodide } = createRequire(`${folder}/`)(`${folder}/pyodide.js`);
const pyodide = await loadPyodide({ indexURL: `${folder}/`, stdout() {}, stderr() {} });
await pyodide.loadPackage("numpy", { messageCallback() {} });
pyodide.unpackArchive(new Uint8Array(readFileSync(`${folder}/core.zip`)), "zip", { extractDir: "/course" });
pyodide.globals.set("wanted", readFileSync(`${folder}/wanted.json`, "utf8"));
console.log(pyodide.runPython(readFileSync(new URL("every_exercise.py", import.meta.url), "utf8")));
