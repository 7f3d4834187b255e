"""Lines to arrange: an exercise's reference taken apart, with lines of its slips among them.

Nothing is written for it. The lines are the worked solution's, as ``ast.unparse`` writes them. What
does not belong among them are lines that, in the place of one of these, make the program of a slip:
lines of the slip itself, and changed lines with which the program does on all cases what the slip
does. So the slip's own sentence says what is wrong with each. An arrangement is right when its
program passes the exercise's check, whatever its order; else :func:`explained` says which line is
not wanted, comes too early, or stands too far in or out, and why.

``faded`` problems leave two of the lines to be written.
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from groundup.questions.examine import cases_of, outcomes
from groundup.questions.judge import same_outcome
from groundup.questions.near import near_misses, tree_of
from groundup.questions.outcome import WRONG, Outcome, Verdict
from groundup.questions.question import Exercise, Slip, get
from groundup.questions.text import typed_in

FEWEST, MOST = 3, 12  # lines to arrange; the first of a function or class stays in its place
MOST_OTHERS = 3  # lines that do not belong
TO_WRITE = 2  # lines, once a problem fades
INDENT = "    "
_FORMULA = re.compile(r"`([^`]*[*/+][^`]*)`")  # quoted by a slip's sentence


@dataclass(frozen=True)
class Line:
    """A line; ``depth`` counts indentations.

    ``place`` is where it stands in the worked solution, from 0; for a line of a ``slip`` the place
    of the line that it replaces there.
    """

    text: str
    depth: int
    place: int
    slip: Slip | None = None

    @property
    def opens(self) -> bool:
        return self.text.endswith(":")


@dataclass(frozen=True)
class Placed:
    """Where the reader has put a line: its ``number`` among the shuffled ones, and its depth.

    ``text`` is what the reader wrote, where the line was left to be written.
    """

    number: int
    depth: int
    text: str = ""


@dataclass(frozen=True)
class Arrangement:
    """A problem. ``head`` stays in its place; ``lines`` are shuffled; those whose numbers are in
    ``to_write`` show no text.
    """

    exercise: Exercise
    head: Line
    lines: tuple[Line, ...]
    to_write: frozenset[int] = frozenset()

    @property
    def solved(self) -> list[Placed]:
        """The worked solution's own order."""
        own = [(line.place, i) for i, line in enumerate(self.lines) if not line.slip]
        return [Placed(i, self.lines[i].depth, self.lines[i].text) for _, i in sorted(own)]

    def put(self, placed: Sequence[Placed]) -> list[Line]:
        """The lines as they were put, with what was written.

        Raises
        ------
        ValueError
            When there is no line of such a number, or one is used twice.
        """
        numbers = [it.number for it in placed]
        if len(set(numbers)) < len(numbers) or not set(numbers) <= set(range(len(self.lines))):
            last = len(self.lines) - 1
            raise ValueError(f"each of the lines 0 to {last} can be used once; got {numbers}")
        found = [replace(self.lines[it.number], depth=it.depth) for it in placed]
        return [
            replace(line, text=it.text.strip()) if it.number in self.to_write else line
            for line, it in zip(found, placed, strict=True)
        ]

    def code(self, placed: Sequence[Placed]) -> str:
        """The stub with the arranged lines typed into it."""
        lines = [self.head, *self.put(placed)]
        text = "\n".join(INDENT * line.depth + line.text for line in lines)
        return typed_in(self.exercise.stub, self.exercise.name, text)


# --- taking apart ---


def has_lines(it: Exercise) -> bool:
    """Whether an exercise has lines to arrange: neither few nor many, and not in its stub."""
    return bool(_own(it))


