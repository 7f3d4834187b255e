"""Kinds of chapters 4 and 5: softmax, cross-entropy, and their gradient."""

from math import log

from groundup.practice.problem import Drawn, kind, n, row

_LOGS = r"You may use $\ln 2 = 0.693$, $\ln 3 = 1.099$ and $\ln 5 = 1.609$."


def _shares(rng, count: int) -> list[float]:
    """Probabilities in steps of a tenth, none of them 0."""
    cuts = sorted(rng.sample(range(1, 10), count - 1))
    return [(b - a) / 10 for a, b in zip([0, *cuts], [*cuts, 10], strict=True)]


@kind("binary-cross-entropy", chapter=4, title="The loss of one probability")
def binary_cross_entropy(rng):
    over, under = rng.choice(((1, 2), (1, 3), (1, 4), (3, 4), (1, 5), (4, 5), (1, 10), (9, 10)))
    p, y = over / under, rng.choice((0, 1))
    hit = p if y else 1 - p
    top, low = (over, under) if y else (under - over, under)
    fraction = rf"\frac{{{top}}}{{{low}}}"
    return Drawn(
        rf"A classifier says $p = \frac{{{over}}}{{{under}}}$ for class 1. The label is $y = {y}$. "
        rf"{_LOGS} What is the binary cross-entropy of this row?",
        -log(hit),
        [
            rf"$\mathcal{{L}} = -y \ln p - (1 - y) \ln (1 - p)$; for $y = {y}$ one term is left.",
            rf"The probability of what was the case is ${fraction}$, so $\mathcal{{L}} = "
            rf"-\ln {fraction} = {n(round(-log(hit), 3))}$.",
        ],
        [
            (log(hit), "A loss is positive here: the logarithm of a probability is negative."),
            (-log(1 - hit), "That is the loss for the other label."),
            (1 - hit, "That is how far the probability is from 1: the logarithm is missing."),
            ((1 - hit) ** 2, "That is the squared error."),
            (-hit * log(hit), "The label weighs the logarithm, not the probability."),
        ],
        within=0.01,
    )


@kind("softmax", chapter=5, title="Softmax of a small row")
def softmax(rng):
    counts = rng.choice(
        ((1, 1, 2), (1, 2, 5), (1, 3, 4), (2, 3, 5), (1, 4, 5), (1, 1, 3), (2, 2, 4))
    )
    counts = rng.sample(counts, 3)
    j, total = rng.randrange(3), sum(counts)
    mine, shift = counts[j], rng.choice((0, 0, 1, 2))
    logits = ", ".join(rf"\ln {c}{f' + {shift}' if shift else ''}" for c in counts)
    moved = (
        [rf"All logits hold the same ${shift}$, which softmax does not notice."] if shift else []
    )
    return Drawn(
        rf"The logits of a row are $({logits})$. What probability does softmax give to class "
        f"{j + 1}?",
        mine / total,
        [
            *moved,
            rf"$e^{{\ln c}} = c$: the exponentials are ${', '.join(map(str, counts))}$.",
            rf"Their sum is ${' + '.join(map(str, counts))} = {total}$.",
            rf"The share of class {j + 1}: $\frac{{{mine}}}{{{total}}} = {mine / total:g}$.",
        ],
        [
            (mine, "The exponentials are not yet divided by their sum."),
            (mine / max(counts), "You divide by the largest; the shares must add up to 1."),
            (mine / (total - mine), "Its own exponential belongs to the sum, too."),
            (1 / 3, "The classes are not alike: larger logits get larger shares."),
            *(
                (c / total, f"That is the probability of class {i + 1}.")
                for i, c in enumerate(counts)
            ),
        ],
        within=0.001,
        percent=True,
    )


@kind("cross-entropy", chapter=5, title="The cross-entropy of two rows")
def cross_entropy(rng):
    rows, labels, hits, others = [], [], [], []
    for hit in rng.sample((10, 20, 25, 30, 40, 50, 60), 2):
        label, other = rng.randrange(3), 5 * rng.randint(1, (100 - hit) // 5 - 1)
        parts = [other, 100 - hit - other]
        others.append(parts[0 if label else 1] / 100)
        parts.insert(label, hit)
        rows.append(row([p / 100 for p in parts]))
        labels.append(label)
        hits.append(hit / 100)
    losses = [-log(p) for p in hits]
    mean = sum(losses) / 2
    return Drawn(
        rf"Two rows got the probabilities ${rows[0]}$ and ${rows[1]}$; their classes are "
        f"{labels[0] + 1} and {labels[1] + 1}. {_LOGS} What is the cross-entropy as PyTorch "
        "gives it, the mean over the rows?",
        mean,
        [
            *(
                rf"Row {i + 1}: its class got {n(p)}, so its loss is $-\ln {n(p)} = "
                rf"{n(round(loss, 3))}$."
                for i, (p, loss) in enumerate(zip(hits, losses, strict=True))
            ),
            rf"The mean: $\frac12 \, ({n(round(losses[0], 3))} + {n(round(losses[1], 3))}) = "
            rf"{n(round(mean, 3))}$.",
        ],
        [
            (2 * mean, "That is the sum over the rows; their mean is wanted."),
            (-mean, "A loss is positive here: the logarithm of a probability is negative."),
            (-log(sum(hits) / 2), "Take the logarithm of each row first, and the mean then."),
            (losses[0], "That is the first row alone."),
            (losses[1], "That is the second row alone."),
            (1 - sum(hits) / 2, "The logarithm is missing."),
            (
                -sum(map(log, others)) / 2,
                "You took another class than the row's own: only its probability counts.",
            ),
        ],
        within=0.01,
    )


@kind("softmax-gradient", chapter=5, title="The gradient of softmax with cross-entropy")
def softmax_gradient(rng):
    p = _shares(rng, 3)
    label = rng.randrange(3)
    y = [int(i == label) for i in range(3)]
    right = tuple(round(a - b, 1) for a, b in zip(p, y, strict=True))
    return Drawn(
        rf"Softmax gave a row the probabilities $\mathbf{{p}} = {row(p)}$; its class is {label + 1}. "
        r"What is the gradient of the cross-entropy of this row by its three logits?",
        right,
        [
            rf"The class as a row of zeros and a one: $\mathbf{{y}} = {row(y)}$.",
            rf"The gradient is the difference: $\mathbf{{p}} - \mathbf{{y}} = {row(right)}$.",
        ],
        [
            (
                tuple(-g for g in right),
                "The sign is turned round: the logit of the right class is to grow when you step "
                "against the gradient.",
            ),
            (tuple(p), "The class is missing: at its place 1 is subtracted."),
            (
                tuple(-b / a for a, b in zip(p, y, strict=True)),
                "That is the gradient by the probabilities; by the logits softmax adds its part.",
            ),
            (
                tuple(b * (a - b) for a, b in zip(p, y, strict=True)),
                "The other logits have a gradient, too: they are to fall.",
            ),
            (
                tuple(a * (1 - a) for a in p),
                "That is how each probability changes with its own logit.",
            ),
        ],
        within=0.001,
    )
