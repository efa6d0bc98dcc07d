"""Reports at an endpoint, Daybook's or Amazon's, through the client."""

import ssl
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from urllib.parse import urlsplit

import typer

from daybook.accounts.marketplaces import marketplace_id
from daybook.cli.call import Call
from daybook.cli.environment import profiles_file
from daybook.cli.profiles.book import Profile, ProfileBook
from daybook.cli.profiles.servers import in_the_clear, server_at
from daybook.cli.reports import packing, telling
from daybook.cli.reports.calls import Calls
from daybook.cli.reports.downloading import target
from daybook.cli.reports.places import STANDARD_OUTPUT, Asked, Sight, Told, Written
from daybook.client import How, PollingPlan, ReportsClient, Result
from daybook.client.answers import ExplainedReport, Report
from daybook.client.errors import NoSuchThing, Refused, ReportNotDone, StillWaiting, Throttled, WrongAnswer
from daybook.client.options import BlockingOptions
from daybook.client.requests.requests import Part
from daybook.client.requests.waiting import Look
from daybook.kernel.errors import InvalidInput, Misconfigured, NotFound, Unavailable, fault_of
from daybook.reports.status import Outcome

NEAR = PollingPlan(usual=10.0, first=0.3, shortest=0.5)
"""How to wait at an endpoint that is not Amazon's: its reports may take a second, and a look costs it little."""
_TYPES_IN_A_CALL = 10
_GONE = 404


@contextmanager
def opened(call: Call, profile: Profile, name: str | None) -> Iterator["Endpoint"]:
    """The endpoint, open. Raises as `connected`."""
    explains = not server_at(profile.endpoint).restricted_tokens
    with connected(call, profile, name) as (client, calls):
        yield Endpoint(client, profile, name, calls, explains=explains)


@contextmanager
def connected(call: Call, profile: Profile, name: str | None) -> Iterator[tuple[ReportsClient, Calls]]:
    """A client of the endpoint; what is called there is written down beside the profile.

    Raises Misconfigured where a credential or the certificate is missing, and NotFound in the place of a 404.
    """
    server = server_at(profile.endpoint)
    if in_the_clear(profile.endpoint):
        call.screen.remark(f"Secrets go to {urlsplit(profile.endpoint).hostname} unencrypted.", "yellow")
    book = ProfileBook(profiles_file())
    calls = Calls(book.beside(name, "calls") if name else None)
    options: BlockingOptions = {"heard": calls.heard, "seller_id": profile.seller or name or ""}
    if name:
        options["journal"] = book.beside(name, "journal")
    if not server.restricted_tokens:
        options["plan"] = NEAR
    if profile.ca_file:
        options["verify"] = _trusting(profile.ca_file)
    credentials = [_credential(profile, which) for which in ("client_id", "client_secret", "refresh_token")]
    with _warning(call), ReportsClient.at(server, *credentials, **options) as client:
        try:
            yield client, calls
        except Refused as refused:
            if refused.status == _GONE:
                raise NotFound(refused.message, refused.details) from refused
            raise
        finally:
            calls.write()


