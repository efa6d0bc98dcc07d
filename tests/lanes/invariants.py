"""What must hold in every run of the lane protocol. Each judge looks at one move and names the first thing wrong.

I1  a committed todo makes the lane due, unless the worker that holds it has read the todo or is still going to;
    so at rest no todo waits
I2  a step's writes become visible only together with the lock of its lane's row, under the current token
I3  a lane's token only grows
I4  a lane has a lease if and only if it has a worker
I5  locks are taken in one order, domain rows before lanes, so no two processes wait for each other
I6  a lapsed lease decides when somebody else may start, never who may write
"""

from collections.abc import Callable
from enum import StrEnum

from tests.lanes.explorer import Violation
from tests.lanes.model import Process, State, named

Judge = Callable[[State, str, State], Violation | None]
"""Looks at one move (the state before, the actor, the state after) and says what is wrong with it."""


class Wrong(StrEnum):
    """The kinds of harm."""

    LOST_WAKE = "lost wake"
    TWO_WRITERS = "two writers"
    TWO_HOLDERS = "two holders"
    GHOST_LEASE = "ghost lease"
    TOKEN_WENT_BACK = "token went back"
    DEADLOCK = "deadlock"
    BACK_OFF_DEFEATED = "back-off defeated"
    UNFENCED = "unfenced commit"
    UNPROMISED = "todo without a promise"


def two_writers(before: State, actor: str, after: State) -> Violation | None:
    """I6: the results of a step appear although another worker was given the lane since, or had done the todo."""
    me = named(before, actor) if _step_committed(before, actor, after) else None
    if me is None:
        return None
    if me.turn != before.turn:
        return Violation(
            Wrong.TWO_WRITERS, f"{actor} commits its results; another worker has been given the lane since"
        )
    if any(before.todos[number].status == "done" for number in me.wrote):
        return Violation(Wrong.TWO_WRITERS, f"{actor} commits a todo that is already done")
    return None


def unfenced(before: State, actor: str, after: State) -> Violation | None:
    """I2, to the letter: at COMMIT the lane's row is locked by the writer, and the row is the writer's."""
    me = named(before, actor) if _step_committed(before, actor, after) else None
    if me is None or (me.draft is not None and (before.row.token, before.row.worker) == (me.token, actor)):
        return None
    return Violation(Wrong.UNFENCED, f"{actor} commits its results without the lock of its own lane")


def _step_committed(before: State, actor: str, after: State) -> bool:
    return before.todos != after.todos and named(before, actor).is_worker


def two_holders(before: State, actor: str, after: State) -> Violation | None:
    """I6: a lane is given away while its worker lives and its lease has not lapsed."""
    holder = before.row.worker
    if after.turn == before.turn or holder is None or before.lapsed or not named(before, holder).alive:
        return None
    return Violation(Wrong.TWO_HOLDERS, f"{actor} is given the lane while {holder} holds it with a running lease")


def token_went_back(before: State, actor: str, after: State) -> Violation | None:
    """I3."""
    if after.row.token >= before.row.token:
        return None
    return Violation(Wrong.TOKEN_WENT_BACK, f"token {before.row.token} is followed by token {after.row.token}")


def ghost_lease(before: State, actor: str, after: State) -> Violation | None:
    """I4, which a CHECK of the table holds as well."""
    if after.row.leased == (after.row.worker is not None):
        return None
    return Violation(Wrong.GHOST_LEASE, "the lane has a lease and no worker, or a worker and no lease")


def back_off_defeated(before: State, actor: str, after: State) -> Violation | None:
    """A lane in back-off is claimed before its time."""
    floor = before.row.not_before
    if after.turn == before.turn or floor is None or floor <= before.clock:
        return None
    return Violation(Wrong.BACK_OFF_DEFEATED, f"{actor} is given the lane before its back-off is over")


def unpromised(before: State, actor: str, after: State) -> Violation | None:
    """I1, in every state: some column or some process still promises each waiting todo."""
    if after.row.due is not None:
        return None
    holder = named(after, after.row.worker) if after.row.worker else None
    for number, todo in enumerate(after.todos):
        if todo.status == "waiting" and not _promises(after, holder, number):
            return Violation(
                Wrong.UNPROMISED, f"the todo of K{number + 1} waits, and nothing will bring a worker to it"
            )
    return None


def _promises(state: State, holder: Process | None, number: int) -> bool:
    """A worker that is gone will be reaped, which makes the lane due."""
    if holder is None:
        return False
    gone = not holder.alive or holder.turn != state.turn
    return gone or holder.seen is None or number in holder.seen


def at_rest(state: State) -> Violation | None:
    """I5 and I1: what nobody can mend any more, a circle of locks or a todo that no process will ever do."""
    stuck = [process.name for process in state.processes if process.draft is not None or process.latched]
    if stuck:
        return Violation(Wrong.DEADLOCK, f"{' and '.join(stuck)} wait for each other's rows")
    for number, todo in enumerate(state.todos):
        if todo.status == "waiting":
            return Violation(Wrong.LOST_WAKE, f"nothing has to happen any more, and the todo of K{number + 1} waits")
    return None


HARMS: tuple[Judge, ...] = (two_writers, two_holders, token_went_back, ghost_lease, back_off_defeated)
"""What hurts a seller or an operator; a faulty variant is found by one of these, or at rest."""

PROMISES: tuple[Judge, ...] = (unfenced, unpromised)
"""Why no harm comes: held by every variant that takes the fence as a lock and consumes the wake."""
