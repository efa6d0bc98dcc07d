"""The sandbox's Login with Amazon: `Atzr|SELLER` is the refresh token with which SELLER has authorised anybody.

Nothing has to be set up for a seller; a token of one seller opens nothing of another's. With a client secret set, only
that one is good. An access token says by itself whose it is and until when, so that it outlives a restart.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from daybook.accounts.tokens import ACCESS_PREFIX, EXPIRED, INVALID, MISSING, GrantRefused
from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.errors import InvalidInput, Unauthorized
from daybook.kernel.paging import open_page, seal_page

REFRESH_PREFIX = "Atzr|"
_SCOPE = "access token"


class Caller(NamedTuple):
    """Whose token it is, and which application got it."""

    seller_id: str
    client_id: str


class Tokens:
    """Gives tokens out, and knows them again."""

    def __init__(self, client_secret: str = "") -> None:
        self._client_secret = client_secret
        self._key = hashlib.sha256(client_secret.encode()).digest()

    def access_token(self, caller: Caller, now: datetime, lifetime: timedelta) -> str:
        """A token that is good for so long."""
        content = {"seller": caller.seller_id, "client": caller.client_id, "until": to_micros(now + lifetime)}
        return ACCESS_PREFIX + seal_page(self._key, _SCOPE, content)

    def require_good(self, form: Mapping[str, str]) -> Caller:
        """Who asks for a token. Raises GrantRefused where anything of it is wrong."""
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
        return Caller(refresh_token.removeprefix(REFRESH_PREFIX), form["client_id"])

    def caller(self, token: str | None, now: datetime) -> Caller:
        """Who shows the token. Raises Unauthorized."""
        if not token:
            raise Unauthorized(MISSING)
        try:
            content = open_page(self._key, _SCOPE, token.removeprefix(ACCESS_PREFIX))
        except InvalidInput as error:
            raise Unauthorized(INVALID) from error
        if from_micros(content["until"]) <= now:
            raise Unauthorized(EXPIRED)
        return Caller(content["seller"], content["client"])
