"""Modules that are imported when something of theirs is first used.

The exercises run in the book's pages, too, where there is no PyTorch: a chapter's module must be
importable there, with its other exercises. References stay as a reader would write them.
"""

from __future__ import annotations

import importlib


class Later:
    """Stands for a module, or for one thing in it: ``torch = Later("torch")``.

    Attributes are the real ones, as soon as one is asked for. Where the module is not installed
    they stand for what is missing: a class may name it as its base, but to call it raises the
    ModuleNotFoundError.
    """

    def __init__(self, module: str, *names: str):
        self._module, self._names = module, names

    def _found(self):
        found = importlib.import_module(self._module)
        for name in self._names:
            found = getattr(found, name)
        return found

    def __getattr__(self, name: str):
        if name.startswith("__"):  # asked of this object itself, by copy or inspect
            raise AttributeError(name)
        try:
            found = self._found()
        except ModuleNotFoundError:
            return Later(self._module, *self._names, name)
        return getattr(found, name)

    def __call__(self, *args, **kwargs):
        return self._found()(*args, **kwargs)

    def __mro_entries__(self, bases: tuple) -> tuple:
        return ()

    def __instancecheck__(self, instance) -> bool:
        return False  # nothing is an instance of a class that is not there
