"""A listing report: a header, and slice after slice of lines that the database has put together."""

from collections.abc import Iterator
from dataclasses import dataclass

from daybook.report_types.listings.ports import Layout, ListingsPort
from daybook.reports.reports import Report

_FIRST_SLICE = 200
_LARGEST_SLICE = 3000
_SLICE_BYTES = 1024 * 1024  # larger slices are no faster, and take memory


@dataclass(frozen=True, slots=True)
class ListingReport:
    """The producer of one listing report type."""

    report_type: str
    layout: Layout

    def rows_up_to(self, source: ListingsPort, report: Report, limit: int) -> int:
        """The seller's items, listed or not: those that are not have to be looked at too."""
        return source.items_up_to(report.seller_id, report.marketplace_ids[0], limit)

    def produce(self, source: ListingsPort, report: Report) -> Iterator[bytes]:
        """The lines of the report's first marketplace, in the order of SKUs."""
        pieces = (text for text in self._slices(source, report.seller_id, report.marketplace_ids[0]) if text)
        for first in pieces:
            yield self._header() + first
            yield from pieces

    def _slices(self, source: ListingsPort, seller_id: str, marketplace_id: str) -> Iterator[bytes]:
        size = _FIRST_SLICE
        after = ""
        while lines := source.listing_lines(seller_id, marketplace_id, self.layout, after, size):
            yield lines.text
            after = lines.last_sku
            size = _next_size(size, len(lines.text))

    def _header(self) -> bytes:
        return "\t".join(column.name for column in self.layout.columns).encode() + b"\n"


def _next_size(size: int, text: int) -> int:
    """Items for the next slice, as long as this one's lines were on average; long descriptions make small slices."""
    return max(1, min(_LARGEST_SLICE, size * 4, size * _SLICE_BYTES // max(text, 1)))
