"""Problems made of numbers: a kind makes one from a seed, with its worked way and its slips.

A kind is one function that draws a problem with numbers that can be done on paper::

    @kind("conv-size", chapter=5, title="The size that a filter leaves")
    def conv_size(rng):                     # a random.Random
        n, k = rng.randint(8, 32), rng.choice((3, 5))
        return Drawn(
            f"A filter of ${k} \\times {k}$ … how wide is the result?",
            n - k + 1,                      # a number, a tuple of numbers or a letter
            [f"It fits at $n - k + 1 = {n} - {k} + 1 = {n - k + 1}$ places."],
            [(n - k, "The first place counts, too: …")],
        )

A whole number must be hit exactly, any other to ``within``, which the prompt states. A slip whose
value cannot be told from the right one, or from an earlier slip's, is left out for that problem; a
drawing that keeps fewer than two is drawn again. The last step of the worked way ends in the
answer. A problem is a :class:`groundup.questions.question.Question` for a value, and is judged as
one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from groundup.practice.typed import TypedError, numbers
from groundup.questions import compare
from groundup.questions.judge import judge
from groundup.questions.outcome import NOT_ATTEMPTED, Outcome, Verdict
from groundup.questions.question import Question

Answer = int | float | str | tuple
_EXACT = 1e-9
_FEWEST = 2  # slips: with fewer the numbers hide what the problem is about


@dataclass(frozen=True)
class Drawn:
    """What a kind draws; the module says how its fields are used."""

    prompt: str
    answer: Answer
    steps: Sequence[str]
    slips: Sequence[tuple[Answer, str]]
    within: float = 0.0
    percent: bool = False


@dataclass(eq=False, kw_only=True)
class Problem(Question):
    """One problem; made by :meth:`Kind.problem`.

    ``answer`` is a number, a tuple of numbers, or a letter; ``steps`` are the worked way.
    """

    chapter: int
    answer: Answer
    steps: tuple[str, ...]
    percent: bool
    name: str = field(default="answer", init=False)
    form: str = field(default="value", init=False)

    def add_slips(self, slips: Sequence[tuple[Answer, str]]) -> None:
        """Keep the slips that can be told from the right answer and from each other."""
        taken = [self.answer]
        for value, message in slips:
            # As far apart as twice the tolerance: no number is within reach of both.
            if not any(compare.equal(value, it, rtol=0, atol=2.02 * self.atol) for it in taken):
                taken.append(value)
                self.slip(message)(lambda value=value: value)

    def read(self, text: str) -> Answer:
        """The answer in a reader's text.

        Raises
        ------
        TypedError
            When there is none of the form that is asked for.
        """
        if isinstance(self.answer, str):
            letter = text.strip().strip(".()").lower()
            if len(letter) != 1 or not letter.isalpha():
                raise TypedError("One letter is wanted, such as b.")
            return letter
        count = len(self.answer) if isinstance(self.answer, tuple) else None
        return numbers(text, count, percent=self.percent)

    def check(self, text: str) -> Verdict:
        """The verdict on a reader's text; what is no answer is not attempted yet."""
        try:
            value = self.read(text)
        except TypedError as error:
            return Verdict(NOT_ATTEMPTED, str(error))
        return judge(self, [()], [Outcome(value)], lambda make: [Outcome(make())])


@dataclass(frozen=True)
class Kind:
    """A kind of problem, such as the sizes that a filter leaves; made by :func:`kind`.

    Those of chapter 0 are for before the course; ``read`` says in Markdown where it is explained.
    """

    name: str
    chapter: int
    title: str
    draw: Callable[[random.Random], Drawn]
    read: str = ""

    def problem(self, seed: int) -> Problem:
        """The problem of a seed, the same on every machine."""
        rng = random.Random(f"{self.name} {seed}")
        while True:
            drawn = self.draw(rng)
            answer = drawn.answer
            made = Problem(
                id=f"{self.name}/{seed}",
                prompt=f"{drawn.prompt} {_wanted(drawn)}".rstrip(),
                stub="answer = ...",
                reference=lambda answer=answer: answer,
                rtol=0.0,
                atol=drawn.within or _EXACT,
                chapter=self.chapter,
                answer=answer,
                steps=tuple(drawn.steps),
                percent=drawn.percent,
            )
            hundred = [(100 * answer, "A share is wanted: is the sign % missing?")]
            made.add_slips([*drawn.slips, *(hundred if drawn.percent else [])])
            if len(made.slips) >= _FEWEST:
                return made


#: filled by importing :mod:`groundup.practice.kinds`
KINDS: dict[str, Kind] = {}


def kind(name: str, *, chapter: int, title: str, read: str = "") -> Callable:
    """Decorator that makes a :class:`Kind` of the function that draws it."""

    def register(draw: Callable[[random.Random], Drawn]) -> Kind:
        if name in KINDS:
            raise ValueError(f"there is a kind named {name!r} already")
        KINDS[name] = Kind(name, chapter, title, draw, read)
        return KINDS[name]

    return register


def _wanted(drawn: Drawn) -> str:
    """The sentence that says what form the answer has, and how near it must come."""
    several = isinstance(drawn.answer, tuple)
    if isinstance(drawn.answer, str):
        return "Answer with its letter."
    form = f"({len(drawn.answer)} numbers, with commas between them" if several else "("
    if drawn.percent:
        form += "; " if several else ""
        form += "a fraction, a decimal or in %"
    if drawn.within:
        form += f"{'; ' if form != '(' else ''}to within {drawn.within:g}"
    return f"{form})" if form != "(" else ""


# --- for those who write kinds: numbers, and how they are written in TeX ---


def n(x: float) -> str:
    """A number: whole numbers in full, others to six digits."""
    if isinstance(x, int) or x == int(x):
        return str(int(x))
    return f"{x:.6g}"


def signed(x: float) -> str:
    """A number as a factor or a later term: in brackets where it is negative."""
    return f"({n(x)})" if x < 0 else n(x)


def products(a: Sequence[float], b: Sequence[float]) -> str:
    """``a₁ · b₁ + a₂ · b₂ + …``"""
    return " + ".join(rf"{signed(x)} \cdot {signed(y)}" for x, y in zip(a, b, strict=True))


def row(values: Sequence[float]) -> str:
    """``(1, -2, 0.5)``"""
    return f"({', '.join(map(n, values))})"


def matrix(rows: Sequence[Sequence[float]]) -> str:
    inner = r" \\ ".join(" & ".join(map(n, line)) for line in rows)
    return rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}"


def whole(rng: random.Random, count: int, low: int = -3, high: int = 4) -> list[int]:
    """Whole numbers of which none is 0."""
    return [rng.choice([x for x in range(low, high + 1) if x]) for _ in range(count)]
