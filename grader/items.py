"""How hard and how telling questions and checks are, and which slips go together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
from scipy import stats

#: fewer students say nothing about how telling a question is
ENOUGH = 10


def share(earned: list[float], most: float) -> tuple[float, float, float]:
    """Mean share of the points, with the ends of its 95 % interval.

    Where each has all or nothing it is Wilson's interval of a proportion, else Student's of a mean.
    """
    parts = np.array(earned) / most
    n, mean = len(parts), float(parts.mean())
    if set(parts) <= {0.0, 1.0}:
        interval = stats.binomtest(int(parts.sum()), n).proportion_ci(method="wilson")
        return mean, float(interval.low), float(interval.high)
    if n < 2:
        return mean, 0.0, 1.0
    half = float(stats.t.ppf(0.975, n - 1) * parts.std(ddof=1) / np.sqrt(n))
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def telling(earned: list[float], total: list[float]) -> tuple[float, float, float] | None:
    """Correlation of the points of one part with those of all others, with its 95 % interval.

    None where too few have handed in, or all have the same.
    """
    own = np.array(earned, dtype=float)
    rest = np.array(total, dtype=float) - own
    if len(own) < ENOUGH or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None
    found = stats.pearsonr(own, rest)
    interval = found.confidence_interval()
    return float(found.statistic), float(interval.low), float(interval.high)


def together(slips: list[set[str]]) -> list[tuple[str, str, int, float]]:
    """Pairs of slips that more students have than would by chance: (one, other, both, by chance).

    ``slips`` holds those of each student. Named are pairs of at least two students for which
    Fisher's exact test gives 5 % or less, after Holm's correction for the number of pairs.
    """
    n, count = len(slips), Counter(name for own in slips for name in own)
    pairs = Counter(pair for own in slips for pair in combinations(sorted(own), 2))
    tested = []
    for (one, other), both in pairs.items():
        only, apart = count[one] - both, count[other] - both
        table = [[both, only], [apart, n - both - only - apart]]
        chance = stats.fisher_exact(table, alternative="greater").pvalue
        tested.append((chance, one, other, both))
    found = []
    for place, (chance, one, other, both) in enumerate(sorted(tested)):
        if chance * (len(tested) - place) > 0.05:
            break
        if both >= 2:
            found.append((one, other, both, count[one] * count[other] / n))
    return found
