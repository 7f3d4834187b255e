"""What two runs of a notebook must have in common, and what they need not."""

from copy import deepcopy

import nbformat
import pytest

from groundup import claims
from groundup.claims import CLAIM_MIME, bundle, claim
from tools.comparison import comparable


def stream(text):
    return nbformat.v4.new_output("stream", text=text)


@pytest.fixture
def claimed(monkeypatch):
    def output(value, text="Right in {:.1%} of 10 cases.", **bounds):
        shown = []
        monkeypatch.setattr(claims, "_display", shown.append)
        claim("moons.accuracy", value, **(bounds or {"at_least": 0.9}), text=text)
        return nbformat.v4.new_output("display_data", data=shown[0]._repr_mimebundle_())

    return output


def test_claims_with_other_numbers_are_the_same(claimed):
    assert comparable(claimed(0.9412)) == comparable(claimed(0.9734))


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Right in {:.1%} of 11 cases."},
        {"text": "right in {:.1%} of 10 cases."},
        {"text": "Right in {:.2%} of 10 cases."},
        {"at_least": 0.91},
        {"at_least": 0.9, "at_most": 1},
    ],
)
def test_another_sentence_or_promise_is_another_claim(claimed, other):
    assert comparable(claimed(0.95)) != comparable(claimed(0.95, **other))


@pytest.mark.parametrize(
    "value",
    [1.9038661901637806, 9.3395681965603e-07, 123456789.0, 0.1, 0.0, 1e300],
)
@pytest.mark.parametrize(
    "text", ["{}", "{:.4f} s", "{:.2%}", "{:.0e}", "{:,.1f}", "{:g}", "{:.0f}"]
)
def test_no_more_than_six_digits_are_recorded_and_they_are_the_ones_that_are_said(
    claimed, value, text
):
    output = claimed(value, text, at_most=1e301)
    assert output.data[CLAIM_MIME]["value"] == pytest.approx(value, rel=1e-5)
    comparable(output)


def test_a_claim_whose_output_was_changed_by_hand_is_named(claimed):
    output = claimed(0.9412)
    record = output.data[CLAIM_MIME]
    for kind in ("text/plain", "text/markdown"):
        changed = deepcopy(output)
        changed.data[kind] = changed.data[kind].replace("94.1", "94.2")
        with pytest.raises(ValueError, match=r"moons\.accuracy"):
            comparable(changed)
    for changes in (
        {"value": 0.9436},
        {"text": record["text"].replace("94.1", "94.2")},
        {"text": record["text"].replace("94.1", "many")},
        {"text": record["text"].replace("Right", "right")},
    ):
        changed = nbformat.v4.new_output("display_data", data=bundle({**record, **changes}))
        with pytest.raises(ValueError, match=r"moons\.accuracy"):
            comparable(changed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loss 0.25", "loss 12.5"),
        ("loss 2.5e-05, nothing else", "loss 3, nothing else"),
        ("a  0.1\nbc -12.0", "a 10.1\nbc   2.0"),
        ("45 of 10 000", "9 of 10 000"),
        ("97.5%", "100%"),
    ],
)
def test_in_a_measured_cell_numbers_differ_and_words_do_not(one, other):
    assert comparable(stream(one), measured=True) == comparable(stream(other), measured=True)
    assert comparable(stream(one)) != comparable(stream(other))
    assert comparable(stream(one), True) != comparable(stream(other + "."), True)


def test_a_letter_or_a_name_with_a_digit_is_no_number():
    assert comparable(stream("x1 is 2"), True) != comparable(stream("x2 is 2"), True)


def test_pictures_in_html_are_passed_over_and_the_words_beside_them_are_not():
    def slider(picture, words):
        page = f'<img src="data:image/png;base64,{picture}" alt="{words}">'
        return nbformat.v4.new_output("display_data", data={"text/html": page})

    assert comparable(slider("iVBOR/w0+=", "Epoch")) == comparable(slider("AAAA", "Epoch"))
    assert comparable(slider("AAAA", "Epoch 1")) != comparable(slider("AAAA", "Epoch 2"))
    assert comparable(slider("iVB1", "1"), True) == comparable(slider("AAAA", "2"), True)


def test_figures_are_passed_over_and_a_figure_that_is_missing_is_not():
    def figure(**data):
        return nbformat.v4.new_output("display_data", data={"text/plain": "<Figure>", **data})

    drawn, pixels = {"image/svg+xml": "<svg>1</svg>"}, {"image/png": "AAAA"}
    assert comparable(figure(**drawn)) == comparable(figure(**{"image/svg+xml": "<svg>2</svg>"}))
    assert comparable(figure(**drawn)) == comparable(figure(**pixels))
    assert comparable(figure(**drawn)) != comparable(figure())
