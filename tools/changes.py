"""What changed in one version, for the notes of its release: ``python -m tools.changes 0.1.0``."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def changes(version: str) -> str:
    """The section of CHANGELOG.md on this version, without its heading.

    Raises
    ------
    ValueError
        When it is not the project's version, or the changelog has no dated section on it.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if version != project["version"]:
        raise ValueError(f"the version in pyproject.toml is {project['version']}; got {version!r}")
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = rf"^## {re.escape(version)}, \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)"
    found = re.search(section, text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(
            f"CHANGELOG.md has no section '## {version}, ' with the day of its release"
        )
    return found[1].strip() + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(changes(sys.argv[1]))
    except (ValueError, IndexError) as error:
        sys.exit(f"no notes: {error}")
