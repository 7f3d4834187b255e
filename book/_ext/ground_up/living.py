"""What the pages need to be alive: exercises, predictions, quizzes and cells that run in them.

- Each exercise's cell loses its dead ``check`` line and the verdict of an answer that nobody gave,
  in every form of the book; a prediction's outcome loses the guess that nobody made.
- In the HTML, a chapter's page gets a description of its exercises, predictions and cells, from
  which the scripts in ``book/web/pages/live`` build what readers use. Without scripts the page is
  as it would be without all this.
"""

from __future__ import annotations

import ast
import json
import re
import types
from pathlib import Path

from sphinx.application import Sphinx

from groundup.later import Later
from groundup.practice import parsons
from groundup.questions import judge, question, quiz, show
from groundup.questions.outcome import Outcome
from groundup.slices import bound, definitions
from tools import pyodide, vendor
from tools.normal import exercise_tags
from tools.paths import chapters

SCRIPTS = (
    "store",
    "python",
    "show",
    "code",
    "lines",
    "arrange",
    "exercises",
    "cells",
    "predictions",
    "quizzes",
    "done",
)
#: Of the practice page.
PRACTICE = ("store", "python", "show", "parallel", "practice")
#: What the pages do not have, by the top of its name; and our modules that need it.
ABSENT = {"torch", "sklearn", "scipy", "safetensors", "pooch"}
ABSENT_OURS = {f"groundup.{it}" for it in ("models", "training", "parallel", "checkpoints")}
ABSENT_DATA = {"moons", "split", "digits"}  # of groundup.datasets: they need scikit-learn
ONLINE = re.compile(r"In the book's online page (\w)")  # which is this page
NO_GUESS = re.compile(r"Your guess: none\.[^\n<]*\n")


def enliven(app: Sphinx, docname: str, source: list[str]) -> None:
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    sources = ["" if pyodide.is_stub(cell) else "".join(cell["source"]) for cell in code]
    course = {"exercises": {}, "predictions": _predictions(code), "cells": {}}
    for at, cell in enumerate(code):
        _forget_no_guess(cell)
        tags = cell["metadata"].setdefault("tags", [])
        numbers = [number for kind, number in exercise_tags(tags) if kind == "stub"]
        for number in numbers:
            it = question.get(number)
            cell["source"], cell["outputs"] = it.stub.rstrip(), []
            course["exercises"][number] = _exercise(it, at)
        if not numbers:
            course["cells"][at] = needs(sources[at], sources[:at])
        if re.fullmatch(r"(warmup|quiz)\(\d+\)", sources[at].strip()):
            tags.append("remove-input")  # in the book the questions stand by themselves
        tags.append(f"at-{at}")
    _add_program(cells, len(code), course)
    if app.builder.name == "html":
        for cell in cells:
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                cell["source"] = ONLINE.sub(lambda found: found[1].upper(), text)
        if docname.startswith("notebooks/"):
            course |= {"chapter": int(path.name[:2]), "live": vendor.has_python()}
            _add_done(cells)
            cells.append(_raw("live", _scripts(course)))
    source[0] = json.dumps(notebook)


def _add_done(cells: list[dict]) -> None:
    """The line that says what is done closes the chapter's first words."""
    head = [cell for cell in cells if cell["cell_type"] == "markdown"][1]
    text = "".join(head["source"])
    start = text.find("## ") if "## " in text else len(text)
    box = _raw("done", '<div class="gu-done" data-done></div>')["source"]
    head["source"] = f"{text[:start].rstrip()}\n\n{box}\n\n{text[start:]}"


def _add_program(cells: list[dict], at: int, course: dict) -> None:
    """The program of a cell tagged ``widget-python``, as one more cell that can be run."""
    for i, cell in enumerate(cells):
        if "widget-python" in cell["metadata"].get("tags", []):
            cell["metadata"]["tags"].remove("widget-python")
            program = (vendor.WEB / "neuron.py").read_text(encoding="utf-8").strip()
            metadata = {"tags": [f"at-{at}"]}
            course["cells"][at] = ""
            new = {"cell_type": "code", "id": "program", "metadata": metadata, "source": program}
            cells.insert(i + 1, new | {"outputs": [], "execution_count": None})
            return


def _raw(identity: str, markup: str) -> dict:
    text = f"```{{raw}} html\n{markup}\n```"
    return {"cell_type": "markdown", "id": f"live-{identity}", "metadata": {}, "source": text}


