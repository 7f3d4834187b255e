"""Kinds of chapter 5: what a filter sees, what size it leaves, and what it costs."""

from groundup.practice.problem import Drawn, kind, matrix, products, signed, whole


@kind("conv-size", chapter=5, title="The size that a filter leaves")
def conv_size(rng):
    size, k = rng.randint(7, 32), rng.choice((2, 3, 5))
    pad, stride = rng.choice((0, 1, 2)), rng.choice((1, 2, 3))
    what = rng.choice(("a convolution with filters", "pooling with windows"))
    if what[0] == "p" and pad > k // 2:
        pad = k // 2  # PyTorch refuses more
    room = size + 2 * pad - k
    right = room // stride + 1
    return Drawn(
        rf"An image of ${size} \times {size}$ goes through {what} of ${k} \times {k}$, padding "
        f"{pad}, stride {stride}. How wide is the result?",
        right,
        [
            rf"With its padding the image is ${size} + 2 \cdot {pad} = {size + 2 * pad}$ wide.",
            rf"From the first place the window can move ${size + 2 * pad} - {k} = {room}$ pixels, in "
            rf"whole steps of {stride}: {room // stride} times.",
            rf"With the first place: ${room // stride} + 1 = {right}$.",
        ],
        [
            (room // stride, "The first place counts, too."),
            ((size + pad - k) // stride + 1, "Padding is added on both sides."),
            (room + 1, "The stride is missing."),
            ((size - k) // stride + 1, "The padding is missing."),
            (-(-room // stride) + 1, "A last step that does not fit whole is not made."),
            ((size + 2 * pad) // stride, "The window itself needs room: its width is missing."),
            (right * right, "That counts all pixels of the result; its width is wanted."),
            (size, "The size stays only where padding makes up for the window, with stride 1."),
        ],
    )


@kind("conv-parameters", chapter=5, title="How many parameters a convolution has")
def conv_parameters(rng):
    into, out, k = rng.choice((1, 2, 3, 4, 8)), rng.choice((2, 4, 6, 8, 10)), rng.choice((3, 5))
    size = rng.choice((8, 14, 16, 28))
    weights = out * into * k * k
    return Drawn(
        rf"A convolution turns {into} channel{'s' * (into > 1)} of ${size} \times {size}$ into {out} "
        rf"channels, with filters of ${k} \times {k}$ and biases. How many parameters does it have?",
        weights + out,
        [
            rf"A filter sees all channels: ${into} \cdot {k} \cdot {k} = {into * k * k}$ weights.",
            rf"There are {out} filters, each with one bias: ${out} \cdot ({into * k * k} + 1) = "
            rf"{weights + out}$.",
        ],
        [
            (weights, "The biases are missing."),
            (out * k * k + out, "A filter has weights for each channel that comes in."),
            (into * k * k + 1, "That is one filter; each channel that goes out has its own."),
            (weights + into, "There is a bias for each channel that goes out."),
            (weights + out * into, "A filter has one bias, not one for each channel it sees."),
            (out * into * k + out, "A filter has as many rows as columns."),
            (
                (weights + out) * size * size,
                "The same filter serves at every place: that is what saves parameters.",
            ),
        ],
    )


@kind("conv-value", chapter=5, title="One number of a convolution")
def conv_value(rng):
    image = [[rng.randint(-2, 3) for _ in range(4)] for _ in range(3)]
    f = [whole(rng, 2, -2, 2), whole(rng, 2, -2, 2)]
    b, i, j = rng.choice((-1, 1, 2)), rng.randrange(2), rng.randrange(3)

    def at(r, c, k):
        return [image[r + p][c + q] for p in range(2) for q in range(2)], [*k[0], *k[1]]

    def value(r, c, k):
        return sum(x * y for x, y in zip(*at(r, c, k), strict=True)) + b

    flipped = [line[::-1] for line in f[::-1]]
    seen, weights = at(i, j, f)
    others = [
        (r, c) for r in range(2) for c in range(3) if (r, c) in ((j, i), (i, j + 1), (i + 1, j))
    ]
    return Drawn(
        rf"A layer as PyTorch's `Conv2d` with the filter ${matrix(f)}$ and the bias {b} slides over "
        rf"${matrix(image)}$, without padding, stride 1. What stands in row {i + 1}, column {j + 1} "
        "of the result?",
        value(i, j, f),
        [
            rf"There the filter lies on rows {i + 1} and {i + 2}, columns {j + 1} and {j + 2}.",
            rf"Number by number, without turning the filter: ${products(seen, weights)} = "
            rf"{value(i, j, f) - b}$.",
            rf"With the bias: ${value(i, j, f) - b} + {signed(b)} = {value(i, j, f)}$.",
        ],
        [
            (value(i, j, f) - b, "The bias is missing."),
            (value(i, j, flipped), "The filter is turned round; networks slide it as it is."),
            (
                value(i, j, [list(line) for line in zip(*f, strict=True)]),
                "The filter is transposed: rows lie on rows.",
            ),
            *((value(r, c, f), f"That stands in row {r + 1}, column {c + 1}.") for r, c in others),
            (sum(seen) * sum(weights) + b, "Multiply number by number, and add then."),
        ],
    )


@kind("cnn-parameters", chapter=5, title="How many parameters a small CNN has")
def cnn_parameters(rng):
    size, out, classes = (
        rng.choice((8, 12, 16, 20)),
        rng.choice((2, 3, 4, 5)),
        rng.choice((2, 5, 10)),
    )
    padded = rng.random() < 0.5
    left = size if padded else size - 2
    half = left // 2
    filters = out * 9 + out
    flat = out * half * half
    right = filters + flat * classes + classes
    return Drawn(
        rf"Images of ${size} \times {size}$ with one channel go through a convolution to {out} "
        rf"channels ($3 \times 3$, padding {int(padded)}, stride 1), ReLU, max pooling over "
        rf"$2 \times 2$, and one linear layer to {classes} classes; all have biases that can have "
        "them. How many parameters are there?",
        right,
        [
            rf"Convolution: ${out} \cdot (3 \cdot 3 + 1) = {filters}$. It leaves "
            rf"${left} \times {left}$.",
            rf"ReLU and pooling have none; pooling leaves ${half} \times {half}$, which flatten to "
            rf"${out} \cdot {half} \cdot {half} = {flat}$.",
            rf"Linear: ${flat} \cdot {classes} + {classes} = {flat * classes + classes}$.",
            rf"Together: ${filters} + {flat * classes + classes} = {right}$.",
        ],
        [
            (filters + out * left * left * classes + classes, "Pooling halves height and width."),
            (filters + out * half * left * classes + classes, "Pooling halves both sides."),
            (filters + half * half * classes + classes, "All channels are flattened, not one."),
            (flat * classes + classes, "The filters are missing."),
            (right - out, "The biases of the filters are missing."),
            (right - classes, "The biases of the linear layer are missing."),
            (right - out - classes, "The biases are missing."),
            (
                filters
                + out * (size // 2 if not padded else size // 2 - 1) ** 2 * classes
                + classes,
                f"With padding {int(padded)}, what does a filter of $3 \\times 3$ leave?",
            ),
        ],
    )
