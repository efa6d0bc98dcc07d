"""What keeps changes from leaving the house, on the wire: `/daybook/v1/price-guards` and `/daybook/v1/sending`."""

from msgspec import Struct

from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter
from daybook.contract.times import WireTime

GUARDS = f"{ROOT}/price-guards"
SENDING = f"{ROOT}/sending"
SENDING_ACTIONS = ("stop", "go")

_SELLER = Parameter("sellerId", "string", "Whose; an operator has to say it, a seller's own token need not.")


class PriceGuard(Struct, frozen=True, forbid_unknown_fields=True):
    """Prices of a currency below `floor`, above `ceiling`, or that change by more than `change` percent, are held.

    Exact decimals, as text; null is no bound. An empty currency means all that have no guard of their own.
    """

    currency: str = ""
    floor: str | None = None
    ceiling: str | None = None
    change: str | None = None


class PriceGuardList(Struct, frozen=True):
    """A seller's price guards, by currency."""

    priceGuards: list[PriceGuard]


class Sending(Struct, frozen=True):
    """Whether a seller's changes are sent. `changed` is null where nothing was to be changed."""

    sellerId: str
    stopped: bool
    stoppedAt: WireTime | None
    stoppedBy: str | None
    changed: bool | None = None


LIST_PRICE_GUARDS = Operation(
    "listPriceGuards", "GET", GUARDS, 200, 5.0, 30, "Lists the seller's price guards.", PriceGuardList, (_SELLER,)
)

PUT_PRICE_GUARD = Operation(
    "putPriceGuard", "PUT", GUARDS, 200, 1.0, 10,
    "Puts a price guard in place of an earlier one of its currency: prices beyond it are held until they are approved.",
    PriceGuardList, (_SELLER,), body=PriceGuard,
)  # fmt: skip

REMOVE_PRICE_GUARD = Operation(
    "removePriceGuard", "DELETE", GUARDS, 200, 1.0, 10, "Takes a price guard away.", None,
    (_SELLER, Parameter("currency", "string", "That of this currency; absent: that of all others.")),
)  # fmt: skip

GET_SENDING = Operation(
    "getSending", "GET", SENDING, 200, 5.0, 30, "Tells whether the seller's changes are sent.", Sending, (_SELLER,)
)

STEER_SENDING = Operation(
    "steerSending", "POST", f"{SENDING}/{{action}}", 200, 1.0, 10,
    "Stops all sending for the seller at once, or lets it go on.", Sending,
    (Parameter("action", "string", "stop or go.", required=True, place="path"), _SELLER),
)  # fmt: skip

GUARD_OPERATIONS: tuple[Operation, ...] = (
    LIST_PRICE_GUARDS, PUT_PRICE_GUARD, REMOVE_PRICE_GUARD, GET_SENDING, STEER_SENDING,
)  # fmt: skip
