"""How Amazon is reached, and as whom."""

from typing import Annotated

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]


class AmazonSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`endpoint` is a region (NA, EU, FE) or a URL; tokens come from there too unless it is a region, or one is named.

    `refresh_tokens` are by seller. `usage_plan_times` is how many times the documented usage plans may be called, where
    more was granted; `in_flight` how many calls of one lane are made at the same time; `issue_locale` is the
    language that Amazon tells issues in. The others are seconds.
    """

    endpoint: str
    client_id: str
    client_secret: str
    refresh_tokens: dict[str, str]
    token_endpoint: str = ""
    usage_plan_times: Positive = 1.0
    in_flight: Annotated[int, Meta(ge=1, le=64)] = 8
    issue_locale: str = "en_US"
    connect_seconds: Positive = 5.0
    answer_seconds: Positive = 20.0
