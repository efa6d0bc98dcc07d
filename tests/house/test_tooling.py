"""The Makefile, the lock file and CI keep the README's promises."""

import re
import tomllib

import pytest

from tests.house.tree import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "soak", "requirements", "lock", "clean"])
def test_every_target_is_there_and_says_what_it_does(target: str) -> None:
    assert re.search(rf"^{target}:.* ## .+\.$", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "soak", "requirements"])
def test_every_target_that_runs_something_sets_up_first(target: str) -> None:
    assert re.search(rf"^{target}: \$\(READY\)", MAKEFILE, re.MULTILINE)


def test_ci_runs_the_checks_and_the_tests() -> None:
    commands = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r"^make .*?(\w+)$", commands, re.MULTILINE) == ["check", "test"]


def test_the_lock_names_no_index_and_hashes_every_package() -> None:
    assert "://" not in LOCK
    assert re.findall(r"^--.*", LOCK, re.MULTILINE) == []
    packages = re.split(r"\n(?=\S)", LOCK.strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_holds_every_dependency_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[^\w.-]", requirement)[0] for requirement in asked}
    locked = set(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE))
    assert names - locked == set()
