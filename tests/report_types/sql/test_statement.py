"""What a SQL file may hold: one SELECT over the sources. All else is refused when the file is read, with its line."""

import pytest

from daybook.report_types.sql.faults import Fault
from daybook.report_types.sql.sources import Source
from daybook.report_types.sql.statement import Statement, read_statement

SOURCES = {
    "products": Source("csv", "products.csv"),
    "shop": Source("sqlite", "shop.sqlite"),
    "erp": Source("postgresql", "postgresql://erp.example/erp"),
}
ELSEWHERE = "/etc/passwd"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("SELECT 1", set()),
        ("FROM products", {"products"}),
        ("FROM PRODUCTS", {"products"}),
        ("TABLE products", {"products"}),
        ("VALUES (1), (2)", set()),
        ("SELECT * FROM shop.orders JOIN erp.public.customers USING (id)", {"shop", "erp"}),
        ("WITH a AS (FROM products), b AS MATERIALIZED (FROM a) FROM b, a", {"products"}),
        ("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) FROM n", set()),
        ("SELECT (SELECT count(*) FROM products) WHERE EXISTS (FROM shop.orders)", {"products", "shop"}),
        ("SELECT * FROM products UNION SELECT * FROM erp.old", {"products", "erp"}),
        ("SELECT unnest(range(3)) FROM unnest([1, 2]) AS t(x), range(4), generate_series(1, 2)", set()),
        ("FROM (PIVOT products ON name IN ('a', 'b') USING count(*))", {"products"}),
    ],
)
def test_a_select_is_read_with_the_sources_that_it_reads(text: str, reads: set[str]) -> None:
    statement = read_statement(text, SOURCES)
    assert (statement.text, set(statement.sources)) == (text, reads)


@pytest.mark.parametrize(
    ("tail", "kept"),
    [(";", ""), (" ; ", " "), (";;", ""), (";\n-- the end;\n", ""), (" -- no end; here", " -- no end; here")],
)
def test_a_semicolon_ends_the_statement_and_only_comments_may_follow(tail: str, kept: str) -> None:
    text = 'SELECT \';\', "a;b", $$;$$ /* ; ä */ FROM products AS "a;b"'
    assert read_statement(text + tail, SOURCES).text == text + kept


def test_the_values_that_a_select_asks_for_are_known() -> None:
    statement = read_statement("-- x\n\n  SELECT $start, $option_a WHERE $start < $end", SOURCES)
    assert (set(statement.parameters), statement.line) == ({"start", "end", "option_a"}, 3)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("", "nothing"),
        ("-- a comment", "nothing"),
        ("SELECT 1; SELECT 2", "SELECT, SELECT"),
        ("SELECT 1; DROP TABLE products", "SELECT, DROP"),
        (f"COPY products TO '{ELSEWHERE}'", "COPY"),
        ("COPY (FROM products) TO 'products.csv' (USE_TMP_FILE false)", "COPY"),
        (f"COPY products FROM '{ELSEWHERE}'", "COPY"),
        ("EXPORT DATABASE 'x'", "EXPORT"),
        ("IMPORT DATABASE 'x'", "a statement that reaches for a file"),
        ("ATTACH 'x.db'", "ATTACH"),
        ("ATTACH 'host=127.0.0.1' AS x (TYPE postgres)", "ATTACH"),
        ("DETACH shop", "DETACH"),
        ("INSTALL httpfs", "LOAD"),
        ("LOAD httpfs", "LOAD"),
        ("SET threads = 1", "SET"),
        ("RESET lock_configuration", "SET"),
        ("PRAGMA database_list", ""),
        ("PRAGMA enable_profiling", ""),
        ("CALL enable_logging()", "CALL"),
        ("CALL postgres_execute('erp', 'DROP TABLE x')", "CALL"),
        ("INSERT INTO products VALUES (1)", "INSERT"),
        ("UPDATE products SET name = ''", "UPDATE"),
        ("DELETE FROM products", "DELETE"),
        ("CREATE TABLE t AS FROM products", "CREATE"),
        ("CREATE MACRO f(x) AS x", "CREATE"),
        ("CREATE SECRET (TYPE postgres)", "CREATE"),
        ("DROP VIEW products", "DROP"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN"),
        ("PREPARE p AS SELECT 1", "PREPARE"),
        ("EXECUTE p", "EXECUTE"),
        ("BEGIN", "TRANSACTION"),
        ("VACUUM", "VACUUM"),
        ("CHECKPOINT", "CALL"),
        ("USE shop", "SET"),
        ("PIVOT products ON name USING count(*)", "CREATE, SELECT"),
    ],
)
def test_nothing_but_one_select_is_read(text: str, there: str) -> None:
    with pytest.raises(Fault, match="there must be one SELECT and nothing else") as raised:
        read_statement(text, SOURCES)
    assert there in str(raised.value)


