"""Every measurement runs and finds something. How fast anything is, no test judges."""

from pathlib import Path

import pytest

from bench.__main__ import main, measure, names
from bench.figures import Figure
from bench.telling import PAGE, record, table

NAMES = names()
FEW = 20_000
"""Rows."""
HOLDS = Figure("one", 0.5, "x", ">= 0.4", holds=True)
FAILS = Figure("another", 1234.5, "/s", ">= 2000", holds=False)
TOLD = Figure("a third", 3.0, "ms", "", holds=None)


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_runs_and_finds_figures(name: str) -> None:
    figures = measure(name, quick=True, rows=FEW)
    assert figures
    assert [figure for figure in figures if not (figure.value > 0 or figure.bar == "= 0")] == []
    assert len({figure.name for figure in figures}) == len(figures)


def test_what_measures_is_found_by_its_name() -> None:
    assert {"getreport", "getreports", "lanes", "wakes", "listing_report"} <= set(NAMES)
    assert {"figures", "rounds", "telling"}.isdisjoint(NAMES)


def test_a_table_has_a_line_for_each_figure() -> None:
    assert table([HOLDS, FAILS, TOLD]).splitlines() == [
        "figure   value     bar      holds",
        "---------------------------------",
        "one      0.50      >= 0.4   yes",
        "another  1,234 /s  >= 2000  NO",
        "a third  3.00 ms",
    ]


@pytest.mark.parametrize("stood", ["", "old\nolder\n"])
def test_what_is_recorded_takes_the_place_of_what_stood_there(tmp_path: Path, stood: str) -> None:
    page = tmp_path / "page.md"
    other = "<!-- measured: other -->\nother\n<!-- end -->\n"
    page.write_text(f"# Page\n<!-- measured: it -->\n{stood}<!-- end -->\n{other}")
    record("it", ["new"], page)
    assert page.read_text() == f"# Page\n<!-- measured: it -->\nnew\n<!-- end -->\n{other}"


def test_a_page_without_a_place_is_not_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n")
    with pytest.raises(ValueError, match="0 places"):
        record("it", ["new"], page)


@pytest.mark.parametrize("name", ["machine", *NAMES])
def test_the_page_has_a_place_for_every_measurement(name: str) -> None:
    assert PAGE.read_text("utf-8").count(f"<!-- measured: {name} -->\n") == 1


def test_a_measurement_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["gravity"])
    assert "there is no measurement gravity" in capsys.readouterr().err
