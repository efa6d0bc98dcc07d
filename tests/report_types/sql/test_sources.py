"""Where sources are, and which of their files are read."""

import sqlite3
from pathlib import Path

import duckdb
import pytest

from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql.sources import Source, check_names, files_of, read_only_address
from tests.report_types.sql.writing import Folder

NUMBERS = "SELECT range AS id, 'n' || range AS name FROM range(3)"
READ = [{"id": 0, "name": "n0"}, {"id": 1, "name": "n1"}, {"id": 2, "name": "n2"}]


def written(folder: Folder, name: str) -> None:
    """A file that DuckDB writes, as a source."""
    path = folder.add(name, b"")
    path.unlink()
    duckdb.connect().execute(f"COPY ({NUMBERS}) TO '{path}'")


@pytest.mark.parametrize("name", ["numbers.csv", "numbers.json", "numbers.parquet"])
def test_a_file_is_a_table(folder: Folder, name: str) -> None:
    written(folder, name)
    assert folder.rows("FROM numbers ORDER BY id") == READ


def test_a_workbook_is_a_table(folder: Folder) -> None:
    folder.add("numbers.xlsx", b"".join(folder.pieces(NUMBERS, form="XLSX")), header=True)
    assert folder.rows("SELECT id::INT AS id, name FROM numbers") == READ


def test_the_sheets_of_several_workbooks_are_one_table(folder: Folder) -> None:
    book = b"".join(folder.pieces(NUMBERS, form="XLSX"))
    folder.add("one.xlsx", book)
    folder.add("two.xlsx", book)
    folder.sources["books"] = Source("xlsx", str(folder.data), {"header": True})
    assert folder.rows("SELECT count(*) AS rows, max(name) AS last FROM books") == [{"rows": 6, "last": "n2"}]


def test_a_sqlite_file_holds_tables(folder: Folder) -> None:
    path = folder.add("shop.sqlite", b"")
    with sqlite3.connect(path) as shop:
        shop.execute("CREATE TABLE orders (id INTEGER, name TEXT)")
        shop.executemany("INSERT INTO orders VALUES (?, ?)", [(row["id"], row["name"]) for row in READ])
    shop.close()
    assert folder.rows("FROM shop.orders ORDER BY id") == READ


def test_sources_of_several_kinds_are_joined(folder: Folder) -> None:
    written(folder, "numbers.parquet")
    folder.add("names.csv", "name,price\nn1,1.50\nn2,2.25\n")
    assert folder.rows("SELECT id, price FROM numbers JOIN names USING (name) ORDER BY id") == [
        {"id": 1, "price": 1.5},
        {"id": 2, "price": 2.25},
    ]


def test_a_folder_or_a_pattern_is_one_table_of_many_files(folder: Folder) -> None:
    folder.add("one.csv", "id\n1\n")
    folder.add("two.csv", "id\n2\n")
    (folder.data / "three.txt").write_text("id\n3\n")
    for location, ids in ((folder.data, [1, 2]), (folder.data / "t*", [2, 3]), (folder.path / "**" / "*.csv", [1, 2])):
        folder.sources = {"all_of_it": Source("csv", str(location))}
        assert folder.rows("FROM all_of_it ORDER BY id") == [{"id": number} for number in ids]


def test_options_say_how_a_file_is_read(folder: Folder) -> None:
    folder.add("parts.csv", "id;name\n007;l'été\n".encode("latin-1"), delim=";", all_varchar=True, encoding="latin-1")
    assert folder.rows("FROM parts") == [{"id": "007", "name": "l'été"}]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder: Folder) -> None:
    folder.add("one.csv", "id\n1\n")
    secret = folder.path / "secret.csv"
    secret.write_text("id\n99\n")
    (folder.data / "two.csv").symlink_to(secret)
    folder.sources = {"all_of_it": Source("csv", str(folder.data))}
    with pytest.raises(Misconfigured, match=r"two\.csv of the source all_of_it is a link that leads out"):
        folder.rows("FROM all_of_it")


