"""How much of a file is believed."""

from dataclasses import dataclass

EMPTY_LINES = 2_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one bad file, or one bad row, from filling the memory.

    `line` is in bytes, `cell` in characters (csv's own bound of 131,072 holds besides). A gzip file may swell to
    `gzip_ratio` times its size; that is judged only once it has swollen to `gzip_free` bytes. `empty_lines` may be
    there beside ten for each line with text: more than the rows of a spreadsheet, which some programs save to its end.
    """

    line: int = 1_048_576
    cell: int = 100_000
    columns: int = 1_000
    gzip_ratio: int = 200
    gzip_free: int = 67_108_864
    empty_lines: int = EMPTY_LINES
