"""The sandbox by itself: what a program inside it sees, and where its limits are."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader import grade, sandbox

ROOT = Path(__file__).resolve().parents[2]


def inside(code, seconds=60, cell_seconds=40, name="answer"):
    """What a cell leaves in ``answer``, and how the run ended."""
    call = {"question": "", "check": "", "name": name, "function": False, "seconds": 20}
    request = {
        "cells": [("cell", code)],
        "cell_seconds": cell_seconds,
        "calls": [call | {"cases": [None]}],
        "after": {"": 0},
    }
    outcome = sandbox.run(request, seconds)
    answers = [grade.decode(e["answer"]) for e in outcome.events if "answer" in e]
    return (answers[0] if answers else None), outcome.ending


def said(code, **more):
    answer, ending = inside(code, **more)
    assert ending == "done"
    return json.loads(answer)


def test_it_is_a_plain_user_without_rights():
    code = """
import json, os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
answer = json.dumps([os.getuid(), status["CapEff"].strip(), status["CapBnd"].strip()])
"""
    user, effective, bounding = said(code)
    assert user != 0
    assert set(effective) == {"0"}
    if os.getuid() == 0:
        assert set(bounding) == {"0"}


def test_it_sees_no_home_no_environment_no_other_process(monkeypatch, tmp_path):
    """Outside of the system's and Python's folders there is no file but the program that runs."""
    monkeypatch.setenv("SECRET", "x")
    (tmp_path / "file").write_text("x")
    hidden = [
        tmp_path / "file",
        Path(__file__),
        ROOT / "coursework",
        ROOT / "Makefile",
        "/etc/passwd",
    ]
    known = [
        *sandbox._SYSTEM,
        *sandbox._python(),
        "/proc",
        "/dev",
        "/etc/fonts",
        "/etc/alternatives",
    ]
    code = f"""
import json, os
seen = [p for p in {list(map(str, hidden))} if os.path.exists(p)]
known, files = {list(map(str, known))}, []
for folder, inner, names in os.walk("/"):
    inner[:] = [n for n in inner if os.path.join(folder, n) not in known]
    files += [p for p in (os.path.join(folder, n) for n in names) if p not in known]
processes = [p for p in os.listdir("/proc") if p.isdigit()]
answer = json.dumps([seen, files, sorted(os.environ), len(processes)])
"""
    seen, files, environment, processes = said(code)
    assert seen == []
    assert {f for f in files if not f.startswith("/tmp/.ipython/")} <= {
        "/runner.py",
        "/etc/ld.so.cache",
    }
    assert "SECRET" not in environment
    assert processes <= 4


def test_it_writes_to_its_scratch_folders_alone_and_not_much():
    code = """
import json, os
def most(path):
    written = 0
    try:
        for number in range(100):
            with open(f"{path}/{number}", "wb") as file:
                for _ in range(8):
                    written += file.write(bytes(4 << 20))
    except OSError:
        pass
    return written >> 20
def one(path):
    written = 0
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                written += file.write(bytes(4 << 20))
    except OSError:
        return written >> 20
places = [f for f in ("/", "/usr", "/dev", "/proc", "/sys", "/etc") if os.access(f, os.W_OK)]
answer = json.dumps([places, one("/tmp/one"), most("/tmp"), most("/dev/shm"), most("/")])
"""
    places, one, scratch, shared, root = said(code)
    assert places == []
    assert one <= 64
    assert 100 < scratch <= 256
    assert shared <= 256
    assert root == 0


def test_processes_memory_and_files_are_limited():
    code = """
import json, os, resource, signal
children = []
try:
    for _ in range(400):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
files = []
try:
    while True:
        files.append(open("/dev/null"))
except OSError:
    count = len(files)
files.clear()
try:
    bytearray(5 << 30)
    memory = "unlimited"
except MemoryError:
    memory = "limited"
try:
    resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000))
    raised = True
except (OSError, ValueError):
    raised = False
answer = json.dumps([len(children), count, memory, raised])
"""
    children, files, memory, raised = said(code)
    assert children < 64
    assert files < 256
    assert memory == "limited"
    assert raised is False


def test_it_has_no_network():
    code = """
import json, socket
names = [name for _, name in socket.if_nameindex()]
def fails(where):
    try:
        with socket.create_connection(where, timeout=1):
            return False
    except OSError:
        return True
answer = json.dumps([names, fails(("127.0.0.1", 22)), fails(("192.0.2.1", 80))])
"""
    names, *failed = said(code)
    assert names == ["lo"]
    assert all(failed)


SWALLOWS = """
import time
while True:
    try:
        time.sleep(9)
    except BaseException:
        pass
