"""How a receiver knows who calls, besides the signature: the three modes of Walmart's authDetails.

Source: Walmart's page "Create subscription". BASIC_AUTH: the header has the base64 of user and password. HMAC: the
header has the base64 of HMAC-SHA256 over the complete body. OAUTH: an access token is fetched from authUrl by client
credentials and shown as a bearer's.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from daybook.kernel.clock import Clock
from daybook.kernel.errors import InvalidInput
from daybook.notifications.answers import SENTENCES, Answer, ErrorClass
from daybook.notifications.headers import check_header, is_one_line
from daybook.notifications.outgoing import Outgoing
from daybook.shapes import decode

Send = Callable[[Outgoing], Awaitable[Answer]]

_EARLY = timedelta(seconds=30)
"""So long before its end a token is fetched anew: it must not end on the way."""
_LONGEST = 30 * 24 * 3600
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Basic:
    """User and password in a header; `Basic` stands before them where the header is Authorization, as HTTP has it."""

    header: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hmac:
    """The body's HMAC-SHA256 in a header."""

    header: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuth:
    """A bearer's token in a header, fetched from `auth_url`, which is vetted as any user's URL is."""

    header: str
    auth_url: str
    client_id: str
    client_secret: str = field(repr=False)


Authorization = Basic | Hmac | OAuth


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: float = 0


def check_authorization(authorization: Authorization) -> None:
    """Raises InvalidInput where a part is missing or could smuggle. OAuth's URL is the guard's to vet."""
    check_header(authorization.header)
    needed = {
        Basic: ("user", "password"),
        Hmac: ("secret",),
        OAuth: ("auth_url", "client_id", "client_secret"),
    }[type(authorization)]
    for name in needed:
        if not getattr(authorization, name):
            raise InvalidInput(f"The authorization has no {name}.", f"{type(authorization).__name__} needs one.")
    if isinstance(authorization, Basic) and ":" in authorization.user:
        raise InvalidInput("A user of BASIC_AUTH has no colon in it.", "The colon stands before the password.")


class Tokens:
    """Sends with an authorization. Access tokens are kept until they end, in this process and no longer."""

    def __init__(self, send: Send, clock: Clock) -> None:
        self._send = send
        self._clock = clock
        self._kept: dict[OAuth, tuple[str, datetime]] = {}
        self._fetching: dict[OAuth, asyncio.Lock] = {}

    async def send(self, outgoing: Outgoing, authorization: Authorization) -> Answer:
        """The receiver's answer; after a 401, the one that it gives to a fresh token."""
        if not isinstance(authorization, OAuth):
            return await self._send(_with(outgoing, authorization.header, _credentials(authorization, outgoing.body)))
        token = await self._token(authorization)
        if isinstance(token, str):
            answer = await self._show(outgoing, authorization, token)
            if answer.status != _UNAUTHORIZED:
                return answer
            token = await self._token(authorization, refused=token)
        return token if isinstance(token, Answer) else await self._show(outgoing, authorization, token)

    async def _show(self, outgoing: Outgoing, oauth: OAuth, token: str) -> Answer:
        return await self._send(_with(outgoing, oauth.header, f"Bearer {token}"))

    async def _token(self, oauth: OAuth, refused: str = "") -> str | Answer:
        """A token that was not refused, or else the answer that tells why there is none. Fetched once at a time."""
        async with self._fetching.setdefault(oauth, asyncio.Lock()):
            token, ends = self._kept.get(oauth, ("", self._clock()))
            if token and token != refused and ends > self._clock():
                return token
            return await self._fetch(oauth)

    async def _fetch(self, oauth: OAuth) -> str | Answer:
        answer = await self._send(_token_request(oauth))
        if not answer.delivered:
            return _no_token(answer)
        try:
            granted = decode(answer.start, _Granted)
        except msgspec.DecodeError as error:
            return _no_token(answer, f"Its answer is not that of a token: {error}.")
        if not is_one_line(granted.access_token):
            return _no_token(answer, "Its access_token has characters that no header can have.")
        lifetime = timedelta(seconds=min(max(granted.expires_in, 0), _LONGEST))
        self._kept[oauth] = (granted.access_token, self._clock() + lifetime - _EARLY)
        return granted.access_token


def _with(outgoing: Outgoing, header: str, value: str) -> Outgoing:
    others = {name: given for name, given in outgoing.headers.items() if name.lower() != header.lower()}
    return replace(outgoing, headers={**others, header: value})


def _credentials(authorization: Basic | Hmac, body: bytes) -> str:
    if isinstance(authorization, Hmac):
        return base64.b64encode(hmac.digest(authorization.secret.encode(), body, hashlib.sha256)).decode()
    scheme = "Basic " if authorization.header.lower() == "authorization" else ""
    return scheme + _pair(authorization.user, authorization.password)


def _pair(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _token_request(oauth: OAuth) -> Outgoing:
    headers = {
        "accept": "application/json",
        "authorization": f"Basic {_pair(oauth.client_id, oauth.client_secret)}",
        "content-type": "application/x-www-form-urlencoded",
    }
    return Outgoing(oauth.auth_url, urlencode({"grant_type": "client_credentials"}).encode(), headers)


def _no_token(answer: Answer, reason: str = "") -> Answer:
    """The attempt's answer where authUrl gave no token: nothing of what it said is kept, for it may be a secret."""
    unsafe = answer.error is ErrorClass.UNSAFE
    why = reason or (SENTENCES[answer.error] if answer.error else "")
    detail = f"authUrl: {why} {answer.detail}".rstrip()
    error = ErrorClass.UNSAFE if unsafe else ErrorClass.AUTHORIZATION
    return replace(answer, error=error, detail=detail, status=None, start=b"")
