"""Answers to chapter 8's exercises; ``../test_answers.py`` says how they are written."""

import math

import numpy as np
import torch


# %% 8.1 input_gradient_too
def flops(sizes, rows):
    return sum(6 * rows * a * b for a, b in zip(sizes, sizes[1:]))


# %% 8.1 multiplications_only
def flops(sizes, rows):
    p = [rows * a * b for a, b in zip(sizes, sizes[1:])]
    return 3 * sum(p) - p[0]


# %% 8.1 one_product_back
def flops(sizes, rows):
    return sum(4 * rows * a * b for a, b in zip(sizes, sizes[1:]))


# %% 8.1 rows_forgotten
def flops(sizes, rows):
    p = [2 * a * b for a, b in zip(sizes, sizes[1:])]
    return 3 * sum(p) - p[0]


# %% 8.1 with_biases
def flops(sizes, rows):
    p = [2 * rows * (a + 1) * b for a, b in zip(sizes, sizes[1:])]
    return 3 * sum(p) - p[0]


# %% 8.1 backward_only
def flops(sizes, rows):
    p = [2 * rows * a * b for a, b in zip(sizes, sizes[1:])]
    return 2 * sum(p) - p[0]


# %% 8.1 sizes_added
def flops(sizes, rows):
    return 2 * rows * sum(sizes) * 3


# %% 8.1 all_sizes_multiplied
def flops(sizes, rows):
    return 6 * rows * int(np.prod(sizes))


# %% 8.2 tail_lost
def shard(order, rank, world):
    n = len(order) // world
    return order[rank * n : (rank + 1) * n]


