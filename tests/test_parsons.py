"""Lines to arrange: of each exercise that has some, by the exercise's own check."""

import json
import random
import sys
from dataclasses import replace

import pytest

from groundup import page
from groundup.practice import parsons
from groundup.practice.parsons import Placed, arrangement
from groundup.questions import question, show
from groundup.questions.examine import examine
from groundup.questions.outcome import WRONG, Verdict
from tools.paths import ROOT
from tools.pyodide import cells

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.living import needed_by

OFFERED = [it for it in question.all_exercises() if parsons.has_lines(it) and not needed_by(it)]
CELLS = {int(name[:2]): sources for name, sources in cells().items()}
each_exercise = pytest.mark.parametrize("it", OFFERED, ids=lambda it: it.id)


@pytest.fixture
def chapter(it, monkeypatch):
    """The page of the exercise's chapter, with what its cells define."""
    for name in ("IPython", "IPython.display"):
        monkeypatch.setitem(sys.modules, name, None)
    page.install()
    return page.Page(CELLS[it.chapter])


def told(done: dict) -> str:
    return "".join(part.get("html", "") for part in done["shown"])


def arranged(chapter, it, placed, faded=False) -> dict:
    given = json.dumps([vars(line) for line in placed])
    return chapter.arranged(it.id, len(chapter.cells), faded, given)


def with_slip(problem, number: int) -> list[Placed]:
    """The solution with a slip's line in the place of the one that it stands for."""
    line = problem.lines[number]
    placed = problem.solved
    placed[line.place] = Placed(number, line.depth)
    return placed


def test_many_exercises_have_lines_and_most_of_them_lines_that_do_not_belong():
    assert len(OFFERED) >= 25
    with_others = [it for it in OFFERED if any(line.slip for line in arrangement(it.id).lines)]
    assert len(with_others) >= len(OFFERED) - 3


@each_exercise
def test_the_solutions_order_is_right_and_the_first_order_is_not_it(chapter, it):
    for faded in (False, True):
        problem = arrangement(it.id, faded)
        assert arranged(chapter, it, problem.solved, faded)["status"] == "right"
        own = [i for i, line in enumerate(problem.lines) if not line.slip]
        assert [line.number for line in problem.solved] != own
    given = chapter.arrange(it.id, True)
    assert len(given["to_write"]) == 2
    assert all((text == "") == (i in given["to_write"]) for i, text in enumerate(given["lines"]))


@each_exercise
def test_each_line_that_does_not_belong_gets_its_slips_sentence_and_makes_the_slip(chapter, it):
    problem = arrangement(it.id)
    names = [line.slip.name for line in problem.lines if line.slip]
    assert len(names) == len(set(names)) <= parsons.MOST_OTHERS
    for number, line in enumerate(problem.lines):
        if not line.slip:
            continue
        placed = with_slip(problem, number)
        done = arranged(chapter, it, placed)
        assert done["status"] == "not right yet"
        assert show.to_html(f"`{line.text}` is not among the lines that are wanted.")[:-4] in told(
            done
        )
        assert show.to_html(line.slip.message)[3:-4] in told(done)
        # The check finds the same slip without knowing of any line.
        plain = chapter.check(it.id, len(chapter.cells), problem.code(placed))
        assert show.to_html(line.slip.message)[3:-4] in told(plain)


@each_exercise
def test_a_line_that_comes_too_early_is_named_with_its_reason(it):
    """Each line is moved up to each place before it: what fails then, fails over it."""
    problem = arrangement(it.id)
    solved = problem.solved
    failed = 0
    for i in range(1, len(solved)):
        text = problem.lines[solved[i].number].text
        for j in range(i):
            placed = [*solved[:i], *solved[i + 1 :]]
            placed.insert(j, replace(solved[i], depth=solved[j].depth))
            if parsons.unfinished(problem, placed):
                continue
            verdict = examine_code(it, problem.code(placed))
            if verdict.status == WRONG:
                failed += 1
                message = parsons.explained(problem, placed, verdict).message
                assert message.startswith(f"`{text}` comes too early:"), problem.code(placed)
    assert failed > 0


def examine_code(it, code) -> Verdict:
    names = dict(sys.modules[it.reference.__module__].__dict__)
    exec(code, names)
    return examine(it.id, names[it.name])


