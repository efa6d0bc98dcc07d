"""Our own shapes of what comes in: `/daybook/v1/receivers`, `inbound` and `followed-reports`.

`/inbound/...`, where marketplaces call, has their shapes and not ours.
"""

from msgspec import UNSET, Struct, UnsetType

from daybook.contract.daybook import ROOT
from daybook.contract.notifications import SELLER, AuthDetails
from daybook.contract.operations import Operation, Parameter
from daybook.contract.times import WireTime

WALMART = "/inbound/walmart"
"""Before the token of a receiver."""
TOKEN = "token"  # noqa: S105  a word of a path
"""Behind it, where the receiver asks for OAUTH: its token endpoint."""


class CreateReceiver(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A URL for a marketplace to call. With authDetails the caller has to prove itself as they say."""

    name: str = ""
    authDetails: AuthDetails | UnsetType = UNSET


class Receiver(Struct, frozen=True, omit_defaults=True):
    """A receiver. `url`, which is secret, and `authUrl` are told when it is made, and never again."""

    receiverId: str
    sellerId: str
    source: str
    createdTime: WireTime
    name: str = ""
    authMethod: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    authUrl: str | UnsetType = UNSET


class ReceiverList(Struct, frozen=True):
    """The seller's receivers, the oldest first."""

    receivers: list[Receiver]


class InboundEvent(Struct, frozen=True, omit_defaults=True):
    """A notification that came in. What it says itself, `reportStatus` above all, is told in its own words."""

    inboundId: str
    source: str
    status: str
    statusMeaning: str
    receivedTime: WireTime
    shape: str
    eventId: str
    eventType: str = ""
    eventTime: str = ""
    subject: str = ""
    subjectId: str = ""
    reportStatus: str = ""
    reportType: str = ""
    account: str = ""
    errorDescription: str = ""
    receiverId: str | UnsetType = UNSET


class InboundList(Struct, frozen=True, omit_defaults=True):
    """A page of notifications, the newest first."""

    inbound: list[InboundEvent]
    nextToken: str | UnsetType = UNSET


class WholeInboundEvent(Struct, frozen=True):
    """A notification with its text, as it came."""

    event: InboundEvent
    body: str


class FollowReport(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A report that was asked for at a marketplace: `reportId` is what that calls it, at Walmart the requestId."""

    source: str
    reportId: str
    reportType: str = ""
    requestedTime: WireTime | UnsetType = UNSET


class FollowedReport(Struct, frozen=True, omit_defaults=True):
    """A followed report. `marketplaceStatus` is the marketplace's own word; `fault` why the last look found nothing."""

    source: str
    reportId: str
    sellerId: str
    status: str
    statusMeaning: str
    requestedTime: WireTime
    createdTime: WireTime
    reportType: str = ""
    marketplaceStatus: str = ""
    errorDescription: str = ""
    reportDocumentId: str = ""
    fault: str = ""
    lookedTime: WireTime | UnsetType = UNSET
    nextLookTime: WireTime | UnsetType = UNSET
    endedTime: WireTime | UnsetType = UNSET


class FollowedReportList(Struct, frozen=True, omit_defaults=True):
    """A page of followed reports, the newest first."""

    followedReports: list[FollowedReport]
    nextToken: str | UnsetType = UNSET


class Step(Struct, frozen=True, omit_defaults=True):
    """A line of a followed report's history."""

    time: WireTime
    toStatus: str
    actor: str
    fromStatus: str | UnsetType = UNSET
    marketplaceStatus: str = ""
    errorDescription: str = ""
    fault: str = ""


class WholeFollowedReport(Struct, frozen=True):
    """A followed report, how it came to be as it is, and the last hundred notifications about it."""

    report: FollowedReport
    history: list[Step]
    inbound: list[InboundEvent]


RECEIVERS, INBOUND, FOLLOWED = (f"{ROOT}/{noun}" for noun in ("receivers", "inbound", "followed-reports"))
SOURCES = ("walmart", "amazon")

_ONE_SELLER = Parameter("sellerId", "string", "Whose; an operator has to say it, a seller's own token need not.")
_NOBODYS = Parameter(
    "sellerId", "string", "Whose; an operator who does not say it sees what came in by a queue for no seller here."
)
_RECEIVER = Parameter("receiverId", "string", "The receiver.", required=True, place="path")
_INBOUND = Parameter("inboundId", "string", "The notification.", required=True, place="path")
_SOURCE = Parameter("source", "string", "Its marketplace: walmart or amazon.", required=True, place="path")
_REPORT = Parameter("reportId", "string", "The report, as its marketplace calls it.", required=True, place="path")
_SIZE = Parameter("pageSize", "integer", "The most that one answer holds.", least=1, most=100, default=20)
_NEXT = Parameter("nextToken", "string", "The next page, as the one before named it.")

LIST_RECEIVERS = Operation("listReceivers", "GET", RECEIVERS, 200, 2.0, 15, "Lists receivers.", ReceiverList, (SELLER,))
CREATE_RECEIVER = Operation(
    "createReceiver", "POST", RECEIVERS, 201, 0.5, 15,
    "Adds a receiver of Walmart's notifications; its URL is in this answer and in no other.",
    Receiver, (_ONE_SELLER,), CreateReceiver,
)  # fmt: skip
REMOVE_RECEIVER = Operation(
    "removeReceiver", "DELETE", f"{RECEIVERS}/{{receiverId}}", 200, 0.5, 15,
    "Removes a receiver: its URL is unknown from then on.", None, (_RECEIVER, _ONE_SELLER),
)  # fmt: skip

LIST_INBOUND = Operation(
    "listInbound", "GET", INBOUND, 200, 2.0, 15, "Searches the notifications that came in, the newest first.",
    InboundList,
    (
        _NOBODYS,
        Parameter("status", "string", "Of this status alone: MATCHED, UNMATCHED, KEPT or BAD."),
        Parameter("reportId", "string", "About this report (at Walmart: requestId) or feed."),
        Parameter("eventType", "string", "Of this event type, as its sender calls it."),
        _SIZE,
        _NEXT,
    ),
)  # fmt: skip
GET_INBOUND = Operation(
    "getInbound", "GET", f"{INBOUND}/{{inboundId}}", 200, 2.0, 15, "Tells a notification, and its text.",
    WholeInboundEvent, (_INBOUND, _NOBODYS),
)  # fmt: skip

LIST_FOLLOWED_REPORTS = Operation(
    "listFollowedReports", "GET", FOLLOWED, 200, 2.0, 15, "Lists followed reports, the newest first.",
    FollowedReportList,
    (
        _ONE_SELLER,
        Parameter("status", "string", "Of this status alone: WAITING, READY, FAILED or LOST."),
        _SIZE,
        _NEXT,
    ),
)  # fmt: skip
FOLLOW_REPORT = Operation(
    "followReport", "POST", FOLLOWED, 201, 2.0, 30,
    "Follows a report that was asked for at a marketplace; one that is followed already is told as it is.",
    FollowedReport, (_ONE_SELLER,), FollowReport,
)  # fmt: skip
GET_FOLLOWED_REPORT = Operation(
    "getFollowedReport", "GET", f"{FOLLOWED}/{{source}}/{{reportId}}", 200, 2.0, 15,
    "Tells a followed report, its history, and what came in about it.",
    WholeFollowedReport, (_SOURCE, _REPORT, _ONE_SELLER),
)  # fmt: skip

INBOUND_OPERATIONS: tuple[Operation, ...] = (
    LIST_RECEIVERS, CREATE_RECEIVER, REMOVE_RECEIVER, LIST_INBOUND, GET_INBOUND, LIST_FOLLOWED_REPORTS, FOLLOW_REPORT,
    GET_FOLLOWED_REPORT,
)  # fmt: skip
