"""Away from home: Binder's environment, Colab's first cell, the buttons, the workflows."""

import ast
import functools
import http.server
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools import changes
from tools.clean import write_copies
from tools.paths import ROOT, chapters
from tools.wheel import build_wheel, wheel_name

CHAPTERS = chapters()
REPOSITORY = "https://github.com/someone/ground-up"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M))
PINS |= dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M))


# --- the wheel ---


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel):
    assert wheel.name == wheel_name()
    kinds = (".py", ".csv", ".yml")
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "groundup").rglob("*")
        if path.suffix in kinds
    }
    with zipfile.ZipFile(wheel) as zipped:
        names = {name for name in zipped.namelist() if ".dist-info/" not in name}
    assert names == wanted
    assert {Path(name).parent.name for name in names} >= {"tables", "quizzes", "exercises"}


def test_the_wheel_is_the_same_each_time(wheel, tmp_path):
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_package_names_what_it_imports():
    """Every library that a notebook's imports bring in; exports need the repository."""
    providers = metadata.packages_distributions()
    named = {re.sub(r"[-_.]+", "-", name).lower() for name in PROJECT["dependencies"]}
    found = {}
    for path in (ROOT / "groundup").rglob("*.py"):
        if path.name == "quiz_export.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found |= {name.split(".")[0]: path.name for name in names}
    # IPython runs the notebook, and draws its figures.
    known = {*sys.stdlib_module_names, "groundup", "IPython", "matplotlib_inline"}
    for module in found.keys() - known:
        provided = {re.sub(r"[-_.]+", "-", name).lower() for name in providers.get(module, [])}
        assert provided & named, f"{found[module]} imports {module}; pyproject.toml lacks it"


# --- the first cell ---


@pytest.fixture(scope="module")
def served(wheel):
    """The wheel's address, served from this machine."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(wheel.parent))
    handler.log_message = lambda *arguments: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{wheel.name}"
    server.shutdown()


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """A Python that has every library of this one, and not the course's package."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "v"], check=True)
    (target,) = (folder / "v").glob("lib/python*/site-packages")
    for source in (Path(it) for it in sys.path if it.endswith("site-packages")):
        for path in source.iterdir():
            link = target / path.name
            if "groundup" not in path.name and not link.exists():
                link.symlink_to(path)
    return folder / "v" / "bin" / "python"


