"""What an operation's and a batch's status can be, who moves it, and the words that each reader has for it."""

from enum import StrEnum


class Status(StrEnum):
    """Where one operation stands."""

    QUEUED = "queued"
    HELD = "held"
    THROTTLED = "throttled"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    ACCEPTED = "accepted"
    SUCCESS = "success"
    INVALID = "invalid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


SENTENCES: dict[Status, str] = {
    Status.QUEUED: "It waits for its turn; a worker sends it.",
    Status.HELD: "A price guard or the guard against loops stopped it; a person approves or cancels it.",
    Status.THROTTLED: "The marketplace refused it for its usage plan, failed, or was away; a worker tries it again.",
    Status.SENDING: "A worker is sending it now.",
    Status.UNCERTAIN: "It was sent and no answer came; a worker looks whether it was done before it sends it again.",
    Status.ACCEPTED: "The marketplace has taken it, and it is not in effect yet; a worker looks until it is.",
    Status.SUCCESS: "The marketplace says that it is in effect.",
    Status.INVALID: "Refused here before it was sent; the last error says why. Correct the line and submit it again.",
    Status.REJECTED: "The marketplace refused it; the last error says why.",
    Status.CANCELLED: "A person cancelled it before it was sent.",
}
"""A sentence for a person: what the word means, and who moves an operation on."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.SENDING, Status.CANCELLED}),
    Status.HELD: frozenset({Status.QUEUED, Status.CANCELLED}),
    Status.THROTTLED: frozenset({Status.SENDING, Status.CANCELLED}),
    Status.SENDING: frozenset(
        {
            Status.QUEUED,
            Status.HELD,
            Status.THROTTLED,
            Status.UNCERTAIN,
            Status.ACCEPTED,
            Status.SUCCESS,
            Status.REJECTED,
        }
    ),
    Status.UNCERTAIN: frozenset({Status.QUEUED, Status.ACCEPTED, Status.SUCCESS, Status.REJECTED}),
    Status.ACCEPTED: frozenset({Status.SUCCESS, Status.REJECTED}),
    Status.SUCCESS: frozenset(),
    Status.INVALID: frozenset(),
    Status.REJECTED: frozenset({Status.QUEUED}),
    Status.CANCELLED: frozenset(),
}
"""The moves there are. A rejected operation is queued again when somebody retries it."""

FIRST = frozenset({Status.QUEUED, Status.HELD, Status.INVALID})
"""What an operation can be when it is submitted."""

SENDABLE = (Status.QUEUED, Status.THROTTLED)
"""What a worker sends from; held ones wait for a person."""

MOVING = frozenset({Status.QUEUED, Status.THROTTLED, Status.SENDING, Status.UNCERTAIN, Status.ACCEPTED})
"""What ends without a person's help; a batch with such operations that makes no progress has stalled."""

ENDED = frozenset({Status.SUCCESS, Status.INVALID, Status.REJECTED, Status.CANCELLED})
"""A batch all of whose operations are these has ended."""


class Shown(StrEnum):
    """The three words of an operation report (seed 000, Operation Status)."""

    QUEUED = "Queued"
    SUCCESS = "Success"
    ERROR = "Error"


SHOWN: dict[Status, Shown] = {
    Status.QUEUED: Shown.QUEUED,
    Status.HELD: Shown.QUEUED,
    Status.THROTTLED: Shown.QUEUED,
    Status.SENDING: Shown.QUEUED,
    Status.UNCERTAIN: Shown.QUEUED,
    Status.ACCEPTED: Shown.QUEUED,
    Status.SUCCESS: Shown.SUCCESS,
    Status.INVALID: Shown.ERROR,
    Status.REJECTED: Shown.ERROR,
    Status.CANCELLED: Shown.ERROR,
}


def statuses_shown(word: Shown) -> tuple[Status, ...]:
    """The statuses that a reader sees as the word."""
    return tuple(status for status, shown in SHOWN.items() if shown is word)


def tries_again(status: Status) -> bool:
    """Whether an error beside the status is an earlier attempt's: it waits for the next, and not for a person."""
    return SHOWN[status] is Shown.QUEUED and status is not Status.HELD


class BatchStatus(StrEnum):
    """Where a batch stands as a whole; its counts say where its operations do."""

    RECEIVING = "receiving"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    ABANDONED = "abandoned"


BATCH_SENTENCES: dict[BatchStatus, str] = {
    BatchStatus.RECEIVING: "Its file is being read; nothing of it is sent before the last line is here.",
    BatchStatus.RUNNING: "Its operations are sent as their turn comes, from its start time on.",
    BatchStatus.PAUSED: "A person paused it: what is queued waits, what was sent comes to its end.",
    BatchStatus.ENDED: "Every operation has its final status. A retry makes it run again.",
    BatchStatus.ABANDONED: "Its file never came to an end. Nothing of it is ever sent, and its lines are removed.",
}

BATCH_MOVES: dict[BatchStatus, frozenset[BatchStatus]] = {
    BatchStatus.RECEIVING: frozenset({BatchStatus.RUNNING, BatchStatus.ENDED, BatchStatus.ABANDONED}),
    BatchStatus.RUNNING: frozenset({BatchStatus.PAUSED, BatchStatus.ENDED}),
    BatchStatus.PAUSED: frozenset({BatchStatus.RUNNING, BatchStatus.ENDED}),
    BatchStatus.ENDED: frozenset({BatchStatus.RUNNING}),
    BatchStatus.ABANDONED: frozenset(),
}
