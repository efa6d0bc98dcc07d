"""Charsets by the names that they have on the wire; some of them Python calls otherwise."""

import codecs
import re
from email.message import Message

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as text: NUL, and halves of surrogate pairs."""

# Names as Java and Amazon write them, which Python does not know or takes for a lesser charset.
_CALLED_OTHERWISE = dict.fromkeys(("windows-31j", "windows31j", "cswindows31j", "windows-932", "ms932"), "cp932")


def storable(text: str) -> str:
    """The text as any database takes it, with a replacement character for each that none can keep."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def codec(name: str) -> str:
    """Python's name of the charset, in any case. Raises LookupError where there is none."""
    return codecs.lookup(_CALLED_OTHERWISE.get(name.lower(), name)).name


def codec_of(content_type: str) -> str:
    """Python's name of the charset that a Content-Type names, UTF-8 where it names none. Raises LookupError."""
    message = Message()
    message["Content-Type"] = content_type
    return codec(message.get_content_charset("utf-8"))
