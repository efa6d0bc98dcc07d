"""Destinations: the URLs that receive notifications, with the secrets that sign what is sent there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from daybook.activity import Event
from daybook.kernel.errors import TOLD, Conflict, InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, WorkClass
from daybook.notifications.confidential import Confidential, Seal, opened, sealed
from daybook.notifications.ports import DestinationsPort
from daybook.notifications.status import Reason, Status

SUBJECT = "destination"
CLEAN: dict[str, Any] = {"failing_since": None, "warned_at": None, "paused_until": None, "pauses": 0}
"""What is known of a destination that nothing has failed at."""
DELIVERIES = "deliveries"
MOST = 50
"""Destinations of one seller."""
CALLS = 2
"""How many calls of a destination are in flight, unless it is said otherwise."""
MOST_CALLS = 8
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL that receives notifications.

    `sealed` holds its secrets, its authorisation and its headers. `failing_since` is when the failures began that no
    success has ended; until `paused_until` nothing is sent, because its receiver asked for that or did not answer.
    """

    seller_id: str
    destination_id: str
    name: str
    url: str
    status: Status
    sealed: str
    calls: int
    created_at: datetime
    changed_at: datetime
    reason: Reason | None = None
    failing_since: datetime | None = None
    warned_at: datetime | None = None
    paused_until: datetime | None = None
    pauses: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody asks a destination to be; its URL has been vetted."""

    seller_id: str
    url: str
    name: str = ""
    calls: int = CALLS
    status: Status = Status.ACTIVE


def deliveries_lane(seller_id: str, destination_id: str) -> Lane:
    """A destination's deliveries go out in one lane, a few at a time."""
    return Lane(DELIVERIES, f"{seller_id}/{destination_id}")


def destination_of(lane: Lane) -> tuple[str, str]:
    """The seller and the destination of a deliveries lane."""
    seller_id, _, destination_id = lane.key.rpartition("/")
    return seller_id, destination_id


def add(
    tx: DestinationsPort, now: datetime, ids: Ids, seal: Seal, draft: Draft, confidential: Confidential, actor: str
) -> Destination:
    """A new destination. Raises InvalidInput where the seller has as many as there may be, or the draft is wrong."""
    if len(tx.destinations(draft.seller_id)) >= MOST:
        raise InvalidInput(f"A seller has at most {MOST} destinations.", "Remove one that is no longer wanted.")
    destination_id = ids.unique()
    destination = Destination(
        seller_id=draft.seller_id,
        destination_id=destination_id,
        name=draft.name,
        url=draft.url,
        status=draft.status,
        sealed=sealed(seal, draft.seller_id, destination_id, confidential),
        calls=draft.calls,
        created_at=now,
        changed_at=now,
        reason=None if draft.status is Status.ACTIVE else Reason.BY_REQUEST,
    )
    _check(destination)
    tx.add_destination(destination)
    _tell(tx, now, destination, None, destination.status, actor, {"url": destination.url})
    return destination


def find(tx: DestinationsPort, seller_id: str, destination_id: str) -> Destination:
    """The seller's destination. Raises NotFound."""
    destination = tx.destination(seller_id, destination_id)
    if destination is None:
        raise NotFound("The destination could not be found.", f"destinationId: {destination_id[:TOLD]}")
    return destination


def change(
    tx: DestinationsPort,
    now: datetime,
    destination: Destination,
    actor: str,
    *,
    name: str | None = None,
    url: str | None = None,
    calls: int | None = None,
    sealed: str | None = None,
) -> Destination:
    """The destination with what is given; what is None stays. Raises InvalidInput, Conflict where it changed since.

    Another URL begins with a clean slate: the days of failures were those of the one before.
    """
    asked = {"name": name, "url": url, "calls": calls, "sealed": sealed}
    slate = CLEAN if url not in (None, destination.url) else {}
    given = {key: value for key, value in asked.items() if value is not None}
    changed = _changed(tx, now, destination, **given, **slate)
    _tell(tx, now, changed, changed.status, changed.status, actor, {"url": changed.url, "changed": _names(asked)})
    return changed


