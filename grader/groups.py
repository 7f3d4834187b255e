"""Groups: one hands in, and all get what it is worth.

``groups.csv`` in the course folder has the columns group and id, and if wanted assignment.
Gradescope says it by itself.
"""

from __future__ import annotations

from grader.folder import Course, CourseError, read_table


def groups(course: Course, assignment: str) -> list[set[str]]:
    """The groups of two or more, as the table and what was handed in say.

    Raises
    ------
    CourseError
        When the table names somebody who is not on the roster, or one person in two groups.
    """
    path = course.path / "groups.csv"
    found: dict[str, set[str]] = {}
    for line, row in read_table(path, "group", "id") if path.exists() else []:
        if row.get("assignment") not in (None, "", assignment) or not row["group"]:
            continue
        student = course.known(row["id"])
        if student is None:
            raise CourseError(f"{path}, line {line}: nobody on the roster is {row['id']!r:.70}.")
        for name, members in found.items():
            if student in members and name != row["group"]:
                raise CourseError(
                    f"{path}, line {line}: {student} is in the groups {name} and {row['group']}."
                )
        found.setdefault(row["group"], set()).add(student)
    said = list(found.values())
    for student in course.roster:
        if record := course.submission(assignment, student):
            said.append({student, *record.get("together", [])} & set(course.roster))
    return [members for members in said if len(members) > 1]


def sharing(course: Course, assignment: str) -> dict[str, str]:
    """Student who has handed in nothing → the one of the group who has; nobody where two have."""
    found = {}
    for members in groups(course, assignment):
        have = sorted(s for s in members if course.submission(assignment, s))
        if len(have) == 1:
            found |= dict.fromkeys(sorted(members - set(have)), have[0])
    return found


def lines(course: Course, assignment: str) -> list[str]:
    """What the teacher must know of groups in which two or more have handed in."""
    said = []
    for members in groups(course, assignment):
        have = sorted(s for s in members if course.submission(assignment, s))
        if len(have) > 1:
            none = sorted(members - set(have))
            rest = f"; which counts for {', '.join(none)} is not known" if none else ""
            said.append(f"one group, and {' and '.join(have)} handed in: each has their own{rest}")
    return list(dict.fromkeys(said))
