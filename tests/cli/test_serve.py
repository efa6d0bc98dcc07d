"""`daybook serve` and `daybook worker`, as processes that are spoken to over HTTP."""

import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from daybook import listening
from daybook.cli.demo.certificate import write_certificate
from daybook.client import ReportsClient
from tests.cli.running import ran, running
from tests.cli.typing_in import Shop, Terminal

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
US = "ATVPDKIKX0DER"
SERVE = ("serve", "--port", "0", "--json")
OF = ("--seller", "A1SHOP")


def client(shop: Shop, url: str, ca: Path | None = None) -> ReportsClient:
    credentials = (shop.client_id, shop.client_secret, shop.refresh_token)
    verify = ssl.create_default_context(cafile=ca) if ca else True
    return ReportsClient(url, f"{url}/auth/o2/token", *credentials, verify=verify)


def listed(shop: Shop, url: str, ca: Path | None = None) -> bytes:
    """A report's document, as a client gets it; the command line waits for its end."""
    with client(shop, url, ca) as calls:
        report_id = calls.create_report(LISTINGS, [US])
        assert shop.terminal("reports", "wait", report_id, *OF, "--timeout", "60").code == 0
        document_id = calls.get_report(report_id).reportDocumentId
        assert isinstance(document_id, str)
        return b"".join(calls.download(calls.get_report_document(document_id)))


def test_a_client_gets_its_report_from_a_server_that_an_operator_started(shop: Shop) -> None:
    with running(shop.terminal.data, *SERVE) as server:
        assert listed(shop, server.json()["url"]).count(b"\n") == 4
        assert server.end() == 0
        events = [line["event"] for line in server.log()]
        assert events[:2] == ["the worker has started", "serving"]
        assert any(event.startswith("ending") for event in events)


def test_a_server_speaks_https_with_a_certificate(shop: Shop) -> None:
    cert, key = write_certificate(shop.terminal.folder)
    with running(shop.terminal.data, *SERVE, "--tls-cert", cert, "--tls-key", key) as server:
        url = server.json()["url"]
        assert url.startswith("https://")
        assert listed(shop, url, cert).count(b"\n") == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_is_told_to_end_ends_in_order(terminal: Terminal, number: int) -> None:
    with running(terminal.data, *SERVE) as server:
        server.json()
        assert server.end(number) == 0
        assert server.log()[-1]["event"] == "the worker has stopped"


def test_an_empty_folder_is_all_that_a_server_needs(nowhere: Terminal) -> None:
    with running(nowhere.data, *SERVE) as server:
        assert server.json()["port"] > 0
        assert nowhere.json("accounts", "list") == []


def test_two_servers_never_do_the_work_of_one_folder(terminal: Terminal) -> None:
    with running(terminal.data, *SERVE) as server:
        server.json()
        second = ran(terminal.data, *SERVE)
        assert (second.returncode, second.stdout) == (1, "")
        assert "Another Daybook runs the work" in second.stderr


def test_the_api_and_the_worker_may_be_processes_of_their_own(shop: Shop) -> None:
    with running(shop.terminal.data, *SERVE, "--no-worker") as server:
        url = server.json()["url"]
        with client(shop, url) as calls:
            report_id = calls.create_report(LISTINGS, [US])
            assert calls.get_report(report_id).processingStatus == "IN_QUEUE"
        with running(shop.terminal.data, "worker", "--json") as worker:
            assert worker.json()["worker"]
            assert shop.terminal("reports", "wait", report_id, *OF, "--timeout", "60").code == 0
            assert worker.end(signal.SIGTERM) == 0


def test_an_address_that_is_taken_is_told(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = terminal("serve", "--port", port)
    assert refused.code == 1
    assert f"127.0.0.1:{port} cannot be listened on" in refused.err


@pytest.mark.parametrize("words", [("--tls-cert", "{cert}"), ("--tls-cert", "{key}", "--tls-key", "{cert}")])
def test_a_certificate_that_cannot_be_used_is_told(terminal: Terminal, words: tuple[str, ...]) -> None:
    cert, key = write_certificate(terminal.folder)
    refused = terminal("serve", "--port", "0", *(word.format(cert=cert, key=key) for word in words))
    assert refused.code == 1
    assert "certificate" in refused.err


def test_a_database_on_a_server_is_migrated_by_hand_before_it_is_served(
    nowhere: Terminal, new_postgres: Callable[[], str]
) -> None:
    url = new_postgres()
    terminal = nowhere.having(DAYBOOK_DATABASE_URL=url)
    refused = ran(terminal.data, *SERVE, DAYBOOK_DATABASE_URL=url)
    assert refused.returncode == 1
    assert "Run: daybook migrate" in refused.stderr
    terminal.done("migrate")
    shop = Shop.open(terminal)
    with running(terminal.data, *SERVE, DAYBOOK_DATABASE_URL=url) as server:
        assert listed(shop, server.json()["url"]).count(b"\n") == 4
        assert server.end() == 0


def test_an_api_that_ends_by_itself_is_a_failure(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening.Server, "wait", lambda _: None)
    ended = terminal("serve", "--port", "0")
    assert ended.code == 1
    assert "has ended by itself" in ended.err
