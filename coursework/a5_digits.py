"""Assignment 5, to chapter 5: images as matrices, convolution as a product, and small digits."""

import numpy as np

from grader.assignment import Assignment

work = Assignment(
    "a5_digits",
    title="Assignment 5: images, filters and digits",
    chapter=5,
    minutes=120,
    goals=(
        "cut images into patches, and write a convolution as one matrix product;",
        "say how much of the image one number of a deep layer has seen;",
        "read from predictions which classes a network confuses;",
        "repair and train a classifier of handwritten digits.",
    ),
    cell_seconds=40.0,
)

BUGS = {
    "axis": (
        "Z = Z - Z.max(axis=1, keepdims=True)\n        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)",
        "Z = Z - Z.max(axis=1, keepdims=True)\n        P = np.exp(Z) / np.exp(Z).sum(axis=0, keepdims=True)",
    ),
    "target": ("P[np.arange(n), y] -= 1", "P[np.arange(n), 0] -= 1"),
    "bias": ("b = b - lr * P.sum(axis=0) / n", "b = b - lr * P.sum() / n"),
    "rate": ("W = W - lr * X.T @ P / n", "W = W - X.T @ P / n"),
}
SOFTMAX = """def train(X, y, k, lr, steps):
    n = len(X)
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for _ in range(steps):
        Z = X @ W + b
        Z = Z - Z.max(axis=1, keepdims=True)
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        P[np.arange(n), y] -= 1
        W = W - lr * X.T @ P / n
        b = b - lr * P.sum(axis=0) / n
    return np.vstack([W, b])"""


@work.variant
def variant(rng):
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    return {
        "stride": int(rng.choice([2, 3])),
        "fill": float(rng.choice([-1.0, -0.5, 0.25, 0.5])),
        "layers": [
            (int(rng.choice([3, 5])), 1),
            (2, 2),
            (int(rng.choice([3, 5, 7])), 1),
            (int(rng.choice([2, 3])), int(rng.choice([2, 3]))),
            (3, 1),
        ],
        "hidden": int(rng.integers(0, 8)),
        "broken": SOFTMAX.replace(right, wrong),
    }


@work.question(
    "patches",
    prompt=r"""
    ## 1 Patches

    Write `patches(images, k)`: `images` has shape `(n, h, w)`. Cut each image into windows of
    `k` × `k`, from the top left in reading order, moving by <<stride>> each time, both down and to
    the right; windows that do not fit are left out. Return an array of shape `(n, p, k * k)`, with
    the numbers of each window in reading order.
    """,
    stub="""
    def patches(images, k):
        return ...
    """,
    tests="""
    image = np.arange(25.0).reshape(1, 5, 5)
    found = patches(image, 2)
    assert found.shape[::2] == (1, 4), "four numbers in a window of 2 × 2"
    assert np.allclose(found[0, 0], [0, 1, 5, 6]), "the first window"
    assert np.allclose(found[0, 1], np.array([0, 1, 5, 6]) + <<stride>>), "the second one"
    """,
)
def patches(images, k, *, v):
    windows = np.lib.stride_tricks.sliding_window_view(images, (k, k), axis=(1, 2))
    windows = windows[:, :: v.stride, :: v.stride]
    return windows.reshape(len(images), -1, k * k)


@patches.check("square images", points=3)
def _(rng, v):
    return [(rng.normal(size=(n, h, h)), k) for n, h, k in [(1, 8, 2), (3, 9, 3)]]


@patches.check("other shapes", points=2)
def _(rng, v):
    return [(rng.normal(size=(2, 6, 9)), 3), (rng.normal(size=(4, 8, 5)), 2)]


@patches.slip("The windows move by one.")
def patches_dense(images, k, *, v):
    return patches(images, k, v=type(v)(stride=1))


@patches.slip("The windows stand side by side: they move by their own size.")
def patches_tiles(images, k, *, v):
    n, h, w = images.shape
    found = [
        images[:, i : i + k, j : j + k].reshape(n, -1)
        for i in range(0, h - k + 1, k)
        for j in range(0, w - k + 1, k)
    ]
    return np.stack(found, axis=1)


@patches.slip("The windows run down the columns first; reading order goes along the rows.")
def patches_columns(images, k, *, v):
    return patches(images.transpose(0, 2, 1), k, v=v)


