"""Followed reports: asked for at a marketplace, and looked at there until they have ended.

The marketplace's answer alone moves one. It is asked at the times of a waiting plan; news only brings the next look
forward, so that a notification that is lost delays a result, and none that is forged makes one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from daybook.activity import Event, known
from daybook.client.requests.polling import PollingPlan
from daybook.kernel.errors import TOLD, InvalidInput, NotFound
from daybook.kernel.ids import Randomness
from daybook.lanes import Lane, WorkClass
from daybook.notifications.inbound import silence
from daybook.notifications.inbound.asking import Answer, Away, NotKnown, Told
from daybook.notifications.inbound.ports import FollowedReportsPort
from daybook.notifications.inbound.reading import LONGEST, Reading
from daybook.notifications.inbound.silence import Patience
from daybook.notifications.inbound.status import MOVES, FollowedStatus, Source, claimed

FOLLOWED = "followed-reports"
SUBJECT = "followed-report"
LEAST_APART = timedelta(seconds=2)
"""Between two looks at one report, however much news there is of it."""
GRACE = timedelta(minutes=15)
"""For so long a marketplace may not know yet what it was asked for."""
FOLLOWED_FOR = timedelta(days=90)
"""After that a report that still has not ended is LOST: no marketplace keeps one for longer."""
_LONGEST_PAUSE = 600.0
_TRIES = 5

PLANS: dict[Source, PollingPlan] = {
    Source.WALMART: PollingPlan(usual=1800.0, first=30.0, shortest=15.0),
    Source.AMAZON: PollingPlan(),
}
"""When reports are looked at. Walmart's take 15 to 45 minutes (its page "On-request reports API overview")."""


@dataclass(frozen=True, slots=True)
class FollowedReport:
    """A report at a marketplace. `word` is how that last called its status; `version` counts its changes."""

    seller_id: str
    source: Source
    report_id: str
    report_type: str
    status: FollowedStatus
    word: str
    description: str
    document_id: str
    fault: str
    asked_at: datetime
    created_at: datetime
    looked_at: datetime | None
    next_look_at: datetime | None
    hinted_at: datetime | None
    ended_at: datetime | None
    failures: int
    version: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants followed. A report whose time is not given was asked for at this moment."""

    seller_id: str
    source: Source
    report_id: str
    report_type: str = ""
    asked_at: datetime | None = None


def followed_lane(seller_id: str, source: Source) -> Lane:
    """A seller's reports at one marketplace are looked at in one lane."""
    return Lane(FOLLOWED, f"{seller_id}/{source}")


def looked_at_in(lane: Lane) -> tuple[str, Source]:
    """The seller and the marketplace of a lane."""
    seller_id, _, source = lane.key.rpartition("/")
    return seller_id, Source(source)


def follow(tx: FollowedReportsPort, now: datetime, draft: Draft, actor: str) -> FollowedReport:
    """The report, followed from now on; one that is followed already stays as it is. Raises InvalidInput.

    News that came in before it was followed is about it from now on.
    """
    _check(draft, now)
    report = _new(draft, now)
    if not tx.add_followed_report(report):
        return find(tx, draft.seller_id, draft.source, draft.report_id)
    news = tx.match_inbound_events(report.seller_id, report.source, report.report_id)
    tx.wake(followed_lane(report.seller_id, report.source), WorkClass.INTERACTIVE)
    _tell(tx, now, report, None, actor, known(reportType=report.report_type, news=news))
    return report


def find(tx: FollowedReportsPort, seller_id: str, source: Source, report_id: str) -> FollowedReport:
    """The seller's followed report. Raises NotFound."""
    report = tx.followed_report(seller_id, source, report_id)
    if report is None:
        raise NotFound("The followed report could not be found.", f"{source}: {report_id[:TOLD]}")
    return report


def hint(tx: FollowedReportsPort, now: datetime, report: FollowedReport, reading: Reading) -> None:
    """News about a followed report: if it says otherwise than the report stands, that is looked at now."""
    claim = claimed(reading.status)
    if report.status in (FollowedStatus.READY, FollowedStatus.FAILED) and claim is FollowedStatus.WAITING:
        return  # it has come late
    if report.status is claim and claim is not FollowedStatus.WAITING:
        _describe(tx, now, report, reading.description)
        return
    current: FollowedReport | None = report
    while current is not None:
        soon = now if current.looked_at is None else max(now, current.looked_at + LEAST_APART)
        due = soon if current.next_look_at is None else min(soon, current.next_look_at)
        if tx.change_followed_report(current, next_look_at=due, hinted_at=now):
            delay = max(0.0, (due - now).total_seconds())
            tx.wake(followed_lane(report.seller_id, report.source), WorkClass.INTERACTIVE, delay)
            return
        current = tx.followed_report(report.seller_id, report.source, report.report_id)


def take(tx: FollowedReportsPort, now: datetime, seller_id: str, source: Source, limit: int) -> list[FollowedReport]:
    """What is to be looked at."""
    return tx.followed_reports_due(seller_id, source, now, limit)


def next_in(tx: FollowedReportsPort, now: datetime, seller_id: str, source: Source) -> float | None:
    """Seconds until something is to be looked at; None where nothing is."""
    due = tx.followed_reports_next_due(seller_id, source)
    return None if due is None else max(0.0, (due - now).total_seconds())