# %% 8.2 tail_to_one
def shard(order, rank, world):
    n = -(-len(order) // world)
    return order[rank * n : (rank + 1) * n]


# %% 8.2 right
def shard(order, rank, world):
    return np.array_split(order, world)[rank]


# %% 8.2 all_to_everyone
def shard(order, rank, world):
    return order


# %% 8.2 places_for_rows
def shard(order, rank, world):
    return np.arange(len(order))[rank::world]


# %% 8.2 overlapping
def shard(order, rank, world):
    return np.random.default_rng(rank).choice(order, len(order) // world, replace=False)


# %% 8.2 right
def shard(order, rank, world):
    e = np.linspace(0, len(order), world + 1).astype(int)
    return order[e[rank] : e[rank + 1]]


# %% 8.2 like_cards
def shard(order, rank, world):
    return [row for place, row in enumerate(order) if place % world == rank]


# %% 8.2 must_be_divisible
def shard(order, rank, world):
    return np.split(order, world)[rank]


# %% 8.3 plain_mean
def joint_gradient(gradients, rows):
    return gradients.mean(axis=0)


# %% 8.3 sum_over_rows
def joint_gradient(gradients, rows):
    return (gradients * rows[:, None]).sum(axis=0)


# %% 8.3 right
def joint_gradient(gradients, rows):
    return rows @ gradients / rows.sum()


# %% 8.3 weighted_wrong_axis
def joint_gradient(gradients, rows):
    return (gradients * rows[:, None]).sum(axis=1) / rows.sum()


# %% 8.3 divided_by_the_largest
def joint_gradient(gradients, rows):
    return rows @ gradients / rows.max()


# %% 8.3 sum_by_all_rows
def joint_gradient(gradients, rows):
    return gradients.sum(axis=0) / rows.sum()


# %% 8.3 divided_by_workers
def joint_gradient(gradients, rows):
    return (gradients * rows[:, None]).mean(axis=0)


# %% 8.3 not_added_up
def joint_gradient(gradients, rows):
    return gradients * rows[:, None] / rows.sum()


# %% 8.3 plain_mean
def joint_gradient(gradients, rows):
    return gradients.mean(axis=0)


# %% 8.3 plain_sum
def joint_gradient(gradients, rows):
    return gradients.sum(axis=0)


# %% 8.3 sum_over_rows
def joint_gradient(gradients, rows):
    return (gradients * np.array(rows)[:, None]).sum(axis=0)


# %% 8.3 divided_by_workers
def joint_gradient(gradients, rows):
    return (gradients * np.array(rows)[:, None]).sum(axis=0) / len(rows)


# %% 8.3 rows_beside_entries
def joint_gradient(gradients, rows):
    return (gradients * rows).sum(axis=0) / sum(rows)


# %% 8.3 inverse_weights
def joint_gradient(gradients, rows):
    return (gradients / np.array(rows)[:, None]).sum(axis=0)


# %% 8.3 sum_by_all_rows
def joint_gradient(gradients, rows):
    return gradients.sum(axis=0) / sum(rows)


# %% 8.3 weighted_wrong_axis
def joint_gradient(gradients, rows):
    return (gradients * np.array(rows)[:, None]).sum(axis=1) / sum(rows)


# %% 8.3 weights_upside_down
def joint_gradient(gradients, rows):
    w = 1 / np.array(rows)
    return w @ gradients / w.sum()


# %% 8.3 divided_by_the_largest
def joint_gradient(gradients, rows):
    return rows @ gradients / max(rows)


# %% 8.4 one_after_the_other
def doubling(V):
    V = V.copy()
    p, m = V.shape
    sent = 0
    k = 0
    while 2**k < p:
        for r in range(p):
            V[r] += V[r ^ 2**k]
        sent += m
        k += 1
    return V, sent


# %% 8.4 one_round_counted
def doubling(V):
    return np.tile(V.sum(axis=0), (len(V), 1)), V.shape[1]


# %% 8.4 right
def doubling(V):
    V = V.copy()
    p, m = V.shape
    sent = 0
    for k in range(p.bit_length() - 1):
        V = V + V[np.arange(p) ^ 2**k]
        sent += m
    return V, sent


# %% 8.4 right
def doubling(V):
    V = V.copy()
    p, m = V.shape
    sent = 0
    k = 0
    while 2**k < p:
        V = V + V[[(r + 2**k) % p for r in range(p)]]
        sent += m
        k += 1
    return V, sent


# %% 8.4 xor_with_the_round
def doubling(V):
    V = V.copy()
    p, m = V.shape
    sent = 0
    k = 0
    while 2**k < p:
        V = V + V[[r ^ k for r in range(p)]]
        sent += m
        k += 1
    return V, sent


# %% 8.4 mean_instead
def doubling(V):
    V = V.copy()
    p, m = V.shape
    sent = 0
    k = 0
    while 2**k < p:
        V = (V + V[[r ^ 2**k for r in range(p)]]) / 2
        sent += m
        k += 1
    return V, sent


# %% 8.4 sent_to_all
def doubling(V):
    return np.tile(V.sum(axis=0), (len(V), 1)), (len(V) - 1) * V.shape[1]


# %% 8.4 general
def doubling(V):
    p, m = V.shape
    sent = 0
    k = 0
    while 2**k < p:
        V += V[[r ^ 2**k for r in range(p)]]
        sent += m
        k += 1
    return V, sent


# %% 8.4 general
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V += V[np.arange(p) ^ 2**k]
        sent += m
    return V, sent


# %% 8.4 mean_instead
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ 2**k]
        sent += m
    return V / p, sent


# %% 8.4 sent_workers
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ 2**k]
        sent += p
    return V, sent


# %% 8.4 one_after_the_other
def doubling(V):
    p, m = V.shape
    sent = 0
    V = V.copy()
    for k in range(int(np.log2(p))):
        for r in range(p):
            V[r] += V[r ^ 2**k]
        sent += m
    return V, sent


# %% 8.4 counted_for_all
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ 2**k]
        sent += m * p
    return V, sent


# %% 8.4 general
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ (k + 1)]
        sent += m
    return V, sent


# %% 8.4 replaced
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V[np.arange(p) ^ 2**k]
        sent += m
    return V, sent


# %% 8.4 rounds_counted
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ 2**k]
        sent += 1
    return V, sent


# %% 8.4 as_many_rounds_as_workers
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(p):
        V = V + V[(np.arange(p) ^ 2**k) % p]
        sent += m
    return V, sent


# %% 8.4 one_row_only
def doubling(V):
    p, m = V.shape
    return V.sum(axis=0), m * int(np.log2(p))


