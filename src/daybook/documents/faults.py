"""What a person is told when the object store fails."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from daybook.kernel.errors import Unavailable

_OS_ERROR = re.compile(r"\(os error (\d+)\)")  # obstore tells the number in its text alone
_FULL = {errno.EFBIG, errno.ENOSPC, errno.EDQUOT}
_LONGEST = 400


@contextmanager
def told(url: str, deed: str) -> Iterator[None]:
    """Turn any fault of the store at the URL into Unavailable: it cannot be `deed` (read, written, ...) now."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable(
            f"The document store {url} cannot be {deed} now.", f"{_cause(error)} {_advice(error)}"
        ) from error


def _cause(error: Exception) -> str:
    return str(error).partition("\n\nDebug source")[0].strip()[:_LONGEST].rstrip(".") + "."


def _advice(error: Exception) -> str:
    if _number(error) in _FULL:
        return "It is full: free space there, or point DAYBOOK_DOCUMENTS_URL at a larger store."
    if isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError):
        return "Check that its credentials, or the folder's owner and mode, let Daybook read and write there."
    return "Check that it is mounted or reachable, and that DAYBOOK_DOCUMENTS_URL names it."


def _number(error: Exception) -> int | None:
    found = _OS_ERROR.search(str(error))
    return int(found[1]) if found else getattr(error, "errno", None)
