"""The operation report: its columns, its times, its errors."""

import csv
import io
import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.accounts.marketplaces import MARKETPLACES
from daybook.kernel.clock import to_micros
from daybook.kernel.errors import InvalidInput
from daybook.operations import as_json, report
from daybook.operations.batches import Batch
from daybook.operations.calls import Issue, Reply, ReplyStatus, Throttled
from daybook.operations.pages import Filters, first_page
from daybook.operations.report import ReportFormat
from daybook.operations.status import BatchStatus, Status
from daybook.operations.zones import Zone, clock_of, zone_named
from tests.operations.driving import Book
from tests.operations.stub import LIVE, Stub

PACIFIC = zone_named("pst")


def written(book: Book, number: int, kind: ReportFormat, zone: Zone = PACIFIC, *, failed: bool = False) -> str:
    batch = next(
        one for one in book.store.read(lambda tx: tx.batches_page("A1SELLER", (), "", 10)) if one.number == number
    )
    statuses = report.failed_statuses() if failed else ()

    def read(after: int) -> list[report.Cells]:
        return list(book.store.read(lambda tx: tx.report_lines(batch, after, 2, statuses)))

    return b"".join(report.pieces(batch, read, kind, zone, failed=failed)).decode()


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


@pytest.mark.requirement("R000-002", "R000-017", "R000-008", "R000-029", "R000-012")
def test_every_record_has_a_line_with_its_status_its_times_and_its_error(book: Book, stub: Stub) -> None:
    refused = Reply(ReplyStatus.INVALID, issues=(Issue("90220", "item_name is missing."),), request_id="r-1")
    stub.answers = lambda call: refused if call.sku == "SKU-000001" else LIVE
    batch = book.prices(4)
    book.pass_time(65)
    book.run()

    found = rows(written(book, batch.number, ReportFormat.CSV))

    assert list(found[0]) == [
        "Batch ID", "Line", "Reference", "Operation", "Operation Status", "Queued At (America/Los_Angeles)",
        "Last Attempted (America/Los_Angeles)", "Completed At (America/Los_Angeles)", "Last Error", "Error Source",
        "Seller", "Marketplace", "Attempts", "Request ID",
    ]  # fmt: skip
    assert [row["Operation Status"] for row in found] == ["Success", "Error", "Success", "Success"]
    error = found[1]
    assert error["Last Error"] == "90220: item_name is missing."
    assert error["Error Source"] == "marketplace"
    assert (error["Batch ID"], error["Marketplace"], error["Attempts"], error["Request ID"]) == (
        batch.batch_id, "DE", "1", "r-1",
    )  # fmt: skip
    times = list(error.values())[5:8]
    assert times[0] == "2026-03-01 04:00:00"
    assert times[1] == "2026-03-01 04:01:05"
    assert times == sorted(times)


