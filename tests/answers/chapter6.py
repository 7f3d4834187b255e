"""Answers to chapter 6's exercises; ``../test_answers.py`` says how they are written."""

import itertools
import math

import numpy as np
import torch
from torch import nn


# %% 6.1 overflowing
def log_softmax(Z):
    return Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))


# %% 6.1 logarithm_of_the_softmax
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.log(p)


# %% 6.1 with_a_small_number
def log_softmax(Z):
    e = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return np.log(np.maximum(e / e.sum(axis=1, keepdims=True), 1e-300))


# %% 6.1 over_columns
def log_softmax(Z):
    m = Z.max(axis=0, keepdims=True)
    return Z - m - np.log(np.exp(Z - m).sum(axis=0, keepdims=True))


# %% 6.1 maximum_in_the_sum_only
def log_softmax(Z):
    m = Z.max(axis=1, keepdims=True)
    return Z - np.log(np.sum(np.exp(Z - m), axis=1, keepdims=True))


# %% 6.1 dimension_lost
def log_softmax(Z):
    Z = Z - Z.max(axis=1)[:, None]
    return Z - np.log(np.exp(Z).sum(axis=1))


# %% 6.1 right
def log_softmax(Z):
    return np.array(torch.log_softmax(torch.tensor(Z), dim=1))


# %% 6.1 right
def log_softmax(Z):
    m = Z.max(axis=1)[:, None]
    return Z - (m + np.log(np.exp(Z - m).sum(axis=1))[:, None])


# %% 6.2 plain_formula
def slope(z):
    p = 1 / (1 + np.exp(-z))
    return p * (1 - p)


# %% 6.2 difference_from_one
def slope(z):
    e = np.exp(-abs(z))
    p = np.where(z < 0, e / (1 + e), 1 / (1 + e))
    return p * (1 - p)


# %% 6.2 right
def slope(z):
    e = np.exp(-abs(z))
    return e / (1 + 2 * e + e * e)


# %% 6.2 fraction_of_exp
def slope(z):
    return np.exp(z) / (np.exp(z) + 1) ** 2


# %% 6.2 by_tanh
def slope(z):
    return 0.25 * (1 - np.tanh(z / 2) ** 2)


# %% 6.2 both_branches
def slope(z):
    return 0.25 / np.cosh(z / 2) ** 2


# %% 6.2 right
def slope(z):
    out = np.empty(z.shape)
    low = z < 0
    e = np.exp(z[low])
    out[low] = e / (1 + e) ** 2
    e = np.exp(-z[~low])
    out[~low] = e / (1 + e) ** 2
    return out


# %% 6.2 square_missing
def slope(z):
    return np.exp(-abs(z)) / (1 + np.exp(-abs(z)))


# %% 6.3 linear
def make_mlp(sizes):
    return nn.Sequential(*[nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])


# %% 6.3 sigmoid_between
def make_mlp(sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


# %% 6.3 softmax_at_the_end
def make_mlp(sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1], nn.Softmax(dim=1))


# %% 6.3 last_relu_missing
def make_mlp(sizes):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 3:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


