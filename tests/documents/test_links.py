"""Links to documents: whoever holds one may fetch that document and no other, for five minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.links import LIFETIME, Link, new_link, sign, verify
from daybook.kernel.errors import Unauthorized

KEY = bytes(range(32))
PUBLIC = "https://reports.example"
NOW = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)

IDS = st.text(max_size=12) | st.text("./%=\\\n\0&?1", max_size=6)
SECONDS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
LINKS = st.builds(Link, IDS, IDS, SECONDS, st.booleans())


def parts(url: str) -> tuple[str, str, dict[str, str]]:
    """Seller, document and query as a server reads them: the path decoded once, then cut at its slashes."""
    split = urlsplit(url)
    empty, documents, seller, document = unquote(split.path).split("/")
    assert (empty, documents) == ("", "documents")
    return seller, document, dict(parse_qsl(split.query, strict_parsing=True))


def check(url: str, now: datetime, key: bytes = KEY) -> Link:
    return verify(key, *parts(url), now)


@given(LINKS)
def test_a_link_of_any_ids_is_read_back_as_it_was_signed(link: Link) -> None:
    assert check(sign(KEY, PUBLIC, link), link.expires_at - timedelta(microseconds=1)) == link


@given(LINKS)
def test_clients_send_the_url_as_it_was_made(link: Link) -> None:
    url = sign(KEY, PUBLIC, link)
    assert str(httpx2.URL(url)) == url


@given(LINKS, LINKS)
def test_no_two_links_share_a_signature(one: Link, other: Link) -> None:
    signatures = {parts(sign(KEY, PUBLIC, link))[2]["signature"] for link in (one, other)}
    assert len(signatures) == (1 if one == other else 2)


@given(LINKS, st.sampled_from(["seller", "document", "expires", "encoding", "signature"]), st.text(max_size=20))
def test_a_link_altered_in_any_field_is_refused(link: Link, field: str, text: str) -> None:
    seller, document, query = parts(sign(KEY, PUBLIC, link))
    fields = {"encoding": "", **query, "seller": seller, "document": document}
    if fields[field] == text:
        return
    altered = fields | {field: text}
    with pytest.raises(Unauthorized, match="Access to requested resource is denied"):
        verify(KEY, altered["seller"], altered["document"], altered, link.expires_at - timedelta(seconds=1))


@given(LINKS, st.sampled_from(["expires", "encoding", "signature"]))
def test_a_link_without_one_of_its_fields_is_refused(link: Link, field: str) -> None:
    seller, document, query = parts(sign(KEY, PUBLIC, replace(link, encoded=True)))
    del query[field]
    with pytest.raises(Unauthorized):
        verify(KEY, seller, document, query, link.expires_at - timedelta(seconds=1))


@pytest.mark.parametrize("signature", ["\ud800", "é", "0" * 63, "0" * 64, "０" * 64])
def test_a_signature_of_any_characters_is_refused_and_not_a_fault(signature: str) -> None:
    seller, document, query = parts(sign(KEY, PUBLIC, new_link(NOW, "A1SELLER", "1")))
    with pytest.raises(Unauthorized):
        verify(KEY, seller, document, query | {"signature": signature}, NOW)


def test_fields_cannot_be_shifted_into_each_other() -> None:
    seller, document, query = parts(sign(KEY, PUBLIC, new_link(NOW, "A1", "SELLER")))
    with pytest.raises(Unauthorized):
        verify(KEY, seller + document[0], document[1:], query, NOW)


def test_another_servers_key_does_not_open_it() -> None:
    with pytest.raises(Unauthorized):
        check(sign(KEY, PUBLIC, new_link(NOW, "A1SELLER", "1")), NOW, key=bytes(32))


@pytest.mark.requirement("R004-236")
def test_a_link_lives_five_minutes_and_not_a_moment_longer() -> None:
    link = new_link(NOW, "A1SELLER", "1")
    assert timedelta(seconds=300) == LIFETIME
    assert link.expires_at == NOW.replace(microsecond=0) + timedelta(minutes=5)
    url = sign(KEY, PUBLIC, link)
    assert check(url, link.expires_at - timedelta(microseconds=1)) == link
    with pytest.raises(Unauthorized) as expired:
        check(url, link.expires_at)
    assert "expired at 2026-11-21T12:05:00+00:00" in expired.value.details


@pytest.mark.requirement("R004-155")
def test_a_later_link_is_another_and_does_not_revive_the_first() -> None:
    first, second = (sign(KEY, PUBLIC, new_link(now, "A1SELLER", "1")) for now in (NOW, NOW + LIFETIME))
    assert first != second
    assert check(second, NOW + LIFETIME).document_id == "1"
    with pytest.raises(Unauthorized):
        check(first, NOW + LIFETIME)


@pytest.mark.requirement("R004-230")
def test_the_url_is_below_the_public_url() -> None:
    url = sign(KEY, f"{PUBLIC}/books/", new_link(NOW, "A1SELLER", "amzn1.spdoc.1"))
    assert url.startswith(f"{PUBLIC}/books/documents/A1SELLER/amzn1.spdoc.1?expires=1795262700&signature=")
    encoded = sign(KEY, PUBLIC, new_link(NOW, "A1SELLER", "amzn1.spdoc.1", encoded=True))
    assert "&encoding=gzip&signature=" in encoded
