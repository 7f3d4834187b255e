"""The lengths of functions are counted right."""

import ast

import pytest

from tests import lengths

SAMPLE = """
"use strict";
(() => {
  const text = "} a string {", pattern = /[{}]/, sum = (a) => a + 1; // a comment }
  function outer(a, { b = 1 }) {
    if (a) {
      return `${a} }`;
    }
    return { a, b };
  }
  class Page {
    constructor(root) {
      this.root = root;
    }

    draw() { this.root.clear(); }
  }
  root.addEventListener("click", async (event) => {
    one();
    two();
  });
})();
"""


def test_the_lengths_in_javascript():
    assert list(lengths.javascript(SAMPLE)) == [
        ("outer", 4), ("constructor", 1), ("draw", -1), ("=>", 2),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="line 1 is not closed"):
        list(lengths.javascript("function f() {"))


def test_the_lengths_in_python():
    text = 'def f(x):\n    """Of x."""\n    y = x\n\n    return y\nclass A:\n    def g(self): ...\n'
    assert list(lengths.python(ast.parse(text))) == [("f", 3), ("g", 1)]
