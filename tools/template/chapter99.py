"""Exercises of chapter 99: say here what they are about."""

import numpy as np

from groundup.questions.question import exercise

# --- 99.1 ---


@exercise(
    "99.1",
    title="Around the mean",
    prompt="""
    Write `centred(x)`: the values of the array `x`, of shape `(n,)`, less their mean, equation
    {eq}`eq-99-mean`.
    """,
    stub="""
    def centred(x):
        return ...  # your code
    """,
    hints=(
        "What should the mean of the result be?",
        "Compute the mean first; it is one number.",
        "NumPy subtracts one number from every entry of an array.",
    ),
    cases=lambda rng: [  # the smallest first, then random ones, then extremes
        (np.array([1.0, 3.0, 8.0]),),
        *((rng.normal(size=n),) for n in (2, 5, 30)),
        (np.array([-1e6, 1.0, 1e6]),),
    ],
)
def centred(x):
    return x - np.mean(x)


@centred.also_right
def with_a_loop(x):
    mean = sum(x) / len(x)
    return [value - mean for value in x]


@centred.slip("The mean is added; the result should have the mean 0.")
def added(x):
    return x + np.mean(x)


@centred.slip("This is the mean itself. What is wanted has as many entries as `x`.")
def mean_alone(x):
    return np.mean(x)


@centred.slip("The sum is subtracted; it was not divided by the number of values.")
def sum_subtracted(x):
    return x - np.sum(x)


@centred.slip("The sign is turned: a value above the mean should give a positive number.")
def turned(x):
    return np.mean(x) - x


# --- 99.2 to 99.6: questions with a number for an answer ---


@exercise(
    "99.2",
    title="A mean by hand",
    prompt="Without a computer: what is the mean of 1, 2 and 6?",
    stub="mean_of_three = ...",
    hints=("Add them.", "Their sum is divided by their number.", "The sum is 9."),
    coding=False,
)
def mean_of_three():
    return 9 / 3


mean_of_three.slip("That is the sum; the mean is the sum divided by the number.")(lambda: 9)


@exercise(
    "99.3",
    title="One value more",
    prompt="Four values have the mean 5. A fifth value, 10, is added. What is the mean now?",
    stub="mean_of_five = ...",
    hints=(
        "What is the sum of the four values?",
        "What is the sum with the fifth?",
        "There are now five values.",
    ),
    coding=False,
)
def mean_of_five():
    return (4 * 5 + 10) / 5


mean_of_five.slip("That is the mean of 5 and 10, as if the four were one value.")(lambda: 7.5)


@exercise(
    "99.4",
    title="Twice as large",
    prompt="Every value is doubled. By which factor does the mean grow?",
    stub="factor = ...",
    hints=(
        "Try it with two values.",
        "Each term of the sum doubles.",
        "The number stays as it is.",
    ),
    coding=False,
)
def factor():
    return 2


factor.slip("The mean does change: every term of the sum does.")(lambda: 1)


@exercise(
    "99.5",
    title="Moved along",
    prompt="To each of ten values 3 is added. By how much does the mean grow?",
    stub="growth = ...",
    hints=("Try it with two values.", "By how much does the sum grow?", "Divide by the number."),
    coding=False,
)
def growth():
    return 10 * 3 / 10


growth.slip("That is how much the sum grows.")(lambda: 30)


@exercise(
    "99.6",
    title="The mean of means",
    prompt="One class of 10 has the mean 4, another of 30 the mean 8. What is the mean of all 40?",
    stub="mean_of_all = ...",
    hints=(
        "The larger class counts for more.",
        "What is the sum of each class?",
        "Add both sums, and divide by 40.",
    ),
    coding=False,
)
def mean_of_all():
    return (10 * 4 + 30 * 8) / 40


mean_of_all.slip("Both classes count the same here; one is three times as large.")(lambda: 6)
