"""The registry: adding a folder is all it takes."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from daybook import report_types
from daybook.kernel.errors import Misconfigured
from daybook.report_types.producers import producers
from daybook.reports.report_types import report_types as registry

FAMILY = """
from types import SimpleNamespace
PRODUCERS = [SimpleNamespace(report_type={name!r})]
"""


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose packages count as families too."""
    monkeypatch.setattr(report_types, "__path__", [*report_types.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("daybook.report_types.more")]:
        del sys.modules[name]


def add(folder: Path, family: str, report_type: str) -> None:
    (folder / family).mkdir()
    (folder / family / "__init__.py").write_text(FAMILY.format(name=report_type))


def test_every_producer_makes_a_report_type_that_can_be_asked_for() -> None:
    types = registry()

    assert {name: types.find(name).name for name in producers()} == {name: name for name in producers()}


def test_the_five_listing_reports_have_producers() -> None:
    assert producers().keys() >= {
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        "GET_MERCHANT_LISTINGS_DATA",
        "GET_MERCHANT_LISTINGS_INACTIVE_DATA",
        "GET_FLAT_FILE_OPEN_LISTINGS_DATA",
        "GET_MERCHANTS_LISTINGS_FYP_REPORT",
    }


def test_a_new_folder_adds_its_report_types(more: Path) -> None:
    before = producers()

    add(more, "more_orders", "GET_ORDERS")

    assert producers().keys() - before.keys() == {"GET_ORDERS"}
    assert producers()["GET_ORDERS"] == SimpleNamespace(report_type="GET_ORDERS")


def test_two_producers_of_one_type_stop_the_start(more: Path) -> None:
    add(more, "more_listings", "GET_MERCHANT_LISTINGS_DATA")

    with pytest.raises(Misconfigured, match="Two producers make GET_MERCHANT_LISTINGS_DATA"):
        producers()
