"""Report types that an operator adds: a table of the same form, or a folder of such tables.

A file that has become wrong leaves the types that it held before.
"""

import threading
from collections.abc import Collection, Mapping
from pathlib import Path

import structlog

from daybook.kernel.errors import Misconfigured
from daybook.reports.rows import ReportType, read_report_types

log = structlog.get_logger()

Mark = tuple[int, int, int]
"""What tells one version of a file from the next: when it was changed, its size, its inode."""


class AddedTypes:
    """The types of a file, or of every .csv file in a folder, as they are now. Safe for threads.

    `taken` holds the names that are others' already.
    """

    def __init__(self, path: Path, taken: Collection[str]) -> None:
        self._path = path
        self._taken = taken
        self._guard = threading.Lock()
        self._marks: Mapping[Path, Mark] = {}
        self._files: Mapping[Path, list[ReportType]] = {}
        self._lost: list[Misconfigured] = []
        self._types: Mapping[str, ReportType] = {}

    def types(self) -> Mapping[str, ReportType]:
        """Each by its name. Another look is taken at the files, which are read again where one has changed."""
        try:
            marks = self._seen()
        except Misconfigured as error:
            log.warning("added report types stay as they were", reason=error.message)
            return self._types
        with self._guard:
            if marks != self._marks:
                self._load(sorted(marks))
                self._marks = marks
            return self._types

    def check(self) -> None:
        """Raises Misconfigured where the files cannot be read, or one is wrong that never was right."""
        self._seen()
        self.types()
        if self._lost:
            raise self._lost[0]

    def _seen(self) -> dict[Path, Mark]:
        try:
            files = sorted(self._path.glob("[!.]*.csv")) if self._path.is_dir() else [self._path]
            stats = {file: file.stat() for file in files}
        except OSError as error:
            raise Misconfigured(
                f"The report types in {self._path} cannot be read: {error.strerror}.", "See DAYBOOK_REPORT_TYPES."
            ) from error
        return {file: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for file, stat in stats.items()}

    def _load(self, files: list[Path]) -> None:
        before, self._lost = self._files, []
        found: dict[Path, list[ReportType]] = {}
        names: dict[str, ReportType] = {}
        for file in files:
            found[file] = self._read(file, names, before.get(file))
            names |= {each.name: each for each in found[file] if each.status != "removed"}
        self._files, self._types = found, names

    def _read(self, file: Path, others: Mapping[str, ReportType], before: list[ReportType] | None) -> list[ReportType]:
        try:
            types = read_report_types(_text(file), file.name)
            self._check(types, others)
        except Misconfigured as fault:
            if before is None:
                self._lost.append(fault)  # `check` tells of it, before anything is served
                return []
            log.error("a file of report types is refused", reason=fault.message, stays="its last good version")
            return [each for each in before if each.name not in others]
        return types

    def _check(self, types: list[ReportType], others: Mapping[str, ReportType]) -> None:
        standing = dict(others)
        for each in types:
            if each.name in self._taken:
                raise Misconfigured(f"Line {each.row} of {each.file}: {each.name} is Daybook's own already.")
            other = standing.setdefault(each.name, each)
            if other is not each:
                raise Misconfigured(f"Line {each.row} of {each.file}: {each.name} is on {other.place} already.")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{file.name} is not UTF-8: byte {error.start}.") from error
