"""The sweep: what has expired and what nobody names goes, and nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.sweep import GRACE, sweep_expired, sweep_orphans
from daybook.kernel.clock import system_clock
from daybook.kernel.errors import Unavailable
from tests.documents.rows import NOW, Rows, document
from tests.documents.test_objects import names, put

ORPHAN = object_name("A1SELLER", "orphan")
HOUR = timedelta(hours=1)


class Interrupted(Objects):
    """A store that goes away just before it deletes."""

    def delete(self, names: Sequence[str]) -> None:
        raise Unavailable("away")


def filled(objects: Objects, rows: Rows) -> Rows:
    """Put an object for each row."""
    for row in rows.rows.values():
        put(objects, row.object_name, b"x")
    return rows


def expired_and_not() -> Rows:
    """Seven documents, expiring hour after hour; at NOW the first five have expired."""
    return Rows(*(document(number, NOW + (number - 5) * HOUR) for number in range(1, 8)))


def tomorrow() -> datetime:
    """When an object written now is just older than the grace."""
    return system_clock() + GRACE + timedelta(minutes=1)


def kept(rows: Rows) -> list[str]:
    return sorted(row.object_name for row in rows.rows.values())


def test_expired_documents_go_in_slices_the_oldest_first(objects: Objects) -> None:
    rows = filled(objects, expired_and_not())
    assert sweep_expired(rows.transact, objects, NOW, limit=3) == 3
    assert names(objects) == kept(rows) == [document(number).object_name for number in (4, 5, 6, 7)]
    assert [sweep_expired(rows.transact, objects, NOW, limit=3) for _ in range(2)] == [2, 0]
    assert names(objects) == kept(rows) == [document(number).object_name for number in (6, 7)]


def test_a_refused_commit_keeps_the_objects(objects: Objects) -> None:
    rows = filled(objects, expired_and_not())
    rows.refuses_commit = True
    with pytest.raises(ConnectionError):
        sweep_expired(rows.transact, objects, NOW)
    assert names(objects) == kept(rows)
    assert len(kept(rows)) == 7


def test_a_crash_after_the_rows_leaves_orphans_that_the_next_sweep_finds(folder: Path, folder_objects: Objects) -> None:
    rows = filled(folder_objects, expired_and_not())
    with pytest.raises(Unavailable):
        sweep_expired(rows.transact, Interrupted.open(folder.as_uri()), NOW)
    assert len(kept(rows)) == 2
    assert len(names(folder_objects)) == 7
    assert sweep_orphans(rows.transact, folder_objects, tomorrow()) == 5
    assert names(folder_objects) == kept(rows)


def test_orphans_older_than_the_grace_go_and_known_objects_stay(objects: Objects) -> None:
    rows = filled(objects, expired_and_not())
    put(objects, ORPHAN, b"x")
    assert [sweep_orphans(rows.transact, objects, tomorrow()) for _ in range(2)] == [1, 0]
    assert names(objects) == kept(rows)


def test_a_young_object_is_spared_since_its_row_may_be_on_its_way(objects: Objects) -> None:
    put(objects, ORPHAN, b"x")
    assert sweep_orphans(Rows().transact, objects, tomorrow() - HOUR) == 0
    assert names(objects) == [ORPHAN]
    assert sweep_orphans(Rows().transact, objects, tomorrow() - HOUR, grace=GRACE - HOUR) == 1


def test_drafts_of_killed_writers_go_with_the_orphans(folder: Path, folder_objects: Objects) -> None:
    put(folder_objects, ORPHAN, b"x")
    (folder / f"{ORPHAN}-2#1").write_bytes(b"half")
    assert sweep_orphans(Rows().transact, folder_objects, tomorrow()) == 2
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_is_not_ours_in_the_store_is_left_alone(folder: Path, folder_objects: Objects) -> None:
    strangers = [folder / "somebodys", folder / "daybook" / "not an object", folder / "daybook" / "notes#final"]
    (folder / "daybook").mkdir()
    for stranger in strangers:
        stranger.write_bytes(b"x")
    assert sweep_orphans(Rows().transact, folder_objects, tomorrow()) == 0
    assert all(stranger.exists() for stranger in strangers)
