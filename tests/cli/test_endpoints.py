"""`daybook reports` at endpoints: at a server of ours that practises, and at one that is no Daybook."""

import gzip
import io
import json
import os
import pty
import re
import select
import signal
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Any

import pytest

from daybook.cli.reports.calls import MOST, Calls
from daybook.client import Exchange
from tests.cli.elsewhere import Elsewhere, elsewhere
from tests.cli.running import DAYBOOK, environment, ran, running
from tests.cli.typing_in import Shop, Terminal

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
FATAL = "GET_MERCHANT_LISTINGS_INACTIVE_DATA"
CANCELLED = "GET_MERCHANT_LISTINGS_DATA"
ENDLESS = "GET_FLAT_FILE_OPEN_LISTINGS_DATA"
SCENARIOS = f"""
[[scenario]]
reportType = "{FATAL}"
endings = [{{ status = "FATAL", errorDetails = "There is no such feed." }}]
[[scenario]]
reportType = "{CANCELLED}"
endings = [{{ status = "CANCELLED", outcome = "cancelled_upstream" }}]
[[scenario]]
reportType = "{ENDLESS}"
inQueue = 2_000_000
"""
HERE = ("--seller", "A1SHOP")
THERE = ("--profile", "shop")
ANOTHER = ("--profile", "another")


@dataclass(frozen=True, slots=True)
class Served:
    """A shop that is served, and a user whose profiles lead to it; another seller's profile stands beside."""

    shop: Shop
    user: Terminal
    url: str

    @property
    def operator(self) -> Terminal:
        """Whoever types where the data folder is, by the server's clock."""
        return self.shop.terminal.having(DAYBOOK_SPEED="60")

    def run(self, *words: object) -> CompletedProcess[str]:
        """A process of the user's."""
        return ran(self.user.data, *words, DAYBOOK_PROFILES=self.user.environment["DAYBOOK_PROFILES"])

    def asked(self, report_type: str = LISTINGS) -> str:
        """The id of a new report."""
        return str(self.user.json("reports", "request", report_type, *THERE)["reportId"])

    def done(self) -> str:
        """The id of a report that is DONE."""
        return str(self.user.json("reports", "request", LISTINGS, *THERE, "--wait")["reportId"])


