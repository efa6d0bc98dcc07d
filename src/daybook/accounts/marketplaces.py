"""Amazon's marketplaces by country (developer-docs.amazon.com/sp-api/docs/marketplace-ids)."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daybook.kernel.errors import InvalidInput

MARKETPLACES = {
    "CA": "A2EUQ1WTGCTBG2", "US": "ATVPDKIKX0DER", "MX": "A1AM78C64UM0Y8", "BR": "A2Q3Y263D00KWC",
    "IE": "A28R8C7NBKEWEA", "ES": "A1RKKUPIHCS9HS", "UK": "A1F83G8C2ARO7P", "FR": "A13V1IB3VIYZZH",
    "BE": "AMEN7PMS3EDWL", "NL": "A1805IZSGTT6HS", "DE": "A1PA6795UKMFR9", "IT": "APJ6JRA9NG5V4",
    "SE": "A2NODRKZP88ZB9", "ZA": "AE08WJ6YKNBMC", "PL": "A1C3SOZRARQ6R3", "EG": "ARBP9OOSHTCHU",
    "TR": "A33AVAJ2PDY3EV", "SA": "A17E79C6D8DWNP", "AE": "A2VIGQ35RCS4UG", "IN": "A21TJRUUN4KGV",
    "SG": "A19VAU5U5O7RUS", "AU": "A39IBJ37TRP1C6", "JP": "A1VC38T7YXB528",
}  # fmt: skip
CURRENCIES = {
    "CA": "CAD", "US": "USD", "MX": "MXN", "BR": "BRL", "IE": "EUR", "ES": "EUR", "UK": "GBP", "FR": "EUR",
    "BE": "EUR", "NL": "EUR", "DE": "EUR", "IT": "EUR", "SE": "SEK", "ZA": "ZAR", "PL": "PLN", "EG": "EGP",
    "TR": "TRY", "SA": "SAR", "AE": "AED", "IN": "INR", "SG": "SGD", "AU": "AUD", "JP": "JPY",
}  # fmt: skip
ZONES = {
    "CA": "America/Toronto", "US": "America/Los_Angeles", "MX": "America/Mexico_City", "BR": "America/Sao_Paulo",
    "IE": "Europe/Dublin", "ES": "Europe/Madrid", "UK": "Europe/London", "FR": "Europe/Paris",
    "BE": "Europe/Brussels", "NL": "Europe/Amsterdam", "DE": "Europe/Berlin", "IT": "Europe/Rome",
    "SE": "Europe/Stockholm", "ZA": "Africa/Johannesburg", "PL": "Europe/Warsaw", "EG": "Africa/Cairo",
    "TR": "Europe/Istanbul", "SA": "Asia/Riyadh", "AE": "Asia/Dubai", "IN": "Asia/Kolkata",
    "SG": "Asia/Singapore", "AU": "Australia/Sydney", "JP": "Asia/Tokyo",
}  # fmt: skip
"""Whose wall clock people mean there: of countries with several, the zone that Amazon's pages or most people keep."""
_COUNTRIES = {marketplace_id: country for country, marketplace_id in MARKETPLACES.items()}


def marketplace_id(name: str) -> str:
    """The marketplace id for a country code (`US`, `uk`) or for an id itself. Raises InvalidInput for anything else."""
    if name in _COUNTRIES:
        return name
    found = MARKETPLACES.get(name.upper())
    if found is None:
        raise InvalidInput(f"{name!r} is no marketplace.", f"Known ones: {', '.join(sorted(MARKETPLACES))}.")
    return found


def country(marketplace_id: str) -> str:
    """The country code of a marketplace id, or the id itself where it is not one of Amazon's."""
    return _COUNTRIES.get(marketplace_id, marketplace_id)


def local_time(at: datetime, marketplace_id: str) -> str:
    """An instant by the wall clock of a marketplace; empty where its zone is not known, or not to this machine."""
    try:
        here = at.astimezone(ZoneInfo(ZONES[country(marketplace_id)]))
    except (KeyError, ZoneInfoNotFoundError):
        return ""
    return f"{here:%Y-%m-%d %H:%M:%S %Z} ({ZONES[country(marketplace_id)]})"


def clocks(at: datetime, marketplace_ids: Iterable[str]) -> dict[str, str]:
    """An instant in UTC, and by the wall clock of each marketplace whose zone is known, by its country."""
    local = {country(one): local_time(at, one) for one in marketplace_ids}
    return {"UTC": at.isoformat()} | {name: text for name, text in local.items() if text}


def currency(marketplace_id: str) -> str:
    """The currency that prices are in where nobody says another; empty where the marketplace is not one of Amazon's."""
    return CURRENCIES.get(country(marketplace_id), "")
