"""What runs to practise on: a marketplace, and a receiver of notifications. Neither is a part of a Daybook."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from daybook.kernel.clock import Clock, clock_at, system_clock
from daybook.kernel.ids import Ids
from daybook.listening import Server, answering, listen
from daybook.notifications.sender.sender import Sender
from daybook.notifications.signing import key_of
from daybook.sandbox.marketplace import Marketplace
from daybook.sandbox.receiver import Received, Receiver, anywhere, create_receiver, forwarding
from daybook.sandbox.record import Record, lines
from daybook.sandbox.scenario import read_scenarios
from daybook.sandbox.server import create_sandbox
from daybook.sandbox.settings import SandboxSettings

HERE = "127.0.0.1"


@contextmanager
def serving_sandbox(settings: SandboxSettings, clock: Clock | None = None) -> Iterator[Server]:
    """A marketplace to practise on, listening while the block lasts; it goes on where its record ends.

    Raises Misconfigured where the address is taken, or the record or the scenarios cannot be read.
    """
    with closing(Record(settings.record, sync=settings.sync)) as record:
        marketplace = Marketplace(
            clock or clock_at(settings.speed),
            record,
            read_scenarios(settings.scenarios),
            usage_plan_times=settings.usage_plan_times,
            client_secret=settings.client_secret,
        )
        for line in lines(settings.record):
            marketplace.restore(line)
        listener = listen(HERE, settings.port)
        url = f"http://{HERE}:{listener.getsockname()[1]}"
        with answering(create_sandbox(marketplace), listener, url, marketplace.ids) as server:
            yield server


@contextmanager
def serving_receiver(
    port: int, secrets: Sequence[str], tell: Callable[[Received], None], forward: str | None = None
) -> Iterator[Server]:
    """A receiver of notifications to practise on, listening on loopback while the block lasts.

    Raises InvalidInput for a secret that is none, or a URL to forward to that is none; Misconfigured where the port is
    taken.
    """
    for secret in secrets:
        key_of(secret)
    guard = anywhere()
    with ExitStack() as parts:
        onward = None
        if forward is not None:
            guard.parse(forward)
            sender = parts.enter_context(closing(Sender(guard)))
            onward = forwarding(sender, forward)
        listener = listen(HERE, port)
        url = f"http://{HERE}:{listener.getsockname()[1]}/"
        receiver = Receiver(system_clock, secrets, tell, onward)
        yield parts.enter_context(answering(create_receiver(receiver), listener, url, Ids()))
