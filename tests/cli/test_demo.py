"""`daybook demo`: the story is told to its end, what it prints works, and it says so when it does not."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from daybook.accounts.sellers import find_seller
from daybook.cli.demo import curl, story
from daybook.cli.demo.curl import Scene
from daybook.operations.batches import find_batch, progress_of
from daybook.operations.status import Shown
from daybook.reports.status import Outcome
from daybook.store.transaction import Transaction
from tests.cli.running import ran, running
from tests.cli.typing_in import Terminal

STEPS = (
    "Imported sample.csv",
    "Started a marketplace to practise on",
    "Started the API and a worker",
    "Subscribed a URL to the ends of reports",
    "Got a token",
    "Asked for a report of all listings",
    "Polled it",
    "A notification of it arrived at that URL: REPORT_STATUS READY, signed and verified",
    "Downloaded its document",
    "Asked for the same in CA",
    "Asked for reports that end in all other ways: CANCELLED, CANCELLED, CANCELLED, FATAL",
    "Every outcome is told apart",
    "Scheduled a daily report",
    "The schedule fired",
    "Revoked an application",
    "Submitted listings.csv: 11 of 14 lines to send, 3 refused here",
    "The marketplace has answered to each of the others: 9 taken, 2 refused",
    "Every error is explained: 5 records, 5 codes",
    "Exported what failed, and corrected it: 4 cells changed, 1 line left out",
    "Submitted the corrected file as it is: 4 lines to send, none refused",
    "Both batches have ended: 13 listings are in effect, nothing is left to do",
)


FAILED = ["HG-0003", "HG-0006", "HG-0009", "HG-0011", "HG-0013"]
"""The records of the demo's batch that fail at first."""


def printed_commands(said: str) -> list[str]:
    """The commands below the captions, as one would paste them."""
    _, _, below = said.partition("paste these, one after the other\n")
    return [part.partition("\n")[2].strip() for part in re.split(r"^(?=# )", below, flags=re.MULTILINE)[1:]]


def pasted(commands: list[str]) -> list[str]:
    """What a shell answers to each of the commands, pasted one after the other."""
    script = "\n".join(f"{command}\nprintf '\\036'" for command in commands)
    shell = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert shell.stderr == ""
    return [answer.strip() for answer in shell.stdout.split("\036")[:-1]]


@pytest.mark.parametrize("words", [(), ("--tls",)])
def test_every_line_that_the_demo_prints_works_when_it_is_pasted(tmp_path: Path, words: tuple[str, ...]) -> None:
    with running(tmp_path / "data", "demo", *words) as demo:
        said = demo.until("Ctrl-C ends it.")
        commands = printed_commands(said.rpartition("\n\n")[0])
        answers = [answer for answer in pasted(commands) if answer]
        assert demo.end() == 0
    assert all(f"✓ {step}" in said for step in STEPS)
    asked, report, listed, rows, failed, code, refused = answers
    assert set(json.loads(asked)) == {"reportId"}
    assert json.loads(report)["processingStatus"] == "DONE"
    assert json.loads(report)["reportId"] in [one["reportId"] for one in json.loads(listed)["reports"]]
    assert [line.split("\t")[1] for line in rows.splitlines()[:2]] == ["seller-sku", "HG-0001"]
    assert [line.split(",")[2] for line in failed.splitlines()[1:]] == FAILED
    assert json.loads(code)["whoCanFixIt"] == "seller"
    assert json.loads(refused)["errors"][0]["code"] == "Unauthorized"
    assert all(("--cacert" in command) == bool(words) for command in commands if "curl" in command)


def test_once_ends_after_the_story_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    ended = ran(tmp_path / "data", "demo", "--once", TMPDIR=str(tmp_path / "tmp"), DAYBOOK_DATABASE_URL="mysql://no")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert all(f"✓ {step}" in ended.stdout for step in STEPS)
    assert "curl" not in ended.stdout
    assert all(re.search(rf"^ +[A-Z]+ +{outcome.value} +\w+", ended.stdout, re.MULTILINE) for outcome in Outcome)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_need_break_no_line(width: int) -> None:
    scene = Scene(
        url="https://127.0.0.1:65535",
        ca=Path("/") / ("c" * 40),
        client_id="amzn1.application-oa2-client." + "a" * 32,
        client_secret="amzn1.oa2-cs.v1." + "s" * 43,
        refresh_token="Atzr|" + "r" * 43,
        marketplace_id=story.SELLS,
        report_type=story.LISTINGS,
        report_id="1" * 22,
        batch_id="1" * 22,
        document_id="amzn1.spdoc.1.4.na.607e90b6-0000-0000-0000-000000000000.T226KALYFAHMXX.1",
    )
    assert all(len(line) <= width for one in curl.lines(scene) for line in one.command.splitlines())


def tell_of_a_good_end(tx: Transaction, told: dict[str, Any]) -> None:
    """The batch's errors were explained, each, and what was corrected came to a good end."""
    first, second = (find_batch(tx, "A1DEMO", told["left"][name]) for name in ("batchId", "correctedBatchId"))
    counts = [progress_of(tx.counts_of(batch.number)) for batch in (first, second)]
    assert counts[0].shown == {Shown.SUCCESS: 9, Shown.ERROR: 5, Shown.QUEUED: 0}
    assert counts[1].shown == {Shown.SUCCESS: 4, Shown.ERROR: 0, Shown.QUEUED: 0}
    assert {429, 500} < {each.http_status for line in range(2, 6) for each in tx.attempts_of(first.number, line)}
    asked = {call.split()[1].rpartition("/")[2] for step in told["steps"] for call in step["calls"] if "codes" in call}
    assert asked == set(counts[0].codes)


@pytest.mark.requirement("R000-011", "R000-029")
def test_the_demo_keeps_its_folder_where_one_is_named_and_plays_again_in_it(nowhere: Terminal) -> None:
    first = nowhere.json("demo", "--once", "--data", nowhere.data)
    second = nowhere.json("demo", "--once", "--data", nowhere.data)
    with nowhere.store() as store, store.reading() as tx:
        assert find_seller(tx, "A1DEMO").name == "The demo's shop"
        assert {"demo", "demo 2"} <= {application.name for application in tx.applications()}
        for told in (first, second):
            report = tx.report("A1DEMO", told["left"]["reportId"])
            assert report is not None
            assert report.document_id == told["left"]["reportDocumentId"]
        tell_of_a_good_end(tx, second)
    assert [step["title"].split(":")[0] for step in first["steps"]] == [
        step["title"].split(":")[0] for step in second["steps"]
    ]
    assert "POST /auth/o2/token 200" in first["steps"][4]["calls"]


def test_a_story_that_goes_wrong_is_told_and_its_folder_kept(
    nowhere: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(story, "LISTINGS", "GET_WEATHER")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    told = Terminal(nowhere.data, {"DAYBOOK_DATA": ""})("demo", "--once")
    assert told.code == 1
    assert "✗ Asked for a report of all listings" in told.out
    assert "Invalid Report Type GET_WEATHER" in told.err
    kept = next((tmp_path / "tmp").iterdir())
    assert f"The folder {kept} is kept" in told.err
    assert (kept / "daybook.log").exists()


def test_a_report_that_ends_otherwise_than_it_should_is_a_failure(
    nowhere: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "SELLS", story.SELLS_NOTHING)
    told = nowhere("demo", "--once", "--data", nowhere.data, "--json")
    assert (told.code, told.out) == (1, "")
    assert told.error["code"] == "StoryFailed"
    assert "it should be DONE" in told.error["message"]
