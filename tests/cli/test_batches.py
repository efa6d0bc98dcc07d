"""`daybook batches`, as it is typed."""

import csv
import io
from pathlib import Path

import pytest

from daybook.cli.batches.steps import goes_on
from daybook.cli.exits import ExitCode
from tests.cli.typing_in import Shop, Terminal

LINES = (
    "\ufeffoperation;sku;marketplace;price;currency\n"
    "set_price;00012;US;12,50;\n"
    "set_price;B;US;3,10;\n"
    "set_price;C;US;x;\n"
    "set_price;00012;US;13;\n"
)


@pytest.fixture
def file(shop: Shop) -> Path:
    path = shop.terminal.folder / "prices.csv"
    path.write_text(LINES, "utf-8")
    return path


def submitted(terminal: Terminal, shop: Shop, file: Path, *more: str) -> str:
    ran = terminal("batches", "submit", file, "--seller", shop.seller, "--json", *more)
    return str(ran.json["batchId"])


def test_a_file_becomes_a_batch_and_each_bad_line_is_told_by_itself(shop: Shop, file: Path) -> None:
    ran = shop.terminal("batches", "submit", file, "--seller", shop.seller)

    assert ran.code == 1
    assert "4 operations" in ran.out
    assert "2 to send, 0 held by the price guard, 2 refused." in ran.out
    assert "NotAPrice: line 4, price: 'x': this is not a price." in ran.out
    assert "DuplicateReference: line 5, sku: '00012': line 2 changes the same." in ran.out


def test_a_dry_run_leaves_no_batch(shop: Shop, file: Path) -> None:
    told = shop.terminal("batches", "submit", file, "--seller", shop.seller, "--dry-run", "--json").json

    assert told["dryRun"] is True
    assert told["statuses"] == {"queued": 2, "invalid": 2}
    assert shop.terminal.done("batches", "list", "--seller", shop.seller, "--json").json == []


@pytest.mark.requirement("R000-034")
def test_the_same_key_makes_no_second_batch_and_the_id_is_found_again(shop: Shop, file: Path) -> None:
    first = submitted(shop.terminal, shop, file, "--key", "k")

    again = shop.terminal("batches", "submit", file, "--seller", shop.seller, "--json", "--key", "k").json

    assert (again["repeated"], again["batchId"]) == (True, first)
    assert shop.terminal.done("batches", "show", first, "--seller", shop.seller, "--json").json["batchId"] == first
    report = shop.terminal.done("batches", "report", first, "--seller", shop.seller, "-o", "-").out
    assert {row["Batch ID"] for row in csv.DictReader(io.StringIO(report))} == {first}


@pytest.mark.requirement("R000-027", "R000-015")
def test_the_report_has_the_columns_of_operation_reports_and_names_the_zone(shop: Shop, file: Path) -> None:
    batch = submitted(shop.terminal, shop, file)

    report = shop.terminal.done("batches", "report", batch, "--seller", shop.seller, "-o", "-").out

    rows = list(csv.DictReader(io.StringIO(report)))
    assert [(row["Reference"], row["Operation Status"]) for row in rows] == [
        ("00012", "Queued"), ("B", "Queued"), ("C", "Error"), ("00012", "Error"),
    ]  # fmt: skip
    assert "Completed At (America/Los_Angeles)" in rows[0]
    assert rows[2]["Last Error"].startswith("NotAPrice: ")


def test_times_are_shown_in_the_zone_that_is_named(shop: Shop, file: Path) -> None:
    batch, seller = submitted(shop.terminal, shop, file), ("--seller", shop.seller)

    for zone, named in (("pst", "America/Los_Angeles"), ("utc-8", "UTC-08:00"), ("Asia/Tokyo", "Asia/Tokyo")):
        shown = shop.terminal.done("batches", "show", batch, *seller, "--zone", zone).out
        assert [line.endswith(named) for line in shown.splitlines() if line.startswith("Queued at")] == [True]
        assert f"MADE, {named} " in shop.terminal.done("batches", "list", *seller, "--zone", zone).out
    assert "MADE, UTC " in shop.terminal.done("batches", "list", *seller).out
    assert "There is no time zone 'Mars'" in shop.terminal("batches", "show", batch, *seller, "--zone", "Mars").err


def test_what_failed_can_be_corrected_and_submitted_as_it_is(shop: Shop, file: Path) -> None:
    batch = submitted(shop.terminal, shop, file)
    failed = shop.terminal.folder / "failed.csv"
    shop.terminal.done("batches", "report", batch, "--seller", shop.seller, "--failed", "-o", failed)
    again = shop.terminal("batches", "report", batch, "--seller", shop.seller, "--failed", "-o", failed)
    assert "--force writes over it" in again.err
    corrected = shop.terminal.folder / "corrected.csv"
    corrected.write_text(failed.read_text("utf-8").replace(",x,", ",14.00,"), "utf-8")

    told = shop.terminal.done("batches", "submit", corrected, "--seller", shop.seller, "--json").json

    assert told["statuses"] == {"queued": 2}


def test_the_guard_holds_a_price_until_somebody_approves_it(shop: Shop, file: Path) -> None:
    seller = ("--seller", shop.seller)
    shop.terminal.done("batches", "guard", *seller, "--floor", "5")
    told = shop.terminal("batches", "submit", file, *seller, "--json").json

    assert [each["code"] for each in told["held"]] == ["PriceBelowFloor"]
    shown = " ".join(shop.terminal.done("batches", "show", told["batchId"], *seller).out.split())
    assert f"To send what is held: daybook batches approve {told['batchId']} --seller {shop.seller}" in shown
    approved = shop.terminal.done("batches", "approve", told["batchId"], *seller, "--json").json
    assert approved == {"moved": 1, "left": 0}
    assert shop.terminal("batches", "approve", told["batchId"], *seller).code == 1