# %% 8.4 a_round_too_few
def doubling(V):
    p, m = V.shape
    sent = 0
    for k in range(int(np.log2(p)) - 1):
        V = V + V[np.arange(p) ^ 2**k]
        sent += m
    return V, sent


# %% 8.4 sums_only
def doubling(V):
    p, m = V.shape
    for k in range(int(np.log2(p))):
        V = V + V[np.arange(p) ^ 2**k]
    return V


# %% 8.5 not_divided
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        t += 2 * (x @ w - z) @ x / len(x)
    return t


# %% 8.5 factor_missing
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        t += (x @ w - z) @ x
    return t / len(X)


# %% 8.5 sum_of_rows
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        t += 2 * (x @ w - z) @ x
    return t


# %% 8.5 moved_in_between
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        g = 2 * (x @ w - z) @ x / len(X)
        t += g
        w = w - g
    return t


# %% 8.5 end_left_out
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X) - size + 1, size):
        x, z = X[s : s + size], y[s : s + size]
        t += 2 * (x @ w - z) @ x
    return t / len(X)


# %% 8.5 by_the_number_of_batches
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    n = 0
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        t += 2 * (x @ w - z) @ x
        n += 1
    return t / n


# %% 8.5 still_squared
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        x, z = X[s : s + size], y[s : s + size]
        t += 2 * (x @ w - z) ** 2 @ x
    return t / len(X)


# %% 8.5 step_taken
def accumulate(X, y, w, size):
    t = np.zeros_like(w)
    for s in range(0, len(X), size):
        t += 2 * (X[s : s + size] @ w - y[s : s + size]) @ X[s : s + size] / len(X)
    return w - t


# %% 8.5 by_the_weights
def accumulate(X, y, w, size):
    return 2 * (X @ w - y) @ X / len(w)


# %% 8.5 short_counts_full
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x / len(x)
    return total / len(range(0, len(X), size))


# %% 8.5 factor_missing
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += (x @ w - t) @ x / len(X)
    return total


# %% 8.5 sums_by_size
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x / size
    return total


# %% 8.5 sum_of_rows
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x
    return total


# %% 8.5 set_anew
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total = 2 * (x @ w - t) @ x / len(X)
    return total


# %% 8.5 accumulate_sign
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (t - x @ w) @ x / len(X)
    return total


# %% 8.5 general
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * x @ (x @ w - t) / len(X)
    return total


# %% 8.5 general
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x / len(X)
    return total / len(X)


# %% 8.5 not_divided
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x / len(x)
    return total


# %% 8.5 end_left_out
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X) - size + 1, size):
        x, t = X[start : start + size], y[start : start + size]
        total += 2 * (x @ w - t) @ x / len(X)
    return total


# %% 8.5 general
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        total += 2 * (X @ w - y) @ X / len(X)
    return total


# %% 8.5 moved_in_between
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        g = 2 * (x @ w - t) @ x / len(X)
        w = w - g
        total += g
    return total


# %% 8.5 general
def accumulate(X, y, w, size):
    total = np.zeros_like(w)
    for start in range(0, len(X), size):
        x, t = X[start : start + size], y[start : start + size]
        total += np.sum((x @ w - t) ** 2) / len(X)
    return total


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return ((g * scale).astype(np.float16) / np.float16(scale)).astype(np.float32)


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return (g.astype(np.float16) * np.float32(scale)).astype(np.float32) / np.float32(scale)


# %% 8.6 exchanged
def through_half(g, scale):
    return (g / scale).astype(np.float16).astype(np.float32) * np.float32(scale)


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return ((g * scale).astype(np.float16).astype(np.float32) / scale).astype(np.float16)


# %% 8.6 never_half
def through_half(g, scale):
    return (g * scale / scale).astype(np.float32)


# %% 8.6 whole_numbers
def through_half(g, scale):
    return ((g * scale).astype(np.int16).astype(np.float32) / scale).astype(np.float32)


# %% 8.6 right
def through_half(g, scale):
    return ((torch.as_tensor(g) * scale).half().float() / scale).numpy()


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return ((g * scale).astype(np.float16) / np.float16(scale)).astype(np.float32)


