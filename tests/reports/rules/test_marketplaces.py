"""Where a report type is."""

import pytest

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.reports.report_types import report_types
from daybook.reports.rules.marketplaces import REGIONS, read_marketplaces, told


def test_every_country_is_in_one_region() -> None:
    assert sorted(name for region in REGIONS.values() for name in region) == sorted(MARKETPLACES)


def test_countries_and_regions_are_marketplaces() -> None:
    assert read_marketplaces("all") is None
    found = read_marketplaces("FE US")
    assert found is not None
    assert told(found) == "AU, JP, SG, US"
    assert read_marketplaces("all but FE US") == frozenset(MARKETPLACES.values()) - found


@pytest.mark.parametrize("text", ["XX", "us", "all US", "US but CA"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no country or region"):
        read_marketplaces(text)


def test_every_type_is_somewhere() -> None:
    for each in report_types():
        assert read_marketplaces(each.marketplaces) != frozenset()
