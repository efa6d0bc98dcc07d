"""Quantities, statuses and dates, as people and programs write them.

Each reader answers the value and, when it could make nothing of the text, what is wrong with it.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from daybook.catalog.items import Status

_REMEMBERED = 4096
_LONGEST = 64
_MOST_PIECES = 2**31 - 1

_WHOLE = re.compile(r"([0-9]{1,10})(?:[.,]0{1,2})?")
_GROUPED_WHOLE = re.compile(r"[0-9]{1,3}(?:([.,'\u2019\s])[0-9]{3})(?:\1[0-9]{3})*")
_AMAZON_DATE = re.compile(r"(.*?[0-9]:[0-9]{2})\s+([A-Z]{3,4})")
_DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(.*)")

_STATUSES: dict[str, Status] = {
    "active": "Active",
    "inactive": "Inactive",
    "incomplete": "Inactive",
    "draft": "Inactive",
    "archived": "Inactive",
}

_HOURS_EAST = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3,
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "BRT": -3,
    "IST": 5.5, "SGT": 8, "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip


@lru_cache(_REMEMBERED)
def quantity_of(text: str) -> tuple[int | None, str]:
    """The number of pieces, and what is wrong. Below zero is none: it was sold too often."""
    text = text.strip()
    negative = text.startswith("-")
    digits = text.removeprefix("-")
    whole = _WHOLE.fullmatch(digits)
    if whole:
        number = int(whole[1])
    elif len(digits) <= _LONGEST and _GROUPED_WHOLE.fullmatch(digits):
        number = int(re.sub(r"[^0-9]", "", digits))
    else:
        return None, "this is not a number of pieces." if text else ""
    if number > _MOST_PIECES:
        return None, f"this is more than {_MOST_PIECES:,} pieces."
    return (0 if negative else number), ""


@lru_cache(_REMEMBERED)
def said_status(text: str) -> tuple[Status | None, str]:
    """Active or Inactive (as drafts, archived and incomplete offers are), None for nothing, and what is wrong."""
    plain = text.strip().lower()
    if not plain or plain in _STATUSES:
        return _STATUSES.get(plain), ""
    return None, "this is neither Active nor Inactive."


@lru_cache(_REMEMBERED)
def instant_of(text: str) -> tuple[datetime | None, str]:
    """The instant that an ISO 8601 text or a date of Amazon's reports names (UTC where no zone is said), what is wrong.

    Amazon writes "2025-03-02 10:15:22 PST", "2025/03/02 10:15:22 JST" and, in Europe, "02/03/2025 10:15:22 GMT".
    """
    plain = text.strip()
    if not plain:
        return None, ""
    zone: tzinfo = UTC
    named = _AMAZON_DATE.fullmatch(plain) if len(plain) <= _LONGEST else None
    if named and named[2] in _HOURS_EAST:
        plain = _DAY_FIRST.sub(r"\3-\2-\1\4", named[1]).replace("/", "-")
        zone = timezone(timedelta(hours=_HOURS_EAST[named[2]]))
    try:
        instant = datetime.fromisoformat(plain)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC), ""
    except (ValueError, OverflowError):
        return None, "this is not a date: write it as 2025-03-02T10:15:22Z."
