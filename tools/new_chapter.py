"""Begin a chapter: ``python -m tools.new_chapter 9 attention "Attention"``.

Writes the notebook, executed, its exercises and its quiz from ``tools/template``, and a line into
the lists of chapters in ``index.md``, ``_toc.yml`` and ``pyproject.toml``. What it writes is a
whole chapter that passes all tests; replace it piece by piece, and it stays so.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from groundup.questions import quiz
from tools.notebooks import run
from tools.paths import NOTEBOOKS, ROOT, chapters

TEMPLATE = Path(__file__).parent / "template"
CARD = re.compile(r"^fig-\d+-[\w-]+: .*\n", re.MULTILINE)


def new_chapter(number: int, name: str, title: str) -> list[Path]:
    """Write the files of a new chapter; the notebook comes first, and is not executed yet.

    Raises
    ------
    ValueError
        When the number is not that of the next chapter, or the name or title will not do.
    """
    previous = chapters()[-1]
    last = int(previous.name[:2])
    if number != last + 1:
        raise ValueError(f"number must be {last + 1}, after {previous.name}; got {number}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"name must be lower-case letters, digits and _, got {name!r}")
    if not title.strip() or set(title) & set('#|[]"\\\n'):
        raise ValueError(f'title must be a few words without any of # | [ ] " \\; got {title!r}')
    warmup = [question.id for question in quiz.load(last).questions[:3]]
    changes = {
        "98_previous.ipynb": previous.name,
        "98.q1, 98.q2, 98.q3": ", ".join(warmup),
        "98": str(last),
        "99": str(number),
        "The title of the chapter": title,
    }
    exercises = ROOT / "groundup" / "exercises"
    targets = {
        "99_template.ipynb": NOTEBOOKS / f"{number:02d}_{name}.ipynb",
        "chapter99.py": exercises / f"chapter{number}.py",
        "chapter99.yml": exercises / "quizzes" / f"chapter{number}.yml",
    }
    for source, target in targets.items():
        text = (TEMPLATE / source).read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        target.write_text(text, encoding="utf-8")
    notebook = f"notebooks/{number:02d}_{name}.ipynb"
    last_line = re.escape(f"notebooks/{previous.name}") + ".*\n"
    lists = {
        "index.md": (CARD, f"fig-{number}-overview: say it here\n"),
        "_toc.yml": (re.compile(f" *- file: {last_line}"), f"      - file: {notebook}\n"),
        "pyproject.toml": (re.compile(f' *"{last_line}'), f'    "{notebook}",\n'),
    }
    for file, (line, new) in lists.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        end = list(line.finditer(text))[-1].end()
        (ROOT / file).write_text(text[:end] + new + text[end:], encoding="utf-8")
    return [*targets.values(), *(ROOT / file for file in lists)]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.new_chapter", description="see the module"
    )
    parser.add_argument("number", type=int, help="the next chapter's, such as 9")
    parser.add_argument("name", help="a word for the file's name, such as attention")
    parser.add_argument("title", help='such as "Attention"')
    options = parser.parse_args()
    try:
        paths = new_chapter(options.number, options.name, options.title)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    faults = run(paths[0])
    for line in [*faults, *(path.relative_to(ROOT) for path in paths)]:
        print(line)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
