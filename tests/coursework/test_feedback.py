"""Feedback comes to everyone, whatever one notebook holds, and says nothing that is hidden."""

import base64
import json

import pytest
from bs4 import BeautifulSoup

from grader import feedback as pages
from grader import marks
from grader.collect import collect
from grader.feedback import feedback
from grader.grade import grade_all
from grader.marks import to_do
from grader.page import to_html
from tests.coursework.conftest import FIRST, TELLS, added, hand_in, make_course, solved, tells

PICTURE = base64.b64encode(b"\x89PNG a picture of a mark").decode()
OVERLAY = 'x" style="position:fixed;inset:0" onerror="alert(1)'


def nested(depth):
    tree = "deep"
    for _ in range(depth):
        tree = [tree]
    return tree


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def html(text):
    return added("", outputs=[shown(**{"text/html": text, "text/plain": "instead"})])


def picture(**metadata):
    return added("", outputs=[shown(**{"image/png": PICTURE}) | {"metadata": metadata}])


ODD = {
    "an output nested 900 deep": added("", outputs=[shown(**{"application/x": nested(900)})]),
    "an html output nested 900 deep": added("", outputs=[shown(**{"text/html": nested(900)})]),
    "outputs nested in outputs": added("", outputs=nested(900)),
    "brackets": markdown("[" * 19_000),
    "pictures": markdown("![" * 9_000),
    "links": markdown("[a](b" * 4_000),
    "quotes": markdown(">" * 19_000),
    "lists": markdown("* " * 9_000),
    "stars": markdown("*a_ " * 4_900),
    "back ticks": markdown("".join("`" * n + " " for n in range(190))),
    "a million brackets": markdown("[" * 1_000_000),
    "formulas": markdown(r"$\begin{a}" * 2_000 + "$" * 100),
    "fractions": markdown("$" + r"\frac{" * 3_000 + "1" + "}" * 3_000 + "$"),
    "open divisions": html("<div>" * 4_000),
    "many open divisions": html("<div>" * 20_000),
    "an open table": html("<table>" * 2_800),
    "a picture laid over the page": picture(width=OVERLAY, height=OVERLAY),
    "its metadata by kind": picture(**{"image/png": {"width": OVERLAY, "alt": OVERLAY}}),
    "a picture that is none": added("", outputs=[shown(**{"image/png": OVERLAY})]),
    "an svg": added("", outputs=[shown(**{"image/svg+xml": f"<svg onload='x' {OVERLAY}/>"})]),
    "a script": html(f"<script>alert(1)</script><img src=x onerror=y><a href='{OVERLAY}'>b</a>"),
    "a style": html("<style>body { display: none }</style><table><tr><td>1</td></tr></table>"),
    "attributes": html(f"<table style='position:fixed' class='{OVERLAY}'><td>1</td></table>"),
    "a form": html("<form action='//x'><input autofocus onfocus=y></form>"),
    "a link that runs": markdown("[a](javascript:alert(1)) <img src=x onerror=y>"),
    "a link with a mark in it": markdown(f"[a](http://b/{OVERLAY}) ![c](http://d/e.png)"),
    "a stream": added("", outputs=[{"output_type": "stream", "text": ["\x1b[31mred\x00", "<b>"]}]),
    "half a letter": markdown("a\ud800b"),
}


CLASSES = {*"verdict full part none nothing waits points n code math inline block".split()}


