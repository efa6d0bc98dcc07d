"""Whether the server lives, and whether it can serve."""

import asyncio
from functools import partial

from litestar import get
from litestar.types import ASGIApp

from daybook.api.answers import Answer, encoded
from daybook.api.door import AnyRequest, Door, door_of
from daybook.kernel.errors import DaybookError
from daybook.store.store import Store


@get("/healthz")
async def healthz() -> ASGIApp:
    """The process answers."""
    return Answer(b'{"status":"ok"}')


@get("/readyz")
async def readyz(request: AnyRequest) -> ASGIApp:
    """The database and the document store answer too, and the database can be written to; or 503 and the reason."""
    faults = await asyncio.to_thread(_faults, door_of(request))
    body = {"status": "unavailable" if faults else "ready", **faults}
    return Answer(encoded(body), 503 if faults else 200)


def _faults(door: Door) -> dict[str, str]:
    faults = {}
    for name, check in (("database", partial(_check, door.store)), ("documents", door.objects.check)):
        try:
            check()
        except DaybookError as error:
            faults[name] = error.sentence
    return faults


def _check(store: Store) -> None:
    store.check()
    store.check_writing()


HANDLERS = [healthz, readyz]
