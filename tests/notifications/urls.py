"""The corpus of URLs, and a watch on the sockets that this process connects."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("urls.tsv")


class Case(NamedTuple):
    verdict: str
    kind: str
    url: str
    answers: str

    def resolver(self, name: str, port: int) -> Sequence[str]:
        """A name server that knows this one case; whoever asks for a URL that has no name is wrong."""
        assert self.answers != "-", f"{name} is looked up, though {self.url!r} has no name in it"
        if self.answers == "none":
            raise OSError(f"no address for {name}")
        return self.answers.split(",")


def cases(verdict: str = "") -> list[Case]:
    """Every case of the file, or those of one verdict."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    found = [Case(*line.split("\t")) for line in lines]
    return [case._replace(url=json.loads(case.url)) for case in found if case.verdict in (verdict or case.verdict)]


class _Watch:
    """Sees every connect() of the process, and stops it, while it is on. A hook cannot be taken away again."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or event != "socket.connect" or not isinstance(arguments[1], tuple):
            return
        self.seen.append(arguments[1][0])
        raise ConnectionRefusedError("stopped by the test")


_watch = _Watch()
sys.addaudithook(_watch.hook)


@contextmanager
def watching() -> Iterator[list[str]]:
    """The hosts that connect() is called with; none of the calls goes through."""
    _watch.seen = []
    _watch.on = True
    try:
        yield _watch.seen
    finally:
        _watch.on = False
