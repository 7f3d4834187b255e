"""The book's pages as readers use them: exercises, predictions, quizzes and cells that run."""

import re
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import browsing
import pytest
from browsing import CHAPTERS, START, alive, sideways, violations
from playwright.sync_api import expect

from groundup.questions import question
from groundup.questions.examine import examine
from tools import vendor
from tools.paths import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.living import needed_by

pytestmark = browsing.PYTHON


@contextmanager
def opened(browser, address: str, *arguments, **options):
    with browsing.opened(browser, address, *arguments, **options) as (page, wrong):
        if address != "about:blank":
            alive(page)
        yield page, wrong


def exercise(page, id: str):
    box = page.locator(f'[data-exercise="{id}"]')
    box.scroll_into_view_if_needed()
    return box


def write(page, id: str, code: str) -> None:
    """Type an answer, in place of what is there."""
    box = exercise(page, id)
    place = box.locator("input[type=text], .cm-content")
    place.first.wait_for()
    place.first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def verdict(page, id: str) -> str:
    """Press Check, and wait for what it says."""
    box = exercise(page, id)
    box.get_by_role("button", name="Check").click()
    said = box.get_by_role("status")
    expect(said).to_contain_text(f"Exercise {id}:", timeout=START)
    return said.inner_text()


@pytest.fixture(scope="module")
def neuron(browser, site):
    """Chapter 2, where Python is started once."""
    with opened(browser, f"{site}/{CHAPTERS[2]}") as (page, wrong):
        yield page
        assert wrong == []


def live(chapter: int) -> list[str]:
    return [it.id for it in question.all_exercises(chapter) if not needed_by(it)]


@pytest.mark.parametrize("chapter", sorted(CHAPTERS))
def test_three_exercises_of_each_chapter_by_typing_and_pressing(browser, site, chapter):
    with opened(browser, f"{site}/{CHAPTERS[chapter]}") as (page, wrong):
        for id in live(chapter)[:3]:
            it = question.get(id)
            field = exercise(page, id).locator(".gu-field").count()
            solution = question.solution_code(id)
            write(page, id, solution.partition("= ")[2].strip() if field else solution)
            assert verdict(page, id).startswith(f"Exercise {id}: right.")
            if not field:
                write(page, id, it.stub)
                assert verdict(page, id).startswith(f"Exercise {id}: not attempted yet.")
        counted = page.locator("[data-done]").inner_text()
        assert f"exercises {len(live(chapter)[:3])} of" in counted
        assert wrong == []


def test_a_slip_gets_the_notebooks_words(neuron):
    code = "def collapse(W1, b1, W2, b2):\n    return W1 @ W2, b1 + b2"
    scope: dict = {}
    exec(code, scope)
    wanted = examine("2.1", scope["collapse"])
    write(neuron, "2.1", code)
    said = verdict(neuron, "2.1")
    assert wanted.message.replace("`", "") in said
    for line in wanted.details:
        assert line in said


def test_ctrl_enter_checks_and_escape_tab_leaves_the_editor(neuron):
    write(neuron, "2.2", "def tanh_prime(z):\n    return 1 - np.tanh(z) ** 2")
    neuron.keyboard.press("Control+Enter")
    expect(exercise(neuron, "2.2").get_by_role("status")).to_contain_text("right.", timeout=START)
    neuron.keyboard.press("Escape")
    neuron.keyboard.press("Tab")
    expect(exercise(neuron, "2.2").get_by_role("button", name="Check")).to_be_focused()


def test_every_character_can_be_typed(neuron):
    """The page searches at a slash, and Sphinx and the theme have keys of their own."""
    write(neuron, "2.2", "#")
    typed = "+-*/%@=<>!&|^~()[]{}.,:;'\"#?_$`\\ 0123456789 kK sS nN pP eE"
    for character in typed:
        neuron.keyboard.press("Space" if character == " " else character)
    text = exercise(neuron, "2.2").locator(".cm-content").inner_text()
    missing = [it for it in typed if text.count(it) < typed.count(it)]
    assert missing == []


RUNAWAYS = {
    "def collapse(W1, b1, W2, b2):\n    while True: pass": "had not finished after 5 seconds",
    "while True: pass": "had not finished after 5 seconds",
    "def collapse(*a):\n    while True: print('more')": "printed without end and was stopped",
    "while True: print('more')": "It printed without end and was stopped.",
    "x = []\nwhile True: x.append(bytes(10 ** 8))": "MemoryError",
    "import socket\nsocket.create_connection(('example.org', 80))": "OSError",
    "import js": "must define",
}


