"""What of a chapter a piece of code needs, so that it can run without the whole chapter above it.

A backward slice over top-level code: what defines the names that are used, and what that needs in
turn. The book's pages run answers and single cells so.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Container, Sequence

_IMPORTS = (ast.Import, ast.ImportFrom)
#: These define their names for good; what others bind, such as a loop, may have been there before.
_FOR_GOOD = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, *_IMPORTS)


def definitions(code: str, cells: Sequence[str], known: Container[str] = ()) -> list[str]:
    """The statements of ``cells`` that define what ``code`` uses, in order, as source.

    Names in ``known`` are there already. What only changes a thing, such as a training loop, is
    left out: enough for data and functions that an answer starts from.

    Raises
    ------
    SyntaxError
        When ``code`` is no Python.
    """
    wanted = {name for name in used(code) if name not in known}
    found = []
    for statement in reversed([it for cell in cells for it in _statements(cell)]):
        source = ast.unparse(statement)
        if defined := bound(source) & wanted:
            if isinstance(statement, _FOR_GOOD):
                wanted -= defined
            wanted |= {name for name in used(source) if name not in known}
            found.append(source)
    return found[::-1]


def cells_needed(code: str, cells: Sequence[str], known: Container[str] = ()) -> list[str]:
    """What has to run before ``code`` for it to do what it does in the whole chapter.

    Imports by the statement, all else by the cell: also cells that only use a variable are there,
    since they may change what it holds.
    """
    parsed = [_statements(cell) for cell in cells]
    fixed = {
        name
        for statements in parsed
        for it in statements
        if isinstance(it, (ast.FunctionDef, ast.ClassDef, *_IMPORTS))
        for name in bound(ast.unparse(it))
    }
    wanted = {name for name in used(code) if name not in known}
    found = []
    for statements in reversed(parsed):
        rest = [it for it in statements if not isinstance(it, _IMPORTS)]
        source = "\n".join(map(ast.unparse, rest))
        if wanted & bound(source) or (wanted & used(source)) - fixed:
            for it in rest:
                if isinstance(it, _FOR_GOOD):
                    wanted -= bound(ast.unparse(it))
            wanted |= {name for name in used(source) if name not in known}
            found.append(source)
        for it in reversed([it for it in statements if isinstance(it, _IMPORTS)]):
            source = ast.unparse(it)
            if wanted & bound(source):
                wanted -= bound(source)
                found.append(source)
    return found[::-1]


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(cell).body
    except SyntaxError:  # a magic defines nothing
        return []


def bound(code: str) -> set[str]:
    """The names that code defines at its top level."""
    table = symtable.symtable(code, "code", "exec")
    return {it.get_name() for it in table.get_symbols() if it.is_assigned() or it.is_imported()}


def used(code: str) -> set[str]:
    """The names that code takes from what was there before it, builtins left out."""
    found: set[str] = set()
    own: set[str] = set()
    for statement in ast.parse(code).body:
        source = ast.unparse(statement)
        table = symtable.symtable(source, "code", "exec")
        names = _globals(table)
        names |= {it.get_name() for it in table.get_symbols() if it.is_referenced()}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
        defined = bound(source)
        # In a definition the name may be its own, in a compound statement it may come first.
        if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            names -= defined
        found |= names - own
        own |= defined
    return {name for name in found if not hasattr(builtins, name)}


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that functions and classes within take from the top level."""
    found = set()
    for child in table.get_children():
        found |= {it.get_name() for it in child.get_symbols() if it.is_global()}
        found |= _globals(child)
    return found
