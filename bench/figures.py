"""What a measurement found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside the bar that it is held to."""

    name: str
    value: float
    unit: str
    bar: str
    """The bar in words, such as `>= 0.5`; empty where a figure is told for information."""
    holds: bool | None
    """Whether the value clears the bar; None where there is none."""
