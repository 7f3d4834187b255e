"""From code to text: the worked solution is the source of the function that computes it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator

import numpy as np


def source_of(make: Callable) -> str:
    """The source of a function or class, without its decorators."""
    source = textwrap.dedent(inspect.getsource(make))
    (node,) = ast.parse(source).body
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])


def solution(make: Callable, *, value: str | None = None, variant=None) -> str:
    """The worked solution as a learner would write it.

    Parameters
    ----------
    make
        The function or class that is the solution; for a value, the function that computes it.
    value
        Name of the value that is wanted: the text is then the function's body, whose last
        ``return …`` has become ``value = …``.
    variant
        What the function takes as ``v``: ``v.slope`` becomes the variant's number, and ``v`` goes.

    Raises
    ------
    ValueError
        When there is no such text; the sentence says what the function must look like.
    """
    source = source_of(make)
    if variant is not None:
        source = _replaced(source, list(_of_variant(ast.parse(source), variant)))
    return source if value is None else _body_as_value(source, value)


def body_of(make: Callable) -> str:
    """The statements of a function, as they stand; nothing for a lambda."""
    if make.__name__ == "<lambda>":
        return ""
    source = source_of(make)
    return "\n".join(source.splitlines()[ast.parse(source).body[0].body[0].lineno - 1 :])


def typed_in(stub: str, name: str, code: str) -> str:
    """The stub with its definition of ``name`` replaced by ``code``."""
    node = definition(stub, name)
    lines = stub.splitlines()
    lines[node.lineno - 1 : node.end_lineno] = code.splitlines()
    return "\n".join(lines) + "\n"


def last_definition(stub: str) -> tuple[str, str]:
    """(name, "function", "class" or "value") of what a stub defines last: what is handed in.

    Raises
    ------
    ValueError
        When it defines nothing or is no Python.
    """
    try:
        body = ast.parse(stub).body
    except SyntaxError as error:
        raise ValueError(f"is no Python: {error}") from None
    for node in reversed(body):
        if isinstance(node, ast.FunctionDef):
            return node.name, "function"
        if isinstance(node, ast.ClassDef):
            return node.name, "class"
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id, "value"
    raise ValueError("must define what the learner hands in")


def definition(stub: str, name: str) -> ast.stmt:
    """The statement of a stub that defines ``name``, the last one."""
    for node in reversed(ast.parse(stub).body):
        target = node.targets[0] if isinstance(node, ast.Assign) else node
        if name in (getattr(target, "id", None), getattr(target, "name", None)):
            return node
    raise ValueError(f"stub does not define {name!r}")


def literal(value) -> str:
    """Python source of a number, a text, an array, or a tuple or list of them."""
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(literal, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        text = np.array2string(value, separator=", ", threshold=10**6, floatmode="unique")
        return f"np.array({textwrap.indent(text, ' ' * 9).strip()})"
    return repr(value)


def plain(argument: str, text: str) -> str:
    """A sentence in one line; ``argument`` names it where it is none."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{argument} must be a sentence; got {text!r}")
    return " ".join(text.split())


# A place in a source is (line from 1, column in bytes of UTF-8), as ast counts.
_Place = tuple[int, int]


def _start(node) -> _Place:
    return node.lineno, node.col_offset


def _end(node) -> _Place:
    return node.end_lineno, node.end_col_offset


def _of_variant(tree: ast.Module, variant) -> Iterator[tuple[_Place, _Place, str]]:
    """What is to be written, and where, so that a solution does without ``v``."""
    (function,) = tree.body
    given = [*function.args.posonlyargs, *function.args.args, *function.args.defaults]
    before = max(map(_end, given), default=(1, len(f"def {function.name}(")))
    yield from ((before, _end(arg), "") for arg in function.args.kwonlyargs if arg.arg == "v")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "v":
                yield _start(node), _end(node), literal(getattr(variant, node.attr))
        elif isinstance(node, ast.Call):
            for passed in node.keywords:
                if passed.arg == "v":
                    others = [
                        e for e in map(_end, [*node.args, *node.keywords]) if e < _end(passed)
                    ]
                    yield max(others, default=_start(passed)), _end(passed), ""


def _replaced(source: str, edits: list[tuple[_Place, _Place, str]]) -> str:
    lines = source.encode().split(b"\n")
    for (line, column), (last, end), text in sorted(edits, reverse=True):
        joined = lines[line - 1][:column] + text.encode() + lines[last - 1][end:]
        lines[line - 1 : last] = [joined]
    return b"\n".join(lines).decode()


def _body_as_value(source: str, name: str) -> str:
    (node,) = ast.parse(source).body
    last = node.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        raise ValueError("must end in one plain return")
    documented = ast.get_docstring(node) is not None and len(node.body) > 1
    first = node.body[1 if documented else 0]
    if first.lineno == node.lineno:
        raise ValueError("must have its body on its own lines")
    lines = source.splitlines()
    at, column = _start(last)
    lines[at - 1] = f"{lines[at - 1][:column]}{name} ={lines[at - 1][column + len('return') :]}"
    start = first.lineno - 1
    while start > node.lineno and lines[start - 1].lstrip().startswith("#"):
        start -= 1  # comments that stand before it
    return textwrap.dedent("\n".join(lines[start : node.end_lineno]))
