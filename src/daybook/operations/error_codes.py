"""The error-code catalogue: every code that can stand in a record's Last Error, and what to do about it.

The facts stand in error_codes.csv: Daybook's own codes, those of HTTP answers and tokens, and the marketplace's issue
codes. Amazon publishes no list of the last, so each says how well it is `known`. What Daybook's own mean stands with
them, in codes.py.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from daybook.kernel.errors import TOLD, NotFound
from daybook.operations.codes import SENTENCES, Code
from daybook.shapes import convert

_FILE = "error_codes.csv"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A code, and what it means to whoever reads it.

    `source` is who says it: Daybook, an HTTP answer of the marketplace or its token endpoint, or Amazon in an issue;
    `told` is when. `fixer` is who can do something about it. `retry` says whether the same record, sent again as it is,
    may succeed. `known` is how the meaning is known: documented, observed by users, or a guess.
    """

    code: str
    source: Literal["daybook", "http", "amazon"]
    told: Literal["at once", "later", "in a feed's report"]
    meaning: str
    fixer: Literal["daybook", "seller", "marketplace", "integrator"]
    retry: Literal["yes", "no"]
    advice: str
    known: Literal["documented", "observed", "guess"]


@lru_cache(maxsize=1)
def error_codes() -> dict[str, ErrorCode]:
    """Every code, in the catalogue's order."""
    lines = files("daybook.operations").joinpath(_FILE).read_text("utf-8").splitlines()
    rows = [{**row, "meaning": row["meaning"] or SENTENCES[Code(row["code"])]} for row in csv.DictReader(lines)]
    entries = convert(rows, list[ErrorCode])
    return {entry.code: entry for entry in entries}


def find_code(code: str) -> ErrorCode:
    """The code's entry, whatever its case. Raises NotFound with codes that come near."""
    codes = {known.lower(): entry for known, entry in error_codes().items()}
    found = codes.get(code.lower())
    if found is None:
        near = [codes[one].code for one in get_close_matches(code.lower(), codes, n=3)]
        hint = f"Perhaps {', '.join(near)} is meant." if near else "`daybook errors` lists all; words search them."
        raise NotFound(f"No error code {code[:TOLD]!r} is known.", hint)
    return found


def search_codes(words: Iterable[str]) -> list[ErrorCode]:
    """The entries that hold each of the words, in any case; all of them where there are no words."""
    wanted = [word.lower() for word in words]
    return [entry for entry in error_codes().values() if all(word in _text(entry) for word in wanted)]


def _text(entry: ErrorCode) -> str:
    parts = (entry.code, entry.source, entry.told, entry.meaning, entry.fixer, entry.advice)
    return " ".join(parts).lower()
