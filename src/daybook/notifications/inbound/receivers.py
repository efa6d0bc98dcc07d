"""Receivers: URLs of Daybook's own, at which a marketplace's notifications about one seller come in.

The URL has a token of 256 random bits, of which its SHA-256 alone is kept. Besides, a receiver may ask for a proof.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daybook.accounts.applications import hashed
from daybook.activity import Event
from daybook.kernel.errors import TOLD, InvalidInput, NotFound, Unauthenticated
from daybook.kernel.ids import Ids
from daybook.notifications.authorizations import Authorization
from daybook.notifications.confidential import Seal
from daybook.notifications.inbound.ports import ReceiversPort
from daybook.notifications.inbound.proofs import is_proven, opened, sealed
from daybook.notifications.inbound.status import Source

SUBJECT = "receiver"
PREFIX = "inb_"
MOST = 20
"""Receivers of one seller."""
LONGEST_NAME = 100
LONGEST_BODY = 256 * 1024
"""Bytes of a notification; those of the marketplaces have a thousandth of that."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver; `sealed` holds its proof, and is empty where the URL is all that is asked for."""

    seller_id: str
    receiver_id: str
    source: Source
    name: str
    token_hash: str
    sealed: str
    created_at: datetime


def add(
    tx: ReceiversPort,
    now: datetime,
    ids: Ids,
    seal: Seal,
    seller_id: str,
    name: str,
    proof: Authorization | None,
    actor: str,
) -> tuple[Receiver, str]:
    """A new receiver of Walmart's notifications, and its token, which nobody can tell again. Raises InvalidInput."""
    if len(tx.receivers(seller_id)) >= MOST:
        raise InvalidInput(f"A seller has at most {MOST} receivers.", "Remove one that is no longer called.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"A receiver's name has at most {LONGEST_NAME} characters.", f"name: {name[:TOLD]}")
    receiver_id, token = ids.unique(), ids.secret(PREFIX)
    text = "" if proof is None else sealed(seal, seller_id, receiver_id, proof)
    receiver = Receiver(seller_id, receiver_id, Source.WALMART, name, hashed(token), text, now)
    tx.add_receiver(receiver)
    tx.add_event(Event(seller_id, SUBJECT, receiver_id, None, "ACTIVE", actor, {"source": receiver.source}, now))
    return receiver, token


def find(tx: ReceiversPort, seller_id: str, receiver_id: str) -> Receiver:
    """The seller's receiver. Raises NotFound."""
    receiver = tx.receiver(seller_id, receiver_id)
    if receiver is None:
        raise NotFound("The receiver could not be found.", f"receiverId: {receiver_id[:TOLD]}")
    return receiver


def remove(tx: ReceiversPort, now: datetime, receiver: Receiver, actor: str) -> None:
    """Ends the receiver: its URL is unknown from now on. What came in by it stays."""
    tx.remove_receiver(receiver.seller_id, receiver.receiver_id)
    told = {"source": receiver.source}
    tx.add_event(Event(receiver.seller_id, SUBJECT, receiver.receiver_id, "ACTIVE", "REMOVED", actor, told, now))


def called(tx: ReceiversPort, source: Source, token: str) -> Receiver:
    """The receiver whose token a URL has. Raises Unauthenticated, as for a proof that is not good."""
    given = hashed(token)
    receiver = tx.receiver_of(given)
    if receiver is None or receiver.source is not source or not hmac.compare_digest(receiver.token_hash, given):
        raise refused()
    return receiver


def prove(seal: Seal, key: bytes, receiver: Receiver, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises Unauthenticated where the receiver asks for a proof, and the headers are none."""
    if not receiver.sealed:
        return
    if not is_proven(proof(seal, receiver), headers, body, key, receiver.receiver_id, now):
        raise refused()


def proof(seal: Seal, receiver: Receiver) -> Authorization:
    """What a receiver asks for, that has a proof."""
    return opened(seal, receiver.seller_id, receiver.receiver_id, receiver.sealed)


def refused() -> Unauthenticated:
    """A caller learns not whether it was the URL or the proof."""
    return Unauthenticated("The caller of this receiver is not known.", "Its URL or its authorization is not right.")
