"""Batches and their operations on the wire: `/daybook/v1/batches` and `/daybook/v1/operations`.

What is not known is null, so that every answer has the same members.
"""

from typing import Any

from msgspec import Struct

from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter
from daybook.contract.times import WireTime

BATCHES = f"{ROOT}/batches"
ACTIONS = ("approve", "cancel", "retry", "undo", "rebuild", "pause", "resume")
SHOWN = ("Queued", "Success", "Error")
SORTS = ("queuedAt", "lastAttempted", "completedAt", "operationStatus")


class BatchLine(Struct, frozen=True):
    """A line that was refused or held, and why."""

    line: int
    reference: str
    code: str | None
    message: str | None


class Progress(Struct, frozen=True):
    """How far a batch is: by the three words, by status, and by the errors' codes."""

    counts: dict[str, int]
    statuses: dict[str, int]
    errors: dict[str, int]


class Batch(Progress, frozen=True):
    """A batch and how far it is."""

    batchId: str
    sellerId: str
    status: str
    statusMeaning: str
    name: str
    submittedBy: str
    madeBy: str
    parentBatchId: str | None
    operations: int
    queuedAt: WireTime
    startAt: WireTime | None
    progressAt: WireTime
    endedAt: WireTime | None
    stalled: bool


class SubmittedBatch(Struct, frozen=True):
    """What came of a submission; without a batch it was a dry run."""

    dryRun: bool
    repeated: bool
    counts: dict[str, int]
    statuses: dict[str, int]
    errors: dict[str, int]
    refused: list[BatchLine]
    held: list[BatchLine]
    batchId: str | None = None
    status: str | None = None


class BatchList(Struct, frozen=True):
    """A page of batches, newest first."""

    batches: list[Batch]
    nextToken: str | None


class ExplainedBatch(Struct, frozen=True):
    """A batch, and why it has not ended. `readTime` is when it was so."""

    batch: Batch
    outlook: dict[str, Any]
    readTime: WireTime


class Steered(Struct, frozen=True):
    """What an action did. `moved` operations were, `left` were not; `batch` is the one that was made, if one was.

    Of a pause `moved` are those that wait for its end, of a resume those that go on.
    """

    moved: int
    left: int
    batch: SubmittedBatch | None = None


class LastError(Struct, frozen=True):
    """An operation's last error, and whose it is. `link` is where its code is explained; null where nobody knows it."""

    code: str
    message: str | None
    source: str
    ofEarlierAttempt: bool
    link: str | None


class OperationLine(Struct, frozen=True):
    """A line of an operation report."""

    batchId: str
    line: int
    reference: str
    operation: str
    marketplaceId: str
    sellerId: str
    operationStatus: str
    status: str
    statusMeaning: str
    queuedAt: WireTime
    lastAttempted: WireTime | None
    completedAt: WireTime | None
    nextAttempt: WireTime | None
    lastError: LastError | None
    earlierPrice: str | None
    attempts: int
    requestId: str | None


class OperationList(Struct, frozen=True):
    """A page of operations. `readTime` is when it was so."""

    operations: list[OperationLine]
    nextToken: str | None
    readTime: WireTime


class ExplainedOperation(Struct, frozen=True):
    """An operation with every attempt at it."""

    operation: OperationLine
    attempts: list[dict[str, Any]]


def _path(name: str, about: str) -> Parameter:
    return Parameter(name, "string", about, required=True, place="path")


_BATCH = _path("batchId", "The batch.")
_ZONE = Parameter("timeZone", "string", "pst, utc, utc-8, marketplace, or a zone's name; pst where absent.")

SUBMIT_BATCH = Operation(
    "submitBatch", "POST", BATCHES, 202, 1.0, 10,
    "Submits a file of operations: CSV, TSV, NDJSON or JSON; with the header Idempotency-Key once alone.",
    SubmittedBatch,
    (
        Parameter("operation", "string", "For lines that name none."),
        Parameter("marketplaceId", "string", "For lines that name none."),
        Parameter("format", "string", "csv, tsv, ndjson or json, where the content does not show it."),
        Parameter("encoding", "string", "The text encoding; UTF-8 where absent."),
        Parameter("decimal", "string", "The decimal mark of prices: . or ,"),
        Parameter("name", "string", "What the file is called."),
        Parameter("startAt", "time", "Nothing is sent before this time."),
        Parameter("dryRun", "boolean", "Say what would happen, and keep nothing."),
    ),
    takes_file=True,
)  # fmt: skip

