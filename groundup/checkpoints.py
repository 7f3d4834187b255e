"""Files from which an interrupted run goes on: written whole or not at all, checked when read."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import torch

from groundup import files

_UNREADABLE = (OSError, RuntimeError, KeyError, TypeError, ValueError, EOFError)
_UNREADABLE += (pickle.UnpicklingError, zipfile.BadZipFile)


class CheckpointError(RuntimeError):
    """A checkpoint is damaged or of another run; the message names the file. It is not changed."""


def save(path: Path, state: dict) -> None:
    """Write tensors, numbers, texts, lists and dicts; what was there before is replaced at once."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    files.write(path, buffer.getvalue())


def load(path: Path, settings: dict) -> dict | None:
    """The state that was saved; None where there is no file.

    ``state["settings"]`` must equal ``settings``: a run goes on only as itself.

    Raises
    ------
    CheckpointError
        When the file is damaged, no checkpoint, or of a run with other settings.
    """
    if not path.exists():
        return None
    try:
        # The file is a zip archive. torch.load does not look at its checksums, testzip does.
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
        state = torch.load(path, map_location="cpu", weights_only=True)
        theirs = state["settings"]
    except _UNREADABLE as error:
        raise CheckpointError(
            f"the checkpoint {path} is damaged or not one of this program"
            f" ({type(error).__name__}); move it away to start anew. It was not changed."
        ) from error
    for name in sorted({*settings, *theirs}):
        if theirs.get(name) != settings.get(name):
            raise CheckpointError(
                f"the checkpoint {path} is of another run: {name} is {theirs.get(name)!r} there and"
                f" {settings.get(name)!r} here; use the same settings or another file."
                " It was not changed."
            )
    return state
