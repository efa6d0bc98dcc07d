"""A listing report of a large catalog, beside DuckDB's COPY to a gzip file that reads the same SQLite file.

    python -m bench.listing_report --rows 10_000_000

Each runs in a process of its own, after the catalog's file has been read once. DuckDB selects the same columns in the
same order of rows, and may use every core; Daybook's producer uses one.
"""

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from statistics import median

from bench.figures import Figure
from daybook.documents.objects import Objects
from daybook.report_types.producers import producers
from daybook.reports.reports import Report
from daybook.reports.status import Status
from daybook.store.opening import migrate, open_store
from daybook.worker.making import make_document

ROOT = Path(__file__).parents[1]
TYPE = "GET_MERCHANT_LISTINGS_ALL_DATA"
SELLER, MARKETPLACE = "SELLER", "ATVPDKIKX0DER"
ROWS, QUICK_ROWS = 1_000_000, 20_000
ROUNDS = 3
RATIO_BAR, MEMORY_BAR = 2.0, 300.0
NOW = datetime(2026, 11, 21, tzinfo=UTC)
_AT_ONCE = 1_000_000
_PHRASES = 4096  # so many that none comes again within what gzip remembers
_WORDS = (
    "solid cotton double cycling shorts leather stainless steel bottle wireless charger kitchen knife blue large pack "
    "travel bag sofa bed fabric home decor garden ceramic vase lamp wooden table running shoes winter jacket"
)

_FILL = f"""
    INSERT INTO item (seller_id, marketplace_id, sku, name, description, price, currency, quantity, listing_id,
      product_id, product_id_type, asin, condition, image_url, fulfilment_channel, shipping_group, brand, category,
      status, opened_at, updated_at)
    WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :end)
    SELECT '{SELLER}', '{MARKETPLACE}', format('SKU-%09d', n), name, description,
      format('%d.%02d', n % 90 + 1, n % 100), 'USD', n % 500, format('L%09d', n),
      format('B%09d', n), '1', format('B%09d', n), '11',
      format('https://images.example/%d.jpg', n), 'DEFAULT', 'Standard', 'Brand', 'home > garden',
      CASE WHEN n % 10 THEN 'Active' ELSE 'Inactive' END, 1700000000000000 + n * 1000003, 1700000000000000
    FROM number JOIN phrase ON phrase.id = n * 2654435761 % {_PHRASES}"""

_SELECT = f"""
    SELECT name, description, listing_id, sku, price, quantity,
      strftime(make_timestamp(opened_at), '%Y-%m-%d %H:%M:%S UTC'), image_url, 'y', product_id_type, '', '', condition,
      '', '', '', asin, '', '', '', '', '', product_id, '', '', '', fulfilment_channel, shipping_group, status
    FROM catalog.item WHERE seller_id = '{SELLER}' AND marketplace_id = '{MARKETPLACE}'"""


