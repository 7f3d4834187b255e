"""From results to tables: points given by hand, totals, and CSV files for learning platforms."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from grader import deadlines, notebook, words
from grader.folder import Course, CourseError, read_table, table
from grader.grade import LOOK, MISSING, current
from grader.groups import sharing
from grader.page import page_of
from groundup.files import write

FORMATS = ("generic", "canvas", "moodle", "brightspace", "blackboard")
_BY_HAND = ["student", "question", "points", "out_of", "comment", "answer"]


@dataclass(frozen=True)
class Row:
    """One student's line. ``by_hand`` and ``total`` are None while a person has to decide.

    ``late_days`` is None where it is not known; ``lost`` what being late costs, in points.
    """

    student: str
    name: str
    state: str
    late_days: float | None
    points: float | None
    by_hand: float | None
    lost: float | None
    total: float | None
    out_of: float
    remarks: str


# --- what a person grades ---


def by_hand(course: Course, assignment: str) -> dict[tuple[str, str], tuple[float | None, str]]:
    """(student, question) → (points or None, comment), as the person has filled them in.

    The question ``*`` stands for the whole submission: of a student to be looked at by hand, and of
    anybody else for whom the person has added it.

    Raises
    ------
    CourseError
        When a line cannot be read, or its points would be lost; the sentence names it.
    """
    return {where: row[:2] for where, row in _given(course, assignment).items()}


def _given(course: Course, assignment: str) -> dict[tuple[str, str], tuple]:
    """(student, question) → (points or None, comment, which answer they are for)"""
    path = course.place("by-hand", assignment, end=".csv")
    if not path.exists():
        return {}
    work = course.assignment(assignment)
    most = {"*": work.points} | {part.id: part.points for part in work.manual}
    given = {}
    for number, row in read_table(path, "student", "question", "points"):
        here = f"{path}, line {number}"
        _whole(here, row)
        text = row["points"].replace(",", ".")
        try:
            points = float(text) if text else None
        except ValueError:
            raise CourseError(f"{here}: points must be a number; got {text!r:.40}.") from None
        student = course.known(row["student"].removeprefix("'"))
        question = row["question"].removeprefix("'")
        if student is None or question not in most:
            if points is None:
                continue
            what = (
                f"student {row['student']!r:.70}" if student is None else f"question {question!r}"
            )
            raise CourseError(f"{here}: there is no {what}; correct it, or delete the line.")
        if points is not None and not 0 <= points <= most[question]:
            raise CourseError(
                f"{here}: points must lie from 0 to {most[question]:g}; got {points:g}."
            )
        if (student, question) in given:
            raise CourseError(f"{here}: {student}, {question} is there twice.")
        # A spreadsheet shows no apostrophe before a formula; neither does the student's page.
        comment = re.sub(r"^'(?=[=+\-@])", "", row.get("comment", ""))
        given[student, question] = (points, comment, row.get("answer", ""))
    return given


def _whole(here: str, row: dict[str, str]) -> None:
    """Refuse a line whose cells are not where they were: a spreadsheet has put them elsewhere."""
    beyond = row.get(None, "") or "".join(t for n, t in row.items() if n and n not in _BY_HAND)
    odd = [name for name in row if name and re.search(r"[,;\t]", name)]
    cut = [row["student"], row["question"]]
    answer = row.get("answer", "")
    if (
        (odd and beyond)
        or row.get(None)
        or any(re.search(r"[,;\t\"]", text) for text in cut)
        or not re.fullmatch(r"(id-[0-9a-f]{8})?", answer)
    ):
        found = "; ".join(filter(None, row.values()))
        raise CourseError(
            f"{here}: its cells are not in their columns ({found!r:.80}); import the table into "
            "the spreadsheet with commas between the columns, and type the points into the column "
            "points. Nothing was changed."
        )


def _keep_old(path: Path, new: dict[tuple[str, str], tuple], given: dict) -> None:
    """Keep the table of before beside the new one, where a person wrote what is not in that."""
    lost = [
        where
        for where, (points, comment, _) in given.items()
        if (points is not None or comment) and new.get(where) != (points, comment)
    ]
    if not lost:
        return
    old = path.read_bytes()
    number = 1
    while (beside := path.with_name(f"{path.stem}-before-{number}.csv")).exists():
        if beside.read_bytes() == old:
            return
        number += 1
    write(beside, old)


def to_do(course: Course, assignment: str) -> int:
    """Write the list of what a person grades, and the page to read; keeps what is filled in.

    Points for an answer that has changed since, in a later submission, are asked for again; the
    table of before stays beside the new one. Returns how many lines are still open.
    """
    work = course.assignment(assignment)
    given = _given(course, assignment)
    results = current(course, work)
    most_of = {"*": work.points} | {part.id: part.points for part in work.manual}
    rows, page, kept, still_open, texts = [], [], {}, 0, {}
    for student in course.roster:
        result = results.get(student)
        look = result is not None and result["state"] == LOOK
        asked, answers, whole = {}, {}, "nothing is handed in and graded"
        if result is not None:
            whole = "; ".join([*together(result["remarks"]), _where(result)])
        if result is not None and not look:
            asked = {q: f["out_of"] for q, f in result["by_hand"].items() if f["attempted"]}
            answers = course.submission(assignment, student)["answers"]
        if look or (student, "*") in given:
            asked["*"] = work.points
        for question, most in asked.items():
            text = whole if question == "*" else answers.get(question, "")
            told = result["sha256"] if question == "*" and result is not None else text
            # Letters first: a spreadsheet must not take it for a number.
            mark = "id-" + notebook.digest(told)[:8]
            points, comment, read = given.get((student, question), (None, "", ""))
            if read not in ("", mark):
                points = None
            if question == "*" and points is None and not look:
                continue
            still_open += points is None
            shown = "" if points is None else f"{points:g}"
            kept[student, question] = (points, comment)
            texts[student, question] = text
            rows.append([student, question, shown, f"{most:g}", comment, mark])
            page.append(f"<h2>{escape(student)}: {escape(question)}</h2><pre>{escape(text)}</pre>")
        for (who, question), (points, comment, read) in given.items():
            if who == student and question not in asked and points is not None:
                kept[who, question] = (points, comment)  # not asked now, and not to be lost
                rows.append([who, question, f"{points:g}", f"{most_of[question]:g}", comment, read])
    place = course.place("by-hand", assignment, end=".csv")
    _keep_old(place, kept, given)
    write(place, _marked(table(_BY_HAND, rows)))
    pressed = words.page(work, place.name, _BY_HAND, rows, texts)
    write(place.with_name(f"{assignment}-grade.html"), pressed)
    rubrics = "".join(
        f"<h2>Rubric: {escape(part.id)}, {part.points} points</h2><pre>{escape(part.rubric)}</pre>"
        f"<p>An answer with full marks:</p><pre>{escape(part.answer)}</pre>"
        for part in work.manual
    )
    write(
        course.place("by-hand", assignment, end=".html"),
        page_of(f"{work.title}: to read", rubrics + "".join(page)),
    )
    return still_open


def _where(result: dict) -> str:
    """Where a submission lies that a person must look at, and what the checks found in it."""
    path = f"submitted/{result['assignment']}/{result['student']}.ipynb"
    return f"read {path}; its answers earned {result['points']} of {result['out_of']} points"


# --- totals and tables ---


def rows(course: Course, assignment: str) -> list[Row]:
    """One row for each student on the roster, in order."""
    work = course.assignment(assignment)
    given = by_hand(course, assignment)
    results = current(course, work)
    terms = deadlines.terms(course, assignment)
    found = {}
    for student in course.roster.values():
        record = course.submission(assignment, student.id)
        if student.id in results:
            found[student.id] = _row(student, results[student.id], record, given, terms, work)
            continue
        why = ""
        if record:
            old = course.result(assignment, student.id)
            same = old is not None and old["sha256"] == record["sha256"]
            why = "graded with another source, not with today's" if same else "not graded yet"
            why = f"handed in, {why}: grade"
        state = LOOK if record else MISSING
        decided = given.get((student.id, "*"), (None, ""))[0]
        row = Row(student.id, student.name, state, 0.0, None, None, None, decided, work.points, why)
        found[student.id] = row
    for student, leader in sharing(course, assignment).items():
        decided = given.get((student, "*"), (None, ""))[0]
        row, own = found[leader], found[student]
        said = "; ".join(filter(None, [row.remarks, f"handed in by {leader} for the group"]))
        total = row.total if decided is None else decided
        found[student] = replace(row, student=student, name=own.name, total=total, remarks=said)
    return list(found.values())


def _row(student, result: dict, record: dict, given: dict, terms, work) -> Row:
    decided = given.get((student.id, "*"), (None, ""))[0]
    late = result["late_days"] if record.get("late_known", True) else None
    # Where only a platform's mark is known, or not even that, a person says what it costs.
    unsure = terms.penalty > 0 and late in (None, deadlines.MARK)
    parts = [
        given.get((student.id, question), (None, ""))[0] if found["attempted"] else 0.0
        for question, found in result["by_hand"].items()
    ]
    hand = None if None in parts else float(sum(parts))
    lost = total = None
    if decided is not None or result["state"] == LOOK:
        total = decided
    elif hand is not None and not unsure:
        earned = result["points"] + hand
        lost = round(terms.lost(earned, late), 2)
        total = round(earned - lost, 2)
    remarks = together(result["remarks"])
    if unsure and decided is None:
        remarks.append("how late it is is not known: write times.csv, or give points for the whole")
    return Row(
        student=student.id,
        name=student.name,
        state=result["state"],
        late_days=late,
        points=result["points"],
        by_hand=hand,
        lost=lost,
        total=total,
        out_of=work.points,
        remarks="; ".join(remarks),
    )


def together(remarks: list[str]) -> list[str]:
    """The remarks, those that say the same of several cells as one, below all others."""
    said = re.compile(r"cell (\S+) was changed, and restored")
    restored = [found[1] for it in remarks if (found := said.fullmatch(it))]
    rest = [it for it in remarks if not said.fullmatch(it)]
    if len(restored) < 2:
        return list(remarks)
    return [*rest, f"cells {', '.join(restored)} were changed, and restored"]


def export(course: Course, assignment: str, form: str = "generic") -> Path:
    """Write ``export/a1-FORM.csv`` and return its path.

    ``generic`` says all: state, points, points by hand, total, remarks. A platform's file has one
    number a student, and none where nothing was handed in or a person has yet to decide.

    Raises
    ------
    CourseError
        When the form is not one of :data:`FORMATS`.
    """
    work = course.assignment(assignment)
    found = rows(course, assignment)
    if form == "generic":
        head = list(Row.__dataclass_fields__)
        lines = [[getattr(row, name) for name in head] for row in found]
    elif form == "canvas":
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", work.title]
        lines = [["    Points Possible", "", "", "", "", work.points]]
        for row in found:
            who = course.roster[row.student]
            lines.append([who.name, who.canvas_id, who.id, who.login, who.section, row.total])
    elif form == "moodle":
        head = ["ID number", "Full name", "Email address", work.title, f"{work.title}: state"]
        lines = [
            [row.student, row.name, course.roster[row.student].email, row.total, row.state]
            for row in found
        ]
    elif form == "brightspace":
        head = ["OrgDefinedId", "Username", f"{work.title} Points Grade", "End-of-Line Indicator"]
        lines = [
            [f"#{row.student}", f"#{course.roster[row.student].account}", row.total, "#"]
            for row in found
        ]
    elif form == "blackboard":
        head = ["Username", "Student ID", f"{work.title} [Total Pts: {work.points} Score]"]
        lines = [[course.roster[row.student].account, row.student, row.total] for row in found]
    else:
        raise CourseError(f"The format must be one of {', '.join(FORMATS)}; got {form!r}.")
    path = course.place("export", assignment, end=f"-{form}.csv")
    text = table(head, lines)
    write(path, _marked(text) if form == "generic" else text)
    return path


def _marked(table: str) -> str:
    """With a byte-order mark where there are more than ASCII's letters, as spreadsheets want it."""
    return table if table.isascii() else f"\ufeff{table}"
