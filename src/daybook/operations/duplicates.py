"""Finds the lines of a batch that change the same thing of the same SKU, in little memory however long the file is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from daybook.operations.drafting import Draft
from daybook.operations.kinds.registry import all_kinds

Thing = tuple[str, str, str]
"""What a line changes: what of a listing, the marketplace, and the SKU."""

Lookup = Callable[[Sequence[str]], Iterable[tuple[str, str, str, int]]]
"""SKUs in; reference, kind, marketplace id and line of the lines that are stored already out."""

_BITS = 26
_MASK = (1 << _BITS) - 1


def thing_of(kind: str, marketplace_id: str, reference: str) -> Thing:
    """What an operation changes."""
    return all_kinds()[kind].changes, marketplace_id, reference


class Filter:
    """Remembers things in 8 MB: what it does not know is new for certain; what it knows may yet be new.

    Of a million, it takes some nine hundred for known that are not; the stored lines then tell.
    """

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))

    def may_know(self, thing: Thing) -> bool:
        """Whether the thing may have been here before; from now on it has."""
        number = hash(thing)
        first, second = number & _MASK, (number >> _BITS) & _MASK
        bits = self._bits
        known = bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1
        bits[first >> 3] |= 1 << (first & 7)
        bits[second >> 3] |= 1 << (second & 7)
        return bool(known)


@dataclass(slots=True)
class Duplicates:
    """Tells, chunk after chunk of a file, which line has said the same before."""

    lookup: Lookup
    filter: Filter

    def of(self, drafts: Sequence[Draft]) -> Mapping[int, int]:
        """For each line of the chunk that repeats an earlier one: the earlier line."""
        found: dict[int, int] = {}
        here: dict[Thing, int] = {}
        unsure: list[tuple[Thing, int]] = []
        for draft in drafts:
            if draft.code is not None:
                continue
            thing = thing_of(draft.kind, draft.marketplace_id, draft.reference)
            if self.filter.may_know(thing):
                if thing in here:
                    found[draft.line] = here[thing]
                    continue
                unsure.append((thing, draft.line))
            here[thing] = draft.line
        return found | self._stored(unsure) if unsure else found

    def _stored(self, unsure: Sequence[tuple[Thing, int]]) -> dict[int, int]:
        rows = self.lookup([reference for (_, _, reference), _ in unsure])
        stored = {thing_of(kind, marketplace_id, reference): line for reference, kind, marketplace_id, line in rows}
        return {line: stored[thing] for thing, line in unsure if thing in stored}
