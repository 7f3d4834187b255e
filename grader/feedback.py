"""Feedback: each student's notebook as a page, with what grading found at each question.

Each page is made in a process of its own with limits of time and memory. Where one ends it, as a
notebook can by what it holds, that student gets the page in plain text, and all others theirs.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
from base64 import b64encode
from functools import partial
from html import escape
from pathlib import Path

import bleach

from grader import marks, notebook
from grader.assignment import GradedQuestion
from grader.deadlines import MARK
from grader.folder import Course
from grader.grade import LOOK, MISSING, current, plainly
from grader.groups import sharing
from grader.page import page_of, to_html, to_inline_html
from groundup.files import write

#: for one page: seconds of the processor, seconds in all, and bytes of memory
_CPU_SECONDS, _SECONDS, _MEMORY = 10, 120, 4 << 30
#: a student's Markdown or HTML longer than this is shown as text; text longer than the other is cut
_MARKED, _TEXT = 20_000, 100_000
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


def feedback(course: Course, assignment: str) -> list[Path]:
    """Write ``feedback/a1/ID.html`` for every graded student.

    A page shows no input of a hidden check, and nothing in it can run: the student's own outputs
    are cleaned, and the page forbids scripts and loads nothing.
    """
    written = []
    work = course.assignment(assignment)
    results, given = current(course, work), marks.by_hand(course, assignment)
    for row in marks.rows(course, assignment):
        result = results.get(row.student)
        if row.state != MISSING and result:
            path = course.place("feedback", assignment, row.student, ".html")
            page = partial(_page, course, assignment, row, result, given)
            if not _by_itself(page, path):
                write(path, page(plain=True))
            written.append(path)
    for student, leader in sharing(course, assignment).items():
        page = course.place("feedback", assignment, leader, ".html")
        if page in written:
            written.append(course.place("feedback", assignment, student, ".html"))
            write(written[-1], page.read_bytes())
    return written


def _by_itself(page, path: Path) -> bool:
    """Write a page from another process; whether that came to its end."""
    process = multiprocessing.get_context("fork").Process(target=_within_limits, args=(page, path))
    process.start()
    process.join(_SECONDS)
    process.kill()
    process.join()
    return process.exitcode == 0


def _within_limits(page, path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        text = page()
    except (RecursionError, MemoryError):  # by what a notebook holds; anything else is our fault
        raise SystemExit(1) from None
    write(path, text)


# --- one page ---


def _page(course: Course, assignment: str, row: marks.Row, result: dict, given: dict, *,
          plain: bool = False) -> str:  # fmt: skip
    work = course.assignment(assignment)
    head = _head(work, row, result, given)
    data = course.place("submitted", assignment, row.student, ".ipynb").read_bytes()
    try:
        handed_in = notebook.parse(data)
    except ValueError:
        return page_of(work.title, "".join(head))
    ours = {c["id"]: c for c in notebook.build(work, row.student, course.key)["cells"]}
    boxes = {id: _verdict(work.question_of(id), one) for id, one in result["questions"].items()}
    for id, one in result["by_hand"].items():
        boxes[id] = _by_hand(one, *given.get((row.student, id), (None, "")))
    body = []
    for cell in handed_in["cells"]:
        id = notebook.cell_id(cell)
        id = id if isinstance(id, str) else None
        if id in ("introduction", "before-handing-in"):
            continue  # the page has its own head, and what is handed in is handed in
        text = notebook.cell_text(cell)
        if id in ours and notebook.digest(text) == notebook.digest(ours[id]["source"]):
            our = ours[id]
            known = our["cell_type"] == "markdown" and id not in result["by_hand"]
            body.append(to_html(our["source"]) if known else _cell(cell, plain))
        else:
            body.append(_cell(cell, plain))
        if id in boxes:
            body.append(_anchored(id, boxes.pop(id)))
    for id, box in boxes.items():  # of cells that are gone or have lost their name
        body.append(f"<h3>{escape(id)}</h3>{_anchored(id, box)}")
    return page_of(work.title, "".join([*head, *body]))


def _head(work, row: marks.Row, result: dict, given: dict) -> list[str]:
    who = " · ".join(filter(None, [row.name, row.student]))
    head = [f"<p>{escape(who)}</p>"]
    if row.total is not None:
        head.append(f"<p>Points: <strong>{row.total:g} of {row.out_of:g}</strong>.</p>")
    decided, comment = given.get((row.student, "*"), (None, ""))
    if row.state == LOOK and decided is None:
        head.append("<p>Points: a person looks at this submission and decides.</p>")
    elif decided is not None:
        head.append(f"<p>A person has looked at this submission. {escape(comment)}</p>")
    elif row.total is None:
        known = [given.get((row.student, id), (None, ""))[0] or 0 for id in result["by_hand"]]
        so_far = f"{result['points'] + sum(known):g} of {row.out_of:g}"
        head.append(
            f"<p>Points so far: <strong>{so_far}</strong>; what you wrote in words is not graded "
            "yet.</p>"
        )
    if row.late_days:
        known = f" {_time(row.late_days)}" if row.late_days > MARK else ""
        cost = f" That costs {row.lost:g} points." if row.lost else ""
        head.append(f"<p>Handed in{known} late.{cost}</p>")
    remarks = marks.together(result["remarks"])
    head += [f"<p>{escape(remark[:1].upper() + remark[1:])}.</p>" for remark in remarks]
    lines = [_line(q.id, result["questions"].get(q.id)) for q in work.questions]
    for part in work.manual:
        found = result["by_hand"].get(part.id)
        points = given.get((row.student, part.id), (None, ""))[0]
        if found and not found["attempted"]:
            points = 0
        lines.append(_line(part.id, found and found | {"points": points}))
    return [*head, f'<table class="points">{"".join(lines)}</table>']


def _time(days: float) -> str:
    """How late, as one would say it: in days, hours or minutes."""
    for size, unit in ((1, "day"), (1 / 24, "hour"), (1 / 1440, "minute")):
        if days >= size or unit == "minute":
            shown = f"{max(days / size, 1):.1f}".removesuffix(".0")
            return f"{shown} {unit}{'' if shown == '1' else 's'}"


def _line(id: str, found: dict | None) -> str:
    """One row of the table at the top: a question, its points, and what is full at a glance."""
    if found is None:
        return f"<tr><td>{escape(id)}</td><td></td><td>not graded</td></tr>"
    points, most = found["points"], found["out_of"]
    shown = f"{points:g} of {most:g}" if points is not None else f"of {most:g}"
    return (
        f'<tr class="{kind(found)}"><td><a href="#{escape(id)}">{escape(id)}</a></td>'
        f'<td class="n">{shown}</td><td>{_state(found)}</td></tr>'
    )


def _state(found: dict) -> str:
    if not found["attempted"]:
        return "nothing written"
    if found["points"] is None:
        return "waits for a person"
    return "full" if found["points"] == found["out_of"] else "part" if found["points"] else "none"


def kind(found: dict) -> str:
    """The class of a box or a row on the page, which gives it its colour."""
    return _state(found).split()[0]


def _anchored(id: str, box: str) -> str:
    return f'<div id="{escape(id)}">{box}</div>'


def _by_hand(found: dict, points: float | None, comment: str) -> str:
    shown = "not graded yet" if points is None else f"{points:g}"
    if not found["attempted"]:
        shown, points = "0, nothing written", 0
    said = f"<p>Points: {shown}, of {found['out_of']:g}. {escape(comment)}</p>"
    shade = kind(found | {"points": points})
    return f'<div class="verdict {shade}">{said}</div>'


def _verdict(question: GradedQuestion, found: dict) -> str:
    lines = [f"<strong>{found['points']} of {found['out_of']} points.</strong>"]
    if not found["attempted"]:
        lines.append("Not attempted.")
    else:
        for check in question.checks:  # in the author's order
            got = found["checks"].get(check.name)
            if got:
                lines.append(
                    f"{escape(check.name)}: {got['right']} of {got['of']} right, "
                    f"{got['points']} of {check.points} points."
                )
        if found["points"] < found["out_of"]:
            lines.append(mistake(question, found))
    return f'<div class="verdict {kind(found)}"><p>{"<br>".join(lines)}</p></div>'


def mistake(question: GradedQuestion, found: dict) -> str:
    """What is said of a mistake. Of an error its type alone: its text may hold a hidden input."""
    if found["slip"] or "error" not in found:
        return to_inline_html(found["message"])
    error = found["error"]
    if error in ("took too long and was stopped", "no answer came"):
        return f"It {error}." if error.startswith("took") else "No answer came."
    if error == f"NameError: name '{question.name}' is not defined":
        return f"Your notebook has no <code>{escape(question.name)}</code>."
    return f"Your code ends with {escape(plainly(error))} on an input of the checks."


# --- a student's cell ---


def _cell(cell: dict, plain: bool) -> str:
    """One cell of a student's, of which nothing but text and pictures reaches the page."""
    text = notebook.cell_text(cell)
    if cell.get("cell_type") != "code":
        return _markdown(text, plain) if cell.get("cell_type") == "markdown" else _pre(text)
    outputs = cell.get("outputs")
    shown = [_output(one, plain) for one in outputs] if isinstance(outputs, list) else []
    return f'<div class="code">{_pre(text)}</div>{"".join(shown)}'


