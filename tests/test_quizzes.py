"""Quizzes: the files keep their format, show without a script, and export question for question."""

import sqlite3
import xml.etree.ElementTree as ET
import zipfile

import pytest
import yaml
from bs4 import BeautifulSoup

from groundup.exercises import quiz, warmup
from groundup.exercises.__main__ import main
from groundup.questions import quiz as quizzes
from groundup.questions.quiz import QuizError, load, parse, warmup_questions
from groundup.questions.quiz_export import export
from groundup.questions.show import to_html

CHAPTERS = quizzes.numbers()
each_chapter = pytest.mark.parametrize("n", CHAPTERS)


# --- the course's own ---


@pytest.mark.parametrize("n", range(1, 9))
def test_a_chapter_has_at_least_six_questions(n):
    assert len(load(n).questions) >= 6


@pytest.mark.parametrize("n", range(2, 9))
def test_a_chapter_warms_up_with_three_earlier_questions(n):
    found = warmup_questions(n)
    assert len({question.id for question in found}) == 3
    assert all(question.chapter < n for question in found)


@each_chapter
def test_reasons_are_reasons_and_questions_are_not_asked_twice(n):
    found = load(n).questions
    assert len({question.text for question in found}) == len(found)
    for question in found:
        reasons = [option.reason for option in question.options]
        assert len(set(reasons)) == len(reasons), question.id
        assert all(len(reason) >= 20 for reason in reasons), question.id


def test_the_right_option_does_not_always_stand_in_one_place():
    places = [
        [option.right for option in question.options].index(True)
        for n in CHAPTERS
        for question in load(n).questions
        if len(question.options) > 2
    ]
    assert len(set(places)) > 2
    assert max(map(places.count, places)) < 0.6 * len(places)


def longest_is_right(found) -> tuple[float, float]:
    """Right answers to expect from always taking the longest option, and from drawing one."""
    by_length = by_chance = 0.0
    for question in found:
        lengths = [len(option.text) for option in question.options]
        longest = [option for option in question.options if len(option.text) == max(lengths)]
        by_length += sum(option.right for option in longest) / len(longest)
        by_chance += 1 / len(lengths)
    return by_length, by_chance


@each_chapter
def test_the_longest_option_is_right_no_more_often_than_chance(n):
    by_length, by_chance = longest_is_right(load(n).questions)
    assert by_length <= by_chance, f"{by_length:.1f} of {by_chance:.1f} in chapter {n}"


