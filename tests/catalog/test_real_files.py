"""Catalogs of real shops, when they stand beside the checkout in ../shared/data."""

from pathlib import Path

import pytest

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files import read

DATA = Path(__file__).parents[3] / "shared" / "data"


def found(name: str, mapping: dict[str, str] | None = None) -> list[Draft | Fault]:
    if not (DATA / name).exists():
        pytest.skip(f"There is no {name} in ../shared/data.")
    return list(read(DATA / name, mapping))


def test_twenty_thousand_products_read_without_a_fault() -> None:
    drafts = found("products.csv", {"sku": "id", "item-name": "name"})
    assert len(drafts) == 20_000
    assert all(isinstance(draft, Draft) and len(draft.sku) == 32 for draft in drafts)
    assert drafts[0].row == 2
    assert isinstance(drafts[0], Draft)
    assert drafts[0].name == "Alisha Solid Women's Cycling Shorts"


@pytest.mark.parametrize(
    ("name", "items"),
    [("shopify-apparel.csv", 22), ("shopify-home-and-garden.csv", 21), ("shopify-jewelery.csv", 23)],
)
def test_shopify_exports_give_an_item_for_each_variant(name: str, items: int) -> None:
    rows = found(name)
    drafts = [each for each in rows if isinstance(each, Draft)]
    assert len({draft.sku for draft in drafts}) == items
    assert all(draft.name and draft.price and draft.quantity is not None and draft.image_url for draft in drafts)
    assert all("<" not in draft.description for draft in drafts)
    assert [each for each in rows if isinstance(each, Fault) and each.refused] == []
