"""Whether what is asked for is taken: what is wrong is told all at once, and a lenient application is only warned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from daybook.activity import Event
from daybook.kernel.errors import TOLD, InvalidInput
from daybook.reports.ports import ReportsPort
from daybook.reports.rows import ReportType
from daybook.reports.rules.answers import SHOWS, Answer, Broken, refusal
from daybook.reports.rules.checking import at_the_end, given_ends, range_of

if TYPE_CHECKING:
    from daybook.reports.reports import Report


def admitted(
    tx: ReportsPort, client_id: str | None, wrong: Sequence[InvalidInput], broken: Sequence[Broken]
) -> list[str]:
    """The warnings, in sentences, with which a request or a schedule is taken.

    `wrong` is what no application may ask for, `broken` the rules of the type that it breaks. Raises InvalidInput, once
    for everything, where something is refused.
    """
    refused = [fault for fault in broken if fault.answer is Answer.REFUSED]
    lenient = bool(broken) and client_id is not None and tx.lenient(client_id)
    if wrong or (refused and not lenient):
        raise refusal([*wrong, *(InvalidInput(fault.message, fault.details) for fault in refused)])
    return [_warning(fault, lenient=lenient) for fault in broken]


def _warning(fault: Broken, *, lenient: bool) -> str:
    if fault.answer is Answer.WARNING:
        return fault.sentence
    if lenient:
        return f"{fault.sentence} For an application that is not lenient {SHOWS[fault.answer]}."
    shows = SHOWS[fault.answer]
    return f"{fault.sentence} {shows[0].upper()}{shows[1:]}."


def warnings_in(history: Iterable[Event]) -> list[str]:
    """With what a report or a schedule was taken, by its ledger."""
    return [warning for event in history for warning in event.evidence.get("warnings", ())]


def own_marketplaces(
    tx: ReportsPort, seller_id: str, asked: tuple[str, ...]
) -> tuple[tuple[str, ...], list[InvalidInput]]:
    """Those of the marketplaces that are the seller's, without repeats, and what is wrong with the others."""
    sold_on = tx.seller_marketplaces(seller_id)
    own = tuple(dict.fromkeys(marketplace_id for marketplace_id in asked if marketplace_id in sold_on))
    foreign = [marketplace_id for marketplace_id in asked if marketplace_id not in sold_on]
    if not foreign:
        return own, []
    return own, [
        InvalidInput(
            "Report rejected for this client. Some of the marketplaces are not allowed for this Report",
            f"marketplaceIds: {', '.join(foreign)[:TOLD]}; the selling partner sells on {', '.join(sold_on)}.",
        )
    ]


def verdict(tx: ReportsPort, of: ReportType, report: Report) -> tuple[Answer, str] | None:
    """How the report ends because of the rules that it breaks, and why.

    None where it breaks none that shows so late, or where its application is lenient.
    """
    given = given_ends(report.data_start, report.data_end, report.created_at)
    ends = report.data_start, report.data_end
    asked = range_of(of, ends, report.created_at, given, report.options)
    broken = at_the_end(of, report.marketplace_ids, report.options, asked)
    if not broken or (report.client_id is not None and tx.lenient(report.client_id)):
        return None
    return broken[0].answer, " ".join(fault.sentence for fault in broken)
