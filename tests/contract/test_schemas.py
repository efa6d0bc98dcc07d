"""Members of the schemas that no single operation's test shows by itself."""

from typing import Any

import pytest

from tests.api.production import begin, done, fail, finish_without_data
from tests.api.serving import ALL_LISTINGS, REPORTS, US, Client, Daybook
from tests.contract.schemas import faults


@pytest.mark.requirement("R004-193", "R004-194", "R004-195", "R004-196")
@pytest.mark.parametrize("path", ["/", REPORTS, f"{REPORTS}/1", f"{REPORTS}?reportTypes=", "/documents/a/b"])
def test_every_error_is_an_error_list(first: Client, path: str) -> None:
    answer = first.get(path)
    assert answer.status >= 400
    assert faults("ErrorList", answer.json) == []
    assert answer.json.keys() == {"errors"}
    assert answer.error.keys() == {"code", "message", "details"}


@pytest.mark.requirement("R004-199", "R004-204")
def test_a_report_in_every_status_has_the_schema(daybook: Daybook, first: Client) -> None:
    ended = [first.ask()]
    done(daybook, ended[0])
    ended.append(first.ask())
    fail(daybook, begin(daybook))
    ended.append(first.ask())
    finish_without_data(daybook, begin(daybook))
    ended.append(first.ask())
    begin(daybook)
    ended.append(first.ask())
    told: list[dict[str, Any]] = [first.report(report_id) for report_id in ended]
    assert [faults("Report", report) for report in told] == [[]] * 5
    statuses = [report["processingStatus"] for report in told]
    assert statuses == ["DONE", "FATAL", "CANCELLED", "IN_PROGRESS", "IN_QUEUE"]


@pytest.mark.requirement("R004-242")
@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 202), (25, 202), (26, 400)])
def test_a_body_takes_up_to_25_marketplaces(first: Client, count: int, status: int) -> None:
    body = {"reportType": ALL_LISTINGS, "marketplaceIds": [US] * count}
    assert first.post(REPORTS, body).status == status
