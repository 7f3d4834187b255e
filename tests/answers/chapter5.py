"""Answers to chapter 5's exercises; ``../test_answers.py`` says how they are written."""

import numpy as np
import torch
from torch import nn


# %% 5.1 prepare_twice
def prepare(images):
    return images.reshape(len(images), -1) / 255 / 255


# %% 5.1 prepare_standardised
def prepare(images):
    x = images.reshape(len(images), -1) / 255
    return (x - x.mean()) / (x.std() + 1e-8)


# %% 5.1 prepare_centred
def prepare(images):
    return images.reshape(len(images), -1) / 127.5 - 1


# %% 5.1 prepare_by_own_maximum
def prepare(images):
    x = images.reshape(len(images), -1).astype(float)
    return x / np.maximum(x.max(axis=1, keepdims=True), 1)


# %% 5.1 general
def prepare(images):
    return (images.reshape(len(images), -1) / 255).astype(np.float16)


# %% 5.1 right
def prepare(images):
    return np.stack([np.ravel(im) / 255 for im in images])


# %% 5.1 prepare_first_pixel_row
def prepare(images):
    return images[:, 0, :] / 255


# %% 5.1 prepare_by_256
def prepare(images):
    return images.reshape(len(images), -1) / 256


# %% 5.1 prepare_not_scaled
def prepare(images):
    return images.reshape(len(images), -1)


# %% 5.1 prepare_one_row
def prepare(images):
    return images.ravel() / 255


# %% 5.1 prepare_by_the_largest
def prepare(images):
    return images.reshape(len(images), -1) / images.max()


# %% 5.1 general
def prepare(images):
    flat = images.reshape(len(images), -1)
    return flat / flat.max(axis=1, keepdims=True)


# %% 5.1 prepare_wrong_reshape
def prepare(images):
    return images.reshape(-1, len(images)) / 255


# %% 5.1 prepare_centred
def prepare(images):
    return images.reshape(len(images), -1) / 127.5 - 1


# %% 5.1 prepare_not_flattened
def prepare(images):
    return images / 255


# %% 5.2 count_mlp_with_itself
def count_mlp(sizes):
    return sum(sizes[i] * sizes[i] + sizes[i] for i in range(len(sizes) - 1))


# %% 5.2 count_mlp_biases_of_both
def count_mlp(sizes):
    return sum(a * b + a + b for a, b in zip(sizes, sizes[1:]))


# %% 5.2 count_mlp_last_missing
def count_mlp(sizes):
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 2))


# %% 5.2 count_mlp_all_from_input
def count_mlp(sizes):
    return sum(sizes[0] * b + b for b in sizes[1:])


# %% 5.2 count_mlp_biases_only
def count_mlp(sizes):
    return sum(sizes[1:])


# %% 5.2 count_mlp_last_only
def count_mlp(sizes):
    for a, b in zip(sizes, sizes[1:]):
        total = a * b + b
    return total


# %% 5.2 count_mlp_biases_by_layers
def count_mlp(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) + len(sizes)


# %% 5.2 count_mlp_no_bias
def count_mlp(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))


# %% 5.2 count_mlp_input_bias
def count_mlp(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes)


# %% 5.2 count_mlp_one_bias
def count_mlp(sizes):
    return sum(a * b + 1 for a, b in zip(sizes[:-1], sizes[1:]))


# %% 5.2 count_mlp_bias_of_inputs
def count_mlp(sizes):
    return sum(a * b + a for a, b in zip(sizes[:-1], sizes[1:]))


# %% 5.2 count_mlp_no_output_bias
def count_mlp(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) + sum(sizes[1:-1])


# %% 5.2 count_mlp_all_multiplied
def count_mlp(sizes):
    return int(np.prod(sizes))


# %% 5.2 count_mlp_layers
def count_mlp(sizes):
    return [a * b + b for a, b in zip(sizes, sizes[1:])]


# %% 5.3 out_side_padding_subtracted
def out_side(n, kernel, padding=0, stride=1):
    return (n - 2 * padding - kernel) // stride + 1


