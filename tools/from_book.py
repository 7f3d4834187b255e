"""The command line of what is made from the built book: where to, and where the book lies."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from groundup.paths import as_written
from tools.paths import ROOT


def parser(module: str) -> argparse.ArgumentParser:
    """A parser with ``outdir`` and ``--site``, for ``python -m tools.MODULE``."""
    made = argparse.ArgumentParser(prog=f"python -m tools.{module}", description="see the module")
    made.add_argument("outdir", type=as_written)
    made.add_argument(
        "--site", type=as_written, default=ROOT / "_build" / "html", help="the built book"
    )
    return made


def printed(lines: Callable[[], Iterable[object]]) -> int:
    """Print what ``lines`` gives, a line each, or why there is none; the exit status."""
    try:
        for line in lines():
            print(line)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
