"""Kinds of chapters 2 and 3: slopes, a neuron's gradient, and backward through a graph."""

from groundup.practice.problem import Drawn, kind, matrix, n, products, row, signed, whole


@kind("slope", chapter=2, title="The slope of an activation, from its value")
def slope(rng):
    tenths = rng.choice((1, 2, 3, 4, 6, 7, 8, 9))
    a = tenths / 10
    s, t = tenths * (10 - tenths) / 100, (100 - tenths * tenths) / 100
    if rng.random() < 0.5:
        return Drawn(
            rf"At some $z$ the sigmoid has the value $\sigma(z) = {a}$. What is its slope there?",
            s,
            [rf"$\sigma'(z) = \sigma(z) \, (1 - \sigma(z)) = {a} \cdot {n(1 - a)} = {n(s)}$."],
            [
                (t, "That is the slope of tanh."),
                ((10 - tenths) / 10, "One factor is missing: look at the derivative once more."),
                (0.25, "That is the largest slope, at 0; here the value is not one half."),
                (tenths * (10 + tenths) / 100, "Look at the sign between 1 and the value."),
                (tenths * tenths / 100, "You squared the value: the other factor is another."),
            ],
        )
    return Drawn(
        rf"At some $z$ the function $\tanh$ has the value $\tanh(z) = {a}$. What is its slope there?",
        t,
        [rf"$\tanh'(z) = 1 - \tanh(z)^2 = 1 - {n(tenths * tenths / 100)} = {n(t)}$."],
        [
            (s, "That is the slope of the sigmoid."),
            ((10 - tenths) / 10, "The value is squared before it is subtracted."),
            (1, "That is the largest slope, at 0; here the value is not 0."),
            ((100 + tenths * tenths) / 100, "Look at the sign between 1 and the square."),
            (tenths * tenths / 100, "You stopped at the square: what is it subtracted from?"),
        ],
    )


@kind("neuron-gradient", chapter=2, title="The gradient of a linear neuron")
def neuron_gradient(rng):
    w, x = whole(rng, 2, -2, 3), whole(rng, 2, -3, 3)
    b, y, j = whole(rng, 1, -2, 2)[0], rng.randint(-3, 3), rng.randrange(2)
    guess = sum(p * q for p, q in zip(w, x, strict=True)) + b
    e = guess - y
    return Drawn(
        rf"A neuron without activation, $\hat y = \mathbf{{w}} \cdot \mathbf{{x}} + b$, has "
        rf"$\mathbf{{w}} = {row(w)}$ and $b = {b}$. For $\mathbf{{x}} = {row(x)}$ and $y = {y}$ the "
        rf"loss is $\mathcal{{L}} = (\hat y - y)^2$. What is "
        rf"$\partial \mathcal{{L}} / \partial w_{j + 1}$?",
        2 * e * x[j],
        [
            rf"Forward: $\hat y = {products(w, x)} + {signed(b)} = {guess}$.",
            rf"The slope of the square: $2 (\hat y - y) = 2 \cdot ({guess} - {signed(y)}) = {2 * e}$.",
            rf"The slope of $\hat y$ along $w_{j + 1}$ is $x_{j + 1} = {x[j]}$.",
            rf"Their product: ${2 * e} \cdot {signed(x[j])} = {2 * e * x[j]}$.",
        ],
        [
            (-2 * e * x[j], "The sign is turned round: it is the prediction minus the target."),
            (e * x[j], "The 2 of the square is missing."),
            (2 * e, "That is the gradient of the bias: what does the weight stand beside?"),
            (2 * e * w[j], "The weight's slope is its input, not the weight itself."),
            (2 * e * x[1 - j], "That is the gradient of the other weight."),
            (2 * guess * x[j], "The target is missing: the loss grows with the difference."),
        ],
    )


