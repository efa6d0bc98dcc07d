"""What is asked of a marketplace about a report that it makes, and what it may answer. Its adapters implement it."""

from dataclasses import dataclass
from typing import Protocol

from daybook.notifications.inbound.status import FollowedStatus


@dataclass(frozen=True, slots=True)
class Told:
    """It knows the report: `status` is what its word means (never LOST), and `word` that word, as it came."""

    status: FollowedStatus
    word: str
    report_type: str = ""
    description: str = ""
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class NotKnown:
    """It knows no such report, and says so."""

    message: str


@dataclass(frozen=True, slots=True)
class Away:
    """It did not answer, or only that it cannot now. With `whole` no other report need be asked about now either."""

    message: str
    retry_after: float = 0.0
    whole: bool = True


Answer = Told | NotKnown | Away


@dataclass(frozen=True, slots=True)
class Link:
    """Where a report can be downloaded, and until when, in the marketplace's words; it may not say."""

    url: str
    until: str = ""


class Asked(Protocol):
    """A seller's connection to a marketplace, as far as reports are concerned."""

    def ask(self, report_id: str) -> Answer:
        """How it is with the report."""

    def link(self, report_id: str, document_id: str) -> Link:
        """Where it can be downloaded. Raises a DaybookError that says why it cannot."""
