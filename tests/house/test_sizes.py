"""Small modules of small functions, so that each reads as the rule it keeps."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.house.tree import SOURCE

# A migration is a record of what was done once; nobody works in it again.
MODULES = sorted(module for module in SOURCE.rglob("*.py") if module.parent.name != "versions")
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 50
MEDIAN_LINES_OF_A_FUNCTION = 10


def functions(module: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function in a module."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(SOURCE).as_posix())
def test_a_module_and_its_functions_stay_small(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= MOST_LINES_OF_A_MODULE
    assert {name: lines for name, lines in functions(module) if lines > MOST_LINES_OF_A_FUNCTION} == {}


def test_half_of_all_functions_have_ten_lines_or_fewer() -> None:
    lengths = [lines for module in MODULES for _, lines in functions(module)]
    assert median(lengths) <= MEDIAN_LINES_OF_A_FUNCTION
