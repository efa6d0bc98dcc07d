"""In which zone times are shown. They are kept in UTC; format and zone are for reading alone.

Operation reports show the wall time of America/Los_Angeles, which their readers call PST, summer or winter. Other
profiles are UTC, the marketplace's own zone, a fixed UTC-8, and any zone by its name.
"""

from collections.abc import Callable
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daybook.accounts.marketplaces import ZONES, country
from daybook.kernel.clock import from_micros
from daybook.kernel.errors import InvalidInput

PACIFIC = "America/Los_Angeles"
MARKETPLACE = "marketplace"
FIXED = "UTC-8"
_FORMAT = "%Y-%m-%d %H:%M:%S"
_REMEMBERED = 65_536


class Zone(NamedTuple):
    """A zone by its name, which stands beside every time that is shown in it."""

    name: str
    zone: tzinfo


def zone_named(name: str, marketplace_id: str = "") -> Zone:
    """The zone for `pst` (America/Los_Angeles), `utc`, `marketplace`, `utc-8` or a name such as Europe/Berlin.

    Raises InvalidInput for a name that no zone has.
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
    try:
        return Zone(said, ZoneInfo(said))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"There is no time zone {name[:60]!r} here.", "Zones: pst, utc, utc-8, marketplace, or Europe/Berlin ..."
        ) from error


def clock_of(zone: Zone) -> Callable[[int | None], str]:
    """Writes instants, in microseconds, as `YYYY-MM-DD HH:MM:SS` in the zone; nothing where there is no instant."""
    here = zone.zone

    @lru_cache(_REMEMBERED)
    def shown(at: int | None) -> str:
        return "" if at is None else from_micros(at).astimezone(here).strftime(_FORMAT)

    return shown
