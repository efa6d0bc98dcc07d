"""/daybook/v1/inbound: the notifications that came in."""

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import UNSET

from daybook.api.decoding import id_of, query_of
from daybook.api.door import AnyRequest
from daybook.api.operators import admit_anyone
from daybook.api.paths import litestar_path
from daybook.contract import inbound as wire
from daybook.contract.times import emit
from daybook.kernel.errors import InvalidInput
from daybook.notifications.inbound import events, pages
from daybook.notifications.inbound.events import InboundEvent
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.status import SENTENCES, InboundStatus
from daybook.store.transaction import Transaction


@get(litestar_path(wire.LIST_INBOUND))
async def list_inbound(request: AnyRequest) -> ASGIApp:
    """A page, by a search or by the token of the page before."""
    call = await admit_anyone(request, wire.LIST_INBOUND, about_one=False)
    query = query_of(request, wire.LIST_INBOUND)
    key = call.door.keys.of("pages")
    if "nextToken" in query:
        page = await call.door.read(lambda tx: pages.next_page(tx, key, call.seller_id, query["nextToken"]))
    else:
        search = Search(status_of(query), query.get("reportId"), query.get("eventType"), query["pageSize"])
        page = await call.door.read(lambda tx: pages.first_page(tx, key, call.seller_id, search))
    found, token = page
    return call.answer(wire.InboundList([on_the_wire(one) for one in found], token or UNSET))


@get(litestar_path(wire.GET_INBOUND))
async def get_inbound(request: AnyRequest, inboundId: FromPath[str]) -> ASGIApp:
    """One, with its text."""
    call = await admit_anyone(request, wire.GET_INBOUND, about_one=False)
    event, body = await call.door.read(lambda tx: _whole(tx, call.seller_id, id_of(inboundId)))
    return call.answer(wire.WholeInboundEvent(on_the_wire(event), body))


def _whole(tx: Transaction, seller_id: str, inbound_id: str) -> tuple[InboundEvent, str]:
    return events.find(tx, seller_id, inbound_id), tx.inbound_body(seller_id, inbound_id)


def status_of(query: dict[str, str]) -> InboundStatus | None:
    """The status that is asked for. Raises InvalidInput."""
    word = query.get("status")
    if word is None:
        return None
    if word not in InboundStatus.__members__:
        raise InvalidInput("Invalid Input", f"status: {word[:40]!r} is none of {', '.join(InboundStatus)}.")
    return InboundStatus(word)


def on_the_wire(one: InboundEvent) -> wire.InboundEvent:
    """A notification, without its text."""
    said = one.reading
    return wire.InboundEvent(
        inboundId=one.inbound_id,
        source=one.source.value,
        status=one.status.value,
        statusMeaning=SENTENCES[one.status],
        receivedTime=emit(one.received_at),
        shape=said.shape.value,
        eventId=said.event_id,
        eventType=said.event_type,
        eventTime=said.event_time,
        subject=said.subject,
        subjectId=said.subject_id,
        reportStatus=said.status,
        reportType=said.report_type,
        account=said.seller,
        errorDescription=said.description,
        receiverId=one.receiver_id or UNSET,
    )


HANDLERS = [list_inbound, get_inbound]