@pytest.mark.parametrize(
    "change", ["INSERT INTO products VALUES (1)", "UPDATE products SET id = 1", "DELETE FROM products"]
)
def test_with_may_not_change_data(change: str) -> None:
    with pytest.raises(Fault):
        read_statement(f"WITH changed AS ({change} RETURNING *) SELECT * FROM changed", SOURCES)


@pytest.mark.parametrize(
    "function",
    [
        f"read_csv('{ELSEWHERE}')",
        f"READ_CSV_AUTO('{ELSEWHERE}')",
        f"system.main.read_csv('{ELSEWHERE}')",
        f"\"read_text\"('{ELSEWHERE}')",
        f"read_blob('{ELSEWHERE}')",
        f"read_json('{ELSEWHERE}')",
        f"read_parquet('{ELSEWHERE}')",
        f"parquet_metadata('{ELSEWHERE}')",
        f"read_xlsx('{ELSEWHERE}')",
        f"read_duckdb('{ELSEWHERE}')",
        f"sniff_csv('{ELSEWHERE}')",
        "glob('/etc/*')",
        "sqlite_scan('other.sqlite', 't')",
        "sqlite_query('shop', 'SELECT 1')",
        "postgres_scan('host=127.0.0.1', 'public', 't')",
        "postgres_query('erp', 'SELECT pg_read_file(''x'')')",
        "query('FROM duckdb_settings()')",
        "query_table('products')",
        "json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "duckdb_settings()",
        "duckdb_databases()",
        "duckdb_secrets()",
        "enable_logging(storage_path := 'x')",
        "pragma_database_size()",
        "histogram('products', 'name')",
    ],
)
@pytest.mark.parametrize(
    "select",
    ["FROM {}", "SELECT (SELECT count(*) FROM {})", "WITH a AS (FROM {}) FROM a", "FROM products\nJOIN {} ON true"],
)
def test_no_function_but_those_that_make_values_may_stand_in_from(select: str, function: str) -> None:
    with pytest.raises(Fault, match="may not stand in FROM") as raised:
        read_statement(select.format(function), SOURCES)
    assert raised.value.line == 1 + select.partition("{}")[0].count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT current_setting('allowed_paths')",
        "SELECT system.main.current_setting('allowed_paths')",
        "SELECT [getenv('HOME')]",
        "SELECT 1 WHERE write_log('x') IS NULL",
        "SELECT sum(1) OVER (ORDER BY getvariable('x'))",
        "SELECT * REPLACE (current_setting('x') AS id) FROM products",
        "FROM range(current_setting('threads')::INT)",
    ],
)
def test_no_function_that_reaches_beyond_values_may_be_called(text: str) -> None:
    with pytest.raises(Fault, match="is not for reports"):
        read_statement(text, SOURCES)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("SELECT 'ä',\n  1\nFROM orders", 3, "there is no source 'orders'; the settings have: erp, products, shop"),
        (f"FROM '{ELSEWHERE}'", 1, "there is no source"),
        ("FROM 'products.csv'", 1, "there is no source 'products.csv'"),
        ("FROM main.products", 1, "there is no source 'main'"),
        ("FROM memory.main.products", 1, "there is no source 'memory'"),
        ("FROM duckdb_databases", 1, "there is no source 'duckdb_databases'"),
        ("FROM information_schema.tables", 1, "there is no source 'information_schema'"),
        ("FROM sqlite_master", 1, "there is no source 'sqlite_master'"),
        ("FROM frame", 1, "there is no source 'frame'"),
        ("FROM shop", 1, "shop holds tables: write shop.TABLE"),
        ("FROM products.orders", 1, "products is a table: write products"),
        ("FROM erp.pg_catalog.pg_authid", 1, "pg_catalog is not for reports"),
        ("FROM erp.information_schema.tables", 1, "information_schema is not for reports"),
        ("SHOW TABLES", 1, "SHOW, DESCRIBE and SUMMARIZE are not for reports"),
        ("FROM products,\n(DESCRIBE products)", 1, "SHOW, DESCRIBE and SUMMARIZE are not for reports"),
        ("SUMMARIZE products", 1, "SHOW, DESCRIBE and SUMMARIZE are not for reports"),
        ("WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables", 1, "WITH may not name a table duckdb_tables"),
        ("-- x\nSELECT 1,\n  FROM FROM products", 3, 'syntax error at or near "FROM"'),
        ("SELECT 1 +", 1, "syntax error at end of input"),
    ],
)
def test_a_mistake_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    frame = [1, 2, 3]  # what DuckDB would otherwise look for among Python's variables
    with pytest.raises(Fault) as raised:
        read_statement(text, SOURCES)
    assert (raised.value.line, reason in str(raised.value), len(frame)) == (line, True, 3), str(raised.value)


def test_a_statement_is_what_it_was_read_from() -> None:
    assert read_statement("FROM products;", SOURCES) == Statement(
        "FROM products", 1, frozenset(), frozenset({"products"})
    )
