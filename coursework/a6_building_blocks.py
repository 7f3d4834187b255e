"""Assignment 6, to chapter 6: a loss, a penalty, a schedule, an optimiser, and calibration."""

import numpy as np

from grader.assignment import Assignment

work = Assignment(
    "a6_building_blocks",
    title="Assignment 6: new building blocks",
    chapter=6,
    minutes=110,
    goals=(
        "write a loss from its formula so that no logit breaks it;",
        "take a step with a penalty that sets weights to exactly 0;",
        "write a schedule and an optimiser from their equations;",
        "measure whether probabilities mean what they say;",
        "repair a normalisation that behaves differently in training and in use.",
    ),
)

BUGS = {
    "axis": (
        "mean, var = X.mean(axis=0), X.var(axis=0)",
        "mean, var = X.mean(axis=0), X.std(axis=0)",
    ),
    "use": ("mean, var = run_mean, run_var", "mean, var = X.mean(axis=0), run_var"),
    "blend": (
        "run_mean = keep * run_mean + (1 - keep) * mean",
        "run_mean = (1 - keep) * run_mean + keep * mean",
    ),
    "shift": (
        "return gain * Z + shift, run_mean, run_var",
        "return gain * (Z + shift), run_mean, run_var",
    ),
}
NORM = """def batch_norm(X, gain, shift, run_mean, run_var, keep, training):
    if training:
        mean, var = X.mean(axis=0), X.var(axis=0)
        run_mean = keep * run_mean + (1 - keep) * mean
        run_var = keep * run_var + (1 - keep) * var
    else:
        mean, var = run_mean, run_var
    Z = (X - mean) / np.sqrt(var + 1e-5)
    return gain * Z + shift, run_mean, run_var"""


@work.variant
def variant(rng):
    right, wrong = BUGS[str(rng.choice(list(BUGS)))]
    return {
        "gamma": float(rng.choice([1.0, 1.5, 2.0, 2.5, 3.0])),
        "l1": float(rng.choice([0.05, 0.1, 0.2])),
        "l2": float(rng.choice([0.01, 0.02, 0.03])),
        "warm": (warm := int(rng.choice([4, 5, 6, 8]))),
        "top": warm - 1,
        "low": float(rng.choice([0.01, 0.05, 0.1])),
        "keep": float(rng.choice([0.8, 0.9, 0.95])),
        "bins": int(rng.choice([4, 5, 8])),
        "broken": NORM.replace(right, wrong),
    }


@work.question(
    "focal",
    prompt=r"""
    ## 1 A loss that looks at the hard cases

    Let $q$ be the probability that the network gives to the *right* class: $\sigma(z)$ for label 1
    and $\sigma(-z)$ for label 0. The *focal loss* is $-(1 - q)^\gamma \log q$, for you with
    $\gamma =$ <<gamma>>. Write `focal(z, y)`: the mean over the rows, for logits `z` and labels `y`
    of shape `(n,)`. It must be right for logits of $\pm 1000$: `np.logaddexp(0, -s)` is
    $-\log \sigma(s)$ for any `s`.
    """,
    stub="""
    def focal(z, y):
        return ...
    """,
    tests="""
    value = focal(np.array([0.0]), np.array([1]))
    assert np.isclose(value, 0.5**<<gamma>> * np.log(2)), "a logit of 0"
    assert np.isclose(focal(np.array([3.0]), np.array([1])), focal(np.array([-3.0]), np.array([0])))
    """,
)
def focal(z, y, *, v):
    s = np.where(y == 1, z, -z)
    return np.mean(np.exp(-v.gamma * np.logaddexp(0, s)) * np.logaddexp(0, -s))


@focal.check("small logits", points=3)
def _(rng, v):
    return [(rng.normal(size=n), np.arange(n) % 2) for n in (2, 5, 8)]


@focal.check("huge logits", points=3)
def _(rng, v):
    return [(np.array([1000.0, -1000.0, 1000.0, -1000.0, 0.5]), np.array([1, 0, 0, 1, 1]))]


@focal.slip("That is the plain cross-entropy: the factor for hard cases is missing.")
def focal_plain(z, y, *, v):
    return focal(z, y, v=type(v)(gamma=0.0))


