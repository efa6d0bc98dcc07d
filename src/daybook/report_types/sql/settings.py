"""What the settings say of SQL report types."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.report_types.sql.sources import Source


@dataclass(frozen=True, slots=True)
class Limits:
    """What one report may take: memory in MB, of which more spills to disk, and seconds."""

    memory_mb: int = 512
    seconds: int = 600


@dataclass(frozen=True, slots=True)
class SqlSettings:
    """The operator's folder of SQL files, None where there is none; what they read; what each report may take.

    `work` is a folder of Daybook's own, for what it keeps of the files and for what spills.
    """

    types: Path | None
    sources: Mapping[str, Source]
    limits: Limits
    work: Path
