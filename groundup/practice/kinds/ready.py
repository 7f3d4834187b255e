"""Kinds for before chapter 1: what the course takes for granted, and where to read what is missing."""

from math import prod

from groundup.practice.problem import Drawn, kind, matrix, n, products, row, signed, whole

_MML = "[Mathematics for Machine Learning](https://mml-book.github.io), chapter"
_PYTHON = "[the Python tutorial](https://docs.python.org/3/tutorial/index.html), section"
_NUMPY = "[NumPy for absolute beginners](https://numpy.org/doc/stable/user/absolute_beginners.html)"


@kind("ready-dot", chapter=0, title="A scalar product", read=f"{_MML} 2 and 3.2")
def dot(rng):
    a, b = whole(rng, 3), whole(rng, 3)
    right = sum(x * y for x, y in zip(a, b, strict=True))
    return Drawn(
        f"What is the scalar product $a \\cdot b$ of $a = {row(a)}$ and $b = {row(b)}$?",
        right,
        [f"Entry times entry, all added up: ${products(a, b)} = {right}$."],
        [
            (sum(a) * sum(b), "The entries are multiplied in pairs, not sum with sum."),
            (sum(a) + sum(b), "The entries are multiplied in pairs before they are added."),
            (prod(a) * prod(b), "The products of the pairs are added, not multiplied."),
        ],
    )


@kind("ready-product", chapter=0, title="A matrix times a vector", read=f"{_MML} 2.2")
def product(rng):
    A, x = [whole(rng, 2), whole(rng, 2)], whole(rng, 2)
    right = tuple(sum(p * q for p, q in zip(line, x, strict=True)) for line in A)
    columns = tuple(sum(A[i][j] * x[i] for i in range(2)) for j in range(2))
    entries = tuple(A[i][i] * x[i] for i in range(2))
    return Drawn(
        f"What is $A x$ for $A = {matrix(A)}$ and $x = {row(x)}$?",
        right,
        [
            f"The first row: ${products(A[0], x)} = {right[0]}$; the second: "
            f"${products(A[1], x)} = {right[1]}$.",
            f"$A x = {row(right)}$.",
        ],
        [
            (
                columns,
                "You go down the columns of $A$; each entry of the result is a row times $x$.",
            ),
            (entries, "Each entry adds up a whole row of $A$ times $x$, not one product."),
            (right[::-1], "The entries are right and in the wrong order."),
        ],
    )


@kind("ready-shape", chapter=0, title="The shape of a product", read=f"{_NUMPY}, and {_MML} 2.2")
def shape(rng):
    a, b, c = rng.sample(range(2, 10), 3)
    return Drawn(
        f"`A` has the shape `({a}, {b})` and `B` the shape `({b}, {c})`. What is the shape of `A @ B`?",
        (a, c),
        [
            f"The inner sizes, both {b}, must agree and go; the outer stay: $({a}, {c}) = ({a}, {c})$."
        ],
        [
            ((a, b), "That is the shape of `A`."),
            ((b, c), "That is the shape of `B`."),
            ((b, b), "The inner sizes go; the outer ones stay."),
            ((c, a), "Rows come from `A`, columns from `B`."),
        ],
    )


@kind("ready-derivative", chapter=0, title="A derivative", read=f"{_MML} 5.1")
def derivative(rng):
    a, b, x = (*whole(rng, 2), rng.choice((-3, -2, 2, 3)))
    right = 2 * a * x + b
    return Drawn(
        f"$f(x) = a x^2 + b x$ with $a = {a}$ and $b = {b}$. What is $f'(x)$ at $x = {x}$?",
        right,
        [
            "The derivative of $x^2$ is $2 x$, that of $x$ is 1: $f'(x) = 2 a x + b$.",
            rf"$2 \cdot {signed(a)} \cdot {signed(x)} + {signed(b)} = {right}$.",
        ],
        [
            (a * x * x + b * x, "That is the value $f(x)$, not the slope."),
            (a * x + b, "The derivative of $x^2$ is $2 x$."),
            (2 * a * x, "The slope of $b x$ is $b$, not 0."),
            (2 * a * x + b * x, "The slope of $b x$ is $b$, without $x$."),
        ],
    )


@kind("ready-chain", chapter=0, title="The chain rule", read=f"{_MML} 5.2")
def chain(rng):
    a, b, x = whole(rng, 3)
    u = a * x + b
    right = 2 * u * a
    return Drawn(
        f"$f(x) = (a x + b)^2$ with $a = {a}$ and $b = {b}$. What is $f'(x)$ at $x = {x}$?",
        right,
        [
            rf"Inside stands ${signed(a)} \cdot {signed(x)} + {signed(b)} = {u}$.",
            rf"Outer slope times inner slope: $2 \cdot {signed(u)} \cdot {signed(a)} = {right}$.",
        ],
        [
            (2 * u, "The slope of what stands inside, $a$, is missing."),
            (u * u, "That is the value, not the slope."),
            (u * a, "The square brings a factor 2 down."),
            (2 * a * a * x, "What stands inside is $a x + b$, with $b$."),
        ],
    )


@kind("ready-partial", chapter=0, title="A partial derivative", read=f"{_MML} 5.2")
def partial(rng):
    x, y, c = whole(rng, 3)
    right = 2 * x * y + c
    return Drawn(
        rf"$f(x, y) = x^2 y + c x$ with $c = {c}$. What is $\partial f / \partial x$ at $x = {x}$, "
        f"$y = {y}$?",
        right,
        [
            r"$y$ and $c$ are held fixed: $\partial f / \partial x = 2 x y + c$.",
            rf"$2 \cdot {signed(x)} \cdot {signed(y)} + {signed(c)} = {right}$.",
        ],
        [
            (x * x, r"That is $\partial f / \partial y$."),
            (2 * x + c, "$y$ is held fixed: it stays as a factor."),
            (2 * x * y, "The slope of $c x$ along $x$ is $c$."),
            (x * x * y + c * x, "That is the value, not the slope."),
        ],
    )


