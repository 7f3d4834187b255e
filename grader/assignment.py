"""How an assignment is written: one Python module in ``coursework/``, from which all else comes.

The module holds text for the student and, as plain functions beside it, the worked solutions, the
inputs of the hidden checks and known slips. A notebook with markers around its solutions would
be nearer to nbgrader's habit; but there a misspelt marker publishes what it was to hide.
Here nothing that is a function's body ever enters a released notebook, and ruff, a diff and a test
read the solutions as they read any code.

::

    work = Assignment("a1", title="…", chapter=1, minutes=90, goals=("…",))

    @work.variant                       # what differs from student to student
    def variant(rng):
        return {"slope": float(rng.choice([0.05, 0.1, 0.2]))}

    work.text("## The task …")          # Markdown; <<slope>> becomes the student's number
    work.code("X = np.array(<<X>>)")    # code that the student is given

    @work.question("leak", points=…, prompt="…", stub="…", tests="…")
    def leaky(z, *, v):                   # the worked solution; v holds the student's variant
        return np.where(z > 0, z, v.slope * z)

    @leaky.check("ordinary numbers", points=3)      # a hidden check: its inputs, as in exercises
    def _(rng, v):
        return [(rng.normal(size=4),)]

    @leaky.slip("Negative inputs give 0: the slope is lost.")      # named in feedback and report
    def no_leak(z, *, v):
        return np.maximum(z, 0)

    work.exercise("1.6", points=4)      # one of the course's exercises, with its slips

    work.by_hand("why", points=4, prompt="…", rubric="…", answer="…")

A question's stub defines the solution's name: ``def leaky(z):`` for a function, ``leaky = ...``
for a value, whose solution takes no argument but ``v``. In the worked solution that the instructor
sees, ``v.slope`` is replaced by the student's number.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import importlib.util
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from grader import runner
from groundup.questions import text
from groundup.questions.examine import cases_of
from groundup.questions.question import Exercise, Question, get

_ROLE = re.compile(r"\{\w+\}`")
_HOLE = re.compile(r"<<(\w+)(?::([^<>]+))?>>")


@dataclass(frozen=True)
class Check:
    """A hidden check: all its cases right earns its points, else nothing."""

    name: str
    points: int
    cases: Callable


@dataclass(eq=False, kw_only=True)
class GradedQuestion(Question):
    """A coding question; ``tests`` are the asserts that the student sees.

    Its functions take a student's variant as ``v``, and its judge, where several results will do,
    is ``judge(answer, case, v)``; it never sees more of an answer than numbers, texts and arrays.
    """

    tests: str
    checks: list[Check] = field(default_factory=list, init=False)
    #: whether numbers and lists reach the answer as such, else as arrays
    as_given: bool = field(default=False, init=False)
    #: whether a RuntimeWarning of NumPy is an error
    warnings_raise: bool = field(default=False, init=False)

    def __post_init__(self):
        self.prompt, self.stub, self.tests = (
            textwrap.dedent(text).strip() for text in (self.prompt, self.stub, self.tests)
        )
        self.name = self.reference.__name__
        # No Python yet, where holes are in it for what differs from student to student.
        value = re.search(rf"^{self.name} *=", self.stub, re.MULTILINE)
        self.form = "value" if value else "function"

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)

    def check(self, name: str, *, points: int) -> Callable:
        """Decorator: ``cases(rng, v)`` gives the tuples of arguments of one hidden check."""

        def register(cases: Callable) -> Callable:
            self.checks.append(Check(name, points, cases))
            return cases

        return register

    def value(self, name: str, *, points: int) -> None:
        """The one check of a question for a value: it must be the solution's."""
        self.checks.append(Check(name, points, lambda rng, v: [()]))

    def call(self, make: Callable, case: tuple, v):
        """What one of our own answers gives for a case."""
        return make(*case, v=v)

    def solution(self, v: SimpleNamespace) -> str:
        """The worked solution as a student would write it, with the variant's values in it."""
        name = self.name if self.form == "value" else None
        return text.solution(self.reference, value=name, variant=v)