LIST_BATCHES = Operation(
    "listBatches", "GET", BATCHES, 200, 5.0, 30, "Lists the seller's batches, newest first.", BatchList,
    (
        Parameter("statuses", "strings", "Batches of these statuses.", least=1,
                  allowed=("running", "paused", "ended")),
        Parameter("pageSize", "integer", "The most batches that one answer holds.", least=1, most=100, default=20),
        Parameter("nextToken", "string", "The next page, as the one before named it; goes alone."),
    ),
)  # fmt: skip

GET_BATCH = Operation(
    "getBatch", "GET", f"{BATCHES}/{{batchId}}", 200, 5.0, 30,
    "Tells how far a batch is, why it waits, and when it may have ended.", ExplainedBatch, (_BATCH,),
)  # fmt: skip

STEER_BATCH = Operation(
    "steerBatch", "POST", f"{BATCHES}/{{batchId}}/{{action}}", 200, 1.0, 10,
    f"Does one of {', '.join(ACTIONS)} with a batch; with the header Idempotency-Key an undo or rebuild once alone.",
    Steered,
    (
        _BATCH,
        _path("action", "What to do."),
        Parameter("force", "boolean", "Of a retry: also what failed three times in the same way."),
        Parameter("dryRun", "boolean", "Of retry, undo and rebuild: say what would happen, and do nothing."),
    ),
)  # fmt: skip

GET_BATCH_REPORT = Operation(
    "getBatchReport", "GET", f"{BATCHES}/{{batchId}}/report", 200, 0.5, 5,
    "Gets the operation report of a batch: a line for every record.", None,
    (
        _BATCH,
        Parameter("format", "string", "csv, tsv or ndjson; csv where absent."),
        Parameter("failed", "boolean", "Only what failed, with what the lines held."),
        _ZONE,
    ),
    media_type="text/csv",
)  # fmt: skip

GET_BATCH_SUPPORT_PACK = Operation(
    "getBatchSupportPack", "GET", f"{BATCHES}/{{batchId}}/support-pack", 200, 0.5, 5,
    "Gets all that is known of a batch, for whoever is asked for help: a zip without secrets.", None, (_BATCH,),
    media_type="application/zip",
)  # fmt: skip

GET_OPERATIONS = Operation(
    "getOperations", "GET", f"{ROOT}/operations", 200, 5.0, 30,
    "Lists operations, the newest batch first; those whose SKUs begin with something in the order of SKUs.",
    OperationList,
    (
        Parameter("operationStatuses", "strings", "Queued, Success or Error.", least=1, allowed=SHOWN),
        Parameter("statuses", "strings", "The statuses beneath.", least=1),
        Parameter("batchId", "string", "Of this batch."),
        Parameter("reference", "string", "Whose SKU begins so."),
        Parameter("operations", "strings", "Of these kinds: set_price ...", least=1),
        Parameter("code", "string", "Whose last error has this code."),
        Parameter("queuedSince", "time", "Queued at this time or later."),
        Parameter("queuedUntil", "time", "Queued before this time."),
        Parameter("attemptedSince", "time", "Last attempted at this time or later."),
        Parameter("attemptedUntil", "time", "Last attempted before this time."),
        Parameter("completedSince", "time", "Completed at this time or later."),
        Parameter("completedUntil", "time", "Completed before this time."),
        Parameter("sort", "string", "Sorted by this; what lacks the time comes last.", allowed=SORTS),
        Parameter("order", "string", "Of a sort; descending where absent.", allowed=("ascending", "descending")),
        Parameter("pageSize", "integer", "The most operations that one answer holds.", least=1, most=1000, default=100),
        Parameter("nextToken", "string", "The next page, as the one before named it; goes alone."),
    ),
)  # fmt: skip

GET_OPERATION = Operation(
    "getOperation", "GET", f"{BATCHES}/{{batchId}}/operations/{{line}}", 200, 5.0, 30,
    "Tells one operation with every attempt at it.", ExplainedOperation,
    (_BATCH, Parameter("line", "integer", "Its line.", least=1, required=True, place="path")),
)  # fmt: skip

BATCH_OPERATIONS: tuple[Operation, ...] = (
    SUBMIT_BATCH,
    LIST_BATCHES,
    GET_BATCH,
    STEER_BATCH,
    GET_BATCH_REPORT,
    GET_BATCH_SUPPORT_PACK,
    GET_OPERATIONS,
    GET_OPERATION,
)
