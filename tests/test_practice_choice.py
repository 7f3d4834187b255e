"""What is asked when: the rule, sixty days of simulated learners, the notebook's practice()."""

import json
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest
from learners import CHAPTERS, DAYS, LEARNERS, by_plan, massed, met

from groundup import page
from groundup.exercises import practice
from groundup.practice import choose, reader, session
from groundup.practice.choose import Item, added, answers, due, plan, state
from groundup.practice.problem import KINDS
from groundup.questions import progress, quiz

TODAY = date(2026, 11, 27)


def ago(*days: int, right: str) -> str:
    """A history: an answer so many days ago, with its sign."""
    return " ".join(f"{TODAY - timedelta(d)}{s}" for d, s in zip(days, right, strict=True))


# --- the rule ---


@pytest.mark.parametrize(
    ("history", "wanted", "gap"),
    [
        ("", "new", None),
        (ago(3, right="-"), "missed", 1),
        (ago(3, right="+"), "learning", 4),
        (ago(9, 5, 1, right="+-+"), "learning", 4),
        (ago(9, 5, 1, right="+++"), "known", 20),
        (ago(40, 9, 5, 1, right="-+++"), "known", 20),
        (ago(40, 9, 5, 1, right="+++-"), "missed", 1),
        (ago(9, 5, 1, right="---"), "stuck", 4),
        (ago(5, 1, right="++"), "learning", 4),
    ],
)
def test_states_and_gaps(history, wanted, gap):
    assert state(history) == wanted
    assert due(history) == (answers(history)[-1][0] + timedelta(gap) if gap else None)


def test_a_history_keeps_its_last_answers_and_passes_over_what_is_none():
    history = ""
    for n in range(20):
        history = added(history, TODAY + timedelta(n), n % 2 == 0)
    assert [right for _, right in answers(history)] == [True, False] * 6
    assert answers(history)[-1] == (TODAY + timedelta(19), False)
    assert answers("<b> 2026-13-45+ 2026-11-31- soon 2026-11-27+") == [(TODAY, True)]


ITEMS = [Item(f"{chapter}.{i}", chapter, 1.0) for chapter in (1, 2, 3) for i in range(10)]


def test_nothing_is_asked_before_it_is_due_and_the_session_ends():
    histories = {item.id: ago(3, right="+") for item in ITEMS}
    assert plan(ITEMS, histories, TODAY) == []
    histories = {item.id: ago(4, right="+") for item in ITEMS}
    assert len(plan(ITEMS, histories, TODAY)) == 10
    assert plan([], {}, TODAY) == []


def test_what_is_overdue_by_the_largest_factor_comes():
    histories = {item.id: ago(5, right="+") for item in ITEMS}
    histories["1.3"] = ago(4, right="-")
    histories["2.3"] = ago(59, 55, 51, right="+++")
    chosen = {it.item.id: (it.why, it.days) for it in plan(ITEMS, histories, TODAY)}
    assert chosen["1.3"] == ("missed", 4)
    assert chosen["2.3"] == ("known", 51)


def test_many_misses_leave_room_for_new_things_and_for_old_ones():
    histories = {item.id: ago(9, right="-") for item in ITEMS[:20]}
    histories["1.0"] = ago(70, 66, 62, right="+++")
    chosen = plan(ITEMS, histories, TODAY)
    assert Counter(it.why for it in chosen)["new"] == 3
    assert "1.0" in {it.item.id for it in chosen}


def test_new_things_come_from_all_chapters_and_neighbours_differ():
    chosen = plan(ITEMS, {}, TODAY, minutes=9)
    chapters = [it.item.chapter for it in chosen]
    assert Counter(chapters) == {1: 3, 2: 3, 3: 3}
    assert all(a != b for a, b in pairwise(chapters))


def test_a_clock_that_was_put_back_breaks_nothing():
    histories = {ITEMS[0].id: ago(-5, right="-")}
    assert ITEMS[0].id not in {it.item.id for it in plan(ITEMS, histories, TODAY)}


# --- sixty days ---