# %% 5.3 out_side_half_kernel
def out_side(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel // 2) // stride + 1


# %% 5.3 out_side_bracket
def out_side(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel // stride + 1


# %% 5.3 right
def out_side(n, kernel, padding=0, stride=1):
    return int((n + 2 * padding - kernel) / stride) + 1


# %% 5.3 out_side_stride_subtracted
def out_side(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel - stride + 2


# %% 5.3 out_side_four_edges
def out_side(n, kernel, padding=0, stride=1):
    return (n + 4 * padding - kernel) // stride + 1


# %% 5.3 right
def out_side(n, kernel, padding=0, stride=1):
    return int(np.ceil((n + 2 * padding - kernel + 1) / stride))


# %% 5.3 out_side_no_brackets
def out_side(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel // stride


# %% 5.3 out_side_no_one
def out_side(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel) // stride


# %% 5.3 out_side_no_stride
def out_side(n, kernel, padding=0, stride=1):
    return n + 2 * padding - kernel + 1


# %% 5.3 out_side_entries
def out_side(n, kernel, padding=0, stride=1):
    return ((n + 2 * padding - kernel) // stride + 1) ** 2


# %% 5.3 out_side_half_kernel
def out_side(n, kernel, padding=0, stride=1):
    return (n + 2 * padding - kernel // 2) // stride + 1


# %% 5.3 out_side_no_padding
def out_side(n, kernel, padding=0, stride=1):
    return (n - kernel) // stride + 1


# %% 5.3 general
def out_side(n, kernel, padding=0, stride=1):
    return round((n + 2 * padding - kernel) / stride + 1)


# %% 5.4 count_conv_biases_of_both
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel * kernel + c_in + c_out


# %% 5.4 count_conv_two_sides
def count_conv(c_in, c_out, kernel):
    return c_out * (c_in * 2 * kernel + 1)


# %% 5.4 count_conv_bias_of_inputs
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel**2 + c_in


# %% 5.4 count_conv_added
def count_conv(c_in, c_out, kernel):
    return c_out + kernel**2


# %% 5.4 count_conv_bias_of_weights
def count_conv(c_in, c_out, kernel):
    return 2 * c_in * c_out * kernel**2


# %% 5.4 count_conv_bias_of_rows
def count_conv(c_in, c_out, kernel):
    return c_out * (c_in * kernel**2 + kernel)


# %% 5.4 count_conv_xor
def count_conv(c_in, c_out, kernel):
    return c_out * (c_in * (kernel ^ 2) + 1)


# %% 5.4 count_conv_bias_each
def count_conv(c_in, c_out, kernel):
    return c_out * (c_in * kernel**2 + c_in)


# %% 5.4 count_conv_flat
def count_conv(c_in, c_out, kernel):
    return c_out * kernel**2 + c_out


# %% 5.4 count_conv_one_bias
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel**2 + 1


# %% 5.4 count_conv_side
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel + c_out


# %% 5.4 count_conv_bias_of_inputs
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel**2 + c_in


# %% 5.4 count_conv_two_sides
def count_conv(c_in, c_out, kernel):
    return c_in * c_out * kernel * 2 + c_out


# %% 5.4 count_conv_channels_added
def count_conv(c_in, c_out, kernel):
    return (c_in + c_out) * kernel**2 + c_out


# %% 5.5 right
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    k, m = K.shape
    return np.array(
        [
            [(p[i : i + k, j : j + m] * K).sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 correlate_upside_down
def correlate(image, kernel, padding=0):
    K = np.asarray(kernel)[::-1]
    p = np.pad(np.asarray(image, float), padding)
    k, m = K.shape
    return np.array(
        [
            [(p[i : i + k, j : j + m] * K).sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 correlate_sides_exchanged
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    m, k = K.shape
    out = np.zeros((p.shape[0] - k + 1, p.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (p[i : i + k, j : j + m] * K).sum()
    return out


# %% 5.5 correlate_product_of_sums
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    k, m = K.shape
    return np.array(
        [
            [p[i : i + k, j : j + m].sum() * K.sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 correlate_end_stays_zero
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    k, m = K.shape
    out = np.zeros((p.shape[0] - k + 1, p.shape[1] - m + 1))
    for i in range(p.shape[0] - k):
        for j in range(p.shape[1] - m):
            out[i, j] = (p[i : i + k, j : j + m] * K).sum()
    return out


# %% 5.5 correlate_always_one
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), 1)
    K = np.asarray(kernel)
    k, m = K.shape
    return np.array(
        [
            [(p[i : i + k, j : j + m] * K).sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 correlate_added
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    k, m = K.shape
    return np.array(
        [
            [(p[i : i + k, j : j + m] + K).sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 right
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    K = np.asarray(kernel)
    k, m = K.shape
    H, W = p.shape[0] - k + 1, p.shape[1] - m + 1
    return sum(K[u, v] * p[u : u + H, v : v + W] for u in range(k) for v in range(m))


# %% 5.5 correlate_no_kernel
def correlate(image, kernel, padding=0):
    p = np.pad(np.asarray(image, float), padding)
    k, m = np.shape(kernel)
    return np.array(
        [
            [p[i : i + k, j : j + m].sum() for j in range(p.shape[1] - m + 1)]
            for i in range(p.shape[0] - k + 1)
        ]
    )


# %% 5.5 correlate_last_missing
def correlate(image, kernel, padding=0):
    image = np.pad(image, padding)
    k, m = kernel.shape
    out = np.zeros((image.shape[0] - k, image.shape[1] - m))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] * kernel)
    return out


# %% 5.5 correlate_no_padding
def correlate(image, kernel, padding=0):
    k, m = kernel.shape
    out = np.zeros((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] * kernel)
    return out


# %% 5.5 correlate_edge_padding
def correlate(image, kernel, padding=0):
    image = np.pad(image, padding, mode="edge")
    k, m = kernel.shape
    out = np.zeros((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + k, j : j + m] * kernel)
    return out


# %% 5.6 max_pool_one_axis
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, k, w, k).max(axis=1).reshape(h, -1)


# %% 5.6 max_pool_columns_too_near
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * k : (i + 1) * k, j : j + k].max()
    return out


# %% 5.6 general
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * k : (i + 1) * k - 1, j * k : (j + 1) * k - 1].max()
    return out


# %% 5.6 max_pool_always_two
def max_pool(image, k):
    h, w = image.shape[0] // 2, image.shape[1] // 2
    return image[: h * 2, : w * 2].reshape(h, 2, w, 2).max(axis=(1, 3))


# %% 5.6 max_pool_absolute
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    return np.abs(image[: h * k, : w * k]).reshape(h, k, w, k).max(axis=(1, 3))


# %% 5.6 max_pool_pixel_places
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    out = np.zeros((h, w))
    for i in range(0, image.shape[0], k):
        for j in range(0, image.shape[1], k):
            out[i, j] = image[i : i + k, j : j + k].max()
    return out


# %% 5.6 max_pool_too_large
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = image[i * k : (i + 1) * k + 1, j * k : (j + 1) * k + 1].max()
    return out


# %% 5.6 max_pool_argmax
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    windows = image[: h * k, : w * k].reshape(h, k, w, k).swapaxes(1, 2).reshape(h, w, k * k)
    return windows.argmax(axis=2)


# %% 5.6 max_pool_min
def max_pool(image, k):
    h, w = image.shape[0] // k, image.shape[1] // k
    return image[: h * k, : w * k].reshape(h, k, w, k).min(axis=(1, 3))


# %% 5.7 ce_plus_1e-8
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels] + 1e-8).mean()


# %% 5.7 ce_no_mean
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(labels)), labels]


# %% 5.7 ce_base_two
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(labels)), labels]).mean() / np.log(2)


# %% 5.7 ce_of_the_largest
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(labels)), Z.argmax(axis=1)]).mean()


# %% 5.7 ce_binary
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return -(y * np.log(p + 1e-300) + (1 - y) * np.log(1 - p + 1e-300)).sum(axis=1).mean()


# %% 5.7 ce_shifted_once
def cross_entropy(logits, labels):
    m = logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(logits - m).sum(axis=1)) - logits[np.arange(len(labels)), labels]).mean()


# %% 5.7 ce_log_of_zero
def cross_entropy(logits, labels):
    Z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return -(y * np.log(p)).sum() / len(labels)


# %% 5.7 ce_overflows
def cross_entropy(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


# %% 5.7 ce_log_of_zero
def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()


# %% 5.7 ce_sum
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(labels)), labels].sum()


# %% 5.7 ce_all_labels
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[:, labels].mean()


# %% 5.7 ce_base_two
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(labels)), labels].mean() / np.log(2)


# %% 5.7 ce_shifted_once
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    lse = np.log(np.exp(z).sum(axis=1))
    return (lse - logits[np.arange(len(labels)), labels]).mean()


# %% 5.7 ce_plus_1e-10
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels] + 1e-10).mean()


