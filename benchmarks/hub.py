"""Measures what a student needs on a hub: ``make hub-bench`` writes benchmarks/hub.json.

Three students log in, one after another; then one of them runs each chapter from its top, in a new
kernel. Memory is what belongs to the student's processes alone (USS): programs and libraries that
all students share lie in memory once. It runs inside ``deploy/tests/machine.sh``.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from deploy.classroom import Member, open_hub

MB = 1 << 20


def of(name: str | None) -> list[psutil.Process]:
    """The processes of a student; with None those of the hub, its proxy and its services."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            if process.username() == name or (
                name is None
                and any(it in command for it in ("bin/jupyterhub ", "proxy", "exchange.py", "cull"))
            ):
                found.append(process)
    return found


def memory(name: str | None) -> float:
    """Their private memory in MiB."""
    total = 0
    for process in of(name):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().uss
    return total / MB


def cpu(name: str) -> float:
    """Seconds of processor time so far, of a student's processes that still run."""
    total = 0.0
    for process in of(name):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


class Peak(threading.Thread):
    """The largest memory of a student while the block runs."""

    def __init__(self, name: str):
        super().__init__(daemon=True)
        self.student, self.mib, self.over = name, 0.0, threading.Event()

    def run(self):
        while not self.over.wait(0.2):
            self.mib = max(self.mib, memory(self.student))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def chapter(student: Member, path: Path) -> dict:
    """Run all cells of a chapter in a new kernel, which ends afterwards."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    before = cpu(student.name)
    kernel = student.new_kernel()
    with Peak(student.name) as peak:
        for source in sources:
            said = student.run(f"get_ipython().run_cell({source!r}).raise_error()\nprint('ran')")
            if not said.endswith("ran\n"):
                raise RuntimeError(f"{path.name}: {said[-500:]}")
    used = {"cpu_seconds": cpu(student.name) - before}
    student.api.delete(f"{student.server}/api/kernels/{kernel}", timeout=60).raise_for_status()
    return {name: round(value, 1) for name, value in (used | {"peak_mib": peak.mib}).items()}


def main() -> None:
    """Print the figures as JSON."""
    if data := os.environ.get("GROUNDUP_DATA"):
        shutil.copytree(data, "/srv/ground-up/mnist")
    people = open_hub()
    for name in ("ada", "bob", "eve"):
        assert people[name].log_in()
        people[name].start()
    time.sleep(10)
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Linux",
        "versions": {name: version(name) for name in ("jupyterhub", "jupyterlab", "torch")},
        "mnist": bool(data),
        "hub_mib": round(memory(None)),
        "start_cpu_seconds": round(cpu("bob"), 1),
        "server_mib": round(memory("bob")),
        "chapters": {},
    }
    for path in sorted(Path("/home/ada/chapters").glob("*.ipynb")):
        figures["chapters"][path.stem] = chapter(people["ada"], path)
        print(path.stem, figures["chapters"][path.stem], file=sys.stderr)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
