"""The engine of the exercises: hostile answers, messages, display, progress, predictions."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from groundup.exercises import check, hint, predict_first, progress, solution
from groundup.questions import progress as record
from groundup.questions import question, reader
from groundup.questions.compare import equal, relations, short
from groundup.questions.examine import examine
from groundup.questions.guard import Guard
from groundup.questions.outcome import NOT_ATTEMPTED, STOPPED, WRONG, error_text

HINTS = ("Look at the mean.", "Divide by the number of rows.", "Which axis are the rows?")


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(tmp_path / "mine" / "progress.json"))
    monkeypatch.setattr(reader, "_hints_given", {})


@pytest.fixture
def mean_exercise(monkeypatch):
    """An exercise that is there for one test only: the mean of each column."""
    return make(monkeypatch)


def make(monkeypatch, id="99.1", **options):
    monkeypatch.setattr(question, "_REGISTRY", dict(question._REGISTRY))
    options = {
        "title": "Column means",
        "prompt": "Write `means(X)`, the mean of each column.",
        "stub": "def means(X):\n    return ...",
        "hints": HINTS,
        "cases": lambda rng: [
            (np.array([[1.0, 2.0]]),),
            *((rng.normal(size=shape),) for shape in [(3, 2), (2, 3), (5, 5)]),
        ],
        "time_limit": 60.0,
        **options,
    }

    @question.exercise(id, **options)
    def means(X):
        return X.sum(axis=0) / len(X)

    means.slip("These are the means of the rows: which axis does the sum run over?", name="rows")(
        lambda X: X.mean(axis=1)
    )
    means.slip("Your function returns the sums, not the means.", name="sums")(
        lambda X: X.sum(axis=0)
    )
    return means


# --- an exception in plain words ---


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: np.ones((2, 3)) @ np.ones((4, 5)), "has 3 columns and the right side 4 rows"),
        (lambda: np.matmul(np.ones(3), np.ones(2)), "has 3 columns and the right side 2 rows"),
        (lambda: np.ones((6, 2, 3)) @ np.ones((2, 2)), "has 3 columns and the right side 2 rows"),
        (lambda: np.ones(3) @ np.float64(2), "is a single number"),
        (lambda: 2.0 @ np.ones(3), "is a single number"),
        (lambda: eval("math.exp(1)", {}), "name 'math' is not defined; np has its functions"),
    ],
)
def test_riddles_of_numpy_are_said_in_plain_words(wrong, says):
    with pytest.raises((ValueError, NameError)) as caught:
        wrong()
    text = error_text(caught.value)
    assert says in text
    assert "gufunc" not in text
    assert "core dim" not in text


# --- which mistake it is ---


def test_slip_is_named_with_the_smallest_input_that_shows_it(mean_exercise):
    verdict = examine("99.1", lambda X: np.array([sum(column) for column in X.T]))
    assert (verdict.status, verdict.slip) == (WRONG, "sums")
    assert verdict.message == "Your function returns the sums, not the means."
    # on the first case, of one row, sums and means are the same
    assert verdict.details[0].startswith("Smallest input that shows it: X = [[")
    assert verdict.details[1].endswith("of shape (2,)")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda X: -X.mean(0), "the negative"),
        (lambda X: X.mean(0) / len(X), "as many times too small as `X` has rows"),
        (lambda X: X.mean(0) * 2, "twice"),
        (lambda X: X.mean(0) * 0.3, "0.3 times"),
        (lambda X: X.mean(0)[::-1], "reverse order"),
        (lambda X: X.mean(0)[None], "numbers are right, but the shape is (1, 2) where (2,)"),
        (lambda X: X.mean(0).sum(), "You return one number"),
        (lambda X: 1 - X.mean(0), "one minus"),
        (lambda X: X.mean(0) + 7, "by the same number everywhere"),
        (lambda X: np.abs(X.mean(0)), "the signs are not all"),
        (lambda X: X.mean(0).round(1), "rounded"),
        (lambda X: X.mean(0) ** 2, "the square"),
        (lambda X: X.mean(0) * np.nan, "NaN in 2 of 2 places"),
        (lambda X: X.mean(0) / 0, "infinity"),
        (lambda X: None, "None: does every way"),
        (lambda X: "text", "your result is a text"),
        (lambda X: object(), "an object of type object"),
        (lambda X: print, "the function `print`"),
        (lambda X: (yield X), "`yield`"),
        (lambda X: [1, "a"], "a list of 2"),
        (lambda X: [[1], [2, 3]], "a list of 2"),
        (lambda X: X.nonsense, "AttributeError: 'numpy.ndarray' object has no attribute"),
        (lambda X, Y: X, "must take 1 argument, `(X)`, in this order. Yours takes `(X, Y)`"),
        (lambda: 1, "Yours takes `()`"),
        (lambda X, *, axis: X, "Yours takes `(X, axis)`"),
        (3.0, "without brackets"),
        (np.zeros(3), "You hand in an array of shape (3,)"),
        (None, "You hand in None"),
        (dict, "You hand in the class `dict`"),
        (lambda X: exit(), "SystemExit"),
        (lambda X: input("?"), "EOFError"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_difference_is_described(mean_exercise, monkeypatch, answer, message):
    monkeypatch.setattr("groundup.questions.examine.near_misses", lambda it: ())
    verdict = examine("99.1", answer)
    assert verdict.status == WRONG
    assert message in verdict.message
    assert "sum(axis=0)" not in verdict.message + "".join(verdict.details)


def test_what_differs_is_seen_to_differ(mean_exercise):
    details = examine("99.1", lambda X: X.mean(0) * (1 + 1e-5)).details
    assert "Your result: [1.00001, 2.00002], of shape (2,)" in details
    assert "Wanted: [1, 2], of shape (2,)" in details


@pytest.mark.parametrize(
    ("got", "want", "rounded"),
    [
        (0.12, 0.1155, True),
        (0.1, 0.1155, False),  # one digit may be chance
        (0.0, 1e-218, False),
        (1e-13, 1e-218, False),
        ([0.3, -0.1], [0.3362, -0.0611], True),
        ([0.0, 0.0], [1e-9, 1e-8], False),
    ],
)
def test_rounding_is_said_where_it_is_no_chance(got, want, rounded):
    said = relations(np.array(got), np.array(want), {}, 1e-9, 0)
    assert any("rounded" in relation.text for relation in said) is rounded


def test_wrong_only_on_larger_inputs_is_shown_on_them(mean_exercise):
    verdict = examine("99.1", lambda X: X.mean(0) if len(X) < 5 else X.mean(0) * 3)
    assert "3 times" in verdict.message
    assert "X = an array of shape (5, 5)" in verdict.details[0]


def test_the_smallest_input_decides_what_is_said(mean_exercise):
    def answer(X):
        return None if len(X) == 1 else X["column"]

    assert "Your result is None" in examine("99.1", answer).message


def test_changed_input_is_named(mean_exercise):
    def answer(X):
        X -= 1
        return X.mean(0) + 1

    assert "changes its input `X`" in examine("99.1", answer).message


def test_check_leaves_the_answers_own_arrays_and_random_numbers_alone(mean_exercise):
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002

    def answer(X):
        return X.mean(0) + 0 * np.random.rand()  # noqa: NPY002

    assert examine("99.1", answer).right
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_learners_own_line_is_shown_and_nothing_of_ours(mean_exercise):
    def helper(X):
        return X["column"]

    def answer(X):
        return helper(X)

    message = examine("99.1", answer).message
    assert '`return X["column"]`' in message
    assert "`return helper(X)`" in message
    assert "groundup" not in message
    assert "\n" not in message


def test_numpys_warning_is_passed_on(monkeypatch):
    make(monkeypatch)
    verdict = examine("99.1", lambda X: X.mean(0) + 0 * np.exp(np.float64(1000) * 0 - 1000) * 0)
    assert verdict.right
    assert verdict.message == ""

    def warns(X):
        np.log(np.zeros(1))
        return X.mean(0)

    assert "NumPy warned: divide by zero" in examine("99.1", warns).message
    make(monkeypatch, forbid_warnings=True)
    assert "RuntimeWarning" in examine("99.1", warns).message


def test_printed_lines_are_shown_with_a_wrong_answer(mean_exercise):
    def answer(X):
        print("here", X.shape)
        return X

    details = examine("99.1", answer).details
    assert "Your code printed: here (1, 2)" in details


# --- not attempted ---


def unfinished(X):
    total = ...
    return total / len(X)


@pytest.mark.parametrize("answer", [..., lambda X: ..., lambda X: (X, ...), [..., 1], unfinished])
def test_dots_mean_not_attempted(mean_exercise, answer):
    assert examine("99.1", answer).status == NOT_ATTEMPTED


def test_a_broken_program_as_it_came_is_not_attempted(monkeypatch):
    make(monkeypatch, stub="def means(X):\n    return [x / 2 for x in X]  # broken")

    def means(X):
        return [x / 2 for x in X]

    assert examine("99.1", means).status == NOT_ATTEMPTED
    assert examine("99.1", lambda X: [x / 3 for x in X]).status == WRONG


# --- limits ---


def loop(X):
    while True:
        pass


def loop_that_swallows(X):
    while True:
        try:
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def nested_loops_that_swallow(X):
    while True:
        try:
            loop_that_swallows(X)
        except:  # noqa: E722
            pass


def loop_with_finally(X):
    while True:
        try:
            time.sleep(0.01)
        finally:
            continue  # noqa: B012


def flood(X):
    while True:
        print("again and again")


def flood_that_swallows(X):
    while True:
        try:
            print("again and again", file=sys.stderr)
        except:  # noqa: E722
            pass


def one_big_print(X):
    print("x" * 10**6)
    return X.mean(0)


def three_nested_floods(X):
    while True:
        try:
            while True:
                try:
                    while True:
                        try:
                            print("x" * 1000)
                        except:  # noqa: E722
                            pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def test_what_swallows_every_stop_is_stopped_every_time():
    """A stop may fall between any two steps of the guard's own; so try it often."""
    for _ in range(200):
        assert Guard(0.01).run(lambda: three_nested_floods(None)).stopped


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (loop, "loop that never ends"),
        (loop_that_swallows, "loop that never ends"),
        (nested_loops_that_swallow, "loop that never ends"),
        (loop_with_finally, "loop that never ends"),
        (flood, "printed without end"),
        (flood_that_swallows, "printed without end"),
        (one_big_print, "printed without end"),
    ],
)
def test_endless_answers_are_stopped(monkeypatch, answer, message, capsys):
    make(monkeypatch, time_limit=0.5 if "loop" in message else 60.0)
    tracing, profiling = sys.gettrace(), sys.getprofile()
    for _ in range(2):  # Python adapts the code that it has seen, so look twice
        verdict = examine("99.1", answer)
        assert verdict.status == STOPPED
        assert message in verdict.message
    assert (sys.gettrace(), sys.getprofile()) == (tracing, profiling)
    # and life goes on
    make(monkeypatch)
    assert examine("99.1", lambda X: X.mean(0)).right
    for _ in range(50):
        time.sleep(0.001)
    assert capsys.readouterr() == ("", "")


