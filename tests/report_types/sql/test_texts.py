"""TSV, CSV and JSON: what stands in them, byte for byte, in which charset, and how much of it at once."""

import csv
import io
import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.kernel.errors import Misconfigured
from tests.report_types.sql.writing import Folder, request

KINDS = """
SELECT
    7::BIGINT AS number, 1.50::DECIMAL(9, 2) AS money, 0.5::DOUBLE AS half, true AS yes, NULL::INTEGER AS nothing,
    DATE '2026-11-21' AS day, TIMESTAMP '2026-11-21 10:00:00' AS moment,
    TIMESTAMPTZ '2026-11-21 12:00:00+02' AS instant, [1, NULL] AS list, {'a': 'x"y'} AS pair
"""


def test_tsv_is_a_header_and_unquoted_lines(folder: Folder) -> None:
    assert folder.make("SELECT * FROM (VALUES (1, 'a \"b\" c'), (NULL, 'é, 日本')) AS t(id, name)").decode() == (
        'id\tname\n1\ta "b" c\n\té, 日本\n'
    )


def test_in_tsv_a_control_character_is_a_space(folder: Folder) -> None:
    select = "SELECT concat('a', chr(9), 'b', chr(10), 'c', chr(13), 'd', chr(0), 'e') AS \"na\tme\", 1 AS id"
    assert folder.make(select) == b"na me\tid\na b c d e\t1\n"


def test_csv_quotes_what_has_to_be(folder: Folder) -> None:
    select = """SELECT * FROM (VALUES ('plain'), ('a,b'), ('a "b"'), (concat('a', chr(10), 'b')), ('')) AS t("na,me")"""
    assert folder.make(select, form="CSV") == b'"na,me"\nplain\n"a,b"\n"a ""b"""\n"a\nb"\n\n'


def test_every_kind_of_value_has_a_text(folder: Folder) -> None:
    head, line = folder.make(KINDS).decode().splitlines()
    assert dict(zip(head.split("\t"), line.split("\t"), strict=True)) == {
        "number": "7",
        "money": "1.50",
        "half": "0.5",
        "yes": "true",
        "nothing": "",
        "day": "2026-11-21",
        "moment": "2026-11-21 10:00:00",
        "instant": "2026-11-21 10:00:00+00",
        "list": "[1,null]",
        "pair": '{"a":"x\\"y"}',
    }


def test_json_is_an_array_of_objects(folder: Folder) -> None:
    content = folder.make(f"{KINDS} UNION ALL BY NAME SELECT 'nan'::DOUBLE AS half", form="JSON")
    first, second = json.loads(content)
    assert content.startswith(b"[\n{")
    assert content.endswith(b"}\n]\n")
    assert (first["number"], first["yes"], first["nothing"], first["list"]) == (7, True, None, [1, None])
    assert (first["pair"], first["day"]) == ({"a": 'x"y'}, "2026-11-21")
    assert (second["half"], second["number"]) == (None, None)


@pytest.mark.parametrize("form", ["TSV", "CSV", "JSON", "XLSX", "PARQUET"])
def test_a_report_without_rows_is_nothing_not_even_a_header(folder: Folder, form: str) -> None:
    assert folder.pieces("SELECT 1 AS id WHERE false", form=form) == []


def test_of_two_columns_with_one_name_the_second_has_another(folder: Folder) -> None:
    assert folder.make("SELECT 1 AS id, 2 AS id") == b"id\tid_1\n1\t2\n"


def test_the_order_is_the_selects(folder: Folder) -> None:
    content = folder.make("SELECT range AS id FROM range(20000) ORDER BY hash(range)", form="CSV")
    folder.add("numbers.csv", content)
    ids = [int(line) for line in content.split()[1:]]
    assert sorted(ids) == list(range(20000)) != ids
    assert folder.make("FROM numbers", form="CSV") == content


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(rows=st.lists(st.tuples(text, text), min_size=1, max_size=4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_breaks_a_document(folder: Folder, rows: list[tuple[str, str]]) -> None:
    values = [{"a": "x" + a, "b": b} for a, b in rows]
    folder.add("texts.json", json.dumps(values))
    select = "SELECT a::VARCHAR AS a, b::VARCHAR AS b FROM texts"
    assert json.loads(folder.make(select, form="JSON")) == values
    found = csv.DictReader(io.StringIO(folder.make(select, form="CSV").decode(), newline=""))
    assert list(found) == values
    lines = folder.make(select).decode().split("\n")
    assert lines == ["a\tb", *("\t".join(map(spaced, row.values())) for row in values), ""]


def spaced(value: str) -> str:
    return "".join(max(letter, " ") for letter in value)


@pytest.mark.parametrize(
    ("charset", "codec", "value"),
    [
        ("UTF-8", "utf-8", "Größe 🧵"),
        ("Cp1252", "cp1252", "Größe €5 – “x”"),
        ("Windows-31J", "cp932", "日本語①㈱"),
        ("Shift_JIS", "shift_jis", "日本語"),
        ("UTF-16", "utf-16", "Größe"),
        ("ISO-2022-JP", "iso2022_jp", "日本語"),
    ],
)
@pytest.mark.parametrize("form", ["TSV", "CSV"])
def test_a_document_is_in_the_charset_of_its_header(
    folder: Folder, form: str, charset: str, codec: str, value: str
) -> None:
    content = folder.make(f"SELECT '{value}' AS v FROM range(9000)", f"-- charset: {charset}", form)
    assert content.decode(codec).split("\n") == ["v", *[value] * 9000, ""]
    assert folder.open().types()["GET_A_REPORT"].content_type.endswith(f"; charset={charset}")


ROWS = (
    "SELECT range AS id, CASE WHEN range = 5000 THEN 'a, \"⌀\"' ELSE 'b,\t' END AS name, 'c' AS rest FROM range(9000)"
)


@pytest.mark.parametrize("form", ["TSV", "CSV"])
def test_a_letter_that_the_charset_lacks_is_told_with_its_row_and_column(folder: Folder, form: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        folder.make(ROWS, "-- charset: Cp1252", form)
    assert raised.value.message == "Row 5001, column name: the letter ⌀ (U+2300) is not in Cp1252."
    assert "`charset: Cp1252, replacing`" in raised.value.details


def test_a_letter_of_a_columns_name_is_told_too(folder: Folder) -> None:
    with pytest.raises(Misconfigured, match="Header: the letter ⌀"):
        folder.make('SELECT 1 AS "⌀"', "-- charset: Cp1252")


def test_a_letter_that_the_charset_lacks_is_a_question_mark_where_the_header_says_so(folder: Folder) -> None:
    content = folder.make(ROWS, "-- charset: Cp1252, replacing")
    assert content.split(b"\n")[5001] == b'5000\ta, "?"\tc'


def test_a_large_report_is_given_away_in_pieces(folder: Folder) -> None:
    folder.write("-- report type: GET_A_REPORT\n-- format: TSV\n\nSELECT repeat('x', 1000) AS x FROM range(200000)")
    producer = folder.open()["GET_A_REPORT"]
    tracemalloc.start()
    sizes = [len(piece) for piece in producer.produce(None, request())]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) == 2 + 200_000 * 1001
    assert most < 50_000_000