# %% 5.7 ce_no_mean
def cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(labels)), labels]


# %% 5.8 floor_divided
def floor(k):
    return np.log(np.e + k - 1) / np.e


# %% 5.8 floor_by_classes
def floor(k):
    return (np.log(np.e + k - 1) - 1) / k


# %% 5.8 floor_of_a_sigmoid
def floor(k):
    return np.log(1 + np.exp(-1))


# %% 5.8 right
def floor(k):
    return -np.log(np.e / (np.e + (k - 1)))


# %% 5.8 floor_at_start
def floor(k):
    return -np.log(np.e / (np.e + np.e * (k - 1)))


# %% 5.8 floor_one_too_few
def floor(k):
    return np.log(np.e + k - 2) - 1


# %% 5.8 general
def floor(k):
    return np.log(np.e + 1 / k) - 1


# %% 5.9 confusion_transposed
def confusion_matrix(labels, predicted, k):
    M = np.zeros((k, k), int)
    for i, j in zip(labels, predicted):
        M[j, i] += 1
    return M


# %% 5.9 confusion_once
def confusion_matrix(labels, predicted, k):
    M = np.zeros((k, k), int)
    for i, j in zip(labels, predicted):
        M[i, j] = 1
    return M


# %% 5.9 confusion_diagonal
def confusion_matrix(labels, predicted, k):
    M = np.zeros((k, k), int)
    for i, j in zip(labels, predicted):
        if i == j:
            M[i, i] += 1
    return M


