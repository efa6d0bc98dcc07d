"""What a worker needs of the store."""

from typing import Protocol

from daybook.lanes import LanePort, Woken


class LaneStore(LanePort, Protocol):
    """The lanes, and the doorbell that tells of them."""

    def wait(self, seconds: float) -> None:
        """Wait until a lane may be due, at most that long."""

    def woken(self) -> set[Woken]:
        """What this process has woken since this was asked last: a hint, to be claimed without a look."""

    def ring(self) -> None:
        """End the wait of this process's worker."""