def execute(notebook, python: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook run in a folder by another Python, which finds nothing of this course there."""
    kernel = folder / "data" / "kernels" / "bare"
    kernel.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "bare", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    client = NotebookClient(
        notebook, kernel_name="bare", timeout=600, resources={"metadata": {"path": str(folder)}}
    )
    client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs.insert(0, str(kernel.parent))
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    # No index: what is there is not fetched again, and numpy and torch are not replaced.
    client.execute(env={**kept, "PIP_NO_INDEX": "1", "GROUNDUP_PROGRESS": str(folder / "p.json")})
    return notebook


@pytest.mark.parametrize("chapter", CHAPTERS[1:2], ids=lambda path: path.stem)
def test_a_copy_runs_where_the_package_is_missing(chapter, bare, served, tmp_path):
    write_copies(tmp_path, served)
    notebook = nbformat.read(tmp_path / chapter.name, as_version=4)
    where = "import groundup, numpy, torch\nprint(groundup.__file__, numpy.__version__)"
    notebook.cells.append(nbformat.v4.new_code_cell(where))
    execute(notebook, bare, tmp_path)
    said = notebook.cells[-1].outputs[0].text
    assert str(bare.parent.parent) in said
    assert metadata.version("numpy") in said


def test_without_its_first_cell_it_would_not(served, tmp_path, bare):
    for package in (bare.parent.parent).glob("lib/python*/site-packages/groundup*"):
        package.rename(package.with_name("away-" + package.name))
    write_copies(tmp_path)
    notebook = nbformat.read(tmp_path / CHAPTERS[0].name, as_version=4)
    with pytest.raises(CellExecutionError, match="needs the course's package: open it in"):
        execute(notebook, bare, tmp_path)


def test_where_the_package_is_there_the_first_cell_does_nothing(tmp_path):
    write_copies(tmp_path, "http://127.0.0.1:9/nowhere.whl")
    cells = nbformat.read(tmp_path / CHAPTERS[0].name, as_version=4).cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert "nowhere.whl" in first.source
    notebook = nbformat.v4.new_notebook(cells=[first])
    NotebookClient(notebook, kernel_name="python3").execute()
    assert first.outputs == []


def test_without_an_address_the_copies_install_nothing(tmp_path):
    for path in write_copies(tmp_path):
        assert "%pip" not in path.read_text(encoding="utf-8")


# --- the buttons ---


def small_book(folder: Path, **environment) -> subprocess.CompletedProcess:
    """A book with a page for each chapter, made with this book's extension and theme."""
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'book' / '_ext')!r})\n"
        "html_title = 'A book'\nhtml_theme = 'sphinx_book_theme'\nhtml_math_renderer = 'mathjax'\n"
        "extensions = ['myst_nb', 'ground_up', 'notfound.extension']\n"
    )
    (folder / "notebooks").mkdir()
    for path in CHAPTERS:
        words = ["# A chapter", "What it is about."]
        cells = [nbformat.v4.new_markdown_cell(text) for text in words]
        notebook = nbformat.v4.new_notebook(cells=cells)
        nbformat.write(notebook, folder / "notebooks" / path.name)
    (folder / "index.md").write_text("# A book\n\n```{toctree}\n:glob:\n\nnotebooks/*\n```\n")
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", folder, folder / "out"],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def buttons(page: Path) -> dict[str, str]:
    """What the page's head links on other sites, by site."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    links = [link["href"] for link in soup.select("header a[href^=http], .bd-header-article a")]
    return {urlsplit(link).netloc: link for link in links if link.startswith("http")}


@pytest.fixture(scope="module")
def public(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    done = small_book(folder, GROUNDUP_REPOSITORY=REPOSITORY)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_each_button_leads_to_a_file_that_is_there(chapter, public):
    found = buttons(public / "notebooks" / f"{chapter.stem}.html")
    assert set(found) == {"mybinder.org", "colab.research.google.com", "github.com"}
    binder = urlsplit(found["mybinder.org"])
    assert binder.path == "/v2/gh/someone/ground-up/main"
    (opened,) = parse_qs(binder.query)["urlpath"]
    assert (ROOT / opened.removeprefix("lab/tree/")).is_file()
    colab = urlsplit(found["colab.research.google.com"]).path
    start = "/github/someone/ground-up/blob/gh-pages/"
    assert colab.startswith(start)
    copy = public / colab.removeprefix(start)  # the branch gh-pages is this folder
    cells = nbformat.read(copy, as_version=4).cells
    (address,) = re.findall(r"%pip install --quiet (\S+)", "\n".join(it.source for it in cells))
    assert address.startswith(f"{REPOSITORY}/raw/gh-pages/")
    assert (public / address.removeprefix(f"{REPOSITORY}/raw/gh-pages/")).is_file()


def test_without_an_address_there_is_no_button(tmp_path):
    assert small_book(tmp_path).returncode == 0
    for chapter in CHAPTERS:
        assert buttons(tmp_path / "out" / "notebooks" / f"{chapter.stem}.html") == {}
    assert not list((tmp_path / "out").glob("*.whl"))


@pytest.mark.parametrize("address", [f"{REPOSITORY}/tree/main"])
def test_another_address_is_refused(address, tmp_path):
    done = small_book(tmp_path, GROUNDUP_REPOSITORY=address)
    assert done.returncode != 0
    assert "GROUNDUP_REPOSITORY must be the repository's address" in done.stderr


# --- Binder ---


def test_binder_gets_the_package_s_libraries_in_the_tested_versions():
    environment = yaml.safe_load((ROOT / ".binder" / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert f"pytorch-cpu={PINS['torch'].rpartition('.')[0]}" in conda
    versions = dict(it.split("==") for it in pip["pip"])
    assert versions == {name: PINS[name] for name in PROJECT["dependencies"] if name != "torch"}
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK)


# --- workflows ---

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def steps(path: Path) -> list[dict]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@each_workflow
def test_the_workflow_keeps_githubs_schema(path):
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
    ]
    done = subprocess.run([*command, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_finds_a_planted_fault(tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "run-on:"))
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
    ]
    assert subprocess.run([*command, bad], capture_output=True).returncode == 1


@each_workflow
def test_the_workflow_uses_pinned_actions_and_few_rights(path):
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@v\d+(\.\d+)*", step["uses"]), step
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text)["permissions"]
    # What others write, such as a branch's name, must not become part of a script.
    for step in steps(path):
        assert "${{ github.event" not in step.get("run", "")


@each_workflow
def test_the_workflow_s_scripts_are_whole_and_name_what_is_there(path):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for script in (step["run"] for step in steps(path) if "run" in step):
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        assert done.returncode == 0, script + done.stderr
        assert set(re.findall(r"\bmake ([a-z]+)", script)) <= set(targets), script
        for name in re.findall(r"\b(?:tests|notebooks|requirements|constraints)[\w./]*", script):
            assert (ROOT / name).exists(), name
        for module in re.findall(r"python -m ((?:tools|groundup)[\w.]*)", script):
            assert importlib.util.find_spec(module), module


def test_the_tests_run_on_every_system_and_python():
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())["jobs"]
    pythons = ["3.11", "3.12", "3.13"]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == pythons
    assert jobs["others"]["strategy"]["matrix"]["python"] == pythons
    systems = {re.match(r"[a-z]+", it)[0] for it in jobs["others"]["strategy"]["matrix"]["system"]}
    assert systems == {"macos", "windows"}


def test_a_release_has_the_version_and_its_changes(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changes\n\n## 0.2.0, 2030-01-31\n\nNew.\n\n## 0.1.0, 2029-01-01\n\nOld.\n")
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    assert changes.changes("0.2.0") == "New.\n"
    with pytest.raises(ValueError, match=r"is 0\.2\.0; got '0\.1\.0'"):
        changes.changes("0.1.0")
    log.write_text("# Changes\n\n## 0.2.0, not released yet\n\nNew.\n")
    with pytest.raises(ValueError, match="with the day of its release"):
        changes.changes("0.2.0")
