"""From rows of cells to drafts of items."""

from collections.abc import Iterable, Iterator

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files.mapping import COLUMNS, Pick
from daybook.catalog.files.values import instant_of, quantity_of, said_status
from daybook.catalog.items import SKU_LENGTH
from daybook.kernel.files.prices import currency_of, price_of
from daybook.kernel.files.tables import Row

_READ = (3, 4, 5, 14, 17)
"""Where price, currency, quantity, status and open date stand among COLUMNS."""


def drafts_of(rows: Iterable[Row | Fault], pick: Pick, mark: str) -> Iterator[Draft | Fault]:
    """A draft for each row with a usable SKU, a fault for the others.

    Text is kept as it stands, but for spaces around the SKU. A value that cannot be read is left out of its draft, and
    a fault that does not refuse the row comes before it. `mark` is the decimal mark of prices: "." or ",", or "" for
    unknown.
    """
    for row in rows:
        if isinstance(row, Fault):
            yield row
            continue
        number, cells = row
        cells.append("")
        picked = pick(cells)
        sku = picked[0].strip()
        if not sku or len(sku) > SKU_LENGTH or not sku.isprintable():
            yield _without_sku(number, sku)
            continue
        price, currency, bad_price = price_of(picked[3], mark)
        said_currency, bad_currency = currency_of(picked[4])
        quantity, bad_quantity = quantity_of(picked[5])
        status, bad_status = said_status(picked[14])
        opened_at, bad_date = instant_of(picked[17])
        if bad_price or bad_currency or bad_quantity or bad_status or bad_date:
            yield from _left_out(number, picked, bad_price, bad_currency, bad_quantity, bad_status, bad_date)
        yield Draft(
            number,
            sku,
            picked[1],
            picked[2],
            price,
            said_currency or currency,
            quantity,
            picked[6],
            picked[7],
            picked[8],
            picked[9],
            picked[10],
            picked[11],
            picked[12],
            picked[13],
            status,
            picked[15],
            picked[16],
            opened_at,
        )


def _without_sku(number: int, sku: str) -> Fault:
    if not sku:
        return Fault(number, "there is no SKU.", "sku")
    if len(sku) > SKU_LENGTH:
        return Fault(number, f"this SKU has {len(sku):,} characters; Amazon allows {SKU_LENGTH}.", "sku", sku)
    return Fault(number, "this SKU has a character that cannot be printed.", "sku", sku)


def _left_out(number: int, picked: tuple[str, ...], *wrongs: str) -> Iterator[Fault]:
    for at, wrong in zip(_READ, wrongs, strict=True):
        if wrong:
            yield Fault(number, wrong, COLUMNS[at].targets[0], picked[at], "It was left out.", refused=False)
