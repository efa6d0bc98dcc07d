"""How the demo is shown: a step at a time, live on a terminal, as plain lines elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from daybook.cli.screen import Screen
from daybook.client import Exchange

_LONGEST_PATH = 62


@dataclass(slots=True)
class Step:
    """One step of the story, while it is told: what it says at its end, and what is shown below."""

    say: Callable[[str], None]
    end: str = ""
    shown: list[RenderableType] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """A step that is over, and its calls."""

    title: str
    calls: list[str]


class Stage:
    """Where the story is played. It hears every call of the clients, and shows each step's below it."""

    def __init__(self, screen: Screen) -> None:
        self.told: list[Told] = []
        self._screen = screen
        self._heard: list[Exchange] = []

    def hear(self, exchange: Exchange) -> None:
        """A call was answered."""
        self._heard.append(exchange)

    def head(self, title: str) -> None:
        """What the next steps are about."""
        self._screen.show("", Text(title, "bold"), "")

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step: a spinner while it lasts, and a mark at its end, whichever it is."""
        self._heard.clear()
        with self._screen.busy(f"{title} ...") as say:
            step = Step(lambda text: say(f"{title}: {text}"))
            try:
                yield step
            except BaseException:
                self._screen.show(_line("✗", "red", title))
                raise
        self._tell(title, step)

    def _tell(self, title: str, step: Step) -> None:
        calls = [_call(exchange, times) for exchange, times in Counter(self._heard).items()]
        self.told.append(Told(f"{title}: {step.end}" if step.end else title, calls))
        self._screen.show(_line("✓", "green", title, step.end))
        for part in (*(Text(call, "dim cyan") for call in calls), *step.shown):
            self._screen.show(Padding(part, (0, 0, 0, 4)))


def _line(mark: str, style: str, title: str, end: str = "") -> Text:
    line = Text().append(f"  {mark} ", style).append(title, "bold")
    return line.append(f": {end}") if end else line


def _call(exchange: Exchange, times: int) -> str:
    path = exchange.path
    if len(path) > _LONGEST_PATH:
        path = f"{path[: _LONGEST_PATH - 16]}...{path[-13:]}"
    return f"{exchange.method} {path} {exchange.status}" + (f" ({times} times)" if times > 1 else "")
