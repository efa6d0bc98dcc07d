"""`daybook reports`."""

import gzip
import hashlib

import pytest

from daybook.reports import reports
from daybook.reports.reports import production_lane
from tests.cli.typing_in import Shop, Terminal

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
OF = ("--seller", "A1SHOP")


def test_a_type_of_one_marketplace_says_which_where_none_is_named(shop: Shop) -> None:
    words = ("reports", "request", "GET_MERCHANT_LISTINGS_ALL_DATA", "--seller", shop.seller)
    ran = shop.terminal.done(*words)
    assert ", of CA, US, is IN_QUEUE." in ran.out
    assert "it is of CA alone, and not of US: --marketplace names another" in ran.err
    assert len(shop.terminal.json(*words)["warnings"]) == 1
    named = shop.terminal.done(*words, "--marketplace", "US")
    assert ", of US, is IN_QUEUE." in named.out
    assert "Warning" not in named.err
    created = shop.terminal.done(
        "schedules", "create", "GET_MERCHANTS_LISTINGS_FYP_REPORT", "--seller", shop.seller, "--period", "P1D"
    )
    assert "it is of CA alone" in created.err


def test_types_are_found_by_a_part_of_their_name(shop: Shop) -> None:
    told = {one["reportType"]: one for one in shop.terminal.json("reports", "types", "merchant_listings")}
    assert told[LISTINGS]["madeHere"]
    assert told[LISTINGS]["requestable"] == "yes"
    assert all("merchant_listings" in name.lower() for name in told)
    assert LISTINGS in shop.terminal.done("reports", "types", "LISTINGS_ALL").out


def test_types_are_listed_without_any_daybook_and_an_unknown_one_is_said_to_be(nowhere: Terminal) -> None:
    assert "No report type has 'weather'" in nowhere.done("reports", "types", "weather").out
    assert not nowhere.data.exists()


def test_a_request_is_queued_for_all_the_sellers_marketplaces_unless_some_are_named(shop: Shop) -> None:
    told = shop.terminal.json("reports", "request", LISTINGS, *OF, "--option", "a=1", "--option", "b=x=y")
    assert (told["status"], told["attempts"]) == ("IN_QUEUE", 0)
    assert sorted(told["marketplaceIds"]) == ["A2EUQ1WTGCTBG2", "ATVPDKIKX0DER"]
    assert told["reportOptions"] == {"a": "1", "b": "x=y"}
    assert "Next: daybook reports wait" in shop.terminal.done("reports", "request", LISTINGS, *OF).out


def test_the_range_of_data_is_read_with_any_offset(shop: Shop) -> None:
    told = shop.request("--start", "2026-01-31", "--end", "2026-02-01T01:00:00+01:00")
    assert (told["dataStartTime"], told["dataEndTime"]) == ("2026-01-31T00:00:00+00:00", "2026-02-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("GET_WEATHER",), 1, "Invalid Report Type GET_WEATHER"),
        ((LISTINGS, "--marketplace", "DE"), 1, "not allowed"),
        ((LISTINGS, "--marketplace", "Mars"), 2, "no marketplace"),
        ((LISTINGS, "--start", "2026-02-02", "--end", "2026-02-01"), 1, "dataStartTime is after dataEndTime"),
        ((LISTINGS, "--end", "2100-01-01"), 1, "in the future"),
        ((LISTINGS, "--start", "yesterday"), 2, "not an ISO 8601 date"),
        ((LISTINGS, "--option", "novalue"), 2, "not NAME=VALUE"),
        ((), 2, "Missing argument"),
    ],
)
def test_a_request_that_cannot_be_is_refused(shop: Shop, words: tuple[str, ...], code: int, told: str) -> None:
    ran = shop.terminal("reports", "request", *words, *OF)
    assert ran.code == code
    assert told in " ".join(ran.err.split())
    assert shop.terminal.json("reports", "list", *OF) == []


def test_waiting_does_the_work_where_no_server_does_and_writes_the_document(shop: Shop) -> None:
    output = shop.terminal.folder / "listings.txt"
    ran = shop.terminal.done("reports", "request", LISTINGS, *OF, "--marketplace", "US", "--output", output)
    assert "is DONE. There is a document." in ran.out
    lines = output.read_text().splitlines()
    assert lines[0].startswith("item-name\titem-description")
    assert [line.split("\t")[3] for line in lines[1:]] == ["A-1", "A-2", "A-3"]
    assert f"{output.stat().st_size:,} bytes are in {output}." in ran.out


def test_with_json_a_request_that_waits_and_writes_says_one_thing(shop: Shop) -> None:
    told = shop.request("--output", shop.terminal.folder / "x.txt")
    assert told["status"] == "DONE"
    assert (shop.terminal.folder / "x.txt").exists()


def test_the_exit_code_of_a_wait_tells_how_it_ended(shop: Shop) -> None:
    done = shop.made()["reportId"]
    assert shop.terminal("reports", "wait", done, *OF).code == 0
    nothing = shop.terminal("reports", "request", LISTINGS, *OF, "--marketplace", "CA", "--wait", "--json")
    assert (nothing.code, nothing.json["status"], nothing.json["outcome"]) == (6, "CANCELLED", "no_data")
    queued = shop.request()["reportId"]
    assert shop.terminal("reports", "wait", queued, *OF, "--timeout", "0").code == 5


def end(shop: Shop, *, fatal: bool) -> None:
    """Ends the oldest report as a worker does that cannot make it, or leaves it in progress."""
    with shop.terminal.store() as store, store.transaction() as tx:
        begun = reports.begin(tx, tx.now, production_lane("A1SHOP", LISTINGS), "a worker")
        assert begun is not None
        if fatal:
            reports.fail(tx, tx.now, begun, "The disk was full.", None, "a worker")


