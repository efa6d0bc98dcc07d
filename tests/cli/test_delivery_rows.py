"""Deliveries, attempts and subscriptions on a terminal of eighty columns: no word, id or time is broken."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from daybook.cli.deliveries import ATTEMPT_HEADS, HEADS, attempt_row, delivery_row
from daybook.cli.screen import listing, when_short
from daybook.cli.subscriptions import HEADS as SUBSCRIPTION_HEADS
from daybook.cli.subscriptions import subscription_row
from daybook.notifications.attempts import Attempt
from daybook.notifications.deliveries import Delivery
from daybook.notifications.status import DeliveryStatus, Status
from daybook.notifications.subscriptions import Subscription

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DELIVERY, REPORT = "msg_1795313848173594099498", "1795313848173594099498"
ONE, OTHER = "6f1f63a5-5a3a-4b8e-a1d0-0c8f5d2f6a11", "0b9a2f4e-3c1d-4f7a-a9e8-7d6c5b4a3f2e"


def shown(table: Table) -> list[str]:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, legacy_windows=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def delivery(event_type: str = "REPORT_STATUS", subject: str = REPORT, **more: object) -> Delivery:
    usual = {
        "event_sequence": 7,
        "report_type": None,
        "number": 1,
        "format": "walmart",
        "created_at": AT,
        "attempts": 1,
    }
    status = DeliveryStatus.DELIVERED
    own = {"subject_status": "DONE", "status": status} | usual | more
    return Delivery("A1SHOP", DELIVERY, ONE, OTHER, event_type=event_type, subject_id=subject, **own)  # type: ignore[arg-type]


def test_a_delivery_that_arrived_is_one_line() -> None:
    head, row = shown(listing(HEADS, [delivery_row(delivery())]))
    assert head.split() == ["DELIVERY", "MADE,", "UTC", "STATUS", "ABOUT"]
    assert row == f"{DELIVERY}  11-21 12:00:00  DELIVERED  {REPORT}"


def test_one_that_waits_tells_how_often_it_was_tried_and_when_it_is_next() -> None:
    waiting = delivery(status=DeliveryStatus.WAITING, attempts=3, next_at=AT + timedelta(hours=2))
    rows = shown(listing(HEADS, [delivery_row(waiting)]))
    assert rows[1].endswith(f"WAITING  {REPORT},")
    assert " ".join(line.strip() for line in rows[2:]) == "tried 3 times, next 11-21 14:00:00"


def test_an_event_of_another_type_is_named() -> None:
    rows = shown(listing(HEADS, [delivery_row(delivery("DESTINATION_DISABLED", OTHER))]))
    assert rows[1].endswith("DESTINATION_DISABLED")


def test_attempts_leave_room_for_what_they_mean() -> None:
    tried = Attempt(
        "A1SHOP", DELIVERY, 1, ONE, "https://erp.example/", AT, AT, AT, "[2001:db8:1234:5678:9abc:def0:1234:5678]:443",
        503, 15_000, "broken", "", "try later",
    )  # fmt: skip
    rows = shown(listing(("", "WHEN, UTC", *ATTEMPT_HEADS), [(1, when_short(AT), *attempt_row(tried))], right=("MS",)))
    assert rows[1].startswith("1  11-21 12:00:00  15,000  503     The receiver failed with a")
    assert all(len(line) <= 80 for line in rows)
    assert "[2001:db8:1234:5678:9abc:def0" in rows[2] + rows[3]


def test_a_subscription_is_its_whole_id_and_what_goes_where() -> None:
    made = Subscription("A1SHOP", ONE, OTHER, "DESTINATION_DISABLED", "standard", (), (), Status.ACTIVE, AT, AT)
    rows = shown(listing(SUBSCRIPTION_HEADS, [subscription_row(made, "https://erp.example:8443/a?b=c")]))
    assert rows[1].startswith(f"{ONE}  ACTIVE  DESTINATION_DISABLED as standard")
    assert [line.strip() for line in rows[2:]] == ["to erp.example"]
