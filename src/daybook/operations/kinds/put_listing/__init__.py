"""Create a listing, or replace it whole."""

from daybook.operations.calls import Plan
from daybook.operations.kinds import values
from daybook.operations.kinds.kind import Body, Column, Kind, Known, listing_before


def _rebuild(body: Body, known: Known) -> Body | None:
    """The offer as the catalog has it now; the attributes stay."""
    now = dict(body)
    if "price" in body and known.price is not None:
        now |= {"price": known.price, "currency": known.currency or body.get("currency", "")}
    if "quantity" in body and known.quantity is not None:
        now["quantity"] = known.quantity
    return now


KIND = Kind(
    name="put_listing",
    about="Creates a listing, or replaces it whole.",
    plan=Plan("putListingsItem", rate=5.0, burst=10),
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
            "requirements",
            "requirements",
            values.one_of("requirements", "LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"),
            "Which requirements hold; LISTING where it is empty.",
            "LISTING",
        ),
        Column(
            "attributes",
            "attributes",
            values.structure("attributes", dict),
            "The attributes, as a JSON object; single ones may have a column of their own: attributes.NAME.",
            '{"item_name": [{"value": "Cabin trolley, 40 l"}]}',
        ),
        Column("price", "price", values.price, "The price of the offer.", "89.00"),
        Column("currency", "currency", values.currency, "Its currency; empty for the marketplace's own.", "EUR"),
        Column("quantity", "quantity", values.quantity, "Pieces for sale.", "12"),
    ),
    changes="listing",
    restore=listing_before,
    rebuild=_rebuild,
)
