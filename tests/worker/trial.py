"""A trial of workers: what they are given, what they are judged by, and the judgement."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from daybook.store.opening import open_store
from tests.house.tree import ROOT
from tests.worker.counting import LANES, bring, offspring, unit
from tests.worker.watching import eventually


class Line(NamedTuple):
    event: str
    name: str
    token: str
    process: str


class Trial:
    """A database with units, the log that is not the store's, and the processes that count."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.store = open_store(url)
        self.log = folder / "log"
        self.log.touch()
        self.said = folder / "said"
        self._said = self.said.open("ab")
        with self.store.transaction() as tx:
            unit.create(tx.connection)
        self.brought: list[str] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, _: int = 0, *, fence: str = "fenced", seconds: float = 0.15) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.counting", self.url, str(self.log), fence, str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said)
        self._processes.append(process)
        return process

    def bring(self, name: str) -> None:
        self.brought.append(name)
        self.store.do(lambda tx: bring(tx, name))

    def bring_some(self, count: int = 5) -> None:
        for number in range(len(self.brought), len(self.brought) + count):
            self.bring(f"{LANES[number % len(LANES)]}{number}")

    def feed(self) -> None:
        """Brings some, and waits until workers have begun or done something since: so that a blow strikes work."""
        said = len(self.lines())
        self.bring_some()
        eventually(lambda: len(self.lines()) > said)

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

    def faults(self) -> list[str]:
        """What was lost, and what was done twice, by the log and by the tables."""
        return _faults(self.brought, self.counted(), self.lines())

    def figures(self) -> dict[str, int]:
        """What happened."""
        tokens = defaultdict(set)
        for line in self.lines():
            tokens[line.name].add(line.token)
        return {"done": len(self.counted()), "begun again": sum(len(tried) > 1 for tried in tokens.values())}


def _faults(brought: Sequence[str], counted: dict[str, int], lines: list[Line]) -> list[str]:
    wrong = [f"{name} was counted {times} times" for name, times in counted.items() if times != 1]
    expected = {name for root in brought for name in _descent(root)}
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
