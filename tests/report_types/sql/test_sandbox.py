"""What the connection of a report refuses by itself, even to SQL that was never checked."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql import sandbox as sandboxes
from daybook.report_types.sql.sandbox import Sandbox, identifier, literal, open_sandbox
from daybook.report_types.sql.settings import Limits
from tests.report_types.sql.writing import Folder

SECRET = "never to be read"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A CSV file and a SQLite file, beside which lies another file."""
    folder = Folder(tmp_path_factory.mktemp("sandbox"))
    folder.add("numbers.csv", "id\n1\n2\n")
    shop = folder.add("shop.sqlite", b"")
    with sqlite3.connect(shop) as database:
        database.execute("CREATE TABLE orders (id INTEGER)")
    database.close()
    (folder.data / "secret.csv").write_text(f"text\n{SECRET}\n")
    (folder.data / "link.csv").symlink_to(folder.data / "secret.csv")
    return folder


@pytest.fixture(scope="module")
def sandbox(folder: Folder) -> Iterator[Sandbox]:
    """Over both."""
    work = folder.path / "work"
    work.mkdir()
    with open_sandbox(folder.sources, Limits(), work) as opened:
        yield opened


ATTEMPTS = [
    "FROM read_csv('{data}/secret.csv')",
    "FROM '{data}/secret.csv'",
    "FROM read_csv('{data}/link.csv')",
    "FROM read_csv('{data}/*.csv')",
    "FROM read_text('{data}/secret.csv')",
    "FROM read_blob('{data}/secret.csv')",
    "FROM read_json('{data}/secret.csv')",
    "FROM read_parquet('{data}/secret.csv')",
    "FROM sniff_csv('{data}/secret.csv')",
    "FROM glob('{data}/*')",
    "FROM glob('/etc/*')",
    "FROM read_text('/etc/passwd')",
    "FROM read_csv('https://files.example/x.csv')",
    "COPY (SELECT 1) TO '{data}/new.csv' (USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{path}/new.csv' (USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{data}/secret.csv' (USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{data}/numbers.csv'",
    "COPY (SELECT 1) TO '{data}/new' (FORMAT parquet, PARTITION_BY x)",
    "EXPORT DATABASE '{path}/dump'",
    "IMPORT DATABASE '{path}/dump'",
    "ATTACH '{path}/new.duckdb'",
    "ATTACH 'host=127.0.0.1 port=1' AS pg (TYPE postgres)",
    "INSERT INTO shop.orders VALUES (1)",
    "DELETE FROM shop.orders",
    "CREATE TABLE shop.more (id INTEGER)",
    "FROM sqlite_query('shop', 'INSERT INTO orders VALUES (1) RETURNING id')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD postgres_scanner",
    "FROM postgres_scan('host=127.0.0.1 port=1', 'public', 'x')",
    "CREATE PERSISTENT SECRET s (TYPE postgres, HOST 'x')",
    "SET enable_external_access = true",
    "SET allowed_paths = ['/etc/passwd']",
    "SET allowed_directories = ['/etc']",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET python_enable_replacements = true",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '/etc'",
    "SET TimeZone = 'Asia/Tokyo'",
    "SELECT getenv('HOME')",
    "FROM relation",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_lies_beyond_the_sources_cannot_be_reached(sandbox: Sandbox, folder: Folder, attempt: str) -> None:
    relation = duckdb.sql("SELECT 1 AS one")  # what DuckDB would otherwise look for among Python's variables
    with pytest.raises(duckdb.Error):
        sandbox.connection.execute(attempt.format(data=folder.data, path=folder.path)).fetchall()
    assert relation.fetchall() == [(1,)]
    assert {path.name for path in folder.data.iterdir()} >= {"numbers.csv", "shop.sqlite", "secret.csv", "link.csv"}
    assert (folder.data / "numbers.csv").read_text() == "id\n1\n2\n"
    assert (folder.data / "secret.csv").read_text() == f"text\n{SECRET}\n"
    assert not (folder.data / "new.csv").exists()
    assert not (folder.path / "new.csv").exists()


def test_the_sources_themselves_are_read(sandbox: Sandbox) -> None:
    assert sandbox.connection.execute("SELECT sum(id) FROM numbers").fetchall() == [(3,)]
    assert sandbox.connection.execute("FROM shop.orders").fetchall() == []


def test_a_source_that_becomes_a_link_while_a_report_runs_is_not_followed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    numbers = folder.add("numbers.csv", "id\n1\n")
    secret = tmp_path / "secret.csv"
    secret.write_text("id\n99\n")
    work = tmp_path / "work"
    work.mkdir()
    with open_sandbox(folder.sources, Limits(), work) as sandbox:
        numbers.unlink()
        numbers.symlink_to(secret)
        with pytest.raises(duckdb.Error):
            sandbox.connection.execute("FROM numbers").fetchall()


def test_an_extension_that_is_not_there_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sandboxes.EXTENSIONS, "csv", "absent")
    folder = Folder(tmp_path)
    folder.add("numbers.csv", "id\n1\n")
    with pytest.raises(Misconfigured, match="extension absent cannot be loaded") as raised:
        folder.rows("FROM numbers")
    assert raised.value.details.startswith(f"Install duckdb-extension-absent=={duckdb.__version__}")


@pytest.mark.parametrize("value", ["it's", "\\'; DROP TABLE x; --", 'a"b', "", "日本語\n", ["a'b", "c"], True, 3, 1.5])
def test_a_literal_is_the_value(value: str | float | list[str]) -> None:
    name = identifier('a"b')
    assert duckdb.connect().execute(f"SELECT {name} FROM (SELECT {literal(value)}) AS t({name})").fetchall() == [
        (value,)
    ]
