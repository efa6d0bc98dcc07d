"""From drafts to stored items."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import pytest

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.importing import ImportResult, import_items
from daybook.catalog.items import Item
from daybook.kernel.errors import InvalidInput

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OPENED = datetime(2020, 1, 1, tzinfo=UTC)


class Items:
    """The store's items, in memory."""

    def __init__(self, *skus: str) -> None:
        self.names = dict.fromkeys(skus, "")
        self.chunks: list[list[Item]] = []

    def put_items(self, items: list[Item]) -> None:
        skus = [item.sku for item in items]
        assert len(skus) == len(set(skus))
        self.chunks.append(items)
        self.names |= {item.sku: item.name for item in items}

    def count(self) -> int:
        return len(self.names)


def draft(row: int, sku: str, name: str = "", *, price: str | None = None, currency: str = "") -> Draft:
    return Draft(
        row,
        sku,
        name,
        "text",
        price,
        currency,
        3,
        "listing",
        "id",
        "4",
        "asin",
        "11",
        "url",
        "DEFAULT",
        "group",
        None,
        "brand",
        "category",
        OPENED,
    )


def imported(
    items: Items,
    drafts: Iterable[Draft | Fault],
    *,
    chunk: int = 1000,
    store: Callable[[list[Item]], None] | None = None,
    report: Callable[[Fault], None] | None = None,
) -> ImportResult:
    return import_items(
        drafts,
        store or items.put_items,
        items.count,
        seller_id="A1SELLER",
        marketplace_id="ATVPDKIKX0DER",
        currency="USD",
        now=NOW,
        chunk=chunk,
        report=report,
    )


def test_a_draft_becomes_an_item_with_every_column_in_its_place() -> None:
    items = Items()
    imported(items, [draft(2, "S", "Pan", price="9.90", currency="EUR")])
    assert items.chunks == [
        [
            Item(
                seller_id="A1SELLER",
                marketplace_id="ATVPDKIKX0DER",
                sku="S",
                name="Pan",
                description="text",
                price="9.90",
                currency="EUR",
                quantity=3,
                listing_id="listing",
                product_id="id",
                product_id_type="4",
                asin="asin",
                condition="11",
                image_url="url",
                fulfilment_channel="DEFAULT",
                shipping_group="group",
                status="Active",
                brand="brand",
                category="category",
                opened_at=OPENED,
                updated_at=NOW,
            )
        ]
    ]


def test_what_the_file_does_not_say_comes_from_the_marketplace_and_the_clock() -> None:
    items = Items()
    imported(items, [draft(2, "S")._replace(opened_at=None)])
    ((item,),) = items.chunks
    assert (item.currency, item.opened_at, item.status) == ("USD", NOW, "Inactive")


def test_items_are_stored_a_chunk_at_a_time() -> None:
    items = Items()
    imported(items, (draft(row, f"S{row}") for row in range(2, 9)), chunk=3)
    assert [[item.sku for item in chunk] for chunk in items.chunks] == [["S2", "S3", "S4"], ["S5", "S6", "S7"], ["S8"]]


def test_the_result_tells_added_from_changed_and_refused_from_noted() -> None:
    note = Fault(3, "this is not a price.", "price", "x", refused=False)
    result = imported(Items("B", "Z"), [draft(2, "A"), note, draft(3, "B"), Fault(4, "there is no SKU.", "sku")])
    assert result == ImportResult(3, 1, 1, 1, 1, (Fault(4, "there is no SKU.", "sku"),), (note,))


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_the_last_row_of_a_sku_wins_and_the_row_before_is_reported(chunk: int) -> None:
    items = Items()
    result = imported(
        items, [draft(2, "A", "old"), draft(3, "B"), draft(4, "A", "new"), draft(5, "A", "newest")], chunk=chunk
    )
    assert items.names == {"A": "newest", "B": ""}
    assert (result.read, result.added, result.changed, result.refused) == (4, 2, 0, 2)
    assert [(fault.row, fault.value) for fault in result.faults] == [(2, "A"), (4, "A")]
    assert "line 4" in result.faults[0].problem


def test_a_repeated_sku_is_noticed_across_a_hundred_thousand_others() -> None:
    def drafts() -> Iterator[Draft]:
        yield draft(2, "A")
        for row in range(3, 100_002):
            yield draft(row, f"S{row}")
        yield draft(100_002, "A")

    result = imported(Items(), drafts(), chunk=50_000)
    assert [(fault.row, fault.value) for fault in result.faults] == [(2, "A")]


def test_only_the_first_hundred_faults_are_kept_and_all_are_counted() -> None:
    faults = [Fault(row, "there is no SKU.", refused=row % 2 == 0) for row in range(2, 502)]
    result = imported(Items(), faults)
    assert (result.read, result.refused, result.noted) == (250, 250, 250)
    assert (len(result.faults), len(result.notes)) == (100, 100)
    assert (result.faults[0].row, result.notes[0].row) == (2, 3)


def test_every_fault_is_reported_as_it_is_found() -> None:
    told: list[tuple[int, bool]] = []
    drafts = [Fault(row, "there is no SKU.", refused=row % 2 == 0) for row in range(2, 302)]
    repeated = [draft(400, "A"), draft(401, "A")]
    imported(Items(), [*drafts, *repeated], report=lambda fault: told.append((fault.row, fault.refused)))
    assert told == [(row, row % 2 == 0) for row in range(2, 302)] + [(400, True)]


def test_a_file_that_breaks_off_says_what_was_stored_before() -> None:
    def broken(rows: int) -> Iterator[Draft]:
        yield from (draft(row, f"S{row}") for row in range(rows))
        raise InvalidInput("The gzip file is damaged.", "After 12 bytes.")

    items = Items()
    with pytest.raises(InvalidInput, match="damaged") as raised:
        imported(items, broken(5), chunk=2)
    assert "After 12 bytes. 4 items of the rows before are stored" in raised.value.details
    assert items.count() == 4
    with pytest.raises(InvalidInput, match="damaged") as raised:
        imported(items, broken(1), chunk=2)
    assert raised.value.details == "After 12 bytes. Nothing was stored."


def test_an_error_of_the_store_is_not_taken_for_the_files() -> None:
    def full(items: list[Item]) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        imported(Items(), [draft(2, "A")], store=full)
