"""The rules of the course hold for every chapter, and each rule finds a planted fault."""

import json
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from benchmarks.speed import RESULTS
from groundup.claims import CLAIM_MIME, bundle
from tools import lint, notebooks
from tools.lint import Chapter
from tools.paths import chapters

PATHS = chapters()
PAGES = [*PATHS, notebooks.SPEED]
CODE = re.compile(r"^(`{3,}).*?^\1 *$", re.DOTALL | re.MULTILINE)
ALT = "A straight line that rises from the lower left corner."


# --- the chapters ---


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", lint.RULES, ids=lambda rule: rule.__name__)
def test_the_chapter_keeps_the_rule(path, rule):
    assert rule(lint.read(path)) == []


@pytest.mark.parametrize("rule", lint.PAGE_RULES, ids=lambda rule: rule.__name__)
def test_the_page_on_speed_keeps_the_rule(rule):
    assert rule(lint.read(notebooks.SPEED)) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_file_is_in_the_normal_form_and_small(path):
    assert notebooks.faults(path) + lint.size(path) == []


def test_a_claim_is_made_once_in_the_course():
    names = Counter(
        output["data"][CLAIM_MIME]["name"]
        for path in PAGES
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if CLAIM_MIME in output.get("data", {})
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_all_chapters_run_within_the_budget():
    """As measured by benchmarks/speed.py: six minutes together, none above 1.5 GB of memory."""
    measured = {
        name.removeprefix("notebook."): case
        for name, case in json.loads(RESULTS.read_text(encoding="utf-8"))["cases"].items()
        if name.startswith("notebook.")
    }
    assert len(measured) >= 8
    assert sum(case["seconds"] for case in measured.values()) <= 360
    assert max(case["memory_mb"] for case in measured.values()) <= 1500


# --- planted faults: each rule is seen to fail ---


def md(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})


def code(source, *outputs, tags=(), count=None, **mystnb):
    metadata = {"tags": list(tags)} if tags else {}
    if mystnb:
        metadata["mystnb"] = mystnb
    return nbformat.v4.new_code_cell(
        source, outputs=list(outputs), metadata=metadata, execution_count=count
    )


def shown(kind, data):
    return nbformat.v4.new_output("display_data", data={kind: data})


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


PICTURE = shown("image/png", "iVBORw0KGgo=")
RECORD = {
    "name": "a.b",
    "value": 1.0,
    "text": "One: 1.",
    "sentence": "One: {:.0f}.",
    "promise": "1",
}
CLAIM = nbformat.v4.new_output("display_data", data=bundle(RECORD))
FIGURE = {"figure": {"caption": "A line.", "name": "fig-2-line"}, "image": {"alt": ALT}}


def chapter(*cells, number=2):
    return Chapter(nbformat.v4.new_notebook(cells=list(cells)), number)


def drawn(source="network_diagram([2, 3])", *outputs, **changes):
    mystnb = {key: {**FIGURE[key], **changes.get(key, {})} for key in FIGURE}
    return code(source, *(outputs or [PICTURE]), **mystnb)


@pytest.mark.parametrize(
    "bad",
    [
        chapter(code("1 / 0", nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))),
        chapter(code("warn()", stream("a warning", name="stderr"))),
    ],
    ids=["error", "stderr"],
)
def test_clean_outputs_fails(bad):
    assert lint.clean_outputs(bad)


@pytest.mark.parametrize("counts", [(1, None), (2, 1), (1, 3)])
def test_executed_fails(counts):
    assert lint.executed(chapter(*(code("1", count=count) for count in counts)))


def test_no_machine_paths_fails():
    assert lint.no_machine_paths(chapter(code("print(p)", stream("/home/someone/data\n"))))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (drawn(image={"alt": ""}), "fewer than"),
        (drawn(image={"alt": "short"}), "fewer than"),
        (drawn(image={"alt": "_build/jupyter_execute/figure.png"}), "file's name"),
        (drawn(figure={"caption": ""}), "without a caption"),
        (drawn(figure={"caption": ALT}), "repeats the caption"),
        (drawn(figure={"name": "line"}), "fig-2-"),
        (drawn("a()", PICTURE, PICTURE), "2 figures"),
        (drawn("a()", stream("no picture")), "no figure"),
        (code("a()", PICTURE), "without a caption"),
        (md("![](picture.png)"), "fewer than"),
    ],
)
def test_figures_fails(bad, why):
    assert lint.figures(chapter(drawn())) == []
    assert why in " ".join(lint.figures(chapter(bad)))


def test_labelled_axes_fails():
    assert lint.labelled_axes(chapter(drawn('ax.plot(x, y, label="a")')))
    assert lint.labelled_axes(chapter(drawn('ax.plot(x, y)\nax.set(xlabel="x")'))) == []


def test_covered_fails():
    tagged = code("train()", stream("0.1"), tags=["trained-here"])
    claim = code("claim()", CLAIM)
    here, elsewhere = md("## Here"), md("## Elsewhere")
    assert lint.covered(chapter(here, tagged))
    assert lint.covered(chapter(here, claim, tagged))
    assert lint.covered(chapter(here, tagged, elsewhere, claim))
    assert lint.covered(chapter(here, tagged, claim, elsewhere)) == []
    both = code("train()", stream("0.1"), CLAIM, tags=["trained-here"])
    assert lint.covered(chapter(here, both)) == []


