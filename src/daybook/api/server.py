"""The HTTP application."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

from daybook.api import (
    batches,
    deliveries,
    destinations,
    documents,
    error_codes,
    errors,
    events,
    explained_reports,
    followed_reports,
    guards,
    health,
    inbound,
    openapi,
    operations,
    receivers,
    reports,
    scenarios,
    schedules,
    subscriptions,
    support_packs,
    tokens,
)
from daybook.api.bodies import SECONDS, TimedBodies
from daybook.api.counted import CountedRequests, Told
from daybook.api.door import Door
from daybook.api.listeners import Listeners
from daybook.api.practice import Forced, forced
from daybook.api.request_ids import RequestIds
from daybook.api.uploads import Uploads

MAX_BODY = 1024 * 1024
"""Bytes of a request's body; no body of the contract comes near."""


Api = ASGIApp
"""The application, as whoever serves it sees it."""


def create_api(
    door: Door, body_seconds: float = SECONDS, told: Told | None = None, listeners: Listeners | None = None
) -> Api:
    """Amazon's contract, its token endpoint, downloads, health and the OpenAPI document, as one ASGI application.

    `body_seconds` is how long a request's body is waited for; `told` hears how each request was answered;
    whoever ends the server closes `listeners` first.
    """
    amazons = (reports, schedules, documents, tokens)
    ours = (explained_reports, support_packs, scenarios, batches, operations, guards, error_codes)
    told_to, coming_in = (destinations, subscriptions, deliveries), (receivers, inbound, followed_reports)
    rooms = (*amazons, *ours, *told_to, *coming_in, events, health, openapi)
    app = Litestar(
        [handler for room in rooms for handler in room.HANDLERS],
        state=State({"door": door, "listeners": listeners or Listeners(), "uploads": Uploads()}),
        exception_handlers={**errors.HANDLERS, Forced: forced},
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )
    api = RequestIds(TimedBodies(app, body_seconds), door.ids)
    return api if told is None else CountedRequests(api, told)
