"""Which of a chapter's statements a piece of code needs: a backward slice over top-level code.

The pages run an answer or a cell without running the whole chapter above it: only what defines the
names that it uses, and what these need in turn. Statements that define nothing, such as a print or
a change of an array in place, are left out.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Container, Sequence

#: These define their names for good; what is bound by others, such as a loop, may have been before.
_FOR_GOOD = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def above(code: str, cells: Sequence[str], known: Container[str] = ()) -> list[str]:
    """The statements of ``cells`` that define what ``code`` uses, in order, as source.

    Names in ``known`` are there already. A cell that is no Python, or a magic, defines nothing.

    Raises
    ------
    SyntaxError
        When ``code`` is no Python.
    """
    wanted = {name for name in used(code) if name not in known}
    found = []
    for cell in reversed(cells):
        try:
            statements = ast.parse(cell).body
        except SyntaxError:
            continue
        for statement in reversed(statements):
            source = ast.unparse(statement)
            defined = bound(source) & wanted
            if not defined:
                continue
            if isinstance(statement, _FOR_GOOD):
                wanted -= defined
            wanted |= {name for name in used(source) if name not in known}
            found.append(source)
    return found[::-1]


def bound(code: str) -> set[str]:
    """The names that code defines at its top level."""
    table = symtable.symtable(code, "code", "exec")
    return {it.get_name() for it in table.get_symbols() if it.is_assigned() or it.is_imported()}


def used(code: str) -> set[str]:
    """The names that code takes from what was there before it."""
    table = symtable.symtable(code, "code", "exec")
    # What it first changes and what it first defines look alike here: x += 1, and x = 1; x.
    changed = {
        node.target.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    own = bound(code)
    names = _globals(table) | {it.get_name() for it in table.get_symbols() if it.is_referenced()}
    single = len(ast.parse(code).body) == 1
    if single and not isinstance(ast.parse(code).body[0], (ast.FunctionDef, ast.ClassDef)):
        own = set()  # in one statement the right side comes first: x = x + 1
    return {it for it in (names - own) | (changed & names) if not hasattr(builtins, it)}


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that functions and classes within take from the top level."""
    found = set()
    for child in table.get_children():
        found |= {it.get_name() for it in child.get_symbols() if it.is_global()}
        found |= _globals(child)
    return found