class Endpoint:
    """One seller's reports, there."""

    def __init__(
        self, client: ReportsClient, profile: Profile, name: str | None, calls: Calls, *, explains: bool
    ) -> None:
        self._client = client
        self._profile = profile
        self._name = name
        self._calls = calls
        self._explains = explains
        self._results: dict[str, Result] = {}

    @property
    def words(self) -> str:
        seller = f" --seller {self._profile.seller}" if self._profile.seller and not self._name else ""
        return f"--profile {self._name}" if self._name else f"--endpoint {self._profile.endpoint}{seller}"

    def request(self, asked: Asked) -> Told:
        sold_on = asked.marketplace_ids or tuple(marketplace_id(one) for one in self._profile.marketplaces)
        if not sold_on:
            raise typer.BadParameter(
                "An endpoint does not tell what a seller sells on: name it here or in the profile.",
                param_hint="--marketplace",
            )
        request = self._client.request(
            asked.report_type, sold_on, options=asked.options, data_start=asked.start, data_end=asked.end
        )
        self._calls.about(request.report_ids)
        return _joined([self._taken(part) for part in request.parts])

    def _taken(self, part: Part) -> Told:
        explained = self._explanation(part.report_id)
        told = telling.report(self._profile.seller, self._made(part), explained)
        return told | {"warnings": telling.warnings_of(explained)}

    def _made(self, part: Part) -> Report:
        """A report that was just asked for; what createReport made is not seen everywhere at once."""
        try:
            return self._client.get_report(part.report_id)
        except NoSuchThing:
            return telling.just_asked(part)

    def newest(self, report_types: Sequence[str], statuses: Sequence[str], limit: int) -> list[Told]:
        if not report_types:
            raise typer.BadParameter("An endpoint lists reports by their types: name one.", param_hint="--type")
        some = [report_types[at : at + _TYPES_IN_A_CALL] for at in range(0, len(report_types), _TYPES_IN_A_CALL)]
        found = chain.from_iterable(islice(self._client.reports(names, statuses=statuses), limit) for names in some)
        newest = sorted(found, key=lambda one: (one.created_at, one.reportId), reverse=True)
        return [telling.report(self._profile.seller, one) for one in newest[:limit]]

    def show(self, report_id: str) -> Told:
        self._calls.about([report_id])
        report = self._client.get_report(report_id)
        explained = self._explanation(report_id)
        if explained is None and report.ended:
            return self._ended_told(report_id) | telling.nothing_more(report)
        return telling.whole(self._profile.seller, report, explained)

    def wait(self, report_id: str, seconds: float, tell: Callable[[Sight], None]) -> Told:
        self._calls.about([report_id])
        request = self._client.resume(report_id)
        self._calls.about(request.report_ids)
        for part in request.parts:
            tell(telling.first_sight(part))
        try:
            result = self._client.wait(request, seconds, lambda look: tell(self._sight(look)))
        except StillWaiting as waiting:
            return self._told(self._client.get_report(waiting.report_ids[0])) | {"explanation": None}
        except ReportNotDone as ended:
            return telling.ended(self._told(ended.report), ended)
        self._results[report_id] = result
        return _joined([self._told(one) | {"explanation": None} for one in result.reports])

    def _ended_told(self, report_id: str) -> Told:
        """A report that has ended, with what the client finds out of why."""
        return self.wait(report_id, 0.0, lambda _: None)

    def cancel(self, report_id: str) -> Told:
        self._calls.about([report_id])
        self._client.cancel_report(report_id)
        told = self._told(self._client.get_report(report_id))
        return told | {"outcome": told["outcome"] or Outcome.CANCELLED_BY_REQUEST}

    def download(self, report_id: str, output: Path, *, raw: bool) -> Written:
        self._calls.about([report_id])
        source = self._results.get(report_id) or self._client.get_report(report_id)
        if isinstance(source, Report) and not source.document_id:
            raise NotFound(f"Report {report_id} has no document.", f"It is {source.processingStatus}.")
        if raw or str(output) == STANDARD_OUTPUT:
            return Written(str(output), self._streamed(source, output, raw=raw), None)
        return Written(str(output), self._client.save(source, output).size, None)

    def _streamed(self, source: Result | Report, output: Path, *, raw: bool) -> int:
        written = 0
        with target(output) as stream:
            for piece in self._client.download(source, How(raw=stream if raw else None)):
                written += len(piece) if raw else stream.write(piece)
            return stream.tell() if raw and stream.seekable() else written

    def support_pack(self, report_id: str) -> bytes:
        self._calls.about([report_id])
        whole = self.show(report_id)
        theirs = self._client.support_pack(report_id) if self._explains else None
        ours = packing.Ours(self._profile, self._name, self._calls.of(report_id))
        return packing.packed(whole, theirs, ours)

    def _told(self, report: Report) -> Told:
        return telling.report(self._profile.seller, report, self._explanation(report.reportId))

    def _explanation(self, report_id: str) -> ExplainedReport | None:
        """What a Daybook tells beside the contract; an endpoint that refuses is none, and is not asked again."""
        if not self._explains:
            return None
        try:
            return self._client.explain_report(report_id)
        except (Throttled, Unavailable):
            return None
        except (Refused, WrongAnswer):
            self._explains = False
            return None

    def _sight(self, look: Look) -> Sight:
        explained = self._explanation(look.report_id) if look.status else None
        return telling.sight(look, explained)


def _joined(parts: Sequence[Told]) -> Told:
    """Of a range that was split, the first part, with all of them in it."""
    return parts[0] | ({"parts": parts} if len(parts) > 1 else {})


@contextmanager
def _warning(call: Call) -> Iterator[None]:
    """What the client warns of, such as a status that nobody knows, is a remark to people."""

    def remark(message: Warning | str, *_: object, **__: object) -> None:
        call.screen.remark(str(message), "yellow")

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = remark
        yield


def _credential(profile: Profile, name: str) -> str:
    found = profile.credential(name)
    if not found:
        raise Misconfigured(
            f"There is no {name.replace('_', ' ')} for {profile.endpoint}.",
            f"Name a --profile that has one (`daybook profiles add`), or set DAYBOOK_{name.upper()}.",
        )
    return found


def _trusting(file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput(
            f"The certificates in {file} cannot be read: {fault_of(error)}.", "The profile's ca_file names it: PEM."
        ) from error