def test_an_earlier_attempts_error_is_marked_as_one(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: Throttled(600.0)
    batch = book.prices(1)
    book.run(until=lambda: book.operations(batch)[0].status is Status.THROTTLED)

    [row] = rows(written(book, batch.number, ReportFormat.CSV))

    assert row["Operation Status"] == "Queued"
    assert row["Last Error"].startswith("earlier attempt: Throttled: ")
    assert row["Error Source"] == "transport"


@pytest.mark.requirement("X-06")
def test_every_error_names_where_it_arose_in_the_file_and_on_the_page(book: Book, stub: Stub) -> None:
    refused = Reply(ReplyStatus.INVALID, issues=(Issue("90220", "item_name is missing."),))
    stub.answers = lambda call: refused if call.sku == "REFUSED" else Throttled(600.0)
    batch = book.submit("sku,price\nREFUSED,1.00\nHELD-UP,1.00\nUNREADABLE,dear\n", kind="set_price").batch
    assert batch is not None
    book.run(until=lambda: book.operations(batch)[1].status is Status.THROTTLED)
    arose = {"REFUSED": "marketplace", "HELD-UP": "transport", "UNREADABLE": "local validation"}

    found = rows(written(book, batch.number, ReportFormat.CSV))
    page, _ = book.store.read(lambda tx: first_page(tx, bytes(32), "A1SELLER", Filters()))

    assert {row["Reference"]: row["Error Source"] for row in found} == arose
    assert {row.operation.reference: as_json.last_error(row.operation)["source"] for row in page} == arose


def test_all_formats_say_the_same(book: Book) -> None:
    batch = book.prices(5)
    book.run()

    table = rows(written(book, batch.number, ReportFormat.CSV))

    assert rows(written(book, batch.number, ReportFormat.TSV), "\t") == table
    lines = [json.loads(line) for line in written(book, batch.number, ReportFormat.NDJSON).splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == table


def test_the_report_of_what_failed_is_submitted_as_it_is(book: Book, stub: Stub) -> None:
    stub.answers = lambda call: Reply(ReplyStatus.INVALID, issues=(Issue("1", "No."),))
    made = book.submit(
        "operation,sku,price,quantity,product_type,attributes.color,patches\n"
        "set_price,00012,12.50,,,,\n"
        "put_listing,CUP,8.00,3,CUP,red,\n"
        'patch_listing,CUP2,,,CUP,,"[{""op"": ""delete"", ""path"": ""/attributes/color""}]"\n'
    ).batch
    assert made is not None
    book.run()
    bodies = {each.reference: each.body for each in book.operations(made)}

    again = book.submit(written(book, made.number, ReportFormat.CSV, failed=True)).batch

    assert again is not None
    assert {each.status for each in book.operations(again)} == {Status.QUEUED}
    sent = {each.reference: json.loads(each.body) for each in book.operations(again)}
    assert sent == {reference: json.loads(body) for reference, body in bodies.items()}


def test_what_a_spreadsheet_takes_for_a_formula_is_told_to_the_letter_and_submitted_again(book: Book) -> None:
    skus = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A1", "0012", "'1"]
    file = "sku,price\n" + "".join(f"{sku},=x\n" for sku in skus)
    for _ in range(2):
        batch = book.submit(file, kind="set_price").batch
        assert batch is not None
        file = written(book, batch.number, ReportFormat.CSV, failed=True)
        assert [(row["Reference"], row["price"]) for row in rows(file)] == [(sku, "=x") for sku in skus]


def test_what_stood_in_a_refused_line_is_all_in_the_report_of_what_failed(book: Book) -> None:
    made = book.submit(
        "operation,sku,country,price,product_type,attributes.color,attributes\n"
        'put_listing,CUP,US,x,CUP,red,"{""size"": [{""value"": ""S""}]}"\n'
        "put_listing,MUG,DE,x,CUP,blue,\n"
    ).batch
    assert made is not None

    foreign, bad = rows(written(book, made.number, ReportFormat.CSV, failed=True))

    assert (foreign["Marketplace"], foreign["Error Source"]) == ("US", "local validation")
    assert json.loads(foreign["attributes"])["size"] == [{"value": "S"}]
    assert json.loads(foreign["attributes"])["color"][0]["value"] == "red"
    assert json.loads(bad["attributes"]) == {"color": [{"value": "blue", "marketplace_id": MARKETPLACES["DE"]}]}
    corrected = [{**one, "Marketplace": "DE", "price": "9.50"} for one in (foreign, bad)]
    text = io.StringIO()
    writer = csv.DictWriter(text, foreign)
    writer.writeheader()
    writer.writerows(corrected)
    again = book.submit(text.getvalue()).batch
    assert again is not None
    sent = [json.loads(each.body)["attributes"] for each in book.operations(again)]
    assert [sorted(one) for one in sent] == [["color", "size"], ["color"]]


# Times


@pytest.mark.requirement("R000-014", "R000-013")
@pytest.mark.parametrize(
    ("instant", "pacific", "fixed"),
    [
        ("2026-03-08T09:59:59Z", "2026-03-08 01:59:59", "2026-03-08 01:59:59"),  # the last second of winter time
        ("2026-03-08T10:00:00Z", "2026-03-08 03:00:00", "2026-03-08 02:00:00"),  # summer time begins
        ("2026-11-01T08:59:59Z", "2026-11-01 01:59:59", "2026-11-01 00:59:59"),  # the last second of summer time
        ("2026-11-01T09:00:00Z", "2026-11-01 01:00:00", "2026-11-01 01:00:00"),  # the hour comes again
        ("2026-07-01T00:00:00Z", "2026-06-30 17:00:00", "2026-06-30 16:00:00"),
    ],
)
def test_pacific_time_follows_daylight_saving_and_the_fixed_offset_does_not(
    instant: str, pacific: str, fixed: str
) -> None:
    at = to_micros(datetime.fromisoformat(instant))
    assert clock_of(zone_named("pst"))(at) == pacific
    assert clock_of(zone_named("utc-8"))(at) == fixed


@pytest.mark.requirement("R000-016", "X-05")
def test_the_zone_is_switched_for_reading_alone(book: Book) -> None:
    batch = book.prices(1)
    for name, title, text in (
        ("utc", "Queued At (UTC)", "2026-03-01 12:00:00"),
        ("pst", "Queued At (America/Los_Angeles)", "2026-03-01 04:00:00"),
        ("utc-8", "Queued At (UTC-08:00)", "2026-03-01 04:00:00"),
        ("Europe/Berlin", "Queued At (Europe/Berlin)", "2026-03-01 13:00:00"),
    ):
        [row] = rows(written(book, batch.number, ReportFormat.CSV, zone_named(name)))
        assert row[title] == text
    assert book.batch(batch).queued_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Mars/Olympus", "Zones: pst"),
        ("localtime", "Zones: pst"),
        ("Factory", "Zones: pst"),
        ("posixrules", "Zones: pst"),
        ("right/Europe/Berlin", "Did you mean Europe/Berlin? Zones: pst"),
        ("posix/Europe/Berlin", "Did you mean Europe/Berlin? Zones: pst"),
        ("europe/berlin", "Did you mean Europe/Berlin? Zones: pst"),
        ("Europe/Berlim", "Did you mean Europe/Berlin? Zones: pst"),
        ("../localtime", "Zones: pst"),
    ],
)
def test_what_is_no_place_and_no_offset_is_no_zone(name: str, hint: str) -> None:
    with pytest.raises(InvalidInput, match="no time zone") as refused:
        zone_named(name)
    assert refused.value.details.startswith(hint)


