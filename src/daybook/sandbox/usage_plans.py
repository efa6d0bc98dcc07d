"""The sandbox's usage plans: a token bucket for each operation, seller and application, by the sandbox's clock."""

from collections.abc import Callable

from daybook.contract.operations import Operation


class Buckets:
    """Every bucket; `times` multiplies the documented rates and bursts."""

    def __init__(self, seconds: Callable[[], float], times: float = 1.0) -> None:
        self._seconds = seconds
        self._times = times
        self._levels: dict[tuple[str, str, str], tuple[float, float]] = {}

    def rate(self, operation: Operation) -> float:
        """Calls a second."""
        return operation.rate * self._times

    def take(self, operation: Operation, seller_id: str, client_id: str) -> bool:
        """Take a token; False where there is none, and then nothing changes."""
        key, now, burst = (operation.name, seller_id, client_id), self._seconds(), operation.burst * self._times
        level, at = self._levels.get(key, (burst, now))
        level = min(burst, level + max(0.0, now - at) * self.rate(operation))
        if level < 0.99999:  # a hair less is one: a clock rounds  # noqa: PLR2004
            return False
        self._levels[key] = level - 1, now
        return True
