"""Set the price of an offer, and nothing else of it."""

from daybook.operations.calls import Plan
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Body, Column, Kind, Known


def _restore(known: Known) -> tuple[str, Body] | None:
    if known.price is None:
        return None
    return "set_price", {"price": known.price, "currency": known.currency}


def _rebuild(body: Body, known: Known) -> Body | None:
    if known.price is None:
        return None
    return {**body, "price": known.price, "currency": known.currency or body["currency"]}


KIND = Kind(
    name="set_price",
    about="Sets the price of an offer.",
    plan=Plan("patchListingsItem", rate=5.0, burst=5),
    columns=(
        Column("price", "price", values.price, "The new price, in any common spelling.", "19.90", required=True),
        Column("currency", "currency", values.currency, "Its currency; empty for the marketplace's own.", "EUR"),
    ),
    changes="price",
    restore=_restore,
    rebuild=_rebuild,
)
