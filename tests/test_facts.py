"""What the course's sources say, and what was wrong in them, stands in its chapters and pages.

Each row names a fact, the chapters or pages that must show it (in text, code or outputs) and what
must be found there. Faults that only a reader of the sources meets stand in the corrections, other
books' numbers on the page on notation. A number that the source gives to all digits is wanted to
all digits.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest

from groundup.scratch import Neuron
from tools.paths import chapters

ROOT = Path(__file__).resolve().parent.parent


def number(digits: str) -> str:
    """A number, whether it is written 1741, 1_741, 1,741, 1 741 or with a narrow space."""
    gap = r"(?:[_, \u202f\u00a0]|\\,)?"
    return rf"(?<![\d.]){digits.replace('_', gap)}(?!\d)"


def sizes(*layers: int) -> str:
    """The sizes of a network's layers in a row: 2–2–3–2, (2, 2, 3, 2), [2, 2, 3, 2] …"""
    return r"\D{1,3}".join(str(layer) for layer in layers)


RATE = r"(?:0\.001|1e-0?3|10\^\{-3\})"
FACTS = {
    # the sigmoid network
    "S0-1 ten points": (
        [1],
        [r"0?\.1, ?0?\.1", r"0?\.7, ?0?\.6", r"ten_points\(", r"\{0, ?1\}|0 or 1"],
    ),
    "S0-2 the picture of the points": ([1], [r"points\(", r"\bclass"]),
    "S0-3 the sigmoid": ([1], [r"e\^\{-", r"entry by entry|entrywise|elementwise|each entry"]),
    "S0-3 weight and bias": ([1], [r"steep", r"\bshift", r"\bweight", r"\bbias", r"W\s*x|x\s*W"]),
    "S0-4 2-2-3-2": ([1], [sizes(2, 2, 3, 2), r"network_diagram\(", r"W\^\{\(?[23]\)?\}", r"F\b"]),
    "S0-5 the code differs": ([1], [sizes(2, 2, 4, 1), sizes(2, 2, 3, 2), number("23")]),
    "S0-6 its training": ([1], [r"[Bb]inary cross-entropy", r"SGD|sgd", RATE, number("10_000")]),
    "S0-6 an epoch is one step": ([1], [r"full[ -]batch", r"[Ll]earning rate.{0,20}[{\d]"]),
    "S0-7 it never learned": (
        [1, "corrections"],
        [r"0\.5017", r"0\.7, ?0\.2", r"\\ln 2|ln 2|log\(2\)|log 2"],
    ),
    "S0-8 the example's origin": (
        [1],
        [r"Higham", r"higham2019", r"0\.05", r"10\^6|10\^\{6\}|1_000_000|million"],
    ),
    "S0-8 its cost": ([1], [r"[Qq]uadratic cost", r"[Ss]tochastic gradient"]),
    "S0-9 the build failed": (["corrections"], [r"seaborn", r"pinned"]),
    "S0-10 motivation": ([1], [r"[Bb]iological|[Bb]rain", r"limit|unlike|differ", r"data"]),
    # a neuron from scratch
    "S1-1 kinds of learning": ([2], [r"[Ss]upervised", r"[Uu]nsupervised"]),
    "S1-1 features": ([2], [r"[Ff]eature engineering", r"[Ll]emmati[sz]", r"[Dd]eep learning"]),
    "S1-2 layers": (
        [2],
        [r"[Ii]nput layer|input,", r"[Hh]idden", r"\bfires?\b|firing", r"approximat"],
    ),
    "S1-3 kinds of network": (
        [2],
        [r"[Ff]eed-?forward", r"[Cc]onvolutional", r"[Rr]ecurrent", r"[Tt]ransformer"],
    ),
    "S1-4 why non-linear": (
        [2],
        [r"[Nn]on-?linear", r"differentiable", r"[Vv]anish", r"[Cc]entred"],
    ),
    "S1-4 activations": ([2], [r"[Ss]igmoid", r"\btanh", r"ReLU", r"W_?1|W\^\{\(1\)\}|\bA\b"]),
    "S1-5 the four steps": ([2], [r"[Ff]orward", r"[Bb]ackward", r"[Cc]hain rule", r"[Uu]pdate"]),
    "S1-5 what goes wrong": ([2], [r"[Ll]ocal minim", r"[Ee]xplod", r"condition"]),
    "S1-6 the derivative": ([2], [r"\\sigma'|σ′", r"1 ?- ?\\sigma", r"\\hat y"]),
    "S1-7 the wrong gradient": ([2], [r"finite_difference", r"\bwrong"]),
    "S1-8 eight rows": ([2], [r"eight_rows\(|5\.5, ?1", r"1\.5"]),
    "S1-9 the class": (
        [2],
        [r"class \w*Neuron", r"def predict", r"def train|\.train\(", r"normal"],
    ),
    "S1-10 the printed prediction": (
        [2, "corrections"],
        [r"0\.7784302101100966", r"0\.8732975096761088", r"1\.66", r"1\.56", r"\b42\b"],
    ),
    "S1-11 the errors": ([2], [r"3\.0675", r"1\.9039|1\.90386", number("10_000"), r"\b100\b"]),
    "S1-12 no line": ([2], [r"6 of (the )?8|six of (the )?eight|6/8", r"[Hh]eld[- ]out"]),
    "S1-13 the origin": ([2], [r"Real Python|\{cite(:\w)?\}`realpython`"]),
    # layers, backpropagation, moons
    "S2-1 a layer": (
        [3, "notation"],
        [r"rows?", r"W\^\{\(l\)\}|W_i", r"from the output|output backwards"],
    ),
    "S2-1 its shapes": ([3], [r"n_\{l-1\}|n_\{l - 1\}|d_i"]),
    "S2-2 one composite function": ([3, "notation"], [r"[Cc]omposit|\\circ", r"z_0|z_\{?0"]),
    "S2-3 the last activation": (
        [3, 4],
        [r"[Ss]oftmax", r"[Ll]ogistic|[Ss]igmoid", r"[Ii]dentity"],
    ),
    "S2-4 parameters": ([3, 4, "notation"], [r"\\sum", r"d ?\+ ?1", r"[Ll]ogistic regression"]),
    "S2-5 Jacobians": ([3], [r"Jacobian", r"autograd", r"finite_difference|complex_step"]),
    "S2-6 tensors": ([4], [r"make_moons|moons\(", r"float32", r"unsqueeze", r"broadcast|\(n, n\)"]),
    "S2-7 the net": ([4], [sizes(2, 20, 40, 20, 1), number("1_741"), r"0\.5|½|\\tfrac12|\\frac12"]),
    "S2-7 its hidden layers": ([4], [r"(three|3) hidden", r"(four|4) (hidden|linear)"]),
    "S2-8 batches": (
        [4],
        [r"TensorDataset", r"DataLoader", r"batch_size=10\b|batches of (10|ten)", r"shuffle"],
    ),
    "S2-9 the sign": ([4], [r"[Mm]inus|negative|-\s*\\(left|big|frac|log|y)|-\\", r"\\log"]),
    "S2-10 the training": (
        [4],
        [
            r"Adam",
            r"0\.01",
            r"\b100 epochs|epochs=100|EPOCHS = 100",
            r"BCEWithLogits",
            r"\.item\(\)",
        ],
    ),
    "S2-11 early stopping": (
        [4],
        [r"[Ee]arly stopping", r"[Vv]alidation", number("1_000"), r"0\.2\b"],
    ),
    "S2-12 the decision region": ([4], [r"decision_region\(", r"surface\("]),
    "S2-13 Adam and others": ([4], [r"[Mm]omentum", r"SGD|sgd", r"table\("]),
    # MNIST
    "S3-1 the workflow": (
        [5],
        [r"parametric|parameters", r"f\(x; ?\\theta\)|\\theta", r"3 ?\\times ?2", r"1 ?\\times ?3"],
    ),
    "S3-2 optimisation": (
        [5],
        [r"[Mm]ean squared|MSE", r"[Cc]ross-entropy", r"\\lambda", r"[Rr]idge", r"[Mm]ini-batch"],
    ),
    "S3-3 the data": (
        [5],
        [number("70_000"), r"\[0, ?1\]", r"digit_grid\(", r"[Vv]alidation", r"pool"],
    ),
    "S3-4 logistic regression": ([5], [r"92\.00"]),
    "S3-5 the MLP": ([5], [number("59_210"), r"96\.41", sizes(784, 64, 64, 64, 10), r"tanh"]),
    "S3-6 the CNN": ([5], [number("26_698"), r"97\.32", r"padding"]),
    "S3-7 the double softmax": ([5], [r"1\.46115", r"1\.4612", r"e ?\+ ?9", r"table\("]),
    "S3-8 what they learned": (
        [5],
        [r"[Ff]ilter", r"[Ff]eature map", r"[Cc]onfusion", r"[Ww]orst|mistakes", r"[Ss]hift"],
    ),
    "S3-9 a picture to play with": ([5], [r"network_diagram\(|[Ii]nteractive"]),
    # building blocks
    "S4-1 activations": ([6], [r"[Oo]verflow", r"softmax", r"axis ?0|axis=0", r"maximum|\bmax\b"]),
    "S4-2 any list of sizes": ([6], [r"sizes"]),
    "S4-3 losses": (
        [6],
        [r"[Mm]ean squared|MSE", r"[Cc]ross-entropy", r"broadcast", r"\(n, ?n\)|n ?\\times ?n"],
    ),
    "S4-4 a loop with validation": (
        [6],
        [r"[Vv]alidation", r"[Hh]istory", r"train_step|training step|train step"],
    ),
    "S4-5 dropout and penalties": (
        [6],
        [r"[Dd]ropout", r"L1", r"L2", r"weight_decay", r"bias", r"squared?"],
    ),
    "S4-6 initialisation": (
        [6],
        [r"Xavier|Glorot", r"\bHe\b", r"zeros?\b", r"too large", r"too small"],
    ),
    "S4-7 schedules": (
        [6],
        [r"[Ss]tep", r"\b30\b", r"0\.1\b", r"[Cc]osine", r"never (stepped|called|used)|\.step\(\)"],
    ),
    "S4-8 evaluation": ([6], [r"[Tt]est set", r"curves\(|band\(", r"decision_region\("]),
    "S4-9 scaling": (
        [6],
        [r"StandardScaler|scaler", r"[Ll]eak|all (the )?data|test (set|rows) included"],
    ),
    "S4-10 by kind of problem": ([6], [r"[Bb]inary", r"[Mm]ulti-?class", r"[Rr]egression"]),
    "S4-11 search": ([6], [r"[Hh]yperparameter", r"grid", r"[Vv]alidation", r"search\("]),
}
IDS = {"S0": 10, "S1": 13, "S2": 13, "S3": 9, "S4": 11}


