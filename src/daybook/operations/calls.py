"""What leaves the house, and what comes back: the port that a marketplace's adapter implements.

A call is one change of one SKU. An adapter is given a list of calls, sends them as its marketplace wants them (one by
one, or many in a feed), and says what became of each. It keeps no state that matters, waits for no usage plan, and
tries nothing twice: that is the lane's work. It raises nothing for what a network or a marketplace can do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol


class Call(NamedTuple):
    """One change to send. A tuple, because a batch has millions.

    `kind` is an operation's (`set_price`); the kind's folder under operations/kinds/ says what its body holds. `key` is
    the same for every attempt at the same change, so that a marketplace that honours keys does it once; `attempt_id`
    is of this attempt alone.
    """

    seller_id: str
    marketplace_id: str
    kind: str
    sku: str
    body: Mapping[str, Any]
    key: str
    attempt_id: str


class ReplyStatus(StrEnum):
    """What a marketplace made of a call that it has read."""

    LIVE = "live"
    """Done: the change is in effect."""
    ACCEPTED = "accepted"
    """Taken, but not yet in effect; a later look (`read_back`) tells."""
    INVALID = "invalid"
    """Refused; the issues say why."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What a marketplace objects to. `severity` is Amazon's own: an ERROR stops the change, the others do not."""

    code: str
    message: str
    severity: Literal["ERROR", "WARNING", "INFO"] = "ERROR"
    attribute_names: tuple[str, ...] = ()


class Reply(NamedTuple):
    """The marketplace read the call and answered. `request_id` is the marketplace's own name of the exchange."""

    status: ReplyStatus
    submission_id: str = ""
    issues: tuple[Issue, ...] = ()
    request_id: str = ""
    http_status: int = 200


@dataclass(frozen=True, slots=True)
class Throttled:
    """Refused for the usage plan: nothing was done. `retry_after` in seconds, where the marketplace said it."""

    retry_after: float | None = None
    request_id: str = ""
    http_status: int = 429


@dataclass(frozen=True, slots=True)
class Fault:
    """The marketplace failed: a 5xx, a page of HTML, credentials that it refuses. The same call may be sent again.

    `whole` says that the fault is not this call's doing but the marketplace's (away, or not its own answer): then it
    never counts against the record. `code` is the marketplace's own, or ours from operations/codes.py.
    """

    code: str
    message: str
    http_status: int = 0
    request_id: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection: the call certainly never arrived."""

    message: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Sent, and no answer that can be read: nobody knows whether it was done. A 200 with half a body is one too."""

    message: str
    http_status: int = 0
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Not sent at all, because time was over or an earlier call of the list was throttled. It is no attempt."""


Outcome = Reply | Throttled | Fault | Unreachable | Uncertain | Unsent
"""What became of a call."""


@dataclass(frozen=True, slots=True)
class Absent:
    """What a look found: the marketplace shows no trace of the change."""

    request_id: str = ""


Standing = Reply | Absent | Throttled | Fault | Unreachable
"""What a look at the marketplace found of a call that was sent earlier."""


class Plan(NamedTuple):
    """How often a marketplace's operation may be called: `rate` calls a second, up to `burst` at once.

    `operation` is the marketplace's own name (`patchListingsItem`); kinds that share it share one lane and one bucket.
    `chunk` is how many changes one call of the marketplace carries; one token pays for a chunk.
    """

    operation: str
    rate: float
    burst: int
    chunk: int = 1


class Marketplace(Protocol):
    """A marketplace, as lanes speak to it. Several threads call it at the same time, for different lanes."""

    honours_keys: bool
    """Whether a call that arrives twice with one key is done once. Then an uncertain call is simply sent again."""

    def plan(self, kind: str) -> Plan:
        """The usage plan of the operation that carries this kind of change."""

    def look_plan(self) -> Plan:
        """The usage plan of `read_back`."""

    def send(self, calls: Sequence[Call], seconds: float) -> Mapping[str, Outcome]:
        """Sends calls of one seller and one operation of the marketplace; what became of each, by its `attempt_id`.

        No call is begun after `seconds` have passed: what is left then is Unsent. Once one is Throttled, no further
        one is begun. A call that the answer leaves out counts as Uncertain.
        """

    def read_back(self, call: Call) -> Standing:
        """Looks whether the change of a call that was sent earlier is in effect: LIVE, ACCEPTED, INVALID or Absent."""
