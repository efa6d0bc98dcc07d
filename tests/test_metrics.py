"""What a Prometheus is told: by operation, status and kind, and of nobody."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from msgspec.structs import replace as replaced
from prometheus_client import generate_latest

from daybook.app import measured
from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.lanes import Lane, WorkClass
from daybook.metrics import Metrics
from daybook.store.store import Store
from tests.clients.daybook import serve
from tests.databases import let_pass
from tests.house.tree import ROOT


def figures_of(metrics: Metrics) -> dict[str, float]:
    """Each figure, by its name and labels."""
    lines = generate_latest(metrics.registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


@pytest.fixture
def metrics(store: Store) -> Metrics:
    """Of a database without anything."""
    return Metrics(store)


def test_lanes_are_told_by_kind_and_age(store: Store, metrics: Metrics) -> None:
    with store.transaction() as tx:
        for name in ("held", "due", "late"):
            tx.wake(Lane("work", name), WorkClass.NORMAL)
        tx.wake(Lane("work", "later"), WorkClass.NORMAL, delay=10_000)
        tx.wake(Lane("other", "idle"), WorkClass.NORMAL, delay=10_000)
    assert len(store.claim("a worker", WorkClass.NORMAL, ["work"], 1, 1000)) == 1
    let_pass(store, 100)
    now = figures_of(metrics)
    let_pass(store, 100)
    then = figures_of(metrics)
    figures = ("due", "late", "held")
    assert [now[f'daybook_lanes_{figure}{{kind="work"}}'] for figure in figures] == [2, 0, 1]
    assert [then[f'daybook_lanes_{figure}{{kind="work"}}'] for figure in figures] == [2, 2, 1]
    assert 200 <= then['daybook_lanes_oldest_due_seconds{kind="work"}'] < 300
    assert then['daybook_lanes_oldest_due_seconds{kind="other"}'] == then['daybook_lanes_due{kind="other"}'] == 0


def test_the_stores_times_and_the_slots_are_told(store: Store, metrics: Metrics) -> None:
    metrics.watch(lambda: {"INTERACTIVE": 2, "BULK": 0})
    before = figures_of(metrics)["daybook_store_commit_seconds_count"]
    store.do(lambda tx: tx.wake(Lane("work", "A"), WorkClass.NORMAL))
    after = figures_of(metrics)
    assert after["daybook_store_commit_seconds_count"] == before + 1
    assert after["daybook_store_commit_seconds_sum"] > 0
    assert after["daybook_store_read_seconds"] > 0
    assert (after['daybook_slots_busy{class="INTERACTIVE"}'], after["daybook_store_up"]) == (2, 1)


def test_a_database_that_is_away_is_told_and_no_fault(sqlite_store: Store) -> None:
    class Away:
        on_commit = sqlite_store.on_commit

        def read(self, work: object) -> None:
            raise Unavailable("The service is temporarily unavailable.")

    figures = figures_of(Metrics(Away()))  # type: ignore[arg-type]
    assert figures["daybook_store_up"] == 0
    assert not any(name.startswith("daybook_lanes") for name in figures)


def test_it_listens_apart_and_names_nobody(tmp_path: Path) -> None:
    with serve(tmp_path, metrics_port=0) as served, measured(served.app) as port:
        with served.app.store.transaction() as tx:
            tx.wake(Lane("production", "A1SELLER/GET_X"), WorkClass.BULK)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        assert 'daybook_lanes_due{kind="production"}' in text
        assert "A1SELLER" not in text
        taken = replace(served.app, settings=replaced(served.app.settings, metrics_port=port))
        with pytest.raises(Misconfigured, match="cannot be listened on"), measured(taken):
            pass


def test_nothing_listens_unless_a_setting_asks_for_it(tmp_path: Path) -> None:
    with serve(tmp_path, works=False) as served, measured(served.app) as port:
        assert (port, served.app.metrics) == (None, None)


@pytest.fixture
def documented() -> set[str]:
    """The metrics on the page."""
    return set(re.findall(r"^\| `(daybook_\w+)`", (ROOT / "docs" / "metrics.md").read_text("utf-8"), re.MULTILINE))


def test_every_metric_is_on_its_page(store: Store, metrics: Metrics, documented: set[str]) -> None:
    metrics.requested("getReport", 200)
    metrics.watch(lambda: {"BULK": 0})
    store.do(lambda tx: tx.wake(Lane("work", "A"), WorkClass.NORMAL))
    names = {name.partition("{")[0] for name in figures_of(metrics)}
    names = {re.sub("_(bucket|sum|count)$", "", name) for name in names if not name.endswith("_created")}
    assert names | {"daybook_reports_total"} == documented