@pytest.fixture(scope="module")
def given_back(tmp_path_factory):
    """A class of odd notebooks with an honest one behind each, and their pages."""
    root = tmp_path_factory.mktemp("feedback")
    names = {how: f"s{number:02}" for number, how in enumerate(ODD)}
    honest = [f"{name}-honest" for name in names.values()]
    course = make_course(root / "course", [*names.values(), honest[0], honest[-1]])
    for student in course.roster:
        made = solved(course, student)
        for how, name in names.items():
            if name == student:
                made["cells"].insert(3, ODD[how])
        hand_in(root / "handed", student, made)
    collect(course, FIRST, root / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    written = feedback(course, FIRST)
    assert len(written) == len(course.roster)
    return course, names


def page_of(course, student):
    text = course.place("feedback", FIRST, student, ".html").read_bytes().decode(errors="replace")
    return text, BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize("how", ODD)
def test_everyone_gets_a_page_in_which_nothing_can_run(given_back, how):
    course, names = given_back
    text, page = page_of(course, names[how])
    assert page.find("h1").text == course.assignment(FIRST).title
    assert len(page(class_="verdict")) == 6
    assert not page(["script", "iframe", "object", "form", "input", "svg", "link"])
    ours = {"class", "id", "href", "src", "alt", "start", "display", "xmlns", "name", "content"}
    ours |= {"lang", "charset", "http-equiv", "title"}
    for tag in page.body(True):
        if not tag.find_parents("math") and tag.name != "math":
            assert set(tag.attrs) <= ours, tag
        assert not str(tag.get("href", "#")).startswith(("javascript", "data"))
        assert str(tag.get("src", "data:image/")).startswith(("data:image/", "http://d/"))
        assert set(tag.get("class", [])) <= CLASSES
    assert len(text) < 1_200_000


def test_a_table_is_set_and_its_style_is_gone(given_back):
    course, names = given_back
    text, page = page_of(course, names["a style"])
    assert "display: none" not in text
    assert page.find("td", string="1")


def test_a_picture_has_nothing_but_itself(given_back):
    course, names = given_back
    for how in ("a picture laid over the page", "its metadata by kind"):
        text, page = page_of(course, names[how])
        (image,) = page("img")
        assert image["src"] == f"data:image/png;base64,{PICTURE}"
        assert "position:fixed" not in text
    assert not page_of(course, names["a picture that is none"])[1]("img")
    (drawing,) = page_of(course, names["an svg"])[1]("img")
    assert set(drawing.attrs) == {"alt", "src"}
    assert drawing["src"].startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize("how", ["loops", "eats", "ends", "fails"])
def test_a_page_that_cannot_be_made_comes_as_text(given_back, how, monkeypatch, capfd):
    """And the honest ones' as they were; one that takes long otherwise may come as text too."""
    course, _ = given_back
    honest = list(course.place("feedback", FIRST).glob("*-honest.html"))
    before = [path.read_bytes() for path in honest]
    cell = pages._cell

    def spoilt(one, plain):
        if not plain and "a cell that spoils" in str(one.get("source")):
            while how == "loops":
                pass
            if how == "eats":
                raise MemoryError
            if how == "ends":
                __import__("os")._exit(7)
            raise RecursionError
        return cell(one, plain)

    monkeypatch.setattr(pages, "_cell", spoilt)
    monkeypatch.setattr(pages, "_CPU_SECONDS", 1)
    place = course.place("submitted", FIRST, "s00", ".ipynb")
    whole = place.read_bytes()
    made = json.loads(whole)
    made["cells"][3] = markdown("a cell that spoils")
    place.write_text(json.dumps(made))
    try:
        feedback(course, FIRST)
    finally:
        place.write_bytes(whole)
    assert "Traceback" not in capfd.readouterr().err
    page = page_of(course, "s00")[1]
    assert len(page(class_="verdict")) == 6
    assert page.find("pre", string="a cell that spoils")
    assert [path.read_bytes() for path in honest] == before


# --- what is hidden ---


@pytest.mark.parametrize("how", TELLS)
def test_no_hidden_input_is_on_a_page(tmp_path, how):
    course = make_course(tmp_path / "course", ["ada"])
    later = "raise ImportError(repr(kept))" if "later" in how else "pass"
    later = later.replace("ImportError", "FileNotFoundError") if "file" in how else later
    made = solved(course, "ada", answers=[("cost", tells(how)), ("repair", later)])
    hand_in(tmp_path / "handed", "ada", made)
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    feedback(course, FIRST)
    text, page = page_of(course, "ada")
    for box in page(["pre", "table"]):  # what the student wrote, which they know
        box.decompose()
    work = course.assignment(FIRST)
    checks = work.question_of("cost").checks
    cases = [work.cases_of(work.question_of("cost"), c, "ada", course.key) for c in checks]
    said = page.text + str([tag.attrs for tag in page(True)])
    for case in (case for several in cases for case in several):
        for number in case[0].ravel():
            assert f"{number:.6f}"[2:7] not in said
    for box in page(class_="verdict"):
        assert "array" not in box.text


# --- what is there ---


def test_the_page_says_what_is_there_so_far_and_each_checks_points(tmp_path):
    course = make_course(tmp_path / "course", ["ada"])
    work = course.assignment(FIRST)
    v = work.variant_of("ada", course.key)
    overflows = (
        f"def switch(x):\n    z = np.exp({v.steepness} * (x - {v.place}))\n    return z / (1 + z)"
    )
    made = solved(course, "ada", left=("line",), answers=[("switch", overflows)])
    made["cells"] = [c for c in made["cells"] if c["id"] != "band"]
    hand_in(tmp_path / "handed", "ada", made)
    collect(course, FIRST, tmp_path / "handed")
    grade_all(course, FIRST)
    to_do(course, FIRST)
    feedback(course, FIRST)
    page = page_of(course, "ada")[1]
    assert "Name of ada · ada" in page.text
    assert "Points so far: 15 of 34" in page.text
    rows = [[cell.text for cell in row("td")] for row in page.find("table", class_="points")("tr")]
    assert rows == [
        ["switch", "3 of 5", "part"],
        ["line", "0 of 6", "nothing written"],
        ["band", "0 of 6", "nothing written"],
        ["cost", "6 of 6", "full"],
        ["repair", "6 of 6", "full"],
        ["why", "of 5", "waits for a person"],
    ]
    box = page.find(id="switch").text
    assert "ordinary inputs: 3 of 3 right, 3 of 3 points." in box
    assert "huge inputs: 0 of 2 right, 0 of 2 points." in box
    assert box.index("ordinary inputs") < box.index("huge inputs")
    assert "infinity is divided by infinity" in box
    assert page.find(id="band")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (5.41667, "5.4 days"),
        (1, "1 day"),
        (0.5, "12 hours"),
        (0.011, "15.8 minutes"),
        (1e-5, "1 min"),
    ],
)
def test_lateness_is_said_as_one_would_say_it(days, said):
    assert pages._time(days).startswith(said)


