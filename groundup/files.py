"""Files written whole or not at all."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write under another name, then rename: whoever is killed here leaves the old file whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:  # after a full disk or Ctrl-C
        part.unlink(missing_ok=True)
