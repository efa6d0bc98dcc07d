"""The lane protocol as a transition system: two wakers, two workers, one lane, and bad luck.

Read it from the top: the lane's row, what a process remembers, one function per atomic step, what the reaper and
a heartbeat do, and at the end the two programs that are made of these steps. `moves.py` lets everybody take turns and
adds bad luck, `invariants.py` judges every move, `variants.py` swaps single steps.

How the database is modelled (READ COMMITTED, row locks):

- a statement is atomic and sees what is committed when it starts, plus its own transaction's changes;
- a transaction that has locked the lane's row carries its own version of it, `draft`, until COMMIT or ROLLBACK; whoever
  carries a draft holds the lock. A statement that needs the lock waits: the step answers None;
- SKIP LOCKED does not wait, it sees no row;
- a process that dies rolls back and unlocks.

Time is a counter: 0 is now, 1 is later. A lease does not end by the counter; it may lapse at any moment, even of
a worker that is well and only slow, because that is all that a clock can promise.
SQLite runs the same protocol with one writer at a time: fewer interleavings, all of them among these.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

NAMES = ("W1", "W2", "K1", "K2")
"""Two workers and two wakers, in the order in which a state holds them."""


class Row(NamedTuple):
    """The lane's row. `leased` stands for lease_until: whether there is one. `wakes` is used by one variant alone."""

    due: int | None = None
    not_before: int | None = None
    worker: str | None = None
    leased: bool = False
    token: int = 0
    failures: int = 0
    wakes: int = 0


class Todo(NamedTuple):
    """A domain row that gives the lane work, from the time `at` on."""

    status: Literal["absent", "waiting", "done"] = "absent"
    at: int = 0


class Process(NamedTuple):
    """What one process remembers, and its open transaction (`wrote`, `draft`, `latched`).

    `left` is the rest of its program, `claimed` the row that its claim returned, `seen` the todos that its step read,
    `doing` those that the step takes on.
    """

    name: str
    left: tuple["Step", ...]
    claimed: Row = Row()
    turn: int = 0
    seen: frozenset[int] | None = None
    doing: tuple[int, ...] = ()
    wrote: tuple[int, ...] = ()
    draft: Row | None = None
    latched: bool = False
    alive: bool = True

    @property
    def is_worker(self) -> bool:
        return self.name.startswith("W")

    @property
    def token(self) -> int:
        return self.claimed.token

    @property
    def todo(self) -> int:
        """Which todo a waker brings: K1 the first, K2 the second."""
        return int(self.name[1:]) - 1


class Luck(NamedTuple):
    """How often chance may still strike: leases of living workers that lapse, kill -9, heartbeats, steps that raise."""

    lapses: int = 2
    kills: int = 1
    beats: int = 0
    raises: int = 0


class State(NamedTuple):
    """Everything committed, all processes, and the rest of the luck.

    `lapsed` is beside the row because time is no write: no transaction rolls it back. `turn` counts the claims; no
    process reads it, it is there for the judges.
    """

    row: Row
    todos: tuple[Todo, ...]
    processes: tuple[Process, ...]
    luck: Luck
    beat: tuple[str, int] | None = None
    lapsed: bool = False
    clock: int = 0
    turn: int = 0


Step = Callable[[State, Process], State | None]
"""One atomic step of a process: the state after it, or None when it has to wait."""


def put(state: State, me: Process, **changes: object) -> State:
    """The state with this process, and these fields, changed."""
    at = NAMES.index(me.name)
    processes = (*state.processes[:at], me, *state.processes[at + 1 :])
    return state._replace(processes=processes, **changes)  # type: ignore[arg-type]  # the names are State's own


def named(state: State, name: str) -> Process:
    """The process of that name."""
    return state.processes[NAMES.index(name)]


def earlier(one: int | None, other: int | None) -> int | None:
    """LEAST of PostgreSQL: NULL is skipped."""
    return min((time for time in (one, other) if time is not None), default=None)


def later(one: int | None, other: int | None) -> int | None:
    """GREATEST of PostgreSQL: NULL is skipped."""
    return max((time for time in (one, other) if time is not None), default=None)


def lane_is_locked(state: State, me: Process | None = None) -> bool:
    """Whether a transaction other than mine holds the lane's row."""
    for other in state.processes:
        if other.draft is not None:
            return me is None or other.name != me.name
    return False


def is_mine(row: Row, me: Process) -> bool:
    """The guard of renew, fence and release: WHERE token = :token AND worker IS NOT NULL."""
    return row.token == me.token and row.worker is not None


# The steps of a waker: a request that changes the domain and thereby gives the lane work.


def insert(state: State, me: Process) -> State:
    """Writes the todo, not committed yet."""
    return put(state, me._replace(wrote=(me.todo,)))


def wake(state: State, me: Process) -> State | None:
    """Writes the lane's row whatever is in it: due now, or when the todo is, but not inside a back-off."""
    if lane_is_locked(state, me):
        return None
    row = state.row
    at = max(state.clock, state.todos[me.todo].at)
    due = later(earlier(row.due, at), row.not_before)
    return put(state, me._replace(draft=row._replace(due=due, wakes=row.wakes + 1)))


