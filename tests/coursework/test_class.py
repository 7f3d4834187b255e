"""A whole class, release to export: what each student handed in, and what it must be worth.

Honest work of many kinds, and every attack that is known to succeed against a grader which runs
tests inside the student's kernel. The scores are exact; the honest are in the same batch.
"""

import csv
import hashlib
import json
import os
import socket
import threading

import psutil
import pytest
from bs4 import BeautifulSoup

from grader import notebook
from grader.collect import collect, moment
from grader.feedback import feedback
from grader.grade import GRADED, LATE, LOOK, MISSING, ZERO, grade_all
from grader.marks import export, to_do
from grader.release import release
from grader.report import report
from tests.coursework.conftest import FIRST, hand_in, make_course, solved

POINTS = {"switch": 5, "line": 6, "band": 6, "cost": 6, "repair": 6}
ALL = sum(POINTS.values())
EVERYTHING = tuple(POINTS)
CANARY = "canary-7c1f09e2"
LEFT = f"groundup-left-behind-{os.getpid()}"
SLEEP = f"600.{os.getpid()}"

LOOP = "def weighted_cost(Y_hat, Y):\n    while True:\n        pass\n"
HUNGRY = """
def weighted_cost(Y_hat, Y):
    parts = []
    while True:
        parts.append(np.empty((1000, 1000, 20)))
"""
WARNS = """
import sys, warnings
warnings.warn("look out")
print("look out", file=sys.stderr)
os_write = __import__("os").write(2, b"look out")
"""
READ = """
import os, glob
found = []
for folder in [{course!r}, {sources!r}, {home!r}, "/etc/shadow", "/root", "/home"]:
    for path in [folder, *glob.glob(folder + "/**", recursive=True)]:
        try:
            found.append(open(path).read())
        except OSError:
            pass
found += list(os.environ.values())
raise RuntimeError("loot: " + " ".join(found)[-250:])
"""
DESTROY = """
import os, shutil, pathlib
for folder in [{course!r}, {sources!r}, "/tmp", "/"]:
    shutil.rmtree(folder, ignore_errors=True)
for name in ["results/{first}/honest.json", "by-hand/{first}.csv", "key"]:
    path = pathlib.Path({course!r}, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{{"points": 396, "state": "graded"}}')
    except OSError:
        pass
"""
CALL = """
import socket
for family, where in [(socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_UNIX, "\\0{abstract}"),
                      (socket.AF_INET, ("{outside}", {port}))]:
    try:
        with socket.socket(family) as s:
            s.settimeout(1)
            s.connect(where)
            s.send(b"hello")
    except OSError:
        pass
"""
STAY = f"""
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, ["{LEFT}", "-c", "import time; time.sleep(600)"])
    os._exit(0)
subprocess.Popen(["nohup", "sleep", "{SLEEP}"], start_new_session=True)
"""
FORKS = """
import os, time
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        break
"""
PRINTS = """
import os
for _ in range(1000):
    print("x" * 1_000_000)
for _ in range(1000):
    os.write(1, b"x" * 1_000_000)
"""
PATCH = """
numpy_testing = __import__("numpy.testing").testing
for module in (np, numpy_testing):
    for name in ("allclose", "isclose", "all", "assert_allclose"):
        setattr(module, name, lambda *a, **k: True)
def nothing(lines):
    return ["pass\\n"]
get_ipython().input_transformers_post.append(nothing)
"""
# It writes what the runner would write, on whatever is open.
FORGE = """
import json, os
lines = [{"question": q, "check": c, "case": i, "answer": True, "points": 100, "right": True}
         for q in ("switch", "line", "band", "cost", "repair")
         for c in ("ordinary inputs", "huge inputs", "inside and outside") for i in range(9)]
lines.append({"done": True, "points": 396, "state": "graded"})
for number in range(3, 64):
    try:
        os.write(number, ("\\n".join(map(json.dumps, lines)) + "\\n").encode())
    except OSError:
        pass
"""
RUNNER = """
import sys
main = sys.modules["__main__"]
main.encode = lambda value, depth=0: True
main.decode = lambda tree: ()
main.json.dumps = lambda event: '{"done": true, "points": 396}'
"""
# Answers that are no answers: claims of size, other types, depth.
POISON = """
import sys
bomb = {"array": "", "dtype": "|O", "shape": [10**12]}
deep = {"kind": "list", "items": []}
for _ in range(400):
    deep = {"kind": "list", "items": [deep]}
main = sys.modules["__main__"]
main.encode = lambda value, depth=0: deep if id(value) % 2 else bomb
"""
HUGE = "def switch(x):\n    return np.ones(3_000_000)\n"
SWALLOW = """
import time
while True:
    try:
        time.sleep(9)
    except BaseException:
        pass
"""
KILL = """
import os, signal
for pid in (1, 2, os.getppid(), -1):
    try:
        os.kill(pid, 0 if pid == -1 else signal.SIGKILL)
    except OSError:
        pass
"""
LINK = """
import os
for path in ("/runner.py", "{first}.ipynb", "/tmp/{first}.ipynb"):
    try:
        os.path.exists(path) and os.remove(path)
        os.symlink({victim!r}, path)
        open(path, "w").write("overwritten")
    except OSError:
        pass
"""
OTHER_STYLE = {
    "cost": """
def weighted_cost(Y_hat, Y):
    total = 0
    for p, y in zip(Y_hat.tolist(), Y.tolist()):
        c = {weight} if y[1] == 1 else 1
        total += c * ((p[0] - y[0]) ** 2 + (p[1] - y[1]) ** 2) / 2
    return total / len(Y)
""",
    "line": """
def neuron_through(P, Q, R, p):
    n = np.array([P[1] - Q[1], Q[0] - P[0]])
    w = n * np.log(p / (1 - p)) / (n @ (R - P))
    return [w[0], w[1], float(-w @ P)]
""",
    "switch": """
def switch(x):
    z = ({steepness} * (np.asarray(x) - {place})).astype(np.float32)
    return 0.5 * (1 + np.tanh(z / 2))
""",
}


