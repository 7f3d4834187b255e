"""What this book adds to Jupyter Book, each module one thing."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = str(Path(__file__).resolve().parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from . import (  # noqa: E402
    address,
    epub,
    first_page,
    formulas,
    living,
    notebooks,
    pages,
    quotes,
    widgets,
)


def setup(app: Sphinx) -> dict:
    for module in (
        widgets,
        pages,
        address,
        living,
        notebooks,
        formulas,
        quotes,
        first_page,
        epub,
    ):
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