# %% 6.3 star_missing
def make_mlp(sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(layers[:-1])


# %% 6.3 right
def make_mlp(sizes):
    net = nn.Sequential()
    for i in range(len(sizes) - 1):
        net.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i + 2 < len(sizes):
            net.append(nn.ReLU())
    return net


# %% 6.3 dropout_between
def make_mlp(sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers[:-2])


# %% 6.4 penalty_itself
def with_penalty(W, dC, lam):
    return dC + lam * W**2


# %% 6.4 pushes_away
def with_penalty(W, dC, lam):
    return dC - 2 * lam * W


# %% 6.4 norm_instead
def with_penalty(W, dC, lam):
    return dC + lam * W / np.linalg.norm(W)


# %% 6.4 penalty_by_rows
def with_penalty(W, dC, lam):
    return dC + 2 * lam * W / len(W)


# %% 6.4 gradients_multiplied
def with_penalty(W, dC, lam):
    return dC * (1 + 2 * lam * W)


# %% 6.4 general
def with_penalty(W, dC, lam):
    dC += 2 * lam * W
    return dC


# %% 6.4 strength_at_the_cost
def with_penalty(W, dC, lam):
    return lam * dC + 2 * W


# %% 6.4 strength_forgotten
def with_penalty(W, dC, lam):
    return dC + 2 * W


# %% 6.4 weight_forgotten
def with_penalty(W, dC, lam):
    return dC + 2 * lam


# %% 6.4 penalty_to_all
def with_penalty(W, dC, lam):
    return dC + lam * np.sum(W**2)


# %% 6.4 penalty_itself
def with_penalty(W, dC, lam):
    return dC + lam * W**2


# %% 6.4 pushes_away
def with_penalty(W, dC, lam):
    return dC - 2 * lam * W


# %% 6.4 l1_instead
def with_penalty(W, dC, lam):
    return dC + lam * np.sign(W)


# %% 6.4 penalty_averaged
def with_penalty(W, dC, lam):
    return dC + 2 * lam * W / W.size


# %% 6.4 general
def with_penalty(W, dC, lam):
    dC += 2 * lam * W
    return dC


# %% 6.4 factor_lost
def with_penalty(W, dC, lam):
    return dC + lam * W


# %% 6.4 penalty_alone
def with_penalty(W, dC, lam):
    return 2 * lam * W


# %% 6.4 sum_kept
def with_penalty(W, dC, lam):
    return dC + 2 * lam * np.sum(W)


# %% 6.4 general
def with_penalty(W, dC, lam):
    return (dC + W) * 2 * lam


# %% 6.4 gradients_multiplied
def with_penalty(W, dC, lam):
    return dC + 2 * lam * W * dC


# %% 6.5 exchanged
def dropout(A, p, mask, training):
    return A * (mask < p) / (1 - p) if training else A


# %% 6.5 shrunk
def dropout(A, p, mask, training):
    return A * (mask >= p) * (1 - p) if training else A


# %% 6.5 older_kind
def dropout(A, p, mask, training):
    return A * (mask >= p) if training else A * (1 - p)


# %% 6.5 own_mask
def dropout(A, p, mask, training):
    keep = np.random.default_rng(0).random(A.shape) >= p
    return A * keep / (1 - p) if training else A


# %% 6.5 right
def dropout(A, p, mask, training):
    return np.where(mask >= p, A / (1 - p), 0.0) if training else A


# %% 6.5 none_in_evaluation
def dropout(A, p, mask, training):
    if training:
        return A * (mask >= p) / (1 - p)


# %% 6.5 judged_by_the_entries
def dropout(A, p, mask, training):
    return A * (A >= p) / (1 - p) if training else A


# %% 6.5 times_one_plus_p
def dropout(A, p, mask, training):
    return A * (mask >= p) * (1 + p) if training else A


# %% 6.5 kept_below
def dropout(A, p, mask, training):
    return A * (mask < 1 - p) / (1 - p) if training else A


# %% 6.5 mask_multiplied
def dropout(A, p, mask, training):
    return A * mask / (1 - p) if training else A


# %% 6.5 not_scaled
def dropout(A, p, mask, training):
    return A * (mask >= p) if training else A


# %% 6.5 divided_by_p
def dropout(A, p, mask, training):
    return A * (mask >= p) / p if training else A


# %% 6.5 exchanged
def dropout(A, p, mask, training):
    return A * (mask < p) / (1 - p) if training else A


# %% 6.5 strictly_above
def dropout(A, p, mask, training):
    return A * (mask > p) / (1 - p) if training else A


# %% 6.5 older_kind
def dropout(A, p, mask, training):
    return A * (mask >= p) if training else A * (1 - p)


# %% 6.5 none_in_evaluation
def dropout(A, p, mask, training):
    if training:
        return A * (mask >= p) / (1 - p)


# %% 6.5 shrunk
def dropout(A, p, mask, training):
    return A * (mask >= p) * (1 - p) if training else A


# %% 6.5 always_on
def dropout(A, p, mask, training):
    return A * (mask >= p) / (1 - p)


# %% 6.5 modes_exchanged
def dropout(A, p, mask, training):
    return A if training else A * (mask >= p) / (1 - p)


# %% 6.5 general
def dropout(A, p, mask, training):
    if not training:
        return A
    keep = np.random.rand(*A.shape) >= p
    return A * keep / (1 - p)


# %% 6.5 general
def dropout(A, p, mask, training):
    if training:
        A[mask < p] = 0
        A /= 1 - p
    return A


# %% 6.5 left_away
def dropout(A, p, mask, training):
    return A[mask >= p] / (1 - p) if training else A


# %% 6.5 share_of_this_draw
def dropout(A, p, mask, training):
    keep = mask >= p
    return A * keep / keep.mean() if training else A


# %% 6.6 schemes_exchanged
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / n_in) if scheme == "xavier" else np.sqrt(2 / (n_in + n_out))


