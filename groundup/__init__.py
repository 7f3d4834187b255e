"""The small package that the course's notebooks share.

Each module is one idea, and imports go one way only:
``exercises`` → ``plots`` → ``parallel`` → ``training`` → ``models`` → ``scratch`` → ``datasets``
→ ``claims``.
"""

__version__ = "0.1.0"
