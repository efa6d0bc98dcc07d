"""POST /auth/o2/token: Login with Amazon's token endpoint (RFC 6749; seed clients send a form or JSON)."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import post
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import ASGIApp

from daybook.accounts.tokens import LIFETIME, GrantRefused, grant
from daybook.api.answers import Answer, encoded
from daybook.api.decoding import id_of
from daybook.api.door import AnyRequest, door_of
from daybook.api.errors import TIMEOUT
from daybook.kernel.clock import speed_of
from daybook.kernel.errors import RequestTimeout
from daybook.shapes import decode

PATH = "/auth/o2/token"


@post(PATH)
async def create_token(request: AnyRequest) -> ASGIApp:
    """An access token for a refresh token, or for an operator's credentials."""
    door = door_of(request)
    form = _form(request.headers.get("content-type", ""), await _body(request))
    access_token, refresh_token = await door.write(lambda tx: grant(tx, tx.now, door.ids, form))
    answer = {
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": int(LIFETIME.total_seconds() / speed_of(door.clock)),
    }
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    return Answer(encoded(answer), headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def _body(request: AnyRequest) -> bytes:
    """The body. One that is too long, or does not come, is refused in OAuth's words too."""
    try:
        return await request.body()
    except RequestEntityTooLarge as error:
        raise GrantRefused("invalid_request", "The request body is too large.", error.status_code) from error
    except RequestTimeout as error:
        raise GrantRefused("invalid_request", error.message, TIMEOUT) from error


def _form(content_type: str, body: bytes) -> dict[str, str]:
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            sent = decode(body, dict[str, Any])
        else:
            sent = dict(parse_qsl(body.decode("utf-8"), strict_parsing=bool(body), errors="strict"))
    except (msgspec.DecodeError, ValueError) as error:
        raise GrantRefused("invalid_request", f"The body cannot be read: {error}") from error
    return {name: id_of(value) for name, value in sent.items() if isinstance(value, str)}


HANDLERS = [create_token]
