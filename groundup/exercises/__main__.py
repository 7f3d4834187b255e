"""Write all quizzes for Moodle, for Anki and as QTI: python -m groundup.exercises export OUTDIR"""

from __future__ import annotations

import argparse
import sys

from groundup.paths import as_written
from groundup.questions.quiz import QuizError
from groundup.questions.quiz_export import export


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m groundup.exercises", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("export").add_argument("outdir", type=as_written)
    options = parser.parse_args(arguments)
    try:
        for file in export(options.outdir):
            print(file)
    except QuizError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
