"""Batches of changes, and what became of each: of a Daybook alone, as its own API `/daybook/v1` has them.

Answers are JSON objects as that API tells them; what is not known is None.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daybook.client.answers import Nothing
from daybook.client.calls.calls import Call, Caller
from daybook.client.calls.tokens import Tokens
from daybook.client.wire.messages import Upload
from daybook.contract import batches as own
from daybook.contract import error_codes, guards
from daybook.contract.times import emit_given

Told = dict[str, Any]
KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of operations, and how it is to be read; `content` begins it anew each time that it is called.

    `operation` and `marketplace_id` are for lines that name none. Nothing is sent before `start_at`.
    """

    content: Upload
    name: str = ""
    operation: str = ""
    marketplace_id: str = ""
    format: str = ""
    encoding: str = ""
    decimal: str = ""
    start_at: datetime | None = None


class Batches:
    """One application's batches for one seller."""

    _caller: Caller
    _tokens: Tokens

    async def submit_batch(
        self,
        file: BatchFile,
        key: str,
        *,
        dry_run: bool = False,
    ) -> Told:
        """Submits a file of operations, or says what would come of it.

        The same `key` with the same content is the same batch, so that a lost answer loses nothing.
        """
        query = {
            "operation": file.operation,
            "marketplaceId": file.marketplace_id,
            "name": file.name,
            "format": file.format,
            "encoding": file.encoding,
            "decimal": file.decimal,
            "startAt": emit_given(file.start_at) if file.start_at else "",
            "dryRun": _said(dry_run),
        }
        headers = {KEY: key, "Content-Type": "application/octet-stream"}
        return await self._tell(Call(own.SUBMIT_BATCH, dict, query=query, body=file.content, headers=headers))

    async def list_batches(
        self, *, statuses: str = "", page_size: int | None = None, next_token: str | None = None
    ) -> Told:
        """A page of batches, newest first; `statuses` are joined by commas, and `next_token` goes alone."""
        query = {"statuses": statuses, "pageSize": "" if page_size is None else str(page_size)}
        return await self._tell(Call(own.LIST_BATCHES, dict, query={**query, "nextToken": next_token or ""}))

    async def get_batch(self, batch_id: str) -> Told:
        """How far a batch is, why it waits, and when it may have ended."""
        return await self._tell(Call(own.GET_BATCH, dict, {"batchId": batch_id}))

    async def steer_batch(
        self, batch_id: str, action: str, *, force: bool = False, dry_run: bool = False, key: str = ""
    ) -> Told:
        """Does one of approve, cancel, retry, undo, rebuild, pause and resume with a batch.

        The same `key` makes no second batch of an undo or rebuild. Without one they raise LostAnswer where it is not
        known whether they were done: look for the batch before doing it again.
        """
        path = {"batchId": batch_id, "action": action}
        query = {"force": _said(force), "dryRun": _said(dry_run)}
        made = action in ("undo", "rebuild") and not dry_run and not key
        headers = {KEY: key} if key else {}
        return await self._tell(Call(own.STEER_BATCH, dict, path, query, repeatable=not made, headers=headers))

    async def get_operations(self, filters: Mapping[str, str]) -> Told:
        """A page of operations, by the query that the API takes; `nextToken` goes alone."""
        return await self._tell(Call(own.GET_OPERATIONS, dict, query=filters))

    async def get_operation(self, batch_id: str, line: int) -> Told:
        """One operation with every attempt at it."""
        return await self._tell(Call(own.GET_OPERATION, dict, {"batchId": batch_id, "line": str(line)}))

    async def get_error_code(self, code: str) -> Told:
        """What a code in a last error means, who can mend it, and what to do."""
        return await self._tell(Call(error_codes.GET_ERROR_CODE, dict, {"code": code}))

    def get_batch_report(
        self, batch_id: str, *, file_format: str = "csv", failed: bool = False, zone: str = ""
    ) -> AsyncGenerator[bytes, None]:
        """The operation report of a batch, in pieces as they come."""
        query = {"format": file_format, "failed": _said(failed), "timeZone": zone}
        return self._pieces(Call(own.GET_BATCH_REPORT, bytes, {"batchId": batch_id}, query))

    async def get_batch_support_pack(self, batch_id: str) -> bytes:
        """A zip of all that is known of a batch, for whoever is asked for help."""
        return await self._caller.call(Call(own.GET_BATCH_SUPPORT_PACK, bytes, {"batchId": batch_id}), self._tokens)

    async def list_price_guards(self) -> Told:
        """The seller's price guards."""
        return await self._tell(Call(guards.LIST_PRICE_GUARDS, dict))

    async def put_price_guard(
        self, currency: str = "", *, floor: str | None = None, ceiling: str | None = None, change: str | None = None
    ) -> Told:
        """Puts a price guard in place of an earlier one of its currency; without one that of all others."""
        guard = guards.PriceGuard(currency, floor, ceiling, change)
        return await self._tell(Call(guards.PUT_PRICE_GUARD, dict, body=guard))

    async def remove_price_guard(self, currency: str = "") -> None:
        """Takes a price guard away; without a currency that of all others."""
        call = Call(guards.REMOVE_PRICE_GUARD, Nothing, query={"currency": currency})
        await self._caller.call(call, self._tokens)

    async def get_sending(self) -> Told:
        """Whether what the seller submits is sent, and by whom it was stopped."""
        return await self._tell(Call(guards.GET_SENDING, dict))

    async def stop_sending(self) -> Told:
        """Stops all sending for the seller, at once."""
        return await self._tell(Call(guards.STEER_SENDING, dict, {"action": "stop"}))

    async def resume_sending(self) -> Told:
        """Lets sending that was stopped go on."""
        return await self._tell(Call(guards.STEER_SENDING, dict, {"action": "go"}))

    async def _tell(self, call: Call[Told]) -> Told:
        return await self._caller.call(call, self._tokens)

    async def _pieces(self, call: Call[bytes]) -> AsyncGenerator[bytes, None]:
        async with self._caller.stream(call, self._tokens) as answer, aclosing(answer.pieces()) as pieces:
            async for piece in pieces:
                yield piece


def _said(flag: bool) -> str:
    return "true" if flag else ""
