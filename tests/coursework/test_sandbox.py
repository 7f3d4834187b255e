"""The sandbox by itself: what a program inside it sees, and where its limits are."""

import errno
import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest

from grader import calls, grade, runner, sandbox
from grader.__main__ import main

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
        *map(str, sandbox._SYSTEM),
        *map(str, sandbox._python()),
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
        ("import ctypes\nctypes.string_at(0)", "killed"),
        ("import os\nos.kill(os.getpid(), 9)", "killed"),
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


def test_files_in_memory_count(monkeypatch):
    monkeypatch.setattr(sandbox, "_MEMORY", 300 << 20)
    code = """
import time
for folder in ("/tmp", "/dev/shm"):
    for number in range({files}):
        with open(f"{{folder}}/{{number}}", "wb") as file:
            file.write(bytes(50 << 20))
time.sleep(1.5)
answer = 1
"""
    assert inside(code.format(files=1), seconds=30)[1] == "done"
    assert inside(code.format(files=4), seconds=30)[1] == "too large"


# --- memory that belongs to no process, and time that others take ---

REFUSED = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
found = {}
def call(name, *given):
    ctypes.set_errno(0)
    answer = getattr(libc, name)(*given)
    found[name] = [answer, ctypes.get_errno()]
def number(name, nr, *given):
    ctypes.set_errno(0)
    found[name] = [libc.syscall(nr, *given), ctypes.get_errno()]
call("memfd_create", b"x", 0)
call("shmget", 0, 1 << 20, 0o1600)
call("msgget", 0, 0o1600)
call("unshare", 0x10000000)
call("setns", 0, 0)
call("mount", b"none", b"/tmp", b"tmpfs", 0, 0)
call("ptrace", 0, 0, 0, 0)
number("io_uring_setup", 425, 8, 0)
number("clone3", 435, 0, 0)
number("keyctl", {keyctl}, 0, -3, 0)
number("clone", {clone}, 0x10000000 | 17, 0, 0, 0, 0)
if found["clone"][0] == 0:
    os._exit(0)
answer = json.dumps(found)
"""


def test_what_holds_memory_outside_of_processes_is_refused():
    if calls.program() is None:
        pytest.skip("there is no filter for this processor")
    column = {"x86_64": 0, "aarch64": 1}[platform.machine()]
    numbers = {"keyctl": calls._REFUSED["keyctl"][column], "clone": calls._CLONE[column]}
    code = REFUSED
    for name, number in numbers.items():
        code = code.replace("{" + name + "}", str(number))
    found = said(code)
    assert set(map(tuple, found.values())) == {(-1, errno.ENOSYS)}, found


SIGNALS = {
    "flock": "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "a lock of a part": "fcntl.fcntl(file, fcntl.F_GETLK, struct.pack('hhlli', 1, 0, 0, 0, 0))",
    "a lock of an open file": "fcntl.fcntl(file, 36, struct.pack('hhlli', 1, 0, 0, 0, 0))",
    "a watch": "watched(libc.inotify_init())",
    "another watch": "watched(libc.inotify_init1(0))",
}


@pytest.mark.parametrize("how", SIGNALS)
def test_by_a_file_that_all_can_read_no_submission_tells_another_anything(how):
    """Another, here this process, locks such a file, opens it, or lets it be: it is the same."""
    if calls.program() is None:
        pytest.skip("there is no filter for this processor")
    code = f"""
import ctypes, fcntl, json, os, struct
libc = ctypes.CDLL(None)
def watched(number):
    if libc.inotify_add_watch(number, json.__file__.encode(), 0x20) < 0:
        return "no watch"
    open(json.__file__).close()
    return os.read(number, 4096)
file = open(json.__file__)
try:
    answer = repr({SIGNALS[how]})
except OSError as error:
    answer = repr(error.errno)
"""
    free = inside(code)
    with open(json.__file__) as file:
        fcntl.lockf(file, fcntl.LOCK_SH)
        fcntl.flock(file, fcntl.LOCK_SH)
        assert inside(code) == free
    assert free == ("'no watch'" if "watch" in how else str(errno.ENOSYS), "done")


def test_threads_processes_and_libraries_go_on():
    """What honest code calls is not refused: threads, children, pipes, mappings, products."""
    code = """
import json, mmap, multiprocessing, sqlite3, subprocess, tempfile, threading
import numpy as np
import torch
done = []
thread = threading.Thread(target=done.append, args=(1,))
thread.start(), thread.join()
done.append(int(subprocess.check_output(["/bin/echo", "2"])))
def child(queue):
    queue.put(3)
queue = multiprocessing.get_context("fork").Queue()
process = multiprocessing.get_context("fork").Process(target=child, args=(queue,))
process.start()
done.append(queue.get(timeout=20))
process.join()
mmap.mmap(-1, 1 << 20).close()
with tempfile.TemporaryFile() as file:
    file.write(b"4")
with sqlite3.connect("/tmp/table.db") as table:
    table.execute("create table numbers (n)")
    table.execute("insert into numbers values (6)")
