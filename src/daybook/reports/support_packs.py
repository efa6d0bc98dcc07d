"""A support pack: all that is known of one report, in a zip, for whoever is asked for help. No secret is in it.

README.txt says what is there, and what is not. The rest is JSON, a file for each question.
"""

import io
import json
import zipfile
from datetime import datetime

from daybook.accounts.marketplaces import clocks
from daybook.activity import Event
from daybook.documents.documents import Document
from daybook.reports import as_json
from daybook.reports.reports import Report
from daybook.reports.waiting import Waiting

Files = dict[str, object]
"""What is in the zip: texts, or values for JSON, by their files' names."""

_KEPT = """Support pack of report {report_id}, made at {at}.

report.json     the report as it is: its status, its outcome and why, what it waits for, its document, its history
times.json      every instant of it, in UTC and by the wall clock of its marketplaces
ledger.json     who moved it, from which status to which, when, and on which request
calls.json      the calls that are known, with their request ids and how they were answered
settings.json   the settings that matter to it
versions.json   what it runs on
"""
_NOT_KEPT = """
Not in it, because Daybook does not keep it: the bodies of requests and answers, and the calls that only looked.
Not in it, because it is not for others: tokens, secrets, signatures of links (they read ***), and the document itself.
"""


def files_of(
    now: datetime, report: Report, document: Document | None, why: Waiting | None, history: list[Event]
) -> Files:
    """What the report itself, its document, its wait and its ledger tell."""
    readme = _KEPT.format(report_id=report.report_id, at=as_json.iso(now)) + _NOT_KEPT
    return {
        "README.txt": readme,
        "report.json": as_json.explained(report, document, why, history),
        "times.json": _times(now, report, document, why),
        "ledger.json": [_line(report, line) for line in history],
        "calls.json": [_call(line) for line in history if line.evidence.get("requestId")],
    }


def unzipped(packed: bytes) -> Files:
    """The files of a pack that a server gave. Raises ValueError for bytes that are no zip of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist()}
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ValueError("not a support pack") from error
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}


def _times(now: datetime, report: Report, document: Document | None, why: Waiting | None) -> Files:
    named = {
        "packed": now,
        "created": report.created_at,
        "started": report.started_at,
        "finished": report.finished_at,
        "dataStart": report.data_start,
        "dataEnd": report.data_end,
        "nextRun": why.next_run_at if why else None,
        "expectedEnd": why.expected_at if why else None,
        "documentExpires": document.expires_at if document else None,
    }
    return {name: clocks(at, report.marketplace_ids) for name, at in named.items() if at}


def _line(report: Report, line: Event) -> Files:
    return as_json.event(line) | {"sequence": line.sequence, "at": clocks(line.at, report.marketplace_ids)}


def _call(line: Event) -> Files:
    """A call that moved the report: such a move is written only where the call succeeds."""
    made = line.from_status is None
    return {
        "operation": "createReport" if made else "cancelReport",
        "status": 202 if made else 200,
        "requestId": line.evidence["requestId"],
        "at": as_json.iso(line.at),
        "actor": line.actor,
    }