# The page is read first: what makes it alive is loaded when its reader first moves or scrolls.
LOADER = """<script>
(() => {
  const [style, ...files] = FILES;
  const signs = ["scroll", "pointermove", "pointerdown", "touchstart", "keydown", "focusin"];
  const add = (kind, what) =>
    document.head.append(Object.assign(document.createElement(kind), what));
  const start = (event) => {
    if (event?.type === "scroll" && event.target !== document) return; // the list of chapters
    signs.forEach((sign) => removeEventListener(sign, start, true));
    add("link", { rel: "stylesheet", href: style });
    // A widget may have brought the first.
    const missing = files.filter((src) => !document.querySelector(`script[src="${src}"]`));
    missing.forEach((src) => add("script", { src, async: false }));
  };
  const wait = () => signs.forEach((sign) => addEventListener(sign, start, true));
  addEventListener("DOMContentLoaded", () => (location.hash || scrollY ? start() : wait()));
})();
</script>"""


def _scripts(course: dict, root: str = "../", names: tuple = (*SCRIPTS, "page")) -> str:
    described = json.dumps(course).replace("<", "\\u003c")
    files = [f"{root}live/live.css", f"{root}widgets/common.js", f"{root}live/course.js"]
    files += [f"{root}live/{name}.js" for name in names]
    data = f'<script type="application/json" id="gu-course">{described}</script>'
    return f"{data}\n{LOADER.replace('FILES', json.dumps(files))}"


# --- exercises ---


def _exercise(it: question.Exercise, at: int) -> dict:
    field = it.form == "value" and it.stub.count("\n") == 1 and it.stub_value is None
    return {
        "at": at,
        "name": it.name,
        "title": it.title,
        "stub": it.stub,
        "limit": it.time_limit,
        "field": field,
        "hints": [show.to_html(hint) for hint in it.hints],
        "stopped": _stopped(it),
        "needs": needed_by(it),
        "arrange": parsons.has_lines(it),
    }


def _stopped(it: question.Exercise) -> str:
    """What is said when the page has to end the answer: the notebook's words."""
    shown, display = [], show.show
    show.show = lambda text, markup: shown.append(markup)
    try:
        verdict = judge.unfinished(it, (), Outcome(stopped="time"))
        show.notice(f"Exercise {it.id}: {verdict.status}", verdict.message)
    finally:
        show.show = display
    return shown[0]


def needed_by(thing) -> str:
    """What an exercise, or one answer, needs and the pages do not have, or "".

    Of an exercise what judges count: the reference, the cases, how they are run, the judge.
    """
    parts = [thing]
    if isinstance(thing, question.Exercise):
        parts = [thing.reference, thing.cases, thing.run, thing.judged_by]
    return _first(parts, set())


def _absent(thing, seen: set) -> str:
    """The package that a function reaches and the pages do not have, or ""."""
    if isinstance(thing, Later):
        return object.__getattribute__(thing, "_module")
    module = getattr(thing, "__module__", None) or ""
    if _is_absent(module) or _is_absent(type(thing).__module__):
        return module or type(thing).__module__
    if isinstance(thing, question.Exercise):
        return _absent(thing.reference, seen)
    if isinstance(thing, type) and module.startswith("groundup"):
        return _first([*thing.__mro__[1:], *vars(thing).values()], seen)
    if not isinstance(thing, types.FunctionType) or id(thing) in seen:
        return ""
    seen.add(id(thing))
    if not module.startswith("groundup"):
        return ""
    names = _names(thing.__code__)
    if imported := sorted(name for name in names if _is_absent(name)):
        return imported[0]
    cells = [cell.cell_contents for cell in thing.__closure__ or ()]
    found = [thing.__globals__[name] for name in sorted(names) if name in thing.__globals__]
    return _first([*found, *cells, *(thing.__defaults__ or ())], seen)


def _first(things, seen: set) -> str:
    return next(filter(None, (_absent(it, seen) for it in things)), "")


def _is_absent(module: str) -> bool:
    return module.partition(".")[0] in ABSENT or module in ABSENT_OURS


def _names(code: types.CodeType) -> set[str]:
    inner = [it for it in code.co_consts if isinstance(it, types.CodeType)]
    return set(code.co_names).union(*map(_names, inner))


# --- predictions ---


