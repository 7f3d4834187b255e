"""The house itself: what may import what, how long a function may be, and what there is once."""

import ast
import graphlib
import re

import pytest

import groundup
from tests import lengths
from tools.paths import ROOT
from tools.vendor import PAGES

#: from the ground up; within the package as its docstring says, floors upside down
FLOORS = [
    *(
        {f"groundup.{name}" for name in re.findall(r"``(\w+)``", floor)}
        for floor in reversed(groundup.__doc__.split(":\n", 1)[1].split("→"))
    ),
    {"grader"},
    {"coursework"},
    {"tools", "deploy"},
    {"benchmarks", "book"},
]
LONGEST = 60  # lines of a function's body


def trees(pattern="**/*.py") -> dict[str, ast.Module]:
    """The course's Python by path, tests aside."""
    paths = (path for path in ROOT.glob(pattern) if path.is_file())
    names = {path.relative_to(ROOT).as_posix(): path for path in paths}
    left = re.compile(r"(\.|_build|tests/|conftest|deploy/tests/|book/web/(node_modules|site)/)")
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in sorted(names.items())
        if not left.match(name)
    }


CODE = trees()
MODULES = {
    path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in CODE
}


def imported(tree: ast.Module) -> set[str]:
    """The full names of what a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (below & set(MODULES)) or {node.module}
    return found


def floor(module: str) -> int | None:
    """The floor of a module: of the longest of its name's beginnings that has one."""
    parts = module.split(".")
    for n in range(len(parts), 0, -1):
        for number, names in enumerate(FLOORS):
            if ".".join(parts[:n]) in names:
                return number
    return None


def test_every_module_has_a_floor():
    assert {module for module in MODULES if floor(module) is None} <= {"groundup"}


def test_imports_lead_down_or_stay():
    up = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        for name in imported(CODE[path])
        if (floor(name) or 0) > (floor(module) or 0)
    ]
    assert up == []


def test_no_circle():
    """Raises graphlib.CycleError, which names it."""
    arrows = {module: imported(CODE[path]) - {module} for module, path in MODULES.items()}
    assert len(list(graphlib.TopologicalSorter(arrows).static_order())) >= len(MODULES)


def test_no_code_imports_tests_and_no_test_another():
    code = [path for path, tree in CODE.items() if any("tests" in n for n in imported(tree))]
    tests = {path.name: ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("*.py")}
    among = {
        name
        for name, tree in tests.items()
        if any(part.startswith("test_") for other in imported(tree) for part in other.split("."))
        or any("test_" in alias.name for alias in aliases_of_tests(tree))
    }
    assert code == []
    assert among == {"test_contributing.py"}  # runs them on the guide's examples


def aliases_of_tests(tree: ast.Module) -> list[ast.alias]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return [
        alias for node in nodes if (node.module or "").startswith("tests") for alias in node.names
    ]


def test_functions_are_short():
    long = set()
    for path, tree in CODE.items():
        long |= {(path, name) for name, lines in lengths.python(tree) if lines > LONGEST}
    assert long == set()


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.js")), ids=lambda path: path.name)
def test_the_widgets_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert [it for it in lengths.javascript(text) if it[1] > LONGEST] == []
    assert len(text.splitlines()) <= 250


@pytest.mark.parametrize("folder", ["groundup/questions/", "grader/"])
def test_there_is_one_comparison_of_answers(folder):
    calls = {
        path
        for path, tree in CODE.items()
        for node in ast.walk(tree)
        if path.startswith(folder) and isinstance(node, ast.Attribute)
        if node.attr in ("allclose", "isclose", "array_equal", "assert_allclose")
    }
    assert calls <= {"groundup/questions/compare.py", "groundup/questions/examine.py"}


def test_there_is_one_model_of_a_question():
    models = [
        (path, node.name)
        for path, tree in CODE.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        if {"slip"} <= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    ]
    assert models == [("groundup/questions/question.py", "Question")]
