"""Every exercise that the pages judge, in WebAssembly: its answers get the verdicts they should."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.questions import question
from tools import vendor
from tools.paths import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from ground_up.living import needed_by

HERE = Path(__file__).parent
EXERCISES = question.all_exercises()
LIVE = [it.id for it in EXERCISES if not needed_by(it)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each answer was told, by the exercise's id."""
    vendor.vendor()
    if not vendor.has_python():
        pytest.skip("Pyodide's packages are not to be had on this machine")
    folder = tmp_path_factory.mktemp("pyodide")
    for path in vendor.PYTHON.glob("*.bin"):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    (folder / "wanted.json").write_text(json.dumps(LIVE))
    command = [*vendor.node(), str(HERE / "wasm" / "every_exercise.mjs"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


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
