"""Programs around a client library, as people write them: each tells in words what came of what it was asked to do.

A program around another library asks for a report, looks every half a minute until it has ended, and reads the document
if there is one; what the library raises ends it. The client waits and reads by itself.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol

from daybook.client import AsyncReportsClient, ReportsClient, Result
from daybook.client import daybook as a_daybook
from daybook.kernel.errors import DaybookError
from tests.client.driven import Driven
from tests.clients.daybook import US, Client, Served
from tests.clients.libraries import NOBODY_TRUSTED, AmznSpApi, PythonAmazonSpApi
from tests.clients.practice import Practice

LOOK_EVERY = 30.0
MOST_LOOKS = 100
ENDED = ("DONE", "CANCELLED", "FATAL")
SHOWN = 60


class Program(Protocol):
    """What a situation asks of a program. Both answer what came of it; text that is as expected is `the document`."""

    def make(self, report_type: str, expected: str) -> str:
        """Asks for a report, waits for its end, and reads it."""

    def find(self, report_type: str, expected: str) -> str:
        """Finds a report that another application asked for, waits for its end, and reads it."""

    def close(self) -> None: ...


class WithLibrary:
    """A program around a library that somebody else wrote."""

    def __init__(self, library: Client, practice: Practice) -> None:
        self._library = library
        self._practice = practice
        self._doing = ""

    def make(self, report_type: str, expected: str) -> str:
        return self._told(lambda: self._read(self._ask(report_type), expected))

    def find(self, report_type: str, expected: str) -> str:
        return self._told(lambda: self._read(self._found(report_type), expected))

    def close(self) -> None:
        self._library.close()

    def _told(self, work: Callable[[], str]) -> str:
        try:
            return work()
        except Exception as error:  # noqa: BLE001  whatever the library raises is what is told
            return f"{self._doing} raises {_kind(error)}"

    def _ask(self, report_type: str) -> str:
        self._doing = "createReport"
        return self._library.create_report(report_type)

    def _found(self, report_type: str) -> str:
        self._doing = "getReports"
        return self._library.get_reports([report_type])[0]

    def _read(self, report_id: str, expected: str) -> str:
        report = self._wait(report_id)
        if "processingStatus" not in report:
            return f"getReport answers `{report}` and raises nothing"
        if report["processingStatus"] == "DONE":
            return self._document(str(report["reportDocumentId"]), expected)
        document = ", and a document's id" if report.get("reportDocumentId") else ""
        return f"`{report['processingStatus']}`{document}"

    def _wait(self, report_id: str) -> dict[str, object]:
        self._doing = "getReport"
        for _ in range(MOST_LOOKS):
            self._practice.pass_time(LOOK_EVERY)
            report = self._library.get_report(report_id)
            if report.get("processingStatus", "DONE") in ENDED:
                return report
        raise AssertionError(f"report {report_id} has not ended")

    def _document(self, document_id: str, expected: str) -> str:
        self._doing = "getReportDocument"
        document = self._library.document(document_id)
        if document is None:
            return "a link to the document"
        return "the document" if document == expected else f"`{document[:SHOWN]!r}` in its place"


class WithDaybook:
    """A program around the client, of either kind."""

    def __init__(self, client: ReportsClient | AsyncReportsClient, practice: Practice, folder: Path) -> None:
        self.driven = Driven(client)
        self._practice = practice
        self._file = folder / "document"

    def make(self, report_type: str, expected: str) -> str:
        return self._told(lambda: self.driven.wait(self.driven.request(report_type, [US])), expected)

    def find(self, report_type: str, expected: str) -> str:
        since = self._practice.clock() - timedelta(days=1)
        return self._told(
            lambda: self.driven.wait(
                self.driven.resume(self.driven.reports([report_type], created_since=since)[0].reportId)
            ),
            expected,
        )

    def close(self) -> None:
        self.driven.close()

    def _told(self, result: Callable[[], Result], expected: str) -> str:
        try:
            self.driven.save(result(), self._file, encoding="utf-8")
        except DaybookError as error:
            explanation = getattr(error, "explanation", "")
            return f"`{type(error).__name__}`" + (f": {explanation}" if explanation else "")
        text = self._file.read_text("utf-8")
        return "the document" if text == expected else f"`{text[:SHOWN]!r}` in its place"


def _kind(error: Exception) -> str:
    """The name of an error, whose it is where it is not the library's own, and the status of HTTP where it has one."""
    kind, code = type(error), getattr(error, "status", None)
    package = kind.__module__.partition(".")[0]
    name = kind.__name__ if package in ("sp_api", "spapi") else f"{package}.{kind.__name__}"
    return f"`{name}`" + (f" ({code})" if isinstance(code, int) else "")


def python_amazon_sp_api(served: Served, practice: Practice, folder: Path) -> Program:
    """Around python-amazon-sp-api."""
    return WithLibrary(PythonAmazonSpApi(served), practice)


def amzn_sp_api(served: Served, practice: Practice, folder: Path) -> Program:
    """Around amzn-sp-api."""
    return WithLibrary(AmznSpApi(served), practice)


def blocking(served: Served, practice: Practice, folder: Path) -> WithDaybook:
    """Around the client that blocks."""
    return _with_daybook(ReportsClient, served, practice, folder)


def awaiting(served: Served, practice: Practice, folder: Path) -> WithDaybook:
    """Around the client that awaits."""
    return _with_daybook(AsyncReportsClient, served, practice, folder)


def _with_daybook(kind: Any, served: Served, practice: Practice, folder: Path) -> WithDaybook:
    client = kind.at(
        a_daybook(served.url),
        served.client_id,
        served.client_secret,
        served.refresh_token,
        sleep=practice.sleep,
        clock=practice.clock,
        monotonic=practice.ticks,
        randomness=Random(7).randbytes,  # noqa: S311  the same in every run
        verify=NOBODY_TRUSTED,
    )
    return WithDaybook(client, practice, folder)
