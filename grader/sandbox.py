"""The sandbox: bubblewrap around one Python process that runs one submission.

What runs inside sees the system's programs and this Python's packages, read-only; no home folder,
no coursework, no other submission, no network; a scratch folder of limited size that is gone
afterwards. When it ends, or when its time is over, everything it started ends with it.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader import calls, runner

_RUNNER = Path(__file__).with_name("runner.py")
#: what a submission may answer: bytes in all and in one line, and lines
_ANSWER_BYTES, _LINE_BYTES, _LINES = 8 << 20, 1 << 20, 4_000
_LIMITS = {
    "RLIMIT_AS": 4 << 30,
    "RLIMIT_NPROC": 64,
    "RLIMIT_FSIZE": 64 << 20,
    "RLIMIT_NOFILE": 256,
    "RLIMIT_CORE": 0,
}
#: bytes that all processes of a submission may hold together, and seconds between two looks
_MEMORY = 4 << 30
_LOOK = 0.25
#: how many times its time a run may take where the machine is so busy that it must wait
_PATIENCE = 10
_slots = itertools.count()
#: folders in memory to which a submission may write, 256 MiB each
_SCRATCH = ("/tmp", "/dev/shm")
#: what every sandbox sees of the system, read-only
_SYSTEM = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")))
#: the course as it was cloned, and what belongs to an environment that was made right in it
_CLONE = Path(__file__).resolve().parents[1]
_ENVIRONMENT = ("bin", "include", "lib", "lib64", "share", "pyvenv.cfg")


class SandboxError(RuntimeError):
    """Nothing is graded: the sandbox is missing or does not hold."""


@dataclass(frozen=True)
class Outcome:
    """What came out: the events in their order, and how it ended.

    ``ending`` is "done", "ended early" (the process went away before its last line), "killed" (a
    signal ended it: its own, or the system's for want of memory), "too slow", "too much" (answers
    without end), "too large" (more than 4 GiB of memory in all) or "not started" (whatever ended
    it, no line of the submission has run). ``idle`` is whether it was too slow and had less than
    half of its time on a processor.
    """

    events: list[dict]
    ending: str
    idle: bool = False


def run(request: dict, seconds: float, again: Callable[[list[dict]], list[str]] = list) -> Outcome:
    """Run the request of :mod:`grader.runner` in a new sandbox.

    When all cells have run, ``again`` gets the events so far, and returns the questions to ask once
    more.

    Raises
    ------
    SandboxError
        When bubblewrap is missing.
    """
    command, filter = _command(), calls.opened()
    if filter is not None:
        command[1:1] = ["--seccomp", str(filter)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            bufsize=0,
            pass_fds=() if filter is None else (filter,),
        )
    finally:
        if filter is not None:
            os.close(filter)
    try:
        talk = _Talk(process, _line(request | {"limits": _LIMITS, "patience": _PATIENCE}), again)
        ending = talk.until(seconds)
        if ending == "ended early" and _code(process) > 128:
            ending = "killed"
        if not talk.started:
            ending = "not started"
    finally:
        process.kill()  # bwrap dies with its first process, and with that all the others
        process.wait()
        process.stdin.close()
        process.stdout.close()
    return Outcome(talk.events, ending, talk.idle)


def _code(process: subprocess.Popen) -> int:
    """What it ended with; over 128 where a signal has ended it."""
    try:
        return process.wait(10)
    except subprocess.TimeoutExpired:  # it has closed its answers and runs on
        return 0


def _line(content) -> bytes:
    return json.dumps(content).encode() + b"\n"


class _Talk:
    """What is said to one runner and what it answers, never more than its limits."""

    def __init__(self, process: subprocess.Popen, request: bytes, again: Callable):
        self.process, self.to_say, self.again = process, request, again
        self.events: list[dict] = []
        self.started = self.idle = False
        self._asked = False
        self._bytes = self._lines = 0
        self._rest = b""
        os.set_blocking(process.stdin.fileno(), False)

    def until(self, seconds: float) -> str:
        """Talk until it is done or must end; returns how it ended."""
        start = time.monotonic()
        look, last = start + _LOOK, start + _PATIENCE * seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                speaks = self.process.stdin in selector.get_map()
                if speaks != bool(self.to_say):
                    change = selector.unregister if speaks else selector.register
                    change(self.process.stdin, *(() if speaks else (selectors.EVENT_WRITE,)))
                ready = selector.select(max(0, min(look, last) - time.monotonic()))
                if (now := time.monotonic()) >= min(look, last):
                    used = _used(self.process.pid)
                    if used.memory > _MEMORY:
                        return "too large"
                    if now >= last or max(used.cpu, now - start - used.waited) > seconds:
                        self.idle = used.cpu < seconds / 2
                        return "too slow"
                    look = time.monotonic() + _LOOK
                for key, _ in ready:
                    ending = self._hear() if key.fileobj is self.process.stdout else self._say()
                    if ending:
                        return ending

    def _say(self) -> None:
        try:
            self.to_say = self.to_say[
                os.write(self.process.stdin.fileno(), self.to_say[: 1 << 16]) :
            ]
        except BrokenPipeError:
            self.to_say = b""

    def _hear(self) -> str | None:
        """Read what is there; returns how it ends, if it does."""
        piece = os.read(self.process.stdout.fileno(), 1 << 16)
        if not piece:
            return "ended early"
        self._bytes += len(piece)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._lines += len(lines)
        if max(len(self._rest), *map(len, lines), 0) > _LINE_BYTES or (
            self._bytes > _ANSWER_BYTES or self._lines > _LINES
        ):
            return "too much"
        for event in filter(None, map(_event, lines)):
            if event.get("started") is True:
                self.started = True
                continue
            self.events.append(event)
            if event.get("done") is True:
                return "done"
            if event.get("asked") is True and not self._asked:
                self._asked = True
                self.to_say += _line(self.again(self.events))
        return None


@dataclass(frozen=True)
class _Use:
    """What a sandbox has used: bytes of memory, seconds of processors, seconds of waiting for one.

    What its processes share counts once. Nobody loses time to a neighbour: while a process waits
    for a processor that others have, its time stands still.
    """

    memory: int = 0
    cpu: float = 0.0
    waited: float = 0.0


def _used(pid: int) -> _Use:
    try:
        processes = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return _Use()
    total = sum(map(_resident, processes))  # quick to read, and too much where pages are shared
    if total > _MEMORY:
        total = sum(map(_proportional, processes))
    total += sum(_files(process.pid) for process in processes[-1:])
    cpu = waited = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError):
            cpu += sum(process.cpu_times()[:4])  # its own, and that of children that have ended
            waited = max(waited, runner.waited(process.pid))
    return _Use(total, cpu, waited)


def _files(pid: int) -> int:
    """Bytes of memory that the files in a sandbox's scratch folders take."""
    with contextlib.suppress(OSError):
        each = [os.statvfs(f"/proc/{pid}/root{folder}") for folder in _SCRATCH]
        return sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in each)
    return 0


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def _proportional(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.AccessDenied:  # a process can shut itself to such looks
        return _resident(process)
    except psutil.NoSuchProcess:
        return 0


def _event(line: bytes) -> dict | None:
    """One line of the runner, or None where it is not one."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _command() -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxError(
            "The sandbox is missing: install bubblewrap (Debian, Ubuntu, Fedora: the package "
            "bubblewrap). It is for Linux; elsewhere grade in a virtual machine with Linux."
        )
    # Only the superuser's processes are not counted against RLIMIT_NPROC: such a run goes on as a
    # user that nobody else has. Any other user gets a user namespace, where they are counted.
    root = os.getuid() == 0
    user = 1_900_000_000 + (os.getpid() * 64 + next(_slots)) % 100_000_000
    return [program, *(_AS_ROOT if root else _as_a_user(program)), *_fixed()] + (
        ["setpriv", f"--reuid={user}", f"--regid={user}", *_DROP] * root
        + [_program(), "-I", "-B", "/runner.py"]
    )


@functools.cache
def _as_a_user(program: str) -> list[str]:
    """Everything of its own; and no further user namespace, where this bubblewrap can see to it."""
    said = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    further = ["--unshare-user", "--disable-userns"] if "--disable-userns" in said else []
    return ["--unshare-all", *further]


def _program() -> str:
    """This Python, in its folder's real place: a link in a system's folder may lead nowhere."""
    folder, name = os.path.split(os.path.abspath(sys.executable))
    return os.path.join(os.path.realpath(folder), name)


_AS_ROOT = [
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--cap-drop", "ALL"),
    *itertools.chain(*(("--cap-add", f"CAP_{c}") for c in ("SETUID", "SETGID", "SETPCAP"))),
]
_DROP = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


@functools.cache
def _fixed() -> list[str]:
    """What all sandboxes have in common."""
    options = ["--die-with-parent", "--new-session", "--clearenv"]
    environment = {
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
    }
    for name, value in environment.items():
        options += ["--setenv", name, value]
    mounts = [("--proc", Path("/proc")), ("--dev", Path("/dev"))]
    for folder in _SCRATCH:
        mounts.append(("--perms", "1777", "--size", str(256 << 20), "--tmpfs", Path(folder)))
    for name in ("ld.so.cache", "fonts", "alternatives"):
        mounts.append(("--ro-bind-try", f"/etc/{name}", Path("/etc", name)))
    for path in _python():
        parts = [path]
        if os.path.realpath(path) == str(_CLONE):
            parts = [path / name for name in _ENVIRONMENT if (path / name).exists()]
        mounts += [("--ro-bind", str(part), part) for part in parts]
    for path in _SYSTEM:
        if path.is_symlink():
            mounts.append(("--symlink", os.readlink(path), path))
        elif path.exists():
            mounts.append(("--ro-bind", str(path), path))
    covers = _covers([*_SYSTEM, *_python()])
    mounts += [("--tmpfs", path) for path in covers]
    # What is mounted on a folder covers what was there before: so the outer ones first. Folders on
    # the way that bwrap makes by itself are for root only.
    for *option, path in sorted(mounts, key=lambda mount: mount[-1].parts):
        for folder in reversed(path.parents[:-1]):
            options += ["--perms", "0755", "--dir", str(folder)]
        options += [*option, str(path)]
    options += ["--ro-bind", str(_RUNNER), "/runner.py"]
    for path in (Path("/"), Path("/dev"), *covers):
        options += ["--remount-ro", str(path)]
    return [*options, "--chdir", "/tmp"]


def _covers(shown: Iterable[Path]) -> list[Path]:
    """Where what the sandbox shows has the clone in it: an empty folder covers it there.

    A course that was installed as a package lies among all others; then nothing can cover it, and
    the proof says whether it shows anything.
    """
    if not (_CLONE / "pyproject.toml").is_file():
        return []
    found = {name for folder in shown for name in names_in(_CLONE, [folder]) if name != folder}
    return sorted(found)


def names_in(path: Path, shown: Iterable[Path]) -> list[Path]:
    """The names that a file or folder has below those that are shown, over whatever links."""
    real = Path(os.path.realpath(path))
    below = [(folder, Path(os.path.realpath(folder))) for folder in shown]
    return [folder / real.relative_to(to) for folder, to in below if real.is_relative_to(to)]


def _python() -> set[Path]:
    """This Python's environment and the one below it, by each name that leads to them."""
    hops = [Path(os.path.abspath(sys.executable))]
    while hops[-1].is_symlink():
        hops.append(Path(os.path.abspath(hops[-1].parent / os.readlink(hops[-1]))))
    found: set[Path] = set()
    for path in (sys.prefix, sys.base_prefix, *hops):  # folders first: most hops lie in one
        for name in (Path(os.path.abspath(path)), Path(os.path.realpath(path))):
            around = [seen for seen in (*found, *_SYSTEM) if name.is_relative_to(seen)]
            nearest = max(around, key=lambda seen: len(seen.parts), default=None)
            if nearest is None or any(map(name.is_relative_to, _covers([nearest]))):
                found.add(name)
    return found


def prove(*hidden: Path) -> None:
    """Try the sandbox on a cell that looks for files, asks for a network and tries to write.

    Raises
    ------
    SandboxError
        When the sandbox does not start, or lets the cell do one of these; one sentence.
    """
    shown = [*_SYSTEM, *_python()]
    names = {path.absolute() for path in hidden} | {Path(os.path.realpath(path)) for path in hidden}
    names |= {name for path in hidden for name in names_in(path, shown)}
    code = f"""
import os, socket
found = [name for name in {sorted(map(str, names))!r} if os.path.lexists(name)]
nets = [name for _, name in socket.if_nameindex() if name != "lo"]
root = os.getuid() == 0 and os.access("/usr", os.W_OK)
wrote = [folder for folder in ("/", "/usr", "/dev") if os.access(folder, os.W_OK)]
said = f"it shows {{found[0]}}" if found else f"it has the network {{nets[0]}}" if nets else (
    f"it lets write to {{wrote[0]}}" if wrote else "it is root's" if root else "")
"""
    call = {"question": "", "check": "", "name": "said", "function": False}
    request = {
        "cells": [("probe", code)],
        "cell_seconds": 20,
        "after": {"": 0},
        "calls": [{**call, "seconds": 20, "cases": [None]}],
    }
    outcome = run(request, 60)
    answers = [event["answer"] for event in outcome.events if "answer" in event]
    if outcome.ending != "done" or not answers:
        raise SandboxError(
            f"The sandbox does not start ({_complaint() or outcome.ending}): nothing is graded."
        )
    if answers[0]:
        where = ": move the course to a folder outside of the system's and of Python's"
        raise SandboxError(
            f"The sandbox does not hold, because {answers[0]}; nothing is graded"
            f"{where if 'shows' in answers[0] else ''}."
        )


def _complaint() -> str:
    """What the very command that runs a submission says when it is given nothing to run."""
    done = subprocess.run(_command(), input=b"", capture_output=True, env={}, timeout=60)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
