"""Quizzes: read from one YAML file a chapter, shown as plain HTML that needs no script.

Format of ``quizzes/chapterN.yml``::

    chapter: 1
    questions:
      - id: 1.q1                       # chapter, "q", number; never reused
        question: "Markdown, $maths$ allowed"
        options:                       # two to eight; exactly one right …
          - {text: "…", right: true, reason: "why it is right"}
          - {text: "…", reason: "why it is not: each option has its own reason"}
      - id: 1.q2
        several: true                  # … unless several may be right
        question: "Which of these …?"  # the page adds that more than one may be right
        options: […]
    warmup: [1.q2, 1.q5, 2.q1]         # three questions of earlier chapters (chapters ≥ 2)

Put texts in single quotes where they hold maths, a colon or a backtick (``'$\\sigma$'``): in double
quotes a backslash must be written twice. An apostrophe in single quotes is written twice (``''``).
Options are shown in an order that the question's id decides, so the right one may always stand
first in the file; no option should speak of another by its place. A question may be a few
paragraphs; an option should be one line.
"""

from __future__ import annotations

import html
import random
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from groundup.questions.show import box, notice, show, to_html, to_inline_html

FOLDER = Path(__file__).parents[1] / "exercises" / "quizzes"
_KEYS = {
    "file": {"chapter", "questions", "warmup"},
    "question": {"id", "question", "options", "several"},
    "option": {"text", "right", "reason"},
}


class QuizError(ValueError):
    """A quiz file breaks the format; the message names the file, the question and the rule."""


@dataclass(frozen=True)
class Option:
    text: str
    right: bool
    reason: str


def lettered(options: Iterable[Option]) -> dict[str, Option]:
    """Options by their letters, from a on."""
    return dict(zip(string.ascii_lowercase, options, strict=False))


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    options: tuple[Option, ...]
    several: bool

    @property
    def chapter(self) -> int:
        return int(self.id.split(".")[0])


@dataclass(frozen=True)
class Quiz:
    chapter: int
    questions: tuple[Question, ...]
    warmup: tuple[str, ...]


def quiz(n: int) -> None:
    """Show the quiz of chapter ``n``: unfold an option to see whether and why it is right."""
    _show(n, lambda: load(n).questions)


def warmup(n: int) -> None:
    """Show the warm-up of chapter ``n``: questions of earlier chapters."""
    _show(n, lambda: warmup_questions(n))


def numbers() -> list[int]:
    """The chapters that have a quiz."""
    found = (re.fullmatch(r"chapter(\d+)", file.stem) for file in FOLDER.glob("*.yml"))
    return sorted(int(match[1]) for match in found if match)


def load(n: int) -> Quiz:
    """The quiz of chapter ``n``.

    Raises
    ------
    QuizError
        When there is none, or it breaks the format.
    """
    file = FOLDER / f"chapter{n}.yml"
    if not isinstance(n, int) or not file.exists():
        raise QuizError(f"there is no quiz for chapter {n!r}; there are {numbers()}")
    return parse(file.read_text(encoding="utf-8"), file.name, n)


def warmup_questions(n: int) -> tuple[Question, ...]:
    """The questions that the warm-up of chapter ``n`` takes from earlier chapters."""
    found = []
    for id in load(n).warmup:
        chapter = int(id.split(".")[0])
        if chapter >= n:
            raise QuizError(f"chapter{n}.yml: warmup takes from earlier chapters only; got {id!r}")
        same = [question for question in load(chapter).questions if question.id == id]
        if not same:
            raise QuizError(f"chapter{n}.yml: warmup names {id!r}; chapter{chapter}.yml lacks it")
        found += same
    return tuple(found)


# --- reading ---