@pytest.mark.parametrize(
    "needless",
    [
        code("quiz(2)", stream("1"), tags=["trained-here"]),  # the same each time
        code("claim()", CLAIM, tags=["timed-here"]),  # compared by its promise anyway
        code("draw()", shown("text/plain", "a figure"), tags=["trained-here"]),
        code("x", stream("1"), tags=["nbval-ignore-output"]),
        code("x", stream("1"), tags=["NBVAL_SKIP"]),
    ],
)
def test_covered_refuses_a_tag_that_is_not_needed(needless):
    assert lint.covered(chapter(needless, code("claim()", CLAIM)))


@pytest.mark.parametrize(
    "bad",
    [
        md("The network is right in 96.7 % of cases."),
        md("The network is right in 96% of cases."),
        md("The loss fell to 0.0123."),
        md("The loss fell to 1e-3, in `0.0123` seconds and $0.5$ steps."),
        md("````{admonition} A note\nThe loss fell to 0.0123.\n````"),
        md("{numref}`fig-2-a` and 0.0123."),
        code('say("It is right in 96.7 % of cases.")'),
        code('say(f"From {first:.3f} to 0.0123.")'),
        code('claim("a.b", x, at_least=1, text="{:.1%}, not 12.5 %")'),
        drawn(figure={"caption": "The loss falls to 0.0123."}),
        drawn(image={"alt": ALT + " It ends at 0.0123."}),
    ],
)
def test_typed_numbers_fails(bad):
    assert lint.typed_numbers(chapter(bad))


@pytest.mark.parametrize(
    "good",
    [
        md("The learning rate is 0.1, so a tenth; 25 % of the 10 000 rows are held out."),
        md("Their network reaches 96.41 % {cite:p}`nielsen2015`."),
        md("See section 2.3, exercises 2.4 and 2.5, Python 3.11 and [the page](a_0.5.md)."),
        md("`0.123`, $0.123$, and\n\n$$ 0.123 \\,\\% $$ (eq-2-a)\n\n```python\nx = 0.123\n```"),
        md("Reach a loss below 0.123.", "exercise-2.1"),
        code('say(f"It is right in {x:.1%} of cases; the rate was 0.1, {y:.3f}.")'),
        code('claim("a.b", x, at_least=1, text="{:.1%}")'),
    ],
)
def test_typed_numbers_lets_pass(good):
    assert lint.typed_numbers(chapter(code("fit(lr=0.1)\nsplit(0.25)"), good)) == []


WHOLE = ["# A title", "## Warm-up", "## A part", *(f"## {it}" for it in lint.LAST_SECTIONS)]
CALLS = [code("warmup(2)"), code("quiz(2)")]


@pytest.mark.parametrize(
    "sources",
    [
        WHOLE[1:],
        WHOLE[:1] + WHOLE[2:],
        WHOLE[:-1],
        [*WHOLE[:3], *WHOLE[:2:-1]],
        [*WHOLE, "# Another title"],
        [*WHOLE[:3], "#### Too deep", *WHOLE[3:]],
        [*WHOLE[:3], "## 2.3 A number", *WHOLE[3:]],
    ],
    ids=["title", "warm-up", "summary", "order", "titles", "depth", "number"],
)
def test_order_fails(sources):
    assert lint.order(chapter(*map(md, WHOLE), *CALLS)) == []
    assert lint.order(chapter(*map(md, sources), *CALLS))


def test_order_fails_without_quiz_or_warmup():
    assert len(lint.order(chapter(*map(md, WHOLE)))) == 2


def test_first_picture_fails():
    assert lint.first_picture(chapter(md("# A title"), md("## A part"), drawn()))
    assert lint.first_picture(chapter(md("# A title"), drawn(), md("## A part"))) == []


def test_predictions_fails():
    def asked_and_revealed(asked, revealed):
        asks = [code('guess_1 = predict_first("how many?", guess=...)') for _ in range(asked)]
        return chapter(*asks, *[code("guess_1.reveal(3)") for _ in range(revealed)])

    assert lint.predictions(asked_and_revealed(1, 1))
    assert lint.predictions(asked_and_revealed(3, 2))
    assert lint.predictions(asked_and_revealed(3, 3)) == []


def test_exercises_fails():
    def pair(number):
        return md("prompt", f"exercise-2.{number}"), code("stub", tags=[f"stub-2.{number}"])

    six = [cell for number in range(1, 7) for cell in pair(number)]
    assert lint.exercises(chapter(*six)) == []
    assert lint.exercises(chapter(*six[:-2]))
    assert lint.exercises(chapter(*six[:-1]))
    assert lint.exercises(chapter(*reversed(six)))


