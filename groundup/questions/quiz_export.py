"""All quizzes as files for other programs: Moodle XML, an Anki deck, and QTI.

Questions keep their identities from one export to the next, so that Anki updates those that it has.
Maths is written between ``\\( \\)``, which Moodle's MathJax filter and Anki both typeset.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from groundup.questions import quiz
from groundup.questions.qti import write_qti
from groundup.questions.quiz import Question
from groundup.questions.show import to_html, to_inline_html

COURSE = "Neural Networks from the Ground Up"
# Moodle accepts no other shares of a mark (its documentation of the XML format, "fraction").
_SHARES = ["0", "100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5"]


def export(folder: str | Path) -> list[Path]:
    """Write ``quizzes.xml`` (Moodle), ``quizzes.apkg`` (Anki) and QTI; returns the files.

    Raises
    ------
    groundup.questions.quiz.QuizError
        When a quiz breaks its format; nothing is written then.
    """
    found = [question for n in quiz.numbers() for question in quiz.load(n).questions]
    folder = Path(folder)
    xml = moodle_xml(found)
    folder.mkdir(parents=True, exist_ok=True)
    moodle, anki = folder / "quizzes.xml", folder / "quizzes.apkg"
    moodle.write_bytes(xml)
    write_anki(found, anki)
    return [moodle, anki, *write_qti(found, folder)]


def moodle_xml(found: Iterable[Question]) -> bytes:
    """Multiple-choice questions in Moodle's XML: categories by chapter, feedback to each answer."""
    root = ET.Element("quiz")
    chapter = None
    for question in found:
        if question.chapter != chapter:
            chapter = question.chapter
            category = ET.SubElement(root, "question", type="category")
            name = f"$course$/top/{COURSE}/Chapter {chapter}"
            ET.SubElement(ET.SubElement(category, "category"), "text").text = name
        root.append(_moodle_question(question))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _moodle_question(question: Question) -> ET.Element:
    node = ET.Element("question", type="multichoice")
    _moodle_text(node, "name", question.id)
    _moodle_text(node, "questiontext", to_html(question.text), format="html")
    right = sum(option.right for option in question.options)
    for tag, value in (
        ("defaultgrade", "1"),
        ("penalty", "0.3333333"),
        ("hidden", "0"),
        ("idnumber", question.id),
        ("single", str(not question.several).lower()),
        ("shuffleanswers", "true"),
        ("answernumbering", "abc"),
    ):
        ET.SubElement(node, tag).text = value
    wrong = len(question.options) - right
    for option in question.options:
        # Where several are right, ticking a wrong one takes off what it would be worth if right,
        # so that ticking everything earns nothing.
        loss = f"-{_SHARES[wrong]}" if question.several else "0"
        fraction = _SHARES[right] if option.right else loss
        answer = _moodle_text(
            node, "answer", to_inline_html(option.text), fraction=fraction, format="html"
        )
        _moodle_text(answer, "feedback", to_html(option.reason), format="html")
    return node


def _moodle_text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, attributes)
    ET.SubElement(node, "text").text = text
    return node


def write_anki(found: Iterable[Question], file: Path) -> None:
    """A deck a chapter: the question and its options in front, the reasons behind."""
    import genanki  # only the export needs it

    model = genanki.Model(
        _anki_id("model"),
        f"{COURSE}: question",
        fields=[{"name": "Id"}, {"name": "Question"}, {"name": "Options"}, {"name": "Answer"}],
        templates=[
            {
                "name": "Card",
                "qfmt": "{{Question}}{{Options}}",
                "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}",
            }
        ],
        css=".card { font-family: sans-serif; font-size: 18px; text-align: left; }",
    )
    decks: dict[int, genanki.Deck] = {}
    for question in found:
        name = f"{COURSE}::Chapter {question.chapter}"
        deck = decks.setdefault(question.chapter, genanki.Deck(_anki_id(name), name))
        note = "<p>More than one option may be right.</p>" if question.several else ""
        options = "".join(f"<li>{to_inline_html(o.text)}</li>" for o in question.options)
        answers = "".join(
            f"<li>{to_html(f'**{word}** {option.reason}')}</li>"
            for option in question.options
            for word in ["Right." if option.right else "Not right."]
        )
        deck.add_note(
            genanki.Note(
                model=model,
                fields=[
                    question.id,
                    to_html(question.text),
                    f"{note}<ol type='a'>{options}</ol>",
                    f"<ol type='a'>{answers}</ol>",
                ],
                guid=genanki.guid_for(COURSE, question.id),
            )
        )
    genanki.Package(list(decks.values())).write_to_file(str(file))


def _anki_id(name: str) -> int:
    """A number that stays the same, in the range that Anki uses."""
    return (1 << 30) + zlib.crc32(f"{COURSE} {name}".encode()) % (1 << 30)
