"""What can be subscribed to: which lines of the ledger are news, under which names, and what the news says.

A new kind of event is an entry of `KINDS`, and a line of the ledger that carries what its receivers are to know.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from daybook.activity import Event
from daybook.kernel.errors import InvalidInput
from daybook.notifications.news import EndedReport, EventType, News
from daybook.stalled import STALLED

VERSION = "V1"
"""Of every event (seed 002, Event Version)."""
_IDS = uuid.UUID("8f6d2a0e-3c1b-5b7e-9d42-6a1f0c9e7b55")
_MADE_BY_A_SCHEDULE = "reportId"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: its name and its resource as subscriptions have them (seed 002), and where it is found."""

    name: str
    resource: str
    type: EventType
    subject: str
    tells: Callable[[Event], bool]
    """Whether a line of the ledger about the subject is such an event."""
    statuses: tuple[str, ...] = ()
    """The statuses that a subscription may choose from; none where there is nothing to choose."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Other words for them, and the statuses that each stands for."""

    def statuses_of(self, words: Iterable[str]) -> tuple[str, ...]:
        """The statuses that the words name, in any case, each once. Raises InvalidInput for a word that names none."""
        return tuple(dict.fromkeys(status for word in words for status in self._named(word)))

    def _named(self, word: str) -> tuple[str, ...]:
        said = word.upper()
        if said in self.statuses:
            return (said,)
        if said in self.words:
            return self.words[said]
        others = "".join(f"; {other} for {' and '.join(named)}" for other, named in self.words.items())
        allowed = ", ".join(self.statuses) + others if self.statuses else "none: leave them out"
        raise InvalidInput(f"{word[:40]!r} is no status of {self.name}.", f"Statuses: {allowed}.")


def _is_end(event: Event) -> bool:
    return event.to_status in REPORT_STATUS.statuses


def _fired(event: Event) -> bool:
    return event.from_status == event.to_status and _MADE_BY_A_SCHEDULE in event.evidence


def _stalled(event: Event) -> bool:
    return event.to_status == STALLED


REPORT_STATUS = Kind(
    "REPORT_STATUS",
    "REPORTS",
    EventType.REPORT_ENDED,
    "report",
    _is_end,
    ("DONE", "CANCELLED", "FATAL"),
    {"READY": ("DONE",), "ERROR": ("FATAL", "CANCELLED")},  # as the format walmart calls them (seed 002)
)
REPORT_STALLED = Kind("REPORT_STALLED", "REPORTS", EventType.REPORT_STALLED, "report", _stalled)
SCHEDULE_FIRED = Kind("SCHEDULE_FIRED", "SCHEDULES", EventType.SCHEDULE_FIRED, "schedule", _fired)
BATCH_FINISHED = Kind(
    "BATCH_FINISHED", "BATCHES", EventType.BATCH_FINISHED, "batch", lambda event: event.to_status == "ended"
)
BATCH_STALLED = Kind("BATCH_STALLED", "BATCHES", EventType.BATCH_STALLED, "batch", _stalled)
DESTINATION_FAILING = Kind(
    "DESTINATION_FAILING",
    "DESTINATIONS",
    EventType.DESTINATION_FAILING,
    "destination",
    lambda event: event.to_status == "FAILING",
)
DESTINATION_DISABLED = Kind(
    "DESTINATION_DISABLED",
    "DESTINATIONS",
    EventType.DESTINATION_DISABLED,
    "destination",
    lambda event: event.to_status == "INACTIVE",
)
INBOUND_SILENT = Kind(
    "INBOUND_SILENT", "INBOUND", EventType.INBOUND_SILENT, "inbound", lambda event: event.to_status == "SILENT"
)
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        REPORT_STATUS,
        REPORT_STALLED,
        SCHEDULE_FIRED,
        BATCH_FINISHED,
        BATCH_STALLED,
        DESTINATION_FAILING,
        DESTINATION_DISABLED,
        INBOUND_SILENT,
    )
}


def find_kind(name: str) -> Kind:
    """The kind of that name, in any case. Raises InvalidInput, which lists those there are."""
    found = KINDS.get(name.upper())
    if found is None:
        raise InvalidInput(f"There is no event type {name[:40]!r}.", f"Event types: {', '.join(KINDS)}.")
    return found


def kind_of(event: Event) -> Kind | None:
    """The kind of news that a line of the ledger is; None for all other lines."""
    for kind in KINDS.values():
        if kind.subject == event.subject and kind.tells(event):
            return kind
    return None


def news_of(event: Event, kind: Kind, number: int) -> News:
    """The news of an event, which is the `number`-th line of the ledger about its subject."""
    report = _report(event) if kind is REPORT_STATUS else None
    return News(
        event_id=event_id(event),
        type=kind.type,
        at=event.at,
        seller_id=event.seller_id,
        resource=kind.resource,
        resource_id=event.subject_id,
        sequence=number,
        report=report,
        facts={} if report else dict(event.evidence),
    )


def event_id(event: Event) -> str:
    """The event's id: the same however often it is told, and to whomever."""
    line = f"{event.seller_id}/{event.subject}/{event.subject_id}/{event.sequence}/{event.at.isoformat()}"
    return str(uuid.uuid5(_IDS, line))


def _report(event: Event) -> EndedReport:
    """Lines of before reports told all that they are have less, and are told with it."""
    told: Mapping[str, Any] = event.evidence
    created = told.get("createdTime")
    return EndedReport(
        report_type=told.get("reportType", ""),
        version=told.get("reportVersion", "v1"),
        status=event.to_status,
        outcome=told.get("outcome", ""),
        created_at=datetime.fromisoformat(created) if created else event.at,
        ended_at=event.at,
        error_description=told.get("evidence", ""),
        document_id=told.get("documentId"),
        application_id=told.get("clientId"),
    )
