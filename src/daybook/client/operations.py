"""The operations of the Reports API v2021-06-30 as they are on the wire, with the client's care for tokens, turns and
retries. What needs more care than one call has it in reports.py: createReport, cancelReport, getReportDocument."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import get_args

import msgspec

from daybook.client.answers import (
    CreateReportResponse,
    CreateReportScheduleResponse,
    ExplainedReport,
    GetReportsResponse,
    Nothing,
    Report,
    ReportDocument,
    ReportSchedule,
    ReportScheduleList,
)
from daybook.client.calls.calls import Call, Caller
from daybook.client.calls.tokens import Tokens
from daybook.client.errors import NoSuchThing, Refused, WrongAnswer
from daybook.contract import daybook as own
from daybook.contract import operations
from daybook.contract import reports as wire
from daybook.contract.times import emit_given
from daybook.kernel.errors import InvalidInput

LONGEST_PAGE = 100


class Operations:
    """One application's operations for one seller."""

    def __init__(self, caller: Caller, tokens: Tokens) -> None:
        self._caller = caller
        self._tokens = tokens

    async def get_reports(
        self,
        report_types: Sequence[str] = (),
        *,
        statuses: Sequence[str] = (),
        marketplace_ids: Sequence[str] = (),
        page_size: int | None = None,
        created_since: datetime | None = None,
        created_until: datetime | None = None,
        next_token: str | None = None,
    ) -> GetReportsResponse:
        """A page of reports, newest first; `next_token` goes alone."""
        query = {
            "reportTypes": ",".join(report_types),
            "processingStatuses": ",".join(statuses),
            "marketplaceIds": ",".join(marketplace_ids),
            "pageSize": "" if page_size is None else str(page_size),
            "createdSince": _time("created_since", created_since),
            "createdUntil": _time("created_until", created_until),
        }
        if next_token and any(query.values()):
            raise InvalidInput("next_token goes alone.", "The token holds the filters of the first page.")
        query["nextToken"] = next_token or ""
        return await self._caller.call(Call(operations.GET_REPORTS, GetReportsResponse, query=query), self._tokens)

    async def reports(
        self,
        report_types: Sequence[str],
        *,
        statuses: Sequence[str] = (),
        marketplace_ids: Sequence[str] = (),
        created_since: datetime | None = None,
        created_until: datetime | None = None,
    ) -> AsyncGenerator[Report, None]:
        """Every report that matches, page after page. Raises WrongAnswer where the pages go round in a circle."""
        page = await self.get_reports(
            report_types,
            statuses=statuses,
            marketplace_ids=marketplace_ids,
            page_size=LONGEST_PAGE,
            created_since=created_since,
            created_until=created_until,
        )
        shown: set[str] = set()
        while True:
            for report in page.reports:
                yield report
            if not page.nextToken:
                return
            if page.nextToken in shown:
                raise WrongAnswer("getReports leads back to a page that it gave before.", "Its nextToken came twice.")
            shown.add(page.nextToken)
            page = await self.get_reports(next_token=page.nextToken)

    async def ask(self, specification: wire.CreateReportSpecification) -> str:
        """createReport, once: the new report's id. Raises LostAnswer where it is not known whether there is one."""
        call = Call(operations.CREATE_REPORT, CreateReportResponse, body=specification, repeatable=False)
        return (await self._caller.call(call, self._tokens)).reportId

    async def get_report(self, report_id: str) -> Report:
        """A report as it is now."""
        return await self._caller.call(Call(operations.GET_REPORT, Report, {"reportId": report_id}), self._tokens)

    async def cancel_report(self, report_id: str) -> None:
        """Cancels a report that is still IN_QUEUE."""
        try:
            await self._caller.call(Call(operations.CANCEL_REPORT, Nothing, {"reportId": report_id}), self._tokens)
        except Refused as refused:  # a second try finds it cancelled by the first, whose answer was lost
            if not refused.after_lost or (await self.get_report(report_id)).processingStatus != "CANCELLED":
                raise

    async def get_report_schedules(self, report_types: Sequence[str]) -> ReportScheduleList:
        """Every schedule of the types."""
        query = {"reportTypes": ",".join(report_types)}
        return await self._caller.call(
            Call(operations.GET_REPORT_SCHEDULES, ReportScheduleList, query=query), self._tokens
        )

    async def create_report_schedule(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        period: wire.Period,
        *,
        options: Mapping[str, str] | None = None,
        next_at: datetime | None = None,
    ) -> str:
        """Makes a schedule, in place of one of the same type and marketplaces; its id."""
        specification = wire.CreateReportScheduleSpecification(
            reportType=report_type,
            marketplaceIds=checked_marketplaces(marketplace_ids),
            period=_period(period),
            reportOptions=checked_options(options) or msgspec.UNSET,
            nextReportCreationTime=_time("next_at", next_at) or msgspec.UNSET,
        )
        call = Call(operations.CREATE_REPORT_SCHEDULE, CreateReportScheduleResponse, body=specification)
        return (await self._caller.call(call, self._tokens)).reportScheduleId

    async def get_report_schedule(self, report_schedule_id: str) -> ReportSchedule:
        """One schedule."""
        path = {"reportScheduleId": report_schedule_id}
        return await self._caller.call(Call(operations.GET_REPORT_SCHEDULE, ReportSchedule, path), self._tokens)

    async def cancel_report_schedule(self, report_schedule_id: str) -> None:
        """Ends a schedule; the reports it made stay."""
        path = {"reportScheduleId": report_schedule_id}
        try:
            await self._caller.call(Call(operations.CANCEL_REPORT_SCHEDULE, Nothing, path), self._tokens)
        except NoSuchThing as missing:  # a second try finds it ended by the first, whose answer was lost
            if not missing.after_lost:
                raise

    async def explain_report(self, report_id: str) -> ExplainedReport:
        """A report with its outcome, its history, and why it is still waiting: of a Daybook alone."""
        return await self._caller.call(Call(own.EXPLAIN_REPORT, ExplainedReport, {"reportId": report_id}), self._tokens)

    async def support_pack(self, report_id: str) -> bytes:
        """A zip of all that is known of a report, for whoever is asked for help: of a Daybook alone."""
        return await self._caller.call(Call(own.SUPPORT_PACK, bytes, {"reportId": report_id}), self._tokens)

    async def link(self, report_document_id: str, tokens: Tokens | None = None) -> ReportDocument:
        """getReportDocument, with other tokens than the usual ones where there are some."""
        path = {"reportDocumentId": report_document_id}
        call = Call(operations.GET_REPORT_DOCUMENT, ReportDocument, path)
        return await self._caller.call(call, tokens or self._tokens)


