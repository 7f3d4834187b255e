"""Exercises of chapter 5: digits, counting parameters, convolution, softmax, training."""

import re
from itertools import pairwise

import numpy as np

from groundup.datasets import digits
from groundup.later import Later
from groundup.questions.question import exercise

torch, nn = Later("torch"), Later("torch.nn")
cnn, mlp = (Later("groundup.models", name) for name in ("cnn", "mlp"))
fit, predict, set_seed = (
    Later("groundup.training", name) for name in ("fit", "predict", "set_seed")
)

# --- 5.1 ---


@exercise(
    "5.1",
    title="From bytes to rows",
    prompt="""
        The files of MNIST hold bytes. Write `prepare(images)`: it takes `images` of shape
        `(n, 28, 28)` with whole numbers from 0 to 255 and returns a row for each image: shape
        `(n, 784)`, numbers in $[0, 1]$, pixel by pixel in reading order. It must work for images
        of any height and width.
        """,
    stub="""
        def prepare(images):
            return ...  # your code
        """,
    hints=(
        "Two things happen here: a change of scale and a change of shape.",
        "The largest value that a byte can hold is 255, whether or not it occurs in this array.",
        "`reshape` with the number of images first and -1 second keeps the reading order.",
    ),
    cases=lambda rng: [
        (np.array([[[7, 51, 102], [204, 230, 18]], [[90, 33, 0], [4, 61, 130]]], dtype=np.uint8),),
        (np.array([[[0, 51], [102, 204]]], dtype=np.uint8),),
        *(
            (rng.integers(0, 200, size=shape, dtype=np.uint8),)
            for shape in [(2, 3, 4), (5, 28, 28), (1, 28, 28)]
        ),
        (np.zeros((2, 3, 3), dtype=np.uint8),),
        (np.full((2, 3, 3), 255, dtype=np.uint8),),
    ],
)
def prepare(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1) / 255


@prepare.slip(
    "Your numbers are relative to the largest pixel of this array. Then the same grey has another "
    "value in another batch; divide by the largest value that a byte can have."
)
def prepare_by_maximum(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1) / max(images.max(), 1)


@prepare.slip("The numbers are right, but each image is still a grid. A row is wanted for each.")
def prepare_not_flattened(images):
    return np.asarray(images) / 255


@prepare.slip(
    "Your rows are pixels and your columns are images. In this course a row is one image."
)
def prepare_transposed(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1).T / 255


@prepare.slip("All images came out in one long row. The number of images must stay the first axis.")
def prepare_one_row(images):
    return np.asarray(images).reshape(-1) / 255


@prepare.slip("The pixels are in rows, but still run up to 255. The scale is missing.")
def prepare_not_scaled(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1) * 1.0


@prepare.slip(
    "Every grey has become 0: the fractions are cut off. Look at the operator that divides, and at "
    "conversions to whole numbers."
)
def prepare_floor_division(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1) // 255


@prepare.slip(
    "The pixels stand column by column, not in reading order. Look at the order in which you "
    "flatten, or at axes that you have swapped."
)
def prepare_column_order(images):
    images = np.asarray(images)
    return images.transpose(0, 2, 1).reshape(len(images), -1) / 255


@prepare.also_right
def prepare_with_loops(images):
    return [[pixel / 255 for row in np.asarray(image, float) for pixel in row] for image in images]


@prepare.slip("You divided by 256, the number of values of a byte. The largest of them is smaller.")
def prepare_by_256(images):
    images = np.asarray(images)
    return images.reshape(len(images), -1) / 256


@prepare.slip(
    "You stretched this array from its own smallest to its own largest pixel. Then the same grey "
    "has another value in another batch; a byte has fixed limits."
)
def prepare_stretched(images):
    images = np.asarray(images, dtype=float).reshape(len(images), -1)
    with np.errstate(invalid="ignore"):
        return (images - images.min()) / (images.max() - images.min())


@prepare.slip("Only the first image comes back. Does `return` stand inside the loop?")
def prepare_first_only(images):
    return np.asarray(images)[0].flatten() / 255


@prepare.slip("The scale is applied twice: your largest number is 1/255.")
def prepare_twice(images):
    return prepare(images) / 255


@prepare.slip("You multiply by 255. To bring 255 down to 1, divide.")
def prepare_multiplied(images):
    return prepare(images) * 255**2


@prepare.slip(
    "Each image is divided by its own largest pixel. Then the same grey has another value in "
    "another image; divide by the largest value that a byte can have."
)
def prepare_by_own_maximum(images):
    rows = prepare(images)
    return rows / np.maximum(rows.max(axis=1, keepdims=True), 1 / 255)


@prepare.slip(
    "Your numbers lie between -1 and 1. Numbers from 0 to 1 are wanted: nothing is subtracted."
)
def prepare_centred(images):
    return 2 * prepare(images) - 1


@prepare.slip("You turned the greys round: 255 became 0. Only the scale changes.")
def prepare_inverted(images):
    return 1 - prepare(images)


@prepare.slip(
    "You brought the array to mean 0 and standard deviation 1. Numbers from 0 to 1 are wanted, and "
    "no pixel should depend on the others."
)
def prepare_standardised(images):
    rows = prepare(images)
    return (rows - rows.mean()) / (rows.std() + 1e-8)


@prepare.slip(
    "Right for images of 28 × 28 only. The number of pixels must come from `images` itself."
)
def prepare_fixed_size(images):
    return np.reshape(images, (-1, 784)) / 255


@prepare.slip("Only one row of pixels comes back for each image. All its rows belong to it.")
def prepare_first_pixel_row(images):
    return np.asarray(images)[:, 0] / 255


@prepare.slip(
    "The numbers are those of the images, but they are cut into rows of another length: `reshape` "
    "needs the number of images first, then -1."
)
def prepare_wrong_reshape(images):
    return np.reshape(images, (-1, len(images))) / 255


@prepare.slip("Your numbers are rounded. Keep all digits of the division.")
def prepare_rounded(images):
    return np.round(prepare(images), 2)


@prepare.slip(
    "You divide by the largest value that happens to be there. Then the same pixel is another number in"
    " another set of images: a byte's range is fixed."
)
def prepare_by_the_largest(images):
    return images.reshape(len(images), -1) / images.max()


# --- 5.2 ---


@exercise(
    "5.2",
    title="Parameters of an MLP",
    prompt="""
        Write `count_mlp(sizes)`: the number of weights and biases of a fully connected network,
        where `sizes` lists the neurons from input to output, such as `(784, 64, 64, 64, 10)`.
        """,
    stub="""
        def count_mlp(sizes):
            return ...  # your code
        """,
    hints=(
        "Count one layer first: how many weights lead into one of its neurons?",
        "Each neuron of a layer has one weight for each neuron before it, and a bias of its own.",
        "Add up over the pairs `sizes[i]`, `sizes[i + 1]`: one pair fewer than there are sizes.",
    ),
    cases=lambda rng: [
        ((3, 7, 5, 2),),
        ((2, 1),),
        ((2, 3, 1),),
        ((784, 10),),
        ((784, 64, 64, 64, 10),),
        *((tuple(int(n) for n in rng.integers(1, 50, size=k)),) for k in (3, 4, 6)),
    ],
)
def count_mlp(sizes):
    # (inputs + 1) × outputs: the 1 is the bias
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1))


@count_mlp.slip("You counted the weights only. Each neuron has a bias as well.")
def count_mlp_no_bias(sizes):
    return sum(n_in * n_out for n_in, n_out in pairwise(sizes))


@count_mlp.slip(
    "You gave a layer as many biases as it has inputs. A bias belongs to the neuron that adds it."
)
def count_mlp_bias_of_inputs(sizes):
    return sum(n_in * n_out + n_in for n_in, n_out in pairwise(sizes))


@count_mlp.slip("You gave the input a bias too. The input layer computes nothing.")
def count_mlp_input_bias(sizes):
    return sum(a * b for a, b in pairwise(sizes)) + sum(sizes)


@count_mlp.slip("You counted one bias a layer. Each neuron of the layer has its own.")
def count_mlp_one_bias(sizes):
    return sum(n_in * n_out + 1 for n_in, n_out in pairwise(sizes))


@count_mlp.slip("That is the number of neurons. Count the lines between them, and the biases.")
def count_mlp_neurons(sizes):
    return sum(sizes)


@count_mlp.slip(
    "The hidden layers are there, the last layer is not. It has weights and biases like any other."
)
def count_mlp_last_missing(sizes):
    return sum(a * b + b for a, b in pairwise(sizes[:-1]))


@count_mlp.also_right
def count_mlp_with_torch(sizes):
    layers = [nn.Linear(int(a), int(b)) for a, b in pairwise(sizes)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


@count_mlp.slip(
    "You gave biases to the hidden layers only. The output's neurons have a bias each as well."
)
def count_mlp_no_output_bias(sizes):
    return sum(a * b for a, b in pairwise(sizes)) + sum(sizes[1:-1])


@count_mlp.slip("Only the first layer is counted. Does `return` stand inside the loop?")
def count_mlp_first_only(sizes):
    return (sizes[0] + 1) * sizes[1]


count_mlp.slip(
    "You gave a layer biases for its inputs and for its outputs. A bias belongs to the neuron that "
    "adds it.",
    name="count_mlp_biases_of_both",
)(lambda sizes: sum(a * b + a + b for a, b in pairwise(sizes)))
count_mlp.slip(
    "That is the number of biases. Each neuron has a weight for every neuron before it as well.",
    name="count_mlp_biases_only",
)(lambda sizes: sum(sizes[1:]))
count_mlp.slip(
    "The first layer is missing: it has weights from the inputs, and biases.",
    name="count_mlp_first_missing",
)(lambda sizes: sum((a + 1) * b for a, b in pairwise(sizes[1:])))
count_mlp.slip(
    "Only the last layer is counted. Is the number set anew in each round instead of added to?",
    name="count_mlp_last_only",
)(lambda sizes: (sizes[-2] + 1) * sizes[-1])
count_mlp.slip(
    "You joined each layer with itself. Weights lead from one layer to the next one.",
    name="count_mlp_with_itself",
)(lambda sizes: sum((n + 1) * n for n in sizes[:-1]))
count_mlp.slip(
    "You joined every layer with the input. Its weights come from the layer just before it.",
    name="count_mlp_all_from_input",
)(lambda sizes: sum((sizes[0] + 1) * n for n in sizes[1:]))
count_mlp.slip(
    "You multiplied the sizes of all layers. Weights join neighbouring layers: one product for each "
    "pair, and the products are added.",
    name="count_mlp_product",
)(lambda sizes: int(np.prod(sizes)) + sum(sizes[1:]))
count_mlp.slip(
    "You counted one bias for the whole network. Each neuron after the input has its own.",
    name="count_mlp_single_bias",
)(lambda sizes: sum(a * b for a, b in pairwise(sizes)) + 1)
count_mlp.slip(
    "The weights are right. As biases you counted layers; each neuron after the input has one.",
    name="count_mlp_biases_by_layers",
)(lambda sizes: sum(a * b for a, b in pairwise(sizes)) + len(sizes))


@count_mlp.slip(
    "Your loop goes one step too far: after the last layer there is no next one. There is one pair "
    "fewer than there are sizes."
)
def count_mlp_too_far(sizes):
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes)))


@count_mlp.slip("All sizes are multiplied. Weights run only between neighbouring layers.")
def count_mlp_all_multiplied(sizes):
    return int(np.prod(sizes))


