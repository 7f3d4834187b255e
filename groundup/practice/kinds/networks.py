"""Kinds of chapter 1 on: a neuron, a network by hand, shapes and parameters."""

from groundup.practice.problem import Drawn, kind, matrix, n, products, row, signed, whole


@kind("weighted-sum", chapter=1, title="What a neuron adds up")
def weighted_sum(rng):
    w, x, b = whole(rng, 3), whole(rng, 3), whole(rng, 1)[0]
    z = sum(a * c for a, c in zip(w, x, strict=True))
    return Drawn(
        rf"A neuron has the weights $\mathbf{{w}} = {row(w)}$ and the bias $b = {b}$. Its input is "
        rf"$\mathbf{{x}} = {row(x)}$. What is $z = \mathbf{{w}} \cdot \mathbf{{x}} + b$?",
        z + b,
        [
            rf"Each weight meets its input: ${products(w, x)} = {z}$.",
            rf"The bias is added: $z = {z} + {signed(b)} = {z + b}$.",
        ],
        [
            (z, "The bias is missing."),
            (z - b, "The bias is added, not subtracted."),
            (
                sum(abs(a * c) for a, c in zip(w, x, strict=True)) + b,
                "Look at the signs of the products.",
            ),
            (
                sum(w) + sum(x) + b,
                "Weights and inputs are multiplied in pairs; you added all of them.",
            ),
        ],
    )


def _layer(x, W, b) -> list[int]:
    return [sum(x[i] * W[i][j] for i in range(len(x))) + b[j] for j in range(len(b))]


@kind("forward", chapter=1, title="A network by hand, forward")
def forward(rng):
    x, W = whole(rng, 2), [whole(rng, 2), whole(rng, 2)]
    b, w, c = whole(rng, 2, -2, 2), whole(rng, 2, -2, 3), whole(rng, 1, -2, 2)[0]
    z = _layer(x, W, b)
    a = [max(0, v) for v in z]

    def out(hidden):
        return sum(p * q for p, q in zip(hidden, w, strict=True)) + c

    columns = [[row_[j] for row_ in W] for j in range(2)]
    turned = [max(0, v) for v in _layer(x, columns, b)]
    bare = [max(0, v - s) for v, s in zip(z, b, strict=True)]
    return Drawn(
        rf"Two inputs $\mathbf{{x}} = {row(x)}$, two hidden neurons with "
        rf"$\operatorname{{ReLU}}(z) = \max(0, z)$, one output without activation: "
        rf"$\mathbf{{a}} = \operatorname{{ReLU}}(\mathbf{{x}} W + \mathbf{{b}})$ with "
        rf"$W = {matrix(W)}$ and $\mathbf{{b}} = {row(b)}$, then "
        rf"$\hat y = \mathbf{{a}} \cdot \mathbf{{w}} + c$ with $\mathbf{{w}} = {row(w)}$ and "
        rf"$c = {c}$. What is $\hat y$?",
        out(a),
        [
            *(
                rf"Column {j + 1} of $W$: $z_{j + 1} = {products(x, columns[j])} + {signed(b[j])}"
                rf" = {z[j]}$, so $a_{j + 1} = {a[j]}$."
                for j in range(2)
            ),
            rf"$\hat y = {products(a, w)} + {signed(c)} = {out(a)}$.",
        ],
        [
            (out(z), "The activation is missing: ReLU makes negative sums 0."),
            (
                out(turned),
                "The input meets the columns of $W$ here; you took its rows.",
            ),
            (out(bare), "The biases of the hidden neurons are missing."),
            (out(a) - c, "The bias of the output is missing."),
            (max(0, out(a)), "The output has no activation; you applied ReLU to it, too."),
        ],
    )


