"""A large document fetched by the client, beside python-amazon-sp-api: to a file, to rows, and to Arrow batches.

    python -m bench.client_download --rows 1_250_000

The server stands on a core of its own and sends a gzip file from loopback. Each way runs in a process of its own, from
getReportDocument to the last row; the ways take turns, and the median of the rounds' ratios counts.
"""

import argparse
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from bench.figures import Figure
from bench.processes import ROOT, talker

ROWS, QUICK_ROWS = 1_250_000, 30_000
ROUNDS, FILE_ROUNDS = 3, 4
"""To a file it takes moments, so that whatever else the machine does tells more: it has so many rounds besides."""
FILE_BAR, ROWS_BAR, ARROW_BAR = 1.5, 1.5, 4.0
FILE_MEMORY_BAR, ROWS_MEMORY_BAR = 60.0, 100.0
_COLUMNS = [
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "image-url",
    "item-is-marketplace",
    "product-id-type",
    "zshop-shipping-fee",
    "item-note",
    "item-condition",
    "zshop-category1",
    "asin1",
    "asin2",
    "asin3",
    "will-ship-internationally",
    "expedited-shipping",
    "product-id",
    "bid-for-featured-placement",
    "add-delete",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
]
_WORDS = [
    "solid",
    "cotton",
    "steel",
    "wireless",
    "kitchen",
    "blue",
    "travel",
    "sofa",
    "garden",
    "ceramic",
    "lamp",
    "wooden",
    "shoes",
    "jacket",
]
_AT_ONCE = 5_000


