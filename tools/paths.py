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


def browser():
    """The path of this machine's Chromium or Chrome; None where it has none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
