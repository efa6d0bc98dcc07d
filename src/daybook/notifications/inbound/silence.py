"""The silence alarm: reports end at a marketplace, as looks find, and no notification tells of them.

Of a seller and a marketplace there is one alarm at a time: a line of the ledger, which subscriptions tell. The next
notification of whatever kind ends it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daybook.activity import Event
from daybook.notifications.inbound.ports import FollowedReportsPort
from daybook.notifications.inbound.status import Source

SUBJECT = "inbound"
SILENT, HEARD = "SILENT", "HEARD"


@dataclass(frozen=True, slots=True)
class Patience:
    """How much silence is borne: so many reports in a row, or so long after the first; and of which marketplaces news
    comes by a queue, and not by a receiver."""

    reports: int = 3
    span: timedelta = timedelta(hours=6)
    queues: frozenset[Source] = frozenset()


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Hearing:
    """How many reports ended unannounced since the last news, the first of them when, and since when that is told."""

    seller_id: str
    source: Source
    missed: int = 0
    missed_since: datetime | None = None
    silent_since: datetime | None = None


def heard(tx: FollowedReportsPort, now: datetime, seller_id: str, source: Source) -> None:
    """News came: an alarm is over."""
    hearing = tx.hearing(seller_id, source)
    if hearing is None or hearing.missed == 0:
        return
    tx.put_hearing(Hearing(seller_id, source))
    if hearing.silent_since is not None:
        told = {"source": source, "silentSince": hearing.silent_since.isoformat(), "reports": hearing.missed}
        tx.add_event(Event(seller_id, SUBJECT, source, SILENT, HEARD, "a notification", told, now))


def ended(
    tx: FollowedReportsPort, now: datetime, seller_id: str, source: Source, report_id: str, patience: Patience
) -> None:
    """A look found that a report has ended. Where news is expected, and none was about it, that is one more."""
    expected = source in patience.queues or tx.has_receiver(seller_id, source)
    if not expected or tx.is_told_of(seller_id, source, report_id):
        return
    hearing = tx.hearing(seller_id, source) or Hearing(seller_id, source)
    hearing = replace(hearing, missed=hearing.missed + 1, missed_since=hearing.missed_since or now)
    tx.put_hearing(hearing)
    _alarm(tx, now, hearing, patience)


def listen(tx: FollowedReportsPort, now: datetime, seller_id: str, source: Source, patience: Patience) -> float | None:
    """Raises the alarm where its time has come; seconds until it may, None where nothing is missed."""
    hearing = tx.hearing(seller_id, source)
    if hearing is None or hearing.missed_since is None or hearing.silent_since is not None:
        return None
    _alarm(tx, now, hearing, patience)
    left = (hearing.missed_since + patience.span - now).total_seconds()
    return left if left > 0 else None


def _alarm(tx: FollowedReportsPort, now: datetime, hearing: Hearing, patience: Patience) -> None:
    since = hearing.missed_since
    if since is None or hearing.silent_since is not None:
        return
    if hearing.missed < patience.reports and now - since < patience.span:
        return
    tx.put_hearing(replace(hearing, silent_since=now))
    told = {"source": hearing.source, "reports": hearing.missed, "since": since.isoformat()}
    tx.add_event(Event(hearing.seller_id, SUBJECT, hearing.source, HEARD, SILENT, "the silence alarm", told, now))