def run(quick: bool = False, rows: int | None = None) -> list[Figure]:
    """DuckDB's seconds for each of Daybook's, and Daybook's peak memory."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as name:
        folder = Path(name)
        fill(folder / "daybook.sqlite", rows)
        rounds = [{way: _measured(way, folder) for way in WAYS} for _ in range(ROUNDS if rows <= ROWS else 1)]
    seconds = {way: median(found[way]["seconds"] for found in rounds) for way in WAYS}
    memory = max(found["daybook"]["memory"] for found in rounds)
    ratio, plain = seconds["duckdb"] / seconds["daybook"], seconds["duckdb-igzip"] / seconds["daybook"]
    rows_named = f"listing report of {rows:,} rows"
    return [
        Figure(f"{rows_named}, DuckDB's COPY to gzip beside it", ratio, "x", f">= {RATIO_BAR:g}", ratio >= RATIO_BAR),
        Figure(f"{rows_named}, peak memory", memory, "MB", f"< {MEMORY_BAR:g}", memory < MEMORY_BAR),
        Figure(f"{rows_named}, DuckDB's plain COPY and igzip after it", plain, "x", "", None),
        Figure(f"{rows_named}, rows a second", rows / seconds["daybook"], "/s", "", None),
    ]


def fill(path: Path, rows: int) -> None:
    """A migrated database with a catalog of so many items, the same each time."""
    store = open_store(f"sqlite:///{path}")
    migrate(store)
    store.close()
    chance, words = random.Random(20261121), _WORDS.split()  # noqa: S311  the same catalog each time
    phrases = [(n, _phrase(chance, words, 8), _phrase(chance, words, 24)) for n in range(_PHRASES)]
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TEMP TABLE phrase (id INTEGER PRIMARY KEY, name TEXT, description TEXT)")
    database.executemany("INSERT INTO phrase VALUES (?, ?, ?)", phrases)
    database.execute(f"INSERT INTO seller VALUES ('{SELLER}', 'Seller', 0)")
    for first in range(0, rows, _AT_ONCE):
        database.execute(_FILL, {"first": first, "end": min(rows, first + _AT_ONCE)})
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _phrase(chance: random.Random, words: list[str], length: int) -> str:
    return " ".join(chance.choices(words, k=length))


def _measured(way: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.listing_report", "--way", way, "--folder", str(folder)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def daybook(folder: Path) -> None:
    """As a worker's child process makes it."""
    store = open_store(f"sqlite:///{folder / 'daybook.sqlite'}")
    objects = Objects.open((folder / "documents").as_uri())
    report = Report(SELLER, "1", TYPE, Status.IN_PROGRESS, (MARKETPLACE,), {}, NOW, NOW, NOW)
    if make_document(store, objects, producers()[TYPE], report, "daybook/bench/1") is None:
        raise RuntimeError("The report is empty.")
    store.close()


def copy_gzip(folder: Path) -> None:
    """DuckDB writes the gzip file itself."""
    _copy(folder, folder / "duckdb.tsv.gz", "gzip")


def copy_then_igzip(folder: Path) -> None:
    """DuckDB writes a plain file, which igzip packs with the level that Daybook has."""
    from isal import isal_zlib  # noqa: PLC0415  only what a way needs is in its process's memory

    plain = folder / "duckdb.tsv"
    _copy(folder, plain, "none")
    deflate = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
    with plain.open("rb") as source, (folder / "igzip.tsv.gz").open("wb") as packed:
        while block := source.read(1024 * 1024):
            packed.write(deflate.compress(block))
        packed.write(deflate.flush())


def _copy(folder: Path, target: Path, compression: str) -> None:
    """The extension comes from a wheel; nothing is downloaded."""
    import duckdb  # noqa: PLC0415

    package = files("duckdb_extension_sqlite_scanner")
    extension = package / "extensions" / f"v{duckdb.__version__}" / "sqlite_scanner.duckdb_extension"
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{folder / 'daybook.sqlite'}' AS catalog (TYPE sqlite, READ_ONLY)")
    connection.execute(f"COPY ({_SELECT}) TO '{target}' (FORMAT csv, DELIMITER '\t', COMPRESSION {compression})")


WAYS: dict[str, Callable[[Path], None]] = {"daybook": daybook, "duckdb": copy_gzip, "duckdb-igzip": copy_then_igzip}


def _measure(way: str, folder: Path) -> None:
    """Runs one way in this process, and prints its seconds and the process's peak memory in MB."""
    with (folder / "daybook.sqlite").open("rb") as file:
        while file.read(1024 * 1024):
            pass  # into the machine's cache, so that the first way is not the slowest
    began = time.perf_counter()
    WAYS[way](folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": peak}))


def _main() -> None:
    arguments = argparse.ArgumentParser(description="Measures a listing report beside DuckDB.")
    arguments.add_argument("--rows", type=int, default=ROWS)
    arguments.add_argument("--way", choices=WAYS, help="run one way alone, on the folder of a measurement")
    arguments.add_argument("--folder", type=Path)
    asked = arguments.parse_args()
    if asked.way:
        _measure(asked.way, asked.folder)
        return
    for figure in run(rows=asked.rows):
        print(f"{figure.name}: {figure.value:,.2f} {figure.unit} {figure.bar}".rstrip())


if __name__ == "__main__":
    _main()
