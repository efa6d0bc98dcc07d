"""In which charset a text is: who told it, and what happens where it is not true."""

import codecs
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.client import How
from daybook.client.documents.charsets import MARKS, Charset, Decoder, decide, declared_charset
from daybook.client.documents.reading import Reading
from daybook.client.errors import UndecodableText
from daybook.kernel.errors import InvalidInput
from tests.client.driven import Driven
from tests.client.scripted import Server, document, report

PENDING = "GET_FLAT_FILE_PENDING_ORDERS_DATA"
"""A type of Japan's alone."""
JAPANESE = "商品名\t①髙﨑～\n"


def decoded(content: bytes, charset: Charset, size: int = 3) -> str:
    """The text, from pieces of that size."""
    decoder = Decoder(charset)
    pieces = [decoder.feed(content[start : start + size]) for start in range(0, len(content), size)]
    return "".join([*pieces, decoder.feed(b"", last=True)])


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("text/plain; charset=UTF-8", "utf-8"),
        ("text/plain;charset=utf8", "utf-8"),
        ("text/plain; charset=Cp1252", "cp1252"),
        ('text/plain; charset="ISO-8859-1"', "iso8859-1"),
        ("text/plain; charset=windows-31j", "cp932"),
        ("text/plain; charset=Windows-31J", "cp932"),
        ("text/plain; charset=MS932", "cp932"),
        ("text/plain; charset=windows-932", "cp932"),
        ("text/plain; charset=Shift_JIS", "shift_jis"),
    ],
)
def test_the_header_tells_the_charset(content_type: str, name: str) -> None:
    told = decide(b"abc", content_type, rule="utf-16")
    assert (told.name, told.source) == (name, "header")
    assert told.declared


def test_without_a_charset_in_the_header_the_mark_tells_and_then_the_type_and_then_it_is_utf_8() -> None:
    for content_type in ("", "text/plain", "application/octet-stream", "text/plain; x=y"):
        marks = [(decide(mark + b"a", content_type, "Windows-31J").name, len(mark)) for mark, _ in MARKS]
        assert marks == [("utf-8", 3), ("utf-16-le", 2), ("utf-16-be", 2)]
        assert decide(b"abc", content_type, "Windows-31J") == Charset("cp932", "report type")
        assert decide(b"abc", content_type) == Charset("utf-8", "default")


def test_what_the_caller_gives_goes_before_all() -> None:
    told = decide(codecs.BOM_UTF8, "text/plain; charset=utf-8", "utf-8", given="windows-31j")
    assert (told.name, told.source, told.mark) == ("cp932", "given", 0)


def test_a_mark_is_no_text_where_it_is_the_charsets_own() -> None:
    marked = codecs.BOM_UTF8 + "é".encode()
    for content_type in ("text/plain; charset=UTF-8", ""):
        assert decoded(marked, decide(marked[:3], content_type), 1) == "é"
    wide = codecs.BOM_UTF16_LE + "é".encode("utf-16-le")
    assert decoded(wide, decide(wide, "text/plain; charset=utf-16"), 1) == "é"
    assert decoded("é".encode("utf-16-be"), decide(b"\0", "text/plain; charset=utf-16")) == "é"


def test_a_mark_against_the_header_wins_and_what_the_header_said_is_told() -> None:
    marked = codecs.BOM_UTF8 + "é".encode()
    told = decide(marked, "text/plain; charset=ISO-8859-1")
    assert told == Charset("utf-8", "byte order mark", "iso-8859-1", 3)
    assert decoded(marked, told) == "é"


def test_windows_31j_has_letters_that_shift_jis_lacks() -> None:
    content = JAPANESE.encode("cp932")
    assert decoded(content, decide(content, "text/plain; charset=Windows-31J"), 1) == JAPANESE
    with pytest.raises(UndecodableText):
        decoded(content, decide(content, "text/plain; charset=Shift_JIS"))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("name", "content", "offset"),
    [
        ("utf-8", "日本".encode() + b"\xff" + b"abc", 6),
        ("utf-8", b"abc\xe3\x81", 3),
        ("cp1252", b"abc\x81def", 3),
        ("cp932", "日本".encode("cp932") + b"\x81\x20", 4),
        ("utf-16-le", "ab".encode("utf-16-le") + b"\x00\xd8a\x00", 4),
    ],
)
def test_a_byte_that_is_no_text_is_told_with_its_place(name: str, content: bytes, offset: int, size: int) -> None:
    with pytest.raises(UndecodableText) as undecodable:
        decoded(content, Charset(name, "header", name), size)
    assert (undecodable.value.offset, undecodable.value.charset) == (offset, name)
    assert f"byte {offset}" in undecodable.value.message
    assert "Content-Type" in undecodable.value.details


def test_the_place_counts_from_the_beginning_of_the_document_mark_and_all() -> None:
    content = codecs.BOM_UTF8 + b"ab\xff"
    with pytest.raises(UndecodableText, match="byte 5"):
        decoded(content, decide(content, ""))


@given(text=st.text(max_size=60), size=st.integers(1, 9))
@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be", "cp932", "cp1252"])
def test_any_cut_between_pieces_reads_the_same(name: str, text: str, size: int) -> None:
    content = text.encode(name, errors="ignore")
    assert decoded(content, Charset(name, "given"), size) == content.decode(name)


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13", "zlib"])
def test_a_charset_that_is_none_is_told_by_whom_it_was_named(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        decide(b"abc", "", given=name)
    with pytest.raises(UndecodableText, match=name) as told:
        decide(b"abc", f"text/plain; charset={name}")
    assert "Content-Type" in told.value.details


@pytest.mark.parametrize("content_type", ["", "text/plain", "text", ";;;", "text/plain; charset", "x" * 5000])
def test_a_content_type_without_a_charset_names_none(content_type: str) -> None:
    assert declared_charset(content_type) == ""


@pytest.mark.parametrize(
    ("content_type", "report_type", "name", "source"),
    [
        ("text/plain; charset=Windows-31J", "", "cp932", "header"),
        ("text/plain", PENDING, "cp932", "report type"),
    ],
)
def test_rows_are_read_in_the_charset_and_the_decision_is_told(
    client: Driven, server: Server, content_type: str, report_type: str, name: str, source: str
) -> None:
    server.on("getReport", report(reportType=report_type))
    server.on("download", document(f"名\t値\n{JAPANESE}".encode("cp932"), content_type))
    told: list[Reading] = []
    [row] = client.rows(client.get_report("R1"), How(told=told.append))
    assert row == {"名": "商品名", "値": "①髙﨑～"}
    [reading] = told
    assert reading.charset is not None
    assert (reading.charset.name, reading.charset.source) == (name, source)


def test_text_that_is_not_what_it_is_said_to_be_gives_no_row_of_it(client: Driven, server: Server) -> None:
    server.on("download", document("名\tpreis\n商\t1\n".encode("cp932"), "text/plain; charset=UTF-8"))
    with pytest.raises(UndecodableText):
        client.rows("doc-1")
    [row] = client.rows("doc-1", How(charset="windows-31j"))
    assert row == {"名": "商", "preis": "1"}


def test_a_charset_can_be_given_by_name_only_where_it_is_one(make: Callable[..., Driven], server: Server) -> None:
    with pytest.raises(InvalidInput, match="klingon"):
        make().rows("doc-1", How(charset="klingon"))
