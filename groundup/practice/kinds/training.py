"""Kinds of chapter 6: optimisers by hand, starting values, normalisation, dropout, clipping."""

from math import isqrt, sqrt

from groundup.practice.problem import Drawn, kind, n, row, signed, whole


@kind("momentum", chapter=6, title="An update with momentum")
def momentum(rng):
    w, v, g = whole(rng, 3, -4, 4)
    mu, tenths = rng.choice((5, 8, 9)), rng.choice((1, 2, 5))
    new = (mu * v + 10 * g) / 10

    def moved(by):
        return round(w - tenths * by / 10, 4)

    return Drawn(
        rf"SGD with momentum as in PyTorch: $v \leftarrow \mu v + g$, then $w \leftarrow w - \eta v$, "
        rf"with $\mu = {mu / 10}$ and $\eta = {tenths / 10}$. Now $w = {w}$, $v = {v}$, and the "
        rf"gradient is $g = {g}$. What is $w$ afterwards?",
        moved(new),
        [
            rf"$v = {mu / 10} \cdot {signed(v)} + {signed(g)} = {n(new)}$.",
            rf"$w = {w} - {tenths / 10} \cdot {signed(new)} = {moved(new):g}$.",
        ],
        [
            (moved(g), "That is plain SGD: the velocity of before is missing."),
            (moved(v), "You step with the old velocity; the new one is used."),
            (moved(v + g), "The old velocity is damped by $\\mu$ first."),
            (
                moved((mu * v + (10 - mu) * g) / 10),
                "That is a running mean; here the gradient comes in whole.",
            ),
            (round(w + tenths * new / 10, 4), "The step goes against the velocity."),
            (round(w - new, 4), "The learning rate is missing."),
            (new, "That is the new velocity: the step is still to be taken."),
        ],
        within=0.001,
    )


