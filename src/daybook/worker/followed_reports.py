"""The step of a seller's followed reports: what is due is asked about, one by one, and each answer written down.

    due? --> ask the marketplace --> the answer, committed, with the next that is due

A look changes nothing there, so that a worker that dies costs a look and no more.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from daybook.kernel.ids import Randomness
from daybook.lanes import Held, LaneKind, Step
from daybook.notifications.inbound.asking import Answer, Asked, Away
from daybook.notifications.inbound.followed_reports import (
    FOLLOWED,
    FollowedReport,
    looked_at_in,
    next_in,
    record,
    take,
)
from daybook.notifications.inbound.silence import PATIENCE, Patience, listen
from daybook.notifications.inbound.status import Source
from daybook.store.store import Store
from daybook.store.transaction import Transaction

AT_ONCE = 8
"""Sellers whose reports one worker asks about at the same time: a marketplace that hangs holds one of them."""
LONGEST = 240.0
"""Seconds that a step may take: its last look may need a token first."""
WORKS_ON = 2.0
"""Seconds for which a step begins new looks."""
WITHOUT_MARKETPLACE = 60.0
"""Seconds until a lane looks again whether its seller has a marketplace to ask."""
AWAY = 5.0
"""Seconds for which a marketplace that is away is left alone at least."""

Connect = Callable[[str, Source], Asked | None]
"""A seller's connection to a marketplace; None where there is none."""


def unconnected(seller_id: str, source: Source) -> Asked | None:
    """No marketplace is connected: everything waits."""
    del seller_id, source
    return None


@dataclass(frozen=True, slots=True)
class Follower:
    """What the step works with."""

    store: Store
    connect: Connect = unconnected
    patience: Patience = PATIENCE
    randomness: Randomness = secrets.token_bytes
    monotonic: Callable[[], float] = time.monotonic


class _Look(NamedTuple):
    """A report that is looked at, and since when."""

    report: FollowedReport
    began: datetime


def followed_kind(follower: Follower) -> LaneKind:
    """Lanes of followed reports, which wait for machines outside and so have slots of their own."""
    return LaneKind(FOLLOWED, followed_step(follower), LONGEST, AT_ONCE, apart=True)


def followed_step(follower: Follower) -> Step:
    """The step of lanes of kind `followed_reports.FOLLOWED`. Raises Unavailable where the database is away."""
    return partial(_step, follower)


def _step(follower: Follower, held: Held) -> None:
    asked = follower.connect(*looked_at_in(held.lane))
    if asked is None:
        follower.store.do(partial(_leave, held))
        return
    until = follower.monotonic() + WORKS_ON
    look = follower.store.do(partial(_next, follower, held))
    while look is not None:
        answer = asked.ask(look.report.report_id)
        goes_on = follower.monotonic() < until
        look = follower.store.do(partial(_record, follower, held, look, answer, goes_on))


def _leave(held: Held, tx: Transaction) -> None:
    """Without a marketplace: later, if there is anything to ask at all."""
    wait = next_in(tx, tx.now, *looked_at_in(held.lane))
    tx.release(held, None if wait is None else max(wait, WITHOUT_MARKETPLACE))


def _next(follower: Follower, held: Held, tx: Transaction) -> _Look | None:
    """What is due; where nothing is, the lane is given back."""
    seller_id, source = looked_at_in(held.lane)
    due = take(tx, tx.now, seller_id, source, 1)
    if due:
        tx.fence(held)
        return _Look(due[0], tx.now)
    _release(follower, held, 0.0, tx)
    return None


def _record(
    follower: Follower, held: Held, look: _Look, answer: Answer, goes_on: bool, tx: Transaction
) -> _Look | None:
    record(tx, tx.now, look.report, look.began, answer, follower.randomness, follower.patience)
    away = isinstance(answer, Away) and answer.whole
    if goes_on and not away:
        return _next(follower, held, tx)
    _release(follower, held, max(AWAY, answer.retry_after) if isinstance(answer, Away) else 0.0, tx)
    return None


def _release(follower: Follower, held: Held, least: float, tx: Transaction) -> None:
    """Until the next look, or until silence is to be told of."""
    seller_id, source = looked_at_in(held.lane)
    looks = next_in(tx, tx.now, seller_id, source)
    waits = [max(least, looks)] if looks is not None else []
    silence = listen(tx, tx.now, seller_id, source, follower.patience)
    waits += [silence] if silence is not None else []
    tx.release(held, min(waits, default=None))
