"""getReportDocument: a new link each time, good for five minutes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.production import begin, done, fail, finish, store_document
from tests.api.serving import DECODING, DOCUMENTS, PUBLIC_URL, Client, Daybook


@pytest.fixture
def document_id(daybook: Daybook, first: Client) -> str:
    """A document of the first seller's."""
    return done(daybook, first.ask())


@pytest.mark.requirement("R004-150", "R004-229", "R004-230", "R004-231", "R004-276")
def test_a_document_is_told_with_a_url_and_how_it_is_compressed(first: Client, document_id: str) -> None:
    told = first.get(f"{DOCUMENTS}/{document_id}").json
    assert told.keys() == {"reportDocumentId", "url", "compressionAlgorithm"}
    assert (told["reportDocumentId"], told["compressionAlgorithm"]) == (document_id, "GZIP")
    assert told["url"].startswith(f"{PUBLIC_URL}/documents/")


@pytest.mark.requirement("R004-238", "R004-277")
def test_a_document_that_is_not_compressed_names_no_algorithm(daybook: Daybook, first: Client) -> None:
    first.ask()
    document_id = finish(daybook, begin(daybook), compression=None)
    assert first.get(f"{DOCUMENTS}/{document_id}").json.keys() == {"reportDocumentId", "url"}


def test_the_document_that_explains_a_failure_is_told_too(daybook: Daybook, first: Client) -> None:
    first.ask()
    document_id = fail(daybook, begin(daybook), b'{"errorDetails": "..."}')
    assert first.get(f"{DOCUMENTS}/{document_id}").json["reportDocumentId"] == document_id


@pytest.mark.requirement("R004-155", "R004-236")
def test_each_call_gives_a_url_that_ends_five_minutes_later(daybook: Daybook, first: Client, document_id: str) -> None:
    urls = []
    for _ in range(2):
        urls.append(first.get(f"{DOCUMENTS}/{document_id}").json["url"])
        daybook.clock.advance(60)
    expiries = [int(parse_qs(urlsplit(url).query)["expires"][0]) for url in urls]
    noon = int(daybook.clock.now.timestamp()) - 120
    assert expiries == [noon + 300, noon + 360]
    assert urls[0] != urls[1]


def test_the_url_is_built_from_the_public_address_alone(first: Client, document_id: str) -> None:
    headers = {"host": "27.0.0.1:18765", "x-forwarded-host": "sellingpartnerapi-na.amazon.com", "forwarded": "host=x"}
    answer = first.send("GET", f"{DOCUMENTS}/{document_id}", headers=headers)
    assert answer.json["url"].startswith(f"{PUBLIC_URL}/documents/")


@pytest.mark.requirement("R004-154")
@pytest.mark.parametrize("id", ["0", "DOC-b8b0-4226-b4b9-0ee058ea5760", "9" * 400, "%00", "%FF"])
def test_an_unknown_id_is_not_found(first: Client, document_id: str, id: str) -> None:
    assert first.get(f"{DOCUMENTS}/{id}").refusal == (404, "NotFound")


def test_a_report_id_is_no_document_id(daybook: Daybook, first: Client) -> None:
    report_id = first.ask()
    done(daybook, report_id)
    assert first.get(f"{DOCUMENTS}/{report_id}").refusal == (404, "NotFound")


@pytest.mark.requirement("R001-002")
def test_a_document_is_not_found_before_its_report_is_done(daybook: Daybook, first: Client) -> None:
    first.ask()
    document = store_document(daybook, begin(daybook), b"", "GZIP")
    assert first.get(f"{DOCUMENTS}/{document.document_id}").refusal == (404, "NotFound")


def test_a_document_ends_with_its_report_after_ninety_days(daybook: Daybook, document_id: str) -> None:
    daybook.clock.advance(days=90, seconds=-1)
    assert daybook.client().get(f"{DOCUMENTS}/{document_id}").status == 200
    daybook.clock.advance(1)
    assert daybook.client().get(f"{DOCUMENTS}/{document_id}").refusal == (404, "NotFound")


@pytest.mark.parametrize("word", ["true", "True", "TRUE"])
def test_a_url_whose_download_names_its_encoding_can_be_asked_for(first: Client, document_id: str, word: str) -> None:
    url = first.get(f"{DOCUMENTS}/{document_id}", enableContentEncodingUrlHeader=word).json["url"]
    assert parse_qs(urlsplit(url).query)["encoding"] == ["gzip"]


@pytest.mark.parametrize(
    "query", ["", "?enableContentEncodingUrlHeader=false", "?enableContentEncodingUrlHeader=False"]
)
def test_otherwise_the_download_names_no_encoding(first: Client, document_id: str, query: str) -> None:
    url = first.get(f"{DOCUMENTS}/{document_id}{query}").json["url"]
    assert "encoding" not in parse_qs(urlsplit(url).query)


@DECODING
@pytest.mark.parametrize("wrong", ["", "1", "yes", "truefalse", "%00", "%C3%A9"])
def test_what_is_neither_true_nor_false_is_refused(first: Client, document_id: str, wrong: str) -> None:
    answer = first.get(f"{DOCUMENTS}/{document_id}?enableContentEncodingUrlHeader={wrong}")
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["details"].startswith("enableContentEncodingUrlHeader;")
