"""What comes in by a queue: Amazon's notifications, by themselves or wrapped by SNS or EventBridge.

A message is deleted from the queue when it is kept here, and not before: until then the queue gives it out again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from daybook.kernel.errors import InvalidInput
from daybook.kernel.ids import Ids
from daybook.lanes import Lane, LaneNotes, WorkClass
from daybook.notifications.inbound.events import NOBODY, Arrival, InboundEvent, receive, receive_bad
from daybook.notifications.inbound.ports import QueuePort
from daybook.notifications.inbound.reading import read
from daybook.notifications.inbound.status import Source
from daybook.shapes import decode

QUEUE = "queue"


class Message(NamedTuple):
    """A message, and what to show to have it deleted."""

    text: str
    receipt: str


class Queue(Protocol):
    """A queue that gives out messages, again and again until they are deleted."""

    def receive(self, seconds: int) -> Sequence[Message]: ...
    def delete(self, message: Message) -> None: ...


def queue_lane() -> Lane:
    """There is one queue, and one worker reads it at a time."""
    return Lane(QUEUE, Source.AMAZON)


def wake_queue(tx: LaneNotes) -> None:
    """Read the queue from now on: what a Daybook does when it starts."""
    tx.wake(queue_lane(), WorkClass.NORMAL)


def keep(tx: QueuePort, now: datetime, ids: Ids, text: str) -> InboundEvent | None:
    """Keeps a message, whatever it holds; None where it is here already."""
    body = unwrapped(text).encode(errors="replace")
    try:
        reading = read(body, {})
    except InvalidInput as error:
        return receive_bad(tx, now, ids, Arrival(NOBODY, Source.AMAZON), text, error.sentence)
    seller_id = reading.seller if reading.seller and tx.seller(reading.seller) else NOBODY
    return receive(tx, now, ids, Arrival(seller_id, Source.AMAZON), reading, body)


def unwrapped(text: str) -> str:
    """What SNS has wrapped; anything else as it is. EventBridge's `detail` the reading knows."""
    try:
        content = decode(text.encode(errors="replace"), object)
    except msgspec.DecodeError:
        return text
    if isinstance(content, dict) and content.get("Type") == "Notification":
        message = content.get("Message")
        return message if isinstance(message, str) else text
    return text
