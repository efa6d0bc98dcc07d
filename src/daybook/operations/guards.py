"""What keeps a wrong price, or anything at all, from leaving the house: a seller's price guard, and a stop."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from daybook.activity import Event
from daybook.kernel.errors import InvalidInput, NotFound
from daybook.kernel.files.prices import currency_of
from daybook.lanes import Lane, WorkClass
from daybook.operations.batches import LOOKING, sending_lane
from daybook.operations.codes import Code
from daybook.operations.kinds.registry import all_kinds
from daybook.operations.ports import BatchesPort

EVERY_CURRENCY = ""
GUARD = "price guard"
STOP = "sending"


class Guard(NamedTuple):
    """Prices of a currency below `floor`, above `ceiling`, or that change by more than `change` percent, are held.

    Exact decimals; None is no bound.
    """

    currency: str
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """All sending for a seller has been stopped."""

    stopped_at: datetime
    stopped_by: str


def amount(text: str | None, name: str) -> Decimal | None:
    """A bound of a guard. Raises InvalidInput for what is no amount of zero or more."""
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise InvalidInput(f"{name} {text[:60]!r} is not an amount.", "Write it as 12.50.") from error
    if not value.is_finite() or value < 0:
        raise InvalidInput(f"{name} {text[:60]!r} is not an amount of zero or more.")
    return value


def currency_named(text: str) -> str:
    """A currency's three letters, from its code or sign; EVERY_CURRENCY for no text. Raises InvalidInput."""
    found, wrong = currency_of(text.strip()) if text.strip() else (EVERY_CURRENCY, "")
    if wrong or (text.strip() and not found):
        raise InvalidInput(f"{text[:60]!r} is not a currency.", "Write its three letters: EUR, USD ...")
    return found


def guard_of(currency: str, floor: str | None, ceiling: str | None, change: str | None) -> Guard:
    """A guard from texts. Raises InvalidInput naming the one that is wrong."""
    bounds = amount(floor, "floor"), amount(ceiling, "ceiling"), amount(change, "change")
    return Guard(currency_named(currency), *bounds)


def set_guard(tx: BatchesPort, now: datetime, seller_id: str, guard: Guard, actor: str) -> None:
    """Puts the guard in place of an earlier one of its currency. Raises InvalidInput where it lets nothing pass."""
    if guard.floor is not None and guard.ceiling is not None and guard.floor > guard.ceiling:
        raise InvalidInput("The floor is above the ceiling.", f"floor {guard.floor}, ceiling {guard.ceiling}.")
    if guard.floor is None and guard.ceiling is None and guard.change is None:
        raise InvalidInput("A price guard needs a floor, a ceiling or a largest change.")
    tx.put_guard(seller_id, guard)
    told = {"floor": guard.floor, "ceiling": guard.ceiling, "change": guard.change}
    evidence = {name: str(value) for name, value in told.items() if value is not None}
    tx.add_event(Event(seller_id, GUARD, guard.currency or "every currency", None, "SET", actor, evidence, now))


def remove_guard(tx: BatchesPort, now: datetime, seller_id: str, currency: str, actor: str) -> None:
    """Takes the guard away. Raises NotFound."""
    if not tx.remove_guard(seller_id, currency):
        raise NotFound("The seller has no such price guard.", f"currency: {currency or 'every'}")
    tx.add_event(Event(seller_id, GUARD, currency or "every currency", "SET", "REMOVED", actor, {}, now))


def judged(guard: Guard, price: str, earlier: str | None) -> tuple[Code, str] | None:
    """Why the guard holds the price, as a code and a sentence that names old and new; None where it lets it pass."""
    new = Decimal(price)
    old = Decimal(earlier) if earlier else None
    change = f"{'?' if old is None else old} -> {new} {guard.currency}".rstrip()
    if guard.floor is not None and new < guard.floor:
        return Code.PRICE_BELOW_FLOOR, f"{change}: the floor is {guard.floor}."
    if guard.ceiling is not None and new > guard.ceiling:
        return Code.PRICE_ABOVE_CEILING, f"{change}: the ceiling is {guard.ceiling}."
    if guard.change is None:
        return None
    if old is None or not old:
        return Code.EARLIER_PRICE_UNKNOWN, f"{change}: the earlier price is not known, so the change cannot be judged."
    percent = (new - old) / old * 100
    if abs(percent) > guard.change:
        return Code.PRICE_CHANGE_TOO_LARGE, f"{change}: {percent:+.1f} %, and at most {guard.change} % is allowed."
    return None


def stop(tx: BatchesPort, now: datetime, seller_id: str, actor: str) -> bool:
    """Nothing more of the seller's is sent until `resume`; what is on its way comes to its end. Whether it was not
    stopped before."""
    if tx.stop_of(seller_id) is not None:
        return False
    tx.put_stop(seller_id, Stop(now, actor))
    tx.add_event(Event(seller_id, STOP, seller_id, "SENDING", "STOPPED", actor, {}, now))
    return True


def resume(tx: BatchesPort, now: datetime, seller_id: str, actor: str) -> bool:
    """Lets the seller's operations be sent again. Whether they were stopped."""
    if not tx.remove_stop(seller_id):
        return False
    tx.add_event(Event(seller_id, STOP, seller_id, "STOPPED", "SENDING", actor, {}, now))
    wake_seller(tx, seller_id)
    return True


def wake_seller(tx: BatchesPort, seller_id: str) -> None:
    """Every lane of the seller's that sends or looks."""
    for operation in {kind.plan.operation for kind in all_kinds().values()}:
        tx.wake(sending_lane(seller_id, operation), WorkClass.NORMAL)
    tx.wake(Lane(LOOKING, seller_id), WorkClass.NORMAL)
