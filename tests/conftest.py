"""Settings that all tests share."""

import matplotlib
import pytest
from hypothesis import settings

matplotlib.use("Agg")
# Two workers on two cores make every example slower than hypothesis expects.
settings.register_profile("course", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("course")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")
