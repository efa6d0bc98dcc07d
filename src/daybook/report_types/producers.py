"""What a producer is, and the registry that finds them.

A family of report types is a folder here, whose package names its producers in `PRODUCERS`. Nothing else lists them.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

from daybook import report_types
from daybook.kernel.errors import Misconfigured
from daybook.reports.reports import Report


class Producer(Protocol):
    """Makes the document of one report type.

    `source` is a transaction for reading; a Protocol of the producer's own family names the methods that it uses.
    """

    @property
    def report_type(self) -> str:
        """The report type's name, as in createReport."""

    def rows_up_to(self, source: Any, report: Report, limit: int) -> int:
        """How many rows there may be, counted no further than `limit`: what tells a big report from a small one."""

    def produce(self, source: Any, report: Report) -> Iterator[bytes]:
        """The document in pieces, which may be cut anywhere. Nothing at all, not even a header, where there is no row.

        An error ends the report FATAL, with the error's own sentence where it is a DaybookError; Unavailable does not,
        since the same report can be made later. Memory stays flat: a piece is given away before the next is made.
        """


def producers() -> dict[str, Producer]:
    """Every producer, by its report type. Raises Misconfigured where two make the same one."""
    found: dict[str, Producer] = {}
    for family in pkgutil.iter_modules(report_types.__path__):
        if family.ispkg:
            _add(found, f"{report_types.__name__}.{family.name}")
    return found


def _add(found: dict[str, Producer], name: str) -> None:
    for producer in import_module(name).PRODUCERS:
        other = found.setdefault(producer.report_type, producer)
        if other is not producer:
            raise Misconfigured(
                f"Two producers make {producer.report_type}: {type(other).__name__} and one in {name}.",
                "Remove one of them from its folder's PRODUCERS.",
            )
