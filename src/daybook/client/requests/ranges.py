"""Date ranges longer than one report of a type may hold, parted so that nothing comes twice and nothing is missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

RESOLUTION = timedelta(seconds=1)
"""Times of the Reports API have no fraction: a part ends a second before the next begins."""

Range = tuple[datetime | None, datetime | None]


def parted(
    start: datetime | None, end: datetime | None, longest: timedelta | None, gap: timedelta = RESOLUTION
) -> list[Range]:
    """The range in parts of at most `longest`, each but the last ending so long before the next; or as it is.

    Types whose ranges are whole hours take no gap: their parts end where the next begin.
    """
    if start is None or end is None or longest is None or end - start <= longest:
        return [(start, end)]
    return list(_parts(start, end, longest, gap))


def _parts(start: datetime, end: datetime, longest: timedelta, gap: timedelta) -> Iterator[Range]:
    while end - start > longest:
        yield start, start + longest - gap
        start += longest
    yield start, end
