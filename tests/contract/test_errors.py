"""The common table of errors: each status with its body and its headers, whatever brings it about."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from daybook.api.door import Door
from daybook.api.server import create_api
from daybook.kernel.errors import Unavailable
from tests.api.serving import REPORTS, Client, Daybook
from tests.api.wire import Answer, Wire
from tests.contract.schemas import faults

RATE = "x-amzn-ratelimit-limit"
Brings = Callable[[Daybook, Client], Answer]


class Broken:
    """A registry of report types that raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def requestable(self, name: str) -> Any:
        raise self._error


def broken_by(error: Exception) -> Brings:
    """createReport, where what it needs raises."""

    def bring(daybook: Daybook, client: Client) -> Answer:
        door: Door = replace(daybook.door, types=Broken(error))  # type: ignore[arg-type]
        wire = Wire(create_api(door), daybook.wire._runner)  # noqa: SLF001
        body = b'{"reportType": "GET_MERCHANT_LISTINGS_ALL_DATA", "marketplaceIds": ["ATVPDKIKX0DER"]}'
        headers = {"x-amz-access-token": client.token, "content-type": "application/json"}
        return wire.send("POST", REPORTS, headers, body)

    return bring


def unreadable(daybook: Daybook, client: Client) -> Answer:
    headers = {"authorization": "Nonsense"}
    return daybook.wire.send("GET", f"{REPORTS}/1", headers)


def lines(first: int, *others: int) -> pytest.MarkDecorator:
    """The lines of the table that a status proves: four in a row, or those that are given."""
    return pytest.mark.requirement(*(f"R004-{n}" for n in (others or range(first, first + 4))))


CASES = [
    pytest.param(400, "InvalidInput", True, lambda _, c: c.get(REPORTS, pageSize="0", reportTypes="A"),
                 marks=lines(162), id="400"),
    pytest.param(401, "Unauthorized", False, unreadable, marks=lines(166), id="401"),
    pytest.param(404, "NotFound", True, lambda _, c: c.get(f"{REPORTS}/1"), marks=lines(170), id="404"),
    pytest.param(413, "RequestTooLarge", False, lambda _, c: c.send("POST", REPORTS, b" " * 2_000_000),
                 marks=lines(191, 191), id="413"),
    pytest.param(415, "UnsupportedMediaType", False,
                 lambda _, c: c.send("POST", REPORTS, b"{}", {"content-type": "text/xml"}), marks=lines(174), id="415"),
    pytest.param(500, "InternalFailure", False, broken_by(RuntimeError("secret")), marks=lines(182), id="500"),
    pytest.param(503, "ServiceUnavailable", False, broken_by(Unavailable("Away.", "For now.")), marks=lines(186),
                 id="503"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "tells_rate", "bring"), CASES)
def test_an_error_has_its_body_and_its_headers(
    daybook: Daybook, first: Client, status: int, code: str, tells_rate: bool, bring: Brings
) -> None:
    answer = bring(daybook, first)
    assert answer.refusal == (status, code)
    assert faults("ErrorList", answer.json) == []
    assert answer.headers["x-amzn-requestid"]
    assert (RATE in answer.headers) is tells_rate
    assert b"secret" not in answer.body
