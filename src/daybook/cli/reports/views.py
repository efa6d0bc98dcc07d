"""How reports and report types are shown to people: what JSON has of them, and no more."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from daybook.accounts.marketplaces import country
from daybook.cli.reports.places import Told, Written
from daybook.cli.screen import STYLES, facts, listing, when, when_here, when_short
from daybook.reports.status import SENTENCES

_MEANINGS: dict[str, str] = {word.value: sentence for word, sentence in SENTENCES.items()}


def state(told: Told) -> Text:
    """Its status, and where that does not tell, its outcome."""
    text = Text(told["status"], STYLES.get(told["status"], ""))
    return text.append(f" {told['outcome']}") if told["outcome"] not in (None, "data") else text


def sentence(told: Told) -> Text:
    """How it is with a report, in a line or two."""
    text = Text(f"Report {told['reportId']} is ").append(state(told)).append(".")
    text.append(f" {_MEANINGS.get(told['outcome'] or told['status'], '')}".rstrip())
    evidence, explanation = told["evidence"] or "", told.get("explanation") or ""
    if evidence and evidence != explanation:
        text.append(f"\n{evidence}")
    return text.append(f"\nIts document says: {explanation}") if explanation else text


def listed(found: Iterable[Told]) -> RenderableType:
    """Reports, a line each."""
    rows = [report_row(one) for one in found]
    return listing(("REPORT", "CREATED, UTC", "STATUS", "TYPE"), rows) if rows else "There are no such reports."


def report_row(told: Told) -> tuple[object, ...]:
    """A report in a line of eighty columns, or two; its outcome where the status does not tell it."""
    outcome = f" ({told['outcome']})" if told["outcome"] not in (None, "data") else ""
    return told["reportId"], when_short(_at(told["createdAt"])), told["status"], f"{told['reportType']}{outcome}"


def shown(told: Told) -> tuple[RenderableType, ...]:
    """One report, whole."""
    warnings = [("Warning", warning) for warning in warnings_of(told)]
    pairs = [*_facts(told), *warnings, *_waiting_facts(told["waiting"]), *_document_facts(told)]
    if not told["history"]:
        return (facts(pairs),)
    rows = [(when(_at(step["at"])), step["from"] or "", step["to"], step["actor"]) for step in told["history"]]
    return (facts(pairs), "", listing(("WHEN, UTC", "FROM", "TO", "BY"), rows))


def in_file(written: Written) -> str:
    """What a document's file holds."""
    return f"{written.size:,} bytes are in {written.file}."


def warnings_of(told: Told) -> list[str]:
    """With what it was taken, although a rule of its type is broken."""
    return [warning for step in told["history"] or () for warning in (step["evidence"] or {}).get("warnings", ())]


def _facts(told: Told) -> list[tuple[str, object]]:
    options = (told["reportOptions"] or {}).items()
    return [
        ("Report", told["reportId"]),
        ("Type", told["reportType"]),
        ("Seller", told["sellerId"]),
        ("Marketplaces", ", ".join(country(name) for name in told["marketplaceIds"])),
        ("Options", ", ".join(f"{name}={value}" for name, value in options)),
        ("Data from", _when(told["dataStartTime"])),
        ("Data to", _when(told["dataEndTime"])),
        ("Status", told["status"]),
        ("", told["statusMeaning"]),
        ("Outcome", told["outcome"]),
        ("", told["outcomeMeaning"]),
        ("Evidence", told["evidence"]),
        ("It says", told.get("explanation")),
        ("Attempts", told["attempts"]),
        ("Created", _when(told["createdAt"])),
        ("Started", _when(told["startedAt"])),
        ("Finished", _when(told["finishedAt"])),
        ("Schedule", told["reportScheduleId"]),
        ("Asked by", told["clientId"]),
    ]


def _waiting_facts(why: Told | None) -> list[tuple[str, object]]:
    if why is None:
        return []
    usual = why["usualInAll"]
    took = f"{usual['p50']:,.0f} seconds, 95 of 100 within {usual['p95']:,.0f}" if usual else None
    return [
        ("Waits", why["sentence"]),
        ("Usually", took),
        ("Next try", _when(why["nextRunTime"])),
        ("Expected", _when(why["expectedEndTime"])),
    ]


def _document_facts(told: Told) -> list[tuple[str, object]]:
    document = told["document"]
    if document is None:
        gone = " is no longer kept" if told["history"] else ""  # who tells no history tells nothing of documents
        return [("Document", f"{told['reportDocumentId']}{gone}" if told["reportDocumentId"] else None)]
    unpacked = f" ({document['contentSize']:,} unpacked)" if document["compression"] else ""
    return [
        ("Document", document["reportDocumentId"]),
        ("Size", f"{document['size']:,} bytes{unpacked}"),
        ("SHA-256", document["sha256"]),
        ("Kept until", _when(document["expiresAt"])),
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _when(text: str | None) -> str | None:
    return when_here(_at(text)) if text else None