@kind("ready-logarithm", chapter=0, title="Logarithms", read="any school book on logarithms")
def logarithm(rng):
    p, q, k = rng.randint(1, 6), rng.randint(1, 6), rng.randint(2, 4)
    right = p + k * q
    return Drawn(
        rf"$\ln a = {p}$ and $\ln b = {q}$. What is $\ln (a \cdot b^{k})$?",
        right,
        [
            rf"A product becomes a sum, a power a factor: $\ln a + {k} \ln b = {p} + {k} \cdot {q} "
            rf"= {right}$."
        ],
        [
            (p * q * k, "The logarithm of a product is the *sum* of the logarithms."),
            (p + q**k, "The power of $b$ becomes a factor before its logarithm."),
            (k * (p + q), "Only $b$ has the power."),
            (p + q + k, "The power becomes a factor, not a term."),
        ],
    )


@kind("ready-exponential", chapter=0, title="Exponentials", read="any school book on powers")
def exponential(rng):
    a, b, k = rng.randint(2, 6), rng.randint(2, 6), rng.randint(2, 3)
    right = a**k / b
    return Drawn(
        rf"$e^x = {a}$ and $e^y = {b}$. What is $e^{{{k} x - y}}$?",
        right,
        [rf"$e^{{{k} x - y}} = (e^x)^{k} / e^y = {a}^{k} / {b} = {n(round(right, 3))}$."],
        [
            (a**k - b, "A difference in the exponent becomes a quotient."),
            (k * a / b, "A factor in the exponent becomes a power."),
            (a**k * b, "The minus in the exponent divides."),
            (k * a - b, "Sums in an exponent become products, and factors become powers."),
        ],
        within=0.001,
    )


@kind("ready-variance", chapter=0, title="Mean and variance", read=f"{_MML} 6.4")
def variance(rng):
    centre, d = rng.randint(-3, 5), rng.sample(range(1, 6), 2)
    x = [centre + it for it in (d[0], -d[0], d[1], -d[1])]
    rng.shuffle(x)
    right = (d[0] ** 2 + d[1] ** 2) / 2
    return Drawn(
        f"What is the variance of the four numbers ${row(x)}$: the mean of the squared distances from "
        "their mean?",
        right,
        [
            f"Their mean is {centre}; the squared distances are "
            f"{', '.join(str((it - centre) ** 2) for it in x)}.",
            f"Their mean: ${sum((it - centre) ** 2 for it in x)} / 4 = {n(right)}$.",
        ],
        [
            (4 * right, "That is the sum of the squares; the mean divides it by 4."),
            (sum(it * it for it in x) / 4, "The distances are taken from the mean, not from 0."),
            ((d[0] + d[1]) / 2, "The distances are squared before the mean is taken."),
            (4 * right / 3, "You divide by 3; here the plain mean is asked for."),
            (centre, "That is the mean."),
        ],
        within=0.001,
    )


@kind("ready-loop", chapter=0, title="A loop in Python", read=f"{_PYTHON} 4")
def loop(rng):
    start, step, count = rng.randint(1, 5), rng.randint(2, 4), rng.randint(3, 5)
    right = start + sum(step * i for i in range(count))
    return Drawn(
        f"What is `total` after `total = {start}` and then "
        f"`for i in range({count}): total = total + {step} * i`?",
        right,
        [
            f"`i` is {', '.join(map(str, range(count)))}: it starts at 0 and ends before {count}.",
            f"${start} + {step} \\cdot ({' + '.join(map(str, range(count)))}) = {right}$.",
        ],
        [
            (start + sum(step * i for i in range(1, count + 1)), "`range` ends before its number."),
            (start + step * (count - 1), "`total` is kept from turn to turn: all are added up."),
            (right - start, "`total` does not begin at 0."),
            (start + step * count, "`i` is another number in each turn."),
        ],
    )


@kind("ready-slice", chapter=0, title="A part of a list", read=f"{_PYTHON} 3.1.3")
def part(rng):
    x = rng.sample(range(1, 20), 7)
    a = rng.randint(1, 3)
    b = a + rng.randint(2, 3)
    right = sum(x[a:b])
    return Drawn(
        f"`x = {x}`. What is `sum(x[{a}:{b}])`?",
        right,
        [
            f"Counting begins at 0, and the entry at {b} is no longer in it: "
            f"${' + '.join(map(str, x[a:b]))} = {right}$."
        ],
        [
            (sum(x[a : b + 1]), "The end of a slice is not part of it."),
            (sum(x[a - 1 : b]), "The first entry has the number 0."),
            (sum(x[a - 1 : b - 1]), "Both ends count from 0: that is a part one entry earlier."),
        ],
    )


@kind("ready-axis", chapter=0, title="A sum along an axis", read=_NUMPY)
def axis(rng):
    A, along = [whole(rng, 2), whole(rng, 2)], rng.randint(0, 1)
    rows, columns = tuple(map(sum, A)), tuple(map(sum, zip(*A, strict=True)))
    right, other = (rows, columns) if along else (columns, rows)
    way = "each row" if along else "each column"
    return Drawn(
        f"$A = {matrix(A)}$ is an array of NumPy. What is `A.sum(axis={along})`?",
        right,
        [f"`axis={along}` goes: what is left is the sum of {way}, $A = {row(right)}$."],
        [
            (other, f"The axis that is named goes: `axis={along}` adds up {way}."),
            (right[::-1], "The sums are right and in the wrong order."),
            (tuple(x / 2 for x in right), "That is a mean."),
        ],
    )
