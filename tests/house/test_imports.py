"""The import contracts in pyproject.toml: that they see what they forbid. That they are kept, `make check` says."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE

# For each contract a room, and an import that it may not have.
PLANTED = {
    "floors": ("documents", "import daybook.reports"),
    "wire": ("reports", "import daybook.contract"),
    "sql": ("lanes", "import sqlite3"),
    "web": ("worker", "from litestar import get"),
    "bytes": ("api", "import isal.igzip"),
    "calls": ("accounts", "import httpx2"),
    "analytics": ("store", "import duckdb"),
    "metrics": ("worker", "from prometheus_client import Counter"),
    "queue": ("worker", "import boto3"),
    "terminal": ("app", "from rich.console import Console"),
}

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in LINTER["contracts"]}
ROOMS = [room for layer in LINTER["contracts"][0]["layers"] for room in re.findall(r"\w+", layer)]


def broken(folder: Path) -> set[str]:
    """Ids of the contracts that the package in the folder breaks."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "500"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", run.stdout, re.MULTILINE))
    assert set(verdicts) == set(CONTRACTS.values()), run.stdout + run.stderr
    return {id for id, name in CONTRACTS.items() if verdicts[name] == "BROKEN"}


def build(folder: Path, **planted: str) -> None:
    """A package of the same name with every room, empty but for what is planted in it."""
    for room in ["", *ROOMS, *planted]:
        (folder / "daybook" / room).mkdir(parents=True, exist_ok=True)
        (folder / "daybook" / room / "__init__.py").write_text(planted.get(room, ""))


def test_empty_rooms_keep_every_contract(tmp_path: Path) -> None:
    build(tmp_path)
    assert broken(tmp_path) == set()


def test_there_is_a_violation_to_plant_for_every_contract() -> None:
    assert set(PLANTED) == set(CONTRACTS)


@pytest.mark.parametrize("contract", PLANTED)
def test_a_violation_breaks_its_own_contract_alone(tmp_path: Path, contract: str) -> None:
    build(tmp_path, **dict([PLANTED[contract]]))
    assert broken(tmp_path) == {contract}


def test_a_room_that_the_floors_do_not_know_breaks_them(tmp_path: Path) -> None:
    build(tmp_path, attic="")
    assert broken(tmp_path) == {"floors"}


def test_the_kernel_stands_on_the_standard_library_alone() -> None:
    imported = {name for module in (SOURCE / "kernel").rglob("*.py") for name in imports(module)}
    outside = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name for name in outside if not name.startswith("daybook.kernel")} == set()


def imports(module: Path) -> set[str]:
    """The modules that a module names in its imports."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
