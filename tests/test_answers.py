"""Answers as learners type them, and what each is told: right, a mistake's name, or neither.

The answers stand in ``answers/chapterN.py``, a cell for each, as in a notebook that is kept as a
script: ``# %% 1.1 sign_lost`` is an answer to exercise 1.1 that its slip ``sign_lost`` must name.
In place of a slip may stand ``right``, or ``general``: refused, and no mistake is named. The lines
above the first answer are run before each of them.
"""

import re
from pathlib import Path

import pytest

from groundup.questions.examine import examine
from groundup.questions.outcome import RIGHT, WRONG
from groundup.questions.question import get

FOLDER = Path(__file__).parent / "answers"


def answers():
    """Exercise, wanted verdict and source of each answer, with where it stands."""
    for path in sorted(FOLDER.glob("chapter*.py")):
        before, *cells = re.split(r"^(?=# %%)", path.read_text(encoding="utf-8"), flags=re.M)
        line = before.count("\n") + 1
        for cell in cells:
            _, _, id, wanted = cell.partition("\n")[0].split()
            source = before + "\n" * (line - 1 - before.count("\n")) + cell
            yield pytest.param(id, wanted, source, id=f"{path.stem}-{line}-{id}-{wanted}")
            line += cell.count("\n")


@pytest.mark.parametrize(("id", "wanted", "source"), list(answers()))
def test_an_answer_is_told_what_it_should_be(id, wanted, source):
    names = {}
    exec(compile(source, f"<answer to {id}>", "exec"), names)
    verdict = examine(id, names[get(id).name])
    said = f"{verdict.status}: {verdict.message}"
    if wanted == "right":
        assert verdict.status == RIGHT, said
    else:
        assert verdict.status == WRONG, said
        assert (verdict.slip or "general") == wanted, said