@each_exercise
def test_any_order_at_all_gets_a_plain_sentence(chapter, it):
    problem = arrangement(it.id)
    rng = random.Random(it.id)
    heads = set()
    for _ in range(20):
        numbers = rng.sample(range(len(problem.lines)), rng.randint(1, len(problem.lines)))
        placed = [Placed(number, rng.randint(0, 3)) for number in numbers]
        said = parsons.unfinished(problem, placed)
        if said:
            done = arranged(chapter, it, placed)
            assert done["status"] == "not attempted yet"
            assert show.to_html(said)[3:-4] in told(done)
            heads.add(said.partition("`")[2].partition("`")[0])
    assert len(heads) > 1
    assert heads <= {line.text for line in problem.lines} | {problem.head.text}


# --- by hand: what is said ---


def said(id: str, *placed: tuple[str, int], faded=False) -> str:
    """What is told of lines by their text and depth; where there is no order yet, that."""
    problem = arrangement(id, faded)
    number = {line.text: i for i, line in enumerate(problem.lines)}
    given = [Placed(number[text], depth) for text, depth in placed]
    wrong = Verdict(WRONG, "the check's words")
    return parsons.unfinished(problem, given) or parsons.explained(problem, given, wrong).message


STOPPING = [
    ("best = 1", 1),
    ("for epoch in range(1, len(losses) + 1):", 1),
    ("if losses[epoch - 1] < losses[best - 1]:", 2),
    ("best = epoch", 3),
    ("if epoch - best >= patience:", 2),
    ("return (epoch, best)", 3),
    ("return (len(losses), best)", 1),
]


def moved(at: int, to: int) -> list:
    rest = [*STOPPING[:at], *STOPPING[at + 1 :]]
    return [*rest[:to], STOPPING[at], *rest[to:]]


def deeper(at: int, by: int) -> list:
    text, depth = STOPPING[at]
    return [*STOPPING[:at], (text, depth + by), *STOPPING[at + 1 :]]


WORDS = {
    "nothing": ([], "Put lines into your program first."),
    "open": (STOPPING[:2], "`for epoch in range(1, len(losses) + 1):` opens a block, and nothing"),
    "not in": (deeper(2, -1), "opens a block: the line below it must stand further in."),
    "too far": (deeper(3, 1), "one step further than `if losses[epoch - 1]"),
    "no block": (deeper(1, 1), "stands further in than the line above it, which opens no block"),
    "missing": (STOPPING[:6], "What stands there is in order so far; a line is still missing."),
    "in a loop": (deeper(6, 1), "stands too far in: there it belongs to `for epoch"),
    "out of it": (
        [
            *STOPPING[:4],
            ("if epoch - best >= patience:", 1),
            ("return (epoch, best)", 2),
            STOPPING[6],
        ],
        "`if epoch - best >= patience:` stands too far out: which block above it",
    ),
    "early": (moved(6, 0), "`return (len(losses), best)` comes too early: it uses `best`, which"),
}


@pytest.mark.parametrize("case", WORDS)
def test_words(case):
    placed, wanted = WORDS[case]
    assert wanted in said("4.7", *placed)


def test_a_line_that_was_written():
    problem = arrangement("4.7", True)
    assert "still to be written" in parsons.unfinished(
        problem, [replace(it, text="") for it in problem.solved]
    )
    wrong = [
        replace(it, text="return (") if it.number in problem.to_write else it
        for it in problem.solved
    ]
    assert parsons.unfinished(problem, wrong).startswith("A line that you wrote is no Python yet:")


def test_a_right_verdict_and_one_that_was_stopped_stay():
    problem = arrangement("4.7")
    for status in ("right", "stopped", "not attempted yet"):
        assert parsons.explained(problem, problem.solved[::-1], Verdict(status)) == Verdict(status)


def test_what_is_no_arrangement_is_refused():
    with pytest.raises(ValueError, match="can be used once; got"):
        arrangement("4.7").code([Placed(0, 1), Placed(0, 1)])
    with pytest.raises(ValueError, match=r"exercise 2\.1 has no lines to arrange"):
        arrangement("2.1")
    assert not parsons.has_lines(question.get("7.1"))  # its stub shows them
    assert not parsons.has_lines(question.get("1.2"))  # a number
