"""The columns of Amazon's listing reports, by their own names and in their own order.

From developer-docs.amazon.com/sp-api, report-type-values-inventory (quoted in amzn/selling-partner-api-models, issue
5216). Columns that Amazon has stopped to fill, such as those of zShops, stand empty here too.
"""

from daybook.report_types.listings.ports import Column, Day, Faults, Field, Fixed, Instant, Missing, Value


def _columns(values: dict[str, Value]) -> tuple[Column, ...]:
    return tuple(Column(name, value) for name, value in values.items())


LISTINGS = _columns(
    {
        "item-name": Field("name"),
        "item-description": Field("description"),
        "listing-id": Field("listing_id"),
        "seller-sku": Field("sku"),
        "price": Field("price"),
        "quantity": Field("quantity"),
        "open-date": Instant("opened_at"),
        "image-url": Field("image_url"),
        "item-is-marketplace": Fixed("y"),
        "product-id-type": Field("product_id_type"),
        "zshop-shipping-fee": Fixed(),
        "item-note": Fixed(),
        "item-condition": Field("condition"),
        "zshop-category1": Fixed(),
        "zshop-browse-path": Fixed(),
        "zshop-storefront-feature": Fixed(),
        "asin1": Field("asin"),
        "asin2": Fixed(),
        "asin3": Fixed(),
        "will-ship-internationally": Fixed(),
        "expedited-shipping": Fixed(),
        "zshop-boldface": Fixed(),
        "product-id": Field("product_id"),
        "bid-for-featured-placement": Fixed(),
        "add-delete": Fixed(),
        "pending-quantity": Fixed(),
        "fulfillment-channel": Field("fulfilment_channel"),
        "merchant-shipping-group": Field("shipping_group"),
    }
)

LISTINGS_WITH_STATUS = (*LISTINGS, Column("status", Field("status")))

OPEN_LISTINGS = _columns(
    {"sku": Field("sku"), "asin": Field("asin"), "price": Field("price"), "quantity": Field("quantity")}
)

FYP = _columns(
    {
        "Status": Field("status"),
        "Reason": Faults(tuple((missing, f"Missing {missing}") for missing in Missing)),
        "SKU": Field("sku"),
        "ASIN": Field("asin"),
        "Product name": Field("name"),
        "Condition": Field("condition"),
        "Status Change Date": Day("updated_at"),
        "Issue Description": Faults(
            (
                (Missing.NAME, "The listing has no title, so it cannot be found"),
                (Missing.PRICE, "The offer has no price, so it cannot be bought"),
                (Missing.QUANTITY, "The quantity is not known, so it is not offered"),
                (Missing.IMAGE, "The listing has no main image"),
                (Missing.PRODUCT_ID, "There is neither an ASIN nor another product id to match it by"),
            )
        ),
    }
)
"""Fix Your Products: one line for each item that lacks something, however much it lacks."""
