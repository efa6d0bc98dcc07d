"""The hidden command that workers start: one report, made in a process of its own."""

import gzip
import sys
from collections.abc import Callable

import pytest

from daybook.config import Settings
from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.kernel.errors import Unavailable
from daybook.worker.child import ChildCommand
from daybook.worker.making import AttemptDied
from tests.cli.typing_in import Shop, Terminal

OPEN = "GET_FLAT_FILE_OPEN_LISTINGS_DATA"
NAME = object_name("A1SHOP", "an attempt")


def child(terminal: Terminal) -> ChildCommand:
    variables = {"DAYBOOK_DATA": str(terminal.data), **terminal.environment}
    return ChildCommand([sys.executable, "-m", "daybook.cli", "produce"], variables)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_child_makes_the_document_that_its_job_names(
    nowhere: Terminal, new_postgres: Callable[[], str], kind: str
) -> None:
    terminal = nowhere.having(DAYBOOK_DATABASE_URL=new_postgres() if kind == "postgresql" else "")
    terminal.done("migrate")
    shop = Shop.open(terminal)
    report_id = shop.request(report_type=OPEN)["reportId"]
    with terminal.store() as store, store.reading() as tx:
        report = tx.report("A1SHOP", report_id)
    assert report is not None
    written = child(terminal).make(report, NAME)
    assert written is not None
    objects = Objects.open(Settings(data=terminal.data).documents)
    content = gzip.decompress(b"".join(objects.read(NAME, 0, written.size)))
    assert [line.split(b"\t")[0] for line in content.splitlines()] == [b"sku", b"A-1"]


def test_the_command_lines_own_variables_do_not_disturb_a_child(shop: Shop) -> None:
    told = shop.terminal.json("reports", "request", OPEN, "--seller", "A1SHOP", "--marketplace", "CA")
    with shop.terminal.store() as store, store.reading() as tx:
        report = tx.report("A1SHOP", told["reportId"])
    assert report is not None
    debugged = shop.terminal.having(DAYBOOK_DEBUG="1", DAYBOOK_CONFIG=str(shop.terminal.write("c.toml", "port = 1")))
    assert child(debugged).make(report, NAME) is None


def test_a_child_without_data_says_so_and_leaves_no_object(shop: Shop) -> None:
    told = shop.terminal.json("reports", "request", OPEN, "--seller", "A1SHOP", "--marketplace", "CA")
    with shop.terminal.store() as store, store.reading() as tx:
        report = tx.report("A1SHOP", told["reportId"])
    assert report is not None
    assert child(shop.terminal).make(report, NAME) is None
    assert not [path for path in (shop.terminal.data / "documents").rglob("*") if path.is_file()]


def test_a_child_whose_database_is_away_says_so(shop: Shop) -> None:
    report_id = shop.request(report_type=OPEN)["reportId"]
    with shop.terminal.store() as store, store.reading() as tx:
        report = tx.report("A1SHOP", report_id)
    assert report is not None
    away = shop.terminal.having(DAYBOOK_DATABASE_URL="postgresql://me@127.0.0.1:1/daybook")
    with pytest.raises(Unavailable):
        child(away).make(report, NAME)
    with pytest.raises(AttemptDied):
        child(shop.terminal.having(DAYBOOK_PORT="no port")).make(report, NAME)


def test_the_command_is_not_shown_to_people(nowhere: Terminal) -> None:
    assert "produce" not in nowhere.done("--help").out