@kind("descent", chapter=2, title="One step of gradient descent")
def descent(rng):
    w, x, y = whole(rng, 1)[0], rng.choice((1, 2, 3)), rng.randint(-3, 6)
    tenths = rng.choice((1, 2, 5))
    g = 2 * (w * x - y) * x

    def moved(by):  # in tenths, so that decimals come out as they are written
        return (10 * w - by) / 10

    return Drawn(
        rf"$\mathcal{{L}}(w) = (w x - y)^2$ with $x = {x}$ and $y = {y}$. From $w = {w}$, one step of "
        rf"gradient descent with the learning rate $\eta = {tenths / 10}$: what is $w$ afterwards?",
        moved(tenths * g),
        [
            rf"The gradient: $2 (w x - y) \, x = 2 \cdot ({w * x} - {signed(y)}) \cdot {x} = {g}$.",
            rf"The step goes downhill: $w - \eta g = {w} - {tenths / 10} \cdot {signed(g)} "
            rf"= {n(moved(tenths * g))}$.",
        ],
        [
            (moved(-tenths * g), "This step goes uphill: look at its sign."),
            (moved(10 * g), "The learning rate is missing."),
            (moved(tenths * g / 2), "The 2 of the square is missing."),
            (moved(tenths * g / x), "The inner slope is missing: $w x$ grows by $x$."),
            (-tenths * g / 10, "That is the step alone: where does it lead to from $w$?"),
            (g, "That is the gradient: the step is still to be taken."),
        ],
        within=0.001,
    )


@kind("rate-curve", chapter=2, title="Which curve belongs to which rate")
def rate_curve(rng):
    # w becomes (1 - 2 rate) w, so the loss is multiplied by the square of that.
    hundredths = rng.sample((5, 10, 20, 25, 40, 100, 110, 125), 4)
    factors = [(100 - 2 * h) ** 2 / 10**4 for h in hundredths]
    mine = rng.randrange(4)
    letters = "abcd"
    curves = "; ".join(
        f"**{letters[i]}** {', '.join(n(4 * f**k) for k in range(4))}"
        for i, f in enumerate(factors)
    )
    rate, f = hundredths[mine] / 100, factors[mine]

    def told(other):
        if other > 1:
            return "This curve grows. Does this rate multiply the distance by more than 1?"
        if other == 1:
            return "This curve stays: it jumps from side to side. Compute one step with this rate."
        if f >= 1:
            return "This curve falls. Compute one step with this rate: how far does it jump?"
        way = "faster" if other < f else "more slowly"
        return f"This curve falls {way} than with this rate. Compute the first step."

    return Drawn(
        rf"Gradient descent on $\mathcal{{L}} = w^2$ from $w = 2$, with four learning rates. The loss "
        rf"after 0, 1, 2 and 3 steps was: {curves}. Which one belongs to $\eta = {rate}$?",
        letters[mine],
        [
            rf"The gradient is $2 w$, so a step makes $w - \eta \cdot 2 w = (1 - 2 \eta) \, w = "
            rf"{n(1 - 2 * rate)} \, w$.",
            rf"The loss is multiplied by ${signed(round(1 - 2 * rate, 2))}^2 = {n(f)}$ at each step: "
            rf"from 4 to {n(4 * f)}. The curve $= {letters[mine]}$.",
        ],
        [(letters[i], told(other)) for i, other in enumerate(factors) if i != mine],
    )


@kind("fan-out", chapter=3, title="Backward through a graph in which a value is used twice")
def fan_out(rng):
    a, b, c = whole(rng, 3)
    u, v = a * b, a + c
    return Drawn(
        rf"$u = a \cdot b$, $v = a + c$, $\mathcal{{L}} = u \cdot v$, with $a = {a}$, $b = {b}$, "
        rf"$c = {c}$. What is $\partial \mathcal{{L}} / \partial a$?",
        v * b + u,
        [
            rf"Forward: $u = {signed(a)} \cdot {signed(b)} = {u}$ and "
            rf"$v = {a} + {signed(c)} = {v}$.",
            rf"Backward: $\partial \mathcal{{L}} / \partial u = v = {v}$ and "
            rf"$\partial \mathcal{{L}} / \partial v = u = {u}$.",
            rf"Through $u$ comes $v \cdot b = {signed(v)} \cdot {signed(b)} = {v * b}$, through $v$ "
            rf"comes $u \cdot 1 = {u}$.",
            rf"$a$ is used twice, so both are added: ${v * b} + {signed(u)} = {v * b + u}$.",
        ],
        [
            (v * b, "Only the way through $u$ is counted: $a$ is used a second time."),
            (u, "Only the way through $v$ is counted: $a$ is used a second time."),
            (v * b * u, "The ways are added where a value is used twice, not multiplied."),
            ((v * b + u) / 2, "The ways are added, not averaged."),
            (u + v, "The slope of $u = a b$ along $a$ is $b$, not 1."),
            (u * v, "That is the loss itself."),
        ],
    )


