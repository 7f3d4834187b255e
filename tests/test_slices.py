"""What of a chapter a piece of code needs."""

import pytest

from groundup.slices import bound, cells_needed, definitions, used

CELLS = [
    "import numpy as np\nimport math",
    "X = np.ones(3)\nprint(X)",
    "def total(values):\n    return math.fsum(values)",
    "X[0] = 7\nprint(total(X))",
    "%magic",
    "y = 2",
]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x + y", {"x", "y"}),
        ("x = 1\nprint(x)", set()),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("def f(a):\n    b = 1\n    return a + b + c + f(a)", {"c"}),
        ("class A(B):\n    def m(self): return k", {"B", "k"}),
        ("for i in rows: total.append(i)", {"rows", "total"}),
        ("[i for i in rows]", {"rows"}),
        ("f = lambda z: z + shift", {"shift"}),
    ],
)
def test_used(code, names):
    assert used(code) == names


def test_bound():
    assert bound("import a.b\nfrom c import d as e\nx, (y, z) = 1, (2, 3)\ndef f(q): r = 1") == {
        "a", "e", "x", "y", "z", "f",
    }  # fmt: skip


def test_definitions_are_those_that_are_needed_and_in_order():
    assert definitions("total(X)", CELLS) == [
        "import numpy as np",
        "import math",
        "X = np.ones(3)",
        "def total(values):\n    return math.fsum(values)",
    ]
    assert definitions("X", CELLS, known={"X"}) == []
    assert definitions("y = 1\ny", CELLS) == []


def test_a_name_that_was_bound_twice_is_the_last_one_above():
    assert definitions("a", ["a = 1", "a = b = 2"]) == ["a = b = 2"]
    assert definitions("a", ["a = 1", "for _ in '12':\n    a = a + 1"]) == [
        "a = 1",
        "for _ in '12':\n    a = a + 1",
    ]


def test_cells_that_change_a_variable_run_too():
    needed = cells_needed("X", CELLS)
    assert "X[0] = 7\nprint(total(X))" in needed
    names: dict = {}
    for part in needed:
        exec(part, names)
    assert names["X"].tolist() == [7, 1, 1]
    assert not any("y" in bound(part) for part in needed)