class TakenExercise(GradedQuestion):
    """One of the course's exercises as a graded question; its functions take no variant.

    The student's own asserts try the first input of the exercise's own; the hidden check draws
    the inputs anew for each student.
    """

    def __init__(self, it: Exercise, *, points: int, prompt: str | None, seconds: float):
        prompt = it.prompt if prompt is None else prompt
        if problem := _cannot_be_graded(it, prompt):
            raise ValueError(f"exercise {it.id} cannot be graded: {problem}")
        texts = {"prompt": prompt, "stub": it.stub, "tests": _example(it)}
        super().__init__(
            id=f"exercise-{it.id.replace('.', '-')}",
            reference=it.reference,
            time_limit=seconds,
            **texts,
        )
        self.exercise, self.rtol, self.atol = it, it.rtol, it.atol
        self.slips, self.others = it.slips, it.others
        self.as_given, self.warnings_raise = True, it.forbid_warnings
        if self.form == "value":
            self.value("the value", points=points)
        else:
            self.check("inputs of your own", points=points)(lambda rng, v: list(it.cases(rng)))

    def call(self, make: Callable, case: tuple, v):
        return make(*case)

    def solution(self, v: SimpleNamespace) -> str:
        return self.exercise.solution


def _cannot_be_graded(it: Exercise, prompt: str) -> str:
    """Why an exercise cannot be judged by numbers and texts alone; "" where it can."""
    if it.judged_by or it.run:
        return "its judge must see the answer itself, and no answer of a student's runs outside"
    if it.form == "class":
        return "a class is asked for"
    if _ROLE.search(prompt):
        return "its prompt points to an equation of the chapter; give prompt=, with the formula"
    try:
        for case in cases_of(it):
            runner.encode(case)
    except TypeError:
        return "its inputs are functions, which cannot be sent into the sandbox"
    return ""


def _example(it: Exercise) -> str:
    """Asserts on the first input of an exercise, which its chapter's checker shows too."""
    if it.form == "value":
        return f"assert {it.name} is not ..."
    case = cases_of(it)[0]
    given = ", ".join(map(text.literal, case))
    wanted = it.reference(*copy.deepcopy(case))
    if isinstance(wanted, (tuple, list)):
        return (
            f"for got, want in zip({it.name}({given}), {text.literal(wanted)}, strict=True):\n"
            f"    assert np.allclose(got, want)"
        )
    return f"assert np.allclose({it.name}({given}), {text.literal(wanted)})"


@dataclass(eq=False)
class ByHand:
    """A question answered in words, and graded by a person with the rubric."""

    id: str
    points: int
    prompt: str
    rubric: str
    answer: str


@dataclass(frozen=True)
class Given:
    """A cell that every student gets as it is: Markdown or code."""

    id: str
    kind: str  # "markdown" or "code"
    source: str