def test_a_debuggers_trace_is_given_back(monkeypatch):
    make(monkeypatch, time_limit=0.5)

    def trace(frame, event, argument):
        return None

    before = sys.gettrace()  # coverage may be tracing, too
    sys.settrace(trace)
    try:
        examine("99.1", loop)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is trace


def test_endless_recursion_is_named(mean_exercise):
    def answer(X):
        return answer(X)

    assert "calls itself without end" in examine("99.1", answer).message


def test_the_time_is_for_all_cases_together():
    guard = Guard(0.3)
    runs = [guard.run(lambda: time.sleep(0.11)) for _ in range(5)]
    assert [run.stopped for run in runs] == [None, None, "time", "time", "time"]


def test_a_readers_interrupt_passes_through(mean_exercise):
    def answer(X):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine("99.1", answer)


def test_a_huge_result_is_refused_at_once(mean_exercise):
    verdict = examine("99.1", lambda X: np.broadcast_to(1.0, (10**9, 10**6)))
    assert "shape is (1000000000, 1000000)" in verdict.message
    assert len("".join(verdict.details)) < 500


# --- other kinds of exercise ---


def test_values(monkeypatch):
    monkeypatch.setattr(question, "_REGISTRY", {})
    basic = {"title": "t", "prompt": "p", "hints": HINTS}

    @question.exercise("99.1", stub="count = ...", **basic)
    def count():
        """How many there are."""
        # weights, then biases
        weights = 2 * 4
        return weights + 4

    count.slip("You forgot the biases.")(lambda: 8)
    assert question.stub_cell("99.1") == 'count = ...\n\ncheck("99.1", count)'
    assert question.solution_code("99.1") == (
        "# weights, then biases\nweights = 2 * 4\ncount = weights + 4\n"
    )
    for right in (12, 12.0, np.int64(12), np.array(12), np.float32(12)):
        assert examine("99.1", right).right
    assert examine("99.1", 8).message == "You forgot the biases."
    assert examine("99.1", 8).details == ("Your result: 8",)
    assert examine("99.1", 13).message == "Your number is too large."
    assert "a number is wanted" in examine("99.1", float("nan")).message
    assert "a single number" in examine("99.1", [12]).message
    assert "did you forget to call it" in examine("99.1", len).message

    @question.exercise("99.2", stub='choice = ...  # "a", "b" or "c"', **basic)
    def choice():
        return "b"

    choice.slip("That is the other one.")(lambda: "a")
    assert examine("99.2", " B").right
    assert examine("99.2", "a").message == "That is the other one."
    assert examine("99.2", "c").message == "That is not it."
    assert "A text is wanted" in examine("99.2", 3).message

    @question.exercise("99.3", stub="rate = 100.0", **basic)
    def rate():
        return 0.1

    assert examine("99.3", 100.0).status == NOT_ATTEMPTED
    assert examine("99.3", 7.0).message == "Your number is too large."