# %% 8.6 not_unscaled
def through_half(g, scale):
    return (g * scale).astype(np.float16).astype(np.float32)


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return (g.astype(np.float16).astype(np.float32) * scale) / scale


# %% 8.6 never_half
def through_half(g, scale):
    return (g * scale).astype(np.float32) / scale


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return g.astype(np.float16).astype(np.float32)


# %% 8.6 scaled_too_late
def through_half(g, scale):
    return (g * scale).astype(np.float16) / scale


# %% 8.6 general
def through_half(g, scale):
    return (g * scale).astype(np.float16).astype(np.float64) / scale


# %% 8.6 exchanged
def through_half(g, scale):
    return (g / scale).astype(np.float16).astype(np.float32) * scale


# %% 8.7 count_kept
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good >= patience:
        scale *= 2
    return scale, good, True


# %% 8.7 one_step_late
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good > patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 step_taken_anyway
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, True
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 finite_turned_round
def next_scale(scale, good, finite, patience):
    if finite:
        return scale / 2, 0, False
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 doubled_each_step
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    return scale * 2, good + 1, True


# %% 8.7 not_counted
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    if good + 1 == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 divided_by_ten
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 10, 0, False
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 one_step_late
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    return scale, good + 1, True


# %% 8.7 step_taken_anyway
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, True
    if good + 1 == patience:
        return scale * 2, 0, True
    return scale, good + 1, True


# %% 8.7 one_step_late
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    if good == patience:
        return scale * 2, 0, True
    return scale, good + 1, True


# %% 8.7 count_goes_on
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, good, False
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 skipped_when_growing
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good == patience:
        return scale * 2, 0, False
    return scale, good, True


# %% 8.7 near_miss
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good == patience:
        return scale * 2, 1, True
    return scale, good, True


# %% 8.7 never_counts
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 count_kept
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good >= patience:
        return scale * 2, good, True
    return scale, good, True


# %% 8.7 step_taken_anyway
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, True
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 factors_exchanged
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale * 2, 0, False
    good += 1
    if good == patience:
        return scale / 2, 0, True
    return scale, good, True


# %% 8.7 doubled_each_step
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    return scale * 2, good + 1, True


# %% 8.7 finite_turned_round
def next_scale(scale, good, finite, patience):
    if finite:
        return scale / 2, 0, False
    good += 1
    if good == patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 one_step_late
def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0, False
    good += 1
    if good > patience:
        return scale * 2, 0, True
    return scale, good, True


# %% 8.7 general
def next_scale(scale, good, finite, patience):
    if not finite:
        return False, scale / 2, 0
    good += 1
    if good == patience:
        return True, scale * 2, 0
    return True, scale, good


# %% 8.8 right
def step_time(rows, p, t_0, c, m, alpha, beta):
    ring = 0 if p == 1 else 2 * (p - 1) * alpha + 2 * (p - 1) / p * m / beta
    return t_0 + c * rows / p + ring


# %% 8.8 one_phase
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + (p - 1) * (alpha + m / (p * beta))


# %% 8.8 whole_vector
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / beta)


# %% 8.8 fixed_part_shared
def step_time(rows, p, t_0, c, m, alpha, beta):
    return (t_0 + c * rows) / p + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 latency_once
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + (alpha if p > 1 else 0) + 2 * (p - 1) * m / (p * beta)


# %% 8.8 exchange_only
def step_time(rows, p, t_0, c, m, alpha, beta):
    return 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 rows_rounded
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * (rows // p) + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 four_bytes
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + 4 * m / (p * beta))


# %% 8.8 tree
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * math.ceil(math.log2(p)) * (alpha + m / beta)


# %% 8.8 latency_under_the_fraction
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m) / (p * beta)


# %% 8.8 rows_not_shared
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 p_rounds
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * p * (alpha + m / (p * beta))


# %% 8.8 fixed_part_missing
def step_time(rows, p, t_0, c, m, alpha, beta):
    return c * rows / p + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 general
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + alpha + 2 * (p - 1) * m / (p * beta)


