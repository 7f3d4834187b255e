"""What is asked when: evenly spaced days, three in a row, and an end.

The rule is one line. A thing is *due* once as many days have passed since it was asked as its gap
has; what is overdue by the largest factor comes first. The gap is

- 1 day after a wrong answer; 4 days after three wrong ones, which want reading, not asking,
- 4 days after a right one: the same each time, for even gaps do as well as growing ones,
- 20 days after three right ones in a row, which mark a thing as known.

A share of the time belongs to what is due and was asked longest ago, so that many misses push
nothing out for good, and a share to what was never asked, from all chapters by turns. Neighbours
come from different chapters where that can be done. It all works on plain values, dates and texts,
so that a simulation can live through months of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MINUTES = 10.0
KNOWN = 3  # right answers in a row
GAPS = {"missed": 1, "learning": 4, "stuck": 4, "known": 20}  # days
SHARE_OF_NEW = 0.3  # of the minutes, where there is something new
SHARE_OF_OLD = 0.2  # of the minutes, for what was asked longest ago
_KEPT = 12  # answers of a thing
_ENTRY = re.compile(r"(\d{4}-\d\d-\d\d)([+-])")


@dataclass(frozen=True)
class Item:
    """Something to ask: a kind of problem or a question of a quiz, and the minutes it takes."""

    id: str
    chapter: int
    minutes: float


@dataclass(frozen=True)
class Choice:
    """What is asked today, and why: ``why`` is "new" or a key of :data:`GAPS`."""

    item: Item
    why: str
    days: int = 0  # since it was asked


Answers = list[tuple[date, bool]]


def answers(history: str) -> Answers:
    """When a thing was answered and whether right, oldest first, from ``2026-11-27+ 2026-12-01-``.

    What is no such entry is passed over.
    """
    found = []
    for day, sign in _ENTRY.findall(history):
        try:
            found.append((date.fromisoformat(day), sign == "+"))
        except ValueError:  # the 31st of November
            continue
    return found


def added(history: str, day: date, right: bool) -> str:
    """The history with one more answer; the last twelve are kept."""
    entries = [*_ENTRY.findall(history), (day.isoformat(), "+" if right else "-")]
    return " ".join(day + sign for day, sign in entries[-_KEPT:])


def state(history: str) -> str:
    """ "new", or a key of :data:`GAPS`."""
    last = [right for _, right in answers(history)][-KNOWN:]
    if not last:
        return "new"
    if len(last) == KNOWN and len(set(last)) == 1:
        return "known" if last[-1] else "stuck"
    return "learning" if last[-1] else "missed"


def due(history: str) -> date | None:
    """The first day on which it is asked again; None where it was never asked."""
    found = answers(history)
    return found[-1][0] + timedelta(GAPS[state(history)]) if found else None


def plan(
    items: Iterable[Item],
    histories: Mapping[str, str],
    today: date,
    minutes: float = MINUTES,
) -> list[Choice]:
    """What is asked today, in order; empty where nothing is due and nothing new."""
    overdue, new = [], []
    for item in items:
        history = histories.get(item.id, "")
        why = state(history)
        if why == "new":
            new.append(Choice(item, why))
            continue
        # A clock may have been put back.
        days = max(0, (today - answers(history)[-1][0]).days)
        if days >= GAPS[why]:
            overdue.append((-days / GAPS[why], Choice(item, why, days)))
    again = [choice for _, choice in sorted(overdue, key=lambda it: it[0])]
    old = sorted(again, key=lambda it: -it.days)
    new = _by_turns(new)
    chosen = _fill(old, [], SHARE_OF_OLD * minutes)
    chosen = _fill(again, chosen, minutes * (1 - SHARE_OF_NEW * bool(new)))
    chosen = _fill(new, chosen, minutes)
    chosen = _fill(again, chosen, minutes)
    return _mixed(chosen)


def _fill(more: list[Choice], chosen: list[Choice], minutes: float) -> list[Choice]:
    """What is chosen, and the first of ``more`` that together with it fit into the minutes."""
    found = list(chosen)
    taken = sum(choice.item.minutes for choice in found)
    for choice in more:
        if choice not in found and taken + choice.item.minutes <= minutes:
            found.append(choice)
            taken += choice.item.minutes
    return found


def _by_turns(choices: list[Choice]) -> list[Choice]:
    """One of each chapter, then the next of each."""
    seen: dict[int, int] = {}
    places = []
    for choice in choices:
        chapter = choice.item.chapter
        seen[chapter] = seen.get(chapter, -1) + 1
        places.append((seen[chapter], chapter))
    return [choice for _, choice in sorted(zip(places, choices, strict=True), key=lambda it: it[0])]


def _mixed(choices: list[Choice]) -> list[Choice]:
    """Neighbours from different chapters: always the fullest that did not come just now."""
    left, found = list(choices), []
    while left:
        last = found[-1].item.chapter if found else None
        chapters = [choice.item.chapter for choice in left]
        others = [it for it in left if it.item.chapter != last] or left
        most = max(others, key=lambda it: chapters.count(it.item.chapter))
        left.remove(most)
        found.append(most)
    return found
