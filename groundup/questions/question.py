"""Questions: what all of them have, how exercises are written, and where they are kept.

An exercise is written once, as one decorated function in ``groundup/exercises/chapterN.py``. The
prompt, the stub in the notebook, the checker, its known slips and the worked solution in the book
all come from there, so they cannot drift apart.

Writing an exercise
-------------------
::

    import numpy as np
    from groundup.questions.question import exercise
    from groundup.scratch import sigmoid

    @exercise(
        "1.3",
        title="A layer",
        prompt='''Write `layer(X, W, b)`: … Markdown for the reader, `$maths$` allowed …''',
        stub='''
            def layer(X, W, b):
                return ...  # your code
            ''',
        hints=("first, gentle", "second, nearer", "third, almost there"),
        cases=lambda rng: [                       # tuples of arguments, smallest first
            (np.array([[0.5, 1.0]]), np.eye(2), np.zeros(2)),
            *((rng.normal(size=(n, 2)), rng.normal(size=(2, k)), rng.normal(size=k))
              for n, k in [(1, 3), (4, 2), (7, 5)]),
            (np.full((2, 2), 1e3), np.eye(2), np.zeros(2)),      # extremes last
        ],
    )
    def layer(X, W, b):          # the reference: its source is the worked solution in the book
        return sigmoid(X @ W + b)

    @layer.slip("Each row of `X` meets the rows of `W` here, not its columns: look at the shapes.")
    def transposed(X, W, b):
        return sigmoid(X @ W.T + b)

    @layer.also_right            # another right way of writing it; a test proves that it passes
    def with_loops(X, W, b):
        return [[sigmoid(sum(x[i] * W[i, j] for i in range(len(x))) + b[j])
                 for j in range(len(b))] for x in X]

**What the learner hands in** follows from the stub's last definition, whose name must also be the
reference's name:

* ``def name(...)`` — a function. The reference is that function.
* ``name = ...`` — a value (number, array, list, tuple, choice such as ``"b"``, a model). The
  reference is a function *without arguments* that computes the right value; slips and other right
  answers are functions without arguments too. In the book the solution is that function's body
  with its last ``return value`` turned into ``name = value``: it must end in one plain ``return``.
* ``class name`` — a class. The reference is that class.

Stubs hold ``...`` where the learner writes, and must run: a stub may return or assign ``...``, or
be a whole broken program to repair, or assign a constant to be replaced. A stub handed in as it is
gets "not attempted yet", in each of these forms; so does a function that returns ``...``, or a
value that is or contains ``...``.

**How it is judged**

1. *By comparison* (the default). A function is run on every case, on deep copies, beside the
   reference; a value is compared with the reference's. ``run=lambda answer, *case: …`` says how to
   get from the answer to what is compared, where that is not ``answer(*case)``: needed for classes,
   useful for models (``run=lambda model, X: model(X)``) and for functions that work in place.
   All cases equal → right. Otherwise the first slip that gives the *same outputs as the answer* on
   all cases names the mistake (raising the same type of exception counts as the same output).
   Otherwise the difference is described: an exception before a remark on shapes, and a relation
   ("twice what is wanted") only where it holds on every case that differs.
2. *By a judge*, for training runs, models and repaired programs: behaviour is looked at::

       @train.judge
       def judge(answer, rng):              # rng: numpy Generator, seeded by the exercise's id
           model = answer(X, y)             # may simply raise, loop or print: it is guarded
           if loss_of(model) > 0.6:
               return "no_zero_grad"        # the name of a slip: its message is shown
           if accuracy(model) < 0.99:
               return "On 1 000 new points the network is right in fewer than 99 % of cases …"
           return None                      # right

   A judge returns None (right), a slip's name, or a sentence. Slips of judged exercises are wrong
   answers in the same form as the reference; a test runs the judge on each, and the judge must
   return that slip's name (or its message).

**Slips**: ``@layer.slip(message)``, at least 4 for a coding exercise, each a wrong answer that a
learner would write. The message says what differs and what to look at, in one to three plain
sentences; it never shows the solution. Backticks and ``$maths$`` are allowed. The engine adds the
smallest failing input itself. For values ``parameters.slip("…")(lambda: 20)`` is enough. Slips and
other right answers may share names across exercises only in different modules; within a module
prefix them (``layer_transposed``). A judge refers to a slip by its function's name or by
``slip("…", name="no_zero_grad")``.

Options of :func:`exercise`
---------------------------
``rtol=1e-6, atol=1e-9``
    Tolerances of the comparison. For float32 answers they are loosened to 1e-4 and 1e-5 times the
    largest wanted number.
``time_limit=5.0``
    Seconds for the whole answer, then it is stopped and told so. Think of slow machines.
``trains=False``
    True for training exercises: the limit becomes 120 s (unless given) and a progress bar shows.
``forbid_warnings=False``
    True: a RuntimeWarning of NumPy (overflow in exp, log of 0) is treated as an exception of type
    RuntimeWarning, so that a slip that overflows can be named.
``float32=True``
    False where single precision cannot give the right answer (finite differences, complex steps):
    the test then leaves out the float32 variant.
``coding=True``
    False for choices and numbers to be worked out on paper: these need one slip, not four, and no
    ``also_right``.
``explain=""``
    Markdown that follows the code in the worked solution.

Rules that tests enforce: ids ``"chapter.number"`` without gaps, in the order of the file; exactly
three hints; reference and ``also_right`` pass; stub "not attempted"; every slip is refused with its
own message; no message holds a line of the solution; float32 and lists pass (functions compared).
Cases must not need the network, and a check of a function should take far less than 2 s.
A chapter's module must be importable without PyTorch, in the book's pages: ``torch, nn =
Later("torch"), Later("torch.nn")`` at its top, from :mod:`groundup.later`.

Quizzes
-------
One YAML file a chapter, ``quizzes/chapterN.yml``; see :mod:`groundup.questions.quiz`.

From tools
----------
``all_exercises()``, ``get("1.3")``, ``prompt_cell("1.3")``, ``stub_cell("1.3")``,
``solution_code("1.3")`` (what a learner would type into the stub), ``solution_markdown("1.3")``
(what the book folds away), and ``examine("1.3", answer)`` in
:mod:`groundup.questions.examine`, which returns a verdict and displays nothing.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from groundup.questions.text import definition, last_definition, plain, solution, typed_in

#: the package whose modules ``chapterN`` hold the exercises
CONTENT = "groundup.exercises"
_ID = re.compile(r"[1-9]\d*\.[1-9]\d*")
_REGISTRY: dict[str, Exercise] = {}


@dataclass(frozen=True)
class Slip:
    """A known mistake: ``make`` is the wrong answer (for values: a function that computes it)."""

    name: str
    make: Callable
    message: str


@dataclass(eq=False, kw_only=True)
class Question:
    """What an exercise and a question of graded work have in common; calling it calls the solution.

    ``form`` is "function", "class" or "value": what the answer is, by the name ``name``.
    ``others`` are other right answers; ``judged_by`` the judge, where results are not compared.
    """

    id: str
    prompt: str
    stub: str
    reference: Callable
    name: str = field(init=False)
    form: str = field(init=False)
    rtol: float = 1e-6
    atol: float = 1e-9
    time_limit: float | None = None
    slips: list[Slip] = field(default_factory=list, init=False)
    others: list[Callable] = field(default_factory=list, init=False)
    judged_by: Callable | None = field(default=None, init=False)

    def __call__(self, *args, **kwargs):
        return self.reference(*args, **kwargs)

    @property
    def parameters(self) -> list[str]:
        """Names for the arguments of a case."""
        names = []
        if self.form != "value":
            of_all = inspect.signature(self.reference).parameters.values()
            names = [p.name for p in of_all if p.kind is not p.KEYWORD_ONLY]
        return [*names, *(f"argument {i + 1}" for i in range(len(names), 20))]

    def slip(self, message: str, *, name: str | None = None) -> Callable:
        """Decorator: a wrong answer that a learner would write, and what it is told."""
        message = plain("message", message)

        def register(make: Callable) -> Callable:
            label = name or make.__name__
            if label == "<lambda>":
                label = f"slip_{len(self.slips) + 1}"
            if any(label == slip.name for slip in self.slips):
                raise ValueError(f"question {self.id} has two slips named {label!r}")
            self.slips.append(Slip(label, make, message))
            return make

        return register

    def also_right(self, make: Callable) -> Callable:
        """Decorator: another right answer, which must pass."""
        self.others.append(make)
        return make

    def judge(self, function: Callable) -> Callable:
        """Decorator: ``function`` returns None (right), a slip's name or a sentence."""
        self.judged_by = function
        return function


