"""What is told of a report that waits, where its row and the world around it were read one after the other."""

from datetime import UTC, datetime

from daybook.lanes import Lane, LaneState
from daybook.reports.reports import Report
from daybook.reports.status import Status
from daybook.reports.waiting import explain

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Tables:
    """The tables as they are a moment after the report was read: a worker has begun with `begun`."""

    def __init__(self, begun: Report) -> None:
        self.begun = begun

    def report_in_progress(self, seller_id: str, report_type: str) -> Report | None:
        return self.begun

    def reports_before(self, report: Report, /) -> int:
        return 0

    def reports_ended(self, seller_id: str, report_type: str, limit: int) -> list[Report]:
        return []

    def lane_state(self, lane: Lane) -> LaneState | None:
        return None


def report(report_id: str) -> Report:
    return Report("A1SHOP", report_id, "GET_X", Status.IN_QUEUE, ("ATVPDKIKX0DER",), {}, NOW, NOW, NOW)


def test_a_report_that_has_just_begun_does_not_wait_for_itself() -> None:
    queued = report("1")
    why = explain(Tables(begun=queued), NOW, queued, None)
    assert why is not None
    assert (why.place, why.blocked_by, why.sentence) == (0, None, "It is being made.")


def test_a_report_waits_for_another_that_has_begun() -> None:
    why = explain(Tables(begun=report("2")), NOW, report("1"), None)
    assert why is not None
    assert (why.place, why.blocked_by) == (1, "2")
    assert why.sentence == "It waits for report 2 of its type, which is being made."
