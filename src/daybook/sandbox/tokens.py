"""The sandbox's Login with Amazon: `Atzr|SELLER` is the refresh token with which SELLER has authorised anybody.

Nothing has to be set up for a seller; a token of one seller opens nothing of another's. With a client secret set, only
that one is good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from daybook.accounts.tokens import ACCESS_PREFIX, EXPIRED, INVALID, LIFETIME, MISSING, GrantRefused
from daybook.kernel.errors import Unauthorized
from daybook.kernel.ids import Ids

REFRESH_PREFIX = "Atzr|"
_MOST = 10_000


class Caller(NamedTuple):
    """Whose token it is, which application got it, and until when it is good."""

    seller_id: str
    client_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """An access token, and for whom."""

    access_token: str
    refresh_token: str
    lifetime: timedelta
    caller: Caller


class Tokens:
    """The access tokens that are good; they are in memory, and a restart ends them."""

    def __init__(self, ids: Ids, client_secret: str = "") -> None:
        self._ids = ids
        self._client_secret = client_secret
        self._callers: dict[str, Caller] = {}

    def grant(self, form: Mapping[str, str], now: datetime, lifetime: timedelta = LIFETIME) -> Granted:
        """An access token. Raises GrantRefused."""
        seller_id = self.require_good(form)
        token = self._ids.secret(ACCESS_PREFIX)
        if len(self._callers) >= _MOST:
            self._callers = {one: caller for one, caller in self._callers.items() if caller.expires_at > now}
        caller = Caller(seller_id, form["client_id"], now + lifetime)
        self._callers[token] = caller
        return Granted(token, form["refresh_token"], lifetime, caller)

    def require_good(self, form: Mapping[str, str]) -> str:
        """The seller of a token request. Raises GrantRefused where anything of it is wrong."""
        missing = [one for one in ("grant_type", "client_id", "client_secret") if not form.get(one)]
        if missing:
            raise GrantRefused("invalid_request", f"The request is missing a required parameter : {missing[0]}")
        if form["grant_type"] != "refresh_token":
            raise GrantRefused("unsupported_grant_type", "The sandbox gives tokens for refresh tokens alone")
        if self._client_secret and not compare_digest(form["client_secret"], self._client_secret):
            raise GrantRefused("invalid_client", "Client authentication failed", status=401)
        refresh_token = form.get("refresh_token", "")
        if not refresh_token.startswith(REFRESH_PREFIX) or refresh_token == REFRESH_PREFIX:
            raise GrantRefused("invalid_grant", "The request has an invalid grant parameter : refresh_token")
        return refresh_token.removeprefix(REFRESH_PREFIX)

    def caller(self, token: str | None, now: datetime) -> Caller:
        """Who shows the token. Raises Unauthorized."""
        if not token:
            raise Unauthorized(MISSING)
        found = self._callers.get(token)
        if found is None:
            raise Unauthorized(INVALID)
        if found.expires_at <= now:
            raise Unauthorized(EXPIRED)
        return found
