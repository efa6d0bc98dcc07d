"""What notifications need besides the store: the guard, the seal, and the way out."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from daybook.kernel.errors import Misconfigured
from daybook.notifications.answers import Answer
from daybook.notifications.authorizations import Authorization, OAuth
from daybook.notifications.confidential import Confidential, Seal, opened
from daybook.notifications.destinations import Destination
from daybook.notifications.guard import Guard, UnknownHost
from daybook.notifications.outgoing import Outgoing

Sends = Callable[[Outgoing, Authorization | None], Future[Answer]]
"""Sends from any thread, and answers later; what the network does is told in the answer."""


@dataclass(frozen=True, slots=True)
class Courier:
    """All of it together."""

    guard: Guard
    seal: Seal
    send: Sends

    def vet(self, url: str | None, authorization: Authorization | None = None) -> None:
        """Both URLs that a user can set. It asks a name server: not in a transaction. Raises UnsafeUrl, UnknownHost."""
        for given in (url, authorization.auth_url if isinstance(authorization, OAuth) else None):
            if given is not None:
                self.guard.vet(given)

    def vet_again(self, destination: Destination) -> None:
        """Before what is set already is used anew. Raises UnsafeUrl; a name without an address may have one later."""
        try:
            self.vet(destination.url, self.opened(destination).authorization)
        except UnknownHost:
            return

    def opened(self, destination: Destination) -> Confidential:
        """What of the destination is secret. Raises Misconfigured where it was sealed with a key that is not here."""
        return opened(self.seal, destination.seller_id, destination.destination_id, destination.sealed)

    def opened_or_fault(self, destination: Destination) -> tuple[Confidential | None, str | None]:
        """As `opened`, or why it does not open: what needs no secret can be told and done all the same."""
        try:
            return self.opened(destination), None
        except Misconfigured as error:
            return None, error.sentence
