"""A file on its way to a batch, with a bar that follows its bytes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.opened import opened
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.hashed import Hashed
from daybook.operations.files.reading import Format, read_rows
from daybook.operations.submitting import Submission, Submitted, submit, try_out

if TYPE_CHECKING:
    from daybook.app import App

FOREVER = 10 * 365 * 86400.0


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, and what becomes of it."""

    file: Path
    kind: str
    marketplace_id: str
    format: Format | None
    encoding: str
    decimal: str
    key: str | None
    start: datetime | None
    dry_run: bool


def submit_file(call: Call, app: "App", reading: Reading, seller_id: str) -> Submitted:
    """Submits the file, or tries it out. Raises InvalidInput, Conflict, NotFound."""
    seller = app.store.read(lambda tx: find_seller(tx, seller_id))
    defaults = Defaults(reading.kind, reading.marketplace_id, reading.decimal)
    with opened(reading.file, call.screen, "Reading") as stream:
        hashed = Hashed(stream)
        name = reading.file.name
        rows = read_rows(hashed.stream(), name=name, format=reading.format, encoding=reading.encoding)
        drafts = drafts_of(rows, seller.marketplace_ids, defaults)
        submission = Submission(seller_id, name, "operator", reading.key, reading.start, digest=hashed.digest)
        if reading.dry_run:
            return try_out(app.store.do, submission, drafts)
        return submit(app.store.do, app.ids, submission, drafts)
