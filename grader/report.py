"""The report: how a class did, as one page for the instructor, with plots inside it."""

from __future__ import annotations

import base64
import io
from collections import Counter
from html import escape
from pathlib import Path

import numpy as np

from grader import marks, similarity
from grader.folder import Course
from grader.grade import LOOK, MISSING, current, states
from grader.page import page_of
from groundup.files import write

#: from this likeness on a pair is named, and so many pairs at most
ALIKE, PAIRS = 0.8, 20


def report(course: Course, assignment: str) -> Path:
    """Write ``report/a1.html``: states, points, results per question, known slips, what to look at.

    No student is named but those to look at and those whose answers are very much alike.
    """
    work = course.assignment(assignment)
    results = current(course, work)
    table = marks.rows(course, assignment)
    body = [
        "<h2>Submissions</h2>",
        _table(["state", "students"], list(states(course, assignment).items())),
        "<h2>Points</h2>",
        _picture(_points(table, work.points - sum(p.points for p in work.manual))),
        "<h2>Questions</h2>",
        _picture(_questions(work, results)),
    ]
    for question in work.questions:
        found = [result["questions"].get(question.id) for result in results.values()]
        found = [one for one in found if one]
        body.append(f"<h3>{escape(question.id)}, {question.points} points</h3>")
        tried = sum(one["attempted"] for one in found)
        body.append(f"<p>Attempted by {tried} of {len(found)}.</p>")
        lines = []
        for check in question.checks:
            passed = sum(one["checks"][check.name]["points"] > 0 for one in found)
            lines.append((check.name, check.points, passed))
        body.append(_table(["hidden check", "points", "students who pass"], lines))
        slips = Counter(one["slip"] for one in found if one["slip"])
        said = {slip.name: slip.message for slip in question.slips}
        if slips:
            known = [(said.get(name, name), count) for name, count in slips.most_common()]
            body.append(_table(["known slip", "students"], known))
    look = [(row.student, row.remarks) for row in table if row.state == LOOK]
    if look:
        body += ["<h2>To look at by hand</h2>", _table(["student", "why"], look)]
    remarks = [
        (row.student, row.remarks)
        for row in table
        if row.remarks and row.state not in (LOOK, MISSING)
    ]
    if remarks:
        body += ["<h2>Mended</h2>", _table(["student", "what"], remarks)]
    body += _alike(*similarity.likeness(course, assignment))
    path = course.place("report", assignment, end=".html")
    write(path, page_of(f"{work.title}: report", "".join(body)))
    return path


def _alike(students: list[str], likeness: np.ndarray) -> list[str]:
    """The most similar answers, beside what is usual in this class."""
    if len(students) < 2:
        return []
    one, other = np.triu_indices(len(students), k=1)
    alike = likeness[one, other]
    most = [i for i in np.argsort(-alike.round(6), kind="stable") if alike[i] >= ALIKE]
    body = [
        "<h2>Answers that are alike</h2>",
        "<p>Code alone, without what was released. Names, numbers, strings and comments make no "
        "difference, and what many wrote counts little. Short answers are often alike by "
        "themselves: look at how the class lies, and read the two side by side before you "
        "ask anybody.</p>",
        _picture(_nearest((likeness - np.eye(len(students))).max(axis=1))),
        f"<p>{len(most)} of {len(alike)} pairs are alike by {100 * ALIKE:.0f} % or more"
        + (f"; these are the first {PAIRS}" if len(most) > PAIRS else "")
        + ".</p>",
    ]
    if most:
        lines = [(students[one[i]], students[other[i]], f"{100 * alike[i]:.0f} %") for i in most]
        body.append(_table(["student", "student", "alike"], lines[:PAIRS]))
    return body


def _nearest(alike: np.ndarray):
    figure, axes = _figure(2.6)
    axes.hist(100 * alike, bins=range(0, 101, 5), color="#0072b2", edgecolor="white")
    axes.set(xlabel="likeness to the most similar other submission, %", ylabel="students")
    return figure, (
        f"Histogram of {len(alike)} students by the likeness of their answers to the most similar "
        f"other submission: median {100 * np.median(alike):.0f} %, "
        f"largest {100 * alike.max():.0f} %."
    )


def _table(head: list[str], lines: list[tuple]) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    text = "".join(
        "<tr>"
        + "".join(
            f'<td class="n">{cell}</td>' if isinstance(cell, int) else f"<td>{escape(cell)}</td>"
            for cell in line
        )
        + "</tr>"
        for line in lines
    )
    return f"<table><tr>{heads}</tr>{text}</table>"


def _figure(height: float):
    from matplotlib.figure import Figure  # no pyplot: nothing to close, no window

    figure = Figure(figsize=(7, height), layout="constrained")
    return figure, figure.subplots()


def _points(table: list[marks.Row], most: float):
    figure, axes = _figure(2.6)
    points = [row.points for row in table if row.points is not None]
    axes.hist(points, bins=range(int(most) + 2), color="#0072b2", edgecolor="white", align="left")
    axes.set(xlabel=f"points before those by hand, of {most:g}", ylabel="students")
    alt = f"Histogram of the points of {len(points)} students."
    return figure, alt


def _questions(work, results: dict):
    figure, axes = _figure(0.7 + 0.42 * len(work.questions))
    shares = []
    for question in work.questions:
        earned = [r["questions"][question.id]["points"] for r in results.values() if r["questions"]]
        shares.append(100 * sum(earned) / (len(earned) * question.points) if earned else 0.0)
    names = [question.id for question in work.questions]
    axes.barh(names[::-1], shares[::-1], color="#0072b2")
    axes.set(xlabel="mean share of the points, %", xlim=(0, 100))
    said = ", ".join(f"{name} {share:.0f} %" for name, share in zip(names, shares, strict=True))
    return figure, f"Mean share of the points for each question: {said}."


def _picture(drawn) -> str:
    figure, alt = drawn
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=110, metadata={"Software": None})
    return (
        f'<img alt="{escape(alt)}" src="data:image/png;base64,'
        f'{base64.b64encode(data.getvalue()).decode()}">'
    )
