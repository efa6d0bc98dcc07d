"""The report types in the operator's folder, as they are now.

Each use looks whether a file has changed, at the cost of a look at the folder. A file with a mistake is refused and its
last good version stays. That is known to child processes and after a restart too, since a copy of it is kept.
"""

import os
import threading
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import structlog

from daybook.kernel.errors import Misconfigured
from daybook.report_types.sql.copies import Copies
from daybook.report_types.sql.definition import Definition, read_definition
from daybook.report_types.sql.faults import FaultyFile
from daybook.report_types.sql.producer import SqlReport
from daybook.report_types.sql.settings import SqlSettings
from daybook.reports.rows import ReportType

log = structlog.get_logger()

Mark = tuple[int, int, int]
"""What tells one version of a file from the next: when it was changed, its size, its inode."""


class SqlTypes(Mapping[str, SqlReport]):
    """The producers of a folder's SQL files, by report type. Safe for threads.

    `taken` holds the names of all other report types.
    """

    def __init__(self, folder: Path, settings: SqlSettings, taken: Container[str]) -> None:
        self._folder = folder
        self._settings = settings
        self._taken = taken
        self._copies = Copies(settings.work / "types")
        self._guard = threading.Lock()
        self._marks: Mapping[str, Mark] = {}
        self._reports: Mapping[str, SqlReport] = {}
        self._types: Mapping[str, ReportType] = {}
        self._lost: list[FaultyFile] = []
        self._stale: list[FaultyFile] = []

    def __getitem__(self, name: str) -> SqlReport:
        self._look()
        return self._reports[name]

    def __iter__(self) -> Iterator[str]:
        self._look()
        return iter(self._reports)

    def __len__(self) -> int:
        self._look()
        return len(self._reports)

    def types(self) -> Mapping[str, ReportType]:
        """What the registry knows of each, by name."""
        self._look()
        return self._types

    def check(self) -> None:
        """Raises Misconfigured where the folder cannot be read, or a file is wrong that never was right."""
        _marks(self._folder)
        self._look()
        if self._lost:
            raise self._lost[0]

    def stale(self) -> list[str]:
        """What is wrong with the files whose last good version holds instead, a sentence each."""
        self._look()
        return [fault.message for fault in self._stale]

    def _look(self) -> None:
        try:
            marks = _marks(self._folder)
        except Misconfigured as error:
            log.warning("SQL report types stay as they were", reason=error.message)
            return
        with self._guard:
            if marks != self._marks:
                self._load(sorted(marks))
                self._marks = marks

    def _load(self, files: list[str]) -> None:
        self._lost, self._stale = [], []
        found: dict[str, Definition] = {}
        for file in files:
            definition = self._read(file, found)
            if definition is not None:
                found[definition.header.report_type] = definition
        self._copies.forget_all_but(files)
        self._reports = {name: SqlReport(each, self._settings) for name, each in found.items()}
        self._types = {name: each.report_type for name, each in found.items()}

    def _read(self, file: str, others: Mapping[str, Definition]) -> Definition | None:
        try:
            text = _text(self._folder / file)
            definition = self._definition(file, text, others)
        except FaultyFile as fault:
            return self._last_good(fault, file, others)
        self._copies.keep(file, text)
        return definition

    def _last_good(self, fault: FaultyFile, file: str, others: Mapping[str, Definition]) -> Definition | None:
        text = self._copies.find(file)
        try:
            definition = None if text is None else self._definition(file, text, others)
        except FaultyFile as another:
            log.warning("the last good version of a SQL report type is of no use any more", reason=another.message)
            definition = None
        (self._stale if definition else self._lost).append(fault)
        stays = "its last good version" if definition else "nothing"
        log.error("a SQL report type is refused", reason=fault.message, stays=stays)
        return definition

    def _definition(self, file: str, text: str, others: Mapping[str, Definition]) -> Definition:
        definition = read_definition(file, text, self._settings.sources)
        header = definition.header
        if header.report_type in self._taken:
            raise FaultyFile(file, header.line, f"{header.report_type} is another report type's name already.")
        if other := others.get(header.report_type):
            raise FaultyFile(file, header.line, f"{header.report_type} is in {other.file} already.")
        return definition


def _marks(folder: Path) -> dict[str, Mark]:
    try:
        with os.scandir(folder) as entries:
            found = {entry.name: entry.stat() for entry in entries if _is_sql(entry.name)}
    except OSError as error:
        raise Misconfigured(
            f"The folder of SQL report types, {folder}, cannot be read: {error.strerror}.", "See DAYBOOK_SQL_TYPES."
        ) from error
    return {name: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in found.items()}


def _is_sql(name: str) -> bool:
    return name.endswith(".sql") and not name.startswith(".")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FaultyFile(path.name, 1, f"it cannot be read: {error.strerror}.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        raise FaultyFile(path.name, line, "it is not UTF-8.") from error
