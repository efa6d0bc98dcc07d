"""The part of `daybook apps` that shows and changes usage plans."""

import difflib
from typing import TYPE_CHECKING

from daybook.accounts.applications import Authorisation, find_application
from daybook.accounts.usage_plans import EVERY_SELLER, UsagePlan, adjust
from daybook.cli.call import Call
from daybook.cli.screen import listing
from daybook.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from daybook.app import App


def change(app: "App", application: str, operation: str | None, rate: float, burst: int, seller: str | None) -> None:
    """Sets a plan. Raises InvalidInput, NotFound."""
    if operation is None:
        raise InvalidInput("Which operation's plan?", "Name one: daybook apps usage-plan APP createReport --rate ...")
    known = _known(operation)
    if seller is not None:
        with app.store.reading() as tx:
            _require_authorised(tx.authorisations(find_application(tx, application).client_id), seller)
    app.store.do(lambda tx: adjust(tx, application, known, UsagePlan(rate, burst), seller or EVERY_SELLER))


def show(call: Call, app: "App", application: str, operation: str | None) -> None:
    """The defaults, and the plans that were set in their place."""
    with app.store.reading() as tx:
        found = find_application(tx, application)
        adjusted = {(name, seller): plan for name, seller, plan in tx.usage_plans(found.client_id)}
    names = [_known(operation)] if operation else list(_defaults())
    rows = [row for name in names for row in _rows(name, adjusted)]
    content = [
        {"operation": name, "sellerId": seller or None, "rate": plan.rate, "burst": plan.burst, "default": default}
        for name, seller, plan, default in rows
    ]
    shown = [
        (name, seller or "every", f"{plan.rate:g}", plan.burst, "default" if default else "set")
        for name, seller, plan, default in rows
    ]
    heads = ("OPERATION", "SELLER", "RATE, A SECOND", "BURST", "")
    call.screen.answer(content, listing(heads, shown, right=("RATE, A SECOND", "BURST")))


def _rows(name: str, adjusted: dict[tuple[str, str], UsagePlan]) -> list[tuple[str, str, UsagePlan, bool]]:
    general = adjusted.get((name, EVERY_SELLER))
    first = (name, EVERY_SELLER, general or _defaults()[name], general is None)
    return [first, *((name, s, plan, False) for (n, s), plan in adjusted.items() if n == name and s != EVERY_SELLER)]


def _known(operation: str) -> str:
    """The operation as it is spelled. Raises InvalidInput for one that is not served."""
    spelled = {name.lower(): name for name in _defaults()}
    if operation.lower() in spelled:
        return spelled[operation.lower()]
    near = difflib.get_close_matches(operation.lower(), spelled, n=1)
    hint = f"Did you mean {spelled[near[0]]}? " if near else ""
    raise InvalidInput(f"There is no operation {operation}.", f"{hint}Operations: {', '.join(_defaults())}.")


def _defaults() -> dict[str, UsagePlan]:
    from daybook.api.usage_plans import default_plans  # noqa: PLC0415  the API is opened with the app

    return default_plans()


def _require_authorised(leaves: list[Authorisation], seller: str) -> None:
    if not any(leave.seller_id == seller and leave.revoked_at is None for leave in leaves):
        raise InvalidInput(
            f"Seller {seller} has not authorised this application.", "`daybook apps show` lists who has."
        )