@cache
def arrangement(id: str, faded: bool = False) -> Arrangement:
    """The problem that an exercise makes.

    Raises
    ------
    ValueError
        When it has too few lines to arrange or too many, or its stub shows them.
    """
    it = get(id)
    own = _own(it)
    if not own:
        raise ValueError(f"exercise {id} has no lines to arrange; ask has_lines first")
    head, *own = own
    own = [replace(line, place=i) for i, line in enumerate(own)]
    others = _others(it, own)
    missing = _telling(own, others) if faded else ()
    lines = [*own, *_spread(line for line in others if line.place not in missing)]
    rng = random.Random(id)
    while [line.place for line in lines if not line.slip] == list(range(len(own))):
        rng.shuffle(lines)
    to_write = [i for i, line in enumerate(lines) if not line.slip and line.place in missing]
    return Arrangement(it, head, tuple(lines), frozenset(to_write))


def _own(it: Exercise) -> list[Line]:
    """The lines of the worked solution; none where it is no such exercise."""
    if not it.coding or it.form == "value":
        return []
    lines = _lines(ast.parse(it.solution).body[0])
    stub = {line.strip() for line in ast.unparse(ast.parse(it.stub)).splitlines()}
    shown = sum(line.text in stub for line in lines[1:])
    fits = FEWEST <= len(lines) - 1 <= MOST
    # A stub with a bug in it, that is to be found: what to arrange would tell.
    return lines if fits and 2 * shown < len(lines) else []


