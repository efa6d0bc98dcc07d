"""For every operation a request that succeeds, and what it needs to."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.api.production import done
from tests.api.serving import ALL_LISTINGS, DOCUMENTS, FAULTY_LISTINGS, REPORTS, SCHEDULES, US, Client, Daybook
from tests.api.wire import Answer


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands on the wire."""

    method: str
    target: str
    body: bytes = b""

    def send(self, client: Client, headers: dict[str, str] | None = None) -> Answer:
        """Its answer to the client."""
        return client.send(self.method, self.target, self.body, headers)


def _posted(path: str, **members: object) -> Callable[[Daybook], Request]:
    return lambda daybook: Request("POST", path, json.dumps(members).encode())


GOOD: dict[str, Callable[[Daybook], Request]] = {
    "getReports": lambda daybook: Request("GET", f"{REPORTS}?reportTypes={ALL_LISTINGS}"),
    "createReport": _posted(REPORTS, reportType=ALL_LISTINGS, marketplaceIds=[US]),
    "getReport": lambda daybook: Request("GET", f"{REPORTS}/{daybook.client().ask()}"),
    "cancelReport": lambda daybook: Request("DELETE", f"{REPORTS}/{daybook.client().ask()}"),
    "getReportSchedules": lambda daybook: Request("GET", f"{SCHEDULES}?reportTypes={FAULTY_LISTINGS}"),
    "createReportSchedule": _posted(SCHEDULES, reportType=FAULTY_LISTINGS, marketplaceIds=[US], period="P1D"),
    "getReportSchedule": lambda daybook: Request("GET", f"{SCHEDULES}/{daybook.client().plan()}"),
    "cancelReportSchedule": lambda daybook: Request("DELETE", f"{SCHEDULES}/{daybook.client().plan()}"),
    "getReportDocument": lambda daybook: Request("GET", f"{DOCUMENTS}/{done(daybook, daybook.client().ask())}"),
}
"""By operation; what it is about is there already, and belongs to the first seller."""
