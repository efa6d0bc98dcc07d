"""Every error that Daybook tells a person about.

    DaybookError
    ├── InvalidInput            something the caller sent is wrong
    ├── Unauthorized            no, a wrong, or an ended token
    ├── MalformedAuthorization  the Authorization header cannot be read
    ├── Unauthenticated         a caller of a receiver is not who may call it
    ├── NotFound                no such thing for this seller
    ├── MethodNotAllowed        the path exists, the method does not
    ├── RequestTimeout          the body did not come in time
    ├── RequestTooLarge         the body is over the limit
    ├── UnsupportedMediaType    the body is not of a type that is read here
    ├── QuotaExceeded           the usage plan's bucket is empty
    ├── Conflict                the thing is not in a state that allows this
    ├── Unavailable             the database or the document store is away
    └── Misconfigured           a setting or a file of the operator's is wrong

`code` is for programs and never changes; the message says what is wrong; `details` says where, and what to do.
"""

from typing import ClassVar

TOLD = 100
"""Characters of what was sent, an id or a value, that an error tells back."""


def fault_of(error: Exception) -> str:
    """What is wrong with a file, in the machine's words: without Python's number, and without the path once more."""
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 (byte {error.start})"
    return str(getattr(error, "strerror", None) or error)


class DaybookError(Exception):
    """An error with one machine code, a sentence for a person, and where to look."""

    code: ClassVar[str] = "InternalFailure"

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def sentence(self) -> str:
        """What is wrong, and where: all of it as one text."""
        return f"{self.message} {self.details}".strip()


class InvalidInput(DaybookError):
    """A parameter, a body, a file or an argument is missing, malformed or out of its bounds."""

    code = "InvalidInput"


class Unauthorized(DaybookError):
    """The caller shows no token, or one that is unknown, expired or revoked, or asks for what its scope forbids."""

    code = "Unauthorized"

    def __init__(self, details: str) -> None:
        super().__init__("Access to requested resource is denied.", details)


class MalformedAuthorization(DaybookError):
    """The Authorization header is there, but is not one that can be parsed."""

    code = "Unauthorized"


class Unauthenticated(DaybookError):
    """A receiver's URL is not known, or whoever calls it does not show the authorization that it asks for."""

    code = "Unauthorized"


class NotFound(DaybookError):
    """No such thing, or it is another seller's, which must look the same."""

    code = "NotFound"


class MethodNotAllowed(DaybookError):
    """The path is served, but not with this method."""

    code = "MethodNotAllowed"


class RequestTimeout(DaybookError):
    """The body did not come whole within the time that is waited for one; nothing of it was kept."""

    code = "RequestTimeout"


class RequestTooLarge(DaybookError):
    """The body is longer than the limit; nothing of it was kept."""

    code = "RequestTooLarge"


class UnsupportedMediaType(DaybookError):
    """The body's Content-Type is not read here."""

    code = "UnsupportedMediaType"


class QuotaExceeded(DaybookError):
    """The usage plan has no token left for this operation, seller and application."""

    code = "QuotaExceeded"

    def __init__(self) -> None:
        super().__init__("You exceeded your quota for the requested resource.")


class Conflict(DaybookError):
    """The thing exists, but not in a state from which this is possible."""

    code = "Conflict"


class Unavailable(DaybookError):
    """The database or the document store cannot be reached now; the same request may succeed later."""

    code = "ServiceUnavailable"


class Misconfigured(DaybookError):
    """A setting, a key or a file of the operator's is wrong; the message names it and says what to write."""

    code = "Misconfigured"
