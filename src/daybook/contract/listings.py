"""The schemas of the Listings Items API 2021-08-01, and its four operations on one item, as data.

Source: Amazon's model listingsItems_2021-08-01.json. What Amazon may add to at any time (statuses, categories) is any
text on output. An absent member is left out, never null.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from daybook.contract.operations import Operation, Parameter

VERSION = "2021-08-01"
PREVIEW = "VALIDATION_PREVIEW"
IDEMPOTENCY_KEY = "Idempotency-Key"
"""The header in which Daybook names a change, the same for each attempt at it. Amazon passes over it."""

Requirements = Literal["LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"]
PatchOp = Literal["add", "replace", "merge", "delete"]
Attributes = dict[str, Any]

ACCEPTED, INVALID, VALID = "ACCEPTED", "INVALID", "VALID"


class ListingsItemPutRequest(Struct, frozen=True, omit_defaults=True):
    """What putListingsItem takes: all attributes; those that are missing are deleted."""

    productType: str
    attributes: Attributes
    requirements: Requirements | UnsetType = UNSET


class PatchOperation(Struct, frozen=True, omit_defaults=True):
    """One change of one whole attribute: `path` is `/attributes/NAME`."""

    op: PatchOp
    path: str
    value: list[dict[str, Any]] | UnsetType = UNSET


class ListingsItemPatchRequest(Struct, frozen=True):
    """What patchListingsItem takes; the patches are made in their order."""

    productType: str
    patches: list[PatchOperation]


class Issue(Struct, frozen=True, omit_defaults=True):
    """What Amazon objects to. An ERROR keeps a change from being made; a WARNING and an INFO do not."""

    code: str
    message: str
    severity: str
    attributeNames: list[str] | UnsetType = UNSET
    categories: list[str] | UnsetType = UNSET


class ItemIdentifiers(Struct, frozen=True, omit_defaults=True):
    """What the item is in Amazon's catalog; for previews alone."""

    marketplaceId: str | UnsetType = UNSET
    asin: str | UnsetType = UNSET


class ListingsItemSubmissionResponse(Struct, frozen=True, omit_defaults=True):
    """What put, patch and delete answer, with HTTP's 200 whether the change is taken or not: `status` says that.

    ACCEPTED, INVALID, or, for a preview, VALID.
    """

    sku: str
    status: str
    submissionId: str
    issues: list[Issue] | UnsetType = UNSET
    identifiers: list[ItemIdentifiers] | UnsetType = UNSET


class ItemSummary(Struct, frozen=True, omit_defaults=True):
    """An item in one marketplace."""

    marketplaceId: str
    productType: str
    status: list[str]
    createdDate: str
    lastUpdatedDate: str
    asin: str | UnsetType = UNSET
    conditionType: str | UnsetType = UNSET
    itemName: str | UnsetType = UNSET


class Money(Struct, frozen=True):
    """An amount, as text, so that it stays exact."""

    currencyCode: str
    amount: str


class ItemOffer(Struct, frozen=True):
    """At what price the item is offered, and to whom: `B2C` or `B2B`."""

    marketplaceId: str
    offerType: str
    price: Money


class FulfillmentAvailability(Struct, frozen=True, omit_defaults=True):
    """How many there are, by who sends them; `DEFAULT` is the seller."""

    fulfillmentChannelCode: str
    quantity: int | UnsetType = UNSET


class Item(Struct, frozen=True, omit_defaults=True):
    """What getListingsItem answers, with those parts that were asked for."""

    sku: str
    summaries: list[ItemSummary] | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    issues: list[Issue] | UnsetType = UNSET
    offers: list[ItemOffer] | UnsetType = UNSET
    fulfillmentAvailability: list[FulfillmentAvailability] | UnsetType = UNSET
    procurement: list[dict[str, Any]] | UnsetType = UNSET
    relationships: list[dict[str, Any]] | UnsetType = UNSET
    productTypes: list[dict[str, Any]] | UnsetType = UNSET


INCLUDED = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
    "productTypes",
)  # fmt: skip
"""The parts of an item that can be asked for."""

_PATH = f"/listings/{VERSION}/items/{{sellerId}}/{{sku}}"
_WHICH = (
    Parameter("sellerId", "string", "The seller.", required=True, place="path"),
    Parameter("sku", "string", "The seller's own name of the item, percent-encoded.", required=True, place="path"),
)
_ONE = Parameter("marketplaceIds", "strings", "The marketplace.", least=1, most=1, required=True)
_MANY = Parameter("marketplaceIds", "strings", "The marketplaces.", least=1, required=True)
_LOCALE = Parameter("issueLocale", "string", "The language that issues are told in, such as en_US.")
_ISSUES = Parameter("includedData", "strings", "`issues`, or `identifiers`, of a preview.",
                    allowed=("issues", "identifiers"))  # fmt: skip
_MODE = Parameter("mode", "string", f"{PREVIEW}: checks all, changes nothing.", allowed=(PREVIEW,))
_SUBMITTED = ListingsItemSubmissionResponse

PUT_LISTINGS_ITEM = Operation(
    "putListingsItem", "PUT", _PATH, 200, 5.0, 10, "Makes an item, or replaces all of it.",
    _SUBMITTED, (*_WHICH, _ONE, _ISSUES, _MODE, _LOCALE), ListingsItemPutRequest,
)  # fmt: skip

PATCH_LISTINGS_ITEM = Operation(
    "patchListingsItem", "PATCH", _PATH, 200, 5.0, 5, "Changes some attributes of an item.",
    _SUBMITTED, (*_WHICH, _ONE, _ISSUES, _MODE, _LOCALE), ListingsItemPatchRequest,
)  # fmt: skip

DELETE_LISTINGS_ITEM = Operation(
    "deleteListingsItem", "DELETE", _PATH, 200, 5.0, 5, "Takes an item out of a marketplace.",
    _SUBMITTED, (*_WHICH, _ONE, _LOCALE),
)  # fmt: skip

GET_LISTINGS_ITEM = Operation(
    "getListingsItem", "GET", _PATH, 200, 5.0, 10, "Tells an item as the marketplace has it.",
    Item,
    (*_WHICH, _MANY, _LOCALE,
     Parameter("includedData", "strings", "The parts that are told; `summaries` where absent.", allowed=INCLUDED)),
)  # fmt: skip

LISTINGS_OPERATIONS: tuple[Operation, ...] = (
    PUT_LISTINGS_ITEM, PATCH_LISTINGS_ITEM, DELETE_LISTINGS_ITEM, GET_LISTINGS_ITEM,
)  # fmt: skip
