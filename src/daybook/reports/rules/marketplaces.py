"""Where a report type is: `all`, `all but NL PL`, or countries and regions such as `EU US`."""

from collections.abc import Iterable
from functools import cache

from daybook.accounts.marketplaces import MARKETPLACES, country

REGIONS = {
    "NA": frozenset({"CA", "US", "MX", "BR"}),
    "FE": frozenset({"SG", "AU", "JP"}),
}
REGIONS["EU"] = frozenset(MARKETPLACES) - REGIONS["NA"] - REGIONS["FE"]
"""Amazon's regions by country codes (developer-docs.amazon.com/sp-api/docs/sp-api-endpoints)."""


@cache
def read_marketplaces(text: str) -> frozenset[str] | None:
    """The marketplace ids of a row; None where there are no others. Raises ValueError with the reason."""
    words = text.split()
    if words == ["all"]:
        return None
    if words[:2] == ["all", "but"]:
        return frozenset(MARKETPLACES.values()) - _ids(words[2:])
    return _ids(words)


def _ids(words: Iterable[str]) -> frozenset[str]:
    countries: set[str] = set()
    for word in words:
        if word not in REGIONS and word not in MARKETPLACES:
            known = ", ".join([*sorted(REGIONS), *sorted(MARKETPLACES)])
            raise ValueError(f"{word!r} is no country or region; known are all, all but ..., {known}")
        countries |= REGIONS.get(word, {word})
    return frozenset(MARKETPLACES[name] for name in countries)


def told(marketplace_ids: Iterable[str]) -> str:
    """Their countries, for a person."""
    return ", ".join(sorted(country(marketplace_id) for marketplace_id in marketplace_ids))