def test_a_linked_folder_within_is_not_followed_out_either(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "two.csv").write_text("id\n99\n")
    folder.add("one.csv", "id\n1\n")
    (folder.data / "more").symlink_to(elsewhere)
    with pytest.raises(Misconfigured, match="leads out"):
        files_of("a", Source("csv", str(folder.data / "*" / "*.csv")))


def test_a_link_within_the_folder_is_followed(folder: Folder) -> None:
    folder.add("one.csv", "id\n1\n")
    (folder.data / "two.csv").symlink_to(folder.data / "one.csv")
    assert files_of("a", Source("csv", str(folder.data))) == [folder.data / "one.csv"] * 2


def test_the_location_itself_may_be_a_link(folder: Folder) -> None:
    path = folder.add("one.csv", "id\n1\n")
    link = folder.path / "link.csv"
    link.symlink_to(path)
    folder.sources = {"linked": Source("csv", str(link))}
    assert folder.rows("FROM linked") == [{"id": 1}]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("missing.csv", r"missing\.csv of the source a cannot be found"),
        ("none/*.csv", "The source a has no files"),
        ("x[1].csv", "The source a has no files"),
        ("/dev/null", "null of the source a is not a file"),
    ],
)
def test_a_location_without_a_file_is_told_by_name_alone(folder: Folder, location: str, reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason) as raised:
        files_of("a", Source("csv", str(folder.path / location)))
    assert str(folder.path) not in raised.value.message + raised.value.details


def test_a_file_whose_name_is_a_pattern_is_refused(folder: Folder) -> None:
    folder.add("a[1].csv", "id\n1\n")
    with pytest.raises(Misconfigured, match="rename it"):
        files_of("a", Source("csv", str(folder.data)))


def test_a_source_that_cannot_be_read_ends_the_report_without_a_path(folder: Folder) -> None:
    folder.add("a.parquet", b"no parquet at all")
    with pytest.raises(Misconfigured, match="The source a cannot be opened") as raised:
        folder.rows("FROM a")
    assert str(folder.path) not in raised.value.message + raised.value.details


@pytest.mark.parametrize("name", ["Products", "1a", "a-b", "", "main", "temp", "pg_catalog"])
def test_a_name_that_sql_cannot_use_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match="cannot be named"):
        check_names({name: Source("csv", "x.csv")})


def test_an_option_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="parquet has no option delim"):
        Source("parquet", "x.parquet", {"delim": ";"})


@pytest.mark.parametrize(
    ("location", "settings"),
    [
        ("postgresql://u:p@h/d", "connect_timeout=10"),
        ("postgresql://u@h:5433/d?sslmode=require&connect_timeout=3", "sslmode=require&connect_timeout=3"),
        ("postgres:///d?host=/run/postgresql", "host=/run/postgresql&connect_timeout=10"),
    ],
)
def test_an_address_is_of_sessions_that_only_read(location: str, settings: str) -> None:
    address = read_only_address(Source("postgresql", location), 600)
    assert address.startswith(location.partition("?")[0])
    assert "default_transaction_read_only%3Don" in address
    assert "statement_timeout%3D600000" in address
    assert all(setting in address.replace("%2F", "/") for setting in settings.split("&"))


def test_settings_of_an_addresss_own_cannot_undo_it() -> None:
    location = "postgresql:///d?options=-c%20default_transaction_read_only%3Doff"
    address = read_only_address(Source("postgresql", location), 1)
    assert address.index("only%3Doff") < address.index("only%3Don")


def test_a_file_may_lie_beside_one_that_is_not_meant(folder: Folder) -> None:
    folder.add("one.csv", "id\n1\n")
    assert files_of("a", Source("csv", str(folder.data / "one.csv"))) == [Path(folder.data / "one.csv")]
