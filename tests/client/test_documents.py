"""Documents as files, as rows and as batches; the parts of a split request joined."""

import builtins
import codecs
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daybook.client import How, Result
from daybook.client.documents.reading import Reading
from daybook.client.errors import DocumentCorrupt, DocumentCut, DocumentFault, UndecodableText
from daybook.kernel.errors import InvalidInput, Misconfigured
from tests.client.driven import Driven
from tests.client.scripted import RESTRICTED, Answer, Server, answer, document, link, report, streamed

TYPE, US = "GET_MERCHANT_LISTINGS_ALL_DATA", "ATVPDKIKX0DER"
RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
ROWS = b"sku\tprice\r\nA\t1\r\nB\t2\r\n"
PACKED = gzip.compress(ROWS)
BREAK = httpx2.RemoteProtocolError("peer closed connection")


@pytest.mark.requirement("R004-238", "R004-239")
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("claimed", [False, True])
def test_a_document_is_saved_unpacked_whatever_is_said_of_its_compression(
    client: Driven, server: Server, tmp_path: Path, packed: bool, claimed: bool
) -> None:
    server.on("getReportDocument", link(**({"compressionAlgorithm": "GZIP"} if claimed else {})))
    server.on("download", document(PACKED if packed else ROWS))
    saved = client.save("doc-1", tmp_path / "listings.tsv")
    assert (tmp_path / "listings.tsv").read_bytes() == ROWS
    assert (saved.path, saved.size) == (tmp_path / "listings.tsv", len(ROWS))
    [reading] = saved.readings
    assert (reading.packed, reading.content_type) == (packed, "text/plain; charset=UTF-8")
    assert (reading.charset.name, reading.charset.source) == ("utf-8", "header")


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (document(PACKED[:-5]), DocumentCut),
        (document(PACKED[:20] + b"\0\0\0" + PACKED[23:]), DocumentCorrupt),
        (streamed(PACKED[:20], BREAK), DocumentCut),
    ],
    ids=["cut when stored", "spoilt", "cut on its way"],
)
@pytest.mark.requirement("R004-240")
def test_a_file_is_there_whole_or_not_at_all(
    client: Driven, server: Server, tmp_path: Path, told: httpx2.Response, fault: type[Exception]
) -> None:
    (tmp_path / "listings.tsv").write_bytes(b"of yesterday")
    server.on("download", told, httpx2.ConnectError("refused")) if fault is DocumentCut else server.on("download", told)
    with pytest.raises(fault):
        client.save("doc-1", tmp_path / "listings.tsv")
    assert [file.name for file in tmp_path.iterdir()] == ["listings.tsv"]
    assert (tmp_path / "listings.tsv").read_bytes() == b"of yesterday"


