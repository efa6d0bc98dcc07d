"""A client of the Reports API v2021-06-30, Daybook's or Amazon's own, for programs that block and for event loops.

    with ReportsClient.at(amazon("EU"), client_id, client_secret, refresh_token) as client:
        result = client.wait(client.request("GET_MERCHANT_LISTINGS_ALL_DATA", ["A1PA6795UKMFR9"]))
        client.save(result, Path("listings.tsv"))

docs/client.md tells the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daybook.client.asynchronous import AsyncReportsClient
    from daybook.client.blocking import ReportsClient
    from daybook.client.calls.buckets import Buckets
    from daybook.client.calls.exchanges import Exchange
    from daybook.client.calls.retries import RetryPlan
    from daybook.client.documents.reading import How
    from daybook.client.errors import Refused
    from daybook.client.requests.polling import History, PollingPlan
    from daybook.client.requests.requests import Request, Result
    from daybook.client.servers import amazon, daybook

__all__ = [
    "AsyncReportsClient",
    "Buckets",
    "Exchange",
    "History",
    "How",
    "PollingPlan",
    "Refused",
    "ReportsClient",
    "Request",
    "Result",
    "RetryPlan",
    "amazon",
    "daybook",
]

_HOMES = {
    "AsyncReportsClient": "asynchronous",
    "Buckets": "calls.buckets",
    "Exchange": "calls.exchanges",
    "History": "requests.polling",
    "How": "documents.reading",
    "PollingPlan": "requests.polling",
    "Refused": "errors",
    "ReportsClient": "blocking",
    "Request": "requests.requests",
    "Result": "requests.requests",
    "RetryPlan": "calls.retries",
    "amazon": "servers",
    "daybook": "servers",
}


def __getattr__(name: str) -> Any:
    """Each is imported when it is asked for: who needs a plan for polling needs no HTTP."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
