"""A request from its asking to its result, whatever happens to this process in between."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daybook.client.answers import Report
from daybook.client.errors import NoData, ReportNotDone
from daybook.client.operations import Operations, checked_marketplaces, checked_options, checked_time
from daybook.client.report_types import report_type as known_type
from daybook.client.requests.creating import Creating
from daybook.client.requests.endings import Endings
from daybook.client.requests.journal import Journal
from daybook.client.requests.ranges import RESOLUTION, parted
from daybook.client.requests.requests import Part, Request, Result
from daybook.client.requests.waiting import Ended, Look, Waiting
from daybook.client.surroundings import Surroundings

_KEY_BYTES = 8

Heard = Callable[[Look], None]


@dataclass(slots=True)
class _Gathered:
    """What has come of a request's parts."""

    request: Request
    done: dict[str, Report] = field(default_factory=dict)
    without_data: list[NoData] = field(default_factory=list)
    failed: ReportNotDone | None = None

    def completed_by(self, ended: Ended, error: ReportNotDone | None) -> bool:
        """Takes in the end of a part. Whether it is the one that completes the request: the last, or the first bad."""
        if self.failed is not None:
            return False
        if error is None:
            self.done[ended.part.report_id] = ended.report
        elif isinstance(error, NoData):
            self.without_data.append(error)
        else:
            self.failed = error
        ended_parts = len(self.done) + len(self.without_data)
        return self.failed is not None or ended_parts == len(set(self.request.report_ids))

    def result(self) -> Result | ReportNotDone:
        """Some parts without data leave the others; all of them leave nothing."""
        if self.failed is not None:
            return self.failed
        if not self.done:
            return self.without_data[0]
        reports = (self.done[one] for one in dict.fromkeys(self.request.report_ids) if one in self.done)
        return Result(self.request, tuple(reports), tuple(self.without_data))


class Requesting:
    """One seller's requests."""

    def __init__(
        self,
        seller: str,
        operations: Operations,
        creating: Creating,
        waiting: Waiting,
        endings: Endings,
        journal: Journal,
        around: Surroundings,
    ) -> None:
        self._seller = seller
        self._operations = operations
        self._creating = creating
        self._waiting = waiting
        self._endings = endings
        self._journal = journal
        self._around = around

    async def request(
        self,
        report_type: str,
        marketplace_ids: Sequence[str],
        options: Mapping[str, str] | None,
        data_start: datetime | None,
        data_end: datetime | None,
        *,
        split: bool,
    ) -> Request:
        """Asks for the report, or for one after the other where the range is to be split and is too long."""
        start, end = checked_time("data_start", data_start), checked_time("data_end", data_end)
        known = known_type(report_type)
        gap = timedelta(0) if known.whole_hours else RESOLUTION
        ranges = parted(start, end, known.longest if split else None, gap)
        request = self._key()
        asked = [
            Part(
                report_type,
                tuple(checked_marketplaces(marketplace_ids)),
                self._around.now(),
                checked_options(options),
                *limits,
                key=self._key(),
                request=request,
            )
            for limits in ranges
        ]
        for part in asked:
            self._journal.asking(self._seller, part)
        return Request(tuple([await self._creating.create(part) for part in asked]))

    async def resume(self, report_id: str) -> Request:
        """The request that the report is of, as the journal has it; else one of the report alone."""
        part = self._journal.part_of(self._seller, report_id)
        if part is not None:
            return Request(tuple(one for one in self._journal.parts(self._seller) if one.request == part.request))
        report = await self._operations.get_report(report_id)
        marketplace_ids = tuple(report.marketplaceIds or ())
        return Request((Part(report.reportType, marketplace_ids, report.created_at, report_id=report_id),))

    async def ended(
        self, requests: Sequence[Request], within: float | None, heard: Heard | None
    ) -> AsyncGenerator[tuple[Request, Result | ReportNotDone], None]:
        """Each request as it ends, with its result or the error that it came to."""
        requests = [Request(tuple([await self._creating.take_up(part) for part in one.parts])) for one in requests]
        parts = {part.report_id: part for request in requests for part in request.parts}
        gathered: defaultdict[str, list[_Gathered]] = defaultdict(list)
        for one in map(_Gathered, requests):
            for report_id in dict.fromkeys(one.request.report_ids):
                gathered[report_id].append(one)
        async with aclosing(self._waiting.each(list(parts.values()), within, heard)) as ends:
            async for ended in ends:
                error = await self._end(ended)
                for one in gathered[ended.part.report_id]:
                    if one.completed_by(ended, error):
                        yield one.request, one.result()

    async def _end(self, ended: Ended) -> ReportNotDone | None:
        """Why the report ended without data, or None; and the end is written down."""
        error = await self._endings.explain(ended)
        if ended.part.key:
            status, seconds = ended.report.processingStatus, ended.seconds if error is None else 0.0
            self._journal.ended(self._seller, ended.part, self._around.now(), status, seconds)
        return error

    def _key(self) -> str:
        return self._around.randomness(_KEY_BYTES).hex()