"""


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import os\nos._exit(0)", "ended early"),
        ("import ctypes\nctypes.string_at(0)", "ended early"),
        ("import os\nos.kill(os.getpid(), 9)", "ended early"),
        (SWALLOWS, "too slow"),
        ("answer = 'x' * (40 << 20)", "too much"),
        ("answer = 1", "done"),
    ],
)
def test_how_it_ends(code, ending):
    start = time.monotonic()
    limits = {"seconds": 6, "cell_seconds": 1} if ending == "too slow" else {}
    assert inside(code, **limits)[1] == ending
    if limits:
        assert time.monotonic() - start < 20


def test_what_fails_to_be_read_says_what_it_is():
    request = {
        "cells": [("one", "1/0"), ("two", "x = ("), ("three", "while True: pass")],
        "cell_seconds": 1,
        "calls": [],
        "after": {},
    }
    errors = {e["cell"]: e["error"] for e in sandbox.run(request, 60).events if "cell" in e}
    assert errors["one"] == "ZeroDivisionError: division by zero"
    assert errors["two"].startswith("SyntaxError")
    assert errors["three"] == "took too long and was stopped"


EACH_HOLDS = """
import os, signal, time
held = b"" if {own} else bytearray(os.urandom(1 << 20)) * 300
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20)) * 100 if {own} else held
        signal.pause()
time.sleep(1.5)
answer = 1
"""


@pytest.mark.parametrize(("own", "ending"), [(True, "too large"), (False, "done")])
def test_the_memory_of_all_processes_together_is_limited(monkeypatch, own, ending):
    """Eight children with 100 MiB each are too many; eight that share 300 MiB are not."""
    monkeypatch.setattr(sandbox, "_MEMORY", 600 << 20)
    assert inside(EACH_HOLDS.format(own=own), seconds=20, cell_seconds=10)[1] == ending


# --- the course in any place ---


def copy(place):
    """The course as one copies it: what grading needs, with the environment as its ``.venv``."""
    place.mkdir(parents=True)
    for name in ("grader", "groundup", "coursework"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    return place


TRY = """
from grader import assignment, grade, sandbox
sandbox.prove(assignment.SOURCES)
grade.trial(assignment.load("a1_sigmoid_network"))
print(sandbox.__file__)
"""


def holds(place, python=None, before=()):
    """Whether the sandbox hides the sources there, and gives a solution all its points."""
    python = python or place / ".venv" / "bin" / Path(sys.executable).name
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*before, python, "-B", "-c", TRY],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()).samefile(place / "grader" / "sandbox.py")


@pytest.mark.parametrize("top", ["/tmp", "/dev/shm", "/var/tmp", "/run", "/opt", "/home"])
def test_the_course_may_lie_in(top):
    try:
        folder = tempfile.mkdtemp(dir=top)
    except OSError as error:
        pytest.skip(f"no folder can be made in {top}: {error.strerror}")
    try:
        assert holds(copy(Path(folder, "course")))
    finally:
        shutil.rmtree(folder)


def test_the_courses_path_may_have_a_space_an_umlaut_and_brackets(tmp_path):
    assert holds(copy(tmp_path / "Grüner Kurs [1] (neu)" / "main"))


def test_the_course_may_lie_behind_a_link(tmp_path):
    copy(tmp_path / "real" / "course")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert holds(tmp_path / "link" / "course")


def test_the_course_may_be_read_only_and_its_environment_elsewhere(tmp_path):
    place = copy(tmp_path / "course")
    (place / ".venv").unlink()
    read_only = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", place, place]
    if os.getuid() == 0:
        read_only += ["--cap-add", "ALL"]
    write = subprocess.run([*read_only, "touch", place / "new"], capture_output=True, text=True)
    assert "Read-only" in write.stderr
    assert holds(place, sys.executable, read_only)


def test_python_may_be_reached_over_several_links(tmp_path):
    """As where one folder stands for the newest of several versions."""
    base = Path(sys.base_prefix)
    (tmp_path / "newest").symlink_to(base)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "python"
    program.symlink_to(tmp_path / "newest" / "bin" / Path(os.path.realpath(sys.executable)).name)
    environment = tmp_path / "environment"
    subprocess.run([program, "-m", "venv", "--without-pip", environment], check=True)
    code = "import json; from grader import sandbox; print(json.dumps(sandbox._command()))"
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    said = subprocess.run(
        [environment / "bin" / "python", "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        check=True,
    )
    *command, _ = json.loads(said.stdout)
    up = subprocess.run([*command, "-c", "print('up')"], capture_output=True, text=True)
    assert up.stdout == "up\n", up.stderr


def test_what_does_not_start_says_why(monkeypatch):
    command = sandbox._command()
    monkeypatch.setattr(sandbox, "_command", lambda: [*command[:-4], "/no/python", *command[-3:]])
    with pytest.raises(sandbox.SandboxError, match="/no/python: No such file"):
        sandbox.prove(ROOT / "coursework")
