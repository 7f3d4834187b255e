"""Nobody ends the batch, and nobody's neighbours cost them a point."""

import pytest

from grader import grade as grading
from grader import runner, sandbox
from grader.collect import collect
from grader.grade import GRADED, LOOK, grade_all
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

ALL = 29
HOG = """
import os
for _ in range(40):
    if os.fork() == 0:
        while True:
            pass
while True:
    try:
        os.wait()
    except BaseException:
        pass
"""
EATS = {
    "memory of its own": """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20)) * 200
        time.sleep(600)
time.sleep(2)
""",
    "memfd": """
import ctypes, mmap, os
for _ in range(100):
    file = os.memfd_create("x")
    for _ in range(60):
        os.write(file, bytes(1 << 20))
""",
    "shared memory": """
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for _ in range(100):
    id = libc.shmget(0, 60 << 20, 0o1600)
    where = libc.shmat(id, None, 0)
    if id >= 0:
        ctypes.memset(where, 1, 60 << 20)
""",
    "a file system of its own": """
import ctypes
libc = ctypes.CDLL(None)
libc.unshare(0x10020000)
libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"size=6g")
for number in range(100):
    with open(f"/tmp/{number}", "wb") as file:
        file.write(bytes(60 << 20))
""",
    "files": """
for number in range(9):
    for folder in ("/tmp", "/dev/shm"):
        with open(f"{folder}/{number}", "wb") as file:
            file.write(bytes(60 << 20))
""",
}


def test_a_hog_and_five_who_eat_memory_among_honest_ones(tmp_path, monkeypatch):
    """With two at once; each may hold 1 GiB, and has twelve seconds of a processor."""
    honest = [f"s{number}" for number in range(7)]
    odd = {f"s{number}-odd": cell for number, cell in enumerate([HOG, *EATS.values()])}
    course = make_course(tmp_path / "course", [*honest, *odd])
    for student in course.roster:
        extra = [("switch", odd[student])] if student in odd else ()
        hand_in(tmp_path / "handed", student, solved(course, student, extra=extra))
    collect(course, FIRST, tmp_path / "handed")
    work = course.assignment(FIRST)
    monkeypatch.setattr(type(work), "seconds", 12.0)
    monkeypatch.setattr(work, "cell_seconds", 8.0)
    monkeypatch.setattr(sandbox, "_MEMORY", 1 << 30)
    most = [0]
    used = sandbox._used

    def watched(pid):
        found = used(pid)
        most[0] = max(most[0], found.memory)
        return found

    monkeypatch.setattr(sandbox, "_used", watched)
    grade_all(course, FIRST, jobs=2)
    for student in honest:
        found = course.result(FIRST, student)
        assert (found["state"], found["points"]) == (GRADED, ALL), found["remarks"]
    states = {s: course.result(FIRST, s)["state"] for s in odd}
    assert states["s0-odd"] == LOOK  # the hog: its own time is over
    assert states["s1-odd"] == LOOK  # too large
    for student in odd:  # refused its memory, or stopped; never more than what is allowed
        assert course.result(FIRST, student)["state"] in (GRADED, LOOK)
    assert most[0] < 3 << 30


STOPPED = {"type": "Stopped", "error": "took too long"}
#: what a run comes to by a machine that is busy elsewhere
BUSY = {
    "a given cell was stopped": sandbox.Outcome([STOPPED | {"cell": "imports"}], "done"),
    "it was killed": sandbox.Outcome([], "killed"),
    "it did not start": sandbox.Outcome([], "not started"),
    "it waited until its time was over": sandbox.Outcome([], "too slow", idle=True),
    "an answer waited": sandbox.Outcome([STOPPED | {"cell": "switch", "idle": True}], "done"),
    "a check waited": sandbox.Outcome([STOPPED | {"question": "cost", "idle": True}], "done"),
}


@pytest.mark.parametrize("how", BUSY)
def test_what_a_neighbour_may_have_caused_is_graded_again_alone(tmp_path, monkeypatch, how):
    students = ["ada", "bob", "eve"]
    course = make_course(tmp_path / "course", students)
    for student in students:
        hand_in(tmp_path / "handed", student, solved(course, student))
    collect(course, FIRST, tmp_path / "handed")
    running, together = set(), []
    real = sandbox.run

    def run(request, seconds, again):
        place = len(together)
        together.append(set(running))
        running.add(place)
        try:
            if place == 0:
                return BUSY[how]
            return real(request, seconds, again)
        finally:
            running.discard(place)

    monkeypatch.setattr(sandbox, "run", run)
    monkeypatch.setattr(sandbox, "prove", lambda *hidden: None)
    count = grade_all(course, FIRST, jobs=2)
    assert count[GRADED] == 3
    assert len(together) == 4
    assert together[-1] == set()
    for student in students:
        found = course.result(FIRST, student)
        assert (found["points"], found["remarks"], "alone" in found) == (ALL, [], False)


REMARKS = {
    "a given cell was stopped": "cell imports, which is given, took too long",
    "it was killed": "the notebook's run was killed before all answers were there, by itself or "
    "for want of memory",
    "it did not start": "the notebook's run could not be started, so none of it has run: grade it "
    "again",
    "it waited until its time was over": "the notebook's run was stopped: it took too long, and it "
    "waited more than it worked, as on a busy machine",
    "an answer waited": "switch took too long, and it waited more than it worked, as on a busy "
    "machine",
    "a check waited": "cost took too long, and it waited more than it worked, as on a busy machine",
}


@pytest.mark.parametrize("how", BUSY)
def test_what_happens_again_alone_is_looked_at_and_blames_nobody(
    course, tmp_path, monkeypatch, how
):
    hand_in(tmp_path / "handed", "ada", solved(course, "ada"))
    collect(course, FIRST, tmp_path / "handed")

    monkeypatch.setattr(sandbox, "run", lambda request, seconds, again: BUSY[how])
    monkeypatch.setattr(sandbox, "prove", lambda *hidden: None)
    grade_all(course, FIRST, jobs=2)
    found = course.result(FIRST, "ada")
    assert (found["state"], found["remarks"]) == (grading.LOOK, [REMARKS[how]])


def test_whoever_works_without_end_is_graded_and_not_run_twice(course, tmp_path, monkeypatch):
    if runner.waited() == 0:
        pytest.skip("this system does not count how long a process waits")
    loops = "def switch(x):\n    while True: pass"
    hand_in(tmp_path / "handed", "ada", solved(course, "ada", answers=[("switch", loops)]))
    collect(course, FIRST, tmp_path / "handed")
    work, runs, real = course.assignment(FIRST), [], sandbox.run
    monkeypatch.setattr(work, "cell_seconds", 2.0)
    monkeypatch.setattr(work.question_of("switch"), "time_limit", 2.0)

    def run(request, seconds, again):
        runs.append(request)
        return real(request, seconds, again)

    monkeypatch.setattr(sandbox, "run", run)
    monkeypatch.setattr(sandbox, "prove", lambda *hidden: None)
    grade_all(course, FIRST, jobs=1)
    found = course.result(FIRST, "ada")
    assert (found["state"], found["points"], found["remarks"]) == (GRADED, ALL - 5, [])
    assert len(runs) == 1
