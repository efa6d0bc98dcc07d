"""The `requirement` marker: which lines of docs/requirements.md a test, or one case of it, proves.

    @pytest.mark.requirement("R004-055", "R004-060")
    def test_createReport_answers_202(...): ...

    @pytest.mark.parametrize("case", [pytest.param(case, marks=pytest.mark.requirement(*case.ids)) for case in MATRIX])

A wrong marker stops the collection. Outcomes are kept in pytest's cache, where it has one, so that
`make requirements` knows them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import requirements

_OUTCOMES = "daybook/outcomes"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements-json", metavar="FILE", help="write the lines that each collected test names")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(id, ...): lines of docs/requirements.md that the test proves")
    config.pluginmanager.register(_Outcomes(), "requirement-outcomes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named = {item.nodeid: names for item in items if (names := list(_names(item)))}
    if faults := _faults(named):
        raise pytest.UsageError("\n".join(faults))
    if target := config.getoption("--requirements-json"):
        _write(Path(target), named, _known_outcomes(config))


def _names(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("requirement"):
        if not mark.args or mark.kwargs:
            raise pytest.UsageError(f"{item.nodeid}: a requirement marker holds ids, and nothing else")
        yield from map(str, mark.args)


def _faults(named: dict[str, list[str]]) -> list[str]:
    try:
        return requirements.faults(named, requirements.read())
    except requirements.WrongList as error:
        return [str(error)]


def _write(target: Path, named: dict[str, list[str]], outcomes: dict[str, str]) -> None:
    cases = {test: {"ids": ids, "outcome": outcomes.get(test, "")} for test, ids in named.items()}
    target.write_text(json.dumps(cases, indent=1), encoding="utf-8")


def _known_outcomes(config: pytest.Config) -> dict[str, str]:
    cache = _cache(config)
    outcomes: dict[str, str] = cache.get(_OUTCOMES, {}) if cache else {}
    return outcomes


def _cache(config: pytest.Config) -> pytest.Cache | None:
    """None where pytest runs without: -p no:cacheprovider."""
    return config.cache if config.pluginmanager.has_plugin("cacheprovider") else None


class _Outcomes:
    """Remembers how each test of this run ended: its call's pass, or the first thing that was not one."""

    def __init__(self) -> None:
        self._ended: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (report.when == "call" or not report.passed) and self._ended.get(report.nodeid) in (None, "passed"):
            self._ended[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        cache = _cache(session.config)
        if cache and self._ended:
            cache.set(_OUTCOMES, _known_outcomes(session.config) | self._ended)