def test_a_file_that_cannot_be_written_is_told(client: Driven, server: Server, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        client.save("doc-1", tmp_path / "nowhere" / "listings.tsv")


def test_the_bytes_as_they_came_can_be_kept_beside_the_file(client: Driven, server: Server, tmp_path: Path) -> None:
    server.on("download", document(PACKED))
    with (tmp_path / "raw").open("wb") as raw:
        client.save("doc-1", tmp_path / "text", How(raw=raw))
    assert (tmp_path / "raw").read_bytes() == PACKED
    assert (tmp_path / "text").read_bytes() == ROWS


def test_a_file_stays_in_its_charset_unless_another_is_asked_for(
    client: Driven, server: Server, tmp_path: Path
) -> None:
    content = "sku\tname\nA\tCrêpe €\n".encode("cp1252")
    server.on("download", document(content, "text/plain; charset=Cp1252"))
    [reading] = client.save("doc-1", tmp_path / "as it is").readings
    assert (tmp_path / "as it is").read_bytes() == content
    assert reading.charset.name == "cp1252"
    client.save("doc-1", tmp_path / "utf-8", encoding="utf-8")
    assert (tmp_path / "utf-8").read_text("utf-8") == "sku\tname\nA\tCrêpe €\n"
    client.save("doc-1", tmp_path / "utf-16", encoding="utf-16")
    assert (tmp_path / "utf-16").read_text("utf-16") == "sku\tname\nA\tCrêpe €\n"


def test_text_that_cannot_be_read_or_written_in_a_charset_leaves_no_file(
    client: Driven, server: Server, tmp_path: Path
) -> None:
    server.on("download", document(b"sku\nCr\xeape\n"))
    with pytest.raises(UndecodableText, match="byte 6"):
        client.save("doc-1", tmp_path / "file", encoding="utf-8")
    server.on("download", document("sku\n商\n".encode()))
    with pytest.raises(InvalidInput, match="商"):
        client.save("doc-1", tmp_path / "file", encoding="latin-1")
    with pytest.raises(InvalidInput, match="klingon"):
        client.save("doc-1", tmp_path / "file", encoding="klingon")
    assert list(tmp_path.iterdir()) == []


def test_a_charset_that_is_not_known_does_not_keep_a_document_from_being_saved_as_it_is(
    client: Driven, server: Server, tmp_path: Path
) -> None:
    server.on("download", document(ROWS, "text/plain; charset=x-klingon"))
    [reading] = client.save("doc-1", tmp_path / "file").readings
    assert (tmp_path / "file").read_bytes() == ROWS
    assert reading.charset is None
    with pytest.raises(UndecodableText, match="klingon"):
        client.rows("doc-1")


@pytest.mark.parametrize("content", [b"", b"\n", b"\x1f"])
def test_hardly_anything_is_a_document_too(client: Driven, server: Server, tmp_path: Path, content: bytes) -> None:
    server.on("download", document(content))
    assert client.save("doc-1", tmp_path / "file").size == len(content)
    assert (tmp_path / "file").read_bytes() == content


@pytest.mark.parametrize("format_", ["rows", "batches"])
def test_rows_and_batches_are_the_documents_lines(client: Driven, server: Server, format_: str) -> None:
    server.on("download", document(PACKED))
    found = client.rows("doc-1") if format_ == "rows" else rows_of(client.batches("doc-1"))
    assert found == [{"sku": "A", "price": "1"}, {"sku": "B", "price": "2"}]


def rows_of(batches: list[Any]) -> list[dict[str, str]]:
    """The rows of Arrow batches."""
    return [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("report_type", ["GET_SALES_AND_TRAFFIC_REPORT", "GET_ORDER_REPORT_DATA_TAX"])
def test_what_has_no_lines_and_cells_has_no_rows(client: Driven, server: Server, report_type: str) -> None:
    server.on("getReport", report(reportType=report_type))
    with pytest.raises(InvalidInput, match=report_type):
        client.rows(client.get_report("R1"))
    assert server.count("getReportDocument") == 0


def test_a_report_without_a_document_is_told_as_that(client: Driven, server: Server) -> None:
    server.on("getReport", report("IN_QUEUE"))
    with pytest.raises(InvalidInput, match="R1 has no document"):
        client.rows(client.get_report("R1"))


def test_without_pyarrow_there_are_no_batches_and_the_way_to_them_is_told(
    client: Driven, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return importing(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Misconfigured, match="pyarrow") as told:
        client.batches("doc-1")
    assert "daybook[arrow]" in told.value.details


def split(client: Driven, server: Server, *contents: Answer, report_type: str = RETURNS) -> Result:
    """The result of a request that was split into as many parts as there are contents."""
    numbers = range(1, len(contents) + 1)
    server.on("createReport", *(answer({"reportId": f"R{number}"}, 202) for number in numbers))

    def done(request: httpx2.Request) -> Answer:
        number = request.url.path[-1]
        return report("DONE", f"R{number}", reportDocumentId=f"doc-{number}", reportType=report_type)

    server.on("getReport", done)
    server.on("getReportDocument", lambda request: link(f"https://store.example/{request.url.path[-1]}"))
    server.on("download", lambda request: contents[int(request.url.path[-1]) - 1])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=60 * len(contents))
    request = client.request(report_type, [US], data_start=start, data_end=end)
    result: Result = client.wait(request)
    assert len(result.reports) == len(contents)
    return result


FIRST, SECOND, THIRD = b"sku\tprice\nA\t1\n", b"sku\tprice\nB\t2", b"sku\tprice\r\nC\t3\r\n"


def test_parts_are_saved_as_one_file_with_one_header(client: Driven, server: Server, tmp_path: Path) -> None:
    result = split(client, server, document(FIRST), document(gzip.compress(SECOND)), document(THIRD))
    saved = client.save(result, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"sku\tprice\nA\t1\nB\t2\nC\t3\r\n"
    assert saved.size == len(b"sku\tprice\nA\t1\nB\t2\nC\t3\r\n")
    assert [reading.document_id for reading in saved.readings] == ["doc-1", "doc-2", "doc-3"]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_parts_are_joined_however_they_come(client: Driven, server: Server, tmp_path: Path, size: int) -> None:
    def pieces(content: bytes) -> Answer:
        return streamed(*(content[start : start + size] for start in range(0, len(content), size)))

    result = split(client, server, *map(pieces, (FIRST, SECOND, b"sku\tprice\n", b"sku\tprice", THIRD)))
    client.save(result, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"sku\tprice\nA\t1\nB\t2\nC\t3\r\n"


def test_marks_of_parts_are_no_part_of_the_header(client: Driven, server: Server, tmp_path: Path) -> None:
    result = split(client, server, *(document(codecs.BOM_UTF8 + part) for part in (FIRST, SECOND)))
    client.save(result, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == codecs.BOM_UTF8 + b"sku\tprice\nA\t1\nB\t2"


@pytest.mark.parametrize("format_", ["rows", "batches"])
def test_rows_of_parts_follow_each_other(client: Driven, server: Server, format_: str) -> None:
    result = split(client, server, *map(document, (FIRST, SECOND, THIRD)))
    found = client.rows(result) if format_ == "rows" else rows_of(client.batches(result))
    assert [row["sku"] for row in found] == ["A", "B", "C"]


@pytest.mark.parametrize("way", ["save", "rows", "batches"])
def test_parts_with_different_columns_are_not_joined(client: Driven, server: Server, tmp_path: Path, way: str) -> None:
    result = split(client, server, document(FIRST), document(b"sku\tcost\nB\t2\n"))
    arguments = [tmp_path / "file"] if way == "save" else []
    with pytest.raises(DocumentFault, match="columns"):
        getattr(client, way)(result, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_parts_in_different_charsets_are_joined_only_in_one(client: Driven, server: Server, tmp_path: Path) -> None:
    parts = [
        document("sku\tname\nA\tCrêpe\n".encode("cp1252"), "text/plain; charset=Cp1252"),
        document("sku\tname\nB\tCrêpe\n".encode()),
    ]
    result = split(client, server, *parts)
    with pytest.raises(DocumentFault, match="charsets"):
        client.save(result, tmp_path / "file")
    client.save(result, tmp_path / "file", encoding="utf-8")
    assert (tmp_path / "file").read_text("utf-8") == "sku\tname\nA\tCrêpe\nB\tCrêpe\n"
    assert [row["name"] for row in client.rows(result)] == ["Crêpe", "Crêpe"]


def test_parts_that_are_no_tables_are_not_joined(client: Driven, server: Server, tmp_path: Path) -> None:
    xml = "GET_XML_RETURNS_DATA_BY_RETURN_DATE"
    result = split(client, server, document(b"<a/>"), document(b"<a/>"), report_type=xml)
    with pytest.raises(InvalidInput, match="joined"):
        client.save(result, tmp_path / "file")
    for number, one in enumerate(result.reports):
        assert client.save(one, tmp_path / str(number)).size == 4


def test_bytes_are_those_of_one_document(client: Driven, server: Server) -> None:
    result = split(client, server, document(FIRST), document(SECOND))
    with pytest.raises(InvalidInput, match="2 documents"):
        client.download(result)


def test_whoever_asks_is_told_of_a_reading_as_soon_as_it_begins(make: Callable[..., Driven], server: Server) -> None:
    told: list[Reading] = []
    server.on("download", document(PACKED, "text/plain"))
    client = make()
    client.rows("doc-1", How(told=told.append))
    [reading] = told
    assert (reading.document_id, reading.content_type, reading.packed) == ("doc-1", "text/plain", True)
    assert reading.charset is not None
    assert reading.charset.source == "default"


def test_a_restricted_reports_document_is_fetched_with_its_own_token(
    make: Callable[..., Driven], server: Server
) -> None:
    client = make(restricted_tokens=RESTRICTED)
    server.on("getReport", report(reportType="GET_FLAT_FILE_ORDER_REPORT_DATA_TAX"))
    client.rows(client.get_report("R1"))
    assert [one.token for one in server.of("getReportDocument")] == ["Atz.sprdt|1"]


def test_a_file_may_have_a_name_as_long_as_one_can_be_and_a_longer_one_is_told(
    client: Driven, server: Server, tmp_path: Path
) -> None:
    server.on("download", document(b"a\tb\n"))
    assert client.save("doc-1", tmp_path / ("n" * 255)).size == 4
    with pytest.raises(InvalidInput, match="File name too long"):
        client.save("doc-1", tmp_path / ("n" * 256))
    assert [file.name for file in tmp_path.iterdir()] == ["n" * 255]
