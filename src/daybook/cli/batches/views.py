"""What commands about batches show."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from daybook.cli.call import Call
from daybook.cli.screen import facts, listing, when_here, when_short
from daybook.operations import as_json
from daybook.operations.batches import Batch, Counts, Operation, progress_of
from daybook.operations.codes import source_of
from daybook.operations.guards import Guard
from daybook.operations.status import Shown, Status
from daybook.operations.steering import Steered
from daybook.operations.submitting import Submitted
from daybook.operations.watching import Outlook

_SHOWN_CODES = 10


def show_submitted(call: Call, result: Submitted) -> None:
    """What came of a submission: the counts, and the first lines that were refused or held."""
    progress = progress_of(result.counts)
    total = sum(progress.statuses.values())
    parts: list[RenderableType] = [Text(_headline(result, total), "bold")]
    refused, held = (progress.statuses.get(status, 0) for status in (Status.INVALID, Status.HELD))
    queued = progress.statuses.get(Status.QUEUED, 0)
    if not result.repeated:
        parts.append(Text(f"{queued:,} to send, {held:,} held by the price guard, {refused:,} refused."))
        parts += _lines(result.refused, refused, "refused") + _lines(result.held, held, "held")
    if result.batch is not None and not result.repeated:
        parts.append(Text(_next_step(result.batch, held), "dim"))
    call.screen.answer(as_json.submitted(result), *parts)


def _headline(result: Submitted, total: int) -> str:
    if result.batch is None:
        return f"A dry run: {_operations(total)} read, and nothing was submitted."
    if result.repeated:
        return f"This was submitted before: it is batch {result.batch.batch_id}, and nothing new was made."
    return f"Batch {result.batch.batch_id} is submitted; {_operations(total)} read."


def _lines(operations: Sequence[Operation], total: int, word: str) -> list[RenderableType]:
    shown: list[RenderableType] = [Text(f"  {each.code}: {each.message}") for each in operations]
    if total > len(operations) > 0:
        shown.append(Text(f"  ... and {total - len(operations):,} more that were {word}", "dim"))
    return shown


def _next_step(batch: Batch, held: int) -> str:
    seller = f"--seller {batch.seller_id}"
    if held:
        return f"To send what is held: daybook batches approve {batch.batch_id} {seller}"
    return f"To follow it: daybook batches wait {batch.batch_id} {seller}"


def show_batches(call: Call, found: Sequence[tuple[Batch, Counts]]) -> None:
    """A line for each."""
    content = [as_json.batch(batch, counts) for batch, counts in found]
    if not found:
        call.screen.answer(content, "There is no batch yet: `daybook batches submit` makes one.")
        return
    heads = ("BATCH", "STATUS", "MADE, UTC", "QUEUED", "SUCCESS", "ERROR", "NAME")
    rows = [
        (
            batch.batch_id,
            f"{batch.status}{' (stalled)' if batch.stalled_at else ''}",
            when_short(batch.queued_at),
            *(progress_of(counts).shown[word] for word in Shown),
            batch.name,
        )
        for batch, counts in found
    ]
    call.screen.answer(content, listing(heads, rows, right=("QUEUED", "SUCCESS", "ERROR")))


def show_batch(call: Call, batch: Batch, counts: Counts, outlook: Outlook) -> None:
    """All that there is to know of one."""
    progress = progress_of(counts)
    content = as_json.batch(batch, counts) | {"outlook": as_json.outlook(outlook)}
    told: list[tuple[str, object]] = [
        ("Batch", batch.batch_id),
        ("Status", f"{batch.status}{', stalled' if batch.stalled_at else ''}"),
        ("Name", batch.name),
        ("Submitted by", batch.submitted_by),
        ("Made of", batch.parent_id),
        ("Operations", batch.operations),
        *((word.value, progress.shown[word]) for word in Shown),
        ("Queued at", when_here(batch.queued_at)),
        ("Starts at", when_here(batch.start_at) if batch.start_at else None),
        ("Last progress", when_here(batch.progress_at)),
        ("Ended at", when_here(batch.ended_at) if batch.ended_at else None),
        ("Expected end", when_here(outlook.expected_at) if outlook.expected_at else None),
        ("", None),
    ]
    parts: list[RenderableType] = [facts(told), Text(outlook.sentence)]
    if progress.unfinished:
        parts.append(_queue(outlook))
    if progress.codes:
        parts.append(_errors(progress.codes))
    call.screen.answer(content, *parts)


def _queue(outlook: Outlook) -> RenderableType:
    ages = (("The queue of everybody", outlook.everybody), ("Of this seller", outlook.seller))
    rows: list[tuple[str, object]] = [
        (
            name,
            f"{depth.operations:,} operations, the oldest since {when_here(depth.oldest)}" if depth.oldest else "empty",
        )
        for name, depth in ages
    ]
    rows += [
        (lane.operation, f"{lane.tokens:.1f} of {lane.burst} tokens, next call in {lane.next_call_in:.1f} s")
        for lane in outlook.lanes
    ]
    return facts(rows)


def _errors(codes: Mapping[str, int]) -> RenderableType:
    rows = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    more = [("...", sum(count for _, count in rows[_SHOWN_CODES:]), "")] if len(rows) > _SHOWN_CODES else []
    shown = [(code, count, source_of(code).value) for code, count in rows[:_SHOWN_CODES]]
    table = listing(("LAST ERROR", "OPERATIONS", "WHERE IT AROSE"), [*shown, *more], right=("OPERATIONS",))
    return Group(table, Text(f"What one means, and what to do: daybook errors {rows[0][0]}", "dim"))


def show_steered(call: Call, done: Steered, word: str) -> None:
    """How many operations were moved."""
    sentence = f"{_operations(done.moved)} {word}."
    if done.left:
        sentence += f" {done.left:,} were left: they failed three times in the same way. --force takes them too."
    call.screen.answer({"moved": done.moved, "left": done.left}, sentence)


def _operations(count: int) -> str:
    return "1 operation was" if count == 1 else f"{count:,} operations were"


def show_retry(call: Call, counts: tuple[int, int]) -> None:
    """What a retry would do."""
    moved, left = counts
    told = f"{moved:,} operations would be sent again, and {left:,} left: they failed three times in the same way."
    call.screen.answer({"dryRun": True, "moved": moved, "left": left}, told)


def show_guards(call: Call, found: Mapping[str, Guard]) -> None:
    """A seller's price guards."""
    ordered = [found[name] for name in sorted(found)]
    content = [
        {name: None if value is None else str(value) for name, value in guard._asdict().items()} for guard in ordered
    ]
    if not ordered:
        call.screen.answer(content, "There is no price guard: every price is sent.")
        return
    rows = [(guard.currency or "every other", guard.floor, guard.ceiling, guard.change) for guard in ordered]
    call.screen.answer(content, listing(("CURRENCY", "FLOOR", "CEILING", "LARGEST CHANGE, %"), rows))
