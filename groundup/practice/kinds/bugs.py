"""Kinds of chapter 7: a program that trains, and what it prints."""

import contextlib
import io

from groundup.practice.problem import Drawn, kind, n, signed

_PROGRAM = """\
w, lr, gradient = {w}, {lr}, 0
for step in range(4):
    loss = (w - {c}) ** 2
    print(loss)
    gradient = 2 * (w - {c})
    w = w - lr * gradient
"""
#: Each bug: a line, what stands in its place, the bug in words, and how it shows.
_BUGS = (
    ("", "", "nothing: it is right as it stands", "each step has its own gradient, and goes down"),
    (
        "    gradient = 2",
        "    gradient += 2",
        "the gradients are added up from step to step",
        "the second step still goes along the first gradient, too",
    ),
    (
        "w - lr * gradient",
        "w + lr * gradient",
        "the step goes along the gradient, not against it",
        "the loss grows from the first step on",
    ),
    ("    w = w - lr * gradient\n", "", "`w` is never changed", "all losses are the same"),
    (
        "    gradient = ",
        "    gradient = gradient or ",
        "the gradient of the first step is used for all",
        "all steps are of one length",
    ),
    (
        "w - lr * gradient",
        "w - lr * gradient\n    lr = lr / 2",
        "the learning rate is halved after each step",
        "the first step is right, and the later ones are shorter and shorter",
    ),
    (
        "2 * (w - {c})",
        "(w - {c})",
        "the factor 2 of the gradient is missing",
        "each step is half as long as it should be",
    ),
)


def _printed(w: int, c: int, lr: float, old: str, new: str) -> list[float]:
    """What the program prints, with a bug in it."""
    program = (_PROGRAM.replace(old, new) if old else _PROGRAM).format(w=w, c=c, lr=lr)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(program, {})
    return [float(line) for line in printed.getvalue().splitlines()]


@kind("bug-by-losses", chapter=7, title="A bug, by the losses that it leaves")
def bug_by_losses(rng):
    c, lr = rng.randint(-2, 3), rng.choice((0.1, 0.2, 0.25, 0.3))
    w = c + rng.choice((-10, -8, -6, -5, -4, -2, 2, 4, 5, 6, 8, 10))
    options = rng.sample(_BUGS, 5)
    losses = [_printed(w, c, lr, old, new) for old, new, *_ in options]
    mine = rng.randrange(len(options))
    letters = dict(zip("abcde", options, strict=True))
    listed = "; ".join(f"**{letter}** {bug[2]}" for letter, bug in letters.items())
    shown = [", ".join(n(round(x, 4)) for x in each) for each in losses]
    e, (*_, bug, sign) = w - c, options[mine]
    first = losses[mine][1]
    return Drawn(
        rf"A program takes four steps of gradient descent on $\mathcal{{L}} = (w - c)^2$ with "
        rf"$c = {c}$, from $w = {w}$, with $\eta = {lr}$, and prints the loss before each: "
        rf"{shown[mine]}. What is wrong in it: {listed}?",
        "abcde"[mine],
        [
            rf"The first gradient is $2 (w - c) = 2 \cdot {signed(e)} = {2 * e}$; a right step of "
            rf"$-\eta \cdot {signed(2 * e)}$ leads to $w - c = {n(round(e - lr * 2 * e, 4))}$ and to "
            rf"the loss {n(round((e - lr * 2 * e) ** 2, 4))}. Printed is {n(round(first, 4))}.",
            rf"Step by step, right losses are "
            rf"{', '.join(n(round(x, 4)) for x in _printed(w, c, lr, '', ''))}.",
            f"Here {sign}: {bug}. The letter $= {'abcde'[mine]}$.",
        ],
        [
            ("abcde"[i], f"It would print {text}: {options[i][3]}.")
            for i, text in enumerate(shown)
            if i != mine
        ],
    )
