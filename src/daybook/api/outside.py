"""What handlers ask of machines outside: name servers and receivers. None of it is waited for in a transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from daybook.api.door import Door
from daybook.kernel.clock import machine_clock
from daybook.notifications.answers import Answer
from daybook.notifications.authorizations import Authorization
from daybook.notifications.destinations import Destination
from daybook.notifications.guard import UnknownHost
from daybook.notifications.sending import Sending, outgoing

LOOKED_UP_WITHIN = 5.0
_LOOKERS = ThreadPoolExecutor(4, "daybook-vet")  # a name server that is silent takes none of the store's threads


async def vet(door: Door, url: str | None, authorization: Authorization | None) -> None:
    """Raises UnsafeUrl or UnknownHost where a URL of a user's may not be called."""
    await _in_time(door.courier.vet, url, authorization)


async def vet_again(door: Door, destination: Destination) -> None:
    """Raises UnsafeUrl where what was allowed once is so no more."""
    try:
        await _in_time(door.courier.vet_again, destination)
    except UnknownHost:
        return


async def send(door: Door, destination: Destination, sending: Sending) -> Answer:
    """What the receiver makes of it."""
    confidential = door.courier.opened(destination)
    request = outgoing(door.clock(), machine_clock(door.clock)(), confidential, sending)
    return await asyncio.wrap_future(door.courier.send(request, confidential.authorization))


async def _in_time(vetting: Callable[..., None], *given: object) -> None:
    try:
        async with asyncio.timeout(LOOKED_UP_WITHIN):
            await asyncio.get_running_loop().run_in_executor(_LOOKERS, vetting, *given)
    except TimeoutError as error:
        raise UnknownHost("The host was not found.", "Its name server did not answer in time.") from error
