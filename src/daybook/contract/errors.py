"""The one shape in which every error is told: seed 004, ErrorList."""

import msgspec


class Error(msgspec.Struct, frozen=True):
    """One error: a code for programs, a message, and where to look (often empty, always there)."""

    code: str
    message: str
    details: str = ""


class ErrorList(msgspec.Struct, frozen=True):
    """What every unsuccessful answer holds."""

    errors: list[Error]


AWAY = Error("ServiceUnavailable", "The service is temporarily unavailable.")
"""All that a caller is told of 503: why it is away names hosts and folders, for the log and for /readyz."""
