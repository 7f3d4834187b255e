"""The course in the book's own pages: what Python does there when a reader presses a button.

It runs in a worker of the page, with NumPy and this package, without threads, files and network;
the page keeps the time, and ends the worker of code that does not end. What is given and returned
are plain values. Nothing of an exercise is written here: the pages ask the modules that the
notebooks ask.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import io
import json
import linecache
import sys
import types
import warnings
from collections.abc import Callable
from datetime import date

from groundup.practice import choose, parallel, parsons, session
from groundup.practice.typed import TypedError
from groundup.questions import question
from groundup.questions.examine import examine
from groundup.questions.guard import learner_lines
from groundup.questions.outcome import NOT_ATTEMPTED, WRONG, Verdict, error_text
from groundup.questions.show import notice, to_html, to_inline_html
from groundup.slices import bound, cells_needed, definitions

OUTPUT_LIMIT = 20_000  # characters
#: What the page can fetch when code asks for it; all else that is missing stays missing.
FIGURES = ("matplotlib", "pandas", "seaborn", "PIL")
NAMES = {"torch": "PyTorch", "scipy": "SciPy", "sklearn": "scikit-learn"}


class _FloodError(BaseException):
    """More was printed than a page can show. No Exception: the code is not to catch it."""


class _Printed(io.TextIOBase):
    """What is printed goes where it is shown, up to the limit."""

    def __init__(self, shown: list[dict]):
        self.shown, self.left = shown, OUTPUT_LIMIT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text.startswith("\r"):  # a progress bar
            return len(text)
        self.left -= len(text)
        if self.left < 0:
            raise _FloodError
        _add_text(self.shown, text)
        return len(text)


def _add_text(shown: list[dict], text: str) -> None:
    if shown and "text" in shown[-1]:
        shown[-1]["text"] += text
    else:
        shown.append({"text": text})


class Page:
    """One chapter's page: its cells, and the names that they and the answers share.

    ``cells`` are the sources of the chapter's code cells, in order. Where a cell or an answer
    stands is told by the number of cells above it.
    """

    def __init__(self, cells: list[str]):
        self.cells, self.names, self.runs = cells, {"__name__": "__main__"}, 0
        self.shown: list[dict] = []

    def check(self, id: str, at: int, code: str, explain: Callable | None = None) -> dict:
        """Judge code as the answer to an exercise; the verdict is the notebook's, or what
        ``explain`` makes of it.

        Returns the ``status``, and what is ``shown``; or what is ``needed`` from the page first.
        """
        _current[:] = [self]
        it = question.get(id)
        if it.form == "value":
            code = _assigned(it.name, code)
        done = self.run(at, code, definitions)
        if "needed" in done:
            return done
        printed, self.shown = done["shown"], []
        problem = done["error"]
        if not problem and it.name not in bound(code):
            problem = f"The answer must define `{it.name}`; this code defines no such name."
        if problem:
            verdict = Verdict(WRONG, problem)
        else:
            with self._surroundings():
                verdict = examine(id, self.names[it.name])
        if explain:
            verdict = explain(verdict)
        notice(f"Exercise {id}: {verdict.status}", verdict.message, tuple(verdict.details))
        return {"status": verdict.status, "shown": printed + self.shown}

    def run(self, at: int, code: str, needed: Callable = cells_needed) -> dict:
        """Run code below the first ``at`` cells: what is ``shown``, and an ``error`` or "".

        Names that it uses and that are not there come from the cells above; ``needed`` says what of
        them has to run.
        """
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError) as error:  # ValueError: a null character
            return {"shown": [], "error": _no_python(error)}
        absent: dict[str, str] = {}
        try:
            with self._surroundings():
                self._supply(needed(code, self.cells[:at], self.names), absent)
                self.shown.clear()
                _close_figures()
                self._execute(tree, code)
        except _FloodError:
            message = "It printed without end and was stopped. Look for a `print` in a loop."
            return {"shown": [], "error": message}
        except BaseException as error:
            missing = _missing(error, absent)
            if missing in FIGURES:
                return {"needed": "figures"}
            if isinstance(error, MemoryError):
                for name in bound(code) & self.names.keys():
                    del self.names[name]  # what fills the memory; the next run needs it
            return {"shown": self.shown, "error": _told(error, missing)}
        return {"shown": self.shown, "error": ""}

    def forget(self, at: int) -> dict:
        """Forget the names that the cells from number ``at`` on define: code below them that uses
        one has it from the cell as printed. Returns nothing in particular.
        """
        for cell in self.cells[at:]:
            with contextlib.suppress(SyntaxError):  # a magic defines nothing
                for name in bound(cell):
                    self.names.pop(name, None)
        return {}

    # --- lines to arrange ---

    def arrange(self, id: str, faded: bool) -> dict:
        """An exercise's shuffled lines: ``head``, ``lines``, and which are ``to_write``."""
        problem = parsons.arrangement(id, faded)
        hidden = problem.to_write
        lines = ["" if i in hidden else line.text for i, line in enumerate(problem.lines)]
        return {"head": problem.head.text, "lines": lines, "to_write": sorted(hidden)}

    def assembled(self, id: str, faded: bool, placed: str) -> dict:
        """The ``code`` of arranged lines; ``placed`` is JSON: number, depth and text of each."""
        return {"code": parsons.arrangement(id, faded).code(_placed(placed))}

    def arranged(self, id: str, at: int, faded: bool, placed: str) -> dict:
        """Judge arranged lines, as :meth:`check` does, and say which line is to blame."""
        problem, lines = parsons.arrangement(id, faded), _placed(placed)
        _current[:], self.shown = [self], []
        if said := parsons.unfinished(problem, lines):
            notice(f"Exercise {id}: {NOT_ATTEMPTED}", said)
            return {"status": NOT_ATTEMPTED, "shown": self.shown}
        explain = functools.partial(parsons.explained, problem, lines)
        return self.check(id, at, problem.code(lines), explain)

    # --- the practice page; of what was practised the page tells, and keeps it ---

    def practise(self, kept: str, upto: int, today: str) -> dict:
        """Today's questions from the histories in ``kept`` (JSON), and words about them."""
        histories = json.loads(kept)
        choices = session.plan(histories, upto, date.fromisoformat(today))
        asked = [{"id": it.item.id, "why": session.why(it)} for it in choices]
        return {"opening": to_html(session.opening(choices, histories, upto)), "asked": asked}

    def practice_question(self, id: str, today: str) -> dict:
        """A question as HTML: its ``title`` and ``text``, and its ``options``, if it has some."""
        asked = session.ask(id, date.fromisoformat(today))
        options = [to_inline_html(option.text) for option in asked.options]
        return {
            "title": f"{asked.where}: {asked.title}",
            "text": to_html(asked.text),
            "options": options,
            "several": asked.several,
        }

    def practice_answer(self, id: str, today: str, text: str, history: str) -> dict:
        """The verdict on an answer, or with an empty text on none: ``status``, ``message``.

        Also the worked ``way`` and the ``history`` with this answer, which counts where it is the
        first.
        """
        day = date.fromisoformat(today)
        asked = session.ask(id, day)
        verdict = asked.check(text) if text else Verdict(WRONG)
        return {
            "status": verdict.status,
            "message": to_html("\n\n".join([verdict.message, *verdict.details])),
            "way": to_html(asked.way),
            "history": choose.added(history, day, verdict.right),
        }

    def practice_end(self, results: str, kept: str, upto: int) -> dict:
        """Closing words, from the day's ``results`` and the histories as they are now."""
        return {"closing": to_html(session.closing(json.loads(results), json.loads(kept), upto))}

    # --- the tests before a course and after it ---

    def test_problems(self, test: str, upto: int, seed: int) -> dict:
        """The problems of the test "before" or "after": ``id``, ``title``, and ``text`` as HTML."""
        problems = parallel.problems(test, upto, seed)
        titles = [f"Chapter {kind.chapter}: {kind.title}" for kind in parallel.chosen(upto)]
        asked = [
            {"id": it.id, "title": title, "text": to_html(it.prompt)}
            for it, title in zip(problems, titles, strict=True)
        ]
        return {"asked": asked}

    def test_read(self, id: str, text: str) -> dict:
        """The ``problem`` of an answer that is not of the form asked for, or ""."""
        try:
            parallel.problem(id).read(text)
        except TypedError as error:
            return {"problem": str(error)}
        return {"problem": ""}

    def test_file(self, student: str, ids: str, answers: str) -> dict:
        """The ``file`` that a student hands in; problems and answers in order, as JSON."""
        return {"file": parallel.row(student, json.loads(ids), json.loads(answers))}

    def _supply(self, parts: list[str], absent: dict[str, str]) -> None:
        """Run what is needed; names that a missing package leaves undefined go to ``absent``."""
        for part in parts:
            try:
                exec(compile(part, "<above>", "exec"), self.names)
            except (ModuleNotFoundError, NameError) as error:
                missing = _missing(error, absent)
                if not missing or missing in FIGURES:
                    raise
                absent.update(dict.fromkeys(bound(part) - self.names.keys(), missing))

    def _execute(self, tree: ast.Module, code: str) -> None:
        self.runs += 1
        file = f"<ipython-input-{self.runs}>"  # as in a notebook, so that its lines are named
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        last = tree.body[-1] if tree.body else None
        shows = isinstance(last, ast.Expr) and not code.rstrip().endswith(";")
        body = tree.body[:-1] if shows else tree.body
        exec(compile(ast.Module(body, []), file, "exec"), self.names)
        if shows:
            value = eval(compile(ast.Expression(last.value), file, "eval"), self.names)
            if value is not None:
                show(value)
        show_figures()

    @contextlib.contextmanager
    def _surroundings(self):
        """Output caught, questions and files refused; what the code did to Python is undone."""
        _current[:], self.shown = [self], []
        printed = _Printed(self.shown)
        before = _builtins.copy()
        _builtins.update(input=_no_input, open=_no_files)
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
        ):
            try:
                yield
            finally:  # first of all: without its builtins nothing of Python works
                _builtins.update(before)
                for name in _builtins.keys() - before.keys():
                    del _builtins[name]


