"""What is asked in the chapters, and what the notebooks call: check, hint, quiz and the rest.

How exercises are written: :mod:`groundup.questions.question`; quizzes:
:mod:`groundup.questions.quiz`.
"""

from groundup.practice.reader import practice
from groundup.questions.predict import predict_first
from groundup.questions.progress import progress
from groundup.questions.quiz import quiz, warmup
from groundup.questions.reader import check, hint, solution

__all__ = [
    "check",
    "hint",
    "practice",
    "predict_first",
    "progress",
    "quiz",
    "solution",
    "warmup",
]
