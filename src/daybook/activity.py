"""The ledger: who moved what, from which status to which, when, and why.

Every change of status writes one row in the transaction that makes the change, so the ledger is history, audit and
outbox in one. A row carries all that its readers need; nobody reads back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger. `sequence` is 0 until the ledger has numbered it."""

    seller_id: str
    subject: str
    subject_id: str
    from_status: str | None
    to_status: str
    actor: str
    evidence: Mapping[str, Any]
    at: datetime
    sequence: int = 0


def known(**evidence: Any) -> dict[str, Any]:
    """Evidence for an event; what is empty is left out."""
    return {name: value for name, value in evidence.items() if value}


class Ledger(Protocol):
    """What a room needs of the store to write the ledger."""

    def add_event(self, event: Event, /) -> None:
        """Append the event."""

    def events_of(self, seller_id: str, subject: str, subject_id: str) -> list[Event]:
        """The history of one thing, oldest first."""