_builtins, _open = builtins.__dict__, io.open
_current: list[Page] = []  # whose button was pressed last


def _no_input(*args):
    raise EOFError("input() cannot be answered in the page; write the value into the code")


def _no_files(file, mode="r", *args, **kwargs):
    if set(mode) & set("wax+"):
        raise OSError("the page has no folder to write files in; keep the result in a variable")
    return _open(file, mode, *args, **kwargs)


def _missing(error: BaseException, absent: dict[str, str]) -> str:
    """The package that is missing where this error comes from that, else ""."""
    if isinstance(error, ModuleNotFoundError):
        return (error.name or "").partition(".")[0]
    return absent.get(error.name or "", "") if isinstance(error, NameError) else ""


def _placed(text: str) -> list[parsons.Placed]:
    return [parsons.Placed(**it) for it in json.loads(text)]


# --- texts ---


def _assigned(name: str, text: str) -> str:
    """What was typed into a field, ``0.5`` or ``b``, as ``name = 0.5`` or ``name = 'b'``."""
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return text
    return f"{name} = {text.strip()!r}\n" if text.strip().isalpha() else f"{name} = {text}\n"


def _no_python(error: Exception) -> str:
    line = getattr(error, "lineno", None)
    source = (getattr(error, "text", None) or "").strip()
    place = f" in line {line}" if line else ""
    shown = f", `{source}`" if source and "`" not in source else ""
    return f"This is no Python yet: {getattr(error, 'msg', error)}{place}{shown}."


