"""The sandbox by itself: what a program inside it sees, and where its limits are."""

import json
import os
import time

import pytest

from grader import grade, sandbox


def inside(code, seconds=60, cell_seconds=40, name="answer"):
    """What a cell leaves in ``answer``, and how the run ended."""
    call = {"question": "", "check": "", "name": name, "function": False, "seconds": 20}
    request = {
        "cells": [("cell", code)],
        "cell_seconds": cell_seconds,
        "calls": [call | {"cases": [None]}],
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
    monkeypatch.setenv("SECRET", "x")
    (tmp_path / "file").write_text("x")
    code = f"""
import json, os
seen = [p for p in ("/home", "/srv", "/var", "/etc/passwd", "/etc/shadow", {str(tmp_path)!r},
                    {os.getcwd()!r} + "/coursework") if os.path.exists(p)]
processes = [p for p in os.listdir("/proc") if p.isdigit()]
answer = json.dumps([seen, sorted(os.environ), len(processes)])
"""
    seen, environment, processes = said(code)
    assert seen == []
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
    assert inside(code, seconds=6, cell_seconds=1)[1] == ending
    assert time.monotonic() - start < 20


def test_what_fails_to_be_read_says_what_it_is():
    request = {
        "cells": [("one", "1/0"), ("two", "x = ("), ("three", "while True: pass")],
        "cell_seconds": 1,
        "calls": [],
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
