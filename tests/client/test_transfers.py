"""A document's bytes arrive whole, by links that live five minutes, over lines that break."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from daybook.client import How
from daybook.client.errors import AccessDenied, DocumentChanged, DocumentCut, Refused, ServerFailed
from daybook.kernel.errors import Unavailable
from tests.client.driven import Driven
from tests.client.scripted import AWAY, LINK, STORE, Answer, Asked, Server, document, link, refusal, streamed
from tests.client.virtual import VirtualTime

WHOLE = bytes(range(256)) * 40
BREAK = httpx2.RemoteProtocolError("peer closed connection without sending complete message body")
GONE = httpx2.Response(403, content=b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")


def fetched(client: Driven) -> bytes:
    """The document, in one."""
    return b"".join(client.download("doc-1"))


def ranged(content: bytes = WHOLE, cut_at: int | None = None, **headers: str) -> Callable[[httpx2.Request], Answer]:
    """A store that honours Range, and may break off after so many bytes of the whole."""

    def answered(request: httpx2.Request) -> httpx2.Response:
        asked = request.headers.get("Range")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        length = {"Content-Length": str(len(content) - start), **headers}
        if asked:
            length["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        status = 206 if asked else 200
        if cut_at is not None and start < cut_at:
            return streamed(content[start:cut_at], BREAK, status=status, **length)
        return streamed(content[start:], status=status, **length)

    return answered


def downloads(server: Server) -> list[Asked]:
    """The requests for bytes."""
    return server.of("download")


def test_no_token_and_no_cookie_goes_to_where_a_document_lies_and_the_link_is_sent_as_it_is(
    client: Driven, server: Server
) -> None:
    fetched(client)
    request = downloads(server)[0].request
    assert "x-amz-access-token" not in request.headers
    assert "cookie" not in request.headers
    assert request.headers["accept-encoding"] == "identity"
    assert f"{STORE}{request.url.raw_path.decode()}" == LINK


@pytest.mark.requirement("R004-237")
def test_a_link_that_has_expired_is_replaced_by_a_new_one(client: Driven, server: Server) -> None:
    server.on("getReportDocument", link(f"{STORE}/old"), link(f"{STORE}/new"))
    server.on("download", lambda request: GONE if request.url.path == "/old" else document(WHOLE))
    assert fetched(client) == WHOLE
    assert [one.request.url.path for one in downloads(server)] == ["/old", "/new"]


@pytest.mark.requirement("R004-237")
def test_a_link_that_was_fetched_before_is_used_first_and_replaced_when_it_has_expired(
    client: Driven, server: Server
) -> None:
    told = client.get_report_document("doc-1")
    server.on("download", GONE, document(WHOLE))
    assert b"".join(client.download(told)) == WHOLE
    assert server.count("getReportDocument") == 2


def test_links_that_are_all_refused_are_told(client: Driven, server: Server) -> None:
    server.on("download", GONE)
    with pytest.raises(AccessDenied) as denied:
        fetched(client)
    assert "expired" in denied.value.details
    assert (len(downloads(server)), server.count("getReportDocument")) == (3, 3)


def test_a_link_is_fetched_just_before_it_is_used(client: Driven, server: Server, time: VirtualTime) -> None:
    server.on("download", lambda request: document(WHOLE) if time.passed - asked_at(server) < 300 else GONE)
    for _ in range(20):
        assert fetched(client) == WHOLE


def asked_at(server: Server) -> float:
    """When the last link was given out."""
    return server.of("getReportDocument")[-1].at


@pytest.mark.parametrize("cut_at", [1, 100, len(WHOLE) - 1])
def test_a_transfer_that_breaks_off_is_gone_on_with_from_there(client: Driven, server: Server, cut_at: int) -> None:
    server.on("download", ranged(cut_at=cut_at, ETag='"v1"'))
    assert fetched(client) == WHOLE
    [_, again] = downloads(server)
    assert (again.request.headers["Range"], again.request.headers["If-Range"]) == (f"bytes={cut_at}-", '"v1"')
    assert server.count("getReportDocument") == 1


def test_a_weak_tag_is_not_relied_on(client: Driven, server: Server) -> None:
    server.on("download", ranged(cut_at=5, ETag='W/"v1"'))
    assert fetched(client) == WHOLE
    assert "If-Range" not in downloads(server)[1].request.headers


def test_a_transfer_may_break_off_often_as_long_as_it_gets_farther(client: Driven, server: Server) -> None:
    server.on("download", *(ranged(cut_at=cut_at) for cut_at in range(100, 2100, 100)), ranged())
    assert fetched(client) == WHOLE
    assert len(downloads(server)) == 21


def test_a_transfer_that_gets_no_farther_is_told_with_how_far_it_came(client: Driven, server: Server) -> None:
    server.on("download", ranged(cut_at=77), httpx2.ConnectError("refused"))
    with pytest.raises(DocumentCut, match="77 bytes"):
        fetched(client)
    assert len(downloads(server)) == 5


@pytest.mark.parametrize("size", [1, 90, 128])
def test_a_store_that_knows_no_range_is_heard_anew_and_what_came_before_is_passed_over(
    client: Driven, server: Server, size: int
) -> None:
    pieces = [WHOLE[start : start + size] for start in range(0, len(WHOLE), size)]
    server.on("download", streamed(WHOLE[:100], BREAK), streamed(*pieces))
    assert fetched(client) == WHOLE


def test_a_store_that_then_sends_something_else_is_not_believed(client: Driven, server: Server) -> None:
    server.on("download", streamed(WHOLE[:100], BREAK), streamed(b"x" + WHOLE[1:]))
    with pytest.raises(DocumentChanged):
        fetched(client)


def test_a_store_that_sends_another_range_is_not_believed_either(client: Driven, server: Server) -> None:
    wrong = streamed(WHOLE[50:], status=206, Content_Range=f"bytes 50-{len(WHOLE) - 1}/{len(WHOLE)}")
    server.on("download", streamed(WHOLE[:100], BREAK), wrong, ranged())
    assert fetched(client) == WHOLE


def test_fewer_bytes_than_announced_are_not_the_whole(client: Driven, server: Server) -> None:
    server.on("download", streamed(WHOLE[:100], Content_Length=str(len(WHOLE))), ranged())
    assert fetched(client) == WHOLE
    assert downloads(server)[1].request.headers["Range"] == "bytes=100-"


@pytest.mark.requirement("R004-237")
def test_a_link_that_expires_in_the_middle_is_replaced_and_the_transfer_gone_on_with(
    client: Driven, server: Server
) -> None:
    server.on("getReportDocument", link(f"{STORE}/old"), link(f"{STORE}/new"))
    server.on("download", ranged(cut_at=500), GONE, ranged())
    assert fetched(client) == WHOLE
    paths = [(one.request.url.path, one.request.headers.get("Range")) for one in downloads(server)]
    assert paths == [("/old", None), ("/old", "bytes=500-"), ("/new", "bytes=500-")]


@pytest.mark.parametrize("trouble", [AWAY, httpx2.ConnectError("refused"), httpx2.ReadTimeout("timed out")])
def test_a_store_that_is_away_for_a_moment_is_borne(client: Driven, server: Server, trouble: Answer) -> None:
    server.on("download", trouble, trouble, document(WHOLE))
    assert fetched(client) == WHOLE


@pytest.mark.parametrize(
    ("trouble", "kind", "tries"),
    [
        (AWAY, ServerFailed, 5),
        (httpx2.ConnectError("refused"), Unavailable, 5),
        (refusal(404, "NoSuchKey"), Refused, 1),
        (refusal(410, "Gone"), Refused, 1),
    ],
)
def test_a_store_that_stays_away_or_has_it_no_more_is_told(
    client: Driven, server: Server, trouble: Answer, kind: type[Exception], tries: int
) -> None:
    server.on("download", trouble)
    with pytest.raises(kind) as told:
        fetched(client)
    assert len(downloads(server)) == tries
    assert "secret" not in f"{told.value} {getattr(told.value, 'details', '')}"


def test_the_secret_of_a_link_is_in_no_record(client: Driven, server: Server) -> None:
    fetched(client)
    assert "secret" not in repr(client.exchanges)
    assert client.exchanges[-1].path == "/%2FNinetyDays/doc-1"


def test_a_documents_own_request_id_is_kept(client: Driven, server: Server) -> None:
    told = document(WHOLE, x_amzn_RequestId="", x_amz_request_id="S3-1")
    server.on("download", told)
    fetched(client)
    assert client.exchanges[-1].request_id == "S3-1"


def test_the_bytes_as_they_came_can_be_kept(client: Driven, server: Server, tmp_path: Path) -> None:
    server.on("download", ranged(cut_at=500))
    with (tmp_path / "raw").open("wb") as raw:
        assert b"".join(client.download("doc-1", How(raw=raw))) == WHOLE
    assert (tmp_path / "raw").read_bytes() == WHOLE


@pytest.mark.parametrize("url", ["http://[::1", "http://h/\0"])
def test_a_link_that_cannot_be_called_is_told(client: Driven, server: Server, url: str) -> None:
    server.on("getReportDocument", link(url))
    with pytest.raises(Unavailable, match="does not answer"):
        fetched(client)
    assert not downloads(server)


def test_a_links_user_and_password_are_not_told(client: Driven, server: Server) -> None:
    server.on("getReportDocument", link(LINK.replace("://", "://me:hidden@")))
    server.on("download", httpx2.ConnectError("Connection refused"))
    with pytest.raises(Unavailable, match="does not answer") as lost:
        fetched(client)
    assert "hidden" not in str(lost.value)


def test_a_range_with_a_beginning_beyond_numbers_is_another_range(client: Driven, server: Server) -> None:
    server.on("download", streamed(WHOLE, status=206, **{"Content-Range": f"bytes {'9' * 5000}-"}))
    with pytest.raises(Unavailable):
        fetched(client)
