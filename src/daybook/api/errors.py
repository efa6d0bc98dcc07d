"""Every error as an ErrorList: one map from our codes to HTTP, and nothing else decides a status."""

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import ExceptionHandlersMap

from daybook.accounts.tokens import GrantRefused
from daybook.api.door import RATE, RATE_HEADER, AnyRequest
from daybook.contract.errors import AWAY, Error, ErrorList
from daybook.kernel import errors

log = structlog.get_logger()

TIMEOUT = 408
STATUS: dict[type[errors.DaybookError], int] = {
    errors.InvalidInput: 400,
    errors.MalformedAuthorization: 401,
    errors.Unauthenticated: 401,
    errors.Unauthorized: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.RequestTimeout: TIMEOUT,
    errors.Conflict: 409,
    errors.RequestTooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.QuotaExceeded: 429,
    errors.Unavailable: 503,
}
_CLOSE = {"Connection": "close"}
"""The rest of the body may still be on its way."""
_TELLS_RATE = (400, 404)  # and success; seed 004 lists the header for no other status
INTERNAL = Error("InternalFailure", "We encountered an internal error. Please try again.")


def error_body(error: Error) -> bytes:
    """The ErrorList that holds the one error."""
    return msgspec.json.encode(ErrorList([error]))


def _answer(request: AnyRequest, status: int, error: Error) -> Response[bytes]:
    rate = request.scope["state"].get(RATE)
    headers = {RATE_HEADER: str(rate)} if rate is not None and status in _TELLS_RATE else {}
    headers |= _CLOSE if status == TIMEOUT else {}
    return Response(error_body(error), status_code=status, media_type="application/json", headers=headers)


def told(request: AnyRequest, error: errors.DaybookError) -> Response[bytes]:
    """An error of ours."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status == 500:  # noqa: PLR2004
        return failed(request, error)
    if status == 503:  # noqa: PLR2004
        log.error("the service is unavailable", what=error.message, reason=error.details)
        return _answer(request, status, AWAY)
    return _answer(request, status, Error(error.code, error.message, error.details))


def refused(request: AnyRequest, error: GrantRefused) -> Response[bytes]:
    """A token request that is refused is told in OAuth's own shape."""
    del request
    body = msgspec.json.encode({"error": error.error, "error_description": error.message})
    headers = {"Cache-Control": "no-store"} | (_CLOSE if error.status == TIMEOUT else {})
    return Response(body, status_code=error.status, media_type="application/json", headers=headers)


def routed(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework found before a handler ran.

    No such path (403, as Amazon's), no such method, too long a body.
    """
    if isinstance(error, NotFoundException):
        return told(request, errors.Unauthorized(f"No operation has the path {request.scope['path'][:200]}."))
    if isinstance(error, MethodNotAllowedException):
        return told(request, errors.MethodNotAllowed(f"{request.method} is not allowed here.", "See /openapi.json."))
    if error.status_code == 413:  # noqa: PLR2004
        return told(
            request,
            errors.RequestTooLarge("The request body is too large.", "The limit is 1 MiB, of a notification 256 KiB."),
        )
    return told(request, errors.InvalidInput("Invalid Input", str(error.detail)))


def failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A fault of ours: the log has the whole, the client learns only that there was one."""
    log.error("a request failed", method=request.method, path=request.scope["path"], exc_info=error)
    return _answer(request, 500, INTERNAL)


HANDLERS: ExceptionHandlersMap = {
    GrantRefused: refused,
    errors.DaybookError: told,
    HTTPException: routed,
    Exception: failed,
}
