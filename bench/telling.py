"""Figures as a table in the terminal, and in docs/speed.md."""

import re
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
_HOLDS = {True: "yes", False: "NO", None: ""}
_HEAD = ("figure", "value", "bar", "holds")


def table(figures: Sequence[Figure]) -> str:
    """For the terminal: columns as wide as what stands in them."""
    rows = [_HEAD, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def record(name: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Puts what was measured in its place on the page. Raises ValueError where the page has no such place."""
    text = page.read_text("utf-8")
    place = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    written, places = place.subn(lambda found: found[1] + "".join(f"{line}\n" for line in lines) + found[2], text)
    if places != 1:
        raise ValueError(f"{page.name} has {places} places for what {name} measures; it needs one.")
    page.write_text(written, "utf-8")


def figures_in_markdown(figures: Sequence[Figure]) -> list[str]:
    """A table of Markdown."""
    return [_line(_HEAD), _line(["---"] * len(_HEAD)), *(_line(_cells(figure)) for figure in figures)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    unit = "" if figure.unit == "x" else f" {figure.unit}"
    return figure.name, f"{_number(figure.value)}{unit}".rstrip(), figure.bar, _HOLDS[figure.holds]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
