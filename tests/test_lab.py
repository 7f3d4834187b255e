"""JupyterLab as it is used: each chapter opened and run to its end in a browser, its widgets used.

``make lab-test`` runs it. A copy of the notebooks is opened, with MyST as they hold it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
import requests
from playwright.sync_api import Page, expect

from tools.normal import NOTEBOOK_METADATA
from tools.paths import NOTEBOOKS, chapters

pytestmark = pytest.mark.lab

CHAPTERS = [path.name for path in chapters()]
# MyST that would be read as written, if it were not rendered: roles, directives, labels.
RAW = re.compile(r"\{(cite|numref|eq|exercise)[^}]*\}|^:::|^```\{", re.MULTILINE)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on a copy of the notebooks: its folder and its address."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    command += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", f"--notebook-dir={home}"]
    environment = {**os.environ, "HOME": str(home), "GROUNDUP_PROGRESS": str(home / "progress")}
    with open(home / "log", "w") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    try:
        yield home, _address(home / "log")
    finally:
        process.terminate()
        process.wait(30)


def _address(log: Path) -> str:
    for _ in range(300):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found and _answers(found[0]):
            return found[0]
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/api/status", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def opened(lab, browser):
    """Opens a notebook of the lab; returns its page."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)

    def open_notebook(name: str) -> Page:
        page = context.new_page()
        page.goto(f"{lab[1]}/lab/tree/notebooks/{name}?reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=60_000)
        return page

    yield open_notebook
    context.close()


def menu(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("menuitem", name=name, exact=True).click()


def run_all(page: Page, path: Path, seconds: float = 300) -> list[dict]:
    """Run all cells by the menu and save; the code cells as they lie on the disk then."""
    menu(page, "Run", "Run All Cells")
    status, end, calm = page.locator("#jp-main-statusbar"), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        page.wait_for_timeout(500)
        calm = calm + 1 if "Idle" in status.inner_text() else 0
        if calm < 6:
            continue  # it runs: to save in the middle, again and again, would confuse JupyterLab
        calm = 0
        page.keyboard.press("Control+s")
        page.wait_for_timeout(2000)
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [c for c in cells if c["cell_type"] == "code" and c["source"]]
        counts = [cell["execution_count"] for cell in code]
        if counts == list(range(1, len(code) + 1)) or errors(code):
            return code
    raise AssertionError(f"{path.name} did not come to its end in {seconds} s")


def errors(code: list[dict]) -> list[str]:
    found = [out for cell in code for out in cell["outputs"]]
    return [f"{o['ename']}: {o['evalue']}" for o in found if o["output_type"] == "error"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_to_its_end(opened, lab, name):
    path = lab[0] / "notebooks" / name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:  # what is seen afterwards was made here
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    path.write_text(json.dumps(notebook), encoding="utf-8")
    page = opened(name)
    code = run_all(page, path)
    assert errors(code) == []
    committed = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    shown = [bool(c["outputs"]) for c in committed if c["cell_type"] == "code" and c["source"]]
    assert [bool(cell["outputs"]) for cell in code] == shown
    texts = page.locator(".myst").all_inner_texts()
    assert len(texts) > 10, "jupyterlab-myst renders the text"
    assert [text for text in texts if RAW.search(text)] == []


CELLS = {
    "exercise": """import numpy as np

from groundup.exercises import check, quiz


def tanh_prime(z):
    return ...


check("2.2", tanh_prime)""",
    "quiz": "quiz(2)",
    "slider": """from ipywidgets import IntSlider, interact


@interact(w=IntSlider(2, 0, 9))
def show(w):
    print("w squared is", w**2)""",
    "progress": "from tqdm.auto import tqdm\n\nsum(tqdm(range(50)))",
}


def test_widgets_answer(opened, lab):
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    path = lab[0] / "notebooks" / "widgets.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA), path)
    page = opened(path.name)
    assert errors(run_all(page, path)) == []
    exercise, quiz, slider, progress = (page.locator(".jp-CodeCell").nth(i) for i in range(4))

    expect(exercise.get_by_text("Exercise 2.2: not attempted yet.")).to_be_visible()
    answer(page, exercise, CELLS["exercise"].replace("...", "1 - np.tanh(z)"))
    expect(exercise.get_by_text("Exercise 2.2: not right yet")).to_be_visible()
    answer(page, exercise, CELLS["exercise"].replace("...", "1 - np.tanh(z) ** 2"))
    expect(exercise.get_by_text("Exercise 2.2: right")).to_be_visible()

    expect(quiz.get_by_text(re.compile("^(Right|Not right)\\.")).first).to_be_hidden()
    quiz.locator("summary").first.click()
    expect(quiz.get_by_text(re.compile("^(Right|Not right)\\.")).first).to_be_visible()

    expect(slider.get_by_text("w squared is 4")).to_be_visible()
    slider.get_by_role("slider").press("ArrowRight")
    expect(slider.get_by_text("w squared is 9")).to_be_visible()

    expect(
        progress.locator(".jupyter-widgets.widget-hprogress, [role=progressbar]")
    ).to_be_visible()


def answer(page: Page, cell, source: str) -> None:
    """Write an answer into a cell and run it, by keyboard."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
