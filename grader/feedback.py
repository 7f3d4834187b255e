"""Feedback: each student's notebook as a page, with what grading found at each question."""

from __future__ import annotations

import secrets
from functools import cache
from html import escape
from pathlib import Path

import bleach
import nbformat

from grader import marks, notebook
from grader.deadlines import MARK
from grader.folder import Course
from grader.grade import LOOK, MISSING, current
from grader.groups import sharing
from grader.page import page_of, to_html, to_inline_html
from groundup.files import write


def feedback(course: Course, assignment: str) -> list[Path]:
    """Write ``feedback/a1/ID.html`` for every graded student.

    A page shows no input of a hidden check, and nothing in it can run: the student's own outputs
    are cleaned, and the page forbids scripts and loads nothing.
    """
    written = []
    results = current(course, course.assignment(assignment))
    for row in marks.rows(course, assignment):
        result = results.get(row.student)
        if row.state != MISSING and result:
            path = course.place("feedback", assignment, row.student, ".html")
            write(path, _page(course, assignment, row, result))
            written.append(path)
    for student, leader in sharing(course, assignment).items():
        page = course.place("feedback", assignment, leader, ".html")
        if page in written:
            written.append(course.place("feedback", assignment, student, ".html"))
            write(written[-1], page.read_bytes())
    return written


def _page(course: Course, assignment: str, row: marks.Row, result: dict) -> str:
    work = course.assignment(assignment)
    total = "not yet known" if row.total is None else f"{row.total:g} of {row.out_of:g}"
    head = [f"<p>{escape(row.student)}. Points: <strong>{total}</strong>.</p>"]
    given = marks.by_hand(course, assignment)
    decided, comment = given.get((row.student, "*"), (None, ""))
    if row.state == LOOK or decided is not None:
        head.append(
            "<p>A person looks at this submission.</p>"
            if decided is None
            else f"<p>A person has looked at this submission. {escape(comment)}</p>"
        )
    if row.late_days:
        known = f" {row.late_days:g} days" if row.late_days > MARK else ""
        cost = f" That costs {row.lost:g} points." if row.lost else ""
        head.append(f"<p>Handed in{known} late.{cost}</p>")
    head += [f"<p>{escape(remark)}.</p>" for remark in result["remarks"]]
    data = course.place("submitted", assignment, row.student, ".ipynb").read_bytes()
    try:
        handed_in = notebook.parse(data)
    except ValueError:
        return page_of(work.title, "".join(head))
    released = notebook.build(work, row.student, course.key)["cells"]
    texts = {c["id"]: c["source"] for c in released if c["cell_type"] == "markdown"}
    cells: list[dict | None] = []
    boxes: list[str] = []
    seen: set[str] = set()
    for cell in handed_in["cells"]:
        id = notebook.cell_id(cell)
        if id in ("introduction", "before-handing-in"):
            continue  # the page has its own head, and what is handed in is handed in
        if isinstance(id, str) and id in texts and id not in result["by_hand"]:
            boxes.append(to_html(texts[id]))
            cells.append(None)
            continue
        cells.append(cell)
        if id in seen or not isinstance(id, str):
            continue
        seen.add(id)
        if id in result["questions"]:
            question = next(q for q in work.questions if q.id == id)
            boxes.append(_verdict(question, result["questions"][id]))
            cells.append(None)
        elif id in result["by_hand"]:
            boxes.append(_by_hand(result["by_hand"][id], *given.get((row.student, id), (None, ""))))
            cells.append(None)
    return page_of(work.title, "".join(head) + _html(cells, boxes))


def _by_hand(found: dict, points: float | None, comment: str) -> str:
    shown = "not graded yet" if points is None else f"{points:g}"
    if not found["attempted"]:
        shown = "0, nothing written"
    said = f"<p>Points: {shown}, of {found['out_of']:g}. {escape(comment)}</p>"
    return f'<div class="verdict">{said}</div>'


def _verdict(question, found: dict) -> str:
    lines = [f"<strong>{found['points']} of {found['out_of']} points.</strong>"]
    if not found["attempted"]:
        lines.append("Not attempted.")
    else:
        for name, check in found["checks"].items():
            lines.append(f"{escape(name)}: {check['right']} of {check['of']} right.")
        if found["slip"]:  # our own words; of all others a part may be the student's
            lines.append(to_inline_html(found["message"]))
        elif found["points"] < found["out_of"]:
            lines.append(escape(found.get("error") or found["message"]))
    return f'<div class="verdict"><p>{"<br>".join(lines)}</p></div>'


@cache
def _exporter():
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="basic",
        sanitize_html=True,
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        filters={"clean_html": _clean},
    )


#: what Markdown and a table of pandas are made of; nbconvert's own list shows ``<p>`` as text
_TAGS = {*"p br hr h1 h2 h3 h4 h5 h6 div span pre del sub sup".split()} | {
    *"table thead tbody tr th td dl dt dd".split()
}


def _clean(html) -> str:
    """HTML with nothing but words, lists and tables in it; all else is shown as text."""
    text = html.decode() if isinstance(html, bytes) else str(html)
    return bleach.clean(text, tags=bleach.ALLOWED_TAGS | _TAGS)


def _html(cells: list[dict | None], boxes: list[str]) -> str:
    """The cells, cleaned, with a box for each None; plain text where they cannot be shown."""
    mark = secrets.token_hex(16)  # nobody can have written it into a cell
    plain = [_plain(cell, mark) | {"id": f"cell-{i}"} for i, cell in enumerate(cells)]
    page = nbformat.from_dict({"cells": plain, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    try:
        nbformat.validate(page)
        html = _exporter().from_notebook_node(page)[0]
    except Exception:  # what a student can put into an output is without limit
        texts = [escape(str(cell["source"])) for cell in plain]
        html = "".join(text if text == mark else f"<pre>{text}</pre>" for text in texts)
    parts = html.replace(f"<p>{mark}</p>", mark).split(mark)
    return "".join(part + box for part, box in zip(parts, [*boxes, ""], strict=True))


def _plain(cell: dict | None, mark: str) -> dict:
    """Of a student's cell what is shown; the metadata and all else are left."""
    if cell is None:
        return {"cell_type": "markdown", "metadata": {}, "source": mark}
    shown = {"metadata": {}, "source": notebook.cell_text(cell)}
    if cell.get("cell_type") == "code":
        return shown | {
            "cell_type": "code",
            "execution_count": None,
            "outputs": cell.get("outputs") or [],
        }
    return shown | {"cell_type": "markdown"}