def test_what_is_held_is_told_with_its_line_and_sku_and_counts_as_no_failure(shop: Shop) -> None:
    seller = ("--seller", shop.seller)
    path = shop.terminal.folder / "low.csv"
    path.write_text("operation,sku,marketplace,price,currency\nset_price,007,US,3.10,USD\n", "utf-8")
    shop.terminal.done("batches", "guard", *seller, "--floor", "5")

    submitted = shop.terminal("batches", "submit", path, *seller).out
    batch = shop.terminal.done("batches", "list", *seller, "--json").json[0]["batchId"]

    assert "PriceBelowFloor: line 2, sku: '007': ? -> 3.10 USD: " in submitted
    assert shop.terminal("batches", "wait", batch, *seller).code == ExitCode.TIMED_OUT
    assert "To correct what failed" not in shop.terminal.done("batches", "show", batch, *seller).out


@pytest.mark.parametrize(
    ("status", "statuses", "waited_for"),
    [
        ("running", {"held": 1, "success": 2}, False),
        ("running", {"held": 1, "accepted": 1}, True),
        ("running", {"queued": 1}, True),
        ("receiving", {}, True),
        ("ended", {"success": 2}, False),
    ],
)
def test_a_wait_does_not_wait_for_what_waits_for_a_person(
    status: str, statuses: dict[str, int], waited_for: bool
) -> None:
    assert goes_on({"status": status, "statuses": statuses}) is waited_for


def test_where_all_sending_is_stopped_a_batch_says_how_it_goes_on(shop: Shop, file: Path) -> None:
    seller = ("--seller", shop.seller)
    batch = submitted(shop.terminal, shop, file)
    shop.terminal.done("batches", "stop", *seller)

    said = " ".join(shop.terminal.done("batches", "show", batch, *seller).out.split())

    assert "was stopped by operator; `daybook batches go` lets it go on." in said


def test_a_batch_is_paused_resumed_and_cancelled(shop: Shop, file: Path) -> None:
    seller = ("--seller", shop.seller)
    batch = submitted(shop.terminal, shop, file)

    paused = shop.terminal.done("batches", "pause", batch, *seller, "--json").json
    assert paused == {"batchId": batch, "status": "paused", "moved": 2}
    again = shop.terminal("batches", "pause", batch, *seller)
    assert (again.code, "The batch is paused already." in again.err) == (1, True)
    assert "goes on, with 2 operations to send." in shop.terminal.done("batches", "resume", batch, *seller).out
    assert shop.terminal.done("batches", "cancel", batch, *seller, "--json").json["moved"] == 2
    assert shop.terminal.done("batches", "show", batch, *seller, "--json").json["counts"]["Error"] == 4
    said = " ".join(shop.terminal.done("batches", "show", batch, *seller).out.split())
    assert f"daybook batches report {batch} --failed --seller {shop.seller}" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty."),
        ("sku,prize\nA,1\n", "There is no column 'prize' in a batch."),
        ("price\n1\n", "There is no column for the SKU."),
        ("sku,price\nA,1\n", "It is not said what is to be done."),
        ('[{"sku": "A"', "The JSON array cannot be read."),
    ],
)
def test_a_file_that_is_no_batch_is_refused_whole(shop: Shop, text: str, message: str) -> None:
    path = shop.terminal.folder / "bad"
    path.write_text(text, "utf-8")

    ran = shop.terminal("batches", "submit", path, "--seller", shop.seller, "--json")

    assert (ran.code, ran.error["message"]) == (1, message)
    assert shop.terminal.done("batches", "list", "--seller", shop.seller, "--json").json == []


def test_a_template_is_submitted_as_it_is(shop: Shop) -> None:
    for kind in ("set_price", "set_quantity", "put_listing", "patch_listing", "delete_listing"):
        path = shop.terminal.folder / f"{kind}.csv"
        shop.terminal.done("batches", "template", kind, "-o", path)
        path.write_text(path.read_text("utf-8").replace("SKU-00012,DE", "SKU-00012,US").replace("EUR", ""), "utf-8")
        told = shop.terminal("batches", "submit", path, "--seller", shop.seller, "--json").json
        assert told["statuses"] == {"queued": 1}, told


def test_a_template_is_never_written_over_a_file_that_somebody_has_filled_in(shop: Shop, file: Path) -> None:
    ran = shop.terminal("batches", "template", "set_price", "-o", file)

    assert (ran.code, file.read_text("utf-8")) == (1, LINES)
    assert "is there already.\n--force writes over it." in ran.err
    shop.terminal.done("batches", "template", "set_price", "-o", file, "--force")
    assert file.read_text("utf-8").startswith("operation,sku,marketplace,price,currency\n")


@pytest.mark.requirement("R000-036", "R000-037")
def test_a_support_pack_is_a_zip(shop: Shop, file: Path) -> None:
    batch = submitted(shop.terminal, shop, file)
    pack = shop.terminal.folder / "pack.zip"

    shop.terminal.done("batches", "support-pack", batch, "--seller", shop.seller, "-o", pack)

    assert pack.read_bytes().startswith(b"PK")