@cache
def text_of(chapter: int | str) -> str:
    """Everything that a reader of the chapter, or of the page, sees, as text."""
    if isinstance(chapter, str):
        return (ROOT / "book" / f"{chapter}.md").read_text(encoding="utf-8")
    (path,) = (it for it in chapters() if it.name.startswith(f"{chapter:02}_"))
    words = []
    for cell in nbformat.read(path, as_version=4).cells:
        words.append(cell.source)
        mystnb = cell.metadata.get("mystnb", {})
        words += [
            mystnb.get("figure", {}).get("caption", ""),
            mystnb.get("image", {}).get("alt", ""),
        ]
        for output in cell.get("outputs", []):
            words.append(output.get("text", ""))
            words += [it for kind, it in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(words)


def missing(text: str, patterns: list[str]) -> list[str]:
    return [pattern for pattern in patterns if not re.search(pattern, text)]


@pytest.mark.parametrize("fact", FACTS)
def test_the_fact_is_there(fact):
    chapters, patterns = FACTS[fact]
    assert missing("\n".join(map(text_of, chapters)), patterns) == []


def test_no_row_is_forgotten():
    wanted = {f"{source}-{row}" for source, rows in IDS.items() for row in range(1, rows + 1)}
    assert {fact.split()[0] for fact in FACTS} == wanted


def test_the_printed_number_belongs_to_the_input_that_the_corrections_name():
    stream = np.random.RandomState(42)
    neuron = Neuron(stream.randn(2), stream.randn())
    assert neuron.predict(np.array([1.66, 1.56])) == pytest.approx(0.7784302101100966, abs=1e-14)


def test_a_digit_that_is_gone_is_missed():
    patterns = FACTS["S1-10 the printed prediction"][1]
    text = "42: 0.7784302101100966 for (1.66, 1.56); 0.8732975096761088"
    assert missing(text, patterns) == []
    assert missing(text.replace("0.8732975096761088", "0.873297509676108"), patterns)
    assert missing("17410 parameters", [number("1_741")])
    assert not missing("1\u202f741, 1741, 1_741 or 1,741 parameters", [number("1_741")])