@dataclass(eq=False)
class Assignment:
    """One assignment; its ``parts`` are the cells and questions in their order.

    ``minutes`` is the working time asked of a student; ``goals`` what it teaches; ``imports`` the
    first code cell; ``cell_seconds`` how long one cell may run when graded, ``start_seconds`` what
    a slow machine may need beside the cells, for starting Python and importing.
    """

    id: str
    title: str
    chapter: int
    minutes: int
    goals: tuple[str, ...]
    imports: str = "import numpy as np"
    cell_seconds: float = 20.0
    start_seconds: float = 60.0
    parts: list = field(default_factory=list)
    path: Path | None = None
    _variant: Callable | None = None

    def variant(self, make: Callable) -> Callable:
        """Decorator: ``make(rng)`` gives a dictionary, the student's variant."""
        self._variant = make
        return make

    def text(self, source: str) -> None:
        """A Markdown cell."""
        self._give("markdown", source)

    def code(self, source: str) -> None:
        """A code cell that the student is given."""
        self._give("code", source)

    def given(self, function: Callable) -> Callable:
        """Decorator: the function's source is given to the student as a code cell."""
        self._give("code", text.source_of(function))
        return function

    def _give(self, kind: str, source: str) -> None:
        number = sum(isinstance(part, Given) for part in self.parts) + 1
        self.parts.append(Given(f"given-{number}", kind, textwrap.dedent(source).strip()))

    def question(
        self,
        id: str,
        *,
        prompt: str,
        stub: str,
        tests: str,
        seconds: float = 10.0,
    ) -> Callable[[Callable], GradedQuestion]:
        """Decorator that makes a :class:`GradedQuestion` of its worked solution.

        ``tests`` are the asserts that the student sees; ``seconds`` is the time for all hidden
        checks together.
        """

        def register(reference: Callable) -> GradedQuestion:
            texts = {"prompt": prompt, "stub": stub, "tests": tests}
            question = GradedQuestion(id=id, reference=reference, time_limit=seconds, **texts)
            self.parts.append(question)
            return question

        return register

    def exercise(
        self, id: str, *, points: int, prompt: str | None = None, seconds: float = 10.0
    ) -> TakenExercise:
        """One of the course's exercises, such as ``work.exercise("1.6", points=4)``.

        Its hidden inputs are drawn for each student. ``prompt`` stands for the exercise's own,
        which may point to an equation of its chapter.

        Raises
        ------
        ValueError
            When it cannot be graded; the sentence says why.
        """
        question = TakenExercise(get(id), points=points, prompt=prompt, seconds=seconds)
        self.parts.append(question)
        return question

    def by_hand(self, id: str, *, points: int, prompt: str, rubric: str, answer: str) -> None:
        """A question that a person grades; ``answer`` is what full marks look like."""
        texts = (textwrap.dedent(text).strip() for text in (prompt, rubric, answer))
        self.parts.append(ByHand(id, points, *texts))

    @property
    def questions(self) -> list[GradedQuestion]:
        return [part for part in self.parts if isinstance(part, GradedQuestion)]

    def question_of(self, id: str) -> GradedQuestion:
        """The question of this id."""
        return next(question for question in self.questions if question.id == id)

    @property
    def manual(self) -> list[ByHand]:
        return [part for part in self.parts if isinstance(part, ByHand)]

    @property
    def points(self) -> int:
        return sum(part.points for part in [*self.questions, *self.manual])

    @property
    def seconds(self) -> float:
        """The longest that grading one submission may take before it is stopped."""
        return (
            self.start_seconds
            + 2 * self.cell_seconds
            + 2 * sum(question.time_limit for question in self.questions)  # each may be asked again
        )

    @functools.cached_property
    def version(self) -> str:
        """A hash of the sources: results of another version are not reused."""
        paths = [self.path] if self.path else []
        for question in self.questions:
            if isinstance(question, TakenExercise):
                paths.append(Path(inspect.getfile(question.reference)))
        return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()

    def variant_of(self, student: str, key: str) -> SimpleNamespace:
        """The variant of one student: always the same for the same id and the same key."""
        rng = _rng(key, self.id, student, "variant")
        return SimpleNamespace(**(self._variant(rng) if self._variant else {}))

    def cases_of(
        self, question: GradedQuestion, check: Check, student: str, key: str
    ) -> list[tuple]:
        """The inputs of a hidden check for one student."""
        rng = _rng(key, self.id, student, question.id, check.name)
        return check.cases(rng, self.variant_of(student, key))


def _rng(*words: str) -> np.random.Generator:
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))


def fill(template: str, v: SimpleNamespace) -> str:
    """The template with ``<<name>>`` and ``<<name:.2f>>`` replaced by the variant's values.

    Raises
    ------
    ValueError
        When the variant has no such name.
    """

    def replace(match: re.Match) -> str:
        name, form = match.groups()
        if not hasattr(v, name):
            raise ValueError(f"the text names <<{name}>>, and the variant has {sorted(vars(v))}")
        value = getattr(v, name)
        if form:
            return format(value, form)
        return value if isinstance(value, str) else text.literal(value)

    return _HOLE.sub(replace, template)


# --- finding assignments ---

SOURCES = Path(__file__).resolve().parents[1] / "coursework"


def names(folder: Path = SOURCES) -> list[str]:
    """The ids of the assignments in a folder: the names of its modules, in order."""
    found = (path.stem for path in folder.glob("*.py"))
    # Neither what begins with _ nor a copy, as JupyterLab and file managers call it.
    return sorted(name for name in found if not re.search(r"^_|-Copy\d*$|\s", name))


def load(id: str, folder: Path = SOURCES) -> Assignment:
    """The assignment of this id, from ``folder/id.py``, which binds it to the name ``work``.

    Raises
    ------
    ValueError
        When there is none; the sentence says which there are.
    """
    if id not in names(folder):
        raise ValueError(f"there is no assignment {id!r}; there are {', '.join(names(folder))}")
    return _load(folder.resolve() / f"{id}.py")


@functools.cache
def _load(path: Path) -> Assignment:
    spec = importlib.util.spec_from_file_location(f"coursework_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.work.path = path
    if module.work.id != path.stem:
        raise ValueError(f"{path.name} holds assignment {module.work.id!r}; rename one of them")
    return module.work