def test_a_wait_for_a_fatal_report_has_an_exit_code_of_its_own_and_tells_the_reason(shop: Shop) -> None:
    report = shop.request()["reportId"]
    end(shop, fatal=True)
    ran = shop.terminal("reports", "wait", report, *OF)
    assert ran.code == 4
    assert "is FATAL failed." in ran.out
    assert "The disk was full." in ran.out


def test_reports_are_listed_newest_first_by_type_and_by_status(shop: Shop) -> None:
    first, done = shop.request()["reportId"], shop.made()["reportId"]
    other = shop.request(report_type="GET_FLAT_FILE_OPEN_LISTINGS_DATA")["reportId"]
    assert [one["reportId"] for one in shop.terminal.json("reports", "list", *OF)] == [other, done, first]
    by_type = shop.terminal.json("reports", "list", *OF, "--type", LISTINGS, "--limit", "1")
    assert [one["reportId"] for one in by_type] == [done]
    by_status = shop.terminal.json("reports", "list", *OF, "--status", "IN_QUEUE")
    assert [one["reportId"] for one in by_status] == [other]
    assert "DONE" in shop.terminal.done("reports", "list", *OF).out


def test_a_report_is_shown_with_its_reasons_its_document_and_its_history(shop: Shop) -> None:
    report = shop.made()["reportId"]
    told = shop.terminal.json("reports", "show", report, *OF)
    assert (told["status"], told["outcome"], told["waiting"]) == ("DONE", "data", None)
    assert [step["to"] for step in told["history"]] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    assert told["document"]["compression"] == "GZIP"
    shown = shop.terminal.done("reports", "show", report, *OF).out
    for part in ("A worker has made its document.", told["document"]["sha256"], "IN_PROGRESS", "UTC", "Kept until"):
        assert part in shown


def test_times_are_shown_in_the_zone_of_the_machine_too(shop: Shop) -> None:
    report = shop.request()
    shown = shop.terminal.having(TZ="Asia/Tokyo").done("reports", "show", report["reportId"], *OF).out
    assert "JST)" in shown


def test_a_report_that_waits_says_why(shop: Shop) -> None:
    shop.request()
    end(shop, fatal=False)
    report = shop.request()["reportId"]
    told = shop.terminal.json("reports", "show", report, *OF)
    assert told["waiting"]["place"] == 1
    assert told["waiting"]["sentence"] in " ".join(shop.terminal.done("reports", "show", report, *OF).out.split())


def test_only_a_report_in_the_queue_is_cancelled(shop: Shop) -> None:
    report = shop.request()["reportId"]
    assert shop.terminal.json("reports", "cancel", report, *OF)["outcome"] == "cancelled_by_request"
    ran = shop.terminal("reports", "cancel", report, *OF)
    assert ran.code == 1
    assert "IN_QUEUE can be cancelled" in ran.err
    assert shop.terminal("reports", "wait", report, *OF).code == 3


def test_a_document_is_downloaded_unpacked_or_as_it_is_stored(shop: Shop) -> None:
    report = shop.made()["reportId"]
    plain, raw = shop.terminal.folder / "plain.txt", shop.terminal.folder / "raw.gz"
    told = shop.terminal.json("reports", "download", report, *OF, "--output", plain)
    assert told["size"] == plain.stat().st_size
    shop.terminal.done("reports", "download", report, *OF, "--output", raw, "--raw")
    assert gzip.decompress(raw.read_bytes()) == plain.read_bytes()
    assert hashlib.sha256(raw.read_bytes()).hexdigest() == told["sha256"]
    assert shop.terminal.done("reports", "download", report, *OF, "--output", "-").out.encode() == plain.read_bytes()


def test_a_damaged_object_is_told_and_no_file_is_left(shop: Shop) -> None:
    report = shop.made()["reportId"]
    stored = next(path for path in (shop.terminal.data / "documents").rglob("*") if path.is_file())
    content = bytearray(stored.read_bytes())
    content[-1] ^= 1
    stored.write_bytes(content)
    output = shop.terminal.folder / "out.txt"
    ran = shop.terminal("reports", "download", report, *OF, "--output", output)
    assert ran.code == 1
    assert "is not what was written" in ran.err
    assert sorted(path.name for path in output.parent.iterdir()) == ["catalog.csv", "data"]


@pytest.mark.parametrize("command", ["show", "wait", "cancel", "download"])
def test_a_report_of_another_seller_is_not_found(shop: Shop, command: str) -> None:
    shop.terminal.done("accounts", "add", "--seller", "A2", "--name", "Second", "--marketplace", "US")
    report = shop.request()["reportId"]
    more = ("--output", "-") if command == "download" else ()
    ran = shop.terminal("reports", command, report, "--seller", "A2", *more, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (1, "", "NotFound")


def test_a_report_without_a_document_has_nothing_to_download(shop: Shop) -> None:
    ran = shop.terminal("reports", "download", shop.request()["reportId"], *OF, "--output", "-")
    assert (ran.code, ran.out) == (1, "")
    assert "has no document" in ran.err


def test_a_file_that_cannot_be_written_is_said_to_be(shop: Shop) -> None:
    output = shop.terminal.folder / "no" / "such" / "folder.txt"
    ran = shop.terminal("reports", "download", shop.made()["reportId"], *OF, "--output", output)
    assert ran.code == 1
    assert f"{output} cannot be written: No such file or directory" in ran.err
