"""`daybook destinations`: the URLs that receive notifications."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.deliveries import ATTEMPT_HEADS, attempt_content, attempt_row
from daybook.cli.options import MaybeSellerId, SellerId
from daybook.cli.screen import facts, iso, listing, when_here
from daybook.kernel.errors import InvalidInput, fault_of
from daybook.notifications import destinations, trying
from daybook.notifications.auth_details import METHODS, authorization_of
from daybook.notifications.confidential import OVERLAP, Confidential, Secret, sealed
from daybook.notifications.destinations import CALLS, Destination, Draft
from daybook.notifications.headers import check_headers
from daybook.notifications.sending import outgoing
from daybook.notifications.signing import key_of, new_secret
from daybook.notifications.status import SENTENCES, Reason
from daybook.shapes import decode

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.notifications.authorizations import Authorization

HEADS = ("DESTINATION", "STATUS", "WHAT")

group = noun("URLs that receive notifications.")

ACTOR = "operator"
_NONE = "none"
DestinationId = Annotated[str, typer.Argument(metavar="ID", help="The destination's id.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="What is posted to; https, or http.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Calls = Annotated[int | None, typer.Option(metavar="N", help="Calls in flight at once; 2 unless it is said.")]
Headers = Annotated[
    list[str] | None, typer.Option("--header", metavar="NAME=VALUE", help="A header to send; may be repeated.")
]
Auth = Annotated[
    Path | None,
    typer.Option("--auth", metavar="FILE", help="A JSON file of authDetails: BASIC_AUTH, HMAC or OAUTH; or -."),
]
SecretFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A file with the secret to sign with; without it one is made; or -.")
]


@command(group)
def add(
    call: Call,
    url: Url,
    seller: SellerId,
    name: Name = None,
    calls: Calls = None,
    header: Headers = None,
    auth: Auth = None,
    secret_file: SecretFile = None,
) -> None:
    """Add a destination. Its signing secret is shown this once."""
    headers, authorization = _headers(header), _authorization(auth)
    draft = Draft(seller, url, name or "", CALLS if calls is None else calls)
    with call.open() as app:
        app.store.read(lambda tx: find_seller(tx, seller))
        secret = _secret(app, secret_file)
        confidential = Confidential((Secret(secret),), authorization, headers)
        app.courier.vet(url, authorization)
        parts = app.ids, app.courier.seal, draft, confidential, ACTOR
        made = app.store.do(lambda tx: destinations.add(tx, tx.now, *parts))
        told = _content(app, made)
    sentence = f"Destination {made.destination_id} is added. It signs with this secret, which is shown this once:"
    follow = f"Next: daybook subscriptions add {made.destination_id} --seller {seller}"
    call.screen.answer(told | {"secret": secret}, sentence, secret, follow)


@command(group, "list")
def list_destinations(call: Call, seller: MaybeSellerId = None) -> None:
    """List destinations."""
    with call.open() as app:
        if seller is not None:
            app.store.read(lambda tx: find_seller(tx, seller))
        found = app.store.read(lambda tx: tx.destinations(seller))
        told = [_content(app, one) for one in found]
    rows = [destination_row(one, fault=each["secretFault"]) for one, each in zip(found, told, strict=True)]
    call.screen.answer(told, listing(HEADS, rows) if rows else "There are no destinations.")
    for fault in dict.fromkeys(each["secretFault"] for each in told if each["secretFault"]):
        call.screen.remark(fault, "yellow")


@command(group)
def show(call: Call, destination: DestinationId, seller: SellerId) -> None:
    """Show a destination, what it waits for, and what became of it."""
    with call.open() as app:
        found = _find(app, seller, destination)
        told = _content(app, found)
        with app.store.reading() as tx:
            waiting = tx.deliveries_waiting(seller, destination)
            history = tx.events_of(seller, destinations.SUBJECT, destination)
    told |= {"deliveriesWaiting": waiting}
    told["history"] = [
        {"at": iso(one.at), "to": one.to_status, "actor": one.actor, "evidence": one.evidence} for one in history
    ]
    rows = [(one.at, one.to_status, _remark(one.evidence), one.actor) for one in history]
    shown = facts(_facts(found, told)), "", listing(("WHEN, UTC", "STATUS", "WHAT", "BY"), rows)
    call.screen.answer(told, *shown)
    if found.failing_since:
        call.screen.remark(f"What it answers: daybook deliveries list --destination {destination} --seller {seller}")


@command(group)
def update(
    call: Call,
    destination: DestinationId,
    seller: SellerId,
    url: Annotated[str | None, typer.Option(metavar="URL", help="What is posted to from now on.")] = None,
    name: Name = None,
    calls: Calls = None,
    header: Headers = None,
    auth: Auth = None,
) -> None:
    """Change a destination; what is not named stays. Headers are replaced all together; --auth none takes it away."""
    with call.open() as app:
        found = _find(app, seller, destination)
        before = app.courier.opened(found)
        authorization = before.authorization if auth is None else _authorization(auth)
        after = Confidential(before.secrets, authorization, before.headers if header is None else _headers(header))
        app.courier.vet(url, authorization)
        text = None if after == before else sealed(app.courier.seal, seller, destination, after)
        changes: dict[str, Any] = {"name": name, "url": url, "calls": calls, "sealed": text}
        changed = app.store.do(lambda tx: destinations.change(tx, tx.now, found, ACTOR, **changes))
        told = _content(app, changed)
    call.screen.answer(told, f"Destination {destination} is changed.")


@command(group)
def remove(call: Call, destination: DestinationId, seller: SellerId) -> None:
    """Remove a destination with its subscriptions; what was not delivered is dropped."""
    with call.open() as app:
        found = _find(app, seller, destination)
        app.store.do(lambda tx: destinations.remove(tx, tx.now, found, ACTOR))
    told = {"sellerId": seller, "destinationId": destination, "removed": True}
    call.screen.answer(told, f"Destination {destination} is removed.")


@command(group, "test")
def try_out(
    call: Call,
    destination: DestinationId,
    seller: SellerId,
    format: Annotated[str, typer.Option(help="The format of the sample.")] = "walmart",  # noqa: A002
) -> None:
    """Send a sample now, and tell what came of it."""
    with call.open() as app:
        found = _find(app, seller, destination)
        app.courier.vet_again(found)
        confidential = app.courier.opened(found)
        sending = trying.prepare(app.clock(), app.ids, found, format)
        request = outgoing(app.clock(), app.clock(), confidential, sending)
        with call.screen.busy(f"Sending to {found.url} ..."):
            answer = app.courier.send(request, confidential.authorization).result()
        tried = app.store.do(lambda tx: trying.record(tx, tx.now, sending, answer))
    told = {"delivered": answer.delivered, "deliveryId": tried.delivery.delivery_id}
    rows = [attempt_row(tried.attempt)]
    sentence = "The receiver took it." if answer.delivered else "The receiver did not take it."
    table = listing(ATTEMPT_HEADS, rows, right=("MS",))
    call.screen.answer(told | {"attempt": attempt_content(tried.attempt)}, sentence, table)


@command(group)
def rotate(
    call: Call,
    destination: DestinationId,
    seller: SellerId,
    overlap_hours: Annotated[
        float, typer.Option(metavar="HOURS", help="How long the secret before signs as well.")
    ] = OVERLAP.total_seconds() / 3600,
    secret_file: SecretFile = None,
) -> None:
    """Give a destination a new secret, shown this once; both sign while the overlap lasts."""
    with call.open() as app:
        secret = _secret(app, secret_file)
        found = _find(app, seller, destination)
        overlap = timedelta(hours=min(overlap_hours, 10_000))
        parts = app.courier.seal, found, secret, overlap, ACTOR
        changed = app.store.do(lambda tx: destinations.rotate(tx, tx.now, *parts))
        told = _content(app, changed)
        ends = app.clock() + overlap
    sentence = f"Until {when_here(ends)} both secrets sign. The new one, which is shown this once:"
    call.screen.answer(told | {"secret": secret}, sentence, secret)


@command(group)
def enable(call: Call, destination: DestinationId, seller: SellerId) -> None:
    """Make a destination ACTIVE, and send it what waited and what failed meanwhile."""
    with call.open() as app:
        found = _find(app, seller, destination)
        app.courier.vet_again(found)
        enabled = app.store.do(lambda tx: destinations.enable(tx, tx.now, found, ACTOR))
        told = _content(app, enabled)
        with app.store.reading() as tx:
            waiting = tx.deliveries_waiting(seller, destination)
    call.screen.answer(
        told | {"deliveriesWaiting": waiting},
        f"Destination {destination} is ACTIVE; deliveries that go out: {waiting}.",
    )


@command(group)
def disable(call: Call, destination: DestinationId, seller: SellerId) -> None:
    """Make a destination INACTIVE; its deliveries wait for up to 30 days."""
    with call.open() as app:
        found = _find(app, seller, destination)
        disabled = app.store.do(lambda tx: destinations.disable(tx, tx.now, found, Reason.BY_REQUEST, ACTOR, {}))
        told = _content(app, disabled)
    call.screen.answer(told, f"Destination {destination} is INACTIVE; its deliveries wait.")


def _find(app: "App", seller: str, destination: str) -> Destination:
    with app.store.reading() as tx:
        find_seller(tx, seller)
        return destinations.find(tx, seller, destination)


def _secret(app: "App", file: Path | None) -> str:
    if file is None:
        return new_secret(app.ids.bytes)
    secret = _text_of(file, "--secret-file").strip()
    key_of(secret)
    return secret


def _authorization(file: Path | None) -> "Authorization | None":
    if file is None or str(file) == _NONE:
        return None
    return authorization_of(auth_details(file))


def auth_details(file: Path) -> dict[str, str]:
    """The authDetails of a file, or of standard input. Raises InvalidInput."""
    try:
        return decode(_text_of(file, "--auth"), dict[str, str])
    except msgspec.DecodeError as error:
        raise InvalidInput(f"{file} does not hold authDetails.", f"It is one JSON object of texts: {error}.") from error


def _text_of(file: Path, option: str) -> str:
    """A secret comes from a file or from standard input: the command line of a process is there for all to see."""
    try:
        return typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"The file {file}, which {option} names, cannot be read: {fault_of(error)}.",
            f"Name the file that has it, or - and pass it on standard input: {option} -",
        ) from error


def _headers(pairs: list[str] | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--header")
        headers[name] = value
    check_headers(headers)
    return headers


def destination_row(one: Destination, *, fault: str | None = None) -> tuple[object, ...]:
    """A destination in a line of eighty columns, or a few; whether its secret does not open is told."""
    named = f"{one.name}, of" if one.name else "of"
    why = one.reason or ("failing" if one.failing_since else "")
    parts = (f"{named} {one.seller_id}: {one.url}", why, "its secret does not open" if fault else "")
    return one.destination_id, one.status, "; ".join(part for part in parts if part)


def _remark(evidence: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in evidence.items())


def _facts(one: Destination, told: dict[str, Any]) -> list[tuple[str, object]]:
    return [
        ("Destination", one.destination_id),
        ("Name", one.name),
        ("Seller", one.seller_id),
        ("URL", one.url),
        ("Status", one.status.value),
        ("Why", SENTENCES[one.reason] if one.reason else None),
        ("Calls at once", one.calls),
        ("Authorisation", told["authMethod"]),
        ("Headers", ", ".join(told["headerNames"])),
        ("Its secret", told["secretFault"]),
        ("Failing since", _when(one.failing_since)),
        ("Paused until", _when(one.paused_until)),
        ("Waiting", told["deliveriesWaiting"]),
        ("Added", when_here(one.created_at)),
    ]


def _when(at: datetime | None) -> str | None:
    return None if at is None else when_here(at)


def _content(app: "App", one: Destination) -> dict[str, Any]:
    confidential, fault = app.courier.opened_or_fault(one)
    kind = type(confidential.authorization) if confidential and confidential.authorization else None
    return {
        "destinationId": one.destination_id,
        "sellerId": one.seller_id,
        "name": one.name,
        "url": one.url,
        "status": one.status.value,
        "statusReason": one.reason.value if one.reason else None,
        "callsAtOnce": one.calls,
        "authMethod": METHODS[kind] if kind else None,
        "headerNames": sorted(confidential.headers) if confidential else [],
        "secretFault": fault,
        "failingSince": iso(one.failing_since),
        "pausedUntil": iso(one.paused_until),
        "createdAt": iso(one.created_at),
        "changedAt": iso(one.changed_at),
    }
