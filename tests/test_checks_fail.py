"""The checks can fail: a changed digit, a worse model, an empty promise."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from groundup.claims import ClaimError, claim
from tools import notebooks
from tools.comparison import MEASURED
from tools.paths import ROOT, chapters

PATHS = chapters()


# --- a changed digit ---


def nbval(path: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", path.parent]
    command += ["-p", "no:cacheprovider", "-p", "tools.comparison", "-rf"]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with"]
    return subprocess.run(
        [*command, ROOT / "tests" / "nbval_sanitize.cfg", path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def beginning(path: Path):
    """A chapter up to its first printed number, and the output with that number; or None."""
    notebook = nbformat.read(path, as_version=4)
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and not MEASURED & set(cell.metadata.get("tags", [])):
            for output in cell.outputs:
                if output.output_type == "stream" and re.search(r"\d", output.text):
                    notebook.cells = notebook.cells[: position + 1]
                    return notebook, output
    return None


def test_one_changed_digit_in_a_committed_output_fails(tmp_path):
    notebook, output = next(filter(None, map(beginning, PATHS)))
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    same = nbval(path)
    assert same.returncode == 0, same.stdout
    digit = re.search(r"\d(?=\D*$)", output.text)
    output.text = (
        output.text[: digit.start()] + str((int(digit[0]) + 1) % 10) + output.text[digit.end() :]
    )
    nbformat.write(notebook, path)
    changed = nbval(path)
    assert changed.returncode == 1, changed.stdout
    assert "mismatch" in changed.stdout


# --- what is seen, and what is not, when one output is changed ---

MEASURED_LOSS = """
claim("digits.loss", LOSS, at_least=0.0, at_most=0.2, text="The loss is {:.3f} now.")
"""
CELLS = {  # name: source, tags; then what is changed in the source before the second run
    "import": (
        "from groundup.claims import claim, say\nfrom groundup.exercises import predict_first",
        (),
    ),
    "another value that keeps its promise": (MEASURED_LOSS.replace("LOSS", "0.123"), ()),
    "beyond the promise": (MEASURED_LOSS.replace("LOSS", "0.2").replace("loss", "cost"), ()),
    "another letter": (MEASURED_LOSS.replace("LOSS", "0.1").replace("digits", "a"), ()),
    "another promise": (MEASURED_LOSS.replace("LOSS", "0.1").replace("digits", "b"), ()),
    "printed digit": ("print('cost', 0.2479)", ()),
    "printed letter": ("print('cost', 0.25)", ()),
    "said digit": ("say('It is 0.31.')", ()),
    "outcome": ("predict_first('How many?').reveal(12)", ()),
    "measured digit": ("print('cost', 0.5)", ("trained-here",)),
    "measured letter": ("print('cost', 0.75)", ("trained-here",)),
}
CHANGES = {
    "another value that keeps its promise": ("0.123", "0.1234567"),
    # One hundredth of the promise's width.
    "beyond the promise": ('"digits.cost", 0.2', '"digits.cost", 0.202'),
    "another letter": ("The loss", "the loss"),
    "another promise": ("at_most=0.2", "at_most=0.3"),
    "printed digit": ("0.2479", "0.2478"),
    "printed letter": ("cost", "Cost"),
    "said digit": ("0.31", "0.32"),
    "outcome": ("12", "13"),
    "measured digit": ("0.5", "0.6"),
    "measured letter": ("cost", "Cost"),
}
UNSEEN = {"another value that keeps its promise", "measured digit"}


def test_what_is_seen_when_one_cell_gives_something_else(tmp_path):
    cells = [
        nbformat.v4.new_code_cell(source.strip(), metadata={"tags": list(tags)})
        for source, tags in CELLS.values()
    ]
    path = tmp_path / "chapter.ipynb"
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=cells)))
    assert notebooks.run(path) == []
    assert nbval(path).returncode == 0
    notebook = nbformat.read(path, as_version=4)
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        old, new = CHANGES.get(name, ("", ""))
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)
    failed = re.findall(r"^FAILED .*::Cell (\d+)", nbval(path).stdout, re.MULTILINE)
    assert {list(CELLS)[int(number)] for number in failed} == set(CHANGES) - UNSEEN


# --- a worse model ---

TRAINING = """
from groundup.claims import claim
from groundup.datasets import moons, split
from groundup.models import mlp
from groundup.training import evaluate, fit, set_seed
import torch

set_seed(0)
X, y, X_new, y_new = (torch.tensor(part).float() for part in split(*moons(400), 0.5))
y, y_new = y.unsqueeze(1), y_new.unsqueeze(1)
model = mlp([2, 16, 1])
fit(model, X, y, loss="bce_with_logits", epochs=EPOCHS, lr=0.02)
accuracy = evaluate(model, X_new, y_new, "bce_with_logits").accuracy
claim("moons.accuracy", accuracy, at_least=0.93, text="Right in {:.1%} of cases.")
"""


@pytest.mark.parametrize(("epochs", "kept"), [(60, True), (1, False)])
def test_a_model_that_is_trained_less_breaks_its_claim(tmp_path, epochs, kept):
    path = tmp_path / "01_moons.ipynb"
    cell = nbformat.v4.new_code_cell(TRAINING.strip().replace("EPOCHS", str(epochs)))
    path.write_text(notebooks.dumps(nbformat.v4.new_notebook(cells=[cell])))
    found = notebooks.run(path)
    if kept:
        assert found == []
    else:
        assert "ClaimError: moons.accuracy" in found[0]


# --- the chapters' promises ---


def promises(path: Path) -> list[tuple[str, dict[str, float]]]:
    """Name and bounds of each claim in a chapter, where they are plain numbers."""
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "claim":
                bounds = {
                    it.arg: ast.literal_eval(it.value)
                    for it in node.keywords
                    if it.arg in ("at_least", "at_most", "equals", "within")
                    and not any(isinstance(part, ast.Name) for part in ast.walk(it.value))
                }
                name = node.args[0]
                found.append((name.value if isinstance(name, ast.Constant) else "a.name", bounds))
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_claim_breaks_when_its_value_leaves_the_bounds(path):
    for name, bounds in promises(path):
        if "at_least" in bounds:
            below = bounds["at_least"] - max(1e-9, abs(bounds["at_least"]) * 1e-9)
            with pytest.raises(ClaimError):
                claim(name, below, **bounds)
        if "at_most" in bounds:
            above = bounds["at_most"] + max(1e-9, abs(bounds["at_most"]) * 1e-9)
            with pytest.raises(ClaimError):
                claim(name, above, **bounds)
        if "equals" in bounds:
            away = bounds["equals"] + 1.001 * bounds.get("within", 0) + 1e-9
            with pytest.raises(ClaimError):
                claim(name, away, **bounds)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_accuracy_is_promised_to_be_at_least_nothing(path):
    """An accuracy, a share or a count that is at least 0 promises nothing."""
    empty = [name for name, bounds in promises(path) if bounds.get("at_least") == 0]
    assert [name for name in empty if re.search(r"accuracy|share|right|count", name)] == []