@patches.slip("The last row and the last column of windows are missing: the limit is h - k + 1.")
def patches_short(images, k, *, v):
    n, h, w = images.shape
    found = [
        images[:, i : i + k, j : j + k].reshape(n, -1)
        for i in range(0, h - k, v.stride)
        for j in range(0, w - k, v.stride)
    ]
    return np.stack(found, axis=1)


@work.question(
    "filters",
    prompt=r"""
    ## 2 A convolution is a product

    Write `convolve(images, filters)` for `images` of shape `(n, h, w)` and `filters` of shape
    `(f, k, k)`. First put a frame of width 1 with the value <<fill>> around each image (not 0, to see
    that you do it yourself). Then slide each filter over it, moving by 1, and add up the products.
    Return shape `(n, f, h + 3 - k, w + 3 - k)`. `np.pad` makes the frame.
    """,
    stub="""
    def convolve(images, filters):
        return ...
    """,
    tests="""
    one = np.zeros((1, 3, 3)); one[0, 1, 1] = 1
    images = np.arange(16.0).reshape(1, 4, 4)
    assert convolve(images, one).shape == (1, 1, 4, 4)
    assert np.allclose(convolve(images, one)[0, 0], images[0]), "this filter copies the image"
    assert np.isclose(convolve(0 * images, 0 * one + 1)[0, 0, 0, 0], 5 * <<fill>>), "the corner"
    """,
)
def convolve(images, filters, *, v):
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=v.fill)
    k = filters.shape[1]
    windows = np.lib.stride_tricks.sliding_window_view(framed, (k, k), axis=(1, 2))
    return np.einsum("nijab,fab->nfij", windows, filters)


@convolve.check("one filter", points=3)
def _(rng, v):
    return [(rng.normal(size=(1, h, w)), rng.normal(size=(1, 3, 3))) for h, w in [(5, 5), (4, 6)]]


@convolve.check("several filters", points=4)
def _(rng, v):
    return [(rng.normal(size=(3, 6, 5)), rng.normal(size=(f, k, k))) for f, k in [(2, 3), (4, 2)]]


@convolve.slip("The frame is 0.")
def filters_zero(images, filters, *, v):
    return convolve(images, filters, v=type(v)(fill=0.0))


@convolve.slip("The filter is turned round: that is a convolution in the mathematician's sense.")
def filters_flipped(images, filters, *, v):
    return convolve(images, filters[:, ::-1, ::-1], v=v)


@convolve.slip("The filter is transposed.")
def filters_transposed(images, filters, *, v):
    return convolve(images, filters.transpose(0, 2, 1), v=v)


@convolve.slip("The products are averaged; they should be added up.")
def filters_mean(images, filters, *, v):
    return convolve(images, filters / filters[0].size, v=v)


@work.question(
    "field",
    prompt=r"""
    ## 3 How far does it see?

    Through these layers, from the input to the output, each given as (window, stride):
    `<<layers>>`. Convolutions and poolings count alike. How many rows of the input does one number
    of the last layer depend on, and how many input rows apart are the windows of two neighbours
    there? Give `field = (rows, apart)`.
    """,
    stub="field = ...",
    tests="""
    rows, apart = field
    assert rows > apart >= 4, "two layers here move by more than 1"
    """,
)
def field(*, v):
    rows, apart = 1, 1
    for window, stride in v.layers:
        rows += (window - 1) * apart
        apart *= stride
    return rows, apart


field.value("both numbers", points=4)


@field.slip("The windows are added up as if every layer moved by one.")
def field_no_stride(*, v):
    return 1 + sum(w - 1 for w, _ in v.layers), field(v=v)[1]


@field.slip("A layer's own stride spreads the next layer's window, not its own.")
def field_early(*, v):
    rows, apart = 1, 1
    for window, stride in v.layers:
        apart *= stride
        rows += (window - 1) * apart
    return rows, apart


@field.slip("The strides multiply; they do not add up.")
def field_sum(*, v):
    return field(v=v)[0], sum(stride for _, stride in v.layers)


@field.slip("Two neighbours of the last layer are further apart than one row of the input.")
def field_neighbours(*, v):
    return field(v=v)[0], 1


