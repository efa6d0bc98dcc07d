"""Take a listing away."""

from daybook.operations.calls import Plan
from daybook.operations.kinds.kind import Kind, listing_before, nothing_to_rebuild

KIND = Kind(
    name="delete_listing",
    about="Takes a listing away.",
    plan=Plan("deleteListingsItem", rate=5.0, burst=5),
    columns=(),
    changes="listing",
    restore=listing_before,
    rebuild=nothing_to_rebuild,
)
