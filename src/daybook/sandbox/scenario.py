"""What shall happen to calls and changes, as an operator writes it in TOML; docs/sandbox.md has every part.

Times are in seconds of the sandbox's clock. Every part is optional, and a part that is left out changes nothing.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from daybook.kernel.errors import Misconfigured
from daybook.reports.scenarios.forms import Form, Mistake
from daybook.reports.scenarios.scenario import ANY, Calls, Count, Part, Seconds, Time

OperationName = Literal["putListingsItem", "patchListingsItem", "deleteListingsItem", "getListingsItem", "token"]
TOKEN = "token"  # noqa: S105  the name of an operation
Answered = Literal[429, 500, 503, "half", "nothing"]


class Some(Calls, frozen=True, kw_only=True):
    """Which calls something happens to: the `first` so many of a seller's calls of the operation, the first so many
    for each item (`firstOfItem`), or a `share` of them, drawn by the seed; every one where none is given.

    `operation` narrows it to one; `token` is meant only where it is named.
    """

    operation: OperationName | None = None
    first_of_item: Count | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.first_of_item is not None and (self.first is not None or self.share is not None):
            raise ValueError("`firstOfItem` excludes `first` and `share`")


class ForcedAnswer(Some, frozen=True, kw_only=True):
    """Calls that are answered 429, 500, 503 as HTML, with `half` of the body, or with `nothing` until the caller hangs
    up. `acts`: the change is made all the same, as it is for `half` and `nothing` unless that is false.
    """

    answer: Answered
    acts: bool | None = None

    @property
    def does_act(self) -> bool:
        """Whether the change is made, though the caller does not learn it."""
        return self.answer in ("half", "nothing") if self.acts is None else self.acts


class Rejection(Some, frozen=True, kw_only=True):
    """Changes that are answered INVALID, with an issue of the code."""

    code: str = "90220"
    attribute_names: tuple[str, ...] = ()


class LateIssue(Some, frozen=True, kw_only=True):
    """Changes that are ACCEPTED, and get an issue when they are processed; an ERROR keeps a change from being made."""

    code: str = "8541"
    severity: Literal["ERROR", "WARNING", "INFO"] = "ERROR"
    attribute_names: tuple[str, ...] = ()


class Outage(Part, frozen=True, kw_only=True):
    """Everything, tokens too, is answered 503 in HTML: from so long after the start, for so long."""

    seconds: Seconds
    after_seconds: Seconds = 0.0


class Scenario(Part, frozen=True, kw_only=True):
    """What happens to the calls and changes of a seller; `processing` is how long a change takes to be in effect."""

    seller_id: Annotated[str, Meta(pattern=r"^(\*|[A-Za-z0-9._-]{1,64})$")] = ANY
    seed: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    processing: Seconds | Time = 0.0
    answers: tuple[ForcedAnswer, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    late_issues: tuple[LateIssue, ...] = ()
    down: Outage | None = None
    access_token_seconds: Annotated[int, Meta(ge=1, le=3600)] = 3600


_FORM = Form(
    Scenario,
    {
        "processing": Time,
        "answers": ForcedAnswer,
        "rejections": Rejection,
        "lateIssues": LateIssue,
        "down": Outage,
    },
    "docs/sandbox.md has every part.",
)
NONE = Scenario()


class Scenarios:
    """The scenarios of a sandbox, by seller."""

    def __init__(self, scenarios: Sequence[Scenario] = ()) -> None:
        self._by_seller: Mapping[str, Scenario] = {one.seller_id: one for one in scenarios}

    def of(self, seller_id: str) -> Scenario:
        """The seller's own, or else that of all sellers."""
        return self._by_seller.get(seller_id) or self._by_seller.get(ANY, NONE)


def read_scenarios(file: Path | None) -> Scenarios:
    """The scenarios of a file, if there is one. Raises Misconfigured naming file, line, key and reason."""
    if file is None:
        return Scenarios()
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Misconfigured(f"The scenarios in {file} cannot be read: {reason}.", "See --scenarios.") from error
    return Scenarios(_FORM.read_all(text, str(file), partial(_new, {})))


def _new(known: dict[str, int], content: object, number: int) -> Scenario:
    scenario = _FORM.read(content)
    earlier = known.setdefault(scenario.seller_id, number)
    if earlier != number:
        raise Mistake(f"scenario {earlier} is for the same seller", "sellerId")
    return scenario
