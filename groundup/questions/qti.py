"""The quizzes as QTI 1.2 and 2.1, which most learning platforms read: zip files with a manifest.

The reason of each option is its feedback. In 1.2, in the form that Canvas reads, what is chosen is
right or not. In 2.1, where several are right, each adds its share, and each wrong one takes off
what it would be worth if right, but never below 0.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from groundup.questions.quiz import Question, lettered
from groundup.questions.show import to_html, to_inline_html

_OLDEST = (1980, 1, 1, 0, 0, 0)  # the same bytes each time
_12 = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"


def write_qti(found: Iterable[Question], folder: Path) -> list[Path]:
    """Write ``quizzes-qti12.zip`` and ``quizzes-qti21.zip`` into a folder; returns the files."""
    found = list(found)
    files = [folder / "quizzes-qti12.zip", folder / "quizzes-qti21.zip"]
    for file, contents in zip(files, (qti12(found), qti21(found)), strict=True):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, root in contents.items():
                ET.indent(root)
                text = ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
                archive.writestr(zipfile.ZipInfo(name, _OLDEST), text, zipfile.ZIP_DEFLATED)
        file.write_bytes(buffer.getvalue())
    return files


def _name(question: Question) -> str:
    """An identifier: letters, digits, ``_`` and ``-``, a letter first."""
    return "q" + re.sub(r"\W", "_", question.id)


def _node(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


# --- 1.2 ---


def qti12(found: list[Question]) -> dict[str, ET.Element]:
    """One assessment a chapter, by file name, and the manifest."""
    files: dict[str, ET.Element] = {}
    for chapter in sorted({question.chapter for question in found}):
        root = ET.Element("questestinterop", xmlns=_12)
        title = f"Chapter {chapter}"
        test = _node(root, "assessment", ident=f"chapter{chapter}", title=title)
        section = _node(test, "section", ident="root_section")
        for question in found:
            if question.chapter == chapter:
                section.append(_item12(question))
        files[f"chapter{chapter}/chapter{chapter}.xml"] = root
    kinds = dict.fromkeys(files, "imsqti_xmlv1p2")
    return {"imsmanifest.xml": _manifest(kinds, "IMS Content", "1.1.3"), **files}


def _item12(question: Question) -> ET.Element:
    item = ET.Element("item", ident=_name(question), title=question.id)
    data = _node(_node(item, "itemmetadata"), "qtimetadata")
    kind = "multiple_answers_question" if question.several else "multiple_choice_question"
    for label, entry in (("question_type", kind), ("points_possible", "1")):
        field = _node(data, "qtimetadatafield")
        _node(field, "fieldlabel", label)
        _node(field, "fieldentry", entry)
    shown = _node(item, "presentation")
    _text12(shown, to_html(question.text))
    many = "Multiple" if question.several else "Single"
    choice = _node(
        _node(shown, "response_lid", ident="response1", rcardinality=many), "render_choice"
    )
    for letter, option in lettered(question.options).items():
        _text12(_node(choice, "response_label", ident=letter), to_inline_html(option.text))
    scoring = _node(item, "resprocessing")
    outcomes = _node(scoring, "outcomes")
    _node(outcomes, "decvar", varname="SCORE", vartype="Decimal", minvalue="0", maxvalue="100")
    for letter in lettered(question.options):
        condition = _node(scoring, "respcondition", **{"continue": "Yes"})
        met = _node(condition, "conditionvar")
        _node(met, "varequal", letter, respident="response1")
        _node(condition, "displayfeedback", feedbacktype="Response", linkrefid=f"{letter}_fb")
    # One condition for the mark, in the form that Canvas writes and reads.
    condition = _node(scoring, "respcondition", **{"continue": "No"})
    met = _node(condition, "conditionvar")
    if question.several:
        met = _node(met, "and")
    for letter, option in lettered(question.options).items():
        if option.right or question.several:
            place = met if option.right else _node(met, "not")
            _node(place, "varequal", letter, respident="response1")
    _node(condition, "setvar", "100", varname="SCORE", action="Set")
    for letter, option in lettered(question.options).items():
        feedback = _node(item, "itemfeedback", ident=f"{letter}_fb")
        _text12(_node(feedback, "flow_mat"), to_html(option.reason))
    return item


def _text12(parent: ET.Element, markup: str) -> None:
    _node(_node(parent, "material"), "mattext", markup, texttype="text/html")


# --- 2.1 ---


def qti21(found: list[Question]) -> dict[str, ET.Element]:
    """One item a question, by file name, and the manifest."""
    files = {f"items/{_name(question)}.xml": _item21(question) for question in found}
    kinds = dict.fromkeys(files, "imsqti_item_xmlv2p1")
    return {"imsmanifest.xml": _manifest(kinds, "QTIv2.1 Package", "1.0.0"), **files}


def _item21(question: Question) -> ET.Element:
    options = {"identifier": _name(question), "title": question.id}
    item = ET.Element(
        "assessmentItem", {"xmlns": _21, **options, "adaptive": "false", "timeDependent": "false"}
    )
    many = "multiple" if question.several else "single"
    answer = {"identifier": "RESPONSE", "cardinality": many, "baseType": "identifier"}
    declared = ET.SubElement(item, "responseDeclaration", answer)
    correct = _node(declared, "correctResponse")
    for letter, option in lettered(question.options).items():
        if option.right:
            _node(correct, "value", letter)
    if question.several:
        right = sum(option.right for option in question.options)
        wrong = len(question.options) - right
        mapping = _node(declared, "mapping", lowerBound="0", upperBound="1", defaultValue="0")
        for letter, option in lettered(question.options).items():
            share = 1 / right if option.right else -1 / wrong
            _node(mapping, "mapEntry", mapKey=letter, mappedValue=f"{share:.6g}")
    score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    ET.SubElement(item, "outcomeDeclaration", score)
    told = {"identifier": "FEEDBACK", "cardinality": many, "baseType": "identifier"}
    ET.SubElement(item, "outcomeDeclaration", told)
    body = _node(item, "itemBody")
    _node(body, "div").extend(_markup(to_html(question.text)))
    choice = _node(
        body,
        "choiceInteraction",
        responseIdentifier="RESPONSE",
        shuffle="true",
        maxChoices=str(len(question.options) if question.several else 1),
    )
    for letter, option in lettered(question.options).items():
        (line,) = _markup(f"<span>{to_inline_html(option.text)}</span>")
        node = _node(choice, "simpleChoice", line.text, identifier=letter)
        node.extend(line)
    item.append(_scoring21(question))
    for letter, option in lettered(question.options).items():
        feedback = {"outcomeIdentifier": "FEEDBACK", "identifier": letter, "showHide": "show"}
        ET.SubElement(item, "modalFeedback", feedback).extend(_markup(to_html(option.reason)))
    return item


def _scoring21(question: Question) -> ET.Element:
    """As the standard's templates ``match_correct`` and ``map_response``, with the feedback."""
    scoring = ET.Element("responseProcessing")
    if question.several:
        score = _node(scoring, "setOutcomeValue", identifier="SCORE")
        _node(score, "mapResponse", identifier="RESPONSE")
    else:
        condition = _node(scoring, "responseCondition")
        for tag, value in (("responseIf", "1"), ("responseElse", "0")):
            branch = _node(condition, tag)
            if tag == "responseIf":
                match = _node(branch, "match")
                _node(match, "variable", identifier="RESPONSE")
                _node(match, "correct", identifier="RESPONSE")
            score = _node(branch, "setOutcomeValue", identifier="SCORE")
            _node(score, "baseValue", value, baseType="float")
    told = _node(scoring, "setOutcomeValue", identifier="FEEDBACK")
    _node(told, "variable", identifier="RESPONSE")
    return scoring


def _markup(text: str) -> list[ET.Element]:
    """HTML as elements; what Markdown gives is well formed."""
    return list(ET.fromstring(f"<div>{text}</div>"))


def _manifest(kinds: dict[str, str], schema: str, version: str) -> ET.Element:
    """The list of a package's files, with the kind of each."""
    root = ET.Element("manifest", xmlns=_CP, identifier="ground-up-quizzes")
    described = _node(root, "metadata")
    _node(described, "schema", schema)
    _node(described, "schemaversion", version)
    _node(root, "organizations")
    resources = _node(root, "resources")
    for name, kind in kinds.items():
        identity = re.sub(r"\W", "_", Path(name).stem)
        one = _node(resources, "resource", identifier=f"r_{identity}", type=kind, href=name)
        _node(one, "file", href=name)
    return root
