"""`daybook backup` and `daybook restore`, from and into either database."""

import fcntl
import gc
import gzip
import hashlib
import io
import json
import os
import re
import stat
import sys
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from daybook.accounts.applications import Scope
from daybook.accounts.tokens import AccessToken
from daybook.activity import Event
from daybook.app import only_worker, open_app, working
from daybook.cli.backup import saving
from daybook.config import Settings
from daybook.documents.documents import Document, keep
from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.lanes import Lane, WorkClass
from daybook.store.backup import TABLES
from daybook.store.opening import head
from daybook.store.schema import lane, metadata
from tests.cli.rows import add_rows_of_sending
from tests.cli.typing_in import Shop, Terminal
from tests.databases import next_due
from tests.documents.disk import files_no_longer_than

OF = ("--seller", "A1SHOP")
ROOM = 4 * 1024 * 1024
"""Bytes of a file for which a disk has room."""
HELD = Lane("production", "A1SHOP/GET_WEATHER")
Machine = Callable[[str], Terminal]
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def machine(tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    """A machine where Daybook never was, with a database of that kind."""

    def new(kind: str) -> Terminal:
        folder = tmp_path / f"machine {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        if kind == "sqlite":
            return Terminal(folder / "data", {})
        return Terminal(folder / "data", {"DAYBOOK_DATABASE_URL": request.getfixturevalue("new_postgres")()})

    return new


def lived_in(terminal: Terminal) -> Shop:
    """A shop of which every table has rows, with a lane that somebody holds and that has failed."""
    if terminal.environment:
        terminal.done("migrate")
    shop = Shop.open(terminal)
    settings = Settings(data=terminal.data, database_url=terminal.environment.get("DAYBOOK_DATABASE_URL", ""))
    with open_app(settings) as app, working(app, "a worker"):
        shop.made()
    shop.request(report_type="GET_FLAT_FILE_OPEN_LISTINGS_DATA")
    words = ("--period", "P1D", "--option", "größe=1\t2", "--next", "2100-01-01")
    terminal.done("schedules", "create", "GET_MERCHANTS_LISTINGS_FYP_REPORT", *OF, *words)
    terminal.done("apps", "usage-plan", "books", "getReport", "--rate", "0.1", "--burst", "3")
    terminal.done("batches", "guard", *OF, "--floor", "1.50")
    submit_a_price(terminal)
    terminal.done("batches", "stop", *OF)
    with terminal.store() as store:
        with store.transaction() as tx:
            tx.wake(HELD, WorkClass.BULK)
            tx.add_access_token(AccessToken(shop.client_id, None, Scope.OPERATOR, tx.now, tx.now), "a hash")
            add_rows_of_sending(tx.connection, shop.seller, tx.now)
        assert store.claim("somebody", WorkClass.BULK, [HELD.kind], 1, 3600.0)
        with store.transaction() as tx:
            tx.connection.execute(lane.update().where(lane.c.key == HELD.key).values(failures=3))
    return shop


def submit_a_price(terminal: Terminal) -> str:
    """The id of a batch of one operation."""
    file = terminal.write("prices.csv", "operation,sku,marketplace,price,currency\nset_price,A-1,US,9.90,USD\n")
    return str(terminal.json("batches", "submit", file, *OF)["batchId"])


def rows(terminal: Terminal) -> Rows:
    """Every row of every table that a backup holds; of lanes what it keeps of them."""
    with terminal.store() as store, store.reading() as tx:
        return {name: _rows(tx.connection, name) for name in TABLES}


def _rows(connection: sa.Connection, name: str) -> list[dict[str, object]]:
    found = [dict(row) for row in connection.execute(sa.select(metadata.tables[name])).mappings()]
    if name == lane.name:
        found = [{column: row[column] for column in ("kind", "key", "class", "token")} for row in found]
    return sorted(found, key=repr)


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
@pytest.mark.parametrize("of", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_fills_either_with_every_row_and_document(
    machine: Machine, tmp_path: Path, of: str, to: str
) -> None:
    shop, other = lived_in(machine(of)), machine(to)
    told = shop.terminal.json("backup", tmp_path / "b.tar")["manifest"]
    assert other.json("restore", tmp_path / "b.tar")["manifest"] == told
    saved, restored = rows(shop.terminal), rows(other)
    assert {name: total["rows"] for name, total in told["tables"].items()} == {n: len(r) for n, r in saved.items()}
    assert restored == saved
    assert {name for name, found in saved.items() if not found} <= {"scenario", "scenario_count"}
    report = other.json("reports", "list", *OF, "--status", "DONE")[0]["reportId"]
    words = ("reports", "download", report, *OF, "--output", "-")
    assert other.done(*words).out == shop.terminal.done(*words).out


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_daybook_goes_on_where_it_was(machine: Machine, tmp_path: Path, kind: str) -> None:
    shop, other = lived_in(machine(kind)), machine(kind)
    shop.terminal.done("backup", tmp_path / "b.tar")
    said = " ".join(other.done("restore", tmp_path / "b.tar").err.split())
    assert "put the one of then at" in said
    with other.store() as store:
        with store.reading() as tx:
            lanes = tx.connection.execute(sa.select(lane)).mappings().all()
            tokens = tx.connection.execute(sa.text("SELECT count(*) FROM access_token")).scalar_one()
        assert {(row["worker"], row["lease_until"], row["failures"]) for row in lanes} == {(None, None, 0)}
        due_in = next_due(store, WorkClass.BULK, [HELD.kind])
        assert (tokens, due_in is not None and due_in <= 0) == (0, True)
        with store.transaction() as tx:
            tx.add_event(Event("A1SHOP", "test", "x", None, "NEW", "a test", {}, tx.now))
        events = rows(other)["event"]
        assert len({row["sequence"] for row in events}) == len(events) == len(rows(shop.terminal)["event"]) + 1
    assert submit_a_price(other) not in {row["batch_id"] for row in rows(shop.terminal)["batch"]}
    queued = other.json("reports", "list", *OF, "--status", "IN_QUEUE")[0]["reportId"]
    assert other("reports", "wait", queued, *OF, "--timeout", "0" if kind == "postgresql" else "60").code in (0, 5)


def test_an_archive_is_for_its_owner_alone_and_holds_no_key(machine: Machine, tmp_path: Path) -> None:
    shop, archive = lived_in(machine("sqlite")), tmp_path / "b.tar"
    ran = shop.terminal.done("backup", archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "root.key is not in it" in ran.err
    key = (shop.terminal.data / "keys" / "root.key").read_bytes().strip()
    assert key not in archive.read_bytes()
    assert all(name.startswith(("format", "manifest", "tables/", "objects/")) for name in members(archive))


def test_the_sums_in_the_manifest_can_be_checked_without_daybook(machine: Machine, tmp_path: Path) -> None:
    lived_in(machine("sqlite")).terminal.done("backup", tmp_path / "b.tar")
    found = members(tmp_path / "b.tar")
    manifest = json.loads(found["manifest.json"])
    for table, total in manifest["tables"].items():
        lines = b"".join(gzip.decompress(found[name]) for name in sorted(found) if name.startswith(f"tables/{table}/"))
        assert (lines.count(b"\n"), hashlib.sha256(lines).hexdigest()) == (total["rows"], total["sha256"])
    assert (
        sum(len(content) for name, content in found.items() if name.startswith("objects/"))
        == manifest["objects"]["bytes"]
    )


def members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name: file.read() for name, file in files.items() if file is not None}


def packed(archive: Path, content: dict[str, bytes]) -> Path:
    with tarfile.open(archive, "w") as tar:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return archive


Spoil = Callable[[dict[str, bytes]], dict[str, bytes]]


def without(start: str) -> Spoil:
    return lambda found: {name: data for name, data in found.items() if not name.startswith(start)}


def changed(start: str, change: Callable[[bytes], bytes]) -> Spoil:
    return lambda found: {name: change(data) if name.startswith(start) else data for name, data in found.items()}


def added(name: str, data: bytes) -> Spoil:
    return lambda found: {**without("manifest")(found), name: data, "manifest.json": found["manifest.json"]}


def rewritten(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda packed: gzip.compress(gzip.decompress(packed).replace(old, new))


def timed(value: bytes) -> Callable[[bytes], bytes]:
    return lambda packed: gzip.compress(re.sub(rb'"created_at":\d+', b'"created_at":' + value, gzip.decompress(packed)))


def moved_outside(found: dict[str, bytes]) -> dict[str, bytes]:
    """The objects, and the documents' rows that name them, have a name that leads out of the store."""
    out = changed("tables/document", rewritten(b"daybook/A1SHOP", b"daybook/../../out"))(found)
    return {name.replace("objects/daybook/A1SHOP", "objects/daybook/../../out"): data for name, data in out.items()}


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no manifest": (without("manifest"), "no manifest, so it was cut short"),
    "no format": (without("format"), "It begins with tables/"),
    "no items": (without("tables/item"), "The rows of item are not those"),
    "no objects": (without("objects/"), "objects are not those"),
    "no documents": (without("tables/document"), "No document has the object"),
    "another price": (changed("tables/item", rewritten(b"34.90", b"34.91")), "The rows of item are not those"),
    "another column": (changed("tables/seller/", rewritten(b"name", b"nome")), "has no 'name'"),
    "another status": (changed("tables/item", rewritten(b'"Active"', b'"Sold"')), "A row of item is not one that"),
    "another kind": (changed("tables/seller/", timed(b'"soon"')), "A row of seller is not one that"),
    "another number": (changed("tables/seller/", timed(b"1" + b"0" * 30)), "A row of seller is not one that"),
    "another shape": (changed("tables/seller/", timed(b"[1]")), "A row of seller is not one that"),
    "another place": (moved_outside, "No document has the object daybook/../../out"),
    "another length": (changed("tables/item", rewritten(b"}\n", b"}{}\n")), "damaged"),
    "cut gzip": (changed("tables/item", lambda data: data[:-9]), "damaged"),
    "no gzip": (changed("tables/item", lambda _: b"no gzip"), "damaged"),
    "another object": (changed("objects/", lambda data: data[:-1] + b"x"), "objects are not those"),
    "another manifest": (changed("manifest", lambda _: b"[]"), "damaged"),
    "another count": (changed("manifest", lambda data: data.replace(b'"rows":3', b'"rows":4')), "The rows of"),
    "another schema": (changed("format", lambda data: data.replace(head().encode(), b"9999")), "revision 9999"),
    "another table": (added("tables/weather/000001.ndjson.gz", gzip.compress(b"{}\n")), "no such table"),
    "one object more": (added("objects/daybook/A1SHOP/other", b"x"), "No document has the object"),
    "something else": (added("notes.txt", b"x"), "It holds notes.txt"),
}


@pytest.mark.parametrize(
    ("kind", "spoilt"),
    [
        *(("sqlite", name) for name in SPOILT),
        *(("postgresql", f"another {name}") for name in ("price", "status", "column", "kind", "number")),
    ],
)
def test_an_archive_that_is_not_whole_leaves_the_database_empty(
    machine: Machine, archive: Path, tmp_path: Path, kind: str, spoilt: str
) -> None:
    spoil, told = SPOILT[spoilt]
    other = machine(kind)
    ran = other("restore", packed(tmp_path / "spoilt.tar", spoil(members(archive))))
    assert ran.code == 1, ran
    assert told in " ".join(ran.err.split())
    assert all(not found for found in rows(other).values())
    assert objects(other) == []
    other.done("restore", archive)


@pytest.fixture(scope="session")
def archive(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a shop that was lived in."""
    folder = tmp_path_factory.mktemp("archive")
    lived_in(Terminal(folder / "data", {})).terminal.done("backup", folder / "b.tar")
    return folder / "b.tar"


@pytest.mark.parametrize("bytes_left", [0, 100, 511, 512, 5_000, -10_240])
def test_an_archive_that_was_cut_is_refused(nowhere: Terminal, archive: Path, bytes_left: int) -> None:
    ran = nowhere("restore", nowhere.write("cut.tar", archive.read_bytes()[:bytes_left]))
    assert (ran.code, ran.out) == (1, "")
    assert "damaged" in ran.err


def test_a_disk_that_is_full_in_the_middle_of_it_is_left_without_an_object(shop: Shop, tmp_path: Path) -> None:
    shop.made()
    add_document(shop.terminal, bytes(2 * ROOM))
    shop.terminal.done("backup", tmp_path / "b.tar")
    other = Terminal(tmp_path / "other" / "data", {})
    with files_no_longer_than(ROOM):
        ran = other("restore", tmp_path / "b.tar")
    assert (ran.code, objects(other)) == (1, [])
    assert "cannot be written now" in ran.err
    other.done("restore", tmp_path / "b.tar")
    assert len(objects(other)) == 2


def test_a_restore_that_fails_leaves_the_objects_of_the_daybook_that_is_moved_from(
    shop: Shop, machine: Machine, tmp_path: Path
) -> None:
    """From a file to a server, with the same document store."""
    shop.made()
    add_document(shop.terminal, bytes(2 * ROOM))
    shop.terminal.done("backup", tmp_path / "b.tar")
    before = {path: path.read_bytes() for path in objects(shop.terminal)}
    store = (shop.terminal.data / "documents").absolute().as_uri()
    other = machine("sqlite").having(DAYBOOK_DOCUMENTS_URL=store)
    with files_no_longer_than(ROOM):
        assert other("restore", tmp_path / "b.tar").code == 1
    assert {path: path.read_bytes() for path in objects(shop.terminal)} == before


def add_document(terminal: Terminal, content: bytes) -> None:
    """A document that comes after those of the shop's reports."""
    store = Objects.open(Settings(data=terminal.data).documents)
    with store.writer(object_name("A1SHOP", "z")) as writer:
        writer.write(content)
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    with terminal.store() as database, database.transaction() as tx:
        until = tx.now + timedelta(days=1)
        name = object_name("A1SHOP", "z")
        keep(tx, Document("A1SHOP", "z", "1", name, "text/plain", None, size, size, digest, tx.now, until))


def test_a_backup_that_a_full_disk_ends_says_so_and_nothing_else(shop: Shop, tmp_path: Path) -> None:
    """What is forgotten must not write the rest of it, and complain."""
    add_document(shop.terminal, bytes(2 * ROOM))
    complaints: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, complaints.append
    try:
        with files_no_longer_than(ROOM):
            ran = shop.terminal("backup", tmp_path / "b.tar")
            gc.collect()
    finally:
        sys.unraisablehook = before
    assert (ran.code, complaints) == (1, [])
    assert "b.tar cannot be written: File too large." in ran.err
    assert [*tmp_path.glob("*b.tar*"), *tmp_path.glob(".daybook*")] == []


def test_a_stream_is_refused(nowhere: Terminal) -> None:
    """It cannot be read twice."""
    pipe = nowhere.folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR)
    try:
        assert "is a stream" in nowhere("restore", pipe).err
    finally:
        os.close(reader)


def test_a_file_that_is_no_archive_is_refused(nowhere: Terminal) -> None:
    assert "not one of Daybook's" in nowhere("restore", nowhere.write("b.tar", "hello" * 1000)).err
    assert "cannot be read" in nowhere("restore", nowhere.folder / "none.tar").err


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_holds_anything_is_not_filled(machine: Machine, archive: Path, kind: str) -> None:
    other = machine(kind)
    other.done("migrate")
    other.done("accounts", "add", "--seller", "OWN", "--name", "Own", "--marketplace", "US")
    before = rows(other)
    ran = other("restore", archive)
    assert ran.code == 1
    assert "The database is not empty: its table seller has rows." in ran.err
    assert rows(other) == before


def test_a_database_that_somebody_works_on_is_not_filled(nowhere: Terminal, archive: Path) -> None:
    nowhere.done("migrate")
    with only_worker(Settings(data=nowhere.data)):
        assert "Another Daybook runs the work" in nowhere("restore", archive).err


def test_an_archive_is_never_written_over_and_a_failed_one_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    there = shop.terminal.write("there.tar", "mine")
    ran = shop.terminal("backup", there)
    assert (ran.code, there.read_text()) == (1, "mine")
    assert "never written over" in ran.err
    assert "cannot be written" in shop.terminal("backup", shop.terminal.folder / "no" / "b.tar").err
    assert sorted(path.name for path in shop.terminal.folder.iterdir()) == ["catalog.csv", "data", "there.tar"]


def test_what_a_backup_left_that_was_killed_goes_with_the_next_and_stands_in_no_ones_way(shop: Shop) -> None:
    """In a container every one has the same process id."""
    folder = shop.terminal.folder
    for name in (f".daybook.{'0a' * 8}.part", f".daybook.{'0b' * 8}.part", f".daybook.{os.getpid()}", ".daybook.toml"):
        shop.terminal.write(name, "half of one")
    with (folder / f".daybook.{'0b' * 8}.part").open("rb") as still_written:
        fcntl.flock(still_written, fcntl.LOCK_EX)
        shop.terminal.done("backup", folder / "b.tar")
    left = sorted(path.name for path in folder.glob(".daybook*"))
    assert left == sorted([f".daybook.{'0b' * 8}.part", f".daybook.{os.getpid()}", ".daybook.toml"])


def objects(terminal: Terminal) -> list[Path]:
    return sorted(path for path in (terminal.data / "documents").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("harm", "condition"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), "altered"),
        (lambda path: path.write_bytes(b"short"), "altered"),
    ],
    ids=["gone", "changed", "cut"],
)
def test_a_lost_object_is_named_and_loses_nothing_else(
    shop: Shop, machine: Machine, harm: Callable[[Path], object], condition: str
) -> None:
    shop.made()
    shop.made()
    harm(objects(shop.terminal)[0])
    archive = shop.terminal.folder / "b.tar"
    ran = shop.terminal("backup", archive, "--json")
    assert ran.code == 1
    assert [one["condition"] for one in ran.json["manifest"]["lost"]] == [condition]
    other = machine("sqlite")
    other.done("restore", archive)
    assert [path.read_bytes() for path in objects(other)] == [objects(shop.terminal)[-1].read_bytes()]
    assert len(rows(other)["document"]) == 1
    assert len(rows(other)["report"]) == 2


def test_people_are_told_which_documents_are_lost(shop: Shop) -> None:
    document = shop.made()["reportDocumentId"]
    objects(shop.terminal)[0].unlink()
    ran = shop.terminal("backup", shop.terminal.folder / "b.tar")
    assert ran.code == 1
    assert f"{document} of seller A1SHOP: missing" in ran.out


def test_many_rows_are_saved_in_parts_that_fit_into_memory(
    shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "PART", 300)
    archive = shop.terminal.folder / "b.tar"
    shop.terminal.done("backup", archive)
    parts = [content for name, content in members(archive).items() if name.startswith("tables/item/")]
    assert len(parts) == 3
    other = machine("sqlite")
    other.done("restore", archive)
    assert rows(other)["item"] == rows(shop.terminal)["item"]