# %% 5.9 confusion_too_small
def confusion_matrix(labels, predicted, k):
    n = max(max(labels), max(predicted)) + 1
    M = np.zeros((n, n), int)
    for i, j in zip(labels, predicted):
        M[i, j] += 1
    return M


# %% 5.9 right
def confusion_matrix(labels, predicted, k):
    return np.bincount(np.asarray(labels) * k + np.asarray(predicted), minlength=k * k).reshape(
        k, k
    )


# %% 5.9 confusion_shares
def confusion_matrix(labels, predicted, k):
    M = np.zeros((k, k))
    for i, j in zip(labels, predicted):
        M[i, j] += 1
    return M / len(labels)


# %% 5.9 right
def confusion_matrix(labels, predicted, k):
    a, b = np.asarray(labels), np.asarray(predicted)
    return [[int(((a == i) & (b == j)).sum()) for j in range(k)] for i in range(k)]


# %% 5.9 confusion_from_one
def confusion_matrix(labels, predicted, k):
    M = np.ones((k, k), int)
    for i, j in zip(labels, predicted):
        M[i, j] += 1
    return M


# %% 5.10 shift_opposite
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        for j in range(w):
            if 0 <= i + down < h and 0 <= j + right < w:
                out[i, j] = image[i + down, j + right]
    return out


# %% 5.10 shift_reads_negative
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        for j in range(w):
            if i - down < h and j - right < w:
                out[i, j] = image[i - down, j - right]
    return out


# %% 5.10 shift_edge
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        for j in range(w):
            out[i, j] = image[min(max(i - down, 0), h - 1), min(max(j - right, 0), w - 1)]
    return out


# %% 5.10 shift_empty_slice
def shift(image, down, right):
    out = np.zeros_like(image)
    out[down:, right:] = image[:-down, :-right]
    return out


# %% 5.10 shift_up
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        for j in range(w):
            if 0 <= i + down < h and 0 <= j - right < w:
                out[i, j] = image[i + down, j - right]
    return out


# %% 5.10 shift_clears_first
def shift(image, down, right):
    out = np.roll(image, (down, right), axis=(0, 1))
    out[: abs(down)] = 0
    out[:, : abs(right)] = 0
    return out


