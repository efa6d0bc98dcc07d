"""Our own shape of events, `/daybook/v1/events`: lines of the ledger, as a stream of server-sent events."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter

EVENTS = f"{ROOT}/events"
MEDIA_TYPE = "text/event-stream"
ENDED = ("DONE", "CANCELLED", "FATAL")
"""The statuses with which a report has ended."""

RESOURCES = (
    "report", "schedule", "batch", "operations", "price guard", "sending", "destination", "subscription", "receiver",
    "inbound", "followed-report", "scenario",
)  # fmt: skip
"""What a line of the ledger can be about."""


class LedgerEvent(Struct, frozen=True, omit_defaults=True):
    """One line of the ledger: what moved, from which status to which, when, and who moved it.

    `eventId` is the same as in a notification about it. `evidence` is what the ledger says besides.
    """

    eventId: str
    sellerId: str
    resource: str
    resourceId: str
    toStatus: str
    actor: str
    time: str
    fromStatus: str | UnsetType = UNSET
    evidence: dict[str, Any] | UnsetType = UNSET


LISTEN_EVENTS = Operation(
    "listenEvents",
    "GET",
    EVENTS,
    200,
    1.0,
    30,
    "Tells the ledger's lines as they are written: server-sent events, until the token ends or the caller goes.",
    None,
    (
        Parameter("sellerId", "string", "Whose; an operator has to say it, a seller's own token need not."),
        Parameter("resources", "strings", "Of these alone, such as report, schedule, batch; all where absent.", least=1,
                  most=20, allowed=RESOURCES),
        Parameter("since", "string", "Behind this cursor, an event's `id`; 0 is the ledger's beginning. Absent: from "
                  "now on. The header Last-Event-ID goes before it."),
    ),
    media_type=MEDIA_TYPE,
)  # fmt: skip
