"""Names that are safe in a folder, in a bucket and in a URL's path, whatever the text they are made from.

Sellers' ids are arbitrary text. Percent-encoding does not survive a path: servers decode `%2F` before they route, and
`..` stays `..`. So an unsafe byte is written `=2F` instead, which nothing on the way decodes.
"""

import hashlib
import re
from urllib.parse import quote, unquote

OBJECTS = "daybook"
"""Every object lies below this: whatever else is in the store is not ours, and is never listed or deleted."""

_LONGEST = 120  # of 255 bytes that file systems allow, so that a draft's suffix fits too
_OBJECT = re.compile(rf"{OBJECTS}(/[\w=~-][\w=.~-]*)+", re.ASCII)


def segment(text: str) -> str:
    """The text as one path segment: never empty, never `.` or `..`, without separators; `text_of` reads it back."""
    safe = quote(text, safe="", errors="surrogatepass").replace("%", "=")
    return "=2E" + safe[1:] if safe.startswith(".") else safe or "="


def text_of(name: str) -> str:
    """The text that `segment` made the name from."""
    return unquote(name.removesuffix("=").replace("=", "%"), errors="surrogatepass")


def object_name(seller_id: str, attempt_id: str) -> str:
    """Where an attempt's object lies, below its seller. Each attempt needs an id of its own: none overwrites."""
    return f"{OBJECTS}/{_short(segment(seller_id))}/{_short(segment(attempt_id))}"


def is_object(name: str) -> bool:
    """Whether `object_name` could make the name."""
    return _OBJECT.fullmatch(name) is not None


def checked(name: str) -> str:
    """The name, if `object_name` could make it. Raises ValueError otherwise: a name is never a caller's text."""
    if not is_object(name):
        raise ValueError(f"{name!r} is not the name of an object")
    return name


def _short(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[:50]}=={hashlib.sha256(name.encode()).hexdigest()}"
