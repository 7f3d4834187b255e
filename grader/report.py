"""The report: how a class did, as one page for the instructor, with plots inside it."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from html import escape
from pathlib import Path

import numpy as np

from grader import items, marks, similarity
from grader.folder import Course
from grader.grade import LOOK, MISSING, current, states
from grader.page import page_of, to_inline_html
from groundup.files import write

#: from this likeness on a pair is named, and so many pairs at most
ALIKE, PAIRS = 0.8, 20
#: the width of a picture in inches: so small that its words can be read on a phone
_WIDE = 4.6
_NUMBER = re.compile(r"[\d.]+|–")


def report(course: Course, assignment: str) -> Path:
    """Write ``report/a1.html``: states, points, results per question, known slips, what to look at.

    No student is named but those to look at and those whose answers are very much alike. How hard
    and how telling a question is comes from submissions that ran to their end.
    """
    work = course.assignment(assignment)
    results = current(course, work)
    table = marks.rows(course, assignment)
    ran = [result for result in results.values() if result["state"] != LOOK]
    body = [
        "<h2>Submissions</h2>",
        _table(["state", "students"], list(states(course, assignment).items())),
        "<h2>Points</h2>",
        _summary(course, table, work),
        _picture(_points(table, work.points - sum(p.points for p in work.manual))),
        *_next_time(work, ran),
        "<h2>Questions</h2>",
    ]
    if ran:
        body.append(_picture(_questions(work, ran)))
        body += [_question(question, ran) for question in work.questions]
        body += _slips_together(work, ran)
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


def _summary(course: Course, table: list[marks.Row], work) -> str:
    """How many, mean and median: of the totals and of what the checks gave, and by section."""
    checks = sum(question.points for question in work.questions)
    groups = {"all": table}
    for section in sorted({student.section for student in course.roster.values()} - {""}):
        groups[f"section {section}"] = [
            row for row in table if course.roster[row.student].section == section
        ]
    lines = []
    for name, rows in groups.items():
        for what, most, numbers in (
            ("total", work.points, [row.total for row in rows if row.total is not None]),
            ("by the checks", checks, [row.points for row in rows if row.points is not None]),
        ):
            middle = ("–", "–")  # no total is final yet
            if numbers:
                middle = (f"{np.mean(numbers):.1f}", f"{np.median(numbers):g}")
            lines.append((name, f"{what}, of {most:g}", len(numbers), *middle))
    return _table(["students", "points", "how many", "mean", "median"], lines)


def _question(question, ran: list[dict]) -> str:
    """How hard and how telling a question and each of its checks is, and its known slips."""
    found = [result["questions"][question.id] for result in ran]
    totals = [result["points"] for result in ran]
    lines = [_hard("the whole question", question.points, [f["points"] for f in found], totals)]
    for check in question.checks:
        earned = [one["checks"][check.name]["points"] for one in found]
        lines.append(_hard(check.name, check.points, earned, totals))
    tried = sum(one["attempted"] for one in found)
    body = [
        f"<h3>{escape(question.id)}, {question.points} points</h3>",
        f"<p>Attempted by {tried} of {len(found)}.</p>",
        _table(["hidden check", "points", "full", "mean share", "goes with the rest"], lines),
    ]
    slips = Counter(one["slip"] for one in found if one["slip"] and one["attempted"])
    if slips:
        said = {slip.name: slip.message for slip in question.slips}
        known = [(said.get(name, name), count) for name, count in slips.most_common()]
        body.append(_table(["known slip", "students"], known))
    return "".join(body)


def _hard(name: str, most: float, earned: list[float], totals: list[float]) -> tuple:
    mean, low, high = items.share(earned, most)
    goes = items.telling(earned, totals)
    told = "too few, or all alike" if goes is None else "{:.2f} ({:.2f} to {:.2f})".format(*goes)
    full = sum(points == most for points in earned)
    shown = f"{100 * mean:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
    return name, most, full, shown, told


def _next_time(work, ran: list[dict]) -> list[str]:
    """What to talk about: the commonest slips, and checks that most miss or that tell nothing."""
    said, totals = [], [result["points"] for result in ran]
    for question in work.questions:
        found = [result["questions"][question.id] for result in ran]
        slips = Counter(one["slip"] for one in found if one["slip"] and one["attempted"])
        messages = {slip.name: slip.message for slip in question.slips}
        for name, count in slips.most_common():
            if count >= max(2, len(ran) / 10):
                said.append((-count, question.id, f"{count} students: {messages.get(name, name)}"))
        for check in question.checks:
            earned = [one["checks"][check.name]["points"] for one in found]
            passed = sum(map(bool, earned))
            goes = items.telling(earned, totals)
            if len(ran) >= items.ENOUGH and passed < len(ran) / 2:
                missed = len(ran) - passed
                said.append((-missed, question.id, f"{missed} students miss “{check.name}”."))
            if goes and goes[2] < 0.2:
                text = f"“{check.name}” is passed no more often by those who do well in the rest."
                said.append((0, question.id, text))
    lines = [f"<li>{escape(id)}: {to_inline_html(text)}</li>" for _, id, text in sorted(said)]
    return ["<h2>To talk about next time</h2>", f"<ul>{''.join(lines)}</ul>"] if lines else []


def _slips_together(work, ran: list[dict]) -> list[str]:
    owned = [
        {f"{id}: {one['slip']}" for id, one in result["questions"].items()
         if one["slip"] and one["attempted"]} for result in ran
    ]  # fmt: skip
    said = {f"{q.id}: {s.name}": f"{q.id}: {s.message}" for q in work.questions for s in q.slips}
    lines = [
        (said.get(one, one), said.get(other, other), both, f"{chance:.1f}")
        for one, other, both, chance in items.together(owned)
    ]
    head = ["slip", "goes with", "students with both", "by chance"]
    return ["<h2>Slips that go together</h2>", _table(head, lines)] if lines else []


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
    axes.yaxis.get_major_locator().set_params(integer=True)
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
            f'<td class="n">{cell:g}</td>'
            if isinstance(cell, (int, float))
            else f'<td class="n">{cell}</td>'
            if _NUMBER.fullmatch(cell)
            else f"<td>{escape(cell)}</td>"
            for cell in line
        )
        + "</tr>"
        for line in lines
    )
    return f"<table><tr>{heads}</tr>{text}</table>"


def _figure(height: float):
    from matplotlib.figure import Figure  # no pyplot: nothing to close, no window

    figure = Figure(figsize=(_WIDE, height), layout="constrained")
    return figure, figure.subplots()


def _points(table: list[marks.Row], most: float):
    figure, axes = _figure(2.6)
    points = [row.points for row in table if row.points is not None]
    axes.hist(points, bins=range(int(most) + 2), color="#0072b2", edgecolor="white", align="left")
    axes.set(xlabel=f"points before those by hand, of {most:g}", ylabel="students")
    axes.yaxis.get_major_locator().set_params(integer=True)
    alt = f"Histogram of the points of {len(points)} students."
    return figure, alt


def _questions(work, ran: list[dict]):
    figure, axes = _figure(0.7 + 0.42 * len(work.questions))
    names, shares = [], []
    for question in work.questions:
        names.append(question.id)
        earned = [result["questions"][question.id]["points"] for result in ran]
        shares.append(items.share(earned, question.points))
    mean, low, high = 100 * np.array(shares[::-1]).T
    bars = np.clip([mean - low, high - mean], 0, None)
    axes.barh(names[::-1], mean, xerr=bars, color="#8ec7e8", ecolor="#1a1a1a", capsize=3)
    axes.set(xlabel="mean share of the points, %, and its 95 % interval", xlim=(0, 100))
    said = ", ".join(
        f"{name} {100 * m:.0f} %" for name, (m, _, _) in zip(names, shares, strict=True)
    )
    return figure, f"Mean share of the points for each question: {said}."


def _picture(drawn) -> str:
    figure, alt = drawn
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=200, metadata={"Software": None})
    return (
        f'<img width="{120 * _WIDE:.0f}" alt="{escape(alt)}" src="data:image/png;base64,'
        f'{base64.b64encode(data.getvalue()).decode()}">'
    )
