"""A request that is ready to leave."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

_OPEN = frozenset({"accept", "content-type", "webhook-id", "webhook-timestamp", "x-daybook-sequence"})
"""Headers whose values nobody needs to hide."""
_SHORTEST = 6
"""Characters; what is shorter stands in any text by chance."""
_HIDDEN = b"***"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A POST to a user's URL. The URL has not been vetted; the sender does that on every attempt."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def without_proofs(self, said: bytes) -> bytes:
        """What a receiver said without the secrets that it was shown: some answer with what they were asked."""
        proofs = {form for proof in self._proofs() for form in (proof, proof.replace("/", "\\/"))}  # JSON may escape it
        for proof in sorted(proofs, key=len, reverse=True):
            if len(proof) >= _SHORTEST:
                said = said.replace(proof.encode(), _HIDDEN)
        return said

    def _proofs(self) -> Iterator[str]:
        for name, value in self.headers.items():
            if name.lower() not in _OPEN:
                word = value.rpartition(" ")[2]
                yield from (value, word, _password(word))


def _password(pair: str) -> str:
    """That of Basic; nothing where the text is no such pair."""
    with suppress(ValueError):
        return base64.b64decode(pair, validate=True).decode().partition(":")[2]
    return ""
