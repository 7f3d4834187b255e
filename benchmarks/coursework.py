"""Measures grading: ``python -m benchmarks.coursework [STUDENTS [STOCK]]``.

Grades a generated class of STUDENTS (300) in the sandbox, and the first STOCK (16) of the same
honest notebooks with nbgrader's own ``autograde`` as it comes, without a sandbox, in the same run.
Prints seconds a submission for both and the largest memory of the grading process. nbgrader's
scores are not looked at: it has no variants, and takes one student's notebook as everybody's.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader import notebook
from grader.collect import collect
from grader.folder import Course
from grader.grade import grade_all, states
from groundup.files import write

ASSIGNMENT = "a1_sigmoid_network"


def make_class(root: Path, students: int) -> tuple[Course, Path]:
    """A course with a roster, and the folder with what was handed in: all solved."""
    course = Course(root / "course")
    ids = [f"student{number:03}" for number in range(students)]
    write(course.path / "roster.csv", "id,name\n" + "".join(f"{i},{i}\n" for i in ids))
    course.make_key()
    work = course.assignment(ASSIGNMENT)
    for student in ids:
        made = notebook.build(work, student, course.key, solved=True)
        write(root / "handed" / student / f"{ASSIGNMENT}.ipynb", notebook.write(made))
    return course, root / "handed"


def stock(root: Path, handed: Path, students: int) -> float:
    """Seconds a submission of ``nbgrader autograde``."""
    school = root / "school"
    course = Course(root / "course")
    names = sorted(path.name for path in handed.iterdir())[:students]
    source = notebook.build(course.assignment(ASSIGNMENT), names[0], course.key)
    write(school / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", notebook.write(source))
    write(school / "nbgrader_config.py", "c = get_config()\nc.CourseDirectory.course_id = 'c'\n")
    for name in names:
        write(
            school / "submitted" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb",
            (handed / name / f"{ASSIGNMENT}.ipynb").read_bytes(),
        )
    # nbgrader looks for alembic on the path.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def nbgrader(command: str) -> float:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "nbgrader", command, ASSIGNMENT],
            cwd=school,
            env=environment,
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - start

    nbgrader("generate_assignment")
    seconds = nbgrader("autograde")
    graded = len(list((school / "autograded").iterdir()))
    assert graded == students, f"nbgrader graded {graded} of {students}"
    return seconds / students


def main(students: int = 300, by_stock: int = 16) -> None:
    """Print the figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        course, handed = make_class(root, students)
        collect(course, ASSIGNMENT, handed)
        start = time.perf_counter()
        grade_all(course, ASSIGNMENT)
        ours = (time.perf_counter() - start) / students
        count = states(course, ASSIGNMENT)
        memory = [resource.getrusage(w).ru_maxrss / 1024 for w in _WHOSE]
        theirs = stock(root, handed, min(by_stock, students))
    print(f"{count}, on {os.cpu_count()} cores")
    print(f"in the sandbox: {ours:.2f} s a submission; nbgrader as it comes: {theirs:.2f} s")
    print(f"{theirs / ours:.1f} times as fast; {students} submissions in {ours * students:.0f} s")
    print(f"largest memory: {memory[0]:.0f} MB grading, {memory[1]:.0f} MB the largest sandbox")


_WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