# %% 6.6 he_by_outputs
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(2 / n_out)


# %% 6.6 xavier_without_two
def start_std(n_in, n_out, scheme):
    return np.sqrt(1 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(2 / n_in)


# %% 6.6 upside_down
def start_std(n_in, n_out, scheme):
    return np.sqrt((n_in + n_out) / 2) if scheme == "xavier" else np.sqrt(n_in / 2)


# %% 6.6 always_xavier
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out))


# %% 6.6 other_names
def start_std(n_in, n_out, scheme):
    if scheme == "Xavier":
        return np.sqrt(2 / (n_in + n_out))
    if scheme == "He":
        return np.sqrt(2 / n_in)


# %% 6.6 he_by_both
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(4 / (n_in + n_out))


# %% 6.6 he_variance
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "xavier" else 2 / n_in


# %% 6.6 bounds
def start_std(n_in, n_out, scheme):
    return np.sqrt(6 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(6 / n_in)


# %% 6.6 bounds
def start_std(n_in, n_out, scheme):
    return np.sqrt(6 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(6 / n_in)


# %% 6.6 schemes_exchanged
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "he" else np.sqrt(2 / n_in)


# %% 6.6 xavier_product
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in * n_out)) if scheme == "xavier" else np.sqrt(2 / n_in)


# %% 6.6 other_names
def start_std(n_in, n_out, scheme):
    if scheme == "Xavier":
        return np.sqrt(2 / (n_in + n_out))
    if scheme == "He":
        return np.sqrt(2 / n_in)


# %% 6.6 variance
def start_std(n_in, n_out, scheme):
    return 2 / (n_in + n_out) if scheme == "xavier" else 2 / n_in


# %% 6.6 he_by_outputs
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(2 / n_out)


# %% 6.6 xavier_by_inputs
def start_std(n_in, n_out, scheme):
    return np.sqrt(1 / n_in) if scheme == "xavier" else np.sqrt(2 / n_in)


# %% 6.6 xavier_without_two
def start_std(n_in, n_out, scheme):
    return np.sqrt(1 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(2 / n_in)


# %% 6.6 he_without_two
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / (n_in + n_out)) if scheme == "xavier" else np.sqrt(1 / n_in)


# %% 6.6 general
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / n_in + n_out) if scheme == "xavier" else np.sqrt(2 / n_in)


# %% 6.6 root_of_two
def start_std(n_in, n_out, scheme):
    return np.sqrt(2) / (n_in + n_out) if scheme == "xavier" else np.sqrt(2) / n_in


# %% 6.6 always_he
def start_std(n_in, n_out, scheme):
    return np.sqrt(2 / n_in)


