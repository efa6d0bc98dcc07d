"""A Daybook on which clients practise over HTTP: its clock moves when somebody waits, and the worker with it."""

import asyncio
import tomllib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from daybook.app import App, open_app, serving
from daybook.config import read_settings
from daybook.lanes import LaneKind
from daybook.reports.scenarios import putting
from daybook.reports.scenarios.reading import scenario_of
from daybook.worker.kinds import lane_kinds
from daybook.worker.production import Production
from tests.api.practising import EXAMPLES, Ticks, run_lanes
from tests.api.serving import ManualClock
from tests.clients.daybook import Served, accounts

EXAMPLE: Mapping[str, dict[str, Any]] = {
    scenario["reportType"]: scenario for scenario in tomllib.loads(EXAMPLES.read_text("utf-8"))["scenario"]
}
"""The scenarios of examples/scenarios.toml by their report type."""


@dataclass(frozen=True, slots=True)
class Practice:
    """The Daybook, listening on loopback."""

    app: App
    url: str
    clock: ManualClock
    ticks: Ticks
    kinds: Mapping[str, LaneKind]

    def pass_time(self, seconds: float) -> None:
        """Lets that time pass, and does what is due by then."""
        self.clock.advance(seconds)
        self.ticks.now += seconds
        run_lanes(self.app.store, self.kinds)

    def sleep(self, seconds: float) -> "_Slept":
        """The same, as clients of either kind sleep."""
        self.pass_time(seconds)
        return _Slept()

    @contextmanager
    def scenario(self, seller_id: str, scenario: Mapping[str, Any]) -> Iterator[Served]:
        """A new seller for whom the scenario holds while the block lasts, and an application of its own.

        It begins half an hour before midnight of another day: a day ends soon, and what came before is of no account.
        """
        self.clock.now = self.clock.now.replace(hour=23, minute=30, second=0, microsecond=0) + timedelta(days=1)
        served = Served(self.app, self.url, *accounts(self.app, seller_id), seller_id=seller_id)
        held = scenario_of({**scenario, "sellerId": seller_id}, self.app.types)
        with self.app.store.transaction() as tx:
            putting.put(tx, tx.now, held, "the tests")
        self.app.scenarios.forget()
        self.pass_time(0)
        yield served
        with self.app.store.transaction() as tx:
            putting.remove(tx, tx.now, held.key, "the tests")
        self.app.scenarios.forget()


class _Slept:
    """Time has passed already: there is nothing to wait for."""

    def __await__(self) -> Generator[None, None, None]:
        yield from asyncio.sleep(0).__await__()


@contextmanager
def practising(folder: Path) -> Iterator[Practice]:
    """An empty Daybook in the folder. It has no scenarios but those that are put."""
    clock = ManualClock()
    settings = read_settings({}, data=folder, port=0)
    with open_app(settings, schema="migrate", clock=clock) as app:
        parts = app.store, app.objects, app.producers, app.types, app.ids
        kinds = lane_kinds(Production(*parts, "the worker", None, app.scenarios))
        with serving(app) as server:
            yield Practice(app, server.url, clock, Ticks(), {kind.name: kind for kind in kinds})
