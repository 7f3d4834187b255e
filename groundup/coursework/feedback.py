"""Feedback: each student's notebook as a page, with what grading found at each question."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import nbformat

from groundup.coursework import export, notebook
from groundup.coursework.folder import Course, write
from groundup.coursework.grade import LOOK, MISSING


def feedback(course: Course, assignment: str) -> list[Path]:
    """Write ``feedback/a1/ID.html`` for every graded student.

    A page shows no input of a hidden check, and nothing in it can run: the student's own outputs
    are cleaned, and the page forbids scripts and loads nothing.
    """
    written = []
    for row in export.rows(course, assignment):
        result = course.result(assignment, row.student)
        if row.state != MISSING and result:
            path = course.place("feedback", assignment, row.student, ".html")
            write(path, _page(course, assignment, row, result))
            written.append(path)
    return written


def _page(course: Course, assignment: str, row: export.Row, result: dict) -> str:
    work = course.assignment(assignment)
    total = "not yet known" if row.total is None else f"{row.total:g} of {row.out_of:g}"
    head = [f"<p>{escape(row.student)}. Points: <strong>{total}</strong>.</p>"]
    if row.state == LOOK:
        head.append("<p>A person looks at this submission.</p>")
    if row.late_days:
        head.append(f"<p>Handed in {row.late_days:g} days late.</p>")
    head += [f"<p>{escape(remark)}.</p>" for remark in result["remarks"]]
    data = course.place("submitted", assignment, row.student, ".ipynb").read_bytes()
    try:
        handed_in = notebook.parse(data)
    except ValueError:
        return export.page_of(work.title, "".join(head))
    given = export.by_hand(course, assignment)
    body = []
    seen: set[str] = set()
    for cell in handed_in["cells"]:
        body.append(_html(cell))
        id = notebook.cell_id(cell)
        if id in result["questions"] and id not in seen:
            question = next(q for q in work.questions if q.id == id)
            body.append(_verdict(question, result["questions"][id]))
        elif id in result["by_hand"] and id not in seen:
            points, comment = given.get((row.student, id), (None, ""))
            shown = "not graded yet" if points is None else f"{points:g}"
            if not result["by_hand"][id]["attempted"]:
                shown = "0, nothing written"
            most = result["by_hand"][id]["out_of"]
            said = f"<p>Points: {shown}, of {most:g}. {escape(comment)}</p>"
            body.append(f'<div class="verdict">{said}</div>')
        seen.add(id)
    return export.page_of(work.title, "".join([*head, *body]))


def _verdict(question, found: dict) -> str:
    lines = [f"<strong>{found['points']} of {found['out_of']} points.</strong>"]
    if not found["attempted"]:
        lines.append("Not attempted.")
    else:
        for name, check in found["checks"].items():
            lines.append(f"{escape(name)}: {check['right']} of {check['of']} right.")
        slips = {wrong.name: wrong.message for wrong in question.wrongs}
        if found["slip"] in slips:
            lines.append(escape(slips[found["slip"]]))
        elif found.get("error"):
            lines.append(escape(found["error"]))
    return f'<div class="verdict"><p>{"<br>".join(lines)}</p></div>'


@cache
def _exporter():
    from nbconvert import HTMLExporter

    return HTMLExporter(template_name="basic", sanitize_html=True)


def _html(cell: dict) -> str:
    """One cell, cleaned; as plain text where it cannot be shown."""
    try:
        page = nbformat.from_dict(
            {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        )
        return _exporter().from_notebook_node(page)[0]
    except Exception:  # what a student can put into a cell is without limit
        return f"<pre>{escape(notebook.cell_text(cell))}</pre>"
