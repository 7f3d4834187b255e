"""Paths as people write them: with ~, in quotes, with a blank at the end, or as on Windows."""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from pathlib import Path

_QUOTES = "\"'`“”„‘’«»"
_DRIVE = re.compile(r"([A-Za-z]):[\\/](.*)", re.DOTALL)


class PathError(ValueError, ArgumentTypeError):
    """What was written names no path here; the message says why, and a command shows it."""


def as_written(text: str) -> Path:
    """The path that a person means; also the ``type`` of a command's option.

    Quotes and blanks around it are left out, and ``~`` and variables such as ``$HOME`` are filled
    in. Where only Windows separates folders by ``\\``, that is a ``/``, and ``C:`` is the folder
    in which WSL shows that drive. A file or folder of exactly this name comes first.

    Raises
    ------
    PathError
        Where no path is left, or it names a person, a variable or a drive that is not there.
    """
    if text and not text.startswith("~") and os.path.lexists(text):
        return Path(text)
    bare = text.strip().strip(_QUOTES).strip()
    if not bare:
        raise PathError(f"a path is wanted; got {text!r}")
    if os.name != "nt":
        bare = _from_windows(bare)
    filled = os.path.expanduser(os.path.expandvars(bare))
    if filled.startswith("~"):
        raise PathError(f"{text!r} names the home folder of somebody who has none here")
    unknown = re.search(r"\$\w+|\$\{[^}]*\}|^%\w+%", filled)
    if unknown and not os.path.lexists(filled):
        raise PathError(f"{text!r} names the variable {unknown[0]}, which is not set")
    return Path(filled)


def _from_windows(text: str) -> str:
    drive = _DRIVE.fullmatch(text)
    if drive:
        mounted = f"/mnt/{drive[1].lower()}"
        if not os.path.isdir(mounted):
            raise PathError(f"{text!r} is a path of Windows; here paths begin with / or ~")
        text = f"{mounted}/{drive[2]}"
    elif text.startswith("\\\\"):
        raise PathError(f"{text!r} is a path of Windows; here paths begin with / or ~")
    return text.replace("\\", "/")


def named(variable: str) -> Path | None:
    """The absolute path that an environment variable names; None where it is not set, or blank.

    Raises
    ------
    PathError
        As :func:`as_written`; the message begins with the variable.
    """
    text = os.environ.get(variable, "")
    if not text.strip().strip(_QUOTES).strip():
        return None
    try:
        return as_written(text).absolute()
    except PathError as error:
        raise PathError(f"{variable}: {error}.") from None
