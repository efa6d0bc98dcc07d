"""The part of docs/clients.md that tells what each program came to, as a run has it."""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from tests.clients.practice import Practice
from tests.clients.situations import SITUATIONS, Situation, come_to
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "clients.md"
COLUMNS = {
    "python-amazon-sp-api": f"python-amazon-sp-api {version('python-amazon-sp-api')}",
    "amzn-sp-api": f"amzn-sp-api {version('amzn-sp-api')}",
    "blocking": "daybook.client",
}

_PART = re.compile(r"(?<=<!-- run: situations -->\n).*?(?=<!-- end -->)", re.DOTALL)


def head() -> str:
    """The table's first lines."""
    return f"| situation | {' | '.join(COLUMNS.values())} |\n|---|{'---|' * len(COLUMNS)}\n"


def row(situation: Situation, told: Mapping[str, Sequence[str]]) -> str:
    """A line of the table, from what each program told."""
    return f"| {situation.name} | {' | '.join(_cell(told[name]) for name in COLUMNS)} |\n"


def table(practice: Practice, folder: Path) -> str:
    """The whole table, from a run of every program in every situation."""
    rows = (
        row(situation, {name: come_to(number, name, practice, folder) for name in COLUMNS})
        for number, situation in enumerate(SITUATIONS)
    )
    return head() + "".join(rows)


def written(page: str) -> str:
    """The table that a page has."""
    [found] = _PART.findall(page)
    return str(found)


def rewritten(page: str, table: str) -> str:
    """The page with another table."""
    return _PART.sub(lambda _: table, page)


def _cell(told: Sequence[str]) -> str:
    """What was told step by step; the same several times in a row is told once, with how often."""
    runs = [(words, len(list(times))) for words, times in groupby(told)]
    return "; then ".join(words + {1: "", 2: ", twice"}.get(times, f", {times} times") for words, times in runs)
