"""Which scenarios hold now, in every process."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from daybook.kernel.errors import Misconfigured, NotFound
from daybook.reports.report_types import report_types
from daybook.reports.scenarios.current import LOOK_EVERY, Scenarios
from daybook.reports.scenarios.file import ScenarioFile
from daybook.reports.scenarios.putting import put, remove
from daybook.reports.scenarios.scenario import Scenario
from daybook.reports.scenarios.snapshot import Snapshot
from daybook.store.store import Store
from tests.databases import OpenAnother

TYPES = report_types()
STOCK, FEES = "GET_AFN_INVENTORY_DATA", "GET_FBA_STORAGE_FEE_CHARGES_DATA"
GOOD = f'[[scenario]]\nreportType = "{STOCK}"\nseed = 1\n'
BETTER = f'[[scenario]]\nreportType = "{STOCK}"\nseed = 2\n'


@dataclass
class Ticks:
    """A monotonic clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of scenarios."""
    path = tmp_path / "practice.toml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def seeds(snapshot: Snapshot) -> dict[tuple[str, str], tuple[int, str]]:
    """Seed and source by key."""
    return {key: (entry.scenario.seed, entry.source) for key, entry in snapshot.entries.items()}


def keep(store: Store, scenario: Scenario) -> None:
    with store.transaction() as tx:
        put(tx, tx.now, scenario, "application X")


def now(store: Store, scenarios: Scenarios) -> Snapshot:
    with store.reading() as tx:
        return scenarios.current(tx)


def fresh(store: Store, scenarios: Scenarios) -> Snapshot:
    with store.reading() as tx:
        return scenarios.fresh(tx)


# Put


def test_without_any_nobody_is_concerned(store: Store) -> None:
    found = now(store, Scenarios())
    assert (found.entries, found.concerns("A"), found.find("A", STOCK)) == ({}, False, None)


def test_the_sellers_own_goes_before_the_types_own_and_both_before_all(store: Store) -> None:
    keys = [("*", "*"), ("*", STOCK), ("A", "*"), ("A", STOCK)]
    for seed, (seller_id, report_type) in enumerate(keys):
        keep(store, Scenario(seller_id=seller_id, report_type=report_type, seed=seed))
    found = now(store, Scenarios())
    asked = [("B", FEES), ("B", STOCK), ("A", FEES), ("A", STOCK)]
    entries = [found.find(*key) for key in asked]
    assert [entry.scenario.seed for entry in entries if entry] == [0, 1, 2, 3]


def test_one_for_a_seller_concerns_no_other(store: Store) -> None:
    keep(store, Scenario(seller_id="A"))
    found = now(store, Scenarios())
    assert (found.concerns("A"), found.concerns("B")) == (True, False)


def test_what_is_put_survives_and_is_seen_by_every_process(store: Store, open_another: OpenAnother) -> None:
    keep(store, Scenario(report_type=STOCK, seed=5, in_queue=3.0))
    elsewhere = fresh(open_another(), Scenarios())
    assert seeds(elsewhere) == {("*", STOCK): (5, "api")}
    assert elsewhere.entries["*", STOCK].scenario.in_queue == 3.0


def test_a_process_looks_once_a_second_and_a_worker_at_once(store: Store, ticks: Ticks) -> None:
    here = Scenarios(None, ticks)
    assert not now(store, here).entries
    keep(store, Scenario())
    assert not now(store, here).entries
    ticks.now += LOOK_EVERY - 0.01
    assert not now(store, here).entries
    ticks.now += 0.01
    assert now(store, here).entries
    with store.transaction() as tx:
        remove(tx, tx.now, ("*", "*"), "application X")
    assert now(store, here).entries
    assert not fresh(store, here).entries
    assert not now(store, here).entries


def test_whoever_changes_them_sees_them_at_once(store: Store, ticks: Ticks) -> None:
    here = Scenarios(None, ticks)
    now(store, here)
    keep(store, Scenario())
    here.forget()
    assert now(store, here).entries


def test_while_nothing_changes_they_are_the_same_object(store: Store) -> None:
    here = Scenarios()
    keep(store, Scenario())
    assert fresh(store, here) is fresh(store, here)
    keep(store, Scenario())
    assert len({id(found) for found in (now(store, here), fresh(store, here))}) == 2


def test_what_was_put_again_begins_again(store: Store) -> None:
    keep(store, Scenario(seed=1))
    first = fresh(store, Scenarios()).entries["*", "*"]
    with store.transaction() as tx:
        assert [tx.count_scenario(first.edition, "A", "getReport") for _ in range(2)] == [1, 2]
    keep(store, Scenario(seed=1))
    second = fresh(store, Scenarios()).entries["*", "*"]
    with store.transaction() as tx:
        assert tx.count_scenario(second.edition, "A", "getReport") == 1
        assert tx.count_scenario(first.edition, "A", "getReport") == 1  # the old count is gone


def test_what_is_removed_holds_no_more_and_cannot_be_removed_twice(store: Store) -> None:
    keep(store, Scenario())
    with store.transaction() as tx:
        remove(tx, tx.now, ("*", "*"), "application X")
    assert not fresh(store, Scenarios()).entries
    with pytest.raises(NotFound), store.transaction() as tx:
        remove(tx, tx.now, ("*", "*"), "application X")


def test_the_ledger_tells_who_put_and_removed_it(store: Store) -> None:
    keep(store, Scenario(seller_id="A", report_type=STOCK, seed=5))
    with store.transaction() as tx:
        remove(tx, tx.now, ("A", STOCK), "application Y")
    with store.reading() as tx:
        told = [(event.to_status, event.actor, event.evidence) for event in tx.events_of("A", "scenario", STOCK)]
    assert told == [("LIVE", "application X", {"seed": 5}), ("REMOVED", "application Y", {})]


def test_one_that_this_version_cannot_read_is_logged_and_does_not_hold(store: Store) -> None:
    keep(store, Scenario(seed=1))
    keep(store, Scenario(report_type=STOCK, seed=2))
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE scenario SET content = '{\"colour\":1}' WHERE report_type = '*'")
    with capture_logs() as logs:
        found = fresh(store, Scenarios())
    assert seeds(found) == {("*", STOCK): (2, "api")}
    assert [(log["log_level"], log["key"]) for log in logs] == [("error", ("*", "*"))]


# The file


def test_a_wrong_file_is_refused_at_the_start(path: Path) -> None:
    path.write_text(f"{GOOD}inQueue = -1\n")
    with pytest.raises(Misconfigured, match=r"practice\.toml, line 4: scenario 1 is wrong, at inQueue"):
        ScenarioFile(path, TYPES)


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read: No such file"), (b"\xff", "are not UTF-8")])
def test_a_file_that_cannot_be_read_is_refused(path: Path, content: bytes | None, said: str) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match=said):
        ScenarioFile(path, TYPES)


def test_a_file_that_changes_is_read_again(store: Store, path: Path, ticks: Ticks) -> None:
    here = Scenarios(ScenarioFile(path, TYPES), ticks)
    assert seeds(now(store, here)) == {("*", STOCK): (1, "file")}
    path.write_text(BETTER + "# longer\n")
    assert seeds(now(store, here)) == {("*", STOCK): (1, "file")}
    ticks.now += LOOK_EVERY
    assert seeds(now(store, here)) == {("*", STOCK): (2, "file")}


def test_a_file_that_becomes_wrong_is_logged_once_and_those_of_before_hold_on(
    store: Store, path: Path, ticks: Ticks
) -> None:
    here = Scenarios(ScenarioFile(path, TYPES), ticks)
    path.write_text(f"{BETTER}inQueue = -1\n")
    with capture_logs() as logs:
        assert [seeds(fresh(store, here)) for _ in range(3)] == [{("*", STOCK): (1, "file")}] * 3
    assert [(log["log_level"], "line 4: scenario 1 is wrong, at inQueue" in log["reason"]) for log in logs] == [
        ("error", True)
    ]
    path.unlink()
    assert seeds(fresh(store, here)) == {("*", STOCK): (1, "file")}
    path.write_text(BETTER)
    assert seeds(fresh(store, here)) == {("*", STOCK): (2, "file")}


def test_what_is_put_goes_before_the_file_until_it_is_removed(store: Store, path: Path, ticks: Ticks) -> None:
    here = Scenarios(ScenarioFile(path, TYPES), ticks)
    keep(store, Scenario(report_type=STOCK, seed=9))
    keep(store, Scenario(seed=8))
    assert seeds(fresh(store, here)) == {("*", "*"): (8, "api"), ("*", STOCK): (9, "api")}
    with store.transaction() as tx:
        remove(tx, tx.now, ("*", STOCK), "application X")
    assert seeds(fresh(store, here)) == {("*", "*"): (8, "api"), ("*", STOCK): (1, "file")}


def test_a_scenario_of_the_file_has_another_edition_once_it_is_another(path: Path) -> None:
    first = ScenarioFile(path, TYPES).entries["*", STOCK]
    assert ScenarioFile(path, TYPES).entries["*", STOCK].edition == first.edition
    path.write_text(BETTER)
    assert ScenarioFile(path, TYPES).entries["*", STOCK].edition != first.edition
