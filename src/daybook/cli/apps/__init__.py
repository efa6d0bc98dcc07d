"""`daybook apps`: applications, the sellers that authorised them, and their usage plans."""

from pathlib import Path
from typing import Annotated

import typer

from daybook.accounts.applications import (
    Application,
    Authorisation,
    Scope,
    authorise,
    create_application,
    find_application,
    revoke,
    set_lenient,
)
from daybook.cli.apps import authorising, plans
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import MaybeSellerId
from daybook.cli.screen import facts, iso, listing, when, when_here
from daybook.kernel.errors import InvalidInput

group = noun("Programs with a client id, and the sellers that authorised them.")

App = Annotated[str, typer.Argument(metavar="APP", help="An application's name or client id.")]
Sellers = Annotated[
    list[str] | None, typer.Option("--seller", metavar="ID", help="A seller that authorises it; may be repeated.")
]
SHOWN_ONCE = "These secrets are shown this once; Daybook keeps only their hashes."


@command(group)
def create(
    call: Call,
    name: Annotated[str, typer.Option(help="What people call the application.")],
    seller: Sellers = None,
    scope: Annotated[Scope, typer.Option(help="Sellers' data, or the operator's.")] = Scope.SELLER,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Warn it where a report type's rules refuse others.")
    ] = False,
) -> None:
    """Create an application, and print its credentials once."""
    with call.open(create=True) as app, app.store.transaction() as tx:
        application, secret = create_application(tx, tx.now, app.ids, name, scope, lenient=lenient)
        tokens = [(one, authorise(tx, tx.now, app.ids, application.client_id, one)) for one in seller or ()]
    content: dict[str, object] = {
        "clientId": application.client_id,
        "clientSecret": secret,
        "name": application.name,
        "scope": application.scope,
        "lenient": application.lenient,
        "authorisations": [{"sellerId": one, "refreshToken": token} for one, token in tokens],
    }
    if len(tokens) == 1:
        content["refreshToken"] = tokens[0][1]
    lines = [f"client_id      {application.client_id}", f"client_secret  {secret}"]
    lines += [f"refresh_token  {token}" + (f"  (seller {one})" if len(tokens) > 1 else "") for one, token in tokens]
    call.screen.answer(content, *lines)
    call.screen.remark(SHOWN_ONCE)


@command(group, "list")
def list_applications(call: Call) -> None:
    """List the applications."""
    with call.open() as app, app.store.reading() as tx:
        found = [(one, tx.authorisations(one.client_id)) for one in tx.applications()]
    content = [_application(one, leaves) for one, leaves in found]
    rows = [(one.name, one.scope, len(_live(leaves)), when(one.created_at), _state(one)) for one, leaves in found]
    heads = ("NAME", "SCOPE", "SELLERS", "CREATED, UTC", "STATE")
    shown = listing(heads, rows, right=("SELLERS",)) if rows else "There are no applications yet."
    call.screen.answer(content, shown)


@command(group)
def show(call: Call, application: App) -> None:
    """Show an application and the sellers that authorised it."""
    with call.open() as app, app.store.reading() as tx:
        found = find_application(tx, application)
        leaves = tx.authorisations(found.client_id)
    pairs: list[tuple[str, object]] = [
        ("Name", found.name),
        ("Client id", found.client_id),
        ("Scope", found.scope),
        ("Rules", _rules(found)),
        ("State", _state(found)),
        ("Created", when_here(found.created_at)),
    ]
    rows = [(one.seller_id, when(one.created_at)) for one in _live(leaves)]
    sellers = listing(("SELLER", "AUTHORISED, UTC"), rows) if rows else "No seller has authorised it."
    call.screen.answer(_application(found, leaves), facts(pairs), "", sellers)


@command(group, "authorize")
def authorize(
    call: Call,
    application: App,
    seller: Annotated[str | None, typer.Option("--seller", metavar="ID", help="The seller.")] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Many sellers: a CSV file, their ids in its first column.")
    ] = None,
) -> None:
    """Give an application a seller's refresh token, or a whole file of sellers' tokens.

    A token takes the place of the seller's earlier one. With --file the answer is CSV (seller_id, refresh_token), or
    with --json a line of JSON for each seller; a row that is wrong is named on standard error, and the others go on.
    """
    if (seller is None) == (file is None):
        raise typer.BadParameter("Give either --seller or --file.")
    with call.open() as app:
        if file is not None:
            authorising.authorise_file(call, app, application, file)
            return
        token = app.store.do(lambda tx: authorise(tx, tx.now, app.ids, application, seller or ""))
    call.screen.answer({"sellerId": seller, "refreshToken": token}, f"refresh_token  {token}")
    call.screen.remark(SHOWN_ONCE)


@command(group, "revoke")
def revoke_leave(call: Call, application: App, seller: MaybeSellerId = None) -> None:
    """End an application, or one seller's authorisation of it; access tokens end at once."""
    with call.open() as app:
        app.store.do(lambda tx: revoke(tx, tx.now, application, seller))
    of = f"Seller {seller}'s authorisation of {application}" if seller else f"Application {application}"
    call.screen.answer({"application": application, "sellerId": seller, "revoked": True}, f"{of} is revoked.")


@command(group, "usage-plan")
def usage_plan(
    call: Call,
    application: App,
    operation: Annotated[str | None, typer.Argument(metavar="OPERATION", help="Such as createReport.")] = None,
    rate: Annotated[float | None, typer.Option(help="Calls a second.")] = None,
    burst: Annotated[int | None, typer.Option(help="Calls at once.")] = None,
    seller: MaybeSellerId = None,
) -> None:
    """Show how often an application may call, or with --rate and --burst change it; that takes effect at once."""
    if (rate is None) != (burst is None):
        raise InvalidInput("A usage plan has both a rate and a burst.", "Give --rate and --burst.")
    with call.open() as app:
        if rate is not None and burst is not None:
            plans.change(app, application, operation, rate, burst, seller)
        plans.show(call, app, application, operation)


@command(group)
def rules(
    call: Call,
    application: App,
    lenient: Annotated[
        bool | None,
        typer.Option("--lenient/--strict", help="Warn it where a report type's rules are broken, or refuse."),
    ] = None,
) -> None:
    """Show whether the rules of report types bind an application or only warn it, or change that."""
    with call.open() as app:
        if lenient is None:
            with app.store.reading() as tx:
                found = find_application(tx, application)
        else:
            found = app.store.do(lambda tx: set_lenient(tx, application, lenient=lenient))
    call.screen.answer({"clientId": found.client_id, "name": found.name, "lenient": found.lenient}, _rules(found) + ".")


def _rules(application: Application) -> str:
    lenient = "lenient: a broken rule of a report type is a warning with the report, in `daybook reports show`"
    return lenient if application.lenient else "strict: a broken rule of a report type is answered as Amazon answers it"


def _live(leaves: list[Authorisation]) -> list[Authorisation]:
    return [leave for leave in leaves if leave.revoked_at is None]


def _state(application: Application) -> str:
    return f"revoked {when(application.revoked_at)}" if application.revoked_at else "in use"


def _application(application: Application, leaves: list[Authorisation]) -> dict[str, object]:
    return {
        "clientId": application.client_id,
        "name": application.name,
        "scope": application.scope,
        "lenient": application.lenient,
        "createdAt": iso(application.created_at),
        "revokedAt": iso(application.revoked_at),
        "authorisations": [{"sellerId": one.seller_id, "createdAt": iso(one.created_at)} for one in _live(leaves)],
    }
