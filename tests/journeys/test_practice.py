"""The example's scenarios, served by a clock that runs fast, over real sockets."""

import gzip
import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from daybook.accounts.applications import authorise, create_application
from daybook.accounts.sellers import add_seller
from daybook.accounts.usage_plans import UsagePlan, adjust
from daybook.app import App, open_app, serving, working
from daybook.config import read_settings
from daybook.contract.operations import OPERATIONS
from daybook.kernel.clock import system_clock
from daybook.kernel.errors import Misconfigured
from daybook.kernel.ids import Ids
from tests.house.tree import ROOT

EXAMPLES = ROOT / "examples" / "scenarios.toml"
REPORTS = "/reports/2021-06-30/reports"
US = "ATVPDKIKX0DER"
SELLER = "A1SELLER"
SPEED = 600
LOOKS = 200


@dataclass
class Program:
    """What a client library comes down to: requests over a socket, with an access token."""

    app: App
    url: str
    form: dict[str, str]
    token: dict[str, Any] = field(default_factory=dict)

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and body. Raises IncompleteRead where the connection is cut."""
        with closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)) as connection:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def renew(self) -> None:
        """Another access token."""
        form = urlencode(self.form).encode()
        _, body = self.send("POST", "/auth/o2/token", form, **{"content-type": "application/x-www-form-urlencoded"})
        self.token = json.loads(body)

    def call(self, method: str, target: str, content: object = None) -> Any:
        """The answer's JSON; the token is renewed once where it has expired."""
        body = None if content is None else json.dumps(content).encode()
        status, answer = self._shown(method, target, body)
        if status == 403:
            self.renew()
            status, answer = self._shown(method, target, body)
        assert status in (200, 202), answer
        return json.loads(answer)

    def _shown(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"x-amz-access-token": self.token.get("access_token", ""), "content-type": "application/json"}
        return self.send(method, target, body, **headers)

    def listed(self, report_type: str, at_least: int) -> list[dict[str, Any]]:
        """The reports of the type, once there are so many."""
        for _ in range(LOOKS):
            reports: list[dict[str, Any]] = self.call("GET", f"{REPORTS}?reportTypes={report_type}")["reports"]
            if len(reports) >= at_least:
                return reports
            self.app.store.wait(0.1)
        raise AssertionError(f"{report_type} is not listed {at_least} times")

    def made(self, report_type: str) -> dict[str, Any]:
        """A new report, once it has ended."""
        asked = self.call("POST", REPORTS, {"reportType": report_type, "marketplaceIds": [US]})
        for _ in range(LOOKS):
            report: dict[str, Any] = self.call("GET", f"{REPORTS}/{asked['reportId']}")
            if report["processingStatus"] in ("DONE", "CANCELLED", "FATAL"):
                return report
            self.app.store.wait(0.05)
        raise AssertionError(f"{report_type} has not ended")

    def link(self, report: dict[str, Any]) -> str:
        """Path and query of a new link to the report's document."""
        url = urlsplit(self.call("GET", f"/reports/2021-06-30/documents/{report['reportDocumentId']}")["url"])
        return f"{url.path}?{url.query}"


@contextmanager
def practising(data: Path, name: str = "program") -> Iterator[Program]:
    """A Daybook in the folder that runs fast, and a program that may call often."""
    settings = read_settings({}, data=data, port=0, scenarios=EXAMPLES, speed=SPEED)
    with open_app(settings, schema="migrate") as app:
        form = credentials(app, name)
        with working(app, "worker 1"), serving(app) as server:
            yield Program(app, server.url, form)


def credentials(app: App, name: str) -> dict[str, str]:
    with app.store.transaction() as tx:
        if tx.seller(SELLER) is None:
            add_seller(tx, tx.now, SELLER, "A shop", (US,))
        application, secret = create_application(tx, tx.now, Ids(), name)
        for operation in OPERATIONS:
            adjust(tx, application.client_id, operation.name, UsagePlan(1000.0, 1000))
        refresh_token = authorise(tx, tx.now, app.ids, application.client_id, SELLER)
    return {
        "grant_type": "refresh_token",
        "client_id": application.client_id,
        "client_secret": secret,
        "refresh_token": refresh_token,
    }


def instant(report: dict[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(report[name])


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with practising(tmp_path_factory.mktemp("practice")) as program:
        yield program


def test_minutes_of_the_queue_and_of_production_pass_in_moments(program: Program) -> None:
    report = program.made("GET_AFN_INVENTORY_DATA")
    in_queue = instant(report, "processingStartTime") - instant(report, "createdTime")
    in_progress = instant(report, "processingEndTime") - instant(report, "processingStartTime")
    assert report["processingStatus"] == "DONE"
    assert in_queue >= timedelta(seconds=29)
    assert in_progress >= timedelta(seconds=119)


def test_a_tokens_life_is_told_in_the_clients_own_seconds(program: Program) -> None:
    program.renew()
    assert program.token["expires_in"] == 3600 / SPEED


def test_a_download_is_cut_on_the_wire_and_whole_the_next_time(program: Program) -> None:
    link = program.link(program.made("GET_FBA_STORAGE_FEE_CHARGES_DATA"))
    with pytest.raises(http.client.IncompleteRead) as cut:
        program.send("GET", link)
    status, content = program.send("GET", link)
    assert status == 200
    assert content.startswith(cut.value.partial)
    assert gzip.decompress(content).startswith(b"asin\testimated_monthly_storage_fee\n")


def test_another_application_asks_while_the_server_runs(program: Program) -> None:
    listed = program.listed("GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA", 2)
    times = sorted(instant(report, "createdTime") for report in listed)
    assert times[1] - times[0] >= timedelta(minutes=10) - timedelta(seconds=1)


def test_after_a_restart_the_clock_goes_on_where_the_book_ends(tmp_path: Path) -> None:
    with practising(tmp_path, "first") as program:
        first = program.made("GET_AFN_INVENTORY_DATA")
    ended = instant(first, "processingEndTime")
    assert ended > system_clock() + timedelta(seconds=60)
    with practising(tmp_path, "second") as program:
        second = program.made("GET_AFN_INVENTORY_DATA")
        found = program.call("GET", f"{REPORTS}?reportTypes=GET_AFN_INVENTORY_DATA")["reports"]
    assert instant(second, "createdTime") >= ended
    assert [report["reportId"] for report in found] == [second["reportId"], first["reportId"]]


def test_a_wrong_file_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "practice.toml"
    file.write_text("[[scenario]]\ninQueue = -1\n")
    settings = read_settings({}, data=tmp_path / "data", scenarios=file)
    with pytest.raises(Misconfigured, match=r"practice\.toml, line 2: scenario 1 is wrong"), open_app(settings):
        pass
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DAYBOOK_SPEED": "fast"}, "speed"),
        ({"DAYBOOK_SPEED": "0.5"}, "speed"),
        ({"DAYBOOK_SPEED": "nan"}, "speed"),
        ({"DAYBOOK_SPEED": "60", "DAYBOOK_DATABASE_URL": "postgresql://db/daybook"}, "keeps its own time"),
    ],
)
def test_a_speed_that_cannot_be_stops_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings(given)
    assert said in f"{refused.value.message} {refused.value.details}"
