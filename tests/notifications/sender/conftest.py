"""Receivers and senders that a test makes and that end with it."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

import pytest

from daybook.cli.demo.certificate import write_certificate
from daybook.notifications.guard import Guard, Policy
from daybook.notifications.sender.exchanges import Limits
from daybook.notifications.sender.sender import Sender
from tests.notifications.sender.sockets import Receiver, Script

HERE = Policy((ip_network("127.0.0.0/8"), ip_network("::1/128")))
PATIENT = Limits(connect=20, whole=20)

Receivers = Callable[..., Receiver]
Senders = Callable[..., Sender]


@pytest.fixture
def receivers() -> Iterator[Callable[..., Receiver]]:
    """Makes receivers."""
    with ExitStack() as closing:

        def make(script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Receiver:
            receiver = Receiver(script, tls, host)
            closing.callback(receiver.close)
            return receiver

        yield make


@pytest.fixture
def senders() -> Iterator[Callable[..., Sender]]:
    """Makes senders that may call this machine, whatever the name."""
    with ExitStack() as closing:

        def make(
            limits: Limits = PATIENT, trust: ssl.SSLContext | None = None, policy: Policy = HERE, *answers: str
        ) -> Sender:
            guard = Guard(policy, resolver=lambda name, port: answers or ("127.0.0.1",))
            sender = Sender(guard, limits=limits, trust=trust)
            closing.callback(sender.close)
            return sender

        yield make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and its key."""
    return write_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a receiver speaks TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trust(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """What a sender needs to trust the receiver."""
    return ssl.create_default_context(cafile=str(certificate[0]))
