"""Every move of the lane model: programs that take turns in any order, the database's own chores, and bad luck."""

from collections.abc import Iterator, Sequence

from tests.lanes.explorer import Move, Violation
from tests.lanes.invariants import Judge, Wrong, at_rest
from tests.lanes.model import NAMES, Process, Protocol, Row, State, Todo, die, lane_is_locked, named, put


class Lane:
    """The transition system: every move that a process, the database or chance can make in a state."""

    def __init__(self, protocol: Protocol, judges: Sequence[Judge], looking_past: Wrong | None = None) -> None:
        self._protocol = protocol
        self._judges = judges
        self._looking_past = looking_past

    def start(self) -> State:
        """Nothing is asked, nobody has begun; both workers look for work."""
        programs = {"W": self._protocol.worker, "K": self._protocol.waker}
        todos = (Todo(), Todo(at=self._protocol.second_todo_at))
        return State(Row(), todos, tuple(Process(name, programs[name[0]]) for name in NAMES), self._protocol.luck)

    def wrong(self, before: State, move: Move[State]) -> Violation | None:
        for judge in self._judges:
            found = judge(before, move.actor, move.after)
            if found and found.kind != self._looking_past:
                return found
        return None

    def wrong_at_rest(self, state: State) -> Violation | None:
        found = at_rest(state)
        return None if found and found.kind == self._looking_past else found

    def describe(self, state: State) -> str:
        """The lane and the todos in a line."""
        row = state.row
        due = "not due" if row.due is None else "due" if row.due <= state.clock else "due later"
        held = f"held by {row.worker}" if row.worker else "leased to nobody" if row.leased else "free"
        todos = ", ".join(f"K{number + 1} {todo.status}" for number, todo in enumerate(state.todos))
        return f"{due}, {held}, token {row.token}{', lapsed' if state.lapsed else ''}; {todos}"

    def moves(self, state: State) -> list[Move[State]]:
        """Workers come first, so that the run that is found lets a worker go on for as long as it can."""
        alive = [process for process in state.processes if process.alive and process.left]
        return [
            *(move for process in alive for move in self._step(state, process)),
            *self._lapse(state),
            *self._database(state),
            *self._heartbeat(state),
            *(move for process in alive for move in self._misfortune(state, process)),
        ]

    def _step(self, state: State, process: Process) -> Iterator[Move[State]]:
        """The next step of a program; a worker at the end of its own forgets everything and looks for work again.

        A request that nobody has sent yet may never be sent: a waker's first step is no must.
        """
        step, *rest = process.left
        after = step(state, process._replace(left=tuple(rest)))
        if after is None:
            return
        ended = not named(after, process.name).left
        does = step.__name__.replace("_", " ") + (", 0 rows: ROLLBACK" if rest and ended else "")
        if ended and process.is_worker:
            after = put(after, Process(process.name, self._protocol.worker))
        yield Move(process.name, does, after, must=process.is_worker or process.left != self._protocol.waker)

    def _lapse(self, state: State) -> Iterator[Move[State]]:
        """Sure to come for a dead worker; at most `luck.lapses` times while the worker lives and is only slow."""
        holder = state.row.worker
        if holder is None or state.lapsed:
            return
        lapsed = state._replace(lapsed=True)
        if not named(state, holder).alive:
            yield Move(holder, "lease lapses", lapsed)
        elif state.luck.lapses:
            luck = state.luck._replace(lapses=state.luck.lapses - 1)
            yield Move(holder, "lease lapses", lapsed._replace(luck=luck), must=False)

    def _database(self, state: State) -> Iterator[Move[State]]:
        """The reaper, the sweep of idle lanes, and the clock, which moves when something waits for it."""
        row = state.row
        locked = lane_is_locked(state)
        if state.lapsed and row.worker and not locked:
            yield Move("reaper", "frees the lane", self._protocol.reap(state))
        if self._protocol.sweep and row.token and row.worker is None and row.due is None and not locked:
            yield Move("sweep", "deletes the idle lane", self._protocol.sweep(state), must=False)
        if row.due == state.clock + 1:
            yield Move("clock", "moves on", state._replace(clock=state.clock + 1))

    def _heartbeat(self, state: State) -> Iterator[Move[State]]:
        """Two steps on a connection of its own: note the token that is held, then renew its lease."""
        if state.beat:
            name, token = state.beat
            yield Move(name, "heartbeat renews", self._protocol.renew(state._replace(beat=None), token))
        elif state.luck.beats:
            luck = state.luck._replace(beats=state.luck.beats - 1)
            for worker in state.processes:
                if worker.alive and worker.turn:
                    after = state._replace(beat=(worker.name, worker.token), luck=luck)
                    yield Move(worker.name, f"heartbeat notes token {worker.token}", after, must=False)

    def _misfortune(self, state: State, process: Process) -> Iterator[Move[State]]:
        """A step that raises; kill -9 of a process that is at work (one that is not has nothing to lose)."""
        luck = state.luck
        if luck.raises and process.wrote and process.is_worker and process.draft is None:
            failed = process._replace(wrote=(), latched=False, left=(self._protocol.back_off,))
            after = put(state, failed, luck=luck._replace(raises=luck.raises - 1))
            yield Move(process.name, "step raises, ROLLBACK", after, must=False)
        if luck.kills and process.left not in (self._protocol.worker, self._protocol.waker):
            yield Move(process.name, "dies", die(state, process), must=False)
