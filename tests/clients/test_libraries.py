"""Clients that nobody here wrote, from PyPI and unchanged, use every one of the nine operations."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from daybook.app import App
from tests.clients.daybook import ALL_LISTINGS, FAULTY_LISTINGS, SELLER, US, Client, Served, serve, wait_until_ended
from tests.clients.libraries import AmznSpApi, PythonAmazonSpApi
from tests.report_types.catalogs import item

HEADER = b"item-name\t"


def stock(app: App) -> None:
    """Two items, one of which has no price."""
    with app.store.transaction() as tx:
        tx.put_items(
            [
                item("LAMP-1", seller_id=SELLER, marketplace_id=US, name="A lamp"),
                item("LAMP-2", seller_id=SELLER, marketplace_id=US, name="Another lamp", price=None),
            ]
        )


@pytest.fixture(scope="module", params=["http", "https"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Daybook, over HTTP and over HTTPS with a certificate of its own."""
    with serve(tmp_path_factory.mktemp(request.param), tls=request.param == "https", stock=stock) as running:
        yield running


@pytest.fixture(scope="module", params=["http", "https"])
def idle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Daybook without a worker: what is asked for stays in the queue."""
    with serve(tmp_path_factory.mktemp("idle"), tls=request.param == "https", works=False) as running:
        yield running


def trust(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """amzn-sp-api asks for its tokens with requests, which looks here for whom to trust."""
    if served.certificate:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.certificate))


@pytest.fixture(params=[PythonAmazonSpApi, AmznSpApi], ids=["python-amazon-sp-api", "amzn-sp-api"])
def client(request: pytest.FixtureRequest, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Each library."""
    trust(served, monkeypatch)
    made: Callable[[Served], Client] = request.param
    with closing(made(served)) as client:
        yield client


@pytest.mark.requirement("R004-002", "R004-056", "R004-061", "R004-069", "R004-150")
def test_a_report_is_asked_for_polled_until_it_is_done_and_downloaded(served: Served, client: Client) -> None:
    report_id = client.create_report(ALL_LISTINGS)
    report = wait_until_ended(served, client, report_id)
    assert (report["reportId"], report["processingStatus"]) == (report_id, "DONE")
    content = client.download(str(report["reportDocumentId"]))
    assert content.startswith(HEADER)
    assert [b"LAMP-1" in line for line in content.splitlines()] == [False, True, False]
    assert content == stored(served, str(report["reportDocumentId"]))


def stored(served: Served, document_id: str) -> bytes:
    """The document's content, to the byte, as it was written."""
    with served.app.store.reading() as tx:
        document = tx.document(SELLER, document_id)
    assert document is not None
    return gzip.decompress(b"".join(served.app.objects.read(document.object_name, 0, document.size)))


@pytest.mark.requirement("R004-014")
def test_reports_are_listed(client: Client) -> None:
    report_id = client.create_report(ALL_LISTINGS)
    assert report_id in client.get_reports([ALL_LISTINGS, FAULTY_LISTINGS])


@pytest.mark.requirement("R004-081", "R004-087", "R004-089")
@pytest.mark.parametrize("library", [PythonAmazonSpApi, AmznSpApi])
def test_a_report_in_the_queue_is_cancelled(
    idle: Served, library: Callable[[Served], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(idle, monkeypatch)
    with closing(library(idle)) as client:
        cancel_one(client)


def cancel_one(client: Client) -> None:
    report_id = client.create_report(ALL_LISTINGS)
    assert client.get_report(report_id)["processingStatus"] == "IN_QUEUE"
    client.cancel_report(report_id)
    assert client.get_report(report_id)["processingStatus"] == "CANCELLED"


@pytest.mark.requirement("R004-097", "R004-111", "R004-126", "R004-138", "R004-142")
def test_a_schedule_is_made_told_listed_and_cancelled(client: Client) -> None:
    schedule_id = client.create_schedule(FAULTY_LISTINGS, "P1D")
    assert client.get_schedule(schedule_id)["period"] == "P1D"
    assert client.get_schedules([FAULTY_LISTINGS]) == [schedule_id]
    client.cancel_schedule(schedule_id)
    assert client.get_schedules([FAULTY_LISTINGS]) == []
