"""What an endpoint is called on the command line."""

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from daybook.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from daybook.client.servers import Region, Server

REGIONS = ("na", "eu", "fe")
_KNOWN = f"It is a URL, or one of Amazon's: {', '.join(REGIONS)}, {', '.join(f'{one}-sandbox' for one in REGIONS)}."


def server_at(endpoint: str) -> "Server":
    """The server that an endpoint names. Raises InvalidInput."""
    from daybook.client.servers import amazon, daybook  # noqa: PLC0415  help and mistakes are answered without it

    region, dash, sandbox = endpoint.lower().partition("-")
    if region in REGIONS and (dash, sandbox) in (("", ""), ("-", "sandbox")):
        return amazon(cast("Region", region.upper()), sandbox=bool(sandbox))
    try:
        parts = urlsplit(endpoint)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:  # brackets that do not close, a port beyond all ports
        raise InvalidInput(f"{endpoint!r} is no endpoint: {error}.", _KNOWN) from error
    if not known:
        raise InvalidInput(f"{endpoint!r} is no endpoint.", _KNOWN)
    if parts.username or parts.query or parts.fragment:
        raise InvalidInput("An endpoint has no user, no query and no fragment.", _KNOWN)
    return daybook(endpoint)


def in_the_clear(endpoint: str) -> bool:
    """Whether secrets would go to another machine as they are, for everybody on the way to read."""
    from daybook.client.servers import is_this_machine  # noqa: PLC0415  help and mistakes are answered without it

    return urlsplit(endpoint).scheme == "http" and not is_this_machine(endpoint)
