"""When an item is active."""

import pytest

from daybook.catalog.items import Status, status_of


@pytest.mark.parametrize(
    ("said", "price", "quantity", "status"),
    [
        (None, "1.00", 5, "Active"),
        (None, "1.00", None, "Active"),
        (None, "1.00", 0, "Inactive"),
        (None, None, 5, "Inactive"),
        ("Active", None, 0, "Active"),
        ("Inactive", "1.00", 5, "Inactive"),
    ],
)
def test_the_file_decides_and_else_price_and_quantity_do(
    said: Status | None, price: str | None, quantity: int | None, status: Status
) -> None:
    assert status_of(said, price, quantity) == status
