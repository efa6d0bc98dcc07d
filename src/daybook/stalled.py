"""Being stuck is one notion, whatever it is that moves no more: a batch, a report.

What has shown no sign of life for longer than it may is stalled. Its status stays; it is flagged, and the ledger tells
of it once, until it moves again. How long it may last is the thing's own: a setting, or what is usual for its kind.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from daybook.activity import Event, Ledger

STALLED = "STALLED"
"""What a stalled thing becomes in the ledger; its status stays."""
ACTOR = "watch lane"


class Silence(NamedTuple):
    """Since when something has shown no sign of life, and for how long it may."""

    since: datetime
    may_last: timedelta

    def left(self, now: datetime) -> float:
        """Seconds until it is stalled; zero or less where it is."""
        return (self.since + self.may_last - now).total_seconds()

    def too_long(self, now: datetime) -> bool:
        """Whether what is silent is stalled."""
        return self.left(now) <= 0


class Stuck(NamedTuple):
    """What is stalled: whose, what kind of thing, which one, and the status in which it stays."""

    seller_id: str
    subject: str
    subject_id: str
    status: str


def tell(tx: Ledger, now: datetime, stuck: Stuck, silence: Silence, **evidence: Any) -> None:
    """The one alert: a line of the ledger that says since when, and how long it might have lasted."""
    told = {"lastProgress": silence.since.isoformat(), "mayLastSeconds": silence.may_last.total_seconds(), **evidence}
    tx.add_event(Event(stuck.seller_id, stuck.subject, stuck.subject_id, stuck.status, STALLED, ACTOR, told, now))


def is_told(tx: Ledger, stuck: Stuck) -> bool:
    """Whether the ledger tells of it already, and of no move since."""
    history = tx.events_of(stuck.seller_id, stuck.subject, stuck.subject_id)
    return bool(history) and history[-1].to_status == STALLED
