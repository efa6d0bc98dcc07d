"""A file of scenarios. One that has become wrong leaves those that it held before."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import structlog

from daybook.kernel.clock import EPOCH
from daybook.kernel.errors import Misconfigured, fault_of
from daybook.reports.report_types import ReportTypes
from daybook.reports.scenarios.reading import scenarios_of
from daybook.reports.scenarios.scenario import Scenario
from daybook.reports.scenarios.snapshot import Entry, Key

log = structlog.get_logger()


class ScenarioFile:
    """A file of scenarios, read again when it changes. Raises Misconfigured, when made, where it is wrong."""

    def __init__(self, path: Path, types: ReportTypes) -> None:
        self._path = path
        self._types = types
        self._stamp = self._seen()
        self.entries = self._read()

    def look(self) -> Mapping[Key, Entry]:
        """Its entries now; those of before where it is wrong, which is logged once."""
        stamp = self._seen()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self.entries = self._read()
                log.info("the file of scenarios was read again", file=str(self._path), scenarios=len(self.entries))
            except Misconfigured as error:
                log.error("the file of scenarios is wrong; those of before hold on", reason=error.message)
        return self.entries

    def _seen(self) -> object:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> Mapping[Key, Entry]:
        try:
            text = self._path.read_text("utf-8")
        except OSError as error:
            raise Misconfigured(
                f"The scenarios in {self._path} cannot be read: {fault_of(error)}.",
                "--scenarios or DAYBOOK_SCENARIOS names the file.",
            ) from error
        except UnicodeDecodeError as error:
            raise Misconfigured(f"The scenarios in {self._path} are not UTF-8: {error}.") from error
        found = scenarios_of(text, str(self._path), self._types)
        return {scenario.key: Entry(scenario, _fingerprint(scenario), EPOCH, "file") for scenario in found}


def _fingerprint(scenario: Scenario) -> str:
    """Another one for each other content: what is written anew begins anew."""
    text = json.dumps([*scenario.key, scenario.content], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
