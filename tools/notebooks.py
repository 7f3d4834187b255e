"""Run, check and clean the course's notebooks.

    python -m tools.notebooks run [PATH ...]     execute, and write back in the normal form
    python -m tools.notebooks check [PATH ...]   say which file is not in the normal form, and why
    python -m tools.notebooks lint [PATH ...]    say which rules of the course a notebook breaks
    python -m tools.notebooks clean OUTDIR       plain copies for JupyterLab and Colab

Without a path every chapter is taken, and the page on speed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from groundup import files
from groundup.paths import as_written
from tools.clean import write_copies
from tools.lint import lint
from tools.normal import dumps, faults, normal, synced
from tools.paths import MODELS, NOTEBOOKS, SPEED, chapters
from tools.surroundings import environment


def execute(notebook: NotebookNode, timeout: int = 900, export: Path | None = None) -> NotebookNode:
    """A copy of the notebook with fresh outputs; trained weights for the book go to ``export``.

    Raises
    ------
    RuntimeError
        When a cell fails; the message names the cell and the exception.
    """
    result = deepcopy(notebook)
    with tempfile.TemporaryDirectory() as folder:
        _execute(result, timeout, export, Path(folder))
    return result


def _execute(result: NotebookNode, timeout: int, export: Path | None, folder: Path) -> None:
    client = NotebookClient(
        result,
        # This Python's own kernel, whatever else is called python3 on the machine.
        km=AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(folder / "kernel.json"),
        ),
        timeout=timeout,
        startup_timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=40"],  # errors only: no notes on the transport
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    env = environment(folder)
    if export is not None:
        env["GROUNDUP_EXPORT"] = str(export)
    try:
        client.execute(env=env, cleanup_kc=True)
    except CellExecutionError as error:
        raise RuntimeError(f"{_failing(result)} raised {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise RuntimeError(f"a cell ran for more than {timeout} seconds") from error
    except DeadKernelError as error:
        raise RuntimeError("the kernel died") from error


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
        commands.add_parser(name).add_argument("paths", nargs="*", type=as_written)
    commands.add_parser("clean").add_argument("outdir", type=as_written)
    options = parser.parse_args(arguments)

    if options.command == "clean":
        for copy in write_copies(options.outdir):
            print(copy)
        return 0
    action = {"run": run, "check": faults, "lint": lint}[options.command]
    failed = False
    for path in options.paths or [*chapters(), SPEED]:
        found = action(path)
        failed |= bool(found)
        print(f"{path}: {'fine' if not found else ''}", flush=True)
        for fault in found:
            print(f"  {fault}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