def test_code_cells_fails():
    assert lint.code_cells(chapter(code("x = 1\n" * (lint.MAX_LINES - 1) + "x = 1"))) == []
    assert lint.code_cells(chapter(code("x = 1\n" * lint.MAX_LINES + "x = 1")))
    assert lint.code_cells(chapter(code("%matplotlib inline")))
    assert lint.code_cells(chapter(code("!pip install it")))


# --- the tool ---


@pytest.fixture
def notebook(tmp_path):
    """A small notebook in the normal form, executed."""
    path = tmp_path / "01_small.ipynb"
    cells = [md("# Small"), code("print('one')\nprint('two')"), code("print('one')\nprint('two')")]
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=cells)))
    assert notebooks.run(path) == []
    return path


def test_running_twice_gives_the_same_bytes(notebook):
    first = notebook.read_bytes()
    assert notebooks.run(notebook) == []
    assert notebook.read_bytes() == first
    assert first.endswith(b"}\n")


def test_a_failing_cell_leaves_the_file_as_it_was(tmp_path, capsys):
    path = tmp_path / "bad.ipynb"
    cells = [md("# Bad"), code("x = 1"), code("x.missing  # here")]
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=cells)))
    before = path.read_bytes()
    assert notebooks.main(["run", str(path)]) == 1
    said = capsys.readouterr().out
    assert str(path) in said
    assert "cell 3" in said
    assert "AttributeError" in said
    assert path.read_bytes() == before


def edited(path: Path, change) -> Path:
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda nb: nb["cells"][1].update(execution_count=7),
        lambda nb: nb["cells"][1].update(id="0"),
        lambda nb: nb["cells"][1]["metadata"].update(execution={"iopub": "a time"}),
        lambda nb: nb["cells"][1]["outputs"].append(dict(stream("three\n"))),
        lambda nb: nb["metadata"].update(widgets={}),
        lambda nb: nb["metadata"]["language_info"].update(version="3.11.2"),
    ],
    ids=["count", "id", "timing", "streams", "widgets", "version"],
)
def test_check_names_what_is_not_in_the_normal_form(notebook, change, capsys):
    assert notebooks.main(["check", str(notebook)]) == 0
    assert notebooks.faults(edited(notebook, change))
    assert notebooks.main(["check", str(notebook)]) == 1
    assert str(notebook) in capsys.readouterr().out


def test_check_sees_another_layout_of_the_file(notebook):
    notebook.write_text(json.dumps(json.loads(notebook.read_text()), indent=4, sort_keys=True))
    assert "layout" in notebooks.faults(notebook)[0]


def test_exercise_cells_follow_the_package(tmp_path, monkeypatch):
    from groundup.questions import question

    monkeypatch.setattr(question, "prompt_cell", lambda number: f"the prompt of {number}")
    monkeypatch.setattr(question, "stub_cell", lambda number: f"print('the stub of {number}')")
    path = tmp_path / "01_small.ipynb"
    cells = [md("# Small"), md("exercise 9.1", "exercise-9.1"), code("0", tags=["stub-9.1"])]
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=cells)))
    assert "out of step" in notebooks.faults(path)[0]
    assert notebooks.run(path) == []
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert sources[1:] == ["the prompt of 9.1", "print('the stub of 9.1')"]
    monkeypatch.setattr(question, "prompt_cell", lambda number: "another prompt")
    assert "out of step" in notebooks.faults(path)[0]


def test_an_unknown_exercise_is_named(tmp_path):
    path = tmp_path / "01_small.ipynb"
    cells = [md("exercise 99.1", "exercise-99.1")]
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=cells)))
    assert "99.1" in " ".join(notebooks.faults(path))


def test_plain_copies_have_nothing_that_only_the_book_understands():
    from tools.clean import plain

    source = (
        "(a-target)=\n## Part\n\n$$ a = b $$ (eq-2-ab)\n\nSee {eq}`eq-2-ab`, {numref}`fig-2-line`,"
        " {cite:t}`higham2019` and [notation](../book/notation.md).\n\n"
        ":::{note}\nMind `{this}`.\n:::\n\n"
        ":::{exercise} A layer\n:label: ex-2-1\n\nWrite `layer`.\n\n```python\nx = {cite}\n```\n:::"
    )
    cells = [md(source), drawn("plt.show()")]
    copy = plain(nbformat.v4.new_notebook(cells=cells), chapter="2")
    text = copy.cells[0].source
    assert "(2.1), figure 2.1, Higham and Higham (2019) and notation." in text
    assert r"\tag{2.1}" in text
    assert "**Exercise: A layer**" in text
    assert "> Mind `{this}`." in text
    assert "x = {cite}" in text
    assert not any(it in text for it in (":::", ":label:", "eq-2-ab", "a-target", "higham2019"))
    assert copy.cells[1].outputs == []
    assert copy.cells[1].metadata == {}
    assert copy.cells[2].source == "**Figure 2.1.** A line."


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_directive_is_left_in_the_plain_copy(path):
    from tools.clean import plain

    copy = plain(nbformat.read(path, as_version=4), chapter="1")
    nbformat.validate(copy)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            outside = CODE.sub("", cell.source)
            assert not any(it in outside for it in (":::", "```{", "{cite", "{eq}", "{numref}"))
