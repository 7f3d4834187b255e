"""What a reader calls in a notebook: check, hint, solution. A reader's mistake raises nothing."""

from __future__ import annotations

from contextlib import contextmanager

from groundup.questions import progress, question
from groundup.questions.examine import examine
from groundup.questions.outcome import NOT_ATTEMPTED, RIGHT
from groundup.questions.question import Exercise
from groundup.questions.show import notice

_hints_given: dict[str, int] = {}


def check(id: str, answer) -> None:
    """Check an answer to exercise ``id``, such as ``check("2.3", layer)``, and say what is wrong.

    The answer is a function, a value, a model or a class, as the exercise asks. It is run within
    limits of time and output, on copies of its inputs. A right answer counts in :func:`progress`.
    """
    it = _find(id)
    if it is None:
        return
    with _progress_bar(it) as tick:
        verdict = examine(id, answer, tick=tick)
    details = list(verdict.details)
    if verdict.status == RIGHT:
        details += filter(None, [progress.add(id)])
    elif verdict.status != NOT_ATTEMPTED:
        details.append(f'Stuck? hint("{id}")')
    notice(f"Exercise {id}: {verdict.status}", verdict.message, tuple(details))


def hint(id: str) -> None:
    """Show a hint to exercise ``id``; each call shows one more, up to three."""
    it = _find(id)
    if it is None:
        return
    count = _hints_given[id] = min(_hints_given.get(id, 0) + 1, len(it.hints))
    given = "\n\n".join(f"{n}. {text}" for n, text in enumerate(it.hints[:count], start=1))
    last = count == len(it.hints)
    more = f'That was the last hint. The solution: solution("{id}")' if last else ""
    notice(f"Exercise {id}: {'hint' if count == 1 else 'hints'}", given, (more,) if more else ())


def solution(id: str, show: bool = False) -> None:
    """Show the worked solution of exercise ``id``, once ``show=True`` confirms the wish."""
    it = _find(id)
    if it is None:
        return
    if show is True:
        notice(f"Exercise {id}: a solution", question.solution_markdown(id))
    else:
        notice(
            f"Exercise {id}: the solution is one call away",
            "You learn most from your own attempt. "
            f'To see the solution all the same, call `solution("{id}", show=True)`.',
        )


def _find(id: str) -> Exercise | None:
    try:
        return question.get(id)
    except (TypeError, ValueError) as error:
        text = str(error)
        notice(text[0].upper() + text[1:])
        return None


@contextmanager
def _progress_bar(it: Exercise):
    """For exercises that train: a bar of the seconds that have passed, up to the limit."""
    if not it.trains:
        yield None
        return
    from tqdm import tqdm  # not in the book's pages

    # Nothing is shown for an answer that is at once found to be no answer.
    with tqdm(
        total=round(it.time_limit),
        desc=f"Checking exercise {it.id}, which trains",
        bar_format="{desc}: {n} s of at most {total} s",
        delay=1,
        leave=False,
    ) as bar:
        yield lambda passed: bar.update(round(passed) - bar.n)