# %% 6.7 smooth_step
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t / 30) if kind == "step" else lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 not_halved
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 + np.cos(np.pi * t / T))


# %% 6.7 quarter_wave
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * np.cos(np.pi * t / (2 * T))


# %% 6.7 full_wave
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 + np.cos(2 * np.pi * t / T)) / 2


# %% 6.7 one_late_from_the_start
def rate(t, T, lr, kind):
    return lr * 0.1 ** ((t - 1) // 30) if kind == "step" else lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 drops_once
def rate(t, T, lr, kind):
    return (lr if t < 30 else lr * 0.1) if kind == "step" else lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 straight
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 - t / T)


# %% 6.7 remainder
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t % 30) if kind == "step" else lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 thirds
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // (T // 3)) if kind == "step" else lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 two_drops
def rate(t, T, lr, kind):
    if kind == "step":
        return lr if t < 30 else lr * 0.1 if t < 60 else lr * 0.01
    return lr * (1 + np.cos(np.pi * t / T)) / 2


# %% 6.7 without_pi
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 + np.cos(t / T)) / 2


# %% 6.7 ends_early
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 + np.cos(np.pi * t / (T - 1))) / 2


# %% 6.7 one_ahead
def rate(t, T, lr, kind):
    return lr * 0.1 ** (t // 30) if kind == "step" else lr * (1 + np.cos(np.pi * (t + 1) / T)) / 2


# %% 6.7 full_wave
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 + math.cos(2 * math.pi * t / T)) / 2


# %% 6.7 drops_once
def rate(t, T, lr, kind):
    if kind == "step":
        return lr if t < 30 else lr * 0.1
    return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 one_early
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** ((t + 1) // 30)
    return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 general
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 straight
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 - t / T)


# %% 6.7 quarter_wave
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * math.cos(math.pi * t / T / 2)


# %% 6.7 not_halved
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 + math.cos(math.pi * t / T))


# %% 6.7 smooth_step
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t / 30)
    return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 times_the_drops
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 * (t // 30)
    return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 rises
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 - math.cos(math.pi * t / T)) / 2


# %% 6.7 degrees
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 + math.cos(180 * t / T)) / 2


