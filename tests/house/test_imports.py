"""The import contracts in pyproject.toml: that they see what they forbid. That they are kept, `make check` says."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import ROOT, SOURCE

# A line of source in a module that may not have it, for each contract.
PLANTED = {
    "floors": ("daybook/documents/__init__.py", "import daybook.reports"),
    "wire": ("daybook/reports/__init__.py", "import daybook.contract"),
    "sql": ("daybook/lanes.py", "import sqlite3"),
    "web": ("daybook/worker/__init__.py", "from litestar import get"),
    "bytes": ("daybook/api/__init__.py", "import isal.igzip"),
    "calls": ("daybook/accounts/__init__.py", "import httpx2"),
    "analytics": ("daybook/store/__init__.py", "import duckdb"),
    "terminal": ("daybook/app.py", "from rich.console import Console"),
}


def contracts() -> dict[str, str]:
    """Name of each contract, by its id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def broken(folder: Path) -> set[str]:
    """Ids of the contracts that the package in the folder breaks."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "500"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", run.stdout, re.MULTILINE))
    assert set(verdicts) == set(contracts().values()), run.stdout
    return {id for id, name in contracts().items() if verdicts[name] == "BROKEN"}


def build(folder: Path, modules: dict[str, str]) -> None:
    """A package of the same name, with a kernel and the modules given."""
    for path, text in {"daybook/__init__.py": "", "daybook/kernel/__init__.py": "", **modules}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_each_contract_breaks_where_its_violation_is_planted(tmp_path: Path) -> None:
    floors = {f"daybook/{room}/__init__.py": "" for room in ("reports", "documents", "contract")}
    build(tmp_path, floors | dict(PLANTED.values()))
    assert broken(tmp_path) == set(PLANTED) == set(contracts())


def test_a_room_that_the_floors_do_not_know_breaks_them(tmp_path: Path) -> None:
    build(tmp_path, {"daybook/attic.py": "", "daybook/contract/__init__.py": ""})
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