def _lines(tree: ast.stmt) -> list[Line]:
    lines = ast.unparse(tree).splitlines()
    depths = [(len(it) - len(it.lstrip())) // len(INDENT) for it in lines]
    return [
        Line(it.strip(), depth, i) for i, (it, depth) in enumerate(zip(lines, depths, strict=True))
    ]


def _others(it: Exercise, own: list[Line]) -> list[Line]:
    """Lines that make a slip of the solution: one for each slip that a single line makes."""
    trees = [tree for make in it.others if (tree := tree_of(make))]
    right = {line.text for line in own} | {line.text for t in trees for line in _lines(t)}
    ways = [(slip, tree) for slip in it.slips if (tree := tree_of(slip.make))]
    behaves, found = _Behaviour(it), {}
    for slip, tree in [*ways, *((miss, miss.tree) for miss in near_misses(it))]:
        line = _only_difference(own, _lines(tree)[1:])
        if line is None or line.text in right:
            continue
        known = slip if slip in it.slips else behaves.like(slip)
        if known and set(_FORMULA.findall(known.message)) <= {line.text}:
            found.setdefault(known.name, []).append(replace(line, slip=known))
    # Where lines in several places make the same slip, its sentence may not tell of each.
    sure = [lines[0] for lines in found.values() if len({line.place for line in lines}) == 1]
    return list({line.text: line for line in reversed(sure)}.values())[::-1]


def _only_difference(own: list[Line], theirs: list[Line]) -> Line | None:
    """The one line in which a program differs, where it could be written by a learner."""
    if [line.depth for line in own] != [line.depth for line in theirs]:
        return None
    differ = [(a, b) for a, b in zip(own, theirs, strict=True) if a.text != b.text]
    if len(differ) != 1:
        return None
    (line, other), *_ = differ
    # Nothing is done, or a name comes in that the line has no need of.
    odd = any(it in other.text for it in ("pass", "not not", "--"))
    odd |= not Counter(_words(other.text)) <= Counter(_words(line.text))
    return None if odd else replace(other, place=line.place)


class _Behaviour:
    """What the slips of a compared exercise do, case by case, as far as it is asked for."""

    def __init__(self, it: Exercise):
        self.it, self.cases = it, [] if it.judged_by else cases_of(it)
        self.known: dict[tuple[str, int], Outcome] = {}

    def like(self, miss: Slip) -> Slip | None:
        """The slip that does on all cases what a changed program does."""
        left = list(self.it.slips) if self.cases else []
        for i in range(len(self.cases)):
            got = self._outcome(miss, i)
            left = [it for it in left if same_outcome(self.it, got, self._outcome(it, i))]
            if not left:
                break
        return left[0] if left else None

    def _outcome(self, slip: Slip, i: int) -> Outcome:
        if slip not in self.it.slips:
            return outcomes(self.it, slip.make, [self.cases[i]])[0]
        if (slip.name, i) not in self.known:
            self.known[slip.name, i] = outcomes(self.it, slip.make, [self.cases[i]])[0]
        return self.known[slip.name, i]


def _spread(others: Iterable[Line]) -> list[Line]:
    """Some of them: for as many different lines of the solution as can be."""
    taken: Counter = Counter()
    ranked = []
    for line in others:
        taken[line.place] += 1
        ranked.append((taken[line.place], line))
    return [line for _, line in sorted(ranked, key=lambda it: it[0])][:MOST_OTHERS]


def _telling(own: list[Line], others: list[Line]) -> list[int]:
    """The lines that are left to be written: those in which most slips differ, then long ones."""
    slips = Counter(line.place for line in others)
    simple = sorted(
        (line for line in own if not line.opens),
        key=lambda line: (-slips[line.place], -len(line.text)),
    )
    return [line.place for line in simple[:TO_WRITE]]


# --- what is wrong with an arrangement ---


def unfinished(problem: Arrangement, placed: Sequence[Placed]) -> str:
    """A sentence on what cannot be run yet: a line not written, a block in disorder; or ""."""
    if not placed:
        return "Put lines into your program first."
    lines = [problem.head, *problem.put(placed)]
    if not all(line.text for line in lines):
        return "One of the lines in your program is still to be written."
    for above, line in pairwise(lines):
        if above.opens and line.depth <= above.depth:
            return f"`{above.text}` opens a block: the line below it must stand further in."
        if line.depth > above.depth + 1 and above.opens:
            return f"`{line.text}` stands too far in: one step further than `{above.text}` will do."
        if line.depth > above.depth and not above.opens:
            return (
                f"`{line.text}` stands further in than the line above it, which opens no block: "
                "only a line with a colon at its end does."
            )
    if lines[-1].opens:
        return f"`{lines[-1].text}` opens a block, and nothing stands in it."
    return _no_python(problem, placed, lines)


def _no_python(problem: Arrangement, placed: Sequence[Placed], lines: list[Line]) -> str:
    code = problem.code(placed)
    try:
        compile(code, "<arranged>", "exec")
    except (SyntaxError, ValueError) as error:  # ValueError: a null character
        at = (getattr(error, "lineno", None) or 1) - 1
        text = (code.splitlines() or [""])[min(at, code.count("\n"))].strip()
        if any(it.number in problem.to_write for it in placed) and text not in {
            line.text for line in problem.lines
        }:
            return f"A line that you wrote is no Python yet: {error.args[0]}."
        return f"Where `{text}` stands now, it is no Python: {error.args[0]}."
    return ""


def explained(problem: Arrangement, placed: Sequence[Placed], verdict: Verdict) -> Verdict:
    """The verdict of the exercise's check, and for a wrong arrangement which line is to blame."""
    if verdict.status != WRONG:
        return verdict
    lines = problem.put(placed)
    for line in lines:
        if line.slip:
            said = f"`{line.text}` is not among the lines that are wanted. {line.slip.message}"
            return replace(verdict, message=said, slip=line.slip.name)
    lines = _at_their_places(problem, lines)
    missing = sum(not line.slip for line in problem.lines) - len(lines)
    message = _too_early(problem, lines) or _depth(problem, lines)
    if not message and missing:
        some = "a line is" if missing == 1 else f"{missing} lines are"
        message = f"What stands there is in order so far; {some} still missing."
    return replace(verdict, message=message) if message else verdict


def _at_their_places(problem: Arrangement, lines: list[Line]) -> list[Line]:
    """The lines, with those of the same text numbered as they come."""
    free: dict[str, list[int]] = {}
    for line in sorted((it for it in problem.lines if not it.slip), key=lambda it: it.place):
        free.setdefault(line.text, []).append(line.place)
    known = {line.place: line.text for line in problem.lines if not line.slip}
    return [replace(line, place=free[known[line.place]].pop(0)) for line in lines]


def _too_early(problem: Arrangement, lines: list[Line]) -> str:
    """The first line that comes before one that it needs, with the reason; or ""."""
    told = {line.place: _Use(line) for line in lines}
    known = _Use(problem.head).sets
    weaker = ""
    for i, line in enumerate(lines):
        later = sorted((it for it in lines[i + 1 :] if it.place < line.place), key=_place)
        for other in later:
            a, b = told[line.place], told[other.place]
            if new := (a.reads & b.sets) - known:
                return (
                    f"`{line.text}` comes too early: it uses `{min(new)}`, "
                    f"which `{other.text}` sets."
                )
            weaker = weaker or _reason(line, other, a, b)
        known = known | told[line.place].sets
    return weaker


def _reason(line: Line, other: Line, a: _Use, b: _Use) -> str:
    """Why ``line`` must not stand before ``other``; "" where no reason can be seen."""
    early = f"`{line.text}` comes too early:"
    if a.returns and line.depth <= other.depth:
        return f"{early} what stands below a `return` is not run any more."
    if names := a.reads & b.sets:
        return f"{early} it uses `{min(names)}` before `{other.text}` has changed it."
    if names := a.sets & b.reads:
        return f"{early} it changes `{min(names)}`, which `{other.text}` needs as it was."
    if names := a.sets & b.sets:
        return f"{early} `{other.text}` sets `{min(names)}`, too, and the later of both counts."
    if line.opens or other.opens or a.returns or a.acts or b.acts:
        return f"{early} `{other.text}` has to be run before it."
    return ""


def _depth(problem: Arrangement, lines: list[Line]) -> str:
    """The first line that stands in another block than in the solution; or ""."""
    wanted = {line.place: line.depth for line in problem.lines if not line.slip}
    above = [problem.head]
    for line in lines:
        block = next((it for it in reversed(above) if it.opens and it.depth < line.depth), None)
        if line.depth > wanted[line.place]:
            return f"`{line.text}` stands too far in: there it belongs to `{block.text}`."
        if line.depth < wanted[line.place]:
            return f"`{line.text}` stands too far out: which block above it does it belong to?"
        above.append(line)
    return ""


def _place(line: Line) -> int:
    return line.place


class _Use:
    """Which names a line reads and sets, whether it returns, and acts on something by a call."""

    def __init__(self, line: Line):
        node = _parsed(line.text)
        nodes = list(ast.walk(node)) if node else []
        inner = {
            name.id
            for it in nodes
            if isinstance(it, ast.comprehension)
            for name in ast.walk(it.target)
            if isinstance(name, ast.Name)
        }
        names = [it for it in nodes if isinstance(it, ast.Name) and it.id not in inner]
        self.reads = {it.id for it in names if isinstance(it.ctx, ast.Load)}
        self.sets = {it.id for it in names if not isinstance(it.ctx, ast.Load)}
        self.sets |= {it.arg for it in nodes if isinstance(it, ast.arg)}
        self.returns = isinstance(node, (ast.Return, ast.Break, ast.Continue, ast.Raise))
        self.acts = isinstance(node, ast.Expr)
        changed = [it for it in nodes if isinstance(it, (ast.Attribute, ast.Subscript))]
        self.sets |= {
            root for it in changed if not isinstance(it.ctx, ast.Load) and (root := _root(it))
        }
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.reads.add(node.target.id)
        if self.acts and isinstance(node.value, ast.Call) and (root := _root(node.value.func)):
            self.sets.add(root)


def _root(node: ast.expr) -> str:
    """``model`` of ``model.weight[0]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _parsed(text: str) -> ast.stmt | None:
    """The tree of one line, a block's head with an empty block; None of ``else:`` and such."""
    try:
        return ast.parse(f"{text} pass" if text.endswith(":") else text).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None


def _words(text: str) -> list[str]:
    node = _parsed(text)
    return [it.id for it in ast.walk(node) if isinstance(it, ast.Name)] if node else []
