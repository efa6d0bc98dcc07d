"""All that a client can do, written once over a wire; the two clients differ in the wire alone."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from daybook.client.answers import ReportDocument
from daybook.client.batches import Batches
from daybook.client.calls.buckets import Buckets
from daybook.client.calls.calls import Caller
from daybook.client.calls.exchanges import Exchange, Exchanges
from daybook.client.calls.restricted import RestrictedTokens
from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import Sender
from daybook.client.calls.tokens import AccessTokens, Tokens
from daybook.client.documents.documents import Documents, Saved
from daybook.client.documents.reading import AS_IT_IS, How
from daybook.client.documents.sources import Source, Wanted
from daybook.client.documents.tables import Row
from daybook.client.errors import ReportNotDone
from daybook.client.operations import Operations
from daybook.client.options import Options
from daybook.client.report_types import report_type as known_type
from daybook.client.requests.creating import Creating
from daybook.client.requests.endings import Endings
from daybook.client.requests.journal import Journal
from daybook.client.requests.listening import Listening
from daybook.client.requests.news import News
from daybook.client.requests.polling import History, Plans, PollingPlan
from daybook.client.requests.requesting import Heard, Requesting
from daybook.client.requests.requests import Request, Result
from daybook.client.requests.waiting import Waiting
from daybook.client.servers import Server
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import Wire
from daybook.kernel.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa


class Reports(Operations, Batches):
    """One server, for one application and seller.

    Every method raises a kind of Refused where the server says no, and Unavailable where it does not answer, after as
    many tries as may help; what else it raises, its own words say (daybook.client.errors draws all of them).
    """

    def __init__(self, wire: Wire, server: Server, credentials: Mapping[str, str], options: Options) -> None:
        self._wire = wire
        self._server = server
        self._seller = _seller(options)
        self._around = _surroundings(options)
        self._exchanges = Exchanges(options.get("heard"))
        retries = options.get("retries", RetryPlan())
        sender = Sender(wire, self._exchanges, self._around)
        whose = (credentials["client_id"], self._seller or credentials["refresh_token"])
        buckets = options.get("buckets", Buckets())
        caller = Caller(server.endpoint, whose, wire, sender, buckets, retries, self._around)
        tokens = AccessTokens(server.token_endpoint, credentials, wire, sender, retries, self._around)
        super().__init__(caller, tokens)
        self._news = News(wire)
        self._listening = (
            Listening(server.endpoint, self._news, tokens, sender, wire, retries, self._around)
            if options.get("listen", False)
            else None
        )
        self._documents = Documents(self, self._restricted_tokens, wire, sender, retries, self._around)
        self._journal = Journal(options.get("journal"))
        self._requesting = self._make_requesting(options, retries)

    def _make_requesting(self, options: Options, retries: RetryPlan) -> Requesting:
        history = options.get("history", History())
        for name, seconds in self._journal.durations():
            history.add(name, seconds)
        plans = Plans(options.get("plans", {}), options.get("plan", PollingPlan()), history)
        return Requesting(
            self._seller,
            self,
            Creating(self._seller, self, self._journal, self._wire, retries, self._around),
            Waiting(self, plans, history, self._news, self._around),
            Endings(self._seller, self, self._documents, self._journal),
            self._journal,
            self._around,
        )

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The last calls, oldest first, each with its request id."""
        return self._exchanges.last()

    async def close(self) -> None:
        """Gives back the connections."""
        if self._listening is not None:
            self._listening.close()
        await self._wire.close()

    async def token(self) -> str:
        """The access token that the next call would show."""
        return await self._tokens.current()

    async def create_report(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        *,
        options: Mapping[str, str] | None = None,
        data_start: datetime | None = None,
        data_end: datetime | None = None,
    ) -> str:
        """Asks for a report, once whatever happens to the answer; its id.

        Raises UncertainRequest where it cannot be known whether the report was made.
        """
        request = await self._requesting.request(
            report_type, marketplace_ids, options, data_start, data_end, split=False
        )
        return request.report_ids[0]

    async def cancel_report(self, report_id: str) -> None:
        """Cancels a report that is still IN_QUEUE."""
        await super().cancel_report(report_id)
        request_id = self._exchanges.request_id("cancelReport", report_id)
        self._journal.cancelled(self._seller, report_id, self._around.now(), request_id)

    async def get_report_document(self, report_document_id: str, report_type: str = "") -> ReportDocument:
        """Where the document can be downloaded, for the next five minutes.

        At Amazon the documents of some report types need a restricted data token: name the type, and one is asked for.
        """
        return await self.link(report_document_id, self._restricted_tokens(Wanted(report_document_id, report_type)))

    async def request(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        *,
        options: Mapping[str, str] | None = None,
        data_start: datetime | None = None,
        data_end: datetime | None = None,
    ) -> Request:
        """Asks for a report; for several, where its range is longer than one report of the type may hold.

        Raises UncertainRequest. Wait for it at once or after a restart: see `unfinished` and `resume`.
        """
        return await self._requesting.request(report_type, marketplace_ids, options, data_start, data_end, split=True)

    async def wait(self, request: Request, within: float | None = None, heard: Heard | None = None) -> Result:
        """The request's result, once it has ended; `heard` is told of each look that found no end.

        Raises StillWaiting after `within` seconds, a kind of ReportCancelled, ReportFatal, WrongAnswer.
        """
        async with aclosing(self.ended([request], within, heard)) as ended:
            async for _, result in ended:
                if isinstance(result, ReportNotDone):
                    raise result
                return result
        raise InvalidInput("The request has no parts.", "Take one that `request`, `resume` or `unfinished` gave.")

    def ended(
        self, requests: Sequence[Request], within: float | None = None, heard: Heard | None = None
    ) -> AsyncGenerator[tuple[Request, Result | ReportNotDone], None]:
        """Each request as it ends, with its result or with the error that `wait` would raise for it."""
        if self._listening is not None:
            self._listening.begin()
        return self._requesting.ended(requests, within, heard)

    def tell(self, report_id: str) -> None:
        """Say that a report has ended, as a notification does: a wait for it looks at once. From any thread."""
        self._news.tell(report_id)

    async def resume(self, report_id: str) -> Request:
        """A request to wait for, by a report's id: with all its parts where the journal knows it, else as it is."""
        return await self._requesting.resume(report_id)

    def unfinished(self) -> list[Request]:
        """The requests that were not waited for to their end, oldest first: with a journal, those of before as well."""
        return self._journal.unfinished(self._seller)

    def download(self, source: Source, how: How = AS_IT_IS) -> AsyncGenerator[bytes, None]:
        """A document's bytes, unpacked, in pieces. Raises DocumentFault."""
        return self._documents.pieces(source, how)

    async def save(self, source: Source, path: Path, how: How = AS_IT_IS, *, encoding: str = "") -> Saved:
        """Writes a document to a file, unpacked; the documents of a split request joined, with one header.

        The text stays in its charset unless an encoding is named; then it is checked, and written in that.
        The file is there whole or not at all. Raises DocumentFault, InvalidInput.
        """
        return await self._documents.save(source, path, how, encoding)

    def row_blocks(self, source: Source, how: How = AS_IT_IS) -> AsyncGenerator[Iterable[Row], None]:
        """The rows of documents of lines and cells, as dictionaries, in blocks as they come. Raises DocumentFault."""
        return self._documents.rows(source, how)

    async def rows(self, source: Source, how: How = AS_IT_IS) -> AsyncGenerator[Row, None]:
        """The rows one by one."""
        async with aclosing(self.row_blocks(source, how)) as blocks:
            async for block in blocks:
                for row in block:
                    yield row

    def batches(self, source: Source, how: How = AS_IT_IS) -> "AsyncGenerator[pa.RecordBatch, None]":
        """The rows as Arrow record batches, every column text. Raises DocumentFault; Misconfigured without pyarrow."""
        return self._documents.batches(source, how)

    def _restricted_tokens(self, one: Wanted) -> Tokens | None:
        """The tokens that the document needs instead of the usual ones, where it does."""
        if not (self._server.restricted_tokens and known_type(one.report_type).restricted):
            return None
        return RestrictedTokens(self._server.restricted_tokens, one.document_id, self._caller, self._tokens)


def _seller(options: Options) -> str:
    seller = options.get("seller_id", "")
    if "journal" in options and not seller:
        raise InvalidInput("A journal needs the seller's id: ids are unique only with it.", "Give seller_id as well.")
    return seller


def _surroundings(options: Options) -> Surroundings:
    usual = Surroundings()
    return Surroundings(
        options.get("clock", usual.clock),
        options.get("monotonic", usual.monotonic),
        options.get("randomness", usual.randomness),
    )
