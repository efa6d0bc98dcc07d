"""What a doctor finds."""

from dataclasses import dataclass
from enum import StrEnum

from daybook.kernel.errors import DaybookError


class Severity(StrEnum):
    """Whether it is wrong, or only doubtful."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, why it matters, and how to mend it."""

    what: str
    why: str
    mend: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Examined:
    """Something that was looked at, and what was found."""

    name: str
    findings: tuple[Finding, ...] = ()


def warning(what: str, why: str, mend: str) -> Finding:
    """Something that is only doubtful."""
    return Finding(what, why, mend, Severity.WARNING)


def told(error: DaybookError, why: str, mend: str = "Mend that, and run `daybook doctor` again.") -> Finding:
    """An error of ours: it says itself what is wrong, and mostly what to do."""
    return Finding(error.message, why, error.details or mend)
