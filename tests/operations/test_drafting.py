"""From files to drafts: every format, every spelling, and every way to be wrong."""

import csv
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.limits import Limits
from daybook.operations.drafting import Defaults, Draft, drafts_of
from daybook.operations.files.reading import Format, read_rows
from tests.operations.driving import DE, US

HEAD = "operation,sku,marketplace,price,currency,quantity,product_type,attributes,patches\n"


def drafts(text: str | bytes, limits: Limits | None = None, **defaults: str) -> list[Draft]:
    data = text.encode() if isinstance(text, str) else text
    rows = read_rows(io.BytesIO(data), limits=limits)
    return list(drafts_of(rows, (DE, US), Defaults(**{"marketplace_id": DE, **defaults})))


@pytest.mark.parametrize(
    ("cell", "mark", "price"),
    [
        ("12.50", "", "12.50"),
        ("12,50", "", "12.50"),
        ("1.234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("€ 9,90", "", "9.90"),
        ("9,90 EUR", "", "9.90"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
    ],
)
def test_a_price_is_read_in_any_common_spelling(cell: str, mark: str, price: str) -> None:
    [draft] = drafts(f'sku;price\n00012;"{cell}"\n', kind="set_price", decimal=mark)
    assert (draft.reference, draft.code, json.loads(draft.body)) == ("00012", None, {"price": price, "currency": "EUR"})


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("set_price,A,DE,,,,,,", "MissingValue", "price"),
        ("set_price,A,DE,x,,,,,", "NotAPrice", "price"),
        ("set_price,A,DE,0,,,,,", "NotAPrice", "price"),
        ("set_price,A,DE,-1,,,,,", "NotAPrice", "price"),
        ("set_price,A,DE,1.234,,,,,", "NotAPrice", "price"),
        ("set_price,A,DE,1,XXX,,,,", "UnknownCurrency", "currency"),
        ("set_price,A,DE,1,USD,,,,", "ForeignCurrency", "currency"),
        ("set_price,A,US,1 EUR,,,,,", "ForeignCurrency", "currency"),
        ("set_quantity,A,DE,,,-1,,,", "NotAQuantity", "quantity"),
        ("set_quantity,A,DE,,,1.5,,,", "NotAQuantity", "quantity"),
        ("set_quantity,A,DE,,,4294967296,,,", "NotAQuantity", "quantity"),
        ("set_prize,A,DE,1,,,,,", "UnknownOperation", "operation"),
        (",A,DE,1,,,,,", "MissingValue", "operation"),
        ("set_price,,DE,1,,,,,", "MissingValue", "sku"),
        (f"set_price,{'x' * 41},DE,1,,,,,", "ValueTooLong", "sku"),
        ("set_price,A,ZZ,1,,,,,", "UnknownMarketplace", "marketplace"),
        ("set_price,A,FR,1,,,,,", "ForeignMarketplace", "marketplace"),
        ("put_listing,A,DE,,,,CUP,{,", "NotJson", "attributes"),
        ("put_listing,A,DE,,,,CUP,[],", "UnexpectedValue", "attributes"),
        ("patch_listing,A,DE,,,,CUP,,{}", "UnexpectedValue", "patches"),
    ],
)
def test_a_bad_line_is_told_with_line_column_and_value_and_loses_no_other(line: str, code: str, column: str) -> None:
    good = "set_price,GOOD,DE,1,,,,,\n"
    first, bad, last = drafts(f"{HEAD}{good}{line}\n{good.replace('GOOD', 'BEST')}")

    assert (first.code, last.code) == (None, None)
    assert (bad.line, bad.code) == (3, code)
    assert bad.message.startswith(f"line 3, {column}:")