def test_classes(monkeypatch):
    monkeypatch.setattr(question, "_REGISTRY", {})

    @question.exercise(
        "99.1",
        title="t",
        prompt="p",
        hints=HINTS,
        stub="""
            class Scale:
                def __init__(self, c):
                    ...

                def apply(self, x):
                    ...
            """,
        cases=lambda rng: [(2.0, 3.0), (4.0, 5.0)],
        run=lambda Scale, c, x: Scale(c).apply(x),
    )
    class Scale:
        def __init__(self, c):
            self.c = c

        def apply(self, x):
            return self.c * x

    class Sum(Scale.reference):
        def apply(self, x):
            return self.c + x

    assert examine("99.1", Scale.reference).right
    assert examine("99.1", Sum).details[0] == "Smallest input that shows it: c = 2, x = 3"
    assert "The class `Scale` itself" in examine("99.1", Sum(1)).message
    names = {}
    exec(Scale.stub, names)
    assert examine("99.1", names["Scale"]).status == NOT_ATTEMPTED


def judged(monkeypatch, **options):
    it = make(monkeypatch, cases=None, **options)

    @it.judge
    def judge(answer, rng):
        got = answer(np.array([[1.0], [3.0]]))
        if np.allclose(got, 4):
            return "sums"
        return None if np.allclose(got, 2) else "On two rows, 1 and 3, the mean is not 2."

    return it


