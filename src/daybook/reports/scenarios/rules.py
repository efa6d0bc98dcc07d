"""What a scenario says of one report: when it begins, when it ends, and how; and whether it may be asked for at all.

Everything is read from the reports themselves, so that a restart changes nothing: a report's number is its place among
the seller's reports of the type since the scenario held, and the draws follow from the seed and that number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypeVar

from daybook.kernel.errors import QuotaExceeded
from daybook.reports.reports import Report
from daybook.reports.scenarios.draws import fraction, happens, seconds
from daybook.reports.scenarios.ports import ScenariosPort
from daybook.reports.scenarios.scenario import Calls, Ending, ForcedAnswer, Time
from daybook.reports.scenarios.snapshot import Entry, Snapshot

_TICK = timedelta(microseconds=1)
SHARED_OF = 50
"""How many of the last reports are looked at for a document to share."""

C = TypeVar("C", bound=Calls)


class Repeat(IntEnum):
    """How often the type had been asked for shortly before."""

    CANCELLED = 1
    FATAL = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """A scenario, with the transaction in which it is applied."""

    tx: ScenariosPort
    entry: Entry

    def begins_at(self, report: Report) -> datetime:
        """When the report leaves the queue, if no other of its type is in its way."""
        return report.created_at + self._time("inQueue", self.entry.scenario.in_queue, report)

    def ends_at(self, report: Report) -> datetime:
        """When a report that is in progress ends."""
        begun = report.started_at or report.created_at
        return begun + self._time("inProgress", self.entry.scenario.in_progress, report)

    def repeat(self, report: Report) -> Repeat | None:
        """How the report ends because it was asked for too soon; None where it was not."""
        rule = self.entry.scenario.too_soon
        if rule is None:
            return None
        since = report.created_at - timedelta(minutes=rule.minutes) + _TICK
        repeats = self.tx.reports_made(report.seller_id, report.report_type, since, report)
        return Repeat(min(repeats, Repeat.FATAL)) if repeats else None

    def ending(self, report: Report) -> Ending | None:
        """How the report ends instead of being produced; None where it is produced."""
        number = self._number(report)
        return self._first(self.entry.scenario.endings, number, "ending", report.seller_id, report.report_type)

    def shared_document(self, report: Report) -> str | None:
        """The document that the report shares with one that differs from it by less than the scenario says."""
        window = timedelta(seconds=self.entry.scenario.document.shared_seconds)
        if not window:
            return None
        ended = self.tx.reports_ended(report.seller_id, report.report_type, SHARED_OF)
        alike = (other.document_id for other in ended if other.document_id and _alike(other, report, window))
        return next((shared for shared in alike if self._is_young(report, shared, window)), None)

    def require_admissible(self, now: datetime, seller_id: str, report_type: str) -> None:
        """Raises QuotaExceeded where the type was asked for too often, or too soon."""
        scenario, quota, spans = self.entry.scenario, self.entry.scenario.quota, list[tuple[datetime, int]]()
        if scenario.too_soon:
            spans.append((now - timedelta(minutes=scenario.too_soon.minutes) + _TICK, Repeat.REFUSED))
        if quota and quota.requests and quota.minutes:
            spans.append((now - timedelta(minutes=quota.minutes) + _TICK, quota.requests))
        if quota and quota.per_day:
            spans.append((now.replace(hour=0, minute=0, second=0, microsecond=0), quota.per_day))
        if spans:
            self.tx.lock_seller(seller_id)
        if any(self.tx.reports_made(seller_id, report_type, since) >= most for since, most in spans):
            raise QuotaExceeded

    def forced(self, operation: str, seller_id: str) -> ForcedAnswer | None:
        """What the call, which is counted herewith, is answered instead; None where it is served."""
        rules = [answer for answer in self.entry.scenario.answers if answer.operation == operation]
        return self.counted(rules, operation, seller_id) if rules else None

    def counted(self, rules: Sequence[C], subject: str, seller_id: str) -> C | None:
        """The first of the rules that holds for the subject's next time, which is counted herewith."""
        number = 1
        if any(rule.first is not None or rule.share is not None for rule in rules):
            number = self.tx.count_scenario(self.entry.edition, seller_id, subject)
        return self._first(rules, number, subject, seller_id)

    def _first(self, rules: Sequence[C], number: int, *names: str) -> C | None:
        seed = self.entry.scenario.seed
        drawn = (fraction(seed, place, number, *names) for place in range(len(rules)))
        return next((rule for rule, one in zip(rules, drawn, strict=True) if happens(rule, number, one)), None)

    def _is_young(self, report: Report, document_id: str, window: timedelta) -> bool:
        """Whether the document itself was made within the window; it may have been shared before."""
        document = self.tx.document(report.seller_id, document_id)
        return document is not None and report.created_at - document.created_at < window

    def _time(self, name: str, time: float | Time, report: Report) -> timedelta:
        """How long; where it is drawn, the name is part of the draw."""
        if not isinstance(time, Time):
            return timedelta(seconds=time)
        drawn = fraction(self.entry.scenario.seed, name, report.seller_id, report.report_type, self._number(report))
        return timedelta(seconds=seconds(time, drawn))

    def _number(self, report: Report) -> int:
        """1 for the first report of the type since the scenario held."""
        return self.tx.reports_made(report.seller_id, report.report_type, self.entry.since, report) + 1


def rules_for(tx: ScenariosPort, scenarios: Snapshot, seller_id: str, report_type: str) -> Rules | None:
    """The rules for the seller's reports of the type; None where no scenario concerns them."""
    entry = scenarios.find(seller_id, report_type)
    return None if entry is None else Rules(tx, entry)


def _alike(other: Report, report: Report, window: timedelta) -> bool:
    """Whether the two ask for the same, with times that differ by less than the window."""
    apart = (
        report.created_at - other.created_at,
        report.data_start - other.data_start,
        report.data_end - other.data_end,
    )
    same = (set(other.marketplace_ids), dict(other.options)) == (set(report.marketplace_ids), dict(report.options))
    return same and all(abs(span) < window for span in apart)
