"""`daybook inbound`: the URLs that marketplaces call, and the notifications that came in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.destinations import auth_details
from daybook.cli.options import MaybeSellerId, SellerId
from daybook.cli.screen import facts, iso, listing, when_here, when_short
from daybook.kernel.errors import Misconfigured
from daybook.notifications.auth_details import METHODS
from daybook.notifications.authorizations import OAuth
from daybook.notifications.inbound import events, receivers
from daybook.notifications.inbound.events import NOBODY, InboundEvent
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.proofs import proof_of
from daybook.notifications.inbound.receivers import Receiver
from daybook.notifications.inbound.status import SENTENCES, InboundStatus

if TYPE_CHECKING:
    from daybook.app import App

group = noun("Notifications that come in from marketplaces.")

HEADS = ("INBOUND", "CAME, UTC", "STATUS", "WHAT")
RECEIVER_HEADS = ("RECEIVER", "ADDED, UTC", "WHAT")
REPORT_STATUS = "REPORT_STATUS"
ACTOR = "operator"
PATH = "inbound/walmart"
ReceiverId = Annotated[str, typer.Argument(metavar="ID", help="The receiver's id.")]
InboundId = Annotated[str, typer.Argument(metavar="ID", help="The notification's id.")]
Whose = Annotated[
    str | None,
    typer.Option("--seller", metavar="ID", help="The selling partner; without one, what a queue brought for nobody."),
]
Auth = Annotated[
    Path | None,
    typer.Option("--auth", metavar="FILE", help="A JSON file of authDetails that callers have to prove; or -."),
]


@command(group)
def add(
    call: Call,
    seller: SellerId,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    auth: Auth = None,
) -> None:
    """Add a receiver of Walmart's notifications. Its URL is a secret, and is shown this once."""
    proof = proof_of(auth_details(auth)) if auth else None
    with call.open() as app:
        app.store.read(lambda tx: find_seller(tx, seller))
        parts = app.ids, app.courier.seal, seller, name, proof, ACTOR
        made, token = app.store.do(lambda tx: receivers.add(tx, tx.now, *parts))
        url = f"{app.settings.url(app.settings.port)}/{PATH}/{token}"
        public = bool(app.settings.public_url)
    told = {"receiverId": made.receiver_id, "sellerId": seller, "source": made.source, "name": name, "url": url}
    shown = [f"Receiver {made.receiver_id} is added. This is its URL, which is shown this once:", url]
    if isinstance(proof, OAuth):
        told["authUrl"] = f"{url}/token"
        shown += ["and this the authUrl, where Walmart gets its access tokens:", told["authUrl"]]
    call.screen.answer(told, *shown)
    if not public:
        call.screen.remark("It begins with the address listened on; DAYBOOK_PUBLIC_URL says how others reach it.")


@command(group, "receivers")
def list_receivers(call: Call, seller: MaybeSellerId = None) -> None:
    """List receivers, without their URLs."""
    with call.open() as app:
        if seller is not None:
            app.store.read(lambda tx: find_seller(tx, seller))
        found = app.store.read(lambda tx: tx.receivers(seller))
        opened = [_proof(app, one) for one in found]
    told = [_receiver(one, *proof) for one, proof in zip(found, opened, strict=True)]
    rows = [receiver_row(one, *proof) for one, proof in zip(found, opened, strict=True)]
    call.screen.answer(told, listing(RECEIVER_HEADS, rows) if rows else "There are no receivers.")
    for fault in dict.fromkeys(fault for _, fault in opened if fault):
        call.screen.remark(fault, "yellow")


@command(group)
def remove(call: Call, receiver: ReceiverId, seller: SellerId) -> None:
    """Remove a receiver: its URL is unknown from now on. What came in by it stays."""
    with call.open() as app:
        with app.store.reading() as tx:
            find_seller(tx, seller)
            found = receivers.find(tx, seller, receiver)
        app.store.do(lambda tx: receivers.remove(tx, tx.now, found, ACTOR))
    told = {"sellerId": seller, "receiverId": receiver, "removed": True}
    call.screen.answer(told, f"Receiver {receiver} is removed.")


