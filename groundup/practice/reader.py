"""What a reader calls in a notebook: practice. A reader's mistake raises nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from groundup.practice import choose, session
from groundup.questions import progress
from groundup.questions.outcome import NOT_ATTEMPTED
from groundup.questions.show import notice


@dataclass
class _Open:
    """The session that is under way."""

    choices: list[choose.Choice]
    histories: dict[str, str]
    upto: int
    today: date
    results: dict[str, bool] = field(default_factory=dict)

    @property
    def asked(self) -> session.Asked:
        return session.ask(self.choices[len(self.results)].item.id, self.today)


_open: list[_Open] = []


def practice(answer=None, *, upto: int | None = None) -> None:
    """Ten minutes of mixed questions: ``practice()`` begins, ``practice("0.5")`` answers.

    They come from the chapters that you have met, or up to chapter ``upto``, and are chosen by what
    was right, wrong and long ago; ``practice(upto=0)`` asks whether you are ready for chapter 1. An
    answer is text, or the letter of an option; ``practice("?")`` gives up. Answers are kept with
    your progress.
    """
    if answer is None:
        _begin(upto)
    elif not _open:
        notice("Nothing is asked", "Call `practice()` first.")
    else:
        _answer(_open[0], str(answer).strip())


def _begin(upto: int | None) -> None:
    histories, ids = progress.kept()
    last = session.last_chapter()
    if upto is None:
        upto = session.met(histories, ids)
    if not isinstance(upto, int) or not 0 <= upto <= last:
        notice("No such chapter", f"`upto` must be a number from 0 to {last}; got `{upto!r}`.")
        return
    today = date.today()
    choices = session.plan(histories, upto, today)
    notice("Practice", session.opening(choices, histories, upto))
    _open[:] = [_Open(choices, histories, upto, today)] if choices else []
    if choices:
        _show(_open[0])


def _show(now: _Open) -> None:
    asked, choice = now.asked, now.choices[len(now.results)]
    options = "\n".join(f"- {it}) {option.text}" for it, option in asked.lettered.items())
    more = "\n\n*More than one option may be right.*" if asked.several else ""
    notice(
        f"Question {len(now.results) + 1} of {len(now.choices)}. {asked.where}: {asked.title}",
        f"*({session.why(choice)})*\n\n{asked.text}{more}\n\n{options}".rstrip(),
        ('practice("…") answers it, practice("?") shows the way.',),
    )


def _answer(now: _Open, text: str) -> None:
    asked = now.asked
    right = False
    if text == "?":
        notice("The way", asked.way)
    else:
        verdict = asked.check(text)
        if verdict.status == NOT_ATTEMPTED:
            notice("No answer yet", verdict.message)
            return
        right = verdict.right
        notice(verdict.status.capitalize(), f"{verdict.message}\n\n{asked.way}".strip())
    now.results[asked.id] = right
    now.histories[asked.id] = choose.added(now.histories.get(asked.id, ""), now.today, right)
    if problem := progress.add_practice(asked.id, now.histories[asked.id]):
        notice("Your progress could not be saved", "", (problem,))
    if len(now.results) < len(now.choices):
        _show(now)
        return
    notice("Practice", session.closing(now.results, now.histories, now.upto))
    _open.clear()