def disable(
    tx: DestinationsPort,
    now: datetime,
    destination: Destination,
    reason: Reason,
    actor: str,
    evidence: dict[str, object],
) -> Destination:
    """INACTIVE: its deliveries wait, for 30 days. One that is INACTIVE already stays as it is."""
    if destination.status is Status.INACTIVE:
        return destination
    disabled = _changed(tx, now, destination, status=Status.INACTIVE, reason=reason)
    _tell(tx, now, disabled, Status.ACTIVE, Status.INACTIVE, actor, {"reason": reason.value, **evidence})
    return disabled


def enable(tx: DestinationsPort, now: datetime, destination: Destination, actor: str) -> Destination:
    """ACTIVE, with a clean slate: what waits is due now, and what failed since its failures began is sent again."""
    enabled = _changed(tx, now, destination, status=Status.ACTIVE, reason=None, **CLEAN)
    again = tx.revive_deliveries(destination, now, destination.failing_since)
    tx.wake(deliveries_lane(destination.seller_id, destination.destination_id), WorkClass.INTERACTIVE)
    _tell(tx, now, enabled, destination.status, Status.ACTIVE, actor, {"deliveries": again})
    return enabled


def remove(tx: DestinationsPort, now: datetime, destination: Destination, actor: str) -> None:
    """Ends the destination and its subscriptions; what was not delivered is DROPPED, what was stays on record."""
    dropped = tx.drop_deliveries(destination, now)
    tx.remove_destination(destination.seller_id, destination.destination_id)
    _tell(tx, now, destination, destination.status, "REMOVED", actor, {"url": destination.url, "dropped": dropped})


def rotate(
    tx: DestinationsPort,
    now: datetime,
    seal: Seal,
    destination: Destination,
    secret: str,
    overlap: timedelta,
    actor: str,
) -> Destination:
    """A new secret. Until the overlap is over the one before signs as well."""
    confidential = opened(seal, destination.seller_id, destination.destination_id, destination.sealed)
    rotated = confidential.rotated(now, secret, overlap)
    text = sealed(seal, destination.seller_id, destination.destination_id, rotated)
    renewed = _changed(tx, now, destination, sealed=text)
    evidence: dict[str, object] = {"rotated": True, "bothSignUntil": (now + overlap).isoformat()}
    _tell(tx, now, renewed, renewed.status, renewed.status, actor, evidence)
    return renewed


def _changed(tx: DestinationsPort, now: datetime, destination: Destination, **changes: Any) -> Destination:
    """The destination with the changes, written. Raises Conflict where somebody else changed it since it was read."""
    changed = replace(destination, changed_at=now, **changes)
    _check(changed)
    if not tx.change_destination(destination, changed_at=now, **changes):
        raise Conflict(
            "The destination was changed meanwhile.", f"Look at destination {destination.destination_id} and try again."
        )
    return changed


def _names(asked: dict[str, Any]) -> str:
    return ", ".join(key for key, value in asked.items() if value is not None)


def _check(destination: Destination) -> None:
    if len(destination.name) > LONGEST_NAME:
        raise InvalidInput(f"A destination's name has at most {LONGEST_NAME} characters.", "name;")
    if not 1 <= destination.calls <= MOST_CALLS:
        raise InvalidInput(f"A destination has 1 to {MOST_CALLS} calls in flight.", f"callsAtOnce: {destination.calls}")


def _tell(
    tx: DestinationsPort,
    now: datetime,
    destination: Destination,
    before: str | None,
    after: str,
    actor: str,
    evidence: dict[str, object],
) -> None:
    tx.add_event(Event(destination.seller_id, SUBJECT, destination.destination_id, before, after, actor, evidence, now))
