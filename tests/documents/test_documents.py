"""Keeping and finding documents."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daybook.documents.documents import find, keep
from daybook.kernel.errors import NotFound
from tests.documents.rows import DOCUMENT, NOW, Rows


def test_a_kept_document_is_found() -> None:
    rows = Rows()
    keep(rows, DOCUMENT)
    assert find(rows, NOW, DOCUMENT.seller_id, DOCUMENT.document_id) == DOCUMENT


@pytest.mark.requirement("R004-229")
def test_one_id_of_two_sellers_is_two_documents() -> None:
    other = replace(DOCUMENT, seller_id="A2SELLER", report_id="another")
    rows = Rows(DOCUMENT, other)
    assert find(rows, NOW, "A2SELLER", DOCUMENT.document_id) == other
    assert find(rows, NOW, "A1SELLER", DOCUMENT.document_id) == DOCUMENT


@pytest.mark.parametrize(("seller", "id"), [("A1SELLER", "amzn1.spdoc.none"), ("A2SELLER", DOCUMENT.document_id)])
def test_an_unknown_document_and_another_sellers_are_not_found_alike(seller: str, id: str) -> None:
    with pytest.raises(NotFound, match=id):
        find(Rows(DOCUMENT), NOW, seller, id)


def test_a_document_is_found_until_it_expires() -> None:
    rows = Rows(DOCUMENT)
    last = DOCUMENT.expires_at - timedelta(microseconds=1)
    assert find(rows, last, DOCUMENT.seller_id, DOCUMENT.document_id) == DOCUMENT
    with pytest.raises(NotFound, match=DOCUMENT.document_id):
        find(rows, DOCUMENT.expires_at, DOCUMENT.seller_id, DOCUMENT.document_id)
