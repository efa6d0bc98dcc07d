"""`daybook deliveries`: what was sent, what became of it, and sending it again."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import SellerId
from daybook.cli.screen import facts, iso, listing, when_here, when_short
from daybook.kernel.errors import InvalidInput
from daybook.notifications import deliveries, destinations, replaying
from daybook.notifications.attempts import Attempt, meaning, source
from daybook.notifications.deliveries import Delivery
from daybook.notifications.replaying import Replayed
from daybook.notifications.searching import Search
from daybook.notifications.status import SENTENCES, DeliveryStatus

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.store.transaction import Transaction

HEADS = ("DELIVERY", "MADE, UTC", "STATUS", "ABOUT")
ATTEMPT_HEADS = ("MS", "ANSWER", "WHAT")
REPORT_STATUS = "REPORT_STATUS"

group = noun("What was sent to destinations, and what became of it.")

DeliveryId = Annotated[str, typer.Argument(metavar="ID", help="The delivery's id, which is its webhook-id.")]
MaybeDeliveryId = Annotated[str | None, typer.Argument(metavar="ID", help="One delivery; else what the options find.")]
OfDestination = Annotated[str | None, typer.Option("--destination", metavar="ID", help="To this destination alone.")]
OfReport = Annotated[str | None, typer.Option("--report", metavar="ID", help="About this report alone.")]
OfStatus = Annotated[
    list[DeliveryStatus] | None, typer.Option("--status", help="Of this status alone; may be repeated.")
]


@command(group, "list")
def list_deliveries(
    call: Call,
    seller: SellerId,
    destination: OfDestination = None,
    report: OfReport = None,
    status: OfStatus = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many, the newest.")] = 20,
) -> None:
    """List deliveries, the newest first."""
    statuses = tuple(dict.fromkeys(status or ()))
    search = Search(destination_id=destination, subject_id=report, statuses=statuses, page_size=limit)
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = tx.delivery_page(seller, search, None)[:limit]
    rows = [delivery_row(one) for one in found]
    shown = listing(HEADS, rows) if rows else "There are no such deliveries."
    call.screen.answer([_content(one) for one in found], shown)


@command(group)
def show(call: Call, delivery: DeliveryId, seller: SellerId) -> None:
    """Show a delivery, its body, and every attempt."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = deliveries.find(tx, seller, delivery)
        body = tx.delivery_body(seller, delivery).decode()
        attempts = tx.delivery_attempts(seller, delivery)
    told = _content(found) | {"body": body, "attempts": [attempt_content(one) for one in attempts]}
    rows = [(one.number, when_short(one.began_at), *attempt_row(one)) for one in attempts]
    table = listing(("", "WHEN, UTC", *ATTEMPT_HEADS), rows, right=("", "MS")) if rows else "It was not tried yet."
    call.screen.answer(told, facts(_facts(found)), "", body, "", table)


@command(group)
def replay(
    call: Call,
    seller: SellerId,
    delivery: MaybeDeliveryId = None,
    destination: OfDestination = None,
    report: OfReport = None,
    status: OfStatus = None,
) -> None:
    """Send deliveries again, with the same id and body: one, or all that have ended and that the options find."""
    with call.open() as app:
        if delivery is not None:
            count = _replay_one(app, seller, delivery)
        else:
            statuses = tuple(dict.fromkeys(status or ()))
            search = Search(destination_id=destination, subject_id=report, statuses=statuses)
            if search == Search():
                raise InvalidInput("Say which deliveries.", "Give an id, or --destination, --report or --status.")
            count = _replay_found(app, seller, search)
    call.screen.answer({"deliveries": count}, f"Deliveries that go out again: {count:,}.")


def _replay_one(app: "App", seller: str, delivery_id: str) -> int:
    with app.store.reading() as tx:
        find_seller(tx, seller)
        found = deliveries.find(tx, seller, delivery_id)
        destination = destinations.find(tx, seller, found.destination_id)
    app.courier.vet_again(destination)
    app.store.do(lambda tx: replaying.replay(tx, tx.now, found))
    return 1


def _replay_found(app: "App", seller: str, search: Search) -> int:
    with app.store.reading() as tx:
        find_seller(tx, seller)
        concerned = tx.destinations(seller)
    for one in concerned:
        if search.destination_id in (None, one.destination_id):
            app.courier.vet_again(one)
    count = 0
    before: str | None = None
    while True:
        replayed = app.store.do(partial(_replay, seller, search, before))
        count, before = count + replayed.deliveries, replayed.cursor
        if before is None:
            return count


def _replay(seller: str, search: Search, before: str | None, tx: "Transaction") -> Replayed:
    return replaying.replay_found(tx, tx.now, seller, search, before)


def attempt_row(attempt: Attempt) -> tuple[object, ...]:
    """Milliseconds, the answer, what it means, and who gave it."""
    by = f"({attempt.address})" if attempt.address else ""
    what = " ".join(part for part in (meaning(attempt), attempt.detail, by, attempt.answer[:80]) if part)
    return attempt.milliseconds, str(attempt.http_status or attempt.error or ""), what


def attempt_content(attempt: Attempt) -> dict[str, Any]:
    """An attempt as JSON has it."""
    return {
        "number": attempt.number,
        "at": iso(attempt.began_at),
        "url": attempt.url,
        "address": attempt.address,
        "httpStatus": attempt.http_status,
        "milliseconds": attempt.milliseconds,
        "error": attempt.error,
        "errorMeaning": meaning(attempt) or None,
        "errorSource": source(attempt) or None,
        "detail": attempt.detail,
        "answer": attempt.answer,
    }


def delivery_row(one: Delivery) -> tuple[object, ...]:
    """A delivery in a line of eighty columns; what is as usual is not told."""
    about = one.subject_id if one.event_type == REPORT_STATUS else f"{one.event_type} {one.subject_id}"
    parts = [
        about,
        f"tried {one.attempts:,} times" if one.attempts > 1 else "",
        f"next {when_short(one.next_at)}" if one.next_at else "",
    ]
    return one.delivery_id, when_short(one.created_at), one.status, ", ".join(part for part in parts if part)


def _facts(one: Delivery) -> list[tuple[str, object]]:
    return [
        ("Delivery", one.delivery_id),
        ("Destination", one.destination_id),
        ("Event", f"{one.event_type}: {one.subject_id} is {one.subject_status}"),
        ("Format", one.format),
        ("Status", one.status.value),
        ("", SENTENCES[one.status]),
        ("Made", when_here(one.created_at)),
        ("Next attempt", when_here(one.next_at) if one.next_at else None),
        ("Ended", when_here(one.finished_at) if one.finished_at else None),
    ]


def _content(one: Delivery) -> dict[str, Any]:
    return {
        "deliveryId": one.delivery_id,
        "sellerId": one.seller_id,
        "destinationId": one.destination_id,
        "subscriptionId": one.subscription_id,
        "eventType": one.event_type,
        "resourceId": one.subject_id,
        "resourceStatus": one.subject_status,
        "reportType": one.report_type,
        "sequence": one.number,
        "format": one.format,
        "status": one.status.value,
        "attemptCount": one.attempts,
        "createdAt": iso(one.created_at),
        "nextAttemptAt": iso(one.next_at),
        "finishedAt": iso(one.finished_at),
        "cursor": None if one.event_sequence is None else str(one.event_sequence),
    }