@focal.slip("The factor is q to the gamma: it favours the easy cases.")
def focal_easy(z, y, *, v):
    s = np.where(y == 1, z, -z)
    return np.mean(np.exp(-v.gamma * np.logaddexp(0, -s)) * np.logaddexp(0, -s))


@focal.slip("The labels are exchanged.")
def focal_exchanged(z, y, *, v):
    return focal(-z, y, v=v)


@focal.slip("The sum is not divided by the number of rows.")
def focal_sum(z, y, *, v):
    return focal(z, y, v=v) * len(y)


@focal.slip("The logarithm of a probability that was rounded to 0 is not finite.")
def focal_naive(z, y, *, v):
    q = 1 / (1 + np.exp(-np.where(y == 1, z, -z)))
    return np.mean(-((1 - q) ** v.gamma) * np.log(q))


@work.question(
    "shrink",
    prompt=r"""
    ## 2 Weights that become exactly 0

    The cost is $C(W) + \lambda_1 \sum |W_{ij}| + \lambda_2 \sum W_{ij}^2$ with $\lambda_1 =$ <<l1>>
    and $\lambda_2 =$ <<l2>>. A *proximal step* with learning rate `lr` does two things, one after the
    other: first a step of gradient descent on $C$ and the squared penalty together, which gives $V$;
    then each entry of $V$ moves towards 0 by `lr` $\lambda_1$, and stops at 0 if it gets there.
    Write `proximal_step(W, dC, lr)`; `dC` is the gradient of $C$ at `W`. Return the new weights and
    leave `W` as it is.
    """,
    stub="""
    def proximal_step(W, dC, lr):
        return ...
    """,
    tests="""
    W = np.array([[1.0, -1.0, 0.001]])
    new = proximal_step(W, 0 * W, 0.5)
    assert new[0, 2] == 0, "a tiny weight becomes 0"
    assert np.isclose(new[0, 0], 1 - <<l2>> - 0.5 * <<l1>>), "a positive weight"
    assert np.isclose(new[0, 1], -new[0, 0]), "and a negative one"
    """,
)
def proximal_step(W, dC, lr, *, v):
    V = W - lr * (dC + 2 * v.l2 * W)
    return np.sign(V) * np.maximum(np.abs(V) - lr * v.l1, 0)


@proximal_step.check("large weights", points=3)
def _(rng, v):
    return [
        (3 * rng.choice([-1, 1], size=s), rng.normal(size=s) / 4, 0.2) for s in [(2, 2), (3, 4)]
    ]


@proximal_step.check("weights near 0", points=3)
def _(rng, v):
    W = np.array([0.001, -0.001, 0.03, -0.03, 2.0, -2.0])
    return [(rng.permutation(W)[None], np.zeros((1, 6)), lr) for lr in (0.3, 0.5)]


@proximal_step.slip("Weights jump over 0 instead of stopping there.")
def shrink_over(W, dC, lr, *, v):
    V = W - lr * (dC + 2 * v.l2 * W)
    return V - lr * v.l1 * np.sign(V)


@proximal_step.slip("The derivative of the square has a factor 2.")
def shrink_no_two(W, dC, lr, *, v):
    return proximal_step(W, dC, lr, v=type(v)(l1=v.l1, l2=v.l2 / 2))


@proximal_step.slip("The move towards 0 does not use the learning rate.")
def shrink_no_rate(W, dC, lr, *, v):
    return proximal_step(W, dC, lr, v=type(v)(l1=v.l1 / lr, l2=v.l2))


@proximal_step.slip("Negative weights are set to 0; they should move towards it from below.")
def shrink_negative(W, dC, lr, *, v):
    V = W - lr * (dC + 2 * v.l2 * W)
    return np.maximum(V - lr * v.l1, 0)


@proximal_step.slip("The squared penalty is left out.")
def shrink_no_square(W, dC, lr, *, v):
    return proximal_step(W, dC, lr, v=type(v)(l1=v.l1, l2=0.0))


