"""A marketplace that lives in the test: it does what it is told, and remembers what it was sent."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from daybook.operations.calls import Absent, Call, Outcome, Plan, Reply, ReplyStatus, Standing

LIVE = Reply(ReplyStatus.LIVE, request_id="request", submission_id="submission")
Answers = Callable[[Call], Outcome]


class Stub:
    """Answers every call with LIVE, unless `answers` says otherwise; `log` has every call that arrived.

    A look finds the change if a call with its key was done, or what `looks` says.
    """

    def __init__(
        self,
        answers: Answers | None = None,
        *,
        rate: float = 1e9,
        burst: int = 1_000_000,
        chunk: int = 1,
        honours_keys: bool = False,
    ) -> None:
        self.answers: Answers = answers or (lambda call: LIVE)
        self.looks: Callable[[Call], Standing] | None = None
        self.honours_keys = honours_keys
        self.rate, self.burst, self.chunk = rate, burst, chunk
        self.log: list[Call] = []
        self.turns: list[int] = []
        self.done: dict[str, int] = defaultdict(int)

    def plan(self, kind: str) -> Plan:
        operation = {"put_listing": "putListingsItem", "delete_listing": "deleteListingsItem"}
        return Plan(operation.get(kind, "patchListingsItem"), self.rate, self.burst, self.chunk)

    def look_plan(self) -> Plan:
        return Plan("getListingsItem", 1e9, 1_000_000)

    def send(self, calls: Sequence[Call], seconds: float) -> Mapping[str, Outcome]:
        self.turns.append(len(calls))
        return {call.attempt_id: self._answer(call) for call in calls}

    def _answer(self, call: Call) -> Outcome:
        self.log.append(call)
        outcome = self.answers(call)
        if isinstance(outcome, Reply) and outcome.status is not ReplyStatus.INVALID:
            self.done[call.key] += 1
        return outcome

    def read_back(self, call: Call) -> Standing:
        if self.looks:
            return self.looks(call)
        return LIVE if self.done[call.key] else Absent("look")