@pytest.fixture(scope="module")
def served(shop_template: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The shop behind a server of its own, sixty times as fast as time itself."""
    folder = tmp_path_factory.mktemp("served")
    shop = shop_template.copied(folder / "data")
    shop.terminal.done("accounts", "add", "--seller", "A2", "--name", "Second", "--marketplace", "US")
    second = shop.terminal.json("apps", "authorize", "books", "--seller", "A2")["refreshToken"]
    for operation in ("createReport", "getReports", "cancelReport", "getReportDocument"):
        shop.terminal.done("apps", "usage-plan", "books", operation, "--rate", "100", "--burst", "1000")
    scenarios = shop.terminal.write("scenarios.toml", SCENARIOS)
    serve = ("serve", "--port", "0", "--json", "--scenarios", scenarios, "--speed", "60")
    with running(shop.terminal.data, *serve) as server:
        url = server.json()["url"]
        user = Terminal(folder / "nothing", {"DAYBOOK_PROFILES": str(folder / "profiles.toml")})
        for name, seller, token in (("shop", "A1SHOP", shop.refresh_token), ("another", "A2", second)):
            having = user.having(DAYBOOK_CLIENT_SECRET=shop.client_secret, DAYBOOK_REFRESH_TOKEN=token)
            add = ("--endpoint", url, "--client-id", shop.client_id, "--seller", seller, "--marketplace", "US")
            having.done("profiles", "add", name, *add)
        yield Served(shop, user, url)


@pytest.fixture
def there(nowhere: Terminal) -> Iterator[tuple[Elsewhere, Terminal]]:
    """A server that is no Daybook, and a user with a profile for it."""
    with elsewhere() as server:
        secrets = {"DAYBOOK_CLIENT_SECRET": "hunter2", "DAYBOOK_REFRESH_TOKEN": "Atzr|hunter2"}
        user = nowhere.having(DAYBOOK_PROFILES=str(nowhere.folder / "profiles.toml"), **secrets)
        add = ("--endpoint", server.url, "--client-id", "me", "--seller", "A1", "--marketplace", "US")
        user.done("profiles", "add", "shop", *add)
        yield server, user


@pytest.mark.parametrize(
    ("words", "code", "outcome", "told"),
    [
        ((LISTINGS,), 0, "data", "is DONE. There is a document."),
        ((LISTINGS, "--marketplace", "CA"), 6, "no_data", "found no rows for A2EUQ1WTGCTBG2."),
        ((CANCELLED,), 3, "cancelled_upstream", "Cancelled by the marketplace, which did not say why."),
        ((FATAL,), 4, "failed", "Its document says: There is no such feed."),
        ((ENDLESS, "--timeout", "1"), 5, None, "It had not ended within 1 seconds. To wait on: daybook reports wait"),
    ],
)
def test_every_end_has_an_exit_code_of_its_own_and_a_reason(
    served: Served, words: tuple[str, ...], code: int, outcome: str | None, told: str
) -> None:
    ended = served.run("reports", "request", *words, *THERE, "--wait")
    assert (ended.returncode, told in ended.stdout + ended.stderr) == (code, True), ended
    again = served.user("reports", "request", *words, *THERE, "--wait", "--json")
    assert (again.code, again.err, again.json["outcome"]) == (code, "", outcome)


def test_both_ways_say_the_same_in_the_same_shape(served: Served) -> None:
    report_id = served.done()
    for command in ("show", "wait"):
        here, there = (place.json("reports", command, report_id, *words) for place, words in both(served))
        assert here.keys() == there.keys()
        assert cut(here) == cut(there)
    asked = [place.json("reports", "request", ENDLESS, *words) for place, words in both(served)]
    assert asked[0].keys() == asked[1].keys()
    queued = asked[1]["reportId"]
    here, there = (place.json("reports", "show", queued, *words)["waiting"] for place, words in both(served))
    assert here.keys() == there.keys()
    [listed] = served.user.json("reports", "list", *THERE, "--type", ENDLESS, "--limit", "1")
    assert listed.keys() == served.operator.json("reports", "list", *HERE)[0].keys()
    assert listed["reportId"] == queued


def both(served: Served) -> tuple[tuple[Terminal, tuple[str, ...]], ...]:
    return (served.operator, HERE), (served.user, THERE)


def cut(told: Any) -> Any:
    """The same with its times cut to the second, as the contract has them."""
    return json.loads(re.sub(r"(\d\d:\d\d:\d\d)\.\d+\+", r"\1+", json.dumps(told)))


def test_a_document_is_the_same_both_ways_and_raw_too(served: Served, tmp_path: Path) -> None:
    report_id = served.done()
    for more in ((), ("--raw",)):
        here, there = tmp_path / f"here{len(more)}", tmp_path / f"there{len(more)}"
        served.shop.terminal.done("reports", "download", report_id, *HERE, "--output", here, *more)
        told = served.user.json("reports", "download", report_id, *THERE, "--output", there, *more)
        assert there.read_bytes() == here.read_bytes()
        assert told["size"] == here.stat().st_size
    said = served.user.done("reports", "download", report_id, *THERE, "--output", "-").out
    assert said.encode() == (tmp_path / "here0").read_bytes()


def test_standard_output_is_the_documents_alone(served: Served) -> None:
    ended = served.run("reports", "request", LISTINGS, *THERE, "--output", "-")
    assert ended.stdout.startswith("item-name\t")
    assert "is DONE" not in ended.stdout
    assert "is DONE" in ended.stderr


@pytest.mark.parametrize("place", ["here", "there"])
def test_a_file_that_is_there_is_left_alone_unless_it_may_go(served: Served, tmp_path: Path, place: str) -> None:
    report_id, output = served.done(), tmp_path / "mine.txt"
    user, words = (served.operator, HERE) if place == "here" else (served.user, THERE)
    output.write_text("mine")
    for command in (("download", report_id), ("request", LISTINGS), ("wait", report_id), ("support-pack", report_id)):
        before = len(served.operator.json("reports", "list", *HERE))
        refused = user("reports", *command, *words, "--output", output, "--json")
        assert (refused.code, refused.error["details"]) == (1, "--force writes over it.")
        assert len(served.operator.json("reports", "list", *HERE)) == before
    assert output.read_text() == "mine"
    user.done("reports", "wait", report_id, *words, "--output", output, "--force")
    assert output.read_text().startswith("item-name\t")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_report_in_the_queue_is_cancelled_and_who_did_it_is_known(served: Served) -> None:
    report_id = served.asked(ENDLESS)
    assert served.user.json("reports", "cancel", report_id, *THERE)["outcome"] == "cancelled_by_request"
    ended = served.user("reports", "wait", report_id, *THERE, "--json")
    assert (ended.code, ended.json["outcome"]) == (3, "cancelled_by_request")
    again = served.user("reports", "cancel", report_id, *THERE, "--json")
    assert (again.code, again.error["code"]) == (1, "Refused")
    assert again.error["requestId"]


def test_a_range_that_is_too_long_is_asked_for_in_parts(served: Served) -> None:
    words = ("--start", "2026-01-01", "--end", "2026-03-15")
    told = served.user.json("reports", "request", "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL", *THERE, *words)
    assert len(told["parts"]) == 3
    assert told["parts"][0]["reportId"] == told["reportId"]
    assert (told["parts"][0]["dataStartTime"], told["parts"][2]["dataEndTime"]) == (
        "2026-01-01T00:00:00+00:00",
        "2026-03-15T00:00:00+00:00",
    )


@pytest.mark.parametrize("command", ["show", "wait", "cancel", "download", "support-pack"])
def test_another_sellers_report_looks_like_none(served: Served, tmp_path: Path, command: str) -> None:
    more = ("--output", tmp_path / "x") if command in ("download", "support-pack") else ()
    foreign = served.asked()
    unknown = "9" * len(foreign)
    told = [served.user("reports", command, report_id, *ANOTHER, *more, "--json") for report_id in (foreign, unknown)]
    assert [(one.code, one.out, one.error["code"]) for one in told] == [(1, "", "NotFound")] * 2
    assert told[0].error["message"] == told[1].error["message"]
    assert told[0].error["details"].replace(foreign, unknown) == told[1].error["details"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", *THERE), "--type"),
        (("list",), "--seller"),
        (("list", *THERE, "--data", "."), "--data"),
        (("request", LISTINGS, "--endpoint", "eu"), "--marketplace"),
        (("show", "1", "--endpoint", "mars"), "--endpoint"),
    ],
)
def test_a_place_that_is_not_named_well_is_a_fault_of_the_command_line(
    served: Served, words: tuple[str, ...], told: str
) -> None:
    user = served.user.having(DAYBOOK_CLIENT_ID="x", DAYBOOK_CLIENT_SECRET="x", DAYBOOK_REFRESH_TOKEN="x")
    refused = user("reports", *words, "--json")
    assert (refused.code, refused.out, refused.error["code"]) == (2, "", "InvalidInput")
    assert f"Invalid value for {told}:" in refused.error["message"]


def test_an_endpoint_goes_without_a_profile_by_the_environments_credentials(served: Served) -> None:
    shop = served.shop
    secret = shop.terminal.write("secret", shop.client_secret)
    user = Terminal(served.user.data, {"DAYBOOK_CLIENT_ID": shop.client_id, "DAYBOOK_CLIENT_SECRET_FILE": str(secret)})
    where = ("--endpoint", served.url, "--marketplace", "US")
    missing = user("reports", "request", LISTINGS, *where, "--json")
    assert "DAYBOOK_REFRESH_TOKEN" in missing.error["details"]
    user = user.having(DAYBOOK_REFRESH_TOKEN=shop.refresh_token)
    asked = user.done("reports", "request", LISTINGS, *where).out
    assert f"Next: daybook reports wait {asked.split()[1].rstrip(',')} --endpoint {served.url}" in asked
    denied = user.having(DAYBOOK_REFRESH_TOKEN="Atzr|hunter2")("reports", "request", LISTINGS, *where, "--json")
    assert (denied.code, denied.error["code"], "hunter2" in denied.err) == (1, "AccessDenied", False)


def test_where_no_terminal_is_each_change_is_a_line_and_json_is_quiet(served: Served) -> None:
    blocking, report_id = served.asked(ENDLESS), served.asked(ENDLESS)
    waited = served.run("reports", "wait", report_id, *THERE, "--timeout", "3")
    first = waited.stderr.splitlines()[0]
    assert first.startswith(f"Report {report_id} is IN_QUEUE, after 0:0")
    assert re.search(r"It waits for a worker\. \d+ of its type are before it\.", first)
    assert len([line for line in waited.stderr.splitlines() if line.startswith("Report")]) == 1
    assert int(blocking) < int(report_id)


def test_on_a_terminal_a_bar_says_why_and_ctrl_c_says_how_to_go_on(served: Served) -> None:
    report_id = served.asked(ENDLESS)
    env = environment(served.user.data, DAYBOOK_PROFILES=served.user.environment["DAYBOOK_PROFILES"], COLUMNS="200")
    screen, terminal = pty.openpty()
    words = [*DAYBOOK, "reports", "wait", report_id, *THERE]
    with Popen(words, stdin=terminal, stdout=terminal, stderr=terminal, env=env) as process:
        said = until(screen, b"of its type are before it")
        process.send_signal(signal.SIGINT)
        said += until(screen, b"--profile shop")
    assert process.returncode == 130
    os.close(terminal)
    os.close(screen)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())
    assert re.search(rf"Report {report_id} IN_QUEUE .+ \d+:\d\d:\d\d", shown)
    assert f"report {report_id} goes on." in shown
    assert f"To wait on: daybook reports wait {report_id} --profile shop" in shown


def until(screen: int, part: bytes) -> bytes:
    """What a terminal shows up to the part."""
    said = b""
    while part not in said:
        ready, _, _ = select.select([screen], [], [], 60)
        assert ready, said
        said += os.read(screen, 65536)
    return said


def files(pack: Path) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}


def secrets(served: Served) -> list[str]:
    return [served.shop.client_secret.rpartition(".")[2], served.shop.refresh_token.rpartition("|")[2]]


@pytest.mark.requirement("X-04")
def test_a_support_pack_of_an_endpoint_has_what_both_sides_know(served: Served, tmp_path: Path) -> None:
    report_id, pack = served.done(), tmp_path / "pack.zip"
    told = served.user.json("reports", "support-pack", report_id, *THERE, "--output", pack)
    assert told == {"reportId": report_id, "file": str(pack), "size": pack.stat().st_size}
    found = files(pack)
    [asked] = [one for one in found["client-calls.json"] if one["operation"] == "createReport"]
    assert asked["requestId"] == found["calls.json"][0]["requestId"] == found["ledger.json"][0]["evidence"]["requestId"]
    operations = {one["operation"] for one in found["client-calls.json"]}
    assert operations >= {"token", "createReport", "getReport", "explainReport"}
    assert found["client-settings.json"]["client_secret"] == "***"
    assert [secret for secret in secrets(served) if secret in str(found)] == []


def test_a_support_pack_of_the_data_folder_has_the_settings_without_secrets(served: Served, tmp_path: Path) -> None:
    report_id, pack = served.done(), tmp_path / "pack.zip"
    sources = {"erp": {"kind": "postgresql", "location": "postgresql://me:hunter2@127.0.0.1/erp"}}
    having = served.shop.terminal.having(DAYBOOK_SOURCES=json.dumps(sources))
    having.done("reports", "support-pack", report_id, *HERE, "--output", pack)
    found = files(pack)
    assert found["settings.json"]["data"] == str(served.shop.terminal.data)
    assert found["settings.json"]["sources"]["erp"]["location"] == "postgresql://***@127.0.0.1/erp"
    assert found["report.json"]["reportId"] == report_id
    assert [secret for secret in [*secrets(served), "hunter2"] if secret in str(found)] == []


@pytest.mark.parametrize(
    ("members", "code", "outcome", "told"),
    [
        (
            {"processingStartTime": "2026-11-21T12:01:00+00:00"},
            6,
            "no_data",
            "nothing can cancel it but a lack of data",
        ),
        ({}, 3, None, "It was cancelled before its processing began, and not by this client."),
    ],
)
def test_where_nobody_explains_the_client_tells_the_kinds_of_cancelled_apart(
    there: tuple[Elsewhere, Terminal], members: dict[str, str], code: int, outcome: str | None, told: str
) -> None:
    server, user = there
    report_id = server.report("CANCELLED", **members)
    waited = user("reports", "wait", report_id, *THERE, "--json")
    assert (waited.code, waited.json["outcome"]) == (code, outcome)
    assert told in waited.json["evidence"]
    assert told in user.done("reports", "show", report_id, *THERE).out


def test_a_fatal_report_elsewhere_says_what_its_document_says(there: tuple[Elsewhere, Terminal]) -> None:
    server, user = there
    reason = gzip.compress(b'{"errorDetails": "The dates are wrong."}')
    report_id = server.report("FATAL", reportDocumentId=server.document(reason))
    waited = user("reports", "wait", report_id, *THERE)
    assert (waited.code, "Its document says: The dates are wrong." in waited.out) == (4, True)


def test_a_status_of_tomorrow_is_waited_for_and_remarked_on(there: tuple[Elsewhere, Terminal]) -> None:
    server, user = there
    waited = user("reports", "wait", server.report("IN_REVIEW"), *THERE, "--timeout", "0")
    assert waited.code == 5, waited.err
    assert (waited.code, "'IN_REVIEW', which is not in the contract" in waited.err) == (5, True)
    assert "Warning" not in waited.err


def test_a_report_that_the_server_does_not_show_yet_is_asked_for_all_the_same(
    there: tuple[Elsewhere, Terminal],
) -> None:
    server, user = there
    server.answer("POST /reports/2021-06-30/reports", {"reportId": "17"}, 202)
    missing = {"errors": [{"code": "NotFound", "message": "There is none."}]}
    server.answer("GET /reports/2021-06-30/reports/17", missing, 404)
    told = user.json("reports", "request", LISTINGS, *THERE)
    assert (told["reportId"], told["status"]) == ("17", "IN_QUEUE")
    assert user("reports", "wait", "17", *THERE, "--timeout", "0").code == 1


def test_a_document_that_is_damaged_leaves_no_file(there: tuple[Elsewhere, Terminal], tmp_path: Path) -> None:
    server, user = there
    damaged = bytearray(gzip.compress(b"sku\tprice\n" * 1000))
    damaged[-5] ^= 1
    report_id = server.report("DONE", reportDocumentId=server.document(bytes(damaged)))
    output = tmp_path / "out" / "report.txt"
    output.parent.mkdir()
    for words in (("download", report_id), ("wait", report_id)):
        failed = user("reports", *words, *THERE, "--output", output, "--json")
        assert (failed.code, failed.out, failed.error["code"]) == (1, "", "DocumentCorrupt")
        assert list(output.parent.iterdir()) == []


def test_a_pack_from_elsewhere_tells_the_calls_and_hides_what_was_planted(
    there: tuple[Elsewhere, Terminal], tmp_path: Path
) -> None:
    server, user = there
    report_id = server.report("DONE", reportDocumentId=server.document(b"sku\n"))
    user.done("reports", "download", report_id, *THERE, "--output", tmp_path / "x")
    refusal = {"errors": [{"code": "InvalidInput", "message": "No: Atza|hunter2 at ?X-Amz-Signature=hunter2"}]}
    server.answer("DELETE /reports/2021-06-30/reports/17", refusal, 400)
    assert user("reports", "cancel", report_id, *THERE).code == 1
    pack = tmp_path / "pack.zip"
    user.done("reports", "support-pack", report_id, *THERE, "--output", pack)
    found = files(pack)
    calls = {one["operation"]: one for one in found["client-calls.json"]}
    assert (calls["cancelReport"]["status"], calls["cancelReport"]["requestId"]) == (400, "request-of-theirs")
    assert "No: Atza|***" in calls["cancelReport"]["told"]
    assert calls["download"]["path"] == "/d1"
    assert found["times.json"]["created"]["US"] == "2026-11-21 04:00:00 PST (America/Los_Angeles)"
    assert "nobody keeps it" in found["README.txt"]
    assert "hunter2" not in str(found)


def test_calls_are_written_down_once_their_report_is_known_and_do_not_grow_without_end(tmp_path: Path) -> None:
    file = tmp_path / "shop.calls"
    calls = Calls(file)
    calls.heard(Exchange("POST", "/reports", 202, "createReport", "r1"))
    assert not file.exists()
    calls.about(["17"])
    file.write_bytes(file.read_bytes() + b'{"at": "cut')
    assert [one["requestId"] for one in Calls(file).of("17")] == ["r1"]
    assert Calls(file).of("18") == []
    file.write_bytes(b"\n" * (MOST + 1))
    calls.heard(Exchange("GET", "/reports/17", 200, "getReport", "r2"))
    assert file.stat().st_size < MOST
    assert file.with_name("shop.calls.1").stat().st_size == MOST + 1
    assert file.stat().st_mode & 0o077 == 0
