"""In which charset a document's text is: by whom it is told, and how it is read; never guessed, never half right.

In this order: the caller's word; the transfer's Content-Type; the text's own byte order mark; the report type's rule;
UTF-8. A byte order mark against a Content-Type that cannot have it wins: no text of such a charset begins so.
"""

import codecs
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from daybook.client.errors import UndecodableText
from daybook.kernel.charsets import codec
from daybook.kernel.errors import InvalidInput

Source = Literal["given", "header", "byte order mark", "report type", "default"]

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
LONGEST_MARK = 3
DEFAULT = "utf-8"

_BY: dict[Source, str] = {
    "given": "was given",
    "header": "its Content-Type names",
    "byte order mark": "its byte order mark tells",
    "report type": "the rule of its report type names",
    "default": "is taken where nothing tells",
}
_ANOTHER = "Name another with charset=, such as utf-8, or save the document as it is."


@dataclass(frozen=True, slots=True)
class Charset:
    """The decision: the charset as Python names it, who told it, and what the Content-Type said (empty: nothing).

    `mark` is how many bytes of a byte order mark come before the text.
    """

    name: str
    source: Source
    declared: str = ""
    mark: int = 0


def decide(beginning: bytes, content_type: str, rule: str = "", given: str = "") -> Charset:
    """The charset of a document that begins so; LONGEST_MARK bytes are enough.

    Raises InvalidInput for a given charset that is none, UndecodableText for a declared one.
    """
    marked = next(((name, len(mark)) for mark, name in MARKS if beginning.startswith(mark)), ("", 0))
    declared = declared_charset(content_type)
    if given:
        return _told(given, "given", declared, marked)
    if declared and (not marked[0] or declared.startswith("utf")):
        return _told(declared, "header", declared, marked)
    if marked[0]:
        return Charset(marked[0], "byte order mark", declared, marked[1])
    return Charset(_python_name(rule), "report type") if rule else Charset(DEFAULT, "default")


def declared_charset(content_type: str) -> str:
    """The charset that a Content-Type names; empty where it names none."""
    message = Message()
    message["Content-Type"] = content_type or "application/octet-stream"
    return message.get_content_charset("") or ""


def _told(name: str, source: Source, declared: str, marked: tuple[str, int]) -> Charset:
    """The charset of that name; a mark that is its own goes with it, and tells the order that `utf-16` leaves open."""
    try:
        known = _python_name(name)
    except LookupError as error:
        message = f"There is no charset {name!r} here."
        if source == "given":
            raise InvalidInput(message, _ANOTHER) from error
        raise UndecodableText(message, f"The Content-Type names it. {_ANOTHER}", name, 0) from error
    if marked[0] and known in (marked[0], "utf-16"):
        return Charset(marked[0], source, declared, marked[1])
    return Charset("utf-16-be" if known == "utf-16" else known, source, declared)


def _python_name(name: str) -> str:
    """As Python names it. Raises LookupError where it does not know it, or knows it for what is no charset."""
    known = codec(name)
    "a".encode(known)
    return known


class Decoder:
    """Text of a document, piece by piece. Raises UndecodableText at the first byte that is none, with its place."""

    def __init__(self, charset: Charset) -> None:
        self._charset = charset
        self._decoder = codecs.getincrementaldecoder(charset.name)("strict")
        self._mark = charset.mark
        self._fed = 0

    def feed(self, piece: bytes, *, last: bool = False) -> str:
        """The text that the piece completes."""
        skipped = min(self._mark, len(piece))
        self._mark -= skipped
        self._fed += len(piece)
        try:
            return self._decoder.decode(piece[skipped:], last)
        except UnicodeDecodeError as error:
            raise self._undecodable(error) from error

    def _undecodable(self, error: UnicodeDecodeError) -> UndecodableText:
        """What the decoder was given ends where all that was fed ends; what it had held back stands before."""
        offset = self._fed - len(error.object) + error.start
        wrong = error.object[error.start : max(error.end, error.start + 1)].hex(" ")
        by = _BY[self._charset.source]
        return UndecodableText(
            f"The document is not {self._charset.name} at byte {offset}: {wrong}.",
            f"The charset is the one that {by}. {_ANOTHER}",
            self._charset.name,
            offset,
        )


class Encoder:
    """Writes text, piece by piece. Raises InvalidInput where the encoding is none, or does not have a letter."""

    def __init__(self, encoding: str) -> None:
        self._name = encoding
        try:
            self._encoder = codecs.getincrementalencoder(_python_name(encoding))("strict")
        except LookupError as error:
            raise InvalidInput(f"There is no encoding {encoding!r} here.", "Name another, such as utf-8.") from error

    def __call__(self, text: str) -> bytes:
        """The piece's bytes."""
        try:
            return self._encoder.encode(text)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            message = f"The document has {letter!r}, which is not in {self._name}."
            raise InvalidInput(message, "Save it with encoding='utf-8'.") from error