@kind("shapes", chapter=1, title="Shapes through a network")
def shapes(rng):
    rows = rng.choice((8, 16, 20, 32, 50, 64))
    sizes = rng.sample(range(2, 13), 4)
    at = rng.choice((1, 2, 3))
    before, after = sizes[at - 1 : at + 1]
    steps = [
        rf"Layer {i}: $({rows}, {sizes[i - 1]})$ times $({sizes[i - 1]}, {sizes[i]})$; the inner "
        rf"sizes agree and vanish: $({rows}, {sizes[i]})$."
        for i in range(1, at + 1)
    ]
    if rng.random() < 0.5:
        return Drawn(
            rf"A batch $X$ of {rows} rows goes through layers of the sizes {sizes[0]} → {sizes[1]} "
            rf"→ {sizes[2]} → {sizes[3]}; each computes $A W + \mathbf{{b}}$ and an activation. "
            f"What is the shape of what layer {at} gives?",
            (rows, after),
            [
                *steps,
                rf"Neither bias nor activation changes it. The shape is $= ({rows}, {after})$.",
            ],
            [
                ((after, rows), "The rows of the batch stay rows: look at the order."),
                ((rows, before), "That goes into this layer; the question is what comes out."),
                ((before, after), "That is the shape of the layer's weights."),
                ((1, after), "That is one row; the whole batch goes through."),
                ((rows, sizes[3]), "That is the shape at the end of the network."),
            ],
        )
    return Drawn(
        rf"A batch $X$ of {rows} rows goes through layers of the sizes {sizes[0]} → {sizes[1]} → "
        rf"{sizes[2]} → {sizes[3]}; each computes $A W + \mathbf{{b}}$ with a row of $A$ for each "
        rf"row of the batch. What is the shape of $W$ in layer {at}?",
        (before, after),
        [
            rf"Into layer {at} come {before} numbers a row, out of it come {after}.",
            rf"$({rows}, {before})$ times what gives $({rows}, {after})$? The shape is "
            rf"$= ({before}, {after})$.",
        ],
        [
            (
                (after, before),
                "That is how PyTorch keeps them; in $A W$ the inner sizes must agree.",
            ),
            ((rows, after), "That is the shape of the result; weights know nothing of the batch."),
            ((rows, before), "That is the shape of the input; weights know nothing of the batch."),
        ],
    )


@kind("parameters", chapter=1, title="How many parameters a network has")
def parameters(rng):
    sizes = [rng.randint(2, 12) for _ in range(rng.choice((3, 4)))]
    pairs = list(zip(sizes, sizes[1:], strict=False))
    weights, biases = sum(a * b for a, b in pairs), sum(sizes[1:])
    return Drawn(
        f"A fully connected network has layers of the sizes {' → '.join(map(str, sizes))}, with "
        "biases. How many parameters are trained?",
        weights + biases,
        [
            rf"Weights: ${products(sizes[:-1], sizes[1:])} = {weights}$.",
            rf"Biases, one for each neuron that is no input: "
            rf"${' + '.join(map(str, sizes[1:]))} = {biases}$.",
            rf"Together: ${weights} + {biases} = {weights + biases}$.",
        ],
        [
            (weights, "The biases are missing."),
            (weights + sum(sizes), "Inputs are given; they have no bias."),
            (weights + len(pairs), "Each neuron has a bias of its own, not each layer one."),
            (weights + sum(sizes[:-1]), "The biases belong to the neurons a layer leads to."),
            (sum(sizes), "That counts neurons; each pair of neighbours has a weight."),
        ],
    )


@kind("mini-batches", chapter=4, title="How many updates an epoch makes")
def mini_batches(rng):
    size = rng.choice((8, 10, 16, 20, 25, 32, 50))
    rows = rng.randint(3, 12) * size + rng.choice((0, rng.randint(1, size - 1)))
    epochs = rng.randint(2, 9)
    each = -(-rows // size)
    return Drawn(
        f"{rows} rows, mini-batches of {size}, {epochs} epochs; a last batch may be smaller. How "
        "many times are the parameters updated?",
        epochs * each,
        [
            rf"An epoch sees each row once: ${rows} / {size} = {n(rows / size)}$, with the last, "
            f"perhaps smaller batch {each} batches.",
            rf"Each batch makes one update: ${epochs} \cdot {each} = {epochs * each}$.",
        ],
        [
            (epochs * (rows // size), "The last, smaller batch is used, too."),
            (each, "That is one epoch."),
            (-(-epochs * rows // size), "Batches do not reach over the end of an epoch."),
            (epochs * rows, "There is one update for each batch, not for each row."),
            (epochs, "There is one update for each batch, not for each epoch."),
        ],
    )
