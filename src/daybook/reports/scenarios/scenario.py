"""A scenario, as an operator writes it: in TOML, or in JSON with the same names.

Every part is optional, and a part that is left out changes nothing. Times are in seconds of the server's clock, unless
a name says otherwise. The situations are those that clients report of Amazon's own API; docs/scenarios.md tells them.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

ANY = "*"
"""As a seller: all sellers. As a report type: all types."""
LONGEST = 30 * 24 * 3600

Seconds = Annotated[float, Meta(ge=0, le=LONGEST)]
Minutes = Annotated[float, Meta(gt=0, le=LONGEST / 60)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
OperationName = Literal[
    "getReports",
    "createReport",
    "getReport",
    "cancelReport",
    "getReportSchedules",
    "createReportSchedule",
    "getReportSchedule",
    "cancelReportSchedule",
    "getReportDocument",
]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Strict: a name that does not exist is a mistake."""


class Calls(Part, frozen=True, kw_only=True):
    """Which of a series something happens to.

    The `first` so many, or a `share` of them, drawn by the seed; every one where neither is given.
    """

    first: Count | None = None
    share: Annotated[float, Meta(gt=0, le=1)] | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.share is not None:
            raise ValueError("`first` and `share` exclude each other")


class Time(Part, frozen=True, kw_only=True):
    """A time that is drawn anew for each report.

    Any between two, each as likely; or log-normal around a median, and `most` at most.
    """

    between: tuple[Seconds, Seconds] | None = None
    median: Annotated[float, Meta(gt=0, le=LONGEST)] | None = None
    sigma: Annotated[float, Meta(ge=0, le=5)] | None = None
    most: Seconds = float(LONGEST)

    def __post_init__(self) -> None:
        if (self.between is None) == (self.median is None):
            raise ValueError("it needs either `between` or `median`")
        if (self.median is None) != (self.sigma is None):
            raise ValueError("`median` and `sigma` go together")
        if self.between and self.between[0] > self.between[1]:
            raise ValueError("`between` names the shorter time first")


class Ending(Calls, frozen=True, kw_only=True):
    """How a report ends instead of being produced: with this text as its document, or without one.

    `errorDetails` is the text of a FATAL report in the JSON that Amazon puts it in.
    """

    status: Literal["DONE", "CANCELLED", "FATAL"]
    outcome: Literal["no_data", "cancelled_upstream"] = "no_data"
    text: str | None = None
    error_details: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.status != "CANCELLED" and self.outcome != "no_data":
            raise ValueError("only a report that is CANCELLED has an `outcome` to choose")
        if self.status != "FATAL" and self.error_details is not None:
            raise ValueError("only a report that is FATAL has `errorDetails`")
        if self.status == "CANCELLED" and self.text is not None:
            raise ValueError("a report that is CANCELLED has no document, so no `text`")
        if self.status == "DONE" and self.text is None:
            raise ValueError("a report that is DONE needs the `text` of its document")
        if self.text is not None and self.error_details is not None:
            raise ValueError("`text` and `errorDetails` exclude each other")


class TooSoon(Part, frozen=True, kw_only=True):
    """The same type again within so many minutes ends CANCELLED, once more FATAL, and then is refused with 429."""

    minutes: Minutes


class Quota(Part, frozen=True, kw_only=True):
    """How many requests of the type are taken within some minutes, and in a day of UTC."""

    requests: Count | None = None
    minutes: Minutes | None = None
    per_day: Count | None = None

    def __post_init__(self) -> None:
        if (self.requests is None) != (self.minutes is None):
            raise ValueError("`requests` and `minutes` go together")
        if self.requests is None and self.per_day is None:
            raise ValueError("it needs `requests` and `minutes`, or `perDay`")


class ForcedAnswer(Calls, frozen=True, kw_only=True):
    """Calls of an operation that are answered 429, 500 or, as HTML, 503."""

    operation: OperationName
    status: Literal[429, 500, 503]


class DocumentForm(Part, frozen=True, kw_only=True):
    """What is odd about the documents.

    `plain`: not compressed, though compressionAlgorithm says GZIP. `charset`: text is in that charset, and so says the
    Content-Type. `sharedSeconds`: requests that differ by less share one document.
    """

    plain: bool = False
    charset: Literal["Cp1252", "Windows-31J"] | None = None
    shared_seconds: Seconds = 0.0


class Cut(Calls, frozen=True, kw_only=True):
    """Downloads of a document whose connection is cut when that share of the bytes has been sent."""

    at: Annotated[float, Meta(ge=0, lt=1)] = 0.5


class LinkLife(Calls, frozen=True, kw_only=True):
    """Links to a document that live so long; 0 is a link that has expired when it arrives."""

    seconds: Annotated[int, Meta(ge=0, le=300)]


class OtherApplication(Part, frozen=True, kw_only=True):
    """Another application asks for a report of the type every so many minutes."""

    every_minutes: Minutes


class Scenario(Part, frozen=True, kw_only=True):
    """What happens to reports of a type of a seller, and to calls about them."""

    seller_id: Annotated[str, Meta(pattern=r"^(\*|[A-Za-z0-9._-]{1,64})$")] = ANY
    report_type: Annotated[str, Meta(min_length=1, max_length=200)] = ANY
    seed: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    in_queue: Seconds | Time = 0.0
    in_progress: Seconds | Time = 0.0
    endings: tuple[Ending, ...] = ()
    too_soon: TooSoon | None = None
    quota: Quota | None = None
    answers: tuple[ForcedAnswer, ...] = ()
    access_token_seconds: Annotated[int, Meta(ge=1, le=3600)] | None = None
    unknown_seconds: Seconds = 0.0
    document: DocumentForm = DocumentForm()
    cut: Cut | None = None
    link: LinkLife | None = None
    other_application: OtherApplication | None = None

    def __post_init__(self) -> None:
        if self.other_application and self.report_type == ANY:
            raise ValueError("`otherApplication` needs a `reportType`")

    @property
    def key(self) -> tuple[str, str]:
        """Seller and report type; there is one scenario for each two."""
        return self.seller_id, self.report_type

    @property
    def content(self) -> dict[str, object]:
        """All but the key, as JSON objects; what is as it would be anyway is left out."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if name not in KEY}


KEY = ("sellerId", "reportType")
