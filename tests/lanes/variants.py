"""Simpler or different lane protocols: each changes one step or the order of steps, and either stands or falls."""

from typing import NamedTuple

from tests.lanes import model
from tests.lanes.invariants import Wrong
from tests.lanes.model import (
    Luck,
    Process,
    Protocol,
    Row,
    State,
    back_off,
    claim,
    commit,
    earlier,
    fence,
    freed,
    give,
    insert,
    is_mine,
    lane_is_locked,
    latch,
    later,
    let_go,
    named,
    next_due,
    put,
    read,
    release,
    roll_back,
    take,
    wake,
    work,
    write,
)

LEASE_END = 1000
"""Later than any time of the model's clock."""


def look_and_skip_if_due(state: State, me: Process) -> State:
    return _skip_wake(state, me) if state.row.due is not None else put(state, me)


def look_and_skip_if_held(state: State, me: Process) -> State:
    return _skip_wake(state, me) if state.row.worker is not None else put(state, me)


def _skip_wake(state: State, me: Process) -> State:
    return put(state, me._replace(left=me.left[1:]))


def wake_through_a_back_off(state: State, me: Process) -> State | None:
    """Leaves out GREATEST(..., not_before)."""
    return None if lane_is_locked(state, me) else _draft_due(state, me, earlier(state.row.due, state.clock))


def wake_with_the_min_of_sqlite(state: State, me: Process) -> State | None:
    """SQLite's min(a, b) is NULL when one of them is."""
    due = None if state.row.due is None else min(state.row.due, state.clock)
    return None if lane_is_locked(state, me) else _draft_due(state, me, later(due, state.row.not_before))


def _draft_due(state: State, me: Process, due: int | None) -> State:
    return put(state, me._replace(draft=state.row._replace(due=due)))


def claim_without_consuming(state: State, me: Process) -> State | None:
    return take(state, me, due=state.row.due)


def release_unless_due_moved(state: State, me: Process) -> State | None:
    """Clears the due time that the claim saw. But LEAST(that, now) is that, so a wake since does not show."""
    woken = state.row.due != me.claimed.due
    return let_go(state, me, earlier(state.row.due if woken else None, next_due(state, me)))


def release_overwriting_due(state: State, me: Process) -> State | None:
    return let_go(state, me, next_due(state, me))


def release_forgetting_its_next(state: State, me: Process) -> State | None:
    return let_go(state, me, state.row.due)


def release_unless_the_count_moved(state: State, me: Process) -> State | None:
    """Instead of consuming: every wake counts, and release keeps the due time of a wake that came since the claim."""
    woken = state.row.wakes != me.claimed.wakes
    return let_go(state, me, earlier(state.row.due if woken else None, next_due(state, me)))


def claim_by_moving_due_to_the_lease_end(state: State, me: Process) -> State | None:
    """One column for both: whoever finds it due may take it. The row keeps worker and lease for the judges."""
    row = state.row
    if lane_is_locked(state) or row.due is None or row.due > state.clock:
        return None
    return give(state, me, row._replace(due=LEASE_END))


def release_by_moving_due(state: State, me: Process) -> State | None:
    woken = state.row.due != LEASE_END
    return let_go(state, me, earlier(state.row.due if woken else None, next_due(state, me)))


def due_at_the_lease_end(state: State) -> State:
    due = state.clock if state.row.due == LEASE_END else state.row.due
    return state._replace(row=freed(state.row)._replace(due=due), lapsed=False)


def select_the_token(state: State, me: Process) -> State:
    """A plain SELECT: true when it was read, and nothing keeps it true."""
    return put(state, me) if is_mine(state.row, me) else roll_back(state, me)


def write_where_the_token_exists(state: State, me: Process) -> State:
    """UPDATE ... WHERE EXISTS (the lane with my token): the same, inside one statement."""
    return write(state, me) if is_mine(state.row, me) else roll_back(state, me)


def look_at_the_clock(state: State, me: Process) -> State:
    """The worker asks only its own clock whether its lease still runs."""
    runs = me.turn == state.turn and not state.lapsed
    return put(state, me) if runs else roll_back(state, me)


def renew_by_the_token_alone(state: State, token: int) -> State:
    """Leaves out AND worker IS NOT NULL."""
    if lane_is_locked(state) or state.row.token != token:
        return state
    return state._replace(row=state.row._replace(leased=True), lapsed=False)


def reap_leaving_the_token(state: State) -> State:
    after = model.reap(state)
    return after._replace(row=after.row._replace(token=state.row.token))


def reap_without_making_due(state: State) -> State:
    after = model.reap(state)
    return after._replace(row=after.row._replace(due=state.row.due))