@each_chapter
def test_page_unfolds_each_option_without_a_script(n, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    quiz(n)
    quiz(n)
    assert shown[0]._repr_html_() == shown[1]._repr_html_()
    page = BeautifulSoup(shown[0]._repr_html_(), "html.parser")
    found = load(n).questions
    assert [section["data-question"] for section in page.select("[data-question]")] == [
        question.id for question in found
    ]
    for section, question in zip(page.select("[data-question]"), found, strict=True):
        folds = section.find_all("details")
        assert len(folds) == len(question.options)
        for fold, option in zip(folds, question.options, strict=True):
            assert fold.summary is not None
            assert not fold.has_attr("open")
            words = fold.div.get_text()
            assert words.startswith("Right." if option.right else "Not right.")
            assert ("Right." in fold.summary.get_text()) is False
    assert page.find_all(["script", "style", "link", "img", "iframe"]) == []
    assert not any(name.startswith("on") for tag in page.find_all() for name in tag.attrs)
    # MathJax typesets elements of this class, in the book too, and knows \( but no $
    assert "tex2jax_process" in page.div["class"]
    assert "$" not in page.get_text()


@each_chapter
def test_plain_text_lists_questions_and_options(n, capsys):
    quiz(n)
    out = capsys.readouterr().out
    for question in load(n).questions:
        assert question.text in out
        assert all(option.text in out for option in question.options)
        assert not any(option.reason in out for option in question.options)


def test_warmup_is_shown(capsys):
    warmup(CHAPTERS[-1])
    assert warmup_questions(CHAPTERS[-1])[0].text in capsys.readouterr().out


# --- the format ---

GOOD = {
    "chapter": 1,
    "questions": [
        {
            "id": "1.q1",
            "question": "Is $a < b$ & `c`?",
            "options": [
                {"text": "$a$ ]]> <b>", "right": True, "reason": "Because **so**."},
                {"text": 23, "reason": "No & no."},
            ],
        },
        {
            "id": "1.q2",
            "several": True,
            "question": "Which?",
            "options": [
                {"text": "x", "right": True, "reason": "Yes."},
                {"text": "y", "right": True, "reason": "Yes, too."},
                {"text": "z", "reason": "No."},
            ],
        },
    ],
}


def changed(path, value):
    """The good quiz with one place changed, or taken out where the value is None."""
    data = yaml.safe_load(yaml.safe_dump(GOOD))
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump(data)


def test_good_quiz_is_read():
    read = parse(yaml.safe_dump(GOOD), "chapter1.yml", 1)
    assert [question.id for question in read.questions] == ["1.q1", "1.q2"]
    assert {option.text for option in read.questions[0].options} == {"$a$ ]]> <b>", "23"}
    assert read.warmup == ()


Q = ("questions", 0)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("chapter",), 2, r"chapter must be 1; got 2"),
        (("question",), [], r"unknown key 'question'"),
        (("questions",), [], r"at least one question"),
        (("warmup",), ["q1"], r"ids such as 1\.q2"),
        ((*Q,), "text", r"question 'text': a question must be a mapping"),
        ((*Q, "id"), "2.q1", r"id must be such as 1\.q1"),
        ((*Q, "id"), "1.q2", r"'1\.q2' is given twice"),
        ((*Q, "question"), None, r"'1\.q1': question must be a text"),
        ((*Q, "several"), "yes", r"several must be true or false"),
        ((*Q, "options"), [], r"two to eight"),
        ((*Q, "options", 0, "right"), None, r"exactly one option.*must be right; got 0"),
        ((*Q, "options", 1, "right"), True, r"exactly one option.*must be right; got 2"),
        ((*Q, "options", 1, "right"), 1, r"right must be true or false; got 1"),
        ((*Q, "options", 1, "reason"), None, r"option 2: reason must be a text; got None"),
        ((*Q, "options", 1, "reason"), " ", r"reason must be a text"),
        ((*Q, "options", 1, "wrong"), True, r"unknown key 'wrong'"),
        ((*Q, "options", 1, "text"), "$a$ ]]> <b>", r"two options have the same text"),
    ],
)
def test_faults_are_named(path, value, message):
    with pytest.raises(QuizError, match=message):
        parse(changed(path, value), "chapter1.yml", 1)


def test_no_yaml_is_named():
    with pytest.raises(QuizError, match=r"chapter1\.yml is no YAML"):
        parse("chapter: [", "chapter1.yml", 1)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one quiz of its own in place of the course's."""
    monkeypatch.setattr(quizzes, "FOLDER", tmp_path)
    (tmp_path / "chapter1.yml").write_text(yaml.safe_dump(GOOD))
    return tmp_path


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["2.q1"], r"earlier chapters only; got '2\.q1'"),
        (["1.q7"], r"'1\.q7'; chapter1\.yml lacks it"),
    ],
)
def test_faults_of_warmups_are_named(folder, ids, message, capsys):
    text = yaml.safe_dump(GOOD | {"warmup": ids}).replace("1.q", "2.q")
    text = text.replace("chapter: 1", "chapter: 2")
    text = text[: text.index("warmup:")] + yaml.safe_dump({"warmup": ids})
    (folder / "chapter2.yml").write_text(text)
    with pytest.raises(QuizError, match=message):
        warmup_questions(2)
    warmup(2)
    assert "The quiz cannot be shown" in capsys.readouterr().out


def test_missing_quiz_is_said(capsys):
    quiz(77)
    assert "there is no quiz for chapter 77" in capsys.readouterr().out