def test_what_holds_of_many_cells_is_said_once():
    remarks = ["cell a was changed, and restored", "cell b is there more than once"]
    assert marks.together(remarks) == remarks
    assert marks.together([*remarks, "cell c was changed, and restored"]) == [
        "cell b is there more than once",
        "cells a, c were changed, and restored",
    ]


WIDE = {
    "a formula": markdown("$$" + "a + " * 90 + "b$$"),
    "a formula in a line": markdown("So $" + "a + " * 90 + "b$ it is."),
    "a word": markdown("x" * 400),
    "a heading": markdown("# " + "x" * 400),
    "a name in a line": markdown(f"`{'x' * 400}`"),
    "an address in a list": markdown("- http://" + "x" * 400),
    "a line of code": added("y" * 400 + " = " + "z" * 400),
    "what was printed": added("", outputs=[{"output_type": "stream", "text": "x" * 400}]),
    "a table": html(f"<table><tr>{'<th>a column</th>' * 40}</tr></table>"),
    "a table with a word": html(f"<table><tr><th>{'x' * 400}</th></tr></table>"),
}


@pytest.mark.parametrize("what", WIDE)
def test_on_a_phone_nothing_makes_the_page_wider_than_it_is(browser, what):
    body = f"<p>{'A sentence. ' * 9}</p>{pages._cell(WIDE[what], plain=False)}"
    opened = browser.new_page(viewport={"width": 400, "height": 800})
    opened.set_content(pages.page_of("A title", body))
    assert opened.evaluate("document.documentElement.scrollWidth") == 400
    opened.close()


def test_a_prime_stands_at_its_letter():
    assert "<mi>f</mi><mo" in to_html("$f'(z)$")
    assert "<msup><mi>f</mi><mn>2</mn></msup>" in to_html("$f^2$")
