"""A batch's support pack: all that is known of it, for whoever is asked for help. No secret is in it."""

from collections.abc import Mapping
from datetime import datetime

from daybook.accounts.marketplaces import clocks
from daybook.operations import as_json
from daybook.operations.batches import MOVED, SUBJECT, Batch
from daybook.operations.calls import Plan
from daybook.operations.pages import Filters
from daybook.operations.ports import ReadingPort
from daybook.operations.status import Shown, statuses_shown
from daybook.operations.watching import explain

Files = dict[str, object]

SHOWN_OPERATIONS = 200
"""Operations of each sort that a pack has with all their attempts."""
_README = """Support pack of batch {batch_id}, made at {at}.

batch.json    the batch: its counts, its times in UTC and by the marketplace's wall clock, who submitted it
outlook.json  why it waits: queue depth, tokens, the next allowed call, whether it has stalled, what was last told of it
errors.json   the first operations that failed, with every attempt: times, request ids, HTTP statuses, issues
waiting.json  the first operations that wait, with every attempt
ledger.json   who moved what, from which status to which, when
"""


def files_of(tx: ReadingPort, now: datetime, batch: Batch, plan_of: Mapping[str, Plan]) -> Files:
    """The files of the pack, by their names."""
    ledger = tx.events_of(batch.seller_id, SUBJECT, batch.batch_id)
    moves = tx.events_of(batch.seller_id, MOVED, batch.batch_id)
    outlook = as_json.outlook(explain(tx, now, batch, plan_of))
    last = max([*ledger, *moves], key=lambda event: event.sequence, default=None)
    told = None if last is None else {"at": as_json.iso(last.at), "to": last.to_status, "subject": last.subject}
    return {
        "README.txt": _README.format(batch_id=batch.batch_id, at=as_json.iso(now)),
        "batch.json": as_json.batch(batch, tx.counts_of(batch.number)) | {"times": _times(tx, batch)},
        "outlook.json": {**outlook, "lastEvent": told},
        "errors.json": _operations(tx, batch, Shown.ERROR),
        "waiting.json": _operations(tx, batch, Shown.QUEUED),
        "ledger.json": [
            {
                "sequence": event.sequence,
                "at": as_json.iso(event.at),
                "subject": event.subject,
                "from": event.from_status,
                "to": event.to_status,
                "actor": event.actor,
                "evidence": dict(event.evidence),
            }
            for event in sorted([*ledger, *moves], key=lambda event: event.sequence)
        ],
    }


def _operations(tx: ReadingPort, batch: Batch, word: Shown) -> list[object]:
    filters = Filters(statuses=statuses_shown(word), batch_id=batch.batch_id, page_size=SHOWN_OPERATIONS)
    rows = tx.operations_page(batch.seller_id, filters, None)[:SHOWN_OPERATIONS]
    return [
        as_json.operation(row)
        | {"attemptsMade": [as_json.attempt(one) for one in tx.attempts_of(batch.number, row.operation.line)]}
        for row in rows
    ]


def _times(tx: ReadingPort, batch: Batch) -> dict[str, dict[str, str]]:
    named = {"queued": batch.queued_at, "start": batch.start_at, "progress": batch.progress_at, "ended": batch.ended_at}
    where = tx.seller_marketplaces(batch.seller_id)
    return {name: clocks(at, where) for name, at in named.items() if at is not None}
