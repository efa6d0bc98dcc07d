"""Take a listing away."""

from daybook.operations.calls import Plan
from daybook.operations.kinds.kind import Body, Kind, Known, nothing_to_rebuild


def _restore(known: Known) -> tuple[str, Body] | None:
    return None if known.listing is None else ("put_listing", known.listing)


KIND = Kind(
    name="delete_listing",
    about="Takes a listing away.",
    plan=Plan("deleteListingsItem", rate=5.0, burst=5),
    columns=(),
    changes="listing",
    restore=_restore,
    rebuild=nothing_to_rebuild,
)
