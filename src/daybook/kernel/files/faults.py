"""What is wrong with a line of a file."""

from dataclasses import dataclass

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a row of a file: where, what, and what to do.

    A `refused` row gives no item. One that is not refused was taken, but for the value named here.
    """

    row: int
    problem: str
    column: str = ""
    value: str = ""
    remedy: str = ""
    refused: bool = True

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        cut = self.value if len(self.value) <= _SHOWN else self.value[:_SHOWN] + "..."
        value = f" {cut!r}:" if self.value else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"line {self.row}{column}:{value} {self.problem}{remedy}"
