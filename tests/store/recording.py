"""What a transaction sends to the database."""

from typing import Any


class Undone(Exception):
    """Nothing is kept of what was asked."""


class Recorder:
    """A driver's connection that remembers what was sent, past SQLAlchemy or through it."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.sent: list[tuple[str, Any]] = []

    def execute(self, statement: str, values: Any) -> Any:
        self.sent.append((statement, values))
        return self._driver.execute(statement, values)

    def note(self, _: object, __: object, statement: str, values: Any, *___: object) -> None:
        self.sent.append((statement, values))