@work.question(
    "schedule",
    prompt=r"""
    ## 3 Warm up, then cool down

    Write `rate(t, T, lr)` for the learning rate in epoch `t`, counted from 0, of `T` epochs. In the
    first <<warm>> epochs it rises in equal steps: `lr` / <<warm>> in epoch 0, and the full `lr` in
    epoch <<top>>. From epoch <<warm>> on it falls along half a cosine, from `lr` (which
    it has in epoch <<warm>> too) to <<low>> · `lr`, which it would reach in epoch `T`. `t` is one
    number or an array.
    """,
    stub="""
    def rate(t, T, lr):
        return ...
    """,
    tests="""
    assert np.isclose(rate(0, 50, 1.0), 1 / <<warm>>), "the first epoch"
    assert np.isclose(rate(<<warm>>, 50, 1.0), 1.0), "the top"
    assert np.isclose(rate(50, 50, 1.0), <<low>>), "the end"
    assert np.allclose(rate(np.array([0, 50]), 50, 2.0), [2 / <<warm>>, 2 * <<low>>]), "an array"
    """,
)
def rate(t, T, lr, *, v):
    t = np.asarray(t, dtype=float)
    part = (t - v.warm) / (T - v.warm)
    falling = v.low + (1 - v.low) * (1 + np.cos(np.pi * part)) / 2
    return lr * np.where(t < v.warm, (t + 1) / v.warm, falling)


@rate.check("warming up", points=2)
def _(rng, v):
    return [(np.arange(v.warm)[-4:], T, float(rng.uniform(0.1, 1))) for T in (30, 50)]


@rate.check("cooling down", points=3)
def _(rng, v):
    return [(np.array([12, 20, T - 1]), T, float(rng.uniform(0.1, 1))) for T in (30, 60)]


@rate.slip("The cosine starts at epoch 0: it should start where the warm-up ends.")
def schedule_start(t, T, lr, *, v):
    t = np.asarray(t, dtype=float)
    falling = v.low + (1 - v.low) * (1 + np.cos(np.pi * t / T)) / 2
    return lr * np.minimum((t + 1) / v.warm, 1) * falling


@rate.slip(
    "The warm-up starts at 0, so that the first epoch does nothing; and it ends one too late."
)
def schedule_zero(t, T, lr, *, v):
    t = np.asarray(t, dtype=float)
    part = np.maximum(t - v.warm, 0) / (T - v.warm)
    return lr * np.minimum(t / v.warm, 1) * (1 + np.cos(np.pi * part)) / 2


@rate.slip("It falls in a straight line.")
def schedule_line(t, T, lr, *, v):
    t = np.asarray(t, dtype=float)
    part = np.clip((t - v.warm) / (T - v.warm), 0, 1)
    return lr * np.minimum(t / v.warm + 0.5 / v.warm, 1) * (1 - (1 - v.low) * part)


@rate.slip("Both parts are multiplied.")
def schedule_product(t, T, lr, *, v):
    t = np.asarray(t, dtype=float)
    part = (t + 1) / T
    return lr * np.minimum((t + 1) / v.warm, 1) * (v.low + (1 - v.low) * np.cos(np.pi * part / 2))


@work.question(
    "rmsprop",
    prompt=r"""
    ## 4 An optimiser from its equations

    *RMSProp with momentum*, for you with $\rho =$ <<keep>>, keeps a running mean $s$ of the squared
    gradients and a velocity $u$. In each step, entry by entry and in this order:

    $$s \leftarrow \rho s + (1 - \rho)\, g^2, \qquad
    u \leftarrow 0.9\, u + \frac{g}{\sqrt{s} + 10^{-8}}, \qquad
    \theta \leftarrow \theta - \eta\, u .$$

    Write `rmsprop(theta, gradients, lr)`: `gradients` has shape `(steps, d)` and holds the gradients
    of the steps one after the other; `theta` has shape `(d,)`. Both $s$ and $u$ begin with 0. Return
    $\theta$ after the last step and leave the arguments as they are.
    """,
    stub="""
    def rmsprop(theta, gradients, lr):
        return ...
    """,
    tests="""
    new = rmsprop(np.array([1.0]), np.array([[4.0]]), 0.1)
    assert np.isclose(new[0], 1 - 0.1 / np.sqrt(1 - <<keep>>)), "the first step"
    """,
)
def rmsprop(theta, gradients, lr, *, v):
    s, u = np.zeros_like(theta), np.zeros_like(theta)
    for g in gradients:
        s = v.keep * s + (1 - v.keep) * g**2
        u = 0.9 * u + g / (np.sqrt(s) + 1e-8)
        theta = theta - lr * u
    return theta


@rmsprop.check("two steps", points=3)
def _(rng, v):
    return [(rng.normal(size=d), rng.normal(size=(2, d)), 0.1) for d in (1, 4)]