# --- exports ---


def check_moodle(file, found):
    root = ET.parse(file).getroot()
    nodes = root.findall("question[@type='multichoice']")
    assert [node.findtext("name/text") for node in nodes] == [q.id for q in found]
    for node, question in zip(nodes, found, strict=True):
        text = BeautifulSoup(node.findtext("questiontext/text"), "html.parser").get_text()
        first_word = question.text.split()[0]
        assert first_word.strip("*`$").lower() in text.lower() or "\\(" in text
        assert node.findtext("single") == ("false" if question.several else "true")
        answers = node.findall("answer")
        assert len(answers) == len(question.options)
        fractions = [float(answer.get("fraction")) for answer in answers]
        for answer, fraction, option in zip(answers, fractions, question.options, strict=True):
            assert (fraction > 0) == option.right
            assert answer.findtext("text").strip()
            assert answer.findtext("feedback/text").strip()
        assert sum(f for f in fractions if f > 0) == pytest.approx(100, abs=1e-3)
        if not question.several:
            assert sorted(set(fractions)) == [0, 100]
    categories = [node.findtext("category/text") for node in root.findall("question/category/..")]
    assert len(categories) == len({q.chapter for q in found})
    assert len(root) == len(nodes) + len(categories)


def check_anki(file, found, folder):
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as base:
        notes = [fields.split("\x1f") for (fields,) in base.execute("select flds from notes")]
        assert base.execute("select count(*) from cards").fetchone() == (len(found),)
        # Anki takes ids for times in milliseconds, and 0 for none
        assert base.execute("select min(id) from notes").fetchone() > (10**12,)
    by_id = {note[0]: note for note in notes}
    assert by_id.keys() == {question.id for question in found}
    for question in found:
        _, _, options, answer = by_id[question.id]
        assert options.count("<li>") == answer.count("<li>") == len(question.options)
        right = answer.count("<strong>Right.</strong>")
        assert right == sum(option.right for option in question.options)


def test_export_has_every_question(tmp_path):
    found = [question for n in CHAPTERS for question in load(n).questions]
    moodle, anki, *_ = export(tmp_path)
    check_moodle(moodle, found)
    check_anki(anki, found, tmp_path)


def test_export_keeps_awkward_texts(folder, tmp_path):
    moodle, anki, *_ = export(tmp_path / "out")
    found = load(1).questions
    check_moodle(moodle, found)
    check_anki(anki, found, tmp_path)
    root = ET.parse(moodle).getroot()
    texts = [node.text for node in root.iter("text")]
    assert any(r"\(a &lt; b\)" in text and "<code>c</code>" in text for text in texts)
    assert any("]]&gt; &lt;b&gt;" in text for text in texts)
    several = root.findall("question[@type='multichoice']")[1]
    assert sorted(float(a.get("fraction")) for a in several.findall("answer")) == [-100, 50, 50]


