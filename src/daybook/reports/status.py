"""What a report's status can be, who moves it, and why it ended as it did."""

from enum import StrEnum


class Status(StrEnum):
    """A report's processing status: Amazon's own words (seed 004, ProcessingStatus)."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FATAL = "FATAL"


class Outcome(StrEnum):
    """Why a report ended; Amazon's statuses alone do not tell."""

    DATA = "data"
    NO_DATA = "no_data"
    CANCELLED_BY_REQUEST = "cancelled_by_request"
    CANCELLED_UPSTREAM = "cancelled_upstream"
    TOO_SOON = "too_soon"
    FAILED = "failed"


SENTENCES: dict[Status | Outcome, str] = {
    Status.IN_QUEUE: "Asked for by an application or a schedule; it may wait for another report of its type.",
    Status.IN_PROGRESS: "A worker has taken it and is making its document.",
    Status.DONE: "A worker has made its document.",
    Status.CANCELLED: "Its application cancelled it while it was in the queue, or a worker found no data.",
    Status.FATAL: "A worker could not make its document; where there is a document, it says why.",
    Outcome.DATA: "There is a document.",
    Outcome.NO_DATA: "There was nothing to report; asking again at once would find the same.",
    Outcome.CANCELLED_BY_REQUEST: "Cancelled by cancelReport before it was started.",
    Outcome.CANCELLED_UPSTREAM: "Cancelled by the marketplace, which did not say why.",
    Outcome.TOO_SOON: "The same type was asked for again before it may be.",
    Outcome.FAILED: "It could not be made; the document or the evidence says why.",
}
"""A sentence for a person: what the word means, and who moves a report there."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.IN_QUEUE: frozenset({Status.IN_PROGRESS, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.CANCELLED, Status.FATAL}),
    Status.DONE: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.FATAL: frozenset(),
}

ENDED = frozenset(status for status, moves in MOVES.items() if not moves)
