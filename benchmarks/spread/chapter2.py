"""Chapter 2: where the neuron on the eight rows ends, seed by seed."""

import numpy as np

from groundup.datasets import eight_rows
from groundup.scratch import Neuron


def train(seed: int) -> list[dict]:
    """Five starts a seed: rows on the right side, and the last recorded error."""
    X, y = eight_rows()
    rows = []
    for start in range(5):
        rng = np.random.RandomState(1000 * seed + start)
        neuron = Neuron(rng.randn(2), rng.randn())
        errors = neuron.train(X, y, steps=10_000, lr=0.1, rng=rng)
        right = int(((neuron.predict(X) > 0.5) == y).sum())
        rows.append({"start": start, "right": right, "error": errors[-1]})
    return rows


COMPARISONS = {"eight_rows": train}
