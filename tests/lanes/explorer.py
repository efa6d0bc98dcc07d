"""Explores a transition system breadth first, to its last state, and answers with the shortest bad run.

It knows nothing of lanes. A system says where it starts, which moves are possible in a state, which move is wrong, and
what is wrong with a state in which nothing has to happen any more. Breadth first means: no shorter bad run exists than
the one that comes back, and when none comes back, every state was seen.
"""

import gc
from collections import Counter, deque
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, NamedTuple, Protocol, TypeVar

S = TypeVar("S", bound=Hashable)


class Move(NamedTuple, Generic[S]):
    """One atomic step: who, what, and the state after it.

    `must` tells progress from chance. A crash, a lapse, or a request that nobody has sent yet may come or not; a system
    is at rest when no move is left that must come.
    """

    actor: str
    does: str
    after: S
    must: bool = True


class Violation(NamedTuple):
    """A broken invariant: its kind, for programs, and a sentence."""

    kind: str
    sentence: str


class System(Protocol[S]):
    """What the explorer needs to know."""

    def start(self) -> S: ...
    def moves(self, state: S) -> Sequence[Move[S]]: ...
    def wrong(self, before: S, move: Move[S]) -> Violation | None: ...
    def wrong_at_rest(self, state: S) -> Violation | None: ...
    def describe(self, state: S) -> str: ...


class Finding(NamedTuple):
    """The shortest bad run: one readable line a move, and what is wrong at its end."""

    violation: Violation
    run: tuple[str, ...]


class Exploration(NamedTuple):
    """What was found in how many different states, and all that was done on the way.

    `ends`: every state was seen, and no run can go on for ever, so every run comes to rest.
    """

    states: int
    done: frozenset[str]
    finding: Finding | None
    ends: bool


def explore(system: System[S]) -> Exploration:
    """Visits every reachable state once, or stops at the first wrong one."""
    seen = _Seen(system)
    with _no_garbage():
        finding = next((found for state in seen if (found := seen.visit(state))), None)
        ends = finding is None and seen.has_no_circle()
    return Exploration(len(seen.numbers), frozenset(seen.done), finding, ends)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Millions of tuples are made and kept, none of them in a circle: the collector would look through all in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Seen(Generic[S]):
    """The graph of states as far as it is known; each state has a number, in the order in which it was reached."""

    def __init__(self, system: System[S]) -> None:
        self.system = system
        self.numbers: dict[S, int] = {system.start(): 0}
        self.done: set[str] = set()
        self._waiting = deque(self.numbers)
        self._origins: list[tuple[int, Move[S]] | None] = [None]
        self._followers: list[list[int]] = []

    def __iter__(self) -> Iterator[S]:
        """The states, breadth first; they come to an end when no visit has found a new one."""
        while self._waiting:
            yield self._waiting.popleft()

    def visit(self, state: S) -> Finding | None:
        """Judges the state and its moves, and notes where they lead."""
        moves = self.system.moves(state)
        number = len(self._followers)
        if not any(move.must for move in moves) and (violation := self.system.wrong_at_rest(state)):
            return Finding(violation, self._lines(number))
        for move in moves:
            if violation := self.system.wrong(state, move):
                return Finding(violation, (*self._lines(number), self._line(move)))
        self._followers.append([self._number(number, move) for move in moves])
        return None

    def _number(self, origin: int, move: Move[S]) -> int:
        self.done.add(move.does)
        number = self.numbers.setdefault(move.after, len(self.numbers))
        if number == len(self._origins):
            self._origins.append((origin, move))
            self._waiting.append(move.after)
        return number

    def has_no_circle(self) -> bool:
        """Takes away every state that nothing leads to any more; a circle is what cannot be taken away."""
        arrivals = Counter(number for followers in self._followers for number in followers)
        free = [number for number in self.numbers.values() if not arrivals[number]]
        taken = 0
        while free:
            taken += 1
            for number in self._followers[free.pop()]:
                arrivals[number] -= 1
                if not arrivals[number]:
                    free.append(number)
        return taken == len(self.numbers)

    def _lines(self, number: int) -> tuple[str, ...]:
        lines = []
        while origin := self._origins[number]:
            number, move = origin
            lines.append(self._line(move))
        return tuple(reversed(lines))

    def _line(self, move: Move[S]) -> str:
        return f"{move.actor + ' ' + move.does:<40}| {self.system.describe(move.after)}"
