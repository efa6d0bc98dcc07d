"""A request that is ready to leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A POST to a user's URL. The URL has not been vetted; the sender does that on every attempt."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
