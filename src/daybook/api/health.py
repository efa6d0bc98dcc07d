"""Whether the server lives, and whether it can serve."""

import asyncio

from litestar import get
from litestar.types import ASGIApp

from daybook.api.answers import Answer, encoded
from daybook.api.door import AnyRequest, Door, door_of
from daybook.kernel.errors import DaybookError


@get("/healthz")
async def healthz() -> ASGIApp:
    """The process answers."""
    return Answer(b'{"status":"ok"}')


@get("/readyz")
async def readyz(request: AnyRequest) -> ASGIApp:
    """The database and the document store answer too; 503 and the reason where one does not."""
    faults = await asyncio.to_thread(_faults, door_of(request))
    body = {"status": "unavailable" if faults else "ready", **faults}
    return Answer(encoded(body), 503 if faults else 200)


def _faults(door: Door) -> dict[str, str]:
    faults = {}
    for name, check in (("database", door.store.check), ("documents", door.objects.check)):
        try:
            check()
        except DaybookError as error:
            faults[name] = f"{error.message} {error.details}"
    return faults


HANDLERS = [healthz, readyz]