# Two gradients with which √v̂ is whole.
_ADAM = [
    (a, b)
    for a in range(1, 14)
    for b in range(1, 14)
    if a != b and (a * a + 2 * b * b) % 3 == 0
    if isqrt((a * a + 2 * b * b) // 3) ** 2 == (a * a + 2 * b * b) // 3
]


@kind("adam", chapter=6, title="A step of Adam, with its correction")
def adam(rng):
    a, b = rng.choice(_ADAM)
    sign = rng.choice((1, -1))
    a, w, tenths = a * sign, rng.randint(-3, 5), rng.choice((1, 2, 3, 5))
    rate, b = tenths / 10, b * rng.choice((1, -1))
    m, v = (a + 2 * b) / 4, (a * a + 2 * b * b) / 4
    right_m, right_v = (a + 2 * b) / 3, (a * a + 2 * b * b) / 3
    root = sqrt(right_v)
    right = w - rate * right_m / root
    return Drawn(
        rf"Adam with $\beta_1 = \beta_2 = \frac12$, $\varepsilon = 0$ and $\eta = {rate}$ has made "
        rf"its first step with the gradient {a}, from $m = v = 0$, and stands at $w = {w}$. Now the "
        rf"gradient is {b}. What is $w$ after this second step?",
        right,
        [
            rf"$m = \frac12 \cdot \frac12 \cdot {signed(a)} + \frac12 \cdot {signed(b)} = {n(m)}$ and "
            rf"$v = \frac12 \cdot \frac12 \cdot {a * a} + \frac12 \cdot {b * b} = {n(v)}$.",
            rf"Two steps were made: both are divided by $1 - (\frac12)^2 = \frac34$, to $\hat m = "
            rf"{n(right_m)}$ and $\hat v = {n(right_v)}$.",
            rf"$w = {w} - {rate} \cdot \frac{{{n(right_m)}}}{{\sqrt{{{n(right_v)}}}}} = "
            rf"{n(round(right, 3))}$.",
        ],
        [
            (
                w - rate * m / sqrt(v),
                "The correction of $m$ and $v$ for their start at 0 is missing.",
            ),
            (w - rate * m / root, "$m$ is corrected for its start at 0, too."),
            (w - rate * right_m / sqrt(v), "$v$ is corrected for its start at 0, too."),
            (w - rate * right_m / right_v, "The root is missing: what has the unit of a gradient?"),
            (
                w - rate * 2 * m / sqrt(2 * v),
                "The correction counts steps: this is the second, so $\\beta$ stands squared.",
            ),
            (w - rate * (1 if b > 0 else -1), "That would be Adam's step if it had no memory."),
            (w - rate * b, "That is plain SGD."),
            (w + rate * right_m / root, "The step goes against the gradient."),
        ],
        within=0.002,
    )


@kind("start", chapter=6, title="How large the starting weights are")
def start(rng):
    if rng.random() < 0.5:
        k, out = rng.choice((2, 4, 5, 8, 10)), rng.choice((3, 10, 64, 100))
        into = 2 * k * k
        return Drawn(
            f"A layer with {into} inputs and {out} outputs, before ReLU, starts after He. What is "
            "the standard deviation of its weights?",
            1 / k,
            [
                rf"He: $\operatorname{{Var}}(W) = 2 / n_\text{{in}} = 2 / {into} = {n(1 / k**2)}$.",
                rf"The standard deviation is its root: $\sqrt{{{n(1 / k**2)}}} = {n(1 / k)}$.",
            ],
            [
                (1 / k**2, "That is the variance."),
                (1 / sqrt(into), "ReLU drops half of the signal: a factor of 2 is missing."),
                (sqrt(2 / out), "The inputs count, over which each neuron adds up."),
                (sqrt(2 / (into + out)), "That is Xavier's."),
                (2 / into**0.5, "The 2 stands under the root, too."),
            ],
            within=0.0005,
        )
    k = rng.choice((2, 4, 5, 8, 10))
    into = rng.randint(1, 2 * k * k - 1)
    out = 2 * k * k - into
    return Drawn(
        f"A layer with {into} inputs and {out} outputs starts after Xavier. What is the standard "
        "deviation of its weights?",
        1 / k,
        [
            rf"Xavier: $\operatorname{{Var}}(W) = 2 / (n_\text{{in}} + n_\text{{out}}) = "
            rf"2 / {into + out} = {n(1 / k**2)}$.",
            rf"The standard deviation is its root: $\sqrt{{{n(1 / k**2)}}} = {n(1 / k)}$.",
        ],
        [
            (1 / k**2, "That is the variance."),
            (sqrt(2 / into), "That is He's: Xavier counts the outputs, too."),
            (sqrt(1 / (into + out)), "The 2 is missing: it makes a mean of both sizes."),
            (sqrt(1 / into), "The outputs count, too."),
        ],
        within=0.0005,
    )


@kind("layer-norm", chapter=6, title="Normalising a row")
def layer_norm(rng):
    pattern, deviation = rng.choice(
        (((1, 1, -1, -1), 1), ((1, 1, 1, 1, -4), 2), ((1, 7, -1, -7), 5))
    )
    times, mean = rng.choice((1, 2, 3)), rng.randint(-4, 6)
    x = [mean + times * p for p in rng.sample(pattern, len(pattern))]
    j, s = rng.randrange(len(x)), times * deviation
    off = x[j] - mean
    return Drawn(
        rf"Layer normalisation of $\mathbf{{x}} = {row(x)}$ with $\varepsilon = 0$, scale 1 and "
        f"shift 0. What becomes of the entry {x[j]}?",
        off / s,
        [
            rf"The mean is $\frac{{{sum(x)}}}{{{len(x)}}} = {mean}$.",
            rf"The mean of the squared distances is $\frac{{1}}{{{len(x)}}} \, "
            rf"({' + '.join(f'{signed(v - mean)}^2' for v in x)}) = {s * s}$, its root {s}.",
            rf"$({x[j]} - {signed(mean)}) / {s} = {n(off / s)}$.",
        ],
        [
            (off, "The mean is gone; the division by the standard deviation is missing."),
            (x[j] / s, "The mean is not yet subtracted."),
            (off / s**2, "You divide by the variance, not by its root."),
            (
                off / (s * sqrt(len(x) / (len(x) - 1))),
                "The squares are divided by their number here, not by one less.",
            ),
            (-off / s, "The mean is subtracted from the entry, not the reverse."),
            (
                (x[j] - min(x)) / (max(x) - min(x)),
                "That scales to 0 and 1; mean and standard deviation are wanted.",
            ),
        ],
        within=0.005,
    )


@kind("dropout", chapter=6, title="What dropout does to a value")
def dropout(rng):
    percent, a = rng.choice((20, 25, 40, 50, 60, 75, 80)), rng.choice((1, 2, 3, 4, 6, 8))
    keep, training = (100 - percent) / 100, rng.random() < 0.75
    p = percent / 100
    right = a / keep if training else a
    when = "in training, and it is one of those that are kept" if training else "in evaluation"
    way = (
        [
            rf"A share of $1 - p = {n(keep)}$ is kept.",
            rf"What is kept is divided by it, so that the mean stays: ${a} / {n(keep)} = "
            rf"{n(round(right, 3))}$.",
        ]
        if training
        else [rf"In evaluation nothing is dropped, and nothing scaled: $a = {a}$."]
    )
    return Drawn(
        rf"PyTorch's dropout with $p = {n(p)}$ gets the activation {a}, {when}. What comes out?",
        right,
        way,
        [
            (a if training else a / keep, _DROPOUT[training]),
            (a * keep, "Nothing is scaled down: what is kept in training is scaled up."),
            (a / p, "$p$ is the share that is dropped; what counts is the share that is kept."),
            (a * p, "$p$ is the share that is dropped; look at what is done to those kept."),
            (0, "That comes out where it is dropped."),
        ],
        within=0.01,
    )


_DROPOUT = {
    True: "So it is in evaluation; in training what is kept makes up for what is dropped.",
    False: "So it is in training; in evaluation nothing is dropped.",
}


@kind("clipping", chapter=6, title="Clipping a gradient")
def clipping(rng):
    times, c = rng.randint(1, 4), rng.choice((1, 2, 5, 10))
    g = [times * v * rng.choice((1, -1)) for v in rng.sample((3, 4), 2)]
    norm = 5 * times
    factor = min(1, c / norm)
    right = tuple(round(factor * v, 4) for v in g)
    return Drawn(
        rf"The gradient is $\mathbf{{g}} = {row(g)}$; its norm is clipped at $c = {c}$. What is "
        r"$\mathbf{g}$ afterwards?",
        right,
        [
            rf"Its norm is $\sqrt{{{g[0] ** 2} + {g[1] ** 2}}} = {norm}$.",
            rf"It is multiplied by $\min(1, {c} / {norm}) = {n(round(factor, 4))}$: $\mathbf{{g}} = "
            rf"{row(right)}$.",
        ],
        [
            (tuple(g), "It is longer than allowed: compute its norm."),
            (
                tuple(max(-c, min(c, v)) for v in g),
                "You clip each entry, which turns the direction; the norm is what counts.",
            ),
            (tuple(v / norm for v in g), "That has the length 1: which length is allowed?"),
            (
                tuple(c * v / norm for v in g),
                "It is short enough as it is: clipping never makes longer.",
            ),
            (
                tuple(c * v / (7 * times) for v in g),
                "That takes the sum of the entries for the length.",
            ),
            (tuple(v / c for v in g), "The factor is $c$ over the norm."),
        ],
        within=0.005,
    )
