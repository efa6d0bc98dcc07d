"""The import of a catalog file, with a bar that follows its bytes, and its faults."""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from daybook.accounts.marketplaces import country, currency
from daybook.accounts.sellers import find_seller
from daybook.catalog.drafts import Fault
from daybook.catalog.files import Format, read
from daybook.catalog.importing import ImportResult, import_items
from daybook.catalog.items import Item
from daybook.cli.call import Call
from daybook.cli.exits import ExitCode
from daybook.cli.opened import opened
from daybook.cli.screen import Screen
from daybook.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from daybook.app import App

SHOWN = 20
"""Faults that are shown; a file of them holds all."""
_COLUMNS = ("line", "column", "value", "problem", "remedy", "refused")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, and where its faults are to be written."""

    file: Path
    mapping: Mapping[str, str]
    format: Format | None
    encoding: str
    decimal: str
    faults: Path | None


def import_file(call: Call, app: "App", reading: Reading, seller_id: str, marketplace_id: str) -> None:
    """Imports, and tells what came of it. Exits with FAILED where a row was refused."""
    with app.store.reading() as tx:
        seller = find_seller(tx, seller_id)
    if marketplace_id not in seller.marketplace_ids:
        sold_on = ", ".join(country(name) for name in seller.marketplace_ids)
        raise InvalidInput(f"Seller {seller_id} does not sell in {country(marketplace_id)}.", f"It sells in {sold_on}.")
    with _faults_file(reading.faults) as report, opened(reading.file, call.screen, "Importing") as stream:
        drafts = read(
            stream,
            reading.mapping,
            name=reading.file.name,
            format=reading.format,
            encoding=reading.encoding,
            decimal=reading.decimal,
        )
        result = import_items(
            drafts,
            lambda items: _put(app, items),
            lambda: _count(app, seller_id, marketplace_id),
            seller_id=seller_id,
            marketplace_id=marketplace_id,
            currency=currency(marketplace_id),
            now=app.clock(),
            report=report,
        )
    _tell(call.screen, result, reading)
    if result.refused:
        raise typer.Exit(ExitCode.FAILED)


def _put(app: "App", items: list[Item]) -> None:
    app.store.do(lambda tx: tx.put_items(items))


def _count(app: "App", seller_id: str, marketplace_id: str) -> int:
    with app.store.reading() as tx:
        return tx.items_count(seller_id, marketplace_id)


def _tell(screen: Screen, result: ImportResult, reading: Reading) -> None:
    content = {
        "file": str(reading.file),
        "read": result.read,
        "added": result.added,
        "changed": result.changed,
        "refused": result.refused,
        "noted": result.noted,
        "faults": [_fault(fault) for fault in result.faults[:SHOWN]],
        "notes": [_fault(fault) for fault in result.notes[:SHOWN]],
    }
    counts = (
        f"{_some(result.read, 'row')} read: {_some(result.added, 'item')} added, {result.changed:,} changed, "
        f"{_some(result.refused, 'row')} refused."
    )
    screen.answer(content, counts)
    for name, count, faults in (
        ("Refused", result.refused, result.faults),
        ("Taken, but for a value", result.noted, result.notes),
    ):
        if count:
            screen.show("", f"{name}:", *(f"  {fault}" for fault in faults[:SHOWN]))
            if count > SHOWN:
                where = f"all are in {reading.faults}" if reading.faults else "--faults FILE writes all"
                screen.show(f"  and {count - SHOWN:,} more; {where}.")


def _some(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _fault(fault: Fault) -> dict[str, object]:
    values = asdict(fault)
    return {"line": values.pop("row"), **values}


@contextmanager
def _faults_file(file: Path | None) -> Iterator[Callable[[Fault], None]]:
    """Writes each fault as a line of CSV, where a file was named. Raises InvalidInput where it cannot be written."""
    if file is None:
        yield lambda _: None
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
            rows.writeheader()
            yield lambda fault: rows.writerow(_fault(fault))
    except OSError as error:
        raise InvalidInput(f"The file {file} cannot be written: {error.strerror or error}.") from error
