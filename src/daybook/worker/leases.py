"""The leases of the lanes that this worker holds, and the heartbeat that renews them.

A lease decides when others may start, never who may write: that is the fence's office. So a step that is hung, and a
lane that could not be renewed, need no more than to be left alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock

import structlog

from daybook.lanes import Held
from daybook.worker.pace import Pace
from daybook.worker.ports import LaneStore

log = structlog.get_logger()


@dataclass(slots=True)
class _Lease:
    longest: float
    deadline: float
    began: float | None = None
    told: bool = False

    def hangs(self, now: float) -> bool:
        return self.began is not None and now - self.began > self.longest


class Leases:
    """From the claim to the committed release, or to the end of the step."""

    def __init__(self, store: LaneStore, pace: Pace) -> None:
        self._store = store
        self._pace = pace
        self._leases: dict[Held, _Lease] = {}
        self._guard = Lock()
        store.on_release(self.forget)

    def hold(self, held: Held, longest: float, sent: float) -> None:
        """A claim that was sent at `sent` gave us the lane; a step of it may take `longest` seconds."""
        with self._guard:
            self._leases[held] = _Lease(longest, self._deadline(sent))

    def begin(self, held: Held) -> bool:
        """The step begins; False where the lease may be over already, and the step must not."""
        now = self._pace.monotonic()
        with self._guard:
            lease = self._leases[held]
            lease.began = now
            return now < lease.deadline

    def holds(self, held: Held) -> bool:
        """Whether the lane was neither released nor forgotten."""
        with self._guard:
            return held in self._leases

    def forget(self, held: Held) -> None:
        """The lane is no longer ours to renew."""
        with self._guard:
            self._leases.pop(held, None)

    def beat(self) -> float:
        """Renews the lease of every lane whose step is not hung, in one statement; seconds until the next beat."""
        sent = self._pace.monotonic()
        wanted = self._wanted(sent)
        if wanted:
            self._renewed(self._store.renew(wanted, self._pace.lease), sent)
            self._tell_of_lost(wanted, sent)
        return self._pace.renew_every

    def _deadline(self, sent: float) -> float:
        return sent + self._pace.lease - self._pace.margin

    def _wanted(self, now: float) -> list[Held]:
        with self._guard:
            hung = [(held, lease) for held, lease in self._leases.items() if lease.hangs(now)]
            wanted = [held for held, lease in self._leases.items() if not lease.hangs(now)]
        for held, lease in hung:
            self._tell(held, lease, "a step takes longer than its kind may; its lease is left to lapse")
        return wanted

    def _renewed(self, renewed: Collection[Held], sent: float) -> None:
        with self._guard:
            for held in renewed & self._leases.keys():
                self._leases[held].deadline = self._deadline(sent)

    def _tell_of_lost(self, wanted: Sequence[Held], now: float) -> None:
        with self._guard:
            lost = [(held, self._leases[held]) for held in wanted if held in self._leases]
        for held, lease in lost:
            if now >= lease.deadline:
                self._tell(held, lease, "a lease could not be renewed in time; another worker may take the lane")

    def _tell(self, held: Held, lease: _Lease, sentence: str) -> None:
        if not lease.told:
            log.warning(sentence, lane=str(held.lane), token=held.token, longest=lease.longest)
        lease.told = True