@rmsprop.check("many steps", points=3)
def _(rng, v):
    return [(rng.normal(size=3), rng.normal(size=(12, 3)), 0.05)]


@rmsprop.slip("The velocity is missing.")
def rmsprop_no_velocity(theta, gradients, lr, *, v):
    s = np.zeros_like(theta)
    for g in gradients:
        s = v.keep * s + (1 - v.keep) * g**2
        theta = theta - lr * g / (np.sqrt(s) + 1e-8)
    return theta


@rmsprop.slip("The gradient is divided by s, not by its root.")
def rmsprop_no_root(theta, gradients, lr, *, v):
    s, u = np.zeros_like(theta), np.zeros_like(theta)
    for g in gradients:
        s = v.keep * s + (1 - v.keep) * g**2
        u = 0.9 * u + g / (s + 1e-8)
        theta = theta - lr * u
    return theta


@rmsprop.slip("The running mean of the step before is used.")
def rmsprop_late(theta, gradients, lr, *, v):
    s, u = np.zeros_like(theta), np.zeros_like(theta)
    for g in gradients:
        u = 0.9 * u + g / (np.sqrt(s) + 1e-8)
        s = v.keep * s + (1 - v.keep) * g**2
        theta = theta - lr * u
    return theta


@rmsprop.slip("The two parts of the running mean are exchanged.")
def rmsprop_exchanged(theta, gradients, lr, *, v):
    return rmsprop(theta, gradients, lr, v=type(v)(keep=1 - v.keep))


@work.question(
    "calibration",
    prompt=r"""
    ## 5 Do the probabilities mean what they say?

    Of all cases to which a network gives the probability 0.7, seven in ten should be of class 1.
    Write `calibration_error(p, y)` for probabilities `p` and labels `y` of shape `(n,)`: cut $[0, 1]$
    into <<bins>> bins of equal width (a probability on a border belongs to the bin above it, and 1
    to the last one). For each bin that is not empty take the distance between the mean probability
    and the share of class 1 in it. Return the mean of these distances, *weighted by the number of
    rows in the bins*.
    """,
    stub="""
    def calibration_error(p, y):
        return ...
    """,
    tests="""
    assert np.isclose(calibration_error(np.array([0.0, 1.0]), np.array([0, 1])), 0)
    assert np.isclose(calibration_error(np.array([0.9, 0.9]), np.array([1, 0])), 0.4)
    """,
)
def calibration_error(p, y, *, v):
    bins = np.minimum((p * v.bins).astype(int), v.bins - 1)
    total = 0.0
    for k in np.unique(bins):
        inside = bins == k
        total += inside.sum() * abs(p[inside].mean() - y[inside].mean())
    return total / len(p)


@calibration_error.check("all bins full", points=3)
def _(rng, v):
    return [(rng.uniform(size=n) ** 2, (np.arange(n) % 3 == 0).astype(int)) for n in (120, 200)]


@calibration_error.check("empty bins and borders", points=3)
def _(rng, v):
    p = np.array([0.0, 0.01, 0.02, 0.5, 0.5, 1.0, 0.99, 0.97])
    return [(p, rng.permutation([0, 1, 1, 0, 1, 0, 1, 1])), (p[3:], np.array([0, 1, 0, 1, 1]))]


@calibration_error.slip("The bins count the same, whether they hold many rows or few.")
def calibration_plain(p, y, *, v):
    bins = np.minimum((p * v.bins).astype(int), v.bins - 1)
    return np.mean([abs(p[bins == k].mean() - y[bins == k].mean()) for k in np.unique(bins)])


@calibration_error.slip("The distances are taken row by row; they should be of the bins' means.")
def calibration_rows(p, y, *, v):
    return np.mean(np.abs(p - y))


@calibration_error.slip("The distances lose their sign too late: bins cancel each other.")
def calibration_signed(p, y, *, v):
    return abs(p.mean() - y.mean())


@calibration_error.slip("The middle of the bin stands in for the mean probability.")
def calibration_middle(p, y, *, v):
    bins = np.minimum((p * v.bins).astype(int), v.bins - 1)
    apart = [(bins == k).sum() * abs((k + 0.5) / v.bins - y[bins == k].mean()) for k in set(bins)]
    return sum(apart) / len(p)


