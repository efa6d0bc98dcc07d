"""Operation reports and support packs, written to files."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daybook.cli.call import Call
from daybook.kernel.errors import InvalidInput
from daybook.kernel.zips import zipped
from daybook.operations import report
from daybook.operations.batches import Batch, find_batch
from daybook.operations.report import SLICE, Cells, ReportFormat
from daybook.operations.support_packs import files_of
from daybook.operations.watching import default_plans
from daybook.operations.zones import Zone

if TYPE_CHECKING:
    from daybook.app import App

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report, and where it goes."""

    seller_id: str
    batch_id: str
    output: Path | None
    format: ReportFormat | None
    failed: bool
    zone: Zone


def write_report(call: Call, app: "App", asked: Asked) -> None:
    """Writes the report, and says where it is."""
    batch = app.store.read(lambda tx: find_batch(tx, asked.seller_id, asked.batch_id))
    kind = asked.format or _format_of(asked.output)
    file = asked.output or Path(f"batch-{batch.batch_id}{'-failed' if asked.failed else ''}.{kind}")
    lines = _Counted(app, batch, failed=asked.failed)
    if kind is ReportFormat.PARQUET:
        from daybook.report_types.sql.parquet import parquet_of  # noqa: PLC0415  DuckDB takes time to load

        if str(file) == STANDARD_OUTPUT:
            raise InvalidInput("Parquet is written to a file alone.", "Name one with --output.")
        parquet_of(report.pieces(lines.read, ReportFormat.CSV, asked.zone, failed=asked.failed), file)
    else:
        write(file, report.pieces(lines.read, kind, asked.zone, failed=asked.failed))
    if str(file) != STANDARD_OUTPUT:
        content = {"file": str(file), "operations": lines.count, "zone": asked.zone.name, "format": kind.value}
        told = f"{file} has {lines.count:,} operations of batch {batch.batch_id}; its times are in {asked.zone.name}."
        call.screen.answer(content, told)


class _Counted:
    """Reads a batch's operations slice by slice, and counts them."""

    def __init__(self, app: "App", batch: Batch, *, failed: bool) -> None:
        self._app = app
        self._batch = batch
        self._statuses = report.failed_statuses() if failed else ()
        self.count = 0

    def read(self, after: int) -> list[Cells]:
        found = list(self._app.store.read(lambda tx: tx.report_lines(self._batch, after, SLICE, self._statuses)))
        self.count += len(found)
        return found


def _format_of(file: Path | None) -> ReportFormat:
    named = file.suffix.lower().removeprefix(".") if file is not None else ""
    known = {kind.value: kind for kind in ReportFormat} | {"jsonl": ReportFormat.NDJSON, "txt": ReportFormat.TSV}
    return known.get(named, ReportFormat.CSV)


def write(file: Path, pieces: Iterable[bytes]) -> None:
    """The pieces into the file, or onto standard output. Raises InvalidInput where it cannot be written."""
    if str(file) == STANDARD_OUTPUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        with file.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
    except OSError as error:
        raise InvalidInput(f"The file {file} cannot be written: {error.strerror or error}.") from error


def write_pack(call: Call, app: "App", seller_id: str, batch_id: str, output: Path | None) -> None:
    """Writes the support pack, and says where it is."""
    with app.store.reading() as tx:
        batch = find_batch(tx, seller_id, batch_id)
        packed = zipped(files_of(tx, tx.now, batch, default_plans()), tx.now)
    file = output or Path(f"batch-{batch.batch_id}-support-pack.zip")
    write(file, [packed])
    if str(file) != STANDARD_OUTPUT:
        call.screen.answer({"file": str(file), "bytes": len(packed)}, f"{file} has all that is known of the batch.")
