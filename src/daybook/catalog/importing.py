"""From drafts to stored items, a chunk at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.items import Item, status_of
from daybook.kernel.errors import InvalidInput

KEPT_FAULTS = 100
"""Faults, and notes, that a result keeps; the rest are only counted."""

REMEMBERED = 100_000
"""SKUs of a file that are remembered, so that memory does not grow with the file."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. `read` = `added` + `changed` + `refused`, unless others wrote to the same catalog meanwhile.

    `changed` items were there before and were written again. `faults` and `notes` are the first of them: rows that
    gave no item, and rows that were taken but for a value; `refused` and `noted` count them all.
    """

    read: int
    added: int
    changed: int
    refused: int
    noted: int
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


def import_items(  # noqa: PLR0913  where the items go, and what is told of them on the way
    drafts: Iterable[Draft | Fault],
    store_chunk: Callable[[list[Item]], None],
    count_items: Callable[[], int],
    *,
    seller_id: str,
    marketplace_id: str,
    currency: str,
    now: datetime,
    chunk: int = 1000,
    report: Callable[[Fault], None] | None = None,
) -> ImportResult:
    """Stores the items of a file through `store_chunk`, which makes each list of at most `chunk` items one transaction.

    `count_items` answers how many items the seller has in the marketplace; `currency` is that of prices which do not
    say theirs; `report` is told every fault and note, of which the result keeps the first. The last row of a SKU wins.
    The row before it is counted and reported as refused: always in a file of up to 100,000 SKUs; in a longer one when
    no more than 100,000 SKUs lie between them.
    Raises InvalidInput where the file cannot be read to its end; what was stored until then stays stored, and the
    error says how much: to import the mended file does no harm.
    """
    before = count_items()
    tally = _Tally(report)
    stored = 0
    try:
        for drafted in tally.chunks(drafts, chunk):
            store_chunk([_item(draft, seller_id, marketplace_id, currency, now) for draft in drafted])
            stored += len(drafted)
    except InvalidInput as error:
        raise InvalidInput(error.message, f"{error.details} {_so_far(stored)}".lstrip()) from error
    return tally.result(count_items() - before)


def _so_far(stored: int) -> str:
    if not stored:
        return "Nothing was stored."
    return f"{stored:,} items of the rows before are stored; importing the file again does no harm."


class _Tally:
    """The counts, and the SKUs met so far, of one import."""

    def __init__(self, report: Callable[[Fault], None] | None) -> None:
        self._told = report or (lambda _: None)
        self._read = self._refused = self._noted = 0
        self._faults: list[Fault] = []
        self._notes: list[Fault] = []
        self._rows: dict[str, int] = {}
        self._older_rows: dict[str, int] = {}

    def chunks(self, drafts: Iterable[Draft | Fault], size: int) -> Iterator[list[Draft]]:
        """The drafts, at most `size` at a time, no SKU twice in a chunk."""
        waiting: dict[str, Draft] = {}
        for draft in drafts:
            if isinstance(draft, Fault):
                self._read += draft.refused
                self._report(draft)
                continue
            self._read += 1
            self._remember(draft)
            waiting[draft.sku] = draft
            if len(waiting) == size:
                yield list(waiting.values())
                waiting.clear()
        if waiting:
            yield list(waiting.values())

    def result(self, added: int) -> ImportResult:
        changed = max(0, self._read - self._refused - added)
        faults, notes = tuple(self._faults), tuple(self._notes)
        return ImportResult(self._read, added, changed, self._refused, self._noted, faults, notes)

    def _report(self, fault: Fault) -> None:
        self._refused += fault.refused
        self._noted += not fault.refused
        kept = self._faults if fault.refused else self._notes
        if len(kept) < KEPT_FAULTS:
            kept.append(fault)
        self._told(fault)

    def _remember(self, draft: Draft) -> None:
        sku = draft.sku
        earlier = self._rows.get(sku) or self._older_rows.get(sku)
        if earlier:
            problem = f"this SKU comes again on line {draft.row}, and the last one counts."
            self._report(Fault(earlier, problem, "sku", sku, "Keep one row per SKU."))
        self._rows[sku] = draft.row
        if len(self._rows) == REMEMBERED:
            self._older_rows, self._rows = self._rows, {}


def _item(draft: Draft, seller_id: str, marketplace_id: str, currency: str, now: datetime) -> Item:
    return Item(
        seller_id,
        marketplace_id,
        draft.sku,
        draft.name,
        draft.description,
        draft.price,
        draft.currency or currency,
        draft.quantity,
        draft.listing_id,
        draft.product_id,
        draft.product_id_type,
        draft.asin,
        draft.condition,
        draft.image_url,
        draft.fulfilment_channel,
        draft.shipping_group,
        status_of(draft.status, draft.price, draft.quantity),
        draft.brand,
        draft.category,
        draft.opened_at or now,
        now,
    )
