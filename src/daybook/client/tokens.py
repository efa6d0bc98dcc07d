"""Access tokens from a refresh token: asked for when needed, kept until shortly before they expire."""

import threading
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from daybook.client.errors import grant_refusal
from daybook.kernel.clock import Clock
from daybook.kernel.errors import Unavailable

MARGIN = timedelta(seconds=60)
"""How long before its end a token is given up: a call that is on its way must still find it good."""


class Grant(msgspec.Struct):
    """What a token endpoint gives (RFC 6749, 5.1)."""

    access_token: str
    expires_in: int


class PostForm(Protocol):
    """Sends a form, and answers the status and the body."""

    def __call__(self, url: str, form: dict[str, str]) -> tuple[int, bytes]: ...


class Tokens:
    """One application's access tokens for one seller. Threads share them: one asks, the others wait for its answer."""

    def __init__(self, post: PostForm, url: str, credentials: dict[str, str], clock: Clock) -> None:
        self._post = post
        self._url = url
        self._form = {"grant_type": "refresh_token", **credentials}
        self._clock = clock
        self._asking = threading.Lock()
        self._token: str | None = None
        self._good_until: datetime | None = None

    def current(self) -> str:
        """A token that is good for now. Raises Refused where the credentials are not good, Unavailable."""
        with self._asking:
            if self._token is None or self._good_until is None or self._clock() >= self._good_until:
                return self._ask()
            return self._token

    def expired(self, token: str) -> None:
        """The server says so of this one: the next caller gets another."""
        with self._asking:
            if self._token == token:
                self._token = None

    def _ask(self) -> str:
        asked_at = self._clock()
        status, body = self._post(self._url, self._form)
        if status != 200:  # noqa: PLR2004
            raise grant_refusal(status, body)
        try:
            grant = msgspec.json.decode(body, type=Grant)
        except msgspec.DecodeError as error:
            raise Unavailable(f"{self._url} answered no token.", str(error)) from error
        self._token = grant.access_token
        self._good_until = asked_at + timedelta(seconds=grant.expires_in) - MARGIN
        return grant.access_token