def _told(error: BaseException, missing: str) -> str:
    if missing:
        return (
            f"This needs {NAMES.get(missing, missing)}, which is not here in the page. "
            "The chapter's notebook has it."
        )
    lines = learner_lines(error, None)
    if isinstance(error, RecursionError):
        lines = lines[-1:]
    told = error_text(error)
    told = told if "`" in told else f"`{told}`"
    return " ".join([f"The code raised {told}.", *(f"See {it}." for it in lines[-2:])])


# --- what is shown ---


def show(thing) -> None:
    """Show an object as a notebook does: as HTML, as Markdown, or as text."""
    if hasattr(thing, "_ipython_display_"):
        thing._ipython_display_()
        return
    bundle = {}
    if hasattr(thing, "_repr_mimebundle_"):
        bundle = thing._repr_mimebundle_()
    elif hasattr(thing, "_repr_html_"):
        bundle = {"text/html": thing._repr_html_()}
    markup = bundle.get("text/html")
    if markup is None and "text/markdown" in bundle:
        markup = to_html(bundle["text/markdown"])
    if markup is not None:
        _current[0].shown.append({"html": markup})
    elif "matplotlib.pyplot" in sys.modules and _is_figure(thing):
        _show_figure(thing)
    else:
        _add_text(_current[0].shown, f"{thing!r}\n")