def run(quick: bool = False, rows: int | None = None) -> list[Figure]:
    """Ratios of seconds, and the client's peak memory in MB."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as name:
        folder = Path(name)
        size, packed = write(folder / "document.gz", rows)
        with talker(0, "bench.client_server", str(folder / "document.gz")) as server:
            url = f"http://127.0.0.1:{server.told()[0]}"
            turns = [list(WAYS)] if quick else [list(WAYS)] * ROUNDS + [FILE_WAYS] * FILE_ROUNDS
            rounds = [{way: _measured(way, url, folder) for way in ways} for ways in turns]
    seconds = {way: [found[way]["seconds"] for found in rounds if way in found] for way in WAYS}
    memory = {way: max(found[way]["memory"] for found in rounds if way in found) for way in WAYS}
    named = f"document of {size / 1e6:,.0f} MB ({packed / 1e6:,.0f} MB as gzip)"
    return [
        _ratio(
            f"{named} to a file, python-amazon-sp-api's streaming beside it", seconds, "their file", "file", FILE_BAR
        ),
        _memory(f"{named} to a file, peak memory", memory["file"], FILE_MEMORY_BAR),
        _ratio(f"{named} to rows, its text through csv.DictReader beside it", seconds, "their rows", "rows", ROWS_BAR),
        _memory(f"{named} to rows, peak memory", memory["rows"], ROWS_MEMORY_BAR),
        _ratio(f"{named} to Arrow batches, the same beside it", seconds, "their rows", "batches", ARROW_BAR),
        Figure(f"{named} to Arrow batches, peak memory", memory["batches"], "MB", "", None),
        Figure(f"{named} to a file", size / 1e6 / median(seconds["file"]), "MB/s", "", None),
        Figure(f"{named} to rows, python-amazon-sp-api's peak memory", memory["their rows"], "MB", "", None),
    ]


def _ratio(name: str, seconds: dict[str, list[float]], theirs: str, ours: str, bar: float) -> Figure:
    ratio = median(beside / own for beside, own in zip(seconds[theirs], seconds[ours], strict=True))
    return Figure(name, ratio, "x", f">= {bar:g}", ratio >= bar)


def _memory(name: str, peak: float, bar: float) -> Figure:
    return Figure(name, peak, "MB", f"< {bar:g}", peak < bar)


def write(path: Path, rows: int) -> tuple[int, int]:
    """A listing report of so many rows, as gzip; how long its text is, and the file."""
    from isal import isal_zlib  # noqa: PLC0415  no part of what a way is measured with

    chance, size = random.Random(20261121), 0  # noqa: S311  the same document each time
    phrases = [[_phrase(chance, length) for _ in range(4096)] for length in (8, 24)]
    deflate = isal_zlib.compressobj(2, isal_zlib.DEFLATED, 31)
    with path.open("wb") as file:
        for first in range(0, rows, _AT_ONCE):
            lines = [_line(chance, phrases, number) for number in range(first, min(rows, first + _AT_ONCE))]
            text = "\n".join([*(["\t".join(_COLUMNS)] if not first else []), *lines, ""]).encode()
            size += len(text)
            file.write(deflate.compress(text))
        file.write(deflate.flush())
    return size, path.stat().st_size


def _phrase(chance: random.Random, length: int) -> str:
    return " ".join(chance.choices(_WORDS, k=length))


def _line(chance: random.Random, phrases: list[list[str]], number: int) -> str:
    names, descriptions = phrases
    noise = chance.getrandbits(64)
    return (
        f"{names[noise % 4096]}\t{descriptions[noise >> 12 & 4095]}\tL{number:010d}\tSKU-{noise:020d}\t"
        f"{noise % 99_999 / 100}\t{noise >> 20 & 511}\t2026-0{noise % 9 + 1}-1{noise % 10} 11:2{noise % 7}:00 PDT\t"
        f"https://images.example/{noise % 10**9}.jpg\ty\t1\t\t\t11\t\tB{noise % 10**9:09d}\t\t\tn\t\tB{number:09d}"
        f"\t\t\t{noise % 10}\tDEFAULT\tMigrated Template\tActive"
    )


def _measured(way: str, url: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.client_download", "--way", way, "--url", url, "--folder", str(folder)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _client(url: str) -> Any:
    from daybook import client  # noqa: PLC0415  only what a way needs is in its process's memory

    return client.ReportsClient.at(client.daybook(url), "client", "secret", "Atzr|1")


def to_file(url: str, folder: Path) -> Callable[[], object]:
    """The client, to a file."""
    client = _client(url)
    return lambda: client.save("doc-1", folder / "ours.tsv")


def to_rows(url: str, folder: Path) -> Callable[[], object]:
    """The client, to rows."""
    client = _client(url)
    return lambda: _count(client.rows("doc-1"))


def to_batches(url: str, folder: Path) -> Callable[[], object]:
    """The client, to Arrow batches."""
    client = _client(url)
    return lambda: sum(batch.num_rows for batch in client.batches("doc-1"))


def _theirs(url: str) -> Any:
    from sp_api.api import Reports  # noqa: PLC0415
    from sp_api.auth import AccessTokenClient  # noqa: PLC0415

    tokens = type("Tokens", (AccessTokenClient,), {"scheme": "http://", "host": url.removeprefix("http://")})
    return Reports(
        SimpleNamespace(endpoint=url, marketplace_id="ATVPDKIKX0DER", region="us-east-1"),
        refresh_token="Atzr|1",
        credentials={"lwa_app_id": "client", "lwa_client_secret": "secret"},
        auth_token_client_class=tokens,
    )


def their_file(url: str, folder: Path) -> Callable[[], object]:
    """python-amazon-sp-api, streaming to a file."""
    reports = _theirs(url)
    return lambda: reports.get_report_document("doc-1", download=True, file=str(folder / "theirs.tsv"), stream=True)


def their_rows(url: str, folder: Path) -> Callable[[], object]:
    """python-amazon-sp-api, its document through csv.DictReader."""
    reports = _theirs(url)

    def read() -> int:
        text = reports.get_report_document("doc-1", download=True).payload["document"]
        return _count(csv.DictReader(io.StringIO(text), delimiter="\t"))

    return read


def _count(rows: Any) -> int:
    """Takes each row, and keeps none."""
    number = 0
    for _ in rows:
        number += 1
    return number


WAYS: dict[str, Callable[[str, Path], Callable[[], object]]] = {
    "file": to_file,
    "their file": their_file,
    "rows": to_rows,
    "their rows": their_rows,
    "batches": to_batches,
}
FILE_WAYS = ["file", "their file"]


def _measure(way: str, url: str, folder: Path) -> None:
    """Runs one way in this process, and prints its seconds and the process's peak memory in MB."""
    work = WAYS[way](url, folder)
    for old in folder.glob("*.tsv"):
        old.unlink()  # to give back its space is no part of a download
    began, busy = time.perf_counter(), time.process_time()
    work()
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = _peak_memory()
    print(json.dumps({"seconds": seconds, "memory": peak, "busy": busy}))


def _peak_memory() -> float:
    """MB. What getrusage tells begins with the memory of the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _main() -> None:
    arguments = argparse.ArgumentParser(description="Measures downloads beside python-amazon-sp-api.")
    arguments.add_argument("--rows", type=int, default=ROWS)
    arguments.add_argument("--way", choices=WAYS, help="run one way alone, against a server that runs")
    arguments.add_argument("--url")
    arguments.add_argument("--folder", type=Path)
    asked = arguments.parse_args()
    if asked.way:
        _measure(asked.way, asked.url, asked.folder)
        return
    for figure in run(rows=asked.rows):
        print(f"{figure.name}: {figure.value:,.2f} {figure.unit} {figure.bar}".rstrip())


if __name__ == "__main__":
    _main()
