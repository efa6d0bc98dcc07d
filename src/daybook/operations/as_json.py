"""Batches and operations as JSON has them: on the command line, in the API, and in support packs."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from daybook.operations.batches import Attempt, Batch, Counts, Operation, progress_of
from daybook.operations.codes import source_of
from daybook.operations.guards import Guard
from daybook.operations.pages import Row
from daybook.operations.status import BATCH_SENTENCES, SENTENCES, SHOWN, tries_again
from daybook.operations.submitting import Submitted
from daybook.operations.watching import Depth, LaneOutlook, Outlook

Json = dict[str, object]


def iso(at: datetime | None) -> str | None:
    """An instant in UTC, cut to the second, as all answers have it."""
    return None if at is None else at.isoformat(timespec="seconds")


def batch(one: Batch, counts: Counts) -> Json:
    """A batch and how far it is; what is not known is null."""
    return {
        "batchId": one.batch_id,
        "sellerId": one.seller_id,
        "status": one.status.value,
        "statusMeaning": BATCH_SENTENCES[one.status],
        "name": one.name,
        "submittedBy": one.submitted_by,
        "madeBy": one.made_by.value,
        "parentBatchId": one.parent_id,
        "operations": one.operations,
        "queuedAt": iso(one.queued_at),
        "startAt": iso(one.start_at),
        "progressAt": iso(one.progress_at),
        "endedAt": iso(one.ended_at),
        "stalled": one.stalled_at is not None,
        **progress(counts),
    }


def progress(counts: Counts) -> Json:
    """The counts, by the three words, by status and by code."""
    found = progress_of(counts)
    return {
        "counts": {word.value: count for word, count in found.shown.items()},
        "statuses": {status.value: count for status, count in found.statuses.items()},
        "errors": dict(sorted(found.codes.items(), key=lambda pair: (-pair[1], pair[0]))),
    }


def operation(row: Row) -> Json:
    """One operation as an operation report has it."""
    one = row.operation
    return {
        "batchId": row.batch_id,
        "line": one.line,
        "reference": one.reference,
        "operation": one.kind,
        "marketplaceId": one.marketplace_id,
        "sellerId": one.seller_id,
        "operationStatus": SHOWN[one.status].value,
        "status": one.status.value,
        "statusMeaning": SENTENCES[one.status],
        "queuedAt": iso(row.queued_at),
        "lastAttempted": iso(one.attempted_at),
        "completedAt": iso(one.completed_at),
        "nextAttempt": iso(one.due_at),
        "lastError": None if one.code is None else last_error(one),
        "earlierPrice": one.before,
        "attempts": one.attempts,
        "requestId": row.request_id,
    }


def last_error(one: Operation) -> Json:
    """The error of an operation that has one, and where it arose."""
    return {
        "code": one.code,
        "message": one.message,
        "source": source_of(one.code or "").value,
        "ofEarlierAttempt": tries_again(one.status),
    }


def attempt(one: Attempt) -> Json:
    """One attempt and its answer."""
    return {
        "attempt": one.attempt,
        "attemptedAt": iso(one.attempted_at),
        "answeredAt": iso(one.answered_at),
        "outcome": one.outcome,
        "code": one.code,
        "message": one.message,
        "source": source_of(one.code).value if one.code else None,
        "httpStatus": one.http_status or None,
        "requestId": one.request_id or None,
        "submissionId": one.submission_id or None,
        "issues": json.loads(one.issues) if one.issues else [],
    }


def submitted(result: Submitted) -> Json:
    """What came of a submission, with the first lines that were refused or held."""
    found: Json = {"dryRun": result.batch is None, "repeated": result.repeated}
    found |= batch(result.batch, result.counts) if result.batch else progress(result.counts)
    return found | {"refused": _lines(result.refused), "held": _lines(result.held)}


def _lines(operations: Sequence[Operation]) -> list[Json]:
    return [
        {"line": each.line, "reference": each.reference, "code": each.code, "message": each.message}
        for each in operations
    ]


def guards(found: Mapping[str, Guard]) -> list[Json]:
    """Price guards by currency; what is no bound is null."""
    ordered = [found[name] for name in sorted(found)]
    return [{name: None if value is None else str(value) for name, value in one._asdict().items()} for one in ordered]


def outlook(found: Outlook) -> Json:
    """Why a batch has not ended."""
    return {
        "sentence": found.sentence,
        "stalled": found.stalled,
        "expectedEndTime": iso(found.expected_at),
        "sendingStoppedBy": found.stopped.stopped_by if found.stopped else None,
        "queueOfAll": depth(found.everybody),
        "queueOfSeller": depth(found.seller),
        "calls": [lane(each) for each in found.lanes],
    }


def depth(found: Depth) -> Json:
    """How much waits, and since when."""
    return {
        "operations": found.operations,
        "statuses": {status.value: count for status, count in found.statuses.items()},
        "oldestQueuedAt": iso(found.oldest),
    }


def lane(found: LaneOutlook) -> Json:
    """How it is with one operation of the marketplace."""
    return {
        "operation": found.operation,
        "tokens": round(found.tokens, 2),
        "rate": found.rate,
        "burst": found.burst,
        "nextCallIn": round(found.next_call_in, 1),
        "failures": found.failures,
        "reason": found.reason or None,
    }