@pytest.mark.parametrize("code", RUNAWAYS)
def test_what_runs_away_is_ended_and_the_next_check_works(neuron, code):
    write(neuron, "2.1", code)
    assert RUNAWAYS[code] in verdict(neuron, "2.1")
    write(neuron, "2.1", question.solution_code("2.1"))
    assert verdict(neuron, "2.1").startswith("Exercise 2.1: right.")


def test_an_answer_that_takes_python_apart_is_said_and_the_next_check_works(neuron):
    for code in ("import builtins\nvars(builtins).clear()", "import sys\nsys.modules.clear()"):
        write(neuron, "2.1", code)
        box = exercise(neuron, "2.1")
        box.get_by_role("button", name="Check").click()
        expect(box.get_by_role("status")).to_contain_text("Python could not do this", timeout=START)
        write(neuron, "2.1", question.solution_code("2.1"))
        assert verdict(neuron, "2.1").startswith("Exercise 2.1: right.")


def test_stop_ends_a_run(neuron):
    write(neuron, "2.1", "while True: pass")
    box = exercise(neuron, "2.1")
    box.get_by_role("button", name="Check").click()
    expect(box.get_by_role("status")).to_contain_text("Checking", timeout=START)
    box.get_by_role("button", name="Stop").click()
    expect(box.get_by_role("status")).to_have_text("Stopped.")


def test_hints_come_one_by_one_and_the_solution_asks_first(neuron):
    box = exercise(neuron, "2.3")
    for n in (1, 2, 3):
        box.get_by_role("button", name="Hint").click()
        assert box.locator(".gu-hints li").count() == n
    solution = neuron.locator("div.solution", has_text="lidded_prime")
    assert not solution.is_visible()
    box.get_by_role("button", name="Solution").click()
    assert not solution.is_visible()
    box.get_by_role("button", name="Show the solution").click()
    expect(solution.locator(".highlight")).to_be_visible()


def test_start_again_and_drafts(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[2]}") as (page, _):
        write(page, "2.1", "# mine")
        page.reload()
        alive(page)
        editor = exercise(page, "2.1").locator(".cm-content")
        expect(editor).to_have_text("# mine")
        exercise(page, "2.1").get_by_role("button", name="Start again").click()
        expect(editor).to_contain_text("def collapse")


def test_an_exercise_that_needs_pytorch_says_so(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[1]}") as (page, _):
        box = exercise(page, "1.9")
        assert "needs PyTorch" in box.inner_text()
        assert box.get_by_role("button", name="Check").count() == 0
        assert box.get_by_role("button", name="Hint").count() == 1


def test_nothing_is_loaded_before_the_first_press(browser, site):
    with opened(browser, "about:blank") as (page, _):
        asked = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.goto(f"{site}/{CHAPTERS[2]}")
        alive(page)
        exercise(page, "2.1").locator(".cm-content").wait_for()
        assert not [it for it in asked if "pyodide" in it]


def test_from_disk_without_any_network(browser, book):
    with opened(browser, (book / CHAPTERS[2]).as_uri()) as (page, wrong):
        page.context.set_offline(True)
        write(page, "2.1", question.solution_code("2.1"))
        assert verdict(page, "2.1").startswith("Exercise 2.1: right.")
        assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_new_parts_are_accessible_and_narrow(browser, site, theme):
    with opened(browser, f"{site}/{CHAPTERS[2]}", theme, width=360) as (page, wrong):
        write(page, "2.1", "def collapse(W1, b1, W2, b2):\n    return W1 @ W2, b1 + b2")
        verdict(page, "2.1")
        box = exercise(page, "2.1")
        box.get_by_role("button", name="Hint").click()
        box.get_by_role("button", name="Solution").click()
        for name in ("Show me", "Answer"):
            page.get_by_role("button", name=name).first.click()
        page.get_by_text("What is kept, and where").click()
        assert sideways(page) == 0
        assert violations(page) == []
        assert wrong == []


# --- predictions ---


def test_a_prediction_hides_the_outcome_until_a_guess(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[2]}") as (page, wrong):
        box = page.locator('[data-prediction="2.guess_3"]')
        outcome = page.get_by_text("So 6 of 8 is the limit")
        assert not outcome.is_visible()
        box.get_by_role("button", name="Guess").click()
        expect(box.get_by_role("status")).to_have_text("Write a number first.")
        box.get_by_role("textbox").fill("many")
        box.get_by_role("textbox").press("Enter")
        expect(box.get_by_role("status")).to_contain_text("A number is wanted")
        box.get_by_role("textbox").fill("7")
        box.get_by_role("button", name="Guess").click()
        assert outcome.is_visible()
        assert "Your guess: 7\nOutcome:    6\nYour guess was too high by 1." in (
            page.locator("pre", has_text="Outcome:    6").inner_text()
        )
        page.reload()
        alive(page)
        assert outcome.is_visible()
        other = page.locator('[data-prediction="2.guess_1"]')
        other.get_by_role("button", name="Show me").click()
        assert "predictions 1 of 3" in page.locator("[data-done]").inner_text()
        assert wrong == []


