"""Graded assignments: released, collected, graded in a sandbox, with feedback and reports.

The command is ``python -m grader``; the instructor's guide in the book says how it is
used. An assignment is one Python module in ``coursework/``, written with
:mod:`grader.assignment`.
"""
