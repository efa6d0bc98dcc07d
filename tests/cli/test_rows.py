"""Lists on a terminal of eighty columns: no id, time or status is broken, and long names only behind their marks."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from rich.console import Console

from daybook.cli import destinations, followed, inbound
from daybook.cli.batches.views import batch_row
from daybook.cli.reports.views import report_row
from daybook.cli.screen import listing
from daybook.notifications.destinations import Destination
from daybook.notifications.inbound.events import InboundEvent
from daybook.notifications.inbound.followed_reports import FollowedReport
from daybook.notifications.inbound.reading import Reading, Shape
from daybook.notifications.inbound.receivers import Receiver
from daybook.notifications.inbound.status import FollowedStatus, InboundStatus, Source
from daybook.notifications.status import Status
from daybook.operations.zones import zone_named
from daybook.reports.report_types import report_types

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UUID, ID = "6f1f63a5-5a3a-4b8e-a1d0-0c8f5d2f6a11", "1795313848173594099498"
LONGEST = max((one.name for one in report_types()), key=len)
URL = "https://erp.example:8443/hooks/daybook/reports/of-the-house/everything?token=abc&more=true"
SAID = Reading(
    Shape.WALMART,
    "e",
    "REPORT_STATUS",
    subject="report",
    subject_id=UUID,
    status="ERROR",
    description="It failed. " * 9,
)
CAME = InboundEvent("A1SHOP", ID, Source.WALMART, "r", InboundStatus.UNMATCHED, AT, SAID)
RECEIVER = Receiver("A1SHOP", UUID, Source.WALMART, "Walmart's notifications", "h", "", AT)
FOLLOWED = FollowedReport(
    "A1SHOP", Source.WALMART, UUID, LONGEST, FollowedStatus.WAITING, "INPROGRESS", "", "", "",
    AT, AT, AT, AT, None, None, 0, 1,
)  # fmt: skip
DESTINATION = Destination(
    "A1SHOP", UUID, "ERP of the house", URL, Status.ACTIVE, "", 2, AT, AT, failing_since=AT
)  # fmt: skip
REPORT = {"reportId": ID, "createdAt": AT.isoformat(), "status": "CANCELLED", "reportType": LONGEST}
BATCH = {
    "batchId": ID,
    "queuedAt": AT.isoformat(),
    "status": "running",
    "stalled": True,
    "name": "corrected-listings.csv",
    "counts": {"Queued": 1_000_000, "Error": 5},
}
HEADS_OF_BATCHES = ("BATCH", "MADE, UTC", "STATUS", "WHAT")


def shown(heads: Sequence[str], row: tuple[object, ...]) -> list[str]:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, legacy_windows=False)
    console.print(listing(heads, [row]))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("heads", "row", "beginning"),
    [
        (inbound.HEADS, inbound.inbound_row(CAME), f"{ID}  11-21 12:00:00  UNMATCHED  walmart"),
        (inbound.RECEIVER_HEADS, inbound.receiver_row(RECEIVER, "HMAC", None), f"{UUID}  11-21 12:00:00  Walmart's"),
        (followed.HEADS, followed.followed_row(FOLLOWED), f"{UUID}  WAITING  GET_"),
        (destinations.HEADS, destinations.destination_row(DESTINATION), f"{UUID}  ACTIVE  ERP of"),
        (("REPORT", "CREATED, UTC", "STATUS", "TYPE"), report_row(REPORT | {"outcome": "no_data"}), f"{ID}  11-21 12:"),
        (HEADS_OF_BATCHES, batch_row(BATCH), f"{ID}  11-21 12:00:00  running  stalled, 1,000,000"),
    ],
)
def test_a_list_fits_and_breaks_nothing_that_is_short(
    heads: Sequence[str], row: tuple[object, ...], beginning: str
) -> None:
    lines = shown(heads, row)
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].startswith(beginning)
    column = lines[1].index(beginning.rsplit(maxsplit=1)[-1])
    told = [line[column:].strip() for line in lines[1:]]
    for line in told[:-1]:  # a line ends where a word of what is told does, or behind a mark in one
        assert re.search(r"[\s_/&?=,:.-]$", line) or f"{line.split()[-1]} " in f"{row[-1]} ", line


def test_a_name_is_whole_in_a_pipe_and_broken_behind_an_underscore_on_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = listing(("REPORT", "TYPE", "NOTE"), [(ID, LONGEST, "x" * 30)])
    Console(width=1000).print(table)
    assert LONGEST in capsys.readouterr().out
    first, second = (line[45:] for line in shown(("REPORT", "STATUS", "TYPE"), (ID, "x" * 19, LONGEST))[1:])
    assert first.endswith("_")
    assert first + second == LONGEST
    assert len(shown(("REPORT", "STATUS", "BY"), (ID, "x" * 19, f"a.{'b' * 40}"))) == 1 + 3  # no line is empty


def test_a_name_of_several_words_leaves_room_for_a_time() -> None:
    row = ("accounting and warehouse of the northern region", "seller", 1, AT, "revoked 2026-11-21 12:00:00")
    lines = shown(("NAME", "SCOPE", "SELLERS", "CREATED, UTC", "STATE"), row)
    assert "  2026-11-21 12:00:00  " in lines[1]
    assert [line.split("  ")[0] for line in lines[1:]] == ["accounting and", "warehouse of the", "northern region"]


def test_every_report_type_is_a_line_of_its_own() -> None:
    lines = shown(("TYPE", "FORMAT", "ASKED BY", "MADE"), (LONGEST, "unknown", "schedule", "yes"))
    assert lines[1] == f"{LONGEST}  unknown  schedule  yes"


def test_the_zone_of_a_list_of_batches_may_be_another() -> None:
    assert batch_row(BATCH, zone_named("Asia/Tokyo"))[1] == "11-21 21:00:00"
