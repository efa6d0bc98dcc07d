"""`daybook doctor`: what is wrong with a set-up, each fault by itself."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from daybook.activity import Event
from daybook.app import only_worker
from daybook.cli.demo.certificate import write_certificate
from daybook.cli.doctor import machine
from daybook.config import Settings
from daybook.lanes import Lane, WorkClass
from tests.cli.typing_in import Shop, Terminal

LANE = Lane("production", "A1SHOP/GET_WEATHER")


def findings(terminal: Terminal, severity: str = "error") -> list[dict[str, str]]:
    """What the doctor finds, with a reason and a cure for each."""
    ran = terminal("doctor", "--json")
    told = ran.json
    assert ran.code == (0 if told["healthy"] else 1)
    assert all(one[part] for one in told["findings"] for part in ("what", "why", "mend")), told
    assert told["healthy"] == all(one["severity"] == "warning" for one in told["findings"])
    return [one for one in told["findings"] if one["severity"] == severity]


def only(terminal: Terminal, severity: str = "error") -> dict[str, str]:
    """The one thing that the doctor finds."""
    found = findings(terminal, severity)
    assert len(found) == 1, found
    return found[0]


def test_a_shop_is_healthy(shop: Shop) -> None:
    shop.made()
    told = shop.terminal.json("doctor")
    assert (told["healthy"], told["findings"]) == (True, [])
    assert {"settings", "key file", "database", "lanes", "documents"} <= set(told["examined"])
    assert shop.terminal.done("doctor").out.splitlines()[-1] == "Nothing is wrong."


def test_the_doctor_makes_nothing(nowhere: Terminal) -> None:
    assert "There is no Daybook" in only(nowhere)["what"]
    assert not nowhere.data.exists()


def test_people_see_what_is_wrong_why_that_matters_and_how_to_mend_it(nowhere: Terminal) -> None:
    lines = nowhere("doctor").out.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("✗ database: There is no Daybook"))
    assert lines[place + 1 : place + 3] == [
        "  Nothing can be asked of it.",
        "  `daybook serve` makes one; --data DIR or DAYBOOK_DATA names another folder.",
    ]
    assert lines[-1] == "1 error and 1 warning."


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DAYBOOK_HOST": "192.0.2.1"}, ["without TLS"]),
        ({"DAYBOOK_HOST": "192.0.2.1", "DAYBOOK_PUBLIC_URL": "https://reports.example"}, []),
        ({"DAYBOOK_HOST": "::", "DAYBOOK_PUBLIC_URL": "http://r.example"}, ["without TLS"]),
        ({"DAYBOOK_HOST": "::"}, ["without TLS", "DAYBOOK_PUBLIC_URL is not set"]),
        ({"DAYBOOK_HOST": "::", "DAYBOOK_PUBLIC_URL": "https://localhost"}, ["and DAYBOOK_PUBLIC_URL is https"]),
        ({"DAYBOOK_HOST": "::1"}, []),
        ({"DAYBOOK_HOST": "localhost", "DAYBOOK_PUBLIC_URL": "http://127.0.0.1"}, []),
    ],
)
def test_an_address_that_others_reach_needs_tls_and_a_public_url(
    shop: Shop, variables: dict[str, str], told: list[str]
) -> None:
    found = findings(shop.terminal.having(**variables))
    assert len(found) == len(told)
    for part, one in zip(told, found, strict=True):
        assert part in one["what"]


def test_a_certificate_is_read_and_its_end_seen_coming(shop: Shop, tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    paired = shop.terminal.having(DAYBOOK_TLS_CERT=str(cert), DAYBOOK_TLS_KEY=str(key))
    assert "is good until" in only(paired, "warning")["what"]
    key.write_text("no key")
    assert "cannot be used" in only(paired)["what"]


def test_a_full_disk_is_seen_coming(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 2**63)
    assert "MiB left" in only(shop.terminal)["what"]


def test_a_key_file_that_others_can_read_or_that_is_no_key_is_found(shop: Shop) -> None:
    key = shop.terminal.data / "keys" / "root.key"
    key.chmod(0o644)
    assert "can be read by others" in only(shop.terminal)["what"]
    assert "chmod 600" in only(shop.terminal)["mend"]
    key.chmod(0o600)
    key.write_text("short")
    assert "does not hold 32 bytes" in only(shop.terminal)["what"]
    key.unlink()
    assert "is not there" in only(shop.terminal, "warning")["what"]


def test_a_database_that_is_away_or_of_another_schema_is_found(shop: Shop) -> None:
    away = shop.terminal.having(DAYBOOK_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/daybook")
    assert "unavailable" in only(away)["what"]
    assert "hunter2" not in away("doctor").out
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert "at revision 0000" in only(shop.terminal)["what"]
    assert "daybook migrate" in only(shop.terminal)["mend"]


def test_a_damaged_database_file_is_found(shop: Shop) -> None:
    file = shop.terminal.data / "daybook.sqlite"
    with shop.terminal.store() as store, store.reading() as tx:
        tx.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        page = tx.connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'event_of'").scalar_one()
        size = tx.connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(content)
    assert any("is damaged" in one["what"] for one in findings(shop.terminal))


def test_a_setting_that_is_wrong_is_found(shop: Shop) -> None:
    assert only(shop.terminal.having(DAYBOOK_SLOTS="many"))["examined"] == "settings"


def test_what_is_for_practice_is_named(shop: Shop) -> None:
    assert "runs 60 times as fast" in only(shop.terminal.having(DAYBOOK_SPEED="60"), "warning")["what"]
    missing = shop.terminal.having(DAYBOOK_SCENARIOS=str(shop.terminal.folder / "none.json"))
    assert "cannot be read" in only(missing)["what"]


def test_a_report_type_of_the_operators_own_that_is_wrong_is_found(shop: Shop) -> None:
    folder = shop.terminal.folder / "types"
    folder.mkdir()
    (folder / "GET_OWN.sql").write_text("SELECT")
    found = only(shop.terminal.having(DAYBOOK_SQL_TYPES=str(folder)))
    assert found["examined"] == "report types"


def test_a_report_type_whose_last_good_version_holds_is_warned_of(shop: Shop) -> None:
    folder = shop.terminal.folder / "types"
    folder.mkdir()
    own = folder / "own.sql"
    having = shop.terminal.having(DAYBOOK_SQL_TYPES=str(folder))
    own.write_text("-- report type: GET_OWN\n-- format: CSV\nSELECT 1 AS one")
    assert findings(having, "warning") == []
    own.write_text("-- report type: GET_OWN\n-- format: CSV\nSELECT 1 AS one; DROP TABLE one")
    assert findings(having) == []
    found = only(having, "warning")
    assert "own.sql, line 3" in found["what"]
    assert "last good version" in found["why"]


def test_sellers_and_applications_that_can_do_nothing_are_found(shop: Shop) -> None:
    shop.terminal.done("apps", "create", "--name", "idle")
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM seller_marketplace")
    assert "Seller A1SHOP has no marketplace" in only(shop.terminal)["what"]
    assert "application idle" in only(shop.terminal, "warning")["what"]
    shop.terminal.done("apps", "revoke", "idle")
    assert findings(shop.terminal, "warning") == []


def test_destinations_that_get_nothing_or_refuse_it_are_found(shop: Shop) -> None:
    terminal = shop.terminal.having(DAYBOOK_DESTINATION_NETWORKS="127.0.0.0/8")
    of = ("--seller", shop.seller)
    made = terminal.json("destinations", "add", "http://127.0.0.1:8999/", *of, "--name", "ERP")["destinationId"]
    terminal.done("subscriptions", "add", made, *of)
    assert findings(terminal, "warning") == []
    set_destination(shop, "failing_since = created_at")
    found = only(terminal, "warning")
    assert (found["examined"], f"Destination {made} of A1SHOP (ERP) refuses" in found["what"]) == ("destinations", True)
    set_destination(shop, "status = 'INACTIVE', reason = 'gone'")
    found = only(terminal)
    assert found["what"].endswith("is INACTIVE: its receiver answered 410: it wants no more.")
    assert found["why"] == "It is sent nothing. 0 deliveries wait for it, each for up to 30 days."
    assert f"daybook destinations enable {made} --seller A1SHOP" in found["mend"]
    set_destination(shop, "reason = 'by_request'")
    assert "somebody set it so" in only(terminal, "warning")["what"]


def set_destination(shop: Shop, values: str) -> None:
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.connection.exec_driver_sql(f"UPDATE destination SET {values}")


def test_followed_reports_that_nobody_can_ask_about_are_found(shop: Shop) -> None:
    for report in ("R-1", "R-2"):
        shop.terminal.done("followed", "add", report, "--seller", shop.seller, "--from", "walmart")
    found = only(shop.terminal, "warning")
    assert found["examined"] == "followed reports"
    assert "No credentials of A1SHOP at walmart are set" in found["what"]
    assert found["why"].startswith("2 reports followed there since 20")
    assert "DAYBOOK_WALMART" in found["mend"]
    credentials = {"credentials": {"A1SHOP": {"client_id": "c", "client_secret": "s"}}}
    assert findings(shop.terminal.having(DAYBOOK_WALMART=json.dumps(credentials)), "warning") == []


def change_lane(shop: Shop, **values: object) -> None:
    """The lane, as it would be some time later."""
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.wake(LANE, WorkClass.NORMAL)
        tx.flush()
        tx.connection.execute(
            sa.text(f"UPDATE lane SET {', '.join(f'{name} = :{name}' for name in values)} WHERE key = :key"),
            {**values, "key": LANE.key},
        )


def ago(seconds: float) -> Callable[[Shop], float]:
    def at(shop: Shop) -> float:
        with shop.terminal.store() as store:
            return (store.clock() - timedelta(seconds=seconds)).timestamp()

    return at


def test_a_lane_that_fails_is_doubtful_and_one_that_keeps_failing_is_wrong(shop: Shop) -> None:
    change_lane(shop, failures=2, due_at=ago(-60)(shop))
    assert "has failed 2 times in a row" in only(shop.terminal, "warning")["what"]
    change_lane(shop, failures=5, due_at=ago(-60)(shop))
    assert "has failed 5 times in a row" in only(shop.terminal)["what"]


def test_work_that_nobody_does_is_found(shop: Shop) -> None:
    change_lane(shop, due_at=ago(3600)(shop))
    assert only(shop.terminal, "warning")["why"] == "No worker runs."
    with only_worker(Settings(data=shop.terminal.data)):
        assert only(shop.terminal)["why"] == "No worker runs, or all of them are busy."


def test_a_lane_of_a_dead_worker_is_found(shop: Shop) -> None:
    change_lane(shop, due_at=None, worker="gone", lease_until=ago(3600)(shop))
    assert "1 lane is held by a worker that died" in only(shop.terminal, "warning")["what"]


def test_a_ledger_from_the_future_is_found(shop: Shop) -> None:
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.add_event(Event("A1SHOP", "test", "x", None, "NEW", "a test", {}, tx.now + timedelta(days=1)))
    assert "which is in the future" in only(shop.terminal)["what"]


@pytest.mark.parametrize("harm", ["gone", "altered", "away"])
def test_a_document_that_is_not_what_was_written_is_found(shop: Shop, harm: str) -> None:
    document = shop.made()["reportDocumentId"]
    documents = shop.terminal.data / "documents"
    file = next(path for path in documents.rglob("*") if path.is_file())
    if harm == "altered":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    elif harm == "gone":
        file.unlink()
    else:
        documents.rename(shop.terminal.data / "elsewhere")
    assert ("document store is not there" if harm == "away" else document) in only(shop.terminal)["what"]


def test_a_database_on_a_server_is_examined_too(nowhere: Terminal, new_postgres: Callable[[], str]) -> None:
    terminal = nowhere.having(DAYBOOK_DATABASE_URL=new_postgres())
    assert "daybook migrate" in only(terminal)["mend"]
    terminal.done("migrate")
    terminal.done("accounts", "add", "--seller", "A1", "--name", "First", "--marketplace", "US")
    terminal.done("followed", "add", "R-1", "--seller", "A1", "--from", "amazon")
    assert only(terminal, "warning")["why"].startswith("1 report followed there since 20")
    with terminal.store() as store, store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM followed_report")
        tx.connection.exec_driver_sql("DELETE FROM lane")
        tx.wake(LANE, WorkClass.NORMAL)
        tx.flush()
        tx.connection.exec_driver_sql("UPDATE lane SET due_at = now() - interval '1 hour'")
    assert "Work of 1 lane waits, the first for 3,6" in only(terminal)["what"]
    assert json.loads(terminal("doctor", "--json").out)["examined"].count("clocks") == 1


def test_more_connections_than_the_server_has_are_warned_of(nowhere: Terminal, new_postgres: Callable[[], str]) -> None:
    terminal = nowhere.having(DAYBOOK_DATABASE_URL=new_postgres())
    terminal.done("migrate")
    assert findings(terminal, "warning") == []
    assert "64 slots takes up to 145." in only(terminal.having(DAYBOOK_SLOTS="64"), "warning")["what"]