def back_off_without_a_time(state: State, me: Process) -> State | None:
    after = back_off(state, me)
    return after and after._replace(row=after.row._replace(due=state.row.due))


def work_on_one(state: State, me: Process) -> State:
    """A bounded step: it takes on the first todo that is due, and wants to be run again for the rest."""
    after = read(state, me)
    reader = named(after, me.name)
    return write(after, reader._replace(doing=reader.doing[:1]))


def forget_the_row(state: State) -> State:
    """DELETE; the next wake inserts a new row, and its token begins at 0 again."""
    return state._replace(row=Row())


class Sound(NamedTuple):
    """A protocol that keeps every invariant; `floor` is the least number of states that makes that worth something."""

    sentence: str
    protocol: Protocol
    floor: int


class Faulty(NamedTuple):
    """A protocol that breaks. `run`: moves of the shortest bad run, in order, that tell its story.

    `looking_past` hides one kind of harm, to find what else goes wrong.
    """

    sentence: str
    protocol: Protocol
    wrong: Wrong
    run: tuple[str, ...]
    looking_past: Wrong | None = None


SOUND = (
    Sound("the protocol", Protocol(), 6_000),
    Sound("the protocol, with a heartbeat in flight", Protocol(luck=Luck(beats=1)), 25_000),
    Sound(
        "the fence locks the lane before the step reads",
        Protocol(worker=(claim, fence, work, release, commit)),
        3_500,
    ),
    Sound(
        "wakes are counted instead of consumed",
        Protocol(worker=(claim_without_consuming, work, release_unless_the_count_moved, commit)),
        6_000,
    ),
    Sound("the token moves at the next claim only, not when reaped", Protocol(reap=reap_leaving_the_token), 6_000),
)
"""The protocol, and other ways to the same end."""

SOUND_PARTS = (
    Sound(
        "a step of two transactions: a fence ends the first, the release the second",
        Protocol(worker=(claim, work, fence, commit, release, commit)),
        15_000,
    ),
    Sound("a step raises and backs off, one lease lapses", Protocol(luck=Luck(lapses=1, raises=1)), 7_000),
    Sound("the second todo is for later, its wake has a delay", Protocol(second_todo_at=1), 7_500),
    Sound(
        "a step takes on one todo and asks to be run again for the rest",
        Protocol(worker=(claim, work_on_one, release, commit)),
        5_000,
    ),
    Sound(
        "requests and steps lock one domain row more, before the lane",
        Protocol(waker=(latch, insert, wake, commit), worker=(claim, read, latch, write, release, commit)),
        10_000,
    ),
)
"""The protocol again, with more of what real steps do."""

