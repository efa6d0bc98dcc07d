"""A batch of listings on its way to a marketplace: what goes wrong with it, why, and how it is put right."""

import csv
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from daybook.cli.demo.following import PATIENCE, POLL_EVERY, StoryFailed
from daybook.cli.demo.stage import Stage, Step
from daybook.cli.screen import listing
from daybook.client import ReportsClient
from daybook.client.batches import BatchFile, Told
from daybook.kernel.ids import Randomness

FILE = "listings.csv"
SCENARIO = """\
[[scenario]]
processing = { between = [1, 3] }   # seconds until a change is in effect

[[scenario.answers]]
operation = "putListingsItem"
first = 1
answer = 429

[[scenario.answers]]
operation = "putListingsItem"
first = 2
answer = 500
"""
"""What the demo's marketplace does: its first call comes too often, its second meets a fault."""

_SHOWN = 4
_ON_THE_WAY = ("queued", "throttled", "sending", "uncertain")
_WRONG: dict[str, dict[str, str]] = {
    "HG-0003": {"price": "89,0O"},
    "HG-0006": {"quantity": "eighteen"},
    "HG-0009": {"product_type": "measuring cups"},
}
"""Cells as somebody typed them; the sample's HG-0013 has lost its name all by itself."""
_TWICE = "HG-0011"
_RIGHT: dict[str, dict[str, str]] = {
    "HG-0003": {"price": "89.00"},
    "HG-0006": {"quantity": "18"},
    "HG-0009": {"product_type": "MEASURING_CUPS"},
    "HG-0013": {"attributes": '{"item_name": [{"value": "Jug stoneware 2 l"}]}'},
}

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Ending:
    """What the batches leave behind."""

    batch_id: str
    corrected_id: str


def play(stage: Stage, client: ReportsClient, randomness: Randomness) -> Ending:
    """Submits the file, has its errors explained, corrects what failed and submits that. Raises StoryFailed."""
    first = _submit(stage, client, randomness, _written(_rows()))
    _follow(stage, client, first)
    _explain(stage, client, first)
    corrected = _correct(stage, client, first)
    second = _submit_again(stage, client, randomness, corrected)
    _end(stage, client, (first, second))
    return Ending(first, second)


def _rows() -> Iterator[dict[str, str]]:
    """The sample's first items as listings, as they might come out of a spreadsheet."""
    sample = files("daybook.catalog").joinpath("sample.csv").read_text("utf-8")
    items = [row for row in csv.DictReader(io.StringIO(sample)) if row["seller-sku"] <= "HG-0013"]
    for item in items:
        sku = item["seller-sku"]
        row = {"operation": "put_listing", "sku": sku, "marketplace": "US", "product_type": "KITCHEN"}
        row |= {"attributes.item_name": item["item-name"], "price": item["price"], "quantity": item["quantity"]}
        yield row | _WRONG.get(sku, {})
        if sku == _TWICE:
            yield row | {"price": "19.80"}


