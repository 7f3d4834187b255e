"""Near misses: what would come out if one thing in a right answer were wrong.

Many mistakes are one step away from the solution: a sign, a term left out, the other axis, one too
many. They need not be written down one by one. Here they are made from the source of the right
answers, one change each; an answer that does exactly what a changed one does, on all inputs, is
told what the change is. The sentence names inputs of the question, and never shows code.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from groundup.questions.question import Question, Slip
from groundup.questions.text import source_of

#: the new node in the place of another, or a list of statements; and in words what that is
_Change = tuple[ast.AST | list[ast.stmt], str]

_OTHERS = {
    "mean": ("sum",),
    "sum": ("mean",),
    "max": ("min", "mean"),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "any": ("all",),
    "all": ("any",),
    "log": ("log2", "log10"),
    "exp": ("exp2",),
}
_WORDS = {
    "mean": "a mean",
    "sum": "a sum",
    "max": "the largest",
    "min": "the smallest",
    "argmax": "the place of the largest",
    "argmin": "the place of the smallest",
    "any": "one of them",
    "all": "all of them",
    "log": "the natural logarithm",
    "log2": "the logarithm to the base 2",
    "log10": "the logarithm to the base 10",
    "exp": "a power of e",
    "exp2": "a power of 2",
}
_EQUALITY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.NotEq}


@dataclass(frozen=True)
class Miss(Slip):
    """A right answer in which one thing is changed; ``tree`` is its program."""

    tree: ast.FunctionDef


@functools.cache
def near_misses(question: Question) -> tuple[Miss, ...]:
    """The changed right answers of a question for a function, the worked solution's first.

    None of a program that could run for ever when it is changed, nor of one that trains a network:
    there each would be a training.
    """
    if question.form != "function":
        return ()
    makes = (question.reference, *question.others)
    found = {make: function for make in makes if (function := tree_of(make))}
    nodes = [node for function in found.values() for node in ast.walk(function)]
    if any(_name(node) == "backward" for node in nodes):
        return ()
    return tuple(
        miss
        for make, function in found.items()
        if not any(isinstance(node, ast.While) for node in ast.walk(function))
        for miss in _of(make, function, names=make is question.reference)
    )


def tree_of(make: Callable) -> ast.FunctionDef | None:
    """The program of an answer; None where there is no source of it that stands by itself."""
    try:
        (tree,) = ast.parse(source_of(make)).body
    except (OSError, SyntaxError, TypeError):  # without a source, or a part of a statement
        return None
    return tree if isinstance(tree, ast.FunctionDef) and not make.__closure__ else None


def _of(make: Callable, function: ast.FunctionDef, *, names: bool) -> Iterator[Miss]:
    """Those of one right answer; with ``names`` also an input in the place of another."""
    seen = {ast.dump(function)}
    for place, new, what in _changes(function, names):
        changed = _replaced(function, place, new)
        if (text := ast.dump(changed)) not in seen:
            seen.add(text)
            said = f"This is what comes out {what}."
            yield Miss("near_miss", _compiled(changed, make), said, changed)


def _compiled(function: ast.FunctionDef, make: Callable) -> Callable:
    """The function of a tree, which knows what ``make`` knows; compiled when it is called."""

    @functools.cache
    def compiled() -> Callable:
        tree = ast.fix_missing_locations(ast.Module([function], []))
        names: dict = {}
        exec(compile(tree, "<near miss>", "exec"), make.__globals__, names)
        return names[function.name]

    @functools.wraps(make)
    def near_miss(*args, **kwargs):
        return compiled()(*args, **kwargs)

    return near_miss


def _replaced(function: ast.FunctionDef, place: int, new) -> ast.FunctionDef:
    """A copy of the function in which ``new`` stands for the node that a walk meets as such."""
    changed = copy.deepcopy(function)
    old = list(ast.walk(changed))[place]
    for node in ast.walk(changed):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list) and any(one is old for one in value):
                at = next(i for i, one in enumerate(value) if one is old)
                value[at : at + 1] = new if isinstance(new, list) else [new]
    return changed


# --- the changes ---


def _name(node: ast.AST) -> str:
    """What a call's function or an attribute is called, without its module or object."""
    return getattr(node, "attr", getattr(node, "id", ""))


