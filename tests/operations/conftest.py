"""A book of operations on both databases."""

from collections.abc import Iterator

import pytest

from tests.operations.driving import Book
from tests.operations.stub import Stub


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
def book(database_url: str, stub: Stub) -> Iterator[Book]:
    opened = Book(database_url, stub)
    yield opened
    opened.store.close()