# %% 8.8 bandwidth_above
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / p * beta)


# %% 8.8 fixed_part_shared
def step_time(rows, p, t_0, c, m, alpha, beta):
    return (t_0 + c * rows) / p + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 nothing_fixed_alone
def step_time(rows, p, t_0, c, m, alpha, beta):
    if p == 1:
        return c * rows
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / (p * beta))


# %% 8.8 latency_shared
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) / p * (alpha + m / beta)


# %% 8.8 one_phase
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + (p - 1) * (alpha + m / (p * beta))


# %% 8.8 whole_vector
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m / beta)


# %% 8.8 bandwidth_above
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * (p - 1) * (alpha + m * beta / p)


# %% 8.8 general
def step_time(rows, p, t_0, c, m, alpha, beta):
    return t_0 + c * rows / p + 2 * math.log2(p) * (alpha + m / beta)


# %% 8.9 right
limit = 20

# %% 8.9 per_cent
limit = 95

# %% 8.9 slip_5
limit = 1 / 0.95

# %% 8.9 slip_2
limit = 0.05

# %% 8.9 general
limit = "20"

# %% 8.9 right
limit = 1 / 0.05


# %% 8.9 per_cent
limit = 95


# %% 8.9 slip_3
limit = float("inf")


# %% 8.9 slip_10
limit = 5


# %% 8.9 slip_2
limit = 0.05


# %% 8.9 slip_5
limit = 1 / 0.95


# %% 8.9 slip_4
limit = 19


# %% 8.10 sum_of_means
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.sum(gradients, axis=0)
    return W


# %% 8.10 general
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(r).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 tail_left_out
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            n = len(X) // p
            x, target = X[r * n : (r + 1) * n], y[r * n : (r + 1) * n]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 right
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.average(gradients, axis=0, weights=[len(X[r::p]) for r in range(p)])
    return W


# %% 8.10 zero_start
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.zeros((p, d))
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(X))
        W = W - lr * np.sum(gradients, axis=0)
    return W


# %% 8.10 factor_two_lost
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append((x @ W[r] - target) @ x / len(X))
        W = W - lr * np.sum(gradients, axis=0)
    return W


# %% 8.10 general
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.array(gradients)
    return W


# %% 8.10 all_rows
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X, y
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 mean_with_the_rest
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            n = len(X) // p
            end = len(X) if r == p - 1 else (r + 1) * n
            x, target = X[r * n : end], y[r * n : end]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 start_only
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[: len(X) // p], y[: len(X) // p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.sum(gradients, axis=0)
    return W


# %% 8.10 same_rows
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[: len(X) // p], y[: len(X) // p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 tail_left_out
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    k = len(X) // p
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r * k : (r + 1) * k], y[r * k : (r + 1) * k]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 general
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.array(gradients)
    return W


# %% 8.10 different_starts
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(r).normal(size=d) for r in range(p)])
    for _ in range(steps):
        g = 0
        for r in range(p):
            x, target = X[r::p], y[r::p]
            g = g + 2 * (x @ W[r] - target) @ x / len(X)
        W = W - lr * g
    return W


# %% 8.10 one_row
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        g = 0
        for r in range(p):
            x, target = X[r::p], y[r::p]
            g = g + 2 * (x @ W[r] - target) @ x / len(X)
        W = W - lr * g
    return W[0]


# %% 8.10 sum_of_means
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.sum(gradients, axis=0)
    return W


# %% 8.10 mean_of_means
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        gradients = []
        for r in range(p):
            x, target = X[r::p], y[r::p]
            gradients.append(2 * (x @ W[r] - target) @ x / len(x))
        W = W - lr * np.mean(gradients, axis=0)
    return W


# %% 8.10 factor_two_lost
def train_together(X, y, p, steps, lr):
    d = X.shape[1]
    W = np.stack([np.random.default_rng(0).normal(size=d) for r in range(p)])
    for _ in range(steps):
        g = 0
        for r in range(p):
            x, target = X[r::p], y[r::p]
            g = g + (x @ W[r] - target) @ x / len(X)
        W = W - lr * g
    return W