def test_every_format_gives_the_same_operations() -> None:
    lines = [{"operation": "set_price", "sku": "00012", "marketplace": "DE", "price": "12.50"}] * 3
    table = io.StringIO()
    writer = csv.DictWriter(table, lines[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    texts = {
        Format.CSV: table.getvalue(),
        Format.TSV: table.getvalue().replace(",", "\t"),
        Format.NDJSON: "".join(json.dumps(line) + "\n" for line in lines),
        Format.JSON: json.dumps(lines),
    }

    found = {kind: [draft._replace(line=0) for draft in drafts(text)] for kind, text in texts.items()}

    assert all(each == found[Format.CSV] for each in found.values())
    assert len(found[Format.CSV]) == 3
    assert drafts(b"\xef\xbb\xbf" + texts[Format.CSV].encode()) == drafts(texts[Format.CSV])
    assert drafts(gzip.compress(texts[Format.CSV].encode())) == drafts(texts[Format.CSV])


def test_json_keeps_nested_values_as_they_are() -> None:
    attributes = {"item_weight": [{"value": 1.5, "unit": "kilograms"}], "flag": True}
    [draft] = drafts(
        json.dumps([{"operation": "put_listing", "sku": "A", "product_type": "CUP", "attributes": attributes}])
    )
    assert json.loads(draft.body)["attributes"] == attributes


def test_single_attributes_have_columns_of_their_own() -> None:
    [draft] = drafts("sku,product_type,attributes.item_name\nA,CUP,Cup\n", kind="put_listing")
    assert json.loads(draft.body)["attributes"] == {"item_name": [{"value": "Cup", "marketplace_id": DE}]}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file is empty."),
        ("sku,price,prize\nA,1,1\n", "There is no column 'prize' in a batch."),
        ("price\n1\n", "There is no column for the SKU."),
        ('{"sku": "A", "price": 1, "Price": 2}', "The column price is there twice."),
        ('[{"sku": "A"},', "The JSON array cannot be read."),
        ('[{"sku": "A"}] x', "The JSON array cannot be read."),
        ('[{"sku": "A"} {"sku": "B"}]', "The JSON array cannot be read."),
        ('[{"sku": "A"},]', "The JSON array cannot be read."),
        ('[,{"sku": "A"}]', "The JSON array cannot be read."),
        ('[{"sku": "A"}}]', "The JSON array cannot be read."),
        ('[{"sku": "A\n"}]', "The JSON array cannot be read."),
        ("[" * 100_000, "The JSON array cannot be read."),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_whole(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafts(text, kind="set_price")
    assert refused.value.message == problem


def test_a_member_that_nobody_knows_refuses_its_object_alone() -> None:
    good, bad = drafts('{"sku": "A", "price": "1"}\n{"sku": "B", "prize": "1"}\n', kind="set_price")
    assert (good.code, bad.code) == (None, "UnexpectedValue")
    assert "'prize'" in bad.message


def test_a_line_beyond_the_limit_is_refused_and_the_next_is_read() -> None:
    found = drafts(f"sku,price\n{'x' * 300},1\nB,2\n", Limits(line=200), kind="set_price")
    assert [(draft.line, draft.code) for draft in found] == [(2, "UnreadableLine"), (3, None)]


def test_a_bomb_is_refused() -> None:
    with pytest.raises(InvalidInput, match="swells"):
        drafts(
            gzip.compress(b"sku,price\n" + b"A,1\n" * 100_000), Limits(gzip_ratio=10, gzip_free=1000), kind="set_price"
        )


@pytest.mark.parametrize(
    "strange",
    [
        '"sku": "\\ud800"',
        '"\\ud800": "1"',
        '"sku": "B", "price": "\\ud83d"',
        '"sku": "B", "x\\u0000": "1"',
        f'"sku": "B", "price": {"9" * 5000}',
        '"sku": "B", "price": NaN',
        f'"sku": "B", "attributes": {"[" * 5000}{"]" * 5000}',
    ],
)
@pytest.mark.parametrize("form", ['[{"sku": "A", "price": 1},\n{%s}]', '{"sku": "A", "price": 1}\n{%s}\n'])
def test_what_cannot_be_kept_refuses_its_object_alone(form: str, strange: str) -> None:
    good, bad = drafts(form % strange, kind="set_price")
    assert (good.code, bad.code, bad.line) == (None, "UnreadableLine", 2)
    assert "\0" not in bad.message + bad.body
    assert (bad.message + bad.body).isascii()


def test_an_element_is_numbered_by_its_place_in_the_array_however_that_is_laid_out() -> None:
    found = drafts('\n[\n {"sku":\n "A",\n\n "price": 1}\n,\n\n{"sku": "B", "price": "x"}\n]\n', kind="set_price")
    assert [(draft.line, draft.reference, draft.code) for draft in found] == [(1, "A", None), (2, "B", "NotAPrice")]
    assert [
        draft.line for draft in drafts('[{"sku": "A", "price": 1}, {"sku": "B", "price": 1}]', kind="set_price")
    ] == [1, 2]


@pytest.mark.parametrize(
    "element",
    ['{"sku": "A",' + "\n" * 300_000 + '"price": 1}', ",".join(["1"] * 300_000), "[\n" + "1,\n" * 150_000 + "1]"],
)
def test_an_array_takes_the_time_of_its_length_however_it_is_laid_out(element: str) -> None:
    """Read anew at each line, or cut at each element, any of these takes minutes."""
    [first, *_, last] = drafts(f'[{{"sku": "A", "price": 1}},{element},{{"sku": "B", "price": 1}}]', kind="set_price")
    assert (first.reference, last.reference, last.code) == ("A", "B", None)


@pytest.mark.parametrize("encoding", ["unicode_escape", "raw_unicode_escape", "utf-7", "punycode", "rot13", "x" * 999])
def test_an_encoding_that_is_none_of_a_text_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidInput, match="There is no text encoding") as refused:
        list(read_rows(io.BytesIO(b"sku,price\na,\\ud800\n"), encoding=encoding))
    assert len(refused.value.message) < 100


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(
    st.lists(
        st.fixed_dictionaries({"operation": cells, "sku": cells, "marketplace": cells, "price": cells}), min_size=1
    )
)
def test_any_text_at_all_gives_one_draft_for_each_object(lines: list[dict[str, str]]) -> None:
    found = drafts(json.dumps(lines))
    assert len(found) == len(lines)
    assert all(draft.code or draft.kind for draft in found)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_drafted_or_refused_in_words(data: bytes) -> None:
    try:
        for draft in drafts(data, kind="set_price"):
            assert draft.line >= 1
    except InvalidInput:
        return
