"""createReport, never twice: where its answer is lost, getReports tells whether the report was made.

createReport knows no idempotency key, and whoever sends it again after a lost answer may have two reports, or a report
and a refusal for asking too soon.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

from daybook.client.answers import Report
from daybook.client.calls.calls import LostAnswer
from daybook.client.calls.retries import RetryPlan
from daybook.client.errors import Refused, UncertainRequest, WrongAnswer
from daybook.client.operations import Operations
from daybook.client.requests.journal import Journal
from daybook.client.requests.requests import Part
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import Wire
from daybook.contract.times import parse
from daybook.kernel.errors import DaybookError, Unavailable

SKEW = timedelta(minutes=2)
"""By how much the server's clock may be behind ours."""
LOOKS = (2.0, 13.0)
"""Seconds before each look for a report whose making is uncertain: a new one may be listed late."""


class Creating:
    """Makes reports, and writes down what it does before and after."""

    def __init__(
        self,
        seller: str,
        operations: Operations,
        journal: Journal,
        wire: Wire,
        retries: RetryPlan,
        around: Surroundings,
    ) -> None:
        self._seller = seller
        self._operations = operations
        self._journal = journal
        self._wire = wire
        self._retries = retries
        self._around = around

    async def create(self, part: Part) -> Part:
        """The part with its report's id, which is in the journal before anybody asks about it.

        Raises Refused, Unavailable, UncertainRequest.
        """

        for failures in range(1, self._retries.tries + 1):
            try:
                report_id = await self._operations.ask(part.specification())
            except LostAnswer as lost:
                found = await self._find(part)
                if found is not None:
                    return found
                if failures == self._retries.tries:
                    raise _told(lost) from lost
                await self._wire.sleep(self._retries.pause(failures, self._around.randomness))
            else:
                return self._asked(part, report_id)
        raise AssertionError("the last try returns or raises")

    async def take_up(self, part: Part) -> Part:
        """The same for a part of which it is not known whether it was asked for: what was made is found first."""
        if part.report_id:
            return part
        return await self._find(part) or await self.create(part)

    async def _find(self, part: Part) -> Part | None:
        """The part with the report that was made for it, if there is one."""
        for pause in LOOKS:
            await self._wire.sleep(pause)
            try:
                made = [report.reportId async for report in self._candidates(part)]
            except (Refused, Unavailable, WrongAnswer) as error:
                raise _uncertain(part, f"getReports does not tell: {error}") from error
            if len(made) > 1 and part.options:
                raise _uncertain(part, f"Any of {', '.join(made)} may be it; reports do not tell their options.")
            if made:
                return self._asked(part, made[-1])
        return None

    async def _candidates(self, part: Part) -> AsyncGenerator[Report, None]:
        known = {other.report_id for other in self._journal.parts(self._seller)}
        since = part.asked_at - SKEW
        async for report in self._operations.reports([part.report_type], created_since=since):
            if report.reportId not in known and _same(report, part) and report.created_at >= since:
                yield report

    def _asked(self, part: Part, report_id: str) -> Part:
        asked = replace(part, report_id=report_id, asked_at=self._around.now())
        self._journal.asked(self._seller, asked)
        return asked


def _same(report: Report, part: Part) -> bool:
    """Whether a report can be what was asked for. What it does not tell, it does not contradict."""
    specification = part.specification()
    times = ((report.dataStartTime, specification.dataStartTime), (report.dataEndTime, specification.dataEndTime))
    return set(report.marketplaceIds or part.marketplace_ids) == set(part.marketplace_ids) and all(
        parse(told).replace(microsecond=0) == parse(asked).replace(microsecond=0)
        for told, asked in times
        if told and asked
    )


def _told(lost: LostAnswer) -> DaybookError:
    """getReports says that nothing was made: then what came instead of an answer is all that is wrong."""
    cause = lost.__cause__
    return cause if isinstance(cause, Refused) else Unavailable("createReport is not answered.", str(lost))


def _uncertain(part: Part, details: str) -> UncertainRequest:
    return UncertainRequest(f"Whether {part.report_type} was asked for is not known.", details)
