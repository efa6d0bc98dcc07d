"""The moves of a delivery."""

from datetime import UTC, datetime
from itertools import product
from typing import Any, cast

import pytest

from daybook.kernel.errors import Conflict
from daybook.notifications.deliveries import Delivery, move
from daybook.notifications.ports import DeliveriesPort
from daybook.notifications.status import MOVES, DeliveryStatus

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ILLEGAL = [(before, to) for before, to in product(DeliveryStatus, repeat=2) if to not in MOVES[before] and to != before]


class Written:
    """What was to be written."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []

    def move_delivery(self, delivery: Delivery, from_status: DeliveryStatus, /, **changes: Any) -> bool:
        self.changes.append({"from": from_status, **changes})
        return True


def delivery(status: DeliveryStatus) -> Delivery:
    return Delivery("S", "D", "P", "B", 1, "REPORT_STATUS", "R", "DONE", None, 1, "walmart", status, NOW)


@pytest.mark.parametrize(("before", "to"), ILLEGAL)
def test_a_move_that_the_table_has_not_is_refused_and_nothing_is_written(
    before: DeliveryStatus, to: DeliveryStatus
) -> None:
    written = Written()
    with pytest.raises(Conflict, match=f"is {before} never becomes {to}"):
        move(cast("DeliveriesPort", written), delivery(before), to)
    assert written.changes == []


def test_a_move_is_guarded_by_the_status_that_was_read() -> None:
    written = Written()
    assert move(cast("DeliveriesPort", written), delivery(DeliveryStatus.SENDING), DeliveryStatus.FAILED, failures=3)
    assert written.changes == [{"from": DeliveryStatus.SENDING, "status": DeliveryStatus.FAILED, "failures": 3}]
