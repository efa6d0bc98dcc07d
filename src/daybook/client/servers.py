"""Where a Reports API is: Amazon's regions and their sandboxes, or a Daybook.

Hosts and marketplaces: developer-docs.amazon.com/sp-api, "SP-API Endpoints" and "Marketplace IDs".
"""

from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from daybook.kernel.errors import InvalidInput

Region = Literal["NA", "EU", "FE"]

TOKEN_PATH = "/auth/o2/token"  # noqa: S105  a path
AMAZON_TOKENS = f"https://api.amazon.com{TOKEN_PATH}"
RESTRICTED_TOKENS_PATH = "/tokens/2021-03-01/restrictedDataToken"


class Server(NamedTuple):
    """The endpoint, where access tokens come from, and where restricted data tokens do (empty: none are needed)."""

    endpoint: str
    token_endpoint: str
    restricted_tokens: str = ""


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def is_this_machine(url: str) -> bool:
    """Whether a server is on this machine: it needs no TLS, and is not looked for behind the environment's proxies."""
    return urlsplit(url).hostname in _THIS_MACHINE


HOSTS: dict[Region, str] = {
    "NA": "sellingpartnerapi-na.amazon.com",
    "EU": "sellingpartnerapi-eu.amazon.com",
    "FE": "sellingpartnerapi-fe.amazon.com",
}

MARKETPLACES: dict[Region, tuple[str, ...]] = {
    "NA": ("A2EUQ1WTGCTBG2", "ATVPDKIKX0DER", "A1AM78C64UM0Y8", "A2Q3Y263D00KWC"),
    "EU": (
        "A28R8C7NBKEWEA", "A1RKKUPIHCS9HS", "A1F83G8C2ARO7P", "A13V1IB3VIYZZH", "AMEN7PMS3EDWL", "A1805IZSGTT6HS",
        "A1PA6795UKMFR9", "APJ6JRA9NG5V4", "A2NODRKZP88ZB9", "AE08WJ6YKNBMC", "A1C3SOZRARQ6R3", "ARBP9OOSHTCHU",
        "A33AVAJ2PDY3EV", "A17E79C6D8DWNP", "A2VIGQ35RCS4UG", "A21TJRUUN4KGV",
    ),
    "FE": ("A19VAU5U5O7RUS", "A39IBJ37TRP1C6", "A1VC38T7YXB528"),
}  # fmt: skip


def amazon(region: Region, *, sandbox: bool = False) -> Server:
    """Amazon's own in a region. The sandbox takes its restricted data tokens from production, as Amazon has it."""
    host = HOSTS.get(region)
    if host is None:
        raise InvalidInput(f"There is no region {region!r}.", f"One of {', '.join(HOSTS)}.")
    endpoint = f"https://sandbox.{host}" if sandbox else f"https://{host}"
    return Server(endpoint, AMAZON_TOKENS, f"https://{host}{RESTRICTED_TOKENS_PATH}")


def daybook(url: str) -> Server:
    """A Daybook at a URL; it gives out its own tokens, and asks for no restricted ones."""
    return Server(url.rstrip("/"), url.rstrip("/") + TOKEN_PATH)


def region_of(marketplace_id: str) -> Region:
    """The region that serves a marketplace's sellers. Raises InvalidInput for an id that Amazon does not list."""
    for region, marketplace_ids in MARKETPLACES.items():
        if marketplace_id in marketplace_ids:
            return region
    raise InvalidInput(f"Marketplace {marketplace_id!r} is not known here.", "Name the region instead: NA, EU or FE.")
