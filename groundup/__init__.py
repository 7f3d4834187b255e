"""The package that the course's notebooks share: helpers for the chapters, and their questions.

Imports go one way only, from the left to the right:
``page`` (in the book's pages) → ``exercises`` (what is asked) → ``practice`` (and again) →
``questions`` (how) → ``parallel`` → ``training`` → ``datasets``, ``models``, ``plots`` →
``scratch``, ``claims``, ``files``, ``later``, ``paths``, ``slices``.
"""

__version__ = "0.1.0"
