"""Shopify's product export: several rows for one product."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files.shopify import derived_sku, plain_text
from tests.catalog.files.reading import drafts, read_all

COLUMNS = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Value,Variant SKU,"
    "Variant Inventory Qty,Variant Price,Variant Barcode,Image Src,Variant Image,Status"
)


def export(*rows: dict[str, str]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS.split(","), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


POT = {
    "Handle": "clay-pot",
    "Title": "Clay Pot",
    "Body (HTML)": "<p>Hand-made &amp; fired<br>twice</p>\n<ul>\n  <li>red</li>\n</ul>",
    "Vendor": "Korbwerk",
    "Type": "Garden",
    "Published": "true",
    "Option1 Name": "Size",
    "Option1 Value": "Small",
    "Option2 Value": "Red",
    "Variant SKU": "POT-S",
    "Variant Inventory Qty": "4",
    "Variant Price": "9.90",
    "Image Src": "https://i.example/pot-1.jpg",
}
LARGE = {
    "Handle": "clay-pot",
    "Option1 Value": "Large",
    "Option2 Value": "Red",
    "Variant SKU": "'00123",
    "Variant Inventory Qty": "-2",
    "Variant Price": "19.90",
    "Variant Barcode": "'2000000000015",
    "Image Src": "https://i.example/pot-2.jpg",
    "Variant Image": "https://i.example/pot-large.jpg",
}
IMAGE = {"Handle": "clay-pot", "Image Src": "https://i.example/pot-3.jpg"}
LAMP = {
    "Handle": "lamp",
    "Title": "Lamp",
    "Option1 Name": "Title",
    "Option1 Value": "Default Title",
    "Variant Price": "59",
    "Status": "draft",
}


def test_each_variant_is_an_item_with_what_its_products_first_row_says() -> None:
    small, large, bowl = drafts(export(POT, LARGE, IMAGE, IMAGE, {"Handle": "bowl", "Variant SKU": "B"}))
    assert (small.sku, small.name, small.price, small.quantity) == ("POT-S", "Clay Pot - Small / Red", "9.90", 4)
    assert (large.sku, large.name, large.price, large.quantity) == ("00123", "Clay Pot - Large / Red", "19.90", 0)
    assert small.description == large.description == "Hand-made & fired\ntwice\nred"
    assert (large.brand, large.category) == ("Korbwerk", "Garden")
    assert (small.product_id_type, large.product_id, large.product_id_type) == ("", "2000000000015", "4")
    assert (bowl.sku, bowl.name, bowl.brand, bowl.description) == ("B", "", "", "")


def test_an_image_is_the_variants_own_or_else_the_products_first() -> None:
    small, large = drafts(export(POT, LARGE, IMAGE))
    assert (small.image_url, large.image_url) == ("https://i.example/pot-1.jpg", "https://i.example/pot-large.jpg")


def test_row_numbers_are_lines_of_the_file_even_below_a_body_of_several_lines() -> None:
    assert [draft.row for draft in drafts(export(POT, LARGE))] == [2, 6]


def test_a_variant_without_a_sku_gets_one_from_handle_and_options_and_it_is_said() -> None:
    found = read_all(
        export(POT | {"Variant SKU": ""}, LARGE | {"Variant SKU": " ", "Option1 Value": "Extra large"}, LAMP)
    )
    assert [each.sku for each in found if isinstance(each, Draft)] == [
        "clay-pot-Small-Red",
        "clay-pot-Extra-large-Red",
        "lamp",
    ]
    notes = [each for each in found if isinstance(each, Fault)]
    assert [(note.row, note.value, note.refused) for note in notes] == [
        (2, "clay-pot-Small-Red", False),
        (6, "clay-pot-Extra-large-Red", False),
        (7, "lamp", False),
    ]


def test_a_product_that_is_no_longer_sold_is_inactive() -> None:
    content = export(
        LAMP | {"Variant SKU": "L"}, POT, POT | {"Handle": "other", "Published": "FALSE", "Variant SKU": "O"}
    )
    assert [draft.status for draft in drafts(content)] == ["Inactive", None, "Inactive"]


def test_a_row_without_a_handle_is_refused() -> None:
    found = read_all(export({"Title": "Orphan", "Variant SKU": "X", "Variant Price": "1"}, POT))
    assert [str(each) for each in found if isinstance(each, Fault)] == [
        "line 2, Handle: there is no handle, so no product."
    ]
    assert len(found) == 2


def test_a_mapping_may_take_any_column_of_the_export() -> None:
    (small, large) = drafts(export(POT, LARGE), {"item-name": "Title", "asin1": "Option1 Value"})
    assert (small.name, large.name, large.asin) == ("Clay Pot", "Clay Pot", "Large")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("plain, with  spaces ", "plain, with  spaces "),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("a < b and c > d", "a < b and c > d"),
        ("<div><h2>Big</h2><b>bold</b> text</div>", "Big\nbold text"),
        ("one<BR/>two<br />three", "one\ntwo\nthree"),
        ("<p>one</p>\n\n\n<p>two</p>", "one\ntwo"),
    ],
)
def test_html_becomes_text(body: str, text: str) -> None:
    assert plain_text(body) == text


def test_a_hostile_body_takes_no_longer_than_its_length_warrants() -> None:
    assert plain_text("<a " * 30_000) == ("<a " * 30_000).strip()


@given(st.text(min_size=1), st.lists(st.text(), max_size=3))
def test_a_derived_sku_is_short_and_always_the_same(handle: str, options: list[str]) -> None:
    sku = derived_sku(handle, options)
    assert len(sku) <= 40
    assert sku == derived_sku(handle, options)


def test_long_handles_that_begin_alike_get_different_skus() -> None:
    handle = "a-very-long-handle-that-goes-on-and-on-for-ever"
    first, second = derived_sku(handle, ["Red"]), derived_sku(handle, ["Blue"])
    assert first != second
    assert len(first) == len(second) == 40