def parse(text: str, name: str, n: int) -> Quiz:
    """A quiz from YAML text; ``name`` is the file's, for messages, ``n`` the chapter's number."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise QuizError(f"{name} is no YAML: {' '.join(str(error).split())}") from None
    _check_keys(data, "file", name)
    if data.get("chapter") != n:
        raise QuizError(f"{name}: chapter must be {n}; got {data.get('chapter')!r}")
    raw = data.get("questions")
    if not isinstance(raw, list) or not raw:
        raise QuizError(f"{name}: questions must be a list with at least one question")
    questions = tuple(_question(item, name, n) for item in raw)
    ids = [question.id for question in questions]
    for id in ids:
        if ids.count(id) > 1:
            raise QuizError(f"{name}: id {id!r} is given twice")
    warm = data.get("warmup") or []
    if not isinstance(warm, list) or not all(re.fullmatch(r"\d+\.q\d+", str(id)) for id in warm):
        raise QuizError(f"{name}: warmup must be a list of ids such as 1.q2; got {warm!r}")
    return Quiz(n, questions, tuple(warm))


def _question(data, name: str, n: int) -> Question:
    where = f"{name}, question {data.get('id') if isinstance(data, dict) else data!r}"
    _check_keys(data, "question", where)
    id = data.get("id")
    if not isinstance(id, str) or not re.fullmatch(rf"{n}\.q\d+", id):
        raise QuizError(f"{where}: id must be such as {n}.q1")
    several = data.get("several", False)
    if not isinstance(several, bool):
        raise QuizError(f"{where}: several must be true or false; got {several!r}")
    raw = data.get("options")
    if not isinstance(raw, list) or not 2 <= len(raw) <= 8:
        raise QuizError(f"{where}: options must be a list of two to eight")
    options = tuple(_option(item, f"{where}, option {i}") for i, item in enumerate(raw, start=1))
    right = sum(option.right for option in options)
    if right == 0 or (right > 1 and not several):
        wanted = "at least one option" if several else "exactly one option, or several: true"
        raise QuizError(f"{where}: {wanted} must be right; got {right}")
    if len({option.text for option in options}) < len(options):
        raise QuizError(f"{where}: two options have the same text")
    shuffled = random.Random(id).sample(options, len(options))
    return Question(id, _text(data, "question", where), tuple(shuffled), several)


def _option(data, where: str) -> Option:
    _check_keys(data, "option", where)
    right = data.get("right", False)
    if not isinstance(right, bool):
        raise QuizError(f"{where}: right must be true or false; got {right!r}")
    return Option(_text(data, "text", where), right, _text(data, "reason", where))


def _text(data: dict, key: str, where: str) -> str:
    value = data.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)  # an option such as 23
    if not isinstance(value, str) or not value.strip():
        raise QuizError(f"{where}: {key} must be a text; got {value!r}")
    return value.strip()


def _check_keys(data, kind: str, where: str) -> None:
    if not isinstance(data, dict):
        raise QuizError(f"{where}: a {kind} must be a mapping; got {data!r}")
    if unknown := sorted(map(str, data.keys() - _KEYS[kind])):
        raise QuizError(f"{where}: unknown key {unknown[0]!r}; known are {sorted(_KEYS[kind])}")


# --- showing ---


def _show(n, questions) -> None:
    try:
        found = questions()
    except QuizError as error:
        notice("The quiz cannot be shown", str(error))
        return
    show(as_text(found), as_html(found))


def as_text(questions: tuple[Question, ...]) -> str:
    """The questions and their options, without answers, for where HTML is not shown."""
    lines = []
    for number, question in enumerate(questions, start=1):
        lines.append(f"{number}. {question.text}")
        lines += [f"   - {option.text}" for option in question.options]
    return "\n".join(lines)


def as_html(questions: tuple[Question, ...]) -> str:
    """Each question as a group of options; an option unfolds to its verdict and its reason."""
    return box("".join(_question_html(i, q) for i, q in enumerate(questions, start=1)))


def _question_html(number: int, question: Question) -> str:
    note = "<p><em>More than one option may be right.</em></p>" if question.several else ""
    options = "".join(
        f'<details style="margin:0.3em 0"><summary style="cursor:pointer">'
        f"{letter}) {to_inline_html(option.text)}</summary>"
        f'<div style="margin:0.2em 0 0.6em 1.2em">{_verdict(option)}</div></details>'
        for letter, option in lettered(question.options).items()
    )
    return (
        f'<div role="group" aria-label="Question {number}" '
        f'data-question="{html.escape(question.id)}" '
        f'style="margin:0 0 1.2em"><div><strong>Question {number}.</strong> '
        f"{to_html(question.text)}</div>{note}{options}</div>"
    )


def _verdict(option: Option) -> str:
    word = "Right." if option.right else "Not right."
    return to_html(f"**{word}** {option.reason}")
