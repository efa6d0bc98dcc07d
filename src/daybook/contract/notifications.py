"""Our own shapes of notifications, `/daybook/v1/destinations`, `subscriptions` and `deliveries`.

What is the same at Walmart has its name there: authDetails, resourceName, eventType, eventVersion. An absent member of
an answer says nothing; one of a change leaves as it is what it would change.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter
from daybook.contract.times import WireTime

Status = Literal["ACTIVE", "INACTIVE"]


class AuthDetails(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a receiver is shown who calls: what BASIC_AUTH, HMAC and OAUTH need of it is told on Walmart's page."""

    authMethod: Literal["BASIC_AUTH", "HMAC", "OAUTH"]
    authHeaderName: str = "Authorization"
    userName: str = ""
    password: str = ""
    clientId: str = ""
    clientSecret: str = ""
    authUrl: str = ""


class CreateDestination(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A URL that is to receive notifications. Without a secret one is made, and told this once."""

    url: str
    name: str = ""
    status: Status = "ACTIVE"
    callsAtOnce: int = 2
    secret: str | UnsetType = UNSET
    authDetails: AuthDetails | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET


class ChangeDestination(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is to be different. An authMethod of NONE takes the authDetails away."""

    url: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    callsAtOnce: int | UnsetType = UNSET
    authDetails: AuthDetails | Literal["NONE"] | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET


class Destination(Struct, frozen=True, omit_defaults=True):
    """A destination, without what is secret of it. `statusReason` says why it is INACTIVE, `secretFault` why what is
    secret does not open: its authMethod and headerNames are not known then, and nothing can be sent."""

    destinationId: str
    sellerId: str
    url: str
    status: str
    callsAtOnce: int
    createdTime: WireTime
    changedTime: WireTime
    name: str = ""
    statusReason: str | UnsetType = UNSET
    statusMeaning: str | UnsetType = UNSET
    authMethod: str | UnsetType = UNSET
    headerNames: list[str] | UnsetType = UNSET
    secretFault: str | UnsetType = UNSET
    failingSince: WireTime | UnsetType = UNSET
    pausedUntil: WireTime | UnsetType = UNSET
    bothSignUntil: WireTime | UnsetType = UNSET
    secret: str | UnsetType = UNSET


class DestinationList(Struct, frozen=True):
    """The seller's destinations, the oldest first."""

    destinations: list[Destination]


class RotateSecret(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A new secret; the one before signs as well for so long, up to 30 days."""

    overlapSeconds: int = 86_400
    secret: str | UnsetType = UNSET


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One try. `error` is its class, `errorMeaning` a sentence about that, `errorSource` where it arose (local,
    transport or receiver); `answer` is how what came back began."""

    number: int
    url: str
    time: WireTime
    address: str = ""
    httpStatus: int | UnsetType = UNSET
    milliseconds: int | UnsetType = UNSET
    error: str | UnsetType = UNSET
    errorMeaning: str | UnsetType = UNSET
    errorSource: str | UnsetType = UNSET
    detail: str = ""
    answer: str = ""


class TryDestination(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is sent: a sample in a format."""

    format: str = "walmart"


class Tried(Struct, frozen=True, omit_defaults=True):
    """What the receiver made of the sample."""

    delivered: bool
    deliveryId: str
    attempt: Attempt


class CreateSubscription(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a destination is to receive. Empty filters let everything through."""

    destinationId: str
    resourceName: str = "REPORTS"
    eventType: str = "REPORT_STATUS"
    eventVersion: str = "V1"
    format: str = "walmart"
    status: Status = "ACTIVE"
    reportTypes: list[str] = []
    reportStatuses: list[str] = []


class ChangeSubscription(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is to be different."""

    format: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    reportTypes: list[str] | UnsetType = UNSET
    reportStatuses: list[str] | UnsetType = UNSET


class Subscription(Struct, frozen=True):
    """A subscription."""

    subscriptionId: str
    sellerId: str
    destinationId: str
    resourceName: str
    eventType: str
    eventVersion: str
    format: str
    status: str
    reportTypes: list[str]
    reportStatuses: list[str]
    createdTime: WireTime
    changedTime: WireTime


class SubscriptionList(Struct, frozen=True):
    """The seller's subscriptions, the oldest first."""

    subscriptions: list[Subscription]


class Delivery(Struct, frozen=True, omit_defaults=True):
    """One event on its way to one destination. `deliveryId` is the webhook-id; `cursor` is its place in the ledger."""

    deliveryId: str
    destinationId: str
    subscriptionId: str
    eventType: str
    resourceId: str
    resourceStatus: str
    sequence: int
    format: str
    status: str
    statusMeaning: str
    attemptCount: int
    createdTime: WireTime
    reportType: str | UnsetType = UNSET
    nextAttemptTime: WireTime | UnsetType = UNSET
    finishedTime: WireTime | UnsetType = UNSET
    cursor: str | UnsetType = UNSET


class DeliveryList(Struct, frozen=True, omit_defaults=True):
    """A page of deliveries, the newest first."""

    deliveries: list[Delivery]
    nextToken: str | UnsetType = UNSET


class WholeDelivery(Struct, frozen=True):
    """A delivery, the body that is sent, and every attempt."""

    delivery: Delivery
    body: str
    attempts: list[Attempt]


class ReplayDeliveries(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which deliveries go out again, of those that were DELIVERED or FAILED; `next` is as the answer before told it."""

    destinationId: str | UnsetType = UNSET
    subscriptionId: str | UnsetType = UNSET
    eventType: str | UnsetType = UNSET
    resourceId: str | UnsetType = UNSET
    reportType: str | UnsetType = UNSET
    statuses: list[Literal["DELIVERED", "FAILED"]] | UnsetType = UNSET
    createdSince: WireTime | UnsetType = UNSET
    createdUntil: WireTime | UnsetType = UNSET
    next: str | UnsetType = UNSET


class ReplaySubscription(Struct, frozen=True, forbid_unknown_fields=True):
    """From behind which line of the ledger on events are told again; 0 is from its beginning."""

    cursor: str


class Replayed(Struct, frozen=True, omit_defaults=True):
    """How many go out. With `next` there are more: call again with it."""

    deliveries: int
    next: str | UnsetType = UNSET


DESTINATIONS, SUBSCRIPTIONS, DELIVERIES = (f"{ROOT}/{noun}" for noun in ("destinations", "subscriptions", "deliveries"))

SELLER = Parameter("sellerId", "string", "Whose; only an operator says it, and sees all sellers' where it is absent.")
_ONE_SELLER = Parameter("sellerId", "string", "Whose; an operator has to say it, a seller's own token need not.")
_DESTINATION = Parameter("destinationId", "string", "The destination.", required=True, place="path")
_SUBSCRIPTION = Parameter("subscriptionId", "string", "The subscription.", required=True, place="path")
_DELIVERY = Parameter("deliveryId", "string", "The delivery.", required=True, place="path")

LIST_DESTINATIONS = Operation(
    "listDestinations", "GET", DESTINATIONS, 200, 2.0, 15, "Lists destinations.", DestinationList, (SELLER,)
)
CREATE_DESTINATION = Operation(
    "createDestination", "POST", DESTINATIONS, 201, 0.5, 15,
    "Adds a destination; its secret is in this answer and in no other.",
    Destination, (_ONE_SELLER,), CreateDestination,
)  # fmt: skip
GET_DESTINATION = Operation(
    "getDestination", "GET", f"{DESTINATIONS}/{{destinationId}}", 200, 2.0, 15, "Tells a destination.",
    Destination, (_DESTINATION, _ONE_SELLER),
)  # fmt: skip
CHANGE_DESTINATION = Operation(
    "changeDestination", "PATCH", f"{DESTINATIONS}/{{destinationId}}", 200, 0.5, 15, "Changes a destination.",
    Destination, (_DESTINATION, _ONE_SELLER), ChangeDestination,
)  # fmt: skip
REMOVE_DESTINATION = Operation(
    "removeDestination", "DELETE", f"{DESTINATIONS}/{{destinationId}}", 200, 0.5, 15,
    "Removes a destination with its subscriptions, and drops what was not delivered.",
    None, (_DESTINATION, _ONE_SELLER),
)  # fmt: skip
TEST_DESTINATION = Operation(
    "testDestination", "POST", f"{DESTINATIONS}/{{destinationId}}/test", 200, 0.1, 5,
    "Sends a sample now, and tells what came of it.",
    Tried, (_DESTINATION, _ONE_SELLER), TryDestination,
)  # fmt: skip
ROTATE_SECRET = Operation(
    "rotateSecret", "POST", f"{DESTINATIONS}/{{destinationId}}/rotate", 200, 0.5, 15,
    "Gives a destination a new secret; both sign while the overlap lasts.",
    Destination, (_DESTINATION, _ONE_SELLER), RotateSecret,
)  # fmt: skip
ENABLE_DESTINATION = Operation(
    "enableDestination", "POST", f"{DESTINATIONS}/{{destinationId}}/enable", 200, 0.5, 15,
    "Makes a destination ACTIVE, and sends it what waited and what failed meanwhile.",
    Destination, (_DESTINATION, _ONE_SELLER),
)  # fmt: skip
DISABLE_DESTINATION = Operation(
    "disableDestination", "POST", f"{DESTINATIONS}/{{destinationId}}/disable", 200, 0.5, 15,
    "Makes a destination INACTIVE; its deliveries wait for up to 30 days.",
    Destination, (_DESTINATION, _ONE_SELLER),
)  # fmt: skip

LIST_SUBSCRIPTIONS = Operation(
    "listSubscriptions", "GET", SUBSCRIPTIONS, 200, 2.0, 15, "Lists subscriptions.", SubscriptionList, (SELLER,)
)
CREATE_SUBSCRIPTION = Operation(
    "createSubscription", "POST", SUBSCRIPTIONS, 201, 0.5, 15, "Subscribes a destination to an event type.",
    Subscription, (_ONE_SELLER,), CreateSubscription,
)  # fmt: skip
GET_SUBSCRIPTION = Operation(
    "getSubscription", "GET", f"{SUBSCRIPTIONS}/{{subscriptionId}}", 200, 2.0, 15, "Tells a subscription.",
    Subscription, (_SUBSCRIPTION, _ONE_SELLER),
)  # fmt: skip
CHANGE_SUBSCRIPTION = Operation(
    "changeSubscription", "PATCH", f"{SUBSCRIPTIONS}/{{subscriptionId}}", 200, 0.5, 15, "Changes a subscription.",
    Subscription, (_SUBSCRIPTION, _ONE_SELLER), ChangeSubscription,
)  # fmt: skip
REMOVE_SUBSCRIPTION = Operation(
    "removeSubscription", "DELETE", f"{SUBSCRIPTIONS}/{{subscriptionId}}", 200, 0.5, 15,
    "Removes a subscription; what was made for it is delivered still.", None, (_SUBSCRIPTION, _ONE_SELLER),
)  # fmt: skip
REPLAY_SUBSCRIPTION = Operation(
    "replaySubscription", "POST", f"{SUBSCRIPTIONS}/{{subscriptionId}}/replay", 200, 0.5, 15,
    "Tells every event behind a line of the ledger again, or for the first time.",
    Replayed, (_SUBSCRIPTION, _ONE_SELLER), ReplaySubscription,
)  # fmt: skip

LIST_DELIVERIES = Operation(
    "listDeliveries", "GET", DELIVERIES, 200, 2.0, 15, "Searches deliveries, the newest first.", DeliveryList,
    (
        _ONE_SELLER,
        Parameter("destinationId", "string", "To this destination."),
        Parameter("subscriptionId", "string", "For this subscription."),
        Parameter("eventType", "string", "Of this event type."),
        Parameter("resourceId", "string", "About this report, schedule or destination."),
        Parameter("reportType", "string", "About reports of this type."),
        Parameter("statuses", "strings", "Of these statuses.",
                  allowed=("WAITING", "SENDING", "DELIVERED", "FAILED", "DROPPED")),
        Parameter("createdSince", "time", "Made at that instant or later."),
        Parameter("createdUntil", "time", "Made before that instant."),
        Parameter("pageSize", "integer", "The most deliveries that one answer holds.", least=1, most=100, default=20),
        Parameter("nextToken", "string", "The next page, as the one before named it."),
    ),
)  # fmt: skip
GET_DELIVERY = Operation(
    "getDelivery", "GET", f"{DELIVERIES}/{{deliveryId}}", 200, 2.0, 15,
    "Tells a delivery, its body, and every attempt.", WholeDelivery, (_DELIVERY, _ONE_SELLER),
)  # fmt: skip
REPLAY_DELIVERY = Operation(
    "replayDelivery", "POST", f"{DELIVERIES}/{{deliveryId}}/replay", 200, 2.0, 15,
    "Sends a delivery again, with the same id and the same body.", Delivery, (_DELIVERY, _ONE_SELLER),
)  # fmt: skip
REPLAY_DELIVERIES = Operation(
    "replayDeliveries", "POST", f"{DELIVERIES}/replay", 200, 0.5, 15,
    "Sends again what a search finds of the deliveries that have ended.",
    Replayed, (_ONE_SELLER,), ReplayDeliveries,
)  # fmt: skip

NOTIFICATION_OPERATIONS: tuple[Operation, ...] = (
    LIST_DESTINATIONS, CREATE_DESTINATION, GET_DESTINATION, CHANGE_DESTINATION, REMOVE_DESTINATION, TEST_DESTINATION,
    ROTATE_SECRET, ENABLE_DESTINATION, DISABLE_DESTINATION, LIST_SUBSCRIPTIONS, CREATE_SUBSCRIPTION, GET_SUBSCRIPTION,
    CHANGE_SUBSCRIPTION, REMOVE_SUBSCRIPTION, REPLAY_SUBSCRIPTION, LIST_DELIVERIES, GET_DELIVERY, REPLAY_DELIVERY,
    REPLAY_DELIVERIES,
)  # fmt: skip
