"""Set how many pieces of an offer are for sale, and nothing else of it."""

from daybook.operations.calls import Plan
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Body, Column, Kind, Known


def _restore(known: Known) -> tuple[str, Body] | None:
    return None if known.quantity is None else ("set_quantity", {"quantity": known.quantity})


def _rebuild(body: Body, known: Known) -> Body | None:
    return None if known.quantity is None else {**body, "quantity": known.quantity}


KIND = Kind(
    name="set_quantity",
    about="Sets how many pieces of an offer are for sale.",
    plan=Plan("patchListingsItem", rate=5.0, burst=5),
    columns=(Column("quantity", "quantity", values.quantity, "Pieces for sale, 0 or more.", "25", required=True),),
    changes="quantity",
    restore=_restore,
    rebuild=_rebuild,
)
