"""What was asked for outlives the process that asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from daybook.client import Result
from daybook.client.errors import CancelledByRequest, NoData
from daybook.client.requests.journal import Journal
from daybook.client.requests.requests import Part
from daybook.kernel.errors import InvalidInput, Misconfigured
from tests.client.driven import Driven
from tests.client.scripted import Answer, Server, answer, document, report
from tests.client.virtual import BEGINNING, VirtualTime

TYPE, US = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
STARTED = {"processingStartTime": "2026-11-21T12:00:05+00:00"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal.jsonl"


@pytest.mark.requirement("R001-039")
def test_the_id_is_in_the_file_before_the_first_question_and_a_new_process_goes_on_with_it(
    make: Callable[..., Driven], server: Server, time: VirtualTime, file: Path
) -> None:
    seen: list[str] = []

    def crash(request: httpx2.Request) -> Answer:
        seen.append(file.read_text())
        raise KeyboardInterrupt

    server.on("getReport", crash, report("IN_PROGRESS"), report("DONE"))
    first = make(journal=file, seller_id="A1")
    with pytest.raises(KeyboardInterrupt):
        first.wait(first.request(TYPE, [US], options={"a": "b"}))
    assert '"reportId":"R1"' in seen[0]

    time.passed += 3600
    second = make(journal=file, seller_id="A1")
    [request] = second.unfinished()
    assert (request.report_type, request.report_ids, request.parts[0].options) == (TYPE, ("R1",), {"a": "b"})
    assert isinstance(second.wait(request), Result)
    assert server.count("createReport") == 1
    assert make(journal=file, seller_id="A1").unfinished() == []


def test_a_request_is_found_by_a_report_of_it_with_all_its_parts(
    make: Callable[..., Driven], server: Server, file: Path
) -> None:
    server.on("createReport", *(answer({"reportId": f"R{number}"}, 202) for number in (1, 2)))
    start = datetime(2026, 9, 1, tzinfo=UTC)
    asked = make(journal=file, seller_id="A1").request(
        ORDERS, [US], data_start=start, data_end=start + timedelta(days=45)
    )
    resumed = make(journal=file, seller_id="A1").resume("R2")
    assert resumed == asked
    assert resumed.report_ids == ("R1", "R2")
    assert server.count("getReport") == 0


def test_a_split_request_is_taken_up_where_a_crash_left_it(
    make: Callable[..., Driven], server: Server, time: VirtualTime, file: Path
) -> None:
    def crash(request: httpx2.Request) -> Answer:
        raise KeyboardInterrupt

    start = datetime(2026, 9, 1, tzinfo=UTC)
    server.on("createReport", answer({"reportId": "R1"}, 202), crash)
    with pytest.raises(KeyboardInterrupt):
        make(journal=file, seller_id="A1").request(ORDERS, [US], data_start=start, data_end=start + timedelta(days=75))

    server.on("createReport", *(answer({"reportId": f"R{number}"}, 202) for number in (2, 3)))
    server.on("getReport", lambda request: report("DONE", request.url.path[-2:], reportType=ORDERS))
    server.on("download", lambda request: document(b"order\ttotal\nO-1\t5\n"))
    client = make(journal=file, seller_id="A1")
    [request] = client.unfinished()
    assert [part.report_id for part in request.parts] == ["R1", "", ""]
    result = client.wait(request)
    assert [one.reportId for one in result.reports] == ["R1", "R2", "R3"]
    assert len(client.rows(result)) == 3
    bodies = [one.body["dataStartTime"][:10] for one in server.of("createReport")]
    assert bodies == ["2026-09-01", "2026-10-01", "2026-10-01", "2026-10-31"]


def test_a_cancellation_of_another_process_is_ours(make: Callable[..., Driven], server: Server, file: Path) -> None:
    make(journal=file, seller_id="A1").request(TYPE, [US])
    make(journal=file, seller_id="A1").cancel_report("R1")
    server.on("getReport", report("CANCELLED"))
    client = make(journal=file, seller_id="A1")
    with pytest.raises(CancelledByRequest):
        client.wait(client.resume("R1"))


def test_how_long_reports_took_is_known_to_the_next_process(
    make: Callable[..., Driven], server: Server, time: VirtualTime, file: Path
) -> None:
    ended = {"processingEndTime": "2026-11-21T12:16:40+00:00", "createdTime": "2026-11-21T12:00:00+00:00"}
    for number in range(10):
        time.passed = 0.0
        server.on("createReport", answer({"reportId": f"R{number}"}, 202))
        server.on("getReport", lambda request: report(*("DONE",) if time.passed >= 1000 else ("IN_QUEUE",), **ended))
        client = make(journal=file, seller_id="A1")
        client.wait(client.request(TYPE, [US]))
    time.passed = 0.0
    server.asked.clear()
    server.on("createReport", answer({"reportId": "last"}, 202))
    client = make(journal=file, seller_id="A1")
    client.wait(client.request(TYPE, [US]))
    assert next(asked.at for asked in server.of("getReport")) == pytest.approx(1000, rel=0.11)


def test_an_end_without_data_is_an_end_too(make: Callable[..., Driven], server: Server, file: Path) -> None:
    server.on("getReport", report("CANCELLED", **STARTED))
    client = make(journal=file, seller_id="A1")
    with pytest.raises(NoData):
        client.wait(client.request(TYPE, [US]))
    assert make(journal=file, seller_id="A1").unfinished() == []


@pytest.mark.requirement("R001-023", "R004-282")
def test_sellers_that_share_a_file_do_not_see_each_others_reports_even_of_one_id(
    make: Callable[..., Driven], server: Server, file: Path
) -> None:
    one, other = (make(journal=file, seller_id=seller) for seller in ("A1", "A2"))
    one.request(TYPE, [US])
    other.request(ORDERS, [US])
    readers = [make(journal=file, seller_id=seller) for seller in ("A1", "A2", "A3")]
    assert [[request.report_type for request in reader.unfinished()] for reader in readers] == [[TYPE], [ORDERS], []]
    assert [reader.resume("R1").report_type for reader in readers[:2]] == [TYPE, ORDERS]


def test_a_journal_without_the_sellers_id_is_refused(make: Callable[..., Driven], file: Path) -> None:
    with pytest.raises(InvalidInput, match="seller"):
        make(journal=file)


PART = Part(TYPE, (US,), BEGINNING, key="k1", request="q1")


@pytest.mark.parametrize("kept", range(1, 150, 7))
def test_a_line_that_a_crash_has_cut_anywhere_is_as_good_as_not_written(file: Path, kept: int) -> None:
    Journal(file).asking("A1", PART)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:kept].rstrip(b"\n"))
    journal = Journal(file)
    assert [part.key for part in journal.parts("A1")] == ["k1"]
    journal.asking("A1", Part(ORDERS, (US,), BEGINNING, key="k2", request="q2"))
    assert [part.key for part in Journal(file).parts("A1")] == ["k1", "k2"]


@pytest.mark.parametrize(
    "line", [b"hello", b'{"event":"asked","seller":3}', b'{"event":"danced","seller":"A1","at":"x"}', b"\xff\xfe"]
)
def test_a_file_that_is_no_journal_is_told_with_its_line(file: Path, line: bytes) -> None:
    Journal(file).asking("A1", PART)
    file.write_bytes(file.read_bytes() + line + b"\n")
    with pytest.raises(Misconfigured, match=r"Line 2 .*journal\.jsonl"):
        Journal(file)


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked_for(
    make: Callable[..., Driven], server: Server, tmp_path: Path
) -> None:
    client = make(journal=tmp_path / "nowhere" / "journal", seller_id="A1")
    with pytest.raises(Misconfigured, match="cannot be written"):
        client.request(TYPE, [US])
    assert server.count("createReport") == 0


def test_the_file_is_its_owners_alone_and_holds_no_secret(
    make: Callable[..., Driven], server: Server, file: Path
) -> None:
    client = make(journal=file, seller_id="A1")
    client.wait(client.request(TYPE, [US]))
    assert file.stat().st_mode & 0o077 == 0
    assert not any(secret in file.read_text() for secret in ("secret-1", "refresh-1", "Atza"))


def test_memory_keeps_the_last_ended_ones_and_every_open_one() -> None:
    journal = Journal(most_ended=3)
    journal.asking("A1", Part(TYPE, (US,), BEGINNING, key="open", request="open"))
    for number in range(10):
        part = Part(TYPE, (US,), BEGINNING, key=str(number), request=str(number), report_id=f"R{number}")
        journal.asking("A1", part)
        journal.ended("A1", part, BEGINNING, "DONE", 1.0)
    assert [part.key for part in journal.parts("A1")] == ["open", "7", "8", "9"]
    assert [request.parts[0].key for request in journal.unfinished("A1")] == ["open"]
