"""Access tokens from a refresh token, and restricted data tokens from an access token.

A token is asked for when it is needed and kept until shortly before it expires. Whoever needs one while it is being
asked for waits for the same answer.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Protocol
from urllib.parse import urlencode

import msgspec

from daybook.client.calls.retries import RetryPlan
from daybook.client.calls.sending import USER_AGENT, Sender
from daybook.client.errors import ServerFailed, WrongAnswer, grant_refusal
from daybook.client.surroundings import Surroundings
from daybook.client.wire.messages import SUCCESS, NoAnswer, Outgoing, Wire
from daybook.kernel.errors import Unavailable
from daybook.shapes import decode

MARGIN = timedelta(seconds=60)
"""How long before its end a token is given up: a call that is on its way must still find it good."""

_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
    "Accept": "application/json",
    "User-Agent": USER_AGENT,
}


class Tokens(Protocol):
    """Where a call takes its token from."""

    async def current(self) -> str:
        """A token that has not expired."""
        ...

    def expired(self, token: str) -> None:
        """The server says so of this one: the next caller gets another."""
        ...


VISIBLE = r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"
"""Of what a token consists (RFC 6749, A.12), as a header can hold it."""
LONGEST = 24 * 60 * 60
"""Seconds for which a token is believed to be good, whatever is said of it."""


class Grant(msgspec.Struct):
    """What a token endpoint gives (RFC 6749, 5.1)."""

    access_token: Annotated[str, msgspec.Meta(pattern=VISIBLE)]
    expires_in: int


class AccessTokens:
    """One application's access tokens for one seller."""

    def __init__(
        self,
        url: str,
        credentials: Mapping[str, str],
        wire: Wire,
        sender: Sender,
        retries: RetryPlan,
        around: Surroundings,
    ) -> None:
        form = urlencode({"grant_type": "refresh_token", **credentials}).encode()
        self._request = Outgoing("POST", url, _HEADERS, form)
        self._wire = wire
        self._sender = sender
        self._retries = retries
        self._around = around
        self._gate = wire.gate()
        self._token = ""
        self._good_until: datetime | None = None

    async def current(self) -> str:
        """A token that has not expired.

        Raises AccessDenied where the credentials are not good, Unavailable, ServerFailed, WrongAnswer.
        """
        async with self._gate:
            if self._good_until is None or self._around.now() >= self._good_until:
                await self._renew()
            return self._token

    def expired(self, token: str) -> None:
        """The server says so of this one: the next caller gets another, unless another has got it already."""
        if self._token == token:
            self._good_until = None

    async def _renew(self) -> None:
        asked_at = self._around.now()
        grant = await self._grant()
        self._token = grant.access_token
        self._good_until = asked_at + timedelta(seconds=min(max(0, grant.expires_in), LONGEST)) - MARGIN

    async def _grant(self) -> Grant:
        failures = 0
        while True:
            try:
                return await self._ask()
            except (Unavailable, ServerFailed) as error:
                failures += 1
                if failures >= self._retries.tries or getattr(error.__cause__, "lasting", False):
                    raise
            await self._wire.sleep(self._retries.pause(failures, self._around.randomness))

    async def _ask(self) -> Grant:
        try:
            got = await self._sender.send(self._request, "token")
        except NoAnswer as lost:
            raise Unavailable(f"{self._request.url} does not answer.", lost.reason) from lost
        if got.status not in SUCCESS:
            raise grant_refusal(got.status, got.body)
        try:
            return decode(got.body, Grant)
        except msgspec.DecodeError as error:
            raise WrongAnswer(f"{self._request.url} answered no token.", str(error)) from error