def test_judges(monkeypatch):
    it = judged(monkeypatch)
    assert examine("99.1", it.reference).right
    assert examine("99.1", lambda X: X.sum(0)).slip == "sums"
    assert examine("99.1", lambda X: X * 0).message == "On two rows, 1 and 3, the mean is not 2."
    assert "returns None" in examine("99.1", lambda X: None).message
    assert "IndexError" in examine("99.1", lambda X: X[7]).message
    assert examine("99.1", lambda X: ...).status == NOT_ATTEMPTED
    assert examine("99.1", unfinished).status == NOT_ATTEMPTED
    with monkeypatch.context() as patch:
        patch.setattr(it, "time_limit", 0.5)
        assert examine("99.1", loop).status == STOPPED
    it.judge(lambda answer, rng: "no_such_slip")
    with pytest.raises(ValueError, match="no known slip"):
        examine("99.1", it.reference)
    it.judge(lambda answer, rng: True)
    with pytest.raises(TypeError, match="must return None or a text"):
        examine("99.1", it.reference)


def test_a_judge_gets_a_copy_of_a_model(monkeypatch):
    import torch

    monkeypatch.setattr(question, "_REGISTRY", {})

    @question.exercise("99.1", title="t", prompt="p", hints=HINTS, stub="model = ...")
    def model():
        return torch.nn.Linear(2, 1)

    @model.judge
    def judge(answer, rng):
        with torch.no_grad():
            answer.weight.zero_()
        return None

    mine = torch.nn.Linear(2, 1)
    before = mine.weight.clone()
    assert examine("99.1", mine).right
    assert torch.equal(mine.weight, before)


# --- comparison ---


def test_tensors_are_compared_by_their_numbers():
    import torch

    parameter = torch.ones(2, requires_grad=True)
    assert equal(parameter, np.ones(2), rtol=0, atol=0)
    assert equal([parameter, parameter.sum()], (np.ones(2), 2.0), rtol=0, atol=0)
    assert not equal(parameter * 2, torch.ones(2), rtol=0, atol=0)