def _changes(function: ast.FunctionDef, names: bool) -> Iterator[tuple[int, ast.AST | list, str]]:
    inputs = [argument.arg for argument in function.args.args]
    axes = {
        id(word.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        for word in node.keywords
    }
    sides = {
        id(node.slice)
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and _name(node.value) == "shape"
    }
    for place, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.Constant) and id(node) in axes:
            continue  # an axis is changed with its call
        if id(node) in sides and isinstance(node, ast.Constant) and node.value in (0, 1):
            yield (
                place,
                ast.Constant(1 - node.value),
                "if rows are counted for columns, or columns for rows",
            )
            continue
        for maker in _BY_TYPE.get(type(node), ()):
            if maker is _of_names and not names:
                continue
            for new, what in maker(node, inputs):
                yield place, new, what


def _with(node: ast.AST, inputs: list[str]) -> str:
    """ " with `X` and `y`", the inputs in a part of the formula; nothing where there are none."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    found = [f"`{name}`" for name in inputs if name in names]
    return f" with {' and '.join(found)}" if 0 < len(found) < 3 else ""


def _minus(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node)


def _of_sums(node: ast.BinOp, inputs) -> Iterator[_Change]:
    a, b = node.left, node.right
    if isinstance(node.op, (ast.Add, ast.Sub)):
        plus = isinstance(node.op, ast.Add)
        yield a, f"if a term{_with(b, inputs)} is left out"
        yield b if plus else _minus(b), f"if a term{_with(a, inputs)} is left out"
        other = ast.BinOp(a, ast.Sub() if plus else ast.Add(), b)
        yield other, f"if the sign of a term{_with(b, inputs)} is wrong"


def _of_products(node: ast.BinOp, inputs) -> Iterator[_Change]:
    a, b = node.left, node.right
    if isinstance(node.op, (ast.Mult, ast.MatMult)):
        for kept, gone in ((a, b), (b, a)):
            what = "a number" if isinstance(gone, ast.Constant) else "a factor"
            yield kept, f"if {what}{_with(gone, inputs)} that multiplies is left out"
    if isinstance(node.op, ast.Mult):
        yield ast.BinOp(a, ast.Div(), b), f"if a factor{_with(b, inputs)} divides instead"
    if isinstance(node.op, ast.MatMult):
        yield ast.BinOp(b, node.op, a), "if the sides of a matrix product are exchanged"
        yield ast.BinOp(a, ast.Mult(), b), "if a matrix product is taken entry by entry"
    if isinstance(node.op, (ast.Div, ast.FloorDiv)):
        yield a, f"if a division by something{_with(b, inputs)} is left out"
        yield ast.BinOp(b, node.op, a), "if a fraction is upside down"
        yield ast.BinOp(a, ast.Mult(), b), f"if a divisor{_with(b, inputs)} multiplies instead"
    if isinstance(node.op, ast.FloorDiv):
        yield ast.BinOp(a, ast.Div(), b), "if a quotient is not rounded to a whole number"
        up = _minus(ast.BinOp(_minus(a), ast.FloorDiv(), b))
        yield up, "if a quotient is rounded up instead of down"
    if isinstance(node.op, ast.Pow):
        yield a, f"if a power{_with(a, inputs)} is left out"


def _of_signs(node: ast.UnaryOp, inputs) -> Iterator[_Change]:
    if isinstance(node.op, ast.USub):
        yield node.operand, f"if a minus before something{_with(node.operand, inputs)} is missing"
    if isinstance(node.op, ast.Not):
        yield node.operand, f"if a condition{_with(node.operand, inputs)} is turned round"


def _of_numbers(node: ast.Constant, inputs) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value), f"if {not value} stands where {value} belongs"
    elif isinstance(value, int):
        yield ast.Constant(value + 1), "if a whole number in it is one too large"
        yield ast.Constant(value - 1), "if a whole number in it is one too small"
    elif isinstance(value, float) and value:
        yield ast.Constant(2 * value), "if a number in it is twice what it should be"
        yield ast.Constant(value / 2), "if a number in it is half of what it should be"


def _of_calls(node: ast.Call, inputs) -> Iterator[_Change]:
    name = _name(node.func)
    for other in _OTHERS.get(name, ()):
        if isinstance(node.func, ast.Attribute):
            func = ast.Attribute(node.func.value, other, ast.Load())
            what = f"if there is {_WORDS[other]} where {_WORDS[name]} belongs"
            yield ast.Call(func, node.args, node.keywords), what
    yield from _of_axes(node, name, inputs)
    of_numpy = (
        isinstance(getattr(node.func, "value", None), ast.Name) and node.func.value.id == "np"
    )
    if of_numpy and len(node.args) == 1 and name not in ("array", "asarray"):
        (argument,) = node.args
        yield argument, f"if a function of something{_with(argument, inputs)} is left out"
        turned = ast.Call(node.func, [_minus(argument)], node.keywords)
        yield turned, "if the sign of what goes into a function is wrong"
    elif name in ("copy", "astype") and isinstance(node.func, ast.Attribute):
        yield node.func.value, f"without a {'copy' if name == 'copy' else 'change of type'}"


def _of_axes(node: ast.Call, name: str, inputs) -> Iterator[_Change]:
    def called(value):
        words = [w for w in node.keywords if w.arg != "axis"]
        words += [] if value is None else [ast.keyword("axis", ast.Constant(value))]
        return ast.Call(node.func, node.args, words)

    what = _WORDS.get(name, "something")
    axis = next((w.value for w in node.keywords if w.arg == "axis"), None)
    if isinstance(axis, ast.Constant) and axis.value in (0, 1):
        yield called(1 - axis.value), f"if {what} runs along the other axis"
        if name != "sort":
            yield called(None), f"if {what} is taken over all at once, not along an axis"
    for word in node.keywords:
        if word.arg == "keepdims":
            words = [w for w in node.keywords if w is not word]
            without = ast.Call(node.func, node.args, words)
            yield without, f"if the axis along which {what} runs is not kept"


def _of_comparisons(node: ast.Compare, inputs) -> Iterator[_Change]:
    if len(node.ops) == 1:
        for table, what in (
            (_EQUALITY, "if equality falls on the other side of a comparison"),
            (_TURNED, "if a comparison is turned round"),
        ):
            if other := table.get(type(node.ops[0])):
                new = ast.Compare(node.left, [other()], node.comparators)
                yield new, f"{what}{_with(node, inputs)}"


def _of_conditions(node: ast.IfExp, inputs) -> Iterator[_Change]:
    turned = ast.IfExp(node.test, node.orelse, node.body)
    yield turned, f"if a condition{_with(node.test, inputs)} is turned round"
    for only in (node.body, node.orelse):
        yield only, f"if a condition{_with(node.test, inputs)} makes no difference"


def _of_joined(node: ast.BoolOp, inputs) -> Iterator[_Change]:
    for i, gone in enumerate(node.values):
        rest = [v for j, v in enumerate(node.values) if j != i]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield new, f"if a condition{_with(gone, inputs)} is left out"


def _of_attributes(node: ast.Attribute, inputs) -> Iterator[_Change]:
    if node.attr == "T":
        yield node.value, f"if a transposition of something{_with(node, inputs)} is left out"


def _of_slices(node: ast.Slice, inputs) -> Iterator[_Change]:
    if node.lower:
        yield ast.Slice(None, node.upper, node.step), "if a slice begins at the start"
    if node.upper:
        yield ast.Slice(node.lower, None, node.step), "if a slice goes on to the end"
    if node.step:
        yield ast.Slice(node.lower, node.upper, None), "if a slice takes no steps"


def _of_names(node: ast.Name, inputs) -> Iterator[_Change]:
    if isinstance(node.ctx, ast.Load) and node.id not in ("np", "range", "len"):
        where = f"`{node.id}` belongs" if node.id in inputs else "another quantity belongs"
        for other in inputs:
            if other != node.id:
                yield ast.Name(other, ast.Load()), f"if `{other}` stands where {where}"


def _of_loops(node: ast.For | ast.comprehension, inputs) -> Iterator[_Change]:
    def over(what: str, *arguments) -> ast.For | ast.comprehension:
        new = copy.copy(node)
        items = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        new.iter = ast.Subscript(items, ast.Slice(*arguments), ast.Load())
        return new, f"if a loop{_with(node.iter, inputs)} {what}"

    yield over("leaves out the first", ast.Constant(1))
    yield over("leaves out the last", None, _minus(ast.Constant(1)))
    yield over("runs backwards", None, None, _minus(ast.Constant(1)))
    if isinstance(node, ast.comprehension) and node.ifs:
        new = copy.copy(node)
        new.ifs = []
        yield new, "if a condition is left out"


def _of_bodies(node: ast.For, inputs) -> Iterator[_Change]:
    new = copy.copy(node)
    new.body = [*node.body, ast.Break()]
    yield new, "if a loop ends after its first turn: is there a `return` in it?"
    for i in range(len(node.body) - 1):
        new = copy.copy(node)
        new.body = [*node.body[:i], node.body[i + 1], node.body[i], *node.body[i + 2 :]]
        yield new, "if two steps in a loop change places"


def _of_assignments(node: ast.Assign, inputs) -> Iterator[_Change]:
    yield [ast.Pass()], f"if a step{_with(node.value, inputs)} is left out"


def _of_additions(node: ast.AugAssign, inputs) -> Iterator[_Change]:
    yield [ast.Pass()], f"if a step{_with(node.value, inputs)} is left out"
    where = copy.copy(node.target)
    yield ast.Assign([where], node.value, lineno=0), "if something is set anew instead of added to"
    other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    if isinstance(node.op, (ast.Add, ast.Sub)):
        new = ast.AugAssign(node.target, other, node.value)
        yield new, f"if the sign of a term{_with(node.value, inputs)} is wrong"


def _of_ifs(node: ast.If, inputs) -> Iterator[_Change]:
    yield node.body, f"if a condition{_with(node.test, inputs)} makes no difference"
    otherwise = node.orelse or [ast.Pass()]
    yield otherwise, f"if a case{_with(node.test, inputs)} is left out"
    turned = ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    yield turned, f"if a condition{_with(node.test, inputs)} is turned round"


def _of_results(node: ast.Return, inputs) -> Iterator[_Change]:
    if isinstance(node.value, ast.Tuple):
        parts = node.value.elts
        for i in range(len(parts)):
            for j in range(i):
                new = list(parts)
                new[i], new[j] = parts[j], parts[i]
                what = f"if results number {j + 1} and {i + 1} change places"
                yield ast.Return(ast.Tuple(new, ast.Load())), what


_BY_TYPE = {
    ast.BinOp: (_of_sums, _of_products),
    ast.UnaryOp: (_of_signs,),
    ast.Constant: (_of_numbers,),
    ast.Call: (_of_calls,),
    ast.Compare: (_of_comparisons,),
    ast.IfExp: (_of_conditions,),
    ast.BoolOp: (_of_joined,),
    ast.Attribute: (_of_attributes,),
    ast.Slice: (_of_slices,),
    ast.Name: (_of_names,),
    ast.For: (_of_loops, _of_bodies),
    ast.comprehension: (_of_loops,),
    ast.Assign: (_of_assignments,),
    ast.AugAssign: (_of_additions,),
    ast.If: (_of_ifs,),
    ast.Return: (_of_results,),
}
