"""Where things lie: the repository's folders, and the browser of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SPEED = ROOT / "book" / "speed.ipynb"  # the one page with code that is no chapter
MODELS = ROOT / "book" / "web" / "models"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu"]


def browser() -> str | None:
    """The path of this machine's Chromium or Chrome, if it has one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