def checked_marketplaces(marketplace_ids: Sequence[str]) -> list[str]:
    """The same. Raises InvalidInput where there is none, or one text is given for a list."""
    if isinstance(marketplace_ids, str) or not marketplace_ids:
        raise InvalidInput("marketplace_ids is a list of at least one marketplace id.", f"It is {marketplace_ids!r}.")
    return list(marketplace_ids)


def checked_options(options: Mapping[str, str] | None) -> dict[str, str]:
    """The same. Raises InvalidInput for a name or a value that is no text: servers refuse it, or drop it in silence."""
    for name, value in (options or {}).items():
        texts: tuple[object, object] = (name, value)
        if not all(isinstance(text, str) for text in texts):
            raise InvalidInput(f"Report option {name!r} is not text.", f"Its value is {value!r}; write it as text.")
    return dict(options or {})


def checked_time(name: str, at: datetime | None) -> datetime | None:
    """The same. Raises InvalidInput for a time without a zone: servers take it as UTC, which it may not be."""
    if at is not None and at.tzinfo is None:
        raise InvalidInput(f"{name} has no time zone.", f"It is {at.isoformat()}; give it one, such as UTC.")
    return at


def _period(period: wire.Period) -> wire.Period:
    """The same. Raises InvalidInput for one that the contract does not name: a schedule is asked for in its words."""
    if period not in get_args(wire.Period):
        raise InvalidInput(f"There is no period {period!r}.", f"One of {', '.join(get_args(wire.Period))}.")
    return period


def _time(name: str, at: datetime | None) -> str:
    return emit_given(at) if checked_time(name, at) and at else ""
