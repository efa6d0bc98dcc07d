"""`daybook subscriptions`: what destinations receive."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import MaybeSellerId, SellerId
from daybook.cli.screen import facts, iso, listing, when_here
from daybook.kernel.errors import InvalidInput
from daybook.notifications import destinations, replaying, subscriptions
from daybook.notifications.kinds import VERSION
from daybook.notifications.replaying import Replayed
from daybook.notifications.status import Status
from daybook.notifications.subscriptions import Subscription, Wish

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.store.transaction import Transaction

HEADS = ("SUBSCRIPTION", "STATUS", "WHAT")

group = noun("What destinations receive.")

ACTOR = "operator"
SubscriptionId = Annotated[str, typer.Argument(metavar="ID", help="The subscription's id.")]
DestinationId = Annotated[str, typer.Argument(metavar="DESTINATION", help="The destination's id.")]
Format = Annotated[str | None, typer.Option(help="walmart, standard or amazon; walmart unless it is said.")]
ReportTypes = Annotated[
    list[str] | None, typer.Option("--report-type", metavar="TYPE", help="Of reports of this type alone; repeatable.")
]
ReportStatuses = Annotated[
    list[str] | None,
    typer.Option("--report-status", metavar="STATUS", help="DONE, CANCELLED, FATAL; READY, ERROR; repeatable."),
]


@command(group)
def add(
    call: Call,
    destination: DestinationId,
    seller: SellerId,
    event: Annotated[str, typer.Option(help="The event type.")] = "REPORT_STATUS",
    format: Format = None,  # noqa: A002
    report_type: ReportTypes = None,
    report_status: ReportStatuses = None,
) -> None:
    """Subscribe a destination to an event type: to the ends of all reports, unless it is said otherwise."""
    wish = Wish(seller, destination, event, format or "walmart", tuple(report_type or ()), tuple(report_status or ()))
    with call.open() as app:
        app.store.read(lambda tx: find_seller(tx, seller))
        made = app.store.do(lambda tx: subscriptions.subscribe(tx, tx.now, app.ids, wish, ACTOR))
        warnings = _unknown_types(app, made)
    _warn(call, warnings)
    sentence = f"Subscription {made.subscription_id} is added: {made.event_type} in the format {made.format}."
    call.screen.answer(
        _content(made) | {"warnings": warnings},
        sentence,
        f"Next: daybook destinations test {destination} --seller {seller}",
    )


@command(group, "list")
def list_subscriptions(call: Call, seller: MaybeSellerId = None) -> None:
    """List subscriptions."""
    with call.open() as app, app.store.reading() as tx:
        if seller is not None:
            find_seller(tx, seller)
        urls = {one.destination_id: one.url for one in tx.destinations(seller)}
        found = [one for one in tx.subscriptions(seller) if one.destination_id in urls]
    rows = [subscription_row(one, urls[one.destination_id]) for one in found]
    shown = listing(HEADS, rows) if rows else "There are no subscriptions."
    call.screen.answer([_content(one) for one in found], shown)


def subscription_row(one: Subscription, url: str) -> tuple[object, ...]:
    """A subscription in a line of eighty columns; of its destination, the host."""
    return one.subscription_id, one.status, f"{one.event_type} as {one.format} to {urlsplit(url).hostname}"


@command(group)
def show(call: Call, subscription: SubscriptionId, seller: SellerId) -> None:
    """Show a subscription."""
    with call.open() as app:
        found = _find(app, seller, subscription)
    pairs = [
        ("Subscription", found.subscription_id),
        ("Destination", found.destination_id),
        ("Seller", found.seller_id),
        ("Resource", found.kind.resource),
        ("Event", f"{found.event_type} {VERSION}"),
        ("Format", found.format),
        ("Report types", ", ".join(found.report_types) or "all"),
        ("Report statuses", ", ".join(found.statuses) or "all"),
        ("Status", found.status.value),
        ("Added", when_here(found.created_at)),
    ]
    call.screen.answer(_content(found), facts(pairs))


@command(group)
def update(
    call: Call,
    subscription: SubscriptionId,
    seller: SellerId,
    format: Format = None,  # noqa: A002
    report_type: ReportTypes = None,
    report_status: ReportStatuses = None,
) -> None:
    """Change a subscription; what is not named stays. An empty type or status takes that filter away."""
    given = {"format": format, "report_types": _filter(report_type), "statuses": _filter(report_status)}
    changes = {name: value for name, value in given.items() if value is not None}
    with call.open() as app:
        found = _find(app, seller, subscription)
        changed = app.store.do(lambda tx: subscriptions.change(tx, tx.now, found, ACTOR, **changes))
        warnings = _unknown_types(app, changed) if report_type else []
    _warn(call, warnings)
    call.screen.answer(_content(changed) | {"warnings": warnings}, f"Subscription {subscription} is changed.")


@command(group)
def enable(call: Call, subscription: SubscriptionId, seller: SellerId) -> None:
    """Make a subscription ACTIVE."""
    changed = _changed(call, seller, subscription, status=Status.ACTIVE)
    call.screen.answer(_content(changed), f"Subscription {subscription} is ACTIVE.")


@command(group)
def disable(call: Call, subscription: SubscriptionId, seller: SellerId) -> None:
    """Make a subscription INACTIVE: nothing is made for it."""
    changed = _changed(call, seller, subscription, status=Status.INACTIVE)
    call.screen.answer(_content(changed), f"Subscription {subscription} is INACTIVE.")


@command(group)
def remove(call: Call, subscription: SubscriptionId, seller: SellerId) -> None:
    """Remove a subscription; what was made for it is delivered still."""
    with call.open() as app:
        found = _find(app, seller, subscription)
        app.store.do(lambda tx: subscriptions.remove(tx, tx.now, found, ACTOR))
    told = {"sellerId": seller, "subscriptionId": subscription, "removed": True}
    call.screen.answer(told, f"Subscription {subscription} is removed.")


@command(group)
def replay(
    call: Call,
    subscription: SubscriptionId,
    seller: SellerId,
    cursor: Annotated[int, typer.Option(min=0, help="Events behind this line of the ledger; 0 is its beginning.")] = 0,
) -> None:
    """Tell every event behind a line of the ledger again, or for the first time."""
    count = 0
    with call.open() as app:
        found = _find(app, seller, subscription)
        app.courier.vet_again(app.store.read(lambda tx: destinations.find(tx, seller, found.destination_id)))
        after: int | None = cursor
        with call.screen.busy("Replaying ...") as say:
            while after is not None:
                replayed = app.store.do(partial(_replay, app, found, after))
                count += replayed.deliveries
                after = None if replayed.cursor is None else int(replayed.cursor)
                say(f"{count:,} deliveries")
    call.screen.answer({"deliveries": count}, f"Deliveries that go out: {count:,}.")


def _find(app: "App", seller: str, subscription: str) -> Subscription:
    with app.store.reading() as tx:
        find_seller(tx, seller)
        return subscriptions.find(tx, seller, subscription)


def _replay(app: "App", found: Subscription, cursor: int, tx: "Transaction") -> Replayed:
    return replaying.replay_since(tx, tx.now, app.ids, found, cursor)


def _changed(call: Call, seller: str, subscription: str, **changes: Any) -> Subscription:
    with call.open() as app:
        found = _find(app, seller, subscription)
        return app.store.do(lambda tx: subscriptions.change(tx, tx.now, found, ACTOR, **changes))


def _unknown_types(app: "App", one: Subscription) -> list[str]:
    """Of the types it is narrowed to, those that no report here can have: they may come yet, in a file of one's own."""
    warnings = []
    for name in one.report_types:
        try:
            app.types.find(name)
        except InvalidInput as error:
            unheard = "nothing is told of it while there is none"
            warnings.append(f"There is no report type {name}: {unheard}. {error.details}")
    return warnings


def _warn(call: Call, warnings: list[str]) -> None:
    for warning in warnings:
        call.screen.remark(f"Warning: {warning}", "yellow")


def _filter(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(word for word in words if word)


def _content(one: Subscription) -> dict[str, Any]:
    return {
        "subscriptionId": one.subscription_id,
        "sellerId": one.seller_id,
        "destinationId": one.destination_id,
        "resourceName": one.kind.resource,
        "eventType": one.event_type,
        "eventVersion": VERSION,
        "format": one.format,
        "reportTypes": one.report_types,
        "reportStatuses": one.statuses,
        "status": one.status.value,
        "createdAt": iso(one.created_at),
        "changedAt": iso(one.changed_at),
    }
