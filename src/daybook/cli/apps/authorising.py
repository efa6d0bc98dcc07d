"""Refresh tokens for a whole file of sellers: one after the other, each printed once it is committed."""

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from daybook.accounts.applications import authorise, find_application
from daybook.accounts.ports import AccountsPort
from daybook.cli.call import Call
from daybook.cli.exits import ExitCode
from daybook.kernel.errors import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from daybook.app import App

_HEADS = frozenset({"seller_id", "sellerid", "seller", "seller-id", "id"})


def authorise_file(call: Call, app: "App", application: str, file: Path) -> None:
    """Authorises the application for each seller of the file. Exits with FAILED where a row was wrong."""
    with app.store.reading() as tx:
        client_id = find_application(tx, application).client_id
    rows = csv.writer(sys.stdout, lineterminator="\n")
    if not call.screen.json:
        rows.writerow(("seller_id", "refresh_token"))
    refused = 0
    seen: dict[str, int] = {}
    for line, seller_id in _seller_ids(file):
        try:
            _require_new(seen, seller_id, line)
            token = app.store.do(_authorising(app, client_id, seller_id))
        except (Conflict, NotFound) as error:
            refused += 1
            call.screen.fault(type(error)(f"line {line}, {seller_id!r}: {error.message}", error.details))
            continue
        if call.screen.json:
            call.screen.write_json({"sellerId": seller_id, "refreshToken": token})
        else:
            rows.writerow((seller_id, token))
            sys.stdout.flush()
    if refused:
        raise typer.Exit(ExitCode.FAILED)


def _authorising(app: "App", client_id: str, seller_id: str) -> Callable[[AccountsPort], str]:
    return lambda tx: authorise(tx, app.clock(), app.ids, client_id, seller_id)


def _require_new(seen: dict[str, int], seller_id: str, line: int) -> None:
    """A second token would end the first, which is printed already."""
    if "\0" in seller_id:
        raise NotFound("There is no seller with a NUL character in its id.", "Save the file as UTF-8.")
    if seen.setdefault(seller_id, line) != line:
        raise Conflict(f"this seller came already, on line {seen[seller_id]}.", "The token of that line is the one.")


def _seller_ids(file: Path) -> Iterator[tuple[int, str]]:
    """Line and first cell of each row that has one; a head is passed over. Raises InvalidInput."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            for row in rows:
                cell = row[0].strip() if row else ""
                if cell and not (rows.line_num == 1 and cell.lower() in _HEADS):
                    yield rows.line_num, cell
    except OSError as error:
        raise InvalidInput(f"The file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The file {file} is not UTF-8.", f"Byte {error.start}: {error.reason}.") from error
    except csv.Error as error:
        raise InvalidInput(f"The file {file} is not CSV.", str(error)) from error
