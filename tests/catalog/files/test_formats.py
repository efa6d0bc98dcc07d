"""Every format, dialect and encoding in which catalogs come."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from daybook.catalog.files import Format, read
from daybook.kernel.errors import InvalidInput
from tests.catalog.files.reading import drafts, faults, packed, skus

ROWS = [("0007", 'Kettle "Ö", 1.5 l'), ("A-2", "Two\nlines"), ("A-3", "  kept  spaces ")]


def pairs(content: bytes | str, **options: Any) -> list[tuple[str, str]]:
    return [(draft.sku, draft.name) for draft in drafts(content, **options)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_a_table_is_read_with_any_delimiter_and_line_end(delimiter: str, end: str) -> None:
    lines = ["sku,item-name", '0007,"Kettle ""Ö"", 1.5 l"', 'A-2,"Two\nlines"', "A-3,  kept  spaces "]
    text = lines[0].replace(",", delimiter) + end
    text += "".join(line.replace(",", delimiter, 1) + end for line in lines[1:])
    assert pairs(text) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("pack", [False, True], ids=["plain", "gzip"])
def test_a_file_is_read_in_the_encoding_that_is_named(encoding: str, pack: bool) -> None:
    content = 'sku,item-name\n0007,"Kettle ""Ö"", 1.5 l"\nA-2,"Two\nlines"\nA-3,  kept  spaces '.encode(encoding)
    assert pairs(packed(content) if pack else content, encoding=encoding) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_needs_no_encoding_named(encoding: str) -> None:
    assert skus("sku,price\n0007,1\n".encode(encoding)) == ["0007"]


def test_japanese_from_a_legacy_encoding_is_read() -> None:
    content = "sku,item-name\n1,和紙のペンダント\n".encode("cp932")
    assert pairs(content, encoding="shift_jis") == [("1", "和紙のペンダント")]


def test_several_gzip_files_in_a_row_with_padding_are_one_file() -> None:
    assert skus(packed(b"sku\n1\n") + packed(b"2\n3\n") + b"\0" * 700) == ["1", "2", "3"]


def test_ndjson_keeps_numbers_as_they_are_written() -> None:
    content = '{"sku": "0007", "price": 12.50, "quantity": 3}\n\n{"quantity": null, "sku": 42, "price": 1e1}\n'
    first, second = drafts(content)
    assert (first.sku, first.price, first.quantity, first.row) == ("0007", "12.50", 3, 1)
    assert (second.sku, second.price, second.quantity, second.row) == ("42", "10", None, 3)


def test_ndjson_needs_no_members_in_common() -> None:
    content = '{"title": "Pan", "sku": "1"}\n{"sku": "2", "brand": "Holzfeld"}\n{"unknown": true, "sku": "3"}'
    assert [(draft.sku, draft.name, draft.brand) for draft in drafts(content)] == [
        ("1", "Pan", ""),
        ("2", "", "Holzfeld"),
        ("3", "", ""),
    ]


def test_a_list_in_ndjson_is_left_out_and_said() -> None:
    content = '{"sku": "1", "image-url": ["https://a.example/1.jpg"]}'
    assert skus(content) == ["1"]
    (fault,) = faults(content)
    assert not fault.refused
    assert "a.example" in fault.value


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"sku": "2"', "not JSON"),
        ('["2"]', "not a JSON object"),
        ('{"sku": "\\ud800"}', "surrogate"),
        ('{"sku": "a\\u0000"}', "NUL"),
        ('{"sku": "2", "price": NaN}', "NaN is not a number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"price": 2}', "no SKU"),
    ],
)
def test_a_wrong_line_of_ndjson_is_refused_and_the_others_are_read(line: str, why: str) -> None:
    content = f'{{"sku": "1"}}\n{line}\n{{"sku": "3"}}\n'
    assert skus(content) == ["1", "3"]
    (fault,) = faults(content)
    assert fault.refused
    assert fault.row == 2
    assert why in fault.problem


def test_a_json_array_is_refused_with_the_way_to_mend_it() -> None:
    with pytest.raises(InvalidInput, match="JSON array") as raised:
        skus('[{"sku": "1"}]')
    assert "jq" in raised.value.details


def test_a_format_that_is_asked_for_overrules_what_the_file_looks_like() -> None:
    tabs = "sku\titem-name, in English\n1\ta,b\n"
    (draft,) = drafts(tabs, {"item-name": "item-name, in English"}, format=Format.TSV)
    assert (draft.sku, draft.name) == ("1", "a,b")
    (plain,) = drafts("Handle,Title,Variant Price\nh,t,1\n", {"sku": "Handle"}, format=Format.CSV)
    assert (plain.sku, plain.name, plain.price) == ("h", "t", None)
    assert faults("{sku}\n1\n", {"sku": "{sku}"}, format=Format.CSV) == []


def test_the_name_decides_where_the_header_does_not() -> None:
    assert skus("sku\n1,5\n", name="catalog.tsv.gz") == ["1,5"]
    assert [fault.row for fault in faults("sku\n1,5\n", name="catalog.csv")] == [2]


def test_a_path_is_read_like_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    path.write_text("sku\n1\n", encoding="utf-8")
    assert [draft.row for draft in read(path)] == [2] == [draft.row for draft in read(BytesIO(b"sku\n1\n"))]


def test_amazons_own_listing_report_is_understood_without_a_mapping() -> None:
    header = "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\timage-url\t"
    header += (
        "product-id-type\titem-condition\tasin1\tproduct-id\tfulfillment-channel\tmerchant-shipping-group\tstatus\n"
    )
    row = 'Pan 11" steel\tGood\t0101AB\t007\t12.5\t\t2025-03-02 10:15:22 PST\thttps://i.example/1\t4\t11\tB0A\t20\t'
    (draft,) = drafts(header + row + "AMAZON_NA\tStandard\tInactive\n")
    assert (draft.name, draft.description, draft.listing_id, draft.sku) == ('Pan 11" steel', "Good", "0101AB", "007")
    assert (draft.price, draft.quantity, draft.image_url, draft.product_id_type) == (
        "12.5",
        None,
        "https://i.example/1",
        "4",
    )
    assert (draft.condition, draft.asin, draft.product_id) == ("11", "B0A", "20")
    assert (draft.fulfilment_channel, draft.shipping_group, draft.status) == ("AMAZON_NA", "Standard", "Inactive")
    assert draft.opened_at is not None
    assert draft.opened_at.isoformat() == "2025-03-02T18:15:22+00:00"
