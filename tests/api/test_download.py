"""Downloads: whoever holds the link has the bytes for five minutes, and nobody else has them."""

import gzip
from urllib.parse import urlsplit

import pytest

from tests.api.production import ROWS, TEXT, begin, done, finish
from tests.api.serving import DOCUMENTS, Client, Daybook
from tests.api.wire import Answer

LONG = b"item-name\tseller-sku\n" + b"A lamp\tLAMP-1\n" * 300_000  # more than the store reads at once


def link(client: Client, document_id: str, **query: object) -> str:
    """Path and query of a link to the document."""
    url = urlsplit(client.get(f"{DOCUMENTS}/{document_id}", **query).json["url"])
    return f"{url.path}?{url.query}"


def fetch(daybook: Daybook, target: str, **headers: str) -> Answer:
    """A download, which shows no token."""
    return daybook.wire.send("GET", target, headers)


@pytest.fixture
def target(daybook: Daybook, first: Client) -> str:
    """A link to a compressed document."""
    return link(first, done(daybook, first.ask()))


@pytest.mark.requirement("R004-239", "R004-276")
def test_a_compressed_document_comes_compressed_and_says_nothing_of_an_encoding(daybook: Daybook, target: str) -> None:
    answer = fetch(daybook, target)
    assert (answer.status, answer.headers["content-type"]) == (200, TEXT)
    assert "content-encoding" not in answer.headers
    assert gzip.decompress(answer.body) == ROWS
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.requirement("R004-239")
def test_it_names_its_encoding_where_that_was_asked_for(daybook: Daybook, first: Client) -> None:
    document_id = done(daybook, first.ask())
    answer = fetch(daybook, link(first, document_id, enableContentEncodingUrlHeader="true"))
    assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(answer.body) == ROWS


@pytest.mark.requirement("R004-238")
@pytest.mark.parametrize("query", [{}, {"enableContentEncodingUrlHeader": "true"}])
def test_a_document_that_is_not_compressed_comes_as_it_is(
    daybook: Daybook, first: Client, query: dict[str, str]
) -> None:
    first.ask()
    answer = fetch(daybook, link(first, finish(daybook, begin(daybook), compression=None), **query))
    assert (answer.status, answer.body) == (200, ROWS)
    assert "content-encoding" not in answer.headers


def test_a_long_document_comes_whole_and_in_ranges(daybook: Daybook, first: Client) -> None:
    first.ask()
    target = link(first, finish(daybook, begin(daybook), LONG, compression=None))
    assert fetch(daybook, target).body == LONG
    part = fetch(daybook, target, range="bytes=21-4194324")
    assert (part.status, part.body) == (206, LONG[21:4194325])
    assert part.headers["content-range"] == f"bytes 21-4194324/{len(LONG)}"
    end = fetch(daybook, target, range="bytes=-5")
    assert (end.status, end.body, end.headers["content-length"]) == (206, LONG[-5:], "5")


def test_a_range_beyond_the_end_is_told_the_size(daybook: Daybook, target: str) -> None:
    size = len(fetch(daybook, target).body)
    answer = fetch(daybook, target, range=f"bytes={size}-")
    assert (answer.status, answer.headers["content-range"], answer.body) == (416, f"bytes */{size}", b"")


def test_an_empty_document_comes_empty(daybook: Daybook, first: Client) -> None:
    first.ask()
    answer = fetch(daybook, link(first, finish(daybook, begin(daybook), b"", compression=None)))
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "0")


def test_a_browser_neither_shows_nor_keeps_it(daybook: Daybook, target: str) -> None:
    headers = fetch(daybook, target).headers
    assert headers["content-disposition"].startswith("attachment; filename=")
    assert headers["content-disposition"].endswith('.gz"')
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert headers["x-amzn-requestid"]
    assert headers.keys() & {"set-cookie", "x-amzn-ratelimit-limit"} == set()


def test_a_token_is_not_looked_at(daybook: Daybook, target: str) -> None:
    strangers = {"x-amz-access-token": "wrong", "authorization": "Nonsense", "cookie": "a=b"}
    assert daybook.wire.send("GET", target, strangers).status == 200


@pytest.mark.requirement("R004-155", "R004-236", "R004-237")
def test_a_link_serves_for_five_minutes_and_then_a_new_one_does(daybook: Daybook, first: Client) -> None:
    document_id = done(daybook, first.ask())
    target = link(first, document_id)
    daybook.clock.advance(299)
    assert fetch(daybook, target).status == 200
    daybook.clock.advance(1)
    assert fetch(daybook, target).refusal == (403, "Unauthorized")
    assert fetch(daybook, link(first, document_id)).status == 200


@pytest.mark.parametrize(
    "alter",
    [
        lambda target: target.partition("?")[0],
        lambda target: target.replace("expires=1", "expires=2"),
        lambda target: target.replace("expires=", "expires=0"),
        lambda target: f"{target}&encoding=gzip",
        lambda target: target.replace("signature=", "signature=0"),
        lambda target: target.rpartition("signature=")[0] + "signature=%C3%A9%FF",
        lambda target: target.replace("amzn1", "amzn2"),
        lambda target: target.replace("SELLER", "SELLE"),
        lambda target: target.replace("/documents/", "/documents/x"),
    ],
    ids=["no query", "later", "another number", "encoding", "signature", "no text", "document", "seller", "path"],
)
def test_a_link_that_was_altered_serves_nothing(daybook: Daybook, target: str, alter: object) -> None:
    altered = alter(target)  # type: ignore[operator]
    assert altered != target
    answer = fetch(daybook, altered)
    assert answer.refusal == (403, "Unauthorized")
    assert fetch(daybook, target).status == 200


def test_a_link_to_another_sellers_document_of_the_same_id_serves_the_first_ones_alone(
    daybook: Daybook, first: Client, second: Client
) -> None:
    document_id = done(daybook, first.ask())
    target = link(first, document_id)
    assert second.get(f"{DOCUMENTS}/{document_id}").refusal == (404, "NotFound")
    assert fetch(daybook, target.replace(daybook.first, daybook.second)).refusal == (403, "Unauthorized")


def test_a_link_to_a_document_whose_object_is_lost_is_answered_before_anything_is_sent(
    daybook: Daybook, first: Client
) -> None:
    document_id = done(daybook, first.ask())
    target = link(first, document_id)
    with daybook.store.reading() as tx:
        document = tx.document(daybook.first, document_id)
    assert document is not None
    daybook.door.objects.delete([document.object_name])
    answer = fetch(daybook, target)
    assert answer.refusal == (404, "NotFound")
    assert document.object_name not in answer.body.decode()