@command(group, "list")
def list_inbound(
    call: Call,
    seller: Whose = None,
    status: Annotated[InboundStatus | None, typer.Option(help="Of this status alone.")] = None,
    report: Annotated[str | None, typer.Option(metavar="ID", help="About this report; Walmart's requestId.")] = None,
    event: Annotated[str | None, typer.Option(metavar="TYPE", help="Of this event type alone.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many, the newest.")] = 20,
) -> None:
    """List notifications that came in, the newest first."""
    search = Search(status, report, event, limit)
    with call.open() as app, app.store.reading() as tx:
        if seller is not None:
            find_seller(tx, seller)
        found = tx.inbound_page(seller or NOBODY, search, None)[:limit]
    rows = [inbound_row(one) for one in found]
    shown = listing(HEADS, rows) if rows else "There are no such notifications."
    call.screen.answer([content(one) for one in found], shown)


@command(group)
def show(call: Call, inbound: InboundId, seller: Whose = None) -> None:
    """Show a notification that came in, and its text."""
    with call.open() as app, app.store.reading() as tx:
        if seller is not None:
            find_seller(tx, seller)
        found = events.find(tx, seller or NOBODY, inbound)
        body = tx.inbound_body(seller or NOBODY, inbound)
    call.screen.answer(content(found) | {"body": body}, facts(_facts(found)), "", body)


def content(one: InboundEvent) -> dict[str, Any]:
    """A notification as JSON has it."""
    said = one.reading
    return {
        "inboundId": one.inbound_id,
        "sellerId": one.seller_id or None,
        "source": one.source,
        "receiverId": one.receiver_id,
        "status": one.status,
        "receivedAt": iso(one.received_at),
        "shape": said.shape,
        "eventId": said.event_id,
        "eventType": said.event_type,
        "eventTime": said.event_time,
        "subject": said.subject,
        "subjectId": said.subject_id,
        "reportStatus": said.status,
        "reportType": said.report_type,
        "account": said.seller,
        "errorDescription": said.description,
    }


def inbound_row(one: InboundEvent) -> tuple[object, ...]:
    """A notification in a line of eighty columns, or a few."""
    said = one.reading
    event = "" if said.event_type == REPORT_STATUS else said.event_type
    about = " ".join(part for part in (event, said.subject_id, said.status) if part)
    what = ": ".join(part for part in (about, said.description) if part)
    return one.inbound_id, when_short(one.received_at), one.status, f"{one.source} {what}".rstrip()


def receiver_row(one: Receiver, method: str | None, fault: str | None) -> tuple[object, ...]:
    """A receiver in a line of eighty columns; what its callers have to prove besides its URL."""
    proof = "whose proof does not open" if fault else f"with {method}" if method else ""
    whose = f"{one.name}, of" if one.name else "of"
    what = f"{whose} {one.seller_id}: {one.source} {proof}".rstrip()
    return one.receiver_id, when_short(one.created_at), what


def _proof(app: "App", one: Receiver) -> tuple[str | None, str | None]:
    """What its callers prove, or why that does not open."""
    try:
        return METHODS[type(receivers.proof(app.courier.seal, one))] if one.sealed else None, None
    except Misconfigured as error:
        return None, error.sentence


def _facts(one: InboundEvent) -> list[tuple[str, object]]:
    said = one.reading
    return [
        ("Notification", one.inbound_id),
        ("Seller", one.seller_id or "nobody here"),
        ("From", f"{one.source}, by receiver {one.receiver_id}" if one.receiver_id else f"{one.source}, by its queue"),
        ("Status", one.status.value),
        ("", SENTENCES[one.status]),
        ("Came", when_here(one.received_at)),
        ("Shape", said.shape.value),
        ("Event", f"{said.event_type} {said.event_id}".strip()),
        ("About", f"{said.subject} {said.subject_id}".strip()),
        ("Says", said.status),
        ("", said.description),
        ("Report type", said.report_type),
        ("Account", said.seller),
    ]


def _receiver(one: Receiver, method: str | None, fault: str | None) -> dict[str, Any]:
    return {
        "receiverId": one.receiver_id,
        "sellerId": one.seller_id,
        "source": one.source,
        "name": one.name,
        "authMethod": method,
        "secretFault": fault,
        "createdAt": iso(one.created_at),
    }