@pytest.mark.parametrize("name", ["Etc/GMT+8", "GMT", "CET", "US/Pacific", "America/Argentina/Buenos_Aires", "Zulu"])
def test_a_place_and_an_offset_are_zones(name: str) -> None:
    assert zone_named(name).name == name


def test_times_are_cut_to_the_second_and_zero_padded() -> None:
    clock = clock_of(zone_named("utc"))
    assert clock(to_micros(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC))) == "2026-01-02 03:04:05"
    assert clock(None) == ""
    shown = [clock(to_micros(datetime(2026, 1, day, tzinfo=UTC))) for day in range(1, 31)]
    assert all(first < second for first, second in pairwise(shown))


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CELL = st.text(st.sampled_from('ab,"\t\r\n é'), max_size=5)
BATCH = Batch("A1", "B", BatchStatus.ENDED, "", "", NOON, NOON, NOON)
FORMATS = {ReportFormat.CSV: ",", ReportFormat.TSV: "\t"}


@given(texts=st.lists(st.tuples(CELL, CELL), min_size=1), kind=st.sampled_from(sorted(FORMATS)))
def test_whatever_stands_in_a_cell_is_read_back_from_the_file(texts: list[tuple[str, str]], kind: ReportFormat) -> None:
    lines = [
        report.Line(n, reference, "set_price", "success", None, None, 1, 2, "M", n, None, request_id)
        for n, (reference, request_id) in enumerate(texts, 1)
    ]
    text = b"".join(report.pieces(BATCH, lambda after: [] if after else lines, kind, PACIFIC)).decode()
    read = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=FORMATS[kind]))
    assert [(row["Reference"], row["Request ID"]) for row in read] == texts
