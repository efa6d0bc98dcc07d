"""Both clients, over a server that answers as it is told, in time that passes only when somebody sleeps."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.client.driven import MODES, Driven, connect
from tests.client.scripted import Server
from tests.client.virtual import VirtualTime


@pytest.fixture
def time() -> VirtualTime:
    """The time line of the test."""
    return VirtualTime()


@pytest.fixture
def server(time: VirtualTime) -> Server:
    """The server of the test."""
    return Server(time)


@pytest.fixture(params=MODES)
def make(request: pytest.FixtureRequest, server: Server, time: VirtualTime) -> Iterator[Callable[..., Driven]]:
    """Makes clients of each kind, with options."""
    made: list[Driven] = []

    def make(**options: Any) -> Driven:
        made.append(connect(request.param, server, time, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make: Callable[..., Driven]) -> Driven:
    """A client of each kind."""
    return make()