@count_mlp.slip("These are the numbers of each layer; their sum is wanted.")
def count_mlp_layers(sizes):
    return [a * b + b for a, b in zip(sizes, sizes[1:], strict=False)]


# --- 5.3 ---


@exercise(
    "5.3",
    title="How large is the feature map?",
    prompt="""
        Write `out_side(n, kernel, padding=0, stride=1)`: the number of rows of the feature map
        when a filter of `kernel` × `kernel` slides over an image with `n` rows, `padding` rows of
        zeros are added at each edge, and the window moves by `stride`. The answer is a whole
        number.
        """,
    stub="""
        def out_side(n, kernel, padding=0, stride=1):
            return ...  # your code
        """,
    hints=(
        "Take 5 rows and a window of 3 rows, without padding. Where can its first row stand?",
        "Padding is added at two edges. A window that sticks out at the end is left away.",
        "Equation {eq}`eq-5-size` says it; `//` rounds down.",
    ),
    cases=lambda rng: [
        (12, 5, 2, 3),
        (5, 3),
        (28, 3),
        (28, 3, 1),
        (28, 5, 2),
        (28, 2, 0, 2),
        (7, 2, 0, 2),
        (7, 3, 1, 2),
        (11, 4, 2, 3),
        (3, 3),
        *(
            tuple(int(v) for v in (rng.integers(10, 60), rng.integers(1, 9), p, s))
            for p, s in [(0, 2), (1, 3), (2, 1), (3, 4)]
        ),
    ],
)
def out_side(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // stride + 1


@out_side.slip(
    "Without padding you are right; with it your map is too small. Zeros are added at both edges."
)
def out_side_padding_once(n, kernel, padding=0, stride=1):
    return (n + padding - kernel) // stride + 1


@out_side.slip("You are one short: count the places of the window, not the moves between them.")
def out_side_no_one(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // stride


@out_side.slip(
    "Where the stride does not come out even, a window would stick out of the image. Such a window "
    "is left away, so round the other way."
)
def out_side_rounds_up(n, kernel, padding=0, stride=1):
    return -((n + 2 * padding - kernel) // -stride) + 1


@out_side.slip(
    "For some strides your answer is no whole number, and a map has no fraction of a row."
)
def out_side_fraction(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) / stride + 1


@out_side.slip("Your answer does not depend on the stride. The window may move by more than one.")
def out_side_no_stride(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel + 1


@out_side.slip(
    "You added one before dividing by the stride. The first place of the window is always there; "
    "only the further places depend on the stride."
)
def out_side_one_inside(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel + 1) // stride


@out_side.also_right
def out_side_by_counting(n, kernel, padding=0, stride=1):
    return len(range(0, n + 2 * padding - kernel + 1, stride))


@out_side.slip("Without padding you are right. The argument `padding` is not used.")
def out_side_no_padding(n, kernel, padding=0, stride=1):
    return (n - kernel) // stride + 1


@out_side.slip("Neither `padding` nor `stride` is used: your answer holds without them only.")
def out_side_plain(n, kernel, padding=0, stride=1):
    return n - kernel + 1


@out_side.slip(
    "You round to the nearest whole number. A window that does not fit is left away, however "
    "little is missing."
)
def out_side_rounds(n, kernel, padding=0, stride=1):
    return round((n + 2 * padding - kernel) / stride) + 1


out_side.slip(
    "You subtract the padding. Zeros that are added make the image larger.",
    name="out_side_padding_subtracted",
)(lambda n, kernel, padding=0, stride=1: (n - 2 * padding - kernel) // stride + 1)
out_side.slip(
    "Only the kernel is divided by the stride: `//` binds more closely than `+` and `-`. All the "
    "room that the window can move in is divided.",
    name="out_side_bracket",
)(lambda n, kernel, padding=0, stride=1: n + 2 * padding - kernel // stride + 1)
out_side.slip(
    "Only the image is divided by the stride. Subtract the kernel first, then divide.",
    name="out_side_kernel_outside",
)(lambda n, kernel, padding=0, stride=1: (n + 2 * padding) // stride - kernel + 1)
out_side.slip(
    "You subtract half of the kernel. Its first row can stand at any place from which the whole "
    "window still fits.",
    name="out_side_half_kernel",
)(lambda n, kernel, padding=0, stride=1: (n + 2 * padding - kernel // 2) // stride + 1)
out_side.slip(
    "You subtract one row too many before dividing: a window as large as the image has one place.",
    name="out_side_one_more_off",
)(lambda n, kernel, padding=0, stride=1: (n + 2 * padding - kernel - 1) // stride + 1)
out_side.slip(
    "You multiply by the stride. A larger stride gives fewer places.",
    name="out_side_multiplied",
)(lambda n, kernel, padding=0, stride=1: (n + 2 * padding - kernel) * stride + 1)
out_side.slip(
    "You subtract the stride once. The window moves by it from place to place: divide.",
    name="out_side_stride_subtracted",
)(lambda n, kernel, padding=0, stride=1: n + 2 * padding - kernel - stride + 2)
out_side.slip(
    "You add the kernel. A larger window has fewer places.", name="out_side_kernel_added"
)(lambda n, kernel, padding=0, stride=1: (n + 2 * padding + kernel) // stride + 1)
out_side.slip(
    "The padding counts four times in your answer. Down the image there are two edges.",
    name="out_side_four_edges",
)(lambda n, kernel, padding=0, stride=1: (n + 4 * padding - kernel) // stride + 1)
out_side.slip(
    "Your answer does not depend on the kernel: only with fitting padding is the map as large as "
    "the image.",
    name="out_side_same",
)(lambda n, kernel, padding=0, stride=1: n // stride)
out_side.slip(
    "That is the number of all entries of the map; the number of its rows is wanted.",
    name="out_side_entries",
)(lambda n, kernel, padding=0, stride=1: out_side(n, kernel, padding, stride) ** 2)


@out_side.slip(
    "The brackets are missing: without them the division takes only the number next to it."
)
def out_side_no_brackets(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel // stride


# --- 5.4 ---


@exercise(
    "5.4",
    title="Parameters of a convolution",
    prompt="""
        Write `count_conv(c_in, c_out, kernel)`: the number of parameters of a convolutional layer
        with `c_in` channels in, `c_out` filters of `kernel` × `kernel`, and a bias for each filter.
        """,
    stub="""
        def count_conv(c_in, c_out, kernel):
            return ...  # your code
        """,
    hints=(
        "How many weights has one filter? It is not flat when there are several channels.",
        "A filter has a `kernel` × `kernel` square of weights for each channel of its input.",
        "Then one bias a filter. The size of the image plays no part.",
    ),
    cases=lambda rng: [
        (3, 5, 4),
        (1, 1, 1),
        (1, 8, 3),
        (8, 16, 3),
        (3, 64, 7),
        *(tuple(int(v) for v in rng.integers(1, 30, size=3)) for _ in range(4)),
    ],
)
def count_conv(c_in, c_out, kernel):
    return c_out * (c_in * kernel * kernel + 1)


@count_conv.slip("The weights are right; the biases are missing.")
def count_conv_no_bias(c_in, c_out, kernel):
    return c_out * c_in * kernel**2


@count_conv.slip(
    "For one input channel you are right, for more you count too few. A filter looks at all "
    "channels, with weights of its own for each."
)
def count_conv_flat(c_in, c_out, kernel):
    return c_out * (kernel**2 + 1)


@count_conv.slip(
    "You counted a bias for each pair of channel and filter. A filter adds its sums over all "
    "channels first, and then one bias."
)
def count_conv_bias_each(c_in, c_out, kernel):
    return c_out * c_in * (kernel**2 + 1)


@count_conv.slip("The window is a square. You counted one side of it.")
def count_conv_side(c_in, c_out, kernel):
    return c_out * (c_in * kernel + 1)


@count_conv.slip("You gave each input channel a bias. A bias belongs to a filter.")
def count_conv_bias_of_inputs(c_in, c_out, kernel):
    return c_in * (c_out * kernel**2 + 1)


@count_conv.also_right
def count_conv_with_torch(c_in, c_out, kernel):
    return sum(p.numel() for p in nn.Conv2d(c_in, c_out, kernel).parameters())


@count_conv.slip("You counted one bias for the whole layer. Each filter has its own.")
def count_conv_one_bias(c_in, c_out, kernel):
    return c_out * c_in * kernel**2 + 1


@count_conv.slip(
    "That is one square of weights for each filter. A filter has one for each channel of its "
    "input, and a bias."
)
def count_conv_squares(c_in, c_out, kernel):
    return c_out * kernel**2


count_conv.slip(
    "You counted biases for the channels in and for the filters. A bias belongs to a filter.",
    name="count_conv_biases_of_both",
)(lambda c_in, c_out, kernel: c_in * c_out * kernel**2 + c_in + c_out)
count_conv.slip(
    "You added the channels. Each filter has a square of weights for each channel: multiply.",
    name="count_conv_channels_added",
)(lambda c_in, c_out, kernel: (c_in + c_out) * kernel**2 + c_out)
count_conv.slip(
    "The window has `kernel` times `kernel` entries; you counted two sides of it.",
    name="count_conv_two_sides",
)(lambda c_in, c_out, kernel: c_out * (c_in * 2 * kernel + 1))
count_conv.slip("That is one filter. The layer has `c_out` of them.", name="count_conv_one_filter")(
    lambda c_in, c_out, kernel: c_in * kernel**2 + 1
)
count_conv.slip(
    "You gave every weight a bias of its own. A filter adds up all its products, and then one bias.",
    name="count_conv_bias_of_weights",
)(lambda c_in, c_out, kernel: 2 * c_in * c_out * kernel**2)
count_conv.slip(
    "You counted one bias for each row of a filter. A filter has one.",
    name="count_conv_bias_of_rows",
)(lambda c_in, c_out, kernel: c_out * (c_in * kernel**2 + kernel))
count_conv.slip(
    "You multiplied by the size of the image. The same weights are used at every place.",
    name="count_conv_places",
)(lambda c_in, c_out, kernel: 784 * c_in * c_out * kernel**2 + c_out)
count_conv.slip(
    "`^` is no power in Python. The square is `kernel ** 2`, or `kernel * kernel`.",
    name="count_conv_xor",
)(lambda c_in, c_out, kernel: c_out * (c_in * (kernel ^ 2) + 1))
count_conv.slip(
    "You added the filters and one square of weights. There is a square for each pair of a filter "
    "and a channel.",
    name="count_conv_added",
)(lambda c_in, c_out, kernel: c_out + kernel**2)
count_conv.slip(
    "The filters are missing from the weights: you counted those of one filter, and all biases.",
    name="count_conv_weights_of_one",
)(lambda c_in, c_out, kernel: c_in * kernel**2 + c_out)


# --- 5.5 ---


@exercise(
    "5.5",
    title="Sliding a filter",
    prompt="""
        Write `correlate(image, kernel, padding=0)`: the feature map of one filter, equation
        {eq}`eq-5-correlation` with $b = 0$. `image` has shape `(h, w)` and `kernel` has shape
        `(k, m)`, which need not be square. First `padding` rows and columns of zeros are added at
        each edge. Use NumPy only.
        """,
    stub="""
        def correlate(image, kernel, padding=0):
            return ...  # your code
        """,
    hints=(
        "Begin without padding: how many places has the window down, how many across?",
        "For each place multiply the window entry by entry with the kernel, and add up.",
        "`np.pad(image, padding)` adds the zeros; then the loop runs on the larger image.",
    ),
    cases=lambda rng: [
        (
            np.array([[3.0, 2.0, -4.0, 7.0], [-6.0, 5.0, 2.3, 9.0], [4.0, -2.0, 8.0, 6.0]]),
            np.array([[2.0, -3.0, 5.0], [4.0, 7.0, -6.0]]),
        ),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 3.0]])),
        (np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0], [3.0, 5.0]])),
        *(
            (rng.normal(size=size), rng.normal(size=kernel), padding)
            for size, kernel, padding in [
                ((5, 7), (3, 3), 0),
                ((6, 4), (3, 3), 1),
                ((4, 5), (2, 3), 0),
                ((4, 5), (3, 2), 2),
                ((28, 28), (5, 5), 2),
            ]
        ),
        (np.zeros((4, 4)), np.ones((3, 3)), 1),
        (np.full((3, 3), 1e3), np.ones((3, 3)), 0),
    ],
)
def correlate(image, kernel, padding=0):
    image, kernel = np.pad(np.asarray(image, dtype=float), padding), np.asarray(kernel)
    k, m = kernel.shape
    out = np.empty((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] * kernel)
    return out


@correlate.slip(
    "You turned the kernel by 180 degrees. That is the mathematician's convolution; here the "
    "kernel lies on the window as it is."
)
def correlate_flipped(image, kernel, padding=0):
    return correlate(image, np.asarray(kernel)[::-1, ::-1], padding)


@correlate.slip(
    "Your result has one row and one column too few: the last place of the window is missing."
)
def correlate_last_missing(image, kernel, padding=0):
    return correlate(image, kernel, padding)[:-1, :-1]


@correlate.slip(
    "Your map holds whole numbers only: what is written into an array of integers loses its fraction."
    " Look at the `dtype` with which you make it."
)
def correlate_whole_numbers(image, kernel, padding=0):
    return correlate(image, kernel, padding).astype(int)


@correlate.slip("You took the mean over the window. The weighted values are added, not averaged.")
def correlate_mean(image, kernel, padding=0):
    return correlate(image, kernel, padding) / np.asarray(kernel).size


@correlate.slip("Without padding you are right. The argument `padding` is not used.")
def correlate_no_padding(image, kernel, padding=0):
    return correlate(image, kernel)


@correlate.slip(
    "You padded with copies of the edge. Padding means zeros here, as in PyTorch by default."
)
def correlate_edge_padding(image, kernel, padding=0):
    return correlate(np.pad(np.asarray(image, dtype=float), padding, mode="edge"), kernel)


@correlate.slip(
    "You padded the rows and the columns at one edge only. Zeros belong at all four edges."
)
def correlate_one_edge(image, kernel, padding=0):
    return correlate(np.pad(np.asarray(image, dtype=float), ((padding, 0), (padding, 0))), kernel)


@correlate.slip(
    "You multiplied the window and the kernel as matrices. They are multiplied entry by entry.",
)
def correlate_matrix_product(image, kernel, padding=0):
    image, kernel = np.pad(np.asarray(image, dtype=float), padding), np.asarray(kernel)
    k, m = kernel.shape
    out = np.empty((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] @ kernel)
    return out


@correlate.also_right
def correlate_with_windows(image, kernel, padding=0):
    padded = np.pad(np.asarray(image, dtype=float), padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, np.shape(kernel))
    return np.einsum("ijuv,uv->ij", windows, kernel)


@correlate.also_right
def correlate_with_torch(image, kernel, padding=0):
    tensors = (torch.as_tensor(np.asarray(v, dtype=float))[None, None] for v in (image, kernel))
    return nn.functional.conv2d(*tensors, padding=padding)[0, 0].numpy()


@correlate.slip(
    "You take one side of the kernel for both. It need not be square: rows and columns of the "
    "window have a size each."
)
def correlate_square(image, kernel, padding=0):
    image, kernel = np.pad(np.asarray(image, dtype=float), padding), np.asarray(kernel)
    k = len(kernel)
    out = np.empty((image.shape[0] - k + 1, image.shape[1] - k + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + k] * kernel)
    return out


@correlate.slip(
    "The size of your map comes from the image as it was before the zeros were added. With padding "
    "the window has more places."
)
def correlate_old_size(image, kernel, padding=0):
    (h, w), (k, m) = np.shape(image), np.shape(kernel)
    return correlate(image, kernel, padding)[: h - k + 1, : w - m + 1]


@correlate.slip(
    "With padding you are right; with `padding=0` your code stops. A slice that ends at `-padding` "
    "ends at 0 then, and is empty."
)
def correlate_empty_slice(image, kernel, padding=0):
    h, w = np.shape(image)
    larger = np.zeros((h + 2 * padding, w + 2 * padding))
    larger[padding:-padding, padding:-padding] = image
    return correlate(larger, kernel)


def _correlate_with(measure, padded=np.pad):
    """A sliding window whose number is ``measure(window, kernel)``."""

    def correlate(image, kernel, padding=0):
        image, kernel = padded(np.asarray(image, dtype=float), padding), np.asarray(kernel)
        k, m = kernel.shape
        rows, columns = (image.shape[0] - k + 1, image.shape[1] - m + 1)
        return np.array(
            [
                [measure(image[i : i + k, j : j + m], kernel) for j in range(columns)]
                for i in range(rows)
            ]
        )

    return correlate


correlate.slip(
    "Each place keeps the last product of its window only: is the entry set anew by each product "
    "instead of added to?",
    name="correlate_last_product",
)(_correlate_with(lambda window, kernel: window[-1, -1] * kernel[-1, -1]))
correlate.slip(
    "You took the largest of the products. They are added up.", name="correlate_largest"
)(_correlate_with(lambda window, kernel: (window * kernel).max()))
correlate.slip(
    "You added up the window alone. Each of its entries is multiplied by one of the kernel's first.",
    name="correlate_no_kernel",
)(_correlate_with(lambda window, kernel: window.sum()))
correlate.slip(
    "You multiplied two sums. Multiply entry by entry first, then add up.",
    name="correlate_product_of_sums",
)(_correlate_with(lambda window, kernel: window.sum() * kernel.sum()))
correlate.slip(
    "You added window and kernel. Their entries are multiplied.", name="correlate_added"
)(_correlate_with(lambda window, kernel: (window + kernel).sum()))
correlate.slip(
    "Negative sums became 0. That is a ReLU, which follows a convolution and is no part of it.",
    name="correlate_relu",
)(_correlate_with(lambda window, kernel: max((window * kernel).sum(), 0.0)))
correlate.slip("You padded with ones. Padding means zeros here.", name="correlate_ones")(
    _correlate_with(
        lambda window, kernel: (window * kernel).sum(),
        lambda image, padding: np.pad(image, padding, constant_values=1.0),
    )
)
correlate.slip(
    "You always add one row and column of zeros at each edge. The argument `padding` says how many.",
    name="correlate_always_one",
)(
    _correlate_with(
        lambda window, kernel: (window * kernel).sum(), lambda image, padding: np.pad(image, 1)
    )
)


@correlate.slip("The zeros are added to the map. They belong around the image, before the filter.")
def correlate_padded_after(image, kernel, padding=0):
    return np.pad(correlate(image, kernel), padding)


@correlate.slip(
    "Your map is as large as the padded image, with places where no window stands. It has one entry "
    "for each place of the whole window."
)
def correlate_too_large(image, kernel, padding=0):
    out = correlate(image, kernel, padding)
    k, m = np.shape(kernel)
    return np.pad(out, ((0, k - 1), (0, m - 1)))


@correlate.slip(
    "The last places of the window stayed 0: the map has the right size, and the loops end too "
    "early."
)
def correlate_end_stays_zero(image, kernel, padding=0):
    out = correlate(image, kernel, padding)
    out[-1], out[:, -1] = 0, 0
    return out


@correlate.slip("You turned the kernel upside down. It lies on the window as it is.")
def correlate_upside_down(image, kernel, padding=0):
    return correlate(image, np.asarray(kernel)[::-1], padding)


@correlate.slip("You turned the kernel left to right. It lies on the window as it is.")
def correlate_left_right(image, kernel, padding=0):
    return correlate(image, np.asarray(kernel)[:, ::-1], padding)


@correlate.slip("Height and width of the kernel are exchanged: `shape` gives the rows first.")
def correlate_sides_exchanged(image, kernel, padding=0):
    image, kernel = np.pad(np.asarray(image, dtype=float), padding), np.asarray(kernel)
    m, k = kernel.shape
    out = np.zeros((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] * kernel)
    return out


@correlate.slip(
    "The window walks down where it should walk to the right: row and column are exchanged when the "
    "window is cut out."
)
def correlate_walks_down(image, kernel, padding=0):
    image, kernel = np.pad(np.asarray(image, dtype=float), padding), np.asarray(kernel)
    k, m = kernel.shape
    out = np.zeros((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[j : j + k, i : i + m] * kernel)
    return out


# --- 5.6 ---


@exercise(
    "5.6",
    title="Max-pooling",
    prompt="""
        Write `max_pool(image, k)`: the largest value of each `k` × `k` window of `image`, shape
        `(h, w)`. The windows stand side by side and do not overlap. Rows and columns at the end
        that do not fill a window are left away, as in PyTorch. Use NumPy only.
        """,
    stub="""
        def max_pool(image, k):
            return ...  # your code
        """,
    hints=(
        "Draw a 4 × 4 image and mark its four windows of 2 × 2.",
        "The window in row i, column j of the result begins at row i·k, column j·k of the image.",
        "Two loops over the result, each taking the maximum of one slice, are enough.",
    ),
    cases=lambda rng: [
        (
            np.array(
                [
                    [5.2, -7.3, 2.1, 6.4, -9.5, 3.6],
                    [-8.7, 4.8, 9.9, -2.2, 7.1, -6.6],
                    [-3.3, -5.4, 6.9, 8.8, -4.1, -2.7],
                    [-2.6, -4.5, 7.7, 3.9, -8.2, -5.8],
                ]
            ),
            2,
        ),
        (np.array([[1.0, 4.0], [3.0, 2.0]]), 2),
        (np.arange(16.0).reshape(4, 4)[::-1], 2),
        *(
            (rng.normal(size=size), k)
            for size, k in [((4, 6), 2), ((6, 9), 3), ((5, 7), 2), ((28, 28), 2), ((7, 8), 3)]
        ),
        (-np.ones((4, 4)), 2),
        (np.arange(6.0).reshape(2, 3), 1),
    ],
)
def max_pool(image, k):
    image = np.asarray(image)
    out = np.empty((image.shape[0] // k, image.shape[1] // k))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = image[i * k : (i + 1) * k, j * k : (j + 1) * k].max()
    return out


@max_pool.slip("You took the mean of each window. That is average pooling.")
def max_pool_mean(image, k):
    image = np.asarray(image, dtype=float)
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, k, w, k).mean(axis=(1, 3))


@max_pool.slip("Your windows overlap: they move by one pixel. Here they move by their own size.")
def max_pool_overlapping(image, k):
    return np.lib.stride_tricks.sliding_window_view(np.asarray(image), (k, k)).max(axis=(2, 3))


@max_pool.slip("You took one pixel of each window, whatever it is. Look at all `k` × `k` of them.")
def max_pool_every_second(image, k):
    image = np.asarray(image)
    return image[: image.shape[0] // k * k : k, : image.shape[1] // k * k : k]


@max_pool.slip("You took the smallest value of each window.")
def max_pool_min(image, k):
    return -max_pool(-np.asarray(image), k)


@max_pool.slip(
    "Negative values became 0. Max-pooling has no ReLU inside: the largest of negative numbers is "
    "negative. Look at what you compare with first."
)
def max_pool_from_zero(image, k):
    return np.maximum(max_pool(image, k), 0)


@max_pool.slip(
    "Where the windows do not fill the image you made a row or a column from what is left. Leave "
    "incomplete windows away."
)
def max_pool_keeps_rest(image, k):
    image = np.asarray(image, dtype=float)
    pads = [(0, -side % k) for side in image.shape]
    return max_pool(np.pad(image, pads, constant_values=-np.inf), k)


@max_pool.also_right
def max_pool_by_reshape(image, k):
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, k, w, k).max(axis=(1, 3))


@max_pool.slip(
    "Your window in row i, column j of the result begins at row i, column j of the image. The "
    "windows stand side by side, so the next one begins `k` pixels further."
)
def max_pool_too_near(image, k):
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return np.lib.stride_tricks.sliding_window_view(image, (k, k)).max(axis=(2, 3))[:h, :w]


@max_pool.slip(
    "Right where the windows fill the image; otherwise `reshape` fails. Cut off what is left over "
    "first."
)
def max_pool_not_cut(image, k):
    h, w = np.shape(image)
    return np.reshape(image, (h // k, k, w // k, k)).max(axis=(1, 3))


@max_pool.slip(
    "Your windows hold pixels that follow each other in reading order, not squares of the image. "
    "In which order do the axes of `reshape` stand?"
)
def max_pool_wrong_reshape(image, k):
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, w, k, k).max(axis=(2, 3))


def _windows(image, k):
    """The windows that fill the image, shape (h // k, w // k, k, k)."""
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, k, w, k).swapaxes(1, 2)


def _pooled(measure):
    def max_pool(image, k):
        return np.array(
            [[measure(window, image, k) for window in row] for row in _windows(image, k)]
        )

    return max_pool


max_pool.slip("You added up each window. Its largest value is wanted.", name="max_pool_sum")(
    _pooled(lambda window, image, k: window.sum())
)
max_pool.slip(
    "That is the place of the largest value in its window (`argmax`); the value itself is wanted.",
    name="max_pool_argmax",
)(_pooled(lambda window, image, k: window.argmax()))
max_pool.slip(
    "You took the largest of the absolute values. The sign counts: -3 is smaller than 1.",
    name="max_pool_absolute",
)(_pooled(lambda window, image, k: np.abs(window).max()))
max_pool.slip(
    "Every entry is the largest value of the whole image. Each window has its own.",
    name="max_pool_global",
)(_pooled(lambda window, image, k: np.max(image)))
max_pool.slip(
    "Your windows are one row and one column too small: a slice ends before its second number.",
    name="max_pool_too_small",
)(_pooled(lambda window, image, k: window[: max(k - 1, 1), : max(k - 1, 1)].max()))
max_pool.slip(
    "You took the median of each window. The largest value is wanted.", name="max_pool_median"
)(_pooled(lambda window, image, k: np.median(window)))
max_pool.slip(
    "You took the first pixel of each window for its largest. Look at all of them.",
    name="max_pool_last_pixel",
)(_pooled(lambda window, image, k: window[-1, -1]))


@max_pool.slip(
    "The largest value is taken in one direction only: a window shrinks to one number, not to a row."
)
def max_pool_one_axis(image, k):
    h, w, _, _ = _windows(image, k).shape
    return _windows(image, k).max(axis=2).reshape(h, -1)


@max_pool.slip("Your windows are always 2 × 2. The argument `k` says how large they are.")
def max_pool_always_two(image, k):
    return max_pool(image, 2)


@max_pool.slip("Your result is lying on its side: rows and columns are exchanged.")
def max_pool_transposed(image, k):
    return max_pool(image, k).T


@max_pool.slip(
    "Your windows are one row and one column too large, so each also sees its neighbours."
)
def max_pool_too_large(image, k):
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return np.array(
        [
            [image[i * k : (i + 1) * k + 1, j * k : (j + 1) * k + 1].max() for j in range(w)]
            for i in range(h)
        ]
    )


@max_pool.slip(
    "Down the image your windows stand side by side, to the right they move by one pixel only."
)
def max_pool_columns_too_near(image, k):
    image = np.asarray(image)
    h, w = image.shape[0] // k, image.shape[1] // k
    return np.array(
        [[image[i * k : (i + 1) * k, j : j + k].max() for j in range(w)] for i in range(h)]
    )


@max_pool.slip("Your numbers have lost their fractions: the result is an array of whole numbers.")
def max_pool_whole_numbers(image, k):
    return max_pool(image, k).astype(int)


@max_pool.slip(
    "Your loops count pixels where the result counts windows: the place in the result is the place "
    "in the image divided by `k`."
)
def max_pool_pixel_places(image, k):
    image = np.asarray(image)
    out = np.zeros((image.shape[0] // k, image.shape[1] // k))
    for i in range(0, image.shape[0], k):
        for j in range(0, image.shape[1], k):
            out[i, j] = image[i : i + k, j : j + k].max()
    return out


# --- 5.7 ---


def _shifted(logits):
    logits = np.asarray(logits, dtype=float)
    return logits - logits.max(axis=1, keepdims=True)


@exercise(
    "5.7",
    title="Cross-entropy that does not overflow",
    prompt="""
        Write `cross_entropy(logits, labels)`: the cost of equation {eq}`eq-5-classification`, one
        number. `logits` has shape `(n, k)`, `labels` holds `n` class numbers. It must be right for
        logits of ±1000 as well, without a warning. Use NumPy only.
        """,
    stub="""
        def cross_entropy(logits, labels):
            return ...  # your code
        """,
    hints=(
        "Adding the same number to all logits of a row changes nothing. Which number helps?",
        "Subtract each row's largest logit first. Then every exponential is at most 1.",
        "Do not take the logarithm of a softmax that may be 0: write the logarithm of a quotient "
        "as a difference first.",
    ),
    cases=lambda rng: [
        (np.array([[2.3, -1.7, 0.4], [0.6, 3.1, -2.2]]), np.array([2, 1])),
        (np.array([[0.0, 0.0]]), np.array([0])),
        (np.array([[2.0, 0.0, 1.0]]), np.array([1])),
        *(
            (rng.normal(scale=3, size=(n, k)), rng.integers(0, k, size=n))
            for n, k in [(3, 3), (5, 10), (1, 4), (20, 10)]
        ),
        (np.array([[1000.0, 999.0], [0.0, 1.0]]), np.array([1, 0])),
        (np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]]), np.array([2, 1])),
        (np.array([[-1000.0, -1000.0]]), np.array([1])),
        (np.array([[27.6, 0.0]]), np.array([1])),  # a probability as small as what people add to it
    ],
    forbid_warnings=True,
    float32=False,  # the slips differ from the reference in digits that float32 does not keep
)
def cross_entropy(logits, labels):
    logits = np.asarray(logits, dtype=float)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


@cross_entropy.slip(
    "For small logits you are right. For large ones `exp` overflows: look at what can be "
    "subtracted from a row without changing its softmax."
)
def ce_overflows(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


@cross_entropy.slip(
    "`exp` is safe now, but a probability can still become exactly 0, and its logarithm infinite. "
    "Simplify the logarithm of the quotient before you compute it."
)
def ce_log_of_zero(logits, labels):
    p = np.exp(_shifted(logits))
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


@cross_entropy.slip(
    "You added a small number to the probability to save the logarithm. That hides how wrong a "
    "sure mistake is; the loss of a logit that is 2000 behind is 2000."
)
def ce_epsilon(logits, labels):
    p = np.exp(_shifted(logits))
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels] + 1e-12).mean()


@cross_entropy.slip("The sign is the wrong way round: a loss is never negative here.")
def ce_sign(logits, labels):
    return -cross_entropy(logits, labels)


@cross_entropy.slip(
    "You added up over the rows. The cost is the mean, so that it does not grow with n."
)
def ce_sum(logits, labels):
    return cross_entropy(logits, labels) * len(labels)


@cross_entropy.slip(
    "You divided by the number of all entries. There is one loss a row, so divide by the rows."
)
def ce_mean_over_entries(logits, labels):
    return cross_entropy(logits, labels) / np.shape(logits)[1]


@cross_entropy.slip(
    "You applied softmax twice: your loss cannot get near 0, however right the logits are."
)
def ce_softmax_twice(logits, labels):
    p = np.exp(_shifted(logits))
    return cross_entropy(p / p.sum(axis=1, keepdims=True), labels)


@cross_entropy.slip(
    "Your softmax runs over the rows instead of the classes: look at the axis. For one row alone "
    "every probability is 1 then."
)
def ce_wrong_axis(logits, labels):
    shifted = np.asarray(logits, dtype=float)
    shifted = shifted - shifted.max(axis=0, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


@cross_entropy.also_right
def ce_with_logaddexp(logits, labels):
    logits = np.asarray(logits, dtype=float)
    losses = [np.logaddexp.reduce(z) - z[y] for z, y in zip(logits, labels, strict=True)]
    return sum(losses) / len(losses)


@cross_entropy.slip(
    "You subtract the largest logit of the whole array. In a row whose logits are all much smaller "
    "every exponential is 0 then: each row needs its own maximum."
)
def ce_one_maximum(logits, labels):
    shifted = np.asarray(logits, dtype=float)
    shifted = shifted - shifted.max()
    rows = np.arange(len(labels))
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels])


@cross_entropy.slip(
    "The rows' maxima are subtracted from the wrong entries. Look at their shape: (n,) stands "
    "beside a row of the array, not beside its rows."
)
def ce_no_keepdims(logits, labels):
    shifted = np.asarray(logits, dtype=float)
    shifted = shifted - shifted.max(axis=1)
    rows = np.arange(len(labels))
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels])


@cross_entropy.slip(
    "The maximum is subtracted in the sum of exponentials, not from the true class's logit. Both "
    "must be shifted, or neither."
)
def ce_shifted_once(logits, labels):
    logits = np.asarray(logits, dtype=float)
    true = logits[np.arange(len(labels)), labels]
    return np.mean(np.log(np.exp(_shifted(logits)).sum(axis=1)) - true)


@cross_entropy.slip(
    "Each row is combined with the labels of all rows. Print the shape of what you pick: one number "
    "a row is wanted."
)
def ce_all_labels(logits, labels):
    shifted = _shifted(logits)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[:, labels])


@cross_entropy.slip(
    "You average over all classes. The cost looks at the true class of each row alone."
)
def ce_all_classes(logits, labels):
    shifted = _shifted(logits)
    return np.mean(np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted)


@cross_entropy.slip(
    "You cut large logits off. That keeps `exp` finite, but the loss of a sure mistake then comes "
    "out too small."
)
def ce_cut_logits(logits, labels):
    cut = np.clip(logits, -500, 500)
    return np.mean(np.log(np.exp(cut).sum(axis=1)) - cut[np.arange(len(labels)), labels])


def _ce_of(loss_of):
    """A cost from ``loss_of(shifted logits, picked logits, their log-probabilities)``."""

    def cross_entropy(logits, labels):
        z = _shifted(logits)
        log_sum = np.log(np.exp(z).sum(axis=1))
        return loss_of(z, z[np.arange(len(labels)), labels], log_sum)

    return cross_entropy


cross_entropy.slip(
    "One loss a row comes back. The cost is their mean, one number.", name="ce_no_mean"
)(_ce_of(lambda z, picked, log_sum: log_sum - picked))
cross_entropy.slip(
    "That is the loss of the first row alone. The cost is the mean over all rows.",
    name="ce_first_row",
)(_ce_of(lambda z, picked, log_sum: log_sum[0] - picked[0]))
cross_entropy.slip(
    "You took the logarithm to base 2. In this course log is the natural logarithm.",
    name="ce_base_two",
)(_ce_of(lambda z, picked, log_sum: (log_sum - picked).mean() / np.log(2)))
cross_entropy.slip(
    "The logarithm of the sum of exponentials is missing: you add the exponentials alone.",
    name="ce_no_log",
)(_ce_of(lambda z, picked, log_sum: (np.exp(log_sum) - picked).mean()))
cross_entropy.slip(
    "Your loss compares with the largest logit of each row. It must compare with the true class's, "
    "also where the model is wrong.",
    name="ce_of_the_largest",
)(_ce_of(lambda z, picked, log_sum: (log_sum - z.max(axis=1)).mean()))
cross_entropy.slip(
    "That is one minus the probability of the true class. The cost is minus its logarithm.",
    name="ce_one_minus",
)(_ce_of(lambda z, picked, log_sum: (1 - np.exp(picked - log_sum)).mean()))


def _ce_with_probability(of_p):
    """A cost that takes the logarithm of a probability which is kept away from 0."""

    def cross_entropy(logits, labels):
        p = np.exp(_shifted(logits))
        p /= p.sum(axis=1, keepdims=True)
        return -np.log(of_p(p[np.arange(len(labels)), labels])).mean()

    return cross_entropy


@cross_entropy.slip(
    "You keep the probability away from 0. That hides how wrong a sure mistake is: the loss of a "
    "logit that is 2000 behind is 2000."
)
def ce_clipped(logits, labels):
    return _ce_with_probability(lambda p: np.maximum(p, 1e-12))(logits, labels)


for _eps in ("1e-7", "1e-8", "1e-9", "1e-10", "1e-15", "1e-16"):
    cross_entropy.slip(
        f"You add {_eps} to the probability, or keep it above that. It hides how wrong a sure mistake "
        "is: the loss of a "
        "logit that is 2000 behind is 2000.",
        name=f"ce_plus_{_eps}",
    )(_ce_with_probability(lambda p, eps=float(_eps): p + eps))
    cross_entropy.slip(
        f"You keep the probability above {_eps}. That hides how wrong a sure mistake is: the loss of "
        "a logit that is 2000 behind is 2000.",
        name=f"ce_above_{_eps}",
    )(_ce_with_probability(lambda p, eps=float(_eps): np.maximum(p, eps)))


@cross_entropy.slip(
    "You applied a sigmoid to each logit. Softmax compares the logits of a row with each other."
)
def ce_sigmoid(logits, labels):
    picked = np.asarray(logits, dtype=float)[np.arange(len(labels)), labels]
    return np.logaddexp(0, -picked).mean()


@cross_entropy.slip(
    "You look one class too far back: the labels are column numbers as they are, from 0."
)
def ce_label_off(logits, labels):
    return cross_entropy(logits, np.asarray(labels) - 1)


@cross_entropy.slip(
    "You also take the logarithm of one minus the other classes' probabilities. That is the loss of "
    "separate yes-or-no questions; here only the true class counts."
)
def ce_binary(logits, labels):
    p = np.exp(_shifted(logits))
    p /= p.sum(axis=1, keepdims=True)
    y = np.eye(p.shape[1])[np.asarray(labels)]
    return -(y * np.log(p + 1e-300) + (1 - y) * np.log(1 - p + 1e-300)).sum(axis=1).mean()


# --- 5.8 ---


@exercise(
    "5.8",
    title="The floor of softmax twice",
    prompt="""
        A model ends in softmax and its output goes into cross-entropy, which applies softmax again.
        Write `floor(k)`: the lowest loss that such a model can reach with `k` classes.
        """,
    stub="""
        def floor(k):
            return ...  # your code
        """,
    hints=(
        "What would the best possible output of the first softmax be?",
        "A one for the true class and zeros elsewhere. Apply the second softmax to that row.",
        "The second softmax gives the true class e / (e + k - 1). The loss is minus its logarithm.",
    ),
    cases=lambda rng: [(7,), (2,), (10,), (3,), (100,), (1000,), (1,)],
)
def floor(k):
    return np.log(np.e + k - 1) - 1


@floor.slip(
    "That is the loss of a model that knows nothing and gives all classes the same probability. "
    "The best model is wanted."
)
def floor_at_start(k):
    return np.log(k)


@floor.slip(
    "You counted the true class twice: once as e, and again among the others. How many classes are "
    "left for the zeros?"
)
def floor_one_too_many(k):
    return np.log(np.e + k) - 1


@floor.slip(
    "That is the loss of the worst output: all probability on a wrong class. The best is wanted."
)
def floor_worst(k):
    return np.log(np.e + k - 1)


@floor.slip(
    "The two kinds of entries have changed places: *one* entry is $e$, that of the true class, and the"
    " $k - 1$ others are $e^0 = 1$."
)
def floor_entries_exchanged(k):
    return np.log(1 + (k - 1) * np.e) - 1


@floor.slip("You took the logarithm to base 10. In this course log is the natural logarithm.")
def floor_base_ten(k):
    return np.log10(np.e + k - 1) - np.log10(np.e)


@floor.slip("Zero is the floor with logits. A row of one 1 and zeros is no certainty for softmax.")
def floor_zero(k):
    return 0.0


@floor.also_right
def floor_by_softmax(k):
    best = np.zeros(k)
    best[0] = 1
    return -np.log(np.exp(best[0]) / np.exp(best).sum())


@floor.slip("That is the floor for ten classes, whatever `k` is.")
def floor_ten_classes(k):
    return np.log(np.e + 9) - 1


@floor.slip("That is a probability: the largest that the true class can get. The loss is wanted.")
def floor_probability(k):
    return np.e / (np.e + k - 1)


floor.slip(
    "The loss is minus a logarithm of e / (e + k - 1). You divided two numbers of which one stands "
    "outside the logarithm.",
    name="floor_divided",
)(lambda k: np.log(np.e + k - 1) / np.e)
floor.slip(
    "The sign is wrong: the loss is minus the logarithm, and never negative.", name="floor_sign"
)(lambda k: 1 - np.log(np.e + k - 1))
floor.slip(
    "You took the logarithm to base 2. In this course log is the natural logarithm.",
    name="floor_base_two",
)(lambda k: np.log2(np.e + k - 1) - np.log2(np.e))
floor.slip(
    "You counted one zero too few: one class is true, all others have a zero.",
    name="floor_one_too_few",
)(lambda k: np.log(np.e + k - 2) - 1)
floor.slip(
    "You divided by the number of classes. There is one loss for a row, and no mean over classes.",
    name="floor_by_classes",
)(lambda k: (np.log(np.e + k - 1) - 1) / k)
floor.slip(
    "That is the floor of a single output with a sigmoid. Here there are `k` classes and a softmax.",
    name="floor_of_a_sigmoid",
)(lambda k: np.log1p(np.exp(-1)))
floor.slip("Your number is rounded. Keep all digits.", name="floor_rounded")(
    lambda k: round(float(np.log(np.e + k - 1) - 1), 2)
)


# --- 5.9 ---


@exercise(
    "5.9",
    title="A confusion matrix by hand",
    prompt="""
        Write `confusion_matrix(labels, predicted, k)`: an array of shape `(k, k)` whose entry in
        row `i`, column `j` is the number of examples of class `i` that were predicted as `j`.
        """,
    stub="""
        def confusion_matrix(labels, predicted, k):
            return ...  # your code
        """,
    hints=(
        "Start with zeros of shape (k, k) and go through the examples one by one.",
        "Each example adds 1 to one entry: its true class is the row, the prediction the column.",
        "Without a loop: `matrix[labels, predicted] += 1` counts each pair once only; a loop, or "
        "`np.add.at`, counts them all.",
    ),
    cases=lambda rng: [
        (np.array([0, 2, 1, 0, 2, 0, 2]), np.array([1, 2, 1, 1, 0, 0, 2]), 4),
        (np.array([0, 0, 1]), np.array([0, 1, 1]), 2),
        (np.array([2, 2, 2, 0]), np.array([1, 1, 2, 0]), 4),
        *(
            (rng.integers(0, k, size=n), rng.integers(0, k, size=n), k)
            for n, k in [(10, 3), (50, 10), (200, 10)]
        ),
        (np.array([1, 1]), np.array([0, 0]), 5),
    ],
)
def confusion_matrix(labels, predicted, k):
    matrix = np.zeros((k, k), dtype=int)
    for i, j in zip(labels, predicted, strict=True):
        matrix[i, j] += 1
    return matrix


@confusion_matrix.slip("Rows and columns are swapped: the row is the true class.")
def confusion_transposed(labels, predicted, k):
    return confusion_matrix(labels, predicted, k).T


@confusion_matrix.slip(
    "Pairs that occur several times are counted once. In NumPy, adding 1 at repeated places at "
    "once adds it only once."
)
def confusion_once(labels, predicted, k):
    return (confusion_matrix(labels, predicted, k) > 0).astype(int)


@confusion_matrix.slip("You give shares of each row. Counts are wanted.")
def confusion_normalised(labels, predicted, k):
    matrix = confusion_matrix(labels, predicted, k)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@confusion_matrix.slip(
    "Your matrix is only as large as the classes that occur. It must always be (k, k)."
)
def confusion_too_small(labels, predicted, k):
    size = int(max(np.max(labels), np.max(predicted))) + 1
    return confusion_matrix(labels, predicted, size)


@confusion_matrix.slip("You counted the mistakes only. The right answers belong on the diagonal.")
def confusion_mistakes(labels, predicted, k):
    matrix = confusion_matrix(labels, predicted, k)
    return matrix - np.diag(np.diag(matrix))


@confusion_matrix.also_right
def confusion_add_at(labels, predicted, k):
    matrix = np.zeros((k, k), dtype=int)
    np.add.at(matrix, (np.asarray(labels), np.asarray(predicted)), 1)
    return matrix


@confusion_matrix.also_right
def confusion_bincount(labels, predicted, k):
    pairs = k * np.asarray(labels) + np.asarray(predicted)
    return np.bincount(pairs, minlength=k * k).reshape(k, k)


@confusion_matrix.slip(
    "All rows of your matrix are equal: they are one and the same list. `[row] * k` repeats the "
    "list, it does not copy it."
)
def confusion_one_row(labels, predicted, k):
    return np.tile(np.bincount(predicted, minlength=k), (k, 1))


@confusion_matrix.slip(
    "Each label is paired with the predictions of all examples. Label and prediction of the same "
    "example belong together."
)
def confusion_all_pairs(labels, predicted, k):
    return np.outer(np.bincount(labels, minlength=k), np.bincount(predicted, minlength=k))


@confusion_matrix.slip("You counted the right answers only. The mistakes stand off the diagonal.")
def confusion_diagonal(labels, predicted, k):
    return np.diag(np.diag(confusion_matrix(labels, predicted, k)))


@confusion_matrix.slip("You give shares of each class. Counts are wanted.")
def confusion_shares_of_rows(labels, predicted, k):
    matrix = confusion_matrix(labels, predicted, k)
    with np.errstate(all="ignore"):
        return matrix / matrix.sum(axis=1, keepdims=True)


@confusion_matrix.slip("Your matrix has a row and a column too many: classes are counted from 0.")
def confusion_too_large(labels, predicted, k):
    return confusion_matrix(labels, predicted, k + 1)


@confusion_matrix.slip("You give shares of all examples. Counts are wanted.")
def confusion_shares(labels, predicted, k):
    return confusion_matrix(labels, predicted, k) / len(labels)


confusion_matrix.slip(
    "Each example is counted twice, at (i, j) and at (j, i). True class and prediction differ in "
    "their parts: only row i, column j gets the 1.",
    name="confusion_symmetric",
)(
    lambda labels, predicted, k: (
        confusion_matrix(labels, predicted, k) + confusion_matrix(predicted, labels, k)
    )
)
confusion_matrix.slip(
    "Every entry is one too large: the counting starts at 1. Start at 0.",
    name="confusion_from_one",
)(lambda labels, predicted, k: confusion_matrix(labels, predicted, k) + 1)
confusion_matrix.slip(
    "Only the first example is counted. Does `return` stand inside the loop?",
    name="confusion_first_only",
)(lambda labels, predicted, k: confusion_matrix(labels[:1], predicted[:1], k))
confusion_matrix.slip(
    "An example counts where its class is i *and* its prediction is j; you count where one of the "
    "two holds.",
    name="confusion_or",
)(
    lambda labels, predicted, k: np.array(
        [[int(np.sum((labels == i) | (predicted == j))) for j in range(k)] for i in range(k)]
    )
)
confusion_matrix.slip(
    "You give shares of each column. Counts are wanted.", name="confusion_columns"
)(
    lambda labels, predicted, k: (
        confusion_matrix(labels, predicted, k)
        / np.maximum(confusion_matrix(labels, predicted, k).sum(axis=0), 1)
    )
)


# --- 5.10 ---


@exercise(
    "5.10",
    title="Moving an image",
    prompt="""
        Write `shift(image, down, right)`: `image`, shape `(h, w)`, moved by `down` rows downwards
        and `right` columns to the right. Negative numbers move up and left. What leaves the image
        is lost; what is uncovered is filled with zeros. The result has the same shape.
        """,
    stub="""
        def shift(image, down, right):
            return ...  # your code
        """,
    hints=(
        "`np.roll` moves, but what leaves at one edge comes back at the other.",
        "Pad the image with enough zeros all around; the answer is a window of the larger image.",
        "With a padding of p at each edge, the window begins at row p - down, column p - right.",
    ),
    cases=lambda rng: [
        (np.array([[2.0, 3.0, 5.0, 7.0], [4.0, 6.0, 8.0, 9.0], [12.0, 15.0, 18.0, 11.0]]), 1, 2),
        (np.array([[1.0, 2.0, 3.0]]), 0, 1),
        (np.arange(1.0, 7).reshape(2, 3), 1, 0),
        *(
            (rng.uniform(0.1, 1, size=size), down, right)
            for size, down, right in [
                ((4, 5), 1, 2),
                ((5, 4), -2, 1),
                ((6, 6), 2, -3),
                ((28, 28), -3, -1),
                ((3, 4), 0, 0),
            ]
        ),
        (np.ones((3, 4)), 3, 0),
        (np.ones((3, 4)), 10, -10),
    ],
)
def shift(image, down, right):
    image = np.asarray(image, dtype=float)
    h, w = image.shape
    p = max(abs(down), abs(right))
    padded = np.pad(image, p)
    return padded[p - down : p - down + h, p - right : p - right + w]


@shift.slip(
    "What leaves at one edge comes back at the other. Uncovered pixels must be 0.",
)
def shift_rolls(image, down, right):
    return np.roll(np.asarray(image, dtype=float), (down, right), axis=(0, 1))


@shift.slip("Your image moves the opposite way: positive numbers mean down and right.")
def shift_opposite(image, down, right):
    return shift(image, -down, -right)


@shift.slip("You swapped the axes: the first axis of an image runs down, the second to the right.")
def shift_swapped(image, down, right):
    return shift(image, right, down)


@shift.slip(
    "You filled the uncovered pixels with copies of the edge. They must be 0, which is white."
)
def shift_edge(image, down, right):
    image = np.asarray(image, dtype=float)
    h, w = image.shape
    p = max(abs(down), abs(right))
    padded = np.pad(image, p, mode="edge")
    return padded[p - down : p - down + h, p - right : p - right + w]


@shift.slip("Your image moves down, but not to the right.")
def shift_only_down(image, down, right):
    return shift(image, down, 0)


@shift.also_right
def shift_with_loops(image, down, right):
    h, w = np.shape(image)
    return [
        [
            image[i - down][j - right] if 0 <= i - down < h and 0 <= j - right < w else 0.0
            for j in range(w)
        ]
        for i in range(h)
    ]


@shift.slip(
    "Moves down and right are right. Moved up or left, pixels come back at the other edge: an index "
    "below 0 counts from the end."
)
def shift_wraps_negative(image, down, right):
    out = np.zeros(np.shape(image))
    for i, row in enumerate(image):
        for j, value in enumerate(row):
            if i + down < out.shape[0] and j + right < out.shape[1]:
                out[i + down, j + right] = value
    return out


@shift.slip(
    "Moves down and right are right. For negative numbers your slices mean something else: an index "
    "below 0 counts from the end."
)
def shift_slices(image, down, right):
    image = np.asarray(image, dtype=float)
    h, w = image.shape
    out = np.zeros((h, w))
    out[down:, right:] = image[: h - down, : w - right]
    return out


@shift.slip(
    "Moves down and right are right. For negative numbers you clear the wrong rows and columns: "
    "what is uncovered lies at the other edge then."
)
def shift_rolls_and_clears(image, down, right):
    out = np.roll(np.asarray(image, dtype=float), (down, right), axis=(0, 1))
    out[:down] = 0
    out[:, :right] = 0
    return out


def _shifted_image(image, down, right, source):
    """The image that takes ``source(i - down, j - right)`` at each place where it is not None."""
    image = np.asarray(image, dtype=float)
    out = np.zeros(image.shape)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            place = source(i - down, j - right, *out.shape)
            if place is not None:
                out[i, j] = image[place]
    return out


@shift.slip("Up and down are exchanged; left and right are as they should be.")
def shift_up(image, down, right):
    return shift(image, -down, right)


@shift.slip("Left and right are exchanged; up and down are as they should be.")
def shift_left(image, down, right):
    return shift(image, down, -right)


@shift.slip("Your image moves to the right, but not down.")
def shift_only_right(image, down, right):
    return shift(image, 0, right)


@shift.slip(
    "Pixels come back at the other edge: an index below 0 counts from the end. Ask that the place "
    "you read from is not negative."
)
def shift_reads_negative(image, down, right):
    def source(i, j, h, w):
        return (max(i, -h), max(j, -w)) if i < h and j < w else None

    return _shifted_image(image, down, right, source)


@shift.slip("The uncovered pixels became 1. They must be 0, which is white.")
def shift_ones(image, down, right):
    return shift(image, down, right) + 1 - shift(np.ones(np.shape(image)), down, right)


@shift.slip(
    "Your result is larger than the image: it is the padded image. Cut out a window of the old shape."
)
def shift_padded(image, down, right):
    pads = [(max(v, 0), max(-v, 0)) for v in (down, right)]
    return np.pad(np.asarray(image, dtype=float), pads)


@shift.slip(
    "You clear the upper rows and the left columns whatever the direction. For a move up or left "
    "the uncovered ones lie at the other edge."
)
def shift_clears_first(image, down, right):
    out = np.roll(np.asarray(image, dtype=float), (down, right), axis=(0, 1))
    out[: abs(down)], out[:, : abs(right)] = 0, 0
    return out


@shift.slip(
    "Where the image does not move in one direction, everything is cleared: a slice that begins at "
    "`-0` begins at the start."
)
def shift_clears_all(image, down, right):
    out = np.roll(np.asarray(image, dtype=float), (down, right), axis=(0, 1))
    if down > 0:
        out[:down] = 0
    else:
        out[down:] = 0
    if right > 0:
        out[:, :right] = 0
    else:
        out[:, right:] = 0
    return out


@shift.slip(
    "A slice that ends at `-0` is empty, so your code stops where the image does not move in one "
    "direction. Let it end at `h - down`, `w - right`."
)
def shift_empty_slice(image, down, right):
    image = np.asarray(image, dtype=float)
    out = np.zeros(image.shape)
    out[down:, right:] = image[:-down, :-right]
    return out


# --- 5.11 ---


@exercise(
    "5.11",
    title="Accuracy over batches",
    prompt="""
        A large test set is read batch by batch. Write `accuracy(batches)`: `batches` is a list of
        pairs `(logits, labels)` with shapes `(m, k)` and `(m,)`, where $m$ may differ from batch to
        batch. Return the share of right answers among all examples.
        """,
    stub="""
        def accuracy(batches):
            return ...  # your code
        """,
    hints=(
        "The predicted class is the position of the largest logit in each row.",
        "Count the right answers and the examples over all batches; divide at the very end.",
        "The last batch is often smaller. A mean of the batches' accuracies weighs it too much.",
    ),
    cases=lambda rng: [
        (_two_batches(),),
        ([(np.array([[2.0, 1.0]]), np.array([0]))],),
        ([(np.eye(3), np.array([0, 1, 0])), (np.array([[0.0, 1.0, 0.0]]), np.array([1]))],),
        *(
            ([(rng.normal(size=(m, k)), rng.integers(0, k, size=m)) for m in sizes],)
            for sizes, k in [((4, 4, 1), 3), ((8, 8, 3), 10), ((5,), 5), ((64, 64, 7), 2)]
        ),
        ([(np.full((3, 2), -1e3) + np.eye(3, 2), np.array([0, 1, 1]))],),
    ],
)
def accuracy(batches):
    right = total = 0
    for logits, labels in batches:
        right += np.sum(np.argmax(logits, axis=1) == labels)
        total += len(labels)
    return right / total


def _two_batches():
    """Four rows of which three are right, then three of which one is."""
    first = np.array([[3.1, 0.2, 1.7], [0.4, 2.6, 0.9], [1.2, 0.3, 2.8], [2.2, 1.9, 0.6]])
    second = np.array([[0.7, 3.4, 2.1], [1.6, 0.8, 2.9], [2.4, 1.1, 0.5]])
    return [(first, np.array([0, 1, 2, 1])), (second, np.array([1, 0, 2]))]


def _batch_accuracies(batches):
    return [np.mean(np.argmax(logits, axis=1) == labels) for logits, labels in batches]


@accuracy.slip(
    "You took the mean of the batches' accuracies. That is right only if all batches are equally "
    "large; count examples instead."
)
def accuracy_mean_of_means(batches):
    return np.mean(_batch_accuracies(batches))


@accuracy.slip("Only the last batch counts in your answer. Is something set anew in each round?")
def accuracy_last_batch(batches):
    return _batch_accuracies(batches)[-1]


@accuracy.slip("You return a number of right answers, not a share.")
def accuracy_count(batches):
    return sum(np.sum(np.argmax(logits, axis=1) == labels) for logits, labels in batches)


@accuracy.slip("That is the share of mistakes.")
def accuracy_error(batches):
    return 1 - accuracy(batches)


@accuracy.slip(
    "You divided by the number of batches. Divide by the number of examples in all of them."
)
def accuracy_by_batches(batches):
    return accuracy_count(batches) / len(batches)


@accuracy.slip("That is a percentage. A share lies between 0 and 1.")
def accuracy_percent(batches):
    return 100 * accuracy(batches)


@accuracy.also_right
def accuracy_joined(batches):
    logits = np.concatenate([np.asarray(z) for z, _ in batches])
    labels = np.concatenate([np.asarray(y) for _, y in batches])
    return (logits.argmax(axis=1) == labels).mean()


@accuracy.slip(
    "You take the place of the largest logit of the whole batch. One prediction a row is wanted: "
    "look at the axis."
)
def accuracy_no_axis(batches):
    right = sum(np.sum(np.argmax(logits) == labels) for logits, labels in batches)
    return right / sum(len(labels) for _, labels in batches)


@accuracy.slip("Only the first batch counts in your answer. Does `return` stand inside the loop?")
def accuracy_first_batch(batches):
    return _batch_accuracies(batches)[0]


@accuracy.slip(
    "The right answers are added up over all batches, the examples are not: you divide by the "
    "length of the last batch."
)
def accuracy_by_last_batch(batches):
    return accuracy_count(batches) / len(batches[-1][1])


@accuracy.slip(
    "You divided by the number of logits. There is one answer for each example: count rows."
)
def accuracy_by_logits(batches):
    return accuracy_count(batches) / sum(np.size(logits) for logits, _ in batches)


def _share_of(predict_rows, divide_by):
    def accuracy(batches):
        right = sum(np.sum(predict_rows(np.asarray(z)) == y) for z, y in batches)
        return right / divide_by(batches)

    return accuracy


def _examples(batches):
    return sum(len(y) for _, y in batches)


@accuracy.slip(
    "You take the largest logit of each column. A row is an example, so look along the row: which "
    "axis is that?"
)
def accuracy_axis_zero(batches):
    right = 0
    for z, y in batches:
        right += np.sum(np.argmax(z, axis=0) == y)
    return right / _examples(batches)


accuracy.slip(
    "You compare the largest logit itself with the label. Its place in the row is the class.",
    name="accuracy_max",
)(_share_of(lambda z: z.max(axis=1), _examples))
accuracy.slip(
    "You take the class with the smallest logit. The largest one is the prediction.",
    name="accuracy_argmin",
)(_share_of(lambda z: z.argmin(axis=1), _examples))
accuracy.slip(
    "You divided as if all batches were as large as the first. Count the examples.",
    name="accuracy_all_like_the_first",
)(_share_of(lambda z: z.argmax(axis=1), lambda b: len(b) * len(b[0][1])))
accuracy.slip(
    "You divided by the number of classes. Divide by the number of examples.",
    name="accuracy_by_columns",
)(_share_of(lambda z: z.argmax(axis=1), lambda b: sum(np.shape(z)[1] for z, _ in b)))
accuracy.slip(
    "You divided by the number of classes of one batch. Divide by the number of examples.",
    name="accuracy_by_classes",
)(_share_of(lambda z: z.argmax(axis=1), lambda b: np.shape(b[0][0])[1]))
accuracy.slip(
    "The right answers of the last batch are divided by all examples: is the count set anew in each "
    "round?",
    name="accuracy_right_of_the_last",
)(lambda batches: np.sum(np.argmax(batches[-1][0], axis=1) == batches[-1][1]) / _examples(batches))


# --- 5.12 ---


@exercise(
    "5.12",
    title="Build the CNN",
    prompt="""
        Write `make_cnn()`: a new PyTorch model for images of shape `(n, 1, 28, 28)`. Convolution
        with 8 filters, ReLU, max-pooling; convolution with 16 filters, ReLU, max-pooling; a dense
        layer of 32 neurons with ReLU; a dense layer of 10. Filters are 3 × 3 with padding 1,
        pooling windows 2 × 2. It returns **logits** and has 26 698 parameters. Use `torch.nn`
        without `groundup.models`.
        """,
    stub="""
        from torch import nn


        def make_cnn():
            return ...  # your code
        """,
    hints=(
        "`nn.Sequential` joins the layers. Write them down in the order of the text.",
        "Between the last pooling and the first dense layer comes `nn.Flatten()`. How many numbers "
        "has an image left there?",
        "16 maps of 7 × 7. And no softmax at the end: cross-entropy takes logits.",
    ),
    time_limit=20.0,
)
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


def _layers(activation=nn.ReLU, padding=1, bias=True, pools=(nn.MaxPool2d, nn.MaxPool2d)):
    """The layers of the CNN up to the first dense one, with one thing changed."""
    side = 28
    layers = []
    for c_in, c_out, pool in ((1, 8, pools[0]), (8, 16, pools[1])):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=padding, bias=bias), activation(), pool(2)]
        side = (side + 2 * padding - 2) // 2
    return [*layers, nn.Flatten(), nn.Linear(16 * side * side, 32), activation()]


@make_cnn.judge
def judge_cnn(answer, rng):
    model = answer()
    if not isinstance(model, nn.Module):
        return f"A PyTorch model is wanted; `make_cnn()` gave {type(model).__name__}."
    if {id(p) for p in model.parameters()} & {id(p) for p in answer().parameters()}:
        return "cnn_always_the_same"
    model.eval()
    images = torch.from_numpy(rng.uniform(0, 1, size=(5, 1, 28, 28)).astype(np.float32))
    with torch.no_grad():
        try:
            output = model(images)
        except RuntimeError as error:
            if slip := _slip_of_error(str(error)):
                return slip
            raise
    if output.shape != (5, 10):
        return (
            f"For 5 images the output must have shape (5, 10), a row of ten logits each; yours has "
            f"{tuple(output.shape)}."
        )
    if torch.allclose(output.sum(dim=1), torch.ones(5), atol=1e-4) and (output >= 0).all():
        return "cnn_softmax"
    if (output <= 0).all() and torch.allclose(output.exp().sum(dim=1), torch.ones(5), atol=1e-4):
        return "cnn_log_softmax"
    if (output >= 0).all():
        return "cnn_relu_at_the_end"
    return _compare_cnn(model, images, rng)


def _slip_of_error(text):
    """The slip behind PyTorch's message on shapes, for a batch of five."""
    if "expected input[5, 8, 14, 14] to have 1 channels" in text:
        return "cnn_second_sees_one"
    if found := re.search(r"mat1 and mat2 shapes .*\((\d+)x(\d+)", text):
        rows, entries = found.groups()
        if rows != "5":
            return "cnn_not_flattened"
        # the maps are 5 × 5 or 6 × 6 at the end where padding is missing
        missing = {"400": "cnn_no_padding", "576": "cnn_padding_once"}
        return missing.get(entries, "cnn_wrong_inputs")
    return None


#: a dense layer may be written as a convolution whose window is the whole map
_AS_CONVOLUTION = {(32, 16, 7, 7): (32, 784), (10, 32, 1, 1): (10, 32)}


def _role(parameter):
    """The shape of a parameter, as it is in dense layers."""
    shape = tuple(parameter.shape)
    return _AS_CONVOLUTION.get(shape, shape)


def _shapes(shapes):
    return ", ".join(map(str, shapes)) or "of layers that are there already"


def _compare_cnn(model, images, rng):
    n = sum(p.numel() for p in model.parameters())
    known = {
        28 * 28 * 64 + 64 + 2 * (64 * 64 + 64) + 650: "cnn_is_mlp",
        80 + 1168 + 16 * 5 * 5 * 32 + 32 + 330: "cnn_no_padding",
        80 + 1168 + 16 * 6 * 6 * 32 + 32 + 330: "cnn_padding_once",
        26698 - 24: "cnn_no_bias",
        80 + 1168 + 16 * 14 * 14 * 32 + 32 + 330: "cnn_one_pooling",
    }
    if n in known:
        return known[n]
    wanted = make_cnn.reference().eval()
    mine, theirs = (
        {_role(p): p for p in net.parameters()} for net in (model, wanted)
    )  # in this network no two parameters have the same shape
    if mine.keys() != theirs.keys() or len(mine) != len(list(model.parameters())):
        strange = [shape for shape in mine if shape not in theirs]
        missing = [shape for shape in theirs if shape not in mine]
        return (
            f"Your model has {n} parameters; 26698 are wanted. What is missing has the shapes "
            f"{_shapes(missing)}; in its place stand {_shapes(strange)}."
        )
    # Same parameters in, same logits out: this finds a wrong activation or a wrong pooling.
    values = {shape: torch.from_numpy(rng.normal(size=shape) * 0.3).float() for shape in theirs}

    def logits(net):
        with torch.no_grad():
            for p in net.parameters():
                p.copy_(values[_role(p)].reshape(p.shape))
            return net(images)

    def same(net, other):
        return torch.allclose(logits(net), logits(other), rtol=1e-3, atol=1e-3)

    if same(model, wanted):
        return None if same(model.train(), wanted) else "cnn_extra_layer"
    others = {
        "cnn_tanh": [*_layers(nn.Tanh), nn.Linear(32, 10)],
        "cnn_no_activation": [*_layers(nn.Identity), nn.Linear(32, 10)],
        "cnn_average": [*_layers(pools=(nn.AvgPool2d,) * 2), nn.Linear(32, 10)],
        "cnn_sigmoid": [*_layers(nn.Sigmoid), nn.Linear(32, 10)],
        "cnn_leaky": [*_layers(nn.LeakyReLU), nn.Linear(32, 10)],
        "cnn_linear_hidden": [*_layers()[:-1], nn.Linear(32, 10)],
        "cnn_linear_maps": list(cnn_linear_maps()),
        "cnn_linear_first": list(cnn_linear_first()),
        "cnn_linear_second": list(cnn_linear_second()),
    }
    for name, layers in others.items():
        if same(model, nn.Sequential(*layers)):
            return name
    return "The parameters are right, the logits are not: look at activations, pooling and order."


@make_cnn.also_right
def make_cnn_of_convolutions():
    convolutions = [nn.Conv2d(16, 32, 7), nn.ReLU(), nn.Conv2d(32, 10, 1)]
    return nn.Sequential(*_layers()[:6], *convolutions, nn.Flatten())


@make_cnn.slip(
    "Your model gives probabilities. Cross-entropy applies softmax itself, so the model must end "
    "in logits."
)
def cnn_softmax():
    return make_cnn.reference().append(nn.Softmax(dim=1))


@make_cnn.slip("Your model ends in log-softmax. Cross-entropy does that itself; end in logits.")
def cnn_log_softmax():
    return make_cnn.reference().append(nn.LogSoftmax(dim=1))


@make_cnn.slip(
    "No output of your model is negative. Logits can be: no ReLU and no sigmoid follows the last "
    "layer."
)
def cnn_relu_at_the_end():
    return make_cnn.reference().append(nn.ReLU())


@make_cnn.slip("That is the MLP of this chapter. The CNN begins with convolutions.")
def cnn_is_mlp():
    sizes = (784, 64, 64, 64, 10)
    layers = [nn.Flatten()]
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


@make_cnn.slip(
    "Your feature maps shrink at each convolution, to 5 × 5 at the end. Padding is missing."
)
def cnn_no_padding():
    return nn.Sequential(*_layers(padding=0), nn.Linear(32, 10))


@make_cnn.slip("Your convolutions have no bias: 24 parameters are missing, one a filter.")
def cnn_no_bias():
    return nn.Sequential(*_layers(bias=False), nn.Linear(32, 10))


@make_cnn.slip("Your maps are 14 × 14 at the end: there is a pooling after each convolution.")
def cnn_one_pooling():
    layers = list(make_cnn.reference())
    del layers[5]
    layers[6] = nn.Linear(16 * 14 * 14, 32)
    return nn.Sequential(*layers)


@make_cnn.slip("Your hidden layers use tanh. This network uses ReLU.")
def cnn_tanh():
    return nn.Sequential(*_layers(nn.Tanh), nn.Linear(32, 10))


@make_cnn.slip("There is no activation between your layers, so they can be joined into one.")
def cnn_no_activation():
    return nn.Sequential(*_layers(nn.Identity), nn.Linear(32, 10))


@make_cnn.slip("Your pooling takes the mean of each window. The largest value is wanted.")
def cnn_average():
    return nn.Sequential(*_layers(pools=(nn.AvgPool2d,) * 2), nn.Linear(32, 10))


@make_cnn.also_right
def make_cnn_as_class():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(1, 8, 3, padding="same")
            self.second = nn.Conv2d(8, 16, 3, padding="same")
            self.hidden = nn.Linear(784, 32)
            self.output = nn.Linear(32, 10)

        def forward(self, x):
            x = nn.functional.max_pool2d(nn.functional.relu(self.first(x)), 2)
            x = nn.functional.max_pool2d(self.second(x), 2).relu()
            return self.output(self.hidden(x.flatten(1)).relu())

    return Net()


@make_cnn.slip(
    "The first dense layer does not get one row an image: between the last pooling and it the maps "
    "must be flattened."
)
def cnn_not_flattened():
    return nn.Sequential(*(layer for layer in make_cnn() if not isinstance(layer, nn.Flatten)))


@make_cnn.slip(
    "The first dense layer has another number of inputs than the flattened maps have entries. How "
    "large is a map after two poolings, and how many maps are there?"
)
def cnn_wrong_inputs():
    layers = list(make_cnn())
    layers[7] = nn.Linear(16 * 28 * 28, 32)
    return nn.Sequential(*layers)


@make_cnn.slip("Your hidden layers use the sigmoid. This network uses ReLU.")
def cnn_sigmoid():
    return nn.Sequential(*_layers(nn.Sigmoid), nn.Linear(32, 10))


@make_cnn.slip("The dense layer of 32 neurons has no ReLU after it.")
def cnn_linear_hidden():
    return nn.Sequential(*_layers()[:-1], nn.Linear(32, 10))


@make_cnn.slip("Your convolutions have no ReLU after them.")
def cnn_linear_maps():
    layers = [nn.Identity() if k in (1, 4) else it for k, it in enumerate(make_cnn())]
    return nn.Sequential(*layers)


@make_cnn.slip("The second convolution has no ReLU after it.")
def cnn_linear_second():
    layers = [nn.Identity() if k == 4 else it for k, it in enumerate(make_cnn())]
    return nn.Sequential(*layers)


@make_cnn.slip("The first convolution has no ReLU after it.")
def cnn_linear_first():
    layers = [nn.Identity() if k == 1 else it for k, it in enumerate(make_cnn())]
    return nn.Sequential(*layers)


@make_cnn.slip("Your hidden layers use a leaky ReLU. This network uses the plain one.")
def cnn_leaky():
    return nn.Sequential(*_layers(nn.LeakyReLU), nn.Linear(32, 10))


@make_cnn.slip(
    "Only one of your convolutions has padding: the maps are 6 × 6 at the end. Both need it."
)
def cnn_padding_once():
    layers = list(make_cnn())
    layers[3] = nn.Conv2d(8, 16, kernel_size=3)
    layers[7] = nn.Linear(16 * 6 * 6, 32)
    return nn.Sequential(*layers)


@make_cnn.slip(
    "The second convolution expects images with one channel. How many maps come out of the first?"
)
def cnn_second_sees_one():
    layers = list(make_cnn())
    layers[3] = nn.Conv2d(1, 16, kernel_size=3, padding=1)
    return nn.Sequential(*layers)


@make_cnn.slip(
    "Your model acts in another way while it trains: it holds dropout or a normalisation, which the "
    "text does not ask for."
)
def cnn_extra_layer():
    layers = list(make_cnn())
    return nn.Sequential(*layers[:7], nn.Dropout(0.5), *layers[7:])


_KEPT = []  # the model of the slip below


@make_cnn.slip(
    "Each call gives the same model. Then whoever trains it twice goes on with the weights of the "
    "first time: build the layers inside the function."
)
def cnn_always_the_same():
    if not _KEPT:
        _KEPT.append(make_cnn())
    return _KEPT[0]


# --- 5.13 ---

GOAL = 0.97  # share of the new digits that must be right


@exercise(
    "5.13",
    title="Train it to 97 %",
    prompt="""
        Write `train(X, y)`: it builds a model, trains it on `X` (float32, shape
        `(1400, 1, 28, 28)`) and `y` (int64, shape `(1400,)`), and returns it. The model takes
        images and gives ten logits for each. The check calls your function with the small digits of
        scikit-learn and then shows your model 397 digits that it has not seen. At least 97 % of them must be right.
        Cut a validation set from `X` and choose your settings on it; the check is the test set. You
        may use everything that the course has built; half a minute of training is more than enough.
        """,
    stub="""
        from groundup.models import cnn, mlp
        from groundup.training import fit, set_seed


        def train(X, y):
            return ...  # your code
        """,
    hints=(
        "Start from this chapter's CNN and `fit`, and look at the settings used there.",
        "1400 images make few batches. Take smaller batches or more epochs, so that there are some "
        "hundred steps.",
        "More filters, such as `cnn(channels=(16, 32), hidden=64)`, and a schedule that lets the "
        "learning rate fall to zero, which allows a larger one at the start, such as 3e-3.",
    ),
    trains=True,
)
def train(X, y):
    set_seed(0)
    model = cnn(channels=(16, 32), hidden=64)
    settings = {"loss": "cross_entropy", "lr": 3e-3, "schedule": "cosine", "batch_size": 32}
    fit(model, X, y, epochs=20, **settings)
    return model


@train.judge
def judge_train(answer, rng):
    found = digits("small")
    parts = [(part.images, part.labels) for part in (found.train, found.val, found.test)]
    tensors = [(torch.from_numpy(X).unsqueeze(1), torch.from_numpy(y)) for X, y in parts]
    X, y = (torch.cat(both) for both in zip(*tensors[:2], strict=True))
    X_test, y_test = tensors[2]
    # Renumbered classes: who trains with other data than X and y learns other names.
    model = answer(X, (y + 3) % 10)
    if model is None:
        return "`train` gave None: hand the trained model back with `return`."
    if not isinstance(model, nn.Module):
        return f"A trained PyTorch model is wanted; `train` gave {type(model).__name__}."
    model.eval()
    with torch.no_grad():
        try:
            output = model(X_test)
        except RuntimeError as error:
            if "mat1 and mat2 shapes" in str(error):
                return "train_flattened_outside"
            raise
        blank, sums = model(torch.zeros(2, 1, 28, 28)), model(X_test[:100] + X_test[100:200])
    if output.shape != (len(y_test), 10):
        return f"The output must have shape ({len(y_test)}, 10); yours has {tuple(output.shape)}."
    if not torch.isfinite(output).all():
        return "train_diverged"
    found = predict(model, X_test)
    if (found == y_test).double().mean() > 0.5:
        return "train_on_other_data"
    right = int((found == (y_test + 3) % 10).sum())
    share = right / len(y_test)
    if torch.allclose(output.sum(dim=1), torch.ones(len(output)), atol=1e-4):
        return "train_softmax"
    if share >= GOAL:
        return None
    if share < 0.3:
        # A model that has never been trained gives nearly the same logits for every image.
        return "train_shuffled" if output.std(dim=0).mean() > 0.1 else "train_no_step"
    # Without an activation between the layers the network is affine: f(a + b) = f(a) + f(b) - f(0).
    affine = output[:100] + output[100:200] - blank[:1]
    if torch.allclose(sums, affine, rtol=1e-3, atol=1e-2):
        return "train_linear"
    if share < GOAL - 0.03:
        return "train_short"
    return (
        f"Close: {right} of the {len(y_test)} new digits are right; {int(np.ceil(GOAL * len(y_test)))} "
        "are wanted. Which of your settings does the validation set like better? To try seeds until "
        "this check agrees would be choosing on the test set."
    )


@train.slip(
    "The logits are NaN or infinite: the training has run away. Look at the learning rate.",
)
def train_diverged(X, y):
    set_seed(0)
    model = mlp((784, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=100.0)
    for _ in range(100):
        loss = nn.functional.mse_loss(model(X), nn.functional.one_hot(y, 10).float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@train.slip(
    "Your model gives probabilities. Logits are wanted, since cross-entropy applies softmax "
    "itself: twice is once too often."
)
def train_softmax(X, y):
    set_seed(0)
    model = mlp((784, 64, 10), output="softmax")
    fit(model, X, y, loss="cross_entropy", epochs=5, lr=1e-3)
    return model


@train.slip(
    "Your model guesses: it gives nearly the same logits for every image. Either it was not trained "
    "(does the optimiser take a step, and hold the parameters of the model that you return?), or the "
    "learning rate was so large that all hidden neurons give 0."
)
def train_no_step(X, y):
    set_seed(0)
    model = cnn()
    for rows in torch.randperm(len(X)).split(64):
        nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
    return model


@train.slip(
    "Your model has learned something, but it only guesses on new images. That happens when images "
    "and labels no longer belong together: are both shuffled by the same row numbers?"
)
def train_shuffled(X, y):
    set_seed(0)
    model = mlp((784, 256, 10))
    fit(model, X, y[torch.randperm(len(y))], loss="cross_entropy", epochs=40, lr=3e-3)
    return model


@train.slip(
    "Your model is linear, so it cannot do better than logistic regression. It needs a hidden "
    "layer and an activation after it."
)
def train_linear(X, y):
    set_seed(0)
    model = mlp((784, 32, 10), activation="identity")
    fit(model, X, y, loss="cross_entropy", epochs=10, lr=1e-3)
    return model


@train.slip(
    "Your model has begun to learn, but it is far from the goal. Count the steps that it takes: "
    "epochs times batches. More epochs, smaller batches or a higher learning rate?"
)
def train_short(X, y):
    set_seed(0)
    model = cnn()
    fit(model, X, y, loss="cross_entropy", epochs=4, lr=1e-3)
    return model


@train.also_right
def train_by_hand(X, y):
    set_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
    for _epoch in range(30):
        for rows in torch.randperm(len(X)).split(32):
            loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return model


@train.slip(
    "Your model takes rows of 784 numbers; it will be shown images of shape (n, 1, 28, 28). The "
    "flattening belongs into the model."
)
def train_flattened_outside(X, y):
    set_seed(0)
    model = nn.Sequential(nn.Linear(784, 10))
    fit(model, X.flatten(1), y, loss="cross_entropy", epochs=1, lr=1e-3)
    return model


@train.slip(
    "Your model gives other names to the digits than `y` does: the check has renumbered the classes. "
    "It was trained with other data than `X` and `y`, perhaps with the test set."
)
def train_on_other_data(X, y):
    set_seed(0)
    test = digits("small").test
    model = cnn()
    images = torch.from_numpy(test.images).unsqueeze(1)
    settings = {"loss": "cross_entropy", "lr": 3e-3, "batch_size": 32}
    fit(model, images, torch.from_numpy(test.labels), epochs=10, **settings)
    return model
