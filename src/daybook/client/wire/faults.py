"""What httpx2 raises, as the client's logic knows it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from daybook.client.wire.messages import NoAnswer

_NEVER_SENT = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)  # fmt: skip


@contextmanager
def answering() -> Iterator[None]:
    """Turns a server that does not answer, or not to the end, into NoAnswer."""
    try:
        yield
    except httpx2.InvalidURL as error:
        raise NoAnswer(str(error), sent=False, lasting=True) from error
    except httpx2.HTTPError as error:
        reason = _reason(error)
        raise NoAnswer(reason, sent=not isinstance(error, _NEVER_SENT), lasting=_lasts(error)) from error


def _reason(error: httpx2.HTTPError) -> str:
    """What the network said, and what to see to where that is not plain."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return "Nothing listens there (connection refused): see the address, and whether its server runs."
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


def _lasts(error: BaseException) -> bool:
    """Whether it is an address that cannot be called, or a certificate that is not trusted."""
    if isinstance(error, httpx2.UnsupportedProtocol | ssl.SSLCertVerificationError):
        return True
    cause = error.__cause__ or error.__context__
    return cause is not None and _lasts(cause)
