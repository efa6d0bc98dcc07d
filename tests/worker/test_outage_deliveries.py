"""A worker that delivers while its database is stopped and started again: a real PostgreSQL, a real process."""

from contextlib import closing
from pathlib import Path

from daybook.store.opening import migrate, open_store
from tests.databases import postgres_of_its_own
from tests.soak.delivering import PATIENCE, Delivering
from tests.worker.watching import eventually


def test_a_database_that_is_stopped_in_the_middle_of_sending_loses_nothing_and_ends_no_worker(tmp_path: Path) -> None:
    with postgres_of_its_own("fsync = off") as server:
        with closing(open_store(server.get_uri())) as store:
            migrate(store)
        with closing(Delivering(server.get_uri(), tmp_path)) as trial:
            worker = trial.start()
            trial.feed()
            server.stop()
            eventually(lambda: b"away" in trial.said.read_bytes(), PATIENCE)
            server.ensure_postgres_running()
            trial.feed()
            eventually(trial.is_done, PATIENCE)
            assert trial.faults() == []
            assert worker.poll() is None
