"""Kinds of chapter 8: operations and bytes of a step, the ring, one gradient from many workers."""

from groundup.practice.problem import Drawn, kind, n, products, row, whole


@kind("operations", chapter=8, title="The floating-point operations of a forward pass")
def operations(rng):
    rows = rng.choice((10, 16, 20, 32, 50))
    sizes = [rng.choice((2, 4, 5, 8, 10, 20)) for _ in range(3)]
    a, b, c = sizes
    pairs = a * b + b * c
    return Drawn(
        f"A fully connected network with layers of the sizes {a} → {b} → {c} gets a batch of {rows} "
        "rows. How many floating-point operations do its matrix products take, forward?",
        2 * rows * pairs,
        [
            rf"A product of shapes $(n, a)$ and $(a, b)$ takes $n a b$ multiplications and as many "
            rf"additions: $2 \cdot {rows} \cdot {a} \cdot {b} = {2 * rows * a * b}$.",
            rf"The second: $2 \cdot {rows} \cdot {b} \cdot {c} = {2 * rows * b * c}$.",
            rf"Together: ${2 * rows * a * b} + {2 * rows * b * c} = {2 * rows * pairs}$.",
        ],
        [
            (rows * pairs, "Multiplications and additions both count: a factor of 2."),
            (2 * pairs, "That is one row; the batch has more."),
            (6 * rows * pairs, "That counts the backward pass, too."),
            (2 * rows * a * b, "The second layer is missing."),
            (2 * rows * a * b * c, "The layers come one after the other: their costs are added."),
            (2 * rows * (pairs + b + c), "Only the matrix products are asked for, no biases."),
        ],
    )


@kind("memory", chapter=8, title="The memory that training takes")
def memory(rng):
    a, b, c = (rng.choice((2, 4, 5, 8, 10, 20)) for _ in range(3))
    count = a * b + b + b * c + c
    name, extra = rng.choice((("Adam", 2), ("SGD with momentum", 1), ("plain SGD", 0)))
    each = 2 + extra
    means = {2: "its two running means", 1: "its velocity", 0: "nothing more"}[extra]
    return Drawn(
        f"A network {a} → {b} → {c} with biases is trained with {name} in float32. How many bytes "
        "do its parameters, their gradients and what the optimiser keeps for each parameter take?",
        4 * each * count,
        [
            rf"Parameters: ${a} \cdot {b} + {b} + {b} \cdot {c} + {c} = {count}$.",
            f"For each, the parameter, its gradient, and of the optimiser {means}: {each} numbers.",
            rf"A number in float32 takes 4 bytes: ${count} \cdot {each} \cdot 4 = "
            rf"{4 * each * count}$.",
        ],
        [
            (each * count, "That counts numbers; each takes 4 bytes."),
            (4 * count, "That is the parameters alone."),
            (4 * (each - 1) * count, "One number for each parameter is missing: which?"),
            (4 * 2 * count, "What the optimiser keeps is missing."),
            (4 * 3 * count, f"Look again at how many numbers {name} keeps for each parameter."),
            (8 * each * count, "float32 has 32 bits: 4 bytes."),
            (4 * each * (a * b + b * c), "The biases are missing."),
        ],
    )


@kind("ring", chapter=8, title="The time of a ring")
def ring(rng):
    p, alpha = rng.choice((2, 4, 5, 8, 10)), rng.choice((1, 2, 5, 10))
    chunk = rng.choice((1, 2, 5, 10, 20))
    beta = rng.choice((1, 2, 5))
    size = p * chunk * beta  # so that a chunk takes whole milliseconds
    rounds = 2 * (p - 1)
    return Drawn(
        f"{p} workers add up gradients of {size} MB in a ring. A round has a latency of {alpha} ms, "
        f"and each worker sends {beta} MB in a millisecond. How many milliseconds does the "
        "all-reduce take?",
        rounds * (alpha + chunk),
        [
            rf"Two phases of $p - 1$ rounds: $2 \cdot ({p} - 1) = {rounds}$ rounds.",
            rf"In a round each worker sends one chunk of ${size} / {p} = {n(size / p)}$ MB: "
            rf"{alpha} ms of latency and ${n(size / p)} / {beta} = {chunk}$ ms.",
            rf"${rounds} \cdot ({alpha} + {chunk}) = {rounds * (alpha + chunk)}$.",
        ],
        [
            ((p - 1) * (alpha + chunk), "That is one phase: after it each worker owns one chunk."),
            (2 * p * (alpha + chunk), "A chunk is home after $p - 1$ rounds, not after $p$."),
            (rounds * (alpha + p * chunk), "In a round a chunk is sent, not the whole vector."),
            (rounds * chunk, "The latency is missing."),
            (alpha + rounds * chunk, "Each round has its latency."),
            (rounds * (alpha + chunk * beta), "How long do the megabytes take at this bandwidth?"),
            (rounds * (alpha + chunk) * p, "All workers send at the same time."),
        ],
    )


@kind("many-workers", chapter=8, title="One gradient from unequal workers")
def many_workers(rng):
    rows = [rng.randint(1, 4) for _ in range(2)]
    rows.append(rng.randint(1, 4))
    total = sum(rows)
    g = whole(rng, 3, -4, 6)
    added = sum(a * b for a, b in zip(rows, g, strict=True))
    return Drawn(
        rf"Three workers have {rows[0]}, {rows[1]} and {rows[2]} rows of a batch. Each takes the "
        rf"mean loss of its own rows; for one parameter their gradients are {row(g)[1:-1]}. What is "
        "the gradient of the mean loss over all rows?",
        added / total,
        [
            rf"Each gradient is a mean; times its rows it is a sum: "
            rf"${products(rows, g)} = "
            rf"{added}$.",
            rf"Over all ${' + '.join(map(str, rows))} = {total}$ rows: ${added} / {total} = "
            rf"{n(round(added / total, 3))}$.",
        ],
        [
            (sum(g) / 3, "Workers with more rows count more: that is the mean of the workers."),
            (sum(g), "The gradients are not added but averaged, by their rows."),
            (added, "That is the gradient of the sum over all rows; their mean is asked for."),
            (added / 3, "Divide by the number of rows, not of workers."),
        ],
        within=0.005,
    )