@pytest.fixture(scope="module", autouse=True)
def quick_items():
    """Reading the quizzes anew for each day would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "items", cache(session.items))
        yield


@cache
def life(learner):
    return by_plan(learner)


each_learner = pytest.mark.parametrize("learner", LEARNERS, ids=lambda it: it.name)


@each_learner
def test_nothing_is_asked_to_death_and_nothing_lost(learner):
    days = {item.id: [] for item in session.items(CHAPTERS)}
    for day, ids in life(learner).asked.items():
        assert len(set(ids)) == len(ids)
        assert {item.id for item in session.items(met(day))} >= set(ids)
        for id in ids:
            days[id].append(day)
    away = len(learner.away)
    for item in session.items(CHAPTERS):
        asked = days[item.id]
        assert 2 <= len(asked) <= DAYS / 4, item
        assert max(b - a for a, b in pairwise(asked)) <= 25 + away, item
        assert asked[0] <= 5 * (item.chapter - 1) + 10 + away, item
        assert asked[-1] >= DAYS - 26, item


@each_learner
def test_a_session_is_never_longer_than_ten_minutes(learner):
    minutes = {item.id: item.minutes for item in session.items(CHAPTERS)}
    for ids in life(learner).asked.values():
        assert sum(minutes[id] for id in ids) <= choose.MINUTES


@each_learner
def test_more_is_recalled_than_after_massed_practice(learner):
    mine = life(learner)
    other = massed(learner, sum(mine.counts.values()))
    # Each chapter's share of the questions is rounded.
    assert abs(sum(other.counts.values()) - sum(mine.counts.values())) <= CHAPTERS / 2
    assert mine.known_at(DAYS) > other.known_at(DAYS) + 0.1
    assert mine.known_at(DAYS + 30) > other.known_at(DAYS + 30)


def test_who_knows_it_all_is_asked_seldom():
    histories, asked = {}, []
    for day in range(120):
        today = TODAY + timedelta(day)
        chosen = plan(session.items(CHAPTERS), histories, today)
        asked.append(len(chosen))
        for it in chosen:
            histories[it.item.id] = added(histories.get(it.item.id, ""), today, True)
    assert all(state(history) == "known" for history in histories.values())
    assert sum(asked[-20:]) <= len(session.items(CHAPTERS))


# --- today's questions ---


def test_items_are_those_of_the_chapters_read():
    found = {item.id: item.chapter for item in session.items(3)}
    assert max(found.values()) == 3
    assert {"fan-out", "3.q1"} <= found.keys()
    everything = {item.id for item in session.items(CHAPTERS)}
    kinds = {name for name, kind in KINDS.items() if kind.chapter}
    assert everything >= kinds
    assert len(everything) == len(kinds) + sum(len(quiz.load(n).questions) for n in quiz.numbers())


def test_the_last_chapter_met():
    assert session.met({}, []) == 1
    assert session.met({"fan-out": ""}, []) == 3
    assert session.met({"2.q1": ""}, ["4.guess_1", "1.2"]) == 4
    assert session.met({}, ["77.1", "what"]) == session.last_chapter()


@pytest.mark.parametrize("id", [q.id for n in quiz.numbers() for q in quiz.load(n).questions])
def test_a_quiz_question_is_judged_by_its_letters(id):
    asked = session.ask(id, TODAY)
    letters = "abcdefgh"[: len(asked.options)]
    right = "".join(a for a, option in zip(letters, asked.options, strict=True) if option.right)
    assert asked.check(", ".join(right.upper())).right
    for letter, option in zip(letters, asked.options, strict=True):
        verdict = asked.check(letter)
        assert option.reason in verdict.message
        assert verdict.right is (letter == right)
    for text in ("", "z", "1"):
        assert asked.check(text).status == "not attempted yet"
    if not asked.several:
        assert asked.check("ab").status == "not attempted yet"
    assert all(option.reason in asked.way for option in asked.options if option.right)


def test_numbers_and_order_change_from_day_to_day():
    days = [TODAY + timedelta(n) for n in range(20)]
    assert len({session.ask("ring", day).text for day in days}) > 10
    assert len({session.ask("1.q1", day).options for day in days}) > 2
    assert session.ask("ring", TODAY).text == session.ask("ring", TODAY).text


# --- in a notebook ---


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(tmp_path / "progress.json"))
    reader._open.clear()
    yield tmp_path / "progress.json"
    reader._open.clear()


def answer_to(asked) -> str:
    """The right answer, as a reader types it."""
    if asked.problem:
        answer = asked.problem.answer
        return ", ".join(map(repr, answer)) if isinstance(answer, tuple) else str(answer)
    return "".join(a for a, it in zip("abcdefgh", asked.options, strict=False) if it.right)


def test_a_session_in_a_notebook(own, capsys):
    practice("0.5")
    assert "Call `practice()` first." in capsys.readouterr().out
    practice(upto=2)
    out = capsys.readouterr().out
    now = reader._open[0]
    count = len(now.choices)
    assert f"{count} questions from chapters 1 to 2" in out
    assert f"Question 1 of {count}" in out
    practice("")
    assert "No answer yet" in capsys.readouterr().out
    assert not own.exists()
    first = now.asked
    practice("?")
    assert first.way in capsys.readouterr().out
    for place in range(1, count):
        practice(answer_to(now.asked))
        assert "Right." in capsys.readouterr().out.split("Question")[0], place
    kept = json.loads(own.read_text())["practice"]
    assert len(kept) == count
    assert kept[first.id].endswith("-")
    assert sum(history.endswith("+") for history in kept.values()) == count - 1
    assert reader._open == []
    practice("again")
    assert "Nothing is asked" in capsys.readouterr().out


def test_a_session_ends_with_words_and_a_day(own, capsys, monkeypatch):
    monkeypatch.setattr(session, "plan", lambda *args: plan(ITEMS_OF_ONE, {}, TODAY))
    practice()
    practice("nonsense")
    assert len(reader._open) == 1
    practice("?")
    assert "Done for today: 0 of 1 right" in capsys.readouterr().out


ITEMS_OF_ONE = [Item("softmax", 5, 1.5)]


def test_what_is_not_due_is_said(own, capsys):
    for item in session.items(1):
        progress.add_practice(item.id, f"{date.today()}+")
    practice(upto=1)
    out = capsys.readouterr().out
    assert "Nothing of chapter 1 is due today" in out
    assert (date.today() + timedelta(4)).isoformat() in out
    assert reader._open == []


@pytest.mark.parametrize("upto", [-1, 9, "2", 1.5])
def test_no_such_chapter(own, capsys, upto):
    practice(upto=upto)
    assert "from 0 to 8" in capsys.readouterr().out


def test_whether_one_is_ready_is_asked_whole_and_ends_in_what_to_read(own, capsys):
    practice(upto=0)
    assert "12 short questions on what chapter 1 takes for granted" in capsys.readouterr().out
    missed = {}
    for i in range(12):
        asked = reader._open[0].asked
        assert asked.chapter == 0
        if i % 3:
            answer = asked.problem.answer
            practice(", ".join(map(str, answer)) if isinstance(answer, tuple) else answer)
        else:
            missed[asked.title] = KINDS[asked.id].read
            practice("?")
    out = capsys.readouterr().out
    assert "Question 12 of 12. Before chapter 1: " in out
    assert "8 of 12 right at the first try." in out
    end = out[out.index("8 of 12 right") :]
    assert end.count("\n- ") == 4
    assert all(f"- {title}: {read}." in end for title, read in missed.items())
    practice(upto=0)  # as often as one likes
    assert len(reader._open[0].choices) == 12
    assert not {it.id for it in session.items(8)} & {it.id for it in session.items(0)}
    assert "You are ready." in session.closing({"ready-dot": True}, {}, 0)


# --- what the page asks ---


def test_the_page_asks_and_judges_as_the_notebook():
    it = page.Page([])
    day = TODAY.isoformat()
    planned = it.practise("{}", 5, day)
    assert [one["id"] for one in planned["asked"]] == [
        one.item.id for one in session.plan({}, 5, TODAY)
    ]
    assert "new: not asked before" in {one["why"] for one in planned["asked"]}
    histories, results = {}, {}
    for one in planned["asked"]:
        asked = session.ask(one["id"], TODAY)
        shown = it.practice_question(one["id"], day)
        assert len(shown["options"]) == len(asked.options)
        found = it.practice_answer(one["id"], day, answer_to(asked), "")
        assert (found["status"], found["history"]) == ("right", f"{day}+")
        given_up = it.practice_answer(one["id"], day, "", f"{day}+")
        assert (given_up["status"], given_up["history"]) == ("not right yet", f"{day}+ {day}-")
        histories[one["id"]], results[one["id"]] = found["history"], True
    end = it.practice_end(json.dumps(results), json.dumps(histories), 5)
    assert f"{len(results)} of {len(results)} right" in end["closing"]