@kind("relu-backward", chapter=3, title="An error signal through a layer with ReLU")
def relu_backward(rng):
    W = [whole(rng, 2, -2, 3) for _ in range(3)]
    delta, z = whole(rng, 2, -2, 3), whole(rng, 3, -4, 4)
    back = [sum(w * d for w, d in zip(line, delta, strict=True)) for line in W]
    right = tuple(g if v > 0 else 0 for g, v in zip(back, z, strict=True))
    return Drawn(
        rf"A hidden layer had $\mathbf{{z}} = {row(z)}$ and $\mathbf{{a}} = "
        rf"\operatorname{{ReLU}}(\mathbf{{z}})$; after it comes $\mathbf{{a}} W$ with "
        rf"$W = {matrix(W)}$. There the error signal is $\boldsymbol\delta = {row(delta)}$. What is "
        r"the error signal $\partial \mathcal{L} / \partial \mathbf{z}$ of the hidden layer?",
        right,
        [
            *(
                rf"Row {i + 1} of $W$ with $\boldsymbol\delta$: ${products(line, delta)} = {g}$."
                for i, (line, g) in enumerate(zip(W, back, strict=True))
            ),
            rf"ReLU lets through where $z > 0$, and nothing elsewhere: $\partial \mathcal{{L}} / "
            rf"\partial \mathbf{{z}} = {row(right)}$.",
        ],
        [
            (tuple(back), "The slope of ReLU is missing: it is 0 where $z$ is negative."),
            (
                tuple(g * v for g, v in zip(back, z, strict=True)),
                "You multiply by $z$; the slope of ReLU is 0 or 1.",
            ),
            (
                tuple(g * max(0, v) for g, v in zip(back, z, strict=True)),
                "You multiply by the activation; the slope of ReLU is 0 or 1.",
            ),
            (
                tuple(max(0, g) for g in back),
                "ReLU is not applied to the gradient: what counts is the sign of $z$.",
            ),
            (
                tuple(0 if v > 0 else g for g, v in zip(back, z, strict=True)),
                "The mask is the wrong way round: it lets through where $z$ is positive.",
            ),
        ],
    )


@kind("weight-gradient", chapter=3, title="A weight's gradient from a batch")
def weight_gradient(rng):
    X = [whole(rng, 2, -2, 3) for _ in range(3)]
    D = [whole(rng, 2, -2, 3) for _ in range(3)]
    i, j = rng.randrange(2), rng.randrange(2)

    def entry(p, q):
        return sum(x[p] * d[q] for x, d in zip(X, D, strict=True))

    xs, ds = [x[i] for x in X], [d[j] for d in D]
    return Drawn(
        rf"A layer computes $X W$ for a batch of three rows, $X = {matrix(X)}$. The loss is the sum "
        rf"over the rows, and its gradient by the layer's result is $\Delta = {matrix(D)}$. What is "
        rf"$\partial \mathcal{{L}} / \partial W_{{{i + 1}{j + 1}}}$?",
        entry(i, j),
        [
            rf"$W_{{{i + 1}{j + 1}}}$ leads from input {i + 1} to output {j + 1}: in each row its "
            rf"slope is $x_{i + 1} \delta_{j + 1}$.",
            rf"The rows are added up, column {i + 1} of $X$ with column {j + 1} of $\Delta$: "
            rf"${products(xs, ds)} = {entry(i, j)}$.",
        ],
        [
            (entry(j, i), "That is the entry $W_{ji}$: inputs count the rows of $W$."),
            (entry(i, 1 - j), "That is the gradient of the weight to the other output."),
            (entry(1 - i, j), "That is the gradient of the weight from the other input."),
            (X[0][i] * D[0][j], "That is the first row alone; the batch has three."),
            (sum(ds), "That is the gradient of a bias: the input is missing."),
            (sum(xs) * sum(ds), "Multiply in each row first, and add then."),
        ],
    )
