"""How it goes with a destination: failures that no success ends are warned of after a day and disable it after five.

The clock of it is in the database: it starts with the first failed attempt, a success ends it, and nothing but attempts
that have come to their end move it. One warning and one end of it are told, however many deliveries wait.
"""

from datetime import datetime, timedelta

from daybook.activity import Event
from daybook.notifications.answers import Answer, ErrorClass
from daybook.notifications.destinations import CLEAN, SUBJECT, Destination, disable
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.status import Reason, Status

WARNED_AFTER = timedelta(days=1)
DISABLED_AFTER = timedelta(days=5)
LONGEST_PAUSE = timedelta(seconds=60)
ACTOR = "deliveries lane"

_OVERLOADED = frozenset({ErrorClass.THROTTLED, ErrorClass.TIMEOUT, ErrorClass.CONNECT_TIMEOUT})


def is_well(destination: Destination) -> bool:
    """Whether nothing is held against it that a success would end."""
    return destination.failing_since is None and not destination.pauses


def succeeded(tx: DeliveriesPort, destination: Destination) -> None:
    """The receiver took one: whatever was before is forgotten."""
    tx.note_health(destination.seller_id, destination.destination_id, **CLEAN)


def failed(tx: DeliveriesPort, now: datetime, destination: Destination, answer: Answer) -> None:
    """An attempt came to its end without success; what follows for the destination is done."""
    if destination.status is Status.INACTIVE:
        return
    since = destination.failing_since or now
    if answer.error is ErrorClass.GONE:
        disable(tx, now, destination, Reason.GONE, ACTOR, _evidence(tx, destination, answer, since))
    elif now - since >= DISABLED_AFTER:
        disable(tx, now, destination, Reason.FAILING, ACTOR, _evidence(tx, destination, answer, since))
    elif now - since >= WARNED_AFTER and destination.warned_at is None:
        tx.note_health(destination.seller_id, destination.destination_id, warned_at=now)
        told = {**_evidence(tx, destination, answer, since), "disabledAfter": (since + DISABLED_AFTER).isoformat()}
        key = destination.seller_id, SUBJECT, destination.destination_id
        tx.add_event(Event(*key, Status.ACTIVE, "FAILING", ACTOR, told, now))
    if destination.failing_since is None:
        tx.note_health(destination.seller_id, destination.destination_id, failing_since=now)
    _pause(tx, now, destination, answer)


def _pause(tx: DeliveriesPort, now: datetime, destination: Destination, answer: Answer) -> None:
    """A receiver that asks for less, or does not answer in time, is left alone for a while, longer each time."""
    if answer.error not in _OVERLOADED and not answer.retry_after:
        return
    own = min(timedelta(seconds=2 ** min(destination.pauses, 10)), LONGEST_PAUSE)
    until = max(now + max(own, answer.asked), destination.paused_until or now)
    tx.note_health(destination.seller_id, destination.destination_id, paused_until=until, pauses=destination.pauses + 1)


def _evidence(tx: DeliveriesPort, destination: Destination, answer: Answer, since: datetime) -> dict[str, object]:
    told: dict[str, object] = {
        "url": destination.url,
        "failingSince": since.isoformat(),
        "error": answer.error.value if answer.error else "",
        "deliveriesWaiting": tx.deliveries_waiting(destination.seller_id, destination.destination_id),
    }
    return told if answer.status is None else {**told, "httpStatus": answer.status}