FAULTY = (
    Faulty(
        "release overwrites the due time with its own next",
        Protocol(worker=(claim, work, release_overwriting_due, commit)),
        Wrong.LOST_WAKE,
        ("W1 claim", "W1 work", "K2 wake", "K2 commit", "W1 release overwriting due", "W1 commit"),
    ),
    Faulty(
        "claim leaves the due time, release clears it if it has not moved",
        Protocol(worker=(claim_without_consuming, work, release_unless_due_moved, commit)),
        Wrong.LOST_WAKE,
        ("W1 claim", "W1 work", "K2 wake", "K2 commit", "W1 release unless due moved", "W1 commit"),
    ),
    Faulty(
        "a wake is skipped when the lane is due already",
        Protocol(waker=(insert, look_and_skip_if_due, wake, commit)),
        Wrong.LOST_WAKE,
        ("K2 look and skip", "W1 claim", "W1 work", "W1 release", "K2 commit"),
    ),
    Faulty(
        "a wake is skipped while the lane is held",
        Protocol(waker=(insert, look_and_skip_if_held, wake, commit)),
        Wrong.LOST_WAKE,
        ("W1 claim", "W1 work", "K2 look and skip", "W1 commit", "K2 commit"),
    ),
    Faulty(
        "the wake is committed before the todo",
        Protocol(waker=(wake, commit, insert, commit)),
        Wrong.LOST_WAKE,
        ("K1 wake", "K1 commit", "W1 claim", "W1 work", "W1 release", "K1 commit"),
    ),
    Faulty(
        "the wake comes after the todo's commit",
        Protocol(waker=(insert, commit, wake, commit)),
        Wrong.LOST_WAKE,
        ("K1 insert", "K1 commit", "K1 dies"),
    ),
    Faulty(
        "the step reads a snapshot older than its claim",
        Protocol(worker=(read, claim, write, release, commit)),
        Wrong.LOST_WAKE,
        ("W1 read", "K1 commit", "W1 claim", "W1 release", "W1 commit"),
    ),
    Faulty(
        "the release is committed before the results",
        Protocol(worker=(claim, read, release, commit, write, commit)),
        Wrong.LOST_WAKE,
        ("W1 claim", "W1 read", "W1 release", "W1 commit", "W1 dies"),
    ),
    Faulty(
        "one column says both when it is due and how long it is hidden",
        Protocol(
            worker=(claim_by_moving_due_to_the_lease_end, work, release_by_moving_due, commit),
            reap=due_at_the_lease_end,
        ),
        Wrong.TWO_HOLDERS,
        ("W1 claim", "K2 wake", "K2 commit", "W2 claim"),
    ),
    Faulty(
        "the fence is a SELECT of the token",
        Protocol(worker=(claim, work, select_the_token, commit, release, commit)),
        Wrong.TWO_WRITERS,
        ("W1 select the token", "W1 lease lapses", "reaper frees the lane", "W2 claim", "W1 commit"),
    ),
    Faulty(
        "the fence is WHERE EXISTS the token in each write",
        Protocol(worker=(claim, read, write_where_the_token_exists, commit, release, commit)),
        Wrong.TWO_WRITERS,
        ("W1 write where the token exists", "W1 lease lapses", "reaper frees the lane", "W2 claim", "W1 commit"),
    ),
    Faulty(
        "the fence is the worker's own clock",
        Protocol(worker=(claim, work, look_at_the_clock, commit, release, commit)),
        Wrong.TWO_WRITERS,
        ("W1 look at the clock", "W1 lease lapses", "reaper frees the lane", "W2 claim", "W1 commit"),
    ),
    Faulty(
        "the heartbeat renews by the token alone",
        Protocol(renew=renew_by_the_token_alone, luck=Luck(beats=1)),
        Wrong.GHOST_LEASE,
        ("W1 heartbeat notes token 1", "W1 commit", "W1 heartbeat renews"),
    ),
)
"""Thirteen ways to make it simpler, and wrong."""

FAULTY_PARTS = (
    Faulty(
        "the release is committed before the results, and the worker lives",
        Protocol(worker=(claim, read, release, commit, write, commit)),
        Wrong.TWO_WRITERS,
        ("W1 release", "W1 commit", "K2 commit", "W2 claim", "W1 commit"),
        looking_past=Wrong.LOST_WAKE,
    ),
    Faulty(
        "release keeps a wake and forgets its own next",
        Protocol(worker=(claim, work, release_forgetting_its_next, commit), second_todo_at=1),
        Wrong.LOST_WAKE,
        ("K2 commit", "W1 work", "W1 release forgetting its next", "W1 commit"),
    ),
    Faulty(
        "a wake is not held back by a back-off",
        Protocol(waker=(insert, wake_through_a_back_off, commit), luck=Luck(raises=1)),
        Wrong.BACK_OFF_DEFEATED,
        ("W1 step raises", "W1 back off", "K2 wake", "K2 commit", "W1 claim"),
    ),
    Faulty(
        "a failed step is released without a time",
        Protocol(back_off=back_off_without_a_time, luck=Luck(raises=1)),
        Wrong.LOST_WAKE,
        ("W1 step raises", "W1 back off without a time"),
    ),
    Faulty(
        "the reaper frees the lane and does not make it due",
        Protocol(reap=reap_without_making_due),
        Wrong.LOST_WAKE,
        ("W1 claim", "W1 lease lapses", "reaper frees the lane"),
    ),
    Faulty(
        "the wake takes SQLite's min() of NULL and now",
        Protocol(waker=(insert, wake_with_the_min_of_sqlite, commit)),
        Wrong.LOST_WAKE,
        ("K1 insert", "K1 wake", "K1 commit"),
    ),
    Faulty(
        "an idle lane is deleted, and its tokens begin again",
        Protocol(sweep=forget_the_row),
        Wrong.TWO_WRITERS,
        (
            "W1 claim",
            "W1 lease lapses",
            "W2 claim",
            "W2 commit",
            "sweep deletes",
            "W2 claim",
            "W1 release",
            "W1 commit",
        ),
        looking_past=Wrong.TOKEN_WENT_BACK,
    ),
    Faulty(
        "the fence locks the lane first, and the step changes a row that requests change",
        Protocol(waker=(latch, insert, wake, commit), worker=(claim, fence, read, latch, write, release, commit)),
        Wrong.DEADLOCK,
        ("W1 fence", "K2 latch"),
    ),
)
"""What breaks when a part of the protocol is left out."""