@dataclass(eq=False, kw_only=True)
class Exercise(Question):
    """One exercise; made by :func:`exercise`, whose options are its fields.

    Since calling it calls the reference, a chapter module can build on its own exercises.
    """

    title: str
    hints: tuple[str, str, str]
    cases: Callable | None = None
    run: Callable | None = None
    trains: bool = False
    forbid_warnings: bool = False
    float32: bool = True
    coding: bool = True
    explain: str = ""

    def __post_init__(self):
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ValueError(f"id must be 'chapter.number' such as '2.3'; got {self.id!r}")
        if len(self.hints) != 3 or isinstance(self.hints, str):
            raise ValueError(f"hints of exercise {self.id} must be three; got {len(self.hints)}")
        if ":::" in self.prompt:
            raise ValueError(
                f"prompt of exercise {self.id} must not hold ':::', which ends its box"
            )
        self.title = plain("title", self.title)
        self.hints = tuple(plain("hints", hint) for hint in self.hints)
        self.prompt, self.explain = (
            textwrap.dedent(text).strip() for text in (self.prompt, self.explain)
        )
        self.stub = textwrap.dedent(self.stub).strip() + "\n"
        self.time_limit = self.time_limit or (120.0 if self.trains else 5.0)
        try:
            self.name, self.form = last_definition(self.stub)
        except ValueError as error:
            raise ValueError(f"stub of exercise {self.id} {error}") from None
        if self.reference.__name__ != self.name:
            raise ValueError(
                f"the reference of exercise {self.id} must be named {self.name!r} as in the stub; "
                f"got {self.reference.__name__!r}"
            )

    @property
    def chapter(self) -> int:
        return int(self.id.split(".")[0])

    @property
    def parameters(self) -> list[str]:
        """Names for the arguments of a case; where there is ``run``, its own after the answer."""
        if self.run is None:
            return super().parameters
        names = list(inspect.signature(self.run).parameters)[1:]
        return [*names, *(f"argument {i + 1}" for i in range(len(names), 20))]

    @property
    def stub_value(self):
        """What the stub of a value assigns, where it is a plain constant; else None."""
        try:
            return ast.literal_eval(definition(self.stub, self.name).value)
        except ValueError:
            return None

    @property
    def solution(self) -> str:
        """The worked solution; of a value the lines that end in ``name = …``."""
        try:
            return solution(self.reference, value=self.name if self.form == "value" else None)
        except ValueError as error:
            raise ValueError(f"the reference of exercise {self.id} {error}") from None

    def answer(self, make: Callable):
        """What a learner would hand in: ``make`` itself, or for values what it computes."""
        return make() if self.form == "value" else make