def parts(file) -> dict[str, ET.Element]:
    """The files of a package by name, without the prefixes of tags."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        found = {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}
    for root in found.values():
        for node in root.iter():
            node.tag = node.tag.partition("}")[2]
    manifest = found.pop("imsmanifest.xml")
    assert {node.get("href") for node in manifest.iter("resource")} == found.keys()
    assert {node.get("href") for node in manifest.iter("file")} == found.keys()
    names = [node.get("identifier") for node in manifest.iter("resource")]
    assert len(set(names)) == len(names)
    return found


def words(markup: str) -> str:
    return " ".join(BeautifulSoup(markup, "html.parser").get_text().split())


def of_option(markup: str, option) -> None:
    assert words(markup) == words(to_html(option))


def check_qti12(file, found):
    items = [item for root in parts(file).values() for item in root.iter("item")]
    assert [item.get("title") for item in items] == [question.id for question in found]
    assert len({item.get("ident") for item in items}) == len(found)
    for item, question in zip(items, found, strict=True):
        of_option(item.findtext("presentation/material/mattext"), question.text)
        labels = list(item.iter("response_label"))
        many = item.find("presentation/response_lid").get("rcardinality")
        assert many == ("Multiple" if question.several else "Single")
        scored = item.find("resprocessing/respcondition[setvar]/conditionvar")
        wrong = {node.text for node in scored.iterfind(".//not/varequal")}
        chosen = {node.text for node in scored.iter("varequal")} - wrong
        told = {
            one.findtext("conditionvar/varequal"): one.find("displayfeedback").get("linkrefid")
            for one in item.iterfind("resprocessing/respcondition[displayfeedback]")
        }
        texts = {it.get("ident"): it.findtext(".//mattext") for it in item.iter("itemfeedback")}
        for label, option in zip(labels, question.options, strict=True):
            letter = label.get("ident")
            of_option(label.findtext("material/mattext"), option.text)
            assert (letter in chosen) is option.right
            assert (letter in wrong) is (question.several and not option.right)
            of_option(texts[told[letter]], option.reason)


def check_qti21(file, found):
    items = list(parts(file).values())
    assert [item.get("title") for item in items] == [question.id for question in found]
    assert len({item.get("identifier") for item in items}) == len(found)
    for item, question in zip(items, found, strict=True):
        of_option(ET.tostring(item.find("itemBody/div"), "unicode"), question.text)
        right = {node.text for node in item.iterfind("responseDeclaration/correctResponse/value")}
        shares = {
            node.get("mapKey"): float(node.get("mappedValue")) for node in item.iter("mapEntry")
        }
        choices = list(item.iter("simpleChoice"))
        told = {node.get("identifier"): node for node in item.iter("modalFeedback")}
        assert bool(shares) is question.several
        for node, option in zip(choices, question.options, strict=True):
            letter = node.get("identifier")
            of_option(ET.tostring(node, "unicode"), option.text)
            assert (letter in right) is option.right
            assert not shares or (shares[letter] > 0) is option.right
            of_option(ET.tostring(told[letter], "unicode"), option.reason)
        if shares:
            assert sum(share for share in shares.values() if share > 0) == pytest.approx(
                1, abs=1e-5
            )
            assert sum(shares.values()) <= 1e-5  # ticking everything earns nothing
            maximum = item.find("itemBody/choiceInteraction").get("maxChoices")
            assert int(maximum) == len(choices)


def test_qti_has_every_question(tmp_path):
    found = [question for n in CHAPTERS for question in load(n).questions]
    *_, first, second = export(tmp_path)
    check_qti12(first, found)
    check_qti21(second, found)
    again = export(tmp_path / "again")
    assert [file.read_bytes() for file in again[2:]] == [first.read_bytes(), second.read_bytes()]


def test_qti_keeps_awkward_texts(folder, tmp_path):
    *_, first, second = export(tmp_path / "out")
    check_qti12(first, load(1).questions)
    check_qti21(second, load(1).questions)


def test_an_import_updates_questions_that_are_there(folder, tmp_path):
    guids = []
    for name, text in (("one", "Which?"), ("two", "Which of them?")):
        (folder / "chapter1.yml").write_text(changed(("questions", 1, "question"), text))
        (moodle, anki, *_), out = export(tmp_path / name), tmp_path / name
        with zipfile.ZipFile(anki) as archive:
            archive.extract("collection.anki2", out)
        with sqlite3.connect(out / "collection.anki2") as base:
            guids.append(sorted(base.execute("select guid, mid from notes")))
            guids[-1].append(sorted(base.execute("select distinct did from cards")))
        assert text in moodle.read_text()
    assert guids[0] == guids[1]


def test_command(folder, tmp_path, capsys):
    assert main(["export", str(tmp_path / "out")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    (folder / "chapter1.yml").write_text("chapter: 3")
    assert main(["export", str(tmp_path / "bad")]) == 1
    assert "chapter must be 1" in capsys.readouterr().err
    assert not (tmp_path / "bad").exists()
