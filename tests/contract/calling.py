"""One good call of each operation, with all that has to be there before it."""

from tests.api.production import done
from tests.api.serving import ALL_LISTINGS, FAULTY_LISTINGS, US, Client, Daybook
from tests.api.wire import Answer
from tests.contract.facts import Fact

BODIES: dict[str, dict[str, object]] = {
    "createReport": {"reportType": ALL_LISTINGS, "marketplaceIds": [US]},
    "createReportSchedule": {"reportType": FAULTY_LISTINGS, "marketplaceIds": [US], "period": "P1D"},
}
QUERIES = {
    "getReports": f"?reportTypes={ALL_LISTINGS}",
    "getReportSchedules": f"?reportTypes={FAULTY_LISTINGS}",
}


def target(daybook: Daybook, agency: Client, fact: Fact) -> str:
    """The path of a thing that is there, with the query that the operation needs; made by the agency, which may."""
    path = fact.path + QUERIES.get(fact.name, "")
    if "{reportId}" in path:
        return path.replace("{reportId}", agency.ask())
    if "{reportScheduleId}" in path:
        return path.replace("{reportScheduleId}", agency.plan())
    if "{reportDocumentId}" in path:
        return path.replace("{reportDocumentId}", done(daybook, agency.ask()))
    return path


def call(client: Client, fact: Fact, at: str) -> Answer:
    """The operation, called there."""
    body = BODIES.get(fact.name)
    return client.post(at, body) if body else client.send(fact.method, at)
