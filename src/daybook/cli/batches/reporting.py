"""Operation reports and support packs, written to files."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from daybook.cli.batches.places import Place
from daybook.cli.call import Call
from daybook.cli.reports.places import require_free
from daybook.kernel.errors import InvalidInput
from daybook.operations.report import ReportFormat
from daybook.operations.zones import zone_named

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report, and where it goes."""

    batch_id: str
    output: Path | None
    format: ReportFormat | None
    failed: bool
    zone: str
    force: bool = False


def write_report(call: Call, place: Place, asked: Asked) -> None:
    """Writes the report, and says where it is."""
    batch = place.show(asked.batch_id)
    kind = asked.format or _format_of(asked.output)
    zone = zone_named(asked.zone).name
    file = asked.output or Path(f"batch-{batch['batchId']}{'-failed' if asked.failed else ''}.{kind}")
    require_free(file, force=asked.force)
    if kind is ReportFormat.PARQUET:
        from daybook.report_types.sql.parquet import parquet_of  # noqa: PLC0415  DuckDB takes time to load

        if str(file) == STANDARD_OUTPUT:
            raise InvalidInput("Parquet is written to a file alone.", "Name one with --output.")
        parquet_of(place.report(asked.batch_id, ReportFormat.CSV, asked.zone, failed=asked.failed), file)
    else:
        write(file, place.report(asked.batch_id, kind, asked.zone, failed=asked.failed))
    if str(file) != STANDARD_OUTPUT:
        count = batch["counts"].get("Error", 0) if asked.failed else batch["operations"]
        content = {"file": str(file), "operations": count, "zone": zone, "format": kind.value}
        told = f"{file} has {count:,} operations of batch {batch['batchId']}; its times are in {zone}."
        call.screen.answer(content, told)


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


def write_pack(call: Call, place: Place, batch_id: str, output: Path | None, *, force: bool) -> None:
    """Writes the support pack, and says where it is."""
    file = output or Path(f"batch-{batch_id}-support-pack.zip")
    require_free(file, force=force)
    packed = place.support_pack(batch_id)
    write(file, [packed])
    if str(file) != STANDARD_OUTPUT:
        call.screen.answer({"file": str(file), "bytes": len(packed)}, f"{file} has all that is known of the batch.")
