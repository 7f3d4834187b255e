"""A promise that holds is shown; one that does not stops the notebook."""

import numpy as np
import pytest
import torch

from groundup.claims import CLAIM_MIME, ClaimError, claim


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr("groundup.claims._display", seen.append)
    return seen


def test_shows_sentence_promise_and_record(shown):
    value = claim("moons.accuracy", np.float32(0.975), at_least=0.96, text="Right: {:.1%}.")
    assert value == pytest.approx(0.975)
    bundle = shown[0]._repr_mimebundle_()
    assert bundle["text/plain"] == "Right: 97.5%.\n(Promised and checked: at least 96%.)"
    assert bundle[CLAIM_MIME]["name"] == "moons.accuracy"


def test_exact_numbers_keep_all_digits(shown):
    claim("neuron.first", 0.8732975096761088, equals=0.8732975096761088, text="{}")
    assert "0.8732975096761088 exactly" in repr(shown[0])


def test_a_bound_itself_keeps_the_promise_and_is_shown_once(shown):
    value = claim("moons.accuracy", 0.6, at_least=0.6, at_most=0.6)
    assert value._ipython_display_() is None  # as a cell's last value it is not shown once more
    assert len(shown) == 1


def test_a_margin_has_the_unit_of_the_value(shown):
    claim("moons.accuracy", 0.51, equals=0.5, within=0.02, text="{:.0%}")
    assert "checked: 50% ± 2%." in repr(shown[0])


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (0.5, {"at_least": 0.6}),
        (0.7, {"at_most": 0.6}),
        (0.7, {"equals": 0.6, "within": 0.05}),
        (0.5, {"equals": 0.6, "within": 0.05}),
        (float("nan"), {"at_least": 0}),
        (float("nan"), {"equals": float("nan")}),
        (torch.tensor(0.5), {"at_least": 0.50001}),
    ],
)
def test_a_broken_promise_stops(value, bounds, shown):
    with pytest.raises(ClaimError, match="promised"):
        claim("moons.accuracy", value, **bounds)
    assert not shown


@pytest.mark.parametrize(
    ("arguments", "bounds", "error"),
    [
        (("moons", 1), {"at_least": 0}, ValueError),
        (("Moons.x", 1), {"at_least": 0}, ValueError),
        (("a.b", "1"), {"at_least": 0}, TypeError),
        (("a.b", 1), {"at_least": "0"}, TypeError),
        (("a.b", 1), {}, ValueError),
        (("a.b", 1), {"at_least": 0, "text": "no place"}, ValueError),
        (("a.b", 1), {"at_least": 0, "text": "{} {}"}, ValueError),
        (("a.b", 1), {"at_least": 0, "text": "{value}"}, ValueError),
        (("a.b", np.True_), {"at_least": 0}, TypeError),
        (("a.b", 1), {"equals": 1, "within": -1}, ValueError),
        (("a.b", 1), {"at_least": 0, "within": 0.1}, ValueError),
    ],
)
def test_a_badly_made_claim_is_refused(arguments, bounds, error):
    with pytest.raises(error):
        claim(*arguments, **bounds)