@work.question(
    "confused",
    prompt=r"""
    ## 4 Who is taken for whom?

    Write `confused(labels, predicted, k)` for integer arrays of shape `(n,)` with classes
    0 … k−1. Return a tuple `(i, j, share)`: the pair of different classes for which the *share* of
    the examples of class `i` that were predicted as `j` is largest. Of equal shares take the one
    with the smallest `i`, then the smallest `j`. Classes without examples have no share.
    """,
    stub="""
    def confused(labels, predicted, k):
        return ...
    """,
    tests="""
    found = confused(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 1, 0, 2, 1]), 3)
    assert tuple(found) == (0, 1, 0.5), "half of class 0 was predicted as 1"
    """,
)
def confused(labels, predicted, k, *, v):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predicted), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, -1)
    i, j = np.unravel_index(np.argmax(shares), shares.shape)
    return int(i), int(j), shares[i, j]


def _predictions(rng, k, rare):
    """Of a rare class a large share is wrong; of a common class a larger number."""
    a, b, c = rng.permutation(k)[:3]
    labels = np.concatenate([np.full(40, a), np.full(rare, b), np.full(30, c)])
    predicted = labels.copy()
    predicted[:15] = c
    predicted[40 : 40 + rare - 1] = a
    order = rng.permutation(len(labels))
    return labels[order], predicted[order], k


@confused.check("all classes there", points=3)
def _(rng, v):
    return [_predictions(rng, 3, rare) for rare in (5, 7)]


@confused.check("classes without examples", points=3)
def _(rng, v):
    return [_predictions(rng, k, 6) for k in (6, 10)]


@confused.slip("The largest number is looked for; of a rare class a small number is a large share.")
def confused_count(labels, predicted, k, *, v):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predicted), 1)
    np.fill_diagonal(counts, -1)
    i, j = np.unravel_index(np.argmax(counts), counts.shape)
    return int(i), int(j), counts[i, j] / np.sum(labels == i)


@confused.slip("The shares are of all examples, not of those of class i.")
def confused_of_all(labels, predicted, k, *, v):
    i, j, share = confused(labels, predicted, k, v=v)
    return i, j, share * np.sum(labels == i) / len(labels)


@confused.slip("Label and prediction are exchanged.")
def confused_exchanged(labels, predicted, k, *, v):
    return confused(predicted, labels, k, v=v)


@confused.slip("The right predictions are not left out.")
def confused_diagonal(labels, predicted, k, *, v):
    right = [np.mean(predicted[labels == c] == c) if np.any(labels == c) else 0 for c in range(k)]
    return int(np.argmax(right)), int(np.argmax(right)), max(right)


@work.question(
    "repair",
    prompt=r"""
    ## 5 Repair a softmax regression

    The program trains a softmax regression by gradient descent on the mean cross-entropy: `X` of
    shape `(n, d)`, labels `y` of shape `(n,)`, `k` classes. It returns the weights, with the bias as
    the last row: shape `(d + 1, k)`. It has one mistake; find and repair it.
    """,
    stub="<<broken>>",
    tests="""
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 2])
    wanted = [[-1.396, 0.7903, 0.6057], [0.7903, -1.396, 0.6057], [0.2401, 0.2401, -0.4803]]
    assert np.allclose(train(X, y, 3, 0.5, 20), wanted, atol=1e-3), "20 steps lead elsewhere"
    """,
)
def train(X, y, k, lr, steps, *, v):
    n = len(X)
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for _ in range(steps):
        Z = X @ W + b
        P = np.exp(Z - Z.max(axis=1, keepdims=True))
        P = P / P.sum(axis=1, keepdims=True)
        P[np.arange(n), y] -= 1
        W = W - lr * X.T @ P / n
        b = b - lr * P.sum(axis=0) / n
    return np.vstack([W, b])


def _labelled(rng, n, d, k, steps):
    return rng.normal(size=(n, d)), rng.permutation(np.arange(n) % k), k, 0.3, steps


@train.check("two steps", points=2)
def _(rng, v):
    return [_labelled(rng, 4, 2, 3, 2), _labelled(rng, 5, 3, 2, 2)]


@train.check("many steps", points=4)
def _(rng, v):
    return [_labelled(rng, 9, 3, 4, 25)]


@train.slip("The gradient is the sum over the rows, not the mean.")
def repair_sum(X, y, k, lr, steps, *, v):
    return train(X, y, k, lr * len(X), steps, v=v)


@train.slip("The learning rate is not used.")
def repair_rate(X, y, k, lr, steps, *, v):
    return train(X, y, k, 1.0, steps, v=v)


@train.slip("The bias stays as it was.")
def repair_bias(X, y, k, lr, steps, *, v):
    n, W = len(X), np.zeros((X.shape[1], k))
    for _ in range(steps):
        P = np.exp(X @ W)
        P = P / P.sum(axis=1, keepdims=True)
        P[np.arange(n), y] -= 1
        W = W - lr * X.T @ P / n
    return np.vstack([W, np.zeros(k)])


