"""Run, check and clean the course's notebooks.

    python -m tools.notebooks run [PATH ...]     execute, and write back in the normal form
    python -m tools.notebooks check [PATH ...]   say which file is not in the normal form, and why
    python -m tools.notebooks lint [PATH ...]    say which rules of the course a notebook breaks
    python -m tools.notebooks clean OUTDIR       plain copies for JupyterLab and Colab

Without a path every notebook in ``notebooks/`` is taken.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from groundup import files
from tools.clean import write_copies
from tools.lint import lint
from tools.normal import dumps, faults, normal, synced
from tools.paths import MODELS, NOTEBOOKS, ROOT, SPEED


def execute(notebook: NotebookNode, timeout: int = 900, export: Path | None = None) -> NotebookNode:
    """A copy of the notebook with fresh outputs; trained weights for the book go to ``export``.

    Raises
    ------
    RuntimeError
        When a cell fails; the message names the cell and the exception.
    """
    result = deepcopy(notebook)
    client = NotebookClient(
        result,
        kernel_name="python3",
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=40"],  # errors only: no notes on the transport
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    if export is not None:
        env["GROUNDUP_EXPORT"] = str(export)
    try:
        client.execute(env=env)
    except CellExecutionError as error:
        raise RuntimeError(f"{_failing(result)} raised {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise RuntimeError(f"a cell ran for more than {timeout} seconds") from error
    except DeadKernelError as error:
        raise RuntimeError("the kernel died") from error
    return result


def _failing(notebook: NotebookNode) -> str:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return f"cell {number} ({_first_line(cell)})"
    return "a cell"


def _first_line(cell: NotebookNode) -> str:
    lines = cell.source.strip().splitlines()
    return lines[0][:60] if lines else "empty"


def run(path: Path) -> list[str]:
    """Fill in, execute and write one notebook; what is wrong with the result.

    A notebook with a failing cell is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    try:
        of_the_book = path.resolve().parent == NOTEBOOKS
        result = normal(execute(synced(notebook), export=MODELS if of_the_book else None))
    except (ImportError, LookupError, RuntimeError, ValueError) as error:
        return [f"left as it was: {error}"]
    files.write(path, dumps(result))
    stderr = [
        f"cell {number} writes to stderr: {output.text.strip()[:200]}"
        for number, cell in enumerate(result.cells, start=1)
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]
    return faults(path) + stderr


# --- the command ----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description="see the module")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "check", "lint"):
        commands.add_parser(name).add_argument("paths", nargs="*", type=Path)
    commands.add_parser("clean").add_argument("outdir", type=Path)
    options = parser.parse_args(arguments)

    if options.command == "clean":
        for copy in write_copies(options.outdir):
            print(copy)
        return 0
    action = {"run": run, "check": faults, "lint": lint}[options.command]
    failed = False
    for path in options.paths or [*sorted(NOTEBOOKS.glob("*.ipynb")), SPEED]:
        found = action(path)
        failed |= bool(found)
        print(f"{path}: {'fine' if not found else ''}", flush=True)
        for fault in found:
            print(f"  {fault}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
