"""Other processors, played on this one: the course's numbers must hold on all of them.

    python -m tools.machines                 say which kinds can be played here
    python -m tools.machines one             test a third as on another kind, others each day
    python -m tools.machines all [PATH ...]  test as on each kind
    python -m tools.machines KIND [PATH ...] test as on this kind

The libraries choose their code when they start, by the processor and by environment variables. A
*kind* is a set of these variables under which other instructions are used, and so other last digits
come out. What a library does not have is not set, so that this works on any processor.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.paths import ROOT, chapters

#: Numbers are made or compared in these; the rest of the tests has nothing to do with a processor.
TESTS = (
    *(str(path.relative_to(ROOT)) for path in chapters()),
    *(f"tests/test_{name}.py" for name in ("answers", "backpropagation", "claims", "datasets")),
    *(f"tests/test_{name}.py" for name in ("exercises", "exercises_engine", "machines", "models")),
    *(f"tests/test_{name}.py" for name in ("parallel", "plots", "scratch", "training")),
    "tests/coursework/test_sources.py",
)
NBVAL = ("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg")


@dataclass(frozen=True)
class Kind:
    """Environment variables that make the libraries compute as on another machine."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""  # why it cannot be played here

    def __str__(self) -> str:
        said = " ".join(f"{key}={value!r}" for key, value in self.environment.items())
        return f"{self.name:10} {self.missing or said or 'as it is'}"


def kinds() -> list[Kind]:
    """This machine, with 1, 2 and 4 threads, and the older processors that it can play."""
    threads = [Kind(f"threads-{n}", _threads(n)) for n in (1, 2, 4)]
    return [Kind("native"), *threads, _older("avx2"), _older("sse42")]


def _threads(n: int) -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**dict.fromkeys(names, str(n)), "MKL_DYNAMIC": "FALSE"}  # more than there are cores


#: What the processor must have, what NumPy must not use, and the other libraries' names for it.
#: NumPy: "CPU/SIMD optimizations"; OpenBLAS: "Runtime variables"; PyTorch: ATen's DispatchStub.cpp;
#: MKL: "Instruction Set Specific Dispatching"; oneDNN: "CPU Dispatcher Control".
_OLDER = {
    "avx2": ("AVX2", ("AVX512", "X86_V4"), ("Haswell", "avx2", "AVX2", "AVX2")),
    "sse42": (
        "SSE42",
        ("AVX", "FMA", "X86_V3", "X86_V4"),
        ("Nehalem", "default", "SSE4_2", "SSE41"),
    ),
}


def _older(name: str) -> Kind:
    needed, later, names = _OLDER[name]
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return Kind(name, missing=f"not on {platform.machine()}: these are instructions of x86-64")
    import numpy as np
    import torch
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    if not __cpu_features__.get(needed):
        return Kind(name, missing=f"this processor has no {needed}")
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    libraries = {
        "OPENBLAS_CORETYPE": "openblas" in blas,
        "ATEN_CPU_CAPABILITY": True,
        "MKL_ENABLE_INSTRUCTIONS": torch.backends.mkl.is_available(),
        "ONEDNN_MAX_CPU_ISA": torch.backends.mkldnn.is_available(),
    }
    environment = {
        variable: value
        for (variable, there), value in zip(libraries.items(), names, strict=True)
        if there
    }
    # NumPy refuses names for which it was not built.
    if unused := " ".join(it for it in __cpu_dispatch__ if it.startswith(later)):
        environment["NPY_DISABLE_CPU_FEATURES"] = unused
    return Kind(name, environment)


def of_the_day(found: Sequence[Kind], day: datetime.date) -> tuple[Kind, Sequence[str]]:
    """A kind that is not this machine as it is, and a third of the tests; each has its turn."""
    foreign = [kind for kind in found if kind.environment]
    days, part = divmod(day.toordinal(), 3)
    return foreign[days % len(foreign)], TESTS[part::3]


def play(kind: Kind, paths: Sequence[str]) -> int:
    """Run the tests as on this kind; pytest's exit status."""
    print(f"As on {kind}", flush=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--max-worker-restart",
        "0",
        "--dist",
        "loadfile",
        *NBVAL,
        *paths,
    ]
    # Two workers: one thread each, where the kind does not say otherwise.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **kind.environment}
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.machines", description="see the module")
    parser.add_argument("which", nargs="?", default="list")
    parser.add_argument("paths", nargs="*")
    given = parser.parse_args(arguments)
    found = {kind.name: kind for kind in kinds()}
    if given.which == "list":
        print(*found.values(), sep="\n")
        return 0
    here = [kind for kind in found.values() if not kind.missing]
    paths = given.paths or TESTS
    if given.which == "one":
        kind, paths = of_the_day(here, datetime.date.today())
        chosen = [kind]
    elif given.which == "all":
        chosen = here
    elif given.which in found:
        chosen = [found[given.which]]
        if chosen[0].missing:
            parser.error(f"{given.which} cannot be played here: {chosen[0].missing}")
    else:
        parser.error(f"unknown kind {given.which!r}; these exist: {', '.join(found)}, one, all")
    return max(play(kind, paths) for kind in chosen)


if __name__ == "__main__":
    sys.exit(main())
