"""Change single attributes of a listing."""

from daybook.operations.calls import Plan
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Column, Kind, listing_before, nothing_to_rebuild

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
    restore=listing_before,
    rebuild=nothing_to_rebuild,
)
