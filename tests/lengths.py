"""How long functions are: in Python without the docstring, in JavaScript between the braces."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pygments.lexers import JavascriptLexer
from pygments.token import Comment, Keyword, Name, Punctuation

#: What stands before a brace that holds statements, but is no function's.
_BLOCKS = {"if", "for", "while", "switch", "catch", "with"}


def python(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Name and lines of body of each function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, body[-1].end_lineno - body[0].lineno + 1 if body else 0


def javascript(text: str) -> Iterator[tuple[str, int]]:
    """Name and lines of body of each function, method or arrow function with braces.

    The arrow function in which a file's whole text stands is left out. Braces within ``${…}`` are
    not understood, and raise a ValueError.
    """
    line, tokens, opened = 1, [], []
    for kind, value in JavascriptLexer().get_tokens(text):
        if kind in Punctuation or kind in Name or kind in Keyword:
            for part in value if kind in Punctuation and value != "=>" else [value]:
                if part == "{":
                    opened.append((_name(tokens), line))
                elif part == "}":
                    name, first = opened.pop()
                    if name and (opened or name != "=>"):
                        yield name, line - first - 1
                tokens.append(part)
        elif kind not in Comment and value.strip():
            tokens.append(value)
        line += value.count("\n")
    if opened:
        raise ValueError(f"the brace in line {opened[-1][1]} is not closed")


def _name(before: list[str]) -> str:
    """The name of the function whose brace comes next; "=>" for an arrow, "" for no function."""
    if before[-1:] == ["=>"]:
        return "=>"
    if before[-1:] != [")"]:
        return ""
    depth, at = 0, len(before)
    while at:
        at -= 1
        depth += {")": 1, "(": -1}.get(before[at], 0)
        if depth == 0:
            break
    word = before[at - 1] if at else ""
    return "" if word in _BLOCKS else word
