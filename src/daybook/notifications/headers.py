"""The headers that a user can have sent with a notification: none that could smuggle, none that is Daybook's own."""

import re
from collections.abc import Mapping

from daybook.kernel.errors import InvalidInput

MOST_HEADERS = 20
LONGEST_VALUE = 4096
OWN_HEADERS = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect", "host",
    "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
"""Headers that a user cannot set; nor any that begins with webhook-, proxy- or x-daybook-."""

_OWN_BEGINNINGS = ("webhook-", "proxy-", "x-daybook-")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
_ONE_LINE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", re.ASCII)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises InvalidInput where a user's headers have one that could smuggle, or that is Daybook's own to set."""
    if len(headers) > MOST_HEADERS:
        raise InvalidInput(f"There are more than {MOST_HEADERS} headers.", f"Given: {len(headers)}.")
    for name, value in headers.items():
        check_header(name)
        if len(value) > LONGEST_VALUE or not (value == "" or is_one_line(value)):
            raise InvalidInput(
                f"The value of the header {name} is not one line of at most {LONGEST_VALUE} ASCII characters.",
                "It cannot have line ends, nor spaces around it.",
            )
    if len({name.lower() for name in headers}) < len(headers):
        raise InvalidInput("A header is given twice.", "Names are the same in capital and small letters.")


def check_header(name: str) -> None:
    """Raises InvalidInput where a user may not set a header of that name."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name[:60]!r} is no name of a header.", "It has letters, digits and hyphens.")
    if name.lower() in OWN_HEADERS or name.lower().startswith(_OWN_BEGINNINGS):
        raise InvalidInput(f"The header {name} is Daybook's own to set.", "Choose another, such as X-Receiver-Key.")


def is_one_line(value: str) -> bool:
    """Whether a value is printable ASCII without spaces around it, so that it cannot end its header."""
    return _ONE_LINE.fullmatch(value) is not None
