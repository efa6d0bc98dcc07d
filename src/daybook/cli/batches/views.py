"""What commands about batches show: what JSON has of them, and no more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from rich.console import Group, RenderableType
from rich.text import Text

from daybook.cli.batches.places import Told
from daybook.cli.call import Call
from daybook.cli.screen import facts, listing, when, when_here, when_short
from daybook.operations.codes import source_of
from daybook.operations.status import BatchStatus, Shown
from daybook.operations.zones import Zone

Clock = Callable[[str | None], str | None]
"""Writes an instant for people, and names its zone."""

_SHOWN_CODES = 10


def show_submitted(call: Call, told: Told, place: str) -> None:
    """What came of a submission: the counts, and the first lines that were refused or held."""
    statuses = told["statuses"]
    parts: list[RenderableType] = [Text(_headline(told, sum(statuses.values())), "bold")]
    refused, held, queued = (statuses.get(status, 0) for status in ("invalid", "held", "queued"))
    if not told["repeated"]:
        parts.append(Text(f"{queued:,} to send, {held:,} held by the price guard, {refused:,} refused."))
        parts += _refused(told["refused"], refused) + _held(told["held"], held)
    if told.get("batchId") and not told["repeated"]:
        parts.append(Text(_next_step(told["batchId"], held, place), "dim"))
    call.screen.answer(told, *parts)


def _headline(told: Told, total: int) -> str:
    if not told.get("batchId"):
        return f"A dry run: {_operations(total)} read, and nothing was submitted."
    if told["repeated"]:
        return f"This was submitted before: it is batch {told['batchId']}, and nothing new was made."
    return f"Batch {told['batchId']} is submitted; {_operations(total)} read."


def _refused(operations: Sequence[Told], total: int) -> list[RenderableType]:
    return _lines([f"{each['code']}: {each['message']}" for each in operations], total, "refused")


def _held(operations: Sequence[Told], total: int) -> list[RenderableType]:
    """What is held has no fault of its line's, so that its message does not say which it is."""
    said = [
        f"{each['code']}: line {each['line']}, sku: '{each['reference']}': {each['message']}" for each in operations
    ]
    return _lines(said, total, "held")


def _lines(said: Sequence[str], total: int, word: str) -> list[RenderableType]:
    shown: list[RenderableType] = [Text(f"  {each}") for each in said]
    if total > len(said) > 0:
        shown.append(Text(f"  ... and {total - len(said):,} more that were {word}", "dim"))
    return shown


def _next_step(batch_id: str, held: int, place: str) -> str:
    if held:
        return _to_approve(batch_id, place)
    return f"To follow it: daybook batches wait {batch_id} {place}"


def _to_approve(batch_id: str, place: str) -> str:
    return f"To send what is held: daybook batches approve {batch_id} {place}"


def show_batches(call: Call, found: Sequence[Told], zone: Zone | None = None) -> None:
    """A line for each; times in UTC, unless a zone is named."""
    if not found:
        call.screen.answer(found, "There is no batch yet: `daybook batches submit` makes one.")
        return
    heads = ("BATCH", f"MADE, {zone.name if zone else 'UTC'}", "STATUS", "WHAT")
    call.screen.answer(found, listing(heads, [batch_row(one, zone) for one in found]))


def batch_row(told: Told, zone: Zone | None = None) -> tuple[object, ...]:
    """A batch in a line of eighty columns, or two."""
    made = _at(told["queuedAt"])
    counts = ((told["counts"].get(word.value, 0), word.value) for word in Shown)
    what = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    stalled = "stalled, " if told["stalled"] else ""
    at = when_short(made.astimezone(zone.zone) if zone else made)
    return told["batchId"], at, told["status"], f"{stalled}{what}: {told['name']}"