def _written(rows: Iterator[dict[str, str]] | Rows) -> bytes:
    text, found = io.StringIO(), list(rows)
    writer = csv.DictWriter(text, found[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue().encode()


def _sent(client: ReportsClient, content: bytes, name: str, randomness: Randomness) -> Told:
    return client.submit_batch(BatchFile(lambda: [content], name), randomness(16).hex())


def _submit(stage: Stage, client: ReportsClient, randomness: Randomness, content: bytes) -> str:
    with stage.step(f"Submitted {FILE}") as step:
        told = _sent(client, content, FILE, randomness)
        queued, refused = told["statuses"]["queued"], told["refused"]
        step.end = f"{queued} of {queued + len(refused)} lines to send, {len(refused)} refused here"
        step.shown += [f"{line['code']}: {line['message']}" for line in refused]
        step.shown.append(f"It is batch {told['batchId']}.")
    return str(told["batchId"])


def _follow(stage: Stage, client: ReportsClient, batch_id: str) -> None:
    with stage.step("The marketplace has answered to each of the others") as step:
        told = _until(client, batch_id, step, _answered)
        taken = sum(told["statuses"].get(status, 0) for status in ("accepted", "success"))
        step.end = f"{taken} taken, {told['statuses'].get('rejected', 0)} refused"
        step.shown += _tried_again(client, batch_id)


def _answered(batch: Told) -> bool:
    return not any(batch["statuses"].get(status) for status in _ON_THE_WAY)


def _ended(batch: Told) -> bool:
    return bool(batch["status"] == "ended")


def _until(client: ReportsClient, batch_id: str, step: Step, there: Callable[[Told], bool]) -> Told:
    give_up = time.monotonic() + PATIENCE
    told = client.get_batch(batch_id)
    while not there(told["batch"]) and time.monotonic() < give_up:
        step.say(told["outlook"]["sentence"].partition(",")[0])
        time.sleep(POLL_EVERY)
        told = client.get_batch(batch_id)
    batch: Told = told["batch"]
    if there(batch):
        return batch
    raise StoryFailed(f"Batch {batch_id} has not come so far in {PATIENCE:.0f} seconds.", str(batch["statuses"]))


def _tried_again(client: ReportsClient, batch_id: str) -> list[str]:
    """What went wrong on the way, and was tried again without anybody's doing."""
    found = client.get_operations({"batchId": batch_id, "statuses": "accepted,success"})["operations"]
    again = [one for one in found if one["attempts"] > 1]
    lines = []
    for one in again:
        *failed, _ = client.get_operation(batch_id, one["line"])["attempts"]
        codes = ", then ".join(f"{each['code']} ({each['httpStatus']})" for each in failed)
        lines.append(f"{one['reference']}: {codes}; each time tried again by itself, and taken at last.")
    return lines


def _explain(stage: Stage, client: ReportsClient, batch_id: str) -> None:
    with stage.step("Every error is explained") as step:
        failed = client.get_operations({"batchId": batch_id, "operationStatuses": "Error"})["operations"]
        codes = Counter(one["lastError"]["code"] for one in failed)
        step.end = f"{len(failed)} records, {len(codes)} codes"
        step.shown += [_explained(client.get_error_code(code), failed) for code in codes]


def _explained(code: Told, failed: Sequence[Told]) -> RenderableType:
    where = ", ".join(one["reference"] for one in failed if one["lastError"]["code"] == code["code"])
    head = Text(code["code"], "bold").append(f"  {code['source']}; {where}", "not bold")
    helps = "a retry may help" if code["retryHelps"] else "a retry does not help"
    below = f"{code['meaning']}\nThe {code['whoCanFixIt']} can fix it; {helps}. {code['whatToDo']}"
    return Group(head, Padding(Text(below), (0, 0, 0, 2)))


def _correct(stage: Stage, client: ReportsClient, batch_id: str) -> Rows:
    with stage.step("Exported what failed, and corrected it") as step:
        content = b"".join(client.get_batch_report(batch_id, failed=True)).decode()
        failed = list(csv.DictReader(io.StringIO(content)))
        kept = [row for row in failed if not row["Last Error"].startswith("DuplicateReference")]
        changed = [(row["Reference"], name, row[name], value) for row in kept for name, value in _mended(row)]
        step.end = f"{len(changed)} cells changed, 1 line left out"
        step.shown.append(
            listing(("SKU", "COLUMN", "WAS", "IS"), [(*one[:2], *map(_value, one[2:])) for one in changed])
        )
    return [{**row, **_RIGHT.get(row["Reference"], {})} for row in kept]


def _mended(row: dict[str, str]) -> list[tuple[str, str]]:
    return list(_RIGHT.get(row["Reference"], {}).items())


def _value(cell: str) -> str:
    """A cell as a person reads it: of attributes, the name's value."""
    if not cell.startswith("{"):
        return cell or "(nothing)"
    [name] = json.loads(cell)["item_name"]
    return str(name["value"])


def _submit_again(stage: Stage, client: ReportsClient, randomness: Randomness, rows: Rows) -> str:
    with stage.step("Submitted the corrected file as it is") as step:
        told = _sent(client, _written(rows), f"corrected-{FILE}", randomness)
        if told["refused"]:
            raise StoryFailed("A corrected line was refused.", str(told["refused"]))
        step.end = f"{len(rows)} lines to send, none refused"
        step.shown.append(f"It is batch {told['batchId']}.")
    return str(told["batchId"])


def _end(stage: Stage, client: ReportsClient, batch_ids: tuple[str, str]) -> None:
    with stage.step("Both batches have ended") as step:
        ended = [_until(client, one, step, _ended) for one in batch_ids]
        in_effect = sum(one["counts"]["Success"] for one in ended)
        if ended[1]["counts"]["Error"]:
            raise StoryFailed(f"Batch {batch_ids[1]} has errors still.", str(ended[1]["errors"]))
        step.end = f"{in_effect} listings are in effect, nothing is left to do"
        content = b"".join(client.get_batch_report(batch_ids[1])).decode()
        rows = list(csv.reader(io.StringIO(content)))
        columns = [rows[0].index(name) for name in rows[0] if name.startswith(_REPORTED)]
        heads = [rows[0][at].upper() for at in columns]
        step.shown.append(listing(heads, [[row[at] for at in columns] for row in rows[1 : _SHOWN + 1]]))


_REPORTED = ("Reference", "Operation Status", "Queued At", "Completed At")