def record(
    tx: FollowedReportsPort,
    now: datetime,
    looked: FollowedReport,
    began: datetime,
    answer: Answer,
    randomness: Randomness,
    patience: Patience,
) -> None:
    """Writes down what the marketplace answered to a look that began then."""
    for _ in range(_TRIES):
        before = tx.followed_report(looked.seller_id, looked.source, looked.report_id)
        if before is None:
            return
        changes = _changes(tx, now, before, answer, randomness)
        if before.hinted_at is not None and before.hinted_at > began:  # news came meanwhile
            changes["next_look_at"] = now + LEAST_APART
        if tx.change_followed_report(before, **changes):
            _note(tx, now, before, replace(before, **changes), patience)
            return


def _changes(
    tx: FollowedReportsPort, now: datetime, before: FollowedReport, answer: Answer, randomness: Randomness
) -> dict[str, Any]:
    if isinstance(answer, Away):
        failures = before.failures + 1
        pause = max(answer.retry_after, min(_LONGEST_PAUSE, 2.0**failures))
        again = max(_planned(before, now, randomness), now + timedelta(seconds=pause))
        return {"looked_at": now, "failures": failures, "fault": answer.message[:LONGEST], "next_look_at": again}
    found = _told(tx, before, answer) if isinstance(answer, Told) else _not_known(before, now, answer)
    status = found.get("status", before.status)
    if status is FollowedStatus.WAITING and now - before.asked_at > FOLLOWED_FOR:
        status, found["fault"] = FollowedStatus.LOST, f"It has not ended in {FOLLOWED_FOR.days} days."
    ended = status is not FollowedStatus.WAITING
    return {
        "fault": "",
        **found,
        "status": status,
        "looked_at": now,
        "failures": 0,
        "next_look_at": None if ended else _planned(before, now, randomness),
        "ended_at": (before.ended_at or now) if ended else None,
    }


def _told(tx: FollowedReportsPort, before: FollowedReport, answer: Told) -> dict[str, Any]:
    """An answer that makes no legal move changes the word alone."""
    found: dict[str, Any] = {"word": answer.word[:LONGEST]}
    if answer.status is before.status or answer.status in MOVES[before.status]:
        found["status"] = answer.status
        found["description"] = ""
        if answer.status is FollowedStatus.FAILED:
            news = tx.inbound_description(before.seller_id, before.source, before.report_id)
            found["description"] = (answer.description or news)[:LONGEST]
    found |= known(report_type=answer.report_type[:LONGEST], document_id=answer.document_id[:LONGEST])
    return found


def _not_known(before: FollowedReport, now: datetime, answer: NotKnown) -> dict[str, Any]:
    lost = before.status is FollowedStatus.WAITING and now - before.asked_at > GRACE
    return {"fault": answer.message[:LONGEST]} | ({"status": FollowedStatus.LOST} if lost else {})


def _planned(report: FollowedReport, now: datetime, randomness: Randomness) -> datetime:
    age = max(0.0, (now - report.asked_at).total_seconds())
    return report.asked_at + timedelta(seconds=PLANS[report.source].next_look(age, randomness))


def _note(
    tx: FollowedReportsPort, now: datetime, before: FollowedReport, after: FollowedReport, patience: Patience
) -> None:
    """The ledger's line, where something is new; and whether news of it should have come."""
    same = (before.status, before.word, before.description) == (after.status, after.word, after.description)
    if not same:
        told = known(
            reportType=after.report_type,
            marketplaceStatus=after.word,
            errorDescription=after.description,
            fault=after.fault,
        )
        _tell(tx, now, after, before.status, f"{after.source}'s answer", told)
    if before.status is FollowedStatus.WAITING and after.status in (FollowedStatus.READY, FollowedStatus.FAILED):
        silence.ended(tx, now, after.seller_id, after.source, after.report_id, patience)


def _describe(tx: FollowedReportsPort, now: datetime, report: FollowedReport, description: str) -> None:
    """The words of an error that the marketplace's own answer did not have."""
    if report.status is not FollowedStatus.FAILED or report.description or not description:
        return
    if tx.change_followed_report(report, description=description):
        told = known(reportType=report.report_type, errorDescription=description)
        _tell(tx, now, report, report.status, "a notification", told)


def _tell(
    tx: FollowedReportsPort,
    now: datetime,
    report: FollowedReport,
    before: FollowedStatus | None,
    actor: str,
    evidence: dict[str, Any],
) -> None:
    about = f"{report.source}/{report.report_id}"
    tx.add_event(Event(report.seller_id, SUBJECT, about, before, report.status, actor, evidence, now))


def _check(draft: Draft, now: datetime) -> None:
    if not (0 < len(draft.report_id) <= LONGEST and draft.report_id.isprintable() and " " not in draft.report_id):
        raise InvalidInput("This is no id of a report.", f"reportId: {draft.report_id[:TOLD]!r}")
    if len(draft.report_type) > LONGEST or not draft.report_type.isprintable():
        raise InvalidInput("This is no report type.", f"reportType: {draft.report_type[:TOLD]!r}")
    if draft.asked_at is not None and draft.asked_at > now:
        raise InvalidInput("A report that is followed was asked for already.", f"It is {now.isoformat()} now.")


def _new(draft: Draft, now: datetime) -> FollowedReport:
    return FollowedReport(
        seller_id=draft.seller_id,
        source=draft.source,
        report_id=draft.report_id,
        report_type=draft.report_type,
        status=FollowedStatus.WAITING,
        word="",
        description="",
        document_id="",
        fault="",
        asked_at=draft.asked_at or now,
        created_at=now,
        looked_at=None,
        next_look_at=now,
        hinted_at=None,
        ended_at=None,
        failures=0,
        version=0,
    )
