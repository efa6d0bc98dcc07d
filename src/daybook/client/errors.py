"""What a client is told when a server says no."""

import msgspec

from daybook.contract.errors import ErrorList
from daybook.kernel.errors import DaybookError

_SHOWN = 200


class Refused(DaybookError):
    """The server answered, and its answer is not success.

    `status` is HTTP's, `error` the code of the first error in the body (empty where there is none), `request_id` what
    to name when asking the server's operator.
    """

    code = "Refused"

    def __init__(self, status: int, error: str, message: str, details: str = "", request_id: str = "") -> None:
        super().__init__(message, details)
        self.status = status
        self.error = error
        self.request_id = request_id


class OAuthError(msgspec.Struct):
    """How a token endpoint refuses (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


def refusal(status: int, body: bytes, request_id: str = "") -> Refused:
    """The error that an unsuccessful answer tells of, whatever stands in its body."""
    try:
        first = msgspec.json.decode(body, type=ErrorList).errors[0]
    except (msgspec.DecodeError, IndexError):
        text = body[:_SHOWN].decode(errors="replace").strip()
        return Refused(status, "", f"The server answered {status}.", text, request_id)
    return Refused(status, first.code, first.message, first.details, request_id)


def grant_refusal(status: int, body: bytes) -> Refused:
    """The error that a token endpoint's answer tells of."""
    try:
        told = msgspec.json.decode(body, type=OAuthError)
    except msgspec.DecodeError:
        return refusal(status, body)
    return Refused(status, told.error, told.error_description or told.error)
