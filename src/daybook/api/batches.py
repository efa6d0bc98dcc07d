"""/daybook/v1/batches: files of operations, submitted, followed and steered."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import cast

from litestar import Response, get, post
from litestar.exceptions import ClientException
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ASGIApp

from daybook.accounts.marketplaces import marketplace_id
from daybook.accounts.sellers import find_seller
from daybook.api.decoding import id_of, query_of
from daybook.api.door import RATE_HEADER, AnyRequest, Call, door_of, header_of
from daybook.api.paths import litestar_path
from daybook.api.uploads import Upload, Uploads
from daybook.contract import batches as wire
from daybook.contract.decoding import Values
from daybook.kernel.errors import InvalidInput
from daybook.kernel.paging import open_page, seal_page
from daybook.kernel.zips import zipped
from daybook.operations import as_json, report
from daybook.operations.actions import Asked, Means, act
from daybook.operations.batches import Batch, Counts, find_batch
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.hashed import Hashed
from daybook.operations.files.reading import Format, read_rows
from daybook.operations.report import SLICE, Cells, ReportFormat
from daybook.operations.status import BatchStatus
from daybook.operations.submitting import Submission, Submitted, submit, try_out
from daybook.operations.support_packs import files_of
from daybook.operations.watching import Outlook, default_plans, explain
from daybook.operations.zones import zone_named
from daybook.shapes import convert
from daybook.store.transaction import Transaction

_LONGEST_KEY = 200
_MEDIA = {
    ReportFormat.CSV: "text/csv",
    ReportFormat.TSV: "text/tab-separated-values",
    ReportFormat.NDJSON: "application/x-ndjson",
}
_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@post(litestar_path(wire.SUBMIT_BATCH), status_code=wire.SUBMIT_BATCH.success, request_max_body_size=None)
async def submit_batch(request: AnyRequest) -> ASGIApp:
    """Reads the body as it comes; nothing of it is sent before its end."""
    call = await door_of(request).admit(request, wire.SUBMIT_BATCH)
    asked = query_of(request, wire.SUBMIT_BATCH)
    upload = Upload(request.stream(), asyncio.get_running_loop())
    key = _key(header_of(request, b"idempotency-key"))
    uploads: Uploads = request.app.state["uploads"]
    work = partial(_submitted, call, asked, key, upload)
    result = await uploads.read(call.seller_id, call.client_id, work)
    return call.answer(_on_the_wire(result))


def _key(text: str | None) -> str | None:
    if text is not None and not 0 < len(text) <= _LONGEST_KEY:
        raise InvalidInput("The Idempotency-Key is not one.", f"It has 1 to {_LONGEST_KEY} characters.")
    return text


def _submitted(call: Call, asked: Values, key: str | None, upload: Upload) -> Submitted:
    store, ids = call.door.store, call.door.ids
    seller = store.read(lambda tx: find_seller(tx, call.seller_id))
    where = marketplace_id(asked["marketplaceId"]) if asked.get("marketplaceId") else ""
    defaults = Defaults(asked.get("operation", ""), where, asked.get("decimal", ""))
    hashed = Hashed(upload.stream())
    reading = {"name": asked.get("name", ""), "encoding": asked.get("encoding", "utf-8")}
    rows = read_rows(hashed.stream(), format=_format(asked.get("format")), **reading)
    drafts = drafts_of(rows, seller.marketplace_ids, defaults)
    name = asked.get("name", "upload")
    submission = Submission(seller.seller_id, name, call.actor, key, asked.get("startAt"), digest=hashed.digest)
    try:
        if asked.get("dryRun"):
            return try_out(store.do, submission, drafts)
        return submit(store.do, ids, submission, drafts)
    except ClientException as error:
        raise InvalidInput("The upload broke off, and nothing was submitted.") from error


def _format(name: str | None) -> Format | None:
    if name is None:
        return None
    if name not in set(Format):
        raise InvalidInput(f"There is no format {name[:50]!r}.", f"Formats: {', '.join(Format)}.")
    return Format(name)


def _on_the_wire(result: Submitted) -> wire.SubmittedBatch:
    return convert(as_json.submitted(result), wire.SubmittedBatch)


@get(litestar_path(wire.LIST_BATCHES))
async def list_batches(request: AnyRequest) -> ASGIApp:
    """A page of them."""
    call = await door_of(request).admit(request, wire.LIST_BATCHES)
    asked = query_of(request, wire.LIST_BATCHES)
    return call.answer(await call.door.read(lambda tx: _page(tx, call, asked)))


def _page(tx: Transaction, call: Call, asked: Values) -> wire.BatchList:
    key, scope = call.door.keys.of("pages"), f"listBatches/{call.seller_id}"
    page = {"s": asked.get("statuses", ()), "n": asked["pageSize"], "b": ""}
    if "nextToken" in asked:
        page = open_page(key, scope, asked["nextToken"])
    statuses = tuple(BatchStatus(word) for word in page["s"])
    found = tx.batches_page(call.seller_id, statuses, page["b"], page["n"] + 1)
    shown = found[: page["n"]]
    more = seal_page(key, scope, {**page, "b": shown[-1].batch_id}) if len(found) > len(shown) else None
    return wire.BatchList([_batch(one, tx.counts_of(one.number)) for one in shown], more)


def _batch(one: Batch, counts: Counts) -> wire.Batch:
    return convert(as_json.batch(one, counts), wire.Batch)


@get(litestar_path(wire.GET_BATCH))
async def get_batch(request: AnyRequest, batchId: FromPath[str]) -> ASGIApp:
    """One, explained."""
    call = await door_of(request).admit(request, wire.GET_BATCH)

    def found(tx: Transaction) -> tuple[Batch, Counts, Outlook]:
        batch = find_batch(tx, call.seller_id, id_of(batchId))
        return batch, tx.counts_of(batch.number), explain(tx, tx.now, batch, default_plans())

    batch, counts, outlook = await call.door.read(found)
    now = as_json.iso(call.door.clock()) or ""
    return call.answer(wire.ExplainedBatch(_batch(batch, counts), as_json.outlook(outlook), now))


@post(litestar_path(wire.STEER_BATCH), status_code=wire.STEER_BATCH.success)
async def steer_batch(request: AnyRequest, batchId: FromPath[str], action: FromPath[str]) -> ASGIApp:
    """Approves, cancels, retries, undoes, rebuilds, pauses or resumes it."""
    call = await door_of(request).admit(request, wire.STEER_BATCH)
    asked = query_of(request, wire.STEER_BATCH)
    key = _key(header_of(request, b"idempotency-key"))
    return call.answer(await asyncio.to_thread(_steered, call, id_of(batchId), action, asked, key))


def _steered(call: Call, batch_id: str, action: str, asked: Values, key: str | None) -> wire.Steered:
    wish = Asked(call.seller_id, batch_id, call.actor, asked.get("force", False), asked.get("dryRun", False), key)
    done = act(action, Means(call.door.store.do, call.door.store.read, call.door.ids), wish)
    return wire.Steered(done.moved, done.left, None if done.made is None else _on_the_wire(done.made))


@get(litestar_path(wire.GET_BATCH_REPORT))
async def get_batch_report(request: AnyRequest, batchId: FromPath[str]) -> ASGIApp:
    """The report, as it is read."""
    call = await door_of(request).admit(request, wire.GET_BATCH_REPORT)
    asked = query_of(request, wire.GET_BATCH_REPORT)
    kind, zone = _report_format(asked.get("format")), zone_named(asked.get("timeZone", ""))
    batch = await call.door.read(lambda tx: find_batch(tx, call.seller_id, id_of(batchId)))
    failed = bool(asked.get("failed"))
    statuses = report.failed_statuses() if failed else ()

    def read(after: int) -> list[Cells]:
        return list(call.door.store.read(lambda tx: tx.report_lines(batch, after, SLICE, statuses)))

    pieces = report.pieces(batch, read, kind, zone, failed=failed)

    async def streamed() -> AsyncIterator[bytes]:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece

    file = f'attachment; filename="batch-{batch.batch_id}.{kind}"'
    headers = {**_NOT_KEPT, RATE_HEADER: str(call.plan.rate), "Content-Disposition": file}
    headers["Content-Type"] = f"{_MEDIA[kind]}; charset=utf-8"
    return cast("ASGIApp", Stream(streamed(), headers=headers))


def _report_format(name: str | None) -> ReportFormat:
    known = {kind.value: kind for kind in _MEDIA}
    if (name or "csv") not in known:
        raise InvalidInput(f"There is no format {str(name)[:50]!r}.", f"Formats: {', '.join(known)}.")
    return known[name or "csv"]


@get(litestar_path(wire.GET_BATCH_SUPPORT_PACK))
async def get_batch_support_pack(request: AnyRequest, batchId: FromPath[str]) -> ASGIApp:
    """The zip."""
    call = await door_of(request).admit(request, wire.GET_BATCH_SUPPORT_PACK)

    def packed(tx: Transaction) -> bytes:
        batch = find_batch(tx, call.seller_id, id_of(batchId))
        return zipped(files_of(tx, tx.now, batch, default_plans()), tx.now)

    content = await call.door.read(packed)
    file = 'attachment; filename="support-pack.zip"'
    headers = {**_NOT_KEPT, RATE_HEADER: str(call.plan.rate), "Content-Disposition": file}
    return cast("ASGIApp", Response(content, media_type="application/zip", headers=headers))


HANDLERS = [submit_batch, list_batches, get_batch, steer_batch, get_batch_report, get_batch_support_pack]