def test_relations_of_several_results_name_the_first_that_differs():
    want = (np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    text = relations((want[0], -want[1]), want, {}, 1e-6, 1e-9)[0].text
    assert text.startswith("Of the 2 results number 2 is the first that differs.")
    assert "negative" in text
    assert "opposite order" in relations((want[1], want[0]), want, {}, 1e-6, 1e-9)[0].text
    assert (
        "2 results are wanted; you return 3" in relations((1, 2, 3), want, {}, 1e-6, 1e-9)[0].text
    )


def test_short_is_short_and_the_same_in_every_session():
    assert short(np.array([[1.0, 0.25]])) == "[[1, 0.25]]"
    assert short(np.zeros((50, 3))) == "an array of shape (50, 3)"
    assert short((1, "a", None)) == "(1, 'a', None)"
    assert short(lambda x: x) == "a function"
    assert short(object()) == "an object of type object"
    assert len(short("x" * 1000)) < 80


# --- what a reader sees ---


def test_check_shows_its_verdict(mean_exercise, capsys):
    check("99.1", mean_exercise.reference)
    assert capsys.readouterr().out == "Exercise 99.1: right.\n"
    check("99.1", lambda X: ...)
    assert capsys.readouterr().out == "Exercise 99.1: not attempted yet.\n"
    check("99.1", lambda X: X.sum(0))
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Exercise 99.1: not right yet."
    assert out[1] == "Your function returns the sums, not the means."
    assert out[-1] == 'Stuck? hint("99.1")'


@pytest.mark.parametrize("call", [lambda id: check(id, 1), hint, solution])
@pytest.mark.parametrize(
    ("id", "message"),
    [("99.9", "There is no exercise '99.9'"), (2.3, "in quotes"), ("x", "There is no exercise")],
)
def test_unknown_exercises_are_named(call, id, message, capsys):
    call(id)
    assert message in capsys.readouterr().out


def test_number_of_hints_grows_to_three(mean_exercise, capsys):
    counts = []
    for _ in range(4):
        hint("99.1")
        out = capsys.readouterr().out
        counts.append(sum(text in out for text in HINTS))
    assert counts == [1, 2, 3, 3]


def test_solution_asks_first(mean_exercise, capsys):
    solution("99.1")
    out = capsys.readouterr().out
    assert "sum(axis=0)" not in out
    assert 'solution("99.1", show=True)' in out
    solution("99.1", show=True)
    assert "return X.sum(axis=0) / len(X)" in capsys.readouterr().out


def test_html_is_announced_says_all_in_words_and_is_escaped(mean_exercise, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    check("99.1", lambda X: "<b>$x$")
    markup = shown[0]._repr_html_()
    assert 'role="status"' in markup
    assert "not right yet" in markup
    assert "&lt;b&gt;" in markup
    assert "<b>" not in markup
    assert "color:" not in markup.replace("border-left:0.25em solid currentColor", "")


# --- progress ---


def test_progress_survives_a_restart(mean_exercise):
    check("99.1", mean_exercise.reference)
    code = "from groundup.questions import progress; print(progress._read(progress.path())['done'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['99.1']"


def test_progress_is_drawn(capsys):
    first = question.all_exercises(question.chapters()[0])[0]
    progress()
    before = capsys.readouterr().out
    assert f"next {first.id}" in before
    assert record.add(first.id) == ""
    progress()
    after = capsys.readouterr().out
    assert f"next {first.id}" not in after
    assert "1 of" in after


@pytest.mark.parametrize("text", ["", "{", "[]", '{"done": 3}', '{"done": [1]}', "\x00"])
def test_a_damaged_file_is_kept_and_a_new_one_begun(text, capsys):
    file = record.path()
    file.parent.mkdir()
    file.write_text(text)
    progress()
    assert "damaged" in capsys.readouterr().out
    assert file.read_text() == text
    assert "damaged" in record.add("99.1")
    assert json.loads(file.read_text())["done"] == ["99.1"]
    assert file.with_name("progress.json.damaged").read_text() == text
    assert record.add("99.2") == ""


def test_what_the_pages_keep_outlives_a_check(mean_exercise):
    """Drafts, guesses and quiz answers come in a file from the book's pages."""
    pages = {"guess": {"2.guess_1": "3"}, "quiz": {"2.q1": '["b"]'}, "draft": {"2.1": "x = 1"}}
    content = {"version": 1, "done": ["2.1"], **pages, "practice": {"softmax": "2026-11-27+"}}
    record.path().parent.mkdir()
    record.path().write_text(json.dumps(content))
    check("99.1", mean_exercise.reference)
    assert record.add_practice("ring", "2026-11-28-") == ""
    after = json.loads(record.path().read_text())
    assert after == content | {
        "done": ["2.1", "99.1"],
        "practice": {"softmax": "2026-11-27+", "ring": "2026-11-28-"},
    }
    histories, ids = record.kept()
    assert histories == after["practice"]
    assert set(ids) == {"2.1", "99.1", "2.guess_1", "2.q1"}


def test_a_good_file_outlives_a_failure_to_write(monkeypatch):
    record.add("99.1")
    good = record.path().read_text()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "No space left" in record.add("99.2")
    assert record.path().read_text() == good
    assert os.listdir(record.path().parent) == ["progress.json"]


def test_a_place_that_cannot_be_written_is_said(mean_exercise, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(tmp_path / "file" / "progress.json"))
    check("99.1", mean_exercise.reference)
    out = capsys.readouterr().out
    assert "right" in out
    assert "could not be saved" in out
    progress()
    assert "Exercises done" in capsys.readouterr().out


def test_checking_a_stub_touches_no_file(mean_exercise):
    check("99.1", lambda X: ...)
    check("99.1", lambda X: X)
    assert not record.path().exists()


# --- predictions ---


@pytest.mark.parametrize(
    ("guess", "outcome", "unit", "lines"),
    [
        (..., 0.96712, "", ["Your guess: none. Replace the dots", "Outcome:    0.9671"]),
        (0.9, 0.96712, "", ["Your guess: 0.9", "too low by 0.06712."]),
        (10, 12345.6, "steps", ["10 steps", "12 346 steps", "factor of 1 235"]),
        (95, np.float32(97.5), "%", ["95%", "97.5%", "too low by 2.5 percentage points"]),
        (3, 3.00001, "", ["You were right."]),
        (True, np.bool_(False), "", ["Your guess: True", "Outcome:    False", "not what happened"]),
        ("Up ", "up", "", ["You were right."]),
        ("up", "down", "", ["That is not what happened."]),
        ("up", 3, "", ["That is not what happened."]),
        (1.0, float("nan"), "", ["Outcome:    nan", "That is not what happened."]),
        (-1, 2, "", ["too low by 3."]),
        (0, 2, "", ["too low by 2."]),
    ],
)
def test_predictions(guess, outcome, unit, lines, capsys):
    predict_first("What comes out?", guess=guess).reveal(outcome, unit)
    out = capsys.readouterr().out
    assert out.startswith("What comes out?")
    for line in lines:
        assert line in out


@pytest.mark.parametrize("guess", [[1, 2], {"a": 1}, len, None, 1j, np.zeros(3)])
def test_a_guess_that_is_none_is_said_to_be_none(guess, capsys):
    prediction = predict_first("What?", guess=guess)
    assert "cannot be used" in capsys.readouterr().out
    prediction.reveal(3)
    assert "Your guess: none" in capsys.readouterr().out


# --- badly made exercises are refused ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"id": "1"}, "id must be"),
        ({"hints": ("one",)}, "must be three"),
        ({"stub": "def other(X):\n    return ..."}, "must be named 'other'"),
        ({"stub": "def means(X)"}, "no Python"),
        ({"stub": "3"}, "must define"),
        ({"prompt": "a\n:::\nb"}, ":::"),
        ({"title": " "}, "title must be"),
    ],
)
def test_badly_made_exercises(options, message, monkeypatch):
    with pytest.raises(ValueError, match=message):
        make(monkeypatch, **options)


def test_a_slip_needs_a_message_and_its_own_name(mean_exercise):
    with pytest.raises(ValueError, match="message must be"):
        mean_exercise.slip(" ")
    with pytest.raises(ValueError, match="two slips named 'rows'"):
        mean_exercise.slip("Again.", name="rows")(len)


def test_a_chapter_that_fails_to_load_is_no_missing_chapter(monkeypatch, tmp_path):
    package = __import__("groundup.exercises", fromlist=["x"])
    (tmp_path / "chapter98.py").write_text("import a_module_that_nobody_has")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="a_module_that_nobody_has"):
        question.get("98.1")
    with pytest.raises(ValueError, match=r"no exercise '97\.1'"):
        question.get("97.1")


def test_the_engine_needs_no_torch():
    code = "import sys, groundup.exercises; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
