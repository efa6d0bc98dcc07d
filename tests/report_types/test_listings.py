"""The listing reports, byte for byte, on both databases."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.report_types.producers import producers
from daybook.store.store import Store
from tests.report_types.catalogs import CA, OTHER_SELLER, US, item, pieces, produced, report_of, stock

ALL = "GET_MERCHANT_LISTINGS_ALL_DATA"
ACTIVE = "GET_MERCHANT_LISTINGS_DATA"
INACTIVE = "GET_MERCHANT_LISTINGS_INACTIVE_DATA"
OPEN = "GET_FLAT_FILE_OPEN_LISTINGS_DATA"
FYP = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
TYPES = (ALL, ACTIVE, INACTIVE, OPEN, FYP)

HEADER = (
    "item-name\titem-description\tlisting-id\tseller-sku\tprice\tquantity\topen-date\timage-url\titem-is-marketplace\t"
    "product-id-type\tzshop-shipping-fee\titem-note\titem-condition\tzshop-category1\tzshop-browse-path\t"
    "zshop-storefront-feature\tasin1\tasin2\tasin3\twill-ship-internationally\texpedited-shipping\tzshop-boldface\t"
    "product-id\tbid-for-featured-placement\tadd-delete\tpending-quantity\tfulfillment-channel\tmerchant-shipping-group"
)
FYP_HEADER = "Status\tReason\tSKU\tASIN\tProduct name\tCondition\tStatus Change Date\tIssue Description"
LINE_A = (
    "Name of A\tAbout A\tL-A\tA\t12.50\t7\t2026-03-09 08:07:06 UTC\thttps://images.example/A.jpg\ty\t1\t\t\t11\t\t\t\t"
    "B-A\t\t\t\t\t\tP-A\t\t\t\tDEFAULT\tStandard"
)


def lines(text: bytes) -> list[str]:
    *found, last = text.decode().split("\n")
    assert last == ""
    return found


def rows(text: bytes) -> list[dict[str, str]]:
    """The lines below the header, by column."""
    header, *found = (line.split("\t") for line in lines(text))
    return [dict(zip(header, cells, strict=True)) for cells in found]


def skus(text: bytes, column: str = "seller-sku") -> list[str]:
    return [row[column] for row in rows(text)]


def test_all_listings_have_amazons_29_columns_and_the_status_last(store: Store) -> None:
    stock(store, item("A"), item("B", status="Inactive"))

    header, first, second = lines(produced(store, ALL))

    assert header == f"{HEADER}\tstatus"
    assert first == f"{LINE_A}\tActive"
    assert (
        second
        == LINE_A.replace("A.jpg", "B.jpg")
        .replace("\tA\t", "\tB\t")
        .replace("-A", "-B")
        .replace("of A\tAbout A", "of B\tAbout B")
        + "\tInactive"
    )


def test_active_and_inactive_listings_are_parted_by_status(store: Store) -> None:
    stock(store, item("A"), item("B", status="Inactive"), item("C"))

    active, inactive = produced(store, ACTIVE), produced(store, INACTIVE)

    assert lines(active)[:2] == [HEADER, LINE_A]
    assert lines(inactive)[0] == HEADER
    assert (skus(active), skus(inactive)) == (["A", "C"], ["B"])


def test_open_listings_are_four_columns_of_what_can_be_bought(store: Store) -> None:
    stock(store, item("A"), item("B", status="Inactive"), item("C", price=None, quantity=None))

    assert produced(store, OPEN) == b"sku\tasin\tprice\tquantity\nA\tB-A\t12.50\t7\nC\tB-C\t\t\n"


def test_fix_your_products_lists_what_lacks_something_and_says_what(store: Store) -> None:
    lacking: dict[str, Any] = {
        "name": "",
        "price": None,
        "quantity": None,
        "image_url": "",
        "asin": "",
        "product_id": "",
    }
    stock(store, item("A"), item("B", **lacking), item("C", price=None, status="Inactive"))

    header, b, c = lines(produced(store, FYP))

    assert header == FYP_HEADER
    assert b == (
        "Active\tMissing name; Missing price; Missing quantity; Missing image; Missing product id\t"
        "B\t\t\t11\tNov 5, 2026\t"
        "The listing has no title, so it cannot be found; The offer has no price, so it cannot be bought; "
        "The quantity is not known, so it is not offered; The listing has no main image; "
        "There is neither an ASIN nor another product id to match it by"
    )
    assert c == (
        "Inactive\tMissing price\tC\tB-C\tName of C\t11\tNov 5, 2026\tThe offer has no price, so it cannot be bought"
    )


def test_goods_in_amazons_warehouses_need_no_quantity(store: Store) -> None:
    stock(store, item("A", quantity=None, fulfilment_channel="AMAZON_NA"), item("B", quantity=None))

    assert skus(produced(store, FYP), "SKU") == ["B"]
    assert [row["quantity"] for row in rows(produced(store, ALL))] == ["", ""]


def test_one_product_id_of_the_two_is_enough(store: Store) -> None:
    stock(store, item("A", asin=""), item("B", product_id=""))

    assert produced(store, FYP) == b""


def test_a_day_has_its_months_name_and_no_leading_zero(store: Store) -> None:
    months = [
        item(f"{month:02}", price=None, updated_at=datetime(2026, month, 9, tzinfo=UTC)) for month in range(1, 13)
    ]
    stock(store, *months)

    days = [row["Status Change Date"] for row in rows(produced(store, FYP))]

    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    assert days == [f"{name} 9, 2026" for name in names]


@pytest.mark.parametrize("report_type", TYPES)
def test_a_report_without_rows_is_nothing_not_even_a_header(store: Store, report_type: str) -> None:
    stock(store)

    assert list(pieces(store, report_type)) == []


@pytest.mark.parametrize("report_type", [ACTIVE, OPEN])
def test_a_report_whose_items_are_all_of_another_status_is_nothing(store: Store, report_type: str) -> None:
    stock(store, *(item(f"{number:03}", status="Inactive") for number in range(250)))

    assert list(pieces(store, report_type)) == []


def test_only_the_sellers_own_items_of_the_first_marketplace_are_listed(store: Store) -> None:
    stock(store, item("A"), item("B", marketplace_id=CA), item("C", seller_id=OTHER_SELLER))

    assert skus(produced(store, ALL, US, CA)) == ["A"]
    assert skus(produced(store, ALL, CA, US)) == ["B"]


def test_tabs_line_breaks_and_other_controls_become_spaces(store: Store) -> None:
    stock(store, item("A", name="a\tb\nc\rd\r\ne\x0bf\x85g", description='"quoted"\t' + "\x1b[1m"))

    [row] = rows(produced(store, ALL))

    assert row["item-name"] == "a b c d  e f\x85g"
    assert row["item-description"] == '"quoted"  [1m'


def test_controls_that_part_columns_on_the_way_do_not_part_them_in_the_file(store: Store) -> None:
    stock(store, item("A", name="a\x1fb", description="\x1e"), item("B", name="\x1f\x1e"), item("C"))

    assert [row["item-name"] for row in rows(produced(store, ALL))] == ["a b", "  ", "Name of C"]
    assert [row["item-description"] for row in rows(produced(store, ALL))] == [" ", "About B", "About C"]


def test_text_of_every_script_comes_through(store: Store) -> None:
    stock(store, item("A", name="日本語 ‑ Größe 🧵", shipping_group="Gröẞe"))

    [row] = rows(produced(store, ALL))

    assert (row["item-name"], row["merchant-shipping-group"]) == ("日本語 ‑ Größe 🧵", "Gröẞe")


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(names=st.lists(st.tuples(text, text), min_size=1, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_breaks_the_file(store: Store, names: list[tuple[str, str]]) -> None:
    marketplace_id = f"M{len(names)}"
    items = [
        item(f"{number}", marketplace_id=marketplace_id, name=name, description=description)
        for number, (name, description) in enumerate(names)
    ]
    stock(store, *items)

    found = rows(produced(store, ALL, marketplace_id))

    assert [(row["item-name"], row["item-description"]) for row in found] == [
        (spaced(name), spaced(description)) for name, description in names
    ]


def spaced(value: str) -> str:
    return "".join(max(letter, " ") for letter in value)


def test_the_lines_stand_in_the_order_of_skus_across_slices(store: Store) -> None:
    numbers = [f"{number:05}" for number in range(2500)]
    stock(store, *(item(number) for number in reversed(numbers)))

    assert skus(produced(store, ALL)) == numbers
    assert len(list(pieces(store, ALL))) > 2


def test_long_descriptions_make_small_slices(store: Store) -> None:
    long = (string.ascii_letters + " ") * 1000
    stock(store, *(item(f"{number:03}", description=long) for number in range(400)))

    found = list(pieces(store, ALL))

    assert len(found) > 10
    assert all(len(piece) < 2 * 1024 * 1024 for piece in found[1:])


def test_items_are_counted_no_further_than_asked(store: Store) -> None:
    stock(store, *(item(f"{number}") for number in range(7)), item("elsewhere", marketplace_id=CA))
    producer, report = producers()[ALL], report_of(ALL)

    with store.reading() as tx:
        assert [producer.rows_up_to(tx, report, limit) for limit in (3, 7, 100)] == [3, 7, 7]
