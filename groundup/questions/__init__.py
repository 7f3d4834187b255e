"""How a question is asked and answered: the machinery of exercises, quizzes and graded work.

What is asked in the chapters lies in :mod:`groundup.exercises`.
"""
