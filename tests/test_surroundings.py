"""A notebook does not depend on what a shell, a profile, a home folder or a locale sets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools import notebooks
from tools.paths import ROOT
from tools.surroundings import FOREIGN, environment

# The first cell is a chapter's; each of the others shows what one of the settings would change.
CELLS = {
    "first": (
        "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nimport torch\n"
        "from groundup.datasets import table, ten_points\n"
        "from groundup.plots import points, use_style\n\nuse_style()"
    ),
    "last value": "1 + 1\n2 + 2",
    "array": "np.array([1 / 3, 2e-9])",
    "float": "1 / 3",
    "division": "with np.errstate(all=None): print(np.float64(1e-300) * 1e-300)",
    "table": "pd.DataFrame({'a': [1 / 3, 2.0], 'b': ['x' * 60, 'y']})",
    "tensor": "print(torch.tensor([1 / 3]), torch.zeros(1).dtype, torch.zeros(1).device)",
    "figure": "points(*ten_points())\nplt.show()",
    "figure of its own": "fig, ax = plt.subplots()\nax.plot([1, 2]);",
    "no figure is left": "print(plt.get_fignums())",
    "text": "print(table('ten_points').shape, 'Σ ½ ü')",
}
STARTUP = """\
import builtins, locale
import matplotlib, numpy, pandas, torch
matplotlib.use("svg")
matplotlib.rcParams["axes.facecolor"] = "red"
numpy.set_printoptions(precision=2, suppress=True, formatter={"float": "{:.1f}".format})
numpy.seterr(all="raise")
pandas.set_option("display.precision", 2)
pandas.set_option("display.max_colwidth", 9)
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_printoptions(precision=1)
"""
CONFIG = """\
c = get_config()
c.InteractiveShell.ast_node_interactivity = "all"
c.PlainTextFormatter.float_precision = "%.2f"
c.InlineBackend.figure_formats = {"jpeg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "facecolor": "red"}
c.InlineBackend.close_figures = False
c.InlineBackend.rc = {"figure.dpi": 30}
"""
RC = "backend: Agg\nlines.linewidth: 9\nfigure.dpi: 30\nsavefig.dpi: 20\nfont.size: 22\n"


def shown(notebook) -> dict[str, list]:
    """What each cell shows, by the cell's name; of pictures the whole text."""
    found = {name: [] for name in CELLS}
    for outputs, cell in zip(found.values(), notebook.cells, strict=True):
        printed = {}  # in one piece or several, as it comes
        for output in cell.outputs:
            if output.output_type == "stream":
                printed[output.name] = printed.get(output.name, "") + output.text
            else:
                outputs.append([output.output_type, output.get("data", output.get("evalue"))])
        outputs += map(list, printed.items())
    return found


def probe() -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])


@pytest.fixture(scope="module")
def plain() -> dict[str, list]:
    """What the cells show where nothing is set."""
    found = shown(notebooks.execute(probe()))
    assert found["first"] == []
    assert found["last value"] == [["execute_result", {"text/plain": "4"}]]
    for name in ("figure", "figure of its own"):
        assert set(found[name][0][1]) == {"image/svg+xml", "text/plain"}
    assert found["no figure is left"] == [["stdout", "[]\n"]]
    return found


@pytest.fixture
def odd(tmp_path) -> dict[str, str]:
    """An environment in which everything is set, by the shell, a profile and a home folder."""
    profile = tmp_path / "home" / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    # Its list of fonts: making one takes a while, and matplotlib says so on a slow machine.
    shutil.copytree(matplotlib.get_cachedir(), tmp_path / "home" / ".cache" / "matplotlib")
    (profile / "startup" / "00.py").write_text(STARTUP)
    (profile / "ipython_config.py").write_text(CONFIG)
    (tmp_path / "matplotlibrc").write_text(RC)
    (tmp_path / "startup.py").write_text("print('a startup file')\n")
    (tmp_path / "modules" / "groundup").mkdir(parents=True)
    (tmp_path / "modules" / "groundup" / "__init__.py").write_text("raise SystemExit('hidden')\n")
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/no/such/python", "{connection_file}"], "display_name": "gone"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return {
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home" / ".cache"),
        "IPYTHONDIR": str(tmp_path / "home" / ".ipython"),
        "JUPYTER_PATH": str(tmp_path / "jupyter"),
        "LC_ALL": "C",
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "7",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": str(tmp_path / "modules"),
        "PYTHONSTARTUP": str(tmp_path / "startup.py"),
        "PYTHONUTF8": "0",
        "PYTHONWARNINGS": "error",
    }


def test_the_tools_run_notebooks_without_all_that(plain, odd, monkeypatch):
    for name, value in odd.items():
        monkeypatch.setenv(name, value)
    assert shown(notebooks.execute(probe())) == plain


def test_a_readers_own_jupyter_shows_the_same(plain, odd, monkeypatch):
    """Where Jupyter is not started by the tools, the first cell undoes what a profile sets."""
    for name in ("JUPYTER_PATH", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS"):
        del odd[name]  # the doctor names these
    del odd["PYTHONUTF8"]  # without UTF-8, PyTorch does not start from a folder with an umlaut
    for name, value in odd.items():
        monkeypatch.setenv(name, value)
    notebook = probe()
    client = NotebookClient(notebook, kernel_name="python3", timeout=600, startup_timeout=600)
    client.execute()
    assert shown(notebook) == plain


def test_figures_are_written_whatever_the_shell_sets(odd, tmp_path):
    """The command itself, as somebody runs it on a server."""
    path = tmp_path / "a.ipynb"
    cells = [new_code_cell(CELLS[name]) for name in ("first", "figure")]
    nbformat.write(new_notebook(cells=cells), path)
    subprocess.run(
        [sys.executable, "-m", "tools.notebooks", "run", path],
        env={**os.environ, "MPLBACKEND": "Agg", "IPYTHONDIR": odd["IPYTHONDIR"]},
        cwd=ROOT,
        capture_output=True,
    )
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert "image/svg+xml" in output.data


def test_the_makefile_leaves_the_same_out():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = (it for it in text.splitlines() if it.startswith("unexport "))
    assert set(line.split()[1:]) == set(FOREIGN)


def test_an_environment_keeps_the_rest(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    found = environment(Path("/x"))
    assert "MPLBACKEND" not in found
    assert found["OMP_NUM_THREADS"] == "3"
    assert found["PYTHONPATH"] == str(ROOT)
    assert found["IPYTHONDIR"].startswith("/x")
