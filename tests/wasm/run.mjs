/* node run.mjs FOLDER PROGRAM PACKAGES: a Python program with the pages' own files; prints its last value. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { argv, exit } from "node:process";

const [, , folder, program, packages] = argv;
const { loadPyodide } = createRequire(`${folder}/`)(`${folder}/pyodide.js`);
const pyodide = await loadPyodide({ indexURL: `${folder}/`, stdout() {}, stderr() {} });
await pyodide.loadPackage(packages.split(","), { messageCallback() {} });
for (const name of ["core.zip", "figures.zip"]) {
  pyodide.unpackArchive(new Uint8Array(readFileSync(`${folder}/${name}`)), "zip", { extractDir: "/course" });
}
pyodide.globals.set("wanted", readFileSync(`${folder}/wanted.json`, "utf8"));
try {
  console.log(pyodide.runPython(readFileSync(program, "utf8")));
} catch (error) {
  console.error(error.message); // not as Node.js shows it, with Pyodide's program
  exit(1);
}
