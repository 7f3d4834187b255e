"""The exercises can be imported where there is nothing but NumPy and what writes their texts."""

import subprocess
import sys

import pytest

from groundup.later import Later
from groundup.questions import question

#: What the book's pages have beside the course's own package.
PRESENT = "groundup numpy yaml _yaml markdown_it mdurl mdit_py_plugins".split()
ALONE = """
import sys

class OnlyWhatThePageHas:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in {present} or top in sys.stdlib_module_names:
            return None
        raise ModuleNotFoundError(f"No module named {{top!r}}", name=top)

sys.meta_path.insert(0, OnlyWhatThePageHas())
import groundup.exercises
from groundup.questions import question, quiz
from groundup.exercises.chapter{chapter} import *
print(*(it.id for it in question.all_exercises({chapter})))
quiz.as_html(quiz.load({chapter}).questions)
"""


@pytest.mark.parametrize("chapter", question.chapters())
def test_a_chapters_exercises_need_only_what_the_page_has(chapter):
    program = ALONE.format(present=PRESENT, chapter=chapter)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [it.id for it in question.all_exercises(chapter)]


def test_the_check_can_fail():
    program = ALONE.format(present=PRESENT, chapter=2) + "import torch\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "No module named 'torch'" in done.stderr


def test_what_is_there_is_the_real_thing():
    import fractions

    assert Later("fractions").Fraction is fractions.Fraction
    assert Later("fractions", "Fraction")(1, 2) == fractions.Fraction(1, 2)
    assert isinstance(fractions.Fraction(1), Later("fractions").Fraction)


def test_what_is_missing_is_a_base_and_a_name_and_says_so_when_called():
    missing = Later("no_such_module")

    class Net(missing.nn.Module):
        pass

    assert Net.__bases__ == (object,)
    assert not isinstance(Net(), missing.nn.Module)
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        missing.nn.Linear(2, 3)