def released(course, student):
    return notebook.build(course.assignment(FIRST), student, course.key)


def without(made, *ids):
    made["cells"] = [cell for cell in made["cells"] if cell["id"] not in ids]
    return made


def twice(made, id, source=None):
    place = [cell["id"] for cell in made["cells"]].index(id)
    copy = made["cells"][place] | ({} if source is None else {"source": source})
    made["cells"].insert(place + 1, copy)
    return made


def edited(made, **cells):
    for cell in made["cells"]:
        cell["source"] = cells.get(cell["id"].replace("-", "_"), cell["source"])
    return made


def bare(made):
    """As an editor leaves it that drops nbgrader's metadata, and lists its lines."""
    for cell in made["cells"]:
        cell["metadata"] = {}
        cell["source"] = cell["source"].splitlines(keepends=True)
    return made


def a_class(course, trap):
    """student → (what is handed in, state, points)"""
    of = course.assignment(FIRST)

    def work(student, **how):
        return solved(course, student, **how)

    def cheat(student, code, where="switch", left=EVERYTHING):
        """Stub answers, and a cell that does something else."""
        return solved(course, student, left=left, extra=[(where, code)])

    def style(student):
        v = vars(of.variant_of(student, course.key))
        return {
            id: text.replace("{", "{{")
            .replace("}", "}}")
            .replace("{{weight}}", "{weight}")
            .replace("{{steepness}}", "{steepness}")
            .replace("{{place}}", "{place}")
            .format(**v)
            for id, text in OTHER_STYLE.items()
        }

    half = ALL - POINTS["line"] - POINTS["repair"]
    places = {"course": str(course.path), "sources": str(course.sources), "home": trap["home"]}
    return {
        # honest
        "honest": (work("honest"), GRADED, ALL),
        "honest2": (work("honest2"), GRADED, ALL),
        "untouched": (released(course, "untouched"), ZERO, 0),
        "half": (work("half", left=("line", "repair")), GRADED, half),
        "otherstyle": (work("otherstyle", answers=style("otherstyle").items()), GRADED, ALL),
        "warns": (work("warns", extra=[("switch", WARNS)]), GRADED, ALL),
        "helper": (work("helper", extra=[("line", "%matplotlib inline\n!ls\nhalf = 0.5\n")]),
                   GRADED, ALL),
        "slip": (work("slip", answers=[("cost", COST_SLIP)]), GRADED, ALL - POINTS["cost"]),
        "syntax": (work("syntax", answers=[("line", "def neuron_through(P, Q")]), GRADED,
                   ALL - POINTS["line"]),
        "asks": (work("asks", extra=[("switch", "name = input('name? ')")]), GRADED, ALL),
        "exits": (work("exits", extra=[("switch", "import sys\nsys.exit(1)")]), GRADED, ALL),
        "copiestest": (twice(work("copiestest"), "line-tests"), GRADED, ALL),
        "copiesanswer": (twice(work("copiesanswer"), "cost", LOOP.replace("while True", "if 0")
                               + "    return 0\n"), GRADED, ALL - POINTS["cost"]),
        "bare": (bare(work("bare")), GRADED, ALL),
        "late": (work("late"), LATE, ALL),
        "latezero": (released(course, "latezero"), LATE, 0),
        "misnamed": (work("misnamed"), GRADED, ALL),
        "missing": (None, MISSING, None),
        "nooutput": (without(work("nooutput"), "given-2", "imports"), GRADED, ALL),
        "lostanswer": (without(work("lostanswer"), "band"), GRADED, ALL - POINTS["band"]),
        # what goes wrong by itself
        "loops": (work("loops", answers=[("cost", LOOP)]), GRADED, ALL - POINTS["cost"]),
        "loopscell": (work("loopscell", extra=[("line", "while True:\n    pass")]), GRADED, ALL),
        "memory": (work("memory", answers=[("cost", HUNGRY)]), GRADED, ALL - POINTS["cost"]),
        "prints": (work("prints", extra=[("switch", PRINTS)]), GRADED, ALL),
        "huge": (work("huge", answers=[("switch", HUGE)]), LOOK, 0),
        "osexit": (work("osexit", extra=[("line", "import os\nos._exit(0)")]), LOOK,
                   POINTS["switch"]),
        "swallows": (work("swallows", extra=[("line", SWALLOW)]), LOOK, POINTS["switch"]),
        "broken": (b'{"cells": [', LOOK, 0),
        "empty": (b"", LOOK, 0),
        "binary": (bytes(range(256)) * 9, LOOK, 0),
        "deep": (b'{"cells":' + b"[" * 200_000, LOOK, 0),
        "version3": (b'{"nbformat": 3, "worksheets": [], "cells": []}', LOOK, 0),
        "oddcells": (b'{"nbformat": 4, "cells": [{"source": 7}]}', LOOK, 0),
        "oversize": (b" " * (11 << 20), LOOK, 0),
        "symlink": ("symlink", LOOK, 0),
        "resubmits": (b"oh no", LOOK, 0),
        "otherwork": (json.loads(json.dumps(work("otherwork")).replace(FIRST, "a2_neuron")),
                      LOOK, ALL),
        "takes": (work("honest"), LOOK, None),
        # cheats
        "deletestests": (without(released(course, "deletestests"),
                                 *(f"{q}-tests" for q in EVERYTHING)), ZERO, 0),
        "edits": (edited(work("edits", left=("switch", "line")), switch_tests="pass",
                         given_2="sigmoid = None"), GRADED, ALL - 11),
        "reads": (work("reads", left=EVERYTHING, answers=[("switch", READ.format(**places))]),
                  ZERO, 0),
        "destroys": (cheat("destroys", DESTROY.format(first=FIRST, **places)), ZERO, 0),
        "links": (cheat("links", LINK.format(first=FIRST, victim=trap["victim"])), ZERO, 0),
        "calls": (cheat("calls", CALL.format(**trap)), ZERO, 0),
        "stays": (work("stays", extra=[("switch", STAY)]), GRADED, ALL),
        "forks": (work("forks", extra=[("repair-tests", FORKS)]), GRADED, ALL),
        "patches": (cheat("patches", PATCH), ZERO, 0),
        "forges": (cheat("forges", FORGE), ZERO, 0),
        "runner": (cheat("runner", RUNNER), ZERO, 0),
        "poisons": (cheat("poisons", POISON), ZERO, 0),
        "kills": (cheat("kills", KILL), LOOK, 0),
        "script": (edited(work("script"), why="<script>alert(1)</script><img src=x onerror=y>"),
                   GRADED, ALL),
        "=cmd": (None, None, None),
    }  # fmt: skip


