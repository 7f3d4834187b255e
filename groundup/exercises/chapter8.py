"""Exercises of chapter 8: work, shards, all-reduce, accumulation, half precision, cost."""

import numpy as np

from groundup.questions.compare import Seen
from groundup.questions.question import exercise

# --- 8.1 ---


@exercise(
    "8.1",
    title="Count the work",
    prompt="""
    Write `flops(sizes, rows)`: the floating-point operations of one training step of a fully
    connected network on so many rows, matrix products only. A product of $(n, a)$ with $(a, b)$ takes
    $2nab$. The backward pass has two products for each layer, one for the weights' gradient and one
    for the error signal of the layer below. The first layer does not need the second one.
    """,
    stub="""
    def flops(sizes, rows):
        return ...  # your code
    """,
    hints=(
        "Neighbouring sizes make one layer with $a \\cdot b$ weights.",
        "Each of the three products of a layer takes the same $2nab$.",
        "Count three products for every layer, then take off one for the first.",
    ),
    cases=lambda rng: [
        ([3, 7, 5, 2], 6),
        ([2, 3], 1),
        ([2, 3, 4], 1),
        ([784, 64, 10], 32),
        ([5, 7, 7, 2], 3),
    ],
)
def flops(sizes, rows):
    one_pass = [2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return 3 * sum(one_pass) - one_pass[0]


@flops.also_right
def flops_layer_by_layer(sizes, rows):
    total = 0
    for layer in range(len(sizes) - 1):
        products = 2 if layer == 0 else 3
        total += products * 2 * rows * sizes[layer] * sizes[layer + 1]
    return total


@flops.slip("Half of the work is missing: a product of two numbers is followed by a sum.")
def multiplications_only(sizes, rows):
    return flops.reference(sizes, rows) // 2


@flops.slip("That is the forward pass alone. What does the backward pass cost?")
def forward_only(sizes, rows):
    return sum(2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@flops.slip("Nothing lies below the first layer, so nobody needs an error signal there.")
def input_gradient_too(sizes, rows):
    return 3 * sum(2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@flops.slip("The backward pass is counted with one product a layer; it has two, but for the first.")
def one_product_back(sizes, rows):
    return 2 * sum(2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


@flops.slip("The rows are missing: every row of the batch goes through the network.")
def rows_forgotten(sizes, rows):
    return flops.reference(sizes, 1)


@flops.slip(
    "Of the first layer only the forward pass is counted. Its weights have a gradient, too; what it"
    " does not need is the error signal below."
)
def first_layer_forward_only(sizes, rows):
    products = [2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return 3 * sum(products) - 2 * products[0]


@flops.slip("That is the backward pass alone; the step begins with a forward pass.")
def backward_only(sizes, rows):
    products = [2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return 2 * sum(products) - products[0]


@flops.slip("You leave a product of the last layer out. Which layer has nothing below it?")
def last_layer_spared(sizes, rows):
    products = [2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return 3 * sum(products) - products[-1]


def _products(sizes, rows):
    return [2 * rows * a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]


flops.slip(
    "The first layer is missing: it has a forward product and one for its weights' gradient.",
    name="first_layer_missing",
)(lambda sizes, rows: 3 * sum(_products(sizes, rows)[1:]))
flops.slip("The biases are counted; matrix products only were asked for.", name="with_biases")(
    lambda sizes, rows: (lambda p: 3 * sum(p) - p[0])(
        [2 * rows * (a + 1) * b for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    )
)
flops.slip(
    "The sizes are added. A product costs $2nab$: neighbouring sizes are multiplied.",
    name="sizes_added",
)(lambda sizes, rows: 6 * rows * sum(sizes))
flops.slip(
    "The rows count twice: a product of $(n, a)$ with $(a, b)$ takes $2nab$.", name="rows_twice"
)(lambda sizes, rows: flops.reference(sizes, rows) * rows)
flops.slip(
    "All sizes are multiplied with each other. A layer joins two neighbouring sizes, and the layers'"
    " costs are added.",
    name="all_sizes_multiplied",
)(lambda sizes, rows: 6 * rows * int(np.prod(sizes)))


# --- 8.2 ---


@exercise(
    "8.2",
    title="A block for each worker",
    prompt="""
    Write `shard(order, rank, world)`. `order` is an array with the numbers of the rows in a batch,
    `world` the number of workers and `rank` this worker's number from 0. Return the rows of this
    worker: a *block* of neighbours in `order`, since rows that lie together are read faster. One
    after the other, from rank 0 on, the shards must give `order` again, and their lengths may differ
    by one at most. The batch need not be divisible by the number of workers.
    """,
    stub="""
    def shard(order, rank, world):
        return ...  # your code
    """,
    hints=(
        "Where does the block of worker `rank` begin, and where that of the next one?",
        "With 7 rows and 2 workers one block holds 4 rows. Which worker has it is yours to choose.",
        "A block begins at `rank * n / world`, rounded down, where `n` is the number of rows.",
    ),
    float32=False,
)
def shard(order, rank, world):
    n = len(order)
    return order[rank * n // world : (rank + 1) * n // world]


@shard.judge
def _judge_shard(answer, rng):
    for n, world in [(6, 2), (7, 2), (10, 4), (3, 5), (64, 8), (1, 1)]:
        order = 10 * rng.permutation(n) + 100
        try:
            shards = [np.asarray(answer(order.copy(), r, world)).ravel() for r in range(world)]
        except ValueError as error:
            if "does not result in an equal division" in str(error):
                return "must_be_divisible"
            raise
        sizes = [len(s) for s in shards]
        dealt = np.concatenate(shards)
        if world > 1 and all(len(s) == n for s in shards):
            return "all_to_everyone"
        if np.isin(dealt, np.arange(n)).any():
            return "places_for_rows"
        if len(np.unique(dealt)) < len(dealt):
            return "overlapping"
        if world == 2 and n == 6 and sizes == [0, 3]:
            return "counted_from_one"
        size = n // world
        short = [order[r * size : (r + 1) * size - 1] for r in range(world)]
        if size > 1 and all(map(np.array_equal, shards, short)):
            return "slice_too_short"
        wide = [order[r * world : (r + 1) * world] for r in range(world)]
        if n > world != size and all(map(np.array_equal, shards, wide)):
            return "as_long_as_workers"
        if len(dealt) < n:
            lost = n - len(dealt)
            if lost == n % world and set(order[:-lost].tolist()) == set(dealt.tolist()):
                return "tail_lost"
            return f"Rows that no worker gets: {lost} of {n}, with {world} workers."
        if set(dealt.tolist()) != set(order.tolist()):
            return f"Of {n} rows and {world} workers, not exactly the batch's rows are dealt out."
        if max(sizes) - min(sizes) > 1:
            return "tail_to_one"
        if not np.array_equal(dealt, order):
            cards = [order[r::world] for r in range(world)]
            same = all(map(np.array_equal, shards, cards))
            return "like_cards" if same else "not_in_order"
    return None


@shard.also_right
def shard_in_blocks(order, rank, world):
    return np.array_split(order, world)[rank]


@shard.slip(
    "The rows are dealt out like cards, as in the chapter's `train_epoch`: each worker's rows lie far"
    " apart. Here a worker's rows are neighbours in `order`."
)
def like_cards(order, rank, world):
    return order[rank::world]


@shard.slip(
    "Every row goes to one worker, and the lengths are right; but one after the other the shards do"
    " not give `order` again."
)
def not_in_order(order, rank, world):
    return np.array_split(order, world)[world - 1 - rank]


@shard.slip(
    "Every worker gets the whole batch: then all compute the same gradient, and no time is won."
)
def all_to_everyone(order, rank, world):
    return order


@shard.slip("Rows at the end of the batch belong to nobody: the division left a remainder.")
def tail_lost(order, rank, world):
    size = len(order) // world
    return order[rank * size : (rank + 1) * size]


@shard.slip(
    "All rows are dealt out, but the lengths differ by more than one: the workers wait for the one"
    " that has the most."
)
def tail_to_one(order, rank, world):
    size = len(order) // world
    return order[rank * size :] if rank == world - 1 else order[rank * size : (rank + 1) * size]


@shard.slip("Two workers have a row in common: it would count twice in the gradient.")
def overlapping(order, rank, world):
    size = -(-len(order) // world)
    return order[rank * size : (rank + 1) * size + 1]


@shard.slip("These are places in the batch from 0 on; the numbers of the rows stand *in* `order`.")
def places_for_rows(order, rank, world):
    return np.arange(len(order))[rank::world]


@shard.slip("The workers are counted from 0: your first one gets nothing, or rows from the end.")
def counted_from_one(order, rank, world):
    size = len(order) // world
    return order[(rank - 1) * size : rank * size]


@shard.slip(
    "Each shard has as many rows as there are workers. It is the *number* of shards that is `world`."
)
def as_long_as_workers(order, rank, world):
    return order[rank * world : (rank + 1) * world]


@shard.slip("A slice ends *before* its second number, so a row of each shard is lost.")
def slice_too_short(order, rank, world):
    size = len(order) // world
    return order[rank * size : (rank + 1) * size - 1]


@shard.slip(
    "`np.split` fails where the rows cannot be shared out evenly. The lengths may differ by one."
)
def must_be_divisible(order, rank, world):
    return np.split(order, world)[rank]


# --- 8.3 ---


@exercise(
    "8.3",
    title="The joint batch's gradient",
    prompt="""
    Worker $r$ has the gradient $\\mathbf{g}_r$ of its shard's cost, a mean over its $n_r$ rows. Write
    `joint_gradient(gradients, rows)`: the gradient of the mean over all rows. `gradients` has the
    shape $(p, m)$, one worker a row, and `rows` holds the $p$ numbers $n_r$, which may differ.
    """,
    stub="""
    def joint_gradient(gradients, rows):
        return ...  # your code
    """,
    hints=(
        "A mean is a sum divided by a number. Go back to the sums.",
        "Multiply each gradient by its own number of rows.",
        "Divide the sum of these by the number of all rows.",
    ),
    cases=lambda rng: [
        (np.array([[3.0, -0.6], [1.4, 2.2], [-4.0, 0.9]]), np.array([2, 3, 7])),
        (np.array([[1.0, 0.0], [3.0, 2.0]]), np.array([4, 4])),
        (rng.normal(size=(3, 4)), np.array([5, 5, 2])),
        (rng.normal(size=(4, 2)), np.array([8, 0, 1, 3])),
    ],
)
def joint_gradient(gradients, rows):
    gradients, rows = np.asarray(gradients), np.asarray(rows)
    return rows @ gradients / rows.sum()


@joint_gradient.also_right
def joint_gradient_by_average(gradients, rows):
    return np.average(gradients, axis=0, weights=rows)


@joint_gradient.slip(
    "Right for shards of one size. With unequal ones a row of a small shard must not count more than"
    " a row of a large one."
)
def plain_mean(gradients, rows):
    return np.mean(gradients, axis=0)


@joint_gradient.slip("The workers' gradients are added up: the step grows with their number.")
def plain_sum(gradients, rows):
    return np.sum(gradients, axis=0)


@joint_gradient.slip(
    "The weights are upside down: a worker with more rows must count more, not less."
)
def weights_upside_down(gradients, rows):
    rows = np.asarray(rows)
    return (np.asarray(gradients) / rows[:, None]).sum(axis=0) / (1 / rows).sum()


@joint_gradient.slip("That is the gradient of the *sum* over all rows; the mean is wanted.")
def sum_over_rows(gradients, rows):
    return np.asarray(rows) @ np.asarray(gradients)


@joint_gradient.slip(
    "The weighted sum is divided by the number of workers; how many rows are in it?"
)
def divided_by_workers(gradients, rows):
    return np.asarray(rows) @ np.asarray(gradients) / len(rows)


@joint_gradient.slip("Entries of one worker are averaged; average the workers, entry by entry.")
def wrong_axis(gradients, rows):
    return np.mean(gradients, axis=1)


@joint_gradient.slip(
    "The shares are right, and still one row a worker: the workers' gradients are yet to be added."
)
def not_added_up(gradients, rows):
    gradients, rows = np.asarray(gradients), np.asarray(rows)
    return gradients * rows[:, None] / rows.sum()


@joint_gradient.slip(
    "The plain sum is divided by all rows. A worker's gradient is a mean already; how much is in it?"
)
def sum_by_all_rows(gradients, rows):
    return np.sum(gradients, axis=0) / np.sum(rows)


joint_gradient.slip(
    "Each gradient is divided by its rows. A worker with more rows must count more, not less.",
    name="inverse_weights",
)(lambda gradients, rows: np.sum(np.asarray(gradients) / np.asarray(rows)[:, None], axis=0))
joint_gradient.slip(
    "The weighted sum is divided by the largest shard; divide by the number of all rows.",
    name="divided_by_the_largest",
)(lambda gradients, rows: np.asarray(rows) @ np.asarray(gradients) / np.max(rows))
joint_gradient.slip(
    "The entries of one worker are added up. Add over the workers, entry by entry: that is axis 0.",
    name="weighted_wrong_axis",
)(
    lambda gradients, rows: (
        (np.asarray(gradients) * np.asarray(rows)[:, None]).sum(axis=1) / np.sum(rows)
    )
)
joint_gradient.slip(
    "`rows`, of shape `(p,)`, stands beside the entries of a gradient, not beside the workers. It"
    " needs the shape `(p, 1)`.",
    name="rows_beside_entries",
)(lambda gradients, rows: (np.asarray(gradients) * np.asarray(rows)).sum(axis=0) / np.sum(rows))
joint_gradient.slip("That is the first worker's gradient alone.", name="first_worker")(
    lambda gradients, rows: np.asarray(gradients)[0]
)
joint_gradient.slip(
    "The numbers of rows count twice, squared. Each row counts once.", name="squared_weights"
)(lambda gradients, rows: np.average(gradients, axis=0, weights=np.asarray(rows) ** 2))
joint_gradient.slip(
    "A worker with more rows counts less here. Turn the weights round.", name="harmonic_weights"
)(
    lambda gradients, rows: np.average(
        gradients, axis=0, weights=1 / np.maximum(np.asarray(rows, dtype=float), 1e-300)
    )
)


# --- 8.4 ---


@exercise(
    "8.4",
    title="All-reduce in few rounds",
    prompt="""
    Write `doubling(V)` for an array of shape $(p, m)$, one worker a row, where $p$ is a power of two.
    In round $k = 0, 1, \\dots$ all workers at once send their whole row to a partner and add what
    they get: the partner of worker $r$ is the one whose number differs from $r$ in binary digit $k$,
    `r ^ 2**k` in Python. After $\\log_2 p$ rounds every row is the sum of all. Return the array and
    the number of entries that one worker has sent.
    """,
    stub="""
    def doubling(V):
        return ...  # your code: return V, sent
    """,
    hints=(
        "With four workers there are two rounds: 0–1 and 2–3 exchange, then 0–2 and 1–3.",
        "All send at the same time: read everything from the array as it was before the round.",
        "`V[partners]` with an array of partners makes a copy in the right order.",
    ),
    cases=lambda rng: [
        (np.array([[3.0, 0.7, -2.0], [1.6, 4.0, 5.2], [-6.1, 2.3, 0.4], [7.2, -1.1, 9.0]]),),
        (rng.normal(size=(4, 3)),),
        (rng.normal(size=(8, 5)),),
        (np.array([[5.0, 6.0]]),),
        (rng.normal(size=(16, 2)),),
    ],
    explain="""
    The ring sends fewer entries, $2m(p-1)/p$ against $m \\log_2 p$, but needs $2(p-1)$ rounds
    against $\\log_2 p$. Libraries take the one or the other by the length of the vector.
    """,
)
def doubling(V):
    V = np.asarray(V, dtype=float)
    p, m = V.shape
    distance, sent = 1, 0
    while distance < p:
        partners = np.arange(p) ^ distance
        V = V + V[partners]
        sent += m
        distance *= 2
    return V, sent


@doubling.also_right
def doubling_to_the_right(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while distance < len(V):
        V = V + np.roll(V, distance, axis=0)
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip("A round is missing at the end: a row holds the sum of half of the workers.")
def a_round_too_few(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while 2 * distance < len(V):
        V = V + V[np.arange(len(V)) ^ distance]
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip(
    "Within a round a worker reads what its partner has already changed; all send at the same time."
)
def one_after_the_other(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while distance < len(V):
        for r in range(len(V)):
            V[r] += V[r ^ distance]
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip(
    "Every round adds the neighbour's row; from round to round the distance has to double, or some"
    " workers count several times."
)
def always_the_neighbour(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while distance < len(V):
        V = V + V[np.arange(len(V)) ^ 1]
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip("The sums are right. The entries are counted for all workers together.")
def counted_for_all(V):
    total, sent = doubling.reference(V)
    return total, sent * len(V)


@doubling.slip(
    "The sums are right. That is what the ring sends; here a whole row goes out each round."
)
def counted_as_a_ring(V):
    total, _ = doubling.reference(V)
    return total, 2 * (len(V) - 1) * total.shape[1] // len(V)


@doubling.slip("That is the mean; the sum is wanted.")
def mean_instead(V):
    total, sent = doubling.reference(V)
    return total / len(V), sent


@doubling.slip(
    "The partner is the next worker in every round. Who has already added a row adds it again; the"
    " distance to the partner must double."
)
def always_the_next_one(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while distance < len(V):
        V = V + V[(np.arange(len(V)) + 1) % len(V)]
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip("One row comes back. Every worker has one in the end: all `p` rows were asked for.")
def one_row_only(V):
    total, sent = doubling.reference(V)
    return total[0], sent


@doubling.slip("A worker's row is replaced by its partner's; it should be added to its own.")
def replaced(V):
    V, sent, distance = np.array(V, dtype=float), 0, 1
    while distance < len(V):
        V = V[np.arange(len(V)) ^ distance]
        sent, distance = sent + V.shape[1], 2 * distance
    return V, sent


@doubling.slip("The sums are right. You count rounds; each sends as many entries as a row has.")
def rounds_counted(V):
    total, sent = doubling.reference(V)
    return total, sent // total.shape[1]


@doubling.slip("The sums are right. What a worker receives has been sent by its partner.")
def received_too(V):
    total, sent = doubling.reference(V)
    return total, 2 * sent


@doubling.slip("The sums are right; the number of entries that one worker has sent is missing.")
def sums_only(V):
    return doubling.reference(V)[0]


def _rounds(partner, sent_of=lambda V, rounds: rounds * V.shape[1]):
    def doubling(V):
        V, rounds = np.array(V, dtype=float), 0
        while 2**rounds < len(V):
            V = V + V[[partner(r, rounds, len(V)) for r in range(len(V))]]
            rounds += 1
        return V, sent_of(V, rounds)

    return doubling


doubling.slip(
    "The partner is `r ^ k` here. The number of the round is a binary digit: `r ^ 2**k`.",
    name="xor_with_the_round",
)(_rounds(lambda r, k, p: r ^ k))
doubling.slip(
    "The partner is `k` places further. The distance doubles from round to round: `2**k`.",
    name="as_far_as_the_round",
)(_rounds(lambda r, k, p: (r + k) % p))
doubling.slip(
    "The sums are right. That is what would be sent if each worker sent its row to every other one;"
    " here there are $\\log_2 p$ rounds.",
    name="sent_to_all",
)(lambda V: (doubling.reference(V)[0], (len(V) - 1) * np.shape(V)[1]))
doubling.slip(
    "The sums are right. One round is counted; there are $\\log_2 p$.", name="one_round_counted"
)(lambda V: (doubling.reference(V)[0], np.shape(V)[1]))
doubling.slip(
    "There are as many rounds as workers here, so that rows are counted several times. After"
    " $\\log_2 p$ rounds all is done.",
    name="as_many_rounds_as_workers",
)(lambda V: _too_many_rounds(V))


def _too_many_rounds(V):
    V = np.array(V, dtype=float)
    p, m = V.shape
    for k in range(p):
        V = V + V[[(r ^ 2**k) % p for r in range(p)]]
    return V, p * m


@doubling.slip(
    "The array is right. In each round a worker sends a whole row: how many entries has it?"
)
def sent_workers(V):
    total, _ = doubling.reference(V)
    return total, len(V) * int(np.log2(len(V)))


# --- 8.5 ---


@exercise(
    "8.5",
    title="Gradient accumulation",
    prompt="""
    Write `accumulate(X, y, w, size)`: the gradient of the cost
    $C = \\frac1n \\sum_i (\\mathbf{x}_i \\cdot \\mathbf{w} - y_i)^2$ over all $n$ rows, added up from
    micro-batches of `size` rows; the last one may be shorter. Shapes: $(n, d)$, $(n,)$, $(d,)$.
    """,
    stub="""
    def accumulate(X, y, w, size):
        total = np.zeros_like(w)
        for start in range(0, len(X), size):
            ...  # your code: add this micro-batch's share
        return ...
    """,
    hints=(
        "The gradient of one row's loss is $2 (\\mathbf{x} \\cdot \\mathbf{w} - y)\\, \\mathbf{x}$.",
        "Add sums over rows, and divide once, by a number that is the same for all micro-batches.",
        "The number is $n$, the number of all rows.",
    ),
    cases=lambda rng: [
        (
            np.array([[1.7, 0.4], [-2.2, 3.1], [0.6, 2.5], [4.3, -1.2], [2.9, 0.8]]),
            np.array([0.7, -1.9, 3.3, 0.2, 5.1]),
            np.array([1.3, -0.6]),
            2,
        ),
        (rng.normal(size=(6, 2)), rng.normal(size=6), rng.normal(size=2), 3),
        (rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3), 3),
        (rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=2), 8),
    ],
)
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, target = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - target) @ x / len(X)
    return total


@accumulate.also_right
def accumulate_weighted_means(X, y, w, size):
    X, y = np.asarray(X), np.asarray(y)
    parts = [slice(s, s + size) for s in range(0, len(X), size)]
    means = [2 * ((X[p] @ w - y[p])[:, None] * X[p]).mean(axis=0) for p in parts]
    return np.average(means, axis=0, weights=[len(X[p]) for p in parts])


def _means(X, y, w, size):
    """The gradient of each micro-batch's own mean."""
    parts = [slice(s, s + size) for s in range(0, len(X), size)]
    return [2 * (X[p] @ w - y[p]) @ X[p] / len(X[p]) for p in parts]


@accumulate.slip(
    "The gradients of the micro-batches' means are added and never divided by their number: the step"
    " is too long by that factor."
)
def not_divided(X, y, w, size):
    return sum(_means(X, y, w, size))


@accumulate.slip(
    "Right when all micro-batches are full. A shorter last one has fewer rows, so it must count less."
)
def short_counts_full(X, y, w, size):
    return np.mean(_means(X, y, w, size), axis=0)


@accumulate.slip("The gradient is emptied for every micro-batch: only the last one is left.")
def emptied(X, y, w, size):
    return _means(X, y, w, size)[-1]


@accumulate.slip(
    "Each mean is divided once more by the size of a micro-batch; count what is in the sum."
)
def divided_by_size(X, y, w, size):
    return sum(_means(X, y, w, size)) / size


@accumulate.slip("The sum over all rows is not divided at all; the cost is a mean.")
def sum_of_rows(X, y, w, size):
    return accumulate.reference(X, y, w, size) * len(X)


@accumulate.slip("The total is set anew by each micro-batch instead of added to.")
def set_anew(X, y, w, size):
    last = (len(X) - 1) // size * size
    return 2 * (X[last:] @ w - y[last:]) @ X[last:] / len(X)


@accumulate.slip("Rows at the end that do not fill a micro-batch are left out.")
def end_left_out(X, y, w, size):
    n = len(X) // size * size
    return 2 * (X[:n] @ w - y[:n]) @ X[:n] / len(X)


@accumulate.slip("The derivative of the square brings a factor that is missing.")
def factor_missing(X, y, w, size):
    return accumulate.reference(X, y, w, size) / 2


@accumulate.slip(
    "You divide twice: by the rows of each micro-batch and, at the end, by all rows. One of them is"
    " too much."
)
def divided_twice(X, y, w, size):
    return sum(_means(X, y, w, size)) / len(X)


@accumulate.slip(
    "Right when all micro-batches are full. $n$ divided by `size` is no whole number otherwise, and a"
    " shorter micro-batch must count less."
)
def by_a_fraction(X, y, w, size):
    return sum(_means(X, y, w, size)) * size / len(X)


accumulate.slip(
    "The sign is wrong: the difference is prediction minus target.", name="accumulate_sign"
)(lambda X, y, w, size: -accumulate.reference(X, y, w, size))
accumulate.slip(
    "The sum over all rows is divided by the number of micro-batches; divide by the number of rows.",
    name="by_the_number_of_batches",
)(lambda X, y, w, size: accumulate.reference(X, y, w, size) * len(X) / -(-len(X) // size))
accumulate.slip(
    "Every micro-batch's sum is divided by `size`; divide by the number of all rows.",
    name="sums_by_size",
)(lambda X, y, w, size: accumulate.reference(X, y, w, size) * len(X) / size)
accumulate.slip(
    "The sum is divided by the number of weights; divide by the number of rows.",
    name="by_the_weights",
)(lambda X, y, w, size: accumulate.reference(X, y, w, size) * len(X) / len(w))
accumulate.slip(
    "The inputs are missing: the gradient of a row is its error times its inputs.",
    name="without_inputs",
)(lambda X, y, w, size: np.full_like(w, 2 * np.mean(np.asarray(X) @ w - y)))
accumulate.slip(
    "The error is still squared: the derivative of a square is twice the error itself.",
    name="still_squared",
)(lambda X, y, w, size: 2 * (np.asarray(X) @ w - y) ** 2 @ np.asarray(X) / len(X))


@accumulate.slip(
    "The weights are moved after each micro-batch. Accumulation collects the gradient at one and the"
    " same point."
)
def moved_in_between(X, y, w, size):
    total, w = np.zeros_like(w), np.array(w)
    for start in range(0, len(X), size):
        x, target = X[start : start + size], y[start : start + size]
        gradient = 2 * (x @ w - target) @ x / len(X)
        total, w = total + gradient, w - gradient
    return total


@accumulate.slip("The new weights come back, after a step. The gradient alone is wanted.")
def step_taken(X, y, w, size):
    return w - accumulate.reference(X, y, w, size)


# --- 8.6 ---


@exercise(
    "8.6",
    title="Through half precision and back",
    prompt="""
    A gradient `g` (float32) passes through float16. Write `through_half(g, scale)`: multiply by the
    loss scale, store as float16, come back to float32, and divide by the scale. Return float32. With
    `scale = 1.0` small numbers vanish; with a large one they survive.
    """,
    stub="""
    def through_half(g, scale):
        return ...  # your code
    """,
    hints=(
        "Four steps, in the order of the text.",
        "`x.astype(np.float16)` rounds to half precision.",
        "In which precision is the division done?",
    ),
    cases=lambda rng: [
        (np.float32([1.2345e-6, 3.7e-4, -2.9e-8]), 512.0),
        (np.float32([0.5, -2.0]), 1.0),
        (np.float32([1e-8, -3e-9]), 1.0),
        (np.float32([1e-8, -3e-9]), 65536.0),
        (np.float32([1e-6, 1e-4]) * np.float32(1.37), 1024.0),
        (np.float32(rng.normal(size=5) * 1e-7), 32768.0),
    ],
    run=lambda answer, g, scale: _with_its_precision(answer(g, scale)),
    rtol=1e-5,
    atol=1e-12,
    float32=False,
)
def through_half(g, scale):
    scaled = np.asarray(g, dtype=np.float32) * np.float32(scale)
    half = scaled.astype(np.float16)
    return half.astype(np.float32) / np.float32(scale)


def _with_its_precision(result):
    """The result, and whether it takes twice the memory that was asked for."""
    doubled = getattr(result, "dtype", None) == np.float64
    return Seen({"the result": result, "its dtype": "float64" if doubled else "float32"})


@through_half.also_right
def through_half_number_by_number(g, scale):
    return np.array([float(np.float16(x * scale)) / scale for x in g.tolist()], dtype=np.float32)


@through_half.slip(
    "The numbers are float16 without the scale at some place: before they are multiplied, or after"
    " they are divided."
)
def scaled_too_late(g, scale):
    half = np.asarray(g).astype(np.float16)
    return half.astype(np.float32) * np.float32(scale) / np.float32(scale)


@through_half.slip("The result is still multiplied by the scale.")
def not_unscaled(g, scale):
    half = (np.asarray(g) * np.float32(scale)).astype(np.float16)
    return half.astype(np.float32)


@through_half.slip("Multiplication and division are exchanged: small numbers become smaller still.")
def exchanged(g, scale):
    half = (np.asarray(g) / np.float32(scale)).astype(np.float16)
    return half.astype(np.float32) * np.float32(scale)


@through_half.slip("The numbers never pass through float16: nothing is rounded.")
def never_half(g, scale):
    return np.asarray(g, dtype=np.float32) * np.float32(scale) / np.float32(scale)


@through_half.slip(
    "The scale itself goes through float16, where large scales are infinite. Multiply and divide in"
    " float32."
)
def scale_in_half(g, scale):
    with np.errstate(over="ignore", invalid="ignore"):
        half = np.asarray(g).astype(np.float16) * np.float16(scale)
        return half.astype(np.float32) / np.float32(scale)


@through_half.slip("You multiply by the scale twice; on the way back it is divided by.")
def multiplied_twice(g, scale):
    half = (np.asarray(g) * np.float32(scale)).astype(np.float16)
    return half.astype(np.float32) * np.float32(scale)


@through_half.slip("The numbers are stored as whole numbers; float16 has fractions.")
def whole_numbers(g, scale):
    with np.errstate(invalid="ignore"):
        stored = (np.asarray(g) * np.float32(scale)).astype(np.int16)
    return stored.astype(np.float32) / np.float32(scale)


# --- 8.7 ---


@exercise(
    "8.7",
    title="A loss scale that adapts itself",
    prompt="""
    Write `next_scale(scale, good, finite, patience)` for one training step. `good` counts the steps
    since the scale last changed, `finite` says whether all gradients of this step are finite. If they
    are not, the step is skipped, the scale halved and the count set to 0. If they are, the step is
    taken and the count goes up by one; when it reaches `patience`, the scale is doubled and the count
    set to 0. Return `(scale, good, take_step)`.
    """,
    stub="""
    def next_scale(scale, good, finite, patience):
        return ...  # your code: return scale, good, take_step
    """,
    hints=(
        "Begin with the case that something is infinite.",
        "In the other case count first, then compare with `patience`.",
        "There are three different results.",
    ),
    cases=lambda rng: [
        (1024.0, 2, True, 7),
        (1024.0, 3, False, 7),
        (1024.0, 0, True, 5),
        (1024.0, 3, False, 5),
        (1024.0, 4, True, 5),
        (1024.0, 3, True, 5),
        (65536.0, 0, False, 2000),
        (2.0, 0, True, 1),
    ],
)
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    if good + 1 == patience:
        return scale * 2, 0, True
    return scale, good + 1, True


@next_scale.also_right
def next_scale_by_counting(scale, good, finite, patience):
    good = good + 1 if finite else 0
    factor = 0.5 if not finite else 2.0 if good >= patience else 1.0
    return [scale * factor, good % patience, finite]


@next_scale.slip("The step is taken although gradients are infinite: the weights become NaN.")
def step_taken_anyway(scale, good, finite, patience):
    return (*next_scale.reference(scale, good, finite, patience)[:2], True)


@next_scale.slip("After an overflow the scale stays, so the next step overflows as well.")
def not_halved(scale, good, finite, patience):
    if not finite:
        return scale, 0, False
    return next_scale.reference(scale, good, finite, patience)


@next_scale.slip("After an overflow the count goes on; it should start again from 0.")
def count_goes_on(scale, good, finite, patience):
    if not finite:
        return scale / 2, good, False
    return next_scale.reference(scale, good, finite, patience)


@next_scale.slip(
    "The scale is not doubled in the step in which the count reaches `patience`: this step counts, too."
)
def one_step_late(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    return (scale * 2, 0, True) if good == patience else (scale, good + 1, True)


@next_scale.slip("When the scale is doubled, the count starts again from 0.")
def count_kept(scale, good, finite, patience):
    if finite and good + 1 == patience:
        return scale * 2, good + 1, True
    return next_scale.reference(scale, good, finite, patience)


@next_scale.slip("The two results are there; whether the step is taken is the third.")
def step_not_returned(scale, good, finite, patience):
    return next_scale.reference(scale, good, finite, patience)[:2]


@next_scale.slip("Halving and doubling are exchanged: an overflow wants a smaller scale.")
def factors_exchanged(scale, good, finite, patience):
    new, count, taken = next_scale.reference(scale, good, finite, patience)
    return scale * scale / new, count, taken


def _next(change):
    return lambda scale, good, finite, patience: change(
        scale, good, finite, patience, next_scale.reference(scale, good, finite, patience)
    )


next_scale.slip(
    "`finite` is taken the wrong way round: True means that all gradients are finite.",
    name="finite_turned_round",
)(lambda scale, good, finite, patience: next_scale.reference(scale, good, not finite, patience))
next_scale.slip(
    "The scale is doubled in every good step; that needs `patience` of them in a row.",
    name="doubled_each_step",
)(_next(lambda s, g, f, p, r: (2 * s, g + 1, True) if f else r))
next_scale.slip(
    "The step in which the scale grows is skipped. Its gradients are finite: it is taken.",
    name="skipped_when_growing",
)(_next(lambda s, g, f, p, r: (*r[:2], f and r[1] != 0)))
next_scale.slip("The count does not go up in a good step.", name="not_counted")(
    _next(lambda s, g, f, p, r: (r[0], g, True) if f and r[1] else r)
)
next_scale.slip("The scale is divided by ten after an overflow; halve it.", name="divided_by_ten")(
    _next(lambda s, g, f, p, r: r if f else (s / 10, 0, False))
)
next_scale.slip("The count starts again from 1; it should start from 0.", name="starts_from_one")(
    _next(lambda s, g, f, p, r: (r[0], r[1] or 1, r[2]))
)
next_scale.slip(
    "After an overflow the step is wrongly said to be taken, or a good one to be skipped: the third"
    " result is turned round.",
    name="step_turned_round",
)(_next(lambda s, g, f, p, r: (*r[:2], not r[2])))


@next_scale.slip("`good` never goes up in yours, so the scale never grows: each good step counts.")
def never_counts(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    return (scale * 2, 0, True) if good == patience else (scale, good, True)


# --- 8.8 ---


@exercise(
    "8.8",
    title="The cost of a step",
    prompt="""
    Write `step_time(rows, p, t_0, c, m, alpha, beta)`, the cost model without the wrapper's own cost:
    {eq}`eq-8-model` with $o = 0$. `rows` is the joint batch, `m` the bytes of the gradient, `alpha`
    the latency in seconds, `beta` the bandwidth in bytes a second. One worker has nothing to
    exchange.
    """,
    stub="""
    def step_time(rows, p, t_0, c, m, alpha, beta):
        return ...  # your code
    """,
    hints=(
        "First the time to compute one worker's shard.",
        "The ring has $2(p - 1)$ rounds, each with its latency.",
        "In each round one $p$-th of the vector is sent.",
    ),
    cases=lambda rng: [
        (300, 7, 0.002, 3e-5, 5e6, 2e-4, 3e9),
        (64, 1, 0.001, 1e-5, 1e6, 1e-4, 1e9),
        (64, 2, 0.001, 1e-5, 1e6, 1e-4, 1e9),
        (1024, 8, 0.0, 1e-5, 4e6, 1e-5, 1e10),
        (512, 100, 0.001, 2e-5, 1e8, 1e-6, 1e10),
    ],
)
def step_time(rows, p, t_0, c, m, alpha, beta):
    compute = t_0 + c * rows / p
    exchange = 2 * (p - 1) * (alpha + m / (p * beta))
    return compute + exchange


@step_time.also_right
def step_time_in_rounds(rows, p, t_0, c, m, alpha, beta):
    rounds = sum(alpha + (m / p) / beta for _ in range(2 * (p - 1)))
    return rounds + t_0 + (rows / p) * c


@step_time.slip("The joint batch is shared out: a worker computes only its part of the rows.")
def rows_not_shared(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows + 2 * (p - 1) * (alpha + m / (p * beta))


@step_time.slip("The ring has two phases; one is missing.")
def one_phase(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + (p - 1) * (alpha + m / (p * beta))


@step_time.slip("The latency counts in every round, not once.")
def latency_once(rows, p, t_0, c, m, alpha, beta):
    waits = alpha if p > 1 else 0.0
    return t_0 + c * rows / p + waits + 2 * (p - 1) * m / (p * beta)


@step_time.slip("A round sends one chunk, not the whole vector.")
def whole_vector(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / beta)


@step_time.slip("There are $p - 1$ rounds in a phase; with one worker there is nothing to send.")
def p_rounds(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * p * (alpha + m / (p * beta))


@step_time.slip("The fixed time of a step cannot be shared out; only the rows can.")
def fixed_part_shared(rows, p, t_0, c, m, alpha, beta):
    return (t_0 + c * rows) / p + 2 * (p - 1) * (alpha + m / (p * beta))


@step_time.slip(
    "Only the latency is repeated in every round; the chunk is sent in every round as well. Look at"
    " the brackets."
)
def chunk_once(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * alpha + m / (p * beta)


@step_time.slip(
    "The bandwidth multiplies the bytes: a faster network would be slower. Look at what stands under"
    " the fraction; Python divides and multiplies from left to right."
)
def bandwidth_above(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / p * beta)


@step_time.slip("That is the computing alone; the workers also exchange their gradients.")
def compute_only(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p


def _time(compute, exchange):
    return lambda rows, p, t_0, c, m, alpha, beta: (
        compute(rows, p, t_0, c) + exchange(p, m, alpha, beta)
    )


def _compute(rows, p, t_0, c):
    return t_0 + c * rows / p


def _ring(p, m, alpha, beta):
    return 2 * (p - 1) * (alpha + m / (p * beta))


step_time.slip("The fixed time of a step is missing.", name="fixed_part_missing")(
    _time(lambda rows, p, t_0, c: c * rows / p, _ring)
)
step_time.slip("That is the exchange alone; a step also computes.", name="exchange_only")(
    _time(lambda rows, p, t_0, c: 0.0, _ring)
)
step_time.slip("The exchange is subtracted; it takes time as well.", name="exchange_subtracted")(
    _time(_compute, lambda *a: -_ring(*a))
)
step_time.slip(
    "There are $p - 1$ rounds in a phase, not $p$; one worker alone is an exception that the formula"
    " then needs no more.",
    name="p_rounds_but_for_one",
)(_time(_compute, lambda p, m, alpha, beta: 2 * p * (alpha + m / (p * beta)) if p > 1 else 0.0))
step_time.slip("There are $p - 1$ rounds in a phase; you count $p + 1$.", name="p_plus_one_rounds")(
    _time(_compute, lambda p, m, alpha, beta: 2 * (p + 1) * (alpha + m / (p * beta)))
)
step_time.slip("`m` is in bytes already; you multiply it by four once more.", name="four_bytes")(
    _time(_compute, lambda p, m, alpha, beta: 2 * (p - 1) * (alpha + 4 * m / (p * beta)))
)
step_time.slip(
    "The latency is divided by `p` as well. Each round has the whole of it; only the bytes are shared"
    " out.",
    name="latency_shared",
)(_time(_compute, lambda p, m, alpha, beta: 2 * (p - 1) / p * (alpha + m / beta)))
step_time.slip(
    "That is a tree, or doubling: $\\log_2 p$ rounds. The model is the ring's, with $2(p - 1)$.",
    name="tree",
)(
    _time(
        _compute,
        lambda p, m, alpha, beta: 2 * int(np.ceil(np.log2(p))) * (alpha + m / beta),
    )
)
step_time.slip(
    "The rows of a worker are rounded down. The model takes the fraction as it is.",
    name="rows_rounded",
)(_time(lambda rows, p, t_0, c: t_0 + c * (rows // p), _ring))
step_time.slip(
    "The latency is divided by `p` and `beta` together with the bytes: look at the brackets.",
    name="latency_under_the_fraction",
)(_time(_compute, lambda p, m, alpha, beta: 2 * (p - 1) * (alpha + m) / (p * beta)))


@step_time.slip("One worker alone has the fixed time of a step, too; only the exchange falls away.")
def nothing_fixed_alone(rows, p, t_0, c, m, alpha, beta):
    return c * rows if p == 1 else step_time.reference(rows, p, t_0, c, m, alpha, beta)


# --- 8.9 ---


@exercise(
    "8.9",
    title="Amdahl's limit",
    prompt="""
    Five per cent of a training step cannot be shared out. The step takes one second with one worker;
    the joint batch stays the same. What is the largest speed-up that any number of workers can reach?
    Give the number.
    """,
    stub="limit = ...  # a number",
    hints=(
        "Which part of the second is left with very many workers?",
        "The speed-up is the old time divided by the new one.",
        "Divide one second by what is left.",
    ),
    coding=False,
)
def limit():
    serial = 0.05
    return 1 / serial


limit.slip("That is the share that can be shared out. How long does the rest take?")(lambda: 0.95)
limit.slip("That is the time that is left, in seconds. The speed-up is how many times less it is.")(
    lambda: 0.05
)
limit.slip(
    "That number grows without a bound only if the work grows with the workers; here it stays the same."
)(lambda: float("inf"))
limit.slip("You divided the parallel part by the serial one; divide the whole second.")(lambda: 19)


limit.slip(
    "You divided by the share that *can* be shared out. With very many workers that one vanishes."
)(lambda: 1 / 0.95)
limit.slip("That is the speed-up with a hundred workers. What is it with any number of them?")(
    lambda: 1 / (0.05 + 0.95 / 100)
)
limit.slip("You divided by the number of per cent; the share of the second is a hundredth of it.")(
    lambda: 1 / 5
)


limit.slip(
    "That is the number of per cent; how many times faster is the step then?", name="per_cent"
)(lambda: 95)
limit.slip(
    "That would be the limit if half a per cent could not be shared out; here it is five.",
    name="half_per_cent",
)(lambda: 200)


limit.slip("That is the per cent that cannot be shared out. How long does a step take at least?")(
    lambda: 5
)


# --- 8.10 ---


@exercise(
    "8.10",
    title="Repair a parallel program",
    prompt="""
    This program plays data-parallel training of a linear model with $p$ workers, one after the other.
    It should give exactly what one worker gives with the joint batch: gradient descent on
    $C = \\frac1n \\sum_i (\\mathbf{x}_i \\cdot \\mathbf{w} - y_i)^2$ from the start that seed 0 draws.
    It holds three mistakes. Repair it. Return the $p$ workers' weights, shape $(p, d)$.
    """,
    stub="""
    def train_together(X, y, p, steps, lr):
        d = X.shape[1]
        W = np.stack([np.random.default_rng(r).normal(size=d) for r in range(p)])
        for _ in range(steps):
            gradients = []
            for r in range(p):
                x, target = X[: len(X) // p], y[: len(X) // p]
                gradients.append(2 * (x @ W[r] - target) @ x / len(x))
            W = W - lr * np.sum(gradients, axis=0)
        return W
    """,
    hints=(
        "Do all workers start from the same weights?",
        "Does every row belong to exactly one worker? The rows need not be divisible by p.",
        "What does the step become when p grows? Divide each worker's sum by the number of all rows,"
        " and the sum over workers is right.",
    ),
    float32=False,
)
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d)] * p)
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(X))
        W = W - lr * np.sum(gradients, axis=0)
    return W


@train_together.judge
def _judge_together(answer, rng):
    cases = [
        (rng.normal(size=(n, 3)), rng.normal(size=n), p) for n, p in [(8, 2), (12, 3), (10, 4)]
    ]

    def run(make):
        return [np.asarray(make(X.copy(), y.copy(), p, 20, 0.02), float) for X, y, p in cases]

    def same(results):
        pairs = zip(given, results, strict=True)
        return all(a.shape == b.shape and np.allclose(a, b, 1e-9, 1e-12) for a, b in pairs)

    given = run(answer)
    if same(run(train_together.reference)):
        return "all_rows" if _sees_all_rows(answer) else None
    for slip in train_together.slips:
        if same(run(slip.make)):
            return slip.name
    for weights, (_, _, p) in zip(given, cases, strict=True):
        if weights.shape != (p, 3):
            return (
                f"The weights of {p} workers have the shape {(p, 3)}; yours have {weights.shape}."
            )
    if not np.allclose(given[0], given[0][0]):
        return "The workers' weights differ. They must start alike, and take the same step."
    for weights, wanted, (X, _, p) in zip(given, run(train_together), cases, strict=True):
        if not np.allclose(weights, wanted, 1e-9, 1e-12):
            return (
                f"With {len(X)} rows and {p} workers the weights are not those of one worker alone."
            )
    return None


def _sees_all_rows(answer):
    """Whether some product takes in all rows at once."""

    class Watched(np.ndarray):
        most = 0

        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            plain = [np.asarray(v) if isinstance(v, Watched) else v for v in inputs]
            if ufunc is np.matmul:
                Watched.most = max(Watched.most, *(np.shape(v)[0] for v in plain))
            return getattr(ufunc, method)(*plain, **kwargs)

    X = np.random.default_rng(0).normal(size=(40, 3))
    answer(X.view(Watched), X[:, 0].copy(), 4, 2, 0.02)
    return Watched.most >= 40


@train_together.also_right
def train_in_blocks(X, y, p, steps, lr):
    W = np.tile(np.random.default_rng(0).normal(size=X.shape[1]), (p, 1))
    shards = np.array_split(np.arange(len(X)), p)
    for _ in range(steps):
        means = [2 * (X[s] @ W[r] - y[s]) @ X[s] / len(s) for r, s in enumerate(shards)]
        W = W - lr * np.average(means, axis=0, weights=[len(s) for s in shards])
    return W


@train_together.slip(
    "The weights are right, but every worker computes with all rows, so nothing is shared out. Give"
    " each its own."
)
def all_rows(X, y, p, steps, lr):
    w = np.random.default_rng(0).normal(size=X.shape[1])
    for _ in range(steps):
        w = w - lr * 2 * (X @ w - y) @ X / len(X)
    return np.tile(w, (p, 1))


def _together(starts=False, same_rows=False, total=False, short=False):
    def train_together(X, y, p, steps, lr):
        seeds = range(p) if starts else [0] * p
        W = np.stack([np.random.default_rng(r).normal(size=X.shape[1]) for r in seeds])
        for _ in range(steps):
            gradients = []
            for r in range(p):
                size = len(X) // p
                rows = slice(0, size) if same_rows else slice(r, None, p)
                if short:
                    rows = slice(r * size, (r + 1) * size)
                x, target = X[rows], y[rows]
                gradients.append(2 * (x @ W[r] - target) @ x / len(x))
            if not (total or same_rows or short):
                weights = [len(X[r::p]) for r in range(p)]
                step = np.average(gradients, axis=0, weights=weights)
            else:
                step = (np.sum if total else np.mean)(gradients, axis=0)
            W = W - lr * step
        return W

    return train_together


train_together.slip(
    "The workers' weights differ: each starts from a place of its own, and the same steps keep them"
    " apart for ever.",
    name="different_starts",
)(_together(starts=True))
train_together.slip(
    "All workers compute with the first rows of the batch; the others are never used.",
    name="same_rows",
)(_together(same_rows=True))
train_together.slip(
    "The workers' means are added up: the step is too long by a factor of p.", name="sum_of_means"
)(_together(total=True))
train_together.slip(
    "Right where the rows can be shared out evenly. Otherwise some rows at the end are left out.",
    name="tail_left_out",
)(_together(short=True))
train_together.slip(
    "Right where all shards have the same size. Otherwise the mean of the workers' means is not the"
    " mean over the rows.",
    name="mean_of_means",
)(lambda X, y, p, steps, lr: _mean_of_means(X, y, p, steps, lr))


def _mean_of_means(X, y, p, steps, lr):
    w = np.random.default_rng(0).normal(size=X.shape[1])
    for _ in range(steps):
        parts = [(X[r::p], y[r::p]) for r in range(p)]
        w = w - lr * np.mean([2 * (x @ w - t) @ x / len(x) for x, t in parts], axis=0)
    return np.tile(w, (p, 1))


def _one_repair_missing(rows_of, divide_by_all, combine):
    def train_together(X, y, p, steps, lr):
        W = np.stack([np.random.default_rng(0).normal(size=X.shape[1])] * p)
        for _ in range(steps):
            gradients = []
            for r in range(p):
                rows = rows_of(np.arange(len(X)), r, p)
                part = 2 * (X[rows] @ W[r] - y[rows]) @ X[rows]
                gradients.append(part / (len(X) if divide_by_all else len(rows)))
            W = W - lr * combine(gradients, axis=0)
        return W

    return train_together


def _first_rows(rows, r, p):
    return rows[: len(rows) // p]


def _blocks(rows, r, p):
    return rows[r * (len(rows) // p) : (r + 1) * (len(rows) // p)]


def _rest_to_the_last(rows, r, p):
    return _blocks(rows, r, p) if r < p - 1 else rows[r * (len(rows) // p) :]


def _uneven_blocks(rows, r, p):
    return np.array_split(rows, p)[r]


train_together.slip(
    "The start is repaired. Two mistakes are left: all workers compute with the same rows, and the"
    " step grows with the number of workers.",
    name="start_only",
)(_one_repair_missing(_first_rows, False, np.sum))
train_together.slip(
    "Each part is divided by the number of all rows, and the mean over the workers divides once more:"
    " the step is $p$ times too short.",
    name="divided_twice",
)(_one_repair_missing(lambda rows, r, p: rows[r::p], True, np.mean))
train_together.slip(
    "Right where the rows can be shared out evenly. Otherwise the last rows belong to no worker.",
    name="blocks_without_the_rest",
)(_one_repair_missing(_blocks, True, np.sum))
train_together.slip(
    "Right where the rows can be shared out evenly. Otherwise the last worker has more rows, and must"
    " count more in the mean.",
    name="mean_with_the_rest",
)(_one_repair_missing(_rest_to_the_last, False, np.mean))
train_together.slip(
    "Right where all blocks have the same size. A worker with fewer rows must count less in the mean.",
    name="mean_of_blocks",
)(_one_repair_missing(_uneven_blocks, False, np.mean))


train_together.slip(
    "Start and shards are repaired. The start is to be the one that seed 0 draws, not zeros.",
    name="zero_start",
)(lambda X, y, p, steps, lr: _together_from(np.zeros((p, X.shape[1])), X, y, p, steps, lr))
train_together.slip(
    "The steps are half of what they should be: the derivative of the square brings a factor 2.",
    name="factor_two_lost",
)(lambda X, y, p, steps, lr: train_together.reference(X, y, p, steps, lr / 2))
train_together.slip(
    "Each worker follows its own gradient only: they must share the sum of all.",
    name="each_alone",
)(lambda X, y, p, steps, lr: _each_alone(X, y, p, steps, lr))
train_together.slip(
    "The steps are right for one worker. The weights of all `p` workers are wanted, a row for each.",
    name="one_row",
)(lambda X, y, p, steps, lr: train_together.reference(X, y, p, steps, lr)[0])


def _together_from(W, X, y, p, steps, lr):
    for _ in range(steps):
        W = W - lr * 2 * (X @ W[0] - y) @ X / len(X)
    return W


def _each_alone(X, y, p, steps, lr):
    W = np.stack([np.random.default_rng(0).normal(size=X.shape[1])] * p)
    for _ in range(steps):
        parts = [(X[r::p], y[r::p]) for r in range(p)]
        W = W - lr * np.array([2 * (x @ W[r] - t) @ x / len(X) for r, (x, t) in enumerate(parts)])
    return W
