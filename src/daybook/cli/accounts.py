"""`daybook accounts`: selling partners."""

from typing import Annotated

import typer

from daybook.accounts.applications import Application, Authorisation
from daybook.accounts.marketplaces import country
from daybook.accounts.ports import AccountsPort
from daybook.accounts.sellers import Seller, add_seller, check_seller_id, find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import SellerId, SomeMarketplaces, marketplace_ids, value_of
from daybook.cli.screen import facts, iso, listing, when, when_here

group = noun("Sellers, and the marketplaces they sell on.")


@command(group)
def add(
    call: Call,
    seller: SellerId,
    name: Annotated[str, typer.Option(help="What people call the seller.")],
    marketplace: SomeMarketplaces,
) -> None:
    """Add a seller."""
    with value_of("--seller"):
        check_seller_id(seller)
    sold_on = marketplace_ids(marketplace)
    with call.open(create=True) as app:
        added = app.store.do(lambda tx: add_seller(tx, tx.now, seller, name, sold_on))
    sentence = f"Seller {seller} is added, on {_countries(added)}."
    call.screen.answer(_seller(added), sentence, "Next: daybook apps create --name NAME --seller " + seller)


@command(group, "list")
def list_sellers(call: Call) -> None:
    """List the sellers."""
    with call.open() as app, app.store.reading() as tx:
        sellers = tx.sellers()
    rows = [(one.seller_id, one.name, _countries(one), when(one.created_at)) for one in sellers]
    shown = listing(("SELLER", "NAME", "MARKETPLACES", "ADDED, UTC"), rows) if rows else "There are no sellers yet."
    call.screen.answer([_seller(one) for one in sellers], shown)


@command(group)
def show(call: Call, seller: Annotated[str, typer.Argument(metavar="ID", help="The selling partner.")]) -> None:
    """Show a seller, its items, and the applications that act for it."""
    with call.open() as app, app.store.reading() as tx:
        found = find_seller(tx, seller)
        items = {name: tx.items_count(seller, name) for name in found.marketplace_ids}
        acting = _acting_for(tx, seller)
    content = _seller(found) | {
        "items": items,
        "applications": [
            {"name": one.name, "clientId": one.client_id, "authorisedAt": iso(leave.created_at)}
            for one, leave in acting
        ],
    }
    pairs: list[tuple[str, object]] = [
        ("Seller", found.seller_id),
        ("Name", found.name),
        ("Added", when_here(found.created_at)),
        *((f"Items, {country(name)}", count) for name, count in items.items()),
        *(("Application", f"{one.name}, since {when(leave.created_at)} UTC") for one, leave in acting),
    ]
    call.screen.answer(content, facts(pairs))


def _acting_for(tx: AccountsPort, seller_id: str) -> list[tuple[Application, Authorisation]]:
    return [
        (application, leave)
        for application in tx.applications()
        if application.revoked_at is None
        for leave in tx.authorisations(application.client_id)
        if leave.seller_id == seller_id and leave.revoked_at is None
    ]


def _countries(seller: Seller) -> str:
    return ", ".join(country(name) for name in seller.marketplace_ids)


def _seller(seller: Seller) -> dict[str, object]:
    return {
        "sellerId": seller.seller_id,
        "name": seller.name,
        "marketplaceIds": seller.marketplace_ids,
        "createdAt": iso(seller.created_at),
    }
