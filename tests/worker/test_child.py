"""Large reports in real child processes."""

import json
import os
import select
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.sweep import sweep_orphans
from daybook.kernel.errors import Unavailable
from daybook.lanes import PARK_FOR
from daybook.reports.status import Status
from daybook.store.store import Store
from daybook.worker.child import ChildCommand
from daybook.worker.making import AttemptDied, ProducerFailed
from daybook.worker.production import LARGE
from tests.databases import let_pass
from tests.report_types.catalogs import SELLER, item, stock
from tests.worker.conftest import Logs
from tests.worker.producing import Pieces, ask, content, document_of, documents_count, found, names, production, run
from tests.worker.watching import PROMPT, eventually

ROOT = Path(__file__).parents[2]
NAME = object_name(SELLER, "attempt")

Environment = dict[str, str]
ENVIRONMENT: Environment = {"PYTHONPATH": str(ROOT)}
A_WORKER = """
import json, sys
from daybook.worker.child import ChildCommand
from tests.report_types.catalogs import report_of

ChildCommand(json.loads(sys.argv[2]), {}).make(report_of("")._replace(report_id=sys.argv[1]), sys.argv[3])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def objects(folder: Path) -> Objects:
    return Objects.open(folder.as_uri())


def command(database_url: str, objects: Objects, deed: str, begun: Path = Path("unused")) -> list[str]:
    program = [sys.executable, "-m", "tests.worker.child_program"]
    return [*program, database_url, objects.url, deed, str(begun)]


def child(database_url: str, objects: Objects, deed: str, begun: Path = Path("unused"), **more: Any) -> ChildCommand:
    return ChildCommand(command(database_url, objects, deed, begun), ENVIRONMENT, **more)


def files(folder: Path) -> list[Path]:
    """What lies in the folder of a document store, drafts of killed writers included."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_child_makes_the_document_and_its_worker_keeps_it(store: Store, database_url: str, objects: Objects) -> None:
    stock(store, *(item(f"{number:05}") for number in range(300)))
    report = ask(store)

    run(production(store, objects, Pieces(rows=LARGE), child=child(database_url, objects, "nothing")))

    lines = content(objects, document_of(store, report)).decode().splitlines()
    assert lines[0].startswith("item-name\t")
    assert [line.split("\t")[3] for line in lines[1:]] == [f"{number:05}" for number in range(300)]
    assert found(store, report).attempts == 1


def test_a_child_that_finds_no_rows_says_so(sqlite_store: Store, sqlite_url: str, objects: Objects) -> None:
    report = ask(sqlite_store)

    assert child(sqlite_url, objects, "nothing").make(report, NAME) is None
    assert names(objects) == []


def test_a_producers_error_crosses_the_pipe_with_its_sentence(
    sqlite_store: Store, sqlite_url: str, objects: Objects, logs: Logs
) -> None:
    report = ask(sqlite_store)

    with pytest.raises(ProducerFailed, match=r"^The option reportPeriod is missing\. Write WEEK or MONTH\.$"):
        child(sqlite_url, objects, "refuse").make(report, NAME)

    said = [log["line"] for log in logs if log["event"] == "a child process says"]
    assert "a line that is no answer" in said
    assert any("a producer failed" in line for line in said)


@pytest.mark.parametrize(
    ("deed", "details"), [("be away", "SQLite: disk I/O error."), ("fill the disk", "It is full: free space there")]
)
def test_what_is_away_or_full_crosses_the_pipe_as_such(
    sqlite_store: Store, sqlite_url: str, objects: Objects, folder: Path, deed: str, details: str
) -> None:
    report = ask(sqlite_store)

    with pytest.raises(Unavailable) as raised:
        child(sqlite_url, objects, deed).make(report, NAME)

    assert details in raised.value.details
    assert files(folder) == []


@pytest.mark.parametrize(("deed", "status"), [("be killed", "-9"), ("exit", "3")])
def test_a_child_without_an_answer_is_an_attempt_that_died(
    sqlite_store: Store, sqlite_url: str, objects: Objects, deed: str, status: str
) -> None:
    report = ask(sqlite_store)

    with pytest.raises(AttemptDied, match=f"with status {status}"):
        child(sqlite_url, objects, deed).make(report, NAME)


def test_a_child_is_ended_at_its_longest_time(
    sqlite_store: Store, sqlite_url: str, objects: Objects, tmp_path: Path
) -> None:
    report = ask(sqlite_store)

    with pytest.raises(AttemptDied, match=r"it took longer than 0\.5 s"):
        child(sqlite_url, objects, "hang", tmp_path / "begun", longest=0.5).make(report, NAME)


def test_a_child_is_ended_when_it_is_cancelled(
    sqlite_store: Store, sqlite_url: str, objects: Objects, tmp_path: Path
) -> None:
    report = ask(sqlite_store)
    cancelled = child(sqlite_url, objects, "hang", tmp_path / "begun")
    cancelled.cancel()

    with pytest.raises(Unavailable, match="The worker ends"):
        cancelled.make(report, NAME)


def test_a_child_dies_with_its_worker(sqlite_store: Store, sqlite_url: str, objects: Objects, tmp_path: Path) -> None:
    report, begun = ask(sqlite_store), tmp_path / "begun"
    argv = [
        sys.executable,
        "-c",
        A_WORKER,
        report.report_id,
        json.dumps(command(sqlite_url, objects, "hang", begun)),
        NAME,
    ]
    with subprocess.Popen(argv, env=os.environ | ENVIRONMENT) as worker:
        eventually(lambda: begun.exists() and begun.read_text() != "")
        grandchild = os.pidfd_open(int(begun.read_text()))

        worker.kill()

        ended, _, _ = select.select([grandchild], [], [], PROMPT)
        os.close(grandchild)
    assert ended


def test_a_child_ends_when_its_stdin_does(
    sqlite_store: Store, sqlite_url: str, objects: Objects, tmp_path: Path
) -> None:
    report, begun = ask(sqlite_store), tmp_path / "begun"
    job = json.dumps({"sellerId": SELLER, "reportId": report.report_id, "objectName": NAME}).encode()
    argv = command(sqlite_url, objects, "hang", begun)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=os.environ | ENVIRONMENT) as process:
        assert process.stdin
        process.stdin.write(job + b"\n")
        process.stdin.flush()
        eventually(begun.exists)

        process.stdin.close()

        assert process.wait(PROMPT) == 1


def test_after_a_kill_in_the_midst_a_later_attempt_makes_the_one_document(
    store: Store, database_url: str, objects: Objects, folder: Path
) -> None:
    stock(store, item("A"))
    report = ask(store)
    with pytest.raises(AttemptDied):
        run(production(store, objects, Pieces(rows=LARGE), child=child(database_url, objects, "be killed")))
    assert found(store, report).status is Status.IN_PROGRESS
    store.reap(everything=True)
    let_pass(store, PARK_FOR)

    run(production(store, objects, Pieces(rows=LARGE), child=child(database_url, objects, "nothing")))

    document = document_of(store, report)
    assert documents_count(store) == 1
    assert content(objects, document).count(b"\n") == 2
    assert len(files(folder)) == 2  # the killed writer's draft, and the document

    sweep_orphans(store.do, objects, store.clock(), grace=timedelta(seconds=-1))

    assert files(folder) == [folder / document.object_name]