def _predictions(code: list[dict]) -> list[dict]:
    """Each prediction: its question, the cells that ask and answer, and the outcome as printed."""
    found = {}
    for at, cell in enumerate(code):
        text = "".join(cell["source"])
        for node in _calls(text):
            if getattr(node.value.func, "id", "") == "predict_first":
                asked = " ".join(ast.literal_eval(node.value.args[0]).split())
                alone = len(ast.parse(text).body) == 1
                name = node.targets[0].id
                found[name] = {"id": name, "at": at, "alone": alone, "question": asked}
        for name in re.findall(r"^(\w+)\.reveal\(", text, re.MULTILINE):
            if name in found:
                outcome = _outcome(cell, found[name]["question"])
                found[name] |= {"revealed": at, "outcome": outcome}
    return [it for it in found.values() if it.get("outcome")]


def _calls(text: str) -> list[ast.Assign]:
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return []
    return [it for it in body if isinstance(it, ast.Assign) and isinstance(it.value, ast.Call)]


def _outcome(cell: dict, asked: str) -> str:
    for output in cell["outputs"]:
        text = "".join(output.get("data", {}).get("text/plain", ""))
        if text.startswith(asked):
            return re.search(r"^Outcome: +(.*)$", text, re.MULTILINE)[1]
    return ""


def _forget_no_guess(cell: dict) -> None:
    for output in cell.get("outputs", []):
        for kind, value in output.get("data", {}).items():
            if kind in ("text/html", "text/plain"):
                output["data"][kind] = NO_GUESS.sub("", "".join(value))


# --- cells ---


def needs(code: str, above: list[str]) -> str:
    """What a cell needs and the pages do not have, or ""."""
    try:
        parts = [*definitions(code, above), code]
    except SyntaxError:
        return "IPython"  # a magic
    for part in parts:
        for node in ast.walk(ast.parse(part)):
            if isinstance(node, ast.Import):
                names = [it.name for it in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
                if node.module == "groundup.datasets":
                    wanted = bound(part) & ABSENT_DATA
                    names += ["sklearn"] * (wanted != set() and _uses(parts, wanted))
            else:
                continue
            for name in names:
                if _is_absent(name):
                    return "PyTorch" if name not in ("sklearn", "scipy") else name
    return ""


def _uses(parts: list[str], names: set[str]) -> bool:
    used = {
        node.id for it in parts for node in ast.walk(ast.parse(it)) if isinstance(node, ast.Name)
    }
    return bool(names & used)


# --- the book as a whole ---


def add_to_index(app: Sphinx, docname: str, source: list[str]) -> None:
    """The first page says what the reader has done where its source says ``% done``."""
    if docname == "index" and app.builder.name == "html":
        scripts = _scripts({"chapter": 0, "live": vendor.has_python()}, "")
        box = f'```{{raw}} html\n<div class="gu-done" data-done></div>\n{scripts}\n```'
        source[0] = source[0].replace("\n% done\n", f"\n{box}\n")


def add_to_practice(app: Sphinx, docname: str, source: list[str]) -> None:
    """The practice page asks where its source says ``% practice``."""
    if docname == "book/practice" and app.builder.name == "html":
        scripts = _scripts({"live": vendor.has_python()}, names=PRACTICE)
        without = "<noscript><p>This page needs JavaScript.</p></noscript>"
        box = f'<div class="gu-live" data-practice>{without}</div>'
        raw = f"```{{raw}} html\n{box}\n{scripts}\n```"
        source[0] = source[0].replace("\n% practice\n", f"\n{raw}\n")


def write_course(app: Sphinx, error: Exception | None) -> None:
    """What there is to do in each chapter, for the list of what the reader has done."""
    if error is not None or app.builder.name != "html":
        return
    described = []
    for path in chapters():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        number = int(path.name[:2])
        title = notebook["cells"][0]["source"]
        described.append(
            {
                "number": number,
                "title": "".join(title).partition("\n")[0].lstrip("# "),
                "page": f"notebooks/{path.stem}.html",
                "exercises": [it.id for it in question.all_exercises(number)],
                "predictions": [f"{number}.{it['id']}" for it in _predictions(code)],
                "quiz": [it.id for it in quiz.load(number).questions],
            }
        )
    text = f"window.COURSE = {json.dumps(described)};\n"
    folder = Path(app.outdir) / "live"
    folder.mkdir(exist_ok=True)
    (folder / "course.js").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("source-read", enliven, priority=400)  # before the worked solutions come in
    app.connect("source-read", add_to_index)
    app.connect("source-read", add_to_practice)
    app.connect("build-finished", write_course)
