"""What a person sees of a wait: a bar on a terminal, a line for each change elsewhere, nothing where a program asks."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil

from rich.console import RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from daybook.cli.reports.places import Sight
from daybook.cli.screen import STYLES, Screen

Tell = Callable[[Sight], None]


@contextmanager
def following(screen: Screen) -> Iterator[Tell]:
    """Answers what to tell each sight of a report to."""
    if screen.json:
        yield lambda _: None
    elif not screen.err.is_terminal:
        yield _Lines(screen).tell
    else:
        with _Bars(screen) as bars:
            yield bars.tell


_LONGEST = 1e9
"""Seconds beyond which it makes no difference; an endpoint may say anything."""


def duration(seconds: float) -> str:
    """Seconds as people read them: 0:00:07."""
    return str(timedelta(seconds=int(min(max(0.0, seconds), _LONGEST))))


def usually(sight: Sight) -> str:
    """How long it usually takes, where that is known; a part of a second counts as one."""
    if sight.p50 is None or sight.p95 is None:
        return ""
    return f"usually {duration(ceil(sight.p50))}, 95 of 100 within {duration(ceil(sight.p95))}"


class _Lines:
    """A line whenever something else is to be said."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._said: dict[str, tuple[str, str]] = {}

    def tell(self, sight: Sight) -> None:
        if not sight.status or self._said.get(sight.report_id) == (sight.status, sight.sentence):
            return
        self._said[sight.report_id] = (sight.status, sight.sentence)
        parts = [f"Report {sight.report_id} is {_state(sight)}, after {duration(sight.waited)}"]
        parts += [usual] if (usual := usually(sight)) else []
        self._screen.remark(". ".join(["; ".join(parts), *([sight.sentence] if sight.sentence else [])]), "")


class _Bars(Progress):
    """A line for each report: status, bar, time so far; and below them what is waited for, and what is usual."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(
            SpinnerColumn(),
            TextColumn("Report {task.description}", markup=False),
            _Status(),
            BarColumn(bar_width=24),
            _TimeSoFar(),
            console=screen.err,
            transient=True,
        )
        self._of: dict[str, TaskID] = {}

    def tell(self, sight: Sight) -> None:
        if sight.report_id not in self._of:
            self._of[sight.report_id] = self.add_task(sight.report_id, total=None)
        at = time.monotonic() - sight.waited
        self.update(self._of[sight.report_id], total=sight.p95, completed=sight.waited, sight=sight, since=at)

    def get_renderables(self) -> Iterable[RenderableType]:
        for task in self.tasks:
            if (sight := task.fields.get("sight")) and sight.p95:
                task.completed = min(sight.p95, time.monotonic() - task.fields["since"])
        yield self.make_tasks_table(self.tasks)
        sights = [task.fields["sight"] for task in self.tasks if task.fields.get("sight")]
        for line in dict.fromkeys(line for sight in sights for line in _below(sight)):
            yield Text(f"  {line}", "dim")


class _Status(ProgressColumn):
    def render(self, task: Task) -> Text:
        sight = task.fields.get("sight")
        return Text(_state(sight), STYLES.get(sight.status, "")) if sight else Text()


class _TimeSoFar(ProgressColumn):
    def render(self, task: Task) -> Text:
        since = task.fields.get("since")
        return Text(duration(time.monotonic() - since), "bold") if since is not None else Text()


def _below(sight: Sight) -> list[str]:
    """What is said below the bar, a line each."""
    usual = usually(sight)
    return [line for line in (sight.sentence, f"It takes {usual}." if usual else "") if line]


def _state(sight: Sight) -> str:
    return sight.status or "asked for"
