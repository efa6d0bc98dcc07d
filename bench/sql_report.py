"""A report written as SQL over a large CSV file, beside DuckDB's own COPY of the same query.

    python -m bench.sql_report --rows 2_000_000

Each way runs in a process of its own, with the same memory limit and as many threads. Daybook checks and shuts its
connection first, streams the lines through Python, and packs them with igzip; DuckDB writes and packs by itself.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb

from bench.figures import Figure
from daybook.documents.objects import Objects
from daybook.documents.writing import DocumentWriter
from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.report_types.sql.sources import Source
from daybook.report_types.sql.types import SqlTypes
from daybook.reports.reports import Report
from daybook.reports.status import Status

ROOT = Path(__file__).parents[1]
TYPE = "GET_BENCH"
ROWS, QUICK_ROWS = 2_000_000, 50_000
ROUNDS = 3
THREADS = 2
SELECT = "SELECT id, upper(name) AS name, category, price, changed FROM products WHERE price > 1"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

_FILL = """
    COPY (SELECT md5(range::VARCHAR) AS id, 'Name of product ' || hash(range) AS name,
        'Kitchen >> Tableware, "fine" >> ' || range % 977 AS category, (range % 9000)::DECIMAL(9, 2) / 7 AS price,
        TIMESTAMP '2026-01-01' + to_seconds(range) AS changed
        FROM range({rows})) TO '{path}'"""


def run(quick: bool = False, rows: int | None = None) -> list[Figure]:
    """The seconds of DuckDB's ways for each of Daybook's, and Daybook's peak memory."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as name:
        folder = Path(name)
        duckdb.connect().execute(_FILL.format(rows=rows, path=folder / "products.csv"))
        rounds = [{way: _measured(way, folder) for way in WAYS} for _ in range(ROUNDS)]
    seconds = {way: median(found[way]["seconds"] for found in rounds) for way in WAYS}
    memory = max(found["daybook"]["memory"] for found in rounds)
    named = f"SQL report of {rows:,} rows as CSV"
    return [
        Figure(f"{named}, DuckDB's COPY to gzip beside it", seconds["gzip"] / seconds["daybook"], "x", "", None),
        Figure(f"{named}, DuckDB's plain COPY beside it", seconds["plain"] / seconds["daybook"], "x", "", None),
        Figure(f"{named}, peak memory of its process", memory, "MB", "", None),
        Figure(f"{named}, rows a second", rows / seconds["daybook"], "/s", "", None),
    ]


def _measured(way: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.sql_report", "--way", way, "--folder", str(folder)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def daybook(folder: Path) -> None:
    """As a worker's child process makes it, from the file's text to the packed document."""
    types = folder / "types"
    types.mkdir(exist_ok=True)
    (types / "bench.sql").write_text(f"-- report type: {TYPE}\n-- format: CSV\n\n{SELECT}\n", "utf-8")
    sources = {"products": Source("csv", str(folder / "products.csv"))}
    reports = SqlTypes(types, SqlSettings(types, sources, Limits(), folder / "work"), taken=())
    report = Report("SELLER", "1", TYPE, Status.IN_PROGRESS, ("ATVPDKIKX0DER",), {}, NOW, NOW, NOW)
    objects = Objects.open((folder / "documents").as_uri())
    with DocumentWriter(objects, "daybook/bench/1") as writer:
        for piece in reports[TYPE].produce(None, report):
            writer.write(piece)


def _copy(folder: Path, name: str, options: str) -> None:
    connection = duckdb.connect(config={"memory_limit": f"{Limits().memory_mb}MB", "threads": THREADS})
    connection.execute(f"CREATE VIEW products AS FROM read_csv('{folder / 'products.csv'}')")
    connection.execute(f"COPY ({SELECT}) TO '{folder / name}' (FORMAT csv{options})")


WAYS: dict[str, Callable[[Path], None]] = {
    "daybook": daybook,
    "gzip": lambda folder: _copy(folder, "copy.csv.gz", ", COMPRESSION gzip"),
    "plain": lambda folder: _copy(folder, "copy.csv", ""),
}


def _measure(way: str, folder: Path) -> None:
    """Runs one way in this process, and prints its seconds and the process's peak memory in MB."""
    began = time.perf_counter()
    WAYS[way](folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": peak}))


def _main() -> None:
    arguments = argparse.ArgumentParser(description="Measures a SQL report beside DuckDB.")
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
