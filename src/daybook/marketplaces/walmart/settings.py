"""How Walmart is reached, and as whom."""

from typing import Annotated

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]


class WalmartCredentials(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A seller's own client at Walmart."""

    client_id: str
    client_secret: str


class WalmartSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`credentials` are by seller, for each has a client of its own. The others are seconds, and what Walmart is told
    in WM_SVC.NAME."""

    credentials: dict[str, WalmartCredentials]
    endpoint: str = "https://marketplace.walmartapis.com"
    service_name: str = "Walmart Marketplace"
    connect_seconds: Positive = 5.0
    answer_seconds: Positive = 20.0
