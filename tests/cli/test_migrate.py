"""`daybook migrate`."""

from collections.abc import Callable

from daybook.store.opening import head, open_store
from tests.cli.typing_in import Terminal


def test_a_new_database_is_brought_to_the_present_and_stays_there(nowhere: Terminal) -> None:
    assert nowhere.json("migrate") == {"from": None, "to": head()}
    assert nowhere.json("migrate") == {"from": head(), "to": head()}
    assert "already" in nowhere.done("migrate").out


def test_a_database_on_a_server_is_brought_to_the_present(nowhere: Terminal, new_postgres: Callable[[], str]) -> None:
    terminal = nowhere.having(DAYBOOK_DATABASE_URL=new_postgres())
    ran = terminal("accounts", "list")
    assert ran.code == 1
    assert "Run: daybook migrate" in ran.err
    terminal.done("migrate")
    assert terminal.json("accounts", "list") == []


def test_an_older_schema_is_not_used_until_it_is_migrated(terminal: Terminal) -> None:
    store = open_store(f"sqlite:///{terminal.data / 'daybook.sqlite'}")
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    store.close()
    ran = terminal("accounts", "list")
    assert ran.code == 1
    assert "at revision 0000" in ran.err