def _pre(text: str) -> str:
    text = _CONTROL.sub("", text)
    cut = "\n… (cut here)" if len(text) > _TEXT else ""
    return f"<pre>{escape(text[:_TEXT])}{cut}</pre>" if text.strip() else ""


def _markdown(text: str, plain: bool) -> str:
    if plain or len(text) > _MARKED:
        return _pre(text)
    try:
        return to_html(_CONTROL.sub("", text))
    except Exception:  # a formula may be anything, and what sets it raises anything
        return _pre(text)


def _output(output, plain: bool) -> str:
    """A picture, a table or a text; all metadata and all else are left."""
    if not isinstance(output, dict):
        return ""
    data = output.get("data") if isinstance(output.get("data"), dict) else {}
    if output.get("output_type") == "stream":
        return _pre(_joined(output.get("text"), ""))
    if output.get("output_type") == "error":
        return _pre(_joined(output.get("traceback"), "\n"))
    for kind in ("image/png", "image/jpeg"):
        picture = re.sub(r"\s", "", _joined(data.get(kind), ""))
        if picture and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", picture):
            return _picture(kind, picture)
    drawing = _CONTROL.sub("", _joined(data.get("image/svg+xml"), ""))
    if drawing and len(drawing) <= _TEXT:
        # As a picture it is a page of its own, in which nothing runs and that loads nothing.
        return _picture("image/svg+xml", b64encode(drawing.encode(errors="replace")).decode())
    html = _joined(data.get("text/html"), "")
    if html and not plain and len(html) <= _MARKED:
        return _clean(html)
    return _pre(_joined(data.get("text/plain"), ""))


def _picture(kind: str, content: str) -> str:
    return f'<p><img alt="a picture that your code made" src="data:{kind};base64,{content}"></p>'


def _joined(text, between: str) -> str:
    """A text, or a list of texts as one; of anything else nothing."""
    if isinstance(text, list) and all(isinstance(part, str) for part in text):
        return between.join(text)
    return text if isinstance(text, str) else ""


#: what tables are made of, as pandas makes them
_TAGS = {*"p br hr h1 h2 h3 h4 h5 h6 div span pre del sub sup".split()} | {
    *"table thead tbody tr th td dl dt dd".split()
}


def _clean(html: str) -> str:
    """HTML with nothing but words, lists and tables in it; all else is shown as text."""
    html = re.sub(r"<style\b[^>]*>[^<]*</style>", "", _CONTROL.sub("", html))
    return bleach.clean(html, tags=(bleach.ALLOWED_TAGS | _TAGS) - {"a"}, attributes={})
