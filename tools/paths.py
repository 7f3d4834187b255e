"""Where things lie: the repository's folders, and the browser of this machine.

The doctor needs it, so its syntax is that of Python 3.6 too.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SPEED = ROOT / "book" / "speed.ipynb"  # the one page with code that is no chapter
MODELS = ROOT / "book" / "web" / "models"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def chapters():
    """The chapters' notebooks as a list of Paths, in the book's order: those that _toc.yml names.

    What else lies in the folder of the notebooks, such as a copy or a notebook to try things in,
    is nobody's business.
    """
    import yaml  # the doctor runs without it

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = [ROOT / it["file"] for part in toc["parts"] for it in part["chapters"]]
    return [path for path in named if path.parent == NOTEBOOKS]


def browser():
    """The path of this machine's Chromium or Chrome; None where it has none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