# %% 6.7 general
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 ** (t // 30)
    return lr * (1 + math.cos(math.pi * T / (t + 1))) / 2


# %% 6.7 general
def rate(t, T, lr, kind):
    if kind == "cosine":
        return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.7 general
def rate(t, T, lr, kind):
    if kind == "step":
        return lr * 0.1 if t % 30 == 0 and t > 0 else lr
    return lr * (1 + math.cos(math.pi * t / T)) / 2


# %% 6.8 not_corrected
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    return theta - lr * m / (np.sqrt(s) + 1e-8), m, s


# %% 6.8 eps_under_the_root
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    mh = m / (1 - 0.9**t)
    sh = s / (1 - 0.999**t)
    return theta - lr * mh / np.sqrt(sh + 1e-8), m, s


# %% 6.8 square_forgotten
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g
    mh = m / (1 - 0.9**t)
    sh = s / (1 - 0.999**t)
    return theta - lr * mh / (np.sqrt(np.abs(sh)) + 1e-8), m, s


# %% 6.8 beta_one_for_two
def adam_step(theta, g, m, s, t, lr):
    m = 0.999 * m + 0.001 * g
    s = 0.9 * s + 0.1 * g**2
    mh = m / (1 - 0.999**t)
    sh = s / (1 - 0.9**t)
    return theta - lr * mh / (np.sqrt(sh) + 1e-8), m, s


# %% 6.8 squares_of_the_mean
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * m**2
    mh = m / (1 - 0.9**t)
    sh = s / (1 - 0.999**t)
    return theta - lr * mh / (np.sqrt(sh) + 1e-8), m, s


# %% 6.8 same_correction
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    mh = m / (1 - 0.9**t)
    sh = s / (1 - 0.9**t)
    return theta - lr * mh / (np.sqrt(sh) + 1e-8), m, s


# %% 6.8 general
def adam_step(theta, g, m, s, t, lr):
    m *= 0.9
    m += 0.1 * g
    s *= 0.999
    s += 0.001 * g**2
    theta -= lr * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return theta, m, s


# %% 6.8 no_eps
def adam_step(theta, g, m, s, t, lr):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    mh = m / (1 - 0.9**t)
    sh = s / (1 - 0.999**t)
    return theta - lr * mh / np.sqrt(sh), m, s


# %% 6.8 only_m_corrected
def adam_step(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    return theta - lr * m / (1 - 0.9**t) / (np.sqrt(s) + 1e-8), m, s


# %% 6.8 gradient_for_mean
def adam_step(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    return theta - lr * g / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


# %% 6.8 t_plus_one
def adam_step(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    return (
        theta - lr * m / (1 - 0.9 ** (t + 1)) / (np.sqrt(s / (1 - 0.999 ** (t + 1))) + 1e-8),
        m,
        s,
    )


# %% 6.8 means_exchanged
def adam_step(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    return theta - lr * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), s, m


# %% 6.8 eps_before_the_correction
def adam_step(theta, g, m, s, t, lr):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    rate = lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return theta - rate * m / (np.sqrt(s) + 1e-8), m, s


# %% 6.9 slip_1
loss = "a"

# %% 6.9 slip_3
loss = "d"

# %% 6.9 general
loss = nn.CrossEntropyLoss


# %% 6.9 slip_1
loss = "a"


# %% 6.9 slip_2
loss = "b"


# %% 6.9 slip_3
loss = "d"


# %% 6.10 worst_setting
def best_setting(grid, score):
    return max(
        (dict(zip(grid, v)) for v in itertools.product(*grid.values())), key=lambda s: score(**s)
    )


# %% 6.10 side_by_side
def best_setting(grid, score):
    return min((dict(zip(grid, v)) for v in zip(*grid.values())), key=lambda s: score(**s))


# %% 6.10 values_only
def best_setting(grid, score):
    return min(itertools.product(*grid.values()), key=lambda v: score(**dict(zip(grid, v))))


# %% 6.10 with_the_loss
def best_setting(grid, score):
    best = min(
        (dict(zip(grid, v)) for v in itertools.product(*grid.values())), key=lambda s: score(**s)
    )
    return best, score(**best)


# %% 6.10 first_setting
def best_setting(grid, score):
    for v in itertools.product(*grid.values()):
        return dict(zip(grid, v))


# %% 6.10 starts_at_zero
def best_setting(grid, score):
    best, low = None, 0
    for v in itertools.product(*grid.values()):
        s = score(**dict(zip(grid, v)))
        if s < low:
            best, low = dict(zip(grid, v)), s
    return best


# %% 6.10 nearest_to_zero
def best_setting(grid, score):
    return min(
        (dict(zip(grid, v)) for v in itertools.product(*grid.values())),
        key=lambda s: abs(score(**s)),
    )


# %% 6.10 general
def best_setting(grid, score):
    return score(**grid)


# %% 6.10 one_after_the_other
def best_setting(grid, score):
    best = {name: values[0] for name, values in grid.items()}
    for name, values in grid.items():
        best[name] = min(values, key=lambda v: score(**{**best, name: v}))
    return best


# %% 6.10 other_order
def best_setting(grid, score):
    names = list(grid)[::-1]
    settings = (dict(zip(names, v)) for v in itertools.product(*(grid[n] for n in names)))
    return min(settings, key=lambda s: score(**s))


# %% 6.10 best_loss
def best_setting(grid, score):
    return min(score(**dict(zip(grid, v))) for v in itertools.product(*grid.values()))


# %% 6.10 values_only
def best_setting(grid, score):
    return min(itertools.product(*grid.values()), key=lambda v: score(**dict(zip(grid, v))))


# %% 6.10 side_by_side
def best_setting(grid, score):
    return min((dict(zip(grid, v)) for v in zip(*grid.values())), key=lambda s: score(**s))


# %% 6.10 one_after_the_other
def best_setting(grid, score):
    best = {k: v[0] for k, v in grid.items()}
    for k in grid:
        best[k] = min(grid[k], key=lambda v: score(**{**best, k: v}))
    return best


# %% 6.10 general
def best_setting(grid, score):
    return min(
        (dict(zip(grid, v)) for v in itertools.product(*grid.values())), key=lambda s: score(s)
    )


# %% 6.10 last_setting
def best_setting(grid, score):
    best, b = None, math.inf
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        if score(**s) < b:
            best = s
    return best


# %% 6.10 worst_setting
def best_setting(grid, score):
    best, best_score = None, -math.inf
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        if score(**s) > best_score:
            best, best_score = s, score(**s)
    return best


# %% 6.10 last_of_equals
def best_setting(grid, score):
    best, best_score = None, math.inf
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        v = score(**s)
        if v <= best_score:
            best, best_score = s, v
    return best


# %% 6.10 fixed_names
def best_setting(grid, score):
    best, b = None, math.inf
    for lr in grid["lr"]:
        for width in grid["width"]:
            v = score(lr=lr, width=width)
            if v < b:
                best, b = {"lr": lr, "width": width}, v
    return best


# %% 6.10 with_the_loss
def best_setting(grid, score):
    best, b = None, math.inf
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        v = score(**s)
        if v < b:
            best, b = s, v
    return best, b


# %% 6.10 starts_at_zero
def best_setting(grid, score):
    best, b = None, 0
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        v = score(**s)
        if v < b:
            best, b = s, v
    return best


# %% 6.10 general
def best_setting(grid, score):
    best, b = {}, 1
    for values in itertools.product(*grid.values()):
        s = dict(zip(grid, values))
        v = score(**s)
        if v < b:
            best, b = s, v
    return best


# %% 6.11 default_start
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for p in model.parameters():
        if p.ndim == 1:
            nn.init.zeros_(p)
    return model


# %% 6.11 explodes
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight)
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 right
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 right
def deep(seed):
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 all_zero
def deep(seed):
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 right
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1))
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 deep_relu_at_the_end
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(100, 1), nn.ReLU())
    for m in model:
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)
    return model


