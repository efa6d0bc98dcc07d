"""What a notification that came in, and a report that is followed, can be; and who moves them."""

from enum import StrEnum


class Source(StrEnum):
    """Where a notification comes from, and where a followed report is made."""

    WALMART = "walmart"
    AMAZON = "amazon"


class InboundStatus(StrEnum):
    """What became of a notification that came in."""

    MATCHED = "MATCHED"
    UNMATCHED = "UNMATCHED"
    KEPT = "KEPT"
    BAD = "BAD"


class FollowedStatus(StrEnum):
    """Where a followed report stands, by what its marketplace answered."""

    WAITING = "WAITING"
    READY = "READY"
    FAILED = "FAILED"
    LOST = "LOST"


SENTENCES: dict[InboundStatus | FollowedStatus, str] = {
    InboundStatus.MATCHED: "It is about a report that is followed, which was looked at for its sake.",
    InboundStatus.UNMATCHED: "It is about a report that nobody follows; following it later matches it.",
    InboundStatus.KEPT: "It is about something else than a report, and is kept as it came.",
    InboundStatus.BAD: "It could not be read; its text is kept.",
    FollowedStatus.WAITING: "The marketplace has not ended it, as far as it has answered.",
    FollowedStatus.READY: "The marketplace answered that it can be downloaded.",
    FollowedStatus.FAILED: "The marketplace answered that it could not be made; the description has its words.",
    FollowedStatus.LOST: "The marketplace knows no such report; it is asked again only when news comes.",
}
"""A sentence for a person: what the word means, and who moves a thing there."""

MOVES: dict[FollowedStatus, frozenset[FollowedStatus]] = {
    FollowedStatus.WAITING: frozenset({FollowedStatus.READY, FollowedStatus.FAILED, FollowedStatus.LOST}),
    FollowedStatus.READY: frozenset({FollowedStatus.FAILED}),
    FollowedStatus.FAILED: frozenset({FollowedStatus.READY}),
    FollowedStatus.LOST: frozenset({FollowedStatus.WAITING, FollowedStatus.READY, FollowedStatus.FAILED}),
}
"""Only an answer of the marketplace moves a followed report. News that says otherwise than the report stands has the
marketplace asked once more; an answer that would take READY or FAILED back to WAITING leaves it as it is."""

_CLAIMS = {
    **dict.fromkeys(("READY", "COMPLETED", "DONE"), FollowedStatus.READY),
    **dict.fromkeys(("ERROR", "FAILED", "FATAL", "CANCELLED"), FollowedStatus.FAILED),
}


def claimed(word: str) -> FollowedStatus:
    """What a marketplace's word for a report's status says; a word that is not known says that it goes on."""
    return _CLAIMS.get(word.upper(), FollowedStatus.WAITING)
