"""Ten minutes of practice: what is asked, as HTML and text, and what comes of an answer.

The book's page and the notebook's :func:`practice` both ask here; neither keeps anything else than
the histories, which lie in the reader's progress.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

import groundup.practice.kinds  # noqa: F401  they register themselves
from groundup.practice import choose
from groundup.practice.problem import KINDS, Problem
from groundup.questions import quiz
from groundup.questions.outcome import NOT_ATTEMPTED, RIGHT, WRONG, Verdict

_MINUTES = {"problem": 1.5, "quiz": 0.75, "ready": 0.75}
#: Why something is asked, for the reader.
WHY = {
    "new": "new: not asked before",
    "missed": "missed when it was last asked, {days} ago",
    "learning": "right when it was last asked, {days} ago",
    "stuck": "missed three times; perhaps read chapter {chapter} first",
    "known": "known; last asked {days} ago",
    "ready": "chapter 1 takes it for granted",
}


@dataclass(frozen=True)
class Asked:
    """A question of today: a problem, or a quiz question with its options in today's order."""

    id: str
    title: str
    chapter: int
    text: str
    options: tuple[quiz.Option, ...] = ()
    several: bool = False
    problem: Problem | None = None

    @property
    def where(self) -> str:
        """Where it belongs, in words."""
        return f"Chapter {self.chapter}" if self.chapter else "Before chapter 1"

    @property
    def lettered(self) -> dict[str, quiz.Option]:
        """The options by their letters, in today's order."""
        return quiz.lettered(self.options)

    def check(self, text: str) -> Verdict:
        """The verdict on a number, or on the letters of options."""
        if self.problem:
            return self.problem.check(text)
        chosen = {letter for letter in text.lower() if letter.isalpha()}
        known = self.lettered
        if not chosen or not chosen <= known.keys() or (len(chosen) > 1 and not self.several):
            wanted = "Letters of options are" if self.several else "The letter of one option is"
            return Verdict(NOT_ATTEMPTED, f"{wanted} wanted, from a to {max(known)}.")
        reasons = "\n\n".join(
            f"{letter}) {'Right.' if known[letter].right else 'Not right.'} {known[letter].reason}"
            for letter in sorted(chosen)
        )
        right = {letter for letter, option in known.items() if option.right}
        if chosen < right:
            reasons += "\n\nThat is not all."
        return Verdict(RIGHT if chosen == right else WRONG, reasons)

    @property
    def way(self) -> str:
        """The worked way, or the right options with their reasons; Markdown."""
        if self.problem:
            return "\n".join(f"{i}. {step}" for i, step in enumerate(self.problem.steps, start=1))
        return "\n".join(
            f"- {letter}) {option.reason}"
            for letter, option in self.lettered.items()
            if option.right
        )


def items(upto: int) -> list[choose.Item]:
    """All that can be asked of a reader who has read up to a chapter; 0: before the first."""
    if upto == 0:
        ready = (it.name for it in KINDS.values() if it.chapter == 0)
        return [choose.Item(name, 0, _MINUTES["ready"]) for name in ready]
    found = []
    for n in range(1, upto + 1):
        kinds = [
            choose.Item(kind.name, n, _MINUTES["problem"])
            for kind in KINDS.values()
            if kind.chapter == n
        ]
        questions = [
            choose.Item(question.id, n, _MINUTES["quiz"])
            for question in (quiz.load(n).questions if n in quiz.numbers() else ())
        ]
        # By turns, so that what is new is not of one form.
        turns = zip_longest(kinds, questions) if n % 2 else zip_longest(questions, kinds)
        found += [item for pair in turns for item in pair if item]
    return found


def last_chapter() -> int:
    return max(quiz.numbers())


def met(histories: dict[str, str], ids: list[str]) -> int:
    """The last chapter of which something was practised, done, answered or guessed; at least 1."""
    heads = [id.partition(".")[0] for id in (*histories, *ids)]
    found = [KINDS[id].chapter for id in histories if id in KINDS]
    found += [int(head) for head in heads if head.isdecimal()]
    return min(max([1, *found]), last_chapter())


def plan(histories: dict[str, str], upto: int, today: date) -> list[choose.Choice]:
    if upto == 0:  # all of it, as often as it is asked for
        return [choose.Choice(item, "ready") for item in items(0)]
    return choose.plan(items(upto), histories, today)


def ask(id: str, today: date) -> Asked:
    """Today's question of a kind, or of a quiz; the same all day, and another tomorrow."""
    if id in KINDS:
        kind = KINDS[id]
        problem = kind.problem(today.toordinal())
        return Asked(id, kind.title, kind.chapter, problem.prompt, problem=problem)
    (found,) = (it for it in quiz.load(int(id.split(".")[0])).questions if it.id == id)
    rng = random.Random(f"{id} {today.toordinal()}")  # else a letter would be remembered
    options = tuple(rng.sample(found.options, len(found.options)))
    title = "A question of the quiz"
    return Asked(id, title, found.chapter, found.text, options, found.several)


def why(choice: choose.Choice) -> str:
    return WHY[choice.why].format(days=days(choice.days), chapter=choice.item.chapter)


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def opening(choices: list[choose.Choice], histories: dict[str, str], upto: int) -> str:
    """What is asked today and why, or when something is due, in a few sentences."""
    if upto == 0:
        return (
            f"{len(choices)} short questions on what chapter 1 takes for granted: Python, vectors, "
            "slopes, logarithms. The end says where to read what was missed."
        )
    chapters = "chapter 1" if upto == 1 else f"chapters 1 to {upto}"
    if not choices:
        dates = [it for item in items(upto) if (it := choose.due(histories.get(item.id, "")))]
        return (
            f"Nothing of {chapters} is due today, and practice on one day does not add much to "
            f"what is known that day. Come back on {min(dates).isoformat()}."
        )
    reasons = [
        (sum(it.why == "new" for it in choices), "new"),
        (sum(it.why in ("missed", "stuck") for it in choices), "missed before"),
        (sum(it.why == "learning" for it in choices), "right some days ago"),
        (sum(it.why == "known" for it in choices), "known, to see whether it lasts"),
    ]
    told = ", ".join(f"{count} {reason}" for count, reason in reasons if count)
    minutes = round(sum(it.item.minutes for it in choices))
    return (
        f"{len(choices)} question{'s' * (len(choices) > 1)} from {chapters}, about {minutes} "
        f"minute{'s' * (minutes != 1)}: {told}. They are mixed and come back after days, because "
        "what is recalled after a pause lasts longer than what is repeated at once."
    )


def closing(results: dict[str, bool], histories: dict[str, str], upto: int) -> str:
    """What was right today, what is known by now, and when to come back."""
    right = sum(results.values())
    if upto == 0:
        missed = [KINDS[id] for id, fine in results.items() if not fine]
        told = [f"- {it.title}: {it.read}." for it in missed]
        rest = "Before chapter 1, or when it comes up, read" if missed else "You are ready."
        return "\n".join([f"{right} of {len(results)} right at the first try. {rest}", "", *told])
    all_items = items(upto)
    known = sum(choose.state(histories.get(it.id, "")) == "known" for it in all_items)
    dates = [choose.due(histories[id]) for id in results]
    return (
        f"Done for today: {right} of {len(results)} right at the first try. Three in a row mark "
        f"something as known; that is {known} of {len(all_items)} now. What you did today comes "
        f"back from {min(dates).isoformat()} on."
    )