def show_batch(call: Call, told: Told, place: str, zone: Zone | None = None) -> None:
    """All that there is to know of one, and how to go on; times in UTC and as this machine has them, or in a zone."""
    outlook, shown = told["outlook"], partial(_when, zone)
    known: list[tuple[str, object]] = [
        ("Batch", told["batchId"]),
        ("Status", f"{told['status']}{', stalled' if told['stalled'] else ''}"),
        ("Name", told["name"]),
        ("Submitted by", told["submittedBy"]),
        ("Made of", told["parentBatchId"]),
        ("Operations", told["operations"]),
        *((word.value, told["counts"].get(word.value, 0)) for word in Shown),
        ("Queued at", shown(told["queuedAt"])),
        ("Starts at", shown(told["startAt"])),
        ("Last progress", shown(told["progressAt"])),
        ("Ended at", shown(told["endedAt"])),
        ("Expected end", shown(outlook["expectedEndTime"])),
        ("", None),
    ]
    parts: list[RenderableType] = [facts(known), Text(outlook["sentence"])]
    if told["status"] != "ended":
        parts.append(_queue(outlook, shown))
    if told["errors"]:
        parts.append(_errors(told["errors"]))
    parts += [Text(step, "dim") for step in _steps(told, place)]
    call.screen.answer(told, *parts)


def _steps(told: Told, place: str) -> Iterator[str]:
    if told["statuses"].get("held"):
        yield _to_approve(told["batchId"], place)
    if told["counts"].get(Shown.ERROR.value):
        yield f"To correct what failed: daybook batches report {told['batchId']} --failed {place}"


def _queue(outlook: Told, shown: Clock) -> RenderableType:
    ages = (("The queue of everybody", outlook["queueOfAll"]), ("Of this seller", outlook["queueOfSeller"]))
    rows: list[tuple[str, object]] = [(name, _depth(depth, shown)) for name, depth in ages]
    rows += [
        (lane["operation"], f"{lane['tokens']:.1f} of {lane['burst']} tokens, next call in {lane['nextCallIn']:.1f} s")
        for lane in outlook["calls"]
    ]
    return facts(rows)


def _depth(depth: Told, shown: Clock) -> str:
    oldest = depth["oldestQueuedAt"]
    return f"{depth['operations']:,} operations, the oldest since {shown(oldest)}" if oldest else "empty"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _when(zone: Zone | None, text: str | None) -> str | None:
    if not text:
        return None
    return f"{when(_at(text).astimezone(zone.zone))} {zone.name}" if zone else when_here(_at(text))


def _errors(codes: Mapping[str, int]) -> RenderableType:
    rows = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    more = [("...", sum(count for _, count in rows[_SHOWN_CODES:]), "")] if len(rows) > _SHOWN_CODES else []
    shown = [(code, count, source_of(code).value) for code, count in rows[:_SHOWN_CODES]]
    table = listing(("LAST ERROR", "OPERATIONS", "WHERE IT AROSE"), [*shown, *more], right=("OPERATIONS",))
    return Group(table, Text(f"What one means, and what to do: daybook errors {rows[0][0]}", "dim"))


def show_steered(call: Call, told: Told, word: str) -> None:
    """How many operations were moved."""
    sentence = f"{_operations(told['moved'])} {word}."
    if told["left"]:
        sentence += f" {told['left']:,} were left: they failed three times in the same way. --force takes them too."
    call.screen.answer({"moved": told["moved"], "left": told["left"]}, sentence)


def _operations(count: int) -> str:
    return "1 operation was" if count == 1 else f"{count:,} operations were"


def show_turned(call: Call, batch_id: str, status: BatchStatus, moved: int) -> None:
    """A batch that was paused or goes on, and how many of its operations are to be sent."""
    word = "is paused" if status is BatchStatus.PAUSED else "goes on"
    waiting = "1 operation" if moved == 1 else f"{moved:,} operations"
    told = {"batchId": batch_id, "status": status, "moved": moved}
    call.screen.answer(told, f"Batch {batch_id} {word}, with {waiting} to send.")


def show_retry(call: Call, told: Told) -> None:
    """What a retry would do."""
    moved, left = told["moved"], told["left"]
    said = f"{moved:,} operations would be sent again, and {left:,} left: they failed three times in the same way."
    call.screen.answer({"dryRun": True, "moved": moved, "left": left}, said)


def show_guards(call: Call, found: Sequence[Told]) -> None:
    """A seller's price guards."""
    if not found:
        call.screen.answer(found, "There is no price guard: every price is sent.")
        return
    rows = [(guard["currency"] or "every other", guard["floor"], guard["ceiling"], guard["change"]) for guard in found]
    call.screen.answer(found, listing(("CURRENCY", "FLOOR", "CEILING", "LARGEST CHANGE, %"), rows))
