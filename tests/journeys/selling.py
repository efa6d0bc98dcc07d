"""A seller's listings, submitted as a batch and sent over HTTP to a sandbox; Daybook and sandbox have one clock.

What Daybook says of each operation is judged by the sandbox's own record of what it was asked and what it answered.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx2

from daybook.accounts.marketplaces import country
from daybook.client.surroundings import Surroundings
from daybook.contract.listings import Issue
from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.operations import report
from daybook.operations.batches import Attempt, Batch, Operation
from daybook.operations.status import Status
from daybook.operations.zones import zone_named
from daybook.sandbox.record import Line
from daybook.store.store import Store
from tests.operations.driving import BEGIN, SELLER, Book
from tests.operations.stub import Stub
from tests.sandbox.served import Sandbox, sandbox

PRODUCTS = Path(__file__).parents[2].with_name("shared") / "data" / "products.csv"
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Product:
    """A product; its price and its quantity follow from its id."""

    sku: str
    name: str

    @property
    def price(self) -> str:
        """In euros: its first four digits, in cents and one more."""
        return f"{(int(self.sku[:4], 16) + 1) / 100:.2f}"

    @property
    def quantity(self) -> int:
        """Its next two digits."""
        return int(self.sku[4:6], 16)


def real_products(most: int) -> list[Product]:
    """The first so many of those that stand beside the checkout."""
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:most]
    return [Product(row["id"], row["name"][:LONGEST_NAME].strip() or "Nameless") for row in rows]


def made_up_products(count: int) -> list[Product]:
    """Some that nobody sells."""
    skus = (f"{number * 7919 % 65536:04x}{number % 256:02x}{number:06x}" for number in range(count))
    return [Product(sku, f"Lamp {sku}") for sku in skus]


def listings(products: Sequence[Product]) -> str:
    """The file that a seller would submit: a line for each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["sku", "product_type", "attributes", "price", "quantity"])
    for one in products:
        attributes = json.dumps({"item_name": [{"value": one.name, "language_tag": "de_DE"}]})
        writer.writerow([one.sku, "HOME", attributes, one.price, one.quantity])
    return out.getvalue()


class Selling:
    """A book of operations whose marketplace is a sandbox."""

    def __init__(self, book: Book, served: Sandbox) -> None:
        self.book = book
        self.sandbox = served

    def sold(self, text: str, kind: str = "put_listing") -> Batch:
        """Submits the file as a batch, and lets time pass until it has ended."""
        batch = self.book.submit(text, kind=kind).batch
        assert batch is not None
        self.book.run(most=1_000_000)
        assert self.book.progress(batch).unfinished == 0
        return batch

    def judged(self, batch: Batch) -> "Judgement":
        """Where Daybook and the sandbox differ, and how much there was of what."""
        return judged(self.book.store, batch, self.book.operations(batch), self.sandbox.lines())


def judged(
    store: Store, batch: Batch, operations: Sequence[Operation], record: Iterable[Line], *, struck: bool = False
) -> "Judgement":
    """The batch beside the sandbox's record. `struck`: workers died, so that answers were lost on their way."""
    lines: dict[str, list[Line]] = {}
    for line in record:
        if line.operation not in ("getListingsItem", "token"):
            lines.setdefault(line.key, []).append(line)
    with store.reading() as tx:
        attempts = {one.line: tx.attempts_of(batch.number, one.line) for one in operations}
    rows = _report(store, batch)
    differences = [] if list(rows) == [one.line for one in operations] else ["the report has other lines"]
    for one in operations:
        seen = lines.pop(f"{batch.batch_id}-{one.line}", [])
        if not seen:
            differences.append(f"line {one.line} never arrived")
            continue
        told = differing(one, attempts[one.line], seen, struck=struck)
        differences += [f"line {one.line}: {each}" for each in told]
        heard = {each.request_id for each in attempts[one.line]}
        differences += [f"line {one.line}: {each}" for each in differing_row(rows[one.line], batch, one, seen, heard)]
    differences += [f"{key} is no operation's" for key in lines]
    return Judgement(differences, Counter(one.status for one in operations), _met(attempts))