def commit(state: State, me: Process) -> State:
    """Makes the transaction's changes visible and lets go of its locks."""
    row = state.row if me.draft is None else me.draft
    status: Literal["waiting", "done"] = "done" if me.is_worker else "waiting"
    todos = tuple(
        todo._replace(status=status) if number in me.wrote else todo for number, todo in enumerate(state.todos)
    )
    lapsed = state.lapsed and row.leased
    return put(state, me._replace(wrote=(), draft=None, latched=False), row=row, todos=todos, lapsed=lapsed)


def latch(state: State, me: Process) -> State | None:
    """Locks one more domain row, the same for everybody, until COMMIT; only where a variant says so."""
    if any(other.latched for other in state.processes):
        return None
    return put(state, me._replace(latched=True))


# The steps of a worker.


def claim(state: State, me: Process) -> State | None:
    """Takes the lane if it is free and due, and consumes the wake. A transaction of its own."""
    return take(state, me, due=None)


def take(state: State, me: Process, due: int | None) -> State | None:
    """Claims and leaves `due` in the row."""
    row = state.row
    if lane_is_locked(state) or row.worker is not None or row.due is None or row.due > state.clock:
        return None
    return give(state, me, row._replace(due=due))


def give(state: State, me: Process, row: Row) -> State:
    """Hands the lane to this worker: a new token, a new lease, a new turn."""
    row = row._replace(worker=me.name, leased=True, token=row.token + 1)
    return put(state, me._replace(claimed=row, turn=state.turn + 1), row=row, turn=state.turn + 1, lapsed=False)


def read(state: State, me: Process) -> State:
    """Reads the todos on a fresh snapshot and means to do all that are due."""
    waiting = [number for number, todo in enumerate(state.todos) if todo.status == "waiting"]
    due = tuple(number for number in waiting if state.todos[number].at <= state.clock)
    return put(state, me._replace(seen=frozenset(waiting), doing=due))


def write(state: State, me: Process) -> State:
    """Writes the results of the step, not committed yet."""
    return put(state, me._replace(wrote=me.doing))


def work(state: State, me: Process) -> State:
    """The step itself, read and write. As one move: between the two, nothing happens that others can see."""
    after = read(state, me)
    return write(after, named(after, me.name))


def fence(state: State, me: Process) -> State | None:
    """SELECT ... FOR UPDATE of the own lane with the current token; no row: ROLLBACK."""
    if lane_is_locked(state, me):
        return None
    if not is_mine(state.row, me):
        return roll_back(state, me)
    return put(state, me._replace(draft=state.row))


def release(state: State, me: Process) -> State | None:
    """Frees the lane, due at the earlier of a new wake and its own next; it is a fence too."""
    return let_go(state, me, earlier(state.row.due, next_due(state, me)))


def let_go(state: State, me: Process, due: int | None) -> State | None:
    """Releases and leaves `due` in the row."""
    if lane_is_locked(state, me):
        return None
    if not is_mine(state.row, me):
        return roll_back(state, me)
    return put(state, me._replace(draft=freed(state.row)._replace(due=due, not_before=None, failures=0)))


def freed(row: Row) -> Row:
    return row._replace(worker=None, leased=False)


def next_due(state: State, me: Process) -> int | None:
    """When the step wants to be run again: for the todos that it saw and did not take on."""
    return min((state.todos[number].at for number in (me.seen or frozenset()) - set(me.doing)), default=None)


def back_off(state: State, me: Process) -> State | None:
    """The release after an exception, a transaction of its own: due later, and no wake makes it sooner."""
    if lane_is_locked(state, me):
        return None
    if not is_mine(state.row, me):
        return roll_back(state, me)
    soon = state.clock + 1
    row = freed(state.row)._replace(failures=state.row.failures + 1, not_before=soon, due=soon)
    return put(state, me, row=row, lapsed=False)


def roll_back(state: State, me: Process) -> State:
    """Undoes the open transaction and ends the program."""
    return put(state, me._replace(wrote=(), draft=None, latched=False, left=()))


# What happens beside the programs.


def reap(state: State) -> State:
    """Frees a lane whose lease has lapsed: due again, the token moved on, a failure counted."""
    row = state.row
    floor = state.clock + 1 if row.failures else None
    due = later(state.clock, floor)
    row = freed(row)._replace(token=row.token + 1, failures=row.failures + 1, due=due, not_before=floor)
    return state._replace(row=row, lapsed=False)


def renew(state: State, token: int) -> State:
    """A heartbeat's statement; it skips a locked row, and tries again at the next beat."""
    if lane_is_locked(state) or state.row.token != token or state.row.worker is None:
        return state
    return state._replace(row=state.row._replace(leased=True), lapsed=False)


def die(state: State, me: Process) -> State:
    """kill -9: the open transaction and the heartbeat are gone; the row still says that the lane is held."""
    luck = state.luck._replace(kills=state.luck.kills - 1)
    beat = None if state.beat and state.beat[0] == me.name else state.beat
    return put(state, Process(me.name, (), alive=False), luck=luck, beat=beat)


WAKER: tuple[Step, ...] = (insert, wake, commit)
WORKER: tuple[Step, ...] = (claim, work, release, commit)


class Protocol(NamedTuple):
    """Who does what: the defaults are the protocol, the variants change one thing."""

    waker: tuple[Step, ...] = WAKER
    worker: tuple[Step, ...] = WORKER
    back_off: Step = back_off
    reap: Callable[[State], State] = reap
    renew: Callable[[State, int], State] = renew
    sweep: Callable[[State], State] | None = None
    luck: Luck = Luck()
    second_todo_at: int = 0