def exercise(id: str, **options) -> Callable[[Callable], Exercise]:
    """Decorator that makes an :class:`Exercise` of its reference; the module says how.

    Raises
    ------
    ValueError, TypeError
        When the exercise is badly made: the sentence names the argument.
    """

    def register(reference: Callable) -> Exercise:
        made = Exercise(id=id, reference=reference, **options)
        known = _REGISTRY.get(id)
        if known is not None and known.reference.__module__ != reference.__module__:
            raise ValueError(f"id {id} is already taken by {known.reference.__module__}")
        if known is not None and known.name != made.name:
            raise ValueError(f"id {id} is given twice in {reference.__module__}")
        _REGISTRY[id] = made
        return made

    return register


# --- the registry ---


def chapters() -> list[int]:
    """Numbers of the chapters that have a module of exercises here."""
    package = importlib.import_module(CONTENT)
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(int(name[7:]) for name in names if re.fullmatch(r"chapter\d+", name))


def all_exercises(chapter: int | None = None) -> list[Exercise]:
    """All exercises, or one chapter's, in order; imports what it needs."""
    for number in chapters() if chapter is None else [chapter]:
        _load(number)
    found = [e for e in _REGISTRY.values() if chapter is None or e.chapter == chapter]
    return sorted(found, key=lambda e: tuple(map(int, e.id.split("."))))


def get(id: str) -> Exercise:
    """The exercise with this id.

    Raises
    ------
    TypeError, ValueError
        When the id is no text or there is no such exercise; the sentence says which there are.
    """
    if not isinstance(id, str):
        raise TypeError(f'the exercise\'s number is written in quotes, such as "2.3"; got {id!r}')
    if _ID.fullmatch(id) and id not in _REGISTRY:
        _load(int(id.split(".")[0]))
    if id not in _REGISTRY:
        chapter = id.split(".")[0]
        there = [e.id for e in all_exercises(int(chapter))] if chapter.isdecimal() else []
        which = f"chapter {chapter} has {', '.join(there)}" if there else "chapters are 1, 2, 3 …"
        raise ValueError(f"there is no exercise {id!r}; {which}")
    return _REGISTRY[id]


def _load(chapter: int) -> None:
    name = f"{CONTENT}.chapter{chapter}"
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:  # a chapter that is missing is no error; one that fails is
            raise


# --- texts for notebooks and book ---


def prompt_cell(id: str) -> str:
    """Markdown of the notebook's prompt cell."""
    it = get(id)
    label = f"ex-{id.replace('.', '-')}"
    return f":::{{exercise}} {it.title}\n:label: {label}\n\n{it.prompt}\n:::"


def stub_cell(id: str) -> str:
    """Source of the notebook's stub cell: the stub, then the check."""
    it = get(id)
    return _with_check(it, it.stub)


def solution_code(id: str) -> str:
    """The stub with the worked solution typed into it; without the check."""
    it = get(id)
    return typed_in(it.stub, it.name, it.solution)


def solved_cell(id: str) -> str:
    """Source of the stub cell once it is solved: the solution, then the check."""
    return _with_check(get(id), solution_code(id))


def solution_markdown(id: str) -> str:
    """The worked solution for the book: a code block, and the explanation where there is one."""
    it = get(id)
    block = f"```python\n{it.solution}\n```"
    return f"{block}\n\n{it.explain}" if it.explain else block


def _with_check(it: Exercise, code: str) -> str:
    gap = "\n\n" if it.form == "value" else "\n\n\n"
    return f'{code.rstrip()}{gap}check("{it.id}", {it.name})'
