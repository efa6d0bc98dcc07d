"""What a caller may name to have its documents: what a request came to, a report, a document's link, or its id."""

from dataclasses import dataclass

from daybook.client.answers import Report
from daybook.client.requests.requests import Result
from daybook.contract.reports import ReportDocument
from daybook.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document. `url` is a link to it that is there already; it may have expired."""

    document_id: str
    report_type: str = ""
    url: str = ""


Source = Result | Report | ReportDocument | str


def wanted(source: Source) -> list[Wanted]:
    """The documents of a source, oldest data first. Raises InvalidInput for a report that has none."""
    if isinstance(source, Result):
        return [one for report in source.reports for one in wanted(report)]
    if isinstance(source, Report):
        if not source.document_id:
            raise InvalidInput(f"Report {source.reportId} has no document.", f"It is {source.processingStatus}.")
        return [Wanted(source.document_id, source.reportType)]
    if isinstance(source, ReportDocument):
        return [Wanted(source.reportDocumentId, url=source.url)]
    return [Wanted(source)]
