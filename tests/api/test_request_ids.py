"""What stands around every call: its id, and an answer where the server ends before the call does."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from daybook.api.request_ids import RequestIds
from daybook.contract.errors import ErrorList
from daybook.kernel.ids import Ids
from daybook.shapes import decode

START = {"type": "http.response.start", "status": 200, "headers": []}


async def cut_off(sent_before: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a call is answered that is cancelled while it waits, and has sent so much."""
    sent: list[dict[str, Any]] = []
    waits = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing more is to be read")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in sent_before:
            await send(dict(message))
        waits.set()
        await asyncio.Event().wait()

    scope: Any = {"type": "http", "path": "/daybook/v1/batches"}
    call = asyncio.ensure_future(RequestIds(app, Ids())(scope, receive, send))
    await waits.wait()
    call.cancel()
    await call
    return sent


def test_a_call_that_the_servers_end_cuts_off_is_told_so() -> None:
    start, body = asyncio.run(cut_off([]))
    assert start["status"] == 503
    assert b"x-amzn-RequestId" in dict(start["headers"])
    assert decode(body["body"], ErrorList).errors[0].code == "ServiceUnavailable"


@pytest.mark.parametrize("more", [[], [{"type": "http.response.body", "body": b"half", "more_body": True}]])
def test_an_answer_that_has_begun_is_not_begun_again(more: list[dict[str, Any]]) -> None:
    sent = asyncio.run(cut_off([START, *more]))
    assert [message["type"] for message in sent] == [START["type"], *(one["type"] for one in more)]
