"""Notebooks that read MNIST are compared where MNIST is to be had, and only executed elsewhere.

The committed outputs are from MNIST. Without it such a chapter runs on scikit-learn's digits, with
other results; then its own claims are the test.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from tools.paths import NOTEBOOKS, chapters
from tools.surroundings import environment

pytest_plugins = ["tools.comparison"]

# The kernels, too, import the package from this folder, and nothing that is set outside.
_FOLDER = tempfile.TemporaryDirectory()
_KEPT = environment(Path(_FOLDER.name))
os.environ.clear()
os.environ.update(_KEPT, JUPYTER_RUNTIME_DIR=_FOLDER.name)


@cache
def _reads_digits(path) -> bool:
    return "digits(" in path.read_text(encoding="utf-8")


@cache
def _have_mnist() -> bool:
    from groundup.datasets import digits

    return digits().is_mnist


def pytest_ignore_collect(collection_path, config):
    """In the notebooks' folder only the chapters count, and what the command names itself."""
    inside = collection_path.parent == NOTEBOOKS and collection_path not in chapters()
    named = [Path(it.partition("::")[0]).resolve() for it in config.args]
    return True if inside and collection_path not in named else None


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.suffix == ".ipynb" and _reads_digits(item.path) and not _have_mnist():
            item.options["check"] = False
