"""What came in: each notification once, with its text, stored before it is answered; and what is made of it.

News is a hint and never the truth. What it costs at most is one look at one report that is followed anyhow.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from daybook.kernel.charsets import storable
from daybook.kernel.errors import TOLD, NotFound
from daybook.kernel.ids import Ids
from daybook.notifications.inbound.followed_reports import hint
from daybook.notifications.inbound.ports import InboundPort
from daybook.notifications.inbound.reading import Reading, Shape
from daybook.notifications.inbound.silence import heard
from daybook.notifications.inbound.status import InboundStatus, Source

NOBODY = ""
"""The seller of what came in by a queue and names none of ours."""
REPORT = "report"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose it is, and by which way it came; a queue is no receiver."""

    seller_id: str
    source: Source
    receiver_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One notification that came in, and what it says in its own words."""

    seller_id: str
    inbound_id: str
    source: Source
    receiver_id: str | None
    status: InboundStatus
    received_at: datetime
    reading: Reading


def receive(
    tx: InboundPort, now: datetime, ids: Ids, arrival: Arrival, reading: Reading, body: bytes
) -> InboundEvent | None:
    """Keeps it, and has its report looked at, if it is followed. None: it was here before, and changes nothing."""
    about = reading.subject_id if reading.subject == REPORT else ""
    followed = tx.followed_report(arrival.seller_id, arrival.source, about) if about else None
    status = InboundStatus.MATCHED if followed else InboundStatus.UNMATCHED if about else InboundStatus.KEPT
    event = _event(now, ids, arrival, status, reading)
    if not tx.add_inbound_event(event, storable(body.decode())):
        return None
    heard(tx, now, arrival.seller_id, arrival.source)
    if followed is not None:
        hint(tx, now, followed, reading)
    return event


def receive_bad(tx: InboundPort, now: datetime, ids: Ids, arrival: Arrival, text: str, why: str) -> InboundEvent | None:
    """Keeps what cannot be read, so that its sender need not send it again."""
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    reading = Reading(Shape.UNKNOWN, f"sha256:{digest}", description=why)
    event = _event(now, ids, arrival, InboundStatus.BAD, reading)
    added = tx.add_inbound_event(event, storable(text))
    return event if added else None


def find(tx: InboundPort, seller_id: str, inbound_id: str) -> InboundEvent:
    """What came in for the seller. Raises NotFound."""
    event = tx.inbound_event(seller_id, inbound_id)
    if event is None:
        raise NotFound("The notification could not be found.", f"inboundId: {inbound_id[:TOLD]}")
    return event


def _event(now: datetime, ids: Ids, arrival: Arrival, status: InboundStatus, reading: Reading) -> InboundEvent:
    return InboundEvent(
        seller_id=arrival.seller_id,
        inbound_id=ids.timed(now),
        source=arrival.source,
        receiver_id=arrival.receiver_id,
        status=status,
        received_at=now,
        reading=reading,
    )
