"""Reads small files for the tests."""

import gzip
from io import BytesIO
from typing import Any

from daybook.catalog.drafts import Draft, Fault
from daybook.catalog.files import read


def read_all(content: bytes | str, mapping: dict[str, str] | None = None, **options: Any) -> list[Draft | Fault]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(read(BytesIO(data), mapping, **options))


def drafts(content: bytes | str, mapping: dict[str, str] | None = None, **options: Any) -> list[Draft]:
    """The drafts of a file in which nothing is wrong."""
    found = read_all(content, mapping, **options)
    assert [str(each) for each in found if isinstance(each, Fault)] == []
    return [each for each in found if isinstance(each, Draft)]


def faults(content: bytes | str, mapping: dict[str, str] | None = None, **options: Any) -> list[Fault]:
    return [each for each in read_all(content, mapping, **options) if isinstance(each, Fault)]


def skus(content: bytes | str, mapping: dict[str, str] | None = None, **options: Any) -> list[str]:
    """The SKUs that could be read, whatever else is wrong."""
    return [each.sku for each in read_all(content, mapping, **options) if isinstance(each, Draft)]


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
