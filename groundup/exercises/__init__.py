"""Exercises, quizzes and predictions: what the notebooks call.

How exercises are written: :mod:`groundup.exercises.engine`; quizzes:
:mod:`groundup.exercises.questions`.
"""

from groundup.exercises.predict import predict_first
from groundup.exercises.questions import quiz, warmup
from groundup.exercises.reader import check, hint, solution
from groundup.exercises.record import progress

__all__ = ["check", "hint", "predict_first", "progress", "quiz", "solution", "warmup"]