def test_the_guesses_words_are_the_notebooks(neuron, monkeypatch):
    from groundup.questions import predict

    shown = []
    monkeypatch.setattr(predict, "notice", lambda title, message, lines: shown.append(lines))
    cases = [(5, 6, ""), (0.5, 0.5, ""), (1e-7, 3.25e-6, ""), (12345, 123456, "steps"), (9, 3, "%")]
    cases += [(-2, 3.5, ""), (0, 1e20, ""), (1.5, 2.5, "s"), (2000.5, 10, ""), (99.996, 100, "")]
    for guess, outcome, unit in cases:
        predict.Prediction("?", guess).reveal(outcome, unit)
        printed = shown[-1][1].removeprefix("Outcome:").strip()
        lines = neuron.evaluate(
            "([a, b]) => GroundUpPredictions.lines(a, b)", [str(guess), printed]
        )
        assert tuple(lines) == shown[-1]
    for guess, outcome in (("left", "Left"), ("left", "right"), ("True", "True")):
        predict.Prediction("?", guess).reveal(outcome)
        assert (
            tuple(neuron.evaluate("([a, b]) => GroundUpPredictions.lines(a, b)", [guess, outcome]))
            == shown[-1]
        )


# --- quizzes ---


def test_a_quiz_is_answered_by_keyboard_and_remembered(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[2]}") as (page, wrong):
        group = page.locator('[data-question="2.q1"]')
        answer, said = group.get_by_role("button", name="Answer"), group.get_by_role("status")
        answer.click()
        expect(said).to_have_text("Choose an option first.")
        assert (
            group.get_by_text("Right.").count() == 0
            or not group.get_by_text("Right.").first.is_visible()
        )
        group.locator("input").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(said).to_have_text(re.compile("Right|Not right"))
        assert group.locator(".gu-option > div:visible").count() == 1
        page.reload()
        alive(page)
        assert group.locator("input:checked").get_attribute("id").endswith("-b")
        assert group.locator(".gu-option > div:visible").count() == 1
        assert "quiz 1 of" in page.locator("[data-done]").inner_text()
        assert wrong == []


def test_each_question_has_its_right_option_in_a_place_of_its_own(browser, site):
    with opened(browser, f"{site}/{CHAPTERS[5]}") as (page, _):
        places = page.evaluate(
            """() => [...document.querySelectorAll('[data-question]')].map((group) =>
            [...group.querySelectorAll('.gu-option')].findIndex((it) =>
            it.lastElementChild.textContent.trim().startsWith('Right')))"""
        )
        assert len(set(places)) > 1


# --- what is kept ---


def test_a_file_goes_from_page_to_notebook_and_back(browser, site, tmp_path, monkeypatch, capsys):
    from groundup.questions import progress

    with opened(browser, f"{site}/index.html") as (page, _):
        page.evaluate(
            """() => { GroundUpStore.set('done', '2.1', '1');
            GroundUpStore.set('guess', '2.guess_1', '3'); }"""
        )
        page.get_by_text("What is kept, and where").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Take it along").click()
        file = tmp_path / "progress.json"
        download.value.save_as(file)
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(file))
    assert progress._read(file)["done"] == ["2.1"]
    progress.add("3.2")
    with opened(browser, f"{site}/index.html") as (page, wrong):
        page.get_by_text("What is kept, and where").click()
        page.get_by_label("A file with what was done").set_input_files(file)
        page.get_by_text("2 exercises done").wait_for()
        assert page.evaluate("() => [...GroundUpStore.all('done').keys()].sort()") == ["2.1", "3.2"]
        for text in ("no file of ours", '{"done": "2.1"}', '{"done": ["<b>"]}', "[]"):
            file.write_text(text)
            page.get_by_label("A file with what was done").set_input_files(file)
            page.get_by_text("This file is not one of ours").wait_for()
        assert wrong == []


def test_two_tabs_keep_one_record(browser, site):
    with opened(browser, f"{site}/index.html") as (page, _):
        other = page.context.new_page()
        other.goto(f"{site}/{CHAPTERS[2]}")
        alive(other)
        page.evaluate("() => GroundUpStore.set('done', '1.1', '1')")
        other.evaluate("() => GroundUpStore.set('done', '2.1', '1')")
        expect(page.locator("[data-done] table")).to_contain_text("1 of 9")
        assert page.evaluate("() => [...GroundUpStore.all('done').keys()].sort()") == ["1.1", "2.1"]


FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no", "SecurityError"); } })"""
FULL = """const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (key.startsWith("groundup:")) throw new DOMException("full", "QuotaExceededError");
  return set.call(this, key, value); }"""


@pytest.mark.parametrize(("script", "words"), [(FORBIDDEN, "keeps nothing"), (FULL, "is full")])
def test_a_forbidden_or_full_storage_is_survived_and_said(browser, site, script, words):
    with opened(browser, "about:blank") as (page, wrong):
        page.add_init_script(script)
        page.goto(f"{site}/{CHAPTERS[2]}")
        alive(page)
        page.locator('[data-prediction="2.guess_1"]').get_by_role("button", name="Show me").click()
        expect(page.locator("[data-done] [role=alert]")).to_contain_text(words)
        assert page.evaluate("() => GroundUpStore.get('guess', '2.guess_1')") == "-"
        assert wrong == []


def test_what_was_stored_is_shown_as_text(browser, site):
    evil = "<img src=x onerror=window.hurt=1>"
    with opened(browser, f"{site}/{CHAPTERS[2]}") as (page, wrong):
        page.evaluate(
            """(evil) => { for (const [kind, id] of [['guess', '2.guess_1'], ['quiz', '2.q1'],
            ['draft', '2.1'], ['last', 'place'], ['done', evil]])
            GroundUpStore.set(kind, id, evil); }""",
            evil,
        )
        for address in (CHAPTERS[2], "index.html"):
            page.goto(f"{site}/{address}")
            alive(page)
            page.wait_for_timeout(200)
            assert page.evaluate("() => window.hurt") is None
        assert wrong == []


# --- cells ---


def run(page, at: int, button: str = "Run"):
    cell = page.locator(f"div.cell.tag_at-{at}")
    cell.get_by_role("button", name=button, exact=True).click()
    expect(cell.get_by_role("status").last).to_have_text("Done.", timeout=START)
    return cell


def test_a_changed_cell_changes_what_follows(neuron):
    cell = neuron.locator("div.cell.tag_at-5")  # the product of the sigmoids' slopes
    cell.scroll_into_view_if_needed()
    before = cell.locator(".cell_output").inner_text()
    assert run(neuron, 5).locator(".gu-output").inner_text().split() == before.split()
    cell.get_by_role("button", name="Change").click()
    cell.locator(".cm-content").click()
    neuron.keyboard.press("Control+a")
    neuron.keyboard.insert_text("layers = 77\nprint(layers)")
    assert run(neuron, 5).locator(".gu-output").inner_text().strip() == "77"
    write(neuron, "2.1", "collapse = layers")
    assert "You hand in" in verdict(neuron, "2.1")
    cell.get_by_role("button", name="As it was").click()
    assert cell.locator(".cell_output").inner_text() == before
    assert cell.locator(".cm-content").count() == 0
    write(neuron, "2.1", "collapse = layers")  # the name is the printed cell's again, or none
    assert "77" not in verdict(neuron, "2.1")


def test_a_figure_is_drawn_in_the_page(neuron):
    cell = neuron.locator("div.cell.tag_at-6")
    cell.scroll_into_view_if_needed()
    caption = cell.locator("figcaption").text_content()
    output = run(neuron, 6).locator(".gu-output")
    image = output.locator("img")
    assert image.get_attribute("src").startswith("data:image/svg+xml")
    assert image.evaluate("(it) => it.decode().then(() => it.naturalWidth)") > 100
    assert output.locator("figcaption").text_content() == caption


def test_the_plain_program_runs_as_in_cpython(neuron, capsys):
    exec((vendor.WEB / "neuron.py").read_text(encoding="utf-8"), {})
    wanted = capsys.readouterr().out
    cell = neuron.locator("div.cell", has_text="Slopes of (y_hat - target)^2")
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell.locator(".gu-output")).to_contain_text("rows right", timeout=START)
    assert cell.locator(".gu-output").inner_text().strip() == wanted.strip()


def test_a_page_built_without_python_reads_as_without_scripts(browser, book, tmp_path):
    text = (book / CHAPTERS[2]).read_text(encoding="utf-8")
    assert '"live": true' in text
    (book / "notebooks" / "without.html").write_text(text.replace('"live": true', '"live": false'))
    try:
        with opened(browser, (book / "notebooks" / "without.html").as_uri()) as (page, wrong):
            assert page.locator("[data-exercise]").count() == 0
            assert "def collapse" in page.locator("article").inner_text()
            assert page.locator("[data-prediction]").count() == 3
            assert wrong == []
    finally:
        (book / "notebooks" / "without.html").unlink()
