"""Which scenarios hold now: those of the file, and over them those that operators put through the API.

Every call of the API asks, so they are kept in memory, and looked for again once a second at most; a worker, which
asks once for each step, looks every time.
"""

import time
from collections.abc import Callable, Mapping
from threading import Lock

import structlog

from daybook.kernel.errors import InvalidInput
from daybook.reports.scenarios.file import ScenarioFile
from daybook.reports.scenarios.ports import ScenariosPort
from daybook.reports.scenarios.reading import stored_scenario
from daybook.reports.scenarios.snapshot import NOTHING, Entry, Key, Snapshot

LOOK_EVERY = 1.0
"""Seconds."""
_NO_FILE: Mapping[Key, Entry] = {}

log = structlog.get_logger()


class Scenarios:
    """The scenarios of one process."""

    def __init__(self, file: ScenarioFile | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.file = file
        self._monotonic = monotonic
        self._look_at = 0.0
        self._edition = -1
        self._put: Mapping[Key, Entry] = {}
        self._of_file: Mapping[Key, Entry] | None = None
        self._snapshot = NOTHING
        self._guard = Lock()

    def current(self, tx: ScenariosPort) -> Snapshot:
        """Those that hold, or held a second ago."""
        return self._snapshot if self._monotonic() < self._look_at else self.fresh(tx)

    def fresh(self, tx: ScenariosPort) -> Snapshot:
        """Those that hold."""
        with self._guard:
            self._look_at = self._monotonic() + LOOK_EVERY  # first, so that whoever forgets meanwhile is heeded
            edition, of_file = tx.scenarios_edition(), self.file.look() if self.file else _NO_FILE
            if edition != self._edition:
                self._put, self._edition = _stored(tx), edition
                self._of_file = None
            if of_file is not self._of_file:
                self._of_file = of_file
                self._snapshot = Snapshot({**of_file, **self._put})
            return self._snapshot

    def forget(self) -> None:
        """Look at the next call: somebody here has changed them."""
        self._look_at = 0.0


def _stored(tx: ScenariosPort) -> Mapping[Key, Entry]:
    entries = {}
    for put in tx.scenarios():
        key = put.seller_id, put.report_type
        try:
            scenario = stored_scenario({**put.content, "sellerId": key[0], "reportType": key[1]})
        except InvalidInput as error:
            log.error("a scenario that was put cannot be read, and does not hold", key=key, reason=error.details)
        else:
            entries[key] = Entry(scenario, str(put.edition), put.put_at, "api")
    return entries
