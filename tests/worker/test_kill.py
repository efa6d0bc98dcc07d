"""Real worker processes, killed with -9 and paused at random, judged by a log that the store does not write."""

import random
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from daybook.store.opening import open_store
from tests.databases import let_pass
from tests.house.tree import ROOT
from tests.soak.killer import Blows, torment
from tests.worker.counting import LANES, PACE, bring, offspring, unit
from tests.worker.watching import eventually

SEED = 20_261_121


class Line(NamedTuple):
    event: str
    name: str
    token: str
    process: str


class Bench:
    """A database with units, the log, and the processes that count."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.store = open_store(url)
        self.log = folder / "log"
        self.log.touch()
        self.said = folder / "said"
        self._said = self.said.open("ab")
        with self.store.transaction() as tx:
            unit.create(tx.connection)
        self.brought = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, _: int = 0, *, fence: str = "fenced", seconds: float = 0.25) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.counting", self.url, str(self.log), fence, str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def bring_some(self, count: int = 5) -> None:
        for _ in range(count):
            self.brought += 1
            name = f"{LANES[self.brought % len(LANES)]}{self.brought}"
            self.store.do(lambda tx, name=name: bring(tx, name))  # type: ignore[misc]

    def counted(self) -> dict[str, int]:
        with self.store.reading() as tx:
            return {row.name: row.counted for row in tx.connection.execute(sa.select(unit))}

    def is_done(self) -> bool:
        return all(counted > 0 for counted in self.counted().values())

    def lines(self) -> list[Line]:
        return [Line(*line.split()) for line in self.log.read_text().splitlines()]

    def has_said(self, event: str, process: subprocess.Popen[bytes]) -> bool:
        return any(line.event == event and line.process == str(process.pid) for line in self.lines())

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self.store.close()
        self._said.close()


def faults(brought: int, counted: dict[str, int], lines: list[Line]) -> list[str]:
    """What was lost, and what was done twice, by the log and by the tables."""
    wrong = [f"{name} was counted {times} times" for name, times in counted.items() if times != 1]
    roots = [f"{LANES[number % len(LANES)]}{number}" for number in range(1, brought + 1)]
    expected = {name for root in roots for name in _descent(root)}
    wrong += [f"{name} was lost" for name in expected - counted.keys()]
    begun: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.event == "begin":
            begun[line.name].add(line.token)
        elif line.token not in begun[line.name]:
            wrong.append(f"{line.name} was committed under token {line.token}, and never begun")
    commits = Counter(line.name for line in lines if line.event == "commit")
    wrong += [f"{name} was committed {times} times" for name, times in commits.items() if times > 1]
    return wrong + [f"{name} was counted and never begun" for name in counted if not begun[name]]


def _descent(name: str | None) -> Iterator[str]:
    while name is not None:
        yield name
        name = offspring(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_own_url")
    bench = Bench(url, tmp_path)
    yield bench
    bench.close()


def test_workers_that_are_killed_and_paused_lose_nothing_and_do_nothing_twice(bench: Bench) -> None:
    bench.bring_some(10)

    started = torment(
        bench.start,
        Blows(kills=10, pauses=5),
        random.Random(SEED),  # noqa: S311  the same blows each time
        workers=2,
        meanwhile=bench.bring_some,
        finished=bench.is_done,
        patience=60,
    )

    lines = bench.lines()
    assert faults(bench.brought, bench.counted(), lines) == []
    assert started == 12
    tokens = defaultdict(set)
    for line in lines:
        tokens[line.name].add(line.token)
    assert any(len(tried) > 1 for tried in tokens.values()), "no blow struck a step"


def paused_past_its_lease(bench: Bench, fence: str) -> subprocess.Popen[bytes]:
    """A worker that stood still in the middle of a step, while another took its lane and did the step."""
    first = bench.start(fence=fence, seconds=3)
    bench.bring_some(1)
    eventually(lambda: bench.has_said("begin", first))
    first.send_signal(signal.SIGSTOP)
    let_pass(bench.store, PACE.lease + 1)
    second = bench.start(seconds=0.01)
    eventually(lambda: bench.has_said("commit", second))
    first.send_signal(signal.SIGCONT)
    return first


def test_a_worker_that_was_paused_past_its_lease_finds_its_commit_undone(bench: Bench) -> None:
    paused_past_its_lease(bench, "fenced")

    eventually(lambda: "a lane was lost" in bench.said.read_text())
    eventually(bench.is_done)

    assert faults(bench.brought, bench.counted(), bench.lines()) == []


def test_without_the_fence_the_log_shows_that_it_was_done_twice(bench: Bench) -> None:
    first = paused_past_its_lease(bench, "unfenced")
    eventually(lambda: bench.has_said("commit", first))

    wrong = faults(bench.brought, bench.counted(), bench.lines())

    assert {"b1 was counted 2 times", "b1 was committed 2 times"} <= set(wrong)
