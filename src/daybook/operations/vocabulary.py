"""One state, many words: how each of an operation's statuses, and each status of a report, is called elsewhere.

The columns are the vocabularies that readers know: the operation report's three words, an item sync's three, the
Reports API's five and the report notification's two. An item is synced by the operations that are sent for it, so its
words are those of the operation's status; an item's error is ours or the marketplace's besides. A dash says that a
vocabulary has no word, because it does not speak of such things yet. docs/statuses.md shows the table.
"""

from typing import NamedTuple

from daybook.operations.status import SHOWN, Shown, Status

NO_WORD = "-"


class Words(NamedTuple):
    """What one state is called by those who show it."""

    operation: str
    """Operation reports: Queued, Success, Error."""
    item: str
    """Item syncs: Pending, Finished, Error."""
    item_error: str
    """The type of an item's error: error validation (ours), error Amazon Response (theirs)."""
    report: str
    """The Reports API: IN_QUEUE, IN_PROGRESS, DONE, CANCELLED, FATAL."""
    notification: str
    """Report notifications of the older format: READY, ERROR; nothing is sent before the end."""


_ITEMS = {Shown.QUEUED: "Pending", Shown.SUCCESS: "Finished", Shown.ERROR: "Error"}
_ITEM_ERRORS = {Status.INVALID: "error validation", Status.REJECTED: "error Amazon Response"}
_REPORTS = {
    Status.QUEUED: "IN_QUEUE",
    Status.HELD: "IN_QUEUE",
    Status.THROTTLED: "IN_QUEUE",
    Status.SENDING: "IN_PROGRESS",
    Status.UNCERTAIN: "IN_PROGRESS",
    Status.ACCEPTED: "IN_PROGRESS",
    Status.SUCCESS: "DONE",
    Status.INVALID: NO_WORD,
    Status.REJECTED: "FATAL",
    Status.CANCELLED: "CANCELLED",
}
_NOTIFICATIONS = {"DONE": "READY", "FATAL": "ERROR", "CANCELLED": "ERROR"}

OPERATIONS: dict[str, Words] = {
    status.value: Words(
        SHOWN[status].value,
        _ITEMS[SHOWN[status]],
        _ITEM_ERRORS.get(status, NO_WORD),
        _REPORTS[status],
        _NOTIFICATIONS.get(_REPORTS[status], NO_WORD),
    )
    for status in Status
}
"""By an operation's status."""

REPORT_STATUSES: dict[str, Words] = {
    "IN_QUEUE": Words("Queued", "Pending", NO_WORD, "IN_QUEUE", NO_WORD),
    "IN_PROGRESS": Words("Queued", "Pending", NO_WORD, "IN_PROGRESS", NO_WORD),
}
"""By the status of a report that has not ended."""

REPORT_OUTCOMES: dict[str, Words] = {
    "data": Words("Success", "Finished", NO_WORD, "DONE", "READY"),
    "no_data": Words("Success", "Finished", NO_WORD, "CANCELLED", "ERROR"),
    "cancelled_by_request": Words("Error", "Error", NO_WORD, "CANCELLED", NO_WORD),
    "cancelled_upstream": Words("Error", "Error", NO_WORD, "CANCELLED", "ERROR"),
    "too_soon": Words("Error", "Error", NO_WORD, "CANCELLED", "ERROR"),
    "failed": Words("Error", "Error", "error Amazon Response", "FATAL", "ERROR"),
}
"""By a report's outcome. A report without data is a success with the note `no data`; one that was cancelled by request
is an error with the code CancelledByUser, and no notification is sent of it."""