done.append(table.execute("select n from numbers").fetchone()[0])
done.append(int(np.linalg.norm(np.ones((16, 1)))))
done.append(int(torch.ones(5, 5).matmul(torch.ones(5)).sum()) // 5)
answer = json.dumps(done)
"""
    assert said(code) == [1, 2, 3, 6, 4, 5]


def test_no_namespace_of_its_own_even_without_the_filter(monkeypatch):
    if "--disable-userns" not in sandbox._as_a_user(shutil.which("bwrap")):
        pytest.skip("this bubblewrap cannot see to it")
    if os.getuid() == 0:
        pytest.skip("a run of root's has no user namespace; the filter alone refuses another")
    monkeypatch.setattr(calls, "opened", lambda: None)
    code = "import ctypes\nanswer = ctypes.CDLL(None).unshare(0x10000000)"
    assert inside(code)[0] == -1


def test_it_dies_before_its_neighbours_and_lets_them_go_first():
    code = """
import json, os
answer = json.dumps([int(open("/proc/self/oom_score_adj").read()), os.nice(0)])
"""
    assert said(code) == [1000, os.nice(0) + 5]


LEFT = {
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    "a timer": "import threading\nthreading.Timer(600, print).start()",
    "an executor": "import time\nfrom concurrent.futures import ThreadPoolExecutor\n"
    "ThreadPoolExecutor(1).submit(time.sleep, 600)",
    "an exit that hangs": "import atexit, time\natexit.register(time.sleep, 600)",
    "a child": "import os, time\nif os.fork() == 0:\n    time.sleep(600)",
    "a loop of its own": "import threading\ndef spin():\n    while True: pass\n"
    "threading.Thread(target=spin).start()",
}


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_running_costs_nothing(what):
    start = time.monotonic()
    assert inside(LEFT[what] + "\nanswer = 1", seconds=400)[1] == "done"
    assert time.monotonic() - start < 300


FLOODS = {
    "newlines": "b'\\n' * (1 << 20)",
    "nothings": "b'{}\\n' * (1 << 18)",
    "nested lists": "b'[' * (1 << 20)",
    "a long line": "b'x' * (1 << 20)",
    "events": "b'{\"question\": 1}\\n' * (1 << 16)",
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_on_the_channel_ends_at_once_and_is_not_kept(what):
    """Whatever is open is written to, as the runner's channel is."""
    code = f"""
import os
piece = {FLOODS[what]}
for _ in range(64):
    for number in range(3, 32):
        try:
            os.write(number, piece)
        except OSError:
            pass
"""
    tracemalloc.start()
    try:
        ending = inside(code, seconds=120)[1]
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert ending == "too much"


def test_time_stands_still_while_others_have_the_processor(monkeypatch):
    """A cell that works for a second among others that are never still, and has two for it."""
    if runner.waited() == 0:
        pytest.skip("this system does not count how long a process waits")
    # As a notebook's processes are: as nice, and each in a session of its own.
    spin = [sys.executable, "-c", "import os\nos.nice(5)\nwhile True: pass"]
    one = sorted(os.sched_getaffinity(0))[:1]
    hogs = [subprocess.Popen(spin, start_new_session=True) for _ in range(5)]
    mine = os.sched_getaffinity(0)
    try:
        for hog in hogs:
            os.sched_setaffinity(hog.pid, one)
        os.sched_setaffinity(0, one)
        busy = "import time\nbegan = time.process_time()\n"
        busy += "while time.process_time() - began < 1: pass\nanswer = 1"
        assert inside(busy, seconds=20, cell_seconds=2) == (1, "done")
        monkeypatch.setattr(sandbox, "_PATIENCE", 1)
        assert inside(busy, seconds=60, cell_seconds=2)[0] is None
    finally:
        os.sched_setaffinity(0, mine)
        for hog in hogs:
            hog.kill()
            hog.wait()


@pytest.mark.parametrize(("code", "idle"), [("while True: pass", False), (SWALLOWS, True)])
def test_whoever_was_stopped_while_it_waited_is_told_from_whoever_worked(code, idle):
    """One run in all, and one cell of one that goes on."""
    if runner.waited() == 0:
        pytest.skip("this system does not count how long a process waits")
    call = {"question": "", "check": "", "name": "x", "function": False, "seconds": 1, "cases": []}
    request = {"cells": [("cell", code)], "calls": [call], "after": {"": 0}}
    outcome = sandbox.run(request | {"cell_seconds": 60}, 4)
    assert (outcome.ending, outcome.idle) == ("too slow", idle)
    sleeps = code.replace("except BaseException", "except Exception")
    outcome = sandbox.run(request | {"cells": [("cell", sleeps)], "cell_seconds": 1}, 60)
    assert outcome.ending == "done"
    assert [e.get("idle", False) for e in outcome.events if e.get("type") == "Stopped"] == [idle]


@pytest.mark.parametrize("how", ["no files for it", "bubblewrap fails", "no time for it"])
def test_what_was_never_begun_did_not_end_itself(how, monkeypatch):
    seconds = 60
    if how == "no files for it":
        monkeypatch.setitem(sandbox._LIMITS, "RLIMIT_NOFILE", 3)
    elif how == "bubblewrap fails":
        monkeypatch.setattr(sandbox, "_fixed", lambda: ["--ro-bind", "/no/such/folder", "/x"])
    else:
        monkeypatch.setattr(sandbox, "_LOOK", 0.01)
        seconds = 0.01
    answer, ending = inside("answer = 1", seconds=seconds)
    assert (answer, ending) == (None, "not started")


def test_processes_together_have_no_more_time_than_one():
    code = """
import os
for _ in range(8):
    if os.fork() == 0:
        while True: pass
os.wait()
"""
    start = time.monotonic()
    assert inside(code, seconds=8, cell_seconds=100)[1] == "too slow"
    assert time.monotonic() - start < 70


# --- the course in any place ---


def copy(place):
    """The course as one copies it: what grading needs, with the environment as its ``.venv``."""
    place.mkdir(parents=True)
    for name in ("grader", "groundup", "coursework"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "tests" / "coursework").mkdir(parents=True)
    (place / "pyproject.toml").write_text("")
    (place / "course" / "submitted").mkdir(parents=True)
    (place / "course" / "key").write_text("5eed" * 16)
    (place / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    return place


TRY = """
from pathlib import Path
from grader import assignment, folder, grade, sandbox
grade.prove(folder.Course(Path("course")))
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


TOPS = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/opt", "/home", "/usr/src", "/usr/local"]


@pytest.mark.parametrize("top", TOPS)
def test_the_course_may_lie_in(top):
    try:
        folder = tempfile.mkdtemp(dir=top)
    except OSError as error:
        pytest.skip(f"no folder can be made in {top}: {error.strerror}")
    try:
        Path(folder).chmod(0o755)
        assert holds(copy(Path(folder, "course")))
    finally:
        shutil.rmtree(folder)


def test_the_courses_path_may_have_a_space_an_umlaut_and_brackets(tmp_path):
    assert holds(copy(tmp_path / "Grüner Kurs [1] (neu)" / "main"))


def environment(place):
    """An environment of its own with this one's packages, as ``python -m venv`` makes it."""
    python = [sys.executable, "-m", "venv", "--without-pip", "--system-site-packages"]
    subprocess.run([*python, place], check=True)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for packages in filter(os.path.isdir, sys.path):
        if packages.endswith("site-packages"):
            (place / "lib" / name / "site-packages" / "these.pth").write_text(packages + "\n")
    return place / "bin" / "python"


SEES = """
from pathlib import Path
from grader import sandbox
names = [path for path in Path.cwd().rglob("*") if path.is_file()]
names = [path for path in names if path.relative_to(Path.cwd()).parts[0] not in ("lib", "bin")]
assert {"a1_sigmoid_network.py", "key"} <= {path.name for path in names}
sandbox.prove(*(path for path in names if path.name != "pyvenv.cfg"))
"""


@pytest.mark.parametrize("top", ["/usr/src", "/tmp"])
def test_an_environment_made_in_the_course_itself(top):
    """``python -m venv .``: the sandbox shows the environment, and nothing beside it."""
    try:
        folder = Path(tempfile.mkdtemp(dir=top))
    except OSError as error:
        pytest.skip(f"no folder can be made in {top}: {error.strerror}")
    try:
        folder.chmod(0o755)
        place = copy(folder / "app")
        (place / ".venv").unlink()
        python = environment(place)
        assert holds(place, python)
        done = subprocess.run([python, "-B", "-c", SEES], cwd=place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    finally:
        shutil.rmtree(folder)


def test_a_link_in_a_systems_folder(tmp_path):
    try:
        link = Path(tempfile.mktemp(dir="/usr/local"))
        link.symlink_to(copy(tmp_path / "course"))
    except OSError as error:
        pytest.skip(f"no link can be made in /usr/local: {error.strerror}")
    try:
        assert holds(link)
    finally:
        link.unlink()


@pytest.mark.parametrize("what", ["a course folder", "sources", "a link to a course folder"])
def test_what_lies_in_a_systems_folder_and_cannot_be_covered_is_refused(what, tmp_path, capsys):
    try:
        folder = Path(tempfile.mkdtemp(dir="/usr/local"))
    except OSError as error:
        pytest.skip(f"no folder can be made in /usr/local: {error.strerror}")
    try:
        folder.chmod(0o755)  # else it is closed to the user that a run has where root grades
        (folder / "key").write_text("5eed" * 16)
        (folder / "roster.csv").write_text("id,name\nada,Ada\n")
        shutil.copy(ROOT / "coursework" / "a1_sigmoid_network.py", folder)
        (tmp_path / "link").symlink_to(folder)
        where = {"sources": tmp_path, "a course folder": folder}.get(what, tmp_path / "link")
        options = ["--course", str(where)]
        if what == "sources":
            shutil.copy(folder / "roster.csv", tmp_path)
            options += ["--sources", str(folder)]
        for command in (["release", "a1_sigmoid_network"], ["list"]):
            assert main([*options, *command]) == 1
            said = capsys.readouterr().err
            assert f"it shows {folder}" in said
            assert said.count("\n") == 1
        assert not (where / "release").exists()
    finally:
        shutil.rmtree(folder)


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
