"""Slots: how many steps run at the same time, and which."""

from collections import Counter
from collections.abc import Sequence
from threading import Condition

from daybook.lanes import LaneKind, WorkClass


class Slots:
    """Counts the busy slots. Some are kept for INTERACTIVE; of a kind with `at_once` no more run than it says.

    At least one slot is for every class, however many are to be kept. A kind that is `apart` has slots of its own.
    """

    def __init__(self, kinds: Sequence[LaneKind], slots: int, reserved: int) -> None:
        self.count = slots
        self._for_others = max(1, slots - reserved)
        self._at_once = {kind.name: slots if kind.at_once is None else kind.at_once for kind in kinds}
        self._apart = {kind.name for kind in kinds if kind.apart}
        self._of_class: Counter[WorkClass] = Counter()
        self._of_kind: Counter[str] = Counter()
        self._changed = Condition()

    @property
    def threads(self) -> int:
        """How many steps may run at the same time, all slots together."""
        return self.count + sum(self._at_once[kind] for kind in self._apart)

    def room(self, work_class: WorkClass, kind: str) -> int:
        """How many more lanes of the class and kind may run now."""
        with self._changed:
            if kind in self._apart:
                return self._at_once[kind] - self._of_kind[kind]
            free = self.count - self._of_class.total()
            if work_class is not WorkClass.INTERACTIVE:
                others = self._of_class.total() - self._of_class[WorkClass.INTERACTIVE]
                free = min(free, self._for_others - others)
            return min(free, self._at_once[kind] - self._of_kind[kind])

    def busy(self) -> dict[str, int]:
        """How many are busy, by class."""
        with self._changed:
            return {work_class.name: self._of_class[work_class] for work_class in WorkClass}

    def open(self, work_class: WorkClass) -> list[str]:
        """The kinds of which one more of the class may run."""
        return [kind for kind in self._at_once if self.room(work_class, kind) > 0]

    def take(self, work_class: WorkClass, kind: str) -> None:
        """One slot more is busy."""
        with self._changed:
            self._of_class[work_class] += kind not in self._apart
            self._of_kind[kind] += 1

    def give_back(self, work_class: WorkClass, kind: str) -> None:
        """One slot less is."""
        with self._changed:
            self._of_class[work_class] -= kind not in self._apart
            self._of_kind[kind] -= 1
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Waits until no slot is busy, at most that long; whether none is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._of_kind.total() == 0, seconds)
