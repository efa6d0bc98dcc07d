"""The client that blocks: the same logic, run to its end by the thread that calls."""

import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from functools import wraps
from itertools import chain
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack

import httpx2

from daybook.client.calls.exchanges import Exchange
from daybook.client.documents.reading import AS_IT_IS, How
from daybook.client.documents.sources import Source
from daybook.client.documents.tables import Row
from daybook.client.options import BlockingOptions, http_arguments
from daybook.client.reports import Reports
from daybook.client.requests.requests import Request
from daybook.client.servers import Server
from daybook.client.wire.blocking import BlockingWire, ThreadBell, drive, drive_each

P = ParamSpec("P")
R = TypeVar("R")


def _blocking(
    method: Callable[Concatenate[Reports, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate["ReportsClient", P], R]:
    @wraps(method)
    def call(self: "ReportsClient", /, *args: P.args, **kwargs: P.kwargs) -> R:
        return drive(method(self._reports, *args, **kwargs))

    return call


def _blocking_each(
    method: Callable[Concatenate[Reports, P], AsyncGenerator[R, None]],
) -> Callable[Concatenate["ReportsClient", P], Iterator[R]]:
    @wraps(method)
    def call(self: "ReportsClient", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        return drive_each(method(self._reports, *args, **kwargs))

    return call


class ReportsClient:
    """A Reports API, for programs that block. Close it when done, or use it in a `with` block.

    Threads may share it. All that it does is said in Reports; what that yields, this iterates over.
    """

    def __init__(
        self,
        endpoint: str,
        token_endpoint: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        **options: Unpack[BlockingOptions],
    ) -> None:
        http = httpx2.Client(transport=options.get("transport"), **http_arguments(endpoint, options))
        bell = options.get("bell", None if "sleep" in options else ThreadBell)
        self._reports = Reports(
            BlockingWire(http, options.get("sleep", time.sleep), bell, options.get("monotonic", time.monotonic)),
            Server(endpoint, token_endpoint, options.get("restricted_tokens", "")),
            {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token},
            options,
        )

    @classmethod
    def at(
        cls, server: Server, client_id: str, client_secret: str, refresh_token: str, **options: Unpack[BlockingOptions]
    ) -> Self:
        """A client of `amazon(...)` or of `daybook(...)`."""
        options.setdefault("restricted_tokens", server.restricted_tokens)
        return cls(server.endpoint, server.token_endpoint, client_id, client_secret, refresh_token, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The last calls, oldest first, each with its request id."""
        return self._reports.exchanges

    def unfinished(self) -> list[Request]:
        """The requests that were not waited for to their end, oldest first: with a journal, those of before as well."""
        return self._reports.unfinished()

    def tell(self, report_id: str) -> None:
        """Say that a report has ended, as a notification does: a wait for it looks at once. From any thread."""
        self._reports.tell(report_id)

    def rows(self, source: Source, how: How = AS_IT_IS) -> Iterator[Row]:
        """The rows one by one."""
        return chain.from_iterable(self.row_blocks(source, how))

    close = _blocking(Reports.close)
    token = _blocking(Reports.token)

    get_reports = _blocking(Reports.get_reports)
    reports = _blocking_each(Reports.reports)
    create_report = _blocking(Reports.create_report)
    get_report = _blocking(Reports.get_report)
    cancel_report = _blocking(Reports.cancel_report)
    get_report_schedules = _blocking(Reports.get_report_schedules)
    create_report_schedule = _blocking(Reports.create_report_schedule)
    get_report_schedule = _blocking(Reports.get_report_schedule)
    cancel_report_schedule = _blocking(Reports.cancel_report_schedule)
    get_report_document = _blocking(Reports.get_report_document)

    explain_report = _blocking(Reports.explain_report)
    support_pack = _blocking(Reports.support_pack)

    submit_batch = _blocking(Reports.submit_batch)
    list_batches = _blocking(Reports.list_batches)
    get_batch = _blocking(Reports.get_batch)
    steer_batch = _blocking(Reports.steer_batch)
    get_operations = _blocking(Reports.get_operations)
    get_operation = _blocking(Reports.get_operation)
    get_error_code = _blocking(Reports.get_error_code)
    get_batch_support_pack = _blocking(Reports.get_batch_support_pack)
    list_price_guards = _blocking(Reports.list_price_guards)
    put_price_guard = _blocking(Reports.put_price_guard)
    remove_price_guard = _blocking(Reports.remove_price_guard)
    get_sending = _blocking(Reports.get_sending)
    stop_sending = _blocking(Reports.stop_sending)
    resume_sending = _blocking(Reports.resume_sending)
    get_batch_report = _blocking_each(Reports.get_batch_report)

    request = _blocking(Reports.request)
    wait = _blocking(Reports.wait)
    ended = _blocking_each(Reports.ended)
    resume = _blocking(Reports.resume)

    download = _blocking_each(Reports.download)
    save = _blocking(Reports.save)
    row_blocks = _blocking_each(Reports.row_blocks)
    batches = _blocking_each(Reports.batches)
