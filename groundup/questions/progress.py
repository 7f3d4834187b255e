"""What the reader has done, kept in a small file of theirs from one session to the next."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
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


def _read(file: Path) -> dict:
    """What the file holds: ``done``, and what the book's pages keep beside it."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        done = content["done"]
    except FileNotFoundError:
        return {"version": 1, "done": []}
    except (ValueError, KeyError, TypeError) as error:
        raise _DamagedError from error
    if not isinstance(done, list) or not all(isinstance(id, str) for id in done):
        raise _DamagedError
    return content


def add(id: str) -> str:
    """Note that an exercise is done; a sentence about what went wrong, "" if nothing did.

    The file is replaced in one step, so that a good one is never lost. A damaged one is kept beside
    it under the name ``….damaged``.
    """
    return _change(lambda content: content | {"done": sorted({*content["done"], id})})


def add_practice(id: str, history: str) -> str:
    """Note how a thing that is practised was answered so far; as :func:`add`."""
    return _change(lambda content: content | {"practice": _entries(content) | {id: history}})


def kept() -> tuple[dict[str, str], list[str]]:
    """The histories of what was practised, by id, and the ids of all that was done or answered.

    Both are empty where there is no file that can be read: practice then begins anew.
    """
    try:
        content = _read(path())
    except (_DamagedError, PathError, OSError):
        return {}, []
    ids = [*content["done"], *_entries(content, "quiz"), *_entries(content, "guess")]
    return _entries(content), ids


def _entries(content: dict, kind: str = "practice") -> dict[str, str]:
    found = content.get(kind)
    pairs = found.items() if isinstance(found, dict) else ()
    return {id: text for id, text in pairs if isinstance(text, str)}


def _change(edit: Callable[[dict], dict]) -> str:
    problem = ""
    try:
        target = path()
    except PathError as error:
        return f"Your progress could not be saved. {error}"
    try:
        try:
            content = _read(target)
        except _DamagedError:
            aside = target.with_name(target.name + ".damaged")
            os.replace(target, aside)
            content = {"version": 1, "done": []}
            problem = f"The file with your progress was damaged; a new one begins. The old: {aside}"
        changed = edit(content)
        if changed != content:
            files.write(target, json.dumps(changed, indent=1) + "\n")
    except OSError as error:
        return f"Your progress could not be saved ({error.strerror}): {target}"
    return problem


def progress() -> None:
    """Show how many exercises are done, chapter by chapter."""
    done, problem = set(), ""
    try:
        done = set(_read(path())["done"])
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