def _is_figure(thing) -> bool:
    return isinstance(thing, sys.modules["matplotlib.pyplot"].Figure)


def _show_figure(figure) -> None:
    from groundup.plots import picture

    width = round(figure.get_size_inches()[0] * figure.dpi)
    for kind, content in picture(figure).items():
        part = {"drawing": content} if kind == "image/svg+xml" else {"image": content}
        _current[0].shown.append({**part, "width": width})


def show_figures(*args, **kwargs) -> None:
    """Show the figures that are open, and close them: what ``plt.show()`` does in the page."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        for number in pyplot.get_fignums():
            _show_figure(pyplot.figure(number))
    _close_figures()


def _close_figures() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


class _Text:
    """IPython's ``HTML`` and ``Markdown``, as far as the course uses them."""

    def __init__(self, data: str = "", *args, **kwargs):
        self.data = data


class _HTML(_Text):
    def _repr_html_(self) -> str:
        return self.data


class _Markdown(_Text):
    def _repr_html_(self) -> str:
        return to_html(self.data)


def install() -> None:
    """Stand in for IPython, which the page does not have."""
    module = types.ModuleType("IPython.display")
    module.display = lambda *things, **options: [show(it) for it in things] and None
    module.HTML, module.Markdown = _HTML, _Markdown
    package = types.ModuleType("IPython")
    package.display, package.get_ipython = module, lambda: None
    package.version_info = (8, 0, 0)  # matplotlib asks
    sys.modules.update({"IPython": package, "IPython.display": module})
    if sys.platform == "emscripten":
        _mend_numpy()


def _mend_numpy() -> None:
    """What NumPy does on a desktop and not in WebAssembly, as far as answers meet it."""
    import numpy as np

    # Sizes have 32 bits there, and counting refuses the 64 bits of labels.
    count = np.bincount

    def bincount(x, *args, **kwargs):
        x = np.asarray(x)
        return count(x.astype(np.intp) if x.dtype.kind == "i" else x, *args, **kwargs)

    np.bincount = bincount
    # There are no flags that say that a number was too large.
    np.exp, np.log = _warning(np.exp, "overflow"), _warning(np.log, "divide by zero")


def _warning(ufunc, what: str) -> Callable:
    """The ufunc, as a function that warns of infinite results of finite numbers."""
    import numpy as np

    @functools.wraps(ufunc)
    def function(x, *args, **kwargs):
        result = ufunc(x, *args, **kwargs)
        if isinstance(result, (np.ndarray, np.generic)) and np.any(
            np.isinf(result) & np.isfinite(x)
        ):
            text = f"{what} encountered in {ufunc.__name__}"
            warnings.warn(text, RuntimeWarning, stacklevel=2)
        return result

    return function


def use_figures() -> None:
    """Once matplotlib is there: draw into pictures."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    pyplot.show = show_figures
    from groundup.plots import use_style

    use_style()
