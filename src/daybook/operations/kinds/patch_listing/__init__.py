"""Change single attributes of a listing."""

from daybook.operations.calls import Plan
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Body, Column, Kind, Known, nothing_to_rebuild


def _restore(known: Known) -> tuple[str, Body] | None:
    return None if known.listing is None else ("put_listing", known.listing)


KIND = Kind(
    name="patch_listing",
    about="Changes single attributes of a listing.",
    plan=Plan("patchListingsItem", rate=5.0, burst=5),
    columns=(
        Column(
            "product_type",
            "productType",
            values.words("product_type", 200),
            "The marketplace's product type.",
            "LUGGAGE",
            required=True,
        ),
        Column(
            "patches",
            "patches",
            values.structure("patches", list),
            "The patches, as a JSON list.",
            '[{"op": "replace", "path": "/attributes/item_name", "value": [{"value": "Cabin trolley, 42 l"}]}]',
            required=True,
        ),
    ),
    changes="attributes",
    restore=_restore,
    rebuild=nothing_to_rebuild,
)