@train.slip("The weights move uphill.")
def repair_sign(X, y, k, lr, steps, *, v):
    return train(X, y, k, -lr, steps, v=v)


work.text(r"""
## 6 Digits with a blind column

The small digits of scikit-learn are 8 × 8 images. Your camera is broken: column <<hidden>> of each
image is always 0. The function below gives such images; no download is needed.
""")


@work.given
def blind_digits(column):
    """Images (1797, 8, 8) with numbers from 0 to 1, one column blind, and labels (1797,)."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = digits.images / 16
    images[:, :, column] = 0
    return images, digits.target


@work.question(
    "classify",
    prompt=r"""
    Write `classify(images, labels, new_images)`: train on the images of shape `(n, 8, 8)` and return
    the predicted labels of the new ones, shape `(m,)`. At least 90 % of 400 new images must be right
    after training on 1000. Use your repaired `train`, or write a network of your own in NumPy or
    PyTorch. It has 30 seconds.
    """,
    stub="""
    def classify(images, labels, new_images):
        return ...
    """,
    tests="""
    images, labels = blind_digits(<<hidden>>)
    found = np.asarray(classify(images[:1000], labels[:1000], images[1000:1400]))
    assert np.shape(found) == (400,), "one label for each new image"
    right = np.mean(found == labels[1000:1400])
    assert right >= 0.88, f"only {right:.1%} are right (these 400 are harder than a random choice)"
    """,
    seconds=60.0,
)
def classify(images, labels, new_images, *, v):
    X, X_new = images.reshape(len(images), -1), new_images.reshape(len(new_images), -1)
    W = train(X, labels, 10, 0.5, 400, v=v)
    return np.argmax(X_new @ W[:-1] + W[-1], axis=1)


@classify.check("new images", points=6)
def _(rng, v):
    images, labels = blind_digits(v.hidden)
    order = rng.permutation(len(images))[:1400]
    return [(images[order[:1000]], labels[order[:1000]], images[order[1000:]])]


@classify.judge
def digits_right(answer, case, v):
    _, _, new_images = case
    images, labels = blind_digits(v.hidden)
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    truth = np.array([known[image.tobytes()] for image in new_images])
    answer = np.asarray(answer)
    if answer.shape != truth.shape:
        return f"The shape {truth.shape} is wanted, one label for each new image."
    return None if np.mean(answer == truth) >= 0.9 else "Fewer than 90 % of the labels are right."


@classify.slip("All images are taken for the commonest digit.")
def digits_commonest(images, labels, new_images, *, v):
    return np.full(len(new_images), np.bincount(labels).argmax())


@classify.slip("The labels are those of the training images.")
def digits_training(images, labels, new_images, *, v):
    return labels[: len(new_images)]


@classify.slip("The least likely class is returned.")
def digits_least(images, labels, new_images, *, v):
    X, X_new = images.reshape(len(images), -1), new_images.reshape(len(new_images), -1)
    W = train(X, labels, 10, 0.5, 20, v=v)
    return np.argmin(X_new @ W[:-1] + W[-1], axis=1)


work.by_hand(
    "why",
    points=5,
    prompt=r"""
    ## 7 In your own words

    Someone shuffles the 64 pixels of all digits, training and test alike, with one fixed
    permutation. In five to eight sentences: what happens to the accuracy of your softmax regression,
    of a fully connected network, and of a convolutional network, each trained anew, and why?
    """,
    rubric="""
    2 points: softmax regression and fully connected network: no change (up to chance); each pixel
    has its own weight, and the weights can be permuted along with the pixels.
    2 points: the convolutional network loses: neighbours are no longer neighbours, so small windows
    and shared weights find no edges.
    1 point: the shuffle loses no information, it only moves it (or: a network trained on images in
    order would fail on shuffled ones, so each has to be trained anew).
    """,
    answer="""
    A softmax regression has one weight for each pixel and class, and nothing in it knows where a
    pixel lies. Trained on shuffled images, it finds the same weights in shuffled order, and the
    accuracy stays the same up to chance. The same is true of a fully connected network. A
    convolutional network looks at small windows and uses the same filter everywhere; this pays
    because neighbouring pixels belong together. After the shuffle a window holds unrelated pixels,
    and the accuracy falls, although the shuffled image still holds every number. A network that was
    trained on images in order would fail on shuffled ones.
    """,
)
