"""What changed in one version, for the notes of its release: ``python -m tools.changes 0.1.0``."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib

from tools.paths import ROOT


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
    parser = argparse.ArgumentParser(prog="python -m tools.changes", description=__doc__)
    parser.add_argument("version", help="such as 0.1.0")
    try:
        sys.stdout.write(changes(parser.parse_args().version))
    except ValueError as error:
        sys.exit(str(error))
