"""Whatever text a cell holds comes back; whatever bytes a file holds, people are told and not shown a traceback."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files import Format, Limits, read
from daybook.kernel.errors import InvalidInput
from tests.catalog.files.reading import drafts, packed

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SKUS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40).filter(str.isprintable)
CATALOGS = st.lists(st.tuples(SKUS, TEXT, TEXT), min_size=1, max_size=8)
Texts = tuple[str, str, str]


def written(rows: list[Texts], **how: Any) -> str:
    out = StringIO()
    csv.writer(out, **how).writerows([("sku", "item-name", "item-description"), *rows])
    return out.getvalue()


@given(CATALOGS, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_text_survives_a_table_of_quoted_cells(rows: list[Texts], delimiter: str, end: str) -> None:
    table = written(rows, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    assert [(draft.sku, draft.name, draft.description) for draft in drafts(table)] == rows


@given(CATALOGS, st.sampled_from(",;\t|"))
def test_any_text_survives_a_table_of_cells_quoted_where_they_must_be(rows: list[Texts], delimiter: str) -> None:
    table = written(rows, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    assert [(draft.sku, draft.name, draft.description) for draft in drafts(table)] == rows


@given(CATALOGS, st.booleans())
def test_any_text_survives_ndjson(rows: list[Texts], ascii_only: bool) -> None:
    names = ("sku", "item-name", "item-description")
    lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=ascii_only) for row in rows]
    assert [(draft.sku, draft.name, draft.description) for draft in drafts("\n".join(lines))] == rows


PIECES = st.sampled_from(
    [b'"', b'""', b",", b"\t", b"\n", b"\r", b"\r\n", b"{", b"}", b"[", b'":', b"sku", b"1", b"\\u0000", b"\\ud800",
     b"\0", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"\xff\xfe", b"Handle,Title,Variant Price\n", b"h,t,1\n",
     b"\x1f\x8b", b" "]
)  # fmt: skip
TINY = Limits(line=40, cell=20, columns=5, gzip_ratio=2, gzip_free=100)


@given(
    st.binary() | st.lists(PIECES, max_size=40).map(b"".join),
    st.sampled_from(["", "sku\n", "sku\titem-name\n", '{"sku": 1}\n', "Handle,Title,Variant Price,Variant SKU\n"]),
    st.sampled_from([None, *Format]),
    st.sampled_from(["utf-8", "cp932", "utf-16", "utf-32-be", "iso2022_jp"]),
    st.booleans(),
    st.sampled_from([None, TINY]),
)
def test_any_bytes_give_drafts_faults_or_one_clear_error(
    content: bytes, header: str, form: Format | None, encoding: str, pack: bool, limits: Limits | None
) -> None:
    data = header.encode() + content
    try:
        found = list(read(BytesIO(packed(data) if pack else data), format=form, encoding=encoding, limits=limits))
    except InvalidInput:
        return
    assert all(isinstance(each, Draft | Fault) for each in found)
    for draft in (each for each in found if isinstance(each, Draft)):
        assert "\0" not in "".join(each for each in draft if isinstance(each, str))
        assert draft.name.encode().decode() == draft.name
        assert 0 < len(draft.sku) <= 40


@given(st.data())
def test_a_bad_row_anywhere_leaves_every_other_row(data: st.DataObject) -> None:
    rows = [b"%d,plain name" % number for number in range(data.draw(st.integers(1, 12)))]
    bad = data.draw(
        st.sampled_from([b'bad,"open', b'bad,"a"b', b"bad,\xff", b"bad,\0", b"bad,1,2,3", b",no sku", b'bad,"x,\xe9'])
    )
    rows.insert(at := data.draw(st.integers(0, len(rows))), bad)
    end = data.draw(st.sampled_from([b"\n", b"\r\n"]))
    found = list(read(BytesIO(end.join([b"sku,item-name", *rows]))))
    assert [each.sku for each in found if isinstance(each, Draft)] == [str(number) for number in range(len(rows) - 1)]
    assert [each.row for each in found if isinstance(each, Fault)] == [at + 2]
