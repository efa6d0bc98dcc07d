"""What a worker needs of the store."""

from typing import Protocol

from daybook.lanes import LanePort


class LaneStore(LanePort, Protocol):
    """The lanes, and the doorbell that tells of them."""

    def wait(self, seconds: float) -> None:
        """Wait until a lane may be due, at most that long."""

    def ring(self) -> None:
        """End the wait of this process's worker."""