@work.question(
    "repair",
    prompt=r"""
    ## 6 Repair a normalisation

    *Batch normalisation* shifts and scales each column by the mean and the variance of the batch, in
    training, and by running means of both, in use. The running means are updated in training only:
    $r \leftarrow k\, r + (1 - k)\, \text{batch}$ with `keep` $= k$. Then each column is multiplied by
    `gain`, and `shift` is added. The program returns the output and both running means. It has one
    mistake; find and repair it.
    """,
    stub="<<broken>>",
    tests="""
    X = np.array([[0.0, 10.0], [4.0, 30.0]])
    out, mean, var = batch_norm(X, np.array([2.0, 2.0]), 1.0, np.zeros(2), np.ones(2), 0.75, True)
    assert np.allclose(out, [[-1, -1], [3, 3]], atol=1e-3), "the output in training"
    assert np.allclose(mean, [0.5, 5]) and np.allclose(var, [1.75, 25.75]), "the running means"
    out, mean, var = batch_norm(X, np.ones(2), 0.0, np.ones(2), 4 * np.ones(2), 0.75, False)
    assert np.allclose(out, [[-0.5, 4.5], [1.5, 14.5]], atol=1e-3), "the output in use"
    """,
)
def batch_norm(X, gain, shift, run_mean, run_var, keep, training, *, v):
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (run_mean, run_var)
    if training:
        run_mean = keep * run_mean + (1 - keep) * mean
        run_var = keep * run_var + (1 - keep) * var
    return gain * (X - mean) / np.sqrt(var + 1e-5) + shift, run_mean, run_var


def _batch(rng, n, d, training):
    X = 3 + 2 * rng.normal(size=(n, d))
    gain, shift, mean = rng.normal(size=(3, d))
    return X, gain, shift, mean, rng.uniform(0.5, 2, size=d), 0.9, training


@batch_norm.check("training and use", points=3)
def _(rng, v):
    return [_batch(rng, 4, 2, training) for training in (True, False)]


@batch_norm.check("other sizes", points=3)
def _(rng, v):
    return [_batch(rng, n, d, t) for n, d, t in [(9, 3, True), (1, 4, False), (5, 1, True)]]


@batch_norm.slip("The running means do not change.")
def repair_still(X, gain, shift, run_mean, run_var, keep, training, *, v):
    out = batch_norm(X, gain, shift, run_mean, run_var, keep, training, v=v)[0]
    return out, run_mean, run_var


@batch_norm.slip("In use the batch decides, and not the running means.")
def repair_use(X, gain, shift, run_mean, run_var, keep, training, *, v):
    out = batch_norm(X, gain, shift, run_mean, run_var, keep, True, v=v)
    return out if training else (out[0], run_mean, run_var)


@batch_norm.slip("The two parts of the running means are exchanged.")
def repair_blend(X, gain, shift, run_mean, run_var, keep, training, *, v):
    return batch_norm(X, gain, shift, run_mean, run_var, 1 - keep, training, v=v)


@batch_norm.slip("The shift is multiplied by the gain too.")
def repair_shift(X, gain, shift, run_mean, run_var, keep, training, *, v):
    return batch_norm(X, gain, gain * shift, run_mean, run_var, keep, training, v=v)


work.by_hand(
    "compare",
    points=5,
    prompt=r"""
    ## 7 In your own words

    A report says: "Adam is better than SGD: with our seed it reached 97.1 %, SGD only 96.8 %. We used
    the learning rate 0.001 for both, and chose the number of epochs by the accuracy on the test
    set." In five to eight sentences: name three things that are wrong with this comparison, and say
    for each what should be done instead.
    """,
    rubric="""
    Three of these, one point each for naming, and two points in all for what to do instead:
    1 point: one seed; spread over several seeds is needed, 0.3 points may be chance.
    1 point: the same learning rate is not fair; each method's should be searched with equal effort.
    1 point: the test set was used for a choice; a validation set must serve for that.
    1 point: the size of the test set, and with it the error of 97.1 %, is not said.
    """,
    answer="""
    First, one seed is one draw: the difference of 0.3 points may be chance. Both should be run with
    at least five seeds, and mean and spread shown. Second, a learning rate that suits Adam need not
    suit SGD; each should be searched over the same number of values. Third, the number of epochs was
    chosen on the test set, so the reported accuracy is too good for both. That choice belongs on a
    validation set, and the test set is looked at once, at the end.
    """,
)