# %% 5.10 shift_ones
def shift(image, down, right):
    h, w = image.shape
    out = np.ones_like(image)
    for i in range(h):
        for j in range(w):
            if 0 <= i - down < h and 0 <= j - right < w:
                out[i, j] = image[i - down, j - right]
    return out


# %% 5.10 shift_slices
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    out[down:, right:] = image[: h - down, : w - right]
    return out


# %% 5.10 shift_reads_negative
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        for j in range(w):
            if i - down < h and j - right < w:
                out[i, j] = image[i - down, j - right]
    return out


# %% 5.10 shift_only_down
def shift(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    for i in range(h):
        if 0 <= i - down < h:
            out[i] = image[i - down]
    return out


# %% 5.11 accuracy_count
def accuracy(batches):
    return sum((z.argmax(axis=1) == y).sum() for z, y in batches)


# %% 5.11 accuracy_last_batch
def accuracy(batches):
    for z, y in batches:
        right = (z.argmax(axis=1) == y).mean()
    return right


# %% 5.11 accuracy_error
def accuracy(batches):
    return sum((z.argmax(axis=1) != y).sum() for z, y in batches) / sum(len(y) for z, y in batches)


# %% 5.11 accuracy_all_like_the_first
def accuracy(batches):
    return sum((z.argmax(axis=1) == y).sum() for z, y in batches) / (
        len(batches) * len(batches[0][1])
    )


# %% 5.11 accuracy_by_logits
def accuracy(batches):
    return sum((z.argmax(axis=1) == y).sum() for z, y in batches) / sum(z.size for z, y in batches)


# %% 5.11 right
def accuracy(batches):
    z = np.concatenate([b[0] for b in batches])
    y = np.concatenate([b[1] for b in batches])
    return float((z.argmax(1) == y).mean())


# %% 5.11 accuracy_by_columns
def accuracy(batches):
    return sum((z.argmax(axis=1) == y).sum() for z, y in batches) / sum(
        z.shape[1] for z, y in batches
    )


# %% 5.11 accuracy_argmin
def accuracy(batches):
    return sum((z.argmin(axis=1) == y).sum() for z, y in batches) / sum(len(y) for z, y in batches)


# %% 5.11 accuracy_last_batch
def accuracy(batches):
    for z, y in batches:
        right = (np.argmax(z, axis=1) == y).mean()
    return right


# %% 5.11 accuracy_all_like_the_first
def accuracy(batches):
    right = sum((np.argmax(z, axis=1) == y).sum() for z, y in batches)
    return right / (len(batches) * len(batches[0][1]))


# %% 5.11 accuracy_percent
def accuracy(batches):
    right = sum((np.argmax(z, axis=1) == y).sum() for z, y in batches)
    return 100 * right / sum(len(y) for _, y in batches)


# %% 5.11 accuracy_by_logits
def accuracy(batches):
    right = sum((np.argmax(z, axis=1) == y).sum() for z, y in batches)
    return right / sum(z.size for z, _ in batches)


# %% 5.12 general
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 49, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 general
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 10),
    )


# %% 5.12 cnn_padding_once
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 36, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_second_sees_one
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 general
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2, 1),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2, 1),
        nn.Flatten(),
        nn.Linear(16 * 26 * 26, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 general
def make_cnn():
    return nn.Sequential


# %% 5.12 cnn_relu_at_the_end
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
        nn.Sigmoid(),
    )


# %% 5.12 cnn_linear_first
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_no_padding
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 right
def make_cnn():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(32, 10)
            self.hidden = nn.Linear(784, 32)
            self.second = nn.Conv2d(8, 16, 3, padding=1)
            self.first = nn.Conv2d(1, 8, 3, padding=1)

        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.first(x)), 2)
            x = torch.max_pool2d(torch.relu(self.second(x)), 2)
            return self.out(torch.relu(self.hidden(x.flatten(1))))

    return Net()


# %% 5.12 cnn_extra_layer
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8, affine=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_padding_once
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(576, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_linear_second
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_average
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_no_padding
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_linear_hidden
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.Linear(32, 10),
    )


# %% 5.12 general
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


# %% 5.12 cnn_one_pooling
def make_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3136, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )
