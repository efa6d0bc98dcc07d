"""A page of getReports among ten million reports of a thousand sellers, beside one among ten thousand reports.

Each database has the same mix: ten report types, one report in a hundred FATAL, two a seller IN_QUEUE, one in five of a
second marketplace. The ten thousand are ten sellers' so that pages are as full as among the millions. What is timed is
the room's own work, token and rows and all, without HTTP, which would make the two more alike than they are. Sellers,
types and depths are random; small and large take turns.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from bench.databases import POSTGRES, SQLITE, database, opened
from bench.figures import Figure
from bench.rounds import medians, percentile
from daybook.kernel.clock import system_clock, to_micros
from daybook.reports.pages import Filters, first_page, next_page
from daybook.reports.reports import Report
from daybook.reports.status import Status
from daybook.store.schema import metadata, report
from daybook.store.store import Store

BAR = 1.5
ROWS, SMALL = 10_000_000, 10_000
SELLERS, SELLERS_OF_SMALL = 1000, 10
ROWS_ON_POSTGRES = 1_000_000
TYPES = tuple(f"GET_BENCH_{number}_DATA" for number in range(10))
USUAL, OTHER = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
DAYS = 80
KEY = b"a key of thirty-two bytes, for ."
TOKENS = 60
DEEPEST = 100
"""Pages."""
CHANCE = random.Random(1)  # noqa: S311  draws questions

Question = Callable[[], object]

# The n-th report of all is the k-th of its seller; the sellers' reports come in turns, as they do when they are asked.
_FILL = """
    INSERT INTO report (seller_id, report_id, report_type, status, outcome, marketplace_ids, options, data_start,
      data_end, created_at, started_at, finished_at, client_id, document_id, attempts)
    SELECT seller, report_id, type, status,
      CASE status WHEN 'DONE' THEN 'data' WHEN 'FATAL' THEN 'failed' END,
      marketplaces, '{{}}', at - 86400000000, at, at,
      CASE WHEN status <> 'IN_QUEUE' THEN at + 1000000 END, CASE WHEN status <> 'IN_QUEUE' THEN at + 60000000 END,
      'amzn1.application-oa2-client.bench',
      CASE WHEN status <> 'IN_QUEUE' THEN 'amzn1.spdoc.1.4.na.' || report_id END, 1
    FROM (SELECT 'SELLER' || (n % {sellers}) AS seller,
        (({first_at} + n * {step}) / 1000) || substr('' || (1000000000 + n), 2) AS report_id,
        'GET_BENCH_' || (k % 10) || '_DATA' AS type,
        CASE WHEN k >= {each} - 2 THEN 'IN_QUEUE' WHEN k / 10 % 100 = 7 THEN 'FATAL' ELSE 'DONE' END AS status,
        CASE WHEN k / 10 % 5 = 0 THEN ',{other},' ELSE ',{usual},' END AS marketplaces,
        {first_at} + n * {step} AS at
      FROM (SELECT n, n / {sellers} AS k FROM {numbers}) AS numbered) AS made"""
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE number(n) AS (SELECT {a} UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {b}) "
    "SELECT n FROM number) AS counted",
    "postgresql": "generate_series({a}::bigint, {b}::bigint - 1) AS n",
}
_AT_ONCE = 1_000_000


def run(quick: bool, rows: int | None = None) -> list[Figure]:
    """The large database's 95th of a hundred over the small one's."""
    large = {SQLITE: rows or ROWS, POSTGRES: min(rows or ROWS, ROWS_ON_POSTGRES)}
    if quick:
        large = dict.fromkeys(large, rows or 200_000)
    return [figure for kind in large for figure in _beside_small(kind, large[kind], 1 if quick else 9)]


def _beside_small(kind: str, rows: int, rounds: int) -> list[Figure]:
    asked = 20 if rounds == 1 else 400
    with ExitStack() as closing:
        small = closing.enter_context(filled(kind, SMALL, SELLERS_OF_SMALL))
        large = closing.enter_context(filled(kind, rows, min(SELLERS, rows // SMALL * SELLERS_OF_SMALL)))
        found = medians({"small": lambda: small.p95(asked), "large": lambda: large.p95(asked)}, rounds)
    ratio = found["large"] / found["small"]
    return [
        Figure(f"getReports on {kind}, p95 of {rows:,} rows over {SMALL:,}", ratio, "x", f"< {BAR}", ratio < BAR),
        Figure(f"getReports on {kind}, p95 with {rows:,} rows", found["large"] * 1000, "ms", "", None),
    ]


@contextmanager
def filled(kind: str, rows: int, sellers: int) -> Iterator["Book"]:
    """A database with so many reports."""
    with database(kind) as url, opened(url) as store:
        now = system_clock()
        _fill(store, rows, sellers, now)
        yield Book(store, sellers, rows // sellers // len(TYPES), now)


def _fill(store: Store, rows: int, sellers: int, now: datetime) -> None:
    """Indexes are made when the rows are there, which takes half the time."""
    first_at = to_micros(now - timedelta(days=DAYS))
    step = int(timedelta(days=DAYS) / timedelta(microseconds=1)) // rows
    values = {"sellers": sellers, "first_at": first_at, "step": step, "each": rows // sellers}
    marketplaces = {"usual": USUAL, "other": OTHER}
    later = sorted((index for index in report.indexes), key=lambda index: str(index.name))
    with store.transaction() as tx:
        for index in later:
            index.drop(tx.connection)
        seller = [{"seller_id": f"SELLER{n}", "name": "", "created_at": first_at} for n in range(sellers)]
        tx.connection.execute(metadata.tables["seller"].insert(), seller)
    for a in range(0, rows, _AT_ONCE):
        numbers = _NUMBERS[store.engine.dialect.name].format(a=a, b=min(a + _AT_ONCE, rows))
        with store.transaction() as tx:
            tx.driver.execute(_FILL.format(**values, **marketplaces, numbers=numbers))
    with store.transaction() as tx:
        for index in later:
            index.create(tx.connection)
        tx.connection.execute(sa.text("ANALYZE"))


class Book:
    """A filled database, and the questions that sellers ask of it."""

    def __init__(self, store: Store, sellers: int, of_a_type: int, now: datetime) -> None:
        self._store = store
        self._sellers = sellers
        self._of_a_type = of_a_type
        self._now = now
        self._tokens = [self._walk() for _ in range(TOKENS)]
        self._kinds = (self._one_type, self._ten_types, self._rare_status, self._waiting, self._marketplace, self._deep)

    def p95(self, asked: int) -> float:
        """Asks so many questions of all kinds; the seconds that 95 of 100 did not exceed."""
        questions = [ask() for _ in range(asked // len(self._kinds)) for ask in self._kinds]
        return percentile([_seconds(question) for question in questions], 0.95)

    def _one_type(self) -> Question:
        return self._first(CHANCE.sample(TYPES, 1))

    def _ten_types(self) -> Question:
        return self._first(TYPES)

    def _rare_status(self) -> Question:
        return self._first(TYPES, statuses=(Status.FATAL,))

    def _waiting(self) -> Question:
        return self._first(TYPES, statuses=(Status.IN_QUEUE, Status.IN_PROGRESS))

    def _marketplace(self) -> Question:
        return self._first(CHANCE.sample(TYPES, 1), marketplaces=(OTHER,))

    def _deep(self) -> Question:
        seller, token = CHANCE.choice(self._tokens)
        return lambda: self._next(seller, token)

    def _first(
        self, types: Sequence[str], statuses: tuple[Status, ...] = (), marketplaces: tuple[str, ...] = ()
    ) -> Question:
        seller = self._seller()
        filters = Filters(tuple(types), statuses, marketplaces, self._now - timedelta(days=90), self._now, 10)
        return lambda: self._store.read(lambda tx: first_page(tx, tx.now, KEY, seller, filters))

    def _next(self, seller: str, token: str) -> tuple[list[Report], str | None]:
        return self._store.read(lambda tx: next_page(tx, tx.now, KEY, seller, token))

    def _walk(self) -> tuple[str, str]:
        """A seller, and the token of a page far from its first one."""
        seller = self._seller()
        filters = Filters((CHANCE.choice(TYPES),), (), (), self._now - timedelta(days=90), self._now, 10)
        _, token = self._store.read(lambda tx: first_page(tx, tx.now, KEY, seller, filters))
        for _ in range(CHANCE.randrange(min(self._of_a_type // 10, DEEPEST) - 1)):
            assert token is not None
            _, token = self._next(seller, token)
        assert token is not None
        return seller, token

    def _seller(self) -> str:
        return f"SELLER{CHANCE.randrange(self._sellers)}"


def _seconds(question: Question) -> float:
    began = time.perf_counter()
    question()
    return time.perf_counter() - began
