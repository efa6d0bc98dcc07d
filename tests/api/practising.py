"""A Daybook on which scenarios are practised: its API and its worker in one process, by a clock that the test moves."""

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from daybook.accounts.applications import Scope, create_application
from daybook.accounts.tokens import grant
from daybook.api.server import create_api
from daybook.lanes import LEASE, LaneKind, WorkClass
from daybook.reports.report_types import report_types
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.file import ScenarioFile
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.kinds import lane_kinds
from daybook.worker.production import Production
from daybook.worker.scenarios import wake_scenarios
from tests.api.serving import DOCUMENTS, JSON, REPORTS, US, Client, Daybook, ManualClock, serve, with_new_sellers
from tests.api.wire import Answer, Wire
from tests.databases import let_pass
from tests.house.tree import ROOT

EXAMPLES = ROOT / "examples" / "scenarios.toml"
SCENARIOS = "/daybook/v1/scenarios"
PRACTISED = ("production", "scenarios")


class Ticks:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run_lanes(store: Store, kinds: Mapping[str, LaneKind]) -> None:
    """Runs the lanes that make reports and practise, until none is due."""
    classes = [(work, kind) for kind in PRACTISED for work in WorkClass]
    while held := [one for work, kind in classes for one in store.claim("the worker", work, [kind], 10, LEASE)]:
        for one in held:
            kinds[one.lane.kind].step(one)


@dataclass
class Practice:
    """The Daybook, its first seller's client, and its worker's lanes."""

    daybook: Daybook
    client: Client
    kinds: dict[str, LaneKind]
    ticks: Ticks

    @property
    def store(self) -> Store:
        return self.daybook.store

    def work(self) -> None:
        """Runs the lanes until none is due."""
        run_lanes(self.store, self.kinds)

    def wait(self, seconds: float) -> None:
        """Lets that time pass, at each second of which the worker looked, and does what is due."""
        self.daybook.clock.advance(seconds)
        self.ticks.now += seconds
        if self.store.engine.dialect.name == "postgresql":
            let_pass(self.store, seconds)
        self.work()

    def ask(self, report_type: str, **members: Any) -> str:
        """The id of a new report."""
        return self.client.ask(report_type, **members)

    def try_to_ask(self, report_type: str) -> Answer:
        return self.client.post(REPORTS, {"reportType": report_type, "marketplaceIds": [US]})

    def look(self, report_id: str) -> Answer:
        return self.client.get(f"{REPORTS}/{report_id}")

    def status(self, report_id: str) -> str:
        return str(self.client.report(report_id)["processingStatus"])

    def done(self, report_type: str, **members: Any) -> str:
        """The id of the document of a new report, which is made at once."""
        report_id = self.ask(report_type, **members)
        self.work()
        return str(self.client.report(report_id)["reportDocumentId"])

    def why(self, report_id: str) -> str:
        """Why it is still waiting."""
        answer = self.client.get(f"/daybook/v1/reports/{report_id}")
        assert answer.status == 200, answer.body
        return str(answer.json["waiting"]["sentence"])

    def outcome(self, report_id: str) -> tuple[str, str | None]:
        """Status, and what Daybook knows of why."""
        with self.store.reading() as tx:
            report = tx.report(self.daybook.first, report_id)
        assert report is not None
        return report.status.value, report.outcome.value if report.outcome else None

    def told(self, document_id: str) -> dict[str, Any]:
        """What getReportDocument answers."""
        answer = self.client.get(f"{DOCUMENTS}/{document_id}")
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def download(self, url: str, **headers: str) -> Answer:
        """A download, which shows no token."""
        parts = urlsplit(url)
        return self.daybook.wire.send("GET", f"{parts.path}?{parts.query}", headers)

    def text(self, document_id: str) -> str:
        """A document as it should be: GZIP, in UTF-8."""
        told = self.told(document_id)
        answer = self.download(told["url"])
        assert (answer.status, told["compressionAlgorithm"]) == (200, "GZIP")
        return gzip.decompress(answer.body).decode()

    def operator(self) -> "Operator":
        """An application with the scope operator."""
        door = self.daybook.door
        with self.store.transaction() as tx:
            application, secret = create_application(tx, tx.now, door.ids, "operator", Scope.OPERATOR)
            form = {
                "grant_type": "client_credentials",
                "client_id": application.client_id,
                "client_secret": secret,
                "scope": "daybook::operator",
            }
            token, _ = grant(tx, tx.now, door.ids, form)
        return Operator(self.daybook.wire, token)


@dataclass
class Operator:
    """Calls the operator's routes."""

    wire: Wire
    token: str

    def list(self) -> list[dict[str, Any]]:
        answer = self.send("GET", SCENARIOS)
        assert answer.status == 200, answer.body
        return list(answer.json["scenarios"])

    def put(self, body: bytes, report_type: str = "*", seller_id: str = "*") -> Answer:
        return self.send("PUT", f"{SCENARIOS}/{seller_id}/{report_type}", body)

    def remove(self, report_type: str = "*", seller_id: str = "*") -> Answer:
        return self.send("DELETE", f"{SCENARIOS}/{seller_id}/{report_type}")

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        return self.wire.send(method, path, {"x-amz-access-token": self.token} | (JSON if body else {}), body)


@contextmanager
def practising(url: str, runner: asyncio.Runner, file: Path | None = EXAMPLES) -> Iterator[Practice]:
    """A Daybook over the migrated, empty database, with the scenarios of the file."""
    clock, ticks = ManualClock(), Ticks()
    store = open_store(url, clock)
    served = serve(store, clock, runner)
    scenarios = Scenarios(ScenarioFile(file, report_types()) if file else None, ticks)
    door = replace(served.door, scenarios=scenarios)
    daybook = with_new_sellers(replace(served, door=door, wire=Wire(create_api(door), runner)))
    parts = Production(store, door.objects, {}, door.types, door.ids, "the worker", None, scenarios)
    kinds = lane_kinds(parts)
    practice = Practice(daybook, daybook.client(), {kind.name: kind for kind in kinds}, ticks)
    with store.transaction() as tx:
        wake_scenarios(tx)
    practice.work()
    yield practice
    store.close()
