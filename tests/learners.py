"""Simulated learners: each practises for sixty days, by the course's plan or massed.

What they recall follows Pavlik and Anderson's model of practice and forgetting: each encounter
leaves a trace that fades as a power of time, and fades faster the better the thing was still known.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from groundup.practice import choose, session

DAYS = 60
CHAPTERS = 8
A_CHAPTER = 5  # days
START = date(2026, 1, 5)
# Pavlik and Anderson (2005); time between sessions counts less than time within one.
THRESHOLD, NOISE, BETWEEN = -0.704, 0.255, 0.025
DAY = 86_400.0


@dataclass(frozen=True)
class Learner:
    name: str
    decay: float = 0.177
    by_activation: float = 0.217
    away: range = range(0)


LEARNERS = [
    Learner("typical"),
    Learner("fast", decay=0.13),
    Learner("slow", decay=0.21),
    Learner("forgetful", by_activation=0.30),
    Learner("away for two weeks", away=range(24, 38)),
]


class Memory:
    def __init__(self, learner: Learner):
        self.learner, self.traces = learner, {}

    def activation(self, id: str, now: float) -> float:
        traces = [(now - then, d) for then, d in self.traces.get(id, ()) if then < now]
        return math.log(sum(t**-d for t, d in traces)) if traces else -math.inf

    def recall(self, id: str, now: float) -> float:
        return 1 / (1 + math.exp(min(500, (THRESHOLD - self.activation(id, now)) / NOISE)))

    def meet(self, id: str, now: float) -> None:
        d = self.learner.by_activation * math.exp(self.activation(id, now)) + self.learner.decay
        self.traces.setdefault(id, []).append((now, d))


@dataclass
class Life:
    """What came of sixty days: ids asked by day, the reader's histories, what is remembered."""

    memory: Memory
    asked: dict[int, list[str]] = field(default_factory=dict)
    histories: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter:
        return Counter(id for ids in self.asked.values() for id in ids)

    def known_at(self, day: int) -> float:
        """The share of all things that is recalled on a day."""
        ids = [item.id for item in session.items(CHAPTERS)]
        return sum(self.memory.recall(id, clock(day)) for id in ids) / len(ids)


def clock(day: int, place: int = 0) -> float:
    return (day + 1) * DAY * BETWEEN + 60.0 * place


def met(day: int) -> int:
    return min(CHAPTERS, 1 + day // A_CHAPTER)


def read(memory: Memory, day: int) -> None:
    """A chapter is read on its first day: what belongs to it is met once."""
    if day % A_CHAPTER == 0 and day // A_CHAPTER < CHAPTERS:
        for item in session.items(CHAPTERS):
            if item.chapter == met(day):
                memory.meet(item.id, clock(day) - 600)


def by_plan(learner: Learner, seed: int = 0) -> Life:
    life, rng = Life(Memory(learner)), random.Random(f"{learner.name} {seed}")
    for day in range(DAYS):
        read(life.memory, day)
        if day in learner.away:
            continue
        today = START + timedelta(day)
        chosen = choose.plan(session.items(met(day)), life.histories, today)
        life.asked[day] = [choice.item.id for choice in chosen]
        for place, id in enumerate(life.asked[day]):
            right = rng.random() < life.memory.recall(id, clock(day, place))
            life.histories[id] = choose.added(life.histories.get(id, ""), today, right)
            life.memory.meet(id, clock(day, place))
    return life


def massed(learner: Learner, questions: int) -> Life:
    """As many questions, each chapter's share asked in its own days, over and over."""
    life = Life(Memory(learner))
    for day in range(CHAPTERS * A_CHAPTER):
        read(life.memory, day)
        ids = [item.id for item in session.items(CHAPTERS) if item.chapter == met(day)]
        share = questions * len(ids) / len(session.items(CHAPTERS)) / A_CHAPTER
        first = round(share * (day % A_CHAPTER))
        last = round(share * (day % A_CHAPTER + 1))
        life.asked[day] = [ids[i % len(ids)] for i in range(first, last)]
        for place, id in enumerate(life.asked[day]):
            life.memory.meet(id, clock(day, place))
    return life
