"""Practice: problems made of numbers, and what is asked when.

How a kind of problem is written: :mod:`groundup.practice.problem`.
"""
