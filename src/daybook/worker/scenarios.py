"""The lane of the scenarios: other applications ask for reports, and productions that wait hear of a change."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from daybook.kernel.ids import Ids
from daybook.lanes import Held, Lane, LaneNotes, Step, WorkClass
from daybook.reports.reports import PRODUCTION, Report, enqueue
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.putting import scenarios_lane
from daybook.reports.scenarios.snapshot import NOTHING, Snapshot
from daybook.reports.status import Status
from daybook.store.store import Store
from daybook.store.transaction import Transaction

LONGEST = 60.0
FILE_LOOKED_AT_EVERY = 60.0
"""Seconds between two looks at a file of scenarios, while nothing else happens."""
ANOTHER = f"amzn1.application-oa2-client.{'0' * 32}"
"""The client id under which scenarios ask for reports: an application that no seller's programs know."""


def wake_scenarios(tx: LaneNotes) -> None:
    """Look now: what a Daybook does when it starts."""
    tx.wake(scenarios_lane(), WorkClass.NORMAL)


def scenarios_step(store: Store, scenarios: Scenarios, ids: Ids) -> Step:
    """The step of the scenarios' lane. Raises Unavailable where the database is away."""
    told = NOTHING

    def step(held: Held) -> None:
        nonlocal told
        told = store.do(partial(_look, scenarios, ids, told, held))

    return step


def _look(scenarios: Scenarios, ids: Ids, told: Snapshot, held: Held, tx: Transaction) -> Snapshot:
    """One look; answers the scenarios that every waiting production has heard of."""
    found = scenarios.fresh(tx)
    if found is not told:
        for key in tx.lanes_that_wait(PRODUCTION):
            tx.wake(Lane(PRODUCTION, key), WorkClass.NORMAL)
    waits = [_ask_when_due(tx, tx.now, ids, *asked) for asked in _asked(tx, found)]
    if scenarios.file is not None:
        waits.append(FILE_LOOKED_AT_EVERY)
    tx.release(held, min(waits, default=None))
    return found


def _asked(tx: Transaction, found: Snapshot) -> Iterator[tuple[str, tuple[str, ...], str, timedelta]]:
    """Seller, marketplaces, report type and how often: what other applications ask for."""
    types = {
        entry.scenario.report_type for entry in found.entries.values() if entry.scenario.other_application is not None
    }
    for seller in tx.sellers() if types else ():
        for report_type in sorted(types):
            entry = found.find(seller.seller_id, report_type)
            rule = entry.scenario.other_application if entry else None
            if rule is not None:
                yield seller.seller_id, seller.marketplace_ids, report_type, timedelta(minutes=rule.every_minutes)


def _ask_when_due(
    tx: Transaction,
    now: datetime,
    ids: Ids,
    seller_id: str,
    marketplace_ids: tuple[str, ...],
    report_type: str,
    every: timedelta,
) -> float:
    """Asks for the report if it is time; seconds until the next."""
    last = tx.last_made_by(ANOTHER, seller_id, report_type)
    if last is not None and now - last < every:
        return (last + every - now).total_seconds()
    report = Report(
        seller_id=seller_id,
        report_id=ids.timed(now),
        report_type=report_type,
        status=Status.IN_QUEUE,
        marketplace_ids=marketplace_ids,
        options={},
        data_start=now,
        data_end=now,
        created_at=now,
        client_id=ANOTHER,
    )
    enqueue(tx, report, WorkClass.NORMAL)
    return every.total_seconds()
