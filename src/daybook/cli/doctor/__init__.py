"""`daybook doctor`: what is wrong with a set-up, why that matters, and how to mend it."""

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.doctor.findings import Examined, Finding, Severity
from daybook.cli.exits import ExitCode

_MARKS = {None: ("✓", "green"), Severity.WARNING: ("!", "yellow"), Severity.ERROR: ("✗", "red")}


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(doctor)


def doctor(call: Call) -> None:
    """Look for what is wrong with the set-up, and say how to mend it; nothing is changed.

    The exit code is 1 where something is wrong; a warning is not.
    """
    from daybook.cli.doctor.examination import examine  # noqa: PLC0415  the database's room is slow to import

    examined = examine(call)
    findings = [(one.name, finding) for one in examined for finding in one.findings]
    healthy = all(finding.severity is not Severity.ERROR for _, finding in findings)
    content = {
        "healthy": healthy,
        "examined": [one.name for one in examined],
        "findings": [_content(name, finding) for name, finding in findings],
    }
    call.screen.answer(content, *(part for one in examined for part in _shown(one)), "", _verdict(findings))
    if not healthy:
        raise typer.Exit(ExitCode.FAILED)


def _shown(examined: Examined) -> list[RenderableType]:
    if not examined.findings:
        return [_line(None, examined.name)]
    parts: list[RenderableType] = []
    for finding in examined.findings:
        parts.append(Padding(_line(finding.severity, f"{examined.name}: {finding.what}"), 0))
        parts.append(Padding(Text(finding.why, "dim"), (0, 0, 0, 2)))
        parts.append(Padding(Text(finding.mend), (0, 0, 0, 2)))
    return parts


def _line(severity: Severity | None, text: str) -> Text:
    mark, style = _MARKS[severity]
    return Text(f"{mark} ", style).append(text, "" if severity is None else "bold")


def _verdict(findings: list[tuple[str, Finding]]) -> Text:
    errors = sum(finding.severity is Severity.ERROR for _, finding in findings)
    warnings = len(findings) - errors
    if not findings:
        return Text("Nothing is wrong.", "green")
    counts = [_counted(count, word) for count, word in ((errors, "error"), (warnings, "warning")) if count]
    return Text(" and ".join(counts) + ".", "red" if errors else "yellow")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _content(name: str, finding: Finding) -> dict[str, object]:
    return {
        "examined": name,
        "severity": finding.severity,
        "what": finding.what,
        "why": finding.why,
        "mend": finding.mend,
    }
