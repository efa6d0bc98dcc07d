"""Whether the server lives, and whether it can serve."""

import asyncio

import msgspec
from litestar import Response, get

from daybook.api.door import AnyRequest, Door, door_of
from daybook.kernel.errors import DaybookError


@get("/healthz")
async def healthz() -> Response[bytes]:
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@get("/readyz")
async def readyz(request: AnyRequest) -> Response[bytes]:
    """The database and the document store answer too; 503 and the reason where one does not."""
    faults = await asyncio.to_thread(_faults, door_of(request))
    body = {"status": "unavailable" if faults else "ready", **faults}
    return Response(msgspec.json.encode(body), status_code=503 if faults else 200, media_type="application/json")


def _faults(door: Door) -> dict[str, str]:
    faults = {}
    for name, check in (("database", door.store.check), ("documents", door.objects.check)):
        try:
            check()
        except DaybookError as error:
            faults[name] = f"{error.message} {error.details}"
    return faults


HANDLERS = [healthz, readyz]
