/* node compile.mjs FOLDER: compile Python for the pages, which then start in a third of the time.

   The folder holds what the pages load, and jobs.json: the packages to load, the archives of the
   course's own, and by the name of each archive where it is unpacked and whether its sources stay
   beside. What a page imports as it starts is compiled; the rest would only weigh. Each archive is
   written anew as NAME.compiled, its entries stored, since it is packed once more as a whole. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { argv, exit } from "node:process";

const PROGRAM = `
import py_compile, pathlib, zipfile

HERE = pathlib.Path("/here")
NEVER_OLD = py_compile.PycInvalidationMode.UNCHECKED_HASH

def compiled(content, place):
    source = pathlib.Path("/tmp/module.py")
    source.write_bytes(content)
    target = py_compile.compile(source, source.with_suffix(".pyc"), place, True, -1, NEVER_OLD)
    return pathlib.Path(target).read_bytes()

def entries(archive, root, beside):
    for name in sorted(it for it in archive.namelist() if not it.endswith("/")):
        content, path = archive.read(name), pathlib.PurePosixPath(name)
        imported = f"{root}/{name}" in used
        if beside or not imported:
            yield name, content
        if imported:
            cache = path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
            yield str(cache if beside else path.with_suffix(".pyc")), compiled(content, f"{root}/{name}")

files = [getattr(it, "__file__", None) or "" for it in sys.modules.values()]
used = {it for it in files if it.endswith(".py")}
for name, (root, beside) in jobs["archives"].items():
    with zipfile.ZipFile(HERE / name) as old, zipfile.ZipFile(HERE / f"{name}.compiled", "w") as new:
        for inner, content in entries(old, root, beside):
            new.writestr(zipfile.ZipInfo(inner), content)
`;

const folder = argv[2], jobs = readFileSync(`${folder}/jobs.json`, "utf8");
const { packages, unpacked, imports } = JSON.parse(jobs);
const { loadPyodide } = createRequire(`${folder}/`)(`${folder}/pyodide.js`);
const pyodide = await loadPyodide({ indexURL: `${folder}/`, stdout() {}, stderr() {} });
await pyodide.loadPackage(packages, { messageCallback() {} });
for (const name of unpacked) {
  pyodide.unpackArchive(new Uint8Array(readFileSync(`${folder}/${name}`)), "zip", { extractDir: "/course" });
}
pyodide.FS.mkdir("/here");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, "/here");
pyodide.globals.set("text", jobs);
pyodide.runPython(`import json, sys\njobs = json.loads(text)\nsys.path.insert(0, "/course")`);
try {
  pyodide.runPython(imports);
  pyodide.runPython(PROGRAM);
} catch (error) {
  console.error(error.message); // not as Node.js shows it, with Pyodide's program
  exit(1);
}
