"""What a scenario makes of a production: it waits, it ends as was chosen, and its document is odd."""

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.reading import content
from daybook.documents.writing import DocumentWriter
from daybook.kernel.charsets import codec, codec_of
from daybook.lanes import Lane
from daybook.reports.reports import Report, produced_by
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.rules import Repeat, Rules, rules_for
from daybook.reports.scenarios.scenario import DocumentForm
from daybook.reports.scenarios.scenario import Ending as Chosen
from daybook.reports.status import Outcome
from daybook.store.transaction import Transaction
from daybook.worker.endings import Made, NoData, Shared


@dataclass(frozen=True, slots=True)
class Fatal:
    """The report is to end FATAL: why, and the text of its document, where it is to have one."""

    reason: str
    text: str | None = None
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Done:
    """The report is to end DONE, with this text."""

    text: str


Told = NoData | Shared | Done | Fatal
"""How a report is to end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a report is to end, None where it is to be produced, and how its document is to be odd."""

    ending: Told | None
    form: DocumentForm


AS_PRODUCED = Verdict(None, DocumentForm())


def rules_of(scenarios: Scenarios, tx: Transaction, seller_id: str, report_type: str) -> Rules | None:
    """The rules for reports of the type; None where there is no scenario for them."""
    return rules_for(tx, scenarios.fresh(tx), seller_id, report_type)


def held_up(rules: Rules, tx: Transaction, lane: Lane) -> float:
    """Seconds until the report that the lane is at may begin or, if it has begun, may end; 0 where it may now."""
    key = produced_by(lane)
    if (begun := tx.report_in_progress(*key)) is not None:
        until = rules.ends_at(begun)
    elif (waiting := tx.report_next_in_queue(*key)) is not None:
        until = rules.begins_at(waiting)
    else:
        return 0.0
    return max(0.0, (until - tx.now).total_seconds())


def verdict(scenarios: Scenarios, report: Report, tx: Transaction) -> Verdict:
    """What the scenario says of the report's end."""
    rules = rules_of(scenarios, tx, report.seller_id, report.report_type)
    if rules is None:
        return AS_PRODUCED
    return Verdict(_ending(rules, report), rules.entry.scenario.document)


def _ending(rules: Rules, report: Report) -> Told | None:
    if (repeat := rules.repeat(report)) is not None:
        return _too_soon(rules, repeat)
    chosen = rules.ending(report)
    if chosen is not None and chosen.status != "DONE":
        return _as_chosen(chosen)
    if (shared := rules.shared_document(report)) is not None:
        return Shared(shared)
    return Done(chosen.text or "") if chosen else None


def _too_soon(rules: Rules, repeat: Repeat) -> NoData | Fatal:
    rule = rules.entry.scenario.too_soon
    evidence = f"A practice scenario: asked for again within {_length(rule.minutes if rule else 0.0)}."
    if repeat is Repeat.CANCELLED:
        return NoData(evidence, Outcome.TOO_SOON)
    return Fatal(evidence, outcome=Outcome.TOO_SOON)


def _length(minutes: float) -> str:
    """A length of time as people say it: in minutes, unless it is less than one."""
    if minutes < 1:
        return f"{minutes * 60:g} seconds"
    return "1 minute" if minutes == 1 else f"{minutes:g} minutes"


def _as_chosen(chosen: Chosen) -> NoData | Fatal:
    if chosen.status == "CANCELLED":
        return NoData("A practice scenario: it is to end so.", Outcome(chosen.outcome))
    text = chosen.text
    if chosen.error_details is not None:
        text = json.dumps({"errorDetails": chosen.error_details}, ensure_ascii=False)
    return Fatal(f"A practice scenario: {chosen.error_details or 'it is to end so.'}", text)


def reshaped(objects: Objects, report: Report, made: Made, form: DocumentForm) -> Made:
    """The document in its odd form, written anew; the even one is deleted. Raises Unavailable."""
    charset = form.charset if made.content_type.startswith("text/") else None
    if not (form.plain or charset):
        return made
    pieces: Iterable[bytes] = content(objects, made.written)
    if charset:
        pieces = _transcoded(pieces, codec_of(made.content_type), codec(charset))
    compression = None if form.plain else made.written.compression
    name = object_name(report.seller_id, f"{made.document_id}.odd")
    with DocumentWriter(objects, name, compression) as writer:
        for piece in pieces:
            writer.write(piece)
    objects.delete([made.written.object_name])
    written = replace(writer.close(), compression="GZIP") if form.plain else writer.close()
    return replace(made, content_type=_said_to_be(made.content_type, charset), written=written)


def _said_to_be(content_type: str, charset: str | None) -> str:
    return f"{content_type.partition(';')[0]}; charset={charset}" if charset else content_type


def _transcoded(pieces: Iterable[bytes], before: str, after: str) -> Iterator[bytes]:
    """The text in another charset; a letter that it does not have becomes a question mark, as at Amazon."""
    decoder = codecs.getincrementaldecoder(before)(errors="replace")
    for piece in pieces:
        yield decoder.decode(piece).encode(after, errors="replace")
    yield decoder.decode(b"", final=True).encode(after, errors="replace")
