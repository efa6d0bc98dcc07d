"""What workers can be given to do while they are killed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from tests.soak import delivering, reporting, sending
from tests.soak.killer import Blows
from tests.worker import trial as counting


class Trial(Protocol):
    """Work, brought a little at a time, and the judgement on what became of it."""

    said: Path
    """Where the workers' standard output goes."""

    def start(self, number: int) -> Popen[bytes]:
        """One more worker process."""

    def feed(self) -> None:
        """A little more work; returns once the workers have gone on since."""

    def is_done(self) -> bool:
        """Whether all work that was brought has ended."""

    def faults(self) -> list[str]:
        """What was lost, and what was done twice: a sentence each."""

    def figures(self) -> Mapping[str, int]:
        """How much was done, in the trial's own words."""

    def close(self) -> None: ...


TRIALS: dict[str, Callable[[str, Path, Blows], Trial]] = {
    "counting": lambda url, folder, _: counting.Trial(url, folder),
    "reporting": lambda url, folder, _: reporting.Reporting(url, folder),
    "deliveries": lambda url, folder, _: delivering.Delivering(url, folder),
    "operations": sending.Sending,
}
"""By name: each is made from a migrated database's URL, an empty folder, and the blows that will fall."""
