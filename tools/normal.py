"""The normal form of a notebook, and what the exercises say that stands in it.

It keeps what a reader sees and drops what changes from run to run, so that a diff shows what
changed: a few keys of the metadata, streams merged, counts running from 1, ids made from the cells'
sources.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.paths import ROOT

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("mystnb", "slideshow", "tags")
WIDGET = "application/vnd.jupyter.widget-view+json"
MACHINE_PATH = re.compile(
    rf"(?<![\w.:/])(?:/root|/home|/tmp|/Users|/var/folders|{re.escape(str(ROOT))})/\S+"
    r"|[A-Z]:\\Users\\\S+"
)
EXERCISE_TAG = re.compile(r"(exercise|stub)-(\d+\.\d+)")


def normal(notebook: NotebookNode) -> NotebookNode:
    """The notebook in the normal form; the argument stays as it is."""
    result = nbformat.v4.new_notebook(metadata=deepcopy(NOTEBOOK_METADATA))
    result.nbformat_minor = 5
    ids: set[str] = set()
    count = 0
    for old in notebook.cells:
        cell = NotebookNode(
            id=_new_id(old.source, ids),
            cell_type=old.cell_type,
            source=old.source.strip("\n"),
            metadata={
                key: deepcopy(old.metadata[key]) for key in CELL_METADATA if old.metadata.get(key)
            },
        )
        if old.get("attachments"):
            cell.attachments = old.attachments
        if cell.cell_type == "code":
            executed = bool(cell.source.strip())
            count += executed
            cell.execution_count = count if executed else None
            cell.outputs = _normal_outputs(old.outputs, cell.execution_count)
        result.cells.append(cell)
    return result


def _new_id(source: str, taken: set[str]) -> str:
    """Eight hexadecimal digits of the source's hash, unlike all that are taken."""
    text = source.strip("\n")
    while (digest := hashlib.sha256(text.encode()).hexdigest()[:8]) in taken:
        text += "\n#"
    taken.add(digest)
    return digest


def _normal_outputs(outputs: list, count: int | None) -> list:
    result: list[NotebookNode] = []
    for output in deepcopy(outputs):
        last = result[-1] if result else None
        if output.output_type == "stream":
            if last is not None and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
                continue
        elif output.output_type in ("display_data", "execute_result"):
            output.metadata = {}
            output.data.pop(WIDGET, None)
            output.pop("transient", None)
            if output.output_type == "execute_result":
                output.execution_count = count
        result.append(output)
    return result


def dumps(notebook: NotebookNode) -> str:
    """The text of a notebook file, with a newline at its end."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


# --- exercises ------------------------------------------------------------------------------


def synced(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its exercise cells filled in from ``groundup.exercises``."""
    result = deepcopy(notebook)
    for cell in result.cells:
        for kind, number in exercise_tags(cell.metadata.get("tags", [])):
            from groundup.questions import question  # only notebooks with exercises need it

            make = {"exercise": question.prompt_cell, "stub": question.stub_cell}[kind]
            cell.source = make(number).strip("\n")
    return result


def exercise_tags(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs such as ``("stub", "2.3")`` for those of a cell's tags that name an exercise."""
    found = (EXERCISE_TAG.fullmatch(tag) for tag in tags)
    return [(tag[1], tag[2]) for tag in found if tag]


# --- checking ---


def faults(path: Path) -> list[str]:
    """Why the file is not in the normal form or out of step with its exercises; empty when fine."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    try:
        fresh = synced(notebook)
    except (ImportError, LookupError, ValueError) as error:
        return [f"its exercises cannot be read: {error}"]
    found = [
        f"cell {number}: out of step with groundup.exercises ({', '.join(cell.metadata.tags)})"
        for number, (cell, wanted) in enumerate(zip(notebook.cells, fresh.cells, strict=True), 1)
        if cell.source != wanted.source
    ]
    wanted = normal(notebook)
    abnormal: dict[str, list[str]] = {}
    for number, (cell, right) in enumerate(zip(notebook.cells, wanted.cells, strict=True), 1):
        for key in sorted({*cell, *right}):
            if cell.get(key) != right.get(key):
                abnormal.setdefault(key, []).append(str(number))
        for shown in MACHINE_PATH.findall(str(cell.get("outputs", "")) + cell.source):
            found.append(f"cell {number}: a path of a machine: {shown[:60]}")
    for key, numbers in abnormal.items():
        found.append(f"not in the normal form: {key} of cells {', '.join(numbers)}")
    if notebook.metadata != wanted.metadata:
        found.append("the notebook's metadata are not in the normal form")
    if not found and text != dumps(wanted):
        found.append("the file's layout is not that of the normal form")
    return found
