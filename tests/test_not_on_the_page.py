"""An exercise asks for a thought: its solution does not stand on the chapter's page already."""

import ast
import re

import nbformat
import pytest

from groundup.questions import question
from tools.paths import chapters

#: at most so many of the exercises of a group of chapters may still be answered by copying
ALLOWED = {"1 to 4": (range(1, 5), 4), "5 to 8": (range(5, 9), 4)}


def shape(node: ast.AST) -> str:
    """An expression with its names numbered in the order in which they come."""
    names: dict[str, str] = {}
    return re.sub(
        r"Name\(id='(\w+)'",
        lambda m: f"Name(id={names.setdefault(m[1], str(len(names)))}",
        ast.dump(node),
    )


def expressions(source: str) -> set[str]:
    """The shapes of all expressions of some size in a program."""
    return {
        shape(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.expr) and sum(1 for _ in ast.walk(node)) > 8
    }


def on_the_page(chapter: int) -> set[str]:
    (path,) = (path for path in chapters() if path.name.startswith(f"{chapter:02}_"))
    found = set()
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not any(tag.startswith("stub-") for tag in tags):
            found |= expressions(cell.source)
    return found


def is_copied(it, page: set[str]) -> bool:
    """Whether what a solution computes, line by line, is computed on the page as well."""
    values = [
        node.value
        for node in ast.walk(ast.parse(it.solution))
        if isinstance(node, (ast.Return, ast.Assign, ast.AugAssign)) and node.value
    ]
    told = {shape(value) for value in values if sum(1 for _ in ast.walk(value)) > 8}
    return bool(told) and told <= page


@pytest.mark.parametrize("name", ALLOWED)
def test_few_solutions_stand_on_the_page(name):
    numbers, allowed = ALLOWED[name]
    copied = [
        it.id
        for chapter in numbers
        for it in question.all_exercises(chapter)
        if it.coding and not it.judged_by and is_copied(it, on_the_page(chapter))
    ]
    assert len(copied) <= allowed, copied


def test_a_solution_with_other_names_is_found():
    (it,) = (it for it in question.all_exercises(3) if it.id == "3.3")
    assert not is_copied(it, expressions("gradient = A.T @ Delta"))
    assert is_copied(it, expressions(it.solution.replace("Delta1", "signal").replace("A2", "B")))
