"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Write under another name, then rename: whatever interrupts leaves the old file whole.

    Folders on the way are made. A text is written as UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            # Half a surrogate pair, which a notebook may hold, becomes a question mark.
            data = content.encode(errors="replace") if isinstance(content, str) else content
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:  # Ctrl-C, too
        part.unlink(missing_ok=True)
        raise
