"""A filtered page among ten million operations of one seller, beside the same page among ten thousand.

Both databases have ten batches with the same mix: one operation in fifty rejected, with one of five codes, one in a
hundred still queued, one in ten a change of quantity, each SKU once in every batch, times spread over each batch's day.
Every filter is asked alone, and with those that people put beside it. What is timed is the room's own work, without
HTTP. Attempts are not filled: a page finds them by their key, there or not.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.rounds import medians, percentile
from daybook.kernel.clock import system_clock, to_micros
from daybook.operations.pages import Filters, first_page, next_page
from daybook.operations.status import Shown, Status, statuses_shown
from daybook.store.schema import metadata
from daybook.store.schema_operations import operation
from daybook.store.store import Store

BAR = 1.5
ROWS, SMALL = 10_000_000, 10_000
BATCHES, PAGE = 10, 10
SELLER = "A1BENCH"
DAY = 86_400_000_000
KEY = b"a key of thirty-two bytes, for ."
DEEP = 20
"""Pages behind the first one."""
CHANCE = random.Random(1)  # noqa: S311  draws questions

Question = Callable[[], object]

_FILL_BATCH = """
    INSERT INTO batch (number, seller_id, batch_id, status, name, submitted_by, made_by, operations, queued_at,
      progress_at, served_at)
    VALUES ({number}, '{seller}', 'B{number:06d}', 'running', '', 'bench', 'submission', {each}, {at}, {at} + {day},
      {at} + {day})"""
# Nothing is drawn: what an operation is follows from its line, in steps that share no factor.
_FILL = """
    INSERT INTO operation (number, line, seller_id, marketplace_id, kind, reference, body, status, code, message,
      attempts, repeats, attempted_at, completed_at)
    SELECT {number}, n + 2, '{seller}', 'A1PA6795UKMFR9', CASE WHEN n % 10 = 3 THEN 'set_quantity' ELSE 'set_price' END,
      'SKU-' || substr('' || (100000000 + n), 2), '{{"price":"10.00","currency":"EUR"}}', status,
      CASE status WHEN 'rejected' THEN '9022' || (n / 50 % 5) END, CASE status WHEN 'rejected' THEN 'It is wrong.' END,
      CASE status WHEN 'queued' THEN 0 ELSE 1 END, 0,
      CASE WHEN status <> 'queued' THEN {at} + 1 + n * {step} END,
      CASE WHEN status <> 'queued' THEN {at} + 2 + n * {step} END
    FROM (SELECT n, CASE WHEN n % 50 = 7 THEN 'rejected' WHEN n % 100 = 11 THEN 'queued' ELSE 'success' END AS status
      FROM {numbers}) AS made"""
_COUNT = """
    INSERT INTO batch_count (number, kind, status, code, count)
    SELECT number, kind, status, coalesce(code, ''), count(*) FROM operation GROUP BY 1, 2, 3, 4"""
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {each}) "
    "SELECT n FROM number) AS counted",
    "postgresql": "generate_series(0::bigint, {each}::bigint - 1) AS n",
}


def run(quick: bool, rows: int | None = None) -> list[Figure]:
    """The large database's p95 over the small one's, of every filter."""
    large = rows or (100_000 if quick else ROWS)
    return [figure for kind in (SQLITE, POSTGRES) for figure in _beside_small(kind, large, 1 if quick else 5)]


def _beside_small(kind: str, rows: int, rounds: int) -> list[Figure]:
    asked = 5 if rounds == 1 else 40
    ratios: dict[str, float] = {}
    with ExitStack() as closing:
        small = closing.enter_context(filled(kind, SMALL))
        large = closing.enter_context(filled(kind, rows))
        slowest = 0.0
        for name in small.questions:
            sides = {"small": partial(small.p95, name, asked), "large": partial(large.p95, name, asked)}
            found = medians(sides, rounds)
            ratios[name] = found["large"] / found["small"]
            slowest = max(slowest, found["large"])
    return [*_figures(kind, rows, ratios), Figure(f"operations on {kind}, slowest p95", slowest * 1000, "ms", "", None)]


def _figures(kind: str, rows: int, ratios: Mapping[str, float]) -> list[Figure]:
    """Each filter that misses the bar, and the worst in any case."""
    told = sorted(ratios.items(), key=lambda one: -one[1])
    shown = [one for one in told if one[1] >= BAR] or told[:1]
    return [
        Figure(
            f"operations on {kind}, p95 of {rows:,} rows over {SMALL:,}, {name}", ratio, "x", f"< {BAR}", ratio < BAR
        )
        for name, ratio in shown
    ]


@contextmanager
def filled(kind: str, rows: int) -> Iterator["Book"]:
    """A database with so many operations."""
    with database(kind) as url, opened(url) as store:
        began = system_clock() - timedelta(days=BATCHES + 1)
        _fill(store, rows // BATCHES, to_micros(began))
        yield Book(store, rows // BATCHES, began)


def _fill(store: Store, each: int, began: int) -> None:
    """Indexes are made when the rows are there, which takes half the time."""
    later = sorted(operation.indexes, key=lambda index: str(index.name))
    numbers = _NUMBERS[store.engine.dialect.name].format(each=each)
    with store.transaction() as tx:
        for index in later:
            index.drop(tx.connection)
        tx.connection.execute(metadata.tables["seller"].insert().values(seller_id=SELLER, name="", created_at=0))
    for number in range(1, BATCHES + 1):
        values = {"number": number, "seller": SELLER, "each": each, "at": began + number * DAY, "day": DAY}
        with store.transaction() as tx:
            tx.driver.execute(_FILL_BATCH.format(**values))
            tx.driver.execute(_FILL.format(**values, step=DAY // 2 // each, numbers=numbers))
    with store.transaction() as tx:
        for index in later:
            index.create(tx.connection)
        tx.driver.execute(_COUNT)
        tx.connection.execute(sa.text("ANALYZE"))


class Book:
    """A filled database, and the questions that are asked of it, by name."""

    def __init__(self, store: Store, each: int, began: datetime) -> None:
        self._store = store
        self._each = each
        self._began = began
        self.questions: dict[str, Callable[[], Filters]] = {
            "all": Filters,
            "queued": lambda: Filters((Status.QUEUED,)),
            "rejected": lambda: Filters((Status.REJECTED,)),
            "failed": lambda: Filters(statuses_shown(Shown.ERROR)),
            "kind": lambda: Filters(kinds=("set_quantity",)),
            "kind, rejected": lambda: Filters((Status.REJECTED,), kinds=("set_quantity", "set_price")),
            "code": lambda: Filters(code=self._code()),
            "code, rejected": lambda: Filters((Status.REJECTED,), code=self._code()),
            "batch": lambda: Filters(batch_id=self._batch()),
            "batch, failed": lambda: Filters(statuses_shown(Shown.ERROR), self._batch()),
            "batch, kind": lambda: Filters(batch_id=self._batch(), kinds=("set_quantity",)),
            "batch, code": lambda: Filters(batch_id=self._batch(), code=self._code()),
            "SKU": lambda: Filters(reference=self._sku()),
            "SKU, rejected": lambda: Filters((Status.REJECTED,), reference=self._sku()),
            "SKU, batch": lambda: Filters(batch_id=self._batch(), reference=self._sku()),
            "queued at": lambda: Filters(queued=self._hours(24)),
            "queued at, rejected": lambda: Filters((Status.REJECTED,), queued=self._hours(24)),
            "last attempted": lambda: Filters(attempted=self._hours(1)),
            "last attempted, rejected": lambda: Filters((Status.REJECTED,), attempted=self._hours(1)),
            "completed at": lambda: Filters(completed=self._hours(1)),
            "completed at, failed": lambda: Filters(statuses_shown(Shown.ERROR), completed=self._hours(1)),
            "completed at, batch": lambda: Filters(batch_id=self._batch(), completed=self._hours(1)),
            "completed at, code": lambda: Filters(code=self._code(), completed=self._hours(4)),
            "completed at, kind": lambda: Filters(kinds=("set_quantity",), completed=self._hours(1)),
        }

    def p95(self, name: str, asked: int) -> float:
        """Asks so many questions of a name, one in four for a page far behind the first; seconds."""
        waiting = [self._asked(self.questions[name](), deep=number % 4 == 3) for number in range(asked)]
        return percentile([_seconds(question) for question in waiting], 0.95)

    def _asked(self, asked: Filters, *, deep: bool) -> Question:
        filters = replace(asked, page_size=PAGE)
        read = self._store.read
        if deep and (token := self._walked(filters)):
            return lambda: read(lambda tx: next_page(tx, KEY, SELLER, token))
        return lambda: read(lambda tx: first_page(tx, KEY, SELLER, filters))

    def _walked(self, filters: Filters) -> str | None:
        """The token of a page behind some others, where there is one."""
        _, token = self._store.read(lambda tx: first_page(tx, KEY, SELLER, filters))
        for _ in range(CHANCE.randrange(DEEP)):
            token = (token and self._behind(token)) or token
        return token

    def _behind(self, token: str) -> str | None:
        return self._store.read(lambda tx: next_page(tx, KEY, SELLER, token))[1]

    def _batch(self) -> str:
        return f"B{CHANCE.randrange(BATCHES) + 1:06d}"

    def _code(self) -> str:
        return f"9022{CHANCE.randrange(5)}"

    def _sku(self) -> str:
        """The beginning of a hundred SKUs, each of which is in all batches."""
        return f"SKU-{CHANCE.randrange(self._each):08d}"[:-2]

    def _hours(self, hours: int) -> tuple[datetime, datetime]:
        """So many hours of a day on which a batch was served."""
        begin = self._began + timedelta(days=CHANCE.randrange(BATCHES) + 1, hours=CHANCE.uniform(0, 8))
        return begin, begin + timedelta(hours=hours)


def _seconds(question: Question) -> float:
    began = time.perf_counter()
    question()
    return time.perf_counter() - began