COST_SLIP = """
def weighted_cost(Y_hat, Y):
    return np.mean(np.sum((Y - Y_hat) ** 2, axis=1)) / 2
"""


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def trap(tmp_path_factory):
    """A listener, a secret and a victim, all just outside the course folder."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret.txt").write_text(CANARY)
    victim = home / "victim.txt"
    victim.write_text("as it was")
    calls = []
    abstract = f"groundup-{os.getpid()}"
    servers = [socket.create_server(("0.0.0.0", 0)), socket.socket(socket.AF_UNIX)]
    servers[1].bind(f"\0{abstract}")
    servers[1].listen()

    def listen(server):
        while True:
            try:
                calls.append(server.accept())
            except OSError:
                return

    for server in servers:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
    port = servers[0].getsockname()[1]
    outside = socket.gethostbyname(socket.gethostname())
    os.environ["GROUNDUP_TEST_SECRET"] = CANARY
    yield {
        "home": str(home),
        "victim": str(victim),
        "port": port,
        "abstract": abstract,
        "outside": outside,
        "calls": calls,
    }
    del os.environ["GROUNDUP_TEST_SECRET"]
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def graded(trap, tmp_path_factory):
    """The class, handed in, collected and graded."""
    root = tmp_path_factory.mktemp("class")
    course = make_course(root / "course", ["nobody"])
    members = a_class(course, trap)
    del members["=cmd"]
    course = make_course(root / "course", members)
    work = course.assignment(FIRST)
    patch = pytest.MonkeyPatch()
    patch.setattr(work, "cell_seconds", 4.0)
    patch.setattr(type(work), "seconds", 20.0)
    for question in work.questions:
        patch.setattr(question, "time_limit", 4.0)
    release(course, FIRST)

    handed = root / "handed"
    for student, (made, _, _) in members.items():
        if made == "symlink":
            hand_in(handed, student, b"")
            (handed / student / f"{FIRST}.ipynb").unlink()
            (handed / student / f"{FIRST}.ipynb").symlink_to(course.path / "key")
        elif made is not None:
            name = "my homework (final) (2).ipynb" if student == "misnamed" else None
            path = hand_in(handed, student, made, name)
            time = moment("2026-11-30T12:00" if "late" in student else "2026-11-28T12:00")
            os.utime(path, (time.timestamp(), time.timestamp()))
    due = moment("2026-11-29T12:00")

    # First the honest alone, and an earlier, perfect file of the one who hands in again.
    alone = root / "alone"
    for student in ("honest", "honest2"):
        hand_in(alone, student, members[student][0])
    hand_in(alone, "resubmits", solved(course, "resubmits"))
    collect(course, FIRST, alone)
    grade_all(course, FIRST, jobs=2)
    first = {s: course.result(FIRST, s) for s in ("honest", "honest2", "resubmits")}
    lines = collect(course, FIRST, handed, due=due)
    before = {kind: hashes(course.path / kind) for kind in ("submitted", "release")}
    count = grade_all(course, FIRST, jobs=3)
    to_do(course, FIRST)
    feedback(course, FIRST)
    after = {kind: hashes(course.path / kind) for kind in ("submitted", "release")}
    yield {
        "course": course,
        "members": members,
        "lines": lines,
        "before": before,
        "after": after,
        "first": first,
        "count": count,
    }
    patch.undo()


def test_every_score_is_the_expected_one(graded):
    course, members = graded["course"], graded["members"]
    assert len(members) >= 40
    wrong = {}
    for student, (_, state, points) in members.items():
        result = course.result(FIRST, student) or {"state": MISSING, "points": None}
        if student == "takes":
            points = result["points"]  # as far as the two variants agree
            assert points < ALL
        if (result["state"], result["points"]) != (state, points):
            found = {name: result.get(name) for name in ("state", "points", "remarks")}
            wrong[student] = f"{found}, not {state}, {points}"
    assert not wrong, "\n".join(f"{s}: {why}" for s, why in wrong.items())


def test_bystanders_and_files_are_as_they_were(graded, trap):
    assert graded["before"] == graded["after"]
    course = graded["course"]
    for student in ("honest", "honest2"):
        assert course.result(FIRST, student) == graded["first"][student]
    assert (course.path / "key").read_text() == "5eed" * 16 + "\n"
    assert os.path.exists(trap["victim"])
    with open(trap["victim"]) as file:
        assert file.read() == "as it was"
    assert course.assignment(FIRST).path.exists()


def test_no_connection_no_process_no_secret(graded, trap):
    course = graded["course"]
    assert trap["calls"] == []
    for process in psutil.process_iter(["cmdline"]):
        assert not {LEFT, SLEEP} & set(process.info["cmdline"] or [])
    for path in course.path.rglob("*"):
        if path.is_file() and "submitted" not in path.parts:
            assert CANARY.encode() not in path.read_bytes(), path
    assert "loot" in course.result(FIRST, "reads")["questions"]["switch"]["error"]


def test_a_failed_resubmission_does_not_keep_the_old_score(graded):
    assert graded["first"]["resubmits"]["points"] == ALL
    assert graded["course"].result(FIRST, "resubmits")["state"] == LOOK


def test_feedback_names_what_went_wrong(graded):
    course = graded["course"]
    assert course.result(FIRST, "slip")["questions"]["cost"]["slip"] == "cost_no_weight"
    for student, said in {"loops": "took too long", "slip": "All rows count the same"}.items():
        assert said in course.place("feedback", FIRST, student, ".html").read_text()


def test_feedback_is_set_as_text_and_not_as_tags(graded):
    page = graded["course"].place("feedback", FIRST, "honest", ".html").read_text()
    parsed = BeautifulSoup(page, "html.parser")
    assert "<p>" not in parsed.text
    assert "1 A switch" in [heading.text for heading in parsed.find_all("h2")]
    assert len(parsed.find_all("math")) > 10
    for code in parsed(["code", "pre"]):
        code.decompose()
    assert "$" not in parsed.text
    assert "\\" not in parsed.text


def test_feedback_cannot_run_anything(graded):
    page = graded["course"].place("feedback", FIRST, "script", ".html").read_text()
    parsed = BeautifulSoup(page, "html.parser")
    assert "alert(1)" in parsed.text
    assert not parsed.find_all(["script", "iframe", "object", "link"])
    assert not [name for tag in parsed.find_all() for name in tag.attrs if name.startswith("on")]
    assert "default-src 'none'" in page


def test_collecting_says_what_is_wrong_with_each(graded):
    lines = "\n".join(graded["lines"])
    for student, said in {
        "broken": "is not JSON",
        "binary": "is not text in UTF-8",
        "deep": "nested too deeply",
        "version3": "notebook format 3",
        "oddcells": "cell without text, number 1",
        "oversize": "larger than 10 MiB",
        "symlink": "a link, not followed",
        "misnamed": "taken as misnamed's",
        "takes": "released to 'honest'",
        "otherwork": "a2_neuron",
    }.items():
        line = next(line for line in graded["lines"] if line.startswith(f"{student}/"))
        assert said in line
    assert "nothing from 1 of" in lines


def test_the_table_tells_the_states_apart(graded):
    path = export(graded["course"], FIRST)
    with open(path, newline="", encoding="utf-8") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert set(table) == set(graded["members"])
    assert (table["untouched"]["state"], table["untouched"]["total"]) == ("zero", "0")
    assert (table["osexit"]["state"], table["osexit"]["total"]) == ("look at by hand", "")
    assert (table["missing"]["state"], table["missing"]["total"]) == ("missing", "")
    assert (table["late"]["state"], table["late"]["late_days"]) == ("late", "1")
    assert sum(graded["count"].values()) == len(table)


def test_the_report_has_everyone_in_it(graded):
    page = report(graded["course"], FIRST).read_text()
    for question in EVERYTHING:
        assert question in page
    assert page.count("<img") == 3
    assert "stopped its own process" in page
