"""A sandbox that listens, and its record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daybook.kernel.clock import Clock
from daybook.practising import serving_sandbox
from daybook.sandbox.record import Line, lines
from daybook.sandbox.settings import SandboxSettings


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where it listens, and what it wrote down."""

    url: str
    record: Path

    def lines(self) -> list[Line]:
        """The record's lines, all but the tokens'."""
        return [one for one in self.each_line() if one.operation != "token"]

    def each_line(self) -> Iterator[Line]:
        """All of the record's lines, one after the other: they may be more than one wants to have at once."""
        return lines(self.record)

    def tokens(self) -> list[Line]:
        """The lines of the tokens."""
        return [one for one in lines(self.record) if one.operation == "token"]


@contextmanager
def sandbox(folder: Path, scenario: str = "", clock: Clock | None = None, **settings: Any) -> Iterator[Sandbox]:
    """One in the folder, with a scenario in TOML; its usage plan is no hindrance unless one is given."""
    file = folder / "scenarios.toml"
    file.write_text(scenario)
    record = folder / "record.jsonl"
    given = SandboxSettings(record=record, scenarios=file, **{"usage_plan_times": 1000.0, **settings})
    with serving_sandbox(given, clock) as server:
        yield Sandbox(server.url, record)
