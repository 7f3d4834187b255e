"""Settings and fixtures that all tests share."""

import contextlib
import functools
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from hypothesis import settings

from tools.paths import ROOT
from tools.paths import browser as find_browser

matplotlib.use("Agg")
# Two workers on two cores make every example slower than hypothesis expects.
settings.register_profile("course", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("course")


#: files whose tests build the book, run chapters, make a package, start programs, or are very many
SLOW = set(
    "test_answers.py test_autograd.py test_backpropagation.py test_book.py test_browser.py"
    " test_checks_fail.py test_contributing.py test_doctor.py test_dtypes.py"
    " test_exercises_notebooks.py test_guard.py test_inside.py test_lab.py test_later.py"
    " test_machines.py test_misleading.py test_moons_widgets.py test_new_chapter.py"
    " test_not_on_the_page.py test_notebooks.py test_page.py test_parallel.py test_parsons.py"
    " test_paths.py test_practice.py test_practice_choice.py test_public.py test_pyodide.py"
    " test_release.py test_screens.py test_slides.py test_surroundings.py test_wasm.py"
    " test_widgets.py".split()
)


def pytest_collection_modifyitems(items):
    """Mark what `make quick` leaves out."""
    for item in items:
        it = item.callspec.params.get("it") if hasattr(item, "callspec") else None
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if "coursework" in item.path.parts:
            item.add_marker("sandbox")
        if item.path.name in SLOW or getattr(it, "judged_by", None) or getattr(it, "trains", False):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Path:
    """The folder of the built book's pages."""
    out = tmp_path_factory.mktemp("book")
    tool = Path(sys.executable).parent / "jupyter-book"
    command = [tool, "build", ROOT, "--all", "-W", "--keep-going", "-n", "--path-output", out]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return out / "_build" / "html"


@pytest.fixture(scope="session")
def pages_python():
    """The files of the pages' Python are there; else the test is skipped."""
    from tools.vendor import has_python, vendor

    vendor()
    if not has_python():
        pytest.skip("Pyodide's packages are not to be had on this machine")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; the test is skipped where there is none, but never in CI."""
    path = find_browser()
    if path is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    return path


@pytest.fixture(scope="module")
def browser(chromium):
    from tools.browser import launched

    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def site(book):
    """The address of the book, served from this machine."""
    from tools.browser import served

    with served(book) as address:
        yield address


@pytest.fixture(scope="module")
def alone(browser, tmp_path_factory):
    """A function: the address of a page with the widget of this name alone."""
    from browsing import widget_alone

    with contextlib.ExitStack() as stack:
        yield functools.cache(
            lambda name: stack.enter_context(widget_alone(tmp_path_factory.mktemp(name), name))
        )
