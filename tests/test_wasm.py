"""Every exercise that the pages judge, in WebAssembly: its answers get the verdicts they should."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.questions import question
from tools import pyodide, vendor
from tools.comparison import MEASURED
from tools.paths import NOTEBOOKS, ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.living import needed_by, needs

HERE = Path(__file__).parent / "wasm"
EXERCISES = question.all_exercises()
LIVE = [it.id for it in EXERCISES if not needed_by(it)]


@pytest.fixture(scope="module")
def run(tmp_path_factory, pages_python):
    """Runs a program of ``tests/wasm`` with what it wants; returns what it found."""
    folder = tmp_path_factory.mktemp("pyodide")
    for path in vendor.PYTHON.glob("*.bin"):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))

    def in_node(program: str, wanted, packages: str):
        (folder / "wanted.json").write_text(json.dumps(wanted))
        command = [*vendor.node(), HERE / "run.mjs", folder, HERE / program, packages]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return in_node


def test_a_starting_page_compiles_nothing(run):
    told = run("compiled.py", None, "numpy,matplotlib,pandas")
    assert told["sources"] == []
    assert any("/numpy/" in it for it in told["compiled"])
    assert "/course/groundup/page.py" in told["beside"]


@pytest.fixture(scope="module")
def found(run):
    """What each answer was told, by the exercise's id."""
    return run("every_exercise.py", LIVE, "numpy")


def test_most_exercises_are_live_and_the_others_have_a_reason():
    assert len(EXERCISES) - len(LIVE) <= 21
    for it in EXERCISES:
        if it.id not in LIVE:
            assert needed_by(it).partition(".")[0] in ("torch", "groundup")


@pytest.mark.parametrize("id", LIVE)
def test_each_answer_gets_its_verdict(found, id):
    told = found[id]
    assert told["reference"][0] == told["solution"] == "right"
    it = question.get(id)
    # A stub that is a value is no answer, whatever it is; a broken program is one.
    assert told["stub"] == "not attempted yet"
    for name, (message, status, slip, said) in told["slips"].items():
        if needed_by(next(slip for slip in it.slips if slip.name == name).make):
            continue
        assert (status, said) == ("not right yet", message), (name, slip)
    for make in it.others:
        if not needed_by(make):
            assert told["also_right"][make.__name__][0] == "right", make.__name__


# --- the chapters' own cells ---


def printed(cell: dict) -> str:
    """What a cell prints and shows as text."""
    texts = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        texts.append(output.get("text", ""))
        if output["output_type"] == "execute_result" and "text/html" not in data:
            texts.append(data["text/plain"])
    return "".join("".join(it) for it in texts).strip()


def runnable(name: str) -> list[int]:
    cells = pyodide.cells()[name]
    return [at for at, cell in enumerate(cells) if cell and not needs(cell, cells[:at])]


@pytest.fixture(scope="module")
def shown(run):
    """What the cells of chapters 2 and 3 show, run from the top."""
    names = [path.stem for path in sorted(NOTEBOOKS.glob("0[23]*.ipynb"))]
    wanted = {name: runnable(name) for name in names}
    return run("every_cell.py", wanted, "numpy,matplotlib,pandas")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("0[23]*.ipynb")), ids=lambda it: it.stem)
def test_each_cell_without_pytorch_says_what_is_printed(shown, path):
    code = [it for it in json.loads(path.read_text())["cells"] if it["cell_type"] == "code"]
    differ = {}
    compared = 0
    for at, done in shown[path.stem].items():
        cell = code[int(at)]
        if "needs PyTorch" in (done["error"] or ""):  # by what it takes from a cell above
            continue
        compared += 1
        said = "".join(part.get("text", "") for part in done["shown"]).strip()
        if done["error"]:
            differ[at] = done["error"]
        elif not MEASURED & set(cell["metadata"].get("tags", [])) and said != printed(cell):
            differ[at] = (said, printed(cell))
    assert differ == {}
    assert compared >= 20
