"""A whole Daybook for clients that nobody here wrote: listening on loopback, with a worker, over HTTP and HTTPS."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from daybook.accounts.applications import authorise, create_application
from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.accounts.usage_plans import UsagePlan, adjust
from daybook.app import App, open_app, serving, working
from daybook.cli.demo.certificate import write_certificate
from daybook.config import read_settings
from daybook.contract.operations import OPERATIONS

US = MARKETPLACES["US"]
SELLER = "A1SELLER"
ALL_LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
FAULTY_LISTINGS = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
LOOKS = 200
"""How often a report is polled before the test gives up on it."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where it listens, and what a program proves itself with there."""

    app: App
    url: str
    client_id: str
    client_secret: str
    refresh_token: str
    certificate: Path | None = None
    seller_id: str = SELLER

    @property
    def host(self) -> str:
        """The address without its scheme."""
        return self.url.partition("://")[2]


class Client(Protocol):
    """The nine operations, each answering what the library made of the wire, as plain values."""

    def create_report(self, report_type: str) -> str: ...
    def get_report(self, report_id: str) -> dict[str, object]: ...
    def get_reports(self, report_types: list[str]) -> list[str]: ...
    def cancel_report(self, report_id: str) -> None: ...
    def create_schedule(self, report_type: str, period: str) -> str: ...
    def get_schedule(self, schedule_id: str) -> dict[str, object]: ...
    def get_schedules(self, report_types: list[str]) -> list[str]: ...
    def cancel_schedule(self, schedule_id: str) -> None: ...
    def download(self, document_id: str) -> bytes:
        """getReportDocument, and the document's content."""

    def document(self, document_id: str) -> str | bytes | None:
        """What the library itself makes of a document; None where it gives the link to one, and no more."""

    def close(self) -> None: ...


def wait_until_ended(served: Served, client: Client, report_id: str) -> dict[str, object]:
    """The report, polled until it has ended; between two looks the database's own bell is waited for."""
    for _ in range(LOOKS):
        report = client.get_report(report_id)
        if report["processingStatus"] in ("DONE", "CANCELLED", "FATAL"):
            return report
        served.app.store.wait(0.1)
    raise AssertionError(f"report {report_id} has not ended")


@contextmanager
def serve(
    folder: Path,
    *,
    tls: bool = False,
    works: bool = True,
    stock: Callable[[App], None] = lambda app: None,
    **more: Any,
) -> Iterator[Served]:
    """A Daybook in the folder, with one seller and one application that may call often; without work, nothing ends.

    `more` are settings besides.
    """
    certificate, key = write_certificate(folder) if tls else (None, None)
    settings = read_settings({}, data=folder, port=0, tls_cert=certificate, tls_key=key, **more)
    with open_app(settings, schema="migrate") as app:
        credentials = accounts(app)
        stock(app)
        with working(app, "worker 1") if works else nullcontext(), serving(app) as server:
            yield Served(app, server.url, *credentials, certificate)


def accounts(app: App, seller_id: str = SELLER) -> tuple[str, str, str]:
    """A seller, and what an application of its own proves itself with."""
    with app.store.transaction() as tx:
        if tx.seller(seller_id) is None:
            add_seller(tx, tx.now, seller_id, "A shop", (US,))
        application, secret = create_application(tx, tx.now, app.ids, f"a program of {seller_id}")
        for operation in OPERATIONS:
            adjust(tx, application.client_id, operation.name, UsagePlan(1000.0, 1000))
        return application.client_id, secret, authorise(tx, tx.now, app.ids, application.client_id, seller_id)