def _report(store: Store, batch: Batch) -> dict[int, dict[str, str]]:
    """The operation report, as it is written to a file, by line; its times are in UTC."""

    def read(after: int) -> Sequence[report.Cells]:
        return store.read(lambda tx: tx.report_lines(batch, after, report.SLICE, ()))

    text = b"".join(report.pieces(batch, read, report.ReportFormat.CSV, zone_named("utc"))).decode()
    return {int(row["Line"]): row for row in csv.DictReader(io.StringIO(text))}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where the two differ; how many operations ended how; and how many attempts came to what."""

    differences: Sequence[str]
    statuses: Counter[Status]
    outcomes: Counter[str]


def _met(attempts: Mapping[int, Sequence[Attempt]]) -> Counter[str]:
    return Counter(each.outcome for one in attempts.values() for each in one)


def differing(
    operation: Operation, attempts: Sequence[Attempt], lines: Sequence[Line], *, struck: bool = False
) -> Iterator[str]:
    """What does not agree between an operation and the sandbox's lines about it.

    An answer that nobody heard is an attempt that is uncertain. Unless a worker was `struck`, it was not sent whole.
    """
    heard = [each for each in attempts if each.request_id]
    ids = {each.request_id for each in heard}
    asked = [line for line in lines if line.sent == "whole" and (line.request_id in ids or not struck)]
    if [(each.request_id, each.http_status) for each in heard] != [(one.request_id, one.status) for one in asked]:
        yield f"the attempts are {heard}, and the sandbox answered {asked}"
    unheard = sum(each.outcome == "uncertain" and not each.request_id for each in attempts)
    if len(lines) > operation.attempts or len(lines) - len(asked) > unheard:
        yield f"it has {operation.attempts} attempts, {unheard} without an answer, and the sandbox saw {len(lines)}"
    if any(line.sku != operation.reference for line in lines):
        yield "the sandbox saw another item"
    times = [(each.attempted_at, each.answered_at) for each in heard]
    if not all(begun <= line.at <= ended for (begun, ended), line in zip(times, asked, strict=False)):
        yield f"the attempts were {times}, and the sandbox saw {[line.at for line in asked]}"
    yield from _differing_end(operation, lines)


def _differing_end(operation: Operation, lines: Sequence[Line]) -> Iterator[str]:
    """A success was done once and no more, a rejection never; each has the code that the sandbox told."""
    acted = [line for line in lines if line.acted]
    late = [line.late.code for line in acted if isinstance(line.late, Issue) and line.late.severity == "ERROR"]
    refused = _refused(lines)
    if operation.status is Status.SUCCESS and (len(acted) != 1 or refused or operation.code or operation.message):
        yield f"it is a success with {operation.code}, done {len(acted)} times, refused with {refused}"
    elif operation.status is Status.REJECTED and (len(acted) != len(late) or operation.code not in refused):
        yield f"it is rejected with {operation.code}, done {len(acted)} times, refused with {refused}"
    elif operation.status not in (Status.SUCCESS, Status.REJECTED):
        yield f"it is {operation.status}"
    if operation.completed_at is None or operation.completed_at < lines[-1].at:
        yield f"it was completed at {operation.completed_at}"


def _refused(lines: Sequence[Line]) -> list[str]:
    """The codes that the sandbox refused it with, at once or later."""
    told = [issue["code"] for line in lines[-1:] if line.status == 200 for issue in _answer(line)["issues"]]
    late = [line.late for line in lines if isinstance(line.late, Issue)]
    return told + [issue.code for issue in late if issue.severity == "ERROR"]


def differing_row(
    row: Mapping[str, str], batch: Batch, operation: Operation, lines: Sequence[Line], heard: Collection[str]
) -> Iterator[str]:
    """What does not agree between a line of the operation report and the sandbox's lines about it.

    `heard` are the request ids of the answers that arrived.
    """
    refused, last = _refused(lines), lines[-1]
    expected = {
        "Batch ID": batch.batch_id,
        "Reference": last.sku,
        "Operation": operation.kind,
        "Operation Status": "Error" if refused else "Success",
        "Seller": last.seller_id,
        "Marketplace": country(last.marketplace_id or operation.marketplace_id),
        "Attempts": str(operation.attempts),
        "Request ID": last.request_id if last.request_id in heard else "",
    }
    told = {name: row[name] for name in expected}
    if told != expected:
        yield f"the report says {told}, and the sandbox {expected}"
    if row["Last Error"].partition(":")[0] not in (refused or [""]):
        yield f"its last error is {row['Last Error']}, and the sandbox refused it with {refused}"
    if not row["Queued At (UTC)"] <= row["Last Attempted (UTC)"] <= row["Completed At (UTC)"]:
        yield f"its times are {row}"


def _answer(line: Line) -> Any:
    return json.loads(bytes(cast("bytes", line.answer)))


class _Line(httpx2.HTTPTransport):
    """The network: real, while the other end is there."""

    def __init__(self, is_there: Callable[[], bool]) -> None:
        super().__init__()
        self._is_there = is_there

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._is_there():
            raise httpx2.ConnectError("Connection refused.", request=request)
        return super().handle_request(request)


@contextmanager
def selling(
    folder: Path,
    url: str,
    scenario: str = "",
    *,
    times: float = 1000.0,
    expected_times: float = 0.0,
    away: timedelta = timedelta(0),
    **options: Any,
) -> Iterator[Selling]:
    """A book on a SQLite file, whose clock can be the test's own, and a sandbox.

    It has that many times Amazon's usage plans; Daybook believes that there are `expected_times`, if that is given. For
    as long as it is `away`, nobody is there: no connection comes about.
    """
    book = Book(url, Stub())
    try:
        with sandbox(folder, scenario, clock=lambda: book.now, usage_plan_times=times) as served:
            settings = AmazonSettings(
                endpoint=served.url,
                client_id="daybook",
                client_secret="s",
                refresh_tokens={SELLER: f"Atzr|{SELLER}"},
                usage_plan_times=expected_times or times,
                **options,
            )
            wire = _Line(lambda: book.now >= BEGIN + away)
            with closing(AmazonMarketplace(settings, Surroundings(clock=lambda: book.now), wire)) as adapter:
                book.stub = cast("Stub", adapter)
                yield Selling(book, served)
    finally:
        book.store.close()
