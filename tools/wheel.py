"""The package as a wheel: ``python -m tools.wheel OUTDIR``.

It holds what the notebooks import, with its tables and quizzes. The plain copies of the notebooks
install it where the course is not set up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from groundup.paths import as_written
from tools.paths import ROOT


def wheel_name() -> str:
    """The wheel's file name, which pip wants to be of this form."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def build_wheel(outdir: Path) -> Path:
    """Build the wheel into a folder, the same bytes each time.

    Raises
    ------
    RuntimeError
        Where pip cannot build it; the message holds what pip said.
    """
    with tempfile.TemporaryDirectory() as folder:
        # A copy: the build leaves files beside what it builds.
        source = Path(folder) / "source"
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "groundup", source / "groundup", ignore=ignore)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        command = [sys.executable, "-m", "pip", "wheel", source, "--no-deps", "--wheel-dir", outdir]
        command += ["--quiet", "--no-build-isolation", "--disable-pip-version-check"]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    path = outdir / wheel_name()
    if done.returncode or not path.is_file():
        raise RuntimeError(f"the wheel could not be built:\n{done.stdout}{done.stderr}")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.wheel", description=__doc__)
    parser.add_argument("outdir", type=as_written)
    print(build_wheel(parser.parse_args().outdir))