# %% 6.11 explodes
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.normal_(l.weight)
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    last = nn.Linear(100, 1)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


# %% 6.11 general
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(9):
        l = nn.Linear(100, 100)
        nn.init.kaiming_normal_(l.weight, nonlinearity="relu")
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    last = nn.Linear(100, 1)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


# %% 6.11 default_start
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.kaiming_uniform_(l.weight, a=math.sqrt(5))
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    last = nn.Linear(100, 1)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


# %% 6.11 deep_variance
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.normal_(l.weight, std=2 / 100)
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    last = nn.Linear(100, 1)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


# %% 6.11 default_start
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        layers += [nn.Linear(100, 100), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(100, 1))


# %% 6.11 xavier_for_relu
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.xavier_normal_(l.weight)
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(100, 1))


# %% 6.11 biases_not_zero
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.kaiming_normal_(l.weight, nonlinearity="relu")
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(100, 1))


# %% 6.11 all_zero
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.zeros_(l.weight)
        nn.init.zeros_(l.bias)
        layers += [l, nn.ReLU()]
    last = nn.Linear(100, 1)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


# %% 6.11 biases_not_zero
def deep(seed):
    torch.manual_seed(seed)
    layers = []
    for _ in range(10):
        l = nn.Linear(100, 100)
        nn.init.kaiming_normal_(l.weight, nonlinearity="relu")
        layers += [l, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(100, 1))
