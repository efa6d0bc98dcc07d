"""getReport with its token, its token bucket and the store, beside a bare handler that answers the same bytes.

Two servers run on one core, and a client on another asks them in turns. Every request shows one of a hundred sellers'
tokens and asks for one of the seller's ten reports. The usage plan is raised, so that no call is refused.
"""

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure
from bench.processes import Talker, talker
from bench.rounds import medians
from daybook.accounts.applications import authorise, create_application
from daybook.accounts.sellers import add_seller
from daybook.accounts.tokens import grant
from daybook.accounts.usage_plans import MOST_PER_SECOND, UsagePlan, adjust
from daybook.app import App, open_app
from daybook.config import read_settings
from daybook.contract.operations import GET_REPORT
from daybook.reports.reports import Report
from daybook.reports.status import Outcome, Status
from daybook.store.transaction import Transaction

REPORTS_OF_A_SELLER = 10
CONNECTIONS = 10
SERVER_CORE, CLIENT_CORE = 0, 1
MARKETPLACE = "ATVPDKIKX0DER"


def run(quick: bool) -> list[Figure]:
    """Daybook's requests a second for each of the bare handler's."""
    sellers, rounds, seconds = (2, 1, 0.1) if quick else (100, 15, 1.0)
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        asks = prepare(Path(folder) / "data", sellers)
        with servers(Path(folder), asks[0]) as (bare, daybook), client(asks) as asking:
            found = medians(
                {
                    "bare": lambda: bare.rate(asking, seconds),
                    "daybook": lambda: daybook.rate(asking, seconds),
                },
                rounds,
            )
    ratio = found["daybook"] / found["bare"]
    work = bare.work / daybook.work
    return [
        Figure("getReport, requests a second beside a bare handler", ratio, "x", ">= 0.5", ratio >= 0.5),
        Figure("getReport, the same by the servers' processor time", work, "x", "", None),
        Figure("getReport, requests a second on one core", found["daybook"], "/s", "", None),
    ]


@dataclass(frozen=True, slots=True)
class Ask:
    """One poll of a report."""

    token: str
    report_id: str

    @property
    def path(self) -> str:
        """Where it is polled."""
        return GET_REPORT.path.format(reportId=self.report_id)

    def raw(self) -> str:
        """As it goes through the socket; the headers are those of a common client."""
        headers = {
            "host": "127.0.0.1",
            "accept": "application/json",
            "user-agent": "python-requests",
            "x-amz-access-token": self.token,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"GET {self.path} HTTP/1.1\r\n{lines}\r\n"


def prepare(data: Path, sellers: int) -> list[Ask]:
    """A data folder with sellers, their tokens and their reports, and all the polls that can be made of them."""
    with open_app(read_settings({}, data=data), schema="migrate") as app, app.store.transaction() as tx:
        client_id, secret = _application(app, tx)
        names = [f"SELLER{number}" for number in range(sellers)]
        tokens = {name: _token(app, tx, name, client_id, secret) for name in names}
        return [Ask(tokens[name], _report(app, tx, name)) for name in names for _ in range(REPORTS_OF_A_SELLER)]


def _application(app: App, tx: Transaction) -> tuple[str, str]:
    application, secret = create_application(tx, tx.now, app.ids, "bench")
    adjust(tx, application.client_id, GET_REPORT.name, UsagePlan(MOST_PER_SECOND, MOST_PER_SECOND))
    return application.client_id, secret


def _token(app: App, tx: Transaction, seller_id: str, client_id: str, secret: str) -> str:
    add_seller(tx, tx.now, seller_id, "Seller", (MARKETPLACE,))
    form = {
        "grant_type": "refresh_token",
        "client_id": client_id,
        "client_secret": secret,
        "refresh_token": authorise(tx, tx.now, app.ids, client_id, seller_id),
    }
    return grant(tx, tx.now, app.ids, form)[0]


def _report(app: App, tx: Transaction, seller_id: str) -> str:
    second = tx.now.replace(microsecond=0)
    ended = Report(
        seller_id=seller_id,
        report_id=app.ids.timed(tx.now),
        report_type="GET_MERCHANT_LISTINGS_ALL_DATA",
        status=Status.DONE,
        marketplace_ids=(MARKETPLACE,),
        options={},
        data_start=second - timedelta(days=1),
        data_end=second,
        created_at=tx.now,
        started_at=tx.now,
        finished_at=tx.now,
        outcome=Outcome.DATA,
        document_id=app.ids.document(1),
        attempts=1,
    )
    tx.add_report(ended)
    return ended.report_id


class Server:
    """A server process, and what its answers cost."""

    def __init__(self, process: Talker) -> None:
        self._process = process
        self.port = int(process.told()[0])
        self._work = 0.0
        self._answers = 0

    def rate(self, client: Talker, seconds: float) -> float:
        """Requests a second that it answers the client."""
        before = self._used()
        answered, refused, took = client.ask(f"{self.port} {seconds}")
        if int(refused):
            raise RuntimeError(f"{refused} of {answered} requests were not answered with 200.")
        self._work += self._used() - before
        self._answers += int(answered)
        return int(answered) / float(took)

    @property
    def work(self) -> float:
        """Seconds of processor time for an answer."""
        return self._work / self._answers

    def _used(self) -> float:
        return float(self._process.ask("used")[0])


@contextmanager
def servers(folder: Path, ask: Ask) -> Iterator[tuple[Server, Server]]:
    """The bare one and Daybook; the bare one answers every request with the bytes of Daybook's answer to `ask`."""
    with talker(SERVER_CORE, "bench.server", "daybook", str(folder / "data")) as serving:
        daybook = Server(serving)
        body = folder / "body.json"
        body.write_bytes(_answer(daybook.port, ask))
        with talker(SERVER_CORE, "bench.server", "bare", str(body)) as serving_bytes:
            yield Server(serving_bytes), daybook


def _answer(port: int, ask: Ask) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{ask.path}", headers={"x-amz-access-token": ask.token})
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
    return body


@contextmanager
def client(asks: list[Ask]) -> Iterator[Talker]:
    """The client process."""
    with talker(CLIENT_CORE, "bench.load") as process:
        process.ask(json.dumps({"requests": [ask.raw() for ask in asks], "connections": CONNECTIONS}))
        yield process
