"""The operation report of one batch, or of all that were queued in the range of data, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain

from daybook.operations import report as lines
from daybook.operations.batches import Batch, find_batch
from daybook.operations.ports import ReadingPort
from daybook.operations.report import SLICE, Cells, ReportFormat
from daybook.operations.status import Status
from daybook.operations.zones import Zone, zone_named
from daybook.reports.reports import Report

_PAGE = 100


@dataclass(frozen=True, slots=True)
class OperationReport:
    """The options are `batchId`, `operationStatus` (all or failed), and `timeZone` (pst where it is not given)."""

    report_type: str = "GET_DAYBOOK_OPERATIONS_DATA"

    def rows_up_to(self, source: ReadingPort, report: Report, limit: int) -> int:
        """The operations of the batches, listed or not."""
        count = 0
        for batch in _batches(source, report):
            count += batch.operations
            if count >= limit:
                return limit
        return count

    def produce(self, source: ReadingPort, report: Report) -> Iterator[bytes]:
        """CSV. Raises NotFound where the seller has no such batch, InvalidInput for a zone that there is not."""
        failed = report.options.get("operationStatus") == "failed"
        statuses = lines.failed_statuses() if failed else ()
        where = report.marketplace_ids[0] if report.marketplace_ids else ""
        zone = zone_named(report.options.get("timeZone", ""), where)
        header = True
        for batch in _batches(source, report):
            pieces = _of_batch(source, batch, statuses, zone, header=header)
            for piece in pieces:
                header = False
                yield piece


def _of_batch(
    source: ReadingPort, batch: Batch, statuses: Sequence[Status], zone: Zone, *, header: bool
) -> Iterator[bytes]:
    """The batch's lines; nothing at all where it has none."""
    first = source.report_lines(batch, 0, SLICE, statuses)
    if not first:
        return iter(())

    def read(after: int) -> Sequence[Cells]:
        return first if after == 0 else source.report_lines(batch, after, SLICE, statuses)

    pieces = lines.pieces(batch, read, ReportFormat.CSV, zone, failed=bool(statuses))
    heading = next(pieces)
    return chain([heading], pieces) if header else pieces


def _batches(source: ReadingPort, report: Report) -> Iterator[Batch]:
    wanted = report.options.get("batchId")
    if wanted:
        yield find_batch(source, report.seller_id, wanted)
        return
    before = ""
    # A range ends with a second, and takes all of it.
    last = report.data_end + timedelta(seconds=1)
    page = partial(source.batches_page, report.seller_id, ())
    while found := page(before, _PAGE):
        for batch in found:
            if batch.queued_at < report.data_start:
                return
            if batch.queued_at < last:
                yield batch
        before = found[-1].batch_id
