"""What the reader has done, kept in a small file of theirs from one session to the next."""

from __future__ import annotations

import json
import os
from pathlib import Path

from groundup import files
from groundup.paths import PathError, named
from groundup.questions import question
from groundup.questions.show import notice, show

_BAR = 10  # characters


def path() -> Path:
    """The file: where the environment variable GROUNDUP_PROGRESS says, else in the user's data."""
    import platformdirs  # not in the book's pages

    own = platformdirs.user_data_path("groundup", False) / "progress.json"
    return named("GROUNDUP_PROGRESS") or own


class _DamagedError(ValueError):
    pass


def _read(file: Path) -> set[str]:
    try:
        done = json.loads(file.read_text(encoding="utf-8"))["done"]
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError) as error:
        raise _DamagedError from error
    if not isinstance(done, list) or not all(isinstance(id, str) for id in done):
        raise _DamagedError
    return set(done)


def add(id: str) -> str:
    """Note that an exercise is done; a sentence about what went wrong, "" if nothing did.

    The file is replaced in one step, so that a good one is never lost. A damaged one is kept beside
    it under the name ``….damaged``.
    """
    problem = ""
    try:
        target = path()
    except PathError as error:
        return f"Your progress could not be saved. {error}"
    try:
        try:
            done = _read(target)
        except _DamagedError:
            kept = target.with_name(target.name + ".damaged")
            os.replace(target, kept)
            done = set()
            problem = f"The file with your progress was damaged; a new one begins. The old: {kept}"
        if id not in done:
            text = json.dumps({"version": 1, "done": sorted({*done, id})}, indent=1) + "\n"
            files.write(target, text)
    except OSError as error:
        return f"Your progress could not be saved ({error.strerror}): {target}"
    return problem


def progress() -> None:
    """Show how many exercises are done, chapter by chapter."""
    done, problem = set(), ""
    try:
        done = _read(path())
    except _DamagedError:
        problem = f"The file with your progress is damaged: {path()}"
    except PathError as error:
        problem = str(error)
    except OSError as error:
        problem = f"The file with your progress cannot be read ({error.strerror}): {path()}"
    lines, rows = [], []
    for chapter in question.chapters():
        ids = [it.id for it in question.all_exercises(chapter)]
        if not ids:
            continue
        count = sum(id in done for id in ids)
        filled = _BAR * count // len(ids)
        bar = "█" * filled + "░" * (_BAR - filled)
        left = [id for id in ids if id not in done]
        told = f"{count} of {len(ids)}" + (f"; next {left[0]}" if left else "")
        lines.append(f"Chapter {chapter}  {bar}  {told}")
        rows.append(
            f"<tr><th scope='row'>Chapter {chapter}</th><td aria-hidden='true'>{bar}</td>"
            f"<td style='text-align:left'>{told}</td></tr>"
        )
    table = "<table><caption>Exercises done</caption>" + "".join(rows) + "</table>"
    show("\n".join(["Exercises done", *lines]), table)
    if problem:
        notice("Your progress could not be read", "", (problem,))
