"""The scenarios that hold at one moment, and which of them is for a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from daybook.reports.scenarios.scenario import ANY, Scenario

Key = tuple[str, str]
"""Seller and report type."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario that holds. What was counted for another `edition` counts no more, nor do reports before `since`."""

    scenario: Scenario
    edition: str
    since: datetime
    source: Literal["file", "api"]


class Snapshot:
    """The scenarios that hold at one moment."""

    def __init__(self, entries: Mapping[Key, Entry]) -> None:
        self.entries = dict(sorted(entries.items()))
        self._sellers = {seller_id for seller_id, _ in entries}

    def concerns(self, seller_id: str) -> bool:
        """Whether any is for the seller."""
        return bool(self._sellers) and (seller_id in self._sellers or ANY in self._sellers)

    def find(self, seller_id: str, report_type: str) -> Entry | None:
        """The one that holds for reports of the type: the seller's own first, then the type's own; never two."""
        keys = ((seller_id, report_type), (seller_id, ANY), (ANY, report_type), (ANY, ANY))
        return next((self.entries[key] for key in keys if key in self.entries), None)


NOTHING = Snapshot({})
