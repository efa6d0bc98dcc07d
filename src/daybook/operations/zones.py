"""In which zone times are shown. They are kept in UTC; format and zone are for reading alone.

Operation reports show the wall time of America/Los_Angeles, which their readers call PST, summer or winter. Other
profiles are UTC, the marketplace's own zone, a fixed UTC-8, and any zone by its name.
"""

from collections.abc import Callable
from datetime import timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from daybook.accounts.marketplaces import ZONES, country
from daybook.kernel.clock import from_micros
from daybook.kernel.errors import InvalidInput

PACIFIC = "America/Los_Angeles"
MARKETPLACE = "marketplace"
_FORMAT = "%Y-%m-%d %H:%M:%S"
_REMEMBERED = 65_536
_TOLD = 60
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
"""Names in the machine's folder of zones that mean its own setting, a rule without a place, and none at all."""
_OTHER_COUNTS = ("posix/", "right/")
"""The same places again, and once more with leap seconds, which our instants do not count."""


class Zone(NamedTuple):
    """A zone by its name, which stands beside every time that is shown in it."""

    name: str
    zone: tzinfo


def zone_named(name: str, marketplace_id: str = "") -> Zone:
    """The zone for `pst` (America/Los_Angeles), `utc`, `marketplace`, `utc-8` or a name such as Europe/Berlin.

    Raises InvalidInput for a name that no zone has, or none that means the same on another machine.
    """
    said = name.strip() or PACIFIC
    if said.upper() == "UTC-8":
        return Zone("UTC-08:00", timezone(timedelta(hours=-8)))
    if said.upper() in ("PST", "PT", "PDT"):
        said = PACIFIC
    if said.lower() == MARKETPLACE:
        said = ZONES.get(country(marketplace_id), "UTC")
    if said.upper() == "UTC":
        said = "UTC"
    if said in _NO_PLACES or said.startswith(_OTHER_COUNTS):
        raise _unknown(name)
    try:
        return Zone(said, ZoneInfo(said))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _unknown(name) from error


def _unknown(name: str) -> InvalidInput:
    near = get_close_matches(name.strip()[:_TOLD].lower(), _places(), n=1, cutoff=0.7)
    hint = f"Did you mean {_places()[near[0]]}? " if near else ""
    known = "Zones: pst, utc, utc-8, marketplace, or a place such as Europe/Berlin."
    return InvalidInput(f"There is no time zone {name[:_TOLD]!r} here.", f"{hint}{known}")


@lru_cache(1)
def _places() -> dict[str, str]:
    """Every zone that the machine knows, by its name in small letters."""
    return {name.lower(): name for name in sorted(available_timezones() - _NO_PLACES)}


def clock_of(zone: Zone) -> Callable[[int | None], str]:
    """Writes instants, in microseconds, as `YYYY-MM-DD HH:MM:SS` in the zone; nothing where there is no instant."""
    here = zone.zone

    @lru_cache(_REMEMBERED)
    def shown(at: int | None) -> str:
        return "" if at is None else from_micros(at).astimezone(here).strftime(_FORMAT)

    return shown
